/* OAuth on the wire, RFC 6749 and RFC 8628:
 *
 *   POST grant_type=client_credentials&client_id=019a...
 *   200 {"access_token":"aabb..","token_type":"Bearer","expires_in":600}
 *   401 {"error":"invalid_client"}
 */
#include "client/link/oauth.h"

#include <string.h>

#include "client/base/json.h"
#include "client/link/answer.h"

enum {
	CODE_MAX = 512,
	ADDRESS_MAX = 1000,
	INTERVAL_S = 5, /* when none is told */
	INTERVAL_MAX_S = 300,
	DEVICE_LIFE_MAX_S = 86400,
};

static const struct {
	const char *error;
	enum oauth_kind kind;
} errors[] = {
	{"authorization_pending", OAUTH_PENDING},
	{"slow_down", OAUTH_SLOW_DOWN},
	{"access_denied", OAUTH_DENIED},
	{"expired_token", OAUTH_EXPIRED},
	{"temporarily_unavailable", OAUTH_BUSY},
	{"server_error", OAUTH_BUSY},
};

GBytes *oauth_form(const char *const pairs[])
{
	GString *form = g_string_new(NULL);

	for (; pairs[0]; pairs += 2) {
		g_autofree char *value =
			g_uri_escape_string(pairs[1], NULL, FALSE);

		g_string_append_printf(
			form, "%s%s=%s", form->len ? "&" : "", pairs[0], value);
	}
	return g_string_free_to_bytes(form);
}

static bool is_json(const struct http_reply *reply)
{
	return g_ascii_strncasecmp(reply->content_type, "application/json",
		       strlen("application/json")) == 0;
}

static struct json *object_of(const struct http_reply *reply)
{
	struct json *body = NULL;

	if (reply->fault == HTTP_FAULT_NONE && is_json(reply))
		body = json_parse(reply->data, reply->len, NULL);
	if (body && !json_is_object(body))
		g_clear_pointer(&body, json_free);
	return body;
}

static enum oauth_kind kind_of_error(int status, const char *error)
{
	if (status == 429 || status == 408 || status >= 500)
		return OAUTH_BUSY;
	for (size_t i = 0; i < G_N_ELEMENTS(errors); i++)
		if (strcmp(errors[i].error, error) == 0)
			return errors[i].kind;
	return *error ? OAUTH_REFUSED : OAUTH_STRANGE;
}

static bool is_bearer(const struct json *body)
{
	return g_ascii_strcasecmp(
		       json_text_or(body, "token_type", ""), "Bearer") == 0;
}

void oauth_read_token(const struct http_reply *reply, struct oauth_reply *out)
{
	*out = (struct oauth_reply){.error_title = "", .server_ms = -1};
	if (reply->fault != HTTP_FAULT_NONE) {
		out->kind = OAUTH_FAULT;
		return;
	}
	out->body = object_of(reply);
	out->server_ms = answer_time(json_text(out->body, "server_time"));
	out->error_title = json_text_or(out->body, "error", "");
	out->token = json_text(out->body, "access_token");
	out->expires_in_s = json_int_or(out->body, "expires_in", 0);
	if (reply->status == 200 && out->token && is_bearer(out->body))
		out->kind = OAUTH_TOKEN;
	else if (reply->status == 200)
		out->kind = OAUTH_STRANGE;
	else
		out->kind = kind_of_error(reply->status, out->error_title);
}

void oauth_clear(struct oauth_reply *reply)
{
	g_clear_pointer(&reply->body, json_free);
}

static bool is_text(const char *text, size_t max)
{
	return text && *text && strlen(text) <= max;
}

bool oauth_read_device(const struct http_reply *reply, struct oauth_device *out)
{
	*out = (struct oauth_device){.body = object_of(reply)};
	out->device_code = json_text(out->body, "device_code");
	out->user_code = json_text(out->body, "user_code");
	out->address = json_text(out->body, "verification_uri");
	out->full_address = json_text(out->body, "verification_uri_complete");
	if (!is_text(out->full_address, ADDRESS_MAX))
		out->full_address = NULL;
	out->expires_in_s = CLAMP(
		json_int_or(out->body, "expires_in", 0), 0, DEVICE_LIFE_MAX_S);
	out->interval_s = CLAMP(json_int_or(out->body, "interval", INTERVAL_S),
		1, INTERVAL_MAX_S);
	return reply->status == 200 && is_text(out->device_code, CODE_MAX) &&
	       is_text(out->user_code, CODE_MAX) &&
	       is_text(out->address, ADDRESS_MAX) && out->expires_in_s > 0;
}

void oauth_ask_certificate(struct http *http, const char *device,
	const char *csr, const char *token, http_done_fn *done, void *context)
{
	g_autofree char *name = g_uri_escape_string(device, NULL, FALSE);
	g_autofree char *path =
		g_strdup_printf("/v1/devices/%s/certificate", name);
	g_autofree char *text = NULL;
	g_autoptr(GBytes) body = NULL;
	AUTO(json) order = json_new_object();

	json_put_text(order, "csr", csr);
	text = json_print(order);
	body = g_bytes_new(text, strlen(text));
	http_send(http,
		&(struct http_request){
			.method = "POST",
			.path = path,
			.content_type = "application/json",
			.body = body,
			.bearer = token,
			.max_reply = OAUTH_MAX_REPLY * 2,
		},
		done, context);
}

char *oauth_read_certificate(const struct http_reply *reply)
{
	AUTO(json) body = object_of(reply);

	return reply->status == 201 || reply->status == 200
		       ? g_strdup(json_text(body, "certificate"))
		       : NULL;
}
