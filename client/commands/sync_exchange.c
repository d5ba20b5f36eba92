/* yikou sync exchange: what goes to the exchange machine (前置机).
 * yikou-exchange does it and says in one line of JSON what there is. */
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>

#include "client/base/json.h"
#include "client/base/process.h"
#include "client/commands/sync.h"
#include "ui/text.h"

static int number_of(const struct json *object, const char *name)
{
	return (int)json_int_or(object, name, 0);
}

/* Counts ------------------------------------------------------------------- */

/* Minutes say more than seconds. */
static void show_lag(const struct json *status)
{
	const struct json *behind = json_get(status, "behind");
	const struct json *batches = json_get(status, "batches");

	command_print(_("batches %d, confirmed %d, waiting %d (oldest %d min)"),
		number_of(batches, "written"), number_of(batches, "confirmed"),
		number_of(batches, "waiting"),
		number_of(batches, "oldest_waiting_s") / 60);
	command_print(_("not written yet %d steps (oldest %d min)"),
		number_of(behind, "ops"), number_of(behind, "seconds") / 60);
	if (number_of(batches, "bad_receipts") > 0)
		command_print(_("%d receipts are not of their batch"),
			number_of(batches, "bad_receipts"));
}

/* Only where the two sides differ. */
static void show_days(const struct json *status)
{
	json_each (day, json_get(status, "days")) {
		if (number_of(day, "cases") == number_of(day, "confirmed"))
			continue;
		command_print(_("%s %s: decided %d, written %d, set aside %d, "
				"confirmed %d, refused %d"),
			json_text_or(day, "day", ""),
			json_text_or(day, "item", ""), number_of(day, "cases"),
			number_of(day, "written"), number_of(day, "set_aside"),
			number_of(day, "confirmed"),
			number_of(day, "rejected"));
	}
}

static void show_status(const struct json *answer)
{
	const struct json *status = json_get(answer, "status");
	const struct json *totals = json_get(status, "totals");

	if (json_get(answer, "batches"))
		command_print(_("written now: %d rows in %d batches, set "
				"aside %d"),
			number_of(answer, "rows"), number_of(answer, "batches"),
			number_of(answer, "set_aside"));
	if (!status)
		return;
	show_lag(status);
	show_days(status);
	command_print(_("cases %d here, %d confirmed; set aside %d, refused "
			"%d"),
		number_of(totals, "cases"), number_of(totals, "confirmed"),
		number_of(status, "set_aside"), number_of(status, "refused"));
}

/* What was refused --------------------------------------------------------- */

static void show_rejected(const struct json *answer)
{
	json_each (reason, json_get(answer, "reasons"))
		command_print(_("%d times: %s"), number_of(reason, "count"),
			json_text_or(reason, "reason", ""));
	json_each (row, json_get(answer, "rows"))
		command_print(_("%s  batch %d  %s  %s %s"),
			json_text_or(row, "case_no", "-"),
			number_of(row, "sequence"),
			strcmp(json_text_or(row, "by", ""), "window") == 0
				? _("set aside here")
				: _("refused there"),
			json_text_or(row, "field", ""),
			json_text_or(row, "reason", ""));
	if (json_length(json_get(answer, "rows")) == 0)
		command_print("%s", _("Nothing is set aside or refused."));
}

/* The child ---------------------------------------------------------------- */

static struct json *ask(const struct config *config, const char *verb,
	const char *number, enum exit_code *code, GError **error)
{
	g_autofree char *binary = process_sibling("yikou-exchange");
	g_autofree char *text = NULL;
	g_autoptr(GSubprocess) child =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
					 G_SUBPROCESS_FLAGS_STDERR_SILENCE,
			error, binary, "--config", config_file(config), verb,
			number, NULL);

	if (!child || !g_subprocess_communicate_utf8(
			      child, NULL, NULL, &text, NULL, error))
		return NULL;
	*code = g_subprocess_get_if_exited(child)
			? (enum exit_code)g_subprocess_get_exit_status(child)
			: EXIT_CODE_INTERRUPTED;
	return json_parse(text, strlen(text), error);
}

static enum exit_code show(const struct command_options *options,
	const struct json *answer, bool is_list, enum exit_code code)
{
	const char *name = json_text(answer, "error");
	g_autoptr(GError) error = NULL;

	if (options->json) {
		command_print_json(answer);
	} else if (is_list) {
		show_rejected(answer);
	} else {
		show_status(answer);
	}
	if (!name)
		return code;
	error = error_from_name(name, json_text_or(answer, "detail", ""));
	command_report(NULL, error);
	return code;
}

static enum exit_code exchange(const struct command_options *options,
	const char *verb, const char *number)
{
	enum exit_code code = EXIT_CODE_OK;
	g_autoptr(GError) error = NULL;
	AUTO(json) answer = NULL;

	if (!config_path(options->config, "exchange.spool"))
		return command_wrong(options,
			"exchange.spool is not set: this window has no "
			"exchange machine");
	answer = ask(options->config, verb, number, &code, &error);
	if (!answer)
		return command_report(options, error);
	return show(options, answer, verb && !strcmp(verb, "--rejected"), code);
}

static enum exit_code run(
	const struct command_options *options, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "run";

	if (argc <= 2 && !strcmp(word, "run"))
		return exchange(options, NULL, NULL);
	if (argc == 2 && !strcmp(word, "status"))
		return exchange(options, "--status", NULL);
	if (argc == 2 && !strcmp(word, "rejected"))
		return exchange(options, "--rejected", NULL);
	if (argc == 3 && !strcmp(word, "rereport"))
		return exchange(options, "--again", argv[2]);
	return command_wrong(options,
		"expected run, status, rejected, or rereport and a case "
		"number");
}

enum exit_code sync_exchange(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv,
		    _("[run | status | rejected | rereport NUMBER]"),
		    _("What goes to the exchange machine, as rows of the "
		      "national tables.\n"
		      "  run       write what is new, load it, read receipts\n"
		      "  status    count only: lag, receipts, cases by day and "
		      "item\n"
		      "  rejected  what was set aside or refused, and why\n"
		      "  rereport  one case once more, as a new data version\n"
		      "Exit status: 0 done, 2 something is set aside or "
		      "refused, 3 database not\nreachable, 4 it refuses us, 5 "
		      "storage, 6 another one runs, 64 not set up.\n"
		      "Example: yikou sync exchange rereport "
		      "20261125-03-0017"),
		    NULL, &code))
		code = run(&options, argc, argv);
	command_end(&options);
	return code;
}
