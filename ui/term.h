/* The terminal: paints a canvas, reads keys, follows the size.
 *
 * ui/term.c is the only file that knows curses. No query is ever sent to the
 * terminal and no OSC, so no answer can be forged into input. Pastes are
 * bracketed. On closing the screen and its scrollback are cleared. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"
#include "ui/canvas.h"
#include "ui/keymap.h"

struct term;

struct term_options {
	bool color;              /* false: attributes only (config, NO_COLOR) */
	int escape_ms;           /* how long a lone Esc waits, 50; 0: 50 */
	int input_fd, output_fd; /* 0 and 1 as a rule */
	const char *type;        /* terminal type, NULL: TERM */
};

/* From the main loop. key is cleared after the call; resized comes after a
 * change of size and must draw and paint; lost when the terminal is gone. */
struct term_ops {
	void (*key)(void *context, struct key_event *key);
	void (*resized)(void *context, int rows, int cols);
	void (*lost)(void *context);
};

/* What the screen needs: both are terminals, TERM is known and can place the
 * cursor. ITEM_ERROR_USAGE with a fault that says what is missing. */
bool term_check(int input_fd, int output_fd, GError **error);

/* Takes the terminal over. ops may be NULL: then keys are read with
 * term_read_key(). LINK_ERROR_ABSENT when there is no terminal or its type is
 * unknown. */
struct term *term_open(const struct term_options *options,
	const struct term_ops *ops, void *context, GError **error);
/* Restores the terminal and clears it. */
void term_close(struct term *term);
DEFINE_AUTO(term, term_close)

void term_size(const struct term *term, int *rows, int *cols);
/* Without ops: takes the size anew after SIGWINCH. */
void term_resize(struct term *term);
/* Writes what changed since the last paint. A canvas of another size is
 * clipped. */
void term_paint(struct term *term, const struct canvas *canvas);
/* The next paint writes everything (Ctrl+L). */
void term_forget(struct term *term);
/* Clears the screen and what the terminal remembers of it: lock. */
void term_wipe(struct term *term);

/* Without ops: what to poll, for how long (-1: no time-out pending), and the
 * next key that is complete. False: none now. */
int term_fd(const struct term *term);
int term_timeout_ms(const struct term *term);
bool term_read_key(struct term *term, struct key_event *key);

#endif
