/* The device controller and the simulator over their real sockets, in one
 * process: what a client asks is what the simulated devices show, and what a
 * person does to them is what the client hears. */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/line.h"
#include "drivers/service.h"
#include "drivers/sim/sim_control.h"

struct whole {
	char *dir, *devd, *control, *conf; /* own */
	struct sim *sim;
	struct service *service;
	struct line_client *client, *person;
	GHashTable *states; /* own: device to its state */
	GString *events;
	bool is_done;
	char *error;         /* of the last reply */
	struct json *result; /* of the last reply */
};

static const char devices[] =
	"[bus desk]\nport = unix:desk.sock\ngap_ms = 10\n"
	"[device keypad]\nprofile = ff68-keypad\nbus = desk\n"
	"[device pad]\nprofile = ff68-evaluator\nbus = desk\nmap.01 = 3\n"
	"[device bar]\nprofile = aabb-bar-1\nport = unix:bar.sock\n"
	"[device bar2]\nprofile = aabb-bar-2\nport = unix:bar2.sock\n"
	"address = 09\n"
	"[device idcard]\ndriver = idcard\nport = unix:idcard.sock\n"
	"[device camera]\ndriver = camera\nport = unix:camera.sock\n";

static void nothing(void *context)
{
	(void)context;
}

static void lost(void *context, const GError *why)
{
	(void)context;
	(void)why;
}

static void on_message(void *context, const struct json *message)
{
	struct whole *whole = context;
	const char *event = json_text(message, "event");
	const char *device = json_text(message, "device");
	g_autofree char *data = NULL;

	if (!event) {
		if (device)
			g_hash_table_replace(whole->states, g_strdup(device),
				g_strdup(json_text(message, "state")));
		return;
	}
	data = json_print(json_get(message, "data"));
	g_string_append_printf(whole->events, "%s %s %s;", device, event, data);
}

static const struct line_client_ops client_ops = {
	.synced = nothing, .message = on_message, .lost = lost};

/* Turns the loop until the condition holds; fails after four seconds. */
static gboolean tick(gpointer unused)
{
	(void)unused;
	return G_SOURCE_CONTINUE;
}

#define WAIT(condition)                                                     \
	do {                                                                \
		gint64 until = g_get_monotonic_time() + 4 * G_USEC_PER_SEC; \
		guint source = g_timeout_add(5, tick, NULL);                \
		while (!(condition)) {                                      \
			g_assert_cmpint(g_get_monotonic_time(), <, until);  \
			g_main_context_iteration(NULL, TRUE);               \
		}                                                           \
		g_source_remove(source);                                    \
	} while (0)

static const char *state_of(struct whole *whole, const char *device)
{
	const char *state = g_hash_table_lookup(whole->states, device);

	return state ? state : "";
}

static bool all_ready(struct whole *whole)
{
	static const char *const names[] = {
		"keypad", "pad", "bar", "bar2", "idcard", "camera"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(state_of(whole, names[i]), "ready"))
			return false;
	}
	return true;
}

static struct whole *whole_new(void)
{
	struct whole *whole = g_new0(struct whole, 1);
	g_autoptr(GError) error = NULL;
	struct sim_setup sim = {.profile_dir = "config/profiles"};
	struct service_setup service = {.profile_dir = "config/profiles"};

	whole->dir = g_dir_make_tmp("yikou-test-XXXXXX", NULL);
	whole->devd = g_build_filename(whole->dir, "devd.sock", NULL);
	whole->control = g_build_filename(whole->dir, "sim.sock", NULL);
	whole->conf = g_build_filename(whole->dir, "devices.conf", NULL);
	whole->states =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	whole->events = g_string_new(NULL);
	g_assert_true(file_write(whole->conf, devices, strlen(devices), NULL));
	sim.socket = whole->control;
	sim.devices_conf = service.devices_conf = whole->conf;
	service.socket = whole->devd;
	service.runtime_dir = whole->dir;
	whole->sim = sim_new(&sim, &error);
	g_assert_no_error(error);
	whole->service = service_new(&service, &error);
	g_assert_no_error(error);
	whole->client = line_client_new(whole->devd, "t", &client_ops, whole);
	whole->person =
		line_client_new(whole->control, "t", &client_ops, whole);
	WAIT(all_ready(whole) && line_client_is_up(whole->person));
	return whole;
}

static void whole_free(struct whole *whole)
{
	line_client_free(whole->client);
	line_client_free(whole->person);
	service_free(whole->service);
	sim_free(whole->sim);
	file_remove_tree(whole->dir);
	g_hash_table_destroy(whole->states);
	g_string_free(whole->events, TRUE);
	json_free(whole->result);
	g_free(whole->error);
	g_free(whole->dir);
	g_free(whole->devd);
	g_free(whole->control);
	g_free(whole->conf);
	g_free(whole);
}

