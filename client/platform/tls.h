/* The stand-in's own certificate authority, and the server's certificate.
 *
 *   STATE/tls/ca.pem   for the windows (platform.ca_file)
 *   STATE/tls/ca.key   0600
 *
 * The authority is made at the first start and lives ten years; the server's
 * certificate is made afresh at each start unless one is given. */
#ifndef CLIENT_PLATFORM_TLS_H
#define CLIENT_PLATFORM_TLS_H

#include <glib.h>

#include "client/base/auto.h"

struct tls {
	char *authority_file;
	char *authority, *authority_key; /* PEM */
	char *certificate, *key;         /* PEM, of the server */
};

struct tls_options {
	const char *state_dir;
	const char *listen; /* numeric address, goes into the certificate */
	/* A server certificate of somebody else's; both or none. */
	const char *certificate_file, *key_file;
};

/* ITEM_ERROR_INVALID when a file does not hold what it should. */
struct tls *tls_open(const struct tls_options *options, GError **error);
void tls_close(struct tls *tls);
DEFINE_AUTO(tls, tls_close)

#endif
