/* Loads: the ops of one batch on their way. While one is in flight the next is
 * claimed and written; when the answer comes that one goes out at once, and the
 * answer is settled behind it. So the platform never waits for this side's
 * disk, and there is still one request at a time.
 *
 *   ahead   claimed, its request ready
 *   load    in flight
 *   late    answered, not settled yet */
#include "client/link/engine.h"

#include "client/base/clock.h"
#include "client/link/batch.h"

enum {
	/* Only the holder of sync.lock sends, and what it claims while a
	 * request is in flight leaves that one's lease alone: the lease need
	 * not outlive the request. It is how long a successor waits after a
	 * crash. */
	LEASE_MS = 500,
	ENVELOPE_BYTES = 1024, /* of an op, without its body; generous */
};

static void swap(struct load *a, struct load *b)
{
	struct load keep = *a;

	*a = *b;
	*b = keep;
}

/* In the middle: what was sent is unknown. The ops stay. */
static void drop_batch(struct link *link, struct load *load)
{
	struct batch_reply reply = {0};

	if (load->batch) {
		link->driver->batch_end(g_steal_pointer(&load->batch), &reply);
		batch_reply_clear(&reply);
	}
	g_clear_pointer(&load->op_blobs, g_ptr_array_unref);
}

void load_clear(struct link *link)
{
	struct load *loads[] = {
		&link->push.load, &link->push.ahead, &link->push.late};

	g_clear_handle_id(&link->push.spare_time, g_source_remove);
	for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
		drop_batch(link, loads[i]);
		g_clear_pointer(&loads[i]->ops, g_ptr_array_unref);
	}
}

/* Answers ------------------------------------------------------------------ */

static void end_batch(struct link *link, enum http_fault fault)
{
	struct batch_reply reply = {0};

	link->driver->batch_end(
		g_steal_pointer(&link->push.load.batch), &reply);
	push_settle(link, &reply, fault);
	batch_reply_clear(&reply);
	g_clear_pointer(&link->push.load.op_blobs, g_ptr_array_unref);
}

static void settle_late(struct link *link)
{
	struct push *push = &link->push;

	if (!push->late.ops)
		return;
	swap(&push->load, &push->late);
	end_batch(link, HTTP_FAULT_NONE);
	swap(&push->load, &push->late);
}

/* What was claimed ahead and cannot go out now. */
static void give_back_ahead(struct link *link)
{
	struct push *push = &link->push;

	if (!push->ahead.ops)
		return;
	drop_batch(link, &push->ahead);
	swap(&push->load, &push->ahead);
	push_give_back(link);
}

static void ask_batch(struct link *link);
static void count_batch(struct link *link);

/* The next one goes out; the one that was answered is settled behind it. */
static bool go_on(struct link *link)
{
	struct push *push = &link->push;

	if (!push->ahead.ops || push->halted || link->pull.self_due ||
		link->stopping)
		return false;
	swap(&push->late, &push->load);
	swap(&push->load, &push->ahead);
	count_batch(link);
	ask_batch(link);
	return true;
}

static void batch_done(struct link *link, const struct http_reply *http)
{
	struct answer answer;
	bool more, is_good;

	link_crash_point(link, CRASH_AFTER_REPLY);
	g_clear_handle_id(&link->push.spare_time, g_source_remove);
	settle_late(link);
	more = link->driver->batch_heard(link->push.load.batch, http, &answer);
	if (!more)
		link->push.fruitless++;
	is_good = answer.kind == ANSWER_OK;
	link_heard(&link->push_lane, &answer, http);
	answer_clear(&answer);
	if (more && !link->stopping) {
		ask_batch(link);
		return;
	}
	if (is_good && go_on(link))
		return;
	end_batch(link, http->fault);
	give_back_ahead(link);
}

/* Sending ------------------------------------------------------------------ */

static gboolean on_spare_time(gpointer data);

static void batch_sent(void *context)
{
	struct lane *lane = context;

	link_crash_point(lane->link, CRASH_AFTER_SEND);
}

static void count_batch(struct link *link)
{
	link->counters.batches++;
	link->counters.sent += link->push.load.ops->len;
}

