/* Sets a window up in a temporary directory and takes it down again. */
#include "tests/e2e/window.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "client/store/case.h"
#include "client/store/feed.h"

enum { START_TIMEOUT_MS = 15000, ANSWER_TIMEOUT_MS = 10000 };

const char demo_password[] = "dengfeng";

char *demo_path(const struct demo_window *window, const char *name)
{
	return g_build_filename(window->dir, name, NULL);
}

static void spin(int ms)
{
	gint64 end = g_get_monotonic_time() + (gint64)ms * 1000;

	while (g_get_monotonic_time() < end) {
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(2000);
	}
}

/* Files
 * ---------------------------------------------------------------------------
 */

static bool write_text(const struct demo_window *window, const char *name,
	const char *text, GError **error)
{
	g_autofree char *path = demo_path(window, name);

	return file_write(path, text, strlen(text), error);
}

static bool write_config(
	const struct demo_window *window, const char *language, GError **error)
{
	g_autofree char *text = g_strdup_printf(
		"[window]\nnumber = 03\nname = 3号综合窗口\nshort = 3号窗\n"
		"hall = 登封市政务服务中心\nhall_short = 登封大厅\n"
		"region = 410185\nphone = 0371-00000000\n"
		"supervision_phone = 0371-00000001\nothers = 01 02 04 05\n"
		"[paths]\nstate = state\nruntime = run\ndata = %s\n"
		"locale = %s/locale\noutbox = outbox\n"
		"[platform]\nurl = http://127.0.0.1:%d\n"
		"token_file = platform.token\n"
		"[screen]\nlanguage = %s\nlock_after_s = 900\n"
		"notice = %s 1003  %s %s\n"
		"[visit]\ncall_gap_s = 5\nrating_timeout_s = 60\n",
		window->data, window->programs, window->port, language,
		strcmp(language, "en") ? "演示工号" : "Demo staff number",
		strcmp(language, "en") ? "密码" : "password", demo_password);

	return write_text(window, "yikou.conf", text, error);
}

static bool write_people(const struct demo_window *window, GError **error)
{
	g_autofree char *verifier = password_hash(demo_password);
	g_autofree char *text = g_strdup_printf(
		"[1003]\nname = 甄示例\nroles = clerk\npassword = %s\n"
		"windows = 03\n"
		"[1009]\nname = 郑样本\nroles = manager\npassword = %s\n",
		verifier, verifier);

	return write_text(window, "people.conf", text, error);
}

static bool write_devices(const struct demo_window *window, GError **error)
{
	g_autofree char *text = g_strdup_printf(
		"[bus desk]\nport = unix:run/sim-desk.sock\ngap_ms = 20\n"
		"[device keypad]\nprofile = ff68-keypad\nbus = desk\n"
		"address = 05\ntitle = 叫号键盘\n"
		"[device pad]\nprofile = ff68-evaluator\nbus = desk\n"
		"address = 06\ntitle = 评价器\n"
		"map.00 = 1\nmap.01 = 2\nmap.02 = 3\nmap.03 = 4\nmap.04 = 5\n"
		"[device bar]\nprofile = aabb-bar-1\n"
		"port = unix:run/sim-bar.sock\naddress = 01\n"
		"title = 窗口屏\n"
		"[device idcard]\ndriver = idcard\n"
		"port = unix:run/sim-idcard.sock\ntitle = 读卡器\n"
		"[device camera]\ndriver = camera\n"
		"port = unix:run/sim-camera.sock\ntitle = 高拍仪\n"
		"[device scanner]\ndriver = scanner\n"
		"port = exec:%s/yikou-scan --spool {spool} "
		"--sane-config %s/sane-test --device test:0\n"
		"title = 扫描仪\n",
		window->programs, window->data);

	return write_text(window, "devices.conf", text, error);
}

/* Programs
 * ------------------------------------------------------------------------- */

static void die_with_parent(gpointer unused)
{
	(void)unused;
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static bool spawn(struct demo_window *window, const char *const argv[],
	const char *log_name, GPid *pid, GError **error)
{
	g_autofree char *log = demo_path(window, log_name);
	FILE *out = fopen(log, "ae");
	gboolean ok;

	if (!out) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s", log);
		return false;
	}
	ok = g_spawn_async_with_fds(NULL, (char **)argv, NULL,
		G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
		die_with_parent, NULL, pid, -1, -1, fileno(out), error);
	fclose(out);
	return ok;
}

