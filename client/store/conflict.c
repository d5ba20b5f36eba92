/* Keeping the three sides of a change that came too late, merging them by rule,
 * and taking a person's choice. */
#include "client/store/conflict.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/rules/merge.h"
#include "client/store/parked.h"
#include "client/store/private.h"

enum {
	/* A platform that shows another version each time is not answered for
	 * ever. */
	ROUNDS_MAX = 8,
};

/* One conflict with all its sides. */
struct sides {
	int64_t id;
	struct op *op;                      /* own: the change */
	struct json *base, *local, *remote; /* own */
	struct json *here, *there;          /* own: their parts */
	int64_t at_ms;
};

static void sides_clear(struct sides *s)
{
	op_free(s->op);
	json_free(s->base);
	json_free(s->local);
	json_free(s->remote);
	json_free(s->here);
	json_free(s->there);
}

static void find_parts(struct sides *s)
{
	s->here = case_parts(s->local);
	s->there = case_parts(json_get(s->remote, "body"));
}

static struct op *op_of(struct store *store, int64_t store_seq, GError **error)
{
	g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT, store_seq);

	return parked_find(store, name, error);
}

/* Resolving ---------------------------------------------------------------- */

static struct json *merged_body(const struct sides *s, const struct json *parts)
{
	struct json *body = json_copy(s->local);

	json_each (part, parts)
		json_put(body, json_name(part), json_copy(part));
	return body;
}

static bool close_row(struct store *store, const struct sides *s,
	const char *state, const char *by, const struct json *parts,
	GError **error)
{
	g_autofree char *resolution = json_print(parts);

	return db_run(store->db,
		"UPDATE conflicts SET state = ?2, resolved_by = ?3,"
		" resolution = ?4 WHERE id = ?1",
		DB_VALUES(DB_INT(s->id), DB_TEXT(state), DB_TEXT(by),
			DB_TEXT(resolution)),
		error);
}

static bool resolve(struct store *store, const struct sides *s,
	const struct json *parts, const char *reason, const struct actor *actor,
	GError **error)
{
	bool by_rule = strcmp(text_or_empty(actor->role), "system") == 0;
	struct correction with = {
		.version = json_text_or(s->remote, "version", ""),
		.reason = reason,
		.base = s->there,
		.actor = actor,
	};

	return parked_correct(
		       store, s->op, merged_body(s, parts), &with, error) &&
	       close_row(store, s, by_rule ? "merged" : "decided",
		       text_or_empty(actor->staff_no), parts, error) &&
	       case_put_parts(store, s->op->agg_id, parts, error);
}

/* Arriving ----------------------------------------------------------------- */

static bool keep(struct store *store, struct sides *s, GError **error)
{
	g_autofree char *base = json_print(s->base);
	g_autofree char *local = json_print(s->local);
	g_autofree char *remote = json_print(s->remote);

	if (!db_run(store->db,
		    "UPDATE conflicts SET state = 'outdated'"
		    " WHERE store_seq = ?1 AND state = 'open'",
		    DB_VALUES(DB_INT(s->op->store_seq)), error) ||
		!db_run(store->db,
			"INSERT INTO conflicts(case_id, store_seq, base, local,"
			" remote, state, resolved_by, resolution, at_ms)"
			" VALUES(?1, ?2, ?3, ?4, ?5, 'open', '', '', ?6)",
			DB_VALUES(DB_TEXT(s->op->agg_id),
				DB_INT(s->op->store_seq), DB_TEXT(base),
				DB_TEXT(local), DB_TEXT(remote),
				DB_INT(clock_wall_ms())),
			error))
		return false;
	s->id = db_last_row(store->db);
	return true;
}

/* Too many rounds, or a platform that contradicts itself: it refused the very
 * version it shows. */
static bool may_merge(struct store *store, const struct sides *s,
	const char *version, bool *may, GError **error)
{
	int64_t rounds = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM conflicts WHERE store_seq = ?1",
		    DB_VALUES(DB_INT(s->op->store_seq)), &rounds, NULL, error))
		return false;
	*may = rounds <= ROUNDS_MAX &&
	       strcmp(version, json_text(s->remote, "version")) != 0;
	return true;
}

static bool merge_or_leave(struct store *store, struct sides *s,
	const char *version, GError **error)
{
	struct actor system = store_system_actor(store);
	struct merge merge;
	bool may, done;

	if (!keep(store, s, error) ||
		!may_merge(store, s, version, &may, error))
		return false;
	merge_make(s->base, s->here, s->there, NULL, &merge);
	done = !may || json_length(merge.open) > 0 ||
	       resolve(store, s, merge.merged, "merged by field", &system,
		       error);
	merge_clear(&merge);
	return done;
}

/* The change itself, or the one a correction stands for. */
static bool read_change(struct store *store, const struct op *refused,
	struct sides *s, GError **error)
{
	AUTO(json) body =
		json_parse(refused->body, strlen(refused->body), NULL);
	bool correction = strcmp(refused->agg, "op") == 0;

	s->op = correction ? parked_find(store, refused->agg_id, error)
			   : op_of(store, refused->store_seq, error);
	s->local = json_copy(correction ? json_get(body, "body") : body);
	return s->op != NULL;
}

