/* The smaller calls: for each one function that builds the request and one that
 * reads the reply. Pure.
 *
 * A decoder returns false when the answer is not what was asked for; answer
 * then says why (its kind is never ANSWER_OK). answer is to be cleared by the
 * caller in any case. */
#ifndef CLIENT_LINK_CALLS_H
#define CLIENT_LINK_CALLS_H

#include "client/link/answer.h"
#include "client/store/blob.h"
#include "client/store/feed.h"

enum {
	CALL_MAX_REPLY = 256 * 1024,
	BLOBS_MAX_ASKED = 100,
	FEED_MAX_ROWS = 500,
	FEED_MAX_REPLY = 16 * 1024 * 1024,
	CURSOR_MAX = 512,
	BLOCK_COUNT = 200,
	PROOF_MAX_REPLY = 4 * 1024 * 1024,
	PROOF_MAX_ROWS = 500,
};

/* GET /v1/capabilities: limits, made sane where they are not. */
struct capabilities {
	int max_ops;
	size_t max_bytes;
	bool tus; /* large attachments may go up in pieces */
};
bool capabilities_decode(const struct http_reply *reply, struct answer *answer,
	struct capabilities *out);

/* GET /v1/health, the probe of an open breaker. */
bool health_decode(const struct http_reply *reply, struct answer *answer);

/* POST /v1/blobs:missing {"sha256":[..]} -> {"missing":[..]} of ours. */
GBytes *blobs_missing_request(const GPtrArray *blobs);
bool blobs_missing_decode(const struct http_reply *reply,
	const GPtrArray *blobs, struct answer *answer, GHashTable **missing);

/* PUT /v1/blobs/{sha256}. A page of a portal does not confirm. */
char *blob_put_path(const char *sha256);
bool blob_put_decode(const struct http_reply *reply, const char *sha256,
	struct answer *answer);
/* Connect, and 16 KiB a second at least. */
int blob_put_total_ms(int64_t size);

/* GET /v1/changes?feed=&cursor=&limit=&window= */
char *feed_path(const char *feed, const char *cursor, const char *window);
struct feed_page {
	const struct json *rows; /* lives in answer->body */
	const char *next_cursor; /* likewise */
	bool more;
	bool expired; /* with false: 410, start from a snapshot */
};
bool feed_decode(const struct http_reply *reply, const char *cursor,
	struct answer *answer, struct feed_page *page);

/* POST /v1/number-blocks */
GBytes *block_request(const char *block_id, const char *series, int count,
	const char *store_uuid);
bool block_decode(const struct http_reply *reply, const char *block_id,
	const char *series, int count, struct answer *answer,
	struct number_block *block);

/* The same, for a block we have: a platform that was restored from a backup
 * takes it back before it leases those numbers again. */
GBytes *block_claim_request(
	const struct number_block *block, const char *store_uuid);

/* GET /v1/stores/{uuid}: what the platform has last of this store. A store it
 * does not know, or has nothing of, has store_seq 0. */
struct store_state {
	int64_t epoch, store_seq;
	char hash[SHA256_TEXT];
};
char *store_path(const char *store_uuid);
bool store_decode(const struct http_reply *reply, struct answer *answer,
	struct store_state *state);

/* GET /v1/reconciliation/digests?store=&day=; day may be NULL. The buckets, in
 * answer->body. */
char *digests_path(const char *store_uuid, const char *day);
const struct json *digests_decode(
	const struct http_reply *reply, struct answer *answer);

/* GET /v1/reconciliation/ops?store=&window=&day=&cursor=; cursor may be NULL */
char *proof_page_path(const char *store_uuid, const char *window,
	const char *day, const char *cursor);
struct proof_page {
	const struct json *rows; /* lives in answer->body */
	const char *next_cursor; /* likewise */
	bool more;
};
bool proof_page_decode(const struct http_reply *reply, const char *cursor,
	struct answer *answer, struct proof_page *page);

#endif
