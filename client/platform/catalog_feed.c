/* Feed "catalog": the files of config/catalog as rows, sent again only when
 * their content changed, tombstones for those that are gone. */
#include "client/platform/feeds.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/json.h"

enum { FILE_MAX = 1 << 20, ITEMS_MAX = 2000, VERSION_LEN = 16 };

struct load {
	struct platform *platform;
	const char *dir;
	GHashTable *seen; /* "entity id" -> itself */
};

static char *seen_key(const char *entity, const char *id)
{
	return g_strconcat(entity, " ", id, NULL);
}

static bool is_unchanged(struct platform *platform, const char *entity,
	const char *id, const char *version)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT version FROM changes WHERE feed = 'catalog'"
		" AND entity = ?1 AND id = ?2 AND deleted = 0",
		DB_VALUES(DB_TEXT(entity), DB_TEXT(id)));

	return platform_next(platform, rows) &&
	       strcmp(db_text(rows, 0), version) == 0;
}

/* The version of a row is the beginning of its digest. */
char *feed_version(const char *text)
{
	char version[SHA256_TEXT];

	sha256_text(text, strlen(text), version);
	return g_strndup(version, VERSION_LEN);
}

/* Changed on the platform: the files have no say any more. */
static bool is_edited(struct load *load, const char *id)
{
	return platform_exists(load->platform,
		"SELECT 1 FROM catalog_edits WHERE code = ?1",
		DB_VALUES(DB_TEXT(id)));
}

bool feed_put_catalog(struct platform *platform, const char *entity,
	const char *id, const struct json *body, GError **error)
{
	g_autofree char *text = json_print(body);
	g_autofree char *version = feed_version(text);

	if (is_unchanged(platform, entity, id, version))
		return true;
	return feed_put(platform,
		&(struct change){.feed = "catalog",
			.entity = entity,
			.id = id,
			.version = version,
			.body = text},
		error);
}

static bool put_row(struct load *load, const char *entity, const char *id,
	const struct json *body, GError **error)
{
	g_hash_table_add(load->seen, seen_key(entity, id));
	return is_edited(load, id) ||
	       feed_put_catalog(load->platform, entity, id, body, error);
}

/* name comes from catalog.json: it must stay below the folder. */
static bool put_file(struct load *load, const char *entity, const char *name,
	const char *id_member, GError **error)
{
	g_autofree char *path = g_build_filename(load->dir, name, NULL);
	AUTO(json) body = NULL;
	const char *id;

	if (*name == '/' || strstr(name, "..")) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"%s leads out of the catalogue", name);
		return false;
	}
	body = json_load(path, FILE_MAX, error);
	if (!body)
		return false;
	id = json_need_text(body, id_member, 64, error);
	return id && put_row(load, entity, id, body, error);
}

static bool put_dictionaries(struct load *load, GError **error)
{
	g_autofree char *path =
		g_build_filename(load->dir, "dictionaries", NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file =
			g_build_filename("dictionaries", name, NULL);

		if (g_str_has_suffix(name, ".json") &&
			!put_file(load, "dictionary", file, "id", error))
			return false;
	}
	return true;
}

static bool put_items(
	struct load *load, const struct json *catalog, GError **error)
{
	const struct json *items = json_get(catalog, "items");

	if (!json_is_array(items) || json_length(items) > ITEMS_MAX) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"catalog.json: items");
		return false;
	}
	json_each (item, items) {
		const char *name = json_as_text(item);

		if (!name || !put_file(load, "item", name, "code", error)) {
			if (error && !*error)
				g_set_error(error, ITEM_ERROR,
					ITEM_ERROR_SYNTAX,
					"catalog.json: items");
			return false;
		}
	}
	return true;
}

/* Collected first: the table must not change under the SELECT. */
static GPtrArray *find_gone(struct load *load, GError **error)
{
	g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(load->platform->db,
		"SELECT entity, id FROM changes"
		" WHERE feed = 'catalog' AND deleted = 0"
		" AND id NOT IN (SELECT code FROM catalog_edits)",
		NULL);

	while (db_next(rows)) {
		g_autofree char *key =
			seen_key(db_text(rows, 0), db_text(rows, 1));

		if (!g_hash_table_contains(load->seen, key))
			g_ptr_array_add(gone, g_steal_pointer(&key));
	}
	return db_end(rows, error) ? g_steal_pointer(&gone) : NULL;
}

static bool bury_gone(struct load *load, GError **error)
{
	g_autoptr(GPtrArray) gone = find_gone(load, error);

	if (!gone)
		return false;
	for (guint i = 0; i < gone->len; i++) {
		g_auto(GStrv) key =
			g_strsplit(g_ptr_array_index(gone, i), " ", 2);

		if (!feed_put(load->platform,
			    &(struct change){.feed = "catalog",
				    .entity = key[0],
				    .id = key[1],
				    .version = "",
				    .deleted = true},
			    error))
			return false;
	}
	return true;
}

bool feed_load_catalog(
	struct platform *platform, const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "catalog.json", NULL);
	g_autoptr(GHashTable) seen =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct load load = {platform, dir, seen};
	AUTO(json) catalog = json_load(path, FILE_MAX, error);
	AUTO(db_transaction) change = NULL;

	if (!catalog)
		return false;
	change = db_begin(platform->db, error);
	return change && put_row(&load, "catalog", "catalog", catalog, error) &&
	       put_items(&load, catalog, error) &&
	       put_dictionaries(&load, error) && bury_gone(&load, error) &&
	       db_commit(change, error);
}
