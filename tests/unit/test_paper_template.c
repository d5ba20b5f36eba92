/* Templates: what is read, what is refused and how it is said; fields, words,
 * conditions, the text preview. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/paper/preview.h"
#include "client/paper/template.h"

#define SHIPPED "config/templates"

static char *folder_new(void)
{
	return g_dir_make_tmp("yikou-paper-XXXXXX", NULL);
}

static void folder_free(char *folder)
{
	file_remove_tree(folder);
	g_free(folder);
}

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(file_write(path, text, strlen(text), NULL));
}

#define HEAD                                                       \
	"template 1\nfont b | Noto Serif CJK SC\nstyle t font=b\n" \
	"words kind | original=原件 copy=复印件\n"

static struct json *data_of(const char *text)
{
	struct json *data = json_parse(text, strlen(text), NULL);

	g_assert_nonnull(data);
	return data;
}

/* Lines of a template after HEAD, joined with "/"; or the error. */
static char *show(const char *body, const char *data_text)
{
	char *folder = folder_new();
	g_autofree char *text = g_strconcat(HEAD, body, NULL);
	g_autoptr(GError) error = NULL;
	AUTO(json) data = data_of(data_text);
	g_autoptr(GPtrArray) lines = NULL;

	put(folder, "t.tmpl", text);
	lines = preview_lines(folder, "t", data, &error);
	folder_free(folder);
	if (!lines)
		return g_strdup(error->message);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("/", (char **)lines->pdata);
}

static void check(const char *body, const char *data, const char *expected)
{
	g_autofree char *got = show(body, data);

	g_assert_cmpstr(got, ==, expected);
}

static void test_shipped(void)
{
	static const char *const names[] = {"receipt", "accept-notice",
		"refuse-notice", "application-form"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) error = NULL;
		AUTO(template) template =
			template_load(SHIPPED, names[i], &error);

		g_assert_no_error(error);
		g_assert_cmpfloat(template->width_mm, ==, 210);
		g_assert_nonnull(template->title);
		g_assert_nonnull(template->author);
		g_assert_nonnull(template->subject);
	}
}

static const struct {
	const char *body, *says;
} broken[] = {
	{"txet t | a", "t.tmpl:5: unknown keyword 'txet'"},
	{"\n\ntext t | {hall", "t.tmpl:7: expected a closing } after {"},
	{"text t | a}", "t.tmpl:5: a } without its {"},
	{"text t | {hal}",
		"t.tmpl:5: unknown field 'hal' (yikou-paper --fields "
		"lists them)"},
	{"text t | {material.name}",
		"t.tmpl:5: unknown field 'material.name' (yikou-paper "
		"--fields lists them)"},
	{"text t | {materials.name}",
		"t.tmpl:5: unknown field 'materials.name' (yikou-paper "
		"--fields lists them)"},
	{"text t | {hall:date}",
		"t.tmpl:5: format 'date' does not fit field 'hall'"},
	{"text t | {hall:nix}",
		"t.tmpl:5: expected date, minute, sentence, first16, "
		"mask "
		"or the name of a words line, not 'nix'"},
	{"text t | {offline}", "t.tmpl:5: 'offline' is yes or no: write "
			       "{offline?words}"},
	{"text t | {materials}",
		"t.tmpl:5: 'materials' is a list: use 'each NAME in "
		"materials'"},
	{"text t | {page}", "t.tmpl:5: 'page' is known only in a header or "
			    "footer"},
	{"text t | \\x", "t.tmpl:5: expected \\{ \\} \\| \\\\ or \\n after a "
			 "backslash"},
	{"text u | a", "t.tmpl:5: expected the name of a style, not 'u'"},
	{"text t", "t.tmpl:5: expected 'text ... | text'"},
	{"space 3 | a", "t.tmpl:5: 'space' takes no text after a bar"},
	{"space x", "t.tmpl:5: expected 'space MM'"},
	{"text t colour=red | a",
		"t.tmpl:5: 'colour=red' is not known for 'text'"},
	{"style u font=b size=500",
		"t.tmpl:5: size: expected a number from 4 to 200, not "
		"'500'"},
	{"style u font=z", "t.tmpl:5: font: expected the name of a font line "
			   "above"},
	{"style u font=b align=middle",
		"t.tmpl:5: align: expected left, center, right or "
		"justify"},
	{"paper A9", "t.tmpl:5: expected A3, A4, A5, B5 or a size in "
		     "mm such as 210x297"},
	{"if offline\ntext t | a",
		"t.tmpl:6: expected 'end' of the block that begins in "
		"line 5"},
	{"end", "t.tmpl:5: 'end' without a block"},
	{"else", "t.tmpl:5: 'else' without its if"},
	{"if hall = ", "t.tmpl:5: expected 'hall = VALUE' or 'hall != "
		       "VALUE', with blanks around the sign"},
	{"each m in hall", "t.tmpl:5: 'hall' is not a list"},
	{"each m in materials\neach n in materials\nend\nend",
		"t.tmpl:6: an each inside an each"},
	{"row | a", "t.tmpl:5: 'row' may not stand here"},
	{"table columns=20,* styles=t,t\ntext t | a\nend",
		"t.tmpl:6: 'text' may not stand here"},
	{"table columns=20,* styles=t\nend",
		"t.tmpl:5: styles: expected 2, one a column"},
	{"table columns=20,* styles=t,t\nrow | a | b | c\nend",
		"t.tmpl:6: expected cells for 2 columns, the row has 3 "
		"cells for 3"},
	{"table columns=20,* styles=t,t\nrow spans=2 | a | b\nend",
		"t.tmpl:6: spans: expected 2, one a cell"},
	{"if offline\nstyle u font=b\nend",
		"t.tmpl:6: 'style' may not stand here"},
	{"include ../t.tmpl", "t.tmpl:5: expected the name of a file "
			      "in the same folder"},
	{"if offline\ninclude t.tmpl\nend",
		"t.tmpl:6: an include may not stand in a block or an "
		"included file"},
	{"words w | a", "t.tmpl:5: expected code=text, not 'a'"},
	{"grid", "t.tmpl:5: expected 'grid FIELD head=STYLE cell=STYLE'"},
	{"grid hall head=t cell=t", "t.tmpl:5: 'hall' is no table of its own"},
	{"each e in form\ngrid e.grid cell=t\nend",
		"t.tmpl:6: expected head=STYLE"},
	{"each e in form\ngrid e.grid head=t cell=u\nend",
		"t.tmpl:6: expected the name of a style, not 'u'"},
	{"each e in form\ntext t | {e.grid}\nend",
		"t.tmpl:6: 'form.grid' is a table: use 'grid'"},
};

