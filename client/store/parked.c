/* Decisions about parked ops. */
#include "client/store/parked.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

enum { NAME_MAX_DIGITS = 18 };

static struct op *find(struct store *store, const char *condition,
	const struct db_value *values, GError **error)
{
	g_autofree char *sql = g_strconcat("SELECT " OP_COLUMNS
					   " FROM outbox o JOIN outbox_state s"
					   " ON s.store_seq = o.store_seq"
					   " WHERE ",
		condition, NULL);
	AUTO(db_rows) rows = db_select(store->db, sql, values);
	struct op *op = db_next(rows) ? op_read(rows) : NULL;

	if (!op && db_end(rows, error))
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"this window has no step of that number");
	return op;
}

static struct op *find_seq(
	struct store *store, int64_t store_seq, GError **error)
{
	return find(
		store, "o.store_seq = ?1", DB_VALUES(DB_INT(store_seq)), error);
}

struct op *parked_find(struct store *store, const char *name, GError **error)
{
	size_t digits = strspn(name, "0123456789");

	if (digits > 0 && digits <= NAME_MAX_DIGITS && !name[digits])
		return find_seq(store, g_ascii_strtoll(name, NULL, 10), error);
	return find(store, "o.op_id = ?1", DB_VALUES(DB_TEXT(name)), error);
}

/* The op, when a person may decide about it now; NULL: error says why not. */
static struct op *open_decision(struct store *store, int64_t store_seq,
	const char *reason, GError **error)
{
	struct op *op = NULL;
	int64_t pending = 0;

	if (!reason || !*reason) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"a reason is needed");
		return NULL;
	}
	if (check_reason(reason, REASON_MAX_CHARS, error))
		op = find_seq(store, store_seq, error);
	if (!op)
		return NULL;
	if (!db_get_int(store->db,
		    "SELECT count(*) FROM outbox o JOIN outbox_state s"
		    " ON s.store_seq = o.store_seq WHERE o.agg = 'op'"
		    " AND o.agg_id = ?1 AND s.state NOT IN (4, 7)"
		    " AND NOT EXISTS(SELECT 1 FROM outbox v"
		    "  WHERE v.agg = 'op' AND v.agg_id = o.op_id"
		    "  AND v.kind = 'op.void')",
		    DB_VALUES(DB_TEXT(op->op_id)), &pending, NULL, error)) {
		op_free(op);
		return NULL;
	}
	if (pending || (op->state != OP_CONFLICT && op->state != OP_DEAD)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_STATE,
			pending ? "a decision about it is on its way"
				: "the step is not parked");
		op_free(op);
		return NULL;
	}
	return op;
}

/* The row of the decision, and who made it. new_op: "" or the op it made. */
static bool note(struct store *store, const struct op *op, const char *action,
	enum audit_act act, const char *reason, const struct actor *actor,
	GError **error)
{
	struct json *details = json_new_object();

	json_put_text(details, "kind", op->kind);
	json_put_text(details, "problem", op->problem);
	return db_run(store->db,
		       "INSERT INTO parked_acts(store_seq, action, reason,"
		       " staff_no, new_op, at_ms) VALUES(?1, ?2, ?3, ?4,"
		       " coalesce((SELECT op_id FROM outbox WHERE agg = 'op'"
		       "  AND agg_id = ?5 AND ?2 <> 'requeue'"
		       "  ORDER BY agg_seq DESC LIMIT 1), ''), ?6)",
		       DB_VALUES(DB_INT(op->store_seq), DB_TEXT(action),
			       DB_TEXT(reason),
			       DB_TEXT(text_or_empty(actor->staff_no)),
			       DB_TEXT(op->op_id), DB_INT(clock_wall_ms())),
		       error) &&
	       audit_add(store, act, actor, "op", op->op_id, "ok", details,
		       error);
}

static bool make_ready(struct store *store, int64_t store_seq, GError **error)
{
	return db_run(store->db,
		"UPDATE outbox_state SET attempts = 0, not_before_ms = 0,"
		" http = 0, problem = '', state = CASE WHEN EXISTS("
		"  SELECT 1 FROM op_blobs o JOIN blobs b ON b.sha256 = o.sha256"
		"  WHERE o.store_seq = ?1 AND b.confirmed_ms IS NULL)"
		" THEN 1 ELSE 2 END WHERE store_seq = ?1",
		DB_VALUES(DB_INT(store_seq)), error);
}

bool parked_requeue(struct store *store, int64_t store_seq, const char *reason,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	AUTO(op) op = NULL;

	if (!change)
		return false;
	op = open_decision(store, store_seq, reason, error);
	return op && make_ready(store, store_seq, error) &&
	       note(store, op, "requeue", AUDIT_SYNC_REQUEUE, reason, actor,
		       error) &&
	       db_commit(change, error);
}

/* Where the parked op stands, so that the platform can take its place. */
static struct json *describe(const struct op *op)
{
	struct json *refused = json_new_object();

	json_put_int(refused, "store_seq", op->store_seq);
	json_put_text(refused, "agg", op->agg);
	json_put_text(refused, "agg_id", op->agg_id);
	json_put_int(refused, "agg_seq", op->agg_seq);
	json_put_text(refused, "kind", op->kind);
	json_put_text(refused, "sha256", op->body_sha256);
	json_put_text(refused, "prev_hash", op->prev_hash);
	json_put_text(refused, "hash", op->hash);
	json_put(refused, "actor",
		json_parse(op->actor, strlen(op->actor), NULL));
	json_put(refused, "time", json_parse(op->time, strlen(op->time), NULL));
	return refused;
}

