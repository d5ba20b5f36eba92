/* The walker of the field tables. */
#include "client/platform/validate.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/id.h"

/* Where the walk stands: "materials/2/pages/0/sha256" once it is needed. */
struct place {
	const struct place *above; /* NULL: the whole */
	const char *name;          /* NULL: index of an array */
	unsigned index;
};

static void check_fields(const struct field *fields, const struct json *object,
	const struct place *place, struct json *errors);
static void check_value(const struct field *field, const struct json *value,
	const struct place *place, struct json *errors);

void validate_refuse(struct json *errors, const char *field, const char *rule)
{
	struct json *row;

	if (json_length(errors) >= VALIDATE_MAX_ERRORS)
		return;
	row = json_new_object();
	json_put_text(row, "field", field);
	json_put_text(row, "rule", rule);
	json_add(errors, row);
}

static void add_place(GString *path, const struct place *place)
{
	if (place->above)
		add_place(path, place->above);
	if (path->len > 0)
		g_string_append_c(path, '/');
	if (place->name)
		g_string_append(path, place->name);
	else
		g_string_append_printf(path, "%u", place->index);
}

static void refuse(
	struct json *errors, const struct place *place, const char *rule)
{
	g_autoptr(GString) path = g_string_new(NULL);

	if (place)
		add_place(path, place);
	validate_refuse(errors, path->str, rule);
}

static bool is_in_list(const char *text, const char *const *values)
{
	for (; *values; values++) {
		if (strcmp(text, *values) == 0)
			return true;
	}
	return false;
}

/* Compiled once each; the same few patterns for the life of the process. */
static bool fits_pattern(const char *text, const char *pattern)
{
	static gsize once;
	GHashTable *compiled;
	GRegex *regex;

	if (g_once_init_enter(&once))
		g_once_init_leave(&once, (gsize)g_hash_table_new(NULL, NULL));
	compiled = (GHashTable *)once;
	regex = g_hash_table_lookup(compiled, pattern);
	if (!regex) {
		regex = g_regex_new(pattern, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
		g_hash_table_insert(compiled, (gpointer)pattern, regex);
	}
	return regex && g_regex_match(regex, text, 0, NULL);
}

/* NULL when the text is fine, else the rule it breaks. */
static const char *text_rule(const struct field *field, const char *text)
{
	int64_t characters;

	switch (field->type) {
	case FIELD_UUID:
		return uuid_is_valid(text) ? NULL : "format";
	case FIELD_SHA256:
		return sha256_is_valid(text) ? NULL : "format";
	case FIELD_TIME:
		return strchr(text, 'T') && clock_parse(text) >= 0 ? NULL
								   : "format";
	case FIELD_DAY:
		return strlen(text) == 10 && clock_parse(text) >= 0 ? NULL
								    : "format";
	default:
		break;
	}
	if (field->values)
		return is_in_list(text, field->values) ? NULL : "code";
	characters = g_utf8_strlen(text, -1);
	if (characters < field->min || characters > field->max)
		return "length";
	return field->pattern && !fits_pattern(text, field->pattern) ? "format"
								     : NULL;
}

const char *validate_text(const struct field *field, const char *text)
{
	int64_t number;

	if (!g_utf8_validate(text, -1, NULL))
		return "format";
	if (field->type < FIELD_INT)
		return text_rule(field, text);
	if (field->type == FIELD_BOOL)
		return strcmp(text, "true") == 0 || strcmp(text, "false") == 0
			       ? NULL
			       : "type";
	return g_ascii_string_to_signed(
		       text, 10, field->min, field->max, &number, NULL)
		       ? NULL
		       : "range";
}

static const char *int_rule(const struct field *field, const struct json *value)
{
	double number = json_as_number(value, 0);

	if (!json_is_number(value))
		return "type";
	if (number < (double)field->min || number > (double)field->max)
		return "range";
	return number == (double)(int64_t)number ? NULL : "type";
}

static void check_array(const struct field *field, const struct json *value,
	const struct place *place, struct json *errors)
{
	struct place at = {.above = place};
	int64_t length = (int64_t)json_length(value);

	if (length < field->min || length > field->max) {
		refuse(errors, place, "length");
		return;
	}
	if (!field->fields && !field->item)
		return;
	json_each (element, value) {
		if (field->item)
			check_value(field->item, element, &at, errors);
		else
			check_fields(field->fields, element, &at, errors);
		at.index++;
	}
}

static void check_scalar(const struct field *field, const struct json *value,
	const struct place *place, struct json *errors)
{
	const char *rule = "type";

	if (field->type == FIELD_INT)
		rule = int_rule(field, value);
	else if (field->type == FIELD_BOOL && json_is_bool(value))
		rule = NULL;
	else if (field->type == FIELD_TRUE && json_as_bool(value))
		rule = NULL;
	else if (field->type < FIELD_INT && json_is_text(value))
		rule = text_rule(field, json_as_text(value));
	if (rule)
		refuse(errors, place, rule);
}

static void check_value(const struct field *field, const struct json *value,
	const struct place *place, struct json *errors)
{
	if (field->type == FIELD_ARRAY && json_is_array(value))
		check_array(field, value, place, errors);
	else if (field->type == FIELD_OBJECT && field->fields)
		check_fields(field->fields, value, place, errors);
	else if (field->type != FIELD_ANY &&
		 (field->type != FIELD_OBJECT || !json_is_object(value)))
		check_scalar(field, value, place, errors);
}

static bool is_absent(const struct field *field, const struct json *value)
{
	const char *text = json_as_text(value);

	return !value || (field->nullable && json_is_null(value)) ||
	       (text && !*text &&
		       (field->empty || (field->required && field->min > 0)));
}

static void check_fields(const struct field *fields, const struct json *object,
	const struct place *place, struct json *errors)
{
	if (!json_is_object(object)) {
		refuse(errors, place, "type");
		return;
	}
	for (; fields->name; fields++) {
		const struct json *value = json_get(object, fields->name);
		struct place at = {.above = place, .name = fields->name};

		if (!is_absent(fields, value))
			check_value(fields, value, &at, errors);
		else if (fields->required)
			refuse(errors, &at, "required");
	}
}

bool validate(const struct field *fields, const struct json *object,
	struct json *errors)
{
	size_t before = json_length(errors);

	check_fields(fields, object, NULL, errors);
	return json_length(errors) == before;
}
