/* yikou-exchange: what the window did, for the exchange machine (前置机).
 *
 * It may touch the window's store (to read), the spool and the database of the
 * exchange; never the platform, the terminal, a device or a printer.
 *
 *   yikou-exchange --config yikou.conf             write, load, read receipts
 *   yikou-exchange --config yikou.conf --status    count, change nothing
 *
 * One of them runs for a spool: SPOOL/exchange.lock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/log.h"
#include "client/base/process.h"
#include "client/link/exchange.h"
#include "client/link/exchange_sql.h"
#include "config/config.h"

#define PROGRAM "yikou-exchange"

enum { KEEP_DAYS = 7 };

struct arguments {
	char *config, *again;
	gboolean status, rejected, version;
};

static bool parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	const GOptionEntry entries[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->config,
			"The window's yikou.conf", "FILE"},
		{"status", 0, 0, G_OPTION_ARG_NONE, &arguments->status,
			"Count only: by day and item, receipts, lag", NULL},
		{"rejected", 0, 0, G_OPTION_ARG_NONE, &arguments->rejected,
			"List what was set aside or refused, and why", NULL},
		{"again", 0, 0, G_OPTION_ARG_STRING, &arguments->again,
			"Report one case once more, as a new data version",
			"NUMBER"},
		{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
			"Show the version", NULL},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_set_summary(
		context, "What the window did, for the exchange machine.");
	g_option_context_set_description(context,
		"Prints one line of JSON.\n"
		"Example:\n"
		"  yikou-exchange --config /etc/yikou/yikou.conf --status\n"
		"\n"
		"Exit status: 0 all is written, 2 something is set aside or\n"
		"refused, 3 database not reachable, 4 database refuses us,\n"
		"5 local storage, 6 already running, 64 command line or\n"
		"configuration wrong.\n");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, PROGRAM ": %s\nTry " PROGRAM " --help.\n",
			error->message);
		return false;
	}
	if (argc > 1 || (!arguments->config && !arguments->version) ||
		arguments->status + arguments->rejected +
				(arguments->again != NULL) >
			1) {
		fprintf(stderr, PROGRAM ": expected --config FILE and options\n"
					"Try " PROGRAM " --help.\n");
		return false;
	}
	return true;
}

/* Opening ------------------------------------------------------------------ */

static struct exchange *open_exchange(
	const struct config *config, struct store *store, GError **error)
{
	g_autofree char *folder = config_data(config, "exchange");
	g_autofree char *map = g_build_filename(folder, "national.json", NULL);
	struct exchange_options options = {
		.spool = config_path(config, "exchange.spool"),
		.map = map,
		.window = config_text(config, "window.number"),
		.region = config_text(config, "window.region"),
		.data_source = config_text(config, "exchange.data_source"),
		.org_code = config_text(config, "exchange.org_code"),
		.org_name = config_text(config, "exchange.org_name"),
	};

	return exchange_open(store, &options, error);
}

static struct config *load_config(const char *path, GError **error)
{
	AUTO(config) config = config_load(path, error);

	if (!config)
		return NULL;
	if (config_path(config, "exchange.spool"))
		return g_steal_pointer(&config);
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_USAGE,
		"exchange.spool is not set: this window has no exchange "
		"machine");
	return NULL;
}

/* Working ------------------------------------------------------------------ */

/* The database may be away: the spool keeps what it has not. */
static bool serve_database(const struct config *config,
	struct exchange *exchange, struct json *answer, GError **error)
{
	const char *path = config_path(config, "exchange.database");
	AUTO(exchange_sql) sql = NULL;
	int64_t loaded = 0, receipts = 0;
	bool ok;

	if (!path)
		return true;
	sql = exchange_sql_open(path, error);
	if (!sql)
		return false;
	ok = exchange_sql_load(sql, exchange, &loaded, error) &&
	     exchange_sql_receipts(sql, exchange, &receipts, error);
	json_put_int(answer, "loaded", loaded);
	json_put_int(answer, "receipts", receipts);
	return ok;
}

static bool put_status(
	struct exchange *exchange, struct json *answer, GError **error)
{
	struct json *status = exchange_status(exchange, error);

	if (status)
		json_put(answer, "status", status);
	return status != NULL;
}

static bool run(const struct arguments *arguments, const struct config *config,
	struct exchange *exchange, struct json *answer, GError **error)
{
	struct exchange_done done;
	bool ok = arguments->again ? exchange_report_again(exchange,
					     arguments->again, &done, error)
				   : exchange_run(exchange, &done, error);

	json_put_int(answer, "batches", done.batches);
	json_put_int(answer, "rows", done.rows);
	json_put_int(answer, "set_aside", done.set_aside);
	return ok && serve_database(config, exchange, answer, error) &&
	       exchange_tidy(exchange, KEEP_DAYS, error) &&
	       put_status(exchange, answer, error);
}

static bool put_rejected(
	struct exchange *exchange, struct json *answer, GError **error)
{
	AUTO(json) rejected = exchange_rejected(exchange, error);

	json_each (member, rejected)
		json_put(answer, json_name(member), json_copy(member));
	return rejected != NULL;
}

static enum exit_code judge(const struct json *answer)
{
	const struct json *status = json_get(answer, "status");
	bool has_refused = json_int_or(status, "set_aside", 0) > 0 ||
			   json_int_or(status, "refused", 0) > 0 ||
			   json_length(json_get(answer, "rows")) > 0;

	return has_refused ? EXIT_CODE_ITEM : EXIT_CODE_OK;
}

static enum exit_code exchange_main(
	const struct arguments *arguments, struct json *answer, GError **error)
{
	AUTO(config) config = load_config(arguments->config, error);
	AUTO(store) store = NULL;
	AUTO(exchange) exchange = NULL;
	bool ok;

	if (!config)
		return EXIT_CODE_USAGE;
	store = store_open(config_path(config, "paths.state"),
		config_text(config, "window.number"), error);
	exchange = store ? open_exchange(config, store, error) : NULL;
	if (!exchange)
		return error_exit_code(*error);
	ok = arguments->status ? put_status(exchange, answer, error)
	     : arguments->rejected
		     ? put_rejected(exchange, answer, error)
		     : run(arguments, config, exchange, answer, error);
	return ok ? judge(answer) : error_exit_code(*error);
}

static void print_answer(
	struct json *answer, enum exit_code code, const GError *error)
{
	g_autofree char *text = NULL;

	if (error) {
		json_put_text(answer, "error", error_name(error));
		json_put_text(answer, "detail", error->message);
	}
	json_put_int(answer, "exit_code", code);
	text = json_print(answer);
	puts(text);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	AUTO(json) answer = json_new_object();
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_USAGE;

	process_begin(PROGRAM);
	if (!parse_arguments(argc, argv, &arguments))
		return code;
	if (arguments.version) {
		puts(PROGRAM " " YIKOU_VERSION);
		code = EXIT_CODE_OK;
	} else {
		code = exchange_main(&arguments, answer, &error);
		print_answer(answer, code, error);
	}
	if (error)
		log_error(error, "exchange");
	g_free(arguments.config);
	g_free(arguments.again);
	return code;
}
