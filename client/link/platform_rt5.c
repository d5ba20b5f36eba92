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

#include "client/base/clock.h"
#include "client/base/log.h"
#include "client/link/gate.h"
#include "client/link/rt5.h"

enum {
	MAX_OPS = 20,
	MAX_BYTES = 1024 * 1024,
	MAKE_TOTAL_MS = 120000,
	QUIET_MS = 5000,
	DAMAGED_REST_MS = 600000, /* a page that is not what it was */
};

struct rt5 {
	char *queue;        /* own */
	bool ready;         /* the queue has what is needed */
	bool blind;         /* what was made could not be found: make no more */
	GHashTable *unsure; /* own: op_id -> int64_t since when missed */
};

enum step {
	STEP_QUEUE, /* before all else */
	STEP_FIND,
	STEP_MAKE,
	STEP_JUDGE, /* some were refused: is it us? asks the queue again */
	STEP_PROVE, /* search for what was made */
	STEP_LIST,
	STEP_SAY,
	STEP_PAGE,
	STEP_LOOK,
	STEP_MARK,
	STEP_END,
};

struct item {
	const struct op *op;
	const GPtrArray *blobs; /* struct blob * */
	char key[RT5_KEY_MAX];
	struct batch_result result;
	bool settled;
	bool making;  /* in the STEP_MAKE at hand */
	bool refused; /* there */
	bool touched; /* something of it may be over there */
	bool marked;
};

struct rt5_batch {
	struct rt5 *rt5;
	struct batch_job job;
	struct item *items; /* own */
	size_t count, at;   /* at: the one that is worked on */
	enum step step;
	int page;                /* of STEP_LIST */
	const struct blob *blob; /* of STEP_PAGE */
	GHashTable *tickets;     /* own: key -> struct rt5_ticket */
	GHashTable *stuck;       /* own: key: an op of it is not through */
	enum answer_kind kind;
	unsigned extra;
	char etag[HTTP_ETAG_MAX];
	/* own: of the request at hand */
	char *path, *type, *file;
	GBytes *body, *after;
};

/* Results ------------------------------------------------------------------ */

static void settle(struct rt5_batch *batch, struct item *item,
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

static void forget_unsure(struct rt5_batch *batch, const struct item *item)
{
	g_autofree char *file = g_strconcat("+", item->op->op_id, NULL);

	g_hash_table_remove(batch->rt5->unsure, item->op->op_id);
	g_hash_table_remove(batch->rt5->unsure, file);
}

static void settle_ack(struct rt5_batch *batch, struct item *item)
{
	const struct rt5_ticket *ticket =
		g_hash_table_lookup(batch->tickets, item->key);

	settle(batch, item, OP_VERDICT_ACK, "", item->touched ? 201 : 200);
	item->result.replay = !item->touched;
	item->result.version = g_strdup_printf("%" G_GINT64_FORMAT, ticket->id);
	item->result.receipt = g_strdup_printf(
		"{\"request_sha256\":\"%s\",\"rt_ticket\":%" G_GINT64_FORMAT
		"}",
		item->op->body_sha256, ticket->id);
	forget_unsure(batch, item);
}

/* RT refused this one; what it means is said by the status alone. */
static void settle_refused(struct rt5_batch *batch, struct item *item,
	const struct problem_code *code, int http)
{
	settle(batch, item,
		code->verdict == OP_VERDICT_CONFLICT ? OP_VERDICT_CONFLICT
						     : OP_VERDICT_DEAD,
		code->code, http);
}

/* Nothing more can be had now. What was begun is unknown, the rest unsent. */
static void give_up(struct rt5_batch *batch, enum answer_kind kind)
{
	batch->step = STEP_END;
	batch->kind = kind;
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

		if (!item->settled)
			settle(batch, item,
				item->touched ? OP_VERDICT_RETRY
					      : OP_VERDICT_UNSENT,
				item->touched ? "unavailable" : "", 0);
	}
}

/* What is to be made ------------------------------------------------------- */

/* Not found, and sent before: perhaps it is still on its way. what: "" the
 * ticket itself, "+" a file of it. */
static bool is_unsure(
	struct rt5_batch *batch, const struct item *item, const char *what)
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

