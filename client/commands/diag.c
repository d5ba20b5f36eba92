/* yikou diag: the devices of the window, as yikou-devd sees them. */
#include <stdio.h>
#include <string.h>

#include "client/base/line.h"
#include "client/commands/command.h"
#include "ui/text.h"

enum { ANSWER_TIMEOUT_MS = 15000, CONNECT_TIMEOUT_MS = 3000 };

struct diag {
	GMainLoop *loop;
	struct line_client *client; /* own */
	GPtrArray *devices;         /* own: struct json */
	const char *check;          /* device to test, NULL: list */
	const struct command_options *options;
	enum exit_code code;
};

static void print_devices(const struct diag *diag)
{
	AUTO(json) list = json_new_array();

	for (guint i = 0; i < diag->devices->len; i++) {
		const struct json *device = g_ptr_array_index(diag->devices, i);
		const struct json *counters = json_get(device, "counters");

		json_add(list, json_copy(device));
		if (diag->options->json)
			continue;
		command_print(_("%-10s %-9s %-16s %s  frames %d, faults %d"),
			json_text_or(device, "device", ""),
			json_text_or(device, "state", ""),
			json_text_or(device, "driver", ""),
			json_text_or(device, "port", ""),
			(int)json_int_or(counters, "frames", 0),
			(int)(json_int_or(counters, "bad_checksum", 0) +
				json_int_or(counters, "bad_frame", 0) +
				json_int_or(counters, "timeouts", 0)));
	}
	if (diag->options->json)
		command_print_json(list);
}

static enum exit_code judge_devices(const struct diag *diag)
{
	for (guint i = 0; i < diag->devices->len; i++) {
		const char *state = json_text_or(
			g_ptr_array_index(diag->devices, i), "state", "");

		if (strcmp(state, "ready") && strcmp(state, "busy") &&
			strcmp(state, "disabled"))
			return EXIT_CODE_LINK;
	}
	return EXIT_CODE_OK;
}

static void checked(
	void *context, const struct json *result, const GError *error)
{
	struct diag *diag = context;

	if (error)
		diag->code = command_report(diag->options, error);
	else if (diag->options->json)
		command_print_json(result);
	else
		command_print(_("%s: self test passed"), diag->check);
	g_main_loop_quit(diag->loop);
}

static void synced(void *context)
{
	struct diag *diag = context;
	struct json *args;

	if (!diag->check) {
		print_devices(diag);
		diag->code = judge_devices(diag);
		g_main_loop_quit(diag->loop);
		return;
	}
	args = json_new_object();
	json_put_text(args, "device", diag->check);
	line_command(
		diag->client, "check", args, ANSWER_TIMEOUT_MS, checked, diag);
}

static void message(void *context, const struct json *state)
{
	struct diag *diag = context;

	if (json_text(state, "device") && json_text(state, "state"))
		g_ptr_array_add(diag->devices, json_copy(state));
}

static gboolean no_answer(gpointer user_data)
{
	struct diag *diag = user_data;
	g_autoptr(GError) error = g_error_new_literal(LINK_ERROR,
		LINK_ERROR_ABSENT, N_("yikou-devd does not answer"));

	diag->code = command_report(diag->options, error);
	g_main_loop_quit(diag->loop);
	return G_SOURCE_REMOVE;
}

static const struct line_client_ops ops = {
	.synced = synced, .message = message};

static enum exit_code diagnose(
	const struct command_options *options, const char *check)
{
	g_autofree char *path = config_runtime(options->config, "devd.sock");
	struct diag diag = {.check = check, .options = options};
	guint timer;

	diag.loop = g_main_loop_new(NULL, FALSE);
	diag.devices =
		g_ptr_array_new_with_free_func((GDestroyNotify)json_free);
	diag.client = line_client_new(path, "yikou diag", &ops, &diag);
	timer = g_timeout_add(check ? ANSWER_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
		no_answer, &diag);
	g_main_loop_run(diag.loop);
	if (g_main_context_find_source_by_id(NULL, timer))
		g_source_remove(timer);
	line_client_free(diag.client);
	g_ptr_array_unref(diag.devices);
	g_main_loop_unref(diag.loop);
	return diag.code;
}

enum exit_code command_diag(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, _("[check DEVICE]"),
		    _("Lists the devices with state and counters, or runs the "
		      "self test of one.\nExamples:\n  yikou diag --json\n  "
		      "yikou diag check camera"),
		    NULL, &code)) {
		if (argc == 3 && !strcmp(argv[1], "check")) {
			code = diagnose(&options, argv[2]);
		} else if (argc == 1) {
			code = diagnose(&options, NULL);
		} else {
			code = command_wrong(&options,
				"expected nothing, or check and a device");
		}
	}
	command_end(&options);
	return code;
}
