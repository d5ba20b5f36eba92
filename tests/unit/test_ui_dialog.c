/* Dialogs: nothing is chosen before the clerk chose it, a question that
 * follows another begins anew, windows are picked by their number. */
#include <locale.h>
#include <string.h>

#include "tests/screens/fixtures.h"

struct harness {
	struct model model;
	struct screen *screen;
};

static void begin(struct harness *h)
{
	dialog_choices(&h->model, false);
	h->model.dialog.focus = -1;
	h->screen = screen_new();
	screen_sync(h->screen, &h->model);
}

static void end(struct harness *h)
{
	screen_free(h->screen);
	model_clear(&h->model);
}

static struct intent press(struct harness *h, enum action action, gunichar ch)
{
	struct key_event key = {.action = action, .ch = ch};

	return screen_key(h->screen, &h->model, key);
}

static void check(struct harness *h, enum action action, gunichar ch,
	enum intent_kind kind, int index)
{
	struct intent intent = press(h, action, ch);

	g_assert_cmpint(intent.kind, ==, kind);
	if (kind == INTENT_DIALOG_CHOICE)
		g_assert_cmpint(intent.index, ==, index);
	intent_clear(&intent);
}

/* As app does within one key: closed and another one opened. */
static void follow_up(struct harness *h)
{
	h->model.dialog.serial++;
	screen_sync(h->screen, &h->model);
}

static void test_nothing_chosen(void)
{
	struct harness h;

	begin(&h);
	check(&h, ACTION_DO, 0, INTENT_MESSAGE, 0);
	check(&h, ACTION_PICK, '2', INTENT_NONE, 0);
	check(&h, ACTION_DO, 0, INTENT_DIALOG_CHOICE, 1);
	follow_up(&h);
	check(&h, ACTION_DO, 0, INTENT_MESSAGE, 0);
	/* the arrows come in at the first line */
	check(&h, ACTION_DOWN, 0, INTENT_NONE, 0);
	check(&h, ACTION_DO, 0, INTENT_DIALOG_CHOICE, 0);
	end(&h);
}

static void test_at_once(void)
{
	struct harness h;

	begin(&h);
	h.model.dialog.needs_text = false;
	check(&h, ACTION_NEXT, 0, INTENT_MESSAGE, 0);
	check(&h, ACTION_PICK, '3', INTENT_DIALOG_CHOICE, 2);
	follow_up(&h);
	check(&h, ACTION_NEXT, 0, INTENT_MESSAGE, 0);
	end(&h);
}

/* Enter never hands a citizen over, and key 4 is window 04. */
static void test_windows(void)
{
	static const char *const codes[] = {"02", "04", "05", "12"};
	struct harness h;
	AUTO(canvas) canvas = canvas_new(24, 80);
	g_autofree char *dump = NULL;

	begin(&h);
	h.model.dialog.needs_text = false;
	h.model.dialog.needs_do = h.model.dialog.by_code = true;
	g_ptr_array_set_size(h.model.dialog.choices, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
		model_add_option(h.model.dialog.choices, codes[i], codes[i]);
	check(&h, ACTION_NEXT, 0, INTENT_NONE, 0);
	check(&h, ACTION_DO, 0, INTENT_MESSAGE, 0);
	check(&h, ACTION_PICK, '1', INTENT_NONE, 0);
	check(&h, ACTION_DO, 0, INTENT_MESSAGE, 0);
	check(&h, ACTION_PICK, '4', INTENT_NONE, 0);
	check(&h, ACTION_NEXT, 0, INTENT_NONE, 0);
	screen_draw(h.screen, &h.model, canvas);
	dump = canvas_dump(canvas);
	g_assert_nonnull(strstr(dump, "> 4 04"));
	g_assert_nonnull(strstr(dump, "    12"));
	check(&h, ACTION_DO, 0, INTENT_DIALOG_CHOICE, 1);
	end(&h);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/dialog/nothing-chosen", test_nothing_chosen);
	g_test_add_func("/ui/dialog/at-once", test_at_once);
	g_test_add_func("/ui/dialog/windows", test_windows);
	return g_test_run();
}