static void settle_unsure(struct rt5_batch *batch, struct item *item)
{
	settle(batch, item, OP_VERDICT_RETRY, "in_progress", 0);
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
		struct item *item = &batch->items[i];

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

static GPtrArray *keys_of(const struct rt5_batch *batch, bool made)
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

static struct rt5_ticket *ticket_at(const struct rt5_batch *batch)
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
static enum step add_file(struct rt5_batch *batch, enum step step)
{
	struct item *item = &batch->items[batch->at];

	if (!is_unsure(batch, item, "+"))
		return step;
	settle_unsure(batch, item);
	return STEP_END;
}

/* The files of the ticket are known: which is missing? */
static enum step after_list(struct rt5_batch *batch)
{
	struct item *item = &batch->items[batch->at];
	struct rt5_ticket *ticket = ticket_at(batch);
	g_autofree char *body = rt5_body_name(item->op);
	int64_t len = (int64_t)strlen(item->op->body);
	bool wrong = has_other(ticket, body, len);

	if (!wrong && !has_file(ticket, body, len))
		return add_file(batch, STEP_SAY);
	for (unsigned i = 0; i < item->blobs->len && !wrong; i++) {
		const struct blob *blob = item->blobs->pdata[i];
		g_autofree char *name = rt5_page_name(blob);

		wrong = has_other(ticket, name, blob->size);
		if (wrong || has_file(ticket, name, blob->size))
			continue;
		batch->blob = blob;
		if (page_is_whole(batch, blob))
			return add_file(batch, STEP_PAGE);
		log_warn("page %.12s: the file is damaged", blob->sha256);
		settle(batch, item, OP_VERDICT_RETRY, "missing_blobs", 0);
		item->result.delay_ms = DAMAGED_REST_MS;
		return STEP_END;
	}
	if (!wrong)
		return STEP_LOOK;
	settle(batch, item, OP_VERDICT_DEAD, "digest_mismatch", 0);
	return STEP_END;
}

/* The next op that is not through, or the end. */
static void work_on(struct rt5_batch *batch)
{
	for (; batch->at < batch->count; batch->at++) {
		struct item *item = &batch->items[batch->at];
		struct rt5_ticket *ticket;

		if (item->settled)
			continue;
		ticket = ticket_at(batch);
		if (!ticket || g_hash_table_contains(batch->stuck, item->key)) {
			settle(batch, item, OP_VERDICT_UNSENT, "", 0);
			continue;
		}
		if (g_hash_table_contains(ticket->ops, item->op->op_id)) {
			settle_ack(batch, item);
			continue;
		}
		batch->step = STEP_LIST;
		batch->page = 1;
		g_clear_pointer(&ticket->files, g_hash_table_unref);
		return;
	}
	batch->step = STEP_END;
}

/* Replies ------------------------------------------------------------------ */

/* Whether the queue will do; false: the batch is over. */
static bool hear_queue(struct rt5 *rt5, struct answer *answer)
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

static void after_find(struct rt5_batch *batch)
{
	batch->step = STEP_MAKE;
	if (!choose_new(batch))
		work_on(batch);
}

/* One element for each, in order. True when some were refused. */
static bool read_made(struct rt5_batch *batch, const struct json *list)
{
	const struct json *row = json_first(list);
	bool refused = false;

	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

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
	g_autoptr(GPtrArray) keys = keys_of(batch, true);

	if (answer->kind == ANSWER_OK && json_is_array(answer->body) &&
		json_length(answer->body) == keys->len) {
		batch->step = read_made(batch, answer->body) ? STEP_JUDGE
							     : STEP_PROVE;
		return;
	}
	if (answer->kind == ANSWER_OK || answer->kind == ANSWER_REFUSED)
		answer_spoil(answer, "tickets not made");
	for (size_t i = 0; i < batch->count; i++)
		batch->items[i].touched |=
			batch->items[i].making && answer->kind == ANSWER_FAULT;
	give_up(batch, answer->kind);
}

/* The queue takes tickets, and not these: they are the reason. */
static void hear_judge(struct rt5_batch *batch, struct answer *answer)
{
	bool fit = hear_queue(batch->rt5, answer);

	if (!fit) {
		give_up(batch, answer->kind);
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

		if (!item->refused)
			continue;
		item->making = false;
		settle(batch, item, OP_VERDICT_DEAD, "invalid", 400);
	}
	batch->step = STEP_PROVE;
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
		give_up(batch, answer->kind);
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

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
		work_on(batch);
		return;
	}
	batch->rt5->blind = true;
	batch->rt5->ready = false;
	answer_spoil(answer, "tickets made here cannot be found");
	give_up(batch, ANSWER_FAULT);
}

