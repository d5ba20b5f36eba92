/* What the subcommands share: options, language, how a failure is said. */
#include "client/commands/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/base/process.h"
#include "client/base/text.h"
#include "ui/text.h"

static const char default_config[] = "/etc/yikou/yikou.conf";

char *command_locale_dir(void)
{
	g_autofree char *beside = process_sibling("locale");

	return g_file_test(beside, G_FILE_TEST_IS_DIR)
		       ? g_steal_pointer(&beside)
		       : process_share("locale");
}

static void set_language(const struct config *config)
{
	g_autofree char *usual = command_locale_dir();
	const char *dir = config ? config_path(config, "paths.locale") : NULL;
	const char *language =
		config ? config_text(config, "screen.language") : "zh_CN";

	text_setup(language, dir ? dir : usual);
}

static bool load_config(struct command_options *options, enum exit_code *code)
{
	g_autoptr(GError) error = NULL;

	options->config = config_load(
		options->config_path ? options->config_path : default_config,
		&error);
	if (options->config) {
		set_language(options->config);
		return true;
	}
	*code = command_fail(error);
	return false;
}

bool command_parse(GOptionContext *context, const char *name, int *argc,
	char ***argv, GError **error)
{
	g_autofree char *usual = g_strdup(g_get_prgname());
	g_autofree char *full = g_strdup_printf("yikou %s", name);
	bool ok;

	g_set_prgname(*name ? full : "yikou");
	ok = g_option_context_parse(context, argc, argv, error);
	g_set_prgname(usual);
	return ok;
}

/* Without a command argv[0] is the program's path. */
static const char *command_name(char **argv)
{
	return strchr(argv[0], '/') || !strcmp(argv[0], "yikou") ? "" : argv[0];
}

bool command_begin(struct command_options *options, int *argc, char ***argv,
	const char *arguments, const char *description,
	const GOptionEntry *entries, enum exit_code *code)
{
	const GOptionEntry shared[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config_path,
			_("configuration of the window"), "FILE"},
		{"json", 0, 0, G_OPTION_ARG_NONE, &options->json,
			_("print JSON"), NULL},
		{NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(arguments);
	const char *name = command_name(*argv);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, shared, NULL);
	if (entries)
		g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_description(context, description);
	if (!command_parse(context, name, argc, argv, &error)) {
		fprintf(stderr, "yikou: %s\n", error->message);
	} else if (!arguments && *argc > 1) {
		fprintf(stderr, "yikou: %s: %s\n", (*argv)[1],
			_("nothing of this name is expected here"));
	} else {
		return load_config(options, code);
	}
	fprintf(stderr, _("Try: yikou%s%s --help\n"), *name ? " " : "", name);
	*code = EXIT_CODE_USAGE;
	return false;
}

void command_end(struct command_options *options)
{
	g_free(options->config_path);
	config_free(options->config);
}

enum exit_code command_fail(const GError *error)
{
	g_autofree char *detail = text_sink_plain(error ? error->message : "");

	fprintf(stderr, "yikou: %s\n", text_error(error));
	fprintf(stderr, "       %s\n", detail);
	return error_exit_code(error);
}

void command_print(const char *format, ...)
{
	g_autofree char *text = NULL, *clean = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	clean = isatty(STDOUT_FILENO) ? text_sink_plain(text) : g_strdup(text);
	puts(clean);
}

/* What does not fit is too long in any case. */
static bool read_line(char *line, size_t size)
{
	line[0] = '\0';
	if (!fgets(line, (int)size, stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

bool command_ask_secret(const char *prompt, char *line, size_t size)
{
	struct termios saved, quiet;
	bool is_terminal = tcgetattr(STDIN_FILENO, &saved) == 0;
	bool ok;

	if (!is_terminal)
		return read_line(line, size);
	quiet = saved;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fprintf(stderr, "%s", prompt);
	ok = read_line(line, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
	fprintf(stderr, "\n");
	return ok;
}
