/* What is left after a crash and what is never left anywhere: the visit goes
 * on at its step, personal data stays out of log and audit, a store that
 * cannot be trusted is not worked on. */
#include "tests/unit/test_app_crash.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "client/base/log.h"

static void expect_step(play_fn *play, enum view_id view)
{
	struct desk *desk = desk_with_queue();
	const struct ticket_model *first;

	crash_after(desk, play);
	assert_said(desk, "A visit was interrupted");
	first = seen(desk)->home.parked->pdata[0];
	g_assert_true(first->interrupted);
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, view);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 1);
	desk_free(desk);
}

static void play_typed(struct desk *desk)
{
	do_call(desk);
	type(desk, "name", test_name);
}

static void play_identified(struct desk *desk)
{
	do_call(desk);
	do_identify(desk);
}

static void play_form(struct desk *desk)
{
	play_identified(desk);
	do_item(desk, "gtgsh");
}

static void test_steps(void)
{
	expect_step(do_call, VIEW_IDENTIFY);
	expect_step(play_typed, VIEW_IDENTIFY);
	expect_step(play_identified, VIEW_ITEM);
	expect_step(play_form, VIEW_FORM);
	expect_step(do_to_papers, VIEW_MATERIALS);
	expect_step(do_to_decision, VIEW_DECISION);
	expect_step(do_to_finish, VIEW_FINISH);
}

static void play_half_form(struct desk *desk)
{
	play_form(desk);
	type(desk, "trade_name", "登封市示例小店");
	type(desk, "collect", "2");
}

/* Every field that was left is there, and everything that follows works. */
static void test_values(void)
{
	struct desk *desk = desk_with_queue();

	crash_after(desk, play_half_form);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	g_assert_true(field(desk, "post_address")->visible);
	g_assert_null(field(desk, "site")->error);
	do_form(desk);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	desk_free(desk);
}

/* The decision stands, the rating is made up for, once. */
static void test_decided(void)
{
	struct desk *desk = desk_with_queue();

	crash_after(desk, do_to_decision);
	act0(desk, INTENT_RESUME_VISIT);
	act0(desk, INTENT_DECIDE);
	desk_close(desk);
	desk_open(desk);
	desk_login(desk);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpstr(seen(desk)->finish.result, ==, "Accepted");
	g_assert_cmpstr(
		seen(desk)->finish.rating, ==, "not rated (device fault)");
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 1);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	act0(desk, INTENT_FINISH_DONE);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "not rated (device fault)");
	desk_free(desk);
}

static void set_mark(const struct desk *desk, int number)
{
	struct visit_mark mark = {.step = "finish", .at_ms = 1};
	struct store *store = desk_store(desk);

	ticket_id_of(number, mark.ticket_id);
	g_assert_true(visit_mark_set(store, &mark, NULL));
	store_close(store);
}

/* Between the end of the ticket and the end of its mark. */
static void test_mark_left_behind(void)
{
	struct desk *desk = desk_with_queue();
	struct visit_mark mark;
	struct store *store;

	desk_open(desk);
	desk_login(desk);
	do_to_finish(desk);
	act0(desk, INTENT_FINISH_DONE);
	set_mark(desk, 18);
	past_the_gap(desk);
	assert_said(desk, "Logged in");
	act0(desk, INTENT_RESUME_VISIT);
	assert_said(desk, "No visit was interrupted");
	act0(desk, INTENT_CALL_NEXT);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	act0(desk, INTENT_HOME);
	/* a ticket that is not there */
	set_mark(desk, 77);
	past_the_gap(desk);
	assert_said(desk, "Logged in");
	store = desk_store(desk);
	g_assert_false(visit_mark_get(store, &mark));
	store_close(store);
	desk_free(desk);
}

/* Taken up by its mark, the draft was given up meanwhile: a fresh one. */
static void test_draft_void(void)
{
	struct desk *desk = desk_with_queue();
	struct store *store;
	GPtrArray *drafts;

	crash_after(desk, play_typed);
	store = desk_store(desk);
	drafts = case_drafts(store, NULL);
	g_assert_true(case_abandon(store,
		((struct case_record *)drafts->pdata[0])->case_id, "test",
		&clerk, NULL));
	g_ptr_array_unref(drafts);
	store_close(store);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(field(desk, "name")->value, ==, "");
	do_identify(desk);
	desk_free(desk);
}

/* Where nothing may stand ------------------------------------------------- */

static const char *const secrets[] = {"李示例", "410199199010010021",
	"19900000000", "示例路 1 号", "dengfeng", "张样本"};

