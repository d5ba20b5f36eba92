/* Form rules over small definitions written here; the shipped ones are tested
 * with the catalogue. */
#include "client/rules/form_rules.h"

#include <string.h>

#include <glib.h>

#include "client/rules/decimal.h"

enum { TODAY = 20261123 };

static struct json *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
	struct json *value = json_parse(quoted, strlen(quoted), &error);

	g_assert_no_error(error);
	return value;
}

static void test_decimal(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
		const char *again;
	} rows[] = {
		{"0", true, 0, "0"},
		{"86.50", true, 865000, "86.5"},
		{"-3", true, -30000, "-3"},
		{"0.0001", true, 1, "0.0001"},
		{"-0.5", true, -5000, "-0.5"},
		{"99999999999999.9999", true, 999999999999999999,
			"99999999999999.9999"},
		{"100000000000000", false, 0, ""},
		{"1.23456", false, 0, ""},
		{"1.", false, 0, ""},
		{".5", false, 0, ""},
		{"+1", false, 0, ""},
		{"1e3", false, 0, ""},
		{"1 000", false, 0, ""},
		{"1,000", false, 0, ""},
		{"", false, 0, ""},
		{"-", false, 0, ""},
		{"三", false, 0, ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int64_t value = 0;
		char text[DECIMAL_TEXT];
		g_assert_cmpint(decimal_parse(rows[i].text, &value, NULL), ==,
			rows[i].good);
		if (!rows[i].good)
			continue;
		g_assert_cmpint(value, ==, rows[i].value);
		decimal_format(value, text);
		g_assert_cmpstr(text, ==, rows[i].again);
	}
}

static struct form_option kinds[] = {
	{.code = "1", .label = "个人经营"}, {.code = "2", .label = "家庭经营"}};

