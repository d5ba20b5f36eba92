/* The devices of the window, through yikou-devd's socket: states for the
 * header, commands by class, and what arrives by itself (a key of the keypad, a
 * rating). app never touches a port. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/base/process.h"

enum { SHOW_TIMEOUT_MS = 3000, CHECK_TIMEOUT_MS = 10000 };

static const struct json *device_of_class(
	const struct app *app, const char *class_name)
{
	const struct json *found = NULL;

	for (guint i = 0; i < app->devices->len; i++) {
		const struct json *device = g_ptr_array_index(app->devices, i);
		const char *state = json_text_or(device, "state", "");

		if (strcmp(json_text_or(device, "class", ""), class_name) ||
			!strcmp(state, "disabled"))
			continue;
		/* The first one that is there serves; else the first. */
		if (!strcmp(state, "ready") || !strcmp(state, "busy"))
			return device;
		if (!found)
			found = device;
	}
	return found;
}

bool devices_has(const struct app *app, const char *class_name)
{
	const struct json *device = device_of_class(app, class_name);

	return device && !strcmp(json_text_or(device, "state", ""), "ready");
}

void devices_command(struct app *app, const char *class_name, const char *verb,
	struct json *take_args, int timeout_ms, line_reply_fn *reply,
	void *context)
{
	const struct json *device = device_of_class(app, class_name);
	struct json *args = take_args ? take_args : json_new_object();

	if (!device) {
		g_autoptr(GError) error = g_error_new(LINK_ERROR,
			LINK_ERROR_ABSENT, "no device of class %s", class_name);

		json_free(args);
		if (reply)
			reply(context, NULL, error);
		return;
	}
	json_put_text(args, "device", json_text(device, "device"));
	line_command(app->devd, verb, args, timeout_ms, reply, context);
}

void devices_release(struct app *app, const char *sha256)
{
	struct json *args;

	if (!app->devd)
		return;
	args = json_new_object();
	json_put_text(args, "sha256", sha256);
	line_command(app->devd, "release", args, SHOW_TIMEOUT_MS, NULL, NULL);
}

/* What the citizens and the clerk's keypad see ---------------------------- */

static void send_text(struct app *app, const char *class_name, const char *verb,
	const char *member, const char *text)
{
	struct json *args = json_new_object();

	json_put_text(args, member, text);
	devices_command(
		app, class_name, verb, args, SHOW_TIMEOUT_MS, NULL, NULL);
}

void devices_show_waiting(struct app *app)
{
	struct json *args = json_new_object();

	json_put_int(args, "count", app->model.home.waiting_total);
	devices_command(
		app, "keypad", "waiting", args, SHOW_TIMEOUT_MS, NULL, NULL);
}

/* "请{ticket}到{window}" with its two words put in. */
static char *call_text(const struct app *app, const char *ticket_number)
{
	g_autoptr(GString) text =
		g_string_new(config_text(app->config, "bar.call"));

	g_string_replace(text, "{ticket}", ticket_number, 1);
	g_string_replace(
		text, "{window}", config_text(app->config, "window.short"), 1);
	return g_strdup(text->str);
}

/* The bar speaks the citizens' language whatever the clerk's is: what it says
 * is configuration. */
void devices_announce(struct app *app, const char *ticket_number)
{
	g_autofree char *call = NULL;
	const char *idle = config_text(app->config, "bar.idle");

	if (ticket_number) {
		call = call_text(app, ticket_number);
		send_text(app, "bar", "show", "text", call);
		send_text(app, "keypad", "ticket", "number", ticket_number);
		return;
	}
	if (app->session.paused)
		idle = config_text(app->config, "bar.paused");
	else if (!*idle)
		idle = config_text(app->config, "window.name");
	send_text(app, "bar", "show", "text", idle);
	devices_show_waiting(app);
}

/* What arrives ------------------------------------------------------------ */

/* A key that is hit by mistake must not throw away what was filled in: then the
 * question comes first. */
