/* yikou.conf and people.conf. */
#include "config/config.h"

#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "config/keyfile.h"
#include "config/options.h"
#include "config/people.h"

#define WINDOW "[window]\nnumber=03\nname=3号\nhall=大厅\nregion=410185\n"

static struct config *parse(const char *text, GError **error)
{
	return config_parse(text, strlen(text), "/etc/yikou/yikou.conf", error);
}

static void test_defaults(void)
{
	g_autoptr(GError) error = NULL;
	AUTO(config) config = parse(WINDOW, &error);
	g_autofree char *socket = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(config_text(config, "window.number"), ==, "03");
	g_assert_cmpint(config_line(config, "window.number"), ==, 2);
	g_assert_cmpint(config_line(config, "screen.mouse"), ==, 0);
	g_assert_cmpstr(config_text(config, "screen.mouse"), ==, "auto");
	g_assert_cmpint(config_int(config, "screen.lock_after_s"), ==, 300);
	g_assert_true(config_bool(config, "screen.color"));
	g_assert_cmpstr(config_text(config, "platform.url"), ==, "");
	g_assert_cmpstr(
		config_path(config, "paths.state"), ==, "/etc/yikou/state");
	g_assert_cmpstr(config_path(config, "files.people"), ==,
		"/etc/yikou/people.conf");
	g_assert_cmpstr(config_file(config), ==, "/etc/yikou/yikou.conf");
	socket = config_runtime(config, "devd.sock");
	g_assert_cmpstr(socket, ==, "/etc/yikou/run/devd.sock");
}

static void test_values(void)
{
	AUTO(config) config = parse(WINDOW
		"[screen]\nlanguage=en\nlock_after_s=60\ncolor=no\n"
		"[paths]\nstate=/var/lib/yikou\nlocale=\n",
		NULL);

	g_assert_cmpstr(config_text(config, "screen.language"), ==, "en");
	g_assert_cmpint(config_int(config, "screen.lock_after_s"), ==, 60);
	g_assert_false(config_bool(config, "screen.color"));
	g_assert_cmpstr(
		config_path(config, "paths.state"), ==, "/var/lib/yikou");
	g_assert_null(config_path(config, "paths.locale"));
}

static void test_wrong(void)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"[screen]\n", "yikou.conf:1: [window] number is missing"},
		{"[window]\nnumber=\n",
			"yikou.conf:2: [window] number must not be empty"},
		{WINDOW "[scren]\n",
			"yikou.conf:6: unknown section [scren], did you mean "
			"[screen]?"},
		{WINDOW "[screen]\nlanguge=en\n",
			"yikou.conf:7: unknown key languge in [screen], did "
			"you mean language?"},
		{WINDOW "[screen]\nlock_after_s=abc\n",
			"yikou.conf:7: [screen] lock_after_s: expected a whole "
			"number from 30 to 3600"},
		{WINDOW "[screen]\nlock_after_s=5\n", "from 30 to 3600"},
		{WINDOW "[screen]\ncolor=perhaps\n", "expected true or false"},
		{WINDOW "[screen]\nmouse=cat\n",
			"expected one of: auto on off"},
		{WINDOW "[platform]\nurl=ftp://x\n",
			"yikou.conf:7: [platform] url: expected http"},
		{"[window]\nnumber=3\nname=x\nhall=x\nregion=410185\n",
			"yikou.conf:2: [window] number: expected two digits"},
		{"[window]\nnumber=03\nname=x\nhall=x\nregion=4101\n",
			"yikou.conf:5: [window] region: expected six digits"},
		{"[window]\nnumber=0333\n", "longer than 2 bytes"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(parse(rows[i].text, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].message));
	}
}

static void test_missing(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(config_load("/nonexistent/yikou.conf", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "/nonexistent/yikou.conf"));
}

