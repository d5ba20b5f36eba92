/* A PDF file: pages, text in fonts that are checked, lines, rings, QR codes.
 *
 * Everything is in points (1/72 inch), from the top left corner. Text is laid
 * out at 72 dpi, so 12 pt are 12 pt. There is no font fallback: a character
 * that neither the family nor its second one has is an error. */
#ifndef CLIENT_PAPER_PDF_H
#define CLIENT_PAPER_PDF_H

#include <stdbool.h>
#include <stddef.h>

#include "client/base/auto.h"
#include "client/paper/qr.h"

#define PDF_MM (72.0 / 25.4)

/* Fonts, kept from document to document: loading one takes longer than a
 * page. */
struct pdf_fonts;
struct pdf_fonts *pdf_fonts_new(void);
void pdf_fonts_free(struct pdf_fonts *fonts);
DEFINE_AUTO(pdf_fonts, pdf_fonts_free)

struct pdf_type {
	const char *family;
	const char *rare; /* second family, or NULL; may be not installed */
	bool bold;
	double size_pt;
	double pitch_pt;   /* from line to line */
	double spacing_pt; /* between characters */
	double indent_pt;  /* of the first line of a paragraph */
	int align;         /* enum text_align */
	double gray;
};

struct pdf_info {
	const char *title, *author, *subject; /* "" or NULL: left out */
	const char *created; /* "2026-11-23T09:52:07+08:00", or NULL */
};

/* A document in making: first all its texts are laid out, so that its fonts can
 * be cut down to what they use; then it is drawn, page after page. */
struct pdf;
struct pdf *pdf_new(struct pdf_fonts *fonts); /* borrowed */
void pdf_free(struct pdf *pdf);
DEFINE_AUTO(pdf, pdf_free)

/* A text laid out in a width. Freed before the pdf. */
struct pdf_text;

/* On a missing glyph: ITEM_ERROR_INVALID, and *bad_byte is where it is in
 * text. ITEM_ERROR_NOT_FOUND when the family is not installed. Not after
 * pdf_begin(). */
struct pdf_text *pdf_text_new(struct pdf *pdf, const struct pdf_type *type,
	const char *text, double width_pt, size_t *bad_byte, GError **error);
void pdf_text_free(struct pdf_text *text);
DEFINE_AUTO(pdf_text, pdf_text_free)
int pdf_text_lines(const struct pdf_text *text);
double pdf_text_pitch(const struct pdf_text *text);
double pdf_text_width(const struct pdf_text *text); /* of its longest line */

/* No more texts; from here on drawing. ITEM_ERROR_INVALID for a font that
 * cannot be embedded. */
bool pdf_begin(struct pdf *pdf, double width_pt, double height_pt,
	const struct pdf_info *info, GError **error);

void pdf_draw_text(struct pdf *pdf, const struct pdf_text *text, double x,
	double y, int first, int count);
/* Its middle at x, y, turned by angle (radians). */
void pdf_draw_turned(struct pdf *pdf, const struct pdf_text *text, double x,
	double y, double angle);
void pdf_draw_line(struct pdf *pdf, double x1, double y1, double x2, double y2,
	double width_pt);
/* Dashed and gray: a place, not a seal. */
void pdf_draw_ring(struct pdf *pdf, double x, double y, double radius);
/* The quiet zone is within size. */
void pdf_draw_qr(
	struct pdf *pdf, const struct qr *qr, double x, double y, double size);
void pdf_end_page(struct pdf *pdf);

/* The whole file; the pdf takes no more drawing. STORE_ERROR_IO. */
GBytes *pdf_finish(struct pdf *pdf, GError **error);

#endif
