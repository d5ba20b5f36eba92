/* The contract as tables, made at build time from client/link/openapi.yaml by
 * contract.awk: what a request must hold is written once, in the contract. */
#ifndef CLIENT_PLATFORM_CONTRACT_H
#define CLIENT_PLATFORM_CONTRACT_H

#include <stddef.h>

#include "client/platform/request.h"
#include "client/platform/validate.h"

#define CONTRACT_WHOLE_MAX  (INT64_C(1) << 53)
#define CONTRACT_LENGTH_MAX (INT64_C(1) << 24)

/* What a request to a path must hold; each list may be NULL. */
struct operation {
	enum method method;
	const char *path; /* "/v1/ops/{op_id}" */
	const struct field *path_fields, *query, *headers;
	const struct field *body; /* of a JSON body that is a schema's block */
};

struct contract_schema {
	const char *name;
	const struct field *fields;
};

extern const struct operation contract_operations[];
extern const size_t contract_operation_count;
extern const struct contract_schema contract_schemas[]; /* NULL ended */

/* NULL when the contract has no such thing. */
const struct operation *contract_operation(
	enum method method, const char *path);
const struct field *contract_schema(const char *name);

/* NULL when path, query, headers and body keep to the operation; otherwise the
 * refusal: 404 for a path that cannot be, 400 for query and headers (428 for a
 * missing precondition), 422 for the body. */
struct reply *contract_check(struct platform *platform,
	const struct operation *operation, const struct request *request,
	const struct json *body);

#endif
