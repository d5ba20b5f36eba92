/* The canvas: wide characters stay whole whatever is written over them, and no
 * text from outside moves the layout. */
#include <locale.h>
#include <string.h>

#include "ui/canvas.h"
#include "ui/draw.h"

enum { COLS = 20 };

static void expect_row(const struct canvas *canvas, int row, const char *want)
{
	g_autofree char *text = canvas_row_text(canvas, row);

	g_assert_cmpstr(text, ==, want);
	g_assert_cmpstr(canvas_fault(canvas), ==, NULL);
}

static void test_halves(void)
{
	AUTO(canvas) canvas = canvas_new(1, 6);

	g_assert_cmpint(
		canvas_text(canvas, 0, 0, "中文字", STYLE_NORMAL), ==, 6);
	canvas_text(canvas, 0, 1, "x", STYLE_NORMAL);
	expect_row(canvas, 0, " x文字");
	canvas_text(canvas, 0, 2, "y", STYLE_NORMAL);
	expect_row(canvas, 0, " xy 字");
	canvas_text(canvas, 0, 3, "国", STYLE_NORMAL);
	expect_row(canvas, 0, " xy国 ");
}

static void test_last_column(void)
{
	AUTO(canvas) canvas = canvas_new(1, 5);

	g_assert_cmpint(
		canvas_text(canvas, 0, 0, "中文字", STYLE_NORMAL), ==, 4);
	expect_row(canvas, 0, "中文 ");
	canvas_text(canvas, 0, 4, "国", STYLE_NORMAL);
	expect_row(canvas, 0, "中文 ");
	canvas_text(canvas, 0, -1, "x", STYLE_NORMAL);
	canvas_text(canvas, 1, 0, "x", STYLE_NORMAL);
	expect_row(canvas, 0, "中文 ");
}

struct width_case {
	const char *text;
	const char *shown; /* NULL: only the width counts */
	int width;
};

/* The layout of a row with this text in it is always the same. */
static const struct width_case width_cases[] = {
	{"ab", "ab", 2}, {"中", "中", 2},
	{"\xe3\x90\x80", NULL, 2},     /* U+3400 */
	{"\xf0\xa0\x80\x80", NULL, 2}, /* U+20000 */
	{"䶮", NULL, 2},               /* U+4DAE */
	{"𬱖", NULL, 2},             /* U+2CC56 */
	{"\xf0\xb1\x8d\x90", "〓", 2}, /* U+31350, not known to glibc */
	{"\xee\xa0\x95", "〓", 2},     /* U+E815, private use */
	{"欧阳·示", "欧阳・示", 8},    /* U+00B7 */
	{"e\xcc\x81", "\xc3\xa9", 1},  /* composed */
	{"x\xcc\xa7\xcc\xa7\xcc\xa7\xcc\xa7\xcc\xa7", NULL, 1}, /* marks */
	{"\xcc\x81", NULL, 0},         /* a mark alone */
	{"\xf0\x9f\x98\x80", NULL, 2}, /* emoji */
	{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", NULL, 4}, /* joined */
	{"\xd7\xa9\xd7\x9c", NULL, 2},                             /* Hebrew */
	{"\xe2\x80\xae"
	 "abc",
		"abc", 3}, /* U+202E */
	{"a\033[2Jb", "a[2Jb", 5}, {"a\nb", "a b", 3}, {"a\tb", "a b", 3},
	{"a\xc2\x9b"
	 "b",
		"ab", 2},       /* C1 */
	{"\xff\xfe", NULL, -1}, /* not UTF-8 */
	{"…", "...", 3},
	{"\xe2\x80\x8b"
	 "z",
		"z", 1}, /* U+200B */
};

static void test_widths(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(width_cases); i++) {
		const struct width_case *it = &width_cases[i];
		AUTO(canvas) canvas = canvas_new(1, COLS);
		g_autofree char *clean = canvas_clean(it->text);
		g_autofree char *row = NULL;
		int used = canvas_text(canvas, 0, 2, it->text, STYLE_NORMAL);

		canvas_text(canvas, 0, COLS - 1, "|", STYLE_NORMAL);
		row = canvas_row_text(canvas, 0);
		g_assert_cmpstr(canvas_fault(canvas), ==, NULL);
		g_assert_cmpint(text_width(row), ==, COLS);
		g_assert_true(g_str_has_suffix(row, "|"));
		g_assert_cmpint(canvas_width(it->text), ==, used);
		if (it->width >= 0)
			g_assert_cmpint(used, ==, it->width);
		if (it->shown)
			g_assert_cmpstr(clean, ==, it->shown);
	}
}

static void test_fit(void)
{
	AUTO(canvas) canvas = canvas_new(3, 14);

	canvas_fit(canvas, 0, 0, 14, "主要设备设施、经营布局", STYLE_NORMAL,
		TEXT_CUT_END);
	expect_row(canvas, 0, "主要设备设施~ ");
	canvas_fit(canvas, 1, 0, 10, "登封市示例小吃店", STYLE_NORMAL,
		TEXT_CUT_MIDDLE);
	expect_row(canvas, 1, "登封~吃店     ");
	canvas_fit_right(canvas, 2, 0, 8, "12 分", STYLE_NORMAL);
	expect_row(canvas, 2, "   12 分      ");
	canvas_fit(canvas, 2, 10, 100, NULL, STYLE_FOCUS, TEXT_CUT_END);
	expect_row(canvas, 2, "   12 分      ");
}

