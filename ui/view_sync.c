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

struct sync_state {
	int focus;
};

static void enter(void *data, const struct model *model)
{
	struct sync_state *state = data;

	state->focus = model->sync.focus;
}

static void reload(void *data, const struct model *model)
{
	struct sync_state *state = data;

	state->focus =
		CLAMP(state->focus, 0, MAX((int)model->sync.ops->len - 1, 0));
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct sync_state *state = data;
	int focus = state->focus, digit = key_digit(&event);

	if (event.action == ACTION_BACK)
		return intent_of(INTENT_BACK);
	if (event.action == ACTION_REDO)
		return intent_of(INTENT_SYNC_NOW);
	if (digit > 0 && digit <= (int)model->sync.ops->len)
		focus = digit - 1;
	else
		list_move(&event, (int)model->sync.ops->len, &focus);
	if (focus == state->focus)
		return intent_none();
	state->focus = focus;
	return intent_index(INTENT_SYNC_FOCUS, focus, 0);
}

static void draw_list(const struct sync_state *state, struct page *page,
	const struct model *model, int rows)
{
	const GPtrArray *ops = model->sync.ops;
	int count = (int)ops->len, widths[COLUMNS_MAX];
	int focus = CLAMP(state->focus, 0, MAX(count - 1, 0));
	int top = list_top(count, focus, rows);

	list_layout(page->canvas, columns, COLUMNS, widths);
	list_titles(page->canvas, page->row, columns, COLUMNS, widths);
	page->row++;
	canvas_cursor(page->canvas, page->row, 1);
	for (int i = top; i < MIN(count, top + rows); i++) {
		const struct op_model *op = ops->pdata[i];
		const char *const texts[COLUMNS] = {
			op->case_no, op->kind, op->why, op->since, op->tries};

		if (!page_need(page, 1))
			return;
		list_row(page->canvas, page->row, i == focus, i + 1, columns,
			COLUMNS, widths, texts);
		page->row++;
	}
	if (count == 0)
		page_text(page, LIST_COL, _("everything is sent and confirmed"),
			STYLE_OK);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct sync_model *sync_model = &model->sync;
	struct page page;

	page_begin(&page, body.rows, body.cols);
	if (sync_model->line1)
		page_wrapped(&page, 1, sync_model->line1, STYLE_NORMAL);
	if (sync_model->line2)
		page_wrapped(&page, 1, sync_model->line2, STYLE_NORMAL);
	page_blank(&page);
	draw_list(data, &page, model,
		MAX(body.rows - HEAD_ROWS - DETAIL_ROWS -
				(int)sync_model->detail->len,
			LIST_MIN));
	if (sync_model->detail->len > 0) {
		page_blank(&page);
		page_section(&page, _("this step"));
		page_lines(&page, 3, sync_model->detail);
	}
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
	if (model->sync.ops->len > 0)
		hint_add(out, ACTION_PICK, _("line"));
	hint_add(out, ACTION_BACK, _("back"));
}

const struct view_ops view_sync = {
	.id = VIEW_SYNC,
	.title = N_("Sync"),
	.state_size = sizeof(struct sync_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = reload,
};
