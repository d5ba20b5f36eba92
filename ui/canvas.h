/* A canvas of cells: what a view draws on.
 *
 * Nothing here knows a terminal. Every text that is put is cleaned for the
 * screen first (text_sink_screen), so no value from outside can move the
 * layout. A wide character takes two cells, its right half has width 0; when
 * one half is overwritten the other becomes a blank; a wide character never
 * starts in the last column. Rows and columns count from 0. What lies outside
 * is clipped, never an error. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/base/text.h"

/* X(code, letter): the letter stands for the style in a dump. What the styles
 * look like is decided in term.c; the text carries the meaning without them. */
#define STYLES(X)            \
	X(STYLE_NORMAL, '.') \
	X(STYLE_HEADER, 'H') \
	X(STYLE_TITLE, 'T')  \
	X(STYLE_FOCUS, 'F')  \
	X(STYLE_INPUT, 'I')  \
	X(STYLE_ERROR, 'E')  \
	X(STYLE_WARN, 'W')   \
	X(STYLE_ALERT, 'A')  \
	X(STYLE_OK, 'K')     \
	X(STYLE_OFF, 'O')    \
	X(STYLE_BANNER, 'B')

#define STYLE_ROW(code, letter) code,
enum style { STYLES(STYLE_ROW) STYLE_COUNT };

enum { CELL_MARKS = 2 }; /* combining marks kept on one character */

struct cell {
	gunichar base;
	gunichar marks[CELL_MARKS]; /* 0: none */
	uint8_t width;              /* 1 or 2; 0: right half of a wide one */
	uint8_t style;
};

struct box {
	int row, col, rows, cols;
};

struct canvas {
	int rows, cols;
	int cursor_row, cursor_col; /* always inside */
	struct cell *cells;         /* rows * cols */
};

struct canvas *canvas_new(int rows, int cols); /* at least 1x1, blank */
void canvas_free(struct canvas *canvas);
DEFINE_AUTO(canvas, canvas_free)
/* Content is lost. */
void canvas_resize(struct canvas *canvas, int rows, int cols);
void canvas_clear(struct canvas *canvas);

/* Puts text, at most to the right edge; returns the columns it took. NULL reads
 * as "". */
int canvas_text(struct canvas *canvas, int row, int col, const char *text,
	enum style style);
int canvas_printf(struct canvas *canvas, int row, int col, enum style style,
	const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Exactly width columns: cut with ~, padded with blanks. */
void canvas_fit(struct canvas *canvas, int row, int col, int width,
	const char *text, enum style style, enum text_cut cut);
/* The same, to the right side. */
void canvas_fit_right(struct canvas *canvas, int row, int col, int width,
	const char *text, enum style style);
/* Blanks, or any other narrow character, over a box. */
void canvas_fill(
	struct canvas *canvas, struct box box, gunichar c, enum style style);
/* Changes the style of what is there. */
void canvas_restyle(struct canvas *canvas, struct box box, enum style style);
/* Puts the cursor, the focus of the whole screen. */
void canvas_cursor(struct canvas *canvas, int row, int col);
/* Copies a part of another canvas. */
void canvas_copy(struct canvas *to, int row, int col, const struct canvas *from,
	struct box part);

/* Columns of a text once it is cleaned; the text as it will be shown. */
int canvas_width(const char *text);
char *canvas_clean(const char *text); /* caller frees */

/* Breaks text into lines of at most width columns: a new array
 * of char *, at least one line. Caller unrefs. */
GPtrArray *canvas_wrap(const char *text, int width);

/* Every row as text; a line "styles", then the style letters of each row that
 * has others than normal, after its number from 1; a line "cursor R C", from
 * 0. Caller frees. */
char *canvas_dump(const struct canvas *canvas);
/* One row as text. */
char *canvas_row_text(const struct canvas *canvas, int row);
/* NULL, or what is wrong: half a wide character, a control, a width that does
 * not add up. Borrowed. For tests. */
const char *canvas_fault(const struct canvas *canvas);

#endif
