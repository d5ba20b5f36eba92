/* A device in the host: its state, its commands, its timers. Private to
 * drivers/host.c, slot.c, slot_sink.c, slot_line.c. */
#ifndef DRIVERS_SLOT_H
#define DRIVERS_SLOT_H

#include "drivers/bus.h"
#include "drivers/devices_conf.h"
#include "drivers/host.h"
#include "drivers/record.h"
#include "drivers/spool.h"

enum {
	SLOT_QUEUE_MAX = 16,
	SLOT_GREETING_MS = 5000,
	SLOT_TICK_S = 10,
};

struct slot;
struct line;

/* One port of the configuration and what is on it. */
struct line {
	struct host *host;      /* borrowed */
	struct line_spec *spec; /* own */
	struct bus *bus;        /* own; NULL when no device on it is usable */
	GPtrArray *slots;       /* own: struct slot */
	GPtrArray *events; /* own: struct json, to be told in the next turn */
	bool is_turning, turns_again;
	guint next; /* the slot whose turn it is */
};

struct slot_call {
	char *verb;        /* own */
	struct json *args; /* own, an object */
	unsigned owner;
	host_reply_fn *reply;
	void *context;
	void (*free_context)(void *context);
};

struct slot {
	struct line *line;              /* borrowed */
	const struct device_spec *spec; /* borrowed */
	struct device *dev;             /* own; NULL when disabled */
	struct record *record;          /* own, or NULL */

	bool is_ready, is_stale;
	bool wants_reopen;   /* its driver has given the line up */
	bool is_changed;     /* the state line may be another */
	char *model;         /* own: what it called itself, or NULL */
	GError *error;       /* own: why it is absent, stale or disabled */
	int64_t heard_at_ms; /* boot clock; 0: never */

	GQueue queue;           /* own: struct slot_call */
	struct slot_call *call; /* own: in flight */
	struct json *result;    /* own: of the call, to be told when sent */
	GError *failure;        /* own: of the call */

	guint alarm, deadline, greeting;
	int greeting_ms; /* the next wait for the greeting's other try */
	bool rests;      /* waits for the host's tick to greet again */
	char *announced; /* own: the state line last told, without counters */
};

struct slot *slot_new(struct line *line, const struct device_spec *spec);
void slot_free(struct slot *slot); /* answers what waits with link.closed */

void slot_command(struct slot *slot, const struct host_call *call);
void slot_forget(struct slot *slot, unsigned owner);
void slot_wake(struct slot *slot); /* the host's tick */

/* From the bus. */
void slot_opened(struct slot *slot);
void slot_closed(struct slot *slot, const GError *why);
void slot_heard(struct slot *slot, const uint8_t *data, size_t len);

/* The parts of a turn: tells the outcome of its call, tells a new state, gives
 * the next command (true when there was one). */
void slot_settle(struct slot *slot);
void slot_announce(struct slot *slot);
bool slot_dispatch(struct slot *slot);

struct json *slot_line(const struct slot *slot); /* slot_line.c */

/* slot_sink.c */
extern const struct device_sink slot_sink;
void slot_become_stale(struct slot *slot);
void slot_stop_timer(guint *timer);

/* After every call into a driver, never from inside one: settles, tells and
 * dispatches until nothing moves. What is told may come back as commands. */
void line_turn(struct line *line);

/* What slots need of the host. */
void host_tell_state(struct host *host, const struct json *line);
struct spool *host_spool(struct host *host);
const char *host_record_dir(struct host *host);
void host_want_tick(struct host *host);

#endif
