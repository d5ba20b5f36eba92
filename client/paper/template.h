/* A document's template: a text file a county edits without a compiler.
 *
 * One statement a line, no indentation needed; the format is described in
 * config/templates/README.md. Reading checks everything that can be checked
 * without data; what is wrong is reported as "FILE:LINE: expected ...". */
#ifndef CLIENT_PAPER_TEMPLATE_H
#define CLIENT_PAPER_TEMPLATE_H

#include "client/paper/phrase.h"

enum {
	TEMPLATE_COLUMNS_MAX = 12,
	TEMPLATE_DEPTH_MAX = 8,
	TEMPLATE_LINES_MAX = 2000,
	TEMPLATE_BYTES_MAX = 262144,
};

enum text_align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT, ALIGN_JUSTIFY };

struct style {
	char *name;
	char *font; /* name of a font line */
	double size_pt;
	double line_ratio; /* of the size */
	double indent_em;  /* first line */
	double left_em;    /* all lines */
	double spacing_em; /* between characters */
	double before_mm, after_mm;
	double gray; /* 0 black .. 1 white */
	bool bold;
	enum text_align align;
};

struct font {
	char *name;   /* "body" */
	char *family; /* "Noto Serif CJK SC" */
	char *rare;   /* family asked when the first has no glyph, or NULL */
};

enum node_kind {
	NODE_TEXT,      /* cells[0] */
	NODE_SPACE,     /* size_mm */
	NODE_RULE,      /* width_pt */
	NODE_PAGE,      /* a new page */
	NODE_IF,        /* condition, children, otherwise */
	NODE_EACH,      /* list, children */
	NODE_KEEP,      /* children stay on one page */
	NODE_BESIDE,    /* children | otherwise, size_mm the left one's width */
	NODE_TABLE,     /* columns, children: head, row, if, each */
	NODE_HEAD,      /* a row repeated on every page */
	NODE_ROW,       /* cells, spans */
	NODE_GRID,      /* list: the field; column_styles: head and cells */
	NODE_QR,        /* cells[0], size_mm */
	NODE_SEAL,      /* cells[0]: name in the ring, children: texts */
	NODE_HEADER,    /* cells[0], size_mm from the top edge */
	NODE_FOOTER,    /* cells[0], size_mm from the bottom edge */
	NODE_WATERMARK, /* cells[0] */
};

struct cell {
	struct phrase *phrase;
	const struct style *style;
	int span; /* columns */
};

struct condition {
	const struct field *field;
	char *value; /* NULL: not empty */
	bool negated;
};

struct node {
	enum node_kind kind;
	const char *file; /* borrowed from the template */
	int line;
	double size_mm, width_pt, height_mm, pad_mm;
	enum text_align align;
	struct condition condition;
	const struct field *list;
	double columns_mm[TEMPLATE_COLUMNS_MAX]; /* 0: shares the rest */
	const struct style *column_styles[TEMPLATE_COLUMNS_MAX];
	int column_count;
	GArray *cells;        /* struct cell, or NULL */
	GPtrArray *children;  /* struct node *, or NULL */
	GPtrArray *otherwise; /* likewise */
};

/* A document is not printed when such a field is empty. */
struct requirement {
	const struct field *field;
	char *has;     /* text that must be in it, or NULL */
	char *message; /* for the log */
};

struct template
{
	char *name;
	double width_mm, height_mm;
	double top_mm, right_mm, bottom_mm, left_mm;
	struct phrase *title, *author, *subject; /* may be NULL */
	GPtrArray *files;        /* char *: names, for messages */
	GPtrArray *fonts;        /* struct font * */
	GPtrArray *styles;       /* struct style * */
	GPtrArray *words;        /* struct words * */
	GPtrArray *requirements; /* struct requirement * */
	GPtrArray *nodes;        /* struct node * */
};

/* Reads FOLDER/NAME.tmpl and what it includes. ITEM_ERROR_NOT_FOUND,
 * ITEM_ERROR_SYNTAX ("FILE:LINE: ..."), ITEM_ERROR_TOO_LARGE. */
struct template *template_load(
	const char *folder, const char *name, GError **error);
void template_free(struct template *template);
DEFINE_AUTO(template, template_free)

const struct font *template_font(
	const struct template *template, const char *name);

/* ITEM_ERROR_INVALID names the first field that is missing. */
bool template_check(const struct template *template, const struct json *data,
	GError **error);

/* Whether the condition of an if holds. */
bool condition_holds(const struct condition *condition, const struct fill *fill,
	bool *holds, GError **error);

#endif
