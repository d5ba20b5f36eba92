/* CPU from a key to the finished redraw at 132x43: one line changed, and a
 * whole new screen; terminal output goes to a pseudo terminal that a child
 * empties. The peer is a plain ncurses program that writes the same cells with
 * mvaddnwstr.
 *
 * usage: bench_redraw [ROUNDS]; prints one line a measurement. */
#include <curses.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "tests/screens/fixtures.h"
#include "ui/term.h"
#include "ui/text.h"

enum { BENCH_ROWS = 43, BENCH_COLS = 132 };

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A pseudo terminal; the other side is read and thrown away by a child. */
static int open_terminal(pid_t *reader)
{
	struct winsize size = {.ws_row = BENCH_ROWS, .ws_col = BENCH_COLS};
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, &size) != 0)
		g_error("no pseudo terminal");
	*reader = fork();
	if (*reader == 0) {
		char buffer[65536];

		close(slave);
		while (read(master, buffer, sizeof(buffer)) > 0)
			;
		_exit(0);
	}
	close(master);
	return slave;
}

static void close_terminal(int fd, pid_t reader)
{
	close(fd);
	kill(reader, SIGTERM);
	waitpid(reader, NULL, 0);
}

/* Ours: key, draw, paint. */
struct bench {
	struct term *term;
	struct screen *screen;
	struct canvas *canvas;
};

static void show(struct bench *bench, const struct model *model)
{
	screen_sync(bench->screen, model);
	screen_draw(bench->screen, model, bench->canvas);
	term_paint(bench->term, bench->canvas);
}

static double one_line(
	struct bench *bench, const struct model *model, int rounds)
{
	struct key_event key = {.action = ACTION_TEXT, .ch = 'a'};
	double start = cpu_ms();

	for (int i = 0; i < rounds; i++) {
		struct intent intent;

		key.action = i % 2 ? ACTION_BACKSPACE : ACTION_TEXT;
		intent = screen_key(bench->screen, model, key);
		intent_clear(&intent);
		show(bench, model);
	}
	return (cpu_ms() - start) / rounds;
}

static double whole(struct bench *bench, const struct model *a,
	const struct model *b, int rounds)
{
	double start = cpu_ms();

	for (int i = 0; i < rounds; i++)
		show(bench, i % 2 ? a : b);
	return (cpu_ms() - start) / rounds;
}

static void bench_ours(int rounds)
{
	pid_t reader;
	int fd = open_terminal(&reader);
	struct term_options options = {.color = true,
		.input_fd = fd,
		.output_fd = fd,
		.type = "xterm-256color"};
	struct bench bench = {.screen = screen_new(),
		.canvas = canvas_new(BENCH_ROWS, BENCH_COLS)};
	struct model form, materials;

	form_typical(&form, true);
	materials_full(&materials, true);
	bench.term = term_open(&options, NULL, NULL, NULL);
	if (!bench.term)
		g_error("no terminal");
	show(&bench, &form);
	printf("yikou one line    %.3f ms\n", one_line(&bench, &form, rounds));
	printf("yikou new screen  %.3f ms\n",
		whole(&bench, &form, &materials, rounds));
	term_close(bench.term);
	screen_free(bench.screen);
	canvas_free(bench.canvas);
	model_clear(&form);
	model_clear(&materials);
	close_terminal(fd, reader);
}

/* The peer: the same texts by plain ncurses. */
struct peer_screen {
	wchar_t *rows[BENCH_ROWS];
};

static void take_rows(struct peer_screen *peer, const struct model *model)
{
	AUTO(canvas) canvas = canvas_new(BENCH_ROWS, BENCH_COLS);
	struct screen *screen = screen_new();

	screen_sync(screen, model);
	screen_draw(screen, model, canvas);
	for (int row = 0; row < BENCH_ROWS; row++) {
		g_autofree char *text = canvas_row_text(canvas, row);

		peer->rows[row] = g_new0(wchar_t, BENCH_COLS + 1);
		mbstowcs(peer->rows[row], text, BENCH_COLS);
	}
	screen_free(screen);
}

static void peer_show(const struct peer_screen *peer)
{
	erase();
	for (int row = 0; row < BENCH_ROWS; row++)
		mvaddnwstr(row, 0, peer->rows[row], -1);
	refresh();
}

static void bench_peer(int rounds)
{
	pid_t reader;
	int fd = open_terminal(&reader);
	FILE *out = fdopen(dup(fd), "w"), *in = fdopen(dup(fd), "r");
	struct peer_screen a = {{NULL}}, b = {{NULL}};
	struct model form, materials;
	SCREEN *screen;
	double start;

	form_typical(&form, true);
	materials_full(&materials, true);
	take_rows(&a, &form);
	take_rows(&b, &materials);
	screen = newterm("xterm-256color", out, in);
	resizeterm(BENCH_ROWS, BENCH_COLS);
	peer_show(&a);
	start = cpu_ms();
	for (int i = 0; i < rounds; i++) {
		a.rows[13][40] = i % 2 ? L'a' : L'b';
		peer_show(&a);
	}
	printf("plain one line    %.3f ms\n", (cpu_ms() - start) / rounds);
	start = cpu_ms();
	for (int i = 0; i < rounds; i++)
		peer_show(i % 2 ? &a : &b);
	printf("plain new screen  %.3f ms\n", (cpu_ms() - start) / rounds);
	endwin();
	delscreen(screen);
	fclose(out);
	fclose(in);
	for (int row = 0; row < BENCH_ROWS; row++) {
		g_free(a.rows[row]);
		g_free(b.rows[row]);
	}
	model_clear(&form);
	model_clear(&materials);
	close_terminal(fd, reader);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? (int)CLAMP(g_ascii_strtoll(argv[1], NULL, 10),
					10, 100000)
			      : 1000;
	g_autofree char *folder = g_path_get_dirname(argv[0]);
	g_autofree char *locale =
		g_build_filename(folder, "..", "..", "locale", NULL);

	setlocale(LC_ALL, "C.UTF-8");
	text_setup("zh_CN", locale);
	bench_ours(rounds);
	bench_peer(rounds);
	return 0;
}
