/* Proof of completeness: this store's side of it.
 *
 * A bucket is one window and day: the window of the op's actor and the local
 * date of its wall time, as it was sent, so that both sides sort it alike. Its
 * count and the XOR of its ops' hashes are compared with the platform's; where
 * they differ, the ops of the bucket are compared one by one. */
#ifndef CLIENT_STORE_PROOF_H
#define CLIENT_STORE_PROOF_H

#include "client/store/outbox.h"

enum { PROOF_DAY_TEXT = 11 };

struct proof_bucket {
	char window[8], day[PROOF_DAY_TEXT]; /* "03", "2026-11-23" */
	int64_t count;                       /* ops that must be there */
	int64_t waiting;                     /* not yet: unsent or parked */
	char xor [SHA256_TEXT];              /* of those that must be there */
};

/* In order of window and day. day: one day only, or NULL. Array of struct
 * proof_bucket, for g_array_unref(). */
GArray *proof_buckets(struct store *store, const char *day, GError **error);

/* Does this store lack the op the platform says it had from it: was it restored
 * from a backup? epoch is that of the op. */
bool proof_is_behind(struct store *store, int64_t epoch, int64_t store_seq,
	const char *hash, bool *behind, GError **error);
/* Begins a new epoch above the given one: numbers of leased blocks may have
 * been used since the backup, so those that seem free are void; the feeds are
 * read anew. One transaction, one audit row. */
bool proof_begin_epoch(struct store *store, int64_t above, GError **error);

struct proof_op {
	int64_t store_seq;
	char op_id[UUID_TEXT], hash[SHA256_TEXT];
	enum op_state state;
};
/* The ops of one bucket in order of store_seq. */
GArray *proof_ops(struct store *store, const char *window, const char *day,
	GError **error);

#endif
