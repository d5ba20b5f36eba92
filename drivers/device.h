/* The other half of the contract (drivers/driver.h): who makes a device and
 * takes its effects. The host is one such sink, a transcript (script.h) is
 * another, so drivers run the same in both. */
#ifndef DRIVERS_DEVICE_H
#define DRIVERS_DEVICE_H

#include "drivers/driver.h"

/* All required. context is what device_new() was given. */
struct device_sink {
	void (*send)(void *context, const void *data, size_t len);
	void (*alarm)(void *context, int ms);
	void (*ready)(void *context, const char *model);
	void (*frame)(void *context);
	void (*event)(void *context, const char *name, struct json *take_data);
	/* Either error or result. */
	void (*done)(
		void *context, struct json *take_result, GError *take_error);
	void (*fault)(void *context, enum device_fault fault, const char *why);
	bool (*keep)(void *context, const void *data, size_t len,
		const char *sha256_hex, GError **error);
	bool (*kept)(void *context, const char *sha256_hex, size_t *size,
		GError **error);
};

/* Options of a device, in order: pairs of key and value. */
struct device_options;
struct device_options *device_options_new(void);
void device_options_put(
	struct device_options *options, const char *key, const char *value);
void device_options_free(struct device_options *options);
DEFINE_AUTO(device_options, device_options_free)
/* Appends all of them as text: equal for equal options. */
void device_options_append(const struct device_options *options, GString *text);
const char *device_options_get(
	const struct device_options *options, const char *key);
void device_options_each(const struct device_options *options,
	const char *prefix, device_option_fn *each, void *context);

/* driver, options and sink are borrowed for the device's life. */
struct device *device_new(const struct driver *driver,
	const struct device_options *options, const struct device_sink *sink,
	void *context);
void device_free(struct device *dev);
const struct device_options *device_options_of(const struct device *dev);
DEFINE_AUTO(device, device_free)

/* Running it. start zeroes the state first; stop is called by the next start
 * and by free, too. */
void device_start(struct device *dev);
void device_stop(struct device *dev);
bool device_is_started(const struct device *dev);

/* What one feeding came to. */
struct device_feed {
	size_t taken;          /* done with */
	size_t skipped;        /* if nothing was taken: not its own */
	enum device_skip kind; /* why */
};
struct device_feed device_feed(
	struct device *dev, const uint8_t *data, size_t len);

/* The kind of its last skip. */
enum device_skip device_last_skip(const struct device *dev);

/* Adds what the bytes that were dropped mean to the device's counters; a run
 * of noise counts once. */
void device_dropped(struct device *dev, enum device_skip kind);

/* False with error: refused. */
bool device_command(struct device *dev, const struct verb *verb,
	const struct json *args, GError **error);
void device_cancel(struct device *dev);
bool device_has_command(const struct device *dev);
/* Its alarm ran out while so many bytes lay unread. */
void device_ring(struct device *dev, size_t unread);

struct device_counters {
	unsigned frames, bad_checksum, bad_frame, timeouts;
};
const struct device_counters *device_counters(const struct device *dev);

#endif
