/* The platform, seen through yikou-syncd: link state for the header, wake-ups
 * after a commit, what came down. The database is where both meet; a line on
 * the socket is only a hint. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/log.h"
#include "client/base/process.h"

enum { REVIVE_MS = 700, REVIVE_MAX_MS = 30000, HINT_TIMEOUT_MS = 5000 };

/* Programs beside us ------------------------------------------------------ */

static bool answers_at(const char *path)
{
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection = g_socket_client_connect(
		client, G_SOCKET_CONNECTABLE(address), NULL, NULL);

	return connection != NULL;
}

void app_start_daemon(
	struct app *app, const char *program, const char *socket_name)
{
	const char *runtime = config_path(app->config, "paths.runtime");
	g_autofree char *path = config_runtime(app->config, socket_name);
	g_autofree char *binary = process_sibling(program);
	g_autofree char *log_name = g_strconcat(program, ".log", NULL);
	g_autofree char *log = config_runtime(app->config, log_name);
	const char *argv[] = {
		binary, "--config", config_file(app->config), NULL};
	g_autoptr(GError) error = NULL;

	/* On a window of several system users the service manager starts them,
	 * each as its own. */
	if (file_is_shared(runtime) || answers_at(path))
		return;
	if (!process_spawn_daemon(argv, log, NULL, &error))
		log_error(error, "start of %s", program);
}

/* While one of them is away: a dying program's socket may still answer for a
 * moment, so once is not enough; one that cannot start is tried less and less.
 * No timer runs while both are there. */
static gboolean revive(gpointer user_data)
{
	struct app *app = user_data;
	bool devd_up = line_client_is_up(app->devd);
	bool syncd_up = line_client_is_up(app->syncd);

	app->revive_timer = 0;
	if (!devd_up)
		app_start_daemon(app, "yikou-devd", "devd.sock");
	if (!syncd_up)
		app_start_daemon(app, "yikou-syncd", "syncd.sock");
	if (devd_up && syncd_up)
		return G_SOURCE_REMOVE;
	app->revive_ms = MIN(app->revive_ms * 2, REVIVE_MAX_MS);
	app->revive_timer = g_timeout_add(app->revive_ms, revive, app);
	return G_SOURCE_REMOVE;
}

void app_revive_daemons(struct app *app)
{
	if (app->revive_timer)
		return;
	app->revive_ms = REVIVE_MS;
	app->revive_timer = g_timeout_add(app->revive_ms, revive, app);
}

/* The link ---------------------------------------------------------------- */

static const char *link_name(const struct app *app)
{
	if (!app->syncd || !line_client_is_up(app->syncd))
		return "down";
	if (!json_bool_or(app->link_state, "auth", true))
		return "down"; /* it answers, but lets nothing in */
	return json_text_or(app->link_state, "link", "connecting");
}

bool upstream_is_down(const struct app *app)
{
	return strcmp(link_name(app), "up") != 0;
}

static char *time_of(int64_t ms, const char *format)
{
	return ms > 0 ? clock_format(ms, format) : NULL;
}

static void show_link(struct app *app)
{
	struct header_model *header = &app->model.header;
	const char *link = link_name(app);
	int64_t since = json_int_or(app->link_state, "since_ms", 0);
	int64_t offset = json_int_or(app->link_state, "clock_offset_ms", 0);
	g_autofree char *since_text = time_of(since, "%H:%M");
	g_autofree char *retry = time_of(
		json_int_or(app->link_state, "next_try_ms", 0), "%H:%M:%S");

	header->link = LINK_SHOW_CONNECTING;
	if (!strcmp(link, "up"))
		header->link = LINK_SHOW_UP;
	else if (!strcmp(link, "down"))
		header->link = LINK_SHOW_DOWN;
	model_text(&header->link_since, since_text);
	model_text(&header->retry_at, retry);
	header->link_down_min =
		since > 0 && header->link == LINK_SHOW_DOWN
			? (int)((clock_wall_ms() - since) / 60000)
			: 0;
	header->clock_unsure = ABS(offset) > 5 * 60 * 1000;
}

void upstream_show(struct app *app)
{
	show_link(app);
	if (app->model.view == VIEW_SYNC)
		sync_show(app);
}

/* What arrives ------------------------------------------------------------ */

static void say_link_change(struct app *app, bool was_down)
{
	const char *fault = text_link_fault(json_text(app->link_state, "why"));

	if (!was_down && upstream_is_down(app) && fault)
		app_say(app, "%s", fault);
	else if (was_down && !upstream_is_down(app))
		app_say(app, _("On line again: what waited goes by itself."));
	else if (!was_down && upstream_is_down(app))
		app_say(app, _("The platform does not answer. Work on: every "
			       "step is kept and sent later."));
}

static void syncd_message(void *context, const struct json *message)
{
	struct app *app = context;
	const char *event = json_text(message, "event");

	if (json_text(message, "link")) {
		bool was_down = upstream_is_down(app);
		bool was_known =
			app->link_state &&
			!json_equal(json_get(app->link_state, "link"), NULL) &&
			strcmp(json_text_or(app->link_state, "link", ""),
				"connecting");

		json_free(app->link_state);
		app->link_state = json_copy(message);
		if (was_known)
			say_link_change(app, was_down);
	} else if (event && !strcmp(event, "changed")) {
		catalogue_update(app);
		if (app->session.person && !app->session.locked) {
			queue_refresh(app);
			if (!app->visit.open)
				devices_show_waiting(app);
		}
	}
	app_refresh_header(app);
	if (app->model.view == VIEW_FINISH)
		finish_show(app);
	app_changed(app, false);
}

static void syncd_synced(void *context)
{
	struct app *app = context;

	upstream_wake(app);
	catalogue_update(app); /* while nobody listened */
	app_refresh_header(app);
	app_changed(app, false);
}

static void syncd_lost(void *context, const GError *why)
{
	struct app *app = context;

	log_error(why, "yikou-syncd");
	json_free(app->link_state);
	app->link_state = NULL;
	app_refresh_header(app);
	app_revive_daemons(app);
	app_changed(app, false);
}

static const struct line_client_ops syncd_ops = {
	.synced = syncd_synced, .message = syncd_message, .lost = syncd_lost};

void upstream_start(struct app *app)
{
	g_autofree char *path = config_runtime(app->config, "syncd.sock");

	app_start_daemon(app, "yikou-syncd", "syncd.sock");
	app->syncd = line_client_new(path, "yikou", &syncd_ops, app);
}

void upstream_wake(struct app *app)
{
	if (app->syncd && line_client_is_up(app->syncd))
		line_command(
			app->syncd, "wake", NULL, HINT_TIMEOUT_MS, NULL, NULL);
}

void upstream_reconnect(struct app *app, struct intent *intent)
{
	(void)intent;
	if (app->syncd && line_client_is_up(app->syncd))
		line_command(
			app->syncd, "retry", NULL, HINT_TIMEOUT_MS, NULL, NULL);
	else if (app->syncd)
		app_start_daemon(app, "yikou-syncd", "syncd.sock");
	if (app->devd && !line_client_is_up(app->devd))
		app_start_daemon(app, "yikou-devd", "devd.sock");
	app_try_store(app);
	queue_refresh(app);
	app_refresh_header(app);
	app_say(app, _("Asked the platform and counted again."));
	catalogue_update(app);
}
