/* Platforms as a table: what differs on the wire, and nothing else.
 *
 * The engine decides what is sent when: leases, lanes, back-off, breaker,
 * parked steps, the guard against mass refusals are the same for every
 * platform. A driver turns a batch of ops into requests and the replies into
 * one result for each op. It keeps no clock, socket or file of its own and
 * sends nothing itself, so that it is tested with recorded replies.
 *
 * What a platform has not, the driver says it has not; nothing is invented in
 * its place. Chosen by platform.driver in yikou.conf. */
#ifndef CLIENT_LINK_PLATFORM_DRIVER_H
#define CLIENT_LINK_PLATFORM_DRIVER_H

#include "client/link/batch.h"
#include "client/link/calls.h"
#include "client/store/store.h"

#define PLATFORM_CAN(X)                                                \
	X(PLATFORM_BLOBS, "blobs")     /* takes them before the ops */ \
	X(PLATFORM_NUMBERS, "numbers") /* leases blocks of numbers */  \
	X(PLATFORM_TICKETS, "tickets") /* feeds, by name */            \
	X(PLATFORM_CASES, "cases")                                     \
	X(PLATFORM_CATALOG, "catalog")                                 \
	X(PLATFORM_RECONCILE, "reconcile") /* says what it holds */

/* X(bit, name) */
#define PLATFORM_CAN_ROW(bit, name) bit##_INDEX,
enum platform_can_index { PLATFORM_CAN(PLATFORM_CAN_ROW) PLATFORM_CAN_COUNT };
#define PLATFORM_BIT_ROW(bit, name) bit = 1U << bit##_INDEX,
enum platform_can { PLATFORM_CAN(PLATFORM_BIT_ROW) PLATFORM_CAN_NOTHING = 0 };

struct platform_settings {
	const char *queue; /* platform.queue */
};

/* The ops of one lease. All borrowed until it is ended. */
struct batch_job {
	const GPtrArray *ops; /* struct op * */
	/* For each op a GPtrArray of struct blob * to be delivered with it.
	 * NULL: PLATFORM_BLOBS, they are there already. */
	const GPtrArray *blobs;
	struct store *store; /* for the files of the blobs; may be NULL */
	struct batch_store from;
	int64_t cap_ms; /* of delays */
	double chance;
	int64_t now_ms; /* boot clock */
};

struct platform_driver {
	const char *name;
	unsigned can; /* enum platform_can */
	enum http_scheme scheme;
	struct capabilities limits; /* until hello says otherwise */

	/* Whether it can work with them: ITEM_ERROR_INVALID. May be NULL. */
	bool (*check)(const struct platform_settings *settings, GError **error);
	/* NULL when the driver keeps nothing between batches. close(NULL) is
	 * not called. */
	void *(*open)(const struct platform_settings *settings);
	void (*close)(void *platform);

	/* The probe of an open breaker: a GET without credentials. */
	const char *health_path;
	bool (*health_decode)(
		const struct http_reply *reply, struct answer *answer);

	/* Asked first: whether we understand each other. */
	char *(*hello_path)(void *platform);
	bool (*hello_decode)(void *platform, const struct http_reply *reply,
		struct answer *answer, struct capabilities *limits);

	/* begin, then ask and heard in turn until heard says false or the
	 * link stops, then end, which frees it. */
	void *(*batch_begin)(void *platform, const struct batch_job *job,
		GError **error); /* STORE_ERROR_CORRUPT: nothing is sent */
	/* What request points to lives until heard. */
	void (*batch_ask)(void *batch, struct http_request *request);
	/* False: nothing more to ask. answer is cleared by the caller; it is
	 * what gate, breaker and authorisation hear. */
	bool (*batch_heard)(void *batch, const struct http_reply *reply,
		struct answer *answer);
	/* Fills reply. With results, they are settled one by one; without,
	 * every op as reply->answer says. */
	void (*batch_end)(void *batch, struct batch_reply *reply);
};

extern const struct platform_driver platform_native, platform_rt5;

/* NULL: no such driver. */
const struct platform_driver *platform_driver_find(const char *name);
/* "blobs numbers tickets ..."; caller frees. */
char *platform_can_text(unsigned can);

#endif
