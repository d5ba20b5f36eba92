/* The parts of bench-sync that stand in files of their own. */
#ifndef TESTS_BENCH_BENCH_SYNC_H
#define TESTS_BENCH_BENCH_SYNC_H

#include "tests/bench/sync_bed.h"

/* fsyncs of what the clerk saves; *kept false when they are over the limit. */
bool sync_save(struct bed *bed, bool *kept, GError **error);

/* Kills and cut lines; plain_s: how long it takes without. */
bool sync_kills(
	struct bed *bed, int cases, double plain_s, bool *kept, GError **error);

/* Every window comes back at once. Simulated: the link's own gate, made-up
 * time, and the platform as fast as it was measured. */
struct herd {
	int windows;
	double op_s; /* the platform works so long on one case of a batch */
	int ops;     /* that wait in each window */
};
bool sync_herd(const struct herd *herd);

#endif
