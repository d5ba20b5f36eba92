/* How far this computer's clock is from the platform's. Pure.
 *
 * Each reply carries server_time; the sample with the smallest round trip is
 * the best. Nothing is decided by it: it corrects what the screen shows and is
 * written into ops. */
#ifndef CLIENT_LINK_OFFSET_H
#define CLIENT_LINK_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

enum {
	OFFSET_KEEP_MS = 3600000, /* a better sample is forgotten after this */
	/* Smaller moves are not saved: platforms tell the time in whole
	 * seconds, so a true offset is seen anywhere within one. */
	OFFSET_WORTH_MS = 1000,
};

struct offset {
	bool known;
	int64_t ms; /* platform minus ours */
	int64_t round_trip_ms;
	int64_t at_boot_ms;
	int64_t wall_minus_boot_ms; /* moves when our clock is set */
	bool saved;
	int64_t saved_ms;
};

/* received_wall_ms: our clock when the reply came. True when ms changed so much
 * that it should be saved (then call offset_saved). */
bool offset_sample(struct offset *offset, int64_t server_ms,
	int64_t received_wall_ms, int64_t round_trip_ms, int64_t now_boot_ms);
void offset_saved(struct offset *offset);

#endif
