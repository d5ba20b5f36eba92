/* Master data: lists with versions, the catalogue piece by piece, item changes,
 * number blocks given back and settled, tickets by PATCH. */
#include "tests/unit/test_platform.h"

#include "client/platform/feeds.h"
#include "client/platform/seed.h"

#define SEED "config/demo/platform-seed.json"
#define CODE "11410185DEM000022Y4410790101000"

static void seed(struct fixture *f)
{
	g_autoptr(GError) error = NULL;

	seed_apply(f->platform, SEED, &error);
	g_assert_no_error(error);
	feed_load_catalog(f->platform, "config/catalog", &error);
	g_assert_no_error(error);
	seed_templates(f->platform, "config/templates", &error);
	g_assert_no_error(error);
}

static void test_lists(struct fixture *f, gconstpointer data)
{
	struct request request = {0}, again = {0};
	g_autofree char *mark = NULL;

	(void)data;
	seed(f);
	{
		AUTO(json) first = get(f->platform, "/v1/users?limit=3");
		g_autofree char *rest = g_strconcat("/v1/users?limit=3&cursor=",
			json_text(first, "next_cursor"), NULL);
		AUTO(json) second = get(f->platform, rest);
		AUTO(json) other = get(f->platform, "/v1/orgs?cursor=75");
		AUTO(json) none = get(f->platform, "/v1/users?limit=0");

		g_assert_cmpint(json_length(json_get(first, "rows")), ==, 3);
		g_assert_true(json_bool_or(first, "more", false));
		g_assert_cmpint(json_length(json_get(second, "rows")), ==, 1);
		g_assert_false(json_bool_or(second, "more", true));
		assert_int(other, "http", 400);
		assert_int(none, "http", 400);
	}
	{
		AUTO(reply) reply = ask_full(f->platform, METHOD_GET,
			"/v1/users?limit=3&window=", &request);

		mark = g_strdup(header_of(reply, "ETag"));
		g_assert_nonnull(mark);
		g_assert_true(g_str_has_prefix(
			header_of(reply, "Link"), "</v1/users?cursor="));
		g_assert_true(g_str_has_suffix(
			header_of(reply, "Link"), "&limit=3>; rel=\"next\""));
	}
	again.if_none_match = mark;
	{
		AUTO(reply) reply = ask_full(
			f->platform, METHOD_GET, "/v1/users?limit=3", &again);

		g_assert_cmpint(reply->status, ==, 304);
	}
}

/* The same seed again tells nobody anything. */
static void test_seed_twice(struct fixture *f, gconstpointer data)
{
	(void)data;
	seed(f);
	seed(f);
	{
		AUTO(json) page = get(f->platform, "/v1/changes?feed=org");
		const struct json *row = json_first(json_get(page, "rows"));

		g_assert_cmpint(json_length(json_get(page, "rows")), ==, 11);
		assert_text(row, "entity", "org");
		assert_text(row, "version", "1");
	}
}

static void test_bootstrap(struct fixture *f, gconstpointer data)
{
	static const char order[] =
		"{\"store_uuid\":\"019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01\","
		"\"window\":\"%s\"}";
	g_autofree char *good = g_strdup_printf(order, "03");
	g_autofree char *bad = g_strdup_printf(order, "77");

	(void)data;
	seed(f);
	{
		AUTO(json) reply =
			once(f->platform, "/v1/bootstrap", "a", good);
		AUTO(json) no = once(f->platform, "/v1/bootstrap", "b", bad);
		AUTO(json) keyless = post(f->platform, "/v1/bootstrap", good);

		assert_int(reply, "http", 200);
		assert_text(reply, "hall", "登封市政务服务中心");
		g_assert_cmpint(json_length(json_get(reply, "users")), ==, 4);
		assert_int(no, "http", 404);
		assert_int(keyless, "http", 400);
	}
}

static void test_catalog(struct fixture *f, gconstpointer data)
{
	(void)data;
	seed(f);
	{
		AUTO(json) item = get(f->platform, "/v1/items/" CODE);
		AUTO(json) form = get(f->platform, "/v1/forms/" CODE);
		AUTO(json) flow = get(f->platform, "/v1/workflows/" CODE);
		AUTO(json) nation = get(f->platform, "/v1/dictionaries/nation");
		AUTO(json) receipt = get(f->platform, "/v1/templates/receipt");
		AUTO(json) none = get(f->platform, "/v1/items/nothing");
		AUTO(json) all = get(f->platform, "/v1/catalog/snapshot");

		assert_text(item, "name", "个体工商户设立登记");
		g_assert_nonnull(json_get(json_get(form, "form"), "fields"));
		g_assert_cmpint(json_length(json_get(flow, "steps")), >, 0);
		g_assert_cmpint(
			json_length(json_get(nation, "entries")), >=, 56);
		g_assert_nonnull(json_text(receipt, "text"));
		assert_int(none, "http", 404);
		g_assert_cmpint(json_length(json_get(all, "rows")), >, 15);
	}
}

