/* The pull, the numbers, the queue machine, attachments. */
#include "tests/unit/test_platform.h"

#include "client/platform/feeds.h"
#include "client/platform/seed.h"
#include "client/platform/tickets.h"

static void take(struct platform *platform, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		AUTO(json) reply =
			post(platform, "/v1/tickets", "{\"kind\":\"apply\"}");

		assert_int(reply, "http", 201);
	}
}

static struct json *page(
	struct platform *platform, const char *feed, const char *cursor)
{
	g_autofree char *path = g_strdup_printf(
		"/v1/changes?feed=%s&limit=3&cursor=%s", feed, cursor);

	return get(platform, path);
}

/* All pages: seq rises, nothing twice; returns the last cursor. */
static char *walk(struct platform *platform, const char *feed, const char *from,
	unsigned expected)
{
	g_autofree char *cursor = g_strdup(from);
	int64_t seq = 0;
	unsigned count = 0;
	bool more = true;

	while (more) {
		AUTO(json) reply = page(platform, feed, cursor);

		assert_int(reply, "http", 200);
		json_each (row, json_get(reply, "rows")) {
			g_assert_cmpint(json_int_or(row, "seq", 0), >, seq);
			seq = json_int_or(row, "seq", 0);
			count++;
		}
		more = json_bool_or(reply, "more", true);
		g_free(cursor);
		cursor = g_strdup(json_text(reply, "next_cursor"));
	}
	g_assert_cmpuint(count, ==, expected);
	return g_steal_pointer(&cursor);
}

static void test_paging(struct fixture *f, gconstpointer data)
{
	g_autofree char *empty = NULL, *cursor = NULL, *later = NULL;

	(void)data;
	empty = walk(f->platform, "tickets", "", 0);
	take(f->platform, 7);
	cursor = walk(f->platform, "tickets", empty, 7);
	g_free(walk(f->platform, "tickets", "", 7));
	g_free(walk(f->platform, "tickets", cursor, 0));
	take(f->platform, 2);
	fixture_restart(f);
	later = walk(f->platform, "tickets", cursor, 2);
	g_free(walk(f->platform, "cases", "", 0));
}

/* A ticket that changes while it is paged over comes again, at the end. */
static void test_moving(struct fixture *f, gconstpointer data)
{
	struct window w;
	g_autofree char *id = NULL, *cursor = NULL;
	AUTO(json) rest = NULL;
	const struct json *last;

	(void)data;
	take(f->platform, 4);
	{
		AUTO(json) first = page(f->platform, "tickets", "");
		const struct json *rows = json_get(first, "rows");

		id = g_strdup(json_text(json_first(rows), "id"));
		cursor = g_strdup(json_text(first, "next_cursor"));
		g_assert_true(json_bool_or(first, "more", false));
	}
	window_open(&w, "03");
	add_ticket_op(&w, id, 1, "ticket.call");
	json_free(push(f->platform, &w, NULL));
	rest = page(f->platform, "tickets", cursor);
	g_assert_cmpint(json_length(json_get(rest, "rows")), ==, 2);
	last = json_next(json_first(json_get(rest, "rows")));
	assert_text(last, "id", id);
	assert_text(json_get(last, "body"), "state", "called");
	g_free(walk(f->platform, "tickets", "", 4));
	window_close(&w);
}

static void test_tombstones(struct fixture *f, gconstpointer data)
{
	g_autofree char *old = NULL, *fresh = NULL;
	g_autoptr(GError) error = NULL;
	int64_t future_ms = clock_wall_ms() + 60000;
	AUTO(json) tickets = NULL;

	(void)data;
	take(f->platform, 2);
	old = walk(f->platform, "tickets", "", 2);
	g_assert_true(ticket_expire(f->platform, future_ms, &error));
	fresh = walk(f->platform, "tickets", old, 2);
	tickets = get(f->platform, "/v1/tickets");
	g_assert_cmpint(json_length(json_get(tickets, "rows")), ==, 0);
	{
		AUTO(json) reply = page(f->platform, "tickets", old);
		const struct json *row = json_first(json_get(reply, "rows"));

		g_assert_true(json_bool_or(row, "deleted", false));
		g_assert_null(json_get(row, "body"));
	}
	g_assert_true(feed_prune(f->platform, future_ms, &error));
	{
		AUTO(json) reply = page(f->platform, "tickets", old);

		assert_int(reply, "http", 410);
		assert_text(reply, "code", "cursor_expired");
	}
	g_free(walk(f->platform, "tickets", fresh, 0));
	g_free(walk(f->platform, "tickets", "", 0));
}

