/* The table of actions is complete, and its two directions agree. */
#include <locale.h>
#include <string.h>

#include "ui/canvas.h"
#include "ui/keymap.h"

static void test_complete(void)
{
	for (enum action action = 1; action < ACTION_COUNT; action++) {
		enum action found;

		g_assert_true(action_from_name(action_name(action), &found));
		g_assert_cmpint(found, ==, action);
		g_assert_cmpstr(action_help(action), !=, "");
		g_assert_cmpint(canvas_width(action_help(action)), <=, 40);
		if (action_keys(action)[0])
			g_assert_cmpstr(action_label(action), !=, "");
	}
}

/* Each key written in the table exists and belongs to one action only. */
static void test_keys(void)
{
	enum action owner[KEYCODE_COUNT] = {ACTION_NONE};

	for (enum action action = 1; action < ACTION_COUNT; action++) {
		g_auto(GStrv) keys = g_strsplit(action_keys(action), " ", -1);

		for (char **key = keys; *key; key++) {
			enum key_code code = keymap_code(*key, strlen(*key));

			if (!**key)
				continue;
			g_assert_cmpint(code, !=, KEYCODE_NONE);
			g_assert_cmpint(owner[code], ==, ACTION_NONE);
			owner[code] = action;
			g_assert_cmpint(keymap_action(code), ==, action);
		}
	}
}

/* F11 is full screen in most terminals; letters are never commands. */
static void test_free_keys(void)
{
	g_assert_cmpint(keymap_action(KEYCODE_F1 + 10), ==, ACTION_NONE);
	for (gunichar c = 'a'; c <= 'z'; c++) {
		struct key_event key = keymap_event(KEYCODE_CHAR, c, NULL, 0);

		g_assert_cmpint(key.action, ==, ACTION_TEXT);
	}
	g_assert_cmpint(keymap_code("F13", 3), ==, KEYCODE_NONE);
	g_assert_cmpint(keymap_code("Ctrl+", 5), ==, KEYCODE_NONE);
	g_assert_cmpint(keymap_code("", 0), ==, KEYCODE_NONE);
}

static void test_digits(void)
{
	struct key_event key = keymap_event(KEYCODE_CHAR, '7', NULL, 0);

	g_assert_cmpint(key_digit(&key), ==, 7);
	key = keymap_event(KEYCODE_CHAR, 0xff13, NULL, 0);
	g_assert_cmpint(key_digit(&key), ==, 3);
	key = keymap_event(KEYCODE_CHAR, 'x', NULL, 0);
	g_assert_cmpint(key_digit(&key), ==, -1);
}

static void test_hints(void)
{
	AUTO(hint_list) hints = hint_list_new();

	hint_add(hints, ACTION_DO, "accept");
	hint_add_off(hints, ACTION_REDO, "reprint", "nothing failed");
	hint_add_keys(hints, ACTION_PICK, "1-3", "pick");
	g_assert_cmpstr(hint_of(hints, ACTION_DO)->text, ==, "accept");
	g_assert_cmpstr(
		hint_of(hints, ACTION_REDO)->reason, ==, "nothing failed");
	g_assert_cmpstr(hint_of(hints, ACTION_PICK)->keys, ==, "1-3");
	g_assert_null(hint_of(hints, ACTION_HELP));
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/keymap/complete", test_complete);
	g_test_add_func("/ui/keymap/keys", test_keys);
	g_test_add_func("/ui/keymap/free-keys", test_free_keys);
	g_test_add_func("/ui/keymap/digits", test_digits);
	g_test_add_func("/ui/keymap/hints", test_hints);
	return g_test_run();
}
