/* The device host: lines out of devices.conf, the turn of devices on a bus, and
 * one tick for everything that waits long. */
#include "drivers/host.h"

#include <string.h>

#include "client/base/file.h"
#include "client/base/log.h"
#include "drivers/slot.h"

struct host {
	const struct host_listener *listener; /* borrowed */
	void *context;
	char *profile_dir, *record_dir; /* own */
	struct spool *spool;            /* own */
	GPtrArray *lines;               /* own: struct line */
	guint tick;
};

/* What slots need --------------------------------------------------------- */

void host_tell_state(struct host *host, const struct json *line)
{
	host->listener->state(host->context, line);
}

struct spool *host_spool(struct host *host)
{
	return host->spool;
}

const char *host_record_dir(struct host *host)
{
	return host->record_dir;
}

static bool line_rests(const struct line *line)
{
	for (guint i = 0; i < line->slots->len; i++) {
		if (((struct slot *)line->slots->pdata[i])->rests)
			return true;
	}
	return line->bus && bus_state(line->bus) == BUS_CLOSED;
}

static void line_wake(struct line *line)
{
	if (line->bus)
		bus_wake(line->bus);
	for (guint i = 0; i < line->slots->len; i++)
		slot_wake(line->slots->pdata[i]);
}

/* All that rest are tried together: an idle host wakes once in ten seconds,
 * and not at all when every device is well. */
