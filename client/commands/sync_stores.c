/* yikou sync --store DIR: all the window stores a hall copied together, one
 * after the other. A copy is looked through before anything of it is sent: one
 * that was made while somebody wrote, or lost a page on the way, is named and
 * left alone. It does no harm to send the same store from its window, too: the
 * platform knows every step for ever. */
#include <stdio.h>
#include <string.h>

#include "client/base/fault.h"
#include "client/base/text.h"
#include "client/commands/sync.h"
#include "client/store/outbox.h"
#include "ui/text.h"

enum { RUN_TIMEOUT_MS = 24 * 3600 * 1000 };

/* One of the stores. */
struct copy {
	const char *name;
	char *dir; /* own */
	char window[8];
	struct store_counts before;
	struct json *pushed; /* own: report of yikou-syncd; NULL: not run */
	struct json *proof;  /* own: NULL when there was no comparison */
	GError *error;       /* own: why it was left alone */
	enum exit_code code;
};

static void copy_clear(struct copy *copy)
{
	g_free(copy->dir);
	json_free(copy->pushed);
	json_free(copy->proof);
	g_clear_error(&copy->error);
}

/* Looking ---------------------------------------------------------------- */

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_store(const char *dir, const char *name)
{
	g_autofree char *file = g_build_filename(dir, name, "window.db", NULL);

	return g_file_test(file, G_FILE_TEST_EXISTS);
}

/* Names below dir, in order; NULL when it cannot be read or has none. */
static GPtrArray *find_stores(const char *dir, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GDir *folder = g_dir_open(dir, 0, NULL);
	const char *name;

	while (folder && (name = g_dir_read_name(folder)))
		if (is_store(dir, name))
			g_ptr_array_add(names, g_strdup(name));
	if (folder)
		g_dir_close(folder);
	g_ptr_array_sort(names, by_name);
	if (names->len > 0)
		return g_steal_pointer(&names);
	fault_set(error, ITEM_ERROR_NOT_FOUND, NULL, 0,
		"no store: %s/NAME/window.db is looked for", dir);
	return NULL;
}

/* The chain says that no step is missing in the middle. */
static bool look_through(struct copy *copy, GError **error)
{
	AUTO(store) store = store_open_copy(copy->dir, error);
	int64_t rows;

	if (!store)
		return false;
	g_strlcpy(copy->window, store_window(store), sizeof(copy->window));
	return store_check_copy(store, error) &&
	       outbox_verify(store, &rows, NULL, error) &&
	       store_counts(store, &copy->before, error);
}

/* Sending ---------------------------------------------------------------- */

static void add_option(GPtrArray *argv, const char *name, int value)
{
	if (value <= 0)
		return;
	g_ptr_array_add(argv, g_strdup(name));
	g_ptr_array_add(argv, g_strdup_printf("%d", value));
}

static GPtrArray *push_arguments(
	const struct stores_order *order, const struct copy *copy)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(argv, g_strdup("--state"));
	g_ptr_array_add(argv, g_strdup(copy->dir));
	g_ptr_array_add(argv, g_strdup("--only"));
	g_ptr_array_add(argv, g_strdup("cases"));
	add_option(argv, "--max-time", order->max_time_s);
	add_option(argv, "--batch", order->batch);
	g_ptr_array_add(argv, NULL);
	return argv;
}

static void push(const struct stores_order *order, struct copy *copy,
	struct sync_wait *wait)
{
	g_autoptr(GPtrArray) argv = push_arguments(order, copy);

	copy->pushed = syncd_once(order->options->config,
		(const char *const *)argv->pdata, RUN_TIMEOUT_MS, wait,
		&copy->code, &copy->error);
	if (copy->error && copy->code == EXIT_CODE_OK)
		copy->code = error_exit_code(copy->error);
	if (wait->interrupted)
		copy->code = EXIT_CODE_INTERRUPTED;
}

static void compare(const struct stores_order *order, struct copy *copy,
	struct sync_wait *wait)
{
	const char *argv[] = {"--state", copy->dir, "--verify", NULL};
	AUTO(json) report = syncd_once(order->options->config, argv,
		RUN_TIMEOUT_MS, wait, &copy->code, &copy->error);

	copy->proof = json_copy(json_get(report, "verify"));
	if (copy->error && copy->code == EXIT_CODE_OK)
		copy->code = error_exit_code(copy->error);
}

static void run_copy(const struct stores_order *order, struct copy *copy,
	struct sync_wait *wait)
{
	if (!look_through(copy, &copy->error)) {
		copy->code = error_exit_code(copy->error);
		return;
	}
	if (order->dry_run)
		return;
	push(order, copy, wait);
	if (copy->code == EXIT_CODE_OK && !order->no_verify)
		compare(order, copy, wait);
}

/* Saying ----------------------------------------------------------------- */

