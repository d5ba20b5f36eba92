/* A yikou-devd and a yikou-syncd of the test's own, at the window's sockets:
 * the test sees each command and answers when and how it likes. */
#ifndef TESTS_UNIT_TEST_APP_FAKE_H
#define TESTS_UNIT_TEST_APP_FAKE_H

#include "tests/unit/test_app.h"

/* What the program said to yikou-devd, and what is to be answered. */
struct fake {
	struct desk *desk;
	struct line_server *devd, *syncd; /* own */
	GPtrArray *calls;                 /* own: struct call */
};

struct call {
	struct line_server *server;
	unsigned peer;
	int64_t id;
	char *verb;           /* own */
	struct json *message; /* own */
	bool answered;
};

static inline void call_free(gpointer data)
{
	struct call *call = data;

	g_free(call->verb);
	json_free(call->message);
	g_free(call);
}

static inline void send_device(
	struct line_peer *peer, const char *name, const char *class_name)
{
	g_autofree char *text = g_strdup_printf(
		"{\"device\":\"%s\",\"class\":\"%s\",\"driver\":\"fake\","
		"\"title\":\"%s\",\"state\":\"ready\"}",
		name, class_name, name);
	AUTO(json) state = json_parse(text, strlen(text), NULL);

	line_send(peer, state);
}

static inline void on_joined(void *context, struct line_peer *peer)
{
	(void)context;
	send_device(peer, "keypad", "keypad");
	send_device(peer, "pad", "pad");
	send_device(peer, "bar", "bar");
	send_device(peer, "reader", "idcard");
	send_device(peer, "camera", "camera");
	send_device(peer, "scanner", "scanner");
}

/* What nobody waits for is answered at once. */
static inline void on_command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	static const char *const kept[] = {
		"read", "capture", "scan", "ask", "check"};
	struct fake *fake = context;
	struct call *call = g_new0(struct call, 1);

	call->server = fake->devd;
	call->peer = line_peer_serial(peer);
	call->id = id;
	call->verb = g_strdup(verb);
	call->message = json_copy(message);
	g_ptr_array_add(fake->calls, call);
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		if (strcmp(verb, kept[i]) == 0)
			return;
	}
	call->answered = true;
	line_answer(peer, id, json_new_object());
}

static const struct line_server_ops devd_ops = {
	.joined = on_joined, .command = on_command};

static inline void on_sync_joined(void *context, struct line_peer *peer)
{
	static const char state[] = "{\"link\":\"up\",\"since_ms\":1}";
	AUTO(json) line = json_parse(state, strlen(state), NULL);

	(void)context;
	line_send(peer, line);
}

static inline void on_sync_command(void *context, struct line_peer *peer,
	int64_t id, const char *verb, const struct json *message)
{
	(void)context;
	(void)verb;
	(void)message;
	line_answer(peer, id, json_new_object());
}

static const struct line_server_ops syncd_ops = {
	.joined = on_sync_joined, .command = on_sync_command};

static inline void fake_start(struct fake *fake)
{
	g_autofree char *devd = desk_path(fake->desk, "run/devd.sock");
	g_autofree char *syncd = desk_path(fake->desk, "run/syncd.sock");
	g_autofree char *run = desk_path(fake->desk, "run/spool");
	g_autoptr(GError) error = NULL;

	g_assert_true(file_make_dir(run, NULL));
	fake->devd =
		line_server_new(devd, "yikou-devd", &devd_ops, fake, &error);
	g_assert_no_error(error);
	fake->syncd =
		line_server_new(syncd, "yikou-syncd", &syncd_ops, fake, &error);
	g_assert_no_error(error);
}

static inline void fake_open_at(struct fake *fake, struct desk *desk)
{
	fake->desk = desk;
	fake->calls = g_ptr_array_new_with_free_func(call_free);
	fake_start(fake);
	desk_open(fake->desk);
	app_start(fake->desk->app);
	spin_until(seen(fake->desk)->header.device_fault == NULL &&
		   seen(fake->desk)->header.link == LINK_SHOW_UP);
	desk_login(fake->desk);
}

static inline void fake_open(struct fake *fake)
{
	fake_open_at(fake, desk_with_queue());
}

static inline void fake_close(struct fake *fake)
{
	desk_close(fake->desk);
	line_server_free(fake->devd);
	line_server_free(fake->syncd);
	desk_free(fake->desk);
	g_ptr_array_unref(fake->calls);
}

/* The oldest command of this verb that waits; NULL when none does. */
static inline struct call *waiting_call(
	const struct fake *fake, const char *verb)
{
	for (guint i = 0; i < fake->calls->len; i++) {
		struct call *call = fake->calls->pdata[i];

		if (!call->answered && strcmp(call->verb, verb) == 0)
			return call;
	}
	return NULL;
}

static inline guint calls_of(const struct fake *fake, const char *verb)
{
	guint count = 0;

	for (guint i = 0; i < fake->calls->len; i++)
		count += strcmp(((struct call *)fake->calls->pdata[i])->verb,
				 verb) == 0;
	return count;
}

static inline void answer(struct call *call, const char *result)
{
	struct line_peer *peer = line_server_find(call->server, call->peer);

	g_assert_nonnull(peer);
	call->answered = true;
	line_answer(peer, call->id, json_parse(result, strlen(result), NULL));
}

static inline void refuse(struct call *call, GQuark domain, int code)
{
	struct line_peer *peer = line_server_find(call->server, call->peer);
	g_autoptr(GError) error = g_error_new_literal(domain, code, "test");

	call->answered = true;
	line_refuse(peer, call->id, error);
}

static inline void event(const struct fake *fake, const char *text)
{
	AUTO(json) line = json_parse(text, strlen(text), NULL);

	g_assert_nonnull(line);
	line_broadcast(fake->devd, line);
}

#define wait_call(fake, verb) spin_until(waiting_call(fake, verb) != NULL)

#endif
