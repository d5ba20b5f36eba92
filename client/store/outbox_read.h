/* Reading the outbox for somebody else than the platform's link: the exchange
 * machine gets the same ops in another form. Nothing here writes. Seals and
 * digests of what is read are checked: STORE_ERROR_CORRUPT. */
#ifndef CLIENT_STORE_OUTBOX_READ_H
#define CLIENT_STORE_OUTBOX_READ_H

#include "client/store/outbox.h"

/* Ops about cases, ratings and other ops behind store_seq after, in order, at
 * most limit: array of struct op *. */
GPtrArray *outbox_after(
	struct store *store, int64_t after, int limit, GError **error);
/* Those of one case up to store_seq upto, its ratings included. */
GPtrArray *outbox_of_case(
	struct store *store, const char *case_id, int64_t upto, GError **error);
/* What people decided about an op up to store_seq upto: the body that stands in
 * its place (own; NULL: its own), and whether it is void. */
bool outbox_correction(struct store *store, const char *op_id, int64_t upto,
	char **body, bool *is_void, GError **error);
/* case_no or full_no. ITEM_ERROR_NOT_FOUND. Caller frees. */
char *outbox_case_of_number(
	struct store *store, const char *number, GError **error);

/* How many of those ops are behind after, the wall time of the first (0: none),
 * and the last store_seq of the whole outbox. */
struct outbox_rest {
	int64_t count, oldest_ms, last;
};
bool outbox_rest(struct store *store, int64_t after, struct outbox_rest *rest,
	GError **error);

/* Cases decided up to store_seq upto, by local day and item: array of struct
 * outbox_day, in order of day and item; for g_array_unref(). */
struct outbox_day {
	char day[11], item[40];
	int64_t cases;
};
GArray *outbox_days(struct store *store, int64_t upto, GError **error);

#endif
