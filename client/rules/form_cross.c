/* Checks between fields, and where an answer leads away from acceptance. Each
 * rule of FORM_CHECKS is one function in a table; a rule sees only values that
 * are there and right by themselves. */
#include "client/rules/form_cross.h"

#include <string.h>

#include "client/rules/day.h"
#include "client/rules/decimal.h"

/* A check with what its names stand for. */
struct cross {
	const struct form_def *def;
	const struct form_check *check;
	const struct json *form;
	int today;
	const struct form_field *field;  /* of "rows.column": rows */
	const struct form_field *column; /* NULL: a plain field */
	const struct form_field *other;  /* NULL: none */
	GArray *found;
};

typedef void cross_fn(struct cross *cross);

static const char *text_of(const struct cross *cross, const char *id)
{
	const char *text = json_text(cross->form, id);

	return text ? text : "";
}

static int day_of(const struct cross *cross, const struct form_field *field)
{
	return day_parse(text_of(cross, field->id));
}

static struct form_problem *add_problem(struct cross *cross, int row)
{
	struct form_problem problem = {.field = cross->field,
		.row = row,
		.column = row < 0 ? NULL : cross->column};

	g_array_append_val(cross->found, problem);
	return &g_array_index(
		cross->found, struct form_problem, cross->found->len - 1);
}

static void add(struct cross *cross, int row, enum form_problem_code code,
	const char *arg, const char *arg2)
{
	form_problem_set(add_problem(cross, row), code, arg, arg2);
}

static void add_numbers(struct cross *cross, int row,
	enum form_problem_code code, long arg, long arg2)
{
	form_problem_set_numbers(add_problem(cross, row), code, arg, arg2);
}

static void cross_not_before(struct cross *cross)
{
	if (day_of(cross, cross->field) < day_of(cross, cross->other))
		add(cross, -1, PROBLEM_NOT_BEFORE, cross->other->label, NULL);
}

static void cross_max_days(struct cross *cross)
{
	int first = day_of(cross, cross->field);
	int last = day_of(cross, cross->other);
	int days = day_between(first, last) + 1; /* both days count */

	if (days > cross->check->years)
		add_numbers(
			cross, -1, PROBLEM_MAX_DAYS, cross->check->years, days);
}

static void cross_at_most(struct cross *cross)
{
	int64_t value, limit;

	if (decimal_parse(text_of(cross, cross->field->id), &value, NULL) &&
		decimal_parse(text_of(cross, cross->other->id), &limit, NULL) &&
		value > limit)
		add(cross, -1, PROBLEM_AT_MOST, cross->other->label, NULL);
}

static void cross_equal(struct cross *cross)
{
	if (strcmp(text_of(cross, cross->field->id),
		    text_of(cross, cross->other->id)) != 0)
		add(cross, -1, PROBLEM_EQUAL, cross->other->label, NULL);
}

/* Calls one_value for the field, or for its column in every row. */
static void each_value(struct cross *cross,
	void (*one_value)(struct cross *cross, const char *text, int row))
{
	int row = 0;

	if (!cross->column) {
		one_value(cross, text_of(cross, cross->field->id), -1);
		return;
	}
	json_each (cells, json_get(cross->form, cross->field->id)) {
		const char *text = json_text(cells, cross->column->id);
		if (text && *text)
			one_value(cross, text, row);
		row++;
	}
}

static void one_past_date(struct cross *cross, const char *text, int row)
{
	if (day_parse(text) > cross->today)
		add(cross, row, PROBLEM_FUTURE, NULL, NULL);
}

static void cross_not_after_today(struct cross *cross)
{
	each_value(cross, one_past_date);
}

static void one_age(struct cross *cross, const char *text, int row)
{
	struct citizen_id id;
	int age;

	if (citizen_id_check(text, cross->today, &id) != NUMBER_OK)
		return;
	age = age_on(id.birth, cross->today);
	if (age < cross->check->years)
		add_numbers(cross, row, PROBLEM_AGE, cross->check->years, age);
}

static void cross_min_age(struct cross *cross)
{
	each_value(cross, one_age);
}

static void cross_sum(struct cross *cross)
{
	const char *target = cross->other ? text_of(cross, cross->other->id)
					  : cross->check->equals;
	char present[DECIMAL_TEXT];
	int64_t wanted, sum = 0;

	if (!cross->column || !decimal_parse(target, &wanted, NULL))
		return;
	json_each (cells, json_get(cross->form, cross->field->id)) {
		const char *text = json_text(cells, cross->column->id);
		int64_t value;
		if (!text || !decimal_parse(text, &value, NULL))
			return;
		sum += value;
	}
	if (sum == wanted)
		return;
	decimal_format(sum, present);
	add(cross, -1, PROBLEM_SUM, target, present);
}

static void cross_distinct(struct cross *cross)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	int row = 0;

	if (!cross->column)
		return;
	json_each (cells, json_get(cross->form, cross->field->id)) {
		const char *text = json_text(cells, cross->column->id);
		int first =
			text ? GPOINTER_TO_INT(g_hash_table_lookup(seen, text))
			     : 0;
		row++;
		if (!text || !*text)
			continue;
		if (first)
			add_numbers(cross, row - 1, PROBLEM_TWICE, first, row);
		else
			g_hash_table_insert(
				seen, (gpointer)text, GINT_TO_POINTER(row));
	}
}

/* Rules that want another field, and what they do. CHECK_LEAD is no mistake:
 * see form_find_lead(). */
