/* Bytes as text: "FF 68 03". */
#ifndef DRIVERS_HEX_H
#define DRIVERS_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* Upper case, a blank between two bytes. Caller frees. */
char *hex_line(const uint8_t *data, size_t len);
/* Exactly two hex digits. */
bool hex_byte(const char *text, uint8_t *byte);

#endif
