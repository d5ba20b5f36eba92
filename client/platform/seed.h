/* What a fresh platform begins with: tickets that wait, and master data. */
#ifndef CLIENT_PLATFORM_SEED_H
#define CLIENT_PLATFORM_SEED_H

#include "client/platform/platform.h"

struct json;

/* {"tickets":[{"number":"A018","kind":"apply","business":"...","person":"...",
 *   "note":"...","minutes_ago":8,"booked_in_minutes":5}],
 *  "orgs":[...],"windows":[...],"users":[...], ...}
 * booked_in_minutes adds 约 HH:MM to the note. Tickets are applied once a day
 * for a state directory, the rest whenever it is another than before. */
bool seed_apply(struct platform *platform, const char *path, GError **error);

/* Orgs, windows, users and the rest of the seed, which are what the contract's
 * schemas say. In the caller's transaction. ITEM_ERROR_INVALID names the row's
 * fault. */
bool seed_records(
	struct platform *platform, const struct json *seed, GError **error);

/* All NAME.tmpl of a folder; a folder that is not there is none. */
bool seed_templates(struct platform *platform, const char *dir, GError **error);

#endif
