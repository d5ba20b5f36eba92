/* HTTPS to the platform: curl's multi interface driven by the GLib main loop.
 *
 * curl tells which sockets to watch and when to call again; both become GLib
 * sources. A transfer owns everything its request needs until its done
 * callback has returned. QUICK_EXIT keeps curl from waiting for its resolver
 * thread when a transfer is given up. */
#include "client/link/http.h"

#include <string.h>

#include <curl/curl.h>
#include <glib-unix.h>

#include "client/base/cert.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/link/address.h"
#include "client/link/http_tls.h"
#include "client/link/token.h"
#include "client/link/upload.h"

#define FAULT_NAME_ROW(code, name) [code] = (name),
static const char *const fault_names[] = {HTTP_FAULTS(FAULT_NAME_ROW)};

/* curl's reasons as ours; what is not listed was cut in the middle. */
static const struct {
	CURLcode code;
	enum http_fault fault;
} fault_table[] = {
	{CURLE_COULDNT_RESOLVE_HOST, HTTP_FAULT_ABSENT},
	{CURLE_COULDNT_CONNECT, HTTP_FAULT_ABSENT},
	{CURLE_OPERATION_TIMEDOUT, HTTP_FAULT_TIMEOUT},
	{CURLE_SSL_CONNECT_ERROR, HTTP_FAULT_TLS},
	{CURLE_SSL_CERTPROBLEM, HTTP_FAULT_KEY},
	{CURLE_SSL_CIPHER, HTTP_FAULT_TLS},
	{CURLE_SSL_CACERT_BADFILE, HTTP_FAULT_CA_FILE},
	{CURLE_SSL_ISSUER_ERROR, HTTP_FAULT_TLS},
	{CURLE_FILESIZE_EXCEEDED, HTTP_FAULT_TOO_LARGE},
	{CURLE_READ_ERROR, HTTP_FAULT_FILE},
	{CURLE_ABORTED_BY_CALLBACK, HTTP_FAULT_FILE},
};

struct http {
	CURLM *multi;
	char *base;
	char *token_file, *agent;
	struct http_tls tls;
	enum http_scheme scheme;
	http_gate_fn *gate;
	void *gate_context;
	bool plain;
	int total_ms; /* of a request that says nothing */
	guint timer;
	GHashTable *watches;   /* struct watch * -> itself */
	GHashTable *transfers; /* struct transfer * -> itself */
};

/* One socket of curl. */
struct watch {
	struct http *http;
	curl_socket_t socket;
	guint source;
};

struct transfer {
	struct http *http;
	CURL *easy;
	struct curl_slist *headers;
	GBytes *body;
	GByteArray *reply;
	size_t max_reply;
	struct upload upload;
	enum http_fault fault; /* found before or beside curl */
	int64_t started_ms;
	guint idle;
	http_done_fn *done;
	void (*sent)(void *context); /* NULL once called */
	void *context;
	char request_id[UUID_TEXT];
	char etag[HTTP_ETAG_MAX];
};

const char *http_fault_name(enum http_fault fault)
{
	if ((unsigned)fault >= HTTP_FAULT_COUNT)
		return "other";
	return fault_names[fault];
}

/* Transfers ---------------------------------------------------------------- */

bool http_fault_is_ours(enum http_fault fault)
{
	return fault == HTTP_FAULT_TOKEN ||
	       (fault >= HTTP_FAULT_KEY && fault <= HTTP_FAULT_TOKEN_DENIED);
}

static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *at = headers; at; at = at->next)
		if (g_str_has_prefix(at->data, "Authorization:"))
			secret_wipe(at->data, strlen(at->data));
	curl_slist_free_all(headers);
}

static void transfer_free(void *data)
{
	struct transfer *transfer = data;

	if (transfer->idle)
		g_source_remove(transfer->idle);
	transfer->sent = NULL; /* its context may be gone */
	if (transfer->easy) {
		curl_multi_remove_handle(transfer->http->multi, transfer->easy);
		curl_easy_cleanup(transfer->easy);
	}
	free_headers(transfer->headers);
	g_clear_pointer(&transfer->body, g_bytes_unref);
	g_byte_array_unref(transfer->reply);
	upload_close(&transfer->upload);
	g_free(transfer);
}

