/* The stand-in with TLS and everything that can be wrong with a certificate. */
#include "tests/sync/secure.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include <glib/gstdio.h>

#include "client/base/clock.h"
#include "client/base/file.h"
#include "client/base/process.h"

enum { START_LIMIT_MS = 10000, REPLY_LIMIT_MS = 10000 };
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

char *secure_write(struct secure *secure, const char *name, const char *text)
{
	char *path = g_build_filename(secure->rig->dir, name, NULL);
	g_autoptr(GError) error = NULL;

	file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
	return path;
}

void secure_configure(struct secure *secure, const char *ca_file)
{
	g_autofree char *text = g_strdup_printf(
		"[window]\nnumber=03\nname=3号综合窗口\nhall=示例大厅\n"
		"region=410185\n[paths]\nstate=state\nruntime=run\n"
		"[platform]\nurl=https://127.0.0.1:%u\n"
		"token_file=platform.token\nca_file=%s\n",
		secure->port, ca_file ? ca_file : secure->ca_file);

	g_free(secure_write(secure, "yikou.conf", text));
}

/* The stand-in ------------------------------------------------------------- */

static bool has_port(void *context)
{
	struct secure *secure = context;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(secure->port_file, &text, NULL, NULL))
		return false;
	secure->port = (unsigned)g_ascii_strtoull(text, NULL, 10);
	return secure->port != 0;
}

static struct http *open_http(struct secure *secure)
{
	g_autofree char *url =
		g_strdup_printf("https://127.0.0.1:%u", secure->port);
	g_autofree char *token =
		g_build_filename(secure->rig->dir, "platform.token", NULL);
	g_autoptr(GError) error = NULL;
	struct http *http = http_new(&(struct http_config){.url = url,
					     .token_file = token,
					     .ca_file = secure->ca_file},
		&error);

	g_assert_no_error(error);
	return http;
}

