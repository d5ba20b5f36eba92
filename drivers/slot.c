/* A device in the host: greets it, gives it commands one at a time, ends them
 * at their deadline, and tells what came of them in the line's turn. */
#include "drivers/slot.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/log.h"

static bool is_private(const struct slot *slot)
{
	return slot->spec->driver->is_private;
}

/* Calls ------------------------------------------------------------------- */

static void free_call(struct slot_call *call)
{
	if (call->free_context)
		call->free_context(call->context);
	json_free(call->args);
	g_free(call->verb);
	g_free(call);
}

static void answer(struct slot_call *take_call, const struct json *result,
	const GError *error)
{
	take_call->reply(take_call->context, result, error);
	free_call(take_call);
}

static void answer_error(
	struct slot_call *take_call, GQuark domain, int code, const char *why)
{
	g_autoptr(GError) error = g_error_new_literal(domain, code, why);

	answer(take_call, NULL, error);
}

static struct slot_call *new_call(const struct host_call *call)
{
	struct slot_call *own = g_new0(struct slot_call, 1);

	own->verb = g_strdup(call->verb);
	own->args = json_is_object(call->args) ? json_copy(call->args)
					       : json_new_object();
	own->owner = call->owner;
	own->reply = call->reply;
	own->context = call->context;
	own->free_context = call->free_context;
	return own;
}

/* The call in flight is over; take_failure NULL is success. */
static void end_call(
	struct slot *slot, struct json *take_result, GError *take_failure)
{
	struct slot_call *call = g_steal_pointer(&slot->call);

	slot_stop_timer(&slot->deadline);
	g_clear_pointer(&slot->result, json_free);
	g_clear_error(&slot->failure);
	if (take_failure)
		record_text(slot->record, '=', "fail", NULL);
	answer(call, take_result, take_failure);
	json_free(take_result);
	g_clear_error(&take_failure);
}

static void fail_all(struct slot *slot, int code, const char *why)
{
	struct slot_call *call;

	if (slot->call) {
		device_cancel(slot->dev);
		end_call(
			slot, NULL, g_error_new_literal(LINK_ERROR, code, why));
	}
	while ((call = g_queue_pop_head(&slot->queue)))
		answer_error(call, LINK_ERROR, code, why);
}

/* Life -------------------------------------------------------------------- */

struct slot *slot_new(struct line *line, const struct device_spec *spec)
{
	struct slot *slot = g_new0(struct slot, 1);

	slot->line = line;
	slot->spec = spec;
	slot->is_changed = true;
	g_queue_init(&slot->queue);
	if (spec->error)
		slot->error = g_error_copy(spec->error);
	if (!spec->driver || !spec->is_enabled)
		return slot;
	slot->dev = device_new(spec->driver, spec->options, &slot_sink, slot);
	if (spec->is_recorded)
		slot->record = record_new(host_record_dir(line->host),
			spec->name, is_private(slot));
	return slot;
}

void slot_free(struct slot *slot)
{
	if (!slot)
		return;
	fail_all(slot, LINK_ERROR_CLOSED, "the device controller stops");
	device_free(slot->dev);
	slot_stop_timer(&slot->alarm);
	slot_stop_timer(&slot->greeting);
	record_free(slot->record);
	g_clear_error(&slot->error);
	g_free(slot->model);
	g_free(slot->announced);
	g_free(slot);
}

/* Greeting ---------------------------------------------------------------- */

static gboolean greeting_rang(gpointer user_data);

static void start(struct slot *slot)
{
	slot->rests = false;
	slot_stop_timer(&slot->greeting);
	device_start(slot->dev);
	if (!slot->is_ready)
		slot->greeting =
			g_timeout_add(SLOT_GREETING_MS, greeting_rang, slot);
	slot->is_changed = true;
}

static gboolean again_rang(gpointer user_data)
{
	struct slot *slot = user_data;

	slot->greeting = 0;
	start(slot);
	line_turn(slot->line);
	return G_SOURCE_REMOVE;
}

