/* A document camera on the network, played: answers GET /snapshot with the next
 * page of a paper that does not exist. See drivers/camera.c for the wire.
 *
 * Options of its section in devices.conf:
 *   path=/snapshot
 *   answer=length|chunked|close|stream   how the picture is sent
 *   picture=FILE.jpg                     always this one, beside devices.conf
 *
 * What a person can do to it:
 *   page {"number":7}      puts that page under the camera
 *   fault {"kind":"busy","times":2}      spoils the next answers; the kinds are
 *                                        in the table below, "none" ends it */
#include "drivers/sim/sim.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "drivers/jpeg.h"
#include "drivers/sim/sim_page.h"

enum {
	REQUEST_MAX = 4096,
	STREAM_MS = 200,
	CHUNK_BYTES = 8000,
	SLOW_MS = 2000,
	LOST_BYTES = 20000,
};

enum answer { ANSWER_LENGTH, ANSWER_CHUNKED, ANSWER_CLOSE, ANSWER_STREAM };

static const char *const answers[] = {
	[ANSWER_LENGTH] = "length",
	[ANSWER_CHUNKED] = "chunked",
	[ANSWER_CLOSE] = "close",
	[ANSWER_STREAM] = "stream",
};

enum fault {
	FAULT_NONE,
	FAULT_SILENT,   /* no answer at all */
	FAULT_SLOW,     /* after two seconds */
	FAULT_BUSY,     /* 503 */
	FAULT_PASSWORD, /* 401 */
	FAULT_HTML,     /* a page that says so, with status 200 */
	FAULT_CUT,      /* the picture ends in its middle */
	FAULT_DAMAGED,  /* it ends well, but its last rows are missing */
	FAULT_HUGE,     /* announces more than any picture has */
};

static const char *const faults[] = {
	[FAULT_NONE] = "none",
	[FAULT_SILENT] = "silent",
	[FAULT_SLOW] = "slow",
	[FAULT_BUSY] = "busy",
	[FAULT_PASSWORD] = "password",
	[FAULT_HTML] = "html",
	[FAULT_CUT] = "cut",
	[FAULT_DAMAGED] = "damaged",
	[FAULT_HUGE] = "huge",
};

struct camera {
	enum answer answer;
	enum fault fault;
	unsigned fault_times;
	unsigned page; /* number of the next page */
	unsigned captures;
	char *picture; /* own: content of the file, or NULL */
	size_t picture_len;
	bool streaming;
};

