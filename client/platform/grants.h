/* Who may come in with a token that was made here: tokens bound to a client's
 * certificate (RFC 8705), and the requests of new terminals that wait for a
 * supervisor (RFC 8628). All of it in memory: after a restart the windows ask
 * for new tokens, and a terminal that waited is enrolled anew. Nothing here
 * knows HTTP; times are of the boot clock. */
#ifndef CLIENT_PLATFORM_GRANTS_H
#define CLIENT_PLATFORM_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "client/base/cert.h"

enum {
	GRANT_CODE_TEXT = 65,
	GRANT_USER_CODE_TEXT = 10, /* "BCDF-GHJK" */
	GRANT_PENDING_MAX = 64,
	GRANT_TOKENS_MAX = 16384,
};

struct grants;

struct grants_options {
	int token_s;      /* life of a token */
	int pending_s;    /* a supervisor has so long to decide */
	int64_t pace_ms;  /* who asks sooner is told to slow down */
	int64_t later_ms; /* what an answer of slow_down adds */
};
struct grants *grants_new(const struct grants_options *options);
void grants_free(struct grants *grants);
DEFINE_AUTO(grants, grants_free)

/* Tokens. A bound token has the print of its certificate; one for enrolment
 * has "" and is good for nothing but the certificate of its device. */
struct grant_token {
	char device[CERT_NAME_MAX + 1];
	char print[CERT_PRINT_TEXT];
	int64_t until_ms;
};
/* The text of a fresh one; NULL when there are too many. Caller frees. */
char *grants_issue(struct grants *grants, const char *device, const char *print,
	int64_t now_ms);
int grants_token_s(const struct grants *grants);
/* NULL: unknown or over. */
const struct grant_token *grants_find(
	struct grants *grants, const char *token, int64_t now_ms);

/* Terminals that wait. */
enum grant_state {
	GRANT_WAITS,
	GRANT_APPROVED,
	GRANT_DENIED,
	GRANT_OVER,    /* nobody decided in time */
	GRANT_HASTE,   /* asked again too soon */
	GRANT_UNKNOWN, /* no such code, or it was used */
};

struct grant_request {
	char code[GRANT_CODE_TEXT], user_code[GRANT_USER_CODE_TEXT];
	char device[CERT_NAME_MAX + 1];
	char *window, *name; /* own: as the terminal says, for people */
	enum grant_state state;
	int64_t until_ms, asked_ms, pace_ms;
	int64_t wall_ms;
};

/* NULL when too many wait. Lives until it is used or long over. */
const struct grant_request *grants_begin(struct grants *grants,
	const char *device, const char *window, const char *name,
	int64_t now_ms);
int grants_pending_s(const struct grants *grants);
/* The terminal asks. GRANT_APPROVED once: the code is used then, and device
 * tells whose it was. */
enum grant_state grants_poll(struct grants *grants, const char *code,
	char device[CERT_NAME_MAX + 1], int64_t now_ms);
/* A supervisor decides; blanks, dashes and lower case are forgiven. The request
 * as it is now, NULL when no such code waits. */
const struct grant_request *grants_decide(struct grants *grants,
	const char *user_code, bool approve, int64_t now_ms);
/* Each that waits, oldest first; NULL at the end. */
const struct grant_request *grants_waiting(
	struct grants *grants, unsigned index, int64_t now_ms);
/* Stands in the supervisor's form, so that no other page can send it. */
const char *grants_form_secret(const struct grants *grants);

#endif
