/* What the platform knows of each window's store. */
#ifndef CLIENT_PLATFORM_STORES_H
#define CLIENT_PLATFORM_STORES_H

#include "client/platform/platform.h"

/* Moves the contiguous high water of a store on after new ops, in the caller's
 * transaction. */
bool store_advance(struct platform *platform, const char *store_uuid,
	int64_t epoch, GError **error);

/* Count and XOR of the hashes of a window's ops of a day ("2026-11-23"). */
bool store_bucket(struct platform *platform, const char *window,
	const char *day, int64_t *count, char xor_hex[SHA256_TEXT],
	GError **error);

#endif
