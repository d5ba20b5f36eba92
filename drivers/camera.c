/* A document camera on the network: one picture for one request, over HTTP.
 *
 *   > GET /snapshot HTTP/1.1
 *     Host: 192.168.1.40:8080
 *     Accept: image/jpeg, multipart/x-mixed-replace
 *
 *   < HTTP/1.1 200 OK
 *     Content-Type: image/jpeg
 *     Content-Length: 402112
 *
 *     FF D8 ...
 *
 * or the first part of a stream, as most camera services offer it:
 *
 *   < HTTP/1.1 200 OK
 *     Content-Type: multipart/x-mixed-replace; boundary=frame
 *
 *     --frame
 *     Content-Type: image/jpeg
 *     Content-Length: 402112
 *
 *     FF D8 ...
 *
 * Options of devices.conf: path=/snapshot; host= (else out of port=); turn=90,
 * 180, 270 clockwise, for a camera that is mounted sideways.
 *
 * Verbs: capture{turn} -> {"pages":[..]} (drivers/picture.h); check{} takes a
 * picture and forgets it. An answer that was not read to its end, or that is
 * not understood, costs the line: it is opened again. */
#include "drivers/drivers.h"

#include <stdio.h>
#include <string.h>

#include "client/base/text.h"
#include "drivers/http_reader.h"
#include "drivers/jpeg.h"
#include "drivers/picture.h"

enum {
	CAPTURE_MS = 20000, /* 8 megapixels over a slow line, exposure */
	PART_HEAD_MAX = 4096,
	BODY_MAX = JPEG_MAX_BYTES + 2 * PART_HEAD_MAX,
	BOUNDARY_MAX = 200,
};

struct camera {
	struct http_reader *reader; /* own; NULL: nothing is expected */
	char *boundary;  /* own: of a stream, with its leading "--" */
	size_t searched; /* of the body, for the end of a part */
	bool is_judged;  /* status and type are fine */
	bool is_lost;    /* what still comes belongs to an answer given up */
	bool is_check;
	int quarters;
};

static GError *not_understood(const char *why)
{
	return g_error_new(LINK_ERROR, LINK_ERROR_PROTOCOL, "camera: %s", why);
}

/* The answer is dealt with: the host may give the next command at once, so the
 * state is ready for it first. The line survives only a picture that was the
 * whole answer; whether more came already must make no difference. Faults come
 * last, since they may end this life of the device. */
static void end_answer(struct device *dev, struct json *take_result,
	GError *take_error, const char *why)
{
	struct camera *camera = device_state(dev);
	bool is_clean = take_result && !camera->boundary &&
			http_reader_is_done(camera->reader) &&
			!http_reader_head(camera->reader)->closes;

	g_clear_pointer(&camera->reader, http_reader_free);
	g_clear_pointer(&camera->boundary, g_free);
	camera->is_lost = !is_clean;
	if (take_result)
		device_done(dev, take_result);
	if (take_error)
		device_fail(dev, take_error);
	if (!is_clean)
		device_fault(dev, DEVICE_FAULT_LOST, why);
}

static void give_up(struct device *dev, GError *take_error)
{
	device_fault(dev, DEVICE_FAULT_FRAME, "answer is of no use");
	end_answer(dev, NULL, take_error, "answer is of no use");
}

/* The picture ----------------------------------------------------------------
 */

static struct json *keep_picture(struct device *dev, const uint8_t *data,
	struct jpeg_info *info, GError **error)
{
	char sha256[SHA256_TEXT];

	if (!device_keep(dev, data, info->len, "image/jpeg", sha256, error))
		return NULL;

	g_autofree char *gray = jpeg_thumbnail_text(
		data, info->len, JPEG_THUMB_COLUMNS, JPEG_THUMB_ROWS, NULL);
	struct json *result = json_new_object();
	struct json *pages = json_new_array();

	json_add(pages, picture_page(sha256, info, gray));
	json_put(result, "pages", pages);
	return result;
}

static struct json *turn_picture(struct device *dev, const uint8_t *data,
	struct jpeg_info *info, GError **error)
{
	struct camera *camera = device_state(dev);
	size_t len;
	g_autofree uint8_t *turned =
		jpeg_turn(data, info->len, camera->quarters, &len, error);

	if (!turned || !jpeg_inspect(turned, len, info, error))
		return NULL;
	return keep_picture(dev, turned, info, error);
}

static struct json *describe(const struct jpeg_info *info)
{
	struct json *result = json_new_object();

	json_put_int(result, "width", info->width);
	json_put_int(result, "height", info->height);
	json_put_int(result, "size", (int64_t)info->len);
	return result;
}

static void take_picture(struct device *dev, const uint8_t *data, size_t len)
{
	struct camera *camera = device_state(dev);
	struct jpeg_info info;
	GError *error = NULL;
	struct json *result = NULL;

	if (jpeg_check(data, len, &info, &error)) {
		if (camera->is_check)
			result = describe(&info);
		else if (camera->quarters)
			result = turn_picture(dev, data, &info, &error);
		else
			result = keep_picture(dev, data, &info, &error);
	}
	if (!result) {
		give_up(dev, error);
		return;
	}
	device_frame(dev);
	end_answer(dev, result, NULL, "one picture of a stream taken");
}

