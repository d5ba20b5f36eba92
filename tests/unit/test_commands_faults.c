/* What one who mistypes reads: for each fault of a configuration and of a
 * command line the sentence in Chinese and in English, the exit status, the
 * JSON; and in which language a command speaks. Runs the program itself. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/json.h"
#include "client/base/process.h"

struct place {
	char *dir, *program, *data, *locale; /* own */
};

struct outcome {
	int code;
	char *out, *err; /* own */
};

static void place_clear(struct place *place)
{
	file_remove_tree(place->dir);
	g_free(place->dir);
	g_free(place->program);
	g_free(place->data);
	g_free(place->locale);
}

/* False, and the test is skipped, where the program was not built, or has a
 * configuration of its own that says a language. */
static bool place_make(struct place *place)
{
	g_autofree char *program = process_sibling("../../yikou");
	g_autofree char *locale = process_sibling("../../locale");

	if (access(program, X_OK) != 0 || access(locale, R_OK) != 0) {
		g_test_skip("yikou is not built");
		return false;
	}
	if (access("/etc/yikou/yikou.conf", F_OK) == 0) {
		g_test_skip("yikou is installed here");
		return false;
	}
	place->program = g_canonicalize_filename(program, NULL);
	place->locale = g_canonicalize_filename(locale, NULL);
	place->data = g_canonicalize_filename("config", NULL);
	place->dir = g_dir_make_tmp("yikou-faults-XXXXXX", NULL);
	return true;
}

static void write_file(
	const struct place *place, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(place->dir, name, NULL);

	g_assert_true(file_write(path, text, strlen(text), NULL));
}

static void outcome_clear(struct outcome *outcome)
{
	g_free(outcome->out);
	g_free(outcome->err);
}

/* words: the arguments, by blanks; locale: LC_ALL, NULL: nothing is said. */
static struct outcome run(
	const struct place *place, const char *locale, const char *words)
{
	g_autofree char *line = g_strconcat("yikou ", words, NULL);
	g_auto(GStrv) argv = g_strsplit(g_strchomp(line), " ", -1);
	g_autofree char *named = g_strconcat("LC_ALL=", locale, NULL);
	char *environment[] = {locale ? named : NULL, NULL};
	struct outcome outcome = {0};
	g_autoptr(GError) error = NULL;
	int status = 0;

	g_free(argv[0]);
	argv[0] = g_strdup(place->program);
	g_spawn_sync(place->dir, argv, environment, G_SPAWN_DEFAULT, NULL, NULL,
		&outcome.out, &outcome.err, &status, &error);
	g_assert_no_error(error);
	g_assert_true(WIFEXITED(status));
	outcome.code = WEXITSTATUS(status);
	return outcome;
}

static void assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		g_error("\"%s\" is not in \"%s\"", part, text);
}

/* Configuration ----------------------------------------------------------- */

#define HEAD "[window]\nnumber=03\nname=x\nhall=y\nregion=410185\n"

struct fault_row {
	const char *file;
	const char *text; /* NULL: no file is made */
	const char *zh, *en;
	const char *error;
};

static const struct fault_row fault_rows[] = {
	{"key.conf", HEAD "[visit]\nnosuchkey=1\n",
		"key.conf:7: [visit] 里没有 nosuchkey 这个键\n",
		"key.conf:7: unknown key nosuchkey in [visit]\n",
		"item.invalid"},
	{"near.conf", HEAD "[visit]\nrecal_limit=1\n",
		"near.conf:7: [visit] 里没有 recal_limit 这个键，是 "
		"recall_limit 吗？",
		"near.conf:7: unknown key recal_limit in [visit], did you mean "
		"recall_limit?",
		"item.invalid"},
	{"type.conf", HEAD "[visit]\ncall_gap_s=soon\n",
		"type.conf:7: [visit] call_gap_s：要填 1 到 60 的整数",
		"type.conf:7: [visit] call_gap_s: expected a whole number from "
		"1 to 60",
		"item.invalid"},
	{"choice.conf", HEAD "[screen]\nmouse=maybe\n",
		"choice.conf:7: [screen] mouse：要填其中之一：auto on off",
		"choice.conf:7: [screen] mouse: expected one of: auto on off",
		"item.invalid"},
	{"missing.conf", "[window]\nnumber=03\n",
		"missing.conf:1: [window] 里没有写 name: 本窗口的名称",
		"missing.conf:1: [window] name is missing: Name of this window",
		"item.invalid"},
	{"section.conf", HEAD "[vist]\n",
		"section.conf:6: 没有 [vist] 这一节，是 [visit] 吗？",
		"section.conf:6: unknown section [vist], did you mean [visit]?",
		"item.invalid"},
	{"bracket.conf", "[window\n",
		"bracket.conf:1: 节名要写成 [节名]，右方括号不能少",
		"bracket.conf:1: expected [section] with its closing bracket",
		"item.syntax"},
	{"binary.conf",
		"\x7f"
		"ELF\x02\x01\xff\xfe",
		"binary.conf:1: 不是 UTF-8 文本，或含有空字符",
		"binary.conf:1: not UTF-8, or holds a NUL", "item.syntax"},
	{"none.conf", NULL, "none.conf: 没有这个文件",
		"none.conf: there is no such file", "item.not-found"},
	{".", NULL, ".: 这是文件夹，要的是文件",
		".: is a folder, expected a file", "item.invalid"},
};

