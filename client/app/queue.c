/* The queue on the home view: who waits, calling and calling again, taking
 * back. The guard against calling twice and the limit of
 * repeats are those of the hall systems in use (5 s, 5 times). */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/text.h"
#include "client/rules/mask.h"

static const char *kind_text(enum ticket_kind kind)
{
	switch (kind) {
	case TICKET_BOOKED:
		return _("booked");
	case TICKET_COLLECT:
		return _("collect");
	case TICKET_NONE:
		return _("no ticket");
	default:
		return _("apply");
	}
}

static int minutes_since(const struct app *app, int64_t then_ms)
{
	int64_t ms = app_now_ms(app) - then_ms;

	return ms > 0 ? (int)(ms / 60000) : 0;
}

/* What is to be known of it before it is called. */
char *queue_note(const struct ticket *ticket)
{
	const char *note = ticket->note ? ticket->note : "";

	if (ticket->state == TICKET_SKIPPED)
		return g_strdup_printf(_("skipped: %s"), note);
	if (ticket->kind == TICKET_COLLECT)
		return g_strdup_printf("%s%s%s", _("no handing out here"),
			*note ? "  " : "", note);
	return g_strdup(note);
}

static void fill_ticket(
	struct app *app, const struct ticket *ticket, struct ticket_model *row)
{
	g_autofree char *taken = clock_format(ticket->taken_ms, "%H:%M");
	g_autofree char *waited = g_strdup_printf(
		_("%d min"), minutes_since(app, ticket->taken_ms));
	g_autofree char *person = mask_text(MASK_NAME, ticket->person);
	g_autofree char *note = queue_note(ticket);

	model_text(&row->number, ticket->number);
	model_text(&row->kind, kind_text(ticket->kind));
	model_text(&row->business, ticket->business);
	model_text(&row->taken, taken);
	model_text(&row->waited, waited);
	model_text(&row->note, note);
	model_text(&row->person, person);
	row->parked = ticket->state == TICKET_PARKED;
	row->skipped = ticket->state == TICKET_SKIPPED;
}

static void sort_tickets(
	struct app *app, GPtrArray *tickets, const struct visit_mark *mark)
{
	for (guint i = 0; i < tickets->len; i++) {
		struct ticket *ticket = g_ptr_array_index(tickets, i);
		bool cut_short = !strcmp(ticket->ticket_id, mark->ticket_id) &&
				 ticket->state == TICKET_CALLED &&
				 !app->visit.open;
		bool aside =
			ticket->state == TICKET_PARKED || cut_short ||
			ticket->state == TICKET_SKIPPED ||
			(ticket->state == TICKET_CALLED && !app->visit.open);
		GPtrArray *rows = aside ? app->model.home.parked
					: app->model.home.waiting;
		struct ticket_model *row;

		if (ticket->state == TICKET_CALLED && !aside) {
			ticket_free(ticket);
			continue;
		}
		row = model_add_ticket(rows);
		fill_ticket(app, ticket, row);
		row->interrupted = cut_short;
		g_ptr_array_add(aside ? app->parked : app->waiting, ticket);
	}
}

static void count_waiting(struct app *app)
{
	struct home_model *home = &app->model.home;
	int minutes = 0;

	home->waiting_total = (int)app->waiting->len;
	home->waiting_collect = 0;
	for (guint i = 0; i < app->waiting->len; i++) {
		const struct ticket *ticket =
			g_ptr_array_index(app->waiting, i);

		minutes += minutes_since(app, ticket->taken_ms);
		home->waiting_collect += ticket->kind == TICKET_COLLECT;
	}
	home->waiting_general = home->waiting_total - home->waiting_collect;
	home->average_wait_min =
		home->waiting_total ? minutes / home->waiting_total : 0;
}

static void show_day(struct app *app)
{
	struct home_model *home = &app->model.home;
	struct ticket_day day = {0};
	g_autofree char *time = NULL, *last = NULL;

	if (!ticket_day_counts(app->store, app_today(app), &day, NULL))
		return;
	home->done = day.done;
	home->consulted = day.consulted;
	home->skipped = day.skipped;
	if (*day.last_number) {
		time = clock_format(day.last_ms, "%H:%M");
		last = g_strdup_printf("%s %s", day.last_number, time);
	}
	model_text(&home->last, last);
	model_text(&home->current,
		app->visit.open ? app->visit.ticket->number : NULL);
}

