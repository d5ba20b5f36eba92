/* After the decision: what was printed, the rating, the upload. The rating goes
 * on behind the home view; no answer, a refusal and a device fault are results
 * of their own and never a level. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"

enum { THANK_MS = 3000, PAD_TIMEOUT_MS = 5000 };

const char *finish_rating_text(int rating)
{
	switch (rating) {
	case RATING_VERY_GOOD:
		return _("very satisfied");
	case RATING_GOOD:
		return _("satisfied");
	case RATING_FAIR:
		return _("fairly satisfied");
	case RATING_BAD:
		return _("dissatisfied");
	case RATING_VERY_BAD:
		return _("very dissatisfied");
	case RATING_NONE_NO_ANSWER:
		return _("not rated (no answer)");
	case RATING_NONE_REFUSED:
		return _("not rated (did not want to)");
	case RATING_NONE_DEVICE:
		return _("not rated (device fault)");
	default:
		return _("waiting for the citizen");
	}
}

/* The view ---------------------------------------------------------------- */

static void show_prints(struct app *app)
{
	struct finish_model *out = &app->model.finish;
	GPtrArray *documents =
		case_documents(app->store, app->visit.record->case_id, NULL);

	g_ptr_array_set_size(out->prints, 0);
	for (guint i = 0; documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);
		struct print_model *row = model_add_print(out->prints);
		bool is_out = *document->printed != '\0';

		model_text(&row->name, documents_title(document->kind));
		model_text(&row->state, reprint_state_text(document));
		model_text(&row->where,
			is_out ? document->printed : document->number);
		row->copies = documents_copies(document->kind);
		row->failed = !is_out && app->jobs == 0;
	}
	if (documents)
		g_ptr_array_unref(documents);
}

static void show_upload(struct app *app)
{
	struct finish_model *out = &app->model.finish;
	g_autofree char *line = NULL;

	g_ptr_array_set_size(out->lines, 0);
	if (app->model.header.unsent == 0)
		line = g_strdup(_("Upload   everything is confirmed by the "
				  "platform"));
	else
		line = g_strdup_printf(_("Upload   %d steps wait; they go by "
					 "themselves%s"),
			app->model.header.unsent,
			upstream_is_down(app) ? _(", offline now") : "");
	model_line(out->lines, line);
}

static bool all_out(const struct app *app)
{
	const GPtrArray *prints = app->model.finish.prints;

	for (guint i = 0; i < prints->len; i++) {
		const struct print_model *row = prints->pdata[i];

		if (strcmp(row->state, _("[done]")))
			return false;
	}
	return true;
}

/* 0 while it is open, or when nothing is recorded. */
static int result_of_visit(const struct app *app)
{
	return app->visit.open && !app->rating.open
		       ? rating_of_ticket(
				 app->store, app->visit.ticket->ticket_id)
		       : 0;
}

static void show_rating(struct app *app)
{
	struct finish_model *out = &app->model.finish;
	const struct rating_session *rating = &app->rating;
	int64_t left_ms = rating->until_boot_ms - clock_boot_ms();

	out->rating_open = rating->open;
	out->rating_left_s =
		rating->open && left_ms > 0 ? (int)((left_ms + 999) / 1000) : 0;
	model_text(&out->rating, finish_rating_text(result_of_visit(app)));
}

void finish_show(struct app *app)
{
	struct finish_model *out = &app->model.finish;
	const struct case_record *record = app->visit.record;
	g_autofree char *time = NULL;

	if (!app->visit.open || !record || record->state == CASE_DRAFT)
		return;
	time = clock_format(record->received_ms, "%H:%M:%S");
	model_text(&out->result,
		record->state == CASE_ACCEPTED ? _("Accepted") : _("Refused"));
	model_text(&out->case_no, record->case_no);
	model_text(&out->time, time);
	model_text(
		&out->password_hint, _("the query password is on the receipt"));
	show_prints(app);
	show_upload(app);
	show_rating(app);
	out->complete = result_of_visit(app) != 0 && all_out(app);
	app_changed(app, false);
}

/* The rating -------------------------------------------------------------- */

