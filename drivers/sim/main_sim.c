/* yikou-sim: plays the devices of a window, for training, demos and tests.
 *
 * It may touch nothing but its sockets: those of devices.conf's unix: ports and
 * its control socket.
 *
 *   yikou-sim --config yikou.conf                    until it is told to stop
 *   yikou-sim --config yikou.conf ctl key keypad next   what a person does */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/line.h"
#include "client/base/log.h"
#include "client/base/process.h"
#include "config/config.h"
#include "drivers/sim/sim_control.h"

#define PROGRAM "yikou-sim"
#define VERSION "0.2"

enum { CTL_TIMEOUT_MS = 5000, CONNECT_TIMEOUT_MS = 2000 };

struct arguments {
	char *config, *socket;
	char **words; /* "ctl", verb, device, values */
	gboolean version;
};

static const char examples[] =
	"Examples:\n"
	"  yikou-sim --config demo/yikou.conf\n"
	"  yikou-sim --config demo/yikou.conf ctl key keypad next\n"
	"  yikou-sim --config demo/yikou.conf ctl rate pad 5\n"
	"  yikou-sim --config demo/yikou.conf ctl card idcard name=王演练\n"
	"  yikou-sim --config demo/yikou.conf ctl lift idcard\n"
	"  yikou-sim --config demo/yikou.conf ctl page camera 7\n"
	"  yikou-sim --config demo/yikou.conf ctl fault bar noise 5\n"
	"  yikou-sim --config demo/yikou.conf ctl state\n"
	"\nExit status: 0 done or told to stop, 2 refused, 3 no simulator or "
	"no such\nconnection, 5 local storage, 6 already running, 64 the "
	"command line or a file is\nwrong.\n";

static bool parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	const GOptionEntry entries[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->config,
			"The window's yikou.conf", "FILE"},
		{"socket", 's', 0, G_OPTION_ARG_FILENAME, &arguments->socket,
			"For ctl: the control socket instead of --config",
			"FILE"},
		{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
			"Show the version", NULL},
		{G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY,
			&arguments->words, NULL, "[ctl VERB DEVICE [VALUE]]"},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	bool is_ctl;

	g_option_context_set_summary(
		context, "Plays the devices of a service window.");
	g_option_context_set_description(context, examples);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, PROGRAM ": %s\nTry " PROGRAM " --help.\n",
			error->message);
		return false;
	}
	is_ctl = arguments->words && arguments->words[0] &&
		 !strcmp(arguments->words[0], "ctl") && arguments->words[1];
	if (arguments->version || (is_ctl && arguments->socket) ||
		(arguments->config && (is_ctl || !arguments->words)))
		return true;
	fprintf(stderr, PROGRAM ": expected --config FILE, or ctl with a verb\n"
				"Try " PROGRAM " --help.\n");
	return false;
}

/* ctl --------------------------------------------------------------------- */

/* How values without a name are called, by verb. */
static const struct {
	const char *verb;
	const char *names[3];
} values[] = {
	{"key", {"key"}},
	{"rate", {"level"}},
	{"page", {"number"}},
	{"fault", {"kind", "seconds"}},
};

static const char *value_name(const char *verb, int index)
{
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		if (!strcmp(values[i].verb, verb) && index < 2)
			return values[i].names[index];
	}
	return NULL;
}

/* Numbers are numbers but for card's members, which are all texts. */
static void put_value(struct json *message, const char *verb, const char *name,
	const char *value)
{
	gint64 number = 0;

	if (strcmp(verb, "card") && g_ascii_string_to_signed(value, 10, -999999,
					    999999, &number, NULL))
		json_put_int(message, name, number);
	else
		json_put_text(message, name, value);
}

/* VERB [DEVICE [VALUE | NAME=VALUE]...]; NULL when a value has no name. */
static struct json *make_message(char **words)
{
	AUTO(json) message = json_new_object();
	const char *verb = words[0];

	if (words[1])
		json_put_text(message, "device", words[1]);
	for (int i = 2; words[1] && words[i]; i++) {
		const char *equals = strchr(words[i], '=');
		g_autofree char *name =
			equals ? g_strndup(words[i], (gsize)(equals - words[i]))
			       : g_strdup(value_name(verb, i - 2));

		if (!name)
			return NULL;
		put_value(message, verb, name, equals ? equals + 1 : words[i]);
	}
	return g_steal_pointer(&message);
}

struct ctl {
	GMainLoop *loop;
	struct line_client *client;
	const char *verb;
	struct json *message; /* own until it is sent */
	int code;
};

