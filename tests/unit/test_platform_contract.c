/* client/link/openapi.yaml is true to the code: paths and methods, problem
 * codes, lengths and code lists of the bodies. The file is written so that a
 * line reader is enough: two blanks a level, one property a line. */
#include <string.h>

#include <glib.h>

#include "client/platform/bodies.h"
#include "client/platform/problems.h"
#include "client/platform/router.h"

static char **load_lines(void)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents("client/link/openapi.yaml", &text, NULL, &error);
	g_assert_no_error(error);
	return g_strsplit(text, "\n", -1);
}

static size_t indent(const char *line)
{
	return strspn(line, " ");
}

/* "METHOD path" of every operation. */
static GHashTable *documented(char **lines)
{
	static const char *const methods[] = {
		"get:", "head:", "post:", "put:", "delete:", "patch:", NULL};
	GHashTable *set =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *path = NULL;

	while (*lines && strcmp(*lines, "paths:") != 0)
		lines++;
	for (lines++; *lines && (!**lines || **lines == ' '); lines++) {
		if (indent(*lines) == 2) {
			g_free(path);
			path = g_strndup(*lines + 2, strlen(*lines) - 3);
		} else if (indent(*lines) == 4 &&
			   g_strv_contains(methods, *lines + 4)) {
			g_autofree char *method = g_ascii_strup(*lines + 4, -1);

			method[strlen(method) - 1] = '\0';
			g_hash_table_add(
				set, g_strconcat(method, " ", path, NULL));
		}
	}
	return set;
}

static void test_paths(void)
{
	g_auto(GStrv) lines = load_lines();
	g_autoptr(GHashTable) set = documented(lines);
	size_t count;
	const struct route *routes = router_table(&count);

	for (size_t i = 0; i < count; i++) {
		g_autofree char *key =
			g_strconcat(router_method_name(routes[i].method), " ",
				routes[i].pattern, NULL);

		if (!g_hash_table_remove(set, key))
			g_error("openapi.yaml lacks %s", key);
	}
	if (g_hash_table_size(set) > 0) {
		g_autofree gpointer *keys =
			g_hash_table_get_keys_as_array(set, NULL);

		g_error("router.c lacks %s", (const char *)keys[0]);
	}
}

/* The lines of one schema, ended by the next at the same depth. */
static char *schema(char **lines, const char *name)
{
	g_autofree char *head = g_strconcat("    ", name, ":", NULL);
	GString *out = g_string_new(NULL);

	while (*lines && strcmp(*lines, "  schemas:") != 0)
		lines++;
	while (*lines && strcmp(*lines, head) != 0)
		lines++;
	if (!*lines)
		g_error("openapi.yaml lacks the schema %s", name);
	for (lines++; *lines && indent(*lines) > 4; lines++)
		g_string_append_printf(out, "%s\n", *lines);
	return g_string_free(out, FALSE);
}

static void test_codes(void)
{
	g_auto(GStrv) lines = load_lines();
	g_autofree char *text = schema(lines, "problem_code");
	size_t listed = 0;

	for (const char *at = strstr(text, "        - "); at;
		at = strstr(at + 1, "        - "))
		listed++;
	g_assert_cmpuint(listed, ==, PROBLEM_COUNT);
	for (int i = 0; i < PROBLEM_COUNT; i++) {
		const struct problem_row *row = problem_row((enum problem)i);
		g_autofree char *line =
			g_strconcat("        - ", row->code, "\n", NULL);

		g_assert_nonnull(strstr(text, line));
		g_assert_cmpint(row->status, >=, 400);
		g_assert_true(g_utf8_validate(row->title, -1, NULL));
	}
}

/* "name: {...}" of a property; NULL when there is none. */
static char *property(const char *text, const char *name)
{
	g_autofree char *head = g_strdup_printf("\n        %s: {", name);
	const char *at = strstr(text, head);

	if (!at)
		return NULL;
	at += strlen(head);
	return g_strndup(at, strcspn(at, "\n"));
}

