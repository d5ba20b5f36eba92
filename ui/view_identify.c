/* Who applies: the fields of the person, filled by the card reader or typed,
 * and what the hall did for this person before. */
#include "ui/draw.h"
#include "ui/fields_view.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	if (event.action == ACTION_REDO)
		return intent_of(INTENT_READ_CARD);
	return fields_key(data, model, &model->identify, &event);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	struct page page;

	page_begin(&page, body.rows, body.cols);
	if (body.rows >= 18) {
		page_blank(&page);
		page_text(&page, 1,
			_("Card on the reader; without a card type the "
			  "number."),
			STYLE_NORMAL);
		page_blank(&page);
	}
	fields_draw(data, &model->identify, &page);
	if (model->earlier->len > 0) {
		page_blank(&page);
		page_text(&page, 1, _("cases of this hall within a year"),
			STYLE_NORMAL);
		page_lines(&page, 3, model->earlier);
	}
	page_show_rest(&page, canvas, body);
	fields_draw_picker(data, model, &model->identify, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	visit_heading(model, VIEW_IDENTIFY, left);
	g_string_append(right, or_empty(model->visit.called));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	const struct fields_state *state = data;

	if (state->picker.is_open) {
		fields_hints(state, &model->identify, out);
		return;
	}
	hint_add(out, ACTION_NEXT, _("confirm, to the item"));
	hint_add(out, ACTION_CALL, _("call again"));
	hint_add(out, ACTION_REDO, _("read card"));
	hint_add(out, ACTION_ASIDE, _("put aside"));
	fields_hints(data, &model->identify, out);
}

const struct view_ops view_identify = {
	.id = VIEW_IDENTIFY,
	.title = N_("Applicant"),
	FIELDS_VIEW,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
};
