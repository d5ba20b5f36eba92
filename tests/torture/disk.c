/* F08 to F10, F34: disks that fail or are full, no memory, an upgrade cut
 * short. The window works in a process of its own (inside/main_window.c), under
 * strace where the kernel's calls are to fail. */
#include <string.h>

#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/private.h"
#include "tests/torture/oracle.h"
#include "tests/torture/power_image.h"

#define STRACE "/usr/bin/strace"

enum { LIFE_LIMIT_MS = 60000, STEPS = 3, PLACES_MAX = 4000 };

/* The last "saved N" of its output; has it said "refused WORD"? */
static bool read_output(struct window *window, const char *refused)
{
	g_autofree char *text = NULL;
	const char *last;

	g_file_get_contents(window->output, &text, NULL, NULL);
	last = text ? g_strrstr(text, "saved ") : NULL;
	if (last)
		window->saved = g_ascii_strtoll(last + 6, NULL, 10);
	return text && strstr(text, refused);
}

/* strace's own words before the program's; environment for the program. */
struct illness {
	const char *inject;      /* of strace; NULL: without */
	const char *environment; /* of the program; NULL: none */
	char *trace;             /* own: where strace tells what it did */
};

static void start_ill(const struct illness *illness, struct child *child,
	const char *const program[], const char *output)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	/* A leak check cannot run where strace is looking on. */
	const char *environment[] = {
		"ASAN_OPTIONS=detect_leaks=0", illness->environment, NULL};

	if (illness->inject) {
		g_ptr_array_add(argv, (char *)STRACE);
		g_ptr_array_add(argv, (char *)"-fqqo");
		g_ptr_array_add(argv, illness->trace);
		g_ptr_array_add(argv, (char *)"-e");
		g_ptr_array_add(argv, (char *)illness->inject);
	}
	for (int i = 0; program[i]; i++)
		g_ptr_array_add(argv, (char *)program[i]);
	g_ptr_array_add(argv, NULL);
	child_start(
		child, (const char *const *)argv->pdata, output, environment);
}

static int work_ill(struct world *world, const struct illness *illness)
{
	struct window *window = &world->windows[0];
	g_autofree char *program = process_sibling("torture-window");
	g_autofree char *steps = g_strdup_printf("%d", STEPS);
	g_autofree char *seed =
		g_strdup_printf("%d", world_draw(world, 1, 1 << 30));
	const char *argv[] = {
		program, window->dir, window->number, steps, seed, NULL};
	struct child child;

	start_ill(illness, &child, argv, window->output);
	return child_wait(&child, LIFE_LIMIT_MS);
}

static int sync_ill(struct world *world, const struct illness *illness)
{
	struct window *window = &world->windows[0];
	g_autofree char *program = process_sibling("torture-syncd");
	const char *argv[] = {program, "--config", window->config, "--once",
		"--json", "--backoff-ms=20", NULL};

	start_ill(illness, &window->syncd, argv, window->output);
	return world_sync_end(window, LIFE_LIMIT_MS);
}

static bool was_injected(const struct illness *illness)
{
	g_autofree char *text = NULL;

	g_file_get_contents(illness->trace, &text, NULL, NULL);
	return text && strstr(text, "(INJECTED)");
}

/* Whole, nothing of what was promised is gone, and when the illness is over
 * all goes on. */
static void recover(struct world *world)
{
	struct window *window = &world->windows[0];

	if (window_reopen(world, window))
		oracle_ask_store(world, window);
}

static void expect_told(struct world *world, int status, const char *who)
{
	switch (status) {
	case EXIT_CODE_OK:
	case EXIT_CODE_ITEM:
	case EXIT_CODE_LINK:
	case EXIT_CODE_STORE:
	case 127: /* the loader of programs: not ours */
		return;
	}
	trial_wrong(world->trial, "%s ends with %d", who, status);
}

/* F08, F09 -------------------------------------------------------------- */

struct calls {
	const char *what;    /* "EIO" */
	const char *refusal; /* what the window must say of it once */
	const char *const *names;
	bool for_ever; /* from the N-th on */
};

/* True when the N-th call was there to fail, at the window or in the sync. */
static bool fail_call(struct world *world, const struct calls *calls,
	const char *name, unsigned n, bool *said)
{
	g_autofree char *inject =
		g_strdup_printf("inject=%s:error=%s:when=%u%s", name,
			calls->what, n, calls->for_ever ? "+" : "");
	struct illness illness = {.inject = inject};
	bool any;

	illness.trace = g_build_filename(world->dir, "trace", NULL);
	expect_told(world, work_ill(world, &illness), "the window");
	*said |= read_output(&world->windows[0], calls->refusal);
	any = was_injected(&illness);
	recover(world);
	work_ticket(&world->windows[0], NULL);
	work_promise(&world->windows[0]);
	expect_told(world, sync_ill(world, &illness), "the sync");
	any |= was_injected(&illness);
	recover(world);
	world->trial->tally.faults += any;
	g_free(illness.trace);
	return any;
}

/* It is installed, and the kernel lets it look on. */
static bool has_strace(void)
{
	const char *argv[] = {STRACE, "-qqo", "/dev/null", "/bin/true", NULL};
	struct child child;

	if (!g_file_test(STRACE, G_FILE_TEST_IS_EXECUTABLE))
		return false;
	child_start(&child, argv, NULL, NULL);
	return child_wait(&child, LIFE_LIMIT_MS) == EXIT_CODE_OK;
}

