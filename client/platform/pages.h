/* What the files of the pages share. */
#ifndef CLIENT_PLATFORM_PAGES_H
#define CLIENT_PLATFORM_PAGES_H

#include "client/platform/platform.h"

struct term {
	const char *name, *text;
};

/* The Chinese term; an unknown name stays as it is. terms end with NULL. */
const char *term(const struct term *terms, const char *name);

/* Applications, messages, warnings, certificates, seals, traces: a table for
 * each kind there is anything of. */
void page_add_online(struct platform *platform, GString *page);

#endif
