/* The scanner driver against what its child says, and the child itself: the
 * real yikou-scan with SANE's own test scanner, whose configuration makes it
 * fail in every way SANE knows. */
#include "drivers/drivers.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>

#include "client/base/file.h"
#include "drivers/jpeg.h"
#include "drivers/script.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define PAGE(sha)                                                            \
	"{\"sha256\":\"" sha "\",\"size\":9,\"width\":1654,\"height\":2339," \
	"\"dpi\":200,\"page\":1,\"do\":\"scan\"}\n"
#define ABILITIES                                          \
	"{\"sources\":[\"Flatbed\"],\"modes\":[\"Gray\"]," \
	"\"resolution\":[50,600],\"device\":\"test:0\",\"do\":\"check\"}\n"

/* The driver -----------------------------------------------------------------
 */

static void expect(struct script *script, const char *effect)
{
	g_autofree char *found = script_take(script);

	g_assert_cmpstr(found, ==, effect);
}

static void expect_sent(struct script *script, const char *line)
{
	g_autofree char *found = script_take(script);
	uint8_t bytes[1024];
	size_t len;

	g_assert_nonnull(found);
	g_assert_true(g_str_has_prefix(found, "> "));
	g_assert_true(hex_decode(found + 2, bytes, sizeof(bytes), &len));
	g_assert_cmpmem(bytes, len, line, strlen(line));
}

static void say(struct script *script, const char *text, size_t chunk)
{
	script_feed(script, (const uint8_t *)text, strlen(text), chunk);
}

static struct script *greeted(const struct device_options *options)
{
	struct script *script = script_new(&driver_scanner, options);

	expect_sent(script, "{\"do\":\"check\"}\n");
	say(script, ABILITIES, 0);
	expect(script, "= ready test:0");
	return script;
}

static const char plain_scan[] = "{\"do\":\"scan\",\"source\":\"feeder\","
				 "\"mode\":\"gray\",\"resolution\":200}\n";

static void begin_scan(struct script *script)
{
	script_ask(script, "scan {\"source\":\"feeder\",\"mode\":\"gray\","
			   "\"resolution\":200}");
	expect_sent(script, plain_scan);
}

static void test_scan(void)
{
	static const size_t chunks[] = {0, 1, 2, 3, 1000};

	for (size_t i = 0; i < G_N_ELEMENTS(chunks); i++) {
		AUTO(device_options) options = device_options_new();
		AUTO(script) script = greeted(options);
		g_autofree char *event = NULL;
		g_autofree char *done = NULL;

		begin_scan(script);
		say(script,
			PAGE(SHA_A)
				PAGE(SHA_B) "{\"done\":2,\"do\":\"scan\"}\n",
			chunks[i]);
		expect(script, "= kept " SHA_A);
		event = script_take(script);
		g_assert_true(
			g_str_has_prefix(event, "= event page {\"count\":1,"));
		g_free(event);
		expect(script, "= kept " SHA_B);
		event = script_take(script);
		g_assert_true(
			g_str_has_prefix(event, "= event page {\"count\":2,"));
		done = script_take(script);
		g_assert_true(g_str_has_prefix(done,
			"= done {\"pages\":[{\"file\":\"" SHA_A
			".jpg\",\"sha256\":\"" SHA_A "\""));
		g_assert_nonnull(strstr(done, SHA_B ".jpg"));
		g_assert_null(strstr(done, "more"));
		g_assert_null(script_take(script));
	}
}

/* devices.conf says which of SANE's scanners is meant. */
static void test_sane_option(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = NULL;

	device_options_put(options, "sane", "airscan:e0:Office");
	script = script_new(&driver_scanner, options);
	expect_sent(script,
		"{\"do\":\"check\",\"device\":\"airscan:e0:Office\"}\n");
	say(script, ABILITIES, 0);
	expect(script, "= ready test:0");
	script_ask(script, "scan");
	expect_sent(script, "{\"do\":\"scan\",\"device\":\"airscan:e0:Office\","
			    "\"source\":\"flatbed\",\"mode\":\"gray\","
			    "\"resolution\":200}\n");
}

