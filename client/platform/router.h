/* Which handler answers which path. The table is the contract's list of
 * endpoints; client/link/openapi.yaml says the same and a test compares. */
#ifndef CLIENT_PLATFORM_ROUTER_H
#define CLIENT_PLATFORM_ROUTER_H

#include "client/platform/request.h"

struct resource;

enum {
	ROUTE_OPEN = 1,   /* without a token */
	ROUTE_LOCAL = 2,  /* only from a loopback address */
	ROUTE_JSON = 4,   /* takes a JSON body */
	ROUTE_UPLOAD = 8, /* takes a body of any kind, spooled to a file */
	ROUTE_CHAOS = 16, /* exists only with --chaos */
	ROUTE_SELF = 32,  /* the handler looks at the body itself */
	ROUTE_WRITE = 64, /* one transaction around the handler */
	ROUTE_ONCE = 128, /* as WRITE; Idempotency-Key: answer kept for ever */
	ROUTE_APPEND = 256, /* a chunk of an upload, written as it comes */
	ROUTE_FORM = 512,   /* takes a small form */
	ROUTE_SMALL = 1024, /* with ROUTE_JSON: a small body */
};

enum {
	ROUTER_JSON_MAX = 8 << 20,
	ROUTER_SMALL_MAX = 64 << 10,
	ROUTER_UPLOAD_MAX = 64 << 20,
};

struct route {
	enum method method;
	const char *pattern; /* "/v1/ops/{op_id}" */
	/* NULL of ROUTE_APPEND: uploads.h does it as the bytes come. */
	struct reply *(*handler)(
		struct platform *platform, const struct request *request);
	unsigned flags;
	const struct resource *resource; /* of the handlers of record.h */
};

const struct route *router_table(size_t *count);
const char *router_method_name(enum method method);

/* Largest body in bytes that the route takes, 0 for none. */
size_t router_limit(const struct route *route);

/* Finds the route, checks token and media type; fills request->args. To be
 * called before the body is read. NULL and *problem when refused. */
const struct route *router_admit(struct platform *platform,
	struct request *request, enum problem *problem);

/* The handler of an admitted request that is whole; never NULL. */
struct reply *router_run(struct platform *platform, const struct route *route,
	struct request *request);

/* admit, then the handler; never NULL. For requests that are whole. */
struct reply *router_handle(struct platform *platform, struct request *request);

void request_clear(struct request *request); /* frees args */

#endif
