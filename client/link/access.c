/* Requests wait here while a token is asked for; one asks for all of them.
 *
 * A token that cannot be had is told to each waiting request as a fault, as if
 * it had been sent itself: who sent it backs off as always, and nothing of the
 * token endpoint's reply can be taken for the platform's answer to it. */
#include "client/link/access.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/json.h"
#include "client/base/log.h"
#include "client/link/identity.h"
#include "client/link/oauth.h"

struct access {
	struct http *http;
	char *certificate_file, *key_file;
	bool is_needed;
	struct identity *identity; /* NULL: not loaded */
	struct bearer bearer;
	int64_t asked_ms; /* boot clock; when the token was asked for */
	bool is_asking, is_renewing, is_refused;
	guint idle;
	enum http_fault fault; /* to be told from the main loop */
	GQueue waiting;        /* own: struct errand * without a token */
	GHashTable *sent;      /* own: struct errand * in flight */
};

/* One request on its way through the gate. */
struct errand {
	struct access *access;
	struct http_request request;               /* its texts are ours */
	char *path, *file, *type, *key, *if_match; /* own */
	http_done_fn *done;
	void *context;
	unsigned serial; /* of the token it went with */
	bool is_second;  /* a 401 was heard of it already */
};

static void ask_token(struct access *access);

/* Errands ------------------------------------------------------------------ */

static struct errand *errand_new(struct access *access,
	const struct http_request *request, http_done_fn *done, void *context)
{
	struct errand *errand = g_new0(struct errand, 1);

	errand->access = access;
	errand->request = *request;
	errand->request.path = errand->path = g_strdup(request->path);
	errand->request.file = errand->file = g_strdup(request->file);
	errand->request.content_type = errand->type =
		g_strdup(request->content_type);
	errand->request.idempotency_key = errand->key =
		g_strdup(request->idempotency_key);
	errand->request.if_match = errand->if_match =
		g_strdup(request->if_match);
	if (request->body)
		g_bytes_ref(request->body);
	if (request->after)
		g_bytes_ref(request->after);
	errand->done = done;
	errand->context = context;
	return errand;
}

static void errand_free(void *data)
{
	struct errand *errand = data;

	g_clear_pointer(&errand->request.body, g_bytes_unref);
	g_clear_pointer(&errand->request.after, g_bytes_unref);
	g_free(errand->path);
	g_free(errand->file);
	g_free(errand->type);
	g_free(errand->key);
	g_free(errand->if_match);
	g_free(errand);
}

static void on_answer(void *context, const struct http_reply *reply)
{
	struct errand *errand = context;
	struct access *access = errand->access;

	g_hash_table_steal(access->sent, errand);
	if (reply->fault == HTTP_FAULT_NONE && reply->status == 401) {
		bearer_reject(&access->bearer, errand->serial);
		if (!errand->is_second) {
			errand->is_second = true;
			g_queue_push_tail(&access->waiting, errand);
			ask_token(access);
			return;
		}
	}
	errand->done(errand->context, reply);
	errand_free(errand);
}

static void send_errand(struct access *access, struct errand *take_errand)
{
	take_errand->request.bearer = access->bearer.token;
	take_errand->serial = access->bearer.serial;
	g_hash_table_add(access->sent, take_errand);
	http_send(access->http, &take_errand->request, on_answer, take_errand);
	take_errand->request.bearer = NULL;
	take_errand->request.sent = NULL; /* said once */
}

static void send_waiting(struct access *access)
{
	while (!g_queue_is_empty(&access->waiting))
		send_errand(access, g_queue_pop_head(&access->waiting));
}

/* Each gets its own copy of the fault. An errand may bring new ones, which then
 * wait for the next token. */
static void fail_waiting(struct access *access, const struct http_reply *reply)
{
	GQueue failed = access->waiting;

	g_queue_init(&access->waiting);
	while (!g_queue_is_empty(&failed)) {
		struct errand *errand = g_queue_pop_head(&failed);

		errand->done(errand->context, reply);
		errand_free(errand);
	}
}

