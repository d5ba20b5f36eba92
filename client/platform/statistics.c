/* GET /v1/statistics/{report}: cases by the day in their numbers. */
#include <string.h>

#include "client/platform/handlers.h"
#include "client/platform/platform.h"
#include "client/rules/day.h"

#define COUNTS                                                               \
	"count(*), sum(c.state NOT IN ('refused', 'not-needed', 'void')),"   \
	" sum(c.state IN ('refused', 'not-needed')), coalesce(sum(r.n), 0)," \
	" coalesce(sum(r.satisfied), 0)"
/* Levels 5 to 3 are satisfied. */
#define FROM                                                            \
	" FROM cases c LEFT JOIN ops o USING(op_id) LEFT JOIN"          \
	" (SELECT case_id, count(*) AS n, sum(level >= 3) AS satisfied" \
	"  FROM ratings WHERE level > 0 GROUP BY case_id) r"            \
	" ON r.case_id = c.case_id"                                     \
	" WHERE substr(case_no, 1, 8) BETWEEN ?1 AND ?2 GROUP BY 1 ORDER BY 1"

static const struct {
	const char *name, *sql;
} reports[] = {
	{"hall", "SELECT 'hall', " COUNTS FROM},
	{"window", "SELECT c.window, " COUNTS FROM},
	{"item", "SELECT item_name, " COUNTS FROM},
	{"staff", "SELECT coalesce(json_extract(o.actor, '$.staff'),"
		  " json_extract(nullif(c.body, ''), '$.clerk.staff_no'), ''),"
		  " " COUNTS FROM},
};

static struct json *row_json(struct db_rows *rows)
{
	static const char *const members[] = {
		"cases", "accepted", "refused", "ratings", "satisfied"};
	struct json *row = json_new_object();

	json_put_text(row, "key", db_text(rows, 0));
	for (int i = 0; i < (int)G_N_ELEMENTS(members); i++)
		json_put_int(row, members[i], db_int(rows, i + 1));
	return row;
}

static const char *sql_of(const char *report)
{
	for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
		if (strcmp(reports[i].name, report) == 0)
			return reports[i].sql;
	}
	return NULL;
}

struct reply *statistics_get(
	struct platform *platform, const struct request *request)
{
	const char *from = request_query(request, "from");
	const char *to = request_query(request, "to");
	g_autofree char *first = g_strdup_printf("%d", day_parse(from));
	g_autofree char *last = g_strdup_printf("%d", day_parse(to));
	AUTO(db_rows) rows = db_select(platform->db, sql_of(request->args[0]),
		DB_VALUES(DB_TEXT(first), DB_TEXT(last)));
	struct json *value = json_new_object(), *list = json_new_array();

	while (platform_next(platform, rows))
		json_add(list, row_json(rows));
	json_put_text(value, "report", request->args[0]);
	json_put_text(value, "from", from);
	json_put_text(value, "to", to);
	json_put(value, "rows", list);
	return reply_json(platform, 200, value);
}
