/* Focus and keys of a list of fields. Choices are in fields_choice.c, the
 * drawing is in fields_draw.c. */
#include "ui/fields.h"

#include <string.h>

#include "ui/fields_private.h"
#include "ui/view_common.h"

enum { PAGE_FIELDS = 10, CELL_COLUMNS = 64 };

const struct field_model *fields_current(
	const struct fields_state *state, const struct form_model *form)
{
	return place_field(form, state->at);
}

/* The edit buffer ------------------------------------------------------------
 */

static bool is_text(const struct field_model *field)
{
	return field &&
	       (field->kind == EDIT_TEXT || field->kind == EDIT_NUMBER ||
		       field->kind == EDIT_DATE || field->kind == EDIT_CODE);
}

static void load(struct fields_state *state, const struct form_model *form)
{
	const struct field_model *field = fields_current(state, form);
	struct edit *edit = &state->edit;

	edit->max_chars = field ? field->max_len : 0;
	edit->half = field && field->kind != EDIT_TEXT;
	edit->capitals = field && field->kind == EDIT_CODE;
	edit_set(edit, is_text(field) ? field->value : NULL);
}

static void go(struct fields_state *state, const struct form_model *form,
	struct place at)
{
	state->at = at;
	load(state, form);
}

/* To the place itself, or the nearest there is. */
static void settle(struct fields_state *state, const struct form_model *form,
	struct place at)
{
	GArray *places = places_of(form);
	int index = places_index(places, at);

	if (index >= 0)
		at = places_nth(places, index);
	g_array_unref(places);
	go(state, form, at);
}

void fields_enter(struct fields_state *state, const struct form_model *form)
{
	fields_leave(state);
	state->seen_focus = form->focus;
	settle(state, form, (struct place){form->focus, -1, 0});
}

void fields_reload(struct fields_state *state, const struct form_model *form)
{
	if (form->focus != state->seen_focus || state->asked_next) {
		fields_enter(state, form);
		return;
	}
	settle(state, form, state->at);
}

void fields_leave(struct fields_state *state)
{
	edit_clear(&state->edit);
	picker_close(&state->picker);
	memset(state, 0, sizeof(*state));
}

/* Moving --------------------------------------------------------------------
 */

static int vertical(
	const struct form_model *form, const GArray *places, int index, int by)
{
	struct place at = places_nth(places, index);
	const struct field_model *field = form_field_at(form, at.field);
	int to = index;

	if (field->kind == EDIT_ROWS && at.row >= 0 && at.row + by >= 0 &&
		at.row + by < field_row_count(field))
		return places_index(places,
			(struct place){at.field, at.row + by, at.column});
	while (to + by >= 0 && to + by < (int)places->len &&
		places_nth(places, to).field == at.field)
		to += by;
	/* Upwards into the first cell of the last row. */
	while (by < 0 && to > 0 && places_nth(places, to).column > 0 &&
		places_nth(places, to).field != at.field)
		to--;
	return to;
}

static int page_move(const GArray *places, int index, int by)
{
	return CLAMP(index + by, 0, (int)places->len - 1);
}

static int moved(const struct fields_state *state,
	const struct form_model *form, const GArray *places,
	enum fields_move move)
{
	int index = places_index(places, state->at),
	    last = (int)places->len - 1;
	int needed;

	switch (move) {
	case MOVE_NEEDED:
		needed = places_next_needed(form, places, index);
		return needed >= 0 ? needed : index;
	case MOVE_TAB:
		return index < last ? index + 1 : 0;
	case MOVE_BACKTAB:
		return index > 0 ? index - 1 : last;
	case MOVE_UP:
		return vertical(form, places, index, -1);
	case MOVE_DOWN:
		return vertical(form, places, index, 1);
	case MOVE_PAGE_UP:
		return page_move(places, index, -PAGE_FIELDS);
	case MOVE_PAGE_DOWN:
		return page_move(places, index, PAGE_FIELDS);
	default:
		return index;
	}
}

static void move_now(struct fields_state *state, const struct form_model *form,
	enum fields_move move)
{
	GArray *places = places_of(form);

	if (places->len > 0)
		go(state, form,
			places_nth(places, moved(state, form, places, move)));
	g_array_unref(places);
}

/* After INTENT_ROW_ADD: into the first cell of the row that came. */
static bool enter_new_row(
	struct fields_state *state, const struct form_model *form)
{
	const struct field_model *field = form_field_at(form, state->at.field);

