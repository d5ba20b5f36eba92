/* A file on its way up, with what stands before and behind it: exactly as many
 * bytes as were announced, or none. */
#include "client/link/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int64_t length_of(GBytes *bytes)
{
	return bytes ? (int64_t)g_bytes_get_size(bytes) : 0;
}

bool upload_open(struct upload *upload, const char *path, int64_t first,
	int64_t size, GBytes *before, GBytes *after)
{
	upload->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	upload->first = first;
	upload->size = size;
	upload->at = 0;
	upload->before = before ? g_bytes_ref(before) : NULL;
	upload->after = after ? g_bytes_ref(after) : NULL;
	return upload->fd >= 0 && lseek(upload->fd, first, SEEK_SET) == first;
}

void upload_close(struct upload *upload)
{
	if (upload->fd >= 0)
		close(upload->fd);
	upload->fd = -1;
	g_clear_pointer(&upload->before, g_bytes_unref);
	g_clear_pointer(&upload->after, g_bytes_unref);
}

int64_t upload_total(const struct upload *upload)
{
	return length_of(upload->before) + upload->size +
	       length_of(upload->after);
}

static ssize_t read_bytes(GBytes *bytes, int64_t offset, char *out, size_t size)
{
	size_t len;
	const char *data = g_bytes_get_data(bytes, &len);

	size = MIN(size, len - (size_t)offset);
	memcpy(out, data + offset, size);
	return (ssize_t)size;
}

static ssize_t read_file(
	struct upload *upload, int64_t left, char *out, size_t size)
{
	ssize_t len;

	do
		len = read(upload->fd, out, (size_t)MIN((int64_t)size, left));
	while (len < 0 && errno == EINTR);
	return len > 0 ? len : -1; /* shorter than it was */
}

ssize_t upload_read(struct upload *upload, char *out, size_t size)
{
	int64_t from = length_of(upload->before), to = from + upload->size;
	ssize_t len;

	if (size == 0 || upload->at >= upload_total(upload))
		return 0;
	if (upload->at < from)
		len = read_bytes(upload->before, upload->at, out, size);
	else if (upload->at < to)
		len = read_file(upload, to - upload->at, out, size);
	else
		len = read_bytes(upload->after, upload->at - to, out, size);
	if (len > 0)
		upload->at += len;
	return len;
}

bool upload_seek(struct upload *upload, int64_t offset)
{
	int64_t in_file =
		CLAMP(offset - length_of(upload->before), 0, upload->size);

	if (offset < 0 || offset > upload_total(upload) ||
		lseek(upload->fd, upload->first + in_file, SEEK_SET) !=
			upload->first + in_file)
		return false;
	upload->at = offset;
	return true;
}
