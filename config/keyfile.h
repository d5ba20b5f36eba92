/* Key files with line numbers: what yikou.conf, people.conf, devices.conf and
 * profiles are written in.
 *
 *   # a comment stands on a line of its own
 *   [device keypad]
 *   port = tcp:127.0.0.1:7001
 *
 * Sections keep their order. A section title is a kind and perhaps a name
 * ("device keypad"). Values are taken as they stand, without escapes or
 * quotes, trimmed on both sides. A title twice, or a key twice in a section, is
 * an error: half of a configuration must not vanish silently. (GKeyFile merges
 * both and forgets the lines, so it is not used here.)
 *
 * Every error names file and line: "devices.conf:12: ...". Values never appear
 * in messages unless keyfile_error() is given them: one may be a password. */
#ifndef CONFIG_KEYFILE_H
#define CONFIG_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"

enum {
	KEYFILE_MAX_BYTES = 1 << 20,
	KEYFILE_MAX_LINE = 8192,
};

struct keyfile_entry {
	char *key;
	char *value;
	int line;
};

struct keyfile_section {
	char *title; /* "device keypad" */
	char *kind;  /* "device" */
	char *name;  /* "keypad", "" when the title is one word */
	int line;
	struct keyfile_entry *entries;
	size_t n_entries;
};

struct keyfile {
	char *path; /* as given, for messages */
	char *dir;  /* absolute: what relative paths in it start from */
	struct keyfile_section *sections;
	size_t n_sections;
};

/* ITEM_ERROR_NOT_FOUND, ITEM_ERROR_TOO_LARGE, ITEM_ERROR_SYNTAX, or
 * ITEM_ERROR_INVALID of what is no readable file; each carries a fault
 * (client/base/fault.h), as do all errors of this header. */
struct keyfile *keyfile_load(const char *path, GError **error);
/* The same from memory; path only names it and gives dir. */
struct keyfile *keyfile_parse(
	const char *text, size_t len, const char *path, GError **error);
void keyfile_free(struct keyfile *file);
DEFINE_AUTO(keyfile, keyfile_free)

/* NULL when it is not there. */
const struct keyfile_section *keyfile_find(
	const struct keyfile *file, const char *title);
const struct keyfile_entry *keyfile_entry(
	const struct keyfile_section *section, const char *key);
/* Its value, or otherwise; accepts a NULL section. */
const char *keyfile_text(const struct keyfile_section *section, const char *key,
	const char *otherwise);
/* Its line, or the section's when the key is not there. */
int keyfile_line(const struct keyfile_section *section, const char *key);

/* Typed, with a default for an absent key. On a wrong value: false and
 * ITEM_ERROR_INVALID that says what was expected. */
bool keyfile_int(const struct keyfile *file,
	const struct keyfile_section *section, const char *key, int64_t min,
	int64_t max, int64_t otherwise, int64_t *number, GError **error);
bool keyfile_bool(const struct keyfile *file,
	const struct keyfile_section *section, const char *key, bool otherwise,
	bool *truth, GError **error);

/* Every key of the section must be in known (NULL ended; one that ends in '*'
 * stands for all with that beginning). ITEM_ERROR_INVALID with the line and,
 * where one is near, "did you mean". */
bool keyfile_check_keys(const struct keyfile *file,
	const struct keyfile_section *section, const char *const known[],
	GError **error);

/* Sets ITEM_ERROR_INVALID "path:line: text"; returns false, so that it can
 * stand in a return statement. format is a message id, as of fault_set(). */
bool keyfile_error(GError **error, const struct keyfile *file, int line,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The known word (NULL ended list) nearest to word, NULL when none is near. */
const char *keyfile_nearest(const char *word, const char *const known[]);

/* value as an absolute path: relative ones start from the file's directory.
 * NULL for an empty value. Caller frees. */
char *keyfile_path(const struct keyfile *file, const char *value);

/* Yes, no. "true yes on 1 是" and "false no off 0 否". */
bool keyfile_parse_bool(const char *value, bool *truth);

#endif
