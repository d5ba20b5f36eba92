/* The catalogue in memory: catalog.json names departments, dictionaries and
 * item files; all are read at once, or none. */
#include "client/catalog/catalog.h"

#include <string.h>

#include "client/base/error.h"
#include "client/catalog/catalog_read.h"
#include "client/rules/id_check.h"

enum { FILE_MAX_BYTES = 1 << 20, ITEMS_MAX = 5000, DEPARTMENTS_MAX = 500 };

struct department {
	char *name;
	char *uscc;
};

struct dictionary {
	char *id;
	char *title;
	char *source;
	struct form_option *entries;
	size_t n_entries;
};

struct catalog {
	char *version;
	char *region;
	struct department *departments;
	size_t n_departments;
	struct dictionary *dictionaries;
	size_t n_dictionaries;
	struct catalog_item *items;
	size_t n_items;
	GHashTable *by_code; /* 31 and 33 -> item, borrowed */
};

void catalog_free(struct catalog *catalog)
{
	if (!catalog)
		return;
	for (size_t i = 0; i < catalog->n_departments; i++) {
		g_free(catalog->departments[i].name);
		g_free(catalog->departments[i].uscc);
	}
	g_free(catalog->departments);
	for (size_t i = 0; i < catalog->n_dictionaries; i++) {
		struct dictionary *dictionary = &catalog->dictionaries[i];
		g_free(dictionary->id);
		g_free(dictionary->title);
		g_free(dictionary->source);
		options_free(dictionary->entries, dictionary->n_entries);
	}
	g_free(catalog->dictionaries);
	for (size_t i = 0; i < catalog->n_items; i++)
		item_clear(&catalog->items[i]);
	g_free(catalog->items);
	g_hash_table_unref(catalog->by_code);
	g_free(catalog->version);
	g_free(catalog->region);
	g_free(catalog);
}

static void read_departments(struct reader *reader, const struct json *object,
	struct catalog *catalog)
{
	static const char *const known[] = {"name", "uscc", NULL};
	const struct json *list = read_array(
		reader, object, "departments", DEPARTMENTS_MAX, true);
	size_t i = 0;

	catalog->departments = g_new0(struct department, json_length(list) + 1);
	catalog->n_departments = json_length(list);
	json_each (member, list) {
		size_t mark = reader_enter(reader, "departments", (int)i);
		struct department *department = &catalog->departments[i++];
		read_known(reader, member, known);
		department->name = read_text(reader, member, "name", 120);
		department->uscc = read_text(reader, member, "uscc", 18);
		if (uscc_check(department->uscc) != NUMBER_OK)
			reader_fail(reader, "uscc", "not a credit code");
		reader_leave(reader, mark);
	}
}

const char *catalog_department_uscc(
	const struct catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->n_departments; i++)
		if (strcmp(catalog->departments[i].name, name) == 0)
			return catalog->departments[i].uscc;
	return NULL;
}

/* A file named in catalog.json: below the folder, no way out of it. */
static struct json *load_part(const char *dir, const char *name, GError **error)
{
	g_autofree char *path = NULL;

	if (g_path_is_absolute(name) || strstr(name, "..")) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"catalog.json: %s is not a file below the catalogue",
			name);
		return NULL;
	}
	path = g_build_filename(dir, name, NULL);
	return json_load(path, FILE_MAX_BYTES, error);
}

static bool load_dictionary(struct dictionary *dictionary, const char *dir,
	const char *name, GError **error)
{
	static const char *const known[] = {
		"id", "title", "source", "entries", NULL};
	AUTO(json) object = load_part(dir, name, error);
	struct reader reader;

	if (!object)
		return false;
	reader_start(&reader, name, NULL);
	read_known(&reader, object, known);
	dictionary->id = read_text(&reader, object, "id", 40);
	dictionary->title = read_text(&reader, object, "title", 120);
	dictionary->source = read_text(&reader, object, "source", 600);
	read_options(&reader, object, "entries", &dictionary->entries,
		&dictionary->n_entries);
	return reader_end(&reader, error);
}

