/* Requests and replies of the platform's OAuth endpoints. */
#ifndef CLIENT_LINK_OAUTH_H
#define CLIENT_LINK_OAUTH_H

#include "client/link/bearer.h"
#include "client/link/http.h"

#define OAUTH_TOKEN_PATH  "/v1/oauth/token"
#define OAUTH_DEVICE_PATH "/v1/oauth/device_authorization"
#define OAUTH_FORM        "application/x-www-form-urlencoded"
/* client_id of a terminal that has no certificate yet. */
#define OAUTH_TERMINAL "yikou-terminal"

enum { OAUTH_MAX_REPLY = 64 * 1024 };

/* name, value, ..., NULL as a form; values are escaped. */
GBytes *oauth_form(const char *const pairs[]);

/* What a reply of the token endpoint is. */
enum oauth_kind {
	OAUTH_TOKEN,
	/* RFC 8628 3.5 */
	OAUTH_PENDING,
	OAUTH_SLOW_DOWN,
	OAUTH_DENIED,  /* a person said no */
	OAUTH_EXPIRED, /* nobody said anything in time */
	OAUTH_REFUSED, /* any other "error": it is of no use to ask again */
	OAUTH_BUSY,    /* 429, 5xx: later */
	OAUTH_STRANGE, /* not a reply of such an endpoint */
	OAUTH_FAULT,   /* no reply */
};

struct oauth_reply {
	enum oauth_kind kind;
	struct json *body;       /* own; NULL when it is not JSON */
	const char *token;       /* in body, of OAUTH_TOKEN */
	int64_t expires_in_s;    /* 0: untold */
	int64_t server_ms;       /* the platform's clock, -1 untold */
	const char *error_title; /* "invalid_client", in body; "" without */
};
/* Only a token of type Bearer is one. The reply is to be cleared in any case.
 */
void oauth_read_token(const struct http_reply *reply, struct oauth_reply *out);
void oauth_clear(struct oauth_reply *reply);

/* RFC 8628 3.2 */
struct oauth_device {
	struct json *body; /* own: what the texts are in */
	const char *device_code, *user_code, *address, *full_address;
	int64_t expires_in_s, interval_s;
};
/* False when it is no such reply. */
bool oauth_read_device(
	const struct http_reply *reply, struct oauth_device *out);

/* Sends POST /v1/devices/DEVICE/certificate {"csr":PEM}, for the first
 * certificate and for each that follows. Nothing is kept of the texts. */
void oauth_ask_certificate(struct http *http, const char *device,
	const char *csr, const char *token, http_done_fn *done, void *context);

/* 201 of the device's certificate; NULL when it is none. Caller frees. */
char *oauth_read_certificate(const struct http_reply *reply);

#endif
