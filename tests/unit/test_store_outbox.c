/* The outbox: immutable, chained, leased, one lane for each aggregate. */
#include "tests/unit/test_store.h"

#include "client/base/clock.h"

/* A visit without a ticket makes one op in a lane of its own. */
static char *open_lane(struct store *store)
{
	struct ticket *ticket = ticket_open(store, &clerk, NULL);
	char *id;

	g_assert_nonnull(ticket);
	id = g_strdup(ticket->ticket_id);
	ticket_free(ticket);
	return id;
}

static void act(struct store *store, const char *id, enum ticket_action action)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(
		ticket_act(store, id, action, NULL, NULL, &clerk, &error));
	g_assert_no_error(error);
}

/* "1 2 4": what a claim gives, in order. */
static char *claimed(struct store *store, int max_ops, struct op_lease *lease)
{
	GString *text = g_string_new(NULL);

	claim(store, max_ops, 60000, lease);
	for (guint i = 0; i < lease->ops->len; i++) {
		struct op *op = lease->ops->pdata[i];

		g_string_append_printf(
			text, "%s%d", i ? " " : "", (int)op->store_seq);
	}
	return g_string_free(text, FALSE);
}

static void expect_claim(struct store *store, int max_ops, const char *want,
	struct op_lease *lease)
{
	g_autofree char *got = claimed(store, max_ops, lease);

	g_assert_cmpstr(got, ==, want);
}

static void drop(struct op_lease *lease)
{
	g_ptr_array_unref(lease->ops);
}

static void test_immutable(struct fixture *f, gconstpointer unused)
{
	static const char *const attempts[] = {
		"UPDATE outbox SET body = x'7b7d'",
		"UPDATE outbox SET kind = 'ticket.skip' WHERE store_seq = 1",
		"DELETE FROM outbox",
		"DELETE FROM outbox WHERE store_seq = 1",
		"DELETE FROM number_use",
		"UPDATE ratings SET rating = 5",
	};
	struct db *db;
	g_autofree char *id = open_lane(f->store);
	int64_t rows = 0;

	(void)unused;
	add_blocks(f->store, 2);
	g_assert_true(number_void(f->store, "case:03", 1, "x", &clerk, NULL));
	g_assert_true(rating_record(
		f->store, id, NULL, RATING_BAD, "pad", &clerk, NULL));
	db = open_behind(f, true);
	for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(db_exec(db, attempts[i], &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_REFUSED);
	}
	db_close(db);
	g_assert_true(outbox_verify(f->store, &rows, NULL, NULL));
	g_assert_cmpint(rows, ==, 3);
}

/* By hand: prev, number in eight bytes, op id, digest of the body. */
static void test_chain_bytes(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;
	struct op *first, *second;
	uint8_t message[32 + 8 + 36 + 32] = {0};
	char hash[SHA256_TEXT], head[SHA256_TEXT];
	int64_t rows = 0;
	size_t len;

	(void)unused;
	g_free(open_lane(f->store));
	g_free(open_lane(f->store));
	claim(f->store, 10, 60000, &lease);
	first = lease.ops->pdata[0];
	second = lease.ops->pdata[1];
	g_assert_cmpstr(second->prev_hash, ==, first->hash);
	sha256_text(second->body, strlen(second->body), hash);
	g_assert_cmpstr(second->body_sha256, ==, hash);
	hex_decode(first->hash, message, 32, &len);
	message[39] = 2;
	memcpy(message + 40, second->op_id, 36);
	hex_decode(second->body_sha256, message + 76, 32, &len);
	sha256_text(message, sizeof(message), hash);
	g_assert_cmpstr(second->hash, ==, hash);
	g_assert_true(outbox_verify(f->store, &rows, head, NULL));
	g_assert_cmpstr(head, ==, second->hash);
	drop(&lease);
}

static void expect_broken(
	struct fixture *f, const char *sql, const char *complaint)
{
	g_autoptr(GError) error = NULL;
	int64_t rows = 0;

