/* Attachments, by content. Bytes first (fsync, rename, fsync of the folder),
 * then the row: a row never names a file that is not there. */
#ifndef CLIENT_PLATFORM_BLOBS_H
#define CLIENT_PLATFORM_BLOBS_H

#include "client/platform/platform.h"

bool blob_is_here(struct platform *platform, const char *sha256);

#endif