static enum http_fault fault_of(CURLcode code, const struct transfer *transfer)
{
	enum http_fault fault;

	if (transfer->fault != HTTP_FAULT_NONE)
		return transfer->fault;
	if (code == CURLE_OK)
		return HTTP_FAULT_NONE;
	fault = http_tls_fault(&transfer->http->tls, transfer->easy,
		code == CURLE_PEER_FAILED_VERIFICATION);
	if (fault != HTTP_FAULT_NONE)
		return fault;
	for (size_t i = 0; i < G_N_ELEMENTS(fault_table); i++)
		if (fault_table[i].code == code)
			return fault_table[i].fault;
	return HTTP_FAULT_CUT;
}

/* RFC 9530: "sha-256=:BASE64:". Caller frees. */
static char *content_digest(const void *data, size_t len)
{
	uint8_t digest[SHA256_LEN];
	g_autofree char *text = NULL;

	sha256(data, len, digest);
	text = g_base64_encode(digest, sizeof(digest));
	return g_strdup_printf("sha-256=:%s:", text);
}

/* A reply that names the digest of its body, and has another: no reply. */
static bool digest_fits(struct transfer *transfer)
{
	struct curl_header *header;
	g_autofree char *digest = NULL;

	if (transfer->reply->len == 0) /* HEAD, 204; a cut is seen otherwise */
		return true;
	if (curl_easy_header(transfer->easy, "Content-Digest", 0, CURLH_HEADER,
		    -1, &header) != CURLHE_OK ||
		!g_str_has_prefix(header->value, "sha-256=:"))
		return true;
	digest = content_digest(transfer->reply->data, transfer->reply->len);
	return strcmp(digest, header->value) == 0;
}

static const char *header_of(struct transfer *transfer, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1,
		       &header) == CURLHE_OK
		       ? header->value
		       : "";
}

static void read_headers(struct transfer *transfer, struct http_reply *reply)
{
	const char *location = header_of(transfer, "Location");
	const char *offset = header_of(transfer, "Upload-Offset");

	if (strlen(location) < sizeof(reply->location))
		g_strlcpy(reply->location, location, sizeof(reply->location));
	if (!g_ascii_string_to_signed(
		    offset, 10, 0, G_MAXINT64, &reply->upload_offset, NULL))
		reply->upload_offset = -1;
}

static void read_status(struct transfer *transfer, struct http_reply *reply)
{
	curl_off_t retry_after = 0;
	const char *type = NULL;
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
	reply->status = (int)status;
	reply->content_type = type ? type : "";
	if (retry_after > 0)
		reply->retry_after_ms = MIN(retry_after, 86400) * 1000;
	g_byte_array_append(transfer->reply, (const guint8 *)"", 1);
	reply->data = (const char *)transfer->reply->data;
	reply->len = transfer->reply->len - 1;
}

/* Hands the reply over and frees the transfer. */
static void finish(struct transfer *transfer, CURLcode code)
{
	struct http *http = transfer->http;
	struct http_reply reply = {
		.content_type = "",
		.data = "",
		.retry_after_ms = -1,
		.upload_offset = -1,
		.round_trip_ms = clock_boot_ms() - transfer->started_ms,
		.received_wall_ms = clock_wall_ms(),
	};

	reply.fault = fault_of(code, transfer);
	if (reply.fault == HTTP_FAULT_NONE && !digest_fits(transfer))
		reply.fault = HTTP_FAULT_CUT;
	memcpy(reply.request_id, transfer->request_id, UUID_TEXT);
	memcpy(reply.etag, transfer->etag, sizeof(reply.etag));
	if (reply.fault == HTTP_FAULT_NONE) {
		read_status(transfer, &reply);
		read_headers(transfer, &reply);
	}
	http->tls.alert = CERT_ALERT_NONE;
	g_hash_table_steal(http->transfers, transfer);
	transfer->done(transfer->context, &reply);
	transfer_free(transfer);
}

