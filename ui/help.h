/* The help page: made from the keymap and the hints of the view, so it cannot
 * be wrong about a key. */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "ui/canvas.h"
#include "ui/edit.h"
#include "ui/keymap.h"

struct help {
	bool is_open;
	int top;            /* first line shown */
	struct edit filter; /* typed to find a key */
};

void help_open(struct help *help);
void help_close(struct help *help);
/* False when the key closes the page. */
bool help_key(struct help *help, const struct key_event *key);
void help_draw(const struct help *help, const struct hint_list *hints,
	struct canvas *canvas, struct box body);

#endif
