/* The device host: everything about devices that is the same for all drivers.
 *
 * It opens ports and opens them again (0.5 s doubling to 10 s; absent devices
 * share one tick, so an idle host wakes at most once in ten seconds), gives
 * one command at a time to a driver with a deadline and a bounded queue, keeps
 * states and counters, and records transcripts. Devices in use do not notice
 * a reload that leaves their section as it was.
 *
 *   absent    nobody there; the next try is scheduled
 *   opening   the port is being opened
 *   greeting  open, the driver has not said device_ready()
 *   ready
 *   busy      a command is in flight
 *   stale     open, but it did not answer; the next frame makes it ready
 *   disabled  its section says so, or its driver or profile is broken */
#ifndef DRIVERS_HOST_H
#define DRIVERS_HOST_H

#include <stdbool.h>

#include "client/base/json.h"

struct host;

struct host_setup {
	const char *runtime_dir; /* spool/ and record/ are made in it */
	const char *profile_dir; /* DATA/profiles */
};

/* What the host tells. Lines are borrowed for the call; their form is that of
 * the local protocol. */
struct host_listener {
	void (*state)(void *context, const struct json *line);
	void (*event)(void *context, const struct json *line);
};

/* listener is borrowed for the host's life, setup is copied. */
struct host *host_new(const struct host_setup *setup,
	const struct host_listener *listener, void *context, GError **error);
void host_free(struct host *host); /* answers what waits with link.closed */
DEFINE_AUTO(host, host_free)

/* Reads devices.conf, the first time and again. A file that cannot be read
 * changes nothing; a section that is wrong disables that device only. */
bool host_load(struct host *host, const char *devices_conf, GError **error);

/* Called exactly once; result and error are borrowed, one of them is NULL. */
typedef void host_reply_fn(
	void *context, const struct json *result, const GError *error);

/* owner is a number of the caller's choice for host_forget(); take_context is
 * released with free_context after the reply. "cancel" and "check" are taken
 * for every device; cancel ends the command in flight with item.refused.
 * The reply may come before this returns. */
struct host_call {
	const char *device;
	const char *verb;
	const struct json *args; /* an object, or NULL */
	unsigned owner;
	host_reply_fn *reply;
	void *context;
	void (*free_context)(void *context); /* or NULL */
};
void host_command(struct host *host, const struct host_call *call);

/* The owner went away: its commands end without a reply (their contexts are
 * released), nothing polls for nobody. */
void host_forget(struct host *host, unsigned owner);

/* The state line of every device, in the file's order. */
typedef void host_line_fn(void *context, const struct json *line);
void host_each_state(struct host *host, host_line_fn *each, void *context);

/* The picture is copied: remove it from the spool. ITEM_ERROR_INVALID when it
 * is no hash; one that is not there is no error. */
bool host_release(struct host *host, const char *sha256_hex, GError **error);

#endif
