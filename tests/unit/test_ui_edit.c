/* The line being typed: cursor by whole characters, bounds, pastes, secrets. */
#include <locale.h>
#include <string.h>

#include "ui/edit.h"

static void type(struct edit *edit, const char *text)
{
	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		struct key_event key = keymap_event(
			KEYCODE_CHAR, g_utf8_get_char(at), NULL, 0);

		g_assert_true(edit_key(edit, &key));
	}
}

static void press(struct edit *edit, enum action action)
{
	struct key_event key = {.action = action};

	edit_key(edit, &key);
}

static void paste(struct edit *edit, const char *text)
{
	struct key_event key =
		keymap_event(KEYCODE_PASTE, 0, g_strdup(text), 0);

	g_assert_true(edit_key(edit, &key));
	key_event_clear(&key);
}

static void test_typing(void)
{
	struct edit edit = {0};

	g_assert_true(edit_is_empty(&edit));
	type(&edit, "李示 1");
	g_assert_cmpstr(edit_text(&edit), ==, "李示 1");
	g_assert_true(edit.is_dirty);
	press(&edit, ACTION_LEFT);
	press(&edit, ACTION_BACKSPACE);
	type(&edit, "例");
	g_assert_cmpstr(edit_text(&edit), ==, "李示例1");
	press(&edit, ACTION_FIRST);
	press(&edit, ACTION_REMOVE);
	g_assert_cmpstr(edit_text(&edit), ==, "示例1");
	press(&edit, ACTION_LAST);
	press(&edit, ACTION_RIGHT);
	press(&edit, ACTION_REMOVE);
	g_assert_cmpstr(edit_text(&edit), ==, "示例1");
	press(&edit, ACTION_CLEAR);
	g_assert_true(edit_is_empty(&edit));
	press(&edit, ACTION_BACKSPACE);
	press(&edit, ACTION_LEFT);
	edit_clear(&edit);
}

/* A base and its marks are one character under the cursor. */
static void test_graphemes(void)
{
	struct edit edit = {0};

	edit_set(&edit, "ax\xcc\xa7\xcc\x81"
			"b");
	press(&edit, ACTION_LEFT);
	press(&edit, ACTION_LEFT);
	g_assert_cmpuint(edit.cursor, ==, 1);
	press(&edit, ACTION_REMOVE);
	g_assert_cmpstr(edit_text(&edit), ==, "ab");
	edit_set(&edit, "x\xcc\xa7");
	press(&edit, ACTION_BACKSPACE);
	g_assert_cmpstr(edit_text(&edit), ==, "");
	edit_clear(&edit);
}

static void test_half_width(void)
{
	struct edit edit = {.half = true, .capitals = true, .max_chars = 18};

	type(&edit, "４１０１９９　。x");
	g_assert_cmpstr(edit_text(&edit), ==, "410199 .X");
	edit_clear(&edit);
	edit.half = edit.capitals = false;
	type(&edit, "，（１）x");
	g_assert_cmpstr(edit_text(&edit), ==, "，（１）x");
	edit_clear(&edit);
}

static void test_bounds(void)
{
	struct edit edit = {.max_chars = 4};
	g_autofree char *megabyte = g_strnfill(1 << 20, 'a');

	type(&edit, "1234");
	g_assert_false(edit.was_cut);
	type(&edit, "5");
	g_assert_cmpstr(edit_text(&edit), ==, "1234");
	g_assert_true(edit.was_cut);
	press(&edit, ACTION_CLEAR);
	g_assert_false(edit.was_cut);
	paste(&edit, "1234\r\n");
	g_assert_false(edit.was_cut);
	press(&edit, ACTION_CLEAR);
	paste(&edit, megabyte);
	g_assert_cmpstr(edit_text(&edit), ==, "aaaa");
	g_assert_true(edit.was_cut);
	edit_set(&edit, "12345");
	g_assert_false(edit.was_cut);
	edit.max_chars = 0;
	press(&edit, ACTION_CLEAR);
	paste(&edit, megabyte);
	g_assert_cmpuint(strlen(edit_text(&edit)), ==, EDIT_MAX_CHARS);
	edit_clear(&edit);
}

