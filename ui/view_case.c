/* One case for reading: head, clocks, time line. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { PAGE_STEP = 10 };

struct case_state {
	int top; /* first line of the whole text shown */
};

static void enter(void *data, const struct model *model)
{
	struct case_state *state = data;

	(void)model;
	state->top = 0;
}

static void reload(void *data, const struct model *model)
{
	(void)data;
	(void)model;
}

static int text_lines(const struct model *model)
{
	return (int)(model->one_case.lines->len +
		     model->one_case.timeline->len + 1);
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct case_state *state = data;

	if (event.action == ACTION_BACK)
		return intent_of(INTENT_BACK);
	if (event.action == ACTION_OPTIONS)
		return intent_of(INTENT_DOCUMENTS);
	list_move(&event, text_lines(model), &state->top);
	return intent_none();
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct case_state *state = data;
	struct page page;
	int top, rows = body.rows;
	g_autofree char *rest = NULL;

	page_begin(&page, body.rows * 2, body.cols);
	page_lines(&page, 1, model->one_case.lines);
	page_section(&page, _("time line"));
	page_lines(&page, 3, model->one_case.timeline);
	if (page.row > body.rows)
		rows--;
	top = scroll_of(state->top, page.row, rows);
	canvas_copy(canvas, body.row, body.col, page.canvas,
		(struct box){top, 0, rows, body.cols});
	rest = list_rest(top, MAX(page.row - top - rows, 0));
	if (rows < body.rows)
		canvas_text(canvas, body.row + rows, body.col + 3, rest,
			STYLE_NORMAL);
	canvas_cursor(canvas, body.row, body.col + 1);
	canvas_free(page.canvas);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	g_string_append_printf(
		left, "%s %s", _("Case"), or_empty(model->one_case.title));
	g_string_append(right, or_empty(model->one_case.state));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	hint_add(out, ACTION_BACK, _("back"));
	hint_add(out, ACTION_REVEAL,
		model->one_case.revealed ? _("cover again")
					 : _("full data, 30 s, logged"));
	hint_add(out, ACTION_OPTIONS, _("documents, print again"));
	hint_add(out, ACTION_PAGE_DOWN, _("more"));
}

const struct view_ops view_case = {
	.id = VIEW_CASE,
	.title = N_("Case"),
	.state_size = sizeof(struct case_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = reload,
};
