/* The visit in hand: from the call to the home view. Whatever was typed is in
 * the body of its case record and in the store as soon as a field is left; the
 * mark says where to go on after a crash. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/catalog/pinyin.h"
#include "client/rules/mask.h"

/* The steps in order; back goes one to the left. */
static const enum view_id steps[] = {VIEW_IDENTIFY, VIEW_ITEM, VIEW_FORM,
	VIEW_MATERIALS, VIEW_DECISION, VIEW_FINISH};

const char *visit_applicant_name(const struct app *app)
{
	const struct case_record *record = app->visit.record;

	return record ? json_text_or(
				json_get(record->body, "applicant"), "name", "")
		      : "";
}

void visit_show_head(struct app *app)
{
	struct visit_model *head = &app->model.visit;
	const struct visit *visit = &app->visit;
	g_autofree char *person = NULL, *time = NULL, *called = NULL;

	if (!visit->open) {
		model_text(&head->ticket, NULL);
		model_text(&head->person, NULL);
		model_text(&head->item, NULL);
		model_text(&head->called, NULL);
		return;
	}
	person = mask_text(MASK_NAME, visit_applicant_name(app));
	time = clock_format(visit->ticket->called_ms ? visit->ticket->called_ms
						     : visit->began_ms,
		"%H:%M");
	called = g_strdup_printf(
		_("call %d, %s"), MAX(1, visit->ticket->calls), time);
	model_text(&head->ticket, visit->ticket->number);
	model_text(&head->person, person);
	model_text(&head->item,
		visit->item ? visit->item->name : visit->ticket->business);
	model_text(&head->called, called);
}

static void visit_start(struct app *app, struct ticket *take_ticket)
{
	struct visit *visit = &app->visit;

	visit_end(app);
	visit->open = true;
	visit->ticket = take_ticket;
	visit->origins = json_new_object();
	visit->touched = json_new_object();
	visit->person_origins = json_new_object();
	visit->person_touched = json_new_object();
	visit->undo = g_ptr_array_new_with_free_func((GDestroyNotify)json_free);
	visit->began_ms = app_now_ms(app);
	visit->paper_undo =
		g_ptr_array_new_with_free_func((GDestroyNotify)json_free);
	g_ptr_array_set_size(app->model.messages, 0);
}

void visit_begin(struct app *app, struct ticket *take_ticket)
{
	struct case_record *record;
	struct json *applicant = json_new_object();

	visit_start(app, take_ticket);
	record = app->visit.record = case_new();
	g_strlcpy(record->ticket_id, take_ticket->ticket_id,
		sizeof(record->ticket_id));
	json_put_text(applicant, "id_type", "111");
	json_put_text(applicant, "capacity", "1");
	json_put(record->body, "applicant", applicant);
	visit_go(app, VIEW_IDENTIFY);
	if (app->model.view != VIEW_IDENTIFY)
		return; /* not saved, and said */
	app_say(app,
		app->visit.ticket->kind == TICKET_NONE
			? _("%s is opened. Card on the reader, or type the "
			    "number.")
			: _("%s is called. Card on the reader, or type the "
			    "number."),
		app->visit.ticket->number);
	if (devices_has(app, "idcard"))
		identify_read_card(app, NULL);
	queue_refresh(app);
	if (app->visit.ticket->kind == TICKET_COLLECT)
		dialog_open(app, DIALOG_COLLECT, 0);
}

void visit_end(struct app *app)
{
	struct visit *visit = &app->visit;

	identify_stop_reading(app);
	capture_stop(app);
	item_drop(visit->item);
	ticket_free(visit->ticket);
	case_free(visit->record);
	json_free(visit->origins);
	json_free(visit->touched);
	json_free(visit->person_origins);
	json_free(visit->person_touched);
	g_clear_pointer(&visit->undo, g_ptr_array_unref);
	g_clear_pointer(&visit->paper_undo, g_ptr_array_unref);
	memset(visit, 0, sizeof(*visit));
	app->view_before = VIEW_HOME; /* a view of the visit is no way back */
	visit_show_head(app);
}

static bool save_mark(struct app *app, GError **error)
{
	struct visit_mark mark = {.at_ms = app_now_ms(app)};

	g_strlcpy(mark.ticket_id, app->visit.ticket->ticket_id,
		sizeof(mark.ticket_id));
	g_strlcpy(
		mark.case_id, app->visit.record->case_id, sizeof(mark.case_id));
	g_strlcpy(mark.step, view_name(app->model.view), sizeof(mark.step));
	return visit_mark_set(app->store, &mark, error);
}

