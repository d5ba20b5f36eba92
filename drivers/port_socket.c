/* tcp: and unix: ports, both connected without blocking. */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/base/error.h"
#include "drivers/port_stream.h"

enum { CONNECT_TIMEOUT_S = 5 };

/* A connection under way outlives the port when that is freed first. */
struct attempt {
	struct port *port;    /* borrowed; NULL when it was given up */
	GCancellable *cancel; /* own */
};

static void connected(GObject *source, GAsyncResult *result, gpointer data)
{
	struct attempt *attempt = data;
	g_autoptr(GError) why = NULL;
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_finish(
			G_SOCKET_CLIENT(source), result, &why);
	struct port *port = attempt->port;

	if (port) {
		port->data = NULL;
		if (connection) {
			GSocket *socket =
				g_socket_connection_get_socket(connection);
			int fd = dup(g_socket_get_fd(socket));

			port_begin(port, fd, fd);
		} else {
			port_lose(
				port, g_error_new_literal(LINK_ERROR,
					      LINK_ERROR_ABSENT, why->message));
		}
	}
	g_object_unref(attempt->cancel);
	g_free(attempt);
}

static void give_up(struct port *port)
{
	struct attempt *attempt = port->data;

	if (!attempt)
		return;
	attempt->port = NULL;
	port->data = NULL;
	g_cancellable_cancel(attempt->cancel);
}

static void connect_to(struct port *port, GSocketConnectable *where)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	struct attempt *attempt = g_new0(struct attempt, 1);

	attempt->port = port;
	attempt->cancel = g_cancellable_new();
	port->data = attempt;
	g_socket_client_set_enable_proxy(client, FALSE);
	g_socket_client_set_timeout(client, CONNECT_TIMEOUT_S);
	g_socket_client_connect_async(
		client, where, attempt->cancel, connected, attempt);
}

/* unix: ------------------------------------------------------------------- */

static bool check_unix(const char *address, GError **error)
{
	if (*address &&
		strlen(address) < sizeof(((struct sockaddr_un *)0)->sun_path))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		"port unix: expected the path of a socket");
	return false;
}

static void open_unix(
	struct port *port, const struct port_setup *setup, const char *address)
{
	g_autofree char *path = port_path(setup, address);
	g_autoptr(GSocketAddress) where = g_unix_socket_address_new(path);

	connect_to(port, G_SOCKET_CONNECTABLE(where));
}

const struct port_kind port_kind_unix = {
	.scheme = "unix",
	.help = "unix:PATH",
	.check = check_unix,
	.open = open_unix,
	.close = give_up,
};

/* tcp: -------------------------------------------------------------------- */

static bool check_tcp(const char *address, GError **error)
{
	const char *colon = strrchr(address, ':');
	guint64 number = 0;

	if (colon && colon > address &&
		g_ascii_string_to_unsigned(
			colon + 1, 10, 1, 65535, &number, NULL))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		"port tcp:%s: expected tcp:HOST:PORT", address);
	return false;
}

static void open_tcp(
	struct port *port, const struct port_setup *setup, const char *address)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GSocketConnectable) where =
		g_network_address_parse(address, 0, &why);

	(void)setup;
	if (where)
		connect_to(port, where);
	else
		port_lose(port, g_error_new_literal(ITEM_ERROR,
					ITEM_ERROR_SYNTAX, why->message));
}

const struct port_kind port_kind_tcp = {
	.scheme = "tcp",
	.help = "tcp:HOST:PORT",
	.check = check_tcp,
	.open = open_tcp,
	.close = give_up,
};
