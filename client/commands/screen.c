/* yikou, the screen: keys in, canvas out, and client/app in between. Paints are
 * collected: however many things changed, one paint follows when the loop has
 * nothing more urgent. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/app/app.h"
#include "client/base/clock.h"
#include "client/base/fault.h"
#include "client/base/log.h"
#include "client/base/process.h"
#include "client/commands/command.h"
#include "ui/guard.h"
#include "ui/term.h"
#include "ui/text.h"
#include "ui/view.h"

struct window {
	struct app *app;       /* own */
	struct screen *screen; /* own */
	struct term *term;     /* own */
	struct canvas *canvas; /* own */
	GMainLoop *loop;       /* own */
	guint paint;
	bool reload;
	bool is_locked; /* as painted last */
};

/* Nothing of a case stays behind the lock, nor in the scrollback. */
static void wipe_when_locked(struct window *window, bool is_locked)
{
	if (is_locked && !window->is_locked)
		term_wipe(window->term);
	window->is_locked = is_locked;
}

/* The screen takes up what changed in the model. */
static void follow(struct window *window)
{
	const struct model *model = app_model(window->app);

	screen_sync(window->screen, model);
	if (window->reload)
		screen_reload(window->screen, model);
	window->reload = false;
}

static gboolean paint(gpointer user_data)
{
	struct window *window = user_data;
	const struct model *model = app_model(window->app);
	int rows, cols;

	window->paint = 0;
	follow(window);
	term_size(window->term, &rows, &cols);
	if (window->canvas->rows != rows || window->canvas->cols != cols)
		canvas_resize(window->canvas, rows, cols);
	screen_draw(window->screen, model, window->canvas);
	wipe_when_locked(window, model->view == VIEW_LOCK);
	if (screen_wants_redraw(window->screen))
		term_forget(window->term);
	term_paint(window->term, window->canvas);
	return G_SOURCE_REMOVE;
}

static void changed(void *context, bool reload)
{
	struct window *window = context;

	window->reload = window->reload || reload;
	if (!window->paint && window->term)
		window->paint = g_idle_add(paint, window);
}

static void flush(void *context)
{
	struct window *window = context;
	struct intent intent =
		screen_flush(window->screen, app_model(window->app));

	app_act(window->app, &intent);
}

static void quit(void *context)
{
	struct window *window = context;

	g_main_loop_quit(window->loop);
}

static const struct app_ops app_ops = {
	.changed = changed, .flush = flush, .quit = quit};

/* Whatever goes on from here works on what was typed: the value first. */
static bool needs_flush(enum intent_kind kind)
{
	return kind != INTENT_NONE && kind != INTENT_MESSAGE &&
	       kind != INTENT_FIELD_SET && kind != INTENT_CELL_SET;
}

/* The views see the state the last key left behind, even when several keys
 * came in one read: nothing typed ahead is judged by an old view. */
static void key(void *context, struct key_event *event)
{
	struct window *window = context;
	const struct model *model = app_model(window->app);
	struct intent intent;

	app_touch(window->app);
	follow(window);
	intent = screen_key(window->screen, model, *event);
	if (needs_flush(intent.kind))
		flush(window);
	app_act(window->app, &intent);
	follow(window);
	if (screen_outlived(window->screen, model))
		app_hush(window->app);
	changed(window, false);
}

static void resized(void *context, int rows, int cols)
{
	(void)rows;
	(void)cols;
	changed(context, false);
}

static void lost(void *context)
{
	struct window *window = context;

	log_warn("the terminal is gone");
	g_main_loop_quit(window->loop);
}

static const struct term_ops term_ops = {
	.key = key, .resized = resized, .lost = lost};

/* Log lines must not land on the screen. */
static void redirect_log(const struct config *config)
{
	g_autofree char *path = config_runtime(config, "yikou.log");
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static bool wants_color(const struct config *config)
{
	const char *no_color = g_getenv("NO_COLOR");

	return config_bool(config, "screen.color") && !(no_color && *no_color);
}

static void run_window(struct window *window)
{
	process_quit_on_signals(window->loop, true);
	app_start(window->app);
	changed(window, true);
	g_main_loop_run(window->loop);
	flush(window);
}

static void close_window(struct window *window)
{
	if (window->paint)
		g_source_remove(window->paint);
	window->paint = 0;
	term_close(window->term);
	window->term = NULL;
	app_free(window->app);
	screen_free(window->screen);
	canvas_free(window->canvas);
	g_main_loop_unref(window->loop);
}

static bool open_window(
	struct window *window, const struct config *config, GError **error)
{
	const struct term_options options = {
		.color = wants_color(config),
		.escape_ms = (int)config_int(config, "screen.escape_ms"),
		.input_fd = STDIN_FILENO,
		.output_fd = STDOUT_FILENO,
	};

	window->app = app_new(config, &app_ops, window, error);
	if (!window->app)
		return false;
	window->term = term_open(&options, &term_ops, window, error);
	return window->term != NULL;
}

static bool run_screen(const struct config *config, GError **error)
{
	struct window window = {0};
	bool is_open;

	guard_start();
	window.loop = g_main_loop_new(NULL, FALSE);
	window.canvas = canvas_new(24, 80);
	window.screen = screen_new();
	is_open = open_window(&window, config, error);
	if (is_open) {
		redirect_log(config);
		run_window(&window);
	}
	close_window(&window);
	return is_open;
}

/* Nothing is started where nothing can be shown. */
static bool can_show(const struct config *config, GError **error)
{
	if (!term_check(STDIN_FILENO, STDOUT_FILENO, error))
		return false;
	return command_set_screen_language(config) ||
	       fault_set(error, ITEM_ERROR_USAGE, NULL, 0, "%s",
		       text_utf8_advice());
}

enum exit_code command_screen(int argc, char **argv)
{
	struct command_options options = {0};
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Example: yikou --config /etc/yikou/yikou.conf"), NULL,
		    &code) &&
		(!can_show(options.config, &error) ||
			!run_screen(options.config, &error))) {
		command_set_language(options.config);
		code = command_report(&options, error);
	}
	command_end(&options);
	return code;
}