static void play_everything(struct desk *desk)
{
	g_autofree char *reason = g_strnfill(300, 'x');

	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", "wrong-one");
	do_to_papers(desk);
	act_at(desk, INTENT_CAPTURE, 0);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	act_text(desk, INTENT_DIALOG_CHOICE, -1, reason);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	act0(desk, INTENT_REPRINT);
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	act_text(desk, INTENT_SEARCH, 0, test_name);
	act_at(desk, INTENT_SEARCH_OPEN, 0);
	act0(desk, INTENT_REVEAL);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_FINISH_DONE);
	act0(desk, INTENT_LOGOUT);
}

/* Standard error goes to a file meanwhile. */
static char *log_of(struct desk *desk, play_fn *play)
{
	g_autofree char *path = desk_path(desk, "test.log");
	int saved = dup(STDERR_FILENO);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char *text;

	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	close(fd);
	play(desk);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	text = file_read(path, 1 << 20, NULL, NULL);
	g_assert_nonnull(text);
	return text;
}

static void test_nothing_personal(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *log = NULL;

	log_open("test");
	log = log_of(desk, play_everything);
	assert_view(desk, VIEW_LOGIN);
	g_assert_cmpuint(strlen(log), >, 0); /* faults were logged */
	for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
		g_autofree char *sql =
			g_strdup_printf("SELECT count(*) FROM audit WHERE"
					" CAST(body AS TEXT) LIKE '%%%s%%'",
				secrets[i]);

		g_assert_null(strstr(log, secrets[i]));
		g_assert_cmpint(desk_count(desk, sql), ==, 0);
	}
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM audit"), >, 10);
	desk_free(desk);
}

/* Stores that are not worked on ------------------------------------------- */

static void expect_refused(struct desk *desk, int code)
{
	g_autoptr(GError) error = NULL;
	struct app *app = app_new(desk->config, &desk_ops, desk, &error);

	g_assert_null(app);
	g_assert_error(error, STORE_ERROR, code);
}

static void test_locked(void)
{
	struct desk *desk = desk_with_queue();

	desk_open(desk);
	expect_refused(desk, STORE_ERROR_LOCKED);
	desk_close(desk);
	desk_open(desk); /* the lock goes with the app */
	desk_free(desk);
}

static void test_newer(void)
{
	struct desk *desk = desk_with_queue();

	exec_behind(&desk->files, "PRAGMA user_version = 999");
	expect_refused(desk, STORE_ERROR_NEWER);
	desk_free(desk);
}

