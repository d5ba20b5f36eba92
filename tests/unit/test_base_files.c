/* Files, identifiers, passwords, errors, and how children are started. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "client/base/process.h"

static void test_write_and_read(void)
{
	g_autofree char *dir = g_dir_make_tmp("yikou-file-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a", NULL);
	g_autofree char *copy = g_build_filename(dir, "b", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	char one[SHA256_TEXT], two[SHA256_TEXT];
	struct stat st;
	size_t len;

	g_assert_true(file_write(path, "一口", 6, &error));
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	text = file_read(path, 6, &len, &error);
	g_assert_cmpstr(text, ==, "一口");
	g_assert_cmpint(len, ==, 6);
	g_assert_null(file_read(path, 5, NULL, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
	g_clear_error(&error);
	g_assert_null(file_read("/nonexistent", 5, NULL, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_assert_true(file_copy(path, copy, NULL));
	g_assert_true(sha256_file(path, one, NULL));
	g_assert_true(sha256_file(copy, two, NULL));
	g_assert_cmpstr(one, ==, two);
	file_remove_tree(dir);
	g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
}

/* A disk without room: the old file stays whole, nothing is left behind. */
static void test_full(void)
{
	g_autoptr(GError) error = NULL;
	char byte = 'x';

	g_assert_false(file_write("/dev/full/x", &byte, 1, &error));
	g_assert_nonnull(error);
}

static void test_lock(void)
{
	g_autofree char *dir = g_dir_make_tmp("yikou-lock-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "l", NULL);
	g_autoptr(GError) error = NULL;
	int first = file_lock(path, &error);

	g_assert_cmpint(first, >=, 0);
	g_assert_cmpint(file_lock(path, &error), ==, -1);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_LOCKED);
	g_assert_cmpint(error_exit_code(error), ==, EXIT_CODE_RUNNING);
	close(first);
	first = file_lock(path, NULL);
	g_assert_cmpint(first, >=, 0);
	close(first);
	file_remove_tree(dir);
}

static void test_ids(void)
{
	char one[UUID_TEXT], two[UUID_TEXT], text[SHA256_TEXT];
	uint8_t bytes[4];
	size_t len;
	g_autofree char *hex = NULL;

	uuid7(one);
	uuid7(two);
	g_assert_true(uuid_is_valid(one));
	g_assert_cmpint(one[14], ==, '7');
	g_assert_cmpstr(one, !=, two);
	g_assert_false(uuid_is_valid("x"));
	sha256_text("abc", 3, text);
	g_assert_cmpstr(text, ==,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
		"ad");
	g_assert_true(hex_decode("FF 68 03", bytes, 4, &len));
	g_assert_cmpint(len, ==, 3);
	g_assert_false(hex_decode("F", bytes, 4, &len));
	g_assert_false(hex_decode("0102030405", bytes, 4, &len));
	hex = hex_encode(bytes, 2);
	g_assert_cmpstr(hex, ==, "0102");
}

static void test_passwords(void)
{
	g_autofree char *verifier = password_hash("登封dengfeng");

	g_assert_true(g_str_has_prefix(verifier, "$scrypt$ln=15,r=8,p=1$"));
	g_assert_true(password_verify("登封dengfeng", verifier));
	g_assert_false(password_verify("登封dengfenG", verifier));
	g_assert_false(password_verify("x", NULL));
	g_assert_false(password_verify("x", "$scrypt$ln=40,r=8,p=1$a$b"));
	g_assert_false(password_verify("x", "$scrypt$$$"));
}

static void test_times(void)
{
	int64_t ms = clock_parse("2026-11-23T09:41:20+08:00");
	g_autofree char *iso = clock_iso(ms);

	g_assert_cmpint(ms, ==, 1795398080000);
	g_assert_cmpint(clock_parse(iso), ==, ms);
	g_assert_cmpint(clock_parse("yesterday"), ==, -1);
	g_assert_cmpint(clock_parse(NULL), ==, -1);
	g_assert_cmpint(clock_day(clock_parse("2026-11-23")), ==, 20261123);
}

