/* A driver at work without ports and clocks. It does of the host what a
 * transcript can see: unread bytes, alarms, and the deadline of a command. */
#include "drivers/script.h"

#include <string.h>

#include "drivers/hex.h"
#include "drivers/intake.h"

struct script {
	struct device *dev;    /* own */
	struct intake *intake; /* own */
	GQueue effects;        /* own: char * */
	int64_t now_ms;
	int64_t alarm_at_ms;    /* -1: none */
	int64_t deadline_at_ms; /* -1: no command in flight */
};

static void G_GNUC_PRINTF(2, 3)
	say(struct script *script, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_queue_push_tail(&script->effects, g_strdup_vprintf(format, args));
	va_end(args);
}

/* The sink ---------------------------------------------------------------- */

static void on_send(void *context, const void *data, size_t len)
{
	g_autofree char *hex = hex_line(data, len);

	say(context, "> %s", hex);
}

static void on_alarm(void *context, int ms)
{
	struct script *script = context;

	script->alarm_at_ms = ms > 0 ? script->now_ms + ms : -1;
}

static void on_ready(void *context, const char *model)
{
	say(context, "= ready%s%s", model ? " " : "", model ? model : "");
}

static void on_frame(void *context)
{
	(void)context;
}

static void on_event(void *context, const char *name, struct json *take_data)
{
	g_autofree char *text = json_print(take_data);

	say(context, "= event %s %s", name, text);
	json_free(take_data);
}

static void on_done(void *context, struct json *take_result, GError *take_error)
{
	struct script *script = context;

	script->deadline_at_ms = -1;
	if (take_error) {
		say(script, "= fail %s", error_name(take_error));
		g_error_free(take_error);
	} else {
		g_autofree char *text = json_print(take_result);

		say(script, "= done %s", text);
		json_free(take_result);
	}
}

static void on_fault(void *context, enum device_fault fault, const char *why)
{
	static const char *const names[] = {
		[DEVICE_FAULT_CHECKSUM] = "checksum",
		[DEVICE_FAULT_FRAME] = "frame",
		[DEVICE_FAULT_SILENT] = "silent",
		[DEVICE_FAULT_LOST] = "lost",
	};

	(void)why;
	say(context, "= fault %s", names[fault]);
}

static bool on_keep(void *context, const void *data, size_t len,
	const char *sha256_hex, GError **error)
{
	(void)data;
	(void)sha256_hex;
	(void)error;
	say(context, "= keep %zu", len);
	return true;
}

static bool on_kept(
	void *context, const char *sha256_hex, size_t *size, GError **error)
{
	(void)error;
	say(context, "= kept %s", sha256_hex);
	*size = 0;
	return true;
}

