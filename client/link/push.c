/* Pushing: what is sent next, and settling what came back.
 *
 * Ops that are ready go first, so that a call of the next number is not kept
 * waiting by a large picture; then one blob at a time (attach.c). After a
 * request without an answer the same bytes are sent again: the platform knows
 * each op_id for ever. */
#include "client/link/engine.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/log.h"
#include "client/link/batch.h"

enum {
	LOST_REST_MS = 10000,
	FRUITLESS_MAX = 5,  /* in once-mode */
	BLOB_WAITS_MAX = 3, /* missing_blobs in a row for one op */
};

void push_init(struct link *link)
{
	link->limits = link->driver->limits;
	link->push.limit = link->limits.max_ops;
	link->push.ceiling = link->limits.max_ops;
	link->push.next_ms = -1;
	link->push.dead_of_code =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	link->push.troubles =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	link->push.uploads =
		g_ptr_array_new_with_free_func((GDestroyNotify)blob_free);
}

void push_clear(struct link *link)
{
	struct push *push = &link->push;

	load_clear(link);
	g_clear_pointer(&push->asked, g_ptr_array_unref);
	g_clear_pointer(&push->uploads, g_ptr_array_unref);
	g_clear_pointer(&push->uploading, blob_free);
	tus_clear(link);
	g_clear_pointer(&push->dead_of_code, g_hash_table_unref);
	g_clear_pointer(&push->troubles, g_hash_table_unref);
}

/* Settling -------------------------------------------------------------------
 */

static void settle(struct link *link, const struct op_settlement *settlements,
	size_t count)
{
	g_autoptr(GError) error = NULL;

	link_crash_point(link, CRASH_BEFORE_SETTLE);
	if (!outbox_settle_all(link->store, link->push.load.generation,
		    settlements, count, &error)) {
		if (error->domain == LINK_ERROR) {
			/* Someone else has the rows: never settle them. */
			log_error(error, "lease lost");
			link->counters.lease_lost++;
			gate_pause(&link->push_lane.gate, clock_boot_ms(),
				MIN(LOST_REST_MS, link_backoff_cap(link)));
		} else {
			link_store_failed(link, error);
		}
	}
	g_clear_pointer(&link->push.load.ops, g_ptr_array_unref);
	link_crash_point(link, CRASH_AFTER_SETTLE);
}

/* The same for every op of the batch. */
static void settle_alike(
	struct link *link, enum op_verdict verdict, const struct answer *answer)
{
	const GPtrArray *ops = link->push.load.ops;
	g_autofree struct op_settlement *all =
		g_new0(struct op_settlement, ops->len);

	for (unsigned i = 0; i < ops->len; i++) {
		struct op *op = ops->pdata[i];

		all[i].store_seq = op->store_seq;
		all[i].outcome.verdict = verdict;
		all[i].outcome.http = answer->http;
		if (answer->code)
			all[i].outcome.problem = answer->code->code;
	}
	settle(link, all, ops->len);
}

void push_give_back(struct link *link)
{
	settle_alike(link, OP_VERDICT_UNSENT, &(struct answer){0});
}

/* The mass-dead guard
 * ---------------------------------------------------------- */

static unsigned dead_of(struct link *link, const char *code)
{
	return GPOINTER_TO_UINT(
		g_hash_table_lookup(link->push.dead_of_code, code));
}

static void count_dead(struct link *link, const char *code)
{
	g_hash_table_replace(link->push.dead_of_code, g_strdup(code),
		GUINT_TO_POINTER(dead_of(link, code) + 1));
}

/* True when the results would park more ops of one code than one mistake
 * explains: the cause is elsewhere, and nothing of it is parked. */
