/* What the link does when the platform, the network or itself fails.
 *
 * Each test ends with the oracle of rig_free(): nothing was applied twice, and
 * what was sent again was the same bytes. */
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/blob.h"
#include "client/store/catalog_rows.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "client/store/ticket.h"
#include "tests/sync/rig.h"

#define BATCH "/v1/ops:batch"

static int attempts_of_first(struct rig *rig)
{
	g_autoptr(GPtrArray) ops = outbox_list(rig->store, OP_READY, 100, NULL);

	g_assert_cmpuint(ops->len, >, 0);
	return ((struct op *)ops->pdata[0])->attempts;
}

/* Nothing wrong
 * ---------------------------------------------------------------- */

static void test_plain(void)
{
	struct rig *rig = rig_new();
	g_autofree char *offset = NULL;

	fake_habits(rig->fake)->time_shift_ms = 3600000;
	rig_open_tickets(rig, 5);
	rig_pause_and_resume(rig, 4);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 9);
	g_assert_cmpint(rig_unsent(rig), ==, 0);
	g_assert_cmpint(rig_reported(rig, "acked"), ==, 9);
	g_assert_cmpint(rig_reported(rig, "batches"), ==, 1);
	g_assert_cmpstr(json_text(rig->report, "server_epoch"), ==, "e1");
	g_assert_cmpint(rig_reported(rig, "clock_offset_ms"), >, 3598000);
	g_assert_cmpint(rig_reported(rig, "clock_offset_ms"), <, 3602000);
	offset = store_meta(rig->store, "clock_offset_ms");
	g_assert_nonnull(offset);
	/* Again: nothing to do, and quickly. */
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(rig, "batches"), ==, 0);
	rig_free(rig);
}

static void test_numbers(void)
{
	struct rig *rig = rig_new();

	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(numbers_left(rig->store, "case:03"), ==, 200);
	g_assert_cmpuint(fake_blocks(rig->fake), >=, 3);
	/* Enough is enough. */
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(numbers_left(rig->store, "case:03"), ==, 200);
	rig_free(rig);
}

/* The platform gave out what the store has, and nothing that is lost. */
static void check_ledger(struct rig *rig)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) ledger = number_ledger(rig->store, &error);
	int64_t leased = 0;

	g_assert_no_error(error);
	json_each (line, ledger)
		leased += json_int_or(line, "leased", 0);
	g_assert_cmpint(leased, ==, 200 * (int64_t)fake_blocks(rig->fake));
}

static void test_numbers_lost_reply(void)
{
	struct rig *rig = rig_new();

	/* Twice, because curl itself repeats a request when a connection that
	 * was kept open turns out to be closed. */
	fake_script(
		rig->fake, "/v1/number-blocks", 2, FAKE_LOSE_REPLY, 0, NULL);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(
		fake_block_requests(rig->fake), ==, fake_blocks(rig->fake) + 2);
	check_ledger(rig);
	rig_free(rig);
}

static void test_numbers_crash(void)
{
	static const char *const points[] = {
		"--crash-at=before-block:1", "--crash-at=after-block:1"};

	for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
		struct rig *rig = rig_new();

		g_assert_cmpint(rig_run(rig, points[i]), ==, 137);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
		g_assert_cmpint(numbers_left(rig->store, "case:03"), ==, 200);
		check_ledger(rig);
		rig_free(rig);
	}
}

static void test_numbers_exhausted(void)
{
	struct rig *rig = rig_new();

	fake_habits(rig->fake)->no_numbers = true;
	rig_open_tickets(rig, 1);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(numbers_left(rig->store, "case:03"), ==, 0);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 1);
	rig_free(rig);
}

/* Replies that are lost or broken
 * ------------------------------------------------ */

