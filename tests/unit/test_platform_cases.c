/* Cases without ops: made, replaced, moved on by commands, with steps,
 * materials, result, deliveries and ratings. */
#include "tests/unit/test_platform.h"

#define STORE "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01"
#define BLOCK "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a02"
#define BY                                                                   \
	"\"staff_no\":\"1003\",\"window\":\"03\",\"at\":\"2026-11-23T10:00:" \
	"00+08:00\""

struct at {
	char id[UUID_TEXT];
	char *path, *body;
};

static void at_open(
	struct at *at, struct fixture *f, int serial, const char *state)
{
	g_autofree char *accepted = NULL;
	g_autofree char *wanted = g_strdup_printf("\"state\":\"%s\"", state);
	g_autoptr(GString) edited = NULL;

	if (serial == 1)
		json_free(lease(f->platform, STORE, BLOCK, "case:03", 20));
	uuid7(at->id);
	at->path = g_strconcat("/v1/cases/", at->id, NULL);
	accepted = case_accept(at->id, serial, "03", "王演练", "[]");
	edited = g_string_new(accepted);
	g_string_replace(edited, "\"state\":\"accepted\"", wanted, 1);
	at->body = g_strdup(edited->str);
}

static void at_close(struct at *at)
{
	g_free(at->path);
	g_free(at->body);
}

static char *sub_path(const struct at *at, const char *tail)
{
	return g_strconcat(at->path, tail, NULL);
}

/* HTTP status of a command at this version. */
static int64_t say(struct fixture *f, const struct at *at, const char *verb,
	const char *version, const char *body)
{
	char key[UUID_TEXT];
	g_autofree char *path = sub_path(at, verb);
	g_autofree char *mark = g_strdup_printf("\"%s\"", version);
	AUTO(json) reply = NULL;

	uuid7(key);
	reply = command(f->platform, path, key, mark, body);
	return json_int_or(reply, "http", 0);
}

static void test_put(struct fixture *f, gconstpointer data)
{
	struct at at;
	g_autofree char *other = NULL, *moved = NULL;
	g_autoptr(GString) edited = NULL;

	(void)data;
	at_open(&at, f, 1, "accepted");
	edited = g_string_new(at.body);
	g_string_replace(edited, "王演练", "李演练", 1);
	other = g_strdup(edited->str);
	g_string_replace(edited, "\"accepted\"", "\"received\"", 1);
	moved = g_strdup(edited->str);
	{
		AUTO(json) blind =
			put(f->platform, at.path, NULL, NULL, at.body);
		AUTO(json) made = put(f->platform, at.path, NULL, "*", at.body);
		AUTO(json) again =
			put(f->platform, at.path, NULL, "*", at.body);
		AUTO(json) taken = put(f->platform, at.path, NULL, "*", other);
		AUTO(json) done =
			put(f->platform, at.path, "\"1\"", NULL, other);
		AUTO(json) state =
			put(f->platform, at.path, "\"2\"", NULL, moved);

		assert_int(blind, "http", 428);
		assert_int(made, "http", 201);
		assert_text(made, "etag", "\"1\"");
		assert_int(again, "http", 200);
		assert_int(taken, "http", 412);
		assert_text(json_get(taken, "current"), "version", "1");
		assert_int(done, "http", 200);
		assert_text(done, "version", "2");
		assert_int(state, "http", 409);
	}
	fixture_restart(f);
	{
		AUTO(json) kept = get(f->platform, at.path);
		AUTO(json) feed = get(f->platform, "/v1/changes?feed=cases");

		assert_text(json_get(json_get(kept, "body"), "applicant"),
			"name", "李演练");
		assert_text(json_first(json_get(feed, "rows")), "version", "2");
	}
	at_close(&at);
}

/* Two clients make the same case at once: one of them only. */
static void test_put_race(struct fixture *f, gconstpointer data)
{
	struct at at;
	g_autoptr(GString) other = NULL;

	(void)data;
	at_open(&at, f, 1, "accepted");
	other = g_string_new(at.body);
	g_string_replace(other, "王演练", "李演练", 1);
	{
		AUTO(json) a = put(f->platform, at.path, NULL, "*", at.body);
		AUTO(json) b = put(f->platform, at.path, NULL, "*", other->str);
		AUTO(json) list = get(f->platform, "/v1/cases");

		assert_int(a, "http", 201);
		assert_int(b, "http", 412);
		g_assert_cmpint(json_length(json_get(list, "rows")), ==, 1);
	}
	at_close(&at);
}

