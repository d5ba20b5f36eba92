/* Keys and certificates on OpenSSL 3. Whatever cannot be read or made is
 * ITEM_ERROR_INVALID; OpenSSL's own queue of errors is emptied, so that a later
 * handshake of curl does not find ours. */
#include "client/base/cert.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "client/base/error.h"

enum { SERIAL_BYTES = 16 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)

static void refuse(GError **error, const char *what)
{
	ERR_clear_error();
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID, what);
}

/* PEM ---------------------------------------------------------------------- */

/* Instead of OpenSSL's, which asks on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static BIO *reader(const char *pem)
{
	size_t len = pem ? strlen(pem) : 0;

	return BIO_new_mem_buf(pem ? pem : "", (int)MIN(len, CERT_PEM_MAX));
}

static EVP_PKEY *read_key(const char *pem, GError **error)
{
	g_autoptr(BIO) bio = reader(pem);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);

	if (!key)
		refuse(error, "not a private key without a passphrase");
	return key;
}

static X509 *read_cert(const char *pem, GError **error)
{
	g_autoptr(BIO) bio = reader(pem);
	X509 *cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);

	if (!cert)
		refuse(error, "not a certificate");
	return cert;
}

/* The text of a memory BIO, which is emptied and wiped. */
static char *text_of(BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);
	char *text = g_strndup(data, (size_t)len);

	secret_wipe(data, (size_t)len);
	return text;
}

/* Keys and requests ---------------------------------------------------------
 */

char *cert_make_key(void)
{
	g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());

	if (!key || !bio ||
		PEM_write_bio_PKCS8PrivateKey(
			bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		g_error("no key could be made");
	return text_of(bio);
}

static bool set_name(X509_NAME *name, const char *common_name)
{
	size_t len = common_name ? strlen(common_name) : 0;

	return len > 0 && len <= CERT_NAME_MAX &&
	       X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
		       (const unsigned char *)common_name, (int)len, -1,
		       0) == 1;
}

static bool get_name(X509_NAME *name, char *out, size_t size)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, at);
	unsigned char *text = NULL;
	int len = entry ? ASN1_STRING_to_UTF8(
				  &text, X509_NAME_ENTRY_get_data(entry))
			: -1;
	bool fits = len > 0 && (size_t)len < size &&
		    !memchr(text, '\0', (size_t)len);

	out[0] = '\0';
	if (fits)
		g_strlcpy(out, (const char *)text, (size_t)len + 1);
	OPENSSL_free(text);
	return fits;
}

char *cert_make_request(
	const char *key_pem, const char *common_name, GError **error)
{
	g_autoptr(EVP_PKEY) key = read_key(key_pem, error);
	g_autoptr(X509_REQ) request = X509_REQ_new();
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());

	if (!key)
		return NULL;
	if (!set_name(X509_REQ_get_subject_name(request), common_name) ||
		X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1 ||
		X509_REQ_set_pubkey(request, key) != 1 ||
		X509_REQ_sign(request, key, EVP_sha256()) <= 0 ||
		PEM_write_bio_X509_REQ(bio, request) != 1) {
		refuse(error, "no request could be made of this key and name");
		return NULL;
	}
	return text_of(bio);
}

static X509_REQ *read_request(const char *pem, GError **error)
{
	g_autoptr(BIO) bio = reader(pem);
	g_autoptr(X509_REQ) request =
		PEM_read_bio_X509_REQ(bio, NULL, no_passphrase, NULL);
	EVP_PKEY *key = request ? X509_REQ_get0_pubkey(request) : NULL;

	if (!key || X509_REQ_verify(request, key) != 1) {
		refuse(error, "not a request signed by its own key");
		return NULL;
	}
	return g_steal_pointer(&request);
}

char *cert_read_request(const char *request_pem, GError **error)
{
	g_autoptr(X509_REQ) request = read_request(request_pem, error);
	char name[CERT_NAME_MAX * 4 + 1];

	if (!request)
		return NULL;
	if (!get_name(X509_REQ_get_subject_name(request), name, sizeof(name))) {
		refuse(error, "the request has no common name");
		return NULL;
	}
	return g_strdup(name);
}

