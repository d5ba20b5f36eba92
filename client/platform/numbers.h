/* Numbers leased in blocks, never the same one twice. */
#ifndef CLIENT_PLATFORM_NUMBERS_H
#define CLIENT_PLATFORM_NUMBERS_H

#include "client/base/json.h"
#include "client/platform/platform.h"

/* Case number "20261123-03-0017" of that window, document number
 * "登政务〔2026〕受字第000123号": true when the number lies in a block leased
 * to the store (to any, for "") and is not void. A text of another shape: false
 * as well. */
bool number_case_is_leased(struct platform *platform, const char *store_uuid,
	const char *case_no, const char *window);
bool number_document_is_leased(
	struct platform *platform, const char *store_uuid, const char *number);

/* Op number.void, in the caller's transaction. *problem is set when the number
 * was never leased to the store, or is used. */
bool number_apply_void(struct platform *platform, const char *store_uuid,
	const struct json *body, struct json **problem, GError **error);

#endif
