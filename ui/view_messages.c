/* What was said during the visit, the newest last. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

struct messages_state {
	int focus;
};

static int count_of(const struct model *model)
{
	return (int)model->messages->len;
}

static void enter(void *data, const struct model *model)
{
	struct messages_state *state = data;

	state->focus = MAX(count_of(model) - 1, 0);
}

static void reload(void *data, const struct model *model)
{
	(void)data;
	(void)model;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct messages_state *state = data;

	if (event.action == ACTION_BACK)
		return intent_of(INTENT_BACK);
	list_move(&event, count_of(model), &state->focus);
	return intent_none();
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct messages_state *state = data;
	int focus = CLAMP(state->focus, 0, MAX(count_of(model) - 1, 0));
	struct page page;

	page_begin(&page, body.rows, body.cols);
	if (count_of(model) == 0)
		page_text(&page, 1, _("nothing was said yet"), STYLE_NORMAL);
	for (int i = 0; i < count_of(model); i++) {
		if (i == focus)
			canvas_cursor(page.canvas, page.row, 1);
		if (!page_need(&page, 1))
			break;
		canvas_text(page.canvas, page.row, 1, pointer(i == focus),
			STYLE_NORMAL);
		page_wrapped(&page, 3, model->messages->pdata[i], STYLE_NORMAL);
		if (i == focus)
			canvas_cursor(page.canvas, page.row - 1, 1);
	}
	page_show_rest(&page, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	g_string_append(left, _("Messages"));
	g_string_append_printf(right,
		ngettext("%d message", "%d messages",
			(unsigned long)count_of(model)),
		count_of(model));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	(void)model;
	hint_add(out, ACTION_BACK, _("back"));
	hint_add(out, ACTION_UP, _("earlier ones"));
}

const struct view_ops view_messages = {
	.id = VIEW_MESSAGES,
	.title = N_("Messages"),
	.state_size = sizeof(struct messages_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = reload,
};
