/* Merging by field: one row for each rule, and a property: whatever both sides
 * did, nothing of either is lost without a person being asked. */
#include "client/rules/merge.h"

#include <string.h>

#include <glib.h>

struct row {
	const char *what, *base, *here, *there, *choices;
	const char *merged;
	const char *open; /* paths with blanks between */
};

static const struct row rows[] = {
	{"nothing changed", "{'a':1}", "{'a':1}", "{'a':1}", "", "{'a':1}", ""},
	{"here", "{'a':1}", "{'a':2}", "{'a':1}", "", "{'a':2}", ""},
	{"there", "{'a':1}", "{'a':1}", "{'a':2}", "", "{'a':2}", ""},
	{"the same on both", "{'a':1}", "{'a':2}", "{'a':2}", "", "{'a':2}",
		""},
	{"two fields", "{'f':{'a':1,'b':1}}", "{'f':{'a':2,'b':1}}",
		"{'f':{'a':1,'b':2}}", "", "{'f':{'a':2,'b':2}}", ""},
	{"one field on both", "{'f':{'a':1}}", "{'f':{'a':2}}", "{'f':{'a':3}}",
		"", "{'f':{'a':2}}", "f/a"},
	{"chosen there", "{'f':{'a':1}}", "{'f':{'a':2}}", "{'f':{'a':3}}",
		"{'f/a':'there'}", "{'f':{'a':3}}", ""},
	{"chosen here", "{'f':{'a':1}}", "{'f':{'a':2}}", "{'f':{'a':3}}",
		"{'f/a':'here'}", "{'f':{'a':2}}", ""},
	{"another word", "{'f':{'a':1}}", "{'f':{'a':2}}", "{'f':{'a':3}}",
		"{'f/a':'both','x':'here'}", "{'f':{'a':2}}", "f/a"},
	{"added on both", "{}", "{'a':1}", "{'b':2}", "", "{'b':2,'a':1}", ""},
	{"added, different", "{}", "{'a':1}", "{'a':2}", "", "{'a':1}", "a"},
	{"emptied here", "{'a':1,'b':1}", "{'b':1}", "{'a':1,'b':1}", "",
		"{'b':1}", ""},
	{"emptied here, changed there", "{'a':1}", "{}", "{'a':2}", "", "{}",
		"a"},
	{"and there it is chosen", "{'a':1}", "{}", "{'a':2}", "{'a':'there'}",
		"{'a':2}", ""},
	{"emptied there, changed here", "{'a':1}", "{'a':2}", "{}", "",
		"{'a':2}", "a"},
	{"an object became a text", "{'f':{'a':1}}", "{'f':'x'}",
		"{'f':{'a':2}}", "", "{'f':'x'}", "f"},
	{"rows of a form are one field", "{'form':{'r':[1]}}",
		"{'form':{'r':[1,2]}}", "{'form':{'r':[1,3]}}", "",
		"{'form':{'r':[1,2]}}", "form/r"},
	{"a slash in a name", "{'a/b':1,'c~d':1}", "{'a/b':2,'c~d':2}",
		"{'a/b':3,'c~d':3}", "", "{'a/b':2,'c~d':2}", "a~1b c~0d"},
	{"no base", NULL, "{'a':1,'b':1}", "{'a':1,'b':2}", "", "{'a':1,'b':1}",
		"b"},
	{"nothing there", "{'a':1}", "{'a':1}", NULL, "", "{}", ""},
	{"the platform's", "{'case_no':'1','result':{'x':1}}",
		"{'case_no':'2','result':{'x':2}}",
		"{'case_no':'3','result':{'x':3}}", "",
		"{'case_no':'3','result':{'x':3}}", ""},
	{"of that name further in: a field", "{'form':{'result':1}}",
		"{'form':{'result':2}}", "{'form':{'result':3}}", "",
		"{'form':{'result':2}}", "form/result"},
	{"steps", "{'steps':[{'step_id':'a'}]}",
		"{'steps':[{'step_id':'a'},{'step_id':'b'}]}",
		"{'steps':[{'step_id':'a'},{'step_id':'c'}]}", "",
		"{'steps':[{'step_id':'a'},{'step_id':'c'},{'step_id':'b'}]}",
		""},
	{"a step removed here is not", "{'steps':[{'step_id':'a'}]}",
		"{'steps':[]}", "{'steps':[{'step_id':'a'}]}", "",
		"{'steps':[{'step_id':'a'}]}", ""},
	{"one id, two contents: the platform's", "{}",
		"{'steps':[{'step_id':'a','x':1}]}",
		"{'steps':[{'step_id':'a','x':2}]}", "",
		"{'steps':[{'step_id':'a','x':2}]}", ""},
	{"documents by kind and number", "{}",
		"{'documents':[{'kind':'r','number':''},{'kind':'n',"
		"'number':'1'}]}",
		"{'documents':[{'kind':'r','number':''},{'kind':'n',"
		"'number':'2'}]}",
		"",
		"{'documents':[{'kind':'r','number':''},{'kind':'n',"
		"'number':'2'},{'kind':'n','number':'1'}]}",
		""},
	{"two slots", "{'materials':[{'no':1,'pages':[]},{'no':2,'pages':[]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'a'}]},{'no':2,"
		"'pages':[]}]}",
		"{'materials':[{'no':1,'pages':[]},{'no':2,'pages':[{"
		"'sha256':'b'}]}]}",
		"",
		"{'materials':[{'no':1,'pages':[{'sha256':'a'}]},{'no':2,"
		"'pages':[{'sha256':'b'}]}]}",
		""},
	{"one slot, two files: both", "{'materials':[{'no':1,'pages':[]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'a'}]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'b'}]}]}", "",
		"{'materials':[{'no':1,'pages':[{'sha256':'b'},{'sha256':'a'}"
		"]}]}",
		"materials/1/pages"},
	{"and both are chosen", "{'materials':[{'no':1,'pages':[]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'a'}]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'b'}]}]}",
		"{'materials/1/pages':'both'}",
		"{'materials':[{'no':1,'pages':[{'sha256':'b'},{'sha256':'a'}"
		"]}]}",
		""},
	{"one of them is picked", "{'materials':[{'no':1,'pages':[]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'a'}]}]}",
		"{'materials':[{'no':1,'pages':[{'sha256':'b'}]}]}",
		"{'materials/1/pages':'here'}",
		"{'materials':[{'no':1,'pages':[{'sha256':'a'}]}]}", ""},
	{"a slot is not lost", "{'materials':[{'no':1},{'no':2}]}",
		"{'materials':[{'no':1}]}", "{'materials':[{'no':2}]}", "",
		"{'materials':[{'no':2},{'no':1}]}", ""},
	{"state of one slot", "{'materials':[{'no':1,'state':'x'}]}",
		"{'materials':[{'no':1,'state':'y'}]}",
		"{'materials':[{'no':1,'state':'z'}]}", "",
		"{'materials':[{'no':1,'state':'y'}]}", "materials/1/state"},
	{"no list at all", "{'materials':[]}", "{'materials':1}",
		"{'materials':[{'no':1}]}", "", "{'materials':1}", "materials"},
};

