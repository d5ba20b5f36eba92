/* Papers with the real yikou-paper: the form printed for signature and what
 * makes it old, documents that did not come out, and reprints. */
#include "tests/unit/test_app_fake.h"

#include <sys/stat.h>

/* Helpers ------------------------------------------------------------------ */

/* Text of the PDFs in the outbox whose name holds part, blanks taken out; ""
 * without pdftotext. */
static char *outbox_text(const struct desk *desk, const char *part)
{
	g_autofree char *outbox = desk_path(desk, "outbox");
	g_autoptr(GDir) dir = g_dir_open(outbox, 0, NULL);
	GString *out = g_string_new(NULL);
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(outbox, name, NULL);
		const char *argv[] = {"pdftotext", "-layout", path, "-", NULL};
		g_autofree char *text = NULL;

		if (!strstr(name, part) ||
			!g_spawn_sync(NULL, (char **)argv, NULL,
				G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL,
				NULL, NULL))
			continue;
		for (const char *at = text; *at; at = g_utf8_next_char(at))
			if (!g_unichar_isspace(g_utf8_get_char(at)))
				g_string_append_unichar(
					out, g_utf8_get_char(at));
	}
	return g_string_free(out, FALSE);
}

static bool can_read(void)
{
	g_autofree char *path = g_find_program_in_path("pdftotext");

	return path != NULL;
}

static void assert_paper(const struct desk *desk, const char *name,
	const char *const *has, const char *const *lacks)
{
	g_autofree char *text = outbox_text(desk, name);

	if (!can_read())
		return;
	for (; *has; has++)
		assert_holds(text, *has);
	for (; *lacks; lacks++)
		if (strstr(text, *lacks))
			g_error("%s is in %s", *lacks, text);
}

static int files_in_outbox(const struct desk *desk)
{
	g_autofree char *outbox = desk_path(desk, "outbox");
	g_autoptr(GDir) dir = g_dir_open(outbox, 0, NULL);
	int count = 0;

	while (dir && g_dir_read_name(dir))
		count++;
	return count;
}

static void assert_state(
	const struct desk *desk, guint index, const char *state)
{
	g_assert_cmpstr(material(desk, index)->state, ==, state);
}

#define print_form(desk, index)                                 \
	do {                                                    \
		act_at(desk, INTENT_MATERIAL_PRINT, index);     \
		assert_state(desk, index, "[printing]");        \
		spin_until(strcmp(material(desk, index)->state, \
				   "[printing]") != 0);         \
		assert_state(desk, index, "[missing] to sign"); \
	} while (0)

#define has_lines(lines, part) (find_line(lines, part) != NULL)

static const char *find_line(const GPtrArray *lines, const char *part)
{
	for (guint i = 0; i < lines->len; i++)
		if (strstr(lines->pdata[i], part))
			return lines->pdata[i];
	return NULL;
}

/* The form ----------------------------------------------------------------- */

static void test_form(void)
{
	static const char *const has[] = {"个体工商户登记（备案）申请书",
		"字号名称登封市示例小店", "组成形式个人经营", "嵩阳街道",
		"民族（未填）", "410199199010010021",
		"市场主体登记管理条例》第十七条", "申请人（签名或者盖章）",
		"年月日", "第1页共1页", NULL};
	static const char *const lacks[] = {
		"家庭成员", "邮寄地址", "行政许可法", "代理人", NULL};
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	g_assert_true(material(desk, 0)->printable);
	g_assert_false(material(desk, 2)->printable);
	assert_state(desk, 0, "[missing] F6");
	print_form(desk, 0);
	assert_said(desk, "No. 1 is kept in the outbox");
	assert_holds(material(desk, 0)->print_line, "check code");
	assert_holds(material(desk, 0)->print_place, "outbox/");
	g_assert_true(material(desk, 0)->missing);
	g_assert_cmpint(audits_of(desk, "print"), ==, 1);
	g_assert_cmpint(files_in_outbox(desk), ==, 1);
	assert_paper(desk, "A018", has, lacks);
	do_paper(desk, 0);
	assert_state(desk, 0, "[ok] paper");
	act_at(desk, INTENT_MATERIAL_PRINT, 2);
	assert_said(desk, "applicant brings this");
	desk_free(desk);
}

