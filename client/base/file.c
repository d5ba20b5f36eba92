/* Files that are whole or not there: temporary file, fsync, rename, fsync of
 * the directory. */
#include "client/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/fault.h"

static void set_errno_error(
	GError **error, int number, const char *deed, const char *path)
{
	bool is_full = number == ENOSPC || number == EDQUOT;

	if (number == ENOENT)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"%s %s: %s", deed, path, g_strerror(number));
	else
		g_set_error(error, STORE_ERROR,
			is_full ? STORE_ERROR_FULL : STORE_ERROR_IO,
			"%s %s: %s", deed, path, g_strerror(number));
}

bool file_is_shared(const char *dir)
{
	struct stat st;

	return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	       (st.st_mode & (S_ISGID | S_IWGRP)) == (S_ISGID | S_IWGRP);
}

/* The group gets what the owner has. */
static mode_t mode_of_group(mode_t mode)
{
	return (mode & 07777) | ((mode & S_IRWXU) >> 3);
}

bool file_share(int fd, const char *path)
{
	g_autofree char *dir = g_path_get_dirname(path);
	struct stat st;

	if (!file_is_shared(dir))
		return true;
	return fstat(fd, &st) == 0 &&
	       fchmod(fd, mode_of_group(st.st_mode)) == 0;
}

static bool read_all(int fd, char *data, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t n = read(fd, data + *len, size - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return true;
}

/* 0, or what went wrong as an errno; EFBIG: more than max_bytes. */
static int read_bounded(
	const char *path, size_t max_bytes, char **data, size_t *len)
{
	struct stat st = {0};
	size_t size;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int why = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;

	if (!why) {
		/* Files of /proc have no size: room for all that is allowed. */
		size = st.st_size > 0 && (size_t)st.st_size < max_bytes
			       ? (size_t)st.st_size
			       : max_bytes;
		*data = g_malloc(size + 2);
		if (!read_all(fd, *data, size + 1, len))
			why = errno;
		else if (*len > size)
			why = EFBIG;
		else
			(*data)[*len] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return why;
}

char *file_read(const char *path, size_t max_bytes, size_t *len, GError **error)
{
	g_autofree char *data = NULL;
	size_t got = 0;
	int why = read_bounded(path, max_bytes, &data, &got);

	if (why == EFBIG)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"%s: larger than %zu bytes", path, max_bytes);
	else if (why)
		set_errno_error(error, why, "read", path);
	else if (len)
		*len = got;
	return why ? NULL : g_steal_pointer(&data);
}

char *file_read_written(
	const char *path, size_t max_bytes, size_t *len, GError **error)
{
	g_autofree char *data = NULL;
	size_t got = 0;
	int why = read_bounded(path, max_bytes, &data, &got);

	if (why == ENOENT || why == ENOTDIR)
		fault_set(error, ITEM_ERROR_NOT_FOUND, path, 0,
			"there is no such file");
	else if (why == EISDIR)
		fault_set(error, ITEM_ERROR_INVALID, path, 0,
			"is a folder, expected a file");
	else if (why == EACCES)
		fault_set(error, ITEM_ERROR_INVALID, path, 0,
			"this user may not read it");
	else if (why == EFBIG)
		fault_set(error, ITEM_ERROR_TOO_LARGE, path, 0,
			"larger than %zu bytes", max_bytes);
	else if (why)
		fault_set(error, ITEM_ERROR_INVALID, path, 0,
			"cannot be read: %s", g_strerror(why));
	else if (len)
		*len = got;
	return why ? NULL : g_steal_pointer(&data);
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool sync_dir_of(const char *path)
{
	g_autofree char *dir = g_path_get_dirname(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Ends what file_write and file_copy begin; removes the rest on failure. */
static bool finish_file(int fd, bool ok, const char *temporary,
	const char *path, GError **error)
{
	int number = errno;

	if (ok && fsync(fd) < 0) {
		number = errno;
		ok = false;
	}
	if (close(fd) < 0 && ok) {
		number = errno;
		ok = false;
	}
	if (ok && rename(temporary, path) < 0) {
		number = errno;
		ok = false;
	}
	if (ok && !sync_dir_of(path)) {
		number = errno;
		ok = false;
	}
	if (!ok) {
		unlink(temporary);
		set_errno_error(error, number, "write", path);
	}
	return ok;
}

static int open_temporary(const char *path, char **temporary, GError **error)
{
	int fd;

	*temporary = g_strconcat(path, ".XXXXXX", NULL);
	fd = g_mkstemp_full(*temporary, O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 && file_share(fd, path))
		return fd;
	set_errno_error(error, errno, "write", path);
	if (fd >= 0) {
		unlink(*temporary);
		close(fd);
	}
	return -1;
}

bool file_write(const char *path, const void *data, size_t len, GError **error)
{
	g_autofree char *temporary = NULL;
	int fd = open_temporary(path, &temporary, error);

	if (fd < 0)
		return false;
	return finish_file(
		fd, write_all(fd, data, len), temporary, path, error);
}

bool file_copy(const char *from, const char *to, GError **error)
{
	g_autofree char *temporary = NULL;
	g_autofree char *piece = g_malloc(65536);
	size_t got = 0;
	bool ok = true;
	int out, in = open(from, O_RDONLY | O_CLOEXEC);

	if (in < 0) {
		set_errno_error(error, errno, "read", from);
		return false;
	}
	out = open_temporary(to, &temporary, error);
	if (out < 0) {
		close(in);
		return false;
	}
	do {
		ok = read_all(in, piece, 65536, &got) &&
		     write_all(out, piece, got);
	} while (ok && got == 65536);
	ok = finish_file(out, ok, temporary, to, error);
	close(in);
	return ok;
}

/* One level; the folder of path is there. Two programs may come at once. The
 * set-group-id bit comes from the folder by itself, and only so: a sandbox may
 * refuse every chmod() that names it. */
static bool make_dir(const char *path)
{
	g_autofree char *parent = g_path_get_dirname(path);
	mode_t mode = file_is_shared(parent) ? 0770 : 0700;
	mode_t old = umask(0777 & ~mode);
	bool made = mkdir(path, mode) == 0;
	int number = errno;

	umask(old);
	errno = number;
	return made ||
	       (errno == EEXIST && g_file_test(path, G_FILE_TEST_IS_DIR));
}

static bool make_dirs(const char *path)
{
	g_autofree char *parent = g_path_get_dirname(path);

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return true;
	return make_dirs(parent) && make_dir(path);
}

bool file_make_dir(const char *path, GError **error)
{
	g_autofree char *whole = g_canonicalize_filename(path, NULL);

	if (make_dirs(whole))
		return true;
	set_errno_error(error, errno == ENOENT ? EIO : errno, "make", path);
	return false;
}

int file_lock(const char *path, GError **error)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		set_errno_error(error, errno, "lock", path);
		return -1;
	}
	file_share(fd, path); /* the one who made it has done so */
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return fd;
	if (errno == EAGAIN || errno == EACCES)
		g_set_error(error, STORE_ERROR, STORE_ERROR_LOCKED,
			"%s: another program holds it", path);
	else
		set_errno_error(error, errno, "lock", path);
	close(fd);
	return -1;
}

void file_remove_tree(const char *path)
{
	const char *name;
	GDir *dir = NULL;

	if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
		dir = g_dir_open(path, 0, NULL);
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		file_remove_tree(child);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}
