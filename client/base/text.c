/* Widths, cutting, and one clean-up function per sink. The classes of Unicode
 * come from GLib's tables, which do not depend on the locale; what terminals
 * draw with an uncertain width is replaced by a table of ours. */
#include "client/base/text.h"

#include <string.h>

enum { LED_CHARS_MAX = 64, FILE_BYTES_MAX = 120, MARKS_MAX = 4 };

int text_cells(gunichar c)
{
	if (c >= 0x20000 && c <= 0x3fffd)
		return 2;
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

int text_width(const char *text)
{
	int width = 0;

	for (const char *at = text; at && *at; at = g_utf8_next_char(at))
		width += text_cells(g_utf8_get_char(at));
	return width;
}

bool text_is_uncertain(gunichar c)
{
	/* Extensions H and I are newer than the terminal libraries of
	 * Debian 12, which count them as one cell or none. */
	if ((c >= 0x31350 && c <= 0x323af) || (c >= 0x2ebf0 && c <= 0x2ee5d))
		return true;
	switch (g_unichar_type(c)) {
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_UNASSIGNED:
		return true;
	default:
		return false;
	}
}

/* Cutting ---------------------------------------------------------------- */

size_t text_bytes_for_width(const char *text, int width)
{
	const char *at = text;
	int used = 0;

	while (*at) {
		int cells = text_cells(g_utf8_get_char(at));

		if (used + cells > width)
			break;
		used += cells;
		at = g_utf8_next_char(at);
	}
	return (size_t)(at - text);
}

/* The shortest end of text that leaves at most width columns. */
static const char *tail_for_width(const char *text, int width)
{
	int skip = text_width(text) - width;

	while (*text && skip > 0) {
		skip -= text_cells(g_utf8_get_char(text));
		text = g_utf8_next_char(text);
	}
	return text;
}

static void pad_to(GString *out, int width)
{
	for (int n = text_width(out->str); n < width; n++)
		g_string_append_c(out, ' ');
}

char *text_fit(const char *text, int width, enum text_cut cut)
{
	GString *out = g_string_new(NULL);
	int head = width - 1, tail = 0;

	if (width <= 0 || !text)
		text = "";
	if (text_width(text) <= width) {
		g_string_append(out, text);
	} else {
		if (cut == TEXT_CUT_MIDDLE)
			head = tail = (width - 1) / 2;
		else if (cut == TEXT_CUT_START)
			head = 0, tail = width - 1;
		g_string_append_len(
			out, text, (gssize)text_bytes_for_width(text, head));
		g_string_append_c(out, '~');
		g_string_append(out, tail_for_width(text, tail));
	}
	pad_to(out, width);
	return g_string_free(out, FALSE);
}

char *text_fit_right(const char *text, int width)
{
	g_autofree char *fitted = text_fit(text, width, TEXT_CUT_END);
	size_t len = strlen(fitted);
	int blanks = 0;

	if (text_width(text ? text : "") >= width)
		return g_steal_pointer(&fitted);
	while (len > 0 && fitted[len - 1] == ' ') {
		fitted[--len] = '\0';
		blanks++;
	}
	return g_strdup_printf("%*s%s", blanks, "", fitted);
}

/* Sinks ------------------------------------------------------------------ */

struct replacement {
	gunichar c;
	const char *text;
};

/* Characters of ambiguous width: one column in the library, one or two on the
 * glass. Sorted. */
static const struct replacement ambiguous[] = {
	{0x00a0, " "},
	{0x00a7, "条"},
	{0x00b0, "度"},
	{0x00b1, "+-"},
	{0x00b7, "・"},
	{0x00d7, "x"},
	{0x00f7, "/"},
	{0x2010, "-"},
	{0x2013, "-"},
	{0x2014, "-"},
	{0x2015, "-"},
	{0x2018, "'"},
	{0x2019, "'"},
	{0x201c, "\""},
	{0x201d, "\""},
	{0x2022, "・"},
	{0x2025, ".."},
	{0x2026, "..."},
	{0x2027, "・"},
	{0x2030, "%."},
	{0x203b, "*"},
	{0x2103, "度"},
	{0x2116, "No."},
	{0x2190, "<"},
	{0x2191, "^"},
	{0x2192, ">"},
	{0x2193, "v"},
	{0x221a, "v"},
	{0x2260, "!="},
	{0x2264, "<="},
	{0x2265, ">="},
	{0x2500, "-"},
	{0x2502, "|"},
	{0x25a0, "#"},
	{0x25a1, "[]"},
	{0x25b2, "^"},
	{0x25b3, "^"},
	{0x25cb, "o"},
	{0x25cf, "*"},
	{0x25ce, "o"},
	{0x2605, "*"},
	{0x2606, "*"},
};

static const char *replacement_of(gunichar c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ambiguous); i++) {
		if (ambiguous[i].c == c)
			return ambiguous[i].text;
	}
	return NULL;
}

