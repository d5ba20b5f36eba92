/* Four steps: ask, wait for the supervisor, hand the request for a certificate
 * in, store what comes back. A lost connection while waiting is waited out. */
#include "client/link/enrol.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/json.h"
#include "client/link/identity.h"
#include "client/link/oauth.h"

enum {
	SLOWER_S = 5, /* RFC 8628 3.5 */
	INTERVAL_MAX_S = 60,
	CERTIFY_TRIES = 5,
};

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

struct enrol {
	struct http *http;
	char *certificate_file, *key_file, *window, *window_name;
	int second_ms;
	const struct enrol_ops *ops;
	void *context;
	char *name;        /* of the device, in the certificate */
	char *key;         /* PEM, wiped */
	char *device_code; /* while it waits */
	struct bearer bearer;
	int64_t interval_s, end_ms; /* boot clock */
	int tries;
	guint timer;
};

/* The end ------------------------------------------------------------------ */

static void end(struct enrol *enrol, int64_t until_ms, GError *take_error)
{
	g_autoptr(GError) error = take_error;

	enrol->ops->done(enrol->context, until_ms, error);
}

static GError *fault_error(const struct http_reply *reply)
{
	enum http_fault fault = reply->fault;

	if (fault == HTTP_FAULT_NONE)
		return g_error_new(LINK_ERROR, LINK_ERROR_PROTOCOL,
			"http %d: not the platform's answer", reply->status);
	if (fault == HTTP_FAULT_ABSENT)
		return g_error_new(LINK_ERROR, LINK_ERROR_ABSENT,
			"the platform cannot be reached");
	if (fault == HTTP_FAULT_TIMEOUT)
		return g_error_new(LINK_ERROR, LINK_ERROR_TIMEOUT,
			"the platform does not answer");
	return g_error_new(
		LINK_ERROR, LINK_ERROR_PROTOCOL, "%s", http_fault_name(fault));
}

/* Storing ------------------------------------------------------------------ */

static void store(struct enrol *enrol, const char *certificate)
{
	struct cert_facts facts;
	GError *error = NULL;

	if (!identity_store(enrol->certificate_file, certificate, enrol->key,
		    enrol->name, &error) ||
		!cert_read(certificate, &facts, &error))
		end(enrol, 0, error);
	else
		end(enrol, facts.until_ms, NULL);
}

/* The certificate ------------------------------------------------------------
 */

static void certify(struct enrol *enrol);

static gboolean on_certify_again(gpointer data)
{
	struct enrol *enrol = data;

	enrol->timer = 0;
	certify(enrol);
	return G_SOURCE_REMOVE;
}

static void on_certificate(void *context, const struct http_reply *reply)
{
	struct enrol *enrol = context;
	g_autofree char *certificate = oauth_read_certificate(reply);
	bool may_pass = reply->fault != HTTP_FAULT_NONE || reply->status >= 500;

	if (certificate)
		store(enrol, certificate);
	else if (may_pass && ++enrol->tries < CERTIFY_TRIES)
		enrol->timer = g_timeout_add(
			(guint)(enrol->second_ms * enrol->interval_s),
			on_certify_again, enrol);
	else if (reply->status == 401 || reply->status == 403)
		end(enrol, 0,
			g_error_new(LINK_ERROR, LINK_ERROR_AUTH,
				"http %d: no certificate is given",
				reply->status));
	else
		end(enrol, 0, fault_error(reply));
}

static void certify(struct enrol *enrol)
{
	GError *error = NULL;
	g_autofree char *csr =
		cert_make_request(enrol->key, enrol->name, &error);

	if (!csr) {
		end(enrol, 0, error);
		return;
	}
	oauth_ask_certificate(enrol->http, enrol->name, csr,
		enrol->bearer.token, on_certificate, enrol);
}

/* Waiting for the supervisor --------------------------------------------------
 */

static gboolean poll_token(gpointer data);

static void wait_on(struct enrol *enrol)
{
	int64_t pause_ms = enrol->interval_s * enrol->second_ms;

	if (clock_boot_ms() + pause_ms > enrol->end_ms)
		end(enrol, 0,
			g_error_new(LINK_ERROR, LINK_ERROR_TIMEOUT,
				"expired_token: nobody approved in time"));
	else
		enrol->timer =
			g_timeout_add((guint)pause_ms, poll_token, enrol);
}

static void take_token(struct enrol *enrol, const struct oauth_reply *reply)
{
	if (bearer_take(&enrol->bearer, reply->token, reply->expires_in_s,
		    clock_boot_ms()))
		certify(enrol);
	else
		end(enrol, 0,
			g_error_new(LINK_ERROR, LINK_ERROR_PROTOCOL,
				"the token cannot be used"));
}

static void slow_down(struct enrol *enrol)
{
	enrol->interval_s = MIN(enrol->interval_s + SLOWER_S, INTERVAL_MAX_S);
	wait_on(enrol);
}

