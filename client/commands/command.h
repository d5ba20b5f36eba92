/* The subcommands of yikou: one file each, one row in main_yikou.c. */
#ifndef CLIENT_COMMANDS_COMMAND_H
#define CLIENT_COMMANDS_COMMAND_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/error.h"
#include "config/config.h"

struct command {
	const char *name;
	const char *summary; /* N_() */
	/* argv[0] is the command's name. */
	enum exit_code (*run)(int argc, char **argv);
};

enum exit_code command_screen(int argc, char **argv);
enum exit_code command_check(int argc, char **argv);
enum exit_code command_diag(int argc, char **argv);
enum exit_code command_sync(int argc, char **argv);
enum exit_code command_verify(int argc, char **argv);
enum exit_code command_passwd(int argc, char **argv);

/* What most commands share: --config and --json, parsed together with the
 * command's own entries (may be NULL). config is loaded when it is wanted, and
 * the language set by it. On failure the sentence is said on standard error and
 * *code set; --help ends the program. */
struct command_options {
	char *config_path; /* own */
	gboolean json;
	struct config *config; /* own */
};
bool command_begin(struct command_options *options, int *argc, char ***argv,
	const char *arguments, const char *description,
	const GOptionEntry *entries, enum exit_code *code);
void command_end(struct command_options *options);

/* g_option_context_parse() with "yikou NAME" in the usage line of --help. */
bool command_parse(GOptionContext *context, const char *name, int *argc,
	char ***argv, GError **error);

/* Where the translations are: beside the programs in a build tree, else in
 * PREFIX/share/locale. Caller frees. */
char *command_locale_dir(void);

/* "yikou: sentence" and, for who mends it, the English detail. */
enum exit_code command_fail(const GError *error);

/* A line typed without echo, or read from standard input when that is no
 * terminal. False at its end. The caller wipes it. */
bool command_ask_secret(const char *prompt, char *line, size_t size);

/* Prints a line, cleaned when standard output is a terminal. */
void command_print(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
