/* A case as it is at some op of the outbox: its decision, with what people
 * corrected, put right or added since. */
#include <string.h>

#include "client/link/exchange_inside.h"
#include "client/store/outbox_read.h"

bool op_is_decision(const struct op *op)
{
	return !strcmp(op->kind, "case.accept") ||
	       !strcmp(op->kind, "case.refuse");
}

struct json *op_body_now(struct exchange *exchange, const struct op *op,
	int64_t upto, bool *is_void, GError **error)
{
	g_autofree char *corrected = NULL;
	const char *text;

	if (!outbox_correction(exchange->store, op->op_id, upto, &corrected,
		    is_void, error))
		return NULL;
	text = corrected ? corrected : op->body;
	return json_parse(text, strlen(text), error);
}

const struct op *case_decided(const GPtrArray *ops)
{
	for (guint i = 0; i < ops->len; i++) {
		if (op_is_decision(ops->pdata[i]))
			return ops->pdata[i];
	}
	return NULL;
}

/* What was put right or added after the acceptance, in place of what it was. */
static bool overlay(struct exchange *exchange, const struct op *op,
	int64_t upto, struct json *decision, GError **error)
{
	static const char *const parts[] = {"applicant", "form", "materials"};
	bool is_void = false;
	AUTO(json) body = op_body_now(exchange, op, upto, &is_void, error);

	for (size_t i = 0; body && !is_void && i < G_N_ELEMENTS(parts); i++) {
		if (json_get(body, parts[i]))
			json_put(decision, parts[i],
				json_copy(json_get(body, parts[i])));
	}
	return body != NULL;
}

struct json *case_now(struct exchange *exchange, const GPtrArray *ops,
	int64_t upto, bool *is_void, GError **error)
{
	const struct op *decided = case_decided(ops);
	AUTO(json) decision =
		decided ? op_body_now(exchange, decided, upto, is_void, error)
			: NULL;

	for (guint i = 0; decision && i < ops->len; i++) {
		const struct op *op = ops->pdata[i];

		if (!strcmp(op->kind, "case.change") &&
			!overlay(exchange, op, upto, decision, error))
			return NULL;
	}
	return g_steal_pointer(&decision);
}

struct json *case_of_op(struct exchange *exchange, const struct op *op,
	const struct json *body, GError **error)
{
	const char *case_id = json_text_or(body, "case_id", "");
	g_autoptr(GPtrArray) ops = NULL;
	bool is_void = false;

	if (op_is_decision(op))
		return json_copy(body);
	if (!*case_id)
		return NULL;
	ops = outbox_of_case(exchange->store, case_id, op->store_seq, error);
	return ops ? case_now(exchange, ops, op->store_seq, &is_void, error)
		   : NULL;
}
