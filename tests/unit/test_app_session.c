/* Log-in, lock, log-out, pause: who may act at all. */
#include "tests/unit/test_app.h"

static void set_attempts(const struct desk *desk, const char *value)
{
	struct store *store = desk_store(desk);

	g_assert_true(store_set_meta(store, "attempts.1003", value, NULL));
	store_close(store);
}

static void test_login(void)
{
	struct desk *desk = desk_new("03", "");

	desk_queue(desk, 18, 18);
	desk_open(desk);
	assert_view(desk, VIEW_LOGIN);
	g_assert_null(seen(desk)->header.person);
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", "wrong-one");
	assert_view(desk, VIEW_LOGIN);
	assert_said(desk, "4 tries left");
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", NULL);
	assert_said(desk, "both needed");
	desk_login(desk);
	g_assert_cmpstr(seen(desk)->header.person, ==, "甄示例");
	g_assert_cmpint(seen(desk)->home.waiting_total, ==, 1);
	g_assert_cmpint(audits_of(desk, "login.failed"), ==, 1);
	g_assert_cmpint(audits_of(desk, "login"), ==, 1);
	desk_free(desk);
}

/* Success forgets the attempts; the fifth wrong one locks, also the right
 * password, and a restart of the program changes nothing. */
static void test_login_locked(void)
{
	struct desk *desk = desk_new("03", "");

	desk_open(desk);
	for (int i = 0; i < 5; i++)
		desk_act(desk, INTENT_LOGIN, 0, 0, "1003", "wrong-one");
	assert_said(desk, "locked for 5 more minutes");
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", test_password);
	assert_said(desk, "locked for 5 more minutes");
	assert_view(desk, VIEW_LOGIN);
	desk_close(desk);
	desk_open(desk);
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", test_password);
	assert_said(desk, "locked for 5 more minutes");
	desk_free(desk);
}

/* The wait is over after five minutes of the boot clock; a reboot, which that
 * clock does not survive, begins it anew and not for ever. */
static void test_login_wait(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *past = g_strdup_printf("5 %s %" G_GINT64_FORMAT,
		clock_boot_id(), clock_boot_ms() - 5 * 60 * 1000 - 1);
	g_autofree char *began = NULL;
	struct store *store;

	set_attempts(desk, past);
	desk_open(desk);
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", "wrong-one");
	assert_said(desk, "4 tries left");
	set_attempts(desk, "5 00000000-0000-0000-0000-000000000000 1000");
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", test_password);
	assert_said(desk, "locked for 5 more minutes");
	store = desk_store(desk);
	began = store_meta(store, "attempts.1003");
	store_close(store);
	assert_holds(began, clock_boot_id());
	desk_free(desk);
}

static void test_login_others(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *long_number = g_strnfill(4000, '7');

	desk_open(desk);
	desk_act(desk, INTENT_LOGIN, 0, 0, "1004", test_password);
	assert_said(desk, "does not work at this window");
	assert_view(desk, VIEW_LOGIN);
	desk_act(desk, INTENT_LOGIN, 0, 0, "1005", test_password);
	assert_said(desk, "does not work at this window");
	desk_act(desk, INTENT_LOGIN, 0, 0, "9999", test_password);
	assert_said(desk, "do not match");
	desk_act(desk, INTENT_MESSAGE, 0, 0, "", NULL);
	desk_act(desk, INTENT_LOGIN, 0, 0, long_number, test_password);
	assert_said(desk, "do not match");
	assert_view(desk, VIEW_LOGIN);
	desk_free(desk);
}

/* A password typed into the first field must not stay anywhere. */
static void test_login_unknown_kept_nowhere(void)
{
	struct desk *desk = desk_new("03", "");

	desk_open(desk);
	desk_act(desk, INTENT_LOGIN, 0, 0, "geheim-wort-9", "x");
	assert_said(desk, "do not match");
	g_assert_cmpint(audits_of(desk, "login.failed"), ==, 1);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM audit WHERE"
					 " CAST(body AS TEXT) LIKE '%geheim%'"),
		==, 0);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM meta WHERE"
					 " name LIKE '%geheim%'"),
		==, 0);
	desk_free(desk);
}

