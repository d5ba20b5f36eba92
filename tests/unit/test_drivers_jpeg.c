/* JPEG pictures: made, made small, turned; and hostile ones, which must be
 * refused with the right error and never more than that. */
#include "drivers/jpeg.h"

#include <string.h>

#include "client/base/error.h"
#include "drivers/raster.h"

/* White but for a black quarter at the top left. Caller frees. */
static uint8_t *make_picture(int width, int height, bool color, size_t *len)
{
	int samples = color ? 3 : 1;
	g_autofree uint8_t *data = g_malloc((size_t)width * height * samples);
	struct jpeg_pixels pixels = {
		.data = data,
		.width = width,
		.height = height,
		.color = color,
		.dpi = 200,
	};

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			memset(data + ((size_t)y * width + x) * samples,
				x < width / 2 && y < height / 2 ? 0 : 255,
				samples);

	uint8_t *jpeg = jpeg_encode(&pixels, JPEG_QUALITY, len, NULL);

	g_assert_nonnull(jpeg);
	return jpeg;
}

static void test_encode(void)
{
	for (int color = 0; color < 2; color++) {
		struct jpeg_info info;
		size_t len;
		g_autofree uint8_t *jpeg = make_picture(99, 141, color, &len);
		g_autoptr(GError) error = NULL;

		g_assert_true(jpeg_check(jpeg, len, &info, &error));
		g_assert_no_error(error);
		g_assert_cmpint(info.width, ==, 99);
		g_assert_cmpint(info.height, ==, 141);
		g_assert_cmpint(info.color, ==, color);
		g_assert_cmpint(info.dpi, ==, 200);
		g_assert_cmpuint(info.len, ==, len);
	}
}

static void test_comment(void)
{
	const uint8_t black[4] = {0};
	struct jpeg_pixels pixels = {.data = black, .width = 2, .height = 2};
	struct jpeg_info info;
	size_t plain_len, len;
	g_autofree uint8_t *plain =
		jpeg_encode(&pixels, JPEG_QUALITY, &plain_len, NULL);

	pixels.comment = "page 1";

	g_autofree uint8_t *jpeg =
		jpeg_encode(&pixels, JPEG_QUALITY, &len, NULL);

	g_assert_cmpuint(len, ==, plain_len + 4 + strlen("page 1"));
	g_assert_nonnull(memmem(jpeg, len, "page 1", 6));
	g_assert_true(jpeg_check(jpeg, len, &info, NULL));
	g_assert_cmpint(info.dpi, ==, 0);
}

