/* Initials of Chinese text, all readings.
 *
 * The table of characters is made at build time out of Unihan (kTGHZ2013, then
 * kHanyuPinlu and kMandarin); readings of surnames that it lacks or ranks last
 * (单 shan, 曾 zeng, 解 xie, 查 zha, 万俟 mo qi) are a list of our own. */
#ifndef CLIENT_CATALOG_PINYIN_H
#define CLIENT_CATALOG_PINYIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

enum { PINYIN_MAX_COMBINATIONS = 16, PINYIN_MAX_CHARS = 32 };

/* Set of initials, bit 0 'a' ... bit 25 'z'. An ASCII letter is its own
 * initial; 0 for what has none. */
uint32_t pinyin_mask(gunichar c);

/* Of a person: every combination of initials, blank separated, the surname's
 * reading first, at most 16 ("单雄信" -> "sxx cxx dxx"). Letters and digits
 * stand for themselves in lower case, everything else is left out. "" when
 * nothing has initials. Caller frees. */
char *pinyin_initials(const char *name);

/* Masks of a text that is no name (an item), one per character that has any;
 * returns how many, at most size. No surname reading comes in. */
size_t pinyin_masks(const char *text, uint32_t *masks, size_t size);

/* Do the letters stand in order in text? Lists of choices filter with it. */
enum pinyin_fit {
	PINYIN_NO,
	PINYIN_ORDER,    /* in order, with gaps */
	PINYIN_ADJACENT, /* in order without a gap */
	PINYIN_PREFIX,   /* from the first character on */
	PINYIN_EXACT,    /* all of it */
};
enum pinyin_fit pinyin_match(const char *text, const char *letters);

#endif
