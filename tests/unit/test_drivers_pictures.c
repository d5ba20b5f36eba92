/* Pictures through the real device host: a camera on a socket, and the scanner
 * program as a child. The files must be in the spool, and the line be of use
 * again after each kind of answer. */
#include "drivers/host.h"

#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "drivers/jpeg.h"

struct bench {
	char *dir;         /* own */
	struct host *host; /* own */
	char *state;       /* own: last told */
	unsigned pages;    /* events */
	bool answered;
	struct json *result; /* own */
	GError *error;       /* own */
	/* The camera */
	GSocketService *service;
	const char *head; /* of its answers */
	bool closes;
	unsigned connections, requests;
};

static void on_state(void *context, const struct json *line)
{
	struct bench *bench = context;

	g_free(bench->state);
	bench->state = g_strdup(json_text(line, "state"));
}

static void on_event(void *context, const struct json *line)
{
	struct bench *bench = context;

	bench->pages += !g_strcmp0(json_text(line, "event"), "page");
}

static const struct host_listener listener = {
	.state = on_state,
	.event = on_event,
};

static void on_reply(
	void *context, const struct json *result, const GError *error)
{
	struct bench *bench = context;

	bench->answered = true;
	bench->result = result ? json_copy(result) : NULL;
	bench->error = error ? g_error_copy(error) : NULL;
}

/* Ends by the alarm of main() at the latest. */
static void wait_for_state(struct bench *bench, const char *state)
{
	while (g_strcmp0(bench->state, state) != 0)
		g_main_context_iteration(NULL, TRUE);
}

static void command(struct bench *bench, const char *device, const char *verb,
	const char *args_text)
{
	AUTO(json) args = json_parse(args_text, strlen(args_text), NULL);
	struct host_call call = {
		.device = device,
		.verb = verb,
		.args = args,
		.owner = 1,
		.reply = on_reply,
		.context = bench,
	};

	bench->answered = false;
	g_clear_pointer(&bench->result, json_free);
	g_clear_error(&bench->error);
	host_command(bench->host, &call);
	while (!bench->answered)
		g_main_context_iteration(NULL, TRUE);
}

static void begin(struct bench *bench, const char *conf)
{
	g_autofree char *path =
		g_build_filename(bench->dir, "devices.conf", NULL);
	struct host_setup setup = {
		.runtime_dir = bench->dir,
		.profile_dir = bench->dir,
	};
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, conf, -1, NULL));
	bench->host = host_new(&setup, &listener, bench, &error);
	g_assert_no_error(error);
	g_assert_true(host_load(bench->host, path, &error));
	g_assert_no_error(error);
}

static void end(struct bench *bench)
{
	host_free(bench->host);
	g_clear_pointer(&bench->result, json_free);
	g_clear_error(&bench->error);
	g_free(bench->state);
	file_remove_tree(bench->dir);
	g_free(bench->dir);
}

