/* The link and the stand-in platform, both as they are: whole days of work
 * with lost replies, portals, crashes and a restart of the platform. */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/case.h"
#include "client/store/conflict.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "client/store/ticket.h"
#include "tests/sync/rig.h"

struct platform {
	struct rig *rig;
	GSubprocess *process;
	char *port_file;
	unsigned port;
};

static bool has_port(void *context)
{
	struct platform *platform = context;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(platform->port_file, &text, NULL, NULL))
		return false;
	platform->port = (unsigned)g_ascii_strtoull(text, NULL, 10);
	return platform->port != 0;
}

static void platform_start(struct platform *platform, const char *option)
{
	struct rig *rig = platform->rig;
	g_autofree char *program = process_sibling("../../yikou-platform");
	g_autofree char *state = g_build_filename(rig->dir, "platform", NULL);
	g_autofree char *token =
		g_build_filename(rig->dir, "platform.token", NULL);
	const char *argv[] = {program, "--state", state, "--token-file", token,
		"--port-file", platform->port_file, "--chaos", option, NULL};

	g_remove(platform->port_file);
	platform->process = rig_spawn(argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
	g_assert_true(rig_wait(has_port, platform, 5000));
	rig_point_at(rig, platform->port);
}

static void platform_kill(struct platform *platform)
{
	g_subprocess_send_signal(platform->process, SIGKILL);
	g_subprocess_wait(platform->process, NULL, NULL);
	g_clear_object(&platform->process);
}

static void platform_open(struct platform *platform)
{
	platform->rig = rig_new();
	platform->port_file =
		g_build_filename(platform->rig->dir, "port", NULL);
	platform_start(platform, NULL);
}

static void platform_close(struct platform *platform)
{
	platform_kill(platform);
	g_free(platform->port_file);
	rig_free(platform->rig);
}

/* One request, blocking; the platform is another process. */
static struct json *ask(struct platform *platform, const char *method,
	const char *path, const char *body)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(client, "127.0.0.1",
			(guint16)platform->port, NULL, &error);
	g_autoptr(GString) reply = g_string_new(NULL);
	g_autofree char *request = g_strdup_printf(
		"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		"Authorization: Bearer " RIG_TOKEN "\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n"
		"\r\n%s",
		method, path, strlen(body), body);
	const char *start;
	char chunk[4096];
	gssize len;

	g_assert_no_error(error);
	g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(connection)), request,
		strlen(request), NULL, NULL, NULL);
	while ((len = g_input_stream_read(
			g_io_stream_get_input_stream(G_IO_STREAM(connection)),
			chunk, sizeof(chunk), NULL, NULL)) > 0)
		g_string_append_len(reply, chunk, len);
	start = strstr(reply->str, "\r\n\r\n");
	g_assert_nonnull(start);
	return json_parse(start + 4, strlen(start + 4), NULL);
}

static void order_chaos(struct platform *platform, const char *next)
{
	AUTO(json) reply = ask(platform, "POST", "/_chaos", next);

	g_assert_cmpint(json_int_or(reply, "queued", 0), >, 0);
}

/* The platform has every step of this store, none twice: its own proof. */
static void check_platform(struct platform *platform)
{
	g_autofree char *path = g_strconcat(
		"/v1/stores/", store_uuid(platform->rig->store), NULL);
	AUTO(json) store = ask(platform, "GET", path, "");
	g_autoptr(GError) error = NULL;
	char head[SHA256_TEXT];
	int64_t rows;

	outbox_verify(platform->rig->store, &rows, head, &error);
	g_assert_no_error(error);
	g_assert_cmpint(json_int_or(store, "contiguous", -1), ==, rows);
	g_assert_cmpuint(json_length(json_get(store, "gaps")), ==, 0);
	g_assert_cmpstr(json_text(store, "chain_head"), ==, head);
	g_assert_cmpint(
		json_int_or(json_get(store, "counts"), "ops", -1), ==, rows);
	g_assert_cmpint(rig_unsent(platform->rig), ==, 0);
	g_assert_cmpint(rig_parked(platform->rig), ==, 0);
}

static void take_ticket(struct platform *platform)
{
	AUTO(json) ticket = ask(platform, "POST", "/v1/tickets",
		"{\"kind\":\"apply\",\"business\":\"\",\"person\":\"\"}");

	g_assert_nonnull(json_text(ticket, "ticket_id"));
}