/* Issuing ------------------------------------------------------------------ */

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	bool added;

	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	added = extension && X509_add_ext(cert, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return added;
}

static bool add_extensions(
	X509 *cert, X509 *issuer, const struct cert_order *order)
{
	bool is_authority = order->purpose == CERT_AUTHORITY;

	return add_extension(cert, issuer, NID_basic_constraints,
		       is_authority ? "critical,CA:TRUE,pathlen:0"
				    : "critical,CA:FALSE") &&
	       add_extension(cert, issuer, NID_key_usage,
		       is_authority ? "critical,keyCertSign,cRLSign"
				    : "critical,digitalSignature") &&
	       (is_authority ||
		       add_extension(cert, issuer, NID_ext_key_usage,
			       order->purpose == CERT_SERVER ? "serverAuth"
							     : "clientAuth")) &&
	       add_extension(
		       cert, issuer, NID_subject_key_identifier, "hash") &&
	       (is_authority ||
		       add_extension(cert, issuer, NID_authority_key_identifier,
			       "keyid")) &&
	       (!order->addresses ||
		       (strlen(order->addresses) < CERT_ADDRESSES_MAX &&
			       add_extension(cert, issuer, NID_subject_alt_name,
				       order->addresses)));
}

static bool set_serial(X509 *cert)
{
	uint8_t bytes[SERIAL_BYTES];
	BIGNUM *number;
	bool set;

	random_bytes(bytes, sizeof(bytes));
	bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, never short */
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return set;
}

static bool fill_in(X509 *cert, X509 *issuer, EVP_PKEY *subject_key,
	const struct cert_order *order)
{
	return X509_set_version(cert, X509_VERSION_3) == 1 &&
	       set_serial(cert) &&
	       set_name(X509_get_subject_name(cert), order->common_name) &&
	       X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
	       ASN1_TIME_set(X509_getm_notBefore(cert),
		       (time_t)(order->from_ms / 1000)) &&
	       ASN1_TIME_set(X509_getm_notAfter(cert),
		       (time_t)(order->until_ms / 1000)) &&
	       X509_set_pubkey(cert, subject_key) == 1 &&
	       add_extensions(cert, issuer, order);
}

static char *sign(
	const struct cert_order *order, EVP_PKEY *subject_key, GError **error)
{
	g_autoptr(X509) cert = X509_new(), issuer = NULL;
	g_autoptr(EVP_PKEY) key = NULL;
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());

	key = read_key(order->authority_pem ? order->authority_key_pem
					    : order->key_pem,
		error);
	if (!key)
		return NULL;
	if (order->authority_pem)
		issuer = read_cert(order->authority_pem, error);
	else if (X509_up_ref(cert))
		issuer = cert;
	if (!issuer)
		return NULL;
	if (!fill_in(cert, issuer, subject_key, order) ||
		X509_sign(cert, key, EVP_sha256()) <= 0 ||
		PEM_write_bio_X509(bio, cert) != 1) {
		refuse(error, "the certificate could not be made");
		return NULL;
	}
	return text_of(bio);
}

char *cert_issue(const struct cert_order *order, GError **error)
{
	g_autoptr(X509_REQ) request = NULL;
	g_autoptr(EVP_PKEY) key = NULL;

	if (!order->request_pem) {
		key = read_key(order->key_pem, error);
	} else {
		request = read_request(order->request_pem, error);
		key = request ? X509_REQ_get_pubkey(request) : NULL;
	}
	return key ? sign(order, key, error) : NULL;
}

/* Reading ------------------------------------------------------------------ */

static int64_t time_of(const ASN1_TIME *time)
{
	struct tm tm;
	g_autoptr(GDateTime) date = NULL;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		return -1;
	date = g_date_time_new_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, MIN(tm.tm_sec, 59));
	return date ? g_date_time_to_unix(date) * 1000 : -1;
}

