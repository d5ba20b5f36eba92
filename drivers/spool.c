/* The folder of pictures between devices and the screen. */
#include "drivers/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"

struct spool {
	char *dir; /* own */
};

struct spool *spool_new(const char *dir, GError **error)
{
	AUTO(spool) spool = g_new0(struct spool, 1);

	spool->dir = g_strdup(dir);
	if (!file_make_dir(dir, error))
		return NULL;
	spool_clean(spool, 0);
	return g_steal_pointer(&spool);
}

void spool_free(struct spool *spool)
{
	if (!spool)
		return;
	g_free(spool->dir);
	g_free(spool);
}

const char *spool_dir(const struct spool *spool)
{
	return spool->dir;
}

static char *path_of(const struct spool *spool, const char *sha256_hex)
{
	g_autofree char *name = g_strconcat(sha256_hex, ".jpg", NULL);

	return g_build_filename(spool->dir, name, NULL);
}

static int count_files(const struct spool *spool)
{
	g_autoptr(GDir) dir = g_dir_open(spool->dir, 0, NULL);
	int count = 0;

	while (dir && g_dir_read_name(dir))
		count++;
	return count;
}

/* Only plain files: nothing else belongs there, and a link is not followed. */
static bool is_old(const char *path, int age_s)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       time(NULL) - st.st_mtime >= age_s;
}

void spool_clean(const struct spool *spool, int age_s)
{
	g_autoptr(GDir) dir = g_dir_open(spool->dir, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path =
			g_build_filename(spool->dir, name, NULL);

		if (is_old(path, age_s))
			g_unlink(path);
	}
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
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

static bool set_error(GError **error, int number)
{
	g_set_error(error, STORE_ERROR,
		number == ENOSPC || number == EDQUOT ? STORE_ERROR_FULL
						     : STORE_ERROR_IO,
		"spool: %s", g_strerror(number));
	return false;
}

/* Whole or not there, but not flushed: the spool is memory by design, the
 * screen copies pictures into its store. */
bool spool_keep(struct spool *spool, const char *sha256_hex, const void *data,
	size_t len, GError **error)
{
	g_autofree char *path = path_of(spool, sha256_hex);
	g_autofree char *part = g_strconcat(path, ".part", NULL);
	bool ok;
	int fd;

	spool_clean(spool, SPOOL_KEEP_S);
	if (count_files(spool) >= SPOOL_FILES_MAX)
		return set_error(error, ENOSPC);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		0600);
	if (fd < 0)
		return set_error(error, errno);
	ok = (file_share(fd, path) && write_all(fd, data, len)) ||
	     set_error(error, errno);
	if (close(fd) < 0 && ok)
		ok = set_error(error, errno);
	if (ok && rename(part, path) < 0)
		ok = set_error(error, errno);
	if (!ok)
		unlink(part);
	return ok;
}

bool spool_find(const struct spool *spool, const char *sha256_hex, size_t *size,
	GError **error)
{
	g_autofree char *path = path_of(spool, sha256_hex);
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (size_t)st.st_size;
		return true;
	}
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
		"the picture is not in the spool");
	return false;
}

bool spool_release(
	const struct spool *spool, const char *sha256_hex, GError **error)
{
	g_autofree char *path = NULL;

	if (!sha256_hex || !sha256_is_valid(sha256_hex)) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"sha256: expected 64 hex digits");
		return false;
	}
	path = path_of(spool, sha256_hex);
	g_unlink(path);
	return true;
}
