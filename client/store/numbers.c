/* Numbers out of leased blocks, and the ledger that accounts for each of them.
 * A number is bound in the transaction that uses it, so a crash neither loses
 * nor repeats one. */
#include "client/store/feed.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

static bool fail_block(const char *why, GError **error)
{
	g_set_error(
		error, ITEM_ERROR, ITEM_ERROR_INVALID, "number block: %s", why);
	return false;
}

static bool check_block(const struct number_block *block, GError **error)
{
	bool is_case = g_str_has_prefix(block->series, "case:");

	if (!uuid_is_valid(block->block_id))
		return fail_block("block_id is no UUID", error);
	if (!is_case && !g_str_has_prefix(block->series, "doc:"))
		return fail_block("unknown series", error);
	if (block->first < 1 || block->last < block->first ||
		block->last > (is_case ? 9999 : 999999))
		return fail_block("first and last", error);
	return true;
}

/* A document number must never come twice. A case number holds its day, so its
 * serials may be leased again once they are used up. */
static bool check_overlap(
	struct store *store, const struct number_block *block, GError **error)
{
	int64_t others = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM number_blocks"
		    " WHERE series = ?1 AND first <= ?3 AND last >= ?2"
		    " AND (next <= last OR series LIKE 'doc:%')",
		    DB_VALUES(DB_TEXT(block->series), DB_INT(block->first),
			    DB_INT(block->last)),
		    &others, NULL, error))
		return false;
	if (others == 0)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT,
		"number block overlaps another of its series");
	return false;
}

static bool insert_block(
	struct store *store, const struct number_block *block, GError **error)
{
	return db_run(store->db,
		"INSERT INTO number_blocks(block_id, series, prefix, first,"
		" last, next) VALUES(?1, ?2, ?3, ?4, ?5, ?4)",
		DB_VALUES(DB_TEXT(block->block_id), DB_TEXT(block->series),
			DB_TEXT(block->prefix), DB_INT(block->first),
			DB_INT(block->last)),
		error);
}

static bool note_block(
	struct store *store, const struct number_block *block, GError **error)
{
	struct actor system = store_system_actor(store);
	struct json *details = json_new_object();

	json_put_text(details, "series", block->series);
	json_put_int(details, "first", block->first);
	json_put_int(details, "last", block->last);
	return audit_add(store, AUDIT_NUMBER_BLOCK, &system, "block",
		block->block_id, "ok", details, error);
}

bool number_block_add(
	struct store *store, const struct number_block *block, GError **error)
{
	AUTO(db_transaction) change = NULL;
	int64_t known = 0;

	if (!check_block(block, error))
		return false;
	change = db_begin(store->db, error);
	if (!change || !db_get_int(store->db,
			       "SELECT count(*) FROM number_blocks"
			       " WHERE block_id = ?1",
			       DB_VALUES(DB_TEXT(block->block_id)), &known,
			       NULL, error))
		return false;
	if (known)
		return true; /* the answer to a repeated request */
	return check_overlap(store, block, error) &&
	       insert_block(store, block, error) &&
	       note_block(store, block, error) && db_commit(change, error);
}

GPtrArray *number_blocks(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT block_id, series, prefix, first, last, next"
		" FROM number_blocks ORDER BY rowid",
		NULL);

	while (db_next(rows)) {
		struct number_block *block = g_new0(struct number_block, 1);

		db_copy_text(rows, 0, block->block_id, sizeof(block->block_id));
		db_copy_text(rows, 1, block->series, sizeof(block->series));
		db_copy_text(rows, 2, block->prefix, sizeof(block->prefix));
		block->first = db_int(rows, 3);
		block->last = db_int(rows, 4);
		block->next = db_int(rows, 5);
		g_ptr_array_add(blocks, block);
	}
	return db_end(rows, error) ? g_steal_pointer(&blocks) : NULL;
}

int64_t numbers_left(struct store *store, const char *series)
{
	int64_t left = 0;

	db_get_int(store->db,
		"SELECT coalesce(sum(last - next + 1), 0) FROM number_blocks"
		" WHERE series = ?1",
		DB_VALUES(DB_TEXT(series)), &left, NULL, NULL);
	return left;
}

static bool record_use(struct store *store, const char *block_id,
	int64_t number, const char *owner, const char *state,
	const char *reason, GError **error)
{
	return db_run(store->db,
		"INSERT INTO number_use(block_id, number, owner, state, reason,"
		" at_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
		DB_VALUES(DB_TEXT(block_id), DB_INT(number), DB_TEXT(owner),
			DB_TEXT(state), DB_TEXT(reason),
			DB_INT(clock_wall_ms())),
		error);
}

static bool advance(struct store *store, const char *block_id, GError **error)
{
	return db_run(store->db,
		"UPDATE number_blocks SET next = next + 1 WHERE block_id = ?1",
		DB_VALUES(DB_TEXT(block_id)), error);
}

