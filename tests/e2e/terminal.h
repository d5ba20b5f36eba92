/* A terminal in memory: a program on a pseudo-terminal, its screen kept by
 * libvterm, keys typed into it. */
#ifndef TESTS_E2E_TERMINAL_H
#define TESTS_E2E_TERMINAL_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/auto.h"

struct terminal;

struct terminal *terminal_new(
	const char *const argv[], int rows, int cols, GError **error);
/* Ends the program (SIGHUP, then SIGKILL) and reaps it. */
void terminal_free(struct terminal *terminal);
DEFINE_AUTO(terminal, terminal_free)

GPid terminal_pid(const struct terminal *terminal);

/* How often the program cleared what the terminal remembers. */
int terminal_wipes(const struct terminal *terminal);

/* Types: UTF-8 as it is; <Enter> <Esc> <Tab> <F1>..<F12> <Up> <Down> <PgDn>
 * <Del> <C-k> and the like by name. Counts one keystroke for each key and for
 * each character. */
void terminal_type(struct terminal *terminal, const char *keys);
/* Bytes as they are, written as fast as the program reads them; no keys. */
void terminal_paste(struct terminal *terminal, const char *bytes);
int terminal_keystrokes(const struct terminal *terminal);

/* Runs the main loop until the screen holds text, at most
 * timeout_ms. */
bool terminal_wait(struct terminal *terminal, const char *text, int timeout_ms);
bool terminal_shows(const struct terminal *terminal, const char *text);
/* Lets the main loop run for a while. */
void terminal_pause(struct terminal *terminal, int ms);

/* The screen as lines; caller frees. */
char *terminal_text(const struct terminal *terminal);
void terminal_resize(struct terminal *terminal, int rows, int cols);
/* True when the program ended; *status as of waitpid(). */
bool terminal_ended(struct terminal *terminal, int *status);

#endif
