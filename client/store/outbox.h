/* The outbox: immutable ops, a narrow state table, leases.
 *
 * Written only by the other files of client/store, read and moved on by
 * client/link. A parked op blocks only its own aggregate.
 *
 * hash = SHA-256 of prev_hash (32 bytes), store_seq (8 bytes, big endian),
 * op_id (36 characters), SHA-256 of the body (32 bytes); before the first op
 * stands SHA-256("yikou-outbox-1 " STORE_UUID). agg_seq counts the ops of one
 * aggregate in one store, so two windows that act on the same ticket each
 * begin at 1. The lane "window" is named by the store's uuid, "number" by the
 * block's. */
#ifndef CLIENT_STORE_OUTBOX_H
#define CLIENT_STORE_OUTBOX_H

#include "client/store/store.h"

#define OP_STATES(X)                                         \
	X(OP_QUEUED, "queued")                               \
	X(OP_WAIT_BLOB, "wait-blob")                         \
	X(OP_READY, "ready") /* also: retry at not_before */ \
	X(OP_LEASED, "leased")                               \
	X(OP_ACKED, "acked")                                 \
	X(OP_CONFLICT, "conflict")                           \
	X(OP_DEAD, "dead")                                   \
	X(OP_VOID, "void")

#define OP_STATE_ROW(code, name) code,
enum op_state { OP_STATES(OP_STATE_ROW) OP_STATE_COUNT };
const char *op_state_name(enum op_state state);

struct op {
	int64_t store_seq;
	char op_id[UUID_TEXT];
	char *agg, *agg_id; /* "case", "ticket", "window", "rating" */
	int64_t agg_seq;
	char *kind; /* "case.accept" */
	char *body; /* exact bytes; never re-serialised */
	char body_sha256[SHA256_TEXT];
	char prev_hash[SHA256_TEXT], hash[SHA256_TEXT];
	char *actor; /* JSON text */
	char *time;  /* JSON text: wall, offset_ms, quality */
	int attempts;
	enum op_state state;
	int http;
	char *problem;      /* code of the platform's problem, "" */
	char *base_version; /* it was made on; "": none is sent */
};
void op_free(struct op *op);
DEFINE_AUTO(op, op_free)

/* Claims at most max_ops ops of at most max_bytes in store_seq order whose
 * aggregate has no earlier op unsent outside the batch, with a fresh fencing
 * number; attempts goes up now. lease_ms by the boot clock; leases that ran
 * out or come from another boot are taken back first. Array of struct op *,
 * empty when nothing is ready. */
struct op_lease {
	int64_t generation;
	GPtrArray *ops;
};
bool outbox_claim(struct store *store, int max_ops, size_t max_bytes,
	int lease_ms, struct op_lease *lease, GError **error);
/* The same while the ops of generation held are in flight: their lease is not
 * taken back, however long the answer takes. 0: none is. */
bool outbox_claim_beside(struct store *store, int64_t held, int max_ops,
	size_t max_bytes, int lease_ms, struct op_lease *lease, GError **error);

/* For a platform that takes attachments only together with their op: ops that
 * wait for theirs become ready. any: whether there were some. */
bool outbox_stop_waiting(struct store *store, bool *any, GError **error);

/* What the platform said of one op. Zero rows changed means the lease was
 * lost: LINK_ERROR_CLOSED, the worker stops. */
enum op_verdict {
	OP_VERDICT_ACK,
	OP_VERDICT_RETRY,     /* back to ready at not_before */
	OP_VERDICT_WAIT_BLOB, /* its blobs count as unconfirmed again */
	OP_VERDICT_CONFLICT,  /* parked */
	OP_VERDICT_DEAD,      /* parked */
	OP_VERDICT_UNSENT,    /* not tried: attempt given back */
};
struct op_outcome {
	enum op_verdict verdict;
	int http;
	const char *problem; /* code, may be NULL */
	const char *server_version;
	const char *receipt; /* JSON text of an ack, may be NULL */
	const char *outcome; /* of an op about a parked one, see parked.h */
	const char *current; /* of CONFLICT: JSON text of what is there now,
			      * may be NULL; see conflict.h */
	int64_t server_ms;
	int64_t delay_ms; /* for RETRY */
};
bool outbox_settle(struct store *store, int64_t generation, int64_t store_seq,
	const struct op_outcome *outcome, GError **error);

/* All outcomes of one lease in one transaction. */
struct op_settlement {
	int64_t store_seq;
	struct op_outcome outcome;
};
bool outbox_settle_all(struct store *store, int64_t generation,
	const struct op_settlement *settlements, size_t count, GError **error);

/* Milliseconds until something becomes ready: 0 now, -1 never by itself. */
int64_t outbox_next_ms(struct store *store);

/* Parked or unsent ops for people, newest first: array of struct op *. */
GPtrArray *outbox_list(
	struct store *store, enum op_state state, int limit, GError **error);

/* Acknowledged ops that the platform has lost: they go out again with the same
 * bytes. Others are left as they are. One transaction, one audit row. */
bool outbox_send_again(struct store *store, const int64_t *store_seqs,
	size_t count, GError **error);

/* Hash chain of the whole outbox, dense store_seq: STORE_ERROR_CORRUPT names
 * the first bad row. *chain_head may be NULL. */
bool outbox_verify(struct store *store, int64_t *rows,
	char chain_head[SHA256_TEXT], GError **error);

#endif