	for (int i = 0; i < 5; i++)
		g_free(open_lane(f->store));
	g_assert_true(outbox_verify(f->store, &rows, NULL, NULL));
	exec_behind(f, "DROP TRIGGER outbox_no_update;"
		       "DROP TRIGGER outbox_no_delete");
	exec_behind(f, sql);
	g_assert_false(outbox_verify(f->store, &rows, NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	if (!strstr(error->message, complaint))
		g_error("\"%s\", not \"%s\"", error->message, complaint);
}

static void test_edited_body(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	expect_broken(f, "UPDATE outbox SET body = x'7b7d' WHERE store_seq = 3",
		"row 3 is edited");
}

/* Sealed again with the stolen key: the chain still finds it. */
static void test_edited_id(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	expect_broken(f, "UPDATE outbox SET op_id = 'x' WHERE store_seq = 4",
		"row 4 is edited");
}

static void test_missing_row(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	expect_broken(f,
		"PRAGMA foreign_keys=OFF;"
		"DELETE FROM outbox WHERE store_seq = 2",
		"row 2 is missing");
}

static void test_cut_tail(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	expect_broken(f,
		"PRAGMA foreign_keys=OFF;"
		"DELETE FROM outbox WHERE store_seq = 5",
		"4 outbox rows, 5 states");
}

static void test_claim_order(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease, none;
	struct op *op;

	(void)unused;
	for (int i = 0; i < 4; i++)
		g_free(open_lane(f->store));
	expect_claim(f->store, 3, "1 2 3", &lease);
	expect_claim(f->store, 3, "4", &none);
	g_assert_cmpint(none.generation, ==, lease.generation + 1);
	drop(&none);
	expect_claim(f->store, 3, "", &none);
	drop(&none);
	op = lease.ops->pdata[0];
	g_assert_cmpint(op->attempts, ==, 1);
	g_assert_cmpint(op->state, ==, OP_LEASED);
	g_assert_nonnull(strstr(op->time, "\"wall\":\"20"));
	g_assert_nonnull(strstr(op->time, "\"quality\":\"unknown\""));
	drop(&lease);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 4);
}

static void test_max_bytes(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;

	(void)unused;
	for (int i = 0; i < 3; i++)
		g_free(open_lane(f->store));
	/* one is always given, however large */
	g_assert_true(outbox_claim(f->store, 10, 1, 60000, &lease, NULL));
	g_assert_cmpint(lease.ops->len, ==, 1);
	drop(&lease);
	g_assert_true(outbox_claim(f->store, 10, 4096, 60000, &lease, NULL));
	g_assert_cmpint(lease.ops->len, ==, 2);
	drop(&lease);
}

/* Ops of one aggregate go together or in order. */
static void test_lanes(struct fixture *f, gconstpointer unused)
{
	g_autofree char *a = open_lane(f->store); /* 1 */
	g_autofree char *b = NULL;
	struct op_lease lease, other;

	(void)unused;
	act(f->store, a, TICKET_ACTION_PARK);   /* 2 */
	b = open_lane(f->store);                /* 3 */
	act(f->store, a, TICKET_ACTION_RESUME); /* 4 */
	expect_claim(f->store, 1, "1", &lease);
	/* 2 waits for 1, which is with another request */
	expect_claim(f->store, 9, "3", &other);
	drop(&other);
	g_assert_true(
		settle(f->store, lease.generation, 1, OP_VERDICT_ACK, NULL));
	drop(&lease);
	expect_claim(f->store, 9, "2 4", &lease);
	drop(&lease);
}

/* A parked op holds up its own lane and no other; for ever. */
static void test_parked(struct fixture *f, gconstpointer unused)
{
	static const enum op_verdict verdicts[] = {
		OP_VERDICT_DEAD, OP_VERDICT_CONFLICT};
	char *ids[4];
	struct op_lease lease;
	struct op_outcome outcome = {.http = 422, .problem = "invalid"};
	g_autoptr(GPtrArray) dead = NULL;

	(void)unused;
	for (int i = 0; i < 4; i++) {
		ids[i] = open_lane(f->store);
		act(f->store, ids[i], TICKET_ACTION_FINISH);
	}
	expect_claim(f->store, 4, "1 2 3 4", &lease);
	for (int i = 0; i < 2; i++) {
		outcome.verdict = verdicts[i];
		g_assert_true(outbox_settle(
			f->store, lease.generation, 1 + 2 * i, &outcome, NULL));
		g_assert_true(settle(f->store, lease.generation, 2 + 2 * i,
			OP_VERDICT_UNSENT, NULL));
	}
	drop(&lease);
	/* 2 and 4 are behind parked ones */
	expect_claim(f->store, 9, "5 6 7 8", &lease);
	drop(&lease);
	g_assert_cmpint(counts_of(f->store).parked, ==, 2);
	dead = outbox_list(f->store, OP_DEAD, 9, NULL);
	g_assert_cmpint(dead->len, ==, 1);
	g_assert_cmpstr(((struct op *)dead->pdata[0])->problem, ==, "invalid");
	g_assert_cmpint(((struct op *)dead->pdata[0])->http, ==, 422);
	/* seen by people: in the audit chain too */
	g_assert_cmpint(number_behind(f, "SELECT count(*) FROM audit"
					 " WHERE CAST(body AS TEXT)"
					 " LIKE '%sync.parked%'"),
		==, 2);
	for (int i = 0; i < 4; i++)
		g_free(ids[i]);
}

static void test_retry(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;
	struct op_outcome outcome = {
		.verdict = OP_VERDICT_RETRY, .http = 503, .delay_ms = 60};
	struct op *op;
	int64_t wait;

	(void)unused;
	g_assert_cmpint(outbox_next_ms(f->store), ==, -1);
	g_free(open_lane(f->store));
	g_assert_cmpint(outbox_next_ms(f->store), ==, 0);
	expect_claim(f->store, 9, "1", &lease);
	g_assert_cmpint(outbox_next_ms(f->store), >, 50000);
	g_assert_true(
		outbox_settle(f->store, lease.generation, 1, &outcome, NULL));
	drop(&lease);
	expect_claim(f->store, 9, "", &lease);
	drop(&lease);
	wait = outbox_next_ms(f->store);
	g_assert_cmpint(wait, >, 0);
	g_assert_cmpint(wait, <=, 60);
	g_usleep(70 * 1000);
	g_assert_cmpint(outbox_next_ms(f->store), ==, 0);
	expect_claim(f->store, 9, "1", &lease);
	op = lease.ops->pdata[0];
	g_assert_cmpint(op->attempts, ==, 2);
	/* not tried at all: the attempt is given back */
	g_assert_true(
		settle(f->store, lease.generation, 1, OP_VERDICT_UNSENT, NULL));
	drop(&lease);
	expect_claim(f->store, 9, "1", &lease);
	op = lease.ops->pdata[0];
	g_assert_cmpint(op->attempts, ==, 2);
	drop(&lease);
}

/* A worker that slept past its lease finds it gone. */
static void test_fence(struct fixture *f, gconstpointer unused)
{
	struct op_lease slow, quick;
	g_autoptr(GError) error = NULL;
	struct op_settlement both[2] = {
		{1, {.verdict = OP_VERDICT_ACK}},
		{2, {.verdict = OP_VERDICT_ACK}},
	};

	(void)unused;
	g_free(open_lane(f->store));
	g_free(open_lane(f->store));
	claim(f->store, 9, 1, &slow);
	g_usleep(5000);
	claim(f->store, 9, 60000, &quick);
	g_assert_cmpint(quick.ops->len, ==, 2);
	g_assert_cmpint(((struct op *)quick.ops->pdata[0])->attempts, ==, 2);
	g_assert_false(
		settle(f->store, slow.generation, 1, OP_VERDICT_ACK, &error));
	g_assert_error(error, LINK_ERROR, LINK_ERROR_CLOSED);
	g_clear_error(&error);
	g_assert_true(
		settle(f->store, quick.generation, 1, OP_VERDICT_ACK, NULL));
	/* 1 is settled already: nothing of this batch is taken */
	g_assert_false(
		outbox_settle_all(f->store, quick.generation, both, 2, &error));
	g_assert_error(error, LINK_ERROR, LINK_ERROR_CLOSED);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 1);
	g_assert_true(outbox_settle_all(
		f->store, quick.generation, both + 1, 1, NULL));
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
	drop(&slow);
	drop(&quick);
}

