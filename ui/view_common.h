/* What the views share: the list row, the head of a visit, making intents. */
#ifndef UI_VIEW_COMMON_H
#define UI_VIEW_COMMON_H

#include "ui/draw.h"
#include "ui/edit.h"
#include "ui/view.h"

struct intent intent_none(void);
struct intent intent_of(enum intent_kind kind);
struct intent intent_index(enum intent_kind kind, int index, int index2);
struct intent intent_text(enum intent_kind kind, int index, const char *text);

/* A key of a text field; says so when not all of it had room. */
struct intent edit_typed(struct edit *edit, const struct key_event *key);

/* Row 2 of a step of a visit: ticket, person, steps with this one in [ ]. */
void visit_heading(const struct model *model, enum view_id step, GString *left);
bool view_is_visit(enum view_id view);

/* A list: pointer in column 1, number in 3, columns from 5 on. */
enum { LIST_COL = 5 };
void list_titles(struct canvas *canvas, int row, const struct column *columns,
	int count, const int *widths);
/* number 0: none. Puts the cursor on the focused row when follow. */
void list_row(struct canvas *canvas, int row, bool is_focused, int number,
	const struct column *columns, int count, const int *widths,
	const char *const *texts);
/* Columns for the list on this canvas. */
void list_layout(const struct canvas *canvas, const struct column *columns,
	int count, int *widths);

/* The row below a part of a list, when there is more of it. */
void list_rest_row(struct page *page, const struct list_part *part);

/* Up, Down, PgUp, PgDn, Home, End in a list; true when it was one of them.
 * *focus stays inside 0..count-1. */
bool list_move(const struct key_event *key, int count, int *focus);

/* An enter or reload of a view that has nothing of its own, or whose text is
 * the filter of a list that changes while one types. */
void view_keep(void *state, const struct model *model);
/* Views whose whole state is one struct edit: what a key made of the text, as
 * an intent of this kind; none when it is as before. */
struct intent filter_key(struct edit *filter, const struct key_event *key,
	enum intent_kind kind);
void filter_leave(void *state);

/* A scrolling text in place of a list, for views without anything to pick. */
int scroll_of(int wanted, int lines, int rows);

/* Seldom more than a page: how many lines of arrays. */
guint array_len(const GPtrArray *array);

#endif
