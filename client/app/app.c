/* The window as a whole: opening what it works on, the table from intents to
 * what they do, the message line, the header, and the few timers. */
#include "client/app/app.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "client/app/offer.h"
#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/log.h"
#include "client/catalog/calendar_file.h"

enum { REASONS_MAX_BYTES = 1 << 20 };

typedef void act_fn(struct app *app, struct intent *intent);

static act_fn act_goto, act_message, act_quit, act_field_set, act_form_next,
	act_sync_now, act_undo;

static act_fn *const acts[] = {
	[INTENT_GOTO] = act_goto,
	[INTENT_BACK] = visit_back,
	[INTENT_HOME] = visit_home,
	[INTENT_MESSAGE] = act_message,
	[INTENT_LOCK] = session_lock,
	[INTENT_LOGOUT] = session_logout,
	[INTENT_QUIT] = act_quit,
	[INTENT_REVEAL] = search_reveal,
	[INTENT_PAUSE] = session_pause,
	[INTENT_DIALOG_CHOICE] = dialog_choice,
	[INTENT_DIALOG_CLOSE] = dialog_close,
	[INTENT_LOGIN] = session_login,
	[INTENT_UNLOCK] = session_unlock,
	[INTENT_CALL_NEXT] = queue_call_next,
	[INTENT_CALL_THIS] = queue_call_this,
	[INTENT_CALL_AGAIN] = queue_call_again,
	[INTENT_TAKE_BACK] = queue_take_back,
	[INTENT_ASIDE] = queue_aside,
	[INTENT_VISIT_WITHOUT_TICKET] = queue_without_ticket,
	[INTENT_RESUME_VISIT] = visit_resume,
	[INTENT_FIELD_SET] = act_field_set,
	[INTENT_CELL_SET] = form_set_cell,
	[INTENT_ROW_ADD] = form_row_add,
	[INTENT_ROW_REMOVE] = form_row_remove,
	[INTENT_FORM_NEXT] = act_form_next,
	[INTENT_UNDO] = act_undo,
	[INTENT_READ_CARD] = identify_read_card,
	[INTENT_ITEM_FILTER] = item_filter,
	[INTENT_ITEM_FOCUS] = item_focus,
	[INTENT_ITEM_CHOOSE] = item_choose,
	[INTENT_MATERIAL_FOCUS] = materials_focus,
	[INTENT_MATERIAL_MARK] = materials_mark,
	[INTENT_MATERIAL_SOURCE] = materials_source,
	[INTENT_CAPTURE] = materials_capture,
	[INTENT_RETAKE] = materials_retake,
	[INTENT_PAGE_REMOVE] = materials_page_remove,
	[INTENT_PAGE_MOVE] = materials_page_move,
	[INTENT_MATERIAL_PRINT] = materials_print,
	[INTENT_MATERIALS_DONE] = materials_done,
	[INTENT_OUTCOME] = decide_outcome,
	[INTENT_REASON_SET] = decide_reason,
	[INTENT_DECIDE] = decide_do,
	[INTENT_PREVIEW] = decide_preview,
	[INTENT_RATE_AGAIN] = finish_rate_again,
	[INTENT_REPRINT] = documents_reprint,
	[INTENT_SAME_PERSON] = finish_same_person,
	[INTENT_FINISH_DONE] = finish_done,
	[INTENT_SEARCH] = search_text,
	[INTENT_SEARCH_FOCUS] = search_focus,
	[INTENT_SEARCH_OPEN] = search_open,
	[INTENT_DOCUMENTS] = reprint_documents,
	[INTENT_DEVICE_FOCUS] = devices_focus,
	[INTENT_DEVICE_TEST] = devices_test,
	[INTENT_RECONNECT] = upstream_reconnect,
	[INTENT_SYNC_NOW] = act_sync_now,
	[INTENT_SYNC_FOCUS] = sync_focus,
	[INTENT_CONFLICT_OPEN] = conflict_open,
	[INTENT_CONFLICT_CHOOSE] = conflict_choose,
	[INTENT_CONFLICT_DECIDE] = conflict_do,
};

/* Opening ----------------------------------------------------------------- */

