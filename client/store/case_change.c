/* Changes of a case after its acceptance: what was left out is added, what was
 * wrong is put right. Others may do the same elsewhere meanwhile, so the op
 * says what it was made on. */
#include "client/store/case.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/outbox.h"
#include "client/store/private.h"

static const char *const part_names[] = {"applicant", "form", "materials"};

struct json *case_parts(const struct json *body)
{
	struct json *parts = json_new_object();

	for (size_t i = 0; i < G_N_ELEMENTS(part_names); i++) {
		const struct json *part = json_get(body, part_names[i]);

		if (part)
			json_put(parts, part_names[i], json_copy(part));
	}
	return parts;
}

static bool fail(enum item_error code, const char *why, GError **error)
{
	g_set_error(error, ITEM_ERROR, code, "change of a case: %s", why);
	return false;
}

/* What it was made on ------------------------------------------------------
 */

struct confirmed {
	char *version;      /* own */
	struct json *parts; /* own */
};

static void take_confirmed(
	struct db_rows *rows, const char *member, struct confirmed *out)
{
	size_t len;
	const char *text = db_blob(rows, 1, &len);
	AUTO(json) body = json_parse(text, len, NULL);
	const char *version = db_text(rows, 2);

	/* Without one it will come too late, and be merged. */
	out->version = g_strdup(*version ? version : "0");
	out->parts = case_parts(member ? json_get(body, member) : body);
}

/* The correction that was taken in the place of an op; false: it was void. */
static bool read_correction(
	struct store *store, const char *op_id, struct confirmed *out)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT o.op_id, o.body, s.server_version FROM outbox o"
		" JOIN outbox_state s ON s.store_seq = o.store_seq"
		" WHERE o.agg = 'op' AND o.agg_id = ?1"
		" AND o.kind = 'op.supersede' AND s.state = 4"
		" ORDER BY o.agg_seq DESC LIMIT 1",
		DB_VALUES(DB_TEXT(op_id)));

	if (!db_next(rows))
		return false;
	take_confirmed(rows, "body", out);
	return true;
}

/* The newest op that held the whole of it and was taken. */
static bool read_confirmed(struct store *store, const char *case_id,
	struct confirmed *out, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT o.op_id, o.body, s.server_version, s.state"
		" FROM outbox o JOIN outbox_state s"
		" ON s.store_seq = o.store_seq WHERE o.agg_id = ?1"
		" AND o.kind IN ('case.accept', 'case.change')"
		" ORDER BY o.agg_seq DESC",
		DB_VALUES(DB_TEXT(case_id)));

	while (db_next(rows)) {
		int64_t state = db_int(rows, 3);

		if (state != OP_ACKED && state != OP_VOID)
			return fail(ITEM_ERROR_STATE,
				"one before it is not confirmed yet", error);
		if (state == OP_ACKED)
			take_confirmed(rows, NULL, out);
		if (state == OP_ACKED ||
			read_correction(store, db_text(rows, 0), out))
			return true;
	}
	return db_end(rows, error) &&
	       fail(ITEM_ERROR_NOT_FOUND, "not of this store", error);
}

/* Another window's case: only its changes of this store are in the way. */
static bool nothing_open(
	struct store *store, const char *case_id, GError **error)
{
	int64_t open = 0;

	return db_get_int(store->db,
		       "SELECT count(*) FROM outbox o JOIN outbox_state s"
		       " ON s.store_seq = o.store_seq WHERE o.agg_id = ?1"
		       " AND s.state NOT IN (4, 7)"
		       " AND o.kind <> 'case.document'",
		       DB_VALUES(DB_TEXT(case_id)), &open, NULL, error) &&
	       (open == 0 ||
		       fail(ITEM_ERROR_STATE,
			       "one before it is not confirmed yet", error));
}

/* The change --------------------------------------------------------------- */

