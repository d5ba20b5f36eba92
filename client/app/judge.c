/* What form and papers allow, and the one sentence that says what stands in the
 * way of acceptance. */
#include <string.h>

#include "client/app/private.h"

struct judgement judge_case(struct app *app)
{
	struct acceptance_material rows[ACCEPTANCE_MAX];
	struct judgement judged = {0};
	AUTO(json) sources = NULL;
	struct fields fields = form_fields(app, &sources);
	g_autoptr(GArray) problems = form_check(
		fields.def, fields.values, fields.sources, fields.today);
	size_t n = materials_for_acceptance(app, rows);

	judged.problems = problems->len;
	judged.lead = form_find_lead(fields.def, fields.values, fields.sources);
	acceptance_judge(
		rows, n, judged.problems, judged.lead, &judged.acceptance);
	return judged;
}

/* The first one, with the field it stands in. */
static char *form_sentence(struct app *app, size_t count)
{
	AUTO(json) sources = NULL;
	struct fields fields = form_fields(app, &sources);
	g_autoptr(GArray) problems = form_check(
		fields.def, fields.values, fields.sources, fields.today);
	const struct form_problem *first =
		&g_array_index(problems, struct form_problem, 0);
	g_autofree char *what = fields_problem_text(first);

	return g_strdup_printf(
		_("Not acceptable: the form has %zu to mend, first %s: %s."),
		count,
		first->column ? first->column->label : first->field->label,
		what);
}

static char *paper_sentence(const struct app *app, int no, int count)
{
	const struct catalog_material *def = item_material(app->visit.item, no);
	const struct json *material = materials_at(app, no - 1);
	const char *name = def ? def->name : "";

	if (!strcmp(json_text_or(material, "state", ""), "wrong"))
		return g_strdup_printf(
			_("Not acceptable: paper %d %s is older than the form; "
			  "%d in all."),
			no, name, count);
	return g_strdup_printf(
		_("Not acceptable: paper %d %s is missing; %d in all."), no,
		name, count);
}

char *judge_blocker(struct app *app, const struct judgement *judged)
{
	const struct acceptance *a = &judged->acceptance;

	if (a->may_accept)
		return NULL;
	if (judged->lead && judged->lead->outcome != FORM_OUTCOME_NONE)
		return g_strdup_printf(
			_("Not acceptable: %s"), judged->lead->reason);
	if (judged->problems > 0)
		return form_sentence(app, judged->problems);
	if (a->n_blocking > 0)
		return paper_sentence(app, a->blocking[0], a->n_blocking);
	return g_strdup(_("Not acceptable: this item has too many papers."));
}
