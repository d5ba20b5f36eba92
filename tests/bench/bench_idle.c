/* How often the programs wake up when nobody does anything: a clerk logged in,
 * the queue on the screen, the platform there and silent. */
#include "tests/bench/bench_window.h"

#include <stdio.h>

#include "client/base/error.h"
#include "tests/bench/gauge.h"
#include "tests/e2e/visit.h"

enum { SETTLE_MS = 6000 };

struct watched {
	const char *name;
	GPid pid;
	int each_s;         /* one wake-up in so many seconds is allowed */
	GHashTable *before; /* own */
	double cpu_before;
};

static void look(struct watched *watched)
{
	watched->before = gauge_sleeps(watched->pid);
	watched->cpu_before = gauge_cpu_ms(watched->pid);
}

static void print_row(const struct watched *watched, int idle_s)
{
	long count = gauge_wakeups(watched->pid, watched->before);
	double cpu = gauge_cpu_ms(watched->pid) - watched->cpu_before;
	/* Either end of the time may catch one more. */
	int allowed = watched->each_s ? idle_s / watched->each_s + 1 : 0;

	printf("%-34s %8ld %8d %8.1f%s\n", watched->name, count, allowed, cpu,
		count > allowed ? "  MISSED" : "");
}

static void watch(const struct play *play, int idle_s)
{
	GPid guard = terminal_pid(play->terminal);
	struct watched all[] = {
		{"yikou, its guard", guard, 0, NULL, 0},
		{"yikou, the screen", gauge_child(guard), 60, NULL, 0},
		{"yikou-devd", play->window->devd, 10, NULL, 0},
		{"yikou-syncd", play->window->syncd, 10, NULL, 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		look(&all[i]);
	terminal_pause(play->terminal, idle_s * 1000);
	printf("\nIdle: wake-ups in %d s\n%-34s %8s %8s %8s\n", idle_s, "",
		"seen", "limit", "cpu ms");
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		print_row(&all[i], idle_s);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		g_hash_table_unref(all[i].before);
}

bool bench_idle(const struct bench *bench, GError **error)
{
	struct play play;
	bool ok;

	if (!play_open(&play, bench->window, true)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
			"the screen does not start");
		return false;
	}
	terminal_wait(play.terminal, "F1 帮助", 10000);
	terminal_type(play.terminal, "1003<Enter>dengfeng<Enter>");
	ok = terminal_wait(play.terminal, "A0", 10000);
	terminal_pause(play.terminal, SETTLE_MS);
	if (ok)
		watch(&play, bench->idle_s);
	play_close(&play);
	if (!ok)
		g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"the queue is not shown");
	return ok;
}
