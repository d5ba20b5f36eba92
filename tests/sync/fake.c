/* The misbehaving platform: a small HTTP/1.1 server on a GLib socket service.
 * Not a model of good server code: it is as simple as the tests allow. */
#include "tests/sync/fake.h"

#include <string.h>

#include <gio/gio.h>

#include "client/base/clock.h"
#include "client/base/id.h"
#include "client/base/json.h"

enum { READ_CHUNK = 65536, HUGE_BYTES = 20 * 1024 * 1024 };

struct script {
	char *path, *text;
	unsigned count;
	enum fake_fault fault;
	int arg;
};

struct applied {
	char *digest; /* of the raw bytes */
	char *agg_id, *hash, *window, *day;
	int64_t agg_seq, store_seq;
	unsigned times;
};

struct row {
	char *feed, *entity, *id, *body;
	int64_t seq;
};

struct block {
	char *series;
	int64_t first, last;
};

struct fake {
	GSocketService *service;
	guint16 port;
	char *token;
	struct fake_habits habits;
	GPtrArray *scripts, *requests, *rows, *order_of_ops, *connections;
	GHashTable *ops;     /* op_id -> struct applied */
	GHashTable *applied; /* agg_id -> seq */
	GHashTable *blobs;   /* sha256 set */
	GHashTable *blocks;  /* block_id -> struct block */
	GHashTable *next;    /* series -> next number */
	GString *order;
	int64_t cursor_age;
	unsigned replays, changed_bytes, wrong_digests, blob_puts;
	unsigned block_requests, without_token, largest_batch;
};

struct connection {
	struct fake *fake;
	GSocketConnection *stream;
	GByteArray *in;
	GSource *source;
};

struct message {
	const char *method, *path, *query, *target; /* target: both */
	char *authorization;
	const char *body;
	size_t len;
};

/* Scripts --------------------------------------------------------------------
 */

static void script_free(void *data)
{
	struct script *script = data;

	g_free(script->path);
	g_free(script->text);
	g_free(script);
}

void fake_script(struct fake *fake, const char *path, unsigned count,
	enum fake_fault fault, int arg, const char *text)
{
	struct script *script = g_new0(struct script, 1);

	script->path = g_strdup(path);
	script->text = g_strdup(text);
	script->count = count;
	script->fault = fault;
	script->arg = arg;
	g_ptr_array_add(fake->scripts, script);
}

static struct script *script_for(struct fake *fake, const char *path)
{
	for (unsigned i = 0; i < fake->scripts->len; i++) {
		struct script *script = fake->scripts->pdata[i];

		if (script->count > 0 && g_str_has_prefix(path, script->path))
			return script;
	}
	return NULL;
}

struct fake_habits *fake_habits(struct fake *fake)
{
	return &fake->habits;
}

/* Replies --------------------------------------------------------------------
 */

static void send_bytes(
	struct connection *connection, const char *data, size_t len)
{
	GOutputStream *out =
		g_io_stream_get_output_stream(G_IO_STREAM(connection->stream));

	g_output_stream_write_all(out, data, len, NULL, NULL, NULL);
}

static const char *reason_type(int status)
{
	return status >= 400 ? "application/problem+json" : "application/json";
}

static GString *format_reply(
	int status, const char *type, const char *body, size_t len)
{
	GString *out = g_string_new(NULL);

	g_string_printf(out,
		"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		"\r\n",
		status, type, len);
	g_string_append_len(out, body, (gssize)len);
	return out;
}

static void stamp(struct fake *fake, struct json *body)
{
	g_autoptr(GDateTime) now = NULL;
	g_autofree char *text = NULL;
	int64_t ms = clock_wall_ms() + fake->habits.time_shift_ms;
	g_autoptr(GDateTime) base = g_date_time_new_from_unix_utc(ms / 1000);

	now = g_date_time_add(base, (ms % 1000) * 1000);
	text = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S.%f+00:00");
	json_put_text(body, "server_epoch", fake->habits.epoch);
	json_put_text(body, "server_time", text);
}

static struct json *problem(int status, const char *code)
{
	struct json *body = json_new_object();

	json_put_text(body, "type", "about:blank");
	json_put_int(body, "status", status);
	json_put_text(body, "code", code);
	return body;
}

