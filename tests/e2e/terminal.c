/* A program on a pseudo-terminal and its screen in libvterm. */
#include "tests/e2e/terminal.h"

#include <errno.h>
#include <glib-unix.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "client/base/error.h"

struct terminal {
	int fd, rows, cols;
	GPid pid;
	VTerm *vterm;        /* own */
	VTermScreen *screen; /* of vterm */
	guint watch;
	int keystrokes;
	int wipes;         /* of the scrollback */
	size_t wipe_bytes; /* of the next wipe that were seen */
	bool ended;
	int status;
};

/* libvterm drops CSI 3 J, so it is counted here. */
static void count_wipes(struct terminal *terminal, const char *bytes, size_t n)
{
	static const char wipe[] = "\033[3J";

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != wipe[terminal->wipe_bytes])
			terminal->wipe_bytes = 0;
		if (bytes[i] == wipe[terminal->wipe_bytes])
			terminal->wipe_bytes++;
		if (wipe[terminal->wipe_bytes])
			continue;
		terminal->wipes++;
		terminal->wipe_bytes = 0;
	}
}

static gboolean readable(gint fd, GIOCondition what, gpointer user_data)
{
	struct terminal *terminal = user_data;
	char piece[8192];
	ssize_t n = read(fd, piece, sizeof(piece));

	(void)what;
	if (n > 0) {
		count_wipes(terminal, piece, (size_t)n);
		vterm_input_write(terminal->vterm, piece, (size_t)n);
		return G_SOURCE_CONTINUE;
	}
	if (n < 0 && errno == EINTR)
		return G_SOURCE_CONTINUE;
	terminal->watch = 0;
	return G_SOURCE_REMOVE;
}

static void become(const char *const argv[])
{
	g_setenv("TERM", "xterm-256color", TRUE);
	g_setenv("LANG", "C.UTF-8", TRUE);
	execv(argv[0], (char **)argv);
	_exit(127);
}

struct terminal *terminal_new(
	const char *const argv[], int rows, int cols, GError **error)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	struct terminal *terminal;
	int fd;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	if (pid < 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "forkpty: %s",
			g_strerror(errno));
		return NULL;
	}
	if (pid == 0)
		become(argv);
	terminal = g_new0(struct terminal, 1);
	terminal->fd = fd;
	terminal->pid = pid;
	terminal->rows = rows;
	terminal->cols = cols;
	terminal->vterm = vterm_new(rows, cols);
	vterm_set_utf8(terminal->vterm, 1);
	terminal->screen = vterm_obtain_screen(terminal->vterm);
	vterm_screen_enable_altscreen(terminal->screen, 1);
	vterm_screen_reset(terminal->screen, 1);
	terminal->watch = g_unix_fd_add(
		fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, terminal);
	return terminal;
}

bool terminal_ended(struct terminal *terminal, int *status)
{
	if (!terminal->ended &&
		waitpid(terminal->pid, &terminal->status, WNOHANG) > 0)
		terminal->ended = true;
	if (terminal->ended && status)
		*status = terminal->status;
	return terminal->ended;
}

void terminal_free(struct terminal *terminal)
{
	if (!terminal)
		return;
	if (!terminal_ended(terminal, NULL)) {
		kill(terminal->pid, SIGHUP);
		for (int i = 0; i < 40 && !terminal_ended(terminal, NULL); i++)
			terminal_pause(terminal, 50);
	}
	if (!terminal->ended) {
		kill(terminal->pid, SIGKILL);
		waitpid(terminal->pid, NULL, 0);
	}
	if (terminal->watch)
		g_source_remove(terminal->watch);
	close(terminal->fd);
	vterm_free(terminal->vterm);
	g_free(terminal);
}

GPid terminal_pid(const struct terminal *terminal)
{
	return terminal->pid;
}

int terminal_wipes(const struct terminal *terminal)
{
	return terminal->wipes;
}

/* Typing ----------------------------------------------------------------------
 */

struct named_key {
	const char *name, *bytes;
};

