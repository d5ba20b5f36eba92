/* The tables of the window's store.
 *
 * Three kinds of protection, by table:
 *   chained  outbox, audit: dense numbers, a hash over the row before, no
 *            UPDATE and no DELETE
 *   sealed   everything else that counts: columns sum and fits. A row that was
 *            changed behind our back cannot be updated, and is found on reading
 *   derived  case_key, case_name, case_initials: can be made again from cases;
 *            inbox: a copy of what the platform has
 * The outbox is sealed as well: its chain covers the digest of the body, not
 * the columns beside it. */
#include "client/store/private.h"

/* clang-format off */

#define SEALED(columns)                                                        \
	"sum BLOB NOT NULL GENERATED ALWAYS AS (seal(" columns ")) STORED,"    \
	"fits INTEGER GENERATED ALWAYS AS (sum IS seal(" columns ")) VIRTUAL"

/* An update reads the old row and seals the new one: a damaged row would be
 * sealed again. */
#define SEAL_GUARD(table)                                                      \
	"CREATE TRIGGER " table "_seal BEFORE UPDATE ON " table                \
	" WHEN NOT OLD.fits BEGIN SELECT RAISE(ABORT, 'seal of " table         \
	" does not fit'); END;"

#define APPEND_ONLY(table)                                                     \
	"CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table           \
	" BEGIN SELECT RAISE(ABORT, '" table " is immutable'); END;"           \
	"CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table           \
	" BEGIN SELECT RAISE(ABORT, '" table " is immutable'); END;"

