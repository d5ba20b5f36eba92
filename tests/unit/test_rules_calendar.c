/* Days and the working-day calendar, with the shipped years: the vectors were
 * computed by hand from the State Council's arrangements. */
#include "client/rules/calendar.h"

#include <string.h>

#include <glib.h>

#include "client/base/error.h"

static void add_year(struct calendar *calendar, int year)
{
	g_autofree char *path = g_strdup_printf("config/calendar/%d.txt", year);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	gsize len = 0;

	g_assert_true(g_file_get_contents(path, &text, &len, NULL));
	calendar_add_text(calendar, text, len, path, &error);
	g_assert_no_error(error);
}

static struct calendar *shipped(void)
{
	struct calendar *calendar = calendar_new();

	for (int year = 2024; year <= 2027; year++)
		add_year(calendar, year);
	return calendar;
}

static void test_day(void)
{
	static const int rows[][2] = {/* day, weekday */
		{20261123, 1}, {20260101, 4}, {19700101, 4}, {19000101, 1},
		{20240229, 4}, {21991231, 2}, {19691231, 3}};
	char text[DAY_TEXT];

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(day_weekday(rows[i][0]), ==, rows[i][1]);
	for (int n = day_to_number(19000101); n <= day_to_number(21991231);
		n++) {
		int day = day_from_number(n);
		if (!day_is_valid(day) || day_to_number(day) != n)
			g_error("day %d", day);
	}
	g_assert_cmpint(day_add(20261231, 1), ==, 20270101);
	g_assert_cmpint(day_add(20240301, -1), ==, 20240229);
	g_assert_cmpint(day_between(20261123, 20261130), ==, 7);
	g_assert_cmpint(day_parse("2026-11-23"), ==, 20261123);
	g_assert_cmpint(day_parse("20261123"), ==, 20261123);
	g_assert_cmpint(day_parse("2026-02-29"), ==, 0);
	g_assert_cmpint(day_parse("2026/11/23"), ==, 0);
	g_assert_cmpint(day_parse("2026-11-2"), ==, 0);
	g_assert_cmpint(day_parse(NULL), ==, 0);
	day_format(20261123, text);
	g_assert_cmpstr(text, ==, "2026-11-23");
	day_format(0, text);
	g_assert_cmpstr(text, ==, "");
}

static void test_due(void)
{
	static const struct {
		int start, n, due;
		bool provisional;
	} rows[] = {
		{20240208, 5, 20240221, false}, {20250124, 5, 20250207, false},
		{20260212, 5, 20260226, false}, {20260212, 20, 20260318, false},
		{20260428, 7, 20260511, false}, {20260918, 5, 20260924, false},
		{20260918, 20, 20261022, false}, {20260929, 3, 20261009, false},
		{20261123, 20, 20261221, false},
		{20261203, 20, 20261231, false}, {20261204, 20, 20270104, true},
		{20261221, 20, 20270119, true}, {20261123, 5, 20261130, false},
		{20261123, 10, 20261207, false}, {20261123, 0, 20261123, false},
		{20261121, 1, 20261123, false}, /* from a Saturday */
		{20271231, 1, 20280103, true},  /* a year not known at all */
	};
	AUTO(calendar) calendar = shipped();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct due due = calendar_add_workdays(
			calendar, rows[i].start, rows[i].n);
		g_test_message("%d + %d", rows[i].start, rows[i].n);
		g_assert_cmpint(due.day, ==, rows[i].due);
		g_assert_cmpint(due.provisional, ==, rows[i].provisional);
	}
}

static void test_year_totals(void)
{
	AUTO(calendar) calendar = shipped();

	g_assert_cmpint(calendar_workdays_of_year(calendar, 2024), ==, 251);
	g_assert_cmpint(calendar_workdays_of_year(calendar, 2025), ==, 248);
	g_assert_cmpint(calendar_workdays_of_year(calendar, 2026), ==, 248);
	g_assert_cmpint(
		calendar_status(calendar, 2026), ==, CALENDAR_PUBLISHED);
	g_assert_cmpint(
		calendar_status(calendar, 2027), ==, CALENDAR_STATUTORY_ONLY);
	g_assert_cmpint(calendar_status(calendar, 2028), ==, CALENDAR_UNKNOWN);
}

