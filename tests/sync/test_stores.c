/* yikou sync --store: what a hall copied together, with what may be wrong with
 * copies. */
#include <string.h>

#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/ticket.h"
#include "tests/sync/rig.h"

enum { RUN_LIMIT_MS = 30000 };

struct hall {
	struct rig *rig;
	char *dir; /* own: the folder of the copies */
};

static char *path_in(
	const struct hall *hall, const char *store, const char *file)
{
	return g_build_filename(hall->dir, store, file, NULL);
}

static struct hall hall_new(void)
{
	struct hall hall = {.rig = rig_new()};

	hall.dir = g_build_filename(hall.rig->dir, "stores", NULL);
	g_assert_true(file_make_dir(hall.dir, NULL));
	return hall;
}

static void hall_free(struct hall *hall)
{
	rig_free(hall->rig);
	g_free(hall->dir);
}

/* The store of another window, with so many steps waiting. */
static void add_store(const struct hall *hall, const char *name,
	const char *window, int steps)
{
	g_autofree char *dir = g_build_filename(hall->dir, name, NULL);
	struct actor actor = rig_clerk;
	g_autoptr(GError) error = NULL;
	struct store *store;

	actor.window = window;
	g_assert_true(file_make_dir(dir, NULL));
	store = store_open(dir, window, &error);
	g_assert_no_error(error);
	while (steps-- > 0) {
		AUTO(ticket) ticket = ticket_open(store, &actor, &error);

		g_assert_no_error(error);
	}
	store_close(store);
}

static void copy_file(const char *from, const char *to)
{
	g_autoptr(GError) error = NULL;

	file_copy(from, to, &error);
	g_assert_no_error(error);
}

