/* What the tests of the stand-in platform share: a state directory, requests
 * straight into the router, and a window that makes ops with a hash chain. */
#ifndef TESTS_UNIT_TEST_PLATFORM_H
#define TESTS_UNIT_TEST_PLATFORM_H

#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "client/base/clock.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "client/base/json.h"
#include "client/platform/handlers.h"
#include "client/platform/platform.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

struct fixture {
	char *dir;
	struct platform *platform;
	bool chaos;
};

static inline void fixture_open(struct fixture *f, bool is_restored)
{
	struct platform_options options = {
		.state_dir = f->dir,
		.token = TOKEN,
		.is_restored = is_restored,
		.chaos = f->chaos,
	};
	g_autoptr(GError) error = NULL;

	f->platform = platform_open(&options, &error);
	g_assert_no_error(error);
}

static inline void fixture_set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->dir = g_dir_make_tmp("yikou-platform-XXXXXX", NULL);
	fixture_open(f, false);
}

static inline void fixture_restart(struct fixture *f)
{
	platform_close(f->platform);
	fixture_open(f, false);
}

static inline void fixture_tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	platform_close(f->platform);
	file_remove_tree(f->dir);
	g_free(f->dir);
}

#define TEST(path, function)                                             \
	g_test_add(path, struct fixture, NULL, fixture_set_up, function, \
		fixture_tear_down)

/* One request with a token; "?a=b&c=d" in path is the query. */
static inline struct reply *ask_full(struct platform *platform,
	enum method method, const char *path, struct request *request)
{
	g_auto(GStrv) parts = g_strsplit(path, "?", 2);
	g_autoptr(GHashTable) query =
		parts[1] ? g_uri_parse_params(
				   parts[1], -1, "&", G_URI_PARAMS_NONE, NULL)
			 : NULL;
	struct reply *reply;

	request->method = method;
	request->path = parts[0];
	request->query = query;
	request->is_local = true;
	if (!request->authorization)
		request->authorization = "Bearer " TOKEN;
	if (!request->content_type)
		request->content_type = method == METHOD_PATCH
						? "application/merge-patch+json"
						: "application/json";
	reply = router_handle(platform, request);
	request_clear(request);
	return reply;
}

static inline const char *header_of(const struct reply *reply, const char *name)
{
	for (guint i = 0; reply->headers && i < reply->headers->len; i += 2) {
		if (strcmp(reply->headers->pdata[i], name) == 0)
			return reply->headers->pdata[i + 1];
	}
	return NULL;
}

/* The JSON of the reply, with "http" for its status and "etag". request holds
 * the headers. */
static inline struct json *ask_with(struct platform *platform,
	enum method method, const char *path, struct request *request,
	const char *body)
{
	request->body = body ? body : "";
	request->body_len = body ? strlen(body) : 0;
	AUTO(reply) reply = ask_full(platform, method, path, request);
	g_autoptr(GError) error = NULL;
	struct json *value = json_parse(reply->body ? reply->body : "{}",
		reply->body ? reply->len : 2, &error);

	g_assert_no_error(error);
	json_put_int(value, "http", reply->status);
	json_put_text(value, "etag", header_of(reply, "ETag"));
	return value;
}

static inline struct json *ask(struct platform *platform, enum method method,
	const char *path, const char *body)
{
	struct request request = {0};

	return ask_with(platform, method, path, &request, body);
}

/* POST with an Idempotency-Key and, for commands, If-Match. */
static inline struct json *command(struct platform *platform, const char *path,
	const char *key, const char *if_match, const char *body)
{
	struct request request = {.idempotency_key = key, .if_match = if_match};

	return ask_with(platform, METHOD_POST, path, &request, body);
}

static inline struct json *once(struct platform *platform, const char *path,
	const char *key, const char *body)
{
	return command(platform, path, key, NULL, body);
}

static inline struct json *put(struct platform *platform, const char *path,
	const char *if_match, const char *if_none_match, const char *body)
{
	struct request request = {
		.if_match = if_match, .if_none_match = if_none_match};

	return ask_with(platform, METHOD_PUT, path, &request, body);
}

static inline struct json *patch(struct platform *platform, const char *path,
	const char *if_match, const char *body)
{
	struct request request = {.if_match = if_match};

	return ask_with(platform, METHOD_PATCH, path, &request, body);
}