	if (!field || field_row_count(field) <= state->rows_before)
		return false;
	settle(state, form,
		(struct place){state->at.field, field_row_count(field) - 1, 0});
	return true;
}

static bool model_moved(
	struct fields_state *state, const struct form_model *form)
{
	bool has_moved = form->focus != state->seen_focus;

	if (state->asked_next &&
		place_needs(form, (struct place){form->focus, 0, 0}))
		has_moved = form->focus != state->at.field;
	state->asked_next = false;
	state->seen_focus = form->focus;
	return has_moved && form->focus != state->at.field;
}

void fields_sync(struct fields_state *state, const struct form_model *form)
{
	enum fields_move move = state->pending;

	if (move == MOVE_NEW_ROW) {
		state->pending = MOVE_NONE;
		enter_new_row(state, form);
		return;
	}
	if (model_moved(state, form)) {
		state->pending = MOVE_NONE;
		settle(state, form, (struct place){form->focus, -1, 0});
	}
	if (move != MOVE_NONE) {
		state->pending = MOVE_NONE;
		move_now(state, form, move);
	} else if (!fields_current(state, form) ||
		   (!state->edit.is_dirty &&
			   is_text(fields_current(state, form)) &&
			   g_strcmp0(edit_text(&state->edit),
				   or_empty(fields_current(state, form)
						    ->value)) != 0)) {
		/* The place went away, or its value changed under it. */
		settle(state, form, state->at);
	}
}

/* Values --------------------------------------------------------------------
 */

struct intent fields_value(const struct fields_state *state,
	const struct form_model *form, const char *value)
{
	const struct field_model *field = form_field_at(form, state->at.field);
	struct intent intent = {.kind = INTENT_FIELD_SET,
		.index = state->at.field,
		.text = g_strdup(value)};

	if (field && field->kind == EDIT_ROWS) {
		intent.kind = INTENT_CELL_SET;
		intent.index2 = state->at.row * CELL_COLUMNS + state->at.column;
	}
	return intent;
}

struct intent fields_flush(
	struct fields_state *state, const struct form_model *form)
{
	if (!state->edit.is_dirty || !is_text(fields_current(state, form)))
		return intent_none();
	state->edit.is_dirty = false;
	return fields_value(state, form, edit_text(&state->edit));
}

/* Leaves the place: its value first, the move when the model has it. */
static struct intent leave_by(struct fields_state *state,
	const struct form_model *form, enum fields_move move)
{
	struct intent intent = fields_flush(state, form);

	if (intent.kind == INTENT_NONE)
		move_now(state, form, move);
	else
		state->pending = move;
	return intent;
}

static struct intent next(
	struct fields_state *state, const struct form_model *form)
{
	GArray *places = places_of(form);
	int needed = places->len == 0
			     ? -1
			     : places_next_needed(form, places,
				       places_index(places, state->at));

	g_array_unref(places);
	if (needed >= 0)
		return leave_by(state, form, MOVE_NEEDED);
	/* Nothing else: app flushes, checks everything, and says where to. */
	state->asked_next = true;
	return intent_of(INTENT_FORM_NEXT);
}

/* Rows ----------------------------------------------------------------------
 */

static bool is_in_rows(
	const struct fields_state *state, const struct form_model *form)
{
	const struct field_model *field = form_field_at(form, state->at.field);

	return field && field->kind == EDIT_ROWS;
}

static struct intent add_row(
	struct fields_state *state, const struct form_model *form)
{
	struct intent typed = fields_flush(state, form);

	/* One key, one intent: what was typed goes first, F6 again adds. */
	if (typed.kind != INTENT_NONE)
		return typed;
	state->rows_before =
		field_row_count(form_field_at(form, state->at.field));
	state->pending = MOVE_NEW_ROW;
	return intent_index(INTENT_ROW_ADD, state->at.field, 0);
}

static bool has_text_after_cursor(const struct edit *edit)
{
	return edit_text(edit)[edit->cursor] != '\0';
}

static struct intent remove_row(struct fields_state *state)
{
	int row = state->at.row;

	edit_clear(&state->edit);
	state->pending = MOVE_STAY;
	return intent_index(INTENT_ROW_REMOVE, state->at.field, row);
}

/* Keys ----------------------------------------------------------------------
 */

static enum fields_move move_of(enum action action)
{
	switch (action) {
	case ACTION_PANE_NEXT:
		return MOVE_TAB;
	case ACTION_PANE_BACK:
		return MOVE_BACKTAB;
	case ACTION_UP:
		return MOVE_UP;
	case ACTION_DOWN:
		return MOVE_DOWN;
	case ACTION_PAGE_UP:
		return MOVE_PAGE_UP;
	case ACTION_PAGE_DOWN:
		return MOVE_PAGE_DOWN;
	default:
		return MOVE_NONE;
	}
}

