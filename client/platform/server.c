/* libmicrohttpd without threads: its epoll descriptor is watched by a GSource,
 * MHD_run() does what is due. A request's body is bounded by its route before
 * it is read; attachments go to a temporary file and are hashed on the way. */
#include "client/platform/server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>
#include <microhttpd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/id.h"
#include "client/base/log.h"
#include "client/platform/chaos.h"
#include "client/platform/peer.h"
#include "client/platform/platform.h"
#include "client/platform/router.h"
#include "client/platform/spool.h"
#include "client/platform/uploads.h"
#include "client/platform/tls.h"

enum {
	CONNECTIONS_MAX = 256,
	CONNECTION_MEMORY = 64 * 1024, /* bounds the headers, too */
	CONNECTION_IDLE_S = 60,
	DRAIN_MAX = 1 << 20, /* a refused body that is read to its end */
	REQUEST_ID_MAX = 64,
};

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define CONTENT_POLICY                                    \
	"default-src 'none'; style-src 'unsafe-inline'; " \
	"frame-ancestors 'none'; base-uri 'none'; "

struct server {
	struct platform *platform; /* borrowed */
	struct MHD_Daemon *daemon;
	GSource *source;
	GSourceFuncs source_funcs;
	GHashTable *delayed; /* of struct exchange *, suspended */
};

struct exchange {
	struct server *server;             /* borrowed */
	struct MHD_Connection *connection; /* borrowed */
	struct request request;
	const struct route *route; /* NULL when refused */
	enum problem refusal;
	bool is_too_large;
	GString *body;
	struct spool *spool;   /* own: of an upload */
	struct append *append; /* own: of a chunk of one */
	char sha256[SHA256_TEXT];
	int64_t received;
	char request_id[REQUEST_ID_MAX + 1];
	struct chaos_fault fault;
	struct reply *reply; /* own: waits for its delay */
	guint timer;
	int64_t start_ms;
};

/* Requests -------------------------------------------------------------- */

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result add_query(void *context, enum MHD_ValueKind kind,
	const char *name, const char *value)
{
	(void)kind;
	g_hash_table_insert(
		context, g_strdup(name), g_strdup(value ? value : ""));
	return MHD_YES;
}

static bool peer_is_local(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	g_autoptr(GSocketAddress) peer = NULL;

	if (!info || !info->client_addr)
		return false;
	peer = g_socket_address_new_from_native(
		info->client_addr, sizeof(struct sockaddr_storage));
	if (!G_IS_INET_SOCKET_ADDRESS(peer))
		return false;
	return g_inet_address_get_is_loopback(
		g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(peer)));
}

/* Who it is by its certificate. */
static void take_peer(struct exchange *exchange)
{
	struct MHD_Connection *connection = exchange->connection;
	const struct tls *tls = exchange->server->platform->tls;
	const union MHD_ConnectionInfo *session = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const union MHD_ConnectionInfo *context = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	const struct cert_facts *facts;

	if (!tls || !session || !context)
		return;
	facts = peer_facts(context->socket_context, session->tls_session, tls);
	if (!facts)
		return;
	exchange->request.peer_print = facts->print;
	exchange->request.peer_name = facts->common_name;
}

static void take_request_id(struct exchange *exchange)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._";
	const char *given = header(exchange->connection, "X-Request-Id");
	size_t len = given ? strlen(given) : 0;

	if (len > 0 && len <= REQUEST_ID_MAX && strspn(given, allowed) == len)
		g_strlcpy(exchange->request_id, given,
			sizeof(exchange->request_id));
	else
		uuid7(exchange->request_id);
}

static bool method_from_name(const char *name, enum method *method)
{
	for (int i = 0; i < METHOD_COUNT; i++) {
		*method = (enum method)i;
		if (strcmp(router_method_name(*method), name) == 0)
			return true;
	}
	return false;
}

static struct exchange *exchange_new(struct server *server,
	struct MHD_Connection *connection, const char *url, const char *method)
{
	struct exchange *exchange = g_new0(struct exchange, 1);
	struct request *request = &exchange->request;