static const struct named_key named_keys[] = {
	{"<Enter>", "\r"},
	{"<Esc>", "\033"},
	{"<Tab>", "\t"},
	{"<S-Tab>", "\033[Z"},
	{"<BS>", "\177"},
	{"<Space>", " "},
	{"<Up>", "\033OA"},
	{"<Down>", "\033OB"},
	{"<Right>", "\033OC"},
	{"<Left>", "\033OD"},
	{"<PgUp>", "\033[5~"},
	{"<PgDn>", "\033[6~"},
	{"<Del>", "\033[3~"},
	{"<F1>", "\033OP"},
	{"<F2>", "\033OQ"},
	{"<F3>", "\033OR"},
	{"<F4>", "\033OS"},
	{"<F5>", "\033[15~"},
	{"<F6>", "\033[17~"},
	{"<F7>", "\033[18~"},
	{"<F8>", "\033[19~"},
	{"<F9>", "\033[20~"},
	{"<F10>", "\033[21~"},
	{"<F12>", "\033[24~"},
	{"<C-k>", "\013"},
	{"<C-g>", "\007"},
	{"<C-f>", "\006"},
	{"<C-e>", "\005"},
	{"<C-l>", "\014"},
	{"<C-u>", "\025"},
	{"<C-z>", "\032"},
	{"<C-c>", "\003"},
};

static const struct named_key *named_at(const char *at)
{
	for (size_t i = 0; i < G_N_ELEMENTS(named_keys); i++) {
		if (g_str_has_prefix(at, named_keys[i].name))
			return &named_keys[i];
	}
	return NULL;
}

static void send_bytes(struct terminal *terminal, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(terminal->fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
	terminal->keystrokes++;
}

void terminal_type(struct terminal *terminal, const char *keys)
{
	while (*keys) {
		const struct named_key *named = named_at(keys);
		size_t len = named ? strlen(named->name)
				   : (size_t)(g_utf8_next_char(keys) - keys);

		if (named)
			send_bytes(
				terminal, named->bytes, strlen(named->bytes));
		else
			send_bytes(terminal, keys, len);
		/* A lone Esc is told from a function key by the time. */
		if (named && !strcmp(named->name, "<Esc>"))
			terminal_pause(terminal, 120);
		keys += len;
	}
}

void terminal_paste(struct terminal *terminal, const char *bytes)
{
	size_t len = strlen(bytes);
	gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

	g_unix_set_fd_nonblocking(terminal->fd, TRUE, NULL);
	while (len > 0 && g_get_monotonic_time() < end) {
		ssize_t n = write(terminal->fd, bytes, MIN(len, 4096));

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
		/* The program writes while it reads. */
		while (g_main_context_iteration(NULL, FALSE))
			;
		if (n < 0)
			g_usleep(1000);
	}
	g_unix_set_fd_nonblocking(terminal->fd, FALSE, NULL);
}

int terminal_keystrokes(const struct terminal *terminal)
{
	return terminal->keystrokes;
}

/* Waiting
 * ----------------------------------------------------------------------- */

static gboolean wake(gpointer user_data)
{
	*(bool *)user_data = true;
	return G_SOURCE_REMOVE;
}

void terminal_pause(struct terminal *terminal, int ms)
{
	bool over = false;

	(void)terminal;
	g_timeout_add((guint)ms, wake, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
}

bool terminal_shows(const struct terminal *terminal, const char *text)
{
	g_autofree char *screen = terminal_text(terminal);

	return strstr(screen, text) != NULL;
}

static bool wait_for(struct terminal *terminal, const char *text, bool wanted,
	int timeout_ms)
{
	gint64 end = g_get_monotonic_time() + (gint64)timeout_ms * 1000;

	while (terminal_shows(terminal, text) != wanted) {
		if (g_get_monotonic_time() > end ||
			(!terminal->watch && terminal_ended(terminal, NULL)))
			return false;
		terminal_pause(terminal, 10);
	}
	return true;
}

bool terminal_wait(struct terminal *terminal, const char *text, int timeout_ms)
{
	return wait_for(terminal, text, true, timeout_ms);
}

/* The screen
 * ----------------------------------------------------------------------- */

static void append_cell(GString *out, const VTermScreenCell *cell)
{
	if (cell->chars[0] == 0 || cell->chars[0] == (uint32_t)-1) {
		if (cell->width == 1)
			g_string_append_c(out, ' ');
		return;
	}
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
		g_string_append_unichar(out, cell->chars[i]);
}

char *terminal_text(const struct terminal *terminal)
{
	GString *out = g_string_new(NULL);

	for (int row = 0; row < terminal->rows; row++) {
		for (int col = 0; col < terminal->cols;) {
			VTermScreenCell cell = {0};
			VTermPos at = {.row = row, .col = col};

			vterm_screen_get_cell(terminal->screen, at, &cell);
			append_cell(out, &cell);
			col += cell.width > 1 ? cell.width : 1;
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

void terminal_resize(struct terminal *terminal, int rows, int cols)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	terminal->rows = rows;
	terminal->cols = cols;
	vterm_set_size(terminal->vterm, rows, cols);
	ioctl(terminal->fd, TIOCSWINSZ, &size);
}