static void test_more(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);
	g_autofree char *done = NULL;

	begin_scan(script);
	say(script, PAGE(SHA_A) "{\"done\":1,\"more\":true,\"do\":\"scan\"}\n",
		0);
	g_free(script_take(script));
	g_free(script_take(script));
	done = script_take(script);
	g_assert_true(g_str_has_suffix(done, "\"more\":true}"));
}

static void test_device_error(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);

	begin_scan(script);
	say(script,
		"{\"error\":\"link.paper\",\"detail\":\"jammed\",\"do\":"
		"\"scan\"}\n",
		1);
	expect(script, "= fail link.paper");
	g_assert_null(script_take(script));

	/* The line is in use: the next scan goes out. */
	begin_scan(script);
	say(script,
		"{\"error\":\"link.closed\",\"detail\":\"io-error\",\"do\":"
		"\"scan\"}\n",
		0);
	expect(script, "= fail link.closed");
	expect(script, "= fault lost");
}

static void test_greeting_fails(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = script_new(&driver_scanner, options);

	expect_sent(script, "{\"do\":\"check\"}\n");
	say(script,
		"{\"error\":\"link.absent\",\"detail\":\"x\",\"do\":\"check\"}"
		"\n",
		0);
	expect(script, "= fault lost");
	g_assert_null(script_take(script));
}

/* The host greeted twice, since the back end took its time: the second answer
 * comes while the first scan runs already. */
static void test_late_greeting(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);

	say(script, ABILITIES, 0);
	begin_scan(script);
	say(script,
		"{\"error\":\"link.busy\",\"detail\":\"x\","
		"\"do\":\"check\"}\n" ABILITIES,
		0);
	g_assert_null(script_take(script));
	say(script,
		"{\"error\":\"link.paper\",\"detail\":\"jammed\","
		"\"do\":\"scan\"}\n",
		0);
	expect(script, "= fail link.paper");
}

static void test_check(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);

	script_ask(script, "check");
	expect_sent(script, "{\"do\":\"check\"}\n");
	say(script, ABILITIES, 3);
	expect(script, "= done {\"sources\":[\"Flatbed\"],"
		       "\"modes\":[\"Gray\"],\"resolution\":[50,600]}");
}

static void test_bad_args(void)
{
	static const char *const asked[] = {
		"scan {\"source\":\"duplex\"}",
		"scan {\"mode\":\"sepia\"}",
		"scan {\"resolution\":49}",
		"scan {\"resolution\":1201}",
	};
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);

	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
		script_ask(script, asked[i]);
		expect(script, "= fail item.invalid");
	}
	g_assert_null(script_take(script));
}

/* Whatever a child that went mad may say while a scan runs. */
static void test_mad_child(void)
{
	static const char *const lines[] = {
		"Segmentation fault\n",
		"{}\n",
		"[]\n",
		"{\"do\":\"scan\"}\n",
		"{\"do\":\"fly\",\"error\":\"link.paper\"}\n",
		"{\"do\":\"scan\",\"sources\":[]}\n",
		"{\"do\":\"scan\",\"done\":1}\n",
		"{\"do\":\"scan\",\"done\":0}\n",
		"{\"do\":\"scan\",\"sha256\":\"../../etc/passwd\","
		"\"width\":1,\"height\":1}\n",
		"{\"do\":\"scan\",\"sha256\":\"" SHA_A "\","
		"\"width\":0,\"height\":1}\n",
		"{\"do\":\"scan\",\"sha256\":\"" SHA_A "\","
		"\"width\":1,\"height\":99999}\n",
		"{\"do\":\"scan\",\"sha256\":\"" SHA_A "\"}\n",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		AUTO(device_options) options = device_options_new();
		AUTO(script) script = greeted(options);

		g_test_message("%s", lines[i]);
		begin_scan(script);
		say(script, lines[i], 0);
		expect(script, "= fault frame");
		expect(script, "= fail link.protocol");
		expect(script, "= fault lost");
		g_assert_null(script_take(script));
	}
}

static void test_endless_line(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);
	g_autofree char *line = g_strnfill(40000, 'x');

	begin_scan(script);
	say(script, line, 1000);
	expect(script, "= fault frame");
	expect(script, "= fail link.protocol");
	expect(script, "= fault lost");
}

