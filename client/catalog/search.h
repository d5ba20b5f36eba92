/* Search in the catalogue while the clerk types: initials or Chinese, it does
 * not matter which. */
#ifndef CLIENT_CATALOG_SEARCH_H
#define CLIENT_CATALOG_SEARCH_H

#include <stdbool.h>

#include "client/catalog/catalog.h"

/* Best first. */
enum search_rank {
	SEARCH_CODE,     /* after '=': beginning of a code */
	SEARCH_PREFIX,   /* initials from the first character on */
	SEARCH_ADJACENT, /* initials in order, side by side */
	SEARCH_ORDER,    /* initials in order, with gaps */
	SEARCH_CHINESE,  /* part of the name */
	SEARCH_ALIAS,    /* any of these, in a popular name */
	SEARCH_ALL,      /* nothing typed: the whole list */
};

struct search_hit {
	const struct catalog_item *item;
	enum search_rank rank;
	bool allowed; /* at this window */
};

/* Array of struct search_hit, best first; items the window may not take are
 * last. Empty text gives all, in the catalogue's order. Full width letters
 * count as half width, blanks do not count. g_array_unref() it. */
GArray *catalog_search(
	const struct catalog *catalog, const char *text, const char *window);

/* A list of choices of a form: options that fit, by the same rules; indices
 * (size_t) into field->options. A text of digits is the beginning of a code.
 * g_array_unref() it. */
GArray *option_search(const struct form_field *field, const char *text);

#endif
