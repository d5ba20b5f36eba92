/* The link's clockwork: two lanes, one ticker, one state for the screen.
 *
 * A lane sends its next request when nothing is in flight and its gate is
 * open; an open breaker sends one probe of /v1/health instead. When both lanes
 * have nothing to do, only the ticker wakes the process, every LINK_TICK_S,
 * and looks at the outbox and at the feeds in the same moment. */
#include "client/link/engine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/log.h"

enum {
	AUTH_CAP_MS = 60000,
	STORE_REST_MS = 10000,
	EXIT_STATUS_CRASH = 137,
};

#define CRASH_NAME_ROW(code, name) [code] = (name),
static const char *const crash_names[] = {CRASH_POINTS(CRASH_NAME_ROW)};

/* Crash points ---------------------------------------------------------------
 */

bool crash_point_parse(const char *text, enum crash_point *point, int *count)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", 2);
	gint64 number = 1;

	if (!parts[0])
		return false;
	if (parts[1] && !g_ascii_string_to_signed(
				parts[1], 10, 1, 1000000, &number, NULL))
		return false;
	for (unsigned i = 1; i < CRASH_POINT_COUNT; i++) {
		if (strcmp(crash_names[i], parts[0]) != 0)
			continue;
		*point = (enum crash_point)i;
		*count = (int)number;
		return true;
	}
	return false;
}

void link_crash_point(struct link *link, enum crash_point point)
{
	if (link->options.crash_at == point && --link->crash_left == 0)
		_exit(EXIT_STATUS_CRASH);
}

/* Answers --------------------------------------------------------------------
 */

void link_changed(struct link *link)
{
	const char *word = state_word(link);

	if (strcmp(word, link->shown) != 0) {
		link->shown = word;
		link->since_ms = clock_wall_ms();
		log_info("the platform is %s", word);
	}
	if (link->ops->changed)
		link->ops->changed(link->context);
}

int64_t link_backoff_cap(const struct link *link)
{
	return link->options.backoff_cap_ms ? link->options.backoff_cap_ms
					    : BACKOFF_CAP_MS;
}

bool link_does_only(const struct link *link, const char *part)
{
	return link->options.only && strcmp(link->options.only, part) == 0;
}

bool link_can(const struct link *link, unsigned can)
{
	return (link->driver->can & can) != 0;
}

static void save_meta(struct link *link, const char *name, const char *value)
{
	g_autoptr(GError) error = NULL;

	if (!store_set_meta(link->store, name, value, &error))
		link_store_failed(link, error);
}

static void hear_time(struct link *link, const struct answer *answer,
	const struct http_reply *reply)
{
	g_autofree char *text = NULL;

	if (!offset_sample(&link->offset, answer->server_ms,
		    reply->received_wall_ms, reply->round_trip_ms,
		    clock_boot_ms()))
		return;
	text = g_strdup_printf("%" G_GINT64_FORMAT, link->offset.ms);
	offset_saved(&link->offset);
	save_meta(link, "clock_offset_ms", text);
}

/* The platform was restored from a backup, or it is another one: what it had
 * acknowledged may be gone. Flagged until that was looked for and sent again.
 */
static void hear_epoch(struct link *link, const char *epoch)
{
	if (!*epoch || strcmp(epoch, link->server_epoch) == 0)
		return;
	if (*link->server_epoch) {
		log_warn("server epoch changed from %s to %s",
			link->server_epoch, epoch);
		link->epoch_changed = true;
		link->pull.check_due = link_can(link, PLATFORM_RECONCILE);
		save_meta(link, "server_epoch_changed", link->server_epoch);
	}
	g_strlcpy(link->server_epoch, epoch, sizeof(link->server_epoch));
	save_meta(link, "server_epoch", epoch);
}

static void hear_success(struct lane *lane, const struct answer *answer,
	const struct http_reply *reply)
{
	struct link *link = lane->link;

	gate_success(&lane->gate);
	lane->refusals = 0;
	lane->denied = false;
	link->ever_up = true;
	link->last_success_ms = reply->received_wall_ms;
	hear_time(link, answer, reply);
	hear_epoch(link, answer->server_epoch);
}