/* Open, but it does not answer: stale, greeted again with back-off. */
static gboolean greeting_rang(gpointer user_data)
{
	struct slot *slot = user_data;
	int ms = slot->greeting_ms ? slot->greeting_ms : BUS_RETRY_MIN_MS;

	slot->greeting = 0;
	fail_all(slot, LINK_ERROR_TIMEOUT, "the device does not answer");
	device_stop(slot->dev);
	slot_become_stale(slot);
	slot->greeting_ms = ms * 2;
	if (ms >= BUS_RETRY_MAX_MS) {
		slot->rests = true;
		host_want_tick(slot->line->host);
	} else {
		slot->greeting = g_timeout_add((guint)ms, again_rang, slot);
	}
	line_turn(slot->line);
	return G_SOURCE_REMOVE;
}

void slot_wake(struct slot *slot)
{
	if (slot->rests && slot->dev)
		again_rang(slot);
}

static void add_option(void *context, const char *key, const char *value)
{
	g_string_append_printf(context, "# option %s: %s\n", key, value);
}

/* What a test needs to replay it. */
static char *record_head(const struct slot *slot)
{
	const struct device_spec *spec = slot->spec;
	GString *head = g_string_new(NULL);

	g_string_printf(head, "# %s: %s\n",
		spec->profile ? "profile" : "driver", spec->driver->name);
	device_options_each(spec->options, "", add_option, head);
	return g_string_free(head, FALSE);
}

void slot_opened(struct slot *slot)
{
	g_autofree char *head = NULL;

	if (!slot->dev)
		return;
	head = record_head(slot);
	record_begin(slot->record, head);
	slot->is_ready = slot->is_stale = slot->wants_reopen = false;
	slot->greeting_ms = 0;
	g_clear_error(&slot->error);
	start(slot);
}

void slot_closed(struct slot *slot, const GError *why)
{
	if (!slot->dev)
		return;
	slot_stop_timer(&slot->greeting);
	slot->is_ready = slot->is_stale = slot->rests = false;
	slot->wants_reopen = false;
	if (why) {
		g_clear_error(&slot->error);
		slot->error = g_error_copy(why);
	}
	if (slot->call && !slot->failure) {
		device_cancel(slot->dev);
		end_call(slot, NULL,
			g_error_new_literal(LINK_ERROR, LINK_ERROR_CLOSED,
				"the line was lost"));
	}
	device_stop(slot->dev);
	if (slot->error)
		fail_all(slot, LINK_ERROR_ABSENT, "the device is not there");
	slot->is_changed = true;
}

void slot_heard(struct slot *slot, const uint8_t *data, size_t len)
{
	record_bytes(slot->record, '<', data, len);
}

/* Commands ---------------------------------------------------------------- */

static int deadline_of(const struct verb *verb, const struct json *args)
{
	int64_t seconds = json_int_or(args, "timeout_s", 0);

	if (verb->max_timeout_s && seconds > 0)
		return (int)MIN(seconds, verb->max_timeout_s) * 1000;
	return verb->deadline_ms ? verb->deadline_ms : DRIVER_DEADLINE_MS;
}

/* A verb that waits for a person says nothing about the device when nobody
 * came. */
static gboolean deadline_rang(gpointer user_data)
{
	struct slot *slot = user_data;
	const struct verb *verb =
		driver_verb(slot->spec->driver, slot->call->verb);
	bool is_silent = !verb->max_timeout_s && device_has_command(slot->dev);

	slot->deadline = 0;
	device_cancel(slot->dev);
	if (is_silent)
		device_fault(slot->dev, DEVICE_FAULT_SILENT, "deadline passed");
	end_call(slot, NULL,
		g_error_new_literal(
			LINK_ERROR, LINK_ERROR_TIMEOUT, "not done in time"));
	slot->is_changed = true;
	line_turn(slot->line);
	return G_SOURCE_REMOVE;
}

static bool is_reachable(const struct slot *slot)
{
	enum bus_state state = bus_state(slot->line->bus);

	return state == BUS_OPEN || (state == BUS_OPENING && !slot->error);
}

/* "check" without a verb of the driver: what the host knows. */
static void check_here(struct slot *slot, struct slot_call *take_call)
{
	AUTO(json) line = slot_line(slot);

	if (slot->is_ready && !slot->is_stale)
		answer(take_call, line, NULL);
	else
		answer_error(take_call, LINK_ERROR,
			slot->is_stale ? LINK_ERROR_TIMEOUT : LINK_ERROR_ABSENT,
			"the device is not ready");
}

