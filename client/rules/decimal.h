/* Exact decimal numbers: whole ten-thousandths in 64 bits. For money, areas
 * and shares, which floating point would get wrong. */
#ifndef CLIENT_RULES_DECIMAL_H
#define CLIENT_RULES_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

enum { DECIMAL_PLACES = 4, DECIMAL_SCALE = 10000, DECIMAL_TEXT = 24 };

/* "86.50", "-3", "0.0001": an optional minus, 1 to 14 digits, then at most 4
 * after a point. Nothing else: no plus, blank, exponent, grouping. places (may
 * be NULL) gets the digits written after the point. */
bool decimal_parse(const char *text, int64_t *value, int *places);

/* Without needless zeros: "86.5". */
void decimal_format(int64_t value, char out[DECIMAL_TEXT]);

#endif
