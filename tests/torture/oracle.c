/* The oracle: reads the platform's dump and files, and the windows' stores. */
#include "tests/torture/oracle.h"

#include <string.h>

#include "client/base/error.h"
#include "client/store/audit.h"
#include "client/store/blob.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "client/store/private.h"

struct platform_view {
	struct json *dump; /* own */
	GHashTable *ops;   /* op_id -> row, borrowed */
	GHashTable *blobs; /* sha256 */
	GHashTable *lanes; /* "store agg_id" -> last agg_seq */
};

static void lost(struct world *world, const char *what, const char *id)
{
	world->trial->tally.lost++;
	trial_note(world->trial, "lost: %s %s", what, id);
}

static void doubled(struct world *world, const char *what, const char *id)
{
	world->trial->tally.duplicated++;
	trial_note(world->trial, "twice: %s %s", what, id);
}

/* The platform alone ---------------------------------------------------- */

/* The named members, joined, are the key; each key once. */
static void check_unique(struct world *world, const struct json *rows,
	const char *const *members, const char *what)
{
	g_autoptr(GHashTable) seen =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	json_each (row, rows) {
		g_autoptr(GString) key = g_string_new(NULL);

		for (int i = 0; members[i]; i++) {
			const struct json *value = json_get(row, members[i]);

			if (json_is_text(value))
				g_string_append(key, json_as_text(value));
			else
				g_string_append_printf(key,
					" %" G_GINT64_FORMAT,
					json_as_int(value, -1));
		}
		if (!g_hash_table_add(seen, g_strdup(key->str)))
			doubled(world, what, key->str);
	}
}

static const struct {
	const char *table, *what;
	const char *members[5];
} unique[] = {
	{"ops", "op_id", {"op_id"}},
	{"ops", "place in a store", {"store_uuid", "store_epoch", "store_seq"}},
	{"ops", "place in a lane",
		{"store_uuid", "store_epoch", "agg_id", "agg_seq"}},
	{"cases", "case_id", {"case_id"}},
	{"cases", "case number", {"case_no"}},
	{"ratings", "rating of a ticket", {"ticket_id"}},
	{"number_blocks", "first number of a block", {"series", "first"}},
};

/* The rows stand in the order they were applied in. */
static void check_lane(
	struct world *world, struct platform_view *view, const struct json *op)
{
	int64_t epoch = json_int_or(op, "store_epoch", 0);
	char *lane =
		g_strdup_printf("%s/%d %s", json_text_or(op, "store_uuid", ""),
			(int)epoch, json_text_or(op, "agg_id", ""));
	int64_t before =
		GPOINTER_TO_INT(g_hash_table_lookup(view->lanes, lane));
	int64_t seq = json_int_or(op, "agg_seq", 0);
	/* a restored store counts on from its backup */
	bool begins_anew = before == 0 && epoch > 1;

	if (seq > before + 1 && !begins_anew)
		trial_wrong(world->trial, "lane %s goes from %d to %d", lane,
			(int)before, (int)seq);
	else if (seq <= before)
		doubled(world, "step of lane", lane);
	g_hash_table_insert(view->lanes, lane, GINT_TO_POINTER((int)seq));
}

static void check_blob_file(struct world *world, const char *sha256)
{
	g_autofree char *folder = g_strndup(sha256, 2);
	g_autofree char *path = g_build_filename(
		world->dir, "platform", "blobs", folder, sha256, NULL);
	char digest[SHA256_TEXT];

	if (!sha256_file(path, digest, NULL) || strcmp(digest, sha256) != 0)
		lost(world, "attachment of the platform", sha256);
}

static bool blocks_overlap(const struct json *a, const struct json *b)
{
	return g_strcmp0(json_text(a, "series"), json_text(b, "series")) == 0 &&
	       json_int_or(a, "last", 0) >= json_int_or(b, "first", 0);
}

