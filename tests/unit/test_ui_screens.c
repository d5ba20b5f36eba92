/* Golden screens: every fixture in both languages, as text. A row is exactly as
 * wide as the screen and holds only characters of certain width.
 *
 * --generate writes them anew: look at the difference before committing. */
#include <glib/gstdio.h>
#include <locale.h>
#include <time.h>

#include "tests/screens/fixtures.h"
#include "ui/text.h"

struct size {
	int rows, cols;
	const char *only; /* fixtures whose name holds this */
};

static const struct size sizes[] = {
	{24, 80, ""},
	{43, 132, "typical"},
	{20, 60, "typical"},
	{12, 40, "typical"},
};

static const char *const languages[] = {"zh_CN", "en"};

/* Ambiguous in width, or not for a screen at all. */
static const char banned[] =
	"·“”‘’…—–×÷±°℃§№①Ⅰα■□●○★☆▲→←↑↓≥≤≠√✓✗─│█░\t\302\240";

struct options {
	char *golden, *locale;
	gboolean generate;
};

static struct options options;

static char *golden_path(const struct fixture *fixture, const char *language,
	const struct size *size)
{
	return g_strdup_printf("%s/%s.%s.%dx%d.txt", options.golden,
		fixture->name, language, size->cols, size->rows);
}

static void check_rows(const struct canvas *canvas, const char *name)
{
	g_assert_cmpstr(canvas_fault(canvas), ==, NULL);
	for (int row = 0; row < canvas->rows; row++) {
		g_autofree char *text = canvas_row_text(canvas, row);

		if (text_width(text) != canvas->cols)
			g_error("%s row %d is %d wide: %s", name, row + 1,
				text_width(text), text);
		for (const char *at = text; *at; at = g_utf8_next_char(at)) {
			if (g_utf8_strchr(banned, -1, g_utf8_get_char(at)))
				g_error("%s row %d has a banned character: %s",
					name, row + 1, text);
		}
	}
}

/* Says the first line that differs, both ways. */
static void check_golden(const char *path, const char *dump)
{
	g_autofree char *golden = NULL;
	g_auto(GStrv) old_lines = NULL, new_lines = NULL;

	if (options.generate) {
		g_assert_true(g_file_set_contents(path, dump, -1, NULL));
		return;
	}
	if (!g_file_get_contents(path, &golden, NULL, NULL)) {
		g_test_message("no golden screen %s", path);
		g_test_fail();
		return;
	}
	old_lines = g_strsplit(golden, "\n", -1);
	new_lines = g_strsplit(dump, "\n", -1);
	for (int i = 0; old_lines[i] || new_lines[i]; i++) {
		if (g_strcmp0(old_lines[i], new_lines[i]) == 0)
			continue;
		g_test_message("%s line %d\n golden %s\n now    %s", path,
			i + 1, old_lines[i], new_lines[i]);
		g_test_fail();
		return;
	}
}

static void check_one(const struct fixture *fixture, const char *language,
	const struct size *size)
{
	g_autofree char *path = golden_path(fixture, language, size);
	g_autofree char *dump = NULL, *again = NULL;
	struct screen *screen = screen_new();
	AUTO(canvas) canvas = canvas_new(size->rows, size->cols);
	struct model model;

	text_setup(language, options.locale);
	fixture->fill(&model, language[0] == 'z');
	screen_sync(screen, &model);
	fixture_type(screen, &model, fixture->keys);
	screen_draw(screen, &model, canvas);
	check_rows(canvas, path);
	dump = canvas_dump(canvas);
	check_golden(path, dump);
	/* Pure: the same again. */
	screen_draw(screen, &model, canvas);
	again = canvas_dump(canvas);
	g_assert_cmpstr(dump, ==, again);
	screen_free(screen);
	model_clear(&model);
}

static void test_fixture(gconstpointer data)
{
	const struct fixture *fixture = data;

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++) {
		for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
			if (strstr(fixture->name, sizes[s].only))
				check_one(fixture, languages[l], &sizes[s]);
		}
	}
}

/* Nothing of a case shows through the lock. */
static void test_lock(void)
{
	struct screen *screen = screen_new();
	AUTO(canvas) canvas = canvas_new(24, 80);
	g_autofree char *dump = NULL;
	struct model model;

	lock_typical(&model, true);
	screen_sync(screen, &model);
	screen_draw(screen, &model, canvas);
	dump = canvas_dump(canvas);
	g_assert_null(strstr(dump, "A018"));
	g_assert_null(strstr(dump, "李"));
	g_assert_null(strstr(dump, "0021"));
	g_assert_nonnull(strstr(dump, "3号窗"));
	g_assert_nonnull(strstr(dump, "09:41"));
	model_text(&model.message, "wrong password");
	screen_draw(screen, &model, canvas);
	g_free(dump);
	dump = canvas_dump(canvas);
	g_assert_nonnull(strstr(dump, "wrong password"));
	screen_free(screen);
	model_clear(&model);
}

/* The same fixture at every size down to 1x1: nothing outside, nothing broken.
 */
static void test_sizes(void)
{
	for (size_t f = 0; f < G_N_ELEMENTS(fixtures); f++) {
		struct screen *screen = screen_new();
		AUTO(canvas) canvas = canvas_new(1, 1);
		struct model model;

		fixtures[f].fill(&model, true);
		screen_sync(screen, &model);
		fixture_type(screen, &model, fixtures[f].keys);
		for (int step = 0; step < 24; step++) {
			canvas_resize(canvas, 1 + step * 2, 1 + step * 6);
			screen_draw(screen, &model, canvas);
			check_rows(canvas, fixtures[f].name);
		}
		screen_free(screen);
		model_clear(&model);
	}
}

static void test_too_small(void)
{
	struct screen *screen = screen_new();
	AUTO(canvas) canvas = canvas_new(10, 40);
	g_autofree char *row = NULL;
	struct model model;

	text_setup("zh_CN", options.locale);
	home_typical(&model, true);
	screen_sync(screen, &model);
	screen_draw(screen, &model, canvas);
	row = canvas_row_text(canvas, 0);
	g_assert_true(g_str_has_prefix(row, "终端太小：40x10，至少 40x12"));
	screen_free(screen);
	model_clear(&model);
}

static void add_fixtures(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fixtures); i++) {
		g_autofree char *path =
			g_strdup_printf("/ui/screens/%s", fixtures[i].name);

		g_test_add_data_func(path, &fixtures[i], test_fixture);
	}
}

static void find_files(const char *program)
{
	g_autofree char *folder = g_path_get_dirname(program);

	if (!options.locale)
		options.locale =
			g_build_filename(folder, "..", "..", "locale", NULL);
	if (!options.golden)
		options.golden = g_strdup("tests/screens/golden");
}

int main(int argc, char **argv)
{
	g_setenv("TZ", "Asia/Shanghai", TRUE);
	tzset();
	setlocale(LC_ALL, "C.UTF-8");
	for (int i = 1; i < argc; i++) {
		if (g_strcmp0(argv[i], "--generate") == 0)
			options.generate = TRUE;
	}
	if (options.generate)
		argc = 1;
	g_test_init(&argc, &argv, NULL);
	find_files(argv[0]);
	text_setup("zh_CN", options.locale);
	add_fixtures();
	g_test_add_func("/ui/screens/lock", test_lock);
	g_test_add_func("/ui/screens/sizes", test_sizes);
	g_test_add_func("/ui/screens/too-small", test_too_small);
	return g_test_run();
}
