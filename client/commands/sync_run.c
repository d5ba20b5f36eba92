/* yikou sync [run]: sends what waits, fetches what is new, and proves that it
 * arrived. A running yikou-syncd is told to try now and watched; without one,
 * yikou-syncd --once does it. All progress is in the store, so a run that was
 * interrupted is simply run again. Success is judged by the steps themselves
 * and by the comparison at the end, never by the last answer of the network. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/fault.h"
#include "client/base/file.h"
#include "client/commands/sync.h"
#include "client/store/audit.h"
#include "client/store/blob.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "ui/text.h"

enum {
	ASK_TIMEOUT_MS = 5000,
	VERIFY_TIMEOUT_MS = 10 * 60 * 1000,
	RUN_TIMEOUT_MS = 24 * 3600 * 1000,
	LISTED_MAX = 1000, /* ops of the report that are not through */
};

struct run {
	struct command_options options;
	gboolean dry_run, no_verify;
	int max_time_s, batch;
	char *only, *report_file, *progress_mode, *stores; /* own */
	struct store *store;                               /* own */
	struct progress progress;
	struct sync_wait wait;
	struct json *state; /* own: last state or report of yikou-syncd */
	struct json *proof; /* own: NULL when there was no comparison */
	int64_t begun_ms, begun_boot_ms;
	enum exit_code code;
};

static void run_clear(struct run *run)
{
	g_free(run->only);
	g_free(run->report_file);
	g_free(run->progress_mode);
	g_free(run->stores);
	store_close(run->store);
	json_free(run->state);
	json_free(run->proof);
	command_end(&run->options);
}

static void tick(void *context)
{
	struct run *run = context;
	struct store_counts counts;

	if (store_counts(run->store, &counts, NULL))
		progress_show(&run->progress, &counts);
}

static bool is_late(const struct run *run)
{
	return run->max_time_s > 0 && clock_boot_ms() - run->begun_boot_ms >
					      (int64_t)run->max_time_s * 1000;
}

/* The running yikou-syncd -------------------------------------------------- */

static void take_state(struct run *run, struct json *take_state)
{
	json_free(run->state);
	run->state = take_state;
}

/* Nothing waits any more, or it is of no use to wait. */
static bool is_over(const struct run *run)
{
	const char *link = json_text_or(run->state, "link", "");

	return run->wait.interrupted || is_late(run) ||
	       strcmp(link, "down") == 0 ||
	       !json_bool_or(run->state, "auth", true) ||
	       json_bool_or(run->state, "halted", false) ||
	       (strcmp(link, "up") == 0 &&
		       json_int_or(run->state, "unsent", 0) == 0 &&
		       json_int_or(run->state, "blobs", 0) == 0);
}

/* False when none runs; otherwise it was watched to the end. */
static bool watch(struct run *run, GError **error)
{
	const char *verb = "retry";

	do {
		struct json *state = syncd_ask(run->options.config, verb, NULL,
			ASK_TIMEOUT_MS, &run->wait, error);

		if (!state)
			return run->wait.interrupted;
		take_state(run, state);
		tick(run);
		verb = "status";
		if (!is_over(run))
			g_usleep(100 * 1000);
	} while (!is_over(run));
	return true;
}

/* One of its own ----------------------------------------------------------- */

static void add_option(GPtrArray *argv, const char *name, char *take_value)
{
	g_ptr_array_add(argv, g_strdup(name));
	g_ptr_array_add(argv, take_value);
}

static GPtrArray *once_arguments(const struct run *run)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	if (run->max_time_s > 0)
		add_option(argv, "--max-time",
			g_strdup_printf("%d", run->max_time_s));
	if (run->batch > 0)
		add_option(argv, "--batch", g_strdup_printf("%d", run->batch));
	if (run->only)
		add_option(argv, "--only", g_strdup(run->only));
	g_ptr_array_add(argv, NULL);
	return argv;
}

static bool run_once(struct run *run, GError **error)
{
	g_autoptr(GPtrArray) argv = once_arguments(run);
	struct json *report = syncd_once(run->options.config,
		(const char *const *)argv->pdata, RUN_TIMEOUT_MS, &run->wait,
		&run->code, error);

	if (report)
		take_state(run, report);
	return report != NULL;
}

/* The comparison ----------------------------------------------------------- */

static void compare(struct run *run, bool is_running)
{
	static const char *const once[] = {"--verify", NULL};
	g_autoptr(GError) error = NULL;
	enum exit_code code;

	if (is_running) {
		run->proof = syncd_ask(run->options.config, "verify", NULL,
			VERIFY_TIMEOUT_MS, &run->wait, &error);
	} else {
		AUTO(json) report = syncd_once(run->options.config, once,
			VERIFY_TIMEOUT_MS, &run->wait, &code, &error);

		run->proof = json_copy(json_get(report, "verify"));
	}
}

