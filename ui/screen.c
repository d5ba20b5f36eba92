/* The screen as a whole: one view, at most one thing over it (menu, list of
 * views, help, dialog), the frame around. Keys that mean the same everywhere
 * are taken here; F keys reach a view only when its hints offer them, so hints
 * and keys cannot differ. */
#include <string.h>

#include "client/base/clock.h"
#include "ui/dialog.h"
#include "ui/draw.h"
#include "ui/frame.h"
#include "ui/help.h"
#include "ui/menu.h"
#include "ui/picker.h"
#include "ui/said.h"
#include "ui/text.h"
#include "ui/view.h"
#include "ui/view_common.h"

enum {
	DO_REPEAT_MS = 250,    /* F8 again within this is a bounce */
	HOME_ENTER_MS = 500,   /* Enter is dropped so long after home came */
	ENTER_REPEAT_MS = 150, /* closer ones are a key held down */
	AHEAD_MS = 2000,       /* older than this is a clock that jumped */
};

enum overlay { OVERLAY_NONE, OVERLAY_MENU, OVERLAY_GOTO, OVERLAY_HELP };

struct screen {
	void *states[VIEW_COUNT];
	bool has_view;
	enum view_id view;
	enum overlay overlay;
	struct picker picker; /* menu, goto */
	struct help help;
	struct dialog dialog;
	struct said said;
	int64_t shown_ms; /* when the view or dialog came, on the keys' clock */
	int64_t do_ms, enter_ms; /* last F8, last Enter */
	char *covered;           /* the message that stood when the lock came */
	bool wants_redraw;
};

struct screen *screen_new(void)
{
	struct screen *screen = g_new0(struct screen, 1);

	for (enum view_id view = 0; view < VIEW_COUNT; view++)
		screen->states[view] =
			g_malloc0(MAX(view_ops_of(view)->state_size, 1));
	return screen;
}

static void leave(struct screen *screen)
{
	const struct view_ops *ops = view_ops_of(screen->view);

	if (screen->has_view && ops->leave)
		ops->leave(screen->states[screen->view]);
	screen->has_view = false;
}

static void close_overlay(struct screen *screen)
{
	screen->overlay = OVERLAY_NONE;
	picker_close(&screen->picker);
	help_close(&screen->help);
}

void screen_free(struct screen *screen)
{
	if (!screen)
		return;
	leave(screen);
	close_overlay(screen);
	dialog_end(&screen->dialog);
	said_clear(&screen->said);
	g_free(screen->covered);
	for (enum view_id view = 0; view < VIEW_COUNT; view++)
		g_free(screen->states[view]);
	g_free(screen);
}

bool screen_wants_redraw(struct screen *screen)
{
	bool wants = screen->wants_redraw;

	screen->wants_redraw = false;
	return wants;
}

/* Following the model --------------------------------------------------------
 */

static void show_view(struct screen *screen, const struct model *model)
{
	leave(screen);
	close_overlay(screen);
	screen->view = model->view;
	screen->has_view = true;
	screen->shown_ms = clock_wall_ms();
	g_free(screen->covered);
	screen->covered = g_strdup(model->message);
	view_ops_of(model->view)->enter(screen->states[model->view], model);
}

static void sync_dialog(struct screen *screen, const struct model *model)
{
	bool is_open = model->dialog.open && model->view != VIEW_LOCK;

	/* One question may follow another within a key: it begins anew. */
	if (is_open == screen->dialog.is_open &&
		(!is_open || screen->dialog.serial == model->dialog.serial))
		return;
	if (is_open) {
		close_overlay(screen);
		dialog_begin(&screen->dialog, &model->dialog);
		screen->shown_ms = clock_wall_ms();
	} else {
		dialog_end(&screen->dialog);
	}
}

void screen_sync(struct screen *screen, const struct model *model)
{
	const struct view_ops *ops;

	if (!screen->has_view || screen->view != model->view)
		show_view(screen, model);
	sync_dialog(screen, model);
	if (!screen->said.picture)
		said_look(&screen->said, model, clock_wall_ms());
	ops = view_ops_of(screen->view);
	if (ops->sync)
		ops->sync(screen->states[screen->view], model);
}

void screen_reload(struct screen *screen, const struct model *model)
{
	const struct view_ops *ops = view_ops_of(model->view);

	screen_sync(screen, model);
	if (ops->reload)
		ops->reload(screen->states[model->view], model);
	else
		ops->enter(screen->states[model->view], model);
}

struct intent screen_flush(struct screen *screen, const struct model *model)
{
	const struct view_ops *ops = view_ops_of(screen->view);

