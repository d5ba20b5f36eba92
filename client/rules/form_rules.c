/* One value against its field, one row against its columns, and the whole
 * form. The cross checks stand in form_cross.c, what fills a form in
 * form_fill.c. */
#include "client/rules/form_rules.h"

#include <string.h>

#include "client/rules/day.h"
#include "client/rules/decimal.h"
#include "client/rules/form_cross.h"

static const char *const type_names[] = {
#define TYPE_NAME(code, name) [code] = (name),
	FIELD_TYPES(TYPE_NAME)
#undef TYPE_NAME
};

static const char *const problem_names[] = {
#define PROBLEM_NAME(code, name, args) [code] = (name),
	FORM_PROBLEMS(PROBLEM_NAME)
#undef PROBLEM_NAME
};

static const char *const outcome_names[] = {
#define OUTCOME_NAME(code, name) [code] = (name),
	FORM_OUTCOMES(OUTCOME_NAME)
#undef OUTCOME_NAME
};

const char *form_problem_name(enum form_problem_code code)
{
	return code < FORM_PROBLEM_COUNT ? problem_names[code] : "";
}

const char *field_type_name(enum field_type type)
{
	return type < FIELD_TYPE_COUNT ? type_names[type] : "";
}

bool field_type_from_name(const char *name, enum field_type *type)
{
	for (int i = 0; i < FIELD_TYPE_COUNT; i++) {
		if (strcmp(type_names[i], name) == 0) {
			*type = (enum field_type)i;
			return true;
		}
	}
	return false;
}

const char *form_outcome_name(enum form_outcome outcome)
{
	return outcome < FORM_OUTCOME_COUNT ? outcome_names[outcome] : "";
}

const struct form_field *form_field_find(
	const struct form_def *def, const char *id)
{
	for (size_t i = 0; i < def->n_fields; i++)
		if (strcmp(def->fields[i].id, id) == 0)
			return &def->fields[i];
	return NULL;
}

const struct form_option *form_option_find(
	const struct form_field *field, const char *code)
{
	for (size_t i = 0; i < field->n_options; i++)
		if (strcmp(field->options[i].code, code) == 0)
			return &field->options[i];
	return NULL;
}

/* Conditions -----------------------------------------------------------------
 */

const struct json *form_lookup(
	const struct json *form, const struct json *sources, const char *name)
{
	const char *dot = strchr(name, '.');
	g_autofree char *group = NULL;

	if (!dot)
		return json_get(form, name);
	group = g_strndup(name, (size_t)(dot - name));
	return json_get(json_get(sources, group), dot + 1);
}

static bool value_is_one_of(const struct json *value, const char *const *words)
{
	const char *text = json_as_text(value);

	if (text)
		return g_strv_contains(words, text);
	json_each (member, value) {
		text = json_as_text(member);
		if (text && g_strv_contains(words, text))
			return true;
	}
	return false;
}

bool form_condition_holds(const struct form_condition *condition,
	const struct json *form, const struct json *sources)
{
	if (!condition)
		return true;
	return value_is_one_of(
		form_lookup(form, sources, condition->field), condition->is);
}

bool form_field_shown(const struct form_field *field, const struct json *form,
	const struct json *sources)
{
	return form_condition_holds(field->show_when, form, sources);
}

static bool text_is_blank(const char *text)
{
	for (; *text; text = g_utf8_next_char(text))
		if (!g_unichar_isspace(g_utf8_get_char(text)))
			return false;
	return true;
}

bool form_value_is_empty(const struct json *value)
{
	if (json_is_text(value))
		return text_is_blank(json_as_text(value));
	if (json_is_array(value) || json_is_object(value))
		return json_length(value) == 0;
	return !json_is_number(value) && !json_is_bool(value);
}

bool form_field_open(const struct form_field *field, const struct json *form,
	const struct json *sources)
{
	return field->required && form_field_shown(field, form, sources) &&
	       form_value_is_empty(json_get(form, field->id));
}

/* One value
 * ---------------------------------------------------------------------
 */

bool form_problem_set(struct form_problem *problem, enum form_problem_code code,
	const char *arg, const char *arg2)
{
	problem->code = code;
	g_strlcpy(problem->arg, arg ? arg : "", sizeof(problem->arg));
	g_strlcpy(problem->arg2, arg2 ? arg2 : "", sizeof(problem->arg2));
	return false;
}

bool form_problem_set_numbers(struct form_problem *problem,
	enum form_problem_code code, long arg, long arg2)
{
	char first[FORM_ARG_BYTES], second[FORM_ARG_BYTES];

	g_snprintf(first, sizeof(first), "%ld", arg);
	g_snprintf(second, sizeof(second), "%ld", arg2);
	return form_problem_set(problem, code, first, second);
}