/* The shipped file loads, and shows every option with its default. */
static void test_shipped(void)
{
	g_autoptr(GError) error = NULL;
	AUTO(config) config = config_load("config/yikou.conf", &error);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	size_t count;
	const struct option *table = options_table(&count);

	g_assert_no_error(error);
	g_assert_true(
		g_file_get_contents("config/yikou.conf", &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (size_t i = 0; i < count; i++) {
		g_autofree char *line = g_strdup_printf("#%s =%s%s",
			table[i].key, *table[i].otherwise ? " " : "",
			table[i].otherwise);
		g_autofree char *name = g_strdup_printf(
			"%s.%s", table[i].section, table[i].key);
		if (config_line(config, name) == 0 &&
			!g_strv_contains((const char *const *)lines, line))
			g_error("config/yikou.conf does not show %s", line);
	}
}

static void test_table(void)
{
	size_t count;
	const struct option *table = options_table(&count);

	for (size_t i = 0; i < count; i++) {
		g_autofree char *name = g_strdup_printf(
			"%s.%s", table[i].section, table[i].key);
		g_assert_true(option_find(name) == &table[i]);
		g_assert_cmpint(strlen(table[i].help), >, 10);
	}
	g_assert_null(option_find("window.colour"));
	g_assert_null(option_find("window"));
}

/* Asking for what is not in the table, or as another type, is our mistake. */
static void test_programmer(void)
{
	if (g_test_subprocess()) {
		AUTO(config) config = parse(WINDOW, NULL);
		config_text(config, "window.colour");
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
}

struct fixture {
	char *dir, *path;
};

static void setup(struct fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->dir = g_dir_make_tmp("yikou-people-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->dir, "people.conf", NULL);
}

static void teardown(struct fixture *fixture, gconstpointer unused)
{
	(void)unused;
	file_remove_tree(fixture->dir);
	g_free(fixture->dir);
	g_free(fixture->path);
}

static struct people *load(
	struct fixture *fixture, const char *text, GError **error)
{
	g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
	return people_load(fixture->path, error);
}

static void test_people(struct fixture *fixture, gconstpointer unused)
{
	const char *text =
		"[1003]\nname = 甄示例\nroles = clerk, issuer\n"
		"password = $scrypt$ln=15,r=8,p=1$AAAA$BBBB\nwindows = 03 05\n"
		"[9001]\nname = 贾示例\nroles = technician\n";
	g_autoptr(GError) error = NULL;
	AUTO(people) people = load(fixture, text, &error);
	const struct person *clerk, *technician;

	(void)unused;
	g_assert_no_error(error);
	g_assert_cmpuint(people_count(people), ==, 2);
	clerk = people_find(people, "1003");
	g_assert_cmpstr(clerk->name, ==, "甄示例");
	g_assert_true(person_has_role(clerk, ROLE_CLERK));
	g_assert_true(person_has_role(clerk, ROLE_ISSUER));
	g_assert_false(person_has_role(clerk, ROLE_MANAGER));
	g_assert_true(person_may_use_window(clerk, "03"));
	g_assert_false(person_may_use_window(clerk, "04"));
	g_assert_true(g_str_has_prefix(clerk->verifier, "$scrypt$"));
	technician = people_get(people, 1);
	g_assert_true(person_may_use_window(technician, "04"));
	g_assert_cmpstr(technician->verifier, ==, "");
	g_assert_null(people_find(people, "1004"));
	g_assert_null(people_get(people, 2));
}

static void test_people_wrong(struct fixture *fixture, gconstpointer unused)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"[1003]\nname=x\nroles=clark\n",
			"people.conf:3: unknown role clark, did you mean "
			"clerk?"},
		{"[1003]\nname=x\n", "roles: expected at least one"},
		{"[1003]\nroles=clerk\n", "name: expected"},
		{"[1003]\nname=x\nroles=clerk\npassword=secret\n",
			"people.conf:4: [1003] password: expected a verifier"},
		{"[1003]\nname=x\nroles=clerk\nwindows=3\n",
			"people.conf:4: windows"},
		{"[1003]\nname=x\nroles=clerk\nwindows=\n", "or * for all"},
		{"[甄]\nname=x\nroles=clerk\n", "staff number"},
		{"[1003]\nname=x\nrole=clerk\n", "did you mean roles?"},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(load(fixture, rows[i].text, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].message));
		g_assert_null(strstr(error->message, "secret"));
	}
}

static void test_roles(void)
{
	enum person_role role;

	for (int i = 0; i < ROLE_COUNT; i++) {
		g_assert_true(person_role_from_name(
			person_role_name((enum person_role)i), &role));
		g_assert_cmpint(role, ==, i);
	}
	g_assert_false(person_role_from_name("king", &role));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/defaults", test_defaults);
	g_test_add_func("/config/values", test_values);
	g_test_add_func("/config/wrong", test_wrong);
	g_test_add_func("/config/missing", test_missing);
	g_test_add_func("/config/shipped", test_shipped);
	g_test_add_func("/config/table", test_table);
	g_test_add_func("/config/programmer", test_programmer);
	g_test_add_func("/config/roles", test_roles);
	g_test_add("/config/people", struct fixture, NULL, setup, test_people,
		teardown);
	g_test_add("/config/people-wrong", struct fixture, NULL, setup,
		test_people_wrong, teardown);
	return g_test_run();
}
