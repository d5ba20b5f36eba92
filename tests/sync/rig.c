/* One window for a test. */
#include "tests/sync/rig.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/blob.h"
#include "client/store/case.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "client/store/ticket.h"

enum { RUN_LIMIT_MS = 20000 };

const struct actor rig_clerk = {
	.staff_no = "1003",
	.staff_name = "甄示例",
	.role = "clerk",
	.window = "03",
	.session = "01980000-0000-7000-8000-000000000001",
};

static void write_text(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autoptr(GError) error = NULL;

	file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

void rig_point_at(struct rig *rig, unsigned port)
{
	g_autofree char *text = g_strdup_printf(
		"[window]\nnumber=03\nname=3号综合窗口\nhall=示例大厅\n"
		"region=410185\n[paths]\nstate=state\nruntime=run\n"
		"[platform]\nurl=http://127.0.0.1:%u\n"
		"token_file=platform.token\n",
		port);

	write_text(rig->dir, "yikou.conf", text);
}

struct rig *rig_new(void)
{
	struct rig *rig = g_new0(struct rig, 1);
	g_autoptr(GError) error = NULL;
	g_autofree char *state = NULL;

	rig->dir = g_dir_make_tmp("yikou-sync-XXXXXX", &error);
	g_assert_no_error(error);
	rig->fake = fake_new(RIG_TOKEN);
	rig->config = g_build_filename(rig->dir, "yikou.conf", NULL);
	write_text(rig->dir, "platform.token", RIG_TOKEN "\n");
	rig_point_at(rig, fake_port(rig->fake));
	state = g_build_filename(rig->dir, "state", NULL);
	file_make_dir(state, &error);
	g_assert_no_error(error);
	rig->store = store_open(state, "03", &error);
	g_assert_no_error(error);
	return rig;
}

static void check_oracle(struct rig *rig)
{
	g_autoptr(GError) error = NULL;
	int64_t rows;

	g_assert_cmpuint(fake_applied_twice(rig->fake), ==, 0);
	g_assert_cmpuint(fake_changed_bytes(rig->fake), ==, 0);
	g_assert_cmpuint(fake_wrong_digests(rig->fake), ==, 0);
	g_assert_cmpuint(fake_without_token(rig->fake), ==, 0);
	outbox_verify(rig->store, &rows, NULL, &error);
	g_assert_no_error(error);
	store_verify_seals(rig->store, &error);
	g_assert_no_error(error);
}

void rig_free(struct rig *rig)
{
	check_oracle(rig);
	store_close(rig->store);
	fake_free(rig->fake);
	json_free(rig->report);
	file_remove_tree(rig->dir);
	g_free(rig->dir);
	g_free(rig->config);
	g_free(rig);
}

/* Work
 * ------------------------------------------------------------------------- */

void rig_open_tickets(struct rig *rig, unsigned count)
{
	while (count-- > 0) {
		g_autoptr(GError) error = NULL;
		AUTO(ticket) ticket =
			ticket_open(rig->store, &rig_clerk, &error);

		g_assert_no_error(error);
	}
}

void rig_pause_and_resume(struct rig *rig, unsigned steps)
{
	for (unsigned i = 0; i < steps; i++) {
		g_autoptr(GError) error = NULL;

		window_pause(
			rig->store, i % 2 == 0, "午休", &rig_clerk, &error);
		g_assert_no_error(error);
	}
}

static struct json *materials_with(const char *sha256, int64_t size)
{
	struct json *materials = json_new_array();
	struct json *material = json_new_object();
	struct json *pages = json_new_array();
	struct json *page = json_new_object();

	json_put_text(page, "sha256", sha256);
	json_put_int(page, "size", size);
	json_put_text(page, "media_type", "image/jpeg");
	json_add(pages, page);
	json_put_int(material, "no", 1);
	json_put_text(material, "name", "示例材料");
	json_put(material, "pages", pages);
	json_add(materials, material);
	return materials;
}

static struct json *add_page(struct rig *rig, size_t size)
{
	g_autofree char *path = g_build_filename(rig->dir, "page.jpg", NULL);
	g_autofree char *bytes = g_malloc(size);
	g_autoptr(GError) error = NULL;
	char sha256[SHA256_TEXT];
	int64_t stored;

	random_bytes(bytes, size);
	for (size_t i = 0; rig->text_pages && i < size; i++)
		bytes[i] = (char)('a' + (bytes[i] & 15));
	file_write(path, bytes, size, &error);
	g_assert_no_error(error);
	blob_add(rig->store, path, "image/jpeg", sha256, &stored, &error);
	g_assert_no_error(error);
	return materials_with(sha256, stored);
}

void rig_accept_case(struct rig *rig, size_t size)
{
	static const char *const series[] = {"accept", NULL};
	AUTO(case_record) record = case_new();
	struct json *applicant = json_new_object();
	struct case_decision decision = {
		.event = CASE_EVENT_ACCEPT,
		.at_ms = clock_wall_ms(),
		.day = clock_day(clock_wall_ms()),
		.document_series = series,
	};
	g_autoptr(GError) error = NULL;

	record->item_code = g_strdup("11410185MB0000000X4000100001001");
	record->item_name = g_strdup("示例事项");
	record->item_version = g_strdup("1");
	json_put_text(applicant, "name", "张样例");
	json_put(record->body, "applicant", applicant);
	json_put(record->body, "materials", add_page(rig, size));
	case_save_draft(rig->store, record, &rig_clerk, &error);
	g_assert_no_error(error);
	case_decide(rig->store, record, &decision, &rig_clerk, &error);
	g_assert_no_error(error);
}

/* Running
 * ------------------------------------------------------------------------ */

/* In the child: a test that fails leaves nothing running. */
static void die_with_parent(gpointer unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *rig_spawn(const char *const argv[], GSubprocessFlags flags)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		g_test_verbose() ? flags
				 : flags | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
	g_autoptr(GError) error = NULL;
	GSubprocess *process;

	g_subprocess_launcher_set_child_setup(
		launcher, die_with_parent, NULL, NULL);
	process = g_subprocess_launcher_spawnv(launcher, argv, &error);
	g_assert_no_error(error);
	return process;
}

static char *syncd_path(void)
{
	return process_sibling("../../yikou-syncd");
}

struct run {
	GSubprocess *process;
	char *output;
	bool done;
};

static void on_output(GObject *source, GAsyncResult *result, gpointer data)
{
	struct run *run = data;

	g_subprocess_communicate_utf8_finish(
		G_SUBPROCESS(source), result, &run->output, NULL, NULL);
	run->done = true;
}

static bool is_done(void *context)
{
	return ((struct run *)context)->done;
}

int rig_run2(struct rig *rig, const char *argument, const char *argument2)
{
	g_autofree char *path = syncd_path();
	const char *argv[] = {path, "--config", rig->config, "--once", "--json",
		"--backoff-ms=40", argument, argument2, NULL};
	struct run run = {0};
	int status;

	run.process = rig_spawn(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	g_subprocess_communicate_utf8_async(
		run.process, NULL, NULL, on_output, &run);
	g_assert_true(rig_wait(is_done, &run, RUN_LIMIT_MS));
	status = g_subprocess_get_if_exited(run.process)
			 ? g_subprocess_get_exit_status(run.process)
			 : -1;
	g_clear_pointer(&rig->report, json_free);
	rig->report = json_parse(run.output, strlen(run.output), NULL);
	g_object_unref(run.process);
	g_free(run.output);
	return status;
}

int rig_run(struct rig *rig, const char *argument)
{
	return rig_run2(rig, argument, NULL);
}

int64_t rig_reported(const struct rig *rig, const char *name)
{
	g_assert_true(json_is_object(rig->report));
	return json_int_or(rig->report, name, -1);
}

GSubprocess *rig_start(struct rig *rig, int backoff_ms)
{
	g_autofree char *path = syncd_path();
	g_autofree char *backoff =
		g_strdup_printf("--backoff-ms=%d", backoff_ms);
	const char *argv[] = {path, "--config", rig->config, backoff, NULL};

	return rig_spawn(argv, G_SUBPROCESS_FLAGS_NONE);
}

static gboolean on_time_over(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_CONTINUE;
}

static gboolean keep_looking(gpointer unused)
{
	(void)unused;
	return G_SOURCE_CONTINUE;
}

bool rig_wait(bool (*check)(void *context), void *context, int timeout_ms)
{
	bool over = false;
	guint timer = g_timeout_add((guint)timeout_ms, on_time_over, &over);
	guint look = g_timeout_add(20, keep_looking, NULL);

	while (!check(context) && !over)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	g_source_remove(look);
	return check(context);
}

static struct store_counts counts_of(struct rig *rig)
{
	struct store_counts counts;
	g_autoptr(GError) error = NULL;

	store_counts(rig->store, &counts, &error);
	g_assert_no_error(error);
	return counts;
}

int64_t rig_unsent(struct rig *rig)
{
	return counts_of(rig).unsent;
}

int64_t rig_parked(struct rig *rig)
{
	return counts_of(rig).parked;
}
