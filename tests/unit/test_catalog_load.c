/* Loading: a small catalogue written here, broken in one place at a time; the
 * error must name the file and the member. */
#include "client/catalog/catalog.h"

#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/catalog/calendar_file.h"

static const char head[] =
	"{'version':'1','region':'410185','departments':["
	"{'name':'登封市民政局','uscc':'11410185DEM000065C'}],"
	"'dictionaries':['nation.json'],'items':['item.json']}";

static const char nation[] =
	"{'id':'nation','title':'民族','source':'GB/T 3304','entries':["
	"{'code':'01','label':'汉'},{'code':'02','label':'蒙古'}]}";

static const char item[] =
	"{'no':1,'code':'11410185DEM000065C5412090106000',"
	"'handle_code':'11410185DEM000065C541209010600001',"
	"'base_code':'412090106000','name':'老年人优待证办理',"
	"'aliases':['老年证'],'department':'登封市民政局',"
	"'department_short':'民政局','department_uscc':'11410185DEM000065C',"
	"'type':'20','case_type':1,'level':'5',"
	"'statutory':{'days':0,'unit':'workday','text':'无'},"
	"'promise':{'days':1,'unit':'workday','text':'当场'},"
	"'fee':'无','fee_free':true,'windows':['03'],'result':'优待证',"
	"'basis':{'accept':'《甲条例》第一条','refuse':'《甲条例》第二条',"
	"'commitment':'对真实性负责','source':'甲条例'},"
	"'excluded':[{'procedure':'appraisal','text':'鉴定',"
	"'when':{'field':'away','is':['1']}}],"
	"'materials':["
	"{'no':1,'name':'居民身份证','need':'must','kind':'copy',"
	"'form':'either','source':20,'obtain':'card'},"
	"{'no':2,'name':'户口簿','need':'situation','kind':'copy',"
	"'form':'either','source':20,"
	"'when':{'field':'away','is':['1']}},"
	"{'no':3,'name':'照片','need':'waivable','kind':'original',"
	"'form':'paper','source':10,'gap_days':5}],"
	"'form':{'fields':["
	"{'id':'away','label':'常住外地','type':'choice','options':["
	"{'code':'1','label':'是'},{'code':'2','label':'否'}],"
	"'question':'常住外地','default':'2'},"
	"{'id':'nation','label':'民族','type':'choice','dictionary':'nation',"
	"'fill':'applicant.nation'},"
	"{'id':'people','label':'成员','type':'rows','columns':["
	"{'id':'share','label':'份额','type':'number','decimals':2}],"
	"'show_when':{'field':'away','is':['1']}}],"
	"'checks':[{'rule':'sum','field':'people.share','equals':'1'}]},"
	"'workflow':[{'step':'收件','role':'综窗','limit_workdays':0.25}],"
	"'source':'test'}";

struct fixture {
	char *dir;
};

static void put_file(
	struct fixture *fixture, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
	g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');

	g_assert_true(g_file_set_contents(path, quoted, -1, NULL));
}

static void setup(struct fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->dir = g_dir_make_tmp("yikou-catalog-XXXXXX", NULL);
	put_file(fixture, "catalog.json", head);
	put_file(fixture, "nation.json", nation);
	put_file(fixture, "item.json", item);
}

static void teardown(struct fixture *fixture, gconstpointer unused)
{
	(void)unused;
	file_remove_tree(fixture->dir);
	g_free(fixture->dir);
}

static void test_good(struct fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	AUTO(catalog) catalog = catalog_load(fixture->dir, &error);
	const struct catalog_item *loaded;

	(void)unused;
	g_assert_no_error(error);
	g_assert_cmpuint(catalog_count(catalog), ==, 1);
	loaded = catalog_get(catalog, 0);
	g_assert_true(catalog_find(catalog, loaded->code) == loaded);
	g_assert_true(catalog_find(catalog, loaded->handle_code) == loaded);
	g_assert_null(catalog_find(catalog, "410"));
	g_assert_null(catalog_get(catalog, 1));
	g_assert_cmpint(loaded->level, ==, 5);
	g_assert_cmpint(loaded->deemed_days, ==, 5);
	g_assert_cmpstr(loaded->basis.accept, ==, "《甲条例》第一条");
	g_assert_cmpstr(loaded->basis.commitment_basis, ==, "");
	g_assert_cmpuint(loaded->n_excluded, ==, 1);
	g_assert_false(item_is_licence(loaded));
	g_assert_cmpuint(loaded->n_materials, ==, 3);
	g_assert_cmpint(loaded->materials[0].obtain, ==, OBTAIN_CARD);
	g_assert_cmpint(loaded->materials[2].gap_days, ==, 5);
	g_assert_cmpuint(loaded->form.fields[1].n_options, ==, 2);
	g_assert_cmpuint(loaded->form.fields[2].n_columns, ==, 1);
	g_assert_true(item_allowed_at(loaded, "03"));
	g_assert_false(item_allowed_at(loaded, "04"));
	g_assert_false(item_allowed_at(loaded, NULL));
	g_assert_cmpstr(catalog_label(catalog, "nation", "02"), ==, "蒙古");
	g_assert_null(catalog_label(catalog, "nation", "99"));
	g_assert_null(catalog_label(catalog, "nothing", "01"));
	g_assert_null(item_material(loaded, 0));
	g_assert_true(item_material(loaded, 3) == &loaded->materials[2]);
	g_assert_null(item_material(loaded, 4));
}

