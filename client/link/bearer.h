/* A token that was given out for a while: when it is used, when a new one is
 * asked for. Pure: the caller gives the boot clock, so that a wrong wall clock
 * changes nothing. The token is in memory only and wiped when it is dropped. */
#ifndef CLIENT_LINK_BEARER_H
#define CLIENT_LINK_BEARER_H

#include <stdbool.h>
#include <stdint.h>

enum {
	BEARER_MAX = 4096,
	BEARER_UNTOLD_S = 300, /* life of a token that says nothing of it */
	BEARER_LIFE_MAX_S = 86400,
	BEARER_EARLY_MS = 30000, /* before the end, a fifth of a short life */
};

struct bearer {
	char *token;      /* own; NULL: none */
	int64_t renew_ms; /* from then on a new one is asked for */
	unsigned serial;  /* of the token, counts up */
};

/* May this token still be shown? Otherwise a new one is to be asked for. */
bool bearer_is_good(const struct bearer *bearer, int64_t now_ms);

/* expires_in_s counts from asked_ms, when the request went out; 0 or less:
 * untold. False when it is no token: bearer is as before. */
bool bearer_take(struct bearer *bearer, const char *token, int64_t expires_in_s,
	int64_t asked_ms);

/* The platform refused the token of that serial. A newer one stays. */
void bearer_reject(struct bearer *bearer, unsigned serial);
void bearer_clear(struct bearer *bearer);

#endif
