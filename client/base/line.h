/* The local protocol: JSON lines over a Unix stream socket.
 *
 * - The socket is 0600; the peer's user must be ours, root, or allowed by the
 *   server's ops (checked by SO_PEERCRED).
 * - First line both ways: {"hello":"yikou-devd","v":1}. Another version is
 *   answered, flagged and closed.
 * - The server sends the whole state, then {"synced":true}; afterwards events.
 * - {"id":N,"do":VERB,...} from a client is a command and gets exactly one
 *   {"id":N,"ok":true,"result":{...}} or
 *   {"id":N,"ok":false,"error":"link.timeout","detail":"..."}.
 * - A line is at most 64 KiB. Pictures travel as files named by their hash.
 * - A client with more than 256 KiB unread is dropped; it connects again and
 *   gets the state again. */
#ifndef CLIENT_BASE_LINE_H
#define CLIENT_BASE_LINE_H

#include <stdbool.h>

#include "client/base/json.h"

enum { LINE_VERSION = 1, LINE_MAX_BYTES = 65536, LINE_MAX_UNREAD = 262144 };

struct line_server;
struct line_peer; /* one connected client, as the server sees it */

struct line_server_ops {
	/* A client said hello: send it the state; synced follows by itself. */
	void (*joined)(void *context, struct line_peer *peer);
	/* A command: answer now or later with line_answer()/line_refuse(). */
	void (*command)(void *context, struct line_peer *peer, int64_t id,
		const char *verb, const struct json *message);
	void (*left)(void *context, struct line_peer *peer); /* may be NULL */
};

/* Listens on path; a socket left by a dead server is replaced, a living one
 * is LINK_ERROR_BUSY. ops is borrowed for the server's life. */
struct line_server *line_server_new(const char *path, const char *program,
	const struct line_server_ops *ops, void *context, GError **error);
void line_server_free(struct line_server *server); /* removes the socket */
DEFINE_AUTO(line_server, line_server_free)
unsigned line_server_peers(const struct line_server *server);

void line_broadcast(struct line_server *server, const struct json *message);
void line_send(struct line_peer *peer, const struct json *message);
void line_answer(struct line_peer *peer, int64_t id, struct json *take_result);
void line_refuse(struct line_peer *peer, int64_t id, const GError *error);

/* A peer that was told of a later answer may leave first: keep its serial and
 * look it up again. 0 is never a serial. */
unsigned line_peer_serial(const struct line_peer *peer);
struct line_peer *line_server_find(
	struct line_server *server, unsigned serial); /* NULL: it left */

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