static void key_aside(struct app *app, bool is_skip)
{
	if (!app->session.person || app->session.locked)
		return;
	if (is_skip && app->visit.open &&
		(app->visit.item || *visit_applicant_name(app)))
		dialog_open(app, DIALOG_SKIP, 0);
	else
		queue_put_aside(app,
			is_skip ? TICKET_ACTION_SKIP : TICKET_ACTION_PARK,
			_("keypad"), NULL);
	app_changed(app, true);
}

static void key_event(struct app *app, const char *key)
{
	static const struct {
		const char *key;
		enum intent_kind kind;
	} keys[] = {
		{"next", INTENT_CALL_NEXT},
		{"again", INTENT_CALL_AGAIN},
		{"rate", INTENT_RATE_AGAIN},
		{"back", INTENT_TAKE_BACK},
		{"pause", INTENT_PAUSE},
		{"transfer", INTENT_ASIDE},
	};

	app_touch(app);
	if (app->ops && app->ops->flush)
		app->ops->flush(app->context);
	if (!strcmp(key, "skip") || !strcmp(key, "park")) {
		key_aside(app, !strcmp(key, "skip"));
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		struct intent intent = {.kind = keys[i].kind};

		if (!strcmp(key, keys[i].key)) {
			app_act(app, &intent);
			app_changed(app, true);
			return;
		}
	}
}

static void device_state(struct app *app, const struct json *state)
{
	const char *name = json_text(state, "device");

	for (guint i = 0; i < app->devices->len; i++) {
		struct json *known = g_ptr_array_index(app->devices, i);

		if (!strcmp(json_text_or(known, "device", ""), name)) {
			json_free(known);
			app->devices->pdata[i] = json_copy(state);
			return;
		}
	}
	g_ptr_array_add(app->devices, json_copy(state));
}

static bool is_fine(const struct json *device)
{
	const char *state = json_text_or(device, "state", "");

	return (!strcmp(state, "ready") || !strcmp(state, "busy") ||
		       !strcmp(state, "disabled")) &&
	       !json_bool_or(device, "stale", false);
}

/* The worst one by name; two or more as a count. */
static void show_fault(struct app *app)
{
	const struct json *bad = NULL;
	g_autofree char *text = NULL;
	int faults = 0;

	for (guint i = 0; i < app->devices->len; i++) {
		const struct json *device = g_ptr_array_index(app->devices, i);

		if (!is_fine(device)) {
			bad = device;
			faults++;
		}
	}
	if (!app->devd || !line_client_is_up(app->devd))
		text = g_strdup(_("device controller down"));
	else if (faults > 1)
		text = g_strdup_printf(_("%d devices down"), faults);
	else if (faults == 1)
		text = g_strdup_printf(
			_("%s down"), json_text_or(bad, "title", "?"));
	model_text(&app->model.header.device_fault, text);
}

static void tell_pad(struct app *app)
{
	const struct json *pad = device_of_class(app, "pad");

	finish_pad_changed(
		app, pad && is_fine(pad) && line_client_is_up(app->devd));
}

static void devd_message(void *context, const struct json *message)
{
	struct app *app = context;
	const char *event = json_text(message, "event");
	const struct json *data = json_get(message, "data");

	if (!event && json_text(message, "device") &&
		json_text(message, "state")) {
		device_state(app, message);
		show_fault(app);
		tell_pad(app);
		if (app->model.view == VIEW_DEVICES)
			devices_show(app);
	} else if (event && !strcmp(event, "key")) {
		key_event(app, json_text_or(data, "key", ""));
	} else if (event && !strcmp(event, "rating")) {
		finish_rating_arrived(app, (int)json_int_or(data, "level", 0));
	} else if (event && !strcmp(event, "page") && app->visit.capture) {
		g_autofree char *text = g_strdup_printf(
			_("page %d is in"), (int)json_int_or(data, "count", 0));

		model_text(&app->model.materials.progress, text);
	}
	app_changed(app, false);
}

static void devd_synced(void *context)
{
	struct app *app = context;

	show_fault(app);
	tell_pad(app);
	if (app->session.person)
		devices_announce(
			app, app->visit.open && app->model.view != VIEW_FINISH
				     ? app->visit.ticket->number
				     : NULL);
	if (app->visit.open && app->model.view == VIEW_IDENTIFY &&
		devices_has(app, "idcard"))
		identify_read_card(app, NULL);
	app_changed(app, false);
}

