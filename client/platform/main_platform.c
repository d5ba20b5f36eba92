/* yikou-platform: a stand-in for the municipal platform, for training and
 * tests. It is not the real one and says so on every page.
 *
 * It may touch its own state directory and the sockets of its HTTP server, by
 * default on the loopback address only; never the window's store, a device or
 * the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/json.h"
#include "client/base/log.h"
#include "client/base/process.h"
#include "client/platform/feeds.h"
#include "client/platform/online.h"
#include "client/platform/platform.h"
#include "client/platform/seed.h"
#include "client/platform/server.h"
#include "client/platform/supervision.h"
#include "client/platform/tickets.h"
#include "client/platform/uploads.h"
#include "client/platform/tls.h"

#define PROGRAM "yikou-platform"
#define VERSION "0.2"

enum {
	HOUSEKEEPING_S = 3600,
	ARRIVALS_S = 2,
	TICKET_LIFE_MS = 18 * 3600 * 1000,
};
static const int64_t tombstone_life_ms = INT64_C(7) * 24 * 3600 * 1000;

struct arguments {
	char *listen, *state, *token_file, *port_file, *catalog, *seed;
	int port;
	gboolean chaos, restored, version;
	gboolean tls, needs_certificate;
	char *certificate, *key;
	int certificate_days, token_s, pending_s, pace_ms;
};

static bool tls_is_sane(const struct arguments *arguments)
{
	bool is_asked = arguments->needs_certificate || arguments->certificate;

	return (!is_asked || arguments->tls) &&
	       !arguments->certificate == !arguments->key &&
	       arguments->certificate_days >= 0 &&
	       arguments->certificate_days <= 3650 && arguments->token_s >= 0 &&
	       arguments->token_s <= 86400 && arguments->pending_s >= 0 &&
	       arguments->pace_ms >= 0;
}

static GOptionContext *options_new(struct arguments *arguments)
{
	const GOptionEntry entries[] = {
		{"state", 0, 0, G_OPTION_ARG_FILENAME, &arguments->state,
			"Where everything is kept", "DIR"},
		{"token-file", 0, 0, G_OPTION_ARG_FILENAME,
			&arguments->token_file,
			"Token of the clients; made when it is missing",
			"FILE"},
		{"port", 0, 0, G_OPTION_ARG_INT, &arguments->port,
			"TCP port; 0, the default, takes a free one", "PORT"},
		{"port-file", 0, 0, G_OPTION_ARG_FILENAME,
			&arguments->port_file, "Write the port here", "FILE"},
		{"listen", 0, 0, G_OPTION_ARG_STRING, &arguments->listen,
			"Numeric address instead of 127.0.0.1", "ADDRESS"},
		{"catalog", 0, 0, G_OPTION_ARG_FILENAME, &arguments->catalog,
			"Serve this catalogue, the folder with catalog.json,"
			" and the templates beside it",
			"DIR"},
		{"seed", 0, 0, G_OPTION_ARG_FILENAME, &arguments->seed,
			"Put waiting tickets in, once a day", "FILE"},
		{"restored", 0, 0, G_OPTION_ARG_NONE, &arguments->restored,
			"The state comes from a backup: begin a new epoch",
			NULL},
		{"chaos", 0, 0, G_OPTION_ARG_NONE, &arguments->chaos,
			"Misbehave to order (/_chaos) and tell all (/_dump)",
			NULL},
		{"tls", 0, 0, G_OPTION_ARG_NONE, &arguments->tls,
			"Speak HTTPS, with an authority of its own in "
			"STATE/tls",
			NULL},
		{"require-certificate", 0, 0, G_OPTION_ARG_NONE,
			&arguments->needs_certificate,
			"With --tls: let nobody in without a certificate",
			NULL},
		{"certificate", 0, 0, G_OPTION_ARG_FILENAME,
			&arguments->certificate,
			"With --tls: the server's own certificate", "FILE"},
		{"key", 0, 0, G_OPTION_ARG_FILENAME, &arguments->key, "Its key",
			"FILE"},
		{"certificate-days", 0, 0, G_OPTION_ARG_INT,
			&arguments->certificate_days,
			"Life of a window's certificate, default 397", "DAYS"},
		{"token-life", 0, 0, G_OPTION_ARG_INT, &arguments->token_s,
			"Life of a token, default 600", "SECONDS"},
		{"enrol-life", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,
			&arguments->pending_s, "For tests", "SECONDS"},
		{"enrol-pace-ms", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,
			&arguments->pace_ms, "For tests", "MS"},
		{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
			"Show the version", NULL},
		{NULL},
	};
	GOptionContext *context = g_option_context_new(NULL);

	g_option_context_set_summary(context,
		"A stand-in for the municipal platform, for training and "
		"tests.");
	g_option_context_set_description(context,
		"Example:\n"
		"  yikou-platform --state /tmp/platform "
		"--token-file /tmp/platform.token \\\n"
		"    --seed config/demo/platform-seed.json\n"
		"\n"
		"Prints {\"listening\":\"127.0.0.1:PORT\"} when it is ready.\n"
		"Exit status: 0 told to stop, 3 address in use, 5 storage, 6 "
		"the\n"
		"state is in use, 64 the command line or a file is wrong.\n");
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
	if (arguments->version)
		return true;
	if (argc > 1 || !arguments->state || !arguments->token_file ||
		arguments->port < 0 || arguments->port > 65535) {
		fprintf(stderr,
			PROGRAM ": expected --state DIR and --token-file FILE\n"
				"Try " PROGRAM " --help.\n");
		return false;
	}
	if (!tls_is_sane(arguments)) {
		fprintf(stderr,
			PROGRAM ": --require-certificate and --certificate "
				"with --key go with --tls\n"
				"Try " PROGRAM " --help.\n");
		return false;
	}
	return true;
}

static void arguments_clear(struct arguments *arguments)
{
	g_free(arguments->listen);
	g_free(arguments->state);
	g_free(arguments->token_file);
	g_free(arguments->port_file);
	g_free(arguments->catalog);
	g_free(arguments->seed);
	g_free(arguments->certificate);
	g_free(arguments->key);
}

static bool keep_house(struct platform *platform, GError **error)
{
	int64_t now_ms = clock_wall_ms();

	return ticket_expire(platform, now_ms - TICKET_LIFE_MS, error) &&
	       warning_scan(platform, now_ms, error) &&
	       upload_expire(platform, now_ms, error) &&
	       feed_prune(platform, now_ms - tombstone_life_ms, error);
}

static gboolean on_housekeeping(void *context)
{
	g_autoptr(GError) error = NULL;

	if (!keep_house(context, &error))
		log_error(error, "housekeeping");
	return G_SOURCE_CONTINUE;
}

/* What happens by itself: people apply on line, telephones get messages. */
static gboolean on_arrivals(void *context)
{
	g_autoptr(GError) error = NULL;
	int64_t now_ms = clock_wall_ms();

	if (!application_arrive(context, now_ms, &error) ||
		!notification_deliver(context, now_ms, &error))
		log_error(error, "arrivals");
	return G_SOURCE_CONTINUE;
}

