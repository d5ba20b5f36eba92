/* A proxy that does harm, on threads of its own. */
#include "tests/rt5/broker.h"

#include <stdlib.h>
#include <string.h>

enum { REQUEST_MAX = 64 * 1024 * 1024, TIMEOUT_S = 120 };

struct broker {
	GSocketService *service;
	unsigned port, rt_port;
	struct broker_ops ops;
	void *context;
	GMutex lock;
	unsigned busy;
};

/* Message parts ------------------------------------------------------------ */

static GByteArray *read_some(GInputStream *in, GByteArray *bytes)
{
	guint8 chunk[16384];
	gssize len = g_input_stream_read(in, chunk, sizeof(chunk), NULL, NULL);

	if (len <= 0)
		return NULL;
	return g_byte_array_append(bytes, chunk, (guint)len);
}

static size_t head_len(const GByteArray *bytes)
{
	const char *end = bytes->len == 0
				  ? NULL
				  : g_strstr_len((const char *)bytes->data,
					    (gssize)bytes->len, "\r\n\r\n");

	return end ? (size_t)(end - (const char *)bytes->data) + 4 : 0;
}

/* NULL when absent; value ends at the line's end. */
static const char *find_header(const char *head, const char *name)
{
	const char *at = head;
	size_t len = strlen(name);

	while ((at = strstr(at, "\r\n"))) {
		at += 2;
		if (g_ascii_strncasecmp(at, name, len) == 0 && at[len] == ':')
			return at + len + 1 + strspn(at + len + 1, " ");
	}
	return NULL;
}

/* Everything that Content-Length says; NULL when it breaks off. */
static GByteArray *read_request(GInputStream *in)
{
	GByteArray *bytes = g_byte_array_new();

	for (;;) {
		size_t head = head_len(bytes);

		if (head > 0) {
			g_autofree char *text =
				g_strndup((const char *)bytes->data, head);
			const char *len = find_header(text, "Content-Length");
			size_t all = head + (len ? strtoul(len, NULL, 10) : 0);

			if (bytes->len >= all)
				return bytes;
		}
		if (bytes->len > REQUEST_MAX || !read_some(in, bytes)) {
			g_byte_array_unref(bytes);
			return NULL;
		}
	}
}

/* RT ------------------------------------------------------------------------
 */

/* One request, the whole answer; empty when there is none. */
static GByteArray *ask_rt(unsigned port, const GByteArray *request)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection = NULL;
	GByteArray *reply = g_byte_array_new();
	GInputStream *in;

	g_socket_client_set_timeout(client, TIMEOUT_S);
	connection = g_socket_client_connect_to_host(
		client, "127.0.0.1", (guint16)port, NULL, NULL);
	if (!connection)
		return reply;
	if (!g_output_stream_write_all(
		    g_io_stream_get_output_stream(G_IO_STREAM(connection)),
		    request->data, request->len, NULL, NULL, NULL))
		return reply;
	in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
	while (read_some(in, reply))
		;
	return reply;
}

static int status_of(const GByteArray *reply)
{
	g_autofree char *text =
		g_strndup((const char *)reply->data, MIN(reply->len, 32));
	const char *space = strchr(text, ' ');

	return space ? (int)g_ascii_strtoll(space + 1, NULL, 10) : 0;
}

/* The connection is to be closed behind the answer. */
static GByteArray *close_after(const GByteArray *request)
{
	static const char line[] = "Connection: close\r\n";
	GByteArray *out = g_byte_array_new();
	const guint8 *end = memchr(request->data, '\n', request->len);
	guint first = (guint)(end - request->data) + 1;

	g_byte_array_append(out, request->data, first);
	g_byte_array_append(out, (const guint8 *)line, sizeof(line) - 1);
	return g_byte_array_append(
		out, request->data + first, request->len - first);
}

int broker_call(unsigned rt_port, const char *first, const char *headers,
	const char *body, char etag[64])
{
	g_autofree char *text = g_strdup_printf(
		"%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n"
		"%s\r\n%s",
		first, body ? strlen(body) : 0, headers, body ? body : "");
	g_autoptr(GByteArray) request = g_byte_array_new();
	g_autoptr(GByteArray) reply = NULL;
	int status;

	g_byte_array_append(request, (const guint8 *)text, (guint)strlen(text));
	reply = ask_rt(rt_port, request);
	status = status_of(reply);
	if (etag) {
		g_autofree char *head =
			g_strndup((const char *)reply->data, head_len(reply));
		const char *value = find_header(head, "ETag");

		g_strlcpy(etag, value ? value : "", 64);
		etag[strcspn(etag, "\r\n")] = '\0';
	}
	return status;
}

