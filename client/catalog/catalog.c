/* The catalogue in memory, and loading it: catalog.json names departments,
 * dictionaries and item files; all are read at once, or none. */
#include "client/catalog/catalog.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/catalog/catalog_read.h"

enum { FILE_MAX_BYTES = 1 << 20 };

void departments_free(struct department *departments, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_free(departments[i].name);
		g_free(departments[i].uscc);
	}
	g_free(departments);
}

struct catalog *catalog_new(void)
{
	struct catalog *catalog = g_new0(struct catalog, 1);

	catalog->dictionaries =
		g_ptr_array_new_with_free_func((GDestroyNotify)dictionary_free);
	catalog->items =
		g_ptr_array_new_with_free_func((GDestroyNotify)item_drop);
	catalog->by_code = g_hash_table_new(g_str_hash, g_str_equal);
	return catalog;
}

void catalog_free(struct catalog *catalog)
{
	if (!catalog)
		return;
	departments_free(catalog->departments, catalog->n_departments);
	g_hash_table_unref(catalog->by_code);
	g_ptr_array_unref(catalog->items);
	g_ptr_array_unref(catalog->dictionaries);
	g_free(catalog->version);
	g_free(catalog->region);
	g_free(catalog->file_version);
	g_free(catalog);
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
		fault_set(error, ITEM_ERROR_INVALID, "catalog.json", 0,
			"%s is not a file below the catalogue", name);
		return NULL;
	}
	path = g_build_filename(dir, name, NULL);
	return json_load(path, FILE_MAX_BYTES, error);
}

static bool load_dictionary(struct catalog *catalog, const char *dir,
	const char *name, GError **error)
{
	AUTO(json) object = load_part(dir, name, error);
	struct dictionary *dictionary =
		object ? part_read_dictionary(name, object, error) : NULL;

	if (!dictionary)
		return false;
	g_ptr_array_add(catalog->dictionaries, dictionary);
	return true;
}

static bool load_item(struct catalog *catalog, const char *dir,
	const char *name, GError **error)
{
	AUTO(json) object = load_part(dir, name, error);
	struct catalog_item *item =
		object ? part_read_item(catalog, name, object, error) : NULL;

	if (item && part_place_item(catalog, name, item, NULL, error))
		return true;
	item_drop(item);
	return false;
}

static bool load_list(struct catalog *catalog, const char *dir,
	const struct json *list,
	bool (*load)(struct catalog *catalog, const char *dir, const char *name,
		GError **error),
	GError **error)
{
	json_each (member, list) {
		const char *name = json_as_text(member);

		if (!load(catalog, dir, name ? name : "", error))
			return false;
	}
	return true;
}

struct catalog *catalog_load(const char *dir, GError **error)
{
	AUTO(catalog) catalog = catalog_new();
	AUTO(json) object = load_part(dir, "catalog.json", error);

	if (!object ||
		!part_read_head(catalog, "catalog.json", object, error) ||
		!load_list(catalog, dir, json_get(object, "dictionaries"),
			load_dictionary, error) ||
		!load_list(catalog, dir, json_get(object, "items"), load_item,
			error))
		return NULL;
	catalog->file_version = g_strdup(catalog->version);
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
	return catalog->items->len;
}

const struct catalog_item *catalog_get(
	const struct catalog *catalog, size_t index)
{
	return index < catalog->items->len ? catalog->items->pdata[index]
					   : NULL;
}

const struct catalog_item *catalog_find(
	const struct catalog *catalog, const char *code)
{
	return g_hash_table_lookup(catalog->by_code, code);
}

struct dictionary *catalog_dictionary_find(
	const struct catalog *catalog, const char *id)
{
	for (guint i = 0; catalog && i < catalog->dictionaries->len; i++) {
		struct dictionary *dictionary = catalog->dictionaries->pdata[i];

		if (strcmp(dictionary->id, id) == 0)
			return dictionary;
	}
	return NULL;
}

const struct form_option *catalog_dictionary(
	const struct catalog *catalog, const char *id, size_t *count)
{
	const struct dictionary *dictionary =
		catalog_dictionary_find(catalog, id);

	*count = dictionary ? dictionary->n_entries : 0;
	return dictionary ? dictionary->entries : NULL;
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
