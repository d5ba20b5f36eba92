/* A port that is kept open. */
#include "drivers/bus.h"

#include "client/base/clock.h"
#include "client/base/error.h"

struct bus {
	struct port_setup setup; /* its texts are own */
	int gap_ms;
	const struct bus_owner *owner;
	void *context;
	struct intake *intake; /* own */
	struct port *port;     /* own; NULL unless OPENING or OPEN */
	enum bus_state state;
	int retry_ms; /* the next wait */
	guint retry;  /* timer */
	bool was_open, is_well;
	int64_t opened_at_ms;
	unsigned reopened;
	GQueue frames;   /* own: GBytes not written to the port yet */
	bool is_writing; /* the port has bytes that have not left */
	bool is_gap;     /* the silence after a frame lasts */
	guint gap;       /* timer */
};

static void open_now(struct bus *bus);
static void write_next(struct bus *bus);

struct bus *bus_new(const struct port_setup *setup, int gap_ms,
	const struct bus_owner *owner, void *context)
{
	struct bus *bus = g_new0(struct bus, 1);

	bus->setup.address = g_strdup(setup->address);
	bus->setup.line = g_strdup(setup->line);
	bus->setup.base_dir = g_strdup(setup->base_dir);
	bus->setup.spool_dir = g_strdup(setup->spool_dir);
	bus->gap_ms = gap_ms;
	bus->owner = owner;
	bus->context = context;
	bus->intake = intake_new();
	g_queue_init(&bus->frames);
	return bus;
}

static void stop_timer(guint *timer)
{
	if (*timer)
		g_source_remove(*timer);
	*timer = 0;
}

static void free_frame(gpointer data)
{
	g_bytes_unref(data);
}

static void close_now(struct bus *bus)
{
	g_clear_pointer(&bus->port, port_free);
	stop_timer(&bus->gap);
	g_queue_clear_full(&bus->frames, free_frame);
	bus->is_writing = bus->is_gap = false;
	intake_clear(bus->intake);
}

void bus_free(struct bus *bus)
{
	if (!bus)
		return;
	close_now(bus);
	stop_timer(&bus->retry);
	intake_free(bus->intake);
	g_free((char *)bus->setup.address);
	g_free((char *)bus->setup.line);
	g_free((char *)bus->setup.base_dir);
	g_free((char *)bus->setup.spool_dir);
	g_free(bus);
}

void bus_add(struct bus *bus, struct device *dev)
{
	intake_add(bus->intake, dev);
}

/* Opening ----------------------------------------------------------------- */

static gboolean retry_rang(gpointer user_data)
{
	struct bus *bus = user_data;

	bus->retry = 0;
	open_now(bus);
	return G_SOURCE_REMOVE;
}

/* 500, 1000 ... 8000, then the owner's tick. A brief wait counts as opening:
 * who asks meanwhile is not refused. */
static void wait_for_retry(struct bus *bus, bool is_brief, const GError *why)
{
	int ms = bus->retry_ms;

	bus->retry_ms = ms ? MIN(ms * 2, BUS_RETRY_MAX_MS) : BUS_RETRY_MIN_MS;
	if (ms >= BUS_RETRY_MAX_MS) {
		bus->state = BUS_CLOSED;
		bus->owner->changed(bus->context, why);
		bus->owner->rests(bus->context);
		return;
	}
	bus->state = is_brief ? BUS_OPENING : BUS_WAITING;
	bus->retry = g_timeout_add((guint)ms, retry_rang, bus);
	bus->owner->changed(bus->context, is_brief ? NULL : why);
}

/* A line that worked is opened again at once, but for one that is lost as soon
 * as it is open; one that never worked, later and later. */
