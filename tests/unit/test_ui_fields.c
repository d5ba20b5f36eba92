/* The list of fields: where Enter, Tab and the arrows go, when values leave,
 * what happens while the model changes underneath. */
#include <locale.h>
#include <string.h>

#include "tests/screens/fixtures.h"
#include "ui/fields.h"

struct harness {
	struct model model;
	struct fields_state state;
};

static struct form_model *form_of(struct harness *h)
{
	return &h->model.form;
}

static void begin(
	struct harness *h, void (*fill)(struct model *model, bool chinese))
{
	memset(h, 0, sizeof(*h));
	fill(&h->model, true);
	fields_enter(&h->state, form_of(h));
}

static void end(struct harness *h)
{
	fields_leave(&h->state);
	model_clear(&h->model);
}

/* The field or cell an intent is about. */
static struct field_model *target(struct harness *h, const struct intent *i)
{
	struct field_model *field = form_of(h)->fields->pdata[i->index];
	GPtrArray *cells;

	if (i->kind != INTENT_CELL_SET)
		return field;
	cells = field->rows->pdata[i->index2 / 64];
	return cells->pdata[i->index2 % 64];
}

/* Presses, and does with the model what app would. Returns the intent's kind.
 */
static enum intent_kind press(struct harness *h, struct key_event key)
{
	struct intent intent =
		fields_key(&h->state, &h->model, form_of(h), &key);
	enum intent_kind kind = intent.kind;

	if (kind == INTENT_FIELD_SET || kind == INTENT_CELL_SET)
		model_text(&target(h, &intent)->value, intent.text);
	intent_clear(&intent);
	fields_sync(&h->state, form_of(h));
	return kind;
}

static enum intent_kind act(struct harness *h, enum action action)
{
	return press(h, (struct key_event){.action = action});
}

static void type(struct harness *h, const char *text)
{
	for (const char *at = text; *at; at = g_utf8_next_char(at))
		g_assert_cmpint(press(h, keymap_event(KEYCODE_CHAR,
						 g_utf8_get_char(at), NULL, 0)),
			==, INTENT_NONE);
}

static const char *value_of(struct harness *h, int index)
{
	struct field_model *field = form_of(h)->fields->pdata[index];

	return field->value ? field->value : "";
}

static void test_enter(void)
{
	struct harness h;

	begin(&h, form_error);
	/* The only other place in need: none, telephone is filled. */
	g_assert_cmpint(h.state.at.field, ==, 10);
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_FORM_NEXT);
	model_text(
		&((struct field_model *)form_of(&h)->fields->pdata[7])->value,
		"");
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_NONE);
	g_assert_cmpint(h.state.at.field, ==, 7);
	type(&h, "90");
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_FIELD_SET);
	g_assert_cmpstr(value_of(&h, 7), ==, "90");
	g_assert_cmpint(h.state.at.field, ==, 10);
	end(&h);
}

/* What had no room is said, whichever way it came. */
static void test_cut(void)
{
	struct harness h;
	struct key_event pasted =
		keymap_event(KEYCODE_PASTE, 0, g_strdup("199000000001234"), 0);

	begin(&h, form_typical);
	g_assert_cmpint(h.state.edit.max_chars, ==, 11);
	act(&h, ACTION_CLEAR);
	type(&h, "19900000000");
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, '1', NULL, 0)), ==,
		INTENT_MESSAGE);
	act(&h, ACTION_CLEAR);
	g_assert_cmpint(press(&h, pasted), ==, INTENT_MESSAGE);
	g_assert_cmpstr(edit_text(&h.state.edit), ==, "19900000000");
	key_event_clear(&pasted);
	end(&h);
}

/* A digit that is in front of no line is not lost. */
static void test_choice_digits(void)
{
	struct harness h;

	begin(&h, identify_typical);
	fields_leave(&h.state);
	h.model.form.fields = g_steal_pointer(&h.model.identify.fields);
	h.model.identify.fields = model_fields_new();
	h.model.form.focus = 5;
	fields_enter(&h.state, form_of(&h));
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, '9', NULL, 0)), ==,
		INTENT_MESSAGE);
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, '0', NULL, 0)), ==,
		INTENT_MESSAGE);
	type(&h, "代9号");
	g_assert_true(h.state.picker.is_open);
	g_assert_cmpstr(edit_text(&h.state.picker.filter), ==, "代9号");
	end(&h);
}

