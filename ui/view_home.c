/* The queue: who waits, who is parked, what is due. Enter calls the next one,
 * a digit the one of its line. Letters filter. */
#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum {
	NUMBERED_WAITING = 5,
	WAITING_MIN = 3,
	PARKED_ROWS = 4,
	DIGITS_MAX = 9,
	COLUMNS = 6,
	ROOMY_ROWS = 18
};

static const struct column columns[COLUMNS] = {
	{.title = N_("number"), .width = 6},
	{.title = N_("kind"), .width = 8, .priority = 3},
	{.title = N_("booked or pre-filled"), .width = 26, .grow = 1},
	{.title = N_("taken"), .width = 5, .priority = 4},
	{.title = N_("waits"), .width = 12, .right = true, .priority = 1},
	{.title = N_("note"), .width = 12, .grow = 1, .priority = 2},
};

struct home_state {
	struct edit filter;
	int focus; /* among the filtered, the waiting first */
};

/* What passes the filter, the waiting first. */
struct shown {
	GArray *waiting, *parked; /* int: index into the model's arrays */
};

static bool passes(const struct model *model, const struct ticket_model *ticket,
	const char *filter)
{
	const char *const texts[] = {ticket->number, ticket->kind,
		ticket->business, ticket->person, ticket->note};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (text_matches(model->matches, texts[i], filter))
			return true;
	}
	return false;
}

static GArray *filtered(
	const struct model *model, const GPtrArray *tickets, const char *filter)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(int));

	for (guint i = 0; i < tickets->len; i++) {
		int index = (int)i;

		if (passes(model, tickets->pdata[i], filter))
			g_array_append_val(out, index);
	}
	return out;
}

static struct shown shown_of(
	const struct home_state *state, const struct model *model)
{
	const char *filter = edit_text(&state->filter);

	return (struct shown){filtered(model, model->home.waiting, filter),
		filtered(model, model->home.parked, filter)};
}

static void shown_clear(struct shown *shown)
{
	g_array_unref(shown->waiting);
	g_array_unref(shown->parked);
}

static int interrupted_of(const struct model *model)
{
	for (guint i = 0; i < model->home.parked->len; i++) {
		const struct ticket_model *ticket =
			model->home.parked->pdata[i];

		if (ticket->interrupted)
			return (int)i;
	}
	return -1;
}

/* Enter goes on with it, so it carries the pointer while nothing else does. */
static bool points_at_interrupted(
	const struct home_state *state, const struct model *model)
{
	return interrupted_of(model) >= 0 && state->focus == 0 &&
	       edit_is_empty(&state->filter);
}

/* Keys --------------------------------------------------------------------- */

static void enter(void *data, const struct model *model)
{
	struct home_state *state = data;

	(void)model;
	edit_set(&state->filter, NULL);
	state->focus = 0;
}

static void leave(void *data)
{
	struct home_state *state = data;

	edit_clear(&state->filter);
	memset(state, 0, sizeof(*state));
}

/* A line of the list, the waiting first. */
static struct intent take_line(const struct shown *shown, int line)
{
	int waiting = (int)shown->waiting->len;

	if (line < 0 || line >= waiting + (int)shown->parked->len)
		return intent_none();
	if (line < waiting)
		return intent_index(INTENT_CALL_THIS,
			g_array_index(shown->waiting, int, line), 0);
	return intent_index(INTENT_TAKE_BACK,
		g_array_index(shown->parked, int, line - waiting), 0);
}

/* Lines are numbered: the first waiting ones, then the parked ones. */
static struct intent take_number(const struct shown *shown, int number)
{
	int waiting = (int)shown->waiting->len;
	int numbered = MIN(waiting, NUMBERED_WAITING);

	if (number < 1)
		return intent_none();
	if (number <= numbered)
		return take_line(shown, number - 1);
	return take_line(shown, waiting + number - numbered - 1);
}

static struct intent go_on(const struct home_state *state,
	const struct model *model, const struct shown *shown)
{
	if (state->focus > 0 || !edit_is_empty(&state->filter))
		return take_line(shown, state->focus);
	if (interrupted_of(model) >= 0)
		return intent_of(INTENT_RESUME_VISIT);
	return intent_of(INTENT_CALL_NEXT);
}