static bool read_base(struct store *store, int64_t store_seq, struct sides *s,
	char **version, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT version, base, fits FROM op_base WHERE store_seq = ?1",
		DB_VALUES(DB_INT(store_seq)));
	const char *text;

	if (!db_next(rows))
		return db_end(rows, error);
	if (!store_row_fits(rows, 2, "op_base", "op", error))
		return false;
	*version = db_dup_text(rows, 0);
	text = db_text(rows, 1);
	s->base = json_parse(text, strlen(text), NULL);
	return true;
}

bool conflict_arrived(struct store *store, int64_t store_seq,
	const char *current, GError **error)
{
	AUTO(op) refused = op_of(store, store_seq, error);
	struct sides s = {.remote = json_parse(current, strlen(current), NULL)};
	g_autofree char *version = NULL;
	bool done = refused && read_base(store, store_seq, &s, &version, error);

	if (done && version && json_text(s.remote, "version") &&
		json_is_object(json_get(s.remote, "body"))) {
		done = read_change(store, refused, &s, error);
		find_parts(&s);
		done = done && merge_or_leave(store, &s, version, error);
	}
	sides_clear(&s);
	return done;
}

/* For a person ------------------------------------------------------------- */

void conflict_free(struct conflict *conflict)
{
	if (!conflict)
		return;
	g_free(conflict->case_no);
	json_free(conflict->remote);
	json_free(conflict->fields);
	g_free(conflict);
}

#define OPEN_CONFLICTS                                                       \
	"SELECT c.id, c.store_seq, c.base, c.local, c.remote, c.at_ms,"      \
	" c.fits FROM conflicts c JOIN outbox o ON o.store_seq ="            \
	" c.store_seq JOIN outbox_state s ON s.store_seq = c.store_seq"      \
	" WHERE c.state = 'open' AND s.state = 5 AND NOT EXISTS(SELECT 1"    \
	"  FROM outbox d JOIN outbox_state ds ON ds.store_seq = d.store_seq" \
	"  WHERE d.agg = 'op' AND d.agg_id = o.op_id"                        \
	"  AND ds.state NOT IN (4, 5, 6, 7))"

static struct json *parse_column(struct db_rows *rows, int column)
{
	const char *text = db_text(rows, column);

	return json_parse(text, strlen(text), NULL);
}

static bool read_sides(struct store *store, struct db_rows *rows,
	struct sides *s, GError **error)
{
	if (!store_row_fits(rows, 6, "conflicts", "conflict", error))
		return false;
	s->id = db_int(rows, 0);
	s->op = op_of(store, db_int(rows, 1), error);
	s->base = parse_column(rows, 2);
	s->local = parse_column(rows, 3);
	s->remote = parse_column(rows, 4);
	s->at_ms = db_int(rows, 5);
	find_parts(s);
	return s->op != NULL;
}

static struct conflict *show(struct sides *s)
{
	struct conflict *conflict = g_new0(struct conflict, 1);
	struct merge merge;

	merge_make(s->base, s->here, s->there, NULL, &merge);
	conflict->id = s->id;
	conflict->store_seq = s->op->store_seq;
	g_strlcpy(conflict->case_id, s->op->agg_id, UUID_TEXT);
	conflict->case_no = g_strdup(json_text_or(s->remote, "case_no", ""));
	conflict->remote = g_steal_pointer(&s->remote);
	conflict->fields = g_steal_pointer(&merge.open);
	conflict->at_ms = s->at_ms;
	merge_clear(&merge);
	return conflict;
}

GPtrArray *conflict_list(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)conflict_free);
	AUTO(db_rows) rows = db_select(
		store->db, OPEN_CONFLICTS " ORDER BY c.id LIMIT 1000", NULL);

	while (db_next(rows)) {
		struct sides s = {0};
		bool good = read_sides(store, rows, &s, error);

		if (good)
			g_ptr_array_add(list, show(&s));
		sides_clear(&s);
		if (!good)
			return NULL;
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

static bool find_sides(
	struct store *store, int64_t store_seq, struct sides *s, GError **error)
{
	AUTO(db_rows) rows =
		db_select(store->db, OPEN_CONFLICTS " AND c.store_seq = ?1",
			DB_VALUES(DB_INT(store_seq)));

	if (db_next(rows))
		return read_sides(store, rows, s, error);
	if (db_end(rows, error))
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no open conflict of that number");
	return false;
}

struct conflict *conflict_find(
	struct store *store, int64_t store_seq, GError **error)
{
	struct sides s = {0};
	struct conflict *conflict =
		find_sides(store, store_seq, &s, error) ? show(&s) : NULL;

	sides_clear(&s);
	return conflict;
}

static bool decide(struct store *store, struct sides *s,
	const struct json *choices, const char *reason,
	const struct actor *actor, GError **error)
{
	struct merge merge;
	bool done;

	merge_make(s->base, s->here, s->there, choices, &merge);
	done = json_length(merge.open) == 0;
	if (!done)
		fault_set(error, ITEM_ERROR_INVALID, NULL, 0,
			"nothing is chosen for %s",
			json_text_or(json_first(merge.open), "path", ""));
	done = done && resolve(store, s, merge.merged, reason, actor, error);
	merge_clear(&merge);
	return done;
}

bool conflict_decide(struct store *store, int64_t store_seq,
	const struct json *choices, const char *reason,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct sides s = {0};
	bool done = change && find_sides(store, store_seq, &s, error) &&
		    decide(store, &s, choices, reason, actor, error);

	sides_clear(&s);
	return done && db_commit(change, error);
}
