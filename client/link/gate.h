/* When the next request may go out: back-off with full jitter, and a breaker.
 *
 * Pure: the caller gives the time (boot clock) and a random number, so that a
 * test can walk through hours. One gate for each lane of requests. */
#ifndef CLIENT_LINK_GATE_H
#define CLIENT_LINK_GATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	BACKOFF_BASE_MS = 1000,
	BACKOFF_CAP_MS = 300000,
	GATE_FAILURES = 5,           /* in a row open the breaker */
	GATE_OPEN_MS = 30000,        /* on average, between two probes */
	GATE_ASKED_MAX_MS = 3600000, /* the longest Retry-After believed */
};

/* A share (chance) of min(cap, 1 s * 2^n); chance is in [0, 1). */
int64_t backoff_delay_ms(unsigned n, int64_t cap_ms, double chance);

struct gate {
	int64_t cap_ms;    /* of the back-off; 0 means BACKOFF_CAP_MS */
	unsigned failures; /* transport faults and 5xx in a row */
	unsigned openings; /* of the breaker, for the report */
	bool open;         /* one probe after until_ms decides */
	int64_t until_ms;  /* nothing goes out before */
};

/* A reply of the platform came, whatever it said. */
void gate_success(struct gate *gate);
/* No usable reply. asked_ms is Retry-After, -1 without. */
void gate_fault(
	struct gate *gate, int64_t now_ms, double chance, int64_t asked_ms);
/* Told to wait (429, 401): does not count as a failure. */
void gate_pause(struct gate *gate, int64_t now_ms, int64_t delay_ms);
/* A person says: try now. */
void gate_reset(struct gate *gate);
/* 0: a request may go out (a probe, when open is set). */
int64_t gate_wait_ms(const struct gate *gate, int64_t now_ms);

#endif
