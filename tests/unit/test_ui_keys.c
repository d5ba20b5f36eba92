/* Keys of the whole screen: what each view asks for, what may never act, the
 * menu, the list of views, dialogs, and a monkey. */
#include <locale.h>
#include <string.h>

#include "client/base/clock.h"
#include "tests/screens/fixtures.h"

struct harness {
	struct model model;
	struct screen *screen;
};

static void begin(
	struct harness *h, void (*fill)(struct model *model, bool chinese))
{
	fill(&h->model, false);
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

static enum intent_kind kind_of(
	struct harness *h, enum action action, gunichar ch)
{
	struct intent intent = press(h, action, ch);
	enum intent_kind kind = intent.kind;

	intent_clear(&intent);
	return kind;
}

/* The first paper was handed in and ticked; the pointer stands there still. */
static void materials_ticked(struct model *model, bool chinese)
{
	materials_typical(model, chinese);
	model->materials.focus = 0;
}

struct key_case {
	const char *name;
	void (*fill)(struct model *model, bool chinese);
	enum action action;
	gunichar ch;
	enum intent_kind kind;
	int index, index2;
	const char *text;
};

static const struct key_case key_cases[] = {
	{"call", home_typical, ACTION_NEXT, 0, INTENT_CALL_NEXT, 0, 0, NULL},
	{"call-this", home_typical, ACTION_PICK, '3', INTENT_CALL_THIS, 2, 0,
		NULL},
	{"parked-digit", home_typical, ACTION_PICK, '6', INTENT_TAKE_BACK, 0, 0,
		NULL},
	{"no-such-line", home_typical, ACTION_PICK, '9', INTENT_NONE, 0, 0,
		NULL},
	{"take-back", home_typical, ACTION_ASIDE, 0, INTENT_ASIDE, 0, 0, NULL},
	{"no-ticket", home_typical, ACTION_ANOTHER, 0,
		INTENT_VISIT_WITHOUT_TICKET, 0, 0, NULL},
	{"call-key", home_typical, ACTION_CALL, 0, INTENT_CALL_NEXT, 0, 0,
		NULL},
	{"open-again", home_paused, ACTION_DO, 0, INTENT_PAUSE, 0, 0, NULL},
	{"resume", home_error, ACTION_NEXT, 0, INTENT_RESUME_VISIT, 0, 0, NULL},
	{"reconnect", home_offline, ACTION_REDO, 0, INTENT_RECONNECT, 0, 0,
		NULL},
	{"find", home_typical, ACTION_FIND, 0, INTENT_GOTO, VIEW_SEARCH, 0,
		NULL},
	{"home-f8", home_typical, ACTION_DO, 0, INTENT_MESSAGE, 0, 0, NULL},
	{"copy", home_typical, ACTION_COPY, 0, INTENT_MESSAGE, 0, 0,
		"To copy: select with the mouse, then Ctrl+Shift+C."},
	{"card", identify_typical, ACTION_REDO, 0, INTENT_READ_CARD, 0, 0,
		NULL},
	{"capacity", identify_typical, ACTION_PICK, '2', INTENT_FIELD_SET, 5, 0,
		"2"},
	{"confirm", identify_typical, ACTION_NEXT, 0, INTENT_FORM_NEXT, 0, 0,
		NULL},
	{"again", identify_typical, ACTION_CALL, 0, INTENT_CALL_AGAIN, 0, 0,
		NULL},
	{"aside", identify_typical, ACTION_ASIDE, 0, INTENT_ASIDE, 0, 0, NULL},
	{"go-home", form_typical, ACTION_HOME, 0, INTENT_HOME, 0, 0, NULL},
	{"form-back", form_typical, ACTION_BACK, 0, INTENT_BACK, 0, 0, NULL},
	{"form-undo", form_typical, ACTION_UNDO, 0, INTENT_UNDO, 0, 0, NULL},
	{"form-f8", form_typical, ACTION_DO, 0, INTENT_MESSAGE, 0, 0, NULL},
	{"item-filter", item_typical, ACTION_TEXT, 'x', INTENT_ITEM_FILTER, 0,
		0, "spjyx"},
	{"item-backspace", item_typical, ACTION_BACKSPACE, 0,
		INTENT_ITEM_FILTER, 0, 0, "spj"},
	{"item-focus", item_typical, ACTION_DOWN, 0, INTENT_ITEM_FOCUS, 1, 0,
		NULL},
	{"item-enter", item_typical, ACTION_NEXT, 0, INTENT_ITEM_CHOOSE, 0, 0,
		NULL},
	{"item-digit", item_typical, ACTION_PICK, '2', INTENT_ITEM_CHOOSE, 1, 0,
		NULL},
	{"item-none", item_empty, ACTION_NEXT, 0, INTENT_NONE, 0, 0, NULL},
	{"capture", materials_typical, ACTION_CAPTURE, 0, INTENT_CAPTURE, 2, 0,
		NULL},
	/* a paper that was ticked has no pages to take: on to what lacks */
	{"capture-next", materials_ticked, ACTION_CAPTURE, 0, INTENT_CAPTURE, 2,
		0, NULL},
	{"print-form", materials_form, ACTION_ANOTHER, 0, INTENT_MATERIAL_PRINT,
		0, 0, NULL},
	{"print-other", materials_typical, ACTION_ANOTHER, 0, INTENT_MESSAGE, 0,
		0, NULL},
	{"print-preview", materials_preview, ACTION_DO, 0, INTENT_DIALOG_CHOICE,
		0, 0, NULL},
	{"print-enter", materials_preview, ACTION_NEXT, 0, INTENT_NONE, 0, 0,
		NULL},
	{"retake", materials_typical, ACTION_REDO, 0, INTENT_RETAKE, 2, 1,
		NULL},
	{"page-left", materials_typical, ACTION_LEFT, 0, INTENT_MATERIAL_FOCUS,
		2, 0, NULL},
	{"page-earlier", materials_typical, ACTION_EARLIER, 0, INTENT_PAGE_MOVE,
		2, 1, "-1"},
	{"page-remove", materials_typical, ACTION_REMOVE, 0, INTENT_PAGE_REMOVE,
		2, 1, NULL},
	{"check", materials_typical, ACTION_MARK, ' ', INTENT_MATERIAL_MARK, 2,
		1, NULL},
	{"source", materials_typical, ACTION_OPTIONS, 0, INTENT_MATERIAL_SOURCE,
		2, 1, NULL},
	{"material-line", materials_typical, ACTION_PICK, '4',
		INTENT_MATERIAL_FOCUS, 3, 0, NULL},
	{"not-needed", materials_typical, ACTION_PICK, '6', INTENT_MESSAGE, 0,
		0, NULL},
	{"materials-done", materials_typical, ACTION_NEXT, 0,
		INTENT_MATERIALS_DONE, 0, 0, NULL},
	{"materials-letter", materials_typical, ACTION_TEXT, 'd', INTENT_NONE,
		0, 0, NULL},
	{"outcome", decision_typical, ACTION_PICK, '2', INTENT_OUTCOME, 1, 0,
		NULL},
	{"decide", decision_typical, ACTION_DO, 0, INTENT_DECIDE, 0, 0, NULL},
	{"decide-enter", decision_typical, ACTION_NEXT, 0, INTENT_MESSAGE, 0, 0,
		NULL},
	{"preview", decision_typical, ACTION_ANOTHER, 0, INTENT_PREVIEW, 0, 0,
		NULL},
	{"finish", finish_typical, ACTION_NEXT, 0, INTENT_FINISH_DONE, 0, 0,
		NULL},
	{"rating-open", finish_typical, ACTION_DO, 0, INTENT_MESSAGE, 0, 0,
		NULL},
	{"rate-again", finish_error, ACTION_DO, 0, INTENT_RATE_AGAIN, 0, 0,
		NULL},
	{"reprint", finish_error, ACTION_REDO, 0, INTENT_REPRINT, 0, 0, NULL},
	{"same-person", finish_error, ACTION_ANOTHER, 0, INTENT_SAME_PERSON, 0,
		0, NULL},
	{"search-digit", search_typical, ACTION_PICK, '4', INTENT_SEARCH, 0, 0,
		"lsl4"},
	{"search-open", search_typical, ACTION_NEXT, 0, INTENT_SEARCH_OPEN, 0,
		0, NULL},
	{"search-focus", search_typical, ACTION_DOWN, 0, INTENT_SEARCH_FOCUS, 1,
		0, NULL},
	{"case-papers", case_typical, ACTION_OPTIONS, 0, INTENT_DOCUMENTS, 0, 0,
		NULL},
	{"case-reveal", case_typical, ACTION_REVEAL, 0, INTENT_REVEAL, 0, 0,
		NULL},
	{"home-reveal", home_typical, ACTION_REVEAL, 0, INTENT_MESSAGE, 0, 0,
		NULL},
	{"device-line", devices_error, ACTION_PICK, '4', INTENT_DEVICE_FOCUS, 3,
		0, NULL},
	{"device-test", devices_error, ACTION_DO, 0, INTENT_DEVICE_TEST, 0, 0,
		NULL},
	{"no-device", devices_empty, ACTION_DO, 0, INTENT_MESSAGE, 0, 0, NULL},
	{"send-now", sync_typical, ACTION_REDO, 0, INTENT_SYNC_NOW, 0, 0, NULL},
	{"sync-focus", sync_typical, ACTION_DOWN, 0, INTENT_SYNC_FOCUS, 1, 0,
		NULL},
	{"no-conflict", sync_typical, ACTION_OPTIONS, 0, INTENT_MESSAGE, 0, 0,
		NULL},
	{"conflict-here", conflict_typical, ACTION_PICK, '1',
		INTENT_CONFLICT_CHOOSE, 0, CONFLICT_HERE, NULL},
	{"conflict-not-both", conflict_typical, ACTION_PICK, '3', INTENT_NONE,
		0, 0, NULL},
	{"conflict-round", conflict_typical, ACTION_MARK, 0,
		INTENT_CONFLICT_CHOOSE, 0, CONFLICT_HERE, NULL},
	{"conflict-back", conflict_typical, ACTION_BACK, 0, INTENT_BACK, 0, 0,
		NULL},
	{"conflict-open-yet", conflict_typical, ACTION_DO, 0, INTENT_MESSAGE, 0,
		0, NULL},
	{"conflict-decide", conflict_chosen, ACTION_DO, 0,
		INTENT_CONFLICT_DECIDE, 0, 0, NULL},
	{"login-no-home", login_typical, ACTION_HOME, 0, INTENT_MESSAGE, 0, 0,
		NULL},
	{"lock-no-find", lock_typical, ACTION_FIND, 0, INTENT_MESSAGE, 0, 0,
		NULL},
	{"lock-empty", lock_typical, ACTION_NEXT, 0, INTENT_NONE, 0, 0, NULL},
};

static void test_key(gconstpointer data)
{
	const struct key_case *it = data;
	struct harness h;
	struct intent intent;

	begin(&h, it->fill);
	intent = press(&h, it->action, it->ch);
	g_assert_cmpint(intent.kind, ==, it->kind);
	g_assert_cmpint(intent.index, ==, it->index);
	g_assert_cmpint(intent.index2, ==, it->index2);
	if (it->text)
		g_assert_cmpstr(intent.text, ==, it->text);
	intent_clear(&intent);
	end(&h);
}

static void type(struct harness *h, const char *text)
{
	for (; *text; text++) {
		struct key_event key =
			keymap_event(KEYCODE_CHAR, (guchar)*text, NULL, 0);
		struct intent intent = screen_key(h->screen, &h->model, key);

		intent_clear(&intent);
	}
}

static void test_login(void)
{
	struct harness h;
	struct intent intent;

	begin(&h, login_empty);
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_NONE);
	type(&h, "1003");
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_NONE);
	type(&h, "pass word 8");
	intent = press(&h, ACTION_NEXT, 0);
	g_assert_cmpint(intent.kind, ==, INTENT_LOGIN);
	g_assert_cmpstr(intent.text, ==, "1003");
	g_assert_cmpstr(intent.text2, ==, "pass word 8");
	intent_clear(&intent);
	/* The password is gone. */
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_NONE);
	end(&h);
}