static void lose(struct bus *bus, const GError *why)
{
	int64_t age_ms = clock_boot_ms() - bus->opened_at_ms;
	bool was_well = bus->state == BUS_OPEN &&
			(bus->is_well || age_ms >= BUS_SETTLED_MS);

	close_now(bus);
	bus->is_well = false;
	if (was_well && age_ms >= BUS_RETRY_MIN_MS)
		bus->retry_ms = 0;
	else if (was_well || !bus->retry_ms)
		bus->retry_ms = BUS_RETRY_MIN_MS;
	wait_for_retry(bus, was_well, why);
}

static void on_lost(void *context, const GError *why)
{
	g_autoptr(GError) copy = g_error_copy(why);

	lose(context, copy);
}

static void on_opened(void *context)
{
	struct bus *bus = context;

	bus->state = BUS_OPEN;
	bus->opened_at_ms = clock_boot_ms();
	bus->reopened += bus->was_open;
	bus->was_open = true;
	bus->owner->opened(bus->context);
}

static void on_data(void *context, const uint8_t *data, size_t len)
{
	struct bus *bus = context;

	bus->owner->heard(bus->context, data, len);
	intake_push(bus->intake, data, len);
	bus->owner->fed(bus->context);
}

static gboolean gap_rang(gpointer user_data)
{
	struct bus *bus = user_data;

	bus->gap = 0;
	bus->is_gap = false;
	write_next(bus);
	return G_SOURCE_REMOVE;
}

static void on_drained(void *context)
{
	struct bus *bus = context;

	bus->is_writing = false;
	if (bus->gap_ms && !bus->gap) {
		bus->is_gap = true;
		bus->gap = g_timeout_add((guint)bus->gap_ms, gap_rang, bus);
	}
	write_next(bus);
	if (!bus_has_unsent(bus))
		bus->owner->drained(bus->context);
}

static const struct port_owner port_owner = {
	.opened = on_opened,
	.data = on_data,
	.drained = on_drained,
	.lost = on_lost,
};

static void open_now(struct bus *bus)
{
	bus->state = BUS_OPENING;
	bus->port = port_open(&bus->setup, &port_owner, bus);
	bus->owner->changed(bus->context, NULL);
}

void bus_open(struct bus *bus)
{
	if (bus->state == BUS_CLOSED && !bus->port)
		open_now(bus);
}

void bus_wake(struct bus *bus)
{
	if (bus->state == BUS_CLOSED && bus->retry_ms)
		open_now(bus);
}

void bus_reopen(struct bus *bus, GError *take_why)
{
	if (bus->state == BUS_OPEN)
		lose(bus, take_why);
	g_error_free(take_why);
}

void bus_is_well(struct bus *bus)
{
	bus->is_well = true;
	bus->retry_ms = 0;
}

enum bus_state bus_state(const struct bus *bus)
{
	return bus->state;
}

unsigned bus_reopened(const struct bus *bus)
{
	return bus->reopened;
}

/* Sending ----------------------------------------------------------------- */

static void write_next(struct bus *bus)
{
	g_autoptr(GBytes) frame = NULL;
	const void *data;
	gsize len;

	if (bus->is_gap || bus->is_writing || g_queue_is_empty(&bus->frames))
		return;
	frame = g_queue_pop_head(&bus->frames);
	data = g_bytes_get_data(frame, &len);
	bus->is_writing = true;
	port_write(bus->port, data, len); /* refused: lost() is on its way */
}

bool bus_send(struct bus *bus, const void *data, size_t len)
{
	if (bus->state != BUS_OPEN || len > PORT_UNSENT_MAX ||
		g_queue_get_length(&bus->frames) >= BUS_FRAMES_MAX)
		return false;
	g_queue_push_tail(&bus->frames, g_bytes_new(data, len));
	write_next(bus);
	return true;
}

bool bus_has_unsent(const struct bus *bus)
{
	return bus->is_writing || bus->frames.length > 0;
}

void bus_pump(struct bus *bus)
{
	intake_pump(bus->intake);
	bus->owner->fed(bus->context);
}

size_t bus_unread(const struct bus *bus)
{
	return intake_unread(bus->intake);
}
