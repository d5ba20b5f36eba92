/* The parts of bench-window: each prints its lines. */
#ifndef TESTS_BENCH_BENCH_WINDOW_H
#define TESTS_BENCH_BENCH_WINDOW_H

#include "tests/e2e/window.h"

struct bench {
	struct demo_window *window; /* borrowed */
	int runs;                   /* of each start */
	int idle_s;
};

bool bench_start(const struct bench *bench, GError **error);
bool bench_memory(const struct bench *bench, GError **error);
bool bench_idle(const struct bench *bench, GError **error);

#endif
