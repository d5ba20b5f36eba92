/* The batch: bytes spliced in untouched, and a verdict for every reply. */
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/link/batch.h"

#define ID(n) "01980000-0000-7000-8000-00000000000" #n

static struct op *make_op(int n, const char *body)
{
	struct op *op = g_new0(struct op, 1);

	op->store_seq = n;
	g_snprintf(op->op_id, sizeof(op->op_id),
		"01980000-0000-7000-8000-00000000000%d", n);
	op->agg = g_strdup("case");
	op->agg_id = g_strdup("01980000-0000-7000-8000-0000000000aa");
	op->agg_seq = n;
	op->kind = g_strdup("case.accept");
	op->body = g_strdup(body);
	sha256_text(body, strlen(body), op->body_sha256);
	sha256_text("p", 1, op->prev_hash);
	sha256_text("h", 1, op->hash);
	op->actor = g_strdup("{\"staff\":\"1003\"}");
	op->time = g_strdup("{\"wall\":\"2026-11-23T09:41:20+08:00\"}");
	op->attempts = 1;
	return op;
}

static GPtrArray *make_ops(int count)
{
	GPtrArray *ops =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);

	for (int i = 1; i <= count; i++)
		g_ptr_array_add(ops, make_op(i, "{\"a\":1}"));
	return ops;
}

static char *digest_of(int n)
{
	GPtrArray *ops = make_ops(n);
	char *digest = g_strdup(((struct op *)ops->pdata[n - 1])->body_sha256);

	g_ptr_array_unref(ops);
	return digest;
}

/* Request
 * ---------------------------------------------------------------------- */

static const struct batch_store from = {
	.uuid = "01980000-0000-7000-8000-0000000000ff",
	.epoch = 3,
};

/* Blanks, escapes, the order of members, big numbers: a re-serialised body
 * would have another digest. */
