/* The inside of the link, shared by its files. */
#ifndef CLIENT_LINK_ENGINE_H
#define CLIENT_LINK_ENGINE_H

#include "client/link/answer.h"
#include "client/link/calls.h"
#include "client/link/gate.h"
#include "client/link/link.h"
#include "client/link/offset.h"
#include "client/link/platform_driver.h"

/* One lane: at most one request in flight. */
struct lane {
	struct link *link;
	const char *name;                /* for logs */
	bool (*next)(struct link *link); /* sends the next; false: idle */
	struct gate gate;
	bool busy;
	bool denied;     /* the last answer was 401 */
	const char *why; /* see link_state() */
	guint timer;
	unsigned refusals; /* 401 and 429 in a row, for their back-off */
	void (*done)(struct link *link, const struct http_reply *reply);
};

enum { SERIES_MAX = 5 }; /* case, accept and refuse of two years */

#define FEEDS(X)                                        \
	X(FEED_TICKETS, "tickets", 1, PLATFORM_TICKETS) \
	X(FEED_CASES, "cases", 3, PLATFORM_CASES)       \
	X(FEED_CATALOG, "catalog", 12, PLATFORM_CATALOG)

/* X(code, name, every so many ticks, the platform that has it) */
#define FEED_ENUM_ROW(code, name, ticks, can) code,
enum feed { FEEDS(FEED_ENUM_ROW) FEED_COUNT };

/* The ops of one batch, see load.c. */
struct load {
	GPtrArray *ops;      /* own; NULL: none */
	GPtrArray *op_blobs; /* own: of each; NULL: they went before */
	void *batch;         /* own, the driver's */
	int64_t generation;  /* of the lease */
};

struct push {
	struct load load;         /* in flight, or being settled */
	struct load ahead, late;  /* the one after it, the one before */
	guint spare_time;         /* source: while load is in flight */
	int limit;                /* ops in a batch: halved on 413 */
	int ceiling;              /* of limit: what a slow line lets pass */
	bool halted;              /* mass-dead guard */
	int64_t next_ms;          /* until something becomes ready, -1 */
	GHashTable *dead_of_code; /* code -> count, of this run */
	unsigned fruitless;       /* batches in a row that moved nothing */
	GPtrArray *asked;         /* own: struct blob *, question in flight */
	GPtrArray *uploads;       /* own: struct blob *, to be sent */
	struct blob *uploading;   /* own: in flight */
	struct tus *tus;          /* own: one in pieces; NULL: none */
	GHashTable *troubles;     /* sha256 -> struct trouble */
};

struct pull {
	bool hello_due, check_due, numbers_due;
	bool self_due; /* was this store restored from a backup? */
	bool feed_due[FEED_COUNT];
	bool was_reset[FEED_COUNT]; /* 410 since its end was reached */
	enum feed feed;             /* in flight */
	unsigned ticks;
	char *cursor; /* own: what the page was asked with */
	char series[40], block_id[UUID_TEXT]; /* of the block asked for */
	unsigned series_index;
	int64_t series_hold_ms[SERIES_MAX]; /* boot clock: not asked before */
};

struct link_counters {
	int64_t batches, sent, acked, replayed, conflict, dead, retried;
	int64_t unknown; /* sent, no answer */
	int64_t blobs, blob_bytes, pieces, rows, blocks;
	int64_t extra, missing, contradictory, lease_lost;
};

struct link {
	struct store *store;
	struct http *http;
	const struct platform_driver *driver;
	void *platform; /* own, the driver's; may be NULL */
	struct link_options options;
	const struct link_ops *ops;
	void *context;
	struct lane push_lane, pull_lane;
	struct push push;
	struct pull pull;
	struct capabilities limits;
	struct offset offset;
	struct link_counters counters;
	guint ticker;
	int crash_left;
	bool started, stopping, ended;
	bool ever_up;
	enum exit_code verdict; /* why it ended early */
	char server_epoch[ANSWER_EPOCH_MAX];
	bool epoch_changed;
	int64_t server_behind;
	struct reconcile *reconcile; /* own; NULL: none under way */
	struct json *verified;       /* own: of once-mode with verify */
	const char *store_error;     /* error_name(), NULL when well */
	const char *shown;           /* "up", "connecting", "down" */
	int64_t since_ms, last_success_ms, started_boot_ms;
};

/* link.c */

/* Sends on the lane; done is called with the reply, then the link goes on. */
void link_send(struct lane *lane, const struct http_request *request,
	void (*done)(struct link *link, const struct http_reply *reply));
/* Every answer passes here once: gate, auth, clock, epoch. */
void link_heard(struct lane *lane, const struct answer *answer,
	const struct http_reply *reply);
void link_step(struct link *link);
void link_changed(struct link *link);
/* The store refused. Ends the link, or lets it rest when that may pass. */
void link_store_failed(struct link *link, const GError *error);
void link_crash_point(struct link *link, enum crash_point point);
int64_t link_backoff_cap(const struct link *link);
bool link_does_only(const struct link *link, const char *part);
/* can: one of enum platform_can */
bool link_can(const struct link *link, unsigned can);

/* state.c; link.h has the rest of it */
const char *state_word(const struct link *link); /* "up", ... */
bool state_is_authorised(const struct link *link);

/* push.c: the outbox */
void push_init(struct link *link);
void push_clear(struct link *link);
bool push_next(struct link *link);
/* Settles the load with what was said of it; or with nothing: unsent. */
void push_settle(
	struct link *link, struct batch_reply *reply, enum http_fault fault);
void push_give_back(struct link *link);

/* load.c: false when nothing is ready */
bool load_send(struct link *link);
void load_clear(struct link *link);

/* attach.c: true when a request was sent */
bool attach_next(struct link *link);
/* It was delivered with an op. */
void attach_went_along(struct link *link, const struct blob *blob);
/* For tus.c: what became of a blob. Refused, or its file is damaged: it is left
 * alone for a while. */
void attach_stored(struct link *link, const struct blob *blob);
void attach_refused(struct link *link, struct blob *take_blob);
void attach_broken(struct link *link, struct blob *take_blob);
unsigned attach_bad(const struct link *link); /* blobs that cannot be sent */

/* tus.c: an upload in pieces; next only while link->push.tus is set. */
enum { TUS_MIN_BYTES = 256 * 1024 };
bool tus_is_for(const struct link *link, const struct blob *blob);
void tus_begin(struct link *link, struct blob *take_blob);
void tus_next(struct link *link);
void tus_clear(struct link *link);

/* pull.c: hello, reconciliation check, feeds */
void pull_init(struct link *link);
void pull_clear(struct link *link);
void pull_tick(struct link *link);
void pull_all(struct link *link);
void pull_nothing(struct link *link); /* but hello */
bool pull_next(struct link *link);
bool pull_is_idle(const struct link *link);
const char *feed_name(enum feed feed);

/* A GET on the pull lane. */
bool pull_get(struct link *link, const char *path, size_t max_reply,
	void (*done)(struct link *link, const struct http_reply *reply));

/* reconcile.c: day may be NULL. repair: what the platform lost goes out again.
 * done may be NULL; its report is described at link_verify(). False when one
 * is under way. */
bool reconcile_start(struct link *link, const char *day, bool repair,
	void (*done)(void *context, struct json *take_report), void *context);
/* The report of a platform that does not say what it holds. */
struct json *reconcile_unsupported(void);
/* Only while link->reconcile is set; true when a request was sent. */
bool reconcile_next(struct link *link);
void reconcile_clear(struct link *link);

/* numbers.c: true when a request for a block was sent */
bool numbers_next(struct link *link);

#endif
