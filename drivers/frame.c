/* Frames: building and recognising them. Everything around the body has a
 * fixed size, so each item has an offset once the body's length is known. */
#include "drivers/frame.h"

#include <string.h>

void frame_free(struct frame *frame)
{
	if (!frame)
		return;
	for (int i = 0; i < frame->n_spans; i++)
		g_free(frame->spans[i].name);
	g_free(frame->name);
	g_free(frame);
}

/* Offset of an item, or of the frame's end for n_items. */
static size_t offset_of(const struct frame *frame, int item, size_t body_len)
{
	size_t offset = 0;

	for (int i = 0; i < item; i++)
		offset += i == frame->body ? body_len
					   : (size_t)frame->items[i].size;
	return offset;
}

static bool span_has_body(const struct frame *frame, int span)
{
	return frame->body >= 0 && frame->spans[span].first <= frame->body &&
	       frame->body < frame->spans[span].last;
}

static bool ends_with_byte(const struct frame *frame)
{
	return frame->n_items > 0 &&
	       frame->items[frame->n_items - 1].kind == FRAME_BYTE;
}

bool frame_finish(struct frame *frame, const char **why)
{
	frame->body = frame->length = -1;
	for (int i = 0; i < frame->n_items; i++) {
		const struct frame_item *item = &frame->items[i];

		if (item->kind == FRAME_BODY && frame->body >= 0) {
			*why = "a frame has one body";
			return false;
		}
		if (item->kind == FRAME_BODY)
			frame->body = i;
	}
	for (int i = frame->n_items - 1; i >= 0; i--) {
		const struct frame_item *item = &frame->items[i];

		if (item->kind == FRAME_LENGTH && i < frame->body &&
			span_has_body(frame, item->span))
			frame->length = i;
	}
	*why = "the end of the body: a length in front of it, or a fixed "
	       "last byte";
	if (frame->body >= 0 && frame->length < 0 && !ends_with_byte(frame))
		return false;
	frame->before = frame->body < 0 ? offset_of(frame, frame->n_items, 0)
					: offset_of(frame, frame->body, 0);
	frame->after = offset_of(frame, frame->n_items, 0) - frame->before;
	return true;
}

static void put_number(
	uint8_t *at, const struct frame_item *item, uint32_t number)
{
	if (item->size == 1) {
		at[0] = (uint8_t)number;
	} else {
		at[item->little ? 1 : 0] = (uint8_t)(number >> 8);
		at[item->little ? 0 : 1] = (uint8_t)number;
	}
}

static uint32_t get_number(const uint8_t *at, const struct frame_item *item)
{
	if (item->size == 1)
		return at[0];
	return (uint32_t)at[item->little ? 1 : 0] << 8 |
	       at[item->little ? 0 : 1];
}

static size_t span_size(const struct frame *frame, int span, size_t body_len)
{
	return offset_of(frame, frame->spans[span].last, body_len) -
	       offset_of(frame, frame->spans[span].first, body_len);
}

/* What the checksum should be; its own bytes count as 00 when it stands in
 * what it covers. */
static uint32_t compute(const struct frame *frame, int index,
	const uint8_t *whole, size_t body_len)
{
	const struct frame_item *item = &frame->items[index];
	const struct frame_span *span = &frame->spans[item->span];
	size_t start = offset_of(frame, span->first, body_len);
	size_t len = span_size(frame, item->span, body_len);
	g_autofree uint8_t *copy = NULL;

	if (index < span->first || index >= span->last)
		return item->checksum->compute(whole + start, len);
	copy = g_memdup2(whole + start, len);
	memset(copy + offset_of(frame, index, body_len) - start, 0,
		(size_t)item->size);
	return item->checksum->compute(copy, len);
}

