/* yikou check: everything that is read at the start, without starting. */
#include <stdio.h>

#include "client/base/json.h"
#include "client/catalog/calendar_file.h"
#include "client/catalog/catalog.h"
#include "client/commands/command.h"
#include "config/people.h"
#include "ui/text.h"

enum { REASONS_MAX_BYTES = 1 << 20 };

static void print_found(const struct config *config,
	const struct catalog *catalog, const struct people *people)
{
	command_print(_("configuration  %s: good"), config_file(config));
	command_print(_("catalogue      version %s, %zu items: good"),
		catalog_version(catalog), catalog_count(catalog));
	command_print(_("people         %zu: good"), people_count(people));
}

static void print_json(const struct config *config,
	const struct catalog *catalog, const struct people *people)
{
	AUTO(json) report = json_new_object();
	g_autofree char *text = NULL;

	json_put_text(report, "configuration", config_file(config));
	json_put_text(report, "catalogue", catalog_version(catalog));
	json_put_int(report, "items", (int64_t)catalog_count(catalog));
	json_put_int(report, "people", (int64_t)people_count(people));
	text = json_print(report);
	puts(text);
}

static enum exit_code check_all(const struct command_options *options)
{
	const struct config *config = options->config;
	g_autofree char *dir = config_data(config, "catalog");
	g_autofree char *days = config_data(config, "calendar");
	g_autofree char *why =
		config_data(config, "rules/refusal-reasons.json");
	g_autoptr(GError) error = NULL;
	AUTO(catalog) catalog = catalog_load(dir, &error);
	AUTO(calendar) calendar = catalog ? calendar_load(days, &error) : NULL;
	AUTO(json) reasons =
		calendar ? json_load(why, REASONS_MAX_BYTES, &error) : NULL;
	AUTO(people) people =
		reasons ? people_load(
				  config_path(config, "files.people"), &error)
			: NULL;

	if (!people)
		return command_fail(error);
	if (options->json)
		print_json(config, catalog, people);
	else
		print_found(config, catalog, people);
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
		code = check_all(&options);
	command_end(&options);
	return code;
}
