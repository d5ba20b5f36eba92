/* yikou check: everything that is read at the start, without starting. */
#include <stdio.h>

#include "client/catalog/calendar_file.h"
#include "client/catalog/catalog.h"
#include "client/commands/command.h"
#include "config/people.h"
#include "ui/text.h"

static enum exit_code check_all(const struct config *config)
{
	g_autofree char *dir = config_data(config, "catalog");
	g_autofree char *days = config_data(config, "calendar");
	g_autoptr(GError) error = NULL;
	AUTO(catalog) catalog = catalog_load(dir, &error);
	AUTO(calendar) calendar = catalog ? calendar_load(days, &error) : NULL;
	AUTO(people) people =
		calendar ? people_load(
				   config_path(config, "files.people"), &error)
			 : NULL;

	if (!people)
		return command_fail(error);
	command_print(_("configuration  %s: good"), config_file(config));
	command_print(_("catalogue      version %s, %zu items: good"),
		catalog_version(catalog), catalog_count(catalog));
	command_print(_("people         %zu: good"), people_count(people));
	return EXIT_CODE_OK;
}

enum exit_code command_check(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Reads configuration, catalogue, calendar and people, "
		      "and says\nfile, line and what was expected where one is "
		      "wrong.\nExample: yikou check --config "
		      "/etc/yikou/yikou.conf"),
		    NULL, &code))
		code = check_all(options.config);
	command_end(&options);
	return code;
}
