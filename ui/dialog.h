/* The dialog over a view, made by app in the model. Enter
 * moves, digits choose, F8 is the verb, Esc leaves everything as it was. */
#ifndef UI_DIALOG_H
#define UI_DIALOG_H

#include "ui/canvas.h"
#include "ui/edit.h"
#include "ui/intent.h"
#include "ui/keymap.h"
#include "ui/model.h"

struct dialog {
	bool is_open;
	unsigned serial; /* the one of the model it shows */
	bool on_text;    /* the focus is on the reason, not on the choices */
	int focus;       /* -1: no choice yet */
	struct edit edit;
};

void dialog_begin(struct dialog *dialog, const struct dialog_model *model);
void dialog_end(struct dialog *dialog);
struct intent dialog_key(struct dialog *dialog,
	const struct dialog_model *model, const struct key_event *key);
void dialog_draw(const struct dialog *dialog, const struct dialog_model *model,
	struct canvas *canvas, struct box body);
void dialog_hints(const struct dialog *dialog, const struct dialog_model *model,
	struct hint_list *hints);

#endif
