/* What a reply of the platform means for the request as a whole.
 *
 * Decisions are made on the status and on "code" alone, never on text. A 4xx
 * counts only if it is application/problem+json with a code of the table: a
 * bare 403 or 404, or a page of HTML, comes from a gateway or a captive portal
 * and says nothing about our data. Pure. */
#ifndef CLIENT_LINK_ANSWER_H
#define CLIENT_LINK_ANSWER_H

#include "client/base/json.h"
#include "client/link/http.h"
#include "client/store/outbox.h"

enum answer_kind {
	ANSWER_OK,        /* what was asked for; body is set */
	ANSWER_REFUSED,   /* final: code is set */
	ANSWER_AUTH,      /* 401, or 403 of the platform: no attempt spent */
	ANSWER_TOO_LARGE, /* 413; code is set only when it is the platform's */
	ANSWER_BUSY,      /* 408, 425, 429: later, not a failure */
	ANSWER_FAULT,     /* transport, 5xx, not understood: nothing learned */
};

/* One code of the platform. */
struct problem_code {
	const char *code;
	enum op_verdict verdict; /* for the op it is said of */
	/* Said of a whole batch, one of its ops may be the reason: halve. */
	bool from_content;
};
/* NULL: not one of ours. */
const struct problem_code *problem_code_find(const char *code);

enum { ANSWER_EPOCH_MAX = 64 };

struct answer {
	enum answer_kind kind;
	int http;                            /* 0 without a reply */
	const char *why;                     /* short, static: for logs */
	const struct problem_code *code;     /* NULL: none of ours */
	int64_t asked_ms;                    /* Retry-After, -1 none */
	int64_t server_ms;                   /* server_time, -1 unknown */
	char server_epoch[ANSWER_EPOCH_MAX]; /* "" unknown */
	struct json *body; /* own: object when OK, problem when REFUSED */
};

/* status is the one that means success, status_too another or 0. */
void answer_read(const struct http_reply *reply, int status, int status_too,
	struct answer *answer);
void answer_clear(struct answer *answer);

/* The answer turned out not to be what was asked for. */
void answer_spoil(struct answer *answer, const char *why);

/* RFC 3339 with offset as ms since 1970; -1 when it is not. */
int64_t answer_time(const char *text);

#endif