static void check_spool(struct bench *bench, const struct json *page)
{
	g_autofree char *path = g_build_filename(
		bench->dir, "spool", json_text_or(page, "file", "none"), NULL);
	char sha256[SHA256_TEXT];
	struct jpeg_info info;
	g_autoptr(GError) error = NULL;
	size_t len;
	g_autofree char *data = file_read(path, JPEG_MAX_BYTES, &len, &error);

	g_assert_no_error(error);
	sha256_text(data, len, sha256);
	g_assert_cmpstr(json_text(page, "sha256"), ==, sha256);
	g_assert_cmpint(json_int_or(page, "size", 0), ==, len);
	g_assert_true(jpeg_check((uint8_t *)data, len, &info, &error));
	g_assert_nonnull(json_get(page, "thumb"));
	g_assert_true(host_release(bench->host, sha256, NULL));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* The camera -----------------------------------------------------------------
 */

static void answer(struct bench *bench, GOutputStream *out)
{
	static const uint8_t gray[64 * 64];
	struct jpeg_pixels pixels = {.data = gray, .width = 64, .height = 64};
	g_autofree char *comment = g_strdup_printf("%u", bench->requests);
	size_t len;

	pixels.comment = comment;

	g_autofree uint8_t *jpeg =
		jpeg_encode(&pixels, JPEG_QUALITY, &len, NULL);
	g_autofree char *head = g_strdup_printf(
		"%sContent-Length: %zu\r\n\r\n", bench->head, len);

	g_output_stream_write_all(out, head, strlen(head), NULL, NULL, NULL);
	g_output_stream_write_all(out, jpeg, len, NULL, NULL, NULL);
}

static void read_request(
	GObject *source, GAsyncResult *result, gpointer user_data)
{
	GInputStream *in = G_INPUT_STREAM(source);
	struct bench *bench = user_data;
	GSocketConnection *connection = g_object_get_data(source, "connection");
	g_autoptr(GBytes) bytes =
		g_input_stream_read_bytes_finish(in, result, NULL);

	if (!bytes || !g_bytes_get_size(bytes)) {
		g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
		g_object_unref(connection);
		return;
	}
	bench->requests++;
	answer(bench, g_io_stream_get_output_stream(G_IO_STREAM(connection)));
	g_input_stream_read_bytes_async(
		in, 4096, G_PRIORITY_DEFAULT, NULL, read_request, bench);
}

static gboolean on_incoming(GSocketService *service,
	GSocketConnection *connection, GObject *source, gpointer user_data)
{
	struct bench *bench = user_data;
	GInputStream *in =
		g_io_stream_get_input_stream(G_IO_STREAM(connection));

	(void)service;
	(void)source;
	bench->connections++;
	g_object_set_data(G_OBJECT(in), "connection", g_object_ref(connection));
	g_input_stream_read_bytes_async(
		in, 4096, G_PRIORITY_DEFAULT, NULL, read_request, bench);
	return TRUE;
}

static void open_camera(struct bench *bench)
{
	g_autofree char *path = g_build_filename(bench->dir, "camera", NULL);
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);

	bench->service = g_socket_service_new();
	g_assert_true(
		g_socket_listener_add_address(G_SOCKET_LISTENER(bench->service),
			address, G_SOCKET_TYPE_STREAM,
			G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, NULL));
	g_signal_connect(
		bench->service, "incoming", G_CALLBACK(on_incoming), bench);
}

static void close_camera(struct bench *bench)
{
	g_socket_service_stop(bench->service);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_socket_listener_close(G_SOCKET_LISTENER(bench->service));
	g_object_unref(bench->service);
}

static const char plain_head[] =
	"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n";
static const char stream_head[] =
	"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; "
	"boundary=b\r\n\r\n--b\r\nContent-Type: image/jpeg\r\n";

static void capture_twice(const char *head, unsigned connections)
{
	struct bench bench = {.head = head};

	bench.dir = g_dir_make_tmp("yikou-pictures-XXXXXX", NULL);
	open_camera(&bench);
	begin(&bench, "[device camera]\ndriver=camera\nport=unix:camera\n");
	wait_for_state(&bench, "ready");
	for (int i = 0; i < 2; i++) {
		command(&bench, "camera", "capture", "{}");
		g_assert_no_error(bench.error);
		check_spool(
			&bench, json_first(json_get(bench.result, "pages")));
		wait_for_state(&bench, "ready");
	}
	g_assert_cmpuint(bench.requests, ==, 2);
	g_assert_cmpuint(bench.connections, ==, connections);
	end(&bench);
	close_camera(&bench);
}

static void test_one_line(void)
{
	capture_twice(plain_head, 1);
}

/* A stream has to be left, and the camera is there again for the next. */
static void test_stream(void)
{
	capture_twice(stream_head, 3);
}

