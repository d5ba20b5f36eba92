/* F07: what is wrong on purpose must be found, or the oracle is blind. Each
 * mutant is a program of the tests (inside/mutant_*.c) and lives through what
 * the real one lives through elsewhere. */
#include <string.h>

#include "client/base/error.h"
#include "tests/torture/oracle.h"

enum { TURNS = 3, TICKETS = 6 };

/* Replies lost after the commit, as in F11. */
static void lose_replies(struct world *world)
{
	struct window *window = &world->windows[0];

	for (int turn = 0; turn < TURNS; turn++) {
		work_pause(window, NULL);
		work(world, window, 4);
		proxy_order(world->proxy, "POST /v1/ops:batch",
			PROXY_LOSE_REPLY, 0, 1);
		world_sync(window, world, NULL, NULL);
	}
}

/* The platform killed when the client has its answer. */
static void kill_after_answer(struct world *world)
{
	struct window *window = &world->windows[0];

	for (int turn = 0; turn < TURNS; turn++) {
		work(world, window, 4);
		world_sync(window, world, NULL, NULL);
		world->trial->tally.faults += world_platform_kill(world);
		world_platform_start(world, NULL);
	}
}

/* The client dies with a page of the queue in its hands. */
static void die_at_pages(struct world *world)
{
	const char *const *healthy = world->environment;
	const char *before[] = {healthy[0], "DIE_BEFORE_PAGE=1", NULL};
	const char *after[] = {healthy[0], "DIE_AFTER_PAGE=1", NULL};

	for (int turn = 0; turn < TURNS; turn++) {
		world_take_tickets(world, TICKETS);
		world->environment = turn % 2 ? before : after;
		if (world_sync(&world->windows[0], world, NULL, NULL) ==
			CHILD_KILLED)
			world->trial->tally.faults++;
		world->environment = healthy;
	}
}

static const struct mutant {
	const char *what, *environment;
	void (*live)(struct world *world);
} mutants[] = {
	{"no de-duplication", "MUTANT=no-dedup", lose_replies},
	{"answer before commit", "MUTANT=early", kill_after_answer},
	{"cursor before rows", "MUTANT=cursor", die_at_pages},
};

static void live(struct trial *trial, const struct mutant *mutant, bool is_ill)
{
	const char *environment[] = {
		is_ill ? mutant->environment : "MUTANT=none", NULL};
	struct world *world = world_new_with(trial, trial->seed, 1,
		"torture-platform", "torture-syncd", environment);
	const char *healthy[] = {"MUTANT=none", NULL};

	mutant->live(world);
	world->environment = healthy;
	world_end(world);
}

/* The same life, healthy and ill: the first passes, the second does not. */
void fault_mutants(struct trial *trial)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mutants); i++) {
		struct trial ill = *trial;

		live(trial, &mutants[i], false);
		ill.tally = (struct tally){0};
		ill.notes = g_string_new(NULL);
		live(&ill, &mutants[i], true);
		trial->tally.faults += ill.tally.faults;
		if (ill.tally.lost + ill.tally.duplicated == 0)
			trial_wrong(
				trial, "%s is not noticed", mutants[i].what);
		trial_note(trial, "%s: caught, %d lost, %d duplicated",
			mutants[i].what, (int)ill.tally.lost,
			(int)ill.tally.duplicated);
		g_string_free(ill.notes, TRUE);
	}
}
