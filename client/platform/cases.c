/* What ops on cases and ratings do, and how a case is shown. */
#include "client/platform/cases.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/feeds.h"
#include "client/platform/handlers.h"
#include "client/platform/numbers.h"
#include "client/platform/ops.h"
#include "client/platform/validate.h"

int64_t case_version(struct platform *platform, const char *case_id)
{
	return platform_number(platform,
		"SELECT version FROM cases WHERE case_id = ?1",
		DB_VALUES(DB_TEXT(case_id)), 0);
}

/* Showing --------------------------------------------------------------- */

static void put_version(struct json *object, int64_t version)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, version);

	json_put_text(object, "version", text);
}

#define SUMMARY_COLUMNS \
	"case_id, case_no, full_no, state, window, version, updated_ms, row"

static struct json *summary_row(struct db_rows *rows)
{
	struct json *value = json_new_object();
	g_autofree char *updated = clock_iso(db_int(rows, 6));

	json_put_text(value, "case_id", db_text(rows, 0));
	json_put_text(value, "case_no", db_text(rows, 1));
	json_put_text(value, "full_no", db_text(rows, 2));
	json_put_text(value, "state", db_text(rows, 3));
	json_put_text(value, "window", db_text(rows, 4));
	put_version(value, db_int(rows, 5));
	json_put_text(value, "updated_at", updated);
	return value;
}

struct json *case_summary(struct platform *platform, const char *case_id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT " SUMMARY_COLUMNS " FROM cases WHERE case_id = ?1",
		DB_VALUES(DB_TEXT(case_id)));

	return platform_next(platform, rows) ? summary_row(rows) : NULL;
}

static bool announce(
	struct platform *platform, const char *case_id, GError **error)
{
	AUTO(json) body = case_summary(platform, case_id);
	g_autofree char *text = json_print(body);

	return feed_put(platform,
		&(struct change){.feed = "cases",
			.entity = "case",
			.id = case_id,
			.version = json_text(body, "version"),
			.body = text},
		error);
}

static struct json *documents_of(struct platform *platform, const char *case_id)
{
	static const char *const columns[] = {
		"kind", "number", "sha256", "#size", "#pages", NULL};
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT kind, number, sha256, size, pages FROM documents"
		" WHERE case_id = ?1 ORDER BY kind, number",
		DB_VALUES(DB_TEXT(case_id)));

	return platform_list(platform, rows, columns);
}

static struct json *ratings_of(struct platform *platform, const char *case_id)
{
	static const char *const columns[] = {"rating_id", "ticket_id",
		"#level", "none", "device", "at", NULL};
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT rating_id, ticket_id, level, none, device, at"
		" FROM ratings WHERE case_id = ?1 ORDER BY at",
		DB_VALUES(DB_TEXT(case_id)));

	return platform_list(platform, rows, columns);
}

static struct json *ops_of(struct platform *platform, const char *case_id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT op_id, kind, store_uuid, agg_seq, body_sha256,"
		" applied_ms FROM ops WHERE agg_id = ?1 ORDER BY row",
		DB_VALUES(DB_TEXT(case_id)));
	struct json *list = json_new_array();

	while (platform_next(platform, rows)) {
		struct json *row = json_new_object();
		g_autofree char *at = clock_iso(db_int(rows, 5));

		json_put_text(row, "op_id", db_text(rows, 0));
		json_put_text(row, "kind", db_text(rows, 1));
		json_put_text(row, "store_uuid", db_text(rows, 2));
		json_put_int(row, "agg_seq", db_int(rows, 3));
		json_put_text(row, "sha256", db_text(rows, 4));
		json_put_text(row, "applied_at", at);
		json_add(list, row);
	}
	return list;
}

static struct json *body_of(struct platform *platform, const char *case_id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT CASE c.body WHEN '' THEN o.body ELSE c.body END"
		" FROM cases c LEFT JOIN ops o USING(op_id)"
		" WHERE c.case_id = ?1",
		DB_VALUES(DB_TEXT(case_id)));
	const char *text;
	size_t len;

	if (!platform_next(platform, rows))
		return NULL;
	text = db_blob(rows, 0, &len);
	return json_parse(text, len, NULL);
}

