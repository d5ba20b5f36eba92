/* Shared parts of the views. */
#include "ui/view_common.h"

#include <string.h>

enum { PAGE_STEP = 10 };

static const struct {
	enum view_id view;
	const char *name;
} steps[] = {
	{VIEW_IDENTIFY, N_("ID")},
	{VIEW_ITEM, N_("Item")},
	{VIEW_FORM, N_("Form")},
	{VIEW_MATERIALS, N_("Docs")},
	{VIEW_DECISION, N_("Decide")},
	{VIEW_FINISH, N_("Done")},
};

struct intent intent_none(void)
{
	return (struct intent){.kind = INTENT_NONE};
}

struct intent intent_of(enum intent_kind kind)
{
	return (struct intent){.kind = kind};
}

struct intent intent_index(enum intent_kind kind, int index, int index2)
{
	return (struct intent){.kind = kind, .index = index, .index2 = index2};
}

struct intent intent_text(enum intent_kind kind, int index, const char *text)
{
	return (struct intent){
		.kind = kind, .index = index, .text = g_strdup(text)};
}

struct intent edit_typed(struct edit *edit, const struct key_event *key)
{
	struct intent intent = intent_none();
	int max = edit->max_chars > 0 ? edit->max_chars : EDIT_MAX_CHARS;

	if (!edit_key(edit, key) || !edit->was_cut)
		return intent;
	intent = intent_text(INTENT_MESSAGE, 0, NULL);
	intent.text = g_strdup_printf(
		_("At most %d characters; what is over was not put in."), max);
	return intent;
}

bool view_is_visit(enum view_id view)
{
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (steps[i].view == view)
			return true;
	}
	return false;
}

void visit_heading(const struct model *model, enum view_id step, GString *left)
{
	g_string_append_printf(
		left, "%s %s", _("Visit"), or_empty(model->visit.ticket));
	if (model->visit.person && *model->visit.person)
		g_string_append_printf(left, " %s", model->visit.person);
	g_string_append(left, " |");
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_autofree char *name = g_strdup_printf(
			_("%d %s"), (int)i + 1, _(steps[i].name));

		g_string_append_printf(
			left, steps[i].view == step ? " [%s]" : " %s", name);
	}
}

/* Lists -------------------------------------------------------------------- */

void list_layout(const struct canvas *canvas, const struct column *columns,
	int count, int *widths)
{
	columns_layout(columns, count, canvas->cols - LIST_COL - 1, widths);
}

void list_titles(struct canvas *canvas, int row, const struct column *columns,
	int count, const int *widths)
{
	columns_titles(canvas, row, LIST_COL, columns, count, widths);
}

void list_row(struct canvas *canvas, int row, bool is_focused, int number,
	const struct column *columns, int count, const int *widths,
	const char *const *texts)
{
	enum style style = is_focused ? STYLE_FOCUS : STYLE_NORMAL;

	canvas_fill(
		canvas, (struct box){row, 1, 1, canvas->cols - 2}, ' ', style);
	canvas_text(canvas, row, 1, pointer(is_focused), style);
	if (number > 0 && number <= 9)
		canvas_printf(canvas, row, 3, style, "%d", number);
	columns_row(
		canvas, row, LIST_COL, columns, count, widths, texts, style);
	if (is_focused)
		canvas_cursor(canvas, row, 1);
}

void list_rest_row(struct page *page, const struct list_part *part)
{
	g_autofree char *rest = list_rest(part->above, part->below);

	if (rest)
		page_text(page, LIST_COL - 2, rest, STYLE_NORMAL);
}

bool list_move(const struct key_event *key, int count, int *focus)
{
	int to = *focus;

	switch (key->action) {
	case ACTION_UP:
		to--;
		break;
	case ACTION_DOWN:
		to++;
		break;
	case ACTION_PAGE_UP:
		to -= PAGE_STEP;
		break;
	case ACTION_PAGE_DOWN:
		to += PAGE_STEP;
		break;
	case ACTION_FIRST:
		to = 0;
		break;
	case ACTION_LAST:
		to = count - 1;
		break;
	default:
		return false;
	}
	*focus = CLAMP(to, 0, MAX(count - 1, 0));
	return true;
}

/* Filters ------------------------------------------------------------------ */

void view_keep(void *state, const struct model *model)
{
	(void)state;
	(void)model;
}

struct intent filter_key(
	struct edit *filter, const struct key_event *key, enum intent_kind kind)
{
	g_autofree char *before = g_strdup(edit_text(filter));
	struct intent cut = edit_typed(filter, key);

	if (strcmp(before, edit_text(filter)) == 0)
		return cut;
	intent_clear(&cut);
	return intent_text(kind, 0, edit_text(filter));
}

void filter_leave(void *state)
{
	struct edit *filter = state;

	edit_clear(filter);
	memset(filter, 0, sizeof(*filter));
}

/* Text --------------------------------------------------------------------- */

int scroll_of(int wanted, int lines, int rows)
{
	return CLAMP(wanted, 0, MAX(lines - rows, 0));
}

guint array_len(const GPtrArray *array)
{
	return array ? array->len : 0;
}