/* what is replaced by what, and what is said about it */
static const struct change {
	const char *from, *to, *message;
} changes[] = {
	{"'no':1,'code'", "'code'", "item.json: no: expected a whole number"},
	{"'name':'老年人优待证办理',", "", "item.json: name: is missing"},
	{"'name':'老年人优待证办理'", "'name':''", "item.json: name: must not"},
	{"'name':'老年人优待证办理'", "'name':7",
		"item.json: name: expected a text"},
	{"'aliases'", "'alias'",
		"item.json: alias: unknown member, did you mean aliases?"},
	{"'code':'11410185DEM000065C5", "'code':'11410185DEM000065C4",
		"item.json: code: expected department_uscc, level and"},
	{"541209010600001", "541209010600", "item.json: handle_code"},
	{"'base_code':'412090106000'", "'base_code':'41209010600'",
		"item.json: base_code: expected 12 digits"},
	{"'type':'20'", "'type':'01'", "item.json: base_code: digits 3 and 4"},
	{"'type':'20'", "'type':'77'", "item.json: "},
	{"'level':'5'", "'level':'9'", "item.json: level: expected one of"},
	{"'case_type':1", "'case_type':4", "item.json: case_type"},
	{"'department':'登封市民政局'", "'department':'别的局'",
		"item.json: department: is not in"},
	{"'promise':{'days':1", "'promise':{'days':-1",
		"item.json: promise.days: expected"},
	{"'days':0,'unit':'workday'", "'days':0,'unit':'hour'",
		"item.json: statutory.unit: expected one of: day, workday"},
	{"'statutory':{'days':0", "'statutory':{'days':1.5",
		"item.json: statutory.days"},
	{"'need':'must'", "'need':'maybe'",
		"item.json: materials[0].need: expected one of: must"},
	{"'no':2,", "'no':3,", "item.json: materials[1].no: expected 2"},
	{"'source':20,'when':{'field':'away','is':['1']}", "'source':20",
		"item.json: materials[1].when: is missing"},
	{"'gap_days':5", "'copies':2", "item.json: materials[2].gap_days"},
	{"'need':'must'", "'gap_days':5,'need':'must'",
		"item.json: materials[0].gap_days: only"},
	{"'source':10", "'source':11", "item.json: materials[2].source"},
	{"'obtain':'card'", "'obtain':'print'",
		"item.json: materials[0].obtain"},
	{"'source':20,'when':{'field':'away'",
		"'source':20,'when':{'field':'home'",
		"item.json: materials[1]: the condition looks at home"},
	{"'source':20,'when':{'field':'away','is':['1']",
		"'source':20,'when':{'field':'away','is':['7']",
		"item.json: materials[1]: away has no option 7"},
	{"'source':20,'when':{'field':'away','is':['1']",
		"'source':20,'when':{'field':'away','is':[]",
		"item.json: materials[1].when.is: must not be empty"},
	{"'id':'away','label'", "'id':'Away','label'",
		"item.json: form.fields[0].id: expected small"},
	{"'id':'nation','label'", "'id':'away','label'",
		"item.json: form.fields[1].id: away is there twice"},
	{"'type':'choice','dict", "'type':'chance','dict",
		"item.json: form.fields[1].type: expected one of: text"},
	{"'dictionary':'nation'", "'dictionary':'notion'",
		"item.json: form.fields[1].dictionary: no such"},
	{"'fill':'applicant.nation'", "'fill':'applicant.shoe'",
		"item.json: form.fields[1].fill: applicant.shoe is no"},
	{"'default':'2'", "'default':'3'",
		"item.json: form.fields[0].default: not a value"},
	{"'code':'2','label':'否'", "'code':'1','label':'否'",
		"item.json: form.fields[0].options[1].code: twice"},
	{"{'code':'2','label':'否'}",
		"{'code':'2','label':'否'},"
		"{'code':'3','label':'不知道'}",
		"item.json: form.fields[0].question: only"},
	{"'label':'是'", "'label':'是','outcome':'refuse','reason':'x'",
		"item.json: form.fields[0].options[0].organ: is missing"},
	{"'show_when':{'field':'away'", "'show_when':{'field':'people'",
		"item.json: form.fields[2]: the condition looks at people"},
	{"'decimals':2", "'decimals':9",
		"item.json: form.fields[2].columns[0].decimals: expected"},
	{"'decimals':2", "'min':'x'",
		"item.json: form.fields[2].columns[0].min: expected"},
	{"'decimals':2", "'pattern':'('",
		"item.json: form.fields[2].columns[0].pattern: not a"},
	{"'rule':'sum'", "'rule':'product'",
		"item.json: form.checks[0].rule: expected one of: not-before"},
	{"'people.share'", "'people.shore'",
		"item.json: form.checks[0].field: no field people.shore"},
	{"'equals':'1'", "'equals':'one'", "item.json: form.checks[0].equals"},
	{",'equals':'1'", "", "item.json: form.checks[0].field: sum wants"},
	{"0.25", "-1", "item.json: workflow[0].limit_workdays"},
	{"'limit_workdays':0.25", "'limit_workdays':'x'",
		"item.json: workflow[0].limit_workdays"},
	{"'windows':['03']", "'windows':['3']", "item.json: windows"},
	{"'refuse':'《甲条例》第二条',", "",
		"item.json: basis.refuse: is missing"},
	{"《甲条例》第一条", "《行政许可法》第三十二条",
		"item.json: basis: type 20 is no licence"},
	{"'procedure':'appraisal'", "'procedure':'publicity'",
		"item.json: excluded[0].procedure: expected one of: hearing"},
	{"'text':'鉴定','when':{'field':'away'",
		"'text':'鉴定','when':{'field':'home'",
		"item.json: excluded[0]: the condition looks at home"},
	{"'gap_days':5", "'gap_days':5,'statements':['x']",
		"item.json: materials[2].fields: only what is printed here"},
	{"'obtain':'card'",
		"'obtain':'print','printed_here':true,'fields':['nix']",
		"item.json: materials[0].fields: no field nix"},
	{"'source':'test'", "'source':'test','source':'x'", "item.json"},
	{"'source':'test'}", "'source':'test'", "item.json"},
};

