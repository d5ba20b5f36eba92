/* The terminal on a pseudo terminal: what arrives is what the canvas says,
 * whatever was there before, and the terminal is left clean, even by a kill.
 * A small emulator of the sequences that curses writes stands on the other
 * side. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ui/guard.h"
#include "ui/term.h"

enum { MAX_ROWS = 60, MAX_COLS = 200, PARAMETERS = 8 };

/* The emulator --------------------------------------------------------------
 */

struct emulator {
	int rows, cols, row, col;
	bool wrap_pending;
	gunichar cells[MAX_ROWS][MAX_COLS]; /* 0: right half */
	GString *sequence;                  /* from ESC on, while one runs */
	GString *pending;                   /* half a character */
	gunichar last;
	int queries, oscs, unknown;
};

static void emu_clear(struct emulator *emu, int row, int from, int to)
{
	for (int col = from; col < to; col++)
		emu->cells[row][col] = ' ';
}

static void emu_reset(struct emulator *emu, int rows, int cols)
{
	emu->rows = rows;
	emu->cols = cols;
	emu->row = emu->col = 0;
	emu->wrap_pending = false;
	for (int row = 0; row < MAX_ROWS; row++)
		emu_clear(emu, row, 0, MAX_COLS);
	if (!emu->sequence) {
		emu->sequence = g_string_new(NULL);
		emu->pending = g_string_new(NULL);
	}
}

static void emu_part(struct emulator *emu, int row, int col)
{
	if (emu->cells[row][col] == 0 && col > 0)
		emu->cells[row][col - 1] = ' ';
	if (col + 1 < emu->cols && emu->cells[row][col + 1] == 0)
		emu->cells[row][col + 1] = ' ';
}

static void emu_put(struct emulator *emu, gunichar c)
{
	int width = text_cells(c);

	if (width == 0)
		return;
	if (emu->wrap_pending || emu->col + width > emu->cols) {
		emu->col = 0;
		emu->row = MIN(emu->row + 1, emu->rows - 1);
	}
	emu->wrap_pending = false;
	emu_part(emu, emu->row, emu->col);
	if (width == 2)
		emu_part(emu, emu->row, emu->col + 1);
	emu->cells[emu->row][emu->col] = c;
	if (width == 2)
		emu->cells[emu->row][emu->col + 1] = 0;
	emu->last = c;
	emu->col += width;
	if (emu->col >= emu->cols) {
		emu->col = emu->cols - 1;
		emu->wrap_pending = true;
	}
}

static void emu_erase(struct emulator *emu, int mode, bool whole)
{
	int from = mode == 0 ? emu->col : 0;
	int to = mode == 1 ? emu->col + 1 : emu->cols;

	emu_clear(emu, emu->row, from, to);
	for (int row = 0; whole && row < emu->rows; row++) {
		if ((mode == 0 && row > emu->row) ||
			(mode == 1 && row < emu->row) || mode == 2)
			emu_clear(emu, row, 0, emu->cols);
	}
}

static void emu_shift(struct emulator *emu, int by)
{
	gunichar *row = emu->cells[emu->row];
	int left = emu->cols - emu->col - ABS(by);

	if (left < 0)
		left = 0,
		by = by > 0 ? emu->cols - emu->col : emu->col - emu->cols;
	if (by > 0) { /* insert */
		memmove(row + emu->col + by, row + emu->col,
			sizeof(*row) * (size_t)left);
		emu_clear(emu, emu->row, emu->col, emu->col + by);
	} else {
		memmove(row + emu->col, row + emu->col - by,
			sizeof(*row) * (size_t)left);
		emu_clear(emu, emu->row, emu->col + left, emu->cols);
	}
}

/* True when it was a move of the cursor; n and m count from 1. */
static bool emu_move(struct emulator *emu, char last, int n, int m)
{
	switch (last) {
	case 'H':
		emu->row = CLAMP(n, 1, emu->rows) - 1;
		emu->col = CLAMP(m, 1, emu->cols) - 1;
		break;
	case 'd':
		emu->row = CLAMP(n, 1, emu->rows) - 1;
		break;
	case 'G':
		emu->col = CLAMP(n, 1, emu->cols) - 1;
		break;
	case 'A':
		emu->row = MAX(emu->row - n, 0);
		break;
	case 'B':
		emu->row = MIN(emu->row + n, emu->rows - 1);
		break;
	case 'C':
		emu->col = MIN(emu->col + n, emu->cols - 1);
		break;
	case 'D':
		emu->col = MAX(emu->col - n, 0);
		break;
	default:
		return false;
	}
	return true;
}

