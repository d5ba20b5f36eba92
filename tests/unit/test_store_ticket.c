/* Tickets, ratings, the mark of the visit, and what the feed says of them. */
#include "tests/unit/test_store.h"

#include "client/base/clock.h"

enum { IDS = 6 };
static const char *const ids[IDS] = {
	"0193b0a0-0000-7000-8000-0000000000a0",
	"0193b0a0-0000-7000-8000-0000000000a1",
	"0193b0a0-0000-7000-8000-0000000000a2",
	"0193b0a0-0000-7000-8000-0000000000a3",
	"0193b0a0-0000-7000-8000-0000000000a4",
	"0193b0a0-0000-7000-8000-0000000000a5",
};

static struct json *row(int seq, int ticket, const char *version,
	const char *state, const char *window)
{
	g_autofree char *text = g_strdup_printf(
		"{\"seq\":%d,\"entity\":\"ticket\",\"id\":\"%s\","
		"\"version\":\"%s\",\"deleted\":false,\"body\":{"
		"\"ticket_id\":\"%s\",\"number\":\"A%03d\",\"kind\":\"apply\","
		"\"state\":\"%s\",\"business\":\"营业执照\",\"person\":"
		"\"张三\","
		"\"note\":\"约 09:45\",\"window\":\"%s\","
		"\"taken_at\":\"2026-11-23T09:0%d:00+08:00\",\"calls\":0}}",
		seq, ids[ticket], version, ids[ticket], ticket + 1, state,
		window, ticket);

	return parse(text);
}

static bool feed(struct store *store, struct json *take_row)
{
	AUTO(json) rows = json_new_array();
	g_autoptr(GError) error = NULL;
	bool changed = false;

	json_add(rows, take_row);
	g_assert_true(feed_apply(
		store, "tickets", "c1", "e1", rows, &changed, &error));
	g_assert_no_error(error);
	return changed;
}

static void set_up_queue(struct fixture *f, gconstpointer unused)
{
	set_up(f, unused);
	for (int i = 0; i < 3; i++)
		g_assert_true(
			feed(f->store, row(i + 1, i, "1", "waiting", "")));
}

/* "A001 waiting, A002 called 03" */
static char *listed(struct store *store)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = ticket_list(store, &error);
	static const char *const names[] = {"waiting", "called", "parked",
		"skipped", "done", "transferred"};
	GString *text = g_string_new(NULL);

	g_assert_no_error(error);
	for (guint i = 0; i < list->len; i++) {
		struct ticket *ticket = list->pdata[i];

		g_string_append_printf(text, "%s%s %s", i ? ", " : "",
			ticket->number, names[ticket->state]);
	}
	return g_string_free(text, FALSE);
}

static void expect_list(struct store *store, const char *want)
{
	g_autofree char *got = listed(store);

	g_assert_cmpstr(got, ==, want);
}

static void act(struct fixture *f, int ticket, enum ticket_action action,
	const char *target)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(ticket_act(
		f->store, ids[ticket], action, "原因", target, &clerk, &error));
	g_assert_no_error(error);
}

static void test_queue(struct fixture *f, gconstpointer unused)
{
	AUTO(ticket) ticket = NULL;

	(void)unused;
	expect_list(f->store, "A001 waiting, A002 waiting, A003 waiting");
	act(f, 0, TICKET_ACTION_CALL, NULL);
	act(f, 0, TICKET_ACTION_PARK, NULL);
	act(f, 1, TICKET_ACTION_CALL, NULL);
	act(f, 1, TICKET_ACTION_RECALL, NULL);
	expect_list(f->store, "A003 waiting, A001 parked, A002 called");
	ticket = ticket_load(f->store, ids[1], NULL);
	g_assert_cmpint(ticket->calls, ==, 2);
	g_assert_cmpstr(ticket->window, ==, "03");
	g_assert_cmpstr(ticket->business, ==, "营业执照");
	g_assert_cmpstr(ticket->person, ==, "张三");
	g_assert_cmpint(ticket->kind, ==, TICKET_APPLY);
	g_assert_cmpint(
		ticket->taken_ms, ==, clock_parse("2026-11-23T09:01:00+08:00"));
	act(f, 1, TICKET_ACTION_FINISH, NULL);
	act(f, 0, TICKET_ACTION_RESUME, NULL);
	act(f, 0, TICKET_ACTION_TRANSFER, "05");
	expect_list(f->store, "A003 waiting");
	act(f, 2, TICKET_ACTION_CALL, NULL);
	act(f, 2, TICKET_ACTION_SKIP, NULL);
	/* who comes back after all is called again */
	expect_list(f->store, "A003 skipped");
	act(f, 2, TICKET_ACTION_CALL, NULL);
	expect_list(f->store, "A003 called");
	g_assert_cmpint(counts_of(f->store).unsent, ==, 10);
	g_assert_true(store_verify_seals(f->store, NULL));
}

