/* Focus and keys of a list of fields. The drawing is in fields_draw.c. */
#include "ui/fields.h"

#include <string.h>

#include "ui/view_common.h"

enum { PAGE_FIELDS = 10, CELL_COLUMNS = 64 };

/* Places ------------------------------------------------------------------- */

static const struct field_model *field_at(
	const struct form_model *form, int index)
{
	return index >= 0 && index < (int)form->fields->len
		       ? form->fields->pdata[index]
		       : NULL;
}

static int row_count(const struct field_model *field)
{
	return field->rows ? (int)field->rows->len : 0;
}

static const struct field_model *cell_at(
	const struct field_model *field, int row, int column)
{
	const GPtrArray *cells;

	if (row < 0 || row >= row_count(field))
		return NULL;
	cells = field->rows->pdata[row];
	return column >= 0 && column < (int)cells->len ? cells->pdata[column]
						       : NULL;
}

static const struct field_model *place_field(
	const struct form_model *form, struct place at)
{
	const struct field_model *field = field_at(form, at.field);

	if (!field || field->kind != EDIT_ROWS || at.row < 0)
		return field;
	return cell_at(field, at.row, at.column);
}

const struct field_model *fields_current(
	const struct fields_state *state, const struct form_model *form)
{
	return place_field(form, state->at);
}

static void add_places(
	GArray *places, const struct field_model *field, int index)
{
	struct place at = {index, 0, 0};

	if (field->kind == EDIT_ROWS && row_count(field) == 0)
		at.row = -1;
	if (field->kind != EDIT_ROWS || at.row < 0) {
		g_array_append_val(places, at);
		return;
	}
	for (at.row = 0; at.row < row_count(field); at.row++) {
		const GPtrArray *cells = field->rows->pdata[at.row];

		for (at.column = 0; at.column < (int)cells->len; at.column++) {
			const struct field_model *cell =
				cells->pdata[at.column];

			if (cell->visible)
				g_array_append_val(places, at);
		}
	}
}

/* Every place in order; caller unrefs. */
static GArray *all_places(const struct form_model *form)
{
	GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));

	for (guint i = 0; i < form->fields->len; i++) {
		const struct field_model *field = form->fields->pdata[i];

		if (field->visible)
			add_places(places, field, (int)i);
	}
	return places;
}

static struct place nth(const GArray *places, int index)
{
	return g_array_index(places, struct place, index);
}

static bool is_before(struct place a, struct place b)
{
	if (a.field != b.field)
		return a.field < b.field;
	if (a.row != b.row)
		return a.row < b.row;
	return a.column < b.column;
}

/* The index of at, or of the first one behind where it was; -1: no places. */
static int index_of(const GArray *places, struct place at)
{
	for (int i = 0; i < (int)places->len; i++) {
		if (!is_before(nth(places, i), at))
			return i;
	}
	return (int)places->len - 1;
}

static bool is_empty(const struct field_model *field)
{
	return !field->value || !*field->value;
}

static bool needs_something(const struct form_model *form, struct place at)
{
	const struct field_model *field = place_field(form, at);

	if (!field || field->readonly)
		return false;
	if (field->error)
		return true;
	if (field->kind == EDIT_ROWS)
		return field->required && row_count(field) == 0;
	return field->required && is_empty(field);
}

/* The next place after index that needs something, around the end; -1: none
 * but this one. */
static int next_needed(
	const struct form_model *form, const GArray *places, int index)
{
	int count = (int)places->len;

	for (int i = 1; i < count; i++) {
		int at = (index + i) % count;

		if (needs_something(form, nth(places, at)))
			return at;
	}
	return -1;
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
	GArray *places = all_places(form);
	int index = index_of(places, at);

	if (index >= 0)
		at = nth(places, index);
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
	struct place at = nth(places, index);
	const struct field_model *field = field_at(form, at.field);
	int to = index;

	if (field->kind == EDIT_ROWS && at.row >= 0 && at.row + by >= 0 &&
		at.row + by < row_count(field))
		return index_of(places,
			(struct place){at.field, at.row + by, at.column});
	while (to + by >= 0 && to + by < (int)places->len &&
		nth(places, to).field == at.field)
		to += by;
	/* Upwards into the first cell of the last row. */
	while (by < 0 && to > 0 && nth(places, to).column > 0 &&
		nth(places, to).field != at.field)
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
	int index = index_of(places, state->at), last = (int)places->len - 1;
	int needed;

	switch (move) {
	case MOVE_NEEDED:
		needed = next_needed(form, places, index);
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
	GArray *places = all_places(form);

	if (places->len > 0)
		go(state, form, nth(places, moved(state, form, places, move)));
	g_array_unref(places);
}

/* After INTENT_ROW_ADD: into the first cell of the row that came. */
static bool enter_new_row(
	struct fields_state *state, const struct form_model *form)
{
	const struct field_model *field = field_at(form, state->at.field);

	if (!field || row_count(field) <= state->rows_before)
		return false;
	settle(state, form,
		(struct place){state->at.field, row_count(field) - 1, 0});
	return true;
}

static bool model_moved(
	struct fields_state *state, const struct form_model *form)
{
	bool has_moved = form->focus != state->seen_focus;

	if (state->asked_next &&
		needs_something(form, (struct place){form->focus, 0, 0}))
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

static struct intent set_value(const struct fields_state *state,
	const struct form_model *form, const char *value)
{
	const struct field_model *field = field_at(form, state->at.field);
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
	return set_value(state, form, edit_text(&state->edit));
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
	GArray *places = all_places(form);
	int needed = places->len == 0 ? -1
				      : next_needed(form, places,
						index_of(places, state->at));

	g_array_unref(places);
	if (needed >= 0)
		return leave_by(state, form, MOVE_NEEDED);
	/* Nothing else: app flushes, checks everything, and says where to. */
	state->asked_next = true;
	return intent_of(INTENT_FORM_NEXT);
}

/* Choices ------------------------------------------------------------------ */

int option_index(const struct field_model *field, const char *code)
{
	for (guint i = 0; i < array_len(field->options); i++) {
		const struct option_model *option = field->options->pdata[i];

		if (code && g_strcmp0(option->code, code) == 0)
			return (int)i;
	}
	return -1;
}

bool codes_have(const char *codes, const char *code)
{
	g_auto(GStrv) parts = g_strsplit(or_empty(codes), ",", -1);

	return g_strv_contains((const char *const *)parts, or_empty(code));
}

/* The codes with one turned, in the order of the options; caller frees. */
static char *turned(const struct field_model *field, const char *code)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < array_len(field->options); i++) {
		const struct option_model *option = field->options->pdata[i];
		bool has = codes_have(field->value, option->code);

		if (g_strcmp0(option->code, code) == 0)
			has = !has;
		if (has)
			g_string_append_printf(
				out, "%s%s", out->len ? "," : "", option->code);
	}
	return g_string_free(out, FALSE);
}

