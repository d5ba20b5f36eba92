/* The local protocol, both ends. A connection (struct wire) collects lines and
 * writes what the peer has room for; server and client give the lines their
 * meaning. Everything is on the main loop, nothing blocks. */
#include "client/base/line.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/log.h"

enum { RECONNECT_MIN_MS = 200, RECONNECT_MAX_MS = 5000 };

/* A connection ------------------------------------------------------------- */

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

static void wire_close(struct wire *wire)
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

static void wire_lose(struct wire *wire, int code, const char *why)
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
static void wire_flush(struct wire *wire)
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

static bool wire_send(struct wire *wire, const struct json *message)
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

static void wire_open(struct wire *wire, int fd)
{
	wire->fd = fd;
	wire->dead = false;
	wire->in = g_string_new(NULL);
	wire->out = g_string_new(NULL);
	wire->in_watch = g_unix_fd_add(
		fd, G_IO_IN | G_IO_HUP | G_IO_ERR, wire_readable, wire);
}

static void wire_hello(struct wire *wire, const char *program)
{
	AUTO(json) hello = json_new_object();

	json_put_text(hello, "hello", program);
	json_put_int(hello, "v", LINE_VERSION);
	wire_send(wire, hello);
}

static bool fill_address(
	struct sockaddr_un *address, const char *path, GError **error)
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

/* The server --------------------------------------------------------------- */

struct line_server {
	int fd;
	guint watch;
	char *path, *program; /* own */
	const struct line_server_ops *ops;
	void *context;
	GList *peers; /* own: struct line_peer */
	unsigned next_serial;
};

struct line_peer {
	struct wire wire;
	struct line_server *server;
	unsigned serial;
	bool greeted;
	bool doomed;
};

static gboolean peer_bury(gpointer user_data)
{
	struct line_peer *peer = user_data;

	wire_close(&peer->wire);
	g_free(peer);
	return G_SOURCE_REMOVE;
}

/* Takes the peer off the list now and frees it when the stack has unwound. */
static void peer_drop(struct line_peer *peer)
{
	struct line_server *server = peer->server;

	if (peer->doomed)
		return;
	peer->doomed = true;
	peer->wire.dead = true;
	server->peers = g_list_remove(server->peers, peer);
	if (peer->greeted && server->ops->left)
		server->ops->left(server->context, peer);
	g_idle_add_full(G_PRIORITY_HIGH, peer_bury, peer, NULL);
}

static void peer_lost(void *owner, const GError *why)
{
	(void)why;
	peer_drop(owner);
}

static void peer_greet(struct line_peer *peer, const struct json *hello)
{
	struct line_server *server = peer->server;
	AUTO(json) synced = json_new_object();

	wire_hello(&peer->wire, server->program);
	if (!json_text(hello, "hello") ||
		json_int_or(hello, "v", 0) != LINE_VERSION) {
		AUTO(json) refused = json_new_object();

		json_put_text(refused, "error", "link.protocol");
		json_put_text(refused, "detail", "another version");
		wire_send(&peer->wire, refused);
		peer_drop(peer);
		return;
	}
	peer->greeted = true;
	server->ops->joined(server->context, peer);
	if (peer->doomed)
		return;
	json_put_bool(synced, "synced", true);
	line_send(peer, synced);
}

static void peer_line(void *owner, const struct json *message)
{
	struct line_peer *peer = owner;
	struct line_server *server = peer->server;
	const char *verb = json_text(message, "do");
	int64_t id = json_int_or(message, "id", 0);

	if (!peer->greeted)
		peer_greet(peer, message);
	else if (verb && id > 0)
		server->ops->command(server->context, peer, id, verb, message);
	else
		wire_lose(&peer->wire, LINK_ERROR_PROTOCOL, "not a command");
}

static bool is_allowed(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return false;
	/* The group of the socket decides between the three system users; a
	 * peer of any other user cannot even connect to a 0600 socket. */
	return who.uid == geteuid() || who.uid == 0;
}

static gboolean server_acceptable(
	gint listener, GIOCondition what, gpointer user_data)
{
	struct line_server *server = user_data;
	struct line_peer *peer;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (fd < 0)
		return G_SOURCE_CONTINUE;
	if (!is_allowed(fd) || g_list_length(server->peers) >= 32) {
		log_warn("a peer was refused at %s", server->path);
		close(fd);
		return G_SOURCE_CONTINUE;
	}
	peer = g_new0(struct line_peer, 1);
	peer->server = server;
	peer->serial = ++server->next_serial;
	peer->wire.owner = peer;
	peer->wire.line = peer_line;
	peer->wire.lost = peer_lost;
	server->peers = g_list_append(server->peers, peer);
	wire_open(&peer->wire, fd);
	return G_SOURCE_CONTINUE;
}

