/* SQLite in its safe mode. The only layer that knows sqlite3.h.
 *
 *   AUTO(db) db = db_open(&options, &error);
 *   AUTO(db_transaction) change = db_begin(db, &error);
 *   db_run(db, "UPDATE ticket SET calls = calls + 1 WHERE id = ?1",
 *          DB_VALUES(DB_TEXT(id)), &error);
 *   AUTO(db_rows) rows = db_select(db, "SELECT id, calls FROM ticket", NULL);
 *   while (db_next(rows))
 *           use(db_text(rows, 0), db_int(rows, 1));
 *   ok = db_end(rows, &error) && db_commit(change, &error);
 *
 * Every SQL text is prepared once and kept for the life of the connection.
 * Values are always bound, never written into the text. One connection is used
 * by one thread; several processes may open the same file.
 *
 * Errors: SQLITE_FULL is STORE_ERROR_FULL, BUSY STORE_ERROR_BUSY, CORRUPT,
 * NOTADB and a seal that does not fit STORE_ERROR_CORRUPT, everything else of
 * the file STORE_ERROR_IO. What the schema forbids is about the record:
 * ITEM_ERROR_CONFLICT for a second one of its key, ITEM_ERROR_REFUSED when a
 * trigger says no, ITEM_ERROR_INVALID for any other constraint. Messages hold
 * names of tables and columns, never values. */
#ifndef CLIENT_DB_DB_H
#define CLIENT_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/auto.h"

struct db;

/* One step of the schema, run in one transaction together with user_version.
 * Versions rise by one from 1; rows of the same version, side by side, are one
 * step (C limits the length of a string). Never edited after a release. */
struct db_migration {
	int version;
	const char *sql; /* several statements, at most 64 KiB */
};

struct db_options {
	const char *path;
	/* Key of seal(), see below; NULL: the function does not exist. */
	const uint8_t *key;
	size_t key_len;
	/* NULL: the file is taken as it is, of whatever version. */
	const struct db_migration *migrations;
	size_t migration_count;
	int32_t application_id; /* marks the file as ours; 0: no mark */
	int busy_ms;            /* how long to wait for a lock; 0: 5000 */
};

/* Opens or creates (mode 0600), rolls back what a crash left half done,
 * migrates. Besides the above: STORE_ERROR_NEWER for a user_version beyond the
 * last migration, STORE_ERROR_CORRUPT for a file with another application_id,
 * without SQLite's header, or shorter than its header says. The pages behind
 * the schema are not read: see db_quick_check(). */
struct db *db_open(const struct db_options *options, GError **error);
void db_close(struct db *db);
DEFINE_AUTO(db, db_close)

/* seal(value, ...) gives 8 bytes: HMAC-SHA-256 over types, lengths and bytes
 * of its arguments, cut. Made for
 *   sum BLOB GENERATED ALWAYS AS (seal('cases', case_id, ...)) STORED: a row
 * changed behind the program's back no longer fits, and a connection without
 * the key cannot write one. */

/* SQLite 3.7.0 to 3.51.2 can lose committed data in WAL mode with several
 * connections; fixed in 3.51.3, 3.50.7 and 3.44.6. Takes
 * sqlite3_libversion_number(). */
bool db_wal_is_safe(int library_version);
int db_library_version(void);
/* "truncate" or "wal": what db_open() chose. */
const char *db_journal_mode(const struct db *db);

/* Values to bind, in order, ended by DB_END. DB_TEXT(NULL) binds null. */
enum db_type {
	DB_TYPE_END,
	DB_TYPE_NULL,
	DB_TYPE_INT,
	DB_TYPE_TEXT,
	DB_TYPE_BLOB
};
struct db_value {
	enum db_type type;
	int64_t number;
	const void *data; /* borrowed until the next use of the statement */
	size_t len;
};
#define DB_END         ((struct db_value){.type = DB_TYPE_END})
#define DB_NULL        ((struct db_value){.type = DB_TYPE_NULL})
#define DB_INT(n)      ((struct db_value){DB_TYPE_INT, .number = (n)})
#define DB_TEXT(s)     ((struct db_value){DB_TYPE_TEXT, .data = (s)})
#define DB_BLOB(p, n)  ((struct db_value){DB_TYPE_BLOB, .data = (p), .len = (n)})
#define DB_VALUES(...) ((const struct db_value[]){__VA_ARGS__, DB_END})

/* Runs one statement to its end. values may be NULL. */
bool db_run(struct db *db, const char *sql, const struct db_value *values,
	GError **error);
/* Rows the last db_run() inserted, changed or deleted. */
int64_t db_changed(const struct db *db);
/* Of the last INSERT. */
int64_t db_last_row(const struct db *db);

/* Several statements without values: schema, pragmas. Not kept. */
bool db_exec(struct db *db, const char *sql, GError **error);

struct db_rows;
/* Never NULL; what fails is remembered and told by db_end(). */
struct db_rows *db_select(
	struct db *db, const char *sql, const struct db_value *values);
bool db_next(struct db_rows *rows);
/* False when the reading failed. True after the last row and in between. */
bool db_end(struct db_rows *rows, GError **error);
void db_rows_free(struct db_rows *rows);
DEFINE_AUTO(db_rows, db_rows_free)

/* Of the current row, lent until db_next(). Text is "" for NULL. */
int64_t db_int(struct db_rows *rows, int column);
const char *db_text(struct db_rows *rows, int column);
const void *db_blob(struct db_rows *rows, int column, size_t *len);
bool db_is_null(struct db_rows *rows, int column);
/* A fresh copy; caller frees. */
char *db_dup_text(struct db_rows *rows, int column);
/* Into an array; false when it does not fit (the array is "" then). */
bool db_copy_text(struct db_rows *rows, int column, char *out, size_t size);

/* First column of the first row; *found (may be NULL) says whether there was
 * one, else *number is left alone. */
bool db_get_int(struct db *db, const char *sql, const struct db_value *values,
	int64_t *number, bool *found, GError **error);

/* BEGIN IMMEDIATE; inside another one a savepoint. Rolled back when it is
 * freed without db_commit(). Freed in the reverse order of beginning. */
struct db_transaction;
struct db_transaction *db_begin(struct db *db, GError **error);
bool db_commit(struct db_transaction *transaction, GError **error);
void db_transaction_free(struct db_transaction *transaction);
DEFINE_AUTO(db_transaction, db_transaction_free)

/* The structure of the tables and their indexes, 0.7 s for half a gigabyte:
 * STORE_ERROR_CORRUPT with the first finding. Each table is a read of its own,
 * so that a writer waits for one of them, not for all; what belongs to no table
 * (free pages) is left out. */
bool db_quick_check(struct db *db, GError **error);
/* Full check in one read, minutes on a large file. */
bool db_integrity_check(struct db *db, GError **error);

#endif
