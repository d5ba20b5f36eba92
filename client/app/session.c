/* Who works here: log-in with a password hashed by scrypt, lock after idle,
 * pause of the window. Attempts are counted in the store before the password is
 * looked at, so that a crash does not give one for free. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"

enum { ATTEMPTS_MAX = 5, ATTEMPTS_WAIT_MS = 5 * 60 * 1000 };

static void audit_session(struct app *app, enum audit_act act,
	const char *staff_no, const char *result)
{
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;

	actor.staff_no = staff_no;
	if (!audit_record(app->store, act, &actor, "person", staff_no, result,
		    NULL, &error))
		app_say_error(app, error);
}

/* The strongest first; NULL when none of them works at a window. */
static const enum person_role window_roles[] = {
	ROLE_CLERK, ROLE_OFFICER, ROLE_ISSUER, ROLE_MANAGER};

const char *session_role(const struct person *person)
{
	for (size_t i = 0; i < G_N_ELEMENTS(window_roles); i++) {
		if (person_has_role(person, window_roles[i]))
			return person_role_name(window_roles[i]);
	}
	return NULL;
}

bool session_may_serve(const struct app *app)
{
	const struct person *person = app->session.person;

	return person && (person_has_role(person, ROLE_CLERK) ||
				 person_has_role(person, ROLE_OFFICER));
}

void session_show_login(struct app *app)
{
	struct login_model *login = &app->model.login;
	g_autofree char *last = store_meta(app->store, "last_logout");
	g_autofree char *store_line = NULL;
	struct store_counts counts = {0};

	model_text(
		&login->window_name, config_text(app->config, "window.name"));
	model_text(&login->last_logout, last);
	g_ptr_array_set_size(login->selftest, 0);
	if (store_counts(app->store, &counts, NULL))
		store_line = g_strdup_printf(
			_("Store     [ok]  %d cases"), (int)counts.cases);
	else
		store_line = g_strdup(_("Store     [fault]"));
	model_line(login->selftest, store_line);
	if (*config_text(app->config, "screen.notice"))
		model_line(login->selftest,
			config_text(app->config, "screen.notice"));
	app->model.view = VIEW_LOGIN;
}

/* Attempts of one account: a row of meta, "COUNT BOOT_ID BOOT_MS". */
struct attempts {
	int count;
	int64_t since_ms; /* of the last one; 0 when before this boot */
	bool is_this_boot;
};

/* What is no staff number may be a password in the wrong field: such texts
 * share a few rows and are kept nowhere. */
static char *attempts_key(const struct app *app, const char *staff_no)
{
	char hash[SHA256_TEXT];

	if (people_find(app->people, staff_no))
		return g_strconcat("attempts.", staff_no, NULL);
	sha256_text(staff_no, strlen(staff_no), hash);
	return g_strdup_printf("attempts.?%.2s", hash);
}

static struct attempts attempts_of(struct app *app, const char *key)
{
	g_autofree char *text = store_meta(app->store, key);
	g_auto(GStrv) parts = g_strsplit(text ? text : "", " ", 3);
	struct attempts attempts = {0};

	if (g_strv_length(parts) != 3)
		return attempts;
	attempts.count = (int)g_ascii_strtoll(parts[0], NULL, 10);
	attempts.is_this_boot = !strcmp(parts[1], clock_boot_id());
	if (attempts.is_this_boot)
		attempts.since_ms =
			clock_boot_ms() - g_ascii_strtoll(parts[2], NULL, 10);
	return attempts;
}

static bool put_attempts(struct app *app, const char *key, int count)
{
	g_autofree char *value = g_strdup_printf("%d %s %" G_GINT64_FORMAT,
		count, clock_boot_id(), clock_boot_ms());
	g_autoptr(GError) error = NULL;

	if (store_set_meta(app->store, key, value, &error))
		return true;
	app_say_error(app, error);
	return false;
}

static void say_locked(struct app *app, int64_t since_ms)
{
	app_say(app,
		_("Too many attempts: locked for %d more minutes. The hall "
		  "desk can help."),
		(int)((ATTEMPTS_WAIT_MS - since_ms - 1) / 60000) + 1);
}

static void say_tries_left(struct app *app, int count)
{
	if (count >= ATTEMPTS_MAX)
		say_locked(app, 0);
	else
		app_say(app,
			_("Staff number and password do not match. %d tries "
			  "left; the hall desk can help."),
			ATTEMPTS_MAX - count);
}

static bool count_attempt(struct app *app, const char *key)
{
	struct attempts attempts = attempts_of(app, key);

	if (attempts.count < ATTEMPTS_MAX)
		return put_attempts(app, key, attempts.count + 1);
	if (attempts.since_ms >= ATTEMPTS_WAIT_MS)
		return put_attempts(app, key, 1);
	/* The boot clock began anew, and so does the wait. */
	if (!attempts.is_this_boot)
		put_attempts(app, key, attempts.count);
	say_locked(app, attempts.since_ms);
	return false;
}

/* Unknown people cost the same time as known ones. */
static const struct person *check_password(
	struct app *app, const char *staff_no, const char *password)
{
	const struct person *person = people_find(app->people, staff_no);
	g_autofree char *key = attempts_key(app, staff_no);

	if (!count_attempt(app, key))
		return NULL;
	if (!password_verify(password, person ? person->verifier : NULL)) {
		audit_session(app, AUDIT_LOGIN_FAILED, person ? staff_no : "",
			"denied");
		say_tries_left(app, attempts_of(app, key).count);
		return NULL;
	}
	store_set_meta(app->store, key, "0", NULL);
	return person;
}