static gboolean tick_rang(gpointer user_data)
{
	struct host *host = user_data;
	bool any = false;

	for (guint i = 0; i < host->lines->len; i++) {
		struct line *line = host->lines->pdata[i];

		if (line_rests(line)) {
			any = true;
			line_wake(line);
		}
	}
	if (!any)
		host->tick = 0;
	return any ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void host_want_tick(struct host *host)
{
	if (!host->tick)
		host->tick =
			g_timeout_add_seconds(SLOT_TICK_S, tick_rang, host);
}

/* Turns ------------------------------------------------------------------- */

/* Two answers at once would collide on the wire: one command a line. */
static bool is_talking(const struct line *line)
{
	for (guint i = 0; i < line->slots->len; i++) {
		if (((struct slot *)line->slots->pdata[i])->call)
			return true;
	}
	return false;
}

static bool dispatch_next(struct line *line)
{
	for (guint i = 0; i < line->slots->len; i++) {
		guint at = (line->next + i) % line->slots->len;

		if (slot_dispatch(line->slots->pdata[at])) {
			line->next = at + 1;
			return true;
		}
	}
	return false;
}

static void tell_events(struct line *line)
{
	while (line->events->len) {
		AUTO(json) event = g_ptr_array_steal_index(line->events, 0);
		struct host *host = line->host;

		host->listener->event(host->context, event);
	}
}

/* An answer may bring the next command: once more instead of deeper. */
void line_turn(struct line *line)
{
	line->turns_again = true;
	if (line->is_turning)
		return;
	line->is_turning = true;
	while (line->turns_again) {
		line->turns_again = false;
		tell_events(line);
		for (guint i = 0; i < line->slots->len; i++)
			slot_settle(line->slots->pdata[i]);
		if (!is_talking(line) && dispatch_next(line))
			line->turns_again = true;
		for (guint i = 0; i < line->slots->len; i++)
			slot_announce(line->slots->pdata[i]);
	}
	line->is_turning = false;
}

/* From the bus ------------------------------------------------------------ */

static void on_opened(void *context)
{
	struct line *line = context;

	for (guint i = 0; i < line->slots->len; i++)
		slot_opened(line->slots->pdata[i]);
	line_turn(line);
}

static void on_heard(void *context, const uint8_t *data, size_t len)
{
	struct line *line = context;

	for (guint i = 0; i < line->slots->len; i++)
		slot_heard(line->slots->pdata[i], data, len);
}

static void on_turn(void *context)
{
	line_turn(context);
}

static void on_changed(void *context, const GError *why)
{
	struct line *line = context;

	for (guint i = 0; i < line->slots->len; i++)
		slot_closed(line->slots->pdata[i], why);
	line_turn(line);
}

static void on_rests(void *context)
{
	struct line *line = context;

	host_want_tick(line->host);
}

static const struct bus_owner bus_owner = {
	.opened = on_opened,
	.heard = on_heard,
	.fed = on_turn,
	.drained = on_turn,
	.changed = on_changed,
	.rests = on_rests,
};

/* Lines ------------------------------------------------------------------- */

static void free_line(gpointer data)
{
	struct line *line = data;

	line->is_turning = true; /* nothing is given any more */
	g_ptr_array_free(line->slots, TRUE);
	g_ptr_array_free(line->events, TRUE);
	bus_free(line->bus);
	line_spec_free(line->spec);
	g_free(line);
}

static void free_json(gpointer data)
{
	json_free(data);
}

static void free_slot(gpointer data)
{
	slot_free(data);
}

static void open_bus(struct line *line)
{
	const struct line_spec *spec = line->spec;
	struct port_setup setup = {.address = spec->port,
		.line = spec->settings,
		.base_dir = spec->base_dir,
		.spool_dir = spool_dir(line->host->spool)};

	line->bus = bus_new(&setup, spec->gap_ms, &bus_owner, line);
	for (guint i = 0; i < line->slots->len; i++) {
		struct slot *slot = line->slots->pdata[i];

		if (slot->dev)
			bus_add(line->bus, slot->dev);
	}
	bus_open(line->bus);
}

static struct line *new_line(struct host *host, struct line_spec *take_spec)
{
	struct line *line = g_new0(struct line, 1);
	bool is_usable = false;

	line->host = host;
	line->spec = take_spec;
	line->slots = g_ptr_array_new_with_free_func(free_slot);
	line->events = g_ptr_array_new_with_free_func(free_json);
	for (guint i = 0; i < take_spec->devices->len; i++) {
		struct slot *slot =
			slot_new(line, take_spec->devices->pdata[i]);

		is_usable |= slot->dev != NULL;
		g_ptr_array_add(line->slots, slot);
	}
	if (is_usable)
		open_bus(line);
	line_turn(line);
	return line;
}

static struct line *find_same(GPtrArray *lines, const char *signature)
{
	for (guint i = 0; i < lines->len; i++) {
		struct line *line = lines->pdata[i];

		if (!strcmp(line->spec->signature, signature)) {
			g_ptr_array_steal_index(lines, i);
			return line;
		}
	}
	return NULL;
}

/* The same line may stand elsewhere in the file now. */
static void keep_order(struct line *line, const struct line_spec *spec)
{
	for (guint i = 0; i < spec->devices->len; i++) {
		const struct device_spec *now = spec->devices->pdata[i];
		struct device_spec *old = line->spec->devices->pdata[i];

		old->order = now->order;
	}
}

static void log_broken(const struct line *line)
{
	for (guint i = 0; i < line->slots->len; i++) {
		const struct slot *slot = line->slots->pdata[i];

		if (slot->spec->error)
			log_error(slot->spec->error, "device %s is disabled",
				slot->spec->name);
	}
}

bool host_load(struct host *host, const char *devices_conf, GError **error)
{
	AUTO(devices_conf) conf =
		devices_conf_load(devices_conf, host->profile_dir, error);
	GPtrArray *old = host->lines;
	g_autoptr(GPtrArray) changed = g_ptr_array_new();

	if (!conf)
		return false;
	host->lines = g_ptr_array_new_with_free_func(free_line);
	while (conf->lines->len) {
		struct line_spec *spec =
			g_ptr_array_steal_index(conf->lines, 0);
		struct line *same = find_same(old, spec->signature);

		if (same) {
			keep_order(same, spec);
			line_spec_free(spec);
			g_ptr_array_add(host->lines, same);
		} else {
			g_ptr_array_add(changed, spec);
		}
	}
	g_ptr_array_free(old, TRUE); /* ports are free before they are reused */
	for (guint i = 0; i < changed->len; i++) {
		struct line *line = new_line(host, changed->pdata[i]);

		log_broken(line);
		g_ptr_array_add(host->lines, line);
	}
	return true;
}

/* The host ---------------------------------------------------------------- */

struct host *host_new(const struct host_setup *setup,
	const struct host_listener *listener, void *context, GError **error)
{
	AUTO(host) host = g_new0(struct host, 1);
	g_autofree char *spool = NULL;

	host->listener = listener;
	host->context = context;
	host->profile_dir = g_strdup(setup->profile_dir);
	host->record_dir = g_build_filename(setup->runtime_dir, "record", NULL);
	host->lines = g_ptr_array_new_with_free_func(free_line);
	spool = g_build_filename(setup->runtime_dir, "spool", NULL);
	host->spool = spool_new(spool, error);
	if (!host->spool || !file_make_dir(host->record_dir, error))
		return NULL;
	return g_steal_pointer(&host);
}

void host_free(struct host *host)
{
	if (!host)
		return;
	g_ptr_array_free(host->lines, TRUE);
	if (host->tick)
		g_source_remove(host->tick);
	spool_free(host->spool);
	g_free(host->profile_dir);
	g_free(host->record_dir);
	g_free(host);
}

static struct slot *find_slot(struct host *host, const char *name)
{
	for (guint i = 0; name && i < host->lines->len; i++) {
		struct line *line = host->lines->pdata[i];

		for (guint j = 0; j < line->slots->len; j++) {
			struct slot *slot = line->slots->pdata[j];

			if (!strcmp(slot->spec->name, name))
				return slot;
		}
	}
	return NULL;
}

void host_command(struct host *host, const struct host_call *call)
{
	struct slot *slot = find_slot(host, call->device);
	g_autoptr(GError) error = NULL;

	if (slot) {
		slot_command(slot, call);
		return;
	}
	error = g_error_new_literal(
		ITEM_ERROR, ITEM_ERROR_NOT_FOUND, "no such device");
	call->reply(call->context, NULL, error);
	if (call->free_context)
		call->free_context(call->context);
}

void host_forget(struct host *host, unsigned owner)
{
	for (guint i = 0; i < host->lines->len; i++) {
		struct line *line = host->lines->pdata[i];

		for (guint j = 0; j < line->slots->len; j++)
			slot_forget(line->slots->pdata[j], owner);
		line_turn(line);
	}
}

static gint by_order(gconstpointer a, gconstpointer b)
{
	const struct slot *const *x = a, *const *y = b;

	return (*x)->spec->order - (*y)->spec->order;
}

void host_each_state(struct host *host, host_line_fn *each, void *context)
{
	g_autoptr(GPtrArray) slots = g_ptr_array_new();

	for (guint i = 0; i < host->lines->len; i++) {
		struct line *line = host->lines->pdata[i];

		for (guint j = 0; j < line->slots->len; j++)
			g_ptr_array_add(slots, line->slots->pdata[j]);
	}
	g_ptr_array_sort(slots, by_order);
	for (guint i = 0; i < slots->len; i++) {
		AUTO(json) line = slot_line(slots->pdata[i]);

		each(context, line);
	}
}

bool host_release(struct host *host, const char *sha256_hex, GError **error)
{
	return spool_release(host->spool, sha256_hex, error);
}