/* A refusal that comes late leaves nothing of what was done before. */
static void test_rollback(struct fixture *f, gconstpointer data)
{
	struct at at;
	g_autoptr(GString) edited = NULL;

	(void)data;
	at_open(&at, f, 1, "accepted");
	edited = g_string_new(at.body);
	g_string_replace(edited, "\"documents\":[]",
		"\"documents\":[{\"kind\":\"receipt\",\"number\":"
		"\"登政务〔2026〕受字第000001号\"}]",
		1);
	{
		AUTO(json) odd =
			put(f->platform, at.path, NULL, "*", edited->str);
		AUTO(json) none = get(f->platform, at.path);

		assert_text(odd, "code", "number_not_leased");
		assert_int(none, "http", 404);
	}
	at_close(&at);
}

static void test_numbers(struct fixture *f, gconstpointer data)
{
	struct at at, twin, wild;

	(void)data;
	at_open(&at, f, 1, "accepted");
	at_open(&wild, f, 21, "accepted");
	uuid7(twin.id);
	twin.path = g_strconcat("/v1/cases/", twin.id, NULL);
	twin.body = case_accept(twin.id, 1, "03", "王演练", "[]");
	{
		AUTO(json) a = put(f->platform, at.path, NULL, "*", at.body);
		AUTO(json) b =
			put(f->platform, twin.path, NULL, "*", twin.body);
		AUTO(json) c =
			put(f->platform, wild.path, NULL, "*", wild.body);
		AUTO(json) d = put(f->platform, wild.path, NULL, "*", at.body);

		assert_int(a, "http", 201);
		assert_text(b, "code", "number_taken");
		assert_text(c, "code", "number_not_leased");
		assert_int(d, "http", 422);
	}
	at_close(&at);
	at_close(&twin);
	at_close(&wild);
}

static void test_commands(struct fixture *f, gconstpointer data)
{
	struct at at;
	g_autofree char *steps = NULL;

	(void)data;
	at_open(&at, f, 1, "received");
	json_free(put(f->platform, at.path, NULL, "*", at.body));
	g_assert_cmpint(say(f, &at, ":close", "1", "{" BY "}"), ==, 409);
	g_assert_cmpint(say(f, &at, ":supplement", "1", "{" BY "}"), ==, 422);
	g_assert_cmpint(say(f, &at, ":supplement", "1",
				"{" BY ",\"reason\":\"缺材料\",\"materials\":"
				"[\"委托书\"]}"),
		==, 200);
	g_assert_cmpint(say(f, &at, ":accept", "1", "{" BY "}"), ==, 412);
	g_assert_cmpint(say(f, &at, ":accept", "2", "{" BY "}"), ==, 200);
	g_assert_cmpint(
		say(f, &at, ":resume", "3", "{" BY ",\"result\":\"核实完毕\"}"),
		==, 409);
	g_assert_cmpint(
		say(f, &at, ":suspend", "3",
			"{" BY ",\"reason\":\"听证\",\"special_type\":\"9\"}"),
		==, 422);
	g_assert_cmpint(
		say(f, &at, ":suspend", "3",
			"{" BY ",\"reason\":\"听证\",\"special_type\":\"2\"}"),
		==, 200);
	g_assert_cmpint(say(f, &at, ":transfer", "4",
				"{" BY ",\"target\":\"11410185DEM000022Y\"}"),
		==, 409);
	g_assert_cmpint(
		say(f, &at, ":resume", "4", "{" BY ",\"result\":\"听证完毕\"}"),
		==, 200);
	g_assert_cmpint(say(f, &at, ":extend", "5",
				"{" BY ",\"reason\":\"复杂\","
				"\"promise_date\":\"2026-12-01\"}"),
		==, 200);
	g_assert_cmpint(say(f, &at, ":transfer", "6",
				"{" BY ",\"target\":\"11410185DEM000022Y\"}"),
		==, 200);
	g_assert_cmpint(say(f, &at, ":void", "7", "{" BY "}"), ==, 422);
	g_assert_cmpint(
		say(f, &at, ":void", "7", "{" BY ",\"reason\":\"重复\"}"), ==,
		200);
	steps = sub_path(&at, "/steps");
	{
		AUTO(json) list = get(f->platform, steps);
		AUTO(json) now = get(f->platform, at.path);
		const struct json *first = json_first(json_get(list, "rows"));

		g_assert_cmpint(json_length(json_get(list, "rows")), ==, 7);
		assert_text(first, "handle_explain", "缺材料");
		assert_text(first, "process_name", "补正告知");
		assert_text(now, "state", "void");
		assert_text(now, "version", "8");
	}
	at_close(&at);
}