static const char *const commands[] = {"", "check ", "diag ", "verify "};

static void expect_sentence(const struct place *place, const char *locale,
	const char *words, const char *sentence, const char *detail)
{
	struct outcome outcome = run(place, locale, words);

	g_assert_cmpint(outcome.code, ==, EXIT_CODE_USAGE);
	g_assert_cmpstr(outcome.out, ==, "");
	assert_holds(outcome.err, sentence);
	assert_holds(outcome.err, detail);
	/* nothing of the screen's forms and keys */
	g_assert_null(strstr(outcome.err, "F5"));
	g_assert_null(strstr(outcome.err, "填的都留着"));
	outcome_clear(&outcome);
}

static void expect_json(const struct place *place, const char *words,
	const struct fault_row *row)
{
	struct outcome outcome = run(place, "zh_CN.UTF-8", words);
	g_autoptr(GError) error = NULL;
	AUTO(json) report =
		json_parse(outcome.out, strlen(outcome.out), &error);
	g_autofree char *detail = g_strchomp(g_strdup(row->en));

	g_assert_no_error(error);
	g_assert_cmpint(outcome.code, ==, EXIT_CODE_USAGE);
	g_assert_cmpstr(json_text(report, "error"), ==, row->error);
	assert_holds(json_text_or(report, "detail", ""), detail);
	g_assert_cmpint(json_int_or(report, "exit_code", 0), ==, 64);
	assert_holds(outcome.err, row->zh);
	outcome_clear(&outcome);
}

static void expect_fault(const struct place *place, const struct fault_row *row)
{
	g_autofree char *check = g_strconcat("check -c ", row->file, NULL);
	g_autofree char *json =
		g_strconcat("check --json -c ", row->file, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autofree char *words =
			g_strconcat(commands[i], "--config ", row->file, NULL);

		expect_sentence(place, "zh_CN.UTF-8", words,
			"文件有错或读不了；什么都没有启动，也没有改动。",
			row->zh);
	}
	expect_sentence(place, "POSIX", check,
		"A file is wrong or cannot be read. Nothing was started, "
		"nothing was changed.",
		row->en);
	expect_json(place, json, row);
}

static void test_configuration(void)
{
	struct place place = {0};

	if (!place_make(&place))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(fault_rows); i++) {
		const struct fault_row *row = &fault_rows[i];

		if (row->text)
			write_file(&place, row->file, row->text);
		expect_fault(&place, row);
	}
	place_clear(&place);
}

/* People, catalogue and calendar are configuration too. */
static void test_other_files(void)
{
	struct place place = {0};
	g_autofree char *text = NULL, *broken = NULL;

	if (!place_make(&place))
		return;
	text = g_strdup_printf(
		HEAD "[paths]\ndata=%s\nlocale=%s\n", place.data, place.locale);
	write_file(&place, "yikou.conf", text);
	expect_sentence(&place, NULL, "check --config yikou.conf",
		"什么都没有启动", "people.conf: 没有这个文件");
	write_file(&place, "people.conf", "[1003]\nname=x\nrolls=clerk\n");
	expect_sentence(&place, NULL, "check --config yikou.conf",
		"什么都没有启动",
		"people.conf:3: [1003] 里没有 rolls 这个键，是 roles 吗？");
	broken = g_strconcat(
		HEAD "[paths]\ndata=.\nlocale=", place.locale, "\n", NULL);
	write_file(&place, "yikou.conf", broken);
	expect_sentence(&place, NULL, "check --config yikou.conf",
		"什么都没有启动", "catalog/catalog.json: 没有这个文件");
	g_free(g_steal_pointer(&text));
	text = g_build_filename(place.dir, "catalog", NULL);
	g_assert_cmpint(g_mkdir(text, 0700), ==, 0);
	write_file(&place, "catalog/catalog.json", "{\"version\" 1}");
	expect_sentence(&place, NULL, "check --config yikou.conf",
		"什么都没有启动",
		"catalog/catalog.json: 第 1 行第 12 列: 这里要一个冒号");
	place_clear(&place);
}

