/* Builders and readers of everything but the batch.
 *
 *   POST /v1/blobs:missing  {"sha256":["ab.."]}     {"missing":["ab.."]}
 *   PUT  /v1/blobs/ab..     bytes                   {"sha256":"ab.."}
 *   GET  /v1/changes?feed=tickets&limit=500&window=03&cursor=c17
 *        {"rows":[{"seq":18,...}],"next_cursor":"c18","more":false}
 *   POST /v1/number-blocks  {"block_id":"..","series":"case:03","count":200}
 *        {"block_id":"..","series":"case:03","prefix":"03-","first":1,
 *         "last":200}
 *   GET  /v1/stores/UUID    {"epoch":1,"last":{"store_seq":17,"hash":".."}}
 *   GET  /v1/reconciliation/digests?store=UUID
 *        {"buckets":[{"window":"03","day":"..","count":2,"xor":"ab.."}]}
 *   GET  /v1/reconciliation/ops?store=UUID&window=03&day=2026-11-23
 *        {"rows":[{"op_id":"..","hash":".."}],"next_cursor":"17","more":false}
 */
#include "client/link/calls.h"

#include <string.h>

#include "client/base/error.h"
#include "client/link/batch.h"

static GBytes *to_bytes(struct json *take)
{
	char *text = json_print(take);

	json_free(take);
	return g_bytes_new_take(text, strlen(text));
}

static bool spoil(struct answer *answer, const char *why)
{
	answer_spoil(answer, why);
	return false;
}

/* Health, capabilities ------------------------------------------------------
 */

bool capabilities_decode(const struct http_reply *reply, struct answer *answer,
	struct capabilities *out)
{
	int64_t ops, bytes;

	answer_read(reply, 200, 0, answer);
	if (answer->kind != ANSWER_OK)
		return false;
	ops = json_int_or(answer->body, "max_ops", BATCH_MAX_OPS);
	bytes = json_int_or(answer->body, "max_bytes", BATCH_MAX_BYTES);
	out->tus = false;
	json_each (feature, json_get(answer->body, "features"))
		out->tus |= g_strcmp0(json_as_text(feature), "tus-1.0") == 0;
	out->max_ops = (int)CLAMP(ops, 1, BATCH_MAX_OPS);
	out->max_bytes = (size_t)CLAMP(bytes, BATCH_MIN_BYTES, BATCH_MAX_BYTES);
	return true;
}

bool health_decode(const struct http_reply *reply, struct answer *answer)
{
	const char *status;

	answer_read(reply, 200, 0, answer);
	if (answer->kind != ANSWER_OK)
		return false;
	status = json_text(answer->body, "status");
	if (!status || strcmp(status, "up") != 0)
		return spoil(answer, "platform says it is not up");
	return true;
}

/* Blobs -------------------------------------------------------------------- */

GBytes *blobs_missing_request(const GPtrArray *blobs)
{
	struct json *request = json_new_object();
	struct json *hashes = json_new_array();

	for (unsigned i = 0; i < blobs->len; i++) {
		struct blob *blob = blobs->pdata[i];

		json_add_text(hashes, blob->sha256);
	}
	json_put(request, "sha256", hashes);
	return to_bytes(request);
}

bool blobs_missing_decode(const struct http_reply *reply,
	const GPtrArray *blobs, struct answer *answer, GHashTable **missing)
{
	const struct json *hashes;

	answer_read(reply, 200, 0, answer);
	if (answer->kind != ANSWER_OK)
		return false;
	hashes = json_get(answer->body, "missing");
	if (!json_is_array(hashes) || json_length(hashes) > blobs->len)
		return spoil(answer, "reply without missing");
	*missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	json_each (hash, hashes) {
		const char *text = json_as_text(hash);

		if (text && sha256_is_valid(text)) {
			g_hash_table_add(*missing, g_strdup(text));
			continue;
		}
		g_clear_pointer(missing, g_hash_table_unref);
		return spoil(answer, "missing holds no hashes");
	}
	return true;
}

char *blob_put_path(const char *sha256)
{
	return g_strconcat("/v1/blobs/", sha256, NULL);
}

