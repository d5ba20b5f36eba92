/* Warnings, questions, days and weeks that are signed off, statistics. */
#include "tests/unit/test_platform.h"

#include "client/platform/supervision.h"

#define BY  "\"staff_no\":\"1003\",\"window\":\"03\""
#define AT  "\"at\":\"2026-11-23T18:00:00+08:00\""
#define ID  "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2e01"
#define DAY "/v1/daily-clears/03/2026-11-23"

/* A day with three cases (one is a refusal), each with a rating. */
static void work(struct fixture *f, struct window *w)
{
	window_open(w, "03");
	lease_fresh(f->platform, w, "case:03");
	for (int serial = 1; serial <= 3; serial++) {
		char case_id[UUID_TEXT], rating_id[UUID_TEXT];
		g_autofree char *body = NULL, *rating = NULL;
		g_autoptr(GString) edited = NULL;

		uuid7(case_id);
		uuid7(rating_id);
		body = case_accept(case_id, serial, "03", "王演练", "[]");
		edited = g_string_new(body);
		if (serial == 3)
			g_string_replace(
				edited, "\"accepted\"", "\"refused\"", 1);
		add_op(w, "case", case_id, 1,
			serial == 3 ? "case.refuse" : "case.accept",
			edited->str);
		rating = g_strdup_printf(
			"{\"rating_id\":\"%s\",\"ticket_id\":\"%s\","
			"\"case_id\":\"%s\",\"level\":%d," AT "}",
			rating_id, case_id, case_id, serial);
		add_op(w, "rating", rating_id, 1, "rating.record", rating);
	}
	{
		AUTO(json) pushed = push(f->platform, w, NULL);

		for (unsigned i = 0; i < 6; i++)
			assert_result(pushed, i, 201);
	}
}

static int64_t at(const char *day)
{
	return clock_parse(day);
}

static void test_warnings(struct fixture *f, gconstpointer data)
{
	struct window w;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL, *explain = NULL;

	(void)data;
	work(f, &w);
	/* promised for the 24th; the refused one is nobody's business */
	warning_scan(f->platform, at("2026-11-23"), &error);
	{
		AUTO(json) none = get(f->platform, "/v1/warnings");

		g_assert_cmpint(json_length(json_get(none, "rows")), ==, 0);
	}
	warning_scan(f->platform, at("2026-11-24"), &error);
	warning_scan(f->platform, at("2026-11-24"), &error);
	{
		AUTO(json) two = get(f->platform, "/v1/warnings?state=open");

		g_assert_cmpint(json_length(json_get(two, "rows")), ==, 2);
		assert_text(
			json_first(json_get(two, "rows")), "color", "yellow");
		assert_text(json_first(json_get(two, "rows")), "version", "1");
	}
	warning_scan(f->platform, at("2026-11-25"), &error);
	g_assert_no_error(error);
	{
		AUTO(json) four = get(f->platform, "/v1/warnings");
		AUTO(json) other = get(f->platform, "/v1/warnings?window=05");
		AUTO(json) feed = get(f->platform, "/v1/changes?feed=warnings");
		const struct json *row = json_first(json_get(four, "rows"));

		g_assert_cmpint(json_length(json_get(four, "rows")), ==, 4);
		g_assert_cmpint(json_length(json_get(other, "rows")), ==, 0);
		g_assert_cmpint(json_length(json_get(feed, "rows")), ==, 4);
		path = g_strconcat("/v1/warnings/",
			json_text(row, "warning_id"), ":acknowledge", NULL);
		explain = g_strconcat("/v1/warnings/",
			json_text(row, "warning_id"), ":explain", NULL);
	}
	{
		AUTO(json) seen = command(
			f->platform, path, "k1", "\"1\"", "{" BY "," AT "}");
		AUTO(json) again = command(
			f->platform, path, "k2", "\"2\"", "{" BY "," AT "}");
		AUTO(json) why = command(f->platform, explain, "k3", "\"2\"",
			"{\"explanation\":\"等待评审\"," BY "," AT "}");

		assert_text(seen, "state", "acknowledged");
		assert_int(again, "http", 409);
		assert_text(why, "state", "explained");
		assert_text(
			json_get(why, "explain"), "explanation", "等待评审");
	}
	window_close(&w);
}

