/* The form: fields that come and go, rows, undo, errors only when they help,
 * and whatever people paste into a field. */
#include "tests/unit/test_app.h"

static struct desk *desk_in_form(const char *filter)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	do_item(desk, filter);
	return desk;
}

static struct field_model *cell(
	const struct desk *desk, const char *id, guint row, guint column)
{
	GPtrArray *rows = field(desk, id)->rows;

	g_assert_cmpuint(row, <, rows->len);
	return ((GPtrArray *)rows->pdata[row])->pdata[column];
}

static void remove_row(struct desk *desk, const char *id, int row)
{
	int index = -1;

	field_of(&seen(desk)->form, id, &index);
	desk_act(desk, INTENT_ROW_REMOVE, index, row, NULL, NULL);
}

static void test_conditional(void)
{
	struct desk *desk = desk_in_form("gtgsh");

	g_assert_false(field(desk, "post_address")->visible);
	g_assert_false(field(desk, "family")->visible);
	type(desk, "collect", "2");
	g_assert_true(field(desk, "post_address")->visible);
	/* filled from the step before */
	g_assert_cmpstr(field(desk, "post_address")->value, ==,
		"河南省登封市示例路 1 号");
	type(desk, "form_kind", "2");
	g_assert_true(field(desk, "family")->visible);
	type(desk, "form_kind", "1");
	g_assert_false(field(desk, "family")->visible);
	desk_free(desk);
}

/* A row that is asked for stops; hidden again it does not. */
static void test_rows(void)
{
	struct desk *desk = desk_in_form("gtgsh");

	type(desk, "form_kind", "2");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_FORM);
	assert_holds(field(desk, "family")->error, "F6 adds one");
	add_row(desk, "family");
	add_row(desk, "family");
	g_assert_cmpuint(field(desk, "family")->rows->len, ==, 2);
	type_cell(desk, "family", 0, 0, "王样本");
	type_cell(desk, "family", 0, 1, "41019919870606009X");
	type_cell(desk, "family", 1, 0, "赵习题");
	type_cell(desk, "family", 1, 1, "41019919870606009x");
	g_assert_cmpstr(
		cell(desk, "family", 1, 1)->value, ==, "41019919870606009X");
	/* the same person twice */
	g_assert_nonnull(cell(desk, "family", 1, 1)->error);
	assert_holds(cell(desk, "family", 1, 1)->error, "already in row 1");
	remove_row(desk, "family", 0);
	g_assert_cmpuint(field(desk, "family")->rows->len, ==, 1);
	g_assert_cmpstr(cell(desk, "family", 0, 0)->value, ==, "赵习题");
	g_assert_null(cell(desk, "family", 0, 1)->error);
	act0(desk, INTENT_UNDO);
	g_assert_cmpuint(field(desk, "family")->rows->len, ==, 2);
	g_assert_cmpstr(cell(desk, "family", 0, 0)->value, ==, "王样本");
	/* rows and cells that are not there */
	remove_row(desk, "family", 7);
	remove_row(desk, "family", -1);
	type_cell(desk, "family", 9, 0, "x");
	type_cell(desk, "family", 0, 9, "x");
	g_assert_cmpuint(field(desk, "family")->rows->len, ==, 2);
	desk_free(desk);
}

static void test_rows_limit(void)
{
	struct desk *desk = desk_in_form("gtgsh");

	type(desk, "form_kind", "2");
	for (int i = 0; i < 12; i++)
		add_row(desk, "family");
	g_assert_cmpuint(field(desk, "family")->rows->len, ==, 10);
	assert_said(desk, "No more rows");
	add_row(desk, "trade_name"); /* no rows at all */
	assert_said(desk, "No more rows");
	desk_free(desk);
}

static void test_undo(void)
{
	struct desk *desk = desk_in_form("gtgsh");

	type(desk, "trade_name", "一");
	type(desk, "trade_name", "二");
	type(desk, "trade_name", "二"); /* no change, nothing to undo */
	act0(desk, INTENT_UNDO);
	assert_said(desk, "undone");
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "一");
	act0(desk, INTENT_UNDO);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "");
	act0(desk, INTENT_UNDO);
	assert_said(desk, "Nothing to undo");
	for (int i = 0; i < 60; i++) {
		g_autofree char *text = g_strdup_printf("%d", i);

		type(desk, "trade_name", text);
	}
	for (int i = 0; i < 50; i++)
		act0(desk, INTENT_UNDO);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "9");
	act0(desk, INTENT_UNDO);
	assert_said(desk, "Nothing to undo");
	desk_free(desk);
}