/* Batch ----------------------------------------------------------------------
 */

/* The length of the JSON value at text. */
static size_t value_len(const char *text)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; text[i]; i++) {
		if (quoted) {
			if (text[i] == '\\')
				i++;
			else if (text[i] == '"')
				quoted = false;
		} else if (text[i] == '"') {
			quoted = true;
		} else if (text[i] == '{' || text[i] == '[') {
			depth++;
		} else if (text[i] == '}' || text[i] == ']') {
			if (--depth == 0)
				return i + 1;
		}
	}
	return 0;
}

/* Digest of the raw bytes of the op's body within the request. */
static char *raw_digest(const char *request, const char *op_id)
{
	g_autofree char *mark = g_strdup_printf("\"op_id\":\"%s\"", op_id);
	const char *at = strstr(request, mark);
	char digest[SHA256_TEXT];

	at = at ? strstr(at, ",\"body\":") : NULL;
	if (!at)
		return g_strdup("");
	at += strlen(",\"body\":");
	sha256_text(at, value_len(at), digest);
	return g_strdup(digest);
}

static bool blobs_are_there(
	struct fake *fake, const struct json *value, struct json *missing)
{
	const char *hash = json_text(value, "sha256");
	bool all = true;

	if (hash && sha256_is_valid(hash) &&
		(fake->habits.forget_blobs ||
			!g_hash_table_contains(fake->blobs, hash))) {
		json_add_text(missing, hash);
		all = false;
	}
	json_each (member, value) {
		if (json_is_object(member) || json_is_array(member))
			all &= blobs_are_there(fake, member, missing);
	}
	return all;
}

static void put_receipt(struct fake *fake, struct json *result,
	const char *digest, const char *version)
{
	struct json *receipt = json_new_object();

	json_put_text(receipt, "request_sha256",
		fake->habits.wrong_receipt ? "00" : digest);
	json_put(result, "receipt", receipt);
	json_put_text(result, "version", version);
}

static void refuse(struct json *result, int status, struct json *take_problem)
{
	json_put_int(result, "status", status);
	json_put(result, "problem", take_problem);
}

static void apply(struct fake *fake, const struct json *op, char *take_digest)
{
	const char *op_id = json_text(op, "op_id");
	struct applied *applied = g_new0(struct applied, 1);

	applied->digest = take_digest;
	applied->agg_id = g_strdup(json_text(op, "agg_id"));
	applied->agg_seq = json_int_or(op, "agg_seq", 0);
	applied->store_seq = json_int_or(op, "store_seq", 0);
	applied->hash = g_strdup(json_text(op, "hash"));
	applied->window = g_strdup(json_text(json_get(op, "actor"), "window"));
	applied->day = g_strndup(json_text(json_get(op, "time"), "wall"), 10);
	applied->times = 1;
	g_hash_table_insert(fake->ops, g_strdup(op_id), applied);
	g_hash_table_insert(fake->applied, g_strdup(applied->agg_id),
		GINT_TO_POINTER((int)applied->agg_seq));
	g_ptr_array_add(fake->order_of_ops, g_strdup(op_id));
	if (fake->order->len > 0)
		g_string_append_c(fake->order, ',');
	g_string_append(fake->order, json_text(op, "kind"));
}

static struct json *replay(struct fake *fake, struct json *result,
	const char *digest, const struct applied *before)
{
	if (strcmp(before->digest, digest) != 0) {
		fake->changed_bytes++;
		refuse(result, 422, problem(422, "digest_mismatch"));
		return result;
	}
	fake->replays++;
	json_put_int(result, "status", 200);
	json_put_bool(result, "replay", true);
	put_receipt(fake, result, digest, "1");
	return result;
}

static struct json *take_op(
	struct fake *fake, const struct json *op, const char *request)
{
	const char *op_id = json_text(op, "op_id");
	const char *agg_id = json_text(op, "agg_id");
	const char *kind = json_text(op, "kind");
	g_autofree char *digest = raw_digest(request, op_id);
	struct applied *before = g_hash_table_lookup(fake->ops, op_id);
	struct json *result = json_new_object();
	AUTO(json) missing = json_new_array();
	int64_t seq = json_int_or(op, "agg_seq", 0);
	int64_t done =
		GPOINTER_TO_INT(g_hash_table_lookup(fake->applied, agg_id));

