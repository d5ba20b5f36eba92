/* Rows of the catalogue on their way from the platform to the window, and the
 * items that cases began with. What is wrong never replaces what is right: a
 * row waits in the inbox until app has looked at it. */
#include "client/store/catalog_rows.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

enum { ID_MAX_BYTES = 64 };

/* What arrives --------------------------------------------------------------
 */

static bool check_row(const struct json *row, GError **error)
{
	static const char *const entities[] = {
		"catalog", "dictionary", "item", NULL};
	const char *entity = json_text_or(row, "entity", "");
	const char *id = json_text_or(row, "id", "");
	bool deleted = json_bool_or(row, "deleted", false);

	if (g_strv_contains(entities, entity) && *id &&
		strlen(id) <= ID_MAX_BYTES && json_int_or(row, "seq", 0) > 0 &&
		(deleted || json_is_object(json_get(row, "body"))))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"row of the catalogue: entity, id, seq or body");
	return false;
}

bool catalog_row_arrived(
	struct store *store, const struct json *row, GError **error)
{
	const char *entity = json_text_or(row, "entity", "");
	const char *id = json_text_or(row, "id", "");

	return check_row(row, error) &&
	       db_run(store->db,
		       "DELETE FROM inbox WHERE feed = 'catalog' AND id = ?1"
		       " AND entity = ?2 AND seq <> ?3",
		       DB_VALUES(DB_TEXT(id), DB_TEXT(entity),
			       DB_INT(json_int_or(row, "seq", 0))),
		       error) &&
	       db_run(store->db,
		       "UPDATE catalog_taken SET stale = 0"
		       " WHERE entity = ?1 AND id = ?2 AND stale",
		       DB_VALUES(DB_TEXT(entity), DB_TEXT(id)), error);
}

bool catalog_feed_reset(struct store *store, GError **error)
{
	return db_run(store->db, "DELETE FROM inbox WHERE feed = 'catalog'",
		       NULL, error) &&
	       db_run(store->db,
		       "UPDATE catalog_taken SET stale = 1"
		       " WHERE entity = 'item' AND NOT deleted",
		       NULL, error);
}

/* They get a row like any other withdrawal, with a seq no feed gives. */
bool catalog_feed_ended(struct store *store, bool *changed, GError **error)
{
	AUTO(db_transaction) change = NULL;
	int64_t stale = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM catalog_taken WHERE stale", NULL,
		    &stale, NULL, error))
		return false;
	*changed = stale > 0;
	if (stale == 0)
		return true;
	change = db_begin(store->db, error);
	return change &&
	       db_run(store->db,
		       "INSERT INTO inbox(feed, seq, entity, id, row, state,"
		       " at_ms) SELECT 'catalog', -rowid, entity, id,"
		       " json_object('entity', entity, 'id', id,"
		       " 'deleted', json('true')), 'new', ?1"
		       " FROM catalog_taken WHERE stale",
		       DB_VALUES(DB_INT(clock_wall_ms())), error) &&
	       db_run(store->db,
		       "UPDATE catalog_taken SET stale = 0 WHERE stale", NULL,
		       error) &&
	       db_commit(change, error);
}

/* Reading -------------------------------------------------------------------
 */

static void row_free(gpointer data)
{
	struct catalog_row *row = data;

	g_free(row->entity);
	g_free(row->id);
	g_free(row->body);
	g_free(row->state);
	g_free(row);
}

/* Columns seq, entity, id, row, state. */
static struct catalog_row *read_waiting(struct db_rows *rows)
{
	const char *text = db_text(rows, 3);
	AUTO(json) whole = json_parse(text, strlen(text), NULL);
	struct catalog_row *row = g_new0(struct catalog_row, 1);

	row->seq = db_int(rows, 0);
	row->entity = db_dup_text(rows, 1);
	row->id = db_dup_text(rows, 2);
	row->state = db_dup_text(rows, 4);
	row->deleted = json_bool_or(whole, "deleted", false);
	row->body = row->deleted ? g_strdup("")
				 : json_print(json_get(whole, "body"));
	return row;
}