static void test_unlock(void)
{
	struct harness h;
	struct intent intent;

	begin(&h, lock_typical);
	type(&h, "secret");
	screen_reload(h.screen, &h.model);
	intent = press(&h, ACTION_NEXT, 0);
	g_assert_cmpint(intent.kind, ==, INTENT_UNLOCK);
	g_assert_cmpstr(intent.text2, ==, "secret");
	intent_clear(&intent);
	end(&h);
}

static struct intent press_at(
	struct harness *h, enum action action, int64_t at_ms)
{
	struct key_event key = {.action = action, .at_ms = at_ms};

	return screen_key(h->screen, &h->model, key);
}

static enum intent_kind kind_at(
	struct harness *h, enum action action, int64_t at_ms)
{
	struct intent intent = press_at(h, action, at_ms);
	enum intent_kind kind = intent.kind;

	intent_clear(&intent);
	return kind;
}

static void test_do_repeat(void)
{
	struct harness h;
	int64_t now;

	begin(&h, decision_typical);
	now = clock_wall_ms() + 1000;
	g_assert_cmpint(kind_at(&h, ACTION_DO, now), ==, INTENT_DECIDE);
	g_assert_cmpint(kind_at(&h, ACTION_DO, now + 249), ==, INTENT_NONE);
	g_assert_cmpint(kind_at(&h, ACTION_DO, now + 490), ==, INTENT_NONE);
	g_assert_cmpint(kind_at(&h, ACTION_DO, now + 741), ==, INTENT_DECIDE);
	end(&h);
}

