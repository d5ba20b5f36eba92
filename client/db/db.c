/* Opening a database file in the safe mode: settings that make SQLite refuse
 * odd files, keep deleted bytes off the disk and lose nothing in a power cut.
 */
#include "client/db/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"

static const struct {
	int limit;
	int value;
} limits[] = {
	{SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024},
	{SQLITE_LIMIT_SQL_LENGTH, 64 * 1024},
	{SQLITE_LIMIT_EXPR_DEPTH, 100},
	{SQLITE_LIMIT_ATTACHED, 2},
};

static const struct {
	int option;
	int value;
} switches[] = {
	{SQLITE_DBCONFIG_DEFENSIVE, 1},
	{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	{SQLITE_DBCONFIG_DQS_DDL, 0},
	{SQLITE_DBCONFIG_DQS_DML, 0},
	{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
};

static const char settings[] = "PRAGMA foreign_keys=ON;"
			       "PRAGMA temp_store=MEMORY;"
			       "PRAGMA secure_delete=ON;"
			       "PRAGMA cell_size_check=ON;"
			       "PRAGMA mmap_size=0;"
			       "PRAGMA cache_size=-8192;";

int db_library_version(void)
{
	return sqlite3_libversion_number();
}

bool db_wal_is_safe(int version)
{
	/* 3.44.6 is 3044006 */
	if (version < 3007000)
		return false;
	return version >= 3051003 ||
	       (version >= 3050007 && version < 3051000) ||
	       (version >= 3044006 && version < 3045000);
}

const char *db_journal_mode(const struct db *db)
{
	return db->journal_mode;
}

/* SQLite would make the file 0644; its journal takes the mode of the file, so
 * in a shared folder the group can roll it back. An existing file is not
 * touched: closing it would drop the locks another connection of this process
 * holds. */
static bool make_private(const char *path, GError **error)
{
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0) {
		bool shared = file_share(fd, path);

		close(fd);
		if (shared)
			return true;
	} else if (errno == EEXIST) {
		return true;
	}
	g_set_error(error, STORE_ERROR,
		errno == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_IO, "%s: %s",
		path, g_strerror(errno));
	return false;
}

static bool open_handle(
	struct db *db, const struct db_options *options, GError **error)
{
	int rc = sqlite3_open_v2(options->path, &db->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE |
			SQLITE_OPEN_NOMUTEX, /* one thread has it */
		NULL);

	if (rc != SQLITE_OK)
		return db_fail(db, rc, options->path, error);
	for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
		sqlite3_limit(db->handle, limits[i].limit, limits[i].value);
	for (size_t i = 0; i < G_N_ELEMENTS(switches); i++)
		sqlite3_db_config(db->handle, switches[i].option,
			switches[i].value, (int *)NULL);
	sqlite3_busy_timeout(
		db->handle, options->busy_ms ? options->busy_ms : 5000);
	if (options->key) {
		rc = seal_register(db->handle, options->key, options->key_len);
		if (rc != SQLITE_OK)
			return db_fail(db, rc, "seal", error);
	}
	return true;
}

static bool set_journal(struct db *db, GError **error)
{
	bool wal = db_wal_is_safe(sqlite3_libversion_number());
	const char *wanted = wal ? "wal" : "truncate";
	AUTO(db_rows) rows = db_select(db,
		wal ? "PRAGMA journal_mode=WAL"
		    : "PRAGMA journal_mode=TRUNCATE",
		NULL);

	if (db_next(rows))
		db_copy_text(
			rows, 0, db->journal_mode, sizeof(db->journal_mode));
	if (!db_end(rows, error))
		return false;
	if (strcmp(db->journal_mode, wanted) != 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
			"journal mode is %s, not %s", db->journal_mode, wanted);
		return false;
	}
	return db_exec(db,
		wal ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=EXTRA",
		error);
}

/* what: a table, or "file". */
static bool check(struct db *db, const char *sql, const struct db_value *values,
	const char *what, GError **error)
{
	AUTO(db_rows) rows = db_select(db, sql, values);

	if (db_next(rows) && strcmp(db_text(rows, 0), "ok") != 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "%s: %s",
			what, db_text(rows, 0));
		return false;
	}
	return db_end(rows, error);
}

/* Read to the end first: an open SELECT would hold the file for all of them. */
static GPtrArray *table_names(struct db *db, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(db,
		"SELECT name FROM sqlite_schema WHERE type = 'table'", NULL);

	while (db_next(rows))
		g_ptr_array_add(names, db_dup_text(rows, 0));
	return db_end(rows, error) ? g_steal_pointer(&names) : NULL;
}

bool db_quick_check(struct db *db, GError **error)
{
	g_autoptr(GPtrArray) names = table_names(db, error);

	for (guint i = 0; names && i < names->len; i++) {
		const char *name = names->pdata[i];

		if (!check(db, "SELECT quick_check FROM pragma_quick_check(?1)",
			    DB_VALUES(DB_TEXT(name)), name, error))
			return false;
	}
	return names != NULL;
}

bool db_integrity_check(struct db *db, GError **error)
{
	return check(db, "PRAGMA integrity_check(1)", NULL, "file", error);
}

struct db *db_open(const struct db_options *options, GError **error)
{
	struct db *db = g_new0(struct db, 1);

	db->statements = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, db_rows_destroy);
	if (make_private(options->path, error) &&
		open_handle(db, options, error) &&
		db_exec(db, settings, error) && set_journal(db, error) &&
		(!options->migrations || db_migrate(db, options, error)))
		return db;
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	g_hash_table_unref(db->statements);
	sqlite3_close(db->handle);
	g_free(db);
}