static void test_cursors(struct fixture *f, gconstpointer data)
{
	static const char *const bad[] = {
		"feed=tickets&cursor=xyz",
		"feed=tickets&cursor=00",
		"feed=tickets&cursor=763120",
		"feed=tickets&limit=0",
		"feed=tickets&limit=501",
		"feed=tickets&limit=7x",
		"feed=people",
		"",
	};
	g_autofree char *cursor = NULL, *path = NULL;
	AUTO(json) other = NULL;
	AUTO(json) gone = NULL;

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *url =
			g_strconcat("/v1/changes?", bad[i], NULL);
		AUTO(json) reply = get(f->platform, url);

		assert_int(reply, "http", 400);
		assert_text(reply, "code", "malformed");
	}
	cursor = walk(f->platform, "tickets", "", 0);
	other = page(f->platform, "cases", cursor); /* of another feed */
	assert_int(other, "http", 400);
	platform_close(f->platform);
	fixture_open(f, true); /* restored: another epoch */
	gone = page(f->platform, "tickets", cursor);
	assert_int(gone, "http", 410);
}

static void write_text(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	file_make_dir(folder, &error);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void test_catalog(struct fixture *f, gconstpointer data)
{
	g_autofree char *dir = g_build_filename(f->dir, "catalog", NULL);
	g_autofree char *first = NULL, *second = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	write_text(dir, "catalog.json",
		"{\"version\":\"1\",\"items\":[\"items/a.json\","
		"\"items/b.json\"]}");
	write_text(dir, "items/a.json", "{\"code\":\"A\",\"name\":\"甲\"}");
	write_text(dir, "items/b.json", "{\"code\":\"B\",\"name\":\"乙\"}");
	write_text(dir, "dictionaries/n.json", "{\"id\":\"nation\"}");
	g_assert_true(feed_load_catalog(f->platform, dir, &error));
	first = walk(f->platform, "catalog", "", 4);
	g_assert_true(feed_load_catalog(f->platform, dir, &error));
	g_free(walk(f->platform, "catalog", first, 0));
	write_text(dir, "items/a.json", "{\"code\":\"A\",\"name\":\"丙\"}");
	write_text(dir, "catalog.json",
		"{\"version\":\"2\",\"items\":[\"items/a.json\"]}");
	g_assert_true(feed_load_catalog(f->platform, dir, &error));
	second = walk(f->platform, "catalog", first, 3); /* list, A, B gone */
	write_text(dir, "catalog.json", "{\"items\":[\"../a.json\"]}");
	g_assert_false(feed_load_catalog(f->platform, dir, &error));
	g_assert_nonnull(error);
	g_free(walk(f->platform, "catalog", second, 0));
}

static void test_numbers(struct fixture *f, gconstpointer data)
{
	static const char store[] = "0193a7f0-0000-7000-8000-000000000001";
	static const char other[] = "0193a7f0-0000-7000-8000-000000000002";
	static const char id[] = "0193a7f0-0000-7000-8000-000000000003";
	static const char next[] = "0193a7f0-0000-7000-8000-000000000004";
	AUTO(json) first = lease(f->platform, store, id, "case:03", 200);
	AUTO(json) reused = NULL;
	AUTO(json) second = NULL;

	(void)data;
	assert_int(first, "http", 201);
	assert_text(first, "prefix", "03-");
	assert_int(first, "first", 1);
	assert_int(first, "last", 200);
	fixture_restart(f);
	for (int i = 0; i < 2; i++) {
		AUTO(json) again =
			lease(f->platform, store, id, "case:03", 200);

		assert_int(again, "http", 200);
		assert_int(again, "first", 1);
		assert_int(again, "last", 200);
	}
	reused = lease(f->platform, other, id, "case:03", 200);
	assert_int(reused, "http", 422);
	assert_text(reused, "code", "id_reused");
	second = lease(f->platform, other, next, "case:03", 10);
	assert_int(second, "first", 201);
	assert_int(second, "last", 210);
}

static void test_exhausted(struct fixture *f, gconstpointer data)
{
	static const char store[] = "0193a7f0-0000-7000-8000-000000000001";
	int64_t last = 0;

	(void)data;
	while (last < 9999) {
		char id[UUID_TEXT];
		AUTO(json) block = NULL;

		uuid7(id);
		block = lease(f->platform, store, id, "case:A1", 1000);
		assert_int(block, "http", 201);
		assert_int(block, "first", last + 1);
		last = json_int_or(block, "last", 0);
	}
	g_assert_cmpint(last, ==, 9999);
	{
		char id[UUID_TEXT];
		AUTO(json) block = NULL;

		uuid7(id);
		block = lease(f->platform, store, id, "case:A1", 1);
		assert_int(block, "http", 409);
		assert_text(block, "code", "numbers_exhausted");
	}
}

static void test_series(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *series;
		int http;
		const char *prefix;
	} rows[] = {
		{"doc:accept:2026", 201, "登政务〔2026〕受字第"},
		{"doc:refuse:2026", 201, "登政务〔2026〕不受字第"},
		{"doc:accept:26", 422, NULL},
		{"doc:other:2026", 422, NULL},
		{"case:3", 422, NULL},
		{"case:0a", 422, NULL},
		{"case:03:04", 422, NULL},
		{"", 422, NULL},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char id[UUID_TEXT];
		AUTO(json) block = NULL;

		uuid7(id);
		block = lease(f->platform, id, id, rows[i].series, 5);
		assert_int(block, "http", rows[i].http);
		assert_text(block, "prefix", rows[i].prefix);
	}
}

