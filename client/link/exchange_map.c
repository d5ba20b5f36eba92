/* From an op to rows, by the data of config/exchange. */
#include "client/link/exchange_map.h"

#include <stdlib.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/fault.h"

enum { MAP_MAX_BYTES = 1 << 20 };

struct exchange_map {
	struct json *data;
};

/* Finding values ----------------------------------------------------------- */

/* "[kind=accept-notice]" or "[0]" behind the name of an array. */
static const struct json *pick(const struct json *array, const char *key)
{
	g_auto(GStrv) sides = g_strsplit(key, "=", 2);
	int64_t number = sides[1] ? -1 : g_ascii_strtoll(key, NULL, 10);

	json_each (element, array) {
		if (sides[1] ? g_strcmp0(json_text(element, sides[0]),
				       sides[1]) == 0
			     : number-- == 0)
			return element;
	}
	return NULL;
}

static const struct json *step_into(const struct json *value, const char *part)
{
	const char *bracket = strchr(part, '[');
	g_autofree char *name = NULL, *key = NULL;

	if (!bracket)
		return json_get(value, part);
	name = g_strndup(part, (gsize)(bracket - part));
	key = g_strndup(bracket + 1, strcspn(bracket + 1, "]"));
	return pick(json_get(value, name), key);
}

static const struct json *follow(const struct json *scope, const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, ".", -1);
	const struct json *value = scope;

	for (char **part = parts; *part && value; part++)
		value = step_into(value, *part);
	return value;
}

/* As text; NULL when there is nothing. Caller frees. */
static char *text_at(const struct json *scope, const char *path)
{
	const struct json *value = path ? follow(scope, path) : NULL;
	const char *text = json_as_text(value);

	if (text)
		return *text ? g_strdup(text) : NULL;
	if (json_is_number(value))
		return g_strdup_printf(
			"%" G_GINT64_FORMAT, json_as_int(value, 0));
	return NULL;
}

static char *find_value(const struct json *field, const struct json *scope)
{
	char *text = NULL;

	json_each (path, json_get(field, "from")) {
		if (!text)
			text = text_at(scope, json_as_text(path));
	}
	return text ? text : g_strdup(json_text(field, "value"));
}

/* Code lists --------------------------------------------------------------- */

static const struct json *find_list(
	const struct exchange_map *map, const char *list)
{
	return json_get(json_get(map->data, "codes"), list);
}

const char *exchange_map_encode(
	const struct exchange_map *map, const char *list, const char *value)
{
	return json_text(json_get(find_list(map, list), "map"), value);
}

const char *exchange_map_decode(
	const struct exchange_map *map, const char *list, const char *code)
{
	const struct json *codes = find_list(map, list);

	if (!json_bool_or(codes, "both", false))
		return NULL;
	json_each (entry, json_get(codes, "map")) {
		if (g_strcmp0(json_as_text(entry), code) == 0)
			return json_name(entry);
	}
	return NULL;
}

/* One field ---------------------------------------------------------------- */

static const char *type_of(const struct json *field)
{
	return json_text_or(field, "type", "text");
}

/* The tables hold local times without a zone. */
static char *as_time(const char *text, const char *format)
{
	int64_t at_ms = clock_parse(text);

	return at_ms < 0 ? NULL : clock_format(at_ms, format);
}