static void on_polled(void *context, const struct http_reply *reply)
{
	struct enrol *enrol = context;
	struct oauth_reply oauth;

	oauth_read_token(reply, &oauth);
	switch (oauth.kind) {
	case OAUTH_TOKEN:
		take_token(enrol, &oauth);
		break;
	case OAUTH_PENDING:
		wait_on(enrol);
		break;
	case OAUTH_SLOW_DOWN:
	case OAUTH_BUSY:
	case OAUTH_FAULT:
	case OAUTH_STRANGE: /* a portal on the way */
		slow_down(enrol);
		break;
	case OAUTH_EXPIRED:
		end(enrol, 0,
			g_error_new(LINK_ERROR, LINK_ERROR_TIMEOUT,
				"expired_token: nobody approved in time"));
		break;
	case OAUTH_DENIED:
		end(enrol, 0,
			g_error_new(ITEM_ERROR, ITEM_ERROR_REFUSED,
				"access_denied: the supervisor said no"));
		break;
	case OAUTH_REFUSED:
		end(enrol, 0,
			g_error_new(LINK_ERROR, LINK_ERROR_AUTH, "%.60s",
				oauth.error_title));
		break;
	}
	oauth_clear(&oauth);
}

static gboolean poll_token(gpointer data)
{
	struct enrol *enrol = data;
	g_autoptr(GBytes) form = oauth_form(
		(const char *const[]){"grant_type", DEVICE_GRANT, "device_code",
			enrol->device_code, "client_id", OAUTH_TERMINAL, NULL});

	enrol->timer = 0;
	http_send(enrol->http,
		&(struct http_request){
			.method = "POST",
			.path = OAUTH_TOKEN_PATH,
			.content_type = OAUTH_FORM,
			.body = form,
			.anonymous = true,
			.max_reply = OAUTH_MAX_REPLY,
		},
		on_polled, enrol);
	return G_SOURCE_REMOVE;
}

/* Asking ------------------------------------------------------------------- */

static void on_asked(void *context, const struct http_reply *reply)
{
	struct enrol *enrol = context;
	struct oauth_device device;
	struct oauth_reply refusal;

	if (oauth_read_device(reply, &device)) {
		enrol->device_code = g_strdup(device.device_code);
		enrol->interval_s = device.interval_s;
		enrol->end_ms = clock_boot_ms() +
				device.expires_in_s * enrol->second_ms;
		enrol->ops->show(enrol->context, device.user_code,
			device.address, device.full_address,
			device.expires_in_s);
		wait_on(enrol);
		json_free(device.body);
		return;
	}
	json_free(device.body);
	oauth_read_token(reply, &refusal);
	end(enrol, 0,
		refusal.kind == OAUTH_REFUSED || refusal.kind == OAUTH_DENIED
			? g_error_new(LINK_ERROR, LINK_ERROR_AUTH, "%.60s",
				  refusal.error_title)
			: fault_error(reply));
	oauth_clear(&refusal);
}

static void ask(struct enrol *enrol)
{
	g_autoptr(GBytes) form = oauth_form((const char *const[]){"client_id",
		OAUTH_TERMINAL, "scope", "enrol", "device_id", enrol->name,
		"window", enrol->window, "window_name", enrol->window_name,
		NULL});

	http_send(enrol->http,
		&(struct http_request){
			.method = "POST",
			.path = OAUTH_DEVICE_PATH,
			.content_type = OAUTH_FORM,
			.body = form,
			.anonymous = true,
			.max_reply = OAUTH_MAX_REPLY,
		},
		on_asked, enrol);
}

/* The name stays the same when a terminal is enrolled again. */
static char *device_name(const char *certificate_file)
{
	g_autofree char *pem =
		file_read(certificate_file, CERT_PEM_MAX, NULL, NULL);
	struct cert_facts facts;
	char fresh[UUID_TEXT];

	if (pem && cert_read(pem, &facts, NULL) &&
		uuid_is_valid(facts.common_name))
		return g_strdup(facts.common_name);
	uuid7(fresh);
	return g_strdup(fresh);
}

static gboolean on_start(gpointer data)
{
	struct enrol *enrol = data;
	GError *error = NULL;

	enrol->timer = 0;
	enrol->name = device_name(enrol->certificate_file);
	enrol->key = identity_make_key(enrol->key_file, &error);
	if (enrol->key)
		ask(enrol);
	else
		end(enrol, 0, error);
	return G_SOURCE_REMOVE;
}

struct enrol *enrol_start(struct http *http, const struct enrol_config *config,
	const struct enrol_ops *ops, void *context)
{
	struct enrol *enrol = g_new0(struct enrol, 1);

	enrol->http = http;
	enrol->certificate_file = g_strdup(config->certificate_file);
	enrol->key_file = g_strdup(config->key_file);
	enrol->window = g_strdup(config->window);
	enrol->window_name = g_strdup(config->window_name);
	enrol->second_ms = config->second_ms ? config->second_ms : 1000;
	enrol->ops = ops;
	enrol->context = context;
	enrol->timer = g_idle_add(on_start, enrol);
	return enrol;
}

void enrol_free(struct enrol *enrol)
{
	if (!enrol)
		return;
	g_clear_handle_id(&enrol->timer, g_source_remove);
	bearer_clear(&enrol->bearer);
	if (enrol->key)
		secret_wipe(enrol->key, strlen(enrol->key));
	g_free(enrol->key);
	if (enrol->device_code)
		secret_wipe(enrol->device_code, strlen(enrol->device_code));
	g_free(enrol->device_code);
	g_free(enrol->name);
	g_free(enrol->certificate_file);
	g_free(enrol->key_file);
	g_free(enrol->window);
	g_free(enrol->window_name);
	g_free(enrol);
}
