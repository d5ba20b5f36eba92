/* A device: one driver at work, its state, options and counters. Effects of
 * the driver are counted here and handed to the sink. */
#include "drivers/device.h"

#include <string.h>

/* Options ----------------------------------------------------------------- */

struct device_options {
	GPtrArray *words; /* own: key, value, key, value ... */
};

struct device_options *device_options_new(void)
{
	struct device_options *options = g_new0(struct device_options, 1);

	options->words = g_ptr_array_new_with_free_func(g_free);
	return options;
}

void device_options_free(struct device_options *options)
{
	if (!options)
		return;
	g_ptr_array_free(options->words, TRUE);
	g_free(options);
}

static const char *option_word(const struct device_options *options, guint i)
{
	return g_ptr_array_index(options->words, i);
}

void device_options_put(
	struct device_options *options, const char *key, const char *value)
{
	g_ptr_array_add(options->words, g_strdup(key));
	g_ptr_array_add(options->words, g_strdup(value));
}

void device_options_append(const struct device_options *options, GString *text)
{
	for (guint i = 0; i < options->words->len; i += 2)
		g_string_append_printf(text, "\n%s=%s", option_word(options, i),
			option_word(options, i + 1));
}

const char *device_options_get(
	const struct device_options *options, const char *key)
{
	for (guint i = 0; i < options->words->len; i += 2) {
		if (!strcmp(option_word(options, i), key))
			return option_word(options, i + 1);
	}
	return NULL;
}

void device_options_each(const struct device_options *options,
	const char *prefix, device_option_fn *each, void *context)
{
	size_t len = strlen(prefix);

	for (guint i = 0; i < options->words->len; i += 2) {
		const char *key = option_word(options, i);

		if (!strncmp(key, prefix, len))
			each(context, key + len, option_word(options, i + 1));
	}
}

/* Life -------------------------------------------------------------------- */

struct device {
	const struct driver *driver;          /* borrowed */
	const struct device_options *options; /* borrowed */
	const struct device_sink *sink;       /* borrowed */
	void *context;
	void *state; /* own, state_size bytes; NULL while stopped */
	bool has_command;
	size_t unread; /* when its alarm ran out */
	bool in_noise; /* the run of noise is counted already */
	struct device_feed feeding;
	struct device_counters counters;
};

struct device *device_new(const struct driver *driver,
	const struct device_options *options, const struct device_sink *sink,
	void *context)
{
	struct device *dev = g_new0(struct device, 1);

	dev->driver = driver;
	dev->options = options;
	dev->sink = sink;
	dev->context = context;
	return dev;
}

void device_free(struct device *dev)
{
	if (!dev)
		return;
	device_stop(dev);
	g_free(dev);
}

void device_start(struct device *dev)
{
	device_stop(dev);
	dev->state = g_malloc0(MAX(dev->driver->state_size, 1));
	dev->driver->start(dev);
}

void device_stop(struct device *dev)
{
	if (!dev->state)
		return;
	if (dev->driver->stop)
		dev->driver->stop(dev);
	dev->has_command = false;
	dev->sink->alarm(dev->context, 0);
	secret_wipe(dev->state, dev->driver->state_size);
	g_clear_pointer(&dev->state, g_free);
}

bool device_is_started(const struct device *dev)
{
	return dev->state != NULL;
}

struct device_feed device_feed(
	struct device *dev, const uint8_t *data, size_t len)
{
	size_t taken;

	dev->feeding = (struct device_feed){0};
	taken = dev->driver->feed(dev, data, len);
	dev->feeding.taken = MIN(taken, len);
	dev->feeding.skipped = MIN(dev->feeding.skipped, len);
	return dev->feeding;
}

enum device_skip device_last_skip(const struct device *dev)
{
	return dev->feeding.kind;
}

void device_dropped(struct device *dev, enum device_skip kind)
{
	if (kind == DEVICE_SKIP_CHECKSUM) {
		dev->counters.bad_checksum++;
	} else if (kind == DEVICE_SKIP_NOISE) {
		dev->counters.bad_frame += !dev->in_noise;
		dev->in_noise = true;
	}
}

