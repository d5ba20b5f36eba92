/* Papers and decision: what stands in the way of acceptance, what F8 binds,
 * and that nothing of it is left when it fails. No device is there. */
#include "client/base/clock.h"
#include "tests/unit/test_app.h"

enum { ROW_ACCEPT, ROW_REFUSE };

static struct outcome_model *outcome(const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->decision.outcomes->len);
	return seen(desk)->decision.outcomes->pdata[index];
}

static const char *consequences(const struct desk *desk, guint index)
{
	GPtrArray *lines = outcome(desk, index)->consequences;
	static char text[4096];

	text[0] = '\0';
	for (guint i = 0; i < lines->len; i++) {
		g_strlcat(text, lines->pdata[i], sizeof(text));
		g_strlcat(text, "\n", sizeof(text));
	}
	return text;
}

/* Papers ------------------------------------------------------------------ */

static void test_mark(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	g_assert_cmpuint(seen(desk)->materials.materials->len, ==, 5);
	assert_holds(material(desk, 0)->state, "[missing]");
	g_assert_true(material(desk, 0)->missing);
	assert_holds(seen(desk)->materials.summary, "required 0 of 2");
	/* it came in, then what is to be looked at, then back */
	act_at(desk, INTENT_MATERIAL_MARK, 0);
	assert_holds(material(desk, 0)->state, "[check] paper");
	g_assert_true(material(desk, 0)->paper_seen);
	g_assert_true(material(desk, 0)->unchecked);
	assert_holds(material(desk, 0)->checks->pdata[0], "[ ] 申请人签字");
	assert_holds(seen(desk)->materials.summary, "required 1 of 2");
	act_at(desk, INTENT_MATERIAL_MARK, 0);
	assert_holds(material(desk, 0)->state, "[ok] paper");
	g_assert_false(material(desk, 0)->unchecked);
	assert_holds(material(desk, 0)->checks->pdata[0], "[x] 申请人签字");
	act_at(desk, INTENT_MATERIAL_MARK, 0);
	assert_holds(material(desk, 0)->state, "[missing]");
	assert_holds(material(desk, 0)->checks->pdata[0], "[ ] 申请人签字");
	/* one that may follow: paper, then later, then nothing */
	g_assert_false(material(desk, 2)->missing);
	do_paper(desk, 2);
	assert_holds(material(desk, 2)->state, "[ok] paper");
	act_at(desk, INTENT_MATERIAL_MARK, 2);
	assert_holds(material(desk, 2)->state, "[later] in 5 days");
	act_at(desk, INTENT_MATERIAL_MARK, 2);
	assert_holds(material(desk, 2)->state, "[missing] 5 days");
	/* not in this situation, and not there at all */
	g_assert_false(material(desk, 4)->needed);
	act_at(desk, INTENT_MATERIAL_MARK, 4);
	assert_holds(material(desk, 4)->state, "not in this case");
	act_at(desk, INTENT_MATERIAL_SOURCE, 4);
	g_assert_false(seen(desk)->dialog.open);
	act_at(desk, INTENT_MATERIAL_MARK, 77);
	act_at(desk, INTENT_MATERIAL_MARK, -1);
	desk_free(desk);
}

static void test_situation(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	do_papers(desk);
	g_assert_true(outcome(desk, ROW_ACCEPT)->possible);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	type(desk, "pre_licence", "1");
	act0(desk, INTENT_FORM_NEXT);
	g_assert_true(material(desk, 4)->needed);
	g_assert_true(material(desk, 4)->missing);
	act0(desk, INTENT_MATERIALS_DONE);
	g_assert_false(outcome(desk, ROW_ACCEPT)->possible);
	act0(desk, INTENT_BACK);
	do_paper(desk, 4);
	act0(desk, INTENT_BACK);
	type(desk, "pre_licence", "2");
	act0(desk, INTENT_FORM_NEXT);
	g_assert_false(material(desk, 4)->needed);
	desk_free(desk);
}

