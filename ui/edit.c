/* The text is UTF-8 in a GString, the cursor a byte offset into it. */
#include "ui/edit.h"

#include <string.h>

#include "client/base/id.h"

enum { FILL_MAX = 20 }; /* a longer field shows one _ at the cursor only */

static bool has_text(const struct edit *edit)
{
	return edit->text && edit->text->len > 0;
}

const char *edit_text(const struct edit *edit)
{
	return edit->text ? edit->text->str : "";
}

bool edit_is_empty(const struct edit *edit)
{
	return !has_text(edit);
}

static void wipe(struct edit *edit)
{
	if (edit->text && edit->secret)
		secret_wipe(edit->text->str, edit->text->len);
}

void edit_clear(struct edit *edit)
{
	wipe(edit);
	if (edit->text)
		g_string_free(edit->text, TRUE);
	edit->text = NULL;
	edit->cursor = 0;
	edit->is_dirty = false;
}

/* Taking in ---------------------------------------------------------------- */

static bool is_allowed(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return false;
	default:
		return true;
	}
}

static gunichar as_field_wants(const struct edit *edit, gunichar c)
{
	if (edit->half) {
		if (c >= 0xff01 && c <= 0xff5e)
			c -= 0xfee0;
		else if (c == 0x3000)
			c = ' ';
		else if (c == 0x3002)
			c = '.';
	}
	return edit->capitals ? g_unichar_toupper(c) : c;
}

static int room(const struct edit *edit)
{
	int max = edit->max_chars > 0 ? edit->max_chars : EDIT_MAX_CHARS;

	return max - (int)g_utf8_strlen(edit_text(edit), -1);
}

static void insert_char(struct edit *edit, gunichar c)
{
	char bytes[6];
	int len;

	if (!is_allowed(c))
		return;
	if (room(edit) <= 0) {
		edit->was_cut = true;
		return;
	}
	if (!edit->text)
		edit->text = g_string_sized_new(64);
	len = g_unichar_to_utf8(as_field_wants(edit, c), bytes);
	g_string_insert_len(edit->text, (gssize)edit->cursor, bytes, len);
	edit->cursor += (size_t)len;
	edit->is_dirty = true;
}

static void insert_text(struct edit *edit, const char *text)
{
	g_autofree char *valid = NULL;
	bool is_full = false;

	if (!g_utf8_validate(text, -1, NULL))
		text = valid = g_utf8_make_valid(text, -1);
	for (const char *at = text; *at && !is_full;
		at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		/* A line break at the end is how a line is copied. */
		if (c == '\n' && !at[1])
			break;
		if (c == '\n' || c == '\t')
			c = ' ';
		insert_char(edit, c);
		is_full = edit->was_cut;
	}
}

void edit_set(struct edit *edit, const char *text)
{
	edit_clear(edit);
	if (text)
		insert_text(edit, text);
	edit->is_dirty = false;
	edit->was_cut = false;
}

/* Moving --------------------------------------------------------------------
 */

static bool is_mark(const char *at)
{
	return *at && text_cells(g_utf8_get_char(at)) == 0;
}

static size_t char_before(const struct edit *edit)
{
	const char *start = edit_text(edit), *at = start + edit->cursor;

	do {
		if (at == start)
			return 0;
		at = g_utf8_prev_char(at);
	} while (is_mark(at));
	return (size_t)(at - start);
}

static size_t char_after(const struct edit *edit)
{
	const char *start = edit_text(edit), *at = start + edit->cursor;

	if (*at)
		at = g_utf8_next_char(at);
	while (is_mark(at))
		at = g_utf8_next_char(at);
	return (size_t)(at - start);
}

static void erase(struct edit *edit, size_t from, size_t to)
{
	if (from == to)
		return;
	g_string_erase(edit->text, (gssize)from, (gssize)(to - from));
	edit->cursor = from;
	edit->is_dirty = true;
}

static void paste(struct edit *edit, const char *pasted)
{
	if (!edit->secret && pasted)
		insert_text(edit, pasted);
}

bool edit_key(struct edit *edit, const struct key_event *key)
{
	size_t len;

	edit->was_cut = false;
	switch (key->action) {
	case ACTION_TEXT:
	case ACTION_PICK:
	case ACTION_MARK:
		insert_char(edit, key->ch);
		return true;
	case ACTION_PASTE:
		paste(edit, key->pasted);
		return true;
	case ACTION_BACKSPACE:
		erase(edit, char_before(edit), edit->cursor);
		return true;
	case ACTION_REMOVE:
		erase(edit, edit->cursor, char_after(edit));
		return true;
	case ACTION_LEFT:
		edit->cursor = char_before(edit);
		return true;
	case ACTION_RIGHT:
		edit->cursor = char_after(edit);
		return true;
	case ACTION_FIRST:
		edit->cursor = 0;
		return true;
	case ACTION_LAST:
		edit->cursor = strlen(edit_text(edit));
		return true;
	case ACTION_CLEAR:
		/* Its length first: a wiped secret is zeros. */
		len = strlen(edit_text(edit));
		wipe(edit);
		erase(edit, 0, len);
		return true;
	default:
		return false;
	}
}

/* Showing ------------------------------------------------------------------ */

static char *shown(const struct edit *edit, const char *part, gssize len)
{
	g_autofree char *copy = g_strndup(part, (gsize)len);

	if (edit->secret)
		return g_strnfill((gsize)g_utf8_strlen(copy, -1), '*');
	return *copy ? canvas_clean(copy) : g_strdup("");
}

/* Drops whole characters at the front until at most width columns are left. */
static const char *tail_of(const char *text, int width)
{
	while (text_width(text) > width) {
		text = g_utf8_next_char(text);
		while (is_mark(text))
			text = g_utf8_next_char(text);
	}
	return text;
}

static void draw_fill(const struct edit *edit, struct canvas *canvas, int row,
	int col, int end)
{
	int left = edit->max_chars > 0 && edit->max_chars <= FILL_MAX
			   ? room(edit)
			   : 1;

	canvas_fill(canvas,
		(struct box){row, col, 1, CLAMP(left, 0, MAX(end - col, 0))},
		'_', STYLE_INPUT);
}

void edit_draw(const struct edit *edit, struct canvas *canvas, int row, int col,
	int width, bool is_focused)
{
	const char *text = edit_text(edit);
	size_t len = strlen(text);
	g_autofree char *before = NULL, *after = NULL;
	const char *head;
	int used;

	if (width <= 0)
		return;
	if (!is_focused) {
		before = shown(edit, text, (gssize)len);
		canvas_fit(canvas, row, col, width, before, STYLE_NORMAL,
			TEXT_CUT_END);
		return;
	}
	before = shown(edit, text, (gssize)edit->cursor);
	after = shown(edit, text + edit->cursor, (gssize)(len - edit->cursor));
	/* One column stays for the cursor, two under a wide character. */
	head = tail_of(before, MAX(width - 2, 0));
	used = text_width(head);
	canvas_fit(canvas, row, col, width, head, STYLE_INPUT, TEXT_CUT_END);
	canvas_fit(canvas, row, col + used, width - used, after, STYLE_INPUT,
		TEXT_CUT_END);
	used += text_width(after);
	if (used < width) {
		canvas_fill(canvas,
			(struct box){row, col + used, 1, width - used}, ' ',
			STYLE_NORMAL);
		draw_fill(edit, canvas, row, col + used, col + width);
	}
	canvas_cursor(canvas, row, col + text_width(head));
}