static const struct {
	struct form_field field;
	const char *value;
	enum form_problem_code code;
	const char *arg, *arg2;
} value_rows[] = {
	{{.type = FIELD_TEXT}, "''", PROBLEM_NONE, "", ""},
	{{.type = FIELD_TEXT, .required = true}, "''", PROBLEM_MISSING, "", ""},
	{{.type = FIELD_TEXT, .required = true}, "'　 '", PROBLEM_MISSING, "",
		""},
	{{.type = FIELD_TEXT, .required = true}, "null", PROBLEM_MISSING, "",
		""},
	{{.type = FIELD_TEXT, .max_chars = 4}, "'登封示例'", PROBLEM_NONE, "",
		""},
	{{.type = FIELD_TEXT, .max_chars = 4}, "'登封示例店'", PROBLEM_LONG,
		"4", "5"},
	{{.type = FIELD_TEXT, .min_chars = 9}, "'1234567'", PROBLEM_SHORT, "9",
		"2"},
	{{.type = FIELD_TEXT}, "'a\\u0007b'", PROBLEM_CONTROL, "", ""},
	{{.type = FIELD_TEXT}, "12", PROBLEM_SHAPE, "", ""},
	{{.type = FIELD_TEXT}, "['a']", PROBLEM_SHAPE, "", ""},
	{{.type = FIELD_TEXT, .pattern = "[0-9]{3}", .pattern_hint = "三位"},
		"'123'", PROBLEM_NONE, "", ""},
	{{.type = FIELD_TEXT, .pattern = "[0-9]{3}", .pattern_hint = "三位"},
		"'1234'", PROBLEM_PATTERN, "三位", ""},
	{{.type = FIELD_TEXT, .pattern = "a|b", .pattern_hint = "ab"}, "'ax'",
		PROBLEM_PATTERN, "ab", ""},
	{{.type = FIELD_NUMBER, .min = "1", .max_value = "9999"}, "'3'",
		PROBLEM_NONE, "", ""},
	{{.type = FIELD_NUMBER, .min = "1", .max_value = "9999"}, "'三'",
		PROBLEM_NUMBER, "三", ""},
	{{.type = FIELD_NUMBER, .min = "1", .max_value = "9999"}, "'0'",
		PROBLEM_RANGE, "1", "9999"},
	{{.type = FIELD_NUMBER, .min = "1", .max_value = "9999"}, "'10000'",
		PROBLEM_RANGE, "1", "9999"},
	{{.type = FIELD_NUMBER}, "'1.5'", PROBLEM_DECIMALS, "0", "1"},
	{{.type = FIELD_NUMBER, .decimals = 2}, "'86.50'", PROBLEM_NONE, "",
		""},
	{{.type = FIELD_NUMBER, .decimals = 2}, "'86.505'", PROBLEM_DECIMALS,
		"2", "3"},
	{{.type = FIELD_DATE}, "'2026-11-23'", PROBLEM_NONE, "", ""},
	{{.type = FIELD_DATE}, "'2026-02-29'", PROBLEM_DATE, "2026-02-29", ""},
	{{.type = FIELD_DATE}, "'20261123'", PROBLEM_DATE, "20261123", ""},
	{{.type = FIELD_DATE, .min = "2026-01-01"}, "'2025-12-31'",
		PROBLEM_RANGE, "2026-01-01", ""},
	{{.type = FIELD_CHOICE, .options = kinds, .n_options = 2}, "'2'",
		PROBLEM_NONE, "", ""},
	{{.type = FIELD_CHOICE, .options = kinds, .n_options = 2}, "'3'",
		PROBLEM_OPTION, "3", ""},
	{{.type = FIELD_CHOICES, .options = kinds, .n_options = 2}, "['1','2']",
		PROBLEM_NONE, "", ""},
	{{.type = FIELD_CHOICES, .options = kinds, .n_options = 2}, "['1','9']",
		PROBLEM_OPTION, "9", ""},
	{{.type = FIELD_CHOICES, .options = kinds, .n_options = 2}, "'1'",
		PROBLEM_SHAPE, "", ""},
	{{.type = FIELD_CHOICES,
		 .options = kinds,
		 .n_options = 2,
		 .required = true},
		"[]", PROBLEM_MISSING, "", ""},
	{{.type = FIELD_CHOICES,
		 .options = kinds,
		 .n_options = 2,
		 .min_rows = 2},
		"['1']", PROBLEM_ROWS_FEW, "2", "1"},
	{{.type = FIELD_PHONE}, "'199'", PROBLEM_PHONE, "11", "8"},
	{{.type = FIELD_PHONE}, "'19900000000'", PROBLEM_NONE, "", ""},
	{{.type = FIELD_ID_NUMBER}, "'410199199010010021'", PROBLEM_NONE, "",
		""},
	{{.type = FIELD_ID_NUMBER}, "'4101991990100100'", PROBLEM_ID_NUMBER,
		"18", "2"},
	{{.type = FIELD_USCC}, "'92410185DEM00201XL'", PROBLEM_NONE, "", ""},
	{{.type = FIELD_USCC}, "'410199199010010021'", PROBLEM_USCC, "", ""},
	{{.type = FIELD_ID_OR_USCC}, "'410199199010010021'", PROBLEM_NONE, "",
		""},
	{{.type = FIELD_ID_OR_USCC}, "'92410185DEM00201XL'", PROBLEM_NONE, "",
		""},
	{{.type = FIELD_ID_OR_USCC}, "'410199199010010022'", PROBLEM_ID_NUMBER,
		"", ""},
	{{.type = FIELD_ID_OR_USCC}, "'92410185DEM00201XX'", PROBLEM_USCC, "",
		""},
};

static void test_value(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(value_rows); i++) {
		AUTO(json) value = parse(value_rows[i].value);
		struct form_problem problem;
		bool good = form_check_value(
			&value_rows[i].field, value, TODAY, &problem);
		g_test_message("%zu: %s", i, value_rows[i].value);
		g_assert_cmpint(good, ==, value_rows[i].code == PROBLEM_NONE);
		g_assert_cmpint(problem.code, ==, value_rows[i].code);
		g_assert_true(problem.field == &value_rows[i].field);
		g_assert_cmpstr(problem.arg, ==, value_rows[i].arg);
		g_assert_cmpstr(problem.arg2, ==, value_rows[i].arg2);
	}
}

static struct form_condition when_family = {
	.field = "kind", .is = (const char *const[]){"2", NULL}};
static struct form_condition when_agent = {
	.field = "applicant.capacity", .is = (const char *const[]){"2", NULL}};