/* The verdict -------------------------------------------------------------- */

static enum exit_code judge(const struct run *run, const GError *error)
{
	struct store_counts counts = {0};
	bool is_proved = json_bool_or(run->proof, "complete", false);

	if (run->wait.interrupted)
		return EXIT_CODE_INTERRUPTED;
	if (error)
		return error_exit_code(error);
	if (!json_bool_or(run->state, "auth", true))
		return EXIT_CODE_AUTH;
	if (!store_counts(run->store, &counts, NULL))
		return EXIT_CODE_STORE;
	if (counts.parked > 0 || json_int_or(run->state, "parked", 0) > 0 ||
		json_bool_or(run->state, "halted", false) ||
		json_int_or(run->state, "bad_blobs", 0) > 0)
		return EXIT_CODE_ITEM;
	if (counts.unsent > 0 || run->code == EXIT_CODE_LINK ||
		strcmp(json_text_or(run->state, "link", ""), "up") != 0)
		return EXIT_CODE_LINK;
	if (run->only || run->no_verify || is_proved)
		return EXIT_CODE_OK;
	return run->proof && !*json_text_or(run->proof, "failed", "?")
		       ? EXIT_CODE_ITEM
		       : EXIT_CODE_LINK;
}

/* The report --------------------------------------------------------------- */

static void list_left(struct run *run, struct json *report)
{
	static const enum op_state states[] = {OP_DEAD, OP_CONFLICT, OP_QUEUED,
		OP_WAIT_BLOB, OP_READY, OP_LEASED};
	struct json *list = json_new_array();

	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		g_autoptr(GPtrArray) ops =
			outbox_list(run->store, states[i], LISTED_MAX, NULL);

		for (guint k = 0;
			ops && k < ops->len && json_length(list) < LISTED_MAX;
			k++) {
			const struct op *op = ops->pdata[k];
			struct json *row = json_new_object();

			json_put_int(row, "store_seq", op->store_seq);
			json_put_text(row, "op_id", op->op_id);
			json_put_text(row, "kind", op->kind);
			json_put_text(row, "agg_id", op->agg_id);
			json_put_text(row, "state", op_state_name(op->state));
			json_put_text(row, "problem", op->problem);
			json_put_int(row, "attempts", op->attempts);
			json_add(list, row);
		}
	}
	json_put(report, "left", list);
}

static struct json *make_report(struct run *run)
{
	struct json *report = json_new_object();
	struct store_counts counts = {0};
	g_autofree char *begun = clock_iso(run->begun_ms);
	g_autofree char *ended = clock_iso(clock_wall_ms());
	char run_id[UUID_TEXT];

	uuid7(run_id);
	store_counts(run->store, &counts, NULL);
	json_put_text(report, "run_id", run_id);
	json_put_text(report, "program", YIKOU_VERSION);
	json_put_text(report, "store_uuid", store_uuid(run->store));
	json_put_text(report, "window", store_window(run->store));
	json_put_text(report, "begun", begun);
	json_put_text(report, "ended", ended);
	json_put_int(report, "exit_code", run->code);
	json_put_int(report, "waited", run->progress.ops);
	json_put_int(report, "unsent", counts.unsent);
	json_put_int(report, "parked", counts.parked);
	json_put_int(report, "attachments", counts.blobs);
	json_put(report, "link", json_copy(run->state));
	if (run->proof)
		json_put(report, "verify", json_copy(run->proof));
	json_put(report, "numbers", number_ledger(run->store, NULL));
	list_left(run, report);
	return report;
}

static void note_run(struct run *run)
{
	struct actor actor = {.staff_no = "",
		.staff_name = "",
		.role = "system",
		.session = "",
		.window = store_window(run->store)};
	struct json *details = json_new_object();

	json_put_int(details, "waited", run->progress.ops);
	json_put_int(details, "exit_code", run->code);
	audit_record(run->store, AUDIT_SYNC_RUN, &actor, "store",
		store_uuid(run->store),
		run->code == EXIT_CODE_OK ? "ok" : "failed", details, NULL);
}

const char *sync_link_word(const struct json *state)
{
	const char *link = json_text_or(state, "link", "?");

	if (strcmp(link, "up") == 0)
		return _("up");
	if (strcmp(link, "down") == 0)
		return _("down");
	return strcmp(link, "connecting") == 0 ? _("connecting") : link;
}