static struct http_reply fault_reply(enum http_fault fault)
{
	struct http_reply reply = {
		.fault = fault,
		.content_type = "",
		.data = "",
		.retry_after_ms = -1,
		.received_wall_ms = clock_wall_ms(),
	};

	uuid7(reply.request_id);
	return reply;
}

static gboolean on_failed(gpointer data)
{
	struct access *access = data;
	struct http_reply reply = fault_reply(access->fault);

	access->idle = 0;
	access->is_asking = false;
	fail_waiting(access, &reply);
	return G_SOURCE_REMOVE;
}

/* Identity ----------------------------------------------------------------- */

static void set_identity(struct access *access, struct identity *take)
{
	identity_free(access->identity);
	access->identity = take;
	http_set_identity(access->http, take ? take->certificate : NULL,
		take ? take->key : NULL);
}

/* Read again after each refusal, so that a person who mends the files need not
 * restart anything. */
static bool load_identity(struct access *access, GError **error)
{
	struct identity *identity;

	if (access->identity && !access->is_refused)
		return true;
	identity = identity_load(
		access->certificate_file, access->key_file, error);
	set_identity(access, identity);
	access->is_refused = false;
	return identity != NULL;
}

/* This terminal was not enrolled, and nobody said that it was. */
static bool is_stranger(const struct access *access, const GError *error)
{
	return !access->is_needed && !access->bearer.token &&
	       g_error_matches(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
}

/* Renewal of the certificate ------------------------------------------------
 */

static void on_renewed(void *context, const struct http_reply *reply)
{
	struct access *access = context;
	g_autofree char *certificate = oauth_read_certificate(reply);
	g_autoptr(GError) error = NULL;

	access->is_renewing = false;
	if (!access->identity)
		return;
	if (!certificate) {
		log_warn("the certificate was not renewed: %s, http %d",
			http_fault_name(reply->fault), reply->status);
	} else if (!identity_store(access->certificate_file, certificate,
			   access->identity->key,
			   access->identity->facts.common_name, &error)) {
		log_error(error, "the renewed certificate");
	} else {
		log_info("the certificate of this terminal was renewed");
		bearer_clear(&access->bearer); /* bound to the old one */
		access->is_refused = true;     /* to be read again */
	}
}

static bool is_due(const struct cert_facts *facts, int64_t now_ms)
{
	int64_t life_ms = facts->until_ms - facts->from_ms;

	return now_ms > facts->from_ms + life_ms / 3 * 2;
}

/* Asked with each fresh token: a renewal that fails is tried again then. */
static void renew_if_due(struct access *access, int64_t server_ms)
{
	const struct identity *identity = access->identity;
	const char *name = identity->facts.common_name;
	g_autofree char *csr = NULL;

	if (access->is_renewing ||
		!is_due(&identity->facts,
			server_ms >= 0 ? server_ms : clock_wall_ms()))
		return;
	csr = cert_make_request(identity->key, name, NULL);
	if (!csr)
		return;
	access->is_renewing = true;
	oauth_ask_certificate(access->http, name, csr, access->bearer.token,
		on_renewed, access);
}

/* The token ---------------------------------------------------------------- */

/* Why the endpoint said no: to whom an expired certificate was shown, by the
 * platform's clock when it told it. */
static enum http_fault fault_of(const struct access *access,
	const struct oauth_reply *reply, enum http_fault fault)
{
	int64_t now_ms =
		reply->server_ms >= 0 ? reply->server_ms : clock_wall_ms();

	switch (reply->kind) {
	case OAUTH_FAULT:
		if (fault != HTTP_FAULT_OURS)
			return fault;
		break;
	case OAUTH_REFUSED:
	case OAUTH_DENIED:
		break;
	case OAUTH_BUSY:
	case OAUTH_SLOW_DOWN:
		return HTTP_FAULT_TOKEN_BUSY;
	default:
		return HTTP_FAULT_TOKEN_REPLY;
	}
	if (access->identity && access->identity->facts.until_ms <= now_ms)
		return HTTP_FAULT_OURS_EXPIRED;
	return reply->kind == OAUTH_FAULT ||
			       strcmp(reply->error_title, "invalid_client") == 0
		       ? HTTP_FAULT_OURS
		       : HTTP_FAULT_TOKEN_DENIED;
}

static bool take_token(struct access *access, const struct oauth_reply *reply)
{
	return reply->kind == OAUTH_TOKEN &&
	       bearer_take(&access->bearer, reply->token, reply->expires_in_s,
		       access->asked_ms);
}

static void on_token(void *context, const struct http_reply *reply)
{
	struct access *access = context;
	struct http_reply failed = *reply;
	struct oauth_reply oauth;
	bool has_token;

	access->is_asking = false;
	oauth_read_token(reply, &oauth);
	has_token = take_token(access, &oauth);
	if (has_token) {
		renew_if_due(access, oauth.server_ms);
	} else {
		failed.fault = fault_of(access, &oauth, reply->fault);
		failed.status = 0;
		log_warn("no token: http %d %.60s (request %s)", reply->status,
			oauth.error_title, reply->request_id);
	}
	oauth_clear(&oauth);
	if (has_token) {
		send_waiting(access);
		return;
	}
	access->is_refused |= http_fault_is_ours(failed.fault);
	fail_waiting(access, &failed);
}

static void send_token_request(struct access *access)
{
	const char *name = access->identity->facts.common_name;
	g_autoptr(GBytes) form = oauth_form((const char *const[]){
		"grant_type", "client_credentials", "client_id", name, NULL});

	access->asked_ms = clock_boot_ms();
	http_send(access->http,
		&(struct http_request){
			.method = "POST",
			.path = OAUTH_TOKEN_PATH,
			.content_type = OAUTH_FORM,
			.body = form,
			.anonymous = true,
			.max_reply = OAUTH_MAX_REPLY,
		},
		on_token, access);
}

static void ask_token(struct access *access)
{
	g_autoptr(GError) error = NULL;

	if (access->is_asking)
		return;
	access->is_asking = true;
	if (load_identity(access, &error)) {
		send_token_request(access);
		return;
	}
	log_error(error, "this terminal's certificate");
	access->fault = g_error_matches(error, ITEM_ERROR, ITEM_ERROR_DENIED)
				? HTTP_FAULT_KEY_OPEN
				: HTTP_FAULT_KEY;
	access->idle = g_idle_add(on_failed, access);
}

static void access_send(void *gate, const struct http_request *request,
	http_done_fn *done, void *context)
{
	struct access *access = gate;
	g_autoptr(GError) error = NULL;

	if (!load_identity(access, &error) && is_stranger(access, error)) {
		http_send_plain(access->http, request, done, context);
		return;
	}
	g_queue_push_tail(
		&access->waiting, errand_new(access, request, done, context));
	if (bearer_is_good(&access->bearer, clock_boot_ms()))
		send_waiting(access);
	else
		ask_token(access);
}

/* Life --------------------------------------------------------------------- */

struct access *access_new(struct http *http, const struct access_config *config)
{
	struct access *access = g_new0(struct access, 1);

	access->http = http;
	access->certificate_file = g_strdup(config->certificate_file);
	access->key_file = g_strdup(config->key_file);
	access->is_needed = config->is_needed;
	access->sent = g_hash_table_new_full(NULL, NULL, errand_free, NULL);
	g_queue_init(&access->waiting);
	http_set_gate(http, access_send, access);
	return access;
}

/* Before http: what is in flight is dropped there, without a call. */
void access_free(struct access *access)
{
	if (!access)
		return;
	http_set_gate(access->http, NULL, NULL);
	g_clear_handle_id(&access->idle, g_source_remove);
	g_queue_clear_full(&access->waiting, errand_free);
	g_hash_table_destroy(access->sent);
	bearer_clear(&access->bearer);
	g_clear_pointer(&access->identity, identity_free);
	g_free(access->certificate_file);
	g_free(access->key_file);
	g_free(access);
}
