/* The camera driver against answers as they come over the wire: whole and in
 * pieces of 1, 2, 3 and 1000 bytes, in every way HTTP sends a body, and wrong
 * in every way a camera was seen or can be expected to be. */
#include "drivers/drivers.h"

#include <stdio.h>
#include <string.h>

#include "drivers/http_reader.h"
#include "drivers/jpeg.h"
#include "drivers/script.h"

static const size_t chunks[] = {0, 1, 2, 3, 1000};

/* A picture of some thousand bytes. Caller frees. */
static GByteArray *make_picture(void)
{
	uint8_t rows[160 * 226];
	size_t len;
	struct jpeg_pixels pixels = {
		.data = rows, .width = 160, .height = 226, .dpi = 150};

	for (size_t i = 0; i < sizeof(rows); i++)
		rows[i] = (uint8_t)(i * 2654435761u >> 24);

	uint8_t *jpeg = jpeg_encode(&pixels, JPEG_QUALITY, &len, NULL);

	return g_byte_array_new_take(jpeg, len);
}

static void add_text(GByteArray *answer, const char *text)
{
	g_byte_array_append(answer, (const uint8_t *)text, strlen(text));
}

static void add_bytes(GByteArray *answer, const GByteArray *more)
{
	g_byte_array_append(answer, more->data, more->len);
}

static void add_length(GByteArray *answer, size_t len)
{
	g_autofree char *line = g_strdup_printf("Content-Length: %zu\r\n", len);

	add_text(answer, line);
}

struct fixture {
	struct device_options *options; /* own */
	struct script *script;          /* own */
};

static void set_up(struct fixture *fixture, const char *key, const char *value)
{
	fixture->options = device_options_new();
	if (key)
		device_options_put(fixture->options, key, value);
	fixture->script = script_new(&driver_camera, fixture->options);
}

static void tear_down(struct fixture *fixture)
{
	script_free(fixture->script);
	device_options_free(fixture->options);
}

static void expect(struct fixture *fixture, const char *effect)
{
	g_autofree char *found = script_take(fixture->script);

	g_assert_cmpstr(found, ==, effect);
}

static void expect_request(struct fixture *fixture, const char *request)
{
	g_autofree char *found = script_take(fixture->script);
	uint8_t bytes[512];
	size_t len;

	g_assert_true(g_str_has_prefix(found, "> "));
	g_assert_true(hex_decode(found + 2, bytes, sizeof(bytes), &len));
	g_assert_cmpmem(bytes, len, request, strlen(request));
}

static const char plain_request[] =
	"GET /snapshot HTTP/1.1\r\n"
	"Host: localhost\r\n"
	"Accept: image/jpeg, multipart/x-mixed-replace\r\n"
	"\r\n";

/* Asked, greeted, request seen: the answer may come. */
static void ask(struct fixture *fixture, const char *command)
{
	script_ask(fixture->script, command);
	expect(fixture, "= ready");
	expect_request(fixture, plain_request);
}

static struct json *take_result(struct fixture *fixture)
{
	g_autofree char *found = script_take(fixture->script);

	g_assert_nonnull(found);
	g_assert_true(g_str_has_prefix(found, "= done "));
	return json_parse(found + 7, strlen(found) - 7, NULL);
}

/* The answer gives the picture, at every chunk size; is_kept: the line is of
 * further use. */
static void assert_captured(const GByteArray *answer, const GByteArray *jpeg,
	int width, int height, bool is_kept)
{
	char sha256[SHA256_TEXT];

	sha256_text(jpeg->data, jpeg->len, sha256);
	for (size_t i = 0; i < G_N_ELEMENTS(chunks); i++) {
		struct fixture fixture;
		g_autofree char *keep = g_strdup_printf("= keep %u", jpeg->len);

		set_up(&fixture, NULL, NULL);
		ask(&fixture, "capture");
		script_feed(
			fixture.script, answer->data, answer->len, chunks[i]);
		expect(&fixture, keep);

		AUTO(json) result = take_result(&fixture);
		const struct json *page = json_first(json_get(result, "pages"));
		const struct json *thumb = json_get(page, "thumb");

		g_assert_cmpuint(json_length(json_get(result, "pages")), ==, 1);
		g_assert_cmpstr(json_text(page, "sha256"), ==, sha256);
		g_assert_cmpint(json_int_or(page, "size", 0), ==, jpeg->len);
		g_assert_cmpint(json_int_or(page, "width", 0), ==, width);
		g_assert_cmpint(json_int_or(page, "height", 0), ==, height);
		g_assert_cmpstr(
			json_text(page, "media_type"), ==, "image/jpeg");
		g_assert_cmpuint(
			strlen(json_text_or(thumb, "gray", "")), ==, 288);
		if (!is_kept)
			expect(&fixture, "= fault lost");
		g_assert_null(script_take(fixture.script));
		tear_down(&fixture);
	}
}

