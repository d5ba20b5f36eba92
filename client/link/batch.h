/* POST /v1/ops:batch: the request and its reply. Pure.
 *
 * The stored bytes of each body are spliced in exactly; their SHA-256 goes
 * beside them. The reply holds one result for each op; results are found by
 * op_id, so order does not matter. What is missing or contradicts itself is
 * unknown and will be sent again. */
#ifndef CLIENT_LINK_BATCH_H
#define CLIENT_LINK_BATCH_H

#include "client/link/answer.h"

enum {
	BATCH_MAX_OPS = 200,
	BATCH_MAX_BYTES = 4 * 1024 * 1024,
	BATCH_MIN_BYTES = 65536, /* the contract allows no fewer */
	BATCH_MAX_REPLY = 8 * 1024 * 1024,
	BATCH_CODE_MAX = 48,
	BATCH_MISSING_MAX = 1000, /* hashes taken from one reply */
};

struct batch_store {
	const char *uuid;
	int64_t epoch;
	const char *chain_head; /* hash of the last op sent; NULL: null */
};

/* ops: struct op *. STORE_ERROR_CORRUPT when a body does not have the digest it
 * was stored with: it is not sent. */
GBytes *batch_request(
	const struct batch_store *store, const GPtrArray *ops, GError **error);

/* One op of the batch, in the order of ops. */
struct batch_result {
	enum op_verdict verdict;
	int http;
	char code[BATCH_CODE_MAX]; /* "", or why it is not acked */
	char *version;             /* own, may be NULL */
	char *receipt;             /* own, JSON text, may be NULL */
	char *outcome;             /* own, of an op about a parked one */
	char *current;             /* own, of CONFLICT: JSON text, or NULL */
	int64_t delay_ms;          /* for RETRY */
	bool replay;
};

struct batch_reply {
	struct answer answer;
	struct batch_result *results; /* own; count = ops; NULL unless OK */
	size_t count;
	GPtrArray *missing_blobs; /* own: char *, of all results */
	unsigned extra, missing, contradictory;
};

/* Fills reply; chance and cap_ms are for the delay of ops to be sent again. */
void batch_decode(const struct http_reply *http, const GPtrArray *ops,
	int64_t cap_ms, double chance, struct batch_reply *reply);
void batch_reply_clear(struct batch_reply *reply);

#endif
