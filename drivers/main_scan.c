/* yikou-scan: SANE, one scan at a time, as a child of yikou-devd. It may not
 * touch the platform, the database, the terminal, or any file but its spool and
 * what the scanner's back end needs.
 *
 * Requests are JSON lines on standard input, replies on standard output:
 *
 *   > {"do":"list"}
 *   < {"devices":[{"name":"test:0","vendor":"..","model":"..","type":".."}],
 *      "do":"list"}
 *   > {"do":"check","device":"test:0"}
 *   < {"device":"test:0","sources":["Flatbed",..],"modes":["Gray",..],
 *      "resolution":[1,1200],"do":"check"}
 *   > {"do":"scan","device":"test:0","source":"flatbed","mode":"gray",
 *      "resolution":200,"spool":"/run/yikou/spool"}
 *   < {"page":1,"file":"SHA256.jpg","sha256":"..","size":..,"width":..,
 *      "height":..,"dpi":200,"thumb":{..},"do":"scan"}
 *   < {"done":1,"do":"scan"}
 *   > {"do":"cancel"}            while a scan runs; at rest it says nothing
 *   < {"error":"link.paper","detail":"jammed","do":"scan"}
 *
 * Back ends block, print and crash: standard output is kept from them, and a
 * back end that does not come back ends this process by an alarm. It also ends
 * after a page that was cut short: see scan_and_rest(). */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "client/base/json.h"
#include "client/base/process.h"
#include "drivers/jpeg.h"
#include "drivers/main_scan_sane.h"
#include "drivers/picture.h"
#include "drivers/raster.h"

enum { REQUEST_MAX = 4096 };

struct input {
	GString *text; /* own: read, not yet used */
	bool ended;
	bool is_dropping; /* inside a line that was too long */
};

struct program {
	FILE *out;
	const char *doing; /* the request at hand, named in all its replies */
	struct input input;
	const char *device; /* --device, unless a request names one */
	const char *spool;  /* --spool, likewise */
};

struct scan {
	struct program *program;
	struct scan_device *dev;
	const char *spool;
	int dpi;
	int pages;
	char id[UUID_TEXT];
	GPtrArray *made; /* own: paths of the files this scan wrote */
};

static bool invalid(GError **error, const char *detail)
{
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID, detail);
	return false;
}

/* Replies --------------------------------------------------------------- */

static void reply(struct program *program, struct json *take_message)
{
	g_autofree char *text = NULL;

	json_put_text(take_message, "do", program->doing);
	text = json_print(take_message);
	json_free(take_message);
	if (fprintf(program->out, "%s\n", text) < 0 || fflush(program->out))
		exit(EXIT_CODE_LINK); /* the controller is gone */
}

static void reply_error(struct program *program, const GError *error)
{
	struct json *message = json_new_object();

	json_put_text(message, "error", error_name(error));
	json_put_text(message, "detail", error->message);
	reply(program, message);
}

/* Requests ---------------------------------------------------------------- */

/* The end of this process is held back while a scan runs, and let in while it
 * waits for a request: a scan that is cut short clears up. */
static bool is_ending(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGTERM) == 1;
}

static void input_add(struct input *input, const char *bytes, size_t len)
{
	const char *end = input->is_dropping ? memchr(bytes, '\n', len) : NULL;

	if (input->is_dropping && !end)
		return;
	if (end) {
		len -= end + 1 - bytes;
		bytes = end + 1;
	}
	input->is_dropping = false;
	g_string_append_len(input->text, bytes, len);
}

/* Reads what is there, or waits for something. */
static void input_fill(struct input *input, bool wait)
{
	static const struct timespec no_time;
	sigset_t nothing;
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	char bytes[1024];

	sigemptyset(&nothing);
	if (input->ended || ppoll(&fd, 1, wait ? NULL : &no_time,
				    wait ? &nothing : NULL) <= 0)
		return;

	ssize_t len = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (len > 0)
		input_add(input, bytes, len);
	else if (len == 0 || (errno != EINTR && errno != EAGAIN))
		input->ended = true;
}

/* A whole line without its end, or NULL; caller frees. Of one that is too long
 * the beginning is given, which will not parse, and the rest is dropped. */
static char *input_line(struct input *input, size_t *len)
{
	char *end = memchr(input->text->str, '\n', input->text->len);

	if (!end && input->text->len <= REQUEST_MAX)
		return NULL;
	*len = end ? (size_t)(end - input->text->str) : input->text->len;

	char *line = g_strndup(input->text->str, *len);

	g_string_erase(input->text, 0, *len + (end ? 1 : 0));
	input->is_dropping = !end;
	return line;
}

/* True when the controller wants no more of this scan: it said so, or left.
 * Other requests wait for their turn. */
static bool is_cancelled(void *context)
{
	struct input *input = context;

	if (input->text->len <= REQUEST_MAX)
		input_fill(input, false);
	if (input->ended || is_ending())
		return true;

	char *end = memchr(input->text->str, '\n', input->text->len);

	if (!end)
		return false;

	size_t len = end - input->text->str;
	AUTO(json) request = json_parse(input->text->str, len, NULL);

	if (strcmp(json_text_or(request, "do", ""), "cancel") != 0)
		return false;
	g_string_erase(input->text, 0, len + 1);
	return true;
}

