/* The serving end of the local protocol (line.h). */
#ifndef CLIENT_BASE_LINE_SERVER_H
#define CLIENT_BASE_LINE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "client/base/json.h"

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

#endif
