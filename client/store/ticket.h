/* Tickets: who waits, who is served, and what became of them.
 *
 * The queue is the platform's (feed "tickets"); calling, skipping, parking are
 * ops of this window, applied here at once and pushed.
 */
#ifndef CLIENT_STORE_TICKET_H
#define CLIENT_STORE_TICKET_H

#include "client/store/store.h"

#define TICKET_STATES(X)                          \
	X(TICKET_WAITING, "waiting")              \
	X(TICKET_CALLED, "called")                \
	X(TICKET_PARKED, "parked")                \
	X(TICKET_SKIPPED, "skipped") /* 过号 */ \
	X(TICKET_DONE, "done")                    \
	X(TICKET_TRANSFERRED, "transferred") /* waits for another window */

#define TICKET_STATE_ROW(code, name) code,
enum ticket_state { TICKET_STATES(TICKET_STATE_ROW) TICKET_STATE_COUNT };

enum ticket_kind { TICKET_APPLY, TICKET_BOOKED, TICKET_COLLECT, TICKET_NONE };

struct ticket {
	char ticket_id[UUID_TEXT];
	char number[16]; /* "A018" */
	enum ticket_kind kind;
	enum ticket_state state;
	char *business; /* pre-filled item, may be "" */
	char *person;   /* pre-filled name, may be ""; mask it */
	char *note;     /* "约 09:45", reason of parking */
	char window[8]; /* who called or whom it was transferred to */
	int64_t taken_ms, called_ms, ended_ms;
	int calls; /* how often it was called */
};
void ticket_free(struct ticket *ticket);
DEFINE_AUTO(ticket, ticket_free)

#define TICKET_ACTIONS(X)                            \
	X(TICKET_ACTION_CALL, "ticket.call")         \
	X(TICKET_ACTION_RECALL, "ticket.recall")     \
	X(TICKET_ACTION_SKIP, "ticket.skip")         \
	X(TICKET_ACTION_PARK, "ticket.park")         \
	X(TICKET_ACTION_RESUME, "ticket.resume")     \
	X(TICKET_ACTION_TRANSFER, "ticket.transfer") \
	X(TICKET_ACTION_FINISH, "ticket.finish")     \
	X(TICKET_ACTION_OPEN, "ticket.open") /* a visit without a ticket */

#define TICKET_ACTION_ROW(code, name) code,
enum ticket_action { TICKET_ACTIONS(TICKET_ACTION_ROW) TICKET_ACTION_COUNT };

/* Waiting for this window (or any), oldest first, then parked and called ones
 * of this window, then those it skipped today, the last one first: they may be
 * called again. Array of struct ticket *. */
GPtrArray *ticket_list(struct store *store, GError **error);
struct ticket *ticket_load(
	struct store *store, const char *ticket_id, GError **error);

/* One act in one transaction: row, outbox op, audit. ITEM_ERROR_STATE when the
 * ticket is not in a state that allows it, ITEM_ERROR_CONFLICT when another
 * window has it. reason: for skip, park, transfer, out-of-turn call; may be
 * NULL. target: window of a transfer. */
bool ticket_act(struct store *store, const char *ticket_id,
	enum ticket_action action, const char *reason, const char *target,
	const struct actor *actor, GError **error);

/* A visit without a ticket: makes one, already called. Number "W001"... */
struct ticket *ticket_open(
	struct store *store, const struct actor *actor, GError **error);

/* Pause and resume of the window, with reason: flag, outbox op and audit. */
bool window_pause(struct store *store, bool paused, const char *reason,
	const struct actor *actor, GError **error);
bool window_is_paused(struct store *store);

/* Visits of this window that ended on day: done with a case, consulted without
 * one, skipped; and the number that was called or ended last. */
struct ticket_day {
	int done, consulted, skipped;
	char last_number[16];
	int64_t last_ms;
};
bool ticket_day_counts(
	struct store *store, int day, struct ticket_day *out, GError **error);

/* From the feed: insert or update unless this window has newer, unsent acts on
 * it. Called by link inside a feed page (feed.h). */
bool ticket_apply_remote(
	struct store *store, const struct json *row, GError **error);

/* Ratings: one per visit. Levels 5 非常满意 .. 1 非常不满意; the "none"
 * results are results of their own and never a level. */
enum rating {
	RATING_NONE_NO_ANSWER = -1,
	RATING_NONE_REFUSED = -2,
	RATING_NONE_DEVICE = -3,
	RATING_VERY_BAD = 1,
	RATING_BAD = 2,
	RATING_FAIR = 3,
	RATING_GOOD = 4,
	RATING_VERY_GOOD = 5,
};
/* Row, outbox op "rating.record", audit. A second one for the same ticket:
 * ITEM_ERROR_CONFLICT. case_id may be NULL (consultation). */
bool rating_record(struct store *store, const char *ticket_id,
	const char *case_id, enum rating rating, const char *device,
	const struct actor *actor, GError **error);
/* 0 when not rated yet. */
int rating_of_ticket(struct store *store, const char *ticket_id);

/* A visit is owed its one rating from the decision on, or from the end when
 * nothing was decided; case_id is of the first decision, "" when none. The debt
 * is written in the transaction of the decision or of the end, and goes in that
 * of rating_record(). */
bool rating_is_owed(
	struct store *store, const char *ticket_id, char case_id[UUID_TEXT]);
/* After a start: visits that are over here, and whose rating was lost with the
 * program that waited for it, are recorded as RATING_NONE_DEVICE: whether the
 * citizen answered is not known, so it is neither a level nor "no answer". One
 * transaction; *count of them. */
bool ratings_make_up(struct store *store, int *count, GError **error);

/* The visit in hand: survives a crash. step is the view's name. */
struct visit_mark {
	char ticket_id[UUID_TEXT];
	char case_id[UUID_TEXT]; /* "" before the item is chosen */
	char step[24];
	int64_t at_ms;
};
bool visit_mark_set(
	struct store *store, const struct visit_mark *mark, GError **error);
bool visit_mark_get(struct store *store, struct visit_mark *mark);
bool visit_mark_clear(struct store *store, GError **error);

#endif