static struct intent choose(struct fields_state *state,
	const struct form_model *form, const struct field_model *field,
	int index)
{
	const struct option_model *option;
	g_autofree char *codes = NULL;

	if (index < 0 || index >= (int)array_len(field->options))
		return intent_none();
	option = field->options->pdata[index];
	if (field->kind != EDIT_CHOICES)
		return set_value(state, form, option->code);
	codes = turned(field, option->code);
	return set_value(state, form, codes);
}

static GPtrArray *option_items(const struct field_model *field)
{
	GPtrArray *items = picker_items_new();

	for (guint i = 0; i < array_len(field->options); i++) {
		const struct option_model *option = field->options->pdata[i];

		picker_add(items, NULL, option->label, NULL)->is_ticked =
			codes_have(field->value, option->code);
	}
	return items;
}

static struct intent picker_keys(struct fields_state *state,
	const struct model *model, const struct form_model *form,
	const struct field_model *field, const struct key_event *key)
{
	GPtrArray *items = option_items(field);
	int index = -1;
	enum picked picked =
		picker_key(&state->picker, items, model->matches, key, &index);

	g_ptr_array_unref(items);
	if (picked == PICKED_CLOSED || picked == PICKED_LINE)
		picker_close(&state->picker);
	if (picked == PICKED_LINE || picked == PICKED_TICK)
		return choose(state, form, field, index);
	return intent_none();
}

void fields_draw_picker(const struct fields_state *state,
	const struct model *model, const struct form_model *form,
	struct canvas *canvas, struct box area)
{
	const struct field_model *field = fields_current(state, form);
	GPtrArray *items;

	if (!state->picker.is_open || !field)
		return;
	items = option_items(field);
	picker_draw(&state->picker, items, model->matches,
		or_empty(field->label), 1, canvas, area);
	g_ptr_array_unref(items);
}

static void open_picker(
	struct fields_state *state, const struct field_model *field)
{
	state->picker.several = field->kind == EDIT_CHOICES;
	picker_open(&state->picker, MAX(option_index(field, field->value), 0));
}

/* Keys on a choice: a digit is its line, a letter looks for it. */
static struct intent choice_key(struct fields_state *state,
	const struct model *model, const struct form_model *form,
	const struct field_model *field, const struct key_event *key)
{
	int digit = key_digit(key);

	if (digit > 0)
		return choose(state, form, field, digit - 1);
	if (key->action == ACTION_CLEAR || key->action == ACTION_BACKSPACE)
		return set_value(state, form, "");
	if (key->action != ACTION_TEXT && key->action != ACTION_MARK &&
		key->action != ACTION_PASTE)
		return intent_none();
	open_picker(state, field);
	if (key->action == ACTION_MARK)
		return intent_none();
	return picker_keys(state, model, form, field, key);
}

/* Rows ----------------------------------------------------------------------
 */

static bool is_in_rows(
	const struct fields_state *state, const struct form_model *form)
{
	const struct field_model *field = field_at(form, state->at.field);

	return field && field->kind == EDIT_ROWS;
}

static struct intent add_row(
	struct fields_state *state, const struct form_model *form)
{
	struct intent typed = fields_flush(state, form);

	/* One key, one intent: what was typed goes first, F6 again adds. */
	if (typed.kind != INTENT_NONE)
		return typed;
	state->rows_before = row_count(field_at(form, state->at.field));
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
	open_picker(state, field);
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
		edit_key(&state->edit, key);
	else if (field->kind == EDIT_CHOICE || field->kind == EDIT_CHOICES)
		return choice_key(state, model, form, field, key);
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
		return picker_keys(state, model, form, field, key);
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
		hint_add(hints, ACTION_PICK,
			state->picker.several ? _("tick")
					      : _("take that line"));
		hint_add(hints, ACTION_NEXT,
			state->picker.several ? _("done")
					      : _("take this line"));
		hint_add(hints, ACTION_BACK, _("close"));
		return;
	}
	hint_add(hints, ACTION_PANE_NEXT, _("one by one"));
	if (field && array_len(field->options) > 0)
		hint_add(hints, ACTION_OPTIONS, _("values"));
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
	for (int row = 0; row < row_count(field); row++) {
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
		bool empty = field->kind == EDIT_ROWS ? row_count(field) == 0
						      : is_empty(field);

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
	return g_strdup_printf(_("%d fields: filled %d, to mend %d, missing "
				 "%d, optional %d"),
		all, filled, wrong, missing, optional);
}