/* A lease of another boot is void, whatever its clock said. */
/* A batch may be claimed while the answer to another takes its time. */
static void test_beside(struct fixture *f, gconstpointer unused)
{
	struct op_lease first, second, third;
	g_autoptr(GError) error = NULL;

	(void)unused;
	for (int i = 0; i < 3; i++)
		g_free(open_lane(f->store));
	claim(f->store, 1, 1, &first);
	g_usleep(5000);
	g_assert_true(outbox_claim_beside(
		f->store, first.generation, 1, 1 << 20, 1, &second, &error));
	g_assert_no_error(error);
	g_assert_cmpint(((struct op *)second.ops->pdata[0])->store_seq, ==, 2);
	g_assert_true(
		settle(f->store, first.generation, 1, OP_VERDICT_ACK, NULL));
	/* Not held any more: taken back like any other. */
	g_usleep(5000);
	expect_claim(f->store, 9, "2 3", &third);
	drop(&first);
	drop(&second);
	drop(&third);
}

static void test_other_boot(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;

	(void)unused;
	g_free(open_lane(f->store));
	expect_claim(f->store, 9, "1", &lease);
	drop(&lease);
	exec_behind(f, "UPDATE outbox_state SET boot = 'earlier',"
		       " lease_until_ms = 9000000000000000");
	g_assert_cmpint(outbox_next_ms(f->store), ==, 0);
	expect_claim(f->store, 9, "1", &lease);
	drop(&lease);
	/* a delay of another boot as well */
	exec_behind(f, "UPDATE outbox_state SET state = 2, boot = 'earlier',"
		       " not_before_ms = 9000000000000000");
	expect_claim(f->store, 9, "1", &lease);
	drop(&lease);
}