static bool open_files(struct app *app, GError **error)
{
	g_autofree char *catalog = config_data(app->config, "catalog");
	g_autofree char *calendar = config_data(app->config, "calendar");
	g_autofree char *reasons =
		config_data(app->config, "rules/refusal-reasons.json");

	app->catalog = offer_load(catalog, app->store, NULL, error);
	if (!app->catalog)
		return false;
	app->calendar = calendar_load(calendar, error);
	if (!app->calendar)
		return false;
	app->reasons = json_load(reasons, REASONS_MAX_BYTES, error);
	if (!app->reasons)
		return false;
	app->people =
		people_load(config_path(app->config, "files.people"), error);
	return app->people != NULL;
}

static bool open_store(struct app *app, GError **error)
{
	const char *state = config_path(app->config, "paths.state");
	const char *outbox = config_path(app->config, "paths.outbox");
	const char *runtime = config_path(app->config, "paths.runtime");
	g_autofree char *lock = config_state(app->config, "screen.lock");

	if (!file_make_dir(state, error) || !file_make_dir(runtime, error) ||
		(outbox && !file_make_dir(outbox, error)))
		return false;
	app->lock_fd = file_lock(lock, error);
	if (app->lock_fd < 0)
		return false;
	app->store = store_open(
		state, config_text(app->config, "window.number"), error);
	return app->store != NULL;
}

struct app *app_new(const struct config *config, const struct app_ops *ops,
	void *context, GError **error)
{
	AUTO(app) app = g_new0(struct app, 1);
	struct app *made;

	app->config = config;
	app->ops = ops;
	app->context = context;
	app->lock_fd = -1;
	app->alive = g_cancellable_new();
	model_init(&app->model);
	app->model.matches = search_matches;
	app->devices =
		g_ptr_array_new_with_free_func((GDestroyNotify)json_free);
	app->captures = g_ptr_array_new_with_free_func(g_free);
	app->catalogue_lines = g_ptr_array_new_with_free_func(g_free);
	app->applicant_def = identify_def_new();
	if (!open_store(app, error) || !open_files(app, error))
		return NULL;
	session_show_login(app);
	finish_make_up(app);
	app_refresh_header(app);
	made = app;
	app = NULL;
	return made;
}

/* Life -------------------------------------------------------------------- */

static void audit_life(struct app *app, enum audit_act act)
{
	struct actor actor = {.staff_no = "",
		.staff_name = "",
		.role = "system",
		.session = "",
		.window = config_text(app->config, "window.number")};
	g_autoptr(GError) error = NULL;

	if (!audit_record(
		    app->store, act, &actor, NULL, NULL, "ok", NULL, &error))
		app_say_error(app, error);
}

void app_start(struct app *app)
{
	audit_life(app, AUDIT_START);
	catalogue_update(app);
	devices_start(app);
	upstream_start(app);
	documents_make_pending(app);
	check_start(app);
	app_arm_minute(app);
}

static void stop_timer(guint *timer)
{
	if (*timer)
		g_source_remove(*timer);
	*timer = 0;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	/* A program that ends is no answer; the visit was offered a rating. */
	finish_rating_end(app);
	if (app->rating.unsaved)
		finish_make_up(app);
	if (app->minute_timer)
		audit_life(app, AUDIT_STOP);
	g_cancellable_cancel(app->alive);
	stop_timer(&app->minute_timer);
	stop_timer(&app->second_timer);
	stop_timer(&app->lock_timer);
	stop_timer(&app->pad_timer);
	stop_timer(&app->reveal_timer);
	stop_timer(&app->revive_timer);
	stop_timer(&app->check_timer);
	stop_timer(&app->rating.timer);
	visit_end(app);
	line_client_free(app->devd);
	line_client_free(app->syncd);
	conflict_clear(app);
	json_free(app->link_state);
	json_free(app->reasons);
	g_clear_pointer(&app->captures, g_ptr_array_unref);
	g_clear_pointer(&app->catalogue_lines, g_ptr_array_unref);
	g_clear_pointer(&app->pending_documents, g_ptr_array_unref);
	g_clear_pointer(&app->devices, g_ptr_array_unref);
	g_clear_pointer(&app->item_hits, g_array_unref);
	g_clear_pointer(&app->search_hits, g_ptr_array_unref);
	g_clear_pointer(&app->waiting, g_ptr_array_unref);
	g_clear_pointer(&app->parked, g_ptr_array_unref);
	identify_def_free(app->applicant_def);
	people_free(app->people);
	calendar_free(app->calendar);
	catalog_free(app->catalog);
	store_close(app->store);
	if (app->lock_fd >= 0)
		close(app->lock_fd);
	model_clear(&app->model);
	g_object_unref(app->alive);
	g_free(app);
}

