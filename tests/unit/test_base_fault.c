/* Faults: the message made of their parts, the same in other words, and what
 * becomes of them when the error travels. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/file.h"
#include "client/base/json.h"

static const char *translate(const char *msgid)
{
	if (strcmp(msgid, "%s: from %d to %lld") == 0)
		return "bis %3$s ab %2$s (%1$s)";
	return strcmp(msgid, "a size") == 0 ? "ein Mass" : msgid;
}

static void test_parts(void)
{
	g_autoptr(GError) error = NULL, copy = NULL;
	g_autofree char *text = NULL;
	const struct fault *fault;

	g_assert_false(fault_set(&error, ITEM_ERROR_INVALID, "a.conf", 3,
		"%s: from %d to %lld", "size", -1, 5000000000LL));
	fault_expect(&error, "a size");
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_assert_cmpstr(error->message, ==,
		"a.conf:3: size: from -1 to 5000000000: a size");
	copy = g_error_copy(error);
	g_clear_error(&error);
	fault = fault_of(copy);
	g_assert_nonnull(fault);
	g_assert_cmpstr(fault->file, ==, "a.conf");
	g_assert_cmpint(fault->line, ==, 3);
	text = fault_text(fault, translate);
	g_assert_cmpstr(
		text, ==, "a.conf:3: bis 5000000000 ab -1 (size): ein Mass");
	g_assert_cmpint(error_exit_code(copy), ==, EXIT_CODE_USAGE);
}

static void test_others(void)
{
	g_autoptr(GError) plain =
		g_error_new(ITEM_ERROR, ITEM_ERROR_INVALID, "a value is wrong");
	g_autoptr(GError) link =
		g_error_new(LINK_ERROR, LINK_ERROR_BUSY, "busy");
	g_autoptr(GError) line = NULL;

	g_assert_null(fault_of(NULL));
	g_assert_null(fault_of(plain));
	g_assert_null(fault_of(link));
	g_assert_cmpint(error_exit_code(plain), ==, EXIT_CODE_ITEM);
	/* nobody asked */
	g_assert_false(fault_set(NULL, ITEM_ERROR_INVALID, "x", 1, "twice"));
	fault_expect(NULL, "once");
	/* not of a file */
	fault_set(&line, ITEM_ERROR_REFUSED, NULL, 0, "%zu%% of %s, %u",
		(size_t)7, "it", 3U);
	g_assert_cmpstr(line->message, ==, "7% of it, 3");
	g_assert_cmpint(error_exit_code(line), ==, EXIT_CODE_ITEM);
	fault_set_file(&line, "b.conf");
	g_assert_cmpstr(line->message, ==, "b.conf: 7% of it, 3");
	fault_set_file(&line, "c.conf");
	g_assert_cmpstr(fault_of(line)->file, ==, "b.conf");
}

static void expect_unreadable(const char *path, int code, const char *what)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(file_read_written(path, 16, NULL, &error));
	g_assert_error(error, ITEM_ERROR, code);
	g_assert_nonnull(fault_of(error));
	g_assert_cmpstr(fault_of(error)->what, ==, what);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_assert_cmpint(error_exit_code(error), ==, EXIT_CODE_USAGE);
}

static void test_files(void)
{
	g_autofree char *dir = g_dir_make_tmp("yikou-fault-XXXXXX", NULL);
	g_autofree char *none = g_build_filename(dir, "none", NULL);
	g_autofree char *large = g_build_filename(dir, "large", NULL);
	g_autofree char *json = g_build_filename(dir, "x.json", NULL);
	g_autofree char *below = g_build_filename(large, "x", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	size_t len = 0;

	g_assert_true(file_write(large, "0123456789abcdef!", 17, NULL));
	g_assert_true(file_write(json, "{\n\"a\" 1}", 8, NULL));
	expect_unreadable(none, ITEM_ERROR_NOT_FOUND, "there is no such file");
	expect_unreadable(below, ITEM_ERROR_NOT_FOUND, "there is no such file");
	expect_unreadable(
		dir, ITEM_ERROR_INVALID, "is a folder, expected a file");
	expect_unreadable(large, ITEM_ERROR_TOO_LARGE, "larger than %zu bytes");
	text = file_read_written(json, 16, &len, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(len, ==, 8);
	g_assert_null(json_load(json, 16, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
	g_assert_true(g_str_has_suffix(
		error->message, "x.json: line 2, column 5: expected a colon"));
	g_assert_cmpint(error_exit_code(error), ==, EXIT_CODE_USAGE);
	file_remove_tree(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/fault/parts", test_parts);
	g_test_add_func("/base/fault/others", test_others);
	g_test_add_func("/base/fault/files", test_files);
	return g_test_run();
}
