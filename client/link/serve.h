/* The local socket of yikou-syncd (client/base/line.h).
 *
 * State, sent to each new client and on each change: see link_state().
 * Event: {"event":"changed","feeds":["tickets"]} when pulled rows changed
 * something that people see; several pages in one moment make one event.
 * Commands: wake (there is something in the outbox), pull (look at all feeds),
 * status (result: the state), retry (close the breaker, try now), stop; report
 * (result: link_report()), verify {"day"} (result: see link_verify(), when it
 * is through; link.busy when one is under way). */
#ifndef CLIENT_LINK_SERVE_H
#define CLIENT_LINK_SERVE_H

#include "client/link/link.h"

struct serve;

/* stop is called when a client says stop. LINK_ERROR_BUSY when another one
 * answers on path. The link is given afterwards, as it needs serve's ops. */
struct serve *serve_new(const char *path, void (*stop)(void *context),
	void *context, GError **error);
void serve_free(struct serve *serve);
DEFINE_AUTO(serve, serve_free)

void serve_set_link(struct serve *serve, struct link *link);

/* For link_ops, with serve as their context. */
void serve_changed(struct serve *serve);
void serve_pulled(struct serve *serve, const char *feed);

#endif