/* Unknown numbers lock as known ones do. */
static void test_login_unknown_locked(void)
{
	struct desk *desk = desk_new("03", "");

	desk_open(desk);
	for (int i = 0; i < 5; i++)
		desk_act(desk, INTENT_LOGIN, 0, 0, "9999", "wrong-one");
	assert_said(desk, "locked for 5 more minutes");
	desk_act(desk, INTENT_LOGIN, 0, 0, "9999", "wrong-one");
	assert_said(desk, "locked for 5 more minutes");
	desk_free(desk);
}

/* Nothing but the log-in acts before the log-in, or while locked. */
static void check_dead(struct desk *desk, enum view_id view)
{
	for (int kind = INTENT_NONE; kind <= INTENT_SYNC_FOCUS; kind++) {
		if (kind == INTENT_LOGIN || kind == INTENT_UNLOCK ||
			kind == INTENT_LOGOUT || kind == INTENT_QUIT ||
			kind == INTENT_MESSAGE)
			continue;
		desk_act(desk, kind, 0, 0, "x", "y");
		desk_act(desk, kind, VIEW_SEARCH, 0, NULL, NULL);
		assert_view(desk, view);
		g_assert_false(seen(desk)->dialog.open);
	}
}

static void test_nothing_before(void)
{
	struct desk *desk = desk_new("03", "");
	int64_t before;

	desk_queue(desk, 18, 19);
	desk_open(desk);
	before = desk_count(desk, "SELECT count(*) FROM audit");
	check_dead(desk, VIEW_LOGIN);
	act0(desk, INTENT_UNLOCK);
	act0(desk, INTENT_LOGOUT);
	assert_view(desk, VIEW_LOGIN);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM audit"), ==, before);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM outbox"), ==, 0);
	act0(desk, INTENT_QUIT);
	g_assert_cmpint(desk->quits, ==, 1);
	desk_free(desk);
}

/* In the middle of a visit it is asked first, and only F8 leaves. */
static void test_quit_asks(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	act0(desk, INTENT_QUIT);
	g_assert_cmpint(desk->quits, ==, 0);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_true(seen(desk)->dialog.needs_do);
	act0(desk, INTENT_DIALOG_CLOSE);
	g_assert_cmpint(desk->quits, ==, 0);
	act0(desk, INTENT_QUIT);
	act_at(desk, INTENT_DIALOG_CHOICE, -1);
	g_assert_cmpint(desk->quits, ==, 1);
	desk_free(desk);
}

/* What is typed but not yet in the model goes in before the lock falls. */
static void test_lock_keeps(void)
{
	struct desk *desk = desk_at_work();
	int index = -1;

	do_to_papers(desk);
	act0(desk, INTENT_BACK);
	field_of(&seen(desk)->form, "site", &index);
	desk->flushed = (struct intent){.kind = INTENT_FIELD_SET,
		.index = index,
		.text = g_strdup("登封市示例路 3 号")};
	act0(desk, INTENT_LOCK);
	assert_view(desk, VIEW_LOCK);
	check_dead(desk, VIEW_LOCK);
	desk_act(desk, INTENT_UNLOCK, 0, 0, NULL, "wrong-one");
	assert_view(desk, VIEW_LOCK);
	assert_said(desk, "4 tries left");
	desk_act(desk, INTENT_UNLOCK, 0, 0, NULL, test_password);
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "site")->value, ==, "登封市示例路 3 号");
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	g_assert_cmpint(audits_of(desk, "lock"), ==, 1);
	g_assert_cmpint(audits_of(desk, "unlock"), ==, 1);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
	desk_free(desk);
}

