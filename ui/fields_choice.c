/* Fields with a list of values: digits pick, letters look for one, several are
 * ticked. */
#include "ui/fields_private.h"
#include "ui/view_common.h"

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
		return fields_value(state, form, option->code);
	codes = turned(field, option->code);
	return fields_value(state, form, codes);
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

struct intent fields_picker_key(struct fields_state *state,
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

void fields_open_picker(
	struct fields_state *state, const struct field_model *field)
{
	state->picker.several = field->kind == EDIT_CHOICES;
	picker_open(&state->picker, MAX(option_index(field, field->value), 0));
}

static struct intent choose_line(struct fields_state *state,
	const struct form_model *form, const struct field_model *field,
	int line)
{
	struct intent intent;

	if (line > 0 && line <= (int)array_len(field->options))
		return choose(state, form, field, line - 1);
	intent = intent_text(INTENT_MESSAGE, 0, NULL);
	intent.text = g_strdup_printf(
		_("This field is chosen: there is no line %d; F4 shows all."),
		line);
	return intent;
}

/* Keys on a choice: a digit is its line, a letter looks for it. */
struct intent fields_choice_key(struct fields_state *state,
	const struct model *model, const struct form_model *form,
	const struct field_model *field, const struct key_event *key)
{
	int digit = key_digit(key);

	if (digit >= 0)
		return choose_line(state, form, field, digit);
	if (key->action == ACTION_CLEAR || key->action == ACTION_BACKSPACE)
		return fields_value(state, form, "");
	if (key->action != ACTION_TEXT && key->action != ACTION_MARK &&
		key->action != ACTION_PASTE)
		return intent_none();
	fields_open_picker(state, field);
	if (key->action == ACTION_MARK)
		return intent_none();
	return fields_picker_key(state, model, form, field, key);
}
