/* Uploads without holding them in memory. */
#include "client/platform/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "client/platform/platform.h"

struct spool {
	char *path; /* own */
	int fd;
	struct sha256_state *digest;
	bool is_broken;
};

struct spool *spool_new(const struct platform *platform)
{
	struct spool *spool = g_new0(struct spool, 1);

	spool->path = platform_spool_path(platform);
	spool->fd = open(
		spool->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	spool->is_broken = spool->fd < 0;
	spool->digest = sha256_new();
	return spool;
}

void spool_add(struct spool *spool, const void *data, size_t len)
{
	const char *at = data;

	sha256_add(spool->digest, data, len);
	while (len > 0 && !spool->is_broken) {
		ssize_t done = write(spool->fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			spool->is_broken = true;
			return;
		}
		at += done;
		len -= (size_t)done;
	}
}

bool spool_end(struct spool *spool, const char **path, char sha256[SHA256_TEXT])
{
	uint8_t digest[SHA256_LEN];
	g_autofree char *hex = NULL;

	sha256_end(g_steal_pointer(&spool->digest), digest);
	hex = hex_encode(digest, sizeof(digest));
	g_strlcpy(sha256, hex, SHA256_TEXT);
	*path = spool->path;
	return !spool->is_broken;
}

void spool_free(struct spool *spool)
{
	uint8_t unused[SHA256_LEN];

	if (spool->digest)
		sha256_end(spool->digest, unused);
	if (spool->fd >= 0)
		close(spool->fd);
	g_unlink(spool->path);
	g_free(spool->path);
	g_free(spool);
}
