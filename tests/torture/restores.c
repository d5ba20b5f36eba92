/* F29 to F31, F33: what comes back from a backup, cursors that are gone,
 * numbers. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/feed.h"
#include "tests/torture/world.h"

enum { NUMBERS_MAX = 260, WINDOWS = 4 };

/* Cases until there is no number left, then one too many. */
static void use_up(struct world *world, struct window *window)
{
	for (int i = 0; i < NUMBERS_MAX; i++) {
		g_autoptr(GError) error = NULL;

		if (work_case(window, 0, &error))
			continue;
		if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NUMBERS))
			trial_wrong(
				world->trial, "used up: %s", error->message);
		world->trial->tally.faults++;
		return;
	}
	trial_wrong(world->trial, "more numbers than were leased");
}

/* F29 ------------------------------------------------------------------- */

/* A day's work, all of it acknowledged; a window that used up its numbers has
 * leased others, which the backup does not know. */
static void work_a_day(struct world *world, bool use_numbers)
{
	if (use_numbers)
		use_up(world, &world->windows[0]);
	for (unsigned i = 0; i < world->count; i++) {
		struct window *window = &world->windows[i];

		world_sync(window, world, NULL, NULL);
		work(world, window, 12);
		world_sync(window, world, NULL, NULL);
		work(world, window, 3);
	}
}

/* The platform loses what it had acknowledged since the backup. */
void fault_platform_restored(struct trial *trial)
{
	for (unsigned turn = 0; turn < trial->count; turn++) {
		struct world *world = world_new(trial, trial->seed + turn, 2);

		for (unsigned i = 0; i < world->count; i++) {
			work(world, &world->windows[i], 6);
			world_sync(&world->windows[i], world, NULL, NULL);
		}
		world_chaos(world, "{\"backup\":\"monday\"}");
		world_take_tickets(world, 2);
		work_a_day(world, turn % 2 == 1);
		world_chaos(world, "{\"restore\":\"monday\"}");
		trial->tally.faults++;
		world_take_tickets(world, 2);
		world_end(world);
	}
}

/* F30: the window comes back from an old backup of its store and does not know
 * what it had sent since. Where it meets the platform first, a new epoch begins
 * and nothing of what it makes then is refused; where it works on before, what
 * it makes anew must not overwrite, or be taken for, what the platform has of
 * it: that is refused and shown. */
static void copy_tree(const char *from, const char *to)
{
	const char *argv[] = {"/bin/cp", "-a", from, to, NULL};
	struct child child;

	child_start(&child, argv, NULL, NULL);
	if (child_wait(&child, SYNC_LIMIT_MS) != 0)
		g_error("copy of %s", from);
}

void fault_client_restored(struct trial *trial)
{
	for (unsigned turn = 0; turn < trial->count; turn++) {
		struct world *world = world_new(trial, trial->seed + turn, 1);
		struct window *window = &world->windows[0];
		g_autofree char *state =
			g_build_filename(window->dir, "state", NULL);
		g_autofree char *backup =
			g_build_filename(window->dir, "backup", NULL);
		uint64_t parked;

		work(world, window, 6);
		world_sync(window, world, NULL, NULL);
		window_shut(window);
		copy_tree(state, backup);
		window_reopen(world, window);
		work(world, window, 8);
		world_sync(window, world, NULL, NULL);
		window_shut(window);
		file_remove_tree(state);
		copy_tree(backup, state);
		window_reopen(world, window);
		trial->tally.faults++;
		world->is_forgetful = true;
		parked = trial->tally.parked;
		if (turn % 2 == 1)
			world_sync(window, world, NULL, NULL);
		work(world, window, 5);
		world_end(world);
		if (turn % 2 == 1 && trial->tally.parked != parked)
			trial_wrong(trial, "parked after a new epoch");
	}
}

/* F31: cursors that have expired, at any page. */
void fault_feed(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 2);

	for (unsigned turn = 0; turn < trial->count; turn++) {
		struct window *window = &world->windows[turn % 2];

		world_take_tickets(world, world_draw(world, 1, 5));
		work(world, window, 3);
		world_chaos(world,
			"{\"next\":[{\"status\":410,\"path\":\"/v1/changes\"},"
			"{\"delay_ms\":1},{\"status\":410,"
			"\"path\":\"/v1/changes\"}]}");
		trial->tally.faults += 2;
		world_sync(window, world, NULL, NULL);
	}
	world_end(world);
}

/* F33 ------------------------------------------------------------------- */

/* A request for numbers whose answer is lost, one that is never fetched. */
static void lease_badly(struct world *world, struct window *window)
{
	static const char *const points[] = {
		NULL, "--crash-at=before-block:1", "--crash-at=after-block:1"};

	proxy_order(world->proxy, "POST /v1/number-blocks", PROXY_LOSE_REPLY, 0,
		(unsigned)world_draw(world, 0, 3));
	world_sync(window, world, points[world_draw(world, 0, 3)], NULL);
	world_sync(window, world, NULL, NULL);
}

static void void_one(struct world *world, struct window *window)
{
	const struct actor clerk = {.staff_no = "1003",
		.staff_name = "甄示例",
		.role = "clerk",
		.window = window->number,
		.session = "01980000-0000-7000-8000-000000000001"};
	g_autofree char *series = g_strdup_printf("case:%s", window->number);
	int64_t number =
		window_number(window, "SELECT max(last) - 3 FROM number_blocks"
				      " WHERE series LIKE 'case:%'");
	g_autoptr(GError) error = NULL;

	if (!number_void(window->store, series, number, "测试", &clerk, &error))
		trial_wrong(world->trial, "void: %s", error->message);
	work_promise(window);
}

/* Several windows, one of which never comes back. */
void fault_numbers(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world =
			world_new(trial, trial->seed + round, WINDOWS);
		unsigned turns = MIN(left, WINDOWS);

		left -= turns;
		for (unsigned i = 0; i < turns; i++) {
			struct window *window = &world->windows[i];

			use_up(world, window);
			work_promise(window);
			lease_badly(world, window);
			void_one(world, window);
			work(world, window, 4);
		}
		world_end(world);
	}
}