static const struct device_sink sink = {
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

/* Driving ----------------------------------------------------------------- */

struct script *script_new(
	const struct driver *driver, const struct device_options *options)
{
	struct script *script = g_new0(struct script, 1);

	g_queue_init(&script->effects);
	script->alarm_at_ms = script->deadline_at_ms = -1;
	script->intake = intake_new();
	script->dev = device_new(driver, options, &sink, script);
	intake_add(script->intake, script->dev);
	device_start(script->dev);
	return script;
}

void script_free(struct script *script)
{
	if (!script)
		return;
	device_free(script->dev);
	intake_free(script->intake);
	g_queue_clear_full(&script->effects, g_free);
	g_free(script);
}

void script_feed(
	struct script *script, const uint8_t *data, size_t len, size_t chunk)
{
	if (!chunk)
		chunk = len;
	while (len) {
		size_t piece = MIN(len, chunk);

		intake_push(script->intake, data, piece);
		data += piece;
		len -= piece;
	}
}

static int deadline_of(const struct verb *verb, const struct json *args)
{
	int64_t seconds = json_int_or(args, "timeout_s", 0);

	if (verb->max_timeout_s && seconds > 0)
		return (int)MIN(seconds, verb->max_timeout_s) * 1000;
	return verb->deadline_ms ? verb->deadline_ms : DRIVER_DEADLINE_MS;
}

static struct json *parse_args(const char *text)
{
	return *text ? json_parse(text, strlen(text), NULL) : json_new_object();
}

void script_ask(struct script *script, const char *verb_and_args)
{
	g_auto(GStrv) word = g_strsplit(verb_and_args, " ", 2);
	const struct verb *verb =
		driver_verb(device_driver(script->dev), word[0]);
	AUTO(json) args = parse_args(word[1] ? word[1] : "");
	g_autoptr(GError) error = NULL;

	if (!strcmp(word[0], "cancel")) {
		device_cancel(script->dev);
		script->deadline_at_ms = -1;
		say(script, "= fail item.refused");
	} else if (!verb || !args) {
		say(script, "= fail item.not-found");
	} else {
		script->deadline_at_ms =
			script->now_ms + deadline_of(verb, args);
		if (device_command(script->dev, verb, args, &error))
			return;
		script->deadline_at_ms = -1;
		say(script, "= fail %s", error_name(error));
	}
}

static int64_t next_at(const struct script *script)
{
	int64_t a = script->alarm_at_ms, b = script->deadline_at_ms;

	if (a < 0 || b < 0)
		return MAX(a, b);
	return MIN(a, b);
}

void script_wait(struct script *script, int ms)
{
	int64_t until = script->now_ms + ms;
	int64_t at;

	while ((at = next_at(script)) >= 0 && at <= until) {
		script->now_ms = at;
		if (at != script->deadline_at_ms) {
			script->alarm_at_ms = -1;
			device_ring(script->dev, intake_unread(script->intake));
			intake_pump(script->intake);
		} else {
			script->deadline_at_ms = -1;
			device_cancel(script->dev);
			say(script, "= fail link.timeout");
		}
	}
	script->now_ms = until;
}

char *script_take(struct script *script)
{
	return g_queue_pop_head(&script->effects);
}

const struct device_counters *script_counters(const struct script *script)
{
	return device_counters(script->dev);
}

/* Comparing --------------------------------------------------------------- */

static char *counters_text(const struct script *script)
{
	const struct device_counters *c = script_counters(script);

	return g_strdup_printf("= counters frames=%u bad_checksum=%u "
			       "bad_frame=%u timeouts=%u",
		c->frames, c->bad_checksum, c->bad_frame, c->timeouts);
}

static char *step_text(const struct transcript_step *step)
{
	g_autofree char *hex = NULL;

	if (step->kind == '=')
		return g_strconcat("= ", step->text, NULL);
	hex = hex_line(step->bytes, step->len);
	return g_strconcat("> ", hex, NULL);
}

static bool compare(struct script *script, const struct transcript *transcript,
	const struct transcript_step *step, GError **error)
{
	g_autofree char *expected = step_text(step);
	g_autofree char *found = g_str_has_prefix(expected, "= counters")
					 ? counters_text(script)
					 : script_take(script);

	if (!g_strcmp0(expected, found))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"%s:%d: expected \"%s\", found \"%s\"", transcript->path,
		step->line, expected, found ? found : "nothing");
	return false;
}

static bool run_step(struct script *script, const struct transcript *transcript,
	const struct transcript_step *step, size_t chunk, GError **error)
{
	switch (step->kind) {
	case '<':
		script_feed(script, step->bytes, step->len, chunk);
		return true;
	case '!':
		script_ask(script, step->text);
		return true;
	case '+':
		script_wait(script, step->ms);
		return true;
	default:
		return compare(script, transcript, step, error);
	}
}

bool script_run(const struct transcript *transcript,
	const struct driver *driver, size_t chunk, GError **error)
{
	AUTO(device_options) options = device_options_new();
	AUTO(script) script = NULL;
	g_autofree char *left = NULL;

	for (guint i = 0; i < transcript->options->len; i += 2)
		device_options_put(options,
			g_ptr_array_index(transcript->options, i),
			g_ptr_array_index(transcript->options, i + 1));
	script = script_new(driver, options);
	for (guint i = 0; i < transcript->steps->len; i++) {
		if (!run_step(script, transcript,
			    g_ptr_array_index(transcript->steps, i), chunk,
			    error))
			return false;
	}
	left = script_take(script);
	if (left)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"%s: not expected: \"%s\"", transcript->path, left);
	return !left;
}