struct json *case_current(struct platform *platform, const char *case_id)
{
	struct json *value = case_summary(platform, case_id);

	if (!value)
		return NULL;
	json_put(value, "body", body_of(platform, case_id));
	json_put(value, "documents", documents_of(platform, case_id));
	return value;
}

struct json *case_whole(struct platform *platform, const char *case_id)
{
	struct json *value = case_current(platform, case_id);

	if (!value)
		return NULL;
	json_put(value, "ratings", ratings_of(platform, case_id));
	json_put(value, "ops", ops_of(platform, case_id));
	return value;
}

/* Oldest first; the cursor is the row of the last one shown. */
struct reply *cases_list(
	struct platform *platform, const struct request *request)
{
	const char *cursor = request_query(request, "cursor");
	const char *window = request_query(request, "window");
	struct json *value, *list;
	int64_t after = 0, limit;
	g_autofree char *next = NULL;
	struct reply *reply;
	bool more;

	if (!request_limit(request, &limit) ||
		(cursor && *cursor &&
			!g_ascii_string_to_signed(
				cursor, 10, 0, G_MAXINT64, &after, NULL)))
		return reply_problem(
			platform, PROBLEM_MALFORMED, "limit or cursor");
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT " SUMMARY_COLUMNS " FROM cases WHERE row > ?1"
		" AND (?3 = '' OR window = ?3) ORDER BY row LIMIT ?2",
		DB_VALUES(DB_INT(after), DB_INT(limit),
			DB_TEXT(window ? window : "")));
	list = json_new_array();
	while (platform_next(platform, rows)) {
		after = db_int(rows, 7);
		json_add(list, summary_row(rows));
	}
	value = json_new_object();
	next = g_strdup_printf("%" G_GINT64_FORMAT, after);
	json_put_bool(value, "more", (int64_t)json_length(list) == limit);
	json_put(value, "rows", list);
	json_put_text(value, "next_cursor", next);
	more = json_bool_or(value, "more", false);
	reply = reply_json(platform, 200, value);
	if (more)
		reply_next(reply, request, next);
	return reply;
}

/* Applying -------------------------------------------------------------- */

static struct json *invalid(const char *field, const char *rule)
{
	struct json *problem = problem_json(PROBLEM_INVALID, NULL);
	struct json *errors = json_new_array();

	validate_refuse(errors, field, rule);
	json_put(problem, "errors", errors);
	return problem;
}

static bool exists(
	struct platform *platform, const char *sql, const char *value)
{
	return platform_exists(platform, sql, DB_VALUES(DB_TEXT(value)));
}

/* full_no = implementation code + 20261123 + 03 + 0017 */
static bool full_number_fits(const struct json *body)
{
	const char *case_no = json_text(body, "case_no");
	g_autofree char *digits = g_strdup(case_no);
	g_autofree char *full = NULL;

	if (strlen(case_no) != 16)
		return false;
	memmove(digits + 8, digits + 9, 2);
	memmove(digits + 10, digits + 12, 5);
	full = g_strconcat(
		json_text(json_get(body, "item"), "code"), digits, NULL);
	return strcmp(full, json_text(body, "full_no")) == 0;
}

static struct json *check_case_number(
	struct platform *platform, const struct op *op)
{
	const char *case_no = json_text(op->body, "case_no");

	if (!full_number_fits(op->body))
		return invalid("full_no", "format");
	if (!number_case_is_leased(platform, op->store_uuid, case_no,
		    json_text(op->body, "window")))
		return problem_json(PROBLEM_NUMBER_NOT_LEASED, "case_no");
	if (exists(platform, "SELECT 1 FROM cases WHERE case_no = ?1",
		    case_no) ||
		exists(platform, "SELECT 1 FROM cases WHERE full_no = ?1",
			json_text(op->body, "full_no")))
		return problem_json(PROBLEM_NUMBER_TAKEN, "case_no");
	return NULL;
}

