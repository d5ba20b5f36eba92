/* What SQLite says, in the three domains of the program. The text of an error
 * can quote what was typed into a search, so only constraint messages, which
 * name tables and columns, are passed on. */
#include "client/db/private.h"

#include <errno.h>

#include "client/base/error.h"

static enum store_error store_code(struct db *db, int rc)
{
	int cause = db->handle ? sqlite3_system_errno(db->handle) : 0;

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return STORE_ERROR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_ERROR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return STORE_ERROR_CORRUPT;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (cause == ENOSPC || cause == EDQUOT)
			return STORE_ERROR_FULL;
		return STORE_ERROR_IO;
	}
	return STORE_ERROR_IO;
}

static bool fail_constraint(
	struct db *db, int rc, const char *what, GError **error)
{
	const char *text = sqlite3_errmsg(db->handle);
	enum item_error code = ITEM_ERROR_INVALID;

	if (g_str_has_prefix(text, "seal")) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "%s: %s",
			what, text);
		return false;
	}
	if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_ROWID ||
		rc == SQLITE_CONSTRAINT_PRIMARYKEY)
		code = ITEM_ERROR_CONFLICT;
	else if (rc == SQLITE_CONSTRAINT_TRIGGER)
		code = ITEM_ERROR_REFUSED;
	g_set_error(error, ITEM_ERROR, code, "%s: %s", what, text);
	return false;
}

bool db_fail(struct db *db, int rc, const char *what, GError **error)
{
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return fail_constraint(db, rc, what, error);
	if ((rc & 0xff) == SQLITE_TOOBIG) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"%s: value too large", what);
		return false;
	}
	g_set_error(error, STORE_ERROR, store_code(db, rc), "%s: %s (%d)", what,
		sqlite3_errstr(rc), rc);
	return false;
}