static void hear_refusal(
	struct lane *lane, const struct answer *answer, int64_t cap_ms)
{
	int64_t delay = backoff_delay_ms(++lane->refusals,
		MIN(cap_ms, link_backoff_cap(lane->link)), g_random_double());

	if (answer->asked_ms >= 0)
		delay = answer->asked_ms;
	gate_pause(&lane->gate, clock_boot_ms(), delay);
}

static const char *why_of(
	const struct answer *answer, const struct http_reply *reply)
{
	if (reply->fault != HTTP_FAULT_NONE)
		return http_fault_name(reply->fault);
	return answer->kind == ANSWER_AUTH ? "refused" : "";
}

void link_heard(struct lane *lane, const struct answer *answer,
	const struct http_reply *reply)
{
	if (answer->kind != ANSWER_OK)
		log_warn("%s: http %d: %s (request %s)", lane->name,
			answer->http, answer->why, reply->request_id);
	lane->why = why_of(answer, reply);
	switch (answer->kind) {
	case ANSWER_OK:
	case ANSWER_REFUSED:
		hear_success(lane, answer, reply);
		break;
	case ANSWER_AUTH:
		lane->denied = true;
		hear_refusal(lane, answer, AUTH_CAP_MS);
		break;
	case ANSWER_BUSY:
		hear_refusal(lane, answer, BACKOFF_CAP_MS);
		break;
	case ANSWER_TOO_LARGE:
		break; /* whoever sent it makes it smaller */
	case ANSWER_FAULT:
		gate_fault(&lane->gate, clock_boot_ms(), g_random_double(),
			answer->asked_ms);
		break;
	}
}

void link_store_failed(struct link *link, const GError *error)
{
	int64_t now = clock_boot_ms();

	log_error(error, "the store failed");
	link->store_error = error_name(error);
	gate_pause(&link->push_lane.gate, now, STORE_REST_MS);
	gate_pause(&link->pull_lane.gate, now, STORE_REST_MS);
	if (link->options.once ||
		g_error_matches(error, STORE_ERROR, STORE_ERROR_CORRUPT) ||
		g_error_matches(error, STORE_ERROR, STORE_ERROR_NEWER)) {
		link->stopping = true;
		link->verdict = EXIT_CODE_STORE;
	}
}

/* Lanes ----------------------------------------------------------------------
 */

static void on_reply(void *context, const struct http_reply *reply)
{
	struct lane *lane = context;
	struct link *link = lane->link;

	lane->busy = false;
	lane->done(link, reply);
	link_changed(link);
	link_step(link);
}

void link_send(struct lane *lane, const struct http_request *request,
	void (*done)(struct link *link, const struct http_reply *reply))
{
	lane->busy = true;
	lane->done = done;
	http_send(lane->link->http, request, on_reply, lane);
}

static void probe_done(struct lane *lane, const struct http_reply *reply)
{
	bool denied = lane->denied; /* the probe carries no token */
	struct answer answer;

	lane->link->driver->health_decode(reply, &answer);
	if (answer.kind != ANSWER_OK)
		answer_spoil(&answer, answer.why);
	link_heard(lane, &answer, reply);
	answer_clear(&answer);
	lane->denied = denied;
	lane->link->pull.hello_due = true;
}

static void push_probe_done(struct link *link, const struct http_reply *reply)
{
	probe_done(&link->push_lane, reply);
}

static void pull_probe_done(struct link *link, const struct http_reply *reply)
{
	probe_done(&link->pull_lane, reply);
}

static void send_probe(struct lane *lane)
{
	struct link *link = lane->link;
	struct http_request request = {
		.method = "GET",
		.path = link->driver->health_path,
		.max_reply = CALL_MAX_REPLY,
		.anonymous = true,
	};

	link_send(lane, &request,
		lane == &link->push_lane ? push_probe_done : pull_probe_done);
}

static gboolean on_lane_timer(gpointer data)
{
	struct lane *lane = data;

	lane->timer = 0;
	link_step(lane->link);
	return G_SOURCE_REMOVE;
}

static void lane_set_timer(struct lane *lane, int64_t delay_ms)
{
	if (lane->timer)
		g_source_remove(lane->timer);
	lane->timer = 0;
	if (delay_ms >= 0)
		lane->timer = g_timeout_add(
			(guint)CLAMP(delay_ms, 1, GATE_ASKED_MAX_MS),
			on_lane_timer, lane);
}