	json_put_text(result, "op_id", op_id);
	if (strcmp(digest, json_text_or(op, "sha256", "")) != 0)
		fake->wrong_digests++;
	if (before)
		return replay(fake, result, digest, before);
	if (fake->habits.refuse_kind &&
		strcmp(kind, fake->habits.refuse_kind) == 0) {
		refuse(result, fake->habits.refuse_status,
			problem(fake->habits.refuse_status,
				fake->habits.refuse_code));
		return result;
	}
	if (seq != done + 1) {
		struct json *order = problem(409, "out_of_order");

		json_put_int(order, "expected_seq", done + 1);
		refuse(result, 409, order);
		return result;
	}
	if (!fake->habits.ignore_blobs &&
		!blobs_are_there(fake, json_get(op, "body"), missing)) {
		struct json *blobs = problem(409, "missing_blobs");

		json_put(blobs, "sha256", json_copy(missing));
		refuse(result, 409, blobs);
		return result;
	}
	json_put_int(result, "status", 201);
	put_receipt(fake, result, digest, "1");
	apply(fake, op, g_steal_pointer(&digest));
	return result;
}

static struct json *handle_batch(
	struct fake *fake, const struct message *message, int *status)
{
	AUTO(json) request = json_parse(message->body, message->len, NULL);
	g_autofree char *text = g_strndup(message->body, message->len);
	struct json *reply = json_new_object();
	struct json *results = json_new_array();
	const struct json *ops = json_get(request, "ops");
	unsigned count = (unsigned)json_length(ops);

	json_put(reply, "results", results);
	*status = 207;
	if (!request ||
		(fake->habits.max_ops && count > fake->habits.max_ops)) {
		json_free(reply);
		*status = request ? 413 : 400;
		return problem(*status, request ? "too_large" : "malformed");
	}
	fake->largest_batch = MAX(fake->largest_batch, count);
	json_each (op, ops) {
		json_add(results, take_op(fake, op, text));
	}
	return reply;
}

/* The other routes
 * ------------------------------------------------------------- */

static struct json *handle_missing(
	struct fake *fake, const struct message *message)
{
	AUTO(json) request = json_parse(message->body, message->len, NULL);
	struct json *reply = json_new_object();
	struct json *missing = json_new_array();

	json_each (hash, json_get(request, "sha256")) {
		const char *text = json_as_text(hash);

		if (text && !g_hash_table_contains(fake->blobs, text))
			json_add_text(missing, text);
	}
	json_put(reply, "missing", missing);
	return reply;
}

static struct json *handle_put(
	struct fake *fake, const struct message *message, int *status)
{
	const char *hash = message->path + strlen("/v1/blobs/");
	struct json *reply;
	char digest[SHA256_TEXT];

	fake->blob_puts++;
	sha256_text(message->body, message->len, digest);
	if (strcmp(digest, hash) != 0) {
		*status = 422;
		return problem(422, "digest_mismatch");
	}
	*status = g_hash_table_add(fake->blobs, g_strdup(hash)) ? 201 : 200;
	reply = json_new_object();
	json_put_text(reply, "sha256", hash);
	return reply;
}

static struct json *block_reply(const char *id, const struct block *block)
{
	struct json *reply = json_new_object();

	json_put_text(reply, "block_id", id);
	json_put_text(reply, "series", block->series);
	json_put_text(reply, "prefix",
		g_str_has_prefix(block->series, "case:")
			? "03-"
			: "登政务〔2026〕受字第");
	json_put_int(reply, "first", block->first);
	json_put_int(reply, "last", block->last);
	return reply;
}

static struct json *handle_block(
	struct fake *fake, const struct message *message, int *status)
{
	AUTO(json) request = json_parse(message->body, message->len, NULL);
	const char *id = json_text(request, "block_id");
	const char *series = json_text(request, "series");
	struct block *block = g_hash_table_lookup(fake->blocks, id);
	int64_t count = json_int_or(request, "count", 0);