static void on_reply(
	void *context, const struct json *result, const GError *error)
{
	struct whole *whole = context;

	json_free(whole->result);
	g_free(whole->error);
	whole->result = result ? json_copy(result) : NULL;
	whole->error = g_strdup(error ? error_name(error) : "ok");
	whole->is_done = true;
}

static void begin(struct whole *whole, struct line_client *client,
	const char *verb, const char *args)
{
	whole->is_done = false;
	line_command(client, verb, json_parse(args, strlen(args), NULL), 4000,
		on_reply, whole);
}

/* The name of the error, "ok" without one. */
static const char *ask(struct whole *whole, struct line_client *client,
	const char *verb, const char *args)
{
	begin(whole, client, verb, args);
	WAIT(whole->is_done);
	return whole->error;
}

#define DEVD(whole, verb, args)   ask(whole, (whole)->client, verb, args)
#define PERSON(whole, verb, args) ask(whole, (whole)->person, verb, args)

/* What a device shows, by a person's eyes. */
static const char *shown(
	struct whole *whole, const char *device, const char *member)
{
	PERSON(whole, "state", "{}");
	return json_text_or(json_get(whole->result, device), member, "");
}

static void test_shows(void)
{
	struct whole *whole = whole_new();

	g_assert_cmpstr(DEVD(whole, "ticket",
				"{\"device\":\"keypad\",\"number\":\"A018\"}"),
		==, "ok");
	g_assert_cmpstr(
		DEVD(whole, "waiting", "{\"device\":\"keypad\",\"count\":12}"),
		==, "ok");
	g_assert_cmpstr(
		DEVD(whole, "show",
			"{\"device\":\"bar\",\"text\":\"请A018号到3号窗口\"}"),
		==, "ok");
	g_assert_cmpstr(DEVD(whole, "show",
				"{\"device\":\"bar2\",\"text\":\"暂停服务\"}"),
		==, "ok");
	g_assert_cmpstr(
		DEVD(whole, "check", "{\"device\":\"bar2\"}"), ==, "ok");
	g_assert_cmpstr(shown(whole, "keypad", "digits"), ==, "018");
	g_assert_cmpstr(shown(whole, "keypad", "waiting"), ==, "012");
	g_assert_cmpstr(shown(whole, "bar", "text"), ==, "请A018号到3号窗口");
	g_assert_cmpstr(shown(whole, "bar2", "text"), ==, "暂停服务");
	g_assert_cmpstr(DEVD(whole, "clear", "{\"device\":\"bar\"}"), ==, "ok");
	g_assert_cmpstr(shown(whole, "bar", "text"), ==, "");
	whole_free(whole);
}

static void test_keys(void)
{
	static const char *const keys[] = {"next", "again", "rate", "skip",
		"park", "back", "pause", "transfer"};
	struct whole *whole = whole_new();

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *args = g_strdup_printf(
			"{\"device\":\"keypad\",\"key\":\"%s\"}", keys[i]);
		g_autofree char *event = g_strdup_printf(
			"keypad key {\"key\":\"%s\"};", keys[i]);

		g_string_truncate(whole->events, 0);
		g_assert_cmpstr(PERSON(whole, "key", args), ==, "ok");
		WAIT(!strcmp(whole->events->str, event));
	}
	WAIT(PERSON(whole, "state", "{}") &&
		json_int_or(json_get(whole->result, "keypad"), "acknowledged",
			0) == 8);
	g_assert_cmpstr(
		PERSON(whole, "key", "{\"device\":\"keypad\",\"key\":\"x\"}"),
		==, "item.invalid");
	whole_free(whole);
}

static void test_rating(void)
{
	struct whole *whole = whole_new();

	g_assert_cmpstr(shown(whole, "pad", "showing"), ==, "idle");
	DEVD(whole, "ask", "{\"device\":\"pad\",\"timeout_s\":60}");
	g_assert_cmpstr(shown(whole, "pad", "showing"), ==, "rate");
	PERSON(whole, "rate", "{\"device\":\"pad\",\"level\":3}");
	WAIT(!strcmp(whole->events->str, "pad rating {\"level\":3};"));
	WAIT(!strcmp(shown(whole, "pad", "showing"), "thank"));
	DEVD(whole, "idle", "{\"device\":\"pad\"}");
	g_assert_cmpstr(shown(whole, "pad", "showing"), ==, "idle");
	/* four keys: no level 1 */
	g_assert_cmpstr(
		PERSON(whole, "rate", "{\"device\":\"pad\",\"level\":1}"), ==,
		"item.invalid");
	whole_free(whole);
}