void demo_stop(GPid *pid, int signal_number)
{
	if (*pid <= 0)
		return;
	kill(*pid, signal_number);
	for (int i = 0; i < 100; i++) {
		if (waitpid(*pid, NULL, WNOHANG) != 0) {
			*pid = 0;
			return;
		}
		g_usleep(20000);
	}
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

static bool wait_for_file(const char *path)
{
	for (int ms = 0; ms < START_TIMEOUT_MS; ms += 20) {
		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return true;
		spin(20);
	}
	return false;
}

bool demo_start_platform(struct demo_window *window, GError **error)
{
	g_autofree char *binary =
		g_build_filename(window->programs, "yikou-platform", NULL);
	g_autofree char *state = demo_path(window, "platform");
	g_autofree char *token = demo_path(window, "platform.token");
	g_autofree char *port_file = demo_path(window, "platform.port");
	g_autofree char *catalog =
		g_build_filename(window->data, "catalog", NULL);
	g_autofree char *seed =
		g_build_filename(window->data, "demo/platform-seed.json", NULL);
	g_autofree char *port = g_strdup_printf("%d", window->port);
	g_autofree char *text = NULL;
	const char *argv[] = {binary, "--port", port, "--port-file", port_file,
		"--state", state, "--token-file", token, "--catalog", catalog,
		"--seed", seed, window->chaos ? "--chaos" : NULL, NULL};

	g_unlink(port_file);
	if (!file_make_dir(state, error) ||
		!spawn(window, argv, "platform.log", &window->platform, error))
		return false;
	if (!wait_for_file(port_file)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"yikou-platform did not start");
		return false;
	}
	text = file_read(port_file, 64, NULL, error);
	if (!text)
		return false;
	window->port = (int)g_ascii_strtoll(text, NULL, 10);
	g_free(window->token);
	window->token = file_read(token, 256, NULL, error);
	if (window->token)
		g_strchomp(window->token);
	return window->token != NULL;
}

void demo_stop_platform(struct demo_window *window)
{
	demo_stop(&window->platform, SIGTERM);
}

bool demo_start_program(struct demo_window *window, const char *program,
	GPid *pid, GError **error)
{
	g_autofree char *binary =
		g_build_filename(window->programs, program, NULL);
	g_autofree char *log = g_strconcat(program, ".log", NULL);
	const char *argv[] = {binary, "--config", window->config, NULL};

	return spawn(window, argv, log, pid, error);
}

static bool start_all(struct demo_window *window, GError **error)
{
	g_autofree char *run = demo_path(window, "run");
	g_autofree char *sim = demo_path(window, "run/sim.sock");
	g_autofree char *devd = demo_path(window, "run/devd.sock");
	g_autofree char *syncd = demo_path(window, "run/syncd.sock");

	if (!file_make_dir(run, error) ||
		!demo_start_program(window, "yikou-sim", &window->sim, error))
		return false;
	if (!wait_for_file(sim)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"yikou-sim did not start");
		return false;
	}
	if (!demo_start_program(window, "yikou-devd", &window->devd, error) ||
		!demo_start_program(
			window, "yikou-syncd", &window->syncd, error))
		return false;
	if (!wait_for_file(devd) || !wait_for_file(syncd)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"yikou-devd or yikou-syncd did not start");
		return false;
	}
	window->sim_line = line_client_new(sim, "demo", NULL, NULL);
	return true;
}

struct demo_window *demo_window_new(const char *programs, const char *data,
	const char *language, GError **error)
{
	AUTO(demo_window) window = g_new0(struct demo_window, 1);
	struct demo_window *made;

	window->programs = g_canonicalize_filename(programs, NULL);
	window->data = g_canonicalize_filename(data, NULL);
	window->dir = g_strdup("/tmp/yikou-XXXXXX");
	if (!g_mkdtemp(window->dir)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"no temporary directory");
		return NULL;
	}
	window->config = demo_path(window, "yikou.conf");
	if (!demo_start_platform(window, error) ||
		!write_config(window, language, error) ||
		!write_people(window, error) || !write_devices(window, error) ||
		!start_all(window, error))
		return NULL;
	made = window;
	window = NULL;
	return made;
}