	fake->block_requests++;
	if (fake->habits.no_numbers) {
		*status = 409;
		return problem(409, "numbers_exhausted");
	}
	*status = block ? 200 : 201;
	if (!block) {
		int64_t next = GPOINTER_TO_INT(
			g_hash_table_lookup(fake->next, series));

		block = g_new0(struct block, 1);
		block->series = g_strdup(series);
		block->first = json_int_or(request, "first", next + 1);
		block->last = json_int_or(request, "last", next + count);
		g_hash_table_insert(fake->next, g_strdup(series),
			GINT_TO_POINTER((int)MAX(next, block->last)));
		g_hash_table_insert(fake->blocks, g_strdup(id), block);
	}
	return block_reply(id, block);
}

static struct json *row_json(const struct row *row)
{
	struct json *json = json_new_object();
	g_autofree char *version =
		g_strdup_printf("%" G_GINT64_FORMAT, row->seq);

	json_put_int(json, "seq", row->seq);
	json_put_text(json, "entity", row->entity);
	json_put_text(json, "id", row->id);
	json_put_text(json, "version", version);
	json_put_bool(json, "deleted", false);
	json_put(json, "body", json_parse(row->body, strlen(row->body), NULL));
	return json;
}

static struct json *handle_feed(
	struct fake *fake, const struct message *message, int *status)
{
	g_autoptr(GHashTable) query = g_uri_parse_params(
		message->query, -1, "&", G_URI_PARAMS_NONE, NULL);
	const char *feed = g_hash_table_lookup(query, "feed");
	const char *cursor = g_hash_table_lookup(query, "cursor");
	g_auto(GStrv) parts = g_strsplit(cursor ? cursor : "0-0", "-", 2);
	int64_t age = g_ascii_strtoll(parts[0], NULL, 10);
	int64_t from = g_ascii_strtoll(parts[1], NULL, 10);
	struct json *reply, *rows;
	g_autofree char *next = NULL;
	int64_t last = from;
	bool more = false;

	if (cursor && age != fake->cursor_age) {
		*status = 410;
		return problem(410, "cursor_expired");
	}
	reply = json_new_object();
	rows = json_new_array();
	for (unsigned i = 0; i < fake->rows->len; i++) {
		struct row *row = fake->rows->pdata[i];

		if (strcmp(row->feed, feed) != 0 || row->seq <= from)
			continue;
		if (json_length(rows) == 2) { /* small pages */
			more = true;
			break;
		}
		json_add(rows, row_json(row));
		last = row->seq;
	}
	next = g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
		fake->cursor_age, last);
	json_put(reply, "rows", rows);
	json_put_text(reply, "next_cursor", next);
	json_put_bool(reply, "more", more);
	return reply;
}

/* Is the op in the bucket the query names? A bucket is window and day. */
static bool is_in(const struct applied *applied, GHashTable *query)
{
	const char *window = g_hash_table_lookup(query, "window");
	const char *day = g_hash_table_lookup(query, "day");

	return (!window || strcmp(window, applied->window) == 0) &&
	       (!day || strcmp(day, applied->day) == 0);
}

static void add_to_bucket(struct json *buckets, const struct applied *applied)
{
	uint8_t sum[SHA256_LEN] = {0}, hash[SHA256_LEN];
	struct json *bucket = NULL;
	g_autofree char *hex = NULL;
	size_t len;

	json_each (one, buckets) {
		if (strcmp(json_text(one, "day"), applied->day) == 0)
			bucket = (struct json *)one;
	}
	if (!bucket) {
		bucket = json_new_object();
		json_put_text(bucket, "window", applied->window);
		json_put_text(bucket, "day", applied->day);
		json_add(buckets, bucket);
	} else {
		hex_decode(json_text(bucket, "xor"), sum, sizeof(sum), &len);
	}
	hex_decode(applied->hash, hash, sizeof(hash), &len);
	for (size_t i = 0; i < sizeof(sum); i++)
		sum[i] ^= hash[i];
	hex = hex_encode(sum, sizeof(sum));
	json_put_int(bucket, "count", json_int_or(bucket, "count", 0) + 1);
	json_put_text(bucket, "xor", hex);
}

static struct json *handle_digests(
	struct fake *fake, const struct message *message)
{
	g_autoptr(GHashTable) query = g_uri_parse_params(
		message->query, -1, "&", G_URI_PARAMS_NONE, NULL);
	struct json *reply = json_new_object(), *buckets = json_new_array();
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, fake->ops);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (is_in(value, query))
			add_to_bucket(buckets, value);
	json_put(reply, "buckets", buckets);
	return reply;
}

