/* The enrolment for a person at a terminal, or for the command that reads its
 * lines. One of them at a time: STATE/enrol.lock. */
#include "client/link/enrol_run.h"

#include <stdio.h>

#include "client/base/clock.h"
#include "client/base/file.h"
#include "client/base/json.h"
#include "client/base/process.h"
#include "client/base/text.h"
#include "client/link/enrol.h"

struct running {
	GMainLoop *loop;
	const char *certificate_file;
	bool json, is_over;
	GError *error; /* own */
};

char *enrol_certificate_file(const struct config *config)
{
	const char *path = config_path(config, "platform.certificate");

	return path ? g_strdup(path) : config_state(config, "terminal.pem");
}

char *enrol_key_file(const struct config *config)
{
	const char *path = config_path(config, "platform.key");

	return path ? g_strdup(path) : config_state(config, "terminal.key");
}

static void print_json(struct json *take_line)
{
	g_autofree char *text = json_print(take_line);

	puts(text);
	fflush(stdout);
	json_free(take_line);
}

static void print_error(const GError *error)
{
	struct json *line = json_new_object();

	json_put_text(line, "error", error_name(error));
	json_put_text(line, "detail", error->message);
	json_put_int(line, "exit_code", error_exit_code(error));
	print_json(line);
}

static void on_show(void *context, const char *user_code, const char *address,
	const char *full_address, int64_t expires_in_s)
{
	struct running *running = context;
	g_autofree char *code = text_sink_screen(user_code);
	g_autofree char *where = text_sink_screen(address);

	if (running->json) {
		struct json *line = json_new_object();

		json_put_text(line, "user_code", user_code);
		json_put_text(line, "address", address);
		json_put_text(line, "full_address", full_address);
		json_put_int(line, "expires_in_s", expires_in_s);
		print_json(line);
		return;
	}
	printf("A supervisor opens %s\nand approves the code %s, within %d "
	       "minutes.\n",
		where, code, (int)((expires_in_s + 59) / 60));
	fflush(stdout);
}

static void on_done(void *context, int64_t until_ms, const GError *error)
{
	struct running *running = context;
	g_autofree char *until = clock_iso(until_ms);

	running->is_over = true;
	g_main_loop_quit(running->loop);
	if (error) {
		running->error = g_error_copy(error);
		if (running->json)
			print_error(error);
	} else if (running->json) {
		struct json *line = json_new_object();

		json_put_bool(line, "enrolled", true);
		json_put_text(line, "certificate", running->certificate_file);
		json_put_text(line, "until", until);
		print_json(line);
	} else {
		printf("Enrolled. The certificate is %s, good until %s; it is "
		       "renewed by itself.\n",
			running->certificate_file, until);
	}
}

static const struct enrol_ops ops = {.show = on_show, .done = on_done};

static enum exit_code run(struct running *running, struct http *http,
	const struct enrol_config *settings, GError **error)
{
	AUTO(enrol) enrol = enrol_start(http, settings, &ops, running);

	process_quit_on_signals(running->loop, true);
	g_main_loop_run(running->loop);
	if (!running->is_over)
		return EXIT_CODE_INTERRUPTED;
	if (!running->error)
		return EXIT_CODE_OK;
	g_propagate_error(error, running->error);
	return error_exit_code(*error);
}

enum exit_code enrol_run(const struct config *config, struct http *http,
	bool json, int second_ms, GError **error)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autofree char *certificate = enrol_certificate_file(config);
	g_autofree char *key = enrol_key_file(config);
	g_autofree char *lock = config_state(config, "enrol.lock");
	struct enrol_config settings = {
		.certificate_file = certificate,
		.key_file = key,
		.window = config_text(config, "window.number"),
		.window_name = config_text(config, "window.name"),
		.second_ms = second_ms,
	};
	struct running running = {
		.loop = loop, .certificate_file = certificate, .json = json};

	if (!g_str_has_prefix(config_text(config, "platform.url"), "https:")) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_USAGE,
			"platform.url must be https to enrol this window");
		return EXIT_CODE_USAGE;
	}
	if (!file_make_dir(config_path(config, "paths.state"), error) ||
		file_lock(lock, error) < 0)
		return error_exit_code(*error);
	return run(&running, http, &settings, error);
}
