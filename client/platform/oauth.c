/* How a window comes to its certificate and to its token:
 *
 *   POST /v1/oauth/device_authorization  a new terminal asks to be let in
 *   POST /v1/oauth/token                 polled by it; later, with its
 *                                        certificate, for a bound token
 *   POST /v1/devices/{id}/certificate    request in, certificate out; renewal
 *
 * RFC 8628, 6749 and 8705. Refusals of the first two are OAuth's own
 * {"error":..}, not problems. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/grants.h"
#include "client/platform/handlers.h"
#include "client/platform/platform.h"
#include "client/platform/tls.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

enum { WINDOW_MAX_BYTES = 40, NAME_MAX_BYTES = 200 };
static const int64_t hour_ms = INT64_C(3600) * 1000;

static struct reply *refuse(struct platform *platform, int status,
	const char *error, const char *description)
{
	struct json *body = json_new_object();

	json_put_text(body, "error", error);
	json_put_text(body, "error_description", description);
	return reply_json(platform, status, body);
}

/* NULL: not a form. */
static GHashTable *read_form(const struct request *request)
{
	return g_uri_parse_params(request->body, (gssize)request->body_len, "&",
		G_URI_PARAMS_WWW_FORM, NULL);
}

static const char *form_text(GHashTable *form, const char *name, size_t max)
{
	const char *text = form ? g_hash_table_lookup(form, name) : NULL;

	return text && strlen(text) <= max ? text : "";
}

/* A new terminal ------------------------------------------------------------
 */

static struct reply *waits_for_supervisor(
	struct platform *platform, const struct grant_request *request)
{
	struct json *body = json_new_object();
	g_autofree char *address =
		g_strconcat(platform->address, "/_enrol", NULL);
	g_autofree char *complete =
		g_strconcat(address, "?user_code=", request->user_code, NULL);

	json_put_text(body, "device_code", request->code);
	json_put_text(body, "user_code", request->user_code);
	json_put_text(body, "verification_uri", address);
	json_put_text(body, "verification_uri_complete", complete);
	json_put_int(body, "expires_in", grants_pending_s(platform->grants));
	json_put_int(body, "interval", 5);
	return reply_json(platform, 200, body);
}

struct reply *device_authorization(
	struct platform *platform, const struct request *request)
{
	g_autoptr(GHashTable) form = read_form(request);
	const char *device = form_text(form, "device_id", CERT_NAME_MAX);
	const struct grant_request *pending;

	if (strcmp(form_text(form, "client_id", CERT_NAME_MAX),
		    OAUTH_TERMINAL) != 0)
		return refuse(platform, 401, "invalid_client", NULL);
	if (!uuid_is_valid(device))
		return refuse(platform, 400, "invalid_request",
			"device_id is not a UUID");
	if (!platform->tls)
		return refuse(platform, 503, "temporarily_unavailable",
			"certificates are given out with --tls only");
	pending = grants_begin(platform->grants, device,
		form_text(form, "window", WINDOW_MAX_BYTES),
		form_text(form, "window_name", NAME_MAX_BYTES),
		clock_boot_ms());
	return pending ? waits_for_supervisor(platform, pending)
		       : refuse(platform, 503, "temporarily_unavailable",
				 "too many terminals wait");
}

/* Tokens --------------------------------------------------------------------
 */

static struct reply *give_token(struct platform *platform, const char *device,
	const char *print, const char *scope)
{
	struct json *body;
	char *token =
		grants_issue(platform->grants, device, print, clock_boot_ms());

	if (!token)
		return refuse(
			platform, 503, "temporarily_unavailable", "too many");
	body = json_new_object();
	json_put_text(body, "access_token", token);
	json_put_text(body, "token_type", "Bearer");
	json_put_int(body, "expires_in", grants_token_s(platform->grants));
	json_put_text(body, "scope", scope);
	secret_wipe(token, strlen(token));
	g_free(token);
	return reply_json(platform, 200, body);
}