static struct json *parse(const char *text)
{
	g_autofree char *quoted = g_strdup(text);
	g_autoptr(GError) error = NULL;
	struct json *value;

	if (!text || !*text)
		return NULL;
	g_strdelimit(quoted, "'", '"');
	value = json_parse(quoted, strlen(quoted), &error);
	g_assert_no_error(error);
	return value;
}

static char *open_paths(const struct json *open)
{
	g_autoptr(GString) text = g_string_new(NULL);

	json_each (row, open)
		g_string_append_printf(text, "%s%s", text->len ? " " : "",
			json_text(row, "path"));
	return g_strdup(text->str);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		AUTO(json) base = parse(rows[i].base);
		AUTO(json) here = parse(rows[i].here);
		AUTO(json) there = parse(rows[i].there);
		AUTO(json) choices = parse(rows[i].choices);
		AUTO(json) wanted = parse(rows[i].merged);
		struct merge merge;
		g_autofree char *got = NULL, *want = NULL, *open = NULL;

		g_test_message("%s", rows[i].what);
		merge_make(base, here, there, choices, &merge);
		got = json_print(merge.merged);
		want = json_print(wanted);
		open = open_paths(merge.open);
		g_assert_cmpstr(got, ==, want);
		g_assert_cmpstr(open, ==, rows[i].open);
		merge_clear(&merge);
	}
}

static void test_values(void)
{
	AUTO(json) base = parse("{'a':1}");
	AUTO(json) here = parse("{'a':2}");
	AUTO(json) there = parse("{}");
	struct merge merge;
	const struct json *row;

	merge_make(base, here, there, NULL, &merge);
	row = merge_find(merge.open, "a");
	g_assert_nonnull(row);
	g_assert_cmpint(json_int_or(row, "before", -1), ==, 1);
	g_assert_cmpint(json_int_or(row, "here", -1), ==, 2);
	g_assert_null(json_get(row, "there"));
	g_assert_false(json_bool_or(row, "both", false));
	g_assert_null(merge_find(merge.open, "b"));
	merge_clear(&merge);
}

/* Random edits of six fields: every change of either side is in the result or
 * is asked about; nothing is asked that only one side changed. */
enum { FIELDS = 6, ROUNDS = 2000 };

static struct json *make_fields(const int value[FIELDS])
{
	struct json *form = json_new_object(), *whole = json_new_object();

	for (int i = 0; i < FIELDS; i++) {
		char name[2] = {(char)('a' + i), '\0'};

		if (value[i] > 0)
			json_put_int(form, name, value[i]);
	}
	json_put(whole, "form", form);
	return whole;
}

static void check_field(const struct merge *merge, int i, const int base[],
	const int here[], const int there[])
{
	char name[2] = {(char)('a' + i), '\0'};
	g_autofree char *path = g_strconcat("form/", name, NULL);
	int64_t got = json_int_or(json_get(merge->merged, "form"), name, 0);
	bool both = here[i] != base[i] && there[i] != base[i] &&
		    here[i] != there[i];

	g_assert_cmpint(merge_find(merge->open, path) != NULL, ==, both);
	if (both || here[i] != base[i])
		g_assert_cmpint(got, ==, here[i]);
	else
		g_assert_cmpint(got, ==, there[i]);
}

static void test_property(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		int value[3][FIELDS];
		AUTO(json) base = NULL, *here = NULL, *there = NULL;
		struct merge merge;

		for (int i = 0; i < FIELDS; i++) {
			value[0][i] = g_test_rand_int_range(0, 3);
			for (int side = 1; side < 3; side++)
				value[side][i] =
					g_test_rand_int_range(0, 2)
						? value[0][i]
						: g_test_rand_int_range(0, 4);
		}
		base = make_fields(value[0]);
		here = make_fields(value[1]);
		there = make_fields(value[2]);
		merge_make(base, here, there, NULL, &merge);
		for (int i = 0; i < FIELDS; i++)
			check_field(&merge, i, value[0], value[1], value[2]);
		merge_clear(&merge);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/merge/rows", test_rows);
	g_test_add_func("/rules/merge/values", test_values);
	g_test_add_func("/rules/merge/property", test_property);
	return g_test_run();
}
