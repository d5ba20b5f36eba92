/* Bytes as text, the way vendors' sheets print them. */
#include "drivers/hex.h"

#include <string.h>

char *hex_line(const uint8_t *data, size_t len)
{
	GString *text = g_string_sized_new(len * 3 + 1);

	for (size_t i = 0; i < len; i++)
		g_string_append_printf(text, i ? " %02X" : "%02X", data[i]);
	return g_string_free(text, FALSE);
}

bool hex_byte(const char *text, uint8_t *byte)
{
	if (strlen(text) != 2 || !g_ascii_isxdigit(text[0]) ||
		!g_ascii_isxdigit(text[1]))
		return false;
	*byte = (uint8_t)(g_ascii_xdigit_value(text[0]) * 16 +
			  g_ascii_xdigit_value(text[1]));
	return true;
}