static const struct {
	enum fake_fault fault;
	const char *name;
	bool done;      /* the platform acted: the second time is a replay */
	bool is_silent; /* not one byte of a reply */
} broken_table[] = {
	{FAKE_CLOSE_EARLY, "close-early", false, true},
	{FAKE_CLOSE_UNREAD, "close-unread", false, true},
	{FAKE_LOSE_REPLY, "lose-reply", true, true},
	{FAKE_CUT_REPLY, "cut-reply", true},
	{FAKE_TRUNCATE_JSON, "truncate-json", true},
	{FAKE_NOT_JSON, "not-json", true},
	{FAKE_HUGE, "huge", true},
};

static void test_broken_replies(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(broken_table); i++) {
		struct rig *rig = rig_new();

		g_test_message("%s", broken_table[i].name);
		rig_open_tickets(rig, 3);
		rig_pause_and_resume(rig, 2);
		fake_script(
			rig->fake, BATCH, 1, broken_table[i].fault, 300, NULL);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
		g_assert_cmpuint(fake_ops(rig->fake), ==, 5);
		g_assert_cmpuint(fake_replays(rig->fake), ==,
			broken_table[i].done ? 5 : 0);
		g_assert_cmpint(rig_unsent(rig), ==, 0);
		/* curl itself repeats what died on a kept connection before
		 * one byte of a reply. */
		if (!broken_table[i].is_silent)
			g_assert_cmpint(rig_reported(rig, "unknown"), ==, 5);
		rig_free(rig);
	}
}

static const struct {
	enum fake_fault fault;
	const char *name;
	unsigned replays;
	const char *counter;
} result_table[] = {
	{FAKE_DROP_RESULT, "missing", 1, "retried"},
	{FAKE_TWICE, "contradictory", 1, "retried"},
	{FAKE_EXTRA_RESULT, "extra", 0, NULL},
	{FAKE_REVERSE, "reversed", 0, NULL},
};

static void test_odd_results(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(result_table); i++) {
		struct rig *rig = rig_new();

		g_test_message("%s", result_table[i].name);
		rig_open_tickets(rig, 4);
		fake_script(
			rig->fake, BATCH, 1, result_table[i].fault, 0, NULL);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
		g_assert_cmpuint(fake_ops(rig->fake), ==, 4);
		g_assert_cmpuint(
			fake_replays(rig->fake), ==, result_table[i].replays);
		g_assert_cmpint(rig_parked(rig), ==, 0);
		g_assert_cmpint(rig_unsent(rig), ==, 0);
		if (result_table[i].counter)
			g_assert_cmpint(
				rig_reported(rig, result_table[i].counter), ==,
				1);
		rig_free(rig);
	}
}

/* A receipt of other bytes is no acknowledgement. */
static void test_wrong_receipt(void)
{
	struct rig *rig = rig_new();

	fake_habits(rig->fake)->wrong_receipt = true;
	rig_open_tickets(rig, 2);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_LINK);
	g_assert_cmpint(rig_unsent(rig), ==, 2);
	fake_habits(rig->fake)->wrong_receipt = false;
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	rig_free(rig);
}

/* Pages of a captive portal: nothing acked, nothing dead. */
static void test_portal(void)
{
	static const int statuses[] = {200, 207, 302, 403, 404, 410, 422};

	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		struct rig *rig = rig_new();

		rig_open_tickets(rig, 3);
		fake_script(rig->fake, "/", 1000, FAKE_HTML, statuses[i], NULL);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_LINK);
		g_assert_cmpint(rig_unsent(rig), ==, 3);
		g_assert_cmpint(rig_parked(rig), ==, 0);
		g_assert_cmpint(rig_reported(rig, "acked"), ==, 0);
		rig_free(rig);
	}
}

/* Refusals
 * ------------------------------------------------------------------------- */

static void test_too_large(void)
{
	struct rig *rig = rig_new();

	fake_habits(rig->fake)->max_ops = 3;
	rig_open_tickets(rig, 10);
	rig_pause_and_resume(rig, 3);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 13);
	g_assert_cmpuint(fake_largest_batch(rig->fake), <=, 3);
	g_assert_cmpint(rig_parked(rig), ==, 0);
	rig_free(rig);
}