static struct intent undo(
	struct fields_state *state, const struct form_model *form)
{
	if (!state->edit.is_dirty)
		return intent_of(INTENT_UNDO);
	load(state, form);
	return intent_none();
}

static struct intent options(
	struct fields_state *state, const struct field_model *field)
{
	if (field->readonly || array_len(field->options) == 0)
		return intent_text(INTENT_MESSAGE, 0,
			_("This field has no list of values: type it."));
	fields_open_picker(state, field);
	return intent_none();
}

static struct intent value_key(struct fields_state *state,
	const struct model *model, const struct form_model *form,
	const struct field_model *field, const struct key_event *key)
{
	if (key->action == ACTION_REMOVE && is_in_rows(state, form) &&
		state->at.row >= 0 && !has_text_after_cursor(&state->edit))
		return remove_row(state);
	if (field->readonly) {
		if (key->action == ACTION_TEXT || key->action == ACTION_PICK)
			return intent_text(INTENT_MESSAGE, 0,
				_("This value comes from outside and is not "
				  "typed here."));
		return intent_none();
	}
	if (is_text(field))
		return edit_typed(&state->edit, key);
	if (field->kind == EDIT_CHOICE || field->kind == EDIT_CHOICES)
		return fields_choice_key(state, model, form, field, key);
	return intent_none();
}

struct intent fields_key(struct fields_state *state, const struct model *model,
	const struct form_model *form, const struct key_event *key)
{
	const struct field_model *field = fields_current(state, form);
	enum fields_move move = move_of(key->action);

	if (!field)
		return key->action == ACTION_NEXT ? intent_of(INTENT_FORM_NEXT)
						  : intent_none();
	if (state->picker.is_open)
		return fields_picker_key(state, model, form, field, key);
	if (move != MOVE_NONE)
		return leave_by(state, form, move);
	switch (key->action) {
	case ACTION_NEXT:
		return next(state, form);
	case ACTION_UNDO:
		return undo(state, form);
	case ACTION_OPTIONS:
		return options(state, field);
	case ACTION_ANOTHER:
		return is_in_rows(state, form) ? add_row(state, form)
					       : intent_none();
	case ACTION_BACK:
		return intent_of(INTENT_BACK);
	default:
		return value_key(state, model, form, field, key);
	}
}

/* Hints -------------------------------------------------------------------- */

void fields_hints(const struct fields_state *state,
	const struct form_model *form, struct hint_list *hints)
{
	const struct field_model *field = fields_current(state, form);

	if (state->picker.is_open) {
		picker_hints(&state->picker, hints);
		return;
	}
	hint_add(hints, ACTION_PANE_NEXT, _("field by field"));
	if (field && array_len(field->options) > 0)
		hint_add(hints, ACTION_OPTIONS, _("values"));
	else
		hint_add_off(hints, ACTION_OPTIONS, _("values"),
			_("this field has no list: type it"));
	if (is_in_rows(state, form)) {
		hint_add(hints, ACTION_ANOTHER, _("add a row"));
		if (state->at.row >= 0)
			hint_add(hints, ACTION_REMOVE, _("remove row"));
	}
	hint_add(hints, ACTION_UNDO, _("undo"));
}

static bool has_error(const struct field_model *field)
{
	if (field->error)
		return true;
	for (int row = 0; row < field_row_count(field); row++) {
		const GPtrArray *cells = field->rows->pdata[row];

		for (guint i = 0; i < cells->len; i++) {
			const struct field_model *cell = cells->pdata[i];

			if (cell->error)
				return true;
		}
	}
	return false;
}

char *fields_summary(const struct form_model *form)
{
	int all = 0, filled = 0, wrong = 0, missing = 0, optional = 0;

	for (guint i = 0; i < form->fields->len; i++) {
		const struct field_model *field = form->fields->pdata[i];
		bool empty = field->kind == EDIT_ROWS
				     ? field_row_count(field) == 0
				     : field_is_empty(field);

		if (!field->visible)
			continue;
		all++;
		if (has_error(field))
			wrong++;
		else if (!empty)
			filled++;
		else if (field->required)
			missing++;
		else
			optional++;
	}
	return g_strdup_printf(
		_("%d fields: filled %d, to fix %d, missing %d, optional %d"),
		all, filled, wrong, missing, optional);
}