/* The reason, or NULL and the text as it stands in the table. */
static const char *convert(
	const struct exchange_map *map, const struct json *field, char **text)
{
	const char *type = type_of(field), *list = json_text(field, "code");
	char *old = *text;

	if (list) {
		*text = g_strdup(exchange_map_encode(map, list, old));
		g_free(old);
		return *text ? NULL : "code-list";
	}
	if (!strcmp(type, "text"))
		return NULL;
	if (!strcmp(type, "int"))
		return g_ascii_string_to_signed(
			       old, 10, G_MININT32, G_MAXINT32, NULL, NULL)
			       ? NULL
			       : "number";
	*text = as_time(
		old, !strcmp(type, "date") ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S");
	g_free(old);
	return *text ? NULL : "time";
}

static bool is_too_long(const struct json *field, const char *text)
{
	int64_t max = json_int_or(field, "max", 0);

	return max > 0 && g_utf8_strlen(text, -1) > max;
}

static void put_value(
	const struct json *field, const char *text, struct json *row)
{
	const char *type = type_of(field);
	const char *name = json_text(field, "name");

	if (!strcmp(type, "int"))
		json_put_int(row, name, g_ascii_strtoll(text, NULL, 10));
	else
		json_put_text(row, name, text);
}

/* NULL, or why the value cannot be written. */
static const char *add_field(const struct exchange_map *map,
	const struct json *field, const struct json *scope, struct json *row)
{
	g_autofree char *text = find_value(field, scope);
	const char *why;

	if (!text)
		return json_bool_or(field, "must", false) ? "missing" : NULL;
	why = convert(map, field, &text);
	if (why)
		return why;
	if (is_too_long(field, text))
		return json_text(field, "over") ? NULL : "too-long";
	put_value(field, text, row);
	return NULL;
}

/* One row ------------------------------------------------------------------ */

static const struct json *find_named(
	const struct json *array, const char *member, const char *name)
{
	json_each (element, array) {
		if (g_strcmp0(json_text(element, member), name) == 0)
			return element;
	}
	return NULL;
}

static bool add_row(const struct exchange_map *map, const char *name,
	const struct json *scope, struct json *rows, GError **error)
{
	const struct json *table =
		find_named(exchange_map_tables(map), "name", name);
	AUTO(json) row = json_new_object();
	struct json *line = NULL;

	json_each (field, json_get(table, "fields")) {
		const char *why = add_field(map, field, scope, row);

		if (!why)
			continue;
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID, "%s.%s: %s",
			name, json_text(field, "name"), why);
		return false;
	}
	line = json_new_object();
	json_put_text(line, "table", name);
	json_put(line, "row", g_steal_pointer(&row));
	json_add(rows, line);
	return true;
}

/* {"from":"op.level","is":["5","4"]}; without one it always holds. */
static bool holds(const struct json *when, const struct json *scope)
{
	g_autofree char *text =
		when ? text_at(scope, json_text(when, "from")) : NULL;

	json_each (value, json_get(when, "is")) {
		if (g_strcmp0(json_as_text(value), text) == 0)
			return true;
	}
	return !when;
}

struct mapping {
	const struct exchange_map *map;
	struct json *scope, *rows;
	const char *guid;
	int number;
};

static bool map_element(struct mapping *m, const struct json *rule,
	const struct json *element, GError **error)
{
	g_autofree char *guid = NULL;
	struct json *meta = json_get_mutable(m->scope, "meta");

	json_put(m->scope, "row", element ? json_copy(element) : NULL);
	json_put(m->scope, "with",
		json_get(rule, "with") ? json_copy(json_get(rule, "with"))
				       : NULL);
	if (!holds(json_get(rule, "when"), m->scope))
		return true;
	guid = g_strdup_printf("%s-%03d", m->guid, ++m->number);
	json_put_text(meta, "row_guid", guid);
	return add_row(
		m->map, json_text(rule, "table"), m->scope, m->rows, error);
}

static bool map_rule(struct mapping *m, const struct json *rule, GError **error)
{
	const char *each = json_text(rule, "each");
	AUTO(json) list = NULL;

	if (!each)
		return map_element(m, rule, NULL, error);
	list = json_copy(follow(m->scope, each));
	json_each (element, list) {
		if (!map_element(m, rule, element, error))
			return false;
	}
	return true;
}

