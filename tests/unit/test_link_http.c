/* The HTTP client against a server of a few lines that says what it is told:
 * bounds, faults, and what curl would do by itself but must not. */
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/link/http.h"

struct bench {
	GSocketService *service;
	unsigned port;
	const char *reply; /* sent to each request; NULL: silence */
	GString *request;  /* all bytes that came */
	unsigned connections;
	GPtrArray *streams;
	char *dir, *token_file;
	struct http *http;
	/* the last reply */
	bool done;
	enum http_fault fault;
	int status;
	char *body, *type;
	int64_t retry_after_ms;
	char etag[HTTP_ETAG_MAX];
	enum http_scheme scheme;
};

static gboolean on_readable(GObject *stream, gpointer data)
{
	struct bench *bench = data;
	GSocketConnection *connection =
		g_object_get_data(G_OBJECT(stream), "connection");
	char chunk[65536];
	gssize len = g_pollable_input_stream_read_nonblocking(
		G_POLLABLE_INPUT_STREAM(stream), chunk, sizeof(chunk), NULL,
		NULL);

	if (len <= 0)
		return G_SOURCE_REMOVE;
	g_string_append_len(bench->request, chunk, len);
	if (!strstr(bench->request->str, "\r\n\r\n") || !bench->reply)
		return G_SOURCE_CONTINUE;
	g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(connection)),
		bench->reply, strlen(bench->reply), NULL, NULL, NULL);
	g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
	return G_SOURCE_REMOVE;
}

static gboolean on_incoming(GSocketService *service, GSocketConnection *stream,
	GObject *unused, gpointer data)
{
	struct bench *bench = data;
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(stream));
	g_autoptr(GSource) source = g_pollable_input_stream_create_source(
		G_POLLABLE_INPUT_STREAM(in), NULL);

	(void)service;
	(void)unused;
	bench->connections++;
	g_object_set_data(G_OBJECT(in), "connection", stream);
	g_ptr_array_add(bench->streams, g_object_ref(stream));
	g_source_set_callback(source, G_SOURCE_FUNC(on_readable), bench, NULL);
	g_source_attach(source, NULL);
	return TRUE;
}

static void open_client(struct bench *bench, const char *prefix)
{
	g_autofree char *url =
		g_strdup_printf("http://127.0.0.1:%u%s", bench->port, prefix);
	g_autoptr(GError) error = NULL;

	bench->http = http_new(
		&(struct http_config){
			.url = url,
			.token_file = bench->token_file,
			.scheme = bench->scheme,
			.program = "test/1",
		},
		&error);
	g_assert_no_error(error);
}

static void bench_open(struct bench *bench, const char *reply)
{
	g_autoptr(GSocketAddress) any =
		g_inet_socket_address_new_from_string("127.0.0.1", 0);
	g_autoptr(GSocketAddress) bound = NULL;

	*bench = (struct bench){.reply = reply};
	bench->request = g_string_new(NULL);
	bench->streams = g_ptr_array_new_with_free_func(g_object_unref);
	bench->service = g_socket_service_new();
	g_socket_listener_add_address(G_SOCKET_LISTENER(bench->service), any,
		G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound,
		NULL);
	bench->port =
		g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
	g_signal_connect(
		bench->service, "incoming", G_CALLBACK(on_incoming), bench);
	bench->dir = g_dir_make_tmp("yikou-http-XXXXXX", NULL);
	bench->token_file = g_build_filename(bench->dir, "token", NULL);
	g_file_set_contents(bench->token_file, "secret-1\n", -1, NULL);
	g_chmod(bench->token_file, 0600);
	open_client(bench, "");
}

static void bench_close(struct bench *bench)
{
	http_free(bench->http);
	g_socket_service_stop(bench->service);
	g_object_unref(bench->service);
	g_ptr_array_unref(bench->streams);
	g_string_free(bench->request, TRUE);
	file_remove_tree(bench->dir);
	g_free(bench->dir);
	g_free(bench->token_file);
	g_free(bench->body);
	g_free(bench->type);
}

static void on_done(void *context, const struct http_reply *reply)
{
	struct bench *bench = context;

	bench->done = true;
	bench->fault = reply->fault;
	bench->status = reply->status;
	bench->retry_after_ms = reply->retry_after_ms;
	memcpy(bench->etag, reply->etag, sizeof(bench->etag));
	g_free(bench->body);
	g_free(bench->type);
	bench->body = g_strndup(reply->data, reply->len);
	bench->type = g_strdup(reply->content_type);
}

static void run(struct bench *bench, const struct http_request *request)
{
	bench->done = false;
	http_send(bench->http, request, on_done, bench);
	g_assert_false(bench->done); /* never from inside */
	while (!bench->done)
		g_main_context_iteration(NULL, TRUE);
}

static const struct http_request simple = {
	.method = "GET",
	.path = "/v1/x",
	.max_reply = 100,
	.total_ms = 3000,
};

#define OK_REPLY                                                \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" \
	"Content-Length: 2\r\n\r\n{}"