static void test_length(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	add_text(answer, "HTTP/1.1 200 OK\r\nServer: camera\r\n"
			 "Content-Type: image/jpeg\r\n");
	add_length(answer, jpeg->len);
	add_text(answer, "\r\n");
	add_bytes(answer, jpeg);
	assert_captured(answer, jpeg, 160, 226, true);
}

/* 100 Continue before it, lines that end with \n, names in capitals, the type
 * with a parameter, zeros behind the picture, and the line closed. */
static void test_odd_length(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	add_text(answer, "HTTP/1.1 100 Continue\n\n"
			 "HTTP/1.0 200 OK\nCONTENT-TYPE:Image/JPEG; q=1\n");
	add_length(answer, jpeg->len + 3);
	add_text(answer, "\n");
	add_bytes(answer, jpeg);
	g_byte_array_append(answer, (const uint8_t *)"\0\0\0", 3);
	assert_captured(answer, jpeg, 160, 226, false);
}

static void test_chunked(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	add_text(answer, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
			 "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t at = 0; at < jpeg->len; at += 1500) {
		size_t piece = MIN(1500, jpeg->len - at);
		g_autofree char *size =
			g_strdup_printf("%zX;note=1\r\n", piece);

		add_text(answer, size);
		g_byte_array_append(answer, jpeg->data + at, piece);
		add_text(answer, "\r\n");
	}
	add_text(answer, "0\r\nX-Checked: yes\r\n\r\n");
	assert_captured(answer, jpeg, 160, 226, true);
}

static void test_stream_with_length(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	add_text(answer, "HTTP/1.1 200 OK\r\nContent-Type: "
			 "multipart/x-mixed-replace; boundary=\"frame\"\r\n\r\n"
			 "--frame\r\nContent-Type: image/jpeg\r\n");
	add_length(answer, jpeg->len);
	add_text(answer, "\r\n");
	add_bytes(answer, jpeg);
	assert_captured(answer, jpeg, 160, 226, false);
}

/* The boundary named with its dashes, no length: up to the next part. */
static void test_stream_without_length(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	add_text(answer, "HTTP/1.0 200 OK\r\nContent-Type: "
			 "multipart/x-mixed-replace;boundary=--cam\r\n\r\n"
			 "--cam\r\nContent-type: image/jpeg\r\n\r\n");
	add_bytes(answer, jpeg);
	add_text(answer, "\r\n--cam\r\n");
	assert_captured(answer, jpeg, 160, 226, false);
}

static void test_options(void)
{
	struct fixture fixture;

	fixture.options = device_options_new();
	device_options_put(fixture.options, "port", "tcp:10.0.0.7:8080");
	device_options_put(fixture.options, "path", "/video=stream&camidx=0");
	fixture.script = script_new(&driver_camera, fixture.options);
	script_ask(fixture.script, "capture");
	expect(&fixture, "= ready");
	expect_request(&fixture,
		"GET /video=stream&camidx=0 HTTP/1.1\r\n"
		"Host: 10.0.0.7:8080\r\n"
		"Accept: image/jpeg, multipart/x-mixed-replace\r\n\r\n");
	tear_down(&fixture);

	set_up(&fixture, "path", "/a HTTP/1.1\r\nX: y");
	script_ask(fixture.script, "capture");
	expect(&fixture, "= ready");
	expect(&fixture, "= fail item.invalid");
	g_assert_null(script_take(fixture.script));
	tear_down(&fixture);
}

static void add_plain_answer(GByteArray *answer, const GByteArray *jpeg)
{
	add_text(answer, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n");
	add_length(answer, jpeg->len);
	add_text(answer, "\r\n");
	add_bytes(answer, jpeg);
}

/* Turned by the command, and by the option of a camera mounted sideways. */
static void test_turn(void)
{
	static const char *const cases[][3] = {
		{"capture {\"turn\":90}", NULL, NULL},
		{"capture", "turn", "270"},
	};
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	add_plain_answer(answer, jpeg);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture fixture;

		set_up(&fixture, cases[i][1], cases[i][2]);
		ask(&fixture, cases[i][0]);
		script_feed(fixture.script, answer->data, answer->len, 0);

		g_autofree char *keep = script_take(fixture.script);
		AUTO(json) result = take_result(&fixture);
		const struct json *page = json_first(json_get(result, "pages"));

		g_assert_true(g_str_has_prefix(keep, "= keep "));
		g_assert_cmpint(json_int_or(page, "height", 0), ==, 160);
		g_assert_cmpint(json_int_or(page, "width", 0), >=, 224 - 8);
		g_assert_cmpint(json_int_or(page, "dpi", 0), ==, 150);
		tear_down(&fixture);
	}
}

