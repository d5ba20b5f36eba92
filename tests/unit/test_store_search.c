/* Search as you type. */
#include "tests/unit/test_store.h"

static void add_person(struct fixture *f, const char *name,
	const char *initials, const char *id_number, const char *phone)
{
	struct case_record *record = make_case(name);
	struct json *person = json_new_object();
	g_autoptr(GError) error = NULL;

	json_put_text(person, "name", name);
	json_put_text(person, "id_number", id_number);
	json_put_text(person, "phone", phone);
	json_put(record->body, "applicant", person);
	record->initials = g_strdup(initials);
	g_assert_true(accept_case(f->store, record, &error));
	g_assert_no_error(error);
	case_free(record);
}

static void set_up_people(struct fixture *f, gconstpointer unused)
{
	set_up(f, unused);
	add_blocks(f->store, 99);
	add_person(f, "王雄信", "wxx", "410185199001011234", "13800000001");
	add_person(f, "单雄信", "sxx dxx", "41018519900101999X", "13900000002");
	add_person(f, "王芳", "wf", "411002198005054321", "13800000003");
	add_person(f, "ＡＢＣ商贸有限公司", "abcsmyxgs", "91410185MA40ABCD1E",
		"037162800000");
	add_person(f, "买买提·艾合", "mmtah", "650102197001017777", "");
	add_person(f, "O'Neil Smith", "", "P1234567", "");
	add_person(f, "138便利店", "", "", "");
	add_person(f, "\U0002CE7C👨‍👩‍👧", "", "", "");
}

/* "王芳|王雄信": the names found, newest first. */
static char *search(struct fixture *f, const char *text, int limit)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) hits = case_search(f->store, text, limit, &error);
	GString *names = g_string_new(NULL);

	g_assert_no_error(error);
	for (guint i = 0; i < hits->len; i++) {
		struct case_hit *hit = hits->pdata[i];

		g_string_append_printf(
			names, "%s%s", i ? "|" : "", hit->applicant);
	}
	return g_string_free(names, FALSE);
}

static const struct {
	const char *text, *found;
} queries[] = {
	/* names: one, two, three characters, from anywhere */
	{"王", "王芳|王雄信"},
	{"信", "单雄信|王雄信"},
	{"雄信", "单雄信|王雄信"},
	{"王信", ""},
	{"单雄信", "单雄信"},
	{"有限公司", "ＡＢＣ商贸有限公司"},
	{" 王 芳 ", "王芳"},
	{"abc商贸", "ＡＢＣ商贸有限公司"},
	{"ABC", "ＡＢＣ商贸有限公司"},
	{"买买提艾", "买买提·艾合"},
	{"提·艾", "买买提·艾合"},
	{"smith", "O'Neil Smith"},
	{"o'n", "O'Neil Smith"},
	{"\U0002CE7C", "\U0002CE7C👨‍👩‍👧"},
	{"👩", "\U0002CE7C👨‍👩‍👧"},
	/* initials: each reading, any beginning */
	{"w", "王芳|王雄信"},
	{"wx", "王雄信"},
	{"dxx", "单雄信"},
	{"sx", "单雄信"},
	{"SXX", "单雄信"},
	{"xx", ""},
	{"mmta", "买买提·艾合"},
	{"abcsm", "ＡＢＣ商贸有限公司"},
	{"abcsmyxgs", "ＡＢＣ商贸有限公司"},
	{"abcsmyxgsx", ""},
	/* id number: beginning, last six */
	{"4101851990", "单雄信|王雄信"},
	{"41", "王芳|单雄信|王雄信"},
	{"41018519900101999x", "单雄信"},
	{"91410185ma40", "ＡＢＣ商贸有限公司"},
	{"01999X", "单雄信"},
	{"054321", "王芳"},
	{"54321", ""},
	/* telephone, case number */
	/* ... and names with digits: two ways, one order */
	{"138", "138便利店|王芳|王雄信"},
	{"20261123-03-0002", "单雄信"},
	{"20261123-03-000", "\U0002CE7C👨‍👩‍👧|138便利店|O'Neil "
			    "Smith|买买提·艾合|"
			    "ＡＢＣ商贸有限公司|王芳|单雄信|王雄信"},
	/* its end, as one reads it out */
	{"0002", "单雄信"},
	{"03-0002", "单雄信"},
	{"04-0002", ""},
	{"002", ""},
	/* nothing that is not a letter is an operator */
	{"\"", ""},
	{"王 OR 李", ""},
	{"*", ""},
	{"%", ""},
	{"-", ""},
	{"NEAR(a b)", ""},
	{"", ""},
	{"   \t", ""},
	{"\xff\xfe", ""},
};

static void test_queries(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_autofree char *names = search(f, queries[i].text, 50);

		if (strcmp(names, queries[i].found) != 0)
			g_error("\"%s\" found \"%s\", not \"%s\"",
				queries[i].text, names, queries[i].found);
	}
}

