/* Checks of an op against what is there already. Each gives a problem, or NULL
 * when there is none; the ones with error set it when the store fails. */
#ifndef CLIENT_PLATFORM_OP_CHECK_H
#define CLIENT_PLATFORM_OP_CHECK_H

#include "client/platform/ops.h"

/* Next of its lane: sequence_reused, out_of_order with expected_seq. */
struct json *op_check_order(
	struct platform *platform, const struct op *op, GError **error);
/* store_seq used once, hash right, neighbours linked: sequence_reused,
 * chain_broken. */
struct json *op_check_chain(
	struct platform *platform, const struct op *op, GError **error);
/* All attachments here: missing_blobs with sha256. */
struct json *op_check_blobs(struct platform *platform, const struct op *op);
/* base_version, when given, is the case's: version_conflict with current. */
struct json *op_check_version(struct platform *platform, const struct op *op);

#endif