static bool too_many_dead(struct link *link, const struct batch_reply *reply)
{
	for (size_t i = 0; i < reply->count; i++) {
		const struct batch_result *result = &reply->results[i];
		unsigned dead = dead_of(link, result->code);

		if (result->verdict != OP_VERDICT_DEAD)
			continue;
		for (size_t k = 0; k < reply->count; k++)
			dead += reply->results[k].verdict == OP_VERDICT_DEAD &&
				strcmp(reply->results[k].code, result->code) ==
					0;
		if (dead > LINK_DEAD_MAX) {
			log_warn("more than %d ops refused with %s: stopped",
				LINK_DEAD_MAX, result->code);
			return true;
		}
	}
	return false;
}

static void give_back_dead(struct batch_reply *reply)
{
	for (size_t i = 0; i < reply->count; i++)
		if (reply->results[i].verdict == OP_VERDICT_DEAD)
			reply->results[i].verdict = OP_VERDICT_UNSENT;
}

/* Batches --------------------------------------------------------------------
 */

static void count_result(struct link *link, const struct batch_result *result)
{
	struct link_counters *count = &link->counters;

	count->acked += result->verdict == OP_VERDICT_ACK;
	count->replayed += result->replay;
	count->conflict += result->verdict == OP_VERDICT_CONFLICT;
	count->dead += result->verdict == OP_VERDICT_DEAD;
	count->retried += result->verdict == OP_VERDICT_RETRY;
	if (result->verdict == OP_VERDICT_DEAD)
		count_dead(link, result->code);
	if (result->verdict == OP_VERDICT_ACK ||
		result->verdict == OP_VERDICT_DEAD ||
		result->verdict == OP_VERDICT_CONFLICT)
		link->push.fruitless = 0;
}

/* An op whose blobs are reported missing again and again must not spin: every
 * fourth time it rests. */
static void slow_down(
	struct link *link, struct batch_result *result, const struct op *op)
{
	if (result->verdict != OP_VERDICT_WAIT_BLOB ||
		op->attempts % (BLOB_WAITS_MAX + 1) != 0)
		return;
	result->verdict = OP_VERDICT_RETRY;
	result->delay_ms = backoff_delay_ms((unsigned)op->attempts,
		link_backoff_cap(link), g_random_double());
}

static void settle_results(struct link *link, struct batch_reply *reply)
{
	g_autofree struct op_settlement *all =
		g_new0(struct op_settlement, reply->count + 1);

	if (too_many_dead(link, reply)) {
		link->push.halted = true;
		give_back_dead(reply);
	}
	for (size_t i = 0; i < reply->count; i++) {
		struct batch_result *result = &reply->results[i];
		struct op *op = link->push.load.ops->pdata[i];

		slow_down(link, result, op);
		count_result(link, result);
		all[i].store_seq = op->store_seq;
		all[i].outcome = (struct op_outcome){
			.verdict = result->verdict,
			.http = result->http,
			.problem = *result->code ? result->code : NULL,
			.server_version = result->version,
			.receipt = result->receipt,
			.outcome = result->outcome,
			.current = result->current,
			.server_ms = MAX(0, reply->answer.server_ms),
			.delay_ms = result->delay_ms,
		};
	}
	settle(link, all, reply->count);
}

static void note_oddities(struct link *link, const struct batch_reply *reply)
{
	link->counters.extra += reply->extra;
	link->counters.missing += reply->missing;
	link->counters.contradictory += reply->contradictory;
	if (reply->extra || reply->missing || reply->contradictory)
		log_warn("batch reply: %u results missing, %u extra, "
			 "%u contradictory",
			reply->missing, reply->extra, reply->contradictory);
}

static void grow_limit(struct link *link)
{
	struct push *push = &link->push;

	push->ceiling = MIN(
		push->ceiling + 1 + push->ceiling / 16, link->limits.max_ops);
	push->limit = MIN(push->limit * 2, push->ceiling);
}

/* On a slow line a full batch takes longer than it is given, every time. Half
 * of it may pass; from there on it grows in small steps. */
static void shrink_limit(struct link *link)
{
	int half = MAX(1, (int)link->push.load.ops->len / 2);

	link->push.ceiling = MIN(link->push.ceiling, half);
	link->push.limit = MIN(link->push.limit, half);
}