static void emu_csi(struct emulator *emu, const char *text, char last)
{
	int p[PARAMETERS] = {0}, count = 0, n;

	for (const char *at = text; *at && count < PARAMETERS; at++) {
		if (g_ascii_isdigit(*at))
			p[count] = p[count] * 10 + *at - '0';
		else if (*at == ';')
			count++;
	}
	n = MAX(p[0], 1);
	if (last == 'm' || last == 'h' || last == 'l' || last == 'r' ||
		last == 't' || last == 'z')
		return;
	emu->wrap_pending = false;
	if (emu_move(emu, last, n, MAX(p[1], 1)))
		return;
	switch (last) {
	case 'J':
		emu_erase(emu, p[0], true);
		break;
	case 'K':
		emu_erase(emu, p[0], false);
		break;
	case 'X':
		emu_clear(
			emu, emu->row, emu->col, MIN(emu->col + n, emu->cols));
		break;
	case 'b':
		while (n-- > 0)
			emu_put(emu, emu->last);
		break;
	case '@':
		emu_shift(emu, n);
		break;
	case 'P':
		emu_shift(emu, -n);
		break;
	case 'c': /* the Linux console sets its cursor by CSI ? 0 c */
	case 'n':
		emu->queries += text[0] != '?';
		break;
	default:
		emu->unknown++;
		g_test_message("unknown sequence %s%c", text, last);
		break;
	}
}

/* True while the sequence goes on. */
static bool emu_sequence(struct emulator *emu, char byte)
{
	GString *s = emu->sequence;

	g_string_append_c(s, byte);
	if (s->len < 2)
		return true;
	switch (s->str[1]) {
	case '[':
		if (s->len == 2 || (byte >= 0x20 && byte < 0x40))
			return true;
		s->str[s->len - 1] = '\0';
		emu_csi(emu, s->str + 2, byte);
		return false;
	case '(':
	case ')':
		return s->len < 3;
	case ']':
	case 'P':
		emu->oscs++;
		return false;
	case 'M': /* one up */
		emu->wrap_pending = false;
		emu->row = MAX(emu->row - 1, 0);
		return false;
	case 'E':
		emu->col = 0;
		emu->row = MIN(emu->row + 1, emu->rows - 1);
		return false;
	default:
		return false;
	}
}

static void emu_byte(struct emulator *emu, char byte)
{
	gunichar c;

	if (emu->sequence->len > 0 || byte == 033) {
		if (!emu_sequence(emu, byte))
			g_string_truncate(emu->sequence, 0);
		return;
	}
	if (byte == '\r' || byte == '\b' || byte == '\n') {
		emu->wrap_pending = false;
		if (byte == '\n')
			emu->row = MIN(emu->row + 1, emu->rows - 1);
		else
			emu->col = byte == '\r' ? 0 : MAX(emu->col - 1, 0);
		return;
	}
	if (byte == '\t')
		emu->col = MIN((emu->col / 8 + 1) * 8, emu->cols - 1);
	if ((guchar)byte < 0x20)
		return;
	g_string_append_c(emu->pending, byte);
	c = g_utf8_get_char_validated(
		emu->pending->str, (gssize)emu->pending->len);
	if (c == (gunichar)-2)
		return;
	g_string_truncate(emu->pending, 0);
	emu_put(emu, c);
}

static char *emu_row(const struct emulator *emu, int row)
{
	GString *out = g_string_new(NULL);

	for (int col = 0; col < emu->cols; col++) {
		if (emu->cells[row][col])
			g_string_append_unichar(out, emu->cells[row][col]);
	}
	return g_string_free(out, FALSE);
}

/* The other side: a thread takes what comes. ---------------------------------
 */

struct desk {
	int master, slave;
	GThread *reader;
	GMutex lock;
	GCond more;
	GString *bytes; /* everything that came */
	bool ended;
	size_t taken;
	struct emulator emu;
};

