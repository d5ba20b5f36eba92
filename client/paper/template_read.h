/* The reader of templates, inside: shared by template*.c only. */
#ifndef CLIENT_PAPER_TEMPLATE_READ_H
#define CLIENT_PAPER_TEMPLATE_READ_H

#include "client/paper/statement.h"
#include "client/paper/template.h"

/* Where a statement may stand. */
enum place {
	PLACE_TOP = 1,   /* in no block but if */
	PLACE_FLOW = 2,  /* where text may stand */
	PLACE_TABLE = 4, /* directly in a table, or in if and each there */
	PLACE_SEAL = 8,
};

struct level {
	struct node *node; /* NULL at the bottom */
	GPtrArray *into;   /* where nodes are added */
	enum place place;
};

struct parser {
	struct template *template;
	const char *folder;
	const char *file; /* in template->files */
	int line;
	bool included;  /* reading what an include named */
	bool versioned; /* its first statement was seen */
	bool located;   /* the error has its file and line */
	char *loop;     /* own: name of the each that is open */
	GArray *levels; /* struct level */
	struct phrase_scope scope;
};

struct keyword {
	const char *name;
	unsigned places; /* enum place, or-ed */
	bool has_text;   /* needs a bar; the others must have none */
	bool (*read)(struct parser *parser, struct statement *statement,
		GError **error);
	bool defines; /* never in a block */
};

/* Sets ITEM_ERROR_SYNTAX and returns false. */
bool template_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

const struct style *template_find_style(
	struct parser *parser, const char *name, GError **error);
bool template_read_align(
	struct statement *statement, enum text_align *align, GError **error);

struct template *template_new(const char *name);
struct node *node_new(enum node_kind kind, const struct parser *parser);
void node_free(void *node);

/* Tables of statements, ended by a NULL name. */
const struct keyword *template_definitions(void);
const struct keyword *template_body(void);

#endif
