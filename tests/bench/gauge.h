/* What another process has used up, read from outside, and how many numbers
 * are told as three. */
#ifndef TESTS_BENCH_GAUGE_H
#define TESTS_BENCH_GAUGE_H

#include <stdbool.h>

#include <glib.h>

/* Processor time of all threads, user and system; -1 when it is gone. */
double gauge_cpu_ms(GPid pid);

/* Of /proc/PID/status and smaps_rollup, in KiB; -1 when it may not be read
 * (smaps_rollup is for root only, our programs cannot be dumped). */
struct gauge_memory {
	long resident, proportional, peak; /* peak: the most it ever had */
};
struct gauge_memory gauge_memory(GPid pid);

/* Times each thread went to sleep by itself: each wake-up is one. Thread ->
 * count; caller unrefs. */
GHashTable *gauge_sleeps(GPid pid);
/* What came to it since; a thread that ended meanwhile woke up once for it. */
long gauge_wakeups(GPid pid, GHashTable *before);

/* The first child: the screen below its guard. 0 when there is none. */
GPid gauge_child(GPid pid);

/* "12.3  12.9  15.0": least, median, most. Sorts the doubles. */
char *gauge_spread(GArray *values);
double gauge_median(GArray *values);

#endif