/* Without the journal, whatever stood in it. */
static void copy_store(
	const struct hall *hall, const char *from, const char *to)
{
	static const char *const files[] = {"window.db", "window.key"};
	g_autofree char *dir = g_build_filename(hall->dir, to, NULL);

	g_assert_true(file_make_dir(dir, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *old = path_in(hall, from, files[i]);
		g_autofree char *new = path_in(hall, to, files[i]);

		copy_file(old, new);
	}
}

static void turn_bytes(const struct hall *hall, const char *name, size_t at)
{
	g_autofree char *path = path_in(hall, name, "window.db");
	g_autofree char *content = NULL;
	gsize len;

	g_assert_true(g_file_get_contents(path, &content, &len, NULL));
	for (size_t i = 0; i < 64 && at + i < len; i++)
		content[at + i] ^= 0x5a;
	g_assert_true(g_file_set_contents(path, content, (gssize)len, NULL));
}

/* Running ---------------------------------------------------------------- */

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

static int sync_stores(
	const struct hall *hall, const char *more, struct json **report)
{
	g_autofree char *program = process_sibling("../../yikou");
	const char *argv[] = {program, "sync", "--config", hall->rig->config,
		"--json", "--store", hall->dir, more, NULL};
	struct run run = {0};
	int status;

	run.process = rig_spawn(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	g_subprocess_communicate_utf8_async(
		run.process, NULL, NULL, on_output, &run);
	g_assert_true(rig_wait(is_done, &run, RUN_LIMIT_MS));
	status = g_subprocess_get_exit_status(run.process);
	*report = json_parse(run.output, strlen(run.output), NULL);
	g_object_unref(run.process);
	g_free(run.output);
	return status;
}

static const struct json *row_of(const struct json *report, const char *name)
{
	json_each (row, json_get(report, "stores")) {
		if (strcmp(json_text_or(row, "name", ""), name) == 0)
			return row;
	}
	g_assert_not_reached();
	return NULL;
}

#define EXPECT(report, store, member, value) \
	g_assert_cmpint(                     \
		json_int_or(row_of(report, store), member, -1), ==, value)

/* Tests ------------------------------------------------------------------ */

static void test_all(void)
{
	struct hall hall = hall_new();
	struct json *report;

	add_store(&hall, "a", "04", 3);
	add_store(&hall, "b", "05", 2);
	g_assert_cmpint(sync_stores(&hall, "--dry-run", &report), ==, 0);
	EXPECT(report, "a", "left", 3);
	g_assert_cmpuint(fake_ops(hall.rig->fake), ==, 0);
	json_free(report);
	g_assert_cmpint(sync_stores(&hall, "--no-verify", &report), ==, 0);
	EXPECT(report, "a", "sent", 3);
	EXPECT(report, "b", "sent", 2);
	EXPECT(report, "b", "left", 0);
	g_assert_cmpstr(json_text(row_of(report, "b"), "window"), ==, "05");
	json_free(report);
	g_assert_cmpuint(fake_ops(hall.rig->fake), ==, 5);
	/* Again: nothing is left to send. */
	g_assert_cmpint(sync_stores(&hall, "--no-verify", &report), ==, 0);
	EXPECT(report, "a", "sent", 0);
	json_free(report);
	hall_free(&hall);
}

/* The bad ones are named and left alone, the others go. */
static void test_bad_copies(void)
{
	struct hall hall = hall_new();
	struct json *report;

	add_store(&hall, "c-good", "04", 3);
	copy_store(&hall, "c-good", "a-page");
	turn_bytes(&hall, "a-page", 20 * 4096);
	copy_store(&hall, "c-good", "b-none");
	turn_bytes(&hall, "b-none", 0);
	g_assert_cmpint(sync_stores(&hall, "--no-verify", &report), ==,
		EXIT_CODE_STORE);
	EXPECT(report, "a-page", "exit_code", EXIT_CODE_STORE);
	EXPECT(report, "b-none", "exit_code", EXIT_CODE_STORE);
	EXPECT(report, "a-page", "sent", 0);
	EXPECT(report, "c-good", "sent", 3);
	json_free(report);
	g_assert_cmpuint(fake_ops(hall.rig->fake), ==, 3);
	hall_free(&hall);
}

/* A commit was half in the file, its journal was not copied. */
static void test_half_commit(void)
{
	struct hall hall = hall_new();
	g_autofree char *old = NULL, *new = NULL, *half = NULL;
	g_autofree char *before = NULL, *after = NULL;
	struct json *report;
	gsize before_len, after_len;

	add_store(&hall, "a", "04", 1);
	copy_store(&hall, "a", "b");
	add_store(&hall, "a", "04", 40);
	old = path_in(&hall, "b", "window.db");
	new = path_in(&hall, "a", "window.db");
	g_assert_true(g_file_get_contents(old, &before, &before_len, NULL));
	g_assert_true(g_file_get_contents(new, &after, &after_len, NULL));
	/* Every other page is of the new time. */
	half = g_memdup2(after, after_len);
	for (gsize at = 0; at + 4096 <= before_len; at += 8192)
		memcpy(half + at, before + at, 4096);
	g_assert_true(g_file_set_contents(old, half, (gssize)after_len, NULL));
	g_assert_cmpint(sync_stores(&hall, "--no-verify", &report), ==,
		EXIT_CODE_STORE);
	EXPECT(report, "b", "exit_code", EXIT_CODE_STORE);
	EXPECT(report, "b", "sent", 0);
	EXPECT(report, "a", "sent", 41);
	json_free(report);
	hall_free(&hall);
}

/* One that somebody is sending is left to him. */
static void test_locked(void)
{
	struct hall hall = hall_new();
	g_autofree char *lock = NULL;
	struct json *report;
	int fd;

	add_store(&hall, "a", "04", 1);
	add_store(&hall, "b", "05", 1);
	lock = path_in(&hall, "a", "sync.lock");
	fd = file_lock(lock, NULL);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(sync_stores(&hall, "--no-verify", &report), ==,
		EXIT_CODE_RUNNING);
	EXPECT(report, "a", "exit_code", EXIT_CODE_RUNNING);
	EXPECT(report, "b", "sent", 1);
	json_free(report);
	g_close(fd, NULL);
	hall_free(&hall);
}

static void test_none(void)
{
	struct hall hall = hall_new();
	struct json *report;

	g_assert_cmpint(sync_stores(&hall, NULL, &report), ==, EXIT_CODE_ITEM);
	g_assert_nonnull(json_text(report, "error"));
	json_free(report);
	hall_free(&hall);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/stores/all", test_all);
	g_test_add_func("/sync/stores/bad-copies", test_bad_copies);
	g_test_add_func("/sync/stores/half-commit", test_half_commit);
	g_test_add_func("/sync/stores/locked", test_locked);
	g_test_add_func("/sync/stores/none", test_none);
	return g_test_run();
}
