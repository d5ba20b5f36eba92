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

	for (guint i = 0; i < problems->len; i++) {
		const struct form_problem *problem =
			&g_array_index(problems, struct form_problem, i);

		judged.problems += !form_problem_is_unfit(problem);
	}
	judged.lead = form_find_lead(
		fields.def, fields.values, fields.sources, fields.today);
	acceptance_judge(
		rows, n, problems->len, judged.lead, &judged.acceptance);
	return judged;
}

/* The first one, with the field it stands in; whoever does not qualify comes
 * last, since that is not to be mended. */
static char *form_sentence(struct app *app, size_t count)
{
	AUTO(json) sources = NULL;
	struct fields fields = form_fields(app, &sources);
	g_autoptr(GArray) problems = form_check(
		fields.def, fields.values, fields.sources, fields.today);
	const struct form_problem *first =
		&g_array_index(problems, struct form_problem, 0);
	g_autofree char *what = fields_problem_text(first);

	if (count == 0)
		return g_strdup_printf(_("Not acceptable: %s: %s."),
			first->field->label, what);
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
			_("Not acceptable: paper %d is older than the form, %d "
			  "in all: %s."),
			no, count, name);
	return g_strdup_printf(
		_("Not acceptable: paper %d is missing, %d in all: %s."), no,
		count, name);
}

static char *check_sentence(const struct app *app, int no)
{
	const struct catalog_material *def = item_material(app->visit.item, no);
	g_autofree char *left =
		materials_unticked(def, materials_at(app, no - 1));

	return g_strdup_printf(
		_("Not acceptable: paper %d is not checked yet (%s): %s."), no,
		left, def->name);
}

char *judge_blocker(struct app *app, const struct judgement *judged)
{
	const struct acceptance *a = &judged->acceptance;

	if (a->may_accept)
		return NULL;
	if (judged->lead && judged->lead->outcome != FORM_OUTCOME_NONE)
		return g_strdup_printf(
			_("Not acceptable: %s"), judged->lead->reason);
	if (judged->problems == 0 && a->n_blocking > 0)
		return paper_sentence(app, a->blocking[0], a->n_blocking);
	if (judged->problems == 0 && a->n_unchecked > 0)
		return check_sentence(app, a->unchecked[0]);
	return form_sentence(app, judged->problems);
}
