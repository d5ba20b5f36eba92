/* The driver that runs profiles: recognises frames, gives them to the command
 * that waits for its answer or to the first event they match, replies on its
 * own, and sends commands. */
#include <string.h>

#include "drivers/hex.h"
#include "drivers/profile.h"

struct run {
	const struct profile *profile; /* borrowed */
	uint8_t address;
	const struct profile_command *waiting; /* borrowed; NULL: none */
	bool is_greeting;
	int tries_left;
	GByteArray *sent; /* own: the frame, for another try */

	/* An unfinished frame waits for its rest; when nothing comes for a
	 * while it is given up. */
	bool is_partial, gives_up;
	size_t unread;                   /* at the last feeding */
	size_t from[PROFILE_FRAMES_MAX]; /* where searches for a tail go on */
};

static void arm_reply(struct device *dev)
{
	struct run *run = device_state(dev);

	device_alarm(dev, run->waiting ? run->waiting->timeout_ms : 0);
}

static void send_waiting(struct device *dev)
{
	struct run *run = device_state(dev);

	device_send(dev, run->sent->data, run->sent->len);
	arm_reply(dev);
}

static void forget_waiting(struct device *dev)
{
	struct run *run = device_state(dev);

	run->waiting = NULL;
	run->is_greeting = false;
	g_clear_pointer(&run->sent, g_byte_array_unref);
	if (!run->is_partial)
		device_alarm(dev, 0);
}

static bool begin(struct device *dev, const struct profile_command *command,
	const struct json *args, GError **error)
{
	struct run *run = device_state(dev);
	GByteArray *whole = profile_make_frame(
		dev, run->address, &command->body, args, NULL, error);

	if (!whole)
		return false;
	if (!command->has_reply) {
		device_send(dev, whole->data, whole->len);
		g_byte_array_unref(whole);
		device_done(dev, NULL);
		return true;
	}
	forget_waiting(dev);
	run->waiting = command;
	run->tries_left = command->retries;
	run->sent = whole;
	send_waiting(dev);
	return true;
}

/* Receiving --------------------------------------------------------------- */

static void finish(struct device *dev, const uint8_t captured[])
{
	struct run *run = device_state(dev);
	const struct profile_command *command = run->waiting;
	bool is_greeting = run->is_greeting;
	struct json *result;

	forget_waiting(dev);
	result = profile_make_data(dev, command->result, captured);
	if (is_greeting) {
		json_free(result);
		device_ready(dev, NULL);
	} else if (result) {
		device_done(dev, result);
	} else {
		device_fail(dev,
			g_error_new_literal(LINK_ERROR, LINK_ERROR_PROTOCOL,
				"the answer has a value that is in no map"));
	}
}

static void reply(struct device *dev, const struct profile_event *event,
	const uint8_t *data, size_t size, const uint8_t captured[])
{
	const struct run *run = device_state(dev);
	g_autoptr(GByteArray) whole = NULL;

	if (event->reply == REPLY_ECHO)
		device_send(dev, data, size);
	if (event->reply == REPLY_BODY)
		whole = profile_make_frame(
			dev, run->address, &event->body, NULL, captured, NULL);
	if (whole)
		device_send(dev, whole->data, whole->len);
}

static void take_event(struct device *dev, int frame, const uint8_t *data,
	const struct frame_found *found)
{
	struct run *run = device_state(dev);
	uint8_t captured[PROFILE_CAPTURES_MAX] = {0};

	for (guint i = 0; i < run->profile->events->len; i++) {
		const struct profile_event *event =
			run->profile->events->pdata[i];
		struct json *told;

		if (event->when.frame != frame ||
			!profile_matches(&event->when, found->body,
				found->body_len, captured))
			continue;
		told = event->name
			       ? profile_make_data(dev, event->data, captured)
			       : NULL;
		if (told)
			device_event(dev, event->name, told);
		reply(dev, event, data, found->size, captured);
		return;
	}
}

static void take_frame(struct device *dev, int frame, const uint8_t *data,
	const struct frame_found *found)
{
	struct run *run = device_state(dev);
	uint8_t captured[PROFILE_CAPTURES_MAX] = {0};

	device_frame(dev);
	if (run->waiting && run->waiting->reply.frame == frame &&
		profile_matches(&run->waiting->reply, found->body,
			found->body_len, captured))
		finish(dev, captured);
	else
		take_event(dev, frame, data, found);
}

/* What the beginning of data is, over all frames the device may send. */
static enum frame_match recognise(struct run *run, const uint8_t *data,
	size_t len, int *frame, struct frame_found *found, size_t from[])
{
	bool is_more = false, is_damaged = false, is_foreign = false;
	struct frame_found foreign = {0};

	for (guint i = 0; i < run->profile->frames->len; i++) {
		if (!run->profile->is_input[i])
			continue;
		*frame = (int)i;
		switch (frame_parse(run->profile->frames->pdata[i],
			run->address, data, len, from ? &from[i] : NULL,
			found)) {
		case FRAME_IS:
			return FRAME_IS;
		case FRAME_FOREIGN:
			is_foreign = true;
			foreign = *found;
			break;
		case FRAME_MORE:
			is_more = true;
			break;
		case FRAME_DAMAGED:
			is_damaged = true;
			break;
		case FRAME_NOT:
			break;
		}
	}
	if (is_foreign)
		*found = foreign;
	return is_foreign   ? FRAME_FOREIGN
	       : is_more    ? FRAME_MORE
	       : is_damaged ? FRAME_DAMAGED
			    : FRAME_NOT;
}

enum { SKIP_AT_ONCE = 256 };

