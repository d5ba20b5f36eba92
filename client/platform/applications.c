/* People who apply on line. Number k of a seed is always the same person with
 * the same item; when it comes follows from the plan alone. All are fictional,
 * their id numbers belong to a region that does not exist (4101 99). */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/online.h"
#include "client/platform/record.h"

static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵",
	"黄", "周", "吴", "欧阳", "司马"};
static const char *const given[] = {
	"示例", "演练", "模拟", "试用", "样张", "教学", "培训", "测试"};

enum { MAX_PLANNED = 10000 };

struct plan {
	int64_t seed, every_ms, first, max, start_ms;
};

bool application_plan(
	struct platform *platform, const struct json *plan, GError **error)
{
	g_autofree char *text = NULL;
	g_autofree char *old = platform_meta(platform, "applications");
	AUTO(json) kept = json_new_object();
	static const char *const members[] = {
		"seed", "every_s", "first", "max"};

	if (!json_is_object(plan) || old)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		int64_t number = 0;

		if (!json_need_int(plan, members[i], 0,
			    i == 0 ? G_MAXINT32 : MAX_PLANNED, &number, error))
			return false;
		json_put_int(kept, members[i], number);
	}
	json_put_int(kept, "start_ms", clock_wall_ms());
	text = json_print(kept);
	return platform_set_meta(platform, "applications", text, error);
}

static bool read_plan(struct platform *platform, struct plan *plan)
{
	g_autofree char *text = platform_meta(platform, "applications");
	AUTO(json) kept = text ? json_parse(text, strlen(text), NULL) : NULL;

	if (!kept)
		return false;
	*plan = (struct plan){
		.seed = json_int_or(kept, "seed", 0),
		.every_ms = MAX(json_int_or(kept, "every_s", 1), 1) * 1000,
		.first = json_int_or(kept, "first", 0),
		.max = json_int_or(kept, "max", 0),
		.start_ms = json_int_or(kept, "start_ms", 0),
	};
	return true;
}

/* Code and name of an item of the catalogue, in the order of the codes. */
static bool pick_item(struct platform *platform, GRand *dice, struct json *body)
{
	int64_t count = platform_number(platform,
		"SELECT count(*) FROM changes WHERE feed = 'catalog'"
		" AND entity = 'item' AND deleted = 0",
		NULL, 0);
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id, json_extract(body, '$.name') FROM changes"
		" WHERE feed = 'catalog' AND entity = 'item' AND deleted = 0"
		" ORDER BY id LIMIT 1 OFFSET ?1",
		DB_VALUES(DB_INT(
			count ? (int64_t)(g_rand_int(dice) % count) : 0)));

	if (!platform_next(platform, rows))
		return false;
	json_put_text(body, "item_code", db_text(rows, 0));
	json_put_text(body, "item_name", db_text(rows, 1));
	return true;
}

/* 17 digits and the check character of GB 11643. */
static char *id_number(GRand *dice)
{
	static const int weights[] = {
		7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	g_autofree char *digits = g_strdup_printf("410199%04d%02d%02d%03d",
		g_rand_int_range(dice, 1950, 2006),
		g_rand_int_range(dice, 1, 13), g_rand_int_range(dice, 1, 29),
		g_rand_int_range(dice, 1, 1000));
	int sum = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(weights); i++)
		sum += weights[i] * (digits[i] - '0');
	return g_strdup_printf("%s%c", digits, "10X98765432"[sum % 11]);
}

static struct record *make_application(
	struct platform *platform, const struct plan *plan, int64_t k)
{
	g_autofree char *key = g_strdup_printf("application %" G_GINT64_FORMAT
					       " %" G_GINT64_FORMAT,
		plan->seed, k);
	g_autoptr(GRand) dice =
		g_rand_new_with_seed((guint32)(plan->seed * 1000003 + k));
	char id[UUID_TEXT];
	struct record *record;
	g_autofree char *name = NULL, *number = NULL, *phone = NULL, *at = NULL;

	uuid_of_text(key, id);
	record = record_new(&resource_application, id);
	if (!pick_item(platform, dice, record->body)) {
		record_free(record);
		return NULL;
	}
	name = g_strconcat(
		surnames[g_rand_int_range(dice, 0, G_N_ELEMENTS(surnames))],
		given[g_rand_int_range(dice, 0, G_N_ELEMENTS(given))], NULL);
	number = id_number(dice);
	phone = g_strdup_printf("199%08d", g_rand_int_range(dice, 0, 1000));
	at = clock_iso(
		plan->start_ms + MAX(k + 1 - plan->first, 0) * plan->every_ms);
	json_put_text(record->body, "applyer_name", name);
	json_put_text(record->body, "applyer_type", "1");
	json_put_text(record->body, "applyer_page_type", "111");
	json_put_text(record->body, "applyer_page_code", number);
	json_put_text(record->body, "contact_mobile", phone);
	json_put_text(record->body, "submitted_at", at);
	return record;
}

bool application_arrive(
	struct platform *platform, int64_t now_ms, GError **error)
{
	struct plan plan;
	int64_t here, due;
	AUTO(db_transaction) change = NULL;

	if (!read_plan(platform, &plan))
		return true;
	here = platform_number(platform,
		"SELECT count(*) FROM records WHERE kind = 'application'", NULL,
		0);
	due = plan.first + MAX(now_ms - plan.start_ms, 0) / plan.every_ms;
	due = MIN(due, plan.max);
	if (here >= due)
		return true;
	change = db_begin(platform->db, error);
	for (int64_t k = here; change && k < due; k++) {
		AUTO(record) record = make_application(platform, &plan, k);

		if (!record)
			return true; /* no catalogue, nothing to apply for */
		if (!record_write(platform, record, error))
			return false;
	}
	return change && db_commit(change, error);
}
