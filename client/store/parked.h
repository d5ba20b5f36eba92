/* Parked ops: what the platform refused for good, or found changed by somebody
 * else. They leave that state only by what a person decides here, with a
 * reason; each decision is a row of its own, and an audit row.
 *
 *   requeue    the same bytes again, attempts counted anew
 *   void       the platform is told that it will never come
 *   supersede  the platform is given a corrected body in its place
 *
 * void and supersede are ops themselves ("op.void", "op.supersede", in the lane
 * "op" of the parked op_id). The parked op changes its state when that op is
 * acknowledged: to void, or to acked when it had arrived after all. Until then
 * what waits behind it goes on waiting. */
#ifndef CLIENT_STORE_PARKED_H
#define CLIENT_STORE_PARKED_H

#include "client/store/outbox.h"

/* The op of that number ("4711") or op_id, parked or not.
 * ITEM_ERROR_NOT_FOUND. Caller frees with op_free(). */
struct op *parked_find(struct store *store, const char *name, GError **error);

/* ITEM_ERROR_STATE when the op is not parked, or when it is being voided or
 * superseded already. reason must be filled. */
bool parked_requeue(struct store *store, int64_t store_seq, const char *reason,
	const struct actor *actor, GError **error);
bool parked_void(struct store *store, int64_t store_seq, const char *reason,
	const struct actor *actor, GError **error);
/* body: an object, of the kind of the parked op, about the same thing: the
 * member that names it ("case_id", "ticket_id", ...) must not change;
 * ITEM_ERROR_INVALID. */
bool parked_supersede(struct store *store, int64_t store_seq,
	struct json *take_body, const char *reason, const struct actor *actor,
	GError **error);

/* What was decided about the op so far, oldest first: array of
 * {"action","reason","staff_no","new_op","at_ms"}. Caller frees. */
struct json *parked_decisions(
	struct store *store, int64_t store_seq, GError **error);

#endif
