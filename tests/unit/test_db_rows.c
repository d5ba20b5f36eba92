/* Binding, reading, transactions, the kinds of errors, the seal. */
#include "client/db/db.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"

static const uint8_t key[4] = {1, 2, 3, 4};

static const struct db_migration schema[] = {
	{1, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE,"
	    " data BLOB, n INTEGER CHECK(n < 100)) STRICT;"
	    "CREATE TRIGGER t_no_delete BEFORE DELETE ON t"
	    " BEGIN SELECT RAISE(ABORT, 't is immutable'); END;"
	    "CREATE TABLE s(id INTEGER PRIMARY KEY, v TEXT,"
	    " sum BLOB GENERATED ALWAYS AS (seal('s', id, v)) STORED,"
	    " fits INTEGER GENERATED ALWAYS AS"
	    " (sum IS seal('s', id, v)) VIRTUAL) STRICT;"},
};

struct fixture {
	char *dir, *path;
	struct db *db;
};

static struct db *open_key(struct fixture *f, bool with_key)
{
	struct db_options options = {.path = f->path,
		.key = with_key ? key : NULL,
		.key_len = sizeof(key),
		.migrations = schema,
		.migration_count = 1};
	g_autoptr(GError) error = NULL;
	struct db *db = db_open(&options, &error);

	g_assert_no_error(error);
	return db;
}

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	f->dir = g_dir_make_tmp("yikou-db-XXXXXX", NULL);
	f->path = g_build_filename(f->dir, "test.db", NULL);
	f->db = open_key(f, true);
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	db_close(f->db);
	file_remove_tree(f->dir);
	g_free(f->dir);
	g_free(f->path);
}

static int64_t count(struct db *db)
{
	int64_t value = -1;

	g_assert_true(db_get_int(
		db, "SELECT count(*) FROM t", NULL, &value, NULL, NULL));
	return value;
}

static bool add(struct db *db, const char *name, GError **error)
{
	return db_run(db, "INSERT INTO t(name) VALUES(?1)",
		DB_VALUES(DB_TEXT(name)), error);
}

static void test_values(struct fixture *f, gconstpointer unused)
{
	static const uint8_t data[] = {0, 1, 0, 255};
	g_autoptr(GError) error = NULL;
	struct db_rows *rows;
	char small[4];
	size_t len;

	(void)unused;
	g_assert_true(db_run(f->db,
		"INSERT INTO t(id, name, data, n) VALUES(?1, ?2, ?3, ?4)",
		DB_VALUES(DB_INT(INT64_MIN), DB_TEXT("'; DROP TABLE t; --"),
			DB_BLOB(data, sizeof(data)), DB_NULL),
		&error));
	g_assert_no_error(error);
	g_assert_cmpint(db_changed(f->db), ==, 1);
	g_assert_cmpint(db_last_row(f->db), ==, INT64_MIN);
	rows = db_select(f->db, "SELECT id, name, data, n FROM t", NULL);
	g_assert_true(db_next(rows));
	g_assert_cmpint(db_int(rows, 0), ==, INT64_MIN);
	g_assert_cmpstr(db_text(rows, 1), ==, "'; DROP TABLE t; --");
	g_assert_cmpmem(db_blob(rows, 2, &len), 4, data, 4);
	g_assert_cmpint(len, ==, 4);
	g_assert_true(db_is_null(rows, 3));
	g_assert_cmpstr(db_text(rows, 3), ==, "");
	g_assert_false(db_copy_text(rows, 1, small, sizeof(small)));
	g_assert_cmpstr(small, ==, "");
	g_assert_false(db_next(rows));
	g_assert_true(db_end(rows, &error));
	db_rows_free(rows);
}

/* The same text while it is being read gets a statement of its own. */
static void test_nested_select(struct fixture *f, gconstpointer unused)
{
	int pairs = 0;

	(void)unused;
	g_assert_true(add(f->db, "a", NULL) && add(f->db, "b", NULL));
	for (int round = 0; round < 2; round++) {
		AUTO(db_rows)
		outer = db_select(f->db, "SELECT name FROM t", NULL);

		while (db_next(outer)) {
			AUTO(db_rows)
			inner = db_select(f->db, "SELECT name FROM t", NULL);

			while (db_next(inner))
				pairs++;
		}
	}
	g_assert_cmpint(pairs, ==, 8);
}

static void test_rollback(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	{
		AUTO(db_transaction) change = db_begin(f->db, NULL);

		g_assert_nonnull(change);
		g_assert_true(add(f->db, "a", NULL));
		g_assert_cmpint(count(f->db), ==, 1);
	}
	g_assert_cmpint(count(f->db), ==, 0);
	{
		AUTO(db_transaction) change = db_begin(f->db, NULL);

		g_assert_true(add(f->db, "a", NULL));
		g_assert_true(db_commit(change, NULL));
	}
	g_assert_cmpint(count(f->db), ==, 1);
}

