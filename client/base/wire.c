/* One connection of the local protocol: collects lines and writes what the
 * other side has room for. What a line means is the owner's. Everything is on
 * the main loop, nothing blocks. */
#include "client/base/wire.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/line.h"

void wire_close(struct wire *wire)
{
	wire->dead = true;
	if (wire->in_watch)
		g_source_remove(wire->in_watch);
	if (wire->out_watch)
		g_source_remove(wire->out_watch);
	wire->in_watch = wire->out_watch = 0;
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
	if (wire->in)
		g_string_free(wire->in, TRUE);
	if (wire->out)
		g_string_free(wire->out, TRUE);
	wire->in = wire->out = NULL;
}

void wire_lose(struct wire *wire, int code, const char *why)
{
	g_autoptr(GError) error = g_error_new_literal(LINK_ERROR, code, why);

	if (wire->dead)
		return;
	wire->dead = true;
	wire->lost(wire->owner, error);
}

/* True while the wire lives. */
static bool wire_take_line(struct wire *wire, const char *text, size_t len)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) message = json_parse(text, len, &error);

	if (!json_is_object(message)) {
		wire_lose(wire, LINK_ERROR_PROTOCOL, "not a JSON object");
		return false;
	}
	wire->line(wire->owner, message);
	return !wire->dead;
}

static bool wire_take_lines(struct wire *wire)
{
	g_autofree char *bytes = NULL;
	char *start, *end, *newline;

	if (!memchr(wire->in->str, '\n', wire->in->len)) {
		if (wire->in->len <= LINE_MAX_BYTES)
			return true;
		wire_lose(wire, LINK_ERROR_PROTOCOL, "line too long");
		return false;
	}
	/* The lines are taken out first: a handler may free the wire, and is
	 * only then seen in the local copy's loop through its return. */
	end = bytes = g_memdup2(wire->in->str, wire->in->len + 1);
	end += wire->in->len;
	for (start = bytes;
		(newline = memchr(start, '\n', (size_t)(end - start)));
		start = newline + 1) {
		g_string_erase(wire->in, 0, newline - start + 1);
		if (newline - start > LINE_MAX_BYTES) {
			wire_lose(wire, LINK_ERROR_PROTOCOL, "line too long");
			return false;
		}
		if (!wire_take_line(wire, start, (size_t)(newline - start)))
			return false;
	}
	return true;
}

static gboolean wire_readable(gint fd, GIOCondition what, gpointer user_data)
{
	struct wire *wire = user_data;
	char piece[16384];
	ssize_t n = read(fd, piece, sizeof(piece));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (n <= 0) {
		wire_lose(wire, LINK_ERROR_CLOSED, "the other side left");
		return G_SOURCE_CONTINUE;
	}
	g_string_append_len(wire->in, piece, n);
	wire_take_lines(wire);
	return G_SOURCE_CONTINUE;
}

static gboolean wire_writable(gint fd, GIOCondition what, gpointer user_data);

/* Writes what fits now, watches for room for the rest. */
void wire_flush(struct wire *wire)
{
	while (!wire->dead && wire->out->len > 0) {
		ssize_t n = send(
			wire->fd, wire->out->str, wire->out->len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return; /* the reader will see the end */
		if (n < 0)
			break;
		g_string_erase(wire->out, 0, n);
	}
	if (!wire->dead && wire->out->len > 0 && !wire->out_watch)
		wire->out_watch =
			g_unix_fd_add(wire->fd, G_IO_OUT, wire_writable, wire);
}

static gboolean wire_writable(gint fd, GIOCondition what, gpointer user_data)
{
	struct wire *wire = user_data;

	(void)fd;
	(void)what;
	wire->out_watch = 0;
	wire_flush(wire);
	return G_SOURCE_REMOVE;
}

bool wire_send(struct wire *wire, const struct json *message)
{
	g_autofree char *text = json_print(message);

	if (wire->dead)
		return false;
	g_string_append(wire->out, text);
	g_string_append_c(wire->out, '\n');
	if (wire->out->len > LINE_MAX_UNREAD)
		return false;
	wire_flush(wire);
	return true;
}

void wire_open(struct wire *wire, int fd)
{
	wire->fd = fd;
	wire->dead = false;
	wire->in = g_string_new(NULL);
	wire->out = g_string_new(NULL);
	wire->in_watch = g_unix_fd_add(
		fd, G_IO_IN | G_IO_HUP | G_IO_ERR, wire_readable, wire);
}

void wire_hello(struct wire *wire, const char *program)
{
	AUTO(json) hello = json_new_object();

	json_put_text(hello, "hello", program);
	json_put_int(hello, "v", LINE_VERSION);
	wire_send(wire, hello);
}

bool wire_address(struct sockaddr_un *address, const char *path, GError **error)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) < sizeof(address->sun_path)) {
		memcpy(address->sun_path, path, strlen(path) + 1);
		return true;
	}
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
		"%s: a socket's path has at most %zu bytes", path,
		sizeof(address->sun_path) - 1);
	return false;
}
