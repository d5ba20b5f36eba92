/* Fills a store with the cases of years: people, companies, and for each case
 * its step to the platform, long acknowledged, and its row in the audit. */
#include "tests/bench/fill.h"

#include <string.h>

#include "client/store/private.h"

enum { TOWNS = 4 };

/* Surnames by how common they are: the first third of all people. */
static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵",
	"黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
	"罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "单",
	"曾", "解", "欧阳", "上官"};
static const char *const surname_initials[] = {"w", "l", "z", "l", "c", "y",
	"z", "h", "z", "w", "x", "s", "h", "z", "g", "l", "h", "g", "m", "l",
	"l", "s", "z", "x", "h", "t", "f", "y", "d", "x", "s d", "z c", "x j",
	"oy", "sg"};
static const char *const given[] = {"伟", "芳", "娜", "敏", "静", "丽", "强",
	"磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "秀", "霞", "平",
	"刚", "桂", "英", "建", "国", "志", "红", "雄", "信", "雅", "鑫", "浩",
	"宇", "轩", "梓", "涵", "怡", "晨", "婷", "雪", "慧"};
static const char *const given_initials[] = {"w", "f", "n", "m", "j", "l", "q",
	"l", "j", "y", "y", "y", "j", "t", "m", "c", "x", "x", "p", "g", "g",
	"y", "j", "g", "z", "h", "x", "x", "y", "x", "h", "y", "x", "z", "h",
	"y", "c", "t", "x", "h"};
static const char *const trades[] = {
	"商贸", "餐饮", "建筑", "物流", "科技", "文化传播", "农业", "装饰"};
static const char *const trade_initials[] = {
	"sm", "cy", "jz", "wl", "kj", "whcb", "ny", "zs"};
static const char *const towns[TOWNS] = {
	"410185", "410184", "411002", "410305"};

static unsigned pick(GRand *random, size_t count)
{
	/* skewed: the front of a table is more common */
	double x = g_rand_double(random);

	return (unsigned)(x * x * (double)count);
}

#define PICK(random, table) pick(random, G_N_ELEMENTS(table))

static void make_company(GRand *random, struct person *person)
{
	unsigned one = PICK(random, given), two = PICK(random, given);
	unsigned trade = PICK(random, trades);

	g_string_printf(person->name, "登封市%s%s%s有限公司", given[one],
		given[two], trades[trade]);
	person->initials = g_strdup_printf("dfs%s%s%syxgs", given_initials[one],
		given_initials[two], trade_initials[trade]);
	g_snprintf(person->id_number, sizeof(person->id_number),
		"91410185MA%08X", g_rand_int(random) % 0xfffffff);
}

static void make_citizen(GRand *random, struct person *person)
{
	unsigned family = PICK(random, surnames);
	unsigned one = PICK(random, given), two = PICK(random, given);
	bool short_name = g_rand_int_range(random, 0, 5) == 0;
	g_auto(GStrv) readings = g_strsplit(surname_initials[family], " ", -1);
	GString *initials = g_string_new(NULL);

	g_string_printf(person->name, "%s%s%s", surnames[family], given[one],
		short_name ? "" : given[two]);
	for (int i = 0; readings[i]; i++)
		g_string_append_printf(initials, "%s%s%s%s", i ? " " : "",
			readings[i], given_initials[one],
			short_name ? "" : given_initials[two]);
	person->initials = g_string_free(initials, FALSE);
	g_snprintf(person->id_number, sizeof(person->id_number),
		"%s%04d%02d%02d%03d%d", towns[pick(random, TOWNS)],
		g_rand_int_range(random, 1945, 2008),
		g_rand_int_range(random, 1, 13),
		g_rand_int_range(random, 1, 29),
		g_rand_int_range(random, 1, 999),
		g_rand_int_range(random, 0, 10));
}

static void make_person(GRand *random, struct person *person)
{
	person->name = g_string_new(NULL);
	if (g_rand_int_range(random, 0, 6) == 0)
		make_company(random, person);
	else
		make_citizen(random, person);
	g_snprintf(person->phone, sizeof(person->phone), "1%d%08d",
		g_rand_int_range(random, 30, 99),
		g_rand_int_range(random, 0, 99999999));
}

static struct case_record *make_record(const struct person *person, int number)
{
	struct case_record *record = case_new();
	struct json *applicant = json_new_object();
	struct json *form = json_new_object();
	g_autofree char *filler = g_strnfill(1200, 'x');

	json_put_text(applicant, "name", person->name->str);
	json_put_text(applicant, "id_number", person->id_number);
	json_put_text(applicant, "phone", person->phone);
	json_put(record->body, "applicant", applicant);
	json_put_text(form, "filler", filler);
	json_put(record->body, "form", form);
	record->initials = g_strdup(person->initials);
	record->item_code = g_strdup("1141018500531801234123456789012");
	record->item_name = g_strdup("个体工商户设立登记");
	record->item_version = g_strdup("2026.11");
	record->state = CASE_ACCEPTED;
	g_snprintf(record->case_no, sizeof(record->case_no), "%08d-03-%04d",
		20260101 + number / 400, number % 400 + 1);
	return record;
}

/* What case_decide() writes beside the case, without its checks. */
static bool add_op(struct store *store, const struct case_record *record,
	const struct actor *actor, GError **error)
{
	const struct new_op op = {.agg = "case",
		.agg_id = record->case_id,
		.kind = "case.accept",
		.actor = actor};

	return outbox_add(store, &op, json_copy(record->body), error) &&
	       audit_add(store, AUDIT_CASE_ACCEPT, actor, "case",
		       record->case_id, "ok", NULL, error);
}

static bool add_case(struct store *store, const struct person *person,
	int number, GError **error)
{
	const struct actor actor = {.staff_no = "1003",
		.staff_name = "甄示例",
		.role = "clerk",
		.window = "03",
		.session = ""};
	AUTO(case_record) record = make_record(person, number);

	return case_write(store, record, actor.staff_no, error) &&
	       add_op(store, record, &actor, error);
}

static void free_person(void *data)
{
	struct person *person = data;

	g_string_free(person->name, TRUE);
	g_free(person->initials);
	g_free(person);
}

GPtrArray *fill_store(struct store *store, int count, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	g_autoptr(GRand) random = g_rand_new_with_seed(20261123);
	g_autoptr(GPtrArray) people =
		g_ptr_array_new_with_free_func(free_person);

	for (int i = 0; change && i < count; i++) {
		struct person *person = g_new0(struct person, 1);

		make_person(random, person);
		g_ptr_array_add(people, person);
		if (!add_case(store, person, i, error))
			return NULL;
	}
	if (!change ||
		!db_run(store->db,
			"UPDATE outbox_state SET state = 4 WHERE state <> 4",
			NULL, error) ||
		!db_commit(change, error))
		return NULL;
	return g_steal_pointer(&people);
}