bool device_command(struct device *dev, const struct verb *verb,
	const struct json *args, GError **error)
{
	AUTO(json) none = json_new_object();

	if (!dev->driver->command) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"%s takes no commands", dev->driver->name);
		return false;
	}
	dev->has_command = true;
	if (dev->driver->command(dev, verb, args ? args : none, error))
		return true;
	dev->has_command = false;
	return false;
}

void device_cancel(struct device *dev)
{
	if (!dev->has_command)
		return;
	dev->has_command = false;
	if (dev->driver->cancel)
		dev->driver->cancel(dev);
}

bool device_has_command(const struct device *dev)
{
	return dev->has_command;
}

void device_ring(struct device *dev, size_t unread)
{
	dev->unread = unread;
	if (dev->driver->alarm)
		dev->driver->alarm(dev);
}

const struct device_counters *device_counters(const struct device *dev)
{
	return &dev->counters;
}

/* What drivers ask -------------------------------------------------------- */

void *device_state(struct device *dev)
{
	return dev->state;
}

const struct driver *device_driver(const struct device *dev)
{
	return dev->driver;
}

const struct device_options *device_options_of(const struct device *dev)
{
	return dev->options;
}

const char *device_option(const struct device *dev, const char *key)
{
	return device_options_get(dev->options, key);
}

void device_each_option(const struct device *dev, const char *prefix,
	device_option_fn *each, void *context)
{
	device_options_each(dev->options, prefix, each, context);
}

size_t device_unread(const struct device *dev)
{
	return dev->unread;
}

/* Effects ----------------------------------------------------------------- */

void device_send(struct device *dev, const void *data, size_t len)
{
	dev->sink->send(dev->context, data, len);
}

void device_alarm(struct device *dev, int ms)
{
	dev->sink->alarm(dev->context, ms);
}

void device_ready(struct device *dev, const char *model)
{
	dev->sink->ready(dev->context, model);
}

void device_frame(struct device *dev)
{
	dev->counters.frames++;
	dev->in_noise = false;
	dev->sink->frame(dev->context);
}

void device_event(struct device *dev, const char *name, struct json *take_data)
{
	if (!take_data)
		take_data = json_new_object();
	dev->sink->event(dev->context, name, take_data);
}

void device_done(struct device *dev, struct json *take_result)
{
	if (!take_result)
		take_result = json_new_object();
	if (!dev->has_command) {
		json_free(take_result);
		return;
	}
	dev->has_command = false;
	dev->sink->done(dev->context, take_result, NULL);
}

void device_fail(struct device *dev, GError *take_error)
{
	if (!dev->has_command) {
		g_error_free(take_error);
		return;
	}
	dev->has_command = false;
	dev->sink->done(dev->context, NULL, take_error);
}

void device_skip(struct device *dev, size_t len, enum device_skip kind)
{
	dev->feeding.skipped = len;
	dev->feeding.kind = kind;
}

void device_fault(struct device *dev, enum device_fault fault, const char *why)
{
	switch (fault) {
	case DEVICE_FAULT_CHECKSUM:
		dev->counters.bad_checksum++;
		break;
	case DEVICE_FAULT_FRAME:
		dev->counters.bad_frame++;
		break;
	case DEVICE_FAULT_SILENT:
		dev->counters.timeouts++;
		break;
	case DEVICE_FAULT_LOST:
		break;
	}
	dev->sink->fault(dev->context, fault, why);
}

bool device_keep(struct device *dev, const void *data, size_t len,
	const char *media_type, char sha256_hex[SHA256_TEXT], GError **error)
{
	if (strcmp(media_type, "image/jpeg")) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"only image/jpeg is kept");
		return false;
	}
	sha256_text(data, len, sha256_hex);
	return dev->sink->keep(dev->context, data, len, sha256_hex, error);
}

bool device_kept(struct device *dev, const char *sha256_hex, size_t *size,
	GError **error)
{
	if (!sha256_is_valid(sha256_hex)) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"not a SHA-256 in hex");
		return false;
	}
	return dev->sink->kept(dev->context, sha256_hex, size, error);
}
