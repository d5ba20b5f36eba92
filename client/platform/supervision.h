/* What supervisors see and sign. */
#ifndef CLIENT_PLATFORM_SUPERVISION_H
#define CLIENT_PLATFORM_SUPERVISION_H

#include "client/platform/record.h"

/* Yellow on the day the promised term ends, red when it is over. The same case
 * is not warned about twice in one colour. */
bool warning_scan(struct platform *platform, int64_t now_ms, GError **error);

#endif