static void test_cancel(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);

	begin_scan(script);
	script_ask(script, "cancel");
	expect_sent(script, "{\"do\":\"cancel\"}\n");
	expect(script, "= fail item.refused");
	/* What was on its way is nobody's; a new scan has to wait. */
	say(script, PAGE(SHA_A), 0);
	script_ask(script, "scan");
	expect(script, "= fail link.busy");
	say(script,
		"{\"error\":\"item.refused\",\"detail\":\"cancelled\",\"do\":"
		"\"scan\"}\n",
		0);
	g_assert_null(script_take(script));
	script_wait(script, 60000);
	g_assert_null(script_take(script));
	begin_scan(script);
}

static void test_cancel_is_not_heard(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);

	begin_scan(script);
	script_ask(script, "cancel");
	expect_sent(script, "{\"do\":\"cancel\"}\n");
	expect(script, "= fail item.refused");
	script_wait(script, 10000);
	expect(script, "= fault lost");
}

/* A result line must stay under 64 KiB, whatever the feeder holds. */
static void test_many_pages(void)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = greeted(options);
	g_autofree char *gray = g_strnfill(288, 'f');
	g_autofree char *done = NULL;

	begin_scan(script);
	for (unsigned i = 0; i < 200; i++) {
		g_autofree char *line = g_strdup_printf(
			"{\"sha256\":\"%064x\",\"width\":16384,"
			"\"height\":16384,\"dpi\":1200,"
			"\"thumb\":{\"gray\":\"%s\"},\"do\":\"scan\"}\n",
			i, gray);
		g_autofree char *kept = NULL;
		g_autofree char *event = NULL;

		say(script, line, 0);
		kept = script_take(script);
		event = script_take(script);
		g_assert_nonnull(strstr(event, gray));
	}
	say(script, "{\"done\":200,\"do\":\"scan\"}\n", 0);
	done = script_take(script);
	g_assert_true(g_str_has_prefix(done, "= done "));
	g_assert_cmpuint(strlen(done), <, 64 * 1024 - 256);
	g_assert_nonnull(strstr(done, gray));
}

/* The child ------------------------------------------------------------------
 */

struct child {
	char *dir;   /* own: of its configuration and spool */
	char *spool; /* own */
	GSubprocess *process;
	GDataInputStream *replies;
};

/* Programs lie two folders above the tests. */
static char *scan_program(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *dir = g_path_get_dirname(self);

	return g_build_filename(dir, "..", "..", "yikou-scan", NULL);
}

/* settings: lines of SANE's test.conf. */
static void start_child(struct child *child, const char *settings)
{
	g_autofree char *program = scan_program();
	g_autofree char *dll = NULL;
	g_autofree char *conf = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strconcat("number_of_devices 1\n"
					    "geometry_max 300.0\n"
					    "test-picture \"Grid\"\n",
		settings, NULL);

	child->dir = g_dir_make_tmp("yikou-scan-XXXXXX", NULL);
	child->spool = g_build_filename(child->dir, "spool", NULL);
	dll = g_build_filename(child->dir, "dll.conf", NULL);
	conf = g_build_filename(child->dir, "test.conf", NULL);
	g_assert_cmpint(g_mkdir(child->spool, 0700), ==, 0);
	g_assert_true(g_file_set_contents(dll, "test\n", -1, NULL));
	g_assert_true(g_file_set_contents(conf, text, -1, NULL));
	child->process = g_subprocess_new(
		G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
			G_SUBPROCESS_FLAGS_STDERR_SILENCE,
		&error, program, "--sane-config", child->dir, "--spool",
		child->spool, "--device", "test:0", NULL);
	g_assert_no_error(error);
	child->replies = g_data_input_stream_new(
		g_subprocess_get_stdout_pipe(child->process));
}

static void ask(struct child *child, const char *line)
{
	GOutputStream *in = g_subprocess_get_stdin_pipe(child->process);

	g_assert_true(g_output_stream_write_all(
		in, line, strlen(line), NULL, NULL, NULL));
}

static struct json *reply(struct child *child)
{
	gsize len;
	g_autoptr(GError) error = NULL;
	g_autofree char *line = g_data_input_stream_read_line(
		child->replies, &len, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(line);

	struct json *message = json_parse(line, len, &error);

	g_assert_no_error(error);
	return message;
}

static void expect_error(
	struct child *child, const char *name, const char *detail)
{
	AUTO(json) message = reply(child);

