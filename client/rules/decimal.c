/* Exact decimal numbers. Fourteen digits and four places fit into 64 bits with
 * room to add up a few hundred of them. */
#include "client/rules/decimal.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

enum { DIGITS_MAX = 14 };

bool decimal_parse(const char *text, int64_t *value, int *places)
{
	bool minus = *text == '-';
	size_t before, after = 0;
	int64_t sum = 0;

	text += minus;
	before = strspn(text, "0123456789");
	if (before < 1 || before > DIGITS_MAX)
		return false;
	if (text[before] == '.') {
		after = strspn(text + before + 1, "0123456789");
		if (after < 1 || after > DECIMAL_PLACES ||
			text[before + 1 + after])
			return false;
	} else if (text[before]) {
		return false;
	}
	for (size_t i = 0; i < before; i++)
		sum = sum * 10 + (text[i] - '0');
	for (size_t i = 0; i < DECIMAL_PLACES; i++)
		sum = sum * 10 + (i < after ? text[before + 1 + i] - '0' : 0);
	*value = minus ? -sum : sum;
	if (places)
		*places = (int)after;
	return true;
}

void decimal_format(int64_t value, char out[DECIMAL_TEXT])
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char *end;

	snprintf(out, DECIMAL_TEXT, "%s%" G_GUINT64_FORMAT ".%04u",
		value < 0 ? "-" : "", size / DECIMAL_SCALE,
		(unsigned)(size % DECIMAL_SCALE));
	for (end = out + strlen(out) - 1; *end == '0'; end--)
		*end = 0;
	if (*end == '.')
		*end = 0;
}
