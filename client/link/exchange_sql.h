/* The tables of the exchange machine in a PostgreSQL database: batches of the
 * spool, loaded in order. The number of the last one stands in the database
 * itself and moves in the transaction of the rows, so a batch is there whole
 * and once, whoever is killed and when. The only file that knows libpq.
 *
 * Each table of the map has besides is_sync (0 new, 1 taken, 2 refused) and
 * sync_reason, which the other side sets: that is its receipt.
 *
 * Errors: LINK_ERROR_ABSENT, LINK_ERROR_AUTH, LINK_ERROR_CLOSED (try again),
 * LINK_ERROR_PROTOCOL with the SQLSTATE (tables that do not fit). Messages
 * never hold values of rows. */
#ifndef CLIENT_LINK_EXCHANGE_SQL_H
#define CLIENT_LINK_EXCHANGE_SQL_H

#include "client/link/exchange.h"

struct exchange_sql;

/* path: a file with one libpq connection string; ITEM_ERROR_DENIED when others
 * than its owner may read it, for it may hold a password. */
struct exchange_sql *exchange_sql_open(const char *path, GError **error);
void exchange_sql_close(struct exchange_sql *sql);
DEFINE_AUTO(exchange_sql, exchange_sql_close)

/* Makes the tables that are missing and loads what is new. A row the database
 * refuses is kept in yikou_exchange_refused, others go on. *loaded is the
 * last batch in the database. ITEM_ERROR_CONFLICT when the database has
 * batches of another spool. */
bool exchange_sql_load(struct exchange_sql *sql, struct exchange *exchange,
	int64_t *loaded, GError **error);

/* Puts the receipt of each batch the other side has dealt with. */
bool exchange_sql_receipts(struct exchange_sql *sql, struct exchange *exchange,
	int64_t *receipts, GError **error);

#endif
