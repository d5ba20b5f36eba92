/* The smaller calls: what is asked, and which replies are believed. */
#include <string.h>

#include <glib.h>

#include "client/link/batch.h"
#include "client/link/calls.h"
#include "client/link/link.h"

#define UUID "01980000-0000-7000-8000-000000000001"

static const char hash_a[] =
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char hash_b[] =
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static struct http_reply reply_of(
	int status, const char *type, const char *body)
{
	return (struct http_reply){
		.status = status,
		.content_type = type,
		.data = body,
		.len = strlen(body),
		.retry_after_ms = -1,
	};
}

static struct http_reply good(const char *body)
{
	return reply_of(200, "application/json", body);
}

static struct http_reply refused(int status, const char *code)
{
	static const char *const bodies[] = {
		"{\"code\":\"cursor_expired\"}",
		"{\"code\":\"not_found\"}",
		"{\"code\":\"numbers_exhausted\"}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++)
		if (strstr(bodies[i], code))
			return reply_of(
				status, "application/problem+json", bodies[i]);
	g_assert_not_reached();
}

static void test_capabilities(void)
{
	struct http_reply reply =
		good("{\"max_ops\":50,\"max_bytes\":1000000}");
	struct capabilities limits;
	struct answer answer;

	g_assert_true(capabilities_decode(&reply, &answer, &limits));
	g_assert_cmpint(limits.max_ops, ==, 50);
	g_assert_cmpuint(limits.max_bytes, ==, 1000000);
	answer_clear(&answer);
	/* Limits without sense are brought into range. */
	reply = good("{\"max_ops\":0,\"max_bytes\":9007199254740991}");
	g_assert_true(capabilities_decode(&reply, &answer, &limits));
	g_assert_cmpint(limits.max_ops, ==, 1);
	g_assert_cmpuint(limits.max_bytes, ==, BATCH_MAX_BYTES);
	answer_clear(&answer);
	reply = reply_of(200, "text/html", "<html>");
	g_assert_false(capabilities_decode(&reply, &answer, &limits));
	g_assert_cmpint(answer.kind, ==, ANSWER_FAULT);
	answer_clear(&answer);
}

static void test_health(void)
{
	struct http_reply reply = good("{\"status\":\"up\"}");
	struct answer answer;

	g_assert_true(health_decode(&reply, &answer));
	answer_clear(&answer);
	reply = good("{\"status\":\"maintenance\"}");
	g_assert_false(health_decode(&reply, &answer));
	g_assert_cmpint(answer.kind, ==, ANSWER_FAULT);
	answer_clear(&answer);
}

static GPtrArray *two_blobs(void)
{
	GPtrArray *blobs =
		g_ptr_array_new_with_free_func((GDestroyNotify)blob_free);

	for (int i = 0; i < 2; i++) {
		struct blob *blob = g_new0(struct blob, 1);

		g_strlcpy(blob->sha256, i ? hash_b : hash_a, SHA256_TEXT);
		g_ptr_array_add(blobs, blob);
	}
	return blobs;
}

static void test_blobs_missing(void)
{
	g_autoptr(GPtrArray) blobs = two_blobs();
	g_autoptr(GBytes) request = blobs_missing_request(blobs);
	g_autofree char *wanted =
		g_strdup_printf("{\"sha256\":[\"%s\",\"%s\"]}", hash_a, hash_b);
	g_autofree char *body =
		g_strdup_printf("{\"missing\":[\"%s\"]}", hash_b);
	struct http_reply reply = good(body);
	g_autoptr(GHashTable) missing = NULL;
	struct answer answer;

	g_assert_cmpmem(g_bytes_get_data(request, NULL),
		g_bytes_get_size(request), wanted, strlen(wanted));
	g_assert_true(blobs_missing_decode(&reply, blobs, &answer, &missing));
	g_assert_false(g_hash_table_contains(missing, hash_a));
	g_assert_true(g_hash_table_contains(missing, hash_b));
	answer_clear(&answer);
}

/* A reply that is not about hashes must not read as "nothing is missing": the
 * blobs would count as stored. */
static void test_blobs_missing_nonsense(void)
{
	static const char *const bodies[] = {
		"{}",
		"{\"missing\":null}",
		"{\"missing\":{}}",
		"{\"missing\":[1]}",
		"{\"missing\":[\"abc\"]}",
		"{\"missing\":[\"x\",\"x\",\"x\"]}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(GPtrArray) blobs = two_blobs();
		g_autoptr(GHashTable) missing = NULL;
		struct http_reply reply = good(bodies[i]);
		struct answer answer;

		g_assert_false(
			blobs_missing_decode(&reply, blobs, &answer, &missing));
		g_assert_null(missing);
		g_assert_cmpint(answer.kind, ==, ANSWER_FAULT);
		answer_clear(&answer);
	}
}

static void test_blob_put(void)
{
	g_autofree char *path = blob_put_path(hash_a);
	g_autofree char *body = g_strdup_printf("{\"sha256\":\"%s\"}", hash_a);
	struct http_reply reply = reply_of(201, "application/json", body);
	struct answer answer;

	g_assert_true(g_str_has_prefix(path, "/v1/blobs/aaaa"));
	g_assert_true(blob_put_decode(&reply, hash_a, &answer));
	answer_clear(&answer);
	g_assert_false(blob_put_decode(&reply, hash_b, &answer));
	answer_clear(&answer);
	reply = reply_of(200, "text/html", "<html>");
	g_assert_false(blob_put_decode(&reply, hash_a, &answer));
	answer_clear(&answer);
	reply = good("{}");
	g_assert_false(blob_put_decode(&reply, hash_a, &answer));
	answer_clear(&answer);
	g_assert_cmpint(blob_put_total_ms(BLOB_MAX_BYTES), >, 60 * 60 * 1000);
}

static void test_feed_path(void)
{
	g_autofree char *first = feed_path("tickets", NULL, "03");
	g_autofree char *next = feed_path("cases", "a&b=c /#", NULL);

	g_assert_cmpstr(
		first, ==, "/v1/changes?feed=tickets&limit=500&window=03");
	g_assert_cmpstr(next, ==,
		"/v1/changes?feed=cases&limit=500&cursor=a%26b%3Dc%20%2F%23");
}

static void test_feed(void)
{
	struct http_reply reply =
		good("{\"rows\":[{\"seq\":1}],\"next_cursor\":\"c1\","
		     "\"more\":true}");
	struct feed_page page;
	struct answer answer;

	g_assert_true(feed_decode(&reply, NULL, &answer, &page));
	g_assert_cmpuint(json_length(page.rows), ==, 1);
	g_assert_cmpstr(page.next_cursor, ==, "c1");
	g_assert_true(page.more);
	answer_clear(&answer);
	/* "more" with the cursor we had would go on for ever. */
	g_assert_false(feed_decode(&reply, "c1", &answer, &page));
	g_assert_cmpint(answer.kind, ==, ANSWER_FAULT);
	answer_clear(&answer);
	reply = refused(410, "cursor_expired");
	g_assert_false(feed_decode(&reply, "c1", &answer, &page));
	g_assert_true(page.expired);
	answer_clear(&answer);
	/* A gateway's 410 is no reason to start from the beginning. */
	reply = reply_of(410, "text/html", "<html>gone</html>");
	g_assert_false(feed_decode(&reply, "c1", &answer, &page));
	g_assert_false(page.expired);
	answer_clear(&answer);
}

static void test_feed_nonsense(void)
{
	static const char *const bodies[] = {
		"{}",
		"{\"rows\":[],\"more\":false}",
		"{\"rows\":{},\"next_cursor\":\"c\"}",
		"{\"rows\":[1],\"next_cursor\":\"c\"}",
		"{\"rows\":[null],\"next_cursor\":\"c\"}",
		"{\"rows\":[],\"next_cursor\":7}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		struct http_reply reply = good(bodies[i]);
		struct feed_page page;
		struct answer answer;

		g_assert_false(feed_decode(&reply, NULL, &answer, &page));
		g_assert_false(page.expired);
		answer_clear(&answer);
	}
}

static bool decode_block(const char *body, struct number_block *block)
{
	struct http_reply reply = reply_of(201, "application/json", body);
	struct answer answer;
	bool good_block =
		block_decode(&reply, UUID, "case:03", 200, &answer, block);

	g_assert_cmpint(good_block, ==, answer.kind == ANSWER_OK);
	answer_clear(&answer);
	return good_block;
}

#define BLOCK(rest)             \
	"{\"block_id\":\"" UUID \
	"\",\"series\":\"case:03\",\"prefix\":\"03-\"," rest "}"

static void test_block(void)
{
	struct number_block block;
	g_autoptr(GBytes) request = block_request(UUID, "case:03", 200, "s");
	const char *wanted = "{\"block_id\":\"" UUID
			     "\",\"series\":\"case:03\",\"count\":200,"
			     "\"store_uuid\":\"s\"}";

	g_assert_cmpmem(g_bytes_get_data(request, NULL),
		g_bytes_get_size(request), wanted, strlen(wanted));
	g_assert_true(
		decode_block(BLOCK("\"first\":201,\"last\":400"), &block));
	g_assert_cmpint(block.first, ==, 201);
	g_assert_cmpint(block.next, ==, 201);
	g_assert_cmpint(block.last, ==, 400);
	g_assert_cmpstr(block.prefix, ==, "03-");
	/* Fewer than asked for is fine. */
	g_assert_true(
		decode_block(BLOCK("\"first\":9990,\"last\":9999"), &block));
	/* More, none, backwards, of someone else: not. */
	g_assert_false(decode_block(BLOCK("\"first\":1,\"last\":201"), &block));
	g_assert_false(decode_block(BLOCK("\"first\":0,\"last\":5"), &block));
	g_assert_false(decode_block(BLOCK("\"first\":5,\"last\":4"), &block));
	g_assert_false(decode_block(BLOCK("\"x\":1"), &block));
	g_assert_false(decode_block(
		"{\"block_id\":\"other\",\"series\":\"case:03\",\"first\":1,"
		"\"last\":2}",
		&block));
	g_assert_false(decode_block("{\"block_id\":\"" UUID
				    "\",\"series\":\"case:04\","
				    "\"first\":1,\"last\":2}",
		&block));
}

#define SUM "ab0c1f0f5e0c2b0d5d7b1c7e2f4a9d8c7b6a5f4e3d2c1b0a99887766554f3a6e"

static bool decode_digests(const char *body)
{
	struct http_reply reply = good(body);
	struct answer answer;
	bool fine = digests_decode(&reply, &answer) != NULL;

	g_assert_true(fine == (answer.kind == ANSWER_OK));
	answer_clear(&answer);
	return fine;
}

static void test_digests(void)
{
	g_autofree char *all = digests_path(UUID, NULL);
	g_autofree char *one = digests_path(UUID, "2026-11-23");

	g_assert_cmpstr(all, ==, "/v1/reconciliation/digests?store=" UUID);
	g_assert_true(g_str_has_suffix(one, UUID "&day=2026-11-23"));
	g_assert_true(decode_digests("{\"buckets\":[]}"));
	g_assert_true(decode_digests(
		"{\"buckets\":[{\"window\":\"03\",\"day\":\"2026-11-23\","
		"\"count\":2,\"xor\":\"" SUM "\"}]}"));
	g_assert_false(decode_digests("{}"));
	g_assert_false(decode_digests(
		"{\"buckets\":[{\"window\":\"03\",\"day\":\"2026-11-23\","
		"\"count\":-2,\"xor\":\"" SUM "\"}]}"));
	g_assert_false(decode_digests(
		"{\"buckets\":[{\"window\":\"03\",\"day\":\"2026-11-23\","
		"\"count\":2,\"xor\":\"abc\"}]}"));
	g_assert_false(decode_digests("{\"buckets\":[7]}"));
}

static bool decode_proof_page(const char *body, const char *cursor)
{
	struct http_reply reply = good(body);
	struct answer answer;
	struct proof_page page;
	bool fine = proof_page_decode(&reply, cursor, &answer, &page);

	answer_clear(&answer);
	return fine;
}

static void test_proof_page(void)
{
	g_autofree char *path = proof_page_path(UUID, "0 3", "2026-11-23", "7");

	g_assert_cmpstr(path, ==,
		"/v1/reconciliation/ops?store=" UUID
		"&window=0%203&day=2026-11-23&cursor=7");
	g_assert_true(decode_proof_page(
		"{\"rows\":[],\"next_cursor\":\"7\",\"more\":false}", "7"));
	g_assert_false(decode_proof_page(
		"{\"rows\":[],\"next_cursor\":\"7\",\"more\":true}", "7"));
	g_assert_false(decode_proof_page("{\"rows\":[]}", NULL));
	g_assert_false(decode_proof_page("{\"next_cursor\":\"7\"}", NULL));
}

static void test_times(void)
{
	g_assert_cmpint(
		answer_time("2026-11-23T09:41:20+08:00"), ==, 1795398080000);
	g_assert_cmpint(
		answer_time("2026-11-23T01:41:20.250Z"), ==, 1795398080250);
	g_assert_cmpint(answer_time("2026-11-23T09:41:20"), ==, -1);
	g_assert_cmpint(answer_time("yesterday"), ==, -1);
	g_assert_cmpint(answer_time(NULL), ==, -1);
}

static void test_crash_points(void)
{
	enum crash_point point;
	int count;

	g_assert_true(crash_point_parse("after-send:3", &point, &count));
	g_assert_cmpint(point, ==, CRASH_AFTER_SEND);
	g_assert_cmpint(count, ==, 3);
	g_assert_true(crash_point_parse("before-claim", &point, &count));
	g_assert_cmpint(count, ==, 1);
	g_assert_false(crash_point_parse("none", &point, &count));
	g_assert_false(crash_point_parse("somewhere:1", &point, &count));
	g_assert_false(crash_point_parse("after-send:0", &point, &count));
	g_assert_false(crash_point_parse("after-send:x", &point, &count));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/calls/capabilities", test_capabilities);
	g_test_add_func("/link/calls/health", test_health);
	g_test_add_func("/link/calls/blobs-missing", test_blobs_missing);
	g_test_add_func("/link/calls/blobs-missing-nonsense",
		test_blobs_missing_nonsense);
	g_test_add_func("/link/calls/blob-put", test_blob_put);
	g_test_add_func("/link/calls/feed-path", test_feed_path);
	g_test_add_func("/link/calls/feed", test_feed);
	g_test_add_func("/link/calls/feed-nonsense", test_feed_nonsense);
	g_test_add_func("/link/calls/block", test_block);
	g_test_add_func("/link/calls/digests", test_digests);
	g_test_add_func("/link/calls/proof-page", test_proof_page);
	g_test_add_func("/link/calls/times", test_times);
	g_test_add_func("/link/calls/crash-points", test_crash_points);
	return g_test_run();
}