static void test_single_too_large(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 1);
	fake_script(rig->fake, BATCH, 1, FAKE_REPLY, 413,
		"{\"code\":\"too_large\"}");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_cmpint(rig_parked(rig), ==, 1);
	rig_free(rig);
}

/* A proxy's 413 is not the platform's: one op is never parked for it. */
static void test_single_too_large_for_proxy(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 1);
	fake_script(rig->fake, BATCH, 2, FAKE_HTML, 413, NULL);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_parked(rig), ==, 0);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 1);
	rig_free(rig);
}

/* The batch as a whole is refused because of one op in it: only that one is
 * parked. */
static void test_poisoned_batch(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 4);
	fake_script(rig->fake, BATCH, 3, FAKE_REPLY, 422,
		"{\"code\":\"invalid\"}"); /* 4, 2, 1 */
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_cmpint(rig_parked(rig), ==, 1);
	g_assert_cmpint(rig_unsent(rig), ==, 0);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 3);
	rig_free(rig);
}

static void test_retry_after(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 2);
	fake_script(rig->fake, BATCH, 1, FAKE_RAW, 0,
		"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
		"\r\n");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(rig, "duration_ms"), >=, 950);
	g_assert_cmpint(rig_reported(rig, "breaker_openings"), ==, 0);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 2);
	rig_free(rig);
}

static void test_unauthorised(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 2);
	fake_script(rig->fake, BATCH, 1, FAKE_REPLY, 401,
		"{\"code\":\"unauthorized\"}");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_AUTH);
	g_assert_false(json_bool_or(rig->report, "auth", true));
	g_assert_cmpint(rig_unsent(rig), ==, 2);
	g_assert_cmpint(attempts_of_first(rig), ==, 0);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	rig_free(rig);
}

static void test_no_token_file(void)
{
	static const char *const contents[] = {
		NULL, "", "\n", "two words\n", "evil\r\nX-Header: 1\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(contents); i++) {
		struct rig *rig = rig_new();
		g_autofree char *token =
			g_build_filename(rig->dir, "platform.token", NULL);

		g_unlink(token);
		if (contents[i])
			g_file_set_contents(token, contents[i], -1, NULL);
		rig_open_tickets(rig, 1);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_AUTH);
		g_assert_cmpuint(fake_requests(rig->fake, "/"), ==, 0);
		rig_free(rig);
	}
}

static void test_breaker(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 30);
	fake_script(rig->fake, BATCH, 1000, FAKE_REPLY, 503,
		"{\"code\":\"unavailable\"}");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_LINK);
	/* Not thirty ops one by one, and none is parked. */
	g_assert_cmpuint(fake_requests(rig->fake, BATCH), ==, 5);
	g_assert_cmpint(rig_reported(rig, "breaker_openings"), ==, 1);
	g_assert_cmpint(rig_parked(rig), ==, 0);
	g_assert_cmpint(rig_unsent(rig), ==, 30);
	g_assert_cmpstr(json_text(rig->report, "link"), ==, "down");
	rig_free(rig);
}

static void test_nobody_there(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 1);
	rig_point_at(rig, 1);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_LINK);
	g_assert_cmpint(rig_unsent(rig), ==, 1);
	rig_free(rig);
}

/* One refused op stops its own lane and nothing else. */
static void test_one_lane_stops(void)
{
	struct rig *rig = rig_new();

	fake_habits(rig->fake)->refuse_kind = "window.pause";
	fake_habits(rig->fake)->refuse_status = 422;
	fake_habits(rig->fake)->refuse_code = "invalid";
	rig_open_tickets(rig, 3);
	rig_pause_and_resume(rig, 2);
	rig_open_tickets(rig, 3);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 6);
	g_assert_cmpint(rig_parked(rig), ==, 1);
	g_assert_cmpint(rig_unsent(rig), ==, 1); /* the resume behind it */
	rig_free(rig);
}

