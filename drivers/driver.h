/* The contract of a driver: a pure machine, bytes and commands in, effects out.
 *
 * A driver sees no file descriptor, clock, socket or lock, so the same code
 * runs on every port, in a transcript test and in a fuzzer. Everything it can
 * do to the world is a device_*() call below; the host (drivers/host.h) does
 * opening, re-opening, deadlines, queues, counters and recording, once for all.
 *
 * Adding a driver: one file, one line in drivers/drivers.c, one transcript in
 * tests/replay/. */
#ifndef DRIVERS_DRIVER_H
#define DRIVERS_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/error.h"
#include "client/base/id.h"
#include "client/base/json.h"

struct device; /* the host's side; opaque to drivers */

/* X(constant, name in the local protocol) */
#define DEVICE_CLASSES(X)            \
	X(DEVICE_KEYPAD, "keypad")   \
	X(DEVICE_PAD, "pad")         \
	X(DEVICE_BAR, "bar")         \
	X(DEVICE_IDCARD, "idcard")   \
	X(DEVICE_CAMERA, "camera")   \
	X(DEVICE_SCANNER, "scanner") \
	X(DEVICE_PRINTER, "printer") \
	X(DEVICE_OTHER, "other")

#define DEVICE_CLASS_ROW(constant, name) constant,
enum device_class { DEVICE_CLASSES(DEVICE_CLASS_ROW) DEVICE_CLASS_COUNT };

const char *device_class_name(enum device_class class);
bool device_class_from_name(const char *name, enum device_class *class);

/* A command a driver takes. */
struct verb {
	const char *name;
	int deadline_ms; /* 0: DRIVER_DEADLINE_MS */
	/* The argument timeout_s replaces the deadline, at most this many
	 * seconds; 0: the argument means nothing to the host. */
	int max_timeout_s;
};

enum { DRIVER_DEADLINE_MS = 5000, DRIVER_BUFFER_MAX = 4096 };

struct driver {
	const char *name;  /* "idcard", as in devices.conf */
	const char *title; /* for people; devices.conf may override */
	enum device_class class;
	const char *port;         /* line settings: "serial:115200/8n1" */
	const struct verb *verbs; /* ends with a NULL name */
	/* Keys of devices.conf besides those of every device (port, address,
	 * title ...), NULL ended: any other is then an error of the file. NULL:
	 * every key is accepted. */
	const char *const *options;
	size_t state_size; /* zeroed for start(), freed after stop() */
	size_t buffer_max; /* unread bytes kept; 0: DRIVER_BUFFER_MAX */
	int gap_ms;        /* least silence between two frames sent */
	/* Bytes, arguments and results are personal data: never recorded, never
	 * logged, overwritten when done with. */
	bool is_private;

	/* All return at once. Only start and feed are required. */

	/* The port is open: greet the device, and call device_ready() now or
	 * when it has answered. Called again after every re-opening, with a
	 * zeroed state. */
	void (*start)(struct device *dev);

	/* All unread bytes, len > 0. Returns how many the driver is done with;
	 * the host keeps the rest and calls again when more came, when the
	 * driver took some, and after alarm(). A driver on a bus says
	 * device_skip() for what is not its own. When the buffer is full and
	 * nothing was taken, the host drops one byte and counts a bad frame. */
	size_t (*feed)(struct device *dev, const uint8_t *data, size_t len);

	/* Only one command at a time, only after device_ready(). True: it is
	 * under way or finished (device_done() or device_fail(), now or later).
	 * False with error: refused, nothing was sent. args is never NULL. */
	bool (*command)(struct device *dev, const struct verb *verb,
		const struct json *args, GError **error);

	/* The host has ended the command in flight itself: its deadline
	 * passed, the client cancelled or left. Stop the conversation; do not
	 * call device_done(). */
	void (*cancel)(struct device *dev);

	void (*alarm)(struct device *dev); /* device_alarm() ran out */
	void (*stop)(struct device *dev);  /* release what the state owns */
};

/* Asking */
void *device_state(struct device *dev);
const struct driver *device_driver(const struct device *dev);
/* A key of the device's section in devices.conf ("address", "map.03"), NULL
 * when it is not there. Borrowed. */
const char *device_option(const struct device *dev, const char *key);
/* All keys that begin with prefix, in file order: calls each(context, rest of
 * the key, value). */
typedef void device_option_fn(
	void *context, const char *key, const char *value);
void device_each_option(const struct device *dev, const char *prefix,
	device_option_fn *each, void *context);

/* Bytes fed before that nobody has taken yet; for alarm(). */
size_t device_unread(const struct device *dev);

/* Effects */

/* One frame; copied. Frames leave in order, gap_ms apart. */
void device_send(struct device *dev, const void *data, size_t len);

/* Calls alarm() once after ms; a new one replaces the old, 0 cancels it. */
void device_alarm(struct device *dev, int ms);

/* Greeted; model is what the device calls itself, or NULL. */
void device_ready(struct device *dev, const char *model);

/* A whole, valid frame came: counted, takes the stale mark away. */
void device_frame(struct device *dev);

/* Something the device did on its own: {"event":name,"device":..,"data":..}.
 * NULL data means {}. */
void device_event(struct device *dev, const char *name, struct json *take_data);

/* The command in flight succeeded; NULL result means {}. The answer goes out
 * when everything sent before has left. */
void device_done(struct device *dev, struct json *take_result);

/* The command in flight failed. */
void device_fail(struct device *dev, GError *take_error);

enum device_skip {
	DEVICE_SKIP_NOISE,    /* no frame of this protocol begins here */
	DEVICE_SKIP_CHECKSUM, /* a whole frame, damaged */
	DEVICE_SKIP_FOREIGN,  /* a whole frame for another address */
};

/* From feed(), which then returns 0: the first len bytes are not for this
 * device. The bus offers them to the others and drops them, counting, when
 * nobody wants them. Only devices on a bus need it; others may simply return
 * the bytes as done with and report device_fault(). */
void device_skip(struct device *dev, size_t len, enum device_skip kind);

enum device_fault {
	DEVICE_FAULT_CHECKSUM, /* counted */
	DEVICE_FAULT_FRAME,    /* counted */
	DEVICE_FAULT_SILENT,   /* no answer: counted, marks the device stale */
	DEVICE_FAULT_LOST,     /* of no use like this: close and open again */
};

/* why is English, for the log, and holds nothing that came from the device. */
void device_fault(struct device *dev, enum device_fault fault, const char *why);

/* Keeps a picture in the spool as SHA256.jpg (media type image/jpeg) and says
 * its hash. STORE_ERROR_FULL, STORE_ERROR_IO, ITEM_ERROR_INVALID for another
 * media type. */
bool device_keep(struct device *dev, const void *data, size_t len,
	const char *media_type, char sha256_hex[SHA256_TEXT], GError **error);

/* For a picture a child process left in the spool under its hash already:
 * checks that it is there and what its size is. */
bool device_kept(struct device *dev, const char *sha256_hex, size_t *size,
	GError **error);

/* All C drivers, ended by NULL; NULL when name is not among them. */
const struct driver *const *driver_list(void);
const struct driver *driver_find(const char *name);

const struct verb *driver_verb(const struct driver *driver, const char *name);

#endif