static gboolean pad_idle(gpointer user_data)
{
	struct app *app = user_data;

	app->pad_timer = 0;
	devices_command(app, "pad", "idle", NULL, PAD_TIMEOUT_MS, NULL, NULL);
	return G_SOURCE_REMOVE;
}

static void close_for_fault(struct app *app)
{
	finish_rating_close(app, RATING_NONE_DEVICE);
	app_say(app, _("The rating pad does not answer: recorded as not rated "
		       "(device fault)."));
}

static gboolean rating_timeout(gpointer user_data)
{
	struct app *app = user_data;

	app->rating.timer = 0;
	if (app->rating.pad_gone) {
		close_for_fault(app);
		return G_SOURCE_REMOVE;
	}
	finish_rating_end(app);
	devices_command(app, "pad", "idle", NULL, PAD_TIMEOUT_MS, NULL, NULL);
	app_say(app, _("No rating came: recorded as not rated."));
	return G_SOURCE_REMOVE;
}

static void pad_answered(
	void *context, const struct json *result, const GError *error)
{
	struct app *app = context;

	(void)result;
	if (error && app->rating.open)
		close_for_fault(app);
}

static void ask_pad(struct app *app)
{
	struct json *args = json_new_object();
	int64_t seconds = config_int(app->config, "visit.rating_timeout_s");

	json_put_int(args, "timeout_s", seconds);
	app->rating.until_boot_ms = clock_boot_ms() + seconds * 1000;
	if (app->rating.timer)
		g_source_remove(app->rating.timer);
	app->rating.timer =
		g_timeout_add((guint)(seconds * 1000), rating_timeout, app);
	devices_command(
		app, "pad", "ask", args, PAD_TIMEOUT_MS, pad_answered, app);
	app_tick_seconds(app);
}

static void stop_asking(struct app *app)
{
	struct rating_session *rating = &app->rating;

	rating->open = false;
	if (rating->timer)
		g_source_remove(rating->timer);
	rating->timer = 0;
}

static bool record_result(struct app *app)
{
	struct rating_session *rating = &app->rating;
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;

	rating->unsaved =
		!rating_record(app->store, rating->ticket_id, rating->case_id,
			(enum rating)rating->result, "pad", &actor, &error);
	if (rating->unsaved)
		app_say_error(app, error);
	return !rating->unsaved;
}

/* One visit, one rating, however many cases it had. What could not be written
 * is not forgotten for the next one. */
void finish_ask(struct app *app, const char *ticket_id, const char *number)
{
	struct rating_session *rating = &app->rating;
	bool goes_on = rating->open && !strcmp(rating->ticket_id, ticket_id);
	char case_id[UUID_TEXT] = "";

	if ((rating->unsaved && !record_result(app)) ||
		!rating_is_owed(app->store, ticket_id, case_id))
		return;
	if (rating->open && !goes_on)
		finish_rating_end(app);
	if (!goes_on)
		memset(rating, 0, sizeof(*rating));
	rating->open = true;
	g_strlcpy(rating->ticket_id, ticket_id, sizeof(rating->ticket_id));
	g_strlcpy(rating->ticket_no, number, sizeof(rating->ticket_no));
	g_strlcpy(rating->case_id, case_id, sizeof(rating->case_id));
	if (app->pad_timer)
		g_source_remove(app->pad_timer);
	app->pad_timer = 0;
	ask_pad(app);
}

void finish_start_rating(struct app *app)
{
	const struct ticket *ticket = app->visit.ticket;

	finish_ask(app, ticket->ticket_id, ticket->number);
	finish_show(app);
}

void finish_rating_close(struct app *app, int result)
{
	if (!app->rating.open)
		return;
	stop_asking(app);
	app->rating.result = result;
	record_result(app);
	upstream_wake(app);
	app_refresh_header(app);
	queue_refresh(app);
	finish_show(app);
}

void finish_rating_end(struct app *app)
{
	finish_rating_close(app, app->rating.pad_gone ? RATING_NONE_DEVICE
						      : RATING_NONE_NO_ANSWER);
}

void finish_drop_rating(struct app *app, const char *ticket_id)
{
	if (!app->rating.open || strcmp(app->rating.ticket_id, ticket_id) != 0)
		return;
	stop_asking(app);
	devices_command(app, "pad", "idle", NULL, PAD_TIMEOUT_MS, NULL, NULL);
}