static void hear_list(struct rt5_batch *batch, struct answer *answer)
{
	struct rt5_ticket *ticket = ticket_at(batch);
	struct item *item = &batch->items[batch->at];
	int pages;

	if (!ticket->files)
		ticket->files = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, NULL);
	if (!rt5_list_decode(answer->body, ticket->files, &pages)) {
		answer_spoil(answer, "reply is no list of files");
		give_up(batch, ANSWER_FAULT);
	} else if (pages > RT5_PAGES_MAX) {
		settle(batch, item, OP_VERDICT_DEAD, "too_large", 0);
	} else if (batch->page < pages) {
		batch->page++;
	} else {
		batch->step = after_list(batch);
	}
}

static void hear_look(struct rt5_batch *batch, const struct http_reply *reply,
	struct answer *answer)
{
	struct rt5_ticket *ticket = ticket_at(batch);
	struct item *item = &batch->items[batch->at];
	GHashTable *ops = rt5_ticket_ops(answer->body);

	if (!ops || !*reply->etag) {
		g_clear_pointer(&ops, g_hash_table_unref);
		answer_spoil(answer, "reply is no ticket with ETag");
		give_up(batch, ANSWER_FAULT);
		return;
	}
	g_hash_table_unref(ticket->ops);
	ticket->ops = ops;
	if (g_hash_table_contains(ops, item->op->op_id)) {
		settle_ack(batch, item);
	} else if (item->marked) {
		/* RT said 200 and did not: a right that is missing. */
		settle(batch, item, OP_VERDICT_RETRY, "forbidden", 0);
	} else {
		memcpy(batch->etag, reply->etag, sizeof(batch->etag));
		batch->step = STEP_MARK;
	}
}

/* One step for the op at hand was done or refused. */
static void hear_work(struct rt5_batch *batch, const struct http_reply *reply,
	struct answer *answer)
{
	struct item *item = &batch->items[batch->at];

	item->touched |= batch->step == STEP_SAY || batch->step == STEP_PAGE ||
			 batch->step == STEP_MARK;
	if (answer->kind == ANSWER_REFUSED) {
		settle_refused(batch, item, answer->code, answer->http);
	} else if (answer->kind == ANSWER_TOO_LARGE && answer->code) {
		settle(batch, item, OP_VERDICT_DEAD, "too_large", 413);
	} else if (answer->kind != ANSWER_OK) {
		give_up(batch, answer->kind);
	} else if (batch->step == STEP_LIST) {
		hear_list(batch, answer);
	} else if (batch->step == STEP_LOOK) {
		hear_look(batch, reply, answer);
	} else if (batch->step == STEP_MARK) {
		item->marked = true;
		batch->step = STEP_LOOK;
	} else { /* read again what is there now */
		batch->step = STEP_LIST;
		batch->page = 1;
		g_clear_pointer(&ticket_at(batch)->files, g_hash_table_unref);
	}
	if (item->settled && batch->kind == ANSWER_OK)
		work_on(batch);
}

static void drop_request(struct rt5_batch *batch)
{
	g_clear_pointer(&batch->path, g_free);
	g_clear_pointer(&batch->type, g_free);
	g_clear_pointer(&batch->file, g_free);
	g_clear_pointer(&batch->body, g_bytes_unref);
	g_clear_pointer(&batch->after, g_bytes_unref);
}