/* The batch as a whole was refused. Smaller and smaller ones find the op that
 * is the reason; only that one is parked. */
static void settle_refused(struct link *link, const struct answer *answer)
{
	unsigned count = link->push.load.ops->len;

	if (count > 1) {
		link->push.limit = (int)count / 2;
		settle_alike(link, OP_VERDICT_UNSENT, answer);
		return;
	}
	grow_limit(link);
	if (!answer->code || link->push.halted) {
		struct op *op = link->push.load.ops->pdata[0];
		struct op_settlement one = {
			.store_seq = op->store_seq,
			.outcome.verdict = OP_VERDICT_RETRY,
			.outcome.http = answer->http,
			.outcome.delay_ms = backoff_delay_ms(
				(unsigned)op->attempts, link_backoff_cap(link),
				g_random_double()),
		};

		settle(link, &one, 1);
		return;
	}
	count_dead(link, answer->code->code);
	if (dead_of(link, answer->code->code) > LINK_DEAD_MAX) {
		link->push.halted = true;
		settle_alike(link, OP_VERDICT_UNSENT, answer);
		return;
	}
	link->counters.dead++;
	link->push.fruitless = 0;
	settle_alike(link, OP_VERDICT_DEAD, answer);
}

/* What went along with an op is there when the op is. */
static void confirm_blobs(struct link *link, const struct batch_reply *reply)
{
	for (size_t i = 0; link->push.load.op_blobs && i < reply->count; i++) {
		const GPtrArray *blobs = link->push.load.op_blobs->pdata[i];

		if (reply->results[i].verdict != OP_VERDICT_ACK)
			continue;
		for (unsigned k = 0; k < blobs->len; k++)
			attach_went_along(link, blobs->pdata[k]);
	}
}

void push_settle(
	struct link *link, struct batch_reply *reply, enum http_fault fault)
{
	struct answer *answer = &reply->answer;

	if (reply->results) {
		note_oddities(link, reply);
		if (answer->kind == ANSWER_OK)
			grow_limit(link);
		confirm_blobs(link, reply);
		settle_results(link, reply);
		return;
	}
	switch (answer->kind) {
	case ANSWER_TOO_LARGE:
	case ANSWER_REFUSED:
		settle_refused(link, answer);
		break;
	case ANSWER_AUTH:
	case ANSWER_BUSY:
		settle_alike(link, OP_VERDICT_UNSENT, answer);
		break;
	case ANSWER_OK:
	case ANSWER_FAULT:
		link->counters.unknown += link->push.load.ops->len;
		if (fault == HTTP_FAULT_TIMEOUT)
			shrink_limit(link);
		settle_alike(link, OP_VERDICT_RETRY, answer);
		break;
	}
}

/* Attachments go along with their ops: these need not wait for them. */
static bool stop_waiting(struct link *link)
{
	g_autoptr(GError) error = NULL;
	bool any = false;

	if (link_does_only(link, "blobs"))
		return false;
	if (!outbox_stop_waiting(link->store, &any, &error))
		link_store_failed(link, error);
	return any;
}

/* The lane -------------------------------------------------------------------
 */

bool push_next(struct link *link)
{
	link->push.next_ms = -1;
	if (link->push.halted || link->pull.self_due || link->options.verify ||
		link_does_only(link, "catalog"))
		return false;
	if (link->options.once && link->push.fruitless >= FRUITLESS_MAX)
		return false;
	if (!link_does_only(link, "blobs") && load_send(link))
		return true;
	if (!link->stopping && link_can(link, PLATFORM_BLOBS) &&
		attach_next(link))
		return true;
	if (!link_can(link, PLATFORM_BLOBS) && stop_waiting(link) &&
		load_send(link))
		return true;
	/* Idle: the run is over, the guard counts anew. */
	g_hash_table_remove_all(link->push.dead_of_code);
	return false;
}
