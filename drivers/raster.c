/* Pixels as a scanner sends them, made into rows of 8-bit gray or RGB: bytes
 * are gathered to a line, a full line becomes a row. */
#include "drivers/raster.h"

#include <string.h>

#include "client/base/error.h"

struct raster {
	struct raster_frame frame;
	GByteArray *line; /* own: bytes of a line that is not full yet */
	GByteArray *rows; /* own: the page */
	int row_count;    /* rows in the page */
	int row;          /* next row of this frame */
	bool begun;
};

static bool invalid(GError **error, const char *what)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID, "scanned page: %s",
		what);
	return false;
}

static bool too_large(GError **error)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
		"scanned page: too many pixels");
	return false;
}

struct raster *raster_new(void)
{
	struct raster *raster = g_new0(struct raster, 1);

	raster->line = g_byte_array_new();
	raster->rows = g_byte_array_new();
	return raster;
}

void raster_free(struct raster *raster)
{
	g_byte_array_unref(raster->line);
	g_byte_array_unref(raster->rows);
	g_free(raster);
}

/* Samples a pixel in a line of this frame, and in a row of the page. */
static int samples_sent(const struct raster_frame *frame)
{
	return frame->kind == RASTER_RGB ? 3 : 1;
}

static int samples_kept(const struct raster_frame *frame)
{
	return frame->kind == RASTER_GRAY ? 1 : 3;
}

static bool is_plane(const struct raster_frame *frame)
{
	return frame->kind >= RASTER_RED;
}

static bool frame_fits(const struct raster_frame *frame, GError **error)
{
	if (frame->depth != 1 && frame->depth != 8 && frame->depth != 16)
		return invalid(error, "bits a sample");
	if (frame->depth == 1 && frame->kind == RASTER_RGB)
		return invalid(error, "colours of one bit");
	if (frame->width < 1 || frame->lines == 0 || frame->lines < -1)
		return invalid(error, "no size");
	if (frame->width > JPEG_MAX_SIDE || frame->lines > JPEG_MAX_SIDE ||
		(int64_t)frame->width * frame->lines > JPEG_MAX_PIXELS)
		return too_large(error);

	int bits = frame->width * samples_sent(frame) * frame->depth;

	if (frame->line_bytes < (bits + 7) / 8 ||
		frame->line_bytes > 8 * JPEG_MAX_SIDE)
		return invalid(error, "bytes a line");
	return true;
}

bool raster_begin(
	struct raster *raster, const struct raster_frame *frame, GError **error)
{
	if (!frame_fits(frame, error))
		return false;
	if (raster->begun && (!is_plane(frame) || !is_plane(&raster->frame) ||
				     frame->width != raster->frame.width))
		return invalid(error, "frames of one page that differ");
	raster->frame = *frame;
	raster->begun = true;
	raster->row = 0;
	g_byte_array_set_size(raster->line, 0);
	return true;
}

/* Sample number i of a line as 8 bits. With one bit, gray 1 is black (SANE
 * standard 3.2.1: a line of black and white), colours 1 is full. */
static uint8_t sample(
	const struct raster_frame *frame, const uint8_t *line, int i)
{
	uint16_t wide;

	if (frame->depth == 8)
		return line[i];
	if (frame->depth == 16) {
		memcpy(&wide, line + 2 * (size_t)i, sizeof(wide));
		return wide >> 8;
	}

	bool set = line[i / 8] >> (7 - i % 8) & 1;

	return set == (frame->kind != RASTER_GRAY) ? 255 : 0;
}

static bool make_room(struct raster *raster, GError **error)
{
	size_t row_bytes =
		(size_t)raster->frame.width * samples_kept(&raster->frame);

	if (raster->row < raster->row_count)
		return true;
	if (raster->row >= JPEG_MAX_SIDE ||
		(int64_t)(raster->row + 1) * raster->frame.width >
			JPEG_MAX_PIXELS)
		return too_large(error);
	raster->row_count = raster->row + 1;
	g_byte_array_set_size(raster->rows, raster->row_count * row_bytes);
	memset(raster->rows->data + raster->row * row_bytes, 255, row_bytes);
	return true;
}

static bool add_row(struct raster *raster, const uint8_t *line, GError **error)
{
	const struct raster_frame *frame = &raster->frame;
	int sent = samples_sent(frame), kept = samples_kept(frame);
	int first = is_plane(frame) ? (int)frame->kind - RASTER_RED : 0;

	if (frame->lines >= 0 && raster->row >= frame->lines)
		return true;
	if (!make_room(raster, error))
		return false;

	uint8_t *row =
		raster->rows->data + (size_t)raster->row * frame->width * kept;

	for (int x = 0; x < frame->width; x++)
		for (int c = 0; c < sent; c++)
			row[x * kept + first + c] =
				sample(frame, line, x * sent + c);
	raster->row++;
	return true;
}

bool raster_add(
	struct raster *raster, const uint8_t *data, size_t len, GError **error)
{
	size_t line_bytes = raster->frame.line_bytes;

	if (!raster->begun)
		return invalid(error, "bytes before a frame");
	while (len > 0) {
		size_t take = MIN(len, line_bytes - raster->line->len);

		g_byte_array_append(raster->line, data, take);
		data += take;
		len -= take;
		if (raster->line->len < line_bytes)
			return true;
		if (!add_row(raster, raster->line->data, error))
			return false;
		g_byte_array_set_size(raster->line, 0);
	}
	return true;
}

bool raster_pixels(
	const struct raster *raster, struct jpeg_pixels *pixels, GError **error)
{
	if (!raster->row_count)
		return invalid(error, "empty");
	*pixels = (struct jpeg_pixels){
		.data = raster->rows->data,
		.width = raster->frame.width,
		.height = raster->row_count,
		.color = samples_kept(&raster->frame) == 3,
	};
	return true;
}