/* Typed before the screen it would hit was drawn. */
static void test_do_ahead(void)
{
	struct harness h;

	begin(&h, decision_typical);
	g_assert_cmpint(
		kind_at(&h, ACTION_DO, clock_wall_ms() - 500), ==, INTENT_NONE);
	end(&h);
}

static void test_home_enter(void)
{
	struct harness h;
	int64_t now = clock_wall_ms();

	begin(&h, home_typical);
	g_assert_cmpint(kind_at(&h, ACTION_NEXT, now + 300), ==, INTENT_NONE);
	/* Held down: repeats every 30 ms, past the first half second. */
	for (int ms = 330; ms < 900; ms += 30)
		g_assert_cmpint(
			kind_at(&h, ACTION_NEXT, now + ms), ==, INTENT_NONE);
	g_assert_cmpint(
		kind_at(&h, ACTION_NEXT, now + 1500), ==, INTENT_CALL_NEXT);
	end(&h);
}

static void test_menu_digits(void)
{
	struct harness h;

	begin(&h, decision_typical);
	kind_of(&h, ACTION_MENU, 0);
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '8'), ==, INTENT_DECIDE);
	kind_of(&h, ACTION_MENU, 0);
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '3'), ==, INTENT_HOME);
	kind_of(&h, ACTION_MENU, 0);
	/* F7 is not used here: says so, stays open. */
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '7'), ==, INTENT_MESSAGE);
	kind_of(&h, ACTION_BACK, 0);
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '2'), ==, INTENT_OUTCOME);
	end(&h);
}