/* Command line ------------------------------------------------------------- */

static const struct {
	const char *words, *zh, *en;
} wrong_rows[] = {
	{"nosuch", "yikou: nosuch：没有这个命令\n请看：yikou --help\n",
		"yikou: nosuch: no such command\nTry: yikou --help\n"},
	{"--nosuch", "--nosuch：没有这个选项\n请看：yikou --help",
		"--nosuch: no such option\nTry: yikou --help"},
	{"check -x", "-x：没有这个选项\n请看：yikou check --help",
		"-x: no such option\nTry: yikou check --help"},
	{"check --config", "--config：后面要写文件",
		"--config: expected FILE behind it"},
	{"check extra", "extra：这里不该有这一项",
		"extra: nothing of this name is expected here"},
	{"passwd geheim", "不带参数：密码要输入", "no arguments: a password"},
	{"passwd --config x",
		"--config：没有这个选项\n请看：yikou passwd --help",
		"--config: no such option\nTry: yikou passwd --help"},
	{"passwd", "密码要 8 到 64 位", "a password has 8 to 64 characters"},
};

static void test_command_line(void)
{
	struct place place = {0};

	if (!place_make(&place))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_rows); i++) {
		g_auto(GStrv) words = g_strsplit(wrong_rows[i].words, " ", 2);
		g_autofree char *json =
			g_strjoin(" ", words[0], "--json", words[1], NULL);
		struct outcome outcome = run(&place, "en_US.UTF-8", json);

		expect_sentence(&place, "zh_CN.UTF-8", wrong_rows[i].words,
			"yikou: ", wrong_rows[i].zh);
		expect_sentence(&place, "en_US.UTF-8", wrong_rows[i].words,
			"yikou: ", wrong_rows[i].en);
		g_assert_cmpint(outcome.code, ==, EXIT_CODE_USAGE);
		g_assert_true(g_str_has_prefix(outcome.out,
			"{\"error\":\"item.usage\",\"detail\":\""));
		g_assert_true(g_str_has_suffix(
			outcome.out, "\",\"exit_code\":64}\n"));
		outcome_clear(&outcome);
	}
	place_clear(&place);
}

static void expect_failure(const struct place *place, const char *words,
	int code, const char *out, const char *err)
{
	struct outcome outcome = run(place, NULL, words);

	g_assert_cmpint(outcome.code, ==, code);
	g_assert_true(g_str_has_prefix(outcome.out, out));
	assert_holds(outcome.err, err);
	outcome_clear(&outcome);
}

/* What yikou sync is told wrong: after the configuration was read. */
static void test_sync(void)
{
	static const struct {
		const char *words, *zh, *en;
	} rows[] = {
		{"sync nosuch",
			"nosuch：要写 run、status、verify、dead、conflicts、"
			"agree、enrol 或 exchange",
			"nosuch: expected run, status, verify, dead, "
			"conflicts, agree, enrol or exchange"},
		{"sync --only all", "--only：要填 cases",
			"--only: expected cases, blobs or catalog"},
		{"sync --max-time soon", "--max-time：要填整数",
			"--max-time: expected a whole number"},
		{"sync --report /nowhere/x", "/nowhere/x 写不了；没有上传",
			"/nowhere/x cannot be written; nothing was sent"},
		{"sync --progress loud", "--progress：要填 auto",
			"--progress: expected auto, json or none"},
		{"sync verify --day today", "--day：日期写成",
			"--day: expected a day as 2026-11-25"},
		{"sync dead shoot 1", "要写 list", "expected list, or show"},
		{"sync conflicts take 1", "要写 list",
			"expected list, or show and a number"},
		{"sync dead --staff",
			"--staff：后面要写工号\n请看：yikou sync "
			"dead --help",
			"--staff: expected NO behind it\nTry: yikou sync dead "
			"--help"},
		{"sync status extra", "extra：这里不该有",
			"extra: nothing of this name"},
	};
	struct place place = {0};
	g_autofree char *zh = NULL, *en = NULL;

	if (!place_make(&place))
		return;
	zh = g_strdup_printf(HEAD
		"[paths]\nlocale=%s\n[files]\npeople=people.conf\n",
		place.locale);
	write_file(&place, "people.conf", "");
	en = g_strconcat(zh, "[screen]\nlanguage=en\n", NULL);
	write_file(&place, "zh.conf", zh);
	write_file(&place, "en.conf", en);
	/* some of what follows makes a store */
	expect_failure(&place, "verify --json -c zh.conf", EXIT_CODE_STORE,
		"{\"error\":\"store.io\"", "本机存储读写不了");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) words = g_strsplit(rows[i].words, " ", 2);
		g_autofree char *in_zh =
			g_strconcat(words[0], " -c zh.conf ", words[1], NULL);
		g_autofree char *in_en =
			g_strconcat(words[0], " -c en.conf ", words[1], NULL);

		expect_sentence(&place, NULL, in_zh, "yikou: ", rows[i].zh);
		expect_sentence(&place, NULL, in_en, "yikou: ", rows[i].en);
	}
	expect_failure(&place, "sync --json status -c zh.conf", EXIT_CODE_LINK,
		"{\"error\":\"link.absent\",\"detail\":"
		"\"yikou-syncd does not run\","
		"\"exit_code\":3}\n",
		"yikou-syncd 没有运行");
	expect_failure(&place, "sync dead show 99 --json -c zh.conf",
		EXIT_CODE_ITEM, "{\"error\":\"item.not-found\"",
		"本窗口没有这个序号的步骤");
	expect_failure(&place, "sync conflicts show 99 --json -c zh.conf",
		EXIT_CODE_ITEM, "{\"error\":\"item.not-found\"",
		"没有这个序号的待定冲突");
	place_clear(&place);
}