static bool prepare(struct platform *platform,
	const struct arguments *arguments, GError **error)
{
	g_autofree char *templates =
		arguments->catalog ? g_build_filename(arguments->catalog, "..",
					     "templates", NULL)
				   : NULL;

	return keep_house(platform, error) &&
	       (!arguments->catalog ||
		       (feed_load_catalog(
				platform, arguments->catalog, error) &&
			       seed_templates(platform, templates, error))) &&
	       (!arguments->seed ||
		       seed_apply(platform, arguments->seed, error));
}

static bool is_loopback(const char *address)
{
	g_autoptr(GInetAddress) inet = g_inet_address_new_from_string(address);

	return inet && g_inet_address_get_is_loopback(inet);
}

/* Says where it listens, for people, scripts and tests. */
static bool announce(struct platform *platform, const struct server *server,
	const struct arguments *arguments, GError **error)
{
	unsigned port = server_port(server);
	bool six = strchr(arguments->listen, ':') != NULL;
	g_autofree char *address = g_strdup_printf(
		six ? "[%s]:%u" : "%s:%u", arguments->listen, port);
	g_autofree char *number = g_strdup_printf("%u\n", port);
	AUTO(json) line = json_new_object();
	g_autofree char *text = NULL;

	g_free(platform->address);
	platform->address = g_strconcat(
		platform->tls ? "https://" : "http://", address, NULL);
	json_put_text(line, "listening", address);
	if (platform->tls)
		json_put_text(line, "authority", platform->tls->authority_file);
	text = json_print(line);
	printf("%s\n", text);
	fflush(stdout);
	return !arguments->port_file ||
	       file_write(arguments->port_file, number, strlen(number), error);
}

