/* The catalogue changes while the window works: the clerk is told, what is
 * wrong is set aside, many withdrawals are held, a case goes on as it began. */
#include "client/store/catalog_rows.h"
#include "tests/unit/test_app_fake.h"
#include "tests/unit/test_catalogue.h"

/* F5: what yikou-syncd's hint does as well. */
static void look(struct desk *desk)
{
	act0(desk, INTENT_RECONNECT);
}

static const struct item_model *hit_of(
	const struct desk *desk, const char *code)
{
	for (guint i = 0; i < seen(desk)->item.hits->len; i++) {
		const struct item_model *row = seen(desk)->item.hits->pdata[i];

		if (strcmp(row->code, code) == 0)
			return row;
	}
	return NULL;
}

static void test_changed(void)
{
	struct desk *desk = desk_at_work();
	const char *promise;

	do_call(desk);
	do_identify(desk);
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	promise = hit_of(desk, FOOD)->promise;
	g_assert_nonnull(strstr(promise, "5"));
	act_at(desk, INTENT_ITEM_FOCUS, 4);
	desk_catalog(desk, 2, "item", FOOD,
		shipped_promise("items/02-food-licence.json", 3));
	look(desk);
	g_assert_nonnull(strstr(hit_of(desk, FOOD)->promise, "3"));
	g_assert_cmpint(seen(desk)->item.focus, ==, 4);
	assert_said(desk, "食品经营许可（新办）");
	/* the same again is no news */
	desk_catalog(desk, 3, "item", FOOD,
		shipped_promise("items/02-food-licence.json", 3));
	look(desk);
	g_assert_false(has_said(desk, "食品经营许可"));
	past_the_gap(desk); /* and it is there after a start */
	act0(desk, INTENT_RESUME_VISIT);
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	g_assert_nonnull(strstr(hit_of(desk, FOOD)->promise, "3"));
	desk_free(desk);
}

/* A first pull brings what the files say: nothing to tell, nothing waits. */
static void test_first_pull(void)
{
	struct desk *desk = desk_at_work();

	desk_catalog(desk, 1, "catalog", "catalog", shipped("catalog.json"));
	desk_catalog(
		desk, 2, "item", FOOD, shipped("items/02-food-licence.json"));
	desk_catalog(desk, 3, "dictionary", "nation",
		shipped("dictionaries/nation.json"));
	look(desk);
	g_assert_false(has_said(desk, "Catalogue updated"));
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM inbox"
					 " WHERE feed = 'catalog'"),
		==, 0);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM catalog_taken"), ==, 3);
	desk_free(desk);
}

static void test_wrong(void)
{
	struct desk *desk = desk_at_work();
	struct json *wrong = shipped("items/02-food-licence.json");

	json_put_text(wrong, "fee", "");
	desk_catalog(desk, 2, "item", FOOD, wrong);
	desk_catalog(desk, 3, "item", SENIOR,
		shipped_promise("items/06-senior-card.json", 2));
	look(desk);
	assert_said(desk, "1 wrong catalogue entries");
	look(desk);
	g_assert_false(has_said(desk, "wrong")); /* said once */
	do_call(desk);
	do_identify(desk);
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	g_assert_nonnull(strstr(hit_of(desk, FOOD)->promise, "5"));
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	assert_holds(seen(desk)->sync.check, "1 entries set aside");
	/* the platform mends it */
	desk_catalog(desk, 4, "item", FOOD,
		shipped_promise("items/02-food-licence.json", 4));
	look(desk);
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	g_assert_null(strstr(seen(desk)->sync.check, "set aside"));
	desk_free(desk);
}

/* Rows that need each other come in any order, even in different pages. */
static void test_order(void)
{
	struct desk *desk = desk_at_work();
	struct json *head = shipped("catalog.json");
	struct json *item = shipped("items/06-senior-card.json");
	struct json *department = json_new_object();

	json_put_text(item, "department", "登封市新设局");
	desk_catalog(desk, 2, "item", SENIOR, item);
	look(desk);
	assert_said(desk, "wrong");
	json_put_text(department, "name", "登封市新设局");
	json_put_text(department, "uscc", "11410185DEM000065C");
	json_add(json_get_mutable(head, "departments"), department);
	desk_catalog(desk, 3, "catalog", "catalog", head);
	look(desk);
	assert_said(desk, "老年人优待证办理");
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM inbox"
					 " WHERE feed = 'catalog'"),
		==, 0);
	desk_free(desk);
}

