/* Proof that nothing is missing: per store the dense sequence, its gaps and
 * the head of its hash chain. */
#include "client/platform/stores.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/handlers.h"

enum { GAPS_MAX = 100 };

struct water {
	int64_t contiguous;
	char head[SHA256_TEXT];
};

static struct water known_water(struct platform *platform, const char *uuid)
{
	struct water water = {0, ""};
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT contiguous, chain_head FROM stores"
		" WHERE store_uuid = ?1",
		DB_VALUES(DB_TEXT(uuid)));

	if (platform_next(platform, rows)) {
		water.contiguous = db_int(rows, 0);
		db_copy_text(rows, 1, water.head, sizeof(water.head));
	}
	return water;
}

static bool rise(struct platform *platform, const char *uuid,
	struct water *water, GError **error)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT store_seq, hash FROM ops WHERE store_uuid = ?1"
		" AND store_seq > ?2 ORDER BY store_seq, store_epoch",
		DB_VALUES(DB_TEXT(uuid), DB_INT(water->contiguous)));

	while (db_next(rows) && db_int(rows, 0) <= water->contiguous + 1) {
		water->contiguous = db_int(rows, 0);
		db_copy_text(rows, 1, water->head, sizeof(water->head));
	}
	return db_end(rows, error);
}

bool store_advance(struct platform *platform, const char *store_uuid,
	int64_t epoch, GError **error)
{
	struct water water = known_water(platform, store_uuid);

	return rise(platform, store_uuid, &water, error) &&
	       db_run(platform->db,
		       "INSERT INTO stores(store_uuid, epoch, contiguous,"
		       " chain_head, seen_ms) VALUES(?1, ?2, ?3, ?4, ?5)"
		       " ON CONFLICT(store_uuid) DO UPDATE SET"
		       " epoch = excluded.epoch,"
		       " contiguous = excluded.contiguous,"
		       " chain_head = excluded.chain_head,"
		       " seen_ms = excluded.seen_ms",
		       DB_VALUES(DB_TEXT(store_uuid), DB_INT(epoch),
			       DB_INT(water.contiguous), DB_TEXT(water.head),
			       DB_INT(clock_wall_ms())),
		       error);
}

static void add_gap(struct json *gaps, int64_t first, int64_t last)
{
	struct json *gap = json_new_array();

	json_add(gap, json_new_int(first));
	json_add(gap, json_new_int(last));
	json_add(gaps, gap);
}

/* Above the high water: [[first, last], ...] of what never came. */
static struct json *gaps_of(
	struct platform *platform, const char *uuid, int64_t contiguous)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT DISTINCT store_seq FROM ops WHERE store_uuid = ?1"
		" AND store_seq > ?2 ORDER BY store_seq",
		DB_VALUES(DB_TEXT(uuid), DB_INT(contiguous)));
	struct json *gaps = json_new_array();
	int64_t expected = contiguous + 1;

	while (json_length(gaps) < GAPS_MAX && platform_next(platform, rows)) {
		int64_t seq = db_int(rows, 0);

		if (seq > expected)
			add_gap(gaps, expected, seq - 1);
		expected = seq + 1;
	}
	return gaps;
}

static struct json *counts_of(struct platform *platform, const char *uuid)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT kind, count(*) FROM ops WHERE store_uuid = ?1"
		" GROUP BY kind ORDER BY kind",
		DB_VALUES(DB_TEXT(uuid)));
	struct json *counts = json_new_object();
	int64_t all = 0;

	while (platform_next(platform, rows)) {
		json_put_int(counts, db_text(rows, 0), db_int(rows, 1));
		all += db_int(rows, 1);
	}
	json_put_int(counts, "ops", all);
	return counts;
}

/* The op of the highest number in the store's epoch: a store that does not have
 * it was restored from a backup. */
static struct json *last_of(
	struct platform *platform, const char *uuid, int64_t epoch)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT store_seq, hash FROM ops WHERE store_uuid = ?1"
		" AND store_epoch = ?2 ORDER BY store_seq DESC LIMIT 1",
		DB_VALUES(DB_TEXT(uuid), DB_INT(epoch)));
	struct json *last;

	if (!platform_next(platform, rows))
		return NULL;
	last = json_new_object();
	json_put_int(last, "store_seq", db_int(rows, 0));
	json_put_text(last, "hash", db_text(rows, 1));
	return last;
}

struct reply *stores_get(
	struct platform *platform, const struct request *request)
{
	const char *uuid = request->args[0];
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT epoch, contiguous, chain_head FROM stores"
		" WHERE store_uuid = ?1",
		DB_VALUES(DB_TEXT(uuid)));
	struct json *value;

	if (!platform_next(platform, rows))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	value = json_new_object();
	json_put_text(value, "store_uuid", uuid);
	json_put_int(value, "epoch", db_int(rows, 0));
	json_put_int(value, "contiguous", db_int(rows, 1));
	json_put(value, "gaps", gaps_of(platform, uuid, db_int(rows, 1)));
	json_put_text(value, "chain_head", db_text(rows, 2));
	json_put(value, "last", last_of(platform, uuid, db_int(rows, 0)));
	json_put(value, "counts", counts_of(platform, uuid));
	return reply_json(platform, 200, value);
}
