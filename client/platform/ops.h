/* The push: batches of ops, each kept for ever with its digest and result.
 *
 * Atomic per op, in order per lane (one store's ops on one aggregate); the
 * first failure of a lane skips the rest of it in the batch, other lanes go on.
 * The whole batch is committed before it is answered. */
#ifndef CLIENT_PLATFORM_OPS_H
#define CLIENT_PLATFORM_OPS_H

#include "client/base/json.h"
#include "client/platform/platform.h"
#include "client/platform/raw.h"

/* One op of a batch; all borrowed from the request. */
struct op {
	const char *store_uuid;
	int64_t store_epoch, store_seq;
	const char *op_id, *agg, *agg_id, *kind, *sha256, *prev_hash, *hash;
	int64_t agg_seq;
	const char *base_version;    /* NULL: not checked */
	const struct json *envelope; /* actor, time */
	const struct json *body;
	struct raw raw; /* the bytes of body */
	int64_t now_ms;
};

/* The body of an op by its kind: NULL when it is fine, else the problem. */
struct json *op_check_body(const struct op *op);
/* What the kind of op does, in the caller's transaction; the op must have
 * passed its checks. False with a problem or an error. */
bool op_apply(struct platform *platform, const struct op *op, int64_t *version,
	struct json **problem, GError **error);
/* Kept for ever, as "applied", "void" or "superseded". */
bool op_keep(struct platform *platform, const struct op *op, const char *state,
	int64_t version, GError **error);

#endif