static struct intent take_back(const struct home_state *state,
	const struct model *model, const struct shown *shown)
{
	if (state->focus >= (int)shown->waiting->len)
		return take_line(shown, state->focus);
	return model->home.parked->len > 0 ? intent_of(INTENT_ASIDE)
					   : intent_none();
}

static struct intent key_on_list(struct home_state *state,
	const struct model *model, const struct shown *shown,
	const struct key_event *event)
{
	int count = (int)(shown->waiting->len + shown->parked->len);

	if (list_move(event, count, &state->focus))
		return intent_none();
	switch (event->action) {
	case ACTION_NEXT:
		return go_on(state, model, shown);
	case ACTION_PICK:
		return take_number(shown, key_digit(event));
	case ACTION_ASIDE:
		return take_back(state, model, shown);
	case ACTION_ANOTHER:
		return intent_of(INTENT_VISIT_WITHOUT_TICKET);
	case ACTION_REDO:
		return intent_of(INTENT_RECONNECT);
	case ACTION_DO:
		return intent_of(INTENT_PAUSE);
	case ACTION_BACK:
		edit_set(&state->filter, NULL);
		state->focus = 0;
		return intent_none();
	default:
		break;
	}
	if (event->action != ACTION_MARK && edit_key(&state->filter, event))
		state->focus = 0;
	return intent_none();
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct home_state *state = data;
	struct shown shown = shown_of(state, model);
	struct intent intent = key_on_list(state, model, &shown, &event);

	shown_clear(&shown);
	return intent;
}

/* Drawing ------------------------------------------------------------------ */

static void draw_ticket(struct page *page, const struct ticket_model *ticket,
	const int *widths, int number, bool is_focused)
{
	g_autofree char *business = g_strjoin("  ", or_empty(ticket->business),
		or_empty(ticket->person), NULL);
	const char *const texts[COLUMNS] = {ticket->number, ticket->kind,
		ticket->person && *ticket->person ? business : ticket->business,
		ticket->taken, ticket->waited, ticket->note};

	if (!page_need(page, 1))
		return;
	list_row(page->canvas, page->row, is_focused, number, columns, COLUMNS,
		widths, texts);
	page->row++;
}

static void draw_day(const struct home_state *state, const struct model *model,
	struct page *page)
{
	const struct home_model *home = &model->home;
	g_autofree char *day =
		g_strdup_printf(_("today  done %d  advice %d  skipped %d"),
			home->done, home->consulted, home->skipped);
	g_autofree char *now =
		home->current
			? g_strdup_printf("%s  %s", _("now"), home->current)
		: home->last
			? g_strdup_printf(_("now  nobody, last %s"), home->last)
			: g_strdup_printf("%s  %s", _("now"), _("nobody"));
	int width = canvas_width(day), cols = page->canvas->cols;

	if (!page_need(page, 2))
		return;
	if (edit_is_empty(&state->filter))
		canvas_fit(page->canvas, page->row, 1,
			MAX(cols - width - 4, 20), now, STYLE_NORMAL,
			TEXT_CUT_END);
	else
		canvas_text(
			page->canvas, page->row, 1, _("Filter"), STYLE_NORMAL);
	if (cols - width > 24)
		canvas_text(page->canvas, page->row, cols - width - 1, day,
			STYLE_NORMAL);
	page->row++;
}

static void draw_waiting(const struct home_state *state,
	const struct model *model, const struct shown *shown, struct page *page,
	const int *widths, int rows)
{
	int count = (int)shown->waiting->len;
	struct list_part part =
		list_part(count, MIN(state->focus, count - 1), rows);
	int focus = points_at_interrupted(state, model) ? -1 : state->focus;

	for (int i = part.top; i < part.last; i++)
		draw_ticket(page,
			model->home.waiting
				->pdata[g_array_index(shown->waiting, int, i)],
			widths, i < NUMBERED_WAITING ? i + 1 : 0, i == focus);
	if (count == 0)
		page_text(page, LIST_COL,
			edit_is_empty(&state->filter)
				? _("nobody is waiting")
				: _("nobody in the queue fits the filter"),
			STYLE_NORMAL);
	list_rest_row(page, &part);
}