/* They come sorted by series and first. */
static void check_blocks(struct world *world, const struct json *blocks)
{
	const struct json *before = NULL;

	json_each (block, blocks) {
		if (before && blocks_overlap(before, block))
			doubled(world, "numbers of a block",
				json_text_or(block, "block_id", ""));
		before = block;
	}
}

static bool look_at_platform(struct world *world, struct platform_view *view)
{
	*view = (struct platform_view){
		.dump = world_ask(world, "GET", "/_dump", ""),
		.ops = g_hash_table_new(g_str_hash, g_str_equal),
		.blobs = g_hash_table_new(g_str_hash, g_str_equal),
		.lanes = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, NULL),
	};
	if (!json_is_array(json_get(view->dump, "ops")))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(unique); i++)
		check_unique(world, json_get(view->dump, unique[i].table),
			unique[i].members, unique[i].what);
	json_each (op, json_get(view->dump, "ops")) {
		check_lane(world, view, op);
		g_hash_table_insert(
			view->ops, (char *)json_text(op, "op_id"), (void *)op);
	}
	json_each (blob, json_get(view->dump, "blobs")) {
		check_blob_file(world, json_text(blob, "sha256"));
		g_hash_table_add(
			view->blobs, (char *)json_text(blob, "sha256"));
	}
	check_blocks(world, json_get(view->dump, "number_blocks"));
	return true;
}

static void view_clear(struct platform_view *view)
{
	g_hash_table_unref(view->ops);
	g_hash_table_unref(view->blobs);
	g_hash_table_unref(view->lanes);
	json_free(view->dump);
}

/* A window against it --------------------------------------------------- */

enum { OP_ID, AGG_ID, AGG_SEQ, KIND, DIGEST, STATE, STORE_SEQ, PROBLEM };
static const char ops_sql[] =
	"SELECT o.op_id, o.agg_id, o.agg_seq, o.kind, "
	"lower(hex(o.body_sha256)),"
	" coalesce(s.state, -1), o.store_seq, s.problem FROM outbox o"
	" LEFT JOIN outbox_state s ON s.store_seq = o.store_seq"
	" ORDER BY o.store_seq";

static bool is_same(
	struct window *window, struct db_rows *rows, const struct json *op)
{
	return !g_strcmp0(json_text(op, "agg_id"), db_text(rows, AGG_ID)) &&
	       !g_strcmp0(json_text(op, "kind"), db_text(rows, KIND)) &&
	       !g_strcmp0(json_text(op, "sha256"), db_text(rows, DIGEST)) &&
	       !g_strcmp0(json_text(op, "store_uuid"),
		       store_uuid(window->store)) &&
	       json_int_or(op, "agg_seq", 0) == db_int(rows, AGG_SEQ) &&
	       json_int_or(op, "store_seq", 0) == db_int(rows, STORE_SEQ);
}

/* Two windows called, or rated, the same ticket before either heard of the
 * other. */
static bool is_rivalry(const struct world *world, struct db_rows *rows)
{
	const char *kind = db_text(rows, KIND);

	if (world->count < 2)
		return false;
	if (db_int(rows, STATE) == OP_CONFLICT)
		return g_str_has_prefix(kind, "ticket.");
	return strcmp(kind, "rating.record") == 0 &&
	       strcmp(db_text(rows, PROBLEM), "already_rated") == 0;
}

static void check_op(struct world *world, struct window *window,
	const struct platform_view *view, struct db_rows *rows)
{
	const char *op_id = db_text(rows, OP_ID);
	const struct json *op = g_hash_table_lookup(view->ops, op_id);
	int64_t state = db_int(rows, STATE);

	if (op && !is_same(window, rows, op))
		trial_wrong(world->trial, "op %s is another one there", op_id);
	if (state == OP_ACKED) {
		world->trial->tally.acked++;
		if (!op)
			lost(world, "acknowledged op", op_id);
	} else if (state == OP_CONFLICT || state == OP_DEAD) {
		world->trial->tally.parked++;
		if (is_rivalry(world, rows))
			world->expected_parked++;
		else if (world->expected_parked == 0 || world->count > 1)
			trial_note(world->trial, "parked: %s %s: %s",
				db_text(rows, KIND), op_id,
				db_text(rows, PROBLEM));
		if (op)
			trial_wrong(world->trial, "op %s is applied and parked",
				op_id);
	} else if (state < 0 || state >= OP_STATE_COUNT) {
		lost(world, "op that is in no list", op_id);
	}
}

