/* The shipped catalogue: what every item must hold, search over it, and the two
 * standard visits counted in open fields. */
#include "client/catalog/catalog.h"
#include "client/catalog/search.h"

#include <string.h>

#include <glib.h>

#include "client/rules/id_check.h"

enum { TODAY = 20261123 };

static struct catalog *load(void)
{
	g_autoptr(GError) error = NULL;
	struct catalog *catalog = catalog_load("config/catalog", &error);

	g_assert_no_error(error);
	return catalog;
}

static struct json *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
	struct json *value = json_parse(quoted, strlen(quoted), &error);

	g_assert_no_error(error);
	return value;
}

static const struct catalog_item *item_no(const struct catalog *catalog, int no)
{
	for (size_t i = 0; i < catalog_count(catalog); i++)
		if (catalog_get(catalog, i)->no == no)
			return catalog_get(catalog, i);
	g_error("no item %d", no);
}

static bool is_vague(const char *name)
{
	static const char *const words[] = {
		"其他", "其它", "等材料", "有关材料", "相关材料", "必要的材料"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

static void check_materials(const struct catalog_item *item)
{
	size_t must = 0;

	for (size_t i = 0; i < item->n_materials; i++) {
		const struct catalog_material *material = &item->materials[i];
		g_test_message("%s: %s", item->name, material->name);
		g_assert_false(is_vague(material->name));
		must += material->need == NEED_MUST;
		if (strstr(material->note, "系统表单"))
			g_assert_true(material->printed_here);
		if (strstr(material->note, "仅委托"))
			g_assert_cmpstr(material->when->field, ==,
				"applicant.capacity");
	}
	g_assert_cmpuint(must, >, 0);
}

static void test_items(void)
{
	AUTO(catalog) catalog = load();

	g_assert_cmpuint(catalog_count(catalog), ==, 12);
	g_assert_cmpstr(catalog_version(catalog), ==, "2026.11");
	g_assert_cmpstr(catalog_region(catalog), ==, "410185");
	for (size_t i = 0; i < catalog_count(catalog); i++) {
		const struct catalog_item *item = catalog_get(catalog, i);
		g_assert_cmpint(item->no, ==, (int)i + 1);
		g_assert_cmpuint(strlen(item->code), ==, ITEM_CODE_LEN);
		g_assert_cmpuint(
			strlen(item->handle_code), ==, ITEM_HANDLE_LEN);
		g_assert_cmpuint(strlen(item->base_code), ==, ITEM_BASE_LEN);
		g_assert_cmpint(
			uscc_check(item->department_uscc), ==, NUMBER_OK);
		g_assert_true(item_allowed_at(item, "03"));
		g_assert_cmpstr(item_type_label(item->type), !=, "");
		g_assert_cmpstr(item_case_type_label(item->case_type), !=, "");
		g_assert_cmpuint(item->form.n_fields, >=, 7);
		g_assert_true(item->aliases[0] != NULL);
		check_materials(item);
	}
}

static void test_dictionaries(void)
{
	AUTO(catalog) catalog = load();
	size_t count;

	g_assert_nonnull(catalog_dictionary(catalog, "nation", &count));
	g_assert_cmpuint(count, ==, 56);
	g_assert_cmpstr(catalog_label(catalog, "nation", "01"), ==, "汉");
	g_assert_cmpstr(catalog_label(catalog, "nation", "11"), ==, "满");
	g_assert_cmpstr(catalog_label(catalog, "nation", "56"), ==, "基诺");
	g_assert_nonnull(catalog_dictionary(catalog, "township", &count));
	g_assert_cmpuint(count, ==, 15);
	g_assert_cmpstr(
		catalog_label(catalog, "township", "410185105"), ==, "大冶镇");
	g_assert_null(catalog_dictionary(catalog, "nothing", &count));
	g_assert_cmpuint(count, ==, 0);
}

/* A paper of what is no licence does not name the licence law, in any place;
 * each says where its words come from. */
static void test_basis(void)
{
	static const bool is_licence[] = {[2] = true,
		[3] = true,
		[4] = true,
		[7] = true,
		[8] = true,
		[10] = true,
		[12] = false};
	AUTO(catalog) catalog = load();

	for (int no = 1; no <= 12; no++) {
		const struct catalog_item *item = item_no(catalog, no);
		const struct catalog_basis *basis = &item->basis;
		bool named = strstr(basis->accept, "行政许可法") != NULL;

		g_test_message("%s: %s", item->name, basis->accept);
		g_assert_cmpint(item_is_licence(item), ==, is_licence[no]);
		g_assert_cmpint(named, ==, is_licence[no]);
		g_assert_nonnull(strstr(basis->accept, "》第"));
		g_assert_nonnull(strstr(basis->refuse, "》第"));
		g_assert_nonnull(strstr(basis->commitment, "真实性"));
		g_assert_cmpstr(basis->source, !=, "");
	}
}

static char *excluded(const struct catalog *catalog, int no, const char *form)
{
	AUTO(json) values = parse(form);

	return item_excluded(item_no(catalog, no), values, NULL);
}

static void test_excluded(void)
{
	static const struct {
		int no;
		const char *form, *text;
	} rows[] = {{1, "{}", ""}, {3, "{'mode':'1'}", ""},
		{3, "{'mode':'2'}", "检测"},
		{5, "{'assessed':'2'}", "残疾评定（鉴定）"},
		{7, "{'public_site':'2'}", "听证（利害关系人要求的）"},
		{7, "{'public_site':'1'}",
			"听证（利害关系人要求的）、招标、拍卖"}};
	AUTO(catalog) catalog = load();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			excluded(catalog, rows[i].no, rows[i].form);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* "2 11": the numbers of the items found, best first. */
static char *found(
	const struct catalog *catalog, const char *text, const char *window)
{
	g_autoptr(GArray) hits = catalog_search(catalog, text, window);
	GString *numbers = g_string_new(NULL);

	for (guint i = 0; i < hits->len; i++) {
		const struct search_hit *hit =
			&g_array_index(hits, struct search_hit, i);
		g_string_append_printf(numbers,
			hit->allowed ? "%s%d" : "%s(%d)", i ? " " : "",
			hit->item->no);
	}
	return g_string_free(numbers, FALSE);
}

static void test_search(void)
{
	static const struct {
		const char *text, *numbers;
	} rows[] = {
		{"", "1 2 3 4 5 6 7 8 9 10 11 12"},
		{"gtgsh", "1"},
		{"GTGSH", "1"},
		{"ｇｔｇｓｈ", "1"},
		{"g t g s h", "1"},
		{"spjy", "2 11"},
		{"食品", "2 11"},
		{"食品jy", "2"},
		{"食品小", "11"},
		{"经营许可", "2 4"},
		{"许可新办", "2"}, /* marks of the name do not count */
		{"lnr", "6"},
		{"老年证", "6"},
		{"lnz", "6"},
		{"过户", "9"},
		{"一件事", "12"},
		{"开公司", "12"},
		{"=11410185DEM000065C", "6"},
		{"=11410185dem000065c5", "6"},
		{"=410190102000", "2"},
		{"=41", "1 2 3 4 5 6 7 8 9 10 11 12"},
		{"=9", ""},
		{"xyzxyz", ""},
		{"！", ""},
	};
	AUTO(catalog) catalog = load();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *numbers = found(catalog, rows[i].text, "03");
		g_test_message("%s: %s", rows[i].text, numbers);
		g_assert_cmpstr(numbers, ==, rows[i].numbers);
	}
}

/* Four initials find every item first: that is what the visit is counted on. */
static void test_four_initials(void)
{
	static const struct {
		const char *text;
		int first;
	} rows[] = {{"gtgs", 1}, {"spjy", 2}, {"ggcs", 3}, {"dlhw", 4},
		{"cjrz", 5}, {"lnry", 6}, {"szhw", 7}, {"jzgc", 8}, {"gyjs", 9},
		{"yszy", 10}, {"spxj", 11}, {"qykb", 12}};
	AUTO(catalog) catalog = load();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) hits =
			catalog_search(catalog, rows[i].text, "03");
		g_assert_cmpuint(hits->len, >, 0);
		g_assert_cmpint(
			g_array_index(hits, struct search_hit, 0).item->no, ==,
			rows[i].first);
	}
}

