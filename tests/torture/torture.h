/* What the fault tests share: the table of scenarios, what is counted.
 *
 * Each scenario takes a number of trials and a seed, does its worst, and calls
 * the oracle after each run (oracle.h). */
#ifndef TESTS_TORTURE_TORTURE_H
#define TESTS_TORTURE_TORTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct tally {
	uint64_t faults; /* injected */
	uint64_t acked;  /* ops */
	uint64_t lost, duplicated;
	uint64_t parked;
	uint64_t wrong; /* any other thing that must not be */
};

struct trial {
	unsigned count; /* how many, as the scenario counts */
	bool is_sample; /* one of a few: no long waits */
	uint32_t seed;
	struct tally tally;
	bool is_skipped; /* what it needs is not here */
	GString *notes;  /* why something is wrong; what was measured */
};

/* Counts one thing that must not be, and keeps the reason. */
void trial_wrong(struct trial *trial, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
void trial_note(struct trial *trial, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
void trial_skip(struct trial *trial, const char *why);

/* kills.c */
void fault_every_crash_point(struct trial *trial);
void fault_client_killed(struct trial *trial);
void fault_platform_killed(struct trial *trial);
void fault_both_killed(struct trial *trial);
/* power.c */
void fault_power_cut(struct trial *trial);
void fault_power_cut_unsynced(struct trial *trial);
/* mutants.c */
void fault_mutants(struct trial *trial);
/* disk.c */
void fault_io_error(struct trial *trial);
void fault_disk_full(struct trial *trial);
void fault_no_memory(struct trial *trial);
void fault_upgrade_cut(struct trial *trial);
/* lines.c */
void fault_reply_lost(struct trial *trial);
void fault_request_cut(struct trial *trial);
void fault_reply_spoiled(struct trial *trial);
void fault_reply_late(struct trial *trial);
void fault_bad_line(struct trial *trial);
/* replies.c */
void fault_mixture(struct trial *trial);
void fault_wrong_results(struct trial *trial);
void fault_poison(struct trial *trial);
void fault_too_large(struct trial *trial);
void fault_unauthorised(struct trial *trial);
void fault_told_to_wait(struct trial *trial);
/* clocks.c */
void fault_all_return(struct trial *trial);
void fault_clock(struct trial *trial);
/* rivals.c */
void fault_two_syncs(struct trial *trial);
void fault_paused(struct trial *trial);
void fault_same_ticket(struct trial *trial);
/* blobs.c */
void fault_upload_cut(struct trial *trial);
void fault_blob_damaged(struct trial *trial);
void fault_file_changed(struct trial *trial);
void fault_week_offline(struct trial *trial);
/* restores.c */
void fault_platform_restored(struct trial *trial);
void fault_client_restored(struct trial *trial);
void fault_feed(struct trial *trial);
void fault_numbers(struct trial *trial);

/* garble.c */
void fault_garbled(struct trial *trial);

#endif
