/* The TLS of http.c: what is checked, what is shown, what went wrong. */
#ifndef CLIENT_LINK_HTTP_TLS_H
#define CLIENT_LINK_HTTP_TLS_H

#include "client/link/http.h"

struct http_tls {
	char *ca_file;           /* own; NULL: the system's authorities */
	char *certificate, *key; /* own, PEM; NULL: none */
	int alert;               /* the last fatal one of the other side */
};

/* Copies; what was there is wiped. */
void http_tls_set_identity(
	struct http_tls *tls, const char *certificate, const char *key);
void http_tls_clear(struct http_tls *tls);

/* easy is a CURL, which must not outlive tls. */
void http_tls_apply(struct http_tls *tls, void *easy);

/* Why the transfer of easy failed, HTTP_FAULT_NONE when it was not TLS.
 * is_unverified: curl did not find the platform's certificate good. */
enum http_fault http_tls_fault(
	const struct http_tls *tls, void *easy, bool is_unverified);

#endif