	g_assert_cmpstr(json_text(message, "error"), ==, name);
	if (detail)
		g_assert_cmpstr(json_text(message, "detail"), ==, detail);
}

static unsigned spool_count(struct child *child)
{
	g_autoptr(GDir) dir = g_dir_open(child->spool, 0, NULL);
	unsigned count = 0;

	while (g_dir_read_name(dir))
		count++;
	return count;
}

static void free_child(struct child *child)
{
	g_object_unref(child->replies);
	g_object_unref(child->process);
	file_remove_tree(child->dir);
	g_free(child->spool);
	g_free(child->dir);
}

/* Ends by the end of its input, with status 0. */
static void stop_child(struct child *child)
{
	GOutputStream *in = g_subprocess_get_stdin_pipe(child->process);

	g_output_stream_close(in, NULL, NULL);
	g_assert_true(g_subprocess_wait(child->process, NULL, NULL));
	g_assert_true(g_subprocess_get_successful(child->process));
	free_child(child);
}

/* After a page that was cut short: its back end may hang, see main_scan_sane.h,
 * and nobody waits for that here. */
static void kill_child(struct child *child)
{
	g_subprocess_force_exit(child->process);
	g_assert_true(g_subprocess_wait(child->process, NULL, NULL));
	free_child(child);
}

/* The page is in the spool under its hash, and is what the reply says. */
static void check_page(struct child *child, const struct json *page, bool color)
{
	g_autofree char *path = g_build_filename(
		child->spool, json_text_or(page, "file", "none"), NULL);
	char sha256[SHA256_TEXT];
	struct jpeg_info info;
	g_autoptr(GError) error = NULL;
	size_t len;
	g_autofree char *data = file_read(path, JPEG_MAX_BYTES, &len, &error);

	g_assert_no_error(error);
	sha256_text(data, len, sha256);
	g_assert_cmpstr(json_text(page, "sha256"), ==, sha256);
	g_assert_cmpint(json_int_or(page, "size", 0), ==, len);
	g_assert_true(jpeg_check((const uint8_t *)data, len, &info, &error));
	g_assert_cmpint(json_int_or(page, "width", 0), ==, info.width);
	g_assert_cmpint(json_int_or(page, "height", 0), ==, info.height);
	g_assert_cmpint(json_int_or(page, "dpi", 0), ==, info.dpi);
	g_assert_cmpint(info.color, ==, color);
	g_assert_cmpuint(
		strlen(json_text_or(json_get(page, "thumb"), "gray", "")), ==,
		288);
}

static void test_child_lists(void)
{
	struct child child;

	start_child(&child, "number_of_devices 2\n");
	ask(&child, "{\"do\":\"list\"}\n{\"do\":\"check\"}\n");

	AUTO(json) list = reply(&child);
	AUTO(json) check = reply(&child);

	g_assert_cmpuint(json_length(json_get(list, "devices")), ==, 2);
	g_assert_cmpstr(
		json_text(json_first(json_get(list, "devices")), "name"), ==,
		"test:0");
	g_assert_cmpstr(json_text(check, "device"), ==, "test:0");
	g_assert_cmpuint(json_length(json_get(check, "sources")), ==, 2);
	stop_child(&child);
}

/* A4 at 200 dpi is 1654 x 2339; the test scanner counts in millimetres. */
static void test_child_flatbed(void)
{
	struct child child;

	start_child(&child, "");
	for (int color = 0; color < 2; color++) {
		ask(&child, color ? "{\"do\":\"scan\",\"mode\":\"color\","
				    "\"resolution\":100}\n"
				  : "{\"do\":\"scan\",\"mode\":\"gray\","
				    "\"resolution\":200}\n");

		AUTO(json) page = reply(&child);
		AUTO(json) done = reply(&child);
		int64_t dpi = color ? 100 : 200;

		check_page(&child, page, color);
		g_assert_cmpint(json_int_or(page, "dpi", 0), ==, dpi);
		g_assert_cmpint(ABS(json_int_or(page, "width", 0) -
					210 * dpi * 10 / 254),
			<=, 2);
		g_assert_cmpint(ABS(json_int_or(page, "height", 0) -
					297 * dpi * 10 / 254),
			<=, 2);
		g_assert_cmpint(json_int_or(done, "done", 0), ==, 1);
		g_assert_false(json_bool_or(done, "more", false));
	}
	g_assert_cmpuint(spool_count(&child), ==, 2);
	stop_child(&child);
}

/* Ten sheets that are equal to the pixel are still ten files. */
static void test_child_feeder(void)
{
	struct child child;

	start_child(&child, "");
	for (int round = 1; round <= 2; round++) {
		ask(&child, "{\"do\":\"scan\",\"source\":\"feeder\","
			    "\"resolution\":75}\n");
		for (int i = 1; i <= 10; i++) {
			AUTO(json) page = reply(&child);

			g_assert_cmpint(json_int_or(page, "page", 0), ==, i);
			check_page(&child, page, false);
		}

		AUTO(json) done = reply(&child);

		g_assert_cmpint(json_int_or(done, "done", 0), ==, 10);
		g_assert_cmpuint(spool_count(&child), ==, 10u * round);
	}
	stop_child(&child);
}

/* Kinds of scanners: colours one after the other, no length told beforehand,
 * deep samples, bytes in small pieces, lines with padding. */
static void test_child_kinds(void)
{
	static const struct {
		const char *settings, *mode;
	} kinds[] = {
		{"mode Color\nthree-pass true\nthree-pass-order BGR\n",
			"color"},
		{"hand-scanner true\n", "gray"},
		{"read-limit true\nread-limit-size 7\n", "gray"},
		{"ppl-loss 20\n", "gray"},
		{"fuzzy-parameters true\n", "color"},
		{"depth 16\n", "gray"},
		{"depth 1\n", "gray"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct child child;
		g_autofree char *line = g_strdup_printf(
			"{\"do\":\"scan\",\"mode\":\"%s\",\"resolution\":50}\n",
			kinds[i].mode);

		g_test_message("%s", kinds[i].settings);
		start_child(&child, kinds[i].settings);
		ask(&child, line);

		AUTO(json) page = reply(&child);
		AUTO(json) done = reply(&child);

		check_page(&child, page, !strcmp(kinds[i].mode, "color"));
		g_assert_cmpint(json_int_or(done, "done", 0), ==, 1);
		stop_child(&child);
	}
}

/* The same picture in one frame of three colours, and in three frames. */
static void test_child_three_passes(void)
{
	static const char *const settings[] = {
		"mode Color\ntest-picture \"Color pattern\"\n",
		"mode Color\ntest-picture \"Color pattern\"\n"
		"three-pass true\nthree-pass-order BGR\n",
	};
	g_autofree char *first = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
		struct child child;

		start_child(&child, settings[i]);
		ask(&child, "{\"do\":\"scan\",\"mode\":\"color\","
			    "\"resolution\":50}\n");

		AUTO(json) page = reply(&child);
		const char *gray = json_text(json_get(page, "thumb"), "gray");

		check_page(&child, page, true);
		if (i)
			g_assert_cmpstr(gray, ==, first);
		else
			first = g_strdup(gray);
		stop_child(&child);
	}
}

static void test_child_failures(void)
{
	static const struct {
		const char *status, *name, *detail;
	} cases[] = {
		{"UNSUPPORTED", "item.refused", "unsupported"},
		{"CANCELLED", "item.refused", "cancelled"},
		{"DEVICE_BUSY", "link.busy", "device-busy"},
		{"INVAL", "item.invalid", "refused-by-device"},
		{"EOF", "item.invalid", NULL},
		{"JAMMED", "link.paper", "jammed"},
		{"NO_DOCS", "link.paper", "no-documents"},
		{"COVER_OPEN", "link.paper", "cover-open"},
		{"IO_ERROR", "link.closed", "io-error"},
		{"NO_MEM", "item.too-large", "no-memory"},
		{"ACCESS_DENIED", "link.auth", "access-denied"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct child child;
		g_autofree char *settings =
			g_strdup_printf("read-status-code \"SANE_STATUS_%s\"\n",
				cases[i].status);

		g_test_message("%s", cases[i].status);
		start_child(&child, settings);
		ask(&child, "{\"do\":\"scan\",\"resolution\":75}\n");
		expect_error(&child, cases[i].name, cases[i].detail);
		/* Nothing lies around; the child ends by itself, the
		 * controller starts the next one. */
		g_assert_cmpuint(spool_count(&child), ==, 0);
		kill_child(&child);
	}
}

static void test_child_bad_requests(void)
{
	static const struct {
		const char *line, *name, *detail;
	} cases[] = {
		{"noise\n", "item.syntax", NULL},
		{"\n", "item.syntax", NULL},
		{"[]\n", "item.invalid", "do"},
		{"{\"do\":7}\n", "item.invalid", "do"},
		{"{\"do\":\"fly\"}\n", "item.invalid", "do"},
		{"{\"do\":\"scan\",\"device\":\"test:7\"}\n", "link.absent",
			"unknown-device"},
		{"{\"do\":\"scan\",\"device\":\"\"}\n", "item.invalid",
			"device"},
		{"{\"do\":\"scan\",\"source\":\"duplex\"}\n", "item.invalid",
			NULL},
		{"{\"do\":\"scan\",\"mode\":\"sepia\"}\n", "item.invalid",
			NULL},
		{"{\"do\":\"scan\",\"resolution\":0}\n", "item.invalid", NULL},
		{"{\"do\":\"scan\",\"resolution\":99999999999}\n",
			"item.invalid", NULL},
		{"{\"do\":\"scan\",\"spool\":\"relative\"}\n", "item.invalid",
			"spool"},
		{"{\"do\":\"scan\",\"spool\":\"/nowhere\"}\n", "item.invalid",
			"spool"},
	};
	struct child child;
	g_autofree char *flood = g_strnfill(20000, 'x');

	start_child(&child, "");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].line);
		ask(&child, cases[i].line);
		expect_error(&child, cases[i].name, cases[i].detail);
	}
	ask(&child, "\xff\xfe\n");
	expect_error(&child, "item.syntax", NULL);
	/* A line that is too long is one error, however it arrives. */
	ask(&child, flood);
	expect_error(&child, "item.syntax", NULL);
	ask(&child, "xxx\n{\"do\":\"cancel\"}\n{\"do\":\"fly\"}\n");
	expect_error(&child, "item.invalid", "do");
	g_assert_cmpuint(spool_count(&child), ==, 0);
	stop_child(&child);
}

