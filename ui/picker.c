/* The shown lines are those of the items that match the filter, in order. */
#include "ui/picker.h"

#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"

enum { BOX_COLS_MAX = 76, KEY_COLS = 8, PAGE_STEP = 8 };

static void item_free(gpointer data)
{
	struct picker_item *item = data;

	g_free(item->key);
	g_free(item->label);
	g_free(item->reason);
	g_free(item);
}

GPtrArray *picker_items_new(void)
{
	return g_ptr_array_new_with_free_func(item_free);
}

struct picker_item *picker_add(GPtrArray *items, const char *key,
	const char *label, const char *reason)
{
	struct picker_item *item = g_new0(struct picker_item, 1);

	item->key = g_strdup(key);
	item->label = g_strdup(label);
	item->reason = g_strdup(reason);
	g_ptr_array_add(items, item);
	return item;
}

void picker_open(struct picker *picker, int focus)
{
	picker->is_open = true;
	picker->focus = focus;
	edit_set(&picker->filter, NULL);
}

void picker_close(struct picker *picker)
{
	picker->is_open = false;
	edit_clear(&picker->filter);
}

/* Indexes of the items shown; caller unrefs. */
static GArray *shown_lines(const struct picker *picker, const GPtrArray *items,
	picker_match_fn *match)
{
	GArray *shown = g_array_new(FALSE, FALSE, sizeof(int));

	for (guint i = 0; i < items->len; i++) {
		const struct picker_item *item = items->pdata[i];
		int index = (int)i;

		if (text_matches(
			    match, item->label, edit_text(&picker->filter)))
			g_array_append_val(shown, index);
	}
	return shown;
}

static int shown_at(const GArray *shown, int line)
{
	return line >= 0 && line < (int)shown->len
		       ? g_array_index(shown, int, line)
		       : -1;
}

static int focused_item(const struct picker *picker, const GArray *shown)
{
	return shown_at(shown, CLAMP(picker->focus, 0, (int)shown->len - 1));
}

/* 1-9 and, where digits are fixed, 0 for the tenth; -1: none. */
static int item_of_digit(const struct picker *picker, const GPtrArray *items,
	const GArray *shown, int digit)
{
	if (picker->fixed_digits) {
		int index = digit == 0 && picker->has_zero ? 9 : digit - 1;

		return index >= 0 && index < (int)items->len ? index : -1;
	}
	return digit > 0 ? shown_at(shown, digit - 1) : -1;
}

static enum picked pick(const struct picker *picker, const GPtrArray *items,
	int line, int *index)
{
	const struct picker_item *item;

	if (line < 0 || line >= (int)items->len)
		return PICKED_NOTHING;
	item = items->pdata[line];
	*index = line;
	if (item->reason)
		return PICKED_REASON;
	if (picker->several)
		return PICKED_TICK;
	return PICKED_LINE;
}

static void move_focus(struct picker *picker, const GArray *shown, int by)
{
	picker->focus =
		CLAMP(picker->focus + by, 0, MAX((int)shown->len - 1, 0));
}

static enum picked key_on_lines(struct picker *picker, const GPtrArray *items,
	const GArray *shown, const struct key_event *key, int *index)
{
	int half = ((int)shown->len + 1) / 2;
	int line = item_of_digit(picker, items, shown, key_digit(key));

	switch (key->action) {
	case ACTION_UP:
	case ACTION_PANE_BACK:
		move_focus(picker, shown, -1);
		return PICKED_NOTHING;
	case ACTION_DOWN:
	case ACTION_PANE_NEXT:
		move_focus(picker, shown, 1);
		return PICKED_NOTHING;
	case ACTION_LEFT:
		move_focus(picker, shown, -half);
		return PICKED_NOTHING;
	case ACTION_RIGHT:
		move_focus(picker, shown, half);
		return PICKED_NOTHING;
	case ACTION_PAGE_UP:
		move_focus(picker, shown, -PAGE_STEP);
		return PICKED_NOTHING;
	case ACTION_PAGE_DOWN:
		move_focus(picker, shown, PAGE_STEP);
		return PICKED_NOTHING;
	case ACTION_FIRST:
	case ACTION_LAST:
		if (!edit_is_empty(&picker->filter))
			break; /* in the text */
		move_focus(picker, shown,
			key->action == ACTION_FIRST ? -picker->focus
						    : (int)shown->len);
		return PICKED_NOTHING;
	case ACTION_PICK:
		/* One that is in front of no line is text of the filter. */
		if (line < 0 && !picker->fixed_digits)
			break;
		return pick(picker, items, line, index);
	case ACTION_MARK:
		if (!picker->several)
			break; /* a blank of the filter */
		return pick(picker, items, focused_item(picker, shown), index);
	case ACTION_NEXT:
		if (picker->several)
			return PICKED_CLOSED;
		return pick(picker, items, focused_item(picker, shown), index);
	case ACTION_BACK:
		return PICKED_CLOSED;
	default:
		break;
	}
	if (edit_key(&picker->filter, key))
		picker->focus = 0;
	return PICKED_NOTHING;
}

enum picked picker_key(struct picker *picker, const GPtrArray *items,
	picker_match_fn *match, const struct key_event *key, int *index)
{
	GArray *shown = shown_lines(picker, items, match);
	enum picked picked = key_on_lines(picker, items, shown, key, index);

	g_array_unref(shown);
	return picked;
}

const char *picker_reason(const struct picker *picker, const GPtrArray *items,
	picker_match_fn *match)
{
	GArray *shown = shown_lines(picker, items, match);
	int index = focused_item(picker, shown);
	const struct picker_item *item =
		index >= 0 ? items->pdata[index] : NULL;

	g_array_unref(shown);
	return item ? item->reason : NULL;
}