static bool is_step(enum view_id view)
{
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (steps[i] == view)
			return true;
	}
	return false;
}

/* Where the values came from, as the marks beside the fields; of no use to the
 * platform. */
static void keep_marks(struct app *app)
{
	struct json *marks = json_new_object();

	json_put(marks, "person", json_copy(app->visit.person_origins));
	json_put(marks, "form", json_copy(app->visit.origins));
	json_put(app->visit.record->body, "marks", marks);
}

static void restore_marks(struct app *app)
{
	const struct json *marks = json_get(app->visit.record->body, "marks");
	const struct json *person = json_get(marks, "person");
	const struct json *form = json_get(marks, "form");

	if (json_is_object(person)) {
		json_free(app->visit.person_origins);
		app->visit.person_origins = json_copy(person);
	}
	if (json_is_object(form)) {
		json_free(app->visit.origins);
		app->visit.origins = json_copy(form);
	}
}

bool visit_save(struct app *app)
{
	struct actor actor = app_actor(app);
	struct case_record *record = app->visit.record;
	g_autoptr(GError) error = NULL;
	g_autofree char *time = NULL;

	if (!app->visit.open || !record)
		return true;
	if (is_step(app->model.view) && !save_mark(app, &error)) {
		app_say_error(app, error);
		return false;
	}
	if (record->state != CASE_DRAFT)
		return true;
	g_free(record->initials);
	record->initials = pinyin_initials(visit_applicant_name(app));
	g_free(record->clerk);
	record->clerk = g_strdup(actor.staff_no);
	keep_marks(app);
	if (!case_save_draft(app->store, record, &actor, &error)) {
		app_say_error(app, error);
		return false;
	}
	time = clock_format(app_now_ms(app), "%H:%M");
	model_text(&app->model.form.saved_at, time);
	model_text(&app->model.identify.saved_at, time);
	return true;
}

void visit_go(struct app *app, enum view_id step)
{
	enum view_id before = app->model.view;

	app_show(app, step);
	/* What is decided is decided, whatever became of the mark. */
	if (!visit_save(app) && step != VIEW_FINISH) {
		app->model.view = before;
		return;
	}
	if (step != VIEW_IDENTIFY)
		identify_stop_reading(app);
	switch (step) {
	case VIEW_IDENTIFY:
		app->model.identify.focus = -1;
		identify_show(app, true);
		break;
	case VIEW_ITEM:
		item_show(app, app->visit.item ? "" : NULL);
		break;
	case VIEW_FORM:
		form_show(app, true);
		break;
	case VIEW_MATERIALS:
		materials_setup(app);
		materials_show(app);
		break;
	case VIEW_DECISION:
		decide_show(app);
		break;
	case VIEW_FINISH:
		finish_show(app);
		break;
	default:
		break;
	}
	visit_show_head(app);
	app_changed(app, true);
}

static bool is_outside(enum view_id view)
{
	return view == VIEW_SEARCH || view == VIEW_DEVICES ||
	       view == VIEW_SYNC || view == VIEW_MESSAGES;
}

void visit_back(struct app *app, struct intent *intent)
{
	enum view_id view = app->model.view;

	if (view == VIEW_CASE) {
		app_show(app, VIEW_SEARCH);
		return;
	}
	if (view == VIEW_CONFLICT) {
		app_show(app, VIEW_SYNC);
		sync_show(app);
		return;
	}
	if (is_outside(view)) {
		app_show(app, app->view_before);
		app_changed(app, true);
		return;
	}
	if (view == VIEW_FINISH) {
		finish_done(app, intent);
		return;
	}
	for (size_t i = 1; i < G_N_ELEMENTS(steps); i++) {
		if (steps[i] == view) {
			visit_go(app, steps[i - 1]);
			return;
		}
	}
	if (view == VIEW_IDENTIFY)
		visit_home(app, intent);
}

/* To the home view with the visit kept: its row is the first there. */
void visit_home(struct app *app, struct intent *intent)
{
	if (app->model.view == VIEW_FINISH && app->visit.open) {
		finish_done(app, intent);
		return;
	}
	if (app->visit.open && !visit_save(app))
		return;
	if (app->visit.open) {
		visit_end(app);
		app_show(app, VIEW_HOME);
		queue_refresh(app);
		app_say(app, _("The visit is kept: Enter continues it."));
		return;
	}
	app_show(app, VIEW_HOME);
	queue_refresh(app);
}