/* Which action is allowed in which state of a ticket of ours. */
static const char *const allowed[] = {
	[TICKET_WAITING] = "1000000",
	[TICKET_CALLED] = "0111011",
	[TICKET_PARKED] = "0000110",
	[TICKET_SKIPPED] = "1000000",
	[TICKET_DONE] = "0000000",
	[TICKET_TRANSFERRED] = "1000000",
};

static void set_state(struct fixture *f, int state)
{
	static const char *const names[] = {"waiting", "called", "parked",
		"skipped", "done", "transferred"};
	g_autofree char *sql =
		g_strdup_printf("UPDATE tickets SET state = '%s', window = '03'"
				" WHERE ticket_id = '%s'",
			names[state], ids[0]);

	exec_behind(f, sql);
}

/* A number that was skipped the day before is over. */
static void test_skipped_yesterday(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	act(f, 0, TICKET_ACTION_SKIP, NULL);
	expect_list(f->store, "A002 waiting, A003 waiting, A001 skipped");
	exec_behind(f, "UPDATE tickets SET ended_day = ended_day - 1"
		       " WHERE ended_day > 0");
	expect_list(f->store, "A002 waiting, A003 waiting");
}

static void test_every_action(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	for (int state = 0; state <= TICKET_TRANSFERRED; state++) {
		for (int action = 0; action < TICKET_ACTION_COUNT; action++) {
			g_autoptr(GError) error = NULL;
			bool want = action != TICKET_ACTION_OPEN &&
				    allowed[state][action] == '1';

			set_state(f, state);
			g_assert_cmpint(ticket_act(f->store, ids[0], action,
						NULL, "05", &clerk, &error),
				==, want);
			if (!want)
				g_assert_error(
					error, ITEM_ERROR, ITEM_ERROR_STATE);
		}
	}
}

