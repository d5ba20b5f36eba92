/* The numbers of the sync: the real yikou-syncd against the real
 * yikou-platform on loopback, both durable, in a temporary directory on a real
 * disk. Beside the time on the clock stands the processor time of both sides:
 * on a machine that is busy with something else it is the one to compare.
 * Touches nothing else. */
#include "tests/bench/bench_sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "tests/bench/sync_bare.h"

enum {
	WINDOWS = 3000,
	WAITING = 80, /* cases of a window in eight hours */
	FULL = 205871,
	BATCH = 200,
};

struct arguments {
	char *programs, *dir, *part, *bodies;
	int cases;
};

struct figures {
	double bare_s, bare_cpu_s, push_s;
	bool kept;
};

static bool fail(GError **error, const char *what, const struct bed_run *run)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_STATE,
		"%s: yikou-syncd ended with %d", what, run->exit_code);
	return false;
}

/* The limits are for the whole count; a shorter run has its share. */
static double share(const struct arguments *arguments, double limit)
{
	return limit * MIN(1.0, arguments->cases / (double)FULL);
}

static bool measure_bare(struct bed *bed, const struct arguments *arguments,
	struct figures *figures, GError **error)
{
	g_autofree char *batches = g_build_filename(bed->dir, "batches", NULL);
	AUTO(store) store = NULL;
	AUTO(bare) bare = NULL;
	double cpu;

	if (!bed_fresh_platform(bed, error) ||
		!bed_fill(bed, arguments->cases, error) ||
		!bed_lease(bed, arguments->cases, error))
		return false;
	store = bed_store(bed, error);
	if (!store || !bare_prepare(store, batches, error) ||
		(arguments->bodies &&
			!bare_bodies(store, arguments->bodies, error)))
		return false;
	bare = bare_new(bed->port, bed->token);
	bed_settle_disk();
	cpu = bed_platform_cpu_s(bed);
	figures->bare_s = bare_replay(bare, batches);
	figures->bare_cpu_s = bed_platform_cpu_s(bed) - cpu;
	remove(batches);
	if (figures->bare_s >= 0)
		return true;
	g_set_error(error, LINK_ERROR, LINK_ERROR_PROTOCOL,
		"the bare loop was refused, see %s", bed->dir);
	return false;
}

static bool push(
	struct bed *bed, int cases, struct bed_run *run, GError **error)
{
	bed_settle_disk();
	if (!bed_run(bed, NULL, run, error))
		return false;
	if (run->exit_code == 0 &&
		json_int_or(run->report, "acked", 0) == cases &&
		json_int_or(run->report, "unsent", -1) == 0)
		return true;
	return fail(error, "push", run);
}

/* A tenth of the cases, for the memory only. */
static bool push_tenth(struct bed *bed, const struct arguments *arguments,
	long *peak_kib, GError **error)
{
	int cases = MAX(1, arguments->cases / 10);
	struct bed_run run;
	bool pushed;

	if (!bed_fresh_platform(bed, error) || !bed_fill(bed, cases, error) ||
		!bed_lease(bed, cases, error))
		return false;
	pushed = push(bed, cases, &run, error);
	*peak_kib = run.peak_kib;
	json_free(run.report);
	return pushed;
}

static bool measure_push(struct bed *bed, const struct arguments *arguments,
	struct figures *figures, GError **error)
{
	struct bed_run run = {0};
	long tenth_kib = 0;

	if (!push_tenth(bed, arguments, &tenth_kib, error) ||
		!measure_bare(bed, arguments, figures, error) ||
		!bed_fresh_platform(bed, error) ||
		!bed_lease(bed, arguments->cases, error) ||
		!push(bed, arguments->cases, &run, error))
		return false;
	figures->push_s = run.wall_s;
	printf("\n%d cases of 2 KB, plain loopback, both ends durable\n",
		arguments->cases);
	figures->kept &= bed_line("push", run.wall_s, "s", share(arguments, 20),
		share(arguments, 8));
	printf("%-42s %9.2f s    platform %.2f s\n", "  its processor time",
		run.cpu_s, run.platform_cpu_s);
	printf("%-42s %9.2f s    platform %.2f s\n",
		"bare loop, the same bytes", figures->bare_s,
		figures->bare_cpu_s);
	printf("%-42s %9.2f\n", "push / bare loop",
		run.wall_s / figures->bare_s);
	figures->kept &= bed_line("peak memory of yikou-syncd",
		(double)run.peak_kib / 1024, "MiB", 64, 0);
	printf("%-42s %9.2f MiB\n", "  with a tenth of the cases",
		(double)tenth_kib / 1024);
	json_free(run.report);
	return true;
}