/* Help and language -------------------------------------------------------- */

static void expect_help(const struct place *place, const char *locale,
	const char *words, const char *usage)
{
	struct outcome outcome = run(place, locale, words);

	g_assert_cmpint(outcome.code, ==, EXIT_CODE_OK);
	g_assert_cmpstr(outcome.err, ==, "");
	if (!g_str_has_prefix(outcome.out, usage))
		g_error("%s: %s", words, outcome.out);
	outcome_clear(&outcome);
}

static void test_help(void)
{
	static const char *const names[] = {"screen", "check", "diag", "sync",
		"verify", "passwd", "sync run", "sync status", "sync verify",
		"sync dead", "sync conflicts", "sync agree"};
	struct place place = {0};

	if (!place_make(&place))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *words = g_strconcat(names[i], " --help", NULL);
		g_autofree char *zh =
			g_strdup_printf("用法：yikou %s [选项...]", names[i]);
		g_autofree char *en = g_strdup_printf(
			"Usage: yikou %s [OPTION...]", names[i]);

		expect_help(&place, "zh_CN.UTF-8", words, zh);
		expect_help(&place, "de_DE.UTF-8", words, en);
		expect_help(&place, NULL, words, en);
	}
	expect_help(&place, "zh_CN.UTF-8", "--help", "用法：yikou");
	expect_help(&place, NULL, "--help", "Usage: yikou");
	place_clear(&place);
}

/* The configuration's language wins, also when another value is wrong. */
static void test_language(void)
{
	struct place place = {0};

	if (!place_make(&place))
		return;
	write_file(&place, "zh.conf", "[screen]\nlanguage=zh_CN\nx=1\n");
	write_file(&place, "en.conf", "[screen]\nlanguage=en\nx=1\n");
	write_file(&place, "odd.conf", HEAD "[screen]\nlanguage=fr\n");
	expect_sentence(&place, "en_US.UTF-8", "check --config zh.conf", "文件",
		"没有 x 这个键");
	expect_sentence(&place, "zh_CN.UTF-8", "check --config=en.conf",
		"A file", "unknown key x");
	expect_sentence(&place, "zh_CN.UTF-8", "check -c en.conf", "A file",
		"unknown key x");
	expect_sentence(&place, "zh_CN.UTF-8", "check -c odd.conf", "文件",
		"要填其中之一：zh_CN en");
	expect_help(&place, NULL, "check --help --config zh.conf", "用法");
	place_clear(&place);
}

/* Nothing but ASCII where the locale says so, of help, of faults, of JSON. */
static void test_ascii(void)
{
	static const char *const locales[] = {
		"C", "POSIX", "zh_CN.GBK", "zh_CN.GB18030", "zh_CN"};
	static const char *const words[] = {"--help", "check --help",
		"diag --help", "sync --help", "verify --help", "passwd --help",
		"check -c zh.conf", "check --json -c zh.conf", "通读",
		"check 多余", "check --json 多余", "-c zh.conf"};
	static const char text[] = HEAD "[screen]\n键=1\nlanguage=zh_CN\n";
	struct place place = {0};

	if (!place_make(&place))
		return;
	write_file(&place, "zh.conf", text);
	for (size_t i = 0; i < G_N_ELEMENTS(locales); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(words); j++) {
			struct outcome outcome =
				run(&place, locales[i], words[j]);

			if (!g_str_is_ascii(outcome.out) ||
				!g_str_is_ascii(outcome.err))
				g_error("%s, %s: %s%s", locales[i], words[j],
					outcome.out, outcome.err);
			outcome_clear(&outcome);
		}
	}
	place_clear(&place);
}