static void test_result(struct fixture *f, gconstpointer data)
{
	static const char result[] =
		"{\"result_type\":\"1\",\"result_date\":\"2026-11-24T09:00:00+"
		"08:00\",\"staff_no\":\"1005\",\"result_cetr_name\":\"营业执照"
		"\"}";
	static const char delivery[] =
		"{\"delivery_id\":\"" BLOCK
		"\",\"method\":\"window\",\"receiver\":\"王演练\","
		"\"staff_no\":\"1003\",\"at\":\"2026-11-24T10:00:00+08:00\"}";
	struct at at;
	g_autofree char *result_path = NULL, *delivery_path = NULL;

	(void)data;
	at_open(&at, f, 1, "accepted");
	json_free(put(f->platform, at.path, NULL, "*", at.body));
	result_path = sub_path(&at, "/result");
	delivery_path = sub_path(&at, "/deliveries");
	{
		AUTO(json) early =
			once(f->platform, delivery_path, "k1", delivery);
		AUTO(json) made =
			put(f->platform, result_path, NULL, "*", result);
		AUTO(json) shown = get(f->platform, result_path);
		AUTO(json) given =
			once(f->platform, delivery_path, "k1", delivery);
		AUTO(json) late = put(f->platform, result_path, "\"1\"", NULL,
			"{\"result_type\":\"2\",\"result_date\":\"2026-11-24T"
			"09:00:00+08:00\",\"staff_no\":\"1005\"}");
		AUTO(json) list = get(f->platform, delivery_path);
		AUTO(json) now = get(f->platform, at.path);

		assert_int(early, "http", 409);
		assert_int(made, "http", 201);
		assert_text(shown, "result_cetr_name", "营业执照");
		assert_int(given, "http", 201);
		assert_int(late, "http", 409);
		g_assert_cmpint(json_length(json_get(list, "rows")), ==, 1);
		assert_text(now, "state", "delivered");
		g_assert_cmpint(
			say(f, &at, ":close", "3", "{" BY "}"), ==, 200);
	}
	at_close(&at);
}

static void test_materials(struct fixture *f, gconstpointer data)
{
	struct at at;
	char sha[SHA256_TEXT];
	g_autofree char *path = NULL, *body = NULL;

	(void)data;
	at_open(&at, f, 1, "accepted");
	json_free(put(f->platform, at.path, NULL, "*", at.body));
	path = sub_path(&at, "/materials/3");
	sha256_text("page", 4, sha);
	body = g_strdup_printf("{\"name\":\"租赁合同\",\"get_type\":\"2\","
			       "\"pages\":[{\"sha256\":\"%s\"}]}",
		sha);
	{
		AUTO(json) early = put(f->platform, path, NULL, "*", body);
		int uploaded = upload(f->platform, "page", sha, NULL);
		AUTO(json) made = put(f->platform, path, NULL, "*", body);
		AUTO(json) shown = get(f->platform, path);
		AUTO(json) code = put(f->platform, path, "\"1\"", NULL,
			"{\"name\":\"租赁合同\",\"get_type\":\"5\"}");
		g_autofree char *odd_path = sub_path(&at, "/materials/x");
		AUTO(json) odd = put(f->platform, odd_path, NULL, "*", body);

		g_assert_cmpint(uploaded, ==, 201);
		assert_int(early, "http", 409);
		assert_text(early, "code", "missing_blobs");
		g_assert_cmpstr(
			json_as_text(json_first(json_get(early, "sha256"))), ==,
			sha);
		assert_int(made, "http", 201);
		assert_text(shown, "slot", "3");
		assert_text(shown, "case_id", at.id);
		assert_int(code, "http", 422);
		assert_int(odd, "http", 404);
	}
	at_close(&at);
}

