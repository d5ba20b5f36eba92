/* The parts of a catalogue, each read and checked by itself, and changes while
 * the window works: a part that is wrong changes nothing, an item that was
 * replaced lives on for the case that holds it. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/id.h"
#include "client/catalog/catalog_read.h"
#include "client/rules/id_check.h"

enum {
	ITEMS_MAX = 5000,
	DICTIONARIES_MAX = 100,
	DEPARTMENTS_MAX = 500,
	ENTRY_ID_BYTES = 40,
	VERSION_LEN = 16,
};

/* Reading ------------------------------------------------------------------ */

static void read_department(struct reader *reader, const struct json *object,
	struct department *department)
{
	static const char *const known[] = {"name", "uscc", NULL};

	read_known(reader, object, known);
	department->name = read_text(reader, object, "name", 120);
	department->uscc = read_text(reader, object, "uscc", 18);
	if (uscc_check(department->uscc) != NUMBER_OK)
		reader_fail(reader, "uscc", "not a credit code");
}

static struct department *read_departments(
	struct reader *reader, const struct json *object, size_t *count)
{
	const struct json *list = read_array(
		reader, object, "departments", DEPARTMENTS_MAX, true);
	struct department *departments =
		g_new0(struct department, json_length(list) + 1);
	size_t i = 0;

	*count = json_length(list);
	json_each (member, list) {
		size_t mark = reader_enter(reader, "departments", (int)i);

		read_department(reader, member, &departments[i++]);
		reader_leave(reader, mark);
	}
	return departments;
}

/* Nothing of the old head is touched unless the new one is good. */
bool part_read_head(struct catalog *catalog, const char *name,
	const struct json *object, GError **error)
{
	static const char *const known[] = {"note", "version", "region",
		"departments", "dictionaries", "items", NULL};
	g_autofree char *version = NULL, *region = NULL;
	struct department *departments;
	struct reader reader;
	size_t count;

	reader_start(&reader, name, catalog);
	read_known(&reader, object, known);
	version = read_text(&reader, object, "version", 20);
	region = read_text(&reader, object, "region", 12);
	departments = read_departments(&reader, object, &count);
	read_array(&reader, object, "dictionaries", DICTIONARIES_MAX, false);
	read_array(&reader, object, "items", ITEMS_MAX, true);
	if (catalog->region && strcmp(catalog->region, region) != 0)
		reader_fail(&reader, "region", "expected %s", catalog->region);
	if (!reader_end(&reader, error)) {
		departments_free(departments, count);
		return false;
	}
	departments_free(catalog->departments, catalog->n_departments);
	catalog->departments = departments;
	catalog->n_departments = count;
	g_free(catalog->version);
	g_free(catalog->region);
	catalog->version = g_steal_pointer(&version);
	catalog->region = g_steal_pointer(&region);
	return true;
}

static void dictionary_clear(gpointer data)
{
	struct dictionary *dictionary = data;

	g_free(dictionary->id);
	g_free(dictionary->title);
	g_free(dictionary->source);
	g_free(dictionary->text);
	options_free(dictionary->entries, dictionary->n_entries);
}

void dictionary_free(struct dictionary *dictionary)
{
	g_rc_box_release_full(dictionary, dictionary_clear);
}

struct dictionary *part_read_dictionary(
	const char *name, const struct json *object, GError **error)
{
	static const char *const known[] = {
		"id", "title", "source", "entries", NULL};
	struct dictionary *dictionary = g_rc_box_new0(struct dictionary);
	struct reader reader;

	reader_start(&reader, name, NULL);
	read_known(&reader, object, known);
	dictionary->id = read_text(&reader, object, "id", ENTRY_ID_BYTES);
	dictionary->title = read_text(&reader, object, "title", 120);
	dictionary->source = read_text(&reader, object, "source", 600);
	read_options(&reader, object, "entries", &dictionary->entries,
		&dictionary->n_entries);
	if (reader_end(&reader, error)) {
		dictionary->text = json_print(object);
		return dictionary;
	}
	dictionary_free(dictionary);
	return NULL;
}

static void item_clear_box(gpointer data)
{
	item_clear(data);
}

static char *version_of(const struct catalog_item *item)
{
	g_autoptr(GString) all = g_string_new(item->text);
	char digest[SHA256_TEXT];

	for (guint i = 0; i < item->uses->len; i++) {
		const struct dictionary *dictionary = item->uses->pdata[i];

		g_string_append(all, dictionary->text);
	}
	sha256_text(all->str, all->len, digest);
	return g_strndup(digest, VERSION_LEN);
}