	if (!screen->has_view || screen->view != model->view || !ops->flush)
		return intent_none();
	return ops->flush(screen->states[screen->view], model);
}

/* Hints -------------------------------------------------------------------- */

static struct hint_list *view_hints(
	const struct screen *screen, const struct model *model)
{
	const struct view_ops *ops = view_ops_of(screen->view);
	struct hint_list *hints = hint_list_new();

	if (ops->hints)
		ops->hints(screen->states[screen->view], model, hints);
	return hints;
}

static void overlay_hints(const struct screen *screen, struct hint_list *hints)
{
	switch (screen->overlay) {
	case OVERLAY_MENU:
		hint_add(hints, ACTION_PICK, _("are F1 to F9"));
		hint_add(hints, ACTION_NEXT, _("run"));
		hint_add(hints, ACTION_TEXT, _("to find"));
		break;
	case OVERLAY_GOTO:
		hint_add_keys(hints, ACTION_PICK, "0-9", _("go there"));
		hint_add(hints, ACTION_NEXT, _("go to this line"));
		break;
	default:
		hint_add(hints, ACTION_PAGE_DOWN, _("next page"));
		hint_add(hints, ACTION_TEXT, _("to find"));
		break;
	}
	hint_add(hints, ACTION_BACK, _("close"));
}

/* Drawing ------------------------------------------------------------------ */

static void build_overlay(const struct screen *screen,
	const struct model *model, struct menu *menu)
{
	AUTO(hint_list) hints = view_hints(screen, model);

	if (screen->overlay == OVERLAY_GOTO)
		menu_build_goto(menu, model);
	else
		menu_build(menu, model, hints);
}

static void draw_list(const struct screen *screen, const struct model *model,
	struct canvas *canvas, struct box body)
{
	bool is_goto = screen->overlay == OVERLAY_GOTO;
	g_autofree char *title = NULL;
	struct menu menu;

	build_overlay(screen, model, &menu);
	title = is_goto ? g_strdup(_("Go to"))
			: g_strdup_printf("%s %s", _("Menu"),
				  _(view_ops_of(screen->view)->title));
	picker_draw(&screen->picker, menu.items, model->matches, title,
		is_goto ? 1 : 2, canvas, body);
	menu_clear(&menu);
}

static void draw_body(const struct screen *screen, const struct model *model,
	struct canvas *canvas, const struct hint_list *hints)
{
	struct box body = frame_body(canvas, screen->view);

	if (screen->overlay == OVERLAY_HELP) {
		help_draw(&screen->help, hints, canvas, body);
		return;
	}
	view_ops_of(screen->view)
		->draw(screen->states[screen->view], model, canvas, body);
	if (screen->dialog.is_open)
		dialog_draw(&screen->dialog, &model->dialog, canvas, body);
	else if (screen->overlay != OVERLAY_NONE)
		draw_list(screen, model, canvas, body);
}

/* The message of what is on top; caller frees, NULL: the model's. */
static char *overlay_message(
	const struct screen *screen, const struct model *model)
{
	struct menu menu;
	char *message;

	/* What was said of a case does not show through the lock. */
	if (screen->view == VIEW_LOCK &&
		g_strcmp0(model->message, screen->covered) == 0)
		return g_strdup("");
	if (screen->overlay == OVERLAY_HELP)
		return g_strdup(_("This page is made from the table of keys."));
	if (screen->overlay == OVERLAY_NONE)
		return NULL;
	build_overlay(screen, model, &menu);
	message = g_strdup(
		picker_reason(&screen->picker, menu.items, model->matches));
	menu_clear(&menu);
	return message ? message
		       : g_strdup(_("In brackets: not now; on the line it "
				    "says why."));
}

static void heading(const struct screen *screen, const struct model *model,
	GString *left, GString *right)
{
	const struct view_ops *ops = view_ops_of(screen->view);

	if (screen->overlay == OVERLAY_HELP)
		g_string_append_printf(left, "%s %s", _("Help"), _(ops->title));
	else if (ops->heading)
		ops->heading(screen->states[screen->view], model, left, right);
	else
		g_string_append(left, _(ops->title));
}

static void draw_frame(const struct screen *screen, const struct model *model,
	struct canvas *canvas, const struct hint_list *hints)
{
	GString *left = g_string_new(NULL), *right = g_string_new(NULL);
	g_autofree char *message = overlay_message(screen, model);
	bool is_plain =
		screen->overlay == OVERLAY_NONE && !screen->dialog.is_open;
	AUTO(hint_list) over = hint_list_new();
	struct frame frame = {.hints = is_plain ? hints : over,
		.message = message ? message : model->message,
		.with_menu = is_plain && screen->view != VIEW_LOCK,
		.with_help = is_plain,
		.is_locked = screen->view == VIEW_LOCK};

