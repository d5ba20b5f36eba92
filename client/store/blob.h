/* Attachments, by content.
 *
 * Bytes first (temporary file, fsync, rename, fsync of the directory), then the
 * row; a row never names a file that is not there. */
#ifndef CLIENT_STORE_BLOB_H
#define CLIENT_STORE_BLOB_H

#include "client/store/store.h"

enum { BLOB_MAX_BYTES = 64 * 1024 * 1024 };

/* Brings a file in (a scanned page from the device spool, a rendered document)
 * and tells its hash. Already there: fine. The source is left alone.
 * ITEM_ERROR_TOO_LARGE. */
bool blob_add(struct store *store, const char *path, const char *media_type,
	char sha256[SHA256_TEXT], int64_t *size, GError **error);

/* For link: blobs that an unsent op waits for and the platform has not
 * confirmed: array of struct blob *. */
struct blob {
	char sha256[SHA256_TEXT];
	int64_t size;
	char *media_type;
};
void blob_free(struct blob *blob);
GPtrArray *blobs_to_send(struct store *store, int limit, GError **error);
/* Those of one op, in the order they were added. */
GPtrArray *blobs_of_op(struct store *store, int64_t store_seq, GError **error);
bool blob_confirmed(struct store *store, const char *sha256, GError **error);

/* Re-reads every file and compares; the first that differs is
 * STORE_ERROR_CORRUPT. */
bool blobs_verify(struct store *store, int64_t *count, GError **error);

#endif