/* A picture over the bound is cut short: the child ends after it. */
static void test_child_too_large(void)
{
	struct child child;

	start_child(&child, "");
	ask(&child, "{\"do\":\"scan\",\"resolution\":1200}\n");
	expect_error(&child, "item.too-large", NULL);
	g_assert_cmpuint(spool_count(&child), ==, 0);
	kill_child(&child);
}

/* A device that refuses before it has begun leaves the child in use. */
static void test_child_goes_on(void)
{
	struct child child;

	start_child(&child, "");
	ask(&child, "{\"do\":\"scan\",\"spool\":\"/nowhere\"}\n"
		    "{\"do\":\"check\"}\n");
	expect_error(&child, "item.invalid", "spool");

	AUTO(json) check = reply(&child);

	g_assert_nonnull(json_get(check, "sources"));
	stop_child(&child);
}

/* Slow enough to be cancelled: 20 ms for each piece. */
static const char slow[] = "read-limit true\nread-limit-size 2000\n"
			   "read-delay true\nread-delay-duration 20000\n";

static void test_child_cancel(void)
{
	struct child child;

	start_child(&child, slow);
	ask(&child, "{\"do\":\"scan\",\"source\":\"feeder\","
		    "\"resolution\":50}\n");

	AUTO(json) page = reply(&child);

	check_page(&child, page, false);
	ask(&child, "{\"do\":\"cancel\"}\n");
	/* Another page may have been done in between. */
	for (bool ended = false; !ended;) {
		AUTO(json) next = reply(&child);

		ended = json_get(next, "error") != NULL;
		if (ended)
			g_assert_cmpstr(
				json_text(next, "detail"), ==, "cancelled");
	}
	g_assert_cmpuint(spool_count(&child), ==, 0);
	kill_child(&child);
}

