/* A document as lines of text, for the screen: the same template and data, no
 * fonts. What it shows is what will be printed, apart from the layout. */
#ifndef CLIENT_PAPER_PREVIEW_H
#define CLIENT_PAPER_PREVIEW_H

#include "client/base/json.h"

/* Array of char *, or NULL as flow_document(). Fields are not masked beyond
 * what the template masks; the view cleans and cuts the lines. Numbers of
 * pages are left out. */
GPtrArray *preview_lines(const char *templates, const char *name,
	const struct json *data, GError **error);

#endif
