/* F05, F06: the power fails. A machine dies at a write, a truncation or a sync;
 * what was not synced by then is there, or not, or in part. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "tests/torture/oracle.h"
#include "tests/torture/power_image.h"

enum {
	PLACES = 120, /* operations of a life that is cut */
	STRIDE = 7,   /* has no divisor in common with it */
	CUTS_PER_WORLD = 60,
	LIFE_LIMIT_MS = 20000,
};

struct machine {
	struct world *world;
	const char *mutant;
	char *cut;
	const char *environment[4];
};

/* Programs started from now on: at which operation they die, 0 for none. */
static void set_cut(struct machine *machine, unsigned place)
{
	g_free(machine->cut);
	machine->cut = g_strdup_printf("POWER_CUT_AT=%u", place);
	machine->environment[0] = "POWER=on";
	machine->environment[1] = machine->cut;
	machine->environment[2] = machine->mutant;
}

static void cut_files(struct machine *machine, const char *db)
{
	g_autofree char *journal = g_strconcat(db, "-journal", NULL);

	power_cut(db, machine->world->dice);
	power_cut(journal, machine->world->dice);
}

/* The window's machine is down: what is left of its store, and is it whole? */
static bool window_returns(struct machine *machine)
{
	struct window *window = &machine->world->windows[0];
	g_autofree char *db =
		g_build_filename(window->dir, "state", "window.db", NULL);

	window_shut(window);
	cut_files(machine, db);
	machine->world->trial->tally.faults++;
	if (!window_reopen(machine->world, window))
		return false;
	oracle_ask_store(machine->world, window);
	return true;
}

/* The last "saved N" of its output. */
static void read_promises(struct window *window)
{
	g_autofree char *text = NULL;
	const char *last;

	g_file_get_contents(window->output, &text, NULL, NULL);
	last = text ? g_strrstr(text, "saved ") : NULL;
	if (last)
		window->saved = g_ascii_strtoll(last + 6, NULL, 10);
}

static int work_apart(struct machine *machine, unsigned steps)
{
	struct world *world = machine->world;
	struct window *window = &world->windows[0];
	g_autofree char *program = process_sibling("torture-window");
	g_autofree char *count = g_strdup_printf("%u", steps);
	g_autofree char *seed =
		g_strdup_printf("%d", world_draw(world, 1, 1 << 30));
	const char *argv[] = {
		program, window->dir, window->number, count, seed, NULL};
	struct child child;
	int status;

	child_start(&child, argv, window->output, machine->environment);
	status = child_wait(&child, LIFE_LIMIT_MS);
	read_promises(window);
	return status;
}

static bool cut_window(struct machine *machine, unsigned place)
{
	int status;

	set_cut(machine, place);
	status = work_apart(machine, 4);
	if (status == CHILD_KILLED)
		return window_returns(machine);
	if (status != 0)
		trial_wrong(machine->world->trial, "the window ends with %d",
			status);
	return true;
}

static bool cut_syncd(struct machine *machine, unsigned place)
{
	struct world *world = machine->world;

	set_cut(machine, 0);
	work_apart(machine, 3);
	set_cut(machine, place);
	if (world_sync(&world->windows[0], world, NULL, NULL) == CHILD_KILLED)
		return window_returns(machine);
	return true;
}

static void cut_platform(struct machine *machine, unsigned place)
{
	struct world *world = machine->world;
	g_autofree char *db =
		g_build_filename(world->dir, "platform", "platform.db", NULL);

	set_cut(machine, 0);
	work_apart(machine, 3);
	world_platform_kill(world);
	set_cut(machine, place + 15); /* it lives until it serves */
	world_platform_start(world, NULL);
	set_cut(machine, 0);
	world_sync(&world->windows[0], world, "--request-ms=2000", NULL);
	if (child_wait(&world->platform, 0) == CHILD_KILLED) {
		cut_files(machine, db);
		world->trial->tally.faults++;
	} else {
		world_platform_kill(world);
	}
	world_platform_start(world, NULL);
}

static bool cut_somewhere(struct machine *machine, unsigned turn)
{
	unsigned place = 1 + turn / 3 * STRIDE % PLACES;

	switch (turn % 3) {
	case 0:
		return cut_window(machine, place);
	case 1:
		return cut_syncd(machine, place);
	}
	cut_platform(machine, place);
	return true;
}

/* False when a store cannot be used any more. */
static bool run_world(
	struct trial *trial, const char *mutant, unsigned first, unsigned cuts)
{
	struct machine machine = {.mutant = mutant};
	bool good = true;

	set_cut(&machine, 0);
	machine.world = world_new_with(trial, trial->seed + first, 1,
		"torture-platform", "torture-syncd", machine.environment);
	while (good && cuts-- > 0)
		good = cut_somewhere(&machine, first++);
	set_cut(&machine, 0);
	if (good)
		world_end(machine.world);
	else
		world_free(machine.world);
	g_free(machine.cut);
	return good;
}

void fault_power_cut(struct trial *trial)
{
	for (unsigned first = 0; first < trial->count; first += CUTS_PER_WORLD)
		run_world(trial, NULL, first,
			MIN(trial->count - first, CUTS_PER_WORLD));
}

/* Without synchronous=EXTRA it must come out: else F05 says nothing. */
void fault_power_cut_unsynced(struct trial *trial)
{
	struct trial blind = *trial;

	blind.notes = g_string_new(NULL);
	for (unsigned first = 0; first < trial->count;
		first += CUTS_PER_WORLD) {
		if (!run_world(&blind, "MUTANT=no-sync", first,
			    MIN(trial->count - first, CUTS_PER_WORLD)))
			break;
	}
	trial->tally.faults += blind.tally.faults;
	if (blind.tally.lost + blind.tally.wrong == 0)
		trial_wrong(trial, "synchronous=OFF is not noticed");
	trial_note(trial, "synchronous=OFF: caught, %d lost, %d wrong",
		(int)blind.tally.lost, (int)blind.tally.wrong);
	g_string_free(blind.notes, TRUE);
}
