/* A new terminal comes to its certificate (RFC 8628): it asks, shows a code, a
 * supervisor approves it on another screen, and the platform signs the key that
 * was made here. Runs on the main loop. */
#ifndef CLIENT_LINK_ENROL_H
#define CLIENT_LINK_ENROL_H

#include "client/base/auto.h"
#include "client/link/http.h"

struct enrol;

/* Copied. */
struct enrol_config {
	const char *certificate_file, *key_file;
	const char *window, *window_name; /* for the supervisor */
	int second_ms; /* 1000, less in tests: all waiting goes by it */
};

struct enrol_ops {
	/* For people, until it is approved. full_address has the code in it, or
	 * is NULL. Texts come from the platform. */
	void (*show)(void *context, const char *user_code, const char *address,
		const char *full_address, int64_t expires_in_s);
	/* Once, from the main loop. error NULL: the certificate is stored, good
	 * until then. ITEM_ERROR_REFUSED: a supervisor said no;
	 * LINK_ERROR_TIMEOUT: nobody said anything; LINK_ERROR_...: the
	 * platform; ITEM_ERROR_DENIED, STORE_ERROR_...: the key or the disk.
	 * With LINK_ERROR_AUTH the message begins with http_fault_name() or
	 * with OAuth's word. */
	void (*done)(void *context, int64_t until_ms, const GError *error);
};

/* http has no gate. A key that is there is used again, as is the name of a
 * certificate that is there. */
struct enrol *enrol_start(struct http *http, const struct enrol_config *config,
	const struct enrol_ops *ops, void *context);
void enrol_free(struct enrol *enrol);
DEFINE_AUTO(enrol, enrol_free)

#endif