static struct json *numbered(const char *name, int no)
{
	struct json *body = shipped(name);

	json_put_int(body, "no", no);
	return body;
}

/* A number that another row of the page gives free; likewise after a start. */
static void test_numbers(void)
{
	struct desk *desk = desk_at_work();

	desk_catalog(desk, 2, "item", FOOD,
		numbered("items/02-food-licence.json", 1));
	desk_catalog(desk, 3, "item", SHOP,
		numbered("items/01-individual-business.json", 13));
	look(desk);
	assert_said(desk, "2 items");
	past_the_gap(desk);
	do_call(desk);
	do_identify(desk);
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	g_assert_cmpstr(
		((struct item_model *)seen(desk)->item.hits->pdata[0])->code,
		==, FOOD);
	desk_free(desk);
}

static void test_withdrawn(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	do_identify(desk);
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	g_assert_nonnull(hit_of(desk, SENIOR));
	desk_catalog(desk, 2, "item", SENIOR, NULL);
	look(desk);
	assert_said(desk, "老年人优待证办理");
	assert_said(desk, "withdrawn");
	g_assert_null(hit_of(desk, SENIOR));
	g_assert_cmpuint(seen(desk)->item.hits->len, ==, 11);
	desk_free(desk);
}

static const char *const many[] = {SHOP, FOOD, SENIOR};

static void withdraw_many(struct desk *desk)
{
	for (guint i = 0; i < G_N_ELEMENTS(many); i++)
		desk_catalog(desk, 10 + (int)i, "item", many[i], NULL);
}

static guint offered(struct desk *desk)
{
	act_text(desk, INTENT_ITEM_FILTER, 0, "");
	return seen(desk)->item.hits->len;
}

static void test_held(void)
{
	struct desk *desk = desk_at_work();
	struct store *store;
	int64_t count = 0;

	do_call(desk);
	do_identify(desk);
	withdraw_many(desk);
	look(desk);
	assert_said(desk, "withdraws 3 items at once");
	g_assert_cmpuint(offered(desk), ==, 12);
	look(desk);
	g_assert_false(has_said(desk, "withdraws")); /* said once */
	past_the_gap(desk);
	act0(desk, INTENT_RESUME_VISIT);
	g_assert_cmpuint(offered(desk), ==, 12);
	store = desk_store(desk);
	g_assert_true(catalog_agree(store, &clerk, &count, NULL));
	store_close(store);
	look(desk);
	assert_said(desk, "3 items");
	g_assert_cmpuint(offered(desk), ==, 9);
	past_the_gap(desk);
	act0(desk, INTENT_RESUME_VISIT);
	g_assert_cmpuint(offered(desk), ==, 9);
	desk_free(desk);
}

/* One by one they may go, but never the last. */
static void test_last(void)
{
	struct desk *desk = desk_at_work();
	g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func(g_free);

	do_call(desk);
	do_identify(desk);
	g_assert_cmpuint(offered(desk), ==, 12);
	for (guint i = 0; i < 12; i++)
		g_ptr_array_add(codes, g_strdup(((struct item_model *)seen(desk)
							 ->item.hits->pdata[i])
							->code));
	for (guint i = 0; i < 12; i++) {
		desk_catalog(desk, (int)i + 1, "item", codes->pdata[i], NULL);
		look(desk);
	}
	assert_said(desk, "held");
	g_assert_cmpuint(offered(desk), ==, 1);
	desk_free(desk);
}

/* Files of a newer version stand alone until the platform has caught up. */
static void test_older(void)
{
	struct desk *desk = desk_at_work();
	struct json *head = shipped("catalog.json");

	json_put_text(head, "version", "2026.9");
	desk_catalog(desk, 1, "catalog", "catalog", head);
	desk_catalog(desk, 2, "item", SENIOR, NULL);
	look(desk);
	do_call(desk);
	do_identify(desk);
	g_assert_cmpuint(offered(desk), ==, 12);
	head = shipped("catalog.json");
	json_put_text(head, "version", "2026.12");
	desk_catalog(desk, 3, "catalog", "catalog", head);
	look(desk);
	g_assert_cmpuint(offered(desk), ==, 11);
	desk_free(desk);
}

