/* The lock: window and time, a password, and nothing of any case. A message is
 * shown only when it came while locked. */
#include <string.h>

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { PASSWORD_CHARS = 64, BOX_COLS = 40 };

struct lock_state {
	struct edit password;
};

static void enter(void *data, const struct model *model)
{
	struct lock_state *state = data;

	(void)model;
	state->password.max_chars = PASSWORD_CHARS;
	state->password.secret = true;
	edit_set(&state->password, NULL);
}

static void leave(void *data)
{
	struct lock_state *state = data;

	edit_clear(&state->password);
	memset(state, 0, sizeof(*state));
}

/* A change behind the lock must not empty what is being typed. */
static void reload(void *data, const struct model *model)
{
	(void)data;
	(void)model;
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	struct lock_state *state = data;
	struct intent intent = {.kind = INTENT_UNLOCK};

	(void)model;
	if (event.action != ACTION_NEXT) {
		edit_key(&state->password, &event);
		return intent_none();
	}
	if (edit_is_empty(&state->password))
		return intent_none();
	intent.text2 = g_strdup(edit_text(&state->password));
	edit_clear(&state->password);
	return intent;
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct lock_state *state = data;
	int col = body.col + MAX((body.cols - BOX_COLS) / 2, 1);
	int row = body.row + MAX(body.rows / 3, 0);
	int cols = MIN(BOX_COLS, body.cols - 2);

	canvas_fit(
		canvas, row, col, cols, _("Locked"), STYLE_TITLE, TEXT_CUT_END);
	if (model->login.staff_no) {
		g_autofree char *who = g_strdup_printf(
			"%s %s", _("by"), model->login.staff_no);

		canvas_fit(canvas, row + 1, col, cols, who, STYLE_NORMAL,
			TEXT_CUT_END);
	}
	canvas_text(canvas, row + 3, col, _("password"), STYLE_NORMAL);
	edit_draw(&state->password, canvas, row + 3, col + 10, cols - 10, true);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	(void)data;
	(void)model;
	(void)right;
	g_string_append(left, _("Locked"));
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	(void)model;
	hint_add(out, ACTION_NEXT, _("unlock"));
}

const struct view_ops view_lock = {
	.id = VIEW_LOCK,
	.title = N_("Locked"),
	.state_size = sizeof(struct lock_state),
	.enter = enter,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
	.reload = reload,
	.leave = leave,
};