static struct form_field columns[] = {
	{.id = "name", .label = "姓名", .type = FIELD_TEXT, .required = true},
	{.id = "number",
		.label = "号码",
		.type = FIELD_ID_NUMBER,
		.required = true},
	{.id = "share",
		.label = "份额",
		.type = FIELD_NUMBER,
		.decimals = 4,
		.required = true},
};

static struct form_field fields[] = {
	{.id = "kind",
		.label = "组成形式",
		.type = FIELD_CHOICE,
		.required = true,
		.options = kinds,
		.n_options = 2},
	{.id = "family",
		.label = "家庭成员",
		.type = FIELD_ROWS,
		.required = true,
		.min_rows = 2,
		.max_rows = 3,
		.columns = columns,
		.n_columns = 3,
		.show_when = &when_family},
	{.id = "start", .label = "起", .type = FIELD_DATE},
	{.id = "end", .label = "止", .type = FIELD_DATE},
	{.id = "proxy",
		.label = "代办人",
		.type = FIELD_TEXT,
		.required = true,
		.show_when = &when_agent},
	{.id = "all", .label = "总人数", .type = FIELD_NUMBER},
	{.id = "some", .label = "持证人数", .type = FIELD_NUMBER},
	{.id = "owner", .label = "号码", .type = FIELD_ID_NUMBER},
};

static struct form_check checks[] = {
	{.rule = CHECK_NOT_BEFORE, .field = "end", .other = "start"},
	{.rule = CHECK_MAX_DAYS, .field = "start", .other = "end", .years = 30},
	{.rule = CHECK_SUM, .field = "family.share", .equals = "1"},
	{.rule = CHECK_DISTINCT, .field = "family.number"},
	{.rule = CHECK_AT_MOST, .field = "some", .other = "all"},
	{.rule = CHECK_MIN_AGE, .field = "owner", .years = 60},
	{.rule = CHECK_NOT_AFTER_TODAY, .field = "start"},
	{.rule = CHECK_EQUAL,
		.field = "some",
		.other = "all",
		.when = &when_family},
};

static const struct form_def def = {.fields = fields,
	.n_fields = G_N_ELEMENTS(fields),
	.checks = checks,
	.n_checks = G_N_ELEMENTS(checks)};

/* "family[1].number=twice(1,2) end=not-before(起,)" */
static char *problems_of(const char *form_text, const char *sources_text)
{
	AUTO(json) form = parse(form_text);
	AUTO(json) sources = parse(sources_text);
	g_autoptr(GArray) found = form_check(&def, form, sources, TODAY);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++) {
		const struct form_problem *problem =
			&g_array_index(found, struct form_problem, i);
		g_string_append_printf(
			text, "%s%s", i ? " " : "", problem->field->id);
		if (problem->row >= 0)
			g_string_append_printf(text, "[%d].%s", problem->row,
				problem->column->id);
		g_string_append_printf(text, "=%s(%s,%s)",
			form_problem_name(problem->code), problem->arg,
			problem->arg2);
	}
	return g_string_free(text, FALSE);
}

#define ROW(name, number, share) \
	"{'name':'" name "','number':'" number "','share':'" share "'}"
#define A "410199199010010021"
#define B "410199198505120017"

