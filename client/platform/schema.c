/* The platform's schema, version by version. */
#include "client/platform/schema.h"

#include <glib.h>

/* ops is the truth and never changes; the other tables are what the ops and
 * the queue machine made of it. A lane is one store's ops on one aggregate:
 * two windows may both act on a ticket, each counting for itself. */
static const char version_1[] =
	"CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE ops("
	" row INTEGER PRIMARY KEY,"
	" op_id TEXT NOT NULL UNIQUE,"
	" store_uuid TEXT NOT NULL,"
	" store_epoch INTEGER NOT NULL,"
	" store_seq INTEGER NOT NULL,"
	" agg TEXT NOT NULL,"
	" agg_id TEXT NOT NULL,"
	" agg_seq INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" window TEXT NOT NULL,"
	" day TEXT NOT NULL,"
	" body BLOB NOT NULL,"
	" body_sha256 TEXT NOT NULL,"
	" prev_hash TEXT NOT NULL,"
	" hash TEXT NOT NULL,"
	" actor TEXT NOT NULL,"
	" time TEXT NOT NULL,"
	" version INTEGER NOT NULL,"
	" applied_ms INTEGER NOT NULL,"
	" UNIQUE(store_uuid, agg_id, agg_seq, store_epoch));"
	"CREATE UNIQUE INDEX ops_store"
	" ON ops(store_uuid, store_seq, store_epoch);"
	"CREATE INDEX ops_agg ON ops(agg_id, row);"
	"CREATE INDEX ops_bucket ON ops(window, day);"
	"CREATE TRIGGER ops_no_update BEFORE UPDATE ON ops"
	" BEGIN SELECT raise(ABORT, 'ops are for ever'); END;"
	"CREATE TRIGGER ops_no_delete BEFORE DELETE ON ops"
	" BEGIN SELECT raise(ABORT, 'ops are for ever'); END;"

	"CREATE TABLE stores("
	" store_uuid TEXT PRIMARY KEY,"
	" epoch INTEGER NOT NULL,"
	" contiguous INTEGER NOT NULL,"
	" chain_head TEXT NOT NULL,"
	" seen_ms INTEGER NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE cases("
	" row INTEGER PRIMARY KEY,"
	" case_id TEXT NOT NULL UNIQUE,"
	" case_no TEXT NOT NULL UNIQUE,"
	" full_no TEXT NOT NULL UNIQUE,"
	" state TEXT NOT NULL,"
	" version INTEGER NOT NULL,"
	" store_uuid TEXT NOT NULL,"
	" window TEXT NOT NULL,"
	" item_name TEXT NOT NULL,"
	" applicant TEXT NOT NULL,"
	" op_id TEXT NOT NULL,"
	" updated_ms INTEGER NOT NULL);"

	"CREATE TABLE documents("
	" case_id TEXT NOT NULL REFERENCES cases(case_id),"
	" kind TEXT NOT NULL,"
	" number TEXT NOT NULL,"
	" sha256 TEXT NOT NULL,"
	" size INTEGER NOT NULL,"
	" pages INTEGER NOT NULL,"
	" PRIMARY KEY(case_id, kind, number)) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX documents_number ON documents(number)"
	" WHERE number <> '';"

	"CREATE TABLE ratings("
	" rating_id TEXT PRIMARY KEY,"
	" ticket_id TEXT NOT NULL UNIQUE,"
	" case_id TEXT NOT NULL,"
	" level INTEGER NOT NULL,"
	" none TEXT NOT NULL,"
	" device TEXT NOT NULL,"
	" at TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX ratings_case ON ratings(case_id);"

	"CREATE TABLE tickets("
	" row INTEGER PRIMARY KEY,"
	" ticket_id TEXT NOT NULL UNIQUE,"
	" number TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" business TEXT NOT NULL,"
	" person TEXT NOT NULL,"
	" note TEXT NOT NULL,"
	" window TEXT NOT NULL,"
	" taken_ms INTEGER NOT NULL,"
	" calls INTEGER NOT NULL,"
	" version INTEGER NOT NULL,"
	" listed INTEGER NOT NULL DEFAULT 1);"
	"CREATE INDEX tickets_listed ON tickets(taken_ms) WHERE listed = 1;"

	"CREATE TABLE ticket_numbers("
	" day INTEGER NOT NULL,"
	" letter TEXT NOT NULL,"
	" last INTEGER NOT NULL,"
	" PRIMARY KEY(day, letter)) WITHOUT ROWID;"

	"CREATE TABLE idempotency("
	" key TEXT PRIMARY KEY,"
	" digest TEXT NOT NULL,"
	" ticket_id TEXT NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE windows("
	" window TEXT PRIMARY KEY,"
	" state TEXT NOT NULL,"
	" reason TEXT NOT NULL,"
	" at TEXT NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE blobs("
	" sha256 TEXT PRIMARY KEY,"
	" size INTEGER NOT NULL,"
	" media_type TEXT NOT NULL,"
	" received_ms INTEGER NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE number_series("
	" series TEXT PRIMARY KEY,"
	" last INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE number_blocks("
	" block_id TEXT PRIMARY KEY,"
	" series TEXT NOT NULL,"
	" store_uuid TEXT NOT NULL,"
	" count INTEGER NOT NULL,"
	" first INTEGER NOT NULL,"
	" last INTEGER NOT NULL,"
	" leased_ms INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX number_blocks_first"
	" ON number_blocks(series, first);"
	"CREATE TABLE numbers_void("
	" series TEXT NOT NULL,"
	" number INTEGER NOT NULL,"
	" reason TEXT NOT NULL,"
	" PRIMARY KEY(series, number)) WITHOUT ROWID;"

	/* The newest change of each thing; an older one is gone, so the feed
	 * is a snapshot, too. Never a smaller seq after a greater one. */
	"CREATE TABLE changes("
	" seq INTEGER PRIMARY KEY AUTOINCREMENT,"
	" feed TEXT NOT NULL,"
	" entity TEXT NOT NULL,"
	" id TEXT NOT NULL,"
	" version TEXT NOT NULL,"
	" deleted INTEGER NOT NULL,"
	" body TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	" UNIQUE(feed, entity, id));"
	"CREATE INDEX changes_feed ON changes(feed, seq);";

