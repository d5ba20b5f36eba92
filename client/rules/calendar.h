/* The working-day calendar (行政许可法 §82: "日" are working days, statutory
 * holidays excluded).
 *
 * Data, not code: one text per year (config/calendar/2026.txt):
 *
 *   # comment
 *   year = 2026
 *   status = published            (or statutory-only: arrangement not out yet)
 *   source = where it comes from
 *   sha256 = of the day lines, each ended by a newline, as they stand
 *   2026-01-01 off 元旦
 *   2026-01-04 work 元旦
 *
 * A day without a line is off on Saturday and Sunday. Anything counted through
 * a year that is unknown or statutory-only is provisional: it must be shown so
 * and counted again when the arrangement comes. */
#ifndef CLIENT_RULES_CALENDAR_H
#define CLIENT_RULES_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/rules/day.h"

struct calendar;

struct calendar *calendar_new(void);
void calendar_free(struct calendar *calendar);
DEFINE_AUTO(calendar, calendar_free)

/* Adds one year's text, or replaces that year. name is for messages
 * ("2026.txt:4: ..."). On error nothing is changed. */
bool calendar_add_text(struct calendar *calendar, const char *text, size_t len,
	const char *name, GError **error);

enum calendar_status {
	CALENDAR_UNKNOWN,
	CALENDAR_STATUTORY_ONLY,
	CALENDAR_PUBLISHED,
};
enum calendar_status calendar_status(const struct calendar *calendar, int year);

bool calendar_is_workday(const struct calendar *calendar, int day);
/* "春节", "" for a plain day. Borrowed. */
const char *calendar_name(const struct calendar *calendar, int day);

struct due {
	int day; /* 20261130 */
	bool provisional;
};

/* The event's day is day 0. n from 0 to 2000. With n = 0 the day itself. */
struct due calendar_add_workdays(
	const struct calendar *calendar, int start, int n);

/* Working days in (after, until]; negative, of (until, after], when until is
 * earlier. provisional (may be NULL) as above. */
int calendar_workdays_between(const struct calendar *calendar, int after,
	int until, bool *provisional);

/* The clock with a stop: used = working days in (start, stop_day], then
 * due = add_workdays(resume_day, n - used). */
struct due calendar_due_with_stop(const struct calendar *calendar, int start,
	int n, int stop_day, int resume_day);

/* Working days of a whole year. */
int calendar_workdays_of_year(const struct calendar *calendar, int year);

#endif