static const struct {
	const char *form, *sources, *problems;
} form_rows[] = {
	{"{}", "{}", "kind=missing(,)"},
	{"{'kind':'1'}", "{}", ""},
	{"{'kind':'1'}", "{'applicant':{'capacity':'1'}}", ""},
	{"{'kind':'1'}", "{'applicant':{'capacity':'2'}}", "proxy=missing(,)"},
	{"{'kind':'1','family':'nonsense'}", "{}", ""}, /* hidden */
	{"{'kind':'2'}", "{}", "family=missing(,)"},
	{"{'kind':'2','family':[" ROW("甲", A, "1") "]}", "{}",
		"family=rows-few(2,1)"},
	{"{'kind':'2','family':[" ROW("甲", A, "0.5") "," ROW(
		 "乙", B, "0.5") "]}",
		"{}", ""},
	{"{'kind':'2','family':[" ROW("甲", A, "0.5") "," ROW(
		 "乙", B, "0.4999") "]}",
		"{}", "family=sum(1,0.9999)"},
	{"{'kind':'2','family':[" ROW("甲", A, "0.5") "," ROW(
		 "乙", A, "0.5") "]}",
		"{}", "family[1].number=twice(1,2)"},
	{"{'kind':'2','family':[" ROW("甲", A, "x") "," ROW(
		 "", "41", "0.5") "]}",
		"{}",
		"family[0].share=number(x,) family[1].name=missing(,) "
		"family[1].number=id-number(18,16)"},
	{"{'kind':'2','family':['x',{}]}", "{}",
		"family[0].name=missing(,) "
		"family[0].number=missing(,) "
		"family[0].share=missing(,) "
		"family[1].name=missing(,) "
		"family[1].number=missing(,) "
		"family[1].share=missing(,)"},
	{"{'kind':'1','start':'2026-01-02','end':'2026-01-01'}", "{}",
		"end=not-before(起,)"},
	{"{'kind':'1','start':'2026-01-02','end':'2026-01-02'}", "{}", ""},
	{"{'kind':'1','start':'2026-01-01','end':'2026-01-30'}", "{}", ""},
	{"{'kind':'1','start':'2026-01-01','end':'2026-01-31'}", "{}",
		"start=max-days(30,31)"},
	{"{'kind':'1','start':'2026-01-0x','end':'2025-01-01'}", "{}",
		"start=date(2026-01-0x,)"}, /* one mistake, one word */
	{"{'kind':'1','start':'2026-11-23'}", "{}", ""},
	{"{'kind':'1','start':'2026-11-24'}", "{}", "start=future(,)"},
	{"{'kind':'1','some':'4','all':'4'}", "{}", ""},
	{"{'kind':'1','some':'5','all':'4'}", "{}", "some=at-most(总人数,)"},
	{"{'kind':'1','some':'5'}", "{}", ""},
	{"{'kind':'1','owner':'410199195106150039'}", "{}", ""},
	{"{'kind':'1','owner':'410199196611230026'}", "{}", ""}, /* 60 today */
	{"{'kind':'1','some':'3','all':'4'}", "{}", ""},
	{"{'kind':'1','owner':'410199199010010021'}", "{}", "owner=age(60,36)"},
};

static void test_form(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(form_rows); i++) {
		g_autofree char *problems =
			problems_of(form_rows[i].form, form_rows[i].sources);
		g_test_message("%s", form_rows[i].form);
		g_assert_cmpstr(problems, ==, form_rows[i].problems);
	}
}

static void test_equal_when(void)
{
	g_autofree char *problems = problems_of(
		"{'kind':'2','some':'3','all':'4','family':[" ROW(
			"甲", A, "0.5") "," ROW("乙", B, "0.5") "]}",
		"{}");

	g_assert_cmpstr(problems, ==, "some=equal(总人数,)");
}

static void test_open(void)
{
	AUTO(json) form = parse("{'kind':''}");
	AUTO(json) agent = parse("{'applicant':{'capacity':'2'}}");

	g_assert_true(form_field_open(&fields[0], form, NULL));
	g_assert_false(form_field_open(&fields[1], form, NULL));
	g_assert_false(form_field_open(&fields[2], form, NULL));
	g_assert_false(form_field_open(&fields[4], form, NULL));
	g_assert_true(form_field_open(&fields[4], form, agent));
}

