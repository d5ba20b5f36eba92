/* Files that are whole or not there, and reading with a bound.
 *
 * Everything is made for its owner alone, but for one case. On a real window
 * several system users work in one folder (screen and link in the store; all
 * three in the runtime folder): such a folder is shared, which is said by its
 * mode alone, set-group-id and writable by its group. What is made in a shared
 * folder gives its group the rights its owner has. */
#ifndef CLIENT_BASE_FILE_H
#define CLIENT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Whole content, NUL ended beyond len. ITEM_ERROR_NOT_FOUND,
 * ITEM_ERROR_TOO_LARGE or STORE_ERROR_IO; the message names the path. */
char *file_read(
	const char *path, size_t max_bytes, size_t *len, GError **error);

/* The same for a file that people write: the error carries a fault
 * (client/base/fault.h) that says of the file what is wrong with it. */
char *file_read_written(
	const char *path, size_t max_bytes, size_t *len, GError **error);

/* Temporary file, fsync, rename, fsync of the directory. Mode 0600, in a
 * shared folder 0660.
 * STORE_ERROR_FULL when the disk is, else STORE_ERROR_IO. */
bool file_write(const char *path, const void *data, size_t len, GError **error);

/* Copies with the same care; the source is left alone. */
bool file_copy(const char *from, const char *to, GError **error);

/* mkdir -p with mode 0700; in a shared folder 2770, shared in its turn. */
bool file_make_dir(const char *path, GError **error);

/* Takes the lock of path for this process's life: STORE_ERROR_LOCKED when
 * another holds it. Returns the descriptor, -1 on error. */
int file_lock(const char *path, GError **error);

/* True of a folder of several system users, see above. */
bool file_is_shared(const char *dir);
/* For files that are made elsewhere, just after open(): gives the group what
 * the owner has when the folder of path is shared. False with errno. */
bool file_share(int fd, const char *path);

/* Removes a directory and all below it; silent when it is not there. */
void file_remove_tree(const char *path);

#endif
