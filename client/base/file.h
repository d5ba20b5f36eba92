/* Files that are whole or not there, and reading with a bound. */
#ifndef CLIENT_BASE_FILE_H
#define CLIENT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Whole content, NUL ended beyond len. ITEM_ERROR_NOT_FOUND,
 * ITEM_ERROR_TOO_LARGE or STORE_ERROR_IO; the message names the path. */
char *file_read(
	const char *path, size_t max_bytes, size_t *len, GError **error);

/* Temporary file, fsync, rename, fsync of the directory. Mode 0600.
 * STORE_ERROR_FULL when the disk is, else STORE_ERROR_IO. */
bool file_write(const char *path, const void *data, size_t len, GError **error);

/* Copies with the same care; the source is left alone. */
bool file_copy(const char *from, const char *to, GError **error);

/* mkdir -p with mode 0700. */
bool file_make_dir(const char *path, GError **error);

/* Takes the lock of path for this process's life: STORE_ERROR_LOCKED when
 * another holds it. Returns the descriptor, -1 on error. */
int file_lock(const char *path, GError **error);

/* Removes a directory and all below it; silent when it is not there. */
void file_remove_tree(const char *path);

#endif
