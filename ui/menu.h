/* The menu of everything (Ctrl+K) and the list of views (Ctrl+G). */
#ifndef UI_MENU_H
#define UI_MENU_H

#include <glib.h>

#include "ui/intent.h"
#include "ui/keymap.h"
#include "ui/model.h"
#include "ui/picker.h"

/* What a line does: an action as if its key were pressed, or an intent. */
struct command {
	enum action action;
	enum intent_kind intent;
	int index;
};

struct menu {
	GPtrArray *items; /* struct picker_item */
	GArray *commands; /* struct command, one an item */
};

/* F1 to F9 first, numbered like the keys, then all else. */
void menu_build(struct menu *menu, const struct model *model,
	const struct hint_list *hints);
/* 1 to 9 and 0 as the same for everybody; absent ones say why. */
void menu_build_goto(struct menu *menu, const struct model *model);
void menu_clear(struct menu *menu);

/* Why an action cannot be done now; NULL: it can. Borrowed of hints or of the
 * translations. */
const char *menu_reason(const struct model *model,
	const struct hint_list *hints, enum action action);
/* Log-in and lock know few keys. */
bool menu_is_restricted(enum view_id view);

#endif