bool exchange_map_op(const struct exchange_map *map, const char *kind,
	struct json *scope, const char *guid, struct json *rows, GError **error)
{
	const struct json *op =
		find_named(json_get(map->data, "ops"), "kind", kind);
	struct mapping m = {
		.map = map, .scope = scope, .rows = rows, .guid = guid};

	json_each (rule, json_get(op, "rows")) {
		if (!map_rule(&m, rule, error))
			return false;
	}
	return true;
}

/* Loading ------------------------------------------------------------------ */

static bool is_name(const char *name)
{
	size_t len = name ? strlen(name) : 0;

	return len > 0 && len <= EXCHANGE_NAME_MAX &&
	       g_ascii_isalpha(name[0]) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len;
}

static bool is_type(const char *type)
{
	static const char *const types[] = {
		"text", "int", "time", "date", NULL};

	return g_strv_contains(types, type);
}

/* A list that goes both ways must not fold two values into one. */
static bool check_list(
	const char *path, const struct json *list, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	if (!json_text(list, "source"))
		return fault_set(error, ITEM_ERROR_INVALID, path, 0,
			"code list %s: expected a source", json_name(list));
	json_each (entry, json_get(list, "map")) {
		const char *code = json_as_text(entry);

		if (!code)
			return fault_set(error, ITEM_ERROR_INVALID, path, 0,
				"code list %s: codes are texts",
				json_name(list));
		if (!g_hash_table_add(seen, (gpointer)(uintptr_t)code) &&
			json_bool_or(list, "both", false))
			return fault_set(error, ITEM_ERROR_INVALID, path, 0,
				"code list %s: %s stands for two values",
				json_name(list), code);
	}
	return true;
}

static bool check_field(const char *path, const struct exchange_map *map,
	const struct json *table, const struct json *field, GError **error)
{
	const char *list = json_text(field, "code");

	if (is_name(json_text(field, "name")) && is_type(type_of(field)) &&
		(!list || find_list(map, list)))
		return true;
	return fault_set(error, ITEM_ERROR_INVALID, path, 0,
		"table %s, field %s: name, type or code list is not known",
		json_text(table, "name"), json_text_or(field, "name", "?"));
}

static bool check_op(const char *path, const struct exchange_map *map,
	const struct json *op, GError **error)
{
	json_each (rule, json_get(op, "rows")) {
		if (!find_named(exchange_map_tables(map), "name",
			    json_text(rule, "table")))
			return fault_set(error, ITEM_ERROR_INVALID, path, 0,
				"op %s: there is no table %s",
				json_text_or(op, "kind", "?"),
				json_text_or(rule, "table", "?"));
	}
	return true;
}

static bool check_data(
	const char *path, const struct exchange_map *map, GError **error)
{
	json_each (list, json_get(map->data, "codes")) {
		if (!check_list(path, list, error))
			return false;
	}
	json_each (table, exchange_map_tables(map)) {
		if (!is_name(json_text(table, "name")))
			return fault_set(error, ITEM_ERROR_INVALID, path, 0,
				"a table without a name");
		json_each (field, json_get(table, "fields")) {
			if (!check_field(path, map, table, field, error))
				return false;
		}
	}
	json_each (op, json_get(map->data, "ops")) {
		if (!check_op(path, map, op, error))
			return false;
	}
	return true;
}

struct exchange_map *exchange_map_load(const char *path, GError **error)
{
	AUTO(exchange_map) map = g_new0(struct exchange_map, 1);

	map->data = json_load(path, MAP_MAX_BYTES, error);
	if (!map->data || !check_data(path, map, error))
		return NULL;
	return g_steal_pointer(&map);
}

void exchange_map_free(struct exchange_map *map)
{
	if (!map)
		return;
	json_free(map->data);
	g_free(map);
}

const struct json *exchange_map_tables(const struct exchange_map *map)
{
	return json_get(map->data, "tables");
}

const char *exchange_map_case_table(const struct exchange_map *map)
{
	return json_text_or(map->data, "case_table", "");
}
