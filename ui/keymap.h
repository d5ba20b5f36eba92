/* Actions, their keys, and the hints made from them.
 *
 * One table gives the enum, the names of the configuration, the help page, the
 * menu, the hint line and the key table of the README. Printable keys are
 * text, commands are named keys. */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"
#include "ui/text.h"

/* X(code, name, keys, help): keys as written in the configuration, the first
 * one is shown. Actions without keys come from printable keys. */
#define ACTIONS(X)                                                         \
	X(ACTION_NEXT, "next", "Enter", N_("next step, never final"))      \
	X(ACTION_BACK, "back", "Esc F12", N_("back, nothing is lost"))     \
	X(ACTION_HELP, "help", "F1", N_("help for this view"))             \
	X(ACTION_CALL, "call", "F2", N_("call, or call again"))            \
	X(ACTION_HOME, "home", "F3", N_("queue; draft is kept"))           \
	X(ACTION_OPTIONS, "options", "F4", N_("possible values"))          \
	X(ACTION_REDO, "redo", "F5", N_("redo: read, refresh"))            \
	X(ACTION_ANOTHER, "another", "F6", N_("one more, another"))        \
	X(ACTION_CAPTURE, "capture", "F7", N_("take a page or a code"))    \
	X(ACTION_DO, "do", "F8", N_("carry out"))                          \
	X(ACTION_ASIDE, "aside", "F9", N_("put aside, take back"))         \
	X(ACTION_MENU, "menu", "Ctrl+K F10", N_("menu of everything"))     \
	X(ACTION_GOTO, "goto", "Ctrl+G", N_("another view, by digit"))     \
	X(ACTION_FIND, "find", "Ctrl+F", N_("search"))                     \
	X(ACTION_REVEAL, "reveal", "Ctrl+E", N_("show or hide all data"))  \
	X(ACTION_UNDO, "undo", "Ctrl+Z", N_("undo the last change"))       \
	X(ACTION_CLEAR, "clear", "Ctrl+U", N_("empty field or filter"))    \
	X(ACTION_REDRAW, "redraw", "Ctrl+L", N_("paint everything again")) \
	X(ACTION_COPY, "copy", "Ctrl+C", N_("says how to copy"))           \
	X(ACTION_PANE_NEXT, "pane-next", "Tab", N_("next field or pane"))  \
	X(ACTION_PANE_BACK, "pane-back", "Shift+Tab",                      \
		N_("previous field or pane"))                              \
	X(ACTION_UP, "up", "Up", N_("line up"))                            \
	X(ACTION_DOWN, "down", "Down", N_("line down"))                    \
	X(ACTION_PAGE_UP, "page-up", "PgUp", N_("page up"))                \
	X(ACTION_PAGE_DOWN, "page-down", "PgDn", N_("page down"))          \
	X(ACTION_FIRST, "first", "Home", N_("to the beginning"))           \
	X(ACTION_LAST, "last", "End", N_("to the end"))                    \
	X(ACTION_LEFT, "left", "Left", N_("left; previous page"))          \
	X(ACTION_RIGHT, "right", "Right", N_("right; next page"))          \
	X(ACTION_EARLIER, "earlier", "Ctrl+Left",                          \
		N_("move this page forward"))                              \
	X(ACTION_LATER, "later", "Ctrl+Right", N_("move this page back"))  \
	X(ACTION_REMOVE, "remove", "Del", N_("remove row or page"))        \
	X(ACTION_BACKSPACE, "backspace", "Backspace",                      \
		N_("delete a character"))                                  \
	X(ACTION_PICK, "pick", "", N_("pick the numbered line"))           \
	X(ACTION_MARK, "mark", "", N_("tick, select"))                     \
	X(ACTION_TEXT, "text", "", N_("text or filter"))                   \
	X(ACTION_PASTE, "paste", "", N_("pasted into the field"))

#define ACTION_ROW(code, name, keys, help) code,
enum action { ACTION_NONE, ACTIONS(ACTION_ROW) ACTION_COUNT };

/* Keys as the terminal sends them, before the keymap. */
enum key_code {
	KEYCODE_NONE,
	KEYCODE_CHAR,  /* printable, see ch */
	KEYCODE_PASTE, /* see pasted */
	KEYCODE_ENTER,
	KEYCODE_ESC,
	KEYCODE_TAB,
	KEYCODE_BACKTAB,
	KEYCODE_BACKSPACE,
	KEYCODE_UP,
	KEYCODE_DOWN,
	KEYCODE_LEFT,
	KEYCODE_RIGHT,
	KEYCODE_CTRL_LEFT,
	KEYCODE_CTRL_RIGHT,
	KEYCODE_PGUP,
	KEYCODE_PGDN,
	KEYCODE_HOME,
	KEYCODE_END,
	KEYCODE_INS,
	KEYCODE_DEL,
	KEYCODE_F1, /* F1 to F12 in a row */
	KEYCODE_F12 = KEYCODE_F1 + 11,
	KEYCODE_CTRL_A, /* Ctrl+A to Ctrl+Z in a row */
	KEYCODE_CTRL_Z = KEYCODE_CTRL_A + 25,
	KEYCODE_COUNT
};

/* One key. Digits are ACTION_PICK, blanks (also U+3000) ACTION_MARK, other
 * printable ones ACTION_TEXT, all with ch set, so that a text field can take
 * them. */
struct key_event {
	enum action action;
	gunichar ch;
	char *pasted;  /* own; ACTION_PASTE only */
	int64_t at_ms; /* the clock of model.now_ms; 0: unknown */
};

void key_event_clear(struct key_event *key);
/* 0-9, also for full width digits; -1 otherwise. */
int key_digit(const struct key_event *key);

/* The action of a key; ACTION_NONE when it has none. */
enum action keymap_action(enum key_code code);
/* "Ctrl+K" to its code; KEYCODE_NONE when there is no such key. */
enum key_code keymap_code(const char *name, size_t len);
/* Its event, for term.c: takes pasted over. */
struct key_event keymap_event(
	enum key_code code, gunichar ch, char *take_pasted, int64_t at_ms);

const char *action_name(enum action action);
bool action_from_name(const char *name, enum action *action);
const char *action_help(enum action action); /* translated */
/* "F8", "Ctrl+K", "1-9"; translated where a key has a word. */
const char *action_label(enum action action);
/* All its keys: "Esc F12". Untranslated. */
const char *action_keys(enum action action);

/* Row 24: what can be done now, most likely first. */
struct hint {
	enum action action;
	char *keys;   /* own; NULL: action_label() */
	char *text;   /* own; "accept, print" */
	char *reason; /* own; why it cannot be done now: menu only */
};
struct hint_list {
	GArray *hints; /* struct hint */
};

struct hint_list *hint_list_new(void);
void hint_list_free(struct hint_list *list);
DEFINE_AUTO(hint_list, hint_list_free)
/* text is translated already. */
void hint_add(struct hint_list *list, enum action action, const char *text);
void hint_add_keys(struct hint_list *list, enum action action, const char *keys,
	const char *text);
void hint_add_off(struct hint_list *list, enum action action, const char *text,
	const char *reason);
const struct hint *hint_of(const struct hint_list *list, enum action action);

#endif
