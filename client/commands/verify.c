/* yikou verify: reads the whole store and says whether anything in it was
 * changed silently: structure of the file, seals of rows, chain of the outbox,
 * chain of the audit, hash of every attachment, account of every number. With
 * --quick the structure alone, as the screen has it done. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client/commands/command.h"
#include "client/store/audit.h"
#include "client/store/blob.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "ui/text.h"

enum { QUICK_NICE = 10, WARM_PIECE = 1 << 20 };

static bool verify_all(struct store *store, struct json *report, GError **error)
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
	command_print(_("structure      good"));
	if (!json_get(report, "ops"))
		return;
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

/* SQLite holds a table for as long as it reads it, page by page in the order of
 * its tree: many seconds from a slow disk, and nobody can write meanwhile. Read
 * through once before, unlocked and in order, it is in memory. */
static void warm(const char *file)
{
	g_autofree char *piece = g_malloc(WARM_PIECE);
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && read(fd, piece, WARM_PIECE) > 0)
		;
	if (fd >= 0)
		close(fd);
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
	warm(file);
	return store_open(config_path(config, "paths.state"),
		config_text(config, "window.number"), error);
}

static enum exit_code verify(const struct command_options *options, bool quick)
{
	AUTO(json) report = json_new_object();
	g_autoptr(GError) error = NULL;
	AUTO(store) store = open_existing(options->config, &error);

	if (!store || !store_check(store, &error) ||
		(!quick && !verify_all(store, report, &error)))
		return command_report(options, error);
	if (options->json)
		command_print_json(report);
	else
		print_report(report);
	return EXIT_CODE_OK;
}

enum exit_code command_verify(int argc, char **argv)
{
	struct command_options options = {0};
	gboolean quick = FALSE;
	const GOptionEntry entries[] = {
		{"quick", 0, 0, G_OPTION_ARG_NONE, &quick,
			_("the structure of the file only, behind all other "
			  "work"),
			NULL},
		{NULL}};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Reads the whole store of the window. A row, op, audit "
		      "row or file that\nwas changed outside the program is "
		      "named.\nExample: yikou verify --json"),
		    entries, &code)) {
		if (quick)
			setpriority(PRIO_PROCESS, 0, QUICK_NICE);
		code = verify(&options, quick);
	}
	command_end(&options);
	return code;
}
