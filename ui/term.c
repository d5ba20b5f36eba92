/* The terminal by ncursesw, for output only: curses knows the terminal's
 * escape sequences and finds the shortest way from one screen to the next.
 * Keys are read as bytes and made by ui/input.c, because curses would wait,
 * and would type what it does not know. */
#include "ui/term.h"

#include <curses.h>
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termcap.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/fault.h"
#include "ui/input.h"

enum { ESCAPE_MS = 50, READ_BYTES = 512, COLS_MAX = 1000 };

struct term {
	SCREEN *screen;
	FILE *in, *out;
	int rows, cols;
	bool is_color;
	struct canvas *painted; /* what the terminal shows */
	bool paint_all;
	cchar_t *line; /* one row, cols + 1 */
	struct input *input;
	const struct term_ops *ops;
	void *context;
	guint read_source, resize_source, escape_source;
};

/* How a style looks without and with colour. A foreground
 * without its own background is only the default or bright red. */
struct look {
	attr_t plain, colored;
	short fg, bg; /* -1: default */
};

static const struct look looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = {A_NORMAL, A_NORMAL, -1, -1},
	[STYLE_HEADER] = {A_REVERSE, A_REVERSE, -1, -1},
	[STYLE_TITLE] = {A_BOLD, A_BOLD, -1, -1},
	[STYLE_FOCUS] = {A_REVERSE, A_REVERSE, -1, -1},
	[STYLE_INPUT] = {A_UNDERLINE, A_UNDERLINE, -1, -1},
	[STYLE_ERROR] = {A_BOLD, A_BOLD, COLOR_RED, -1},
	[STYLE_WARN] = {A_BOLD, A_NORMAL, COLOR_BLACK, COLOR_YELLOW},
	[STYLE_ALERT] = {A_REVERSE | A_BOLD, A_BOLD, COLOR_WHITE, COLOR_RED},
	[STYLE_OK] = {A_NORMAL, A_NORMAL, -1, -1},
	[STYLE_OFF] = {A_NORMAL, A_NORMAL, -1, -1},
	[STYLE_BANNER] = {A_REVERSE, A_BOLD, COLOR_WHITE, COLOR_BLUE},
};

/* terminfo's names of the keys. */
static const struct {
	const char *capability;
	enum key_code code;
} learned_keys[] = {
	{"kf1", KEYCODE_F1},
	{"kf2", KEYCODE_F1 + 1},
	{"kf3", KEYCODE_F1 + 2},
	{"kf4", KEYCODE_F1 + 3},
	{"kf5", KEYCODE_F1 + 4},
	{"kf6", KEYCODE_F1 + 5},
	{"kf7", KEYCODE_F1 + 6},
	{"kf8", KEYCODE_F1 + 7},
	{"kf9", KEYCODE_F1 + 8},
	{"kf10", KEYCODE_F1 + 9},
	{"kf11", KEYCODE_F1 + 10},
	{"kf12", KEYCODE_F1 + 11},
	{"kcuu1", KEYCODE_UP},
	{"kcud1", KEYCODE_DOWN},
	{"kcub1", KEYCODE_LEFT},
	{"kcuf1", KEYCODE_RIGHT},
	{"khome", KEYCODE_HOME},
	{"kend", KEYCODE_END},
	{"kpp", KEYCODE_PGUP},
	{"knp", KEYCODE_PGDN},
	{"kich1", KEYCODE_INS},
	{"kdch1", KEYCODE_DEL},
	{"kcbt", KEYCODE_BACKTAB},
};

/* Home, erase, erase what was scrolled away. tmux empties its history. */
static const char wipe_bytes[] = "\033[H\033[2J\033[3J";
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

/* Painting ----------------------------------------------------------------- */

/* The colour pair of a style is its number; 0 is the default. */
static void define_colors(struct term *term, bool wanted)
{
	term->is_color = wanted && has_colors() && start_color() == OK &&
			 use_default_colors() == OK &&
			 COLOR_PAIRS > STYLE_COUNT;
	if (!term->is_color)
		return;
	for (int i = 1; i < STYLE_COUNT; i++) {
		short fg = looks[i].fg;

		if (i == STYLE_ERROR && COLORS >= 16)
			fg = 9; /* bright red */
		init_pair((short)i, fg, looks[i].bg);
	}
}

/* The library's width must be ours, or the row would shift. */
static wchar_t certain_char(const struct cell *cell)
{
	gunichar c = cell->base;

	if ((c >= 0x20 && c < 0x7f) || (c >= 0x4e00 && c <= 0x9fff) ||
		wcwidth((wchar_t)c) == cell->width)
		return (wchar_t)c;
	return cell->width == 2 ? 0x3013 : '?';
}