/* No camera: said, nothing lost, the paper itself serves. */
static void test_no_camera(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act_at(desk, INTENT_CAPTURE, 0);
	assert_said(desk, "No picture came");
	g_assert_null(seen(desk)->materials.progress);
	g_assert_true(material(desk, 0)->missing);
	desk_act(desk, INTENT_RETAKE, 0, 0, NULL, NULL);
	assert_said(desk, "No page to take again");
	desk_act(desk, INTENT_PAGE_REMOVE, 0, 0, NULL, NULL);
	desk_act(desk, INTENT_PAGE_MOVE, 0, 0, "+1", NULL);
	act_at(desk, INTENT_MATERIAL_SOURCE, 0);
	g_assert_cmpuint(seen(desk)->dialog.choices->len, ==, 5);
	act_at(desk, INTENT_DIALOG_CHOICE, 3);
	g_assert_true(material(desk, 0)->paper_seen);
	act0(desk, INTENT_UNDO);
	assert_said(desk, "Nothing to undo");
	desk_free(desk);
}

/* Deciding ---------------------------------------------------------------- */

static void test_missing_paper(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act0(desk, INTENT_MATERIALS_DONE);
	assert_view(desk, VIEW_DECISION);
	g_assert_false(outcome(desk, ROW_ACCEPT)->possible);
	assert_holds(outcome(desk, ROW_ACCEPT)->blocker,
		"paper 1 is missing, 3 in all: 个体工商户登记（备案）");
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_DECISION);
	assert_said(desk, outcome(desk, ROW_ACCEPT)->blocker);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 0);
	/* the two required ones, and a waiver */
	act0(desk, INTENT_BACK);
	do_paper(desk, 0);
	act_at(desk, INTENT_MATERIAL_MARK, 1);
	do_paper(desk, 2);
	act_at(desk, INTENT_MATERIAL_MARK, 2);
	/* what came in must have been looked through */
	assert_holds(seen(desk)->materials.advice->pdata[0],
		"No. 2 is to be checked: 与本人一致");
	act0(desk, INTENT_MATERIALS_DONE);
	assert_holds(outcome(desk, ROW_ACCEPT)->blocker,
		"paper 2 is not checked yet (与本人一致): 经营者身份证明");
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_DECISION);
	act0(desk, INTENT_BACK);
	do_paper(desk, 1);
	act0(desk, INTENT_MATERIALS_DONE);
	g_assert_true(outcome(desk, ROW_ACCEPT)->possible);
	g_assert_null(outcome(desk, ROW_ACCEPT)->blocker);
	assert_holds(consequences(desk, ROW_ACCEPT), "within 5 working days");
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	desk_free(desk);
}

static void test_accept(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *day = clock_format(clock_wall_ms(), "%Y%m%d-03-0001");
	struct store *store;

	do_to_decision(desk);
	g_assert_true(outcome(desk, ROW_ACCEPT)->advised);
	act0(desk, INTENT_PREVIEW);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_cmpuint(seen(desk)->dialog.lines->len, >, 2);
	/* F8 on the preview only closes it */
	act0(desk, INTENT_DIALOG_CHOICE);
	g_assert_false(seen(desk)->dialog.open);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 0);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpstr(seen(desk)->finish.result, ==, "Accepted");
	g_assert_cmpstr(seen(desk)->finish.case_no, ==, day);
	g_assert_cmpuint(seen(desk)->finish.prints->len, ==, 2);
	/* one number of each kind, one op, one row of the audit */
	store = desk_store(desk);
	g_assert_cmpint(numbers_left(store, "case:03"), ==, 49);
	store_close(store);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 1);
	g_assert_cmpint(audits_of(desk, "case.accept"), ==, 1);
	g_assert_cmpint(desk_count(desk, "SELECT sum(next - first) FROM"
					 " number_blocks"),
		==, 2);
	/* a second F8 is nothing */
	act0(desk, INTENT_DECIDE);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 1);
	desk_free(desk);
}