bool case_put_parts(struct store *store, const char *case_id,
	const struct json *parts, GError **error)
{
	AUTO(case_record) record = NULL;
	g_autofree char *clerk = NULL;
	g_autoptr(GError) cause = NULL;

	record = case_load(store, case_id, &cause);
	if (!record) {
		if (g_error_matches(cause, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
			return true; /* of another window */
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	json_each (part, parts)
		json_put(record->body, json_name(part), json_copy(part));
	record->updated_ms = clock_wall_ms();
	clerk = g_strdup(text_or_empty(record->clerk));
	return case_write(store, record, clerk, error);
}

/* Own pages only: what another window has brought is there. */
static bool collect_pages(struct store *store, const struct json *parts,
	GPtrArray *blobs, GError **error)
{
	json_each (material, json_get(parts, "materials")) {
		json_each (page, json_get(material, "pages")) {
			const char *hash = json_text(page, "sha256");
			int64_t ours = 0;

			if (!hash || !sha256_is_valid(hash))
				return fail(ITEM_ERROR_INVALID,
					"page without hash", error);
			if (!db_get_int(store->db,
				    "SELECT count(*) FROM blobs"
				    " WHERE sha256 = ?1",
				    DB_VALUES(DB_TEXT(hash)), &ours, NULL,
				    error))
				return false;
			if (ours)
				g_ptr_array_add(blobs, (void *)hash);
		}
	}
	return true;
}

static struct json *make_body(struct store *store,
	const struct case_changed *changed, const struct actor *actor)
{
	struct json *body = case_parts(changed->parts);

	if (!json_get(body, "form"))
		json_put(body, "form", json_new_object());
	if (!json_get(body, "materials"))
		json_put(body, "materials", json_new_array());
	json_put_text(body, "case_id", changed->case_id);
	json_put_text(body, "reason", changed->reason);
	json_put_text(body, "staff_no", text_or_empty(actor->staff_no));
	json_put_text(body, "window", store->window);
	json_put_time(body, "at", clock_wall_ms());
	return body;
}

static bool send_op(struct store *store, const struct case_changed *changed,
	const struct actor *actor, GError **error)
{
	g_autoptr(GPtrArray) blobs = g_ptr_array_new();
	struct new_op op = {.agg = "case",
		.agg_id = changed->case_id,
		.kind = "case.change",
		.actor = actor,
		.blobs = blobs,
		.base_version = changed->version,
		.base = changed->base};

	return collect_pages(store, changed->parts, blobs, error) &&
	       outbox_add(
		       store, &op, make_body(store, changed, actor), error) &&
	       case_put_parts(store, changed->case_id, changed->parts, error) &&
	       audit_add(store, AUDIT_CASE_CHANGE, actor, "case",
		       changed->case_id, "ok", NULL, error);
}

static bool change_on_confirmed(struct store *store,
	const struct case_changed *changed, const struct actor *actor,
	GError **error)
{
	struct confirmed base = {NULL};
	struct case_changed whole = *changed;
	bool done = read_confirmed(store, changed->case_id, &base, error);

	whole.version = base.version;
	whole.base = base.parts;
	done = done && send_op(store, &whole, actor, error);
	g_free(base.version);
	json_free(base.parts);
	return done;
}

bool case_change(struct store *store, const struct case_changed *changed,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = NULL;
	bool done;

	if (!uuid_is_valid(changed->case_id))
		return fail(ITEM_ERROR_INVALID, "case_id", error);
	if (!changed->reason || !*changed->reason)
		return fail(ITEM_ERROR_INVALID, "a reason is needed", error);
	if (!json_is_object(json_get(changed->parts, "applicant")))
		return fail(ITEM_ERROR_INVALID, "no applicant", error);
	if (!check_reason(changed->reason, REASON_MAX_CHARS, error))
		return false;
	change = db_begin(store->db, error);
	if (!change)
		return false;
	if (changed->version)
		done = nothing_open(store, changed->case_id, error) &&
		       send_op(store, changed, actor, error);
	else
		done = change_on_confirmed(store, changed, actor, error);
	return done && db_commit(change, error);
}
