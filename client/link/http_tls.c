/* Certificates both ways. The platform's is always checked: authority, dates,
 * name. Ours is shown from memory, and a connection is used again only for the
 * same one. */
#include "client/link/http_tls.h"

#include <string.h>

#include <curl/curl.h>

#include "client/base/cert.h"

void http_tls_set_identity(
	struct http_tls *tls, const char *certificate, const char *key)
{
	if (tls->key)
		secret_wipe(tls->key, strlen(tls->key));
	g_free(tls->key);
	g_free(tls->certificate);
	tls->certificate = g_strdup(certificate);
	tls->key = g_strdup(key);
}

void http_tls_clear(struct http_tls *tls)
{
	http_tls_set_identity(tls, NULL, NULL);
	g_clear_pointer(&tls->ca_file, g_free);
}

static CURLcode watch_alerts(CURL *easy, void *ssl_context, void *alert)
{
	(void)easy;
	cert_watch_alerts(ssl_context, alert);
	return CURLE_OK;
}

static struct curl_blob blob_of(char *text)
{
	return (struct curl_blob){
		.data = text,
		.len = strlen(text),
		.flags = CURL_BLOB_COPY,
	};
}

void http_tls_apply(struct http_tls *tls, void *easy)
{
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(
		easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, watch_alerts);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &tls->alert);
	if (tls->ca_file) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, tls->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (tls->key) {
		struct curl_blob certificate = blob_of(tls->certificate);
		struct curl_blob key = blob_of(tls->key);

		curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
		curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
	}
}

/* OpenSSL's verdict. curl looks at the name first and does not ask for it then:
 * the number is still what curl put there. */
static enum http_fault fault_of_certificate(void *easy)
{
	enum { NOT_ASKED = 1 };
	static const enum http_fault faults[] = {
		[CERT_GOOD] = HTTP_FAULT_TLS_NAME,
		[CERT_EXPIRED] = HTTP_FAULT_TLS_EXPIRED,
		[CERT_NAME] = HTTP_FAULT_TLS_NAME,
		[CERT_UNKNOWN] = HTTP_FAULT_TLS_UNKNOWN,
		[CERT_WRONG] = HTTP_FAULT_TLS,
	};
	long result = 0;

	curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result);
	return result == NOT_ASKED ? HTTP_FAULT_TLS_NAME
				   : faults[cert_verdict_of(result)];
}

enum http_fault http_tls_fault(
	const struct http_tls *tls, void *easy, bool is_unverified)
{
	if (tls->alert == CERT_ALERT_EXPIRED)
		return HTTP_FAULT_OURS_EXPIRED;
	if (cert_alert_is_ours(tls->alert))
		return HTTP_FAULT_OURS;
	return is_unverified ? fault_of_certificate(easy) : HTTP_FAULT_NONE;
}