static void test_refuse(void)
{
	struct desk *desk = desk_at_work();

	do_to_decision(desk);
	act_at(desk, INTENT_OUTCOME, ROW_REFUSE);
	g_assert_true(seen(desk)->decision.reason_needed);
	g_assert_true(seen(desk)->dialog.open);
	act0(desk, INTENT_DIALOG_CLOSE);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_DECISION);
	assert_said(desk, "needs its reason");
	g_assert_cmpint(ops_of(desk, "case.refuse"), ==, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_holds(seen(desk)->decision.reason, "郑州市有关行政机关");
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpstr(seen(desk)->finish.result, ==, "Refused");
	g_assert_cmpint(ops_of(desk, "case.refuse"), ==, 1);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'case.refuse' AND CAST(body AS TEXT) LIKE"
				 " '%\"organ\":\"郑州市有关行政机关\"%' AND"
				 " CAST(body AS TEXT) LIKE '%六十日内%'"),
		==, 1);
	desk_free(desk);
}

/* The reason is typed, and survives a look at the papers. */
static void test_refuse_typed(void)
{
	struct desk *desk = desk_at_work();

	do_to_decision(desk);
	act_text(desk, INTENT_REASON_SET, 0, "不属本市");
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_MATERIALS_DONE);
	g_assert_cmpstr(seen(desk)->decision.reason, ==, "不属本市");
	act_at(desk, INTENT_OUTCOME, ROW_REFUSE);
	g_assert_false(seen(desk)->dialog.open);
	act_at(desk, INTENT_OUTCOME, 9);
	act_at(desk, INTENT_OUTCOME, -1);
	g_assert_cmpint(seen(desk)->decision.focus, ==, ROW_REFUSE);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	desk_free(desk);
}

/* The answers lead to another organ: accepting is not possible. */
static void test_lead(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	do_item(desk, "dlhw");
	type(desk, "dangerous", "1");
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
	do_papers(desk);
	g_assert_false(outcome(desk, ROW_ACCEPT)->possible);
	g_assert_true(outcome(desk, ROW_REFUSE)->advised);
	g_assert_cmpint(seen(desk)->decision.focus, ==, ROW_REFUSE);
	assert_holds(seen(desk)->decision.reason, "危险货物");
	act_at(desk, INTENT_OUTCOME, ROW_ACCEPT);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_DECISION);
	assert_said(desk, "Not acceptable: 危险货物");
	act_at(desk, INTENT_OUTCOME, ROW_REFUSE);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'case.refuse' AND CAST(body AS TEXT) LIKE"
				 " '%\"organ\":\"郑州市交通运输局\"%'"),
		==, 1);
	desk_free(desk);
}

/* Who does not qualify is refused; nothing in the form could be mended. */
static void test_unfit(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	do_item(desk, "lnr");
	g_assert_cmpstr(field(desk, "id_number")->value, ==, test_id);
	/* what is wrong is mended all the same */
	type(desk, "phone", "12");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_FORM);
	type(desk, "phone", "19900000000");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
	assert_said(desk, "Not acceptable");
	assert_said(desk, "60 years needed");
	act0(desk, INTENT_MATERIALS_DONE);
	assert_view(desk, VIEW_DECISION);
	g_assert_false(outcome(desk, ROW_ACCEPT)->possible);
	assert_holds(outcome(desk, ROW_ACCEPT)->blocker, "未满六十周岁");
	g_assert_true(outcome(desk, ROW_REFUSE)->advised);
	g_assert_cmpint(seen(desk)->decision.focus, ==, ROW_REFUSE);
	assert_holds(seen(desk)->decision.reason, "未满六十周岁");
	/* with all papers too */
	act0(desk, INTENT_BACK);
	do_papers(desk);
	act_at(desk, INTENT_OUTCOME, ROW_ACCEPT);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_DECISION);
	assert_said(desk, "未满六十周岁");
	act_at(desk, INTENT_OUTCOME, ROW_REFUSE);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 0);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'case.refuse' AND CAST(body AS TEXT) LIKE"
				 " '%未满六十周岁%' AND CAST(body AS TEXT) LIKE"
				 " '%老年人权益保障条例%'"),
		==, 1);
	desk_free(desk);
}