static void test_conflict_parks(void)
{
	struct rig *rig = rig_new();
	g_autoptr(GPtrArray) ops = NULL;

	fake_habits(rig->fake)->refuse_kind = "ticket.open";
	fake_habits(rig->fake)->refuse_status = 412;
	fake_habits(rig->fake)->refuse_code = "version_conflict";
	rig_open_tickets(rig, 1);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	ops = outbox_list(rig->store, OP_CONFLICT, 10, NULL);
	g_assert_cmpuint(ops->len, ==, 1);
	g_assert_cmpint(((struct op *)ops->pdata[0])->http, ==, 412);
	g_assert_cmpstr(
		((struct op *)ops->pdata[0])->problem, ==, "version_conflict");
	rig_free(rig);
}

/* Thirty refusals with one code: the cause is not in the ops. */
static void test_mass_dead_guard(void)
{
	struct rig *rig = rig_new();

	fake_habits(rig->fake)->refuse_kind = "ticket.open";
	fake_habits(rig->fake)->refuse_status = 422;
	fake_habits(rig->fake)->refuse_code = "invalid";
	rig_open_tickets(rig, 30);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_true(json_bool_or(rig->report, "halted", false));
	g_assert_cmpint(rig_parked(rig), ==, 0);
	g_assert_cmpint(rig_unsent(rig), ==, 30);
	fake_habits(rig->fake)->refuse_kind = NULL;
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 30);
	rig_free(rig);
}

/* Twenty is not thirty: as many as the bound are parked, as they should be. */
static void test_mass_dead_bound(void)
{
	struct rig *rig = rig_new();

	fake_habits(rig->fake)->refuse_kind = "ticket.open";
	fake_habits(rig->fake)->refuse_status = 422;
	fake_habits(rig->fake)->refuse_code = "invalid";
	rig_open_tickets(rig, 20);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_cmpint(rig_parked(rig), ==, 20);
	rig_free(rig);
}

/* Blobs
 * --------------------------------------------------------------------------------
 */

static struct rig *rig_with_numbers(void)
{
	struct rig *rig = rig_new();

	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	return rig;
}

static void test_blobs_first(void)
{
	struct rig *rig = rig_with_numbers();

	rig_accept_case(rig, 300000);
	rig_accept_case(rig, 10);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_blobs(rig->fake), ==, 2);
	g_assert_cmpuint(fake_blob_puts(rig->fake), ==, 2);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 2);
	g_assert_cmpint(rig_reported(rig, "retried"), ==, 0);
	rig_free(rig);
}

static void test_blob_cut(void)
{
	static const int places[] = {1, 1000, 65536, 299999};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		struct rig *rig = rig_with_numbers();

		rig_accept_case(rig, 300000);
		fake_script(rig->fake, "/v1/blobs/", 1, FAKE_CLOSE_UNREAD,
			places[i], NULL);
		fake_script(
			rig->fake, "/v1/blobs/", 1, FAKE_LOSE_REPLY, 0, NULL);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
		g_assert_cmpuint(fake_blobs(rig->fake), ==, 1);
		g_assert_cmpuint(fake_ops(rig->fake), ==, 1);
		rig_free(rig);
	}
}

/* A portal's 200 to an upload stores nothing. */
static void test_blob_portal(void)
{
	struct rig *rig = rig_with_numbers();

	rig_accept_case(rig, 2000);
	fake_script(rig->fake, "/v1/blobs/", 1, FAKE_HTML, 200, NULL);
	fake_script(rig->fake, "/v1/blobs/", 1, FAKE_REPLY, 200, "{}");
	fake_script(rig->fake, "/v1/blobs:missing", 1, FAKE_REPLY, 200, "{}");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_blobs(rig->fake), ==, 1);
	rig_free(rig);
}

