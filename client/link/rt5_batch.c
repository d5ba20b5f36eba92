/* Results of a batch for Request Tracker 5, and what is to be asked next. */
#include "client/link/rt5_batch.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/log.h"
#include "client/link/gate.h"

enum {
	QUIET_MS = 5000,
	DAMAGED_REST_MS = 600000, /* a page that is not what it was */
};

/* Results ------------------------------------------------------------------ */

void rt5_settle(struct rt5_batch *batch, struct rt5_item *item,
	enum op_verdict verdict, const char *code, int http)
{
	struct batch_result *result = &item->result;

	item->settled = true;
	result->verdict = verdict;
	result->http = http;
	g_strlcpy(result->code, code, sizeof(result->code));
	if (verdict == OP_VERDICT_RETRY)
		result->delay_ms = backoff_delay_ms(
			(unsigned)MAX(0, item->op->attempts - 1),
			batch->job.cap_ms, batch->job.chance);
	if (verdict != OP_VERDICT_ACK)
		g_hash_table_add(batch->stuck, item->key);
}

void rt5_forget_unsure(struct rt5_batch *batch, const struct rt5_item *item)
{
	g_autofree char *file = g_strconcat("+", item->op->op_id, NULL);

	g_hash_table_remove(batch->rt5->unsure, item->op->op_id);
	g_hash_table_remove(batch->rt5->unsure, file);
}

void rt5_settle_ack(struct rt5_batch *batch, struct rt5_item *item)
{
	const struct rt5_ticket *ticket =
		g_hash_table_lookup(batch->tickets, item->key);

	rt5_settle(batch, item, OP_VERDICT_ACK, "", item->touched ? 201 : 200);
	item->result.replay = !item->touched;
	item->result.version = g_strdup_printf("%" G_GINT64_FORMAT, ticket->id);
	item->result.receipt = g_strdup_printf(
		"{\"request_sha256\":\"%s\",\"rt_ticket\":%" G_GINT64_FORMAT
		"}",
		item->op->body_sha256, ticket->id);
	rt5_forget_unsure(batch, item);
}

/* Nothing more can be had now. What was begun is unknown, the rest unsent. */
void rt5_give_up(struct rt5_batch *batch, enum answer_kind kind)
{
	batch->step = RT5_END;
	batch->kind = kind;
	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		if (!item->settled)
			rt5_settle(batch, item,
				item->touched ? OP_VERDICT_RETRY
					      : OP_VERDICT_UNSENT,
				item->touched ? "unavailable" : "", 0);
	}
}

/* What is to be made ------------------------------------------------------- */

/* Not found, and sent before: perhaps it is still on its way. what: "" the
 * ticket itself, "+" a file of it. */
static bool is_unsure(
	struct rt5_batch *batch, const struct rt5_item *item, const char *what)
{
	GHashTable *unsure = batch->rt5->unsure;
	g_autofree char *name = g_strconcat(what, item->op->op_id, NULL);
	int64_t *since = g_hash_table_lookup(unsure, name);

	if (item->op->attempts <= 1 || item->touched)
		return false;
	if (!since) {
		since = g_new(int64_t, 1);
		*since = batch->job.now_ms;
		g_hash_table_insert(unsure, g_steal_pointer(&name), since);
	}
	return batch->job.now_ms - *since < QUIET_MS;
}

static void settle_unsure(struct rt5_batch *batch, struct rt5_item *item)
{
	rt5_settle(batch, item, OP_VERDICT_RETRY, "in_progress", 0);
	item->result.delay_ms = QUIET_MS + 100;
}

/* Others of the lost request came up since: it is still at work. */
static void note_progress(struct rt5_batch *batch)
{
	GHashTable *unsure = batch->rt5->unsure;
	bool progress = false;
	GHashTableIter iter;
	void *since;

	for (size_t i = 0; i < batch->count; i++)
		if (g_hash_table_contains(batch->tickets, batch->items[i].key))
			progress |= g_hash_table_remove(
				unsure, batch->items[i].op->op_id);
	g_hash_table_iter_init(&iter, unsure);
	while (progress && g_hash_table_iter_next(&iter, NULL, &since))
		*(int64_t *)since = batch->job.now_ms;
}

static bool is_first_of_key(const struct rt5_batch *batch, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(batch->items[k].key, batch->items[i].key) == 0)
			return false;
	return true;
}

