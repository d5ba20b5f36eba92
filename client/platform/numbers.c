/* Number blocks. A series hands out 1, 2, 3 ... to its end and then refuses:
 * it does not begin again.
 *
 *   case:03          03-0001 .. 03-9999      20261123-03-0017
 *   doc:accept:2026  000001 .. 999999        登政务〔2026〕受字第000123号 */
#include "client/platform/numbers.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/handlers.h"
#include "client/platform/record.h"
#include "client/platform/validate.h"
#include "client/rules/day.h"

static const struct {
	const char *kind, *word;
} documents[] = {
	{"accept", "受字第"},
	{"refuse", "不受字第"},
};

static const char organ[] = "登政务〔";
static const char year_end[] = "〕";
static const char number_end[] = "号";

enum {
	CASE_LAST = 9999,
	DOCUMENT_LAST = 999999,
	DOCUMENT_DIGITS = 6,
};

struct series {
	char name[40];
	char prefix[40];
	int64_t last;
};

static bool all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isdigit(text[i]))
			return false;
	}
	return true;
}

static bool is_window(const char *text, size_t len)
{
	return len == 2 && g_ascii_isalnum(text[0]) &&
	       g_ascii_isalnum(text[1]) && !g_ascii_islower(text[0]) &&
	       !g_ascii_islower(text[1]);
}

static bool parse_series(const char *name, struct series *series)
{
	g_auto(GStrv) parts = g_strsplit(name, ":", 4);
	guint count = g_strv_length(parts);

	if (g_strlcpy(series->name, name, sizeof(series->name)) >=
		sizeof(series->name))
		return false;
	if (count == 2 && strcmp(parts[0], "case") == 0) {
		series->last = CASE_LAST;
		g_snprintf(series->prefix, sizeof(series->prefix), "%s-",
			parts[1]);
		return is_window(parts[1], strlen(parts[1]));
	}
	if (count != 3 || strcmp(parts[0], "doc") != 0 ||
		strlen(parts[2]) != 4 || !all_digits(parts[2], 4))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
		if (strcmp(documents[i].kind, parts[1]) != 0)
			continue;
		series->last = DOCUMENT_LAST;
		g_snprintf(series->prefix, sizeof(series->prefix), "%s%s%s%s",
			organ, parts[2], year_end, documents[i].word);
		return true;
	}
	return false;
}

/* Leasing --------------------------------------------------------------- */

static struct reply *block_reply(struct platform *platform, int status,
	const struct series *series, const char *block_id, int64_t first,
	int64_t last)
{
	struct json *value = json_new_object();

	json_put_text(value, "block_id", block_id);
	json_put_text(value, "series", series->name);
	json_put_text(value, "prefix", series->prefix);
	json_put_int(value, "first", first);
	json_put_int(value, "last", last);
	return reply_json(platform, status, value);
}

/* The same request again: the same block. NULL when it is a new one. */
static struct reply *known_block(struct platform *platform,
	const struct series *series, const struct json *order)
{
	const char *block_id = json_text(order, "block_id");
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT series, store_uuid, count, first, last"
		" FROM number_blocks WHERE block_id = ?1",
		DB_VALUES(DB_TEXT(block_id)));

	if (!platform_next(platform, rows))
		return NULL;
	if (strcmp(db_text(rows, 0), series->name) != 0 ||
		strcmp(db_text(rows, 1), json_text(order, "store_uuid")) != 0 ||
		db_int(rows, 2) != json_int_or(order, "count", 0))
		return reply_problem(platform, PROBLEM_ID_REUSED,
			"block_id was used for another request");
	return block_reply(platform, 200, series, block_id, db_int(rows, 3),
		db_int(rows, 4));
}

