/* Unread bytes of one port. They are offered to the devices in order; what a
 * device takes is gone, what all of them call not their own is dropped and
 * counted, and a full buffer that nobody takes from loses its first byte, so
 * no driver can wedge itself. The bytes move only when half of the buffer is
 * free at its start: a stream of noise costs linear time. */
#include "drivers/intake.h"

#include <string.h>

struct intake {
	GPtrArray *devices; /* borrowed */
	uint8_t *bytes;     /* own */
	size_t size;        /* of bytes */
	size_t max;         /* unread bytes at most */
	size_t start, end;
	bool is_private;
	bool is_pumping;
};

struct intake *intake_new(void)
{
	struct intake *intake = g_new0(struct intake, 1);

	intake->devices = g_ptr_array_new();
	intake->max = 1;
	return intake;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	intake_clear(intake);
	g_ptr_array_free(intake->devices, TRUE);
	g_free(intake->bytes);
	g_free(intake);
}

void intake_add(struct intake *intake, struct device *dev)
{
	const struct driver *driver = device_driver(dev);
	size_t max =
		driver->buffer_max ? driver->buffer_max : DRIVER_BUFFER_MAX;

	g_ptr_array_add(intake->devices, dev);
	intake->max = MAX(intake->max, max);
	intake->is_private |= driver->is_private;
}

size_t intake_unread(const struct intake *intake)
{
	return intake->end - intake->start;
}

static void drop(struct intake *intake, size_t len)
{
	if (intake->is_private)
		secret_wipe(intake->bytes + intake->start, len);
	intake->start += len;
	if (intake->start == intake->end)
		intake->start = intake->end = 0;
}

void intake_clear(struct intake *intake)
{
	if (intake_unread(intake))
		drop(intake, intake_unread(intake));
}

/* Room for len more: moves the bytes down, or doubles the buffer. */
static void make_room(struct intake *intake, size_t len)
{
	size_t unread = intake_unread(intake);
	uint8_t *old = intake->bytes;

	if (intake->end + len <= intake->size)
		return;
	if (unread + len > intake->size / 2) {
		intake->size = MAX((unread + len) * 2, 256);
		intake->bytes = g_malloc(intake->size);
	}
	if (unread)
		memmove(intake->bytes, old + intake->start, unread);
	if (old && intake->is_private) {
		if (old != intake->bytes)
			secret_wipe(old, intake->end);
		else if (intake->start)
			secret_wipe(old + unread, intake->end - unread);
	}
	if (old != intake->bytes)
		g_free(old);
	intake->start = 0;
	intake->end = unread;
}

struct verdict {
	size_t taken;
	size_t skipped; /* the least of all, 0 when one wants more */
	bool is_foreign;
};

static struct verdict offer(struct intake *intake)
{
	struct verdict verdict = {.skipped = SIZE_MAX};

	for (guint i = 0; i < intake->devices->len; i++) {
		struct device *dev = g_ptr_array_index(intake->devices, i);
		struct device_feed feed;

		if (!device_is_started(dev))
			continue;
		feed = device_feed(dev, intake->bytes + intake->start,
			intake_unread(intake));
		verdict.taken = feed.taken;
		if (feed.taken)
			return verdict;
		verdict.skipped = MIN(verdict.skipped, feed.skipped);
		if (feed.skipped && feed.kind == DEVICE_SKIP_FOREIGN)
			verdict.is_foreign = true;
	}
	if (verdict.skipped == SIZE_MAX) /* nobody is listening */
		verdict.skipped = intake_unread(intake);
	return verdict;
}

/* Each device counts what the dropped bytes were to it. */
static void count_dropped(struct intake *intake, bool was_full)
{
	for (guint i = 0; i < intake->devices->len; i++) {
		struct device *dev = g_ptr_array_index(intake->devices, i);

		if (device_is_started(dev))
			device_dropped(dev, was_full ? DEVICE_SKIP_NOISE
						     : device_last_skip(dev));
	}
}

void intake_pump(struct intake *intake)
{
	if (intake->is_pumping)
		return;
	intake->is_pumping = true;
	while (intake_unread(intake)) {
		struct verdict verdict = offer(intake);
		bool is_full = intake_unread(intake) >= intake->max;

		if (verdict.taken) {
			drop(intake, verdict.taken);
		} else if (verdict.skipped) {
			if (!verdict.is_foreign)
				count_dropped(intake, false);
			drop(intake, verdict.skipped);
		} else if (is_full) {
			count_dropped(intake, true);
			drop(intake, 1);
		} else {
			break;
		}
	}
	intake->is_pumping = false;
}

void intake_push(struct intake *intake, const uint8_t *data, size_t len)
{
	while (len) {
		size_t room = intake->max - intake_unread(intake);
		size_t piece = MIN(len, room);

		make_room(intake, piece);
		memcpy(intake->bytes + intake->end, data, piece);
		intake->end += piece;
		data += piece;
		len -= piece;
		intake_pump(intake);
	}
}