/* Length and control characters: of every text. */
static bool check_text(const struct form_field *field, const char *text,
	struct form_problem *problem)
{
	long max = field->max_chars ? field->max_chars : FORM_MAX_CHARS;
	long len = g_utf8_strlen(text, -1);

	for (const char *c = text; *c; c = g_utf8_next_char(c))
		if (g_unichar_iscntrl(g_utf8_get_char(c)))
			return form_problem_set(
				problem, PROBLEM_CONTROL, NULL, NULL);
	if (len > max)
		return form_problem_set_numbers(
			problem, PROBLEM_LONG, max, len);
	if (len < field->min_chars)
		return form_problem_set_numbers(problem, PROBLEM_SHORT,
			field->min_chars, field->min_chars - len);
	return true;
}

static bool is_set(const char *text)
{
	return text && *text;
}

static bool check_pattern(const struct form_field *field, const char *text,
	struct form_problem *problem)
{
	g_autofree char *whole = NULL;

	if (!is_set(field->pattern))
		return true;
	whole = g_strdup_printf("^(?:%s)$", field->pattern);
	if (g_regex_match_simple(whole, text, G_REGEX_DOLLAR_ENDONLY, 0))
		return true;
	return form_problem_set(
		problem, PROBLEM_PATTERN, field->pattern_hint, NULL);
}

static bool check_number(const struct form_field *field, const char *text,
	struct form_problem *problem)
{
	int64_t value, limit;
	int places;

	if (!decimal_parse(text, &value, &places))
		return form_problem_set(problem, PROBLEM_NUMBER, text, NULL);
	if (places > field->decimals)
		return form_problem_set_numbers(
			problem, PROBLEM_DECIMALS, field->decimals, places);
	if ((is_set(field->min) && decimal_parse(field->min, &limit, NULL) &&
		    value < limit) ||
		(is_set(field->max_value) &&
			decimal_parse(field->max_value, &limit, NULL) &&
			value > limit))
		return form_problem_set(
			problem, PROBLEM_RANGE, field->min, field->max_value);
	return true;
}

static bool check_date(const struct form_field *field, const char *text,
	struct form_problem *problem)
{
	int day = strlen(text) == DAY_TEXT - 1 ? day_parse(text) : 0;

	if (is_set(field->also) && strcmp(text, field->also) == 0)
		return true;
	if (!day)
		return form_problem_set(problem, PROBLEM_DATE, text, NULL);
	if ((is_set(field->min) && day < day_parse(field->min)) ||
		(is_set(field->max_value) && day > day_parse(field->max_value)))
		return form_problem_set(
			problem, PROBLEM_RANGE, field->min, field->max_value);
	return true;
}

static bool set_verdict(struct form_problem *problem,
	enum form_problem_code code, enum number_verdict verdict,
	const char *text, long wanted)
{
	problem->verdict = verdict;
	if (verdict == NUMBER_OK)
		return true;
	if (verdict != NUMBER_SHORT)
		return form_problem_set(problem, code, NULL, NULL);
	return form_problem_set_numbers(
		problem, code, wanted, wanted - (long)strlen(text));
}

static bool check_phone(const char *text, struct form_problem *problem)
{
	enum number_verdict verdict = phone_check(text, NULL);

	/* How many a fixed line still needs nobody knows. */
	if (verdict == NUMBER_SHORT && *text != '1') {
		problem->verdict = verdict;
		return form_problem_set(problem, PROBLEM_PHONE, NULL, NULL);
	}
	return set_verdict(problem, PROBLEM_PHONE, verdict, text, MOBILE_LEN);
}

static bool check_id(const char *text, int today, struct form_problem *problem)
{
	return set_verdict(problem, PROBLEM_ID_NUMBER,
		citizen_id_check(text, today, NULL), text, CITIZEN_ID_LEN);
}

static bool check_uscc(const char *text, struct form_problem *problem)
{
	return set_verdict(
		problem, PROBLEM_USCC, uscc_check(text), text, USCC_LEN);
}

/* Both have 18 places; a number that is right as one is not judged as the
 * other. */
static bool check_id_or_uscc(
	const char *text, int today, struct form_problem *problem)
{
	if (uscc_check(text) == NUMBER_OK)
		return true;
	if (strspn(text, "0123456789") >= CITIZEN_ID_LEN - 1 ||
		strspn(text, "0123456789X") == strlen(text))
		return check_id(text, today, problem);
	return check_uscc(text, problem);
}

static bool check_option(const struct form_field *field, const char *code,
	struct form_problem *problem)
{
	if (form_option_find(field, code))
		return true;
	return form_problem_set(problem, PROBLEM_OPTION, code, NULL);
}