/* A question on the screen would show through the lock. */
static void test_lock_closes_dialog(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	act0(desk, INTENT_ASIDE);
	g_assert_true(seen(desk)->dialog.open);
	act0(desk, INTENT_LOCK);
	g_assert_false(seen(desk)->dialog.open);
	desk_act(desk, INTENT_UNLOCK, 0, 0, NULL, test_password);
	assert_view(desk, VIEW_IDENTIFY);
	desk_free(desk);
}

/* Somebody else takes over at the locked screen: the visit is kept. */
static void test_logout(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act0(desk, INTENT_LOGOUT);
	assert_said(desk, "A018 is still open");
	assert_view(desk, VIEW_MATERIALS);
	act0(desk, INTENT_LOCK);
	act0(desk, INTENT_LOGOUT);
	assert_view(desk, VIEW_LOGIN);
	g_assert_null(seen(desk)->header.person);
	g_assert_cmpuint(seen(desk)->messages->len, ==, 0);
	assert_holds(seen(desk)->login.last_logout, "甄示例");
	desk_login(desk);
	assert_said(desk, "A visit was interrupted");
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_MATERIALS);
	desk_free(desk);
}

static void test_pause(void)
{
	struct desk *desk = desk_at_work();

	act0(desk, INTENT_PAUSE);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_true(seen(desk)->dialog.needs_text);
	desk_act(desk, INTENT_DIALOG_CHOICE, -1, 0, NULL, NULL);
	assert_said(desk, "Pick one of the reasons");
	g_assert_true(seen(desk)->dialog.open);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	g_assert_true(seen(desk)->header.paused);
	g_assert_cmpint(ops_of(desk, "window.pause"), ==, 1);
	act0(desk, INTENT_CALL_NEXT);
	assert_said(desk, "the window is paused");
	assert_view(desk, VIEW_HOME);
	act0(desk, INTENT_PAUSE);
	g_assert_false(seen(desk)->header.paused);
	g_assert_cmpint(ops_of(desk, "window.resume"), ==, 1);
	do_call(desk);
	act0(desk, INTENT_PAUSE);
	assert_said(desk, "still open");
	g_assert_false(seen(desk)->dialog.open);
	desk_free(desk);
}

/* The platform was told of the pause: it lasts through a log-out and a crash,
 * until somebody opens the window again. */
static void test_pause_lasts(void)
{
	struct desk *desk = desk_at_work();

	act0(desk, INTENT_PAUSE);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	act0(desk, INTENT_LOGOUT);
	desk_login(desk);
	g_assert_true(seen(desk)->header.paused);
	desk_close(desk);
	desk_open(desk);
	desk_login(desk);
	g_assert_true(seen(desk)->header.paused);
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, VIEW_HOME);
	act0(desk, INTENT_PAUSE);
	g_assert_false(seen(desk)->header.paused);
	desk_close(desk);
	desk_open(desk);
	desk_login(desk);
	g_assert_false(seen(desk)->header.paused);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/session/login", test_login);
	g_test_add_func("/app/session/login-locked", test_login_locked);
	g_test_add_func("/app/session/login-wait", test_login_wait);
	g_test_add_func("/app/session/login-others", test_login_others);
	g_test_add_func("/app/session/login-unknown-kept-nowhere",
		test_login_unknown_kept_nowhere);
	g_test_add_func(
		"/app/session/login-unknown-locked", test_login_unknown_locked);
	g_test_add_func("/app/session/nothing-before", test_nothing_before);
	g_test_add_func("/app/session/lock-keeps", test_lock_keeps);
	g_test_add_func(
		"/app/session/lock-closes-dialog", test_lock_closes_dialog);
	g_test_add_func("/app/session/logout", test_logout);
	g_test_add_func("/app/session/quit-asks", test_quit_asks);
	g_test_add_func("/app/session/pause", test_pause);
	g_test_add_func("/app/session/pause-lasts", test_pause_lasts);
	return g_test_run();
}
