/* Processor time from exec to the first complete screen: the log-in page with
 * its last row, on a pseudo-terminal, the daemons running. Beside it what
 * nobody can go below here: a program that does nothing, and one that shows one
 * line through ncursesw. */
#include "tests/bench/bench_window.h"

#include <stdio.h>
#include <sys/resource.h>

#include "client/base/error.h"
#include "tests/bench/gauge.h"
#include "tests/e2e/terminal.h"

enum { ROWS = 24, COLS = 80, START_TIMEOUT_S = 20 };

struct start {
	const char *label, *limit;
	const char *const *argv;
	const char *text; /* is on the screen when it is complete */
};

/* The guard and the screen are two processes. */
static double cpu_of(const struct terminal *terminal)
{
	GPid pid = terminal_pid(terminal), child = gauge_child(pid);

	return gauge_cpu_ms(pid) + (child ? gauge_cpu_ms(child) : 0);
}

/* Looks after each piece of output: a pause between would count what comes
 * after the screen. */
static bool measure_once(const struct start *start, double *cpu, GError **error)
{
	AUTO(terminal) terminal = terminal_new(start->argv, ROWS, COLS, error);
	gint64 end = g_get_monotonic_time() + START_TIMEOUT_S * G_USEC_PER_SEC;

	if (!terminal)
		return false;
	while (!terminal_shows(terminal, start->text)) {
		if (g_get_monotonic_time() > end ||
			terminal_ended(terminal, NULL)) {
			g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
				"%s shows no complete screen", start->argv[0]);
			return false;
		}
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(200);
	}
	*cpu = cpu_of(terminal);
	return true;
}

static bool measure(const struct bench *bench, const struct start *start,
	double *median, GError **error)
{
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
	g_autofree char *spread = NULL;
	double cpu = 0;

	for (int i = -1; i < bench->runs; i++) { /* the first one warms up */
		if (!measure_once(start, &cpu, error))
			return false;
		if (i >= 0)
			g_array_append_val(values, cpu);
	}
	*median = gauge_median(values);
	spread = gauge_spread(values);
	printf("%-34s %s  %s\n", start->label, spread, start->limit);
	return true;
}

static double used_by_children(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static bool measure_true(const struct bench *bench, GError **error)
{
	const char *const argv[] = {"/bin/true", NULL};
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
	g_autofree char *spread = NULL;

	for (int i = 0; i < bench->runs; i++) {
		double cpu = used_by_children();

		if (!g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL,
			    NULL, NULL, NULL, error))
			return false;
		cpu = used_by_children() - cpu;
		g_array_append_val(values, cpu);
	}
	spread = gauge_spread(values);
	printf("%-34s %s\n", "/bin/true, to its end", spread);
	return true;
}

bool bench_start(const struct bench *bench, GError **error)
{
	g_autofree char *yikou =
		g_build_filename(bench->window->programs, "yikou", NULL);
	g_autofree char *hello =
		g_build_filename(bench->window->programs, "bench-hello", NULL);
	const char *const yikou_argv[] = {
		yikou, "--config", bench->window->config, NULL};
	const char *const hello_argv[] = {hello, NULL};
	const struct start starts[] = {
		{"ncursesw, one line", "", hello_argv, "hello"},
		{"yikou, log-in page", "limit 60, goal 20", yikou_argv,
			"F1 帮助"},
	};
	double medians[G_N_ELEMENTS(starts)];

	printf("\nStart: processor time until the screen is complete, %d runs\n"
	       "%-34s %8s %8s %8s\n",
		bench->runs, "milliseconds", "least", "median", "most");
	if (!measure_true(bench, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
		if (!measure(bench, &starts[i], &medians[i], error))
			return false;
	}
	printf("yikou / ncursesw: %.1f\n", medians[1] / medians[0]);
	return true;
}