static void test_card(void)
{
	static const char card[] = "{\"device\":\"idcard\","
				   "\"name\":\"欧阳演练\","
				   "\"number\":\"410185198512310015\"}";
	struct whole *whole = whole_new();

	begin(whole, whole->client, "read",
		"{\"device\":\"idcard\",\"timeout_s\":10}");
	WAIT(!strcmp(state_of(whole, "idcard"), "busy"));
	line_command(whole->person, "card",
		json_parse(card, strlen(card), NULL), 1000, NULL, NULL);
	WAIT(whole->is_done);
	g_assert_cmpstr(whole->error, ==, "ok");
	g_assert_cmpstr(json_text(whole->result, "name"), ==, "欧阳演练");
	g_assert_cmpstr(json_text(whole->result, "birth"), ==, "19851231");
	g_assert_cmpstr(json_text(whole->result, "sex"), ==, "1");
	g_assert_cmpstr(json_text(whole->result, "nation"), ==, "01");
	g_assert_cmpstr(json_text(whole->result, "valid_to"), ==, "长期");
	/* it must be lifted before it is found again */
	begin(whole, whole->client, "read", "{\"device\":\"idcard\"}");
	PERSON(whole, "state", "{}");
	g_assert_true(
		json_bool_or(json_get(whole->result, "idcard"), "read", false));
	whole_free(whole);
}

static void test_picture(void)
{
	struct whole *whole = whole_new();
	const struct json *page;
	g_autofree char *path = NULL, *release = NULL;

	g_assert_cmpstr(
		DEVD(whole, "capture", "{\"device\":\"camera\"}"), ==, "ok");
	page = json_first(json_get(whole->result, "pages"));
	path = g_build_filename(
		whole->dir, "spool", json_text(page, "file"), NULL);
	g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
	release = g_strdup_printf(
		"{\"sha256\":\"%s\"}", json_text(page, "sha256"));
	g_assert_cmpstr(DEVD(whole, "release", release), ==, "ok");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	g_assert_cmpstr(DEVD(whole, "release", "{\"sha256\":\"../x\"}"), ==,
		"item.invalid");
	whole_free(whole);
}

static void test_faults(void)
{
	struct whole *whole = whole_new();

	/* A half frame, then a whole one: the key counts once. */
	PERSON(whole, "fault",
		"{\"device\":\"keypad\",\"kind\":\"half\",\"seconds\":1}");
	PERSON(whole, "key", "{\"device\":\"keypad\",\"key\":\"skip\"}");
	PERSON(whole, "fault",
		"{\"device\":\"keypad\",\"kind\":\"none\",\"seconds\":1}");
	PERSON(whole, "key", "{\"device\":\"keypad\",\"key\":\"next\"}");
	WAIT(!strcmp(whole->events->str, "keypad key {\"key\":\"next\"};"));

	PERSON(whole, "fault",
		"{\"device\":\"bar2\",\"kind\":\"silent\",\"seconds\":9}");
	g_assert_cmpstr(DEVD(whole, "check", "{\"device\":\"bar2\"}"), ==,
		"link.timeout");
	g_assert_cmpstr(state_of(whole, "bar2"), ==, "stale");
	PERSON(whole, "fault", "{\"device\":\"bar2\",\"kind\":\"none\"}");
	g_assert_cmpstr(
		DEVD(whole, "check", "{\"device\":\"bar2\"}"), ==, "ok");
	WAIT(!strcmp(state_of(whole, "bar2"), "ready"));

	PERSON(whole, "fault",
		"{\"device\":\"bar\",\"kind\":\"unplug\",\"seconds\":1}");
	WAIT(!strcmp(state_of(whole, "bar"), "absent"));
	g_assert_cmpstr(
		DEVD(whole, "show", "{\"device\":\"bar\",\"text\":\"a\"}"), ==,
		"link.absent");
	WAIT(!strcmp(state_of(whole, "bar"), "ready"));

	PERSON(whole, "fault",
		"{\"device\":\"pad\",\"kind\":\"noise\",\"seconds\":1}");
	g_assert_cmpstr(DEVD(whole, "ask", "{\"device\":\"pad\"}"), ==, "ok");
	whole_free(whole);
}

/* Well and at rest: nothing wakes the loop. */
static gboolean ring(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

static void test_idle(void)
{
	struct whole *whole = whole_new();
	bool is_over = false;
	int turns = 0;

	WAIT(PERSON(whole, "state", "{}"));
	g_timeout_add(600, ring, &is_over);
	while (!is_over) {
		g_main_context_iteration(NULL, TRUE);
		turns++;
	}
	g_assert_cmpint(turns, <=, 3);
	whole_free(whole);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sim/shows", test_shows);
	g_test_add_func("/sim/keys", test_keys);
	g_test_add_func("/sim/rating", test_rating);
	g_test_add_func("/sim/card", test_card);
	g_test_add_func("/sim/picture", test_picture);
	g_test_add_func("/sim/faults", test_faults);
	g_test_add_func("/sim/idle", test_idle);
	return g_test_run();
}