static bool is_required(const char *text, const char *name)
{
	const char *at = strstr(text, "      required: [");
	g_autofree char *list = NULL;
	g_auto(GStrv) names = NULL;

	if (!at)
		return false;
	at += strlen("      required: [");
	list = g_strndup(at, strcspn(at, "]"));
	names = g_strsplit(list, ", ", -1);
	return g_strv_contains((const char *const *)names, name);
}

static void need(const char *text, const char *schema_name, const char *name,
	const char *wanted)
{
	if (!strstr(text, wanted))
		g_error("openapi.yaml: %s.%s lacks %s", schema_name, name,
			wanted);
}

static void need_number(const char *text, const char *schema_name,
	const struct field *field, const char *word, int64_t number)
{
	g_autofree char *wanted =
		g_strdup_printf("%s: %" G_GINT64_FORMAT, word, number);

	need(text, schema_name, field->name, wanted);
}

static void check_property(
	const char *text, const char *schema_name, const struct field *field)
{
	g_autofree char *line = property(text, field->name);

	if (!line)
		g_error("openapi.yaml: %s lacks %s", schema_name, field->name);
	if (field->required != is_required(text, field->name))
		g_error("openapi.yaml: %s.%s: required differs", schema_name,
			field->name);
	if (field->type == FIELD_TEXT && field->values) {
		for (const char *const *at = field->values; *at; at++)
			need(line, schema_name, field->name, *at);
	} else if (field->type == FIELD_TEXT) {
		need_number(line, schema_name, field, "maxLength", field->max);
	} else if (field->type == FIELD_INT) {
		need_number(line, schema_name, field, "minimum", field->min);
		need_number(line, schema_name, field, "maximum", field->max);
	} else if (field->type == FIELD_ARRAY && field->max < 1 << 20) {
		need_number(line, schema_name, field, "maxItems", field->max);
	}
}

static const struct field *fields_of(
	const struct field *fields, const char *name)
{
	for (; fields->name; fields++) {
		if (strcmp(fields->name, name) == 0)
			return fields->fields;
	}
	return NULL;
}

static void check_schema(
	char **lines, const char *name, const struct field *fields)
{
	g_autofree char *text = schema(lines, name);

	for (; fields->name; fields++)
		check_property(text, name, fields);
}

static void test_bodies(void)
{
	g_auto(GStrv) lines = load_lines();
	const struct field *material = fields_of(body_case_accept, "materials");

	check_schema(lines, "batch", envelope_batch);
	check_schema(lines, "store", fields_of(envelope_batch, "store"));
	check_schema(lines, "op", envelope_op);
	check_schema(lines, "actor", fields_of(envelope_op, "actor"));
	check_schema(lines, "time", fields_of(envelope_op, "time"));
	check_schema(lines, "case_accept", body_case_accept);
	check_schema(lines, "case_refuse", body_case_refuse);
	check_schema(lines, "item", fields_of(body_case_accept, "item"));
	check_schema(
		lines, "applicant", fields_of(body_case_accept, "applicant"));
	check_schema(lines, "material", material);
	check_schema(lines, "page", fields_of(material, "pages"));
	check_schema(
		lines, "decision", fields_of(body_case_accept, "decision"));
	check_schema(lines, "document_number",
		fields_of(body_case_accept, "documents"));
	check_schema(lines, "clerk", fields_of(body_case_accept, "clerk"));
	check_schema(lines, "case_document", body_case_document);
	check_schema(lines, "ticket_act", body_ticket);
	check_schema(lines, "rating", body_rating);
	check_schema(lines, "window_act", body_window);
	check_schema(lines, "number_act", body_number);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/platform/contract/paths", test_paths);
	g_test_add_func("/platform/contract/codes", test_codes);
	g_test_add_func("/platform/contract/bodies", test_bodies);
	return g_test_run();
}