static bool batch_heard(
	void *data, const struct http_reply *reply, struct answer *answer)
{
	struct rt5_batch *batch = data;
	bool creates = batch->step == STEP_MAKE || batch->step == STEP_SAY ||
		       batch->step == STEP_PAGE;

	rt5_read(reply, creates ? 201 : 200, answer);
	switch (batch->step) {
	case STEP_QUEUE:
		batch->step = STEP_FIND;
		if (!hear_queue(batch->rt5, answer))
			give_up(batch, answer->kind);
		break;
	case STEP_FIND:
		if (hear_search(batch, answer))
			after_find(batch);
		else
			give_up(batch, answer->kind);
		break;
	case STEP_MAKE:
		hear_made(batch, answer);
		break;
	case STEP_JUDGE:
		hear_judge(batch, answer);
		break;
	case STEP_PROVE:
		hear_proof(batch, answer);
		break;
	default:
		hear_work(batch, reply, answer);
		break;
	}
	drop_request(batch);
	return batch->step != STEP_END;
}

/* Requests ----------------------------------------------------------------- */

static GBytes *make_request(struct rt5_batch *batch)
{
	AUTO(json) list = json_new_array();
	char *text;

	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

		if (!item->making)
			continue;
		json_add(list, rt5_new_ticket(batch->rt5->queue, item->key,
				       item->op, item->blobs->len == 0));
		forget_unsure(batch, item);
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
	g_autoptr(GPtrArray) keys = keys_of(batch, made);

	batch->path = g_strdup("/REST/2.0/tickets");
	batch->type = g_strdup("application/x-www-form-urlencoded");
	batch->body = rt5_search_request(batch->rt5->queue, keys);
}

static void ask_work(struct rt5_batch *batch, struct http_request *request)
{
	const struct item *item = &batch->items[batch->at];
	const struct rt5_ticket *ticket = ticket_at(batch);

	if (batch->step == STEP_SAY || batch->step == STEP_PAGE)
		forget_unsure(batch, item);
	switch (batch->step) {
	case STEP_LIST:
		batch->path = rt5_list_path(ticket->id, batch->page);
		break;
	case STEP_SAY:
		batch->path = rt5_ticket_path(ticket->id, "/comment");
		batch->body = rt5_comment_request(item->op);
		break;
	case STEP_PAGE:
		batch->path = rt5_ticket_path(ticket->id, "/comment");
		ask_page(batch, request);
		break;
	case STEP_MARK:
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

	*request = (struct http_request){.max_reply = RT5_MAX_REPLY};
	switch (batch->step) {
	case STEP_QUEUE:
	case STEP_JUDGE:
		batch->path = rt5_queue_path(batch->rt5->queue);
		break;
	case STEP_FIND:
	case STEP_PROVE:
		ask_search(batch, batch->step == STEP_PROVE);
		break;
	case STEP_MAKE:
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
	request->method = batch->step == STEP_MARK ? "PUT"
			  : batch->body            ? "POST"
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
	batch->items = g_new0(struct item, batch->count);
	batch->kind = ANSWER_OK;
	batch->step = batch->rt5->ready ? STEP_FIND : STEP_QUEUE;
	batch->tickets = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)rt5_ticket_free);
	batch->stuck = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

		item->op = job->ops->pdata[i];
		item->blobs = job->blobs->pdata[i];
		if (!rt5_key(item->op, item->key))
			settle(batch, item, OP_VERDICT_DEAD, "invalid", 0);
	}
	return batch;
}

static void batch_end(void *data, struct batch_reply *reply)
{
	struct rt5_batch *batch = data;

	if (batch->step != STEP_END)
		give_up(batch, ANSWER_OK);
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
	drop_request(batch);
	g_hash_table_unref(batch->tickets);
	g_hash_table_unref(batch->stuck);
	g_free(batch->items);
	g_free(batch);
}

/* The platform ------------------------------------------------------------- */

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
	return hear_queue(platform, answer);
}

const struct platform_driver platform_rt5 = {
	.name = "rt5",
	.can = PLATFORM_CAN_NOTHING,
	.scheme = HTTP_RT,
	.limits = {MAX_OPS, MAX_BYTES},
	.open = rt5_open,
	.close = rt5_close,
	.health_path = "/REST/2.0/rt",
	.health_decode = rt5_health_decode,
	.hello_path = hello_path,
	.hello_decode = hello_decode,
	.batch_begin = batch_begin,
	.batch_ask = batch_ask,
	.batch_heard = batch_heard,
	.batch_end = batch_end,
};