static void test_snapshot_gzip(struct fixture *f, gconstpointer data)
{
	struct request plain = {0}, packed = {.accept_encoding = "gzip, br"};

	(void)data;
	seed(f);
	{
		AUTO(reply) large = ask_full(f->platform, METHOD_GET,
			"/v1/catalog/snapshot", &plain);
		AUTO(reply) small = ask_full(f->platform, METHOD_GET,
			"/v1/catalog/snapshot", &packed);

		g_assert_cmpstr(
			header_of(small, "Content-Encoding"), ==, "gzip");
		g_assert_cmpint(small->len * 3, <, large->len);
		g_assert_cmpstr(
			header_of(small, "ETag"), ==, header_of(large, "ETag"));
		g_assert_cmpint((uint8_t)small->body[0], ==, 0x1f);
	}
}

/* A change on the platform reaches the feed and outlives a restart with the
 * same files. */
static void test_item_change(struct fixture *f, gconstpointer data)
{
	AUTO(json) item = NULL;
	g_autofree char *mark = NULL, *text = NULL;
	struct request look = {0};

	(void)data;
	seed(f);
	{
		AUTO(reply) reply = ask_full(
			f->platform, METHOD_GET, "/v1/items/" CODE, &look);

		mark = g_strdup(header_of(reply, "ETag"));
		item = json_parse(reply->body, reply->len, NULL);
	}
	json_put_text(item, "fee", "50 元");
	text = json_print(item);
	{
		AUTO(json) blind =
			put(f->platform, "/v1/items/" CODE, NULL, NULL, text);
		AUTO(json) stale = put(
			f->platform, "/v1/items/" CODE, "\"x\"", NULL, text);
		AUTO(json) done =
			put(f->platform, "/v1/items/" CODE, mark, NULL, text);
		AUTO(json) again =
			put(f->platform, "/v1/items/" CODE, mark, NULL, text);
		AUTO(json) other =
			put(f->platform, "/v1/items/other", NULL, "*", text);

		assert_int(blind, "http", 428);
		assert_int(stale, "http", 412);
		assert_text(json_get(stale, "current"), "fee", "无");
		assert_int(done, "http", 200);
		assert_int(again, "http", 200);
		assert_int(other, "http", 422);
	}
	/* what the contract allows, the rules of the catalogue may not */
	json_put_text(item, "statutory", "soon");
	{
		g_autofree char *odd = json_print(item);
		AUTO(json) now = get(f->platform, "/v1/items/" CODE);
		AUTO(json) refused = put(f->platform, "/v1/items/" CODE,
			json_text(now, "etag"), NULL, odd);

		assert_int(refused, "http", 422);
	}
	fixture_restart(f);
	seed(f);
	{
		AUTO(json) kept = get(f->platform, "/v1/items/" CODE);

		assert_text(kept, "fee", "50 元");
	}
}

static void test_change_request(struct fixture *f, gconstpointer data)
{
	static const char path[] = "/v1/item-change-requests/"
				   "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01";
	static const char request[] =
		"{\"request_id\":\"019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01\","
		"\"kind\":\"modify\",\"reason\":\"承诺时限缩短\","
		"\"staff_no\":\"9001\"}";
	static const char review[] =
		"{\"outcome\":\"approved\",\"opinion\":\"同意\","
		"\"staff_no\":\"1001\",\"at\":\"2026-11-23T09:41:20+08:00\"}";
	g_autofree char *review_path = g_strconcat(path, ":review", NULL);

	(void)data;
	{
		AUTO(json) made = once(
			f->platform, "/v1/item-change-requests", "k1", request);
		AUTO(json) again = once(
			f->platform, "/v1/item-change-requests", "k1", request);
		AUTO(json) same = once(
			f->platform, "/v1/item-change-requests", "k2", request);
		AUTO(json) reused = once(
			f->platform, "/v1/item-change-requests", "k1", "{}");

		assert_int(made, "http", 201);
		assert_text(made, "state", "submitted");
		assert_int(again, "http", 201);
		assert_int(same, "http", 200);
		assert_int(reused, "http", 422);
	}
	fixture_restart(f);
	{
		AUTO(json) blind = once(f->platform, review_path, "k3", review);
		AUTO(json) stale = command(
			f->platform, review_path, "k4", "\"2\"", review);
		AUTO(json) done = command(
			f->platform, review_path, "k5", "\"1\"", review);
		AUTO(json) again = command(
			f->platform, review_path, "k5", "\"1\"", review);
		AUTO(json) late = command(
			f->platform, review_path, "k6", "\"2\"", review);
		AUTO(json) now = get(f->platform, path);

		assert_int(blind, "http", 428);
		assert_int(stale, "http", 412);
		assert_int(done, "http", 200);
		assert_text(done, "state", "approved");
		assert_int(again, "http", 200);
		assert_text(again, "version", "2");
		assert_int(late, "http", 409);
		assert_text(late, "code", "illegal_state");
		assert_text(json_get(now, "review"), "opinion", "同意");
	}
}

