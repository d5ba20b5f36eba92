/* Opening a file: the safe settings, migrations, files that are refused. */
#include "client/db/db.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"

static const struct db_migration first[] = {
	{1, "CREATE TABLE a(x INTEGER) STRICT;"},
	{1, "INSERT INTO a VALUES(1);"},
};

static const struct db_migration second[] = {
	{1, "CREATE TABLE a(x INTEGER) STRICT;"},
	{1, "INSERT INTO a VALUES(1);"},
	{2, "CREATE TABLE b(y TEXT) STRICT; INSERT INTO a VALUES(2);"},
};

static const struct db_migration broken[] = {
	{1, "CREATE TABLE a(x INTEGER) STRICT;"},
	{1, "INSERT INTO a VALUES(1);"},
	{2, "CREATE TABLE b(y TEXT) STRICT; INSERT INTO nowhere VALUES(2);"},
};

struct place {
	char *dir, *path;
};

static struct place make_place(void)
{
	struct place place = {.dir = g_dir_make_tmp("yikou-db-XXXXXX", NULL)};

	place.path = g_build_filename(place.dir, "test.db", NULL);
	return place;
}

static void drop_place(struct place *place)
{
	file_remove_tree(place->dir);
	g_free(place->dir);
	g_free(place->path);
}

static struct db *open_with(struct place *place,
	const struct db_migration *migrations, size_t count, GError **error)
{
	struct db_options options = {.path = place->path,
		.migrations = migrations,
		.migration_count = count,
		.application_id = 77,
		.busy_ms = 50};

	return db_open(&options, error);
}

static int64_t number(struct db *db, const char *sql)
{
	int64_t value = -1;
	g_autoptr(GError) error = NULL;

	g_assert_true(db_get_int(db, sql, NULL, &value, NULL, &error));
	g_assert_no_error(error);
	return value;
}

static void test_settings(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *db = open_with(&place, first, 2, &error);
	bool wal = db_wal_is_safe(db_library_version());
	struct stat info;

	g_assert_no_error(error);
	g_assert_cmpint(number(db, "PRAGMA foreign_keys"), ==, 1);
	g_assert_cmpint(number(db, "PRAGMA temp_store"), ==, 2);
	g_assert_cmpint(number(db, "PRAGMA secure_delete"), ==, 1);
	g_assert_cmpint(number(db, "PRAGMA cell_size_check"), ==, 1);
	g_assert_cmpint(number(db, "PRAGMA trusted_schema"), ==, 0);
	g_assert_cmpint(number(db, "PRAGMA synchronous"), ==, wal ? 2 : 3);
	g_assert_cmpstr(db_journal_mode(db), ==, wal ? "wal" : "truncate");
	g_assert_cmpint(number(db, "PRAGMA application_id"), ==, 77);
	g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 1);
	g_assert_cmpint(stat(place.path, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0600);
	db_close(db);
	drop_place(&place);
}

/* Defensive: no writing of the schema table, no shadow tables of FTS. */
static void test_defensive(void)
{
	struct place place = make_place();
	struct db *db = open_with(&place, first, 2, NULL);

	g_assert_false(db_exec(db,
		"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = ''",
		NULL));
	g_assert_true(
		db_exec(db, "CREATE VIRTUAL TABLE f USING fts5(t)", NULL));
	g_assert_false(db_exec(db, "DELETE FROM f_data", NULL));
	/* "text" in double quotes is a column, never a string */
	g_assert_false(db_exec(db, "SELECT \"no such column\" FROM a", NULL));
	db_close(db);
	drop_place(&place);
}

static void test_limits(void)
{
	struct place place = make_place();
	struct db *db = open_with(&place, first, 2, NULL);
	g_autoptr(GString) sql = g_string_new("SELECT 1");

	while (sql->len < 70000)
		g_string_append(sql, "          ");
	g_assert_false(db_exec(db, sql->str, NULL));
	g_string_assign(sql, "SELECT 1");
	for (int i = 0; i < 200; i++)
		g_string_append(sql, "+1");
	g_assert_false(db_exec(db, sql->str, NULL));
	db_close(db);
	drop_place(&place);
}

