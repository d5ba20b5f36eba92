/* Attachments, by content. Bytes first (fsync, rename, fsync of the folder),
 * then the row: a row never names a file that is not there. */
#ifndef CLIENT_PLATFORM_BLOBS_H
#define CLIENT_PLATFORM_BLOBS_H

#include "client/platform/platform.h"

bool blob_is_here(struct platform *platform, const char *sha256);

/* At most 100 printable characters; NULL is fine. */
bool blob_is_media_type(const char *text);

/* Syncs the file, moves it to its place and keeps its row. media_type NULL:
 * bytes of any kind. */
bool blob_keep(struct platform *platform, const char *from, const char *sha256,
	int64_t size, const char *media_type, GError **error);

#endif
