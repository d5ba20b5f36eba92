/* F01 to F04: programs that die, at named places and at any time. */
#include "client/base/error.h"
#include "tests/torture/world.h"

enum {
	KILLS_PER_WORLD = 250,
	KILL_WITHIN_US = 45000,
	PLATFORM_LIMIT_MS = 10000,
	EXIT_CRASHED = 137,
};

/* F01 ------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool is_of_blocks; /* needs a window without numbers */
} points[] = {
	{"before-claim", false},
	{"after-claim", false},
	{"after-send", false},
	{"after-reply", false},
	{"before-settle", false},
	{"after-settle", false},
	{"after-blob", false},
	{"before-block", true},
	{"after-block", true},
};

static struct window *window_for(struct world *world, bool is_of_blocks)
{
	struct window *window;

	if (!is_of_blocks)
		return &world->windows[0];
	window = world_add_window(world);
	work_ticket(window, NULL);
	work_promise(window);
	return window;
}

/* Crashes there; the next sync brings everything up. */
static void crash_there(struct world *world, size_t point, unsigned turn)
{
	struct window *window = window_for(world, points[point].is_of_blocks);
	g_autofree char *argument = g_strdup_printf(
		"--crash-at=%s:%u", points[point].name, 1 + turn % 3);
	int status;

	if (!points[point].is_of_blocks) {
		work(world, window, 4 + turn % 4);
		work_case(window, 500, NULL);
		work_case(window, 700, NULL);
		work_case(window, 900, NULL);
		work_promise(window);
	}
	status = world_sync(window, world, argument, NULL);
	if (status == EXIT_CRASHED)
		world->trial->tally.faults++;
	else if (status != EXIT_CODE_OK)
		trial_wrong(world->trial, "%s ends with %d", argument, status);
	status = world_sync(window, world, NULL, NULL);
	if (status != EXIT_CODE_OK)
		trial_wrong(world->trial, "after %s: %d", argument, status);
}

void fault_every_crash_point(struct trial *trial)
{
	for (size_t point = 0; point < G_N_ELEMENTS(points); point++) {
		uint64_t before = trial->tally.faults;
		struct world *world =
			world_new(trial, trial->seed + (uint32_t)point,
				points[point].is_of_blocks ? 0 : 1);

		for (unsigned i = 0; i < trial->count; i++) {
			if (world->count == WORLD_WINDOWS_MAX)
				break;
			crash_there(world, point, i);
		}
		world_end(world);
		if (trial->tally.faults == before)
			trial_wrong(trial, "nothing ever came to %s",
				points[point].name);
	}
}

/* F02, F04 -------------------------------------------------------------- */

/* One life of the client, cut short; the window goes on working meanwhile. */
static bool kill_client(struct world *world, struct window *window)
{
	work(world, window, (unsigned)world_draw(world, 0, 3));
	world_sync_start(window, world, NULL, NULL);
	work(world, window, (unsigned)world_draw(world, 0, 3));
	g_usleep((gulong)world_draw(world, 0, KILL_WITHIN_US));
	return child_kill(&window->syncd);
}

void fault_client_killed(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 2);
		unsigned kills = MIN(left, KILLS_PER_WORLD);

		left -= kills;
		while (kills > 0) {
			unsigned i = (unsigned)world_draw(world, 0, 2);

			if (!kill_client(world, &world->windows[i]))
				continue;
			trial->tally.faults++;
			kills--;
		}
		world_end(world);
	}
}

static void kill_both(struct world *world)
{
	struct window *window = &world->windows[0];

	work(world, window, (unsigned)world_draw(world, 0, 4));
	world_sync_start(window, world, NULL, NULL);
	g_usleep((gulong)world_draw(world, 0, KILL_WITHIN_US));
	world->trial->tally.faults += world_platform_kill(world);
	g_usleep((gulong)world_draw(world, 0, 3000));
	child_kill(&window->syncd);
	world_platform_start(world, NULL);
}

void fault_both_killed(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 1);
		unsigned kills = MIN(left, KILLS_PER_WORLD);

		left -= kills;
		while (kills-- > 0)
			kill_both(world);
		world_end(world);
	}
}

/* F03 ------------------------------------------------------------------- */

static void kill_platform(struct world *world, const char *where)
{
	struct window *window = &world->windows[0];

	work(world, window, (unsigned)world_draw(world, 1, 6));
	if (window_unsent(window) == 0)
		return;
	world_chaos(world,
		"{\"next\":[{\"kill\":\"%s\",\"path\":\"/v1/ops:batch\"}]}",
		where);
	world_sync_start(window, world, NULL, NULL);
	if (child_wait(&world->platform, PLATFORM_LIMIT_MS) == CHILD_KILLED)
		world->trial->tally.faults++;
	else
		trial_wrong(world->trial, "the platform survives %s", where);
	world_platform_revive(world);
	if (world_sync_end(window, SYNC_LIMIT_MS) == CHILD_RUNS)
		trial_wrong(world->trial, "the sync does not end");
}

void fault_platform_killed(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 1);
		unsigned kills = MIN(left, KILLS_PER_WORLD);

		left -= kills;
		while (kills-- > 0) {
			kill_platform(world, "before-commit");
			kill_platform(world, "after-commit");
		}
		world_end(world);
	}
}
