/* Leaving a visit and coming back to it: home, search, a question on the
 * screen. */
#include "tests/unit/test_app.h"

/* Home and back: that is no call, so neither guard nor pause stops it. */
static void test_home_and_on(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	type(desk, "name", test_name);
	act0(desk, INTENT_HOME);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "The visit is kept");
	g_assert_true(parked(desk, 0)->interrupted);
	g_assert_cmpint(seen(desk)->home.waiting_total, ==, 3);
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	g_assert_cmpstr(field(desk, "name")->value, ==, test_name);
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 1);
	desk_free(desk);
}

/* A parked one stands before the interrupted one in the list. */
static void test_home_with_parked(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	aside(desk, 1, 0);
	past_the_gap(desk);
	do_call(desk);
	act0(desk, INTENT_HOME);
	g_assert_cmpuint(seen(desk)->home.parked->len, ==, 2);
	past_the_gap(desk);
	act0(desk, INTENT_CALL_NEXT);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 2);
	desk_free(desk);
}

/* From search and the like in the middle of a visit. */
static void test_home_from_outside(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	assert_view(desk, VIEW_SEARCH);
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_MATERIALS);
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	act_at(desk, INTENT_GOTO, VIEW_DEVICES);
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_MATERIALS);
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	act0(desk, INTENT_HOME);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "The visit is kept");
	/* taken back by its row, it goes on at its step */
	act_at(desk, INTENT_TAKE_BACK, 0);
	assert_view(desk, VIEW_MATERIALS);
	desk_free(desk);
}

/* The question belongs to the visit: it goes when the view does. */
static void test_dialog_goes_with_view(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	act0(desk, INTENT_ASIDE);
	g_assert_true(seen(desk)->dialog.open);
	act0(desk, INTENT_HOME);
	assert_view(desk, VIEW_HOME);
	g_assert_false(seen(desk)->dialog.open);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/visit/home-and-on", test_home_and_on);
	g_test_add_func("/app/visit/home-with-parked", test_home_with_parked);
	g_test_add_func("/app/visit/home-from-outside", test_home_from_outside);
	g_test_add_func(
		"/app/visit/dialog-goes-with-view", test_dialog_goes_with_view);
	return g_test_run();
}