static void test_turn_refused(void)
{
	struct fixture fixture;

	set_up(&fixture, NULL, NULL);
	script_ask(fixture.script, "capture {\"turn\":45}");
	expect(&fixture, "= ready");
	expect(&fixture, "= fail item.invalid");
	tear_down(&fixture);
}

/* A check takes a picture, and keeps none. */
static void test_check(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();
	struct fixture fixture;

	add_plain_answer(answer, jpeg);
	set_up(&fixture, NULL, NULL);
	ask(&fixture, "check");
	script_feed(fixture.script, answer->data, answer->len, 3);

	AUTO(json) result = take_result(&fixture);

	g_assert_cmpint(json_int_or(result, "width", 0), ==, 160);
	g_assert_cmpint(json_int_or(result, "size", 0), ==, jpeg->len);
	g_assert_null(script_take(fixture.script));
	tear_down(&fixture);
}

static void say_html(struct fixture *fixture)
{
	static const char text[] = "HTTP/1.1 200 OK\r\n"
				   "Content-Type: text/html\r\n"
				   "Content-Length: 4\r\n\r\n<a/>";

	script_feed(fixture->script, (const uint8_t *)text, strlen(text), 0);
}

/* Three captures on one line: nothing of the first is left in the second. */
static void test_again(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();
	struct fixture fixture;

	add_plain_answer(answer, jpeg);
	set_up(&fixture, NULL, NULL);
	ask(&fixture, "capture");
	for (int i = 0; i < 2; i++) {
		script_feed(fixture.script, answer->data, answer->len, 1000);

		g_autofree char *keep = script_take(fixture.script);
		AUTO(json) result = take_result(&fixture);

		g_assert_nonnull(json_get(result, "pages"));
		if (i)
			break;
		script_ask(fixture.script, "capture");
		expect_request(&fixture, plain_request);
	}
	g_assert_cmpuint(script_counters(fixture.script)->frames, ==, 2);

	script_ask(fixture.script, "capture");
	expect_request(&fixture, plain_request);
	say_html(&fixture);
	expect(&fixture, "= fault frame");
	expect(&fixture, "= fail link.protocol");
	tear_down(&fixture);
}

/* Wrong answers --------------------------------------------------------------
 */

static void assert_refused(const GByteArray *answer, const char *effect)
{
	for (size_t i = 0; i < G_N_ELEMENTS(chunks); i++) {
		struct fixture fixture;

		set_up(&fixture, NULL, NULL);
		ask(&fixture, "capture");
		script_feed(
			fixture.script, answer->data, answer->len, chunks[i]);
		expect(&fixture, "= fault frame");
		expect(&fixture, effect);
		/* Once, whatever still comes. */
		expect(&fixture, "= fault lost");
		g_assert_null(script_take(fixture.script));
		tear_down(&fixture);
	}
}

static const struct {
	const char *answer, *effect;
} wrong_answers[] = {
	{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	 "Content-Length: 13\r\n\r\n<html></html>",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
	 "Content-Length: 4\r\n\r\nabcd",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
	 "Content-Length: 13\r\n\r\n<html></html>",
		"= fail item.invalid"},
	{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
	 "Content-Length: 0\r\n\r\n",
		"= fail item.invalid"},
	{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
		"= fail link.auth"},
	{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "= fail link.busy"},
	{"HTTP/1.1 204 No Content\r\n\r\n", "= fail link.protocol"},
	{"SSH-2.0-OpenSSH_9.2\r\n\r\n", "= fail link.protocol"},
	{"HTTP/1.1 2x0 OK\r\n\r\n", "= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
	 "Content-Length: 6\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
	 "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
	 "Transfer-Encoding: chunked\r\n\r\n4\r\nabcdef\r\n",
		"= fail link.protocol"},
	/* One byte more than a picture may have; and much more. */
	{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
	 "Content-Length: 99999999999\r\n\r\n",
		"= fail item.too-large"},
	{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
	 "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n",
		"= fail item.too-large"},
	{"HTTP/1.1 200 OK\r\nContent-Type: "
	 "multipart/x-mixed-replace; boundary=b\r\n\r\n"
	 "--b\r\nContent-Type: image/jpeg\r\n"
	 "Content-Length: 67108865\r\n\r\n",
		"= fail item.too-large"},
	{"HTTP/1.1 200 OK\r\nContent-Type: "
	 "multipart/x-mixed-replace\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Type: "
	 "multipart/x-mixed-replace; boundary=b\r\n\r\n"
	 "--b\r\nContent-Type: text/plain\r\n\r\n",
		"= fail link.protocol"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: "
	 "multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r",
		"= fail link.protocol"},
};

