/* What every program does first, and how it starts others. */
#ifndef CLIENT_BASE_PROCESS_H
#define CLIENT_BASE_PROCESS_H

#include <stdbool.h>

#include <glib.h>

/* First statement of every main: clears the environment
 * but for a list (TERM, LANG, LANGUAGE, LC_*, TZ, HOME, USER,
 * XDG_RUNTIME_DIR, NOTIFY_SOCKET, WATCHDOG_*, LISTEN_*, CREDENTIALS_DIRECTORY,
 * TMUX, NO_COLOR, COLORTERM) and a fixed PATH, sets umask 077, forbids core
 * dumps, new privileges and dumping, ignores SIGPIPE, and makes the locale
 * UTF-8 (the given one, else C.UTF-8). Sanitizer options (ASAN_OPTIONS,
 * UBSAN_OPTIONS, LSAN_OPTIONS) are kept: the runtimes read them before main
 * anyway. program names the log lines. */
void process_begin(const char *program);

/* The directory this program was started from: a build tree keeps its programs
 * side by side, as an installation does. Caller frees. */
char *process_sibling(const char *program);

/* PREFIX/share/NAME of this installation: PREFIX is where the program's own
 * folder (bin) lies. Caller frees. */
char *process_share(const char *name);

/* Tells the service manager that started us (NOTIFY_SOCKET) that we serve, and
 * from then on, when it asks for it (WATCHDOG_USEC), that the main loop still
 * turns. Without one it does nothing. */
void process_ready(void);

/* Starts argv detached from the terminal, in its own session, standard output
 * and error appended to log_path (or /dev/null). env is NULL or a NULL ended
 * list of NAME=VALUE added to the cleaned environment. All file descriptors
 * but 0-2 are closed. LINK_ERROR_ABSENT when it cannot be executed. */
bool process_spawn_daemon(const char *const argv[], const char *log_path,
	GPid *pid, GError **error);

struct process_result {
	int exit_code; /* -1 when a signal ended it */
	char *output;  /* own: standard output, at most 1 MiB, NUL ended */
};

typedef void process_done_fn(void *context, const struct process_result *result,
	const GError *error);

/* Runs a child: writes input (may be NULL) to its standard input, collects its
 * output, ends it after timeout_ms. done is called once from the main loop. */
void process_run(const char *const argv[], const char *input, int timeout_ms,
	process_done_fn *done, void *context);

/* Ends the main loop on SIGTERM and SIGINT, and on SIGHUP too when
 * hangup_ends (a closed terminal). */
void process_quit_on_signals(GMainLoop *loop, bool hangup_ends);

#endif
