/* The host against a hand on the other end of a Unix socket. */
#include "drivers/host.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "drivers/bus.h"
#include "test_drivers_far_end.h"

struct desk {
	struct far_end *far;
	char *conf;
	struct host *host;
	GString *told;     /* "keypad:ready " and "!key " */
	GString *answers;  /* "1:ok " and "2:link.timeout " */
	struct json *last; /* the last result */
};

static void on_state(void *context, const struct json *line)
{
	struct desk *desk = context;

	g_string_append_printf(desk->told, "%s:%s ", json_text(line, "device"),
		json_text(line, "state"));
}

static void on_event(void *context, const struct json *line)
{
	struct desk *desk = context;
	g_autofree char *data = json_print(json_get(line, "data"));

	g_string_append_printf(desk->told, "!%s%s%s ",
		json_text(line, "device"), json_text(line, "event"), data);
}

static const struct host_listener listener = {on_state, on_event};

static void write_conf(struct desk *desk, const char *text)
{
	g_autoptr(GError) error = NULL;

	file_write(desk->conf, text, strlen(text), &error);
	g_assert_no_error(error);
}

static struct desk *desk_new(const char *conf)
{
	struct desk *desk = g_new0(struct desk, 1);
	struct host_setup setup = {.profile_dir = "config/profiles"};
	g_autoptr(GError) error = NULL;

	desk->far = far_end_new();
	desk->conf = g_build_filename(desk->far->dir, "devices.conf", NULL);
	desk->told = g_string_new(NULL);
	desk->answers = g_string_new(NULL);
	setup.runtime_dir = desk->far->dir;
	desk->host = host_new(&setup, &listener, desk, &error);
	g_assert_no_error(error);
	write_conf(desk, conf);
	return desk;
}

static void desk_load(struct desk *desk)
{
	g_autoptr(GError) error = NULL;

	host_load(desk->host, desk->conf, &error);
	g_assert_no_error(error);
}

static void desk_free(struct desk *desk)
{
	g_autofree char *spool =
		g_build_filename(desk->far->dir, "spool", NULL);

	host_free(desk->host);
	far_end_unplug(desk->far);
	file_remove_tree(desk->far->dir);
	far_end_free(desk->far);
	g_string_free(desk->told, TRUE);
	g_string_free(desk->answers, TRUE);
	json_free(desk->last);
	g_free(desk->conf);
	g_free(desk);
}

struct asked {
	struct desk *desk;
	int number;
};

static void on_reply(
	void *context, const struct json *result, const GError *error)
{
	struct asked *asked = context;

	g_string_append_printf(asked->desk->answers, "%d:%s ", asked->number,
		error ? error_name(error) : "ok");
	json_free(asked->desk->last);
	asked->desk->last = result ? json_copy(result) : NULL;
}

static void ask(struct desk *desk, int number, const char *device,
	const char *verb, const char *args)
{
	AUTO(json) object = json_parse(args, strlen(args), NULL);
	struct asked *asked = g_new0(struct asked, 1);
	struct host_call call = {
		.device = device,
		.verb = verb,
		.args = object,
		.owner = 7,
		.reply = on_reply,
		.context = asked,
		.free_context = g_free,
	};

	asked->desk = desk;
	asked->number = number;
	host_command(desk->host, &call);
}

static bool has(const GString *text, const char *part)
{
	return strstr(text->str, part) != NULL;
}

#define TOLD(desk, part)     WAIT_FOR((desk)->far, has((desk)->told, part))
#define ANSWERED(desk, part) WAIT_FOR((desk)->far, has((desk)->answers, part))

static const char two_on_a_bus[] = "[bus desk]\n"
				   "port = unix:far.sock\n"
				   "gap_ms = 60\n"
				   "[device keypad]\n"
				   "profile = ff68-keypad\n"
				   "bus = desk\n"
				   "[device pad]\n"
				   "profile = ff68-evaluator\n"
				   "bus = desk\n"
				   "map.01 = 3\n";

/* Frames are kept apart, in order; each device gets its own; a frame of an
 * address nobody has disappears without harm. */
