/* The queue: calling, calling again, putting aside and taking back, with the
 * guard between calls, reasons where they are due, and the draft kept. */
#include "tests/unit/test_app.h"

static struct ticket_model *waiting(const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->home.waiting->len);
	return seen(desk)->home.waiting->pdata[index];
}

static char *note_of(const struct desk *desk, int number)
{
	char id[UUID_TEXT];
	struct store *store = desk_store(desk);
	struct ticket *ticket;
	char *note;

	ticket_id_of(number, id);
	ticket = ticket_load(store, id, NULL);
	g_assert_nonnull(ticket);
	note = g_strdup(ticket->note);
	ticket_free(ticket);
	store_close(store);
	return note;
}

static void test_call_next(void)
{
	struct desk *desk = desk_at_work();

	g_assert_cmpint(seen(desk)->home.waiting_total, ==, 4);
	g_assert_cmpstr(waiting(desk, 0)->number, ==, "A018");
	g_assert_cmpstr(waiting(desk, 0)->person, ==, "张*本");
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	assert_said(desk, "A018 is called");
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 1);
	/* the visit is open: nobody else is called */
	act0(desk, INTENT_CALL_NEXT);
	assert_said(desk, "A018 is not finished");
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	assert_said(desk, "A018 is not finished");
	act0(desk, INTENT_TAKE_BACK);
	assert_said(desk, "A018 is not finished");
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 1);
	desk_free(desk);
}

static void test_nobody_waits(void)
{
	struct desk *desk = desk_new("03", "");

	desk_open(desk);
	desk_login(desk);
	act0(desk, INTENT_CALL_NEXT);
	assert_said(desk, "Nobody is waiting");
	act0(desk, INTENT_CALL_THIS);
	act0(desk, INTENT_TAKE_BACK);
	assert_said(desk, "No number is parked");
	act0(desk, INTENT_RESUME_VISIT);
	assert_said(desk, "No visit was interrupted");
	assert_view(desk, VIEW_HOME);
	desk_free(desk);
}

/* The guard is of the boot clock: one second here. */
static void test_guard(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	aside(desk, 2, 0);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "A018 is skipped");
	g_assert_cmpint(seen(desk)->home.next_call_s, ==, 1);
	act0(desk, INTENT_CALL_NEXT);
	assert_said(desk, "calls are 1 s apart");
	assert_view(desk, VIEW_HOME);
	spin_ms(1010);
	g_assert_cmpint(seen(desk)->home.next_call_s, ==, 0);
	act0(desk, INTENT_CALL_NEXT);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	desk_free(desk);
}

static void test_recall(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	act0(desk, INTENT_CALL_AGAIN);
	assert_said(desk, "1 s apart");
	spin_ms(1010);
	act0(desk, INTENT_CALL_AGAIN);
	assert_said(desk, "A018 called again");
	act0(desk, INTENT_CALL_AGAIN); /* once is the limit here */
	assert_said(desk, "A018 was called 2 times");
	g_assert_cmpint(ops_of(desk, "ticket.recall"), ==, 1);
	desk_free(desk);
}

/* What is decided is not called any more. */
static void test_recall_decided(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	act0(desk, INTENT_CALL_AGAIN);
	assert_said(desk, "decided");
	g_assert_cmpint(ops_of(desk, "ticket.recall"), ==, 0);
	act0(desk, INTENT_ASIDE);
	assert_said(desk, "decided");
	g_assert_false(seen(desk)->dialog.open);
	desk_free(desk);
}

static void test_skip(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *note = NULL;

	do_call(desk);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	act_text(desk, INTENT_DIALOG_CHOICE, -1, "等了 10 分钟");
	assert_view(desk, VIEW_HOME);
	note = note_of(desk, 18);
	g_assert_cmpstr(note, ==, "等了 10 分钟");
	g_assert_cmpint(ops_of(desk, "ticket.skip"), ==, 1);
	g_assert_cmpint(seen(desk)->home.skipped, ==, 1);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM cases WHERE"
					 " state = 'draft'"),
		==, 0);
	desk_free(desk);
}

