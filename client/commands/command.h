/* The subcommands of yikou: one file each, one row in main_yikou.c. */
#ifndef CLIENT_COMMANDS_COMMAND_H
#define CLIENT_COMMANDS_COMMAND_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/json.h"
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
 * the language set by it. On failure it is reported and *code set; --help is
 * printed and *code is 0. Both return false. */
struct command_options {
	const char *name;  /* of the command, borrowed; "" without one */
	char *config_path; /* own */
	gboolean json;
	struct config *config; /* own */
};
bool command_begin(struct command_options *options, int *argc, char ***argv,
	const char *arguments, const char *description,
	const GOptionEntry *entries, enum exit_code *code);
void command_end(struct command_options *options);

/* Without a configuration: options only. */
struct command_usage {
	const char *arguments;          /* NULL: none are taken */
	const char *description;        /* behind the options in --help */
	const GOptionEntry *entries[2]; /* either may be NULL */
};
bool command_parse(struct command_options *options,
	const struct command_usage *usage, int *argc, char ***argv,
	enum exit_code *code);

/* Where the translations are: beside the programs in a build tree, else in
 * PREFIX/share/locale. Caller frees. */
char *command_locale_dir(void);

/* The language of a command's output. First, before any text: that of the
 * configuration the arguments name, if it can be read, else what the
 * environment asks for. Then that of the configuration. English in ASCII where
 * the locale is not UTF-8. */
void command_guess_language(int argc, char **argv);
void command_set_language(const struct config *config);
/* The screen's: false where the locale names another character set. */
bool command_set_screen_language(const struct config *config);

/* How every failure is said: on standard error "yikou: sentence" and, for who
 * mends it, the detail; of a wrong command line what is wrong and where help
 * is. With --json besides, on standard output,
 *   {"error":"item.invalid","detail":"...","exit_code":64}
 * the detail in English. options may be NULL: no JSON, as where a report with
 * the error in it is printed already. */
enum exit_code command_report(
	const struct command_options *options, const GError *error);

/* The command line is wrong: what is a message id, as of fault_set(). */
enum exit_code command_wrong(const struct command_options *options,
	const char *what, ...) G_GNUC_PRINTF(2, 3);

/* A line typed without echo, or read from standard input when that is no
 * terminal. False at its end. The caller wipes it. */
bool command_ask_secret(const char *prompt, char *line, size_t size);

/* One line; escaped to ASCII where the locale is not UTF-8. */
void command_print_json(const struct json *value);

/* Where the locale is not UTF-8: '?' for every other character. */
void command_to_ascii(char *text);

/* Prints a line, cleaned when standard output is a terminal. */
void command_print(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
