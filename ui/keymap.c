/* The table of ACTIONS, both ways: from a key to its action, from an action to
 * what the clerk reads. */
#include "ui/keymap.h"

#include <string.h>

struct action_row {
	const char *name, *keys, *help;
};

#define ACTION_TABLE_ROW(code, name, keys, help) [code] = {name, keys, help},
static const struct action_row actions[ACTION_COUNT] = {
	[ACTION_NONE] = {"none", "", ""}, ACTIONS(ACTION_TABLE_ROW)};

struct key_name {
	const char *name;
	enum key_code code;
};

static const struct key_name key_names[] = {
	{N_("Enter"), KEYCODE_ENTER},
	{N_("Esc"), KEYCODE_ESC},
	{N_("Tab"), KEYCODE_TAB},
	{N_("Shift+Tab"), KEYCODE_BACKTAB},
	{N_("Backspace"), KEYCODE_BACKSPACE},
	{N_("Up"), KEYCODE_UP},
	{N_("Down"), KEYCODE_DOWN},
	{N_("Left"), KEYCODE_LEFT},
	{N_("Right"), KEYCODE_RIGHT},
	{N_("Ctrl+Left"), KEYCODE_CTRL_LEFT},
	{N_("Ctrl+Right"), KEYCODE_CTRL_RIGHT},
	{N_("PgUp"), KEYCODE_PGUP},
	{N_("PgDn"), KEYCODE_PGDN},
	{N_("Home"), KEYCODE_HOME},
	{N_("End"), KEYCODE_END},
	{N_("Ins"), KEYCODE_INS},
	{N_("Del"), KEYCODE_DEL},
};

enum key_code keymap_code(const char *name, size_t len)
{
	g_autofree char *key = g_strndup(name, len);

	for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++) {
		if (strcmp(key_names[i].name, key) == 0)
			return key_names[i].code;
	}
	if (key[0] == 'F' && g_ascii_isdigit(key[1])) {
		guint64 number = g_ascii_strtoull(key + 1, NULL, 10);

		if (number >= 1 && number <= 12)
			return KEYCODE_F1 + (enum key_code)number - 1;
	}
	if (g_str_has_prefix(key, "Ctrl+") && strlen(key) == 6 &&
		g_ascii_isupper(key[5]))
		return KEYCODE_CTRL_A + (enum key_code)(key[5] - 'A');
	return KEYCODE_NONE;
}

static bool has_key(enum action action, enum key_code code)
{
	const char *at = actions[action].keys;

	while (*at) {
		size_t len = strcspn(at, " ");

		if (keymap_code(at, len) == code)
			return true;
		at += len;
		while (*at == ' ')
			at++;
	}
	return false;
}

enum action keymap_action(enum key_code code)
{
	for (enum action action = 1; action < ACTION_COUNT; action++) {
		if (has_key(action, code))
			return action;
	}
	return ACTION_NONE;
}

/* Events ------------------------------------------------------------------ */

void key_event_clear(struct key_event *key)
{
	g_clear_pointer(&key->pasted, g_free);
	key->action = ACTION_NONE;
}

int key_digit(const struct key_event *key)
{
	gunichar c = key->ch;

	if (key->action != ACTION_PICK)
		return -1;
	if (c >= 0xff10 && c <= 0xff19)
		c -= 0xfee0;
	return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
}

static enum action action_of_char(gunichar c)
{
	if (c == ' ' || c == 0x3000)
		return ACTION_MARK;
	if ((c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19))
		return ACTION_PICK;
	return ACTION_TEXT;
}

struct key_event keymap_event(
	enum key_code code, gunichar ch, char *take_pasted, int64_t at_ms)
{
	struct key_event key = {.at_ms = at_ms};

	if (code == KEYCODE_CHAR) {
		key.ch = ch;
		key.action = action_of_char(ch);
	} else if (code == KEYCODE_PASTE) {
		key.action = ACTION_PASTE;
		key.pasted = take_pasted;
	} else {
		key.action = keymap_action(code);
	}
	return key;
}

/* Names ------------------------------------------------------------------- */

const char *action_name(enum action action)
{
	return actions[action].name;
}

bool action_from_name(const char *name, enum action *action)
{
	for (enum action i = 1; i < ACTION_COUNT; i++) {
		if (strcmp(actions[i].name, name) == 0) {
			*action = i;
			return true;
		}
	}
	return false;
}

const char *action_help(enum action action)
{
	return _(actions[action].help);
}

const char *action_keys(enum action action)
{
	return actions[action].keys;
}

const char *action_label(enum action action)
{
	const char *keys = actions[action].keys;
	size_t len = strcspn(keys, " ");

	switch (action) {
	case ACTION_PICK:
		return "1-9";
	case ACTION_MARK:
		return _("Space");
	case ACTION_TEXT:
		return _("letters");
	case ACTION_PASTE:
		return _("paste");
	default:
		break;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++) {
		if (strlen(key_names[i].name) == len &&
			strncmp(key_names[i].name, keys, len) == 0)
			return _(key_names[i].name);
	}
	/* The others have one key, or their first one stands alone. */
	return action == ACTION_MENU ? "Ctrl+K" : keys;
}

/* Hints ------------------------------------------------------------------- */

static void hint_free(gpointer data)
{
	struct hint *hint = data;

	g_free(hint->keys);
	g_free(hint->text);
	g_free(hint->reason);
}

struct hint_list *hint_list_new(void)
{
	struct hint_list *list = g_new0(struct hint_list, 1);

	list->hints = g_array_new(FALSE, TRUE, sizeof(struct hint));
	g_array_set_clear_func(list->hints, hint_free);
	return list;
}

void hint_list_free(struct hint_list *list)
{
	if (!list)
		return;
	g_array_unref(list->hints);
	g_free(list);
}

static void append(struct hint_list *list, enum action action, const char *keys,
	const char *text, const char *reason)
{
	struct hint hint = {
		action, g_strdup(keys), g_strdup(text), g_strdup(reason)};

	g_array_append_val(list->hints, hint);
}

void hint_add(struct hint_list *list, enum action action, const char *text)
{
	append(list, action, NULL, text, NULL);
}

void hint_add_keys(struct hint_list *list, enum action action, const char *keys,
	const char *text)
{
	append(list, action, keys, text, NULL);
}

void hint_add_off(struct hint_list *list, enum action action, const char *text,
	const char *reason)
{
	append(list, action, NULL, text, reason);
}

const struct hint *hint_of(const struct hint_list *list, enum action action)
{
	for (guint i = 0; i < list->hints->len; i++) {
		const struct hint *hint =
			&g_array_index(list->hints, struct hint, i);

		if (hint->action == action)
			return hint;
	}
	return NULL;
}