/* Pages of two, in order of store_seq; the cursor is the last of them. */
static struct json *handle_bucket(
	struct fake *fake, const struct message *message)
{
	g_autoptr(GHashTable) query = g_uri_parse_params(
		message->query, -1, "&", G_URI_PARAMS_NONE, NULL);
	const char *cursor = g_hash_table_lookup(query, "cursor");
	int64_t after = cursor ? g_ascii_strtoll(cursor, NULL, 10) : 0;
	struct json *reply = json_new_object(), *rows = json_new_array();
	g_autofree char *next = NULL;
	bool more = true;

	while (more && json_length(rows) < 2) {
		const struct applied *first = NULL;
		struct json *row;
		GHashTableIter iter;
		void *key, *value, *op_id = NULL;

		g_hash_table_iter_init(&iter, fake->ops);
		while (g_hash_table_iter_next(&iter, &key, &value)) {
			const struct applied *applied = value;

			if (!is_in(applied, query) ||
				applied->store_seq <= after ||
				(first &&
					first->store_seq < applied->store_seq))
				continue;
			first = applied;
			op_id = key;
		}
		more = first != NULL;
		if (!first)
			break;
		after = first->store_seq;
		row = json_new_object();
		json_put_text(row, "op_id", op_id);
		json_put_int(row, "store_seq", after);
		json_put_text(row, "hash", first->hash);
		json_add(rows, row);
	}
	next = g_strdup_printf("%" G_GINT64_FORMAT, after);
	json_put(reply, "rows", rows);
	json_put_text(reply, "next_cursor", next);
	json_put_bool(reply, "more", more);
	return reply;
}

static struct json *handle_capabilities(void)
{
	struct json *reply = json_new_object();

	json_put_int(reply, "max_ops", 200);
	json_put_int(reply, "max_bytes", 4194304);
	return reply;
}

static struct json *handle(
	struct fake *fake, const struct message *message, int *status)
{
	struct json *up;

	*status = 200;
	if (g_str_has_prefix(message->path, "/v1/ops:batch"))
		return handle_batch(fake, message, status);
	if (g_str_has_prefix(message->path, "/v1/blobs:missing"))
		return handle_missing(fake, message);
	if (g_str_has_prefix(message->path, "/v1/blobs/"))
		return handle_put(fake, message, status);
	if (g_str_has_prefix(message->path, "/v1/number-blocks"))
		return handle_block(fake, message, status);
	if (g_str_has_prefix(message->path, "/v1/changes"))
		return handle_feed(fake, message, status);
	if (g_str_has_prefix(message->path, "/v1/reconciliation/digests"))
		return handle_digests(fake, message);
	if (g_str_has_prefix(message->path, "/v1/reconciliation/ops"))
		return handle_bucket(fake, message);
	if (g_str_has_prefix(message->path, "/v1/capabilities"))
		return handle_capabilities();
	up = json_new_object();
	json_put_text(up, "status", "up");
	return up;
}

/* Misbehaviour
 * ------------------------------------------------------------------ */

static struct json *array_in_order(
	const struct json *from, bool reverse, bool without_first)
{
	struct json *to = json_new_array();
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	json_each (member, from) {
		g_ptr_array_add(all, (void *)member);
	}
	for (unsigned i = 0; i < all->len; i++) {
		unsigned at = reverse ? all->len - 1 - i : i;

		if (!(without_first && at == 0))
			json_add(to, json_copy(all->pdata[at]));
	}
	return to;
}

static void spoil_results(struct json *reply, enum fake_fault fault)
{
	const struct json *results = json_get(reply, "results");
	struct json *changed = array_in_order(
		results, fault == FAKE_REVERSE, fault == FAKE_DROP_RESULT);

	if (fault == FAKE_EXTRA_RESULT) {
		struct json *extra = json_new_object();

		json_put_text(
			extra, "op_id", "00000000-0000-7000-8000-000000000000");
		json_put_int(extra, "status", 422);
		json_add(changed, extra);
	}
	if (fault == FAKE_TWICE && json_first(results)) {
		struct json *again = json_copy(json_first(results));

		refuse(again, 422, problem(422, "invalid"));
		json_add(changed, again);
	}
	json_put(reply, "results", changed);
}