/* What the store refuses leaves the visit as it was, with its draft. */
static void test_reason_too_long(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *reason = g_strnfill(300, 'x');

	do_call(desk);
	type(desk, "name", test_name);
	for (int digit = 1; digit <= 4; digit++) {
		if (digit == 3)
			continue; /* a window, not a reason */
		act0(desk, INTENT_ASIDE);
		act_at(desk, INTENT_DIALOG_CHOICE, digit - 1);
		act_text(desk, INTENT_DIALOG_CHOICE, -1, reason);
		assert_said(desk, "Larger than allowed");
		assert_view(desk, VIEW_IDENTIFY);
	}
	type(desk, "address", "登封市示例路 9 号");
	g_assert_cmpstr(field(desk, "address")->value, ==, "登封市示例路 9 号");
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM cases WHERE"
				 " state = 'draft' AND body LIKE '%9 号%'"),
		==, 1);
	aside(desk, 2, 0);
	assert_view(desk, VIEW_HOME);
	desk_free(desk);
}

static void test_park(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *note = NULL;

	do_to_papers(desk);
	aside(desk, 1, 0);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "A018 is parked");
	note = note_of(desk, 18);
	g_assert_cmpstr(note, ==, "fetches a document");
	g_assert_cmpuint(seen(desk)->home.parked->len, ==, 1);
	g_assert_true(parked(desk, 0)->parked);
	g_assert_false(parked(desk, 0)->interrupted);
	/* another one in between */
	past_the_gap(desk);
	do_call(desk);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	type(desk, "name", "王样本");
	aside(desk, 1, 1);
	g_assert_cmpuint(seen(desk)->home.parked->len, ==, 2);
	act_at(desk, INTENT_TAKE_BACK, 0);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	g_assert_cmpstr(seen(desk)->visit.person, ==, "李*例");
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	g_assert_cmpint(ops_of(desk, "ticket.resume"), ==, 1);
	desk_free(desk);
}

static void test_transfer(void)
{
	struct desk *desk = desk_at_work();
	struct option_model *choice;

	do_call(desk);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 2);
	g_assert_cmpuint(seen(desk)->dialog.choices->len, ==, 2);
	choice = seen(desk)->dialog.choices->pdata[0];
	g_assert_cmpstr(choice->code, ==, "04");
	/* a window is picked, never typed */
	act_text(desk, INTENT_DIALOG_CHOICE, -1, "77");
	g_assert_true(seen(desk)->dialog.open);
	/* nothing is chosen beforehand, and F8 it takes */
	g_assert_cmpint(seen(desk)->dialog.focus, ==, -1);
	g_assert_true(seen(desk)->dialog.needs_do);
	g_assert_true(seen(desk)->dialog.by_code);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "A018 was handed to window 05");
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'ticket.transfer' AND CAST(body AS TEXT)"
				 " LIKE '%\"target\":\"05\"%'"),
		==, 1);
	desk_free(desk);
}

/* It comes back from the other window: what was filled in here is there. */
static void test_transfer_and_back(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 2);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	assert_view(desk, VIEW_HOME);
	desk_confirm(desk);
	desk_ticket(desk, 18, "2", "waiting", "03", "");
	past_the_gap(desk);
	act0(desk, INTENT_CALL_NEXT);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "trade_name")->value, ==, "登封市示例小店");
	desk_free(desk);
}

static void test_no_other_window(void)
{
	struct desk *desk = desk_new("03", "");
	g_autofree char *path = desk_path(desk, "yikou.conf");
	g_autofree char *text = file_read(path, 65536, NULL, NULL);
	g_autoptr(GString) without = g_string_new(text);

	g_string_replace(without, "others = 03 04 05\n", "", 1);
	desk_write(desk, "yikou.conf", without->str);
	config_free(desk->config);
	desk->config = config_load(path, NULL);
	desk_queue(desk, 18, 18);
	desk_open(desk);
	desk_login(desk);
	do_call(desk);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 2);
	g_assert_false(seen(desk)->dialog.open);
	assert_said(desk, "no other window");
	assert_view(desk, VIEW_IDENTIFY);
	desk_free(desk);
}

