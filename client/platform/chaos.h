/* Misbehaviour to order, for tests of the other side (--chaos).
 *
 * POST /_chaos {"next":[{"status":503,"retry_after_s":2},{"html":403},
 *   {"cut":true},{"delay_ms":500},{"drop_reply":true}]}
 *
 * Each fault befalls one request to /v1/, in order; one with "path" waits for
 * a request to that path and lets others pass. status, html and cut happen
 * before anything is done, delay_ms and drop_reply after the commit. */
#ifndef CLIENT_PLATFORM_CHAOS_H
#define CLIENT_PLATFORM_CHAOS_H

#include "client/base/auto.h"

enum chaos_kind {
	CHAOS_NONE,
	CHAOS_STATUS,
	CHAOS_HTML,
	CHAOS_CUT,
	CHAOS_DELAY,
	CHAOS_DROP_REPLY,
};

enum { CHAOS_MAX_FAULTS = 10000, CHAOS_MAX_DELAY_MS = 60000 };

struct chaos_fault {
	enum chaos_kind kind;
	int value;         /* status or milliseconds */
	int retry_after_s; /* 0: no such header */
};

struct chaos;
struct chaos *chaos_new(void);
void chaos_free(struct chaos *chaos);
DEFINE_AUTO(chaos, chaos_free)

/* Takes the fault of a request to path off the queue; chaos may be NULL. */
struct chaos_fault chaos_next(struct chaos *chaos, const char *path);

#endif
