/* One line of text being typed. Zeroed memory is an empty one.
 *
 * The cursor moves by whole characters as they are seen: a base with its
 * combining marks. What is stored is what was typed; only the display is
 * cleaned. Controls and format characters are never taken in. */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "ui/canvas.h"
#include "ui/keymap.h"

enum { EDIT_MAX_CHARS = 500 }; /* when max_chars is 0 */

struct edit {
	GString *text; /* own; NULL reads as empty */
	size_t cursor; /* byte, at a character border */
	int max_chars; /* 0: EDIT_MAX_CHARS */
	bool half;     /* full width forms become ASCII */
	bool capitals; /* letters become capitals */
	bool secret;   /* shown as *, wiped, no pasting */
	bool is_dirty; /* changed since edit_set() */
	bool was_cut;  /* the last key brought more than there was room for */
};

/* The text, cut at max_chars, cursor at its end, not dirty. */
void edit_set(struct edit *edit, const char *text);
/* Frees, wipes when secret; leaves the settings. */
void edit_clear(struct edit *edit);
const char *edit_text(const struct edit *edit); /* borrowed, never NULL */
bool edit_is_empty(const struct edit *edit);
/* True when the key was one of a text field, even if it changed nothing. */
bool edit_key(struct edit *edit, const struct key_event *key);
/* In width columns of a row, scrolled so that the cursor shows; puts the
 * canvas' cursor when focused. A focused field shows _ for what may still be
 * typed. */
void edit_draw(const struct edit *edit, struct canvas *canvas, int row, int col,
	int width, bool is_focused);

#endif