/* Pages ------------------------------------------------------------------- */

static void reply_page(struct scan *scan, const uint8_t *jpeg,
	const struct jpeg_info *info, const char *sha256)
{
	g_autofree char *gray = jpeg_thumbnail_text(
		jpeg, info->len, JPEG_THUMB_COLUMNS, JPEG_THUMB_ROWS, NULL);
	struct json *page = picture_page(sha256, info, gray);

	json_put_int(page, "page", scan->pages);
	reply(scan->program, page);
}

/* Temporary file, fsync, rename: a reply never names a file that is not whole.
 */
static bool keep_jpeg(struct scan *scan, const uint8_t *jpeg, size_t len,
	const char *sha256, GError **error)
{
	g_autofree char *path =
		g_strdup_printf("%s/%s.jpg", scan->spool, sha256);

	if (!file_write(path, jpeg, len, error))
		return false;
	g_ptr_array_add(scan->made, g_steal_pointer(&path));
	return true;
}

/* The comment makes every page a file of its own, though two sheets be equal to
 * the pixel: giving one back to the spool must not take the other along. */
static bool keep_page(
	struct scan *scan, const struct raster *raster, GError **error)
{
	g_autofree char *comment = g_strdup_printf(
		"yikou-scan %s page %d", scan->id, scan->pages + 1);
	struct jpeg_pixels pixels;
	struct jpeg_info info;
	char sha256[SHA256_TEXT];
	size_t len;

	if (!raster_pixels(raster, &pixels, error))
		return false;
	pixels.dpi = scan->dpi;
	pixels.comment = comment;

	g_autofree uint8_t *jpeg =
		jpeg_encode(&pixels, JPEG_QUALITY, &len, error);

	if (!jpeg || !jpeg_inspect(jpeg, len, &info, error))
		return false;
	sha256_text(jpeg, len, sha256);
	if (!keep_jpeg(scan, jpeg, len, sha256, error))
		return false;
	scan->pages++;
	reply_page(scan, jpeg, &info, sha256);
	return true;
}

/* A scan that failed leaves no pictures of papers behind. */
static void forget_pages(struct scan *scan)
{
	for (guint i = 0; i < scan->made->len; i++)
		unlink(g_ptr_array_index(scan->made, i));
}

/* True with *more false at the end of a feeder that gave some pages. */
static bool next_page(struct scan *scan, bool *more, GError **error)
{
	AUTO(raster) raster = raster_new();
	g_autoptr(GError) why = NULL;
	bool is_empty = false;

	if (scan_page(scan->dev, raster, is_cancelled, &scan->program->input,
		    &is_empty, &why))
		return keep_page(scan, raster, error);
	*more = false;
	if (is_empty && scan->pages > 0)
		return true;
	g_propagate_error(error, g_steal_pointer(&why));
	return false;
}

static bool scan_pages(
	struct scan *scan, const struct scan_wish *wish, GError **error)
{
	bool more = true, ok = true;

	scan->dpi = wish->dpi;
	while (ok && more && scan->pages < PICTURE_PAGES_MAX) {
		ok = next_page(scan, &more, error);
		more = more && wish->feeder;
	}
	if (!ok)
		return false;

	struct json *message = json_new_object();

	json_put_int(message, "done", scan->pages);
	if (more)
		json_put_bool(message, "more", true); /* paper is left */
	reply(scan->program, message);
	return true;
}

/* Commands ---------------------------------------------------------------- */

/* NULL when the request and the command line name no device; the first one of
 * the back ends would be an accident. */
static const char *device_of(
	struct program *program, const struct json *request, GError **error)
{
	const char *device = json_text_or(request, "device", program->device);

	if (!device || !*device)
		return invalid(error, "device"), NULL;
	return device;
}

static bool do_list(
	struct program *program, const struct json *request, GError **error)
{
	struct json *devices = scan_list(error);

	(void)request;
	if (!devices)
		return false;

	struct json *message = json_new_object();

	json_put(message, "devices", devices);
	reply(program, message);
	return true;
}

/* Opens the device and says what it can do; nothing moves. */
static bool do_check(
	struct program *program, const struct json *request, GError **error)
{
	const char *name = device_of(program, request, error);
	AUTO(scan_device) dev = name ? scan_open(name, error) : NULL;

	if (!dev)
		return false;

	struct json *message = scan_abilities(dev);

	json_put_text(message, "device", name);
	reply(program, message);
	return true;
}

static bool scan_with(
	struct scan *scan, const struct json *request, GError **error)
{
	struct scan_wish wish = {
		.source = json_text_or(request, "source", "flatbed"),
		.mode = json_text_or(request, "mode", "gray"),
		.dpi = (int)CLAMP(
			json_int_or(request, "resolution", 200), 0, 65535),
	};

	return scan_prepare(scan->dev, &wish, error) &&
	       scan_pages(scan, &wish, error);
}

/* The outcome is told before the device comes to rest, which may take long or
 * fail. After a page that was cut short this process ends, whole or by its
 * alarm, and the controller starts a fresh one. */