/* What the rest needs ----------------------------------------------------- */

const struct model *app_model(const struct app *app)
{
	return &app->model;
}

struct actor app_actor(const struct app *app)
{
	const struct person *person = app->session.person;
	const char *role = person ? session_role(person) : "system";

	return (struct actor){
		.staff_no = person ? person->staff_no : "",
		.staff_name = person ? person->name : "",
		.role = role ? role : "",
		.window = config_text(app->config, "window.number"),
		.session = app->session.id,
	};
}

void app_changed(struct app *app, bool reload)
{
	app->model.now_ms = app_now_ms(app);
	if (app->ops && app->ops->changed)
		app->ops->changed(app->context, reload);
}

void app_say(struct app *app, const char *format, ...)
{
	g_autofree char *text = NULL, *time = NULL, *logged = NULL;
	GPtrArray *log = app->model.messages;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	model_text(&app->model.message, text);
	app->model.said++;
	time = clock_format(app_now_ms(app), "%H:%M:%S");
	logged = g_strdup_printf("%s  %s", time, text);
	model_line(log, logged);
	if (log->len > 200)
		g_ptr_array_remove_index(log, 0);
	app_changed(app, false);
}

void app_hush(struct app *app)
{
	model_text(&app->model.message, NULL);
	app_changed(app, false);
}

void app_say_error(struct app *app, const GError *error)
{
	log_error(error, "at the window");
	if (error && error->domain == STORE_ERROR &&
		error->code != STORE_ERROR_NUMBERS &&
		error->code != STORE_ERROR_BUSY) {
		app->store_failed = true;
		app->store_damaged = app->store_damaged ||
				     error->code == STORE_ERROR_CORRUPT;
		app_refresh_header(app);
	}
	app_say(app, "%s", text_error(error));
}

bool app_may_receive(struct app *app)
{
	g_autoptr(GError) error = NULL;

	if (!session_may_serve(app))
		error = g_error_new_literal(ITEM_ERROR, ITEM_ERROR_DENIED,
			"no role that receives cases");
	else if (app->store_failed)
		error = g_error_new_literal(STORE_ERROR,
			app->store_damaged ? STORE_ERROR_CORRUPT
					   : STORE_ERROR_IO,
			"the store failed before");
	else
		return true;
	app_say_error(app, error);
	return false;
}

void app_try_store(struct app *app)
{
	g_autofree char *now =
		g_strdup_printf("%" G_GINT64_FORMAT, clock_wall_ms());

	if (!app->store_failed || app->store_damaged ||
		!store_set_meta(app->store, "tried", now, NULL))
		return;
	app->store_failed = false;
	finish_make_up(app);
}

static struct json *agent_of(const struct json *applicant)
{
	struct json *agent;

	if (strcmp(json_text_or(applicant, "capacity", ""), "2"))
		return NULL;
	agent = json_new_object();
	json_put_text(agent, "name", json_text(applicant, "agent_name"));
	json_put_text(agent, "id_number", json_text(applicant, "agent_id"));
	json_put_text(agent, "phone", json_text(applicant, "agent_phone"));
	return agent;
}

struct json *app_record_sources(const struct case_record *record)
{
	struct json *sources = json_new_object();
	const struct json *applicant =
		json_get(record ? record->body : NULL, "applicant");

	json_put(sources, "applicant", json_copy(applicant));
	json_put(sources, "agent", agent_of(applicant));
	return sources;
}

struct json *app_sources(const struct app *app)
{
	return app_record_sources(app->visit.record);
}

void app_show(struct app *app, enum view_id view)
{
	if (app->model.view != view) {
		model_text(&app->model.message, NULL);
		dialog_close(app, NULL);
	}
	if (view != VIEW_CASE)
		search_cover(app);
	app->model.view = view;
	app_changed(app, false);
}

