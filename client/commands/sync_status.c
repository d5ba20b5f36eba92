/* yikou sync status, yikou sync verify: two questions to yikou-syncd. */
#include <stdio.h>
#include <string.h>

#include "client/commands/sync.h"
#include "client/rules/day.h"
#include "ui/text.h"

enum { ASK_TIMEOUT_MS = 5000, VERIFY_TIMEOUT_MS = 10 * 60 * 1000 };

/* Status ------------------------------------------------------------------- */

static enum exit_code judge_state(const struct json *state)
{
	if (!json_bool_or(state, "auth", true))
		return EXIT_CODE_AUTH;
	if (json_int_or(state, "parked", 0) > 0 ||
		json_bool_or(state, "halted", false))
		return EXIT_CODE_ITEM;
	return strcmp(json_text_or(state, "link", ""), "up") == 0
		       ? EXIT_CODE_OK
		       : EXIT_CODE_LINK;
}

void sync_print_fault(const struct json *state)
{
	const char *text = text_link_fault(json_text(state, "why"));

	if (text)
		command_print("%s", text);
}

static enum exit_code show_status(const struct command_options *options)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) state = syncd_ask(
		options->config, "status", NULL, ASK_TIMEOUT_MS, NULL, &error);

	if (!state)
		return command_report(options, error);
	if (options->json) {
		command_print_json(state);
		return judge_state(state);
	}
	command_print(_("platform %s, unsent %d, parked %d, attachments %d"),
		sync_link_word(state), (int)json_int_or(state, "unsent", 0),
		(int)json_int_or(state, "parked", 0),
		(int)json_int_or(state, "blobs", 0));
	sync_print_fault(state);
	if (json_bool_or(state, "halted", false))
		command_print("%s", _("Many steps were refused for the same "
				      "reason: stopped until yikou sync"));
	if (json_bool_or(state, "epoch_changed", false))
		command_print("%s", _("The platform was restored: what it lost "
				      "is being sent again"));
	return judge_state(state);
}

enum exit_code sync_status(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("What waits and how the link is, without sending "
		      "anything.\nExample: yikou sync status --json"),
		    NULL, &code))
		code = show_status(&options);
	command_end(&options);
	return code;
}

/* Verify ------------------------------------------------------------------- */

static struct json *compare_once(const struct config *config, const char *day,
	enum exit_code *code, GError **error)
{
	const char *more[] = {"--verify", day ? "--day" : NULL, day, NULL};
	AUTO(json) report =
		syncd_once(config, more, VERIFY_TIMEOUT_MS, NULL, code, error);

	return json_copy(json_get(report, "verify"));
}

static struct json *compare(const struct config *config, const char *day,
	enum exit_code *code, GError **error)
{
	struct json *args = json_new_object(), *proof;

	if (day)
		json_put_text(args, "day", day);
	proof = syncd_ask(
		config, "verify", args, VERIFY_TIMEOUT_MS, NULL, error);
	if (proof || !g_error_matches(*error, LINK_ERROR, LINK_ERROR_ABSENT))
		return proof;
	g_clear_error(error);
	return compare_once(config, day, code, error);
}

static enum exit_code verify(
	const struct command_options *options, const char *day)
{
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_OK;
	AUTO(json) proof = compare(options->config, day, &code, &error);

	if (!proof && error)
		return command_report(options, error);
	if (options->json) {
		command_print_json(proof);
	} else {
		sync_print_proof(proof);
	}
	if (code != EXIT_CODE_OK)
		return code;
	if (*json_text_or(proof, "failed", "unreachable"))
		return EXIT_CODE_LINK;
	return json_bool_or(proof, "complete", false) ? EXIT_CODE_OK
						      : EXIT_CODE_ITEM;
}

enum exit_code sync_verify(int argc, char **argv)
{
	struct command_options options = {0};
	g_autofree char *day = NULL;
	const GOptionEntry entries[] = {
		{"day", 0, 0, G_OPTION_ARG_STRING, &day,
			_("only this day, 2026-11-25"), _("DAY")},
		{NULL}};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Compares this store with the platform, step by step "
		      "where they differ;\nsends and changes nothing.\n"
		      "Exit status: 0 the same, 2 they differ, 3 not "
		      "reachable.\n"
		      "Example: yikou sync verify --day 2026-11-25"),
		    entries, &code)) {
		if (day && day_parse(day) == 0) {
			code = command_wrong(&options,
				"--day: expected a day as 2026-11-25");
		} else {
			code = verify(&options, day);
		}
	}
	command_end(&options);
	return code;
}
