/* The working-day calendar: one table of day kinds per known year. Counting
 * walks day by day, which keeps the rule readable and is fast enough (2,000
 * working days are eight years). */
#include "client/rules/calendar.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/id.h"

enum { DAYS_MAX = 366, WORKDAYS_MAX = 2000, NAME_MAX_BYTES = 60 };

enum day_kind { DAY_PLAIN, DAY_OFF, DAY_WORK };

struct year {
	int year;
	enum calendar_status status;
	uint8_t kind[DAYS_MAX];
	char *name[DAYS_MAX];
};

struct calendar {
	GPtrArray *years;
};

/* While one text is read. */
struct parse {
	const char *name;
	int line;
	struct year *year;
	struct sha256_state *hash;
	char wanted[SHA256_TEXT];
	bool has_source;
	int last_day;
};

static void year_free(gpointer data)
{
	struct year *year = data;

	for (int i = 0; year && i < DAYS_MAX; i++)
		g_free(year->name[i]);
	g_free(year);
}

struct calendar *calendar_new(void)
{
	struct calendar *calendar = g_new0(struct calendar, 1);

	calendar->years = g_ptr_array_new_with_free_func(year_free);
	return calendar;
}

void calendar_free(struct calendar *calendar)
{
	if (!calendar)
		return;
	g_ptr_array_unref(calendar->years);
	g_free(calendar);
}

static const struct year *find_year(const struct calendar *calendar, int number)
{
	for (guint i = 0; i < calendar->years->len; i++) {
		const struct year *year = g_ptr_array_index(calendar->years, i);
		if (year->year == number)
			return year;
	}
	return NULL;
}

static G_GNUC_PRINTF(3, 4) bool wrong(
	const struct parse *parse, GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fault_set_va(error, ITEM_ERROR_SYNTAX, parse->name, parse->line, NULL,
		format, args);
	va_end(args);
	return false;
}

static int index_of(int day)
{
	return day_between(day / 10000 * 10000 + 101, day);
}

/* "year = 2026", "status = published", "source = ...", "sha256 = ..." */
static bool read_header(struct parse *parse, char *line, GError **error)
{
	char *value = strchr(line, '=');
	gint64 number;

	*value++ = 0;
	g_strstrip(line);
	g_strstrip(value);
	if (strcmp(line, "year") == 0) {
		if (!g_ascii_string_to_signed(
			    value, 10, 1900, 2199, &number, NULL))
			return wrong(parse, error, "expected a year");
		parse->year->year = (int)number;
	} else if (strcmp(line, "status") == 0) {
		if (strcmp(value, "published") == 0)
			parse->year->status = CALENDAR_PUBLISHED;
		else if (strcmp(value, "statutory-only") == 0)
			parse->year->status = CALENDAR_STATUTORY_ONLY;
		else
			return wrong(parse, error,
				"status: expected published or statutory-only");
	} else if (strcmp(line, "source") == 0) {
		parse->has_source = *value != 0;
	} else if (strcmp(line, "sha256") == 0) {
		if (!sha256_is_valid(value))
			return wrong(parse, error,
				"sha256: expected 64 hexadecimal digits");
		g_strlcpy(parse->wanted, value, sizeof(parse->wanted));
	} else {
		return wrong(parse, error, "unknown key %s", line);
	}
	return true;
}

static bool set_day(struct parse *parse, int day, const char *kind,
	const char *name, GError **error)
{
	struct year *year = parse->year;
	bool work = strcmp(kind, "work") == 0;
	int index;

	if (!work && strcmp(kind, "off") != 0)
		return wrong(parse, error, "expected off or work");
	if (day / 10000 != year->year)
		return wrong(parse, error, "this day is not in the year %d",
			year->year);
	if (day <= parse->last_day)
		return wrong(parse, error, "days must ascend, each once");
	if (work && day_weekday(day) < 6)
		return wrong(parse, error,
			"a make-up working day must be a Saturday or Sunday");
	if (!*name || strlen(name) > NAME_MAX_BYTES)
		return wrong(parse, error, "expected the holiday's name");
	parse->last_day = day;
	index = index_of(day);
	year->kind[index] = work ? DAY_WORK : DAY_OFF;
	year->name[index] = g_strdup(name);
	return true;
}

/* "2026-01-04 work 元旦" */
static bool read_day(struct parse *parse, const char *line, GError **error)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 3);
	int day = g_strv_length(words) == 3 ? day_parse(words[0]) : 0;

	if (!day)
		return wrong(parse, error,
			"expected a day as \"2026-01-04 work NAME\"");
	if (!parse->year->year || !parse->year->status)
		return wrong(parse, error,
			"year and status must stand before the days");
	sha256_add(parse->hash, line, strlen(line));
	sha256_add(parse->hash, "\n", 1);
	return set_day(parse, day, words[1], words[2], error);
}