static bool serve(struct platform *platform, const struct arguments *arguments,
	GError **error)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	AUTO(server) server = server_new(
		platform, arguments->listen, (uint16_t)arguments->port, error);
	guint timer, arrivals;

	if (!server || !announce(platform, server, arguments, error))
		return false;
	if (!is_loopback(arguments->listen) && !platform->tls)
		log_warn("others can reach this: plain HTTP, a token only");
	timer = g_timeout_add_seconds(
		HOUSEKEEPING_S, on_housekeeping, platform);
	on_arrivals(platform);
	arrivals = g_timeout_add_seconds(ARRIVALS_S, on_arrivals, platform);
	process_quit_on_signals(loop, false);
	g_main_loop_run(loop);
	g_source_remove(arrivals);
	g_source_remove(timer);
	return true;
}

static struct tls *open_tls(const struct arguments *arguments, GError **error)
{
	return tls_open(
		&(struct tls_options){
			.state_dir = arguments->state,
			.listen = arguments->listen,
			.certificate_file = arguments->certificate,
			.key_file = arguments->key,
		},
		error);
}

static bool run(const struct arguments *arguments, GError **error)
{
	AUTO(tls) tls = arguments->tls ? open_tls(arguments, error) : NULL;
	g_autofree char *token = platform_token(arguments->token_file, error);
	struct platform_options options = {
		.state_dir = arguments->state,
		.token = token,
		.is_restored = arguments->restored,
		.chaos = arguments->chaos,
		.tls = tls,
		.needs_certificate = arguments->needs_certificate,
		.token_s = arguments->token_s,
		.certificate_days = arguments->certificate_days,
		.pending_s = arguments->pending_s,
		.pace_ms = arguments->pace_ms,
	};
	AUTO(platform) platform = NULL;

	if (!token || (arguments->tls && !tls))
		return false;
	platform = platform_open(&options, error);
	return platform && prepare(platform, arguments, error) &&
	       serve(platform, arguments, error);
}

/* Until it serves, an item that is wrong stands in a file. */
static int exit_code_of(const GError *error)
{
	return error->domain == ITEM_ERROR ? EXIT_CODE_USAGE
					   : (int)error_exit_code(error);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	g_autoptr(GError) error = NULL;
	int code = EXIT_CODE_OK;

	process_begin(PROGRAM);
	if (!parse_arguments(argc, argv, &arguments)) {
		code = EXIT_CODE_USAGE;
	} else if (arguments.version) {
		printf("%s %s\n", PROGRAM, VERSION);
	} else {
		if (!arguments.listen)
			arguments.listen = g_strdup("127.0.0.1");
		if (!run(&arguments, &error)) {
			log_error(error, "cannot run, nothing was started");
			code = exit_code_of(error);
		}
	}
	arguments_clear(&arguments);
	return code;
}
