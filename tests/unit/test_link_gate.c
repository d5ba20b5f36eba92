/* Back-off, breaker and clock offset, walked through without waiting. */
#include <glib.h>

#include "client/link/gate.h"
#include "client/link/offset.h"

static void test_backoff(void)
{
	g_assert_cmpint(backoff_delay_ms(0, 0, 0.0), ==, 0);
	g_assert_cmpint(backoff_delay_ms(0, 0, 0.5), ==, 500);
	g_assert_cmpint(backoff_delay_ms(3, 0, 0.5), ==, 4000);
	g_assert_cmpint(backoff_delay_ms(8, 0, 0.999999), <, 256000);
	/* 2^9 s is over the cap; a huge n neither overflows nor takes long. */
	g_assert_cmpint(backoff_delay_ms(9, 0, 1.0), ==, BACKOFF_CAP_MS);
	g_assert_cmpint(backoff_delay_ms(4000000000u, 0, 1.0), ==, 300000);
	g_assert_cmpint(backoff_delay_ms(5, 200, 1.0), ==, 200);
}

/* Fifty windows that lost the platform in the same moment do not come back in
 * the same second: the delays fill the whole range. */
static void test_jitter_spreads(void)
{
	unsigned first_half = 0;

	for (int i = 0; i < 50; i++)
		first_half += backoff_delay_ms(6, 0, i / 50.0) < 32000;
	g_assert_cmpuint(first_half, ==, 25);
}

static void test_breaker(void)
{
	struct gate gate = {0};

	for (int i = 0; i < 4; i++)
		gate_fault(&gate, 1000, 0.5, -1);
	g_assert_false(gate.open);
	g_assert_cmpint(gate_wait_ms(&gate, 1000), ==, 8000);
	g_assert_cmpint(gate_wait_ms(&gate, 5000), ==, 4000);
	gate_fault(&gate, 1000, 0.5, -1);
	g_assert_true(gate.open);
	g_assert_cmpint(gate_wait_ms(&gate, 1000), ==, GATE_OPEN_MS);
	g_assert_cmpint(gate_wait_ms(&gate, 1000 + GATE_OPEN_MS), ==, 0);
	/* The probe fails: open for as long again. */
	gate_fault(&gate, 40000, 0.5, -1);
	g_assert_true(gate.open);
	g_assert_cmpuint(gate.openings, ==, 1);
	g_assert_cmpint(gate_wait_ms(&gate, 40000), ==, GATE_OPEN_MS);
	/* Not for all windows the same. */
	gate_fault(&gate, 80000, 0.0, -1);
	g_assert_cmpint(gate_wait_ms(&gate, 80000), ==, GATE_OPEN_MS / 2);
	/* The probe succeeds. */
	gate_success(&gate);
	g_assert_false(gate.open);
	g_assert_cmpint(gate_wait_ms(&gate, 40001), ==, 0);
	/* And failures are counted anew. */
	gate_fault(&gate, 50000, 0.5, -1);
	g_assert_false(gate.open);
}

static void test_asked(void)
{
	struct gate gate = {0};

	gate_fault(&gate, 0, 0.0, 7000); /* 503 with Retry-After: 7 */
	g_assert_cmpint(gate_wait_ms(&gate, 0), ==, 7000);
	gate_success(&gate);
	gate_pause(&gate, 0, 5000);
	g_assert_cmpuint(gate.failures, ==, 0);
	g_assert_cmpint(gate_wait_ms(&gate, 0), ==, 5000);
	gate_pause(&gate, 0, 1000); /* never shortens */
	g_assert_cmpint(gate_wait_ms(&gate, 0), ==, 5000);
	gate_pause(&gate, 0, INT64_MAX / 2); /* absurd: an hour */
	g_assert_cmpint(gate_wait_ms(&gate, 0), ==, GATE_ASKED_MAX_MS);
	gate_reset(&gate);
	g_assert_cmpint(gate_wait_ms(&gate, 0), ==, 0);
}

static void test_offset(void)
{
	struct offset offset = {0};

	/* Platform 2 s ahead, 100 ms round trip. */
	g_assert_true(offset_sample(&offset, 12000, 10050, 100, 500));
	g_assert_cmpint(offset.ms, ==, 2000);
	offset_saved(&offset);
	/* A slower sample knows less. */
	g_assert_false(offset_sample(&offset, 22900, 20050, 900, 10500));
	g_assert_cmpint(offset.ms, ==, 2000);
	/* A faster one is taken; too near to be worth a commit. */
	g_assert_false(offset_sample(&offset, 32640, 30050, 20, 20500));
	g_assert_cmpint(offset.ms, ==, 2600);
	/* After an hour any sample is better than none. */
	g_assert_true(offset_sample(
		&offset, 3713000, 3710050, 500, 20500 + OFFSET_KEEP_MS));
	g_assert_cmpint(offset.ms, ==, 3200);
	g_assert_false(offset_sample(&offset, -1, 0, 1, 0));
}

/* Somebody sets our clock one day forward: the old sample means nothing. */
static void test_offset_after_step(void)
{
	struct offset offset = {0};
	int64_t day = 86400000;

	offset_sample(&offset, 10010, 10010, 20, 500);
	offset_saved(&offset);
	g_assert_cmpint(offset.ms, ==, 10);
	g_assert_true(offset_sample(&offset, 20000, day + 20010, 300, 10500));
	g_assert_cmpint(offset.ms, ==, -day + 140);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/gate/backoff", test_backoff);
	g_test_add_func("/link/gate/jitter", test_jitter_spreads);
	g_test_add_func("/link/gate/breaker", test_breaker);
	g_test_add_func("/link/gate/asked", test_asked);
	g_test_add_func("/link/offset/samples", test_offset);
	g_test_add_func("/link/offset/step", test_offset_after_step);
	return g_test_run();
}
