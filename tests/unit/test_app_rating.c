/* The rating: in time, late, never, by another visit; one for each visit, and
 * what is no answer is never a level. */
#include <sys/wait.h>

#include "tests/unit/test_app_fake.h"

static void rate(const struct fake *fake, int level)
{
	g_autofree char *text =
		g_strdup_printf("{\"event\":\"rating\",\"device\":\"pad\","
				"\"data\":{\"level\":%d}}",
			level);

	event(fake, text);
}

static int64_t ratings_at(const struct desk *desk, int level)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT count(*) FROM ratings WHERE rating = %d", level);

	return desk_count(desk, sql);
}

static void begin_rating_at(struct fake *fake, struct desk *desk)
{
	fake_open_at(fake, desk);
	do_to_finish(fake->desk);
	wait_call(fake, "ask");
	answer(waiting_call(fake, "ask"), "{}");
	g_assert_true(seen(fake->desk)->finish.rating_open);
	g_assert_cmpint(seen(fake->desk)->finish.rating_left_s, ==, 10);
}

static void begin_rating(struct fake *fake)
{
	begin_rating_at(fake, desk_with_queue());
}

/* The clerk is home long before the citizen has made up his mind. */
static void test_rating_late(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	act0(desk, INTENT_FINISH_DONE);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "the rating continues");
	rate(&fake, 9); /* no level */
	rate(&fake, 0);
	rate(&fake, 4);
	spin_until(has_said(desk, "A018: rating satisfied"));
	g_assert_cmpint(ratings_at(desk, 4), ==, 1);
	spin_until(calls_of(&fake, "thank") == 1);
	rate(&fake, 1); /* once is the rule */
	spin_ms(30);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 1);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	fake_close(&fake);
}

static void test_rating_again(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	act0(desk, INTENT_RATE_AGAIN);
	assert_said(desk, "asked again");
	wait_call(&fake, "ask");
	answer(waiting_call(&fake, "ask"), "{}");
	rate(&fake, 5);
	spin_until(ratings_at(desk, 5) == 1);
	act0(desk, INTENT_RATE_AGAIN);
	assert_said(desk, "rated already");
	g_assert_cmpuint(calls_of(&fake, "ask"), ==, 2);
	fake_close(&fake);
}

/* The pad breaks while it is asked. */
static void test_rating_device_fault(void)
{
	struct fake fake = {0};

	fake_open(&fake);
	do_to_finish(fake.desk);
	wait_call(&fake, "ask");
	refuse(waiting_call(&fake, "ask"), LINK_ERROR, LINK_ERROR_TIMEOUT);
	spin_until(ratings_at(fake.desk, RATING_NONE_DEVICE) == 1);
	g_assert_cmpstr(
		seen(fake.desk)->finish.rating, ==, "not rated (device fault)");
	fake_close(&fake);
}

/* The next decision comes while the last visit's rating is open. */
static void test_rating_next_visit(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	act0(desk, INTENT_FINISH_DONE);
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	do_identify(desk);
	do_item(desk, "gtgsh");
	do_form(desk);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	g_assert_cmpint(ratings_at(desk, RATING_NONE_NO_ANSWER), ==, 1);
	rate(&fake, 3);
	spin_until(ratings_at(desk, 3) == 1);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 2);
	fake_close(&fake);
}

/* A second item of the same visit asks on, it does not close the first. */
static void test_rating_same_person(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	act0(desk, INTENT_SAME_PERSON);
	do_item(desk, "gtgsh");
	do_form(desk);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_true(seen(desk)->finish.rating_open);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 0);
	rate(&fake, 5);
	spin_until(ratings_at(desk, 5) == 1);
	fake_close(&fake);
}

/* The program ends: no answer is an answer of its own. */
static void test_rating_at_end(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	act0(desk, INTENT_FINISH_DONE);
	desk_close(desk);
	g_assert_cmpint(ratings_at(desk, RATING_NONE_NO_ANSWER), ==, 1);
	desk_open(desk);
	fake_close(&fake);
}

/* The lights go out while the pad waits. */
static void crash_while_asked(struct desk *desk, bool is_home)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct fake fake = {0};

		begin_rating_at(&fake, desk);
		if (is_home)
			act0(desk, INTENT_FINISH_DONE);
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 0);
}

/* The visit is not over: it is offered one again. */
static void test_rating_crash(void)
{
	struct desk *desk = desk_with_queue();

	crash_while_asked(desk, false);
	desk_open(desk);
	desk_login(desk);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 0);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(ratings_at(desk, RATING_NONE_DEVICE), ==, 1);
	desk_free(desk);
}

