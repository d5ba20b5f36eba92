/* A hall for one run. */
#include "tests/torture/world.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/feed.h"
#include "client/store/private.h"
#include "tests/torture/oracle.h"

#define TOKEN "sesame-0123456789-abcdefghijklmnop"

enum { START_LIMIT_MS = 20000, DRAINS_MAX = 30 };

static void must(const GError *error, const char *what)
{
	if (error)
		g_error("%s: %s", what, error->message);
}

static void write_text(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autoptr(GError) error = NULL;

	file_write(path, text, strlen(text), &error);
	must(error, name);
}

int world_draw(struct world *world, int from, int below)
{
	return g_rand_int_range(world->dice, from, below);
}

/* The platform ---------------------------------------------------------- */

static unsigned read_port(const char *path)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	return (unsigned)g_ascii_strtoull(text, NULL, 10);
}

void world_platform_start(struct world *world, const char *option)
{
	g_autofree char *program = process_sibling(world->platform_program);
	g_autofree char *state = g_build_filename(world->dir, "platform", NULL);
	g_autofree char *token = g_build_filename(world->dir, "token", NULL);
	g_autofree char *port = g_build_filename(world->dir, "port", NULL);
	const char *argv[] = {program, "--state", state, "--token-file", token,
		"--port-file", port, "--chaos", option, NULL};

	g_remove(port);
	world->port = 0;
	child_start(&world->platform, argv, NULL, world->environment);
	for (int ms = 0; ms < START_LIMIT_MS && world->port == 0; ms++) {
		g_usleep(1000);
		world->port = read_port(port);
	}
	if (world->port == 0)
		g_error("the platform does not start");
	proxy_target(world->proxy, world->port);
}

bool world_platform_kill(struct world *world)
{
	return child_kill(&world->platform);
}

void world_platform_revive(struct world *world)
{
	if (world->platform.pid &&
		child_wait(&world->platform, 0) == CHILD_RUNS)
		return;
	world_platform_start(world, NULL);
}

/* Asking ---------------------------------------------------------------- */

static GString *exchange(unsigned port, const char *request)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(
			client, "127.0.0.1", (guint16)port, NULL, NULL);
	GString *reply = g_string_new(NULL);
	char chunk[65536];
	gssize len;

	if (!connection)
		return reply;
	g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(connection)), request,
		strlen(request), NULL, NULL, NULL);
	while ((len = g_input_stream_read(
			g_io_stream_get_input_stream(G_IO_STREAM(connection)),
			chunk, sizeof(chunk), NULL, NULL)) > 0)
		g_string_append_len(reply, chunk, len);
	return reply;
}

struct json *world_ask(struct world *world, const char *method,
	const char *path, const char *body)
{
	g_autofree char *request = g_strdup_printf(
		"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		"Authorization: Bearer " TOKEN "\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n"
		"\r\n%s",
		method, path, strlen(body), body);
	g_autoptr(GString) reply = exchange(world->port, request);
	const char *start = strstr(reply->str, "\r\n\r\n");

	return start ? json_parse(start + 4, strlen(start + 4), NULL) : NULL;
}

void world_chaos(struct world *world, const char *format, ...)
{
	g_autofree char *body = NULL;
	AUTO(json) reply = NULL;
	va_list arguments;

	va_start(arguments, format);
	body = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	reply = world_ask(world, "POST", "/_chaos", body);
	if (json_int_or(reply, "queued", -1) < 0)
		g_error("chaos not taken: %s", body);
}

void world_take_tickets(struct world *world, int count)
{
	while (count-- > 0) {
		AUTO(json) ticket = world_ask(world, "POST", "/v1/tickets",
			"{\"kind\":\"apply\",\"business\":\"\","
			"\"person\":\"\"}");

		if (!json_text(ticket, "ticket_id"))
			trial_wrong(world->trial, "no ticket is given");
	}
}

/* Windows --------------------------------------------------------------- */

static void write_config(const struct world *world, const struct window *window)
{
	g_autofree char *text = g_strdup_printf(
		"[window]\nnumber=%s\nname=%s号综合窗口\nhall=示例大厅\n"
		"region=410185\n[paths]\nstate=state\nruntime=run\n"
		"[platform]\nurl=http://127.0.0.1:%u\ntoken_file=../token\n",
		window->number, window->number, proxy_port(world->proxy));

	write_text(window->dir, "yikou.conf", text);
}

static void window_open(
	struct world *world, struct window *window, unsigned index)
{
	g_autofree char *name = g_strdup_printf("window-%u", index);
	g_autofree char *state = NULL;
	g_autoptr(GError) error = NULL;

	g_snprintf(window->number, sizeof(window->number), "%02u", 3 + index);
	window->dir = g_build_filename(world->dir, name, NULL);
	window->config = g_build_filename(window->dir, "yikou.conf", NULL);
	window->output = g_build_filename(window->dir, "report", NULL);
	state = g_build_filename(window->dir, "state", NULL);
	file_make_dir(state, &error);
	must(error, state);
	write_config(world, window);
	window->store = store_open(state, window->number, &error);
	must(error, state);
}

void window_shut(struct window *window)
{
	g_clear_pointer(&window->store, store_close);
}

