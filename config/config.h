/* yikou.conf: the one file everything else is found from.
 *
 * The option table (config/options.h) knows every key; a key that is not in it
 * is an error with its line, as is a value of the wrong type. What is not in
 * the file has the table's default. Names are written "section.key"; asking
 * for one that is not in the table, or with the wrong type, is a programmer's
 * error and ends the program. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"

struct config;

/* ITEM_ERROR_NOT_FOUND, ITEM_ERROR_SYNTAX, ITEM_ERROR_INVALID; the message
 * names file, line and what was expected, and so does the fault it carries
 * (client/base/fault.h), for which error_exit_code() is EXIT_CODE_USAGE. */
struct config *config_load(const char *path, GError **error);
/* The same from memory; relative paths start from the directory of path. */
struct config *config_parse(
	const char *text, size_t len, const char *path, GError **error);
void config_free(struct config *config);
DEFINE_AUTO(config, config_free)

/* Borrowed, never NULL; "" when nothing is set. Also for OPTION_CHOICE. */
const char *config_text(const struct config *config, const char *name);
int64_t config_int(const struct config *config, const char *name);
bool config_bool(const struct config *config, const char *name);
/* Absolute. NULL when the value is empty. Borrowed. */
const char *config_path(const struct config *config, const char *name);

/* The file it was read from, absolute. */
const char *config_file(const struct config *config);
/* Where the value stands, 0 when it is the default. */
int config_line(const struct config *config, const char *name);

/* What the parts of the program agree on (derived from [paths]). Caller frees.
 * config_runtime(config, "devd.sock"), config_data(config, "catalog"). */
char *config_runtime(const struct config *config, const char *name);
char *config_data(const struct config *config, const char *name);
char *config_state(const struct config *config, const char *name);

#endif
