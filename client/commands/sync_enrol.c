/* yikou sync enrol: lets this window in at the platform. yikou-syncd --enrol
 * does it and says in JSON lines what a person must know. */
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>

#include "client/base/json.h"
#include "client/base/process.h"
#include "client/base/text.h"
#include "client/commands/sync.h"
#include "ui/text.h"

/* Shown between lines of its own, so that it can be copied down. */
static void show_code(const struct json *line)
{
	command_print("%s",
		_("A supervisor of the platform opens this page on another "
		  "computer and approves the code:"));
	command_print("\n    %s\n    %s\n", json_text_or(line, "address", ""),
		json_text_or(line, "user_code", ""));
	command_print(_("Waiting, at most %d minutes. Ctrl+C gives up; nothing "
			"is changed then."),
		(int)((json_int_or(line, "expires_in_s", 0) + 59) / 60));
	fflush(stdout);
}

static void show_end(const struct json *line)
{
	command_print(_("This window is enrolled. Its certificate is good "
			"until %s and is renewed by itself."),
		json_text_or(line, "until", ""));
	command_print("%s", _("A running yikou-syncd uses it from the next "
			      "request on."));
}

static void show(const struct command_options *options, const char *text)
{
	AUTO(json) line = json_parse(text, strlen(text), NULL);

	if (options->json)
		puts(text);
	else if (json_text(line, "user_code"))
		show_code(line);
	else if (json_bool_or(line, "enrolled", false))
		show_end(line);
	fflush(stdout);
}

static enum exit_code follow(
	const struct command_options *options, GSubprocess *child)
{
	g_autoptr(GDataInputStream) lines =
		g_data_input_stream_new(g_subprocess_get_stdout_pipe(child));
	char *text;

	while ((text = g_data_input_stream_read_line(
			lines, NULL, NULL, NULL))) {
		show(options, text);
		g_free(text);
	}
	g_subprocess_wait(child, NULL, NULL);
	return g_subprocess_get_if_exited(child)
		       ? (enum exit_code)g_subprocess_get_exit_status(child)
		       : EXIT_CODE_INTERRUPTED;
}

static void say_failure(enum exit_code code)
{
	static const struct {
		enum exit_code code;
		const char *text;
	} texts[] = {
		{EXIT_CODE_ITEM,
			N_("The supervisor said no. Nothing was changed.")},
		{EXIT_CODE_LINK,
			N_("Not enrolled: the platform is not to be had, or "
			   "nobody approved in time. Nothing was changed.")},
		{EXIT_CODE_AUTH,
			N_("Not enrolled: the platform lets this window not "
			   "in. Nothing was changed.")},
		{EXIT_CODE_USAGE,
			N_("Not enrolled: platform.url must be an https "
			   "address. Nothing was changed.")},
		{EXIT_CODE_RUNNING,
			N_("Another enrolment of this window is under way.")},
		{EXIT_CODE_STORE,
			N_("Not enrolled: key or certificate cannot be "
			   "written in the state folder.")},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (texts[i].code == code)
			fprintf(stderr, "yikou: %s\n", _(texts[i].text));
	}
}

static enum exit_code enrol(const struct command_options *options)
{
	g_autofree char *binary = process_sibling("yikou-syncd");
	g_autoptr(GError) error = NULL;
	enum exit_code code;
	g_autoptr(GSubprocess) child = g_subprocess_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, binary, "--enrol",
		"--json", "--config", config_file(options->config), NULL);

	if (!child)
		return command_report(options, error);
	code = follow(options, child);
	say_failure(code);
	return code;
}

enum exit_code sync_enrol(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Lets this window in at the platform: makes a key, shows "
		      "a code that a supervisor\napproves there, and stores "
		      "the certificate. Run it as the user of yikou-syncd.\n"
		      "Exit status: 0 enrolled, 2 the supervisor said no, 3 "
		      "not reachable or nobody\napproved in time, 4 not let "
		      "in, 5 storage, 6 another one runs.\n"
		      "Example: yikou sync enrol"),
		    NULL, &code))
		code = enrol(&options);
	command_end(&options);
	return code;
}