	if (screen->dialog.is_open)
		dialog_hints(&screen->dialog, &model->dialog, over);
	else if (!is_plain)
		overlay_hints(screen, over);
	heading(screen, model, left, right);
	frame.left = left->str;
	frame.right = right->str;
	frame_draw(canvas, model, &frame);
	g_string_free(left, TRUE);
	g_string_free(right, TRUE);
}

void screen_draw(const struct screen *screen, const struct model *model,
	struct canvas *canvas)
{
	AUTO(hint_list) hints = NULL;

	canvas_clear(canvas);
	if (!screen->has_view || !frame_fits(canvas))
		return;
	hints = view_hints(screen, model);
	draw_frame(screen, model, canvas, hints);
	draw_body(screen, model, canvas, hints);
}

/* Messages ----------------------------------------------------------------- */

/* The view and its dialog on a screen of common size, without the frame and
 * without the lists that only cover them. Caller frees. */
static struct canvas *picture(
	const struct screen *screen, const struct model *model)
{
	struct canvas *canvas = canvas_new(24, 80);
	struct box body = {1, 0, 23, 80};

	canvas_printf(canvas, 0, 0, STYLE_NORMAL, "%d %u", (int)screen->view,
		model->dialog.open ? model->dialog.serial : 0);
	view_ops_of(screen->view)
		->draw(screen->states[screen->view], model, canvas, body);
	if (screen->dialog.is_open)
		dialog_draw(&screen->dialog, &model->dialog, canvas, body);
	return canvas;
}

bool screen_outlived(struct screen *screen, const struct model *model)
{
	AUTO(canvas) now = NULL;

	if (!screen->said.picture)
		return false;
	screen_sync(screen, model);
	now = picture(screen, model);
	return said_end(&screen->said, model, now);
}

/* Keys --------------------------------------------------------------------- */

static bool is_within(int64_t since_ms, int64_t now_ms, int64_t span_ms)
{
	return since_ms > 0 && now_ms >= since_ms &&
	       now_ms - since_ms < span_ms;
}

/* Typed before what it would hit was drawn. */
static bool is_ahead(const struct screen *screen, const struct key_event *key)
{
	return key->at_ms < screen->shown_ms &&
	       screen->shown_ms - key->at_ms < AHEAD_MS;
}

static bool drop_do(struct screen *screen, const struct key_event *key)
{
	bool drop = is_within(screen->do_ms, key->at_ms, DO_REPEAT_MS) ||
		    is_ahead(screen, key);

	screen->do_ms = key->at_ms;
	return drop;
}

static bool drop_enter(struct screen *screen, const struct key_event *key)
{
	bool is_held = is_within(screen->enter_ms, key->at_ms, ENTER_REPEAT_MS);

	screen->enter_ms = key->at_ms;
	if (screen->view != VIEW_HOME || screen->dialog.is_open ||
		screen->overlay != OVERLAY_NONE)
		return false;
	return is_held || is_ahead(screen, key) ||
	       is_within(screen->shown_ms, key->at_ms, HOME_ENTER_MS);
}

/* Keys that must not act because of when they came. at_ms 0: unknown. */
static bool is_dropped(struct screen *screen, const struct key_event *key)
{
	if (key->at_ms == 0)
		return false;
	if (key->action == ACTION_DO)
		return drop_do(screen, key);
	if (key->action == ACTION_NEXT)
		return drop_enter(screen, key);
	return screen->dialog.is_open && is_ahead(screen, key);
}

static struct intent act_key(struct screen *screen, const struct model *model,
	const struct key_event *key);

static struct intent run_command(struct screen *screen,
	const struct model *model, struct command command,
	const struct key_event *key)
{
	struct key_event as_key = {
		.action = command.action, .at_ms = key->at_ms};

	close_overlay(screen);
	if (command.action == ACTION_NONE)
		return intent_index(command.intent, command.index, 0);
	if (command.action == ACTION_MARK)
		as_key.ch = ' ';
	return act_key(screen, model, &as_key);
}

