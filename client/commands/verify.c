/* yikou verify: reads the whole store and says whether anything in it was
 * changed silently: seals of rows, chain of the outbox, chain of the audit,
 * hash of every attachment, account of every number. */
#include <stdio.h>

#include "client/commands/command.h"
#include "client/store/audit.h"
#include "client/store/blob.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "ui/text.h"

static bool verify_store(
	struct store *store, struct json *report, GError **error)
{
	char head[SHA256_TEXT] = "";
	int64_t ops = 0, acts = 0, blobs = 0;
	struct json *ledger;

	if (!store_verify_seals(store, error) ||
		!outbox_verify(store, &ops, head, error) ||
		!audit_verify(store, &acts, error) ||
		!blobs_verify(store, &blobs, error))
		return false;
	ledger = number_ledger(store, error);
	if (!ledger)
		return false;
	json_put_int(report, "ops", ops);
	json_put_text(report, "chain_head", head);
	json_put_int(report, "audit_rows", acts);
	json_put_int(report, "attachments", blobs);
	json_put(report, "numbers", ledger);
	return true;
}

static void print_report(const struct json *report)
{
	command_print(_("seals          good"));
	command_print(_("outbox         %d ops, chain good"),
		(int)json_int_or(report, "ops", 0));
	command_print(_("audit          %d rows, chain good"),
		(int)json_int_or(report, "audit_rows", 0));
	command_print(_("attachments    %d, every hash good"),
		(int)json_int_or(report, "attachments", 0));
	json_each (series, json_get(report, "numbers"))
		command_print(
			_("numbers        %s: leased %d = used %d + void %d + "
			  "free %d"),
			json_text_or(series, "series", ""),
			(int)json_int_or(series, "leased", 0),
			(int)json_int_or(series, "used", 0),
			(int)json_int_or(series, "void", 0),
			(int)json_int_or(series, "free", 0));
}

/* Opening would make one: nothing was ever there to be good. */
static struct store *open_existing(const struct config *config, GError **error)
{
	g_autofree char *file = config_state(config, "window.db");

	if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"no store: %s is not there", file);
		return NULL;
	}
	return store_open(config_path(config, "paths.state"),
		config_text(config, "window.number"), error);
}

static enum exit_code verify(const struct command_options *options)
{
	AUTO(json) report = json_new_object();
	g_autoptr(GError) error = NULL;
	AUTO(store) store = open_existing(options->config, &error);
	g_autofree char *text = NULL;

	if (!store || !verify_store(store, report, &error))
		return command_fail(error);
	text = json_print(report);
	if (options->json)
		puts(text);
	else
		print_report(report);
	return EXIT_CODE_OK;
}

enum exit_code command_verify(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Reads the whole store of the window. A row, op, audit "
		      "row or file that\nwas changed outside the program is "
		      "named.\nExample: yikou verify --json"),
		    NULL, &code))
		code = verify(&options);
	command_end(&options);
	return code;
}
