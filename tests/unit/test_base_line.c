/* The local protocol: greeting, state before synced, exactly one answer, a
 * client that lies, one that does not read, a server that goes and comes. */
#include "client/base/line.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"

struct bench {
	char *dir, *path;
	struct line_server *server;
	struct line_client *client;
	int joined, left, synced, lost, events, replies;
	char *order; /* what happened: s state, S synced, e event */
	GError *error;
	struct json *result;
};

static void joined(void *context, struct line_peer *peer)
{
	struct bench *bench = context;
	AUTO(json) state = json_new_object();

	bench->joined++;
	json_put_text(state, "device", "keypad");
	line_send(peer, state);
}

static void command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	struct bench *bench = context;

	if (!strcmp(verb, "echo")) {
		line_answer(peer, id, json_copy(message));
	} else if (!strcmp(verb, "refuse")) {
		g_autoptr(GError) error = g_error_new_literal(
			LINK_ERROR, LINK_ERROR_PAPER, "no paper");

		line_refuse(peer, id, error);
	} else if (!strcmp(verb, "later")) {
		g_assert_true(line_server_find(bench->server,
				      line_peer_serial(peer)) == peer);
	}
}

static void left(void *context, struct line_peer *peer)
{
	struct bench *bench = context;

	(void)peer;
	bench->left++;
}

static const struct line_server_ops server_ops = {
	.joined = joined, .command = command, .left = left};

static void note(struct bench *bench, char what)
{
	g_autofree char *old = bench->order;

	bench->order = g_strdup_printf("%s%c", old ? old : "", what);
}

static void synced(void *context)
{
	struct bench *bench = context;

	bench->synced++;
	note(bench, 'S');
}

static void message(void *context, const struct json *line)
{
	struct bench *bench = context;

	bench->events++;
	note(bench, json_text(line, "event") ? 'e' : 's');
}

static void lost(void *context, const GError *why)
{
	struct bench *bench = context;

	(void)why;
	bench->lost++;
}

static const struct line_client_ops client_ops = {
	.synced = synced, .message = message, .lost = lost};

static void turn(const int *counter, int wanted)
{
	gint64 end = g_get_monotonic_time() + 4 * G_USEC_PER_SEC;

	while (*counter < wanted && g_get_monotonic_time() < end) {
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(1000);
	}
	g_assert_cmpint(*counter, >=, wanted);
}

static void start_server(struct bench *bench)
{
	g_autoptr(GError) error = NULL;

	bench->server = line_server_new(
		bench->path, "server", &server_ops, bench, &error);
	g_assert_no_error(error);
}

static void setup(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	memset(bench, 0, sizeof(*bench));
	bench->dir = g_dir_make_tmp("yikou-line-XXXXXX", NULL);
	bench->path = g_build_filename(bench->dir, "s.sock", NULL);
	start_server(bench);
	bench->client =
		line_client_new(bench->path, "test", &client_ops, bench);
	turn(&bench->synced, 1);
}

static void teardown(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	line_client_free(bench->client);
	line_server_free(bench->server);
	file_remove_tree(bench->dir);
	g_free(bench->dir);
	g_free(bench->path);
	g_free(bench->order);
	g_clear_error(&bench->error);
	json_free(bench->result);
}

static void replied(
	void *context, const struct json *result, const GError *error)
{
	struct bench *bench = context;

	bench->replies++;
	g_clear_error(&bench->error);
	bench->error = error ? g_error_copy(error) : NULL;
	json_free(bench->result);
	bench->result = json_copy(result);
}

static void test_state_then_synced(struct bench *bench, gconstpointer unused)
{
	AUTO(json) event = json_new_object();

	(void)unused;
	json_put_text(event, "event", "key");
	line_broadcast(bench->server, event);
	turn(&bench->events, 2);
	g_assert_cmpstr(bench->order, ==, "sSe");
	g_assert_cmpint(line_server_peers(bench->server), ==, 1);
}

