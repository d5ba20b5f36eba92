/* The only file that knows GnuTLS, which libmicrohttpd speaks TLS with: it asks
 * every client for a certificate and lets it in without; what it showed is
 * judged here, once a connection, against our own authority. */
#include "client/platform/peer.h"

#include <gnutls/gnutls.h>

#include "client/base/clock.h"
#include "client/base/log.h"
#include "client/platform/tls.h"

static void judge(struct peer *peer, void *tls_session, const struct tls *tls)
{
	unsigned count = 0;
	const gnutls_datum_t *chain =
		gnutls_certificate_get_peers(tls_session, &count);

	peer->is_judged = true;
	peer->verdict = CERT_WRONG;
	if (!chain || count == 0)
		return;
	peer->verdict = cert_judge_client(chain[0].data, chain[0].size,
		tls->authority, clock_wall_ms(), &peer->facts);
	if (peer->verdict != CERT_GOOD)
		log_info("a client's certificate is %s",
			peer->verdict == CERT_EXPIRED   ? "out of its time"
			: peer->verdict == CERT_UNKNOWN ? "not of ours"
							: "not good");
}

const struct cert_facts *peer_facts(
	struct peer *peer, void *tls_session, const struct tls *tls)
{
	if (!peer->is_judged)
		judge(peer, tls_session, tls);
	if (peer->verdict != CERT_GOOD ||
		peer->facts.until_ms <= clock_wall_ms())
		return NULL;
	return &peer->facts;
}
