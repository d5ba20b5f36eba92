/* One exchange with a client, free of HTTP's mechanics: server.c makes requests
 * out of connections, tests make them out of nothing. */
#ifndef CLIENT_PLATFORM_REQUEST_H
#define CLIENT_PLATFORM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/json.h"
#include "client/platform/problems.h"

struct platform;
struct reply;
struct route;

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_COUNT,
};

enum { REQUEST_MAX_ARGS = 2 };

struct request {
	enum method method;
	const char *path;  /* decoded, without the query */
	GHashTable *query; /* name -> value; may be NULL */
	const char *authorization, *content_type, *idempotency_key,
		*content_digest, *if_match, *if_none_match, *range,
		*accept_encoding, *tus_resumable, *upload_length,
		*upload_offset, *upload_metadata; /* or NULL */
	bool is_local; /* the peer has a loopback address */
	/* Of the peer's certificate when it is one of ours and valid now, else
	 * NULL: x5t#S256 and common name. */
	const char *peer_print, *peer_name;

	const char *body; /* of JSON routes; NUL ended beyond len */
	size_t body_len;
	const char *file; /* of upload routes: where the body lies */
	const char *file_sha256;
	int64_t file_size;

	char *args[REQUEST_MAX_ARGS]; /* own: what stood for {..} in the path */

	/* While the handler runs: borrowed from the router. */
	const struct json *json; /* the body of a JSON route */
	const struct route *route;
};

/* Header by its name in the contract, NULL when it was not sent. */
const char *request_header(const struct request *request, const char *name);
/* For server.c: which headers there are, and where each is kept. */
const char *request_header_name(size_t index); /* NULL at the end */
void request_set_header(
	struct request *request, size_t index, const char *value);

/* Query parameter or NULL. */
const char *request_query(const struct request *request, const char *name);

/* Query parameter "limit": 1 to PLATFORM_PAGE_MAX, a default when it is absent.
 * False when it is something else. */
bool request_limit(const struct request *request, int64_t *limit);

/* Content-Digest of bytes, RFC 9530: "sha-256=:BASE64:". Caller frees. */
char *content_digest(const void *data, size_t len);
/* The body has the digest that came with it, or came without one. */
bool request_is_whole(const struct request *request);

/* The body as JSON. NULL and a problem (malformed) to answer with. */
struct json *request_json(struct platform *platform,
	const struct request *request, struct reply **refusal);

struct reply {
	int status;
	const char *type; /* media type, static or own_type */
	char *own_type;   /* own */
	char *body;       /* own */
	size_t len;
	char *file;                  /* own: path of the body instead of body */
	int64_t file_from, file_len; /* of a part of it; len 0: all */
	GPtrArray *headers; /* own: name, value, name, value; may be NULL */
	bool has_form;      /* a page that may send a form to us */
};

void reply_header(struct reply *reply, const char *name, char *take_value);
/* Link to the next page, RFC 8288: the same query with another cursor. */
void reply_next(
	struct reply *reply, const struct request *request, const char *cursor);

/* All take what they are given and add server_epoch and server_time. */
struct reply *reply_json(
	struct platform *platform, int status, struct json *take);
struct reply *reply_problem_json(
	struct platform *platform, struct json *take_problem);
struct reply *reply_problem(
	struct platform *platform, enum problem problem, const char *detail);
/* 422 invalid with the rows of validate.h; errors is borrowed. */
struct reply *reply_invalid(
	struct platform *platform, const struct json *errors);
/* STORE_ERROR_FULL gives 507, everything else of STORE_ERROR 500. Logged. */
struct reply *reply_error(struct platform *platform, const GError *error);
struct reply *reply_html(int status, char *take_html);
struct reply *reply_empty(int status);
struct reply *reply_file(int status, const char *type, char *take_path);
void reply_free(struct reply *reply);
DEFINE_AUTO(reply, reply_free)

#endif