static void fill_cchar(
	const struct term *term, const struct cell *cell, cchar_t *out)
{
	wchar_t chars[CELL_MARKS + 2] = {certain_char(cell)};
	const struct look *look = &looks[cell->style];
	int used = 1;

	for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++) {
		if (wcwidth((wchar_t)cell->marks[i]) == 0)
			chars[used++] = (wchar_t)cell->marks[i];
	}
	setcchar(out, chars, term->is_color ? look->colored : look->plain,
		term->is_color && (look->fg >= 0 || look->bg >= 0)
			? (short)cell->style
			: 0,
		NULL);
}

/* Writes the cells of a row from first to last, whole characters only: where a
 * right half changed its left half did. */
static void paint_part(struct term *term, const struct cell *cells, int row,
	int first, int last)
{
	int count = 0;

	for (int col = first; col <= last; col++) {
		if (cells[col].width > 0)
			fill_cchar(term, &cells[col], &term->line[count++]);
	}
	mvadd_wchnstr(row, first, term->line, count);
}

static void paint_row(
	struct term *term, const struct canvas *canvas, int row, int cols)
{
	const struct cell *new = canvas->cells + row * canvas->cols;
	struct cell *old = term->painted->cells + row * term->cols;
	int first = 0, last = cols - 1;

	if (!term->paint_all) {
		if (memcmp(new, old, (size_t)cols * sizeof(*new)) == 0)
			return;
		while (memcmp(&new[first], &old[first], sizeof(*new)) == 0)
			first++;
		while (memcmp(&new[last], &old[last], sizeof(*new)) == 0)
			last--;
	}
	paint_part(term, new, row, first, last);
	memcpy(old, new, (size_t)cols * sizeof(*new));
}

void term_paint(struct term *term, const struct canvas *canvas)
{
	int rows = MIN(canvas->rows, term->rows);
	int cols = MIN(canvas->cols, term->cols);

	set_term(term->screen);
	if (term->paint_all)
		clearok(stdscr, TRUE);
	for (int row = 0; row < rows; row++)
		paint_row(term, canvas, row, cols);
	term->paint_all = false;
	move(MIN(canvas->cursor_row, rows - 1),
		MIN(canvas->cursor_col, cols - 1));
	wnoutrefresh(stdscr);
	doupdate();
}

void term_forget(struct term *term)
{
	term->paint_all = true;
}

static void write_bytes(const struct term *term, const char *bytes)
{
	fputs(bytes, term->out);
	fflush(term->out);
}

void term_wipe(struct term *term)
{
	write_bytes(term, wipe_bytes);
	term_forget(term);
}

/* Size --------------------------------------------------------------------- */

void term_resize(struct term *term)
{
	struct winsize size = {0};

	if (ioctl(fileno(term->out), TIOCGWINSZ, &size) != 0 ||
		size.ws_row == 0 || size.ws_col == 0) {
		size.ws_row = 24;
		size.ws_col = 80;
	}
	term->rows = CLAMP(size.ws_row, 1, COLS_MAX);
	term->cols = CLAMP(size.ws_col, 1, COLS_MAX);
	set_term(term->screen);
	resizeterm(term->rows, term->cols);
	canvas_resize(term->painted, term->rows, term->cols);
	term->line = g_renew(cchar_t, term->line, term->cols + 1);
	term->paint_all = true;
}

void term_size(const struct term *term, int *rows, int *cols)
{
	*rows = term->rows;
	*cols = term->cols;
}

static gboolean on_resize(gpointer data)
{
	struct term *term = data;

	term_resize(term);
	if (term->ops && term->ops->resized)
		term->ops->resized(term->context, term->rows, term->cols);
	return G_SOURCE_CONTINUE;
}

/* Keys --------------------------------------------------------------------- */

int term_fd(const struct term *term)
{
	return fileno(term->in);
}

int term_timeout_ms(const struct term *term)
{
	return input_timeout_ms(term->input, clock_boot_ms());
}