/* Each of count places of each call, as far as there are so many. */
static void fail_calls(struct trial *trial, const struct calls *calls)
{
	struct world *world;
	bool said = false;

	if (!has_strace()) {
		trial_skip(trial, "no strace");
		return;
	}
	world = world_new(trial, trial->seed, 1);
	for (int i = 0; calls->names[i]; i++) {
		unsigned n = trial->is_sample ? 4 : 1;

		for (unsigned left = trial->count; left > 0; left--) {
			if (!fail_call(world, calls, calls->names[i], n, &said))
				break;
			n += trial->is_sample ? 9 : 1;
		}
	}
	if (!said)
		trial_wrong(trial, "never told: %s", calls->refusal);
	world_end(world);
}

void fault_io_error(struct trial *trial)
{
	static const char *const all[] = {"fdatasync", "pwrite64", "pread64",
		"ftruncate", "fsync", "rename", NULL};
	static const char *const some[] = {"fdatasync", "pwrite64", NULL};
	const struct calls calls = {.what = "EIO",
		.refusal = "refused store.io",
		.names = trial->is_sample ? some : all};

	fail_calls(trial, &calls);
}

void fault_disk_full(struct trial *trial)
{
	static const char *const names[] = {"pwrite64", "fsync", NULL};
	static const char *const some[] = {"pwrite64", NULL};
	const struct calls calls = {.what = "ENOSPC",
		.refusal = "refused store.full",
		.names = trial->is_sample ? some : names,
		.for_ever = true};

	fail_calls(trial, &calls);
}

/* F10 ------------------------------------------------------------------- */

/* SQLite's N-th allocation fails; GLib's would end the process, which F02
 * knows. */
void fault_no_memory(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);

	for (unsigned turn = 0; turn < trial->count; turn++) {
		unsigned n = 1 + turn * (trial->is_sample ? 97 : 1);
		g_autofree char *environment = g_strdup_printf(
			"NO_MEMORY_%s=%u", turn % 2 ? "FROM" : "AT", n);
		struct illness illness = {.environment = environment};

		work_ill(world, &illness);
		read_output(&world->windows[0], "");
		recover(world);
		work_ticket(&world->windows[0], NULL);
		work_promise(&world->windows[0]);
		expect_told(world, sync_ill(world, &illness), "the sync");
		recover(world);
		trial->tally.faults++;
	}
	world_end(world);
}

/* F34 ------------------------------------------------------------------- */

/* A store as an earlier version left it; 0: none. */
static void make_old_store(const char *state, int version)
{
	static const uint8_t key[32] = {1};
	g_autofree char *path = g_build_filename(state, "window.db", NULL);
	g_autofree char *key_path = g_build_filename(state, "window.key", NULL);
	struct db_options options = {.path = path,
		.key = key,
		.key_len = sizeof(key),
		.migrations = store_migrations,
		.application_id = 0x79696b6f};
	g_autoptr(GError) error = NULL;
	struct db *db;

	file_write(key_path, key, sizeof(key), NULL);
	while (options.migration_count < store_migration_count &&
		store_migrations[options.migration_count].version <= version)
		options.migration_count++;
	db = db_open(&options, &error);
	if (error)
		g_error("old store: %s", error->message);
	db_close(db);
}

static int64_t last_version(void)
{
	return store_migrations[store_migration_count - 1].version;
}

/* Opens and is cut at that place; opens again. False when it was through
 * before. */
static bool upgrade_cut(struct world *world, int version, unsigned place)
{
	g_autofree char *dir = g_build_filename(world->dir, "upgrade", NULL);
	g_autofree char *state = g_build_filename(dir, "state", NULL);
	g_autofree char *db = g_build_filename(state, "window.db", NULL);
	g_autofree char *journal = g_strconcat(db, "-journal", NULL);
	g_autofree char *cut = g_strdup_printf("POWER_CUT_AT=%u", place);
	g_autofree char *program = process_sibling("torture-window");
	const char *argv[] = {program, dir, "03", "0", "1", NULL};
	const char *environment[] = {"POWER=on", cut, NULL};
	g_autoptr(GError) error = NULL;
	struct store *store;
	struct child child;
	bool was_cut;

	file_remove_tree(dir);
	file_make_dir(state, NULL);
	if (version > 0)
		make_old_store(state, version);
	child_start(&child, argv, NULL, environment);
	was_cut = child_wait(&child, LIFE_LIMIT_MS) == CHILD_KILLED;
	if (was_cut) {
		power_cut(db, world->dice);
		power_cut(journal, world->dice);
		world->trial->tally.faults++;
	}
	store = store_open(state, "03", &error);
	if (!store)
		trial_wrong(world->trial, "version %d, place %u: %s", version,
			place, error->message);
	else if (!store_verify_seals(store, &error))
		trial_wrong(world->trial, "seals: %s", error->message);
	store_close(store);
	return was_cut;
}

void fault_upgrade_cut(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 0);
	unsigned stride = trial->is_sample ? 23 : 1;

	for (int version = 0; version < last_version(); version++) {
		unsigned place = 1;

		while (place < PLACES_MAX && upgrade_cut(world, version, place))
			place += stride;
	}
	world_end(world);
}
