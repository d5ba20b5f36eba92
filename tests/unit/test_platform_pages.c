/* Pages: whatever stands in a name, it stays text; names are masked. */
#include "tests/unit/test_platform.h"

#include "client/platform/feeds.h"
#include "client/platform/html.h"
#include "client/platform/online.h"
#include "client/platform/seed.h"

static const char stand_in[] = "不是真实的政务服务平台";

static struct reply *page(struct platform *platform, const char *path)
{
	struct request request = {0};

	return ask_full(platform, METHOD_GET, path, &request);
}

static void test_escaping(void)
{
	static const struct {
		const char *text, *html;
	} rows[] = {
		{"甄示例", "甄示例"},
		{"<script>alert(1)</script>",
			"&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"\" onclick='x' &amp;",
			"&quot; onclick=&#39;x&#39; &amp;amp;"},
		{"a\u202eb\u2066c", "abc"},
		{NULL, ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) page_text = g_string_new(NULL);
		g_autofree char *wanted =
			g_strconcat("<bdi>", rows[i].html, "</bdi>", NULL);

		html_text(page_text, rows[i].text);
		g_assert_cmpstr(page_text->str, ==, wanted);
	}
}

static void test_queue(struct fixture *f, gconstpointer data)
{
	AUTO(json) one = post(f->platform, "/v1/tickets",
		"{\"kind\":\"apply\",\"person\":\"欧阳试用\","
		"\"business\":\"<b>x</b><img src=x onerror=alert(1)>\"}");
	AUTO(reply) reply = page(f->platform, "/");

	(void)data;
	assert_int(one, "http", 201);
	g_assert_cmpint(reply->status, ==, 200);
	g_assert_true(g_str_has_prefix(reply->type, "text/html"));
	g_assert_nonnull(strstr(reply->body, stand_in));
	g_assert_nonnull(strstr(reply->body, "A001"));
	g_assert_nonnull(strstr(reply->body, "欧**用"));
	g_assert_null(strstr(reply->body, "欧阳试用"));
	g_assert_nonnull(strstr(reply->body, "&lt;b&gt;x"));
	g_assert_null(strstr(reply->body, "<img"));
}

static void test_case(struct fixture *f, gconstpointer data)
{
	static const char hostile[] = "<svg/onload=alert(1)>";
	struct window w;
	char id[UUID_TEXT];
	g_autofree char *body = NULL, *path = NULL;
	g_autoptr(GString) edited = NULL;
	AUTO(json) pushed = NULL;
	AUTO(reply) reply = NULL;
	AUTO(reply) home = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	lease_fresh(f->platform, &w, "case:03");
	body = case_accept(id, 1, "03", hostile,
		"[{\"no\":1,\"name\":\"<i>身份证</i>\",\"copies\":1}]");
	edited = g_string_new(body);
	g_string_replace(edited, "个体工商户设立登记", "\\u003ch1>标题", 1);
	add_op(&w, "case", id, 1, "case.accept", edited->str);
	pushed = push(f->platform, &w, NULL);
	assert_result(pushed, 0, 201);
	path = g_strconcat("/cases/", id, NULL);
	reply = page(f->platform, path);
	g_assert_cmpint(reply->status, ==, 200);
	g_assert_nonnull(strstr(reply->body, stand_in));
	g_assert_nonnull(strstr(reply->body, "20261123-03-0001"));
	g_assert_nonnull(strstr(reply->body, "&lt;h1&gt;标题"));
	g_assert_nonnull(strstr(reply->body, "&lt;i&gt;身份证"));
	g_assert_null(strstr(reply->body, "<svg"));
	g_assert_null(strstr(reply->body, "<i>"));
	g_assert_null(strstr(reply->body, "410199199010010021"));
	g_assert_null(strstr(reply->body, "123456"));
	home = page(f->platform, "/");
	g_assert_nonnull(strstr(home->body, path));
	g_assert_null(strstr(home->body, "<svg"));
	window_close(&w);
}

