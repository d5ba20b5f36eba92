/* The table of problems and their shape on the wire:
 *
 *   {"type":"urn:yikou:problem:out_of_order","title":"顺序不连续",
 *    "status":409,"code":"out_of_order","retryable":true,"expected_seq":3} */
#include "client/platform/problems.h"

#include <glib.h>

#define PROBLEM_TABLE_ROW(id, code, status, retryable, title) \
	[id] = {code, status, retryable, title},
static const struct problem_row table[] = {PROBLEMS(PROBLEM_TABLE_ROW)};

const struct problem_row *problem_row(enum problem problem)
{
	return &table[problem];
}

enum problem problem_of_status(int status)
{
	for (unsigned i = 0; i < PROBLEM_COUNT; i++) {
		if (table[i].status == status)
			return (enum problem)i;
	}
	return PROBLEM_INTERNAL;
}

struct json *problem_json(enum problem problem, const char *detail)
{
	const struct problem_row *row = &table[problem];
	g_autofree char *type =
		g_strconcat("urn:yikou:problem:", row->code, NULL);
	struct json *value = json_new_object();

	json_put_text(value, "type", type);
	json_put_text(value, "title", row->title);
	json_put_int(value, "status", row->status);
	json_put_text(value, "code", row->code);
	json_put_bool(value, "retryable", row->retryable);
	json_put_text(value, "detail", detail);
	return value;
}