static bool read_line(struct parse *parse, const char *text, GError **error)
{
	g_autofree char *line = g_strstrip(g_strdup(text));

	parse->line++;
	if (!*line || *line == '#')
		return true;
	if (strchr(line, '='))
		return read_header(parse, line, error);
	return read_day(parse, line, error);
}

static bool read_lines(
	struct parse *parse, const char *text, size_t len, GError **error)
{
	g_autofree char *copy = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_utf8_validate(text, (gssize)len, NULL))
		return wrong(parse, error, "not UTF-8, or holds a NUL");
	copy = g_strndup(text, len);
	lines = g_strsplit(copy, "\n", -1);
	for (size_t i = 0; lines[i]; i++)
		if (!read_line(parse, lines[i], error))
			return false;
	return true;
}

static bool check_whole(struct parse *parse, GError **error)
{
	uint8_t digest[SHA256_LEN];
	g_autofree char *hex = NULL;

	sha256_end(g_steal_pointer(&parse->hash), digest);
	hex = hex_encode(digest, sizeof(digest));
	if (!parse->year->year || !parse->year->status || !parse->has_source ||
		!*parse->wanted)
		return wrong(parse, error,
			"year, status, source and sha256 must be given");
	if (strcmp(hex, parse->wanted) != 0)
		return wrong(parse, error,
			"the day lines have not the sha256 given; theirs is %s",
			hex);
	return true;
}

bool calendar_add_text(struct calendar *calendar, const char *text, size_t len,
	const char *name, GError **error)
{
	struct parse parse = {.name = name, .year = g_new0(struct year, 1)};
	bool done;

	parse.hash = sha256_new();
	done = read_lines(&parse, text, len, error) &&
	       check_whole(&parse, error);
	if (parse.hash) {
		uint8_t unused[SHA256_LEN];
		sha256_end(parse.hash, unused);
	}
	if (!done) {
		year_free(parse.year);
		return false;
	}
	for (guint i = 0; i < calendar->years->len; i++) {
		struct year *old = g_ptr_array_index(calendar->years, i);
		if (old->year == parse.year->year) {
			g_ptr_array_remove_index_fast(calendar->years, i);
			break;
		}
	}
	g_ptr_array_add(calendar->years, parse.year);
	return true;
}

enum calendar_status calendar_status(const struct calendar *calendar, int year)
{
	const struct year *found = find_year(calendar, year);

	return found ? found->status : CALENDAR_UNKNOWN;
}

bool calendar_is_workday(const struct calendar *calendar, int day)
{
	const struct year *year = find_year(calendar, day / 10000);
	int kind = year ? year->kind[index_of(day)] : DAY_PLAIN;

	if (kind == DAY_PLAIN)
		return day_weekday(day) < 6;
	return kind == DAY_WORK;
}

const char *calendar_name(const struct calendar *calendar, int day)
{
	const struct year *year = find_year(calendar, day / 10000);
	const char *name = year ? year->name[index_of(day)] : NULL;

	return name ? name : "";
}

static bool day_is_certain(const struct calendar *calendar, int day)
{
	return calendar_status(calendar, day / 10000) == CALENDAR_PUBLISHED;
}

struct due calendar_add_workdays(
	const struct calendar *calendar, int start, int n)
{
	struct due due = {.day = start};

	n = CLAMP(n, 0, WORKDAYS_MAX);
	due.provisional = !day_is_certain(calendar, start);
	while (n > 0) {
		due.day = day_add(due.day, 1);
		if (!day_is_certain(calendar, due.day))
			due.provisional = true;
		if (calendar_is_workday(calendar, due.day))
			n--;
	}
	return due;
}

int calendar_workdays_between(const struct calendar *calendar, int after,
	int until, bool *provisional)
{
	int sign = until < after ? -1 : 1;
	int from = MIN(after, until), to = MAX(after, until);
	int count = 0;
	bool certain = true;

	for (int day = from; day < to;) {
		day = day_add(day, 1);
		certain = certain && day_is_certain(calendar, day);
		count += calendar_is_workday(calendar, day);
	}
	if (provisional)
		*provisional = !certain;
	return sign * count;
}

struct due calendar_due_with_stop(const struct calendar *calendar, int start,
	int n, int stop_day, int resume_day)
{
	bool provisional;
	int used = calendar_workdays_between(
		calendar, start, stop_day, &provisional);
	struct due due = calendar_add_workdays(calendar, resume_day, n - used);

	due.provisional = due.provisional || provisional;
	return due;
}

int calendar_workdays_of_year(const struct calendar *calendar, int year)
{
	return calendar_workdays_between(calendar,
		day_add(year * 10000 + 101, -1), year * 10000 + 1231, NULL);
}