static void devd_lost(void *context, const GError *why)
{
	struct app *app = context;

	log_error(why, "yikou-devd");
	g_ptr_array_set_size(app->devices, 0);
	show_fault(app);
	tell_pad(app);
	app_say(app, _("The device controller stopped and is restarting. "
		       "Typing works, nothing is lost."));
	app_revive_daemons(app);
}

static const struct line_client_ops devd_ops = {
	.synced = devd_synced, .message = devd_message, .lost = devd_lost};

void devices_start(struct app *app)
{
	g_autofree char *path = config_runtime(app->config, "devd.sock");

	app_start_daemon(app, "yikou-devd", "devd.sock");
	app->devd = line_client_new(path, "yikou", &devd_ops, app);
}

/* The view ---------------------------------------------------------------- */

static const char *state_text(const struct json *device)
{
	const char *state = json_text_or(device, "state", "");

	if (json_bool_or(device, "stale", false) || !strcmp(state, "stale"))
		return _("[no answer]");
	if (!strcmp(state, "ready"))
		return _("[ok]");
	if (!strcmp(state, "busy"))
		return _("[busy]");
	if (!strcmp(state, "disabled"))
		return _("[off]");
	if (!strcmp(state, "opening") || !strcmp(state, "greeting"))
		return _("[connecting]");
	return _("[down]");
}

static void show_detail(struct app *app)
{
	static const char *const names[][2] = {
		{"frames", N_("frames")},
		{"bad_checksum", N_("wrong checksums")},
		{"bad_frame", N_("broken frames")},
		{"timeouts", N_("time-outs")},
		{"reopened", N_("opened again")},
	};
	struct devices_model *out = &app->model.devices;
	const struct json *device, *counters;

	g_ptr_array_set_size(out->detail, 0);
	if (out->focus < 0 || (guint)out->focus >= app->devices->len)
		return;
	device = g_ptr_array_index(app->devices, (guint)out->focus);
	counters = json_get(device, "counters");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *line = g_strdup_printf("%s %d", _(names[i][1]),
			(int)json_int_or(counters, names[i][0], 0));

		model_line(out->detail, line);
	}
	if (json_text(device, "error"))
		model_line(out->detail,
			text_error_name(json_text(device, "error")));
}

void devices_show(struct app *app)
{
	struct devices_model *out = &app->model.devices;

	g_ptr_array_set_size(out->devices, 0);
	for (guint i = 0; i < app->devices->len; i++) {
		const struct json *device = g_ptr_array_index(app->devices, i);
		struct device_model *row = model_add_device(out->devices);
		int64_t last = json_int_or(device, "last_ms", -1);
		g_autofree char *when = last >= 0
						? g_strdup_printf(_("%d s ago"),
							  (int)(last / 1000))
						: g_strdup("");

		model_text(&row->name, json_text_or(device, "title", "?"));
		model_text(&row->protocol, json_text(device, "driver"));
		model_text(&row->port, json_text(device, "port"));
		model_text(&row->state, state_text(device));
		model_text(&row->last, when);
		row->ok = is_fine(device);
	}
	show_detail(app);
	show_fault(app);
}

void devices_focus(struct app *app, struct intent *intent)
{
	app->model.devices.focus = intent->index;
	devices_show(app);
}

static void checked(
	void *context, const struct json *result, const GError *error)
{
	struct app *app = context;

	(void)result;
	if (error)
		app_say(app, _("Self test: %s"), text_error(error));
	else
		app_say(app, _("Self test passed."));
}

void devices_test(struct app *app, struct intent *intent)
{
	const struct json *device;
	struct json *args;

	if (intent->index < 0 || (guint)intent->index >= app->devices->len)
		return;
	device = g_ptr_array_index(app->devices, (guint)intent->index);
	args = json_new_object();
	json_put_text(args, "device", json_text(device, "device"));
	line_command(app->devd, "check", args, CHECK_TIMEOUT_MS, checked, app);
}
