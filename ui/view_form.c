/* The form of the item: its fields, and a line that counts what is open. */
#include "ui/draw.h"
#include "ui/fields_view.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	return fields_key(data, model, &model->form, &event);
}

static void draw_summary(const struct model *model, struct canvas *canvas,
	struct box body, int below)
{
	g_autofree char *summary = fields_summary(&model->form);
	g_autofree char *right = below > 0 ? list_rest(0, below)
				 : model->form.saved_at
					 ? g_strdup_printf("%s %s", _("saved"),
						   model->form.saved_at)
					 : NULL;
	int row = body.row + body.rows - 1, width = canvas_width(right);

	canvas_fit(canvas, row, body.col + 1, body.cols - width - 4, summary,
		STYLE_NORMAL, TEXT_CUT_END);
	canvas_text(canvas, row, body.col + body.cols - width - 1, right,
		STYLE_NORMAL);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	struct box list = body;
	struct page page;
	int below;

	list.rows -= body.rows >= 8 ? 2 : 1;
	page_begin(&page, list.rows, body.cols);
	fields_draw(data, &model->form, &page);
	below = page_show(&page, canvas, list);
	draw_summary(model, canvas, body, below);
	fields_draw_picker(data, model, &model->form, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	visit_heading(model, VIEW_FORM, left);
	g_string_append(right, or_empty(model->visit.item));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	const struct fields_state *state = data;

	if (!state->picker.is_open)
		hint_add(out, ACTION_NEXT, _("next open field"));
	fields_hints(state, &model->form, out);
	if (!state->picker.is_open)
		hint_add(out, ACTION_ASIDE, _("put aside"));
}

const struct view_ops view_form = {
	.id = VIEW_FORM,
	.title = N_("Form"),
	FIELDS_VIEW,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
};
