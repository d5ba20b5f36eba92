/* The hall's queue. */
#ifndef CLIENT_PLATFORM_TICKETS_H
#define CLIENT_PLATFORM_TICKETS_H

#include "client/base/json.h"
#include "client/platform/platform.h"

/* Takes a ticket, what the queue machine does. One transaction. */
struct ticket_order {
	const char *ticket_id; /* NULL: a fresh one */
	const char *number;    /* NULL: the next one of its kind */
	const char *kind;      /* "apply", "booked", "collect" */
	const char *business, *person, *note; /* NULL: "" */
	int64_t taken_ms;
};
bool ticket_take(struct platform *platform, const struct ticket_order *order,
	char ticket_id[UUID_TEXT], GError **error);

/* The ticket as the contract shows it; NULL when there is none. Caller frees.
 */
struct json *ticket_body(struct platform *platform, const char *ticket_id);

/* Ops ticket.*, in the caller's transaction. *problem: the ticket is not in a
 * state that allows it, or another window has it (version_conflict). */
bool ticket_apply(struct platform *platform, const char *kind,
	const struct json *body, int64_t *version, struct json **problem,
	GError **error);

/* Takes tickets that were taken before the given time off the list and makes
 * tombstones of them. One transaction. */
bool ticket_expire(
	struct platform *platform, int64_t before_ms, GError **error);

#endif