static const char *verdict(
	const struct stores_order *order, const struct copy *copy)
{
	if (copy->code == EXIT_CODE_OK && order->dry_run)
		return _("would be sent");
	switch (copy->code) {
	case EXIT_CODE_OK:
		return _("all confirmed");
	case EXIT_CODE_ITEM:
		return copy->proof ? _("differs from the platform")
				   : _("steps are parked");
	case EXIT_CODE_LINK:
		return _("platform not reachable");
	case EXIT_CODE_AUTH:
		return _("the platform does not admit us");
	case EXIT_CODE_RUNNING:
		return _("left alone: another sync has it");
	case EXIT_CODE_INTERRUPTED:
		return _("interrupted");
	case EXIT_CODE_STORE:
	case EXIT_CODE_USAGE:
		break;
	}
	if (g_error_matches(copy->error, STORE_ERROR, STORE_ERROR_CORRUPT))
		return _("left alone: damaged, or copied while in use");
	return copy->error ? text_error_command(copy->error)
			   : _("its folder cannot be written");
}

static struct json *copy_json(
	const struct stores_order *order, const struct copy *copy)
{
	struct json *row = json_new_object();
	const struct json *pushed = copy->pushed;

	json_put_text(row, "name", copy->name);
	json_put_text(row, "window", copy->window);
	json_put_int(row, "waited", copy->before.unsent);
	json_put_int(row, "sent", json_int_or(pushed, "acked", 0));
	json_put_int(row, "attachments", json_int_or(pushed, "blobs", 0));
	json_put_int(row, "left",
		json_int_or(pushed, "unsent", copy->before.unsent));
	json_put_int(row, "parked",
		json_int_or(pushed, "parked", copy->before.parked));
	json_put_int(row, "exit_code", copy->code);
	json_put_text(row, "verdict", verdict(order, copy));
	if (copy->error) {
		json_put_text(row, "error", error_name(copy->error));
		json_put_text(row, "detail", copy->error->message);
	}
	if (copy->proof)
		json_put(row, "verify", json_copy(copy->proof));
	return row;
}

static void print_row(const struct json *row)
{
	g_autofree char *name = text_sink_plain(json_text_or(row, "name", ""));

	command_print(_("%-12s window %-3s sent %d, left %d, parked %d: %s"),
		name,
		*json_text_or(row, "window", "") ? json_text(row, "window")
						 : "?",
		(int)json_int_or(row, "sent", 0),
		(int)json_int_or(row, "left", 0),
		(int)json_int_or(row, "parked", 0),
		json_text_or(row, "verdict", ""));
	if (json_text(row, "detail"))
		command_print("             %s", json_text(row, "detail"));
}

static int64_t sum_of(const struct json *rows, const char *name)
{
	int64_t sum = 0;

	json_each (row, rows)
		sum += json_int_or(row, name, 0);
	return sum;
}

static void print_sum(const struct json *report)
{
	const struct json *rows = json_get(report, "stores");
	int good = 0;

	json_each (row, rows)
		good += json_int_or(row, "exit_code", 1) == EXIT_CODE_OK;
	command_print(_("%d stores, %d good; sent %d, left %d, parked %d"),
		(int)json_length(rows), good, (int)sum_of(rows, "sent"),
		(int)sum_of(rows, "left"), (int)sum_of(rows, "parked"));
	if (json_int_or(report, "not_tried", 0) > 0)
		command_print(_("%d stores not tried"),
			(int)json_int_or(report, "not_tried", 0));
}

/* All of them ------------------------------------------------------------ */

/* What stops one of them stops all: the next would only fail the same way. */
static bool is_global(enum exit_code code)
{
	return code == EXIT_CODE_LINK || code == EXIT_CODE_AUTH ||
	       code == EXIT_CODE_INTERRUPTED;
}

static enum exit_code run_all(const struct stores_order *order,
	const GPtrArray *names, struct json *report)
{
	struct json *rows = json_new_array();
	struct sync_wait wait = {.interrupted = false};
	enum exit_code worst = EXIT_CODE_OK;
	guint i = 0;

	json_put(report, "stores", rows);
	for (; i < names->len; i++) {
		struct copy copy = {.name = names->pdata[i],
			.dir = g_build_filename(
				order->dir, names->pdata[i], NULL)};
		struct json *row;

		run_copy(order, &copy, &wait);
		worst = MAX(worst, copy.code);
		row = copy_json(order, &copy);
		if (!order->options->json)
			print_row(row);
		json_add(rows, row);
		copy_clear(&copy);
		if (is_global(copy.code)) {
			i++;
			break;
		}
	}
	json_put_int(report, "not_tried", names->len - i);
	json_put_int(report, "exit_code", worst);
	return worst;
}

enum exit_code sync_stores(
	const struct stores_order *order, struct json **report)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) names = find_stores(order->dir, &error);
	enum exit_code code;

	if (!names)
		return command_report(order->options, error);
	*report = json_new_object();
	code = run_all(order, names, *report);
	if (!order->options->json)
		print_sum(*report);
	return code;
}
