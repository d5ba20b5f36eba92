/* A refused op voided, or a corrected body in its place. */
#include "client/platform/op_refused.h"

#include <string.h>

#include "client/base/error.h"
#include "client/platform/op_check.h"
#include "client/platform/problems.h"

/* The refused op out of what op says of it, without a body. */
static struct op refused_op(const struct op *op)
{
	const struct json *refused = json_get(op->body, "refused");

	return (struct op){
		.store_uuid = op->store_uuid,
		.store_epoch = op->store_epoch,
		.store_seq = json_int_or(refused, "store_seq", 0),
		.op_id = op->agg_id,
		.agg = json_text(refused, "agg"),
		.agg_id = json_text(refused, "agg_id"),
		.agg_seq = json_int_or(refused, "agg_seq", 0),
		.kind = json_text(refused, "kind"),
		.sha256 = json_text(refused, "sha256"),
		.prev_hash = json_text(refused, "prev_hash"),
		.hash = json_text(refused, "hash"),
		.envelope = refused,
		.raw = {.text = "", .len = 0},
		.now_ms = op->now_ms,
	};
}

/* Already here: as the refused op, or as something else of that id. */
static bool is_known(struct platform *platform, const struct op *refused,
	struct json **problem, GError **error)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT store_uuid, body_sha256 FROM ops WHERE op_id = ?1",
		DB_VALUES(DB_TEXT(refused->op_id)));

	if (!db_next(rows)) {
		db_end(rows, error);
		return false;
	}
	if (strcmp(db_text(rows, 0), refused->store_uuid) != 0 ||
		strcmp(db_text(rows, 1), refused->sha256) != 0)
		*problem = problem_json(PROBLEM_ID_REUSED, "refused op");
	return true;
}

/* False also when there is nothing to do: problem and error say more. */
static bool takes_its_place(struct platform *platform, const struct op *refused,
	struct json **problem, GError **error)
{
	if (is_known(platform, refused, problem, error) || *error)
		return false;
	*problem = op_check_order(platform, refused, error);
	if (!*problem && !*error)
		*problem = op_check_chain(platform, refused, error);
	return !*problem && !*error;
}

bool op_apply_void(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	struct op refused = refused_op(op);

	*version = op->agg_seq;
	if (!takes_its_place(platform, &refused, problem, error))
		return !*problem && !*error;
	return op_keep(platform, &refused, "void", 0, error);
}

/* version: what the correction made of the thing it is about. */
static bool supersede(struct platform *platform, struct op *refused,
	int64_t *version, struct json **problem, GError **error)
{
	*problem = op_check_body(refused);
	if (!*problem)
		*problem = op_check_blobs(platform, refused);
	if (!*problem)
		*problem = op_check_version(platform, refused);
	return !*problem &&
	       op_apply(platform, refused, version, problem, error) &&
	       !*problem &&
	       op_keep(platform, refused, "superseded", *version, error);
}

bool op_apply_supersede(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	struct op refused = refused_op(op);
	g_autofree char *text = json_print(json_get(op->body, "body"));

	*version = op->agg_seq;
	if (!takes_its_place(platform, &refused, problem, error))
		return !*problem && !*error;
	if (strcmp(refused.agg, "op") == 0) {
		*problem = problem_json(PROBLEM_INVALID, "no such correction");
		return false;
	}
	refused.base_version = op->base_version;
	refused.body = json_get(op->body, "body");
	refused.raw.text = text;
	refused.raw.len = strlen(text);
	return supersede(platform, &refused, version, problem, error);
}

char *op_outcome(struct platform *platform, const char *agg, const char *agg_id)
{
	AUTO(db_rows) rows = NULL;

	if (strcmp(agg, "op") != 0)
		return NULL;
	rows = db_select(platform->db, "SELECT state FROM ops WHERE op_id = ?1",
		DB_VALUES(DB_TEXT(agg_id)));
	return platform_next(platform, rows) ? db_dup_text(rows, 0) : NULL;
}
