/* The view of what holds: the open fields of one conflict, what was chosen for
 * each, and the decision. Values are masked; names of fields are those of the
 * item's form. */
#include <string.h>

#include "client/app/private.h"
#include "client/rules/mask.h"
#include "client/rules/merge.h"
#include "client/store/conflict.h"
#include "client/store/outbox.h"

static const char *const words[CONFLICT_CHOICE_COUNT] = {
	[CONFLICT_HERE] = "here",
	[CONFLICT_THERE] = "there",
	[CONFLICT_BOTH] = "both",
};

bool conflict_is_open(struct app *app, const struct op *op)
{
	AUTO(conflict) conflict =
		op->state == OP_CONFLICT
			? conflict_find(app->store, op->store_seq, NULL)
			: NULL;

	return conflict != NULL;
}

/* Showing ------------------------------------------------------------------ */

static const struct form_field *field_in(
	const struct form_def *form, const char *id)
{
	for (size_t i = 0; i < form->n_fields; i++) {
		if (strcmp(form->fields[i].id, id) == 0)
			return &form->fields[i];
	}
	return NULL;
}

/* The definition of a field; NULL: no field of applicant or form. */
static const struct form_field *field_of(
	struct app *app, const struct conflict *conflict, const char *path)
{
	const struct json *item =
		json_get(json_get(conflict->remote, "body"), "item");
	const struct catalog_item *known =
		catalog_find(app->catalog, json_text_or(item, "code", ""));

	if (g_str_has_prefix(path, "applicant/"))
		return field_in(
			app->applicant_def, path + strlen("applicant/"));
	return g_str_has_prefix(path, "form/") && known
		       ? field_in(&known->form, path + strlen("form/"))
		       : NULL;
}

static char *value_of(const struct form_field *known, const struct json *field,
	const char *side)
{
	const char *path = json_text_or(field, "path", "");
	const struct json *value = json_get(field, side);
	bool pages = json_bool_or(field, "both", false);
	int count = (int)json_length(value);

	if (known && known->mask != MASK_NONE && json_is_text(value))
		return mask_text(known->mask, json_as_text(value));

	if (pages && json_is_array(value))
		return g_strdup_printf(
			ngettext("%d page", "%d pages", (unsigned long)count),
			count);
	return mask_value(path, value);
}

static void show_field(struct app *app, const struct conflict *conflict,
	const struct json *field)
{
	struct conflict_field_model *row =
		model_add_conflict_field(app->model.conflict.fields);
	const char *path = json_text_or(field, "path", "");
	bool pages = json_bool_or(field, "both", false);
	const struct form_field *known = field_of(app, conflict, path);
	g_autofree char *before = value_of(known, field, "before");
	g_autofree char *here = value_of(known, field, "here");
	g_autofree char *there = value_of(known, field, "there");

	model_text(&row->label, known ? known->label : path);
	model_text(&row->before, before);
	model_text(&row->here, here);
	model_text(&row->there, there);
	row->can_both = pages;
	row->looks_alike = !pages && strcmp(here, there) == 0;
}

static void count_left(struct app *app)
{
	struct conflict_model *model = &app->model.conflict;

	model->left = 0;
	for (guint i = 0; i < model->fields->len; i++) {
		const struct conflict_field_model *row =
			model->fields->pdata[i];

		model->left += row->choice == CONFLICT_OPEN;
	}
}

void conflict_clear(struct app *app)
{
	g_clear_pointer(&app->conflict_fields, json_free);
	g_clear_pointer(&app->conflict_choices, json_free);
	app->conflict_seq = 0;
}

static void show(struct app *app, const struct conflict *conflict)
{
	g_ptr_array_set_size(app->model.conflict.fields, 0);
	model_text(&app->model.conflict.title, conflict->case_no);
	json_each (field, conflict->fields)
		show_field(app, conflict, field);
	count_left(app);
}

void conflict_open(struct app *app, struct intent *intent)
{
	int64_t seq = sync_seq_at(app, intent->index);
	AUTO(conflict) conflict = app->model.view == VIEW_SYNC
					  ? conflict_find(app->store, seq, NULL)
					  : NULL;

	if (!conflict) {
		app_say(app, _("Nothing is to be chosen for this step."));
		return;
	}
	conflict_clear(app);
	app->conflict_seq = seq;
	app->conflict_fields = json_copy(conflict->fields);
	app->conflict_choices = json_new_object();
	show(app, conflict);
	app_show(app, VIEW_CONFLICT);
}

/* Deciding ----------------------------------------------------------------- */

static const char *path_at(const struct app *app, int index)
{
	const struct json *field = json_first(app->conflict_fields);

	while (field && index-- > 0)
		field = json_next(field);
	return json_text(field, "path");
}

void conflict_choose(struct app *app, struct intent *intent)
{
	GPtrArray *fields = app->model.conflict.fields;
	const char *path = path_at(app, intent->index);
	struct conflict_field_model *row;

	if (app->model.view != VIEW_CONFLICT || intent->index < 0 || !path ||
		(guint)intent->index >= fields->len ||
		intent->index2 <= CONFLICT_OPEN ||
		intent->index2 >= CONFLICT_CHOICE_COUNT)
		return;
	row = fields->pdata[intent->index];
	if (intent->index2 == CONFLICT_BOTH && !row->can_both)
		return;
	row->choice = (enum conflict_choice)intent->index2;
	json_put_text(app->conflict_choices, path, words[row->choice]);
	count_left(app);
	app_changed(app, false);
}

/* NULL: the person may not. */
static const char *deciding_role(const struct app *app)
{
	const struct person *person = app->session.person;

	return person ? person_deciding_role(person) : NULL;
}

void conflict_do(struct app *app, struct intent *intent)
{
	(void)intent;
	if (app->model.view != VIEW_CONFLICT || app->model.conflict.left > 0)
		return;
	if (!deciding_role(app)) {
		app_say(app,
			_("Only a supervisor or the hall's manager decides "
			  "this."));
		return;
	}
	dialog_open(app, DIALOG_CONFLICT, 0);
}

void conflict_answer(struct app *app, const char *code, const char *reason)
{
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;

	(void)code;
	actor.role = deciding_role(app);
	if (!actor.role ||
		!conflict_decide(app->store, app->conflict_seq,
			app->conflict_choices, reason, &actor, &error)) {
		if (error)
			app_say_error(app, error);
		return;
	}
	conflict_clear(app);
	app_show(app, VIEW_SYNC);
	sync_show(app);
	app_refresh_header(app);
	upstream_wake(app);
	app_say(app, _("Decided; it goes up by itself."));
}
