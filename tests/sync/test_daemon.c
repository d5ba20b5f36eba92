/* yikou-syncd as the screen knows it: state lines, hints, events, an end. */
#include <signal.h>
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/line.h"
#include "client/store/feed.h"
#include "tests/sync/rig.h"

struct screen {
	struct rig *rig;
	GSubprocess *daemon;
	struct line_client *client;
	struct json *state; /* own: the last one */
	bool synced, tickets_changed, exited;
	unsigned states;
	unsigned replies, polls_wanted;
	struct json *result; /* own: of the last command */
	bool refused;
};

static void on_synced(void *context)
{
	((struct screen *)context)->synced = true;
}

static void on_message(void *context, const struct json *message)
{
	struct screen *screen = context;

	if (json_text(message, "link")) {
		json_free(screen->state);
		screen->state = json_copy(message);
		screen->states++;
	}
	if (g_strcmp0(json_text(message, "event"), "changed") != 0)
		return;
	json_each (feed, json_get(message, "feeds")) {
		if (strcmp(json_as_text(feed), "tickets") == 0)
			screen->tickets_changed = true;
	}
}

static void on_lost(void *context, const GError *why)
{
	(void)context;
	(void)why;
}

static const struct line_client_ops client_ops = {
	.synced = on_synced,
	.message = on_message,
	.lost = on_lost,
};

static bool is_up(void *context)
{
	struct screen *screen = context;

	return screen->synced &&
	       g_strcmp0(json_text(screen->state, "link"), "up") == 0;
}

static bool is_not_up(void *context)
{
	return !is_up(context);
}

static bool is_down(void *context)
{
	struct screen *screen = context;

	return g_strcmp0(json_text(screen->state, "link"), "down") == 0;
}

static bool has_batch(void *context)
{
	struct screen *screen = context;

	return fake_requests(screen->rig->fake, "/v1/ops:batch") > 0;
}

static unsigned polls(struct screen *screen)
{
	return fake_requests(screen->rig->fake, "/v1/changes?feed=catalog");
}

static bool has_polled(void *context)
{
	struct screen *screen = context;

	return polls(screen) >= screen->polls_wanted;
}

static bool is_sent(void *context)
{
	struct screen *screen = context;

	return rig_unsent(screen->rig) == 0 &&
	       json_int_or(screen->state, "unsent", -1) == 0;
}

static bool has_changed_tickets(void *context)
{
	return ((struct screen *)context)->tickets_changed;
}

static bool has_exited(void *context)
{
	return ((struct screen *)context)->exited;
}

static bool has_reply(void *context)
{
	return ((struct screen *)context)->replies > 0;
}

static bool has_numbers(void *context)
{
	struct screen *screen = context;

	return numbers_left(screen->rig->store, "case:03") > 0 &&
	       fake_blocks(screen->rig->fake) >= 3;
}

static void on_ended(GObject *source, GAsyncResult *result, gpointer data)
{
	g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
	((struct screen *)data)->exited = true;
}

static void on_reply(
	void *context, const struct json *result, const GError *error)
{
	struct screen *screen = context;

	screen->replies++;
	screen->refused = error != NULL;
	json_free(screen->result);
	screen->result = result ? json_copy(result) : NULL;
}

static void say(struct screen *screen, const char *verb)
{
	screen->replies = 0;
	line_command(screen->client, verb, NULL, 2000, on_reply, screen);
	g_assert_true(rig_wait(has_reply, screen, 3000));
}

static struct screen *screen_new(int backoff_ms)
{
	struct screen *screen = g_new0(struct screen, 1);
	g_autofree char *path = NULL;

	screen->rig = rig_new();
	screen->daemon = rig_start(screen->rig, backoff_ms);
	g_subprocess_wait_async(screen->daemon, NULL, on_ended, screen);
	path = g_build_filename(screen->rig->dir, "run", "syncd.sock", NULL);
	screen->client = line_client_new(path, "test", &client_ops, screen);
	g_assert_true(rig_wait(is_up, screen, 5000));
	return screen;
}

static void screen_free(struct screen *screen)
{
	g_assert_true(rig_wait(has_exited, screen, 8000));
	g_assert_true(g_subprocess_get_if_exited(screen->daemon));
	g_assert_cmpint(
		g_subprocess_get_exit_status(screen->daemon), ==, EXIT_CODE_OK);
	line_client_free(screen->client);
	g_object_unref(screen->daemon);
	json_free(screen->state);
	json_free(screen->result);
	rig_free(screen->rig);
	g_free(screen);
}

static void test_wake_and_stop(void)
{
	struct screen *screen = screen_new(100);

	rig_open_tickets(screen->rig, 3);
	say(screen, "wake");
	g_assert_true(rig_wait(is_sent, screen, 2000));
	g_assert_cmpuint(fake_ops(screen->rig->fake), ==, 3);
	g_assert_cmpint(json_int_or(screen->state, "last_success_ms", 0), >, 0);
	g_assert_true(json_bool_or(screen->state, "clock_known", false));
	g_assert_true(json_bool_or(screen->state, "auth", false));
	/* Every command is answered with the state; an unknown one refused. */
	say(screen, "status");
	g_assert_cmpstr(json_text(screen->result, "link"), ==, "up");
	say(screen, "rm -rf");
	g_assert_true(screen->refused);
	say(screen, "stop");
	screen_free(screen);
}