static bool book(struct platform *platform, const struct series *series,
	const struct json *order, int64_t first, int64_t last, GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);

	return change &&
	       db_run(platform->db,
		       "INSERT INTO number_series(series, last) VALUES(?1, ?2)"
		       " ON CONFLICT(series) DO UPDATE"
		       " SET last = max(last, excluded.last)",
		       DB_VALUES(DB_TEXT(series->name), DB_INT(last)), error) &&
	       db_run(platform->db,
		       "INSERT INTO number_blocks(block_id, series,"
		       " store_uuid, count, first, last, leased_ms)"
		       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		       DB_VALUES(DB_TEXT(json_text(order, "block_id")),
			       DB_TEXT(series->name),
			       DB_TEXT(json_text(order, "store_uuid")),
			       DB_INT(json_int_or(order, "count", 0)),
			       DB_INT(first), DB_INT(last),
			       DB_INT(clock_wall_ms())),
		       error) &&
	       db_commit(change, error);
}

/* A block that was leased before this platform was restored from a backup: its
 * store says so. Taken back unless the numbers went to somebody else. */
static struct reply *claimed_block(struct platform *platform,
	const struct series *series, const struct json *order)
{
	int64_t first = json_int_or(order, "first", 0);
	int64_t last = json_int_or(order, "last", 0);
	g_autoptr(GError) error = NULL;

	if (last < first || last > series->last ||
		last - first >= json_int_or(order, "count", 0))
		return reply_problem(
			platform, PROBLEM_MALFORMED, "first and last");
	if (platform_exists(platform,
		    "SELECT 1 FROM number_blocks WHERE series = ?1"
		    " AND first <= ?3 AND last >= ?2",
		    DB_VALUES(DB_TEXT(series->name), DB_INT(first),
			    DB_INT(last))))
		return reply_problem(
			platform, PROBLEM_NUMBER_TAKEN, series->name);
	if (!book(platform, series, order, first, last, &error))
		return reply_error(platform, error);
	return block_reply(platform, 201, series, json_text(order, "block_id"),
		first, last);
}

static struct reply *new_block(struct platform *platform,
	const struct series *series, const struct json *order)
{
	int64_t used = 0, first, last;
	g_autoptr(GError) error = NULL;

	if (!db_get_int(platform->db,
		    "SELECT last FROM number_series WHERE series = ?1",
		    DB_VALUES(DB_TEXT(series->name)), &used, NULL, &error))
		return reply_error(platform, error);
	if (used >= series->last)
		return reply_problem(
			platform, PROBLEM_NUMBERS_EXHAUSTED, series->name);
	first = used + 1;
	last = MIN(used + json_int_or(order, "count", 0), series->last);
	if (!book(platform, series, order, first, last, &error))
		return reply_error(platform, error);
	return block_reply(platform, 201, series, json_text(order, "block_id"),
		first, last);
}

struct reply *numbers_lease(
	struct platform *platform, const struct request *request)
{
	const struct json *order = request->json;
	AUTO(json) errors = json_new_array();
	struct reply *reply;
	struct series series;

	if (!parse_series(json_text(order, "series"), &series)) {
		validate_refuse(errors, "series", "format");
		return reply_invalid(platform, errors);
	}
	reply = known_block(platform, &series, order);
	if (reply)
		return reply;
	if (json_get(order, "first") || json_get(order, "last"))
		return claimed_block(platform, &series, order);
	return new_block(platform, &series, order);
}

/* Giving back, settling ------------------------------------------------- */

struct block {
	struct series series;
	char id[UUID_TEXT], state[12];
	int64_t first, last, returned_from;
	int64_t used, voided; /* as the platform counts them */
};

static int64_t count_used(struct platform *platform, const struct block *block)
{
	bool is_case = block->series.last == CASE_LAST;

	return platform_number(platform,
		is_case ? "SELECT count(*) FROM cases"
			  " WHERE substr(case_no, 10, 3) = ?1 AND"
			  " CAST(substr(case_no, 13) AS INTEGER)"
			  " BETWEEN ?2 AND ?3"
			: "SELECT count(*) FROM documents"
			  " WHERE substr(number, 1, length(?1)) = ?1 AND"
			  " CAST(substr(number, length(?1) + 1, 6) AS INTEGER)"
			  " BETWEEN ?2 AND ?3",
		DB_VALUES(DB_TEXT(block->series.prefix), DB_INT(block->first),
			DB_INT(block->last)),
		0);
}

