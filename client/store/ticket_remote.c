/* The platform's word on a ticket, and how it meets our own acts:
 *
 *   our acts on it      the row of the feed
 *   none, or all sent   is applied
 *   some unsent         waits in the inbox ("later"), ours stays shown
 *   ... acknowledged    waiting rows are forgotten: what we did came after
 *   ... parked          the newest waiting row is applied: the platform wins */
#include "client/store/ticket.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

#define NAME_ROW(code, name) name,
static const char *const states[] = {TICKET_STATES(NAME_ROW) NULL};
static const char *const kinds[] = {"apply", "booked", "collect", "none", NULL};

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool fail_row(const char *member, GError **error)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"ticket of the feed: %s", member);
	return false;
}

static bool check_body(const char *id, const struct json *body, GError **error)
{
	const char *number = json_text_or(body, "number", "");
	size_t len = strlen(number);

	if (!uuid_is_valid(id))
		return fail_row("id", error);
	if (len < 1 || len > 15)
		return fail_row("number", error);
	if (!is_one_of(json_text_or(body, "kind", ""), kinds))
		return fail_row("kind", error);
	if (!is_one_of(json_text_or(body, "state", ""), states))
		return fail_row("state", error);
	if (strlen(json_text_or(body, "window", "")) > 7)
		return fail_row("window", error);
	if (strlen(json_text_or(body, "business", "")) > 500 ||
		strlen(json_text_or(body, "person", "")) > 500 ||
		strlen(json_text_or(body, "note", "")) > 2000)
		return fail_row("text too long", error);
	return true;
}

static bool write_ticket(struct store *store, const char *id,
	const char *version, const struct json *body, GError **error)
{
	const char *taken = json_text_or(body, "taken_at", "");
	int64_t taken_ms = *taken ? clock_parse(taken) : 0;

	return db_run(store->db,
		"INSERT INTO tickets(ticket_id, number, kind, state, business,"
		" person, note, window, taken_ms, called_ms, ended_ms,"
		" called_day, ended_day, calls, own, remote_version)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, 0, 0, ?10,"
		" 0, ?11) ON CONFLICT(ticket_id) DO UPDATE SET number = ?2,"
		" kind = ?3, state = ?4, business = ?5, person = ?6,"
		" note = ?7, window = ?8, taken_ms = ?9, calls = ?10,"
		" remote_version = ?11",
		DB_VALUES(DB_TEXT(id),
			DB_TEXT(json_text_or(body, "number", "")),
			DB_TEXT(json_text_or(body, "kind", "")),
			DB_TEXT(json_text_or(body, "state", "")),
			DB_TEXT(json_text_or(body, "business", "")),
			DB_TEXT(json_text_or(body, "person", "")),
			DB_TEXT(json_text_or(body, "note", "")),
			DB_TEXT(json_text_or(body, "window", "")),
			DB_INT(MAX(taken_ms, 0)),
			DB_INT(json_int_or(body, "calls", 0)),
			DB_TEXT(version)),
		error);
}

/* A ticket that never was, as long as nothing was done on it here. */
static bool remove_ticket(
	struct store *store, const char *id, bool *changed, GError **error)
{
	if (!db_run(store->db,
		    "DELETE FROM tickets WHERE ticket_id = ?1 AND own = 0"
		    " AND NOT EXISTS"
		    " (SELECT 1 FROM outbox WHERE agg_id = ?1)"
		    " AND NOT EXISTS"
		    " (SELECT 1 FROM ratings WHERE ticket_id = ?1)",
		    DB_VALUES(DB_TEXT(id)), error))
		return false;
	*changed = db_changed(store->db) > 0;
	return true;
}

static bool keep_for_later(
	struct store *store, const struct json *row, GError **error)
{
	g_autofree char *text = json_print(row);

	return db_run(store->db,
		"INSERT OR REPLACE INTO inbox(feed, seq, entity, id, row,"
		" state, at_ms) VALUES('tickets', ?1, 'ticket', ?2, ?3,"
		" 'later', ?4)",
		DB_VALUES(DB_INT(json_int_or(row, "seq", 0)),
			DB_TEXT(json_text_or(row, "id", "")), DB_TEXT(text),
			DB_INT(clock_wall_ms())),
		error);
}

static bool is_known(struct store *store, const char *id, const char *version,
	bool *known, GError **error)
{
	int64_t count = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM tickets"
		    " WHERE ticket_id = ?1 AND remote_version = ?2",
		    DB_VALUES(DB_TEXT(id), DB_TEXT(version)), &count, NULL,
		    error))
		return false;
	*known = *version && count > 0;
	return true;
}

static bool apply_row(struct store *store, const struct json *row,
	bool *changed, GError **error)
{
	const char *id = json_text_or(row, "id", "");
	const char *version = json_text_or(row, "version", "");
	const struct json *body = json_get(row, "body");
	bool known;

	if (json_bool_or(row, "deleted", false))
		return remove_ticket(store, id, changed, error);
	if (!check_body(id, body, error) ||
		!is_known(store, id, version, &known, error))
		return false;
	*changed = !known;
	return known || write_ticket(store, id, version, body, error);
}

bool ticket_apply(struct store *store, const struct json *row, bool *changed,
	GError **error)
{
	const char *id = json_text_or(row, "id", "");
	bool busy;

	*changed = false;
	if (!outbox_is_busy(store, id, &busy, error))
		return false;
	if (busy)
		return keep_for_later(store, row, error);
	return apply_row(store, row, changed, error);
}

bool ticket_apply_remote(
	struct store *store, const struct json *row, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	bool changed;

	return change && ticket_apply(store, row, &changed, error) &&
	       db_commit(change, error);
}

static bool newest_later(
	struct store *store, const char *id, char **text, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT row FROM inbox WHERE feed = 'tickets' AND id = ?1"
		" AND state = 'later' ORDER BY seq DESC LIMIT 1",
		DB_VALUES(DB_TEXT(id)));

	*text = db_next(rows) ? db_dup_text(rows, 0) : NULL;
	return db_end(rows, error);
}

static bool apply_later(struct store *store, const char *id, GError **error)
{
	g_autofree char *text = NULL;
	AUTO(json) row = NULL;
	bool changed;

	if (!newest_later(store, id, &text, error))
		return false;
	if (!text)
		return true;
	row = json_parse(text, strlen(text), error);
	return row && apply_row(store, row, &changed, error);
}

bool ticket_settled(
	struct store *store, const char *ticket_id, bool parked, GError **error)
{
	bool busy;

	if (!outbox_is_busy(store, ticket_id, &busy, error))
		return false;
	if (busy)
		return true;
	if (parked && !apply_later(store, ticket_id, error))
		return false;
	return db_run(store->db,
		"DELETE FROM inbox WHERE feed = 'tickets' AND id = ?1"
		" AND state = 'later'",
		DB_VALUES(DB_TEXT(ticket_id)), error);
}