/* yikou starts its daemons again when they are gone: what it started is found
 * by the sockets' owners when the directory goes. */
static void stop_strays(const struct demo_window *window)
{
	g_autofree char *pattern = g_strconcat(window->dir, "/", NULL);
	GDir *proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while (proc && (name = g_dir_read_name(proc))) {
		g_autofree char *path =
			g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *line = NULL;
		gsize len = 0;

		if (!g_ascii_isdigit(*name) ||
			!g_file_get_contents(path, &line, &len, NULL))
			continue;
		for (gsize i = 0; i + 1 < len; i++)
			line[i] = line[i] ? line[i] : ' ';
		if (strstr(line, pattern))
			kill((pid_t)g_ascii_strtoll(name, NULL, 10), SIGTERM);
	}
	if (proc)
		g_dir_close(proc);
}

void demo_window_free(struct demo_window *window)
{
	if (!window)
		return;
	line_client_free(window->sim_line);
	demo_stop(&window->syncd, SIGTERM);
	demo_stop(&window->devd, SIGTERM);
	demo_stop(&window->sim, SIGTERM);
	demo_stop(&window->platform, SIGTERM);
	stop_strays(window);
	if (!window->keep)
		file_remove_tree(window->dir);
	g_free(window->dir);
	g_free(window->config);
	g_free(window->programs);
	g_free(window->data);
	g_free(window->token);
	g_free(window);
}

/* The simulator
 * ---------------------------------------------------------------------- */

struct waiting {
	bool over;
	struct json *result; /* own */
};

static void sim_answered(
	void *context, const struct json *result, const GError *error)
{
	struct waiting *waiting = context;

	waiting->over = true;
	waiting->result = error ? NULL : json_copy(result);
}

struct json *demo_sim(
	struct demo_window *window, const char *verb, struct json *take_args)
{
	struct waiting waiting = {0};

	for (int i = 0; i < 100 && !line_client_is_up(window->sim_line); i++)
		spin(20);
	line_command(window->sim_line, verb, take_args, ANSWER_TIMEOUT_MS,
		sim_answered, &waiting);
	while (!waiting.over)
		g_main_context_iteration(NULL, TRUE);
	return waiting.result;
}

void demo_card(struct demo_window *window, const char *number, const char *name,
	const char *sex, const char *birth)
{
	struct json *args = json_new_object();

	json_put_text(args, "device", "idcard");
	json_put_text(args, "number", number);
	json_put_text(args, "name", name);
	json_put_text(args, "sex", sex);
	json_put_text(args, "nation", "01");
	json_put_text(args, "birth", birth);
	json_put_text(args, "address", "河南省登封市示例路 1 号");
	json_put_text(args, "issuer", "登封市公安局示例");
	json_put_text(args, "valid_from", "20160510");
	json_put_text(args, "valid_to", "20360510");
	json_free(demo_sim(window, "card", args));
}

/* The platform
 * ------------------------------------------------------------------------- */

static GBytes *read_all(GInputStream *stream)
{
	GByteArray *bytes = g_byte_array_new();
	guint8 piece[16384];
	gssize n;

	while ((n = g_input_stream_read(
			stream, piece, sizeof(piece), NULL, NULL)) > 0 &&
		bytes->len < (8 << 20))
		g_byte_array_append(bytes, piece, (guint)n);
	return g_byte_array_free_to_bytes(bytes);
}

/* The body of a 200, NULL otherwise. *reply owns it. sent: NULL for a GET. */
static const char *ask(struct demo_window *window, const char *path,
	const char *sent, GBytes **reply, size_t *len)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(
			client, "127.0.0.1", (guint16)window->port, NULL, NULL);
	g_autofree char *request = g_strdup_printf(
		"%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		"Authorization: Bearer %s\r\nConnection: close\r\n"
		"Content-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		sent ? "POST" : "GET", path, window->token,
		sent ? strlen(sent) : 0, sent ? sent : "");
	const char *data, *body;
	gsize size;

	*reply = NULL;
	if (!connection ||
		!g_output_stream_write_all(
			g_io_stream_get_output_stream(G_IO_STREAM(connection)),
			request, strlen(request), NULL, NULL, NULL))
		return NULL;
	*reply =
		read_all(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
	data = g_bytes_get_data(*reply, &size);
	body = size > 12 && !memcmp(data + 8, " 200", 4)
		       ? memmem(data, size, "\r\n\r\n", 4)
		       : NULL;
	if (!body)
		return NULL;
	*len = size - (size_t)(body + 4 - data);
	return body + 4;
}

