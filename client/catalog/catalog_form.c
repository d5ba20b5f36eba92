/* The form of an item: fields, options, columns, cross checks. What refers to
 * another field is checked here, so that the rules need not. */
#include "client/catalog/catalog_read.h"

#include <string.h>

#include "client/rules/day.h"
#include "client/rules/decimal.h"

enum {
	FIELDS_MAX = 80,
	COLUMNS_MAX = 12,
	CHECKS_MAX = 40,
	LABEL_BYTES = 120,
	NOTE_BYTES = 600,
};

static const char *const type_words[] = {
#define TYPE_WORD(code, name) [code] = (name),
	FIELD_TYPES(TYPE_WORD)
#undef TYPE_WORD
};

static const char *const derive_words[] = {
#define DERIVE_WORD(code, name) [code] = (name),
	FORM_DERIVES(DERIVE_WORD)
#undef DERIVE_WORD
};

static const char *const check_words[] = {
#define CHECK_WORD(code, name, what) [code] = (name),
	FORM_CHECKS(CHECK_WORD)
#undef CHECK_WORD
};

static const char *const mask_words[] = {
#define MASK_WORD(code, name, example) [code] = (name),
	MASK_KINDS(MASK_WORD)
#undef MASK_WORD
};

static const char *const source_paths[] = {
#define SOURCE_PATH(path, what) path,
	CATALOG_SOURCES(SOURCE_PATH)
#undef SOURCE_PATH
		NULL,
};

static void read_choices(struct reader *reader, const struct json *object,
	struct form_field *field)
{
	const char *dictionary = json_text(object, "dictionary");
	bool is_choice =
		field->type == FIELD_CHOICE || field->type == FIELD_CHOICES;
	struct dictionary *shared;

	if (!is_choice) {
		if (json_get(object, "options") ||
			json_get(object, "dictionary"))
			reader_fail(reader, "options",
				"only a choice or choices has options");
		return;
	}
	if (!dictionary) {
		read_options(reader, object, "options", &field->options,
			&field->n_options);
		return;
	}
	shared = catalog_dictionary_find(reader->catalog, dictionary);
	if (!shared || json_get(object, "options")) {
		if (shared)
			reader_fail(
				reader, "dictionary", "stands beside options");
		else
			reader_fail(reader, "dictionary", "no such dictionary");
		return;
	}
	field->options = options_copy(shared->entries, shared->n_entries);
	field->n_options = shared->n_entries;
	if (reader->uses && !g_ptr_array_find(reader->uses, shared, NULL))
		g_ptr_array_add(reader->uses, g_rc_box_acquire(shared));
}

/* Fields ----------------------------------------------------------------------
 */

static void field_clear(struct form_field *field)
{
	const char *texts[] = {field->id, field->label, field->min,
		field->max_value, field->pattern, field->pattern_hint,
		field->fill, field->otherwise, field->from, field->question,
		field->note};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		text_free(texts[i]);
	options_free(field->options, field->n_options);
	condition_free(field->show_when);
	for (size_t i = 0; i < field->n_columns; i++)
		field_clear(&field->columns[i]);
	g_free(field->columns);
}

void form_def_clear(struct form_def *def)
{
	for (size_t i = 0; i < def->n_fields; i++)
		field_clear(&def->fields[i]);
	g_free(def->fields);
	for (size_t i = 0; i < def->n_checks; i++) {
		struct form_check *check = &def->checks[i];
		text_free(check->field);
		text_free(check->other);
		text_free(check->equals);
		condition_free(check->when);
		lead_clear(&check->lead);
	}
	g_free(def->checks);
}

/* "trade_name": small letters, digits, underscores. */
static void check_id(struct reader *reader, const char *id)
{
	if (*id &&
		(!g_ascii_islower(*id) ||
			strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_") !=
				strlen(id)))
		reader_fail(
			reader, "id", "expected small letters, digits and _");
}

