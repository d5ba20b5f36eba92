/* F16 to F21: what the platform may answer, right or wrong. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/private.h"
#include "client/store/ticket.h"
#include "tests/torture/world.h"

#define PATH "\"path\":\"/v1/ops:batch\""

enum { BATCHES_PER_WORLD = 100, TURNS_PER_WORLD = 200 };

static void order_batch(struct world *world, const char *fault)
{
	world_chaos(world, "{\"next\":[{%s," PATH "}]}", fault);
	world->trial->tally.faults++;
}

/* F16 ------------------------------------------------------------------- */

/* What the first step of each visit is answered; the second step of each is
 * let through, or skipped behind a refused one. */
static const struct {
	int status;
	const char *code;
	bool stops;
} mixture[] = {
	{201, "", false},
	{409, "out_of_order", false},
	{412, "version_conflict", true},
	{422, "invalid", true},
	{429, "rate_limited", false},
	{503, "unavailable", false},
	{409, "missing_blobs", false},
	{409, "in_progress", false},
};

static char *mixture_order(void)
{
	GString *items = g_string_new("\"items\":[");

	for (size_t i = 0; i < G_N_ELEMENTS(mixture); i++)
		g_string_append_printf(items,
			"%s{\"status\":%d,\"code\":\"%s\"},{\"status\":201}",
			i ? "," : "", mixture[i].status, mixture[i].code);
	g_string_append_c(items, ']');
	return g_string_free(items, FALSE);
}

/* One visit: two steps of a lane. */
static void visit(struct window *window)
{
	const struct actor clerk = {
		.staff_no = "1003",
		.staff_name = "甄示例",
		.role = "clerk",
		.window = window->number,
		.session = "01980000-0000-7000-8000-000000000001",
	};
	AUTO(ticket) ticket = ticket_open(window->store, &clerk, NULL);

	ticket_act(window->store, ticket->ticket_id, TICKET_ACTION_FINISH, NULL,
		NULL, &clerk, NULL);
}

static void expect_count(struct world *world, const char *name, int64_t wanted)
{
	int64_t count = json_int_or(world->windows[0].report, name, -1);

	if (count != wanted)
		trial_wrong(world->trial, "%s: %d, not %d", name, (int)count,
			(int)wanted);
}

static void mix(struct world *world, const char *order)
{
	struct window *window = &world->windows[0];
	int64_t behind = window_unsent(window);

	for (size_t i = 0; i < G_N_ELEMENTS(mixture); i++)
		visit(window);
	work_promise(window);
	order_batch(world, order);
	world_sync(window, world, NULL, NULL);
	expect_count(world, "acked", 2 * G_N_ELEMENTS(mixture) - 4);
	expect_count(world, "dead", 1);
	expect_count(world, "conflict", 1);
	world->expected_parked += 2;
	if (window_unsent(window) != behind + 2)
		trial_wrong(world->trial, "the wrong lanes stop");
}

void fault_mixture(struct trial *trial)
{
	g_autofree char *order = mixture_order();
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 1);
		unsigned batches = MIN(left, BATCHES_PER_WORLD);

		left -= batches;
		while (batches-- > 0)
			mix(world, order);
		world_end(world);
	}
}

/* F17 ------------------------------------------------------------------- */

void fault_wrong_results(struct trial *trial)
{
	static const char *const bends[] = {
		"missing", "extra", "reversed", "twice", "swapped"};
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];

	for (unsigned turn = 0; turn < trial->count; turn++) {
		g_autofree char *fault = g_strdup_printf("\"results\":\"%s\"",
			bends[turn % G_N_ELEMENTS(bends)]);

		work(world, window, 4);
		work_ticket(window, NULL);
		work_promise(window);
		order_batch(world, fault);
		if (world_sync(window, world, NULL, NULL) != EXIT_CODE_OK)
			trial_wrong(trial, "after results %s", fault);
	}
	world_end(world);
}

/* F18 ------------------------------------------------------------------- */

static char *nth_agg(const struct window *window, int64_t store_seq)
{
	AUTO(db_rows) rows = db_select(window->store->db,
		"SELECT agg_id FROM outbox WHERE store_seq = ?1",
		DB_VALUES(DB_INT(store_seq)));

	return db_next(rows) ? db_dup_text(rows, 0) : g_strdup("");
}

