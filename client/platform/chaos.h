/* Misbehaviour to order, for tests of the other side (--chaos).
 *
 * POST /_chaos {"next":[{"status":503,"retry_after":"2"},{"html":403},
 *   {"garbage":200},{"cut":true},{"delay_ms":500},{"freeze_ms":500},
 *   {"drop_reply":true},{"truncate":40},{"kill":"before-commit"},
 *   {"kill":"after-commit"},{"results":"missing"},
 *   {"items":[{"status":201},{"status":422,"code":"invalid"}]}]}
 *
 * Each fault of next befalls one request to /v1/, in order; one with "path"
 * waits for a request to that path and lets others pass. Nothing is done
 * before status, html, garbage, cut and kill before-commit; delay_ms,
 * drop_reply, truncate, results and kill after-commit come after the commit.
 * results is missing, extra, reversed, twice (the first one, contradicting) or
 * swapped (the first two bear each other's op_id). items refuses the first op
 * of a batch as the first says, and so on in a circle; 201 lets one pass.
 *
 *   {"poison":[{"agg_id":"..","kind":"..","status":422,"code":"invalid"}]}
 *        ops of that aggregate or kind are refused until told otherwise
 *   {"random":{"seed":7,"faults":[{"share":0.05,"drop_reply":true}]}}
 *        a request without an ordered fault meets one of these by chance
 *   {"backup":"monday"}  {"restore":"monday"}
 *        a copy of the database; back to it, with a new epoch
 *
 * Members that are not given are left as they are. */
#ifndef CLIENT_PLATFORM_CHAOS_H
#define CLIENT_PLATFORM_CHAOS_H

#include "client/base/auto.h"
#include "client/base/json.h"
#include "client/platform/ops.h"

enum chaos_kind {
	CHAOS_NONE,
	CHAOS_STATUS,
	CHAOS_HTML,
	CHAOS_GARBAGE,
	CHAOS_CUT,
	CHAOS_DELAY,
	CHAOS_FREEZE,
	CHAOS_DROP_REPLY,
	CHAOS_TRUNCATE,
	CHAOS_KILL_BEFORE,
	CHAOS_KILL_AFTER,
	CHAOS_RESULTS,
	CHAOS_ITEMS,
};

enum {
	CHAOS_MAX_FAULTS = 10000,
	CHAOS_MAX_DELAY_MS = 60000,
	CHAOS_MAX_ITEMS = 200,
};

enum chaos_bend {
	BEND_MISSING,
	BEND_EXTRA,
	BEND_REVERSED,
	BEND_TWICE,
	BEND_SWAPPED,
	BEND_COUNT
};

struct chaos_fault {
	enum chaos_kind kind;
	int value; /* status, milliseconds, bytes or enum chaos_bend */
	char retry_after[48]; /* header; "": none */
};

struct chaos;
struct chaos *chaos_new(void);
void chaos_free(struct chaos *chaos);
DEFINE_AUTO(chaos, chaos_free)

/* The fault of a request to path, which is now in hand; chaos may be NULL, here
 * and below. */
struct chaos_fault chaos_next(struct chaos *chaos, const char *path);

/* The place before a commit: where a process ordered to die does. */
void chaos_before_commit(const struct chaos *chaos);
/* Dies now, as kill -9 would. */
void chaos_die(void);

/* The ordered refusal of the op that is the index-th of its batch; NULL lets it
 * pass. Caller frees. */
struct json *chaos_refusal(
	const struct chaos *chaos, const struct op *op, size_t index);

/* chaos_bend.c: what the fault in hand makes of the results of a batch. */
struct json *chaos_bend_results(
	const struct chaos *chaos, struct json *take_results);
struct chaos_fault chaos_in_hand(const struct chaos *chaos);
/* Bytes of a reply that is no JSON, NUL ended; caller frees. */
char *chaos_garbage(void);

#endif
