/* The fault tests of the sync: runs the scenarios, prints what was counted.
 *
 *   test_torture                     full counts; hours
 *   test_torture --scale 0.01        a hundredth of them
 *   test_torture --only F02,F11
 *   test_torture --tap               a small sample of each, as TAP */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "client/base/clock.h"
#include "tests/torture/torture.h"

struct scenario {
	const char *name, *what;
	unsigned full, sample; /* sample 0: not in the sample */
	void (*run)(struct trial *trial);
};

static const struct scenario scenarios[] = {
	{"F01", "client dies at every named point", 20, 1,
		fault_every_crash_point},
	{"F02", "client killed at any time", 10000, 25, fault_client_killed},
	{"F03", "platform killed around its commit", 1000, 6,
		fault_platform_killed},
	{"F04", "both killed at any time", 2000, 10, fault_both_killed},
	{"F05", "power cut, unsynced writes gone", 4500, 15, fault_power_cut},
	{"F06", "the same with synchronous=OFF", 45, 15,
		fault_power_cut_unsynced},
	{"F07", "mutants", 1, 1, fault_mutants},
	{"F08", "I/O error at the n-th call", 400, 1, fault_io_error},
	{"F09", "disk full from the n-th write on", 200, 2, fault_disk_full},
	{"F10", "SQLite without memory", 3000, 6, fault_no_memory},
	{"F11", "reply lost after the commit", 5000, 60, fault_reply_lost},
	{"F12", "request cut after k bytes", 6000, 6, fault_request_cut},
	{"F13", "reply cut, garbage, a page, flipped", 100, 10,
		fault_reply_spoiled},
	{"F14", "reply later than the time allowed", 500, 4, fault_reply_late},
	{"F15", "cuts, jitter, 64 kbit/s", 10000, 20, fault_bad_line},
	{"F16", "one answer of each kind in a batch", 1000, 2, fault_mixture},
	{"F17", "results missing, extra, mixed up", 100, 5,
		fault_wrong_results},
	{"F18", "one step refused for ever", 10000, 60, fault_poison},
	{"F19", "too large: a batch, a single step", 50, 2, fault_too_large},
	{"F20", "not authorised in the middle", 50, 2, fault_unauthorised},
	{"F21", "told to wait, in all ways", 50, 1, fault_told_to_wait},
	{"F22", "all return after eight hours", 1, 1, fault_all_return},
	{"F23", "wrong clocks, jumps, twenty times", 100, 3, fault_clock},
	{"F24", "several syncs at once", 500, 4, fault_two_syncs},
	{"F25", "paused beyond the lease", 200, 2, fault_paused},
	{"F26", "upload cut anywhere", 500, 2, fault_upload_cut},
	{"F27", "upload damaged on the way", 50, 1, fault_blob_damaged},
	{"F28", "file changed after it was attached", 20, 1,
		fault_file_changed},
	{"F29", "platform restored from a backup", 20, 2,
		fault_platform_restored},
	{"F30", "window restored from a backup", 20, 1, fault_client_restored},
	{"F31", "cursors expired", 20, 4, fault_feed},
	{"F32", "two windows at one queue", 10000, 8, fault_same_ticket},
	{"F33", "numbers used up, lost, void", 100, 1, fault_numbers},
	{"F34", "upgrade cut at every write", 1, 1, fault_upgrade_cut},
	{"F35", "a week offline, then kills and cuts", 20000, 3,
		fault_week_offline},
	{"F36", "mutilated replies, every decoder", 5000000, 3000,
		fault_garbled},
};

struct arguments {
	double scale;
	char *only;
	int seed;
	gboolean tap, verbose, list;
};

static void tally_add(struct tally *sum, const struct tally *more)
{
	sum->faults += more->faults;
	sum->acked += more->acked;
	sum->lost += more->lost;
	sum->duplicated += more->duplicated;
	sum->parked += more->parked;
	sum->wrong += more->wrong;
}

static bool is_good(const struct tally *tally)
{
	return !tally->lost && !tally->duplicated && !tally->wrong;
}

/* Running ---------------------------------------------------------------- */