static void start(struct secure *secure, const char *option, va_list options)
{
	g_autofree char *program = process_sibling("../../yikou-platform");
	g_autofree char *token =
		g_build_filename(secure->rig->dir, "platform.token", NULL);
	const char *argv[11 + SECURE_MAX_OPTIONS] = {program, "--state",
		secure->state, "--token-file", token, "--port-file",
		secure->port_file, "--tls", "--chaos"};
	int n = 9;

	for (; option; option = va_arg(options, const char *)) {
		g_assert_cmpint(n, <, 9 + SECURE_MAX_OPTIONS);
		argv[n++] = option;
	}
	g_remove(secure->port_file);
	secure->platform = rig_spawn(argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
	g_assert_true(rig_wait(has_port, secure, START_LIMIT_MS));
	secure->browser = open_http(secure);
	secure_configure(secure, NULL);
}

static void stop(struct secure *secure)
{
	g_clear_pointer(&secure->browser, http_free);
	g_subprocess_send_signal(secure->platform, SIGKILL);
	g_subprocess_wait(secure->platform, NULL, NULL);
	g_clear_object(&secure->platform);
}

struct secure *secure_new(const char *option, ...)
{
	struct secure *secure = g_new0(struct secure, 1);
	const char *dir;
	va_list options;

	secure->rig = rig_new();
	dir = secure->rig->dir;
	secure->port_file = g_build_filename(dir, "port", NULL);
	secure->state = g_build_filename(dir, "platform", NULL);
	secure->ca_file = g_build_filename(secure->state, "tls/ca.pem", NULL);
	secure->certificate_file =
		g_build_filename(dir, "state/terminal.pem", NULL);
	secure->key_file = g_build_filename(dir, "state/terminal.key", NULL);
	va_start(options, option);
	start(secure, option, options);
	va_end(options);
	return secure;
}

void secure_restart(struct secure *secure, const char *option, ...)
{
	va_list options;

	stop(secure);
	va_start(options, option);
	start(secure, option, options);
	va_end(options);
}

void secure_free(struct secure *secure)
{
	stop(secure);
	rig_free(secure->rig);
	g_free(secure->port_file);
	g_free(secure->state);
	g_free(secure->ca_file);
	g_free(secure->certificate_file);
	g_free(secure->key_file);
	g_free(secure->body);
	g_free(secure);
}

/* Asking ------------------------------------------------------------------- */

static void on_reply(void *context, const struct http_reply *reply)
{
	struct secure *secure = context;

	secure->has_reply = true;
	secure->status = reply->status;
	secure->fault = reply->fault;
	g_free(secure->body);
	secure->body = g_strndup(reply->data, reply->len);
}

static bool has_reply(void *context)
{
	return ((struct secure *)context)->has_reply;
}

static void ask(struct secure *secure, struct http *http,
	struct http_request *request, const char *type, const char *body)
{
	request->max_reply = 1 << 20;
	if (body) {
		request->body = g_bytes_new(body, strlen(body));
		request->content_type = type ? type : "application/json";
	}
	secure->has_reply = false;
	http_send(http, request, on_reply, secure);
	g_assert_true(rig_wait(has_reply, secure, REPLY_LIMIT_MS));
	g_clear_pointer(&request->body, g_bytes_unref);
}

void secure_ask(struct secure *secure, const char *method, const char *path,
	const char *type, const char *body)
{
	ask(secure, secure->browser,
		&(struct http_request){.method = method, .path = path}, type,
		body);
}

void secure_ask_as(struct secure *secure, struct http *http, const char *bearer,
	const char *path, const char *type, const char *body)
{
	ask(secure, http,
		&(struct http_request){.method = body ? "POST" : "GET",
			.path = path,
			.bearer = bearer,
			.anonymous = !bearer},
		type, body);
}

void secure_order_chaos(struct secure *secure, const char *next)
{
	secure_ask(secure, "POST", "/_chaos", NULL, next);
	g_assert_cmpint(secure->status, ==, 200);
}

void secure_take_ticket(struct secure *secure)
{
	secure_ask(secure, "POST", "/v1/tickets", NULL,
		"{\"kind\":\"apply\",\"business\":\"\",\"person\":\"\"}");
	g_assert_cmpint(secure->status, ==, 201);
}

/* Certificates --------------------------------------------------------------
 */

static void issue(struct cert_order *order, struct secure_pair *pair)
{
	g_autoptr(GError) error = NULL;

	pair->key = cert_make_key();
	order->key_pem = pair->key;
	pair->certificate = cert_issue(order, &error);
	g_assert_no_error(error);
}

void secure_issue(struct secure *secure, enum cert_purpose purpose,
	const char *name, const char *addresses, int from_days, int until_days,
	struct secure_pair *pair)
{
	g_autofree char *ca = NULL, *ca_key = NULL;
	g_autofree char *key_file =
		g_build_filename(secure->state, "tls/ca.key", NULL);
	struct cert_order order = {
		.purpose = purpose,
		.common_name = name,
		.addresses = addresses,
		.from_ms = clock_wall_ms() + from_days * day_ms,
		.until_ms = clock_wall_ms() + until_days * day_ms,
	};

	g_file_get_contents(secure->ca_file, &ca, NULL, NULL);
	g_file_get_contents(key_file, &ca_key, NULL, NULL);
	order.authority_pem = ca;
	order.authority_key_pem = ca_key;
	issue(&order, pair);
}

void secure_issue_foreign(enum cert_purpose purpose, const char *name,
	const char *addresses, struct secure_pair *pair, char **ca)
{
	struct secure_pair authority = {0};
	struct cert_order order = {
		.purpose = CERT_AUTHORITY,
		.common_name = "another authority",
		.from_ms = clock_wall_ms() - day_ms,
		.until_ms = clock_wall_ms() + day_ms,
	};

	issue(&order, &authority);
	order.purpose = purpose;
	order.common_name = name;
	order.addresses = addresses;
	order.authority_pem = authority.certificate;
	order.authority_key_pem = authority.key;
	issue(&order, pair);
	if (ca)
		*ca = g_steal_pointer(&authority.certificate);
	secure_pair_clear(&authority);
}

void secure_pair_clear(struct secure_pair *pair)
{
	g_clear_pointer(&pair->certificate, g_free);
	g_clear_pointer(&pair->key, g_free);
}

void secure_install(struct secure *secure, const struct secure_pair *pair)
{
	g_free(secure_write(secure, "state/terminal.pem", pair->certificate));
	g_free(secure_write(secure, "state/terminal.key", pair->key));
}