static struct reply *give_for_code(struct platform *platform, GHashTable *form)
{
	static const char *const errors[] = {
		[GRANT_WAITS] = "authorization_pending",
		[GRANT_DENIED] = "access_denied",
		[GRANT_OVER] = "expired_token",
		[GRANT_HASTE] = "slow_down",
		[GRANT_UNKNOWN] = "invalid_grant",
	};
	char device[CERT_NAME_MAX + 1];
	enum grant_state state = grants_poll(platform->grants,
		form_text(form, "device_code", GRANT_CODE_TEXT), device,
		clock_boot_ms());

	if (strcmp(form_text(form, "client_id", CERT_NAME_MAX),
		    OAUTH_TERMINAL) != 0)
		return refuse(platform, 401, "invalid_client", NULL);
	if (state != GRANT_APPROVED)
		return refuse(platform, 400, errors[state], NULL);
	return give_token(platform, device, "", "enrol");
}

static struct reply *give_for_certificate(struct platform *platform,
	const struct request *request, GHashTable *form)
{
	const char *client = form_text(form, "client_id", CERT_NAME_MAX);

	if (!request->peer_print)
		return refuse(platform, 401, "invalid_client",
			"a valid client certificate is needed");
	if (strcmp(client, request->peer_name) != 0)
		return refuse(platform, 401, "invalid_client",
			"client_id is not the certificate's common name");
	return give_token(platform, client, request->peer_print, "window");
}

struct reply *oauth_token(
	struct platform *platform, const struct request *request)
{
	g_autoptr(GHashTable) form = read_form(request);
	const char *grant = form_text(form, "grant_type", 100);

	if (strcmp(grant, DEVICE_GRANT) == 0)
		return give_for_code(platform, form);
	if (strcmp(grant, "client_credentials") == 0)
		return give_for_certificate(platform, request, form);
	return refuse(platform, 400,
		*grant ? "unsupported_grant_type" : "invalid_request", NULL);
}

/* Certificates --------------------------------------------------------------
 */

static struct reply *issue(
	struct platform *platform, const char *device, const char *request_pem)
{
	int64_t now_ms = clock_wall_ms();
	struct cert_order order = {
		.purpose = CERT_CLIENT,
		.common_name = device,
		.request_pem = request_pem,
		.from_ms = now_ms - hour_ms,
		.until_ms = now_ms + platform->certificate_days * 24 * hour_ms,
		.authority_pem = platform->tls->authority,
		.authority_key_pem = platform->tls->authority_key,
	};
	g_autoptr(GError) error = NULL;
	g_autofree char *pem = cert_issue(&order, &error);
	g_autofree char *until = clock_iso(order.until_ms);
	struct json *body;

	if (!pem)
		return reply_problem(platform, PROBLEM_INVALID, error->message);
	body = json_new_object();
	json_put_text(body, "device_id", device);
	json_put_text(body, "certificate", pem);
	json_put_text(body, "not_after", until);
	return reply_json(platform, 201, body);
}

struct reply *device_certificate(
	struct platform *platform, const struct request *request)
{
	const char *device = request->args[0];
	const struct grant_token *token =
		platform_token_of(platform, request->authorization);
	struct reply *refusal = NULL;
	AUTO(json) body = NULL;
	g_autofree char *name = NULL;
	g_autoptr(GError) error = NULL;
	const char *csr;

	if (!token ||
		(*token->print && g_strcmp0(token->print, request->peer_print)))
		return reply_problem(platform, PROBLEM_UNAUTHORIZED, NULL);
	if (strcmp(token->device, device) != 0)
		return reply_problem(platform, PROBLEM_FORBIDDEN,
			"the token is another device's");
	if (!platform->tls)
		return reply_problem(platform, PROBLEM_UNAVAILABLE, NULL);
	body = request_json(platform, request, &refusal);
	if (!body)
		return refusal;
	csr = json_text(body, "csr");
	name = csr ? cert_read_request(csr, &error) : NULL;
	if (g_strcmp0(name, device) != 0)
		return reply_problem(platform, PROBLEM_INVALID,
			error ? error->message
			      : "csr is not a request of this device");
	return issue(platform, device, csr);
}