/* Line numbers count from HEAD's 4 lines. */
static void test_broken(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++)
		check(broken[i].body, "{}", broken[i].says);
}

static void test_depth(void)
{
	g_autoptr(GString) body = g_string_new(NULL);

	for (int i = 0; i < 9; i++)
		g_string_append(body, "if offline\n");
	check(body->str, "{}", "t.tmpl:13: more than 8 blocks in each other");
}

static void test_files(void)
{
	char *folder = folder_new();
	g_autoptr(GError) error = NULL;

	g_assert_null(template_load(folder, "absent", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(template_load(folder, "../x", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	put(folder, "a.tmpl", "text t | no version");
	g_assert_null(template_load(folder, "a", &error));
	g_assert_cmpstr(error->message, ==,
		"a.tmpl:1: expected 'template 1' as the first statement");
	g_clear_error(&error);
	put(folder, "a.tmpl", "template 1\n\xff\xfe\n");
	g_assert_null(template_load(folder, "a", &error));
	g_assert_cmpstr(error->message, ==, "a.tmpl:1: expected text in UTF-8");
	g_clear_error(&error);
	put(folder, "a.tmpl", "template 1\n\ninclude b.tmpl\n");
	put(folder, "b.tmpl", "template 1\ninclude b.tmpl\n");
	g_assert_null(template_load(folder, "a", &error));
	g_assert_cmpstr(error->message, ==,
		"b.tmpl:2: an include may not stand in a block or an included "
		"file");
	g_clear_error(&error);
	put(folder, "b.tmpl", "template 1\nif offline\n");
	g_assert_null(template_load(folder, "a", &error));
	g_assert_cmpstr(error->message, ==,
		"b.tmpl:3: expected 'end' of the block that begins in line 2");
	g_clear_error(&error);
	put(folder, "b.tmpl", "template 1\nend\n");
	g_assert_null(template_load(folder, "a", &error));
	g_assert_cmpstr(error->message, ==, "b.tmpl:2: 'end' without a block");
	folder_free(folder);
}

static void test_phrases(void)
{
	check("text t | {hall}:{window}", "{\"hall\":\"甲\"}", "甲:");
	check("text t | {time:date} {time:minute}",
		"{\"time\":\"2026-01-05T09:04:20+08:00\"}",
		"2026年1月5日 2026年1月5日09时04分");
	check("text t | {received_date:date}",
		"{\"received_date\":\"2026-11-23\"}", "2026年11月23日");
	check("text t | {qr:first16}", "{\"qr\":\"0123456789abcdefXYZ\"}",
		"0123456789abcdef");
	check("text t | {qr:mask}", "{\"qr\":\"411024199001010013\"}",
		"411***********0013");
	check("text t | {qr:mask}", "{\"qr\":\"甲乙丙\"}", "甲*丙");
	check("text t | {reason:sentence}", "{\"reason\":\"甲\"}", "甲。");
	check("text t | {reason:sentence}", "{\"reason\":\"甲。\"}", "甲。");
	check("text t | 至{hall}{provisional?（暂）}",
		"{\"hall\":\"某日\",\"provisional\":true}", "至某日（暂）");
	check("text t | 至{hall}{provisional?（暂）}",
		"{\"hall\":\"某日\",\"provisional\":false}", "至某日");
	check("text t | \\{{hall}\\} \\| \\\\ a\\nb", "{\"hall\":\"{x}\"}",
		"{{x}} | \\ a/b");
	check("text t | {item.case_type}", "{\"item\":{\"case_type\":2}}", "2");
}

/* A row of a table is one line of the preview. */
static void test_preview_rows(void)
{
	check("table columns=30,*,30 styles=t,t,t\nhead | a\\nb | | c\nrow "
	      "spans=2,1 | {hall} | {window}\nend",
		"{\"hall\":\"甲\\n乙\"}", "a b  c/甲 乙");
}

/* Columns come with the data; a row that does not fit them is refused. */
static void test_grid(void)
{
	static const char body[] =
		"each e in form\nif e.grid\ntext t | {e.label}\ngrid e.grid "
		"head=t cell=t\nelse\ntext t | 无\nend\nend";

	check(body,
		"{\"form\":[{\"label\":\"车辆\",\"grid\":{\"columns\":[\"号\","
		"\"型\"],\"rows\":[[\"甲\",\"乙\"],[\"\",\"丙\"]]}},{}]}",
		"车辆/号  型/甲  乙/丙/无");
	check(body, "{\"form\":[{\"grid\":{\"columns\":[],\"rows\":[]}}]}",
		"无");
	check(body,
		"{\"form\":[{\"grid\":{\"columns\":[\"号\"],\"rows\":[[\"甲\","
		"\"乙\"]]}}]}",
		"field form.grid: value of the wrong kind");
	check(body,
		"{\"form\":[{\"grid\":{\"columns\":[\"号\"],\"rows\":[[1]]}}]}",
		"field form.grid: value of the wrong kind");
	check(body, "{\"form\":[{\"grid\":7}]}",
		"field form.grid: value of the wrong kind");
	check(body,
		"{\"form\":[{\"grid\":{\"columns\":[\"1\",\"2\",\"3\",\"4\","
		"\"5\","
		"\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\","
		"\"15\"],"
		"\"rows\":[]}}]}",
		"field form.grid: more than 14 columns or 200 rows");
}

static void test_words(void)
{
	static const char body[] =
		"each m in materials\ntext t | {m.no}{m.kind:kind}\nend";

	check(body,
		"{\"materials\":[{\"no\":1,\"kind\":\"copy\"},{\"no\":2,"
		"\"kind\":\"原件\"},{\"no\":3}]}",
		"1复印件/2原件/3");
	check(body, "{\"materials\":[{\"no\":1,\"kind\":\"bogus\"}]}",
		"field materials.kind: value not among the words 'kind'");
	/* The last definition counts. */
	check("words kind | copy=影印件\ntext t | {hall:kind}",
		"{\"hall\":\"copy\"}", "影印件");
}

static void test_conditions(void)
{
	static const char body[] = "if reason\ntext t | 有\nelse\ntext t | "
				   "无\nend\nif item.case_type = 2\ntext t | "
				   "承诺\nend\nif hall != 甲\ntext t | "
				   "别处\nend\nif not materials\ntext t | "
				   "空\nend";

	check(body, "{}", "无/别处/空");
	check(body,
		"{\"reason\":\"r\",\"item\":{\"case_type\":\"2\"},\"hall\":"
		"\"甲\",\"materials\":[{}]}",
		"有/承诺");
}

static void test_values(void)
{
	g_autofree char *name = g_strnfill(10000, 'x');
	g_autofree char *data =
		g_strdup_printf("{\"applicant\":{\"name\":\"%s\"}}", name);

	check("text t | {applicant.name}", data,
		"field applicant.name: more than 200 characters");
	check("text t | {received_date}", "{\"received_date\":\"2026-02-30\"}",
		"field received_date: expected a date such as 2026-11-23");
	check("text t | {time}", "{\"time\":\"yesterday\"}",
		"field time: expected a time such as "
		"2026-11-23T09:41:20+08:00");
	check("text t | {hall}", "{\"hall\":{}}",
		"field hall: value of the wrong kind");
	check("if offline\nend\ntext t | a", "{\"offline\":\"yes\"}",
		"field offline: value of the wrong kind");
	check("each m in materials\nend\ntext t | a", "{\"materials\":1}",
		"field materials: expected a list");
	check("text t | {hall}",
		"{\"hall\":\"\\u202e甲\\u0007\\u200f乙\\t丙\"}", "甲乙 丙");
}

static void test_rows_bounded(void)
{
	g_autoptr(GString) data = g_string_new("{\"materials\":[0");

	for (int i = 0; i < 500; i++)
		g_string_append(data, ",0");
	g_string_append(data, "]}");
	check("each m in materials\ntext t | a\nend", data->str,
		"field materials: more than 500 rows");
}

static void test_require(void)
{
	static const char body[] = "require reason | 理由\nrequire remedy "
				   "has=行政复议 | 救济\ntext t | a";

	check(body, "{}", "t is not printed: field reason is empty (理由)");
	check(body, "{\"reason\":\" \"}",
		"t is not printed: field reason is empty (理由)");
	check(body, "{\"reason\":\"r\",\"remedy\":\"无\"}",
		"t is not printed: field remedy does not say 行政复议 (救济)");
	check(body, "{\"reason\":\"r\",\"remedy\":\"申请行政复议。\"}", "a");
}

/* The refusal that is shipped is never printed without reason, law and remedy.
 */
static void test_refusal(void)
{
	static const char *const needed[] = {
		"reason", "basis", "remedy", "doc_no"};

	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
		AUTO(json) data = field_sample(1, false);
		g_autoptr(GError) error = NULL;

		json_put_text(data, needed[i], NULL);
		g_assert_null(
			preview_lines(SHIPPED, "refuse-notice", data, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
		g_assert_nonnull(strstr(error->message, needed[i]));
	}
}

/* No shipped template names a law: that is data of the item. */
static void test_no_law(void)
{
	g_autoptr(GDir) dir = g_dir_open(SHIPPED, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(SHIPPED, name, NULL);
		g_autofree char *text = NULL;
		g_auto(GStrv) lines = NULL;

		if (!g_str_has_suffix(name, ".tmpl"))
			continue;
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		lines = g_strsplit(text, "\n", -1);
		for (char **line = lines; *line; line++)
			if (**line != '#' && strstr(*line, "行政许可法"))
				g_error("%s: %s", name, *line);
	}
}

static void test_fields(void)
{
	g_assert_null(field_find("nothing"));
	g_assert_true(field_is_column(field_find("materials.name")));
	g_assert_false(field_is_column(field_find("item.name")));
	for (const struct field *f = field_table(); f->name; f++)
		g_assert_true(f->title && *f->title);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/paper/template/shipped", test_shipped);
	g_test_add_func("/paper/template/broken", test_broken);
	g_test_add_func("/paper/template/depth", test_depth);
	g_test_add_func("/paper/template/files", test_files);
	g_test_add_func("/paper/template/phrases", test_phrases);
	g_test_add_func("/paper/template/preview-rows", test_preview_rows);
	g_test_add_func("/paper/template/grid", test_grid);
	g_test_add_func("/paper/template/no-law", test_no_law);
	g_test_add_func("/paper/template/words", test_words);
	g_test_add_func("/paper/template/conditions", test_conditions);
	g_test_add_func("/paper/template/values", test_values);
	g_test_add_func("/paper/template/rows-bounded", test_rows_bounded);
	g_test_add_func("/paper/template/require", test_require);
	g_test_add_func("/paper/template/refusal", test_refusal);
	g_test_add_func("/paper/template/fields", test_fields);
	return g_test_run();
}