static void test_give_up(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	aside(desk, 4, 0);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "closed without a case");
	g_assert_cmpint(ops_of(desk, "ticket.finish"), ==, 1);
	g_assert_cmpint(audits_of(desk, "case.abandon"), ==, 1);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM cases WHERE"
					 " state = 'void'"),
		==, 1);
	g_assert_cmpint(seen(desk)->home.consulted, ==, 1);
	g_assert_cmpint(seen(desk)->home.parked->len, ==, 0);
	desk_free(desk);
}

static void test_out_of_turn(void)
{
	struct desk *desk = desk_at_work();
	g_autofree char *note = NULL;

	act_at(desk, INTENT_CALL_THIS, 2);
	g_assert_true(seen(desk)->dialog.open);
	assert_view(desk, VIEW_HOME);
	act0(desk, INTENT_DIALOG_CLOSE);
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 0);
	act_at(desk, INTENT_CALL_THIS, 2);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A020");
	/* the reason of the call is in its op, and is no remark of the number
	 */
	note = note_of(desk, 20);
	g_assert_cmpstr(note, ==, "");
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'ticket.call' AND CAST(body AS TEXT) LIKE"
				 " '%old, ill, disabled%'"),
		==, 1);
	desk_free(desk);
}

/* A skipped number that comes back the same day is called again. */
static void test_skipped_comes_back(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	aside(desk, 2, 0);
	g_assert_cmpuint(seen(desk)->home.parked->len, ==, 1);
	g_assert_true(parked(desk, 0)->skipped);
	g_assert_false(parked(desk, 0)->parked);
	assert_holds(parked(desk, 0)->note, "skipped: called, did not come");
	/* that is a call: who, is asked first; and calls are apart */
	act0(desk, INTENT_ASIDE);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_cmpuint(seen(desk)->dialog.choices->len, ==, 1);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_HOME);
	assert_said(desk, "calls are 1 s apart");
	past_the_gap(desk);
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	g_assert_cmpint(ops_of(desk, "ticket.call"), ==, 2);
	g_assert_cmpuint(seen(desk)->home.parked->len, ==, 0);
	desk_free(desk);
}

/* Of several the clerk says which. */
static void test_which_comes_back(void)
{
	struct desk *desk = desk_at_work();

	for (int i = 0; i < 2; i++) {
		do_call(desk);
		aside(desk, 1, i);
		past_the_gap(desk);
	}
	/* what stands at the side is as the queue is now */
	do_call(desk);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A020");
	g_assert_cmpuint(seen(desk)->home.waiting->len, ==, 1);
	aside(desk, 2, 0);
	act0(desk, INTENT_ASIDE);
	g_assert_cmpuint(seen(desk)->dialog.choices->len, ==, 3);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	g_assert_cmpuint(seen(desk)->home.parked->len, ==, 2);
	/* and it is the last one when it is done */
	aside(desk, 4, 0);
	assert_holds(seen(desk)->home.last, "A019");
	desk_free(desk);
}

/* What this version cannot do is said before and after the call. */
static void test_collect(void)
{
	struct desk *desk = desk_new("03", "");
	struct ticket_model *row;

	desk_collect(desk, 6);
	desk_open(desk);
	desk_login(desk);
	row = seen(desk)->home.waiting->pdata[0];
	assert_holds(row->note, "no handing out here");
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_true(seen(desk)->dialog.open);
	assert_holds(seen(desk)->dialog.lines->pdata[1], "does not hand out");
	/* the citizen wants something else as well */
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_false(seen(desk)->dialog.open);
	aside(desk, 1, 0);
	act0(desk, INTENT_ASIDE);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_false(seen(desk)->dialog.open);
	desk_free(desk);
}

static void test_collect_finish(void)
{
	struct desk *desk = desk_new("03", "");

	desk_collect(desk, 6);
	desk_open(desk);
	desk_login(desk);
	act0(desk, INTENT_CALL_NEXT);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	assert_view(desk, VIEW_HOME);
	g_assert_cmpint(ops_of(desk, "ticket.finish"), ==, 1);
	g_assert_cmpint(ops_of(desk, "rating.record"), ==, 1);
	g_assert_cmpint(seen(desk)->home.consulted, ==, 1);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM cases WHERE"
					 " state = 'draft'"),
		==, 0);
	desk_free(desk);
}

