/* The sync view: which step waits or stopped, of what, why, and what to do; and
 * what of it the header says. */
#include "tests/unit/test_app.h"

#include "client/app/private.h"

static struct op_model *row(const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->sync.ops->len);
	return seen(desk)->sync.ops->pdata[index];
}

static const char *line(const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->sync.detail->len);
	return seen(desk)->sync.detail->pdata[index];
}

static guint row_of(const struct desk *desk, const char *kind)
{
	for (guint i = 0; i < seen(desk)->sync.ops->len; i++) {
		if (strcmp(row(desk, i)->kind, kind) == 0)
			return i;
	}
	g_error("no step %s", kind);
	return 0;
}

/* The platform says this of every op of the kind; the others are let be. */
static void platform_says(const struct desk *desk, const char *kind,
	enum op_verdict verdict, int http, const char *problem)
{
	struct store *store = desk_store(desk);
	const struct op_outcome said = {
		.verdict = verdict, .http = http, .problem = problem};
	const struct op_outcome unsent = {.verdict = OP_VERDICT_UNSENT};
	struct op_lease lease = {0};
	g_autoptr(GError) error = NULL;

	outbox_claim(store, 100, 1 << 20, 60000, &lease, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < lease.ops->len; i++) {
		struct op *op = lease.ops->pdata[i];

		outbox_settle(store, lease.generation, op->store_seq,
			strcmp(op->kind, kind) ? &unsent : &said, &error);
		g_assert_no_error(error);
	}
	g_ptr_array_unref(lease.ops);
	store_close(store);
}

/* A decided visit: steps of ticket, case and rating wait. */
static struct desk *desk_with_steps(void)
{
	struct desk *desk = desk_at_work();

	do_to_finish(desk);
	act0(desk, INTENT_FINISH_DONE);
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	assert_view(desk, VIEW_SYNC);
	return desk;
}

static void test_waiting(void)
{
	struct desk *desk = desk_with_steps();
	g_autofree char *today = clock_format(clock_wall_ms(), "%Y%m%d-03-");
	guint at = row_of(desk, "acceptance");

	g_assert_cmpuint(seen(desk)->sync.ops->len, ==, 4);
	assert_holds(row(desk, at)->case_no, today);
	g_assert_cmpstr(row(desk, at)->why, ==, "the platform does not answer");
	g_assert_cmpuint(strlen(row(desk, at)->since), ==, 5);
	g_assert_cmpstr(
		row(desk, row_of(desk, "number called"))->case_no, ==, "A018");
	g_assert_cmpstr(row(desk, row_of(desk, "citizen's rating"))->case_no,
		==, "A018");
	act_at(desk, INTENT_SYNC_FOCUS, (int)at);
	g_assert_cmpint(seen(desk)->sync.focus, ==, at);
	assert_holds(line(desk, 0), "does not answer");
	assert_holds(line(desk, 1), "form, documents and notices are here");
	assert_holds(line(desk, 2), "nothing: it goes by itself");
	act_at(desk, INTENT_SYNC_FOCUS, (int)row_of(desk, "citizen's rating"));
	assert_holds(line(desk, 1), "what the citizen pressed");
	act_at(desk, INTENT_SYNC_FOCUS, 99);
	act_at(desk, INTENT_SYNC_FOCUS, -1);
	assert_holds(line(desk, 1), "what the citizen pressed");
	desk_free(desk);
}

static void test_parked(void)
{
	struct desk *desk = desk_with_steps();

	platform_says(desk, "ticket.call", OP_VERDICT_DEAD, 404, "not_found");
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	g_assert_cmpstr(row(desk, 0)->kind, ==, "number called");
	g_assert_cmpstr(row(desk, 0)->why, ==,
		"refused: case or number not known there");
	g_assert_cmpstr(row(desk, 0)->tries, ==, "1");
	g_assert_cmpstr(row(desk, row_of(desk, "visit ended"))->why, ==,
		"waits behind a parked step");
	g_assert_cmpstr(row(desk, row_of(desk, "acceptance"))->why, ==,
		"the platform does not answer");
	act_at(desk, INTENT_SYNC_FOCUS, 0);
	assert_holds(line(desk, 0), "not known there");
	assert_holds(line(desk, 2), "ask the platform's office");
	assert_holds(line(desk, 3), "changes nothing");
	act_at(desk, INTENT_SYNC_FOCUS, (int)row_of(desk, "visit ended"));
	assert_holds(line(desk, 2), "ask the platform's office");
	g_assert_cmpuint(seen(desk)->sync.detail->len, ==, 3);
	desk_free(desk);
}

/* A code of a later platform is shown as it is. */
static void test_unknown_code(void)
{
	struct desk *desk = desk_with_steps();

	platform_says(
		desk, "case.accept", OP_VERDICT_CONFLICT, 409, "brand_new");
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	g_assert_cmpstr(row(desk, 0)->why, ==, "conflict: brand_new");
	act_at(desk, INTENT_SYNC_FOCUS, 0);
	assert_holds(line(desk, 2), "hall desk");
	desk_free(desk);
}

/* The pointer stays on its step while others are confirmed. */
static void test_focus_stays(void)
{
	struct desk *desk = desk_with_steps();
	guint at = row_of(desk, "acceptance");

	act_at(desk, INTENT_SYNC_FOCUS, (int)at);
	platform_says(desk, "rating.record", OP_VERDICT_ACK, 201, NULL);
	act0(desk, INTENT_SYNC_NOW);
	g_assert_cmpuint(seen(desk)->sync.ops->len, ==, 3);
	g_assert_cmpint(seen(desk)->sync.focus, !=, (int)at);
	g_assert_cmpstr(row(desk, (guint)seen(desk)->sync.focus)->kind, ==,
		"acceptance");
	assert_holds(line(desk, 1), "form, documents");
	desk_confirm(desk);
	act0(desk, INTENT_SYNC_NOW);
	g_assert_cmpuint(seen(desk)->sync.ops->len, ==, 0);
	g_assert_cmpuint(seen(desk)->sync.detail->len, ==, 0);
	g_assert_cmpint(seen(desk)->sync.focus, ==, 0);
	desk_free(desk);
}

static void expect_colours(int64_t parked, int64_t age_h, int yellow, int red)
{
	struct store_counts counts = {.parked = parked,
		.oldest_ms =
			age_h < 0 ? 0
				  : clock_wall_ms() - age_h * 60 * 60 * 1000};
	struct header_model header = {.yellow = 9, .red = 9};

	sync_warn(&counts, &header);
	g_assert_cmpint(header.yellow, ==, yellow);
	g_assert_cmpint(header.red, ==, red);
}

static void test_colours(void)
{
	struct desk *desk = desk_with_steps();

	expect_colours(0, -1, 0, 0);
	expect_colours(0, 3, 0, 0);
	expect_colours(0, 4, 1, 0);
	expect_colours(2, 23, 3, 0);
	expect_colours(2, 24, 2, 1);
	g_assert_cmpint(seen(desk)->header.yellow, ==, 0);
	platform_says(desk, "case.accept", OP_VERDICT_DEAD, 422, "invalid");
	act0(desk, INTENT_SYNC_NOW);
	g_assert_cmpint(seen(desk)->header.yellow, ==, 1);
	g_assert_cmpint(seen(desk)->header.parked, ==, 1);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/sync/waiting", test_waiting);
	g_test_add_func("/app/sync/parked", test_parked);
	g_test_add_func("/app/sync/unknown-code", test_unknown_code);
	g_test_add_func("/app/sync/focus-stays", test_focus_stays);
	g_test_add_func("/app/sync/colours", test_colours);
	return g_test_run();
}