static bool has_skipped(const struct model *model)
{
	for (guint i = 0; i < model->home.parked->len; i++) {
		const struct ticket_model *ticket =
			model->home.parked->pdata[i];

		if (ticket->skipped)
			return true;
	}
	return false;
}

static int parked_rows(const struct shown *shown)
{
	return MIN((int)shown->parked->len, PARKED_ROWS);
}

static void draw_parked(const struct home_state *state,
	const struct model *model, const struct shown *shown, struct page *page,
	const int *widths)
{
	int waiting = (int)shown->waiting->len;
	int numbered = MIN(waiting, NUMBERED_WAITING);
	int count = (int)shown->parked->len, rows = parked_rows(shown);
	int top = list_top(count, MAX(state->focus - waiting, 0), rows);
	g_autofree char *title = NULL;

	if (count == 0)
		return;
	title = g_strdup(
		has_skipped(model) ? _("parked and skipped") : _("parked"));
	if (rows < count) {
		g_autofree char *bare = g_steal_pointer(&title);

		title = g_strdup_printf(_("%s, %d"), bare, count);
	}
	page_blank(page);
	page_text(page, 1, title, STYLE_NORMAL);
	for (int i = top; i < top + rows; i++)
		draw_ticket(page,
			model->home.parked
				->pdata[g_array_index(shown->parked, int, i)],
			widths,
			numbered + i < DIGITS_MAX ? numbered + i + 1 : 0,
			waiting + i == state->focus);
}

/* While off line that section takes its place. */
static bool has_due(const struct model *model)
{
	return (model->home.due_today > 0 || model->home.ready > 0) &&
	       model->header.link != LINK_SHOW_DOWN;
}

static int due_rows(const struct model *model)
{
	int rows = has_due(model) + (model->home.papers_left > 0);

	return rows > 0 ? rows + 2 : 0;
}

static void draw_due(const struct model *model, struct page *page)
{
	const struct home_model *home = &model->home;
	g_autofree char *due =
		g_strdup_printf(_("due today %d, ready to hand out %d"),
			home->due_today, home->ready);
	g_autofree char *papers = g_strdup_printf(
		_("%d documents did not print, the oldest of %s: Ctrl+F, F4"),
		home->papers_left, or_empty(home->papers_case));

	if (due_rows(model) == 0)
		return;
	page_blank(page);
	page_text(page, 1, _("reminders"), STYLE_NORMAL);
	if (has_due(model))
		page_text(page, 3, due, STYLE_NORMAL);
	if (home->papers_left > 0)
		page_text(page, 3, papers, STYLE_WARN);
}

static void draw_offline(const struct model *model, struct page *page)
{
	g_autofree char *numbers =
		g_strdup_printf(_("numbers  from this window's block, %d left"),
			model->header.numbers_left);

	if (model->header.link != LINK_SHOW_DOWN)
		return;
	page_blank(page);
	page_text(page, 1, _("while offline"), STYLE_NORMAL);
	page_wrapped(page, 3,
		_("as usual  call, identify, items, forms, documents, "
		  "receipts, rating"),
		STYLE_NORMAL);
	page_wrapped(page, 3,
		_("not       sealed notices, licence library, handing out"),
		STYLE_NORMAL);
	page_text(page, 3, numbers, STYLE_NORMAL);
}

static void draw_interrupted(const struct home_state *state,
	const struct model *model, struct page *page)
{
	int index = interrupted_of(model);
	bool is_focused = points_at_interrupted(state, model);
	const struct ticket_model *ticket;
	g_autofree char *text = NULL;

	if (index < 0)
		return;
	ticket = model->home.parked->pdata[index];
	text = g_strdup_printf(
		is_focused ? _("%s was interrupted; Enter continues it, "
			       "nothing is lost")
			   : _("%s was interrupted; nothing is lost"),
		or_empty(ticket->number));
	canvas_text(
		page->canvas, page->row, 1, pointer(is_focused), STYLE_NORMAL);
	canvas_fit(page->canvas, page->row, 3, page->canvas->cols - 4, text,
		is_focused ? STYLE_FOCUS : STYLE_WARN, TEXT_CUT_END);
	if (is_focused)
		canvas_cursor(page->canvas, page->row, 1);
	page->row++;
}