static void test_bad_acts(struct fixture *f, gconstpointer unused)
{
	g_autofree char *novel = g_strnfill(201, 'x');
	g_autoptr(GError) error = NULL;

	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	g_assert_false(ticket_act(f->store, ids[0], TICKET_ACTION_TRANSFER,
		NULL, NULL, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_false(ticket_act(f->store, ids[5], TICKET_ACTION_CALL, NULL,
		NULL, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_false(ticket_act(f->store, ids[0], TICKET_ACTION_PARK, novel,
		NULL, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
	g_clear_error(&error);
	g_assert_false(window_pause(f->store, true, novel, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 1);
}

static void test_op_body(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GPtrArray) ops = NULL;
	AUTO(json) body = NULL;
	struct op *op;

	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	act(f, 0, TICKET_ACTION_TRANSFER, "05");
	ops = outbox_list(f->store, OP_READY, 9, NULL);
	op = ops->pdata[0];
	body = parse(op->body);
	g_assert_cmpstr(op->kind, ==, "ticket.transfer");
	g_assert_cmpstr(op->agg, ==, "ticket");
	g_assert_cmpstr(op->agg_id, ==, ids[0]);
	g_assert_cmpint(op->agg_seq, ==, 2);
	g_assert_cmpstr(json_text(body, "ticket_id"), ==, ids[0]);
	g_assert_cmpstr(json_text(body, "number"), ==, "A001");
	g_assert_cmpstr(json_text(body, "window"), ==, "03");
	g_assert_cmpstr(json_text(body, "staff_no"), ==, "1003");
	g_assert_cmpstr(json_text(body, "reason"), ==, "原因");
	g_assert_cmpstr(json_text(body, "target"), ==, "05");
	g_assert_cmpint(clock_parse(json_text(body, "at")), >, 0);
}

/* Another window was quicker: the feed has said so already. */
static void test_taken_elsewhere(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(feed(f->store, row(9, 0, "2", "called", "05")));
	expect_list(f->store, "A002 waiting, A003 waiting");
	g_assert_false(ticket_act(f->store, ids[0], TICKET_ACTION_CALL, NULL,
		NULL, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_true(feed(f->store, row(10, 1, "2", "waiting", "05")));
	g_assert_false(ticket_act(f->store, ids[1], TICKET_ACTION_CALL, NULL,
		NULL, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	/* transferred to us */
	g_assert_true(feed(f->store, row(11, 1, "3", "transferred", "03")));
	expect_list(f->store, "A002 transferred, A003 waiting");
	act(f, 1, TICKET_ACTION_CALL, NULL);
}

static void verdict(struct fixture *f, enum op_verdict what)
{
	struct op_lease lease;

	claim(f->store, 99, 60000, &lease);
	g_assert_cmpint(lease.ops->len, >, 0);
	for (guint i = 0; i < lease.ops->len; i++) {
		struct op *op = lease.ops->pdata[i];

		g_assert_true(settle(
			f->store, lease.generation, op->store_seq, what, NULL));
	}
	g_ptr_array_unref(lease.ops);
}

/* We called, and so did window 05, which the platform heard first. Ours stays
 * shown while our act is on its way; refused, the platform's word counts. */
static void test_race_lost(struct fixture *f, gconstpointer unused)
{
	AUTO(ticket) ticket = NULL;

	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	g_assert_false(feed(f->store, row(9, 0, "2", "called", "05")));
	expect_list(f->store, "A002 waiting, A003 waiting, A001 called");
	verdict(f, OP_VERDICT_CONFLICT);
	expect_list(f->store, "A002 waiting, A003 waiting");
	ticket = ticket_load(f->store, ids[0], NULL);
	g_assert_cmpstr(ticket->window, ==, "05");
	g_assert_cmpint(counts_of(f->store).parked, ==, 1);
}

/* Acts behind the refused one are stuck: the feed goes on. */
static void test_race_stuck(struct fixture *f, gconstpointer unused)
{
	struct op_lease lease;

	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	act(f, 0, TICKET_ACTION_FINISH, NULL);
	claim(f->store, 1, 60000, &lease);
	g_assert_true(settle(
		f->store, lease.generation, 1, OP_VERDICT_CONFLICT, NULL));
	g_ptr_array_unref(lease.ops);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 1);
	g_assert_true(feed(f->store, row(9, 0, "2", "transferred", "03")));
	expect_list(f->store, "A001 transferred, A002 waiting, A003 waiting");
}

/* ... accepted, what came in between is older than our act. */
static void test_race_won(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	act(f, 0, TICKET_ACTION_FINISH, NULL);
	g_assert_false(feed(f->store, row(9, 0, "2", "called", "03")));
	verdict(f, OP_VERDICT_ACK);
	expect_list(f->store, "A002 waiting, A003 waiting");
	g_assert_cmpint(number_behind(f, "SELECT count(*) FROM inbox"), ==, 0);
	g_assert_true(feed(f->store, row(10, 0, "3", "done", "03")));
	expect_list(f->store, "A002 waiting, A003 waiting");
}

static void test_tombstone(struct fixture *f, gconstpointer unused)
{
	struct json *gone = row(9, 0, "2", "waiting", "");

	(void)unused;
	json_put_bool(gone, "deleted", true);
	g_assert_true(feed(f->store, json_copy(gone)));
	expect_list(f->store, "A002 waiting, A003 waiting");
	g_assert_false(feed(f->store, gone));
	/* not when something was done on it here */
	act(f, 1, TICKET_ACTION_CALL, NULL);
	verdict(f, OP_VERDICT_ACK);
	gone = row(10, 1, "2", "waiting", "");
	json_put_bool(gone, "deleted", true);
	g_assert_false(feed(f->store, gone));
	expect_list(f->store, "A003 waiting, A002 called");
}

/* Numbered by themselves: a ticket of the queue does not count. */
static void test_walk_in(struct fixture *f, gconstpointer unused)
{
	struct ticket *first, *second;
	g_autoptr(GPtrArray) ops = NULL;

	(void)unused;
	act(f, 0, TICKET_ACTION_CALL, NULL);
	first = ticket_open(f->store, &clerk, NULL);
	second = ticket_open(f->store, &clerk, NULL);
	g_assert_cmpstr(first->number, ==, "W001");
	g_assert_cmpstr(second->number, ==, "W002");
	g_assert_cmpint(first->state, ==, TICKET_CALLED);
	g_assert_cmpint(first->kind, ==, TICKET_NONE);
	ops = outbox_list(f->store, OP_READY, 9, NULL);
	g_assert_cmpstr(((struct op *)ops->pdata[0])->kind, ==, "ticket.open");
	g_assert_true(ticket_act(f->store, first->ticket_id,
		TICKET_ACTION_FINISH, NULL, NULL, &clerk, NULL));
	ticket_free(first);
	ticket_free(second);
}

static void test_pause(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GPtrArray) ops = NULL;
	AUTO(json) body = NULL;
	struct op *op;

	(void)unused;
	g_assert_true(window_pause(f->store, true, "午休", &clerk, NULL));
	g_assert_true(window_pause(f->store, false, NULL, &clerk, NULL));
	ops = outbox_list(f->store, OP_READY, 9, NULL);
	g_assert_cmpint(ops->len, ==, 2);
	op = ops->pdata[1];
	body = parse(op->body);
	g_assert_cmpstr(op->kind, ==, "window.pause");
	g_assert_cmpstr(op->agg, ==, "window");
	g_assert_cmpstr(json_text(body, "window"), ==, "03");
	g_assert_cmpstr(json_text(body, "reason"), ==, "午休");
	op = ops->pdata[0];
	g_assert_cmpstr(op->kind, ==, "window.resume");
	g_assert_cmpint(op->agg_seq, ==, 2);
}

static void test_day_counts(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	int day = clock_day(clock_wall_ms());
	struct ticket_day counts;

	(void)unused;
	add_blocks(f->store, 9);
	g_strlcpy(record->ticket_id, ids[0], UUID_TEXT);
	act(f, 0, TICKET_ACTION_CALL, NULL);
	g_assert_true(accept_case(f->store, record, NULL));
	act(f, 0, TICKET_ACTION_FINISH, NULL);
	act(f, 1, TICKET_ACTION_CALL, NULL);
	act(f, 1, TICKET_ACTION_FINISH, NULL);
	act(f, 2, TICKET_ACTION_CALL, NULL);
	act(f, 2, TICKET_ACTION_SKIP, NULL);
	g_assert_true(ticket_day_counts(f->store, day, &counts, NULL));
	g_assert_cmpint(counts.done, ==, 1);
	g_assert_cmpint(counts.consulted, ==, 1);
	g_assert_cmpint(counts.skipped, ==, 1);
	g_assert_cmpstr(counts.last_number, ==, "A003");
	g_assert_cmpint(counts.last_ms, >, 0);
	g_assert_true(ticket_day_counts(f->store, 19990101, &counts, NULL));
	g_assert_cmpint(counts.done + counts.consulted + counts.skipped, ==, 0);
	g_assert_cmpstr(counts.last_number, ==, "");
	case_free(record);
}

static struct json *rate(struct fixture *f, int ticket, enum rating rating)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) ops = NULL;
	struct op *op;

	g_assert_true(rating_record(
		f->store, ids[ticket], NULL, rating, "pad", &clerk, &error));
	g_assert_no_error(error);
	ops = outbox_list(f->store, OP_READY, 1, NULL);
	op = ops->pdata[0];
	g_assert_cmpstr(op->kind, ==, "rating.record");
	g_assert_cmpstr(op->agg, ==, "rating");
	return parse(op->body);
}

static void test_ratings(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) five = NULL;
	AUTO(json) none = NULL;

	(void)unused;
	g_assert_cmpint(rating_of_ticket(f->store, ids[0]), ==, 0);
	five = rate(f, 0, RATING_VERY_GOOD);
	g_assert_cmpint(json_int_or(five, "level", -9), ==, 5);
	g_assert_true(json_is_null(json_get(five, "none")));
	g_assert_cmpstr(json_text(five, "ticket_id"), ==, ids[0]);
	g_assert_cmpstr(json_text(five, "device"), ==, "pad");
	none = rate(f, 1, RATING_NONE_NO_ANSWER);
	g_assert_cmpint(json_int_or(none, "level", -9), ==, 0);
	g_assert_cmpstr(json_text(none, "none"), ==, "no-answer");
	g_assert_cmpint(rating_of_ticket(f->store, ids[0]), ==, 5);
	g_assert_cmpint(rating_of_ticket(f->store, ids[1]), ==, -1);
	/* once */
	g_assert_false(rating_record(f->store, ids[0], NULL, RATING_VERY_BAD,
		"pad", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_cmpint(rating_of_ticket(f->store, ids[0]), ==, 5);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 2);
	g_assert_false(rating_record(
		f->store, ids[2], NULL, 6, "pad", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_false(rating_record(
		f->store, ids[5], NULL, 5, "pad", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
}

static void test_visit_mark(struct fixture *f, gconstpointer unused)
{
	struct visit_mark mark = {.step = "materials", .at_ms = 7};
	struct visit_mark read;

	(void)unused;
	g_assert_false(visit_mark_get(f->store, &read));
	g_strlcpy(mark.ticket_id, ids[0], UUID_TEXT);
	g_assert_true(visit_mark_set(f->store, &mark, NULL));
	g_strlcpy(mark.step, "decision", sizeof(mark.step));
	g_assert_true(visit_mark_set(f->store, &mark, NULL));
	reopen(f);
	g_assert_true(visit_mark_get(f->store, &read));
	g_assert_cmpstr(read.ticket_id, ==, ids[0]);
	g_assert_cmpstr(read.case_id, ==, "");
	g_assert_cmpstr(read.step, ==, "decision");
	g_assert_cmpint(read.at_ms, ==, 7);
	g_assert_true(visit_mark_clear(f->store, NULL));
	g_assert_false(visit_mark_get(f->store, &read));
}

static void test_apply_remote(struct fixture *f, gconstpointer unused)
{
	AUTO(json) new = row(20, 4, "1", "waiting", "");
	AUTO(json) bad = row(21, 5, "1", "asleep", "");
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(ticket_apply_remote(f->store, new, NULL));
	expect_list(f->store,
		"A001 waiting, A002 waiting, A003 waiting, A005 waiting");
	g_assert_false(ticket_apply_remote(f->store, bad, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
}

#undef ADD
#define ADD(name, function) \
	g_test_add(         \
		name, struct fixture, NULL, set_up_queue, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/ticket/queue", test_queue);
	ADD("/store/ticket/skipped-yesterday", test_skipped_yesterday);
	ADD("/store/ticket/every-action", test_every_action);
	ADD("/store/ticket/bad-acts", test_bad_acts);
	ADD("/store/ticket/op-body", test_op_body);
	ADD("/store/ticket/taken-elsewhere", test_taken_elsewhere);
	ADD("/store/ticket/race-lost", test_race_lost);
	ADD("/store/ticket/race-stuck", test_race_stuck);
	ADD("/store/ticket/race-won", test_race_won);
	ADD("/store/ticket/tombstone", test_tombstone);
	ADD("/store/ticket/walk-in", test_walk_in);
	ADD("/store/ticket/pause", test_pause);
	ADD("/store/ticket/day-counts", test_day_counts);
	ADD("/store/ticket/apply-remote", test_apply_remote);
	ADD("/store/rating/once", test_ratings);
	ADD("/store/visit/mark", test_visit_mark);
	return g_test_run();
}
