/* Template and data onto pages. */
#ifndef CLIENT_PAPER_FLOW_H
#define CLIENT_PAPER_FLOW_H

#include "client/paper/pdf.h"
#include "client/paper/template.h"

/* The PDF and its number of pages. ITEM_ERROR_INVALID when a required field is
 * empty or a character has no glyph ("FILE:LINE: field NAME: no glyph for
 * U+XXXX"), ITEM_ERROR_TOO_LARGE when a bound is passed. The same template,
 * data and fonts give the same bytes. */
GBytes *flow_document(const struct template *template, const struct json *data,
	struct pdf_fonts *fonts, int *pages, GError **error);

#endif
