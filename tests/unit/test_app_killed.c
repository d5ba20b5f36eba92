/* What belongs together stays together when the program is killed in between:
 * the pause and what the platform is told of it, a visit and its one rating. */
#include "tests/unit/test_app_crash.h"
#include "tests/unit/test_app_fake.h"

/* The pause ---------------------------------------------------------------- */

enum { KILLS = 8 };

static void toggle_pause(struct desk *desk)
{
	act0(desk, INTENT_PAUSE);
	if (seen(desk)->dialog.open)
		act_at(desk, INTENT_DIALOG_CHOICE, 0);
}

static void begin_plain(struct desk *desk)
{
	desk_open(desk);
	desk_login(desk);
}

static void play_pauses(struct desk *desk)
{
	for (;;) {
		toggle_pause(desk);
		got_on(desk);
	}
}

/* The flag says what the last op says. */
static void expect_agreement(const struct desk *desk)
{
	g_assert_cmpint(
		desk_count(desk,
			"SELECT count(*) FROM meta WHERE name = 'paused' AND"
			" value <> (SELECT kind = 'window.pause' FROM outbox"
			" WHERE agg = 'window' ORDER BY store_seq DESC"
			" LIMIT 1)"),
		==, 0);
}

static void test_pause_killed(void)
{
	struct desk *desk = desk_with_queue();

	for (guint i = 0; i < KILLS; i++) {
		kill_during(desk, begin_plain, play_pauses, 2, 300 + i * 390);
		expect_agreement(desk);
	}
	g_assert_cmpint(ops_of(desk, "window.pause"), >=, KILLS);
	desk_free(desk);
}

/* A flag that cannot be written leaves no op either. */
static void test_pause_whole(void)
{
	struct desk *desk = desk_at_work();

	exec_behind(&desk->files,
		"CREATE TRIGGER no_pause BEFORE INSERT ON meta"
		" WHEN NEW.name = 'paused' BEGIN"
		" SELECT RAISE(ABORT, 'test'); END");
	toggle_pause(desk);
	g_assert_false(seen(desk)->header.paused);
	g_assert_cmpint(ops_of(desk, "window.pause"), ==, 0);
	exec_behind(&desk->files, "DROP TRIGGER no_pause");
	act0(desk, INTENT_RECONNECT);
	toggle_pause(desk);
	g_assert_true(seen(desk)->header.paused);
	g_assert_cmpint(ops_of(desk, "window.pause"), ==, 1);
	desk_free(desk);
}

/* The rating --------------------------------------------------------------- */

enum { VISIT_KILLS = 4, VISIT_NUMBERS = 300 };

static void begin_with_pad(struct desk *desk)
{
	fake_open_at(g_new0(struct fake, 1), desk);
}

/* The pad is asked and nobody presses: each visit's rating stays open until the
 * next one is decided. Every third gets advice only. */
static void play_visits(struct desk *desk)
{
	for (int i = 0;; i++) {
		got_on(desk);
		act0(desk, INTENT_VISIT_WITHOUT_TICKET);
		if (i % 3 == 2) {
			act0(desk, INTENT_ASIDE);
			act_at(desk, INTENT_DIALOG_CHOICE, 3);
			act_at(desk, INTENT_DIALOG_CHOICE, 0);
			continue;
		}
		do_identify(desk);
		do_item(desk, "gtgsh");
		do_form(desk);
		do_papers(desk);
		act0(desk, INTENT_DECIDE);
		act0(desk, INTENT_FINISH_DONE);
	}
}

static void expect_one_rating_each(const struct desk *desk)
{
	g_assert_cmpint(
		desk_count(desk,
			"SELECT count(*) FROM tickets t WHERE state = 'done'"
			" AND (SELECT count(*) FROM ratings r"
			"  WHERE r.ticket_id = t.ticket_id) <> 1"),
		==, 0);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM ratings"), ==,
		ops_of(desk, "rating.record"));
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM ratings WHERE"
					 " rating > 0"),
		==, 0);
}

/* Every visit a kill left open can be taken up and ended. */
static void end_what_is_open(struct desk *desk)
{
	while (seen(desk)->home.parked->len > 0) {
		act_at(desk, INTENT_TAKE_BACK, 0);
		if (seen(desk)->view != VIEW_FINISH) {
			act0(desk, INTENT_ASIDE);
			act_at(desk, INTENT_DIALOG_CHOICE, 3);
			act_at(desk, INTENT_DIALOG_CHOICE, 0);
		} else {
			act0(desk, INTENT_FINISH_DONE);
		}
		assert_view(desk, VIEW_HOME);
	}
}

static void test_visits_killed(void)
{
	struct desk *desk = desk_new("03", "");

	desk_numbers(desk, VISIT_NUMBERS);
	for (guint i = 0; i < VISIT_KILLS; i++) {
		kill_during(
			desk, begin_with_pad, play_visits, 4, 1000 + i * 3170);
		desk_open(desk);
		expect_one_rating_each(desk);
		if (i + 1 < VISIT_KILLS)
			desk_close(desk);
	}
	desk_login(desk);
	end_what_is_open(desk);
	expect_one_rating_each(desk);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM tickets WHERE"
					 " state <> 'done'"),
		==, 0);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM tickets"), >=,
		3 * VISIT_KILLS);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/killed/pause", test_pause_killed);
	g_test_add_func("/app/killed/pause-whole", test_pause_whole);
	g_test_add_func("/app/killed/visits", test_visits_killed);
	return g_test_run();
}