/* Everything a window sends in a visit. */
static void work(struct rig *rig)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) waiting = ticket_list(rig->store, &error);
	struct ticket *ticket;

	g_assert_no_error(error);
	g_assert_cmpuint(waiting->len, >, 0);
	ticket = waiting->pdata[0];
	ticket_act(rig->store, ticket->ticket_id, TICKET_ACTION_CALL, NULL,
		NULL, &rig_clerk, &error);
	g_assert_no_error(error);
	rig_accept_case(rig, 40000);
	ticket_act(rig->store, ticket->ticket_id, TICKET_ACTION_FINISH, NULL,
		NULL, &rig_clerk, &error);
	g_assert_no_error(error);
	rating_record(rig->store, ticket->ticket_id, NULL, RATING_GOOD, "pad",
		&rig_clerk, &error);
	g_assert_no_error(error);
	rig_open_tickets(rig, 1);
	rig_pause_and_resume(rig, 2);
}

static void test_visit(void)
{
	struct platform platform;

	platform_open(&platform);
	take_ticket(&platform);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(numbers_left(platform.rig->store, "case:03"), >=, 50);
	work(platform.rig);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	check_platform(&platform);
	platform_close(&platform);
}

static void test_misbehaving(void)
{
	struct platform platform;

	platform_open(&platform);
	take_ticket(&platform);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	work(platform.rig);
	order_chaos(&platform,
		"{\"next\":[{\"drop_reply\":true,\"path\":\"/v1/ops:batch\"},"
		"{\"html\":403},{\"cut\":true},{\"status\":503},"
		"{\"drop_reply\":true},{\"html\":200},{\"status\":429,"
		"\"retry_after_s\":1}]}");
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	check_platform(&platform);
	platform_close(&platform);
}

static void test_crashes(void)
{
	static const char *const points[] = {"--crash-at=after-claim:1",
		"--crash-at=after-send:1", "--crash-at=after-reply:1",
		"--crash-at=before-settle:1", "--crash-at=after-blob:1"};
	struct platform platform;

	platform_open(&platform);
	for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
		take_ticket(&platform);
		g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
		work(platform.rig);
		g_assert_cmpint(rig_run(platform.rig, points[i]), ==, 137);
	}
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	check_platform(&platform);
	platform_close(&platform);
}

/* Killed and started again, and started again with a new epoch: nothing is
 * missing, so nothing stays flagged. */
static void test_platform_restarts(void)
{
	struct platform platform;

	platform_open(&platform);
	take_ticket(&platform);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	work(platform.rig);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	platform_kill(&platform);
	rig_open_tickets(platform.rig, 2);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_LINK);
	platform_start(&platform, "--restored");
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	g_assert_false(
		json_bool_or(platform.rig->report, "epoch_changed", true));
	check_platform(&platform);
	platform_close(&platform);
}

static void expect_proof(struct platform *platform)
{
	const struct json *proof;

	g_assert_cmpint(rig_run(platform->rig, "--verify"), ==, EXIT_CODE_OK);
	proof = json_get(platform->rig->report, "verify");
	g_assert_true(json_bool_or(proof, "complete", false));
	g_assert_cmpint(json_int_or(proof, "ours", -1), >, 0);
	g_assert_cmpint(json_int_or(proof, "ours", -1), ==,
		json_int_or(proof, "theirs", -2));
}

/* A large attachment goes up in pieces: killed after each of them, and with
 * replies lost, no finished piece is sent twice. */
static void test_pieces(void)
{
	struct platform platform;

	platform_open(&platform);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	rig_accept_case(platform.rig, 3 * 1024 * 1024 + 17);
	g_assert_cmpint(
		rig_run(platform.rig, "--crash-at=after-piece:1"), ==, 137);
	g_assert_cmpint(
		rig_run(platform.rig, "--crash-at=after-piece:1"), ==, 137);
	order_chaos(&platform,
		"{\"next\":[{\"drop_reply\":true,\"path\":\"/v1/uploads\"}]}");
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(platform.rig, "pieces"), ==, 2);
	g_assert_cmpint(rig_reported(platform.rig, "blobs_sent"), ==, 1);
	check_platform(&platform);
	/* one more, in one go */
	rig_accept_case(platform.rig, 2 * 1024 * 1024 + 5);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(platform.rig, "pieces"), ==, 3);
	check_platform(&platform);
	expect_proof(&platform);
	platform_close(&platform);
}

static void copy_tree(
	struct platform *platform, const char *from, const char *to)
{
	g_autofree char *source =
		g_build_filename(platform->rig->dir, from, NULL);
	g_autofree char *target =
		g_build_filename(platform->rig->dir, to, NULL);
	const char *argv[] = {"/bin/cp", "-a", source, target, NULL};
	g_autoptr(GSubprocess) cp = NULL;

	file_remove_tree(target);
	cp = rig_spawn(argv, G_SUBPROCESS_FLAGS_NONE);
	g_assert_true(g_subprocess_wait_check(cp, NULL, NULL));
}