struct catalog_item *part_read_item(const struct catalog *catalog,
	const char *name, const struct json *object, GError **error)
{
	struct catalog_item *item = g_rc_box_new0(struct catalog_item);
	struct reader reader;

	item->uses =
		g_ptr_array_new_with_free_func((GDestroyNotify)dictionary_free);
	reader_start(&reader, name, catalog);
	reader.uses = item->uses;
	read_item(&reader, object, item);
	if (reader_end(&reader, error)) {
		item->text = json_print(object);
		item->version = version_of(item);
		return item;
	}
	item_drop(item);
	return NULL;
}

/* Placing ------------------------------------------------------------------ */

static bool is_clash(const struct catalog *catalog, const char *name,
	const struct catalog_item *item, const struct catalog_item *old,
	GError **error)
{
	const char *codes[] = {item->code, item->handle_code};

	for (guint i = 0; i < catalog->items->len; i++) {
		const struct catalog_item *other = catalog->items->pdata[i];

		if (other == old || other->no != item->no)
			continue;
		fault_set(error, ITEM_ERROR_INVALID, name, 0,
			"no: %d is there twice", item->no);
		return true;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
		const struct catalog_item *other =
			catalog_find(catalog, codes[i]);

		if (!other || other == old)
			continue;
		fault_set(error, ITEM_ERROR_INVALID, name, 0,
			"code: is there twice");
		return true;
	}
	return false;
}

static void forget_codes(
	struct catalog *catalog, const struct catalog_item *item)
{
	g_hash_table_remove(catalog->by_code, item->code);
	g_hash_table_remove(catalog->by_code, item->handle_code);
}

bool part_place_item(struct catalog *catalog, const char *name,
	struct catalog_item *item, const struct catalog_item *old,
	GError **error)
{
	guint index;

	if (is_clash(catalog, name, item, old, error))
		return false;
	if (old && g_ptr_array_find(catalog->items, old, &index)) {
		forget_codes(catalog, old);
		item_drop(old);
		catalog->items->pdata[index] = item;
	} else {
		g_ptr_array_add(catalog->items, item);
	}
	g_hash_table_insert(catalog->by_code, item->code, item);
	g_hash_table_insert(catalog->by_code, item->handle_code, item);
	return true;
}

/* Changes of the platform -------------------------------------------------- */

static bool uses(const struct catalog_item *item, const char *dictionary)
{
	for (guint i = 0; i < item->uses->len; i++) {
		const struct dictionary *used = item->uses->pdata[i];

		if (strcmp(used->id, dictionary) == 0)
			return true;
	}
	return false;
}

static bool check_id(const char *name, const char *member, const char *is,
	const char *id, GError **error)
{
	if (strcmp(is, id) == 0)
		return true;
	return fault_set(error, ITEM_ERROR_INVALID, name, 0,
		"%s: is not the id of the row", member);
}

static bool put_item(struct catalog *catalog, const char *name, const char *id,
	const struct json *body, GError **error)
{
	struct catalog_item *item = part_read_item(catalog, name, body, error);
	const struct catalog_item *old = catalog_find(catalog, id);

	if (!item)
		return false;
	if (!check_id(name, "code", item->code, id, error)) {
		item_drop(item);
		return false;
	}
	item->pulled = true;
	if (part_place_item(catalog, name, item, old, error))
		return true;
	item_drop(item);
	return false;
}

/* Reads the items that use it again. */
static void refresh_items(struct catalog *catalog, const char *dictionary)
{
	for (guint i = 0; i < catalog->items->len; i++) {
		const struct catalog_item *item = catalog->items->pdata[i];
		g_autofree char *code = g_strdup(item->code);
		AUTO(json) body = NULL;

		if (!uses(item, dictionary))
			continue;
		body = json_parse(item->text, strlen(item->text), NULL);
		put_item(catalog, "item", code, body, NULL);
	}
}

static bool put_dictionary(struct catalog *catalog, const char *name,
	const char *id, const struct json *body, GError **error)
{
	struct dictionary *dictionary = part_read_dictionary(name, body, error);
	struct dictionary *old = catalog_dictionary_find(catalog, id);
	guint index;

	if (!dictionary)
		return false;
	if (!check_id(name, "id", dictionary->id, id, error)) {
		dictionary_free(dictionary);
		return false;
	}
	if (old && g_ptr_array_find(catalog->dictionaries, old, &index)) {
		dictionary_free(old);
		catalog->dictionaries->pdata[index] = dictionary;
	} else {
		g_ptr_array_add(catalog->dictionaries, dictionary);
	}
	refresh_items(catalog, id);
	return true;
}

static bool put_head(struct catalog *catalog, const char *name, const char *id,
	const struct json *body, GError **error)
{
	(void)id;
	return part_read_head(catalog, name, body, error);
}

/* What we have of it already, NULL when nothing: most of a first pull is as
 * in the files, and need not be read again. */
