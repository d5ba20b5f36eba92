/* Profiles: every shipped one loads with its vectors, and what is wrong in one
 * is named with its place. */
#include "drivers/profile.h"

#include <string.h>

#include "client/base/error.h"
#include "drivers/hex.h"
#include "drivers/script.h"

static const char profile_dir[] = "config/profiles";

static void test_shipped(void)
{
	g_autoptr(GDir) dir = g_dir_open(profile_dir, 0, NULL);
	const char *name;
	int count = 0;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path =
			g_build_filename(profile_dir, name, NULL);
		g_autoptr(GError) error = NULL;
		AUTO(profile) profile = NULL;

		if (!g_str_has_suffix(name, ".profile"))
			continue;
		profile = profile_load(path, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(profile->vectors->len, >=, 2);
		g_assert_true(g_str_has_prefix(name, profile->name));
		count++;
	}
	g_assert_cmpint(count, >=, 4);
}

/* The example of the grammar's page is a profile that works. */
static void test_readme(void)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) parts = NULL;
	AUTO(profile) profile = NULL;

	g_assert_true(g_file_get_contents(
		"config/profiles/README.md", &text, NULL, NULL));
	parts = g_strsplit(text, "\n```\n", 3);
	g_assert_cmpuint(g_strv_length(parts), ==, 3);
	profile = profile_parse(parts[1], "README.md", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(profile->vectors->len, ==, 2);
}

static const char head[] = "profile t\nframe FF len(d) {d body d} sum8(d)\n";

static const struct {
	const char *text; /* behind head, or a whole file when it is first */
	const char *error;
	bool is_whole;
} broken[] = {
	{"frame FF\n", "t:1:1: expected profile NAME first, found \"frame\"",
		true},
	{"profile t\n", "t:1:1: expected a frame, found the end of the file",
		true},
	{"profile t\nframe FF body\n",
		"t:2:14: expected the end of the body: a length in front of "
		"it, or a fixed last byte, found the end of the statement",
		true},
	{"profile t\nframe FF len(d) {d body\n",
		"t:2:24: expected {d and d} around the bytes meant, found the "
		"end of the statement",
		true},
	{"profile t\nframe FF len(d {d body d} 16\n",
		"t:2:10: expected the end of a quote or bracket, found the end "
		"of the line",
		true},
	{"classs pad\n", "t:3:1: expected profile, title, class, line, address",
		false},
	{"class  telly\n", "t:3:8: expected keypad, pad, bar", false},
	{"gap 20ms\n",
		"t:3:5: expected milliseconds from 0 to 10000, found \"20ms\"",
		false},
	{"command Beep send 03\n", "t:3:9: expected NAME or NAME(ARG,ARG)",
		false},
	{"command beep send 03\ncommand beep send 04\n",
		"t:4:9: expected each command once, found \"beep\"", false},
	{"command show(text) send gbk(txt,64)\n",
		"t:3:25: expected gbk(ARG,MAX) with ARG one of the command's",
		false},
	{"command show(text) send gbk(text,0)\n",
		"t:3:25: expected a width from 1 to 2048", false},
	{"command a send 1\n", "t:3:16: expected two hex digits, digits(",
		false},
	{"command a send other: 11\n",
		"t:3:16: expected the name of a frame above", false},
	{"event key key=next when ... 01 ...\n",
		"t:3:32: expected only one ... in a pattern", false},
	{"event rating level=m[k] when 11 k\n",
		"t:3:14: expected NAME=MAP[BYTE] of a map above", false},
	{"map m 03=5 03=4\n", "t:3:12: expected HEX=WORD, each byte once",
		false},
	{"event key key=next\n", "t:3:19: expected when, found the end", false},
	{"check beep > 01\n", "t:3:7: expected <, >, = or a command above",
		false},
	{"command beep send 03\ncheck beep\n  > FF 01 03 04\n",
		"t:4: check: expected \"> FF 01 03 04\", found \"> FF 01 03 "
		"03\"",
		false},
	{"greet beep\n", "t:3:7: expected a command above that has expect",
		false},
};

static void test_broken(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = g_strconcat(
			broken[i].is_whole ? "" : head, broken[i].text, NULL);

		g_assert_null(profile_parse(text, "t", &error));
		g_assert_nonnull(error);
		if (!g_str_has_prefix(error->message, broken[i].error))
			g_error("%s\ngives %s\nnot   %s", text, error->message,
				broken[i].error);
	}
}

/* Answers with captured values, retries, a greeting, maps in commands. */
static const char talking[] =
	"profile talking\n"
	"class printer\n"
	"frame 02 len16le(d)+1 {d address body d} crc16-modbus(d) 03\n"
	"map speed 01=slow 02=fast\n"
	"command hello send 10 expect 90 timeout 100 retry 1\n"
	"command run(speed,n) send 11 speed[speed] byte(n)\n"
	"  expect 91 s v any timeout 200 result speed=speed[s] value=v ok=yes\n"
	"greet hello\n";

