/* One port and everything about it that does not depend on who is on it:
 * opening again with back-off, the gap between frames, unread bytes. */
#ifndef DRIVERS_BUS_H
#define DRIVERS_BUS_H

#include "drivers/device.h"
#include "drivers/intake.h"
#include "drivers/port.h"

enum {
	BUS_RETRY_MIN_MS = 500,
	BUS_RETRY_MAX_MS = 10000,
	BUS_SETTLED_MS = 10000, /* open that long: the next loss starts anew */
	BUS_FRAMES_MAX = 64,    /* waiting to be sent */
};

enum bus_state {
	BUS_CLOSED,  /* not started, or resting until bus_wake() */
	BUS_WAITING, /* for its own timer */
	BUS_OPENING,
	BUS_OPEN,
};

struct bus_owner {
	void (*opened)(void *context);
	/* Bytes came, before they are offered to the devices. */
	void (*heard)(void *context, const uint8_t *data, size_t len);
	/* All devices had their turn with the bytes. */
	void (*fed)(void *context);
	/* Nothing waits to be sent any more. */
	void (*drained)(void *context);
	/* The state changed to OPENING, or to WAITING or CLOSED with why. */
	void (*changed)(void *context, const GError *why);
	/* The longest wait is reached: wake it with the others. */
	void (*rests)(void *context);
};

struct bus;

struct bus *bus_new(const struct port_setup *setup, int gap_ms,
	const struct bus_owner *owner, void *context);
void bus_free(struct bus *bus);
DEFINE_AUTO(bus, bus_free)

/* In the order they are offered bytes; before bus_open(). */
void bus_add(struct bus *bus, struct device *dev);
void bus_open(struct bus *bus);
/* Tries now if it rests. */
void bus_wake(struct bus *bus);
/* Closes and opens again: at once the first time, then with back-off. */
void bus_reopen(struct bus *bus, GError *take_why);
/* The devices are well: the back-off starts anew at the next loss. */
void bus_is_well(struct bus *bus);

enum bus_state bus_state(const struct bus *bus);
unsigned bus_reopened(const struct bus *bus); /* times it was open again */

/* False when it is not open or too many frames wait. */
bool bus_send(struct bus *bus, const void *data, size_t len);
bool bus_has_unsent(const struct bus *bus);
/* Not from inside a driver. */
void bus_pump(struct bus *bus);
size_t bus_unread(const struct bus *bus);

#endif