static void test_answers(struct bench *bench, gconstpointer unused)
{
	struct json *args = json_new_object();

	(void)unused;
	json_put_text(args, "word", "登封");
	line_command(bench->client, "echo", args, 2000, replied, bench);
	turn(&bench->replies, 1);
	g_assert_no_error(bench->error);
	g_assert_cmpstr(json_text(bench->result, "word"), ==, "登封");
	line_command(bench->client, "refuse", NULL, 2000, replied, bench);
	turn(&bench->replies, 2);
	g_assert_error(bench->error, LINK_ERROR, LINK_ERROR_PAPER);
	line_command(bench->client, "later", NULL, 30, replied, bench);
	turn(&bench->replies, 3);
	g_assert_error(bench->error, LINK_ERROR, LINK_ERROR_TIMEOUT);
}

static void test_comes_back(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	line_command(bench->client, "later", NULL, 5000, replied, bench);
	line_server_free(bench->server);
	turn(&bench->lost, 1);
	g_assert_cmpint(bench->replies, ==, 1);
	g_assert_error(bench->error, LINK_ERROR, LINK_ERROR_CLOSED);
	start_server(bench);
	turn(&bench->synced, 2);
	g_assert_true(line_client_is_up(bench->client));
}

static void test_second_server(struct bench *bench, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_null(line_server_new(
		bench->path, "second", &server_ops, bench, &error));
	g_assert_error(error, LINK_ERROR, LINK_ERROR_BUSY);
}

static GSocketConnection *raw_connection(struct bench *bench)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketAddress) address =
		g_unix_socket_address_new(bench->path);

	return g_socket_client_connect(
		client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
}

static void say(GSocketConnection *connection, const char *text, size_t len)
{
	g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(connection)), text,
		len, NULL, NULL, NULL);
}

static void drop(struct bench *bench, const char *text, size_t len)
{
	g_autoptr(GSocketConnection) connection = raw_connection(bench);
	gint64 end = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;

	g_assert_nonnull(connection);
	while (line_server_peers(bench->server) < 2)
		g_main_context_iteration(NULL, TRUE);
	g_socket_set_timeout(g_socket_connection_get_socket(connection), 2);
	say(connection, text, len);
	while (line_server_peers(bench->server) > 1 &&
		g_get_monotonic_time() < end)
		g_main_context_iteration(NULL, FALSE);
	g_assert_cmpint(line_server_peers(bench->server), ==, 1);
}

static void test_liars(struct bench *bench, gconstpointer unused)
{
	g_autofree char *flood = g_strnfill(80000, 'x');
	const char *greeting = "{\"hello\":\"x\",\"v\":1}\n{\"do\":\"echo\"}\n";

	(void)unused;
	drop(bench, "{\"hello\":\"x\",\"v\":99}\n", 22);
	drop(bench, "GET / HTTP/1.1\r\n\r\n", 18);
	drop(bench, flood, 80000);
	drop(bench, greeting, strlen(greeting));
	drop(bench, "\0\0\0\n", 4);
}

static void test_does_not_read(struct bench *bench, gconstpointer unused)
{
	g_autoptr(GSocketConnection) connection = raw_connection(bench);
	g_autofree char *big = g_strnfill(60000, 'x');
	AUTO(json) event = json_new_object();

	(void)unused;
	say(connection, "{\"hello\":\"x\",\"v\":1}\n", 20);
	turn(&bench->joined, 2);
	json_put_text(event, "event", big);
	for (int i = 0; i < 20; i++) {
		line_broadcast(bench->server, event);
		while (g_main_context_iteration(NULL, FALSE))
			;
	}
	g_assert_cmpint(bench->left, ==, 1);
	g_assert_cmpint(line_server_peers(bench->server), ==, 1);
	g_assert_true(line_client_is_up(bench->client));
}

#define ADD(name, function) \
	g_test_add(name, struct bench, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/line/state-then-synced", test_state_then_synced);
	ADD("/line/answers", test_answers);
	ADD("/line/comes-back", test_comes_back);
	ADD("/line/second-server", test_second_server);
	ADD("/line/liars", test_liars);
	ADD("/line/does-not-read", test_does_not_read);
	return g_test_run();
}