static void test_menu_filter(void)
{
	struct harness h;

	begin(&h, home_typical);
	kind_of(&h, ACTION_MENU, 0);
	type(&h, "lock");
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_LOCK);
	kind_of(&h, ACTION_MENU, 0);
	type(&h, "log out");
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_LOGOUT);
	end(&h);
}

static void test_goto(void)
{
	struct harness h;
	struct intent intent;

	begin(&h, form_typical);
	kind_of(&h, ACTION_GOTO, 0);
	intent = press(&h, ACTION_PICK, '7');
	g_assert_cmpint(intent.kind, ==, INTENT_GOTO);
	g_assert_cmpint(intent.index, ==, VIEW_SYNC);
	intent_clear(&intent);
	kind_of(&h, ACTION_GOTO, 0);
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '2'), ==, INTENT_MESSAGE);
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '0'), ==, INTENT_LOCK);
	end(&h);
}

static void test_dialog(void)
{
	struct harness h;
	struct intent intent;

	begin(&h, dialog_choices);
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_NONE);
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_NONE);
	g_assert_cmpint(kind_of(&h, ACTION_PICK, '2'), ==, INTENT_NONE);
	intent = press(&h, ACTION_DO, 0);
	g_assert_cmpint(intent.kind, ==, INTENT_DIALOG_CHOICE);
	g_assert_cmpint(intent.index, ==, 1);
	g_assert_null(intent.text);
	intent_clear(&intent);
	/* What is typed counts instead. */
	type(&h, "own reason");
	intent = press(&h, ACTION_DO, 0);
	g_assert_cmpint(intent.index, ==, -1);
	g_assert_cmpstr(intent.text, ==, "own reason");
	intent_clear(&intent);
	g_assert_cmpint(kind_of(&h, ACTION_BACK, 0), ==, INTENT_DIALOG_CLOSE);
	/* Without a reason to type a digit picks at once. */
	h.model.dialog.open = false;
	screen_sync(h.screen, &h.model);
	h.model.dialog.open = true;
	h.model.dialog.needs_text = false;
	intent = press(&h, ACTION_PICK, '3');
	g_assert_cmpint(intent.kind, ==, INTENT_DIALOG_CHOICE);
	g_assert_cmpint(intent.index, ==, 2);
	intent_clear(&intent);
	end(&h);
}

