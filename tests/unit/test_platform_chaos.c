/* Misbehaviour to order: what is taken as an order, what becomes of a batch,
 * backup and restore. */
#include "tests/unit/test_platform.h"

#include "client/platform/chaos.h"

#define BATCH "/v1/ops:batch"

static void chaos_set_up(struct fixture *f, gconstpointer data)
{
	f->chaos = true;
	fixture_set_up(f, data);
}

#define CHAOS_TEST(path, function)                                     \
	g_test_add(path, struct fixture, NULL, chaos_set_up, function, \
		fixture_tear_down)

static void order(struct fixture *f, const char *body)
{
	AUTO(json) reply = post(f->platform, "/_chaos", body);

	assert_int(reply, "http", 200);
}

static struct chaos_fault fault_at(struct fixture *f, const char *path)
{
	return chaos_next(f->platform->chaos, path);
}

/* A batch of steps of different visits, met by the fault that is due. */
static struct json *push_tickets(
	struct fixture *f, struct window *w, unsigned count)
{
	while (count-- > 0) {
		char ticket_id[UUID_TEXT];

		uuid7(ticket_id);
		add_ticket_op(w, ticket_id, 1, "ticket.open");
	}
	fault_at(f, BATCH);
	return push(f->platform, w, NULL);
}

static void test_orders(struct fixture *f, gconstpointer data)
{
	static const char *const wrong[] = {"{}", "[]", "{\"next\":{}}",
		"{\"next\":[{}]}", "{\"next\":[{\"status\":99}]}",
		"{\"next\":[{\"kill\":\"maybe\"}]}",
		"{\"next\":[{\"results\":\"odd\"}]}",
		"{\"next\":[{\"freeze_ms\":-1}]}", "{\"random\":{}}",
		"{\"poison\":{}}", "{\"backup\":\"../x\"}"};
	static const char *const good[] = {
		"{\"next\":[{\"kill\":\"before-commit\"},{\"garbage\":207},"
		"{\"truncate\":9},{\"results\":\"swapped\"}]}",
		"{\"random\":{\"seed\":3,\"faults\":[]}}", "{\"poison\":[]}"};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		AUTO(json) reply = post(f->platform, "/_chaos", wrong[i]);

		g_test_message("%s", wrong[i]);
		assert_int(reply, "http", 400);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		order(f, good[i]);
	g_assert_cmpint(fault_at(f, "/v1/time").kind, ==, CHAOS_KILL_BEFORE);
	g_assert_cmpint(fault_at(f, "/").kind, ==, CHAOS_NONE);
	g_assert_cmpint(fault_at(f, "/v1/time").value, ==, 207);
	g_assert_cmpint(fault_at(f, "/v1/time").value, ==, 9);
}

static void test_chance(struct fixture *f, gconstpointer data)
{
	unsigned met = 0;

	(void)data;
	order(f, "{\"random\":{\"seed\":3,\"faults\":["
		 "{\"share\":0.2,\"cut\":true},"
		 "{\"share\":0.1,\"drop_reply\":true}]}}");
	for (int i = 0; i < 1000; i++)
		met += fault_at(f, "/v1/time").kind == CHAOS_CUT;
	g_assert_cmpuint(met, >, 150);
	g_assert_cmpuint(met, <, 250);
	order(f, "{\"next\":[{\"status\":503,\"retry_after\":\"soon\"}]}");
	g_assert_cmpstr(fault_at(f, "/v1/time").retry_after, ==, "soon");
}

/* The second refused, the third let through, and so on in a circle. */
static void test_items(struct fixture *f, gconstpointer data)
{
	struct window w;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	order(f, "{\"next\":[{\"items\":[{\"status\":201},{\"status\":422,"
		 "\"code\":\"invalid\"}]}]}");
	reply = push_tickets(f, &w, 4);
	assert_result(reply, 0, 201);
	assert_refused(reply, 1, 422, "invalid");
	assert_result(reply, 2, 201);
	assert_refused(reply, 3, 422, "invalid");
	window_close(&w);
}

static void test_poison(struct fixture *f, gconstpointer data)
{
	struct window w;

	(void)data;
	window_open(&w, "03");
	order(f, "{\"poison\":[{\"kind\":\"ticket.open\",\"status\":422,"
		 "\"code\":\"invalid\"}]}");
	for (int i = 0; i < 2; i++) {
		AUTO(json) reply = push_tickets(f, &w, 1);

		assert_refused(reply, 0, 422, "invalid");
	}
	window_close(&w);
}

static size_t results_of(
	struct fixture *f, struct window *w, const char *how, unsigned ops)
{
	g_autofree char *text =
		g_strdup_printf("{\"next\":[{\"results\":\"%s\"}]}", how);
	AUTO(json) reply = NULL;

	order(f, text);
	reply = push_tickets(f, w, ops);
	assert_int(reply, "http", 207);
	return json_length(json_get(reply, "results"));
}

static void test_results(struct fixture *f, gconstpointer data)
{
	struct window w;

	(void)data;
	window_open(&w, "03");
	g_assert_cmpuint(results_of(f, &w, "missing", 3), ==, 2);
	g_assert_cmpuint(results_of(f, &w, "extra", 3), ==, 4);
	g_assert_cmpuint(results_of(f, &w, "twice", 3), ==, 4);
	g_assert_cmpuint(results_of(f, &w, "reversed", 3), ==, 3);
	g_assert_cmpuint(results_of(f, &w, "swapped", 1), ==, 1);
	g_assert_cmpuint(results_of(f, &w, "swapped", 2), ==, 2);
	window_close(&w);
}

/* What came after the backup is gone, and nothing is given out twice. */
static void test_restore(struct fixture *f, gconstpointer data)
{
	g_autofree char *epoch = g_strdup(platform_epoch(f->platform));
	g_autofree char *path = NULL, *accept = NULL;
	char case_id[UUID_TEXT], block_id[UUID_TEXT];
	AUTO(json) block = NULL;
	AUTO(json) op = NULL;
	AUTO(json) reply = NULL;
	struct window w;

	(void)data;
	window_open(&w, "03");
	lease_fresh(f->platform, &w, "case:03");
	order(f, "{\"backup\":\"monday\"}");
	lease_fresh(f->platform, &w, "case:03"); /* 201 to 400 */
	json_free(push_tickets(f, &w, 1));
	path = g_strconcat("/v1/ops/", w.op_id, NULL);
	order(f, "{\"restore\":\"monday\"}");
	g_assert_cmpstr(platform_epoch(f->platform), !=, epoch);
	op = get(f->platform, path);
	assert_int(op, "http", 404);
	uuid7(block_id);
	block = lease(f->platform, w.uuid, block_id, "case:03", 200);
	assert_int(block, "first", 1201);
	window_close(&w);
	window_open(&w, "03");
	uuid7(case_id);
	accept = case_accept(case_id, 250, "03", "张样例", "[]");
	add_op(&w, "case", case_id, 1, "case.accept", accept);
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	window_close(&w);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CHAOS_TEST("/platform/chaos/orders", test_orders);
	CHAOS_TEST("/platform/chaos/chance", test_chance);
	CHAOS_TEST("/platform/chaos/items", test_items);
	CHAOS_TEST("/platform/chaos/poison", test_poison);
	CHAOS_TEST("/platform/chaos/results", test_results);
	CHAOS_TEST("/platform/chaos/restore", test_restore);
	return g_test_run();
}