static struct json *check_document_number(
	struct platform *platform, const struct op *op, const char *number)
{
	if (!*number)
		return NULL;
	if (!number_document_is_leased(platform, op->store_uuid, number))
		return problem_json(PROBLEM_NUMBER_NOT_LEASED, "documents");
	if (platform_exists(platform,
		    "SELECT 1 FROM documents WHERE number = ?1"
		    " AND number <> ''"
		    " AND case_id <> ?2",
		    DB_VALUES(DB_TEXT(number), DB_TEXT(op->agg_id))))
		return problem_json(PROBLEM_NUMBER_TAKEN, "documents");
	return NULL;
}

static bool insert_documents(struct platform *platform, const struct op *op,
	struct json **problem, GError **error)
{
	json_each (document, json_get(op->body, "documents")) {
		const char *number = json_text_or(document, "number", "");

		*problem = check_document_number(platform, op, number);
		if (*problem)
			return true;
		if (!db_run(platform->db,
			    "INSERT INTO documents(case_id, kind, number,"
			    " sha256, size, pages) VALUES(?1, ?2, ?3, '', 0, 0)"
			    " ON CONFLICT(case_id, kind, number) DO NOTHING",
			    DB_VALUES(DB_TEXT(op->agg_id),
				    DB_TEXT(json_text(document, "kind")),
				    DB_TEXT(number)),
			    error))
			return false;
	}
	return true;
}

static bool insert_case(
	struct platform *platform, const struct op *op, GError **error)
{
	const struct json *body = op->body;

	return db_run(platform->db,
		"INSERT INTO cases(case_id, case_no, full_no, state, version,"
		" store_uuid, window, item_name, applicant, op_id, updated_ms,"
		" due) VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10,"
		" ?11)",
		DB_VALUES(DB_TEXT(op->agg_id),
			DB_TEXT(json_text(body, "case_no")),
			DB_TEXT(json_text(body, "full_no")),
			DB_TEXT(json_text(body, "state")),
			DB_TEXT(op->store_uuid),
			DB_TEXT(json_text(body, "window")),
			DB_TEXT(json_text(json_get(body, "item"), "name")),
			DB_TEXT(json_text(json_get(body, "applicant"), "name")),
			DB_TEXT(op->op_id), DB_INT(op->now_ms),
			DB_TEXT(json_text_or(body, "promised_due", ""))),
		error);
}

bool case_apply_decision(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	if (case_version(platform, op->agg_id) > 0) {
		*problem = problem_json(PROBLEM_VERSION_CONFLICT, NULL);
		json_put(*problem, "current",
			case_current(platform, op->agg_id));
		return true;
	}
	*version = 1;
	*problem = check_case_number(platform, op);
	if (*problem)
		return true;
	return insert_case(platform, op, error) &&
	       insert_documents(platform, op, problem, error) &&
	       (*problem || announce(platform, op->agg_id, error));
}

bool case_is_in(
	struct platform *platform, const char *case_id, const char *states)
{
	AUTO(json) summary = case_summary(platform, case_id);
	g_auto(GStrv) list = g_strsplit(states, " ", -1);

	return summary && g_strv_contains((const char *const *)list,
				  json_text(summary, "state"));
}

bool case_move(struct platform *platform, const char *case_id,
	const char *state, GError **error)
{
	return db_run(platform->db,
		       "UPDATE cases SET version = version + 1,"
		       " state = coalesce(?2, state), updated_ms = ?3"
		       " WHERE case_id = ?1",
		       DB_VALUES(DB_TEXT(case_id), DB_TEXT(state),
			       DB_INT(clock_wall_ms())),
		       error) &&
	       announce(platform, case_id, error);
}