static void test_tab(void)
{
	struct harness h;

	begin(&h, form_typical);
	g_assert_cmpint(h.state.at.field, ==, 11);
	act(&h, ACTION_PANE_NEXT);
	g_assert_cmpint(h.state.at.field, ==, 0);
	act(&h, ACTION_PANE_BACK);
	g_assert_cmpint(h.state.at.field, ==, 11);
	act(&h, ACTION_UP);
	g_assert_cmpint(h.state.at.field, ==, 10);
	act(&h, ACTION_PAGE_UP);
	g_assert_cmpint(h.state.at.field, ==, 0);
	act(&h, ACTION_UP);
	g_assert_cmpint(h.state.at.field, ==, 0);
	/* An unchanged field says nothing when it is left. */
	g_assert_cmpint(act(&h, ACTION_DOWN), ==, INTENT_NONE);
	end(&h);
}

static void test_flush(void)
{
	struct harness h;
	struct intent intent;

	begin(&h, form_typical);
	type(&h, "00");
	intent = fields_flush(&h.state, form_of(&h));
	g_assert_cmpint(intent.kind, ==, INTENT_FIELD_SET);
	g_assert_cmpint(intent.index, ==, 11);
	g_assert_cmpstr(intent.text, ==, "19900");
	intent_clear(&intent);
	intent = fields_flush(&h.state, form_of(&h));
	g_assert_cmpint(intent.kind, ==, INTENT_NONE);
	end(&h);
}

static void test_choices(void)
{
	struct harness h;

	begin(&h, form_typical);
	h.model.form.focus = 4;
	fields_reload(&h.state, form_of(&h));
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, '3', NULL, 0)), ==,
		INTENT_FIELD_SET);
	g_assert_cmpstr(value_of(&h, 4), ==, "3");
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, '9', NULL, 0)), ==,
		INTENT_MESSAGE);
	/* Several: a digit turns one, F4 shows them all. */
	act(&h, ACTION_DOWN);
	press(&h, keymap_event(KEYCODE_CHAR, '1', NULL, 0));
	g_assert_cmpstr(value_of(&h, 5), ==, "2");
	press(&h, keymap_event(KEYCODE_CHAR, '4', NULL, 0));
	g_assert_cmpstr(value_of(&h, 5), ==, "2,4");
	act(&h, ACTION_OPTIONS);
	g_assert_true(h.state.picker.is_open);
	act(&h, ACTION_DOWN);
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, ' ', NULL, 0)), ==,
		INTENT_FIELD_SET);
	g_assert_cmpstr(value_of(&h, 5), ==, "4");
	act(&h, ACTION_NEXT);
	g_assert_false(h.state.picker.is_open);
	g_assert_cmpstr(value_of(&h, 5), ==, "4");
	end(&h);
}

/* Letters in a choice look for it. */
static void test_choice_by_letters(void)
{
	struct harness h;

	begin(&h, form_typical);
	h.model.form.focus = 4;
	fields_reload(&h.state, form_of(&h));
	press(&h, keymap_event(KEYCODE_CHAR, 0x5355, NULL, 0)); /* 单 */
	g_assert_true(h.state.picker.is_open);
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_FIELD_SET);
	g_assert_cmpstr(value_of(&h, 4), ==, "3");
	act(&h, ACTION_OPTIONS);
	g_assert_cmpint(act(&h, ACTION_BACK), ==, INTENT_NONE);
	g_assert_false(h.state.picker.is_open);
	g_assert_cmpint(act(&h, ACTION_BACK), ==, INTENT_BACK);
	end(&h);
}

static void add_row(struct harness *h, int index)
{
	struct field_model *field = form_of(h)->fields->pdata[index];

	g_ptr_array_add(
		field->rows, fixture_cells(true, NULL, NULL, NULL, NULL));
	fields_sync(&h->state, form_of(h));
}

static void test_rows(void)
{
	struct harness h;
	struct key_event f6 = {.action = ACTION_ANOTHER};
	struct intent intent;

	begin(&h, form_rows);
	g_assert_cmpint(h.state.at.field, ==, 1);
	g_assert_cmpint(h.state.at.row, ==, 0);
	act(&h, ACTION_PANE_NEXT);
	g_assert_cmpint(h.state.at.column, ==, 1);
	act(&h, ACTION_DOWN);
	g_assert_cmpint(h.state.at.row, ==, 1);
	g_assert_cmpint(h.state.at.column, ==, 1);
	act(&h, ACTION_BACKSPACE);
	type(&h, "X");
	act(&h, ACTION_DOWN);
	g_assert_cmpint(h.state.at.field, ==, 2);
	g_assert_cmpint(h.state.at.row, ==, -1);
	/* A row comes, the focus goes into it. */
	intent = fields_key(&h.state, &h.model, form_of(&h), &f6);
	g_assert_cmpint(intent.kind, ==, INTENT_ROW_ADD);
	g_assert_cmpint(intent.index, ==, 2);
	intent_clear(&intent);
	add_row(&h, 2);
	g_assert_cmpint(h.state.at.row, ==, 0);
	g_assert_cmpint(h.state.at.column, ==, 0);
	type(&h, "甄");
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_CELL_SET);
	g_assert_cmpint(h.state.at.column, ==, 1);
	g_assert_cmpint(act(&h, ACTION_REMOVE), ==, INTENT_ROW_REMOVE);
	end(&h);
}

