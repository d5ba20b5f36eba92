/* What comes down from the platform: pages of changes, number blocks.
 *
 * A page's rows and the cursor move in one transaction; applying a page twice
 * changes nothing. */
#ifndef CLIENT_STORE_FEED_H
#define CLIENT_STORE_FEED_H

#include "client/store/store.h"

/* Cursor of a feed ("tickets", "cases", "catalog"); NULL before the first
 * page. Caller frees. */
char *feed_cursor(struct store *store, const char *feed);

/* rows: [{"seq":N,"entity":"ticket","id":..,"version":..,"deleted":false,
 * "body":{..}}]. Tickets go into the queue, cases into the platform's view of
 * a case (remote_state, remote_version), catalogue rows into the inbox, the
 * newest of each id, for app (catalog_rows.h).
 * *changed says whether anything visible changed. A row that cannot be applied
 * is kept in the inbox with its error and counted, it does not stop the page.
 */
bool feed_apply(struct store *store, const char *feed, const char *cursor,
	const char *server_epoch, const struct json *rows, bool *changed,
	GError **error);
/* Rows that were set aside with an error, for people to look at. Withdrawals
 * that are held are not among them. */
int64_t feed_set_aside(struct store *store, const char *feed);

/* 410: forget the cursor, so that a snapshot follows. */
bool feed_reset(struct store *store, const char *feed, GError **error);
/* The end of a feed was reached. After a snapshot, items of the catalogue that
 * were not in it are withdrawn; *changed says whether there were any. */
bool feed_ended(
	struct store *store, const char *feed, bool *changed, GError **error);

/* Numbers. series "case:03" or "doc:accept:2026". */
struct number_block {
	char block_id[UUID_TEXT];
	char series[40];
	char prefix[40]; /* of a document number: "登政务〔2026〕受字第" */
	int64_t first, last, next;
};
bool number_block_add(
	struct store *store, const struct number_block *block, GError **error);
/* All blocks, also used up ones; array of struct number_block *. */
GPtrArray *number_blocks(struct store *store, GError **error);
int64_t numbers_left(struct store *store, const char *series);
/* Every number of every block is used, void or still free; series may be NULL
 * for all. {"series":..,"leased":N,"used":N,"void":N,"free":N} each. */
struct json *number_ledger(struct store *store, GError **error);
bool number_void(struct store *store, const char *series, int64_t number,
	const char *reason, const struct actor *actor, GError **error);

#endif