/* The item in hand, its form and its limits stay; so does the draft, after a
 * start and after the item is gone. */
static void test_case_keeps(void)
{
	struct desk *desk = desk_at_work();
	struct json *item = shipped("items/01-individual-business.json");
	guint fields;
	g_autofree char *version = NULL;

	do_call(desk);
	do_identify(desk);
	do_item(desk, "gtgsh");
	fields = seen(desk)->form.fields->len;
	type(desk, "trade_name", "登封市示例小店");
	json_put(json_get_mutable(item, "form"), "fields",
		parse("[{\"id\":\"one\",\"label\":\"一\","
		      "\"type\":\"text\"}]"));
	json_put(json_get_mutable(item, "form"), "checks", NULL);
	json_put(item, "materials",
		parse("[{\"no\":1,\"name\":\"x\",\"need\":\"must\","
		      "\"kind\":\"original\",\"form\":\"either\","
		      "\"source\":10}]"));
	json_put(item, "promise_when", NULL);
	json_put(item, "statutory_when", NULL);
	desk_catalog(desk, 2, "item", SHOP, item);
	look(desk);
	assert_said(desk, "个体工商户设立登记");
	assert_view(desk, VIEW_FORM);
	g_assert_cmpuint(seen(desk)->form.fields->len, ==, fields);
	/* chosen again it is still the one the case began with */
	act0(desk, INTENT_BACK);
	act_text(desk, INTENT_ITEM_FILTER, 0, "gtgsh");
	act_at(desk, INTENT_ITEM_CHOOSE, 0);
	assert_said(desk, "the version it began with");
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	past_the_gap(desk);
	desk_catalog(desk, 3, "item", SHOP, NULL);
	look(desk);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_FORM);
	g_assert_cmpuint(seen(desk)->form.fields->len, ==, fields);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	do_form(desk);
	do_papers(desk);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM outbox o"
					 " JOIN items_kept k ON k.version = "
					 "json_extract(CAST(o.body AS TEXT),"
					 " '$.item.version')"
					 " WHERE o.kind = 'case.accept'"),
		==, 1);
	desk_free(desk);
}

/* What came before the log-in, or behind the lock, is told afterwards; a hint
 * of yikou-syncd is enough. */
static void test_told_later(void)
{
	static const char hint[] =
		"{\"event\":\"changed\",\"feeds\":[\"catalog\"]}";
	AUTO(json) line = json_parse(hint, strlen(hint), NULL);
	struct fake fake;
	struct desk *desk = desk_with_queue();

	desk_catalog(desk, 2, "item", SENIOR, NULL);
	fake_open_at(&fake, desk);
	assert_said(desk, "withdrawn");
	act0(desk, INTENT_LOCK);
	desk_catalog(
		desk, 3, "item", SENIOR, shipped("items/06-senior-card.json"));
	line_broadcast(fake.syncd, line);
	spin_until(desk_count(desk, "SELECT count(*) FROM inbox"
				    " WHERE feed = 'catalog'") == 0);
	g_assert_false(has_said(desk, "is new"));
	desk_act(desk, INTENT_UNLOCK, 0, 0, NULL, test_password);
	assert_said(desk, "is new");
	fake_close(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/catalogue/changed", test_changed);
	g_test_add_func("/app/catalogue/first-pull", test_first_pull);
	g_test_add_func("/app/catalogue/wrong", test_wrong);
	g_test_add_func("/app/catalogue/order", test_order);
	g_test_add_func("/app/catalogue/numbers", test_numbers);
	g_test_add_func("/app/catalogue/withdrawn", test_withdrawn);
	g_test_add_func("/app/catalogue/held", test_held);
	g_test_add_func("/app/catalogue/last", test_last);
	g_test_add_func("/app/catalogue/older", test_older);
	g_test_add_func("/app/catalogue/case-keeps", test_case_keeps);
	g_test_add_func("/app/catalogue/told-later", test_told_later);
	return g_test_run();
}