static void retype(struct desk *desk, const char *id, const char *text)
{
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_FORM);
	type(desk, id, text);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
}

/* Signed or not, a paper of other values is old, until they are as before. */
static void test_old(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	print_form(desk, 0);
	retype(desk, "trade_name", "登封市样例小店");
	assert_state(desk, 0, "[missing] old, F6");
	print_form(desk, 0);
	do_paper(desk, 0);
	retype(desk, "trade_name", "登封市示例小店");
	assert_state(desk, 0, "[old] changed, F6");
	g_assert_true(material(desk, 0)->missing);
	g_assert_true(has_lines(seen(desk)->materials.advice, "older than"));
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	assert_said(desk, "paper 1 is older");
	act0(desk, INTENT_BACK);
	retype(desk, "trade_name", "登封市样例小店");
	assert_state(desk, 0, "[ok] paper");
	/* printing anew takes the tick away: that paper is not signed yet */
	retype(desk, "trade_name", "登封市模范小店");
	print_form(desk, 0);
	do_paper(desk, 0);
	assert_state(desk, 0, "[ok] paper");
	g_assert_cmpint(files_in_outbox(desk), ==, 3);
	desk_free(desk);
}

static void test_form_rows(void)
{
	static const char *const has[] = {"家庭成员", "序号姓名身份号码",
		"1王样例410199198505050039", "邮寄地址河南省登封市示例路1号",
		NULL};
	static const char *const lacks[] = {NULL};
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act0(desk, INTENT_BACK);
	type(desk, "form_kind", "2");
	type(desk, "collect", "2");
	add_row(desk, "family");
	type_cell(desk, "family", 0, 0, "王样例");
	type_cell(desk, "family", 0, 1, "410199198505050039");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
	print_form(desk, 0);
	assert_paper(desk, "A018", has, lacks);
	desk_free(desk);
}

/* Seen first, then printed from there; Enter or Esc prints nothing. */
static void test_form_preview(void)
{
	struct desk *desk = desk_at_work();
	const struct dialog_model *dialog;

	do_to_papers(desk);
	dialog = &seen(desk)->dialog;
	act_at(desk, INTENT_MATERIAL_SOURCE, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 4);
	g_assert_true(dialog->open);
	g_assert_cmpstr(dialog->verb, ==, "F8 print");
	g_assert_true(has_lines(dialog->lines, "登封市示例小店"));
	act0(desk, INTENT_DIALOG_CLOSE);
	g_assert_cmpuint(dialog->lines->len, ==, 0);
	spin_ms(50);
	g_assert_cmpint(files_in_outbox(desk), ==, 0);
	act_at(desk, INTENT_MATERIAL_SOURCE, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 4);
	act0(desk, INTENT_DIALOG_CHOICE);
	g_assert_false(dialog->open);
	spin_until(files_in_outbox(desk) == 1);
	spin_until(strcmp(material(desk, 0)->state, "[printing]") != 0);
	desk_free(desk);
}

/* The visit went away meanwhile: the paper is out, the other one untouched. */
static void test_form_late(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act_at(desk, INTENT_MATERIAL_PRINT, 0);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_HOME);
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	do_identify(desk);
	do_item(desk, "gtgsh");
	do_form(desk);
	spin_until(audits_of(desk, "print") == 1);
	spin_ms(20);
	assert_state(desk, 0, "[missing] F6");
	desk_free(desk);
}

/* Documents ---------------------------------------------------------------- */

