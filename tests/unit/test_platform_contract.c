/* client/link/openapi.yaml is true to the code: paths and methods, problem
 * codes, and the rules that contract.awk read out of it. The file is written so
 * that a line reader is enough: two blanks a level, one property a line. */
#include <string.h>

#include <glib.h>

#include "client/platform/contract.h"
#include "client/platform/feeds.h"
#include "client/platform/problems.h"
#include "client/platform/router.h"
#include "client/rules/case_state.h"

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
	static const char *const methods[] = {"get:", "head:", "post:", "put:",
		"delete:", "patch:", "options:", NULL};
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

/* Both ways: what is routed has its rules in the generated tables. */
static void test_operations(void)
{
	size_t count;
	const struct route *routes = router_table(&count);

	g_assert_cmpuint(contract_operation_count, ==, count);
	for (size_t i = 0; i < count; i++) {
		const struct operation *operation =
			contract_operation(routes[i].method, routes[i].pattern);

		g_assert_nonnull(operation);
		if ((routes[i].flags & ROUTE_JSON) &&
			strcmp(routes[i].pattern, "/v1/ops:batch") != 0 &&
			!operation->body)
			g_error("%s has a body without rules",
				routes[i].pattern);
		if (routes[i].flags & ROUTE_ONCE)
			g_assert_cmpstr(operation->headers[0].name, ==,
				"Idempotency-Key");
	}
}

/* The rule that a body breaks, NULL for none. */
static char *broken(const char *schema_name, const char *body)
{
	AUTO(json) errors = json_new_array();
	g_autoptr(GError) error = NULL;
	AUTO(json) value = json_parse(body, strlen(body), &error);
	const struct field *fields = contract_schema(schema_name);

	g_assert_no_error(error);
	g_assert_nonnull(fields);
	if (validate(fields, value, errors))
		return NULL;
	return g_strconcat(json_text(json_first(errors), "field"), " ",
		json_text(json_first(errors), "rule"), NULL);
}

static const struct field *member(const char *schema_name, const char *name)
{
	const struct field *field = contract_schema(schema_name);

	while (field->name && strcmp(field->name, name) != 0)
		field++;
	g_assert_nonnull(field->name);
	return field;
}

static void same_list(
	const char *const *documented_list, const char *const *known)
{
	g_assert_cmpuint(g_strv_length((char **)documented_list), ==,
		g_strv_length((char **)known));
	for (; *known; known++)
		g_assert_true(g_strv_contains(documented_list, *known));
}

#define EVENT_NAME(code, name, chinese) name,

/* Code lists that the program knows, too. */
static void test_lists(void)
{
	static const char *const events[] = {CASE_EVENTS(EVENT_NAME) NULL};
	const struct operation *changes =
		contract_operation(METHOD_GET, "/v1/changes");

	same_list(member("decision", "event")->values, events);
	g_assert_cmpstr(changes->query[0].name, ==, "feed");
	same_list(changes->query[0].values, feed_names());
}

#define UUID "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01"

/* One row for each thing that contract.awk can read. */
static void test_rules(void)
{
	static const struct {
		const char *schema, *body, *broken;
	} rows[] = {
		{"window_act",
			"{\"window\":\"03\",\"at\":"
			"\"2026-11-23T09:41:20+08:00\",\"reason\":null,"
			"\"unknown\":1}",
			NULL},
		{"window_act", "{\"window\":\"03\"}", "at required"},
		{"window_act",
			"{\"window\":\"\",\"at\":"
			"\"2026-11-23T09:41:20+08:00\"}",
			"window required"},
		{"window_act",
			"{\"window\":\"03000000\",\"at\":"
			"\"2026-11-23T09:41:20+08:00\"}",
			"window length"},
		{"window_act", "{\"window\":\"03\",\"at\":\"23.11.2026\"}",
			"at format"},
		{"number_act", "{\"series\":\"case:03\",\"number\":0}",
			"number range"},
		{"number_act", "{\"series\":\"case:03\",\"number\":1.5}",
			"number type"},
		{"block_order",
			"{\"block_id\":\"" UUID
			"\",\"series\":\"case:3\",\"count\":1,"
			"\"store_uuid\":\"" UUID "\"}",
			"series format"},
		{"block_order",
			"{\"block_id\":\"7\",\"series\":\"case:03\","
			"\"count\":1,\"store_uuid\":\"" UUID "\"}",
			"block_id format"},
		{"missing_query", "{\"sha256\":[\"xy\"]}", "sha256/0 format"},
		{"op_query", "{\"op_ids\":[\"" UUID "\"]}", NULL},
		{"op_query", "{\"op_ids\":{}}", "op_ids type"},
		{"user",
			"{\"staff_no\":\"1\",\"name\":\"a\",\"roles\":"
			"[\"clerk\",\"king\"]}",
			"roles/1 code"},
		{"ticket_order", "{\"kind\":\"apply\",\"person\":null}", NULL},
		{"ticket_order", "{\"kind\":null}", "kind type"},
		{"org",
			"{\"org_code\":\"1\",\"org_name\":\"a\","
			"\"region\":null}",
			"region type"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *rule = broken(rows[i].schema, rows[i].body);

		g_assert_cmpstr(rule, ==, rows[i].broken);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/platform/contract/paths", test_paths);
	g_test_add_func("/platform/contract/codes", test_codes);
	g_test_add_func("/platform/contract/operations", test_operations);
	g_test_add_func("/platform/contract/lists", test_lists);
	g_test_add_func("/platform/contract/rules", test_rules);
	return g_test_run();
}