static bool somebody_answers(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)address,
					  sizeof(*address)) == 0;

	if (fd >= 0)
		close(fd);
	return answers;
}

static int listen_at(const char *path, GError **error)
{
	struct sockaddr_un address;
	mode_t old;
	int fd, bound;

	if (!fill_address(&address, path, error))
		return -1;
	if (somebody_answers(&address)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_BUSY,
			"%s: another program answers there", path);
		return -1;
	}
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	old = umask(0177);
	bound = fd < 0 ? -1
		       : bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(old);
	if (bound == 0 && listen(fd, 8) == 0)
		return fd;
	g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: %s", path,
		g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct line_server *line_server_new(const char *path, const char *program,
	const struct line_server_ops *ops, void *context, GError **error)
{
	struct line_server *server;
	int fd = listen_at(path, error);

	if (fd < 0)
		return NULL;
	server = g_new0(struct line_server, 1);
	server->fd = fd;
	server->path = g_strdup(path);
	server->program = g_strdup(program);
	server->ops = ops;
	server->context = context;
	server->watch = g_unix_fd_add(fd, G_IO_IN, server_acceptable, server);
	return server;
}

void line_server_free(struct line_server *server)
{
	if (!server)
		return;
	while (server->peers) {
		struct line_peer *peer = server->peers->data;

		server->peers = g_list_remove(server->peers, peer);
		wire_flush(&peer->wire);
		wire_close(&peer->wire);
		g_free(peer);
	}
	g_source_remove(server->watch);
	close(server->fd);
	unlink(server->path);
	g_free(server->path);
	g_free(server->program);
	g_free(server);
}

unsigned line_server_peers(const struct line_server *server)
{
	return g_list_length(server->peers);
}

void line_send(struct line_peer *peer, const struct json *message)
{
	if (peer->doomed)
		return;
	if (!wire_send(&peer->wire, message)) {
		log_warn("a client of %s does not read: dropped",
			peer->server->program);
		peer_drop(peer);
	}
}

void line_broadcast(struct line_server *server, const struct json *message)
{
	GList *next;

	for (GList *at = server->peers; at; at = next) {
		struct line_peer *peer = at->data;

		next = at->next;
		if (peer->greeted)
			line_send(peer, message);
	}
}

void line_answer(struct line_peer *peer, int64_t id, struct json *take_result)
{
	AUTO(json) answer = json_new_object();

	json_put_int(answer, "id", id);
	json_put_bool(answer, "ok", true);
	json_put(answer, "result",
		take_result ? take_result : json_new_object());
	line_send(peer, answer);
}

void line_refuse(struct line_peer *peer, int64_t id, const GError *error)
{
	AUTO(json) answer = json_new_object();

	json_put_int(answer, "id", id);
	json_put_bool(answer, "ok", false);
	json_put_text(answer, "error", error_name(error));
	json_put_text(answer, "detail", error ? error->message : "");
	line_send(peer, answer);
}

unsigned line_peer_serial(const struct line_peer *peer)
{
	return peer->serial;
}

struct line_peer *line_server_find(struct line_server *server, unsigned serial)
{
	for (GList *at = server->peers; at; at = at->next) {
		struct line_peer *peer = at->data;

		if (peer->serial == serial)
			return peer;
	}
	return NULL;
}

/* The client --------------------------------------------------------------- */

struct line_client {
	struct wire wire;
	char *path, *program; /* own */
	const struct line_client_ops *ops;
	void *context;
	GHashTable *pending; /* own: id -> struct pending */
	int64_t next_id;
	int wait_ms;
	guint timer;
	bool greeted, up;
};

struct pending {
	struct line_client *client;
	int64_t id;
	line_reply_fn *reply;
	void *context;
	guint timer;
};

static void client_connect(struct line_client *client);

static void pending_free(gpointer data)
{
	struct pending *pending = data;

	if (pending->timer)
		g_source_remove(pending->timer);
	g_free(pending);
}

/* Takes the pending command off first: its reply may send another. */
static void pending_end(struct line_client *client, int64_t id,
	const struct json *result, const GError *error)
{
	gpointer stolen = NULL;
	struct pending *pending;

	if (!g_hash_table_steal_extended(client->pending, &id, NULL, &stolen))
		return;
	pending = stolen;
	if (pending->reply)
		pending->reply(pending->context, result, error);
	pending_free(pending);
}

static void pending_end_all(struct line_client *client, const GError *why)
{
	g_autoptr(GList) all = g_hash_table_get_values(client->pending);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (GList *at = all; at; at = at->next)
		g_array_append_val(ids, ((struct pending *)at->data)->id);
	for (guint i = 0; i < ids->len; i++)
		pending_end(client, g_array_index(ids, int64_t, i), NULL, why);
}

