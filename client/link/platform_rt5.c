/* Request Tracker 5 as a platform: search, create what is absent, look again.
 *
 * RT knows no idempotency key. So for each batch: first the queue is asked for
 * our two fields (once), then one search finds what is there already, then the
 * tickets that are not are made in one request, and a second search proves that
 * they can be found again. What goes on a ticket that exists follows op by op:
 * its files are listed, the body and the pages that are not among them are
 * added as comments, the list is read again, and the op is entered as complete
 * with If-Match, so that nobody else's change is overwritten.
 *
 * A request whose answer was lost may still be at work over there. An op that
 * was sent before and is not found is therefore left alone for QUIET_MS, longer
 * when the others of its batch are still coming up, before it is made again. */
#include "client/link/platform_driver.h"

#include <string.h>

#include "client/base/error.h"
#include "client/link/rt5_batch.h"

enum {
	MAX_OPS = 20,
	MAX_BYTES = 1024 * 1024,
	MAKE_TOTAL_MS = 120000,
};

/* Requests ----------------------------------------------------------------- */

static GBytes *make_request(struct rt5_batch *batch)
{
	AUTO(json) list = json_new_array();
	char *text;

	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		if (!item->making)
			continue;
		json_add(list, rt5_new_ticket(batch->rt5->queue, item->key,
				       item->op, item->blobs->len == 0));
		rt5_forget_unsure(batch, item);
	}
	text = json_print(list);
	return g_bytes_new_take(text, strlen(text));
}

static void ask_page(struct rt5_batch *batch, struct http_request *request)
{
	const struct op *op = batch->items[batch->at].op;

	batch->type = rt5_page_type(batch->blob);
	batch->body = rt5_page_before(op, batch->blob);
	batch->after = rt5_page_after(batch->blob);
	batch->file = store_blob_path(batch->job.store, batch->blob->sha256);
	request->file = batch->file;
	request->file_size = batch->blob->size;
	request->after = batch->after;
	request->total_ms = blob_put_total_ms(batch->blob->size);
}

static void ask_search(struct rt5_batch *batch, bool made)
{
	g_autoptr(GPtrArray) keys = rt5_keys(batch, made);

	batch->path = g_strdup("/REST/2.0/tickets");
	batch->type = g_strdup("application/x-www-form-urlencoded");
	batch->body = rt5_search_request(batch->rt5->queue, keys);
}

static void ask_work(struct rt5_batch *batch, struct http_request *request)
{
	const struct rt5_item *item = &batch->items[batch->at];
	const struct rt5_ticket *ticket = rt5_ticket_at(batch);

	if (batch->step == RT5_SAY || batch->step == RT5_PAGE)
		rt5_forget_unsure(batch, item);
	switch (batch->step) {
	case RT5_LIST:
		batch->path = rt5_list_path(ticket->id, batch->page);
		break;
	case RT5_SAY:
		batch->path = rt5_ticket_path(ticket->id, "/comment");
		batch->body = rt5_comment_request(item->op);
		break;
	case RT5_PAGE:
		batch->path = rt5_ticket_path(ticket->id, "/comment");
		ask_page(batch, request);
		break;
	case RT5_MARK:
		batch->path = rt5_ticket_path(ticket->id, "");
		batch->body = rt5_mark_request(ticket->ops, item->op->op_id);
		request->if_match = batch->etag;
		break;
	default:
		batch->path = rt5_ticket_path(ticket->id, "");
		break;
	}
}

static void batch_ask(void *data, struct http_request *request)
{
	struct rt5_batch *batch = data;

	rt5_drop_request(batch);
	*request = (struct http_request){.max_reply = RT5_MAX_REPLY};
	switch (batch->step) {
	case RT5_QUEUE:
	case RT5_JUDGE:
		batch->path = rt5_queue_path(batch->rt5->queue);
		break;
	case RT5_FIND:
	case RT5_PROVE:
		ask_search(batch, batch->step == RT5_PROVE);
		break;
	case RT5_MAKE:
		batch->path = g_strdup("/REST/2.0/tickets/bulk");
		batch->body = make_request(batch);
		request->total_ms = MAKE_TOTAL_MS;
		break;
	default:
		ask_work(batch, request);
		break;
	}
	if (batch->body && !batch->type)
		batch->type = g_strdup("application/json");
	request->method = batch->step == RT5_MARK ? "PUT"
			  : batch->body           ? "POST"
						  : "GET";
	request->path = batch->path;
	request->content_type = batch->type;
	request->body = batch->body;
}