/* As root a mode stops nobody: the test steps down in a child. */
static void test_read_only(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *run = desk_path(desk, "run");
	g_autofree char *outbox = desk_path(desk, "outbox");
	pid_t pid;
	int status = 0;

	g_assert_cmpint(mkdir(run, 0777), ==, 0);
	g_assert_cmpint(mkdir(outbox, 0777), ==, 0);
	g_assert_cmpint(mkdir(desk->files.dir, 0555), ==, 0);
	chmod(run, 0777);
	chmod(outbox, 0777);
	chmod(desk->dir, 0755);
	pid = fork();
	if (pid == 0) {
		if (getuid() == 0 && setuid(65534) != 0)
			_exit(77);
		expect_refused(desk, STORE_ERROR_IO);
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	chmod(desk->files.dir, 0755);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		g_test_skip("cannot step down");
	else
		g_assert_cmpint(status, ==, 0);
	desk_free(desk);
}

static void expect_file_error(const char *name, const char *text)
{
	struct desk *desk = desk_new("03", "");
	g_autoptr(GError) error = NULL;

	desk_write(desk, name, text);
	g_assert_null(app_new(desk->config, &desk_ops, desk, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, name));
	desk_free(desk);
}

static void test_files(void)
{
	expect_file_error("people.conf", "[1003\nname = x\n");
	expect_file_error("people.conf", "[1003]\nname = x\nrolls = clerk\n");
}

/* A damaged row is noticed, receiving stops, and stays stopped. */
static void test_damaged(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	act0(desk, INTENT_FINISH_DONE);
	damage(&desk->files, "cases_seal", "UPDATE cases SET applicant = 'x'");
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	act_text(desk, INTENT_SEARCH, 0, "李示");
	assert_said(desk, "damaged");
	g_assert_true(seen(desk)->header.store_failed);
	act0(desk, INTENT_HOME);
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	assert_said(desk, "Receiving stopped");
	assert_view(desk, VIEW_HOME);
	act0(desk, INTENT_RECONNECT);
	g_assert_true(seen(desk)->header.store_failed);
	desk_free(desk);
}

/* Anything at any time ---------------------------------------------------- */

static const char *random_text(GRand *rand)
{
	static const char *const texts[] = {NULL, "", "1", "2", "gtgsh",
		"李示例", "410199199010010021", "\xF0\x9F\x8D\x9C", "-1",
		"2026-12-01", "x,y,,z", "\x1B[2J"};

	return texts[g_rand_int_range(rand, 0, G_N_ELEMENTS(texts))];
}

static void try_type(struct desk *desk, const char *id, const char *text)
{
	const GPtrArray *fields = form_in_hand(desk)->fields;

	for (guint i = 0; i < fields->len; i++) {
		const struct field_model *any = fields->pdata[i];

		if (strcmp(any->id, id) == 0)
			act_text(desk, INTENT_FIELD_SET, (int)i, text);
	}
}

/* One step the right way, as far as it goes. */
static void go_on(struct desk *desk)
{
	act0(desk, INTENT_DIALOG_CLOSE);
	switch (seen(desk)->view) {
	case VIEW_HOME:
		act0(desk, INTENT_VISIT_WITHOUT_TICKET);
		break;
	case VIEW_IDENTIFY:
		try_type(desk, "id_type", "111");
		try_type(desk, "capacity", "1");
		try_type(desk, "id_number", test_id);
		try_type(desk, "name", test_name);
		try_type(desk, "phone", "");
		try_type(desk, "address", "");
		act0(desk, INTENT_FORM_NEXT);
		break;
	case VIEW_ITEM:
		act_text(desk, INTENT_ITEM_FILTER, 0, "lnr");
		act_at(desk, INTENT_ITEM_CHOOSE, 0);
		break;
	case VIEW_FORM:
		try_type(desk, "phone", "19900000000");
		try_type(desk, "residence", "登封市示例路 1 号");
		try_type(desk, "collect", "1");
		try_type(desk, "id_number", "410199195106150039");
		try_type(desk, "name", test_name);
		act0(desk, INTENT_FORM_NEXT);
		break;
	case VIEW_MATERIALS:
		do_paper(desk, 0);
		do_paper(desk, 1);
		act0(desk, INTENT_MATERIALS_DONE);
		break;
	case VIEW_DECISION:
		act_at(desk, INTENT_OUTCOME, 1);
		act_text(desk, INTENT_REASON_SET, 0, "x");
		act0(desk, INTENT_DECIDE);
		break;
	default:
		act0(desk, INTENT_BACK);
		break;
	}
}

/* Intents no view would send: no crash, no visit without a ticket. */
static void test_anything(void)
{
	struct desk *desk = desk_at_work();
	GRand *rand = g_rand_new_with_seed(20261123);
	int reached[VIEW_COUNT] = {0};

	for (int i = 0; i < 2500; i++) {
		int kind = g_rand_int_range(rand, 0, INTENT_SYNC_FOCUS + 2);

		if (i % 12 == 0) {
			go_on(desk);
			if (seen(desk)->view < VIEW_COUNT)
				reached[seen(desk)->view]++;
		}

		if (kind == INTENT_QUIT || kind == INTENT_LOGIN ||
			kind == INTENT_LOCK || kind == INTENT_UNLOCK ||
			kind == INTENT_LOGOUT || kind == INTENT_PAUSE)
			continue;
		desk_act(desk, kind, g_rand_int_range(rand, -2, 20),
			g_rand_int_range(rand, -70, 140), random_text(rand),
			NULL);
		g_assert_cmpint(seen(desk)->view, !=, VIEW_LOGIN);
		if (seen(desk)->view == VIEW_FORM)
			g_assert_nonnull(seen(desk)->visit.ticket);
	}
	for (int view = VIEW_HOME; view <= VIEW_FINISH; view++) {
		g_test_message("%s: %d", view_name(view), reached[view]);
		g_assert_cmpint(reached[view], >, 0);
	}
	g_rand_free(rand);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/crash/steps", test_steps);
	g_test_add_func("/app/crash/values", test_values);
	g_test_add_func("/app/crash/decided", test_decided);
	g_test_add_func("/app/crash/mark-left-behind", test_mark_left_behind);
	g_test_add_func("/app/crash/draft-void", test_draft_void);
	g_test_add_func("/app/crash/nothing-personal", test_nothing_personal);
	g_test_add_func("/app/crash/locked", test_locked);
	g_test_add_func("/app/crash/newer", test_newer);
	g_test_add_func("/app/crash/read-only", test_read_only);
	g_test_add_func("/app/crash/files", test_files);
	g_test_add_func("/app/crash/damaged", test_damaged);
	g_test_add_func("/app/crash/anything", test_anything);
	return g_test_run();
}
