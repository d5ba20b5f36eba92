/* How long the message in row 23 stands: until a key changes what the view
 * shows, unless that key said it. */
#include <locale.h>

#include "client/base/clock.h"
#include "tests/screens/fixtures.h"

struct harness {
	struct model model;
	struct screen *screen;
	int64_t now_ms;
};

static void say_now(struct harness *h)
{
	model_text(&h->model.message, "said");
	h->model.said++;
}

static void begin(
	struct harness *h, void (*fill)(struct model *model, bool chinese))
{
	fill(&h->model, false);
	h->screen = screen_new();
	h->now_ms = 0;
	screen_sync(h->screen, &h->model);
	say_now(h);
}

static void end(struct harness *h)
{
	screen_free(h->screen);
	model_clear(&h->model);
}

/* A key, what app makes of it, and whether the message is over. */
static bool outlived(struct harness *h, enum action action, gunichar ch,
	void (*act)(struct harness *h))
{
	struct key_event key = {.action = action, .ch = ch, .at_ms = h->now_ms};
	struct intent intent = screen_key(h->screen, &h->model, key);

	intent_clear(&intent);
	if (act)
		act(h);
	return screen_outlived(h->screen, &h->model);
}

static void to_item(struct harness *h)
{
	h->model.view = VIEW_ITEM;
}

static void ask(struct harness *h)
{
	h->model.dialog.serial++;
	h->model.dialog.open = true;
}

static void test_row(void)
{
	struct harness h;

	begin(&h, home_typical);
	g_assert_false(outlived(&h, ACTION_UP, 0, NULL));
	g_assert_false(outlived(&h, ACTION_COPY, 0, say_now));
	g_assert_true(outlived(&h, ACTION_DOWN, 0, NULL));
	g_assert_false(outlived(&h, ACTION_DOWN, 0, say_now));
	g_assert_true(outlived(&h, ACTION_TEXT, 'a', NULL));
	end(&h);
}

static void test_field(void)
{
	struct harness h;

	begin(&h, form_typical);
	g_assert_true(outlived(&h, ACTION_PANE_NEXT, 0, NULL));
	g_assert_true(outlived(&h, ACTION_PANE_BACK, 0, NULL));
	g_assert_true(outlived(&h, ACTION_PICK, '1', NULL));
	/* what has no effect leaves it, and so does the menu over the view */
	g_assert_false(outlived(&h, ACTION_DO, 0, NULL));
	g_assert_false(outlived(&h, ACTION_MENU, 0, NULL));
	g_assert_false(outlived(&h, ACTION_BACK, 0, NULL));
	end(&h);
}

static void test_view(void)
{
	struct harness h;

	begin(&h, identify_typical);
	g_assert_false(outlived(&h, ACTION_NEXT, 0, NULL));
	g_assert_true(outlived(&h, ACTION_NEXT, 0, to_item));
	end(&h);
	begin(&h, identify_typical);
	g_assert_true(outlived(&h, ACTION_ASIDE, 0, ask));
	g_assert_false(outlived(&h, ACTION_DO, 0, NULL));
	end(&h);
}

/* A key the screen drops is no key. */
static void test_dropped(void)
{
	struct harness h;

	begin(&h, home_typical);
	h.now_ms = clock_wall_ms();
	g_assert_false(outlived(&h, ACTION_NEXT, 0, NULL));
	end(&h);
}

/* What came while the clerk was typing can be read. */
static void test_by_itself(void)
{
	struct harness h;

	begin(&h, form_typical);
	screen_sync(h.screen, &h.model);
	h.now_ms = clock_wall_ms() + 100;
	g_assert_false(outlived(&h, ACTION_PICK, '1', NULL));
	h.now_ms += 3000;
	g_assert_true(outlived(&h, ACTION_PICK, '2', NULL));
	end(&h);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/said/row", test_row);
	g_test_add_func("/ui/said/field", test_field);
	g_test_add_func("/ui/said/view", test_view);
	g_test_add_func("/ui/said/dropped", test_dropped);
	g_test_add_func("/ui/said/by-itself", test_by_itself);
	return g_test_run();
}