static void enter_window(struct app *app, const struct person *person)
{
	struct visit_mark mark;
	bool told;

	app->session.person = person;
	uuid7(app->session.id);
	app->session.locked = false;
	app->session.paused = window_is_paused(app->store);
	audit_session(app, AUDIT_LOGIN, person->staff_no, "ok");
	app->model.view = VIEW_HOME;
	queue_refresh(app);
	app_refresh_header(app);
	app_touch(app);
	devices_announce(app, NULL);
	told = catalogue_tell(app);
	if (visit_interrupted(app, &mark))
		app_say(app, _("A visit was interrupted. Enter continues it; "
			       "everything is kept."));
	else if (!told && app->session.paused)
		app_say(app, _("Logged in. The window is paused; F8 opens it "
			       "again."));
	else if (!told)
		app_say(app, _("Logged in. Enter calls the next number."));
}

/* The window, and a role that works at windows: administrators and technicians
 * have commands of their own and no cases. */
static bool has_place_here(const struct app *app, const struct person *person)
{
	return person_may_use_window(
		       person, config_text(app->config, "window.number")) &&
	       (session_role(person) != NULL);
}

void session_login(struct app *app, struct intent *intent)
{
	const char *staff_no = intent->text ? intent->text : "";
	const char *password = intent->text2 ? intent->text2 : "";
	const struct person *person;

	model_text(&app->model.login.staff_no, staff_no);
	if (!*staff_no || !*password) {
		app_say(app, _("Staff number and password are both needed."));
		return;
	}
	person = check_password(app, staff_no, password);
	if (!person)
		return;
	if (!has_place_here(app, person)) {
		audit_session(app, AUDIT_LOGIN_FAILED, staff_no, "denied");
		app_say(app,
			_("This account does not work at this window. Another "
			  "window, or the hall desk."));
		return;
	}
	enter_window(app, person);
}

/* Lock -------------------------------------------------------------------- */

void session_lock(struct app *app, struct intent *intent)
{
	(void)intent;
	if (!app->session.person || app->session.locked)
		return;
	if (app->ops && app->ops->flush)
		app->ops->flush(app->context);
	if (app->visit.open)
		visit_save(app);
	audit_session(app, AUDIT_LOCK, app->session.person->staff_no, "ok");
	dialog_close(app, NULL);
	search_cover(app);
	app->session.locked = true;
	app->session.view_before_lock = app->model.view;
	model_text(&app->model.message, NULL);
	app->model.view = VIEW_LOCK;
}

void session_unlock(struct app *app, struct intent *intent)
{
	const struct person *person = app->session.person;

	if (!app->session.locked || !person)
		return;
	if (!check_password(
		    app, person->staff_no, intent->text2 ? intent->text2 : ""))
		return;
	audit_session(app, AUDIT_UNLOCK, person->staff_no, "ok");
	app->session.locked = false;
	model_text(&app->model.message, NULL);
	app->model.view = app->session.view_before_lock;
	queue_refresh(app);
	catalogue_tell(app);
	app_touch(app);
}

void session_logout(struct app *app, struct intent *intent)
{
	g_autofree char *when = NULL, *line = NULL;

	(void)intent;
	if (!app->session.person)
		return;
	if (app->visit.open && !app->session.locked) {
		app_say(app,
			_("%s is still open: finish it or press F9 to "
			  "park it, then log out."),
			app->visit.ticket->number);
		return;
	}
	if (app->visit.open) {
		visit_save(app);
		visit_end(app);
	}
	audit_session(app, AUDIT_LOGOUT, app->session.person->staff_no, "ok");
	when = clock_format(app_now_ms(app), "%m-%d %H:%M");
	line = g_strdup_printf("%s  %s", app->session.person->name, when);
	store_set_meta(app->store, "last_logout", line, NULL);
	app->session.person = NULL;
	app->session.locked = false;
	g_ptr_array_set_size(app->model.messages, 0);
	session_show_login(app);
	app_refresh_header(app);
}

static gboolean lock_due(gpointer user_data)
{
	struct app *app = user_data;

	app->lock_timer = 0;
	session_arm_lock(app);
	return G_SOURCE_REMOVE;
}

/* One timer at the time the lock would fall due; keys only note the time. */
void session_arm_lock(struct app *app)
{
	int64_t after_ms =
		config_int(app->config, "screen.lock_after_s") * 1000;
	int64_t idle_ms = clock_boot_ms() - app->touched_boot_ms;

	if (app->lock_timer || !app->session.person || app->session.locked ||
		after_ms == 0)
		return;
	if (idle_ms >= after_ms) {
		session_lock(app, NULL);
		app_changed(app, true);
		return;
	}
	app->lock_timer =
		g_timeout_add((guint)(after_ms - idle_ms + 10), lock_due, app);
}

/* Pause ------------------------------------------------------------------- */

void session_set_paused(struct app *app, bool paused, const char *reason)
{
	struct actor actor = app_actor(app);
	g_autoptr(GError) error = NULL;

	if (!window_pause(app->store, paused, reason, &actor, &error)) {
		app_say_error(app, error);
		return;
	}
	app->session.paused = paused;
	upstream_wake(app);
	app_refresh_header(app);
	devices_announce(app, NULL);
	app_say(app, "%s",
		paused ? _("The window is paused: no number is called. F8 "
			   "opens it again.")
		       : _("The window is open again."));
}

void session_pause(struct app *app, struct intent *intent)
{
	(void)intent;
	if (app->session.paused) {
		session_set_paused(app, false, NULL);
		return;
	}
	if (app->visit.open) {
		app_say(app,
			_("%s is still open: finish it or press F9 to "
			  "park it, then pause."),
			app->visit.ticket->number);
		return;
	}
	dialog_open(app, DIALOG_PAUSE, 0);
}