static void test_refusal(void)
{
	struct bench bench = {
		.head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"};

	bench.dir = g_dir_make_tmp("yikou-pictures-XXXXXX", NULL);
	open_camera(&bench);
	begin(&bench, "[device camera]\ndriver=camera\nport=unix:camera\n");
	wait_for_state(&bench, "ready");
	command(&bench, "camera", "capture", "{}");
	g_assert_error(bench.error, LINK_ERROR, LINK_ERROR_PROTOCOL);

	/* It has come to itself: the next picture is taken. */
	bench.head = plain_head;
	wait_for_state(&bench, "ready");
	command(&bench, "camera", "capture", "{}");
	g_assert_no_error(bench.error);
	end(&bench);
	close_camera(&bench);
}

/* The scanner ----------------------------------------------------------------
 */

static void begin_scanner(
	struct bench *bench, const char *settings, const char *device)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *dir = g_path_get_dirname(self);
	g_autofree char *program =
		g_build_filename(dir, "..", "..", "yikou-scan", NULL);
	g_autofree char *dll = NULL;
	g_autofree char *test = NULL;
	g_autofree char *conf = NULL;

	bench->dir = g_dir_make_tmp("yikou-pictures-XXXXXX", NULL);
	dll = g_build_filename(bench->dir, "dll.conf", NULL);
	test = g_build_filename(bench->dir, "test.conf", NULL);
	g_assert_true(g_file_set_contents(dll, "test\n", -1, NULL));
	g_assert_true(g_file_set_contents(test, settings, -1, NULL));
	conf = g_strdup_printf("[device scanner]\ndriver=scanner\n"
			       "port=exec:%s --spool {spool} --sane-config %s "
			       "--device %s\n",
		program, bench->dir, device);
	begin(bench, conf);
}

static void test_scanner(void)
{
	struct bench bench = {0};

	begin_scanner(&bench, "geometry_max 300.0\n", "test:0");
	wait_for_state(&bench, "ready");
	command(&bench, "scanner", "scan",
		"{\"source\":\"feeder\",\"mode\":\"gray\",\"resolution\":75}");
	g_assert_no_error(bench.error);
	g_assert_cmpuint(bench.pages, ==, 10);
	g_assert_cmpuint(json_length(json_get(bench.result, "pages")), ==, 10);
	json_each (page, json_get(bench.result, "pages"))
		check_spool(&bench, page);

	command(&bench, "scanner", "check", "{}");
	g_assert_no_error(bench.error);
	end(&bench);
}

static void test_scanner_fails(void)
{
	struct bench bench = {0};

	begin_scanner(
		&bench, "read-status-code \"SANE_STATUS_JAMMED\"\n", "test:0");
	wait_for_state(&bench, "ready");
	command(&bench, "scanner", "scan", "{\"resolution\":75}");
	g_assert_error(bench.error, LINK_ERROR, LINK_ERROR_PAPER);
	g_assert_cmpstr(bench.error->message, ==, "jammed");
	wait_for_state(&bench, "ready");
	end(&bench);
}

/* No such scanner: absent, not ready, and said so at once. Without any device
 * SANE's test scanner crashes when it is asked for one, which must come to the
 * same. */
static void test_scanner_absent(void)
{
	static const char *const cases[][2] = {
		{"", "test:7"},
		{"number_of_devices 0\n", "test:0"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct bench bench = {0};

		begin_scanner(&bench, cases[i][0], cases[i][1]);
		wait_for_state(&bench, "absent");
		command(&bench, "scanner", "scan", "{}");
		g_assert_error(bench.error, LINK_ERROR, LINK_ERROR_ABSENT);
		end(&bench);
	}
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	alarm(30);
	g_setenv("ASAN_OPTIONS", "detect_leaks=0", TRUE);
	g_test_add_func("/pictures/one-line", test_one_line);
	g_test_add_func("/pictures/stream", test_stream);
	g_test_add_func("/pictures/refusal", test_refusal);
	g_test_add_func("/pictures/scanner", test_scanner);
	g_test_add_func("/pictures/scanner-fails", test_scanner_fails);
	g_test_add_func("/pictures/scanner-absent", test_scanner_absent);
	return g_test_run();
}
