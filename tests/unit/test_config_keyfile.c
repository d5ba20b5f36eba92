/* Key files: order, lines, and what a mistake is answered with. */
#include "config/keyfile.h"

#include <string.h>

#include <glib.h>

#include "client/base/error.h"

static struct keyfile *parse(const char *text, GError **error)
{
	return keyfile_parse(text, strlen(text), "/etc/yikou/x.conf", error);
}

static void test_parse(void)
{
	const char *text = "\xef\xbb\xbf# devices\n"
			   "\n"
			   "[device keypad]\r\n"
			   "  port = tcp:127.0.0.1:7001  \n"
			   "map.非常满意=5\n"
			   "; also a comment\n"
			   "[bus one]\n"
			   "[window]\n"
			   "name = a = b # no comment";
	g_autoptr(GError) error = NULL;
	AUTO(keyfile) file = parse(text, &error);
	const struct keyfile_section *section;

	g_assert_no_error(error);
	g_assert_cmpuint(file->n_sections, ==, 3);
	section = &file->sections[0];
	g_assert_cmpstr(section->kind, ==, "device");
	g_assert_cmpstr(section->name, ==, "keypad");
	g_assert_cmpint(section->line, ==, 3);
	g_assert_cmpuint(section->n_entries, ==, 2);
	g_assert_cmpstr(section->entries[0].value, ==, "tcp:127.0.0.1:7001");
	g_assert_cmpint(section->entries[1].line, ==, 5);
	g_assert_cmpstr(section->entries[1].key, ==, "map.非常满意");
	g_assert_cmpuint(file->sections[1].n_entries, ==, 0);
	section = keyfile_find(file, "window");
	g_assert_cmpstr(section->name, ==, "");
	g_assert_cmpstr(
		keyfile_text(section, "name", ""), ==, "a = b # no comment");
	g_assert_cmpstr(keyfile_text(section, "none", "x"), ==, "x");
	g_assert_cmpstr(keyfile_text(NULL, "none", "x"), ==, "x");
	g_assert_cmpint(keyfile_line(section, "name"), ==, 9);
	g_assert_cmpint(keyfile_line(section, "none"), ==, 8);
	g_assert_null(keyfile_find(file, "device"));
}

static void test_broken(void)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"[a]\nhello\n", "x.conf:2: expected \"key = value\""},
		{"a=1\n", "x.conf:1: a key stands before"},
		{"[a\n", "x.conf:1: expected [section]"},
		{"[]\n", "x.conf:1: expected [section]"},
		{"[a]\nb=1\nb=2\n", "x.conf:3: key b is already in line 2"},
		{"[a]\n[b]\n[a]\n",
			"x.conf:3: section [a] is already in line 1"},
		{"[a]\n=1\n", "x.conf:2: not a key"},
		{"[a]\nb c=1\n", "x.conf:2: not a key"},
		{"[a]\nb=\x01\n", "x.conf:2: control character"},
		{"[a]\nb=\xff\n", "x.conf:2: not UTF-8"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(parse(rows[i].text, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].message));
	}
}

static void test_bounds(void)
{
	g_autofree char *line = g_strnfill(KEYFILE_MAX_LINE + 1, 'x');
	g_autofree char *huge = g_strnfill(KEYFILE_MAX_BYTES + 1, '\n');
	g_autoptr(GError) error = NULL;

	g_assert_null(parse(line, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
	g_assert_nonnull(strstr(error->message, "x.conf:1: line longer"));
	g_clear_error(&error);
	g_assert_null(parse(huge, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
	g_clear_error(&error);
	g_assert_null(keyfile_load("/nonexistent/x.conf", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	/* no NUL hides the rest */
	g_clear_error(&error);
	g_assert_null(keyfile_parse("[a]\0[b]", 7, "x", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
}

/* A secret in a broken line is not repeated. */
static void test_secret(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(parse("[1003]\npassword hunter2\n", &error));
	g_assert_null(strstr(error->message, "hunter2"));
}

static void test_typed(void)
{
	AUTO(keyfile) file =
		parse("[a]\nn=7\nbad=7x\nbig=700\nyes=true\nno=否\nodd=maybe\n",
			NULL);
	const struct keyfile_section *section = &file->sections[0];
	g_autoptr(GError) error = NULL;
	int64_t number;
	bool truth;

	g_assert_true(
		keyfile_int(file, section, "n", 1, 100, 5, &number, NULL));
	g_assert_cmpint(number, ==, 7);
	g_assert_true(
		keyfile_int(file, section, "none", 1, 100, 5, &number, NULL));
	g_assert_cmpint(number, ==, 5);
	g_assert_false(
		keyfile_int(file, section, "bad", 1, 100, 5, &number, &error));
	g_assert_cmpstr(error->message, ==,
		"/etc/yikou/x.conf:3: bad: expected a whole number from 1 to "
		"100");
	g_clear_error(&error);
	g_assert_false(
		keyfile_int(file, section, "big", 1, 100, 5, &number, NULL));
	g_assert_true(keyfile_bool(file, section, "yes", false, &truth, NULL));
	g_assert_true(truth);
	g_assert_true(keyfile_bool(file, section, "no", true, &truth, NULL));
	g_assert_false(truth);
	g_assert_true(keyfile_bool(file, section, "none", true, &truth, NULL));
	g_assert_true(truth);
	g_assert_false(
		keyfile_bool(file, section, "odd", true, &truth, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
}

static void test_known(void)
{
	static const char *const known[] = {"port", "class", "map.*", NULL};
	AUTO(keyfile) good = parse("[a]\nport=1\nmap.5=x\n", NULL);
	AUTO(keyfile) bad = parse("[a]\n\nprot=1\n", NULL);
	AUTO(keyfile) far = parse("[a]\nelephant=1\n", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(
		keyfile_check_keys(good, &good->sections[0], known, NULL));
	g_assert_false(
		keyfile_check_keys(bad, &bad->sections[0], known, &error));
	g_assert_cmpstr(error->message, ==,
		"/etc/yikou/x.conf:3: unknown key prot in [a], did you mean "
		"port?");
	g_clear_error(&error);
	g_assert_false(
		keyfile_check_keys(far, &far->sections[0], known, &error));
	g_assert_null(strstr(error->message, "did you mean"));
}

static void test_path(void)
{
	AUTO(keyfile) file = parse("[a]\n", NULL);
	g_autofree char *relative = keyfile_path(file, "state/x");
	g_autofree char *up = keyfile_path(file, "../x");
	g_autofree char *absolute = keyfile_path(file, "/var/x");

	g_assert_cmpstr(relative, ==, "/etc/yikou/state/x");
	g_assert_cmpstr(up, ==, "/etc/x");
	g_assert_cmpstr(absolute, ==, "/var/x");
	g_assert_null(keyfile_path(file, ""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/keyfile/parse", test_parse);
	g_test_add_func("/config/keyfile/broken", test_broken);
	g_test_add_func("/config/keyfile/bounds", test_bounds);
	g_test_add_func("/config/keyfile/secret", test_secret);
	g_test_add_func("/config/keyfile/typed", test_typed);
	g_test_add_func("/config/keyfile/known", test_known);
	g_test_add_func("/config/keyfile/path", test_path);
	return g_test_run();
}
