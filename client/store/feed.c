/* Pages of changes from the platform. The rows and the cursor are one
 * transaction: a crash in between would skip rows for ever. */
#include "client/store/feed.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/store/private.h"

char *feed_cursor(struct store *store, const char *feed)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT cursor FROM feed_cursor WHERE feed = ?1 AND fits",
		DB_VALUES(DB_TEXT(feed)));

	return db_next(rows) ? db_dup_text(rows, 0) : NULL;
}

static bool apply_case(struct store *store, const struct json *row,
	bool *changed, GError **error)
{
	const char *id = json_text_or(row, "id", "");
	const char *version = json_text_or(row, "version", "");
	const char *state =
		json_text_or(json_get(row, "body"), "state", "deleted");

	if (!uuid_is_valid(id)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"case of the feed: id");
		return false;
	}
	if (!db_run(store->db,
		    "INSERT INTO case_remote(case_id, state, version, seq)"
		    " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(case_id) DO UPDATE"
		    " SET state = ?2, version = ?3, seq = ?4"
		    " WHERE version <> ?3 OR state <> ?2",
		    DB_VALUES(DB_TEXT(id), DB_TEXT(state), DB_TEXT(version),
			    DB_INT(json_int_or(row, "seq", 0))),
		    error))
		return false;
	*changed = db_changed(store->db) > 0;
	return true;
}

static bool keep_row(struct store *store, const char *feed,
	const struct json *row, const char *state, GError **error)
{
	g_autofree char *text = json_print(row);

	return db_run(store->db,
		"INSERT INTO inbox(feed, seq, entity, id, row, state, at_ms)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
		" ON CONFLICT(feed, seq) DO UPDATE SET entity = ?3, id = ?4,"
		" row = ?5, state = ?6, at_ms = ?7 WHERE row <> ?5",
		DB_VALUES(DB_TEXT(feed), DB_INT(json_int_or(row, "seq", 0)),
			DB_TEXT(json_text_or(row, "entity", "")),
			DB_TEXT(json_text_or(row, "id", "")), DB_TEXT(text),
			DB_TEXT(state), DB_INT(clock_wall_ms())),
		error);
}

static bool apply_row(struct store *store, const char *feed,
	const struct json *row, bool *changed, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	bool done;

	*changed = false;
	if (!change)
		return false;
	if (!json_is_object(row)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"row of the feed is no object");
		return false;
	}
	if (strcmp(feed, "tickets") == 0) {
		done = ticket_apply(store, row, changed, error);
	} else if (strcmp(feed, "cases") == 0) {
		done = apply_case(store, row, changed, error);
	} else {
		done = catalog_row_arrived(store, row, error) &&
		       keep_row(store, feed, row, "new", error);
		*changed = db_changed(store->db) > 0;
	}
	return done && db_commit(change, error);
}

/* False when the store itself fails. A row that is wrong is set aside. */
static bool take_row(struct store *store, const char *feed,
	const struct json *row, bool *changed, GError **error)
{
	g_autoptr(GError) cause = NULL;
	bool row_changed;

	if (apply_row(store, feed, row, &row_changed, &cause)) {
		*changed = *changed || row_changed;
		return true;
	}
	if (cause->domain != ITEM_ERROR) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	log_error(cause, "row %" G_GINT64_FORMAT " of feed %s is set aside",
		json_int_or(row, "seq", 0), feed);
	return keep_row(store, feed, row, error_name(cause), error);
}

static bool move_cursor(struct store *store, const char *feed,
	const char *cursor, const char *server_epoch, GError **error)
{
	return db_run(store->db,
		"INSERT INTO feed_cursor(feed, cursor, server_epoch,"
		" updated_ms) VALUES(?1, ?2, ?3, ?4)"
		" ON CONFLICT(feed) DO UPDATE SET cursor = ?2,"
		" server_epoch = ?3, updated_ms = ?4",
		DB_VALUES(DB_TEXT(feed), DB_TEXT(cursor),
			DB_TEXT(text_or_empty(server_epoch)),
			DB_INT(clock_wall_ms())),
		error);
}

bool feed_apply(struct store *store, const char *feed, const char *cursor,
	const char *server_epoch, const struct json *rows, bool *changed,
	GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	bool any = false;

	if (!change)
		return false;
	json_each (row, rows) {
		if (!take_row(store, feed, row, &any, error))
			return false;
	}
	if ((cursor &&
		    !move_cursor(store, feed, cursor, server_epoch, error)) ||
		!db_commit(change, error))
		return false;
	if (changed)
		*changed = any;
	return true;
}

bool feed_reset(struct store *store, const char *feed, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	return change &&
	       db_run(store->db, "DELETE FROM feed_cursor WHERE feed = ?1",
		       DB_VALUES(DB_TEXT(feed)), error) &&
	       (strcmp(feed, "catalog") != 0 ||
		       catalog_feed_reset(store, error)) &&
	       db_commit(change, error);
}

bool feed_ended(
	struct store *store, const char *feed, bool *changed, GError **error)
{
	*changed = false;
	return strcmp(feed, "catalog") != 0 ||
	       catalog_feed_ended(store, changed, error);
}

int64_t feed_set_aside(struct store *store, const char *feed)
{
	int64_t count = 0;

	db_get_int(store->db,
		"SELECT count(*) FROM inbox WHERE feed = ?1"
		" AND state NOT IN ('new', 'later', 'held', 'agreed')",
		DB_VALUES(DB_TEXT(feed)), &count, NULL, NULL);
	return count;
}