static void close_connection(struct connection *connection)
{
	g_io_stream_close(G_IO_STREAM(connection->stream), NULL, NULL);
}

static void send_huge(struct connection *connection)
{
	g_autofree char *body = g_malloc(HUGE_BYTES);
	GString *out;

	memset(body, ' ', HUGE_BYTES);
	out = format_reply(207, "application/json", body, HUGE_BYTES);
	send_bytes(connection, out->str, out->len);
	g_string_free(out, TRUE);
}

static void send_done(struct connection *connection,
	const struct script *script, int status, struct json *reply)
{
	g_autofree char *text = NULL;
	GString *out;
	size_t len;

	if (script)
		spoil_results(reply, script->fault);
	stamp(connection->fake, reply);
	text = json_print(reply);
	len = strlen(text);
	if (script && script->fault == FAKE_TRUNCATE_JSON)
		len /= 2;
	if (script && script->fault == FAKE_NOT_JSON)
		memset(text, 0xc3, len);
	out = format_reply(status, reason_type(status), text, len);
	if (script && script->fault == FAKE_CUT_REPLY) {
		send_bytes(connection, out->str, out->len - len / 2);
		close_connection(connection);
	} else {
		send_bytes(connection, out->str, out->len);
	}
	g_string_free(out, TRUE);
}

static void send_scripted(
	struct connection *connection, const struct script *script)
{
	const char *html = "<html><body>Please log in to the hall's network"
			   "</body></html>";
	GString *out = NULL;

	if (script->fault == FAKE_HTML) {
		out = format_reply(
			script->arg, "text/html", html, strlen(html));
	} else if (script->fault == FAKE_REPLY) {
		out = format_reply(script->arg, reason_type(script->arg),
			script->text, strlen(script->text));
	} else {
		out = g_string_new(script->text);
	}
	send_bytes(connection, out->str, out->len);
	if (script->fault == FAKE_RAW)
		close_connection(connection);
	g_string_free(out, TRUE);
}

static bool is_before_doing(enum fake_fault fault)
{
	return fault == FAKE_RAW || fault == FAKE_REPLY || fault == FAKE_HTML;
}

static void answer(struct connection *connection, const struct message *message)
{
	struct fake *fake = connection->fake;
	struct script *script = script_for(fake, message->target);
	AUTO(json) reply = NULL;
	g_autofree char *wanted = g_strdup_printf("Bearer %s", fake->token);
	int status;

	if (script)
		script->count--;
	if (g_strcmp0(message->authorization, wanted) != 0 &&
		strcmp(message->path, "/v1/health") != 0)
		fake->without_token++;
	if (script && script->fault == FAKE_CLOSE_EARLY) {
		close_connection(connection);
		return;
	}
	if (script && is_before_doing(script->fault)) {
		send_scripted(connection, script);
		return;
	}
	reply = handle(fake, message, &status);
	if (script && script->fault == FAKE_STALL)
		return;
	if (script && script->fault == FAKE_LOSE_REPLY)
		close_connection(connection);
	else if (script && script->fault == FAKE_HUGE)
		send_huge(connection);
	else
		send_done(connection, script, status, reply);
}

/* Connections
 * -------------------------------------------------------------------- */

static char *header_of(const char *head, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);
	size_t len = strlen(name);

	for (char **line = lines; *line; line++) {
		if (g_ascii_strncasecmp(*line, name, len) == 0 &&
			(*line)[len] == ':')
			return g_strdup(g_strstrip(*line + len + 1));
	}
	return NULL;
}

static bool should_close_unread(
	struct connection *connection, const char *path, size_t have)
{
	struct script *script = script_for(connection->fake, path);

	if (!script || script->fault != FAKE_CLOSE_UNREAD ||
		have < (size_t)script->arg)
		return false;
	script->count--;
	close_connection(connection);
	return true;
}