/* The controller ends it (SIGTERM), or dies (end of input): no picture of a
 * scan that nobody got the end of stays in the spool. */
static void test_child_ended(void)
{
	for (int by_signal = 0; by_signal < 2; by_signal++) {
		struct child child;

		start_child(&child, slow);
		ask(&child, "{\"do\":\"scan\",\"source\":\"feeder\","
			    "\"resolution\":50}\n");

		AUTO(json) page = reply(&child);

		check_page(&child, page, false);
		if (by_signal)
			g_subprocess_send_signal(child.process, SIGTERM);
		else
			g_output_stream_close(
				g_subprocess_get_stdin_pipe(child.process),
				NULL, NULL);
		g_assert_true(g_subprocess_wait(child.process, NULL, NULL));
		g_assert_cmpuint(spool_count(&child), ==, 0);
		free_child(&child);
	}
}

/* A spool that cannot be written, even by root: its folder is gone. */
static void test_child_no_spool(void)
{
	struct child child;

	start_child(&child, slow);
	ask(&child, "{\"do\":\"scan\",\"resolution\":50}\n");
	g_usleep(100000);
	g_assert_cmpint(g_rmdir(child.spool), ==, 0);

	AUTO(json) message = reply(&child);

	g_assert_nonnull(json_text(message, "error"));
	stop_child(&child);
}