/* To the next byte that could begin a frame. */
static size_t skip_size(struct run *run, const uint8_t *data, size_t len)
{
	size_t least = MIN(len, SKIP_AT_ONCE);

	for (guint i = 0; i < run->profile->frames->len; i++) {
		if (run->profile->is_input[i])
			least = MIN(least,
				frame_skip(run->profile->frames->pdata[i], data,
					least));
	}
	return least;
}

/* The burst has ended inside a frame: on to a whole one in it, or to its
 * end. */
static size_t give_up_size(struct run *run, const uint8_t *data, size_t len)
{
	for (size_t at = 1; at < len; at++) {
		struct frame_found found;
		int frame;
		enum frame_match match = recognise(
			run, data + at, len - at, &frame, &found, NULL);

		if (match == FRAME_IS || match == FRAME_FOREIGN)
			return at;
	}
	return len;
}

static void set_partial(struct device *dev, bool is_partial)
{
	struct run *run = device_state(dev);

	if (is_partial)
		device_alarm(dev, run->profile->frame_timeout_ms);
	else if (run->is_partial)
		arm_reply(dev);
	run->is_partial = is_partial;
}

static void skip(struct device *dev, size_t size, enum device_skip kind)
{
	struct run *run = device_state(dev);

	set_partial(dev, false);
	memset(run->from, 0, sizeof(run->from));
	run->unread = 0;
	device_skip(dev, size, kind);
}

static size_t feed(struct device *dev, const uint8_t *data, size_t len)
{
	struct run *run = device_state(dev);
	bool gives_up = run->gives_up && len <= run->unread;
	struct frame_found found = {0};
	int frame = 0;

	/* Fewer than before: another device has taken some. */
	if (len < run->unread)
		memset(run->from, 0, sizeof(run->from));
	run->gives_up = false;
	run->unread = len;
	switch (recognise(run, data, len, &frame, &found, run->from)) {
	case FRAME_IS:
		set_partial(dev, false);
		memset(run->from, 0, sizeof(run->from));
		run->unread = 0;
		take_frame(dev, frame, data, &found);
		return found.size;
	case FRAME_FOREIGN:
		skip(dev, found.size, DEVICE_SKIP_FOREIGN);
		break;
	case FRAME_DAMAGED:
		skip(dev, skip_size(run, data, len), DEVICE_SKIP_CHECKSUM);
		break;
	case FRAME_NOT:
		skip(dev, skip_size(run, data, len), DEVICE_SKIP_NOISE);
		break;
	case FRAME_MORE:
		if (gives_up)
			skip(dev, give_up_size(run, data, len),
				DEVICE_SKIP_NOISE);
		else
			set_partial(dev, true);
		break;
	}
	return 0;
}

/* Life -------------------------------------------------------------------- */

static void start(struct device *dev)
{
	struct run *run = device_state(dev);
	const char *address = device_option(dev, "address");

	run->profile = profile_of(device_driver(dev));
	run->address = run->profile->address;
	if (address)
		hex_byte(address, &run->address);
	if (!run->profile->greet) {
		device_ready(dev, NULL);
		return;
	}
	begin(dev, run->profile->greet, NULL, NULL);
	run->is_greeting = true;
}

static bool command(struct device *dev, const struct verb *verb,
	const struct json *args, GError **error)
{
	struct run *run = device_state(dev);
	size_t index = (size_t)(verb - device_driver(dev)->verbs);

	return begin(dev, run->profile->commands->pdata[index], args, error);
}

static void cancel(struct device *dev)
{
	forget_waiting(dev);
}

static void give_up_waiting(struct device *dev)
{
	bool is_greeting = ((struct run *)device_state(dev))->is_greeting;

	forget_waiting(dev);
	device_fault(dev, DEVICE_FAULT_SILENT, "no answer");
	if (!is_greeting)
		device_fail(dev, g_error_new_literal(LINK_ERROR,
					 LINK_ERROR_TIMEOUT, "no answer"));
}

static void ring(struct device *dev)
{
	struct run *run = device_state(dev);

	if (run->is_partial) {
		run->is_partial = false;
		run->gives_up = device_unread(dev) > 0;
		arm_reply(dev);
	} else if (run->waiting && run->tries_left > 0) {
		run->tries_left--;
		send_waiting(dev);
	} else if (run->waiting) {
		give_up_waiting(dev);
	}
}

static void stop(struct device *dev)
{
	struct run *run = device_state(dev);

	g_clear_pointer(&run->sent, g_byte_array_unref);
}

static size_t longest_frame(const struct profile *profile)
{
	size_t longest = 0;

	for (guint i = 0; i < profile->frames->len; i++) {
		const struct frame *frame = profile->frames->pdata[i];

		longest = MAX(longest,
			frame->before + frame->max_body + frame->after);
	}
	return longest;
}

void profile_bind_driver(struct profile *profile)
{
	struct driver *driver = &profile->driver;

	driver->name = profile->name;
	driver->title = profile->title ? profile->title : profile->name;
	driver->port = profile->port ? profile->port : "serial:9600/8n1";
	driver->verbs = (const struct verb *)profile->verbs->data;
	driver->state_size = sizeof(struct run);
	driver->buffer_max = MAX(DRIVER_BUFFER_MAX, 2 * longest_frame(profile));
	driver->start = start;
	driver->feed = feed;
	driver->command = command;
	driver->cancel = cancel;
	driver->alarm = ring;
	driver->stop = stop;
}

/* The driver is the profile's first member. */
const struct profile *profile_of(const struct driver *driver)
{
	return driver->start == start ? (const struct profile *)driver : NULL;
}