/* Rows of everything but the waiting list. */
static int fixed_rows(
	const struct model *model, const struct shown *shown, int body_rows)
{
	int rows = body_rows >= ROOMY_ROWS ? 4 : 2;

	rows += interrupted_of(model) >= 0;
	rows += shown->parked->len > 0 ? parked_rows(shown) + 2 : 0;
	rows += due_rows(model);
	return rows + (model->header.link == LINK_SHOW_DOWN ? 6 : 0);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct home_state *state = data;
	struct shown shown = shown_of(state, model);
	int rows = body.rows - fixed_rows(model, &shown, body.rows);
	int widths[COLUMNS_MAX], filter_row;
	struct page page;

	page_begin(&page, body.rows + 10, body.cols);
	if (body.rows >= ROOMY_ROWS)
		page_blank(&page);
	draw_interrupted(state, model, &page);
	filter_row = page.row;
	draw_day(state, model, &page);
	if (body.rows >= ROOMY_ROWS)
		page_blank(&page);
	list_layout(page.canvas, columns, COLUMNS, widths);
	list_titles(page.canvas, page.row, columns, COLUMNS, widths);
	page.row++;
	if (!points_at_interrupted(state, model))
		canvas_cursor(page.canvas, page.row, 1);
	draw_waiting(
		state, model, &shown, &page, widths, MAX(rows, WAITING_MIN));
	draw_parked(state, model, &shown, &page, widths);
	draw_due(model, &page);
	draw_offline(model, &page);
	if (!edit_is_empty(&state->filter))
		edit_draw(&state->filter, page.canvas, filter_row, 9, 20, true);
	page_show(&page, canvas, body);
	shown_clear(&shown);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	const struct home_state *state = data;
	const struct home_model *home = &model->home;
	struct shown shown = shown_of(state, model);

	g_string_append(left, _("Queue"));
	if (!edit_is_empty(&state->filter))
		g_string_append_printf(right, _("all %u, shown %u"),
			home->waiting->len + home->parked->len,
			shown.waiting->len + shown.parked->len);
	else
		g_string_append_printf(right,
			_("waiting %d (general %d  collect %d)  on average "
			  "%d min"),
			home->waiting_total, home->waiting_general,
			home->waiting_collect, home->average_wait_min);
	shown_clear(&shown);
}

/* What Enter does with the line it points at. */
static void hint_calls(const struct home_state *state,
	const struct model *model, struct hint_list *out)
{
	struct shown shown = shown_of(state, model);
	int waiting = (int)shown.waiting->len;

	if (state->focus == 0 && edit_is_empty(&state->filter))
		hint_add(out, ACTION_NEXT, _("call the next"));
	else if (state->focus < waiting)
		hint_add(out, ACTION_NEXT, _("call this one"));
	else if (state->focus < waiting + (int)shown.parked->len)
		hint_add(out, ACTION_NEXT, _("take back"));
	hint_add(out, ACTION_PICK, _("call that line"));
	shown_clear(&shown);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	const struct home_state *state = data;
	const struct home_model *home = &model->home;

	if (model->header.paused)
		hint_add(out, ACTION_DO, _("open the window again"));
	if (points_at_interrupted(state, model))
		hint_add(out, ACTION_NEXT, _("continue the visit"));
	else if (!model->header.paused)
		hint_calls(state, model, out);
	hint_add(out, ACTION_ANOTHER, _("no ticket"));
	if (home->parked->len > 0)
		hint_add(out, ACTION_ASIDE, _("take back"));
	else
		hint_add_off(out, ACTION_ASIDE, _("take back"),
			_("nobody is parked"));
	hint_add(out, ACTION_REDO,
		model->header.link == LINK_SHOW_UP ? _("refresh")
						   : _("reconnect"));
}

const struct view_ops view_home = {
	.id = VIEW_HOME,
	.title = N_("Queue"),
	.state_size = sizeof(struct home_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = view_keep,
	.leave = leave,
};