bool window_reopen(struct world *world, struct window *window)
{
	g_autofree char *state = g_build_filename(window->dir, "state", NULL);
	g_autoptr(GError) error = NULL;

	window_shut(window);
	window->store = store_open(state, window->number, &error);
	if (error)
		trial_wrong(world->trial, "the store does not open: %s",
			error->message);
	return window->store != NULL;
}

static void window_close(struct window *window)
{
	child_kill(&window->syncd);
	window_shut(window);
	json_free(window->report);
	g_free(window->dir);
	g_free(window->config);
	g_free(window->output);
}

int64_t window_number(const struct window *window, const char *sql)
{
	g_autoptr(GError) error = NULL;
	int64_t value = 0;

	db_get_int(window->store->db, sql, NULL, &value, NULL, &error);
	must(error, sql);
	return value;
}

int64_t window_unsent(const struct window *window)
{
	return window_number(window,
		"SELECT count(*) FROM outbox_state"
		" WHERE state IN (0, 1, 2, 3) AND state <> 4");
}

int64_t window_parked(const struct window *window)
{
	return window_number(window, "SELECT count(*) FROM outbox_state"
				     " WHERE state IN (5, 6) AND state <> 4");
}

/* Syncing --------------------------------------------------------------- */

void world_sync_start(struct window *window, const struct world *world,
	const char *argument, const char *argument2)
{
	g_autofree char *program = process_sibling(world->syncd_program);
	const char *argv[] = {program, "--config", window->config, "--once",
		"--json", "--backoff-ms=20", argument, argument2, NULL};

	child_start(&window->syncd, argv, window->output, world->environment);
}

int world_sync_end(struct window *window, int timeout_ms)
{
	g_autofree char *text = NULL;
	int status = child_wait(&window->syncd, timeout_ms);

	g_clear_pointer(&window->report, json_free);
	if (g_file_get_contents(window->output, &text, NULL, NULL))
		window->report = json_parse(text, strlen(text), NULL);
	return status;
}

int world_sync(struct window *window, const struct world *world,
	const char *argument, const char *argument2)
{
	int status;

	world_sync_start(window, world, argument, argument2);
	status = world_sync_end(window, SYNC_LIMIT_MS);
	if (status == CHILD_RUNS) {
		child_kill(&window->syncd);
		trial_wrong(world->trial, "a sync did not end in %d s",
			SYNC_LIMIT_MS / 1000);
	}
	return status;
}

static bool drain(struct world *world, struct window *window)
{
	for (int i = 0; i < DRAINS_MAX; i++) {
		int status = world_sync(window, world, NULL, NULL);

		if (status == EXIT_CODE_OK)
			return true;
		/* What is parked holds up what comes behind it, for ever. */
		if (status == EXIT_CODE_ITEM && window_parked(window) > 0 &&
			json_int_or(window->report, "acked", 0) == 0)
			return true;
		world_platform_revive(world);
	}
	return false;
}

bool world_drain(struct world *world)
{
	const struct proxy_plan good = {0};
	bool done = true;

	world_platform_revive(world);
	world_chaos(world, "{\"next\":[],\"random\":{\"faults\":[]}}");
	proxy_plan(world->proxy, &good);
	for (unsigned i = 0; i < world->count; i++)
		done &= drain(world, &world->windows[i]);
	return done;
}

/* Beginning and end ----------------------------------------------------- */

static char *make_dir(void)
{
	bool shm = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR);
	char *dir = g_build_filename(shm ? "/dev/shm" : g_get_tmp_dir(),
		"yikou-torture-XXXXXX", NULL);

	if (!g_mkdtemp(dir))
		g_error("%s: %s", dir, g_strerror(errno));
	return dir;
}

struct window *world_add_window(struct world *world)
{
	struct window *window = &world->windows[world->count];

	g_assert_cmpuint(world->count, <, WORLD_WINDOWS_MAX);
	window_open(world, window, world->count++);
	return window;
}

struct world *world_new_with(struct trial *trial, uint32_t seed,
	unsigned windows, const char *platform, const char *syncd,
	const char *const *environment)
{
	struct world *world = g_new0(struct world, 1);

	world->trial = trial;
	world->dir = make_dir();
	world->dice = g_rand_new_with_seed(seed);
	world->proxy = proxy_new(seed);
	world->platform_program = platform ? platform : "../../yikou-platform";
	world->syncd_program = syncd ? syncd : "../../yikou-syncd";
	world->environment = environment;
	write_text(world->dir, "token", TOKEN "\n");
	world_platform_start(world, NULL);
	while (windows-- > 0) {
		struct window *window = world_add_window(world);

		if (world_sync(window, world, NULL, NULL) != EXIT_CODE_OK)
			g_error("the first sync fails");
	}
	return world;
}

struct world *world_new(struct trial *trial, uint32_t seed, unsigned windows)
{
	return world_new_with(trial, seed, windows, NULL, NULL, NULL);
}

void world_free(struct world *world)
{
	world->trial->tally.faults += proxy_counts(world->proxy).all_faults;
	child_kill(&world->platform);
	for (unsigned i = 0; i < world->count; i++)
		window_close(&world->windows[i]);
	proxy_free(world->proxy);
	g_rand_free(world->dice);
	file_remove_tree(world->dir);
	g_free(world->dir);
	g_free(world);
}

void world_end(struct world *world)
{
	if (!world_drain(world) && !world->is_forgetful)
		trial_wrong(world->trial, "something stays unsent");
	oracle_ask(world);
	world_free(world);
}
