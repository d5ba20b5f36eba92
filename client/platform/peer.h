/* The client's certificate of one connection, judged once. */
#ifndef CLIENT_PLATFORM_PEER_H
#define CLIENT_PLATFORM_PEER_H

#include <stdbool.h>

#include "client/base/cert.h"

struct tls;

/* One for each connection. */
struct peer {
	bool is_judged;
	enum cert_verdict verdict; /* CERT_WRONG without a certificate */
	struct cert_facts facts;
};

/* tls_session is GnuTLS's, after the handshake. NULL: no certificate that is
 * one of ours and valid now. */
const struct cert_facts *peer_facts(
	struct peer *peer, void *tls_session, const struct tls *tls);

#endif
