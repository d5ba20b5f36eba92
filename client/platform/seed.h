/* What a fresh platform begins with: tickets that wait. */
#ifndef CLIENT_PLATFORM_SEED_H
#define CLIENT_PLATFORM_SEED_H

#include "client/platform/platform.h"

/* {"tickets":[{"number":"A018","kind":"apply","business":"...","person":"...",
 *   "note":"...","minutes_ago":8,"booked_in_minutes":5}]}
 * booked_in_minutes adds 约 HH:MM to the note. Applied once a day for a state
 * directory: the same file again on the same day changes nothing. */
bool seed_apply(struct platform *platform, const char *path, GError **error);

#endif
