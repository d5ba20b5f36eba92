/* The real server in a child process, spoken to over loopback with bytes of our
 * own: what HTTP adds, faults to order, and kill -9. */
#include "tests/unit/test_platform.h"

#include "tests/unit/test_platform_live.h"

/* Tests ------------------------------------------------------------------ */

static void test_statuses(struct live *live, gconstpointer data)
{
	static const struct {
		const char *head, *headers, *body;
		int status;
	} rows[] = {
		{"GET /v1/health", "", "", 200},
		{"GET /v1/time", "", "", 401},
		{"GET /v1/time", "Authorization: Bearer x\r\n", "", 401},
		{"GET /v1/time", "Authorization: Basic " TOKEN "\r\n", "", 401},
		{"GET /v1/time", AUTH, "", 200},
		{"GET /v1/none", AUTH, "", 404},
		{"DELETE /v1/time", AUTH, "", 405},
		{"PUT /v1/time", AUTH, "", 405},
		{"POST /v1/ops:batch", AUTH JSON_, "{\"ops\":[", 400},
		{"POST /v1/ops:batch", AUTH JSON_, "{\"a\":1,\"a\":2}", 400},
		{"POST /v1/ops:batch", AUTH JSON_, "{\"a\":\"\xff\"}", 400},
		{"POST /v1/ops:batch", AUTH JSON_, "", 400},
		{"POST /v1/ops:batch", AUTH JSON_, "{}", 422},
		{"POST /v1/ops:batch", AUTH, "{}", 415},
		{"GET /v1/changes?feed=tickets&limit=%31", AUTH, "", 200},
		{"GET /v1/blobs/%2e%2e%2fplatform.db", AUTH, "", 404},
		{"GET /v1/blobs/../platform.db", AUTH, "", 404},
		{"GET /", "", "", 200},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct got got = exchange(
			live, rows[i].head, rows[i].headers, rows[i].body);

		if (got.status != rows[i].status)
			g_error("%s: %d, not %d", rows[i].head, got.status,
				rows[i].status);
		if (got.status >= 400) {
			AUTO(json) problem = parsed(&got);

			assert_int(problem, "status", got.status);
			g_assert_nonnull(json_text(problem, "code"));
			g_assert_nonnull(strstr(got.head,
				"Content-Type: application/problem+json"));
		}
		got_clear(&got);
	}
}

static void test_request_id(struct live *live, gconstpointer data)
{
	struct got mine = exchange(
		live, "GET /v1/health", "X-Request-Id: abc-123\r\n", "");
	struct got odd = exchange(
		live, "GET /v1/health", "X-Request-Id: a<b>\"c\r\n", "");

	(void)data;
	g_assert_nonnull(strstr(mine.head, "X-Request-Id: abc-123\r\n"));
	g_assert_nonnull(strstr(odd.head, "X-Request-Id: "));
	g_assert_null(strstr(odd.head, "<b>"));
	got_clear(&mine);
	got_clear(&odd);
}

/* Told before the body is sent, or after too much of it. */
static void test_too_large(struct live *live, gconstpointer data)
{
	static const char announced[] =
		"POST /v1/ops:batch HTTP/1.1\r\nHost: x\r\n" AUTH JSON_
		"Expect: 100-continue\r\n"
		"Content-Length: 8388609\r\n\r\n";
	static const char stranger[] = "PUT /v1/blobs/x HTTP/1.1\r\nHost: x\r\n"
				       "Expect: 100-continue\r\n"
				       "Content-Length: 60000000\r\n\r\n";
	static const char chunked[] =
		"POST /v1/tickets HTTP/1.1\r\nHost: x\r\n" AUTH JSON_
		"Transfer-Encoding: chunked\r\n\r\n";
	g_autofree char *chunk = g_strnfill(65536, ' ');
	g_autofree char *header = g_strdup_printf("X: %s\r\n", chunk);
	g_autoptr(GSocket) a = dial(live);
	g_autoptr(GSocket) b = dial(live);
	g_autoptr(GSocket) c = dial(live);
	struct got got;

	(void)data;
	send_bytes(a, announced, strlen(announced));
	got = receive(a, true);
	g_assert_cmpint(got.status, ==, 413);
	got_clear(&got);
	send_bytes(b, stranger, strlen(stranger));
	got = receive(b, true);
	g_assert_cmpint(got.status, ==, 401);
	got_clear(&got);
	send_bytes(c, chunked, strlen(chunked));
	for (int i = 0; i < 129; i++) { /* one chunk beyond 8 MiB */
		send_bytes(c, "10000\r\n", 7);
		send_bytes(c, chunk, 65536);
		send_bytes(c, "\r\n", 2);
	}
	send_bytes(c, "0\r\n\r\n", 5);
	got = receive(c, true);
	g_assert_cmpint(got.status, ==, 413);
	got_clear(&got);
	g_assert_cmpint(status_of(live, "GET /v1/health", header, ""), ==, 431);
	g_assert_cmpint(status_of(live, "GET /v1/health", "", ""), ==, 200);
}

