/* The endpoints of the contract, one row each, and who is let in. */
#include "client/platform/router.h"

#include <string.h>

#include "client/platform/answers.h"
#include "client/platform/contract.h"
#include "client/platform/handlers.h"
#include "client/platform/platform.h"
#include "client/platform/record.h"

#define ONCE (ROUTE_JSON | ROUTE_ONCE)
/* Each time anew: what was found is not kept, that it was asked for is. */
#define AUDITED (ROUTE_JSON | ROUTE_WRITE)
#define LIST(path, resource)                                \
	{                                                   \
		METHOD_GET, path, record_list, 0, &resource \
	}
#define GET(path, resource)                                \
	{                                                  \
		METHOD_GET, path, record_get, 0, &resource \
	}
#define PUT(path, resource)                                             \
	{                                                               \
		METHOD_PUT, path, record_put, ROUTE_JSON | ROUTE_WRITE, \
			&resource                                       \
	}
#define POST(path, resource)                                    \
	{                                                       \
		METHOD_POST, path, record_post, ONCE, &resource \
	}
#define PATCH(path, resource)                                               \
	{                                                                   \
		METHOD_PATCH, path, record_patch, ROUTE_JSON | ROUTE_WRITE, \
			&resource                                           \
	}
#define COMMAND(path, resource)                                    \
	{                                                          \
		METHOD_POST, path, record_command, ONCE, &resource \
	}

#define CASE_COMMAND(verb)                                                    \
	{                                                                     \
		METHOD_POST, "/v1/cases/{case_id}:" verb, cases_command, ONCE \
	}