static bool find_block(
	struct platform *platform, const char *id, struct block *block)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT series, first, last, state, returned_from"
		" FROM number_blocks WHERE block_id = ?1",
		DB_VALUES(DB_TEXT(id)));

	if (!platform_next(platform, rows) ||
		!parse_series(db_text(rows, 0), &block->series))
		return false;
	g_strlcpy(block->id, id, sizeof(block->id));
	block->first = db_int(rows, 1);
	block->last = db_int(rows, 2);
	db_copy_text(rows, 3, block->state, sizeof(block->state));
	block->returned_from = db_int(rows, 4);
	block->used = count_used(platform, block);
	block->voided = platform_number(platform,
		"SELECT count(*) FROM numbers_void WHERE series = ?1"
		" AND number BETWEEN ?2 AND ?3",
		DB_VALUES(DB_TEXT(block->series.name), DB_INT(block->first),
			DB_INT(block->last)),
		0);
	return true;
}

static int64_t count_returned(const struct block *block)
{
	return block->returned_from ? block->last - block->returned_from + 1
				    : 0;
}

static struct json *block_json(const struct block *block)
{
	struct json *value = json_new_object();

	json_put_text(value, "block_id", block->id);
	json_put_text(value, "series", block->series.name);
	json_put_text(value, "prefix", block->series.prefix);
	json_put_int(value, "first", block->first);
	json_put_int(value, "last", block->last);
	json_put_text(value, "state", block->state);
	json_put_int(value, "used", block->used);
	json_put_int(value, "void", block->voided);
	json_put_int(value, "returned", count_returned(block));
	return value;
}

static bool save_block(
	struct platform *platform, const struct block *block, GError **error)
{
	return db_run(platform->db,
		"UPDATE number_blocks SET state = ?2, returned_from = ?3"
		" WHERE block_id = ?1",
		DB_VALUES(DB_TEXT(block->id), DB_TEXT(block->state),
			DB_INT(block->returned_from)),
		error);
}

/* Numbers from next on are given back for good: none of them may be in use. */
static bool give_back(struct platform *platform, struct block *block,
	const struct json *change)
{
	struct block rest = *block;

	rest.first = json_int_or(change, "next", 0);
	if (strcmp(block->state, "settled") == 0 || rest.first < block->first ||
		rest.first > block->last + 1 ||
		(block->returned_from && rest.first > block->returned_from) ||
		count_used(platform, &rest) > 0)
		return false;
	if (rest.first <= block->last)
		block->returned_from = rest.first;
	g_strlcpy(block->state, "returned", sizeof(block->state));
	return true;
}

/* Every number is used, void or given back, and both sides count the same. */
static bool settle(struct block *block, const struct json *change)
{
	int64_t used = json_int_or(change, "used", -1);
	int64_t voided = json_int_or(change, "void", -1);

	if (used != block->used || voided != block->voided ||
		used + voided + count_returned(block) !=
			block->last - block->first + 1)
		return false;
	g_strlcpy(block->state, "settled", sizeof(block->state));
	return true;
}

struct reply *numbers_change(
	struct platform *platform, const struct request *request)
{
	const char *state = json_text(request->json, "state");
	struct block block = {0};
	g_autoptr(GError) error = NULL;
	bool fits;

	if (!find_block(platform, request->args[0], &block))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	fits = strcmp(state, "settled") == 0
		       ? settle(&block, request->json)
		       : give_back(platform, &block, request->json);
	if (!fits)
		return reply_conflict(platform, PROBLEM_NOT_RECONCILED, NULL,
			block_json(&block));
	if (!save_block(platform, &block, &error))
		return reply_error(platform, error);
	return reply_json(platform, 200, block_json(&block));
}

/* Checking -------------------------------------------------------------- */

