/* POST /v1/ops:batch, one op after the other:
 *
 *   envelope -> lane not failed -> digest -> op_id known? replay
 *   -> next of its lane -> body -> store_seq and chain -> blobs -> version
 *   -> what the kind does -> kept for ever */
#include "client/platform/ops.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/platform/cases.h"
#include "client/platform/chaos.h"
#include "client/platform/handlers.h"
#include "client/platform/numbers.h"
#include "client/platform/contract.h"
#include "client/platform/op_check.h"
#include "client/platform/op_refused.h"
#include "client/platform/stores.h"
#include "client/platform/tickets.h"

/* The ops themselves are looked at one by one: a bad one spoils no other. */
static const struct field envelope[] = {
	{"store", FIELD_OBJECT, true},
	{"ops", FIELD_ARRAY, true, 1, 1 << 20},
	{NULL},
};

struct kind {
	const char *name, *agg;
	const char *id_member; /* of the body: must be agg_id; NULL: none */
	const char *schema;
	bool (*apply)(struct platform *platform, const struct op *op,
		int64_t *version, struct json **problem, GError **error);
};

static bool apply_ticket(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	return ticket_apply(
		platform, op->kind, op->body, version, problem, error);
}

static bool apply_window(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	bool pause = strcmp(op->kind, "window.pause") == 0;

	(void)problem;
	*version = op->agg_seq;
	return db_run(platform->db,
		"INSERT INTO windows(window, state, reason, at)"
		" VALUES(?1, ?2, ?3, ?4) ON CONFLICT(window) DO UPDATE SET"
		" state = excluded.state, reason = excluded.reason,"
		" at = excluded.at",
		DB_VALUES(DB_TEXT(json_text(op->body, "window")),
			DB_TEXT(pause ? "paused" : "open"),
			DB_TEXT(json_text_or(op->body, "reason", "")),
			DB_TEXT(json_text(op->body, "at"))),
		error);
}

static bool apply_number(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	*version = op->agg_seq;
	return number_apply_void(
		platform, op->store_uuid, op->body, problem, error);
}

#define TICKET_KIND(name)                                               \
	{                                                               \
		name, "ticket", "ticket_id", "ticket_act", apply_ticket \
	}

static const struct kind kinds[] = {
	{"case.accept", "case", "case_id", "case_accept", case_apply_decision},
	{"case.refuse", "case", "case_id", "case_refuse", case_apply_decision},
	{"case.document", "case", "case_id", "case_document",
		case_apply_document},
	{"case.change", "case", "case_id", "case_change", case_apply_change},
	TICKET_KIND("ticket.call"),
	TICKET_KIND("ticket.recall"),
	TICKET_KIND("ticket.skip"),
	TICKET_KIND("ticket.park"),
	TICKET_KIND("ticket.resume"),
	TICKET_KIND("ticket.transfer"),
	TICKET_KIND("ticket.finish"),
	TICKET_KIND("ticket.open"),
	{"rating.record", "rating", "rating_id", "rating", case_apply_rating},
	{"window.pause", "window", NULL, "window_act", apply_window},
	{"window.resume", "window", NULL, "window_act", apply_window},
	{"number.void", "number", NULL, "number_act", apply_number},
	{"op.void", "op", "op_id", "op_void", op_apply_void},
	{"op.supersede", "op", "op_id", "op_supersede", op_apply_supersede},
};

struct batch {
	struct platform *platform;
	const char *store_uuid;
	int64_t store_epoch;
	GHashTable *failed; /* agg_id: borrowed from the request */
	size_t taken;       /* ops so far */
	int64_t now_ms;
	char *now; /* own */
};

/* Results --------------------------------------------------------------- */

static struct json *receipt(const char *sha256, const char *time)
{
	struct json *value = json_new_object();

	json_put_text(value, "request_sha256", sha256);
	json_put_text(value, "server_time", time);
	return value;
}

/* outcome: only of ops about a refused one. */
static struct json *success(const char *op_id, int status, int64_t version,
	const char *sha256, const char *time, const char *outcome)
{
	struct json *value = json_new_object();
	g_autofree char *mark = g_strdup_printf("%" G_GINT64_FORMAT, version);

	json_put_text(value, "op_id", op_id);
	json_put_int(value, "status", status);
	if (status == 200)
		json_put_bool(value, "replay", true);
	json_put_text(value, "version", mark);
	if (outcome)
		json_put_text(value, "outcome", outcome);
	json_put(value, "receipt", receipt(sha256, time));
	return value;
}

