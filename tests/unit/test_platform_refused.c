/* What a person decides about a refused op, and the proof that both sides hold
 * the same. */
#include "tests/unit/test_platform.h"

/* A case op that the platform refuses, and what op.void says of it. */
struct refused {
	char case_id[UUID_TEXT], op_id[UUID_TEXT];
	char *text;  /* own: the batch, to send it again */
	char *about; /* own: the members of an op about it */
};

/* The serial is in no leased block: 422. */
static void refuse_one(struct fixture *f, struct window *w, struct refused *r)
{
	g_autofree char *body = NULL;
	AUTO(json) batch = NULL, *reply = NULL;
	const struct json *op;
	g_autofree char *envelope = NULL;

	uuid7(r->case_id);
	body = case_accept(r->case_id, 901, w->number, "甄样例", "[]");
	add_op(w, "case", r->case_id, 1, "case.accept", body);
	g_strlcpy(r->op_id, w->op_id, sizeof(r->op_id));
	reply = push(f->platform, w, &r->text);
	assert_refused(reply, 0, 422, "number_not_leased");
	batch = json_parse(r->text, strlen(r->text), NULL);
	op = json_first(json_get(batch, "ops"));
	envelope = json_print(op);
	r->about = g_strdup_printf(
		"\"op_id\":\"%s\",\"refused\":%s,\"reason\":\"重复录入\","
		"\"staff_no\":\"9001\",\"at\":\"2026-11-23T10:00:00+08:00\"",
		r->op_id, envelope);
}

static void refused_clear(struct refused *r)
{
	g_free(r->text);
	g_free(r->about);
}

static void add_void(struct window *w, const struct refused *r)
{
	g_autofree char *body = g_strdup_printf("{%s}", r->about);

	add_op(w, "op", r->op_id, 1, "op.void", body);
}

static void add_replacement(
	struct window *w, const struct refused *r, int serial)
{
	g_autofree char *better =
		case_accept(r->case_id, serial, w->number, "甄样例", "[]");
	g_autofree char *body =
		g_strdup_printf("{%s,\"body\":%s}", r->about, better);

	add_op(w, "op", r->op_id, 1, "op.supersede", body);
}

static void assert_store(
	struct fixture *f, const struct window *w, int64_t contiguous)
{
	g_autofree char *path = g_strconcat("/v1/stores/", w->uuid, NULL);
	AUTO(json) store = get(f->platform, path);

	assert_int(store, "contiguous", contiguous);
	g_assert_cmpint(json_length(json_get(store, "gaps")), ==, 0);
	assert_text(store, "chain_head", w->head);
}

/* The place of the voided op is taken: the chain has no gap, and the case that
 * waited behind it may go on. */
static void test_void(struct fixture *f, gconstpointer data)
{
	struct window w;
	struct refused r;
	g_autofree char *text = NULL;
	AUTO(json) first = NULL, *again = NULL, *late = NULL, *cases = NULL;

	(void)data;
	window_open(&w, "03");
	refuse_one(f, &w, &r);
	add_void(&w, &r);
	first = push(f->platform, &w, &text);
	assert_result(first, 0, 201);
	assert_text(result_at(first, 0), "outcome", "void");
	assert_store(f, &w, 2);
	again = post(f->platform, "/v1/ops:batch", text);
	assert_result(again, 0, 200);
	assert_text(result_at(again, 0), "outcome", "void");
	/* and what was voided cannot come after all */
	late = post(f->platform, "/v1/ops:batch", r.text);
	assert_refused(late, 0, 409, "voided");
	cases = get(f->platform, "/v1/cases");
	g_assert_cmpint(json_length(json_get(cases, "rows")), ==, 0);
	refused_clear(&r);
	window_close(&w);
}

static void test_replace(struct fixture *f, gconstpointer data)
{
	struct window w;
	struct refused r;
	g_autofree char *path = NULL;
	AUTO(json) first = NULL, *one = NULL;

	(void)data;
	window_open(&w, "03");
	lease_fresh(f->platform, &w, "case:03");
	refuse_one(f, &w, &r);
	add_replacement(&w, &r, 1);
	first = push(f->platform, &w, NULL);
	assert_result(first, 0, 201);
	assert_text(result_at(first, 0), "outcome", "superseded");
	assert_store(f, &w, 2);
	path = g_strconcat("/v1/cases/", r.case_id, NULL);
	one = get(f->platform, path);
	assert_text(one, "case_no", "20261123-03-0001");
	refused_clear(&r);
	window_close(&w);
}

/* A correction that is wrong itself leaves everything as it was. */
static void test_bad_replacement(struct fixture *f, gconstpointer data)
{
	struct window w;
	struct refused r;
	AUTO(json) first = NULL, *second = NULL, *cases = NULL;
	g_autofree char *body = NULL;

	(void)data;
	window_open(&w, "03");
	refuse_one(f, &w, &r);
	add_replacement(&w, &r, 902);
	first = push(f->platform, &w, NULL);
	assert_refused(first, 0, 422, "number_not_leased");
	body = g_strdup_printf(
		"{%s,\"body\":{\"case_id\":\"%s\"}}", r.about, r.case_id);
	add_op(&w, "op", r.op_id, 1, "op.supersede", body);
	second = push(f->platform, &w, NULL);
	assert_refused(second, 0, 422, "invalid");
	cases = get(f->platform, "/v1/cases");
	g_assert_cmpint(json_length(json_get(cases, "rows")), ==, 0);
	refused_clear(&r);
	window_close(&w);
}

