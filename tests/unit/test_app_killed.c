/* What belongs together stays together when the program is killed in between:
 * the pause and what the platform is told of it. */
#include "tests/unit/test_app.h"

/* The pause ---------------------------------------------------------------- */

enum { KILLS = 10 };

static void toggle_pause(struct desk *desk)
{
	act0(desk, INTENT_PAUSE);
	if (seen(desk)->dialog.open)
		act_at(desk, INTENT_DIALOG_CHOICE, 0);
}

static void play_pauses(struct desk *desk)
{
	for (;;)
		toggle_pause(desk);
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
		kill_during(desk, play_pauses, 2000 + i * 3170);
		expect_agreement(desk);
	}
	g_assert_cmpint(ops_of(desk, "window.pause"), >, KILLS);
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/killed/pause", test_pause_killed);
	g_test_add_func("/app/killed/pause-whole", test_pause_whole);
	return g_test_run();
}
