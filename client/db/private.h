/* What the files of client/db share. */
#ifndef CLIENT_DB_PRIVATE_H
#define CLIENT_DB_PRIVATE_H

#include <sqlite3.h>

#include "client/db/db.h"

struct db {
	sqlite3 *handle;
	GHashTable *statements; /* SQL text -> struct db_rows */
	char journal_mode[12];
	int depth; /* of open transactions */
	int64_t changed;
};

/* Sets error from what the connection says of result code rc. what names the
 * act in a few words. Always false. */
bool db_fail(struct db *db, int rc, const char *what, GError **error);

struct db_rows *db_rows_prepare(struct db *db, const char *sql);
void db_rows_destroy(void *rows);

/* seal.c: the key is copied and wiped with the connection. */
int seal_register(sqlite3 *handle, const uint8_t *key, size_t key_len);

/* migrate.c */
bool db_migrate(
	struct db *db, const struct db_options *options, GError **error);

#endif
