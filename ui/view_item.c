/* Which item: pinyin initials or Chinese filter the list, Enter takes the line
 * in focus, a digit its line, = begins a code. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 4, FILTER_CHARS = 40, DETAIL_ROWS = 9, LIST_MIN = 3 };

static const struct column columns[COLUMNS] = {
	{.width = 30, .grow = 2, .cut = TEXT_CUT_END},
	{.width = 18, .grow = 1, .priority = 3},
	{.width = 8, .priority = 2},
	{.width = 12, .priority = 1},
};

static void enter(void *data, const struct model *model)
{
	struct edit *filter = data;

	filter->max_chars = FILTER_CHARS;
	edit_set(filter, model->item.filter);
}

static bool is_code(const struct edit *filter)
{
	return edit_text(filter)[0] == '=';
}

static struct intent choose(const struct model *model, int index)
{
	if (index < 0 || index >= (int)model->item.hits->len)
		return intent_none();
	return intent_index(INTENT_ITEM_CHOOSE, index, 0);
}

static bool moves_list(const struct key_event *event)
{
	return event->action != ACTION_FIRST && event->action != ACTION_LAST;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct edit *filter = data;
	int focus = model->item.focus;

	if (moves_list(&event) &&
		list_move(&event, (int)model->item.hits->len, &focus))
		return focus == model->item.focus
			       ? intent_none()
			       : intent_index(INTENT_ITEM_FOCUS, focus, 0);
	switch (event.action) {
	case ACTION_NEXT:
		return choose(model, model->item.focus);
	case ACTION_BACK:
		return intent_of(INTENT_BACK);
	case ACTION_PICK:
		if (!is_code(filter))
			return choose(model, key_digit(&event) - 1);
		return filter_key(filter, &event, INTENT_ITEM_FILTER);
	default:
		return filter_key(filter, &event, INTENT_ITEM_FILTER);
	}
}

static void draw_filter(const struct edit *filter, struct canvas *canvas,
	struct box body, int row)
{
	const char *note = _("Chinese or pinyin initials; = and a code");
	int label, width = canvas_width(note);
	int typed = canvas_width(edit_text(filter)) + 2, cols;

	label = canvas_text(
		canvas, row, body.col + 1, _("Item *"), STYLE_NORMAL);
	cols = body.cols - label - 4;
	/* The advice leaves before what is typed has to scroll. */
	if (cols - width - 2 >= MAX(typed, 20)) {
		canvas_text(canvas, row, body.col + body.cols - width - 1, note,
			STYLE_NORMAL);
		cols -= width + 2;
	}
	edit_draw(filter, canvas, row, body.col + 2 + label, cols, true);
}

static void draw_hit(struct canvas *canvas, int row,
	const struct item_model *item, const int *widths, int index,
	bool is_focused)
{
	g_autofree char *name = item->elsewhere ? g_strdup_printf(_("(%s)"),
							  or_empty(item->name))
						: g_strdup(item->name);
	const char *const texts[COLUMNS] = {
		name, item->department, item->kind, item->promise};

	list_row(canvas, row, is_focused, index + 1, columns, COLUMNS, widths,
		texts);
}

static void draw_hits(const struct model *model, struct page *page, int rows)
{
	const GPtrArray *hits = model->item.hits;
	int widths[COLUMNS_MAX], count = (int)hits->len;
	struct list_part part = list_part(count, model->item.focus, rows);

	list_layout(page->canvas, columns, COLUMNS, widths);
	for (int i = part.top; i < part.last; i++) {
		if (!page_need(page, 1))
			return;
		draw_hit(page->canvas, page->row, hits->pdata[i], widths, i,
			i == model->item.focus);
		page->row++;
	}
	list_rest_row(page, &part);
	if (count == 0)
		page_text(page, LIST_COL,
			_("Nothing found: other initials, or Chinese, or = "
			  "and the code."),
			STYLE_NORMAL);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct item_detail *detail = &model->item.detail;
	int skip = body.rows >= 18 ? 1 : 0;
	struct box list = {body.row + 1 + 2 * skip, body.col,
		body.rows - 1 - 2 * skip, body.cols};
	struct page page;

	page_begin(&page, list.rows, body.cols);
	draw_hits(model, &page, MAX(list.rows - DETAIL_ROWS, LIST_MIN));
	if (detail->title) {
		page_blank(&page);
		page_section(&page, detail->title);
		if (detail->line)
			page_wrapped(&page, 1, detail->line, STYLE_NORMAL);
		page_lines(&page, 1, detail->lines);
	}
	page_show(&page, canvas, list);
	/* After the list: the cursor belongs into the filter. */
	draw_filter(data, canvas, body, body.row + skip);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	visit_heading(model, VIEW_ITEM, left);
	g_string_append_printf(right,
		ngettext("%u found", "%u found", model->item.hits->len),
		model->item.hits->len);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	if (model->item.hits->len > 0) {
		hint_add(out, ACTION_NEXT, _("take this line"));
		hint_add(out, ACTION_PICK, _("take that line"));
		hint_add_keys(out, ACTION_DOWN, action_label(ACTION_DOWN),
			_("next line"));
	}
	hint_add(out, ACTION_CLEAR, _("empty"));
	hint_add(out, ACTION_CALL, _("call again"));
	hint_add(out, ACTION_ASIDE, _("put aside"));
}

const struct view_ops view_item = {
	.id = VIEW_ITEM,
	.title = N_("Item"),
	.state_size = sizeof(struct edit),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = view_keep,
	.leave = filter_leave,
};
