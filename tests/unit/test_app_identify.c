/* Who applies, and for what: numbers that check, documents and agents, masks
 * wherever a list shows a person, and the item this window may take. */
#include "tests/unit/test_app.h"

#include "client/rules/id_check.h"

static char *number_of(const char *first17)
{
	return g_strdup_printf("%s%c", first17, citizen_id_check_char(first17));
}

static void expect_error(struct desk *desk, const char *id, const char *part)
{
	const char *error = field(desk, id)->error;

	if (!error || !strstr(error, part))
		g_assert_cmpstr(error, ==, part);
}

static void test_check_digit(void)
{
	struct desk *desk = desk_at_work();
	struct field_model *number;

	do_call(desk);
	type(desk, "id_number", "410199199010010022");
	expect_error(desk, "id_number", "last character does not check");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	/* what was typed is kept */
	number = field(desk, "id_number");
	g_assert_cmpstr(number->value, ==, "410199199010010022");
	/* full width, blanks and a small x are what people type */
	type(desk, "id_number", "４１０１９９ 19870606 009x");
	number = field(desk, "id_number");
	g_assert_cmpstr(number->value, ==, "41019919870606009X");
	g_assert_null(number->error);
	g_assert_cmpstr(number->hint, ==, "checked");
	g_assert_cmpstr(field(desk, "birth")->value, ==, "1987-06-06");
	g_assert_true(field(desk, "birth")->readonly);
	desk_free(desk);
}

static void expect_number(
	struct desk *desk, const char *first17, const char *error)
{
	g_autofree char *number = number_of(first17);

	type(desk, "id_number", number);
	if (error)
		expect_error(desk, "id_number", error);
	else
		g_assert_null(field(desk, "id_number")->error);
}

static void test_birth_dates(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	expect_number(desk, "41019920000229001", NULL);
	g_assert_cmpstr(field(desk, "birth")->value, ==, "2000-02-29");
	expect_number(desk, "41019920010229001", "no such birth date");
	expect_number(desk, "41019919000229001", "no such birth date");
	expect_number(desk, "41019921990101001", "in the future");
	expect_number(desk, "99019919900101001", "no such region");
	type(desk, "id_number", "410199900101001");
	expect_error(desk, "id_number", "15 digits are no longer valid");
	desk_free(desk);
}

/* Of a telephone nothing is said about an X at the end. */
static void test_telephone(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	type(desk, "phone", "233");
	expect_error(desk, "phone", "a mobile number");
	type(desk, "phone", "13800");
	g_assert_cmpstr(field(desk, "phone")->hint, ==, "11 digits: 6 to go");
	type(desk, "phone", "0371-628");
	assert_holds(field(desk, "phone")->hint, "not complete");
	type(desk, "phone", "0371-55550000");
	g_assert_null(field(desk, "phone")->error);
	desk_free(desk);
}

/* A number that is not finished is a hint, and an error only on going on. */
static void test_unfinished(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	g_assert_null(field(desk, "name")->error);
	type(desk, "id_number", "4101991990");
	g_assert_null(field(desk, "id_number")->error);
	assert_holds(field(desk, "id_number")->hint, "8 char");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	assert_said(desk, "2 to fix");
	expect_error(desk, "id_number", "8 characters to go");
	expect_error(desk, "name", "must be filled in");
	g_assert_cmpint(seen(desk)->identify.focus, ==, 1);
	desk_free(desk);
}

static void test_passport(void)
{
	struct desk *desk = desk_at_work();
	struct store *store;
	g_autoptr(GPtrArray) hits = NULL;

	do_call(desk);
	g_assert_false(field(desk, "document_number")->visible);
	type(desk, "id_number", test_id);
	type(desk, "id_type", "414");
	g_assert_true(field(desk, "document_number")->visible);
	g_assert_false(field(desk, "id_number")->visible);
	type(desk, "document_number", "E12345678");
	type(desk, "name", "SAMPLE LEE");
	type(desk, "phone", "19900000000");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_ITEM);
	g_assert_cmpstr(seen(desk)->visit.person, ==, "S* L*");
	/* one place for the number, whatever the document */
	store = desk_store(desk);
	hits = case_of_person(store, "E12345678", 10, NULL);
	g_assert_cmpuint(hits->len, ==, 1);
	store_close(store);
	/* and nothing is left of the card that was typed first */
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM cases WHERE"
				 " CAST(body AS TEXT) LIKE '%1990-10-01%'"),
		==, 0);
	act0(desk, INTENT_BACK);
	g_assert_cmpstr(field(desk, "document_number")->value, ==, "E12345678");
	desk_free(desk);
}

