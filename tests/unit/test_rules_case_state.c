/* Every pair of state and event, against a list written by hand. */
#include "client/rules/case_state.h"

#include <string.h>

#include <glib.h>

/* "from event to", by name: the whole law. */
static const char *const lawful[] = {
	"draft receive received",
	"draft abandon void",
	"received accept accepted",
	"received refuse refused",
	"received not-needed not-needed",
	"received supplement wait-supplement",
	"received withdraw void",
	"wait-supplement supplied received",
	"wait-supplement lapse closed",
	"wait-supplement withdraw void",
	"accepted hand-over in-review",
	"accepted withdraw void",
	"refused close closed",
	"not-needed close closed",
	"in-review decide decided",
	"in-review withdraw void",
	"decided issue ready",
	"ready deliver delivered",
	"delivered close closed",
};

static const char *expected(enum case_state from, enum case_event event)
{
	g_autofree char *start = g_strdup_printf(
		"%s %s ", case_state_name(from), case_event_name(event));

	for (size_t i = 0; i < G_N_ELEMENTS(lawful); i++)
		if (g_str_has_prefix(lawful[i], start))
			return lawful[i] + strlen(start);
	return NULL;
}

static void test_all_pairs(void)
{
	int count = 0;

	for (int from = 0; from < CASE_STATE_COUNT; from++) {
		for (int event = 0; event < CASE_EVENT_COUNT; event++) {
			const char *want = expected(from, event);
			enum case_state to = CASE_STATE_COUNT;
			bool is_lawful = case_transition(from, event, &to);

			g_assert_cmpint(is_lawful, ==, want != NULL);
			if (!want) {
				g_assert_cmpint(to, ==, CASE_STATE_COUNT);
				continue;
			}
			g_assert_cmpstr(case_state_name(to), ==, want);
			count++;
		}
	}
	g_assert_cmpint(count, ==, (int)G_N_ELEMENTS(lawful));
}

static void test_names(void)
{
	enum case_state state;

	for (int i = 0; i < CASE_STATE_COUNT; i++) {
		g_assert_true(case_state_from_name(case_state_name(i), &state));
		g_assert_cmpint(state, ==, i);
	}
	g_assert_false(case_state_from_name("", &state));
	g_assert_false(case_state_from_name("Draft", &state));
	g_assert_false(case_state_from_name(NULL, &state));
	g_assert_cmpstr(case_state_name(CASE_STATE_COUNT), ==, "?");
	g_assert_cmpstr(case_event_name(CASE_EVENT_COUNT), ==, "?");
}

/* Nothing leaves the two ends. */
static void test_ends(void)
{
	enum case_state to;

	for (int event = 0; event < CASE_EVENT_COUNT; event++) {
		g_assert_false(case_transition(CASE_CLOSED, event, &to));
		g_assert_false(case_transition(CASE_VOID, event, &to));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/case-state/pairs", test_all_pairs);
	g_test_add_func("/rules/case-state/names", test_names);
	g_test_add_func("/rules/case-state/ends", test_ends);
	return g_test_run();
}
