/* The link to the platform: pushes the outbox, pulls the feeds, leases numbers.
 *
 * Two lanes of requests run side by side on the main loop, each with at most
 * one request in flight, so that the queue of waiting citizens stays fresh
 * while a large picture goes up. All state that matters is in the store: a
 * crash at any point loses nothing, and what was sent without an answer is sent
 * again with the same bytes. */
#ifndef CLIENT_LINK_LINK_H
#define CLIENT_LINK_LINK_H

#include "client/base/error.h"
#include "client/base/json.h"
#include "client/link/http.h"
#include "client/store/store.h"

struct link;
struct platform_driver;

/* Places where a test lets the process die. */
#define CRASH_POINTS(X)                         \
	X(CRASH_NONE, "none")                   \
	X(CRASH_BEFORE_CLAIM, "before-claim")   \
	X(CRASH_AFTER_CLAIM, "after-claim")     \
	X(CRASH_AFTER_SEND, "after-send")       \
	X(CRASH_AFTER_REPLY, "after-reply")     \
	X(CRASH_BEFORE_SETTLE, "before-settle") \
	X(CRASH_AFTER_SETTLE, "after-settle")   \
	X(CRASH_AFTER_BLOB, "after-blob")       \
	X(CRASH_AFTER_PIECE, "after-piece")     \
	X(CRASH_BEFORE_BLOCK, "before-block")   \
	X(CRASH_AFTER_BLOCK, "after-block")

#define CRASH_POINT_ROW(code, name) code,
enum crash_point { CRASH_POINTS(CRASH_POINT_ROW) CRASH_POINT_COUNT };
/* "after-send:3" -> the third time; false when it is neither. */
bool crash_point_parse(const char *text, enum crash_point *point, int *count);

enum {
	/* The only wake-up when nothing happens, but for the answers to what
	 * is asked then: two in 25 s. */
	LINK_TICK_S = 25,
	LINK_NUMBERS_MIN = 50,
	LINK_DEAD_MAX = 20, /* of one code in one run: the cause is global */
};

struct link_options {
	/* Push and pull until nothing is left, then finished(). */
	bool once;
	/* With once: nothing is pushed or pulled, link_verify() is done and
	 * its report is "verify" of link_report(). */
	bool verify;
	const char *day; /* for it, may be NULL; borrowed */
	/* With once: "cases" (ops and their attachments), "blobs" or "catalog"
	 * (that feed); NULL: everything. Borrowed. */
	const char *only;
	int max_ops; /* in a request; 0: what the platform says */
	const struct platform_driver *driver; /* NULL: our own contract */
	const char *queue; /* platform.queue; borrowed during link_new() */
	enum crash_point crash_at;
	int crash_count;
	int64_t backoff_cap_ms; /* 0: BACKOFF_CAP_MS; for tests */
};

struct link_ops {
	/* link_state() may have changed. */
	void (*changed)(void *context);
	/* Rows of the feed changed something that people see. */
	void (*pulled)(void *context, const char *feed);
	/* Once-mode is through, link_stop() is, or the store is broken. Called
	 * once; nothing is in flight any more. Must not free the link. */
	void (*finished)(void *context, enum exit_code code);
};

/* Everything is borrowed for the link's life. */
struct link *link_new(struct store *store, struct http *http,
	const struct link_options *options, const struct link_ops *ops,
	void *context);
void link_free(struct link *link);
DEFINE_AUTO(link, link_free)

void link_start(struct link *link);

/* Hints: there is something in the outbox; look at all feeds; a person wants
 * it tried now (closes the breaker, ends the stop of the mass-dead guard). */
void link_wake(struct link *link);
void link_pull(struct link *link);
void link_retry(struct link *link);
/* Compares with the platform, op by op where needed; changes nothing. day:
 * "2026-11-23", NULL for all. done is called once, unless the link is freed
 * before: {"day":..,"ours":N,"theirs":N,"waiting":N,"missing":N,"extra":N,
 * "missing_ops":[{"op_id","store_seq"}],"extra_ops":[..],"complete":bool,
 * "failed":""}. ours are acknowledged or void ops, waiting the rest; missing
 * are ours that are not there, extra theirs that are not ours. At most 200 of
 * each are listed. failed: the code of a refusal, "unreachable",
 * "unauthorized", "store", "unsupported" (the platform does not say what it
 * holds). False when one is under way. */
bool link_verify(struct link *link, const char *day,
	void (*done)(void *context, struct json *take_report), void *context);
/* Starts nothing new; requests in hand are finished and settled. */
void link_stop(struct link *link);

/* For the screen. Times are wall clock ms since 1970, 0 unknown or never.
 * {"link":"up|connecting|down","since_ms":N,"last_success_ms":N,
 *  "next_try_ms":N,"unsent":N,"parked":N,"blobs":N,"numbers":N,"oldest_ms":N,
 *  "clock_offset_ms":N,"clock_known":bool,"auth":bool,"halted":bool,
 *  "store":"store.full" or "","epoch_changed":bool,"server_behind":N,
 *  "bad_blobs":N,"lease_lost":N,"driver":"native","can":"blobs numbers ...",
 *  "why":"tls-expired"}
 * why: http_fault_name() of the last answer that was none, "refused" when the
 * platform did not let us in, "" when it was good.
 * bad_blobs: attachments whose file here is damaged, or that the platform
 * refuses again and again.
 * Caller frees. */
struct json *link_state(struct link *link);

/* What was done since link_start(): counts only. Caller frees. */
struct json *link_report(struct link *link);

#endif
