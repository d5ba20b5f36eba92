/* What the screen hears of the link, and the few things it may ask for. */
#include "client/link/serve.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/line.h"
#include "client/rules/day.h"

struct serve {
	struct line_server *server;
	struct link *link; /* NULL until set */
	void (*stop)(void *context);
	void *context;
	struct json *shown; /* own: what clients have; NULL before the first */
	struct json *feeds; /* own: names gathered for one event */
	unsigned verifier;  /* serial of who waits for a comparison, 0 none */
	int64_t verify_id;
	guint state_source, feeds_source;
};

/* Commands -------------------------------------------------------------------
 */

static void do_stop(struct serve *serve)
{
	serve->stop(serve->context);
}

static void do_wake(struct serve *serve)
{
	link_wake(serve->link);
}

static void do_pull(struct serve *serve)
{
	link_pull(serve->link);
}

static void do_retry(struct serve *serve)
{
	link_retry(serve->link);
}

static void do_status(struct serve *serve)
{
	(void)serve; /* every command is answered with the state */
}

static const struct {
	const char *verb;
	void (*run)(struct serve *serve);
} verbs[] = {
	{"wake", do_wake},
	{"pull", do_pull},
	{"status", do_status},
	{"retry", do_retry},
	{"stop", do_stop},
};

/* Answered when the comparison is through. */
static void verified(void *context, struct json *take_report)
{
	struct serve *serve = context;
	struct line_peer *peer =
		line_server_find(serve->server, serve->verifier);

	serve->verifier = 0;
	if (peer)
		line_answer(peer, serve->verify_id, take_report);
	else
		json_free(take_report);
}

static void on_verify(struct serve *serve, struct line_peer *peer, int64_t id,
	const struct json *message)
{
	const char *day = json_text(message, "day");
	g_autoptr(GError) error = NULL;

	if (day && day_parse(day) == 0) {
		g_set_error(&error, ITEM_ERROR, ITEM_ERROR_USAGE,
			"a day is written 2026-11-23");
		line_refuse(peer, id, error);
	} else if (serve->verifier) {
		g_set_error(&error, LINK_ERROR, LINK_ERROR_BUSY,
			"another comparison is under way");
		line_refuse(peer, id, error);
	} else {
		serve->verifier = line_peer_serial(peer);
		serve->verify_id = id;
		if (link_verify(serve->link, day, verified, serve))
			return;
		serve->verifier = 0;
		g_set_error(&error, LINK_ERROR, LINK_ERROR_BUSY,
			"the platform was restored, what it lost is sent now");
		line_refuse(peer, id, error);
	}
}

/* Counts since the start; the state is part of it. */
static void on_report(struct serve *serve, struct line_peer *peer, int64_t id)
{
	line_answer(peer, id, link_report(serve->link));
}

static void on_command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	struct serve *serve = context;
	g_autoptr(GError) error = NULL;

	if (serve->link && strcmp(verb, "verify") == 0) {
		on_verify(serve, peer, id, message);
		return;
	}
	if (serve->link && strcmp(verb, "report") == 0) {
		on_report(serve, peer, id);
		return;
	}
	for (size_t i = 0; serve->link && i < G_N_ELEMENTS(verbs); i++) {
		unsigned serial = line_peer_serial(peer);

		if (strcmp(verbs[i].verb, verb) != 0)
			continue;
		verbs[i].run(serve);
		peer = line_server_find(serve->server, serial);
		if (peer)
			line_answer(peer, id, link_state(serve->link));
		return;
	}
	g_set_error(&error, ITEM_ERROR, ITEM_ERROR_USAGE, "unknown command");
	line_refuse(peer, id, error);
}

/* State and events
 * ------------------------------------------------------------- */

static void on_joined(void *context, struct line_peer *peer)
{
	struct serve *serve = context;
	AUTO(json) state = NULL;

	if (!serve->link)
		return;
	state = link_state(serve->link);
	line_send(peer, state);
}

static const struct line_server_ops server_ops = {
	.joined = on_joined,
	.command = on_command,
};

/* Equal but for the time of the last success, which moves at each poll: an
 * idle link must not wake the screen. */
static bool shows_the_same(const struct json *a, const struct json *b)
{
	AUTO(json) copy = NULL;

	if (!a)
		return false;
	copy = json_copy(a);
	json_put_int(
		copy, "last_success_ms", json_int_or(b, "last_success_ms", 0));
	return json_equal(copy, b);
}

static gboolean send_state(gpointer data)
{
	struct serve *serve = data;
	struct json *state = link_state(serve->link);

	serve->state_source = 0;
	if (shows_the_same(serve->shown, state)) {
		json_free(state);
		return G_SOURCE_REMOVE;
	}
	line_broadcast(serve->server, state);
	g_clear_pointer(&serve->shown, json_free);
	serve->shown = state;
	return G_SOURCE_REMOVE;
}

void serve_changed(struct serve *serve)
{
	if (!serve->state_source && serve->link &&
		line_server_peers(serve->server) > 0)
		serve->state_source = g_idle_add(send_state, serve);
}

static gboolean send_feeds(gpointer data)
{
	struct serve *serve = data;
	AUTO(json) event = json_new_object();

	serve->feeds_source = 0;
	json_put_text(event, "event", "changed");
	json_put(event, "feeds", g_steal_pointer(&serve->feeds));
	line_broadcast(serve->server, event);
	return G_SOURCE_REMOVE;
}

void serve_pulled(struct serve *serve, const char *feed)
{
	if (!serve->feeds)
		serve->feeds = json_new_array();
	json_each (name, serve->feeds) {
		if (strcmp(json_as_text(name), feed) == 0)
			return;
	}
	json_add_text(serve->feeds, feed);
	if (!serve->feeds_source)
		serve->feeds_source = g_idle_add(send_feeds, serve);
}

/* Life
 * ------------------------------------------------------------------------- */

struct serve *serve_new(const char *path, void (*stop)(void *context),
	void *context, GError **error)
{
	struct serve *serve = g_new0(struct serve, 1);

	serve->stop = stop;
	serve->context = context;
	serve->server =
		line_server_new(path, "yikou-syncd", &server_ops, serve, error);
	if (!serve->server)
		g_clear_pointer(&serve, g_free);
	return serve;
}

void serve_set_link(struct serve *serve, struct link *link)
{
	serve->link = link;
}

void serve_free(struct serve *serve)
{
	if (!serve)
		return;
	if (serve->state_source)
		g_source_remove(serve->state_source);
	if (serve->feeds_source)
		g_source_remove(serve->feeds_source);
	line_server_free(serve->server);
	g_clear_pointer(&serve->shown, json_free);
	g_clear_pointer(&serve->feeds, json_free);
	g_free(serve);
}
