/* Lines of keys and what they do, in one or two columns. */
#include "ui/help.h"

#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"

enum { TWO_COLUMNS_FROM = 76, KEY_COLS = 14, PAGE_STEP = 10 };

void help_open(struct help *help)
{
	help->is_open = true;
	help->top = 0;
	edit_set(&help->filter, NULL);
}

void help_close(struct help *help)
{
	help->is_open = false;
	edit_clear(&help->filter);
}

bool help_key(struct help *help, const struct key_event *key)
{
	switch (key->action) {
	case ACTION_BACK:
	case ACTION_HELP:
	case ACTION_NEXT:
		return false;
	case ACTION_UP:
		help->top = MAX(help->top - 1, 0);
		return true;
	case ACTION_DOWN:
		help->top++;
		return true;
	case ACTION_PAGE_UP:
		help->top = MAX(help->top - PAGE_STEP, 0);
		return true;
	case ACTION_PAGE_DOWN:
		help->top += PAGE_STEP;
		return true;
	default:
		if (edit_key(&help->filter, key))
			help->top = 0;
		return true;
	}
}

struct writer {
	struct page *page;
	const char *filter;
	int column;
	bool two_columns;
};

static void write_key(struct writer *out, const char *keys, const char *text)
{
	struct page *page = out->page;
	int width = out->two_columns ? page->canvas->cols / 2 - 2
				     : page->canvas->cols - 4;
	int col = 3 + out->column * (width + 1);

	if (!text_matches(NULL, keys, out->filter) &&
		!text_matches(NULL, text, out->filter))
		return;
	if (!page_need(page, 1))
		return;
	canvas_fit(page->canvas, page->row, col, KEY_COLS, keys, STYLE_TITLE,
		TEXT_CUT_END);
	canvas_fit(page->canvas, page->row, col + KEY_COLS + 1,
		width - KEY_COLS - 2, text, STYLE_NORMAL, TEXT_CUT_END);
	out->column = out->two_columns ? 1 - out->column : 0;
	if (out->column == 0)
		page->row++;
}

static void end_block(struct writer *out)
{
	if (out->column > 0)
		out->page->row++;
	out->column = 0;
	page_blank(out->page);
}

static void write_view_keys(struct writer *out, const struct hint_list *hints)
{
	page_text(out->page, 1, _("Keys of this view"), STYLE_TITLE);
	for (guint i = 0; i < hints->hints->len; i++) {
		const struct hint *hint =
			&g_array_index(hints->hints, struct hint, i);

		write_key(out,
			hint->keys ? hint->keys : action_label(hint->action),
			or_empty(hint->text));
	}
	end_block(out);
}

static void write_all_keys(struct writer *out)
{
	page_text(out->page, 1, _("Keys that mean the same everywhere"),
		STYLE_TITLE);
	for (enum action action = 1; action < ACTION_COUNT; action++) {
		const char *keys = action_keys(action);
		bool one_key = !strchr(keys, ' ');

		write_key(out, one_key ? action_label(action) : keys,
			action_help(action));
	}
	end_block(out);
}

static void write_notes(struct page *page)
{
	page_wrapped(page, 1,
		_("Without F keys: Ctrl+K and a digit, 1 to 9 are F1 to F9. "
		  "Alt and the digit works too."),
		STYLE_NORMAL);
	page_wrapped(page, 1,
		_("Letters and Chinese are always text or filter, never a "
		  "command; an input method that is on changes nothing."),
		STYLE_NORMAL);
}

void help_draw(const struct help *help, const struct hint_list *hints,
	struct canvas *canvas, struct box body)
{
	struct page page;
	struct writer out = {.page = &page,
		.filter = edit_text(&help->filter),
		.two_columns = body.cols >= TWO_COLUMNS_FROM};
	g_autofree char *rest = NULL;
	int rows = body.rows - 1, top;

	page_begin(&page, 64, body.cols);
	write_view_keys(&out, hints);
	write_all_keys(&out);
	write_notes(&page);
	top = scroll_of(help->top, page.row, rows);
	canvas_copy(canvas, body.row, body.col, page.canvas,
		(struct box){top, 0, rows, body.cols});
	canvas_free(page.canvas);
	rest = list_rest(top, MAX(page.row - top - rows, 0));
	canvas_fit_right(canvas, body.row + rows, body.cols / 2,
		body.cols / 2 - 1, rest, STYLE_NORMAL);
	canvas_text(canvas, body.row + rows, 1, _("Find"), STYLE_NORMAL);
	edit_draw(&help->filter, canvas, body.row + rows, 7,
		MIN(30, body.cols - 8), true);
}
