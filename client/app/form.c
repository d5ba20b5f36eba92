/* The form of the item: filling in, conditional fields, rows, checks, undo. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"

struct fields form_fields(struct app *app, struct json **own_sources)
{
	struct json *body = app->visit.record->body;

	*own_sources = app_sources(app);
	if (!json_get(body, "form"))
		json_put(body, "form", json_new_object());
	return (struct fields){
		.def = &app->visit.item->form,
		.values = json_get_mutable(body, "form"),
		.sources = *own_sources,
		.origins = app->visit.origins,
		.touched = app->visit.touched,
		.today = app_today(app),
	};
}

static bool is_editable(const struct app *app)
{
	return app->visit.open && app->visit.item &&
	       app->visit.record->state == CASE_DRAFT;
}

static bool is_of_source(const char *origin)
{
	return origin && (!strcmp(origin, "derived") ||
				 g_str_has_prefix(origin, "applicant.") ||
				 g_str_has_prefix(origin, "agent."));
}

/* Another applicant, another value: what was filled in of the one before is
 * filled in anew. */
static void forget_filled(const struct fields *fields, struct json *origins)
{
	for (size_t i = 0; i < fields->def->n_fields; i++) {
		const char *id = fields->def->fields[i].id;

		if (!is_of_source(json_text(origins, id)))
			continue;
		json_put(fields->values, id, NULL);
		json_put(origins, id, NULL);
	}
}

/* What the clerk emptied stays empty. */
static void prefill(const struct fields *fields, struct json *origins)
{
	AUTO(json) before = json_copy(fields->values);

	forget_filled(fields, origins);
	form_prefill(fields->def, fields->values, fields->sources,
		fields->today, origins);
	for (size_t i = 0; i < fields->def->n_fields; i++) {
		const char *id = fields->def->fields[i].id;

		if (!json_get(fields->touched, id) ||
			fields->def->fields[i].derive ||
			!form_value_is_empty(json_get(before, id)))
			continue;
		json_put(fields->values, id, NULL);
		json_put(origins, id, NULL);
	}
}

void form_show(struct app *app, bool reload)
{
	AUTO(json) sources = NULL;
	struct fields fields;

	if (!is_editable(app))
		return;
	fields = form_fields(app, &sources);
	prefill(&fields, app->visit.origins);
	fields_show(&fields, &app->model.form);
	if (reload)
		app->model.form.focus = fields_first_open(&fields);
	visit_show_head(app);
	app_changed(app, reload);
}

/* A key that changed nothing is nothing to undo. */
static void remember(struct app *app, struct json *take_before)
{
	GPtrArray *undo = app->visit.undo;

	if (json_equal(
		    take_before, json_get(app->visit.record->body, "form"))) {
		json_free(take_before);
		return;
	}
	g_ptr_array_add(undo, take_before);
	if (undo->len > UNDO_MAX)
		g_ptr_array_remove_index(undo, 0);
}

static void after_change(struct app *app, bool reload)
{
	form_show(app, false);
	materials_setup(app);
	visit_save(app);
	app_changed(app, reload);
}

/* One change of the form by the clerk. */
struct change {
	struct json *sources; /* own */
	struct json *before;  /* own until the end */
	struct fields fields;
};

static bool change_begin(struct app *app, struct change *change)
{
	if (!is_editable(app))
		return false;
	change->fields = form_fields(app, &change->sources);
	change->before = json_copy(change->fields.values);
	return true;
}

static void change_end(struct app *app, struct change *change, bool reload)
{
	json_free(change->sources);
	remember(app, change->before);
	after_change(app, reload);
}

void form_set(struct app *app, struct intent *intent)
{
	struct change change;
	const struct fields *fields = &change.fields;

	if (!is_editable(app) || intent->index < 0 ||
		(size_t)intent->index >= app->visit.item->form.n_fields ||
		!change_begin(app, &change))
		return;
	fields_set(fields, intent->index, intent->text);
	if (!json_equal(change.before, fields->values))
		json_put(app->visit.origins,
			fields->def->fields[intent->index].id, NULL);
	change_end(app, &change, false);
}