/* The clerk was home, the citizen is gone: nobody knows what was pressed. */
static void test_rating_crash_home(void)
{
	struct desk *desk = desk_with_queue();

	crash_while_asked(desk, true);
	desk_open(desk);
	assert_said(desk, "not rated (device fault): 1");
	g_assert_cmpint(
		desk_count(desk,
			"SELECT count(*) FROM ratings JOIN cases USING"
			" (case_id) WHERE rating = -3 AND staff_no = '1003'"),
		==, 1);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	desk_close(desk);
	desk_open(desk);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	desk_free(desk);
}

/* The mark of the visit is gone, its ticket is not: what was decided goes on
 * at its last step and is not taken in twice. */
static void test_rating_crash_unmarked(void)
{
	struct desk *desk = desk_with_queue();
	struct store *store;

	crash_while_asked(desk, false);
	store = desk_store(desk);
	g_assert_true(visit_mark_clear(store, NULL));
	store_close(store);
	desk_open(desk);
	desk_login(desk);
	act_at(desk, INTENT_TAKE_BACK, 0);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	act0(desk, INTENT_FINISH_DONE);
	g_assert_cmpint(ratings_at(desk, RATING_NONE_DEVICE), ==, 1);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 1);
	desk_free(desk);
}

/* Advice without a case is a visit as well. */
static void test_rating_advice(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 3);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_said(desk, "the rating has started");
	wait_call(&fake, "ask");
	answer(waiting_call(&fake, "ask"), "{}");
	rate(&fake, 2);
	spin_until(ratings_at(desk, 2) == 1);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM ratings WHERE"
					 " case_id = ''"),
		==, 1);
	fake_close(&fake);
}

static void pad_is(const struct fake *fake, const char *state)
{
	g_autofree char *text =
		g_strdup_printf("{\"device\":\"pad\",\"class\":\"pad\","
				"\"title\":\"pad\",\"state\":\"%s\"}",
			state);

	event(fake, text);
}

/* A pad that went away and came back asks again; one that stays away is no
 * answer of the citizen's. */
static void test_rating_pad_lost(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	pad_is(&fake, "absent");
	spin_until(seen(desk)->header.device_fault != NULL);
	pad_is(&fake, "ready");
	wait_call(&fake, "ask");
	answer(waiting_call(&fake, "ask"), "{}");
	g_assert_cmpuint(calls_of(&fake, "ask"), ==, 2);
	pad_is(&fake, "absent");
	spin_until(seen(desk)->header.device_fault != NULL);
	act0(desk, INTENT_FINISH_DONE);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 0);
	desk_close(desk);
	g_assert_cmpint(ratings_at(desk, RATING_NONE_DEVICE), ==, 1);
	desk_open(desk);
	fake_close(&fake);
}

/* What was pressed while the disk was full is written when there is room. */
static void test_rating_full_disk(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	exec_behind(&desk->files,
		"CREATE TRIGGER no_room BEFORE INSERT ON ratings BEGIN"
		" SELECT RAISE(ABORT, 'test'); END");
	rate(&fake, 4);
	spin_until(!seen(desk)->finish.rating_open);
	act0(desk, INTENT_FINISH_DONE);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 0);
	exec_behind(&desk->files, "DROP TRIGGER no_room");
	desk_close(desk);
	g_assert_cmpint(ratings_at(desk, 4), ==, 1);
	desk_open(desk);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	fake_close(&fake);
}

/* Another window goes on with the visit and will ask. */
static void test_rating_transfer(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_rating(&fake);
	desk = fake.desk;
	act0(desk, INTENT_SAME_PERSON);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 2);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	g_assert_cmpint(ops_of(desk, "ticket.transfer"), ==, 1);
	desk_close(desk);
	desk_open(desk);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM ratings"), ==, 0);
	fake_close(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/rating/rating-late", test_rating_late);
	g_test_add_func("/app/rating/rating-again", test_rating_again);
	g_test_add_func(
		"/app/rating/rating-device-fault", test_rating_device_fault);
	g_test_add_func(
		"/app/rating/rating-next-visit", test_rating_next_visit);
	g_test_add_func(
		"/app/rating/rating-same-person", test_rating_same_person);
	g_test_add_func("/app/rating/rating-at-end", test_rating_at_end);
	g_test_add_func("/app/rating/rating-crash", test_rating_crash);
	g_test_add_func(
		"/app/rating/rating-crash-home", test_rating_crash_home);
	g_test_add_func("/app/rating/rating-crash-unmarked",
		test_rating_crash_unmarked);
	g_test_add_func("/app/rating/rating-advice", test_rating_advice);
	g_test_add_func("/app/rating/rating-pad-lost", test_rating_pad_lost);
	g_test_add_func("/app/rating/rating-full-disk", test_rating_full_disk);
	g_test_add_func("/app/rating/rating-transfer", test_rating_transfer);
	return g_test_run();
}
