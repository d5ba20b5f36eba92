/* Encodings of values in command bodies. */
#include "drivers/encoding.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/text.h"

static bool refuse(
	GError **error, const struct encoding_use *use, const char *expected)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"argument \"%s\": expected %s", use->arg, expected);
	return false;
}

/* digits: one digit a byte, 00 to 09 -------------------------------------- */

/* The digits of a number or of a text like "A018", letters left out. */
static char *digits_of(const struct json *value)
{
	g_autofree char *text = NULL;
	GString *digits = g_string_new(NULL);

	text = json_is_number(value) ? g_strdup_printf("%" G_GINT64_FORMAT,
					       MAX(json_as_int(value, 0), 0))
				     : g_strdup(json_as_text(value));
	for (const char *p = text; *p; p++) {
		if (g_ascii_isdigit(*p))
			g_string_append_c(digits, *p);
	}
	return g_string_free(digits, FALSE);
}

/* A number too large for the width shows nines; of a text the last digits
 * count. */
static bool encode_digits(const struct encoding_use *use,
	const struct json *value, GByteArray *out, GError **error)
{
	g_autofree char *digits = NULL;
	int len, width = use->width;
	uint8_t blank = use->blank < 0 ? 0 : (uint8_t)use->blank;
	bool is_over;

	if (!json_is_number(value) && !json_is_text(value))
		return refuse(error, use, "a number or a text with digits");
	digits = digits_of(value);
	len = (int)strlen(digits);
	if (!len)
		return refuse(error, use, "at least one digit");
	is_over = json_is_number(value) && len > width;
	for (int i = 0; i < width; i++) {
		int at = len - width + i;
		uint8_t byte = at < 0 ? blank : (uint8_t)(digits[at] - '0');

		if (is_over)
			byte = 9;
		g_byte_array_append(out, &byte, 1);
	}
	return true;
}

static char *decode_digits(
	const struct encoding_use *use, const uint8_t *data, size_t *len)
{
	g_autoptr(GString) digits = g_string_new(NULL);
	size_t width = (size_t)use->width;

	if (*len < width)
		return NULL;
	*len = width;
	for (size_t i = 0; i < width; i++) {
		if (data[i] <= 9)
			g_string_append_c(digits, (char)('0' + data[i]));
		else if (data[i] != use->blank)
			return NULL;
	}
	return g_strdup(digits->str);
}

/* gbk: Chinese text, cut at whole characters ------------------------------ */

static void append_gbk(
	const char *character, int width, GByteArray *out, guint start)
{
	gsize len = 0;
	g_autofree char *bytes =
		g_convert(character, -1, "GBK", "UTF-8", NULL, &len, NULL);
	const char *use = bytes ? bytes : "?";

	if (!bytes)
		len = 1;
	if (out->len - start + len <= (gsize)width)
		g_byte_array_append(out, (const uint8_t *)use, (guint)len);
}

static bool encode_gbk(const struct encoding_use *use, const struct json *value,
	GByteArray *out, GError **error)
{
	g_autofree char *clean = NULL;
	guint start = out->len;

	if (!json_is_text(value))
		return refuse(error, use, "a text");
	clean = text_sink_led(json_as_text(value));
	for (const char *p = clean; *p; p = g_utf8_next_char(p)) {
		g_autofree char *one =
			g_strndup(p, (gsize)(g_utf8_next_char(p) - p));

		append_gbk(one, use->width, out, start);
	}
	return true;
}

static char *decode_gbk(
	const struct encoding_use *use, const uint8_t *data, size_t *len)
{
	(void)use;
	return g_convert((const char *)data, (gssize)*len, "UTF-8", "GBK", NULL,
		NULL, NULL);
}

/* byte: a number from 0 to 255 -------------------------------------------- */

static bool encode_byte(const struct encoding_use *use,
	const struct json *value, GByteArray *out, GError **error)
{
	int64_t number = json_as_int(value, -1);
	uint8_t byte = (uint8_t)number;

	if (number < 0 || number > 255)
		return refuse(error, use, "a number from 0 to 255");
	g_byte_array_append(out, &byte, 1);
	return true;
}

static char *decode_byte(
	const struct encoding_use *use, const uint8_t *data, size_t *len)
{
	(void)use;
	if (*len < 1)
		return NULL;
	*len = 1;
	return g_strdup_printf("%u", data[0]);
}

static const struct encoding encodings[] = {
	{"digits", "(ARG,WIDTH[,BLANK])", 1, 2, encode_digits, decode_digits},
	{"gbk", "(ARG,MAX)", 1, 1, encode_gbk, decode_gbk},
	{"byte", "(ARG)", 0, 0, encode_byte, decode_byte},
	{NULL},
};

const struct encoding *encoding_find(const char *name)
{
	for (const struct encoding *e = encodings; e->name; e++) {
		if (!strcmp(e->name, name))
			return e;
	}
	return NULL;
}

const struct encoding *encoding_list(void)
{
	return encodings;
}
