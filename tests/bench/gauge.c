/* Numbers of another process out of /proc and its clock. */
#include "tests/bench/gauge.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

double gauge_cpu_ms(GPid pid)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
		clock_gettime(clock, &used) != 0)
		return -1;
	return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* The number behind "NAME:" in a file of /proc. */
static long number_in(const char *path, const char *name)
{
	g_autofree char *text = NULL, *label = NULL;
	const char *at;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	label = g_strconcat("\n", name, ":", NULL);
	at = strstr(text, label);
	return at ? (long)g_ascii_strtoll(at + strlen(label), NULL, 10) : -1;
}

struct gauge_memory gauge_memory(GPid pid)
{
	g_autofree char *status = g_strdup_printf("/proc/%d/status", pid);
	g_autofree char *rollup = g_strdup_printf("/proc/%d/smaps_rollup", pid);

	return (struct gauge_memory){
		.resident = number_in(status, "VmRSS"),
		.peak = number_in(status, "VmHWM"),
		.proportional = number_in(rollup, "Pss"),
	};
}

GHashTable *gauge_sleeps(GPid pid)
{
	g_autofree char *folder = g_strdup_printf("/proc/%d/task", pid);
	GHashTable *sleeps =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GDir *tasks = g_dir_open(folder, 0, NULL);
	const char *name;

	while (tasks && (name = g_dir_read_name(tasks))) {
		g_autofree char *path =
			g_build_filename(folder, name, "status", NULL);
		long count = number_in(path, "voluntary_ctxt_switches");

		g_hash_table_insert(sleeps, g_strdup(name),
			GSIZE_TO_POINTER((gsize)MAX(0, count)));
	}
	if (tasks)
		g_dir_close(tasks);
	return sleeps;
}

long gauge_wakeups(GPid pid, GHashTable *before)
{
	GHashTable *now = gauge_sleeps(pid);
	GHashTableIter iter;
	gpointer thread, count;
	long sum = 0;

	g_hash_table_iter_init(&iter, now);
	while (g_hash_table_iter_next(&iter, &thread, &count))
		sum += (long)(GPOINTER_TO_SIZE(count) -
			      GPOINTER_TO_SIZE(
				      g_hash_table_lookup(before, thread)));
	g_hash_table_iter_init(&iter, before);
	while (g_hash_table_iter_next(&iter, &thread, NULL))
		sum += g_hash_table_contains(now, thread) ? 0 : 1;
	g_hash_table_unref(now);
	return sum;
}

GPid gauge_child(GPid pid)
{
	g_autofree char *path =
		g_strdup_printf("/proc/%d/task/%d/children", pid, pid);
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL)
		       ? (GPid)g_ascii_strtoll(text, NULL, 10)
		       : 0;
}

static gint by_value(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double gauge_median(GArray *values)
{
	g_array_sort(values, by_value);
	return g_array_index(values, double, values->len / 2);
}

char *gauge_spread(GArray *values)
{
	double median = gauge_median(values);

	return g_strdup_printf("%8.1f %8.1f %8.1f",
		g_array_index(values, double, 0), median,
		g_array_index(values, double, values->len - 1));
}
