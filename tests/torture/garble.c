/* F36: replies that are mutilated, for every decoder of the link. Whatever
 * comes, nothing crashes, and no op is acknowledged that was not asked for.
 * (With SANITIZE=1 the sanitizers look on.) */
#include <string.h>

#include "client/link/batch.h"
#include "client/link/calls.h"
#include "tests/torture/torture.h"

#define ID1  "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01"
#define ID2  "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a02"
#define HASH "2b6d4dd037c789d57b9b967b79314504661b6347509f11aa3f477c770d4890b9"
#define TAIL                                \
	"\"server_epoch\":\"e1-5c0f93aa\"," \
	"\"server_time\":\"2026-11-23T09:41:20+08:00\"}"

static const struct {
	int status;
	const char *text;
} replies[] = {
	{207, "{\"results\":[{\"op_id\":\"" ID1 "\",\"status\":201,"
	      "\"version\":\"1\",\"receipt\":{\"request_sha256\":\"" HASH
	      "\",\"server_time\":\"2026-11-23T09:41:20+08:00\"}},"
	      "{\"op_id\":\"" ID2 "\",\"status\":409,\"problem\":{\"code\":"
	      "\"missing_blobs\",\"status\":409,\"sha256\":[\"" HASH
	      "\"]}}]," TAIL},
	{200, "{\"rows\":[{\"seq\":1,\"entity\":\"ticket\",\"id\":\"" ID1
	      "\",\"version\":\"1\",\"deleted\":false,\"body\":{\"number\":"
	      "\"A001\",\"state\":\"waiting\"}}],\"next_cursor\":\"7631\","
	      "\"more\":true," TAIL},
	{200, "{\"max_ops\":200,\"max_bytes\":4194304,\"feeds\":[\"tickets\"]"
	      "," TAIL},
	{200, "{\"missing\":[\"" HASH "\"]," TAIL},
	{201, "{\"sha256\":\"" HASH "\",\"size\":7," TAIL},
	{201, "{\"block_id\":\"" ID1 "\",\"series\":\"case:03\",\"prefix\":"
	      "\"03-\",\"first\":1,\"last\":200," TAIL},
	{200, "{\"contiguous\":7,\"gaps\":[[9,9]],\"chain_head\":\"" HASH
	      "\",\"counts\":{\"ops\":8}," TAIL},
	{200, "{\"status\":\"up\"," TAIL},
	{422, "{\"type\":\"about:blank\",\"title\":\"x\",\"status\":422,"
	      "\"code\":\"invalid\",\"errors\":[]," TAIL},
};

static const char *const morsels[] = {"{", "}", "[", "]", "\"", ",", ":",
	"\\u0000", "\\ud800", "null", "true", "-0", "1e999", "-1e-999",
	"99999999999999999999", "\xff", "\xc0\x80", "\xed\xa0\x80", "\n", "//",
	"\"op_id\":1,", "\"status\":\"201\",", "\"results\":{},", "{}", "[]"};

/* Mutilating ------------------------------------------------------------ */

static void nest(GString *text, GRand *dice, size_t at)
{
	int depth = g_rand_int_range(dice, 1, 200);

	while (depth-- > 0)
		g_string_insert(text, (gssize)at,
			g_rand_boolean(dice) ? "[" : "{\"a\":");
}

static void mutilate_once(GString *text, GRand *dice)
{
	size_t at = (size_t)g_rand_int_range(dice, 0, (gint32)text->len + 1);
	size_t left = text->len - at;
	size_t len = left ? (size_t)g_rand_int_range(
				    dice, 0, (gint32)MIN(left, 40) + 1)
			  : 0;

	switch (g_rand_int_range(dice, 0, 7)) {
	case 0:
		if (left > 0)
			text->str[at] ^=
				(char)(1 << g_rand_int_range(dice, 0, 8));
		break;
	case 1:
		g_string_erase(text, (gssize)at, (gssize)len);
		break;
	case 2:
		g_string_insert_len(text, (gssize)at, "\0", 1);
		break;
	case 3: {
		g_autofree char *again = g_memdup2(text->str + at, len);

		g_string_insert_len(
			text, (gssize)at, again ? again : "", (gssize)len);
		break;
	}
	case 4:
		g_string_truncate(text, at);
		break;
	case 5:
		nest(text, dice, at);
		break;
	default:
		g_string_insert(text, (gssize)at,
			morsels[g_rand_int_range(
				dice, 0, G_N_ELEMENTS(morsels))]);
	}
}

/* Decoding -------------------------------------------------------------- */

static struct op *make_op(const char *op_id)
{
	struct op *op = g_new0(struct op, 1);

	g_strlcpy(op->op_id, op_id, sizeof(op->op_id));
	g_strlcpy(op->body_sha256, HASH, sizeof(op->body_sha256));
	return op;
}

static void decode_batch(
	struct trial *trial, const struct http_reply *http, GPtrArray *ops)
{
	struct batch_reply reply;

	batch_decode(http, ops, 1000, 0.5, &reply);
	for (size_t i = 0; i < reply.count; i++) {
		if (reply.results[i].verdict == OP_VERDICT_ACK &&
			reply.results[i].http != 200 &&
			reply.results[i].http != 201)
			trial_wrong(trial, "acknowledged by a %d",
				reply.results[i].http);
	}
	batch_reply_clear(&reply);
}

static void decode_calls(const struct http_reply *http, const GPtrArray *blobs)
{
	struct capabilities capabilities;
	struct number_block block;
	struct feed_page page;
	struct answer answer;
	GHashTable *missing = NULL;

	capabilities_decode(http, &answer, &capabilities);
	answer_clear(&answer);
	health_decode(http, &answer);
	answer_clear(&answer);
	blobs_missing_decode(http, blobs, &answer, &missing);
	answer_clear(&answer);
	g_clear_pointer(&missing, g_hash_table_unref);
	blob_put_decode(http, HASH, &answer);
	answer_clear(&answer);
	feed_decode(http, "7630", &answer, &page);
	answer_clear(&answer);
	block_decode(http, ID1, "case:03", 200, &answer, &block);
	answer_clear(&answer);
}

static GPtrArray *some_blobs(void)
{
	GPtrArray *blobs =
		g_ptr_array_new_with_free_func((GDestroyNotify)blob_free);
	struct blob *blob = g_new0(struct blob, 1);

	g_strlcpy(blob->sha256, HASH, sizeof(blob->sha256));
	g_ptr_array_add(blobs, blob);
	return blobs;
}

void fault_garbled(struct trial *trial)
{
	g_autoptr(GPtrArray) ops =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);
	g_autoptr(GPtrArray) blobs = some_blobs();
	GRand *dice = g_rand_new_with_seed(trial->seed);

	g_ptr_array_add(ops, make_op(ID1));
	g_ptr_array_add(ops, make_op(ID2));
	for (unsigned i = 0; i < trial->count; i++) {
		size_t which = i % G_N_ELEMENTS(replies);
		g_autoptr(GString) text = g_string_new(replies[which].text);
		int wounds = g_rand_int_range(dice, 1, 6);
		struct http_reply http = {
			.status = replies[which].status,
			.content_type = replies[which].status >= 400
						? "application/problem+json"
						: "application/json",
			.retry_after_ms = -1,
		};

		while (wounds-- > 0)
			mutilate_once(text, dice);
		http.data = text->str;
		http.len = text->len;
		decode_batch(trial, &http, ops);
		decode_calls(&http, blobs);
		trial->tally.faults++;
	}
	g_rand_free(dice);
}
