/* The big push on a bad day: either side is killed again and again at any time,
 * and one request in twenty meets a line that is cut. What counts is that
 * everything is there once at the end; how long that takes stands beside it. */
#include "tests/bench/bench_sync.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "client/base/error.h"
#include "tests/sync/proxy.h"

enum {
	KILLS = 100,
	OF_PLATFORM = 5, /* every so many-th hits the platform */
	WITHIN_MS_MIN = 40,
	LIMIT_S = 120,
	GIVE_UP_S = 900,
};
static const double cut_share = 0.05;

struct bad_day {
	struct bed *bed;
	struct proxy *proxy;
	GRand *dice;
	GPid syncd; /* 0: none runs */
	int within_ms;
	unsigned kills, platform_kills;
};

/* Waits so long; true when the link ended by itself meanwhile. */
static bool has_ended(struct bad_day *day, double until_s, int *code)
{
	int status;

	while (waitpid(day->syncd, &status, WNOHANG) == 0) {
		if (bed_now_s() >= until_s)
			return false;
		g_usleep(1000);
	}
	day->syncd = 0;
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return true;
}

static bool kill_one(struct bad_day *day, GError **error)
{
	struct bed *bed = day->bed;

	if (++day->kills % OF_PLATFORM != 0) {
		kill(day->syncd, SIGKILL);
		waitpid(day->syncd, NULL, 0);
		day->syncd = 0;
		return true;
	}
	day->platform_kills++;
	kill(bed->platform, SIGKILL);
	waitpid(bed->platform, NULL, 0);
	if (!bed_start_platform(bed, error))
		return false;
	proxy_target(day->proxy, (unsigned)bed->port);
	return true;
}

/* Until the link says that nothing is left. */
static bool live_through(struct bad_day *day, GError **error)
{
	double end_s = bed_now_s() + GIVE_UP_S;

	while (bed_now_s() < end_s) {
		int code = -1;
		int wait_ms = g_rand_int_range(day->dice, 0, day->within_ms);
		double until_s = day->kills < KILLS
					 ? bed_now_s() + wait_ms / 1e3
					 : end_s;

		if (!day->syncd &&
			!bed_spawn_syncd(day->bed, &day->syncd, error))
			return false;
		if (!has_ended(day, until_s, &code)) {
			if (day->kills < KILLS && !kill_one(day, error))
				return false;
		} else if (code == 0 && day->kills >= KILLS) {
			return true;
		}
	}
	g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
		"not everything came through");
	return false;
}

/* Both sides compared op by op: what is not there, what is there besides. */
static bool judge(struct bad_day *day, int cases, bool *kept, GError **error)
{
	struct bed_run run;
	const struct json *proof;
	int64_t theirs, wrong;

	if (!bed_run(day->bed, "--verify", &run, error))
		return false;
	proof = json_get(run.report, "verify");
	theirs = json_int_or(proof, "theirs", 0);
	wrong = json_int_or(proof, "missing", cases) +
		json_int_or(proof, "extra", cases);
	printf("%-42s %9d      %d here, %d there%s\n", "lost or duplicated",
		(int)wrong, cases, (int)theirs,
		wrong || theirs != cases || run.exit_code ? "   OVER" : "");
	*kept &= wrong == 0 && theirs == cases && run.exit_code == 0;
	json_free(run.report);
	return true;
}

static bool run_day(struct bad_day *day, int cases, bool *kept, GError **error)
{
	double began = bed_now_s();
	g_autofree char *what = NULL;
	struct proxy_counts counts;

	if (!live_through(day, error))
		return false;
	counts = proxy_counts(day->proxy);
	what = g_strdup_printf("push, %u kills (%u platform), %u lines cut",
		day->kills, day->platform_kills, (unsigned)counts.all_faults);
	*kept &= bed_line(what, bed_now_s() - began, "s", LIMIT_S, 0);
	proxy_plan(day->proxy, &(struct proxy_plan){0});
	return judge(day, cases, kept, error);
}

bool sync_kills(
	struct bed *bed, int cases, double plain_s, bool *kept, GError **error)
{
	struct bad_day day = {.bed = bed,
		.proxy = proxy_new(20261125),
		.dice = g_rand_new_with_seed(20261125),
		.within_ms = MAX(WITHIN_MS_MIN, (int)(plain_s * 2e3 / KILLS))};
	const struct proxy_plan plan = {
		.match = "POST /v1/ops:batch",
		.share = {[PROXY_CUT_REQUEST] = cut_share / 3,
			[PROXY_LOSE_REPLY] = cut_share / 3,
			[PROXY_CUT_REPLY] = cut_share / 3},
		.at = -1,
		.reset = 0.5,
	};
	bool done;

	bed->front_port = (int)proxy_port(day.proxy);
	done = bed_fresh_platform(bed, error) && bed_fill(bed, cases, error) &&
	       bed_lease(bed, cases, error);
	proxy_target(day.proxy, (unsigned)bed->port);
	proxy_plan(day.proxy, &plan);
	bed_settle_disk();
	done = done && run_day(&day, cases, kept, error);
	if (day.syncd) {
		kill(day.syncd, SIGKILL);
		waitpid(day.syncd, NULL, 0);
	}
	bed->front_port = 0;
	proxy_free(day.proxy);
	g_rand_free(day.dice);
	return done;
}