static void cancel_here(struct slot *slot, struct slot_call *take_call)
{
	AUTO(json) nothing = json_new_object();

	if (slot->call) {
		device_cancel(slot->dev);
		end_call(slot, NULL,
			g_error_new_literal(
				ITEM_ERROR, ITEM_ERROR_REFUSED, "cancelled"));
		slot->is_changed = true;
	}
	answer(take_call, nothing, NULL);
}

void slot_command(struct slot *slot, const struct host_call *call)
{
	struct slot_call *own = new_call(call);
	const struct verb *verb =
		slot->dev ? driver_verb(slot->spec->driver, own->verb) : NULL;

	if (!slot->dev)
		answer_error(own, LINK_ERROR, LINK_ERROR_ABSENT,
			"the device is disabled");
	else if (!strcmp(own->verb, "cancel"))
		cancel_here(slot, own);
	else if (!verb && !strcmp(own->verb, "check"))
		check_here(slot, own);
	else if (!verb)
		answer_error(own, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"the device has no such command");
	else if (!is_reachable(slot))
		answer_error(own, LINK_ERROR, LINK_ERROR_ABSENT,
			"the device is not there");
	else if (slot->is_stale && !slot->is_ready)
		answer_error(own, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"the device does not answer");
	else if (slot->queue.length >= SLOT_QUEUE_MAX)
		answer_error(own, LINK_ERROR, LINK_ERROR_BUSY,
			"too many commands wait");
	else
		g_queue_push_tail(&slot->queue, own);
	line_turn(slot->line);
}

void slot_forget(struct slot *slot, unsigned owner)
{
	GList *link = slot->queue.head;

	while (link) {
		GList *next = link->next;
		struct slot_call *call = link->data;

		if (call->owner == owner) {
			g_queue_delete_link(&slot->queue, link);
			free_call(call);
		}
		link = next;
	}
	if (slot->call && slot->call->owner == owner) {
		device_cancel(slot->dev);
		slot_stop_timer(&slot->deadline);
		g_clear_pointer(&slot->result, json_free);
		g_clear_error(&slot->failure);
		free_call(g_steal_pointer(&slot->call));
		slot->is_changed = true;
	}
}

/* A success counts when its bytes have left. */
void slot_settle(struct slot *slot)
{
	if (slot->wants_reopen) {
		slot->wants_reopen = false;
		if (slot->call && slot->failure)
			end_call(slot, NULL, g_steal_pointer(&slot->failure));
		else if (slot->call && slot->result)
			end_call(slot, g_steal_pointer(&slot->result), NULL);
		bus_reopen(slot->line->bus,
			g_error_new_literal(LINK_ERROR, LINK_ERROR_CLOSED,
				"given up by its driver"));
		return;
	}
	if (!slot->call)
		return;
	if (slot->failure)
		end_call(slot, NULL, g_steal_pointer(&slot->failure));
	else if (slot->result && !bus_has_unsent(slot->line->bus))
		end_call(slot, g_steal_pointer(&slot->result), NULL);
	slot->is_changed = true;
}

bool slot_dispatch(struct slot *slot)
{
	struct slot_call *call;
	const struct verb *verb;
	GError *error = NULL;

	if (!slot->is_ready || slot->call)
		return false;
	call = g_queue_pop_head(&slot->queue);
	if (!call)
		return false;
	verb = driver_verb(slot->spec->driver, call->verb);
	slot->call = call;
	slot->deadline = g_timeout_add(
		(guint)deadline_of(verb, call->args), deadline_rang, slot);
	record_text(slot->record, '!', call->verb, call->args);
	if (!device_command(slot->dev, verb, call->args, &error))
		end_call(slot, NULL, error);
	slot->is_changed = true;
	return true;
}

void slot_announce(struct slot *slot)
{
	AUTO(json) line = NULL;
	g_autofree char *text = NULL;
	struct json *same;

	if (!slot->is_changed)
		return;
	slot->is_changed = false;
	line = slot_line(slot);
	same = json_copy(line);
	json_put(same, "counters", NULL);
	json_put(same, "last_ms", NULL);
	text = json_print(same);
	json_free(same);
	if (!g_strcmp0(text, slot->announced))
		return;
	g_free(slot->announced);
	slot->announced = g_steal_pointer(&text);
	host_tell_state(slot->line->host, line);
}