static bool all_done(const struct desk *desk)
{
	const GPtrArray *prints = seen(desk)->finish.prints;

	for (guint i = 0; i < prints->len; i++) {
		const struct print_model *row = prints->pdata[i];

		if (strcmp(row->state, "[done]") != 0)
			return false;
	}
	return prints->len == 2;
}

static void open_case(struct desk *desk)
{
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	act_text(desk, INTENT_SEARCH, 0, test_name);
	act_at(desk, INTENT_SEARCH_OPEN, 0);
	assert_view(desk, VIEW_CASE);
}

static void test_reprint(void)
{
	struct desk *desk = desk_at_work();
	const struct dialog_model *dialog;
	g_autofree char *number = NULL;

	do_to_finish(desk);
	dialog = &seen(desk)->dialog;
	spin_until(all_done(desk));
	g_assert_cmpint(seen(desk)->home.papers_left, ==, 0);
	act0(desk, INTENT_REPRINT);
	g_assert_true(dialog->open);
	g_assert_cmpuint(dialog->choices->len, ==, 2);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_holds(dialog->title, "out already");
	g_assert_cmpint(audits_of(desk, "reprint"), ==, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	spin_until(audits_of(desk, "reprint") == 1);
	assert_said(desk, "printed again");
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM audit WHERE"
				 " CAST(body AS TEXT) LIKE '%\"lost\"%'"),
		==, 1);
	/* the same paper: no other file, no other number */
	g_assert_cmpint(files_in_outbox(desk), ==, 2);
	g_assert_cmpint(ops_of(desk, "case.document"), ==, 2);
	/* and of an earlier case, found by the search */
	act0(desk, INTENT_FINISH_DONE);
	open_case(desk);
	g_assert_true(has_lines(seen(desk)->one_case.lines, "[done]"));
	act0(desk, INTENT_DOCUMENTS);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	spin_until(audits_of(desk, "reprint") == 2);
	g_assert_cmpint(audits_of(desk, "print"), ==, 2);
	desk_free(desk);
}

static struct desk *desk_with_printer(void)
{
	struct desk *desk =
		desk_new("03", "[printing]\nqueue = no-such-queue\n");

	desk_numbers(desk, 50);
	desk_queue(desk, 18, 21);
	desk_open(desk);
	app_start(desk->app);
	desk_login(desk);
	return desk;
}

/* Rendered, not printed, the view left, the program ended: it is still to be
 * printed, never by itself on a printer, and at once where that does no harm.
 */
static void test_not_printed(void)
{
	struct desk *desk = desk_with_printer();

	do_to_finish(desk);
	spin_until(has_said(desk, "did not come out"));
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM documents WHERE"
					 " sha256 <> '' AND printed = ''"),
		==, 1);
	act0(desk, INTENT_FINISH_DONE);
	g_assert_cmpint(seen(desk)->home.papers_left, ==, 2);
	assert_holds(seen(desk)->home.papers_case, "-03-0001");
	desk_close(desk);
	desk_open(desk);
	app_start(desk->app);
	desk_login(desk);
	spin_until(desk_count(desk, "SELECT count(*) FROM documents WHERE"
				    " sha256 <> ''") == 2);
	spin_until(has_said(desk, "did not come out"));
	g_assert_cmpint(audits_of(desk, "print"), ==, 0);
	open_case(desk);
	g_assert_true(has_lines(seen(desk)->one_case.lines, "[to print]"));
	act0(desk, INTENT_DOCUMENTS);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	g_assert_false(seen(desk)->dialog.open); /* no reprint: no reason */
	spin_until(has_said(desk, "F4 tries again"));
	desk_close(desk);
	desk_configure(desk, "03", "");
	desk_open(desk);
	app_start(desk->app);
	spin_until(desk_count(desk, "SELECT count(*) FROM documents WHERE"
				    " printed = ''") == 0);
	g_assert_cmpint(audits_of(desk, "print"), ==, 2);
	g_assert_cmpint(audits_of(desk, "reprint"), ==, 0);
	desk_login(desk);
	g_assert_cmpint(seen(desk)->home.papers_left, ==, 0);
	desk_free(desk);
}

