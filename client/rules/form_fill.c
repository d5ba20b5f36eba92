/* What fills a form without the clerk: normalising what was typed, values
 * derived from others, values known from the card or an earlier step, defaults;
 * and the way back, values as text for papers and lists. */
#include <string.h>

#include "client/base/text.h"
#include "client/rules/day.h"
#include "client/rules/form_cross.h"

/* Normalising
 * -------------------------------------------------------------------
 */

static bool type_is_halfwidth(enum field_type type)
{
	return type != FIELD_TEXT && type != FIELD_ROWS;
}

/* "2026-1-5", "2026/1/5", "2026.01.05", "20260105", "2026年1月5日" become
 * "2026-01-05"; anything else stays as it is. */
static char *normalize_date(const char *text)
{
	static const char *const marks[] = {"年", "月", "日", "/", "."};
	g_autofree char *plain = g_strdup(text);
	g_auto(GStrv) parts = NULL;
	char day[DAY_TEXT];

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		g_auto(GStrv) pieces = g_strsplit(plain, marks[i], -1);
		g_free(plain);
		plain = g_strjoinv("-", pieces);
	}
	if (g_str_has_suffix(plain, "-"))
		plain[strlen(plain) - 1] = 0;
	parts = g_strsplit(plain, "-", -1);
	if (g_strv_length(parts) == 3 && strlen(parts[0]) == 4 &&
		strlen(parts[1]) <= 2 && strlen(parts[2]) <= 2) {
		g_free(plain);
		plain = g_strdup_printf("%s-%s%s-%s%s", parts[0],
			strlen(parts[1]) == 1 ? "0" : "", parts[1],
			strlen(parts[2]) == 1 ? "0" : "", parts[2]);
	}
	day_format(day_parse(plain), day);
	return g_strdup(*day ? day : text);
}

static char *normalize_choice(const struct form_field *field, const char *text)
{
	for (size_t i = 0; i < field->n_options; i++)
		if (strcmp(field->options[i].label, text) == 0)
			return g_strdup(field->options[i].code);
	return g_strdup(text);
}

/* Telephones keep their hyphens, everything else of the numbers loses them. */
static char *drop_blanks(const char *text)
{
	GString *kept = g_string_new(NULL);

	for (; *text; text++)
		if (!g_ascii_isspace(*text))
			g_string_append_c(kept, *text);
	return g_string_free(kept, FALSE);
}

static char *trim(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	const char *start = valid;
	char *end = valid + strlen(valid);

	while (*start && g_unichar_isspace(g_utf8_get_char(start)))
		start = g_utf8_next_char(start);
	while (end > start) {
		char *before = g_utf8_prev_char(end);
		if (!g_unichar_isspace(g_utf8_get_char(before)))
			break;
		end = before;
	}
	return g_strndup(start, (size_t)(end - start));
}

char *form_normalize(const struct form_field *field, const char *typed)
{
	g_autofree char *text = trim(typed ? typed : "");

	if (field->type == FIELD_CHOICE || field->type == FIELD_CHOICES) {
		g_autofree char *code = normalize_choice(field, text);
		return text_halfwidth(code);
	}
	if (type_is_halfwidth(field->type)) {
		char *half = text_halfwidth(text);
		g_free(text);
		text = half;
	}
	switch (field->type) {
	case FIELD_ID_NUMBER:
	case FIELD_USCC:
	case FIELD_ID_OR_USCC:
		return number_clean(text);
	case FIELD_DATE:
		return normalize_date(text);
	case FIELD_NUMBER:
	case FIELD_PHONE:
		return drop_blanks(text);
	default:
		return g_steal_pointer(&text);
	}
}

/* Filling
 * -----------------------------------------------------------------------
 */

static char *derive_age_band(const struct form_field *field, int age)
{
	const struct form_option *best = NULL;

	for (size_t i = 0; i < field->n_options; i++) {
		const struct form_option *option = &field->options[i];
		if (option->min_age <= age &&
			(!best || option->min_age > best->min_age))
			best = option;
	}
	return g_strdup(best ? best->code : NULL);
}

/* The option whose label stands in the text; the longest one wins. */
static char *derive_found(const struct form_field *field, const char *text)
{
	const struct form_option *best = NULL;

	for (size_t i = 0; i < field->n_options; i++) {
		const struct form_option *option = &field->options[i];
		if (strstr(text, option->label) &&
			(!best || strlen(option->label) > strlen(best->label)))
			best = option;
	}
	return g_strdup(best ? best->code : NULL);
}

