/* Between the link and RT: passes requests on, one a connection, and does
 * harm. Answers are cut after RT has acted: the outcome is unknown here. */
#ifndef TESTS_RT5_BROKER_H
#define TESTS_RT5_BROKER_H

#include <stdbool.h>

#include <gio/gio.h>

struct broker;

/* What is done to one request. */
enum harm {
	HARM_NONE,
	HARM_LOSE_REPLY,    /* RT acts, nobody hears */
	HARM_LOSE_REQUEST,  /* RT never sees it */
	HARM_SPOIL_ELEMENT, /* the first new ticket of several is refused */
	HARM_BUSY,          /* 429 and 503 in turn, not RT's */
};
struct broker_ops {
	/* Called from other threads, one at a time. first: "POST /path". */
	enum harm (*judge)(void *context, const char *first);
	/* An answer of RT passes by. */
	void (*heard)(void *context, const char *first, int status);
};

struct broker *broker_new(
	unsigned rt_port, const struct broker_ops *ops, void *context);
void broker_free(struct broker *broker);
unsigned broker_port(const struct broker *broker);
/* A request of another person, straight to RT. Status; body may be NULL; the
 * answer's ETag is copied when etag is not NULL. */
int broker_call(unsigned rt_port, const char *first, const char *headers,
	const char *body, char etag[64]);

#endif