static void test_wrong_answers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_answers); i++) {
		g_autoptr(GByteArray) answer = g_byte_array_new();

		g_test_message("%s", wrong_answers[i].answer);
		add_text(answer, wrong_answers[i].answer);
		assert_refused(answer, wrong_answers[i].effect);
	}
}

/* 64 MiB and one byte, announced honestly. */
static void test_one_byte_too_many(void)
{
	g_autoptr(GByteArray) answer = g_byte_array_new();
	size_t len = (size_t)JPEG_MAX_BYTES + 1;
	struct fixture fixture;

	add_text(answer, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n");
	add_length(answer, len);
	add_text(answer, "\r\n");
	set_up(&fixture, NULL, NULL);
	ask(&fixture, "capture");
	script_feed(fixture.script, answer->data, answer->len, 0);
	expect(&fixture, "= fault frame");
	expect(&fixture, "= fail item.too-large");
	expect(&fixture, "= fault lost");
	tear_down(&fixture);
}

/* Heads, lines and parts that never end are given up at their bound. */
static void test_endless(void)
{
	static const struct {
		const char *begin, *more;
		size_t bound;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\n", "X-More: and more\r\n",
			2 * HTTP_HEAD_MAX},
		{"", "\xff", 2 * HTTP_HEAD_MAX},
		{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
		 "Transfer-Encoding: chunked\r\n\r\n1",
			"1", 1024},
		{"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
		 "Transfer-Encoding: chunked\r\n\r\n0\r\n",
			"X-More: and more\r\n", 2 * HTTP_HEAD_MAX},
		{"HTTP/1.1 200 OK\r\nContent-Type: "
		 "multipart/x-mixed-replace; boundary=b\r\n\r\n",
			"no part ", 16384},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GByteArray) answer = g_byte_array_new();

		add_text(answer, cases[i].begin);
		while (answer->len < cases[i].bound)
			add_text(answer, cases[i].more);
		assert_refused(answer, "= fail link.protocol");
	}
}

/* The last rows are missing, though the picture ends as one should. */
static void test_damaged_picture(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();

	g_byte_array_remove_range(jpeg, jpeg->len - 502, 500);
	add_plain_answer(answer, jpeg);
	assert_refused(answer, "= fail item.invalid");
}

/* The deadline passes, or the clerk gives up, in the middle of a picture: what
 * still comes must not be taken for the next one. */
static void test_cancel(void)
{
	g_autoptr(GByteArray) jpeg = make_picture();
	g_autoptr(GByteArray) answer = g_byte_array_new();
	struct fixture fixture;

	add_plain_answer(answer, jpeg);
	set_up(&fixture, NULL, NULL);
	ask(&fixture, "capture");
	script_feed(fixture.script, answer->data, answer->len / 2, 0);
	script_ask(fixture.script, "cancel");
	expect(&fixture, "= fault lost");
	expect(&fixture, "= fail item.refused");
	tear_down(&fixture);

	set_up(&fixture, NULL, NULL);
	ask(&fixture, "capture");
	script_wait(fixture.script, 25000);
	expect(&fixture, "= fault lost");
	expect(&fixture, "= fail link.timeout");
	tear_down(&fixture);
}

static void test_unasked(void)
{
	struct fixture fixture;

	set_up(&fixture, NULL, NULL);
	expect(&fixture, "= ready");
	script_feed(fixture.script, (const uint8_t *)"hello", 5, 0);
	expect(&fixture, "= fault frame");
	expect(&fixture, "= fault lost");
	g_assert_cmpuint(script_counters(fixture.script)->bad_frame, ==, 1);
	tear_down(&fixture);
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/camera/length", test_length);
	g_test_add_func("/camera/odd-length", test_odd_length);
	g_test_add_func("/camera/chunked", test_chunked);
	g_test_add_func("/camera/stream-length", test_stream_with_length);
	g_test_add_func("/camera/stream", test_stream_without_length);
	g_test_add_func("/camera/options", test_options);
	g_test_add_func("/camera/turn", test_turn);
	g_test_add_func("/camera/turn-refused", test_turn_refused);
	g_test_add_func("/camera/check", test_check);
	g_test_add_func("/camera/again", test_again);
	g_test_add_func("/camera/wrong-answers", test_wrong_answers);
	g_test_add_func("/camera/one-byte-too-many", test_one_byte_too_many);
	g_test_add_func("/camera/endless", test_endless);
	g_test_add_func("/camera/damaged", test_damaged_picture);
	g_test_add_func("/camera/cancel", test_cancel);
	g_test_add_func("/camera/unasked", test_unasked);
	return g_test_run();
}
