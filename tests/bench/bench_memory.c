/* Resident memory of the three programs after a start, and after one more
 * visit with scans, documents and a rating. */
#include "tests/bench/bench_window.h"

#include <stdio.h>

#include "client/base/error.h"
#include "tests/bench/gauge.h"
#include "tests/e2e/visit.h"

enum { SETTLE_MS = 1500 };

static void print_row(const char *program, int limit_mib, GPid pid)
{
	struct gauge_memory used = gauge_memory(pid);
	g_autofree char *proportional =
		used.proportional < 0
			? g_strdup("-")
			: g_strdup_printf(
				  "%.1f", (double)used.proportional / 1024);

	printf("%-34s %8.1f %8s  limit %d%s\n", program,
		(double)used.resident / 1024, proportional, limit_mib,
		used.resident > limit_mib * 1024L ? "  MISSED" : "");
}

static void print_all(const struct play *play, const char *when)
{
	GPid guard = terminal_pid(play->terminal);

	printf("%-34s %8s %8s\n", when, "RSS", "PSS");
	print_row("  yikou, the screen", 24, gauge_child(guard));
	print_row("  yikou-devd", 16, play->window->devd);
	print_row("  yikou-syncd", 24, play->window->syncd);
}

static void serve_citizen(struct play *play)
{
	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_item_and_form(play);
	play_papers(play);
	play_decide(play);
	if (play->ok)
		play_rate(play);
	play_sent(play);
}

bool bench_memory(const struct bench *bench, GError **error)
{
	struct play play;
	bool ok;

	if (!play_open(&play, bench->window, true)) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
			"the screen does not start");
		return false;
	}
	terminal_wait(play.terminal, "F1 帮助", 10000);
	terminal_pause(play.terminal, SETTLE_MS);
	printf("\nMemory, MiB\n");
	print_all(&play, "after the start");
	serve_citizen(&play);
	terminal_pause(play.terminal, SETTLE_MS);
	print_all(&play, "after a visit");
	ok = play.ok;
	play_close(&play);
	if (!ok)
		g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"the visit came to no end");
	return ok;
}
