/* Whether both sides hold the same ops, and what to do when they do not.
 *
 * Asked for by a person (verify: only looks), or after the platform came back
 * with another epoch, restored from a backup (repair: what it lost is sent
 * again). First the number blocks, which a restored platform may have
 * forgotten and would lease again; then the digests of all windows and days;
 * then, where these differ, the ops of the bucket, page by page.
 *
 *   GET /v1/reconciliation/digests?store=UUID
 *   GET /v1/reconciliation/ops?store=UUID&window=03&day=2026-11-23&cursor=17 */
#include "client/link/engine.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/store/proof.h"

enum {
	LISTED_MAX = 200,   /* ops named in the report; all are counted */
	PAGES_MAX = 100000, /* of one bucket: a cursor that never ends */
	FAULTS_MAX = 3,
};

struct reconcile {
	char *day; /* own; NULL: all */
	bool repair;
	void (*done)(void *context, struct json *take_report);
	void *context;
	GPtrArray *blocks; /* own: struct number_block *, still to be claimed */
	bool has_digests;
	GArray *differing; /* own: struct proof_bucket to be looked at */
	unsigned bucket;   /* the one in hand */
	GArray *ours;      /* own: struct proof_op of it */
	GHashTable *index; /* own: op_id -> struct proof_op of ours */
	char *cursor;      /* own: of its next page */
	unsigned pages;
	unsigned faults;
	GArray *lost; /* own: int64_t store_seq, acked but not there */
	struct json *missing, *extra; /* own: {"op_id","store_seq"} */
	int64_t ours_count, theirs_count, waiting, missing_count, extra_count;
};

static void drop_bucket(struct reconcile *run)
{
	g_clear_pointer(&run->index, g_hash_table_unref);
	g_clear_pointer(&run->ours, g_array_unref);
	g_clear_pointer(&run->cursor, g_free);
	run->pages = 0;
}

static void reconcile_free(struct reconcile *run)
{
	drop_bucket(run);
	g_clear_pointer(&run->blocks, g_ptr_array_unref);
	g_clear_pointer(&run->lost, g_array_unref);
	g_clear_pointer(&run->differing, g_array_unref);
	json_free(run->missing);
	json_free(run->extra);
	g_free(run->day);
	g_free(run);
}

void reconcile_clear(struct link *link)
{
	g_clear_pointer(&link->reconcile, reconcile_free);
}

bool reconcile_start(struct link *link, const char *day, bool repair,
	void (*done)(void *context, struct json *take_report), void *context)
{
	struct reconcile *run;
	g_autoptr(GError) error = NULL;

	if (link->reconcile)
		return false;
	run = g_new0(struct reconcile, 1);
	run->day = g_strdup(day);
	run->repair = repair;
	run->done = done;
	run->context = context;
	run->missing = json_new_array();
	run->extra = json_new_array();
	run->differing = g_array_new(FALSE, TRUE, sizeof(struct proof_bucket));
	run->lost = g_array_new(FALSE, FALSE, sizeof(int64_t));
	if (repair)
		run->blocks = number_blocks(link->store, &error);
	if (error)
		link_store_failed(link, error);
	link->reconcile = run;
	return true;
}

/* The end ------------------------------------------------------------------ */

static struct json *report_of(struct reconcile *run, const char *why)
{
	struct json *report = json_new_object();
	bool same = !why && run->missing_count == 0 && run->extra_count == 0;

	if (run->day)
		json_put_text(report, "day", run->day);
	json_put_int(report, "ours", run->ours_count);
	json_put_int(report, "theirs", run->theirs_count);
	json_put_int(report, "waiting", run->waiting);
	json_put_int(report, "missing", run->missing_count);
	json_put_int(report, "extra", run->extra_count);
	json_put(report, "missing_ops", g_steal_pointer(&run->missing));
	json_put(report, "extra_ops", g_steal_pointer(&run->extra));
	json_put_bool(report, "complete", same);
	json_put_text(report, "failed", why ? why : "");
	return report;
}

/* why: NULL, or a word that says why there is no result. */
static void finish(struct link *link, const char *why)
{
	struct reconcile *run = g_steal_pointer(&link->reconcile);

	if (why)
		log_warn("reconciliation: %s", why);
	else
		log_info("reconciliation: %" G_GINT64_FORMAT
			 " here, %" G_GINT64_FORMAT " there, %" G_GINT64_FORMAT
			 " missing, %" G_GINT64_FORMAT " extra",
			run->ours_count, run->theirs_count, run->missing_count,
			run->extra_count);
	if (run->done)
		run->done(run->context, report_of(run, why));
	reconcile_free(run);
}

struct json *reconcile_unsupported(void)
{
	struct json *report = json_new_object();

	json_put_bool(report, "complete", false);
	json_put_text(report, "failed", "unsupported");
	return report;
}

