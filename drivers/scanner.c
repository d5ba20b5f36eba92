/* A scanner behind yikou-scan, a child process (drivers/main_scan.c):
 *
 *   [device scanner]
 *   driver=scanner
 *   port=exec:yikou-scan --spool {spool}
 *   sane=airscan:e0:Office             as {"do":"list"} names it
 *
 *   > {"do":"check","device":"airscan:e0:Office"}
 *   < {"sources":["Flatbed",..],"modes":["Gray",..],"resolution":[50,1200],
 *      "device":"airscan:e0:Office","do":"check"}
 *   > {"do":"scan","device":"airscan:e0:Office","source":"feeder",
 *      "mode":"gray","resolution":200}
 *   < {"file":"SHA256.jpg","sha256":"..","size":..,"media_type":"image/jpeg",
 *      "width":1654,"height":2339,"dpi":200,"thumb":{..},"page":1,"do":"scan"}
 *   < {"done":1,"do":"scan"}
 *   < {"error":"link.paper","detail":"jammed","do":"scan"}
 *
 * The greeting is a check, so a scanner is ready only when its back end could
 * open it. Verbs: scan{source,mode,resolution} -> {"pages":[..]}, with "more"
 * when paper was left in the feeder, and an event "page" for each page;
 * check{}.
 */
#include "drivers/drivers.h"

#include <string.h>

#include "drivers/picture.h"

enum {
	LINE_MAX_BYTES_IN = 16384,
	SCAN_MS =
		15 * 60 * 1000, /* 200 pages; the child ends its own silence */
	CHECK_MS = 30000,
	CANCEL_MS = 10000, /* to stop and clear up; then the child is ended */
};

enum asked {
	ASKED_NOTHING,
	ASKED_GREETING,
	ASKED_CHECK,
	ASKED_SCAN,
	ASKED_CANCEL, /* nobody waits for what still comes */
};

struct scanner {
	enum asked asked;
	struct json *pages; /* own: of the scan under way */
};

static GError *not_understood(void)
{
	return g_error_new_literal(LINK_ERROR, LINK_ERROR_PROTOCOL,
		"scanner: reply is not understood");
}

static void send_line(struct device *dev, struct json *take_request)
{
	g_autofree char *text = json_print(take_request);
	g_autofree char *line = g_strconcat(text, "\n", NULL);

	json_free(take_request);
	device_send(dev, line, strlen(line));
}

/* Without sane= the child's own --device counts. */
static struct json *new_request(struct device *dev, const char *what)
{
	struct json *request = json_new_object();

	json_put_text(request, "do", what);
	json_put_text(request, "device", device_option(dev, "sane"));
	return request;
}

/* Back at rest. Returns what had been asked. */
static enum asked end_talk(struct device *dev)
{
	struct scanner *scanner = device_state(dev);
	enum asked asked = scanner->asked;

	g_clear_pointer(&scanner->pages, json_free);
	scanner->asked = ASKED_NOTHING;
	device_alarm(dev, 0);
	return asked;
}

/* The child and we do not agree any more: a fresh one. */
static void give_up(struct device *dev, const char *why)
{
	device_fault(dev, DEVICE_FAULT_FRAME, why);
	end_talk(dev);
	device_fail(dev, not_understood());
	device_fault(dev, DEVICE_FAULT_LOST, why);
}

/* Replies --------------------------------------------------------------------
 */

/* A fault of the line means that the scanner went away: it is greeted again. */
static bool is_gone(const GError *error)
{
	return g_error_matches(error, LINK_ERROR, LINK_ERROR_ABSENT) ||
	       g_error_matches(error, LINK_ERROR, LINK_ERROR_CLOSED);
}

static void on_error(struct device *dev, const struct json *reply)
{
	GError *error = error_from_name(json_text(reply, "error"),
		json_text_or(reply, "detail", "no detail"));
	enum asked asked = end_talk(dev);
	bool is_lost = asked == ASKED_GREETING || is_gone(error);

	/* Word of a scanner that is not there is no sign of life: the host
	 * would open it again and again without a pause. */
	if (!is_lost)
		device_frame(dev);
	device_fail(dev, error);
	if (is_lost)
		device_fault(
			dev, DEVICE_FAULT_LOST, "the scanner cannot be opened");
}

