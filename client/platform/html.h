/* A page in pieces. Every text from outside goes through html_text(). */
#ifndef CLIENT_PLATFORM_HTML_H
#define CLIENT_PLATFORM_HTML_H

#include <glib.h>

/* The frame of every page says that this is not the real platform. */
GString *html_begin(const char *title);
char *html_end(GString *take_page);

/* Markup of ours, as it is. */
void html_raw(GString *page, const char *markup);
/* Any text: controls and direction marks left out, < > & " ' escaped, isolated
 * from the text around it. */
void html_text(GString *page, const char *text);
/* <td>text</td> */
void html_cell(GString *page, const char *text);
void html_cell_int(GString *page, gint64 number);

#endif
