/* The list of fields that the identify view and the form view are.
 *
 * Enter goes to the next place that needs something, Tab to the next one.
 * Values leave as intents when the field is left; a move that depends on what
 * the model says then waits for fields_sync(). */
#ifndef UI_FIELDS_H
#define UI_FIELDS_H

#include <stdbool.h>

#include "ui/draw.h"
#include "ui/edit.h"
#include "ui/intent.h"
#include "ui/keymap.h"
#include "ui/model.h"
#include "ui/picker.h"
#include "ui/places.h"

enum fields_move {
	MOVE_NONE,
	MOVE_NEEDED, /* Enter */
	MOVE_TAB,
	MOVE_BACKTAB,
	MOVE_UP,
	MOVE_DOWN,
	MOVE_PAGE_UP,
	MOVE_PAGE_DOWN,
	MOVE_NEW_ROW, /* to the row just added */
	MOVE_STAY,
};

struct fields_state {
	struct place at;
	struct edit edit;
	enum fields_move pending;
	int rows_before; /* MOVE_NEW_ROW waits until there are more */
	int seen_focus;  /* the model's, when last looked at */
	bool asked_next; /* FORM_NEXT went out: the model says where to */
	struct picker picker;
};

void fields_enter(struct fields_state *state, const struct form_model *form);
void fields_sync(struct fields_state *state, const struct form_model *form);
void fields_reload(struct fields_state *state, const struct form_model *form);
void fields_leave(struct fields_state *state);

/* On a page as wide as the body; the picker is drawn by fields_draw_picker(),
 * on top of the finished view. */
void fields_draw(const struct fields_state *state,
	const struct form_model *form, struct page *page);
void fields_draw_picker(const struct fields_state *state,
	const struct model *model, const struct form_model *form,
	struct canvas *canvas, struct box area);
/* "14 fields: filled 11, to mend 1, ..." Caller frees. */
char *fields_summary(const struct form_model *form);
void fields_hints(const struct fields_state *state,
	const struct form_model *form, struct hint_list *hints);

struct intent fields_key(struct fields_state *state, const struct model *model,
	const struct form_model *form, const struct key_event *key);
struct intent fields_flush(
	struct fields_state *state, const struct form_model *form);

/* The field or cell in focus; NULL when the form is empty. */
const struct field_model *fields_current(
	const struct fields_state *state, const struct form_model *form);
/* The number of the option with this code, -1: none. */
int option_index(const struct field_model *field, const char *code);
/* True when the codes joined by ',' hold this one. */
bool codes_have(const char *codes, const char *code);

#endif
