/* Simulated devices: the other side of every shipped profile and driver.
 *
 * A line is one unix: port of devices.conf; all devices of a bus share one.
 * A kind plays one device on the line's connection. It is written like a
 * driver: bytes and control commands in, effects out, no descriptors. Faults
 * (noise, half frames, silence, unplugging) are made by the line, so that no
 * kind needs to know about them. */
#ifndef DRIVERS_SIM_SIM_H
#define DRIVERS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/json.h"

struct sim_device; /* one simulated device */

struct sim_kind {
	const char *driver; /* the driver it plays against: "idcard" */
	size_t state_size;  /* zeroed before init */
	size_t buffer_max;  /* 0: 4096 */

	/* Once, when the simulator starts. May be NULL. */
	void (*init)(struct sim_device *dev);

	/* The program on the other side has connected. May be NULL. */
	void (*start)(struct sim_device *dev);

	/* All unread bytes; returns how many are done with. Several devices on
	 * one line are offered the bytes in order: 0 when they are not (or not
	 * yet) its own; sim_skip() when they never will be. */
	size_t (*feed)(struct sim_device *dev, const uint8_t *data, size_t len);

	/* What a person does to the device: verb "key", "rate", "card", "lift"
	 * ... with the members of message. ITEM_ERROR_NOT_FOUND when it knows
	 * no such verb, ITEM_ERROR_INVALID for a wrong value. */
	bool (*control)(struct sim_device *dev, const char *verb,
		const struct json *message, GError **error);

	/* What a person would see on the device, put into out. May be NULL. */
	void (*state)(struct sim_device *dev, struct json *out);

	void (*alarm)(struct sim_device *dev); /* may be NULL */
	void (*free)(struct sim_device *dev);  /* may be NULL */
};

void *sim_state(struct sim_device *dev);
/* A key of the device's section in devices.conf, or NULL. */
const char *sim_option(const struct sim_device *dev, const char *key);
bool sim_is_connected(const struct sim_device *dev);

/* One frame to the program; lost silently when nobody is connected, as on a
 * real line. Of any size. */
void sim_send(struct sim_device *dev, const void *data, size_t len);
void sim_skip(struct sim_device *dev, size_t len);
void sim_alarm(struct sim_device *dev, int ms); /* 0 cancels */

/* The folder of the configuration file, for pictures beside it. Borrowed. */
const char *sim_base_dir(const struct sim_device *dev);

/* Made by drivers/sim/sim_camera.c. */
extern const struct sim_kind sim_camera;

#endif