static void test_steps(struct fixture *f, gconstpointer data)
{
	static const char step[] =
		"{\"step_id\":\"" BLOCK
		"\",\"event_name\":\"3\",\"process_name\":\"审查\","
		"\"handle_explain\":\"同意\",\"node_result\":\"1\","
		"\"event_start_time\":\"2026-11-23T10:00:00+08:00\","
		"\"event_end_time\":\"2026-11-23T%s:00+08:00\"}";
	g_autofree char *good = g_strdup_printf(step, "10:05");
	g_autofree char *bad = g_strdup_printf(step, "09:55");
	struct at at;
	g_autofree char *path = NULL;

	(void)data;
	at_open(&at, f, 1, "accepted");
	path = sub_path(&at, "/steps");
	{
		AUTO(json) nowhere = once(f->platform, path, "k1", good);

		assert_int(nowhere, "http", 404);
	}
	json_free(put(f->platform, at.path, NULL, "*", at.body));
	{
		AUTO(json) odd = once(f->platform, path, "k1", bad);
		AUTO(json) made = once(f->platform, path, "k1", good);
		AUTO(json) again = once(f->platform, path, "k1", good);
		AUTO(json) list = get(f->platform, path);

		assert_int(odd, "http", 422);
		assert_int(made, "http", 201);
		assert_int(again, "http", 201);
		g_assert_cmpint(json_length(json_get(list, "rows")), ==, 1);
	}
	at_close(&at);
}

static char *rating(
	const char *id, int assess, int satisfaction, const char *more)
{
	return g_strdup_printf(
		"{\"evaluation_id\":\"%s\",\"project_no\":\"20261123-03-0001\","
		"\"assess_number\":%d,\"pf\":\"4\",\"satisfaction\":%d,"
		"\"assess_time\":\"2026-11-23T10:00:00+08:00\"%s}",
		id, assess, satisfaction, more);
}

static void test_evaluations(struct fixture *f, gconstpointer data)
{
	struct at at;
	g_autofree char *bad = rating(STORE, 1, 2, "");
	g_autofree char *why =
		rating(STORE, 1, 2, ",\"writing_evaluation\":\"等太久\"");
	g_autofree char *twice = rating(BLOCK, 1, 5, "");
	g_autofree char *second = rating(BLOCK, 2, 5, "");

	(void)data;
	at_open(&at, f, 1, "accepted");
	{
		AUTO(json) nowhere =
			once(f->platform, "/v1/evaluations", "k0", why);

		assert_int(nowhere, "http", 422);
	}
	json_free(put(f->platform, at.path, NULL, "*", at.body));
	{
		AUTO(json) a = once(f->platform, "/v1/evaluations", "k1", bad);
		AUTO(json) b = once(f->platform, "/v1/evaluations", "k2", why);
		AUTO(json) c =
			once(f->platform, "/v1/evaluations", "k3", twice);
		AUTO(json) d =
			once(f->platform, "/v1/evaluations", "k4", second);

		assert_int(a, "http", 422);
		assert_int(b, "http", 201);
		AUTO(json) answer = command(f->platform,
			"/v1/evaluations/" STORE ":reply", "k5", "\"1\"",
			"{\"reply\":\"已增开窗口\"," BY "}");
		AUTO(json) list = get(f->platform, "/v1/evaluations");

		assert_text(c, "code", "already_rated");
		assert_int(d, "http", 201);
		assert_int(answer, "http", 200);
		assert_text(
			json_get(json_first(json_get(list, "rows")), "reply"),
			"reply", "已增开窗口");
	}
	at_close(&at);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/cases/put", test_put);
	TEST("/platform/cases/put-race", test_put_race);
	TEST("/platform/cases/rollback", test_rollback);
	TEST("/platform/cases/numbers", test_numbers);
	TEST("/platform/cases/commands", test_commands);
	TEST("/platform/cases/result", test_result);
	TEST("/platform/cases/materials", test_materials);
	TEST("/platform/cases/steps", test_steps);
	TEST("/platform/cases/evaluations", test_evaluations);
	return g_test_run();
}