/* Spare time begins when curl has nothing to do at the moment. */
static void ask_batch(struct link *link)
{
	struct http_request request;

	link->driver->batch_ask(link->push.load.batch, &request);
	request.sent = batch_sent;
	link_send(&link->push_lane, &request, batch_done);
	if (!link->push.spare_time)
		link->push.spare_time = g_idle_add(on_spare_time, link);
}

/* The attachments that go along with the ops; NULL with error. */
static GPtrArray *find_blobs(struct link *link, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);

	for (unsigned i = 0; i < link->push.load.ops->len; i++) {
		const struct op *op = link->push.load.ops->pdata[i];
		GPtrArray *blobs =
			blobs_of_op(link->store, op->store_seq, error);

		if (!blobs)
			return NULL;
		g_ptr_array_add(all, blobs);
	}
	return g_steal_pointer(&all);
}

static bool begin_batch(struct link *link, GError **error)
{
	g_autofree char *epoch = store_meta(link->store, "store_epoch");
	const struct op *last =
		link->push.load.ops->pdata[link->push.load.ops->len - 1];
	struct batch_job job = {
		.ops = link->push.load.ops,
		.store = link->store,
		.from =
			{
				.uuid = store_uuid(link->store),
				.epoch =
					epoch ? g_ascii_strtoll(epoch, NULL, 10)
					      : 1,
				.chain_head = last->hash,
			},
		.cap_ms = link_backoff_cap(link),
		.chance = g_random_double(),
		.now_ms = clock_boot_ms(),
	};

	if (!link_can(link, PLATFORM_BLOBS)) {
		link->push.load.op_blobs = find_blobs(link, error);
		if (!link->push.load.op_blobs)
			return false;
		job.blobs = link->push.load.op_blobs;
	}
	link->push.load.batch =
		link->driver->batch_begin(link->platform, &job, error);
	return link->push.load.batch != NULL;
}

/* Claiming ----------------------------------------------------------------- */

/* The limit is of the request; the store counts bodies. */
static size_t body_budget(const struct link *link, int max_ops)
{
	size_t envelopes = (size_t)max_ops * ENVELOPE_BYTES;

	return link->limits.max_bytes -
	       MIN(envelopes, link->limits.max_bytes / 2);
}

static int most_ops(const struct link *link)
{
	int most = MIN(link->push.limit, link->limits.max_ops);

	return link->options.max_ops > 0 ? MIN(most, link->options.max_ops)
					 : most;
}

/* Makes the load; held: the generation that is in flight, 0 when none is. False
 * when nothing is ready, or nothing can be had. */
static bool claim(struct link *link, int64_t held)
{
	int max_ops = most_ops(link);
	struct push *push = &link->push;
	struct op_lease lease = {0};
	g_autoptr(GError) error = NULL;

	link_crash_point(link, CRASH_BEFORE_CLAIM);
	if (!outbox_claim_beside(link->store, held, max_ops,
		    body_budget(link, max_ops), LEASE_MS, &lease, &error)) {
		link_store_failed(link, error);
		return false;
	}
	link_crash_point(link, CRASH_AFTER_CLAIM);
	if (lease.ops->len == 0) {
		g_ptr_array_unref(lease.ops);
		return false;
	}
	push->load.generation = lease.generation;
	push->load.ops = lease.ops;
	if (begin_batch(link, &error))
		return true;
	g_clear_pointer(&push->load.op_blobs, g_ptr_array_unref);
	link_store_failed(link, error);
	push_give_back(link);
	return false;
}

/* Only where the one in flight is full: otherwise little can be left. */
static void claim_ahead(struct link *link)
{
	struct push *push = &link->push;

	if (link->stopping || push->halted || push->ahead.ops ||
		!push->load.ops || !link_can(link, PLATFORM_BLOBS) ||
		(int)push->load.ops->len < most_ops(link))
		return;
	swap(&push->load, &push->ahead);
	claim(link, push->ahead.generation);
	swap(&push->load, &push->ahead);
}

static gboolean on_spare_time(gpointer data)
{
	struct link *link = data;

	link->push.spare_time = 0;
	settle_late(link);
	claim_ahead(link);
	return G_SOURCE_REMOVE;
}

bool load_send(struct link *link)
{
	link->push.next_ms = outbox_next_ms(link->store);
	if (link->push.next_ms != 0 || !claim(link, 0))
		return false;
	count_batch(link);
	ask_batch(link);
	return true;
}
