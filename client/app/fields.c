/* A form definition and its values, shown as fields of the model and changed by
 * what is typed. The identify view and the form view share it. A field is
 * judged when it is left; what is merely missing is an error only after the
 * clerk wanted to go on. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/text.h"

static enum field_kind kind_of(enum field_type type)
{
	switch (type) {
	case FIELD_NUMBER:
		return EDIT_NUMBER;
	case FIELD_DATE:
		return EDIT_DATE;
	case FIELD_CHOICE:
		return EDIT_CHOICE;
	case FIELD_CHOICES:
		return EDIT_CHOICES;
	case FIELD_ROWS:
		return EDIT_ROWS;
	case FIELD_ID_NUMBER:
	case FIELD_USCC:
	case FIELD_ID_OR_USCC:
	case FIELD_PHONE:
		return EDIT_CODE;
	default:
		return EDIT_TEXT;
	}
}

/* Values to the model ----------------------------------------------------- */

static char *value_text(const struct json *value)
{
	GString *text;

	if (!json_is_array(value))
		return g_strdup(json_as_text(value) ? json_as_text(value) : "");
	text = g_string_new(NULL);
	json_each (code, value)
		g_string_append_printf(text, "%s%s", text->len ? "," : "",
			json_as_text(code) ? json_as_text(code) : "");
	return g_string_free(text, FALSE);
}

static void fill_field(const struct form_field *field, struct field_model *out)
{
	model_text(&out->id, field->id);
	model_text(&out->label, field->label);
	out->kind = kind_of(field->type);
	out->required = field->required;
	out->visible = true;
	out->max_len = field->max_chars ? field->max_chars : FORM_MAX_CHARS;
	out->options = model_options_new();
	out->columns = model_fields_new();
	out->rows = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);
	for (size_t i = 0; i < field->n_options; i++)
		model_add_option(out->options, field->options[i].code,
			field->options[i].label);
	for (size_t i = 0; i < field->n_columns; i++)
		fill_field(&field->columns[i], model_add_field(out->columns));
}

static void fill_rows(const struct form_field *field, const struct json *rows,
	struct field_model *out)
{
	json_each (row, rows) {
		GPtrArray *cells = model_fields_new();

		for (size_t i = 0; i < field->n_columns; i++) {
			const struct form_field *column = &field->columns[i];
			struct field_model *cell = model_add_field(cells);
			g_autofree char *text =
				value_text(json_get(row, column->id));

			fill_field(column, cell);
			model_text(&cell->value, text);
		}
		g_ptr_array_add(out->rows, cells);
	}
}

static const char *origin_text(
	const struct fields *fields, const struct form_field *field)
{
	const char *origin = json_text(fields->origins, field->id);
	const struct json *applicant = json_get(fields->sources, "applicant");

	if (!origin)
		return NULL;
	if (!strcmp(origin, "derived"))
		return _("worked out");
	if (!strcmp(origin, "default"))
		return _("default");
	if (!strcmp(origin, "card"))
		return _("card");
	if (g_str_has_prefix(origin, "applicant.") &&
		!strcmp(json_text_or(applicant, "origin", ""), "card"))
		return _("card");
	return _("step before");
}

bool fields_is_odd(const struct fields *fields, const struct form_field *field)
{
	const struct json *applicant = json_get(fields->sources, "applicant");
	const char *number = json_text_or(applicant, "id_number", "");
	const char *value = json_text_or(fields->values, field->id, "");

	return field->type == FIELD_ID_NUMBER &&
	       !g_strcmp0(field->fill, "applicant.id_number") && *number &&
	       *value && strcmp(number, value) != 0 &&
	       form_field_shown(field, fields->values, fields->sources);
}

static const char *fine_hint(
	const struct fields *fields, const struct form_field *field)
{
	bool checked = field->type == FIELD_ID_NUMBER ||
		       field->type == FIELD_USCC ||
		       field->type == FIELD_ID_OR_USCC;

	if (fields_is_odd(fields, field))
		return _("not the applicant's");
	return checked && !form_value_is_empty(
				  json_get(fields->values, field->id))
		       ? _("checked")
		       : NULL;
}

static bool is_touched(const struct fields *fields, const char *id)
{
	return !fields->touched || json_get(fields->touched, "*") ||
	       json_get(fields->touched, id);
}

/* Still being typed: a hint says how much is left. */
static bool is_short(const struct form_problem *problem)
{
	bool is_code = problem->code == PROBLEM_ID_NUMBER ||
		       problem->code == PROBLEM_USCC ||
		       problem->code == PROBLEM_PHONE;

	return problem->code == PROBLEM_SHORT ||
	       (is_code && problem->verdict == NUMBER_SHORT);
}

/* Missing and unfinished values are no errors until one wants to go on. */
static bool is_silent(
	const struct fields *fields, const struct form_problem *problem)
{
	bool unfinished = problem->code == PROBLEM_MISSING ||
			  problem->code == PROBLEM_ROWS_FEW ||
			  is_short(problem);

	/* Known from the card, and nothing to be typed about it. */
	if (form_problem_is_unfit(problem))
		return false;
	return !is_touched(fields, problem->field->id) ||
	       (unfinished && fields->touched &&
		       !json_get(fields->touched, "*"));
}

static struct field_model *cell_of(const struct field_model *field,
	const struct form_field *def, const struct form_problem *problem)
{
	GPtrArray *cells;

	if (problem->row < 0 || !problem->column ||
		(guint)problem->row >= field->rows->len)
		return NULL;
	cells = g_ptr_array_index(field->rows, (guint)problem->row);
	return g_ptr_array_index(
		cells, (guint)(problem->column - def->columns));
}

