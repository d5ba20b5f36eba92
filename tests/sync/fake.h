/* A platform that misbehaves on demand, inside the test's own main loop.
 *
 * It keeps what a real one keeps (op_id with digest for ever, one sequence for
 * each aggregate, blobs by hash, blocks by id) and counts how often each op was
 * applied. A script of faults says what goes wrong, request by request. */
#ifndef TESTS_SYNC_FAKE_H
#define TESTS_SYNC_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct fake;

struct fake *fake_new(const char *token);
void fake_free(struct fake *fake);
unsigned fake_port(const struct fake *fake);

enum fake_fault {
	FAKE_CLOSE_UNREAD,  /* closed when arg bytes of the body are in */
	FAKE_CLOSE_EARLY,   /* whole request read, nothing done, closed */
	FAKE_LOSE_REPLY,    /* done, then closed without a byte */
	FAKE_CUT_REPLY,     /* done, then closed in the middle of the reply */
	FAKE_RAW,           /* nothing done; text is the whole reply */
	FAKE_REPLY,         /* nothing done; arg = status, text = JSON body,
			       application/problem+json from 400 on */
	FAKE_HTML,          /* nothing done; arg = status, a portal's page */
	FAKE_TRUNCATE_JSON, /* done; the JSON ends in the middle */
	FAKE_NOT_JSON,      /* done; garbage bytes as application/json */
	FAKE_DROP_RESULT,   /* done; the first result is left out */
	FAKE_EXTRA_RESULT,  /* done; a result nobody asked for */
	FAKE_REVERSE,       /* done; results in reverse order */
	FAKE_TWICE,         /* done; the first result twice, contradicting */
	FAKE_HUGE,          /* done; the reply is larger than any bound */
	FAKE_STALL,         /* done; no reply until fake_free() */
};

/* The next count requests whose path begins with path go wrong so. */
void fake_script(struct fake *fake, const char *path, unsigned count,
	enum fake_fault fault, int arg, const char *text);

/* Lasting habits */
struct fake_habits {
	unsigned max_ops;        /* more are 413; 0: no bound */
	const char *refuse_kind; /* ops of this kind: refuse_status, _code */
	int refuse_status;
	const char *refuse_code;
	bool forget_blobs; /* says of every blob that it is missing */
	bool ignore_blobs; /* takes ops without their blobs */
	bool wrong_receipt;
	bool no_numbers; /* 409 numbers_exhausted */
	int64_t time_shift_ms;
	const char *epoch; /* "e1" */
};
struct fake_habits *fake_habits(struct fake *fake);

/* The platform loses the last count ops it applied, as from a backup. */
void fake_lose_ops(struct fake *fake, unsigned count);

/* A row of the feed. body is JSON text. */
void fake_add_row(struct fake *fake, const char *feed, const char *entity,
	const char *id, const char *body);
/* No feed has any rows any more, and no tombstones. */
void fake_forget_rows(struct fake *fake);
/* Cursors made so far get 410. */
void fake_expire_cursors(struct fake *fake);

/* What happened */
unsigned fake_ops(const struct fake *fake); /* different op_ids */
unsigned fake_applied_twice(const struct fake *fake);
unsigned fake_replays(const struct fake *fake);
unsigned fake_changed_bytes(const struct fake *fake); /* same id, other body */
unsigned fake_wrong_digests(const struct fake *fake);
unsigned fake_blobs(const struct fake *fake);
unsigned fake_blob_puts(const struct fake *fake);
unsigned fake_blocks(const struct fake *fake);
unsigned fake_block_requests(const struct fake *fake);
unsigned fake_without_token(const struct fake *fake);
/* Requests whose path begins so. */
unsigned fake_requests(const struct fake *fake, const char *path);
/* "case.accept,case.document": kinds of one aggregate in order of applying.
 * Borrowed. */
const char *fake_order(const struct fake *fake);
unsigned fake_largest_batch(const struct fake *fake);

#endif