/* The answer -----------------------------------------------------------------
 */

/* RFC 9110 section 8.3.1: the type is what stands before ';'. */
static bool is_type(const char *content_type, const char *type)
{
	size_t len = strcspn(content_type, "; \t");

	return len == strlen(type) &&
	       !g_ascii_strncasecmp(content_type, type, len);
}

static bool is_picture(const char *content_type)
{
	return is_type(content_type, "image/jpeg") ||
	       is_type(content_type, "image/jpg") ||
	       is_type(content_type, "image/pjpeg");
}

/* "--frame" out of "multipart/x-mixed-replace; boundary=frame". Some cameras
 * name the boundary with its dashes, some quote it. NULL: none. */
static char *find_boundary(const char *content_type)
{
	g_autofree char *lower = g_ascii_strdown(content_type, -1);
	const char *found = strstr(lower, "boundary=");

	if (!found)
		return NULL;

	const char *name = content_type + (found - lower) + 9;

	while (*name == '"' || *name == '-')
		name++;

	size_t len = strcspn(name, "\"; \t");

	if (!len || len > BOUNDARY_MAX)
		return NULL;
	return g_strdup_printf("--%.*s", (int)len, name);
}

static GError *over_bound(void)
{
	return g_error_new_literal(ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
		"camera: picture is over its bound");
}

static GError *status_error(int status)
{
	switch (status) {
	case 401:
	case 403:
		return g_error_new_literal(LINK_ERROR, LINK_ERROR_AUTH,
			"camera: asks for a password");
	case 409:
	case 423:
	case 429:
	case 503:
		return g_error_new_literal(
			LINK_ERROR, LINK_ERROR_BUSY, "camera: busy");
	default:
		return g_error_new(LINK_ERROR, LINK_ERROR_PROTOCOL,
			"camera: status %d", status);
	}
}

static GError *judge_head(struct camera *camera, const struct http_head *head)
{
	const char *type = head->content_type ? head->content_type : "";

	if (head->status != 200)
		return status_error(head->status);
	if (is_type(type, "multipart/x-mixed-replace")) {
		camera->boundary = find_boundary(type);
		if (!camera->boundary)
			return not_understood("a stream without boundary");
	} else if (!is_picture(type)) {
		return not_understood("answered with something else than JPEG");
	} else if (head->length > JPEG_MAX_BYTES) {
		return over_bound();
	}
	camera->is_judged = true;
	return NULL;
}

/* Finds text from *at on; false when it is not there (yet). */
static bool find_text(
	const GByteArray *body, size_t from, const char *text, size_t *at)
{
	if (from >= body->len)
		return false;

	const uint8_t *found =
		memmem(body->data + from, body->len - from, text, strlen(text));

	if (found)
		*at = found - body->data;
	return found != NULL;
}

/* Where the first part's picture begins and what its head says. -1 length: not
 * told. False: more has to come, or an error. */
static bool find_part(const struct camera *camera, const GByteArray *body,
	size_t *begin, gint64 *length, GError **error)
{
	size_t line, end;

	if (!find_text(body, 0, camera->boundary, &line) ||
		!find_text(body, line, "\r\n\r\n", &end)) {
		if (body->len > PART_HEAD_MAX)
			g_propagate_error(
				error, not_understood("no part in the stream"));
		return false;
	}
	*begin = end + 4;
	*length = -1;

	g_autofree char *text =
		g_strndup((const char *)body->data + line, end - line);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
	bool is_jpeg = false;

	for (int i = 1; lines[i]; i++) {
		if (!g_ascii_strncasecmp(lines[i], "content-length:", 15))
			*length = g_ascii_strtoll(lines[i] + 15, NULL, 10);
		if (!g_ascii_strncasecmp(lines[i], "content-type:", 13))
			is_jpeg = is_picture(g_strchug(lines[i] + 13));
	}
	if (is_jpeg && *length <= JPEG_MAX_BYTES)
		return true;
	g_propagate_error(
		error, is_jpeg ? over_bound()
			       : not_understood("a part that is no JPEG"));
	return false;
}

/* Without a length the part ends before the next boundary. The search goes on
 * where the last one ended. */
static bool find_part_end(struct camera *camera, const GByteArray *body,
	size_t begin, size_t *end)
{
	size_t boundary_len = strlen(camera->boundary);

	if (find_text(
		    body, MAX(camera->searched, begin), camera->boundary, end))
		return true;
	camera->searched =
		body->len > boundary_len ? body->len - boundary_len : 0;
	return false;
}

