/* Checks between fields of a form, and the helpers the files of form_rules.h
 * share. Only for client/rules. */
#ifndef CLIENT_RULES_FORM_CROSS_H
#define CLIENT_RULES_FORM_CROSS_H

#include "client/rules/form_rules.h"

/* Appends what the cross checks of def find. A check whose fields are hidden,
 * empty or already in found is left out: one mistake, one message. */
void form_cross_check(const struct form_def *def, const struct json *form,
	const struct json *sources, int today, GArray *found);

/* A field's value, or with a dot a path in sources. */
const struct json *form_lookup(
	const struct json *form, const struct json *sources, const char *name);

/* Both return false. */
bool form_problem_set(struct form_problem *problem, enum form_problem_code code,
	const char *arg, const char *arg2);
bool form_problem_set_numbers(struct form_problem *problem,
	enum form_problem_code code, long arg, long arg2);

#endif