static gpointer read_all(gpointer data)
{
	struct desk *desk = data;
	char buffer[4096];
	ssize_t len;

	do {
		len = read(desk->master, buffer, sizeof(buffer));
		g_mutex_lock(&desk->lock);
		if (len > 0)
			g_string_append_len(desk->bytes, buffer, len);
		else
			desk->ended = true;
		g_cond_signal(&desk->more);
		g_mutex_unlock(&desk->lock);
	} while (len > 0);
	return NULL;
}

static void desk_size(struct desk *desk, int rows, int cols)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	g_assert_cmpint(ioctl(desk->master, TIOCSWINSZ, &size), ==, 0);
}

static void desk_open(struct desk *desk, int rows, int cols)
{
	memset(desk, 0, sizeof(*desk));
	g_assert_cmpint(
		openpty(&desk->master, &desk->slave, NULL, NULL, NULL), ==, 0);
	desk_size(desk, rows, cols);
	desk->bytes = g_string_new(NULL);
	emu_reset(&desk->emu, rows, cols);
	desk->reader = g_thread_new("reader", read_all, desk);
}

static void desk_close(struct desk *desk)
{
	close(desk->slave);
	g_thread_join(desk->reader);
	close(desk->master);
	g_string_free(desk->bytes, TRUE);
	g_string_free(desk->emu.sequence, TRUE);
	g_string_free(desk->emu.pending, TRUE);
}

/* Everything written until now is in the emulator. Returns how many bytes that
 * were. */
static size_t desk_take(struct desk *desk)
{
	static const char marker[] = "\033[7z";
	size_t before = desk->taken;
	const char *found;

	g_assert_cmpint(write(desk->slave, marker, strlen(marker)), ==,
		(ssize_t)strlen(marker));
	g_mutex_lock(&desk->lock);
	while (!(found = strstr(desk->bytes->str + desk->taken, marker)))
		g_cond_wait(&desk->more, &desk->lock);
	for (const char *at = desk->bytes->str + desk->taken; at < found; at++)
		emu_byte(&desk->emu, *at);
	desk->taken = (size_t)(found - desk->bytes->str) + strlen(marker);
	g_mutex_unlock(&desk->lock);
	return desk->taken - before - strlen(marker);
}

static struct term *open_term(struct desk *desk, const char *type, bool color,
	const struct term_ops *ops, void *context)
{
	struct term_options options = {.color = color,
		.input_fd = desk->slave,
		.output_fd = desk->slave,
		.type = type};
	g_autoptr(GError) error = NULL;
	struct term *term = term_open(&options, ops, context, &error);

	g_assert_no_error(error);
	return term;
}

static void expect_same(struct desk *desk, const struct canvas *canvas)
{
	for (int row = 0; row < MIN(canvas->rows, desk->emu.rows); row++) {
		g_autofree char *want = canvas_row_text(canvas, row);
		g_autofree char *have = emu_row(&desk->emu, row);

		g_assert_cmpstr(have, ==, want);
	}
	g_assert_cmpint(desk->emu.row, ==, canvas->cursor_row);
	g_assert_cmpint(desk->emu.col, ==, canvas->cursor_col);
	g_assert_cmpint(desk->emu.queries, ==, 0);
	g_assert_cmpint(desk->emu.oscs, ==, 0);
	g_assert_cmpint(desk->emu.unknown, ==, 0);
}

/* Tests ----------------------------------------------------------------------
 */

static void scribble(struct canvas *canvas, GRand *random)
{
	static const char *const texts[] = {"a", "受理", "示例路 1 号",
		"------", "   ", "食品经营许可（新办）", "x中y", "𬱖",
		"\xf0\x9f\x98\x80", "aaaaaaaaaaaaaaaaaaaa"};
	int count = g_rand_int_range(random, 1, 6);

	for (int i = 0; i < count; i++)
		canvas_text(canvas, g_rand_int_range(random, 0, canvas->rows),
			g_rand_int_range(random, 0, canvas->cols),
			texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))],
			(enum style)g_rand_int_range(random, 0, STYLE_COUNT));
	if (g_rand_int_range(random, 0, 10) == 0)
		canvas_clear(canvas);
	canvas_cursor(canvas, g_rand_int_range(random, 0, canvas->rows),
		g_rand_int_range(random, 0, canvas->cols));
}