static void test_other_window(void)
{
	AUTO(catalog) catalog = load();
	g_autofree char *numbers = found(catalog, "", "09");

	g_assert_cmpstr(numbers, ==, "1 2 3 4 5 6 7 10 11 12 (8) (9)");
}

static void test_long_text(void)
{
	AUTO(catalog) catalog = load();
	g_autofree char *text = g_strnfill(5000, 'a');
	g_autofree char *numbers = found(catalog, text, "03");
	g_autofree char *bytes = found(catalog, "\xff\xfe", "03");

	g_assert_cmpstr(numbers, ==, "");
	g_assert_cmpstr(bytes, ==, "");
}

static void test_option_letters(void)
{
	struct form_option types[] = {
		{.code = "1", .label = "A型"}, {.code = "2", .label = "B型"}};
	struct form_field field = {
		.type = FIELD_CHOICE, .options = types, .n_options = 2};
	g_autoptr(GArray) both = option_search(&field, "x");
	g_autoptr(GArray) second = option_search(&field, "B型");

	g_assert_cmpuint(both->len, ==, 2);
	g_assert_cmpuint(second->len, ==, 1);
	g_assert_cmpuint(g_array_index(second, size_t, 0), ==, 1);
}

static void test_options(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *item = item_no(catalog, 1);
	const struct form_field *nation =
		form_field_find(&item->form, "nation");
	g_autoptr(GArray) all = option_search(nation, "");
	g_autoptr(GArray) man = option_search(nation, "m");
	g_autoptr(GArray) code = option_search(nation, "11");
	g_autoptr(GArray) chinese = option_search(nation, "满");

	g_assert_cmpuint(all->len, ==, 56);
	g_assert_cmpuint(man->len, >, 3);
	g_assert_cmpstr(nation->options[g_array_index(code, size_t, 0)].label,
		==, "满");
	g_assert_cmpuint(chinese->len, ==, 1);
}