static const struct route routes[] = {
	{METHOD_GET, "/v1/health", health_get, ROUTE_OPEN},
	{METHOD_GET, "/v1/time", time_get, 0},
	{METHOD_GET, "/v1/capabilities", capabilities_get, 0},
	{METHOD_POST, "/v1/ops:batch", ops_batch, ROUTE_JSON | ROUTE_SELF},
	{METHOD_GET, "/v1/ops/{op_id}", ops_get, 0},
	{METHOD_POST, "/v1/ops:lookup", ops_lookup, ROUTE_JSON},
	{METHOD_GET, "/v1/stores/{store_uuid}", stores_get, 0},
	{METHOD_POST, "/v1/blobs:missing", blobs_missing, ROUTE_JSON},
	{METHOD_PUT, "/v1/blobs/{sha256}", blobs_put, ROUTE_UPLOAD},
	{METHOD_GET, "/v1/blobs/{sha256}", blobs_get, 0},
	{METHOD_HEAD, "/v1/blobs/{sha256}", blobs_get, 0},
	{METHOD_OPTIONS, "/v1/uploads", uploads_options, ROUTE_SELF},
	{METHOD_POST, "/v1/uploads", uploads_post, ROUTE_SELF | ROUTE_WRITE},
	{METHOD_HEAD, "/v1/uploads/{upload_id}", uploads_head, ROUTE_SELF},
	{METHOD_PATCH, "/v1/uploads/{upload_id}", NULL,
		ROUTE_SELF | ROUTE_APPEND},
	{METHOD_DELETE, "/v1/uploads/{upload_id}", uploads_delete,
		ROUTE_SELF | ROUTE_WRITE},
	{METHOD_POST, "/v1/number-blocks", numbers_lease, ROUTE_JSON},
	{METHOD_PATCH, "/v1/number-blocks/{block_id}", numbers_change,
		ROUTE_JSON | ROUTE_WRITE},
	{METHOD_GET, "/v1/changes", changes_get, 0},
	{METHOD_POST, "/v1/bootstrap", bootstrap_post, ONCE},
	LIST("/v1/orgs", resource_org),
	LIST("/v1/windows", resource_window),
	LIST("/v1/users", resource_user),
	{METHOD_GET, "/v1/catalog/snapshot", catalog_snapshot, 0},
	{METHOD_GET, "/v1/items/{code}", items_get, 0},
	{METHOD_PUT, "/v1/items/{code}", items_put, ROUTE_JSON | ROUTE_WRITE},
	{METHOD_GET, "/v1/forms/{form_id}", forms_get, 0},
	{METHOD_GET, "/v1/dictionaries/{dictionary_id}", dictionaries_get, 0},
	{METHOD_GET, "/v1/workflows/{workflow_id}", workflows_get, 0},
	GET("/v1/templates/{template_id}", resource_template),
	POST("/v1/item-change-requests", resource_change_request),
	GET("/v1/item-change-requests/{request_id}", resource_change_request),
	COMMAND("/v1/item-change-requests/{request_id}:review",
		resource_change_request),
	{METHOD_POST, "/v1/tickets", tickets_post, ROUTE_JSON},
	{METHOD_GET, "/v1/tickets", tickets_get, 0},
	{METHOD_PATCH, "/v1/tickets/{ticket_id}", tickets_change,
		ROUTE_JSON | ROUTE_WRITE},
	{METHOD_GET, "/v1/cases", cases_list, 0},
	{METHOD_GET, "/v1/cases/{case_id}", cases_get, 0},
	{METHOD_PUT, "/v1/cases/{case_id}", cases_put,
		ROUTE_JSON | ROUTE_WRITE},
	CASE_COMMAND("accept"),
	CASE_COMMAND("reject"),
	CASE_COMMAND("supplement"),
	CASE_COMMAND("suspend"),
	CASE_COMMAND("resume"),
	CASE_COMMAND("extend"),
	CASE_COMMAND("transfer"),
	CASE_COMMAND("close"),
	CASE_COMMAND("void"),
	LIST("/v1/cases/{case_id}/steps", resource_step),
	POST("/v1/cases/{case_id}/steps", resource_step),
	GET("/v1/cases/{case_id}/materials/{slot}", resource_material),
	PUT("/v1/cases/{case_id}/materials/{slot}", resource_material),
	GET("/v1/cases/{case_id}/result", resource_result),
	PUT("/v1/cases/{case_id}/result", resource_result),
	LIST("/v1/cases/{case_id}/deliveries", resource_delivery),
	POST("/v1/cases/{case_id}/deliveries", resource_delivery),
	LIST("/v1/evaluations", resource_evaluation),
	POST("/v1/evaluations", resource_evaluation),
	COMMAND("/v1/evaluations/{evaluation_id}:reply", resource_evaluation),
	LIST("/v1/online-applications", resource_application),
	COMMAND("/v1/online-applications/{application_id}:pre-review",
		resource_application),
	{METHOD_POST, "/v1/persons:lookup", persons_lookup, AUDITED},
	{METHOD_POST, "/v1/legal-entities:lookup", legal_entities_lookup,
		AUDITED},
	POST("/v1/notifications", resource_notification),
	GET("/v1/notifications/{notification_id}", resource_notification),
	{METHOD_POST, "/v1/certificates:query", certificates_query, AUDITED},
	{METHOD_POST, "/v1/certificates:verify", certificates_verify, AUDITED},
	PUT("/v1/certificates/{certificate_id}", resource_certificate),
	COMMAND("/v1/certificates/{certificate_id}:revoke",
		resource_certificate),
	LIST("/v1/seals", resource_seal),
	{METHOD_POST, "/v1/seals:sign", seals_sign, ONCE},
	LIST("/v1/warnings", resource_warning),
	COMMAND("/v1/warnings/{warning_id}:acknowledge", resource_warning),
	COMMAND("/v1/warnings/{warning_id}:explain", resource_warning),
	LIST("/v1/consultations", resource_consultation),
	POST("/v1/consultations", resource_consultation),
	PATCH("/v1/consultations/{consultation_id}", resource_consultation),
	PUT("/v1/daily-clears/{window}/{date}", resource_daily_clear),
	PUT("/v1/weekly-settlements/{window}/{week}",
		resource_weekly_settlement),
	{METHOD_GET, "/v1/statistics/{report}", statistics_get, 0},
	LIST("/v1/audit-log", resource_audit),
	{METHOD_GET, "/v1/reconciliation/digests", digests_get, 0},
	{METHOD_GET, "/v1/reconciliation/ops", reconciliation_ops, 0},
	{METHOD_GET, "/", page_home, ROUTE_OPEN | ROUTE_LOCAL | ROUTE_SELF},
	{METHOD_GET, "/cases/{case_id}", page_case,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_SELF},
	{METHOD_POST, "/_catalog", catalog_post,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_JSON | ROUTE_SELF},
	{METHOD_POST, "/_chaos", chaos_post,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_JSON | ROUTE_SELF |
			ROUTE_CHAOS},
	{METHOD_GET, "/_dump", dump_get,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_CHAOS},
	{METHOD_POST, "/v1/oauth/device_authorization", device_authorization,
		ROUTE_OPEN | ROUTE_FORM | ROUTE_SELF},
	{METHOD_POST, "/v1/oauth/token", oauth_token,
		ROUTE_OPEN | ROUTE_FORM | ROUTE_SELF},
	/* Open: the handler itself looks at the token. */
	{METHOD_POST, "/v1/devices/{device_id}/certificate", device_certificate,
		ROUTE_OPEN | ROUTE_JSON | ROUTE_SMALL | ROUTE_SELF},
	{METHOD_GET, "/_enrol", enrol_page,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_SELF},
	{METHOD_POST, "/_enrol", enrol_decide,
		ROUTE_OPEN | ROUTE_LOCAL | ROUTE_FORM | ROUTE_SELF},
};

