/* The frame every view stands in: header, title, rule or banner above; rule,
 * message and hints below; at 132 columns a panel on the right.
 */
#ifndef UI_FRAME_H
#define UI_FRAME_H

#include <stdbool.h>

#include "ui/canvas.h"
#include "ui/keymap.h"
#include "ui/model.h"

enum {
	FRAME_ROWS_MIN = 12,
	FRAME_COLS_MIN = 40,
	FRAME_PANEL_COLS = 42, /* without its rule */
};

struct frame {
	const char *left, *right; /* row 2 */
	const char *message;      /* row 23 */
	const struct hint_list *hints;
	bool with_menu, with_help; /* the fixed hints on the right */
	bool is_locked;            /* nothing but window and time */
};

/* False, and one line drawn, when the canvas is too small for a frame. */
bool frame_fits(struct canvas *canvas);
/* The body of this view; the rest is the frame's. */
struct box frame_body(const struct canvas *canvas, enum view_id view);
void frame_draw(struct canvas *canvas, const struct model *model,
	const struct frame *frame);
/* Row 1 alone, for tests. Caller frees. */
char *frame_header_left(const struct model *model, int cols);

#endif
