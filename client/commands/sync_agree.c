/* yikou sync agree: lets the withdrawals of items through that the window holds
 * because they are many. */
#include <stdio.h>

#include "client/commands/sync.h"
#include "client/store/catalog_rows.h"
#include "ui/text.h"

static enum exit_code agree(const struct command_options *options)
{
	const struct config *config = options->config;
	const struct actor actor = {.staff_no = g_get_user_name(),
		.staff_name = "",
		.role = "system",
		.window = config_text(config, "window.number"),
		.session = ""};
	g_autoptr(GError) error = NULL;
	AUTO(store) store = store_open(
		config_path(config, "paths.state"), actor.window, &error);
	int64_t count = 0;

	if (!store || !catalog_agree(store, &actor, &count, &error))
		return command_report(options, error);
	command_print(
		_("%d withdrawals let through; the window takes them with "
		  "F5, or by itself soon"),
		(int)count);
	return EXIT_CODE_OK;
}

enum exit_code sync_agree(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Lets withdrawals of items through that are held because "
		      "they are many;\nyikou check lists them.\n"
		      "Example: yikou sync agree"),
		    NULL, &code))
		code = agree(&options);
	command_end(&options);
	return code;
}