static void test_copy(void)
{
	AUTO(canvas) from = canvas_new(1, 6);
	AUTO(canvas) to = canvas_new(1, 4);

	canvas_text(from, 0, 0, "中文字", STYLE_NORMAL);
	canvas_copy(to, 0, 0, from, (struct box){0, 1, 1, 4});
	expect_row(to, 0, " 文 ");
	canvas_copy(to, 0, 2, from, (struct box){0, 0, 1, 6});
	expect_row(to, 0, "  中");
	canvas_copy(to, 0, 3, from, (struct box){0, 0, 1, 6});
	expect_row(to, 0, "    ");
	canvas_copy(to, -1, 0, from, (struct box){-3, -3, 9, 9});
	g_assert_cmpstr(canvas_fault(to), ==, NULL);
}

static void expect_wrap(const char *text, int width, const char *want)
{
	GPtrArray *lines = canvas_wrap(text, width);
	g_autofree char *joined = NULL;

	g_ptr_array_add(lines, NULL);
	joined = g_strjoinv("/", (char **)lines->pdata);
	g_assert_cmpstr(joined, ==, want);
	g_ptr_array_unref(lines);
}

static void test_wrap(void)
{
	expect_wrap("", 10, "");
	expect_wrap(NULL, 10, "");
	expect_wrap("one two three", 8, "one two/three");
	expect_wrap("内容都在，没有丢。", 8, "内容都/在，没有/丢。");
	expect_wrap("写「甲乙」二字", 8, "写「甲/乙」二字");
	expect_wrap("还剩 3 工作日。", 6, "还剩/3 工作/日。");
	expect_wrap("abcdefghij", 4, "abcd/efgh/ij");
	expect_wrap("中", 1, "中");
}

static void test_dump(void)
{
	AUTO(canvas) canvas = canvas_new(2, 4);
	g_autofree char *dump = NULL;

	canvas_text(canvas, 0, 0, "中a", STYLE_ERROR);
	canvas_cursor(canvas, 99, 99);
	dump = canvas_dump(canvas);
	g_assert_cmpstr(dump, ==, "中a \n    \nstyles\n  1 EEE\ncursor 1 3\n");
}

static void test_restyle(void)
{
	AUTO(canvas) canvas = canvas_new(1, 4);
	g_autofree char *dump = NULL;

	canvas_text(canvas, 0, 0, "中文", STYLE_NORMAL);
	canvas_restyle(canvas, (struct box){0, 0, 1, 1}, STYLE_FOCUS);
	dump = canvas_dump(canvas);
	g_assert_nonnull(strstr(dump, "  1 FF\n"));
	g_assert_cmpstr(canvas_fault(canvas), ==, NULL);
}

/* One statement is not torn when it fits on the next line. */
static void test_wrap_statements(void)
{
	GPtrArray *lines = canvas_wrap("行政确认  承诺 当场  不收费", 24);

	g_assert_cmpuint(lines->len, ==, 2);
	g_assert_cmpstr(lines->pdata[0], ==, "行政确认  承诺 当场");
	g_assert_cmpstr(lines->pdata[1], ==, "不收费");
	g_ptr_array_unref(lines);
	lines = canvas_wrap("承诺  到 2026-11-30 之前交来", 24);
	g_assert_cmpstr(lines->pdata[0], ==, "承诺  到 2026-11-30 之前");
	g_ptr_array_unref(lines);
}

static void check_part(int count, int focus, int rows, int top, int last)
{
	struct list_part part = list_part(count, focus, rows);

	g_assert_cmpint(part.top, ==, top);
	g_assert_cmpint(part.last, ==, last);
	g_assert_cmpint(part.above, ==, top);
	g_assert_cmpint(part.below, ==, count - last);
	g_assert_cmpint(
		last - top + (part.above + part.below > 0), <=, MAX(rows, 2));
	g_assert_true(focus >= top && focus < MAX(last, 1));
}

/* What has no room is always said, and the row that says it is counted. */
static void test_list_part(void)
{
	g_autofree char *below = list_rest(2, 5), *above = list_rest(2, 0);

	check_part(0, 0, 5, 0, 0);
	check_part(5, 4, 5, 0, 5);
	check_part(6, 0, 5, 0, 4);
	check_part(6, 5, 5, 2, 6);
	check_part(9, 3, 1, 3, 4);
	g_assert_cmpstr(below, ==, "5 more below, PgDn");
	g_assert_cmpstr(above, ==, "2 more above, PgUp");
	g_assert_null(list_rest(0, 0));
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/canvas/halves", test_halves);
	g_test_add_func("/ui/canvas/last-column", test_last_column);
	g_test_add_func("/ui/canvas/widths", test_widths);
	g_test_add_func("/ui/canvas/fit", test_fit);
	g_test_add_func("/ui/canvas/copy", test_copy);
	g_test_add_func("/ui/canvas/wrap", test_wrap);
	g_test_add_func("/ui/canvas/dump", test_dump);
	g_test_add_func("/ui/canvas/restyle", test_restyle);
	g_test_add_func("/ui/canvas/wrap-statements", test_wrap_statements);
	g_test_add_func("/ui/draw/list-part", test_list_part);
	return g_test_run();
}
