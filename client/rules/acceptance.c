/* Acceptance: counts what applies, what is there, what is promised, and
 * proposes. The order of the proposal is the law's: what needs no licence or
 * belongs to another organ is said at once, whatever papers are missing. */
#include "client/rules/acceptance.h"

#include <string.h>

static const char *const need_names[] = {
#define NEED_NAME(code, name, exchange) [code] = (name),
	MATERIAL_NEEDS(NEED_NAME)
#undef NEED_NAME
};

static const char *const state_names[] = {
#define STATE_NAME(code, name) [code] = (name),
	MATERIAL_STATES(STATE_NAME)
#undef STATE_NAME
};

static int find_name(const char *const names[], int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *material_need_name(enum material_need need)
{
	return need < MATERIAL_NEED_COUNT ? need_names[need] : "";
}

bool material_need_from_name(const char *name, enum material_need *need)
{
	int found = find_name(need_names, MATERIAL_NEED_COUNT, name);

	if (found >= 0)
		*need = (enum material_need)found;
	return found >= 0;
}

const char *material_state_name(enum material_state state)
{
	return state < MATERIAL_STATE_COUNT ? state_names[state] : "";
}

bool material_state_from_name(const char *name, enum material_state *state)
{
	int found = find_name(state_names, MATERIAL_STATE_COUNT, name);

	if (found >= 0)
		*state = (enum material_state)found;
	return found >= 0;
}

bool material_applies(enum material_need need,
	const struct form_condition *when, const struct json *form,
	const struct json *sources)
{
	/* a situation without a condition is never asked for by itself */
	if (need == NEED_SITUATION && !when)
		return false;
	return form_condition_holds(when, form, sources);
}

const char *acceptance_outcome_name(enum acceptance_outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_ACCEPT] = "accept",
		[OUTCOME_SUPPLEMENT] = "supplement",
		[OUTCOME_CORRECT] = "correct",
		[OUTCOME_REFUSE] = "refuse",
		[OUTCOME_NOT_NEEDED] = "not-needed",
	};

	return outcome >= OUTCOME_ACCEPT && outcome <= OUTCOME_NOT_NEEDED
		       ? names[outcome]
		       : "";
}

static void count_needs(
	const struct acceptance_material *material, struct acceptance *out)
{
	bool complete = material->state == MATERIAL_COMPLETE;

	if (material->need == NEED_WAIVABLE) {
		out->n_waivable++;
		out->n_waivable_complete += complete;
	} else {
		out->n_must++;
		out->n_must_complete += complete;
	}
}

static void judge_material(
	const struct acceptance_material *material, struct acceptance *out)
{
	bool waivable = material->need == NEED_WAIVABLE;

	if (material->state == MATERIAL_NOT_NEEDED)
		return;
	count_needs(material, out);
	if (material->state == MATERIAL_COMPLETE) {
		if (material->unchecked)
			out->unchecked[out->n_unchecked++] = material->no;
		return;
	}
	if (material->state == MATERIAL_WAIVED && waivable) {
		out->with_gap = true;
		if (!out->gap_days || material->gap_days < out->gap_days)
			out->gap_days = material->gap_days;
		return;
	}
	if (material->state == MATERIAL_WAIVED)
		out->bad_waiver[out->n_bad_waiver++] = material->no;
	else if (waivable)
		out->can_waive[out->n_can_waive++] = material->no;
	out->blocking[out->n_blocking++] = material->no;
}

static enum acceptance_outcome propose(const struct acceptance *judged,
	size_t form_problems, const struct form_lead *lead)
{
	if (lead && lead->outcome == FORM_OUTCOME_NOT_NEEDED)
		return OUTCOME_NOT_NEEDED;
	if (lead && lead->outcome == FORM_OUTCOME_REFUSE)
		return OUTCOME_REFUSE;
	if (judged->n_blocking > judged->n_can_waive)
		return OUTCOME_SUPPLEMENT;
	/* what can be promised for later does not ask for a supplement */
	return form_problems ? OUTCOME_CORRECT : OUTCOME_ACCEPT;
}

void acceptance_judge(const struct acceptance_material *materials, size_t n,
	size_t form_problems, const struct form_lead *lead,
	struct acceptance *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n && i < ACCEPTANCE_MAX; i++)
		judge_material(&materials[i], out);
	out->may_accept = n <= ACCEPTANCE_MAX && out->n_blocking == 0 &&
			  out->n_unchecked == 0 && form_problems == 0 &&
			  (!lead || lead->outcome == FORM_OUTCOME_NONE);
	out->proposal = propose(out, form_problems, lead);
	if (n > ACCEPTANCE_MAX)
		out->proposal = OUTCOME_SUPPLEMENT;
}
