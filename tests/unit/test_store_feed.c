/* Pages of changes and the cursor; blocks of numbers and their ledger. */
#include "tests/unit/test_store.h"

#define ID "0193b0a0-0000-7000-8000-0000000000a0"

static const char ticket_row[] =
	"{\"seq\":1,\"entity\":\"ticket\",\"id\":\"" ID "\",\"version\":\"1\","
	"\"deleted\":false,\"body\":{\"number\":\"A001\",\"kind\":\"apply\","
	"\"state\":\"waiting\"}}";

static bool apply(struct store *store, const char *feed, const char *cursor,
	const char *rows_text)
{
	AUTO(json) rows = parse(rows_text);
	g_autoptr(GError) error = NULL;
	bool changed = false;

	g_assert_true(
		feed_apply(store, feed, cursor, "e1", rows, &changed, &error));
	g_assert_no_error(error);
	return changed;
}

static void test_cursor(struct fixture *f, gconstpointer unused)
{
	g_autofree char *rows = g_strdup_printf("[%s]", ticket_row);
	g_autofree char *cursor = NULL;

	(void)unused;
	g_assert_null(feed_cursor(f->store, "tickets"));
	g_assert_true(apply(f->store, "tickets", "c1", rows));
	/* twice changes nothing */
	g_assert_false(apply(f->store, "tickets", "c1", rows));
	g_assert_false(apply(f->store, "tickets", "c2", "[]"));
	reopen(f);
	cursor = feed_cursor(f->store, "tickets");
	g_assert_cmpstr(cursor, ==, "c2");
	g_assert_null(feed_cursor(f->store, "cases"));
	g_assert_true(feed_reset(f->store, "tickets", NULL));
	g_assert_null(feed_cursor(f->store, "tickets"));
}

/* What is wrong is set aside and counted, the rest of the page is applied. */
static void test_bad_rows(struct fixture *f, gconstpointer unused)
{
	g_autofree char *rows = g_strdup_printf(
		"[{\"seq\":7,\"id\":\"x\"},17,null,"
		"{\"seq\":8,\"id\":\"" ID "\",\"body\":{\"number\":"
		"\"far too long a number\",\"kind\":\"apply\","
		"\"state\":\"waiting\"}},"
		"{\"seq\":9,\"id\":\"" ID "\",\"body\":[]},%s]",
		ticket_row);
	g_autoptr(GPtrArray) list = NULL;

	(void)unused;
	g_assert_true(apply(f->store, "tickets", "c1", rows));
	list = ticket_list(f->store, NULL);
	g_assert_cmpint(list->len, ==, 1);
	g_assert_cmpint(feed_set_aside(f->store, "tickets"), ==, 4);
	g_assert_cmpint(feed_set_aside(f->store, "cases"), ==, 0);
}

/* A damaged row of ours is no bad row of the platform: the page stops. */
static void test_damaged(struct fixture *f, gconstpointer unused)
{
	g_autofree char *rows_text = g_strdup_printf("[%s]", ticket_row);
	AUTO(json) rows = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *cursor = NULL;
	bool changed = false;

	(void)unused;
	g_assert_true(apply(f->store, "tickets", "c1", rows_text));
	damage(f, "tickets_seal",
		"UPDATE tickets SET remote_version = '0', person = 'x'");
	rows = parse(rows_text);
	g_assert_false(feed_apply(
		f->store, "tickets", "c2", "e1", rows, &changed, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	cursor = feed_cursor(f->store, "tickets");
	g_assert_cmpstr(cursor, ==, "c1");
	g_assert_cmpint(feed_set_aside(f->store, "tickets"), ==, 0);
}

static void test_cases(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_assert_true(apply(f->store, "cases", "c1",
		"[{\"seq\":1,\"entity\":\"case\",\"id\":\"" ID "\","
		"\"version\":\"3\",\"body\":{\"state\":\"in-review\"}}]"));
	g_assert_false(apply(f->store, "cases", "c1",
		"[{\"seq\":1,\"entity\":\"case\",\"id\":\"" ID "\","
		"\"version\":\"3\",\"body\":{\"state\":\"in-review\"}}]"));
	g_assert_cmpint(number_behind(f,
				"SELECT count(*) FROM case_remote"
				" WHERE state = 'in-review' AND version = '3'"),
		==, 1);
}

static void test_catalog(struct fixture *f, gconstpointer unused)
{
	static const char rows[] =
		"[{\"seq\":4,\"entity\":\"item\",\"id\":\"i1\","
		"\"version\":\"1\",\"body\":{\"name\":\"x\"}}]";

	(void)unused;
	g_assert_true(apply(f->store, "catalog", "c1", rows));
	g_assert_false(apply(f->store, "catalog", "c1", rows));
	g_assert_cmpint(
		number_behind(f, "SELECT count(*) FROM inbox"
				 " WHERE feed = 'catalog' AND state = 'new'"),
		==, 1);
	g_assert_cmpint(feed_set_aside(f->store, "catalog"), ==, 0);
}

/* {"series":"case:03","leased":..}: compared as text. */
static void expect_ledger(struct store *store, const char *want)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) ledger = number_ledger(store, &error);
	g_autofree char *text = NULL;

	g_assert_no_error(error);
	text = json_print(ledger);
	g_assert_cmpstr(text, ==, want);
	json_each (line, ledger) {
		g_assert_cmpint(json_int_or(line, "leased", -1), ==,
			json_int_or(line, "used", 0) +
				json_int_or(line, "void", 0) +
				json_int_or(line, "free", 0));
	}
}