static void scan_and_rest(struct scan *scan, const struct json *request)
{
	g_autoptr(GError) error = NULL;
	bool is_spent;

	if (!scan_with(scan, request, &error)) {
		forget_pages(scan);
		reply_error(scan->program, error);
	}
	is_spent = scan_is_spent(scan->dev);
	scan_finish(scan->dev);
	if (is_spent)
		_exit(EXIT_CODE_OK);
}

static bool do_scan(
	struct program *program, const struct json *request, GError **error)
{
	const char *name = device_of(program, request, error);
	struct scan scan = {
		.program = program,
		.spool = json_text_or(request, "spool", program->spool),
	};

	if (!name)
		return false;
	if (!scan.spool || !g_path_is_absolute(scan.spool) ||
		!g_file_test(scan.spool, G_FILE_TEST_IS_DIR))
		return invalid(error, "spool");

	AUTO(scan_device) dev = scan_open(name, error);
	g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);

	if (!dev)
		return false;
	uuid7(scan.id);
	scan.dev = dev;
	scan.made = made;
	scan_and_rest(&scan, request);
	return true;
}

static bool do_cancel(
	struct program *program, const struct json *request, GError **error)
{
	(void)program;
	(void)request;
	(void)error;
	return true; /* the scan it was for has ended already */
}

static const struct command {
	const char *name;
	bool (*run)(struct program *program, const struct json *request,
		GError **error);
} commands[] = {
	{"list", do_list},
	{"check", do_check},
	{"scan", do_scan},
	{"cancel", do_cancel},
};

static void serve(struct program *program, const char *line, size_t len)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) request = json_parse(line, len, &error);
	const char *name = json_text_or(request, "do", "");
	const struct command *command = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (!strcmp(commands[i].name, name))
			command = &commands[i];
	if (!error && !command)
		invalid(&error, "do");
	program->doing = command ? command->name : NULL;
	alarm(SCAN_SILENCE_MAX_S);
	if (!error)
		command->run(program, request, &error);
	alarm(0);
	if (error)
		reply_error(program, error);
}

static void serve_all(struct program *program)
{
	for (;;) {
		size_t len;
		g_autofree char *line = input_line(&program->input, &len);

		if (line)
			serve(program, line, len);
		else if (program->input.ended)
			return;
		else
			input_fill(&program->input, true);
	}
}

/* Replies go to what was standard output; what back ends print goes to standard
 * error. */
static FILE *take_output(void)
{
	int fd = dup(STDOUT_FILENO);

	if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return NULL;
	return fdopen(fd, "w");
}

struct options {
	char *device, *spool, *sane_config; /* own */
	gboolean version;
};

static bool read_options(
	struct options *options, int *argc, char ***argv, GError **error)
{
	const GOptionEntry entries[] = {
		{"device", 'd', 0, G_OPTION_ARG_STRING, &options->device,
			"scanner to use, as 'list' names it", "NAME"},
		{"spool", 's', 0, G_OPTION_ARG_FILENAME, &options->spool,
			"folder that pictures are written to", "DIR"},
		{"sane-config", 0, 0, G_OPTION_ARG_FILENAME,
			&options->sane_config,
			"SANE's configuration instead of /etc/sane.d", "DIR"},
		{"version", 0, 0, G_OPTION_ARG_NONE, &options->version,
			"say the version", NULL},
		{0},
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("- scans pages for yikou-devd");

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_description(context,
		"Example:\n  echo '{\"do\":\"list\"}' | yikou-scan\n\n"
		"Exit status: 0 end of input, 3 SANE does not start or nobody\n"
		"listens any more, 64 usage. What fails is told in a reply.\n");
	return g_option_context_parse(context, argc, argv, error);
}

static int run(const struct options *options)
{
	sigset_t end;
	g_autoptr(GError) error = NULL;
	struct program program = {
		.out = take_output(),
		.input = {.text = g_string_new(NULL)},
		.device = options->device,
		.spool = options->spool,
	};

	if (!program.out)
		return EXIT_CODE_LINK;
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	if (options->sane_config)
		setenv("SANE_CONFIG_DIR", options->sane_config, 1);
	if (!scan_begin(&error)) {
		reply_error(&program, error);
		return error_exit_code(error);
	}
	serve_all(&program);
	alarm(SCAN_REST_MAX_S);
	scan_end();
	g_string_free(program.input.text, TRUE);
	fclose(program.out);
	return EXIT_CODE_OK;
}

int main(int argc, char *argv[])
{
	process_begin("yikou-scan");

	g_autoptr(GError) error = NULL;
	struct options options = {0};
	int code = EXIT_CODE_OK;

	if (!read_options(&options, &argc, &argv, &error) || argc > 1) {
		fprintf(stderr, "yikou-scan: %s\n",
			error ? error->message : "takes no arguments");
		code = EXIT_CODE_USAGE;
	} else if (options.version) {
		printf("yikou-scan %s\n", YIKOU_VERSION);
	} else {
		code = run(&options);
	}
	g_free(options.device);
	g_free(options.spool);
	g_free(options.sane_config);
	return code;
}
