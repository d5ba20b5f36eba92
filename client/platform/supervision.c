/* Supervision: warnings about terms that run out, questions and complaints,
 * days and weeks that are signed off only when both sides count the same. */
#include "client/platform/supervision.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/stores.h"
#include "client/rules/day.h"

/* Warnings -------------------------------------------------------------- */

const struct resource resource_warning = {.kind = "warning",
	.id = "warning_id",
	.feed = "warnings",
	.state = "open"};

static const struct {
	const char *color, *rule_code, *content;
} rules[] = {
	{"yellow", "JC-01", "承诺时限今日到期，尚未办结"},
	{"red", "JC-02", "已超过承诺时限，尚未办结"},
};

struct late {
	char *case_id, *case_no, *window;
	bool is_over;
};

static void late_free(void *data)
{
	struct late *late = data;

	g_free(late->case_id);
	g_free(late->case_no);
	g_free(late->window);
	g_free(late);
}

static GPtrArray *find_late(
	struct platform *platform, const char *today, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(late_free);
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT case_id, case_no, window, due < ?1 FROM cases"
		" WHERE state IN ('accepted', 'in-review') AND suspended = 0"
		" AND due <> '' AND due <= ?1 AND NOT EXISTS("
		"  SELECT 1 FROM records w WHERE w.parent = case_id"
		"  AND w.kind = 'warning' AND json_extract(w.body, '$.color')"
		"  = CASE WHEN due < ?1 THEN 'red' ELSE 'yellow' END)"
		" ORDER BY due, row LIMIT 1000",
		DB_VALUES(DB_TEXT(today)));

	while (db_next(rows)) {
		struct late *late = g_new0(struct late, 1);

		late->case_id = db_dup_text(rows, 0);
		late->case_no = db_dup_text(rows, 1);
		late->window = db_dup_text(rows, 2);
		late->is_over = db_int(rows, 3) != 0;
		g_ptr_array_add(list, late);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

static bool warn(struct platform *platform, const struct late *late,
	int64_t now_ms, GError **error)
{
	size_t rule = late->is_over ? 1 : 0;
	g_autofree char *key = g_strconcat(
		"warning ", late->case_id, " ", rules[rule].color, NULL);
	g_autofree char *at = clock_iso(now_ms);
	char id[UUID_TEXT];
	AUTO(record) record = NULL;

	uuid_of_text(key, id);
	record = record_new(&resource_warning, id);
	g_free(record->window);
	record->window = g_strdup(late->window);
	g_free(record->parent);
	record->parent = g_strdup(late->case_id);
	json_put_text(record->body, "case_id", late->case_id);
	json_put_text(record->body, "case_no", late->case_no);
	json_put_text(record->body, "window", late->window);
	json_put_text(record->body, "color", rules[rule].color);
	json_put_text(record->body, "rule_code", rules[rule].rule_code);
	json_put_text(record->body, "content", rules[rule].content);
	json_put_text(record->body, "issued_at", at);
	return record_write(platform, record, error);
}

bool warning_scan(struct platform *platform, int64_t now_ms, GError **error)
{
	g_autofree char *today = clock_format(now_ms, "%Y-%m-%d");
	g_autoptr(GPtrArray) list = find_late(platform, today, error);
	AUTO(db_transaction) change = NULL;

	if (!list || list->len == 0)
		return list != NULL;
	change = db_begin(platform->db, error);
	for (guint i = 0; change && i < list->len; i++) {
		if (!warn(platform, list->pdata[i], now_ms, error))
			return false;
	}
	return change && db_commit(change, error);
}

/* Questions ------------------------------------------------------------- */

const struct resource resource_consultation = {
	.kind = "consultation", .id = "consultation_id", .state = "submitted"};

/* Days ------------------------------------------------------------------ */

static struct json *bucket_json(int64_t count, const char *xor_hex)
{
	struct json *value = json_new_object();

	json_put_int(value, "count", count);
	json_put_text(value, "xor", xor_hex);
	return value;
}

/* NULL when count and xor are what the platform has of that day. */
static struct reply *check_bucket(struct platform *platform, const char *window,
	const char *day, const struct json *claimed)
{
	char xor_hex[SHA256_TEXT];
	g_autoptr(GError) error = NULL;
	int64_t count;

	if (!store_bucket(platform, window, day, &count, xor_hex, &error))
		return reply_error(platform, error);
	if (json_int_or(claimed, "count", -1) == count &&
		g_strcmp0(json_text(claimed, "xor"), xor_hex) == 0)
		return NULL;
	return reply_conflict(platform, PROBLEM_NOT_RECONCILED, day,
		bucket_json(count, xor_hex));
}

static struct reply *check_clear(struct platform *platform,
	const struct request *request, struct record *record)
{
	g_free(record->window);
	record->window = g_strdup(request->args[0]);
	return check_bucket(
		platform, request->args[0], request->args[1], record->body);
}

const struct resource resource_daily_clear = {
	.kind = "daily-clear", .id = "clear_id", .check = check_clear};

/* Weeks ----------------------------------------------------------------- */

/* Monday of "2026-W48", 0 when there is no such week. */
static int monday_of(const char *week)
{
	int year = (int)g_ascii_strtoll(week, NULL, 10);
	int number = (int)g_ascii_strtoll(week + strlen("2026-W"), NULL, 10);
	int january_4 = year * 10000 + 104, monday;

	if (!day_is_valid(january_4) || number < 1 || number > 53)
		return 0;
	monday = day_add(
		january_4, 1 - day_weekday(january_4) + 7 * (number - 1));
	return day_add(monday, 3) / 10000 == year ? monday : 0;
}

static const struct json *find_day(const struct json *days, const char *date)
{
	json_each (day, days) {
		if (g_strcmp0(json_text(day, "date"), date) == 0)
			return day;
	}
	return NULL;
}

/* A day with ops must be in the list, cleared, and still the same. */
static struct reply *check_day(struct platform *platform, const char *window,
	const char *date, const struct json *days)
{
	const struct json *day = find_day(days, date);
	g_autofree char *id = g_strconcat(window, "/", date, NULL);
	AUTO(record) clear = record_find(platform, &resource_daily_clear, id);
	bool has_ops = platform_exists(platform,
		"SELECT 1 FROM ops WHERE window = ?1 AND day = ?2 LIMIT 1",
		DB_VALUES(DB_TEXT(window), DB_TEXT(date)));

	if (!day && !has_ops)
		return NULL;
	if (!day || !clear)
		return reply_conflict(
			platform, PROBLEM_NOT_RECONCILED, date, NULL);
	return check_bucket(platform, window, date, day);
}

static struct reply *check_week(struct platform *platform,
	const struct request *request, struct record *record)
{
	const struct json *days = json_get(record->body, "days");
	int monday = monday_of(request->args[1]);
	size_t in_week = 0;

	if (monday == 0)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	g_free(record->window);
	record->window = g_strdup(request->args[0]);
	for (int i = 0; i < 7; i++) {
		char date[DAY_TEXT];
		struct reply *refusal;

		day_format(day_add(monday, i), date);
		in_week += find_day(days, date) != NULL;
		refusal = check_day(platform, request->args[0], date, days);
		if (refusal)
			return refusal;
	}
	return in_week == json_length(days)
		       ? NULL
		       : reply_field(platform, "days", "range");
}

const struct resource resource_weekly_settlement = {.kind = "weekly-settlement",
	.id = "settlement_id",
	.check = check_week};