/* The block is used up: said, and draft, papers and reason are as before. */
static void test_no_numbers(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *before = NULL, *after = NULL;
	struct store *store;
	GPtrArray *drafts;

	desk_queue(desk, 18, 18);
	desk_open(desk);
	desk_login(desk);
	do_to_decision(desk);
	act_text(desk, INTENT_REASON_SET, 0, "先写着");
	for (int i = 0; i < 2; i++) {
		struct case_record *draft;

		store = desk_store(desk);
		drafts = case_drafts(store, NULL);
		g_assert_cmpuint(drafts->len, ==, 1);
		draft = drafts->pdata[0];
		*(i ? &after : &before) = json_print(draft->body);
		g_assert_cmpstr(draft->case_no, ==, "");
		g_assert_cmpstr(draft->promised_due, ==, "");
		g_ptr_array_unref(drafts);
		store_close(store);
		if (i > 0)
			break;
		act0(desk, INTENT_DECIDE);
		assert_view(desk, VIEW_DECISION);
		assert_said(desk, "No leased number left");
		act_at(desk, INTENT_OUTCOME, ROW_REFUSE);
		act0(desk, INTENT_DECIDE);
		assert_said(desk, "No leased number left");
		act0(desk, INTENT_BACK); /* saves */
		act0(desk, INTENT_MATERIALS_DONE);
	}
	g_assert_cmpstr(after, ==, before);
	g_assert_cmpstr(seen(desk)->decision.reason, ==, "先写着");
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 0);
	g_assert_cmpint(audits_of(desk, "case.accept"), ==, 0);
	g_assert_false(seen(desk)->header.store_failed);
	/* numbers came */
	desk_numbers(desk, 1);
	act_at(desk, INTENT_OUTCOME, ROW_ACCEPT);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	desk_free(desk);
}

/* What is decided on the spot is promised for today. */
static void test_promise_at_once(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *today = NULL, *line = NULL;

	do_to_decision(desk);
	today = clock_format(seen(desk)->now_ms, "%Y-%m-%d");
	line = g_strdup_printf("当场（0.5 工作日）, until %s\n", today);
	assert_holds(consequences(desk, ROW_ACCEPT), line);
	desk_free(desk);
}

/* A temporary billboard has a promise of its own. */
static void test_promise_of_situation(void)
{
	static const char *const values[][2] = {{"position", "登封市示例路"},
		{"length", "2"}, {"width", "1"}, {"height", "3"},
		{"count", "1"}, {"start", "2026-12-01"}, {"end", "2026-12-20"},
		{"applicant_no", "11410185DEM000022Y"}};
	struct desk *desk = desk_at_work();
	struct item_model *item;

	do_call(desk);
	do_identify(desk);
	do_item(desk, "hwgg");
	type(desk, "ad_kind", "2");
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		type(desk, values[i][0], values[i][1]);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
	do_papers(desk);
	assert_holds(consequences(desk, ROW_ACCEPT), "5 工作日；临时 2, until");
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	type(desk, "ad_kind", "4");
	act0(desk, INTENT_FORM_NEXT);
	act0(desk, INTENT_MATERIALS_DONE);
	assert_holds(consequences(desk, ROW_ACCEPT), "临时广告 2 工作日");
	assert_holds(consequences(desk, ROW_ACCEPT), "临时广告受理后 3 工作日");
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	act_text(desk, INTENT_ITEM_FILTER, 0, "hwgg");
	item = seen(desk)->item.hits->pdata[0];
	g_assert_cmpstr(item->promise, ==, "2 working days");
	desk_free(desk);
}

