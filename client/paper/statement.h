/* One line of a template: "keyword word name=value | text". */
#ifndef CLIENT_PAPER_STATEMENT_H
#define CLIENT_PAPER_STATEMENT_H

#include <stdbool.h>

#include "client/base/auto.h"

struct statement;

/* NULL without an error for an empty line or a comment. The text must be
 * valid UTF-8. */
struct statement *statement_parse(const char *line, GError **error);
void statement_free(struct statement *statement);
DEFINE_AUTO(statement, statement_free)

const char *statement_keyword(const struct statement *statement);

/* What stands behind the first bar, escapes and further bars untouched; NULL
 * without a bar. */
const char *statement_text(const struct statement *statement);
/* It, cut at its unescaped bars and stripped. Caller frees; never NULL. */
GPtrArray *statement_cells(const struct statement *statement);

/* Takes the next word that is not name=value; NULL when there is none. */
const char *statement_word(struct statement *statement);
/* Takes the value of an option; NULL when it is not there. */
const char *statement_option(struct statement *statement, const char *name);
/* Leaves *value alone when the option is absent. */
bool statement_number(struct statement *statement, const char *name, double min,
	double max, double *value, GError **error);

/* Everything was taken: ITEM_ERROR_SYNTAX names what was not. */
bool statement_done(const struct statement *statement, GError **error);

/* A decimal number and nothing else. */
bool statement_read_number(const char *text, double *value);

#endif
