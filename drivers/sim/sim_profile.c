/* Plays the device of any profile, by reading it from the other side: frames of
 * its commands come in and are shown, its events go out as frames, and the
 * program's acknowledgements are looked at. */
#include <string.h>

#include "client/base/error.h"
#include "drivers/profile_parser.h"
#include "drivers/sim/sim_line.h"

enum { AWAITED_MAX = 16 };

struct played {
	struct json *shown; /* own: what a person sees */
	GPtrArray *awaited; /* own: GByteArray, acknowledgements to come */
	GByteArray *rated;  /* borrowed: that of the last rating, or NULL */
	int acknowledged;   /* times */
	size_t from[PROFILE_FRAMES_MAX];
	size_t unread;
};

static uint8_t address_of(struct sim_device *dev)
{
	return profile_address(sim_profile_of(dev), dev->spec->options);
}

/* What devices of a class show when a command comes. */
static const struct {
	enum device_class class;
	const char *command, *member;
	const char *arg;   /* shown is this argument ... */
	const char *value; /* ... or this word */
} displays[] = {
	{DEVICE_KEYPAD, "ticket", "digits", "number", NULL},
	{DEVICE_KEYPAD, "waiting", "waiting", "count", NULL},
	{DEVICE_BAR, "show", "text", "text", NULL},
	{DEVICE_BAR, "clear", "text", NULL, ""},
	{DEVICE_PAD, "ask", "showing", NULL, "rate"},
	{DEVICE_PAD, "thank", "showing", NULL, "thank"},
	{DEVICE_PAD, "idle", "showing", NULL, "idle"},
};

static void show(
	struct sim_device *dev, const char *command, const struct json *args)
{
	struct played *played = sim_state(dev);

	json_put_text(played->shown, "last", command);
	for (size_t i = 0; i < G_N_ELEMENTS(displays); i++) {
		const char *text = displays[i].value;

		if (displays[i].class != dev->spec->class ||
			strcmp(displays[i].command, command))
			continue;
		if (displays[i].arg)
			text = json_text_or(args, displays[i].arg, "");
		json_put_text(played->shown, displays[i].member, text);
	}
	if (!strcmp(command, "beep"))
		json_put_int(played->shown, "beeps",
			json_int_or(played->shown, "beeps", 0) + 1);
}

static void free_bytes(gpointer data)
{
	g_byte_array_unref(data);
}

static void init(struct sim_device *dev)
{
	struct played *played = sim_state(dev);

	played->shown = json_new_object();
	played->awaited = g_ptr_array_new_with_free_func(free_bytes);
	if (dev->spec->class == DEVICE_PAD)
		json_put_text(played->shown, "showing", "idle");
	if (dev->spec->class == DEVICE_BAR)
		json_put_text(played->shown, "text", "");
}

static void free_played(struct sim_device *dev)
{
	struct played *played = sim_state(dev);

	json_free(played->shown);
	g_ptr_array_free(played->awaited, TRUE);
}

/* Commands come in -------------------------------------------------------- */

/* The bytes all parts from index on take at least. */
static size_t fixed_after(const GArray *parts, guint index)
{
	size_t size = 0;

	for (guint i = index; i < parts->len; i++) {
		const struct profile_part *part =
			&g_array_index(parts, struct profile_part, i);

		size += part->kind == PART_ENCODE &&
					strcmp(part->use.encoding->name, "gbk")
				? (size_t)part->use.width
				: 1;
	}
	return size;
}

static char *decode_mapped(struct sim_device *dev,
	const struct profile_part *part, const uint8_t *data, size_t *len)
{
	*len = 1;
	return g_strdup(
		profile_map_word(part->map, dev->spec->options, data[0]));
}

/* One part at the start of data; its size, 0 when it is not there. */
static size_t decode_part(struct sim_device *dev,
	const struct profile_part *part, const uint8_t *data, size_t len,
	struct json *args)
{
	g_autofree char *text = NULL;

	if (!len)
		return 0;
	if (part->kind == PART_BYTE)
		return data[0] == part->byte;
	if (part->kind == PART_CAPTURE)
		return 1;
	text = part->kind == PART_MAP
		       ? decode_mapped(dev, part, data, &len)
		       : part->use.encoding->decode(&part->use, data, &len);
	if (!text)
		return 0;
	json_put_text(args, part->use.arg, text);
	return len;
}

/* The arguments if body is this command, NULL otherwise. */
static struct json *decode_command(struct sim_device *dev,
	const struct profile_command *command, const uint8_t *body, size_t len)
{
	AUTO(json) args = json_new_object();
	const GArray *parts = command->body.parts;
	size_t at = 0;

	for (guint i = 0; i < parts->len; i++) {
		size_t after = fixed_after(parts, i + 1);
		size_t used;

		if (at + after > len)
			return NULL;
		used = decode_part(dev,
			&g_array_index(parts, struct profile_part, i),
			body + at, len - at - after, args);
		if (!used)
			return NULL;
		at += used;
	}
	return at == len ? g_steal_pointer(&args) : NULL;
}