/* Terminals --------------------------------------------------------------- */

/* What the program says on a terminal of this type, and its exit status. */
static char *run_on_terminal(
	const struct place *place, const char *type, int *code)
{
	g_autofree char *term = g_strconcat("TERM=", type, NULL);
	const char *argv[] = {"yikou", "--config", "yikou.conf", NULL};
	const char *environment[] = {
		"LC_ALL=zh_CN.UTF-8", type ? term : NULL, NULL};
	GString *said = g_string_new(NULL);
	char piece[512];
	int fd = -1, status = 0;
	ssize_t n;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	if (pid == 0) {
		alarm(10);
		if (chdir(place->dir) == 0)
			execve(place->program, (char **)argv,
				(char **)environment);
		_exit(97);
	}
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		g_string_append_len(said, piece, n);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	close(fd);
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return g_string_free(said, FALSE);
}

static void test_terminals(void)
{
	static const struct {
		const char *type, *said;
	} rows[] = {
		{"dumb", "TERM=dumb：这种终端不能移动光标"},
		{"no-such-terminal", "TERM=no-such-terminal：本机不认得"},
		{"unknown", "TERM=unknown：本机不认得"},
		{"", "TERM 没有设"},
		{NULL, "TERM 没有设"},
	};
	struct place place = {0};
	g_autofree char *text = NULL;
	struct outcome outcome;

	if (!place_make(&place))
		return;
	text = g_strdup_printf(HEAD
		"[paths]\nlocale=%s\n[screen]\nlanguage=zh_CN\n",
		place.locale);
	write_file(&place, "yikou.conf", text);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int code = 0;
		g_autofree char *said =
			run_on_terminal(&place, rows[i].type, &code);

		assert_holds(said, rows[i].said);
		assert_holds(said, "什么都没有启动");
		g_assert_cmpint(code, ==, EXIT_CODE_USAGE);
	}
	outcome = run(&place, NULL, "--config yikou.conf --json");
	g_assert_cmpint(outcome.code, ==, EXIT_CODE_USAGE);
	assert_holds(outcome.err, "输入输出都要接着终端");
	assert_holds(outcome.out, "\"error\":\"item.usage\"");
	outcome_clear(&outcome);
	place_clear(&place);
}

/* The other programs --------------------------------------------------------
 */

static void expect_start_fails(
	struct place *place, const char *program, const char *words)
{
	g_autofree char *yikou = g_steal_pointer(&place->program);
	struct outcome outcome;

	place->program = g_strconcat(yikou, program, NULL);
	outcome = run(place, "en_US.UTF-8", words);
	g_assert_cmpint(outcome.code, ==, EXIT_CODE_USAGE);
	assert_holds(outcome.err, "nothing was started");
	assert_holds(outcome.err, "broken.conf:");
	outcome_clear(&outcome);
	g_free(place->program);
	place->program = g_steal_pointer(&yikou);
}

static void test_daemons(void)
{
	struct place place = {0};

	if (!place_make(&place))
		return;
	write_file(&place, "broken.conf", "[window\n");
	expect_start_fails(&place, "-devd", "-n --config broken.conf");
	expect_start_fails(&place, "-devd", "--config broken.conf");
	expect_start_fails(&place, "-syncd", "--once --config broken.conf");
	expect_start_fails(&place, "-sim", "--config broken.conf");
	expect_start_fails(&place, "-sim", "--config broken.conf ctl state");
	expect_start_fails(&place, "-platform",
		"--state state --token-file token --seed broken.conf");
	place_clear(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/commands/faults/configuration", test_configuration);
	g_test_add_func("/commands/faults/files", test_other_files);
	g_test_add_func("/commands/faults/command-line", test_command_line);
	g_test_add_func("/commands/faults/sync", test_sync);
	g_test_add_func("/commands/faults/help", test_help);
	g_test_add_func("/commands/faults/language", test_language);
	g_test_add_func("/commands/faults/ascii", test_ascii);
	g_test_add_func("/commands/faults/terminals", test_terminals);
	g_test_add_func("/commands/faults/daemons", test_daemons);
	return g_test_run();
}