static gboolean client_retry(gpointer user_data)
{
	struct line_client *client = user_data;

	client->timer = 0;
	client_connect(client);
	return G_SOURCE_REMOVE;
}

static void client_schedule(struct line_client *client)
{
	if (client->timer)
		return;
	client->timer =
		g_timeout_add((guint)client->wait_ms, client_retry, client);
	client->wait_ms = MIN(client->wait_ms * 2, RECONNECT_MAX_MS);
}

static void client_lost(void *owner, const GError *why)
{
	struct line_client *client = owner;
	bool was_up = client->up;

	client->up = client->greeted = false;
	wire_close(&client->wire);
	client_schedule(client);
	pending_end_all(client, why);
	if (was_up && client->ops && client->ops->lost)
		client->ops->lost(client->context, why);
}

static void client_answer(
	struct line_client *client, int64_t id, const struct json *message)
{
	g_autoptr(GError) error = NULL;

	if (json_bool_or(message, "ok", false)) {
		pending_end(client, id, json_get(message, "result"), NULL);
		return;
	}
	error = error_from_name(
		json_text(message, "error"), json_text(message, "detail"));
	pending_end(client, id, NULL, error);
}

static void client_line(void *owner, const struct json *message)
{
	struct line_client *client = owner;
	int64_t id = json_int_or(message, "id", 0);

	if (!client->greeted) {
		if (json_int_or(message, "v", 0) != LINE_VERSION)
			wire_lose(&client->wire, LINK_ERROR_PROTOCOL,
				"another version");
		client->greeted = !client->wire.dead;
	} else if (json_bool_or(message, "synced", false)) {
		client->up = true;
		client->wait_ms = RECONNECT_MIN_MS;
		if (client->ops && client->ops->synced)
			client->ops->synced(client->context);
	} else if (id > 0) {
		client_answer(client, id, message);
	} else if (client->ops && client->ops->message) {
		client->ops->message(client->context, message);
	}
}

static void client_connect(struct line_client *client)
{
	struct sockaddr_un address;
	int fd = -1;

	if (fill_address(&address, client->path, NULL))
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
		connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		!g_unix_set_fd_nonblocking(fd, TRUE, NULL)) {
		if (fd >= 0)
			close(fd);
		client_schedule(client);
		return;
	}
	wire_open(&client->wire, fd);
	wire_hello(&client->wire, client->program);
}

struct line_client *line_client_new(const char *path, const char *program,
	const struct line_client_ops *ops, void *context)
{
	struct line_client *client = g_new0(struct line_client, 1);

	client->path = g_strdup(path);
	client->program = g_strdup(program);
	client->ops = ops;
	client->context = context;
	client->wait_ms = RECONNECT_MIN_MS;
	client->wire.fd = -1;
	client->wire.dead = true;
	client->wire.owner = client;
	client->wire.line = client_line;
	client->wire.lost = client_lost;
	client->pending = g_hash_table_new_full(
		g_int64_hash, g_int64_equal, NULL, pending_free);
	client_connect(client);
	return client;
}

void line_client_free(struct line_client *client)
{
	if (!client)
		return;
	if (client->timer)
		g_source_remove(client->timer);
	if (!client->wire.dead)
		wire_flush(&client->wire);
	wire_close(&client->wire);
	g_hash_table_unref(client->pending);
	g_free(client->path);
	g_free(client->program);
	g_free(client);
}

bool line_client_is_up(const struct line_client *client)
{
	return client->up;
}

static gboolean pending_timeout(gpointer user_data)
{
	struct pending *pending = user_data;
	g_autoptr(GError) error = g_error_new_literal(
		LINK_ERROR, LINK_ERROR_TIMEOUT, "no answer in time");

	pending->timer = 0;
	pending_end(pending->client, pending->id, NULL, error);
	return G_SOURCE_REMOVE;
}

void line_command(struct line_client *client, const char *verb,
	struct json *take_args, int timeout_ms, line_reply_fn *reply,
	void *context)
{
	AUTO(json) message = take_args ? take_args : json_new_object();
	struct pending *pending;

	if (client->wire.dead || !client->greeted) {
		g_autoptr(GError) error = g_error_new_literal(
			LINK_ERROR, LINK_ERROR_CLOSED, "not connected");

		if (reply)
			reply(context, NULL, error);
		return;
	}
	pending = g_new0(struct pending, 1);
	pending->client = client;
	pending->id = ++client->next_id;
	pending->reply = reply;
	pending->context = context;
	pending->timer =
		g_timeout_add((guint)timeout_ms, pending_timeout, pending);
	g_hash_table_insert(client->pending, &pending->id, pending);
	json_put_int(message, "id", pending->id);
	json_put_text(message, "do", verb);
	if (!wire_send(&client->wire, message))
		wire_lose(&client->wire, LINK_ERROR_CLOSED,
			"the other side does not read");
}
