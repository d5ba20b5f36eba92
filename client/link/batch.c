/* The main push: many ops in one request, one verdict for each.
 *
 *   {"store":{"uuid":"...","epoch":1,"chain_head":"..."},
 *    "ops":[{"op_id":"...","store_seq":7,"agg":"case","agg_id":"...",
 *            "agg_seq":1,"kind":"case.accept","base_version":null,
 *            "sha256":"...","prev_hash":"...","hash":"...",
 *            "actor":{...},"time":{...},"body":{...stored bytes...}}]}
 *   207 {"results":[{"op_id":"...","status":201,"version":"1",
 *                    "receipt":{"request_sha256":"...","server_time":"..."}},
 *                   {"op_id":"...","status":412,
 *                    "problem":{"code":"version_conflict",
 *                               "current":{"version":"3","body":{...}}}}]}
 *
 * base_version is null for what only adds (a decision, a document, an act on a
 * ticket): it cannot write over anything. */
#include "client/link/batch.h"

#include <string.h>

#include "client/base/error.h"
#include "client/link/gate.h"

/* Request ------------------------------------------------------------------ */

static bool body_is_whole(const struct op *op, GError **error)
{
	char digest[SHA256_TEXT];

	sha256_text(op->body, strlen(op->body), digest);
	if (strcmp(digest, op->body_sha256) == 0)
		return true;
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"outbox row %" G_GINT64_FORMAT " has another digest",
		op->store_seq);
	return false;
}

/* Everything but actor, time and body, without the closing brace. */
static void add_head(GString *out, const struct op *op)
{
	AUTO(json) head = json_new_object();
	g_autofree char *text = NULL;

	json_put_text(head, "op_id", op->op_id);
	json_put_int(head, "store_seq", op->store_seq);
	json_put_text(head, "agg", op->agg);
	json_put_text(head, "agg_id", op->agg_id);
	json_put_int(head, "agg_seq", op->agg_seq);
	json_put_text(head, "kind", op->kind);
	json_put(head, "base_version",
		json_new_text(op->base_version && *op->base_version
				      ? op->base_version
				      : NULL));
	json_put_text(head, "sha256", op->body_sha256);
	json_put_text(head, "prev_hash", op->prev_hash);
	json_put_text(head, "hash", op->hash);
	text = json_print(head);
	g_string_append_len(out, text, (gssize)strlen(text) - 1);
}

static void add_member(GString *out, const char *name, const char *json_text)
{
	g_string_append_printf(out, ",\"%s\":", name);
	g_string_append(out, json_text && *json_text ? json_text : "null");
}

static bool add_op(GString *out, const struct op *op, GError **error)
{
	if (!body_is_whole(op, error))
		return false;
	add_head(out, op);
	add_member(out, "actor", op->actor);
	add_member(out, "time", op->time);
	add_member(out, "body", op->body);
	g_string_append_c(out, '}');
	return true;
}

static void add_store(GString *out, const struct batch_store *store)
{
	AUTO(json) head = json_new_object();
	g_autofree char *text = NULL;

	json_put_text(head, "uuid", store->uuid);
	json_put_int(head, "epoch", store->epoch);
	json_put(head, "chain_head", json_new_text(store->chain_head));
	text = json_print(head);
	g_string_append_printf(out, "{\"store\":%s,\"ops\":[", text);
}

GBytes *batch_request(
	const struct batch_store *store, const GPtrArray *ops, GError **error)
{
	GString *out = g_string_new(NULL);

	add_store(out, store);
	for (unsigned i = 0; i < ops->len; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		if (!add_op(out, ops->pdata[i], error)) {
			g_string_free(out, TRUE);
			return NULL;
		}
	}
	g_string_append(out, "]}");
	return g_string_free_to_bytes(out);
}

/* Reply -------------------------------------------------------------------- */

struct decoding {
	const GPtrArray *ops;
	struct batch_reply *reply;
	int64_t cap_ms;
	double chance;
};

static const struct op *op_at(const struct decoding *decoding, size_t i)
{
	return decoding->ops->pdata[i];
}

static void set_code(struct batch_result *result, const char *code)
{
	g_strlcpy(result->code, code, sizeof(result->code));
}

/* Unknown or to be repeated: the same bytes again, later. */
static void retry(struct decoding *decoding, size_t i, const char *code)
{
	struct batch_result *result = &decoding->reply->results[i];
	int attempts = MAX(0, op_at(decoding, i)->attempts - 1);

	result->verdict = OP_VERDICT_RETRY;
	result->delay_ms = backoff_delay_ms(
		(unsigned)attempts, decoding->cap_ms, decoding->chance);
	set_code(result, code);
}

static void take_missing(struct batch_reply *reply, const struct json *problem)
{
	json_each (hash, json_get(problem, "sha256")) {
		const char *text = json_as_text(hash);

		if (text && sha256_is_valid(text) &&
			reply->missing_blobs->len < BATCH_MISSING_MAX)
			g_ptr_array_add(reply->missing_blobs, g_strdup(text));
	}
}

