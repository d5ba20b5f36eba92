/* Pixels as a scanner sends them, made into rows of 8-bit gray or RGB.
 *
 * A page comes as one frame, or as three (red, green, blue); with 1, 8 or 16
 * bits a sample; with padding at the end of its lines; in pieces of any size;
 * and from some scanners without telling how many lines there will be. */
#ifndef DRIVERS_RASTER_H
#define DRIVERS_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "drivers/jpeg.h"

enum raster_frame_kind {
	RASTER_GRAY,
	RASTER_RGB,
	RASTER_RED,
	RASTER_GREEN,
	RASTER_BLUE,
};

struct raster_frame {
	enum raster_frame_kind kind;
	int width;
	int lines; /* -1: not known before the end */
	int line_bytes;
	int depth; /* 1, 8, 16 (in the machine's own byte order) */
};

struct raster;
struct raster *raster_new(void);
void raster_free(struct raster *raster);
DEFINE_AUTO(raster, raster_free)

/* ITEM_ERROR_INVALID for a frame that contradicts itself or the frame before,
 * ITEM_ERROR_TOO_LARGE over the bounds of jpeg.h. */
bool raster_begin(struct raster *raster, const struct raster_frame *frame,
	GError **error);

/* What is over the announced lines is dropped; ITEM_ERROR_TOO_LARGE when lines
 * that were not announced never end. */
bool raster_add(
	struct raster *raster, const uint8_t *data, size_t len, GError **error);

/* The page so far; rows that never came are not in it. Borrowed.
 * ITEM_ERROR_INVALID when there is none. */
bool raster_pixels(const struct raster *raster, struct jpeg_pixels *pixels,
	GError **error);

#endif