/* The platform lost blobs that it had confirmed: they are sent again. */
static void test_blob_forgotten(void)
{
	struct rig *rig = rig_with_numbers();

	rig_accept_case(rig, 2000);
	fake_script(rig->fake, BATCH, 1, FAKE_CLOSE_EARLY, 0, NULL);
	g_assert_cmpint(
		rig_run2(rig, "--crash-at=after-blob:1", NULL), ==, 137);
	fake_habits(rig->fake)->forget_blobs = true;
	g_assert_cmpint(rig_run(rig, "--max-time=2"), ==, EXIT_CODE_LINK);
	g_assert_cmpint(rig_unsent(rig), ==, 1);
	fake_habits(rig->fake)->forget_blobs = false;
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 1);
	rig_free(rig);
}

static void damage_blob(struct rig *rig)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) blobs = blobs_to_send(rig->store, 10, &error);
	struct blob *blob = blobs->pdata[0];
	g_autofree char *path = store_blob_path(rig->store, blob->sha256);
	g_autofree char *data = NULL;
	size_t len;

	g_assert_no_error(error);
	g_file_get_contents(path, &data, &len, NULL);
	data[len / 2] ^= 1;
	g_chmod(path, 0600);
	g_file_set_contents(path, data, (gssize)len, NULL);
}

/* A file that is not what it was is never believed to be sent, is shown, and
 * does not hold the others up. */
static void test_blob_damaged(void)
{
	struct rig *rig = rig_with_numbers();

	rig_accept_case(rig, 2000);
	damage_blob(rig);
	rig_accept_case(rig, 3000);
	rig_open_tickets(rig, 1);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_cmpint(rig_reported(rig, "bad_blobs"), ==, 1);
	g_assert_cmpuint(fake_blobs(rig->fake), ==, 1);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 2);
	rig_free(rig);
}

static void test_blob_gone(void)
{
	struct rig *rig = rig_with_numbers();
	g_autoptr(GPtrArray) blobs = NULL;
	g_autofree char *path = NULL;

	rig_accept_case(rig, 2000);
	blobs = blobs_to_send(rig->store, 10, NULL);
	path = store_blob_path(
		rig->store, ((struct blob *)blobs->pdata[0])->sha256);
	g_unlink(path);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_ITEM);
	g_assert_cmpint(rig_reported(rig, "bad_blobs"), ==, 1);
	g_assert_cmpint(rig_reported(rig, "breaker_openings"), ==, 0);
	rig_free(rig);
}

/* Crashes
 * --------------------------------------------------------------------------------
 */

static void crash_and_go_on(const char *point, unsigned count)
{
	struct rig *rig = rig_with_numbers();
	g_autofree char *argument =
		g_strdup_printf("--crash-at=%s:%u", point, count);

	g_test_message("%s", argument);
	fake_habits(rig->fake)->max_ops = 3; /* several batches */
	rig_open_tickets(rig, 4);
	rig_accept_case(rig, 5000);
	rig_pause_and_resume(rig, 2);
	rig_accept_case(rig, 70000);
	g_assert_cmpint(rig_run(rig, argument), ==, 137);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_ops(rig->fake), ==, 8);
	g_assert_cmpuint(fake_blobs(rig->fake), ==, 2);
	g_assert_cmpint(rig_unsent(rig), ==, 0);
	g_assert_cmpint(rig_parked(rig), ==, 0);
	rig_free(rig);
}

static void test_crashes(void)
{
	static const char *const points[] = {"before-claim", "after-claim",
		"after-send", "after-reply", "before-settle", "after-settle"};

	for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
		crash_and_go_on(points[i], 1 + i % 3);
	crash_and_go_on("after-blob", 1);
	crash_and_go_on("after-blob", 2);
}

/* Feeds
 * ------------------------------------------------------------------------------------
 */

static void add_tickets(struct rig *rig, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++) {
		g_autofree char *id = g_strdup_printf(
			"01980000-0000-7000-8000-0000000000%02u", i);
		g_autofree char *body = g_strdup_printf(
			"{\"ticket_id\":\"%s\",\"number\":\"A%03u\","
			"\"kind\":\"apply\",\"state\":\"waiting\","
			"\"business\":\"\",\"person\":\"\",\"note\":\"\","
			"\"window\":\"\","
			"\"taken_at\":\"2026-11-23T09:41:20+08:00\","
			"\"calls\":0}",
			id, i);

		fake_add_row(rig->fake, "tickets", "ticket", id, body);
	}
}