/* A date, or the word for none. */
static void test_valid_to(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	type(desk, "valid_to", "2026-13-45");
	expect_error(desk, "valid_to", "a date like");
	type(desk, "valid_to", "2036/1/5");
	g_assert_null(field(desk, "valid_to")->error);
	g_assert_cmpstr(field(desk, "valid_to")->value, ==, "2036-01-05");
	type(desk, "valid_to", "长期");
	g_assert_null(field(desk, "valid_to")->error);
	desk_free(desk);
}

static void test_credit_code(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	type(desk, "id_type", "001");
	type(desk, "uscc", "11410185DEM000022X");
	expect_error(desk, "uscc", "compare with the licence");
	type(desk, "uscc", "1141018 DEM000022X");
	expect_error(desk, "uscc", "capital letters");
	type(desk, "uscc", "11410185dem000022y");
	g_assert_null(field(desk, "uscc")->error);
	type(desk, "name", "登封市市场监督管理局");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_ITEM);
	desk_free(desk);
}

static void test_agent(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	type(desk, "id_number", test_id);
	type(desk, "name", test_name);
	g_assert_false(field(desk, "agent_name")->visible);
	type(desk, "capacity", "2");
	g_assert_true(field(desk, "agent_name")->visible);
	g_assert_true(field(desk, "agent_id")->visible);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	expect_error(desk, "agent_name", "must be filled in");
	type(desk, "agent_name", "王样本");
	type(desk, "agent_id", "41019919870606009X");
	type(desk, "agent_phone", "19900000001");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_ITEM);
	/* the letter of authority is among the papers now */
	do_item(desk, "gtgsh");
	type(desk, "phone", "19900000000");
	type(desk, "residence", "登封市示例路 1 号");
	do_form(desk);
	g_assert_true(material(desk, 3)->needed);
	g_assert_true(material(desk, 3)->missing);
	/* he comes himself after all */
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_IDENTIFY);
	type(desk, "capacity", "1");
	act0(desk, INTENT_FORM_NEXT);
	act_text(desk, INTENT_ITEM_FILTER, 0, "gtgsh");
	act_at(desk, INTENT_ITEM_CHOOSE, 0);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	act0(desk, INTENT_FORM_NEXT);
	g_assert_false(material(desk, 3)->needed);
	desk_free(desk);
}

/* Every list is masked; the views of the visit itself show all. */
static void test_masks(void)
{
	struct desk *desk = desk_at_work();
	struct hit_model *hit;
	GPtrArray *lines;

	do_call(desk);
	do_identify(desk);
	g_assert_cmpstr(seen(desk)->visit.person, ==, "李*例");
	act0(desk, INTENT_BACK);
	g_assert_cmpstr(field(desk, "id_number")->value, ==, test_id);
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	act_text(desk, INTENT_SEARCH, 0, "李示");
	g_assert_cmpuint(seen(desk)->search.hits->len, ==, 1);
	hit = seen(desk)->search.hits->pdata[0];
	g_assert_cmpstr(hit->applicant, ==, "李*例");
	lines = seen(desk)->search.preview;
	for (guint i = 0; i < lines->len; i++) {
		g_assert_null(strstr(lines->pdata[i], test_name));
		g_assert_null(strstr(lines->pdata[i], test_id));
	}
	for (guint i = 0; i < seen(desk)->messages->len; i++)
		g_assert_null(
			strstr(seen(desk)->messages->pdata[i], test_name));
	desk_free(desk);
}

/* Lines that hold the full name or number. */
static int open_lines(const struct desk *desk)
{
	GPtrArray *lines = seen(desk)->one_case.lines;
	int count = 0;

	for (guint i = 0; i < lines->len; i++)
		count += strstr(lines->pdata[i], test_name) ||
			 strstr(lines->pdata[i], test_id);
	return count;
}

static void reveal(struct desk *desk)
{
	act0(desk, INTENT_REVEAL);
	g_assert_true(seen(desk)->dialog.open);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	g_assert_true(seen(desk)->one_case.revealed);
	g_assert_cmpint(open_lines(desk), ==, 1);
}

/* Full data of one case: for a purpose, with a row, and gone with the view. */
static void test_reveal(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	act0(desk, INTENT_REVEAL);
	assert_said(desk, "in a case only");
	do_identify(desk);
	act_at(desk, INTENT_GOTO, VIEW_SEARCH);
	act_text(desk, INTENT_SEARCH, 0, "李示");
	act_at(desk, INTENT_SEARCH_OPEN, 0);
	assert_view(desk, VIEW_CASE);
	g_assert_null(strstr(seen(desk)->one_case.title, "(null)"));
	g_assert_cmpint(open_lines(desk), ==, 0);
	reveal(desk);
	g_assert_cmpint(audits_of(desk, "reveal"), ==, 1);
	act0(desk, INTENT_REVEAL); /* again covers */
	g_assert_cmpint(open_lines(desk), ==, 0);
	reveal(desk);
	act0(desk, INTENT_LOCK);
	g_assert_cmpint(open_lines(desk), ==, 0);
	desk_act(desk, INTENT_UNLOCK, 0, 0, NULL, test_password);
	assert_view(desk, VIEW_CASE);
	g_assert_false(seen(desk)->one_case.revealed);
	reveal(desk);
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_SEARCH);
	g_assert_cmpint(open_lines(desk), ==, 0);
	desk_free(desk);
}