static const char *const method_names[METHOD_COUNT] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH",
	[METHOD_DELETE] = "DELETE",
	[METHOD_OPTIONS] = "OPTIONS",
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
	if (route->flags & (ROUTE_UPLOAD | ROUTE_APPEND))
		return ROUTER_UPLOAD_MAX;
	if (route->flags & (ROUTE_FORM | ROUTE_SMALL))
		return ROUTER_SMALL_MAX;
	return route->flags & ROUTE_JSON ? ROUTER_JSON_MAX : 0;
}

void request_clear(struct request *request)
{
	for (unsigned i = 0; i < REQUEST_MAX_ARGS; i++)
		g_clear_pointer(&request->args[i], g_free);
}

/* "{name}" stands for one segment that is not empty, up to the ":" of a verb
 * when one follows. */
static bool match_path(
	const char *pattern, const char *path, struct request *request)
{
	unsigned args = 0;

	request_clear(request);
	while (*pattern && *path) {
		if (*pattern == '{' && args < REQUEST_MAX_ARGS) {
			size_t len;

			pattern += strcspn(pattern, "}") + 1;
			len = strcspn(path, *pattern == ':' ? "/:" : "/");
			if (len == 0)
				return false;
			request->args[args++] = g_strndup(path, len);
			path += len;
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

static bool is_type(const char *content_type, const char *wanted)
{
	size_t len = strlen(wanted);

	return content_type &&
	       g_ascii_strncasecmp(content_type, wanted, len) == 0 &&
	       (!content_type[len] || strchr("; ", content_type[len]));
}

static bool takes_type(const struct route *route, const char *type)
{
	if (route->flags & ROUTE_FORM)
		return is_type(type, "application/x-www-form-urlencoded");
	if (route->flags & ROUTE_APPEND)
		return g_strcmp0(type, "application/offset+octet-stream") == 0;
	return !(route->flags & ROUTE_JSON) ||
	       is_type(type, route->method == METHOD_PATCH
				     ? "application/merge-patch+json"
				     : "application/json");
}

const struct route *router_admit(struct platform *platform,
	struct request *request, enum problem *problem)
{
	const struct route *route = find_route(platform, request, problem);
	bool is_closed = !route || !(route->flags & ROUTE_OPEN);

	/* Without a token nobody learns which paths exist. */
	if (is_closed && strncmp(request->path, "/v1/", 4) == 0 &&
		!platform_admits(platform, request))
		*problem = PROBLEM_UNAUTHORIZED;
	else if (!route)
		return NULL;
	else if ((route->flags & ROUTE_LOCAL) && !request->is_local)
		*problem = PROBLEM_FORBIDDEN;
	else if (!takes_type(route, request->content_type))
		*problem = PROBLEM_MEDIA_TYPE;
	else
		return route;
	return NULL;
}

/* A write is committed before it is answered; a refusal leaves nothing. */
static struct reply *run_write(struct platform *platform,
	const struct route *route, const struct request *request)
{
	g_autoptr(GError) error = NULL;
	AUTO(db_transaction) change = db_begin(platform->db, &error);
	AUTO(reply) reply = NULL;

	if (!change)
		return reply_error(platform, error);
	reply = route->handler(platform, request);
	if (reply->status >= 400 || platform->is_failing)
		return g_steal_pointer(&reply);
	if ((route->flags & ROUTE_ONCE) &&
		!answer_keep(platform, request, reply, &error))
		return reply_error(platform, error);
	if (!db_commit(change, &error))
		return reply_error(platform, error);
	return g_steal_pointer(&reply);
}

static struct reply *run_route(struct platform *platform,
	const struct route *route, struct request *request)
{
	struct reply *reply = NULL;
	const struct operation *operation =
		contract_operation(route->method, route->pattern);

	if (operation && !(route->flags & ROUTE_SELF))
		reply = contract_check(
			platform, operation, request, request->json);
	if (!reply && (route->flags & ROUTE_ONCE))
		reply = answer_known(platform, request);
	if (reply)
		return reply;
	return route->flags & (ROUTE_WRITE | ROUTE_ONCE)
		       ? run_write(platform, route, request)
		       : route->handler(platform, request);
}

struct reply *router_run(struct platform *platform, const struct route *route,
	struct request *request)
{
	struct reply *reply = NULL;
	AUTO(json) body = NULL;

	/* Damaged on the way may be sent again: no final refusal. */
	if ((route->flags & ROUTE_JSON) && !request_is_whole(request))
		return reply_problem(platform, PROBLEM_UNAVAILABLE,
			"Content-Digest differs: damaged on the way");
	platform->is_failing = false;
	if (route->flags & ROUTE_JSON) {
		body = request_json(platform, request, &reply);
		if (!body)
			return reply;
	}
	request->json = body;
	request->route = route;
	reply = run_route(platform, route, request);
	request->json = NULL;
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
