/* The endpoints of the contract, one row each, and who is let in. */
#include "client/platform/router.h"

#include <string.h>

#include "client/platform/handlers.h"
#include "client/platform/platform.h"

static const struct route routes[] = {
	{METHOD_GET, "/v1/health", health_get, ROUTE_OPEN},
	{METHOD_GET, "/v1/time", time_get, 0},
	{METHOD_GET, "/v1/capabilities", capabilities_get, 0},
	{METHOD_POST, "/v1/ops:batch", ops_batch, ROUTE_JSON},
	{METHOD_GET, "/v1/ops/{op_id}", ops_get, 0},
	{METHOD_GET, "/v1/stores/{store_uuid}", stores_get, 0},
	{METHOD_POST, "/v1/blobs:missing", blobs_missing, ROUTE_JSON},
	{METHOD_PUT, "/v1/blobs/{sha256}", blobs_put, ROUTE_UPLOAD},
	{METHOD_GET, "/v1/blobs/{sha256}", blobs_get, 0},
	{METHOD_HEAD, "/v1/blobs/{sha256}", blobs_get, 0},
	{METHOD_POST, "/v1/number-blocks", numbers_lease, ROUTE_JSON},
	{METHOD_GET, "/v1/changes", changes_get, 0},
	{METHOD_POST, "/v1/tickets", tickets_post, ROUTE_JSON},
	{METHOD_GET, "/v1/tickets", tickets_get, 0},
	{METHOD_GET, "/v1/cases", cases_list, 0},
	{METHOD_GET, "/v1/cases/{case_id}", cases_get, 0},
	{METHOD_GET, "/v1/reconciliation/digests", digests_get, 0},
	{METHOD_GET, "/v1/reconciliation/ops", reconciliation_ops, 0},
	{METHOD_GET, "/", page_home, ROUTE_OPEN | ROUTE_LOCAL},
	{METHOD_GET, "/cases/{case_id}", page_case, ROUTE_OPEN | ROUTE_LOCAL},
	{METHOD_POST, "/_catalog", catalog_post,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_JSON},
	{METHOD_POST, "/_chaos", chaos_post,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_JSON | ROUTE_CHAOS},
	{METHOD_GET, "/_dump", dump_get,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_CHAOS},
};

static const char *const method_names[METHOD_COUNT] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
};

const struct route *router_table(size_t *count)
{
	*count = G_N_ELEMENTS(routes);
	return routes;
}

const char *router_method_name(enum method method)
{
	return method_names[method];
}

size_t router_limit(const struct route *route)
{
	if (route->flags & ROUTE_UPLOAD)
		return ROUTER_UPLOAD_MAX;
	return route->flags & ROUTE_JSON ? ROUTER_JSON_MAX : 0;
}

void request_clear(struct request *request)
{
	for (unsigned i = 0; i < REQUEST_MAX_ARGS; i++)
		g_clear_pointer(&request->args[i], g_free);
}

/* "{name}" stands for one segment that is not empty. */
static bool match_path(
	const char *pattern, const char *path, struct request *request)
{
	unsigned args = 0;

	request_clear(request);
	while (*pattern && *path) {
		if (*pattern == '{' && args < REQUEST_MAX_ARGS) {
			size_t len = strcspn(path, "/");

			if (len == 0)
				return false;
			request->args[args++] = g_strndup(path, len);
			path += len;
			pattern += strcspn(pattern, "}") + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return !*pattern && !*path;
}

static const struct route *find_route(struct platform *platform,
	struct request *request, enum problem *problem)
{
	*problem = PROBLEM_NOT_FOUND;
	for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
		const struct route *route = &routes[i];

		if ((route->flags & ROUTE_CHAOS) && !platform->chaos)
			continue;
		if (!match_path(route->pattern, request->path, request))
			continue;
		if (route->method == request->method)
			return route;
		*problem = PROBLEM_METHOD;
	}
	return NULL;
}

static bool is_json(const char *content_type)
{
	static const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	return content_type &&
	       g_ascii_strncasecmp(content_type, json, len) == 0 &&
	       (!content_type[len] || strchr("; ", content_type[len]));
}

const struct route *router_admit(struct platform *platform,
	struct request *request, enum problem *problem)
{
	const struct route *route = find_route(platform, request, problem);
	bool is_closed = !route || !(route->flags & ROUTE_OPEN);

	/* Without a token nobody learns which paths exist. */
	if (is_closed && strncmp(request->path, "/v1/", 4) == 0 &&
		!platform_admits(platform, request->authorization))
		*problem = PROBLEM_UNAUTHORIZED;
	else if (!route)
		return NULL;
	else if ((route->flags & ROUTE_LOCAL) && !request->is_local)
		*problem = PROBLEM_FORBIDDEN;
	else if ((route->flags & ROUTE_JSON) && !is_json(request->content_type))
		*problem = PROBLEM_MEDIA_TYPE;
	else
		return route;
	return NULL;
}

struct reply *router_run(struct platform *platform, const struct route *route,
	const struct request *request)
{
	struct reply *reply;

	/* Damaged on the way may be sent again: no final refusal. */
	if ((route->flags & ROUTE_JSON) && !request_is_whole(request))
		return reply_problem(platform, PROBLEM_UNAVAILABLE,
			"Content-Digest differs: damaged on the way");
	platform->is_failing = false;
	reply = route->handler(platform, request);
	if (!platform->is_failing)
		return reply;
	reply_free(reply);
	return reply_problem(platform, PROBLEM_INTERNAL, NULL);
}

struct reply *router_handle(struct platform *platform, struct request *request)
{
	enum problem problem;
	const struct route *route = router_admit(platform, request, &problem);

	if (!route)
		return reply_problem(platform, problem, NULL);
	if (request->body_len > router_limit(route))
		return reply_problem(platform, PROBLEM_TOO_LARGE, NULL);
	return router_run(platform, route, request);
}
