/* The papers: one line each, the pages of the line in focus with a small
 * picture of the page in hand, and what to do about what is missing. */
#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum {
	COLUMNS = 5,
	LIST_MIN = 3,
	PAGE_LINES_MIN = 3,
	PICTURE_FROM_COLS = 70,
};

static const struct column columns[COLUMNS] = {
	{.title = N_("document needed"),
		.width = 27,
		.grow = 1,
		.cut = TEXT_CUT_END},
	{.title = N_("need"), .width = 8, .priority = 2},
	{.title = N_("form"), .width = 8, .priority = 4},
	{.title = N_("source"), .width = 10, .priority = 3},
	{.title = N_("state"), .width = 17},
};

static const struct material_model *material_at(
	const struct model *model, int index)
{
	const GPtrArray *materials = model->materials.materials;

	return index >= 0 && index < (int)materials->len
		       ? materials->pdata[index]
		       : NULL;
}

static const struct material_model *focused(const struct model *model)
{
	return material_at(model, model->materials.focus);
}

static void enter(void *data, const struct model *model)
{
	(void)data;
	(void)model;
}

/* Keys --------------------------------------------------------------------- */

static struct intent focus_on(const struct model *model, int index)
{
	const struct material_model *material = material_at(model, index);

	if (!material || index == model->materials.focus)
		return intent_none();
	if (!material->needed)
		return intent_text(INTENT_MESSAGE, 0,
			_("This document is not needed here; the line says "
			  "why."));
	return intent_index(INTENT_MATERIAL_FOCUS, index, 0);
}

/* Up and down pass over the lines that are not needed. */
static struct intent move(
	const struct model *model, const struct key_event *event)
{
	int count = (int)model->materials.materials->len;
	int to = model->materials.focus, by;

	if (!list_move(event, count, &to) || to == model->materials.focus)
		return intent_none();
	by = to > model->materials.focus ? 1 : -1;
	while (material_at(model, to) && !material_at(model, to)->needed)
		to += by;
	return material_at(model, to)
		       ? intent_index(INTENT_MATERIAL_FOCUS, to, 0)
		       : intent_none();
}

static struct intent turn_page(const struct model *model, int by)
{
	const struct material_model *material = focused(model);
	int page = model->materials.page + by;

	if (!material || page < 0 || page >= (int)array_len(material->pages))
		return intent_none();
	return intent_index(
		INTENT_MATERIAL_FOCUS, model->materials.focus, page);
}

static struct intent move_page(const struct model *model, const char *by)
{
	struct intent intent =
		intent_text(INTENT_PAGE_MOVE, model->materials.focus, by);

	intent.index2 = model->materials.page;
	return intent;
}

/* F7 stays on the line in focus while that lacks something or has pages
 * already; else it goes to the first that lacks something. */
static int capture_index(const struct model *model)
{
	const struct material_model *material = focused(model);

	if (material && material->needed &&
		(material->lacking || array_len(material->pages) > 0))
		return model->materials.focus;
	for (guint i = 0; i < model->materials.materials->len; i++) {
		material = material_at(model, (int)i);
		if (material->needed && material->lacking)
			return (int)i;
	}
	return model->materials.focus;
}

static struct intent act(const struct model *model, enum intent_kind kind)
{
	return intent_index(
		kind, model->materials.focus, model->materials.page);
}

/* F6: one more paper, made from the form. */
static struct intent print_form(const struct model *model)
{
	const struct material_model *material = focused(model);

	if (!material || !material->printable)
		return intent_text(INTENT_MESSAGE, 0,
			_("The applicant brings this document; only forms "
			  "filled in here are printed."));
	return intent_index(INTENT_MATERIAL_PRINT, model->materials.focus, 0);
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	(void)data;
	switch (event.action) {
	case ACTION_NEXT:
		return intent_of(INTENT_MATERIALS_DONE);
	case ACTION_BACK:
		return intent_of(INTENT_BACK);
	case ACTION_PICK:
		return focus_on(model, key_digit(&event) - 1);
	case ACTION_MARK:
		return act(model, INTENT_MATERIAL_MARK);
	case ACTION_OPTIONS:
		return act(model, INTENT_MATERIAL_SOURCE);
	case ACTION_REDO:
		return act(model, INTENT_RETAKE);
	case ACTION_ANOTHER:
		return print_form(model);
	case ACTION_CAPTURE:
		return intent_index(INTENT_CAPTURE, capture_index(model), 0);
	case ACTION_REMOVE:
		return act(model, INTENT_PAGE_REMOVE);
	case ACTION_UNDO:
		return intent_of(INTENT_UNDO);
	case ACTION_LEFT:
		return turn_page(model, -1);
	case ACTION_RIGHT:
		return turn_page(model, 1);
	case ACTION_EARLIER:
		return move_page(model, "-1");
	case ACTION_LATER:
		return move_page(model, "+1");
	default:
		return move(model, &event);
	}
}