static unsigned tickets_of(struct rig *rig)
{
	g_autoptr(GPtrArray) tickets = ticket_list(rig->store, NULL);

	return tickets->len;
}

static void test_feed_pages(void)
{
	struct rig *rig = rig_new();

	add_tickets(rig, 1, 5);
	fake_script(rig->fake, "/v1/changes", 1, FAKE_CUT_REPLY, 0, NULL);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(tickets_of(rig), ==, 5);
	g_assert_cmpint(rig_reported(rig, "rows"), ==, 5);
	add_tickets(rig, 6, 6);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(tickets_of(rig), ==, 6);
	g_assert_cmpint(rig_reported(rig, "rows"), ==, 1);
	rig_free(rig);
}

static void test_feed_expired(void)
{
	struct rig *rig = rig_new();

	add_tickets(rig, 1, 3);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	fake_expire_cursors(rig->fake);
	add_tickets(rig, 4, 4);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(tickets_of(rig), ==, 4);
	rig_free(rig);
}

static GPtrArray *catalog_rows(struct rig *rig, guint expected)
{
	GPtrArray *rows = catalog_waiting(rig->store, NULL);

	g_assert_nonnull(rows);
	g_assert_cmpuint(rows->len, ==, expected);
	return rows;
}

/* What was taken and is not in the snapshot any more is withdrawn. */
static void test_catalog_expired(void)
{
	struct rig *rig = rig_new();
	g_autoptr(GPtrArray) taken = NULL;
	g_autoptr(GPtrArray) rows = NULL;
	const struct catalog_row *row;

	fake_add_row(rig->fake, "catalog", "item", "A", "{\"name\":\"a\"}");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	taken = catalog_rows(rig, 1);
	row = taken->pdata[0];
	g_assert_cmpstr(row->body, ==, "{\"name\":\"a\"}");
	((struct catalog_row *)taken->pdata[0])->verdict = "taken";
	g_assert_true(catalog_settle(rig->store, taken, NULL));
	fake_expire_cursors(rig->fake);
	fake_forget_rows(rig->fake);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	rows = catalog_rows(rig, 1);
	row = rows->pdata[0];
	g_assert_cmpstr(row->id, ==, "A");
	g_assert_true(row->deleted);
	rig_free(rig);
}

/* Every cursor expires as soon as it is made: not for ever in circles. */
static void test_feed_in_circles(void)
{
	struct rig *rig = rig_new();

	add_tickets(rig, 1, 5);
	for (int i = 0; i < 20; i++) {
		fake_script(rig->fake,
			"/v1/changes?feed=tickets&limit=500"
			"&window=03&cursor",
			1, FAKE_REPLY, 410, "{\"code\":\"cursor_expired\"}");
	}
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(
		fake_requests(rig->fake, "/v1/changes?feed=tickets"), <=, 4);
	rig_free(rig);
}

/* A platform without one of the feeds, or whose empty cursor expires too. */
static void test_feed_refused(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 1);
	fake_script(rig->fake, "/v1/changes", 1, FAKE_REPLY, 404,
		"{\"code\":\"not_found\"}");
	fake_script(rig->fake, "/v1/changes", 1000, FAKE_REPLY, 410,
		"{\"code\":\"cursor_expired\"}");
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_requests(rig->fake, "/v1/changes"), <=, 5);
	rig_free(rig);
}

/* The platform was restored
 * -------------------------------------------------------------------- */

static void test_epoch(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 4);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	fake_lose_ops(rig->fake, 2);
	fake_habits(rig->fake)->epoch = "e2";
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(rig, "server_behind"), ==, 2);
	g_assert_false(json_bool_or(rig->report, "epoch_changed", true));
	g_assert_cmpuint(fake_ops(rig->fake), ==, 4);
	g_assert_cmpint(rig_unsent(rig), ==, 0);
	rig_free(rig);
}

