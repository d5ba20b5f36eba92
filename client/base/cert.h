/* Keys and certificates (X.509) in PEM: making, signing, reading, judging. The
 * only file that knows OpenSSL's x509 and ssl.
 *
 * All keys are EC P-256 when made here. Texts are owned by the caller; a key is
 * wiped with secret_wipe() before it is freed. Times are wall clock ms since
 * 1970. */
#ifndef CLIENT_BASE_CERT_H
#define CLIENT_BASE_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/id.h"

enum {
	CERT_PEM_MAX = 64 * 1024,
	CERT_NAME_MAX = 64, /* of a common name: X.520 ub-common-name */
	CERT_PRINT_TEXT = 44,
	CERT_ADDRESSES_MAX = 300, /* of cert_order.addresses */
};

/* What may be wrong with a certificate. */
enum cert_verdict {
	CERT_GOOD,
	CERT_EXPIRED, /* or not yet valid: of a clock, ours or theirs */
	CERT_NAME,    /* made for another name */
	CERT_UNKNOWN, /* self-signed, or of an authority we do not know */
	CERT_WRONG,   /* anything else: purpose, signature, revoked */
};

/* Of OpenSSL's X509_V_... number, as curl passes it on. */
enum cert_verdict cert_verdict_of(long verify_result);

/* A fresh private key. Never NULL. */
char *cert_make_key(void);

/* A request for a certificate (PKCS #10) with this common name. NULL and
 * ITEM_ERROR_INVALID when the key is none. */
char *cert_make_request(
	const char *key_pem, const char *common_name, GError **error);

/* The common name of a request that is signed by its own key. Caller frees.
 * NULL and ITEM_ERROR_INVALID otherwise. */
char *cert_read_request(const char *request_pem, GError **error);

enum cert_purpose { CERT_AUTHORITY, CERT_SERVER, CERT_CLIENT };

struct cert_order {
	enum cert_purpose purpose;
	const char *common_name;
	const char *request_pem; /* whose key it is; NULL: that of key_pem */
	const char *key_pem;
	/* "DNS:localhost,IP:127.0.0.1"; NULL without */
	const char *addresses;
	int64_t from_ms, until_ms;
	/* Who signs; NULL: key_pem signs for itself. */
	const char *authority_pem, *authority_key_pem;
};
/* NULL and ITEM_ERROR_INVALID when something of the order is not usable. */
char *cert_issue(const struct cert_order *order, GError **error);

/* What stands in the first certificate of a PEM text. */
struct cert_facts {
	char common_name[CERT_NAME_MAX * 4 + 1]; /* UTF-8 */
	int64_t from_ms, until_ms;
	char print[CERT_PRINT_TEXT]; /* RFC 8705 x5t#S256 */
};
bool cert_read(const char *pem, struct cert_facts *facts, GError **error);

/* Is this the private key of that certificate? ITEM_ERROR_INVALID if not, also
 * for a key with a passphrase. */
bool cert_fits(const char *cert_pem, const char *key_pem, GError **error);

/* A certificate as the handshake gives it (DER), judged as a client's against
 * one authority at that time. facts are filled in when it can be read. */
enum cert_verdict cert_judge_client(const void *der, size_t len,
	const char *authority_pem, int64_t now_ms, struct cert_facts *facts);

/* ssl_context is an SSL_CTX. From now on the last fatal alert that the other
 * side sends is left in *alert (TLS's number); alert outlives the context. */
void cert_watch_alerts(void *ssl_context, int *alert);
enum {
	CERT_ALERT_NONE = -1,
	CERT_ALERT_FIRST = 42, /* bad, unsupported, revoked */
	CERT_ALERT_EXPIRED = 45,
	CERT_ALERT_UNKNOWN_CA = 48,
	CERT_ALERT_ACCESS = 49,
	CERT_ALERT_REQUIRED = 116,
};
/* Does this alert say that our certificate is not accepted? */
bool cert_alert_is_ours(int alert);

#endif
