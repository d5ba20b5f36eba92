/* Parked ops leave that state only by a person's decision, and the proof says
 * what must be at the platform. */
#include "tests/unit/test_store.h"

#include "client/store/parked.h"
#include "client/store/proof.h"

static const struct actor boss = {
	.staff_no = "9001",
	.staff_name = "甄主管",
	.role = "supervisor",
	.window = "03",
	.session = "0193b0a0-0000-7000-8000-000000000002",
};

/* A ticket with two acts: op seq is parked, seq + 1 waits behind it. */
static int64_t park_one(struct store *store)
{
	struct ticket *ticket = ticket_open(store, &clerk, NULL);
	struct op_lease lease;
	int64_t seq;

	g_assert_nonnull(ticket);
	g_assert_true(ticket_act(store, ticket->ticket_id, TICKET_ACTION_FINISH,
		NULL, NULL, &clerk, NULL));
	claim(store, 1, 60000, &lease);
	g_assert_cmpuint(lease.ops->len, ==, 1);
	seq = ((struct op *)lease.ops->pdata[0])->store_seq;
	g_assert_true(
		settle(store, lease.generation, seq, OP_VERDICT_DEAD, NULL));
	g_ptr_array_unref(lease.ops);
	ticket_free(ticket);
	return seq;
}

/* Claims one op, which must be of that kind, and acknowledges it. */
static void acknowledge(
	struct store *store, const char *kind, const char *outcome)
{
	struct op_lease lease;
	struct op_outcome said = {
		.verdict = OP_VERDICT_ACK, .http = 201, .outcome = outcome};
	struct op *op;

	claim(store, 1, 60000, &lease);
	g_assert_cmpuint(lease.ops->len, ==, 1);
	op = lease.ops->pdata[0];
	g_assert_cmpstr(op->kind, ==, kind);
	g_assert_true(outbox_settle(
		store, lease.generation, op->store_seq, &said, NULL));
	g_ptr_array_unref(lease.ops);
}

static void assert_nothing_ready(struct store *store)
{
	struct op_lease lease;

	claim(store, 10, 60000, &lease);
	g_assert_cmpuint(lease.ops->len, ==, 0);
	g_ptr_array_unref(lease.ops);
}

static enum op_state state_of(struct store *store, int64_t seq)
{
	g_autofree char *name = g_strdup_printf("%d", (int)seq);
	AUTO(op) op = parked_find(store, name, NULL);

	g_assert_nonnull(op);
	return op->state;
}

static void expect_refused(bool done, GError **error, enum item_error code)
{
	g_assert_false(done);
	g_assert_error(*error, ITEM_ERROR, (int)code);
	g_clear_error(error);
}

static void test_requeue(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	int64_t seq = park_one(f->store);
	int64_t audit = 0;
	AUTO(json) decisions = NULL;

	(void)unused;
	assert_nothing_ready(f->store);
	expect_refused(parked_requeue(f->store, seq, "", &boss, &error), &error,
		ITEM_ERROR_INVALID);
	expect_refused(parked_requeue(f->store, 99, "x", &boss, &error), &error,
		ITEM_ERROR_NOT_FOUND);
	g_assert_true(
		parked_requeue(f->store, seq, "平台已修复", &boss, &error));
	g_assert_no_error(error);
	expect_refused(parked_requeue(f->store, seq, "x", &boss, &error),
		&error, ITEM_ERROR_STATE);
	acknowledge(f->store, "ticket.open", NULL);
	acknowledge(f->store, "ticket.finish", NULL);
	decisions = parked_decisions(f->store, seq, NULL);
	g_assert_cmpint(json_length(decisions), ==, 1);
	g_assert_cmpstr(
		json_text(json_first(decisions), "action"), ==, "requeue");
	g_assert_cmpstr(
		json_text(json_first(decisions), "staff_no"), ==, "9001");
	g_assert_true(audit_verify(f->store, &audit, NULL));
	g_assert_true(store_verify_seals(f->store, NULL));
}

/* Attempts are counted anew: a retry by hand is a first try. */
static void test_attempts(struct fixture *f, gconstpointer unused)
{
	int64_t seq = park_one(f->store);
	struct op_lease lease;

	(void)unused;
	g_assert_true(parked_requeue(f->store, seq, "x", &boss, NULL));
	claim(f->store, 1, 60000, &lease);
	g_assert_cmpint(((struct op *)lease.ops->pdata[0])->attempts, ==, 1);
	g_ptr_array_unref(lease.ops);
}

static void test_void(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	int64_t seq = park_one(f->store);
	AUTO(json) decisions = NULL;
	AUTO(op) made = NULL;
	AUTO(json) body = NULL;

	(void)unused;
	g_assert_true(parked_void(f->store, seq, "重复", &boss, &error));
	g_assert_no_error(error);
	/* the parked one stays so until the platform knows */
	g_assert_cmpint(state_of(f->store, seq), ==, OP_DEAD);
	expect_refused(parked_void(f->store, seq, "x", &boss, &error), &error,
		ITEM_ERROR_STATE);
	decisions = parked_decisions(f->store, seq, NULL);
	made = parked_find(
		f->store, json_text(json_first(decisions), "new_op"), NULL);
	g_assert_nonnull(made);
	body = json_parse(made->body, strlen(made->body), NULL);
	g_assert_cmpint(json_int_or(json_get(body, "refused"), "store_seq", 0),
		==, seq);
	acknowledge(f->store, "op.void", "void");
	g_assert_cmpint(state_of(f->store, seq), ==, OP_VOID);
	acknowledge(f->store, "ticket.finish", NULL); /* the lane goes on */
	assert_nothing_ready(f->store);
}

