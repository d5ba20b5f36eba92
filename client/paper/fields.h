/* The fields a template may use: what client/app hands over for a document.
 *
 * A field that is not in the table is an error in the template, not an empty
 * space on an official paper. Lengths are bounded here, and every value is
 * cleaned for the PDF sink on its way out. */
#ifndef CLIENT_PAPER_FIELDS_H
#define CLIENT_PAPER_FIELDS_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/json.h"

enum field_kind {
	FIELD_TEXT,
	FIELD_NUMBER, /* whole, not negative */
	FIELD_DATE,   /* "2026-11-23" */
	FIELD_TIME,   /* "2026-11-23T09:41:20+08:00" */
	FIELD_FLAG,
	FIELD_LIST, /* its columns are "LIST.COLUMN" */
	FIELD_GRID, /* a table with columns of its own */
	FIELD_PAGE, /* this page, in headers and footers only */
	FIELD_PAGES,
};

struct field {
	const char *name; /* "applicant.name" */
	enum field_kind kind;
	int max;            /* characters; of a list, a grid: rows */
	const char *title;  /* for --fields */
	const char *sample; /* for --sample */
};

/* All of them, in the order of --fields, ended by a NULL name. */
const struct field *field_table(void);

/* NULL when there is no such field. */
const struct field *field_find(const char *name);
/* True for "materials.name": only inside an each over its list. */
bool field_is_column(const struct field *field);

/* The value as clean text, "" when absent; a flag is "1" or "". Columns are
 * looked up in row, the others in data. Caller frees. ITEM_ERROR_TOO_LARGE or
 * ITEM_ERROR_INVALID names the field, never the value. */
char *field_text(const struct field *field, const struct json *data,
	const struct json *row, GError **error);

/* The rows of a list field (an array, maybe empty), checked for its bound. */
bool field_rows(const struct field *field, const struct json *data,
	const struct json **rows, GError **error);

/* {"columns":["姓名",...],"rows":[["李示例",...],...]}: as many cells in each
 * row as there are columns. Borrowed from the data; columns is NULL and count
 * 0 when it is absent. */
enum { FIELD_GRID_COLUMNS_MAX = 14, FIELD_GRID_CELL_MAX = 2000 };
struct field_grid {
	size_t count; /* columns */
	const struct json *columns, *rows;
};
bool field_grid(const struct field *field, const struct json *data,
	const struct json *row, struct field_grid *grid, GError **error);
/* A head or cell of it as clean text, "" when empty. Caller frees. */
char *field_grid_text(
	const struct field *field, const struct json *cell, GError **error);

/* Made-up data with every field filled, for looking at a template; offline and
 * provisional are set when marks. */
struct json *field_sample(int materials, bool marks);

#endif