/* Killed at every point of it, the repair is begun again. */
static void test_epoch_and_crash(void)
{
	static const char *const points[] = {"--crash-at=before-claim:1",
		"--crash-at=after-claim:1", "--crash-at=after-send:1",
		"--crash-at=before-settle:1", "--crash-at=after-settle:1"};
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 6);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
		g_autofree char *epoch = g_strdup_printf("f%zu", i);

		fake_lose_ops(rig->fake, 3);
		fake_habits(rig->fake)->epoch = epoch;
		g_assert_cmpint(rig_run(rig, points[i]), ==, 137);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
		g_assert_cmpuint(fake_ops(rig->fake), ==, 6);
		fake_habits(rig->fake)->epoch = "e1";
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	}
	rig_free(rig);
}

/* Both sides hold the same, and then they do not. */
static void test_verify(void)
{
	struct rig *rig = rig_new();
	const struct json *proof;

	rig_open_tickets(rig, 5);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_run(rig, "--verify"), ==, EXIT_CODE_OK);
	proof = json_get(rig->report, "verify");
	g_assert_cmpint(json_int_or(proof, "ours", -1), ==, 5);
	g_assert_cmpint(json_int_or(proof, "theirs", -1), ==, 5);
	g_assert_true(json_bool_or(proof, "complete", false));
	fake_lose_ops(rig->fake, 2);
	rig_open_tickets(rig, 1);
	g_assert_cmpint(rig_run(rig, "--verify"), ==, EXIT_CODE_ITEM);
	proof = json_get(rig->report, "verify");
	g_assert_cmpint(json_int_or(proof, "missing", -1), ==, 2);
	g_assert_cmpint(json_int_or(proof, "waiting", -1), ==, 1);
	g_assert_cmpint(json_int_or(proof, "extra", -1), ==, 0);
	g_assert_cmpint(json_length(json_get(proof, "missing_ops")), ==, 2);
	/* it only looked */
	g_assert_cmpuint(fake_ops(rig->fake), ==, 3);
	g_assert_cmpint(rig_run2(rig, "--verify", "--day=2001-01-01"), ==,
		EXIT_CODE_OK);
	fake_script(rig->fake, "/v1/reconciliation/digests", 10,
		FAKE_CLOSE_EARLY, 0, NULL);
	g_assert_cmpint(rig_run(rig, "--verify"), ==, EXIT_CODE_LINK);
	g_assert_cmpstr(json_text(json_get(rig->report, "verify"), "failed"),
		==, "unreachable");
	rig_free(rig);
}

static void test_epoch_without_loss(void)
{
	struct rig *rig = rig_new();

	rig_open_tickets(rig, 4);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	fake_habits(rig->fake)->epoch = "e2";
	rig_open_tickets(rig, 1);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_reported(rig, "server_behind"), ==, 0);
	g_assert_false(json_bool_or(rig->report, "epoch_changed", true));
	rig_free(rig);
}

/* One at a time, and the command line
 * ----------------------------------------------------------- */

static void test_already_running(void)
{
	struct rig *rig = rig_new();
	g_autofree char *path =
		g_build_filename(rig->dir, "state", "sync.lock", NULL);
	g_autoptr(GError) error = NULL;
	int lock = file_lock(path, &error);

	g_assert_no_error(error);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_RUNNING);
	g_assert_cmpuint(fake_requests(rig->fake, "/"), ==, 0);
	close(lock);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	rig_free(rig);
}

static void test_usage(void)
{
	struct rig *rig = rig_new();

	g_assert_cmpint(rig_run(rig, "--no-such-option"), ==, EXIT_CODE_USAGE);
	g_assert_cmpint(rig_run(rig, "stray"), ==, EXIT_CODE_USAGE);
	g_assert_cmpint(
		rig_run(rig, "--crash-at=nowhere"), ==, EXIT_CODE_USAGE);
	g_assert_cmpint(rig_run(rig, "--version"), ==, EXIT_CODE_OK);
	rig_free(rig);
}