/* True when there is something to be made. */
static bool choose_new(struct rt5_batch *batch)
{
	bool any = false;

	note_progress(batch);
	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		if (item->settled || !is_first_of_key(batch, i) ||
			g_hash_table_contains(batch->tickets, item->key))
			continue;
		if (is_unsure(batch, item, "")) {
			settle_unsure(batch, item);
			continue;
		}
		item->making = any = true;
	}
	return any;
}

GPtrArray *rt5_keys(const struct rt5_batch *batch, bool made)
{
	GPtrArray *keys = g_ptr_array_new();

	for (size_t i = 0; i < batch->count; i++)
		if (made ? batch->items[i].making
			 : !batch->items[i].settled &&
					is_first_of_key(batch, i))
			g_ptr_array_add(keys, batch->items[i].key);
	return keys;
}

/* What comes next ---------------------------------------------------------- */

struct rt5_ticket *rt5_ticket_at(const struct rt5_batch *batch)
{
	return g_hash_table_lookup(batch->tickets, batch->items[batch->at].key);
}

static bool has_file(
	const struct rt5_ticket *ticket, const char *name, int64_t size)
{
	void *found;

	return g_hash_table_lookup_extended(
		       ticket->files, name, NULL, &found) &&
	       (int64_t)GPOINTER_TO_SIZE(found) == size;
}

/* The name is there and the size is not: RT cut it, or it is another. */
static bool has_other(
	const struct rt5_ticket *ticket, const char *name, int64_t size)
{
	return g_hash_table_contains(ticket->files, name) &&
	       !has_file(ticket, name, size);
}

static bool page_is_whole(
	const struct rt5_batch *batch, const struct blob *blob)
{
	g_autofree char *path = store_blob_path(batch->job.store, blob->sha256);
	char digest[SHA256_TEXT];

	return sha256_file(path, digest, NULL) &&
	       strcmp(digest, blob->sha256) == 0;
}

/* A file that is not there may be on its way, as a ticket may. */
static enum rt5_step add_file(struct rt5_batch *batch, enum rt5_step step)
{
	struct rt5_item *item = &batch->items[batch->at];

	if (!is_unsure(batch, item, "+"))
		return step;
	settle_unsure(batch, item);
	return RT5_END;
}

/* The files of the ticket are known: which is missing? */
static enum rt5_step missing_of(struct rt5_batch *batch)
{
	struct rt5_item *item = &batch->items[batch->at];
	struct rt5_ticket *ticket = rt5_ticket_at(batch);
	g_autofree char *body = rt5_body_name(item->op);
	int64_t len = (int64_t)strlen(item->op->body);
	bool wrong = has_other(ticket, body, len);

	if (!wrong && !has_file(ticket, body, len))
		return add_file(batch, RT5_SAY);
	for (unsigned i = 0; i < item->blobs->len && !wrong; i++) {
		const struct blob *blob = item->blobs->pdata[i];
		g_autofree char *name = rt5_page_name(blob);

		wrong = has_other(ticket, name, blob->size);
		if (wrong || has_file(ticket, name, blob->size))
			continue;
		batch->blob = blob;
		if (page_is_whole(batch, blob))
			return add_file(batch, RT5_PAGE);
		log_warn("page %.12s: the file is damaged", blob->sha256);
		rt5_settle(batch, item, OP_VERDICT_RETRY, "missing_blobs", 0);
		item->result.delay_ms = DAMAGED_REST_MS;
		return RT5_END;
	}
	if (!wrong)
		return RT5_LOOK;
	rt5_settle(batch, item, OP_VERDICT_DEAD, "digest_mismatch", 0);
	return RT5_END;
}

void rt5_after_list(struct rt5_batch *batch)
{
	batch->step = missing_of(batch);
}

void rt5_work_on(struct rt5_batch *batch)
{
	for (; batch->at < batch->count; batch->at++) {
		struct rt5_item *item = &batch->items[batch->at];
		struct rt5_ticket *ticket;

		if (item->settled)
			continue;
		ticket = rt5_ticket_at(batch);
		if (!ticket || g_hash_table_contains(batch->stuck, item->key)) {
			rt5_settle(batch, item, OP_VERDICT_UNSENT, "", 0);
			continue;
		}
		if (g_hash_table_contains(ticket->ops, item->op->op_id)) {
			rt5_settle_ack(batch, item);
			continue;
		}
		batch->step = RT5_LIST;
		batch->page = 1;
		g_clear_pointer(&ticket->files, g_hash_table_unref);
		return;
	}
	batch->step = RT5_END;
}

void rt5_after_find(struct rt5_batch *batch)
{
	batch->step = RT5_MAKE;
	if (!choose_new(batch))
		rt5_work_on(batch);
}
