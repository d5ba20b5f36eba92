/* What the parts of bench-sync stand on: a temporary directory with a store, a
 * stand-in platform on loopback, and the real yikou-syncd to be run on both. */
#ifndef TESTS_BENCH_SYNC_BED_H
#define TESTS_BENCH_SYNC_BED_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/base/json.h"
#include "client/store/store.h"

struct bed {
	char *dir;      /* own: below the folder for it, on a real disk */
	char *config;   /* own: DIR/yikou.conf */
	char *programs; /* own */
	char *token;    /* own */
	int port;
	int front_port; /* of a proxy before it; 0: none */
	GPid platform;
};

struct bed *bed_new(const char *programs, const char *where, GError **error);
void bed_free(struct bed *bed);
DEFINE_AUTO(bed, bed_free)

/* A platform without anything in it; the one before is stopped and forgotten.
 */
bool bed_fresh_platform(struct bed *bed, GError **error);
bool bed_start_platform(struct bed *bed, GError **error);
void bed_stop_platform(struct bed *bed);
double bed_platform_cpu_s(const struct bed *bed);

/* Makes the store anew with so many accepted cases of about 2 KB in its outbox,
 * ready to be sent. */
bool bed_fill(struct bed *bed, int cases, GError **error);
struct store *bed_store(const struct bed *bed, GError **error);
/* The numbers those cases have, leased to this store at the platform. */
bool bed_lease(const struct bed *bed, int cases, GError **error);

/* One run of yikou-syncd --once --json with one more argument, or NULL. */
struct bed_run {
	double wall_s, cpu_s, platform_cpu_s;
	long peak_kib; /* the most memory it had at a time */
	int exit_code;
	struct json *report; /* own */
};
bool bed_run(struct bed *bed, const char *argument, struct bed_run *run,
	GError **error);

/* What the disk below it can do at the moment: appends that are waited for. */
double bed_disk_rate(const struct bed *bed);
/* Everything written so far is on the disk: what comes next does not wait for
 * it. */
void bed_settle_disk(void);
/* yikou-syncd --once, left to itself; its report is not kept. */
bool bed_spawn_syncd(const struct bed *bed, GPid *pid, GError **error);
double bed_now_s(void);
/* "  12.3 s   limit 20, goal 8": one line of the table; is it kept? */
bool bed_line(const char *what, double value, const char *unit, double limit,
	double goal);

#endif