static struct json *failure(const char *op_id, struct json *take_problem)
{
	struct json *value = json_new_object();

	json_put_text(value, "op_id", op_id ? op_id : "");
	json_put_int(value, "status", json_int_or(take_problem, "status", 500));
	json_put(value, "problem", take_problem);
	return value;
}

static struct json *invalid(const struct json *errors)
{
	struct json *problem = problem_json(PROBLEM_INVALID, NULL);

	json_put(problem, "errors", json_copy(errors));
	return problem;
}

static struct json *invalid_field(const char *field, const char *rule)
{
	AUTO(json) errors = json_new_array();

	validate_refuse(errors, field, rule);
	return invalid(errors);
}

/* Known ops ------------------------------------------------------------- */

/* NULL: never seen. Otherwise the result of the first time, or a refusal when
 * the id now stands for something else. */
static struct json *replay(struct platform *platform, const struct op *op)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT body_sha256, store_uuid, agg_id, agg_seq, version,"
		" applied_ms, state FROM ops WHERE op_id = ?1",
		DB_VALUES(DB_TEXT(op->op_id)));
	g_autofree char *time = NULL, *outcome = NULL;

	if (!platform_next(platform, rows))
		return NULL;
	if (strcmp(db_text(rows, 0), op->sha256) != 0 ||
		strcmp(db_text(rows, 1), op->store_uuid) != 0 ||
		strcmp(db_text(rows, 2), op->agg_id) != 0 ||
		db_int(rows, 3) != op->agg_seq)
		return failure(
			op->op_id, problem_json(PROBLEM_ID_REUSED,
					   "op_id was used for another op"));
	if (strcmp(db_text(rows, 6), "applied") != 0)
		return failure(op->op_id, problem_json(PROBLEM_VOIDED, NULL));
	time = clock_iso(db_int(rows, 5));
	outcome = op_outcome(platform, op->agg, op->agg_id);
	return success(
		op->op_id, 200, db_int(rows, 4), op->sha256, time, outcome);
}

/* Bodies ---------------------------------------------------------------- */

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

struct json *op_check_body(const struct op *op)
{
	const struct kind *kind = find_kind(op->kind);
	AUTO(json) errors = json_new_array();

	if (!kind)
		return invalid_field("kind", "code");
	if (strcmp(kind->agg, op->agg) != 0)
		return invalid_field("agg", "code");
	if (!validate(contract_schema(kind->schema), op->body, errors))
		return invalid(errors);
	if (kind->id_member &&
		strcmp(json_text(op->body, kind->id_member), op->agg_id) != 0)
		return invalid_field(kind->id_member, "agg_id");
	return NULL;
}

/* Applying -------------------------------------------------------------- */

bool op_apply(struct platform *platform, const struct op *op, int64_t *version,
	struct json **problem, GError **error)
{
	return find_kind(op->kind)->apply(
		platform, op, version, problem, error);
}

bool op_keep(struct platform *platform, const struct op *op, const char *state,
	int64_t version, GError **error)
{
	const struct json *actor_json = json_get(op->envelope, "actor");
	const struct json *time_json = json_get(op->envelope, "time");
	g_autofree char *actor = json_print(actor_json);
	g_autofree char *time = json_print(time_json);
	g_autofree char *day = g_strndup(json_text(time_json, "wall"), 10);

	return db_run(platform->db,
		"INSERT INTO ops(op_id, store_uuid, store_epoch, store_seq,"
		" agg, agg_id, agg_seq, kind, window, day, body, body_sha256,"
		" prev_hash, hash, actor, time, version, applied_ms,"
		" state)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
		" ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
		DB_VALUES(DB_TEXT(op->op_id), DB_TEXT(op->store_uuid),
			DB_INT(op->store_epoch), DB_INT(op->store_seq),
			DB_TEXT(op->agg), DB_TEXT(op->agg_id),
			DB_INT(op->agg_seq), DB_TEXT(op->kind),
			DB_TEXT(json_text(actor_json, "window")), DB_TEXT(day),
			DB_BLOB(op->raw.text, op->raw.len), DB_TEXT(op->sha256),
			DB_TEXT(op->prev_hash), DB_TEXT(op->hash),
			DB_TEXT(actor), DB_TEXT(time), DB_INT(version),
			DB_INT(op->now_ms), DB_TEXT(state)),
		error);
}