void picker_hints(const struct picker *picker, struct hint_list *hints)
{
	if (picker->several) {
		hint_add(hints, ACTION_MARK, _("tick"));
		hint_add(hints, ACTION_NEXT, _("done"));
	} else {
		hint_add(hints, ACTION_NEXT, _("take it"));
	}
	hint_add(hints, ACTION_PICK,
		picker->several ? _("tick that line") : _("that line"));
	hint_add(hints, ACTION_TEXT, _("to find"));
	hint_add(hints, ACTION_BACK, _("close"));
	if (!edit_is_empty(&picker->filter))
		hint_add(hints, ACTION_CLEAR, _("empty"));
}

/* Drawing ------------------------------------------------------------------ */

/* A line without a key stands where the words of the others do. */
static bool any_key(const GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		const struct picker_item *item = items->pdata[i];

		if (item->key)
			return true;
	}
	return false;
}

static char *line_text(const struct picker *picker,
	const struct picker_item *item, int index, int line, bool has_keys)
{
	int number = (picker->fixed_digits ? index : line) + 1;
	GString *out = g_string_new(NULL);

	if (picker->has_zero && number == 10)
		g_string_append(out, "0 ");
	else if (number <= 9)
		g_string_append_printf(out, "%d ", number);
	else
		g_string_append(out, "  ");
	if (picker->several)
		g_string_append(out, item->is_ticked ? "[x] " : "[ ] ");
	if (item->key)
		g_string_append_printf(out, "%s%*s", item->key,
			MAX(1, KEY_COLS - canvas_width(item->key)), "");
	else if (has_keys)
		g_string_append_printf(out, "%*s", KEY_COLS, "");
	if (item->reason)
		g_string_append_printf(out, _("(%s)"), or_empty(item->label));
	else
		g_string_append(out, or_empty(item->label));
	return g_string_free(out, FALSE);
}

static void draw_line(const struct picker *picker, const GPtrArray *items,
	const GArray *shown, int line, struct canvas *canvas, struct box at)
{
	int index = shown_at(shown, line);
	bool is_focused =
		line == CLAMP(picker->focus, 0, MAX((int)shown->len - 1, 0));
	const struct picker_item *item;
	g_autofree char *text = NULL;
	enum style style;

	if (index < 0)
		return;
	item = items->pdata[index];
	text = line_text(picker, item, index, line, any_key(items));
	style = is_focused     ? STYLE_FOCUS
		: item->reason ? STYLE_OFF
			       : STYLE_NORMAL;
	canvas_text(canvas, at.row, at.col, pointer(is_focused), style);
	canvas_text(canvas, at.row, at.col + 1, " ", style);
	canvas_fit(canvas, at.row, at.col + 2, at.cols - 2, text, style,
		TEXT_CUT_END);
	if (is_focused && edit_is_empty(&picker->filter))
		canvas_cursor(canvas, at.row, at.col);
}

static void draw_lines(const struct picker *picker, const GPtrArray *items,
	const GArray *shown, int columns, struct canvas *canvas,
	struct box inner)
{
	int count = (int)shown->len;
	int per_column = columns > 1 ? (count + 1) / 2 : count;
	int width = columns > 1 ? inner.cols / 2 : inner.cols;
	int focus = CLAMP(picker->focus, 0, MAX(count - 1, 0));
	struct list_part part = list_part(
		per_column, per_column ? focus % per_column : 0, inner.rows);
	int above = 0, below = 0;
	g_autofree char *rest = NULL;

	for (int line = 0; line < count; line++) {
		int column = per_column ? line / per_column : 0;
		int row = line - column * per_column - part.top;

		above += row < 0;
		below += row >= part.last - part.top;
		if (row < 0 || row >= part.last - part.top)
			continue;
		draw_line(picker, items, shown, line, canvas,
			(struct box){inner.row + row,
				inner.col + column * width, 1, width - 1});
	}
	rest = list_rest(above, below);
	if (part.last - part.top < inner.rows)
		canvas_text(canvas, inner.row + part.last - part.top,
			inner.col + 2, rest, STYLE_NORMAL);
	if (count == 0)
		canvas_text(canvas, inner.row, inner.col + 2,
			_("nothing found"), STYLE_NORMAL);
}

void picker_draw(const struct picker *picker, const GPtrArray *items,
	picker_match_fn *match, const char *title, int columns,
	struct canvas *canvas, struct box area)
{
	GArray *shown = shown_lines(picker, items, match);
	int all = (int)items->len;
	struct box box = {.cols = MIN(BOX_COLS_MAX, area.cols - 2)};
	struct box inner;

	if (box.cols < 60)
		columns = 1;
	box.rows =
		MIN((columns > 1 ? (all + 1) / 2 : all) + 4, MAX(area.rows, 5));
	box.row = area.row + MAX((area.rows - box.rows) / 2, 0);
	box.col = area.col + MAX((area.cols - box.cols) / 2, 0);
	draw_over(canvas, area, box, title);
	inner = (struct box){
		box.row + 1, box.col + 2, box.rows - 2, box.cols - 3};
	canvas_text(canvas, inner.row, inner.col, _("Find"), STYLE_NORMAL);
	edit_draw(&picker->filter, canvas, inner.row,
		inner.col + 1 + canvas_width(_("Find")),
		MIN(30, inner.cols - 7), true);
	inner.row += inner.rows > 3 ? 2 : 1;
	inner.rows -= inner.rows > 3 ? 2 : 1;
	draw_lines(picker, items, shown, columns, canvas, inner);
	g_array_unref(shown);
}
