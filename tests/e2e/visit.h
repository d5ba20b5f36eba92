/* A scripted visit through the real programs, in pieces, so that a scenario can
 * do something to them in between. */
#ifndef TESTS_E2E_VISIT_H
#define TESTS_E2E_VISIT_H

#include "tests/e2e/terminal.h"
#include "tests/e2e/window.h"

struct play {
	struct demo_window *window;
	struct terminal *terminal; /* own */
	struct json *seen;         /* own: what the devices showed */
	bool quiet;                /* screens are not printed */
	bool ok;                   /* false from the first failure on */
	int64_t began_us;
};

bool play_open(struct play *play, struct demo_window *window, bool quiet);
/* A new screen process; the old one is ended. */
bool play_start_screen(struct play *play);
void play_close(struct play *play);
void play_fail(struct play *play, const char *what);

/* The steps of the visit, each waiting for what it brings. */
void play_log_in(struct play *play);
void play_call(struct play *play);
void play_identify(struct play *play);
void play_item_and_form(struct play *play);
void play_papers(struct play *play);
void play_decide(struct play *play);
void play_rate(struct play *play);
void play_sent(struct play *play);

/* Types keys and waits for text on the screen. */
void play_type(struct play *play, const char *name, const char *keys,
	const char *text);
/* Until a simulated device shows it, as a citizen would see. */
void play_wait_device(struct play *play, const char *device, const char *member,
	const char *wanted);

/* Reads back from store, devices and platform what happened; fails the play
 * when anything is not true; prints the JSON line unless quiet. */
void play_report(struct play *play);

/* The whole of it, each screen printed, the JSON line last. */
bool visit_play(struct demo_window *window);

#endif
