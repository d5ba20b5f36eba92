/* The commands as one who types them sees them: exit status, standard output,
 * standard error. Each runs in a child; the program itself is only there when
 * everything was built. */
#include <fcntl.h>
#include <sys/wait.h>

#include "client/base/process.h"
#include "client/commands/command.h"
#include "tests/unit/test_catalogue.h"

struct outcome {
	int code;
	char *out, *err; /* own */
};

static void outcome_clear(struct outcome *outcome)
{
	g_free(outcome->out);
	g_free(outcome->err);
	memset(outcome, 0, sizeof(*outcome));
}

static void use_file(const char *path, int mode, int fd)
{
	int opened = open(path, mode, 0600);

	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(99);
}

static enum exit_code run_here(int argc, char **argv)
{
	static const struct command commands[] = {
		{"check", "", command_check},
		{"diag", "", command_diag},
		{"sync", "", command_sync},
		{"verify", "", command_verify},
		{"passwd", "", command_passwd},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(commands[i].name, argv[0]) == 0)
			return commands[i].run(argc, argv);
	}
	return 98;
}

/* argv is NULL ended. program NULL: the command's function, in the child. */
static struct outcome run(struct desk *desk, const char *program,
	const char *input, const char *const argv[])
{
	g_autofree char *in = desk_path(desk, "in");
	g_autofree char *out = desk_path(desk, "out");
	g_autofree char *err = desk_path(desk, "err");
	g_auto(GStrv) copy = g_strdupv((char **)argv);
	struct outcome outcome = {0};
	int status = 0;
	pid_t pid;

	desk_write(desk, "in", input ? input : "");
	pid = fork();
	if (pid == 0) {
		int code;

		use_file(in, O_RDONLY, STDIN_FILENO);
		use_file(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
		use_file(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
		if (program) {
			execv(program, copy);
			_exit(97);
		}
		code = run_here((int)g_strv_length(copy), copy);
		fflush(NULL);
		_exit(code);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	outcome.code = WEXITSTATUS(status);
	outcome.out = file_read(out, 1 << 20, NULL, NULL);
	outcome.err = file_read(err, 1 << 20, NULL, NULL);
	g_assert_nonnull(outcome.out);
	g_assert_nonnull(outcome.err);
	return outcome;
}

/* COMMAND --config FILE [more] */
static struct outcome run_command(
	struct desk *desk, const char *command, const char *more)
{
	g_autofree char *config = desk_path(desk, "yikou.conf");
	const char *argv[] = {command, "--config", config, more, NULL};

	return run(desk, NULL, NULL, argv);
}

static struct json *parse_out(const struct outcome *outcome)
{
	g_autoptr(GError) error = NULL;
	struct json *value =
		json_parse(outcome->out, strlen(outcome->out), &error);

	g_assert_no_error(error);
	return value;
}

static void expect(
	struct outcome outcome, int code, const char *out, const char *err)
{
	if (outcome.code != code)
		g_test_message("%s", outcome.err);
	g_assert_cmpint(outcome.code, ==, code);
	if (out)
		assert_holds(outcome.out, out);
	else
		g_assert_cmpstr(outcome.out, ==, "");
	if (err)
		assert_holds(outcome.err, err);
	else
		g_assert_cmpstr(outcome.err, ==, "");
	outcome_clear(&outcome);
}

/* Check ------------------------------------------------------------------- */

static void test_check(void)
{
	struct desk *desk = desk_new("03", "");
	struct outcome outcome;
	AUTO(json) report = NULL;

	expect(run_command(desk, "check", NULL), EXIT_CODE_OK, "12 items: good",
		NULL);
	outcome = run_command(desk, "check", "--json");
	report = parse_out(&outcome);
	g_assert_cmpint(json_int_or(report, "items", 0), ==, 12);
	g_assert_cmpint(json_int_or(report, "people", 0), ==, 3);
	outcome_clear(&outcome);
	g_assert_false(g_file_test(desk->files.dir, G_FILE_TEST_EXISTS));
	desk_free(desk);
}

/* What the platform changed is told, and nothing is written down by it. */
static void test_check_platform(void)
{
	static const char waiting[] =
		"SELECT count(*) FROM inbox WHERE state = 'new'";
	struct desk *desk = desk_new("03", "");
	struct json *wrong = shipped("items/01-individual-business.json");

	json_put_text(wrong, "fee", "");
	desk_catalog(desk, 1, "item", FOOD,
		shipped_promise("items/02-food-licence.json", 3));
	desk_catalog(desk, 2, "item", SENIOR, NULL);
	expect(run_command(desk, "check", NULL), EXIT_CODE_OK, "11 items: good",
		NULL);
	expect(run_command(desk, "check", NULL), EXIT_CODE_OK,
		"from the platform  " FOOD, NULL);
	expect(run_command(desk, "check", NULL), EXIT_CODE_OK,
		"withdrawn by the platform  " SENIOR, NULL);
	desk_catalog(desk, 3, "item", SHOP, wrong);
	expect(run_command(desk, "check", NULL), EXIT_CODE_ITEM,
		"set aside  item " SHOP ": fee: must not be empty", "fee");
	g_assert_cmpint(desk_count(desk, waiting), ==, 3);
	desk_free(desk);
}

/* Taken once, and wrong since: its department was closed. */
static void test_check_taken(void)
{
	struct desk *desk = desk_new("03", "");
	struct json *head = shipped("catalog.json");
	struct json *item = shipped("items/06-senior-card.json");
	struct json *department = json_new_object();

	json_put_text(department, "name", "登封市新设局");
	json_put_text(department, "uscc", "11410185DEM000065C");
	json_add(json_get_mutable(head, "departments"), department);
	json_put_text(item, "department", "登封市新设局");
	desk_catalog(desk, 1, "catalog", "catalog", head);
	desk_catalog(desk, 2, "item", SENIOR, item);
	desk_open(desk);
	desk_login(desk);
	act0(desk, INTENT_RECONNECT);
	desk_catalog(desk, 3, "catalog", "catalog", shipped("catalog.json"));
	act0(desk, INTENT_RECONNECT);
	desk_close(desk);
	expect(run_command(desk, "check", NULL), EXIT_CODE_ITEM,
		"set aside  item " SENIOR ": department", "department");
	desk_free(desk);
}

/* Held withdrawals, let through by a person. */
static void test_agree(void)
{
	struct desk *desk = desk_new("03", "");
	struct outcome outcome;
	AUTO(json) report = NULL;

	desk_catalog(desk, 1, "item", FOOD, NULL);
	desk_catalog(desk, 2, "item", SENIOR, NULL);
	desk_open(desk);
	desk_login(desk);
	act0(desk, INTENT_RECONNECT);
	outcome = run_command(desk, "check", "--json");
	g_assert_cmpint(outcome.code, ==, EXIT_CODE_ITEM);
	report = parse_out(&outcome);
	g_assert_cmpint(json_int_or(report, "held", 0), ==, 2);
	g_assert_cmpint(json_int_or(report, "items", 0), ==, 12);
	outcome_clear(&outcome);
	expect(run_command(desk, "sync", "agree"), EXIT_CODE_OK,
		"2 withdrawals let through", NULL);
	act0(desk, INTENT_RECONNECT);
	expect(run_command(desk, "check", NULL), EXIT_CODE_OK, "10 items: good",
		NULL);
	desk_free(desk);
}

static void expect_broken(const char *name, const char *text, const char *where)
{
	struct desk *desk = desk_new("03", "");

	desk_write(desk, name, text);
	expect(run_command(desk, "check", NULL), EXIT_CODE_USAGE, NULL, where);
	desk_free(desk);
}

static void test_check_broken(void)
{
	expect_broken("yikou.conf", "[window]\nnumber = 03\nnamme = x\n",
		"yikou.conf:3");
	expect_broken("yikou.conf",
		"[window]\nnumber = 03\nname = x\nhall = y\nregion = 410185\n"
		"[visit]\ncall_gap_s = soon\n",
		"yikou.conf:7");
	expect_broken("yikou.conf", "[window\n", "yikou.conf:1");
	expect_broken("people.conf", "[1003]\nname = x\nrolls = clerk\n",
		"people.conf:3");
	expect_broken("yikou.conf", "\xFF\xFE", "yikou.conf");
	expect_broken("yikou.conf",
		"[window]\nnumber = 03\nname = x\nhall = y\nregion = 410185\n"
		"[paths]\ndata = nowhere\n",
		"nowhere/catalog");
}

static void test_check_missing(void)
{
	struct desk *desk = desk_new("03", "");
	static const char *const argv[] = {
		"check", "--config", "/nowhere/yikou.conf", NULL};

	expect(run(desk, NULL, NULL, argv), EXIT_CODE_USAGE, NULL,
		"/nowhere/yikou.conf: there is no such file");
	desk_free(desk);
}

static void test_usage(void)
{
	static const char *const bad[][3] = {{"check", "--nosuch", NULL},
		{"check", "extra", NULL}, {"verify", "extra", NULL},
		{"diag", "check", NULL}, {"diag", "nosuch", NULL},
		{"sync", "nosuch", NULL}, {"passwd", "geheim-wort", NULL},
		{"passwd", "--nosuch", NULL}, {"sync", "--config", NULL}};
	struct desk *desk = desk_new("03", "");

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		/* those that take arguments read the configuration first */
		bool is_config = strcmp(bad[i][1], "--config") == 0;
		bool is_passwd = strcmp(bad[i][0], "passwd") == 0;

		expect(is_config || is_passwd
				? run(desk, NULL, NULL, bad[i])
				: run_command(desk, bad[i][0], bad[i][1]),
			EXIT_CODE_USAGE, NULL, "yikou");
	}
	desk_free(desk);
}

/* Passwd ------------------------------------------------------------------ */

static void expect_password(
	struct desk *desk, const char *input, const char *password)
{
	static const char *const argv[] = {"passwd", NULL};
	struct outcome outcome = run(desk, NULL, input, argv);

	if (password) {
		g_assert_cmpint(outcome.code, ==, EXIT_CODE_OK);
		g_assert_true(
			g_str_has_prefix(outcome.out, "password = $scrypt$"));
		g_strchomp(outcome.out);
		g_assert_true(password_verify(
			password, outcome.out + strlen("password = ")));
		g_assert_null(strstr(outcome.out, password));
	} else {
		g_assert_cmpint(outcome.code, ==, EXIT_CODE_USAGE);
		g_assert_cmpstr(outcome.out, ==, "");
		assert_holds(outcome.err, "8 to 64 characters");
	}
	outcome_clear(&outcome);
}

static void test_passwd(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *longest = g_strnfill(64, 'x');
	g_autofree char *too_long = g_strnfill(65, 'x');
	g_autofree char *far_too_long = g_strnfill(5000, 'x');

	expect_password(desk, "dengfeng\n", "dengfeng");
	expect_password(desk, "dengfeng", "dengfeng");
	expect_password(desk, "登封登封登封登封\n", "登封登封登封登封");
	expect_password(desk, longest, longest);
	expect_password(desk, too_long, NULL);
	expect_password(desk, far_too_long, NULL);
	expect_password(desk, "登封登\n", NULL); /* nine bytes */
	expect_password(desk, "1234567\n", NULL);
	expect_password(desk, "\xFF\xFE\xFD\xFC\xFB\xFA\xF9\xF8\n", NULL);
	expect_password(desk, "", NULL);
	desk_free(desk);
}

/* Verify ------------------------------------------------------------------ */

static struct desk *desk_with_case(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	act0(desk, INTENT_FINISH_DONE);
	desk_close(desk);
	return desk;
}

static void test_verify(void)
{
	struct desk *desk = desk_with_case();
	AUTO(json) report = NULL;
	struct outcome outcome;

	expect(run_command(desk, "verify", NULL), EXIT_CODE_OK, "audit", NULL);
	outcome = run_command(desk, "verify", "--json");
	report = parse_out(&outcome);
	g_assert_cmpint(json_int_or(report, "ops", 0), ==, 4);
	g_assert_true(sha256_is_valid(json_text_or(report, "chain_head", "")));
	json_each (series, json_get(report, "numbers"))
		g_assert_cmpint(json_int_or(series, "leased", 0), ==,
			json_int_or(series, "used", 0) +
				json_int_or(series, "void", 0) +
				json_int_or(series, "free", 0));
	outcome_clear(&outcome);
	desk_free(desk);
}

static void expect_damage(const char *guard, const char *sql, const char *what)
{
	struct desk *desk = desk_with_case();

	damage(&desk->files, guard, sql);
	expect(run_command(desk, "verify", NULL), EXIT_CODE_STORE, NULL, what);
	expect(run_command(desk, "verify", "--json"), EXIT_CODE_STORE,
		"\"error\":\"store.corrupt\"", what);
	desk_free(desk);
}

/* Found by the check that the screen asks for in the background, too, and told
 * to it as JSON. */
static void expect_broken_page(const char *name, const char *what)
{
	struct desk *desk = desk_with_case();
	g_autofree char *config = desk_path(desk, "yikou.conf");
	const char *argv[] = {
		"verify", "--quick", "--json", "--config", config, NULL};

	expect(run_command(desk, "verify", "--quick"), EXIT_CODE_OK,
		"structure", NULL);
	damage_page(&desk->files, name);
	expect(run_command(desk, "verify", NULL), EXIT_CODE_STORE, NULL, what);
	expect(run(desk, NULL, NULL, argv), EXIT_CODE_STORE,
		"\"error\":\"store.corrupt\"", what);
	desk_free(desk);
}

static void test_verify_damage(void)
{
	struct desk *desk;
	g_autofree char *path = NULL;

	expect_damage(
		"cases_seal", "UPDATE cases SET applicant = 'x'", "cases");
	expect_damage(
		"tickets_seal", "UPDATE tickets SET calls = 9", "tickets");
	expect_broken_page("cases_drafts", "cases");
	/* not there at all: nothing is made, nothing is good */
	desk = desk_new("03", "");
	expect(run_command(desk, "verify", NULL), EXIT_CODE_STORE, NULL,
		"window.db");
	g_assert_false(g_file_test(desk->files.dir, G_FILE_TEST_EXISTS));
	/* no database */
	g_assert_true(file_make_dir(desk->files.dir, NULL));
	path = g_build_filename(desk->files.dir, "window.db", NULL);
	file_write(path, "garbage garbage garbage", 23, NULL);
	expect(run_command(desk, "verify", NULL), EXIT_CODE_STORE, NULL,
		"yikou");
	desk_free(desk);
}

/* Sync, diag -------------------------------------------------------------- */

/* Neither platform nor daemon: not reachable, and nothing waits for ever. */
static void test_sync_alone(void)
{
	struct desk *desk = desk_new("03", "");

	expect(run_command(desk, "sync", NULL), EXIT_CODE_LINK, NULL,
		"yikou-syncd");
	expect(run_command(desk, "sync", "status"), EXIT_CODE_LINK, NULL,
		"yikou-syncd does not run");
	desk_free(desk);
}

/* A daemon of the test's own, in a child. */
struct daemon {
	const char *first, *after; /* state before and after "retry" */
	const char *proof;         /* the answer to "verify" */
	bool silent;
};

static void daemon_joined(void *context, struct line_peer *peer)
{
	const struct daemon *daemon = context;
	AUTO(json) state =
		json_parse(daemon->first, strlen(daemon->first), NULL);

	line_send(peer, state);
}

static void daemon_command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	const struct daemon *daemon = context;

	const char *text = strcmp(verb, "verify") == 0 && daemon->proof
				   ? daemon->proof
				   : daemon->after;

	(void)message;
	if (!daemon->silent)
		line_answer(peer, id, json_parse(text, strlen(text), NULL));
}

static const struct line_server_ops daemon_ops = {
	.joined = daemon_joined, .command = daemon_command};

static pid_t daemon_start(
	struct desk *desk, const char *socket_name, struct daemon *daemon)
{
	g_autofree char *run_dir = desk_path(desk, "run");
	g_autofree char *path = g_build_filename(run_dir, socket_name, NULL);
	pid_t pid;

	g_assert_true(file_make_dir(run_dir, NULL));
	pid = fork();
	if (pid == 0) {
		struct line_server *server = line_server_new(
			path, "test", &daemon_ops, daemon, NULL);

		alarm(20);
		while (server)
			g_main_context_iteration(NULL, TRUE);
		_exit(1);
	}
	for (int i = 0; i < 300 && !g_file_test(path, G_FILE_TEST_EXISTS); i++)
		g_usleep(10000);
	return pid;
}

static void daemon_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#define STATE(link, unsent, parked)                               \
	"{\"link\":\"" link "\",\"auth\":true,\"unsent\":" unsent \
	",\"parked\":" parked ",\"blobs\":0}"

#define PROOF(theirs, missing, complete)                                       \
	"{\"ours\":9,\"theirs\":" theirs ",\"waiting\":0,\"missing\":" missing \
	",\"extra\":0,\"missing_ops\":[{\"op_id\":\"x\",\"store_seq\":7}],"    \
	"\"extra_ops\":[],\"complete\":" complete ",\"failed\":\"\"}"

static void expect_sync(
	const char *first, const char *after, int code, const char *out)
{
	struct desk *desk = desk_new("03", "");
	struct daemon daemon = {.first = first,
		.after = after,
		.proof = PROOF("9", "0", "true")};
	pid_t pid = daemon_start(desk, "syncd.sock", &daemon);

	expect(run_command(desk, "sync", NULL), code, out, NULL);
	daemon_stop(pid);
	desk_free(desk);
}

static void test_sync(void)
{
	expect_sync(STATE("up", "0", "0"), STATE("up", "0", "0"), EXIT_CODE_OK,
		"platform up, unsent 0");
	expect_sync(STATE("up", "0", "2"), STATE("up", "0", "2"),
		EXIT_CODE_ITEM, "parked 2");
	expect_sync(STATE("down", "3", "0"), STATE("down", "3", "0"),
		EXIT_CODE_LINK, "unsent 3");
	/* it was away and came back with the retry */
	expect_sync(STATE("down", "3", "0"), STATE("up", "0", "0"),
		EXIT_CODE_OK, "platform up, unsent 0");
	expect_sync("{\"link\":\"down\",\"auth\":false}",
		"{\"link\":\"down\",\"auth\":false}", EXIT_CODE_AUTH, "down");
}

static void test_sync_status(void)
{
	struct desk *desk = desk_new("03", "");
	struct daemon daemon = {
		.first = STATE("up", "0", "0"), .after = STATE("up", "7", "0")};
	pid_t pid = daemon_start(desk, "syncd.sock", &daemon);
	g_autofree char *config = desk_path(desk, "yikou.conf");
	const char *argv[] = {
		"sync", "--config", config, "status", "--json", NULL};
	struct outcome outcome = run(desk, NULL, NULL, argv);
	AUTO(json) state = parse_out(&outcome);

	g_assert_cmpint(outcome.code, ==, EXIT_CODE_OK);
	g_assert_cmpint(json_int_or(state, "unsent", 0), ==, 7);
	outcome_clear(&outcome);
	daemon_stop(pid);
	desk_free(desk);
}

/* Both sides are the same, or the step that is missing is named. */
static void test_sync_verify(void)
{
	struct desk *desk = desk_new("03", "");
	struct daemon daemon = {.first = STATE("up", "0", "0"),
		.after = STATE("up", "0", "0"),
		.proof = PROOF("8", "1", "false")};
	pid_t pid = daemon_start(desk, "syncd.sock", &daemon);

	expect(run_command(desk, "sync", "verify"), EXIT_CODE_ITEM,
		"missing  step 7", NULL);
	expect(run_command(desk, "sync", NULL), EXIT_CODE_ITEM,
		"9 here != 8 there, 1 missing", NULL);
	daemon_stop(pid);
	daemon.proof = PROOF("9", "0", "true");
	pid = daemon_start(desk, "syncd.sock", &daemon);
	expect(run_command(desk, "sync", "verify"), EXIT_CODE_OK,
		"9 here = 9 there, 0 missing, 0 extra", NULL);
	daemon_stop(pid);
	desk_free(desk);
}

static void test_diag(void)
{
	struct desk *desk = desk_new("03", "");
	struct daemon daemon = {
		.first = "{\"device\":\"pad\",\"class\":\"pad\",\"driver\":"
			 "\"ff68\",\"port\":\"x\",\"state\":\"absent\"}",
		.after = "{\"line\":\"good\"}"};
	pid_t pid = daemon_start(desk, "devd.sock", &daemon);
	g_autofree char *config = desk_path(desk, "yikou.conf");
	const char *check[] = {
		"diag", "--config", config, "check", "pad", NULL};
	struct outcome outcome = run_command(desk, "diag", "--json");
	AUTO(json) list = parse_out(&outcome);

	g_assert_cmpint(outcome.code, ==, EXIT_CODE_LINK);
	g_assert_cmpuint(json_length(list), ==, 1);
	outcome_clear(&outcome);
	expect(run_command(desk, "diag", NULL), EXIT_CODE_LINK, "absent", NULL);
	expect(run(desk, NULL, NULL, check), EXIT_CODE_OK,
		"pad: self test passed", NULL);
	daemon_stop(pid);
	desk_free(desk);
}

/* The program ------------------------------------------------------------- */

/* build/yikou from build/tests/unit/test_...; NULL when it was not built. */
static char *program_path(void)
{
	g_autofree char *path = process_sibling("../../yikou");

	return access(path, X_OK) == 0 ? g_steal_pointer(&path) : NULL;
}

static void test_program(void)
{
	static const char *const help[] = {"yikou", "--help", NULL};
	static const char *const version[] = {"yikou", "--version", NULL};
	static const char *const command[] = {"yikou", "nosuch", NULL};
	static const char *const option[] = {"yikou", "--nosuch", NULL};
	static const char *const check_help[] = {
		"yikou", "check", "--help", NULL};
	g_autofree char *program = program_path();
	struct desk *desk;

	if (!program) {
		g_test_skip("yikou is not built");
		return;
	}
	desk = desk_new("03", "");
	expect(run(desk, program, NULL, help), EXIT_CODE_OK, "verify", NULL);
	expect(run(desk, program, NULL, version), EXIT_CODE_OK, "yikou ", NULL);
	expect(run(desk, program, NULL, command), EXIT_CODE_USAGE, NULL,
		"nosuch");
	expect(run(desk, program, NULL, option), EXIT_CODE_USAGE, NULL,
		"--nosuch");
	expect(run(desk, program, NULL, check_help), EXIT_CODE_OK,
		"yikou check", NULL);
	desk_free(desk);
}

/* The screen without a terminal, and without its configuration. */
static void test_screen(void)
{
	g_autofree char *program = program_path();
	struct desk *desk;
	g_autofree char *config = NULL;

	if (!program) {
		g_test_skip("yikou is not built");
		return;
	}
	desk = desk_new("03", "");
	config = desk_path(desk, "yikou.conf");
	const char *const screen[] = {"yikou", "--config", config, NULL};
	const char *const nowhere[] = {
		"yikou", "--config", "/nowhere/yikou.conf", NULL};
	struct outcome outcome = run(desk, program, NULL, screen);

	expect(outcome, EXIT_CODE_USAGE, NULL, "needs a terminal");
	expect(run(desk, program, NULL, nowhere), EXIT_CODE_USAGE, NULL,
		"/nowhere/yikou.conf");
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/commands/check", test_check);
	g_test_add_func("/commands/check-platform", test_check_platform);
	g_test_add_func("/commands/check-taken", test_check_taken);
	g_test_add_func("/commands/agree", test_agree);
	g_test_add_func("/commands/check-broken", test_check_broken);
	g_test_add_func("/commands/check-missing", test_check_missing);
	g_test_add_func("/commands/usage", test_usage);
	g_test_add_func("/commands/passwd", test_passwd);
	g_test_add_func("/commands/verify", test_verify);
	g_test_add_func("/commands/verify-damage", test_verify_damage);
	g_test_add_func("/commands/sync-alone", test_sync_alone);
	g_test_add_func("/commands/sync", test_sync);
	g_test_add_func("/commands/sync-status", test_sync_status);
	g_test_add_func("/commands/sync/verify", test_sync_verify);
	g_test_add_func("/commands/diag", test_diag);
	g_test_add_func("/commands/program", test_program);
	g_test_add_func("/commands/screen", test_screen);
	return g_test_run();
}
