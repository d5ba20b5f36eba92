/* Replies of Request Tracker 5, step by step. */
#include "client/link/rt5_batch.h"

#include <string.h>

#include "client/base/log.h"

/* RT refused this one; what it means is said by the status alone. */
static void settle_refused(struct rt5_batch *batch, struct rt5_item *item,
	const struct problem_code *code, int http)
{
	rt5_settle(batch, item,
		code->verdict == OP_VERDICT_CONFLICT ? OP_VERDICT_CONFLICT
						     : OP_VERDICT_DEAD,
		code->code, http);
}

/* Replies ------------------------------------------------------------------ */

/* Whether the queue will do; false: the batch is over. */
bool rt5_hear_queue(struct rt5 *rt5, struct answer *answer)
{
	const char *lacks;

	rt5->ready = false;
	if (answer->kind != ANSWER_OK) {
		/* A queue that is not there is no fault of any op. */
		if (answer->kind == ANSWER_REFUSED)
			answer_spoil(answer, "no such queue");
		return false;
	}
	lacks = rt5_queue_lacks(answer->body, NULL);
	if (lacks) {
		log_warn("queue %s lacks %s", rt5->queue, lacks);
		answer_spoil(answer, "the queue is not prepared");
		answer->kind = ANSWER_AUTH; /* no attempt is spent */
		return false;
	}
	if (rt5->blind)
		answer_spoil(answer, "tickets made here cannot be found");
	rt5->ready = !rt5->blind;
	return rt5->ready;
}

static bool hear_search(struct rt5_batch *batch, struct answer *answer)
{
	GHashTable *found;

	if (answer->kind == ANSWER_REFUSED)
		answer_spoil(answer, "search refused");
	if (answer->kind != ANSWER_OK)
		return false;
	found = rt5_search_decode(answer->body, &batch->extra);
	if (!found) {
		answer_spoil(answer, "reply is no list of tickets");
		return false;
	}
	g_clear_pointer(&batch->tickets, g_hash_table_unref);
	batch->tickets = found;
	return true;
}

/* One element for each, in order. True when some were refused. */
static bool read_made(struct rt5_batch *batch, const struct json *list)
{
	const struct json *row = json_first(list);
	bool refused = false;

	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		if (!item->making)
			continue;
		item->refused =
			json_text(row, "message") && !json_text(row, "id");
		item->touched = !item->refused;
		refused |= item->refused;
		row = json_next(row);
	}
	return refused;
}

static void hear_made(struct rt5_batch *batch, struct answer *answer)
{
	g_autoptr(GPtrArray) keys = rt5_keys(batch, true);

	if (answer->kind == ANSWER_OK && json_is_array(answer->body) &&
		json_length(answer->body) == keys->len) {
		batch->step =
			read_made(batch, answer->body) ? RT5_JUDGE : RT5_PROVE;
		return;
	}
	if (answer->kind == ANSWER_OK || answer->kind == ANSWER_REFUSED)
		answer_spoil(answer, "tickets not made");
	for (size_t i = 0; i < batch->count; i++)
		batch->items[i].touched |=
			batch->items[i].making && answer->kind != ANSWER_AUTH;
	rt5_give_up(batch, answer->kind);
}

/* The queue takes tickets, and not these: they are the reason. */
static void hear_judge(struct rt5_batch *batch, struct answer *answer)
{
	bool fit = rt5_hear_queue(batch->rt5, answer);

	if (!fit) {
		rt5_give_up(batch, answer->kind);
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		if (!item->refused)
			continue;
		item->making = false;
		rt5_settle(batch, item, OP_VERDICT_DEAD, "invalid", 400);
	}
	batch->step = RT5_PROVE;
}

/* Tickets that were made must be found by their key, or each later try would
 * make them once more. */
static void hear_proof(struct rt5_batch *batch, struct answer *answer)
{
	GHashTable *before = g_steal_pointer(&batch->tickets);
	GHashTableIter iter;
	void *ticket;
	bool all = hear_search(batch, answer);

	if (!all) {
		batch->tickets = before;
		rt5_give_up(batch, answer->kind);
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		all &= !item->making ||
		       g_hash_table_contains(batch->tickets, item->key);
		item->making = false;
	}
	g_hash_table_iter_init(&iter, before);
	while (g_hash_table_iter_next(&iter, NULL, &ticket)) {
		g_hash_table_iter_steal(&iter);
		g_hash_table_replace(batch->tickets,
			((struct rt5_ticket *)ticket)->key, ticket);
	}
	g_hash_table_unref(before);
	if (all) {
		rt5_work_on(batch);
		return;
	}
	batch->rt5->blind = true;
	batch->rt5->ready = false;
	answer_spoil(answer, "tickets made here cannot be found");
	rt5_give_up(batch, ANSWER_FAULT);
}