static void test_splices_bytes(void)
{
	const char *odd = "{ \"b\" : 1.50,\"a\":\"\\u767b\\/x\", \"n\":[ ] ,"
			  "\"big\":12345678901234567890 }";
	g_autoptr(GPtrArray) ops =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;
	AUTO(json) parsed = NULL;
	const char *text;
	size_t len;

	g_ptr_array_add(ops, make_op(1, odd));
	g_ptr_array_add(ops, make_op(2, "{}"));
	bytes = batch_request(&from, ops, &error);
	g_assert_no_error(error);
	text = g_bytes_get_data(bytes, &len);
	g_assert_nonnull(g_strstr_len(text, (gssize)len, odd));
	parsed = json_parse(text, len, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(json_length(json_get(parsed, "ops")), ==, 2);
	g_assert_cmpint(
		json_int_or(json_get(parsed, "store"), "epoch", 0), ==, 3);
	g_assert_cmpstr(json_text(json_first(json_get(parsed, "ops")), "op_id"),
		==, ID(1));
	g_assert_true(json_is_null(
		json_get(json_first(json_get(parsed, "ops")), "base_version")));
}

static void test_base_version(void)
{
	g_autoptr(GPtrArray) ops = make_ops(1);
	struct op *op = ops->pdata[0];
	g_autoptr(GBytes) bytes = NULL;
	AUTO(json) parsed = NULL;
	const char *text;
	size_t len;

	op->base_version = g_strdup("7");
	bytes = batch_request(&from, ops, NULL);
	text = g_bytes_get_data(bytes, &len);
	parsed = json_parse(text, len, NULL);
	g_assert_cmpstr(
		json_text(json_first(json_get(parsed, "ops")), "base_version"),
		==, "7");
}

static void test_damaged_body_is_not_sent(void)
{
	g_autoptr(GPtrArray) ops = make_ops(2);
	g_autoptr(GError) error = NULL;
	struct op *op = ops->pdata[1];

	op->body[1] ^= 1;
	g_assert_null(batch_request(&from, ops, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

/* Replies
 * ------------------------------------------------------------------------ */

static void decode(const char *type, int status, const char *body,
	const GPtrArray *ops, struct batch_reply *reply)
{
	struct http_reply http = {
		.status = status,
		.content_type = type,
		.data = body,
		.len = strlen(body),
		.retry_after_ms = -1,
	};

	batch_decode(&http, ops, 0, 0.5, reply);
}

static void decode_results(
	const char *results, const GPtrArray *ops, struct batch_reply *reply)
{
	g_autofree char *body = g_strdup_printf(
		"{\"server_epoch\":\"e7\",\"server_time\":"
		"\"2026-11-23T09:41:20+08:00\",\"results\":[%s]}",
		results);

	decode("application/json", 207, body, ops, reply);
}

static void test_acks(void)
{
	g_autoptr(GPtrArray) ops = make_ops(2);
	g_autofree char *digest = digest_of(1);
	g_autofree char *results = g_strdup_printf(
		"{\"op_id\":\"" ID(
			1) "\",\"status\":201,\"version\":\"4\","
			   "\"receipt\":{\"request_sha256\":\"%s\"}},"
			   "{\"op_id\":\"" ID(
				   2) "\",\"status\":200,\"replay\":true,"
				      "\"version\":7,\"receipt\":{\"request_"
				      "sha256\":\"%s\"}}",
		digest, digest);
	struct batch_reply reply;

	decode_results(results, ops, &reply);
	g_assert_cmpint(reply.answer.kind, ==, ANSWER_OK);
	g_assert_cmpstr(reply.answer.server_epoch, ==, "e7");
	g_assert_cmpint(reply.answer.server_ms, ==, 1795398080000);
	g_assert_cmpint(reply.results[0].verdict, ==, OP_VERDICT_ACK);
	g_assert_cmpstr(reply.results[0].version, ==, "4");
	g_assert_nonnull(strstr(reply.results[0].receipt, digest));
	g_assert_cmpint(reply.results[1].verdict, ==, OP_VERDICT_ACK);
	g_assert_true(reply.results[1].replay);
	g_assert_cmpstr(reply.results[1].version, ==, "7");
	batch_reply_clear(&reply);
}

/* What is there now comes with a conflict, and with nothing else. */
static void test_current(void)
{
	static const struct {
		const char *problem, *current;
	} rows[] = {
		{"{\"code\":\"version_conflict\",\"current\":{\"version\":"
		 "\"2\"}}",
			"{\"version\":\"2\"}"},
		{"{\"code\":\"version_conflict\",\"current\":[]}", NULL},
		{"{\"code\":\"version_conflict\"}", NULL},
		{"{\"code\":\"invalid\",\"current\":{}}", NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) ops = make_ops(1);
		g_autofree char *results = g_strdup_printf(
			"{\"op_id\":\"" ID(1) "\",\"status\":412,"
					      "\"problem\":%s}",
			rows[i].problem);
		struct batch_reply reply;

		decode_results(results, ops, &reply);
		g_assert_cmpstr(reply.results[0].current, ==, rows[i].current);
		batch_reply_clear(&reply);
	}
}

/* status and code of one item, and what becomes of the op. */
static const struct {
	int status;
	const char *problem;
	enum op_verdict verdict;
} item_table[] = {
	{422, "{\"code\":\"invalid\"}", OP_VERDICT_DEAD},
	{422, "{\"code\":\"digest_mismatch\"}", OP_VERDICT_DEAD},
	{422, "{\"code\":\"id_reused\"}", OP_VERDICT_DEAD},
	{403, "{\"code\":\"forbidden\"}", OP_VERDICT_DEAD},
	{404, "{\"code\":\"not_found\"}", OP_VERDICT_DEAD},
	{412, "{\"code\":\"version_conflict\"}", OP_VERDICT_CONFLICT},
	{409, "{\"code\":\"version_conflict\"}", OP_VERDICT_CONFLICT},
	{409, "{\"code\":\"out_of_order\",\"expected_seq\":3}",
		OP_VERDICT_RETRY},
	{409, "{\"code\":\"in_progress\"}", OP_VERDICT_RETRY},
	{409, "{\"code\":\"missing_blobs\",\"sha256\":[]}",
		OP_VERDICT_WAIT_BLOB},
	{424, "{\"code\":\"skipped\"}", OP_VERDICT_UNSENT},
	{429, "{\"code\":\"rate_limited\"}", OP_VERDICT_RETRY},
	{500, "{\"code\":\"internal\"}", OP_VERDICT_RETRY},
	{503, "{\"code\":\"unavailable\"}", OP_VERDICT_RETRY},
	/* A final code under a 5xx, a code that is not ours, no problem at
	 * all, a status without sense: nothing is learned. */
	{500, "{\"code\":\"invalid\"}", OP_VERDICT_RETRY},
	{422, "{\"code\":\"blocked_by_gateway\"}", OP_VERDICT_RETRY},
	{422, "{}", OP_VERDICT_RETRY},
	{404, "null", OP_VERDICT_RETRY},
	{204, "null", OP_VERDICT_RETRY},
	{0, "{\"code\":\"invalid\"}", OP_VERDICT_RETRY},
	{302, "{\"code\":\"invalid\"}", OP_VERDICT_RETRY},
};

static void test_items(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(item_table); i++) {
		g_autoptr(GPtrArray) ops = make_ops(1);
		g_autofree char *results = g_strdup_printf(
			"{\"op_id\":\"" ID(1) "\",\"status\":%d,"
					      "\"problem\":%s}",
			item_table[i].status, item_table[i].problem);
		struct batch_reply reply;

		g_test_message("%s", results);
		decode_results(results, ops, &reply);
		g_assert_cmpint(reply.answer.kind, ==, ANSWER_OK);
		g_assert_cmpint(
			reply.results[0].verdict, ==, item_table[i].verdict);
		g_assert_cmpint(
			reply.results[0].http, ==, item_table[i].status);
		batch_reply_clear(&reply);
	}
}

static void test_missing_blobs(void)
{
	g_autoptr(GPtrArray) ops = make_ops(1);
	g_autofree char *digest = digest_of(1);
	g_autofree char *results = g_strdup_printf(
		"{\"op_id\":\"" ID(1) "\",\"status\":409,\"problem\":{"
				      "\"code\":\"missing_blobs\",\"sha256\":["
				      "\"%s\",\"../../x\",7]}"
				      "}",
		digest);
	struct batch_reply reply;

	decode_results(results, ops, &reply);
	g_assert_cmpuint(reply.missing_blobs->len, ==, 1);
	g_assert_cmpstr(reply.missing_blobs->pdata[0], ==, digest);
	batch_reply_clear(&reply);
}

/* A receipt of other bytes: this was not our op. */
static void test_foreign_receipt(void)
{
	g_autoptr(GPtrArray) ops = make_ops(1);
	struct batch_reply reply;

	decode_results("{\"op_id\":\"" ID(
			       1) "\",\"status\":201,"
				  "\"receipt\":{\"request_sha256\":\"00\"}}",
		ops, &reply);
	g_assert_cmpint(reply.results[0].verdict, ==, OP_VERDICT_RETRY);
	g_assert_cmpstr(reply.results[0].code, ==, "receipt_mismatch");
	batch_reply_clear(&reply);
}

static void test_missing_extra_reordered(void)
{
	g_autoptr(GPtrArray) ops = make_ops(3);
	struct batch_reply reply;

	/* 3 before 1, 2 is missing, 9 nobody asked for, one without id. */
	decode_results(
		"{\"op_id\":\"" ID(
			3) "\",\"status\":201},"
			   "{\"op_id\":\"" ID(
				   9) "\",\"status\":201},"
				      "{\"status\":201},"
				      "{\"op_id\":\"" ID(
					      1) "\",\"status\":422,"
						 "\"problem\":{"
						 "\"code\":\"invalid\"}}",
		ops, &reply);
	g_assert_cmpint(reply.results[0].verdict, ==, OP_VERDICT_DEAD);
	g_assert_cmpint(reply.results[1].verdict, ==, OP_VERDICT_RETRY);
	g_assert_cmpstr(reply.results[1].code, ==, "no_result");
	g_assert_cmpint(reply.results[2].verdict, ==, OP_VERDICT_ACK);
	g_assert_cmpuint(reply.missing, ==, 1);
	g_assert_cmpuint(reply.extra, ==, 2);
	batch_reply_clear(&reply);
}

static void test_duplicated(void)
{
	g_autoptr(GPtrArray) ops = make_ops(2);
	struct batch_reply reply;

	/* 1 twice and the same: fine. 2 twice, acked and refused: unknown. */
	decode_results(
		"{\"op_id\":\"" ID(
			1) "\",\"status\":201},"
			   "{\"op_id\":\"" ID(
				   1) "\",\"status\":201},"
				      "{\"op_id\":\"" ID(
					      2) "\",\"status\":201},"
						 "{\"op_id\":\"" ID(
							 2) "\",\"status\":422,"
							    "\"problem\":{"
							    "\"code\":"
							    "\"invalid\"}}",
		ops, &reply);
	g_assert_cmpint(reply.results[0].verdict, ==, OP_VERDICT_ACK);
	g_assert_cmpint(reply.results[1].verdict, ==, OP_VERDICT_RETRY);
	g_assert_cmpuint(reply.contradictory, ==, 1);
	batch_reply_clear(&reply);
}

/* Whole replies that teach nothing: no results, so nothing can be acked or
 * parked by them. */
static const struct {
	const char *type;
	int status;
	const char *body;
	enum answer_kind kind;
} whole_table[] = {
	{"text/html", 200, "<html>log in</html>", ANSWER_FAULT},
	{"text/html", 207, "<html>log in</html>", ANSWER_FAULT},
	{"text/html", 302, "", ANSWER_FAULT},
	{"text/html", 403, "<html>blocked</html>", ANSWER_FAULT},
	{"text/html", 404, "<html>no such page</html>", ANSWER_FAULT},
	{"text/html", 422, "<html>no</html>", ANSWER_FAULT},
	{"text/html", 413, "<html>nginx</html>", ANSWER_TOO_LARGE},
	{"application/json", 200, "{\"results\":[]}", ANSWER_FAULT},
	{"application/json", 207, "", ANSWER_FAULT},
	{"application/json", 207, "{\"results\":[{\"op_i", ANSWER_FAULT},
	{"application/json", 207, "{\"results\":{}}", ANSWER_FAULT},
	{"application/json", 207, "[]", ANSWER_FAULT},
	{"application/json", 207, "{}", ANSWER_FAULT},
	{"application/json", 207, "{\"results\":[]} x", ANSWER_FAULT},
	{"application/json", 207, "\xc3\x28", ANSWER_FAULT},
	{"application/json", 422, "{\"code\":\"invalid\"}", ANSWER_FAULT},
	{"application/problem+json", 422, "{\"code\":\"invalid\"}",
		ANSWER_REFUSED},
	{"application/problem+json; charset=utf-8", 422,
		"{\"code\":\"invalid\"}", ANSWER_REFUSED},
	{"application/problem+jsonx", 422, "{\"code\":\"invalid\"}",
		ANSWER_FAULT},
	{"application/problem+json", 422, "{\"code\":\"who knows\"}",
		ANSWER_FAULT},
	{"application/problem+json", 413, "{\"code\":\"too_large\"}",
		ANSWER_TOO_LARGE},
	{"application/problem+json", 401, "{\"code\":\"unauthorized\"}",
		ANSWER_AUTH},
	{"text/html", 401, "", ANSWER_AUTH},
	{"application/problem+json", 403, "{\"code\":\"forbidden\"}",
		ANSWER_AUTH},
	{"application/problem+json", 429, "{}", ANSWER_BUSY},
	{"text/plain", 408, "", ANSWER_BUSY},
	{"text/plain", 425, "", ANSWER_BUSY},
	{"application/problem+json", 500, "{\"code\":\"invalid\"}",
		ANSWER_FAULT},
	{"text/html", 502, "<html>bad gateway</html>", ANSWER_FAULT},
	{"", 0, "", ANSWER_FAULT},
};

static void test_whole_replies(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(whole_table); i++) {
		g_autoptr(GPtrArray) ops = make_ops(2);
		struct batch_reply reply;

		g_test_message("%d %s %s", whole_table[i].status,
			whole_table[i].type, whole_table[i].body);
		decode(whole_table[i].type, whole_table[i].status,
			whole_table[i].body, ops, &reply);
		g_assert_cmpint(reply.answer.kind, ==, whole_table[i].kind);
		g_assert_cmpuint(reply.count, ==, 0);
		batch_reply_clear(&reply);
	}
}

static void test_deep_and_long(void)
{
	g_autoptr(GPtrArray) ops = make_ops(1);
	GString *deep = g_string_new("{\"results\":[");
	struct batch_reply reply;

	for (int i = 0; i < 100000; i++)
		g_string_append_c(deep, '[');
	decode("application/json", 207, deep->str, ops, &reply);
	g_assert_cmpint(reply.answer.kind, ==, ANSWER_FAULT);
	batch_reply_clear(&reply);
	/* A million results nobody asked for. */
	g_string_assign(deep, "{\"results\":[0");
	for (int i = 0; i < 300000; i++)
		g_string_append(deep, ",0");
	g_string_append(deep, "]}");
	decode("application/json", 207, deep->str, ops, &reply);
	g_assert_cmpint(reply.answer.kind, ==, ANSWER_OK);
	g_assert_cmpuint(reply.extra, ==, 300001);
	g_assert_cmpint(reply.results[0].verdict, ==, OP_VERDICT_RETRY);
	batch_reply_clear(&reply);
	g_string_free(deep, TRUE);
}

/* Every beginning of a good reply is a fault, never half an answer. */
static void test_every_truncation(void)
{
	g_autoptr(GPtrArray) ops = make_ops(2);
	const char *whole = "{\"results\":[{\"op_id\":\"" ID(
		1) "\",\"status\":201},{\"op_id\":\"" ID(2) "\",\"status\":201}"
							    "],\"server_"
							    "epoch\":\"e1\"}";

	for (size_t len = 0; len < strlen(whole); len++) {
		g_autofree char *part = g_strndup(whole, len);
		struct batch_reply reply;

		decode("application/json", 207, part, ops, &reply);
		g_assert_cmpint(reply.answer.kind, ==, ANSWER_FAULT);
		batch_reply_clear(&reply);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/batch/splices-bytes", test_splices_bytes);
	g_test_add_func(
		"/link/batch/damaged-body", test_damaged_body_is_not_sent);
	g_test_add_func("/link/batch/base-version", test_base_version);
	g_test_add_func("/link/batch/current", test_current);
	g_test_add_func("/link/batch/acks", test_acks);
	g_test_add_func("/link/batch/items", test_items);
	g_test_add_func("/link/batch/missing-blobs", test_missing_blobs);
	g_test_add_func("/link/batch/foreign-receipt", test_foreign_receipt);
	g_test_add_func("/link/batch/missing-extra-reordered",
		test_missing_extra_reordered);
	g_test_add_func("/link/batch/duplicated", test_duplicated);
	g_test_add_func("/link/batch/whole-replies", test_whole_replies);
	g_test_add_func("/link/batch/deep-and-long", test_deep_and_long);
	g_test_add_func("/link/batch/truncation", test_every_truncation);
	return g_test_run();
}
