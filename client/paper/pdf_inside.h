/* The PDF, inside: shared by pdf.c and fonts.c, the only files that know Cairo,
 * Pango, fontconfig and FreeType, and include their headers before this one. */
#ifndef CLIENT_PAPER_PDF_INSIDE_H
#define CLIENT_PAPER_PDF_INSIDE_H

#include "client/paper/pdf.h"
#include "client/paper/subset.h"

struct face {
	char *family;
	bool bold;
	FcPattern *match;  /* own; NULL when the family is not installed */
	FcCharSet *covers; /* of match */
};

struct pdf_fonts {
	PangoFontMap *map;
	PangoContext *context;
	GPtrArray *faces; /* struct face * */
};

struct pdf_text {
	PangoLayout *layout; /* own */
	double width_pt, pitch_pt, size_pt, indent_pt, gray;
	int align;
};

/* A font of the document, as it will be embedded. */
struct cut {
	struct subset *subset;
	cairo_font_face_t *face; /* from pdf_begin() on */
};

struct pdf_line {
	double x1, y1, x2, y2, width;
};

struct pdf {
	struct pdf_fonts *fonts;
	GArray *cuts; /* struct cut */
	GByteArray *bytes;
	cairo_surface_t *surface; /* NULL before pdf_begin() */
	cairo_t *cairo;
	GArray *lines; /* struct pdf_line, of the page in hand */
};

/* The font a run is drawn with, made when it is new. */
struct cut *pdf_find_cut(struct pdf *pdf, PangoFont *font);

double pdf_line_width(PangoLayoutLine *line);

static inline bool pdf_is_drawn(PangoGlyph glyph)
{
	return glyph != PANGO_GLYPH_EMPTY &&
	       !(glyph & PANGO_GLYPH_UNKNOWN_FLAG);
}

#endif