/* -1: not in the table. */
static int find_name(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

static void init(struct sim_device *dev)
{
	struct camera *camera = sim_state(dev);
	const char *answer = sim_option(dev, "answer");
	const char *file = sim_option(dev, "picture");

	camera->page = 1;
	camera->answer =
		(enum answer)MAX(0, find_name(answers, G_N_ELEMENTS(answers),
					    answer ? answer : ""));
	if (!file)
		return;

	g_autofree char *path =
		g_canonicalize_filename(file, sim_base_dir(dev));

	camera->picture =
		file_read(path, JPEG_MAX_BYTES, &camera->picture_len, NULL);
}

static void free_camera(struct sim_device *dev)
{
	struct camera *camera = sim_state(dev);

	g_free(camera->picture);
}

/* Answers --------------------------------------------------------------------
 */

static void send_text(struct sim_device *dev, const char *text)
{
	sim_send(dev, text, strlen(text));
}

static void send_status(struct sim_device *dev, const char *status,
	const char *type, const char *body)
{
	g_autofree char *text = g_strdup_printf(
		"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		"\r\n%s",
		status, type, strlen(body), body);

	send_text(dev, text);
}

/* The page under the camera; the next capture shows the next one. Caller frees.
 */
static uint8_t *shoot(struct sim_device *dev, size_t *len)
{
	struct camera *camera = sim_state(dev);

	camera->captures++;
	if (camera->picture) {
		*len = camera->picture_len;
		return g_memdup2(camera->picture, camera->picture_len);
	}
	return sim_page_jpeg(camera->page++, len);
}

static void send_length(
	struct sim_device *dev, const uint8_t *jpeg, size_t len, bool closes)
{
	g_autofree char *head = g_strdup_printf(
		"HTTP/1.1 200 OK\r\n%sContent-Type: image/jpeg\r\n"
		"Content-Length: %zu\r\n\r\n",
		closes ? "Connection: close\r\n" : "", len);

	send_text(dev, head);
	sim_send(dev, jpeg, len);
}

static void send_chunked(
	struct sim_device *dev, const uint8_t *jpeg, size_t len)
{
	send_text(dev, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n");
	while (len) {
		size_t piece = MIN(len, CHUNK_BYTES);
		g_autofree char *size = g_strdup_printf("%zx\r\n", piece);

		send_text(dev, size);
		sim_send(dev, jpeg, piece);
		send_text(dev, "\r\n");
		jpeg += piece;
		len -= piece;
	}
	send_text(dev, "0\r\n\r\n");
}

static void send_part(struct sim_device *dev)
{
	size_t len;
	g_autofree uint8_t *jpeg = shoot(dev, &len);
	g_autofree char *head =
		g_strdup_printf("--frame\r\nContent-Type: image/jpeg\r\n"
				"Content-Length: %zu\r\n\r\n",
			len);

	send_text(dev, head);
	sim_send(dev, jpeg, len);
	send_text(dev, "\r\n");
	sim_alarm(dev, STREAM_MS);
}

static void begin_stream(struct sim_device *dev)
{
	struct camera *camera = sim_state(dev);

	send_text(dev,
		"HTTP/1.1 200 OK\r\n"
		"Content-Type: multipart/x-mixed-replace; boundary=frame\r\n"
		"\r\n");
	camera->streaming = true;
	send_part(dev);
}

static void send_picture(struct sim_device *dev)
{
	struct camera *camera = sim_state(dev);
	size_t len;

	if (camera->answer == ANSWER_STREAM) {
		begin_stream(dev);
		return;
	}

	g_autofree uint8_t *jpeg = shoot(dev, &len);

	if (camera->answer == ANSWER_CHUNKED)
		send_chunked(dev, jpeg, len);
	else
		send_length(dev, jpeg, len, camera->answer == ANSWER_CLOSE);
}

/* Faults ---------------------------------------------------------------------
 */

static void send_spoiled(struct sim_device *dev, enum fault fault)
{
	size_t len;
	g_autofree uint8_t *jpeg = shoot(dev, &len);

	if (fault == FAULT_CUT) {
		len /= 2;
	} else if (len > 2 * LOST_BYTES) {
		memmove(jpeg + len - 2 - LOST_BYTES, jpeg + len - 2, 2);
		len -= LOST_BYTES;
	}
	send_length(dev, jpeg, len, false);
}

static void send_fault(struct sim_device *dev, enum fault fault)
{
	switch (fault) {
	case FAULT_BUSY:
		send_status(
			dev, "503 Service Unavailable", "text/plain", "busy\n");
		break;
	case FAULT_PASSWORD:
		send_status(dev, "401 Unauthorized", "text/plain", "who?\n");
		break;
	case FAULT_HTML:
		send_status(dev, "200 OK", "text/html",
			"<html><body>camera is starting</body></html>\n");
		break;
	case FAULT_HUGE:
		send_text(dev, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
			       "Content-Length: 99999999999\r\n\r\n");
		break;
	case FAULT_CUT:
	case FAULT_DAMAGED:
		send_spoiled(dev, fault);
		break;
	case FAULT_SLOW:
		sim_alarm(dev, SLOW_MS);
		break;
	case FAULT_SILENT:
	case FAULT_NONE:
		break;
	}
}

/* Requests -------------------------------------------------------------------
 */

static void answer(struct sim_device *dev, const char *request)
{
	struct camera *camera = sim_state(dev);
	const char *path = sim_option(dev, "path");
	g_autofree char *line = g_strdup_printf(
		"GET %s HTTP/1.1\r\n", path ? path : "/snapshot");

	if (!g_str_has_prefix(request, "GET ")) {
		send_status(dev, "405 Method Not Allowed", "text/plain",
			"only GET\n");
	} else if (!g_str_has_prefix(request, line)) {
		send_status(dev, "404 Not Found", "text/plain",
			"no such picture\n");
	} else if (camera->fault != FAULT_NONE && camera->fault_times) {
		camera->fault_times--;
		send_fault(dev, camera->fault);
	} else {
		send_picture(dev);
	}
}

static void start(struct sim_device *dev)
{
	struct camera *camera = sim_state(dev);

	camera->streaming = false;
	sim_alarm(dev, 0);
}

static size_t feed(struct sim_device *dev, const uint8_t *data, size_t len)
{
	const uint8_t *end = memmem(data, len, "\r\n\r\n", 4);

	if (!end) {
		if (len >= REQUEST_MAX)
			sim_skip(dev, len);
		return 0;
	}

	size_t taken = end - data + 4;
	g_autofree char *request = g_strndup((const char *)data, taken);

	answer(dev, request);
	return taken;
}

static void alarm_rang(struct sim_device *dev)
{
	struct camera *camera = sim_state(dev);

	if (!sim_is_connected(dev))
		camera->streaming = false;
	else if (camera->streaming)
		send_part(dev);
	else
		send_picture(dev);
}

/* A person -------------------------------------------------------------------
 */

static bool set_page(
	struct camera *camera, const struct json *message, GError **error)
{
	int64_t number;

	if (!json_need_int(message, "number", 0, 999999, &number, error))
		return false;
	camera->page = (unsigned)number;
	return true;
}

static bool set_fault(
	struct camera *camera, const struct json *message, GError **error)
{
	const char *kind = json_text_or(message, "kind", "");
	int found = find_name(faults, G_N_ELEMENTS(faults), kind);
	int64_t times = json_int_or(message, "times", 1);

	if (found < 0 || times < 1 || times > 1000000) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"fault: kind or times");
		return false;
	}
	camera->fault = (enum fault)found;
	camera->fault_times = (unsigned)times;
	return true;
}

static bool control(struct sim_device *dev, const char *verb,
	const struct json *message, GError **error)
{
	struct camera *camera = sim_state(dev);

	if (!strcmp(verb, "page"))
		return set_page(camera, message, error);
	if (!strcmp(verb, "fault"))
		return set_fault(camera, message, error);
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
		"a camera knows page and fault");
	return false;
}

static void show_state(struct sim_device *dev, struct json *out)
{
	struct camera *camera = sim_state(dev);

	json_put_int(out, "captures", camera->captures);
	json_put_int(out, "page", camera->page);
	json_put_text(out, "fault",
		faults[camera->fault_times ? camera->fault : FAULT_NONE]);
}

const struct sim_kind sim_camera = {
	.driver = "camera",
	.state_size = sizeof(struct camera),
	.buffer_max = 2 * REQUEST_MAX,
	.init = init,
	.start = start,
	.feed = feed,
	.control = control,
	.state = show_state,
	.alarm = alarm_rang,
	.free = free_camera,
};