/* What the schema refuses is the op's fault, not the store's. */
static struct json *refusal_of(GError **error)
{
	struct json *problem;

	if (!*error || (*error)->domain != ITEM_ERROR)
		return NULL;
	log_error(*error, "op refused by the schema");
	problem = problem_json(
		g_error_matches(*error, ITEM_ERROR, ITEM_ERROR_CONFLICT)
			? PROBLEM_ID_REUSED
			: PROBLEM_INVALID,
		"a key is in use already");
	g_clear_error(error);
	return problem;
}

/* All or nothing of one op. */
static struct json *apply(struct platform *platform, const struct op *op,
	int64_t *version, GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);
	struct json *problem = NULL;

	if (!change)
		return NULL;
	if (op_apply(platform, op, version, &problem, error) && !problem &&
		op_keep(platform, op, "applied", *version, error))
		db_commit(change, error);
	return problem ? problem : refusal_of(error);
}

static struct json *check(
	struct platform *platform, const struct op *op, GError **error)
{
	struct json *problem = op_check_order(platform, op, error);

	if (!problem && !*error)
		problem = op_check_body(op);
	if (!problem && !*error)
		problem = op_check_chain(platform, op, error);
	if (!problem && !*error)
		problem = op_check_blobs(platform, op);
	if (!problem && !*error)
		problem = op_check_version(platform, op);
	return problem;
}

static struct json *run_op(
	struct batch *batch, const struct op *op, GError **error)
{
	struct json *result = replay(batch->platform, op), *problem;
	g_autofree char *outcome = NULL;
	int64_t version = 0;

	if (result)
		return result;
	problem = check(batch->platform, op, error);
	if (!problem && !*error)
		problem = apply(batch->platform, op, &version, error);
	if (problem)
		return failure(op->op_id, problem);
	outcome = op_outcome(batch->platform, op->agg, op->agg_id);
	return success(
		op->op_id, 201, version, op->sha256, batch->now, outcome);
}

/* The batch ------------------------------------------------------------- */

static void read_op(struct batch *batch, const struct json *value,
	const struct raw *raw, struct op *op)
{
	*op = (struct op){
		.store_uuid = batch->store_uuid,
		.store_epoch = batch->store_epoch,
		.store_seq = json_int_or(value, "store_seq", 0),
		.op_id = json_text(value, "op_id"),
		.agg = json_text(value, "agg"),
		.agg_id = json_text(value, "agg_id"),
		.agg_seq = json_int_or(value, "agg_seq", 0),
		.kind = json_text(value, "kind"),
		.sha256 = json_text(value, "sha256"),
		.prev_hash = json_text(value, "prev_hash"),
		.hash = json_text(value, "hash"),
		.base_version = json_text(value, "base_version"),
		.envelope = value,
		.body = json_get(value, "body"),
		.now_ms = batch->now_ms,
	};
	raw_member(raw, value, "body", &op->raw);
}

static bool digest_fits(const struct op *op)
{
	char digest[SHA256_TEXT];

	sha256_text(op->raw.text, op->raw.len, digest);
	return strcmp(digest, op->sha256) == 0;
}

/* error: the store failed, nothing of the batch may stay. */
static struct json *take_op(struct batch *batch, const struct json *value,
	const struct raw *raw, GError **error)
{
	AUTO(json) errors = json_new_array();
	struct json *result, *ordered;
	struct op op;

	read_op(batch, value, raw, &op);
	ordered = chaos_refusal(batch->platform->chaos, &op, batch->taken++);
	if (op.agg_id && g_hash_table_contains(batch->failed, op.agg_id)) {
		json_free(ordered);
		return failure(op.op_id, problem_json(PROBLEM_SKIPPED, NULL));
	}
	if (ordered)
		result = failure(op.op_id, ordered);
	else if (!validate(contract_schema("op"), value, errors))
		result = failure(op.op_id, invalid(errors));
	else if (!digest_fits(&op))
		result = failure(
			op.op_id, problem_json(PROBLEM_DIGEST_MISMATCH, NULL));
	else
		result = run_op(batch, &op, error);
	if (op.agg_id && json_int_or(result, "status", 0) >= 400)
		g_hash_table_add(batch->failed, (char *)op.agg_id);
	return result;
}

