/* An upload on its way: bytes go to a file below STATE/spool and are hashed as
 * they pass. */
#ifndef CLIENT_PLATFORM_SPOOL_H
#define CLIENT_PLATFORM_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "client/base/auto.h"
#include "client/base/id.h"

struct platform;
struct spool;

/* Never NULL; what fails is remembered and told by spool_end(). */
struct spool *spool_new(const struct platform *platform);
void spool_add(struct spool *spool, const void *data, size_t len);
/* All is written (not yet synced): path, lent, and digest. False when the disk
 * did not take it. Called once. */
bool spool_end(
	struct spool *spool, const char **path, char sha256[SHA256_TEXT]);
/* Removes the file unless somebody renamed it. */
void spool_free(struct spool *spool);
DEFINE_AUTO(spool, spool_free)

#endif