	exchange->server = server;
	exchange->connection = connection;
	exchange->start_ms = clock_boot_ms();
	take_request_id(exchange);
	request->path = url;
	request->query =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	MHD_get_connection_values(
		connection, MHD_GET_ARGUMENT_KIND, add_query, request->query);
	for (size_t i = 0; request_header_name(i); i++)
		request_set_header(
			request, i, header(connection, request_header_name(i)));
	request->is_local = peer_is_local(connection);
	take_peer(exchange);
	exchange->refusal = PROBLEM_METHOD;
	if (method_from_name(method, &request->method))
		exchange->route = router_admit(
			server->platform, request, &exchange->refusal);
	return exchange;
}

static void exchange_free(struct exchange *exchange)
{
	g_hash_table_remove(exchange->server->delayed, exchange);
	g_clear_handle_id(&exchange->timer, g_source_remove);
	request_clear(&exchange->request);
	g_hash_table_destroy(exchange->request.query);
	if (exchange->body)
		g_string_free(exchange->body, TRUE);
	if (exchange->spool)
		spool_free(exchange->spool);
	if (exchange->append)
		append_free(exchange->append);
	if (exchange->reply)
		reply_free(exchange->reply);
	g_free(exchange);
}

/* Replies --------------------------------------------------------------- */

static struct MHD_Response *make_response(struct reply *reply)
{
	struct MHD_Response *response;
	struct stat info;
	int fd;