static inline struct json *get(struct platform *platform, const char *path)
{
	return ask(platform, METHOD_GET, path, NULL);
}

static inline struct json *post(
	struct platform *platform, const char *path, const char *body)
{
	return ask(platform, METHOD_POST, path, body);
}

#define assert_int(value, name, expected) \
	g_assert_cmpint(json_int_or(value, name, -1), ==, expected)
#define assert_text(value, name, expected) \
	g_assert_cmpstr(json_text(value, name), ==, expected)

/* A window ------------------------------------------------------------- */

struct window {
	char uuid[UUID_TEXT];
	const char *number;
	int64_t seq;
	char head[SHA256_TEXT];
	GString *ops;          /* of the batch in hand */
	char op_id[UUID_TEXT]; /* of the last op */
};

static inline void window_open(struct window *w, const char *number)
{
	g_autofree char *genesis = NULL;

	uuid7(w->uuid);
	w->number = number;
	w->seq = 0;
	genesis = g_strconcat("yikou-outbox-1 ", w->uuid, NULL);
	sha256_text(genesis, strlen(genesis), w->head);
	w->ops = g_string_new(NULL);
}

static inline void window_close(struct window *w)
{
	g_string_free(w->ops, TRUE);
}

static inline void chain(
	struct window *w, const char *body_sha256, char hash[SHA256_TEXT])
{
	uint8_t bytes[SHA256_LEN];
	uint64_t seq = GUINT64_TO_BE((uint64_t)w->seq);
	struct sha256_state *state = sha256_new();
	g_autofree char *hex = NULL;
	size_t len;

	hex_decode(w->head, bytes, sizeof(bytes), &len);
	sha256_add(state, bytes, sizeof(bytes));
	sha256_add(state, &seq, sizeof(seq));
	sha256_add(state, w->op_id, strlen(w->op_id));
	hex_decode(body_sha256, bytes, sizeof(bytes), &len);
	sha256_add(state, bytes, sizeof(bytes));
	sha256_end(state, bytes);
	hex = hex_encode(bytes, sizeof(bytes));
	g_strlcpy(hash, hex, SHA256_TEXT);
}

/* Adds an op to the batch in hand; body is the exact text. */
static inline void add_op(struct window *w, const char *agg, const char *agg_id,
	int agg_seq, const char *kind, const char *body)
{
	char digest[SHA256_TEXT], hash[SHA256_TEXT];

	uuid7(w->op_id);
	w->seq++;
	sha256_text(body, strlen(body), digest);
	chain(w, digest, hash);
	g_string_append_printf(w->ops,
		"%s{\"op_id\":\"%s\",\"store_seq\":%" G_GINT64_FORMAT
		",\"agg\":\"%s\",\"agg_id\":\"%s\",\"agg_seq\":%d,"
		"\"kind\":\"%s\",\"base_version\":null,\"sha256\":\"%s\","
		"\"prev_hash\":\"%s\",\"hash\":\"%s\","
		"\"actor\":{\"staff\":\"1003\",\"window\":\"%s\"},"
		"\"time\":{\"wall\":\"2026-11-23T09:41:20+08:00\"},"
		"\"body\":%s}",
		w->ops->len ? "," : "", w->op_id, w->seq, agg, agg_id, agg_seq,
		kind, digest, w->head, hash, w->number, body);
	g_strlcpy(w->head, hash, sizeof(w->head));
}

static inline char *batch_text(struct window *w)
{
	return g_strdup_printf(
		"{\"store\":{\"uuid\":\"%s\",\"epoch\":1},\"ops\":[%s]}",
		w->uuid, w->ops->str);
}

/* Sends the batch in hand and begins a new one. *text may be NULL. */
static inline struct json *push(
	struct platform *platform, struct window *w, char **text)
{
	g_autofree char *batch = batch_text(w);
	struct json *reply = post(platform, "/v1/ops:batch", batch);

	g_string_truncate(w->ops, 0);
	if (text)
		*text = g_steal_pointer(&batch);
	return reply;
}