/* The law ------------------------------------------------------------------ */

static void refuse_with(struct desk *desk, int reason)
{
	act_at(desk, INTENT_OUTCOME, 1);
	act0(desk, INTENT_REASON_SET);
	act_at(desk, INTENT_DIALOG_CHOICE, reason);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	spin_until(all_done(desk));
}

/* What came out can be printed again for as long as the citizen stands there:
 * the rating fills its line and takes nobody away. */
static void test_finish_stays(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	do_to_finish(desk);
	wait_call(&fake, "ask");
	answer(waiting_call(&fake, "ask"), "{}");
	spin_until(all_done(desk));
	event(&fake, "{\"event\":\"rating\",\"device\":\"pad\","
		     "\"data\":{\"level\":5}}");
	spin_until(!seen(desk)->finish.rating_open);
	g_assert_true(seen(desk)->finish.complete);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpstr(seen(desk)->finish.rating, ==, "very satisfied");
	act0(desk, INTENT_REPRINT);
	g_assert_true(seen(desk)->dialog.open);
	act0(desk, INTENT_DIALOG_CLOSE);
	act0(desk, INTENT_FINISH_DONE);
	assert_view(desk, VIEW_HOME);
	g_assert_cmpint(ops_of(desk, "ticket.finish"), ==, 1);
	fake_close(&fake);
}

/* A registration is accepted and refused by its own law. */
static void test_registration(void)
{
	static const char *const accept[] = {
		"依照《中华人民共和国市场主体登记管理条例》第十九条的规定",
		NULL};
	static const char *const refuse[] = {
		"市场主体登记管理条例实施细则》第十八条第四款", "行政复议",
		NULL};
	static const char *const licence[] = {"行政许可", NULL};
	struct desk *desk = desk_at_work();

	do_to_decision(desk);
	g_assert_cmpuint(seen(desk)->decision.reasons->len, ==, 5);
	act0(desk, INTENT_PREVIEW);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_true(has_lines(seen(desk)->dialog.lines, "第十九条"));
	g_assert_true(has_lines(seen(desk)->dialog.lines, "(by F8)"));
	g_assert_true(has_lines(seen(desk)->dialog.lines, "收件凭证"));
	act0(desk, INTENT_DIALOG_CLOSE);
	act0(desk, INTENT_DECIDE);
	spin_until(all_done(desk));
	assert_paper(desk, "受理通知书", accept, licence);
	assert_paper(desk, "收件凭证", (const char *const[]){NULL}, licence);
	desk_free(desk);
	desk = desk_at_work();
	do_to_papers(desk);
	act0(desk, INTENT_MATERIALS_DONE);
	refuse_with(desk, 0);
	assert_paper(desk, "不予受理", refuse, licence);
	desk_free(desk);
}

static void do_freight(struct desk *desk)
{
	do_call(desk);
	do_identify(desk);
	do_item(desk, "dlhw");
	type(desk, "firm", "登封市示例运输有限公司");
	type(desk, "uscc", "11410185DEM000022Y");
	type(desk, "person", test_name);
	type(desk, "scope", "1");
	add_row(desk, "vehicles");
	type_cell(desk, "vehicles", 0, 0, "豫A12345");
	type_cell(desk, "vehicles", 0, 1, "示例牌");
	type_cell(desk, "vehicles", 0, 2, "18000");
	type_cell(desk, "vehicles", 0, 3, "LSVAA1234567890XX");
	add_row(desk, "drivers");
	type_cell(desk, "drivers", 0, 0, "王样本");
	type_cell(desk, "drivers", 0, 1, "410100000001");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
}

