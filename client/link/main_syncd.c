/* yikou-syncd: the link to the municipal platform.
 *
 * It may touch the window's store, the platform's REST interface and its own
 * socket; never the terminal, a device, or a printer.
 *
 *   yikou-syncd --config yikou.conf          until it is told to stop
 *   yikou-syncd --config yikou.conf --once   push and pull what there is
 *   yikou-syncd --config yikou.conf --enrol  come to a certificate first
 *
 * One of them runs for a store: STATE/sync.lock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/log.h"
#include "client/base/process.h"
#include "client/link/access.h"
#include "client/link/enrol_run.h"
#include "client/link/link.h"
#include "client/link/platform_driver.h"
#include "client/link/serve.h"
#include "client/rules/day.h"
#include "config/config.h"

#define PROGRAM "yikou-syncd"

enum {
	FINISH_S = 5, /* for requests in hand, after SIGTERM */
	ONCE_BACKOFF_CAP_MS = 1000,
};

struct arguments {
	char *config;
	gboolean once, json, verify, version, enrol;
	char *day, *only, *state;
	int batch;
	int max_time_s, backoff_ms;
	char *crash_at;
	int request_ms;
};

struct syncd {
	GMainLoop *loop;
	struct serve *serve; /* NULL in once-mode */
	struct link *link;
	bool finished, late;
	enum exit_code code;
};

/* Arguments ------------------------------------------------------------------
 */

static bool is_day(const struct arguments *arguments)
{
	return arguments->verify && strlen(arguments->day) == DAY_TEXT - 1 &&
	       day_parse(arguments->day) != 0;
}

static bool knows_part(const struct arguments *arguments)
{
	static const char *const parts[] = {"cases", "blobs", "catalog", NULL};

	return !arguments->only ||
	       (arguments->once && g_strv_contains(parts, arguments->only));
}

static bool is_sane(const struct arguments *arguments)
{
	return (arguments->config || arguments->version) &&
	       arguments->max_time_s >= 0 && arguments->batch >= 0 &&
	       (arguments->once || !(arguments->verify || arguments->state)) &&
	       !(arguments->enrol && arguments->once) &&
	       knows_part(arguments) && (!arguments->day || is_day(arguments));
}

static GOptionContext *options_new(struct arguments *arguments)
{
	const GOptionEntry entries[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->config,
			"The window's yikou.conf", "FILE"},
		{"once", 0, 0, G_OPTION_ARG_NONE, &arguments->once,
			"Push and pull until nothing is left, then exit", NULL},
		{"json", 0, 0, G_OPTION_ARG_NONE, &arguments->json,
			"With --once: one line of JSON says what was done",
			NULL},
		{"enrol", 0, 0, G_OPTION_ARG_NONE, &arguments->enrol,
			"Make a key, ask the platform for this window's "
			"certificate, exit",
			NULL},
		{"max-time", 0, 0, G_OPTION_ARG_INT, &arguments->max_time_s,
			"With --once: stop after so many seconds", "SECONDS"},
		{"verify", 0, 0, G_OPTION_ARG_NONE, &arguments->verify,
			"With --once: send nothing, compare op by op", NULL},
		{"day", 0, 0, G_OPTION_ARG_STRING, &arguments->day,
			"With --verify: only this day, 2026-11-23", "DAY"},
		{"only", 0, 0, G_OPTION_ARG_STRING, &arguments->only,
			"With --once: cases, blobs or catalog", "PART"},
		{"state", 0, 0, G_OPTION_ARG_FILENAME, &arguments->state,
			"With --once: the store of this folder, whichever "
			"window's it is",
			"DIR"},
		{"batch", 0, 0, G_OPTION_ARG_INT, &arguments->batch,
			"At most so many steps in a request", "N"},
		{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
			"Show the version", NULL},
		{"crash-at", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING,
			&arguments->crash_at, "For tests", "POINT:N"},
		{"backoff-ms", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,
			&arguments->backoff_ms, "For tests", "MS"},
		{"request-ms", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,
			&arguments->request_ms, "For tests", "MS"},
		{NULL},
	};
	GOptionContext *context = g_option_context_new(NULL);

	g_option_context_set_summary(
		context, "The link of a service window to the platform.");
	g_option_context_set_description(context,
		"Example:\n"
		"  yikou-syncd --config /etc/yikou/yikou.conf --once --json\n"
		"\n"
		"With --enrol a supervisor approves a code on the platform's\n"
		"page; the certificate is kept in the state folder.\n"
		"\n"
		"Exit status of --once and --enrol: 0 nothing is left, 2 "
		"refused steps\n"
		"remain, 3 platform not reachable, 4 not authorised, 5 local\n"
		"storage, 6 already running, 64 command line or configuration\n"
		"wrong.\n");
	g_option_context_add_main_entries(context, entries, NULL);
	return context;
}

