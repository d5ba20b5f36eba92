/* After the decision: what was printed, the rating, what goes out. It stays
 * until the clerk leaves it; everything goes on behind the home view. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 4 };

static const struct column columns[COLUMNS] = {
	{.width = 9},
	{.width = 22, .grow = 1},
	{.width = 8, .priority = 2},
	{.width = 32, .grow = 1, .priority = 1, .cut = TEXT_CUT_MIDDLE},
};

static void enter(void *data, const struct model *model)
{
	(void)data;
	(void)model;
}

static bool has_failed_print(const struct model *model)
{
	for (guint i = 0; i < model->finish.prints->len; i++) {
		const struct print_model *print =
			model->finish.prints->pdata[i];

		if (print->failed)
			return true;
	}
	return false;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	(void)data;
	(void)model;
	switch (event.action) {
	case ACTION_NEXT:
		return intent_of(INTENT_FINISH_DONE);
	case ACTION_REDO:
		return intent_of(INTENT_REPRINT);
	case ACTION_ANOTHER:
		return intent_of(INTENT_SAME_PERSON);
	case ACTION_DO:
		return intent_of(INTENT_RATE_AGAIN);
	case ACTION_BACK:
		return intent_text(INTENT_MESSAGE, 0,
			_("This is decided; Enter goes to the queue."));
	default:
		return intent_none();
	}
}

static void draw_result(const struct model *model, struct page *page)
{
	const struct finish_model *finish = &model->finish;

	if (!page_need(page, 2))
		return;
	canvas_fit(page->canvas, page->row, 1, page->canvas->cols - 12,
		finish->result, STYLE_TITLE, TEXT_CUT_END);
	canvas_fit_right(page->canvas, page->row, page->canvas->cols - 10, 9,
		finish->time, STYLE_NORMAL);
	page->row++;
	if (finish->case_no) {
		g_autofree char *line = g_strdup_printf("%s  %s   %s",
			_("case"), finish->case_no,
			or_empty(finish->password_hint));

		page_wrapped(page, 1, line, STYLE_NORMAL);
	}
}

static void draw_prints(const struct model *model, struct page *page)
{
	int widths[COLUMNS_MAX];

	if (model->finish.prints->len == 0)
		return;
	page_text(page, 1, _("prints"), STYLE_TITLE);
	list_layout(page->canvas, columns, COLUMNS, widths);
	for (guint i = 0; i < model->finish.prints->len; i++) {
		const struct print_model *print =
			model->finish.prints->pdata[i];
		g_autofree char *copies =
			g_strdup_printf(ngettext("%d copy", "%d copies",
						(unsigned long)print->copies),
				print->copies);
		const char *const texts[COLUMNS] = {
			print->state, print->name, copies, print->where};

		if (!page_need(page, 1))
			return;
		columns_row(page->canvas, page->row, 3, columns, COLUMNS,
			widths, texts,
			print->failed ? STYLE_WARN : STYLE_NORMAL);
		page->row++;
	}
}

static void draw_rating(const struct model *model, struct page *page)
{
	const struct finish_model *finish = &model->finish;

	if (!finish->rating && !finish->rating_open)
		return;
	page_blank(page);
	if (!page_need(page, 2))
		return;
	canvas_fit(page->canvas, page->row, 1, page->canvas->cols - 16,
		_("rating"), STYLE_TITLE, TEXT_CUT_END);
	if (finish->rating_open && finish->rating_left_s > 0) {
		g_autofree char *left =
			g_strdup_printf(_("%d s left"), finish->rating_left_s);

		canvas_fit_right(page->canvas, page->row,
			page->canvas->cols - 15, 14, left, STYLE_NORMAL);
	}
	page->row++;
	page_wrapped(page, 3, or_empty(finish->rating), STYLE_NORMAL);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	struct page page;

	(void)data;
	page_begin(&page, body.rows, body.cols);
	if (body.rows >= 18)
		page_blank(&page);
	canvas_cursor(page.canvas, page.row, 1);
	draw_result(model, &page);
	page_blank(&page);
	draw_prints(model, &page);
	draw_rating(model, &page);
	if (model->finish.lines->len > 0)
		page_blank(&page);
	page_lines(&page, 1, model->finish.lines);
	page_show_rest(&page, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	visit_heading(model, VIEW_FINISH, left);
	g_string_append(right, or_empty(model->visit.item));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	hint_add(out, ACTION_NEXT, _("to the queue"));
	if (has_failed_print(model))
		hint_add(out, ACTION_REDO, _("print what failed"));
	else
		hint_add(out, ACTION_REDO, _("print again"));
	hint_add(out, ACTION_ANOTHER, _("same person"));
	if (model->finish.rating_open)
		hint_add_off(out, ACTION_DO, _("ask for the rating"),
			_("the pad is asking now"));
	else
		hint_add(out, ACTION_DO, _("ask for the rating"));
	hint_add(out, ACTION_CALL, _("call the next"));
}

const struct view_ops view_finish = {
	.id = VIEW_FINISH,
	.title = N_("Done"),
	.state_size = 0,
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
};