struct json *demo_get(struct demo_window *window, const char *path)
{
	g_autoptr(GBytes) reply = NULL;
	size_t len;
	const char *body = ask(window, path, NULL, &reply, &len);

	return body ? json_parse(body, len, NULL) : NULL;
}

struct json *demo_post(
	struct demo_window *window, const char *path, const struct json *body)
{
	g_autofree char *text = json_print(body);
	g_autoptr(GBytes) reply = NULL;
	size_t len;
	const char *answer = ask(window, path, text, &reply, &len);

	return answer ? json_parse(answer, len, NULL) : NULL;
}

bool demo_get_hash(struct demo_window *window, const char *path, char *sha256)
{
	g_autoptr(GBytes) reply = NULL;
	size_t len;
	const char *body = ask(window, path, NULL, &reply, &len);

	if (body)
		sha256_text(body, len, sha256);
	return body != NULL;
}

/* Cases in work
 * -------------------------------------------------------------------------- */

struct seed_case {
	const char *code, *item, *name, *id_number, *initials;
};

static const struct seed_case seeds[] = {
	{"11410185DEM000022Y4411090111000", "食品小经营店登记", "王演练",
		"410199198505120017", "wyl"},
	{"11410185DEM000065C5412090106000", "老年人优待证办理", "李样张",
		"410199195106150039", "lyz"},
	{"11410185DEM000022Y4410190102000", "食品经营许可（新办）", "赵习题",
		"41019919870606009X", "zxt"},
};

static bool seed_case(
	struct store *store, const struct seed_case *seed, GError **error)
{
	static const char *const series[] = {"accept", NULL};
	const struct actor actor = {.staff_no = "1003",
		.staff_name = "甄示例",
		.role = "clerk",
		.window = "03",
		.session = ""};
	struct case_decision decision = {.event = CASE_EVENT_ACCEPT,
		.at_ms = clock_wall_ms(),
		.document_series = series};
	AUTO(case_record) record = case_new();
	struct json *applicant = json_new_object();

	decision.day = clock_day(decision.at_ms);
	record->item_code = g_strdup(seed->code);
	record->item_name = g_strdup(seed->item);
	record->item_version = g_strdup("2026.11");
	record->initials = g_strdup(seed->initials);
	record->clerk = g_strdup("1003");
	g_strlcpy(record->query_password, "000000",
		sizeof(record->query_password));
	json_put_text(applicant, "id_type", "111");
	json_put_text(applicant, "id_number", seed->id_number);
	json_put_text(applicant, "name", seed->name);
	json_put(record->body, "applicant", applicant);
	json_put(record->body, "form", json_new_object());
	json_put(record->body, "materials", json_new_array());
	return case_save_draft(store, record, &actor, error) &&
	       case_decide(store, record, &decision, &actor, error);
}

static bool wait_numbers(struct store *store)
{
	for (int i = 0; i < 200; i++) {
		g_autofree char *cursor = feed_cursor(store, "tickets");

		if (cursor && numbers_left(store, "case:03") >= 10)
			return true;
		spin(50);
	}
	return false;
}

bool demo_wait_numbers(struct demo_window *window)
{
	g_autofree char *state = demo_path(window, "state");
	AUTO(store) store = store_open(state, "03", NULL);

	return store && wait_numbers(store);
}

bool demo_seed_cases(struct demo_window *window, GError **error)
{
	g_autofree char *state = demo_path(window, "state");
	AUTO(store) store = store_open(state, "03", error);

	if (store)
		wait_numbers(store);
	for (size_t i = 0; store && i < G_N_ELEMENTS(seeds); i++) {
		if (!seed_case(store, &seeds[i], error))
			return false;
	}
	return store != NULL;
}