static void on_reply(
	void *context, const struct json *result, const GError *error)
{
	struct ctl *ctl = context;
	g_autofree char *text = NULL;

	if (error) {
		fprintf(stderr, PROGRAM ": %s: %s\n", error_name(error),
			error->message);
		ctl->code = (int)error_exit_code(error);
	} else if (json_length(result)) {
		text = json_print_pretty(result);
		printf("%s\n", text);
	}
	g_main_loop_quit(ctl->loop);
}

static void on_synced(void *context)
{
	struct ctl *ctl = context;

	if (ctl->message)
		line_command(ctl->client, ctl->verb,
			g_steal_pointer(&ctl->message), CTL_TIMEOUT_MS,
			on_reply, ctl);
}

static void on_message(void *context, const struct json *message)
{
	(void)context;
	(void)message;
}

static void on_lost(void *context, const GError *why)
{
	struct ctl *ctl = context;

	fprintf(stderr, PROGRAM ": no simulator is running: %s\n",
		why->message);
	ctl->code = EXIT_CODE_LINK;
	g_main_loop_quit(ctl->loop);
}

/* Who was never there is not lost: the link would try for ever. */
static gboolean on_late(gpointer user_data)
{
	struct ctl *ctl = user_data;

	if (line_client_is_up(ctl->client))
		return G_SOURCE_CONTINUE;
	fprintf(stderr, PROGRAM ": no simulator is running\n");
	ctl->code = EXIT_CODE_LINK;
	g_main_loop_quit(ctl->loop);
	return G_SOURCE_CONTINUE;
}

static const struct line_client_ops client_ops = {
	.synced = on_synced,
	.message = on_message,
	.lost = on_lost,
};

static int run_ctl(const char *socket, char **words)
{
	struct ctl ctl = {.verb = words[0], .message = make_message(words)};
	guint timer;

	if (!ctl.message) {
		fprintf(stderr, PROGRAM ": expected NAME=VALUE\n");
		return EXIT_CODE_USAGE;
	}
	ctl.loop = g_main_loop_new(NULL, FALSE);
	ctl.client = line_client_new(socket, PROGRAM, &client_ops, &ctl);
	timer = g_timeout_add(CONNECT_TIMEOUT_MS, on_late, &ctl);
	g_main_loop_run(ctl.loop);
	g_source_remove(timer);
	line_client_free(ctl.client);
	g_main_loop_unref(ctl.loop);
	json_free(ctl.message);
	return ctl.code;
}

/* Playing ----------------------------------------------------------------- */

static int play(const struct sim_setup *setup)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	AUTO(sim) sim = sim_new(setup, &error);

	if (!sim) {
		log_error(error, "cannot start");
		return g_error_matches(error, LINK_ERROR, LINK_ERROR_BUSY)
			       ? EXIT_CODE_RUNNING
			       : (int)error_exit_code(error);
	}
	process_quit_on_signals(loop, false);
	log_info("playing, control socket %s", setup->socket);
	g_main_loop_run(loop);
	return EXIT_CODE_OK;
}

static int run(const struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	AUTO(config) config = NULL;
	g_autofree char *socket = NULL, *profiles = NULL, *runtime = NULL;

	if (arguments->socket)
		return run_ctl(arguments->socket, arguments->words + 1);
	config = config_load(arguments->config, &error);
	if (!config) {
		fprintf(stderr, PROGRAM ": %s; nothing was started\n",
			error->message);
		return (int)error_exit_code(error);
	}
	socket = config_runtime(config, "sim.sock");
	if (arguments->words)
		return run_ctl(socket, arguments->words + 1);
	runtime = g_path_get_dirname(socket);
	profiles = config_data(config, "profiles");
	if (!file_make_dir(runtime, &error)) {
		log_error(error, "cannot start");
		return (int)error_exit_code(error);
	}

	struct sim_setup setup = {.socket = socket,
		.profile_dir = profiles,
		.devices_conf = config_path(config, "files.devices")};

	return play(&setup);
}

int main(int argc, char **argv)
{
	process_begin(PROGRAM);

	struct arguments arguments = {0};
	int code;

	if (!parse_arguments(argc, argv, &arguments)) {
		code = EXIT_CODE_USAGE;
	} else if (arguments.version) {
		printf(PROGRAM " " VERSION "\n");
		code = EXIT_CODE_OK;
	} else {
		code = run(&arguments);
	}
	g_free(arguments.config);
	g_free(arguments.socket);
	g_strfreev(arguments.words);
	return code;
}