const struct db_migration store_migrations[] = {
	/* Who we are, and what was done. */
	{1,
	"CREATE TABLE meta("
	" name TEXT PRIMARY KEY, value TEXT NOT NULL,"
	SEALED("'meta', name, value")
	") STRICT;"
	SEAL_GUARD("meta")

	"CREATE TABLE audit("
	" seq INTEGER PRIMARY KEY,"
	" body BLOB NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL"
	") STRICT;"
	APPEND_ONLY("audit")},

	/* What goes up. state: enum op_state; acknowledged ones, 4, are the
	 * many and stay out of the index. */
	{1,
	"CREATE TABLE outbox("
	" store_seq INTEGER PRIMARY KEY,"
	" op_id TEXT NOT NULL UNIQUE,"
	" agg TEXT NOT NULL, agg_id TEXT NOT NULL, agg_seq INTEGER NOT NULL,"
	" kind TEXT NOT NULL, body BLOB NOT NULL, body_sha256 BLOB NOT NULL,"
	" actor TEXT NOT NULL,"
	" wall_ms INTEGER NOT NULL, boot_id TEXT NOT NULL,"
	" boot_ms INTEGER NOT NULL, clock_offset_ms INTEGER,"
	" prev_hash BLOB NOT NULL, hash BLOB NOT NULL,"
	SEALED("'outbox', store_seq, op_id, agg, agg_id, agg_seq, kind,"
		" body_sha256, actor, wall_ms, boot_id, boot_ms,"
		" clock_offset_ms, prev_hash, hash")
	", UNIQUE(agg_id, agg_seq)) STRICT;"
	APPEND_ONLY("outbox")

	"CREATE TABLE outbox_state("
	" store_seq INTEGER PRIMARY KEY REFERENCES outbox,"
	" state INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
	" boot TEXT NOT NULL DEFAULT '',"
	" not_before_ms INTEGER NOT NULL DEFAULT 0,"
	" lease_gen INTEGER NOT NULL DEFAULT 0,"
	" lease_until_ms INTEGER NOT NULL DEFAULT 0,"
	" http INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '',"
	" server_version TEXT NOT NULL DEFAULT '',"
	" acked_ms INTEGER NOT NULL DEFAULT 0,"
	SEALED("'outbox_state', store_seq, state, attempts, boot,"
		" not_before_ms, lease_gen, lease_until_ms, http, problem,"
		" server_version, acked_ms")
	") STRICT;"
	SEAL_GUARD("outbox_state")
	"CREATE INDEX outbox_open ON outbox_state(state, store_seq)"
	" WHERE state <> 4;"},

	{1,
	"CREATE TABLE receipts("
	" op_id TEXT PRIMARY KEY, receipt TEXT NOT NULL,"
	" server_ms INTEGER NOT NULL,"
	SEALED("'receipts', op_id, receipt, server_ms")
	") STRICT;"
	SEAL_GUARD("receipts")

	"CREATE TABLE blobs("
	" id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE,"
	" size INTEGER NOT NULL, media_type TEXT NOT NULL,"
	" confirmed_ms INTEGER,"
	SEALED("'blobs', sha256, size, media_type, confirmed_ms")
	") STRICT;"
	SEAL_GUARD("blobs")
	"CREATE INDEX blobs_open ON blobs(confirmed_ms)"
	" WHERE confirmed_ms IS NULL;"
	"CREATE TABLE op_blobs("
	" store_seq INTEGER NOT NULL REFERENCES outbox,"
	" sha256 TEXT NOT NULL REFERENCES blobs(sha256),"
	" PRIMARY KEY(store_seq, sha256)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX op_blobs_by_hash ON op_blobs(sha256);"},

	/* What comes down. state of an inbox row: "new" for app, "later" until
	 * our own ops of it are through, "held" and "agreed" of withdrawals, or
	 * the name of the error that kept it from being applied. */
	{1,
	"CREATE TABLE feed_cursor("
	" feed TEXT PRIMARY KEY, cursor TEXT NOT NULL,"
	" server_epoch TEXT NOT NULL, updated_ms INTEGER NOT NULL,"
	SEALED("'feed_cursor', feed, cursor, server_epoch, updated_ms")
	") STRICT;"
	SEAL_GUARD("feed_cursor")
	"CREATE TABLE inbox("
	" feed TEXT NOT NULL, seq INTEGER NOT NULL,"
	" entity TEXT NOT NULL, id TEXT NOT NULL, row TEXT NOT NULL,"
	" state TEXT NOT NULL, at_ms INTEGER NOT NULL,"
	" PRIMARY KEY(feed, seq)) STRICT;"
	"CREATE INDEX inbox_by_id ON inbox(feed, id, seq);"

	"CREATE TABLE number_blocks("
	" block_id TEXT PRIMARY KEY, series TEXT NOT NULL,"
	" prefix TEXT NOT NULL, first INTEGER NOT NULL,"
	" last INTEGER NOT NULL, next INTEGER NOT NULL,"
	SEALED("'number_blocks', block_id, series, prefix, first, last, next")
	", CHECK(first >= 1 AND last >= first)"
	", CHECK(next BETWEEN first AND last + 1)) STRICT;"
	SEAL_GUARD("number_blocks")
	"CREATE INDEX number_blocks_by_series ON number_blocks(series, first);"
	"CREATE TABLE number_use("
	" block_id TEXT NOT NULL REFERENCES number_blocks,"
	" number INTEGER NOT NULL, owner TEXT NOT NULL,"
	" state TEXT NOT NULL CHECK(state IN ('used', 'void')),"
	" reason TEXT NOT NULL, at_ms INTEGER NOT NULL,"
	SEALED("'number_use', block_id, number, owner, state, reason, at_ms")
	", PRIMARY KEY(block_id, number)) STRICT;"
	APPEND_ONLY("number_use")},

	/* Cases. */
	{1,
	"CREATE TABLE cases("
	" row INTEGER PRIMARY KEY,"
	" case_id TEXT NOT NULL UNIQUE, case_no TEXT NOT NULL,"
	" full_no TEXT NOT NULL, state TEXT NOT NULL,"
	" ticket_id TEXT NOT NULL, item_code TEXT NOT NULL,"
	" item_name TEXT NOT NULL, item_version TEXT NOT NULL,"
	" applicant TEXT NOT NULL, id_number TEXT NOT NULL,"
	" phone TEXT NOT NULL, initials TEXT NOT NULL,"
	" query_password TEXT NOT NULL, clerk TEXT NOT NULL,"
	" created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
	" received_ms INTEGER NOT NULL, accepted_ms INTEGER NOT NULL,"
	" promised_due TEXT NOT NULL, statutory_due TEXT NOT NULL,"
	" due_provisional INTEGER NOT NULL, body TEXT NOT NULL,"
	SEALED("'cases', case_id, case_no, full_no, state, ticket_id,"
		" item_code, item_name, item_version, applicant, id_number,"
		" phone, initials, query_password, clerk, created_ms,"
		" updated_ms, received_ms, accepted_ms, promised_due,"
		" statutory_due, due_provisional, body")
	") STRICT;"
	SEAL_GUARD("cases")
	"CREATE UNIQUE INDEX cases_by_no ON cases(case_no)"
	" WHERE case_no <> '';"
	"CREATE INDEX cases_by_ticket ON cases(ticket_id)"
	" WHERE ticket_id <> '';"
	"CREATE INDEX cases_drafts ON cases(updated_ms)"
	" WHERE state = 'draft';"},

	/* Search. case_name: one token a character, its code point in hex, so
	 * that no tokenizer's table of characters stands between a rare name
	 * and its search. case_initials: len 0 is the initials whole; 1 to 4
	 * so many letters of their beginning, because a short beginning fits
	 * thousands of cases, and the newest must not be found by sorting
	 * them all. */
	{1,
	"CREATE TABLE case_key("
	" row INTEGER PRIMARY KEY REFERENCES cases,"
	" id_number TEXT NOT NULL, phone TEXT NOT NULL) STRICT;"
	"CREATE INDEX case_key_id ON case_key(id_number);"
	"CREATE INDEX case_key_last6 ON case_key(substr(id_number, -6));"
	"CREATE INDEX case_key_phone ON case_key(phone);"
	"CREATE VIRTUAL TABLE case_name USING fts5("
	" name, tokenize='ascii', columnsize=0);"
	"CREATE TABLE case_initials("
	" len INTEGER NOT NULL, initials TEXT NOT NULL, row INTEGER NOT NULL,"
	" PRIMARY KEY(len, initials, row)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX case_initials_by_row ON case_initials(row);"},

	{1,
	"CREATE TABLE case_events("
	" id INTEGER PRIMARY KEY,"
	" case_id TEXT NOT NULL REFERENCES cases(case_id),"
	" event TEXT NOT NULL, from_state TEXT NOT NULL,"
	" to_state TEXT NOT NULL, at_ms INTEGER NOT NULL,"
	" staff_no TEXT NOT NULL, window TEXT NOT NULL, reason TEXT NOT NULL,"
	SEALED("'case_events', case_id, event, from_state, to_state, at_ms,"
		" staff_no, window, reason")
	") STRICT;"
	APPEND_ONLY("case_events")
	"CREATE INDEX case_events_by_case ON case_events(case_id, id);"

	"CREATE TABLE case_remote("
	" case_id TEXT PRIMARY KEY, state TEXT NOT NULL,"
	" version TEXT NOT NULL, seq INTEGER NOT NULL,"
	SEALED("'case_remote', case_id, state, version, seq")
	") STRICT;"
	SEAL_GUARD("case_remote")

	"CREATE TABLE documents("
	" id INTEGER PRIMARY KEY,"
	" case_id TEXT NOT NULL REFERENCES cases(case_id),"
	" kind TEXT NOT NULL, number TEXT NOT NULL,"
	" sha256 TEXT NOT NULL, size INTEGER NOT NULL,"
	" pages INTEGER NOT NULL, copies INTEGER NOT NULL,"
	" printed TEXT NOT NULL,"
	SEALED("'documents', case_id, kind, number, sha256, size, pages,"
		" copies, printed")
	", UNIQUE(case_id, kind)) STRICT;"
	SEAL_GUARD("documents")
	"CREATE UNIQUE INDEX documents_by_number ON documents(number)"
	" WHERE number <> '';"
	"CREATE INDEX documents_pending ON documents(case_id)"
	" WHERE sha256 = '';"},

	/* The queue. called_day and ended_day: 20261123 in local time, 0 if
	 * not yet. own: opened at this window, not taken from the queue. */
	{1,
	"CREATE TABLE tickets("
	" ticket_id TEXT PRIMARY KEY, number TEXT NOT NULL,"
	" kind TEXT NOT NULL, state TEXT NOT NULL,"
	" business TEXT NOT NULL, person TEXT NOT NULL, note TEXT NOT NULL,"
	" window TEXT NOT NULL, taken_ms INTEGER NOT NULL,"
	" called_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
	" called_day INTEGER NOT NULL, ended_day INTEGER NOT NULL,"
	" calls INTEGER NOT NULL, own INTEGER NOT NULL,"
	" remote_version TEXT NOT NULL,"
	SEALED("'tickets', ticket_id, number, kind, state, business, person,"
		" note, window, taken_ms, called_ms, ended_ms, called_day,"
		" ended_day, calls, own, remote_version")
	") STRICT;"
	SEAL_GUARD("tickets")
	"CREATE INDEX tickets_open ON tickets(state, taken_ms);"
	"CREATE INDEX tickets_called ON tickets(called_day);"
	"CREATE INDEX tickets_ended ON tickets(ended_day);"

	"CREATE TABLE ratings("
	" rating_id TEXT PRIMARY KEY,"
	" ticket_id TEXT NOT NULL UNIQUE REFERENCES tickets,"
	" case_id TEXT NOT NULL, rating INTEGER NOT NULL,"
	" device TEXT NOT NULL, staff_no TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	SEALED("'ratings', rating_id, ticket_id, case_id, rating, device,"
		" staff_no, at_ms")
	") STRICT;"
	APPEND_ONLY("ratings")

	"CREATE TABLE visit("
	" id INTEGER PRIMARY KEY CHECK(id = 1),"
	" ticket_id TEXT NOT NULL, case_id TEXT NOT NULL,"
	" step TEXT NOT NULL, at_ms INTEGER NOT NULL,"
	SEALED("'visit', ticket_id, case_id, step, at_ms")
	") STRICT;"},

	/* Visits that are decided or finished and have no rating yet. */
	{2,
	"CREATE TABLE ratings_owed("
	" ticket_id TEXT PRIMARY KEY REFERENCES tickets,"
	" case_id TEXT NOT NULL, staff_no TEXT NOT NULL,"
	SEALED("'ratings_owed', ticket_id, case_id, staff_no")
	") STRICT;"
	SEAL_GUARD("ratings_owed")},
	/* The catalogue: what the window took from the platform (stale: not
	 * seen again yet since the feed began anew), and the items as cases
	 * began with them. */
	{2,
	"CREATE TABLE catalog_taken("
	" entity TEXT NOT NULL, id TEXT NOT NULL, deleted INTEGER NOT NULL,"
	" body TEXT NOT NULL, at_ms INTEGER NOT NULL,"
	" stale INTEGER NOT NULL DEFAULT 0,"
	SEALED("'catalog_taken', entity, id, deleted, body, at_ms, stale")
	", PRIMARY KEY(entity, id)) STRICT;"
	SEAL_GUARD("catalog_taken")
	"CREATE TABLE items_kept("
	" code TEXT NOT NULL, version TEXT NOT NULL, body TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	SEALED("'items_kept', code, version, body, at_ms")
	", PRIMARY KEY(code, version)) STRICT;"
	APPEND_ONLY("items_kept")},

	/* A document is pending until it is out, not until it is rendered. */
	{2,
	"DROP INDEX documents_pending;"
	"CREATE INDEX documents_pending ON documents(case_id)"
	" WHERE printed = '';"},

	/* What a person decided about parked ops. */
	{2,
	"CREATE TABLE parked_acts("
	" id INTEGER PRIMARY KEY,"
	" store_seq INTEGER NOT NULL REFERENCES outbox,"
	" action TEXT NOT NULL, reason TEXT NOT NULL,"
	" staff_no TEXT NOT NULL, new_op TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	SEALED("'parked_acts', id, store_seq, action, reason, staff_no,"
		" new_op, at_ms")
	") STRICT;"
	APPEND_ONLY("parked_acts")
	"CREATE INDEX parked_acts_by_op ON parked_acts(store_seq);"},

	/* What a change of a case was made on: the version it is sent with, and
	 * the parts that stood there. conflicts: the three sides of each change
	 * that came too late. local is the body of the op, remote the case as
	 * the platform showed it; state open, merged (by rule), decided (by a
	 * person) or outdated (it came too late once more). */
	{3,
	"CREATE TABLE op_base("
	" store_seq INTEGER PRIMARY KEY REFERENCES outbox,"
	" version TEXT NOT NULL, base TEXT NOT NULL,"
	SEALED("'op_base', store_seq, version, base")
	") STRICT;"
	APPEND_ONLY("op_base")
	"CREATE TABLE conflicts("
	" id INTEGER PRIMARY KEY, case_id TEXT NOT NULL,"
	" store_seq INTEGER NOT NULL REFERENCES outbox,"
	" base TEXT NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,"
	" state TEXT NOT NULL CHECK("
	"  state IN ('open', 'merged', 'decided', 'outdated')),"
	" resolved_by TEXT NOT NULL, resolution TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	SEALED("'conflicts', id, case_id, store_seq, base, local, remote,"
		" state, resolved_by, resolution, at_ms")
	") STRICT;"
	SEAL_GUARD("conflicts")
	"CREATE INDEX conflicts_by_op ON conflicts(store_seq);"
	"CREATE INDEX conflicts_open ON conflicts(id) WHERE state = 'open';"},
};
/* clang-format on */

const size_t store_migration_count = G_N_ELEMENTS(store_migrations);

const struct sealed_table store_sealed_tables[] = {
	{"meta", "name"},
	{"outbox", "store_seq"},
	{"outbox_state", "store_seq"},
	{"receipts", "op_id"},
	{"blobs", "sha256"},
	{"feed_cursor", "feed"},
	{"number_blocks", "block_id"},
	{"number_use", "number"},
	{"cases", "case_id"},
	{"case_events", "case_id"},
	{"case_remote", "case_id"},
	{"documents", "case_id"},
	{"tickets", "ticket_id"},
	{"ratings", "rating_id"},
	{"ratings_owed", "ticket_id"},
	{"visit", "id"},
	{"catalog_taken", "id"},
	{"items_kept", "code"},
	{"parked_acts", "id"},
	{"op_base", "store_seq"},
	{"conflicts", "id"},
	{NULL, NULL},
};