static void test_encode_bounds(void)
{
	const uint8_t byte = 0;
	struct jpeg_pixels pixels = {.data = &byte, .width = 0, .height = 1};
	g_autoptr(GError) error = NULL;
	size_t len;

	g_assert_null(jpeg_encode(&pixels, JPEG_QUALITY, &len, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	pixels.width = 10000;
	pixels.height = 10000;
	g_assert_null(jpeg_encode(&pixels, JPEG_QUALITY, &len, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
}

static void test_decode_gray(void)
{
	int width, height;
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(800, 400, true, &len);
	g_autofree uint8_t *gray =
		jpeg_decode_gray(jpeg, len, 100, 60, &width, &height, NULL);

	/* By 8 it would be 50 high, so by 4. */
	g_assert_cmpint(width, ==, 200);
	g_assert_cmpint(height, ==, 100);
	g_assert_cmpint(gray[10 * 200 + 10], <, 10);
	g_assert_cmpint(gray[90 * 200 + 190], >, 245);
}

static void test_thumbnail(void)
{
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(1240, 1754, false, &len);
	g_autofree char *text = jpeg_thumbnail_text(jpeg, len, 24, 12, NULL);

	/* An A4 page is 17 of 24 columns wide, its upper left black. */
	g_assert_cmpuint(strlen(text), ==, 288);
	g_assert_cmpint(strspn(text, "0"), >=, 3 + 8);
	g_assert_true(g_str_has_prefix(text + 11 * 24, "000ffffffff"));
	g_assert_true(g_str_has_suffix(text, "fff0000"));

	g_autofree uint8_t *wide = make_picture(2000, 500, false, &len);
	g_autofree char *flat = jpeg_thumbnail_text(wide, len, 24, 12, NULL);

	/* Four times as wide as high: 24 x 3 cells in the middle. */
	g_assert_cmpuint(strspn(flat, "0"), >=, 4 * 24);
	g_assert_cmpint(flat[6 * 24 + 20], ==, 'f');
	g_assert_cmpint(flat[8 * 24 + 20], ==, '0');
}

/* A page of two levels: what its left and right half look like. */
static void thumbnail_of_halves(
	uint8_t left, uint8_t right, char *left_level, char *right_level)
{
	enum { SIDE = 800 };
	g_autofree uint8_t *data = g_malloc(SIDE * SIDE);
	struct jpeg_pixels pixels = {
		.data = data, .width = SIDE, .height = SIDE};
	size_t len;

	for (int i = 0; i < SIDE * SIDE; i++)
		data[i] = i % SIDE < SIDE / 2 ? left : right;

	g_autofree uint8_t *jpeg =
		jpeg_encode(&pixels, JPEG_QUALITY, &len, NULL);
	g_autofree char *text = jpeg_thumbnail_text(jpeg, len, 24, 12, NULL);

	*left_level = text[6 * 24 + 4];
	*right_level = text[6 * 24 + 20];
}

static void test_contrast(void)
{
	char left, right;

	/* A blank page under a lamp is blank. */
	thumbnail_of_halves(240, 238, &left, &right);
	g_assert_cmpint(left, ==, 'f');
	g_assert_cmpint(right, ==, 'f');
	/* Faint marks are seen, but are not black. */
	thumbnail_of_halves(240, 220, &left, &right);
	g_assert_cmpint(left, ==, 'f');
	g_assert_cmpint(right, ==, '6');
	/* A closed lid is no white page. */
	thumbnail_of_halves(4, 10, &left, &right);
	g_assert_cmpint(left, ==, '0');
	g_assert_cmpint(right, <, '2');
}

static void test_turn(void)
{
	struct jpeg_info info;
	size_t len, turned_len;
	int width, height;
	g_autofree uint8_t *jpeg = make_picture(330, 150, true, &len);
	g_autofree uint8_t *turned = jpeg_turn(jpeg, len, 1, &turned_len, NULL);

	g_assert_true(jpeg_check(turned, turned_len, &info, NULL));
	/* The last 6 of 150 rows are no whole block, and would come first. */
	g_assert_cmpint(info.width, ==, 144);
	g_assert_cmpint(info.height, ==, 330);
	g_assert_cmpint(info.dpi, ==, 200);

	g_autofree uint8_t *gray = jpeg_decode_gray(
		turned, turned_len, 144, 330, &width, &height, NULL);

	g_assert_cmpint(gray[10], >, 245);              /* upper left */
	g_assert_cmpint(gray[134], <, 10);              /* upper right */
	g_assert_cmpint(gray[320 * 144 + 134], >, 245); /* lower right */
}

static void test_turn_keeps_quality(void)
{
	size_t len, back_len;
	int width, height;
	g_autofree uint8_t *jpeg = make_picture(320, 160, true, &len);
	g_autofree uint8_t *back = g_memdup2(jpeg, len);

	back_len = len;
	for (int i = 0; i < 4; i++) {
		uint8_t *next = jpeg_turn(back, back_len, 1, &back_len, NULL);

		g_free(back);
		back = next;
	}

	g_autofree uint8_t *a =
		jpeg_decode_gray(jpeg, len, 320, 160, &width, &height, NULL);
	g_autofree uint8_t *b = jpeg_decode_gray(
		back, back_len, 320, 160, &width, &height, NULL);

	g_assert_cmpmem(a, 320 * 160, b, 320 * 160);
}

/* Hostile pictures ----------------------------------------------------------
 */

static void assert_refused(const uint8_t *data, size_t len, int code)
{
	struct jpeg_info info;
	g_autoptr(GError) error = NULL;
	size_t turned_len;

	g_assert_false(jpeg_check(data, len, &info, &error));
	g_assert_error(error, ITEM_ERROR, code);
	g_clear_error(&error);
	g_assert_null(jpeg_thumbnail_text(data, len, 24, 12, &error));
	g_assert_error(error, ITEM_ERROR, code);
	g_clear_error(&error);
	g_assert_null(jpeg_turn(data, len, 1, &turned_len, &error));
	g_assert_error(error, ITEM_ERROR, code);
}

static void test_truncated(void)
{
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(48, 32, true, &len);

	for (size_t cut = 0; cut < len; cut++) {
		g_autofree uint8_t *part = g_memdup2(jpeg, MAX(cut, 1));

		assert_refused(part, cut, ITEM_ERROR_INVALID);
	}
}

/* Where the frame's segment begins: its mark. */
static uint8_t *find_frame(uint8_t *jpeg, size_t len)
{
	const uint8_t mark[2] = {0xff, 0xc0};
	uint8_t *frame = memmem(jpeg, len, mark, 2);

	g_assert_nonnull(frame);
	return frame;
}

static void test_frames(void)
{
	static const struct {
		const char *what;
		int at; /* from the frame's mark */
		uint8_t value[2];
		int code;
	} cases[] = {
		{"no height", 5, {0, 0}, ITEM_ERROR_INVALID},
		{"no width", 7, {0, 0}, ITEM_ERROR_INVALID},
		{"65535 high", 5, {0xff, 0xff}, ITEM_ERROR_TOO_LARGE},
		{"65535 wide", 7, {0xff, 0xff}, ITEM_ERROR_TOO_LARGE},
		{"more data than there is", 5, {0x30, 0x00},
			ITEM_ERROR_INVALID},
		{"12 bits", 4, {12, 0}, ITEM_ERROR_INVALID},
		{"lossless", 0, {0xff, 0xc3}, ITEM_ERROR_INVALID},
		{"arithmetic", 0, {0xff, 0xc9}, ITEM_ERROR_INVALID},
		{"length too short", 2, {0, 8}, ITEM_ERROR_INVALID},
		{"length too long", 2, {0xff, 0xff}, ITEM_ERROR_INVALID},
		{"four colours", 9, {4, 1}, ITEM_ERROR_INVALID},
		{"no colour", 9, {0, 1}, ITEM_ERROR_INVALID},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t len;
		g_autofree uint8_t *jpeg = make_picture(48, 32, true, &len);

		g_test_message("%s", cases[i].what);
		memcpy(find_frame(jpeg, len) + cases[i].at, cases[i].value, 2);
		assert_refused(jpeg, len, cases[i].code);
	}
}

/* Puts bytes before the scan: caller frees. */
static uint8_t *with_before_scan(const uint8_t *jpeg, size_t len,
	const uint8_t *more, size_t more_len, int times)
{
	const uint8_t mark[2] = {0xff, 0xda};
	size_t head = (const uint8_t *)memmem(jpeg, len, mark, 2) - jpeg;
	uint8_t *all = g_malloc(len + more_len * times);

	memcpy(all, jpeg, head);
	for (int i = 0; i < times; i++)
		memcpy(all + head + i * more_len, more, more_len);
	memcpy(all + head + times * more_len, jpeg + head, len - head);
	return all;
}

static void test_structure(void)
{
	const uint8_t scan[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0};
	const uint8_t frame[] = {
		0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0};
	const uint8_t height[] = {0xff, 0xdc, 0, 4, 0, 8};
	const uint8_t unknown[] = {0xff, 0x02};
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(48, 32, false, &len);
	g_autofree uint8_t *scans =
		with_before_scan(jpeg, len, scan, sizeof(scan), 64);
	g_autofree uint8_t *frames =
		with_before_scan(jpeg, len, frame, sizeof(frame), 1);
	g_autofree uint8_t *dnl =
		with_before_scan(jpeg, len, height, sizeof(height), 1);
	g_autofree uint8_t *mark =
		with_before_scan(jpeg, len, unknown, sizeof(unknown), 1);

	assert_refused(scans, len + 64 * sizeof(scan), ITEM_ERROR_TOO_LARGE);
	assert_refused(frames, len + sizeof(frame), ITEM_ERROR_INVALID);
	assert_refused(dnl, len + sizeof(height), ITEM_ERROR_INVALID);
	assert_refused(mark, len + sizeof(unknown), ITEM_ERROR_INVALID);
	assert_refused(
		(const uint8_t *)"<html></html>", 13, ITEM_ERROR_INVALID);
	assert_refused(
		(const uint8_t *)"\xff\xd8\xff\xd9", 4, ITEM_ERROR_INVALID);
}

/* Frames that are whole but of two and of four colours. */
static void test_colors(void)
{
	for (int count = 1; count <= 4; count++) {
		uint8_t jpeg[64] = {0xff, 0xd8, 0xff, 0xc0, 0,
			(uint8_t)(8 + 3 * count), 8, 0, 8, 0, 8,
			(uint8_t)count};
		const uint8_t scan[] = {
			0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 0xff, 0xd9};
		size_t at = 12 + 3 * (size_t)count;
		struct jpeg_info info;

		memcpy(jpeg + at, scan, sizeof(scan));
		g_assert_cmpint(
			jpeg_inspect(jpeg, at + sizeof(scan), &info, NULL), ==,
			count == 1 || count == 3);
	}
}

static void test_too_many_bytes(void)
{
	size_t len, all = (size_t)JPEG_MAX_BYTES + 1;
	g_autofree uint8_t *jpeg = make_picture(48, 32, false, &len);
	g_autofree uint8_t *padded = g_malloc0(all);

	memcpy(padded, jpeg, len);
	assert_refused(padded, all, ITEM_ERROR_TOO_LARGE);
}

/* Cameras pad their frames, and some leave bytes before the end mark. */
static void test_padding(void)
{
	struct jpeg_info info;
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(48, 32, true, &len);
	g_autofree uint8_t *padded = g_malloc0(len + 1000);
	g_autoptr(GError) error = NULL;

	memcpy(padded, jpeg, len);
	g_assert_true(jpeg_check(padded, len + 1000, &info, NULL));
	g_assert_cmpuint(info.len, ==, len);

	memset(padded + len - 2, 0, 6);
	padded[len + 4] = 0xff;
	padded[len + 5] = 0xd9;
	g_assert_true(jpeg_check(padded, len + 6, &info, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(info.len, ==, len + 6);
}

/* Damaged data inside a structure that is whole. */
static void test_damaged(void)
{
	struct jpeg_info info;
	g_autoptr(GError) error = NULL;
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(480, 320, true, &len);

	memset(jpeg + len - 200, 0x55, 150);
	g_assert_true(jpeg_inspect(jpeg, len, &info, NULL));
	g_assert_false(jpeg_check(jpeg, len, &info, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
}

/* Any change of any bytes: an answer, whichever, and no more. */
static void test_noise(void)
{
	size_t len;
	g_autofree uint8_t *jpeg = make_picture(64, 48, true, &len);
	GRand *random = g_rand_new_with_seed(20261125);

	for (int round = 0; round < 3000; round++) {
		g_autofree uint8_t *noisy = g_memdup2(jpeg, len);
		g_autofree char *text = NULL;
		g_autofree uint8_t *turned = NULL;
		size_t turned_len;

		for (int i = g_rand_int_range(random, 1, 6); i > 0; i--)
			noisy[g_rand_int_range(random, 0, (int)len)] =
				(uint8_t)g_rand_int(random);
		text = jpeg_thumbnail_text(noisy, len, 24, 12, NULL);
		turned = jpeg_turn(noisy, len, 3, &turned_len, NULL);
	}
	g_rand_free(random);
}

/* Rasters --------------------------------------------------------------------
 */

static void test_raster_depths(void)
{
	const uint16_t wide[4] = {0x1234, 0xff00, 0x00ff, 0x8000};
	const uint8_t bits[2] = {0xa0, 0x00};
	struct raster_frame frame = {RASTER_GRAY, 4, 1, 8, 16};
	struct jpeg_pixels pixels;
	AUTO(raster) deep = raster_new();
	AUTO(raster) flat = raster_new();

	g_assert_true(raster_begin(deep, &frame, NULL));
	g_assert_true(raster_add(deep, (const uint8_t *)wide, 8, NULL));
	g_assert_true(raster_pixels(deep, &pixels, NULL));
	g_assert_cmpmem(pixels.data, 4, "\x12\xff\x00\x80", 4);

	/* One bit: 1 is black; the second byte of the line is padding. */
	frame.depth = 1;
	frame.line_bytes = 2;
	g_assert_true(raster_begin(flat, &frame, NULL));
	g_assert_true(raster_add(flat, bits, 2, NULL));
	g_assert_true(raster_pixels(flat, &pixels, NULL));
	g_assert_cmpmem(pixels.data, 4, "\x00\xff\x00\xff", 4);
}

static void test_raster_pieces(void)
{
	const uint8_t sent[] = "abcdefXXghijklXXmnopqrXXst";
	struct raster_frame frame = {RASTER_RGB, 2, 3, 8, 8};
	struct jpeg_pixels pixels;

	for (size_t chunk = 1; chunk < sizeof(sent); chunk++) {
		AUTO(raster) raster = raster_new();

		g_assert_true(raster_begin(raster, &frame, NULL));
		for (size_t at = 0; at < 26; at += chunk)
			g_assert_true(raster_add(
				raster, sent + at, MIN(chunk, 26 - at), NULL));
		g_assert_true(raster_pixels(raster, &pixels, NULL));
		g_assert_cmpint(pixels.height, ==, 3);
		g_assert_cmpmem(pixels.data, 18, "abcdefghijklmnopqr", 18);
	}
}

static void test_raster_planes(void)
{
	struct raster_frame frame = {RASTER_RED, 2, 2, 2, 8};
	struct jpeg_pixels pixels;
	AUTO(raster) raster = raster_new();

	g_assert_true(raster_begin(raster, &frame, NULL));
	g_assert_true(raster_add(raster, (const uint8_t *)"adgj", 4, NULL));
	frame.kind = RASTER_BLUE;
	g_assert_true(raster_begin(raster, &frame, NULL));
	g_assert_true(raster_add(raster, (const uint8_t *)"cfil", 4, NULL));
	frame.kind = RASTER_GREEN;
	g_assert_true(raster_begin(raster, &frame, NULL));
	g_assert_true(raster_add(raster, (const uint8_t *)"behk", 4, NULL));
	g_assert_true(raster_pixels(raster, &pixels, NULL));
	g_assert_cmpmem(pixels.data, 12, "abcdefghijkl", 12);
	frame.width = 1;
	g_assert_false(raster_begin(raster, &frame, NULL));
}

static void test_raster_bounds(void)
{
	static const struct {
		struct raster_frame frame;
		int code;
	} cases[] = {
		{{RASTER_GRAY, 0, 1, 1, 8}, ITEM_ERROR_INVALID},
		{{RASTER_GRAY, 4, 0, 4, 8}, ITEM_ERROR_INVALID},
		{{RASTER_GRAY, 4, -2, 4, 8}, ITEM_ERROR_INVALID},
		{{RASTER_GRAY, 4, 1, 3, 8}, ITEM_ERROR_INVALID},
		{{RASTER_RGB, 4, 1, 11, 8}, ITEM_ERROR_INVALID},
		{{RASTER_GRAY, 4, 1, 4, 4}, ITEM_ERROR_INVALID},
		{{RASTER_RGB, 8, 1, 3, 1}, ITEM_ERROR_INVALID},
		{{RASTER_GRAY, 4, 1, 1 << 30, 8}, ITEM_ERROR_INVALID},
		{{RASTER_GRAY, 20000, 1, 20000, 8}, ITEM_ERROR_TOO_LARGE},
		{{RASTER_GRAY, 10000, 10000, 10000, 8}, ITEM_ERROR_TOO_LARGE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		AUTO(raster) raster = raster_new();
		g_autoptr(GError) error = NULL;

		g_assert_false(raster_begin(raster, &cases[i].frame, &error));
		g_assert_error(error, ITEM_ERROR, cases[i].code);
	}
}

static void test_raster_without_end(void)
{
	struct raster_frame frame = {RASTER_GRAY, 8, -1, 8, 8};
	g_autofree uint8_t *many = g_malloc0(8 * (JPEG_MAX_SIDE + 1));
	g_autoptr(GError) error = NULL;
	struct jpeg_pixels pixels;
	AUTO(raster) raster = raster_new();

	g_assert_true(raster_begin(raster, &frame, NULL));
	g_assert_false(raster_pixels(raster, &pixels, &error));
	g_clear_error(&error);
	g_assert_true(raster_add(raster, many, 8 * 5 + 3, NULL));
	g_assert_true(raster_pixels(raster, &pixels, NULL));
	g_assert_cmpint(pixels.height, ==, 5);
	g_assert_false(
		raster_add(raster, many, 8 * (JPEG_MAX_SIDE + 1), &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/jpeg/encode", test_encode);
	g_test_add_func("/jpeg/comment", test_comment);
	g_test_add_func("/jpeg/encode-bounds", test_encode_bounds);
	g_test_add_func("/jpeg/decode-gray", test_decode_gray);
	g_test_add_func("/jpeg/thumbnail", test_thumbnail);
	g_test_add_func("/jpeg/contrast", test_contrast);
	g_test_add_func("/jpeg/turn", test_turn);
	g_test_add_func("/jpeg/turn-quality", test_turn_keeps_quality);
	g_test_add_func("/jpeg/truncated", test_truncated);
	g_test_add_func("/jpeg/frames", test_frames);
	g_test_add_func("/jpeg/structure", test_structure);
	g_test_add_func("/jpeg/colors", test_colors);
	g_test_add_func("/jpeg/too-many-bytes", test_too_many_bytes);
	g_test_add_func("/jpeg/padding", test_padding);
	g_test_add_func("/jpeg/damaged", test_damaged);
	g_test_add_func("/jpeg/noise", test_noise);
	g_test_add_func("/raster/depths", test_raster_depths);
	g_test_add_func("/raster/pieces", test_raster_pieces);
	g_test_add_func("/raster/planes", test_raster_planes);
	g_test_add_func("/raster/bounds", test_raster_bounds);
	g_test_add_func("/raster/without-end", test_raster_without_end);
	return g_test_run();
}
