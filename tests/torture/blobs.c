/* F26 to F28, F35: attachments that are cut and damaged on the way, files that
 * change, and a week without the platform. */
#include <string.h>
#include <sys/statvfs.h>

#include "client/base/error.h"
#include "tests/torture/world.h"

#define PUT "PUT /v1/blobs/"

enum {
	LARGE = 300 * 1000,
	FILES_PER_WORLD = 50,
	CASES_PER_WINDOW = 190, /* numbers last no longer offline */
	PAGES_PER_CASE = 3,
	SOAK_LIMIT_MS = 600 * 1000,
	SOAK_RUNS_MAX = 5000,
};

/* F26: the upload ends anywhere. */
void fault_upload_cut(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 1);
		struct window *window = &world->windows[0];
		unsigned files = MIN(left, FILES_PER_WORLD);

		left -= files;
		while (files-- > 0) {
			work_case(window, LARGE, NULL);
			work_promise(window);
			proxy_order(world->proxy, PUT, PROXY_CUT_REQUEST,
				world_draw(world, 0, LARGE), 1);
			if (world_sync(window, world, NULL, NULL) !=
				EXIT_CODE_OK)
				trial_wrong(trial, "an upload is given up");
		}
		world_end(world);
	}
}

/* F27: a bit flips on the way; the platform notices, the file goes again. */
void fault_blob_damaged(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];

	for (unsigned turn = 0; turn < trial->count; turn++) {
		work_case(window, LARGE, NULL);
		work_promise(window);
		/* Behind the head of the request. */
		proxy_order(world->proxy, PUT, PROXY_FLIP_REQUEST,
			world_draw(world, 2000, LARGE), 1);
		world_sync(window, world, NULL, NULL);
		if (window_unsent(window) > 0 &&
			world_sync(window, world, NULL, NULL) != EXIT_CODE_OK)
			trial_wrong(trial, "a damaged upload is given up");
	}
	world_end(world);
}

/* F28: the scanner's file is another one by the time it is sent. */
void fault_file_changed(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];
	g_autofree char *page = g_build_filename(window->dir, "page.jpg", NULL);

	for (unsigned turn = 0; turn < trial->count; turn++) {
		work_case(window, 2000, NULL);
		work_promise(window);
		g_file_set_contents(page, "something else", -1, NULL);
		trial->tally.faults++;
		if (world_sync(window, world, NULL, NULL) != EXIT_CODE_OK)
			trial_wrong(trial, "not sent as it was attached");
	}
	world_end(world);
}

/* F35 ------------------------------------------------------------------- */

/* As many cases as there is room for, twice: here and on the platform. */
static unsigned cases_that_fit(struct trial *trial, const char *dir)
{
	uint64_t each = 2 * PAGES_PER_CASE * (uint64_t)LARGE;
	struct statvfs room;
	unsigned most = CASES_PER_WINDOW * WORLD_WINDOWS_MAX;

	if (statvfs(dir, &room) == 0)
		most = (unsigned)MIN(
			most, room.f_bavail * room.f_frsize / 2 / each);
	if (most < trial->count)
		trial_note(trial, "%u cases instead of %u", most, trial->count);
	return MIN(most, trial->count);
}

/* Three pages: two kept by themselves, one with the case. */
static void save_case(struct world *world, struct window *window)
{
	g_autoptr(GError) error = NULL;

	if (!work_case_of_pages(window, PAGES_PER_CASE, LARGE, &error))
		trial_wrong(world->trial, "offline: %s", error->message);
}

static void sync_and_kill(struct world *world, struct window *window)
{
	unsigned runs = 0;

	while (window_unsent(window) > 0 && runs++ < SOAK_RUNS_MAX) {
		world_sync_start(window, world, NULL, NULL);
		if (world_sync_end(window, world_draw(world, 50, 3000)) !=
			CHILD_RUNS)
			continue;
		world->trial->tally.faults += child_kill(&window->syncd);
	}
}

/* A week without the platform, then a bad line and kills. */
void fault_week_offline(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 0);
	unsigned cases = cases_that_fit(trial, world->dir);
	unsigned windows = (cases + CASES_PER_WINDOW - 1) / CASES_PER_WINDOW;
	struct proxy_plan plan = {.at = -1, .spread = LARGE, .reset = 0.5};

	for (unsigned i = 0; i < windows; i++)
		world_sync(world_add_window(world), world, NULL, NULL);
	world_platform_kill(world);
	for (unsigned i = 0; i < cases; i++)
		save_case(world, &world->windows[i % windows]);
	for (unsigned i = 0; i < windows; i++)
		work_promise(&world->windows[i]);
	world_platform_start(world, NULL);
	plan.share[PROXY_CUT_REQUEST] = 0.05;
	plan.share[PROXY_LOSE_REPLY] = 0.03;
	proxy_plan(world->proxy, &plan);
	for (unsigned i = 0; i < windows; i++)
		sync_and_kill(world, &world->windows[i]);
	world_end(world);
}
