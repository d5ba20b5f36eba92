/* The asking end of the local protocol (line.h). */
#ifndef CLIENT_BASE_LINE_CLIENT_H
#define CLIENT_BASE_LINE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "client/base/json.h"

struct line_client;

struct line_client_ops {
	void (*synced)(void *context); /* connected and state received */
	void (*message)(void *context, const struct json *message); /* events */
	void (*lost)(void *context, const GError *why); /* reconnects alone */
};

/* Called once: result on success, else error. Both borrowed. */
typedef void line_reply_fn(
	void *context, const struct json *result, const GError *error);

/* Connects, and again after a loss (0.2 s, doubling to 5 s; no wake-ups while
 * connected). */
struct line_client *line_client_new(const char *path, const char *program,
	const struct line_client_ops *ops, void *context);
void line_client_free(struct line_client *client);
DEFINE_AUTO(line_client, line_client_free)
bool line_client_is_up(const struct line_client *client);

/* Sends {"id":..,"do":verb, members of take_args}. The reply comes exactly
 * once, LINK_ERROR_CLOSED when the link is or gets lost, LINK_ERROR_TIMEOUT
 * after timeout_ms. reply may be NULL. */
void line_command(struct line_client *client, const char *verb,
	struct json *take_args, int timeout_ms, line_reply_fn *reply,
	void *context);

#endif
