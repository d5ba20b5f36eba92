/* Transactions that roll themselves back. The outermost takes the write lock
 * at once, so that two writers wait for each other instead of failing half
 * way; one begun inside another is a savepoint. */
#include "client/db/private.h"

#include "client/base/error.h"

struct db_transaction {
	struct db *db;
	int level; /* 1 is the outermost */
	bool open;
};

static char *savepoint(const char *verb, int level)
{
	return g_strdup_printf("%s level_%d", verb, level);
}

struct db_transaction *db_begin(struct db *db, GError **error)
{
	int level = db->depth + 1;
	g_autofree char *sql = level == 1 ? g_strdup("BEGIN IMMEDIATE")
					  : savepoint("SAVEPOINT", level);
	struct db_transaction *transaction;

	if (!db_run(db, sql, NULL, error))
		return NULL;
	transaction = g_new0(struct db_transaction, 1);
	transaction->db = db;
	transaction->level = level;
	transaction->open = true;
	db->depth = level;
	return transaction;
}

bool db_commit(struct db_transaction *transaction, GError **error)
{
	struct db *db = transaction->db;
	g_autofree char *sql =
		transaction->level == 1
			? g_strdup("COMMIT")
			: savepoint("RELEASE", transaction->level);

	if (!db_run(db, sql, NULL, error))
		return false;
	transaction->open = false;
	return true;
}

/* After a full disk or an I/O error SQLite has rolled everything back by
 * itself: then there is nothing left to undo. */
static void roll_back(struct db_transaction *transaction)
{
	struct db *db = transaction->db;
	g_autofree char *undo = NULL, *release = NULL;

	if (sqlite3_get_autocommit(db->handle))
		return;
	if (transaction->level == 1) {
		db_exec(db, "ROLLBACK", NULL);
		return;
	}
	undo = savepoint("ROLLBACK TO", transaction->level);
	release = savepoint("RELEASE", transaction->level);
	db_exec(db, undo, NULL);
	db_exec(db, release, NULL);
}

void db_transaction_free(struct db_transaction *transaction)
{
	if (!transaction)
		return;
	if (transaction->open)
		roll_back(transaction);
	transaction->db->depth = transaction->level - 1;
	g_free(transaction);
}
