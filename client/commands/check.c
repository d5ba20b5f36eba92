/* yikou check: everything that is read at the start, without starting, and what
 * the platform changed of the catalogue. Nothing is written. */
#include <stdio.h>

#include "client/app/offer.h"
#include "client/base/json.h"
#include "client/catalog/calendar_file.h"
#include "client/commands/command.h"
#include "client/store/store.h"
#include "config/people.h"
#include "ui/text.h"

enum { REASONS_MAX_BYTES = 1 << 20 };

struct found {
	const struct config *config;
	struct catalog *files;   /* own: what is installed */
	struct catalog *catalog; /* own: what the window offers */
	struct offer_news news;
	GPtrArray *wrong;      /* own: char *, what is not used, and why */
	struct people *people; /* own */
};

static void found_clear(struct found *found)
{
	catalog_free(found->files);
	catalog_free(found->catalog);
	offer_news_clear(&found->news);
	g_clear_pointer(&found->wrong, g_ptr_array_unref);
	people_free(found->people);
}

static GPtrArray *pulled_items(const struct catalog *catalog)
{
	GPtrArray *items = g_ptr_array_new();

	for (size_t i = 0; i < catalog_count(catalog); i++) {
		const struct catalog_item *item = catalog_get(catalog, i);

		if (item->pulled)
			g_ptr_array_add(items, (gpointer)item);
	}
	return items;
}

static GPtrArray *withdrawn_items(const struct found *found)
{
	GPtrArray *items = g_ptr_array_new();

	for (size_t i = 0; i < catalog_count(found->files); i++) {
		const struct catalog_item *item = catalog_get(found->files, i);

		if (!catalog_find(found->catalog, item->code))
			g_ptr_array_add(items, (gpointer)item);
	}
	return items;
}

/* Printing ----------------------------------------------------------------- */

static void print_items(const char *title, const GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		const struct catalog_item *item = items->pdata[i];

		command_print("  %s  %s  %s  %s", title, item->code,
			item->version, item->name);
	}
}

static void print_catalogue(const struct found *found)
{
	g_autoptr(GPtrArray) pulled = pulled_items(found->catalog);
	g_autoptr(GPtrArray) withdrawn = withdrawn_items(found);

	command_print(_("catalogue      version %s, %zu items: good"),
		catalog_version(found->catalog), catalog_count(found->catalog));
	if (found->news.is_older)
		command_print(_("  the platform's catalogue is older than the "
				"installed one and is not used"));
	print_items(_("from the platform"), pulled);
	print_items(_("withdrawn by the platform"), withdrawn);
	for (guint i = 0; i < found->wrong->len; i++)
		command_print(_("  set aside  %s"),
			(const char *)found->wrong->pdata[i]);
	if (found->news.held > 0)
		command_print(_("  %d withdrawals at once are held: yikou sync "
				"agree lets them through"),
			found->news.held);
}

static void print_found(const struct found *found)
{
	command_print(_("configuration  %s: good"), config_file(found->config));
	print_catalogue(found);
	command_print(
		_("people         %zu: good"), people_count(found->people));
}

static struct json *items_json(GPtrArray *take_items)
{
	struct json *list = json_new_array();

	for (guint i = 0; i < take_items->len; i++) {
		const struct catalog_item *item = take_items->pdata[i];
		struct json *row = json_new_object();

		json_put_text(row, "code", item->code);
		json_put_text(row, "name", item->name);
		json_put_text(row, "version", item->version);
		json_add(list, row);
	}
	g_ptr_array_unref(take_items);
	return list;
}

static void print_json(const struct found *found)
{
	AUTO(json) report = json_new_object();
	struct json *aside = json_new_array();

	json_put_text(report, "configuration", config_file(found->config));
	json_put_text(report, "catalogue", catalog_version(found->catalog));
	json_put_int(report, "items", (int64_t)catalog_count(found->catalog));
	json_put_bool(report, "platform_is_older", found->news.is_older);
	json_put(report, "from_platform",
		items_json(pulled_items(found->catalog)));
	json_put(report, "withdrawn", items_json(withdrawn_items(found)));
	for (guint i = 0; i < found->wrong->len; i++)
		json_add_text(aside, found->wrong->pdata[i]);
	json_put(report, "set_aside", aside);
	json_put_int(report, "held", found->news.held);
	json_put_int(report, "people", (int64_t)people_count(found->people));
	command_print_json(report);
}

/* Reading ------------------------------------------------------------------ */

/* Opening would make one: without it there is nothing but the files. */
static bool join(struct found *found, const char *dir, GError **error)
{
	g_autofree char *file = config_state(found->config, "window.db");
	AUTO(store) store = NULL;

	if (g_file_test(file, G_FILE_TEST_EXISTS)) {
		store = store_open(config_path(found->config, "paths.state"),
			config_text(found->config, "window.number"), error);
		if (!store)
			return false;
	}
	found->catalog = offer_load(dir, store, found->wrong, error);
	if (!found->catalog || !store)
		return found->catalog != NULL;
	if (!offer_update(found->catalog, store, true, &found->news, error))
		return false;
	g_ptr_array_extend_and_steal(
		found->wrong, g_steal_pointer(&found->news.sentences));
	return true;
}

static bool find_all(struct found *found, GError **error)
{
	g_autofree char *dir = config_data(found->config, "catalog");
	g_autofree char *days = config_data(found->config, "calendar");
	g_autofree char *why =
		config_data(found->config, "rules/refusal-reasons.json");
	AUTO(calendar) calendar = NULL;
	AUTO(json) reasons = NULL;

	found->files = catalog_load(dir, error);
	calendar = found->files ? calendar_load(days, error) : NULL;
	reasons = calendar ? json_load(why, REASONS_MAX_BYTES, error) : NULL;
	found->people = reasons ? people_load(config_path(found->config,
						      "files.people"),
					  error)
				: NULL;
	return found->people && join(found, dir, error);
}

static enum exit_code check_all(const struct command_options *options)
{
	struct found found = {.config = options->config,
		.wrong = g_ptr_array_new_with_free_func(g_free)};
	g_autoptr(GError) error = NULL;
	enum exit_code code = EXIT_CODE_OK;

	if (!find_all(&found, &error)) {
		found_clear(&found);
		return command_report(options, error);
	}
	if (options->json)
		print_json(&found);
	else
		print_found(&found);
	if (found.wrong->len > 0 || found.news.held > 0)
		code = EXIT_CODE_ITEM;
	found_clear(&found);
	return code;
}

enum exit_code command_check(int argc, char **argv)
{
	struct command_options options = {0};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&options, &argc, &argv, NULL,
		    _("Reads configuration, catalogue, calendar and people, "
		      "and says\nfile, line and what was expected where one is "
		      "wrong; then what the platform\nchanged of the "
		      "catalogue: "
		      "2 when something of it is set aside or held.\n"
		      "Example: yikou check --config /etc/yikou/yikou.conf"),
		    NULL, &code))
		code = check_all(&options);
	command_end(&options);
	return code;
}