static struct json *about(
	const struct op *op, const char *reason, const struct actor *actor)
{
	struct json *body = json_new_object();

	json_put_text(body, "op_id", op->op_id);
	json_put(body, "refused", describe(op));
	json_put_text(body, "reason", reason);
	json_put_text(body, "staff_no", text_or_empty(actor->staff_no));
	json_put_time(body, "at", clock_wall_ms());
	return body;
}

/* The op about the parked one. base may be NULL. */
static bool add_decision(struct store *store, const struct op *op,
	const char *kind, const struct correction *base,
	const struct actor *actor, struct json *take_body, GError **error)
{
	struct new_op made = {.agg = "op",
		.agg_id = op->op_id,
		.kind = kind,
		.actor = actor,
		.base_version = base ? base->version : NULL,
		.base = base ? base->base : NULL};

	return outbox_add(store, &made, take_body, error);
}

bool parked_void(struct store *store, int64_t store_seq, const char *reason,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	AUTO(op) op = NULL;

	if (!change)
		return false;
	op = open_decision(store, store_seq, reason, error);
	return op &&
	       add_decision(store, op, "op.void", NULL, actor,
		       about(op, reason, actor), error) &&
	       note(store, op, "void", AUDIT_SYNC_VOID, reason, actor, error) &&
	       db_commit(change, error);
}

/* The correction must be about the same thing. */
static bool is_about_the_same(
	const struct op *op, const struct json *body, GError **error)
{
	static const char *const names[] = {
		"case_id", "ticket_id", "rating_id", "series", "number"};
	AUTO(json) old = json_parse(op->body, strlen(op->body), NULL);
	bool same = json_is_object(body) && strcmp(op->agg, "op") != 0;

	for (size_t i = 0; same && i < G_N_ELEMENTS(names); i++) {
		const struct json *was = json_get(old, names[i]);
		const struct json *is = json_get(body, names[i]);

		same = was && is ? json_equal(was, is) : was == is;
	}
	if (!same)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"the correction is about something else");
	return same;
}

bool parked_supersede(struct store *store, int64_t store_seq,
	struct json *take_body, const char *reason, const struct actor *actor,
	GError **error)
{
	AUTO(json) correction = take_body;
	AUTO(db_transaction) change = db_begin(store->db, error);
	AUTO(op) op = NULL;
	struct json *body;

	if (!change)
		return false;
	op = open_decision(store, store_seq, reason, error);
	if (!op || !is_about_the_same(op, correction, error))
		return false;
	body = about(op, reason, actor);
	json_put(body, "body", g_steal_pointer(&correction));
	return add_decision(
		       store, op, "op.supersede", NULL, actor, body, error) &&
	       note(store, op, "supersede", AUDIT_SYNC_SUPERSEDE, reason, actor,
		       error) &&
	       db_commit(change, error);
}

/* The correction before, when it came too late as well: it will never come. */
static bool withdraw_stale(struct store *store, const struct op *op,
	const struct correction *with, GError **error)
{
	int64_t stale = 0;
	bool found;

	if (!db_get_int(store->db,
		    "SELECT o.store_seq FROM outbox o JOIN outbox_state s"
		    " ON s.store_seq = o.store_seq WHERE o.agg = 'op'"
		    " AND o.agg_id = ?1 AND o.kind = 'op.supersede'"
		    " AND s.state = 5 AND NOT EXISTS(SELECT 1 FROM outbox v"
		    "  WHERE v.agg = 'op' AND v.agg_id = o.op_id)",
		    DB_VALUES(DB_TEXT(op->op_id)), &stale, &found, error))
		return false;
	return !found ||
	       parked_void(store, stale, with->reason, with->actor, error);
}

bool parked_correct(struct store *store, const struct op *parked,
	struct json *take_body, const struct correction *with, GError **error)
{
	AUTO(json) correction = take_body;
	AUTO(op) op = NULL;
	struct json *body;

	if (!withdraw_stale(store, parked, with, error))
		return false;
	op = open_decision(store, parked->store_seq, with->reason, error);
	if (!op || !is_about_the_same(op, correction, error))
		return false;
	body = about(op, with->reason, with->actor);
	json_put(body, "body", g_steal_pointer(&correction));
	return add_decision(store, op, "op.supersede", with, with->actor, body,
		       error) &&
	       note(store, op, "supersede", AUDIT_SYNC_SUPERSEDE, with->reason,
		       with->actor, error);
}

/* An op about a parked one is through: what became of that. */
bool parked_settled(struct store *store, const char *op_id, const char *outcome,
	GError **error)
{
	bool arrived = outcome && strcmp(outcome, "applied") == 0;

	return db_run(store->db,
		"UPDATE outbox_state SET state = ?2,"
		" acked_ms = CASE WHEN ?2 = 4 THEN ?3 ELSE 0 END"
		" WHERE state IN (5, 6) AND store_seq ="
		" (SELECT store_seq FROM outbox WHERE op_id = ?1)",
		DB_VALUES(DB_TEXT(op_id), DB_INT(arrived ? OP_ACKED : OP_VOID),
			DB_INT(clock_wall_ms())),
		error);
}

struct json *parked_decisions(
	struct store *store, int64_t store_seq, GError **error)
{
	AUTO(json) list = json_new_array();
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT action, reason, staff_no, new_op, at_ms"
		" FROM parked_acts WHERE store_seq = ?1 ORDER BY id",
		DB_VALUES(DB_INT(store_seq)));

	while (db_next(rows)) {
		struct json *row = json_new_object();

		json_put_text(row, "action", db_text(rows, 0));
		json_put_text(row, "reason", db_text(rows, 1));
		json_put_text(row, "staff_no", db_text(rows, 2));
		json_put_text(row, "new_op", db_text(rows, 3));
		json_put_int(row, "at_ms", db_int(rows, 4));
		json_add(list, row);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}
