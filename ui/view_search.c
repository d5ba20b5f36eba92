/* Search: one field, what was typed decides. Results as they come, the one in
 * focus below. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 5, TEXT_CHARS = 64, PREVIEW_ROWS = 7, LIST_MIN = 3 };

static const struct column columns[COLUMNS] = {
	{.title = N_("case"), .width = 16},
	{.title = N_("item"), .width = 22, .grow = 1},
	{.title = N_("applicant"), .width = 9},
	{.title = N_("state"), .width = 10, .priority = 1},
	{.title = N_("due or done"), .width = 11, .priority = 2},
};

static void enter(void *data, const struct model *model)
{
	struct edit *text = data;

	text->max_chars = TEXT_CHARS;
	edit_set(text, model->search.text);
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct edit *text = data;
	int count = (int)model->search.hits->len, focus = model->search.focus;

	switch (event.action) {
	case ACTION_NEXT:
		return focus >= 0 && focus < count
			       ? intent_index(INTENT_SEARCH_OPEN, focus, 0)
			       : intent_none();
	case ACTION_BACK:
		return intent_of(INTENT_BACK);
	case ACTION_REDO:
		return intent_text(INTENT_SEARCH, 0, edit_text(text));
	case ACTION_FIRST:
	case ACTION_LAST:
		return filter_key(text, &event, INTENT_SEARCH);
	default:
		break;
	}
	if (!list_move(&event, count, &focus))
		return filter_key(text, &event, INTENT_SEARCH);
	return focus == model->search.focus
		       ? intent_none()
		       : intent_index(INTENT_SEARCH_FOCUS, focus, 0);
}

static void draw_hits(const struct model *model, struct page *page, int rows)
{
	const GPtrArray *hits = model->search.hits;
	int count = (int)hits->len, widths[COLUMNS_MAX];
	struct list_part part = list_part(count, model->search.focus, rows);

	list_layout(page->canvas, columns, COLUMNS, widths);
	list_titles(page->canvas, page->row, columns, COLUMNS, widths);
	page->row++;
	for (int i = part.top; i < part.last; i++) {
		const struct hit_model *hit = hits->pdata[i];
		const char *const texts[COLUMNS] = {hit->case_no, hit->item,
			hit->applicant, hit->state, hit->when};

		if (!page_need(page, 1))
			return;
		list_row(page->canvas, page->row, i == model->search.focus, 0,
			columns, COLUMNS, widths, texts);
		page->row++;
	}
	list_rest_row(page, &part);
	if (count == 0 && model->search.text && *model->search.text)
		page_text(page, LIST_COL, _("Nothing found."), STYLE_NORMAL);
}

static void draw_preview(const struct model *model, struct page *page)
{
	const struct search_model *search = &model->search;
	const struct hit_model *hit =
		search->focus >= 0 && search->focus < (int)search->hits->len
			? search->hits->pdata[search->focus]
			: NULL;

	if (!hit)
		return;
	page_blank(page);
	page_section(page, or_empty(hit->case_no));
	page_lines(page, 3, search->preview);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct edit *text = data;
	const char *note = _("name or initials, ID number, case number");
	struct box list = {body.row + 2, body.col, body.rows - 2, body.cols};
	int label, width = canvas_width(note);
	struct page page;

	page_begin(&page, list.rows, body.cols);
	draw_hits(model, &page, MAX(list.rows - PREVIEW_ROWS, LIST_MIN));
	draw_preview(model, &page);
	page_show(&page, canvas, list);
	label = canvas_text(
		canvas, body.row, body.col + 1, _("Search"), STYLE_NORMAL);
	edit_draw(text, canvas, body.row, body.col + label + 2,
		MIN(28, body.cols - label - 4), true);
	if (body.cols > label + width + 34)
		canvas_text(canvas, body.row, body.col + body.cols - width - 1,
			note, STYLE_NORMAL);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	g_string_append(left, _("Search"));
	g_string_append_printf(right,
		ngettext("%u found", "%u found", model->search.hits->len),
		model->search.hits->len);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	if (model->search.hits->len > 0)
		hint_add(out, ACTION_NEXT, _("open"));
	hint_add(out, ACTION_CLEAR, _("empty"));
	hint_add(out, ACTION_REDO, _("search again"));
	hint_add(out, ACTION_BACK, _("back"));
}

const struct view_ops view_search = {
	.id = VIEW_SEARCH,
	.title = N_("Search"),
	.state_size = sizeof(struct edit),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = view_keep,
	.leave = filter_leave,
};