static void test_paint(gconstpointer data)
{
	const char *type = data;
	g_autoptr(GRand) random = g_rand_new_with_seed(5);
	AUTO(canvas) canvas = canvas_new(24, 80);
	struct desk desk;
	struct term *term;

	desk_open(&desk, 24, 80);
	term = open_term(
		&desk, type, g_str_has_prefix(type, "xterm"), NULL, NULL);
	for (int i = 0; i < 300; i++) {
		scribble(canvas, random);
		if (i % 50 == 49) {
			/* Somebody else wrote on the screen: Ctrl+L. */
			for (int n = 0; n < 100; n++)
				emu_put(&desk.emu, 'Z');
			term_forget(term);
		}
		term_paint(term, canvas);
		desk_take(&desk);
		expect_same(&desk, canvas);
	}
	/* Nothing changed, nothing written. */
	term_paint(term, canvas);
	g_assert_cmpuint(desk_take(&desk), ==, 0);
	canvas_text(canvas, 3, 3, "改", STYLE_NORMAL);
	term_paint(term, canvas);
	g_assert_cmpuint(desk_take(&desk), <, 60);
	term_close(term);
	desk_take(&desk);
	desk_close(&desk);
}

static void test_resize(void)
{
	static const int sizes[][2] = {
		{24, 80}, {1, 1}, {2, 200}, {50, 3}, {43, 132}, {24, 80}};
	AUTO(canvas) canvas = canvas_new(24, 80);
	struct desk desk;
	struct term *term;

	desk_open(&desk, 24, 80);
	term = open_term(&desk, "xterm-256color", true, NULL, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int rows, cols;

		desk_size(&desk, sizes[i][0], sizes[i][1]);
		emu_reset(&desk.emu, sizes[i][0], sizes[i][1]);
		term_resize(term);
		term_size(term, &rows, &cols);
		g_assert_cmpint(rows, ==, sizes[i][0]);
		g_assert_cmpint(cols, ==, sizes[i][1]);
		canvas_resize(canvas, rows, cols);
		canvas_text(canvas, 0, 0, "窗口", STYLE_HEADER);
		canvas_text(canvas, rows - 1, 0, "last", STYLE_NORMAL);
		term_paint(term, canvas);
		desk_take(&desk);
		expect_same(&desk, canvas);
	}
	term_close(term);
	desk_close(&desk);
}

/* What leaving writes: brackets off, screen and scrollback cleared. */
static void test_close(void)
{
	AUTO(canvas) canvas = canvas_new(24, 80);
	struct desk desk;
	struct term *term;
	size_t start;

	desk_open(&desk, 24, 80);
	term = open_term(&desk, "xterm-256color", true, NULL, NULL);
	canvas_text(canvas, 5, 5, "李示例", STYLE_NORMAL);
	term_paint(term, canvas);
	desk_take(&desk);
	g_assert_nonnull(strstr(desk.bytes->str, "\033[?2004h"));
	start = desk.taken;
	term_wipe(term);
	desk_take(&desk);
	g_assert_nonnull(strstr(desk.bytes->str + start, "\033[3J"));
	start = desk.taken;
	term_close(term);
	desk_take(&desk);
	g_assert_nonnull(strstr(desk.bytes->str + start, "\033[?2004l"));
	g_assert_true(g_str_has_suffix(
		desk.bytes->str, "\033[H\033[2J\033[3J\033[7z"));
	desk_close(&desk);
}

static void test_no_terminal(void)
{
	struct term_options options = {.input_fd = 0, .output_fd = 1};
	g_autoptr(GError) error = NULL;
	int null = open("/dev/null", O_RDWR);

	options.input_fd = options.output_fd = null;
	options.type = "xterm";
	g_assert_null(term_open(&options, NULL, NULL, &error));
	g_assert_nonnull(error);
	close(null);
}

struct heard {
	GString *keys;
	int resizes;
	bool lost;
};

static void on_key(void *context, struct key_event *key)
{
	struct heard *heard = context;

	g_assert_cmpint(key->at_ms, >, 0);
	g_string_append_printf(heard->keys, "%s ", action_name(key->action));
}

static void on_resized(void *context, int rows, int cols)
{
	struct heard *heard = context;

	heard->resizes += rows == 30 && cols == 100;
}