static void reap(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct transfer *transfer = NULL;
		CURLcode code;

		if (message->msg != CURLMSG_DONE)
			continue;
		code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
			(char **)&transfer);
		finish(transfer, code);
	}
}

/* Main loop ---------------------------------------------------------------- */

static gboolean on_socket(int fd, GIOCondition condition, gpointer data)
{
	struct watch *watch = data;
	struct http *http = watch->http;
	int action = 0, running;

	if (condition & (G_IO_IN | G_IO_HUP))
		action |= CURL_CSELECT_IN;
	if (condition & G_IO_OUT)
		action |= CURL_CSELECT_OUT;
	if (condition & (G_IO_ERR | G_IO_NVAL))
		action |= CURL_CSELECT_ERR;
	/* watch may be gone after this; GLib does not mind being told to go
	 * on with a source that was removed. */
	curl_multi_socket_action(http->multi, fd, action, &running);
	reap(http);
	return G_SOURCE_CONTINUE;
}

static void watch_free(void *data)
{
	struct watch *watch = data;

	if (watch->source)
		g_source_remove(watch->source);
	g_free(watch);
}

static int watch_socket(
	CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
	struct http *http = data;
	struct watch *watch = socket_data;
	GIOCondition condition = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			g_hash_table_remove(http->watches, watch);
		curl_multi_assign(http->multi, fd, NULL);
		return 0;
	}
	if (!watch) {
		watch = g_new0(struct watch, 1);
		watch->http = http;
		watch->socket = fd;
		g_hash_table_add(http->watches, watch);
		curl_multi_assign(http->multi, fd, watch);
	}
	if (what & CURL_POLL_IN)
		condition |= G_IO_IN | G_IO_HUP | G_IO_ERR;
	if (what & CURL_POLL_OUT)
		condition |= G_IO_OUT | G_IO_ERR;
	if (watch->source)
		g_source_remove(watch->source);
	watch->source = g_unix_fd_add(fd, condition, on_socket, watch);
	return 0;
}

static gboolean on_timer(gpointer data)
{
	struct http *http = data;
	int running;

	http->timer = 0;
	curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(http);
	return G_SOURCE_REMOVE;
}

static int set_timer(CURLM *multi, long timeout_ms, void *data)
{
	struct http *http = data;

	(void)multi;
	if (http->timer)
		g_source_remove(http->timer);
	http->timer = 0;
	if (timeout_ms >= 0)
		http->timer = g_timeout_add((guint)timeout_ms, on_timer, http);
	return 0;
}

/* Bytes in and out --------------------------------------------------------- */

static size_t take_reply(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	if (len > transfer->max_reply - transfer->reply->len) {
		transfer->fault = HTTP_FAULT_TOO_LARGE;
		return 0;
	}
	g_byte_array_append(transfer->reply, (const guint8 *)data, (guint)len);
	return len;
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	static const char name[] = "ETag:";
	struct transfer *transfer = context;
	size_t len = size * count;
	g_autofree char *value = NULL;

	if (len < sizeof(name) ||
		g_ascii_strncasecmp(data, name, sizeof(name) - 1) != 0)
		return len;
	value = g_strndup(data + sizeof(name) - 1, len - sizeof(name) + 1);
	g_strstrip(value);
	if (strlen(value) < sizeof(transfer->etag))
		g_strlcpy(transfer->etag, value, sizeof(transfer->etag));
	return len;
}

static size_t give_file(char *out, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	ssize_t len = upload_read(&transfer->upload, out, size * count);

	if (len >= 0)
		return (size_t)len;
	transfer->fault = HTTP_FAULT_FILE;
	return CURL_READFUNC_ABORT;
}

