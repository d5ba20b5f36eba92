/* Bytes from a terminal to keys: a pure machine, no descriptor, no clock.
 *
 * Understands UTF-8, the key sequences of xterm, VT, Linux, rxvt, PuTTY, tmux
 * and screen, those of the terminal's own description, the application keypad,
 * Alt+digit, and bracketed pastes. A sequence nobody knows is dropped whole,
 * never typed. All memory is bounded. */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/auto.h"
#include "ui/keymap.h"

enum {
	INPUT_SEQUENCE_MAX = 64, /* bytes of a key sequence */
	INPUT_PASTE_MAX = 4096,  /* bytes of a paste, the rest is dropped */
	INPUT_LATE_TAIL_MS = 300,
};

struct input;

/* escape_ms: how long a lone Esc waits for the rest of a sequence. */
struct input *input_new(int escape_ms);
void input_free(struct input *input);
DEFINE_AUTO(input, input_free)

/* A sequence of the terminal's description, "\033[15~" and its key. */
void input_learn(struct input *input, const char *bytes, enum key_code code);

/* Times in milliseconds of any steady clock. */
void input_feed(
	struct input *input, const void *data, size_t len, int64_t now_ms);
/* When time passes: a lone Esc becomes a key, half a sequence is dropped. */
void input_tick(struct input *input, int64_t now_ms);
/* Until input_tick() has something to do; -1: nothing is waiting. */
int input_timeout_ms(const struct input *input, int64_t now_ms);
/* The next key, at_ms 0. False: none. */
bool input_next(struct input *input, struct key_event *key);

#endif