/* Everything the platform holds is there, no name or telephone in full. */
static void test_online(struct fixture *f, gconstpointer data)
{
	static const char *const shown[] = {"网上申报（共 3 条）", "待预审",
		"199****0001", "已发送", "电子证照库（共 2 条）", "王*练",
		"登封市演练小吃店", "电子印章（共 2 条）", "查询法人", "变更"};
	static const char *const hidden[] = {
		"王演练", "19900000001", "410199199003072332"};
	g_autoptr(GError) error = NULL;

	(void)data;
	feed_load_catalog(f->platform, "config/catalog", &error);
	seed_apply(f->platform, "config/demo/platform-seed.json", &error);
	application_arrive(f->platform, clock_wall_ms(), &error);
	g_assert_no_error(error);
	json_free(once(f->platform, "/v1/notifications", "k",
		"{\"notification_id\":\"019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2d01\","
		"\"template\":\"evaluate\",\"phone\":\"19900000001\","
		"\"params\":{\"case_no\":\"20261123-03-0001\"},"
		"\"staff_no\":\"1003\",\"window\":\"03\"}"));
	json_free(post(f->platform, "/v1/legal-entities:lookup",
		"{\"credit_code\":\"92410185DEMO000001\",\"purpose\":\"变更\","
		"\"consent\":true,\"staff_no\":\"1003\","
		"\"window\":\"03\"}"));
	{
		AUTO(reply) home = page(f->platform, "/");

		for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
			if (!strstr(home->body, shown[i]))
				g_error("the page lacks %s", shown[i]);
		}
		for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
			g_assert_null(strstr(home->body, hidden[i]));
		g_assert_nonnull(strstr(home->body, stand_in));
	}
}

static void test_missing(struct fixture *f, gconstpointer data)
{
	AUTO(reply) reply = page(f->platform, "/cases/<b>");

	(void)data;
	g_assert_cmpint(reply->status, ==, 404);
	g_assert_nonnull(strstr(reply->body, stand_in));
	g_assert_null(strstr(reply->body, "<b>"));
}

/* Who may see what: pages need no token but the same machine, the rest a
 * token; paths are not told to strangers; tests' doors are shut. */
static void test_doors(struct fixture *f, gconstpointer data)
{
	struct request far = {.path = "/", .authorization = "Bearer " TOKEN};
	struct request stranger = {.path = "/v1/nowhere",
		.authorization = "Bearer 0123456789abcdef0123456789abcdeF"};
	struct request guest = {.path = "/v1/health"};
	AUTO(reply) refused = router_handle(f->platform, &far);
	AUTO(reply) unknown = router_handle(f->platform, &stranger);
	AUTO(reply) health = router_handle(f->platform, &guest);
	AUTO(json) nowhere = get(f->platform, "/v1/nowhere");
	AUTO(json) method = post(f->platform, "/v1/time", "{}");
	AUTO(json) chaos = post(f->platform, "/_chaos", "{\"next\":[]}");
	AUTO(json) dump = get(f->platform, "/_dump");
	struct request typed = {
		.body = "{}", .body_len = 2, .content_type = "text/plain"};
	AUTO(reply) plain =
		ask_full(f->platform, METHOD_POST, "/v1/ops:batch", &typed);

	(void)data;
	g_assert_cmpint(refused->status, ==, 403);
	g_assert_cmpint(unknown->status, ==, 401);
	g_assert_cmpint(health->status, ==, 200);
	assert_int(nowhere, "http", 404);
	assert_text(nowhere, "code", "not_found");
	assert_int(method, "http", 405);
	assert_int(chaos, "http", 404);
	assert_int(dump, "http", 404);
	g_assert_cmpint(plain->status, ==, 415);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/platform/pages/escaping", test_escaping);
	TEST("/platform/pages/queue", test_queue);
	TEST("/platform/pages/case", test_case);
	TEST("/platform/pages/online", test_online);
	TEST("/platform/pages/missing", test_missing);
	TEST("/platform/pages/doors", test_doors);
	return g_test_run();
}