static bool parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	g_autoptr(GOptionContext) context = options_new(arguments);
	g_autoptr(GError) error = NULL;

	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, PROGRAM ": %s\nTry " PROGRAM " --help.\n",
			error->message);
		return false;
	}
	if (argc > 1 || !is_sane(arguments)) {
		fprintf(stderr, PROGRAM ": expected --config FILE and options\n"
					"Try " PROGRAM " --help.\n");
		return false;
	}
	return true;
}

static void arguments_clear(struct arguments *arguments)
{
	g_free(arguments->config);
	g_free(arguments->crash_at);
	g_free(arguments->day);
	g_free(arguments->only);
	g_free(arguments->state);
}

static bool make_options(
	const struct arguments *arguments, struct link_options *options)
{
	*options = (struct link_options){.once = arguments->once,
		.verify = arguments->verify,
		.only = arguments->only,
		.max_ops = arguments->batch,
		.day = arguments->day};
	if (arguments->once)
		options->backoff_cap_ms = ONCE_BACKOFF_CAP_MS;
	if (arguments->backoff_ms > 0)
		options->backoff_cap_ms = arguments->backoff_ms;
	return !arguments->crash_at ||
	       crash_point_parse(arguments->crash_at, &options->crash_at,
		       &options->crash_count);
}

/* Running --------------------------------------------------------------------
 */

static void on_changed(void *context)
{
	struct syncd *syncd = context;

	if (syncd->serve)
		serve_changed(syncd->serve);
}

static void on_pulled(void *context, const char *feed)
{
	struct syncd *syncd = context;

	if (syncd->serve)
		serve_pulled(syncd->serve, feed);
}

static void on_finished(void *context, enum exit_code code)
{
	struct syncd *syncd = context;

	syncd->finished = true;
	syncd->code = code;
	g_main_loop_quit(syncd->loop);
}

static const struct link_ops link_ops = {
	.changed = on_changed,
	.pulled = on_pulled,
	.finished = on_finished,
};

static void on_stop(void *context)
{
	struct syncd *syncd = context;

	g_main_loop_quit(syncd->loop);
}

static gboolean on_late(gpointer data)
{
	struct syncd *syncd = data;

	syncd->late = true;
	g_main_loop_quit(syncd->loop);
	return G_SOURCE_CONTINUE;
}

/* Runs until the link ends or a signal asks for it; then what is in hand gets a
 * few seconds. What is not answered by then stays leased: outcome unknown. */
static void run(struct syncd *syncd, int max_time_s)
{
	guint timer = 0;

	if (max_time_s > 0)
		timer = g_timeout_add_seconds(
			(guint)max_time_s, on_late, syncd);
	link_start(syncd->link);
	g_main_loop_run(syncd->loop);
	if (timer)
		g_source_remove(timer);
	if (syncd->finished)
		return;
	syncd->code = syncd->late ? EXIT_CODE_LINK : EXIT_CODE_OK;
	timer = g_timeout_add_seconds(FINISH_S, on_late, syncd);
	link_stop(syncd->link);
	if (!syncd->finished)
		g_main_loop_run(syncd->loop);
	g_source_remove(timer);
}

static void print_report(struct syncd *syncd)
{
	AUTO(json) report = link_report(syncd->link);
	g_autofree char *text = NULL;

	json_put_int(report, "exit_code", syncd->code);
	text = json_print(report);
	puts(text);
	fflush(stdout);
}

static const struct platform_driver *driver_of(const struct config *config)
{
	return platform_driver_find(config_text(config, "platform.driver"));
}

static struct http *open_http(
	const struct config *config, int total_ms, GError **error)
{
	struct http_config settings = {
		.url = config_text(config, "platform.url"),
		.token_file = config_path(config, "platform.token_file"),
		.scheme = driver_of(config)->scheme,
		.ca_file = config_path(config, "platform.ca_file"),
		.program = PROGRAM "/" YIKOU_VERSION,
		.total_ms = total_ms,
	};

	return http_new(&settings, error);
}