static void lane_step(struct lane *lane)
{
	struct link *link = lane->link;
	int64_t wait;

	if (lane->busy || link->stopping ||
		(link->options.once && !state_is_authorised(link)))
		return;
	wait = gate_wait_ms(&lane->gate, clock_boot_ms());
	if (wait > 0) {
		lane_set_timer(lane, wait);
		return;
	}
	lane_set_timer(lane, -1);
	if (lane->gate.open) {
		if (!link->options.once)
			send_probe(lane);
	} else if (!lane->next(link) && lane == &link->push_lane &&
		   !link->stopping) {
		/* Retries that are due before the ticker comes by; and what
		 * a later tick would find is left to it. */
		if (link->push.next_ms > 0 &&
			(link->options.once ||
				link->push.next_ms < LINK_TICK_S * 1000))
			lane_set_timer(lane, link->push.next_ms);
	}
}

/* The end --------------------------------------------------------------------
 */

static enum exit_code verify_exit_code(const struct json *report)
{
	const char *failed = json_text_or(report, "failed", "unreachable");

	if (*failed)
		return EXIT_CODE_LINK;
	return json_bool_or(report, "complete", false) ? EXIT_CODE_OK
						       : EXIT_CODE_ITEM;
}

static enum exit_code exit_code_of(struct link *link)
{
	struct store_counts counts = {0};

	if (link->verdict != EXIT_CODE_OK)
		return link->verdict;
	if (!store_counts(link->store, &counts, NULL))
		return EXIT_CODE_STORE;
	if (!state_is_authorised(link))
		return EXIT_CODE_AUTH;
	if (link->options.verify)
		return verify_exit_code(link->verified);
	if (counts.parked > 0 || link->push.halted || attach_bad(link))
		return EXIT_CODE_ITEM;
	if (link_does_only(link, "catalog"))
		counts.unsent = 0;
	if (link_does_only(link, "blobs"))
		counts.unsent = counts.blobs;
	if (counts.unsent > 0 || link->push_lane.gate.open ||
		link->pull_lane.gate.open || !pull_is_idle(link))
		return EXIT_CODE_LINK;
	return EXIT_CODE_OK;
}

static bool lane_is_done(const struct lane *lane)
{
	return !lane->busy && (lane->gate.open || !lane->timer);
}

/* In once-mode: nothing left, or nothing more to be had. */
static bool once_is_done(struct link *link)
{
	if (!link->options.once || link->push_lane.busy || link->pull_lane.busy)
		return false;
	if (!state_is_authorised(link) || link->push_lane.gate.open ||
		link->pull_lane.gate.open)
		return true;
	return lane_is_done(&link->push_lane) && lane_is_done(&link->pull_lane);
}

static void end(struct link *link)
{
	link->ended = true;
	lane_set_timer(&link->push_lane, -1);
	lane_set_timer(&link->pull_lane, -1);
	g_clear_handle_id(&link->ticker, g_source_remove);
	link->ops->finished(link->context,
		link->options.once ? exit_code_of(link) : link->verdict);
}

void link_step(struct link *link)
{
	if (link->ended || !link->started)
		return;
	lane_step(&link->push_lane);
	lane_step(&link->pull_lane);
	if (once_is_done(link))
		link->stopping = true;
	if (link->stopping && !link->push_lane.busy && !link->pull_lane.busy)
		end(link);
}

/* Outside --------------------------------------------------------------------
 */

static gboolean on_tick(gpointer data)
{
	struct link *link = data;

	link->store_error = NULL;
	pull_tick(link);
	link_step(link);
	return G_SOURCE_CONTINUE;
}

static void lane_init(struct lane *lane, struct link *link, const char *name,
	bool (*next)(struct link *link))
{
	lane->link = link;
	lane->name = name;
	lane->why = "";
	lane->next = next;
	lane->gate.cap_ms = link_backoff_cap(link);
}