static void test_bus(void)
{
	struct desk *desk = desk_new(two_on_a_bus);
	g_autofree char *first = NULL, *all = NULL, *acks = NULL;
	gint64 start;

	far_end_listen(desk->far);
	desk_load(desk);
	TOLD(desk, "pad:ready");
	start = g_get_monotonic_time();
	ask(desk, 1, "keypad", "beep", "{}");
	ask(desk, 2, "pad", "ask", "{\"timeout_s\":60}");
	ask(desk, 3, "keypad", "ticket", "{\"number\":\"A018\"}");
	WAIT_FOR(desk->far, desk->far->got->len >= 8);
	first = far_end_take(desk->far);
	g_assert_cmpstr(first, ==, "FF 68 02 02 68 05 03 08 16");
	WAIT_FOR(desk->far, desk->far->got->len >= 25);
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 2 * 60 * 1000);
	all = far_end_take(desk->far);
	g_assert_cmpstr(all, ==,
		"FF 68 03 03 68 06 01 0B 12 16 "
		"FF 68 08 08 68 05 02 0A 0A 0A 00 01 08 2E 16");
	ANSWERED(desk, "1:ok 2:ok 3:ok ");

	g_string_truncate(desk->told, 0);
	far_end_say(desk->far,
		"FF 68 03 03 68 07 01 0C 14 16 FF 68 03 03 68 06 11 03 1A 16 "
		"FF 68 03 03 68 05 01 0C 12 16");
	TOLD(desk, "!keypadkey{\"key\":\"next\"}");
	g_assert_true(has(desk->told, "!padrating{\"level\":5} !keypad"));
	WAIT_FOR(desk->far, desk->far->got->len >= 20);
	acks = far_end_take(desk->far);
	g_assert_cmpstr(acks, ==,
		"FF 68 03 03 68 06 01 03 0A 16 FF 68 03 03 68 05 01 0C 12 16");
	desk_free(desk);
}

static void read_state(void *context, const struct json *line)
{
	struct desk *desk = context;

	json_free(desk->last);
	desk->last = json_copy(line);
}

/* Absent, there, gone, there again; commands meanwhile. */
static void test_reconnect(void)
{
	struct desk *desk = desk_new("[device bar]\nprofile = aabb-bar-2\n"
				     "port = unix:far.sock\n");

	desk_load(desk);
	TOLD(desk, "bar:opening bar:absent ");
	ask(desk, 1, "bar", "show", "{\"text\":\"a\"}");
	g_assert_cmpstr(desk->answers->str, ==, "1:link.absent ");
	far_end_listen(desk->far);
	TOLD(desk, "bar:ready ");
	ask(desk, 2, "bar", "check", "{}");
	WAIT_FOR(desk->far, desk->far->got->len == 3);
	far_end_say(desk->far, "1B");
	ANSWERED(desk, "2:ok");

	/* Lost while a command is in flight. */
	WAIT_MS(desk->far, BUS_RETRY_MIN_MS);
	ask(desk, 3, "bar", "check", "{}");
	WAIT_FOR(desk->far, desk->far->got->len >= 6);
	g_string_truncate(desk->told, 0);
	far_end_hang_up(desk->far);
	ANSWERED(desk, "3:link.closed");
	TOLD(desk, "bar:ready ");
	g_assert_false(has(desk->told, "absent"));
	g_assert_cmpint(desk->far->accepted, ==, 2);

	/* Unplugged. */
	far_end_unplug(desk->far);
	TOLD(desk, "bar:absent ");
	host_each_state(desk->host, read_state, desk);
	g_assert_cmpstr(json_text(desk->last, "error"), ==, "link.closed");
	g_assert_cmpint(
		json_int_or(json_get(desk->last, "counters"), "reopened", 0),
		==, 1);
	desk_free(desk);
}

/* A silent device is stale until its next frame. */
static void test_stale(void)
{
	struct desk *desk = desk_new("[device bar]\nprofile = ./quick.profile\n"
				     "port = unix:far.sock\n");
	g_autofree char *profile =
		g_build_filename(desk->far->dir, "quick.profile", NULL);
	static const char quick[] =
		"profile quick\nclass bar\nframe 01 body 02\n"
		"command ping send 31 expect 32 timeout 30\n"
		"event push when 33\n";

	g_assert_true(file_write(profile, quick, strlen(quick), NULL));
	far_end_listen(desk->far);
	desk_load(desk);
	TOLD(desk, "bar:ready ");
	ask(desk, 1, "bar", "ping", "{}");
	ANSWERED(desk, "1:link.timeout");
	TOLD(desk, "bar:stale ");
	g_string_truncate(desk->told, 0);
	ask(desk, 2, "bar", "check", "{}");
	g_assert_true(has(desk->answers, "2:link.timeout"));
	far_end_say(desk->far, "01 33 02");
	TOLD(desk, "!barpush{} bar:ready ");
	desk_free(desk);
}