static void test_redraw(void)
{
	struct harness h;

	begin(&h, home_typical);
	g_assert_false(screen_wants_redraw(h.screen));
	kind_of(&h, ACTION_REDRAW, 0);
	g_assert_true(screen_wants_redraw(h.screen));
	g_assert_false(screen_wants_redraw(h.screen));
	end(&h);
}

static void test_reason(void)
{
	struct harness h;
	struct intent intent;

	begin(&h, decision_error);
	g_assert_cmpint(kind_of(&h, ACTION_NEXT, 0), ==, INTENT_NONE);
	type(&h, "no 3");
	intent = screen_flush(h.screen, &h.model);
	g_assert_cmpint(intent.kind, ==, INTENT_REASON_SET);
	g_assert_cmpstr(intent.text, ==, "no 3");
	intent_clear(&intent);
	kind_of(&h, ACTION_OPTIONS, 0);
	intent = press(&h, ACTION_PICK, '2');
	g_assert_cmpint(intent.kind, ==, INTENT_REASON_SET);
	g_assert_cmpstr(intent.text, ==, "the place is elsewhere");
	intent_clear(&intent);
	end(&h);
}

/* In every view: letters and Chinese act on nothing, three Enters are no law.
 */
static void test_harmless(void)
{
	static const enum intent_kind law[] = {INTENT_DECIDE, INTENT_RATE_AGAIN,
		INTENT_REPRINT, INTENT_PAGE_REMOVE, INTENT_QUIT, INTENT_LOGOUT};

	for (size_t f = 0; f < G_N_ELEMENTS(fixtures); f++) {
		struct harness h;

		begin(&h, fixtures[f].fill);
		type(&h, "abcdxyz");
		for (int i = 0; i < 3; i++) {
			enum intent_kind kind = kind_of(&h, ACTION_NEXT, 0);

			for (size_t n = 0; n < G_N_ELEMENTS(law); n++)
				g_assert_cmpint(kind, !=, law[n]);
		}
		end(&h);
	}
}

/* Monkey --------------------------------------------------------------------
 */

