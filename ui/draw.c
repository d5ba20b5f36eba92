/* Pages, lists, rules and boxes, on top of the canvas. */
#include "ui/draw.h"

#include <string.h>

#include "ui/text.h"

enum { REST_ROWS_MIN = 8 }; /* a smaller box has no row for it */

/* Pages -------------------------------------------------------------------- */

void page_begin(struct page *page, int rows, int cols)
{
	page->canvas = canvas_new(CLAMP(rows, 1, PAGE_ROWS_MAX), cols);
	page->row = 0;
}

bool page_need(struct page *page, int count)
{
	struct canvas *old = page->canvas;
	int rows = page->row + count;

	if (rows > PAGE_ROWS_MAX)
		return false;
	if (rows <= old->rows)
		return true;
	page->canvas = canvas_new(
		MIN(MAX(rows, old->rows * 2), PAGE_ROWS_MAX), old->cols);
	canvas_copy(page->canvas, 0, 0, old,
		(struct box){0, 0, old->rows, old->cols});
	canvas_cursor(page->canvas, old->cursor_row, old->cursor_col);
	canvas_free(old);
	return true;
}

void page_text(struct page *page, int col, const char *text, enum style style)
{
	if (!page_need(page, 1))
		return;
	canvas_fit(page->canvas, page->row, col, page->canvas->cols - col, text,
		style, TEXT_CUT_END);
	page->row++;
}

void page_blank(struct page *page)
{
	if (page_need(page, 1))
		page->row++;
}

void page_section(struct page *page, const char *title)
{
	if (!page_need(page, 1))
		return;
	draw_rule(page->canvas, page->row, 1, page->canvas->cols - 2, title);
	page->row++;
}

void page_wrapped(
	struct page *page, int col, const char *text, enum style style)
{
	GPtrArray *lines;

	lines = canvas_wrap(text, page->canvas->cols - col - 1);
	for (guint i = 0; i < lines->len; i++)
		page_text(page, col, lines->pdata[i], style);
	g_ptr_array_unref(lines);
}

void page_lines(struct page *page, int col, const GPtrArray *lines)
{
	for (guint i = 0; lines && i < lines->len; i++)
		page_wrapped(page, col, lines->pdata[i], STYLE_NORMAL);
}

int page_show(struct page *page, struct canvas *canvas, struct box box)
{
	int used = MAX(page->row, page->canvas->cursor_row + 1);
	int top = list_top(used, page->canvas->cursor_row, box.rows);

	canvas_copy(canvas, box.row, box.col, page->canvas,
		(struct box){top, 0, box.rows, box.cols});
	canvas_cursor(canvas, box.row + page->canvas->cursor_row - top,
		box.col + page->canvas->cursor_col);
	g_clear_pointer(&page->canvas, canvas_free);
	return MAX(used - top - box.rows, 0);
}

void page_show_rest(struct page *page, struct canvas *canvas, struct box box)
{
	int used = MAX(page->row, page->canvas->cursor_row + 1), below;
	g_autofree char *rest = NULL;

	if (used <= box.rows || box.rows < REST_ROWS_MIN) {
		page_show(page, canvas, box);
		return;
	}
	box.rows--;
	below = page_show(page, canvas, box);
	rest = list_rest(used - box.rows - below, below);
	canvas_text(
		canvas, box.row + box.rows, box.col + 3, rest, STYLE_NORMAL);
}

int list_top(int count, int focus, int rows)
{
	if (count <= rows || rows <= 0)
		return 0;
	return CLAMP(focus - rows * 2 / 3, 0, count - rows);
}

struct list_part list_part(int count, int focus, int rows)
{
	struct list_part part = {0};

	if (count > rows)
		rows = MAX(rows - 1, 1);
	part.top = list_top(count, focus, rows);
	part.last = MIN(count, part.top + rows);
	part.above = part.top;
	part.below = count - part.last;
	return part;
}

char *list_rest(int above, int below)
{
	if (below > 0)
		return g_strdup_printf(
			ngettext("%d more below, PgDn", "%d more below, PgDn",
				(unsigned long)below),
			below);
	if (above > 0)
		return g_strdup_printf(
			ngettext("%d more above, PgUp", "%d more above, PgUp",
				(unsigned long)above),
			above);
	return NULL;
}

/* Columns ------------------------------------------------------------------ */

static int columns_need(
	const struct column *columns, int count, const int *widths)
{
	int need = 0;

	for (int i = 0; i < count; i++)
		need += widths[i] > 0 ? columns[i].width + (need > 0) : 0;
	return need;
}

/* The one that leaves first; -1 when all must stay. */
static int least_needed(
	const struct column *columns, int count, const int *widths)
{
	int found = -1;

	for (int i = 0; i < count; i++) {
		if (widths[i] == 0 || columns[i].priority == 0)
			continue;
		if (found < 0 || columns[i].priority >= columns[found].priority)
			found = i;
	}
	return found;
}

