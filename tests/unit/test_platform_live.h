/* The real server in a child process, spoken to over loopback with bytes of our
 * own. */
#ifndef TESTS_UNIT_TEST_PLATFORM_LIVE_H
#define TESTS_UNIT_TEST_PLATFORM_LIVE_H

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "client/platform/server.h"

enum { TIMEOUT_S = 5 };

struct live {
	char *dir;
	pid_t pid;
	uint16_t port;
};

/* In the child: no return. */
static inline void serve(const char *dir, int pipe_fd)
{
	struct platform_options options = {
		.state_dir = dir, .token = TOKEN, .chaos = true};
	struct platform *platform = platform_open(&options, NULL);
	struct server *server =
		platform ? server_new(platform, "127.0.0.1", 0, NULL) : NULL;
	uint16_t port = server ? server_port(server) : 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (freopen("/dev/null", "w", stderr) == NULL ||
		write(pipe_fd, &port, sizeof(port)) != sizeof(port) || !server)
		_exit(1);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
	_exit(0);
}

static inline void live_start(struct live *live)
{
	int fds[2];

	g_assert_cmpint(pipe(fds), ==, 0);
	fflush(stdout);
	live->pid = fork();
	g_assert_cmpint(live->pid, >=, 0);
	if (live->pid == 0)
		serve(live->dir, fds[1]);
	close(fds[1]);
	g_assert_cmpint(read(fds[0], &live->port, sizeof(live->port)), ==,
		sizeof(live->port));
	close(fds[0]);
	g_assert_cmpint(live->port, >, 0);
}

static inline void live_kill(struct live *live)
{
	kill(live->pid, SIGKILL);
	waitpid(live->pid, NULL, 0);
}

static inline void set_up(struct live *live, gconstpointer data)
{
	(void)data;
	live->dir = g_dir_make_tmp("yikou-platform-XXXXXX", NULL);
	live_start(live);
}

static inline void tear_down(struct live *live, gconstpointer data)
{
	(void)data;
	live_kill(live);
	file_remove_tree(live->dir);
	g_free(live->dir);
}

/* A client made of bytes ------------------------------------------------ */

static inline GSocket *dial(const struct live *live)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketAddress) where =
		g_inet_socket_address_new_from_string("127.0.0.1", live->port);
	GSocket *socket = g_socket_new(G_SOCKET_FAMILY_IPV4,
		G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

	g_assert_no_error(error);
	g_socket_set_timeout(socket, TIMEOUT_S);
	g_socket_connect(socket, where, NULL, &error);
	g_assert_no_error(error);
	return socket;
}

static inline void send_bytes(GSocket *socket, const char *data, size_t len)
{
	while (len > 0) {
		gssize done = g_socket_send(socket, data, len, NULL, NULL);

		if (done <= 0)
			return; /* the other side hung up: seen on reading */
		data += done;
		len -= (size_t)done;
	}
}

static inline char *request_text(
	const char *head, const char *headers, const char *body)
{
	return g_strdup_printf("%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s"
			       "Content-Length: %zu\r\n\r\n%s",
		head, headers, strlen(body), body);
}

#define AUTH  "Authorization: Bearer " TOKEN "\r\n"
#define JSON_ "Content-Type: application/json\r\n"

struct got {
	int status; /* 0: hung up without a reply */
	char *head, *body;
};

static inline void got_clear(struct got *got)
{
	g_free(got->head);
	g_free(got->body);
}

static inline size_t content_length(const char *head)
{
	const char *at = strstr(head, "Content-Length: ");

	return at ? strtoul(at + strlen("Content-Length: "), NULL, 10) : 0;
}

/* Reads one reply and no more, so that the next stays in the socket. */
static inline struct got receive(GSocket *socket, bool has_body)
{
	g_autoptr(GString) head = g_string_new(NULL);
	struct got got = {0};
	size_t len;
	char c;

	while (!g_str_has_suffix(head->str, "\r\n\r\n")) {
		if (g_socket_receive(socket, &c, 1, NULL, NULL) <= 0)
			return got;
		g_string_append_c(head, c);
	}
	g_assert_true(g_str_has_prefix(head->str, "HTTP/1.1 "));
	got.status = (int)strtol(head->str + 9, NULL, 10);
	len = has_body ? content_length(head->str) : 0;
	got.body = g_malloc0(len + 1);
	for (size_t i = 0; i < len;) {
		gssize done = g_socket_receive(
			socket, got.body + i, len - i, NULL, NULL);

		g_assert_cmpint(done, >, 0);
		i += (size_t)done;
	}
	got.head = g_strdup(head->str);
	return got;
}

static inline struct got exchange(const struct live *live, const char *head,
	const char *headers, const char *body)
{
	g_autoptr(GSocket) socket = dial(live);
	g_autofree char *text = request_text(head, headers, body);

	send_bytes(socket, text, strlen(text));
	return receive(socket, !g_str_has_prefix(head, "HEAD"));
}

static inline int status_of(const struct live *live, const char *head,
	const char *headers, const char *body)
{
	struct got got = exchange(live, head, headers, body);
	int status = got.status;

	got_clear(&got);
	return status;
}

static inline struct json *parsed(const struct got *got)
{
	return json_parse(got->body, strlen(got->body), NULL);
}

static inline void order(const struct live *live, const char *faults)
{
	g_assert_cmpint(
		status_of(live, "POST /_chaos", JSON_, faults), ==, 200);
}

#define LIVE(path, function) \
	g_test_add(path, struct live, NULL, set_up, function, tear_down)

#endif
