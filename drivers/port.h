/* Ports: where bytes come from and go to. One const table of kinds.
 *
 *   serial:/dev/ttyUSB0:9600/8n1[/rtscts]  libserialport; /dev/serial/by-id/...
 *                                          is resolved at every opening
 *   tcp:host:port                          resolved without blocking
 *   unix:/path                             relative paths: to devices.conf
 *   exec:program args                      a child speaking on its standard
 *                                          input and output; {spool} in args is
 *                                          the picture folder, {conf} that of
 *                                          devices.conf; a bare name is looked
 *                                          up beside yikou-devd
 *   replay:file.replay                     a transcript plays the device
 *
 * No call blocks. Everything is told through the owner's functions, from the
 * main loop, never from inside port_open(), port_write() or port_free(). */
#ifndef DRIVERS_PORT_H
#define DRIVERS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/auto.h"

struct port;

struct port_owner {
	void (*opened)(void *context);
	/* Some bytes; borrowed for the call. The owner may free the port. */
	void (*data)(void *context, const uint8_t *data, size_t len);
	/* Everything written so far has left. */
	void (*drained)(void *context);
	/* Could not be opened, or was lost; the port is dead: free it. */
	void (*lost)(void *context, const GError *why);
};

struct port_setup {
	const char *address; /* "unix:/run/..." */
	const char *line;    /* the driver's default line: "9600/8n1" or NULL */
	const char *base_dir;  /* of relative paths, or NULL */
	const char *spool_dir; /* for {spool}, or NULL */
};

enum { PORT_UNSENT_MAX = 65536 };

/* The syntax only: ITEM_ERROR_SYNTAX. */
bool port_check(const struct port_setup *setup, GError **error);

/* Begins to open; opened() or lost() follows. setup is not kept, owner is
 * borrowed for the port's life. Never NULL. */
struct port *port_open(const struct port_setup *setup,
	const struct port_owner *owner, void *context);

/* False when more than PORT_UNSENT_MAX bytes would wait, or it is not open. */
bool port_write(struct port *port, const void *data, size_t len);

void port_free(struct port *port); /* closes; NULL is fine */
DEFINE_AUTO(port, port_free)

/* Schemes and what they are, for --list; ended by a NULL scheme. */
struct port_kind;
const struct port_kind *const *port_kinds(void);
const char *port_kind_scheme(const struct port_kind *kind);
const char *port_kind_help(const struct port_kind *kind);

#endif
