/* A hall for one run: a platform, windows with their stores, a bad line in
 * between. The programs are the real ones. All state is in one directory, in
 * memory where there is such a place. */
#ifndef TESTS_TORTURE_WORLD_H
#define TESTS_TORTURE_WORLD_H

#include "client/base/json.h"
#include "client/store/store.h"
#include "tests/sync/proxy.h"
#include "tests/torture/child.h"
#include "tests/torture/torture.h"

enum { WORLD_WINDOWS_MAX = 64, SYNC_LIMIT_MS = 120000 };

struct window {
	char number[3];
	char *dir, *config, *output;
	struct store *store;
	struct child syncd;
	int64_t saved;       /* ops that were promised: the store said so */
	struct json *report; /* of the last world_sync() */
};

struct world {
	char *dir;
	GRand *dice;
	struct trial *trial;
	struct proxy *proxy;
	struct child platform;
	unsigned port;
	const char *platform_program, *syncd_program; /* below the build */
	const char *const *environment; /* of both, NULL: none more */
	struct window windows[WORLD_WINDOWS_MAX];
	unsigned count;
	unsigned expected_parked;
	bool is_forgetful; /* a window is older than what it sent */
};

/* Platform started, one sync of each window done: numbers are there. */
struct world *world_new(struct trial *trial, uint32_t seed, unsigned windows);
/* With other programs than yikou-platform and yikou-syncd; NULL: those. */
struct world *world_new_with(struct trial *trial, uint32_t seed,
	unsigned windows, const char *platform, const char *syncd,
	const char *const *environment);
/* One window more, which has never been in touch: without numbers. */
struct window *world_add_window(struct world *world);
/* The line is good again, everything is sent, the oracle asked, all ended. */
void world_end(struct world *world);
/* Ended without asking. */
void world_free(struct world *world);

void world_platform_start(struct world *world, const char *option);
/* Also when it killed itself: starts it again. */
void world_platform_revive(struct world *world);
bool world_platform_kill(struct world *world);

/* Straight to the platform, not through the line. NULL when it does not
 * answer with JSON. */
struct json *world_ask(struct world *world, const char *method,
	const char *path, const char *body);
void world_chaos(struct world *world, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

/* Citizens take so many tickets at the queue machine. */
void world_take_tickets(struct world *world, int count);

/* yikou-syncd --once for a window, with up to two more arguments. Its exit
 * status; the report is kept. */
int world_sync(struct window *window, const struct world *world,
	const char *argument, const char *argument2);
void world_sync_start(struct window *window, const struct world *world,
	const char *argument, const char *argument2);
int world_sync_end(struct window *window, int timeout_ms);
/* Runs it until nothing is unsent; false when that does not come. */
bool world_drain(struct world *world);

/* The test's own hold on the store, given up and taken again: false, and told,
 * when it does not open. */
void window_shut(struct window *window);
bool window_reopen(struct world *world, struct window *window);

int64_t window_unsent(const struct window *window);
int64_t window_parked(const struct window *window);
int64_t window_number(const struct window *window, const char *sql);

/* work.c: steps of a window, drawn. A step that fails is told and changes
 * nothing. */
bool work_step(struct world *world, struct window *window, GError **error);
void work(struct world *world, struct window *window, unsigned steps);
/* Steps of one kind. */
bool work_ticket(struct window *window, GError **error);
bool work_pause(struct window *window, GError **error);
bool work_queue(struct window *window, GError **error);
bool work_case(struct window *window, size_t page_bytes, GError **error);
bool work_case_of_pages(
	struct window *window, unsigned pages, size_t bytes, GError **error);
/* Brings random bytes into the blob store: their hash. */
bool work_page(struct window *window, size_t bytes, char sha256[SHA256_TEXT],
	GError **error);
void work_promise(struct window *window);

int world_draw(struct world *world, int from, int below);

#endif