static void test_consultations(struct fixture *f, gconstpointer data)
{
	static const char question[] =
		"{\"consultation_id\":\"" ID
		"\",\"kind\":\"consult\",\"title\":\"营业时间\","
		"\"content\":\"周末办吗？\",\"person\":\"王演练\"," AT "}";

	(void)data;
	{
		AUTO(json) made =
			once(f->platform, "/v1/consultations", "k1", question);
		AUTO(json) early = patch(f->platform, "/v1/consultations/" ID,
			"\"1\"",
			"{\"state\":\"replied\",\"staff_no\":\"1003\"}");
		AUTO(json) taken = patch(f->platform, "/v1/consultations/" ID,
			"\"1\"",
			"{\"state\":\"accepted\",\"handler\":\"甄示例\","
			"\"staff_no\":\"1003\"}");
		AUTO(json) stale = patch(f->platform, "/v1/consultations/" ID,
			"\"1\"",
			"{\"state\":\"replied\",\"staff_no\":\"1003\"}");
		AUTO(json) replied = patch(f->platform, "/v1/consultations/" ID,
			"\"2\"",
			"{\"state\":\"replied\",\"reply\":\"周六上午办。\","
			"\"staff_no\":\"1003\"}");
		AUTO(json) edited = patch(f->platform, "/v1/consultations/" ID,
			"\"3\"",
			"{\"handler\":\"贾试用\",\"staff_no\":\"1005\"}");
		AUTO(json) again = patch(f->platform, "/v1/consultations/" ID,
			"\"4\"",
			"{\"state\":\"reopened\",\"staff_no\":\"1003\"}");

		assert_text(made, "state", "submitted");
		assert_int(early, "http", 409);
		assert_text(taken, "state", "accepted");
		assert_int(stale, "http", 412);
		assert_text(replied, "reply", "周六上午办。");
		assert_text(edited, "handler", "贾试用");
		assert_text(edited, "reply", "周六上午办。");
		assert_text(edited, "state", "replied");
		assert_text(again, "state", "reopened");
	}
}

static char *clear_body(const struct json *bucket, int extra)
{
	return g_strdup_printf(
		"{\"count\":%d,\"xor\":\"%s\",\"staff_no\":\"1003\","
		"\"supervisor\":\"1001\"," AT "}",
		(int)json_int_or(bucket, "count", 0) + extra,
		json_text(bucket, "xor"));
}

static void test_settlement(struct fixture *f, gconstpointer data)
{
	static const char digests[] =
		"/v1/reconciliation/digests?window=03&day=2026-11-23";
	static const char path[] = "/v1/weekly-settlements/03/2026-W48";
	struct window w;
	g_autofree char *good = NULL, *wrong = NULL, *week = NULL;

	(void)data;
	work(f, &w);
	{
		AUTO(json) bucket = get(f->platform, digests);

		good = clear_body(bucket, 0);
		wrong = clear_body(bucket, 1);
		week = g_strdup_printf(
			"{\"days\":[{\"date\":\"2026-11-23\",\"count\":%d,"
			"\"xor\":\"%s\"}],\"supervisor\":\"1001\"," AT "}",
			(int)json_int_or(bucket, "count", 0),
			json_text(bucket, "xor"));
	}
	{
		AUTO(json) early = put(f->platform, path, NULL, "*", week);
		AUTO(json) odd = put(f->platform, DAY, NULL, "*", wrong);
		AUTO(json) done = put(f->platform, DAY, NULL, "*", good);
		AUTO(json) empty = put(f->platform, path, NULL, "*",
			"{\"days\":[],\"supervisor\":\"1001\"," AT "}");
		AUTO(json) other = put(f->platform,
			"/v1/weekly-settlements/03/2026-W47", NULL, "*", week);
		AUTO(json) settled = put(f->platform, path, NULL, "*", week);
		AUTO(json) again = put(f->platform, path, NULL, "*", week);
		AUTO(json) none = put(f->platform,
			"/v1/weekly-settlements/03/2026-W54", NULL, "*", week);

		assert_int(early, "http", 409);
		assert_int(odd, "http", 409);
		assert_int(json_get(odd, "current"), "count", 6);
		assert_int(done, "http", 201);
		assert_int(empty, "http", 409);
		assert_int(other, "http", 422);
		assert_int(settled, "http", 201);
		assert_int(again, "http", 200);
		assert_int(none, "http", 404);
	}
	window_close(&w);
}

static void test_statistics(struct fixture *f, gconstpointer data)
{
	static const char range[] = "?from=2026-11-01&to=2026-11-30";
	static const char *const reports[] = {
		"hall", "window", "item", "staff"};
	static const char *const keys[] = {
		"hall", "03", "个体工商户设立登记", "1003"};
	struct window w;

	(void)data;
	work(f, &w);
	for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
		g_autofree char *path =
			g_strconcat("/v1/statistics/", reports[i], range, NULL);
		AUTO(json) reply = get(f->platform, path);
		const struct json *row = json_first(json_get(reply, "rows"));

		assert_text(row, "key", keys[i]);
		assert_int(row, "cases", 3);
		assert_int(row, "accepted", 2);
		assert_int(row, "refused", 1);
		assert_int(row, "ratings", 3);
		assert_int(row, "satisfied", 1);
	}
	{
		AUTO(json) none = get(f->platform,
			"/v1/statistics/hall?from=2026-12-01&to=2026-12-31");
		AUTO(json) odd = get(f->platform, "/v1/statistics/hall");
		AUTO(json) unknown = get(f->platform,
			"/v1/statistics/moon?from=2026-12-01&to=2026-12-31");

		g_assert_cmpint(json_length(json_get(none, "rows")), ==, 0);
		assert_int(odd, "http", 400);
		assert_int(unknown, "http", 404);
	}
	window_close(&w);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/supervision/warnings", test_warnings);
	TEST("/platform/supervision/consultations", test_consultations);
	TEST("/platform/supervision/settlement", test_settlement);
	TEST("/platform/supervision/statistics", test_statistics);
	return g_test_run();
}