/* Tokens for this window's certificate, when it has one. */
static struct access *open_access(
	const struct config *config, struct http *http, GError **error)
{
	g_autofree char *certificate = enrol_certificate_file(config);
	g_autofree char *key = enrol_key_file(config);
	bool is_named = config_path(config, "platform.certificate") != NULL;

	if (is_named && !g_str_has_prefix(config_text(config, "platform.url"),
				"https:")) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"platform.certificate is for https only");
		return NULL;
	}
	return access_new(http, &(struct access_config){
					.certificate_file = certificate,
					.key_file = key,
					.is_needed = is_named,
				});
}

/* The lock of the store, then the store itself. copy: NULL, or the folder of a
 * store that need not be this window's. */
static struct store *open_store(
	const struct config *config, const char *copy, GError **error)
{
	const char *state = copy ? copy : config_path(config, "paths.state");
	g_autofree char *lock = g_build_filename(state, "sync.lock", NULL);

	if ((!copy && !file_make_dir(state, error)) ||
		file_lock(lock, error) < 0)
		return NULL;
	if (copy)
		return store_open_copy(state, error);
	return store_open(state, config_text(config, "window.number"), error);
}

static bool open_socket(
	const struct config *config, struct syncd *syncd, GError **error)
{
	g_autofree char *path = config_runtime(config, "syncd.sock");

	if (!file_make_dir(config_path(config, "paths.runtime"), error))
		return false;
	syncd->serve = serve_new(path, on_stop, syncd, error);
	return syncd->serve != NULL;
}

static bool settings_fit(const struct config *config, GError **error)
{
	const struct platform_driver *driver = driver_of(config);
	struct platform_settings settings = {
		.queue = config_text(config, "platform.queue"),
	};

	return !driver->check || driver->check(&settings, error);
}

/* What this platform has not is not invented here: once in the log. */
static void say_what_is_missing(const struct platform_driver *driver)
{
	g_autofree char *missing = platform_can_text(
		platform_native.can & ~driver->can & ~PLATFORM_BLOBS);

	if (*missing)
		log_info("platform %s has not: %s", driver->name, missing);
}

static enum exit_code syncd_main(
	const struct arguments *arguments, GError **error)
{
	AUTO(config) config = NULL;
	AUTO(http) http = NULL;
	AUTO(access) access = NULL;
	AUTO(store) store = NULL;
	AUTO(serve) serve = NULL;
	AUTO(link) link = NULL;
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	struct link_options options;
	struct syncd syncd = {.loop = loop};

	if (!make_options(arguments, &options)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_USAGE,
			"unknown crash point");
		return EXIT_CODE_USAGE;
	}
	config = config_load(arguments->config, error);
	http = config ? open_http(config, MAX(0, arguments->request_ms), error)
		      : NULL;
	if (!http)
		return EXIT_CODE_USAGE;
	if (arguments->enrol)
		return enrol_run(config, http, arguments->json,
			arguments->backoff_ms, error);
	if (!settings_fit(config, error))
		return EXIT_CODE_USAGE;
	access = open_access(config, http, error);
	if (!access)
		return EXIT_CODE_USAGE;
	store = open_store(config, arguments->state, error);
	if (!store)
		return error_exit_code(*error);
	if (!arguments->once && !open_socket(config, &syncd, error))
		return error_exit_code(*error);
	serve = syncd.serve;
	options.driver = driver_of(config);
	options.queue = config_text(config, "platform.queue");
	say_what_is_missing(options.driver);
	link = link_new(store, http, &options, &link_ops, &syncd);
	syncd.link = link;
	if (serve)
		serve_set_link(serve, link);
	process_quit_on_signals(loop, false);
	if (serve)
		process_ready();
	run(&syncd, arguments->once ? arguments->max_time_s : 0);
	if (arguments->json)
		print_report(&syncd);
	return syncd.code;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_USAGE;

	process_begin(PROGRAM);
	if (parse_arguments(argc, argv, &arguments)) {
		if (arguments.version) {
			puts(PROGRAM " " YIKOU_VERSION);
			code = EXIT_CODE_OK;
		} else {
			code = syncd_main(&arguments, &error);
		}
	}
	if (error)
		log_error(error, "cannot run, nothing was started");
	arguments_clear(&arguments);
	return code;
}
