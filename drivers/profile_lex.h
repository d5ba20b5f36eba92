/* Words and statements of a profile, each with its place. */
#ifndef DRIVERS_PROFILE_LEX_H
#define DRIVERS_PROFILE_LEX_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/auto.h"

struct word {
	char *text;       /* own; quotes taken off */
	int line, column; /* from 1, in characters */
	bool is_quoted;
};

/* A line and the indented lines behind it. Blanks separate words but not
 * inside ( ) and " ". A word that begins with # ends the line. */
struct statement {
	GPtrArray *words; /* own: struct word */
};

struct source {
	char *path;            /* own */
	GPtrArray *statements; /* own: struct statement */
};

/* ITEM_ERROR_SYNTAX for an open quote or bracket, or text that is not UTF-8. */
struct source *source_new(const char *text, const char *path, GError **error);
void source_free(struct source *source);
DEFINE_AUTO(source, source_free)

/* Walks the words of one statement. */
struct cursor {
	const struct source *source;
	const struct statement *statement;
	guint at;
};

/* The word there, NULL at the end. */
const char *cursor_peek(const struct cursor *cursor);
const char *cursor_next(struct cursor *cursor);
/* Takes the word when it is the one; false otherwise. */
bool cursor_accept(struct cursor *cursor, const char *word);
/* Sets "path:line:column: expected X, found Y" for the word there; false. */
bool cursor_expected(
	const struct cursor *cursor, const char *what, GError **error);
/* The same for the word before. */
bool cursor_expected_before(
	const struct cursor *cursor, const char *what, GError **error);
/* The line of the statement's first word. */
int cursor_line(const struct cursor *cursor);

#endif
