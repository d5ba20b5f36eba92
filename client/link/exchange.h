/* The exchange machine (前置机): what the window did, as rows of the tables
 * that go up level by level, in a folder.
 *
 *   SPOOL/00000001.jsonl           {"table","case_no","item","day",
 *                                   "data_version","row":{...}} each line
 *   SPOOL/00000001.manifest.json   sequence, file, rows, sha256, the digest of
 *                                  the manifest before, up to which op
 *   SPOOL/receipts/00000001.json   {"sequence","sha256" (of the rows' file),
 *                                   "accepted":N,
 *                                   "rejected":[{"row_guid","reason"}]}
 *
 * Who reads takes a file that a manifest names, and nothing else. The manifest
 * is the cursor: it is renamed into place after the rows, so whoever is killed
 * in between writes the same rows again under the same name. The key of a row
 * is row_guid, made of the op and the data version; the store is only read. */
#ifndef CLIENT_LINK_EXCHANGE_H
#define CLIENT_LINK_EXCHANGE_H

#include "client/base/json.h"
#include "client/store/store.h"

struct exchange;

struct exchange_options {
	const char *spool;  /* the folder; made when it is not there */
	const char *map;    /* .../exchange/national.json */
	const char *window; /* "03" */
	const char *region; /* "410185" */
	const char *data_source, *org_code, *org_name;
	int max_ops; /* in a batch; 0: 500 */
	/* For tests: called behind each step of a batch, "rows" and
	 * "manifest"; may be NULL. */
	void (*step)(void *context, const char *name);
	void *context;
};

/* Takes the lock of the spool (STORE_ERROR_LOCKED) and reads its manifests.
 * ITEM_ERROR_CONFLICT when it is another store's; STORE_ERROR_CORRUPT when the
 * chain of manifests is broken, or is ahead of the store, which then came from
 * a backup and needs a new spool. All strings are copied. */
struct exchange *exchange_open(struct store *store,
	const struct exchange_options *options, GError **error);
void exchange_close(struct exchange *exchange);
DEFINE_AUTO(exchange, exchange_close)

struct exchange_done {
	int64_t batches, rows, set_aside;
};
/* Writes what is new. An op with a value that does not fit is set aside with
 * its reason, and the rest of its case with it; others go on. */
bool exchange_run(
	struct exchange *exchange, struct exchange_done *done, GError **error);
/* One case once more, all of it, as a new data version; also what was set aside
 * and is mended. ITEM_ERROR_NOT_FOUND; ITEM_ERROR_STATE when it was not
 * reported yet. */
bool exchange_report_again(struct exchange *exchange, const char *number,
	struct exchange_done *done, GError **error);

/* Rows older than days (of the receipt) whose every row was accepted are taken
 * away; manifests and receipts stay. */
bool exchange_tidy(struct exchange *exchange, int days, GError **error);

/* {"sequence","cursor","behind":{"ops","seconds"},"batches":{"written",
 * "confirmed","waiting","bad_receipts","oldest_waiting_s"},
 * "rows":{"written","accepted","rejected","waiting"},"set_aside",
 * "refused","totals":{...},"days":[{"day","item","cases","written","set_aside","confirmed",
 * "rejected"}],"complete"}: set_aside and refused are what is not mended yet,
 * days the newest 1000, totals of all; cases is the window's own count up to
 * the cursor, the others are the spool's and the receipts'. Caller frees. */
struct json *exchange_status(struct exchange *exchange, GError **error);
/* {"reasons":[{"reason","count"}],"rows":[{"by":"window"|"exchange","reason",
 * "case_no","field","row_guid","sequence"}]}, what is mended left out. */
struct json *exchange_rejected(struct exchange *exchange, GError **error);

/* Borrowed. */
int64_t exchange_sequence(const struct exchange *exchange);
const struct json *exchange_tables(const struct exchange *exchange);
const char *exchange_store_uuid(const struct exchange *exchange);

/* The manifest of a batch, and its rows as text after its digest was compared
 * (STORE_ERROR_CORRUPT). Caller frees. */
struct json *exchange_manifest(
	const struct exchange *exchange, int64_t sequence, GError **error);
char *exchange_rows(const struct exchange *exchange,
	const struct json *manifest, GError **error);
bool exchange_manifest_digest(const struct exchange *exchange, int64_t sequence,
	char digest[SHA256_TEXT], GError **error);
/* Is there a receipt, and putting one. */
bool exchange_has_receipt(const struct exchange *exchange, int64_t sequence);
bool exchange_put_receipt(const struct exchange *exchange, int64_t sequence,
	const struct json *receipt, GError **error);

#endif
