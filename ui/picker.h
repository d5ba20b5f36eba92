/* A list in a box over the view: values of a field, reasons, the menu, goto.
 *
 * Digits pick a numbered line, letters filter, Enter picks the line of the
 * cursor, Esc closes. The items are given anew for every call, so the picker
 * keeps no copy of the model. */
#ifndef UI_PICKER_H
#define UI_PICKER_H

#include <stdbool.h>

#include <glib.h>

#include "ui/canvas.h"
#include "ui/edit.h"
#include "ui/keymap.h"

struct picker_item {
	char *key;    /* own: "F8"; may be NULL */
	char *label;  /* own */
	char *reason; /* own: why it cannot be picked; NULL: it can */
	bool is_ticked;
};

struct picker {
	bool is_open;
	bool several;      /* Space ticks, Enter closes */
	bool fixed_digits; /* a line keeps its digit under a filter */
	bool has_zero;     /* the tenth line is 0 */
	int focus;         /* among the lines shown */
	struct edit filter;
};

typedef bool picker_match_fn(const char *text, const char *filter);

enum picked {
	PICKED_NOTHING, /* still open */
	PICKED_CLOSED,
	PICKED_LINE,   /* *index: pick and close */
	PICKED_TICK,   /* *index: turn its tick, still open */
	PICKED_REASON, /* *index: cannot be picked, say why */
};

GPtrArray *picker_items_new(void);
struct picker_item *picker_add(GPtrArray *items, const char *key,
	const char *label, const char *reason);

void picker_open(struct picker *picker, int focus);
void picker_close(struct picker *picker); /* frees what is typed */
enum picked picker_key(struct picker *picker, const GPtrArray *items,
	picker_match_fn *match, const struct key_event *key, int *index);
/* What its keys do, for the hint line. */
void picker_hints(const struct picker *picker, struct hint_list *hints);
/* Centred in area. columns: 1 or 2. */
void picker_draw(const struct picker *picker, const GPtrArray *items,
	picker_match_fn *match, const char *title, int columns,
	struct canvas *canvas, struct box area);
/* The reason of the line under the cursor, NULL when it can be picked. */
const char *picker_reason(const struct picker *picker, const GPtrArray *items,
	picker_match_fn *match);

#endif