/* "phone": the fields Enter would stop at. */
static char *open_fields(const struct catalog_item *item,
	const struct json *form, const struct json *sources)
{
	GString *ids = g_string_new(NULL);

	for (size_t i = 0; i < item->form.n_fields; i++)
		if (form_field_open(&item->form.fields[i], form, sources))
			g_string_append_printf(ids, "%s%s", ids->len ? " " : "",
				item->form.fields[i].id);
	return g_string_free(ids, FALSE);
}

static const char card[] =
	"{'applicant':{'name':'甄示例','id_type':'1','sex':'2','nation':'01',"
	"'id_number':'410199195803080048','birth':'1958-03-08',"
	"'address':'河南省登封市示例路 1 号','capacity':'1'}}";

/* Only the telephone is open, one photo. */
static void test_senior_visit(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *item = item_no(catalog, 6);
	AUTO(json) form = json_new_object();
	AUTO(json) sources = parse(card);
	g_autofree char *open = NULL;
	g_autoptr(GArray) problems = NULL;
	int to_capture = 0;

	form_prefill(&item->form, form, sources, TODAY, NULL);
	open = open_fields(item, form, sources);
	g_assert_cmpstr(open, ==, "phone");
	g_assert_cmpstr(json_text(form, "card_kind"), ==, "2");
	for (size_t i = 0; i < item->n_materials; i++) {
		const struct catalog_material *m = &item->materials[i];
		if (item_material_applies(m, form, sources) &&
			m->obtain == OBTAIN_CAPTURE)
			to_capture += MAX(m->pages, 1);
	}
	g_assert_cmpint(to_capture, ==, 1);
	json_put_text(form, "phone", "19900000000");
	problems = form_check(&item->form, form, sources, TODAY);
	g_assert_cmpuint(problems->len, ==, 0);
}

static void test_senior_too_young(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *item = item_no(catalog, 6);
	AUTO(json) form = json_new_object();
	AUTO(json) sources =
		parse("{'applicant':{'name':'李示例','capacity':'1','address':"
		      "'河南省登封市示例路 1 号','phone':'19900000000',"
		      "'id_number':'410199199010010021'}}");
	g_autoptr(GArray) problems = NULL;
	const struct form_problem *problem;

	form_prefill(&item->form, form, sources, TODAY, NULL);
	problems = form_check(&item->form, form, sources, TODAY);
	g_assert_cmpuint(problems->len, ==, 2);
	/* no band fits, and the age is told */
	problem = &g_array_index(problems, struct form_problem, 1);
	g_assert_cmpint(problem->code, ==, PROBLEM_AGE);
	g_assert_cmpstr(problem->arg, ==, "60");
	g_assert_cmpstr(problem->arg2, ==, "36");
}