void sync_print_proof(const struct json *proof)
{
	const char *failed = json_text_or(proof, "failed", "unreachable");

	if (strcmp(failed, "unsupported") == 0) {
		command_print(_("not compared: this platform does not say what "
				"it holds"));
		return;
	}
	if (*failed) {
		command_print(_("not compared: %s"), failed);
		return;
	}
	command_print(_("%d here %s %d there, %d missing, %d extra"),
		(int)json_int_or(proof, "ours", 0),
		json_bool_or(proof, "complete", false) ? "=" : "!=",
		(int)json_int_or(proof, "theirs", 0),
		(int)json_int_or(proof, "missing", 0),
		(int)json_int_or(proof, "extra", 0));
	if (json_int_or(proof, "waiting", 0) > 0)
		command_print(_("%d more are not sent yet"),
			(int)json_int_or(proof, "waiting", 0));
	json_each (op, json_get(proof, "missing_ops"))
		command_print(_("  missing  step %d  %s"),
			(int)json_int_or(op, "store_seq", 0),
			json_text_or(op, "op_id", ""));
	json_each (op, json_get(proof, "extra_ops"))
		command_print(_("  extra    step %d  %s"),
			(int)json_int_or(op, "store_seq", 0),
			json_text_or(op, "op_id", ""));
}

static void print_run(struct run *run, const struct json *report)
{
	command_print(_("platform %s, unsent %d, parked %d, attachments %d"),
		sync_link_word(run->state),
		(int)MAX(json_int_or(report, "unsent", 0),
			json_int_or(run->state, "unsent", 0)),
		(int)MAX(json_int_or(report, "parked", 0),
			json_int_or(run->state, "parked", 0)),
		(int)json_int_or(report, "attachments", 0));
	sync_print_fault(run->state);
	if (run->proof)
		sync_print_proof(run->proof);
	if (run->code == EXIT_CODE_ITEM)
		command_print("%s", _("Parked steps wait for a person: yikou "
				      "sync dead list"));
}

/* Written beside and renamed: a report is whole or not there. */
static bool write_report(
	struct run *run, const struct json *report, GError **error)
{
	g_autofree char *text = json_print_pretty(report);

	return file_write(run->report_file, text, strlen(text), error);
}

static enum exit_code finish(struct run *run, const GError *error)
{
	AUTO(json) report = NULL;
	g_autoptr(GError) write_error = NULL;

	run->code = judge(run, error);
	progress_end(&run->progress);
	note_run(run);
	report = make_report(run);
	if (error) {
		json_put_text(report, "error", error_name(error));
		json_put_text(report, "detail", error->message);
	}
	if (run->options.json) {
		command_print_json(report);
	} else if (!error || run->wait.interrupted) {
		print_run(run, report);
	}
	if (run->report_file && !write_report(run, report, &write_error))
		return command_report(NULL, write_error);
	if (error && !run->wait.interrupted)
		command_report(NULL, error);
	return run->code;
}

/* Beforehand --------------------------------------------------------------- */

/* Said before anything is sent, not after. */
static bool report_is_writable(const struct run *run, GError **error)
{
	g_autofree char *beside = NULL;
	int fd;

	if (!run->report_file)
		return true;
	beside = g_strconcat(run->report_file, ".part", NULL);
	fd = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"the report %s cannot be written; nothing was sent",
			run->report_file);
	close(fd);
	unlink(beside);
	return true;
}

static bool check_arguments(const struct run *run, GError **error)
{
	static const char *const parts[] = {"cases", "blobs", "catalog", NULL};

	if (run->only && !g_strv_contains(parts, run->only))
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"--only: expected cases, blobs or catalog");
	if (run->stores && run->only)
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"--only does not go with --store");
	if (run->max_time_s < 0 || run->batch < 0 || run->batch > 200)
		return fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"--max-time: expected seconds, --batch: 1 to 200");
	return true;
}

/* Counts, bytes, and what a run would do; nothing is sent or written. */
static enum exit_code plan(struct run *run)
{
	AUTO(json) report = json_new_object();
	struct store_counts counts = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) blobs =
		blobs_to_send(run->store, G_MAXINT, &error);
	int64_t bytes = 0;

	if (!blobs || !store_counts(run->store, &counts, &error))
		return command_report(&run->options, error);
	for (guint i = 0; i < blobs->len; i++)
		bytes += ((struct blob *)blobs->pdata[i])->size;
	json_put_bool(report, "dry_run", true);
	json_put_int(report, "unsent", counts.unsent);
	json_put_int(report, "parked", counts.parked);
	json_put_int(report, "attachments", blobs->len);
	json_put_int(report, "attachment_bytes", bytes);
	list_left(run, report);
	if (run->options.json) {
		command_print_json(report);
	} else {
		command_print(_("would send %d steps and %d attachments "
				"(%.1f MB); %d are parked"),
			(int)counts.unsent, (int)blobs->len,
			(double)bytes / 1e6, (int)counts.parked);
	}
	return EXIT_CODE_OK;
}

