/* What the subcommands share: language, configuration, lines of output. */
#include "client/commands/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/base/process.h"
#include "client/base/text.h"
#include "config/keyfile.h"
#include "config/options.h"
#include "ui/text.h"

static const char default_config[] = "/etc/yikou/yikou.conf";

char *command_locale_dir(void)
{
	g_autofree char *beside = process_sibling("locale");

	return g_file_test(beside, G_FILE_TEST_IS_DIR)
		       ? g_steal_pointer(&beside)
		       : process_share("locale");
}

/* The folder, and the language of the screen. */
static char *language_of(const struct config *config, const char **language)
{
	const char *dir = config_path(config, "paths.locale");

	*language = config_text(config, "screen.language");
	return dir ? g_strdup(dir) : command_locale_dir();
}

void command_set_language(const struct config *config)
{
	const char *language;
	g_autofree char *dir = language_of(config, &language);

	text_setup_command(language, dir);
}

bool command_set_screen_language(const struct config *config)
{
	const char *language;
	g_autofree char *dir = language_of(config, &language);

	return text_setup(language, dir);
}

/* The value of --config; NULL when it is not there. */
static const char *find_config(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *next = argv[i + 1];

		if (!strcmp(word, "--config") || !strcmp(word, "-c"))
			return next;
		if (g_str_has_prefix(word, "--config="))
			return word + strlen("--config=");
	}
	return NULL;
}

/* A file with a wrong value still says its language. NULL: there is none. */
static const char *configured_language(const char *path)
{
	static const char *const languages[] = {"zh_CN", "en"};
	AUTO(keyfile) file = keyfile_load(path, NULL);
	const char *text =
		file ? keyfile_text(keyfile_find(file, "screen"), "language",
			       option_find("screen.language")->otherwise)
		     : NULL;

	for (size_t i = 0; text && i < G_N_ELEMENTS(languages); i++) {
		if (!strcmp(text, languages[i]))
			return languages[i];
	}
	return NULL;
}

void command_guess_language(int argc, char **argv)
{
	g_autofree char *dir = command_locale_dir();
	const char *path = find_config(argc, argv);
	const char *language =
		configured_language(path ? path : default_config);

	text_setup_command(language ? language : text_locale_language(), dir);
}

static bool load_config(struct command_options *options, enum exit_code *code)
{
	g_autoptr(GError) error = NULL;

	options->config = config_load(
		options->config_path ? options->config_path : default_config,
		&error);
	if (options->config) {
		command_set_language(options->config);
		return true;
	}
	*code = command_report(options, error);
	return false;
}

bool command_begin(struct command_options *options, int *argc, char ***argv,
	const char *arguments, const char *description,
	const GOptionEntry *entries, enum exit_code *code)
{
	const GOptionEntry shared[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config_path,
			_("configuration of the window"), _("FILE")},
		{"json", 0, 0, G_OPTION_ARG_NONE, &options->json,
			_("print JSON"), NULL},
		{NULL}};
	const struct command_usage usage = {.arguments = arguments,
		.description = description,
		.entries = {shared, entries}};

	return command_parse(options, &usage, argc, argv, code) &&
	       load_config(options, code);
}

void command_end(struct command_options *options)
{
	g_free(options->config_path);
	config_free(options->config);
}

void command_print(const char *format, ...)
{
	g_autofree char *text = NULL, *clean = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	clean = isatty(STDOUT_FILENO) ? text_sink_plain(text) : g_strdup(text);
	command_to_ascii(clean);
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
