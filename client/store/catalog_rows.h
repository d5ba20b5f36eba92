/* What the platform says of the catalogue. The store keeps it and knows nothing
 * of what is in it; client/app reads it and says what becomes of each row.
 *
 *   platform -> inbox, "new" -> app: good    -> taken, the newest of each id
 *                                   wrong   -> set aside, the taken one stays
 *                                   too many withdrawals -> held for a person
 */
#ifndef CLIENT_STORE_CATALOG_ROWS_H
#define CLIENT_STORE_CATALOG_ROWS_H

#include "client/store/store.h"

struct catalog_row {
	int64_t seq;  /* of the feed; 0 of taken ones */
	char *entity; /* "catalog", "dictionary" or "item" */
	char *id;
	bool deleted; /* withdrawn: body is "" */
	char *body;   /* JSON text */
	char *state;  /* "new", "held", "agreed", or why it is set aside: an
			 error_name() */
	/* What becomes of it, set by app: "taken", "held" or an error_name().
	 * Borrowed; NULL: it stays as it is. */
	const char *verdict;
};

/* Arrays of struct catalog_row *: what waits, in the order of the feed, set
 * aside ones included; what was taken. g_ptr_array_unref() it. */
GPtrArray *catalog_waiting(struct store *store, GError **error);
GPtrArray *catalog_taken(struct store *store, GError **error);
/* The body of the taken row "catalog"; NULL when there is none. Caller frees.
 */
char *catalog_taken_head(struct store *store);

/* Writes the verdicts down: a taken row replaces what was taken of its id
 * before. No transaction when there are none. */
bool catalog_settle(
	struct store *store, const GPtrArray *waiting, GError **error);

/* A person lets the held withdrawals through: app takes them the next time.
 * *count says how many. Audited. */
bool catalog_agree(struct store *store, const struct actor *actor,
	int64_t *count, GError **error);

int64_t catalog_count_held(struct store *store);

/* The item as a case began with it, for as long as the store lasts. Keeping it
 * twice does nothing. NULL when it was never kept. Caller frees. */
bool catalog_keep_item(struct store *store, const char *code,
	const char *version, const char *body, GError **error);
char *catalog_kept_item(
	struct store *store, const char *code, const char *version);

#endif
