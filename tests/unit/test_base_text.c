/* Widths, cutting, sinks: nothing from outside may move a layout, forge a log
 * line or become a formula. */
#include "client/base/text.h"

#include <string.h>

static void test_widths(void)
{
	g_assert_cmpint(text_width("abc"), ==, 3);
	g_assert_cmpint(text_width("登封"), ==, 4);
	g_assert_cmpint(text_width("㐀𠀀䶮𬱖"), ==, 8);
	g_assert_cmpint(text_width("𱍐"), ==, 2); /* Extension H */
	g_assert_cmpint(text_width("e\xcc\x81"), ==, 1);
	g_assert_cmpint(text_width("😀"), ==, 2);
	g_assert_cmpint(text_width("（）"), ==, 4);
	g_assert_cmpint(text_width("\xe2\x80\x8b"), ==, 0);
}

static void check_fit(
	const char *text, int width, enum text_cut cut, const char *wanted)
{
	g_autofree char *got = text_fit(text, width, cut);

	g_assert_cmpstr(got, ==, wanted);
	g_assert_cmpint(text_width(got), ==, width);
}

static void test_cutting(void)
{
	check_fit("abc", 5, TEXT_CUT_END, "abc  ");
	check_fit("主要设备设施、经营布局", 14, TEXT_CUT_END, "主要设备设施~ ");
	check_fit("登封市示例样板小吃店", 13, TEXT_CUT_MIDDLE, "登封市~小吃店");
	check_fit("登封市示例样板小吃店", 10, TEXT_CUT_MIDDLE, "登封~吃店 ");
	check_fit("河南省登封市示例路1号", 9, TEXT_CUT_START, "~例路1号 ");
	check_fit("登", 1, TEXT_CUT_END, "~");
	check_fit("", 3, TEXT_CUT_END, "   ");
	check_fit("abc", 0, TEXT_CUT_END, "");
}

static void test_right(void)
{
	g_autofree char *short_one = text_fit_right("12", 5);
	g_autofree char *long_one = text_fit_right("123456", 4);

	g_assert_cmpstr(short_one, ==, "   12");
	g_assert_cmpstr(long_one, ==, "123~");
}

static void check_sink(
	char *(*sink)(const char *), const char *text, const char *wanted)
{
	g_autofree char *got = sink(text);

	g_assert_cmpstr(got, ==, wanted);
	g_assert_true(g_utf8_validate(got, -1, NULL));
}

static void test_screen(void)
{
	check_sink(text_sink_screen, "a\nb\tc\x1b[31m", "a b c[31m");
	check_sink(text_sink_screen,
		"3\xe2\x80\xae"
		"8",
		"38");
	check_sink(text_sink_screen, "欧阳·示例", "欧阳・示例");
	check_sink(text_sink_screen, "“甲”…—", "\"甲\"...-");
	check_sink(text_sink_screen, "\xee\xa0\x95", "〓"); /* U+E815 */
	check_sink(text_sink_screen, "\xff\xfe", "??");
	check_sink(text_sink_screen, "\x01", "?");
	check_sink(text_sink_screen, "①★℃", "(1)*度");
	check_sink(text_sink_screen, NULL, "");
}

/* However many marks stand on one character, its row stays in place. */
static void test_marks(void)
{
	GString *zalgo = g_string_new("e");
	g_autofree char *clean = NULL;

	for (int i = 0; i < 5000; i++)
		g_string_append(zalgo, "\xcc\xb5");
	clean = text_sink_screen(zalgo->str);
	g_assert_cmpint(text_width(clean), ==, 1);
	g_assert_cmpint(strlen(clean), <, 20);
	g_string_free(zalgo, TRUE);
}

static void test_others(void)
{
	check_sink(text_sink_log, "a\nWARN forged", "a\\u000AWARN forged");
	check_sink(text_sink_log, "a\\b", "a\\\\b");
	check_sink(text_sink_csv, "=1+1", "'=1+1");
	check_sink(text_sink_csv, "a,\"b\"", "\"a,\"\"b\"\"\"");
	check_sink(text_sink_csv, "plain", "plain");
	check_sink(text_sink_file, "../../etc/passwd", "_._.._etc_passwd");
	check_sink(text_sink_file, "", "_");
	check_sink(text_sink_file, "-rf", "_rf");
	check_sink(text_sink_plain, "a\nb\x1b]0;t\x07", "a\nb]0;t");
	check_sink(text_sink_led, "请A018\n到3号窗\x1b", "请A018 到3号窗");
	check_sink(text_halfwidth, "４１０ｘ　。", "410x .");
}

static void test_file_length(void)
{
	g_autofree char *name = g_strnfill(500, 'a');
	g_autofree char *clean = text_sink_file(name);

	g_assert_cmpint(strlen(clean), ==, 120);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/widths", test_widths);
	g_test_add_func("/text/cutting", test_cutting);
	g_test_add_func("/text/right", test_right);
	g_test_add_func("/text/screen", test_screen);
	g_test_add_func("/text/marks", test_marks);
	g_test_add_func("/text/others", test_others);
	g_test_add_func("/text/file-length", test_file_length);
	return g_test_run();
}
