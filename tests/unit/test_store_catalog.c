/* Rows of the catalogue: they wait, are taken or set aside; a feed that began
 * anew withdraws what it does not bring again; items are kept for cases. */
#include "client/store/catalog_rows.h"
#include "tests/unit/test_store.h"

/* entity, id and version of "deleted" or a body. */
static bool arrive(struct fixture *f, int seq, const char *entity,
	const char *id, const char *body)
{
	g_autofree char *text = g_strdup_printf(
		body ? "[{\"seq\":%d,\"entity\":\"%s\",\"id\":\"%s\","
		       "\"version\":\"v\",\"deleted\":false,\"body\":%s}]"
		     : "[{\"seq\":%d,\"entity\":\"%s\",\"id\":\"%s\","
		       "\"version\":\"\",\"deleted\":true}]",
		seq, entity, id, body);
	AUTO(json) rows = json_parse(text, strlen(text), NULL);
	g_autoptr(GError) error = NULL;
	bool changed = false;

	g_assert_true(feed_apply(
		f->store, "catalog", text, "e1", rows, &changed, &error));
	g_assert_no_error(error);
	return changed;
}

static GPtrArray *waiting(struct fixture *f, guint expected)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *rows = catalog_waiting(f->store, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(rows->len, ==, expected);
	return rows;
}

static void decide(struct fixture *f, guint expected, const char *verdict)
{
	g_autoptr(GPtrArray) rows = waiting(f, expected);
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < rows->len; i++)
		((struct catalog_row *)rows->pdata[i])->verdict = verdict;
	g_assert_true(catalog_settle(f->store, rows, &error));
	g_assert_no_error(error);
}

/* "entity id body|" of each taken row. */
static char *taken(struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = catalog_taken(f->store, &error);
	GString *text = g_string_new(NULL);

	g_assert_no_error(error);
	for (guint i = 0; i < rows->len; i++) {
		const struct catalog_row *row = rows->pdata[i];

		g_string_append_printf(text, "%s %s %s|", row->entity, row->id,
			row->deleted ? "-" : row->body);
	}
	return g_string_free(text, FALSE);
}

/* The newest of an id waits; a row in use stays until a good one comes. */
static void test_verdicts(struct fixture *f, gconstpointer unused)
{
	g_autofree char *first = NULL, *second = NULL, *third = NULL;

	(void)unused;
	arrive(f, 4, "item", "A", "{\"n\":1}");
	arrive(f, 5, "item", "A", "{\"n\":2}");
	decide(f, 1, "taken");
	g_ptr_array_unref(waiting(f, 0));
	first = taken(f);
	g_assert_cmpstr(first, ==, "item A {\"n\":2}|");
	arrive(f, 6, "item", "A", "{\"n\":3}");
	decide(f, 1, "item.invalid");
	reopen(f);
	g_ptr_array_unref(waiting(f, 1));
	g_assert_cmpint(feed_set_aside(f->store, "catalog"), ==, 1);
	second = taken(f);
	g_assert_cmpstr(second, ==, "item A {\"n\":2}|");
	arrive(f, 7, "item", "A", "{\"n\":4}");
	g_assert_cmpint(feed_set_aside(f->store, "catalog"), ==, 0);
	decide(f, 1, "taken");
	third = taken(f);
	g_assert_cmpstr(third, ==, "item A {\"n\":4}|");
	g_assert_true(store_verify_seals(f->store, NULL));
}

static void test_malformed(struct fixture *f, gconstpointer unused)
{
	g_autofree char *long_id = g_strnfill(65, 'x');

	(void)unused;
	arrive(f, 1, "galaxy", "A", "{}");
	arrive(f, 2, "item", "", "{}");
	arrive(f, 3, "item", long_id, "{}");
	arrive(f, 4, "item", "A", "[]");
	g_assert_cmpint(feed_set_aside(f->store, "catalog"), ==, 4);
}

/* Held withdrawals wait for a person, who stands in the log. */
static void test_held(struct fixture *f, gconstpointer unused)
{
	int64_t count = 9;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = NULL;

	(void)unused;
	g_assert_true(catalog_agree(f->store, &clerk, &count, &error));
	g_assert_cmpint(count, ==, 0);
	arrive(f, 1, "item", "A", NULL);
	arrive(f, 2, "item", "B", NULL);
	decide(f, 2, "held");
	g_assert_cmpint(catalog_count_held(f->store), ==, 2);
	g_assert_cmpint(feed_set_aside(f->store, "catalog"), ==, 0);
	g_assert_true(catalog_agree(f->store, &clerk, &count, &error));
	g_assert_no_error(error);
	g_assert_cmpint(count, ==, 2);
	g_assert_cmpint(catalog_count_held(f->store), ==, 0);
	rows = waiting(f, 2);
	g_assert_cmpstr(
		((struct catalog_row *)rows->pdata[0])->state, ==, "agreed");
	g_assert_cmpint(
		number_behind(f, "SELECT count(*) FROM audit WHERE"
				 " json_extract(CAST(body AS TEXT), '$.act')"
				 " = 'catalog.agree'"),
		==, 1);
}

/* 410: what the snapshot does not bring again is withdrawn at its end. */
static void test_snapshot(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GPtrArray) rows = NULL;
	const struct catalog_row *row;
	g_autoptr(GError) error = NULL;
	bool changed = true;

	(void)unused;
	arrive(f, 1, "catalog", "catalog", "{}");
	arrive(f, 2, "item", "A", "{}");
	arrive(f, 3, "item", "B", "{}");
	decide(f, 3, "taken");
	g_assert_true(feed_ended(f->store, "catalog", &changed, &error));
	g_assert_false(changed);
	g_assert_true(feed_reset(f->store, "catalog", &error));
	arrive(f, 1, "item", "B", "{}");
	decide(f, 1, "taken");
	reopen(f);
	g_assert_true(feed_ended(f->store, "catalog", &changed, &error));
	g_assert_true(changed);
	rows = waiting(f, 1);
	row = rows->pdata[0];
	g_assert_cmpstr(row->id, ==, "A");
	g_assert_true(row->deleted);
	g_assert_true(feed_ended(f->store, "catalog", &changed, &error));
	g_assert_false(changed);
	g_assert_true(feed_ended(f->store, "tickets", &changed, &error));
	g_assert_false(changed);
}

static void test_kept(struct fixture *f, gconstpointer unused)
{
	g_autofree char *one = NULL;
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_null(catalog_kept_item(f->store, "A", "1"));
	g_assert_true(catalog_keep_item(f->store, "A", "1", "{1}", &error));
	g_assert_true(catalog_keep_item(f->store, "A", "2", "{2}", &error));
	g_assert_true(catalog_keep_item(f->store, "A", "1", "{x}", &error));
	g_assert_no_error(error);
	reopen(f);
	one = catalog_kept_item(f->store, "A", "1");
	g_assert_cmpstr(one, ==, "{1}");
}

static void test_damaged(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	arrive(f, 1, "item", "A", "{}");
	decide(f, 1, "taken");
	damage(f, "catalog_taken_seal",
		"UPDATE catalog_taken SET body = '{\"n\":9}'");
	g_assert_null(catalog_taken(f->store, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_assert_false(store_verify_seals(f->store, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/catalog/verdicts", test_verdicts);
	ADD("/store/catalog/malformed", test_malformed);
	ADD("/store/catalog/held", test_held);
	ADD("/store/catalog/snapshot", test_snapshot);
	ADD("/store/catalog/kept", test_kept);
	ADD("/store/catalog/damaged", test_damaged);
	return g_test_run();
}
