/* Where a document is put together: marks with a page and a place.
 *
 * An area is the page, which breaks at its bottom, or a box without one, for
 * what must stay together. All lengths are points from the top left corner. */
#ifndef CLIENT_PAPER_AREA_H
#define CLIENT_PAPER_AREA_H

#include "client/paper/pdf.h"
#include "client/paper/template.h"

enum { AREA_PAGES_MAX = 100, AREA_MARKS_MAX = 200000 };

enum mark_kind { MARK_TEXT, MARK_TURNED, MARK_LINE, MARK_RING, MARK_QR };

struct mark {
	enum mark_kind kind;
	int page;
	double x, y;   /* corner; the middle of MARK_TURNED, MARK_RING */
	double x2, y2; /* MARK_LINE */
	double size;   /* line width, angle, radius, side of the square */
	const struct pdf_text *text;
	int first, count; /* lines of text */
	const struct qr *qr;
};

struct area {
	GArray *marks; /* struct mark, by page */
	double x, width, top, bottom, y;
	int page;
	const struct node *table; /* the one being laid out, or NULL */
	double columns[FIELD_GRID_COLUMNS_MAX];
	struct area *head; /* its heads, put on every further page */
};

void area_init(struct area *area, double x, double width); /* a box */
void area_clear(struct area *area);

/* On the area's current page. */
void area_mark(struct area *area, struct mark mark);
void area_mark_text(struct area *area, const struct pdf_text *text, double x,
	double y, int first, int count);
void area_mark_line(struct area *area, double x1, double y1, double x2,
	double y2, double width);

/* The marks of a box, moved down by dy, onto the current page. */
void area_copy(struct area *area, const struct area *box, double dy);

/* ITEM_ERROR_TOO_LARGE over AREA_PAGES_MAX. */
bool area_new_page(struct area *area, GError **error);

/* The box at y, or on the next page when there is no room; y moves below it.
 * ITEM_ERROR_TOO_LARGE when it is taller than a page. */
bool area_place(struct area *area, const struct area *box, GError **error);

/* The lines of a text at y, over as many pages as it takes; a paragraph never
 * leaves a single line on a page when it has more. */
bool area_place_text(struct area *area, const struct pdf_text *text, double x,
	GError **error);

/* Draws the marks of a page, from *next on, which moves behind them. */
void area_draw(const struct area *area, int page, guint *next, struct pdf *pdf);

#endif