bool blob_put_decode(const struct http_reply *reply, const char *sha256,
	struct answer *answer)
{
	const char *stored;

	answer_read(reply, 201, 200, answer);
	if (answer->kind != ANSWER_OK)
		return false;
	stored = json_text(answer->body, "sha256");
	if (!stored || strcmp(stored, sha256) != 0)
		return spoil(answer, "platform names another blob");
	return true;
}

int blob_put_total_ms(int64_t size)
{
	return HTTP_TOTAL_MS + (int)(size / 16);
}

/* Feeds -------------------------------------------------------------------- */

char *feed_path(const char *feed, const char *cursor, const char *window)
{
	GString *path = g_string_new(NULL);

	g_string_printf(
		path, "/v1/changes?feed=%s&limit=%d", feed, FEED_MAX_ROWS);
	if (window) {
		g_autofree char *text = g_uri_escape_string(window, NULL, 0);

		g_string_append_printf(path, "&window=%s", text);
	}
	if (cursor && *cursor) {
		g_autofree char *text = g_uri_escape_string(cursor, NULL, 0);

		g_string_append_printf(path, "&cursor=%s", text);
	}
	return g_string_free(path, FALSE);
}

static bool rows_are_sane(const struct json *rows)
{
	if (!json_is_array(rows) || json_length(rows) > FEED_MAX_ROWS)
		return false;
	json_each (row, rows) {
		if (!json_is_object(row))
			return false;
	}
	return true;
}

bool feed_decode(const struct http_reply *reply, const char *cursor,
	struct answer *answer, struct feed_page *page)
{
	*page = (struct feed_page){0};
	answer_read(reply, 200, 0, answer);
	if (answer->kind != ANSWER_OK) {
		page->expired =
			answer->http == 410 && answer->code &&
			strcmp(answer->code->code, "cursor_expired") == 0;
		return false;
	}
	page->rows = json_get(answer->body, "rows");
	page->next_cursor = json_text(answer->body, "next_cursor");
	page->more = json_bool_or(answer->body, "more", false);
	if (!rows_are_sane(page->rows))
		return spoil(answer, "page without rows");
	if (!page->next_cursor || strlen(page->next_cursor) > CURSOR_MAX)
		return spoil(answer, "page without next_cursor");
	if (page->more && cursor && strcmp(cursor, page->next_cursor) == 0)
		return spoil(answer, "the cursor does not move");
	return true;
}

/* Numbers ------------------------------------------------------------------ */

GBytes *block_request(const char *block_id, const char *series, int count,
	const char *store_uuid)
{
	struct json *request = json_new_object();

	json_put_text(request, "block_id", block_id);
	json_put_text(request, "series", series);
	json_put_int(request, "count", count);
	json_put_text(request, "store_uuid", store_uuid);
	return to_bytes(request);
}

static bool same(const struct json *body, const char *name, const char *text)
{
	const char *other = json_text(body, name);

	return other && strcmp(other, text) == 0;
}

bool block_decode(const struct http_reply *reply, const char *block_id,
	const char *series, int count, struct answer *answer,
	struct number_block *block)
{
	const char *prefix;

	answer_read(reply, 201, 200, answer);
	if (answer->kind != ANSWER_OK)
		return false;
	*block = (struct number_block){0};
	prefix = json_text_or(answer->body, "prefix", "");
	block->first = json_int_or(answer->body, "first", 0);
	block->last = json_int_or(answer->body, "last", -1);
	block->next = block->first;
	if (!same(answer->body, "block_id", block_id) ||
		!same(answer->body, "series", series))
		return spoil(answer, "another block than asked for");
	if (block->first < 1 || block->last < block->first ||
		block->last - block->first >= count ||
		strlen(prefix) >= sizeof(block->prefix) ||
		strlen(series) >= sizeof(block->series))
		return spoil(answer, "a block that makes no sense");
	g_strlcpy(block->block_id, block_id, sizeof(block->block_id));
	g_strlcpy(block->series, series, sizeof(block->series));
	g_strlcpy(block->prefix, prefix, sizeof(block->prefix));
	return true;
}