/* False when the terminal is gone. */
static bool read_bytes(struct term *term)
{
	char bytes[READ_BYTES];
	ssize_t len = read(fileno(term->in), bytes, sizeof(bytes));

	if (len > 0)
		input_feed(term->input, bytes, (size_t)len, clock_boot_ms());
	return len > 0 || (len < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool has_input(const struct term *term)
{
	GPollFD poll = {fileno(term->in), G_IO_IN, 0};

	return g_poll(&poll, 1, 0) > 0;
}

static bool next_key(struct term *term, struct key_event *key)
{
	input_tick(term->input, clock_boot_ms());
	if (!input_next(term->input, key))
		return false;
	key->at_ms = clock_wall_ms();
	return true;
}

bool term_read_key(struct term *term, struct key_event *key)
{
	if (next_key(term, key))
		return true;
	return has_input(term) && read_bytes(term) && next_key(term, key);
}

static gboolean on_escape(gpointer data);

static void deliver(struct term *term)
{
	struct key_event key;
	int wait_ms;

	while (next_key(term, &key)) {
		term->ops->key(term->context, &key);
		key_event_clear(&key);
	}
	g_clear_handle_id(&term->escape_source, g_source_remove);
	wait_ms = term_timeout_ms(term);
	if (wait_ms >= 0)
		term->escape_source =
			g_timeout_add((guint)wait_ms + 1, on_escape, term);
}

static gboolean on_escape(gpointer data)
{
	struct term *term = data;

	term->escape_source = 0;
	deliver(term);
	return G_SOURCE_REMOVE;
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer data)
{
	struct term *term = data;

	(void)fd;
	if ((condition & G_IO_IN) ? !read_bytes(term)
				  : (condition & (G_IO_HUP | G_IO_ERR))) {
		term->read_source = 0;
		if (term->ops->lost)
			term->ops->lost(term->context);
		return G_SOURCE_REMOVE;
	}
	deliver(term);
	return G_SOURCE_CONTINUE;
}

/* Opening and closing --------------------------------------------------------
 */

static void learn_keys(struct term *term)
{
	for (size_t i = 0; i < G_N_ELEMENTS(learned_keys); i++) {
		/* tigetstr() wants a char *, and does not write to it. */
		g_autofree char *name = g_strdup(learned_keys[i].capability);
		const char *bytes = tigetstr(name);

		if (bytes && bytes != (char *)-1)
			input_learn(term->input, bytes, learned_keys[i].code);
	}
}

static void set_modes(struct term *term, const struct term_options *options)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	typeahead(-1);
	curs_set(1);
	define_colors(term, options->color);
	learn_keys(term);
	term_resize(term);
	write_bytes(term, paste_on);
}

static void watch(struct term *term)
{
	if (!term->ops)
		return;
	term->read_source = g_unix_fd_add(fileno(term->in),
		G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, term);
	term->resize_source = g_unix_signal_add(SIGWINCH, on_resize, term);
}

static void term_free(struct term *term)
{
	if (term->in)
		fclose(term->in);
	if (term->out)
		fclose(term->out);
	input_free(term->input);
	canvas_free(term->painted);
	g_free(term->line);
	g_free(term);
}

bool term_check(int input_fd, int output_fd, GError **error)
{
	const char *type = g_getenv("TERM");

	if (!isatty(input_fd) || !isatty(output_fd))
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"the screen needs a terminal for input and output; "
			"nothing was started");
	if (!type || !*type)
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"TERM is not set: the kind of terminal, as "
			"xterm-256color; nothing was started");
	if (tgetent(NULL, type) != 1)
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"TERM=%s: this kind of terminal is not known here, "
			"expected one as xterm-256color; nothing was started",
			type);
	if (!tgetstr("cm", NULL))
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"TERM=%s: this kind of terminal cannot place the "
			"cursor, expected one as xterm-256color; nothing was "
			"started",
			type);
	return true;
}

struct term *term_open(const struct term_options *options,
	const struct term_ops *ops, void *context, GError **error)
{
	struct term *term = g_new0(struct term, 1);

	term->ops = ops;
	term->context = context;
	term->input = input_new(
		options->escape_ms > 0 ? options->escape_ms : ESCAPE_MS);
	term->painted = canvas_new(1, 1);
	term->in = fdopen(dup(options->input_fd), "r");
	term->out = fdopen(dup(options->output_fd), "w");
	/* Before curses looks: then it leaves SIGWINCH to us. */
	if (term->in)
		watch(term);
	if (term->in && term->out && isatty(options->output_fd))
		term->screen = newterm(options->type, term->out, term->in);
	if (!term->screen) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
			"no terminal, or its type is unknown");
		term_close(term);
		return NULL;
	}
	set_modes(term, options);
	return term;
}

void term_close(struct term *term)
{
	if (!term)
		return;
	g_clear_handle_id(&term->read_source, g_source_remove);
	g_clear_handle_id(&term->resize_source, g_source_remove);
	g_clear_handle_id(&term->escape_source, g_source_remove);
	if (term->screen) {
		set_term(term->screen);
		write_bytes(term, paste_off);
		endwin();
		write_bytes(term, wipe_bytes);
		delscreen(term->screen);
	}
	term_free(term);
}