static void test_limit(struct fixture *f, gconstpointer unused)
{
	g_autofree char *one = search(f, "王", 1);
	g_autofree char *two = search(f, "20261123", 2);

	(void)unused;
	g_assert_cmpstr(one, ==, "王芳");
	g_assert_cmpstr(two, ==, "\U0002CE7C👨‍👩‍👧|138便利店");
}

static void test_too_long(struct fixture *f, gconstpointer unused)
{
	g_autofree char *text = g_strnfill(65, 'a');
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_null(case_search(f->store, text, 10, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
}

/* A corrected name is found, the old one no more. */
static void test_renamed(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("赵六");
	g_autofree char *old = NULL, *new = NULL, *id = NULL, *initials = NULL;

	(void)unused;
	record->initials = g_strdup("zl");
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	json_put_text(
		json_get_mutable(record->body, "applicant"), "name", "钱七");
	json_put_text(json_get_mutable(record->body, "applicant"), "id_number",
		"110101200001010000");
	g_free(record->initials);
	record->initials = g_strdup("qq");
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	old = search(f, "赵六", 5);
	new = search(f, "钱七", 5);
	id = search(f, "110101", 5);
	initials = search(f, "zl", 5);
	g_assert_cmpstr(old, ==, "");
	g_assert_cmpstr(new, ==, "钱七");
	g_assert_cmpstr(id, ==, "钱七");
	g_assert_cmpstr(initials, ==, "");
	g_assert_true(store_verify_seals(f->store, NULL));
	case_free(record);
}

static void test_person(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GPtrArray) hits = NULL;
	struct case_hit *hit;

	(void)unused;
	add_person(f, "单雄信", "sxx", "41018519900101999X", "");
	hits = case_of_person(f->store, "41018519900101999x", 10, NULL);
	g_assert_cmpint(hits->len, ==, 2);
	hit = hits->pdata[0];
	g_assert_cmpstr(hit->case_no, ==, "20261123-03-0009");
	g_assert_cmpint(hit->state, ==, CASE_ACCEPTED);
	g_assert_cmpstr(hit->item_name, ==, "个体工商户设立登记");
	g_clear_pointer(&hits, g_ptr_array_unref);
	hits = case_of_person(f->store, "", 10, NULL);
	g_assert_cmpint(hits->len, ==, 0);
}

/* More than a thousand with the same beginning: the way that looks through the
 * newest, and, when the newest are others, the way that sorts. */
static void test_dense_prefix(struct fixture *f, gconstpointer unused)
{
	struct db *db = open_behind(f, true);
	g_autofree char *found = NULL;
	g_autofree char *older = NULL;

	(void)unused;
	/* search rows alone are enough to count; their cases are these */
	g_assert_true(db_exec(db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
		" SELECT i + 1 FROM n WHERE i < 1500)"
		" INSERT INTO cases(case_id, case_no, full_no, state,"
		" ticket_id, item_code, item_name, item_version, applicant,"
		" id_number, phone, initials, query_password, clerk,"
		" created_ms, updated_ms, received_ms, accepted_ms,"
		" promised_due, statutory_due, due_provisional, body)"
		" SELECT 'c' || i, '', '', 'draft', '', '', '', '', 'n' || i,"
		" '5101' || i, '', '', '', '', 0, 0, 0, 0, '', '', 0, '{}'"
		" FROM n;"
		"INSERT INTO case_key(row, id_number, phone)"
		" SELECT row, id_number, '' FROM cases"
		" WHERE case_id LIKE 'c%'",
		NULL));
	found = search(f, "5101", 2);
	g_assert_cmpstr(found, ==, "n1500|n1499");
	/* the newest case lies 20,000 rows ahead of them */
	g_assert_true(db_exec(db,
		"INSERT INTO cases(row, case_id, case_no, full_no, state,"
		" ticket_id, item_code, item_name, item_version, applicant,"
		" id_number, phone, initials, query_password, clerk,"
		" created_ms, updated_ms, received_ms, accepted_ms,"
		" promised_due, statutory_due, due_provisional, body)"
		" VALUES(90000, 'far', '', '', 'draft', '', '', '', '',"
		" 'far', '1', '', '', '', '', 0, 0, 0, 0, '', '', 0, '{}');"
		"INSERT INTO case_key VALUES(90000, '1', '')",
		NULL));
	db_close(db);
	older = search(f, "5101", 2);
	g_assert_cmpstr(older, ==, "n1500|n1499");
}

#undef ADD
#define ADD(name, function)                                             \
	g_test_add(name, struct fixture, NULL, set_up_people, function, \
		tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/search/queries", test_queries);
	ADD("/store/search/limit", test_limit);
	ADD("/store/search/too-long", test_too_long);
	ADD("/store/search/renamed", test_renamed);
	ADD("/store/search/person", test_person);
	ADD("/store/search/dense-prefix", test_dense_prefix);
	return g_test_run();
}
