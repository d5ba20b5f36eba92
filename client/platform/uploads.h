/* Resumable uploads, tus 1.0.0 with creation, termination and expiration.
 *
 * STATE/uploads/ID holds what came; the offset in the database is the truth
 * and goes up only after the bytes are synced, so it survives a power cut. */
#ifndef CLIENT_PLATFORM_UPLOADS_H
#define CLIENT_PLATFORM_UPLOADS_H

#include "client/platform/platform.h"
#include "client/platform/request.h"

/* One PATCH on its way. */
struct append;

/* Looks at the headers before the body is read. NULL and *problem when the
 * bytes are not wanted. */
struct append *append_begin(struct platform *platform,
	const struct request *request, enum problem *problem);
void append_add(struct append *append, const void *data, size_t len);
/* All came: never NULL. */
struct reply *append_end(struct append *append);
/* Keeps what came when append_end() was not called. */
void append_free(struct append *append);
DEFINE_AUTO(append, append_free)

/* tus headers of every reply to /v1/uploads. */
void uploads_headers(const struct request *request, struct reply *reply);

/* Removes uploads that nobody touched after the given time. */
bool upload_expire(
	struct platform *platform, int64_t before_ms, GError **error);

#endif
