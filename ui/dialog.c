/* Choices above, the reason below, the verb and the way out last. */
#include "ui/dialog.h"

#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"

enum { DIALOG_COLS = 70, REASON_CHARS = 60, NOTICE_COLS = 34, SHORT_LINES = 8 };

void dialog_begin(struct dialog *dialog, const struct dialog_model *model)
{
	dialog_end(dialog);
	dialog->is_open = true;
	dialog->serial = model->serial;
	dialog->focus = model->focus;
	dialog->on_text = model->needs_text && model->choices->len == 0;
	dialog->edit.max_chars = REASON_CHARS;
}

void dialog_end(struct dialog *dialog)
{
	edit_clear(&dialog->edit);
	memset(dialog, 0, sizeof(*dialog));
}

/* A notice: nothing to choose, to type or to do. */
static bool is_notice(const struct dialog_model *model)
{
	return model->choices->len == 0 && !model->needs_text && !model->verb;
}

/* A text to be read, whether or not something can be done then. */
static bool is_text(const struct dialog_model *model)
{
	return model->choices->len == 0 && !model->needs_text;
}

/* Choices that act when they are picked. */
static bool picks_at_once(const struct dialog_model *model)
{
	return model->choices->len > 0 && !model->needs_text &&
	       !model->needs_do;
}

/* -1 with a typed reason: that one counts. */
static struct intent choose(const struct dialog *dialog,
	const struct dialog_model *model, int index)
{
	const char *typed = edit_text(&dialog->edit);

	if (index < 0 && !*typed && model->choices->len > 0)
		return intent_text(INTENT_MESSAGE, 0,
			model->needs_text
				? _("Pick a line first, or type a reason.")
				: _("Pick a line first: its digit, or the "
				    "arrows."));
	return intent_text(INTENT_DIALOG_CHOICE, index, *typed ? typed : NULL);
}

/* F8. What is typed counts instead of a choice. */
static struct intent act(
	const struct dialog *dialog, const struct dialog_model *model)
{
	if (is_notice(model))
		return intent_of(INTENT_DIALOG_CLOSE);
	if (dialog->on_text && model->choices->len > 0)
		return choose(dialog, model,
			edit_is_empty(&dialog->edit) ? dialog->focus : -1);
	return choose(dialog, model, dialog->focus);
}

static struct intent enter(
	struct dialog *dialog, const struct dialog_model *model)
{
	if (is_notice(model))
		return intent_of(INTENT_DIALOG_CLOSE);
	if (picks_at_once(model))
		return choose(dialog, model, dialog->focus);
	if (model->needs_text && model->choices->len > 0)
		dialog->on_text = !dialog->on_text;
	return intent_none();
}

/* The digit in front of a choice; 0: none. */
static int digit_of(const struct dialog_model *model, int index)
{
	const struct option_model *option = model->choices->pdata[index];
	gint64 number = index + 1;

	if (model->by_code)
		number = g_ascii_strtoll(or_empty(option->code), NULL, 10);
	return number >= 1 && number <= 9 ? (int)number : 0;
}

static struct intent pick(
	struct dialog *dialog, const struct dialog_model *model, int digit)
{
	int count = (int)model->choices->len, index = 0;

	while (index < count && digit_of(model, index) != digit)
		index++;
	if (digit < 1 || index == count)
		return intent_none();
	dialog->focus = index;
	return picks_at_once(model) ? choose(dialog, model, index)
				    : intent_none();
}

/* Lines of a notice on the narrowest screen. */
static int notice_lines(const struct dialog_model *model)
{
	int count = 0;

	for (guint i = 0; i < model->lines->len; i++)
		count += 1 + canvas_width(model->lines->pdata[i]) / NOTICE_COLS;
	return count;
}

static struct intent key_on_choices(struct dialog *dialog,
	const struct dialog_model *model, const struct key_event *key)
{
	bool is_typed = key->action == ACTION_TEXT ||
			key->action == ACTION_PASTE ||
			key->action == ACTION_BACKSPACE;

	int count =
		is_text(model) ? notice_lines(model) : (int)model->choices->len;

	if (list_move(key, count, &dialog->focus))
		return intent_none();
	if (key->action == ACTION_PICK)
		return pick(dialog, model, key_digit(key));
	if (is_typed && model->needs_text) {
		dialog->on_text = true;
		return edit_typed(&dialog->edit, key);
	}
	return intent_none();
}

struct intent dialog_key(struct dialog *dialog,
	const struct dialog_model *model, const struct key_event *key)
{
	switch (key->action) {
	case ACTION_BACK:
		return intent_of(INTENT_DIALOG_CLOSE);
	case ACTION_DO:
		return act(dialog, model);
	case ACTION_NEXT:
		return enter(dialog, model);
	case ACTION_PANE_NEXT:
	case ACTION_PANE_BACK:
		if (model->needs_text && model->choices->len > 0)
			dialog->on_text = !dialog->on_text;
		return intent_none();
	default:
		break;
	}
	if (!dialog->on_text)
		return key_on_choices(dialog, model, key);
	if (key->action == ACTION_UP && model->choices->len > 0)
		dialog->on_text = false;
	else
		return edit_typed(&dialog->edit, key);
	return intent_none();
}

