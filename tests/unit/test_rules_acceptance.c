/* Acceptance: the outcome the papers, the form and the answers propose. */
#include "client/rules/acceptance.h"

#include <string.h>

#include <glib.h>

#define M(n, need_of, state_of)                                   \
	{                                                         \
		.no = (n), .need = (need_of), .state = (state_of) \
	}
#define W(n, state_of, days)                                           \
	{                                                              \
		.no = (n), .need = NEED_WAIVABLE, .state = (state_of), \
		.gap_days = (days)                                     \
	}

static void test_judge(void)
{
	static const struct {
		struct acceptance_material m[3];
		size_t problems;
		enum acceptance_outcome proposal;
		bool may_accept;
		int n_blocking, gap_days;
	} rows[] = {
		{{M(1, NEED_MUST, MATERIAL_COMPLETE),
			 W(2, MATERIAL_COMPLETE, 5),
			 M(3, NEED_SITUATION, MATERIAL_NOT_NEEDED)},
			0, OUTCOME_ACCEPT, true, 0, 0},
		{{M(1, NEED_MUST, MATERIAL_COMPLETE), W(2, MATERIAL_WAIVED, 5),
			 M(3, NEED_SITUATION, MATERIAL_COMPLETE)},
			0, OUTCOME_ACCEPT, true, 0, 5},
		{{M(1, NEED_MUST, MATERIAL_COMPLETE), W(2, MATERIAL_WAIVED, 5),
			 W(3, MATERIAL_WAIVED, 3)},
			0, OUTCOME_ACCEPT, true, 0, 3},
		{{M(1, NEED_MUST, MATERIAL_COMPLETE), W(2, MATERIAL_MISSING, 5),
			 M(3, NEED_MUST, MATERIAL_COMPLETE)},
			0, OUTCOME_ACCEPT, false, 1, 0},
		{{M(1, NEED_MUST, MATERIAL_MISSING), W(2, MATERIAL_COMPLETE, 5),
			 M(3, NEED_MUST, MATERIAL_COMPLETE)},
			0, OUTCOME_SUPPLEMENT, false, 1, 0},
		{{M(1, NEED_MUST, MATERIAL_CAPTURING), W(2, MATERIAL_WAIVED, 5),
			 M(3, NEED_MUST, MATERIAL_WRONG)},
			0, OUTCOME_SUPPLEMENT, false, 2, 5},
		{{M(1, NEED_MUST, MATERIAL_WAIVED), W(2, MATERIAL_COMPLETE, 5),
			 M(3, NEED_MUST, MATERIAL_COMPLETE)},
			0, OUTCOME_SUPPLEMENT, false, 1, 0},
		{{M(1, NEED_MUST, MATERIAL_COMPLETE),
			 M(2, NEED_MUST, MATERIAL_COMPLETE),
			 M(3, NEED_SITUATION, MATERIAL_MISSING)},
			0, OUTCOME_SUPPLEMENT, false, 1, 0},
		{{M(1, NEED_MUST, MATERIAL_COMPLETE),
			 M(2, NEED_MUST, MATERIAL_COMPLETE),
			 M(3, NEED_MUST, MATERIAL_COMPLETE)},
			2, OUTCOME_CORRECT, false, 0, 0},
		{{M(1, NEED_MUST, MATERIAL_MISSING),
			 M(2, NEED_MUST, MATERIAL_COMPLETE),
			 M(3, NEED_MUST, MATERIAL_COMPLETE)},
			2, OUTCOME_SUPPLEMENT, false, 1, 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct acceptance out;
		acceptance_judge(rows[i].m, 3, rows[i].problems, NULL, &out);
		g_test_message("row %zu", i);
		g_assert_cmpint(out.proposal, ==, rows[i].proposal);
		g_assert_cmpint(out.may_accept, ==, rows[i].may_accept);
		g_assert_cmpint(out.n_blocking, ==, rows[i].n_blocking);
		g_assert_cmpint(out.gap_days, ==, rows[i].gap_days);
		g_assert_cmpint(out.with_gap, ==, rows[i].gap_days > 0);
	}
}

static void test_lists(void)
{
	const struct acceptance_material m[] = {
		M(1, NEED_MUST, MATERIAL_WAIVED), W(2, MATERIAL_MISSING, 5),
		M(3, NEED_MUST, MATERIAL_COMPLETE),
		M(4, NEED_SITUATION, MATERIAL_NOT_NEEDED)};
	struct acceptance out;

	acceptance_judge(m, G_N_ELEMENTS(m), 0, NULL, &out);
	g_assert_cmpint(out.n_must, ==, 2);
	g_assert_cmpint(out.n_must_complete, ==, 1);
	g_assert_cmpint(out.n_waivable, ==, 1);
	g_assert_cmpint(out.n_waivable_complete, ==, 0);
	g_assert_cmpint(out.n_bad_waiver, ==, 1);
	g_assert_cmpint(out.bad_waiver[0], ==, 1);
	g_assert_cmpint(out.n_can_waive, ==, 1);
	g_assert_cmpint(out.can_waive[0], ==, 2);
	g_assert_cmpint(out.n_blocking, ==, 2);
}

/* What leads elsewhere is said at once, whatever is missing. */
static void test_lead(void)
{
	const struct acceptance_material m[] = {
		M(1, NEED_MUST, MATERIAL_MISSING)};
	const struct form_lead refuse = {FORM_OUTCOME_REFUSE, "r", "o"};
	const struct form_lead not_needed = {FORM_OUTCOME_NOT_NEEDED, "r", ""};
	struct acceptance out;

	acceptance_judge(m, 1, 3, &refuse, &out);
	g_assert_cmpint(out.proposal, ==, OUTCOME_REFUSE);
	acceptance_judge(m, 1, 3, &not_needed, &out);
	g_assert_cmpint(out.proposal, ==, OUTCOME_NOT_NEEDED);
	acceptance_judge(m, 0, 0, &not_needed, &out);
	g_assert_false(out.may_accept);
}

static void test_bound(void)
{
	struct acceptance_material m[ACCEPTANCE_MAX + 1];
	struct acceptance out;

	for (int i = 0; i <= ACCEPTANCE_MAX; i++)
		m[i] = (struct acceptance_material)M(
			i + 1, NEED_MUST, MATERIAL_COMPLETE);
	acceptance_judge(m, ACCEPTANCE_MAX, 0, NULL, &out);
	g_assert_true(out.may_accept);
	acceptance_judge(m, ACCEPTANCE_MAX + 1, 0, NULL, &out);
	g_assert_false(out.may_accept);
	g_assert_cmpint(out.proposal, !=, OUTCOME_ACCEPT);
}

static void test_applies(void)
{
	struct form_condition when = {
		.field = "vending", .is = (const char *const[]){"1", NULL}};
	const char *text = "{\"vending\":\"1\"}";
	AUTO(json) form = json_parse(text, strlen(text), NULL);

	g_assert_true(material_applies(NEED_MUST, NULL, NULL, NULL));
	g_assert_true(material_applies(NEED_WAIVABLE, NULL, NULL, NULL));
	g_assert_false(material_applies(NEED_SITUATION, NULL, NULL, NULL));
	g_assert_true(material_applies(NEED_SITUATION, &when, form, NULL));
	g_assert_false(material_applies(NEED_SITUATION, &when, NULL, NULL));
}

static void test_names(void)
{
	enum material_state state;
	enum material_need need;

	for (int i = 0; i < MATERIAL_STATE_COUNT; i++) {
		g_assert_true(material_state_from_name(
			material_state_name((enum material_state)i), &state));
		g_assert_cmpint(state, ==, i);
	}
	g_assert_true(material_need_from_name("waivable", &need));
	g_assert_cmpint(need, ==, NEED_WAIVABLE);
	g_assert_false(material_need_from_name("perhaps", &need));
	g_assert_cmpstr(
		acceptance_outcome_name(OUTCOME_NOT_NEEDED), ==, "not-needed");
	g_assert_cmpstr(
		acceptance_outcome_name((enum acceptance_outcome)0), ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/acceptance/judge", test_judge);
	g_test_add_func("/rules/acceptance/lists", test_lists);
	g_test_add_func("/rules/acceptance/lead", test_lead);
	g_test_add_func("/rules/acceptance/bound", test_bound);
	g_test_add_func("/rules/acceptance/applies", test_applies);
	g_test_add_func("/rules/acceptance/names", test_names);
	return g_test_run();
}
