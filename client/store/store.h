/* The window's store: one SQLite file and the blobs beside it.
 *
 *   STATE/window.db    cases, tickets, ratings, outbox, numbers, audit
 *   STATE/window.key   32 bytes, 0400: seals and index hashes
 *   STATE/blobs/ab/abcdef...   attachments, named by their SHA-256
 *   STATE/store.lock, sync.lock
 *
 * Screen and syncd open it at the same time; rollback journal (TRUNCATE,
 * synchronous=EXTRA) while SQLite has the WAL-reset bug. A
 * business change, its outbox row, its number binding and its audit row are one
 * transaction. All functions of client/store that write do exactly one
 * transaction and leave nothing behind when they fail. Errors are STORE_ERROR
 * unless a header says otherwise. */
#ifndef CLIENT_STORE_STORE_H
#define CLIENT_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "client/base/id.h"
#include "client/base/json.h"

struct store;

/* Opens, creating and migrating as needed. What costs nothing is looked at:
 * header and length of the file, whose it is and of which version, whether the
 * key fits the identity; a journal that a crash left is rolled back.
 * STORE_ERROR_NEWER for a file of a later version, STORE_ERROR_CORRUPT when one
 * of these does not hold, STORE_ERROR_FULL, STORE_ERROR_IO, STORE_ERROR_FOREIGN
 * for the store of another window than window ("03"). */
struct store *store_open(
	const char *state_dir, const char *window, GError **error);
/* A store that was copied here, of whatever window: store_window() tells.
 * Nothing is made where there is none (STORE_ERROR_IO); STORE_ERROR_FOREIGN
 * when it does not say whose it is, because it was last open before stores did.
 */
struct store *store_open_copy(const char *state_dir, GError **error);

/* The structure of every table and index, as far as SQLite sees it: 0.7 s of
 * processor for 100,000 cases, so never in the screen's own process. The screen
 * lets `yikou verify --quick` do it after each start and once a day; a power
 * cut therefore needs no mark of its own. Nobody waits for it: whatever is read
 * before it ends carries a seal or a chain, and those are checked on reading.
 * STORE_ERROR_CORRUPT names the table. */
bool store_check(struct store *store, GError **error);
/* More than store_check(): every index against its table, and every seal. A
 * file that was copied while somebody wrote has pages of two times. Seconds. */
bool store_check_copy(struct store *store, GError **error);
void store_close(struct store *store);
DEFINE_AUTO(store, store_close)

const char *store_uuid(const struct store *store);
const char *store_window(const struct store *store);
/* STATE/blobs/ab/abcdef...; caller frees. */
char *store_blob_path(const struct store *store, const char *sha256);

/* Who acts: goes into the outbox row, the audit row and the event row. All
 * borrowed. */
struct actor {
	const char *staff_no;   /* "1003" */
	const char *staff_name; /* shown on documents */
	const char *role;       /* "clerk" */
	const char *window;     /* "03" */
	const char *session;    /* uuid of the log-in */
};

/* Small facts: server_epoch, clock_offset_ms, catalog_version... NULL when not
 * set; caller frees. */
char *store_meta(struct store *store, const char *name);
bool store_set_meta(struct store *store, const char *name, const char *value,
	GError **error);

/* What the header of the screen shows. */
struct store_counts {
	int64_t unsent;    /* queued, waiting for a blob, ready, leased */
	int64_t parked;    /* conflict or dead: a person must look */
	int64_t blobs;     /* attachments not yet confirmed */
	int64_t numbers;   /* case numbers left in leased blocks */
	int64_t cases;     /* ever written: counting them reads megabytes */
	int64_t oldest_ms; /* wall time of the oldest unsent op, 0 if none */
};
bool store_counts(
	struct store *store, struct store_counts *counts, GError **error);

/* A seal that does not fit: every sealed table is read and its rows counted.
 * STORE_ERROR_CORRUPT names table and row. */
bool store_verify_seals(struct store *store, GError **error);

#endif