/* Errors come when a field is left wrong, or when one wants to go on. */
static void test_errors_when(void)
{
	struct desk *desk = desk_in_form("gtgsh");
	int index = -1;

	for (guint i = 0; i < seen(desk)->form.fields->len; i++) {
		const struct field_model *any =
			seen(desk)->form.fields->pdata[i];

		g_assert_null(any->error);
	}
	type(desk, "staff", "三");
	assert_holds(field(desk, "staff")->error, "「三」");
	g_assert_null(field(desk, "site")->error);
	type(desk, "staff", "３");
	g_assert_null(field(desk, "staff")->error);
	g_assert_cmpstr(field(desk, "staff")->value, ==, "3");
	type(desk, "staff", "99999");
	assert_holds(field(desk, "staff")->error, "from 1 to 9999");
	type(desk, "capital", "10.005");
	assert_holds(field(desk, "capital")->error, "2 decimals");
	type(desk, "staff", "99999999999999999999");
	g_assert_cmpstr(
		field(desk, "staff")->error, ==, "the number is too large");
	type(desk, "staff", "3.7");
	g_assert_cmpstr(field(desk, "staff")->error, ==, "a whole number");
	type(desk, "staff", "99999");
	type(desk, "capital", "10.00");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_FORM);
	assert_said(desk, "5 to fix; first");
	field_of(&seen(desk)->form, "trade_name", &index);
	g_assert_cmpint(seen(desk)->form.focus, ==, index);
	assert_holds(field(desk, "site")->error, "must be filled in");
	type(desk, "site", "登封市示例路 2 号");
	g_assert_null(field(desk, "site")->error);
	desk_free(desk);
}

static void test_choices(void)
{
	struct desk *desk = desk_in_form("gtgsh");

	type(desk, "scope", "A01");
	g_assert_cmpstr(field(desk, "scope")->value, ==, "A01");
	type(desk, "scope", "A01,,nonsense");
	assert_holds(field(desk, "scope")->error, "is not in the list");
	type(desk, "scope", "");
	g_assert_cmpstr(field(desk, "scope")->value, ==, "");
	/* a label is as good as its code */
	type(desk, "form_kind", "家庭经营");
	g_assert_cmpstr(field(desk, "form_kind")->value, ==, "2");
	type(desk, "form_kind", "股份");
	assert_holds(field(desk, "form_kind")->error, "「股份」");
	desk_free(desk);
}

/* Rare characters are kept; what no field may hold is refused. */
static void test_strange_text(void)
{
	static const char *const kept[] = {"𠮷野家示例店", "李・示例",
		"示例\xF0\x9F\x8D\x9C店", "مثال", "e\xCC\x81tage",
		"\xEE\xA0\x95店"};
	static const char *const refused[] = {
		"a\x1B[31mb", "a\tb", "a\nb", "x\x7Fy", "\x01"};
	struct desk *desk = desk_in_form("gtgsh");
	struct store *store;
	GPtrArray *drafts;
	const struct case_record *draft;

	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		type(desk, "trade_name", kept[i]);
		g_assert_cmpstr(field(desk, "trade_name")->value, ==, kept[i]);
		g_assert_null(field(desk, "trade_name")->error);
	}
	store = desk_store(desk);
	drafts = case_drafts(store, NULL);
	g_assert_cmpuint(drafts->len, ==, 1);
	draft = drafts->pdata[0];
	g_assert_cmpstr(json_text(json_get(draft->body, "form"), "trade_name"),
		==, kept[G_N_ELEMENTS(kept) - 1]);
	g_ptr_array_unref(drafts);
	store_close(store);
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		type(desk, "trade_name", refused[i]);
		g_assert_nonnull(field(desk, "trade_name")->error);
		act0(desk, INTENT_FORM_NEXT);
		assert_view(desk, VIEW_FORM);
	}
	desk_free(desk);
}