static bool fill_lengths(
	const struct frame *frame, uint8_t *whole, size_t body_len)
{
	for (int i = 0; i < frame->n_items; i++) {
		const struct frame_item *item = &frame->items[i];
		int64_t number;

		if (item->kind != FRAME_LENGTH)
			continue;
		number = (int64_t)span_size(frame, item->span, body_len) +
			 item->plus;
		if (number < 0 || number > (item->size == 1 ? 0xff : 0xffff))
			return false;
		put_number(whole + offset_of(frame, i, body_len), item,
			(uint32_t)number);
	}
	return true;
}

static void fill_fixed(const struct frame *frame, uint8_t address,
	const uint8_t *body, size_t body_len, uint8_t *whole)
{
	for (int i = 0; i < frame->n_items; i++) {
		const struct frame_item *item = &frame->items[i];
		uint8_t *at = whole + offset_of(frame, i, body_len);

		if (item->kind == FRAME_BYTE)
			*at = item->byte;
		else if (item->kind == FRAME_ADDRESS)
			*at = address;
		else if (item->kind == FRAME_BODY && body_len)
			memcpy(at, body, body_len);
	}
}

bool frame_build(const struct frame *frame, uint8_t address,
	const uint8_t *body, size_t body_len, GByteArray *out)
{
	size_t size = frame->before + body_len + frame->after;
	guint start = out->len;
	uint8_t *whole;

	if (body_len > frame->max_body || (body_len && frame->body < 0))
		return false;
	g_byte_array_set_size(out, (guint)(start + size));
	whole = out->data + start;
	memset(whole, 0, size);
	fill_fixed(frame, address, body, body_len, whole);
	if (!fill_lengths(frame, whole, body_len)) {
		g_byte_array_set_size(out, start);
		return false;
	}
	for (int i = 0; i < frame->n_items; i++) {
		if (frame->items[i].kind == FRAME_CHECKSUM)
			put_number(whole + offset_of(frame, i, body_len),
				&frame->items[i],
				compute(frame, i, whole, body_len));
	}
	return true;
}

/* Recognising ------------------------------------------------------------- */

/* The fixed bytes of items [first, last) as far as they have come. */
static bool fixed_agree(const struct frame *frame, int first, int last,
	size_t body_len, const uint8_t *data, size_t len)
{
	for (int i = first; i < last; i++) {
		size_t at = offset_of(frame, i, body_len);

		if (at >= len)
			return true;
		if (frame->items[i].kind == FRAME_BYTE &&
			data[at] != frame->items[i].byte)
			return false;
	}
	return true;
}

/* Every length must say the same body; those behind the body as well. */
static bool lengths_agree(
	const struct frame *frame, const uint8_t *data, size_t body_len)
{
	for (int i = 0; i < frame->n_items; i++) {
		const struct frame_item *item = &frame->items[i];
		int64_t number;

		if (item->kind != FRAME_LENGTH)
			continue;
		number = get_number(data + offset_of(frame, i, body_len), item);
		if (number - item->plus !=
			(int64_t)span_size(frame, item->span, body_len))
			return false;
	}
	return true;
}

/* Lengths in front of the body that have come must agree at once: a wrong head
 * must not wait for bytes that never come. */
static bool early_lengths_agree(const struct frame *frame, const uint8_t *data,
	size_t len, size_t body_len)
{
	for (int i = 0; i < frame->body; i++) {
		const struct frame_item *item = &frame->items[i];
		size_t at = offset_of(frame, i, body_len);

		if (item->kind != FRAME_LENGTH || at + (size_t)item->size > len)
			continue;
		if ((int64_t)get_number(data + at, item) - item->plus !=
			(int64_t)span_size(frame, item->span, body_len))
			return false;
	}
	return true;
}

static bool checksums_agree(
	const struct frame *frame, const uint8_t *data, size_t body_len)
{
	for (int i = 0; i < frame->n_items; i++) {
		const struct frame_item *item = &frame->items[i];

		if (item->kind == FRAME_CHECKSUM &&
			get_number(data + offset_of(frame, i, body_len),
				item) != compute(frame, i, data, body_len))
			return false;
	}
	return true;
}