static const char *known_text(
	const struct catalog *catalog, const char *entity, const char *id)
{
	const struct dictionary *dictionary = NULL;
	const struct catalog_item *item = NULL;

	if (strcmp(entity, "item") == 0)
		item = catalog_find(catalog, id);
	else if (strcmp(entity, "dictionary") == 0)
		dictionary = catalog_dictionary_find(catalog, id);
	return item ? item->text : dictionary ? dictionary->text : NULL;
}

struct catalog *catalog_of_head(const char *text, GError **error)
{
	AUTO(catalog) catalog = catalog_new();
	AUTO(json) head = json_parse(text, strlen(text), error);

	if (!head || !part_read_head(catalog, "catalog", head, error))
		return NULL;
	catalog->file_version = g_strdup(catalog->version);
	return g_steal_pointer(&catalog);
}

bool catalog_put(struct catalog *catalog, const char *entity, const char *id,
	const char *text, GError **error)
{
	static const struct {
		const char *entity;
		bool (*put)(struct catalog *catalog, const char *name,
			const char *id, const struct json *body,
			GError **error);
	} entities[] = {
		{"catalog", put_head},
		{"dictionary", put_dictionary},
		{"item", put_item},
	};
	g_autofree char *name = g_strconcat(entity, " ", id, NULL);
	const char *known = known_text(catalog, entity, id);
	AUTO(json) body = NULL;

	if (known && strcmp(known, text) == 0)
		return true;
	body = json_parse(text, strlen(text), error);
	if (!body)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
		if (strcmp(entities[i].entity, entity) == 0)
			return entities[i].put(catalog, name, id, body, error);
	return fault_set(
		error, ITEM_ERROR_INVALID, name, 0, "no part of a catalogue");
}

static void withdraw_item(struct catalog *catalog, const char *code)
{
	struct catalog_item *item = g_hash_table_lookup(catalog->by_code, code);

	if (!item)
		return;
	forget_codes(catalog, item);
	g_ptr_array_remove(catalog->items, item);
}

static bool is_used(const struct catalog *catalog, const char *dictionary)
{
	for (guint i = 0; i < catalog->items->len; i++)
		if (uses(catalog->items->pdata[i], dictionary))
			return true;
	return false;
}

bool catalog_withdraw(struct catalog *catalog, const char *entity,
	const char *id, GError **error)
{
	if (strcmp(entity, "item") == 0) {
		withdraw_item(catalog, id);
		return true;
	}
	if (strcmp(entity, "dictionary") == 0 && !is_used(catalog, id)) {
		g_ptr_array_remove(catalog->dictionaries,
			catalog_dictionary_find(catalog, id));
		return true;
	}
	return fault_set(error, ITEM_ERROR_STATE, entity, 0,
		"%s is in use and cannot be withdrawn", id);
}

bool catalog_is_older(const struct catalog *catalog, const char *head)
{
	AUTO(json) object = json_parse(head, strlen(head), NULL);
	const char *version = json_text(object, "version");

	return version && strverscmp(version, catalog->file_version) < 0;
}

/* Held items --------------------------------------------------------------- */

const struct catalog_item *item_hold(const struct catalog_item *item)
{
	return item ? g_rc_box_acquire((gpointer)item) : NULL;
}

void item_drop(const struct catalog_item *item)
{
	if (item)
		g_rc_box_release_full((gpointer)item, item_clear_box);
}

char *item_keep(const struct catalog_item *item)
{
	GString *text = g_string_new("{\"dictionaries\":[");

	for (guint i = 0; i < item->uses->len; i++) {
		const struct dictionary *dictionary = item->uses->pdata[i];

		g_string_append_printf(
			text, "%s%s", i ? "," : "", dictionary->text);
	}
	g_string_append_printf(text, "],\"item\":%s}", item->text);
	return g_string_free(text, FALSE);
}

/* A catalogue with nothing in it but what the item needs. */
static bool put_needed(
	struct catalog *catalog, const struct json *kept, GError **error)
{
	const struct json *item = json_get(kept, "item");

	json_each (member, json_get(kept, "dictionaries")) {
		struct dictionary *dictionary =
			part_read_dictionary("kept", member, error);

		if (!dictionary)
			return false;
		g_ptr_array_add(catalog->dictionaries, dictionary);
	}
	catalog->departments = g_new0(struct department, 1);
	catalog->n_departments = 1;
	catalog->departments[0].name =
		g_strdup(json_text_or(item, "department", ""));
	catalog->departments[0].uscc =
		g_strdup(json_text_or(item, "department_uscc", ""));
	return true;
}

const struct catalog_item *item_kept(const char *text, GError **error)
{
	AUTO(json) kept = json_parse(text, strlen(text), error);
	AUTO(catalog) catalog = catalog_new();

	if (!kept || !put_needed(catalog, kept, error))
		return NULL;
	return part_read_item(
		catalog, "kept item", json_get(kept, "item"), error);
}