/* NULL when the other value does not give one. */
static char *derive(const struct form_field *field, const struct json *form,
	const struct json *sources, int today)
{
	const char *from =
		json_as_text(form_lookup(form, sources, field->from));
	struct citizen_id id;
	char day[DAY_TEXT];

	if (!from)
		return NULL;
	if (field->derive == DERIVE_FOUND)
		return derive_found(field, from);
	if (citizen_id_check(from, today, &id) != NUMBER_OK)
		return NULL;
	switch (field->derive) {
	case DERIVE_BIRTH:
		day_format(id.birth, day);
		return g_strdup(day);
	case DERIVE_SEX:
		return g_strdup(id.sex == SEX_MALE ? "1" : "2");
	case DERIVE_AGE_BAND:
		return derive_age_band(field, age_on(id.birth, today));
	default:
		return NULL;
	}
}

static bool put_if_right(const struct form_field *field, struct json *form,
	const char *text, int today)
{
	struct form_problem problem;
	g_autofree char *clean = form_normalize(field, text);
	struct json *value = json_new_text(clean);

	if (field->type == FIELD_CHOICES) {
		struct json *list = json_new_array();
		json_add(list, value);
		value = list;
	}
	if (form_value_is_empty(value) ||
		!form_check_value(field, value, today, &problem)) {
		json_free(value);
		return false;
	}
	json_put(form, field->id, value);
	return true;
}

static bool is_derived(const struct form_field *field)
{
	return field->derive == DERIVE_BIRTH || field->derive == DERIVE_SEX ||
	       field->derive == DERIVE_AGE_BAND;
}

/* The first of the paths in fill that gives a right value, NULL if none. */
static char *fill_known(const struct form_field *field, struct json *form,
	const struct json *sources, int today)
{
	g_auto(GStrv) paths =
		g_strsplit(field->fill ? field->fill : "", " ", -1);

	for (size_t i = 0; paths[i]; i++) {
		const char *known =
			json_as_text(form_lookup(form, sources, paths[i]));
		if (known && put_if_right(field, form, known, today))
			return g_strdup(paths[i]);
	}
	return NULL;
}

/* The way a value came, NULL when none did. Caller frees. */
static char *fill_field(const struct form_field *field, struct json *form,
	const struct json *sources, int today)
{
	bool empty = form_value_is_empty(json_get(form, field->id));
	g_autofree char *derived = NULL;
	char *path;

	if (field->derive && (empty || is_derived(field)))
		derived = derive(field, form, sources, today);
	if (derived && put_if_right(field, form, derived, today))
		return g_strdup("derived");
	if (!empty)
		return NULL;
	path = fill_known(field, form, sources, today);
	if (path)
		return path;
	if (field->otherwise && *field->otherwise &&
		put_if_right(field, form, field->otherwise, today))
		return g_strdup("default");
	return NULL;
}

void form_prefill(const struct form_def *def, struct json *form,
	const struct json *sources, int today, struct json *origins)
{
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct form_field *field = &def->fields[i];
		g_autofree char *origin = NULL;

		if (field->type == FIELD_ROWS ||
			!form_field_shown(field, form, sources))
			continue;
		origin = fill_field(field, form, sources, today);
		if (origin && origins)
			json_put_text(origins, field->id, origin);
	}
}

void form_drop_hidden(const struct form_def *def, struct json *form,
	const struct json *sources)
{
	/* what hides a field may itself be hidden: again until nothing goes */
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < def->n_fields; i++) {
			const struct form_field *field = &def->fields[i];
			if (!json_get(form, field->id) ||
				form_field_shown(field, form, sources))
				continue;
			json_put(form, field->id, NULL);
			again = true;
		}
	}
}

/* Values as text
 * ------------------------------------------------------------------
 */

static const char *label_of(const struct form_field *field, const char *code)
{
	const struct form_option *option = form_option_find(field, code);

	return option ? option->label : code;
}

char *form_value_text(const struct form_field *field, const struct json *value)
{
	const char *text = json_as_text(value);
	GString *joined;

	if (field->type == FIELD_ROWS)
		return form_value_is_empty(value)
			       ? g_strdup("")
			       : g_strdup_printf("%zu 行", json_length(value));
	if (field->type != FIELD_CHOICES) {
		if (!text)
			text = "";
		return g_strdup(field->type == FIELD_CHOICE
					? label_of(field, text)
					: text);
	}
	joined = g_string_new(NULL);
	json_each (member, value) {
		const char *code = json_as_text(member);
		if (code)
			g_string_append_printf(joined, "%s%s",
				joined->len ? "，" : "", label_of(field, code));
	}
	return g_string_free(joined, FALSE);
}
