/* The decision: the outcomes with their clauses, what F8 will do, the reason
 * where one is needed. Enter never decides. */
#include <string.h>

#include "ui/draw.h"
#include "ui/picker.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 3, REASON_CHARS = 200 };

static const struct column columns[COLUMNS] = {
	{.width = 19},
	{.width = 38, .grow = 1, .priority = 1},
	{.width = 7, .priority = 2},
};

struct decision_state {
	struct edit reason;
	bool on_reason;
	struct picker picker;
	int seen_focus;
};

static const struct outcome_model *focused(const struct model *model)
{
	const GPtrArray *outcomes = model->decision.outcomes;
	int focus = model->decision.focus;

	return focus >= 0 && focus < (int)outcomes->len ? outcomes->pdata[focus]
							: NULL;
}

static void enter(void *data, const struct model *model)
{
	struct decision_state *state = data;

	picker_close(&state->picker);
	state->reason.max_chars = REASON_CHARS;
	edit_set(&state->reason, model->decision.reason);
	state->on_reason = false;
	state->seen_focus = model->decision.focus;
}

/* A reason that was chosen elsewhere, or another outcome with its own. */
static void follow(void *data, const struct model *model)
{
	struct decision_state *state = data;

	if (state->seen_focus != model->decision.focus)
		enter(data, model);
	else if (!state->reason.is_dirty &&
		 strcmp(edit_text(&state->reason),
			 or_empty(model->decision.reason)) != 0)
		edit_set(&state->reason, model->decision.reason);
}

static void reload(void *data, const struct model *model)
{
	struct decision_state *state = data;
	bool on_reason = state->on_reason;

	enter(data, model);
	state->on_reason = on_reason;
}

static void leave(void *data)
{
	struct decision_state *state = data;

	picker_close(&state->picker);
	edit_clear(&state->reason);
	memset(state, 0, sizeof(*state));
}

static struct intent flush(void *data, const struct model *model)
{
	struct decision_state *state = data;

	(void)model;
	if (!state->reason.is_dirty)
		return intent_none();
	state->reason.is_dirty = false;
	return intent_text(INTENT_REASON_SET, 0, edit_text(&state->reason));
}

/* Keys --------------------------------------------------------------------- */

static bool may_type(const struct model *model)
{
	return model->decision.reason_needed || model->decision.reason;
}

static struct intent show_outcome(
	struct decision_state *state, const struct model *model, int index)
{
	const GPtrArray *outcomes = model->decision.outcomes;

	if (index < 0 || index >= (int)outcomes->len ||
		index == model->decision.focus)
		return intent_none();
	state->on_reason = false;
	return intent_index(INTENT_OUTCOME, index, 0);
}

/* Enter: into the reason and out of it; else it says how to decide. */
static struct intent next(
	struct decision_state *state, const struct model *model)
{
	if (may_type(model) && !state->on_reason) {
		state->on_reason = true;
		return intent_none();
	}
	if (state->on_reason) {
		state->on_reason = false;
		return flush(state, model);
	}
	if (!focused(model) || !focused(model)->possible)
		return intent_text(INTENT_MESSAGE, 0,
			_("This outcome is not possible now; the check line "
			  "says what is open."));
	return intent_text(INTENT_MESSAGE, 0,
		_("Enter decides nothing: F8 makes it take effect."));
}

static struct intent turn_pane(
	struct decision_state *state, const struct model *model)
{
	if (!may_type(model))
		return intent_none();
	state->on_reason = !state->on_reason;
	return state->on_reason ? intent_none() : flush(state, model);
}

static struct intent key_on_reason(
	struct decision_state *state, const struct key_event *event)
{
	if (event->action == ACTION_BACK || event->action == ACTION_UP) {
		state->on_reason = false;
		return flush(state, NULL);
	}
	return edit_typed(&state->reason, event);
}

static struct intent key_on_outcomes(struct decision_state *state,
	const struct model *model, const struct key_event *event)
{
	int focus = model->decision.focus;

	if (event->action == ACTION_PICK)
		return show_outcome(state, model, key_digit(event) - 1);
	if (list_move(event, (int)model->decision.outcomes->len, &focus))
		return show_outcome(state, model, focus);
	if (event->action == ACTION_BACK)
		return intent_of(INTENT_BACK);
	if (event->action == ACTION_TEXT && may_type(model)) {
		state->on_reason = true;
		return edit_typed(&state->reason, event);
	}
	return intent_none();
}

static GPtrArray *reason_items(const struct model *model)
{
	GPtrArray *items = picker_items_new();

	for (guint i = 0; i < model->decision.reasons->len; i++) {
		const struct option_model *option =
			model->decision.reasons->pdata[i];

		picker_add(items, NULL, option->label, NULL);
	}
	return items;
}

