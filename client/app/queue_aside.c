/* Numbers that are put aside in the middle of a visit, and the question which
 * of them comes back: parked ones, and those that were skipped today. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/error.h"

/* Digits of the dialog. */
enum { BACK_MAX = 9 };

void queue_fill_back(struct app *app)
{
	for (guint i = 0; i < app->parked->len && i < BACK_MAX; i++) {
		const struct ticket *ticket = g_ptr_array_index(app->parked, i);
		g_autofree char *note = queue_note(ticket);
		g_autofree char *label =
			g_strdup_printf("%s  %s  %s", ticket->number,
				ticket->business ? ticket->business : "", note);

		model_add_option(
			app->model.dialog.choices, ticket->ticket_id, label);
	}
}

void queue_answer_back(struct app *app, const char *code, const char *reason)
{
	struct intent intent = {.index = -1};

	(void)reason;
	for (guint i = 0; i < app->parked->len; i++) {
		const struct ticket *ticket = g_ptr_array_index(app->parked, i);

		if (!strcmp(ticket->ticket_id, code))
			intent.index = (int)i;
	}
	queue_take_back(app, &intent);
}

/* The only one that is parked at once; of several, and before somebody is
 * called, the clerk says which. */
static void ask_back(struct app *app)
{
	struct intent first = {.index = 0};
	const struct ticket *only = app->parked && app->parked->len > 0
					    ? g_ptr_array_index(app->parked, 0)
					    : NULL;

	if (!only || (app->parked->len == 1 && only->state != TICKET_SKIPPED))
		queue_take_back(app, &first);
	else
		dialog_open(app, DIALOG_BACK, 0);
}

void queue_aside(struct app *app, struct intent *intent)
{
	(void)intent;
	if (!app->visit.open)
		ask_back(app);
	else if (!queue_is_decided(app))
		dialog_open(app, DIALOG_ASIDE, 0);
}

static bool keeps_draft(enum ticket_action action)
{
	return action == TICKET_ACTION_PARK || action == TICKET_ACTION_TRANSFER;
}

/* The ticket first: a draft is given up only when its ticket is. */
static void abandon_draft(struct app *app, const char *reason)
{
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;

	if (!case_abandon(app->store, app->visit.record->case_id, reason,
		    &actor, &error) &&
		!g_error_matches(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
		app_say_error(app, error);
}

static char *aside_text(const struct app *app, enum ticket_action action,
	const char *number, const char *target)
{
	bool asks = app->rating.open && !strcmp(app->rating.ticket_no, number);

	switch (action) {
	case TICKET_ACTION_PARK:
		return g_strdup_printf(
			_("%s is parked; F9 takes it back. What was filled in "
			  "is kept."),
			number);
	case TICKET_ACTION_SKIP:
		return g_strdup_printf(_("%s is skipped."), number);
	case TICKET_ACTION_TRANSFER:
		return g_strdup_printf(
			_("%s was handed to window %s; what was filled in "
			  "stays here."),
			number, target);
	default:
		return g_strdup_printf(
			asks ? _("%s is closed without a case; the rating "
				 "has started.")
			     : _("%s is closed without a case."),
			number);
	}
}

/* What the platform gave to another window in the meantime must not hold the
 * visit here; what is to be kept is not put aside then. */
static bool put_ticket_aside(struct app *app, enum ticket_action action,
	const char *reason, const char *target)
{
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;

	if (ticket_act(app->store, app->visit.ticket->ticket_id, action, reason,
		    target, &actor, &error) ||
		(!keeps_draft(action) && queue_is_elsewhere(error)))
		return true;
	app_say_error(app, error);
	return false;
}

bool queue_is_elsewhere(const GError *error)
{
	return g_error_matches(error, ITEM_ERROR, ITEM_ERROR_CONFLICT) ||
	       g_error_matches(error, ITEM_ERROR, ITEM_ERROR_STATE) ||
	       g_error_matches(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
}

/* Who was served is asked, advice or case; who did not come, only when
 * something was decided for him before. */
static void ask_rating(
	struct app *app, enum ticket_action action, const struct ticket *ticket)
{
	if (action == TICKET_ACTION_TRANSFER)
		finish_drop_rating(app, ticket->ticket_id);
	else if (action != TICKET_ACTION_PARK)
		finish_ask(app, ticket->ticket_id, ticket->number);
}

void queue_put_aside(struct app *app, enum ticket_action action,
	const char *reason, const char *target)
{
	g_autofree char *said = NULL;

	if (!app->visit.open || queue_is_decided(app) ||
		(keeps_draft(action) && !visit_save(app)) ||
		!put_ticket_aside(app, action, reason, target))
		return;
	if (!keeps_draft(action))
		abandon_draft(app, reason);
	ask_rating(app, action, app->visit.ticket);
	said = aside_text(app, action, app->visit.ticket->number, target);
	visit_mark_clear(app->store, NULL);
	visit_end(app);
	upstream_wake(app);
	app_show(app, VIEW_HOME);
	queue_refresh(app);
	app_refresh_header(app);
	devices_announce(app, NULL);
	app_say(app, "%s", said);
}