/* The body's length out of the first length field. */
static enum frame_match counted_body(const struct frame *frame,
	const uint8_t *data, size_t len, size_t *body_len)
{
	const struct frame_item *item = &frame->items[frame->length];
	size_t at = offset_of(frame, frame->length, 0);
	int64_t rest;

	if (at + (size_t)item->size > len)
		return FRAME_MORE;
	rest = (int64_t)get_number(data + at, item) - item->plus -
	       (int64_t)span_size(frame, item->span, 0);
	if (rest < 0 || rest > (int64_t)frame->max_body)
		return FRAME_NOT;
	*body_len = (size_t)rest;
	return early_lengths_agree(frame, data, len, *body_len) ? FRAME_IS
								: FRAME_NOT;
}

/* Judges data as a frame with this body. */
static enum frame_match judge(const struct frame *frame, uint8_t address,
	const uint8_t *data, size_t len, size_t body_len,
	struct frame_found *found)
{
	size_t size = frame->before + body_len + frame->after;

	if (!fixed_agree(frame, 0, frame->n_items, body_len, data, len))
		return FRAME_NOT;
	if (len < size)
		return FRAME_MORE;
	if (!lengths_agree(frame, data, body_len))
		return FRAME_NOT;
	if (!checksums_agree(frame, data, body_len))
		return FRAME_DAMAGED;
	found->size = size;
	found->body = data + frame->before;
	found->body_len = body_len;
	found->address = address;
	for (int i = 0; i < frame->n_items; i++) {
		if (frame->items[i].kind == FRAME_ADDRESS)
			found->address = data[offset_of(frame, i, body_len)];
	}
	return found->address == address ? FRAME_IS : FRAME_FOREIGN;
}

/* Without a length the body ends where the fixed last byte stands and
 * everything agrees; a last byte inside the data does not end it. */
static enum frame_match search_tail(const struct frame *frame, uint8_t address,
	const uint8_t *data, size_t len, size_t *from,
	struct frame_found *found)
{
	uint8_t tail = frame->items[frame->n_items - 1].byte;
	size_t least = frame->before + frame->after;
	size_t most = least + frame->max_body;
	size_t at = MAX(*from, least - 1);
	bool was_damaged = false;

	for (; at < len && at < most; at++) {
		enum frame_match match;

		if (data[at] != tail)
			continue;
		match = judge(
			frame, address, data, at + 1, at + 1 - least, found);
		if (match == FRAME_IS || match == FRAME_FOREIGN)
			return match;
		was_damaged |= match == FRAME_DAMAGED;
	}
	*from = at;
	if (at >= most)
		return was_damaged ? FRAME_DAMAGED : FRAME_NOT;
	return FRAME_MORE;
}

enum frame_match frame_parse(const struct frame *frame, uint8_t address,
	const uint8_t *data, size_t len, size_t *from,
	struct frame_found *found)
{
	size_t body_len = 0, start = 0;
	enum frame_match match = FRAME_IS;
	int head = frame->body < 0 ? frame->n_items : frame->body;

	if (!fixed_agree(frame, 0, head, 0, data, len))
		return FRAME_NOT;
	if (frame->body >= 0 && frame->length < 0)
		return search_tail(
			frame, address, data, len, from ? from : &start, found);
	if (frame->body >= 0)
		match = counted_body(frame, data, len, &body_len);
	if (match != FRAME_IS)
		return match;
	return judge(frame, address, data, len, body_len, found);
}

size_t frame_skip(const struct frame *frame, const uint8_t *data, size_t len)
{
	const uint8_t *next;

	if (frame->items[0].kind != FRAME_BYTE || len < 2)
		return 1;
	next = memchr(data + 1, frame->items[0].byte, len - 1);
	return next ? (size_t)(next - data) : len;
}