bool case_apply_document(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	const struct json *body = op->body;
	const char *number = json_text_or(body, "number", "");

	*version = case_version(platform, op->agg_id) + 1;
	if (*version == 1) {
		*problem = invalid("case_id", "unknown");
		return true;
	}
	*problem = check_document_number(platform, op, number);
	if (*problem)
		return true;
	return db_run(platform->db,
		       "INSERT INTO documents(case_id, kind, number, sha256,"
		       " size, pages) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
		       " ON CONFLICT(case_id, kind, number) DO UPDATE SET"
		       " sha256 = excluded.sha256, size = excluded.size,"
		       " pages = excluded.pages",
		       DB_VALUES(DB_TEXT(op->agg_id),
			       DB_TEXT(json_text(body, "kind")),
			       DB_TEXT(number),
			       DB_TEXT(json_text(body, "sha256")),
			       DB_INT(json_int_or(body, "size", 0)),
			       DB_INT(json_int_or(body, "pages", 0))),
		       error) &&
	       db_run(platform->db,
		       "UPDATE cases SET version = ?2, updated_ms = ?3"
		       " WHERE case_id = ?1",
		       DB_VALUES(DB_TEXT(op->agg_id), DB_INT(*version),
			       DB_INT(op->now_ms)),
		       error) &&
	       announce(platform, op->agg_id, error);
}

/* The case as it was sent first, with the parts that a window may change. */
static char *changed_body(struct platform *platform, const struct op *op)
{
	static const char *const parts[] = {"applicant", "form", "materials"};
	AUTO(json) whole = body_of(platform, op->agg_id);

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		json_put(whole, parts[i],
			json_copy(json_get(op->body, parts[i])));
	return json_print(whole);
}

static struct json *refuse_to_change(
	struct platform *platform, const struct op *op)
{
	struct json *problem;

	if (!op->base_version)
		return invalid("base_version", "required");
	if (case_version(platform, op->agg_id) == 0)
		return invalid("case_id", "unknown");
	if (case_is_in(platform, op->agg_id,
		    "received wait-supplement accepted in-review"))
		return NULL;
	problem = problem_json(PROBLEM_ILLEGAL_STATE, NULL);
	json_put(problem, "current", case_summary(platform, op->agg_id));
	return problem;
}

bool case_apply_change(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	g_autofree char *body = NULL;

	*problem = refuse_to_change(platform, op);
	if (*problem)
		return true;
	body = changed_body(platform, op);
	*version = case_version(platform, op->agg_id) + 1;
	return db_run(platform->db,
		       "UPDATE cases SET version = ?2, body = ?3,"
		       " applicant = ?4, updated_ms = ?5 WHERE case_id = ?1",
		       DB_VALUES(DB_TEXT(op->agg_id), DB_INT(*version),
			       DB_TEXT(body),
			       DB_TEXT(json_text(
				       json_get(op->body, "applicant"),
				       "name")),
			       DB_INT(op->now_ms)),
		       error) &&
	       announce(platform, op->agg_id, error);
}

bool case_apply_rating(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error)
{
	const struct json *body = op->body;
	const char *none = json_text_or(body, "none", "");
	int64_t level = json_int_or(body, "level", 0);

	*version = 1;
	if ((level == 0) != (*none != '\0')) {
		*problem = invalid("none", "code");
		return true;
	}
	if (exists(platform, "SELECT 1 FROM ratings WHERE ticket_id = ?1",
		    json_text(body, "ticket_id"))) {
		*problem = problem_json(PROBLEM_ALREADY_RATED, NULL);
		return true;
	}
	return db_run(platform->db,
		"INSERT INTO ratings(rating_id, ticket_id, case_id, level,"
		" none, device, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		DB_VALUES(DB_TEXT(op->agg_id),
			DB_TEXT(json_text(body, "ticket_id")),
			DB_TEXT(json_text_or(body, "case_id", "")),
			DB_INT(level), DB_TEXT(none),
			DB_TEXT(json_text_or(body, "device", "")),
			DB_TEXT(json_text(body, "at"))),
		error);
}