static void check_limit(struct reader *reader, const struct form_field *field,
	const char *name, const char *limit)
{
	int64_t value;
	bool good = field->type == FIELD_DATE
			    ? day_parse(limit) != 0
			    : field->type == FIELD_NUMBER &&
				      decimal_parse(limit, &value, NULL);

	if (*limit && !good)
		reader_fail(reader, name,
			"expected a limit of the field's type, as a text");
}

static void check_pattern(struct reader *reader, const struct form_field *field)
{
	g_autoptr(GRegex) regex = NULL;

	if (!*field->pattern)
		return;
	regex = g_regex_new(field->pattern, 0, 0, NULL);
	if (!regex)
		reader_fail(reader, "pattern", "not a regular expression");
	else if (!*field->pattern_hint)
		reader_fail(reader, "pattern_hint",
			"is missing: say in words what the pattern wants");
}

static void read_columns(struct reader *reader, const struct json *object,
	struct form_field *field);

static const enum mask_kind usual_mask[FIELD_TYPE_COUNT] = {
	[FIELD_ID_NUMBER] = MASK_CITIZEN_ID,
	[FIELD_ID_OR_USCC] = MASK_CITIZEN_ID,
	[FIELD_PHONE] = MASK_PHONE,
};

static void read_limits(struct reader *reader, const struct json *object,
	struct form_field *field)
{
	field->required = read_bool_or(reader, object, "required", false);
	field->max_chars = read_int_or(reader, object, "max", 1, 2000, 0);
	field->min_chars =
		read_int_or(reader, object, "min_length", 1, 2000, 0);
	field->decimals =
		read_int_or(reader, object, "decimals", 0, DECIMAL_PLACES, 0);
	field->min = read_text_or(reader, object, "min", 20, "");
	field->max_value = read_text_or(reader, object, "max_value", 20, "");
	field->pattern = read_text_or(reader, object, "pattern", 200, "");
	field->pattern_hint =
		read_text_or(reader, object, "pattern_hint", LABEL_BYTES, "");
	check_limit(reader, field, "min", field->min);
	check_limit(reader, field, "max_value", field->max_value);
	check_pattern(reader, field);
}

static void read_field(struct reader *reader, const struct json *object,
	struct form_field *field, bool is_column)
{
	static const char *const known[] = {"id", "label", "type", "required",
		"max", "min_length", "decimals", "min", "max_value", "pattern",
		"pattern_hint", "options", "dictionary", "fill", "default",
		"derive", "from", "show_when", "columns", "min_rows",
		"max_rows", "question", "note", "mask", NULL};

	read_known(reader, object, known);
	field->id = read_text(reader, object, "id", 40);
	check_id(reader, field->id);
	field->label = read_text(reader, object, "label", LABEL_BYTES);
	field->type = (enum field_type)read_word(
		reader, object, "type", type_words, FIELD_TYPE_COUNT, -1);
	read_limits(reader, object, field);
	read_choices(reader, object, field);
	field->fill = read_text_or(reader, object, "fill", 120, "");
	field->otherwise = read_text_or(reader, object, "default", 200, "");
	field->derive = (enum form_derive)read_word(reader, object, "derive",
		derive_words, FORM_DERIVE_COUNT, DERIVE_NOTHING);
	field->from = read_text_or(reader, object, "from", 60, "");
	field->show_when = read_condition(reader, object, "show_when");
	field->question = read_text_or(reader, object, "question", 200, "");
	field->note = read_text_or(reader, object, "note", NOTE_BYTES, "");
	field->mask = (enum mask_kind)read_word(reader, object, "mask",
		mask_words, MASK_KIND_COUNT, (int)usual_mask[field->type]);
	if (is_column && (field->type == FIELD_ROWS || *field->fill))
		reader_fail(reader, "type", "a column is a plain field");
	else if (!is_column)
		read_columns(reader, object, field);
}

