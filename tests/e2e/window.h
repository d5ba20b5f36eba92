/* A whole window in a temporary directory: the stand-in platform, simulated
 * devices, yikou-devd and yikou-syncd, configured for each other. */
#ifndef TESTS_E2E_WINDOW_H
#define TESTS_E2E_WINDOW_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/base/json.h"
#include "client/base/line.h"

struct demo_window {
	char *dir;      /* own: /tmp/yikou-XXXXXX */
	char *config;   /* own: DIR/yikou.conf */
	char *programs; /* own: where the programs are */
	char *data;     /* own: config/ of the source tree */
	char *token;    /* own */
	int port;       /* of the platform */
	GPid platform, sim, devd, syncd;
	struct line_client *sim_line; /* own: the simulator's control socket */
	bool keep;                    /* leave the directory behind */
	bool chaos;                   /* of the next start of the platform */
};

enum { DEMO_PASSWORD_LEN = 8 };
extern const char demo_password[];

/* language "zh_CN" or "en". Everything is started and answers when it returns.
 */
struct demo_window *demo_window_new(const char *programs, const char *data,
	const char *language, GError **error);
void demo_window_free(struct demo_window *window);
DEFINE_AUTO(demo_window, demo_window_free)

char *demo_path(const struct demo_window *window, const char *name);

bool demo_start_platform(struct demo_window *window, GError **error);
void demo_stop_platform(struct demo_window *window);
void demo_stop(GPid *pid, int signal_number);
bool demo_start_program(struct demo_window *window, const char *program,
	GPid *pid, GError **error);

/* Asks the simulator and waits for the answer; NULL when it refused. Caller
 * frees. */
struct json *demo_sim(
	struct demo_window *window, const char *verb, struct json *take_args);
void demo_card(struct demo_window *window, const char *number, const char *name,
	const char *sex, const char *birth);

/* GET of the platform, with the token. Caller frees; NULL when it fails. */
struct json *demo_get(struct demo_window *window, const char *path);

/* POST of JSON; the reply as above, NULL unless it is a 200. */
struct json *demo_post(
	struct demo_window *window, const char *path, const struct json *body);

/* SHA-256 of what the platform answers to a GET. */
bool demo_get_hash(struct demo_window *window, const char *path, char *sha256);

/* Until the window has its queue and its leased numbers. */
bool demo_wait_numbers(struct demo_window *window);

/* A few cases in work, sent like any other. */
bool demo_seed_cases(struct demo_window *window, GError **error);

#endif
