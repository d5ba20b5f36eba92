/* A store of many cases, for the benches. */
#ifndef TESTS_BENCH_FILL_H
#define TESTS_BENCH_FILL_H

#include <glib.h>

#include "client/store/store.h"

struct person {
	GString *name;
	char *initials; /* all readings */
	char id_number[20];
	char phone[16];
};

/* One transaction, the same people each time. Every op of the store counts as
 * acknowledged then. Returns the struct persons; caller unrefs. */
GPtrArray *fill_store(struct store *store, int count, GError **error);

#endif