/* Harm ----------------------------------------------------------------------
 */

/* RT itself refuses the first element: it names a queue that is not there, of
 * the same length. */
static void spoil_element(GByteArray *request)
{
	static const char good[] = "\"Queue\":\"yikou\"";
	char *at =
		g_strstr_len((char *)request->data, (gssize)request->len, good);

	if (at)
		memcpy(at, "\"Queue\":\"nokou\"", sizeof(good) - 1);
}

static void say_busy(struct broker *broker, GOutputStream *out)
{
	const char *text = broker->busy++ % 2 == 0
				   ? "HTTP/1.1 429 Too Many Requests\r\n"
				     "Retry-After: 1\r\nConnection: close\r\n"
				     "Content-Length: 0\r\n\r\n"
				   : "HTTP/1.1 503 Service Unavailable\r\n"
				     "Retry-After: 1\r\nConnection: close\r\n"
				     "Content-Length: 0\r\n\r\n";

	g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL);
}

static enum harm judge(struct broker *broker, const char *first)
{
	enum harm harm;

	g_mutex_lock(&broker->lock);
	harm = broker->ops.judge(broker->context, first);
	g_mutex_unlock(&broker->lock);
	return harm;
}

static gboolean on_run(GThreadedSocketService *service,
	GSocketConnection *connection, GObject *source, gpointer data)
{
	struct broker *broker = data;
	GIOStream *stream = G_IO_STREAM(connection);
	GOutputStream *out = g_io_stream_get_output_stream(stream);
	g_autoptr(GByteArray) request =
		read_request(g_io_stream_get_input_stream(stream));
	g_autoptr(GByteArray) once = NULL;
	g_autoptr(GByteArray) reply = NULL;
	g_autofree char *first = NULL;
	enum harm harm;

	(void)service;
	(void)source;
	if (!request)
		return TRUE;
	first = g_strndup((const char *)request->data,
		(gsize)((const guint8 *)memchr(
				request->data, '\r', request->len) -
			request->data));
	harm = judge(broker, first);
	if (harm == HARM_LOSE_REQUEST)
		return TRUE;
	if (harm == HARM_BUSY) {
		say_busy(broker, out);
		return TRUE;
	}
	if (harm == HARM_SPOIL_ELEMENT)
		spoil_element(request);
	once = close_after(request);
	reply = ask_rt(broker->rt_port, once);
	if (harm == HARM_LOSE_REPLY || reply->len == 0)
		return TRUE;
	g_mutex_lock(&broker->lock);
	if (broker->ops.heard)
		broker->ops.heard(broker->context, first, status_of(reply));
	g_mutex_unlock(&broker->lock);
	g_output_stream_write_all(
		out, reply->data, reply->len, NULL, NULL, NULL);
	return TRUE;
}

struct broker *broker_new(
	unsigned rt_port, const struct broker_ops *ops, void *context)
{
	struct broker *broker = g_new0(struct broker, 1);
	g_autoptr(GInetAddress) host =
		g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new(host, 0);
	g_autoptr(GSocketAddress) bound = NULL;
	g_autoptr(GError) error = NULL;

	broker->rt_port = rt_port;
	broker->ops = *ops;
	broker->context = context;
	g_mutex_init(&broker->lock);
	broker->service = g_threaded_socket_service_new(16);
	g_socket_listener_add_address(G_SOCKET_LISTENER(broker->service),
		address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
		&bound, &error);
	g_assert_no_error(error);
	broker->port =
		g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
	g_signal_connect(broker->service, "run", G_CALLBACK(on_run), broker);
	g_socket_service_start(broker->service);
	return broker;
}

unsigned broker_port(const struct broker *broker)
{
	return broker->port;
}

void broker_free(struct broker *broker)
{
	g_socket_service_stop(broker->service);
	g_socket_listener_close(G_SOCKET_LISTENER(broker->service));
	g_object_unref(broker->service);
	g_mutex_clear(&broker->lock);
	g_free(broker);
}