static char *op_text(struct window *w, const char *ticket)
{
	char *text;

	add_ticket_op(w, ticket, 1, "ticket.open");
	text = batch_text(w);
	g_string_truncate(w->ops, 0);
	return text;
}

static int first_result(const struct got *got)
{
	AUTO(json) reply = parsed(got);

	return (int)json_int_or(
		json_first(json_get(reply, "results")), "status", 0);
}

/* The same op on two connections at once, and twice on one without waiting:
 * once new, else a replay. */
static void test_concurrent(struct live *live, gconstpointer data)
{
	g_autoptr(GSocket) a = dial(live);
	g_autoptr(GSocket) b = dial(live);
	struct window w;
	char ticket[UUID_TEXT];
	g_autofree char *op = NULL, *text = NULL, *twice = NULL;
	struct got got[3];
	int created = 0;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	op = op_text(&w, ticket);
	text = request_text("POST /v1/ops:batch", AUTH JSON_, op);
	twice = g_strconcat(text, text, NULL);
	send_bytes(a, text, strlen(text));
	send_bytes(b, twice, strlen(twice));
	got[0] = receive(a, true);
	got[1] = receive(b, true);
	got[2] = receive(b, true);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpint(got[i].status, ==, 207);
		created += first_result(&got[i]) == 201;
		g_assert_cmpint(first_result(&got[i]), <=, 201);
		got_clear(&got[i]);
	}
	g_assert_cmpint(created, ==, 1);
	window_close(&w);
}

/* What was answered is there after kill -9, what was not is whole or absent;
 * sent again, each op is there once. */
static void test_kill(struct live *live, gconstpointer data)
{
	struct window w;
	char *ops[6];
	struct got dump;
	AUTO(json) all = NULL;

	(void)data;
	window_open(&w, "03");
	for (int i = 0; i < 6; i++) {
		g_autofree char *text = NULL;
		g_autoptr(GSocket) socket = dial(live);
		char ticket[UUID_TEXT];
		struct got got;

		uuid7(ticket);
		ops[i] = op_text(&w, ticket);
		text = request_text("POST /v1/ops:batch", AUTH JSON_, ops[i]);
		send_bytes(socket, text, strlen(text));
		if (i % 2 == 0) { /* wait for the answer */
			got = receive(socket, true);
			g_assert_cmpint(first_result(&got), ==, 201);
			got_clear(&got);
		}
		live_kill(live);
		live_start(live);
	}
	for (int i = 0; i < 6; i++) {
		struct got got = exchange(
			live, "POST /v1/ops:batch", AUTH JSON_, ops[i]);

		if (i % 2 == 0)
			g_assert_cmpint(first_result(&got), ==, 200);
		g_assert_cmpint(first_result(&got), <=, 201);
		got_clear(&got);
		g_free(ops[i]);
	}
	dump = exchange(live, "GET /_dump", "", "");
	all = parsed(&dump);
	g_assert_cmpint(json_length(json_get(all, "ops")), ==, 6);
	g_assert_cmpint(json_length(json_get(all, "tickets")), ==, 6);
	assert_int(json_first(json_get(all, "stores")), "contiguous", 6);
	got_clear(&dump);
	window_close(&w);
}

static unsigned files_below(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	unsigned count = 0;

	while (folder && g_dir_read_name(folder))
		count++;
	return count;
}