static void test_errors(void)
{
	g_autoptr(GError) error = error_from_name("store.full", "x");
	g_autoptr(GError) other = error_from_name("nonsense", NULL);

	g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
	g_assert_cmpstr(error_name(error), ==, "store.full");
	g_assert_error(other, LINK_ERROR, LINK_ERROR_PROTOCOL);
	g_assert_cmpint(error_exit_code(error), ==, EXIT_CODE_STORE);
	g_assert_cmpint(error_exit_code(NULL), ==, 0);
}

struct ran {
	GMainLoop *loop;
	char *output;
	int code;
	GError *error;
};

static void done(
	void *context, const struct process_result *result, const GError *error)
{
	struct ran *ran = context;

	ran->code = result ? result->exit_code : -2;
	ran->output = result ? g_strdup(result->output) : NULL;
	ran->error = error ? g_error_copy(error) : NULL;
	if (ran->loop)
		g_main_loop_quit(ran->loop);
}

static void run(struct ran *ran, const char *const argv[], const char *input,
	int timeout_ms)
{
	memset(ran, 0, sizeof(*ran));
	ran->loop = g_main_loop_new(NULL, FALSE);
	process_run(argv, input, timeout_ms, done, ran);
	if (!ran->error)
		g_main_loop_run(ran->loop);
	g_main_loop_unref(ran->loop);
}

static void test_children(void)
{
	const char *cat[] = {"/bin/cat", NULL};
	const char *fail[] = {"/bin/sh", "-c", "exit 7", NULL};
	const char *slow[] = {"/bin/sleep", "20", NULL};
	const char *none[] = {"/nonexistent", NULL};
	struct ran ran;

	run(&ran, cat, "收件\n", 5000);
	g_assert_cmpstr(ran.output, ==, "收件\n");
	g_assert_cmpint(ran.code, ==, 0);
	g_free(ran.output);
	run(&ran, fail, NULL, 5000);
	g_assert_cmpint(ran.code, ==, 7);
	g_free(ran.output);
	run(&ran, slow, NULL, 100);
	g_assert_error(ran.error, LINK_ERROR, LINK_ERROR_TIMEOUT);
	g_clear_error(&ran.error);
	run(&ran, none, NULL, 1000);
	g_assert_error(ran.error, LINK_ERROR, LINK_ERROR_ABSENT);
	g_clear_error(&ran.error);
}

/* The environment is cleared, not filtered: in a child of its own, since it is
 * for the whole process. */
static void test_environment(void)
{
	if (g_test_subprocess()) {
		g_setenv("SSLKEYLOGFILE", "/tmp/secrets", TRUE);
		g_setenv("https_proxy", "http://192.0.2.1", TRUE);
		g_setenv("LD_PRELOAD", "", TRUE);
		g_setenv("TERM", "xterm", TRUE);
		process_begin("test");
		g_assert_null(g_getenv("SSLKEYLOGFILE"));
		g_assert_null(g_getenv("https_proxy"));
		g_assert_null(g_getenv("LD_PRELOAD"));
		g_assert_cmpstr(g_getenv("TERM"), ==, "xterm");
		g_assert_cmpint(umask(0), ==, 077);
		return;
	}
	g_test_trap_subprocess(NULL, 5 * G_USEC_PER_SEC, 0);
	g_test_trap_assert_passed();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/files/write-and-read", test_write_and_read);
	g_test_add_func("/files/full", test_full);
	g_test_add_func("/files/lock", test_lock);
	g_test_add_func("/ids/ids", test_ids);
	g_test_add_func("/ids/passwords", test_passwords);
	g_test_add_func("/clock/times", test_times);
	g_test_add_func("/error/names", test_errors);
	g_test_add_func("/process/children", test_children);
	g_test_add_func("/process/environment", test_environment);
	return g_test_run();
}
