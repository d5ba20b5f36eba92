/* Log-in: window, staff number, password, and what the self test found. */
#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { STAFF_CHARS = 20, PASSWORD_CHARS = 64, FIELD_COLS = 30 };

struct login_state {
	struct edit staff, password;
	bool on_password;
};

static void enter(void *data, const struct model *model)
{
	struct login_state *state = data;

	state->staff.max_chars = STAFF_CHARS;
	state->staff.half = true;
	state->password.max_chars = PASSWORD_CHARS;
	state->password.secret = true;
	edit_set(&state->staff, model->login.staff_no);
	edit_set(&state->password, NULL);
	state->on_password = !edit_is_empty(&state->staff);
}

static void leave(void *data)
{
	struct login_state *state = data;

	edit_clear(&state->staff);
	edit_clear(&state->password);
	memset(state, 0, sizeof(*state));
}

static struct intent log_in(struct login_state *state)
{
	struct intent intent =
		intent_text(INTENT_LOGIN, 0, edit_text(&state->staff));

	intent.text2 = g_strdup(edit_text(&state->password));
	edit_clear(&state->password);
	return intent;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct login_state *state = data;

	(void)model;
	switch (event.action) {
	case ACTION_NEXT:
		if (edit_is_empty(&state->staff))
			state->on_password = false;
		else if (!state->on_password)
			state->on_password = true;
		else if (!edit_is_empty(&state->password))
			return log_in(state);
		return intent_none();
	case ACTION_PANE_NEXT:
	case ACTION_PANE_BACK:
	case ACTION_UP:
	case ACTION_DOWN:
		state->on_password = !state->on_password;
		return intent_none();
	case ACTION_REDO:
		return intent_of(INTENT_RECONNECT);
	case ACTION_BACK:
		return intent_text(INTENT_MESSAGE, 0,
			_("Ctrl+K, then the last line leaves the program."));
	default:
		break;
	}
	if (event.action == ACTION_PASTE && state->on_password)
		return intent_text(INTENT_MESSAGE, 0,
			_("A password is typed, not pasted."));
	edit_key(state->on_password ? &state->password : &state->staff, &event);
	return intent_none();
}

static void field(struct page *page, int col, const char *label)
{
	canvas_fit(page->canvas, page->row, col, 9, label, STYLE_NORMAL,
		TEXT_CUT_END);
}

static void draw_fields(const struct login_state *state,
	const struct model *model, struct page *page)
{
	int col = MAX(1, page->canvas->cols / 4), value = col + 10;
	int cols = MIN(FIELD_COLS, page->canvas->cols - value - 1);

	page_need(page, 6);
	field(page, col, _("window"));
	canvas_fit(page->canvas, page->row, value, cols,
		model->login.window_name, STYLE_NORMAL, TEXT_CUT_END);
	page->row += 2;
	field(page, col, _("staff no"));
	edit_draw(&state->staff, page->canvas, page->row, value, cols,
		!state->on_password);
	page->row += 2;
	field(page, col, _("password"));
	edit_draw(&state->password, page->canvas, page->row, value, cols,
		state->on_password);
	page->row += 1;
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct login_model *login = &model->login;
	struct page page;

	page_begin(&page, body.rows, body.cols);
	page.row = body.rows >= 18 ? 2 : 0;
	draw_fields(data, model, &page);
	page_blank(&page);
	if (login->last_logout) {
		g_autofree char *last = g_strdup_printf(
			"%s  %s", _("last log-out"), login->last_logout);

		page_wrapped(&page, 1, last, STYLE_NORMAL);
	}
	page_lines(&page, 1, login->selftest);
	page_blank(&page);
	page_wrapped(&page, 1,
		_("Authorised persons only. Log-ins, searches and prints are "
		  "logged."),
		STYLE_NORMAL);
	if (login->credentials)
		page_wrapped(&page, 1, login->credentials, STYLE_NORMAL);
	page_show(&page, canvas, body);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	const struct login_state *state = data;

	(void)model;
	hint_add(out, ACTION_NEXT,
		state->on_password ? _("log in") : _("next field"));
	hint_add(out, ACTION_PANE_NEXT, _("next field"));
	hint_add(out, ACTION_REDO, _("check again"));
}

const struct view_ops view_login = {
	.id = VIEW_LOGIN,
	.title = N_("Log in"),
	.state_size = sizeof(struct login_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.hints = hints,
	.leave = leave,
};
