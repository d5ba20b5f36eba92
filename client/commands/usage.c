/* Options and --help of the subcommands. GOption parses; the words are ours,
 * because GLib's follow its own catalogue, which need not be installed, and are
 * not ASCII in English. */
#include <stdio.h>
#include <string.h>

#include "client/commands/command.h"
#include "ui/canvas.h"
#include "ui/text.h"

/* Without a command argv[0] is the program's path. */
static const char *command_name(char **argv)
{
	return strchr(argv[0], '/') || !strcmp(argv[0], "yikou") ? "" : argv[0];
}

/* Help --------------------------------------------------------------------- */

/* "-c, --config=FILE" */
static char *entry_title(const GOptionEntry *entry)
{
	bool has_value = entry->arg != G_OPTION_ARG_NONE;
	g_autofree char *letter =
		entry->short_name ? g_strdup_printf("-%c, ", entry->short_name)
				  : g_strdup("");

	return g_strconcat(letter, "--", entry->long_name, has_value ? "=" : "",
		has_value ? entry->arg_description : NULL, NULL);
}

static void print_entries(const GOptionEntry *entries, int width)
{
	for (; entries && entries->long_name; entries++) {
		g_autofree char *title = entry_title(entries);
		int blanks = MAX(1, width - canvas_width(title));

		printf("  %s%*s%s\n", title, blanks, "", entries->description);
	}
}

static int widest(const GOptionEntry *entries)
{
	int width = 0;

	for (; entries && entries->long_name; entries++) {
		g_autofree char *title = entry_title(entries);

		width = MAX(width, canvas_width(title) + 2);
	}
	return width;
}

static void print_help(const char *name, const struct command_usage *usage,
	const GOptionEntry *help)
{
	const GOptionEntry *const lists[] = {
		usage->entries[0], usage->entries[1], help};
	bool has_arguments = usage->arguments && *usage->arguments;
	int width = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		width = MAX(width, widest(lists[i]));
	printf(_("Usage: yikou%s%s [OPTION...]%s%s\n\nOptions:\n"),
		*name ? " " : "", name, has_arguments ? " " : "",
		has_arguments ? usage->arguments : "");
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		print_entries(lists[i], width);
	printf("\n%s\n", usage->description);
}

/* Wrong options ------------------------------------------------------------ */

/* NULL: no such option. */
static const GOptionEntry *find_entry(
	const GOptionEntry *entries, const char *word)
{
	for (; entries && entries->long_name; entries++) {
		bool has_value = entries->arg != G_OPTION_ARG_NONE;
		size_t len = strlen(entries->long_name);

		if (entries->short_name && word[0] == '-' &&
			word[1] == entries->short_name && !word[2])
			return entries;
		if (!g_str_has_prefix(word, "--") ||
			strncmp(word + 2, entries->long_name, len) != 0)
			continue;
		if (!word[2 + len] || (has_value && word[2 + len] == '='))
			return entries;
	}
	return NULL;
}

static bool is_number(const char *text)
{
	return g_ascii_string_to_signed(
		text, 10, G_MININT, G_MAXINT, NULL, NULL);
}

static const GOptionEntry *find_option(
	const struct command_usage *usage, const char *word)
{
	const GOptionEntry *entry = NULL;

	for (size_t i = 0; !entry && i < G_N_ELEMENTS(usage->entries); i++)
		entry = find_entry(usage->entries[i], word);
	return entry;
}

/* Finds what GLib stumbled over; its parser left argv as it was. */
static enum exit_code report_options(const struct command_options *options,
	const struct command_usage *usage, int argc, char **argv,
	const GError *error)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *equals = strchr(word, '=');
		const GOptionEntry *entry = find_option(usage, word);
		const char *value = equals ? equals + 1 : argv[i + 1];

		if (word[0] != '-' || !word[1] || !strcmp(word, "--help") ||
			!strcmp(word, "-h"))
			continue;
		if (!entry)
			return command_wrong(
				options, "%s: no such option", word);
		if (entry->arg == G_OPTION_ARG_NONE)
			continue;
		if (!value)
			return command_wrong(options,
				"%s: expected %s behind it", word,
				entry->arg_description);
		if (entry->arg == G_OPTION_ARG_INT && !is_number(value))
			return command_wrong(options,
				"--%s: expected a whole number",
				entry->long_name);
		i += !equals;
	}
	return command_wrong(options, "%s", error->message);
}

static bool names_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			return true;
	}
	return false;
}

bool command_parse(struct command_options *options,
	const struct command_usage *usage, int *argc, char ***argv,
	enum exit_code *code)
{
	gboolean wants_help = FALSE;
	const GOptionEntry help[] = {
		{"help", 'h', 0, G_OPTION_ARG_NONE, &wants_help,
			_("show this help"), NULL},
		{NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	options->name = command_name(*argv);
	g_option_context_set_help_enabled(context, FALSE);
	for (size_t i = 0; i < G_N_ELEMENTS(usage->entries); i++)
		if (usage->entries[i])
			g_option_context_add_main_entries(
				context, usage->entries[i], NULL);
	g_option_context_add_main_entries(context, help, NULL);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		options->json = names_json(*argc, *argv);
		*code = report_options(options, usage, *argc, *argv, error);
		return false;
	}
	if (wants_help) {
		print_help(options->name, usage, help);
		*code = EXIT_CODE_OK;
		return false;
	}
	if (usage->arguments || *argc <= 1)
		return true;
	*code = command_wrong(options,
		"%s: nothing of this name is expected here", (*argv)[1]);
	return false;
}
