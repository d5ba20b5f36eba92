/* The part of a port that is the same for every kind: descriptors watched on
 * the main loop, a bounded buffer of what is not written yet, and telling the
 * owner from the loop only. */
#include "drivers/port_stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "client/base/error.h"

enum { READ_AT_ONCE = 4096 };

static void stop_watching(struct port *port)
{
	if (port->in_watch)
		g_source_remove(port->in_watch);
	if (port->out_watch)
		g_source_remove(port->out_watch);
	port->in_watch = port->out_watch = 0;
}

static gboolean tell_lost(gpointer user_data)
{
	struct port *port = user_data;

	port->later = 0;
	port->owner->lost(port->context, port->why);
	return G_SOURCE_REMOVE; /* the owner has freed the port */
}

static void replace_later(struct port *port, GSourceFunc tell)
{
	if (port->later)
		g_source_remove(port->later);
	port->later = g_idle_add_full(G_PRIORITY_DEFAULT, tell, port, NULL);
}

void port_lose(struct port *port, GError *take_why)
{
	if (port->is_lost) {
		g_error_free(take_why);
		return;
	}
	port->is_lost = true;
	port->is_open = false;
	port->why = take_why;
	stop_watching(port);
	replace_later(port, tell_lost);
}

static void lose_by_errno(struct port *port, int number)
{
	port_lose(port,
		g_error_new(LINK_ERROR, LINK_ERROR_CLOSED, "%s",
			number ? g_strerror(number) : "the other side closed"));
}

static gboolean tell_drained(gpointer user_data)
{
	struct port *port = user_data;

	port->later = 0;
	port->owner->drained(port->context);
	return G_SOURCE_REMOVE;
}

static gboolean tell_opened(gpointer user_data)
{
	struct port *port = user_data;

	port->later = 0;
	port->is_open = true;
	port->owner->opened(port->context);
	return G_SOURCE_REMOVE;
}

static gboolean readable(gint fd, GIOCondition what, gpointer user_data)
{
	struct port *port = user_data;
	uint8_t bytes[READ_AT_ONCE];
	ssize_t n;

	(void)what;
	n = port->kind->read ? port->kind->read(port, bytes, sizeof(bytes))
			     : read(fd, bytes, sizeof(bytes));
	if (n > 0)
		port->owner->data(port->context, bytes, (size_t)n);
	else if (n == 0)
		lose_by_errno(port, 0);
	else if (errno != EAGAIN && errno != EINTR)
		lose_by_errno(port, errno);
	return G_SOURCE_CONTINUE; /* ended with the port by its id */
}

/* False when the rest must wait. */
static bool write_some(struct port *port)
{
	GByteArray *unsent = port->unsent;
	ssize_t n;

	n = port->kind->write
		    ? port->kind->write(port, unsent->data, unsent->len)
		    : write(port->out_fd, unsent->data, unsent->len);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		lose_by_errno(port, errno);
		return true;
	}
	if (n > 0)
		g_byte_array_remove_range(unsent, 0, (guint)n);
	return unsent->len == 0;
}

static gboolean writable(gint fd, GIOCondition what, gpointer user_data)
{
	struct port *port = user_data;

	(void)fd;
	(void)what;
	if (!write_some(port))
		return G_SOURCE_CONTINUE;
	if (port->is_lost)
		return G_SOURCE_CONTINUE; /* removed by then */
	port->out_watch = 0;
	port->owner->drained(port->context);
	return G_SOURCE_REMOVE;
}

void port_begin(struct port *port, int in_fd, int out_fd)
{
	port->in_fd = in_fd;
	port->out_fd = out_fd;
	g_unix_set_fd_nonblocking(in_fd, TRUE, NULL);
	g_unix_set_fd_nonblocking(out_fd, TRUE, NULL);
	port->in_watch = g_unix_fd_add(
		in_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, port);
	replace_later(port, tell_opened);
}

void port_begin_without_fd(struct port *port)
{
	replace_later(port, tell_opened);
}

bool port_write(struct port *port, const void *data, size_t len)
{
	if (!port->is_open || len > PORT_UNSENT_MAX - port->unsent->len)
		return false;
	g_byte_array_append(port->unsent, data, (guint)len);
	if (port->out_watch)
		return true;
	if (!write_some(port))
		port->out_watch =
			g_unix_fd_add(port->out_fd, G_IO_OUT, writable, port);
	else if (!port->is_lost)
		replace_later(port, tell_drained);
	return true;
}

void port_deliver(struct port *port, const uint8_t *data, size_t len)
{
	port->owner->data(port->context, data, len);
}

char *port_path(const struct port_setup *setup, const char *path)
{
	if (g_path_is_absolute(path) || !setup->base_dir)
		return g_strdup(path);
	return g_build_filename(setup->base_dir, path, NULL);
}

void port_free(struct port *port)
{
	if (!port)
		return;
	stop_watching(port);
	if (port->later)
		g_source_remove(port->later);
	if (port->kind && port->kind->close)
		port->kind->close(port);
	if (port->out_fd >= 0 && port->out_fd != port->in_fd)
		close(port->out_fd);
	if (port->in_fd >= 0)
		close(port->in_fd);
	g_byte_array_unref(port->unsent);
	g_clear_error(&port->why);
	g_free(port);
}