static void forget_epoch_change(struct link *link)
{
	g_autoptr(GError) error = NULL;

	link->epoch_changed = false;
	if (!store_set_meta(link->store, "server_epoch_changed", "", &error))
		link_store_failed(link, error);
}

/* What the platform lost goes out again with the same bytes; the feeds are
 * read anew, because a restored platform counts its changes anew. */
static void repair(struct link *link)
{
	struct reconcile *run = link->reconcile;
	g_autoptr(GError) error = NULL;

	if (!outbox_send_again(link->store,
		    &g_array_index(run->lost, int64_t, 0), run->lost->len,
		    &error)) {
		link_store_failed(link, error);
		return;
	}
	for (unsigned i = 0; i < FEED_COUNT && !error; i++)
		feed_reset(link->store, feed_name((enum feed)i), &error);
	if (error) {
		link_store_failed(link, error);
		return;
	}
	link->server_behind = run->missing_count;
	if (!link->options.only)
		pull_all(link);
	forget_epoch_change(link);
}

static void conclude(struct link *link)
{
	if (link->reconcile->repair)
		repair(link);
	finish(link, NULL);
}

/* A repair is tried until it is through; a person is told after a while. */
static void judge_failure(struct link *link, const struct answer *answer)
{
	struct reconcile *run = link->reconcile;

	if (answer->kind == ANSWER_REFUSED)
		finish(link, answer->code->code);
	else if (run->repair)
		return;
	else if (answer->kind == ANSWER_AUTH)
		finish(link, "unauthorized");
	else if (++run->faults >= FAULTS_MAX)
		finish(link, "unreachable");
}

/* Number blocks ------------------------------------------------------------ */

static void claimed(struct link *link, const struct http_reply *reply)
{
	struct reconcile *run = link->reconcile;
	struct number_block *block = run->blocks->pdata[0], known;
	struct answer answer;
	bool good = block_decode(reply, block->block_id, block->series,
		(int)(block->last - block->first + 1), &answer, &known);

	link_heard(&link->pull_lane, &answer, reply);
	if (good || answer.kind == ANSWER_REFUSED) {
		if (!good)
			log_warn("block of %s not taken back: %s",
				block->series, answer.code->code);
		g_ptr_array_remove_index(run->blocks, 0);
	}
	answer_clear(&answer);
}

static bool claim_next(struct link *link)
{
	const struct number_block *block = link->reconcile->blocks->pdata[0];
	g_autoptr(GBytes) body =
		block_claim_request(block, store_uuid(link->store));

	link_send(&link->pull_lane,
		&(struct http_request){
			.method = "POST",
			.path = "/v1/number-blocks",
			.content_type = "application/json",
			.body = body,
			.max_reply = CALL_MAX_REPLY,
			.idempotency_key = block->block_id,
		},
		claimed);
	return true;
}

/* Ops of one bucket -------------------------------------------------------- */

static void list_op(struct json *list, const char *op_id, int64_t store_seq)
{
	struct json *row;

	if (json_length(list) >= LISTED_MAX)
		return;
	row = json_new_object();
	json_put_text(row, "op_id", op_id);
	json_put_int(row, "store_seq", store_seq);
	json_add(list, row);
}

static const struct proof_bucket *bucket_of(const struct reconcile *run)
{
	return &g_array_index(run->differing, struct proof_bucket, run->bucket);
}

static bool open_bucket(struct link *link)
{
	struct reconcile *run = link->reconcile;
	const struct proof_bucket *bucket = bucket_of(run);
	g_autoptr(GError) error = NULL;

	run->ours = proof_ops(link->store, bucket->window, bucket->day, &error);
	if (!run->ours) {
		link_store_failed(link, error);
		return false;
	}
	run->index = g_hash_table_new(g_str_hash, g_str_equal);
	for (unsigned i = 0; i < run->ours->len; i++) {
		struct proof_op *op =
			&g_array_index(run->ours, struct proof_op, i);

		g_hash_table_insert(run->index, op->op_id, op);
	}
	return true;
}

/* Seen ones leave the index; what is left at the end is missing there. */
static void compare_page(struct reconcile *run, const struct json *rows)
{
	json_each (row, rows) {
		const char *id = json_text_or(row, "op_id", "");
		const struct proof_op *op = g_hash_table_lookup(run->index, id);

		if (op &&
			strcmp(op->hash, json_text_or(row, "hash", "")) == 0) {
			g_hash_table_remove(run->index, id);
			continue;
		}
		run->extra_count++;
		list_op(run->extra, id, json_int_or(row, "store_seq", 0));
	}
}

static void close_bucket(struct reconcile *run)
{
	for (unsigned i = 0; i < run->ours->len; i++) {
		struct proof_op *op =
			&g_array_index(run->ours, struct proof_op, i);

		if (!g_hash_table_contains(run->index, op->op_id) ||
			(op->state != OP_ACKED && op->state != OP_VOID))
			continue;
		run->missing_count++;
		list_op(run->missing, op->op_id, op->store_seq);
		/* A void one comes back with the op that voided it. */
		if (op->state == OP_ACKED)
			g_array_append_val(run->lost, op->store_seq);
	}
	drop_bucket(run);
	run->bucket++;
}