/* Drawing ------------------------------------------------------------------ */

static void draw_material(struct page *page, const struct model *model,
	int index, const int *widths)
{
	const struct material_model *material = material_at(model, index);
	const char *const texts[COLUMNS] = {material->name, material->need,
		material->form, material->source, material->state};
	bool is_focused = index == model->materials.focus;

	if (!page_need(page, 1))
		return;
	list_row(page->canvas, page->row, is_focused, index + 1, columns,
		COLUMNS, widths, texts);
	if ((material->missing || material->unchecked) && !is_focused)
		canvas_restyle(page->canvas,
			(struct box){page->row,
				page->canvas->cols - 1 - widths[COLUMNS - 1], 1,
				canvas_width(material->state)},
			STYLE_WARN);
	if (!material->needed)
		canvas_restyle(page->canvas,
			(struct box){page->row, 1, 1, page->canvas->cols - 2},
			STYLE_OFF);
	page->row++;
}

static void draw_list(struct page *page, const struct model *model, int rows)
{
	int count = (int)model->materials.materials->len;
	struct list_part part = list_part(count, model->materials.focus, rows);
	int widths[COLUMNS_MAX];

	list_layout(page->canvas, columns, COLUMNS, widths);
	list_titles(page->canvas, page->row, columns, COLUMNS, widths);
	page->row++;
	canvas_cursor(page->canvas, page->row, 1);
	for (int i = part.top; i < part.last; i++)
		draw_material(page, model, i, widths);
	list_rest_row(page, &part);
	if (count == 0)
		page_text(page, LIST_COL, _("this item needs no documents"),
			STYLE_NORMAL);
}

/* The picture of the page in hand, at the right side; returns its columns. */
static int draw_picture(struct canvas *canvas, int row, int rows,
	const struct material_model *material, int page_no)
{
	const struct page_model *shown;
	int width = 0;

	if (canvas->cols < PICTURE_FROM_COLS || page_no < 0 ||
		page_no >= (int)array_len(material->pages))
		return 0;
	shown = material->pages->pdata[page_no];
	for (guint i = 0; i < array_len(shown->picture); i++)
		width = MAX(width, canvas_width(shown->picture->pdata[i]));
	width = MIN(width, canvas->cols / 2);
	for (int i = 0; i < MIN(rows, (int)array_len(shown->picture)); i++)
		canvas_fit(canvas, row + i, canvas->cols - width - 1, width,
			shown->picture->pdata[i], STYLE_NORMAL, TEXT_CUT_END);
	return width;
}

static void draw_page_line(struct canvas *canvas, int row, int cols,
	const struct page_model *page, bool is_shown)
{
	g_autofree char *text = g_strdup_printf(
		"%s  %s", or_empty(page->title), or_empty(page->state));

	canvas_text(canvas, row, 1, pointer(is_shown), STYLE_NORMAL);
	canvas_fit(canvas, row, 3, cols - 3, text, STYLE_NORMAL, TEXT_CUT_END);
}

static char *joined(const GPtrArray *lines)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < array_len(lines); i++)
		g_string_append_printf(
			out, "%s%s", i ? "   " : "", (char *)lines->pdata[i]);
	return g_string_free(out, FALSE);
}

/* Of a form made here: when and where it was printed. */
static int print_rows(const struct material_model *material)
{
	return (material->print_line != NULL) + (material->print_place != NULL);
}

static void draw_print(struct canvas *canvas, int row, int cols,
	const struct material_model *material)
{
	if (material->print_line)
		canvas_fit(canvas, row++, 3, cols - 3, material->print_line,
			STYLE_NORMAL, TEXT_CUT_END);
	if (material->print_place)
		canvas_fit(canvas, row, 3, cols - 3, material->print_place,
			STYLE_NORMAL, TEXT_CUT_MIDDLE);
}

static void draw_page_list(const struct page *page, const struct model *model,
	const struct material_model *material, int rows, int cols)
{
	int count = (int)array_len(material->pages), row = page->row;
	struct list_part part = list_part(count, model->materials.page, rows);
	g_autofree char *rest = list_rest(part.above, part.below);

	for (int i = part.top; i < part.last; i++)
		draw_page_line(page->canvas, row++, cols,
			material->pages->pdata[i], i == model->materials.page);
	if (rest)
		canvas_fit(page->canvas, row, 3, cols - 3, rest, STYLE_NORMAL,
			TEXT_CUT_END);
	if (count == 0 && print_rows(material) == 0)
		canvas_fit(page->canvas, row, 3, cols - 3, _("no page yet"),
			STYLE_OFF, TEXT_CUT_END);
}

