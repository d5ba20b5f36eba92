/* JPEG pictures: checked, made, made small, turned.
 *
 * The only file that knows turbojpeg. A picture from a device is foreign data:
 * its structure is walked here first, with bounds, and only a plain baseline or
 * progressive picture of one or three components reaches the library.
 *
 * Errors: ITEM_ERROR_INVALID for what is not a usable picture,
 * ITEM_ERROR_TOO_LARGE for what is over a bound. */
#ifndef DRIVERS_JPEG_H
#define DRIVERS_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

enum {
	JPEG_MAX_BYTES = 64 * 1024 * 1024, /* as a blob of the store */
	JPEG_MAX_SIDE = 16384,
	JPEG_MAX_PIXELS = 40 * 1000 * 1000, /* A4 at 600 dpi is 34.8 million */
	JPEG_MAX_SCANS = 64, /* progressive; cameras make 1, jpegtran 10 */
	JPEG_QUALITY = 85,
};

struct jpeg_info {
	int width, height; /* pixels, both at least 1 */
	bool color;
	int dpi;    /* 0 when the picture does not say */
	size_t len; /* of the picture: cameras pad what follows its end */
};

/* Walks the whole structure without decoding: from its first mark to its last,
 * whole segments, one frame, at least one scan. Keep only info->len bytes: what
 * is evidence holds a picture and nothing else. */
bool jpeg_inspect(const uint8_t *data, size_t len, struct jpeg_info *info,
	GError **error);

/* jpeg_inspect(), then decodes everything once: damaged data is an error. */
bool jpeg_check(const uint8_t *data, size_t len, struct jpeg_info *info,
	GError **error);

/* Rows without padding, one byte a pixel or three (R, G, B). Borrowed. */
struct jpeg_pixels {
	const uint8_t *data;
	int width, height;
	bool color;
	int dpi; /* written into the JFIF head; 0: not known */
	/* Written into the file when not NULL, at most 200 bytes: two pictures
	 * of equal pixels get different hashes. */
	const char *comment;
};

/* Caller frees with g_free(). */
uint8_t *jpeg_encode(const struct jpeg_pixels *pixels, int quality, size_t *len,
	GError **error);

/* Gray pixels of the picture made smaller by 1, 2, 4 or 8 in both directions:
 * the smallest that is still at least min_width x min_height (or the whole
 * picture if it is smaller). Caller frees with g_free(). */
uint8_t *jpeg_decode_gray(const uint8_t *data, size_t len, int min_width,
	int min_height, int *width, int *height, GError **error);

/* The picture of one page in a few characters of a terminal: columns x rows
 * levels, 0 black to 15 white, contrast raised. A character is taken to be
 * twice as high as wide; the page keeps its shape, is centred, and what lies
 * beside it is 0. levels has room for columns * rows bytes. */
enum { JPEG_THUMB_COLUMNS = 24, JPEG_THUMB_ROWS = 12 };
bool jpeg_thumbnail(const uint8_t *data, size_t len, int columns, int rows,
	uint8_t *levels, GError **error);

/* The same, as one hex digit a cell, row after row. Caller frees. */
char *jpeg_thumbnail_text(
	const uint8_t *data, size_t len, int columns, int rows, GError **error);

/* Turned clockwise by quarters (1, 2, 3) without decoding, so the picture loses
 * no quality. A side that comes first and is no whole number of blocks loses up
 * to 15 rows of pixels. Embedded camera data (EXIF, with its own orientation)
 * is left out, dots per inch are kept. Caller frees with g_free(). */
uint8_t *jpeg_turn(const uint8_t *data, size_t len, int quarters,
	size_t *turned_len, GError **error);

#endif
