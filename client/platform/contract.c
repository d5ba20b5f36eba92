/* Requests against the tables of the contract. */
#include "client/platform/contract.h"

#include <stddef.h>
#include <string.h>

#include "client/platform/platform.h"

const struct operation *contract_operation(enum method method, const char *path)
{
	for (size_t i = 0; i < contract_operation_count; i++) {
		if (contract_operations[i].method == method &&
			strcmp(contract_operations[i].path, path) == 0)
			return &contract_operations[i];
	}
	return NULL;
}

/* Asked for with every op, so the names are hashed once. */
const struct field *contract_schema(const char *name)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);

		for (const struct contract_schema *at = contract_schemas;
			at->name; at++)
			g_hash_table_insert(table, (gpointer)at->name,
				(gpointer)at->fields);
		g_once_init_leave(&once, (gsize)table);
	}
	return g_hash_table_lookup((GHashTable *)once, name);
}

static struct reply *refuse_text(struct platform *platform,
	enum problem problem, const struct field *field, const char *rule)
{
	g_autofree char *detail = g_strdup_printf("%s: %s", field->name, rule);

	return reply_problem(platform, problem, detail);
}

static struct reply *check_path(struct platform *platform,
	const struct field *field, const struct request *request)
{
	for (int i = 0; field && field->name && i < REQUEST_MAX_ARGS;
		i++, field++) {
		const char *text = request->args[i];

		if (!text || validate_text(field, text))
			return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	}
	return NULL;
}

static struct reply *check_query(struct platform *platform,
	const struct field *field, const struct request *request)
{
	for (; field && field->name; field++) {
		const char *text = request_query(request, field->name);
		const char *rule = NULL;

		if (text && *text)
			rule = validate_text(field, text);
		else if (field->required)
			rule = "required";
		if (rule)
			return refuse_text(
				platform, PROBLEM_MALFORMED, field, rule);
	}
	return NULL;
}

static struct reply *check_headers(struct platform *platform,
	const struct field *field, const struct request *request)
{
	for (; field && field->name; field++) {
		const char *text = request_header(request, field->name);
		const char *rule = NULL;

		if (text)
			rule = validate_text(field, text);
		else if (field->required &&
			 strcmp(field->name, "If-Match") == 0)
			return reply_problem(platform,
				PROBLEM_PRECONDITION_REQUIRED, "If-Match");
		else if (field->required)
			rule = "required";
		if (rule)
			return refuse_text(
				platform, PROBLEM_MALFORMED, field, rule);
	}
	return NULL;
}

struct reply *contract_check(struct platform *platform,
	const struct operation *operation, const struct request *request,
	const struct json *body)
{
	AUTO(json) errors = json_new_array();
	struct reply *reply =
		check_path(platform, operation->path_fields, request);

	if (!reply)
		reply = check_query(platform, operation->query, request);
	if (!reply)
		reply = check_headers(platform, operation->headers, request);
	if (reply || !operation->body || !body ||
		validate(operation->body, body, errors))
		return reply;
	return reply_invalid(platform, errors);
}
