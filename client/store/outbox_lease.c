/* Claiming ops for one request, and settling what the platform said of each.
 * Nothing here asks the wall clock: leases and delays are counted by the boot
 * clock and end with the boot they were made in. */
#include "client/store/outbox.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

static bool take_back_leases(struct store *store, int64_t held, GError **error)
{
	return db_run(store->db,
		"UPDATE outbox_state SET state = 2, not_before_ms = 0"
		" WHERE state = 3 AND state <> 4"
		" AND (boot <> ?1 OR lease_until_ms <= ?2)"
		" AND lease_gen <> ?3",
		DB_VALUES(DB_TEXT(clock_boot_id()), DB_INT(clock_boot_ms()),
			DB_INT(held)),
		error);
}

static bool next_generation(
	struct store *store, int64_t *generation, GError **error)
{
	g_autofree char *last = store_meta(store, "lease_gen");
	char text[24];

	*generation = last ? g_ascii_strtoll(last, NULL, 10) + 1 : 1;
	g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, *generation);
	return store_put_meta(store, "lease_gen", text, error);
}

/* Ready ops in order, with the op before each in its lane. The lane goes on
 * when that one is through (acknowledged, void) or in the same batch. */
static const char ready_sql[] =
	"SELECT " OP_COLUMNS ", p.store_seq, coalesce(ps.state, 4)"
	" FROM outbox_state s"
	" JOIN outbox o ON o.store_seq = s.store_seq"
	" LEFT JOIN outbox p ON p.agg_id = o.agg_id"
	"  AND p.agg_seq = o.agg_seq - 1"
	" LEFT JOIN outbox_state ps ON ps.store_seq = p.store_seq"
	" WHERE s.state = 2 AND s.state <> 4"
	"  AND (s.boot <> ?1 OR s.not_before_ms <= ?2)"
	" ORDER BY s.store_seq";

enum { COLUMN_BEFORE = OP_COLUMN_COUNT, COLUMN_BEFORE_STATE };

static bool lane_is_open(struct db_rows *rows, GHashTable *batch)
{
	int64_t before = db_int(rows, COLUMN_BEFORE);
	int64_t state = db_int(rows, COLUMN_BEFORE_STATE);

	return state == OP_ACKED || state == OP_VOID ||
	       g_hash_table_contains(batch, &before);
}

static bool op_fits(struct db_rows *rows, GError **error)
{
	g_autofree char *id =
		g_strdup_printf("%" G_GINT64_FORMAT, db_int(rows, 0));

	return store_row_fits(rows, OP_COLUMN_FITS, "outbox", id, error) &&
	       store_row_fits(
		       rows, OP_COLUMN_STATE_FITS, "outbox_state", id, error);
}

static bool collect(struct store *store, int max_ops, size_t max_bytes,
	GPtrArray *ops, GError **error)
{
	g_autoptr(GHashTable) batch =
		g_hash_table_new(g_int64_hash, g_int64_equal);
	AUTO(db_rows) rows = db_select(store->db, ready_sql,
		DB_VALUES(DB_TEXT(clock_boot_id()), DB_INT(clock_boot_ms())));
	size_t bytes = 0;

	while (ops->len < (guint)max_ops && db_next(rows)) {
		struct op *op;

		if (!lane_is_open(rows, batch))
			continue;
		if (!op_fits(rows, error))
			return false;
		op = op_read(rows);
		bytes += strlen(op->body);
		if (ops->len > 0 && bytes > max_bytes) {
			op_free(op);
			break;
		}
		g_ptr_array_add(ops, op);
		g_hash_table_add(batch, &op->store_seq);
	}
	return db_end(rows, error);
}

static bool lease_ops(struct store *store, const struct op_lease *lease,
	int64_t until_ms, GError **error)
{
	for (guint i = 0; i < lease->ops->len; i++) {
		struct op *op = lease->ops->pdata[i];

		op->attempts++;
		op->state = OP_LEASED;
		if (!db_run(store->db,
			    "UPDATE outbox_state SET state = 3,"
			    " attempts = attempts + 1, lease_gen = ?2,"
			    " boot = ?3, lease_until_ms = ?4"
			    " WHERE store_seq = ?1",
			    DB_VALUES(DB_INT(op->store_seq),
				    DB_INT(lease->generation),
				    DB_TEXT(clock_boot_id()), DB_INT(until_ms)),
			    error))
			return false;
	}
	return true;
}

static bool claim(struct store *store, int64_t held, int max_ops,
	size_t max_bytes, int lease_ms, struct op_lease *lease, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	return change && take_back_leases(store, held, error) &&
	       collect(store, max_ops, max_bytes, lease->ops, error) &&
	       (lease->ops->len == 0 ||
		       next_generation(store, &lease->generation, error)) &&
	       lease_ops(store, lease, clock_boot_ms() + lease_ms, error) &&
	       db_commit(change, error);
}

