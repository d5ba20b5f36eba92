/* What is only there on line: who somebody is, certificates, seals, messages,
 * applications from the web. */
#ifndef CLIENT_PLATFORM_ONLINE_H
#define CLIENT_PLATFORM_ONLINE_H

#include "client/platform/platform.h"
#include "client/platform/request.h"

/* Keeps who asked for what and why; target is masked by the caller. The new
 * entry's id goes to audit_id. In the caller's transaction. */
bool audit_note(struct platform *platform, const struct request *request,
	const char *target, const char *purpose, char audit_id[UUID_TEXT],
	GError **error);

/* Seals of the seed; keys are made for new ones. In a transaction. */
bool seal_seed(
	struct platform *platform, const struct json *rows, GError **error);

/* {"seed":7,"every_s":120,"first":3,"max":40}: how applications arrive. The
 * same seed brings the same ones in the same order. NULL: none. */
bool application_plan(
	struct platform *platform, const struct json *plan, GError **error);
/* Makes those that are due by now. */
bool application_arrive(
	struct platform *platform, int64_t now_ms, GError **error);

/* Messages reach the telephones a little after they were sent. */
bool notification_deliver(
	struct platform *platform, int64_t now_ms, GError **error);

#endif
