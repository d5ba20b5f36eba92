/* GET /_dump: all that the platform holds, for the oracle of tests. */
#include "client/platform/handlers.h"

#include <string.h>

#include "client/platform/platform.h"

/* Columns as platform_list() takes them. */
static const struct {
	const char *name, *sql;
	const char *columns[11];
} tables[] = {
	{"ops",
		"SELECT op_id, store_uuid, store_epoch, store_seq, agg, agg_id,"
		" agg_seq, kind, body_sha256, hash FROM ops ORDER BY row",
		{"op_id", "store_uuid", "#store_epoch", "#store_seq", "agg",
			"agg_id", "#agg_seq", "kind", "sha256", "hash"}},
	{"cases",
		"SELECT case_id, case_no, full_no, state, version, window,"
		" store_uuid FROM cases ORDER BY row",
		{"case_id", "case_no", "full_no", "state", "#version", "window",
			"store_uuid"}},
	{"documents",
		"SELECT case_id, kind, number, sha256, size, pages"
		" FROM documents ORDER BY case_id, kind, number",
		{"case_id", "kind", "number", "sha256", "#size", "#pages"}},
	{"ratings",
		"SELECT rating_id, ticket_id, case_id, level, none"
		" FROM ratings ORDER BY rating_id",
		{"rating_id", "ticket_id", "case_id", "#level", "none"}},
	{"tickets",
		"SELECT ticket_id, number, kind, state, window, calls, version"
		" FROM tickets ORDER BY row",
		{"ticket_id", "number", "kind", "state", "window", "#calls",
			"#version"}},
	{"blobs", "SELECT sha256, size, media_type FROM blobs ORDER BY sha256",
		{"sha256", "#size", "media_type"}},
	{"number_blocks",
		"SELECT block_id, series, store_uuid, first, last"
		" FROM number_blocks ORDER BY series, first",
		{"block_id", "series", "store_uuid", "#first", "#last"}},
	{"numbers_void",
		"SELECT series, number FROM numbers_void"
		" ORDER BY series, number",
		{"series", "#number"}},
	{"stores",
		"SELECT store_uuid, epoch, contiguous, chain_head"
		" FROM stores ORDER BY store_uuid",
		{"store_uuid", "#epoch", "#contiguous", "chain_head"}},
};

struct reply *dump_get(struct platform *platform, const struct request *request)
{
	struct json *value = json_new_object();

	(void)request;
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		AUTO(db_rows) rows =
			db_select(platform->db, tables[i].sql, NULL);

		json_put(value, tables[i].name,
			platform_list(platform, rows, tables[i].columns));
	}
	return reply_json(platform, 200, value);
}