static char *next_effect(struct script *script)
{
	char *effect = script_take(script);

	return effect ? effect : g_strdup("nothing");
}

#define EXPECT(script, text)                                  \
	do {                                                  \
		g_autofree char *found = next_effect(script); \
		g_assert_cmpstr(found, ==, text);             \
	} while (0)

/* A frame of talking around a body, address 00. */
static void say_frame(struct script *script, const struct profile *profile,
	const char *body_hex, size_t chunk)
{
	uint8_t body[32];
	size_t len = 0;
	g_autoptr(GByteArray) whole = g_byte_array_new();

	g_assert_true(hex_decode(body_hex, body, sizeof(body), &len));
	g_assert_true(
		frame_build(profile->frames->pdata[0], 0, body, len, whole));
	script_feed(script, whole->data, whole->len, chunk);
}

static void test_conversation(void)
{
	g_autoptr(GError) error = NULL;
	AUTO(profile) profile = profile_parse(talking, "talking", &error);
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = NULL;

	g_assert_no_error(error);
	script = script_new(&profile->driver, options);
	EXPECT(script, "> 02 03 00 00 10 00 7C 03");
	script_wait(script, 100);
	EXPECT(script, "> 02 03 00 00 10 00 7C 03");
	say_frame(script, profile, "90", 1);
	EXPECT(script, "= ready");

	script_ask(script, "run {\"speed\":\"fast\",\"n\":7}");
	g_free(script_take(script));
	say_frame(script, profile, "91 01 2A 00", 2);
	EXPECT(script,
		"= done {\"speed\":\"slow\",\"value\":42,\"ok\":\"yes\"}");
	/* a value without a word */
	script_ask(script, "run {\"speed\":\"fast\",\"n\":7}");
	g_free(script_take(script));
	say_frame(script, profile, "91 05 2A 00", 0);
	EXPECT(script, "= fail link.protocol");
	/* no answer */
	script_ask(script, "run {\"speed\":\"slow\",\"n\":7}");
	g_free(script_take(script));
	script_wait(script, 200);
	EXPECT(script, "= fault silent");
	EXPECT(script, "= fail link.timeout");
	/* refused arguments */
	script_ask(script, "run {\"speed\":\"warp\",\"n\":7}");
	EXPECT(script, "= fail item.invalid");
	script_ask(script, "run {\"speed\":\"slow\",\"n\":256}");
	EXPECT(script, "= fail item.invalid");
	EXPECT(script, "nothing");
}

static void test_options(void)
{
	g_autoptr(GError) error = NULL;
	AUTO(profile) profile =
		profile_load("config/profiles/ff68-evaluator.profile", &error);
	static const struct {
		const char *key, *value;
		bool is_good;
	} rows[] = {
		{"address", "0C", true},
		{"address", "6", false},
		{"map.01", "3", true},
		{"map.rating.01", "3", true},
		{"map.03", "-", true},
		{"map.1", "3", false},
		{"map.0a", "3", false},
		{"map.other.01", "3", false},
	};

	g_assert_no_error(error);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		AUTO(device_options) options = device_options_new();

		device_options_put(options, rows[i].key, rows[i].value);
		g_assert_cmpint(profile_check_options(profile, options, NULL),
			==, rows[i].is_good);
	}
}

/* The site's map goes before the profile's. */
static void test_site_map(void)
{
	AUTO(profile) profile =
		profile_load("config/profiles/ff68-evaluator.profile", NULL);
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = NULL;
	static const uint8_t key3[] = {
		0xff, 0x68, 3, 3, 0x68, 6, 0x11, 3, 0x1a, 0x16};
	static const uint8_t key1[] = {
		0xff, 0x68, 3, 3, 0x68, 6, 0x11, 1, 0x18, 0x16};

	device_options_put(options, "map.03", "-");
	device_options_put(options, "map.rating.01", "3");
	script = script_new(&profile->driver, options);
	EXPECT(script, "= ready");
	script_feed(script, key3, sizeof(key3), 0);
	EXPECT(script, "> FF 68 03 03 68 06 01 03 0A 16");
	script_feed(script, key1, sizeof(key1), 0);
	EXPECT(script, "= event rating {\"level\":3}");
	EXPECT(script, "> FF 68 03 03 68 06 01 01 08 16");
	EXPECT(script, "nothing");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/profile/shipped", test_shipped);
	g_test_add_func("/profile/readme", test_readme);
	g_test_add_func("/profile/broken", test_broken);
	g_test_add_func("/profile/conversation", test_conversation);
	g_test_add_func("/profile/options", test_options);
	g_test_add_func("/profile/site-map", test_site_map);
	return g_test_run();
}