/* One whole request out of the buffer; false when it is not complete. */
static bool take_message(struct connection *connection)
{
	GByteArray *in = connection->in;
	char *end =
		in->len ? g_strstr_len((char *)in->data, in->len, "\r\n\r\n")
			: NULL;
	size_t head_len, body_len;
	g_autofree char *head = NULL, *length = NULL;
	g_auto(GStrv) words = NULL, parts = NULL;
	struct message message = {0};

	if (!end)
		return false;
	head_len = (size_t)(end - (char *)in->data) + 4;
	head = g_strndup((char *)in->data, head_len);
	length = header_of(head, "Content-Length");
	body_len = length ? g_ascii_strtoull(length, NULL, 10) : 0;
	words = g_strsplit(head, " ", 3);
	parts = g_strsplit(words[1], "?", 2);
	if (should_close_unread(connection, parts[0], in->len - head_len))
		return false;
	if (in->len < head_len + body_len)
		return false;
	message.method = words[0];
	message.target = words[1];
	message.path = parts[0];
	message.query = parts[1] ? parts[1] : "";
	message.authorization = header_of(head, "Authorization");
	message.body = (char *)in->data + head_len;
	message.len = body_len;
	g_ptr_array_add(connection->fake->requests,
		g_strdup_printf("%s?%s", parts[0], message.query));
	answer(connection, &message);
	g_free(message.authorization);
	g_byte_array_remove_range(in, 0, (guint)(head_len + body_len));
	return true;
}

static gboolean on_readable(GObject *stream, gpointer data)
{
	struct connection *connection = data;
	g_autofree char *chunk = g_malloc(READ_CHUNK);
	gssize len = g_pollable_input_stream_read_nonblocking(
		G_POLLABLE_INPUT_STREAM(stream), chunk, READ_CHUNK, NULL, NULL);

	if (len <= 0 || g_io_stream_is_closed(G_IO_STREAM(connection->stream)))
		return G_SOURCE_REMOVE;
	g_byte_array_append(connection->in, (guint8 *)chunk, (guint)len);
	while (take_message(connection))
		;
	return !g_io_stream_is_closed(G_IO_STREAM(connection->stream));
}

static void connection_free(void *data)
{
	struct connection *connection = data;

	g_source_destroy(connection->source);
	g_source_unref(connection->source);
	close_connection(connection);
	g_object_unref(connection->stream);
	g_byte_array_unref(connection->in);
	g_free(connection);
}

static gboolean on_incoming(GSocketService *service, GSocketConnection *stream,
	GObject *source, gpointer data)
{
	struct fake *fake = data;
	struct connection *connection = g_new0(struct connection, 1);
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(stream));

	(void)service;
	(void)source;
	connection->fake = fake;
	connection->stream = g_object_ref(stream);
	connection->in = g_byte_array_new();
	connection->source = g_pollable_input_stream_create_source(
		G_POLLABLE_INPUT_STREAM(in), NULL);
	g_source_set_callback(connection->source, G_SOURCE_FUNC(on_readable),
		connection, NULL);
	g_source_attach(connection->source, NULL);
	g_ptr_array_add(fake->connections, connection);
	return TRUE;
}

/* Life
 * ---------------------------------------------------------------------------
 */

static void applied_free(void *data)
{
	struct applied *applied = data;

	g_free(applied->digest);
	g_free(applied->agg_id);
	g_free(applied->hash);
	g_free(applied->window);
	g_free(applied->day);
	g_free(applied);
}

static void block_free(void *data)
{
	struct block *block = data;

	g_free(block->series);
	g_free(block);
}

static void row_free(void *data)
{
	struct row *row = data;

	g_free(row->feed);
	g_free(row->entity);
	g_free(row->id);
	g_free(row->body);
	g_free(row);
}

static GHashTable *table(GDestroyNotify free_value)
{
	return g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, free_value);
}

struct fake *fake_new(const char *token)
{
	struct fake *fake = g_new0(struct fake, 1);
	g_autoptr(GSocketAddress) any =
		g_inet_socket_address_new_from_string("127.0.0.1", 0);
	g_autoptr(GSocketAddress) bound = NULL;

	fake->token = g_strdup(token);
	fake->habits.epoch = "e1";
	fake->scripts = g_ptr_array_new_with_free_func(script_free);
	fake->requests = g_ptr_array_new_with_free_func(g_free);
	fake->order_of_ops = g_ptr_array_new_with_free_func(g_free);
	fake->rows = g_ptr_array_new_with_free_func(row_free);
	fake->connections = g_ptr_array_new_with_free_func(connection_free);
	fake->ops = table(applied_free);
	fake->applied = table(NULL);
	fake->blobs = table(NULL);
	fake->blocks = table(block_free);
	fake->next = table(NULL);
	fake->order = g_string_new(NULL);
	fake->service = g_socket_service_new();
	g_socket_listener_add_address(G_SOCKET_LISTENER(fake->service), any,
		G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound,
		NULL);
	fake->port =
		g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
	g_signal_connect(
		fake->service, "incoming", G_CALLBACK(on_incoming), fake);
	return fake;
}

