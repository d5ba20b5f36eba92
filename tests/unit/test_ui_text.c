/* Texts: every error has a sentence that fits the message line, the Chinese is
 * complete, and uses only characters that are certain on every terminal. */
#include <locale.h>
#include <string.h>

#include "client/base/error.h"
#include "ui/canvas.h"
#include "ui/text.h"

enum { MESSAGE_COLS = 78 };

#define ERROR_NAME_ROW(code, name) name,
static const char *const error_names[] = {ITEM_ERRORS(ERROR_NAME_ROW)
		LINK_ERRORS(ERROR_NAME_ROW) STORE_ERRORS(ERROR_NAME_ROW)};

/* Never in texts of our own. */
static const char banned[] = "·“”‘’…—–×÷±°℃§№①Ⅰα■□●○★☆▲→←↑↓≥≤≠√✓✗─│█░！\t";

static char *locale_dir;

static void test_errors(void)
{
	static const char *const languages[] = {"zh_CN", "en"};

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++) {
		g_assert_true(text_setup(languages[l], locale_dir));
		for (size_t i = 0; i < G_N_ELEMENTS(error_names); i++) {
			const char *text = text_error_name(error_names[i]);

			g_assert_cmpstr(text, !=, text_error_name("other"));
			g_assert_cmpint(canvas_width(text), <=, MESSAGE_COLS);
		}
	}
}

static void test_error(void)
{
	g_autoptr(GError) error =
		g_error_new(LINK_ERROR, LINK_ERROR_TIMEOUT, "secret detail");

	text_setup("en", locale_dir);
	g_assert_cmpstr(text_error(error), ==, text_error_name("link.timeout"));
	g_assert_cmpstr(text_error(NULL), ==, text_error_name("other"));
}

static void test_languages(void)
{
	text_setup("zh_CN", locale_dir);
	g_assert_cmpstr(_("Queue"), ==, "叫号");
	text_setup("en", locale_dir);
	g_assert_cmpstr(_("Queue"), ==, "Queue");
	text_setup("zh_CN", locale_dir);
	g_assert_cmpstr(_("Queue"), ==, "叫号");
	g_assert_cmpstr(_(""), ==, "");
	g_assert_cmpstr(_("no such text"), ==, "no such text");
}

/* A locale of another character set: an ASCII sentence, and an end. */
static void test_not_utf8(void)
{
	g_setenv("LC_ALL", "zh_CN.GB18030", TRUE);
	g_assert_false(text_setup("zh_CN", locale_dir));
	g_setenv("LC_ALL", "C.UTF-8", TRUE);
	g_assert_true(text_setup("zh_CN", locale_dir));
	g_assert_true(g_str_is_ascii(text_utf8_advice()));
}

static bool run(const char *command, char **output)
{
	int status = 1;

	return g_spawn_command_line_sync(
		       command, output, NULL, &status, NULL) &&
	       status == 0;
}

/* Every text of the screen and the commands is in the Chinese catalogue, and
 * all that can be wrong in a file. */
static void test_complete(void)
{
	g_autofree char *output = NULL, *folder = NULL, *command = NULL;

	if (!g_file_test("ui/po/zh_CN.po", G_FILE_TEST_EXISTS) ||
		!run("xgettext --version", &output)) {
		g_test_skip("no sources here, or no xgettext");
		return;
	}
	folder = g_dir_make_tmp("yikou-po-XXXXXX", NULL);
	command = g_strdup_printf(
		"sh -c 'xgettext --from-code=UTF-8 -k_ -kN_ -kngettext:1,2 "
		"-kfault_set:5 -kkeyfile_error:4 -kreader_fail:3 "
		"-kcommand_wrong:2 -kNEED:4 -kbroken:3 -kwrong:3 "
		"-o %s/all.pot ui/*.[ch] client/app/*.[ch] "
		"client/commands/*.[ch] config/*.[ch] client/catalog/*.[ch] "
		"client/rules/calendar.c client/base/file.c && "
		"xgettext --from-code=UTF-8 -j -kfail:2 -kfault_set:5 "
		"-o %s/all.pot client/base/json.c && msgcmp ui/po/zh_CN.po "
		"%s/all.pot "
		"2>&1; code=$?; rm -r %s; exit $code'",
		folder, folder, folder, folder);
	g_clear_pointer(&output, g_free);
	if (!run(command, &output)) {
		g_test_message("%s", output);
		g_test_fail();
	}
}

/* The Chinese is read line by line: comments are ASCII or Chinese alike. */
static void test_characters(void)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents("ui/po/zh_CN.po", &text, NULL, NULL)) {
		g_test_skip("no sources here");
		return;
	}
	lines = g_strsplit(text, "\n", -1);
	for (int i = 0; lines[i]; i++) {
		for (const char *at = lines[i]; *at;
			at = g_utf8_next_char(at)) {
			if (!g_utf8_strchr(banned, -1, g_utf8_get_char(at)))
				continue;
			g_test_message("zh_CN.po:%d: %s", i + 1, lines[i]);
			g_test_fail();
			break;
		}
	}
}

int main(int argc, char **argv)
{
	g_autofree char *folder = NULL;
	int result;

	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	folder = g_path_get_dirname(argv[0]);
	locale_dir = g_build_filename(folder, "..", "..", "locale", NULL);
	g_test_add_func("/ui/text/errors", test_errors);
	g_test_add_func("/ui/text/error", test_error);
	g_test_add_func("/ui/text/languages", test_languages);
	g_test_add_func("/ui/text/not-utf8", test_not_utf8);
	g_test_add_func("/ui/text/complete", test_complete);
	g_test_add_func("/ui/text/characters", test_characters);
	result = g_test_run();
	g_free(locale_dir);
	return result;
}