static inline const struct json *result_at(
	const struct json *reply, unsigned index)
{
	const struct json *result = json_first(json_get(reply, "results"));

	g_assert_cmpint(json_int_or(reply, "http", 0), ==, 207);
	while (result && index-- > 0)
		result = json_next(result);
	g_assert_nonnull(result);
	return result;
}

#define assert_result(reply, index, wanted) \
	g_assert_cmpint(                    \
		json_int_or(result_at(reply, index), "status", 0), ==, wanted)
#define assert_refused(reply, index, wanted, code_wanted)                   \
	do {                                                                \
		assert_result(reply, index, wanted);                        \
		g_assert_cmpstr(json_text(json_get(result_at(reply, index), \
						  "problem"),               \
					"code"),                            \
			==, code_wanted);                                   \
	} while (0)

static inline char *ticket_act(const char *ticket_id, const char *window)
{
	return g_strdup_printf(
		"{\"ticket_id\":\"%s\",\"number\":\"A018\",\"window\":\"%s\","
		"\"staff_no\":\"1003\",\"reason\":\"\",\"target\":\"\","
		"\"at\":\"2026-11-23T09:41:20+08:00\"}",
		ticket_id, window);
}

static inline void add_ticket_op(
	struct window *w, const char *ticket_id, int agg_seq, const char *kind)
{
	g_autofree char *body = ticket_act(ticket_id, w->number);

	add_op(w, "ticket", ticket_id, agg_seq, kind, body);
}

#define ITEM_CODE "11410185DEM000022Y4410790101000"

/* material is a JSON array text. */
static inline char *case_accept(const char *case_id, int serial,
	const char *window, const char *name, const char *materials)
{
	return g_strdup_printf(
		"{\"case_id\":\"%s\",\"case_no\":\"20261123-%s-%04d\","
		"\"full_no\":\"" ITEM_CODE "20261123%s%04d\","
		"\"state\":\"accepted\",\"item\":{\"code\":\"" ITEM_CODE
		"\",\"name\":\"个体工商户设立登记\",\"version\":\"2026.11\"},"
		"\"ticket_id\":\"\",\"applicant\":{\"name\":\"%s\","
		"\"id_type\":\"111\",\"id_number\":\"410199199010010021\"},"
		"\"form\":{},\"materials\":%s,"
		"\"decision\":{\"event\":\"accept\",\"reason\":\"\"},"
		"\"documents\":[],\"received_at\":\"2026-11-23T09:41:20+08:"
		"00\","
		"\"accepted_at\":\"2026-11-23T09:41:20+08:00\","
		"\"promised_due\":\"2026-11-24\",\"statutory_due\":\"\","
		"\"query_password\":\"123456\","
		"\"clerk\":{\"staff_no\":\"1003\",\"name\":\"甄示例\"},"
		"\"window\":\"%s\"}",
		case_id, window, serial, window, serial, name, materials,
		window);
}

static inline struct json *lease(struct platform *platform,
	const char *store_uuid, const char *block_id, const char *series,
	int count)
{
	g_autofree char *body = g_strdup_printf(
		"{\"block_id\":\"%s\",\"series\":\"%s\",\"count\":%d,"
		"\"store_uuid\":\"%s\"}",
		block_id, series, count, store_uuid);

	return post(platform, "/v1/number-blocks", body);
}

static inline void lease_fresh(
	struct platform *platform, const struct window *w, const char *series)
{
	char block_id[UUID_TEXT];
	AUTO(json) reply = NULL;

	uuid7(block_id);
	reply = lease(platform, w->uuid, block_id, series, 200);
	assert_int(reply, "http", 201);
}

/* Uploads without HTTP: the spool file is made here. */
static inline int upload(struct platform *platform, const char *content,
	char sha256[SHA256_TEXT], const char *claimed)
{
	g_autofree char *path = platform_spool_path(platform);
	g_autofree char *url = NULL;
	struct request request = {
		.file = path,
		.file_size = (int64_t)strlen(content),
		.file_sha256 = sha256,
		.content_type = "image/jpeg",
	};
	AUTO(reply) reply = NULL;

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
	sha256_text(content, strlen(content), sha256);
	url = g_strconcat("/v1/blobs/", claimed ? claimed : sha256, NULL);
	reply = ask_full(platform, METHOD_PUT, url, &request);
	g_unlink(path);
	return reply->status;
}

#endif