bool outbox_claim(struct store *store, int max_ops, size_t max_bytes,
	int lease_ms, struct op_lease *lease, GError **error)
{
	return outbox_claim_beside(
		store, 0, max_ops, max_bytes, lease_ms, lease, error);
}

bool outbox_claim_beside(struct store *store, int64_t held, int max_ops,
	size_t max_bytes, int lease_ms, struct op_lease *lease, GError **error)
{
	lease->generation = 0;
	lease->ops = g_ptr_array_new_with_free_func((GDestroyNotify)op_free);
	if (claim(store, held, max_ops, max_bytes, lease_ms, lease, error))
		return true;
	g_ptr_array_unref(lease->ops);
	lease->ops = NULL;
	return false;
}

bool outbox_stop_waiting(struct store *store, bool *any, GError **error)
{
	if (!db_run(store->db,
		    "UPDATE outbox_state SET state = 2"
		    " WHERE state = 1 AND state <> 4",
		    NULL, error))
		return false;
	*any = db_changed(store->db) > 0;
	return true;
}

/* The platform misses a blob we believed it to have: all blobs of the op are
 * asked for again. */
static bool doubt_blobs(
	struct store *store, int64_t store_seq, bool *any, GError **error)
{
	int64_t count = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM op_blobs WHERE store_seq = ?1",
		    DB_VALUES(DB_INT(store_seq)), &count, NULL, error))
		return false;
	*any = count > 0;
	return db_run(store->db,
		"UPDATE blobs SET confirmed_ms = NULL WHERE sha256 IN"
		" (SELECT sha256 FROM op_blobs WHERE store_seq = ?1)",
		DB_VALUES(DB_INT(store_seq)), error);
}

static bool next_state(struct store *store, int64_t store_seq,
	enum op_verdict verdict, enum op_state *state, GError **error)
{
	bool any;

	switch (verdict) {
	case OP_VERDICT_ACK:
		*state = OP_ACKED;
		return true;
	case OP_VERDICT_CONFLICT:
		*state = OP_CONFLICT;
		return true;
	case OP_VERDICT_DEAD:
		*state = OP_DEAD;
		return true;
	case OP_VERDICT_WAIT_BLOB:
		if (!doubt_blobs(store, store_seq, &any, error))
			return false;
		/* Without blobs there is nothing to wait for. */
		*state = any ? OP_WAIT_BLOB : OP_READY;
		return true;
	case OP_VERDICT_RETRY:
	case OP_VERDICT_UNSENT:
		break;
	}
	*state = OP_READY;
	return true;
}

static bool update_state(struct store *store, int64_t generation,
	int64_t store_seq, enum op_state state,
	const struct op_outcome *outcome, GError **error)
{
	bool unsent = outcome->verdict == OP_VERDICT_UNSENT;

	if (!db_run(store->db,
		    "UPDATE outbox_state SET state = ?3,"
		    " attempts = attempts - ?4, not_before_ms = ?5, http = ?6,"
		    " problem = ?7, server_version = ?8, acked_ms = ?9"
		    " WHERE store_seq = ?1 AND lease_gen = ?2 AND state = 3",
		    DB_VALUES(DB_INT(store_seq), DB_INT(generation),
			    DB_INT(state), DB_INT(unsent ? 1 : 0),
			    DB_INT(clock_boot_ms() + outcome->delay_ms),
			    DB_INT(outcome->http),
			    DB_TEXT(text_or_empty(outcome->problem)),
			    DB_TEXT(text_or_empty(outcome->server_version)),
			    DB_INT(state == OP_ACKED ? clock_wall_ms() : 0)),
		    error))
		return false;
	if (db_changed(store->db) == 1)
		return true;
	g_set_error(error, LINK_ERROR, LINK_ERROR_CLOSED,
		"lease %" G_GINT64_FORMAT " of op %" G_GINT64_FORMAT " is lost",
		generation, store_seq);
	return false;
}

static bool keep_receipt(struct store *store, const char *op_id,
	const struct op_outcome *outcome, GError **error)
{
	if (!outcome->receipt)
		return true;
	return db_run(store->db,
		"INSERT INTO receipts(op_id, receipt, server_ms)"
		" VALUES(?1, ?2, ?3) ON CONFLICT(op_id) DO UPDATE SET"
		" receipt = excluded.receipt, server_ms = excluded.server_ms",
		DB_VALUES(DB_TEXT(op_id), DB_TEXT(outcome->receipt),
			DB_INT(outcome->server_ms)),
		error);
}

static bool note_parked(struct store *store, const char *op_id,
	enum op_state state, const struct op_outcome *outcome, GError **error)
{
	struct actor system = store_system_actor(store);
	struct json *details = json_new_object();

