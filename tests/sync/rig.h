/* One window for a test: a folder with yikou.conf, a store, a fake platform,
 * and the real yikou-syncd to be run on them. */
#ifndef TESTS_SYNC_RIG_H
#define TESTS_SYNC_RIG_H

#include <stdbool.h>

#include <gio/gio.h>

#include "client/base/json.h"
#include "client/store/store.h"
#include "tests/sync/fake.h"

struct rig {
	char *dir, *config;
	struct fake *fake;
	struct store *store; /* open, as the screen's would be */
	bool text_pages;     /* a proxy on the way spoils other bytes */
	struct json *report; /* of the last rig_run(); NULL: it printed none */
};

#define RIG_TOKEN "sesame-0123456789-abcdefghijklmnop"

extern const struct actor rig_clerk;

struct rig *rig_new(void);
/* Another platform on this computer instead of the fake one. */
void rig_point_at(struct rig *rig, unsigned port);
/* Also checks what must hold after every test: nothing applied twice, no
 * changed bytes, no wrong digest, chain and seals whole, and no request but
 * the probe without a token. */
void rig_free(struct rig *rig);

/* Steps of different visits: each its own lane. */
void rig_open_tickets(struct rig *rig, unsigned count);
/* Steps of one lane. */
void rig_pause_and_resume(struct rig *rig, unsigned steps);
/* An accepted case with a scanned page of size bytes: an op that waits for its
 * blob. Numbers must have been leased. */
void rig_accept_case(struct rig *rig, size_t size);

/* Runs yikou-syncd --once --json with one more argument (or NULL) while the
 * fake platform serves. Returns its exit status. */
int rig_run(struct rig *rig, const char *argument);
int rig_run2(struct rig *rig, const char *argument, const char *argument2);
int64_t rig_reported(const struct rig *rig, const char *name);

/* A child that dies with the test. Silent unless --verbose. */
GSubprocess *rig_spawn(const char *const argv[], GSubprocessFlags flags);
/* Starts it as a daemon with this cap of the back-off. */
GSubprocess *rig_start(struct rig *rig, int backoff_ms);
/* Serves until check() or the time is over; false then. */
bool rig_wait(bool (*check)(void *context), void *context, int timeout_ms);

int64_t rig_unsent(struct rig *rig);
int64_t rig_parked(struct rig *rig);

#endif
