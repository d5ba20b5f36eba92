/* A bad line: a TCP proxy on the loopback address, in a thread of its own, that
 * delays, narrows and breaks what passes between a client and a server.
 *
 * It understands of HTTP only when a request begins (bytes of the client after
 * bytes of the server, or the first ones) and its first line. For each request
 * that matches one fault is drawn; the same seed and the same requests give the
 * same faults. */
#ifndef TESTS_SYNC_PROXY_H
#define TESTS_SYNC_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#define PROXY_FAULTS(X)                                                       \
	X(PROXY_NONE, "none")                                                 \
	X(PROXY_CUT_REQUEST, "cut-request") /* after at bytes of it */        \
	X(PROXY_LOSE_REPLY, "lose-reply")   /* closed instead of its first */ \
	X(PROXY_CUT_REPLY, "cut-reply")     /* after at bytes of it */        \
	X(PROXY_LATE_REPLY, "late-reply")   /* held back for late_ms */       \
	X(PROXY_TWICE, "reply-twice")       /* its first piece comes twice */ \
	X(PROXY_FLIP_REQUEST, "flip-request") /* one bit of byte at */        \
	X(PROXY_FLIP_REPLY, "flip-reply")                                     \
	X(PROXY_HALF_OPEN, "half-open") /* from byte at of it on, silence */

#define PROXY_FAULT_ROW(code, name) code,
enum proxy_fault { PROXY_FAULTS(PROXY_FAULT_ROW) PROXY_FAULT_COUNT };
const char *proxy_fault_name(enum proxy_fault fault);

struct proxy_plan {
	/* Requests that begin so: "POST /v1/ops:batch"; NULL: all. Borrowed for
	 * the proxy's life. */
	const char *match;
	double share[PROXY_FAULT_COUNT]; /* of the requests that match */
	int64_t at;       /* the byte, from 0; -1: drawn, below spread */
	int64_t spread;   /* 0: 4096 */
	unsigned limit;   /* faults in all; 0: no limit */
	unsigned late_ms; /* of a late reply */
	double reset;     /* share of the cuts that are a RST, not a FIN */
	/* Of every piece, both ways. */
	unsigned delay_ms, jitter_ms;
	int64_t bytes_per_s; /* each way; 0: as fast as it goes */
};

struct proxy;
struct proxy *proxy_new(uint32_t seed);
void proxy_free(struct proxy *proxy);
unsigned proxy_port(const struct proxy *proxy);
/* Where connections made from now on lead to. */
void proxy_target(struct proxy *proxy, unsigned port);
/* Holds from the next request on, and closes the connections there are. */
void proxy_plan(struct proxy *proxy, const struct proxy_plan *plan);
/* Ready made: one fault for every matching request. */
void proxy_order(struct proxy *proxy, const char *match, enum proxy_fault fault,
	int64_t at, unsigned limit);

struct proxy_counts {
	uint64_t requests, faults[PROXY_FAULT_COUNT], all_faults;
};
struct proxy_counts proxy_counts(struct proxy *proxy);

#endif