static void read_stream(struct device *dev)
{
	struct camera *camera = device_state(dev);
	const GByteArray *body = http_reader_body(camera->reader);
	bool is_done = http_reader_is_done(camera->reader);
	GError *error = NULL;
	size_t begin, end = 0;
	gint64 length;

	if (find_part(camera, body, &begin, &length, &error)) {
		if (length > 0)
			end = begin + (size_t)length;
		if (length > 0 ? end <= body->len
			       : find_part_end(camera, body, begin, &end)) {
			take_picture(dev, body->data + begin, end - begin);
			return;
		}
	}
	if (!error && is_done)
		error = not_understood("the stream ended before its picture");
	if (error)
		give_up(dev, error);
}

static void read_answer(struct device *dev)
{
	struct camera *camera = device_state(dev);
	const struct http_head *head = http_reader_head(camera->reader);
	const GByteArray *body = http_reader_body(camera->reader);
	GError *error = NULL;

	if (!head)
		return;
	if (!camera->is_judged)
		error = judge_head(camera, head);
	if (error)
		give_up(dev, error);
	else if (camera->boundary)
		read_stream(dev);
	else if (http_reader_is_done(camera->reader))
		take_picture(dev, body->data, body->len);
}

static size_t feed(struct device *dev, const uint8_t *data, size_t len)
{
	struct camera *camera = device_state(dev);
	GError *error = NULL;
	size_t taken = 0;

	if (camera->is_lost)
		return len;
	if (!camera->reader) {
		camera->is_lost = true;
		device_fault(dev, DEVICE_FAULT_FRAME, "nobody asked");
		device_fault(dev, DEVICE_FAULT_LOST, "nobody asked");
		return len;
	}
	if (!http_reader_feed(camera->reader, data, len, &taken, &error)) {
		give_up(dev, error);
		return len;
	}
	read_answer(dev);
	return taken;
}

/* The request ----------------------------------------------------------------
 */

/* Printable ASCII without blanks: what may stand in a line of the request. */
static bool is_word(const char *text)
{
	for (; *text; text++)
		if (!g_ascii_isgraph(*text))
			return false;
	return true;
}

/* "192.168.1.40:8080" out of "tcp:192.168.1.40:8080". */
static const char *host_of(struct device *dev)
{
	const char *host = device_option(dev, "host");
	const char *port = device_option(dev, "port");

	if (host)
		return host;
	if (port && g_str_has_prefix(port, "tcp:"))
		return port + 4;
	return "localhost";
}

static bool send_request(struct device *dev, GError **error)
{
	const char *path = device_option(dev, "path");
	const char *host = host_of(dev);

	if (!path)
		path = "/snapshot";
	if (path[0] != '/' || !is_word(path) || !*host || !is_word(host)) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"camera: path or host in devices.conf");
		return false;
	}

	g_autofree char *request = g_strdup_printf(
		"GET %s HTTP/1.1\r\n"
		"Host: %s\r\n"
		"Accept: image/jpeg, multipart/x-mixed-replace\r\n"
		"\r\n",
		path, host);

	device_send(dev, request, strlen(request));
	return true;
}

static bool read_turn(struct device *dev, const struct json *args,
	int *quarters, GError **error)
{
	const char *option = device_option(dev, "turn");
	int64_t degrees = json_int_or(
		args, "turn", option ? g_ascii_strtoll(option, NULL, 10) : 0);

	if (degrees < 0 || degrees > 270 || degrees % 90 != 0) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"camera: turn is 0, 90, 180 or 270");
		return false;
	}
	*quarters = (int)degrees / 90;
	return true;
}

static bool command(struct device *dev, const struct verb *verb,
	const struct json *args, GError **error)
{
	struct camera *camera = device_state(dev);

	if (!read_turn(dev, args, &camera->quarters, error) ||
		!send_request(dev, error))
		return false;
	camera->reader = http_reader_new(BODY_MAX);
	camera->is_check = !strcmp(verb->name, "check");
	camera->is_judged = false;
	camera->searched = 0;
	return true;
}

static void cancel(struct device *dev)
{
	end_answer(dev, NULL, NULL, "the answer is no longer wanted");
}

/* HTTP has no greeting: whoever takes the connection is there. */
static void start(struct device *dev)
{
	device_ready(dev, NULL);
}

static void stop(struct device *dev)
{
	struct camera *camera = device_state(dev);

	g_clear_pointer(&camera->reader, http_reader_free);
	g_clear_pointer(&camera->boundary, g_free);
}

static const struct verb verbs[] = {
	{.name = "capture", .deadline_ms = CAPTURE_MS},
	{.name = "check", .deadline_ms = CAPTURE_MS},
	{0},
};

const struct driver driver_camera = {
	.name = "camera",
	.title = "Document camera on the network (HTTP, JPEG)",
	.class = DEVICE_CAMERA,
	.verbs = verbs,
	.state_size = sizeof(struct camera),
	.buffer_max = 2 * HTTP_HEAD_MAX,
	.is_private = true,
	.start = start,
	.feed = feed,
	.command = command,
	.cancel = cancel,
	.stop = stop,
};