/* What the citizen pressed comes first; the rest is what a crash left. */
void finish_make_up(struct app *app)
{
	g_autoptr(GError) error = NULL;
	int count = 0;

	if (app->rating.unsaved && !record_result(app))
		return;
	if (app->rating.open)
		return;
	if (!ratings_make_up(app->store, &count, &error))
		app_say_error(app, error);
	else if (count > 0)
		app_say(app,
			_("Interrupted before the rating came; recorded as not "
			  "rated (device fault): %d."),
			count);
}

/* Back in time it asks once more; not back, nobody knows what was pressed. */
void finish_pad_changed(struct app *app, bool is_there)
{
	struct rating_session *rating = &app->rating;
	bool was_gone = rating->pad_gone;

	if (!rating->open)
		return;
	rating->pad_gone = !is_there;
	if (is_there && was_gone)
		ask_pad(app);
}

void finish_rating_arrived(struct app *app, int level)
{
	if (!app->rating.open || level < RATING_VERY_BAD ||
		level > RATING_VERY_GOOD)
		return;
	finish_rating_close(app, level);
	devices_command(app, "pad", "thank", NULL, PAD_TIMEOUT_MS, NULL, NULL);
	app->pad_timer = g_timeout_add(THANK_MS, pad_idle, app);
	app_say(app, _("%s: rating %s."), app->rating.ticket_no,
		finish_rating_text(level));
}

void finish_rate_again(struct app *app, struct intent *intent)
{
	(void)intent;
	if (!app->visit.open || app->visit.record->state == CASE_DRAFT) {
		app_say(app, _("The rating is asked for after the decision."));
		return;
	}
	if (app->rating.open) {
		ask_pad(app);
		app_say(app, _("The citizen is asked again."));
	} else if (rating_of_ticket(app->store, app->visit.ticket->ticket_id) !=
		   0) {
		app_say(app, _("This visit is rated already; once is the "
			       "rule."));
	} else {
		finish_start_rating(app);
	}
}

void finish_tick(struct app *app)
{
	if (app->model.view == VIEW_FINISH)
		show_rating(app);
}

/* Leaving ----------------------------------------------------------------- */

void finish_same_person(struct app *app, struct intent *intent)
{
	char source[sizeof(app->visit.source)];
	struct ticket *ticket;
	struct json *applicant;

	(void)intent;
	if (!app->visit.open || app->model.view != VIEW_FINISH)
		return;
	applicant = json_copy(json_get(app->visit.record->body, "applicant"));
	ticket = app->visit.ticket;
	app->visit.ticket = NULL;
	g_strlcpy(source, app->visit.source, sizeof(source));
	visit_begin(app, ticket);
	g_strlcpy(app->visit.source, source, sizeof(source));
	json_put(app->visit.record->body, "applicant", applicant);
	visit_go(app, VIEW_ITEM);
	app_say(app, _("Another item for the same person."));
}

void finish_done(struct app *app, struct intent *intent)
{
	struct actor actor = app_actor(app);
	g_autofree char *number = NULL;
	g_autoptr(GError) error = NULL;
	int result;

	(void)intent;
	if (!app->visit.open || app->model.view != VIEW_FINISH)
		return;
	if (!ticket_act(app->store, app->visit.ticket->ticket_id,
		    TICKET_ACTION_FINISH, NULL, NULL, &actor, &error) &&
		!queue_is_elsewhere(error)) {
		app_say_error(app, error);
		return;
	}
	number = g_strdup(app->visit.ticket->number);
	if (!app->rating.open)
		finish_start_rating(app);
	result = result_of_visit(app);
	visit_mark_clear(app->store, NULL);
	visit_end(app);
	upstream_wake(app);
	app_show(app, VIEW_HOME);
	queue_refresh(app);
	app_refresh_header(app);
	devices_announce(app, NULL);
	if (app->rating.open)
		app_say(app, _("%s is finished; the rating continues."),
			number);
	else
		app_say(app, _("%s is finished. Rating: %s."), number,
			finish_rating_text(result));
}
