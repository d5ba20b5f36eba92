/* Whether an op may be applied now: order, chain, attachments, version. */
#include "client/platform/op_check.h"

#include <string.h>

#include "client/base/error.h"
#include "client/platform/blobs.h"
#include "client/platform/cases.h"
#include "client/platform/problems.h"

/* A store that was restored from a backup counts on from there in its lanes. */
static bool begins_anew(const struct op *op, int64_t applied)
{
	return applied == 0 && op->store_epoch > 1;
}

struct json *op_check_order(
	struct platform *platform, const struct op *op, GError **error)
{
	int64_t applied = 0;
	struct json *problem;

	if (!db_get_int(platform->db,
		    "SELECT coalesce(max(agg_seq), 0) FROM ops"
		    " WHERE store_uuid = ?1 AND agg_id = ?2"
		    " AND store_epoch = ?3",
		    DB_VALUES(DB_TEXT(op->store_uuid), DB_TEXT(op->agg_id),
			    DB_INT(op->store_epoch)),
		    &applied, NULL, error) ||
		op->agg_seq == applied + 1 || begins_anew(op, applied))
		return NULL;
	if (op->agg_seq <= applied)
		return problem_json(PROBLEM_SEQUENCE_REUSED, NULL);
	problem = problem_json(PROBLEM_OUT_OF_ORDER, NULL);
	json_put_int(problem, "expected_seq", applied + 1);
	return problem;
}

/* hash = SHA-256 of prev_hash (32 bytes), store_seq (8, big endian), op_id (36
 * characters), sha256 of the body (32); before the first op stands the digest
 * of "yikou-outbox-1 STORE_UUID". */
static bool hash_fits(const struct op *op)
{
	uint8_t prev[SHA256_LEN], body[SHA256_LEN], hash[SHA256_LEN];
	uint64_t seq = GUINT64_TO_BE((uint64_t)op->store_seq);
	struct sha256_state *state = sha256_new();
	g_autofree char *hex = NULL;
	size_t len;

	hex_decode(op->prev_hash, prev, sizeof(prev), &len);
	hex_decode(op->sha256, body, sizeof(body), &len);
	sha256_add(state, prev, sizeof(prev));
	sha256_add(state, &seq, sizeof(seq));
	sha256_add(state, op->op_id, strlen(op->op_id));
	sha256_add(state, body, sizeof(body));
	sha256_end(state, hash);
	hex = hex_encode(hash, sizeof(hash));
	return strcmp(hex, op->hash) == 0;
}

static bool genesis_fits(const struct op *op)
{
	g_autofree char *text = NULL;
	char hash[SHA256_TEXT];

	if (op->store_seq != 1)
		return true;
	text = g_strconcat("yikou-outbox-1 ", op->store_uuid, NULL);
	sha256_text(text, strlen(text), hash);
	return strcmp(hash, op->prev_hash) == 0;
}

/* prev_hash of an op is the hash of the one before it in its store. The ones
 * around it may not be here yet: lanes overtake each other. */
struct json *op_check_chain(
	struct platform *platform, const struct op *op, GError **error)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT store_seq, prev_hash, hash FROM ops"
		" WHERE store_uuid = ?1 AND store_seq BETWEEN ?2 - 1 AND ?2 + 1"
		" AND store_epoch = ?3",
		DB_VALUES(DB_TEXT(op->store_uuid), DB_INT(op->store_seq),
			DB_INT(op->store_epoch)));
	bool is_broken = !hash_fits(op) || !genesis_fits(op);

	while (db_next(rows)) {
		int64_t seq = db_int(rows, 0);

		if (seq == op->store_seq)
			return problem_json(
				PROBLEM_SEQUENCE_REUSED, "store_seq");
		if (seq < op->store_seq)
			is_broken |=
				strcmp(db_text(rows, 2), op->prev_hash) != 0;
		else
			is_broken |= strcmp(db_text(rows, 1), op->hash) != 0;
	}
	db_end(rows, error);
	return is_broken ? problem_json(PROBLEM_CHAIN_BROKEN, NULL) : NULL;
}

static void add_missing(
	struct platform *platform, struct json *missing, const char *sha256)
{
	if (sha256 && !blob_is_here(platform, sha256))
		json_add_text(missing, sha256);
}

struct json *op_check_blobs(struct platform *platform, const struct op *op)
{
	struct json *missing = json_new_array(), *problem;

	add_missing(platform, missing, json_text(op->body, "sha256"));
	json_each (material, json_get(op->body, "materials")) {
		json_each (page, json_get(material, "pages"))
			add_missing(
				platform, missing, json_text(page, "sha256"));
	}
	if (json_length(missing) == 0) {
		json_free(missing);
		return NULL;
	}
	problem = problem_json(PROBLEM_MISSING_BLOBS, NULL);
	json_put(problem, "sha256", missing);
	return problem;
}

struct json *op_check_version(struct platform *platform, const struct op *op)
{
	g_autofree char *now = NULL;
	struct json *problem;

	if (!op->base_version || strcmp(op->agg, "case") != 0)
		return NULL;
	now = g_strdup_printf(
		"%" G_GINT64_FORMAT, case_version(platform, op->agg_id));
	if (strcmp(now, op->base_version) == 0)
		return NULL;
	problem = problem_json(PROBLEM_VERSION_CONFLICT, NULL);
	json_put(problem, "current", case_current(platform, op->agg_id));
	return problem;
}