/* Earlier cases of the same person stand below the fields. */
static void test_earlier(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	act0(desk, INTENT_FINISH_DONE);
	past_the_gap(desk);
	do_call(desk);
	g_assert_cmpuint(seen(desk)->earlier->len, ==, 0);
	type(desk, "id_number", test_id);
	g_assert_cmpuint(seen(desk)->earlier->len, ==, 1);
	g_assert_null(strstr(seen(desk)->earlier->pdata[0], test_name));
	desk_free(desk);
}

/* The item ---------------------------------------------------------------- */

static void test_filter(void)
{
	struct desk *desk = desk_at_work();
	struct item_model *item;
	guint all;

	do_call(desk);
	do_identify(desk);
	all = seen(desk)->item.hits->len;
	g_assert_cmpuint(all, ==, 12);
	act_text(desk, INTENT_ITEM_FILTER, 0, "spjy");
	g_assert_cmpuint(seen(desk)->item.hits->len, <, all);
	item = seen(desk)->item.hits->pdata[0];
	assert_holds(item->name, "食品经营许可");
	g_assert_cmpuint(seen(desk)->item.detail.lines->len, >, 3);
	act_text(desk, INTENT_ITEM_FILTER, 0, "老年人");
	g_assert_cmpuint(seen(desk)->item.hits->len, ==, 1);
	act_text(desk, INTENT_ITEM_FILTER, 0, "qqqqq");
	g_assert_cmpuint(seen(desk)->item.hits->len, ==, 0);
	assert_said(desk, "Nothing fits");
	act_at(desk, INTENT_ITEM_CHOOSE, 0);
	assert_view(desk, VIEW_ITEM);
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	g_assert_cmpuint(seen(desk)->item.hits->len, ==, all);
	act_at(desk, INTENT_ITEM_FOCUS, 3);
	g_assert_cmpint(seen(desk)->item.focus, ==, 3);
	act_at(desk, INTENT_ITEM_FOCUS, 99);
	g_assert_cmpint(seen(desk)->item.focus, ==, 3);
	desk_free(desk);
}

/* A ticket may name its business: in our words, or in words of its own. */
static void test_business(void)
{
	struct desk *desk = desk_new("03", "");
	struct item_model *item;

	desk_ticket(desk, 18, "1", "waiting", "", "老年人优待证办理");
	desk_ticket(desk, 19, "1", "waiting", "", "随便问问");
	desk_open(desk);
	desk_login(desk);
	do_call(desk);
	do_identify(desk);
	g_assert_cmpstr(seen(desk)->item.filter, ==, "老年人优待证办理");
	g_assert_cmpuint(seen(desk)->item.hits->len, ==, 1);
	item = seen(desk)->item.hits->pdata[0];
	g_assert_cmpstr(item->name, ==, "老年人优待证办理");
	act0(desk, INTENT_HOME);
	act_at(desk, INTENT_CALL_THIS, 0);
	past_the_gap(desk);
	act_at(desk, INTENT_CALL_THIS, 0);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	do_identify(desk);
	g_assert_cmpuint(seen(desk)->item.hits->len, ==, 12);
	g_assert_cmpstr(seen(desk)->item.filter, ==, "");
	desk_free(desk);
}

static void test_other_window(void)
{
	struct desk *desk = desk_new("04", "");
	struct item_model *item = NULL;
	guint last;

	desk_queue(desk, 18, 18);
	desk_open(desk);
	desk_login(desk);
	do_call(desk);
	do_identify(desk);
	last = seen(desk)->item.hits->len - 1;
	item = seen(desk)->item.hits->pdata[last];
	g_assert_true(item->elsewhere);
	act_at(desk, INTENT_ITEM_CHOOSE, (int)last);
	assert_view(desk, VIEW_ITEM);
	assert_said(desk, "This window does not take");
	assert_said(desk, "window 03 does");
	assert_holds(seen(desk)->message, item->name);
	desk_free(desk);
}

/* Another item begins with an empty form; the same one keeps it. */
static void test_same_item(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	do_item(desk, "gtgsh");
	type(desk, "trade_name", "登封市示例小店");
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_ITEM);
	do_item(desk, "gtgsh");
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	desk_free(desk);
}

