/* F11 to F15: lines that lose, cut, spoil, delay and starve. */
#include <string.h>

#include "client/base/error.h"
#include "tests/torture/world.h"

#define BATCH "POST /v1/ops:batch"

enum {
	OPS_PER_WORLD = 1000,
	REQUEST_MAX = 6000, /* of a batch of two steps; fewer bytes, in truth */
	SHORT_MS = 150,     /* a client in a hurry */
	RUNS_MAX = 400,
};

static void expect_ok(struct world *world, int status, const char *after)
{
	if (status != EXIT_CODE_OK)
		trial_wrong(world->trial, "%s: the sync ends with %d", after,
			status);
}

/* F11: done, and the answer is lost. */
void fault_reply_lost(struct trial *trial)
{
	unsigned left = trial->count;

	for (uint32_t round = 0; left > 0; round++) {
		struct world *world = world_new(trial, trial->seed + round, 1);
		struct window *window = &world->windows[0];
		unsigned ops = MIN(left, OPS_PER_WORLD);

		left -= ops;
		while (window->saved < ops) {
			work(world, window, 10);
			proxy_order(world->proxy, BATCH, PROXY_LOSE_REPLY, 0,
				(unsigned)world_draw(world, 1, 4));
			expect_ok(world, world_sync(window, world, NULL, NULL),
				"reply lost");
		}
		world_end(world);
	}
}

/* F12: the request ends after k bytes, for every k. What is cut is not done:
 * nothing of it may come back as a replay. */
void fault_request_cut(struct trial *trial)
{
	int64_t stride = MAX(1, REQUEST_MAX / (int64_t)trial->count);
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];

	for (int64_t k = 0; k < REQUEST_MAX; k += stride) {
		uint64_t before = proxy_counts(world->proxy).all_faults;

		work_ticket(window, NULL);
		work_ticket(window, NULL);
		work_promise(window);
		proxy_order(world->proxy, BATCH, PROXY_CUT_REQUEST, k, 1);
		expect_ok(world, world_sync(window, world, NULL, NULL), "cut");
		if (proxy_counts(world->proxy).all_faults == before)
			break; /* the whole request is shorter */
		if (json_int_or(window->report, "replayed", -1) != 0)
			trial_wrong(
				trial, "cut after %d bytes, yet done", (int)k);
	}
	world_end(world);
}

/* F13 */
static const char *const pages[] = {"\"html\":200", "\"html\":403",
	"\"html\":404", "\"html\":502", "\"html\":302", "\"garbage\":200",
	"\"garbage\":207", "\"garbage\":422", "\"truncate\":0",
	"\"truncate\":1", "\"truncate\":100", "\"status\":500",
	"\"status\":503", "\"status\":207", "\"cut\":true"};

static const char *const places[] = {"/v1/ops:batch", "/v1/blobs:missing",
	"/v1/changes", "/v1/capabilities"};

static void spoil_by_platform(struct world *world, unsigned turn)
{
	const char *page = pages[turn % G_N_ELEMENTS(pages)];
	const char *place = places[turn / 3 % G_N_ELEMENTS(places)];

	world_chaos(world, "{\"next\":[{%s,\"path\":\"%s\"}]}", page, place);
	world->trial->tally.faults++;
}

static void spoil_by_line(struct world *world, unsigned turn)
{
	static const enum proxy_fault faults[] = {PROXY_CUT_REPLY,
		PROXY_FLIP_REPLY, PROXY_FLIP_REQUEST, PROXY_TWICE};
	struct proxy_plan plan = {.match = NULL, .at = -1, .spread = 1500};

	plan.limit = 2;
	plan.reset = 0.5;
	plan.share[faults[turn % G_N_ELEMENTS(faults)]] = 0.7;
	proxy_plan(world->proxy, &plan);
}

/* Nothing acknowledged for it, nothing parked for it (the oracle says). */
void fault_reply_spoiled(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];
	int status = EXIT_CODE_OK;

	for (unsigned turn = 0; turn < trial->count; turn++) {
		work(world, window, 5);
		work_case(window, 300, NULL);
		work_promise(window);
		spoil_by_platform(world, turn);
		spoil_by_line(world, turn);
		/* Twice: one fault may end a run, it may not last. */
		status = world_sync(window, world, "--request-ms=3000", NULL);
		if (status != EXIT_CODE_OK)
			status = world_sync(window, world, NULL, NULL);
		if (window_parked(window) > 0)
			break;
	}
	world_end(world);
}

/* F14: the answer comes when nobody waits for it any more. */
static void reply_late(struct world *world, unsigned turn)
{
	struct window *window = &world->windows[0];
	struct proxy_plan late = {
		.match = BATCH, .limit = 1, .late_ms = 2 * SHORT_MS};
	g_autofree char *hurry = g_strdup_printf("--request-ms=%d", SHORT_MS);

	late.share[PROXY_LATE_REPLY] = 1;
	work(world, window, 3);
	if (turn % 2 == 0) {
		proxy_plan(world->proxy, &late);
	} else {
		world_chaos(world,
			"{\"next\":[{\"freeze_ms\":%d,"
			"\"path\":\"/v1/ops:batch\"}]}",
			SHORT_MS + 60);
		world->trial->tally.faults++;
	}
	world_sync(window, world, hurry, NULL);
}

void fault_reply_late(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);

	for (unsigned turn = 0; turn < trial->count; turn++)
		reply_late(world, turn);
	world_end(world);
}

/* A line on which a full batch never passes within the time allowed: smaller
 * ones must. */
static void narrow_line(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed + 1, 1);
	struct window *window = &world->windows[0];
	const struct proxy_plan narrow = {.bytes_per_s = 60000};
	unsigned runs = 0;

	for (int i = 0; i < 70; i++)
		work_ticket(window, NULL);
	work_promise(window);
	proxy_plan(world->proxy, &narrow);
	while (window_unsent(window) > 0 && runs++ < 8)
		world_sync(window, world, "--request-ms=600", NULL);
	if (window_unsent(window) > 0)
		trial_wrong(trial, "%d steps are too many for a narrow line",
			(int)window_unsent(window));
	world_end(world);
}

/* F15: 30 % of the requests lost one way or another, 500 ms of jitter, 64
 * kbit/s. The sample is given a better line. */
void fault_bad_line(struct trial *trial)
{
	struct world *world = world_new(trial, trial->seed, 1);
	struct window *window = &world->windows[0];
	struct proxy_plan plan = {
		.at = -1,
		.spread = 3000,
		.reset = 0.5,
		.jitter_ms = trial->is_sample ? 40 : 500,
		.bytes_per_s = trial->is_sample ? 64000 : 8000,
	};
	unsigned runs = 0;

	plan.share[PROXY_CUT_REQUEST] = 0.12;
	plan.share[PROXY_LOSE_REPLY] = 0.12;
	plan.share[PROXY_CUT_REPLY] = 0.06;
	work(world, window, trial->count);
	proxy_plan(world->proxy, &plan);
	while (window_unsent(window) > 0 && runs++ < RUNS_MAX) {
		world_sync_start(window, world, NULL, NULL);
		if (world_sync_end(window, 3600 * 1000) == CHILD_RUNS)
			break;
	}
	if (window_unsent(window) > 0)
		trial_wrong(trial, "%d steps do not come through",
			(int)window_unsent(window));
	trial_note(trial, "%u runs of the sync", runs);
	world_end(world);
	narrow_line(trial);
}
