/* The state line of a device, as the local protocol shows it. */
#include "client/base/clock.h"
#include "drivers/slot.h"

static const char *state_name(const struct slot *slot)
{
	if (!slot->dev)
		return "disabled";
	switch (bus_state(slot->line->bus)) {
	case BUS_CLOSED:
	case BUS_WAITING:
		return "absent";
	case BUS_OPENING:
		return slot->error ? "absent" : "opening";
	case BUS_OPEN:
		break;
	}
	if (slot->is_stale)
		return "stale";
	if (!slot->is_ready)
		return "greeting";
	return slot->call ? "busy" : "ready";
}

static struct json *counters(const struct slot *slot)
{
	struct json *object = json_new_object();
	const struct device_counters *c = device_counters(slot->dev);

	json_put_int(object, "frames", c->frames);
	json_put_int(object, "bad_checksum", c->bad_checksum);
	json_put_int(object, "bad_frame", c->bad_frame);
	json_put_int(object, "timeouts", c->timeouts);
	json_put_int(object, "reopened", bus_reopened(slot->line->bus));
	return object;
}

struct json *slot_line(const struct slot *slot)
{
	const struct device_spec *spec = slot->spec;
	struct json *line = json_new_object();

	json_put_text(line, "device", spec->name);
	json_put_text(line, "class", device_class_name(spec->class));
	json_put_text(line, "driver", spec->driver ? spec->driver->name : "");
	json_put_text(line, "title", spec->title);
	json_put_text(line, "port", slot->line->spec->port);
	json_put_text(line, "state", state_name(slot));
	json_put_bool(line, "stale", slot->is_stale);
	if (slot->error) {
		json_put_text(line, "error", error_name(slot->error));
		json_put_text(line, "detail", slot->error->message);
	}
	json_put_text(line, "model", slot->model);
	if (slot->heard_at_ms)
		json_put_int(
			line, "last_ms", clock_boot_ms() - slot->heard_at_ms);
	if (slot->dev)
		json_put(line, "counters", counters(slot));
	return line;
}
