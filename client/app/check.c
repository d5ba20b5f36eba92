/* The structure of the store, checked behind the work: a child process reads
 * it after each start, when the first screen is there, and once a day from then
 * on. Reading takes a second for 100,000 cases, and more as the years go by;
 * nobody waits for it. What it finds stops receiving. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/base/process.h"

enum {
	FIRST_CHECK_MS = 1000, /* after the start */
	CHECK_EVERY_MS = 24 * 60 * 60 * 1000,
	CHECK_TIMEOUT_MS = 10 * 60 * 1000,
};

struct check {
	struct app *app;     /* borrowed: until alive is cancelled */
	GCancellable *alive; /* own */
};

/* The child's own answer; without one, why there is none. */
static GError *verdict(const struct process_result *result, const GError *error)
{
	AUTO(json) answer = NULL;

	if (error)
		return g_error_copy(error);
	if (result->exit_code == EXIT_CODE_OK)
		return NULL;
	if (result->output)
		answer = json_parse(
			result->output, strlen(result->output), NULL);
	/* A file that makes the reader crash is damaged, too. */
	if (result->exit_code < 0)
		return g_error_new_literal(
			STORE_ERROR, STORE_ERROR_CORRUPT, "the check crashed");
	return error_from_name(
		json_text(answer, "error"), json_text(answer, "detail"));
}

static void checked(
	void *context, const struct process_result *result, const GError *error)
{
	struct check *check = context;
	struct app *app = check->app;
	g_autoptr(GError) found = verdict(result, error);

	if (!g_cancellable_is_cancelled(check->alive)) {
		app->check_runs = false;
		if (g_error_matches(found, STORE_ERROR, STORE_ERROR_BUSY))
			app->checked_boot_ms = 0; /* the next minute again */
		else if (found && found->domain == STORE_ERROR)
			app_say_error(app, found);
		else if (found)
			log_error(found, "check of the store");
		else
			log_info("the structure of the store is good");
	}
	g_object_unref(check->alive);
	g_free(check);
}

static void start(struct app *app)
{
	g_autofree char *binary = process_sibling("yikou");
	const char *const argv[] = {binary, "verify", "--quick", "--json",
		"--config", config_file(app->config), NULL};
	struct check *check = g_new0(struct check, 1);

	check->app = app;
	check->alive = g_object_ref(app->alive);
	app->check_runs = true;
	app->checked_boot_ms = clock_boot_ms();
	process_run(argv, NULL, CHECK_TIMEOUT_MS, checked, check);
}

static gboolean first_check(gpointer user_data)
{
	struct app *app = user_data;

	app->check_timer = 0;
	start(app);
	return G_SOURCE_REMOVE;
}

void check_start(struct app *app)
{
	app->check_timer = g_timeout_add(FIRST_CHECK_MS, first_check, app);
}

/* Not in a visit: a writer would wait for the table that is being read. */
void check_tick(struct app *app)
{
	if (app->check_timer || app->check_runs || app->visit.open ||
		(app->checked_boot_ms > 0 &&
			clock_boot_ms() - app->checked_boot_ms <
				CHECK_EVERY_MS))
		return;
	start(app);
}