static enum exit_code start_stores(struct run *run)
{
	struct stores_order order = {.options = &run->options,
		.dir = run->stores,
		.dry_run = run->dry_run,
		.no_verify = run->no_verify,
		.max_time_s = run->max_time_s,
		.batch = run->batch};
	struct json *made = NULL;
	enum exit_code code = sync_stores(&order, &made);
	AUTO(json) report = made;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!report)
		return code;
	if (run->options.json) {
		text = json_print(report);
		puts(text);
	}
	if (run->report_file && !write_report(run, report, &error))
		return command_report(&run->options, error);
	return code;
}

static bool open_store(struct run *run, GError **error)
{
	const struct config *config = run->options.config;

	run->store = store_open(config_path(config, "paths.state"),
		config_text(config, "window.number"), error);
	return run->store != NULL;
}

static enum exit_code start(struct run *run)
{
	struct store_counts counts = {0};
	g_autoptr(GError) error = NULL;
	bool is_running;

	if (!check_arguments(run, &error) || !report_is_writable(run, &error))
		return command_report(&run->options, error);
	if (run->stores)
		return start_stores(run);
	if (!open_store(run, &error) ||
		!store_counts(run->store, &counts, &error))
		return command_report(&run->options, error);
	if (!progress_begin(&run->progress, run->progress_mode, &counts))
		return command_wrong(&run->options,
			"--progress: expected auto, json or none");
	if (run->dry_run)
		return plan(run);
	run->begun_ms = clock_wall_ms();
	run->begun_boot_ms = clock_boot_ms();
	run->wait = (struct sync_wait){.tick = tick, .context = run};
	is_running = watch(run, &error);
	if (g_error_matches(error, LINK_ERROR, LINK_ERROR_ABSENT)) {
		g_clear_error(&error);
		run_once(run, &error);
	}
	if (!error && !run->wait.interrupted && !run->only && !run->no_verify &&
		strcmp(json_text_or(run->state, "link", ""), "up") == 0)
		compare(run, is_running);
	return finish(run, error);
}

enum exit_code sync_run(int argc, char **argv)
{
	struct run run = {.code = EXIT_CODE_OK};
	const GOptionEntry entries[] = {
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &run.dry_run,
			_("say what would be sent, send nothing"), NULL},
		{"only", 0, 0, G_OPTION_ARG_STRING, &run.only,
			_("cases, blobs or catalog"), _("PART")},
		{"max-time", 0, 0, G_OPTION_ARG_INT, &run.max_time_s,
			_("stop after so many seconds"), _("S")},
		{"batch", 0, 0, G_OPTION_ARG_INT, &run.batch,
			_("at most so many steps in a request"), _("N")},
		{"report", 0, 0, G_OPTION_ARG_FILENAME, &run.report_file,
			_("write what was done as JSON"), _("FILE")},
		{"progress", 0, 0, G_OPTION_ARG_STRING, &run.progress_mode,
			_("auto, json or none"), _("HOW")},
		{"store", 0, 0, G_OPTION_ARG_FILENAME, &run.stores,
			_("send the stores copied to DIR/NAME/ instead of "
			  "this window's"),
			_("DIR")},
		{"no-verify", 0, 0, G_OPTION_ARG_NONE, &run.no_verify,
			_("do not compare at the end"), NULL},
		{NULL}};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&run.options, &argc, &argv, "",
		    _("Sends everything that waits, fetches what is new and "
		      "compares both sides.\nSuccess is judged by the steps "
		      "themselves: 0 all confirmed, 2 some are parked,\n3 not "
		      "reachable, 4 not allowed, 5 storage, 6 already running, "
		      "130 interrupted.\nOther commands: yikou sync status, "
		      "verify, dead, conflicts,\nagree, enrol, exchange.\n"
		      "Examples:\n  yikou sync\n"
		      "  yikou sync --report today.json\n"
		      "  yikou sync --store /media/usb/stores\n"
		      "  yikou sync verify\n"
		      "  yikou sync dead list"),
		    entries, &code)) {
		if (argc > 1) {
			code = command_wrong(&run.options,
				"%s: expected run, status, verify, dead, "
				"conflicts, agree, enrol or exchange",
				argv[1]);
		} else {
			code = start(&run);
		}
	}
	run_clear(&run);
	return code;
}