void columns_layout(const struct column *columns, int count, int width,
	int widths[COLUMNS_MAX])
{
	int shares = 0, left, drop;

	for (int i = 0; i < count; i++)
		widths[i] = columns[i].width;
	while (columns_need(columns, count, widths) > width &&
		(drop = least_needed(columns, count, widths)) >= 0)
		widths[drop] = 0;
	left = width - columns_need(columns, count, widths);
	for (int i = 0; i < count; i++)
		shares += widths[i] > 0 ? columns[i].grow : 0;
	for (int i = 0; i < count; i++) {
		/* Too narrow even so: the growing ones give way. */
		if (widths[i] > 0 && columns[i].grow > 0)
			widths[i] = MAX(
				widths[i] + left * columns[i].grow / shares, 4);
	}
}

static void put_column(struct canvas *canvas, int row, int col, int width,
	const struct column *column, const char *text, enum style style)
{
	if (column->right)
		canvas_fit_right(canvas, row, col, width, text, style);
	else
		canvas_fit(canvas, row, col, width, text, style, column->cut);
}

void columns_titles(struct canvas *canvas, int row, int col,
	const struct column *columns, int count, const int *widths)
{
	for (int i = 0; i < count; i++) {
		if (widths[i] == 0)
			continue;
		if (columns[i].title)
			put_column(canvas, row, col, widths[i], &columns[i],
				_(columns[i].title), STYLE_NORMAL);
		col += widths[i] + 1;
	}
}

void columns_row(struct canvas *canvas, int row, int col,
	const struct column *columns, int count, const int *widths,
	const char *const *texts, enum style style)
{
	for (int i = 0; i < count; i++) {
		if (widths[i] == 0)
			continue;
		put_column(canvas, row, col, widths[i], &columns[i], texts[i],
			style);
		col += widths[i];
		canvas_text(canvas, row, col, " ", style);
		col++;
	}
}

/* Rules and boxes ---------------------------------------------------------- */

void draw_rule(
	struct canvas *canvas, int row, int col, int cols, const char *title)
{
	g_autofree char *fitted = NULL;
	int width;

	canvas_fill(canvas, (struct box){row, col, 1, cols}, '-', STYLE_NORMAL);
	if (!title || cols < 12)
		return;
	width = MIN(canvas_width(title), cols - 8);
	canvas_text(canvas, row, col + 4, " ", STYLE_NORMAL);
	canvas_fit(canvas, row, col + 5, width, title, STYLE_NORMAL,
		TEXT_CUT_MIDDLE);
	canvas_text(canvas, row, col + 5 + width, " ", STYLE_NORMAL);
}

static void box_row(struct canvas *canvas, int row, int col, int cols,
	const char *side, gunichar fill)
{
	canvas_fill(
		canvas, (struct box){row, col, 1, cols}, fill, STYLE_NORMAL);
	canvas_text(canvas, row, col, side, STYLE_NORMAL);
	if (col + cols - 1 < canvas->cols)
		canvas_fill(canvas, (struct box){row, col + cols - 1, 1, 1},
			(guchar)side[0], STYLE_NORMAL);
}

void draw_box(struct canvas *canvas, struct box box, const char *title)
{
	int width = MIN(canvas_width(title), box.cols - 6);
	int col = box.col + (box.cols - width) / 2 - 1;

	box_row(canvas, box.row, box.col, box.cols, "+", '-');
	for (int row = 1; row < box.rows - 1; row++)
		box_row(canvas, box.row + row, box.col, box.cols, "|", ' ');
	box_row(canvas, box.row + box.rows - 1, box.col, box.cols, "+", '-');
	if (!title || width <= 0)
		return;
	canvas_text(canvas, box.row, col, " ", STYLE_TITLE);
	canvas_fit(canvas, box.row, col + 1, width, title, STYLE_TITLE,
		TEXT_CUT_END);
	canvas_text(canvas, box.row, col + 1 + width, " ", STYLE_TITLE);
}

void draw_over(struct canvas *canvas, struct box area, struct box box,
	const char *title)
{
	canvas_fill(canvas,
		(struct box){box.row, area.col, box.rows, area.cols}, ' ',
		STYLE_NORMAL);
	draw_box(canvas, box, title);
}

/* Words -------------------------------------------------------------------- */

const char *pointer(bool is_focused)
{
	return is_focused ? ">" : " ";
}

const char *or_empty(const char *text)
{
	return text ? text : "";
}

bool text_matches(bool (*matches)(const char *text, const char *filter),
	const char *text, const char *filter)
{
	g_autofree char *folded_text = NULL, *folded_filter = NULL;

	if (!filter || !*filter)
		return true;
	if (!text)
		return false;
	if (matches && matches(text, filter))
		return true;
	folded_text = g_utf8_casefold(text, -1);
	folded_filter = g_utf8_casefold(filter, -1);
	return strstr(folded_text, folded_filter) != NULL;
}