/* Inner ones are savepoints: each undone alone, all undone with the outer. */
static void test_savepoints(struct fixture *f, gconstpointer unused)
{
	struct db_transaction *outer = db_begin(f->db, NULL);
	struct db_transaction *inner;

	(void)unused;
	g_assert_true(add(f->db, "outer", NULL));
	inner = db_begin(f->db, NULL);
	g_assert_true(add(f->db, "undone", NULL));
	db_transaction_free(inner);
	inner = db_begin(f->db, NULL);
	g_assert_true(add(f->db, "kept", NULL));
	g_assert_true(db_commit(inner, NULL));
	db_transaction_free(inner);
	g_assert_true(db_commit(outer, NULL));
	db_transaction_free(outer);
	g_assert_cmpint(count(f->db), ==, 2);

	outer = db_begin(f->db, NULL);
	inner = db_begin(f->db, NULL);
	g_assert_true(add(f->db, "lost with the outer", NULL));
	g_assert_true(db_commit(inner, NULL));
	db_transaction_free(inner);
	db_transaction_free(outer);
	g_assert_cmpint(count(f->db), ==, 2);
}

static void test_constraints(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(add(f->db, "secret name", NULL));
	g_assert_false(add(f->db, "secret name", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	g_assert_null(strstr(error->message, "secret"));
	g_clear_error(&error);
	g_assert_false(
		db_run(f->db, "INSERT INTO t(n) VALUES(100)", NULL, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_false(db_run(f->db, "DELETE FROM t", NULL, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_REFUSED);
	g_clear_error(&error);
	/* STRICT: a text is no integer */
	g_assert_false(db_run(f->db, "INSERT INTO t(n) VALUES(?1)",
		DB_VALUES(DB_TEXT("many")), &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
}

static void test_broken_sql(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	struct db_rows *rows;

	(void)unused;
	rows = db_select(f->db, "SELECT nothing FROM nowhere", NULL);
	g_assert_false(db_next(rows));
	g_assert_false(db_end(rows, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
	db_rows_free(rows);
}

static void test_full(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *big = g_strnfill(100000, 'x');
	int64_t before;

	(void)unused;
	g_assert_true(add(f->db, "first", NULL));
	before = count(f->db);
	/* SQLite raises the bound to the size the file has. */
	g_assert_true(db_exec(f->db, "PRAGMA max_page_count=1", NULL));
	{
		AUTO(db_transaction) change = db_begin(f->db, NULL);

		g_assert_nonnull(change);
		g_assert_false(add(f->db, big, &error));
		g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
	}
	g_assert_cmpint(count(f->db), ==, before);
	g_assert_true(db_exec(f->db, "PRAGMA max_page_count=100000", NULL));
	g_assert_true(add(f->db, big, NULL));
	g_assert_true(db_integrity_check(f->db, NULL));
}

/* seal('s', 7, 'xy'): each argument's type (3 text, 1 integer), then length or
 * eight bytes, then the bytes. */
static void test_seal_bytes(struct fixture *f, gconstpointer unused)
{
	static const uint8_t message[] = {3, 0, 0, 0, 1, 's', 1, 0, 0, 0, 0, 0,
		0, 0, 7, 3, 0, 0, 0, 2, 'x', 'y'};
	uint8_t digest[SHA256_LEN];
	struct db_rows *rows;
	size_t len;

	(void)unused;
	hmac_sha256(key, sizeof(key), message, sizeof(message), digest);
	g_assert_true(db_run(
		f->db, "INSERT INTO s(id, v) VALUES(7, 'xy')", NULL, NULL));
	rows = db_select(f->db, "SELECT sum, fits FROM s", NULL);
	g_assert_true(db_next(rows));
	g_assert_cmpmem(db_blob(rows, 0, &len), 8, digest, 8);
	g_assert_cmpint(len, ==, 8);
	g_assert_cmpint(db_int(rows, 1), ==, 1);
	db_rows_free(rows);
}

static void test_seal_differs(struct fixture *f, gconstpointer unused)
{
	int64_t same = -1;

	(void)unused;
	g_assert_true(db_get_int(f->db,
		"SELECT (seal('ab', 'c') = seal('a', 'bc'))"
		" + (seal(1) = seal('1')) + (seal(NULL) = seal(''))"
		" + (seal(x'31') = seal('1')) + (seal(1) = seal(1.0))"
		" + (seal() = seal(NULL))",
		NULL, &same, NULL, NULL));
	g_assert_cmpint(same, ==, 0);
}

/* Without the key a sealed table can neither be written nor judged. */
static void test_seal_needs_key(struct fixture *f, gconstpointer unused)
{
	struct db *plain = open_key(f, false);
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_false(db_run(
		plain, "INSERT INTO s(id, v) VALUES(1, 'x')", NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
	db_close(plain);
}

#define ADD(name, function)                                                  \
	g_test_add("/db/rows/" name, struct fixture, NULL, set_up, function, \
		tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("values", test_values);
	ADD("nested-select", test_nested_select);
	ADD("rollback", test_rollback);
	ADD("savepoints", test_savepoints);
	ADD("constraints", test_constraints);
	ADD("broken-sql", test_broken_sql);
	ADD("full", test_full);
	ADD("seal-bytes", test_seal_bytes);
	ADD("seal-differs", test_seal_differs);
	ADD("seal-needs-key", test_seal_needs_key);
	return g_test_run();
}