static bool is_leased(struct platform *platform, const char *store_uuid,
	const char *series, int64_t number)
{
	/* No block is longer than BLOCK_MAX: earlier ones need no look. */
	return platform_exists(platform,
		"SELECT 1 FROM number_blocks WHERE series = ?1"
		" AND (?2 = '' OR store_uuid IN (?2, ''))"
		" AND first <= ?3 AND first > ?3 - 1000 AND last >= ?3"
		" AND state <> 'settled'"
		" AND (returned_from = 0 OR returned_from > ?3)"
		" AND NOT EXISTS(SELECT 1 FROM numbers_void"
		"  WHERE series = ?1 AND number = ?3)",
		DB_VALUES(
			DB_TEXT(series), DB_TEXT(store_uuid), DB_INT(number)));
}

bool number_case_is_leased(struct platform *platform, const char *store_uuid,
	const char *case_no, const char *window)
{
	g_autofree char *series = g_strconcat("case:", window, NULL);
	g_autofree char *day = g_strndup(case_no, 8);

	if (strlen(case_no) != 16 || !all_digits(case_no, 8) ||
		day_parse(day) == 0 || case_no[8] != '-' ||
		strlen(window) != 2 || memcmp(case_no + 9, window, 2) != 0 ||
		case_no[11] != '-' || !all_digits(case_no + 12, 4))
		return false;
	return is_leased(platform, store_uuid, series,
		g_ascii_strtoll(case_no + 12, NULL, 10));
}

/* What follows prefix in *text. */
static bool take_prefix(const char **text, const char *prefix)
{
	if (!g_str_has_prefix(*text, prefix))
		return false;
	*text += strlen(prefix);
	return true;
}

bool number_document_is_leased(
	struct platform *platform, const char *store_uuid, const char *number)
{
	const char *year = number, *at;

	if (!take_prefix(&year, organ) || strlen(year) < 4 ||
		!all_digits(year, 4))
		return false;
	at = year + 4;
	if (!take_prefix(&at, year_end))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
		const char *digits = at;
		g_autofree char *series =
			g_strdup_printf("doc:%s:%.4s", documents[i].kind, year);

		if (take_prefix(&digits, documents[i].word))
			return strlen(digits) ==
				       DOCUMENT_DIGITS + strlen(number_end) &&
			       all_digits(digits, DOCUMENT_DIGITS) &&
			       g_str_has_suffix(digits, number_end) &&
			       is_leased(platform, store_uuid, series,
				       g_ascii_strtoll(digits, NULL, 10));
	}
	return false;
}

/* Giving up ------------------------------------------------------------- */

static bool is_used(
	struct platform *platform, const struct series *series, int64_t number)
{
	bool is_case = series->last == CASE_LAST;
	g_autofree char *text =
		is_case ? g_strdup_printf("%s%04" G_GINT64_FORMAT,
				  series->prefix, number)
			: g_strdup_printf("%s%06" G_GINT64_FORMAT "%s",
				  series->prefix, number, number_end);
	return platform_exists(platform,
		is_case ? "SELECT 1 FROM cases"
			  " WHERE substr(case_no, 10) = ?1"
			: "SELECT 1 FROM documents WHERE number = ?1"
			  " AND number <> ''",
		DB_VALUES(DB_TEXT(text)));
}

bool number_apply_void(struct platform *platform, const char *store_uuid,
	const struct json *body, struct json **problem, GError **error)
{
	int64_t number = json_int_or(body, "number", 0);
	const char *name = json_text(body, "series");
	struct series series;

	if (!parse_series(name, &series) ||
		!is_leased(platform, store_uuid, name, number)) {
		*problem = problem_json(PROBLEM_NUMBER_NOT_LEASED, name);
		return true;
	}
	if (is_used(platform, &series, number)) {
		*problem = problem_json(PROBLEM_NUMBER_TAKEN, name);
		return true;
	}
	return db_run(platform->db,
		"INSERT INTO numbers_void(series, number, reason)"
		" VALUES(?1, ?2, ?3)",
		DB_VALUES(DB_TEXT(name), DB_INT(number),
			DB_TEXT(json_text_or(body, "reason", ""))),
		error);
}
