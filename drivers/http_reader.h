/* The answer of a device that speaks HTTP/1.1, out of bytes in any pieces.
 *
 * Head, then a body by its length, in chunks, or until the line is closed (RFC
 * 9112 section 6). Interim answers (1xx) are passed over. Nothing is believed
 * beyond its bound. */
#ifndef DRIVERS_HTTP_READER_H
#define DRIVERS_HTTP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/auto.h"

enum { HTTP_HEAD_MAX = 16384 };

struct http_head {
	int status;         /* 200 */
	char *content_type; /* own: "image/jpeg", with its parameters; or NULL
			     */
	int64_t length;     /* of the body; -1: not told */
	bool closes;        /* the line is of no use after this answer */
};

struct http_reader;
struct http_reader *http_reader_new(size_t max_body);
void http_reader_free(struct http_reader *reader);
DEFINE_AUTO(http_reader, http_reader_free)

/* Takes what it can of data and says how much: the rest is to be offered again
 * with more behind it. LINK_ERROR_PROTOCOL when it is no HTTP,
 * ITEM_ERROR_TOO_LARGE as soon as the body is known to be; not to be used
 * afterwards. */
bool http_reader_feed(struct http_reader *reader, const uint8_t *data,
	size_t len, size_t *taken, GError **error);

/* NULL until it is whole. Borrowed. */
const struct http_head *http_reader_head(const struct http_reader *reader);
/* What has come so far. Borrowed, until the next feeding. */
const GByteArray *http_reader_body(const struct http_reader *reader);
bool http_reader_is_done(const struct http_reader *reader);

#endif