static void test_paste(void)
{
	struct edit edit = {0};

	paste(&edit, "a\nb\tc\033[31m\xe2\x80\xae"
		     "d\xff");
	g_assert_cmpstr(edit_text(&edit), ==, "a b c[31md\xef\xbf\xbd");
	edit_clear(&edit);
	edit.secret = true;
	paste(&edit, "secret");
	g_assert_true(edit_is_empty(&edit));
	edit_clear(&edit);
}

static char *drawn(
	const struct edit *edit, int width, bool is_focused, int *cursor)
{
	AUTO(canvas) canvas = canvas_new(1, width + 2);
	g_autofree char *row = NULL;

	edit_draw(edit, canvas, 0, 1, width, is_focused);
	g_assert_cmpstr(canvas_fault(canvas), ==, NULL);
	row = canvas_row_text(canvas, 0);
	g_assert_cmpint(text_width(row), ==, width + 2);
	g_assert_true(row[0] == ' ' && row[strlen(row) - 1] == ' ');
	if (cursor)
		*cursor = canvas->cursor_col;
	return g_strdup(row);
}

static void test_drawing(void)
{
	struct edit edit = {.max_chars = 11};
	g_autofree char *row = NULL;
	int cursor;

	type(&edit, "199");
	row = drawn(&edit, 14, true, &cursor);
	g_assert_cmpstr(row, ==, " 199________    ");
	g_assert_cmpint(cursor, ==, 4);
	edit_clear(&edit);
	edit.max_chars = 0;
	type(&edit, "示例餐饮服务有限责任公司");
	g_free(row);
	row = drawn(&edit, 9, true, &cursor);
	g_assert_cmpstr(row, ==, " 任公司_   ");
	g_assert_cmpint(cursor, ==, 7);
	press(&edit, ACTION_FIRST);
	g_free(row);
	row = drawn(&edit, 9, true, &cursor);
	g_assert_cmpstr(row, ==, " 示例餐饮~ ");
	g_assert_cmpint(cursor, ==, 1);
	edit_clear(&edit);
	edit.secret = true;
	type(&edit, "密码x");
	g_free(row);
	row = drawn(&edit, 9, true, &cursor);
	g_assert_cmpstr(row, ==, " ***_      ");
	edit_clear(&edit);
}

/* Every width and cursor: the cursor is inside, nothing spills. */
static void test_every_width(void)
{
	static const char *const texts[] = {"", "abc", "登封市示例路 1 号",
		"x\xcc\xa7y", "𬱖\xee\xa0\x95\xf0\xb1\x8d\x90中",
		"\xf0\x9f\x98\x80\xf0\x9f\x98\x80"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		for (int width = 1; width < 16; width++) {
			struct edit edit = {0};

			edit_set(&edit, texts[i]);
			for (int n = 0; n < 12; n++) {
				int cursor;

				g_free(drawn(&edit, width, true, &cursor));
				g_assert_cmpint(cursor, >=, 1);
				g_assert_cmpint(cursor, <=, width);
				press(&edit, ACTION_LEFT);
			}
			g_free(drawn(&edit, width, false, NULL));
			edit_clear(&edit);
		}
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/edit/typing", test_typing);
	g_test_add_func("/ui/edit/graphemes", test_graphemes);
	g_test_add_func("/ui/edit/half-width", test_half_width);
	g_test_add_func("/ui/edit/bounds", test_bounds);
	g_test_add_func("/ui/edit/paste", test_paste);
	g_test_add_func("/ui/edit/drawing", test_drawing);
	g_test_add_func("/ui/edit/every-width", test_every_width);
	return g_test_run();
}