void queue_refresh(struct app *app)
{
	struct visit_mark mark = {0};
	g_autoptr(GError) error = NULL;
	GPtrArray *tickets = ticket_list(app->store, &error);

	if (!tickets) {
		app_say_error(app, error);
		return;
	}
	visit_mark_get(app->store, &mark);
	g_clear_pointer(&app->waiting, g_ptr_array_unref);
	g_clear_pointer(&app->parked, g_ptr_array_unref);
	app->waiting =
		g_ptr_array_new_with_free_func((GDestroyNotify)ticket_free);
	app->parked =
		g_ptr_array_new_with_free_func((GDestroyNotify)ticket_free);
	g_ptr_array_set_size(app->model.home.waiting, 0);
	g_ptr_array_set_size(app->model.home.parked, 0);
	/* The tickets move into waiting and parked. */
	g_ptr_array_set_free_func(tickets, NULL);
	sort_tickets(app, tickets, &mark);
	g_ptr_array_unref(tickets);
	count_waiting(app);
	show_day(app);
	reprint_show_left(app);
	queue_update_guard(app);
}

void queue_update_guard(struct app *app)
{
	int64_t gap_ms = config_int(app->config, "visit.call_gap_s") * 1000;
	int64_t left_ms =
		app->last_call_boot_ms
			? app->last_call_boot_ms + gap_ms - clock_boot_ms()
			: 0;

	app->model.home.next_call_s =
		left_ms > 0 ? (int)((left_ms + 999) / 1000) : 0;
}

/* False, and said, when a call is not allowed now. */
static bool may_call(struct app *app)
{
	if (!app_may_receive(app))
		return false;
	if (app->session.paused) {
		app_say(app, _("Nothing was called: the window is paused. F8 "
			       "in the queue opens it again."));
		return false;
	}
	queue_update_guard(app);
	if (app->model.home.next_call_s > 0) {
		app_say(app,
			_("Nothing was called: calls are %d s apart, %d s to "
			  "go."),
			(int)config_int(app->config, "visit.call_gap_s"),
			app->model.home.next_call_s);
		app_tick_seconds(app);
		return false;
	}
	return true;
}

static void note_call(struct app *app)
{
	app->last_call_boot_ms = clock_boot_ms();
	queue_update_guard(app);
	app_tick_seconds(app);
	upstream_wake(app);
	app_refresh_header(app);
}

static void call_ticket(
	struct app *app, const struct ticket *ticket, const char *reason)
{
	struct actor actor = app_actor(app);
	struct visit_mark mark = {0};
	g_autofree char *number = g_strdup(ticket->number);
	g_autoptr(GError) error = NULL;

	g_strlcpy(mark.ticket_id, ticket->ticket_id, sizeof(mark.ticket_id));
	if (!ticket_act(app->store, mark.ticket_id, TICKET_ACTION_CALL, reason,
		    NULL, &actor, &error)) {
		if (g_error_matches(error, ITEM_ERROR, ITEM_ERROR_CONFLICT))
			app_say(app, _("%s was called at another window."),
				number);
		else
			app_say_error(app, error);
		queue_refresh(app);
		return;
	}
	note_call(app);
	devices_announce(app, number);
	/* It may have been here before: what was filled in is kept. */
	visit_restore(app, &mark);
}

bool queue_is_decided(struct app *app)
{
	if (app->visit.record->state == CASE_DRAFT)
		return false;
	app_say(app, _("This visit is decided; Enter goes home."));
	return true;
}

static bool refuse_while_open(struct app *app)
{
	if (!app->visit.open)
		return false;
	app_say(app,
		_("%s is not finished: nobody was called. Finish it first, or "
		  "park it with F9."),
		app->visit.ticket->number);
	return true;
}

void queue_call_next(struct app *app, struct intent *intent)
{
	struct visit_mark mark;

	if (app->model.view == VIEW_FINISH && app->visit.open)
		finish_done(app, intent);
	if (refuse_while_open(app))
		return;
	/* That is no call: neither the guard nor a pause stops it. */
	if (visit_interrupted(app, &mark)) {
		visit_resume(app, intent);
		return;
	}
	if (!may_call(app))
		return;
	queue_refresh(app);
	if (app->waiting->len == 0) {
		app_say(app, _("Nobody is waiting. F6 opens a visit without a "
			       "ticket."));
		return;
	}
	call_ticket(app, g_ptr_array_index(app->waiting, 0), NULL);
}

