/* Calendar days as whole numbers: 20261123, as of clock_day(). Pure: what day
 * it is today is always a parameter. Gregorian, 1900 to 2199. */
#ifndef CLIENT_RULES_DAY_H
#define CLIENT_RULES_DAY_H

#include <stdbool.h>

enum { DAY_TEXT = 11 };

bool day_is_valid(int day);
/* Days since 1970-01-01. */
int day_to_number(int day);
int day_from_number(int number);
int day_add(int day, int n);
/* Days from a to b, negative when b is earlier. */
int day_between(int a, int b);
/* 1 Monday ... 7 Sunday. */
int day_weekday(int day);

/* "2026-11-23"; "" for 0. */
void day_format(int day, char out[DAY_TEXT]);
/* "2026-11-23" and "20261123"; 0 when it is neither or no such day. */
int day_parse(const char *text);

#endif
