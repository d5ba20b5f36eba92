/* A window, the stand-in with TLS, and an authority to make certificates of all
 * kinds with: its own, whose key lies in its state folder. */
#ifndef TESTS_SYNC_SECURE_H
#define TESTS_SYNC_SECURE_H

#include "client/base/cert.h"
#include "client/link/http.h"
#include "tests/sync/rig.h"

struct secure {
	struct rig *rig;
	GSubprocess *platform;
	char *port_file, *state, *ca_file, *certificate_file, *key_file;
	unsigned port;
	struct http *browser; /* with the token of the file */
	/* the last reply */
	bool has_reply;
	int status;
	enum http_fault fault;
	char *body;
};

enum { SECURE_MAX_OPTIONS = 8 };

/* Starts the stand-in with --tls --chaos and these options (NULL ended). */
struct secure *secure_new(const char *option, ...) G_GNUC_NULL_TERMINATED;
void secure_free(struct secure *secure);
/* Kills it, starts it with the same state; the port may be another. */
void secure_restart(
	struct secure *secure, const char *option, ...) G_GNUC_NULL_TERMINATED;

/* yikou.conf: trusts this authority, the stand-in's own when NULL. */
void secure_configure(struct secure *secure, const char *ca_file);

/* One request of a browser; type NULL: JSON. The reply is in secure. */
void secure_ask(struct secure *secure, const char *method, const char *path,
	const char *type, const char *body);
/* With another http and token; NULL: none. */
void secure_ask_as(struct secure *secure, struct http *http, const char *bearer,
	const char *path, const char *type, const char *body);
void secure_order_chaos(struct secure *secure, const char *next);
void secure_take_ticket(struct secure *secure);

/* Certificates of the stand-in's authority, good for so many days around now;
 * negative: over since then. addresses: of a server's. Caller frees. */
struct secure_pair {
	char *certificate, *key;
};
void secure_issue(struct secure *secure, enum cert_purpose purpose,
	const char *name, const char *addresses, int from_days, int until_days,
	struct secure_pair *pair);
/* The same of a fresh authority; ca (may be NULL) is its certificate. */
void secure_issue_foreign(enum cert_purpose purpose, const char *name,
	const char *addresses, struct secure_pair *pair, char **ca);
void secure_pair_clear(struct secure_pair *pair);
/* As this window's own. */
void secure_install(struct secure *secure, const struct secure_pair *pair);
/* Into a file of the rig's folder, 0600; the path, caller frees. */
char *secure_write(struct secure *secure, const char *name, const char *text);

#endif