static struct key_event random_key(GRand *random)
{
	static const char *const texts[] = {"a", "中", "5", " ", "=",
		"\xf0\x9f"
		"\x98\x80",
		"\xcc\x81", "\xee\xa0\x95", "\xf0\xb1\x8d\x90"};
	enum action action =
		(enum action)g_rand_int_range(random, 1, ACTION_COUNT);
	const char *text =
		texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))];

	if (action == ACTION_PASTE)
		return keymap_event(
			KEYCODE_PASTE, 0, g_strdup("粘贴\r\n\033[2Jx"), 0);
	if (action == ACTION_TEXT || action == ACTION_PICK ||
		action == ACTION_MARK)
		return keymap_event(
			KEYCODE_CHAR, g_utf8_get_char(text), NULL, 0);
	return (struct key_event){.action = action};
}

/* A little of what app would do, so that the monkey gets around. */
static void pretend(
	struct model *model, const struct intent *intent, GRand *random)
{
	switch (intent->kind) {
	case INTENT_GOTO:
		model->view = (enum view_id)intent->index;
		break;
	case INTENT_MESSAGE:
		model_text(&model->message, intent->text);
		break;
	case INTENT_ITEM_FOCUS:
		model->item.focus = intent->index;
		break;
	case INTENT_MATERIAL_FOCUS:
		model->materials.focus = intent->index;
		model->materials.page = intent->index2;
		break;
	case INTENT_DIALOG_CLOSE:
	case INTENT_DIALOG_CHOICE:
		model->dialog.open = false;
		break;
	case INTENT_ASIDE:
		model->dialog.open = true;
		break;
	case INTENT_NONE:
		break;
	default:
		if (g_rand_int_range(random, 0, 20) == 0)
			model->view = (enum view_id)g_rand_int_range(
				random, 0, VIEW_COUNT);
		break;
	}
}

static void test_monkey(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(20261125);
	AUTO(canvas) canvas = canvas_new(24, 80);
	int64_t until = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
	guint fixture = 0;

	while (g_get_monotonic_time() < until) {
		struct harness h;

		begin(&h, fixtures[fixture++ % G_N_ELEMENTS(fixtures)].fill);
		for (int i = 0; i < 200; i++) {
			struct key_event key = random_key(random);
			struct intent intent =
				screen_key(h.screen, &h.model, key);

			key_event_clear(&key);
			pretend(&h.model, &intent, random);
			intent_clear(&intent);
			if (i % 10 == 0)
				canvas_resize(canvas,
					g_rand_int_range(random, 1, 60),
					g_rand_int_range(random, 1, 180));
			if (i % 17 == 0)
				screen_reload(h.screen, &h.model);
			screen_sync(h.screen, &h.model);
			screen_draw(h.screen, &h.model, canvas);
			g_assert_cmpstr(canvas_fault(canvas), ==, NULL);
		}
		end(&h);
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(key_cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/ui/keys/%s", key_cases[i].name);

		g_test_add_data_func(path, &key_cases[i], test_key);
	}
	g_test_add_func("/ui/keys/login", test_login);
	g_test_add_func("/ui/keys/unlock", test_unlock);
	g_test_add_func("/ui/keys/do-repeat", test_do_repeat);
	g_test_add_func("/ui/keys/do-ahead", test_do_ahead);
	g_test_add_func("/ui/keys/home-enter", test_home_enter);
	g_test_add_func("/ui/keys/menu-digits", test_menu_digits);
	g_test_add_func("/ui/keys/menu-filter", test_menu_filter);
	g_test_add_func("/ui/keys/goto", test_goto);
	g_test_add_func("/ui/keys/dialog", test_dialog);
	g_test_add_func("/ui/keys/redraw", test_redraw);
	g_test_add_func("/ui/keys/reason", test_reason);
	g_test_add_func("/ui/keys/harmless", test_harmless);
	g_test_add_func("/ui/keys/monkey", test_monkey);
	return g_test_run();
}