/* What the scanner can do, for a result; its texts are bounded by the line. */
static struct json *abilities(const struct json *reply)
{
	static const char *const names[] = {"sources", "modes", "resolution"};
	struct json *result = json_new_object();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (json_is_array(json_get(reply, names[i])))
			json_put(result, names[i],
				json_copy(json_get(reply, names[i])));
	return result;
}

static void on_check(struct device *dev, const struct json *reply)
{
	enum asked asked = end_talk(dev);

	device_frame(dev);
	if (asked == ASKED_GREETING)
		device_ready(dev, json_text(reply, "device"));
	else
		device_done(dev, abilities(reply));
}

/* "00ffeedd..": exactly the cells there are. */
static const char *read_thumb(const struct json *reply)
{
	const char *gray = json_text(json_get(reply, "thumb"), "gray");
	size_t cells = JPEG_THUMB_COLUMNS * JPEG_THUMB_ROWS;

	if (!gray || strlen(gray) != cells ||
		strspn(gray, "0123456789abcdef") != cells)
		return NULL;
	return gray;
}

static bool read_info(const struct json *reply, struct jpeg_info *info)
{
	int64_t width, height;

	if (!json_need_int(reply, "width", 1, JPEG_MAX_SIDE, &width, NULL) ||
		!json_need_int(
			reply, "height", 1, JPEG_MAX_SIDE, &height, NULL))
		return false;
	*info = (struct jpeg_info){
		.width = (int)width,
		.height = (int)height,
		.dpi = (int)CLAMP(json_int_or(reply, "dpi", 0), 0, 65535),
	};
	return true;
}

static void add_page(struct device *dev, const char *sha256,
	const struct jpeg_info *info, const char *gray)
{
	struct scanner *scanner = device_state(dev);
	struct json *data = json_new_object();
	size_t count = json_length(scanner->pages) + 1;

	json_put_int(data, "count", (int64_t)count);
	json_put(data, "page", picture_page(sha256, info, gray));
	json_add(scanner->pages,
		picture_page(sha256, info,
			count > PICTURE_THUMBS_MAX ? NULL : gray));
	device_event(dev, "page", data);
}

/* The child is not believed about its file: it must be in the spool, and its
 * size is what the spool says. */
static void on_page(struct device *dev, const struct json *reply)
{
	struct scanner *scanner = device_state(dev);
	const char *sha256 = json_text(reply, "sha256");
	struct jpeg_info info;

	if (scanner->asked == ASKED_CANCEL)
		return;
	if (!sha256 || !sha256_is_valid(sha256) || !read_info(reply, &info) ||
		json_length(scanner->pages) >= PICTURE_PAGES_MAX) {
		give_up(dev, "a page that cannot be");
		return;
	}
	if (!device_kept(dev, sha256, &info.len, NULL)) {
		give_up(dev, "a page that is not in the spool");
		return;
	}
	device_frame(dev);
	add_page(dev, sha256, &info, read_thumb(reply));
}

static void on_done(struct device *dev, const struct json *reply)
{
	struct scanner *scanner = device_state(dev);
	struct json *result = json_new_object();
	int64_t count = json_int_or(reply, "done", -1);

	if (scanner->asked != ASKED_CANCEL &&
		(count < 1 || count != (int64_t)json_length(scanner->pages))) {
		json_free(result);
		give_up(dev, "pages were lost");
		return;
	}
	json_put(result, "pages", g_steal_pointer(&scanner->pages));
	if (json_bool_or(reply, "more", false))
		json_put_bool(result, "more", true);
	end_talk(dev);
	device_frame(dev);
	device_done(dev, result);
}

static const struct {
	const char *member; /* that tells the reply apart */
	const char *about;  /* request it can belong to; NULL: any */
	void (*take)(struct device *dev, const struct json *reply);
} replies[] = {
	{"error", NULL, on_error},
	{"sha256", "scan", on_page},
	{"done", "scan", on_done},
	{"sources", "check", on_check},
};

/* A back end may take longer for the greeting than the host waits: the host
 * greets again, and two answers come. Late ones are nobody's. */
