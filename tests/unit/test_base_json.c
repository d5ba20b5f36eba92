/* The strict JSON wrapper: what cJSON would let pass is refused here. */
#include "client/base/json.h"

#include <string.h>

#include "client/base/error.h"

static void test_refuses(void)
{
	static const char *const bad[] = {"", " ", "{", "[1,]", "{\"a\":1,}",
		"{\"a\":1 \"b\":2}", "{a:1}", "01", "1.", ".5", "+1", "1e",
		"1e999", "-", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"",
		"\"\\ud800\"", "\"\\udc00\"", "\"a\nb\"", "nul", "truee", "1 2",
		"{\"a\":1}x", "{\"a\":1,\"a\":2}", "{\"x\":{\"b\":1,\"b\":1}}",
		"\"\xff\"", "\"\xc0\xaf\"", "'a'", "[1 2]", "NaN", "Infinity",
		"//c\n1"};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		AUTO(json) value = json_parse(bad[i], strlen(bad[i]), &error);

		if (value)
			g_test_message("accepted: %s", bad[i]);
		g_assert_null(value);
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
	}
}

static void test_nul_and_depth(void)
{
	g_autofree char *deep = g_strnfill(200, '[');
	g_autofree char *close = g_strnfill(64, ']');
	g_autofree char *open = g_strnfill(64, '[');
	g_autofree char *fine = g_strconcat(open, close, NULL);
	AUTO(json) good = json_parse(fine, strlen(fine), NULL);

	g_assert_null(json_parse("\"a\0b\"", 5, NULL));
	g_assert_null(json_parse(deep, strlen(deep), NULL));
	g_assert_nonnull(good);
}

static void test_place(void)
{
	const char *text = "{\n  \"a\": 1,\n  \"b\": x\n}";
	g_autoptr(GError) error = NULL;

	g_assert_null(json_parse(text, strlen(text), &error));
	g_assert_nonnull(strstr(error->message, "line 3, column 8"));
}

static void test_round_trip(void)
{
	const char *text =
		"{\"name\":\"\\u674e䶮𬱖\",\"n\":9007199254740992,"
		"\"t\":true,\"l\":[1,-2.5,null,\"\"],\"o\":{}}";
	AUTO(json) value = json_parse(text, strlen(text), NULL);
	g_autofree char *out = NULL;
	AUTO(json) again = NULL;

	g_assert_nonnull(value);
	g_assert_cmpstr(json_text(value, "name"), ==, "李䶮𬱖");
	g_assert_cmpint(json_int_or(value, "n", 0), ==, 9007199254740992);
	g_assert_cmpint(json_int_or(value, "N", -1), ==, -1);
	out = json_print(value);
	again = json_parse(out, strlen(out), NULL);
	g_assert_true(json_equal(value, again));
}

static void test_making(void)
{
	AUTO(json) object = json_new_object();
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	int64_t number;

	json_put_text(object, "a", "one");
	json_put_text(object, "a", "two");
	json_put_int(object, "n", 42);
	json_put(object, "list", json_new_array());
	json_add_text(json_get_mutable(object, "list"), "x");
	json_put_text(object, "gone", "x");
	json_put_text(object, "gone", NULL);
	text = json_print(object);
	g_assert_cmpstr(text, ==, "{\"a\":\"two\",\"n\":42,\"list\":[\"x\"]}");
	g_assert_true(json_need_int(object, "n", 0, 50, &number, NULL));
	g_assert_false(json_need_int(object, "n", 0, 41, &number, &error));
	g_assert_null(json_need_text(object, "n", 10, NULL));
	g_assert_null(json_need_text(object, "a", 2, NULL));
	g_assert_cmpint(json_int_or(object, "a", 7), ==, 7);
	g_assert_cmpint(json_length(NULL), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/refuses", test_refuses);
	g_test_add_func("/json/nul-and-depth", test_nul_and_depth);
	g_test_add_func("/json/place", test_place);
	g_test_add_func("/json/round-trip", test_round_trip);
	g_test_add_func("/json/making", test_making);
	return g_test_run();
}