	json_put_text(details, "state", op_state_name(state));
	json_put_int(details, "http", outcome->http);
	json_put_text(details, "problem", outcome->problem);
	return audit_add(store, AUDIT_SYNC_PARKED, &system, "op", op_id,
		"failed", details, error);
}

/* What else follows: a receipt, an audit row, a ticket that may now take what
 * the feed said. */
static bool follow_up(struct store *store, int64_t store_seq,
	enum op_state state, const struct op_outcome *outcome, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT op_id, agg, agg_id FROM outbox WHERE store_seq = ?1",
		DB_VALUES(DB_INT(store_seq)));
	bool parked = state == OP_CONFLICT || state == OP_DEAD;
	char op_id[UUID_TEXT];

	if (state != OP_ACKED && !parked)
		return true;
	if (!db_next(rows))
		return db_end(rows, error);
	db_copy_text(rows, 0, op_id, sizeof(op_id));
	if (parked && !note_parked(store, op_id, state, outcome, error))
		return false;
	if (state == OP_CONFLICT && outcome->current &&
		!conflict_arrived(store, store_seq, outcome->current, error))
		return false;
	if (!parked && !keep_receipt(store, op_id, outcome, error))
		return false;
	if (!parked && strcmp(db_text(rows, 1), "op") == 0)
		return parked_settled(
			store, db_text(rows, 2), outcome->outcome, error);
	return strcmp(db_text(rows, 1), "ticket") != 0 ||
	       ticket_settled(store, db_text(rows, 2), parked, error);
}

static bool settle_one(struct store *store, int64_t generation,
	const struct op_settlement *settlement, GError **error)
{
	const struct op_outcome *outcome = &settlement->outcome;
	enum op_state state;

	return next_state(store, settlement->store_seq, outcome->verdict,
		       &state, error) &&
	       update_state(store, generation, settlement->store_seq, state,
		       outcome, error) &&
	       follow_up(store, settlement->store_seq, state, outcome, error);
}

bool outbox_settle_all(struct store *store, int64_t generation,
	const struct op_settlement *settlements, size_t count, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	if (!change)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!settle_one(store, generation, &settlements[i], error))
			return false;
	return db_commit(change, error);
}

bool outbox_settle(struct store *store, int64_t generation, int64_t store_seq,
	const struct op_outcome *outcome, GError **error)
{
	struct op_settlement settlement = {store_seq, *outcome};

	return outbox_settle_all(store, generation, &settlement, 1, error);
}

bool outbox_send_again(struct store *store, const int64_t *store_seqs,
	size_t count, GError **error)
{
	AUTO(db_transaction) change = NULL;
	struct actor system = store_system_actor(store);
	struct json *details;

	if (count == 0)
		return true;
	change = db_begin(store->db, error);
	for (size_t i = 0; change && i < count; i++)
		if (!db_run(store->db,
			    "UPDATE outbox_state SET state = 2, attempts = 0,"
			    " not_before_ms = 0, acked_ms = 0"
			    " WHERE store_seq = ?1 AND state = 4",
			    DB_VALUES(DB_INT(store_seqs[i])), error))
			return false;
	if (!change)
		return false;
	details = json_new_object();
	json_put_int(details, "sent_again", (int64_t)count);
	return audit_add(store, AUDIT_SYNC_RUN, &system, "store", store->uuid,
		       "ok", details, error) &&
	       db_commit(change, error);
}

#define OPEN_LANES                                                 \
	" FROM outbox_state s"                                     \
	" JOIN outbox o ON o.store_seq = s.store_seq"              \
	" LEFT JOIN outbox p ON p.agg_id = o.agg_id"               \
	"  AND p.agg_seq = o.agg_seq - 1"                          \
	" LEFT JOIN outbox_state ps ON ps.store_seq = p.store_seq" \
	" WHERE coalesce(ps.state, 4) IN (4, 7) AND s.state <> 4"

static bool is_ready_now(struct store *store)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT 1" OPEN_LANES
		" AND s.state = 2 AND (s.boot <> ?1 OR s.not_before_ms <= ?2)"
		" LIMIT 1",
		DB_VALUES(DB_TEXT(clock_boot_id()), DB_INT(clock_boot_ms())));

	return db_next(rows);
}

/* A lease of another boot is ready at once. */
int64_t outbox_next_ms(struct store *store)
{
	AUTO(db_rows) rows = NULL;

	/* The common case first: it stops at the first row. */
	if (is_ready_now(store))
		return 0;
	rows = db_select(store->db,
		"SELECT min(CASE WHEN s.boot <> ?1 THEN 0"
		"  WHEN s.state = 3 THEN s.lease_until_ms"
		"  ELSE s.not_before_ms END)" OPEN_LANES
		" AND s.state IN (2, 3)",
		DB_VALUES(DB_TEXT(clock_boot_id())));
	if (!db_next(rows) || db_is_null(rows, 0))
		return -1;
	return MAX(0, db_int(rows, 0) - clock_boot_ms());
}
