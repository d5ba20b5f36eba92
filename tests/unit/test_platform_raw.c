/* The extent of values in JSON text, whatever stands in the strings. */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "client/base/json.h"
#include "client/platform/raw.h"

static const struct {
	const char *text, *body; /* NULL: there is none */
} cases[] = {
	{"{\"body\":{}}", "{}"},
	{"{\"body\":[]}", "[]"},
	{" { \"a\" : 1 , \"body\" : {\"x\":1} , \"b\":2 } ", "{\"x\":1}"},
	{"{\"a\":\"}\",\"body\":{\"x\":\"}{][\"},\"c\":0}", "{\"x\":\"}{][\"}"},
	{"{\"a\":\"\\\"\",\"body\":{\"x\":\"\\\\\"}}", "{\"x\":\"\\\\\"}"},
	{"{\"a\":\"\\\\\\\"}\",\"body\":{\"x\":\"\\\"}\"}}",
		"{\"x\":\"\\\"}\"}"},
	{"{\"a\":{\"body\":1},\"body\":{\"body\":2}}", "{\"body\":2}"},
	{"{\"a\":\"\\\"body\\\":{}\",\"body\":{ \"x\" : [ {} , [ ] ] }}",
		"{ \"x\" : [ {} , [ ] ] }"},
	{"{\"b\\u006fdy\":{\"x\":1}}", "{\"x\":1}"},
	{"{\"bod\\u0079s\":0,\"body\":-1.5e3 }", "-1.5e3"},
	{"{\"body\":\"a, b\"}", "\"a, b\""},
	{"{\"body\":null,\"z\":1}", "null"},
	{"{\"body\":true}", "true"},
	{"{\"a\":[1,2,{\"body\":3}],\n\t\"body\":\r\n{\"张\":\"”}“\"}}",
		"{\"张\":\"”}“\"}"},
	{"{\"Body\":1}", NULL},
	{"{}", NULL},
	{"[]", NULL},
	{"[\"body\",1]", NULL},
};

static void test_body(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t len = strlen(cases[i].text);
		AUTO(json) parsed = json_parse(cases[i].text, len, NULL);
		g_autofree char *found = NULL;
		struct raw whole, body;

		g_assert_nonnull(parsed);
		g_assert_true(raw_document(cases[i].text, len, &whole));
		if (raw_member(&whole, parsed, "body", &body))
			found = g_strndup(body.text, body.len);
		g_assert_cmpstr(found, ==, cases[i].body);
	}
}

static void test_walk(void)
{
	static const char text[] = " [ {\"a\":\"]\"} , 7,\"x,\\\"y\", [[]] ] ";
	static const char *const wanted[] = {
		"{\"a\":\"]\"}", "7", "\"x,\\\"y\"", "[[]]"};
	struct raw_walk walk;
	struct raw whole, value;
	size_t count = 0;

	g_assert_true(raw_document(text, strlen(text), &whole));
	g_assert_true(raw_begin(&whole, &walk));
	while (raw_next(&walk, &value)) {
		g_autofree char *found = g_strndup(value.text, value.len);

		g_assert_cmpint(count, <, G_N_ELEMENTS(wanted));
		g_assert_cmpstr(found, ==, wanted[count]);
		count++;
	}
	g_assert_cmpint(count, ==, G_N_ELEMENTS(wanted));
}

/* Every beginning of a text, in a buffer of just its size: nothing beyond is
 * read (seen by ASan), and it ends. */
static void test_cut(void)
{
	static const char text[] =
		"{\"a\":[1,\"\\\"\"],\"body\":{\"x\":[{},\"}\\\\\"]}}";
	AUTO(json) parsed = json_parse(text, strlen(text), NULL);

	for (size_t len = 0; len < sizeof(text); len++) {
		char *cut = malloc(len + 1);
		struct raw whole, body;

		memcpy(cut, text, len);
		cut = realloc(cut, len ? len : 1);
		if (raw_document(cut, len, &whole)) {
			bool found = raw_member(&whole, parsed, "body", &body);

			g_assert_cmpint(found, ==,
				len == strlen(text) || len == sizeof(text));
		}
		free(cut);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/platform/raw/body", test_body);
	g_test_add_func("/platform/raw/walk", test_walk);
	g_test_add_func("/platform/raw/cut", test_cut);
	return g_test_run();
}
