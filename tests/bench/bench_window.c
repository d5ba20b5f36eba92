/* The numbers of a whole window with 100,000 cases in its store: how much a
 * start costs, how much memory the programs keep, how often they wake up. The
 * real programs, a stand-in platform and simulated devices in a temporary
 * directory, as in the demonstration. Touches nothing else. */
#include "tests/bench/bench_window.h"

#include <stdio.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "client/store/store.h"
#include "tests/bench/fill.h"

struct arguments {
	char *programs, *part;
	int cases, runs, idle_s;
};

static const struct part {
	const char *name;
	bool (*run)(const struct bench *bench, GError **error);
} parts[] = {
	{"start", bench_start},
	{"idle", bench_idle},
	{"memory", bench_memory},
};

/* One transaction of many seconds: syncd must not wait for it. */
static bool fill(struct demo_window *window, int cases, GError **error)
{
	g_autofree char *state = demo_path(window, "state");
	g_autofree char *socket = demo_path(window, "run/syncd.sock");
	g_autoptr(GPtrArray) people = NULL;
	gint64 began = g_get_monotonic_time();
	AUTO(store) store = NULL;

	demo_stop(&window->syncd, SIGTERM);
	store = store_open(state, "03", error);
	people = store ? fill_store(store, cases, error) : NULL;
	if (!people)
		return false;
	printf("%d cases filled in %.1f s\n", cases,
		(double)(g_get_monotonic_time() - began) / 1e6);
	return demo_start_program(window, "yikou-syncd", &window->syncd, error);
}

static bool run(const struct arguments *arguments, GError **error)
{
	AUTO(demo_window) window =
		demo_window_new(arguments->programs, "config", "zh_CN", error);
	struct bench bench = {.window = window,
		.runs = arguments->runs,
		.idle_s = arguments->idle_s};
	bool any = false;

	if (!window || !demo_wait_numbers(window) ||
		!fill(window, arguments->cases, error))
		return false;
	g_usleep(2 * G_USEC_PER_SEC); /* its first pull */
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (arguments->part && strcmp(arguments->part, parts[i].name))
			continue;
		any = true;
		if (!parts[i].run(&bench, error))
			return false;
		fflush(stdout);
	}
	if (!any)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_USAGE,
			"no such part: %s", arguments->part);
	return any;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
		.cases = 100000, .runs = 11, .idle_s = 65};
	const GOptionEntry entries[] = {
		{"programs", 0, 0, G_OPTION_ARG_FILENAME, &arguments.programs,
			"where the programs are", "DIR"},
		{"part", 0, 0, G_OPTION_ARG_STRING, &arguments.part,
			"start, idle or memory; all without it", "PART"},
		{"cases", 'c', 0, G_OPTION_ARG_INT, &arguments.cases,
			"how many are in the store", "N"},
		{"runs", 'r', 0, G_OPTION_ARG_INT, &arguments.runs,
			"starts of each program", "N"},
		{"idle", 0, 0, G_OPTION_ARG_INT, &arguments.idle_s,
			"how long to look on", "SECONDS"},
		{NULL}};
	g_autoptr(GOptionContext) options = NULL;
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_OK;

	process_begin("bench-window");
	options = g_option_context_new("- the numbers of a whole window");
	g_option_context_add_main_entries(options, entries, NULL);
	g_option_context_set_summary(
		options, "Example: bench-window --part start --cases 20000");
	if (!g_option_context_parse(options, &argc, &argv, &error) ||
		arguments.cases < 0 || arguments.runs < 1 ||
		arguments.idle_s < 1)
		code = EXIT_CODE_USAGE;
	else if (!run(&arguments, &error))
		code = EXIT_CODE_ITEM;
	if (code != EXIT_CODE_OK)
		fprintf(stderr, "bench-window: %s\n",
			error ? error->message : "numbers must be positive");
	g_free(arguments.programs);
	g_free(arguments.part);
	return code;
}
