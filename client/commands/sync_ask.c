/* Asking yikou-syncd: the running one through its socket, or one that is
 * started for it and ends. */
#include <string.h>

#include <glib-unix.h>

#include "client/base/file.h"
#include "client/base/line.h"
#include "client/base/process.h"
#include "client/commands/sync.h"
#include "ui/text.h"

enum { CONNECT_TIMEOUT_MS = 1000, TICK_MS = 250 };

struct asking {
	GMainLoop *loop;
	struct line_client *client;
	struct sync_wait *wait;
	const char *verb;
	struct json *args;   /* own, until it is sent */
	struct json *result; /* own */
	GError *error;       /* own */
	int timeout_ms;
	bool is_sent, has_ended;
	enum exit_code code;
};

/* What runs beside it ------------------------------------------------------ */

static gboolean on_tick(gpointer data)
{
	struct asking *asking = data;

	if (asking->wait && asking->wait->tick)
		asking->wait->tick(asking->wait->context);
	return G_SOURCE_CONTINUE;
}

static gboolean on_interrupt(gpointer data)
{
	struct asking *asking = data;

	if (asking->wait)
		asking->wait->interrupted = true;
	if (!asking->error)
		g_set_error(&asking->error, LINK_ERROR, LINK_ERROR_CLOSED,
			N_("interrupted"));
	g_main_loop_quit(asking->loop);
	return G_SOURCE_CONTINUE;
}

static void run_loop(struct asking *asking)
{
	guint tick = g_timeout_add(TICK_MS, on_tick, asking);
	guint interrupt = g_unix_signal_add(SIGINT, on_interrupt, asking);
	guint term = g_unix_signal_add(SIGTERM, on_interrupt, asking);

	g_main_loop_run(asking->loop);
	g_source_remove(tick);
	g_source_remove(interrupt);
	g_source_remove(term);
}

/* The running one ---------------------------------------------------------- */

static void answered(
	void *context, const struct json *result, const GError *error)
{
	struct asking *asking = context;

	if (error)
		asking->error = g_error_copy(error);
	else
		asking->result = json_copy(result);
	g_main_loop_quit(asking->loop);
}

static void synced(void *context)
{
	struct asking *asking = context;

	if (asking->is_sent)
		return;
	asking->is_sent = true;
	line_command(asking->client, asking->verb,
		g_steal_pointer(&asking->args), asking->timeout_ms, answered,
		asking);
}

static const struct line_client_ops client_ops = {.synced = synced};

static gboolean nobody(gpointer data)
{
	struct asking *asking = data;

	if (asking->is_sent)
		return G_SOURCE_REMOVE;
	g_set_error(&asking->error, LINK_ERROR, LINK_ERROR_ABSENT,
		N_("yikou-syncd does not run"));
	g_main_loop_quit(asking->loop);
	return G_SOURCE_REMOVE;
}

struct json *syncd_ask(const struct config *config, const char *verb,
	struct json *take_args, int timeout_ms, struct sync_wait *wait,
	GError **error)
{
	g_autofree char *path = config_runtime(config, "syncd.sock");
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	struct asking asking = {.loop = loop,
		.wait = wait,
		.verb = verb,
		.args = take_args,
		.timeout_ms = timeout_ms};
	GSource *timer = g_timeout_source_new(CONNECT_TIMEOUT_MS);

	g_source_set_callback(timer, nobody, &asking, NULL);
	g_source_attach(timer, NULL);
	asking.client =
		line_client_new(path, "yikou sync", &client_ops, &asking);
	run_loop(&asking);
	g_source_destroy(timer);
	g_source_unref(timer);
	line_client_free(asking.client);
	json_free(asking.args);
	if (asking.error)
		g_propagate_error(error, asking.error);
	return asking.result;
}

/* One that ends ------------------------------------------------------------ */

static void ended(
	void *context, const struct process_result *result, const GError *error)
{
	struct asking *asking = context;

	asking->has_ended = true;
	if (error && !asking->error) {
		asking->error = g_error_copy(error);
	} else if (result) {
		asking->code = result->exit_code < 0
				       ? EXIT_CODE_INTERRUPTED
				       : (enum exit_code)result->exit_code;
		if (result->output && *result->output)
			asking->result = json_parse(result->output,
				strcspn(result->output, "\n"), NULL);
	}
	g_main_loop_quit(asking->loop);
}

static GStrv arguments(const struct config *config, const char *const more[])
{
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_autofree char *binary = process_sibling("yikou-syncd");

	g_strv_builder_add_many(argv, binary, "--once", "--json", "--config",
		config_file(config), NULL);
	for (; more && *more; more++)
		g_strv_builder_add(argv, *more);
	return g_strv_builder_end(argv);
}

/* The child hears Ctrl-C itself, finishes the request in hand and ends; it is
 * waited for, so that its report is not lost. */
static gboolean note_interrupt(gpointer data)
{
	struct asking *asking = data;

	if (asking->wait)
		asking->wait->interrupted = true;
	return G_SOURCE_CONTINUE;
}

/* In a shared folder the link is another system user's, and so is the
 * platform's token. */
static bool is_somebody_elses(const struct config *config, GError **error)
{
	if (!file_is_shared(config_path(config, "paths.runtime")))
		return false;
	g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
		N_("yikou-syncd does not run"));
	return true;
}

struct json *syncd_once(const struct config *config, const char *const more[],
	int timeout_ms, struct sync_wait *wait, enum exit_code *code,
	GError **error)
{
	g_auto(GStrv) argv = arguments(config, more);
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	struct asking asking = {.loop = loop, .wait = wait};
	guint tick = g_timeout_add(TICK_MS, on_tick, &asking);
	guint interrupt = g_unix_signal_add(SIGINT, note_interrupt, &asking);

	if (is_somebody_elses(config, &asking.error))
		asking.has_ended = true;
	else
		process_run((const char *const *)argv, NULL, timeout_ms, ended,
			&asking);
	if (!asking.has_ended) /* it could be started */
		g_main_loop_run(loop);
	g_source_remove(tick);
	g_source_remove(interrupt);
	*code = asking.code;
	if (!asking.result && !asking.error)
		g_set_error(&asking.error,
			asking.code == EXIT_CODE_RUNNING ? STORE_ERROR
							 : LINK_ERROR,
			asking.code == EXIT_CODE_RUNNING
				? (int)STORE_ERROR_LOCKED
				: (int)LINK_ERROR_PROTOCOL,
			"yikou-syncd ended with %d and no report",
			(int)asking.code);
	if (asking.error)
		g_propagate_error(error, asking.error);
	return asking.result;
}
