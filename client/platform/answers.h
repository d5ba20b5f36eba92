/* Idempotency-Key: what was answered is kept for ever, so the same request
 * again gets the same answer and does nothing. */
#ifndef CLIENT_PLATFORM_ANSWERS_H
#define CLIENT_PLATFORM_ANSWERS_H

#include "client/platform/request.h"

/* The answer of the first time, with Idempotent-Replay: true; 422 id_reused
 * when the key came with another request; NULL when it is new. */
struct reply *answer_known(
	struct platform *platform, const struct request *request);

/* In the transaction of the handler that made the reply. */
bool answer_keep(struct platform *platform, const struct request *request,
	const struct reply *reply, GError **error);

#endif