static int show_problems(
	const struct fields *fields, GArray *problems, struct form_model *out)
{
	int shown = 0;

	for (guint i = 0; i < problems->len; i++) {
		const struct form_problem *problem =
			&g_array_index(problems, struct form_problem, i);
		guint index = (guint)(problem->field - fields->def->fields);
		struct field_model *field =
			g_ptr_array_index(out->fields, index);
		struct field_model *cell =
			cell_of(field, problem->field, problem);
		g_autofree char *text = fields_problem_text(problem);

		model_text(&field->hint, NULL);
		if (is_silent(fields, problem)) {
			if (is_short(problem))
				model_text(&field->hint, text);
			continue;
		}
		shown++;
		/* It is drawn below what it is about: no label again. */
		if (!cell)
			cell = field;
		if (!cell->error)
			model_text(&cell->error, text);
	}
	return shown;
}

int fields_show(const struct fields *fields, struct form_model *out)
{
	g_autoptr(GArray) problems = form_check(
		fields->def, fields->values, fields->sources, fields->today);

	g_ptr_array_set_size(out->fields, 0);
	for (size_t i = 0; i < fields->def->n_fields; i++) {
		const struct form_field *def = &fields->def->fields[i];
		struct field_model *field = model_add_field(out->fields);
		const struct json *value = json_get(fields->values, def->id);
		g_autofree char *text = value_text(value);

		fill_field(def, field);
		field->visible =
			form_field_shown(def, fields->values, fields->sources);
		field->readonly = def->derive == DERIVE_SEX ||
				  def->derive == DERIVE_BIRTH;
		if (def->type == FIELD_ROWS)
			fill_rows(def, value, field);
		else
			model_text(&field->value, text);
		model_text(&field->source, origin_text(fields, def));
		model_text(&field->hint, fine_hint(fields, def));
	}
	return show_problems(fields, problems, out);
}

int fields_first_problem(const struct fields *fields, GArray *problems)
{
	guint first = G_MAXUINT;

	for (guint i = 0; i < problems->len; i++) {
		const struct form_problem *problem =
			&g_array_index(problems, struct form_problem, i);
		guint index = (guint)(problem->field - fields->def->fields);

		first = MIN(first, index);
	}
	return first == G_MAXUINT ? -1 : (int)first;
}

int fields_first_open(const struct fields *fields)
{
	for (size_t i = 0; i < fields->def->n_fields; i++) {
		if (form_field_open(&fields->def->fields[i], fields->values,
			    fields->sources))
			return (int)i;
	}
	return (int)fields->def->n_fields - 1;
}

/* What was typed ---------------------------------------------------------- */

static const struct form_field *def_at(const struct fields *fields, int index)
{
	if (index < 0 || (size_t)index >= fields->def->n_fields)
		return NULL;
	return &fields->def->fields[index];
}

static struct json *codes_of(const char *typed)
{
	g_auto(GStrv) codes = g_strsplit(typed, ",", 64);
	struct json *array = json_new_array();

	for (char **code = codes; *code; code++) {
		if (**code)
			json_add_text(array, *code);
	}
	return array;
}

static struct json *value_of_typed(
	const struct form_field *field, const char *typed)
{
	g_autofree char *clean = NULL;

	if (field->type == FIELD_CHOICES)
		return codes_of(typed);
	clean = form_normalize(field, typed);
	return *clean ? json_new_text(clean) : NULL;
}

void fields_set(const struct fields *fields, int index, const char *typed)
{
	const struct form_field *field = def_at(fields, index);

	if (!field || field->type == FIELD_ROWS)
		return;
	json_put(fields->values, field->id,
		value_of_typed(field, typed ? typed : ""));
	if (fields->touched)
		json_put_bool(fields->touched, field->id, true);
}

static struct json *row_at(
	const struct fields *fields, const struct form_field *field, int row)
{
	struct json *rows = json_get_mutable(fields->values, field->id);

	json_each (member, rows) {
		if (row-- == 0)
			return (struct json *)(uintptr_t)member;
	}
	return NULL;
}

void fields_set_cell(const struct fields *fields, int index, int row,
	int column, const char *typed)
{
	const struct form_field *field = def_at(fields, index);
	struct json *values;

	if (!field || column < 0 || (size_t)column >= field->n_columns)
		return;
	values = row_at(fields, field, row);
	if (!values)
		return;
	json_put(values, field->columns[column].id,
		value_of_typed(&field->columns[column], typed ? typed : ""));
	if (fields->touched)
		json_put_bool(fields->touched, field->id, true);
}

bool fields_row_add(const struct fields *fields, int index)
{
	const struct form_field *field = def_at(fields, index);
	struct json *rows;

	if (!field || field->type != FIELD_ROWS)
		return false;
	rows = json_get_mutable(fields->values, field->id);
	if (!rows) {
		json_put(fields->values, field->id, json_new_array());
		rows = json_get_mutable(fields->values, field->id);
	}
	if (json_length(rows) >=
		(size_t)(field->max_rows ? field->max_rows : FORM_MAX_ROWS))
		return false;
	json_add(rows, json_new_object());
	return true;
}

bool fields_row_remove(const struct fields *fields, int index, int row)
{
	const struct form_field *field = def_at(fields, index);
	struct json *kept;
	int at = 0;

	if (!field || field->type != FIELD_ROWS || !row_at(fields, field, row))
		return false;
	kept = json_new_array();
	json_each (member, json_get(fields->values, field->id)) {
		if (at++ != row)
			json_add(kept, json_copy(member));
	}
	json_put(fields->values, field->id, kept);
	return true;
}

void fields_touch_all(const struct fields *fields)
{
	if (fields->touched)
		json_put_bool(fields->touched, "*", true);
}
