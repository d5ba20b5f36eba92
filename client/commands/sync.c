/* yikou sync: sends and fetches now. A running yikou-syncd is asked through its
 * socket; without one, yikou-syncd --once does it and ends. "agree" lets the
 * withdrawals through that the window holds. */
#include <stdio.h>
#include <string.h>

#include "client/base/file.h"
#include "client/base/line.h"
#include "client/base/process.h"
#include "client/commands/command.h"
#include "client/store/catalog_rows.h"
#include "ui/text.h"

enum {
	CONNECT_TIMEOUT_MS = 1000,
	RUN_TIMEOUT_MS = 15 * 60 * 1000,
	HINT_TIMEOUT_MS = 5000,
	QUIET_LIMIT_MS = 60 * 1000
};

struct sync {
	GMainLoop *loop;
	struct line_client *client; /* own */
	const struct command_options *options;
	struct json *state; /* own: last state line */
	bool status_only, asked;
	guint timer;
	enum exit_code code;
};

static void print_state(const struct sync *sync)
{
	g_autofree char *text =
		sync->state ? json_print(sync->state) : g_strdup("{}");

	if (sync->options->json) {
		puts(text);
		return;
	}
	command_print(_("platform %s, unsent %d, parked %d, attachments %d"),
		json_text_or(sync->state, "link", "?"),
		(int)json_int_or(sync->state, "unsent", 0),
		(int)json_int_or(sync->state, "parked", 0),
		(int)json_int_or(sync->state, "blobs", 0));
}

static void finish(struct sync *sync)
{
	const char *link = json_text_or(sync->state, "link", "");

	print_state(sync);
	if (!json_bool_or(sync->state, "auth", true))
		sync->code = EXIT_CODE_AUTH;
	else if (json_int_or(sync->state, "parked", 0) > 0)
		sync->code = EXIT_CODE_ITEM;
	else if (strcmp(link, "up"))
		sync->code = EXIT_CODE_LINK;
	g_main_loop_quit(sync->loop);
}

/* Done when nothing waits, or when the platform is away: syncd goes on. */
static void judge(struct sync *sync)
{
	const char *link = json_text_or(sync->state, "link", "");

	if (sync->status_only || !strcmp(link, "down") ||
		!json_bool_or(sync->state, "auth", true) ||
		(!strcmp(link, "up") &&
			json_int_or(sync->state, "unsent", 0) == 0))
		finish(sync);
}

static void take_state(struct sync *sync, const struct json *state)
{
	json_free(sync->state);
	sync->state = json_copy(state);
	if (sync->asked)
		judge(sync);
}

static void message(void *context, const struct json *line)
{
	if (json_text(line, "link"))
		take_state(context, line);
}

static void hinted(
	void *context, const struct json *result, const GError *error)
{
	struct sync *sync = context;

	(void)error;
	sync->asked = true;
	/* The answer is the state after the command; the line before it may
	 * still say "down". */
	if (json_text(result, "link"))
		take_state(sync, result);
	else if (sync->state)
		judge(sync);
}

static gboolean give_up(gpointer user_data)
{
	struct sync *sync = user_data;

	sync->timer = 0;
	finish(sync);
	return G_SOURCE_REMOVE;
}

static void synced(void *context)
{
	struct sync *sync = context;

	if (sync->timer)
		g_source_remove(sync->timer);
	sync->timer = g_timeout_add(QUIET_LIMIT_MS, give_up, sync);
	if (sync->status_only && sync->state)
		finish(sync);
	else
		line_command(sync->client, "retry", NULL, HINT_TIMEOUT_MS,
			hinted, sync);
}

static void ran_once(
	void *context, const struct process_result *result, const GError *error)
{
	struct sync *sync = context;

	if (error) {
		sync->code = command_fail(error);
	} else {
		if (result->output)
			fputs(result->output, stdout);
		sync->code = result->exit_code < 0
				     ? EXIT_CODE_INTERRUPTED
				     : (enum exit_code)result->exit_code;
	}
	g_main_loop_quit(sync->loop);
}

/* Nobody answers at the socket. */
static gboolean run_once(gpointer user_data)
{
	struct sync *sync = user_data;
	const char *runtime =
		config_path(sync->options->config, "paths.runtime");
	g_autofree char *binary = process_sibling("yikou-syncd");
	const char *argv[] = {binary, "--once", "--json", "--config",
		config_file(sync->options->config), NULL};

	sync->timer = 0;
	/* In a shared folder the link is another system user's, and so is the
	 * platform's token. */
	if (sync->status_only || file_is_shared(runtime)) {
		g_autoptr(GError) error = g_error_new_literal(LINK_ERROR,
			LINK_ERROR_ABSENT, "yikou-syncd does not run");

		sync->code = command_fail(error);
		g_main_loop_quit(sync->loop);
	} else {
		process_run(argv, NULL, RUN_TIMEOUT_MS, ran_once, sync);
	}
	return G_SOURCE_REMOVE;
}

static const struct line_client_ops ops = {
	.synced = synced, .message = message};

static enum exit_code run_sync(
	const struct command_options *options, bool status_only)
{
	g_autofree char *path = config_runtime(options->config, "syncd.sock");
	struct sync sync = {.options = options, .status_only = status_only};

	sync.loop = g_main_loop_new(NULL, FALSE);
	sync.client = line_client_new(path, "yikou sync", &ops, &sync);
	sync.timer = g_timeout_add(CONNECT_TIMEOUT_MS, run_once, &sync);
	g_main_loop_run(sync.loop);
	if (sync.timer)
		g_source_remove(sync.timer);
	line_client_free(sync.client);
	json_free(sync.state);
	g_main_loop_unref(sync.loop);
	return sync.code;
}

static enum exit_code agree(const struct command_options *options)
{
	const struct config *config = options->config;
	const struct actor actor = {.staff_no = g_get_user_name(),
		.staff_name = "",
		.role = "system",
		.window = config_text(config, "window.number"),
		.session = ""};
	g_autoptr(GError) error = NULL;
	AUTO(store) store = store_open(
		config_path(config, "paths.state"), actor.window, &error);
	int64_t count = 0;

	if (!store || !catalog_agree(store, &actor, &count, &error))
		return command_fail(error);
	command_print(
		_("%d withdrawals let through; the window takes them with "
		  "F5, or by itself soon"),
		(int)count);
	return EXIT_CODE_OK;
}

enum exit_code command_sync(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, "[status|agree]",
		    _("Sends everything that waits and fetches what is new. "
		      "Success is judged by\nthe steps themselves: 0 all "
		      "confirmed, 2 some are parked, 3 not reachable.\n"
		      "agree lets withdrawals of items through that are held "
		      "because they are many.\n"
		      "Examples:\n  yikou sync\n  yikou sync status --json"),
		    NULL, &code)) {
		if (argc == 2 && !strcmp(argv[1], "agree")) {
			code = agree(&options);
		} else if (argc > 2 ||
			   (argc == 2 && strcmp(argv[1], "status"))) {
			fprintf(stderr,
				_("yikou sync: nothing, status or agree\n"));
			code = EXIT_CODE_USAGE;
		} else {
			code = run_sync(&options, argc == 2);
		}
	}
	command_end(&options);
	return code;
}