static const struct {
	cross_fn *run;
	bool wants_other;
} rules[] = {
	[CHECK_NOT_BEFORE] = {cross_not_before, true},
	[CHECK_NOT_AFTER_TODAY] = {cross_not_after_today, false},
	[CHECK_SUM] = {cross_sum, false},
	[CHECK_EQUAL] = {cross_equal, true},
	[CHECK_MIN_AGE] = {cross_min_age, false},
	[CHECK_DISTINCT] = {cross_distinct, false},
	[CHECK_AT_MOST] = {cross_at_most, true},
	[CHECK_MAX_DAYS] = {cross_max_days, true},
	[CHECK_LEAD] = {NULL, false},
};

static bool is_in_found(const GArray *found, const struct form_field *field)
{
	for (guint i = 0; i < found->len; i++)
		if (g_array_index(found, struct form_problem, i).field == field)
			return true;
	return false;
}

/* "id" or "rows.column". */
static void resolve(const struct form_def *def, const char *name,
	const struct form_field **field, const struct form_field **column)
{
	g_auto(GStrv) parts = g_strsplit(name ? name : "", ".", 2);

	*column = NULL;
	*field = parts[0] ? form_field_find(def, parts[0]) : NULL;
	if (!*field || !parts[1])
		return;
	for (size_t i = 0; i < (*field)->n_columns; i++)
		if (strcmp((*field)->columns[i].id, parts[1]) == 0)
			*column = &(*field)->columns[i];
	if (!*column)
		*field = NULL;
}

/* Shown, filled in and right by itself. */
static bool is_usable(const struct cross *cross, const struct form_field *field,
	const struct json *sources)
{
	return form_field_shown(field, cross->form, sources) &&
	       !form_value_is_empty(json_get(cross->form, field->id)) &&
	       !is_in_found(cross->found, field);
}

static void run_check(const struct form_def *def,
	const struct form_check *check, const struct json *form,
	const struct json *sources, int today, GArray *found)
{
	struct cross cross = {.def = def,
		.check = check,
		.form = form,
		.today = today,
		.found = found};
	const struct form_field *unused;

	resolve(def, check->field, &cross.field, &cross.column);
	resolve(def, check->other, &cross.other, &unused);
	if (!rules[check->rule].run || !cross.field ||
		(rules[check->rule].wants_other && !cross.other))
		return;
	if (form_condition_holds(check->when, form, sources) &&
		is_usable(&cross, cross.field, sources) &&
		(!cross.other || is_usable(&cross, cross.other, sources)))
		rules[check->rule].run(&cross);
}

void form_cross_check(const struct form_def *def, const struct json *form,
	const struct json *sources, int today, GArray *found)
{
	for (size_t i = 0; i < def->n_checks; i++)
		run_check(def, &def->checks[i], form, sources, today, found);
}

/* Ways away from acceptance
 * ---------------------------------------------------- */

static const struct form_lead *lead_of_option(const struct form_field *field,
	const struct json *form, const struct json *sources)
{
	const struct json *value = json_get(form, field->id);
	const char *code = json_as_text(value);
	const struct form_option *option;

	if (field->type != FIELD_CHOICE || !code ||
		!form_field_shown(field, form, sources))
		return NULL;
	option = form_option_find(field, code);
	return option && option->lead.outcome ? &option->lead : NULL;
}

/* Every value that is there is at most the limit, and there is one. */
static bool all_at_most(const struct form_def *def,
	const struct form_check *check, const struct json *form)
{
	const struct form_field *field, *column;
	int64_t limit, value;
	size_t count = 0;

	resolve(def, check->field, &field, &column);
	if (!field || !decimal_parse(check->equals, &limit, NULL))
		return false;
	if (!column) {
		const char *text = json_text(form, field->id);
		return text && decimal_parse(text, &value, NULL) &&
		       value <= limit;
	}
	json_each (cells, json_get(form, field->id)) {
		const char *text = json_text(cells, column->id);
		if (!text || !decimal_parse(text, &value, NULL) ||
			value > limit)
			return false;
		count++;
	}
	return count > 0;
}

/* Does this check say that the applicant does not qualify? */
static bool is_unfit(const struct form_def *def, const struct form_check *check,
	const struct json *form, const struct json *sources, int today)
{
	g_autoptr(GArray) found =
		g_array_new(false, true, sizeof(struct form_problem));

	run_check(def, check, form, sources, today, found);
	return found->len > 0;
}

static bool leads_away(const struct form_def *def,
	const struct form_check *check, const struct json *form,
	const struct json *sources, int today)
{
	if (check->rule == CHECK_LEAD)
		return form_condition_holds(check->when, form, sources) &&
		       all_at_most(def, check, form);
	return check->rule == CHECK_MIN_AGE && check->lead.outcome &&
	       is_unfit(def, check, form, sources, today);
}

bool form_problem_is_unfit(const struct form_problem *problem)
{
	return problem->code == PROBLEM_AGE;
}

const struct form_lead *form_find_lead(const struct form_def *def,
	const struct json *form, const struct json *sources, int today)
{
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct form_lead *lead =
			lead_of_option(&def->fields[i], form, sources);
		if (lead)
			return lead;
	}
	for (size_t i = 0; i < def->n_checks; i++) {
		if (leads_away(def, &def->checks[i], form, sources, today))
			return &def->checks[i].lead;
	}
	return NULL;
}