/* Del takes a character first, the row only at the end of the text. */
static void test_row_remove(void)
{
	struct harness h;

	begin(&h, form_rows);
	act(&h, ACTION_FIRST);
	g_assert_cmpint(act(&h, ACTION_REMOVE), ==, INTENT_NONE);
	g_assert_cmpstr(edit_text(&h.state.edit), ==, "示例");
	act(&h, ACTION_LAST);
	g_assert_cmpint(act(&h, ACTION_REMOVE), ==, INTENT_ROW_REMOVE);
	end(&h);
}

/* A field that opens another one: Enter goes to the new one. */
static void test_conditional(void)
{
	struct harness h;
	struct field_model *field;
	struct key_event key = keymap_event(KEYCODE_CHAR, '7', NULL, 0);
	struct intent intent;

	begin(&h, form_typical);
	field = form_of(&h)->fields->pdata[8];
	field->visible = false;
	model_text(&field->value, NULL);
	field = form_of(&h)->fields->pdata[10];
	model_text(&field->value, NULL);
	h.model.form.focus = 7;
	fields_reload(&h.state, form_of(&h));
	press(&h, key);
	key.action = ACTION_NEXT;
	intent = fields_key(&h.state, &h.model, form_of(&h), &key);
	g_assert_cmpint(intent.kind, ==, INTENT_FIELD_SET);
	intent_clear(&intent);
	((struct field_model *)form_of(&h)->fields->pdata[8])->visible = true;
	fields_sync(&h.state, form_of(&h));
	g_assert_cmpint(h.state.at.field, ==, 8);
	/* And when the one in focus goes away, the next one has it. */
	((struct field_model *)form_of(&h)->fields->pdata[8])->visible = false;
	fields_sync(&h.state, form_of(&h));
	fields_reload(&h.state, form_of(&h));
	g_assert_cmpint(h.state.at.field, ==, 9);
	end(&h);
}

/* After FORM_NEXT app says where to; a focus that did not change stays. */
static void test_model_focus(void)
{
	struct harness h;

	begin(&h, form_typical);
	act(&h, ACTION_PANE_NEXT);
	fields_reload(&h.state, form_of(&h));
	g_assert_cmpint(h.state.at.field, ==, 0);
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_FORM_NEXT);
	model_text(
		&((struct field_model *)form_of(&h)->fields->pdata[11])->error,
		"no");
	h.state.asked_next = true;
	fields_reload(&h.state, form_of(&h));
	g_assert_cmpint(h.state.at.field, ==, 11);
	end(&h);
}

static void test_empty(void)
{
	struct harness h;

	begin(&h, materials_empty);
	g_assert_cmpint(act(&h, ACTION_DOWN), ==, INTENT_NONE);
	g_assert_cmpint(act(&h, ACTION_NEXT), ==, INTENT_FORM_NEXT);
	end(&h);
}

static void test_readonly(void)
{
	struct harness h;

	begin(&h, form_typical);
	((struct field_model *)form_of(&h)->fields->pdata[11])->readonly = true;
	g_assert_cmpint(press(&h, keymap_event(KEYCODE_CHAR, '1', NULL, 0)), ==,
		INTENT_MESSAGE);
	g_assert_cmpstr(value_of(&h, 11), ==, "199");
	end(&h);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/fields/enter", test_enter);
	g_test_add_func("/ui/fields/cut", test_cut);
	g_test_add_func("/ui/fields/choice-digits", test_choice_digits);
	g_test_add_func("/ui/fields/tab", test_tab);
	g_test_add_func("/ui/fields/flush", test_flush);
	g_test_add_func("/ui/fields/choices", test_choices);
	g_test_add_func("/ui/fields/choice-by-letters", test_choice_by_letters);
	g_test_add_func("/ui/fields/rows", test_rows);
	g_test_add_func("/ui/fields/row-remove", test_row_remove);
	g_test_add_func("/ui/fields/conditional", test_conditional);
	g_test_add_func("/ui/fields/model-focus", test_model_focus);
	g_test_add_func("/ui/fields/empty", test_empty);
	g_test_add_func("/ui/fields/readonly", test_readonly);
	return g_test_run();
}
