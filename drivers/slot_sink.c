/* What a driver's effects come to in the host. They only take note: outcomes,
 * events and states are told in the line's next turn, never from inside the
 * driver. */
#include "client/base/clock.h"
#include "client/base/log.h"
#include "drivers/slot.h"

void slot_stop_timer(guint *timer)
{
	if (*timer)
		g_source_remove(*timer);
	*timer = 0;
}

static void on_send(void *context, const void *data, size_t len)
{
	struct slot *slot = context;

	record_bytes(slot->record, '>', data, len);
	if (!bus_send(slot->line->bus, data, len))
		log_warn("%s: %zu bytes could not be sent", slot->spec->name,
			len);
}

static gboolean alarm_rang(gpointer user_data)
{
	struct slot *slot = user_data;

	slot->alarm = 0;
	device_ring(slot->dev, bus_unread(slot->line->bus));
	bus_pump(slot->line->bus);
	return G_SOURCE_REMOVE;
}

/* After bytes that are there already: a frame must not be given up while its
 * rest lies in the kernel. */
static void on_alarm(void *context, int ms)
{
	struct slot *slot = context;

	slot_stop_timer(&slot->alarm);
	if (ms > 0)
		slot->alarm = g_timeout_add_full(G_PRIORITY_DEFAULT + 10,
			(guint)ms, alarm_rang, slot, NULL);
}

static void on_ready(void *context, const char *model)
{
	struct slot *slot = context;

	record_text(slot->record, '=', "ready", NULL);
	g_free(slot->model);
	slot->model = g_strdup(model);
	slot->is_ready = true;
	slot->is_stale = false;
	slot->greeting_ms = 0;
	slot->rests = false;
	slot_stop_timer(&slot->greeting);
	g_clear_error(&slot->error);
	slot->is_changed = true;
}

static void on_frame(void *context)
{
	struct slot *slot = context;

	slot->heard_at_ms = clock_boot_ms();
	bus_is_well(slot->line->bus);
	if (slot->is_stale && slot->is_ready) {
		slot->is_stale = false;
		g_clear_error(&slot->error);
		slot->is_changed = true;
	}
}

static void on_event(void *context, const char *name, struct json *take_data)
{
	struct slot *slot = context;
	struct json *line = json_new_object();
	g_autofree char *what = g_strconcat("event ", name, NULL);

	record_text(slot->record, '=', what, take_data);
	json_put_text(line, "event", name);
	json_put_text(line, "device", slot->spec->name);
	json_put(line, "data", take_data);
	g_ptr_array_add(slot->line->events, line);
}

static void on_done(void *context, struct json *take_result, GError *take_error)
{
	struct slot *slot = context;

	if (take_result)
		record_text(slot->record, '=', "done", take_result);
	slot->result = take_result;
	slot->failure = take_error;
}

/* In the log at the 1st, 10th, 100th ... time: noise must not fill it. */
static bool is_worth_a_line(unsigned count)
{
	while (count && count % 10 == 0)
		count /= 10;
	return count == 1;
}

static unsigned fault_count(
	const struct device_counters *c, enum device_fault fault)
{
	switch (fault) {
	case DEVICE_FAULT_CHECKSUM:
		return c->bad_checksum;
	case DEVICE_FAULT_FRAME:
		return c->bad_frame;
	case DEVICE_FAULT_SILENT:
		return c->timeouts;
	case DEVICE_FAULT_LOST:
		break;
	}
	return 1;
}

void slot_become_stale(struct slot *slot)
{
	slot->is_stale = true;
	g_clear_error(&slot->error);
	slot->error = g_error_new_literal(
		LINK_ERROR, LINK_ERROR_TIMEOUT, "does not answer");
	slot->is_changed = true;
}

static void on_fault(void *context, enum device_fault fault, const char *why)
{
	struct slot *slot = context;
	unsigned count = fault_count(device_counters(slot->dev), fault);

	if (is_worth_a_line(count))
		log_warn("%s: %s (%u)", slot->spec->name, why, count);
	if (fault == DEVICE_FAULT_SILENT) {
		slot_become_stale(slot);
	} else if (fault == DEVICE_FAULT_LOST) {
		slot->wants_reopen = true;
	}
}

static bool on_keep(void *context, const void *data, size_t len,
	const char *sha256_hex, GError **error)
{
	struct slot *slot = context;

	return spool_keep(
		host_spool(slot->line->host), sha256_hex, data, len, error);
}

static bool on_kept(
	void *context, const char *sha256_hex, size_t *size, GError **error)
{
	struct slot *slot = context;

	return spool_find(
		host_spool(slot->line->host), sha256_hex, size, error);
}

const struct device_sink slot_sink = {
	.send = on_send,
	.alarm = on_alarm,
	.ready = on_ready,
	.frame = on_frame,
	.event = on_event,
	.done = on_done,
	.fault = on_fault,
	.keep = on_keep,
	.kept = on_kept,
};
