/* F24, F25: more than one at once, and one that sleeps through its lease. */
#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "tests/torture/world.h"

enum {
	RIVALS = 3,
	RIVAL_LIMIT_MS = 20000,
	TURNS_PER_WORLD = 50,
	DELAY_MS = 250, /* of the platform's answer */
	SLEEP_MS = 650, /* longer than a lease */
};

/* F24 ------------------------------------------------------------------- */

static void start_rival(const struct world *world, const struct window *window,
	struct child *child, const char *output)
{
	g_autofree char *program = process_sibling(world->syncd_program);
	const char *argv[] = {program, "--config", window->config, "--once",
		"--json", "--backoff-ms=20", NULL};

	child_start(child, argv, output, NULL);
}

static void start_daemon(const struct world *world, struct window *window)
{
	g_autofree char *program = process_sibling(world->syncd_program);
	const char *argv[] = {
		program, "--config", window->config, "--backoff-ms=20", NULL};

	child_start(&window->syncd, argv, NULL, NULL);
}

/* It finishes what it has in hand; it may also have come too late to run, or
 * not far enough to take the signal. */
static void end_daemon(const struct world *world, struct window *window)
{
	int status;

	child_signal(&window->syncd, SIGTERM);
	status = child_wait(&window->syncd, RIVAL_LIMIT_MS);
	if (status == EXIT_CODE_OK || status == EXIT_CODE_RUNNING ||
		status == CHILD_DIED)
		return;
	child_kill(&window->syncd);
	trial_wrong(world->trial, "the daemon ends with %d", status);
}

/* Nothing was sent again although nothing went wrong. */
static int64_t replayed(const char *output)
{
	g_autofree char *text = NULL;
	AUTO(json) report = NULL;

	g_file_get_contents(output, &text, NULL, NULL);
	report = text ? json_parse(text, strlen(text), NULL) : NULL;
	return json_int_or(report, "replayed", 0);
}

static void race(struct world *world, bool with_daemon)
{
	struct window *window = &world->windows[0];
	struct child rivals[RIVALS];
	int winners = 0;

	work(world, window, 4);
	if (with_daemon)
		start_daemon(world, window);
	for (int i = 0; i < RIVALS; i++) {
		g_autofree char *output =
			g_strdup_printf("%s-%d", window->output, i);

		g_unlink(output);
		start_rival(world, window, &rivals[i], output);
	}
	for (int i = 0; i < RIVALS; i++) {
		g_autofree char *output =
			g_strdup_printf("%s-%d", window->output, i);
		int status = child_wait(&rivals[i], RIVAL_LIMIT_MS);

		winners += status == EXIT_CODE_OK;
		if (status != EXIT_CODE_OK && status != EXIT_CODE_RUNNING)
			trial_wrong(
				world->trial, "a rival ends with %d", status);
		if (replayed(output) != 0)
			trial_wrong(world->trial, "something is sent twice");
		world->trial->tally.faults += status == EXIT_CODE_RUNNING;
	}
	if (with_daemon)
		end_daemon(world, window);
	else if (winners == 0)
		trial_wrong(world->trial, "of %d rivals none runs", RIVALS);
}

void fault_two_syncs(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 1);
		unsigned turns = MIN(left, TURNS_PER_WORLD);

		left -= turns;
		while (turns-- > 0)
			race(world, turns % 2 == 1);
		world_end(world);
	}
}

/* F25 ------------------------------------------------------------------- */

static void wait_for_lease(const struct window *window)
{
	for (int ms = 0; ms < RIVAL_LIMIT_MS; ms++) {
		if (window_number(window, "SELECT count(*) FROM outbox_state"
					  " WHERE state = 3") > 0)
			return;
		g_usleep(1000);
	}
}

/* Asleep with a request in flight; meanwhile somebody who has taken the lock
 * away starts another one. Both wake and settle: only one has the lease. */
static void oversleep(struct world *world, bool with_rival)
{
	struct window *window = &world->windows[0];
	g_autofree char *lock =
		g_build_filename(window->dir, "state", "sync.lock", NULL);
	int status = EXIT_CODE_STORE;

	work_ticket(window, NULL);
	work(world, window, 3);
	world_chaos(world,
		"{\"next\":[{\"delay_ms\":%d,\"path\":\"/v1/ops:batch\"}]}",
		DELAY_MS);
	world_sync_start(window, world, NULL, NULL);
	wait_for_lease(window);
	g_usleep(DELAY_MS / 4 * 1000);
	child_signal(&window->syncd, SIGSTOP);
	world->trial->tally.faults++;
	g_usleep(SLEEP_MS * 1000);
	if (with_rival) {
		struct child rival;

		g_unlink(lock);
		start_rival(world, window, &rival, NULL);
		status = child_wait(&rival, RIVAL_LIMIT_MS);
		/* Asleep in the middle of a commit it holds the store. */
		if (status != EXIT_CODE_OK && status != EXIT_CODE_STORE)
			trial_wrong(world->trial, "the second ends with %d",
				status);
	}
	child_signal(&window->syncd, SIGCONT);
	if (world_sync_end(window, RIVAL_LIMIT_MS) == CHILD_RUNS)
		trial_wrong(world->trial, "the sleeper does not end");
	if (status == EXIT_CODE_OK &&
		json_int_or(window->report, "lease_lost", 0) == 0)
		trial_wrong(world->trial, "the sleeper is not fenced");
}

void fault_paused(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);

	for (unsigned turn = 0; turn < trial->count; turn++)
		oversleep(world, turn % 2 == 0);
	world_end(world);
}

/* F32 ------------------------------------------------------------------- */

/* Two windows and one queue, in any order of calling, finishing and syncing.
 * What the platform cannot take of both is parked with one of them, never gone
 * without a word: the oracle looks at each step. */
static void schedule(struct world *world)
{
	world_take_tickets(world, world_draw(world, 1, 3));
	for (int steps = world_draw(world, 3, 9); steps > 0; steps--) {
		struct window *window =
			&world->windows[world_draw(world, 0, 2)];
		g_autoptr(GError) error = NULL;

		if (world_draw(world, 0, 3) == 0) {
			world_sync(window, world, NULL, NULL);
		} else if (!work_queue(window, &error) && error &&
			   error->domain != ITEM_ERROR) {
			trial_wrong(world->trial, "queue: %s", error->message);
		}
		work_promise(window);
	}
	world->trial->tally.faults++;
}

void fault_same_ticket(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 2);
		unsigned schedules = MIN(left, TURNS_PER_WORLD);

		left -= schedules;
		while (schedules-- > 0)
			schedule(world);
		world_end(world);
	}
}
