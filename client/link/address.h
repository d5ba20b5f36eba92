/* Which addresses a platform may have. */
#ifndef CLIENT_LINK_ADDRESS_H
#define CLIENT_LINK_ADDRESS_H

#include <stdbool.h>

#include <glib.h>

/* "https://HOST[:PORT][/PREFIX]"; plain http for a loopback host only, which
 * *plain says. No user, query or fragment. ITEM_ERROR_INVALID. */
bool address_check(const char *url, bool *plain, GError **error);

#endif