static void test_request(void)
{
	struct bench bench;
	g_autoptr(GBytes) body = g_bytes_new_static("{\"a\":1}", 7);

	bench_open(&bench, OK_REPLY);
	http_free(bench.http);
	open_client(&bench, "/prefix/");
	run(&bench, &(struct http_request){
			    .method = "POST",
			    .path = "/v1/y",
			    .content_type = "application/json",
			    .body = body,
			    .max_reply = 100,
			    .idempotency_key = "k1",
		    });
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_NONE);
	g_assert_cmpint(bench.status, ==, 200);
	g_assert_cmpstr(bench.body, ==, "{}");
	g_assert_cmpstr(bench.type, ==, "application/json");
	g_assert_cmpint(bench.retry_after_ms, ==, -1);
	g_assert_true(g_str_has_prefix(
		bench.request->str, "POST /prefix/v1/y HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(
		bench.request->str, "Authorization: Bearer secret-1\r\n"));
	g_assert_nonnull(strstr(bench.request->str, "Idempotency-Key: k1\r\n"));
	g_assert_nonnull(strstr(bench.request->str, "X-Request-Id: "));
	g_assert_nonnull(strstr(bench.request->str, "\r\n\r\n{\"a\":1}"));
	g_assert_null(strstr(bench.request->str, "Expect:"));
	bench_close(&bench);
}

/* A renewed token is used by the next request; the probe carries none. */
static void test_token(void)
{
	struct bench bench;
	struct http_request anonymous = simple;

	bench_open(&bench, OK_REPLY);
	g_file_set_contents(bench.token_file, "secret-2", -1, NULL);
	run(&bench, &simple);
	g_assert_nonnull(strstr(bench.request->str, "Bearer secret-2\r\n"));
	g_string_truncate(bench.request, 0);
	anonymous.anonymous = true;
	run(&bench, &anonymous);
	g_assert_null(strstr(bench.request->str, "Authorization"));
	g_unlink(bench.token_file);
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_TOKEN);
	g_assert_cmpuint(bench.connections, ==, 2);
	bench_close(&bench);
}

static void test_too_large(void)
{
	g_autofree char *blanks = g_strnfill(101, ' ');
	g_autofree char *known = g_strdup_printf(
		"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n%s", blanks);
	g_autofree char *unknown =
		g_strdup_printf("HTTP/1.1 200 OK\r\n\r\n%s", blanks);
	struct bench bench;

	bench_open(&bench, known);
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_TOO_LARGE);
	g_assert_cmpstr(bench.body, ==, "");
	bench.reply = unknown;
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_TOO_LARGE);
	bench_close(&bench);
}

/* The token must not go where a redirect points. */
static void test_no_redirect(void)
{
	g_autofree char *reply = NULL;
	struct bench bench;

	bench_open(&bench, NULL);
	reply = g_strdup_printf("HTTP/1.1 302 Found\r\nLocation: "
				"http://127.0.0.1:%u/evil\r\n"
				"Content-Length: 0\r\n\r\n",
		bench.port);
	bench.reply = reply;
	run(&bench, &simple);
	g_assert_cmpint(bench.status, ==, 302);
	g_assert_cmpuint(bench.connections, ==, 1);
	g_assert_null(strstr(bench.request->str, "/evil"));
	bench_close(&bench);
}

/* The programs clear the environment; the client does not rely on it. */
static void test_no_proxy(void)
{
	struct bench bench;

	g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
	g_setenv("all_proxy", "http://127.0.0.1:1", TRUE);
	bench_open(&bench, OK_REPLY);
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_NONE);
	bench_close(&bench);
	g_unsetenv("http_proxy");
	g_unsetenv("all_proxy");
}

static void test_retry_after(void)
{
	struct bench bench;

	bench_open(&bench, "HTTP/1.1 503 No\r\nRetry-After: 7\r\n"
			   "Content-Length: 0\r\n\r\n");
	run(&bench, &simple);
	g_assert_cmpint(bench.status, ==, 503);
	g_assert_cmpint(bench.retry_after_ms, ==, 7000);
	bench.reply = "HTTP/1.1 503 No\r\nRetry-After: "
		      "99999999999999999999\r\nContent-Length: 0\r\n\r\n";
	run(&bench, &simple);
	g_assert_cmpint(bench.retry_after_ms, <=, 86400000);
	bench.reply = "HTTP/1.1 503 No\r\nRetry-After: soon\r\n"
		      "Content-Length: 0\r\n\r\n";
	run(&bench, &simple);
	g_assert_cmpint(bench.retry_after_ms, ==, -1);
	bench_close(&bench);
}

static void test_faults(void)
{
	struct http_request quick = simple;
	struct bench bench;

	quick.total_ms = 150;
	bench_open(&bench, NULL);
	run(&bench, &quick);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_TIMEOUT);
	g_assert_cmpint(bench.status, ==, 0);
	bench.reply = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf";
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_CUT);
	bench.reply = "SSH-2.0-OpenSSH\r\n\r\n";
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_CUT);
	g_socket_service_stop(bench.service);
	g_socket_listener_close(G_SOCKET_LISTENER(bench.service));
	run(&bench, &simple);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_ABSENT);
	bench_close(&bench);
}