/* Batches ------------------------------------------------------------------ */

static bool bodies_are_whole(const GPtrArray *ops, GError **error)
{
	/* The digest check of our own contract, which is not sent here. */
	g_autoptr(GBytes) unused =
		batch_request(&(struct batch_store){.uuid = ""}, ops, error);

	return unused != NULL;
}

static void *batch_begin(
	void *platform, const struct batch_job *job, GError **error)
{
	struct rt5_batch *batch;

	if (!bodies_are_whole(job->ops, error))
		return NULL;
	batch = g_new0(struct rt5_batch, 1);
	batch->rt5 = platform;
	batch->job = *job;
	batch->count = job->ops->len;
	batch->items = g_new0(struct rt5_item, batch->count);
	batch->kind = ANSWER_OK;
	batch->step = batch->rt5->ready ? RT5_FIND : RT5_QUEUE;
	batch->tickets = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)rt5_ticket_free);
	batch->stuck = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < batch->count; i++) {
		struct rt5_item *item = &batch->items[i];

		item->op = job->ops->pdata[i];
		item->blobs = job->blobs->pdata[i];
		if (!rt5_key(item->op, item->key))
			rt5_settle(batch, item, OP_VERDICT_DEAD, "invalid", 0);
	}
	return batch;
}

static void batch_end(void *data, struct batch_reply *reply)
{
	struct rt5_batch *batch = data;

	if (batch->step != RT5_END)
		rt5_give_up(batch, ANSWER_OK);
	*reply = (struct batch_reply){
		.answer = {.kind = batch->kind,
			.why = "",
			.asked_ms = -1,
			.server_ms = -1},
		.missing_blobs = g_ptr_array_new_with_free_func(g_free),
		.extra = batch->extra,
	};
	/* The engine makes it smaller. */
	if (batch->kind != ANSWER_TOO_LARGE) {
		reply->results = g_new0(struct batch_result, batch->count + 1);
		reply->count = batch->count;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct batch_result *result = &batch->items[i].result;

		if (reply->results) {
			reply->results[i] = *result;
			continue;
		}
		g_free(result->version);
		g_free(result->receipt);
	}
	rt5_drop_request(batch);
	g_hash_table_unref(batch->tickets);
	g_hash_table_unref(batch->stuck);
	g_free(batch->items);
	g_free(batch);
}

/* The platform ------------------------------------------------------------- */

/* Its name goes into queries. */
static bool rt5_check(const struct platform_settings *settings, GError **error)
{
	if (rt5_queue_is_valid(settings->queue))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"platform.queue is no name of a queue");
	return false;
}

static void *rt5_open(const struct platform_settings *settings)
{
	struct rt5 *rt5 = g_new0(struct rt5, 1);

	rt5->queue = g_strdup(settings->queue ? settings->queue : "");
	rt5->unsure =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return rt5;
}

static void rt5_close(void *platform)
{
	struct rt5 *rt5 = platform;

	g_hash_table_unref(rt5->unsure);
	g_free(rt5->queue);
	g_free(rt5);
}

static char *hello_path(void *platform)
{
	return rt5_queue_path(((struct rt5 *)platform)->queue);
}

static bool hello_decode(void *platform, const struct http_reply *reply,
	struct answer *answer, struct capabilities *limits)
{
	(void)limits;
	rt5_read(reply, 200, answer);
	return rt5_hear_queue(platform, answer);
}

const struct platform_driver platform_rt5 = {
	.name = "rt5",
	.can = PLATFORM_CAN_NOTHING,
	.scheme = HTTP_RT,
	.limits = {MAX_OPS, MAX_BYTES},
	.check = rt5_check,
	.open = rt5_open,
	.close = rt5_close,
	.health_path = "/REST/2.0/rt",
	.health_decode = rt5_health_decode,
	.hello_path = hello_path,
	.hello_decode = hello_decode,
	.batch_begin = batch_begin,
	.batch_ask = batch_ask,
	.batch_heard = rt5_heard,
	.batch_end = batch_end,
};