/* base64url without padding of the digest of the whole certificate. */
static bool print_of(X509 *cert, char out[CERT_PRINT_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	g_autofree char *text = NULL;

	if (X509_digest(cert, EVP_sha256(), digest, &len) != 1)
		return false;
	text = g_base64_encode(digest, len);
	g_strdelimit(g_strdelimit(text, "+", '-'), "/", '_');
	text[strcspn(text, "=")] = '\0';
	g_strlcpy(out, text, CERT_PRINT_TEXT);
	return true;
}

static bool facts_of(X509 *cert, struct cert_facts *facts)
{
	get_name(X509_get_subject_name(cert), facts->common_name,
		sizeof(facts->common_name));
	facts->from_ms = time_of(X509_get0_notBefore(cert));
	facts->until_ms = time_of(X509_get0_notAfter(cert));
	return print_of(cert, facts->print) && facts->from_ms >= 0 &&
	       facts->until_ms >= 0;
}

bool cert_read(const char *pem, struct cert_facts *facts, GError **error)
{
	g_autoptr(X509) cert = read_cert(pem, error);

	*facts = (struct cert_facts){0};
	if (!cert)
		return false;
	if (!facts_of(cert, facts)) {
		refuse(error, "a certificate without dates");
		return false;
	}
	return true;
}

bool cert_fits(const char *cert_pem, const char *key_pem, GError **error)
{
	g_autoptr(X509) cert = read_cert(cert_pem, error);
	g_autoptr(EVP_PKEY) key = cert ? read_key(key_pem, error) : NULL;

	if (!key)
		return false;
	if (X509_check_private_key(cert, key) != 1) {
		refuse(error, "the key is not that of the certificate");
		return false;
	}
	return true;
}

/* Judging ------------------------------------------------------------------ */

enum cert_verdict cert_verdict_of(long verify_result)
{
	switch (verify_result) {
	case X509_V_OK:
		return CERT_GOOD;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return CERT_EXPIRED;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return CERT_NAME;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_UNTRUSTED:
		return CERT_UNKNOWN;
	default:
		return CERT_WRONG;
	}
}

static enum cert_verdict judge(X509 *cert, X509 *authority, int64_t now_ms)
{
	g_autoptr(X509_STORE) store = X509_STORE_new();
	g_autoptr(X509_STORE_CTX) context = X509_STORE_CTX_new();
	enum cert_verdict verdict = CERT_WRONG;

	if (X509_STORE_add_cert(store, authority) == 1 &&
		X509_STORE_CTX_init(context, store, cert, NULL) == 1 &&
		X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT) ==
			1) {
		X509_STORE_CTX_set_time(context, 0, (time_t)(now_ms / 1000));
		X509_verify_cert(context);
		verdict = cert_verdict_of(X509_STORE_CTX_get_error(context));
	}
	ERR_clear_error();
	return verdict;
}

enum cert_verdict cert_judge_client(const void *der, size_t len,
	const char *authority_pem, int64_t now_ms, struct cert_facts *facts)
{
	const unsigned char *at = der;
	g_autoptr(X509) cert = d2i_X509(NULL, &at, (long)len);
	g_autoptr(X509) authority = read_cert(authority_pem, NULL);

	*facts = (struct cert_facts){0};
	if (!cert || !authority || !facts_of(cert, facts)) {
		ERR_clear_error();
		return CERT_WRONG;
	}
	return judge(cert, authority, now_ms);
}

/* Alerts ------------------------------------------------------------------- */

static void on_ssl_info(const SSL *ssl, int where, int value)
{
	int *alert = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (alert && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT &&
		value >> 8 == SSL3_AL_FATAL)
		*alert = value & 0xff;
}

void cert_watch_alerts(void *ssl_context, int *alert)
{
	SSL_CTX_set_app_data(ssl_context, alert);
	SSL_CTX_set_info_callback(ssl_context, on_ssl_info);
}

bool cert_alert_is_ours(int alert)
{
	return (alert >= CERT_ALERT_FIRST && alert <= 46) ||
	       alert == CERT_ALERT_UNKNOWN_CA || alert == CERT_ALERT_ACCESS ||
	       alert == CERT_ALERT_REQUIRED;
}