static void decode_problem(
	struct decoding *decoding, size_t i, const struct json *problem)
{
	struct batch_result *result = &decoding->reply->results[i];
	const char *text = json_text(problem, "code");
	const struct problem_code *code = problem_code_find(text);

	if (!code || result->http < 400 || result->http >= 500 ||
		code->verdict == OP_VERDICT_RETRY) {
		retry(decoding, i, code ? code->code : "unknown");
		return;
	}
	result->verdict = code->verdict;
	set_code(result, code->code);
	if (code->verdict == OP_VERDICT_WAIT_BLOB)
		take_missing(decoding->reply, problem);
	if (code->verdict == OP_VERDICT_CONFLICT &&
		json_is_object(json_get(problem, "current")))
		result->current = json_print(json_get(problem, "current"));
}

/* A receipt of other bytes is no receipt. */
static bool receipt_fits(const struct op *op, const struct json *receipt)
{
	const char *digest = json_text(receipt, "request_sha256");

	return !digest || strcmp(digest, op->body_sha256) == 0;
}

static void decode_ack(
	struct decoding *decoding, size_t i, const struct json *from)
{
	struct batch_result *result = &decoding->reply->results[i];
	const struct json *receipt = json_get(from, "receipt");
	const struct json *version = json_get(from, "version");

	if (!receipt_fits(op_at(decoding, i), receipt)) {
		retry(decoding, i, "receipt_mismatch");
		return;
	}
	result->verdict = OP_VERDICT_ACK;
	result->replay = json_bool_or(from, "replay", false);
	if (json_is_object(receipt))
		result->receipt = json_print(receipt);
	result->outcome = g_strdup(json_text(from, "outcome"));
	if (json_is_text(version))
		result->version = g_strdup(json_as_text(version));
	else if (json_is_number(version))
		result->version = g_strdup_printf(
			"%" G_GINT64_FORMAT, json_as_int(version, 0));
}

static void decode_result(
	struct decoding *decoding, size_t i, const struct json *from)
{
	int http = (int)CLAMP(json_int_or(from, "status", 0), 0, 999);

	decoding->reply->results[i].http = http;
	if (http == 200 || http == 201)
		decode_ack(decoding, i, from);
	else
		decode_problem(decoding, i, json_get(from, "problem"));
}

/* op_id -> index + 1 */
static GHashTable *index_ops(const GPtrArray *ops)
{
	GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < ops->len; i++) {
		struct op *op = ops->pdata[i];

		g_hash_table_insert(index, op->op_id, GUINT_TO_POINTER(i + 1));
	}
	return index;
}

/* Finds the result of each op. Two different ones for the same op: none. */
static void sort_results(struct decoding *decoding, const struct json *results,
	const struct json **of_op)
{
	g_autoptr(GHashTable) index = index_ops(decoding->ops);
	struct batch_reply *reply = decoding->reply;

	json_each (result, results) {
		const char *id = json_text(result, "op_id");
		unsigned i =
			id ? GPOINTER_TO_UINT(g_hash_table_lookup(index, id))
			   : 0;

		if (i == 0)
			reply->extra++;
		else if (!of_op[i - 1])
			of_op[i - 1] = result;
		else if (!json_equal(of_op[i - 1], result))
			of_op[i - 1] = results; /* marks the contradiction */
	}
}

static void decode_results(
	struct decoding *decoding, const struct json *results)
{
	struct batch_reply *reply = decoding->reply;
	g_autofree const struct json **of_op =
		g_new0(const struct json *, decoding->ops->len + 1);

	sort_results(decoding, results, of_op);
	for (size_t i = 0; i < reply->count; i++) {
		if (!of_op[i]) {
			reply->missing++;
			retry(decoding, i, "no_result");
		} else if (of_op[i] == results) {
			reply->contradictory++;
			retry(decoding, i, "contradictory");
		} else {
			decode_result(decoding, i, of_op[i]);
		}
	}
}

void batch_decode(const struct http_reply *http, const GPtrArray *ops,
	int64_t cap_ms, double chance, struct batch_reply *reply)
{
	struct decoding decoding = {ops, reply, cap_ms, chance};
	const struct json *results;

	*reply = (struct batch_reply){
		.missing_blobs = g_ptr_array_new_with_free_func(g_free),
	};
	answer_read(http, 207, 0, &reply->answer);
	if (reply->answer.kind != ANSWER_OK)
		return;
	results = json_get(reply->answer.body, "results");
	if (!json_is_array(results)) {
		answer_spoil(&reply->answer, "reply without results");
		return;
	}
	reply->count = ops->len;
	reply->results = g_new0(struct batch_result, ops->len + 1);
	decode_results(&decoding, results);
}

void batch_reply_clear(struct batch_reply *reply)
{
	for (size_t i = 0; i < reply->count; i++) {
		g_free(reply->results[i].version);
		g_free(reply->results[i].receipt);
		g_free(reply->results[i].outcome);
		g_free(reply->results[i].current);
	}
	g_clear_pointer(&reply->results, g_free);
	g_clear_pointer(&reply->missing_blobs, g_ptr_array_unref);
	reply->count = 0;
	answer_clear(&reply->answer);
}
