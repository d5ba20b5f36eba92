/* The local protocol of yikou-devd. */
#include "drivers/service.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/line.h"
#include "client/base/log.h"
#include "drivers/host.h"

struct service {
	struct line_server *server; /* own */
	struct host *host;          /* own */
	char *devices_conf;         /* own */
};

/* Host to clients --------------------------------------------------------- */

static void tell_all(void *context, const struct json *line)
{
	struct service *service = context;

	line_broadcast(service->server, line);
}

static const struct host_listener listener = {
	.state = tell_all,
	.event = tell_all,
};

/* A command on its way. The client may have left when it is answered. */
struct pending {
	struct service *service; /* borrowed */
	unsigned serial;
	int64_t id;
};

static void on_reply(
	void *context, const struct json *result, const GError *error)
{
	struct pending *pending = context;
	struct line_peer *peer =
		line_server_find(pending->service->server, pending->serial);

	if (!peer)
		return;
	if (error)
		line_refuse(peer, pending->id, error);
	else
		line_answer(peer, pending->id, json_copy(result));
}

/* Clients to host --------------------------------------------------------- */

static void send_state(void *context, const struct json *line)
{
	line_send(context, line);
}

static void on_joined(void *context, struct line_peer *peer)
{
	struct service *service = context;

	host_each_state(service->host, send_state, peer);
}

static void answer_plain(
	struct line_peer *peer, int64_t id, bool ok, const GError *error)
{
	if (ok)
		line_answer(peer, id, json_new_object());
	else
		line_refuse(peer, id, error);
}

static void for_device(struct service *service, struct line_peer *peer,
	int64_t id, const char *verb, const struct json *message)
{
	struct pending *pending = g_new0(struct pending, 1);
	struct host_call call = {
		.device = json_text(message, "device"),
		.verb = verb,
		.args = message,
		.owner = line_peer_serial(peer),
		.reply = on_reply,
		.context = pending,
		.free_context = g_free,
	};

	pending->service = service;
	pending->serial = line_peer_serial(peer);
	pending->id = id;
	host_command(service->host, &call);
}

static void on_command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	struct service *service = context;
	g_autoptr(GError) error = NULL;
	bool ok;

	if (json_get(message, "device")) {
		for_device(service, peer, id, verb, message);
	} else if (!strcmp(verb, "reload")) {
		ok = service_reload(service, &error);
		answer_plain(peer, id, ok, error);
	} else if (!strcmp(verb, "release")) {
		ok = host_release(
			service->host, json_text(message, "sha256"), &error);
		answer_plain(peer, id, ok, error);
	} else {
		error = g_error_new_literal(ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no such command without a device");
		line_refuse(peer, id, error);
	}
}

static void on_left(void *context, struct line_peer *peer)
{
	struct service *service = context;

	if (service->host)
		host_forget(service->host, line_peer_serial(peer));
}

static const struct line_server_ops server_ops = {
	.joined = on_joined,
	.command = on_command,
	.left = on_left,
};

/* Life -------------------------------------------------------------------- */

struct service *service_new(const struct service_setup *setup, GError **error)
{
	AUTO(service) service = g_new0(struct service, 1);
	struct host_setup host = {.runtime_dir = setup->runtime_dir,
		.profile_dir = setup->profile_dir};

	/* The socket first: the spool belongs to who has it. */
	service->devices_conf = g_strdup(setup->devices_conf);
	service->server = line_server_new(
		setup->socket, "yikou-devd", &server_ops, service, error);
	if (!service->server)
		return NULL;
	service->host = host_new(&host, &listener, service, error);
	if (!service->host || !service_reload(service, error))
		return NULL;
	return g_steal_pointer(&service);
}

void service_free(struct service *service)
{
	if (!service)
		return;
	g_clear_pointer(&service->host, host_free);
	line_server_free(service->server);
	g_free(service->devices_conf);
	g_free(service);
}

bool service_reload(struct service *service, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (host_load(service->host, service->devices_conf, &why)) {
		log_info("devices.conf is read");
		return true;
	}
	log_error(why, "devices.conf is left as it was");
	g_propagate_error(error, g_steal_pointer(&why));
	return false;
}
