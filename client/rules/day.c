/* Calendar days as whole numbers, by the proleptic Gregorian rule: a day
 * number counts from 1970-01-01, a March-based year makes February the last
 * month so that its length needs no table. */
#include "client/rules/day.h"

#include <string.h>

#include <glib.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199 };

bool day_is_valid(int day)
{
	int year = day / 10000, month = day / 100 % 100, date = day % 100;

	if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12)
		return false;
	return date >= 1 && date <= g_date_get_days_in_month(
					    (GDateMonth)month, (GDateYear)year);
}

int day_to_number(int day)
{
	int year = day / 10000, month = day / 100 % 100, date = day % 100;
	int era_year, month_day;

	if (month <= 2)
		year--;
	month = (month + 9) % 12; /* March is 0 */
	month_day = (153 * month + 2) / 5 + date - 1;
	era_year = year * 365 + year / 4 - year / 100 + year / 400;
	return era_year + month_day - 719468;
}

int day_from_number(int number)
{
	int days = number + 719468;
	int era = days / 146097, in_era = days % 146097;
	int year_of_era =
		(in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) /
		365;
	int in_year = in_era -
		      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int march_month = (5 * in_year + 2) / 153;
	int date = in_year - (153 * march_month + 2) / 5 + 1;
	int month = march_month < 10 ? march_month + 3 : march_month - 9;
	int year = era * 400 + year_of_era + (month <= 2);

	return year * 10000 + month * 100 + date;
}

int day_add(int day, int n)
{
	return day_from_number(day_to_number(day) + n);
}

int day_between(int a, int b)
{
	return day_to_number(b) - day_to_number(a);
}

int day_weekday(int day)
{
	/* 1970-01-01 was a Thursday */
	int weekday = (day_to_number(day) + 3) % 7;

	return (weekday < 0 ? weekday + 7 : weekday) + 1;
}

void day_format(int day, char out[DAY_TEXT])
{
	out[0] = 0;
	if (day_is_valid(day))
		g_snprintf(out, DAY_TEXT, "%04d-%02d-%02d", day / 10000 % 10000,
			day / 100 % 100, day % 100);
}

int day_parse(const char *text)
{
	size_t len = text ? strlen(text) : 0;
	int day = 0;

	if (len != 8 && len != 10)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (len == 10 && (i == 4 || i == 7)) {
			if (text[i] != '-')
				return 0;
		} else if (g_ascii_isdigit(text[i])) {
			day = day * 10 + (text[i] - '0');
		} else {
			return 0;
		}
	}
	return day_is_valid(day) ? day : 0;
}
