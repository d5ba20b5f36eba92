/* Wrong on purpose, in programs of the tests alone: linked with --wrap in front
 * of client/db.
 *
 *   MUTANT=no-sync   synchronous=OFF
 *   MUTANT=no-dedup  a platform that forgets which ops it has seen: no look-up,
 *                    no unique key (see mutant_platform.c)
 *   MUTANT=early     a platform that answers before it commits: each commit is
 *                    put off until the next transaction begins */
#include <stdlib.h>
#include <string.h>

#include "client/db/db.h"

bool __real_db_exec(struct db *db, const char *sql, GError **error);
bool __wrap_db_exec(struct db *db, const char *sql, GError **error);
struct db_rows *__real_db_select(
	struct db *db, const char *sql, const struct db_value *values);
struct db_rows *__wrap_db_select(
	struct db *db, const char *sql, const struct db_value *values);
struct db_transaction *__real_db_begin(struct db *db, GError **error);
struct db_transaction *__wrap_db_begin(struct db *db, GError **error);
bool __real_db_commit(struct db_transaction *transaction, GError **error);
bool __wrap_db_commit(struct db_transaction *transaction, GError **error);
void __real_db_transaction_free(struct db_transaction *transaction);
void __wrap_db_transaction_free(struct db_transaction *transaction);

static struct {
	bool no_sync, no_dedup, early;
	int depth;
	struct db_transaction *late; /* committed, they believe */
} mutant;

/* The environment is cleared when main begins. */
static void __attribute__((constructor)) mutant_begin(void)
{
	const char *name = getenv("MUTANT");

	mutant.no_sync = name && strcmp(name, "no-sync") == 0;
	mutant.no_dedup = name && strcmp(name, "no-dedup") == 0;
	mutant.early = name && strcmp(name, "early") == 0;
}

static char *replace(char *take_text, const char *from, const char *to)
{
	g_auto(GStrv) parts = g_strsplit(take_text, from, -1);

	g_free(take_text);
	return g_strjoinv(to, parts);
}

bool __wrap_db_exec(struct db *db, const char *sql, GError **error)
{
	g_autofree char *text = g_strdup(sql);

	if (mutant.no_sync) {
		text = replace(text, "synchronous=EXTRA", "synchronous=OFF");
		text = replace(text, "synchronous=FULL", "synchronous=OFF");
	}
	if (mutant.no_dedup) {
		text = replace(text, "op_id TEXT NOT NULL UNIQUE",
			"op_id TEXT NOT NULL");
		text = replace(text,
			", UNIQUE(store_uuid, agg_id, agg_seq, store_epoch)",
			"");
		text = replace(
			text, "UNIQUE INDEX ops_store", "INDEX ops_store");
	}
	return __real_db_exec(db, text, error);
}

struct db_rows *__wrap_db_select(
	struct db *db, const char *sql, const struct db_value *values)
{
	g_autofree char *text = g_strdup(sql);

	if (mutant.no_dedup && strstr(sql, "FROM ops WHERE op_id = ?1"))
		text = replace(text, "op_id = ?1", "op_id = ?1 AND 0");
	return __real_db_select(db, text, values);
}

struct db_transaction *__wrap_db_begin(struct db *db, GError **error)
{
	struct db_transaction *late = mutant.late;

	if (late) {
		mutant.late = NULL;
		__real_db_commit(late, NULL);
		__real_db_transaction_free(late);
	}
	mutant.depth++;
	return __real_db_begin(db, error);
}

bool __wrap_db_commit(struct db_transaction *transaction, GError **error)
{
	if (!mutant.early || mutant.depth != 1)
		return __real_db_commit(transaction, error);
	mutant.late = transaction;
	return true;
}

void __wrap_db_transaction_free(struct db_transaction *transaction)
{
	if (transaction)
		mutant.depth--;
	if (!transaction || transaction != mutant.late)
		__real_db_transaction_free(transaction);
}