static const char reader[] =
	"[device idcard]\ndriver = idcard\nport = unix:far.sock\nrecord=yes\n";
static const char status_ok[] = "AA AA AA 96 69 00 04 00 00 90 94";
static const char no_card[] = "AA AA AA 96 69 00 04 00 00 80 84";

/* A read ends by its own time, by cancel, and with its client; nothing is
 * asked afterwards. */
static void test_read_ends(void)
{
	struct desk *desk = desk_new(reader);
	g_autofree char *left = NULL;

	far_end_listen(desk->far);
	desk_load(desk);
	WAIT_FOR(desk->far, desk->far->got->len == 10);
	g_assert_true(has(desk->told, "idcard:greeting "));
	far_end_say(desk->far, status_ok);
	TOLD(desk, "idcard:ready ");

	ask(desk, 1, "idcard", "read", "{\"timeout_s\":1}");
	WAIT_FOR(desk->far, desk->far->got->len == 20);
	far_end_say(desk->far, no_card);
	ask(desk, 2, "idcard", "read", "{}");
	ANSWERED(desk, "1:link.timeout ");
	WAIT_FOR(desk->far, desk->far->got->len >= 30);
	ask(desk, 3, "idcard", "cancel", "{}");
	g_assert_true(has(desk->answers, "2:item.refused 3:ok "));
	ask(desk, 4, "idcard", "read", "{}");
	WAIT_FOR(desk->far, desk->far->got->len >= 40);
	g_string_truncate(desk->told, 0);
	host_forget(desk->host, 7);
	g_assert_true(has(desk->told, "idcard:ready "));
	g_assert_false(has(desk->answers, "4:"));
	far_end_say(desk->far, no_card); /* the next poll would be in 1 s */
	g_free(far_end_take(desk->far));
	WAIT_MS(desk->far, 1100);
	left = far_end_take(desk->far);
	g_assert_cmpstr(left, ==, "");
	desk_free(desk);
}

/* What a person's card says is nowhere in the recording. */
static void test_recording(void)
{
	struct desk *desk = desk_new(reader);
	g_autofree char *path =
		g_build_filename(desk->far->dir, "record/idcard.replay", NULL);
	g_autofree char *text = NULL;
	struct stat st;

	far_end_listen(desk->far);
	desk_load(desk);
	WAIT_FOR(desk->far, desk->far->got->len == 10);
	far_end_say(desk->far, status_ok);
	TOLD(desk, "idcard:ready ");
	ask(desk, 1, "idcard", "read", "{\"secret\":\"words\"}");
	WAIT_FOR(desk->far, desk->far->got->len == 20);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "# driver: idcard\n"));
	g_assert_nonnull(strstr(text, "# > 10 bytes withheld\n"));
	g_assert_nonnull(strstr(text, "# < 11 bytes withheld\n"));
	g_assert_nonnull(strstr(text, "! read # withheld\n"));
	g_assert_null(strstr(text, "AA"));
	g_assert_null(strstr(text, "words"));
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	desk_free(desk);
}

/* The queue is bounded, and nobody is left without an answer. */
static void test_queue(void)
{
	struct desk *desk = desk_new("[device bar]\nprofile = aabb-bar-1\n"
				     "port = unix:far.sock\n");

	far_end_listen(desk->far);
	desk_load(desk);
	TOLD(desk, "bar:ready ");
	for (int i = 1; i <= 18; i++)
		ask(desk, i, "bar", "show", "{\"text\":\"a\"}");
	g_assert_cmpstr(desk->answers->str, ==, "18:link.busy ");
	g_clear_pointer(&desk->host, host_free);
	g_assert_true(has(desk->answers, "1:link.closed "));
	g_assert_true(has(desk->answers, "17:link.closed "));
	desk_free(desk);
}

/* A reload leaves alone what stayed the same; a broken file changes nothing; a
 * broken section spoils its device only. */
