/* Reads the working-day calendar out of config/calendar (rules do no I/O). */
#ifndef CLIENT_CATALOG_CALENDAR_FILE_H
#define CLIENT_CATALOG_CALENDAR_FILE_H

#include <glib.h>

#include "client/rules/calendar.h"

/* Every YYYY.txt of the folder. A folder without any, or one broken file, is
 * an error that names it: due dates must not silently be wrong. */
struct calendar *calendar_load(const char *dir, GError **error);

#endif