/* The first one is in turn: no question. */
static void test_call_this_first(void)
{
	struct desk *desk = desk_at_work();

	act_at(desk, INTENT_CALL_THIS, 99);
	act_at(desk, INTENT_CALL_THIS, -1);
	assert_view(desk, VIEW_HOME);
	act_at(desk, INTENT_CALL_THIS, 0);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	desk_free(desk);
}

/* While the question stood there, the feed changed the queue. */
static void test_out_of_turn_queue_moved(void)
{
	struct desk *desk = desk_at_work();

	act_at(desk, INTENT_CALL_THIS, 2);
	desk_ticket(desk, 19, "2", "called", "05", "");
	act0(desk, INTENT_RECONNECT);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A020");
	desk_free(desk);
}

static void test_called_elsewhere(void)
{
	struct desk *desk = desk_at_work();

	/* the screen still shows it as waiting */
	desk_ticket(desk, 18, "2", "called", "05", "");
	act_at(desk, INTENT_CALL_THIS, 0);
	assert_said(desk, "A018 was called at another window");
	assert_view(desk, VIEW_HOME);
	g_assert_cmpstr(waiting(desk, 0)->number, ==, "A019");
	desk_free(desk);
}

/* Both windows called it off line and the platform gave it to the other one. */
static void give_elsewhere(struct desk *desk)
{
	desk_confirm(desk);
	desk_ticket(desk, 18, "2", "called", "05", "");
}

/* The visit here can still be ended, only not parked. */
static void test_given_elsewhere(void)
{
	struct desk *desk = desk_at_work();

	do_call(desk);
	give_elsewhere(desk);
	aside(desk, 1, 0);
	assert_view(desk, VIEW_IDENTIFY);
	aside(desk, 2, 0);
	assert_view(desk, VIEW_HOME);
	past_the_gap(desk);
	act0(desk, INTENT_CALL_NEXT);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A019");
	desk_free(desk);
}

static void test_finish_given_elsewhere(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	give_elsewhere(desk);
	act0(desk, INTENT_FINISH_DONE);
	assert_view(desk, VIEW_HOME);
	desk_free(desk);
}

static void test_without_ticket(void)
{
	struct desk *desk = desk_at_work();

	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "W001");
	g_assert_cmpint(ops_of(desk, "ticket.open"), ==, 1);
	aside(desk, 4, 1);
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "W002");
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/queue/call-next", test_call_next);
	g_test_add_func("/app/queue/nobody-waits", test_nobody_waits);
	g_test_add_func("/app/queue/guard", test_guard);
	g_test_add_func("/app/queue/recall", test_recall);
	g_test_add_func("/app/queue/recall-decided", test_recall_decided);
	g_test_add_func("/app/queue/skip", test_skip);
	g_test_add_func(
		"/app/queue/skipped-comes-back", test_skipped_comes_back);
	g_test_add_func("/app/queue/which-comes-back", test_which_comes_back);
	g_test_add_func("/app/queue/collect", test_collect);
	g_test_add_func("/app/queue/collect-finish", test_collect_finish);
	g_test_add_func("/app/queue/reason-too-long", test_reason_too_long);
	g_test_add_func("/app/queue/park", test_park);
	g_test_add_func("/app/queue/transfer", test_transfer);
	g_test_add_func("/app/queue/transfer-and-back", test_transfer_and_back);
	g_test_add_func("/app/queue/no-other-window", test_no_other_window);
	g_test_add_func("/app/queue/give-up", test_give_up);
	g_test_add_func("/app/queue/out-of-turn", test_out_of_turn);
	g_test_add_func("/app/queue/call-this-first", test_call_this_first);
	g_test_add_func("/app/queue/out-of-turn-queue-moved",
		test_out_of_turn_queue_moved);
	g_test_add_func("/app/queue/called-elsewhere", test_called_elsewhere);
	g_test_add_func("/app/queue/given-elsewhere", test_given_elsewhere);
	g_test_add_func("/app/queue/finish-given-elsewhere",
		test_finish_given_elsewhere);
	g_test_add_func("/app/queue/without-ticket", test_without_ticket);
	return g_test_run();
}