/* The answer had been lost: it was there all the time. */
static void test_void_of_arrived(struct fixture *f, gconstpointer unused)
{
	int64_t seq = park_one(f->store);

	(void)unused;
	g_assert_true(parked_void(f->store, seq, "重复", &boss, NULL));
	acknowledge(f->store, "op.void", "applied");
	g_assert_cmpint(state_of(f->store, seq), ==, OP_ACKED);
}

static void test_replace(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	int64_t seq = park_one(f->store);
	AUTO(op) op = parked_find(f->store, "1", NULL);
	struct json *other, *body;

	(void)unused;
	other = json_parse(op->body, strlen(op->body), NULL);
	json_put_text(
		other, "ticket_id", "0193b0a0-0000-7000-8000-00000000ffff");
	expect_refused(
		parked_supersede(f->store, seq, other, "x", &boss, &error),
		&error, ITEM_ERROR_INVALID);
	expect_refused(parked_supersede(f->store, seq, json_new_array(), "x",
			       &boss, &error),
		&error, ITEM_ERROR_INVALID);
	body = json_parse(op->body, strlen(op->body), NULL);
	json_put_text(body, "reason", "更正");
	g_assert_true(
		parked_supersede(f->store, seq, body, "补原因", &boss, &error));
	g_assert_no_error(error);
	acknowledge(f->store, "op.supersede", "superseded");
	g_assert_cmpint(state_of(f->store, seq), ==, OP_VOID);
	acknowledge(f->store, "ticket.finish", NULL);
}

/* A refused decision is a parked op itself: decided about like any other, and
 * no second one of its kind in the meantime. */
static void test_refused_decision(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	int64_t seq = park_one(f->store);
	struct op_lease lease;
	struct op *op;
	int64_t second;

	(void)unused;
	g_assert_true(parked_void(f->store, seq, "重复", &boss, NULL));
	claim(f->store, 1, 60000, &lease);
	op = lease.ops->pdata[0];
	second = op->store_seq;
	g_assert_true(settle(
		f->store, lease.generation, second, OP_VERDICT_DEAD, NULL));
	g_ptr_array_unref(lease.ops);
	expect_refused(parked_void(f->store, seq, "x", &boss, &error), &error,
		ITEM_ERROR_STATE);
	g_assert_true(parked_requeue(f->store, second, "x", &boss, NULL));
	acknowledge(f->store, "op.void", "void");
	g_assert_cmpint(state_of(f->store, seq), ==, OP_VOID);
}

/* Proof -------------------------------------------------------------------- */

static void test_buckets(struct fixture *f, gconstpointer unused)
{
	int64_t seq = park_one(f->store);
	g_autoptr(GArray) before = proof_buckets(f->store, NULL, NULL);
	g_autoptr(GArray) after = NULL, other = NULL, ops = NULL;
	struct proof_bucket *bucket =
		&g_array_index(before, struct proof_bucket, 0);
	AUTO(op) first = NULL;

	(void)unused;
	g_assert_cmpuint(before->len, ==, 1);
	g_assert_cmpstr(bucket->window, ==, "03");
	g_assert_cmpint(bucket->count, ==, 0);
	g_assert_cmpint(bucket->waiting, ==, 2);
	g_assert_true(parked_requeue(f->store, seq, "x", &boss, NULL));
	acknowledge(f->store, "ticket.open", NULL);
	after = proof_buckets(f->store, bucket->day, NULL);
	bucket = &g_array_index(after, struct proof_bucket, 0);
	first = parked_find(f->store, "1", NULL);
	g_assert_cmpint(bucket->count, ==, 1);
	g_assert_cmpint(bucket->waiting, ==, 1);
	g_assert_cmpstr(bucket->xor, ==, first->hash);
	other = proof_buckets(f->store, "2001-01-01", NULL);
	g_assert_cmpuint(other->len, ==, 0);
	ops = proof_ops(f->store, "03", bucket->day, NULL);
	g_assert_cmpuint(ops->len, ==, 2);
	g_assert_cmpstr(
		g_array_index(ops, struct proof_op, 0).hash, ==, first->hash);
	g_assert_cmpint(
		g_array_index(ops, struct proof_op, 1).state, ==, OP_READY);
}

#define TEST(path, function) \
	g_test_add(path, struct fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/store/parked/requeue", test_requeue);
	TEST("/store/parked/attempts", test_attempts);
	TEST("/store/parked/void", test_void);
	TEST("/store/parked/void-of-arrived", test_void_of_arrived);
	TEST("/store/parked/replace", test_replace);
	TEST("/store/parked/refused-decision", test_refused_decision);
	TEST("/store/proof/buckets", test_buckets);
	return g_test_run();
}
