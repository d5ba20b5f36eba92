/* The asking end of the local protocol: connects, again after a loss, and gives
 * each command exactly one reply. */
#include "client/base/line_client.h"

#include <glib-unix.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/line.h"
#include "client/base/wire.h"

enum { RECONNECT_MIN_MS = 200, RECONNECT_MAX_MS = 5000 };

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

	if (wire_address(&address, client->path, NULL))
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