/* The platform comes back from a backup of before its first case: the leased
 * numbers, the attachments and every op after it are gone there. */
static void test_platform_restored(void)
{
	struct platform platform;

	platform_open(&platform);
	take_ticket(&platform);
	platform_kill(&platform);
	copy_tree(&platform, "platform", "backup");
	platform_start(&platform, NULL);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	work(platform.rig);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	expect_proof(&platform);
	platform_kill(&platform);
	copy_tree(&platform, "backup", "platform");
	platform_start(&platform, "--restored");
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(platform.rig, "server_behind"), >, 0);
	check_platform(&platform);
	expect_proof(&platform);
	platform_close(&platform);
}

/* Two windows ------------------------------------------------------------- */

static struct json *get_case(struct platform *platform, const char *case_id)
{
	g_autofree char *path = g_strconcat("/v1/cases/", case_id, NULL);

	return ask(platform, "GET", path, "");
}

/* The first case there. Caller frees. */
static char *only_case(struct platform *platform)
{
	AUTO(json) list = ask(platform, "GET", "/v1/cases", "");
	const struct json *row = json_first(json_get(list, "rows"));

	g_assert_nonnull(row);
	return g_strdup(json_text(row, "case_id"));
}

/* Made on what the platform shows, shown being what it showed then. */
static void change_case(struct rig *rig, const struct json *shown,
	const char *part, const char *name, const char *value)
{
	const struct json *body = json_get(shown, "body");
	AUTO(json) parts = json_copy(body);
	struct case_changed changed = {.case_id = json_text(shown, "case_id"),
		.reason = "更正",
		.version = json_text(shown, "version"),
		.base = body,
		.parts = parts};
	g_autoptr(GError) error = NULL;

	json_put_text(json_get_mutable(parts, part), name, value);
	case_change(rig->store, &changed, &rig_clerk, &error);
	g_assert_no_error(error);
}

static void expect_shown(struct platform *platform, const char *case_id,
	const char *part, const char *name, const char *value)
{
	AUTO(json) shown = get_case(platform, case_id);

	g_assert_cmpstr(
		json_text(json_get(json_get(shown, "body"), part), name), ==,
		value);
}

static void decide_there(struct rig *rig, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) open = conflict_list(rig->store, &error);
	AUTO(json) choices = json_new_object();
	const struct conflict *conflict;

	g_assert_no_error(error);
	g_assert_cmpuint(open->len, ==, 1);
	conflict = open->pdata[0];
	json_put_text(choices, path, "there");
	conflict_decide(rig->store, conflict->store_seq, choices, "已核对",
		&rig_clerk, &error);
	g_assert_no_error(error);
}

/* Both change one case: other fields are merged by yikou-syncd itself in the
 * same run, the same field waits for a person. */
static void test_two_windows(void)
{
	struct platform platform;
	struct rig *other;
	g_autofree char *id = NULL;
	AUTO(json) first = NULL, *second = NULL;

	platform_open(&platform);
	other = rig_new();
	rig_point_at(other, platform.port);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	rig_accept_case(platform.rig, 4000);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	id = only_case(&platform);
	first = get_case(&platform, id);
	change_case(platform.rig, first, "form", "trade_name", "甲");
	change_case(other, first, "applicant", "phone", "13800000000");
	g_assert_cmpint(rig_run(other, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(platform.rig, "conflict"), ==, 1);
	expect_shown(&platform, id, "form", "trade_name", "甲");
	expect_shown(&platform, id, "applicant", "phone", "13800000000");
	second = get_case(&platform, id);
	change_case(platform.rig, second, "form", "trade_name", "乙");
	change_case(other, second, "form", "trade_name", "丙");
	g_assert_cmpint(rig_run(other, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_ITEM);
	decide_there(platform.rig, "form/trade_name");
	g_assert_cmpint(rig_run(platform.rig, NULL), ==, EXIT_CODE_OK);
	expect_shown(&platform, id, "form", "trade_name", "丙");
	expect_proof(&platform);
	check_platform(&platform);
	rig_free(other);
	platform_close(&platform);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/standin/visit", test_visit);
	g_test_add_func("/sync/standin/misbehaving", test_misbehaving);
	g_test_add_func("/sync/standin/crashes", test_crashes);
	g_test_add_func("/sync/standin/restarts", test_platform_restarts);
	g_test_add_func("/sync/standin/restored", test_platform_restored);
	g_test_add_func("/sync/standin/pieces", test_pieces);

	g_test_add_func("/sync/standin/two-windows", test_two_windows);
	return g_test_run();
}