static void test_blobs(struct live *live, gconstpointer data)
{
	g_autofree char *content = g_strnfill(300000, 'x');
	char sha[SHA256_TEXT], other[SHA256_TEXT];
	g_autofree char *put = NULL, *wrong = NULL, *get_it = NULL;
	g_autofree char *head = NULL, *empty = NULL;
	struct got got;

	(void)data;
	sha256_text(content, strlen(content), sha);
	sha256_text("other", 5, other);
	put = g_strconcat("PUT /v1/blobs/", sha, NULL);
	wrong = g_strconcat("PUT /v1/blobs/", other, NULL);
	get_it = g_strconcat("GET /v1/blobs/", sha, NULL);
	head = g_strconcat("HEAD /v1/blobs/", sha, NULL);
	sha256_text("", 0, other);
	empty = g_strconcat("PUT /v1/blobs/", other, NULL);
	g_assert_cmpint(status_of(live, wrong, AUTH, content), ==, 422);
	g_assert_cmpint(status_of(live, head, AUTH, ""), ==, 404);
	g_assert_cmpint(status_of(live, put, AUTH, content), ==, 201);
	live_kill(live);
	live_start(live);
	g_assert_cmpint(status_of(live, put, AUTH, content), ==, 200);
	g_assert_cmpint(status_of(live, head, AUTH, ""), ==, 200);
	g_assert_cmpint(status_of(live, empty, AUTH, ""), ==, 201);
	got = exchange(live, get_it, AUTH, "");
	g_assert_cmpstr(got.body, ==, content);
	got_clear(&got);
	g_assert_cmpuint(files_below(live->dir, "spool"), ==, 0);
	g_assert_cmpuint(files_below(live->dir, "blobs"), ==, 2);
}

/* A client that goes away in the middle leaves nothing. */
static void test_cut_upload(struct live *live, gconstpointer data)
{
	static const char part[] =
		"PUT /v1/blobs/x HTTP/1.1\r\nHost: x\r\n" AUTH
		"Content-Length: 100000\r\n\r\nabc";

	(void)data;
	{
		g_autoptr(GSocket) socket = dial(live);

		send_bytes(socket, part, strlen(part));
		while (files_below(live->dir, "spool") == 0)
			g_usleep(1000);
		g_socket_close(socket, NULL);
	}
	for (int i = 0; i < 2000 && files_below(live->dir, "spool") > 0; i++)
		g_usleep(1000);
	g_assert_cmpuint(files_below(live->dir, "spool"), ==, 0);
}

static void test_chaos(struct live *live, gconstpointer data)
{
	static const char time_path[] = "GET /v1/time";
	struct got got;
	int64_t start_ms;

	(void)data;
	order(live, "{\"next\":[{\"status\":503,\"retry_after_s\":7},"
		    "{\"html\":403},{\"cut\":true},{\"delay_ms\":200}]}");
	got = exchange(live, time_path, AUTH, "");
	g_assert_cmpint(got.status, ==, 503);
	g_assert_nonnull(strstr(got.head, "Retry-After: 7\r\n"));
	got_clear(&got);
	got = exchange(live, time_path, AUTH, "");
	g_assert_cmpint(got.status, ==, 403);
	g_assert_nonnull(strstr(got.head, "text/html"));
	got_clear(&got);
	g_assert_cmpint(status_of(live, time_path, AUTH, ""), ==, 0);
	start_ms = clock_boot_ms();
	g_assert_cmpint(status_of(live, time_path, AUTH, ""), ==, 200);
	g_assert_cmpint(clock_boot_ms() - start_ms, >=, 190);
	start_ms = clock_boot_ms();
	g_assert_cmpint(status_of(live, time_path, AUTH, ""), ==, 200);
	g_assert_cmpint(clock_boot_ms() - start_ms, <, 190);
	g_assert_cmpint(status_of(live, "POST /_chaos", JSON_,
				"{\"next\":[{\"status\":99}]}"),
		==, 400);
}

static void test_drop_reply(struct live *live, gconstpointer data)
{
	struct window w;
	char ticket[UUID_TEXT];
	g_autofree char *op = NULL;
	struct got got;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	op = op_text(&w, ticket);
	order(live, "{\"next\":[{\"drop_reply\":true,"
		    "\"path\":\"/v1/ops:batch\"}]}");
	g_assert_cmpint(status_of(live, "GET /v1/time", AUTH, ""), ==, 200);
	g_assert_cmpint(
		status_of(live, "POST /v1/ops:batch", AUTH JSON_, op), ==, 0);
	got = exchange(live, "POST /v1/ops:batch", AUTH JSON_, op);
	g_assert_cmpint(first_result(&got), ==, 200);
	got_clear(&got);
	window_close(&w);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	g_test_init(&argc, &argv, NULL);
	LIVE("/platform/http/statuses", test_statuses);
	LIVE("/platform/http/request-id", test_request_id);
	LIVE("/platform/http/too-large", test_too_large);
	LIVE("/platform/http/concurrent", test_concurrent);
	LIVE("/platform/http/kill", test_kill);
	LIVE("/platform/http/blobs", test_blobs);
	LIVE("/platform/http/cut-upload", test_cut_upload);
	LIVE("/platform/http/chaos", test_chaos);
	LIVE("/platform/http/drop-reply", test_drop_reply);
	return g_test_run();
}
