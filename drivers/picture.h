/* How a picture in the spool is told in the local protocol:
 *
 *   {"file":"SHA256.jpg","sha256":"..","size":402112,"media_type":"image/jpeg",
 *    "width":1654,"height":2339,"dpi":200,
 *    "thumb":{"width":24,"height":12,"gray":"00ffeeddff.."}}
 *
 * thumb is the picture in characters: one hex digit a cell, row after row, 0
 * black to f white, contrast raised (drivers/jpeg.h). */
#ifndef DRIVERS_PICTURE_H
#define DRIVERS_PICTURE_H

#include "client/base/json.h"
#include "drivers/jpeg.h"

/* The thumb is left out when gray is NULL; dpi when it is 0. */
struct json *picture_page(
	const char *sha256, const struct jpeg_info *info, const char *gray);

/* A line of at most 64 KiB holds PICTURE_PAGES_MAX pages, but not all of their
 * thumbs: pages after PICTURE_THUMBS_MAX are told without. */
enum { PICTURE_PAGES_MAX = 200, PICTURE_THUMBS_MAX = 24 };

#endif
