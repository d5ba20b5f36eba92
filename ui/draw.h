/* Small things several views draw alike. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stdbool.h>

#include <glib.h>

#include "ui/canvas.h"

/* The body of a view is drawn on a page of its own, as long as it needs, and
 * shown through a window that follows the cursor: so everything can be done on
 * the smallest screen. */
struct page {
	struct canvas *canvas;
	int row; /* the next free one */
};

enum { PAGE_ROWS_MAX = 400 };

/* rows is a first guess; page_need() makes it longer. */
void page_begin(struct page *page, int rows, int cols);
/* Makes sure count rows from page->row on exist; false beyond PAGE_ROWS_MAX. */
bool page_need(struct page *page, int count);
void page_text(struct page *page, int col, const char *text, enum style style);
void page_blank(struct page *page);
/* "---- title -----------" */
void page_section(struct page *page, const char *title);
/* Wrapped lines from col on. */
void page_wrapped(
	struct page *page, int col, const char *text, enum style style);
void page_lines(struct page *page, int col, const GPtrArray *lines);
/* Copies the part around the cursor into box, and the cursor, frees the page.
 * Returns how many rows lie below what is shown. */
int page_show(struct page *page, struct canvas *canvas, struct box box);

/* The same, and where it is longer than the box the last row says so. */
void page_show_rest(struct page *page, struct canvas *canvas, struct box box);

/* The first member of count to show in rows so that focus is among them. */
int list_top(int count, int focus, int rows);

/* The part of a list that has room in rows; when it is longer, one row is for
 * the sentence that says so. */
struct list_part {
	int top, last;    /* members top..last-1 */
	int above, below; /* how many are not shown */
};
struct list_part list_part(int count, int focus, int rows);
/* "5 more, PgDn"; NULL when all is shown. Caller frees. */
char *list_rest(int above, int below);

/* Columns of a list. */
struct column {
	const char *title; /* N_(); NULL: none */
	int width;
	int grow;     /* share of columns left over; 0: none */
	int priority; /* 0: always there; the highest is dropped first */
	bool right;   /* numbers */
	enum text_cut cut;
};
enum { COLUMNS_MAX = 12 };

/* widths gets one number a column, 0 when it is dropped. */
void columns_layout(const struct column *columns, int count, int width,
	int widths[COLUMNS_MAX]);
void columns_titles(struct canvas *canvas, int row, int col,
	const struct column *columns, int count, const int *widths);
void columns_row(struct canvas *canvas, int row, int col,
	const struct column *columns, int count, const int *widths,
	const char *const *texts, enum style style);

/* A rule of - over the width, with a title in it when not NULL. */
void draw_rule(
	struct canvas *canvas, int row, int col, int cols, const char *title);
/* A box of + - |, cleared inside. */
void draw_box(struct canvas *canvas, struct box box, const char *title);
/* The same over a view: its rows are cleared over the whole area, so that no
 * fragment of what lies below stands at its sides. */
void draw_over(struct canvas *canvas, struct box area, struct box box,
	const char *title);
/* "> " in front of the focused line. */
const char *pointer(bool is_focused);
/* Empty for NULL. */
const char *or_empty(const char *text);
/* Substring, letters alike; the match of the model when it has one. */
bool text_matches(bool (*matches)(const char *text, const char *filter),
	const char *text, const char *filter);

#endif
