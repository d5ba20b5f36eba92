/* The view of what holds: opened from the list of steps, chosen field by field,
 * decided under a right and with a reason. */
#include "client/app/private.h"
#include "tests/unit/test_conflict.h"

static struct desk *desk_with_conflict(const char *roles, int64_t *seq)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *people = g_strdup_printf(
		"[1003]\nname = 甄示例\nroles = %s\npassword = " TEST_VERIFIER
		"\nwindows = 03 04\n",
		roles);

	desk_write(desk, "people.conf", people);
	desk_numbers(desk, 10);
	*seq = desk_conflict(desk);
	desk_open(desk);
	desk_login(desk);
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	return desk;
}

static const struct conflict_field_model *shown_field(
	const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->conflict.fields->len);
	return seen(desk)->conflict.fields->pdata[index];
}

/* The line of the conflict in the list. */
static int conflict_row(const struct desk *desk)
{
	const GPtrArray *ops = seen(desk)->sync.ops;

	for (guint i = 0; i < ops->len; i++) {
		if (((struct op_model *)ops->pdata[i])->is_conflict)
			return (int)i;
	}
	return -1;
}

static void choose(struct desk *desk, int index, enum conflict_choice choice)
{
	desk_act(desk, INTENT_CONFLICT_CHOOSE, index, choice, NULL, NULL);
}

static void test_show(void)
{
	int64_t seq;
	struct desk *desk = desk_with_conflict("clerk supervisor", &seq);

	g_assert_cmpint(conflict_row(desk), ==, 0);
	assert_holds(seen(desk)->sync.detail->pdata[2], "F4");
	act_at(desk, INTENT_CONFLICT_OPEN, 7);
	assert_view(desk, VIEW_SYNC);
	act_at(desk, INTENT_CONFLICT_OPEN, 0);
	assert_view(desk, VIEW_CONFLICT);
	g_assert_cmpuint(seen(desk)->conflict.fields->len, ==, 3);
	g_assert_cmpint(seen(desk)->conflict.left, ==, 3);
	g_assert_cmpstr(shown_field(desk, 0)->here, ==, "138****0000");
	g_assert_true(shown_field(desk, 0)->looks_alike);
	g_assert_cmpstr(shown_field(desk, 1)->before, ==, "甲");
	g_assert_cmpstr(shown_field(desk, 1)->here, ==, "乙");
	g_assert_cmpstr(shown_field(desk, 1)->there, ==, "丙");
	g_assert_false(shown_field(desk, 1)->can_both);
	g_assert_true(shown_field(desk, 2)->can_both);
	g_assert_cmpstr(shown_field(desk, 2)->here, ==, "1 page");
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_SYNC);
	desk_free(desk);
}

static void test_decide(void)
{
	int64_t seq;
	struct desk *desk = desk_with_conflict("clerk manager", &seq);
	AUTO(json) decisions = NULL;
	struct store *store;

	act_at(desk, INTENT_CONFLICT_OPEN, 0);
	choose(desk, 0, CONFLICT_THERE);
	choose(desk, 1, CONFLICT_BOTH); /* not of a text */
	choose(desk, 9, CONFLICT_HERE);
	g_assert_cmpint(seen(desk)->conflict.left, ==, 2);
	act0(desk, INTENT_CONFLICT_DECIDE);
	g_assert_false(seen(desk)->dialog.open);
	choose(desk, 1, CONFLICT_HERE);
	choose(desk, 2, CONFLICT_BOTH);
	g_assert_cmpint(seen(desk)->conflict.left, ==, 0);
	act0(desk, INTENT_CONFLICT_DECIDE);
	g_assert_true(seen(desk)->dialog.open);
	act_text(desk, INTENT_DIALOG_CHOICE, 0, NULL);
	assert_view(desk, VIEW_SYNC);
	g_assert_cmpint(conflict_row(desk), ==, -1);
	store = desk_store(desk);
	decisions = parked_decisions(store, seq, NULL);
	g_assert_cmpuint(json_length(decisions), ==, 1);
	g_assert_cmpstr(json_text(json_first(decisions), "reason"), ==,
		"the applicant was asked");
	g_assert_cmpstr(
		json_text(json_first(decisions), "staff_no"), ==, "1003");
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM audit WHERE"
				 " json_extract(CAST(body AS TEXT), '$.role')"
				 " = 'manager'"),
		==, 1);
	store_close(store);
	desk_free(desk);
}

/* A clerk sees it and may try, and is told who decides. */
static void test_clerk(void)
{
	int64_t seq;
	struct desk *desk = desk_with_conflict("clerk", &seq);

	act_at(desk, INTENT_CONFLICT_OPEN, 0);
	for (int i = 0; i < 3; i++)
		choose(desk, i, CONFLICT_HERE);
	act0(desk, INTENT_CONFLICT_DECIDE);
	g_assert_false(seen(desk)->dialog.open);
	assert_holds(seen(desk)->message, "supervisor");
	act0(desk, INTENT_BACK);
	g_assert_cmpint(conflict_row(desk), ==, 0);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/conflict/show", test_show);
	g_test_add_func("/app/conflict/decide", test_decide);
	g_test_add_func("/app/conflict/clerk", test_clerk);
	return g_test_run();
}