/* The feed of cases brings back what the platform made of them. */
static bool catch_up(struct bed *bed, GError **error)
{
	struct bed_run run;

	if (!bed_run(bed, NULL, &run, error))
		return false;
	printf("%-42s %9.2f s    processor time %.2f s, platform %.2f s\n",
		"the cases come back by the feed", run.wall_s, run.cpu_s,
		run.platform_cpu_s);
	json_free(run.report);
	return run.exit_code == 0 || fail(error, "feed", &run);
}

static bool measure_rest(struct bed *bed, const struct arguments *arguments,
	struct figures *figures, GError **error)
{
	struct bed_run run = {0};
	bool same;

	if (!catch_up(bed, error) || !bed_run(bed, NULL, &run, error))
		return false;
	json_free(run.report);
	if (run.exit_code != 0)
		return fail(error, "nothing pending", &run);
	figures->kept &=
		bed_line("once more, nothing pending", run.wall_s, "s", 0.5, 0);
	if (!bed_run(bed, "--verify", &run, error))
		return false;
	same = json_int_or(json_get(run.report, "verify"), "theirs", 0) ==
	       arguments->cases;
	json_free(run.report);
	if (run.exit_code != 0 || !same)
		return fail(error, "verify", &run);
	figures->kept &= bed_line("verify, every step compared", run.wall_s,
		"s", share(arguments, 5), share(arguments, 2));
	printf("%-42s %9.2f s    platform %.2f s\n", "  its processor time",
		run.cpu_s, run.platform_cpu_s);
	return true;
}

static bool run(const struct arguments *arguments, bool *kept, GError **error)
{
	AUTO(bed) bed = bed_new(arguments->programs, arguments->dir, error);
	struct figures figures = {.kept = true};
	struct herd herd = {.windows = WINDOWS, .ops = WAITING};
	double load = 0;

	if (bed && getloadavg(&load, 1) == 1)
		printf("The machine: %.1f processes want one of %u processors, "
		       "the disk takes %.0f fdatasync/s.\n",
			load, g_get_num_processors(), bed_disk_rate(bed));
	fflush(stdout);
	if (!bed || !measure_push(bed, arguments, &figures, error))
		return false;
	*kept = figures.kept;
	if (arguments->part)
		return true;
	if (!measure_rest(bed, arguments, &figures, error) ||
		!sync_kills(bed, arguments->cases, figures.push_s,
			&figures.kept, error) ||
		!sync_save(bed, &figures.kept, error))
		return false;
	herd.op_s = figures.bare_s / arguments->cases;
	figures.kept &= sync_herd(&herd);
	*kept = figures.kept;
	return true;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.cases = FULL};
	const GOptionEntry entries[] = {
		{"programs", 0, 0, G_OPTION_ARG_FILENAME, &arguments.programs,
			"where the programs are", "DIR"},
		{"dir", 0, 0, G_OPTION_ARG_FILENAME, &arguments.dir,
			"where to work: a real disk, /var/tmp without it",
			"DIR"},
		{"cases", 'c', 0, G_OPTION_ARG_INT, &arguments.cases,
			"how many are sent", "N"},
		{"part", 0, 0, G_OPTION_ARG_STRING, &arguments.part,
			"push: only that; all without it", "PART"},
		{"bodies", 0, 0, G_OPTION_ARG_FILENAME, &arguments.bodies,
			"write what was sent, a case in a line", "FILE"},
		{NULL}};
	g_autoptr(GOptionContext) options = NULL;
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_OK;
	bool kept = false;

	process_begin("bench-sync");
	options = g_option_context_new("- the numbers of the sync");
	g_option_context_add_main_entries(options, entries, NULL);
	g_option_context_set_summary(
		options, "Example: bench-sync --programs build/plain -c 20000");
	if (!g_option_context_parse(options, &argc, &argv, &error) ||
		!arguments.programs || arguments.cases < 10 ||
		(arguments.part && strcmp(arguments.part, "push") != 0))
		code = EXIT_CODE_USAGE;
	if (!arguments.dir)
		arguments.dir = g_strdup("/var/tmp");
	if (code == EXIT_CODE_OK && !run(&arguments, &kept, &error))
		code = EXIT_CODE_ITEM;
	if (code != EXIT_CODE_OK)
		fprintf(stderr, "bench-sync: %s\n",
			error ? error->message : "see --help");
	else if (!kept)
		printf("\nNot every limit is kept.\n");
	g_free(arguments.programs);
	g_free(arguments.dir);
	g_free(arguments.part);
	g_free(arguments.bodies);
	return code;
}