/* What is shipped for training works as it is. */
static void test_shipped_configuration(void)
{
	g_autofree char *program = scan_program();
	g_autofree char *output = NULL;
	g_autoptr(GSubprocess) process = g_subprocess_new(
		G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
		NULL, program, "--sane-config", "config/sane-test", NULL);

	g_assert_true(g_subprocess_communicate_utf8(
		process, "{\"do\":\"list\"}\n", NULL, &output, NULL, NULL));
	g_assert_nonnull(strstr(output, "\"test:0\""));
}

static void test_command_line(void)
{
	g_autofree char *program = scan_program();
	g_autoptr(GSubprocess) process =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
			program, "--fly", NULL);
	g_autoptr(GSubprocess) help =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL,
			program, "--help", NULL);

	g_assert_true(g_subprocess_wait(process, NULL, NULL));
	g_assert_cmpint(g_subprocess_get_exit_status(process), ==, 64);
	g_assert_true(g_subprocess_wait_check(help, NULL, NULL));
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	alarm(60);
	/* For the child: SANE's test scanner loses a buffer whenever a scan is
	 * cut short, which is not ours to mend. */
	g_setenv("ASAN_OPTIONS", "detect_leaks=0", TRUE);
	g_test_add_func("/scanner/scan", test_scan);
	g_test_add_func("/scanner/sane-option", test_sane_option);
	g_test_add_func("/scanner/more", test_more);
	g_test_add_func("/scanner/device-error", test_device_error);
	g_test_add_func("/scanner/greeting-fails", test_greeting_fails);
	g_test_add_func("/scanner/late-greeting", test_late_greeting);
	g_test_add_func("/scanner/check", test_check);
	g_test_add_func("/scanner/bad-args", test_bad_args);
	g_test_add_func("/scanner/mad-child", test_mad_child);
	g_test_add_func("/scanner/endless-line", test_endless_line);
	g_test_add_func("/scanner/cancel", test_cancel);
	g_test_add_func("/scanner/cancel-unheard", test_cancel_is_not_heard);
	g_test_add_func("/scanner/many-pages", test_many_pages);
	g_test_add_func("/scan/lists", test_child_lists);
	g_test_add_func("/scan/flatbed", test_child_flatbed);
	g_test_add_func("/scan/feeder", test_child_feeder);
	g_test_add_func("/scan/kinds", test_child_kinds);
	g_test_add_func("/scan/three-passes", test_child_three_passes);
	g_test_add_func("/scan/failures", test_child_failures);
	g_test_add_func("/scan/bad-requests", test_child_bad_requests);
	g_test_add_func("/scan/too-large", test_child_too_large);
	g_test_add_func("/scan/goes-on", test_child_goes_on);
	g_test_add_func("/scan/cancel", test_child_cancel);
	g_test_add_func("/scan/ended", test_child_ended);
	g_test_add_func("/scan/no-spool", test_child_no_spool);
	g_test_add_func("/scan/shipped", test_shipped_configuration);
	g_test_add_func("/scan/command-line", test_command_line);
	return g_test_run();
}