/* Seven open fields with card and licence at hand. */
static void test_food_visit(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *item = item_no(catalog, 2);
	AUTO(json) form = json_new_object();
	AUTO(json) sources =
		parse("{'applicant':{'name':'李示例','capacity':'1',"
		      "'id_number':'410199199010010021'},"
		      "'licence':{'name':'登封市示例小吃店',"
		      "'uscc':'92410185DEM00201XL',"
		      "'address':'登封市示例路 1 号'}}");
	g_autofree char *open = NULL;

	form_prefill(&item->form, form, sources, TODAY, NULL);
	open = open_fields(item, form, sources);
	g_assert_cmpstr(open, ==,
		"trade projects area network safety_officer staff phone");
	g_assert_null(form_find_lead(&item->form, form, sources, 20261123));
	json_put_text(form, "prepacked_only", "1");
	g_assert_cmpint(
		form_find_lead(&item->form, form, sources, 20261123)->outcome,
		==, FORM_OUTCOME_NOT_NEEDED);
}

static void test_freight_leads(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *item = item_no(catalog, 4);
	AUTO(json) form =
		parse("{'dangerous':'2','vehicles':[{'gross_kg':'4500'}]}");
	const struct form_lead *lead =
		form_find_lead(&item->form, form, NULL, 20261123);

	g_assert_cmpint(lead->outcome, ==, FORM_OUTCOME_NOT_NEEDED);
	json_put_text(form, "dangerous", "1");
	lead = form_find_lead(&item->form, form, NULL, 20261123);
	g_assert_cmpint(lead->outcome, ==, FORM_OUTCOME_REFUSE);
	g_assert_cmpstr(lead->organ, ==, "郑州市交通运输局");
}

static void test_situations(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *food = item_no(catalog, 2);
	const struct catalog_item *billboard = item_no(catalog, 7);
	AUTO(json) form = parse("{'vending':'1','ad_kind':'4'}");
	AUTO(json) agent = parse("{'applicant':{'capacity':'2'}}");

	g_assert_true(
		item_material_applies(item_material(food, 6), form, NULL));
	g_assert_false(
		item_material_applies(item_material(food, 7), form, NULL));
	g_assert_true(
		item_material_applies(item_material(food, 7), form, agent));
	g_assert_cmpint(item_promise(billboard, form, NULL)->days, ==, 2);
	g_assert_cmpint(item_statutory(billboard, form, NULL)->days, ==, 3);
	g_assert_cmpint(item_promise(billboard, NULL, NULL)->days, ==, 5);
	g_assert_cmpint(item_promise(food, form, NULL)->days, ==, 5);
}

/* Shares of the buyers of a house add up to one. */
static void test_shares(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *item = item_no(catalog, 9);
	AUTO(json) form = parse(
		"{'ownership':'3','buyers':["
		"{'name':'甲','number':'410199199010010021','share':'0.6'},"
		"{'name':'乙','number':'410199198505120017','share':'0.3'}]}");
	g_autoptr(GArray) problems = form_check(&item->form, form, NULL, TODAY);
	bool found_sum = false;

	for (guint i = 0; i < problems->len; i++) {
		const struct form_problem *problem =
			&g_array_index(problems, struct form_problem, i);
		if (problem->code != PROBLEM_SUM)
			continue;
		found_sum = true;
		g_assert_cmpstr(problem->arg2, ==, "0.9");
	}
	g_assert_true(found_sum);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/catalog/shipped/items", test_items);
	g_test_add_func("/catalog/shipped/basis", test_basis);
	g_test_add_func("/catalog/shipped/excluded", test_excluded);
	g_test_add_func("/catalog/shipped/dictionaries", test_dictionaries);
	g_test_add_func("/catalog/shipped/search", test_search);
	g_test_add_func("/catalog/shipped/four-initials", test_four_initials);
	g_test_add_func("/catalog/shipped/other-window", test_other_window);
	g_test_add_func("/catalog/shipped/long-text", test_long_text);
	g_test_add_func("/catalog/shipped/options", test_options);
	g_test_add_func("/catalog/shipped/option-letters", test_option_letters);
	g_test_add_func("/catalog/shipped/senior-visit", test_senior_visit);
	g_test_add_func(
		"/catalog/shipped/senior-too-young", test_senior_too_young);
	g_test_add_func("/catalog/shipped/food-visit", test_food_visit);
	g_test_add_func("/catalog/shipped/freight-leads", test_freight_leads);
	g_test_add_func("/catalog/shipped/situations", test_situations);
	g_test_add_func("/catalog/shipped/shares", test_shares);
	return g_test_run();
}
