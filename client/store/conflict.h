/* Changes of a case that came too late: somebody else had changed it first.
 *
 * The platform refuses such an op with what is there now. All three sides are
 * kept. Where no field was changed on both, the merged body goes up at once in
 * the place of the refused one, on the new version; else the op stays parked
 * until a person has chosen for each open field, or dropped the op whole
 * (parked.h). A correction that comes too late itself is merged again, by rule
 * a bounded number of times.
 *
 * Rules of merging: client/rules/merge.h. */
#ifndef CLIENT_STORE_CONFLICT_H
#define CLIENT_STORE_CONFLICT_H

#include "client/store/store.h"

struct conflict {
	int64_t id, store_seq; /* of the change */
	char case_id[UUID_TEXT];
	char *case_no;       /* "" when not known */
	struct json *remote; /* the case as the platform showed it */
	struct json *fields; /* what a person decides: merge.open */
	int64_t at_ms;
};
void conflict_free(struct conflict *conflict);
DEFINE_AUTO(conflict, conflict_free)

/* Those a person decides now, oldest first: array of struct conflict *. NULL
 * and STORE_ERROR_CORRUPT when a row's seal does not fit. */
GPtrArray *conflict_list(struct store *store, GError **error);
/* The open one of that change. ITEM_ERROR_NOT_FOUND. */
struct conflict *conflict_find(
	struct store *store, int64_t store_seq, GError **error);

/* choices: an object from the path of each open field to "here", "there" or,
 * where both can be kept, "both". The merged body goes up with that reason.
 * ITEM_ERROR_INVALID when a field is left open, or the reason. */
bool conflict_decide(struct store *store, int64_t store_seq,
	const struct json *choices, const char *reason,
	const struct actor *actor, GError **error);

#endif