static void test_normalize(void)
{
	static const struct {
		enum field_type type;
		const char *typed, *stored;
	} rows[] = {
		{FIELD_TEXT, "  登封　示例 店 ", "登封　示例 店"},
		{FIELD_TEXT, "ＡＢ", "ＡＢ"},
		{FIELD_NUMBER, "８６．５０", "86.50"},
		{FIELD_NUMBER, "86。5", "86.5"},
		{FIELD_NUMBER, " 1 000 ", "1000"},
		{FIELD_DATE, "20261123", "2026-11-23"},
		{FIELD_DATE, "2026-1-5", "2026-01-05"},
		{FIELD_DATE, "2026/1/5", "2026-01-05"},
		{FIELD_DATE, "２０２６．１．５", "2026-01-05"},
		{FIELD_DATE, "2026年1月5日", "2026-01-05"},
		{FIELD_DATE, "2026-02-30", "2026-02-30"},
		{FIELD_DATE, "soon", "soon"},
		{FIELD_CHOICE, "家庭经营", "2"},
		{FIELD_CHOICE, "２", "2"},
		{FIELD_CHOICE, "others", "others"},
		{FIELD_ID_NUMBER, "41019919870606009x", "41019919870606009X"},
		{FIELD_USCC, "92410185-dem00201x-l", "92410185DEM00201XL"},
		{FIELD_PHONE, "0371-6280 0000", "0371-62800000"},
		{FIELD_PHONE, "１９９　００００　００００", "19900000000"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct form_field field = {.type = rows[i].type};
		g_autofree char *stored = NULL;
		if (field.type == FIELD_CHOICE) {
			field.options = kinds;
			field.n_options = 2;
		}
		stored = form_normalize(&field, rows[i].typed);
		g_assert_cmpstr(stored, ==, rows[i].stored);
	}
}

static struct form_option bands[] = {
	{.code = "1", .label = "60 至 64 周岁", .min_age = 60},
	{.code = "2", .label = "65 周岁以上", .min_age = 65}};
static struct form_option towns[] = {{.code = "001", .label = "嵩阳街道"},
	{.code = "105", .label = "大冶镇"}};

static struct form_field filled[] = {
	{.id = "name",
		.type = FIELD_TEXT,
		.fill = "licence.name applicant.name"},
	{.id = "number",
		.type = FIELD_ID_NUMBER,
		.fill = "applicant.id_number"},
	{.id = "birth",
		.type = FIELD_DATE,
		.derive = DERIVE_BIRTH,
		.from = "number"},
	{.id = "sex",
		.type = FIELD_TEXT,
		.derive = DERIVE_SEX,
		.from = "number"},
	{.id = "band",
		.type = FIELD_CHOICE,
		.options = bands,
		.n_options = 2,
		.derive = DERIVE_AGE_BAND,
		.from = "number"},
	{.id = "address", .type = FIELD_TEXT, .fill = "applicant.address"},
	{.id = "town",
		.type = FIELD_CHOICE,
		.options = towns,
		.n_options = 2,
		.derive = DERIVE_FOUND,
		.from = "address"},
	{.id = "collect",
		.type = FIELD_CHOICE,
		.options = kinds,
		.n_options = 2,
		.otherwise = "1"},
	{.id = "phone", .type = FIELD_PHONE, .fill = "applicant.phone"},
	{.id = "post",
		.type = FIELD_TEXT,
		.otherwise = "x",
		.show_when = &when_family},
};
static const struct form_def fill_def = {
	.fields = filled, .n_fields = G_N_ELEMENTS(filled)};

static void test_prefill(void)
{
	AUTO(json) form = parse("{}");
	AUTO(json) sources = parse(
		"{'applicant':{'name':'李示例','id_number':"
		"'410199195803080048','address':'河南省登封市大冶镇 1 号',"
		"'phone':'12'}}");
	AUTO(json) origins = json_new_object();

	form_prefill(&fill_def, form, sources, TODAY, origins);
	g_assert_cmpstr(json_text(form, "name"), ==, "李示例");
	g_assert_cmpstr(json_text(origins, "name"), ==, "applicant.name");
	g_assert_cmpstr(json_text(form, "birth"), ==, "1958-03-08");
	g_assert_cmpstr(json_text(form, "sex"), ==, "2");
	g_assert_cmpstr(json_text(form, "band"), ==, "2");
	g_assert_cmpstr(json_text(origins, "band"), ==, "derived");
	g_assert_cmpstr(json_text(form, "town"), ==, "105");
	g_assert_cmpstr(json_text(form, "collect"), ==, "1");
	g_assert_cmpstr(json_text(origins, "collect"), ==, "default");
	/* a wrong value is not filled in, a hidden field neither */
	g_assert_null(json_get(form, "phone"));
	g_assert_null(json_get(form, "post"));
}

static void test_prefill_again(void)
{
	AUTO(json) form = parse("{'name':'typed','number':'410199195106150039',"
				"'sex':'2','town':'001','address':'大冶镇'}");
	AUTO(json) sources = parse("{'applicant':{'name':'李示例'}}");
	AUTO(json) origins = json_new_object();

	form_prefill(&fill_def, form, sources, TODAY, origins);
	g_assert_cmpstr(json_text(form, "name"), ==, "typed");
	g_assert_null(json_get(origins, "name"));
	/* what follows from another value follows it */
	g_assert_cmpstr(json_text(form, "sex"), ==, "1");
	/* what was chosen by hand stays */
	g_assert_cmpstr(json_text(form, "town"), ==, "001");
}

static void test_drop_hidden(void)
{
	AUTO(json) form = parse("{'kind':'1','family':[{}],'proxy':'x'}");

	form_drop_hidden(&def, form, NULL);
	g_assert_cmpuint(json_length(form), ==, 1);
	g_assert_cmpstr(json_text(form, "kind"), ==, "1");
}

static void test_lead(void)
{
	struct form_option dangerous[] = {
		{.code = "1",
			.label = "是",
			.lead = {FORM_OUTCOME_REFUSE, "市级受理", "郑州市"}},
		{.code = "2", .label = "否"}};
	struct form_field columns_of[] = {
		{.id = "kg", .label = "总质量", .type = FIELD_NUMBER}};
	struct form_field lead_fields[] = {{.id = "dangerous",
						   .type = FIELD_CHOICE,
						   .options = dangerous,
						   .n_options = 2},
		{.id = "cars",
			.type = FIELD_ROWS,
			.columns = columns_of,
			.n_columns = 1}};
	struct form_check lead_check = {.rule = CHECK_LEAD,
		.field = "cars.kg",
		.equals = "4500",
		.lead = {FORM_OUTCOME_NOT_NEEDED, "不需许可", ""}};
	struct form_def lead_def = {lead_fields, 2, &lead_check, 1};
	static const struct {
		const char *form;
		enum form_outcome outcome;
	} rows[] = {
		{"{}", FORM_OUTCOME_NONE},
		{"{'dangerous':'2'}", FORM_OUTCOME_NONE},
		{"{'dangerous':'1'}", FORM_OUTCOME_REFUSE},
		{"{'cars':[{'kg':'4500'}]}", FORM_OUTCOME_NOT_NEEDED},
		{"{'cars':[{'kg':'4500'},{'kg':'4501'}]}", FORM_OUTCOME_NONE},
		{"{'cars':[{'kg':'4500'},{}]}", FORM_OUTCOME_NONE},
		{"{'cars':[]}", FORM_OUTCOME_NONE},
		{"{'dangerous':'1','cars':[{'kg':'1'}]}", FORM_OUTCOME_REFUSE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		AUTO(json) form = parse(rows[i].form);
		const struct form_lead *lead =
			form_find_lead(&lead_def, form, NULL, 20261123);
		g_test_message("%s", rows[i].form);
		g_assert_cmpint(lead ? lead->outcome : FORM_OUTCOME_NONE, ==,
			rows[i].outcome);
	}
}

static void test_text(void)
{
	struct form_field choices = {
		.type = FIELD_CHOICES, .options = kinds, .n_options = 2};
	AUTO(json) form = parse("{'kind':'2','several':['1','2'],'rows':[{}]}");
	g_autofree char *kind =
		form_value_text(&fields[0], json_get(form, "kind"));
	g_autofree char *several =
		form_value_text(&choices, json_get(form, "several"));
	g_autofree char *rows =
		form_value_text(&fields[1], json_get(form, "rows"));
	g_autofree char *nothing = form_value_text(&fields[1], NULL);

	g_assert_cmpstr(kind, ==, "家庭经营");
	g_assert_cmpstr(several, ==, "个人经营，家庭经营");
	g_assert_cmpstr(rows, ==, "1 行");
	g_assert_cmpstr(nothing, ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/forms/decimal", test_decimal);
	g_test_add_func("/rules/forms/value", test_value);
	g_test_add_func("/rules/forms/form", test_form);
	g_test_add_func("/rules/forms/equal-when", test_equal_when);
	g_test_add_func("/rules/forms/open", test_open);
	g_test_add_func("/rules/forms/normalize", test_normalize);
	g_test_add_func("/rules/forms/prefill", test_prefill);
	g_test_add_func("/rules/forms/prefill-again", test_prefill_again);
	g_test_add_func("/rules/forms/drop-hidden", test_drop_hidden);
	g_test_add_func("/rules/forms/lead", test_lead);
	g_test_add_func("/rules/forms/text", test_text);
	return g_test_run();
}