void app_refresh_header(struct app *app)
{
	struct header_model *header = &app->model.header;
	struct store_counts counts = {0};
	g_autoptr(GError) error = NULL;

	model_text(&header->window_short,
		config_text(app->config, "window.short"));
	model_text(
		&header->window_name, config_text(app->config, "window.name"));
	model_text(&header->hall, config_text(app->config, "window.hall"));
	model_text(&header->hall_short,
		config_text(app->config, "window.hall_short"));
	model_text(&header->person,
		app->session.person ? app->session.person->name : NULL);
	header->paused = app->session.paused;
	if (store_counts(app->store, &counts, &error)) {
		header->unsent = (int)counts.unsent;
		header->parked = (int)counts.parked;
		header->numbers_left = (int)counts.numbers;
		sync_warn(&counts, header);
	} else {
		app->store_failed = true;
	}
	header->store_failed = app->store_failed;
	upstream_show(app);
}

/* Acting ------------------------------------------------------------------ */

/* Before the log-in only these may do anything. */
static bool is_allowed(const struct app *app, enum intent_kind kind)
{
	if (app->session.person && !app->session.locked)
		return true;
	return kind == INTENT_LOGIN || kind == INTENT_UNLOCK ||
	       kind == INTENT_QUIT || kind == INTENT_MESSAGE ||
	       kind == INTENT_LOGOUT;
}

void app_act(struct app *app, struct intent *take_intent)
{
	enum intent_kind kind = take_intent->kind;

	if (kind > INTENT_NONE && (size_t)kind < G_N_ELEMENTS(acts) &&
		acts[kind] && is_allowed(app, kind)) {
		acts[kind](app, take_intent);
		app_changed(app, false);
	}
	if (take_intent->text2)
		secret_wipe(take_intent->text2, strlen(take_intent->text2));
	intent_clear(take_intent);
}

void app_touch(struct app *app)
{
	app->touched_boot_ms = clock_boot_ms();
	session_arm_lock(app);
}

/* Views outside the visit: back from them leads to where one came from. */
static void act_goto(struct app *app, struct intent *intent)
{
	enum view_id view = (enum view_id)intent->index;

	if (intent->index < 0 || intent->index >= VIEW_COUNT)
		return;
	if (view == VIEW_HOME) {
		visit_home(app, intent);
		return;
	}
	if (app->model.view != VIEW_SEARCH && app->model.view != VIEW_CASE &&
		app->model.view != VIEW_DEVICES &&
		app->model.view != VIEW_SYNC &&
		app->model.view != VIEW_CONFLICT &&
		app->model.view != VIEW_MESSAGES)
		app->view_before = app->model.view;
	if (view != VIEW_SEARCH && view != VIEW_DEVICES && view != VIEW_SYNC &&
		view != VIEW_MESSAGES)
		return;
	app_show(app, view);
	if (view == VIEW_SEARCH)
		search_show(app, "");
	else if (view == VIEW_DEVICES)
		devices_show(app);
	else if (view == VIEW_SYNC)
		upstream_show(app);
}

static void act_message(struct app *app, struct intent *intent)
{
	app_say(app, "%s", intent->text ? intent->text : "");
}

/* In the middle of a visit it is asked first; one that is decided has nothing
 * left to lose. */
static void act_quit(struct app *app, struct intent *intent)
{
	(void)intent;
	if (app->visit.open && app->visit.record->state == CASE_DRAFT &&
		!app->session.locked)
		dialog_open(app, DIALOG_QUIT, 0);
	else
		app_quit(app);
}

void app_quit(struct app *app)
{
	if (app->visit.open && !visit_save(app))
		return;
	if (app->ops && app->ops->quit)
		app->ops->quit(app->context);
}

static void act_field_set(struct app *app, struct intent *intent)
{
	if (app->model.view == VIEW_IDENTIFY)
		identify_set(app, intent);
	else if (app->model.view == VIEW_FORM)
		form_set(app, intent);
}

static void act_form_next(struct app *app, struct intent *intent)
{
	if (app->model.view == VIEW_IDENTIFY)
		identify_next(app);
	else if (app->model.view == VIEW_FORM)
		form_next(app, intent);
}

static void act_undo(struct app *app, struct intent *intent)
{
	if (app->model.view == VIEW_MATERIALS)
		materials_undo(app);
	else
		form_undo(app, intent);
}

static void act_sync_now(struct app *app, struct intent *intent)
{
	(void)intent;
	upstream_reconnect(app, intent);
}