static void read_fields(struct reader *reader, const struct json *object,
	const char *name, size_t max, struct form_field **fields, size_t *count)
{
	const struct json *list = read_array(reader, object, name, max, true);
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	size_t i = 0;

	*count = json_length(list);
	*fields = g_new0(struct form_field, *count + 1);
	json_each (member, list) {
		size_t mark = reader_enter(reader, name, (int)i);
		struct form_field *field = &(*fields)[i++];
		read_field(reader, member, field, strcmp(name, "columns") == 0);
		if (!g_hash_table_add(ids, (gpointer)field->id))
			reader_fail(
				reader, "id", "%s is there twice", field->id);
		reader_leave(reader, mark);
	}
}

/* Of rows: how many; of choices: how many ticks. */
static void read_row_limits(struct reader *reader, const struct json *object,
	struct form_field *field)
{
	field->min_rows =
		read_int_or(reader, object, "min_rows", 0, FORM_MAX_ROWS, 0);
	field->max_rows = read_int_or(
		reader, object, "max_rows", 1, FORM_MAX_ROWS, FORM_MAX_ROWS);
	if (field->min_rows > field->max_rows)
		reader_fail(reader, "min_rows", "is more than max_rows");
	if (field->min_rows && field->type != FIELD_ROWS &&
		field->type != FIELD_CHOICES)
		reader_fail(reader, "min_rows", "only of rows and choices");
}

static void read_columns(struct reader *reader, const struct json *object,
	struct form_field *field)
{
	read_row_limits(reader, object, field);
	if (field->type == FIELD_ROWS)
		read_fields(reader, object, "columns", COLUMNS_MAX,
			&field->columns, &field->n_columns);
	else if (json_get(object, "columns"))
		reader_fail(reader, "columns", "only rows have columns");
}

/* References ------------------------------------------------------------------
 */

static bool is_source(const char *path)
{
	return g_strv_contains(source_paths, path);
}

static const struct form_field *find_field(
	const struct form_field *fields, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (g_strcmp0(fields[i].id, id) == 0)
			return &fields[i];
	return NULL;
}

void check_condition(struct reader *reader,
	const struct form_condition *condition, const struct form_field *fields,
	size_t limit)
{
	const struct form_field *field;

	if (!condition || reader_failed(reader) || is_source(condition->field))
		return;
	field = find_field(fields, limit, condition->field);
	if (!field) {
		reader_fail(reader, NULL,
			"the condition looks at %s, which is no field before "
			"it and no source",
			condition->field);
		return;
	}
	for (size_t i = 0; field->n_options && condition->is[i]; i++)
		if (!form_option_find(field, condition->is[i]))
			reader_fail(reader, NULL, "%s has no option %s",
				condition->field, condition->is[i]);
}

/* A question is answered by a tick: option "1" yes, option "2" no. */
static void check_question(
	struct reader *reader, const struct form_field *field)
{
	if (field->question && *field->question &&
		(field->type != FIELD_CHOICE || field->n_options != 2 ||
			!form_option_find(field, "1") ||
			!form_option_find(field, "2")))
		reader_fail(reader, "question",
			"only a choice of 1 (yes) and 2 (no) is a question");
}

/* "licence.name applicant.name" */
static void check_fill(struct reader *reader, const char *fill)
{
	g_auto(GStrv) paths = g_strsplit(fill, " ", -1);

	for (size_t i = 0; paths[i]; i++)
		if (!is_source(paths[i]))
			reader_fail(reader, "fill", "%s is no known source",
				paths[i]);
}

static void check_field_links(
	struct reader *reader, const struct form_def *def, size_t index)
{
	const struct form_field *field = &def->fields[index];
	struct form_problem problem;
	AUTO(json) value = json_new_text(field->otherwise);

	check_condition(reader, field->show_when, def->fields, index);
	for (size_t i = 0; i < field->n_columns; i++)
		check_condition(
			reader, field->columns[i].show_when, field->columns, i);
	check_fill(reader, field->fill);
	check_question(reader, field);
	if (field->derive && !is_source(field->from) &&
		!find_field(def->fields, index, field->from))
		reader_fail(reader, "from",
			"%s is no field before it and no source", field->from);
	if (field->otherwise && *field->otherwise &&
		field->type != FIELD_CHOICES &&
		!form_check_value(field, value, 21991231, &problem))
		reader_fail(reader, "default", "not a value of this field");
}

