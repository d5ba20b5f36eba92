/* Proof that both sides hold the same ops: per window and day a count and the
 * XOR of their hashes; where these differ, the ops of the bucket one by one.
 *
 * The bucket of an op is its actor's window and the date written in its
 * time.wall, so both sides sort it alike whatever their clocks say. */
#include <string.h>

#include "client/base/error.h"
#include "client/platform/handlers.h"
#include "client/platform/platform.h"
#include "client/platform/stores.h"
#include "client/rules/day.h"

enum { OPS_PAGE = 500, DAY_LEN = 10 };

struct bucket {
	char window[16], day[DAY_LEN + 1];
	int64_t count;
	uint8_t sum[SHA256_LEN];
};

static bool add_hash(const char *text, uint8_t sum[SHA256_LEN])
{
	uint8_t hash[SHA256_LEN];
	size_t len;

	if (!hex_decode(text, hash, sizeof(hash), &len) || len != sizeof(hash))
		return false;
	for (size_t i = 0; i < sizeof(hash); i++)
		sum[i] ^= hash[i];
	return true;
}

static struct json *bucket_json(const struct bucket *bucket)
{
	struct json *value = json_new_object();
	g_autofree char *hex = hex_encode(bucket->sum, sizeof(bucket->sum));

	json_put_text(value, "window", bucket->window);
	json_put_text(value, "day", bucket->day);
	json_put_int(value, "count", bucket->count);
	json_put_text(value, "xor", hex);
	return value;
}

static bool is_day(const char *day)
{
	return day && strlen(day) == DAY_LEN && day_parse(day) != 0;
}

/* One bucket, over every store of the window. */
static bool read_bucket(struct platform *platform, const char *window,
	const char *day, struct bucket *bucket, GError **error)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT hash FROM ops WHERE window = ?1 AND day = ?2",
		DB_VALUES(DB_TEXT(window), DB_TEXT(day)));

	g_strlcpy(bucket->window, window, sizeof(bucket->window));
	g_strlcpy(bucket->day, day, sizeof(bucket->day));
	while (db_next(rows) && add_hash(db_text(rows, 0), bucket->sum))
		bucket->count++;
	return db_end(rows, error);
}

bool store_bucket(struct platform *platform, const char *window,
	const char *day, int64_t *count, char xor_hex[SHA256_TEXT],
	GError **error)
{
	struct bucket bucket = {.count = 0};
	bool done = read_bucket(platform, window, day, &bucket, error);
	g_autofree char *hex = hex_encode(bucket.sum, sizeof(bucket.sum));

	*count = bucket.count;
	g_strlcpy(xor_hex, hex, SHA256_TEXT);
	return done;
}

static struct reply *window_digest(
	struct platform *platform, const char *window, const char *day)
{
	struct bucket bucket = {.count = 0};
	g_autoptr(GError) error = NULL;

	return read_bucket(platform, window, day, &bucket, &error)
		       ? reply_json(platform, 200, bucket_json(&bucket))
		       : reply_error(platform, error);
}

static void next_bucket(
	struct json *buckets, struct bucket *bucket, struct db_rows *rows)
{
	if (bucket->count > 0)
		json_add(buckets, bucket_json(bucket));
	*bucket = (struct bucket){.count = 0};
	db_copy_text(rows, 1, bucket->window, sizeof(bucket->window));
	db_copy_text(rows, 2, bucket->day, sizeof(bucket->day));
}

/* Every bucket of one store, or those of one day. */
static struct reply *store_digests(
	struct platform *platform, const char *store, const char *day)
{
	struct json *value = json_new_object(), *buckets = json_new_array();
	struct bucket bucket = {.count = 0};
	g_autoptr(GError) error = NULL;
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT hash, window, day FROM ops WHERE store_uuid = ?1"
		" AND (?2 = '' OR day = ?2) ORDER BY window, day",
		DB_VALUES(DB_TEXT(store), DB_TEXT(day ? day : "")));

	while (db_next(rows)) {
		if (strcmp(bucket.window, db_text(rows, 1)) != 0 ||
			strcmp(bucket.day, db_text(rows, 2)) != 0)
			next_bucket(buckets, &bucket, rows);
		add_hash(db_text(rows, 0), bucket.sum);
		bucket.count++;
	}
	if (bucket.count > 0)
		json_add(buckets, bucket_json(&bucket));
	json_put_text(value, "store_uuid", store);
	json_put(value, "buckets", buckets);
	if (db_end(rows, &error))
		return reply_json(platform, 200, value);
	json_free(value);
	return reply_error(platform, error);
}

struct reply *digests_get(
	struct platform *platform, const struct request *request)
{
	const char *window = request_query(request, "window");
	const char *day = request_query(request, "day");
	const char *store = request_query(request, "store");

	if (store && uuid_is_valid(store) && (!day || is_day(day)))
		return store_digests(platform, store, day);
	if (!store && window && *window && is_day(day))
		return window_digest(platform, window, day);
	return reply_problem(platform, PROBLEM_MALFORMED,
		"store, or window and day (2026-11-23) are needed");
}

static struct json *op_json(struct db_rows *rows)
{
	struct json *value = json_new_object();

	json_put_text(value, "op_id", db_text(rows, 0));
	json_put_int(value, "store_seq", db_int(rows, 1));
	json_put_text(value, "kind", db_text(rows, 2));
	json_put_text(value, "hash", db_text(rows, 3));
	json_put_text(value, "state", db_text(rows, 4));
	return value;
}

/* The ops of one bucket in order of store_seq; the cursor is the last one. */
static struct reply *bucket_ops(struct platform *platform,
	const struct request *request, const char *store, int64_t after)
{
	struct json *value = json_new_object(), *list = json_new_array();
	g_autofree char *cursor = NULL;
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT op_id, store_seq, kind, hash, state FROM ops"
		" WHERE store_uuid = ?1 AND store_seq > ?4 AND window = ?2"
		" AND day = ?3 ORDER BY store_seq LIMIT ?5",
		DB_VALUES(DB_TEXT(store),
			DB_TEXT(request_query(request, "window")),
			DB_TEXT(request_query(request, "day")), DB_INT(after),
			DB_INT(OPS_PAGE + 1)));
	int64_t last = after;
	bool more = false;

	while (!more && platform_next(platform, rows)) {
		more = json_length(list) == OPS_PAGE;
		if (more)
			break;
		last = db_int(rows, 1);
		json_add(list, op_json(rows));
	}
	cursor = g_strdup_printf("%" G_GINT64_FORMAT, last);
	json_put(value, "rows", list);
	json_put_text(value, "next_cursor", cursor);
	json_put_bool(value, "more", more);
	return reply_json(platform, 200, value);
}

struct reply *reconciliation_ops(
	struct platform *platform, const struct request *request)
{
	const char *store = request_query(request, "store");
	const char *window = request_query(request, "window");
	const char *cursor = request_query(request, "cursor");
	char *end = NULL;
	int64_t after = cursor ? g_ascii_strtoll(cursor, &end, 10) : 0;

	if (!store || !uuid_is_valid(store) || !window || !*window ||
		!is_day(request_query(request, "day")) || after < 0 ||
		(cursor && (end == cursor || *end)))
		return reply_problem(platform, PROBLEM_MALFORMED,
			"store, window and day (2026-11-23) are needed");
	return bucket_ops(platform, request, store, after);
}
