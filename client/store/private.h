/* What the files of client/store share. Every function here runs inside a
 * transaction of its caller unless it says otherwise. */
#ifndef CLIENT_STORE_PRIVATE_H
#define CLIENT_STORE_PRIVATE_H

#include "client/db/db.h"
#include "client/store/audit.h"
#include "client/store/case.h"
#include "client/store/store.h"

enum { SEARCH_MAX_CHARS = 64, STORE_KEY_LEN = 32 };

struct store {
	struct db *db;
	char *dir;
	char window[8];
	char uuid[UUID_TEXT];
	uint8_t audit_genesis[SHA256_LEN];
};

/* schema.c */
extern const struct db_migration store_migrations[];
extern const size_t store_migration_count;
/* Tables with columns sum and fits, and their key; ended by {NULL, NULL}. */
struct sealed_table {
	const char *name;
	const char *key;
};
extern const struct sealed_table store_sealed_tables[];

/* store.c: column fits of a row just read; false and STORE_ERROR_CORRUPT. */
bool store_row_fits(struct db_rows *rows, int column, const char *table,
	const char *id, GError **error);
bool store_put_meta(struct store *store, const char *name, const char *value,
	GError **error);
/* Milliseconds to add to our clock; *known false when never measured. */
int64_t store_clock_offset(struct store *store, bool *known);
/* Nobody: for what the program does by itself. Members point into store. */
struct actor store_system_actor(const struct store *store);
/* A member that is null for NULL and "". */
void json_put_filled(struct json *object, const char *name, const char *text);
/* RFC 3339 or null for 0. */
void json_put_time(struct json *object, const char *name, int64_t wall_ms);
/* Reasons have a bound in the platform's contract, in characters; NULL is
 * well. ITEM_ERROR_TOO_LARGE. */
enum { REASON_MAX_CHARS = 200, GROUNDS_MAX_CHARS = 2000 };
bool check_reason(const char *reason, int max_chars, GError **error);
/* staff_no and so on may be NULL in an actor. */
const char *text_or_empty(const char *text);

/* audit.c */
bool audit_add(struct store *store, enum audit_act act,
	const struct actor *actor, const char *object_type,
	const char *object_id, const char *result, struct json *take_details,
	GError **error);

/* outbox.c */
struct new_op {
	const char *agg, *agg_id, *kind;
	const struct actor *actor;
	GPtrArray *blobs; /* char * sha256 it waits for; may be NULL */
	/* What it changes, as it was: NULL when it only adds. */
	const char *base_version;
	const struct json *base;
};
bool outbox_add(struct store *store, const struct new_op *op,
	struct json *take_body, GError **error);
/* Has the aggregate an op on its way, with none parked before it? */
bool outbox_is_busy(
	struct store *store, const char *agg_id, bool *busy, GError **error);
struct op *op_read(struct db_rows *rows);
/* The columns op_read() reads, from outbox o and outbox_state s. */
#define OP_COLUMNS                                                           \
	"o.store_seq, o.op_id, o.agg, o.agg_id, o.agg_seq, o.kind, o.body, " \
	"o.body_sha256, o.prev_hash, o.hash, o.actor, o.wall_ms, "           \
	"o.clock_offset_ms, s.attempts, s.state, s.http, s.problem, "        \
	"o.fits, s.fits, (SELECT b.version FROM op_base b"                   \
	" WHERE b.store_seq = o.store_seq AND b.fits)"
enum { OP_COLUMN_COUNT = 20, OP_COLUMN_FITS = 17, OP_COLUMN_STATE_FITS = 18 };

/* parked.c: a body in the place of op, which is parked, on another version. A
 * correction that was parked itself is withdrawn. ITEM_ERROR_STATE. */
struct op;
struct correction {
	const char *version, *reason;
	const struct json *base;
	const struct actor *actor;
};
bool parked_correct(struct store *store, const struct op *op,
	struct json *take_body, const struct correction *correction,
	GError **error);
/* An op about the parked op_id was acknowledged. */
bool parked_settled(struct store *store, const char *op_id, const char *outcome,
	GError **error);

/* conflict.c: the platform refused op store_seq as stale; current is JSON text.
 * Kept, and merged when no person is needed. No effect for ops without a base
 * and for a current that cannot be merged with. */
bool conflict_arrived(struct store *store, int64_t store_seq,
	const char *current, GError **error);
/* case_change.c: the members of a case that can be changed after acceptance, of
 * a body of any op; a fresh object. */
struct json *case_parts(const struct json *body);
/* The case here, if there is one, takes them over. */
bool case_put_parts(struct store *store, const char *case_id,
	const struct json *parts, GError **error);

/* numbers.c: the next number of a series, bound to owner. prefix is the
 * block's. STORE_ERROR_NUMBERS. */
bool number_take(struct store *store, const char *series, const char *owner,
	char prefix[40], int64_t *number, GError **error);

/* case.c */
bool case_write(struct store *store, const struct case_record *record,
	const char *clerk, GError **error);
/* *exists false when there is no such case. */
bool case_stored_state(struct store *store, const char *case_id, bool *exists,
	enum case_state *state, GError **error);
struct case_step {
	enum case_event event;
	enum case_state from, to;
	int64_t at_ms;
	const char *reason;
};
bool case_add_event(struct store *store, const char *case_id,
	const struct case_step *step, const struct actor *actor,
	GError **error);

/* case_document.c: the row of a document to be rendered. */
bool case_document_add(struct store *store, const char *case_id,
	const char *kind, const char *number, GError **error);

/* case_search.c: the search rows of one case. */
struct case_keys {
	const char *name, *id_number, *phone, *initials;
};
bool case_index(struct store *store, int64_t row, const struct case_keys *keys,
	GError **error);

/* rating.c: the visit was decided, or is over: it is owed a rating, unless it
 * has one. case_id may be NULL. No effect without such a ticket. */
bool rating_owe(struct store *store, const char *ticket_id, const char *case_id,
	const struct actor *actor, GError **error);
/* Another window goes on with it, and will ask. */
bool rating_disown(struct store *store, const char *ticket_id, GError **error);

/* catalog_rows.c: a row of the feed is well formed, and what waits of its id
 * gives way; the feed begins anew; its end, in a transaction of its own. */
bool catalog_row_arrived(
	struct store *store, const struct json *row, GError **error);
bool catalog_feed_reset(struct store *store, GError **error);
bool catalog_feed_ended(struct store *store, bool *changed, GError **error);

/* ticket_remote.c */
bool ticket_apply(struct store *store, const struct json *row, bool *changed,
	GError **error);
/* The last op of the ticket was acknowledged or parked: what the feed said in
 * the meantime is forgotten, or applied. No effect for other aggregates. */
bool ticket_settled(struct store *store, const char *ticket_id, bool parked,
	GError **error);

#endif