/* Plain http to anywhere but this computer is refused before a byte is sent,
 * as is every other scheme and an address with a password in it. */
static void test_addresses(void)
{
	static const char *const urls[] = {"http://192.0.2.1:8080",
		"http://localhost.example.com", "http://127.0.0.1@192.0.2.1/",
		"ftp://127.0.0.1", "file:///etc/passwd", "127.0.0.1:80",
		"https://user:pw@example.com", "https://h/?x=1", "https:///"};

	for (size_t i = 0; i < G_N_ELEMENTS(urls); i++) {
		struct rig *rig = rig_new();
		g_autofree char *text = g_strdup_printf(
			"[window]\nnumber=03\nname=a\nhall=b\nregion=410185\n"
			"[paths]\nstate=state\nruntime=run\n"
			"[platform]\nurl=%s\n",
			urls[i]);

		g_test_message("%s", urls[i]);
		g_file_set_contents(rig->config, text, -1, NULL);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_USAGE);
		rig_free(rig);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/plain", test_plain);
	g_test_add_func("/sync/numbers/leased", test_numbers);
	g_test_add_func("/sync/numbers/lost-reply", test_numbers_lost_reply);
	g_test_add_func("/sync/numbers/crash", test_numbers_crash);
	g_test_add_func("/sync/numbers/exhausted", test_numbers_exhausted);
	g_test_add_func("/sync/broken-replies", test_broken_replies);
	g_test_add_func("/sync/odd-results", test_odd_results);
	g_test_add_func("/sync/wrong-receipt", test_wrong_receipt);
	g_test_add_func("/sync/portal", test_portal);
	g_test_add_func("/sync/413/batch", test_too_large);
	g_test_add_func("/sync/413/single", test_single_too_large);
	g_test_add_func("/sync/413/proxy", test_single_too_large_for_proxy);
	g_test_add_func("/sync/poisoned-batch", test_poisoned_batch);
	g_test_add_func("/sync/429", test_retry_after);
	g_test_add_func("/sync/401", test_unauthorised);
	g_test_add_func("/sync/no-token", test_no_token_file);
	g_test_add_func("/sync/breaker", test_breaker);
	g_test_add_func("/sync/nobody-there", test_nobody_there);
	g_test_add_func("/sync/one-lane-stops", test_one_lane_stops);
	g_test_add_func("/sync/conflict", test_conflict_parks);
	g_test_add_func("/sync/mass-dead/guard", test_mass_dead_guard);
	g_test_add_func("/sync/mass-dead/bound", test_mass_dead_bound);
	g_test_add_func("/sync/blobs/first", test_blobs_first);
	g_test_add_func("/sync/blobs/cut", test_blob_cut);
	g_test_add_func("/sync/blobs/portal", test_blob_portal);
	g_test_add_func("/sync/blobs/forgotten", test_blob_forgotten);
	g_test_add_func("/sync/blobs/damaged", test_blob_damaged);
	g_test_add_func("/sync/blobs/gone", test_blob_gone);
	g_test_add_func("/sync/crashes", test_crashes);
	g_test_add_func("/sync/feed/pages", test_feed_pages);
	g_test_add_func("/sync/feed/expired", test_feed_expired);
	g_test_add_func("/sync/feed/catalog-expired", test_catalog_expired);
	g_test_add_func("/sync/feed/circles", test_feed_in_circles);
	g_test_add_func("/sync/feed/refused", test_feed_refused);
	g_test_add_func("/sync/epoch/loss", test_epoch);
	g_test_add_func("/sync/epoch/crash", test_epoch_and_crash);
	g_test_add_func("/sync/verify", test_verify);
	g_test_add_func("/sync/epoch/no-loss", test_epoch_without_loss);
	g_test_add_func("/sync/already-running", test_already_running);
	g_test_add_func("/sync/usage", test_usage);
	g_test_add_func("/sync/addresses", test_addresses);
	return g_test_run();
}