static void test_reload(void)
{
	struct desk *desk = desk_new(two_on_a_bus);
	g_autofree char *more =
		g_strconcat("[device lamp]\nprofile = none\nport = unix:x\n",
			two_on_a_bus, NULL);
	g_autofree char *broken = g_strconcat(two_on_a_bus, "[desk]\n", NULL);
	g_autofree char *changed =
		g_strconcat(two_on_a_bus, "map.02 = 1\n", NULL);
	g_autoptr(GError) error = NULL;

	far_end_listen(desk->far);
	desk_load(desk);
	TOLD(desk, "pad:ready ");
	g_string_truncate(desk->told, 0);
	write_conf(desk, more);
	desk_load(desk);
	WAIT_MS(desk->far, 30);
	g_assert_cmpstr(desk->told->str, ==, "lamp:disabled ");
	g_assert_cmpint(desk->far->accepted, ==, 1);
	write_conf(desk, broken);
	g_assert_false(host_load(desk->host, desk->conf, &error));
	g_assert_nonnull(strstr(error->message, "devices.conf:11: "));
	WAIT_MS(desk->far, 30);
	g_assert_cmpint(desk->far->accepted, ==, 1);
	write_conf(desk, changed);
	desk_load(desk);
	WAIT_FOR(desk->far, desk->far->accepted == 2);
	desk_free(desk);
}

static const struct {
	const char *section, *error;
} wrong[] = {
	{"[device a]\nport=unix:x\n", "expected either driver = or profile ="},
	{"[device a]\nprofile=ff68-keypad\n",
		"expected either port = or bus ="},
	{"[device a]\nprofile=ff68-keypad\nport=foo:x\n", "expected serial:"},
	{"[device a]\nprofile=ff68-keypad\nport=tcp:host\n",
		"expected tcp:HOST:PORT"},
	{"[device a]\nprofile=ff68-keypad\nport=serial:ttyS0\n",
		"expected serial:/dev/NAME"},
	{"[device a]\nprofile=ff68-keypad\nbus=b\n", "no section [bus b]"},
	{"[device a]\nprofile=ff68-keypad\nport=unix:x\naddres=07\n",
		"did you mean address?"},
	{"[device a]\nprofile=ff68-keypad\nport=unix:x\naddress=7\n",
		"expected two hex digits"},
	{"[device a]\nprofile=ff68-keypad\nport=unix:x\nmap.03=5\n",
		"expected map.HEX"},
	{"[device a]\ndriver=idcard\nport=unix:x\nspeed=5\n", "unknown key"},
	{"[device a]\nprofile=nothere\nport=unix:x\n", "nothere.profile"},
};

static void test_wrong_sections(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct desk *desk = desk_new(wrong[i].section);
		const char *detail;

		desk_load(desk);
		g_assert_cmpstr(desk->told->str, ==, "a:disabled ");
		host_each_state(desk->host, read_state, desk);
		detail = json_text_or(desk->last, "detail", "");
		if (!strstr(detail, wrong[i].error))
			g_error("%s gives %s", wrong[i].section, detail);
		ask(desk, 1, "a", "beep", "{}");
		g_assert_cmpstr(desk->answers->str, ==, "1:link.absent ");
		desk_free(desk);
	}
}

/* Noise at full speed: linear, counted, and the key behind it still counts. */
static void test_noise(void)
{
	struct desk *desk = desk_new("[device keypad]\nprofile=ff68-keypad\n"
				     "port = unix:far.sock\n");
	uint8_t noise[4096];
	gint64 start = g_get_monotonic_time();
	const struct json *counters;

	far_end_listen(desk->far);
	desk_load(desk);
	TOLD(desk, "keypad:ready ");
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i % 7 ? i * 31 : 0xff);
	for (int i = 0; i < 256; i++) {
		WAIT_FOR(desk->far, write(desk->far->fd, noise,
					    sizeof(noise)) == sizeof(noise));
	}
	WAIT_MS(desk->far, 150);
	far_end_say(desk->far, "FF 68 03 03 68 05 01 0C 12 16");
	TOLD(desk, "!keypadkey{\"key\":\"next\"}");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 2500000);
	host_each_state(desk->host, read_state, desk);
	counters = json_get(desk->last, "counters");
	g_assert_cmpint(json_int_or(counters, "bad_frame", 0), >=, 1);
	g_assert_cmpint(json_int_or(counters, "frames", 0), ==, 1);
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/host/bus", test_bus);
	g_test_add_func("/host/reconnect", test_reconnect);
	g_test_add_func("/host/stale", test_stale);
	g_test_add_func("/host/read-ends", test_read_ends);
	g_test_add_func("/host/recording", test_recording);
	g_test_add_func("/host/queue", test_queue);
	g_test_add_func("/host/reload", test_reload);
	g_test_add_func("/host/wrong-sections", test_wrong_sections);
	g_test_add_func("/host/noise", test_noise);
	return g_test_run();
}
