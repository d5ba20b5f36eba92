/* Both lists are made anew from the tables, the hints and the model. */
#include "ui/menu.h"

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"

static const enum action function_keys[] = {ACTION_HELP, ACTION_CALL,
	ACTION_HOME, ACTION_OPTIONS, ACTION_REDO, ACTION_ANOTHER,
	ACTION_CAPTURE, ACTION_DO, ACTION_ASIDE};

/* Keys of a view that the menu offers when the view hints at them. */
static const enum action view_keys[] = {ACTION_NEXT, ACTION_MARK, ACTION_REMOVE,
	ACTION_UNDO, ACTION_EARLIER, ACTION_LATER, ACTION_CLEAR};

static const enum action common_keys[] = {
	ACTION_FIND, ACTION_REVEAL, ACTION_REDRAW};

static const struct {
	const char *label;
	enum intent_kind intent;
	int index;
	bool when_restricted; /* also at the log-in, while locked */
} commands[] = {
	{N_("messages of this visit"), INTENT_GOTO, VIEW_MESSAGES, false},
	{N_("sync with the platform"), INTENT_GOTO, VIEW_SYNC, false},
	{N_("devices"), INTENT_GOTO, VIEW_DEVICES, false},
	{N_("pause the window"), INTENT_PAUSE, 0, false},
	{N_("lock the screen"), INTENT_LOCK, 0, false},
	{N_("log out"), INTENT_LOGOUT, 0, false},
	{N_("leave the program"), INTENT_QUIT, 0, true},
};

static const struct {
	const char *label;
	enum intent_kind intent;
	int index; /* -1: not there yet */
} places[] = {
	{N_("queue"), INTENT_HOME, VIEW_HOME},
	{N_("to-do list"), INTENT_GOTO, -1},
	{N_("handing out"), INTENT_GOTO, -1},
	{N_("search"), INTENT_GOTO, VIEW_SEARCH},
	{N_("supervision"), INTENT_GOTO, -1},
	{N_("day and week close"), INTENT_GOTO, -1},
	{N_("sync"), INTENT_GOTO, VIEW_SYNC},
	{N_("devices"), INTENT_GOTO, VIEW_DEVICES},
	{N_("configuration"), INTENT_GOTO, -1},
	{N_("lock the screen"), INTENT_LOCK, 0},
	{N_("pause the window"), INTENT_PAUSE, 0},
	{N_("messages of this visit"), INTENT_GOTO, VIEW_MESSAGES},
};

bool menu_is_restricted(enum view_id view)
{
	return view == VIEW_LOGIN || view == VIEW_LOCK;
}

const char *menu_reason(const struct model *model,
	const struct hint_list *hints, enum action action)
{
	const struct hint *hint = hint_of(hints, action);
	bool restricted = menu_is_restricted(model->view);

	if (hint)
		return hint->reason;
	switch (action) {
	case ACTION_HELP:
	case ACTION_REDRAW:
		return NULL;
	case ACTION_CALL:
	case ACTION_FIND:
		return restricted ? _("after the log-in") : NULL;
	case ACTION_HOME:
		if (restricted)
			return _("after the log-in");
		return model->view == VIEW_HOME ? _("this is the queue") : NULL;
	case ACTION_REVEAL:
		return model->view == VIEW_CASE ? NULL
						: _("only in a single case");
	default:
		return _("not used in this view");
	}
}

static void add(struct menu *menu, const char *key, const char *label,
	const char *reason, struct command command)
{
	picker_add(menu->items, key, label, reason);
	g_array_append_val(menu->commands, command);
}

/* The one line whose words depend on the state. */
static const char *command_label(
	const struct model *model, enum intent_kind intent, const char *label)
{
	if (intent == INTENT_PAUSE && model->header.paused)
		return _("open the window again");
	return _(label);
}

static void add_action(struct menu *menu, const struct model *model,
	const struct hint_list *hints, enum action action)
{
	const struct hint *hint = hint_of(hints, action);

	add(menu, action_label(action),
		hint && hint->text ? hint->text : action_help(action),
		menu_reason(model, hints, action),
		(struct command){.action = action});
}

static void begin(struct menu *menu)
{
	menu->items = picker_items_new();
	menu->commands = g_array_new(FALSE, TRUE, sizeof(struct command));
}

void menu_build(struct menu *menu, const struct model *model,
	const struct hint_list *hints)
{
	bool restricted = menu_is_restricted(model->view);

	begin(menu);
	for (size_t i = 0; i < G_N_ELEMENTS(function_keys); i++)
		add_action(menu, model, hints, function_keys[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(view_keys); i++) {
		if (hint_of(hints, view_keys[i]))
			add_action(menu, model, hints, view_keys[i]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(common_keys) && !restricted; i++)
		add_action(menu, model, hints, common_keys[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (!restricted || commands[i].when_restricted)
			add(menu, NULL,
				command_label(model, commands[i].intent,
					commands[i].label),
				NULL,
				(struct command){.intent = commands[i].intent,
					.index = commands[i].index});
	}
}

void menu_build_goto(struct menu *menu, const struct model *model)
{
	begin(menu);
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		const char *reason = NULL;

		if (places[i].index < 0)
			reason = _("this version has no such view");
		else if (places[i].intent != INTENT_LOCK &&
			 places[i].intent != INTENT_PAUSE &&
			 places[i].index == (int)model->view)
			reason = _("you are here");
		add(menu, NULL,
			command_label(model, places[i].intent, places[i].label),
			reason,
			(struct command){.intent = places[i].intent,
				.index = places[i].index});
	}
}

void menu_clear(struct menu *menu)
{
	g_clear_pointer(&menu->items, g_ptr_array_unref);
	g_clear_pointer(&menu->commands, g_array_unref);
}
