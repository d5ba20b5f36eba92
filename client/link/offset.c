/* Clock offset: the sample with the smallest round trip within an
 * hour, or since our own clock was set. */
#include "client/link/offset.h"

#include <stdlib.h>

static bool is_better(const struct offset *offset, int64_t round_trip_ms,
	int64_t now_boot_ms, int64_t wall_minus_boot_ms)
{
	int64_t step = wall_minus_boot_ms - offset->wall_minus_boot_ms;

	if (!offset->known || round_trip_ms <= offset->round_trip_ms)
		return true;
	return now_boot_ms - offset->at_boot_ms >= OFFSET_KEEP_MS ||
	       llabs(step) >= OFFSET_WORTH_MS;
}

bool offset_sample(struct offset *offset, int64_t server_ms,
	int64_t received_wall_ms, int64_t round_trip_ms, int64_t now_boot_ms)
{
	if (server_ms < 0 || round_trip_ms < 0)
		return false;
	if (!is_better(offset, round_trip_ms, now_boot_ms,
		    received_wall_ms - now_boot_ms))
		return false;
	offset->known = true;
	offset->ms = server_ms - (received_wall_ms - round_trip_ms / 2);
	offset->round_trip_ms = round_trip_ms;
	offset->at_boot_ms = now_boot_ms;
	offset->wall_minus_boot_ms = received_wall_ms - now_boot_ms;
	return !offset->saved ||
	       llabs(offset->ms - offset->saved_ms) >= OFFSET_WORTH_MS;
}

void offset_saved(struct offset *offset)
{
	offset->saved = true;
	offset->saved_ms = offset->ms;
}
