/* What waits to be sent, what is parked and why. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 5, DETAIL_ROWS = 6, LIST_MIN = 3, HEAD_ROWS = 4 };

static const struct column columns[COLUMNS] = {
	{.title = N_("case"), .width = 18},
	{.title = N_("step"), .width = 12},
	{.title = N_("why it stopped"), .width = 24, .grow = 1, .priority = 1},
	{.title = N_("since"), .width = 8, .priority = 3},
	{.title = N_("tried"), .width = 8, .priority = 2},
};

static bool focus_is_conflict(const struct sync_model *sync)
{
	const struct op_model *op;

	if (sync->focus < 0 || (guint)sync->focus >= sync->ops->len)
		return false;
	op = sync->ops->pdata[sync->focus];
	return op->is_conflict;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	int count = (int)model->sync.ops->len, focus = model->sync.focus;
	int digit = key_digit(&event);

	(void)data;
	if (event.action == ACTION_BACK)
		return intent_of(INTENT_BACK);
	if (event.action == ACTION_REDO)
		return intent_of(INTENT_SYNC_NOW);
	if (event.action == ACTION_OPTIONS && focus_is_conflict(&model->sync))
		return intent_index(INTENT_CONFLICT_OPEN, focus, 0);
	if (digit > 0 && digit <= count)
		focus = digit - 1;
	else
		list_move(&event, count, &focus);
	if (focus == model->sync.focus)
		return intent_none();
	return intent_index(INTENT_SYNC_FOCUS, focus, 0);
}

static void draw_list(struct page *page, const struct model *model, int rows)
{
	const GPtrArray *ops = model->sync.ops;
	int count = (int)ops->len, widths[COLUMNS_MAX];
	int focus = CLAMP(model->sync.focus, 0, MAX(count - 1, 0));
	struct list_part part = list_part(count, focus, rows);

	list_layout(page->canvas, columns, COLUMNS, widths);
	list_titles(page->canvas, page->row, columns, COLUMNS, widths);
	page->row++;
	canvas_cursor(page->canvas, page->row, 1);
	for (int i = part.top; i < part.last; i++) {
		const struct op_model *op = ops->pdata[i];
		const char *const texts[COLUMNS] = {
			op->case_no, op->kind, op->why, op->since, op->tries};

		if (!page_need(page, 1))
			return;
		list_row(page->canvas, page->row, i == focus, i + 1, columns,
			COLUMNS, widths, texts);
		page->row++;
	}
	list_rest_row(page, &part);
	if (count == 0)
		page_text(page, LIST_COL, _("everything is sent and confirmed"),
			STYLE_OK);
}

static void draw_detail(struct page *page, const struct sync_model *model)
{
	const struct op_model *op;
	g_autofree char *title = NULL;

	if (model->detail->len == 0 || model->focus < 0 ||
		(guint)model->focus >= model->ops->len)
		return;
	op = model->ops->pdata[model->focus];
	title = g_strdup_printf(
		"%s %s", or_empty(op->case_no), or_empty(op->kind));
	page_blank(page);
	page_section(page, title);
	page_lines(page, 3, model->detail);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct sync_model *sync_model = &model->sync;
	struct page page;

	(void)data;
	page_begin(&page, body.rows, body.cols);
	if (sync_model->line1)
		page_wrapped(&page, 1, sync_model->line1, STYLE_NORMAL);
	if (sync_model->line2)
		page_wrapped(&page, 1, sync_model->line2, STYLE_NORMAL);
	page_blank(&page);
	draw_list(&page, model,
		MAX(body.rows - HEAD_ROWS - DETAIL_ROWS -
				(int)sync_model->detail->len,
			LIST_MIN));
	draw_detail(&page, sync_model);
	if (sync_model->check) {
		page_blank(&page);
		page_wrapped(&page, 1, sync_model->check, STYLE_NORMAL);
	}
	page_show(&page, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	g_string_append(left, _("Sync"));
	if (model->sync.last_success)
		g_string_append_printf(right, "%s %s", _("last success"),
			model->sync.last_success);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	hint_add(out, ACTION_REDO, _("send now"));
	if (focus_is_conflict(&model->sync))
		hint_add(out, ACTION_OPTIONS, _("choose what holds"));
	if (model->sync.ops->len > 0)
		hint_add(out, ACTION_PICK, _("line"));
	hint_add(out, ACTION_BACK, _("back"));
}

const struct view_ops view_sync = {
	.id = VIEW_SYNC,
	.title = N_("Sync"),
	.enter = view_keep,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
};