/* The keys of pages stand at them: the hint line has no room for these. */
static void draw_page_keys(struct canvas *canvas, int row,
	const struct material_model *material, const char *title)
{
	guint count = array_len(material->pages);
	const char *text = count > 1 ? _(" Left Right page  Del removes ")
				     : _(" Del removes ");
	int col = canvas->cols - 4 - canvas_width(text);

	if (count > 0 && col > canvas_width(title) + 8)
		canvas_text(canvas, row, col, text, STYLE_NORMAL);
}

/* The lower half: pages left, picture right, checks below. */
static void draw_pages(struct page *page, const struct model *model, int rows)
{
	const struct material_model *material = focused(model);
	g_autofree char *title = NULL, *checks = NULL;
	int width, cols, prints;

	if (!material || !page_need(page, rows + 2))
		return;
	title = g_strdup_printf(
		"%d %s", model->materials.focus + 1, or_empty(material->name));
	page_section(page, title);
	draw_page_keys(page->canvas, page->row - 1, material, title);
	width = draw_picture(
		page->canvas, page->row, rows, material, model->materials.page);
	cols = page->canvas->cols - width - (width ? 3 : 1);
	checks = joined(material->checks);
	prints = print_rows(material);
	rows -= (*checks != '\0') + prints;
	draw_print(page->canvas, page->row, cols, material);
	page->row += prints;
	draw_page_list(page, model, material, rows, cols);
	page->row += MAX(rows, 0);
	if (*checks) {
		canvas_fit(page->canvas, page->row, 3, cols - 3, checks,
			STYLE_NORMAL, TEXT_CUT_END);
		page->row++;
	}
}

/* Rows of the lower half: its pages or the picture, and the checks. */
static int pages_need(const struct model *model)
{
	const struct material_model *material = focused(model);
	int pages, rows = PAGE_LINES_MIN;

	if (!material)
		return rows;
	for (guint i = 0; i < array_len(material->pages); i++) {
		const struct page_model *page = material->pages->pdata[i];

		rows = MAX(rows, (int)array_len(page->picture));
	}
	pages = (int)array_len(material->pages) + print_rows(material);
	return MAX(rows, pages) + (array_len(material->checks) > 0);
}

/* And at least: two lines of a print, a page and the checks. */
static int pages_least(const struct model *model)
{
	const struct material_model *material = focused(model);

	return material && print_rows(material) > 0 ? PAGE_LINES_MIN + 1
						    : PAGE_LINES_MIN;
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct materials_model *materials = &model->materials;
	int count = (int)materials->materials->len;
	int advice = (int)materials->advice->len;
	int fixed = 2 + (materials->summary ? 2 : 0) + advice;
	int list_rows = CLAMP(body.rows - fixed - pages_least(model), LIST_MIN,
		MAX(count, 1));
	int page_rows = CLAMP(body.rows - fixed - list_rows, pages_least(model),
		MAX(pages_need(model), pages_least(model)));
	struct page page;

	(void)data;
	page_begin(&page, body.rows, body.cols);
	draw_list(&page, model, list_rows);
	draw_pages(&page, model, page_rows);
	if (materials->summary) {
		page_blank(&page);
		page_wrapped(&page, 1, materials->summary, STYLE_NORMAL);
	}
	page_lines(&page, 1, materials->advice);
	page_show(&page, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	visit_heading(model, VIEW_MATERIALS, left);
	g_string_append(right, model->materials.progress
				       ? model->materials.progress
				       : or_empty(model->visit.item));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	const struct material_model *material = focused(model);
	bool has_page = material && array_len(material->pages) > 0;

	(void)data;
	if (material && material->printable)
		hint_add(out, ACTION_ANOTHER, _("print it"));
	hint_add(out, ACTION_CAPTURE, _("take a page"));
	hint_add(out, ACTION_MARK, _("check"));
	if (has_page)
		hint_add(out, ACTION_REDO, _("retake"));
	hint_add(out, ACTION_OPTIONS, _("source"));
	hint_add(out, ACTION_NEXT, _("to decide"));
	if (has_page)
		hint_add(out, ACTION_REMOVE, _("remove page"));
	hint_add(out, ACTION_PICK, _("go to line"));
	if (has_page && array_len(material->pages) > 1) {
		hint_add(out, ACTION_RIGHT, _("next page"));
		hint_add(out, ACTION_EARLIER, _("page forward"));
		hint_add(out, ACTION_LATER, _("page back"));
	}
	hint_add(out, ACTION_UNDO, _("undo"));
	hint_add(out, ACTION_ASIDE, _("put aside"));
}

const struct view_ops view_materials = {
	.id = VIEW_MATERIALS,
	.title = N_("Documents"),
	.state_size = 0,
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
};
