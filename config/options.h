/* The option table: every key of yikou.conf, once. */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
	OPTION_TEXT,
	OPTION_INT,
	OPTION_BOOL,
	OPTION_CHOICE,
	OPTION_PATH,
};

struct option {
	const char *section;
	const char *key;
	enum option_type type;
	const char *otherwise; /* the default, written as in the file */
	int64_t min, max;      /* OPTION_INT: range; OPTION_TEXT: max bytes */
	const char *choices;   /* OPTION_CHOICE: blank separated */
	bool required;         /* must be in the file and not empty */
	const char *help;      /* one line, English; if required a message id */
};

/* In the order of the file. */
const struct option *options_table(size_t *count);
/* name is "section.key"; NULL when there is none. */
const struct option *option_find(const char *name);
const char *option_type_name(enum option_type type);

#endif
