/* F22, F23: clocks that are wrong, and a hall that comes back at once. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "client/link/gate.h"
#include "client/link/link.h"
#include "tests/torture/world.h"

#define FAKETIME "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

/* F22 ------------------------------------------------------------------- */

enum {
	HALL = 3000,
	DOWN_MS = 8 * 3600 * 1000,
	LOOK_S = 120, /* after the platform is there again */
};

/* One lane of a window through eight hours, by its own gate; where it comes
 * through, in ms after the return. */
static int64_t come_back(GRand *dice)
{
	struct gate gate = {.cap_ms = BACKOFF_CAP_MS};
	int64_t now = g_rand_int_range(dice, 0, LINK_TICK_S * 1000);

	while (now < DOWN_MS) {
		gate_fault(&gate, now, g_rand_double(dice), -1);
		now += MAX(1, gate_wait_ms(&gate, now));
	}
	return now - DOWN_MS;
}

/* The busiest second is at most three times the mean, and all come. */
void fault_all_return(struct trial *trial)
{
	GRand *dice = g_rand_new_with_seed(trial->seed);
	g_autofree unsigned *seconds = g_new0(unsigned, LOOK_S + 1);
	unsigned peak = 0, last = 0;
	double mean;

	for (int i = 0; i < HALL; i++) {
		int64_t second = come_back(dice) / 1000;

		seconds[MIN(second, LOOK_S)]++;
		trial->tally.faults++;
	}
	if (seconds[LOOK_S] > 0)
		trial_wrong(trial, "%u windows do not come back in %d s",
			seconds[LOOK_S], LOOK_S);
	for (unsigned i = 0; i < LOOK_S; i++) {
		peak = MAX(peak, seconds[i]);
		last = seconds[i] > 0 ? i : last;
	}
	mean = (double)HALL / (last + 1);
	trial_note(trial, "%d windows in %u s: mean %.1f a second, peak %u",
		HALL, last + 1, mean, peak);
	if (peak > 3 * mean)
		trial_wrong(trial, "all at once");
	g_rand_free(dice);
}

/* F23 ------------------------------------------------------------------- */

static const struct {
	const char *time;
	int64_t offset_s; /* at least so far away from the truth */
} clocks[] = {
	{"FAKETIME=-10y", 300000000},
	{"FAKETIME=+1d", 86000},
	{"FAKETIME=+10y", 300000000},
	{"FAKETIME=-1d", 86000},
	{"FAKETIME=+0 x20", 0},
	{"FAKETIME=-10y x20", 300000000},
};

/* A sync with a wrong clock that dies with its lease, one with another. */
static void sync_at(struct world *world, unsigned turn)
{
	struct window *window = &world->windows[0];
	const char *environment[] = {"LD_PRELOAD=" FAKETIME,
		clocks[turn % G_N_ELEMENTS(clocks)].time,
		"DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
		NULL};
	const char *other[] = {environment[0],
		clocks[(turn + 1) % G_N_ELEMENTS(clocks)].time, environment[2],
		environment[3], NULL};
	int64_t wanted_ms =
		clocks[(turn + 1) % G_N_ELEMENTS(clocks)].offset_s * 1000;
	int64_t offset_ms;
	int status;

	work(world, window, 4);
	world->environment = environment;
	world_sync(window, world, "--crash-at=after-claim:1", NULL);
	world->environment = other;
	status = world_sync(window, world, NULL, NULL);
	world->environment = NULL;
	if (status != EXIT_CODE_OK || window_unsent(window) != 0)
		trial_wrong(world->trial, "%s: exit %d, %d unsent",
			other[1] + 9, status, (int)window_unsent(window));
	offset_ms = json_int_or(window->report, "clock_offset_ms", 0);
	if (ABS(offset_ms) < wanted_ms)
		trial_wrong(world->trial, "%s: offset %d s is not noticed",
			other[1] + 9, (int)(offset_ms / 1000));
	world->trial->tally.faults += 2;
}

/* It is installed, and programs start with it: some sanitizers do not. */
static bool has_faketime(void)
{
	g_autofree char *program = process_sibling("../../yikou-syncd");
	const char *argv[] = {program, "--version", NULL};
	const char *environment[] = {"LD_PRELOAD=" FAKETIME, NULL};
	struct child child;

	if (!g_file_test(FAKETIME, G_FILE_TEST_EXISTS))
		return false;
	child_start(&child, argv, NULL, environment);
	return child_wait(&child, SYNC_LIMIT_MS) == EXIT_CODE_OK;
}

void fault_clock(struct trial *trial)
{
	struct world *world;

	if (!has_faketime()) {
		trial_skip(trial, "no libfaketime");
		return;
	}
	world = world_new(trial, trial->seed, 1);
	for (unsigned turn = 0; turn < trial->count; turn++)
		sync_at(world, turn);
	world_end(world);
}