static void test_wal_versions(void)
{
	static const struct {
		int version;
		bool safe;
	} table[] = {
		{3006023, false},
		{3007000, false},
		{3040001, false},
		{3044005, false},
		{3044006, true},
		{3044008, true},
		{3045000, false},
		{3050006, false},
		{3050007, true},
		{3051000, false},
		{3051002, false},
		{3051003, true},
		{3052000, true},
		{4000000, true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		g_assert_cmpint(
			db_wal_is_safe(table[i].version), ==, table[i].safe);
}

static void test_migrations(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *db = open_with(&place, first, 2, NULL);

	db_close(db);
	/* a step that fails leaves nothing of itself */
	db = open_with(&place, broken, 3, &error);
	g_assert_null(db);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
	db = open_with(&place, first, 2, NULL);
	g_assert_nonnull(db);
	g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 1);
	g_assert_cmpint(number(db, "SELECT count(*) FROM sqlite_schema"
				   " WHERE name = 'b'"),
		==, 0);
	db_close(db);
	/* only the new step is run */
	db = open_with(&place, second, 3, NULL);
	g_assert_cmpint(number(db, "SELECT count(*) FROM a"), ==, 2);
	g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 2);
	db_close(db);
	drop_place(&place);
}

static void test_newer(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *db = open_with(&place, second, 3, NULL);

	db_close(db);
	db = open_with(&place, first, 2, &error);
	g_assert_null(db);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NEWER);
	drop_place(&place);
}

static void test_foreign(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *db = open_with(&place, first, 2, NULL);

	g_assert_true(db_exec(db, "PRAGMA application_id=5", NULL));
	db_close(db);
	db = open_with(&place, first, 2, &error);
	g_assert_null(db);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	drop_place(&place);
}

static void test_garbage(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	g_autofree char *noise = g_strnfill(8192, 'x');

	g_assert_true(g_file_set_contents(place.path, noise, 8192, NULL));
	g_assert_null(open_with(&place, first, 2, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	drop_place(&place);
}

/* What is behind the schema is not read at opening: the check finds it. */
static void test_damaged_page(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *db = open_with(&place, first, 2, NULL);
	g_autofree char *content = NULL;
	gsize len;

	g_assert_true(db_quick_check(db, NULL));
	db_close(db);
	g_assert_true(g_file_get_contents(place.path, &content, &len, NULL));
	g_assert_cmpint(len, ==, 8192);
	memset(content + 4096, 0x5a, 64);
	g_assert_true(
		g_file_set_contents(place.path, content, (gssize)len, NULL));
	db = open_with(&place, first, 2, &error);
	g_assert_no_error(error);
	g_assert_false(db_quick_check(db, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	db_close(db);
	drop_place(&place);
}

/* Shorter than its header says: refused before anything is read. */
static void test_cut(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;

	db_close(open_with(&place, first, 2, NULL));
	g_assert_cmpint(truncate(place.path, 4096), ==, 0);
	g_assert_null(open_with(&place, first, 2, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	drop_place(&place);
}

/* The check of every table is a read of its own: a writer gets in between, and
 * never waits for all of them. Here: none is left open behind it. */
static void test_check_leaves_no_lock(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *one = open_with(&place, second, 3, NULL);
	struct db *two = open_with(&place, second, 3, NULL);

	g_assert_true(db_quick_check(one, NULL));
	db_run(two, "INSERT INTO a VALUES(3)", NULL, &error);
	g_assert_no_error(error);
	db_close(one);
	db_close(two);
	drop_place(&place);
}

static void test_busy(void)
{
	struct place place = make_place();
	g_autoptr(GError) error = NULL;
	struct db *one = open_with(&place, first, 2, NULL);
	struct db *two = open_with(&place, first, 2, NULL);
	struct db_transaction *change = db_begin(one, NULL);

	g_assert_nonnull(change);
	g_assert_null(db_begin(two, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
	db_transaction_free(change);
	change = db_begin(two, NULL);
	g_assert_nonnull(change);
	db_transaction_free(change);
	db_close(one);
	db_close(two);
	drop_place(&place);
}

static void test_no_place(void)
{
	g_autoptr(GError) error = NULL;
	struct db_options options = {.path = "/nonexistent/dir/x.db"};

	g_assert_null(db_open(&options, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/db/open/settings", test_settings);
	g_test_add_func("/db/open/defensive", test_defensive);
	g_test_add_func("/db/open/limits", test_limits);
	g_test_add_func("/db/open/wal-versions", test_wal_versions);
	g_test_add_func("/db/open/migrations", test_migrations);
	g_test_add_func("/db/open/newer", test_newer);
	g_test_add_func("/db/open/foreign", test_foreign);
	g_test_add_func("/db/open/garbage", test_garbage);
	g_test_add_func("/db/open/damaged-page", test_damaged_page);
	g_test_add_func("/db/open/cut", test_cut);
	g_test_add_func("/db/check/no-lock-left", test_check_leaves_no_lock);
	g_test_add_func("/db/open/busy", test_busy);
	g_test_add_func("/db/open/no-place", test_no_place);
	return g_test_run();
}
