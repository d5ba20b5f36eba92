/* HTTPS to the platform on the GLib main loop: the only user of curl.
 *
 * Nothing here knows what a request means. One struct http speaks to one
 * platform: https with the certificate checked (plain http only when the host
 * is a loopback address), no redirects, no proxy, no environment, no thread of
 * ours. The token is read from its file for each request, so that a renewed
 * one is used at once, or comes from the gate (access.h); it is never logged.
 */
#ifndef CLIENT_LINK_HTTP_H
#define CLIENT_LINK_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "client/base/id.h"

struct http;

/* How the file's content stands in Authorization. */
enum http_scheme {
	HTTP_BEARER, /* Bearer TOKEN */
	HTTP_RT,     /* token TOKEN; "user:password": Basic */
};

/* All borrowed during the call. */
struct http_config {
	const char *url;        /* "https://host[:port][/prefix]" */
	const char *token_file; /* NULL or "": no Authorization is sent */
	enum http_scheme scheme;
	const char *ca_file; /* NULL or "": the system's authorities */
	const char *program; /* for User-Agent */
	int total_ms;        /* 0: HTTP_TOTAL_MS; for tests */
};

/* ITEM_ERROR_INVALID for an address that is not allowed. */
struct http *http_new(const struct http_config *config, GError **error);
/* Requests in flight are dropped; their done is not called. Not from done. */
void http_free(struct http *http);
DEFINE_AUTO(http, http_free)

/* The certificate and key shown from the next connection on, PEM; copied, the
 * key is wiped when it is replaced. NULL: none. */
void http_set_identity(
	struct http *http, const char *certificate, const char *key);

enum {
	HTTP_CONNECT_MS = 10000,
	HTTP_TOTAL_MS = 30000, /* of a request without a file */
	HTTP_LOW_SPEED_BYTES = 64,
	HTTP_LOW_SPEED_S = 20,
	HTTP_TOKEN_MAX = 4096,
	HTTP_ETAG_MAX = 128,
};

struct http_header {
	const char *name, *value;
};

/* Borrowed during the call, but for body and after, of which a reference is
 * taken. */
struct http_request {
	const char *method; /* "GET", "POST", "PUT" */
	const char *path;   /* "/v1/...", escaped already */
	const char *content_type;
	GBytes *body;
	const char *file;            /* streamed behind body, if any */
	int64_t file_from;           /* its first byte that is sent */
	int64_t file_size;           /* exactly so many bytes are sent */
	GBytes *after;               /* behind the file; may be NULL */
	size_t max_reply;            /* bytes; more is HTTP_FAULT_TOO_LARGE */
	int total_ms;                /* 0: HTTP_TOTAL_MS */
	bool anonymous;              /* without the token */
	const char *bearer;          /* this token; not for the gate */
	const char *idempotency_key; /* may be NULL */
	const char *if_match;        /* an ETag as it came; may be NULL */
	const struct http_header *headers; /* more, ended by {NULL}; or NULL */
	/* Called once with done's context when the last byte of the body is on
	 * its way: from now on the outcome is unknown without a reply. May be
	 * NULL; must not send. */
	void (*sent)(void *context);
};

/* X(code, name): why there is no reply. */
#define HTTP_FAULTS(X)                                                       \
	X(HTTP_FAULT_NONE, "none")                                           \
	X(HTTP_FAULT_TOKEN, "token")     /* token file not usable */         \
	X(HTTP_FAULT_FILE, "file")       /* file to send not readable */     \
	X(HTTP_FAULT_ABSENT, "absent")   /* no name, no connection */        \
	X(HTTP_FAULT_TIMEOUT, "timeout") /* also: too slow */                \
	X(HTTP_FAULT_CUT, "cut")         /* connection lost in the middle */ \
	X(HTTP_FAULT_TOO_LARGE, "too-large")                                 \
	/* the platform's certificate: */                                    \
	X(HTTP_FAULT_TLS, "tls") /* handshake, anything else */              \
	X(HTTP_FAULT_TLS_EXPIRED, "tls-expired") /* or of the future */      \
	X(HTTP_FAULT_TLS_NAME, "tls-name")       /* another host's */        \
	X(HTTP_FAULT_TLS_UNKNOWN, "tls-unknown") /* self-signed, unknown */  \
	X(HTTP_FAULT_CA_FILE, "ca-file")         /* not usable */            \
	/* ours: */                                                          \
	X(HTTP_FAULT_KEY, "key")           /* files missing or no pair */    \
	X(HTTP_FAULT_KEY_OPEN, "key-open") /* others can read the key */     \
	X(HTTP_FAULT_OURS, "certificate")  /* not accepted */                \
	X(HTTP_FAULT_OURS_EXPIRED, "certificate-expired")                    \
	/* the token endpoint: */                                            \
	X(HTTP_FAULT_TOKEN_DENIED, "token-denied")                           \
	X(HTTP_FAULT_TOKEN_BUSY, "token-busy") /* retry_after_ms is set */   \
	X(HTTP_FAULT_TOKEN_REPLY, "token-reply")

#define HTTP_FAULT_ROW(code, name) code,
enum http_fault { HTTP_FAULTS(HTTP_FAULT_ROW) HTTP_FAULT_COUNT };
const char *http_fault_name(enum http_fault fault);
/* Is it said of this terminal, so that a person must do something here? */
bool http_fault_is_ours(enum http_fault fault);

/* What came back. With a fault only request_id and the times are set: whether
 * the platform acted is unknown. */
struct http_reply {
	enum http_fault fault;
	int status;
	const char *content_type; /* as sent, "" when absent */
	const char *data;         /* NUL ended beyond len */
	size_t len;
	int64_t retry_after_ms; /* -1: header absent; dates are converted */
	int64_t round_trip_ms;
	int64_t received_wall_ms;
	char etag[HTTP_ETAG_MAX];     /* "" when absent or too long */
	char location[HTTP_ETAG_MAX]; /* likewise */
	int64_t upload_offset;        /* -1 when absent */
	char request_id[UUID_TEXT];   /* sent as X-Request-Id, for the logs */
};

/* Called once from the main loop, never from inside http_send(). The reply is
 * borrowed. May send again. */
typedef void http_done_fn(void *context, const struct http_reply *reply);

void http_send(struct http *http, const struct http_request *request,
	http_done_fn *done, void *context);

/* From now on requests that are neither anonymous nor have a bearer are handed
 * to send, which sends them with one. NULL: no more. */
typedef void http_gate_fn(void *gate, const struct http_request *request,
	http_done_fn *done, void *context);
void http_set_gate(struct http *http, http_gate_fn *send, void *gate);
/* The token file is there and no gate took the request: as http_send(). */
void http_send_plain(struct http *http, const struct http_request *request,
	http_done_fn *done, void *context);

#endif