static void print_line(const struct scenario *scenario,
	const struct trial *trial, double seconds)
{
	const struct tally *tally = &trial->tally;

	printf("%s %-36s %7" G_GUINT64_FORMAT " faults %8" G_GUINT64_FORMAT
	       " acked %4" G_GUINT64_FORMAT " lost %4" G_GUINT64_FORMAT
	       " duplicated %5" G_GUINT64_FORMAT " parked %4" G_GUINT64_FORMAT
	       " wrong %8.1f s%s\n",
		scenario->name, scenario->what, tally->faults, tally->acked,
		tally->lost, tally->duplicated, tally->parked, tally->wrong,
		seconds, trial->is_skipped ? " # SKIP" : "");
}

static unsigned count_of(
	const struct scenario *scenario, const struct arguments *arguments)
{
	if (arguments->tap)
		return scenario->sample;
	return MAX(1, (unsigned)(scenario->full * arguments->scale));
}

static void run_scenario(const struct scenario *scenario,
	const struct arguments *arguments, int number, struct tally *sum)
{
	g_autoptr(GString) notes = g_string_new(NULL);
	struct trial trial = {
		.count = count_of(scenario, arguments),
		.is_sample = arguments->tap,
		.seed = (uint32_t)arguments->seed * 1000,
		.notes = notes,
	};
	int64_t start_ms = clock_boot_ms();

	scenario->run(&trial);
	if (arguments->tap)
		printf("%sok %d ", is_good(&trial.tally) ? "" : "not ", number);
	print_line(scenario, &trial,
		(double)(clock_boot_ms() - start_ms) / 1000.0);
	fputs(notes->str, stdout);
	fflush(stdout);
	tally_add(sum, &trial.tally);
}

static bool is_wanted(
	const struct scenario *scenario, const struct arguments *arguments)
{
	if (arguments->only)
		return strstr(arguments->only, scenario->name) != NULL;
	return !arguments->tap || scenario->sample > 0;
}

static void print_totals(const struct tally *sum)
{
	printf("# %" G_GUINT64_FORMAT " faults, %" G_GUINT64_FORMAT
	       " ops acked, %" G_GUINT64_FORMAT " parked, %" G_GUINT64_FORMAT
	       " wrong\n"
	       "# %" G_GUINT64_FORMAT " lost, %" G_GUINT64_FORMAT
	       " duplicated\n",
		sum->faults, sum->acked, sum->parked, sum->wrong, sum->lost,
		sum->duplicated);
}

static int run_all(const struct arguments *arguments)
{
	struct tally sum = {0};
	int number = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];

		if (arguments->list)
			printf("%s %6u %s\n", scenario->name, scenario->full,
				scenario->what);
		else if (is_wanted(scenario, arguments))
			run_scenario(scenario, arguments, ++number, &sum);
	}
	if (arguments->list)
		return 0;
	if (arguments->tap)
		printf("1..%d\n", number);
	print_totals(&sum);
	return !is_good(&sum);
}

static bool parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	const GOptionEntry entries[] = {
		{"scale", 0, 0, G_OPTION_ARG_DOUBLE, &arguments->scale,
			"Share of the full counts", "S"},
		{"only", 0, 0, G_OPTION_ARG_STRING, &arguments->only,
			"These scenarios", "F01,F02"},
		{"seed", 0, 0, G_OPTION_ARG_INT, &arguments->seed,
			"Of everything that is drawn", "N"},
		{"tap", 0, 0, G_OPTION_ARG_NONE, &arguments->tap,
			"The sample, as TAP", NULL},
		{"list", 0, 0, G_OPTION_ARG_NONE, &arguments->list,
			"What there is, and its full counts", NULL},
		{"verbose", 0, 0, G_OPTION_ARG_NONE, &arguments->verbose,
			"Logs of the programs", NULL},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, &argc, &argv, &error) && argc == 1)
		return true;
	fprintf(stderr, "%s\n", error ? error->message : "see --help");
	return false;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.scale = 1, .seed = 1};
	char *words[] = {argv[0], (char *)"--verbose", NULL};
	char **test_argv = words;
	int test_argc = 2, code;

	if (!parse_arguments(argc, argv, &arguments))
		return 64;
	if (!arguments.verbose)
		words[--test_argc] = NULL;
	g_test_init(&test_argc, &test_argv, NULL);
	code = run_all(&arguments);
	g_free(arguments.only);
	return code;
}