static void test_long_text(void)
{
	struct desk *desk = desk_in_form("gtgsh");
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < 10000; i++)
		g_string_append(text, "长");
	type(desk, "trade_name", text->str);
	assert_holds(field(desk, "trade_name")->error,
		"at most 60 characters; has 10000");
	g_assert_cmpint(field(desk, "trade_name")->max_len, ==, 60);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_FORM);
	/* over the bound of a draft: said, and the program goes on */
	while (text->len < (1 << 20))
		g_string_append_len(text, text->str, (gssize)text->len);
	type(desk, "trade_name", text->str);
	assert_said(desk, "Larger than allowed");
	g_assert_false(seen(desk)->header.store_failed);
	type(desk, "trade_name", "短");
	g_assert_null(field(desk, "trade_name")->error);
	desk_free(desk);
}

/* Shares of the buyers add up to one; dates follow each other. */
static void test_cross_checks(void)
{
	struct desk *desk = desk_in_form("clf");
	GPtrArray *columns = field(desk, "buyers")->columns;
	int share = -1, number = -1;

	for (guint i = 0; i < columns->len; i++) {
		const struct field_model *column = columns->pdata[i];

		if (strcmp(column->id, "share") == 0)
			share = (int)i;
		if (strcmp(column->id, "number") == 0)
			number = (int)i;
	}
	g_assert_cmpint(share, >=, 0);
	type(desk, "ownership", "3");
	for (int i = 0; i < 2; i++) {
		add_row(desk, "buyers");
		type_cell(desk, "buyers", i, 0, i ? "王样本" : test_name);
		type_cell(desk, "buyers", i, share, i ? "0.4" : "0.5");
		type_cell(desk, "buyers", i, number,
			i ? "41019919870606009X" : test_id);
	}
	assert_holds(field(desk, "buyers")->error, "adds up to 0.9, must be 1");
	type_cell(desk, "buyers", 1, share, "0.5");
	g_assert_null(field(desk, "buyers")->error);
	desk_free(desk);
	desk = desk_in_form("hwgg");
	type(desk, "start", "2026-12-01");
	type(desk, "end", "2026-11-01");
	assert_holds(field(desk, "end")->error, "must not be earlier than");
	type(desk, "ad_kind", "4");
	type(desk, "end", "20270201");
	g_assert_cmpstr(field(desk, "end")->value, ==, "2027-02-01");
	assert_holds(field(desk, "start")->error ? field(desk, "start")->error
						 : field(desk, "end")->error,
		"at most 30 days");
	type(desk, "end", "2026-12-20");
	g_assert_null(field(desk, "end")->error);
	g_assert_null(field(desk, "start")->error);
	desk_free(desk);
}

/* Too young for the card: an error under the number, not a dead end. */
static void test_age(void)
{
	struct desk *desk = desk_in_form("lnr");

	type(desk, "id_number", test_id);
	assert_holds(field(desk, "id_number")->error, "60 years needed; is ");
	type(desk, "id_number", "410199195106150039");
	g_assert_null(field(desk, "id_number")->error);
	desk_free(desk);
}

/* Saved as each field is left: a new start finds the last one. */
static void test_saved_at_once(void)
{
	struct desk *desk = desk_in_form("gtgsh");

	type(desk, "trade_name", "登封市示例小店");
	g_assert_nonnull(seen(desk)->form.saved_at);
	past_the_gap(desk);
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/form/conditional", test_conditional);
	g_test_add_func("/app/form/rows", test_rows);
	g_test_add_func("/app/form/rows-limit", test_rows_limit);
	g_test_add_func("/app/form/undo", test_undo);
	g_test_add_func("/app/form/errors-when", test_errors_when);
	g_test_add_func("/app/form/choices", test_choices);
	g_test_add_func("/app/form/strange-text", test_strange_text);
	g_test_add_func("/app/form/long-text", test_long_text);
	g_test_add_func("/app/form/cross-checks", test_cross_checks);
	g_test_add_func("/app/form/age", test_age);
	g_test_add_func("/app/form/saved-at-once", test_saved_at_once);
	return g_test_run();
}