/* A kept connection turned out dead: from the start again. */
static int rewind_file(void *context, curl_off_t offset, int origin)
{
	struct transfer *transfer = context;

	return origin == SEEK_SET && upload_seek(&transfer->upload, offset)
		       ? CURL_SEEKFUNC_OK
		       : CURL_SEEKFUNC_CANTSEEK;
}

static int watch_progress(void *data, curl_off_t down_total, curl_off_t down,
	curl_off_t up_total, curl_off_t up)
{
	struct transfer *transfer = data;
	void (*sent)(void *context) = transfer->sent;

	(void)down_total;
	(void)down;
	if (sent && up_total > 0 && up >= up_total) {
		transfer->sent = NULL;
		sent(transfer->context);
	}
	return 0;
}

/* Requests ----------------------------------------------------------------- */

static void set_policy(struct http *http, CURL *easy)
{
	curl_easy_setopt(
		easy, CURLOPT_PROTOCOLS_STR, http->plain ? "http" : "https");
	curl_easy_setopt(
		easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	http_tls_apply(&http->tls, easy);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, http->agent);
	curl_easy_setopt(
		easy, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS);
	curl_easy_setopt(
		easy, CURLOPT_LOW_SPEED_LIMIT, (long)HTTP_LOW_SPEED_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)HTTP_LOW_SPEED_S);
}

static void add_header(
	struct transfer *transfer, const char *name, const char *value)
{
	g_autofree char *line = g_strdup_printf("%s: %s", name, value);

	transfer->headers = curl_slist_append(transfer->headers, line);
}

/* Takes the line of the token, which is wiped. */
static void add_secret(struct transfer *transfer, char *take_line)
{
	transfer->headers = curl_slist_append(transfer->headers, take_line);
	secret_wipe(take_line, strlen(take_line));
	g_free(take_line);
}

static void set_headers(
	struct transfer *transfer, const struct http_request *request)
{
	struct http *http = transfer->http;

	transfer->headers = curl_slist_append(transfer->headers, "Expect:");
	add_header(transfer, "Accept",
		"application/json, application/problem+json");
	add_header(transfer, "X-Request-Id", transfer->request_id);
	if (request->body || request->file)
		add_header(transfer, "Content-Type", request->content_type);
	if (request->body) {
		size_t len;
		const void *data = g_bytes_get_data(request->body, &len);
		g_autofree char *digest = content_digest(data, len);

		add_header(transfer, "Content-Digest", digest);
	}
	if (request->idempotency_key)
		add_header(
			transfer, "Idempotency-Key", request->idempotency_key);
	if (request->if_match)
		add_header(transfer, "If-Match", request->if_match);
	for (int i = 0; request->headers && request->headers[i].name; i++)
		add_header(transfer, request->headers[i].name,
			request->headers[i].value);
	if (request->bearer) {
		add_secret(transfer, g_strconcat("Authorization: Bearer ",
					     request->bearer, NULL));
	} else if (http->token_file && !request->anonymous) {
		char *line = token_header(http->token_file, http->scheme);

		if (!line) {
			transfer->fault = HTTP_FAULT_TOKEN;
			return;
		}
		add_secret(transfer, line);
	}
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_file(
	struct transfer *transfer, const struct http_request *request)
{
	CURL *easy = transfer->easy;

	if (!upload_open(&transfer->upload, request->file, request->file_from,
		    request->file_size, request->body, request->after)) {
		transfer->fault = HTTP_FAULT_FILE;
		return;
	}
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
		(curl_off_t)upload_total(&transfer->upload));
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_file);
	curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_file);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, transfer);
}

static void set_body(
	struct transfer *transfer, const struct http_request *request)
{
	CURL *easy = transfer->easy;

	if (request->file) {
		set_file(transfer, request);
	} else if (request->body) {
		transfer->body = g_bytes_ref(request->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)g_bytes_get_size(transfer->body));
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
			g_bytes_get_data(transfer->body, NULL));
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	} else if (strcmp(request->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	}
}