static void test_void(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT], block[UUID_TEXT];
	g_autofree char *accept = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	uuid7(block);
	lease_fresh(f->platform, &w, "case:03");
	accept = case_accept(id, 7, "03", "王演练", "[]");
	add_op(&w, "number", block, 1, "number.void",
		"{\"series\":\"case:03\",\"number\":7,\"reason\":\"错号\"}");
	add_op(&w, "number", block, 2, "number.void",
		"{\"series\":\"case:03\",\"number\":500}");
	add_op(&w, "case", id, 1, "case.accept", accept);
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	assert_refused(reply, 1, 422, "number_not_leased");
	assert_refused(reply, 2, 422, "number_not_leased");
	window_close(&w);
}

static void test_tickets(struct fixture *f, gconstpointer data)
{
	static const char body[] =
		"{\"kind\":\"booked\",\"person\":\"李样张\"}";
	struct request request = {
		.body = body,
		.body_len = sizeof(body) - 1,
		.idempotency_key = "machine-1/17",
	};
	g_autofree char *first = NULL;

	(void)data;
	for (int i = 0; i < 2; i++) {
		AUTO(reply) reply = ask_full(
			f->platform, METHOD_POST, "/v1/tickets", &request);
		AUTO(json) ticket = json_parse(reply->body, reply->len, NULL);

		g_assert_cmpint(reply->status, ==, i == 0 ? 201 : 200);
		assert_text(ticket, "number", "Y001");
		if (first)
			assert_text(ticket, "ticket_id", first);
		else
			first = g_strdup(json_text(ticket, "ticket_id"));
		fixture_restart(f);
	}
	request.body = "{\"kind\":\"apply\"}";
	request.body_len = strlen(request.body);
	{
		AUTO(reply) reply = ask_full(
			f->platform, METHOD_POST, "/v1/tickets", &request);
		AUTO(json) odd =
			post(f->platform, "/v1/tickets", "{\"kind\":\"vip\"}");

		g_assert_cmpint(reply->status, ==, 422);
		assert_int(odd, "http", 422);
	}
}