	if (!reply->file) {
		response = MHD_create_response_from_buffer_with_free_callback(
			reply->len, reply->body, g_free);
		reply->body = NULL;
		return response;
	}
	fd = open(reply->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return NULL;
	if (reply->file_len > 0)
		return MHD_create_response_from_fd_at_offset64(
			(uint64_t)reply->file_len, fd,
			(uint64_t)reply->file_from);
	if (fstat(fd, &info) == 0)
		return MHD_create_response_from_fd64(
			(uint64_t)info.st_size, fd);
	close(fd);
	return NULL;
}

static void add_headers(struct MHD_Response *response,
	const struct exchange *exchange, const struct reply *reply)
{
	if (reply->type)
		MHD_add_response_header(response, "Content-Type", reply->type);
	MHD_add_response_header(response, "X-Request-Id", exchange->request_id);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy",
		reply->has_form ? CONTENT_POLICY "form-action 'self'"
				: CONTENT_POLICY "form-action 'none'");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	for (guint i = 0; reply->headers && i < reply->headers->len; i += 2)
		MHD_add_response_header(response, reply->headers->pdata[i],
			reply->headers->pdata[i + 1]);
	if (reply->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
	if (*exchange->fault.retry_after)
		MHD_add_response_header(
			response, "Retry-After", exchange->fault.retry_after);
}

static void log_exchange(const struct exchange *exchange, int status)
{
	const struct route *route = exchange->route;

	if (status < 400 && (!route || route->method == METHOD_GET ||
				    route->method == METHOD_HEAD))
		return;
	log_info("%s %s %d %" G_GINT64_FORMAT " ms %s",
		router_method_name(exchange->request.method),
		route ? route->pattern : "-", status,
		clock_boot_ms() - exchange->start_ms, exchange->request_id);
}

static enum MHD_Result send_reply(
	struct exchange *exchange, struct reply *take_reply)
{
	AUTO(reply) reply = take_reply;
	bool has_body = !reply->file && reply->len > 0 &&
			exchange->request.method != METHOD_HEAD;
	g_autofree char *digest =
		has_body ? content_digest(reply->body, reply->len) : NULL;
	struct MHD_Response *response = make_response(reply);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	if (digest)
		MHD_add_response_header(response, "Content-Digest", digest);
	uploads_headers(&exchange->request, reply);
	/* A refusal to HEAD has no body, so it has no type either. */
	if (exchange->request.method == METHOD_HEAD && reply->status >= 400)
		reply->type = NULL;
	add_headers(response, exchange, reply);
	log_exchange(exchange, reply->status);
	result = MHD_queue_response(
		exchange->connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_problem(
	struct exchange *exchange, enum problem problem)
{
	return send_reply(exchange,
		reply_problem(exchange->server->platform, problem, NULL));
}

/* Bodies ---------------------------------------------------------------- */

/* Content-Length, 0 when there is none (chunked, or no body). */
static uint64_t announced_length(struct MHD_Connection *connection)
{
	const char *text = header(connection, "Content-Length");

	return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

/* A chunk that does not fit is refused before it is read. */
static void begin_append(struct exchange *exchange)
{
	if (!exchange->route || !(exchange->route->flags & ROUTE_APPEND))
		return;
	exchange->append = append_begin(exchange->server->platform,
		&exchange->request, &exchange->refusal);
	if (!exchange->append)
		exchange->route = NULL;
}

/* A refusal is told at once when the client would otherwise send much. */
static enum MHD_Result begin_body(struct exchange *exchange)
{
	uint64_t length = announced_length(exchange->connection);
	bool asks = header(exchange->connection, "Expect") != NULL;

	begin_append(exchange);
	if (!exchange->route)
		return asks || length > DRAIN_MAX
			       ? send_problem(exchange, exchange->refusal)
			       : MHD_YES;
	if (length > router_limit(exchange->route))
		return send_problem(exchange, PROBLEM_TOO_LARGE);
	exchange->body = g_string_new(NULL);
	if (exchange->route->flags & ROUTE_UPLOAD)
		exchange->spool = spool_new(exchange->server->platform);
	return MHD_YES;
}

/* False: hang up, it sends without an end. */
static bool take_body(struct exchange *exchange, const char *data, size_t len)
{
	size_t limit = exchange->route ? router_limit(exchange->route) : 0;

	exchange->received += (int64_t)len;
	if (exchange->received > (int64_t)limit + DRAIN_MAX)
		return false;
	if (exchange->received > (int64_t)limit)
		exchange->is_too_large = true;
	else if (exchange->append)
		append_add(exchange->append, data, len);
	else if (exchange->route->flags & ROUTE_UPLOAD)
		spool_add(exchange->spool, data, len);
	else
		g_string_append_len(exchange->body, data, (gssize)len);
	return true;
}

static bool end_body(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	request->body = exchange->body->str;
	request->body_len = exchange->body->len;
	request->file_sha256 = exchange->sha256;
	request->file_size = exchange->received;
	return !exchange->spool ||
	       spool_end(exchange->spool, &request->file, exchange->sha256);
}

static struct reply *run_handler(struct exchange *exchange)
{
	struct platform *platform = exchange->server->platform;

	if (!exchange->route)
		return reply_problem(platform, exchange->refusal, NULL);
	if (exchange->is_too_large)
		return reply_problem(platform, PROBLEM_TOO_LARGE, NULL);
	if (exchange->append)
		return append_end(exchange->append);
	if (!end_body(exchange))
		return reply_problem(platform, PROBLEM_STORAGE_FULL, NULL);
	return router_run(platform, exchange->route, &exchange->request);
}

/* Faults to order ------------------------------------------------------- */

/* libmicrohttpd tells nobody that a connection was resumed: it is run. */
static gboolean end_delay(void *data)
{
	struct exchange *exchange = data;
	struct MHD_Daemon *daemon = exchange->server->daemon;

	exchange->timer = 0;
	g_hash_table_remove(exchange->server->delayed, exchange);
	MHD_resume_connection(exchange->connection);
	MHD_run(daemon);
	return G_SOURCE_REMOVE;
}

static enum MHD_Result delay_reply(struct exchange *exchange)
{
	exchange->reply = run_handler(exchange);
	g_hash_table_add(exchange->server->delayed, exchange);
	exchange->timer = g_timeout_add(
		(guint)exchange->fault.value, end_delay, exchange);
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

static struct reply *gateway_page(int status)
{
	return reply_html(status,
		g_strdup("<!DOCTYPE html><title>gateway</title>"
			 "<p>This page comes from a pretended gateway.\n"));
}

/* As much of the reply's body as was ordered. */
static struct reply *cut_body(struct reply *reply, int bytes)
{
	if (!reply->file)
		reply->len = MIN(reply->len, (size_t)bytes);
	return reply;
}

static struct reply *ordered_status(struct exchange *exchange, int status)
{
	struct json *problem =
		problem_json(problem_of_status(status), "ordered fault");

	json_put_int(problem, "status", status);
	return reply_problem_json(exchange->server->platform, problem);
}

static struct reply *garbage(int status)
{
	struct reply *reply = reply_html(status, chaos_garbage());

	reply->type =
		status < 400 ? "application/json" : "application/problem+json";
	return reply;
}

/* What comes back when the fault in hand lets anything come back: NULL is a
 * connection that ends without a word. */
static struct reply *run_fault(struct exchange *exchange)
{
	const struct chaos_fault *fault = &exchange->fault;

	switch (fault->kind) {
	case CHAOS_STATUS:
		return ordered_status(exchange, fault->value);
	case CHAOS_HTML:
		return gateway_page(fault->value);
	case CHAOS_GARBAGE:
		return garbage(fault->value);
	case CHAOS_CUT:
		return NULL;
	case CHAOS_FREEZE:
		g_usleep((gulong)fault->value * 1000);
		break;
	case CHAOS_DROP_REPLY:
		reply_free(run_handler(exchange));
		return NULL;
	case CHAOS_TRUNCATE:
		return cut_body(run_handler(exchange), fault->value);
	case CHAOS_KILL_BEFORE: /* also when there was nothing to commit */
	case CHAOS_KILL_AFTER:
		reply_free(run_handler(exchange));
		chaos_die();
		break;
	case CHAOS_DELAY:
	case CHAOS_RESULTS:
	case CHAOS_ITEMS:
	case CHAOS_NONE:
		break;
	}
	return run_handler(exchange);
}

static enum MHD_Result answer(struct exchange *exchange)
{
	struct reply *reply;

	if (exchange->reply)
		return send_reply(exchange, g_steal_pointer(&exchange->reply));
	exchange->fault = chaos_next(
		exchange->server->platform->chaos, exchange->request.path);
	if (exchange->fault.kind == CHAOS_DELAY)
		return delay_reply(exchange);
	reply = run_fault(exchange);
	return reply ? send_reply(exchange, reply) : MHD_NO;
}

/* The daemon ------------------------------------------------------------ */

static enum MHD_Result on_request(void *context,
	struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *data, size_t *len, void **state)
{
	struct exchange *exchange = *state;

	(void)version;
	if (!exchange) {
		exchange = exchange_new(context, connection, url, method);
		*state = exchange;
		return begin_body(exchange);
	}
	if (*len > 0) {
		size_t given = *len;

		*len = 0;
		return take_body(exchange, data, given) ? MHD_YES : MHD_NO;
	}
	return answer(exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection,
	void **state, enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	if (*state)
		exchange_free(*state);
	*state = NULL;
}

/* Each connection has room for what its certificate says. */
static void on_connection(void *context, struct MHD_Connection *connection,
	void **state, enum MHD_ConnectionNotificationCode code)
{
	(void)context;
	(void)connection;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*state = g_new0(struct peer, 1);
	else
		g_clear_pointer(state, g_free);
}

struct daemon_source {
	GSource base;
	struct MHD_Daemon *daemon; /* borrowed */
	gpointer tag;
};

static gboolean source_prepare(GSource *base, int *timeout_ms)
{
	struct daemon_source *source = (struct daemon_source *)base;
	MHD_UNSIGNED_LONG_LONG due;

	*timeout_ms = -1;
	if (MHD_get_timeout(source->daemon, &due) == MHD_YES)
		*timeout_ms = (int)MIN(due, G_MAXINT);
	return *timeout_ms == 0;
}

static gboolean source_check(GSource *base)
{
	struct daemon_source *source = (struct daemon_source *)base;
	int timeout_ms;

	return g_source_query_unix_fd(base, source->tag) != 0 ||
	       source_prepare(base, &timeout_ms);
}

static gboolean source_dispatch(
	GSource *base, GSourceFunc callback, gpointer data)
{
	(void)callback;
	(void)data;
	MHD_run(((struct daemon_source *)base)->daemon);
	return G_SOURCE_CONTINUE;
}

static GSource *watch_daemon(struct server *server)
{
	struct MHD_Daemon *daemon = server->daemon;
	GSource *base = g_source_new(
		&server->source_funcs, sizeof(struct daemon_source));
	struct daemon_source *source = (struct daemon_source *)base;
	int fd =
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;

	source->daemon = daemon;
	source->tag = g_source_add_unix_fd(base, fd, G_IO_IN);
	g_source_attach(base, NULL);
	return base;
}

static struct MHD_Daemon *start_daemon(struct server *server, uint16_t port,
	GSocketAddress *where, GError **error)
{
	struct sockaddr_storage native = {0};
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
	const struct tls *tls = server->platform->tls;
	struct MHD_OptionItem tls_options[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? tls->certificate : NULL},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? tls->key : NULL},
		{MHD_OPTION_HTTPS_MEM_TRUST, 0, tls ? tls->authority : NULL},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_PRIORITIES},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem no_options[] = {{MHD_OPTION_END, 0, NULL}};

	if (g_socket_address_get_family(where) == G_SOCKET_FAMILY_IPV6)
		flags |= MHD_USE_IPv6;
	if (tls)
		flags |= MHD_USE_TLS;
	if (!g_socket_address_to_native(where, &native, sizeof(native), error))
		return NULL;
	return MHD_start_daemon(flags, port, NULL, NULL, on_request, server,
		MHD_OPTION_SOCK_ADDR, &native, MHD_OPTION_CONNECTION_LIMIT,
		CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
		CONNECTION_IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_ARRAY, tls ? tls_options : no_options,
		MHD_OPTION_END);
}

struct server *server_new(struct platform *platform, const char *address,
	uint16_t port, GError **error)
{
	g_autoptr(GSocketAddress) where =
		g_inet_socket_address_new_from_string(address, port);
	AUTO(server) server = NULL;

	if (!where) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_USAGE,
			"%s is not a numeric address", address);
		return NULL;
	}
	server = g_new0(struct server, 1);
	server->platform = platform;
	server->delayed = g_hash_table_new(NULL, NULL);
	server->daemon = start_daemon(server, port, where, error);
	if (!server->daemon) {
		if (error && !*error)
			g_set_error(error, LINK_ERROR, LINK_ERROR_BUSY,
				"cannot listen on %s port %u: %s", address,
				port, g_strerror(errno));
		return NULL;
	}
	server->source_funcs = (GSourceFuncs){.prepare = source_prepare,
		.check = source_check,
		.dispatch = source_dispatch};
	server->source = watch_daemon(server);
	return g_steal_pointer(&server);
}

/* libmicrohttpd must not be stopped with suspended connections. */
static void end_delays(struct server *server)
{
	GList *delayed = g_hash_table_get_keys(server->delayed);

	for (GList *at = delayed; at; at = at->next) {
		struct exchange *exchange = at->data;

		g_clear_handle_id(&exchange->timer, g_source_remove);
		end_delay(exchange);
	}
	g_list_free(delayed);
}

void server_free(struct server *server)
{
	if (server->source) {
		g_source_destroy(server->source);
		g_source_unref(server->source);
	}
	if (server->daemon) {
		end_delays(server);
		MHD_stop_daemon(server->daemon);
	}
	g_hash_table_destroy(server->delayed);
	g_free(server);
}

uint16_t server_port(const struct server *server)
{
	return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)
		->port;
}