/* Chosen by its initials; the question comes first. */
static void change_item(struct desk *desk, const char *filter)
{
	act_text(desk, INTENT_ITEM_FILTER, 0, filter);
	act_at(desk, INTENT_ITEM_CHOOSE, 0);
	assert_view(desk, VIEW_ITEM);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_cmpuint(seen(desk)->dialog.choices->len, ==, 2);
}

/* What was filled in and handed in for the item before waits for it. */
static void test_change_item(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	do_paper(desk, 0);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	change_item(desk, "spxjyd");
	assert_holds(seen(desk)->dialog.lines->pdata[0], "个体工商户设立登记");
	assert_holds(seen(desk)->dialog.lines->pdata[0], "4 fields");
	assert_holds(seen(desk)->dialog.lines->pdata[0], "1 papers");
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	assert_view(desk, VIEW_ITEM);
	assert_holds(seen(desk)->visit.item, "个体工商户设立登记");
	change_item(desk, "spxjyd");
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "");
	act0(desk, INTENT_UNDO);
	assert_said(desk, "Nothing to undo");
	type(desk, "trade_name", "登封市另一小店");
	/* over the end of the program */
	past_the_gap(desk);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_FORM);
	act0(desk, INTENT_BACK);
	change_item(desk, "gtgsh");
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
	g_assert_true(material(desk, 0)->paper_seen);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	/* and goes with the decision */
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM cases WHERE"
				 " CAST(body AS TEXT) LIKE '%另一小店%'"),
		==, 0);
	desk_free(desk);
}

/* A reason that was chosen for the one is none for the other. */
static void test_change_item_reason(void)
{
	struct desk *desk = desk_at_work();

	do_to_decision(desk);
	act_text(desk, INTENT_REASON_SET, 0, "不属本市");
	for (int i = 0; i < 3; i++)
		act0(desk, INTENT_BACK);
	change_item(desk, "lnr");
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM cases WHERE"
					 " json_extract(CAST(body AS TEXT),"
					 " '$.decision') IS NOT NULL"),
		==, 0);
	desk_free(desk);
}

/* The number of the form, once filled in from the document, goes with it; typed
 * otherwise, that is said. */
static void test_odd_number(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	assert_said(desk, "The ticket is 张*本's");
	do_item(desk, "gtgsh");
	for (int i = 0; i < 2; i++)
		act0(desk, INTENT_BACK);
	type(desk, "id_number", "41019919870606009X");
	act0(desk, INTENT_FORM_NEXT);
	do_item(desk, "gtgsh");
	g_assert_cmpstr(
		field(desk, "id_number")->value, ==, "41019919870606009X");
	g_assert_cmpstr(field(desk, "id_number")->hint, ==, "checked");
	type(desk, "id_number", test_id);
	assert_holds(field(desk, "id_number")->hint, "not the applicant's");
	do_form(desk);
	assert_said(desk, "not the applicant's");
	desk_free(desk);
}

/* What was typed in the step before has no marks of its own in the form. */
static void test_fields_of_two_steps(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	do_item(desk, "gtgsh");
	g_assert_cmpstr(field(desk, "id_number")->value, ==, test_id);
	g_assert_cmpstr(field(desk, "phone")->value, ==, "19900000000");
	g_assert_cmpstr(field(desk, "phone")->source, ==, "step before");
	type(desk, "phone", "19900000009");
	g_assert_null(field(desk, "phone")->source);
	/* what is emptied stays empty */
	type(desk, "residence", "");
	g_assert_cmpstr(field(desk, "residence")->value, ==, "");
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/identify/check-digit", test_check_digit);
	g_test_add_func("/app/identify/birth-dates", test_birth_dates);
	g_test_add_func("/app/identify/telephone", test_telephone);
	g_test_add_func("/app/identify/unfinished", test_unfinished);
	g_test_add_func("/app/identify/passport", test_passport);
	g_test_add_func("/app/identify/credit-code", test_credit_code);
	g_test_add_func("/app/identify/valid-to", test_valid_to);
	g_test_add_func("/app/identify/odd-number", test_odd_number);
	g_test_add_func("/app/identify/agent", test_agent);
	g_test_add_func("/app/identify/masks", test_masks);
	g_test_add_func("/app/identify/reveal", test_reveal);
	g_test_add_func("/app/identify/earlier", test_earlier);
	g_test_add_func("/app/item/filter", test_filter);
	g_test_add_func("/app/item/business", test_business);
	g_test_add_func("/app/item/other-window", test_other_window);
	g_test_add_func("/app/item/same-item", test_same_item);
	g_test_add_func("/app/item/change-item", test_change_item);
	g_test_add_func(
		"/app/item/change-item-reason", test_change_item_reason);
	g_test_add_func(
		"/app/item/fields-of-two-steps", test_fields_of_two_steps);
	return g_test_run();
}