/* Drawing ------------------------------------------------------------------ */

static void draw_choices(const struct dialog *dialog,
	const struct dialog_model *model, struct page *page)
{
	for (guint i = 0; i < model->choices->len; i++) {
		const struct option_model *option = model->choices->pdata[i];
		bool is_focused = (int)i == dialog->focus;
		enum style style = is_focused && !dialog->on_text
					   ? STYLE_FOCUS
					   : STYLE_NORMAL;
		int digit = digit_of(model, (int)i);
		g_autofree char *text = g_strdup_printf("%s %c %s",
			pointer(is_focused), digit ? '0' + digit : ' ',
			or_empty(option->label));

		if ((is_focused || i == 0) && !dialog->on_text)
			canvas_cursor(page->canvas, page->row, 1);
		page_text(page, 1, text, style);
	}
}

static void draw_reason(const struct dialog *dialog,
	const struct dialog_model *model, struct page *page)
{
	const char *label = model->text_label ? model->text_label : _("reason");
	int width = MIN(canvas_width(label), page->canvas->cols / 2);

	if (!model->needs_text || !page_need(page, 2))
		return;
	if (model->choices->len > 0)
		page->row++;
	canvas_fit(page->canvas, page->row, 1, width, label, STYLE_NORMAL,
		TEXT_CUT_END);
	edit_draw(&dialog->edit, page->canvas, page->row, width + 2,
		page->canvas->cols - width - 3, dialog->on_text);
	page->row++;
}

static void draw_content(const struct dialog *dialog,
	const struct dialog_model *model, struct page *page)
{
	page_lines(page, 1, model->lines);
	if (model->lines->len > 0 && !is_text(model))
		page_blank(page);
	/* A text is read by moving through its lines. */
	if (is_text(model))
		canvas_cursor(page->canvas,
			CLAMP(dialog->focus, 0, MAX(page->row - 1, 0)), 1);
	draw_choices(dialog, model, page);
	draw_reason(dialog, model, page);
}

static void draw_buttons(const struct dialog_model *model,
	struct canvas *canvas, int row, int col, int cols)
{
	g_autofree char *back = g_strdup_printf(
		"Esc %s", is_notice(model) ? _("close") : _("cancel"));
	int width = canvas_width(back);

	if (model->verb)
		canvas_fit(canvas, row, col, cols - width - 2, model->verb,
			STYLE_TITLE, TEXT_CUT_END);
	canvas_text(canvas, row, col + cols - width, back, STYLE_NORMAL);
}

void dialog_draw(const struct dialog *dialog, const struct dialog_model *model,
	struct canvas *canvas, struct box body)
{
	struct box box = {.cols = MIN(DIALOG_COLS, body.cols - 2)};
	struct page page;

	page_begin(&page, 16, box.cols - 4);
	draw_content(dialog, model, &page);
	box.rows = MIN(page.row + 4, body.rows);
	box.row = body.row + (body.rows - box.rows) / 2;
	box.col = body.col + (body.cols - box.cols) / 2;
	draw_over(canvas, body, box, or_empty(model->title));
	page_show(&page, canvas,
		(struct box){
			box.row + 1, box.col + 2, box.rows - 4, box.cols - 4});
	draw_buttons(model, canvas, box.row + box.rows - 2, box.col + 3,
		box.cols - 6);
}

/* "F8 park": the key, then what it does. */
static void hint_verb(const char *verb, struct hint_list *hints)
{
	const char *blank = strchr(verb, ' ');
	g_autofree char *keys =
		blank ? g_strndup(verb, (gsize)(blank - verb)) : NULL;
	bool is_do = !keys || strcmp(keys, "F8") == 0;

	hint_add_keys(hints, is_do ? ACTION_DO : ACTION_PICK,
		keys ? keys : "F8", blank ? blank + 1 : verb);
}

void dialog_hints(const struct dialog *dialog, const struct dialog_model *model,
	struct hint_list *hints)
{
	(void)dialog;
	if (is_notice(model)) {
		hint_add(hints, ACTION_NEXT, _("close"));
		if (model->lines->len > 0)
			hint_add(hints, ACTION_PAGE_DOWN, _("more"));
		return;
	}
	if (model->verb)
		hint_verb(model->verb, hints);
	if (is_text(model) && notice_lines(model) > SHORT_LINES)
		hint_add(hints, ACTION_PAGE_DOWN, _("more"));
	if (model->needs_text && !model->verb)
		hint_add(hints, ACTION_DO, _("go on"));
	if (model->needs_do && !model->needs_text && model->choices->len > 0)
		hint_add(hints, ACTION_PICK, _("choose"));
	if (model->needs_text && model->choices->len > 0) {
		hint_add(hints, ACTION_PICK, _("reason"));
		hint_add(hints, ACTION_PANE_NEXT, _("type another one"));
	}
	hint_add(hints, ACTION_BACK, _("cancel"));
}
