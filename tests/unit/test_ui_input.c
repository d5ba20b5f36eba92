/* Bytes to keys: the sequences of the terminals in use, late tails, pastes,
 * and noise. */
#include <locale.h>
#include <string.h>

#include "ui/input.h"

enum { ESCAPE_MS = 50 };

struct key_case {
	const char *bytes;
	const char *keys; /* names joined by blanks; text as 'x' */
};

static const struct key_case key_cases[] = {
	{"a", "'a'"},
	{"\xe4\xb8\xad", "'中'"},
	{"\r", "next"},
	{"\n", "next"},
	{"\t", "pane-next"},
	{"\x7f", "backspace"},
	{"\x08", "backspace"},
	{"\x0b", "menu"},
	{"\x03", "copy"},
	{"\x1a", "undo"},
	{" ", "mark"},
	{"\xe3\x80\x80", "mark"},
	{"5", "pick"},
	{"\xef\xbc\x95", "pick"},
	{"\033OP", "help"}, /* F1, xterm and PuTTY */
	{"\033[11~", "help"},
	{"\033[[A", "help"}, /* Linux console */
	{"\033[[E", "redo"},
	{"\033[15~", "redo"},
	{"\033[19~", "do"},
	{"\033[20~", "aside"},
	{"\033[21~", "menu"},
	{"\033[24~", "back"},
	{"\0338", "do"}, /* Alt+8 */
	{"\0331", "help"},
	{"\033[A", "up"},
	{"\033OA", "up"},
	{"\033[H", "first"},
	{"\033[1~", "first"},
	{"\033[4~", "last"},
	{"\033[5~", "page-up"},
	{"\033[3~", "remove"},
	{"\033[Z", "pane-back"},
	{"\033[1;5D", "earlier"},
	{"\033Oc", "later"},
	{"\033Op", "pick"}, /* keypad 0 */
	{"\033Oy", "pick"},
	{"\033OM", "next"},
	{"\033On", "'.'"},
	{"\033[23~", ""},   /* F11 is never bound */
	{"\033[99~", ""},   /* not known: dropped whole */
	{"\033[?1;2c", ""}, /* an answer nobody asked for */
	{"\033[24;80R", ""},
	{"\033[<0;10;10M", ""},       /* mouse */
	{"\033]0;title\007x", "'x'"}, /* OSC */
	{"\033P1$r0m\033\\x", "'x'"}, /* DCS */
	{"\033a", ""},                /* Alt+a */
	{"\033\033[A", "back up"},
	{"\xff\xfe"
	 "a",
		"'a'"},
	{"\xe4\xb8", ""},
	{"\xc2\x9b"
	 "5n",
		"pick 'n'"}, /* C1 is dropped */
	{"\033[200~a\033[31m\rb\033[201~", "paste"},
	{"\033[200~\033[201~", "paste"},
	{"\033[200~x\033[20\033[201~y", "paste 'y'"},
	{"\033[201~", ""},
	{"\0", ""},
};

static char *keys_of(struct input *input)
{
	GString *out = g_string_new(NULL);
	struct key_event key;

	while (input_next(input, &key)) {
		if (out->len > 0)
			g_string_append_c(out, ' ');
		if (key.action == ACTION_TEXT) {
			g_string_append_c(out, '\'');
			g_string_append_unichar(out, key.ch);
			g_string_append_c(out, '\'');
		} else {
			g_string_append(out, action_name(key.action));
		}
		key_event_clear(&key);
	}
	return g_string_free(out, FALSE);
}

/* At once, and byte by byte: the same keys. */
static void test_keys(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(key_cases); i++) {
		const struct key_case *it = &key_cases[i];
		size_t len = strlen(it->bytes);

		for (size_t chunk = 1; chunk <= len; chunk++) {
			AUTO(input) input = input_new(ESCAPE_MS);
			g_autofree char *keys = NULL;

			for (size_t at = 0; at < len; at += chunk)
				input_feed(input, it->bytes + at,
					MIN(chunk, len - at), 1000);
			input_tick(input, 1000 + 2 * ESCAPE_MS);
			keys = keys_of(input);
			g_assert_cmpstr(keys, ==, it->keys);
		}
	}
}