/* "id" or "rows.column" */
static bool is_reference(const struct form_def *def, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 2);
	const struct form_field *field =
		parts[0] ? form_field_find(def, parts[0]) : NULL;

	if (!field || !parts[1])
		return field != NULL;
	return find_field(field->columns, field->n_columns, parts[1]) != NULL;
}

static void read_check(struct reader *reader, const struct json *object,
	const struct form_def *def, struct form_check *check)
{
	static const char *const known[] = {"rule", "field", "other", "equals",
		"years", "days", "at_most", "when", "outcome", "reason",
		"organ", NULL};
	int64_t number;

	read_known(reader, object, known);
	check->rule = (enum form_check_rule)read_word(
		reader, object, "rule", check_words, FORM_CHECK_COUNT, -1);
	check->field = read_text(reader, object, "field", 80);
	check->other = read_text_or(reader, object, "other", 80, "");
	check->equals = read_text_or(reader, object,
		check->rule == CHECK_LEAD ? "at_most" : "equals", 20, "");
	check->years = read_int_or(reader, object,
		check->rule == CHECK_MAX_DAYS ? "days" : "years", 1, 36500, 0);
	check->when = read_condition(reader, object, "when");
	read_lead(reader, object, check->rule != CHECK_MIN_AGE, &check->lead);
	check_condition(reader, check->when, def->fields, def->n_fields);
	if (!is_reference(def, check->field))
		reader_fail(reader, "field", "no field %s", check->field);
	if (*check->other && !is_reference(def, check->other))
		reader_fail(reader, "other", "no field %s", check->other);
	if (*check->equals && !decimal_parse(check->equals, &number, NULL))
		reader_fail(reader, "equals", "expected a number, as a text");
}

/* What each rule cannot do without. */
static void check_rule(struct reader *reader, const struct form_check *check)
{
	bool has_other = *check->other, has_equals = *check->equals;

	switch (check->rule) {
	case CHECK_NOT_BEFORE:
	case CHECK_EQUAL:
	case CHECK_AT_MOST:
		if (!has_other)
			reader_fail(reader, "other", "is missing");
		break;
	case CHECK_SUM:
		if (has_other == has_equals || !strchr(check->field, '.'))
			reader_fail(reader, "field",
				"sum wants rows.column, and equals or other");
		break;
	case CHECK_MAX_DAYS:
		if (!has_other || !check->years)
			reader_fail(reader, "days", "wants other and days");
		break;
	case CHECK_MIN_AGE:
		if (!check->years)
			reader_fail(reader, "years", "is missing");
		break;
	case CHECK_DISTINCT:
		if (!strchr(check->field, '.'))
			reader_fail(reader, "field", "expected rows.column");
		break;
	case CHECK_LEAD:
		if (!has_equals || !check->lead.outcome)
			reader_fail(reader, "outcome",
				"lead wants at_most and outcome");
		break;
	case CHECK_NOT_AFTER_TODAY:
	case FORM_CHECK_COUNT:
		break;
	}
}

void read_form(
	struct reader *reader, const struct json *object, struct form_def *def)
{
	static const char *const known[] = {"fields", "checks", NULL};
	const struct json *checks;
	size_t i = 0;

	read_known(reader, object, known);
	read_fields(reader, object, "fields", FIELDS_MAX, &def->fields,
		&def->n_fields);
	for (size_t f = 0; f < def->n_fields && !reader_failed(reader); f++) {
		size_t mark = reader_enter(reader, "fields", (int)f);
		check_field_links(reader, def, f);
		reader_leave(reader, mark);
	}
	checks = read_array(reader, object, "checks", CHECKS_MAX, false);
	def->n_checks = json_length(checks);
	def->checks = g_new0(struct form_check, def->n_checks + 1);
	json_each (member, checks) {
		size_t mark = reader_enter(reader, "checks", (int)i);
		read_check(reader, member, def, &def->checks[i]);
		check_rule(reader, &def->checks[i++]);
		reader_leave(reader, mark);
	}
}