static struct transfer *transfer_new(struct http *http,
	const struct http_request *request, http_done_fn *done, void *context)
{
	struct transfer *transfer = g_new0(struct transfer, 1);
	g_autofree char *url = g_strconcat(http->base, request->path, NULL);
	int total_ms = request->total_ms ? request->total_ms : http->total_ms;
	CURL *easy = curl_easy_init();

	if (!easy)
		g_error("curl: out of memory");
	transfer->http = http;
	transfer->easy = easy;
	transfer->upload.fd = -1;
	transfer->reply = g_byte_array_new();
	transfer->max_reply = request->max_reply;
	transfer->started_ms = clock_boot_ms();
	transfer->done = done;
	transfer->context = context;
	uuid7(transfer->request_id);
	set_policy(http, easy);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_reply);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	if (request->sent) {
		transfer->sent = request->sent;
		curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(
			easy, CURLOPT_XFERINFOFUNCTION, watch_progress);
		curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
	}
	set_body(transfer, request);
	set_headers(transfer, request);
	return transfer;
}

static gboolean on_failed_early(gpointer data)
{
	struct transfer *transfer = data;

	transfer->idle = 0;
	finish(transfer, CURLE_OK);
	return G_SOURCE_REMOVE;
}

void http_send(struct http *http, const struct http_request *request,
	http_done_fn *done, void *context)
{
	if (http->gate && !request->anonymous && !request->bearer)
		http->gate(http->gate_context, request, done, context);
	else
		http_send_plain(http, request, done, context);
}

void http_set_gate(struct http *http, http_gate_fn *send, void *gate)
{
	http->gate = send;
	http->gate_context = gate;
}

void http_send_plain(struct http *http, const struct http_request *request,
	http_done_fn *done, void *context)
{
	struct transfer *transfer = transfer_new(http, request, done, context);

	g_hash_table_add(http->transfers, transfer);
	if (transfer->fault == HTTP_FAULT_NONE &&
		curl_multi_add_handle(http->multi, transfer->easy) != CURLM_OK)
		transfer->fault = HTTP_FAULT_ABSENT;
	if (transfer->fault != HTTP_FAULT_NONE)
		transfer->idle = g_idle_add(on_failed_early, transfer);
}

/* One platform ---------------------------------------------------------------
 */

static char *text_or_null(const char *text)
{
	return text && *text ? g_strdup(text) : NULL;
}

void http_set_identity(
	struct http *http, const char *certificate, const char *key)
{
	http_tls_set_identity(&http->tls, certificate, key);
}

struct http *http_new(const struct http_config *config, GError **error)
{
	struct http *http;
	size_t len;
	bool plain;

	if (!address_check(config->url, &plain, error))
		return NULL;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	http = g_new0(struct http, 1);
	http->plain = plain;
	http->tls.alert = CERT_ALERT_NONE;
	http->total_ms = config->total_ms ? config->total_ms : HTTP_TOTAL_MS;
	http->base = g_strdup(config->url);
	len = strlen(http->base);
	while (len > 0 && http->base[len - 1] == '/')
		http->base[--len] = '\0';
	http->token_file = text_or_null(config->token_file);
	http->tls.ca_file = text_or_null(config->ca_file);
	http->scheme = config->scheme;
	http->agent = g_strdup(config->program ? config->program : "yikou");
	if (http->token_file)
		token_warn_if_open(http->token_file);
	http->watches = g_hash_table_new_full(NULL, NULL, watch_free, NULL);
	http->transfers =
		g_hash_table_new_full(NULL, NULL, transfer_free, NULL);
	http->multi = curl_multi_init();
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 4L);
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	g_hash_table_destroy(http->transfers);
	curl_multi_cleanup(http->multi);
	g_hash_table_destroy(http->watches);
	if (http->timer)
		g_source_remove(http->timer);
	http_tls_clear(&http->tls);
	g_free(http->base);
	g_free(http->token_file);
	g_free(http->agent);
	g_free(http);
	curl_global_cleanup();
}