static void hear_list(struct rt5_batch *batch, struct answer *answer)
{
	struct rt5_ticket *ticket = rt5_ticket_at(batch);
	struct rt5_item *item = &batch->items[batch->at];
	bool more;

	if (!ticket->files)
		ticket->files = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, NULL);
	if (!rt5_list_decode(answer->body, ticket->files, &more)) {
		answer_spoil(answer, "reply is no list of files");
		rt5_give_up(batch, ANSWER_FAULT);
	} else if (more && batch->page >= RT5_PAGES_MAX) {
		rt5_settle(batch, item, OP_VERDICT_DEAD, "too_large", 0);
	} else if (more) {
		batch->page++;
	} else {
		rt5_after_list(batch);
	}
}

static void hear_look(struct rt5_batch *batch, const struct http_reply *reply,
	struct answer *answer)
{
	struct rt5_ticket *ticket = rt5_ticket_at(batch);
	struct rt5_item *item = &batch->items[batch->at];
	GHashTable *ops = rt5_ticket_ops(answer->body);

	if (!ops || !*reply->etag) {
		g_clear_pointer(&ops, g_hash_table_unref);
		answer_spoil(answer, "reply is no ticket with ETag");
		rt5_give_up(batch, ANSWER_FAULT);
		return;
	}
	g_hash_table_unref(ticket->ops);
	ticket->ops = ops;
	if (g_hash_table_contains(ops, item->op->op_id)) {
		rt5_settle_ack(batch, item);
	} else if (item->marked) {
		/* RT said 200 and did not: a right that is missing. */
		rt5_settle(batch, item, OP_VERDICT_RETRY, "forbidden", 0);
	} else {
		memcpy(batch->etag, reply->etag, sizeof(batch->etag));
		batch->step = RT5_MARK;
	}
}

/* One step for the op at hand was done or refused. */
static void hear_work(struct rt5_batch *batch, const struct http_reply *reply,
	struct answer *answer)
{
	struct rt5_item *item = &batch->items[batch->at];

	item->touched |= batch->step == RT5_SAY || batch->step == RT5_PAGE ||
			 batch->step == RT5_MARK;
	if (answer->kind == ANSWER_REFUSED) {
		settle_refused(batch, item, answer->code, answer->http);
	} else if (answer->kind == ANSWER_TOO_LARGE && answer->code) {
		rt5_settle(batch, item, OP_VERDICT_DEAD, "too_large", 413);
	} else if (answer->kind != ANSWER_OK) {
		rt5_give_up(batch, answer->kind);
	} else if (batch->step == RT5_LIST) {
		hear_list(batch, answer);
	} else if (batch->step == RT5_LOOK) {
		hear_look(batch, reply, answer);
	} else if (batch->step == RT5_MARK) {
		item->marked = true;
		batch->step = RT5_LOOK;
	} else { /* read again what is there now */
		batch->step = RT5_LIST;
		batch->page = 1;
		g_clear_pointer(
			&rt5_ticket_at(batch)->files, g_hash_table_unref);
	}
	if (item->settled && batch->kind == ANSWER_OK)
		rt5_work_on(batch);
}

void rt5_drop_request(struct rt5_batch *batch)
{
	g_clear_pointer(&batch->path, g_free);
	g_clear_pointer(&batch->type, g_free);
	g_clear_pointer(&batch->file, g_free);
	g_clear_pointer(&batch->body, g_bytes_unref);
	g_clear_pointer(&batch->after, g_bytes_unref);
}

bool rt5_heard(
	void *data, const struct http_reply *reply, struct answer *answer)
{
	struct rt5_batch *batch = data;
	bool creates = batch->step == RT5_MAKE || batch->step == RT5_SAY ||
		       batch->step == RT5_PAGE;

	rt5_read(reply, creates ? 201 : 200, answer);
	switch (batch->step) {
	case RT5_QUEUE:
		batch->step = RT5_FIND;
		if (!rt5_hear_queue(batch->rt5, answer))
			rt5_give_up(batch, answer->kind);
		break;
	case RT5_FIND:
		if (hear_search(batch, answer))
			rt5_after_find(batch);
		else
			rt5_give_up(batch, answer->kind);
		break;
	case RT5_MAKE:
		hear_made(batch, answer);
		break;
	case RT5_JUDGE:
		hear_judge(batch, answer);
		break;
	case RT5_PROVE:
		hear_proof(batch, answer);
		break;
	default:
		hear_work(batch, reply, answer);
		break;
	}
	rt5_drop_request(batch);
	return batch->step != RT5_END;
}