static bool is_control(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return true;
	default:
		/* Variation selectors, tags, Hangul fillers. */
		return (c >= 0xfe00 && c <= 0xfe0f) ||
		       (c >= 0xe0000 && c <= 0xe0fff) || c == 0x115f ||
		       c == 0x1160 || c == 0x3164 || c == 0xffa0;
	}
}

static void append_screen_char(GString *out, gunichar c)
{
	const char *other = replacement_of(c);

	if (other) {
		g_string_append(out, other);
	} else if (text_is_uncertain(c)) {
		g_string_append(out, "〓");
	} else if (c >= 0x2460 && c <= 0x2473) {
		g_string_append_printf(out, "(%u)", c - 0x2460 + 1);
	} else if (g_unichar_iswide_cjk(c) && !g_unichar_iswide(c) &&
		   !g_unichar_isalpha(c) && !g_unichar_ismark(c)) {
		g_string_append_c(out, '?');
	} else {
		g_string_append_unichar(out, c);
	}
}

static char *clean(const char *text, bool keep_newlines,
	void (*append)(GString *out, gunichar c))
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *composed =
		g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
	GString *out = g_string_new(NULL);
	int marks = 0;

	for (const char *at = composed; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		marks = g_unichar_iszerowidth(c) ? marks + 1 : 0;
		if (c == '\n' || c == '\t' || c == '\r')
			g_string_append_c(
				out, c == '\n' && keep_newlines ? '\n' : ' ');
		else if (!is_control(c) && marks <= MARKS_MAX)
			append(out, c);
	}
	if (out->len == 0 && *valid)
		g_string_append_c(out, '?');
	return g_string_free(out, FALSE);
}

static void append_as_is(GString *out, gunichar c)
{
	g_string_append_unichar(out, c);
}

char *text_sink_screen(const char *text)
{
	return clean(text, false, append_screen_char);
}

char *text_sink_plain(const char *text)
{
	return clean(text, true, append_screen_char);
}

char *text_sink_printer(const char *text)
{
	return clean(text, true, append_as_is);
}

char *text_sink_led(const char *text)
{
	g_autofree char *line = clean(text, false, append_as_is);

	if (g_utf8_strlen(line, -1) > LED_CHARS_MAX)
		*g_utf8_offset_to_pointer(line, LED_CHARS_MAX) = '\0';
	return g_steal_pointer(&line);
}

char *text_sink_pdf(const char *text)
{
	return clean(text, true, append_as_is);
}

char *text_sink_csv(const char *text)
{
	g_autofree char *line = clean(text, true, append_as_is);
	GString *out = g_string_new(NULL);
	bool quoted = strpbrk(line, ",\"\n") != NULL;

	if (quoted)
		g_string_append_c(out, '"');
	if (*line && strchr("=+-@\t", *line))
		g_string_append_c(out, '\'');
	for (const char *at = line; *at; at++) {
		if (*at == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *at);
	}
	if (quoted)
		g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

char *text_sink_log(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *out = g_string_new(NULL);

	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c == '\\')
			g_string_append(out, "\\\\");
		else if (is_control(c) || text_is_uncertain(c))
			g_string_append_printf(out, "\\u%04X", c);
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

char *text_sink_file(const char *text)
{
	g_autofree char *line = clean(text, false, append_as_is);
	size_t len = 0;

	for (char *at = line; *at; at++) {
		if (strchr("/\\:*?\"<>|", *at))
			*at = '_';
	}
	if (*line == '.' || *line == '-')
		*line = '_';
	for (const char *at = line; *at; at = g_utf8_next_char(at)) {
		size_t next = (size_t)(g_utf8_next_char(at) - line);

		if (next > FILE_BYTES_MAX)
			break;
		len = next;
	}
	line[len] = '\0';
	return len ? g_steal_pointer(&line) : g_strdup("_");
}

char *text_halfwidth(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *out = g_string_new(NULL);

	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c >= 0xff01 && c <= 0xff5e)
			c -= 0xfee0;
		else if (c == 0x3000)
			c = ' ';
		else if (c == 0x3002)
			c = '.';
		g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}