/* The block that is in use: the oldest with a free number. */
static bool find_block(struct store *store, const char *series,
	struct number_block *block, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT block_id, prefix, next, fits FROM number_blocks"
		" WHERE series = ?1 AND next <= last ORDER BY rowid LIMIT 1",
		DB_VALUES(DB_TEXT(series)));

	if (!db_next(rows)) {
		if (db_end(rows, error))
			g_set_error(error, STORE_ERROR, STORE_ERROR_NUMBERS,
				"no number left in series %s", series);
		return false;
	}
	db_copy_text(rows, 0, block->block_id, sizeof(block->block_id));
	db_copy_text(rows, 1, block->prefix, sizeof(block->prefix));
	block->next = db_int(rows, 2);
	return store_row_fits(rows, 3, "number_blocks", block->block_id, error);
}

static bool is_taken(struct store *store, const char *block_id, int64_t number,
	bool *taken, GError **error)
{
	int64_t count = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM number_use"
		    " WHERE block_id = ?1 AND number = ?2",
		    DB_VALUES(DB_TEXT(block_id), DB_INT(number)), &count, NULL,
		    error))
		return false;
	*taken = count > 0;
	return true;
}

bool number_take(struct store *store, const char *series, const char *owner,
	char prefix[40], int64_t *number, GError **error)
{
	struct number_block block = {.next = 0};
	bool taken;

	/* Numbers that were declared void are passed over. */
	do {
		if (!find_block(store, series, &block, error) ||
			!advance(store, block.block_id, error) ||
			!is_taken(store, block.block_id, block.next, &taken,
				error))
			return false;
	} while (taken);
	g_strlcpy(prefix, block.prefix, sizeof(block.prefix));
	*number = block.next;
	return record_use(
		store, block.block_id, block.next, owner, "used", "", error);
}

/* leased = used + void + free, each counted on its own: a ledger that does not
 * balance shows. */
struct json *number_ledger(struct store *store, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT b.series, sum(b.last - b.first + 1),"
		" sum((SELECT count(*) FROM number_use u"
		"  WHERE u.block_id = b.block_id AND u.state = 'used')),"
		" sum((SELECT count(*) FROM number_use u"
		"  WHERE u.block_id = b.block_id AND u.state = 'void')),"
		" sum(b.last - b.next + 1 -"
		"  (SELECT count(*) FROM number_use u"
		"   WHERE u.block_id = b.block_id AND u.number >= b.next))"
		" FROM number_blocks b GROUP BY b.series ORDER BY b.series",
		NULL);
	AUTO(json) list = json_new_array();
	struct json *result;

	while (db_next(rows)) {
		struct json *line = json_new_object();

		json_put_text(line, "series", db_text(rows, 0));
		json_put_int(line, "leased", db_int(rows, 1));
		json_put_int(line, "used", db_int(rows, 2));
		json_put_int(line, "void", db_int(rows, 3));
		json_put_int(line, "free", db_int(rows, 4));
		json_add(list, line);
	}
	if (!db_end(rows, error))
		return NULL;
	result = list;
	list = NULL;
	return result;
}

static bool find_number(struct store *store, const char *series, int64_t number,
	char block_id[UUID_TEXT], GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT block_id FROM number_blocks WHERE series = ?1"
		" AND ?2 BETWEEN first AND last ORDER BY rowid DESC LIMIT 1",
		DB_VALUES(DB_TEXT(series), DB_INT(number)));

	if (!db_next(rows)) {
		if (db_end(rows, error))
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
				"number is in no block of series %s", series);
		return false;
	}
	return db_copy_text(rows, 0, block_id, UUID_TEXT);
}

static struct json *void_body(struct store *store, const char *block_id,
	const char *series, int64_t number, const char *reason,
	const struct actor *actor)
{
	struct json *body = json_new_object();

	json_put_text(body, "block_id", block_id);
	json_put_text(body, "series", series);
	json_put_int(body, "number", number);
	json_put_text(body, "reason", text_or_empty(reason));
	json_put_text(body, "staff_no", text_or_empty(actor->staff_no));
	json_put_text(body, "window", store->window);
	json_put_time(body, "at", clock_wall_ms());
	return body;
}

static bool note_void(struct store *store, const char *block_id, int64_t number,
	const struct actor *actor, GError **error)
{
	struct json *details = json_new_object();

	json_put_int(details, "number", number);
	return audit_add(store, AUDIT_NUMBER_VOID, actor, "block", block_id,
		"ok", details, error);
}

bool number_void(struct store *store, const char *series, int64_t number,
	const char *reason, const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	char block_id[UUID_TEXT];
	struct new_op op = {.agg = "number",
		.agg_id = block_id,
		.kind = "number.void",
		.actor = actor};
	bool taken;

	if (!change || !check_reason(reason, REASON_MAX_CHARS, error) ||
		!find_number(store, series, number, block_id, error) ||
		!is_taken(store, block_id, number, &taken, error))
		return false;
	if (taken) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_STATE,
			"number is used or void already");
		return false;
	}
	return record_use(store, block_id, number, "", "void",
		       text_or_empty(reason), error) &&
	       outbox_add(store, &op,
		       void_body(
			       store, block_id, series, number, reason, actor),
		       error) &&
	       note_void(store, block_id, number, actor, error) &&
	       db_commit(change, error);
}
