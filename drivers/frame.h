/* Frames: the envelope a byte protocol puts around its messages, described by
 * a list of items. One part of the frame, the body, is what commands and
 * events are about; everything else is fixed, counted or computed.
 *
 *   FF 68 len(d) len(d) 68 {d address body d} sum8(d) 16
 *
 * {d ... d} marks a span; spans may overlap. len(d)+2 and len(d)-2 count more
 * or less than the span; len16be, len16le take two bytes. A checksum may stand
 * anywhere, also before or inside what it covers (it counts as 00 there). */
#ifndef DRIVERS_FRAME_H
#define DRIVERS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "drivers/checksum.h"

enum {
	FRAME_ITEMS_MAX = 64,
	FRAME_SPANS_MAX = 8,
	FRAME_BODY_LIMIT = 2048, /* most a profile may ask for */
	FRAME_BODY_DEFAULT = 250,
};

enum frame_item_kind {
	FRAME_BYTE,
	FRAME_ADDRESS,
	FRAME_BODY,
	FRAME_LENGTH,
	FRAME_CHECKSUM,
};

struct frame_item {
	enum frame_item_kind kind;
	uint8_t byte; /* FRAME_BYTE */
	int span;     /* FRAME_LENGTH, FRAME_CHECKSUM */
	int size;     /* bytes on the wire; 0 for the body */
	bool little;  /* low byte first */
	int plus;     /* FRAME_LENGTH: the number is the span's size + plus */
	const struct checksum *checksum;
};

struct frame_span {
	char *name;      /* own */
	int first, last; /* items [first, last); last -1 while it is open */
};

struct frame {
	char *name; /* own; "main" without a name */
	struct frame_item items[FRAME_ITEMS_MAX];
	int n_items;
	struct frame_span spans[FRAME_SPANS_MAX];
	int n_spans;
	int body;             /* index of the body's item, -1: none */
	int length;           /* index of the first length, -1: none */
	size_t before, after; /* bytes around the body */
	size_t max_body;
};

void frame_free(struct frame *frame);

/* After the items are there: fills body, length, before and after. False when
 * there are two bodies, or a body whose end nothing tells (no length that
 * counts it, no fixed byte behind it); why is set to a fixed text. */
bool frame_finish(struct frame *frame, const char **why);

/* Appends the frame around body. False when the body is too long, or a length
 * does not fit its field. */
bool frame_build(const struct frame *frame, uint8_t address,
	const uint8_t *body, size_t body_len, GByteArray *out);

enum frame_match {
	FRAME_IS,      /* whole and right */
	FRAME_MORE,    /* right so far */
	FRAME_NOT,     /* does not begin here */
	FRAME_DAMAGED, /* whole, but a checksum is wrong */
	FRAME_FOREIGN, /* whole and right, for another address */
};

struct frame_found {
	size_t size; /* of the whole frame */
	const uint8_t *body;
	size_t body_len;
	uint8_t address;
};

/* Looks at the beginning of data. from is the caller's memory of where the
 * search for a tail goes on (0 at a new beginning; may be NULL): it keeps a
 * body without a length at linear cost. */
enum frame_match frame_parse(const struct frame *frame, uint8_t address,
	const uint8_t *data, size_t len, size_t *from,
	struct frame_found *found);

/* How many bytes at the start cannot begin the frame: at least 1, at most
 * len. */
size_t frame_skip(const struct frame *frame, const uint8_t *data, size_t len);

#endif