static void load_meta(struct link *link)
{
	g_autofree char *epoch = store_meta(link->store, "server_epoch");
	g_autofree char *changed =
		store_meta(link->store, "server_epoch_changed");
	g_autofree char *behind = store_meta(link->store, "server_behind");
	g_autofree char *offset = store_meta(link->store, "clock_offset_ms");

	if (epoch)
		g_strlcpy(
			link->server_epoch, epoch, sizeof(link->server_epoch));
	link->epoch_changed = changed && *changed;
	link->server_behind = behind ? g_ascii_strtoll(behind, NULL, 10) : 0;
	link->pull.check_due =
		link->epoch_changed && link_can(link, PLATFORM_RECONCILE);
	if (offset) { /* shown, but not known to be right any more */
		link->offset.ms = g_ascii_strtoll(offset, NULL, 10);
		link->offset.saved_ms = link->offset.ms;
		link->offset.saved = true;
	}
}

struct link *link_new(struct store *store, struct http *http,
	const struct link_options *options, const struct link_ops *ops,
	void *context)
{
	struct link *link = g_new0(struct link, 1);

	link->store = store;
	link->http = http;
	link->options = *options;
	link->ops = ops;
	link->context = context;
	link->driver = options->driver ? options->driver : &platform_native;
	link->options.queue = NULL; /* was borrowed */
	if (link->driver->open)
		link->platform = link->driver->open(
			&(struct platform_settings){.queue = options->queue});
	link->crash_left = options->crash_count;
	link->verdict = EXIT_CODE_OK;
	link->shown = "connecting";
	link->since_ms = clock_wall_ms();
	link->started_boot_ms = clock_boot_ms();
	lane_init(&link->push_lane, link, "push", push_next);
	lane_init(&link->pull_lane, link, "pull", pull_next);
	push_init(link);
	pull_init(link);
	load_meta(link);
	return link;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	lane_set_timer(&link->push_lane, -1);
	lane_set_timer(&link->pull_lane, -1);
	g_clear_handle_id(&link->ticker, g_source_remove);
	push_clear(link);
	pull_clear(link);
	reconcile_clear(link);
	if (link->platform)
		link->driver->close(link->platform);
	json_free(link->verified);
	g_free(link);
}

static void verified(void *context, struct json *take_report)
{
	struct link *link = context;

	json_free(link->verified);
	link->verified = take_report;
}

static gboolean on_start(gpointer data)
{
	struct lane *lane = data;

	lane->timer = 0;
	link_step(lane->link);
	return G_SOURCE_REMOVE;
}

void link_start(struct link *link)
{
	link->started = true;
	if (link->options.verify || link->options.only)
		pull_nothing(link);
	link->pull.feed_due[FEED_CATALOG] |= link_does_only(link, "catalog") &&
					     link_can(link, PLATFORM_CATALOG);
	if (link->options.verify) {
		link->pull.self_due = false; /* it only looks */
		link_verify(link, link->options.day, verified, link);
	}
	if (!link->options.once)
		link->ticker =
			g_timeout_add_seconds(LINK_TICK_S, on_tick, link);
	/* From the main loop, so that finished() never comes from in here. */
	link->push_lane.timer = g_idle_add(on_start, &link->push_lane);
}

void link_wake(struct link *link)
{
	link->pull.numbers_due = link_can(link, PLATFORM_NUMBERS);
	link_changed(link); /* the screen wants to see the new count */
	link_step(link);
}

void link_pull(struct link *link)
{
	pull_all(link);
	link_step(link);
}

void link_retry(struct link *link)
{
	gate_reset(&link->push_lane.gate);
	gate_reset(&link->pull_lane.gate);
	link->push.halted = false;
	g_hash_table_remove_all(link->push.dead_of_code);
	g_hash_table_remove_all(link->push.troubles);
	pull_all(link);
	link_step(link);
}

bool link_verify(struct link *link, const char *day,
	void (*done)(void *context, struct json *take_report), void *context)
{
	if (!link_can(link, PLATFORM_RECONCILE)) {
		done(context, reconcile_unsupported());
		return true;
	}
	if (!reconcile_start(link, day, false, done, context))
		return false;
	gate_reset(&link->pull_lane.gate);
	link_step(link);
	return true;
}

void link_stop(struct link *link)
{
	link->stopping = true;
	if (!link->started) {
		link->started = true;
		link->push_lane.timer = g_idle_add(on_start, &link->push_lane);
		return;
	}
	link_step(link);
}