static bool check_by_type(const struct form_field *field, const char *text,
	int today, struct form_problem *problem)
{
	switch (field->type) {
	case FIELD_NUMBER:
		return check_number(field, text, problem);
	case FIELD_DATE:
		return check_date(field, text, problem);
	case FIELD_CHOICE:
	case FIELD_CHOICES:
		return check_option(field, text, problem);
	case FIELD_ID_NUMBER:
		return check_id(text, today, problem);
	case FIELD_USCC:
		return check_uscc(text, problem);
	case FIELD_ID_OR_USCC:
		return check_id_or_uscc(text, today, problem);
	case FIELD_PHONE:
		return check_phone(text, problem);
	case FIELD_TEXT:
	case FIELD_ROWS:
	case FIELD_TYPE_COUNT:
		break;
	}
	return true;
}

static bool check_row_count(const struct form_field *field,
	const struct json *value, struct form_problem *problem)
{
	int max = field->max_rows ? field->max_rows : FORM_MAX_ROWS;
	int rows = (int)json_length(value);

	if (!json_is_array(value))
		return form_problem_set(problem, PROBLEM_SHAPE, NULL, NULL);
	if (rows < field->min_rows)
		return form_problem_set_numbers(
			problem, PROBLEM_ROWS_FEW, field->min_rows, rows);
	if (rows > max)
		return form_problem_set_numbers(
			problem, PROBLEM_ROWS_MANY, max, rows);
	return true;
}

static bool check_choices(const struct form_field *field,
	const struct json *value, struct form_problem *problem)
{
	if (!check_row_count(field, value, problem))
		return false;
	json_each (member, value) {
		const char *code = json_as_text(member);
		if (!code)
			return form_problem_set(
				problem, PROBLEM_SHAPE, NULL, NULL);
		if (!check_option(field, code, problem))
			return false;
	}
	return true;
}

static struct form_problem no_problem(const struct form_field *field)
{
	return (struct form_problem){.field = field, .row = -1};
}

/* One cell of a row; problem gets row and column. */
static bool check_cell(const struct form_field *field, int row,
	const struct form_field *column, const struct json *cells, int today,
	struct form_problem *problem)
{
	if (!form_field_shown(column, cells, NULL) ||
		form_check_value(
			column, json_get(cells, column->id), today, problem))
		return true;
	problem->field = field;
	problem->row = row;
	problem->column = column;
	return false;
}

/* All cells of all rows: into found, or, when that is NULL, up to the first
 * one. */
static bool check_rows(const struct form_field *field, const struct json *value,
	int today, struct form_problem *problem, GArray *found)
{
	int row = 0;

	json_each (cells, value) {
		for (size_t i = 0; i < field->n_columns; i++) {
			if (check_cell(field, row, &field->columns[i], cells,
				    today, problem))
				continue;
			if (!found)
				return false;
			g_array_append_val(found, *problem);
		}
		row++;
	}
	return true;
}

bool form_check_value(const struct form_field *field, const struct json *value,
	int today, struct form_problem *problem)
{
	const char *text = json_as_text(value);

	*problem = no_problem(field);
	if (form_value_is_empty(value))
		return !field->required ||
		       form_problem_set(problem, PROBLEM_MISSING, NULL, NULL);
	if (field->type == FIELD_ROWS)
		return check_row_count(field, value, problem) &&
		       check_rows(field, value, today, problem, NULL);
	if (field->type == FIELD_CHOICES)
		return check_choices(field, value, problem);
	if (!text)
		return form_problem_set(problem, PROBLEM_SHAPE, NULL, NULL);
	return check_text(field, text, problem) &&
	       check_by_type(field, text, today, problem) &&
	       check_pattern(field, text, problem);
}

/* The whole form
 * --------------------------------------------------------------- */

static void check_field(const struct form_field *field, const struct json *form,
	int today, GArray *found)
{
	const struct json *value = json_get(form, field->id);
	struct form_problem problem = no_problem(field);

	if (field->type != FIELD_ROWS || form_value_is_empty(value)) {
		if (!form_check_value(field, value, today, &problem))
			g_array_append_val(found, problem);
		return;
	}
	if (!check_row_count(field, value, &problem))
		g_array_append_val(found, problem);
	if (json_is_array(value) && json_length(value) <= FORM_MAX_ROWS)
		check_rows(field, value, today, &problem, found);
}

GArray *form_check(const struct form_def *def, const struct json *form,
	const struct json *sources, int today)
{
	GArray *found = g_array_new(false, true, sizeof(struct form_problem));

	for (size_t i = 0; i < def->n_fields; i++)
		if (form_field_shown(&def->fields[i], form, sources))
			check_field(&def->fields[i], form, today, found);
	form_cross_check(def, form, sources, today, found);
	return found;
}