static void on_lost(void *context)
{
	((struct heard *)context)->lost = true;
}

static void run_for(int ms)
{
	int64_t until = g_get_monotonic_time() + ms * 1000;

	while (g_get_monotonic_time() < until) {
		g_main_context_iteration(NULL, FALSE);
		g_usleep(1000);
	}
}

static void test_loop(void)
{
	static const struct term_ops ops = {on_key, on_resized, on_lost};
	struct heard heard = {.keys = g_string_new(NULL)};
	struct desk desk;
	struct term *term;

	desk_open(&desk, 24, 80);
	term = open_term(&desk, "xterm-256color", true, &ops, &heard);
	g_assert_cmpint(write(desk.master, "a\033[15~\033OP8\003", 11), ==, 11);
	run_for(50);
	g_assert_cmpstr(heard.keys->str, ==, "text redo help pick copy ");
	g_string_truncate(heard.keys, 0);
	g_assert_cmpint(write(desk.master, "\033", 1), ==, 1);
	run_for(20);
	g_assert_cmpstr(heard.keys->str, ==, "");
	run_for(80);
	g_assert_cmpstr(heard.keys->str, ==, "back ");
	desk_size(&desk, 30, 100);
	raise(SIGWINCH);
	run_for(30);
	g_assert_cmpint(heard.resizes, ==, 1);
	term_close(term);
	desk_close(&desk);
	g_string_free(heard.keys, TRUE);
}

/* The guard ------------------------------------------------------------------
 */

/* The screen process: shows something, then ends as told. */
static void screen_process(int signal_no)
{
	struct term_options options = {
		.color = true, .input_fd = 0, .output_fd = 1, .type = "xterm"};
	struct canvas *canvas = canvas_new(24, 80);
	struct term *term;

	guard_start();
	term = term_open(&options, NULL, NULL, NULL);
	canvas_text(canvas, 5, 5, "SECRET", STYLE_NORMAL);
	term_paint(term, canvas);
	if (signal_no > 0)
		kill(getpid(), signal_no);
	term_close(term);
	_exit(7);
}

static void test_guard(gconstpointer data)
{
	int signal_no = GPOINTER_TO_INT(data), status = 0, master;
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	GString *bytes = g_string_new(NULL);
	struct termios before, after;
	char buffer[4096];
	ssize_t len;
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	const char *secret;

	if (pid == 0)
		screen_process(signal_no);
	g_assert_cmpint(pid, >, 0);
	tcgetattr(master, &before);
	while ((len = read(master, buffer, sizeof(buffer))) > 0)
		g_string_append_len(bytes, buffer, len);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(
		WEXITSTATUS(status), ==, signal_no > 0 ? 128 + signal_no : 7);
	/* A pseudo terminal may drop what was unread when its last writer
	 * was killed: then only the clearing is there to be seen. */
	secret = strstr(bytes->str, "SECRET");
	if (!secret)
		secret = bytes->str;
	g_assert_nonnull(strstr(secret, "\033[H\033[2J\033[3J"));
	g_assert_nonnull(strstr(secret, "\033[?2004l"));
	if (tcgetattr(master, &after) == 0)
		g_assert_true((after.c_lflag & ICANON) != 0);
	close(master);
	g_string_free(bytes, TRUE);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func(
		"/ui/guard/killed", GINT_TO_POINTER(SIGKILL), test_guard);
	g_test_add_data_func(
		"/ui/guard/signal", GINT_TO_POINTER(SIGUSR2), test_guard);
	g_test_add_data_func("/ui/guard/ended", GINT_TO_POINTER(0), test_guard);
	g_test_add_data_func(
		"/ui/term/paint/xterm", "xterm-256color", test_paint);
	g_test_add_data_func("/ui/term/paint/linux", "linux", test_paint);
	g_test_add_data_func(
		"/ui/term/paint/tmux", "tmux-256color", test_paint);
	g_test_add_data_func("/ui/term/paint/vt100", "vt100", test_paint);
	g_test_add_func("/ui/term/resize", test_resize);
	g_test_add_func("/ui/term/close", test_close);
	g_test_add_func("/ui/term/no-terminal", test_no_terminal);
	g_test_add_func("/ui/term/loop", test_loop);
	return g_test_run();
}