static struct intent list_key(struct screen *screen, const struct model *model,
	const struct key_event *key)
{
	struct intent intent = intent_none();
	struct menu menu;
	int index = -1;
	enum picked picked;

	build_overlay(screen, model, &menu);
	picked = picker_key(
		&screen->picker, menu.items, model->matches, key, &index);
	if (picked == PICKED_CLOSED) {
		close_overlay(screen);
	} else if (picked == PICKED_LINE) {
		intent = run_command(screen, model,
			g_array_index(menu.commands, struct command, index),
			key);
	} else if (picked == PICKED_REASON) {
		const struct picker_item *item = menu.items->pdata[index];

		intent = intent_text(INTENT_MESSAGE, 0, item->reason);
	}
	menu_clear(&menu);
	return intent;
}

static struct intent overlay_key(struct screen *screen,
	const struct model *model, const struct key_event *key)
{
	if (screen->overlay != OVERLAY_HELP)
		return list_key(screen, model, key);
	if (!help_key(&screen->help, key))
		close_overlay(screen);
	return intent_none();
}

static void open_list(struct screen *screen, enum overlay overlay)
{
	screen->overlay = overlay;
	screen->picker.fixed_digits = true;
	screen->picker.has_zero = overlay == OVERLAY_GOTO;
	picker_open(&screen->picker, 0);
}

static struct intent call(const struct model *model)
{
	bool is_called = model->view != VIEW_FINISH &&
			 (view_is_visit(model->view) || model->home.current);

	return intent_of(is_called ? INTENT_CALL_AGAIN : INTENT_CALL_NEXT);
}

/* The keys of every view; true when the key was one of them. */
static bool common_key(struct screen *screen, const struct model *model,
	const struct key_event *key, struct intent *intent)
{
	switch (key->action) {
	case ACTION_REDRAW:
		screen->wants_redraw = true;
		return true;
	case ACTION_HELP:
		screen->overlay = OVERLAY_HELP;
		help_open(&screen->help);
		return true;
	case ACTION_MENU:
		if (screen->view != VIEW_LOCK)
			open_list(screen, OVERLAY_MENU);
		return true;
	case ACTION_GOTO:
		if (!menu_is_restricted(screen->view))
			open_list(screen, OVERLAY_GOTO);
		return true;
	case ACTION_FIND:
		*intent = intent_index(INTENT_GOTO, VIEW_SEARCH, 0);
		return true;
	case ACTION_HOME:
		*intent = intent_of(INTENT_HOME);
		return true;
	case ACTION_REVEAL:
		*intent = intent_of(INTENT_REVEAL);
		return true;
	case ACTION_CALL:
		*intent = call(model);
		return true;
	case ACTION_ASIDE:
		if (!view_is_visit(screen->view))
			return false;
		*intent = intent_of(INTENT_ASIDE);
		return true;
	default:
		return false;
	}
}

/* Keys that exist in a view only when it offers them. */
static bool must_be_hinted(enum action action)
{
	switch (action) {
	case ACTION_CALL:
	case ACTION_HOME:
	case ACTION_OPTIONS:
	case ACTION_REDO:
	case ACTION_ANOTHER:
	case ACTION_CAPTURE:
	case ACTION_DO:
	case ACTION_ASIDE:
	case ACTION_FIND:
	case ACTION_REVEAL:
		return true;
	default:
		return false;
	}
}

static struct intent act_key(struct screen *screen, const struct model *model,
	const struct key_event *key)
{
	const struct view_ops *ops = view_ops_of(screen->view);
	AUTO(hint_list) hints = view_hints(screen, model);
	struct intent intent = intent_none();
	const char *reason;

	if (must_be_hinted(key->action)) {
		reason = menu_reason(model, hints, key->action);
		if (reason) {
			intent = intent_text(INTENT_MESSAGE, 0, NULL);
			intent.text = g_strdup_printf(
				"%s: %s", action_label(key->action), reason);
			return intent;
		}
	}
	if (common_key(screen, model, key, &intent))
		return intent;
	return ops->key(screen->states[screen->view], model, *key);
}

struct intent screen_key(
	struct screen *screen, const struct model *model, struct key_event key)
{
	AUTO(canvas) before = NULL;

	screen_sync(screen, model);
	if (key.action == ACTION_NONE || is_dropped(screen, &key))
		return intent_none();
	before = picture(screen, model);
	said_begin(&screen->said, model, before, key.at_ms);
	if (key.action == ACTION_REDRAW) {
		screen->wants_redraw = true;
		return intent_none();
	}
	if (key.action == ACTION_COPY)
		return intent_text(INTENT_MESSAGE, 0,
			_("To copy: select with the mouse, then "
			  "Ctrl+Shift+C."));
	if (screen->dialog.is_open)
		return dialog_key(&screen->dialog, &model->dialog, &key);
	if (screen->overlay != OVERLAY_NONE)
		return overlay_key(screen, model, &key);
	return act_key(screen, model, &key);
}
