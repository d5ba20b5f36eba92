/* yikou sync conflicts as one who types it sees it. */
#include <fcntl.h>
#include <sys/wait.h>

#include "client/commands/command.h"
#include "tests/unit/test_conflict.h"

struct outcome {
	int code;
	char *out, *err; /* own */
};

static void outcome_clear(struct outcome *outcome)
{
	g_free(outcome->out);
	g_free(outcome->err);
}

static void use_file(const char *path, int mode, int fd)
{
	int opened = open(path, mode, 0600);

	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(99);
}

/* words: behind "sync conflicts", blanks between. */
static struct outcome run(
	const struct desk *desk, const char *words, const char *input)
{
	g_autofree char *in = desk_path(desk, "in");
	g_autofree char *out = desk_path(desk, "out");
	g_autofree char *err = desk_path(desk, "err");
	g_autofree char *config = desk_path(desk, "yikou.conf");
	g_autofree char *line =
		g_strdup_printf("sync conflicts --config %s%s%s", config,
			*words ? " " : "", words);
	g_auto(GStrv) argv = g_strsplit(line, " ", -1);
	struct outcome outcome = {0};
	int status = 0;
	pid_t pid;

	desk_write(desk, "in", input);
	pid = fork();
	if (pid == 0) {
		int code;

		use_file(in, O_RDONLY, STDIN_FILENO);
		use_file(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
		use_file(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
		code = command_sync((int)g_strv_length(argv), argv);
		fflush(NULL);
		_exit(code);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	outcome.code = WEXITSTATUS(status);
	outcome.out = file_read(out, 1 << 20, NULL, NULL);
	outcome.err = file_read(err, 1 << 20, NULL, NULL);
	return outcome;
}

static void expect(const struct desk *desk, const char *words,
	const char *input, int code, const char *out, const char *err)
{
	struct outcome outcome = run(desk, words, input);

	g_test_message("%s: %s%s", words, outcome.out, outcome.err);
	g_assert_cmpint(outcome.code, ==, code);
	if (out)
		assert_holds(outcome.out, out);
	if (err)
		assert_holds(outcome.err, err);
	outcome_clear(&outcome);
}

static struct desk *desk_with_conflict(int64_t *seq)
{
	struct desk *desk = desk_new("03", "[screen]\nlanguage = en\n");

	desk_write(desk, "people.conf",
		"[1003]\nname = 甄示例\nroles = clerk\n"
		"password = " TEST_VERIFIER "\n"
		"[9001]\nname = 甄主管\nroles = supervisor\n"
		"password = " TEST_VERIFIER "\n");
	desk_numbers(desk, 10);
	*seq = desk_conflict(desk);
	return desk;
}

static void test_none(void)
{
	struct desk *desk = desk_new("03", "[screen]\nlanguage = en\n");

	expect(desk, "", "", EXIT_CODE_OK, "No conflict is open.", NULL);
	expect(desk, "list --json", "", EXIT_CODE_OK, "[]", NULL);
	expect(desk, "show 3", "", EXIT_CODE_ITEM, "", NULL);
	expect(desk, "show", "", EXIT_CODE_USAGE, "", "expected list");
	expect(desk, "take 3", "", EXIT_CODE_USAGE, "", "expected list");
	expect(desk, "show x", "", EXIT_CODE_USAGE, "", "expected list");
	desk_free(desk);
}

static void test_show(void)
{
	int64_t seq;
	struct desk *desk = desk_with_conflict(&seq);
	g_autofree char *number = g_strdup_printf("%d", (int)seq);
	g_autofree char *show = g_strconcat("show ", number, NULL);
	g_autofree char *json = g_strconcat(show, " --json", NULL);
	struct outcome outcome;

	expect(desk, "list", "", EXIT_CODE_OK, number, NULL);
	expect(desk, "--json", "", EXIT_CODE_OK, "\"fields\":3", NULL);
	expect(desk, show, "", EXIT_CODE_OK, "  here    乙", NULL);
	expect(desk, show, "", EXIT_CODE_OK, "  before  甲", NULL);
	expect(desk, show, "", EXIT_CODE_OK, "both", NULL);
	expect(desk, show, "", EXIT_CODE_OK, "138****0000", NULL);
	expect(desk, show, "", EXIT_CODE_OK, "differ in what is hidden", NULL);
	outcome = run(desk, show, "");
	g_assert_null(strstr(outcome.out, "13800010000"));
	outcome_clear(&outcome);
	expect(desk, json, "", EXIT_CODE_OK, "13800020000", NULL);
	desk_free(desk);
}

static char *take(int64_t seq, const char *choices, const char *staff)
{
	return g_strdup_printf("take %d %s --staff %s --reason checked",
		(int)seq, choices, staff);
}

static void expect_take(const struct desk *desk, int64_t seq,
	const char *choices, const char *staff, const char *password, int code,
	const char *err)
{
	g_autofree char *words = take(seq, choices, staff);

	expect(desk, words, password, code, NULL, err);
}

static void test_refused(void)
{
	int64_t seq;
	struct desk *desk = desk_with_conflict(&seq);
	g_autofree char *bare = g_strdup_printf("take %d here", (int)seq);

	expect(desk, bare, "dengfeng\n", EXIT_CODE_USAGE, NULL,
		"needs --staff and --reason");
	expect_take(
		desk, seq, "here", "1003", "dengfeng\n", EXIT_CODE_AUTH, NULL);
	expect_take(desk, seq, "here", "9001", "wrong\n", EXIT_CODE_AUTH, NULL);
	expect_take(desk, seq, "here", "secret", "x\n", EXIT_CODE_AUTH, NULL);
	g_assert_cmpint(audits_of(desk, "login.failed"), ==, 3);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM audit WHERE"
					 " CAST(body AS TEXT) LIKE '%secret%'"),
		==, 0);
	expect_take(desk, seq, "form/trade_name=here", "9001", "dengfeng\n",
		EXIT_CODE_USAGE, "nothing is chosen for");
	expect_take(desk, seq, "here form/x=there", "9001", "dengfeng\n",
		EXIT_CODE_USAGE, "no open field takes form/x=there");
	expect_take(desk, seq, "here form/trade_name=both", "9001",
		"dengfeng\n", EXIT_CODE_USAGE, "no open field takes");
	expect(desk, "list --json", "", EXIT_CODE_OK, "\"fields\":3", NULL);
	desk_free(desk);
}

/* What goes up is what was chosen, field by field. */
static void test_take(void)
{
	int64_t seq;
	struct desk *desk = desk_with_conflict(&seq);
	AUTO(op) made = NULL;
	AUTO(json) body = NULL, *decisions = NULL;
	const struct json *inner;
	struct store *store;

	expect_take(desk, seq,
		"here applicant/phone=there materials/1/pages=both", "9001",
		"dengfeng\n", EXIT_CODE_OK, NULL);
	expect(desk, "list --json", "", EXIT_CODE_OK, "[]", NULL);
	store = desk_store(desk);
	decisions = parked_decisions(store, seq, NULL);
	made = parked_find(
		store, json_text(json_first(decisions), "new_op"), NULL);
	g_assert_nonnull(made);
	g_assert_cmpstr(made->base_version, ==, "2");
	body = json_parse(made->body, strlen(made->body), NULL);
	g_assert_cmpstr(json_text(body, "reason"), ==, "checked");
	g_assert_cmpstr(json_text(body, "staff_no"), ==, "9001");
	inner = json_get(body, "body");
	g_assert_cmpstr(
		json_text(json_get(inner, "form"), "trade_name"), ==, "乙");
	g_assert_cmpstr(json_text(json_get(inner, "applicant"), "phone"), ==,
		"13800020000");
	g_assert_cmpuint(
		json_length(json_get(
			json_first(json_get(inner, "materials")), "pages")),
		==, 2);
	store_close(store);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/commands/conflicts/none", test_none);
	g_test_add_func("/commands/conflicts/show", test_show);
	g_test_add_func("/commands/conflicts/refused", test_refused);
	g_test_add_func("/commands/conflicts/take", test_take);
	return g_test_run();
}
