/* HTML without a template engine: a frame and an escaping sink. */
#include "client/platform/html.h"

#include "client/base/text.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
	"<meta name=\"viewport\" content=\"width=device-width\">"
	"<title>%s</title><style>"
	"body{font-family:sans-serif;margin:0 auto;max-width:70em;padding:1em}"
	"header{background:#7a1f1f;color:#fff;padding:.6em "
	"1em;font-weight:bold}"
	"table{border-collapse:collapse;width:100%%;margin:.5em 0 1.5em}"
	"th,td{border:1px solid #999;padding:.25em .5em;text-align:left}"
	"th{background:#eee}caption{text-align:left;font-weight:bold}"
	"</style></head><body>"
	"<header>这是培训和测试用的替身平台，不是真实的政务服务平台；"
	"其中的人员和办件均为虚构，不具有法律效力。</header>"
	"<h1>%s</h1>\n";

GString *html_begin(const char *title)
{
	g_autofree char *escaped = g_markup_escape_text(title, -1);
	GString *page = g_string_new(NULL);

	g_string_append_printf(page, head, escaped, escaped);
	return page;
}

char *html_end(GString *take_page)
{
	g_string_append(take_page,
		"<footer>yikou-platform：替身平台，并非真实平台。</footer>"
		"</body></html>\n");
	return g_string_free(take_page, FALSE);
}

void html_raw(GString *page, const char *markup)
{
	g_string_append(page, markup);
}

static bool is_direction_mark(gunichar c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void append_char(GString *page, gunichar c)
{
	switch (c) {
	case '<':
		g_string_append(page, "&lt;");
		break;
	case '>':
		g_string_append(page, "&gt;");
		break;
	case '&':
		g_string_append(page, "&amp;");
		break;
	case '"':
		g_string_append(page, "&quot;");
		break;
	case '\'':
		g_string_append(page, "&#39;");
		break;
	default:
		if (!is_direction_mark(c))
			g_string_append_unichar(page, c);
	}
}

void html_text(GString *page, const char *text)
{
	g_autofree char *clean = text_sink_pdf(text ? text : "");

	g_string_append(page, "<bdi>");
	for (const char *at = clean; *at; at = g_utf8_next_char(at))
		append_char(page, g_utf8_get_char(at));
	g_string_append(page, "</bdi>");
}

void html_cell(GString *page, const char *text)
{
	g_string_append(page, "<td>");
	html_text(page, text);
	g_string_append(page, "</td>");
}

void html_cell_int(GString *page, gint64 number)
{
	g_string_append_printf(page, "<td>%" G_GINT64_FORMAT "</td>", number);
}
