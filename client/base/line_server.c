/* The serving end of the local protocol: who may connect, the greeting, and
 * peers that may leave at any moment, also in the middle of a callback. */
#include "client/base/line_server.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/line.h"
#include "client/base/log.h"
#include "client/base/wire.h"

enum { PEERS_MAX = 32, BACKLOG = 8, PEER_GROUPS_MAX = 256 };

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

static bool is_in_group(int fd, const struct ucred *who, gid_t group)
{
	gid_t groups[PEER_GROUPS_MAX];
	socklen_t len = sizeof(groups);

	if (who->gid == group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* The mode of the socket keeps others out already; this does not rely on it. */
static bool is_allowed(const char *path, int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	struct stat st;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return false;
	if (who.uid == geteuid() || who.uid == 0)
		return true;
	return lstat(path, &st) == 0 && (st.st_mode & S_IWGRP) &&
	       is_in_group(fd, &who, st.st_gid);
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
	if (!is_allowed(server->path, fd) ||
		g_list_length(server->peers) >= PEERS_MAX) {
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
	g_autofree char *dir = g_path_get_dirname(path);
	struct sockaddr_un address;
	mode_t old;
	int fd, bound;

	if (!wire_address(&address, path, error))
		return -1;
	if (somebody_answers(&address)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_BUSY,
			"%s: another program answers there", path);
		return -1;
	}
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	old = umask(file_is_shared(dir) ? 0117 : 0177);
	bound = fd < 0 ? -1
		       : bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(old);
	if (bound == 0 && listen(fd, BACKLOG) == 0)
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