static void test_seed(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->dir, "seed.json", NULL);
	g_autoptr(GError) error = NULL;
	AUTO(json) reply = NULL;
	AUTO(json) next = NULL;
	const struct json *first;

	(void)data;
	write_text(f->dir, "seed.json",
		"{\"tickets\":[{\"number\":\"A018\",\"kind\":\"apply\","
		"\"minutes_ago\":8},{\"number\":\"Y003\",\"kind\":\"booked\","
		"\"minutes_ago\":3,\"booked_in_minutes\":4}]}");
	g_assert_true(seed_apply(f->platform, path, &error));
	g_assert_true(seed_apply(f->platform, path, &error)); /* same day */
	reply = get(f->platform, "/v1/tickets");
	g_assert_cmpint(json_length(json_get(reply, "rows")), ==, 2);
	first = json_first(json_get(reply, "rows"));
	assert_text(first, "number", "A018");
	g_assert_cmpint(clock_parse(json_text(first, "taken_at")), <=,
		clock_wall_ms() - 8 * 60000);
	g_assert_true(
		g_str_has_prefix(json_text(json_next(first), "note"), "约 "));
	next = post(f->platform, "/v1/tickets", "{\"kind\":\"apply\"}");
	assert_text(next, "number", "A019");
}

static void test_demo_seed(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	seed_apply(f->platform, "config/demo/platform-seed.json", &error);
	g_assert_no_error(error);
	reply = get(f->platform, "/v1/tickets");
	g_assert_cmpint(json_length(json_get(reply, "rows")), ==, 10);
}

static void test_blobs(struct fixture *f, gconstpointer data)
{
	char sha[SHA256_TEXT], other[SHA256_TEXT];
	g_autofree char *ask_for = NULL, *url = NULL, *content = NULL;
	struct request request = {0};

	(void)data;
	sha256_text("other", 5, other);
	g_assert_cmpint(upload(f->platform, "page", sha, other), ==, 422);
	g_assert_cmpint(upload(f->platform, "page", sha, "xyz"), ==, 404);
	g_assert_cmpint(upload(f->platform, "page", sha, NULL), ==, 201);
	fixture_restart(f);
	ask_for = g_strdup_printf("{\"sha256\":[\"%s\",\"%s\"]}", sha, other);
	{
		AUTO(json) reply =
			post(f->platform, "/v1/blobs:missing", ask_for);
		const struct json *missing = json_get(reply, "missing");
		AUTO(json) odd = post(f->platform, "/v1/blobs:missing",
			"{\"sha256\":[\"../x\"]}");

		g_assert_cmpint(json_length(missing), ==, 1);
		g_assert_cmpstr(json_as_text(json_first(missing)), ==, other);
		assert_int(odd, "http", 422);
	}
	url = g_strconcat("/v1/blobs/", sha, NULL);
	{
		AUTO(reply) reply =
			ask_full(f->platform, METHOD_GET, url, &request);

		g_assert_cmpint(reply->status, ==, 200);
		g_assert_cmpstr(reply->type, ==, "image/jpeg");
		g_assert_true(
			g_file_get_contents(reply->file, &content, NULL, NULL));
		g_assert_cmpstr(content, ==, "page");
	}
	g_free(url);
	url = g_strconcat("/v1/blobs/", other, NULL);
	{
		AUTO(json) none = get(f->platform, url);

		assert_int(none, "http", 404);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/feeds/paging", test_paging);
	TEST("/platform/feeds/moving", test_moving);
	TEST("/platform/feeds/tombstones", test_tombstones);
	TEST("/platform/feeds/cursors", test_cursors);
	TEST("/platform/feeds/catalog", test_catalog);
	TEST("/platform/numbers/lease", test_numbers);
	TEST("/platform/numbers/exhausted", test_exhausted);
	TEST("/platform/numbers/series", test_series);
	TEST("/platform/numbers/void", test_void);
	TEST("/platform/tickets/take", test_tickets);
	TEST("/platform/tickets/seed", test_seed);
	TEST("/platform/tickets/demo-seed", test_demo_seed);
	TEST("/platform/blobs", test_blobs);
	return g_test_run();
}