static void expect(struct input *input, const char *want)
{
	g_autofree char *keys = keys_of(input);

	g_assert_cmpstr(keys, ==, want);
}

static void test_escape(void)
{
	AUTO(input) input = input_new(ESCAPE_MS);

	g_assert_cmpint(input_timeout_ms(input, 1000), ==, -1);
	input_feed(input, "\033", 1, 1000);
	expect(input, "");
	g_assert_cmpint(input_timeout_ms(input, 1010), ==, 40);
	input_tick(input, 1049);
	expect(input, "");
	input_tick(input, 1050);
	expect(input, "back");
	g_assert_cmpint(input_timeout_ms(input, 1060), ==, -1);
	/* A digit typed after it is a digit. */
	input_feed(input, "8", 1, 1200);
	expect(input, "pick");
}

/* The tail of an F key that comes after its Esc was taken for the key. */
static void test_late_tail(void)
{
	AUTO(input) input = input_new(ESCAPE_MS);

	input_feed(input, "\033", 1, 1000);
	input_tick(input, 1060);
	expect(input, "back");
	input_feed(input, "[15~", 4, 1200);
	expect(input, "");
	input_feed(input, "\033", 1, 2000);
	input_tick(input, 2060);
	input_feed(input, "OP", 2, 2300);
	expect(input, "back");
	/* Too late: it was typed. */
	input_feed(input, "\033", 1, 3000);
	input_tick(input, 3060);
	input_feed(input, "OK", 2, 3500);
	expect(input, "back 'O' 'K'");
	/* An O alone within the time was typed too. */
	input_feed(input, "\033", 1, 4000);
	input_tick(input, 4060);
	input_feed(input, "O", 1, 4100);
	input_tick(input, 4200);
	expect(input, "back 'O'");
}

static void test_paste_bound(void)
{
	AUTO(input) input = input_new(ESCAPE_MS);
	g_autofree char *megabyte = g_strnfill(1 << 20, 'a');
	struct key_event key;

	input_feed(input, "\033[200~", 6, 0);
	input_feed(input, megabyte, 1 << 20, 0);
	input_tick(input, 100000);
	g_assert_false(input_next(input, &key));
	input_feed(input, "\033[201~", 6, 0);
	g_assert_true(input_next(input, &key));
	g_assert_cmpint(key.action, ==, ACTION_PASTE);
	g_assert_cmpuint(strlen(key.pasted), ==, INPUT_PASTE_MAX);
	key_event_clear(&key);
}

static void test_learned(void)
{
	AUTO(input) input = input_new(ESCAPE_MS);

	input_learn(input, "\033[OP", KEYCODE_F1);
	input_learn(input, "\033[28~", KEYCODE_F1 + 7);
	input_learn(input, "x", KEYCODE_F1); /* no sequence: ignored */
	input_feed(input, "\033[28~x", 6, 0);
	expect(input, "do 'x'");
}

/* Noise: no crash, and nothing that is not a key. */
static void test_noise(void)
{
	static const char alphabet[] =
		"\033\033\033[]OP~;0125<?\r\x0b a\xe4\xb8"
		"\xad\xff\x9b\x07\\";
	AUTO(input) input = input_new(ESCAPE_MS);
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	int64_t now = 0;

	for (int i = 0; i < 200000; i++) {
		struct key_event key;
		char byte = i % 3 ? alphabet[g_rand_int_range(
					    random, 0, sizeof(alphabet) - 1)]
				  : (char)g_rand_int_range(random, 0, 256);

		now += g_rand_int_range(random, 0, 30);
		input_feed(input, &byte, 1, now);
		if (i % 500 == 0)
			input_feed(input, "\033[201~\007", 7, now);
		while (input_next(input, &key)) {
			g_assert_cmpint(key.action, >, ACTION_NONE);
			g_assert_cmpint(key.action, <, ACTION_COUNT);
			key_event_clear(&key);
		}
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/input/keys", test_keys);
	g_test_add_func("/ui/input/escape", test_escape);
	g_test_add_func("/ui/input/late-tail", test_late_tail);
	g_test_add_func("/ui/input/paste-bound", test_paste_bound);
	g_test_add_func("/ui/input/learned", test_learned);
	g_test_add_func("/ui/input/noise", test_noise);
	return g_test_run();
}