static void accept_one(struct fixture *f, const char *want)
{
	struct case_record *record = make_case("张三");
	struct case_decision decision = {.event = CASE_EVENT_ACCEPT,
		.at_ms = test_at_ms,
		.day = TEST_DAY};
	g_autoptr(GError) error = NULL;

	g_assert_true(case_decide(f->store, record, &decision, &clerk, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(record->case_no, ==, want);
	case_free(record);
}

static void test_ledger(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	expect_ledger(f->store, "[]");
	add_block(f->store, "case:03", "03-", 1, 3);
	add_block(f->store, "case:03", "03-", 11, 12);
	accept_one(f, "20261123-03-0001");
	/* number 2 was printed on spoilt paper */
	g_assert_true(
		number_void(f->store, "case:03", 2, "作废", &clerk, &error));
	expect_ledger(f->store,
		"[{\"series\":\"case:03\",\"leased\":5,\"used\":1,"
		"\"void\":1,\"free\":3}]");
	accept_one(f, "20261123-03-0003");
	accept_one(f, "20261123-03-0011");
	expect_ledger(f->store,
		"[{\"series\":\"case:03\",\"leased\":5,\"used\":3,"
		"\"void\":1,\"free\":1}]");
	g_assert_false(
		number_void(f->store, "case:03", 1, "x", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_clear_error(&error);
	g_assert_false(
		number_void(f->store, "case:03", 2, "x", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_clear_error(&error);
	g_assert_false(
		number_void(f->store, "case:03", 7, "x", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_assert_cmpint(number_behind(f, "SELECT count(*) FROM outbox"
					 " WHERE kind = 'number.void'"),
		==, 1);
}

static bool add(struct store *store, const char *id, const char *series,
	int64_t first, int64_t last, GError **error)
{
	struct number_block block = {.first = first, .last = last};

	g_strlcpy(block.block_id, id, UUID_TEXT);
	g_strlcpy(block.series, series, sizeof(block.series));
	return number_block_add(store, &block, error);
}

static void test_blocks(struct fixture *f, gconstpointer unused)
{
	static const char other[] = "0193b0a0-0000-7000-8000-0000000000a1";
	static const struct {
		const char *id, *series;
		int64_t first, last;
		int code;
	} bad[] = {
		{"no-uuid", "case:03", 1, 9, ITEM_ERROR_INVALID},
		{other, "stamp:1", 1, 9, ITEM_ERROR_INVALID},
		{other, "case:03", 0, 9, ITEM_ERROR_INVALID},
		{other, "case:03", 9, 8, ITEM_ERROR_INVALID},
		{other, "case:03", 9000, 10000, ITEM_ERROR_INVALID},
		{other, "doc:accept:2026", 1, 1000000, ITEM_ERROR_INVALID},
		{other, "case:03", 5, 7, ITEM_ERROR_CONFLICT},
		{other, "case:03", 1, 99, ITEM_ERROR_CONFLICT},
	};

	(void)unused;
	g_assert_true(add(f->store, ID, "case:03", 5, 9, NULL));
	/* the answer to a repeated request */
	g_assert_true(add(f->store, ID, "case:03", 5, 9, NULL));
	g_assert_cmpint(numbers_left(f->store, "case:03"), ==, 5);
	g_assert_cmpint(numbers_left(f->store, "case:04"), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(add(f->store, bad[i].id, bad[i].series,
			bad[i].first, bad[i].last, &error));
		g_assert_error(error, ITEM_ERROR, bad[i].code);
	}
	g_assert_cmpint(numbers_left(f->store, "case:03"), ==, 5);
}

/* Serials of cases come again on another day, document numbers never. */
static void test_serials_again(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct case_decision decision = {.event = CASE_EVENT_ACCEPT,
		.at_ms = test_at_ms,
		.day = TEST_DAY,
		.document_series = accept_series};
	g_autoptr(GError) error = NULL;
	char id[UUID_TEXT];

	(void)unused;
	add_blocks(f->store, 1);
	g_assert_true(case_decide(f->store, record, &decision, &clerk, NULL));
	case_free(record);
	uuid7(id);
	g_assert_false(add(f->store, id, "doc:accept:2026", 1, 1, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_true(add(f->store, id, "case:03", 1, 1, NULL));
	decision.document_series = NULL;
	record = make_case("李四");
	/* the same day: the same number, refused as a whole */
	g_assert_false(
		case_decide(f->store, record, &decision, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	decision.day = TEST_DAY + 1;
	g_assert_true(case_decide(f->store, record, &decision, &clerk, NULL));
	g_assert_cmpstr(record->case_no, ==, "20261124-03-0001");
	case_free(record);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/feed/cursor", test_cursor);
	ADD("/store/feed/bad-rows", test_bad_rows);
	ADD("/store/feed/damaged", test_damaged);
	ADD("/store/feed/cases", test_cases);
	ADD("/store/feed/catalog", test_catalog);
	ADD("/store/numbers/ledger", test_ledger);
	ADD("/store/numbers/blocks", test_blocks);
	ADD("/store/numbers/serials-again", test_serials_again);
	return g_test_run();
}
