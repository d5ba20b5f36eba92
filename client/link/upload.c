/* A file on its way up: exactly as many bytes as were announced, or none. */
#include "client/link/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib.h>

bool upload_open(struct upload *upload, const char *path, int64_t size)
{
	upload->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	upload->left = size;
	return upload->fd >= 0;
}

void upload_close(struct upload *upload)
{
	if (upload->fd >= 0)
		close(upload->fd);
	upload->fd = -1;
}

ssize_t upload_read(struct upload *upload, char *out, size_t size)
{
	size_t want = (size_t)MIN((int64_t)size, upload->left);
	ssize_t len;

	if (want == 0)
		return 0;
	do
		len = read(upload->fd, out, want);
	while (len < 0 && errno == EINTR);
	if (len <= 0) /* shorter than it was */
		return -1;
	upload->left -= len;
	return len;
}

bool upload_seek(struct upload *upload, int64_t offset)
{
	off_t end = lseek(upload->fd, 0, SEEK_CUR) + upload->left;

	if (lseek(upload->fd, offset, SEEK_SET) != offset)
		return false;
	upload->left = end - offset;
	return true;
}