/* What a person decided about a refused op: 'void', or 'superseded' by the body
 * that stands there. Its place in lane and chain is taken in either case. */
static const char version_2[] =
	"ALTER TABLE ops ADD COLUMN state TEXT NOT NULL DEFAULT 'applied';";

/* The resources beyond push and pull. A record is a document with a version,
 * see record.h; answers are kept by Idempotency-Key, for ever. */
static const char version_3[] =
	"CREATE TABLE records("
	" row INTEGER PRIMARY KEY,"
	" kind TEXT NOT NULL,"
	" id TEXT NOT NULL,"
	" parent TEXT NOT NULL,"
	" window TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" version INTEGER NOT NULL,"
	" digest TEXT NOT NULL,"
	" body TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	" UNIQUE(kind, id));"
	"CREATE INDEX records_kind ON records(kind, row);"
	"CREATE INDEX records_parent ON records(parent, kind, row);"
	"CREATE TABLE answers("
	" key TEXT PRIMARY KEY,"
	" digest TEXT NOT NULL,"
	" status INTEGER NOT NULL,"
	" etag TEXT NOT NULL,"
	" body TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE seal_keys("
	" seal_id TEXT PRIMARY KEY,"
	" pem TEXT NOT NULL) WITHOUT ROWID;"
	/* offset: what is synced to STATE/uploads/ID. */
	"CREATE TABLE uploads("
	" upload_id TEXT PRIMARY KEY,"
	" length INTEGER NOT NULL,"
	" offset INTEGER NOT NULL,"
	" sha256 TEXT NOT NULL,"
	" media_type TEXT NOT NULL,"
	" touched_ms INTEGER NOT NULL) WITHOUT ROWID;"
	/* Items that PUT /v1/items changed: the files no longer count. */
	"CREATE TABLE catalog_edits(code TEXT PRIMARY KEY) WITHOUT ROWID;"
	/* leased, then returned (numbers from returned_from on are given
	 * back, never to be used) or settled (closed with its counts). */
	"ALTER TABLE number_blocks ADD COLUMN"
	" state TEXT NOT NULL DEFAULT 'leased';"
	"ALTER TABLE number_blocks ADD COLUMN"
	" returned_from INTEGER NOT NULL DEFAULT 0;"
	/* A case of PUT /v1/cases has no op; a special procedure is open. */
	"ALTER TABLE cases ADD COLUMN body TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE cases ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;"
	/* The promised day, for warnings. */
	"ALTER TABLE cases ADD COLUMN due TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX cases_due ON cases(due)"
	" WHERE state IN ('accepted', 'in-review');";

const struct db_migration schema_migrations[] = {
	{1, version_1},
	{2, version_2},
	{3, version_3},
};
const size_t schema_migration_count = G_N_ELEMENTS(schema_migrations);