static void test_broken_item(struct fixture *fixture, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_auto(GStrv) parts = g_strsplit(item, changes[i].from, 2);
		g_autofree char *text = NULL;
		g_autoptr(GError) error = NULL;

		g_test_message("%s -> %s", changes[i].from, changes[i].to);
		g_assert_cmpuint(g_strv_length(parts), ==, 2);
		text = g_strconcat(parts[0], changes[i].to, parts[1], NULL);
		put_file(fixture, "item.json", text);
		g_assert_null(catalog_load(fixture->dir, &error));
		g_assert_nonnull(error);
		g_test_message("%s", error->message);
		g_assert_true(error->domain == ITEM_ERROR);
		g_assert_nonnull(strstr(error->message, changes[i].message));
	}
}

static void test_broken_head(struct fixture *fixture, gconstpointer unused)
{
	static const struct {
		const char *file, *text, *message;
	} rows[] = {
		{"catalog.json", "{}", "catalog.json: version: is missing"},
		{"catalog.json", "[]", "catalog.json: expected an object"},
		{"catalog.json",
			"{'version':'1','region':'410185','departments':["
			"{'name':'登封市民政局','uscc':'11410185DEM000065D'}],"
			"'items':['item.json']}",
			"catalog.json: departments[0].uscc: not a credit"},
		{"catalog.json",
			"{'version':'1','region':'410185','departments':["
			"{'name':'登封市民政局','uscc':'11410185DEM000065C'}],"
			"'items':['../item.json']}",
			"../item.json is not a file below"},
		{"catalog.json",
			"{'version':'1','region':'410185','departments':["
			"{'name':'登封市民政局','uscc':'11410185DEM000065C'}],"
			"'dictionaries':['nation.json'],"
			"'items':['item.json','item.json']}",
			"item.json: no: 1 is there twice"},
		{"catalog.json",
			"{'version':'1','region':'410185','departments':["
			"{'name':'登封市民政局','uscc':'11410185DEM000065C'}],"
			"'items':['gone.json']}",
			"gone.json"},
		{"nation.json", "{'id':'nation','title':'x','source':'x'}",
			"nation.json: entries: is missing"},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		put_file(fixture, "catalog.json", head);
		put_file(fixture, rows[i].file, rows[i].text);
		g_assert_null(catalog_load(fixture->dir, &error));
		g_assert_nonnull(error);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].message));
	}
}

static void test_calendar(struct fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	AUTO(calendar) shipped = calendar_load("config/calendar", &error);
	struct due due;

	(void)unused;
	g_assert_no_error(error);
	due = calendar_add_workdays(shipped, 20261123, 20);
	g_assert_cmpint(due.day, ==, 20261221);
	g_assert_null(calendar_load(fixture->dir, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	put_file(fixture, "2026.txt", "nonsense\n");
	g_assert_null(calendar_load(fixture->dir, &error));
	g_assert_nonnull(strstr(error->message, "2026.txt:1"));
	g_clear_error(&error);
	g_assert_null(calendar_load("/nonexistent", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/catalog/load/good", struct fixture, NULL, setup, test_good,
		teardown);
	g_test_add("/catalog/load/broken-item", struct fixture, NULL, setup,
		test_broken_item, teardown);
	g_test_add("/catalog/load/broken-head", struct fixture, NULL, setup,
		test_broken_head, teardown);
	g_test_add("/catalog/load/calendar", struct fixture, NULL, setup,
		test_calendar, teardown);
	return g_test_run();
}
