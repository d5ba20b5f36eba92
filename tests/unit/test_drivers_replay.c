/* Every transcript of tests/replay, at chunk sizes 1, 2, 3 and whole: a driver
 * must not notice how bytes were cut. */
#include "drivers/script.h"

#include "drivers/profile.h"

static const char replay_dir[] = "tests/replay";

/* What the head says drives it: "# driver: idcard" or "# profile: NAME". */
static const struct driver *find_driver(
	const struct transcript *transcript, struct profile **profile)
{
	const char *name = transcript_head(transcript, "driver");
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	if (name)
		return driver_find(name);
	name = transcript_head(transcript, "profile");
	g_assert_nonnull(name);
	path = g_strdup_printf("config/profiles/%s.profile", name);
	*profile = profile_load(path, &error);
	g_assert_no_error(error);
	return &(*profile)->driver;
}

static void test_transcript(gconstpointer data)
{
	static const size_t chunks[] = {1, 2, 3, 0};
	g_autoptr(GError) error = NULL;
	AUTO(transcript) transcript = transcript_load(data, &error);
	AUTO(profile) profile = NULL;
	const struct driver *driver;

	g_assert_no_error(error);
	driver = find_driver(transcript, &profile);
	g_assert_nonnull(driver);
	for (size_t i = 0; i < G_N_ELEMENTS(chunks); i++) {
		script_run(transcript, driver, chunks[i], &error);
		if (error)
			g_error("chunks of %zu: %s", chunks[i], error->message);
	}
}

/* A wrong expectation must be seen, or all of the above means nothing. */
static void test_difference(void)
{
	static const char text[] = "# profile: ff68-keypad\n= ready\n"
				   "! beep\n> FF 68 02 02 68 05 03 09 16\n"
				   "= done {}\n";
	AUTO(transcript) transcript = transcript_parse(text, "t", NULL);
	AUTO(profile) profile = NULL;
	const struct driver *driver = find_driver(transcript, &profile);
	g_autoptr(GError) error = NULL;

	g_assert_false(script_run(transcript, driver, 0, &error));
	g_assert_cmpstr(error->message, ==,
		"t:4: expected \"> FF 68 02 02 68 05 03 09 16\", found \"> FF "
		"68 02 02 68 05 03 08 16\"");
}

static void test_not_expected(void)
{
	AUTO(transcript) transcript =
		transcript_parse("# profile: ff68-keypad\n", "t", NULL);
	AUTO(profile) profile = NULL;
	const struct driver *driver = find_driver(transcript, &profile);
	g_autoptr(GError) error = NULL;

	g_assert_false(script_run(transcript, driver, 0, &error));
	g_assert_cmpstr(error->message, ==, "t: not expected: \"= ready\"");
}

static void test_syntax(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(transcript_parse("# x\n< FF\n< F\n", "t", &error));
	g_assert_true(g_str_has_prefix(error->message, "t:3: expected"));
}

int main(int argc, char **argv)
{
	g_autoptr(GDir) dir = g_dir_open(replay_dir, 0, NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	const char *name;
	int status;

	g_test_init(&argc, &argv, NULL);
	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *test = g_strdup_printf("/replay/%s", name);
		char *path = g_build_filename(replay_dir, name, NULL);

		g_ptr_array_add(paths, path);
		if (g_str_has_suffix(name, ".replay"))
			g_test_add_data_func(test, path, test_transcript);
	}
	g_test_add_func("/transcript/difference", test_difference);
	g_test_add_func("/transcript/not-expected", test_not_expected);
	g_test_add_func("/transcript/syntax", test_syntax);
	status = g_test_run();
	return status;
}
