/* The link in a few words and numbers: for the screen and for the report. */
#include "client/link/engine.h"

#include "client/base/clock.h"

static bool lane_is_resting(const struct lane *lane)
{
	return lane->gate.failures > 0 && !lane->gate.open;
}

bool state_is_authorised(const struct link *link)
{
	return !link->push_lane.denied && !link->pull_lane.denied;
}

const char *state_word(const struct link *link)
{
	if (link->push_lane.gate.open || link->pull_lane.gate.open)
		return "down";
	if (!link->ever_up || lane_is_resting(&link->push_lane) ||
		lane_is_resting(&link->pull_lane))
		return "connecting";
	return "up";
}

/* Wall time of the next attempt, 0 when none is held back. */
static int64_t next_try_ms(const struct link *link)
{
	int64_t now = clock_boot_ms();
	int64_t push = gate_wait_ms(&link->push_lane.gate, now);
	int64_t pull = gate_wait_ms(&link->pull_lane.gate, now);
	int64_t first = push && pull ? MIN(push, pull) : MAX(push, pull);

	return first ? clock_wall_ms() + first : 0;
}

static void put_counts(struct link *link, struct json *state)
{
	struct store_counts counts = {0};
	g_autoptr(GError) error = NULL;

	if (!store_counts(link->store, &counts, &error))
		link->store_error = error_name(error);
	json_put_int(state, "unsent", counts.unsent);
	json_put_int(state, "parked", counts.parked);
	json_put_int(state, "blobs", counts.blobs);
	json_put_int(state, "numbers", counts.numbers);
	json_put_int(state, "oldest_ms", counts.oldest_ms);
}

static void put_driver(const struct link *link, struct json *state)
{
	g_autofree char *can = platform_can_text(link->driver->can);

	json_put_text(state, "driver", link->driver->name);
	json_put_text(state, "can", can);
}

struct json *link_state(struct link *link)
{
	struct json *state = json_new_object();

	json_put_text(state, "link", link->shown);
	json_put_int(state, "since_ms", link->since_ms);
	json_put_int(state, "last_success_ms", link->last_success_ms);
	json_put_int(state, "next_try_ms", next_try_ms(link));
	put_counts(link, state);
	/* The saved one: the last one moves a little with each answer. */
	json_put_int(state, "clock_offset_ms", link->offset.saved_ms);
	json_put_bool(state, "clock_known", link->offset.known);
	json_put_bool(state, "auth", state_is_authorised(link));
	json_put_bool(state, "halted", link->push.halted);
	json_put_text(
		state, "store", link->store_error ? link->store_error : "");
	json_put_bool(state, "epoch_changed", link->epoch_changed);
	json_put_int(state, "server_behind", link->server_behind);
	json_put_int(state, "bad_blobs", attach_bad(link));
	json_put_int(state, "lease_lost", link->counters.lease_lost);
	put_driver(link, state);
	json_put_text(state, "why",
		*link->push_lane.why ? link->push_lane.why
				     : link->pull_lane.why);
	return state;
}

struct json *link_report(struct link *link)
{
	const struct link_counters *count = &link->counters;
	struct json *report = link_state(link);

	json_put_int(report, "batches", count->batches);
	json_put_int(report, "sent", count->sent);
	json_put_int(report, "acked", count->acked);
	json_put_int(report, "replayed", count->replayed);
	json_put_int(report, "conflict", count->conflict);
	json_put_int(report, "dead", count->dead);
	json_put_int(report, "retried", count->retried);
	json_put_int(report, "unknown", count->unknown);
	json_put_int(report, "blobs_sent", count->blobs);
	json_put_int(report, "blob_bytes", count->blob_bytes);
	json_put_int(report, "pieces", count->pieces);
	json_put_int(report, "rows", count->rows);
	json_put_int(report, "blocks", count->blocks);
	json_put_int(report, "breaker_openings",
		link->push_lane.gate.openings + link->pull_lane.gate.openings);
	if (link->verified)
		json_put(report, "verify", json_copy(link->verified));
	json_put_text(report, "server_epoch", link->server_epoch);
	json_put_int(
		report, "duration_ms", clock_boot_ms() - link->started_boot_ms);
	return report;
}