static void ask_out_of_turn(struct app *app, const struct ticket *ticket)
{
	g_autofree char *line =
		g_strdup_printf("%s  %s", ticket->number, ticket->business);

	g_strlcpy(app->dialog_ticket, ticket->ticket_id,
		sizeof(app->dialog_ticket));
	dialog_open(app, DIALOG_OUT_OF_TURN, 0);
	model_line(app->model.dialog.lines, line);
}

void queue_call_this(struct app *app, struct intent *intent)
{
	if (refuse_while_open(app) || !may_call(app))
		return;
	if (intent->index < 0 || (guint)intent->index >= app->waiting->len)
		return;
	if (intent->index == 0)
		call_ticket(app, g_ptr_array_index(app->waiting, 0), NULL);
	else
		ask_out_of_turn(app,
			g_ptr_array_index(app->waiting, (guint)intent->index));
}

/* The one the question was about, wherever it stands by now. */
void queue_call_out_of_turn(struct app *app, const char *reason)
{
	if (refuse_while_open(app) || !may_call(app))
		return;
	for (guint i = 0; i < app->waiting->len; i++) {
		const struct ticket *ticket =
			g_ptr_array_index(app->waiting, i);

		if (!strcmp(ticket->ticket_id, app->dialog_ticket)) {
			call_ticket(app, ticket, reason);
			return;
		}
	}
	app_say(app, _("This number does not wait any more: nobody was "
		       "called."));
}

void queue_call_again(struct app *app, struct intent *intent)
{
	struct actor actor = app_actor(app);
	struct ticket *ticket = app->visit.ticket;
	int limit = (int)config_int(app->config, "visit.recall_limit");
	g_autoptr(GError) error = NULL;

	if (!app->visit.open) {
		queue_call_next(app, intent);
		return;
	}
	if (queue_is_decided(app))
		return;
	if (ticket->calls > limit) {
		app_say(app,
			_("%s was called %d times. Did not come: F9, then 2 "
			  "skips the number."),
			ticket->number, ticket->calls);
		return;
	}
	if (!may_call(app))
		return;
	if (!ticket_act(app->store, ticket->ticket_id, TICKET_ACTION_RECALL,
		    NULL, NULL, &actor, &error)) {
		app_say_error(app, error);
		return;
	}
	ticket->calls++;
	note_call(app);
	devices_announce(app, ticket->number);
	visit_show_head(app);
	app_say(app, _("%s called again."), ticket->number);
}

void queue_take_back(struct app *app, struct intent *intent)
{
	struct actor actor = app_actor(app);
	struct visit_mark mark;
	const struct ticket *ticket;
	g_autoptr(GError) error = NULL;

	if (refuse_while_open(app) || !app_may_receive(app))
		return;
	if (!app->parked || intent->index < 0 ||
		(guint)intent->index >= app->parked->len) {
		app_say(app, _("No number is parked or skipped."));
		return;
	}
	ticket = g_ptr_array_index(app->parked, (guint)intent->index);
	if (ticket->state == TICKET_SKIPPED) {
		if (may_call(app))
			call_ticket(app, ticket, NULL);
		return;
	}
	if (ticket->state == TICKET_PARKED &&
		!ticket_act(app->store, ticket->ticket_id, TICKET_ACTION_RESUME,
			NULL, NULL, &actor, &error)) {
		app_say_error(app, error);
		return;
	}
	/* The interrupted one goes on at its step. */
	if (!visit_interrupted(app, &mark) ||
		strcmp(mark.ticket_id, ticket->ticket_id) != 0) {
		memset(&mark, 0, sizeof(mark));
		g_strlcpy(mark.ticket_id, ticket->ticket_id,
			sizeof(mark.ticket_id));
	}
	upstream_wake(app);
	app_refresh_header(app);
	devices_announce(app, ticket->number);
	visit_restore(app, &mark);
}

void queue_without_ticket(struct app *app, struct intent *intent)
{
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;
	struct ticket *ticket;

	(void)intent;
	if (refuse_while_open(app) || !app_may_receive(app))
		return;
	ticket = ticket_open(app->store, &actor, &error);
	if (!ticket) {
		app_say_error(app, error);
		return;
	}
	upstream_wake(app);
	app_refresh_header(app);
	visit_begin(app, ticket);
}