/* A body as the pattern says, with the captured bytes; free ones are 01. */
static GByteArray *body_of(
	const struct profile_pattern *pattern, const uint8_t captured[])
{
	GByteArray *body = g_byte_array_new();
	int n = 0;

	for (guint i = 0; i < pattern->parts->len; i++) {
		const struct profile_match *match =
			&g_array_index(pattern->parts, struct profile_match, i);
		uint8_t byte = 1;

		if (match->kind == MATCH_BYTE)
			byte = match->byte;
		else if (match->kind == MATCH_CAPTURE)
			byte = captured[n++];
		g_byte_array_append(body, &byte, 1);
	}
	return body;
}

static GByteArray *frame_of(
	struct sim_device *dev, int frame, const GByteArray *body)
{
	GByteArray *whole = g_byte_array_new();

	frame_build(sim_profile_of(dev)->frames->pdata[frame], address_of(dev),
		body->data, body->len, whole);
	return whole;
}

static void answer_command(
	struct sim_device *dev, const struct profile_command *command)
{
	static const uint8_t nothing[PROFILE_CAPTURES_MAX];
	g_autoptr(GByteArray) body = NULL;
	g_autoptr(GByteArray) whole = NULL;

	if (!command->has_reply)
		return;
	body = body_of(&command->reply, nothing);
	whole = frame_of(dev, command->reply.frame, body);
	sim_send(dev, whole->data, whole->len);
}

static bool is_awaited(struct sim_device *dev, const uint8_t *data, size_t len)
{
	struct played *played = sim_state(dev);

	for (guint i = 0; i < played->awaited->len; i++) {
		GByteArray *frame = played->awaited->pdata[i];

		if (frame->len != len || memcmp(frame->data, data, len))
			continue;
		if (frame == played->rated) {
			played->rated = NULL;
			show(dev, "thank", NULL);
		}
		g_ptr_array_remove_index(played->awaited, i);
		played->acknowledged++;
		return true;
	}
	return false;
}

/* Commands with arguments come second: a text field takes anything. */
static bool take_command(struct sim_device *dev, int frame,
	const struct frame_found *found, bool has_args)
{
	const struct profile *profile = sim_profile_of(dev);

	for (guint i = 0; i < profile->commands->len; i++) {
		const struct profile_command *command =
			profile->commands->pdata[i];
		AUTO(json) args = NULL;

		if (command->body.frame != frame ||
			has_args != (command->args[0] != NULL))
			continue;
		args = decode_command(
			dev, command, found->body, found->body_len);
		if (!args)
			continue;
		show(dev, profile->driver.verbs[i].name, args);
		answer_command(dev, command);
		return true;
	}
	return false;
}

static void take_frame(struct sim_device *dev, int frame, const uint8_t *data,
	const struct frame_found *found)
{
	if (is_awaited(dev, data, found->size))
		return;
	if (!take_command(dev, frame, found, false))
		take_command(dev, frame, found, true);
}

static size_t feed(struct sim_device *dev, const uint8_t *data, size_t len)
{
	struct played *played = sim_state(dev);
	const GPtrArray *frames = sim_profile_of(dev)->frames;
	struct frame_found found = {0};
	size_t skip = len;
	bool is_more = false;

	if (len < played->unread)
		memset(played->from, 0, sizeof(played->from));
	played->unread = len;
	for (guint i = 0; i < frames->len; i++) {
		enum frame_match match = frame_parse(frames->pdata[i],
			address_of(dev), data, len, &played->from[i], &found);

		if (match == FRAME_IS || match == FRAME_FOREIGN) {
			memset(played->from, 0, sizeof(played->from));
			played->unread = 0;
		}
		if (match == FRAME_IS) {
			take_frame(dev, (int)i, data, &found);
			return found.size;
		}
		if (match == FRAME_FOREIGN) {
			sim_skip(dev, found.size);
			return 0;
		}
		is_more |= match == FRAME_MORE;
		skip = MIN(skip, frame_skip(frames->pdata[i], data, len));
	}
	if (!is_more) {
		memset(played->from, 0, sizeof(played->from));
		played->unread = 0;
		sim_skip(dev, skip);
	}
	return 0;
}

/* Events go out ----------------------------------------------------------- */

/* The byte that gives this member the wanted value; -1: none does. */
static int byte_for(struct sim_device *dev, const struct profile_assign *assign,
	const char *wanted)
{
	guint64 number = 0;

	if (assign->map)
		return profile_map_key(assign->map, dev->spec->options, wanted);
	if (g_ascii_string_to_unsigned(wanted, 10, 0, 255, &number, NULL))
		return (int)number;
	return -1;
}

