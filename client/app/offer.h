/* What the window offers: the catalogue of its files, and over it what the
 * platform changed (client/store/catalog_rows.h).
 *
 * The platform wins over the files, unless its catalog.json is of an older
 * version than theirs: then the files stand alone until it has caught up. */
#ifndef CLIENT_APP_OFFER_H
#define CLIENT_APP_OFFER_H

#include "client/catalog/catalog.h"
#include "client/store/catalog_rows.h"

/* dir is the folder of the files; store may be NULL. What was taken before and
 * does not fit any more is logged and left out; sentences (of char *, may be
 * NULL) gets why. */
struct catalog *offer_load(const char *dir, struct store *store,
	GPtrArray *sentences, GError **error);

/* What became of the rows that waited. */
struct offer_news {
	int changed, added, withdrawn; /* items */
	char *name;                    /* own: of one of them; NULL: none */
	int wrong;                     /* rows that are set aside from now on */
	int held;                      /* withdrawals that wait for a person */
	bool held_is_news;             /* since this time */
	bool is_older;        /* the platform's catalogue: nothing was done */
	GPtrArray *sentences; /* own: char *, why rows are set aside, all */
};
void offer_news_clear(struct offer_news *news);

/* Puts what waits into the catalogue and writes down what became of it, unless
 * look_only: then the store is not touched. Withdrawals of more than one item
 * in twenty at a time (one is always let through, the last item never) are held
 * until a person agrees. news is filled, also on an error of the store. */
bool offer_update(struct catalog *catalog, struct store *store, bool look_only,
	struct offer_news *news, GError **error);

#endif
