/* A case that was changed here and elsewhere in the same fields: before, here
 * and there side by side, and which of them holds. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 5, DETAIL_ROWS = 7, LIST_MIN = 3 };

static const struct column columns[COLUMNS] = {
	{.title = N_("field"), .width = 16, .grow = 1},
	{.title = N_("before"), .width = 14, .priority = 2, .grow = 1},
	{.title = N_("here"), .width = 14, .priority = 1, .grow = 1},
	{.title = N_("there"), .width = 14, .priority = 1, .grow = 1},
	{.title = N_("holds"), .width = 6},
};

static const char *const choices[CONFLICT_CHOICE_COUNT] = {
	[CONFLICT_OPEN] = "-",
	[CONFLICT_HERE] = N_("here"),
	[CONFLICT_THERE] = N_("there"),
	[CONFLICT_BOTH] = N_("both"),
};

struct conflict_state {
	int focus;
};

static int count_of(const struct model *model)
{
	return (int)model->conflict.fields->len;
}

static int focus_of(
	const struct conflict_state *state, const struct model *model)
{
	return CLAMP(state->focus, 0, MAX(count_of(model) - 1, 0));
}

/* NULL when there is none. */
static const struct conflict_field_model *focused(
	const struct conflict_state *state, const struct model *model)
{
	return count_of(model) > 0
		       ? model->conflict.fields->pdata[focus_of(state, model)]
		       : NULL;
}

static struct intent choose(
	const struct conflict_state *state, const struct model *model, int to)
{
	const struct conflict_field_model *field = focused(state, model);
	int last = field && field->can_both ? CONFLICT_BOTH : CONFLICT_THERE;

	if (!field || to > last)
		return intent_none();
	return intent_index(INTENT_CONFLICT_CHOOSE, focus_of(state, model), to);
}

/* Space goes round; the open one is not come back to. */
static struct intent choose_next(
	const struct conflict_state *state, const struct model *model)
{
	const struct conflict_field_model *field = focused(state, model);
	int last = field && field->can_both ? CONFLICT_BOTH : CONFLICT_THERE;

	return field ? choose(state, model, (int)field->choice % last + 1)
		     : intent_none();
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct conflict_state *state = data;
	int digit = key_digit(&event);

	if (event.action == ACTION_BACK)
		return intent_of(INTENT_BACK);
	if (event.action == ACTION_DO)
		return intent_of(INTENT_CONFLICT_DECIDE);
	if (event.action == ACTION_MARK)
		return choose_next(state, model);
	if (digit > 0)
		return choose(state, model, digit);
	state->focus = focus_of(state, model);
	list_move(&event, count_of(model), &state->focus);
	return intent_none();
}

static void draw_list(struct page *page, const struct conflict_state *state,
	const struct model *model, int rows)
{
	int widths[COLUMNS_MAX], focus = focus_of(state, model);
	struct list_part part = list_part(count_of(model), focus, rows);

	list_layout(page->canvas, columns, COLUMNS, widths);
	list_titles(page->canvas, page->row, columns, COLUMNS, widths);
	page->row++;
	canvas_cursor(page->canvas, page->row, 1);
	for (int i = part.top; i < part.last; i++) {
		const struct conflict_field_model *field =
			model->conflict.fields->pdata[i];
		const char *const texts[COLUMNS] = {field->label, field->before,
			field->here, field->there,
			field->choice ? _(choices[field->choice]) : "-"};

		if (!page_need(page, 1))
			return;
		list_row(page->canvas, page->row, i == focus, 0, columns,
			COLUMNS, widths, texts);
		page->row++;
	}
	list_rest_row(page, &part);
}

static void draw_side(struct page *page, const char *label, const char *value)
{
	g_autofree char *text = g_strdup_printf("%s  %s", label, value);

	page_wrapped(page, 3, text, STYLE_NORMAL);
}

/* The whole of the values, which the columns cut. */
static void draw_detail(
	struct page *page, const struct conflict_field_model *field)
{
	if (!field)
		return;
	page_blank(page);
	page_section(page, or_empty(field->label));
	draw_side(page, _("before"), or_empty(field->before));
	draw_side(page, _("1 here"), or_empty(field->here));
	draw_side(page, _("2 there"), or_empty(field->there));
	if (field->can_both)
		page_wrapped(page, 3, _("3 both: the files of both are kept"),
			STYLE_NORMAL);
	if (field->looks_alike)
		page_wrapped(page, 3,
			_("They differ in what is hidden: yikou sync conflicts "
			  "show --json tells."),
			STYLE_NORMAL);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct conflict_state *state = data;
	struct page page;

	page_begin(&page, body.rows, body.cols);
	page_wrapped(&page, 1,
		_("Both sides changed these fields. All others are merged."),
		STYLE_NORMAL);
	page_blank(&page);
	draw_list(&page, state, model,
		MAX(body.rows - DETAIL_ROWS - 4, LIST_MIN));
	draw_detail(&page, focused(state, model));
	page_show(&page, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	g_string_append_printf(left, "%s  %s", _("What holds"),
		or_empty(model->conflict.title));
	if (model->conflict.left > 0)
		g_string_append_printf(right,
			ngettext("%d field open", "%d fields open",
				(unsigned long)model->conflict.left),
			model->conflict.left);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	if (model->conflict.left == 0 && count_of(model) > 0)
		hint_add(out, ACTION_DO, _("decide"));
	if (count_of(model) > 0) {
		hint_add(out, ACTION_MARK, _("here or there"));
		hint_add_keys(out, ACTION_PICK, "1-3", _("choose"));
	}
	hint_add(out, ACTION_BACK, _("back"));
}

static void enter(void *data, const struct model *model)
{
	(void)model;
	((struct conflict_state *)data)->focus = 0;
}

const struct view_ops view_conflict = {
	.id = VIEW_CONFLICT,
	.title = N_("What holds"),
	.state_size = sizeof(struct conflict_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = view_keep,
};