static void test_pull(void)
{
	struct screen *screen = screen_new(100);

	fake_add_row(screen->rig->fake, "tickets", "ticket",
		"01980000-0000-7000-8000-000000000001",
		"{\"ticket_id\":\"01980000-0000-7000-8000-000000000001\","
		"\"number\":\"A001\",\"kind\":\"apply\","
		"\"state\":\"waiting\",\"business\":\"\",\"person\":\"\","
		"\"note\":\"\",\"window\":\"\","
		"\"taken_at\":\"2026-11-23T09:41:20+08:00\",\"calls\":0}");
	say(screen, "pull");
	g_assert_true(rig_wait(has_changed_tickets, screen, 2000));
	g_subprocess_send_signal(screen->daemon, SIGTERM);
	screen_free(screen);
}

/* The platform fails and comes back; "retry" does not wait for the breaker. */
static void test_down_and_up(void)
{
	struct screen *screen = screen_new(100);

	fake_script(screen->rig->fake, "/v1/ops:batch", 5, FAKE_REPLY, 503,
		"{\"code\":\"unavailable\"}");
	rig_open_tickets(screen->rig, 2);
	say(screen, "wake");
	g_assert_true(rig_wait(is_not_up, screen, 3000));
	g_assert_true(rig_wait(is_down, screen, 5000));
	g_assert_cmpint(json_int_or(screen->state, "unsent", 0), ==, 2);
	g_assert_cmpint(json_int_or(screen->state, "next_try_ms", 0), >,
		json_int_or(screen->state, "since_ms", 0));
	say(screen, "retry");
	g_assert_true(rig_wait(is_sent, screen, 3000));
	g_assert_true(rig_wait(is_up, screen, 3000));
	g_subprocess_send_signal(screen->daemon, SIGTERM);
	screen_free(screen);
}

/* A request in hand is finished before the end: a stalled one gets a few
 * seconds, and its ops are sent again by the next one. */
static void test_end_in_flight(void)
{
	struct screen *screen = screen_new(100);
	struct rig *rig = screen->rig;

	fake_script(rig->fake, "/v1/ops:batch", 1, FAKE_STALL, 0, NULL);
	rig_open_tickets(rig, 2);
	say(screen, "wake");
	g_assert_true(rig_wait(has_batch, screen, 3000));
	g_subprocess_send_signal(screen->daemon, SIGTERM);
	g_assert_true(rig_wait(has_exited, screen, 8000));
	g_assert_cmpint(rig_unsent(rig), ==, 2);
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpuint(fake_replays(rig->fake), ==, 2);
	screen_free(screen);
}

/* Pulls, and waits until what it may say is here. */
static void poll_all(struct screen *screen)
{
	screen->polls_wanted = polls(screen) + 1;
	say(screen, "pull");
	g_assert_true(rig_wait(has_polled, screen, 3000));
	rig_wait(has_exited, screen, 100);
	say(screen, "status");
}

/* An op whose blob the platform misses again and again does not spin. */
static void test_patience(void)
{
	struct screen *screen = screen_new(2000);
	struct rig *rig = screen->rig;

	g_assert_true(rig_wait(has_numbers, screen, 3000));
	fake_habits(rig->fake)->forget_blobs = true;
	rig_accept_case(rig, 2000);
	say(screen, "wake");
	rig_wait(has_exited, screen, 1000);
	g_assert_cmpuint(fake_requests(rig->fake, "/v1/ops:batch"), >, 1);
	g_assert_cmpuint(fake_requests(rig->fake, "/v1/ops:batch"), <, 60);
	g_subprocess_send_signal(screen->daemon, SIGTERM);
	screen_free(screen);
}

/* An idle link says nothing: the screen is not woken by polls. */
static void test_second_and_quiet(void)
{
	struct screen *screen = screen_new(100);
	unsigned states;

	g_assert_cmpint(rig_run(screen->rig, NULL), ==, EXIT_CODE_RUNNING);
	poll_all(screen);
	states = screen->states;
	poll_all(screen);
	poll_all(screen);
	g_assert_cmpuint(screen->states, ==, states);
	say(screen, "stop");
	screen_free(screen);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/daemon/wake-and-stop", test_wake_and_stop);
	g_test_add_func("/sync/daemon/pull", test_pull);
	g_test_add_func("/sync/daemon/down-and-up", test_down_and_up);
	g_test_add_func("/sync/daemon/end-in-flight", test_end_in_flight);
	g_test_add_func("/sync/daemon/patience", test_patience);
	g_test_add_func("/sync/daemon/second-and-quiet", test_second_and_quiet);
	return g_test_run();
}