static bool load_dictionaries(struct catalog *catalog, const char *dir,
	const struct json *list, GError **error)
{
	catalog->dictionaries =
		g_new0(struct dictionary, json_length(list) + 1);
	json_each (member, list) {
		struct dictionary *next =
			&catalog->dictionaries[catalog->n_dictionaries++];
		const char *name = json_as_text(member);
		if (!load_dictionary(next, dir, name ? name : "", error))
			return false;
	}
	return true;
}

/* Codes and running numbers are there once. */
static bool add_item(struct catalog *catalog, struct catalog_item *item,
	const char *name, GError **error)
{
	for (struct catalog_item *other = catalog->items; other < item; other++)
		if (other->no == item->no) {
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
				"%s: no: %d is there twice", name, item->no);
			return false;
		}
	if (g_hash_table_insert(catalog->by_code, item->code, item) &&
		g_hash_table_insert(catalog->by_code, item->handle_code, item))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"%s: code: is there twice", name);
	return false;
}

static bool load_item(struct catalog *catalog, const char *dir,
	const char *name, GError **error)
{
	struct catalog_item *item = &catalog->items[catalog->n_items];
	AUTO(json) object = load_part(dir, name, error);
	struct reader reader;

	if (!object)
		return false;
	catalog->n_items++;
	reader_start(&reader, name, catalog);
	read_item(&reader, object, item);
	return reader_end(&reader, error) &&
	       add_item(catalog, item, name, error);
}

static bool load_items(struct catalog *catalog, const char *dir,
	const struct json *list, GError **error)
{
	catalog->items = g_new0(struct catalog_item, json_length(list) + 1);
	json_each (member, list) {
		const char *name = json_as_text(member);
		if (!load_item(catalog, dir, name ? name : "", error))
			return false;
	}
	return true;
}

static bool read_head(
	struct catalog *catalog, const struct json *object, GError **error)
{
	static const char *const known[] = {"note", "version", "region",
		"departments", "dictionaries", "items", NULL};
	struct reader reader;

	reader_start(&reader, "catalog.json", catalog);
	read_known(&reader, object, known);
	catalog->version = read_text(&reader, object, "version", 20);
	catalog->region = read_text(&reader, object, "region", 12);
	read_departments(&reader, object, catalog);
	read_array(&reader, object, "dictionaries", 100, false);
	read_array(&reader, object, "items", ITEMS_MAX, true);
	return reader_end(&reader, error);
}

struct catalog *catalog_load(const char *dir, GError **error)
{
	AUTO(catalog) catalog = g_new0(struct catalog, 1);
	AUTO(json) object = NULL;

	catalog->by_code = g_hash_table_new(g_str_hash, g_str_equal);
	object = load_part(dir, "catalog.json", error);
	if (!object || !read_head(catalog, object, error) ||
		!load_dictionaries(catalog, dir,
			json_get(object, "dictionaries"), error) ||
		!load_items(catalog, dir, json_get(object, "items"), error))
		return NULL;
	return g_steal_pointer(&catalog);
}

const char *catalog_version(const struct catalog *catalog)
{
	return catalog->version;
}

const char *catalog_region(const struct catalog *catalog)
{
	return catalog->region;
}

size_t catalog_count(const struct catalog *catalog)
{
	return catalog->n_items;
}

const struct catalog_item *catalog_get(
	const struct catalog *catalog, size_t index)
{
	return index < catalog->n_items ? &catalog->items[index] : NULL;
}

const struct catalog_item *catalog_find(
	const struct catalog *catalog, const char *code)
{
	return g_hash_table_lookup(catalog->by_code, code);
}

const struct form_option *catalog_dictionary(
	const struct catalog *catalog, const char *id, size_t *count)
{
	for (size_t i = 0; catalog && i < catalog->n_dictionaries; i++) {
		const struct dictionary *dictionary = &catalog->dictionaries[i];
		if (strcmp(dictionary->id, id) == 0) {
			*count = dictionary->n_entries;
			return dictionary->entries;
		}
	}
	*count = 0;
	return NULL;
}

const char *catalog_label(
	const struct catalog *catalog, const char *dictionary, const char *code)
{
	size_t count;
	const struct form_option *entries =
		catalog_dictionary(catalog, dictionary, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(entries[i].code, code) == 0)
			return entries[i].label;
	return NULL;
}
