/* The table pinyin_table.awk makes out of Unihan at build time. */
#ifndef CLIENT_CATALOG_PINYIN_TABLE_H
#define CLIENT_CATALOG_PINYIN_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* One entry for each character and initial: code point << 5 | letter (a is 0),
 * ascending, so that the entries of a character stand together. */
extern const uint32_t pinyin_table[];
extern const size_t pinyin_table_count;

#endif