/* Whether the event can have this member with this value; then captured. */
static bool suits(struct sim_device *dev, const struct profile_event *event,
	const char *name, const char *member, const char *wanted,
	uint8_t captured[])
{
	if (!event->name || strcmp(event->name, name))
		return false;
	for (guint i = 0; i < event->data->len; i++) {
		const struct profile_assign *assign =
			&g_array_index(event->data, struct profile_assign, i);
		int byte;

		if (strcmp(assign->name, member))
			continue;
		if (assign->value)
			return !strcmp(assign->value, wanted);
		byte = byte_for(dev, assign, wanted);
		if (byte >= 0)
			captured[assign->capture] = (uint8_t)byte;
		return byte >= 0;
	}
	return false;
}

/* What the program should send back, NULL for nothing. */
static GByteArray *acknowledgement(struct sim_device *dev,
	const struct profile_event *event, const GByteArray *sent,
	const uint8_t captured[])
{
	g_autoptr(GByteArray) body = g_byte_array_new();

	if (event->reply == REPLY_NONE)
		return NULL;
	if (event->reply == REPLY_ECHO) {
		GByteArray *same = g_byte_array_new();

		g_byte_array_append(same, sent->data, sent->len);
		return same;
	}
	for (guint i = 0; i < event->body.parts->len; i++) {
		const struct profile_part *part = &g_array_index(
			event->body.parts, struct profile_part, i);
		uint8_t byte = part->kind == PART_CAPTURE
				       ? captured[part->capture]
				       : part->byte;

		g_byte_array_append(body, &byte, 1);
	}
	return frame_of(dev, event->body.frame, body);
}

static void send_event(struct sim_device *dev,
	const struct profile_event *event, const uint8_t captured[])
{
	struct played *played = sim_state(dev);
	g_autoptr(GByteArray) body = body_of(&event->when, captured);
	g_autoptr(GByteArray) whole = frame_of(dev, event->when.frame, body);

	GByteArray *ack = acknowledgement(dev, event, whole, captured);

	if (played->awaited->len >= AWAITED_MAX) {
		if (played->awaited->pdata[0] == played->rated)
			played->rated = NULL;
		g_ptr_array_remove_index(played->awaited, 0);
	}
	if (ack)
		g_ptr_array_add(played->awaited, ack);
	if (!strcmp(event->name, "rating"))
		played->rated = ack;
	sim_send(dev, whole->data, whole->len);
}

/* On a real desk nothing would happen; who tries it out wants to know why. */
static bool press(struct sim_device *dev, const struct profile_event *event,
	const uint8_t captured[], GError **error)
{
	if (sim_is_connected(dev)) {
		send_event(dev, event, captured);
		return true;
	}
	g_set_error_literal(error, LINK_ERROR, LINK_ERROR_ABSENT,
		"nobody is connected to the device");
	return false;
}

static const struct {
	const char *verb, *event, *member;
} controls[] = {
	{"key", "key", "key"},
	{"rate", "rating", "level"},
};

static char *wanted_value(const struct json *message, const char *member)
{
	const struct json *value = json_get(message, member);

	if (json_is_number(value))
		return g_strdup_printf(
			"%" G_GINT64_FORMAT, json_as_int(value, -1));
	return g_strdup(json_as_text(value));
}

static bool control(struct sim_device *dev, const char *verb,
	const struct json *message, GError **error)
{
	const struct profile *profile = sim_profile_of(dev);
	uint8_t captured[PROFILE_CAPTURES_MAX] = {0};
	bool is_known = false;

	for (size_t i = 0; i < G_N_ELEMENTS(controls); i++) {
		g_autofree char *wanted = NULL;

		if (strcmp(controls[i].verb, verb))
			continue;
		is_known = true;
		wanted = wanted_value(message, controls[i].member);
		for (guint j = 0; wanted && j < profile->events->len; j++) {
			if (!suits(dev, profile->events->pdata[j],
				    controls[i].event, controls[i].member,
				    wanted, captured))
				continue;
			return press(dev, profile->events->pdata[j], captured,
				error);
		}
	}
	g_set_error(error, ITEM_ERROR,
		is_known ? ITEM_ERROR_INVALID : ITEM_ERROR_NOT_FOUND, "%s",
		is_known ? "the device has no such key" : "no such verb");
	return false;
}

static void put_state(struct sim_device *dev, struct json *out)
{
	struct played *played = sim_state(dev);

	json_each (member, played->shown)
		json_put(out, json_name(member), json_copy(member));
	json_put_int(out, "acknowledged", played->acknowledged);
}

const struct sim_kind sim_profile = {
	.driver = "",
	.state_size = sizeof(struct played),
	.init = init,
	.feed = feed,
	.control = control,
	.state = put_state,
	.free = free_played,
};
