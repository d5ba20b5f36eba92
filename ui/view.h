/* A view: draw is pure, keys become intents.
 *
 * Same model, same state, same size: same canvas. A view is one file
 * ui/view_NAME.c with one const struct view_ops; the list is in views.c. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "ui/canvas.h"
#include "ui/intent.h"
#include "ui/keymap.h"
#include "ui/model.h"

struct view; /* state of all views: edit buffers, scroll positions, menu */

struct view_ops {
	enum view_id id;
	const char *title; /* N_("Queue") */
	size_t state_size; /* zeroed */
	/* The view is shown now (again): set the edit buffer from the model. */
	void (*enter)(void *state, const struct model *model);
	/* Body only, rows 4-21 at 80x24; the frame is drawn by ui/frame.c.
	 * Must place the cursor with canvas_cursor(). */
	void (*draw)(const void *state, const struct model *model,
		struct canvas *canvas, struct box body);
	struct intent (*key)(
		void *state, const struct model *model, struct key_event key);
	/* Row 2: left text and right number. */
	void (*heading)(const void *state, const struct model *model,
		GString *left, GString *right);
	/* Row 24, most likely first; hints of actions that cannot be done now
	 * are left out. */
	void (*hints)(const void *state, const struct model *model,
		struct hint_list *hints);
	/* A field with unsaved text: app asks before it changes the view. */
	struct intent (*flush)(void *state, const struct model *model);
	/* The model may have changed: finish a move that waited for it. May be
	 * NULL. */
	void (*sync)(void *state, const struct model *model);
	/* Values changed under the clerk; NULL: enter. */
	void (*reload)(void *state, const struct model *model);
	/* Frees what the state holds and zeroes it. */
	void (*leave)(void *state);
};

const struct view_ops *view_ops_of(enum view_id view);

/* The screen as a whole: frame, view, menu, help, dialog. */
struct screen *screen_new(void);
void screen_free(struct screen *screen);
/* The model's view or dialog changed: enter/leave as needed. Idempotent. Call
 * it after every change of the model and before screen_draw(). */
void screen_sync(struct screen *screen, const struct model *model);
/* After app changed a value of the view in hand (card read, error found):
 * take the edit buffers from the model again. */
void screen_reload(struct screen *screen, const struct model *model);
void screen_draw(const struct screen *screen, const struct model *model,
	struct canvas *canvas);
/* Menu, help, goto and hints are handled inside; the rest comes back as one
 * intent. What was typed last may not be in the model yet: before acting on
 * any intent but INTENT_FIELD_SET, INTENT_CELL_SET and INTENT_MESSAGE act on
 * screen_flush(). */
struct intent screen_key(
	struct screen *screen, const struct model *model, struct key_event key);
/* After a key was acted on and the model followed: true when the message that
 * stood before it does not belong to what is shown now (ui/said.h). */
bool screen_outlived(struct screen *screen, const struct model *model);
/* True once after Ctrl+L: term_forget(), then paint. */
bool screen_wants_redraw(struct screen *screen);
/* What is typed but not yet in the model (before a save or a view change). */
struct intent screen_flush(struct screen *screen, const struct model *model);

#endif