static void check_ops(struct world *world, struct window *window,
	const struct platform_view *view)
{
	AUTO(db_rows) rows = db_select(window->store->db, ops_sql, NULL);

	while (db_next(rows))
		check_op(world, window, view, rows);
	if (!db_end(rows, NULL))
		trial_wrong(world->trial, "the outbox cannot be read");
}

/* What the SQL gives must be in the set. */
static void check_all_in(struct world *world, struct window *window,
	const char *sql, GHashTable *set, const char *what)
{
	AUTO(db_rows) rows = db_select(window->store->db, sql, NULL);

	while (db_next(rows)) {
		if (!g_hash_table_contains(set, db_text(rows, 0)))
			lost(world, what, db_text(rows, 0));
	}
}

static void check_foreign_ops(struct world *world, struct window *window,
	const struct platform_view *view)
{
	g_autoptr(GHashTable) ours =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	AUTO(db_rows) rows =
		db_select(window->store->db, "SELECT op_id FROM outbox", NULL);

	while (db_next(rows))
		g_hash_table_add(ours, db_dup_text(rows, 0));
	json_each (op, json_get(view->dump, "ops")) {
		if (g_strcmp0(json_text(op, "store_uuid"),
			    store_uuid(window->store)) == 0 &&
			!g_hash_table_contains(ours, json_text(op, "op_id")))
			lost(world, "op here, known there",
				json_text(op, "op_id"));
	}
}

/* Every row of the feed that a window has the cursor behind it of. */
static void check_queue(struct world *world, struct window *window,
	const struct platform_view *view)
{
	g_autoptr(GHashTable) ours =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	AUTO(db_rows) rows = db_select(
		window->store->db, "SELECT ticket_id FROM tickets", NULL);

	while (db_next(rows))
		g_hash_table_add(ours, db_dup_text(rows, 0));
	json_each (ticket, json_get(view->dump, "tickets")) {
		const char *id = json_text(ticket, "ticket_id");

		if (g_strcmp0(json_text(ticket, "state"), "waiting") == 0 &&
			!g_hash_table_contains(ours, id))
			lost(world, "row of the queue", id);
	}
}

static void check_ledger(struct world *world, struct window *window)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) ledger = number_ledger(window->store, &error);

	json_each (line, ledger) {
		g_autofree char *text = json_print(line);

		if (json_int_or(line, "leased", -1) !=
			json_int_or(line, "used", 0) +
				json_int_or(line, "void", 0) +
				json_int_or(line, "free", 0))
			trial_wrong(world->trial, "ledger of %s: %s",
				json_text(line, "series"), text);
	}
	if (error)
		trial_wrong(world->trial, "ledger: %s", error->message);
}

static bool is_block(
	const struct json *block, struct window *window, struct db_rows *rows)
{
	const char *store = json_text_or(block, "store_uuid", "");
	int64_t first = json_int_or(block, "first", 0);
	int64_t last = json_int_or(block, "last", 0);

	if (g_strcmp0(json_text(block, "series"), db_text(rows, 1)) != 0)
		return false;
	/* Nobody's: what a restored platform takes to be leased. */
	if (!*store)
		return first <= db_int(rows, 2) && db_int(rows, 3) <= last;
	return strcmp(store, store_uuid(window->store)) == 0 &&
	       g_strcmp0(json_text(block, "block_id"), db_text(rows, 0)) == 0 &&
	       first == db_int(rows, 2) && last == db_int(rows, 3);
}