static void accept_with_page(
	struct fixture *f, const char *content, char hash[SHA256_TEXT])
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;

	add_file(f, content, hash);
	add_page(record, hash);
	g_assert_true(accept_case(f->store, record, &error));
	g_assert_no_error(error);
	case_free(record);
}

static void test_blob_waits(struct fixture *f, gconstpointer unused)
{
	char one[SHA256_TEXT], two[SHA256_TEXT], draft[SHA256_TEXT];
	struct op_lease lease;
	g_autoptr(GPtrArray) blobs = NULL;
	g_autoptr(GError) error = NULL;

	(void)unused;
	add_blocks(f->store, 9);
	accept_with_page(f, "page one", one);
	accept_with_page(f, "page two", two);
	add_file(f, "of a draft only", draft);
	blobs = blobs_to_send(f->store, 9, NULL);
	g_assert_cmpint(blobs->len, ==, 2);
	g_assert_cmpstr(((struct blob *)blobs->pdata[0])->sha256, ==, one);
	g_assert_cmpint(((struct blob *)blobs->pdata[0])->size, ==, 8);
	g_assert_cmpint(counts_of(f->store).blobs, ==, 2);
	expect_claim(f->store, 9, "", &lease);
	drop(&lease);
	g_assert_true(blob_confirmed(f->store, two, NULL));
	expect_claim(f->store, 9, "2", &lease);
	/* the platform has lost it: asked for again */
	g_assert_true(settle(
		f->store, lease.generation, 2, OP_VERDICT_WAIT_BLOB, NULL));
	drop(&lease);
	g_assert_cmpint(counts_of(f->store).blobs, ==, 2);
	expect_claim(f->store, 9, "", &lease);
	drop(&lease);
	g_assert_true(blob_confirmed(f->store, one, NULL));
	g_assert_true(blob_confirmed(f->store, two, NULL));
	expect_claim(f->store, 9, "1 2", &lease);
	drop(&lease);
	g_assert_false(blob_confirmed(f->store, "00", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
}

/* Two pages: the op waits for both. */
static void test_blob_both(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct json *pages = json_new_array();
	char hash[2][SHA256_TEXT];
	struct op_lease lease;

	(void)unused;
	add_blocks(f->store, 9);
	add_file(f, "front", hash[0]);
	add_file(f, "back", hash[1]);
	add_page(record, hash[0]);
	for (int i = 0; i < 2; i++) {
		struct json *page = json_new_object();

		json_put_text(page, "sha256", hash[i]);
		json_add(pages, page);
	}
	/* the only material gets both pages */
	json_put((struct json *)json_first(json_get(record->body, "materials")),
		"pages", pages);
	g_assert_true(accept_case(f->store, record, NULL));
	g_assert_true(blob_confirmed(f->store, hash[1], NULL));
	expect_claim(f->store, 9, "", &lease);
	drop(&lease);
	g_assert_true(blob_confirmed(f->store, hash[0], NULL));
	expect_claim(f->store, 9, "1", &lease);
	drop(&lease);
	case_free(record);
}

/* A page the platform has already holds nothing up; nor may an op without
 * blobs wait for ever. */
static void test_blob_known(struct fixture *f, gconstpointer unused)
{
	char hash[SHA256_TEXT];
	struct op_lease lease;

	(void)unused;
	add_blocks(f->store, 9);
	accept_with_page(f, "page", hash);
	g_assert_true(blob_confirmed(f->store, hash, NULL));
	accept_with_page(f, "page", hash);
	g_free(open_lane(f->store));
	expect_claim(f->store, 9, "1 2 3", &lease);
	g_assert_true(settle(
		f->store, lease.generation, 3, OP_VERDICT_WAIT_BLOB, NULL));
	drop(&lease);
	expect_claim(f->store, 9, "3", &lease);
	drop(&lease);
}

static void test_receipt(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;
	struct op_outcome outcome = {.verdict = OP_VERDICT_ACK,
		.http = 201,
		.server_version = "1",
		.receipt = "{\"request_sha256\":\"ab\"}",
		.server_ms = 5};

	(void)unused;
	g_free(open_lane(f->store));
	expect_claim(f->store, 9, "1", &lease);
	g_assert_true(
		outbox_settle(f->store, lease.generation, 1, &outcome, NULL));
	drop(&lease);
	g_assert_cmpint(
		number_behind(f, "SELECT count(*) FROM receipts r JOIN outbox o"
				 " ON o.op_id = r.op_id WHERE r.server_ms = 5"),
		==, 1);
	g_assert_cmpint(counts_of(f->store).oldest_ms, ==, 0);
	g_assert_cmpint(ack_all(f->store), ==, 0);
}

/* An op that was damaged on the disk is not sent. */
static void test_damaged_op(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	struct op_lease lease;

	(void)unused;
	g_free(open_lane(f->store));
	damage(f, "outbox_no_update", "UPDATE outbox SET kind = 'ticket.call'");
	g_assert_false(outbox_claim(f->store, 9, 1000, 1000, &lease, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_assert_null(lease.ops);
}

static void test_clock_offset(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;
	struct op *op;

	(void)unused;
	g_assert_true(
		store_set_meta(f->store, "clock_offset_ms", "-812", NULL));
	g_free(open_lane(f->store));
	expect_claim(f->store, 9, "1", &lease);
	op = lease.ops->pdata[0];
	g_assert_nonnull(strstr(
		op->time, "\"offset_ms\":-812,\"quality\":\"platform\""));
	drop(&lease);
}

static void test_counts(struct fixture *f, gconstpointer unused)
{
	int64_t before = clock_wall_ms();
	struct store_counts counts;

	(void)unused;
	add_blocks(f->store, 9);
	g_free(open_lane(f->store));
	counts = counts_of(f->store);
	g_assert_cmpint(counts.unsent, ==, 1);
	g_assert_cmpint(counts.numbers, ==, 9);
	g_assert_cmpint(counts.oldest_ms, >=, before);
	g_assert_cmpint(ack_all(f->store), ==, 1);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/outbox/immutable", test_immutable);
	ADD("/store/outbox/chain-bytes", test_chain_bytes);
	ADD("/store/outbox/edited-body", test_edited_body);
	ADD("/store/outbox/edited-id", test_edited_id);
	ADD("/store/outbox/missing-row", test_missing_row);
	ADD("/store/outbox/cut-tail", test_cut_tail);
	ADD("/store/outbox/claim-order", test_claim_order);
	ADD("/store/outbox/max-bytes", test_max_bytes);
	ADD("/store/outbox/lanes", test_lanes);
	ADD("/store/outbox/parked", test_parked);
	ADD("/store/outbox/retry", test_retry);
	ADD("/store/outbox/fence", test_fence);
	ADD("/store/outbox/beside", test_beside);
	ADD("/store/outbox/other-boot", test_other_boot);
	ADD("/store/outbox/blob-waits", test_blob_waits);
	ADD("/store/outbox/blob-both", test_blob_both);
	ADD("/store/outbox/blob-known", test_blob_known);
	ADD("/store/outbox/receipt", test_receipt);
	ADD("/store/outbox/damaged-op", test_damaged_op);
	ADD("/store/outbox/clock-offset", test_clock_offset);
	ADD("/store/outbox/counts", test_counts);
	return g_test_run();
}
