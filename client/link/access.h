/* The gate of the link: each request gets a token that was given out for this
 * terminal's certificate (OAuth 2.0 client credentials, RFC 8705).
 *
 * The token is in memory only, renewed before it ends and once after a 401 of
 * a request, which is then sent again: the caller sees neither. Without a
 * certificate file requests go out with the token of the file, as before. The
 * certificate itself is renewed when two thirds of its life are over. */
#ifndef CLIENT_LINK_ACCESS_H
#define CLIENT_LINK_ACCESS_H

#include "client/base/auto.h"
#include "client/link/http.h"

struct access;

struct access_config {
	const char *certificate_file, *key_file;
	/* The files are named in the configuration: it is an error when they
	 * are not there. Otherwise it means that this terminal is not enrolled.
	 */
	bool is_needed;
};

/* Is the gate of http (borrowed for its life) until it is freed. config is
 * copied. */
struct access *access_new(
	struct http *http, const struct access_config *config);
/* Requests that wait for a token are dropped; their done is not called. */
void access_free(struct access *access);
DEFINE_AUTO(access, access_free)

#endif