/* Rows without an entity never were rows of a catalogue. */
GPtrArray *catalog_waiting(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(row_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT seq, entity, id, row, state FROM inbox"
		" WHERE feed = 'catalog'"
		" AND entity IN ('catalog', 'dictionary', 'item')"
		" AND id <> '' ORDER BY seq",
		NULL);

	while (db_next(rows))
		g_ptr_array_add(list, read_waiting(rows));
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

GPtrArray *catalog_taken(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(row_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT entity, id, deleted, body, fits FROM catalog_taken"
		" ORDER BY rowid",
		NULL);

	while (db_next(rows)) {
		struct catalog_row *row = g_new0(struct catalog_row, 1);

		g_ptr_array_add(list, row);
		row->entity = db_dup_text(rows, 0);
		row->id = db_dup_text(rows, 1);
		row->deleted = db_int(rows, 2) != 0;
		row->body = db_dup_text(rows, 3);
		row->state = g_strdup("taken");
		if (!store_row_fits(rows, 4, "catalog_taken", row->id, error))
			return NULL;
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

char *catalog_taken_head(struct store *store)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT body FROM catalog_taken"
		" WHERE entity = 'catalog' AND NOT deleted AND fits",
		NULL);

	return db_next(rows) ? db_dup_text(rows, 0) : NULL;
}

int64_t catalog_count_held(struct store *store)
{
	int64_t count = 0;

	db_get_int(store->db,
		"SELECT count(*) FROM inbox"
		" WHERE feed = 'catalog' AND state = 'held'",
		NULL, &count, NULL, NULL);
	return count;
}

/* Verdicts ------------------------------------------------------------------
 */

static bool leave_inbox(
	struct store *store, const struct catalog_row *row, GError **error)
{
	return db_run(store->db,
		"DELETE FROM inbox WHERE feed = 'catalog' AND seq = ?1"
		" AND entity = ?2 AND id = ?3",
		DB_VALUES(DB_INT(row->seq), DB_TEXT(row->entity),
			DB_TEXT(row->id)),
		error);
}

static bool take(
	struct store *store, const struct catalog_row *row, GError **error)
{
	return db_run(store->db,
		"INSERT INTO catalog_taken(entity, id, deleted, body, at_ms)"
		" VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(entity, id) DO UPDATE"
		" SET deleted = ?3, body = ?4, at_ms = ?5, stale = 0",
		DB_VALUES(DB_TEXT(row->entity), DB_TEXT(row->id),
			DB_INT(row->deleted), DB_TEXT(row->body),
			DB_INT(clock_wall_ms())),
		error);
}

static bool settle_row(
	struct store *store, const struct catalog_row *row, GError **error)
{
	if (strcmp(row->verdict, "taken") == 0)
		return take(store, row, error) &&
		       leave_inbox(store, row, error);
	return db_run(store->db,
		"UPDATE inbox SET state = ?1 WHERE feed = 'catalog'"
		" AND seq = ?2 AND entity = ?3 AND id = ?4",
		DB_VALUES(DB_TEXT(row->verdict), DB_INT(row->seq),
			DB_TEXT(row->entity), DB_TEXT(row->id)),
		error);
}

static bool audit_verdicts(
	struct store *store, const GPtrArray *waiting, GError **error)
{
	struct actor actor = store_system_actor(store);
	struct json *details = json_new_object();
	int64_t taken = 0, held = 0, aside = 0;

	for (guint i = 0; i < waiting->len; i++) {
		const struct catalog_row *row = waiting->pdata[i];

		if (!row->verdict)
			continue;
		if (strcmp(row->verdict, "taken") == 0)
			taken++;
		else if (strcmp(row->verdict, "held") == 0)
			held++;
		else
			aside++;
	}
	json_put_int(details, "taken", taken);
	json_put_int(details, "held", held);
	json_put_int(details, "aside", aside);
	return audit_add(store, AUDIT_CATALOG, &actor, "catalog", NULL,
		aside || held ? "failed" : "ok", details, error);
}

bool catalog_settle(
	struct store *store, const GPtrArray *waiting, GError **error)
{
	AUTO(db_transaction) change = NULL;

	for (guint i = 0; i < waiting->len; i++) {
		const struct catalog_row *row = waiting->pdata[i];

		if (!row->verdict)
			continue;
		if (!change)
			change = db_begin(store->db, error);
		if (!change || !settle_row(store, row, error))
			return false;
	}
	return !change || (audit_verdicts(store, waiting, error) &&
				  db_commit(change, error));
}

bool catalog_agree(struct store *store, const struct actor *actor,
	int64_t *count, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct json *details;

	if (!change || !db_run(store->db,
			       "UPDATE inbox SET state = 'agreed'"
			       " WHERE feed = 'catalog' AND state = 'held'",
			       NULL, error))
		return false;
	*count = db_changed(store->db);
	if (*count == 0)
		return true;
	details = json_new_object();
	json_put_int(details, "withdrawals", *count);
	return audit_add(store, AUDIT_CATALOG_AGREE, actor, "catalog", NULL,
		       "ok", details, error) &&
	       db_commit(change, error);
}

/* Items of cases ------------------------------------------------------------
 */

char *catalog_kept_item(
	struct store *store, const char *code, const char *version)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT body FROM items_kept"
		" WHERE code = ?1 AND version = ?2 AND fits",
		DB_VALUES(DB_TEXT(code), DB_TEXT(version)));

	return db_next(rows) ? db_dup_text(rows, 0) : NULL;
}

bool catalog_keep_item(struct store *store, const char *code,
	const char *version, const char *body, GError **error)
{
	AUTO(db_transaction) change = NULL;
	g_autofree char *kept = catalog_kept_item(store, code, version);

	if (kept)
		return true;
	change = db_begin(store->db, error);
	return change &&
	       db_run(store->db,
		       "INSERT OR IGNORE INTO items_kept(code, version, body,"
		       " at_ms) VALUES(?1, ?2, ?3, ?4)",
		       DB_VALUES(DB_TEXT(code), DB_TEXT(version), DB_TEXT(body),
			       DB_INT(clock_wall_ms())),
		       error) &&
	       db_commit(change, error);
}
