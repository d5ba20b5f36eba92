/* Statements: prepared once by their text, values bound, rows read. */
#include "client/db/private.h"

#include <string.h>

#include "client/base/error.h"

struct db_rows {
	struct db *db;
	sqlite3_stmt *statement;
	int rc;      /* of the last act; SQLITE_OK, ROW or DONE when well */
	bool in_use; /* lent to a caller */
	bool own;    /* not in the table: freed with its use */
};

void db_rows_destroy(void *data)
{
	struct db_rows *rows = data;

	sqlite3_finalize(rows->statement);
	g_free(rows);
}

struct db_rows *db_rows_prepare(struct db *db, const char *sql)
{
	struct db_rows *rows = g_new0(struct db_rows, 1);

	rows->db = db;
	rows->rc = sqlite3_prepare_v3(db->handle, sql, -1,
		SQLITE_PREPARE_PERSISTENT, &rows->statement, NULL);
	return rows;
}

/* The kept statement of this text; a fresh one while that is being read. */
static struct db_rows *take_rows(struct db *db, const char *sql)
{
	struct db_rows *rows = g_hash_table_lookup(db->statements, sql);

	if (!rows) {
		rows = db_rows_prepare(db, sql);
		if (rows->statement)
			g_hash_table_insert(
				db->statements, g_strdup(sql), rows);
		else
			rows->own = true;
	} else if (rows->in_use) {
		rows = db_rows_prepare(db, sql);
		rows->own = true;
	}
	rows->in_use = true;
	return rows;
}

static int bind_value(
	sqlite3_stmt *statement, int place, const struct db_value *value)
{
	switch (value->type) {
	case DB_TYPE_INT:
		return sqlite3_bind_int64(statement, place, value->number);
	case DB_TYPE_TEXT:
		return sqlite3_bind_text(
			statement, place, value->data, -1, SQLITE_STATIC);
	case DB_TYPE_BLOB:
		return sqlite3_bind_blob64(statement, place,
			value->data ? value->data : "", value->len,
			SQLITE_STATIC);
	case DB_TYPE_NULL:
	case DB_TYPE_END:
		break;
	}
	return sqlite3_bind_null(statement, place);
}

static void bind_values(struct db_rows *rows, const struct db_value *values)
{
	int wanted = sqlite3_bind_parameter_count(rows->statement);
	int place = 0;

	for (; values && values->type != DB_TYPE_END; values++) {
		rows->rc = bind_value(rows->statement, ++place, values);
		if (rows->rc != SQLITE_OK)
			return;
	}
	/* A statement of ours with another count is a mistake in the code. */
	if (place != wanted)
		g_error("%d values for %d places", place, wanted);
}

struct db_rows *db_select(
	struct db *db, const char *sql, const struct db_value *values)
{
	struct db_rows *rows = take_rows(db, sql);

	if (rows->statement) {
		rows->rc = SQLITE_OK;
		bind_values(rows, values);
	}
	return rows;
}

bool db_next(struct db_rows *rows)
{
	if (rows->rc != SQLITE_OK && rows->rc != SQLITE_ROW)
		return false;
	rows->rc = sqlite3_step(rows->statement);
	return rows->rc == SQLITE_ROW;
}

/* "UPDATE cases SET ...": enough to find the statement, without values. */
static char *name_statement(struct db_rows *rows)
{
	const char *sql =
		rows->statement ? sqlite3_sql(rows->statement) : "a statement";

	return g_strndup(sql, 40);
}

bool db_end(struct db_rows *rows, GError **error)
{
	g_autofree char *what = NULL;

	if (rows->rc == SQLITE_OK || rows->rc == SQLITE_ROW ||
		rows->rc == SQLITE_DONE)
		return true;
	what = name_statement(rows);
	return db_fail(rows->db, rows->rc, what, error);
}

void db_rows_free(struct db_rows *rows)
{
	if (!rows)
		return;
	if (rows->own) {
		db_rows_destroy(rows);
		return;
	}
	sqlite3_reset(rows->statement);
	sqlite3_clear_bindings(rows->statement);
	rows->in_use = false;
}

bool db_run(struct db *db, const char *sql, const struct db_value *values,
	GError **error)
{
	AUTO(db_rows) rows = db_select(db, sql, values);

	while (db_next(rows))
		;
	db->changed = sqlite3_changes64(db->handle);
	return db_end(rows, error);
}

int64_t db_changed(const struct db *db)
{
	return db->changed;
}

int64_t db_last_row(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

bool db_exec(struct db *db, const char *sql, GError **error)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	g_autofree char *what = NULL;

	if (rc == SQLITE_OK)
		return true;
	what = g_strndup(sql, 40);
	return db_fail(db, rc, what, error);
}

int64_t db_int(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->statement, column);
}

const char *db_text(struct db_rows *rows, int column)
{
	const char *text =
		(const char *)sqlite3_column_text(rows->statement, column);

	return text ? text : "";
}

const void *db_blob(struct db_rows *rows, int column, size_t *len)
{
	const void *data = sqlite3_column_blob(rows->statement, column);

	*len = (size_t)sqlite3_column_bytes(rows->statement, column);
	return data ? data : "";
}

bool db_is_null(struct db_rows *rows, int column)
{
	return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

char *db_dup_text(struct db_rows *rows, int column)
{
	return g_strdup(db_text(rows, column));
}

bool db_copy_text(struct db_rows *rows, int column, char *out, size_t size)
{
	const char *text = db_text(rows, column);
	bool fits = strlen(text) < size;

	g_strlcpy(out, fits ? text : "", size);
	return fits;
}

bool db_get_int(struct db *db, const char *sql, const struct db_value *values,
	int64_t *number, bool *found, GError **error)
{
	AUTO(db_rows) rows = db_select(db, sql, values);
	bool row = db_next(rows);

	if (row)
		*number = db_int(rows, 0);
	if (found)
		*found = row;
	return db_end(rows, error);
}