static void test_numbers(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT], case_id[UUID_TEXT];
	g_autofree char *path = NULL, *body = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	uuid7(case_id);
	path = g_strconcat("/v1/number-blocks/", id, NULL);
	json_free(lease(f->platform, w.uuid, id, "case:03", 10));
	body = case_accept(case_id, 4, "03", "王演练", "[]");
	add_op(&w, "case", case_id, 1, "case.accept", body);
	{
		AUTO(json) pushed = push(f->platform, &w, NULL);
		AUTO(json) early = patch(f->platform, path, NULL,
			"{\"state\":\"returned\",\"next\":4}");
		AUTO(json) back = patch(f->platform, path, NULL,
			"{\"state\":\"returned\",\"next\":5}");
		AUTO(json) wrong = patch(f->platform, path, NULL,
			"{\"state\":\"settled\",\"used\":1,\"void\":0}");

		assert_result(pushed, 0, 201);
		assert_int(early, "http", 409);
		assert_int(back, "http", 200);
		assert_int(back, "returned", 6);
		assert_int(wrong, "http", 409);
		assert_text(wrong, "code", "not_reconciled");
		assert_int(json_get(wrong, "current"), "used", 1);
	}
	/* a number that was given back is no number any more */
	g_free(body);
	uuid7(case_id);
	body = case_accept(case_id, 5, "03", "王演练", "[]");
	add_op(&w, "case", case_id, 1, "case.accept", body);
	{
		AUTO(json) pushed = push(f->platform, &w, NULL);

		assert_refused(pushed, 0, 422, "number_not_leased");
	}
	window_close(&w);
}

static void test_ticket_change(struct fixture *f, gconstpointer data)
{
	static const char call[] = "{\"state\":\"called\",\"window\":\"03\","
				   "\"staff_no\":\"1003\"}";
	AUTO(json) ticket = post(f->platform, "/v1/tickets",
		"{\"kind\":\"apply\",\"person\":\"王演练\"}");
	g_autofree char *path = g_strconcat(
		"/v1/tickets/", json_text(ticket, "ticket_id"), NULL);

	(void)data;
	{
		AUTO(json) blind = patch(f->platform, path, NULL, call);
		AUTO(json) called = patch(f->platform, path, "\"1\"", call);
		AUTO(json) stale = patch(f->platform, path, "\"1\"", call);
		AUTO(json) parked = patch(f->platform, path, "\"2\"",
			"{\"state\":\"parked\",\"window\":\"03\","
			"\"staff_no\":\"1003\"}");
		AUTO(json) wrong = patch(f->platform, path, "\"3\"",
			"{\"state\":\"done\",\"window\":\"03\","
			"\"staff_no\":\"1003\"}");

		assert_int(blind, "http", 428);
		assert_int(called, "http", 200);
		assert_text(called, "window", "03");
		assert_int(stale, "http", 412);
		assert_text(parked, "state", "parked");
		assert_int(wrong, "http", 412);
	}
}

static void test_ops_lookup(struct fixture *f, gconstpointer data)
{
	struct window w;
	char ticket[UUID_TEXT], other[UUID_TEXT];
	g_autofree char *question = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	uuid7(other);
	add_ticket_op(&w, ticket, 1, "ticket.open");
	{
		AUTO(json) pushed = push(f->platform, &w, NULL);

		assert_result(pushed, 0, 201);
	}
	question =
		g_strdup_printf("{\"op_ids\":[\"%s\",\"%s\"]}", w.op_id, other);
	{
		AUTO(json) reply =
			post(f->platform, "/v1/ops:lookup", question);

		assert_text(json_first(json_get(reply, "results")), "op_id",
			w.op_id);
		g_assert_cmpstr(
			json_as_text(json_first(json_get(reply, "unknown"))),
			==, other);
	}
	window_close(&w);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/master/lists", test_lists);
	TEST("/platform/master/seed-twice", test_seed_twice);
	TEST("/platform/master/bootstrap", test_bootstrap);
	TEST("/platform/master/catalog", test_catalog);
	TEST("/platform/master/gzip", test_snapshot_gzip);
	TEST("/platform/master/item-change", test_item_change);
	TEST("/platform/master/change-request", test_change_request);
	TEST("/platform/master/numbers", test_numbers);
	TEST("/platform/master/ticket-change", test_ticket_change);
	TEST("/platform/master/ops-lookup", test_ops_lookup);
	return g_test_run();
}