/* One of all is refused for ever: the others come through. */
void fault_poison(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];
	g_autofree char *agg_id = NULL;
	int status;

	for (unsigned i = 0; i < trial->count; i++)
		work_ticket(window, NULL);
	work_promise(window);
	agg_id = nth_agg(window, trial->count / 2 + 1);
	world_chaos(world,
		"{\"poison\":[{\"agg_id\":\"%s\",\"status\":422,"
		"\"code\":\"invalid\"}]}",
		agg_id);
	trial->tally.faults++;
	status = world_sync(window, world, NULL, NULL);
	if (status != EXIT_CODE_ITEM)
		trial_wrong(trial, "exit %d, not 2", status);
	expect_count(world, "acked", trial->count - 1);
	expect_count(world, "dead", 1);
	world->expected_parked = 1;
	world_end(world);
}

/* F19 ------------------------------------------------------------------- */

/* A batch is halved until it fits; one step alone that is too large is
 * parked. */
void fault_too_large(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];

	for (unsigned turn = 0; turn < trial->count; turn++) {
		bool is_single = turn % 2 == 1;

		for (int i = 0; i < (is_single ? 1 : 12); i++)
			work_ticket(window, NULL);
		work_promise(window);
		order_batch(world, "\"status\":413");
		world_sync(window, world, NULL, NULL);
		world->expected_parked += is_single;
		if (window_parked(window) != world->expected_parked)
			trial_wrong(trial, "parked after 413: %d, not %u",
				(int)window_parked(window),
				world->expected_parked);
		if (window_unsent(window) != 0)
			trial_wrong(trial, "unsent after 413");
	}
	world_end(world);
}

/* F20 ------------------------------------------------------------------- */

static void put_token(struct world *world, const char *text)
{
	g_autofree char *path = g_build_filename(world->dir, "token", NULL);

	file_write(path, text, strlen(text), NULL);
}

static void expect_denied(struct world *world, int status)
{
	struct window *window = &world->windows[0];

	if (status != EXIT_CODE_AUTH)
		trial_wrong(world->trial, "exit %d, not 4", status);
	if (window_number(window, "SELECT count(*) FROM outbox_state"
				  " WHERE state <> 4 AND attempts > 0") != 0)
		trial_wrong(world->trial, "an attempt is spent on a 401");
}

/* In the middle of the work, and because the token is no longer good. */
void fault_unauthorised(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];
	g_autofree char *path = g_build_filename(world->dir, "token", NULL);
	g_autofree char *token = NULL;

	g_file_get_contents(path, &token, NULL, NULL);
	for (unsigned turn = 0; turn < trial->count; turn++) {
		work_ticket(window, NULL);
		work(world, window, 3);
		if (turn % 2 == 0) {
			order_batch(world, "\"status\":401");
		} else {
			put_token(world, "a-token-that-has-run-out\n");
			trial->tally.faults++;
		}
		expect_denied(world, world_sync(window, world, NULL, NULL));
		put_token(world, token);
		if (world_sync(window, world, NULL, NULL) != EXIT_CODE_OK)
			trial_wrong(trial, "does not go on after a 401");
	}
	world_end(world);
}

/* F21 ------------------------------------------------------------------- */

static char *http_date(int64_t seconds_from_now)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autoptr(GDateTime) then =
		g_date_time_add_seconds(now, (double)seconds_from_now);

	return g_date_time_format(then, "%a, %d %b %Y %H:%M:%S GMT");
}

/* min_ms, max_ms: how long it may wait; a wait beyond the run is cut off. */
static void told(struct world *world, const char *retry_after, int64_t min_ms,
	int64_t max_ms)
{
	struct window *window = &world->windows[0];
	g_autofree char *fault = g_strdup_printf(
		"\"status\":429,\"retry_after\":\"%s\"", retry_after);
	int64_t start_ms = clock_boot_ms(), took_ms, next_ms;

	work_ticket(window, NULL);
	work_promise(window);
	order_batch(world, fault);
	world_sync(window, world, "--max-time=4", NULL);
	took_ms = clock_boot_ms() - start_ms;
	next_ms = json_int_or(window->report, "next_try_ms", 0);
	if (window_unsent(window) > 0) /* still waits: how long? */
		took_ms = next_ms - clock_wall_ms();
	if (took_ms < min_ms || took_ms > max_ms)
		trial_wrong(world->trial, "Retry-After %s: %d ms", retry_after,
			(int)took_ms);
}

void fault_told_to_wait(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);

	for (unsigned turn = 0; turn < trial->count; turn++) {
		g_autofree char *soon = http_date(2), *past = http_date(-9999);

		told(world, "1", 950, 3000);
		told(world, "soon", 0, 2000);
		told(world, past, 0, 2000);
		told(world, "-7", 0, 2000);
		if (trial->is_sample)
			break;
		told(world, soon, 900, 3500);
		told(world, "99999999999", 3000, 3600 * 1000);
	}
	world_end(world);
}