static struct json *take_ops(struct batch *batch, const struct json *request,
	const struct raw *text, GError **error)
{
	struct json *results = json_new_array();
	struct raw_walk walk = {0};
	struct raw ops, raw;

	if (raw_member(text, request, "ops", &ops))
		raw_begin(&ops, &walk);
	json_each (op, json_get(request, "ops")) {
		raw_next(&walk, &raw);
		json_add(results, take_op(batch, op, &raw, error));
		if (*error)
			break;
	}
	return results;
}

static struct reply *run_batch(
	struct batch *batch, const struct json *request, const struct raw *text)
{
	g_autoptr(GError) error = NULL;
	AUTO(db_transaction) change = db_begin(batch->platform->db, &error);
	AUTO(json) results = NULL;
	struct json *value;

	if (change)
		results = take_ops(batch, request, text, &error);
	if (batch->platform->is_failing)
		return reply_problem(batch->platform, PROBLEM_INTERNAL, NULL);
	if (error || !store_advance(batch->platform, batch->store_uuid,
			     batch->store_epoch, &error))
		return reply_error(batch->platform, error);
	chaos_before_commit(batch->platform->chaos);
	if (!db_commit(change, &error))
		return reply_error(batch->platform, error);
	value = json_new_object();
	json_put(value, "results",
		chaos_bend_results(
			batch->platform->chaos, g_steal_pointer(&results)));
	return reply_json(batch->platform, 207, value);
}

static struct reply *refuse_batch(
	struct platform *platform, const struct json *body)
{
	AUTO(json) errors = json_new_array();

	if (!validate(envelope, body, errors))
		return reply_invalid(platform, errors);
	if (!validate(
		    contract_schema("store"), json_get(body, "store"), errors))
		return reply_invalid(platform, errors);
	if (json_length(json_get(body, "ops")) > PLATFORM_MAX_OPS)
		return reply_problem(
			platform, PROBLEM_TOO_LARGE, "more than 200 ops");
	return NULL;
}

struct reply *ops_batch(
	struct platform *platform, const struct request *request)
{
	const struct json *body = request->json;
	const struct json *store = json_get(body, "store");
	struct reply *reply;
	g_autoptr(GHashTable) failed =
		g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *now = NULL;
	struct batch batch = {.platform = platform, .failed = failed};
	struct raw text;

	reply = refuse_batch(platform, body);
	if (reply)
		return reply;
	batch.store_uuid = json_text(store, "uuid");
	batch.store_epoch = json_int_or(store, "epoch", 0);
	batch.now_ms = clock_wall_ms();
	batch.now = now = clock_iso(batch.now_ms);
	raw_document(request->body, request->body_len, &text);
	return run_batch(&batch, body, &text);
}

static struct json *fate_of(struct platform *platform, const char *op_id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT op_id, version, body_sha256, applied_ms, kind, agg,"
		" agg_id, agg_seq, state FROM ops WHERE op_id = ?1",
		DB_VALUES(DB_TEXT(op_id)));
	g_autofree char *time = NULL, *outcome = NULL;
	struct json *value;

	if (!platform_next(platform, rows))
		return NULL;
	time = clock_iso(db_int(rows, 3));
	outcome = op_outcome(platform, db_text(rows, 5), db_text(rows, 6));
	value = success(db_text(rows, 0), 200, db_int(rows, 1),
		db_text(rows, 2), time, outcome);
	json_put_text(value, "state", db_text(rows, 8));
	json_put_text(value, "kind", db_text(rows, 4));
	json_put_text(value, "agg", db_text(rows, 5));
	json_put_text(value, "agg_id", db_text(rows, 6));
	json_put_int(value, "agg_seq", db_int(rows, 7));
	return value;
}

/* What became of an op whose reply was lost. */
struct reply *ops_get(struct platform *platform, const struct request *request)
{
	struct json *value = fate_of(platform, request->args[0]);

	return value ? reply_json(platform, 200, value)
		     : reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
}

struct reply *ops_lookup(
	struct platform *platform, const struct request *request)
{
	struct json *value = json_new_object(), *results = json_new_array();
	struct json *unknown = json_new_array();

	json_each (op_id, json_get(request->json, "op_ids")) {
		struct json *result = fate_of(platform, json_as_text(op_id));

		if (result)
			json_add(results, result);
		else
			json_add_text(unknown, json_as_text(op_id));
	}
	json_put(value, "results", results);
	json_put(value, "unknown", unknown);
	return reply_json(platform, 200, value);
}
