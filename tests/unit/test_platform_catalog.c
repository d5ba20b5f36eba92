/* Publishing by hand: all of it or nothing, by the rules of the catalogue. */
#include "tests/unit/test_platform.h"

#include "client/platform/feeds.h"

#define SENIOR "11410185DEM000065C5412090106000"

static void serve(struct fixture *f)
{
	g_autoptr(GError) error = NULL;

	feed_load_catalog(f->platform, "config/catalog", &error);
	g_assert_no_error(error);
}

/* The last row of the feed. Caller frees. */
static struct json *last_row(struct fixture *f)
{
	AUTO(json) reply =
		get(f->platform, "/v1/changes?feed=catalog&limit=500");
	const struct json *last = NULL;

	json_each (row, json_get(reply, "rows"))
		last = row;
	return json_copy(last);
}

static struct json *order_of(const char *entity, struct json *take_body)
{
	struct json *order = json_new_object(), *put = json_new_array();
	struct json *row = json_new_object();

	json_put_text(row, "entity", entity);
	json_put(row, "body", take_body);
	json_add(put, row);
	json_put(order, "put", put);
	return order;
}

static struct json *senior(int days)
{
	g_autoptr(GError) error = NULL;
	struct json *body = json_load(
		"config/catalog/items/06-senior-card.json", 1 << 20, &error);

	g_assert_no_error(error);
	json_put_int(json_get_mutable(body, "promise"), "days", days);
	return body;
}

static void publish(struct fixture *f, const struct json *order, int status,
	const char *detail)
{
	g_autofree char *text = json_print(order);
	AUTO(json) reply = post(f->platform, "/_catalog", text);

	assert_int(reply, "http", status);
	if (detail)
		g_assert_nonnull(
			strstr(json_text_or(reply, "detail", ""), detail));
}

static void test_change(struct fixture *f, gconstpointer data)
{
	AUTO(json) order = order_of("item", senior(4));
	AUTO(json) before = NULL;
	AUTO(json) after = NULL;
	AUTO(json) again = NULL;

	(void)data;
	serve(f);
	before = last_row(f);
	publish(f, order, 200, NULL);
	after = last_row(f);
	assert_text(after, "id", SENIOR);
	g_assert_cmpint(
		json_int_or(after, "seq", 0), >, json_int_or(before, "seq", 0));
	assert_int(json_get(json_get(after, "body"), "promise"), "days", 4);
	publish(f, order, 200, NULL); /* the same: no news */
	again = last_row(f);
	g_assert_true(json_equal(after, again));
}

static void test_withdraw(struct fixture *f, gconstpointer data)
{
	static const char order[] = "{\"withdraw\":[\"" SENIOR "\"]}";
	AUTO(json) gone = NULL;
	AUTO(json) twice = NULL;
	AUTO(json) row = NULL;

	(void)data;
	serve(f);
	gone = post(f->platform, "/_catalog", order);
	assert_int(gone, "http", 200);
	row = last_row(f);
	assert_text(row, "id", SENIOR);
	g_assert_true(json_bool_or(row, "deleted", false));
	twice = post(f->platform, "/_catalog", order);
	assert_int(twice, "http", 422);
}

static void test_strict(struct fixture *f, gconstpointer data)
{
	static const char *const malformed[] = {"{}", "[]", "{\"put\":{}}",
		"{\"put\":[{\"entity\":\"item\",\"body\":{}}]}",
		"{\"put\":[{\"entity\":\"star\",\"body\":{\"code\":\"x\"}}]}",
		"{\"withdraw\":[7]}",
		"{\"withdraw\":[\"x\"],\"unchecked\":true}"};
	AUTO(json) wrong = order_of("item", senior(4));
	AUTO(json) nothing = order_of("item", senior(4));
	AUTO(json) before = NULL;
	AUTO(json) after = NULL;

	(void)data;
	publish(f, nothing, 422, "--catalog");
	serve(f);
	before = last_row(f);
	for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
		AUTO(json) reply = post(f->platform, "/_catalog", malformed[i]);

		assert_int(reply, "http", 400);
	}
	/* one wrong thing, and the good withdrawal does not happen either */
	json_put(wrong, "withdraw", json_new_array());
	json_add_text(json_get_mutable(wrong, "withdraw"),
		"11410185DEM000022Y4410190102000");
	json_put_text(json_get_mutable(
			      (struct json *)json_first(json_get(wrong, "put")),
			      "body"),
		"fee", "");
	publish(f, wrong, 422, "item " SENIOR ": fee");
	after = last_row(f);
	g_assert_true(json_equal(before, after));
}

static void test_far(struct fixture *f, gconstpointer data)
{
	struct request request = {.method = METHOD_POST,
		.path = "/_catalog",
		.content_type = "application/json",
		.body = "{}",
		.body_len = 2,
		.is_local = false};
	AUTO(reply) reply = router_handle(f->platform, &request);

	(void)data;
	g_assert_cmpint(reply->status, ==, 403);
	request_clear(&request);
}

static void test_unchecked(struct fixture *f, gconstpointer data)
{
	AUTO(json) order = order_of("item", senior(4));
	AUTO(json) row = NULL;

	(void)data;
	f->chaos = true;
	fixture_restart(f);
	serve(f);
	json_put_text(json_get_mutable(
			      (struct json *)json_first(json_get(order, "put")),
			      "body"),
		"fee", "");
	json_put_bool(order, "unchecked", true);
	publish(f, order, 200, NULL);
	row = last_row(f);
	assert_text(json_get(row, "body"), "fee", "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/catalog/change", test_change);
	TEST("/platform/catalog/withdraw", test_withdraw);
	TEST("/platform/catalog/strict", test_strict);
	TEST("/platform/catalog/far", test_far);
	TEST("/platform/catalog/unchecked", test_unchecked);
	return g_test_run();
}