static void put_file(struct bench *bench, const char *path, int64_t size)
{
	run(bench, &(struct http_request){
			   .method = "PUT",
			   .path = "/v1/blobs/x",
			   .content_type = "image/jpeg",
			   .file = path,
			   .file_size = size,
			   .max_reply = 100,
			   .total_ms = 2000,
		   });
}

static void test_file(void)
{
	g_autofree char *path = NULL;
	struct bench bench;

	bench_open(&bench, OK_REPLY);
	path = g_build_filename(bench.dir, "page", NULL);
	g_file_set_contents(path, "0123456789", 10, NULL);
	put_file(&bench, path, 10);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_NONE);
	g_assert_nonnull(strstr(bench.request->str, "Content-Length: 10\r\n"));
	g_assert_true(g_str_has_prefix(bench.request->str, "PUT "));
	/* Shorter than it was: an end that looks like a whole file must not be
	 * sent. Gone: not a fault of the platform. */
	bench.reply = NULL;
	put_file(&bench, path, 20);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_FILE);
	g_unlink(path);
	put_file(&bench, path, 10);
	g_assert_cmpint(bench.fault, ==, HTTP_FAULT_FILE);
	bench_close(&bench);
}

static void test_file_with_surroundings(void)
{
	g_autoptr(GBytes) before = g_bytes_new_static("<<", 2);
	g_autoptr(GBytes) after = g_bytes_new_static(">>>", 3);
	g_autofree char *path = NULL;
	struct bench bench;

	bench_open(&bench, NULL); /* it only listens */
	path = g_build_filename(bench.dir, "page", NULL);
	g_file_set_contents(path, "0123456789", 10, NULL);
	run(&bench, &(struct http_request){
			    .method = "POST",
			    .path = "/comment",
			    .content_type = "multipart/form-data",
			    .body = before,
			    .file = path,
			    .file_size = 10,
			    .after = after,
			    .max_reply = 100,
			    .total_ms = 500,
		    });
	g_assert_true(g_str_has_prefix(bench.request->str, "POST "));
	g_assert_nonnull(strstr(bench.request->str, "Content-Length: 15\r\n"));
	g_assert_true(g_str_has_suffix(bench.request->str, "<<0123456789>>>"));
	bench_close(&bench);
}

static void test_etag(void)
{
	struct bench bench;

	bench_open(&bench, "HTTP/1.0 200 OK\r\netag:  \"43\" \r\n"
			   "Content-Length: 2\r\n\r\n{}");
	run(&bench, &(struct http_request){.method = "GET",
			    .path = "/ticket/1",
			    .if_match = "\"42\"",
			    .max_reply = 100});
	g_assert_cmpstr(bench.etag, ==, "\"43\"");
	g_assert_nonnull(strstr(bench.request->str, "If-Match: \"42\"\r\n"));
	bench.reply = OK_REPLY;
	run(&bench, &(struct http_request){.method = "GET",
			    .path = "/ticket/1",
			    .max_reply = 100});
	g_assert_cmpstr(bench.etag, ==, "");
	bench_close(&bench);
}

/* RT's own words for a token, and a password. */
static void test_scheme(void)
{
	static const struct {
		const char *secret, *line;
	} rows[] = {
		{"1-14-abc\n", "Authorization: token 1-14-abc\r\n"},
		{"user:word", "Authorization: Basic dXNlcjp3b3Jk\r\n"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct bench bench;

		bench_open(&bench, OK_REPLY);
		http_free(bench.http);
		bench.scheme = HTTP_RT;
		open_client(&bench, "");
		g_file_set_contents(bench.token_file, rows[i].secret, -1, NULL);
		run(&bench, &(struct http_request){.method = "GET",
				    .path = "/rt",
				    .max_reply = 100});
		g_assert_nonnull(strstr(bench.request->str, rows[i].line));
		bench_close(&bench);
	}
}

/* Dropped requests do not call back. */
static void test_free_in_flight(void)
{
	struct bench bench;

	bench_open(&bench, NULL);
	http_send(bench.http, &simple, on_done, &bench);
	while (bench.connections == 0)
		g_main_context_iteration(NULL, TRUE);
	http_free(bench.http);
	open_client(&bench, "");
	g_assert_false(bench.done);
	bench_close(&bench);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/http/request", test_request);
	g_test_add_func("/link/http/token", test_token);
	g_test_add_func("/link/http/too-large", test_too_large);
	g_test_add_func("/link/http/no-redirect", test_no_redirect);
	g_test_add_func("/link/http/no-proxy", test_no_proxy);
	g_test_add_func("/link/http/retry-after", test_retry_after);
	g_test_add_func("/link/http/faults", test_faults);
	g_test_add_func("/link/http/file", test_file);
	g_test_add_func("/link/http/file-with-surroundings",
		test_file_with_surroundings);
	g_test_add_func("/link/http/etag", test_etag);
	g_test_add_func("/link/http/scheme", test_scheme);
	g_test_add_func("/link/http/free-in-flight", test_free_in_flight);
	return g_test_run();
}
