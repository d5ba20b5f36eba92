/* A connection of the local protocol, for its two ends (line_server.c,
 * line_client.c) only. */
#ifndef CLIENT_BASE_WIRE_H
#define CLIENT_BASE_WIRE_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <glib.h>

#include "client/base/json.h"

/* Part of its owner; line, lost and owner are set before wire_open(). Without
 * a connection: fd -1 and dead. */
struct wire {
	int fd;
	guint in_watch, out_watch;
	GString *in, *out; /* own: unfinished line, unsent bytes */
	/* Both may end the wire. */
	void (*line)(void *owner, const struct json *message);
	void (*lost)(void *owner, const GError *why);
	void *owner;
	bool dead; /* lost() was called or is under way */
};

/* Takes the connected, non-blocking socket over and begins to read. */
void wire_open(struct wire *wire, int fd);
/* Frees what it has; lost() is not called. */
void wire_close(struct wire *wire);
/* Calls lost() once, with code of LINK_ERROR. */
void wire_lose(struct wire *wire, int code, const char *why);
/* False when it is dead or the other side does not read. */
bool wire_send(struct wire *wire, const struct json *message);
/* The first line of both sides. */
void wire_hello(struct wire *wire, const char *program);
/* Writes what fits now, watches for room for the rest. */
void wire_flush(struct wire *wire);

/* ITEM_ERROR_TOO_LARGE for a path that is too long for a socket. */
bool wire_address(
	struct sockaddr_un *address, const char *path, GError **error);

#endif
