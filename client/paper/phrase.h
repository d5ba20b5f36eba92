/* Text with {fields}, compiled once when the template is read.
 *
 * {applicant.name}          the field
 * {accepted_date:date}      through a format: date, minute, mask, first16
 * {material.kind:kind}      through a list of words of the template
 * {provisional?（暂）}       these words when the field is not empty
 * \{ \} \| \\ and \n        a brace, a bar, a backslash, a line break */
#ifndef CLIENT_PAPER_PHRASE_H
#define CLIENT_PAPER_PHRASE_H

#include <stdbool.h>

#include "client/paper/fields.h"

/* "words kind original=原件 copy=复印件" of a template. */
struct words {
	char *name;
	GPtrArray *codes; /* char * */
	GPtrArray *texts; /* char *, as many */
};
struct words *words_new(const char *name);
void words_free(struct words *words);
/* Takes "code=text". ITEM_ERROR_SYNTAX when it is not. */
bool words_add(struct words *words, const char *pair, GError **error);
/* The text of a code; a value that is one of the texts stays as it is; NULL
 * for any other. */
const char *words_find(const struct words *words, const char *value);

/* What a phrase may name while it is compiled. */
struct phrase_scope {
	GPtrArray *words;         /* struct words * */
	const char *loop;         /* "material" inside an each, else NULL */
	const struct field *list; /* and the list it walks */
	bool pages;               /* {page} and {pages} are known here */
};

/* "material.name" inside an each, else a plain field. ITEM_ERROR_SYNTAX for an
 * unknown one, with what was expected. */
const struct field *phrase_field(
	const char *name, const struct phrase_scope *scope, GError **error);

struct phrase;
struct phrase *phrase_new(
	const char *text, const struct phrase_scope *scope, GError **error);
void phrase_free(struct phrase *phrase);
DEFINE_AUTO(phrase, phrase_free)

/* What it is filled from. */
struct fill {
	const struct json *data;
	const struct json *row; /* of the each around it, or NULL */
	int page, pages;        /* 0 until they are known */
};

/* A piece of a filled phrase that came from a field; the rest is the
 * template's own. */
struct filled_piece {
	size_t start, end; /* bytes */
	const struct field *field;
};
struct filled {
	char *text;     /* clean, valid UTF-8 */
	GArray *pieces; /* struct filled_piece, in order */
};
void filled_free(struct filled *filled);
DEFINE_AUTO(filled, filled_free)

/* ITEM_ERROR_INVALID and ITEM_ERROR_TOO_LARGE name the field. */
struct filled *phrase_fill(
	const struct phrase *phrase, const struct fill *fill, GError **error);

/* The field a byte came from, "the template" when from none. */
const char *filled_source(const struct filled *filled, size_t byte);

#endif
