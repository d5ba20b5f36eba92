/* What the kinds of ports are made of. Private to drivers/port*.c. */
#ifndef DRIVERS_PORT_STREAM_H
#define DRIVERS_PORT_STREAM_H

#include <sys/types.h>

#include <glib.h>

#include "drivers/port.h"

struct port_kind {
	const char *scheme;
	const char *help;
	/* address is what stands behind the scheme. */
	bool (*check)(const char *address, GError **error);
	/* Begins to open: port_begin(), port_opened(), or port_lost() later
	 * from the loop. */
	void (*open)(struct port *port, const struct port_setup *setup,
		const char *address);
	/* NULL for kinds that read and write their descriptors plainly. */
	ssize_t (*read)(struct port *port, void *data, size_t size);
	ssize_t (*write)(struct port *port, const void *data, size_t len);
	void (*close)(struct port *port); /* may be NULL */
};

struct port {
	const struct port_kind *kind;
	const struct port_owner *owner;
	void *context;
	int in_fd, out_fd; /* own; may be the same; -1 while not open */
	guint in_watch, out_watch, later;
	GByteArray *unsent; /* own */
	GError *why;        /* own: why it was lost, told from the loop */
	bool is_open, is_lost;
	void *data; /* the kind's own, released by close() */
};

/* The descriptors are there (made non-blocking, watched); opened() is told
 * from the loop. */
void port_begin(struct port *port, int in_fd, int out_fd);
/* For kinds that have none: the same, bytes come by port_deliver(). */
void port_begin_without_fd(struct port *port);
/* Told from the loop. */
void port_lose(struct port *port, GError *take_why);
/* A relative path starts at base_dir. Caller frees. */
char *port_path(const struct port_setup *setup, const char *path);
/* Bytes to the owner, for kinds without a descriptor. */
void port_deliver(struct port *port, const uint8_t *data, size_t len);

extern const struct port_kind port_kind_serial; /* port_serial.c */
extern const struct port_kind port_kind_tcp;    /* port_socket.c */
extern const struct port_kind port_kind_unix;   /* port_socket.c */
extern const struct port_kind port_kind_exec;   /* port_exec.c */
extern const struct port_kind port_kind_replay; /* port_replay.c */

#endif
