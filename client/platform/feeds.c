/* The change feed: writing rows, pages with opaque cursors, forgetting. */
#include "client/platform/feeds.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/handlers.h"

enum { PAGE_MAX_BYTES = 4 << 20 };

static const char *const feeds[] = {
	"tickets", "cases", "catalog", "org", "warnings", "applications", NULL};

const char *const *feed_names(void)
{
	return feeds;
}

bool feed_put(
	struct platform *platform, const struct change *change, GError **error)
{
	return db_run(platform->db,
		       "DELETE FROM changes"
		       " WHERE feed = ?1 AND entity = ?2 AND id = ?3",
		       DB_VALUES(DB_TEXT(change->feed), DB_TEXT(change->entity),
			       DB_TEXT(change->id)),
		       error) &&
	       db_run(platform->db,
		       "INSERT INTO changes(feed, entity, id, version,"
		       " deleted, body, at_ms)"
		       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		       DB_VALUES(DB_TEXT(change->feed), DB_TEXT(change->entity),
			       DB_TEXT(change->id), DB_TEXT(change->version),
			       DB_INT(change->deleted),
			       DB_TEXT(change->body ? change->body : ""),
			       DB_INT(clock_wall_ms())),
		       error);
}

static char *horizon_name(const char *feed)
{
	return g_strconcat("horizon:", feed, NULL);
}

static bool prune_feed(struct platform *platform, const char *feed,
	int64_t before_ms, GError **error)
{
	g_autofree char *name = horizon_name(feed);
	g_autofree char *horizon = NULL;
	int64_t last = 0;

	if (!db_get_int(platform->db,
		    "SELECT coalesce(max(seq), 0) FROM changes"
		    " WHERE feed = ?1 AND deleted = 1 AND at_ms < ?2",
		    DB_VALUES(DB_TEXT(feed), DB_INT(before_ms)), &last, NULL,
		    error))
		return false;
	if (last == 0)
		return true;
	horizon = g_strdup_printf("%" G_GINT64_FORMAT, last);
	return db_run(platform->db,
		       "DELETE FROM changes"
		       " WHERE feed = ?1 AND deleted = 1 AND seq <= ?2",
		       DB_VALUES(DB_TEXT(feed), DB_INT(last)), error) &&
	       platform_set_meta(platform, name, horizon, error);
}

bool feed_prune(struct platform *platform, int64_t before_ms, GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);

	if (!change)
		return false;
	for (const char *const *feed = feeds; *feed; feed++) {
		if (!prune_feed(platform, *feed, before_ms, error))
			return false;
	}
	return db_commit(change, error);
}

/* Cursors: "v1 EPOCH FEED SEQ" in hex, so that nobody is tempted to count. */
static char *make_cursor(
	struct platform *platform, const char *feed, int64_t seq)
{
	g_autofree char *plain = g_strdup_printf(
		"v1 %s %s %" G_GINT64_FORMAT, platform->epoch, feed, seq);

	return hex_encode((const uint8_t *)plain, strlen(plain));
}

static bool read_cursor(struct platform *platform, const char *feed,
	const char *cursor, int64_t *seq, enum problem *problem)
{
	char plain[120];
	size_t len;
	g_auto(GStrv) parts = NULL;
	g_autofree char *name = horizon_name(feed);
	g_autofree char *horizon = platform_meta(platform, name);

	*problem = PROBLEM_MALFORMED;
	if (!hex_decode(cursor, (uint8_t *)plain, sizeof(plain) - 1, &len))
		return false;
	plain[len] = '\0';
	parts = g_strsplit(plain, " ", 5);
	if (g_strv_length(parts) != 4 || strcmp(parts[0], "v1") != 0 ||
		strcmp(parts[2], feed) != 0 ||
		!g_ascii_string_to_signed(
			parts[3], 10, 0, G_MAXINT64, seq, NULL))
		return false;
	*problem = PROBLEM_CURSOR_EXPIRED;
	return strcmp(parts[1], platform->epoch) == 0 &&
	       (!horizon || *seq >= g_ascii_strtoll(horizon, NULL, 10));
}

static struct json *change_row(struct db_rows *rows)
{
	struct json *row = json_new_object();
	const char *body = db_text(rows, 5);

	json_put_int(row, "seq", db_int(rows, 0));
	json_put_text(row, "entity", db_text(rows, 1));
	json_put_text(row, "id", db_text(rows, 2));
	json_put_text(row, "version", db_text(rows, 3));
	json_put_bool(row, "deleted", db_int(rows, 4) != 0);
	if (*body)
		json_put(row, "body", json_parse(body, strlen(body), NULL));
	return row;
}

/* Rows after seq; the page ends at limit rows or enough bytes. */
static struct reply *read_page(
	struct platform *platform, const char *feed, int64_t seq, int64_t limit)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT seq, entity, id, version, deleted, body FROM changes"
		" WHERE feed = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
		DB_VALUES(DB_TEXT(feed), DB_INT(seq), DB_INT(limit + 1)));
	g_autoptr(GError) error = NULL;
	g_autofree char *cursor = NULL;
	struct json *page, *list = json_new_array();
	size_t bytes = 0;
	bool more = false;

	while (!more && db_next(rows)) {
		bytes += strlen(db_text(rows, 5));
		more = (int64_t)json_length(list) == limit ||
		       (bytes > PAGE_MAX_BYTES && json_length(list) > 0);
		if (more)
			break;
		seq = db_int(rows, 0);
		json_add(list, change_row(rows));
	}
	page = json_new_object();
	json_put(page, "rows", list);
	cursor = make_cursor(platform, feed, seq);
	json_put_text(page, "next_cursor", cursor);
	json_put_bool(page, "more", more);
	if (db_end(rows, &error))
		return reply_json(platform, 200, page);
	json_free(page);
	return reply_error(platform, error);
}

struct reply *changes_get(
	struct platform *platform, const struct request *request)
{
	const char *feed = request_query(request, "feed");
	const char *cursor = request_query(request, "cursor");
	int64_t seq = 0, limit;
	enum problem problem;

	if (!request_limit(request, &limit))
		return reply_problem(platform, PROBLEM_MALFORMED,
			"limit is a number from 1 to 500");
	if (cursor && *cursor &&
		!read_cursor(platform, feed, cursor, &seq, &problem))
		return reply_problem(platform, problem, NULL);
	return read_page(platform, feed, seq, limit);
}