bool visit_interrupted(struct app *app, struct visit_mark *mark)
{
	AUTO(ticket) ticket = NULL;
	g_autoptr(GError) error = NULL;

	if (!visit_mark_get(app->store, mark))
		return false;
	ticket = ticket_load(app->store, mark->ticket_id, &error);
	if (ticket && ticket->state == TICKET_CALLED)
		return true;
	if (ticket || g_error_matches(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
		visit_mark_clear(app->store, NULL);
	return false;
}

/* By the mark, else what the ticket itself leads to: a mark may be gone while
 * its ticket is still called. */
static struct case_record *find_case(
	struct app *app, const struct visit_mark *mark)
{
	struct case_record *found = NULL;

	if (*mark->case_id)
		found = case_load(app->store, mark->case_id, NULL);
	if (found && found->state == CASE_VOID)
		g_clear_pointer(&found, case_free);
	return found ? found
		     : case_of_ticket(app->store, mark->ticket_id, NULL);
}

/* Where a kept draft goes on: the step of the mark, as far as it is known. */
static enum view_id step_of(
	const struct app *app, const struct visit_mark *mark)
{
	enum view_id step = VIEW_IDENTIFY;

	if (app->visit.record->state != CASE_DRAFT)
		return VIEW_FINISH;
	if (!view_from_name(mark->step, &step) || !is_step(step) ||
		step == VIEW_FINISH)
		step = VIEW_FORM;
	if (!app->visit.item && step != VIEW_ITEM)
		step = VIEW_IDENTIFY;
	return step;
}

/* A draft whose item was not kept is gone on with by the item of today. False
 * then: its papers may have moved, and are looked through before a decision. */
static bool update_draft(struct app *app, size_t *set_aside)
{
	struct case_record *record = app->visit.record;
	const char *version;
	bool is_older;

	*set_aside = 0;
	if (!app->visit.item || record->state != CASE_DRAFT)
		return true;
	version = app->visit.item->version;
	is_older = strcmp(record->item_version, version) != 0;
	g_free(record->item_version);
	record->item_version = g_strdup(version);
	if (is_older)
		catalogue_keep(app, app->visit.item);
	*set_aside = materials_setup(app);
	return !is_older;
}

static void say_restored(struct app *app, bool is_current, size_t set_aside)
{
	const char *number = app->visit.ticket->number;

	if (set_aside > 0)
		app_say(app,
			_("%s continues. The list of documents is new: %zu old "
			  "ones are kept aside."),
			number, set_aside);
	else if (!is_current)
		app_say(app,
			_("%s continues with today's catalogue: check form and "
			  "documents again."),
			number);
	else
		app_say(app,
			_("%s continues; everything that was saved is here."),
			number);
}

bool visit_restore(struct app *app, const struct visit_mark *mark)
{
	g_autoptr(GError) error = NULL;
	struct ticket *ticket =
		ticket_load(app->store, mark->ticket_id, &error);
	struct case_record *record;
	enum view_id step;
	size_t set_aside;
	bool is_current;

	if (!ticket) {
		visit_mark_clear(app->store, NULL);
		queue_refresh(app);
		app_say_error(app, error);
		return false;
	}
	record = find_case(app, mark);
	if (!record) {
		visit_begin(app, ticket);
		return true;
	}
	visit_start(app, ticket);
	app->visit.record = record;
	restore_marks(app);
	app->visit.item = catalogue_item_of(app, record);
	is_current = update_draft(app, &set_aside);
	step = step_of(app, mark);
	if (!is_current && step == VIEW_DECISION)
		step = VIEW_MATERIALS;
	visit_go(app, step);
	queue_refresh(app);
	if (app->model.view == VIEW_FINISH)
		finish_start_rating(app);
	say_restored(app, is_current, set_aside);
	return true;
}

void visit_resume(struct app *app, struct intent *intent)
{
	struct visit_mark mark;

	(void)intent;
	if (app->visit.open || !app_may_receive(app))
		return;
	if (visit_interrupted(app, &mark)) {
		devices_announce(app, NULL);
		visit_restore(app, &mark);
	} else {
		queue_refresh(app);
		app_say(app, _("No visit was interrupted."));
	}
}