GBytes *block_claim_request(
	const struct number_block *block, const char *store_uuid)
{
	struct json *request = json_new_object();

	json_put_text(request, "block_id", block->block_id);
	json_put_text(request, "series", block->series);
	json_put_int(request, "count", block->last - block->first + 1);
	json_put_text(request, "store_uuid", store_uuid);
	json_put_int(request, "first", block->first);
	json_put_int(request, "last", block->last);
	return to_bytes(request);
}

/* Reconciliation ----------------------------------------------------------- */

char *store_path(const char *store_uuid)
{
	return g_strconcat("/v1/stores/", store_uuid, NULL);
}

bool store_decode(const struct http_reply *reply, struct answer *answer,
	struct store_state *state)
{
	const struct json *last;
	const char *hash;

	*state = (struct store_state){0};
	answer_read(reply, 200, 0, answer);
	if (answer->kind == ANSWER_REFUSED && answer->http == 404)
		return true;
	if (answer->kind != ANSWER_OK)
		return false;
	last = json_get(answer->body, "last");
	if (!last)
		return true;
	hash = json_text(last, "hash");
	state->epoch = json_int_or(answer->body, "epoch", 0);
	state->store_seq = json_int_or(last, "store_seq", 0);
	if (state->epoch < 1 || state->store_seq < 1 || !hash ||
		!sha256_is_valid(hash))
		return spoil(answer, "a last op that makes no sense");
	g_strlcpy(state->hash, hash, sizeof(state->hash));
	return true;
}

static void add_query(GString *path, const char *name, const char *value)
{
	g_autofree char *text = g_uri_escape_string(value, NULL, 0);

	g_string_append_printf(path, "&%s=%s", name, text);
}

char *digests_path(const char *store_uuid, const char *day)
{
	GString *path = g_string_new(NULL);

	g_string_printf(
		path, "/v1/reconciliation/digests?store=%s", store_uuid);
	if (day)
		add_query(path, "day", day);
	return g_string_free(path, FALSE);
}

const struct json *digests_decode(
	const struct http_reply *reply, struct answer *answer)
{
	const struct json *buckets;

	answer_read(reply, 200, 0, answer);
	if (answer->kind != ANSWER_OK)
		return NULL;
	buckets = json_get(answer->body, "buckets");
	if (!json_is_array(buckets)) {
		spoil(answer, "reply without buckets");
		return NULL;
	}
	json_each (bucket, buckets) {
		const char *sum = json_text(bucket, "xor");

		if (sum && sha256_is_valid(sum) &&
			json_int_or(bucket, "count", -1) >= 0 &&
			json_text(bucket, "window") && json_text(bucket, "day"))
			continue;
		spoil(answer, "a bucket that makes no sense");
		return NULL;
	}
	return buckets;
}

char *proof_page_path(const char *store_uuid, const char *window,
	const char *day, const char *cursor)
{
	GString *path = g_string_new(NULL);

	g_string_printf(path, "/v1/reconciliation/ops?store=%s", store_uuid);
	add_query(path, "window", window);
	add_query(path, "day", day);
	if (cursor && *cursor)
		add_query(path, "cursor", cursor);
	return g_string_free(path, FALSE);
}

bool proof_page_decode(const struct http_reply *reply, const char *cursor,
	struct answer *answer, struct proof_page *page)
{
	*page = (struct proof_page){0};
	answer_read(reply, 200, 0, answer);
	if (answer->kind != ANSWER_OK)
		return false;
	page->rows = json_get(answer->body, "rows");
	page->next_cursor = json_text(answer->body, "next_cursor");
	page->more = json_bool_or(answer->body, "more", false);
	if (!json_is_array(page->rows) ||
		json_length(page->rows) > PROOF_MAX_ROWS)
		return spoil(answer, "page without rows");
	if (!page->next_cursor || strlen(page->next_cursor) > CURSOR_MAX)
		return spoil(answer, "page without next_cursor");
	if (page->more && cursor && strcmp(cursor, page->next_cursor) == 0)
		return spoil(answer, "the cursor does not move");
	return true;
}
