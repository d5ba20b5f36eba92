/* One batch ahead: while an answer is waited for, the next batch is claimed;
 * when it comes, that one goes out and the answer is settled behind it. */
#include <string.h>

#include "client/base/error.h"
#include "tests/sync/rig.h"

enum { STEPS = 20 };

/* The answer to the first batch goes wrong; the second was claimed by then. */
static void test_first_answer(void)
{
	static const struct {
		enum fake_fault fault;
		int arg;
		const char *text;
	} cases[] = {
		{FAKE_CLOSE_EARLY, 0, NULL},
		{FAKE_LOSE_REPLY, 0, NULL},
		{FAKE_CUT_REPLY, 0, NULL},
		{FAKE_TRUNCATE_JSON, 0, NULL},
		{FAKE_DROP_RESULT, 0, NULL},
		{FAKE_TWICE, 0, NULL},
		{FAKE_REPLY, 429, "{\"code\":\"rate_limited\",\"status\":429}"},
		{FAKE_REPLY, 413, "{\"code\":\"too_large\",\"status\":413}"},
		{FAKE_REPLY, 503, "{\"code\":\"unavailable\",\"status\":503}"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct rig *rig = rig_new();

		rig_open_tickets(rig, STEPS);
		fake_script(rig->fake, "/v1/ops:batch", 1, cases[i].fault,
			cases[i].arg, cases[i].text);
		g_assert_cmpint(rig_run(rig, "--batch=5"), ==, 0);
		g_assert_cmpint(rig_unsent(rig), ==, 0);
		g_assert_cmpint(rig_parked(rig), ==, 0);
		g_assert_cmpuint(fake_ops(rig->fake), ==, STEPS);
		g_assert_cmpuint(fake_largest_batch(rig->fake), <=, 5);
		rig_free(rig);
	}
}

/* Nothing goes wrong: each batch once, no lease runs out. So many that some of
 * the answers are slower than the claim beside them. */
static void test_clean(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 20 * STEPS);
	g_assert_cmpint(rig_run(rig, "--batch=10"), ==, 0);
	g_assert_cmpint(rig_reported(rig, "acked"), ==, 20 * STEPS);
	g_assert_cmpint(rig_reported(rig, "sent"), ==, 20 * STEPS);
	g_assert_cmpint(rig_reported(rig, "replayed"), ==, 0);
	g_assert_cmpint(rig_reported(rig, "batches"), ==, 2 * STEPS);
	rig_free(rig);
}

/* It dies with one batch in flight and the one before not yet settled. */
static void test_killed(void)
{
	static const char *const points[] = {"--crash-at=after-send:2",
		"--crash-at=after-reply:2", "--crash-at=before-settle:1",
		"--crash-at=after-settle:1", "--crash-at=before-claim:2",
		"--crash-at=after-claim:3", "--crash-at=before-settle:4"};

	for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
		struct rig *rig = rig_new();

		rig_open_tickets(rig, STEPS);
		g_assert_cmpint(rig_run2(rig, "--batch=5", points[i]), ==, 137);
		g_assert_cmpint(rig_run(rig, "--batch=5"), ==, 0);
		g_assert_cmpint(rig_unsent(rig), ==, 0);
		g_assert_cmpuint(fake_ops(rig->fake), ==, STEPS);
		rig_free(rig);
	}
}

/* A lane never has steps in two batches at a time. */
static void test_one_lane(void)
{
	struct rig *rig = rig_new();

	rig_pause_and_resume(rig, STEPS);
	g_assert_cmpint(rig_run(rig, "--batch=5"), ==, 0);
	g_assert_cmpint(rig_reported(rig, "acked"), ==, STEPS);
	g_assert_cmpint(rig_reported(rig, "retried"), ==, 0);
	rig_free(rig);
}

/* Refused steps are parked; the guard ends the run though one is in flight. */
static void test_guard(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 60);
	fake_habits(rig->fake)->refuse_kind = "ticket.open";
	fake_habits(rig->fake)->refuse_status = 422;
	fake_habits(rig->fake)->refuse_code = "invalid";
	g_assert_cmpint(rig_run(rig, "--batch=5"), ==, EXIT_CODE_ITEM);
	g_assert_cmpint(rig_parked(rig), <=, 20);
	g_assert_cmpint(rig_unsent(rig), >=, 40);
	rig_free(rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/ahead/first-answer", test_first_answer);
	g_test_add_func("/sync/ahead/clean", test_clean);
	g_test_add_func("/sync/ahead/killed", test_killed);
	g_test_add_func("/sync/ahead/one-lane", test_one_lane);
	g_test_add_func("/sync/ahead/guard", test_guard);
	return g_test_run();
}
