/* The life of one token after the other. */
#include "client/link/bearer.h"

#include <string.h>

#include <glib.h>

#include "client/base/id.h"

bool bearer_is_good(const struct bearer *bearer, int64_t now_ms)
{
	return bearer->token && now_ms < bearer->renew_ms;
}

/* It goes into a header line as it is. */
static bool is_clean(const char *token)
{
	size_t len = token ? strlen(token) : 0;

	for (size_t i = 0; i < len; i++)
		if (token[i] <= 0x20 || token[i] >= 0x7f)
			return false;
	return len > 0 && len <= BEARER_MAX;
}

bool bearer_take(struct bearer *bearer, const char *token, int64_t expires_in_s,
	int64_t asked_ms)
{
	int64_t life_ms;

	if (!is_clean(token))
		return false;
	if (expires_in_s <= 0)
		expires_in_s = BEARER_UNTOLD_S;
	life_ms = MIN(expires_in_s, BEARER_LIFE_MAX_S) * 1000;
	bearer_clear(bearer);
	bearer->token = g_strdup(token);
	bearer->renew_ms =
		asked_ms + life_ms - MIN((int64_t)BEARER_EARLY_MS, life_ms / 5);
	bearer->serial++;
	return true;
}

void bearer_reject(struct bearer *bearer, unsigned serial)
{
	if (bearer->serial == serial)
		bearer_clear(bearer);
}

void bearer_clear(struct bearer *bearer)
{
	if (bearer->token)
		secret_wipe(bearer->token, strlen(bearer->token));
	g_clear_pointer(&bearer->token, g_free);
}