/* Our blocks are those it leased to us, number for number. */
static void check_leases(struct world *world, struct window *window,
	const struct platform_view *view)
{
	AUTO(db_rows) rows = db_select(window->store->db,
		"SELECT block_id, series, first, last FROM number_blocks",
		NULL);

	while (db_next(rows)) {
		bool found = false;

		json_each (block, json_get(view->dump, "number_blocks"))
			found |= is_block(block, window, rows);
		if (!found)
			lost(world, "number block", db_text(rows, 0));
	}
}

/* The window alone ------------------------------------------------------ */

static void check_call(
	struct world *world, bool good, const char *what, const GError *error)
{
	if (!good)
		trial_wrong(world->trial, "%s: %s", what,
			error ? error->message : "no reason");
}

static const struct {
	const char *what, *sql;
} must_be_zero[] = {
	{"decided cases without their op",
		"SELECT count(*) FROM cases c WHERE c.case_no <> '' AND NOT"
		" EXISTS (SELECT 1 FROM outbox o WHERE o.agg_id = c.case_id"
		" AND o.agg_seq = 1)"},
	{"numbers taken without a case",
		"SELECT (SELECT coalesce(sum(next - first), 0)"
		" FROM number_blocks) - (SELECT count(*) FROM number_use u JOIN"
		" number_blocks b ON b.block_id = u.block_id"
		" AND u.number < b.next)"},
	{"case numbers twice",
		"SELECT count(case_no) - count(DISTINCT case_no) FROM cases"
		" WHERE case_no <> ''"},
	{"gaps in the outbox",
		"SELECT coalesce(max(store_seq), 0) - count(*) FROM outbox"},
};

void oracle_ask_store(struct world *world, struct window *window)
{
	struct store *store = window->store;
	int64_t rows, saved;

	for (int i = 0; i < 5; i++) {
		g_autoptr(GError) error = NULL;
		bool good = i == 0   ? db_integrity_check(store->db, &error)
			    : i == 1 ? outbox_verify(store, &rows, NULL, &error)
			    : i == 2 ? audit_verify(store, &rows, &error)
			    : i == 3 ? store_verify_seals(store, &error)
				     : blobs_verify(store, &rows, &error);

		check_call(world, good, window->number, error);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(must_be_zero); i++) {
		int64_t count = window_number(window, must_be_zero[i].sql);

		if (count != 0)
			trial_wrong(world->trial, "%d %s", (int)count,
				must_be_zero[i].what);
	}
	saved = window_number(
		window, "SELECT coalesce(max(store_seq), 0) FROM outbox");
	if (saved < window->saved) {
		world->trial->tally.lost += (uint64_t)(window->saved - saved);
		trial_note(world->trial, "lost: saved ops %d to %d",
			(int)saved + 1, (int)window->saved);
	}
	check_ledger(world, window);
}

static void check_window(struct world *world, struct window *window,
	const struct platform_view *view)
{
	oracle_ask_store(world, window);
	check_ops(world, window, view);
	if (!world->is_forgetful)
		check_foreign_ops(world, window, view);
	check_queue(world, window, view);
	check_leases(world, window, view);
	check_all_in(world, window,
		"SELECT DISTINCT b.sha256 FROM op_blobs b JOIN outbox_state s"
		" ON s.store_seq = b.store_seq WHERE s.state = 4",
		view->blobs, "attachment of an acknowledged op");
}

void oracle_ask(struct world *world)
{
	uint64_t parked = world->trial->tally.parked;
	struct platform_view view;

	world_platform_revive(world);
	if (!look_at_platform(world, &view))
		trial_wrong(world->trial, "the platform gives no dump");
	for (unsigned i = 0; i < world->count; i++)
		check_window(world, &world->windows[i], &view);
	parked = world->trial->tally.parked - parked;
	if (parked != world->expected_parked && !world->is_forgetful)
		trial_wrong(world->trial, "%d parked, expected %d", (int)parked,
			(int)world->expected_parked);
	view_clear(&view);
}