/* add_workdays and workdays_between agree for every start of three years. */
static void test_property(void)
{
	AUTO(calendar) calendar = shipped();

	for (int day = 20240101; day < 20261101; day = day_add(day, 1)) {
		int n = 1 + day % 23;
		struct due due = calendar_add_workdays(calendar, day, n);
		bool provisional;
		g_assert_true(calendar_is_workday(calendar, due.day));
		g_assert_cmpint(calendar_workdays_between(
					calendar, day, due.day, &provisional),
			==, n);
		g_assert_cmpint(
			calendar_workdays_between(calendar, due.day, day, NULL),
			==, -n);
		g_assert_cmpint(provisional, ==, due.provisional);
	}
}

static void test_days(void)
{
	AUTO(calendar) calendar = shipped();

	g_assert_false(calendar_is_workday(calendar, 20260101));
	g_assert_true(calendar_is_workday(calendar, 20260104)); /* Sunday */
	g_assert_false(calendar_is_workday(calendar, 20260105 + 5));
	g_assert_true(calendar_is_workday(calendar, 20260920));
	g_assert_cmpstr(calendar_name(calendar, 20261001), ==, "国庆节");
	g_assert_cmpstr(calendar_name(calendar, 20261123), ==, "");
	g_assert_cmpstr(calendar_name(calendar, 20301123), ==, "");
}

/* 承诺 10; stopped after 3 used days, resumed later: 7 remain. */
static void test_stop(void)
{
	AUTO(calendar) calendar = shipped();
	struct due due = calendar_due_with_stop(
		calendar, 20261102, 10, 20261105, 20261120);

	g_assert_cmpint(due.day, ==, 20261201);
	g_assert_false(due.provisional);
}

static bool add(struct calendar *calendar, const char *text, GError **error)
{
	return calendar_add_text(
		calendar, text, strlen(text), "2026.txt", error);
}

static void test_broken(void)
{
#define HEAD                                                           \
	"year = 2026\nstatus = published\nsource = x\n"                \
	"sha256 = "                                                    \
	"000000000000000000000000000000000000000000000000000000000000" \
	"0000\n"
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "must be given"},
		{HEAD "2026-01-01 off\n", "2026.txt:5: expected a day"},
		{HEAD "2026-01-01 half 元旦\n", "2026.txt:5: expected off"},
		{HEAD "2025-01-01 off 元旦\n", "not in the year 2026"},
		{HEAD "2026-01-05 work 元旦\n", "Saturday or Sunday"},
		{HEAD "2026-01-02 off 元旦\n2026-01-01 off 元旦\n",
			"2026.txt:6: days must ascend"},
		{HEAD "2026-01-01 off 元旦\n2026-01-01 off 元旦\n", "ascend"},
		{HEAD "2026-01-01 off 元旦\n", "have not the sha256 given"},
		{"2026-01-01 off 元旦\n", "must stand before"},
		{"year = 26\n", "2026.txt:1: expected a year"},
		{"year = 2026\nstatus = perhaps\n", "2026.txt:2: status"},
		{"colour = red\n", "unknown key colour"},
		{"sha256 = 12\n", "64 hexadecimal"},
		{"\xff\xfe\n", "not UTF-8"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		AUTO(calendar) calendar = calendar_new();
		g_autoptr(GError) error = NULL;
		g_assert_false(add(calendar, rows[i].text, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].message));
		g_assert_cmpint(
			calendar_status(calendar, 2026), ==, CALENDAR_UNKNOWN);
	}
}

/* A newer file of a year takes the older one's place. */
static void test_replace(void)
{
	AUTO(calendar) calendar = shipped();
	const char *newer =
		"year = 2027\nstatus = published\nsource = x\n"
		"sha256 = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
		"991b7852b855\n";
	struct due due;

	g_assert_true(add(calendar, newer, NULL));
	due = calendar_add_workdays(calendar, 20261221, 20);
	g_assert_cmpint(due.day, ==, 20270118);
	g_assert_false(due.provisional);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/calendar/day", test_day);
	g_test_add_func("/rules/calendar/due", test_due);
	g_test_add_func("/rules/calendar/year-totals", test_year_totals);
	g_test_add_func("/rules/calendar/property", test_property);
	g_test_add_func("/rules/calendar/days", test_days);
	g_test_add_func("/rules/calendar/stop", test_stop);
	g_test_add_func("/rules/calendar/broken", test_broken);
	g_test_add_func("/rules/calendar/replace", test_replace);
	return g_test_run();
}
