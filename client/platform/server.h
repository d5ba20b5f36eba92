/* HTTP/1.1 on the main loop: connections in, requests to the router, replies
 * out. The only file that knows libmicrohttpd; no threads. */
#ifndef CLIENT_PLATFORM_SERVER_H
#define CLIENT_PLATFORM_SERVER_H

#include <stdint.h>

#include "client/base/auto.h"

struct platform;
struct server;

/* Listens on a numeric address. port 0 takes a free one. LINK_ERROR_BUSY when
 * it is taken, ITEM_ERROR_USAGE for an address that is none. platform is
 * borrowed for the server's life. */
struct server *server_new(struct platform *platform, const char *address,
	uint16_t port, GError **error);
void server_free(struct server *server);
DEFINE_AUTO(server, server_free)

uint16_t server_port(const struct server *server);

#endif