/* The answer had been lost only: the op is here and stays. */
static void test_arrived_after_all(struct fixture *f, gconstpointer data)
{
	struct window w;
	struct refused r;
	AUTO(json) sent = NULL, *voided = NULL, *one = NULL;
	g_autofree char *path = NULL;

	(void)data;
	window_open(&w, "03");
	refuse_one(f, &w, &r);
	for (int i = 0; i < 5; i++)
		lease_fresh(f->platform, &w, "case:03");
	sent = post(f->platform, "/v1/ops:batch", r.text);
	assert_result(sent, 0, 201);
	add_void(&w, &r);
	voided = push(f->platform, &w, NULL);
	assert_result(voided, 0, 201);
	assert_text(result_at(voided, 0), "outcome", "applied");
	path = g_strconcat("/v1/cases/", r.case_id, NULL);
	one = get(f->platform, path);
	assert_text(one, "case_no", "20261123-03-0901");
	refused_clear(&r);
	window_close(&w);
}

/* Of another store, or with another digest: refused. */
static void test_foreign(struct fixture *f, gconstpointer data)
{
	struct window w, other;
	struct refused r;
	AUTO(json) reply = NULL, *sent = NULL;

	(void)data;
	window_open(&w, "03");
	window_open(&other, "03");
	refuse_one(f, &w, &r);
	for (int i = 0; i < 5; i++)
		lease_fresh(f->platform, &w, "case:03");
	sent = post(f->platform, "/v1/ops:batch", r.text);
	assert_result(sent, 0, 201);
	add_void(&other, &r);
	reply = push(f->platform, &other, NULL);
	assert_refused(reply, 0, 422, "id_reused");
	refused_clear(&r);
	window_close(&w);
	window_close(&other);
}

static void test_buckets(struct fixture *f, gconstpointer data)
{
	struct window w;
	char ticket[UUID_TEXT];
	g_autofree char *all = NULL, *one = NULL, *none = NULL, *ops = NULL;
	AUTO(json) reply = NULL, *digests = NULL, *day = NULL, *list = NULL,
		   *empty = NULL, *bad = NULL;
	const struct json *bucket;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	add_ticket_op(&w, ticket, 1, "ticket.open");
	add_ticket_op(&w, ticket, 2, "ticket.finish");
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 1, 201);
	all = g_strconcat("/v1/reconciliation/digests?store=", w.uuid, NULL);
	digests = get(f->platform, all);
	g_assert_cmpint(json_length(json_get(digests, "buckets")), ==, 1);
	bucket = json_first(json_get(digests, "buckets"));
	assert_text(bucket, "window", "03");
	assert_text(bucket, "day", "2026-11-23");
	assert_int(bucket, "count", 2);
	one = g_strconcat(all, "&day=2026-11-23", NULL);
	day = get(f->platform, one);
	g_assert_true(json_equal(
		json_get(day, "buckets"), json_get(digests, "buckets")));
	none = g_strconcat(all, "&day=2026-11-24", NULL);
	empty = get(f->platform, none);
	g_assert_cmpint(json_length(json_get(empty, "buckets")), ==, 0);
	ops = g_strdup_printf("/v1/reconciliation/ops?store=%s&window=03"
			      "&day=2026-11-23&cursor=1",
		w.uuid);
	list = get(f->platform, ops);
	g_assert_cmpint(json_length(json_get(list, "rows")), ==, 1);
	assert_text(json_first(json_get(list, "rows")), "op_id", w.op_id);
	assert_text(json_first(json_get(list, "rows")), "hash", w.head);
	assert_text(list, "next_cursor", "2");
	bad = get(f->platform, "/v1/reconciliation/ops?store=x&window=03");
	assert_int(bad, "http", 400);
	window_close(&w);
}

static struct json *claim_block(struct platform *platform,
	const struct window *w, const char *series, int first, int last)
{
	char block_id[UUID_TEXT];
	g_autofree char *body = NULL;

	uuid7(block_id);
	body = g_strdup_printf(
		"{\"block_id\":\"%s\",\"series\":\"%s\",\"count\":%d,"
		"\"store_uuid\":\"%s\",\"first\":%d,\"last\":%d}",
		block_id, series, last - first + 1, w->uuid, first, last);
	return post(platform, "/v1/number-blocks", body);
}

/* After a restore a window says which numbers it has: they are not leased to
 * anybody else, and what others have is not given away. */
static void test_claimed_block(struct fixture *f, gconstpointer data)
{
	struct window w, other;
	AUTO(json) mine = NULL, *theirs = NULL, *taken = NULL, *odd = NULL;
	char block_id[UUID_TEXT];

	(void)data;
	window_open(&w, "03");
	window_open(&other, "03");
	mine = claim_block(f->platform, &w, "case:03", 401, 600);
	assert_int(mine, "http", 201);
	assert_int(mine, "first", 401);
	uuid7(block_id);
	theirs = lease(f->platform, other.uuid, block_id, "case:03", 200);
	assert_int(theirs, "first", 601);
	taken = claim_block(f->platform, &other, "case:03", 600, 600);
	assert_int(taken, "http", 422);
	assert_text(taken, "code", "number_taken");
	odd = claim_block(f->platform, &w, "case:03", 9990, 10000);
	assert_int(odd, "http", 400);
	window_close(&w);
	window_close(&other);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/refused/void", test_void);
	TEST("/platform/refused/replace", test_replace);
	TEST("/platform/refused/bad-replacement", test_bad_replacement);
	TEST("/platform/refused/arrived-after-all", test_arrived_after_all);
	TEST("/platform/refused/foreign", test_foreign);
	TEST("/platform/reconciliation/buckets", test_buckets);
	TEST("/platform/reconciliation/claimed-block", test_claimed_block);
	return g_test_run();
}