/* Who works at the window but takes no cases in may look, no more. */
static void test_manager(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *path = desk_path(desk, "people.conf");
	g_autofree char *people = file_read(path, 65536, NULL, NULL);
	g_autofree char *more = g_strconcat(people,
		"[1009]\nname = 郑样本\nroles = manager\npassword "
		"= " TEST_VERIFIER "\n",
		NULL);

	desk_write(desk, "people.conf", more);
	desk_queue(desk, 18, 18);
	desk_open(desk);
	desk_act(desk, INTENT_LOGIN, 0, 0, "1009", test_password);
	assert_view(desk, VIEW_HOME);
	act0(desk, INTENT_CALL_NEXT);
	assert_said(desk, "Not your role's right");
	act0(desk, INTENT_CALL_THIS);
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	act0(desk, INTENT_RESUME_VISIT);
	act0(desk, INTENT_TAKE_BACK);
	assert_view(desk, VIEW_HOME);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM outbox"), ==, 0);
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	assert_view(desk, VIEW_SEARCH);
	desk_free(desk);
}

/* Finish ------------------------------------------------------------------ */

/* Without a pad: a result of its own, never a level, and no second one. */
static void test_no_pad(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	g_assert_false(seen(desk)->finish.rating_open);
	g_assert_cmpstr(
		seen(desk)->finish.rating, ==, "not rated (device fault)");
	assert_said(desk, "does not answer");
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'rating.record' AND CAST(body AS TEXT) LIKE"
				 " '%\"level\":0,\"none\":\"device\"%'"),
		==, 1);
	act0(desk, INTENT_RATE_AGAIN);
	assert_said(desk, "rated already");
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	act0(desk, INTENT_FINISH_DONE);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "not rated (device fault)");
	g_assert_cmpint(ops_of(desk, "ticket.finish"), ==, 1);
	g_assert_cmpint(seen(desk)->home.done, ==, 1);
	act0(desk, INTENT_RATE_AGAIN);
	assert_said(desk, "after the decision");
	desk_free(desk);
}

/* One more item for the person: a case of its own, the rating is one. */
static void test_same_person(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	act0(desk, INTENT_SAME_PERSON);
	assert_view(desk, VIEW_ITEM);
	g_assert_cmpstr(seen(desk)->visit.person, ==, "李*例");
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	do_item(desk, "gtgsh");
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "");
	do_form(desk);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(ops_of(desk, "case.accept"), ==, 2);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	act0(desk, INTENT_FINISH_DONE);
	g_assert_cmpint(ops_of(desk, "ticket.finish"), ==, 1);
	desk_free(desk);
}

/* The papers could not be made: that is said last, and F5 tries again. */
static void test_reprint(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	for (guint i = 0; i < seen(desk)->finish.prints->len; i++) {
		const struct print_model *row =
			seen(desk)->finish.prints->pdata[i];

		g_assert_cmpstr(row->state, !=, "[done]");
		g_assert_true(row->failed);
	}
	act0(desk, INTENT_REPRINT);
	assert_said(desk, "did not come out");
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/materials/mark", test_mark);
	g_test_add_func("/app/materials/situation", test_situation);
	g_test_add_func("/app/materials/no-camera", test_no_camera);
	g_test_add_func("/app/decide/missing-paper", test_missing_paper);
	g_test_add_func("/app/decide/accept", test_accept);
	g_test_add_func("/app/decide/promise-at-once", test_promise_at_once);
	g_test_add_func("/app/decide/refuse", test_refuse);
	g_test_add_func("/app/decide/refuse-typed", test_refuse_typed);
	g_test_add_func("/app/decide/lead", test_lead);
	g_test_add_func("/app/decide/unfit", test_unfit);
	g_test_add_func("/app/decide/no-numbers", test_no_numbers);
	g_test_add_func(
		"/app/decide/promise-of-situation", test_promise_of_situation);
	g_test_add_func("/app/decide/manager", test_manager);
	g_test_add_func("/app/finish/no-pad", test_no_pad);
	g_test_add_func("/app/finish/same-person", test_same_person);
	g_test_add_func("/app/finish/reprint", test_reprint);
	return g_test_run();
}