void form_set_cell(struct app *app, struct intent *intent)
{
	struct change change;

	if (!change_begin(app, &change))
		return;
	fields_set_cell(&change.fields, intent->index, intent->index2 / 64,
		intent->index2 % 64, intent->text);
	change_end(app, &change, false);
}

void form_row_add(struct app *app, struct intent *intent)
{
	struct change change;

	if (!change_begin(app, &change))
		return;
	if (!fields_row_add(&change.fields, intent->index))
		app_say(app, _("No more rows here."));
	change_end(app, &change, true);
}

void form_row_remove(struct app *app, struct intent *intent)
{
	struct change change;

	if (!change_begin(app, &change))
		return;
	if (fields_row_remove(&change.fields, intent->index, intent->index2))
		app_say(app, _("Row taken away; Ctrl+Z brings it back."));
	change_end(app, &change, true);
}

void form_undo(struct app *app, struct intent *intent)
{
	GPtrArray *undo = app->visit.undo;

	(void)intent;
	if (!is_editable(app) || app->model.view != VIEW_FORM)
		return;
	if (undo->len == 0) {
		app_say(app, _("Nothing to undo."));
		return;
	}
	json_put(app->visit.record->body, "form",
		g_ptr_array_steal_index(undo, undo->len - 1));
	after_change(app, true);
	app_say(app, _("The last change is undone."));
}

static const struct form_problem *find_unfit(GArray *problems)
{
	for (guint i = 0; i < problems->len; i++) {
		const struct form_problem *problem =
			&g_array_index(problems, struct form_problem, i);

		if (form_problem_is_unfit(problem))
			return problem;
	}
	return NULL;
}

/* What keeps the form from going on. Whoever does not qualify is told so at
 * once: nothing more need be filled in for that, but what is wrong is mended.
 */
static guint count_holding(GArray *problems)
{
	bool is_unfit = find_unfit(problems) != NULL;
	guint count = 0;

	for (guint i = 0; i < problems->len; i++) {
		const struct form_problem *problem =
			&g_array_index(problems, struct form_problem, i);
		bool is_open = problem->code == PROBLEM_MISSING ||
			       problem->code == PROBLEM_ROWS_FEW;

		count += !form_problem_is_unfit(problem) &&
			 !(is_unfit && is_open);
	}
	return count;
}

static void say_problems(struct app *app, const struct fields *fields,
	GArray *problems, guint count)
{
	const struct form_problem *first =
		&g_array_index(problems, struct form_problem, 0);
	g_autofree char *text = fields_problem_text(first);

	app->model.form.focus = fields_first_problem(fields, problems);
	fields_show(fields, &app->model.form);
	app_changed(app, true);
	app_say(app, _("%u to fix; first %s: %s. The rest is kept."), count,
		first->column ? first->column->label : first->field->label,
		text);
}

/* There is nothing to mend: that is for the decision to refuse. */
static void say_unfit(struct app *app, const struct form_problem *problem)
{
	g_autofree char *text = fields_problem_text(problem);

	app_say(app, _("Not acceptable: %s: %s. Enter goes on to the refusal."),
		problem->field->label, text);
}

static const struct form_field *find_odd(const struct fields *fields)
{
	for (size_t i = 0; i < fields->def->n_fields; i++) {
		if (fields_is_odd(fields, &fields->def->fields[i]))
			return &fields->def->fields[i];
	}
	return NULL;
}

void form_next(struct app *app, struct intent *intent)
{
	AUTO(json) sources = NULL;
	g_autoptr(GArray) problems = NULL;
	const struct form_field *odd;
	struct fields fields;
	guint count;

	(void)intent;
	if (!is_editable(app))
		return;
	fields = form_fields(app, &sources);
	fields_touch_all(&fields);
	problems = form_check(
		fields.def, fields.values, fields.sources, fields.today);
	count = count_holding(problems);
	if (count > 0) {
		say_problems(app, &fields, problems, count);
		visit_save(app);
		return;
	}
	odd = find_odd(&fields);
	visit_go(app, VIEW_MATERIALS);
	if (problems->len > 0)
		say_unfit(app, find_unfit(problems));
	else if (odd && app->model.view == VIEW_MATERIALS)
		app_say(app,
			_("%s is not the applicant's of step 1: compare it. "
			  "Esc goes back."),
			odd->label);
}
