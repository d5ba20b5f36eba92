/* A file on its way up. */
#ifndef CLIENT_LINK_UPLOAD_H
#define CLIENT_LINK_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

struct upload {
	int fd;        /* -1: none */
	int64_t first; /* byte of the file */
	int64_t size, at;
	GBytes *before, *after; /* around the file; may be NULL */
};

/* size bytes of the file from first on, no more and no less. False when it
 * cannot be read. References of before and after are taken. */
bool upload_open(struct upload *upload, const char *path, int64_t first,
	int64_t size, GBytes *before, GBytes *after);
void upload_close(struct upload *upload);
/* Of everything. */
int64_t upload_total(const struct upload *upload);
/* 0 at the end; -1 when the file is shorter than it was: never send that. */
ssize_t upload_read(struct upload *upload, char *out, size_t size);
/* From there again. */
bool upload_seek(struct upload *upload, int64_t offset);

#endif