static void take_page(struct link *link, const struct proof_page *page)
{
	struct reconcile *run = link->reconcile;

	compare_page(run, page->rows);
	g_free(run->cursor);
	run->cursor = g_strdup(page->next_cursor);
	if (!page->more)
		close_bucket(run);
	else if (++run->pages >= PAGES_MAX)
		finish(link, "endless pages");
}

static void page_done(struct link *link, const struct http_reply *reply)
{
	struct proof_page page;
	struct answer answer;
	bool good = proof_page_decode(
		reply, link->reconcile->cursor, &answer, &page);

	link_heard(&link->pull_lane, &answer, reply);
	if (good)
		take_page(link, &page);
	else
		judge_failure(link, &answer);
	answer_clear(&answer);
}

static bool ask_page(struct link *link)
{
	struct reconcile *run = link->reconcile;
	const struct proof_bucket *bucket = bucket_of(run);
	g_autofree char *path = NULL;

	if (!run->ours && !open_bucket(link))
		return false;
	path = proof_page_path(store_uuid(link->store), bucket->window,
		bucket->day, run->cursor);
	return pull_get(link, path, PROOF_MAX_REPLY, page_done);
}

/* Digests ------------------------------------------------------------------ */

static bool is_same(const struct json *theirs, const struct proof_bucket *ours)
{
	return strcmp(json_text_or(theirs, "window", ""), ours->window) == 0 &&
	       strcmp(json_text_or(theirs, "day", ""), ours->day) == 0;
}

static const struct json *find_bucket(
	const struct json *buckets, const struct proof_bucket *ours)
{
	json_each (bucket, buckets) {
		if (is_same(bucket, ours))
			return bucket;
	}
	return NULL;
}

static void add_differing(
	struct reconcile *run, const char *window, const char *day)
{
	struct proof_bucket bucket = {.count = 0};

	g_strlcpy(bucket.window, window, sizeof(bucket.window));
	g_strlcpy(bucket.day, day, sizeof(bucket.day));
	g_array_append_val(run->differing, bucket);
}

static void compare_ours(struct reconcile *run, const struct proof_bucket *ours,
	const struct json *theirs)
{
	run->ours_count += ours->count;
	run->waiting += ours->waiting;
	if (json_int_or(theirs, "count", 0) == ours->count &&
		(ours->count == 0 || strcmp(json_text_or(theirs, "xor", ""),
					     ours->xor) == 0))
		return;
	add_differing(run, ours->window, ours->day);
}

/* Days the platform has and this store has not. */
static void find_foreign(
	struct reconcile *run, GArray *buckets, const struct json *theirs)
{
	json_each (bucket, theirs) {
		bool known = false;

		run->theirs_count += json_int_or(bucket, "count", 0);
		for (unsigned i = 0; i < buckets->len && !known; i++)
			known = is_same(
				bucket, &g_array_index(buckets,
						struct proof_bucket, i));
		if (!known)
			add_differing(run, json_text_or(bucket, "window", ""),
				json_text_or(bucket, "day", ""));
	}
}

static void compare_digests(struct link *link, const struct json *theirs)
{
	struct reconcile *run = link->reconcile;
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) buckets =
		proof_buckets(link->store, run->day, &error);

	if (!buckets) {
		link_store_failed(link, error);
		finish(link, "store");
		return;
	}
	for (unsigned i = 0; i < buckets->len; i++) {
		const struct proof_bucket *ours =
			&g_array_index(buckets, struct proof_bucket, i);

		compare_ours(run, ours, find_bucket(theirs, ours));
	}
	find_foreign(run, buckets, theirs);
	run->has_digests = true;
}

static void digests_done(struct link *link, const struct http_reply *reply)
{
	struct answer answer;
	const struct json *buckets = digests_decode(reply, &answer);

	link_heard(&link->pull_lane, &answer, reply);
	if (buckets)
		compare_digests(link, buckets);
	else
		judge_failure(link, &answer);
	answer_clear(&answer);
}

static bool ask_digests(struct link *link)
{
	g_autofree char *path =
		digests_path(store_uuid(link->store), link->reconcile->day);

	return pull_get(link, path, PROOF_MAX_REPLY, digests_done);
}

/* The lane ----------------------------------------------------------------- */

bool reconcile_next(struct link *link)
{
	struct reconcile *run = link->reconcile;

	if (run->blocks && run->blocks->len > 0)
		return claim_next(link);
	if (!run->has_digests)
		return ask_digests(link);
	if (run->bucket < run->differing->len)
		return ask_page(link);
	conclude(link);
	return false;
}