static struct intent picker_keys(struct decision_state *state,
	const struct model *model, const struct key_event *event)
{
	GPtrArray *items = reason_items(model);
	struct intent intent = intent_none();
	int index = -1;
	enum picked picked = picker_key(
		&state->picker, items, model->matches, event, &index);

	if (picked == PICKED_LINE) {
		const struct picker_item *item = items->pdata[index];

		edit_set(&state->reason, item->label);
		intent = intent_text(INTENT_REASON_SET, 0, item->label);
	}
	if (picked == PICKED_LINE || picked == PICKED_CLOSED)
		picker_close(&state->picker);
	g_ptr_array_unref(items);
	return intent;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct decision_state *state = data;

	if (state->picker.is_open)
		return picker_keys(state, model, &event);
	switch (event.action) {
	case ACTION_DO:
		return intent_of(INTENT_DECIDE);
	case ACTION_ANOTHER:
		return intent_of(INTENT_PREVIEW);
	case ACTION_OPTIONS:
		picker_open(&state->picker, 0);
		return intent_none();
	case ACTION_NEXT:
		return next(state, model);
	case ACTION_PANE_NEXT:
	case ACTION_PANE_BACK:
		return turn_pane(state, model);
	default:
		break;
	}
	return state->on_reason ? key_on_reason(state, &event)
				: key_on_outcomes(state, model, &event);
}

/* Drawing ------------------------------------------------------------------ */

static void draw_outcomes(const struct decision_state *state,
	const struct model *model, struct page *page)
{
	int widths[COLUMNS_MAX];

	list_layout(page->canvas, columns, COLUMNS, widths);
	for (guint i = 0; i < model->decision.outcomes->len; i++) {
		const struct outcome_model *outcome =
			model->decision.outcomes->pdata[i];
		g_autofree char *label =
			outcome->possible ? g_strdup(outcome->label)
					  : g_strdup_printf(_("(%s)"),
						    or_empty(outcome->label));
		const char *const texts[COLUMNS] = {label, outcome->explanation,
			outcome->advised ? _("advised") : ""};
		bool is_focused = (int)i == model->decision.focus;

		if (!page_need(page, 1))
			return;
		list_row(page->canvas, page->row, is_focused, (int)i + 1,
			columns, COLUMNS, widths, texts);
		if (is_focused && state->on_reason)
			canvas_restyle(page->canvas,
				(struct box){
					page->row, 0, 1, page->canvas->cols},
				STYLE_TITLE);
		page->row++;
	}
}

static void draw_reason(const struct decision_state *state,
	const struct model *model, struct page *page)
{
	int label;

	if (may_type(model) && page_need(page, 2)) {
		page_blank(page);
		label = canvas_text(page->canvas, page->row, 1,
			model->decision.reason_needed ? _("Reason *")
						      : _("Reason"),
			STYLE_NORMAL);
		edit_draw(&state->reason, page->canvas, page->row, label + 3,
			page->canvas->cols - label - 4, state->on_reason);
		page->row++;
	}
	if (model->decision.error) {
		g_autofree char *error = g_strdup_printf(
			"%s%s", _("Error: "), model->decision.error);

		page_wrapped(page, 1, error, STYLE_ERROR);
	}
}

static void draw_consequences(const struct model *model, struct page *page)
{
	const struct outcome_model *outcome = focused(model);
	g_autofree char *title = NULL;

	if (!outcome)
		return;
	if (!outcome->possible && outcome->blocker) {
		page_blank(page);
		page_wrapped(page, 1, outcome->blocker, STYLE_WARN);
		return;
	}
	title = g_strdup_printf(_("With %d %s, F8 will"),
		model->decision.focus + 1, or_empty(outcome->label));
	page_blank(page);
	page_section(page, title);
	page_lines(page, 3, outcome->consequences);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct decision_state *state = data;
	struct page page;

	page_begin(&page, body.rows, body.cols);
	if (model->decision.check_line)
		page_wrapped(
			&page, 1, model->decision.check_line, STYLE_NORMAL);
	if (body.rows >= 18)
		page_blank(&page);
	draw_outcomes(state, model, &page);
	draw_reason(state, model, &page);
	draw_consequences(model, &page);
	page_show_rest(&page, canvas, body);
	if (state->picker.is_open) {
		GPtrArray *items = reason_items(model);

		picker_draw(&state->picker, items, model->matches, _("Reasons"),
			1, canvas, body);
		g_ptr_array_unref(items);
	}
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	visit_heading(model, VIEW_DECISION, left);
	g_string_append(right, or_empty(model->visit.item));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	const struct decision_state *state = data;
	const struct outcome_model *outcome = focused(model);
	g_autofree char *numbers =
		g_strdup_printf("1-%u", model->decision.outcomes->len);

	if (state->picker.is_open) {
		picker_hints(&state->picker, out);
		return;
	}
	if (outcome && outcome->possible)
		hint_add(out, ACTION_DO, or_empty(outcome->label));
	else
		hint_add_off(out, ACTION_DO, _("decide"),
			outcome && outcome->blocker
				? outcome->blocker
				: _("this outcome is not possible now"));
	hint_add_keys(out, ACTION_PICK, numbers, _("outcome"));
	if (may_type(model))
		hint_add(out, ACTION_NEXT,
			state->on_reason ? _("to the outcomes")
					 : _("the reason"));
	if (model->decision.reasons->len > 0)
		hint_add(out, ACTION_OPTIONS, _("reasons"));
	hint_add(out, ACTION_ANOTHER, _("preview"));
	hint_add(out, ACTION_BACK, _("back"));
	hint_add(out, ACTION_ASIDE, _("put aside"));
}

const struct view_ops view_decision = {
	.id = VIEW_DECISION,
	.title = N_("Decision"),
	.state_size = sizeof(struct decision_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.flush = flush,
	.sync = follow,
	.reload = reload,
	.leave = leave,
};