static bool is_late(enum asked asked, const char *about)
{
	bool is_check = !strcmp(about, "check");

	switch (asked) {
	case ASKED_NOTHING:
		return true;
	case ASKED_GREETING:
	case ASKED_CHECK:
		return !is_check;
	case ASKED_SCAN:
		return is_check;
	case ASKED_CANCEL:
		break;
	}
	return false;
}

static void take_line(struct device *dev, const char *line, size_t len)
{
	struct scanner *scanner = device_state(dev);
	AUTO(json) reply = json_parse(line, len, NULL);
	const char *about = json_text_or(reply, "do", "");

	if (strcmp(about, "check") != 0 && strcmp(about, "scan") != 0) {
		give_up(dev, "not a reply");
		return;
	}
	if (is_late(scanner->asked, about))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
		if (!json_get(reply, replies[i].member) ||
			(replies[i].about && strcmp(about, replies[i].about)))
			continue;
		replies[i].take(dev, reply);
		return;
	}
	give_up(dev, "not a reply");
}

static size_t feed(struct device *dev, const uint8_t *data, size_t len)
{
	const uint8_t *end = memchr(data, '\n', len);

	if (!end) {
		if (len < LINE_MAX_BYTES_IN)
			return 0;
		give_up(dev, "endless line");
		return len;
	}
	take_line(dev, (const char *)data, end - data);
	return end - data + 1;
}

/* Requests -------------------------------------------------------------------
 */

static bool is_one_of(const char *text, const char *a, const char *b)
{
	return !strcmp(text, a) || !strcmp(text, b);
}

static struct json *scan_request(
	struct device *dev, const struct json *args, GError **error)
{
	const char *source = json_text_or(args, "source", "flatbed");
	const char *mode = json_text_or(args, "mode", "gray");
	int64_t resolution = json_int_or(args, "resolution", 200);

	if (!is_one_of(source, "flatbed", "feeder") ||
		!is_one_of(mode, "color", "gray") || resolution < 50 ||
		resolution > 1200) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"scanner: source, mode or resolution");
		return NULL;
	}

	struct json *request = new_request(dev, "scan");

	json_put_text(request, "source", source);
	json_put_text(request, "mode", mode);
	json_put_int(request, "resolution", resolution);
	return request;
}

static bool command(struct device *dev, const struct verb *verb,
	const struct json *args, GError **error)
{
	struct scanner *scanner = device_state(dev);
	bool is_scan = !strcmp(verb->name, "scan");
	struct json *request = NULL;

	if (scanner->asked != ASKED_NOTHING) {
		g_set_error_literal(error, LINK_ERROR, LINK_ERROR_BUSY,
			"scanner: still ending the last scan");
		return false;
	}
	if (is_scan && !(request = scan_request(dev, args, error)))
		return false;
	scanner->asked = is_scan ? ASKED_SCAN : ASKED_CHECK;
	scanner->pages = json_new_array();
	if (is_scan)
		send_line(dev, request);
	else
		send_line(dev, new_request(dev, "check"));
	return true;
}

static void cancel(struct device *dev)
{
	struct scanner *scanner = device_state(dev);

	scanner->asked = ASKED_CANCEL;
	send_line(dev, new_request(dev, "cancel"));
	device_alarm(dev, CANCEL_MS);
}

static void alarm_rang(struct device *dev)
{
	end_talk(dev);
	device_fault(dev, DEVICE_FAULT_LOST, "the child does not stop");
}

static void start(struct device *dev)
{
	struct scanner *scanner = device_state(dev);

	scanner->asked = ASKED_GREETING;
	send_line(dev, new_request(dev, "check"));
}

static void stop(struct device *dev)
{
	struct scanner *scanner = device_state(dev);

	g_clear_pointer(&scanner->pages, json_free);
}

static const struct verb verbs[] = {
	{.name = "scan", .deadline_ms = SCAN_MS},
	{.name = "check", .deadline_ms = CHECK_MS},
	{0},
};

const struct driver driver_scanner = {
	.name = "scanner",
	.title = "Scanner (SANE)",
	.class = DEVICE_SCANNER,
	.verbs = verbs,
	.state_size = sizeof(struct scanner),
	.buffer_max = 2 * LINE_MAX_BYTES_IN,
	.start = start,
	.feed = feed,
	.command = command,
	.cancel = cancel,
	.alarm = alarm_rang,
	.stop = stop,
};