/* A licence: each reason has its clause, "not qualified" as well. */
static void test_licence(void)
{
	static const char *const clauses[] = {
		[0] = "行政许可法》第三十二条第一款第二项的规定",
		[4] = "行政许可法》第七十八条的规定",
		[5] = "行政许可法》第七十九条的规定"};
	static const char *const lacks[] = {"第一款的规定", NULL};

	for (int reason = 0; reason < 6; reason++) {
		const char *const has[] = {clauses[reason], "行政复议", NULL};
		struct desk *desk;

		if (!clauses[reason])
			continue;
		desk = desk_at_work();
		do_freight(desk);
		act0(desk, INTENT_MATERIALS_DONE);
		g_assert_cmpuint(seen(desk)->decision.reasons->len, ==, 6);
		refuse_with(desk, reason);
		assert_paper(desk, "不予受理", has, lacks);
		desk_free(desk);
	}
}

static void test_licence_form(void)
{
	static const char *const has[] = {"道路货物运输经营申请表",
		"序号车牌号车型总质量（千克）车架号",
		"1豫A12345示例牌18000LSVAA1234567890XX", "经营范围普通货运",
		"行政许可法》第三十一条第一款", NULL};
	static const char *const lacks[] = {NULL};
	struct desk *desk = desk_at_work();

	do_freight(desk);
	print_form(desk, 0);
	assert_paper(desk, "A018", has, lacks);
	desk_free(desk);
}

/* yikou-paper is looked for beside the program that starts it: this one runs
 * from a folder where it is. */
static char *beside_paper(const char *program)
{
	g_autofree char *here = g_path_get_dirname(program);
	g_autofree char *built =
		g_build_filename(here, "..", "..", "yikou-paper", NULL);
	g_autofree char *paper = g_canonicalize_filename(built, NULL);
	g_autofree char *dir = g_dir_make_tmp("yikou-test-XXXXXX", NULL);
	g_autofree char *link = g_build_filename(dir, "yikou-paper", NULL);
	char *copy = g_build_filename(dir, "test_app_paper", NULL);

	g_assert_true(file_copy("/proc/self/exe", copy, NULL));
	g_assert_cmpint(chmod(copy, 0700), ==, 0);
	g_assert_cmpint(symlink(paper, link), ==, 0);
	return copy;
}

static int run_beside(char **argv)
{
	g_autofree char *copy = beside_paper(argv[0]);
	g_autofree char *dir = g_path_get_dirname(copy);
	g_auto(GStrv) args = g_strdupv(argv);
	int status = 1;

	g_free(args[0]);
	args[0] = g_strdup(copy);
	g_spawn_sync(NULL, args, NULL,
		G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
		NULL, NULL, NULL, NULL, &status, NULL);
	file_remove_tree(dir);
	return g_spawn_check_wait_status(status, NULL) ? 0 : 1;
}

static bool is_beside(const char *program)
{
	g_autofree char *dir = g_path_get_dirname(program);
	g_autofree char *paper = g_build_filename(dir, "yikou-paper", NULL);

	return g_file_test(paper, G_FILE_TEST_EXISTS);
}

int main(int argc, char **argv)
{
	if (!is_beside(argv[0]))
		return run_beside(argv);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/paper/form", test_form);
	g_test_add_func("/app/paper/old", test_old);
	g_test_add_func("/app/paper/form-rows", test_form_rows);
	g_test_add_func("/app/paper/form-preview", test_form_preview);
	g_test_add_func("/app/paper/form-late", test_form_late);
	g_test_add_func("/app/paper/reprint", test_reprint);
	g_test_add_func("/app/paper/not-printed", test_not_printed);
	g_test_add_func("/app/paper/registration", test_registration);
	g_test_add_func("/app/paper/licence", test_licence);
	g_test_add_func("/app/paper/licence-form", test_licence_form);
	g_test_add_func("/app/finish/stays", test_finish_stays);
	return g_test_run();
}