void fake_free(struct fake *fake)
{
	g_socket_service_stop(fake->service);
	g_socket_listener_close(G_SOCKET_LISTENER(fake->service));
	g_object_unref(fake->service);
	g_ptr_array_unref(fake->connections);
	g_ptr_array_unref(fake->scripts);
	g_ptr_array_unref(fake->requests);
	g_ptr_array_unref(fake->order_of_ops);
	g_ptr_array_unref(fake->rows);
	g_hash_table_unref(fake->ops);
	g_hash_table_unref(fake->applied);
	g_hash_table_unref(fake->blobs);
	g_hash_table_unref(fake->blocks);
	g_hash_table_unref(fake->next);
	g_string_free(fake->order, TRUE);
	g_free(fake->token);
	g_free(fake);
}

unsigned fake_port(const struct fake *fake)
{
	return fake->port;
}

void fake_lose_ops(struct fake *fake, unsigned count)
{
	while (count-- > 0 && fake->order_of_ops->len > 0) {
		unsigned last = fake->order_of_ops->len - 1;
		const char *op_id = fake->order_of_ops->pdata[last];
		struct applied *applied = g_hash_table_lookup(fake->ops, op_id);

		g_hash_table_insert(fake->applied, g_strdup(applied->agg_id),
			GINT_TO_POINTER((int)applied->agg_seq - 1));
		g_hash_table_remove(fake->ops, op_id);
		g_ptr_array_remove_index(fake->order_of_ops, last);
	}
}

void fake_forget_rows(struct fake *fake)
{
	g_ptr_array_set_size(fake->rows, 0);
}

void fake_add_row(struct fake *fake, const char *feed, const char *entity,
	const char *id, const char *body)
{
	struct row *row = g_new0(struct row, 1);

	row->feed = g_strdup(feed);
	row->entity = g_strdup(entity);
	row->id = g_strdup(id);
	row->body = g_strdup(body);
	row->seq = (int64_t)fake->rows->len + 1;
	g_ptr_array_add(fake->rows, row);
}

void fake_expire_cursors(struct fake *fake)
{
	fake->cursor_age++;
}

/* Questions
 * ------------------------------------------------------------------------ */

unsigned fake_ops(const struct fake *fake)
{
	return g_hash_table_size(fake->ops);
}

unsigned fake_applied_twice(const struct fake *fake)
{
	GHashTableIter iter;
	unsigned count = 0;
	void *value;

	g_hash_table_iter_init(&iter, fake->ops);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		count += ((struct applied *)value)->times > 1;
	return count + (fake->order_of_ops->len - g_hash_table_size(fake->ops));
}

unsigned fake_replays(const struct fake *fake)
{
	return fake->replays;
}

unsigned fake_changed_bytes(const struct fake *fake)
{
	return fake->changed_bytes;
}

unsigned fake_wrong_digests(const struct fake *fake)
{
	return fake->wrong_digests;
}

unsigned fake_blobs(const struct fake *fake)
{
	return g_hash_table_size(fake->blobs);
}

unsigned fake_blob_puts(const struct fake *fake)
{
	return fake->blob_puts;
}

unsigned fake_blocks(const struct fake *fake)
{
	return g_hash_table_size(fake->blocks);
}

unsigned fake_block_requests(const struct fake *fake)
{
	return fake->block_requests;
}

unsigned fake_without_token(const struct fake *fake)
{
	return fake->without_token;
}

unsigned fake_requests(const struct fake *fake, const char *path)
{
	unsigned count = 0;

	for (unsigned i = 0; i < fake->requests->len; i++)
		count += g_str_has_prefix(fake->requests->pdata[i], path);
	return count;
}

const char *fake_order(const struct fake *fake)
{
	return fake->order->str;
}

unsigned fake_largest_batch(const struct fake *fake)
{
	return fake->largest_batch;
}
