/* What a person decides about an op that was refused.
 *
 * The refused op itself never changes. op.void and op.supersede are ops of
 * their own, in the lane "op" of its op_id; they say where it stood, so its
 * place in lane and chain is taken and what waits behind it goes on. */
#ifndef CLIENT_PLATFORM_OP_REFUSED_H
#define CLIENT_PLATFORM_OP_REFUSED_H

#include "client/platform/ops.h"

/* Ops op.void and op.supersede, in the caller's transaction: see ops.h. An op
 * that had arrived after all stays as it is. */
bool op_apply_void(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error);
bool op_apply_supersede(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error);

/* What became of the op such an op was about: "applied", "void", "superseded".
 * NULL for any other aggregate. Caller frees. */
char *op_outcome(
	struct platform *platform, const char *agg, const char *agg_id);

#endif
