/* Another item in the middle of a visit. What was filled in and handed in for
 * the item before is laid aside in the body of the same draft, and comes back
 * with its item:
 *
 *   body.others: {CODE: {"version":..,"form":{..},"materials":[..],
 *                 "set_aside":[..],"decision":{..},"origins":{..},
 *                 "touched":{..}}}
 *
 * It stays on this machine, and goes with the decision. */
#include <string.h>

#include "client/app/private.h"

static const char *const kept_members[] = {
	"form", "materials", "set_aside", "decision"};

/* What came by itself is no work of the clerk. */
static int count_fields(const struct app *app)
{
	const struct form_def *def = &app->visit.item->form;
	const struct json *form = json_get(app->visit.record->body, "form");
	int count = 0;

	for (size_t i = 0; i < def->n_fields; i++) {
		const char *id = def->fields[i].id;

		count += !form_value_is_empty(json_get(form, id)) &&
			 !json_get(app->visit.origins, id);
	}
	return count;
}

static int count_papers(const struct app *app, int *pages)
{
	int papers = 0;

	*pages = 0;
	json_each (material, json_get(app->visit.record->body, "materials")) {
		*pages += (int)materials_pages(material);
		papers += !strcmp(json_text_or(material, "form", ""), "paper");
	}
	return papers;
}

char *item_switch_text(const struct app *app)
{
	int fields, papers, pages;

	if (!app->visit.item)
		return NULL;
	fields = count_fields(app);
	papers = count_papers(app, &pages);
	if (fields + papers + pages == 0)
		return NULL;
	return g_strdup_printf(
		_("%s: %d fields filled in, %d papers, %d pages taken."),
		app->visit.item->name, fields, papers, pages);
}

static void lay_aside(struct app *app)
{
	struct json *body = app->visit.record->body;
	struct json *kept = json_new_object();

	json_put_text(kept, "version", app->visit.item->version);
	for (size_t i = 0; i < G_N_ELEMENTS(kept_members); i++) {
		json_put(kept, kept_members[i],
			json_copy(json_get(body, kept_members[i])));
		json_put(body, kept_members[i], NULL);
	}
	json_put(kept, "origins", json_copy(app->visit.origins));
	json_put(kept, "touched", json_copy(app->visit.touched));
	if (!json_get(body, "others"))
		json_put(body, "others", json_new_object());
	json_put(json_get_mutable(body, "others"), app->visit.item->code, kept);
}

static struct json *copy_or_new(const struct json *kept, const char *name)
{
	const struct json *value = json_get(kept, name);

	return value ? json_copy(value) : json_new_object();
}

/* Empty when the item was never in hand. */
static void take_up(struct app *app, const char *code)
{
	struct json *body = app->visit.record->body;
	struct json *others = json_get_mutable(body, "others");
	const struct json *kept = json_get(others, code);

	for (size_t i = 0; i < G_N_ELEMENTS(kept_members); i++)
		json_put(body, kept_members[i],
			json_copy(json_get(kept, kept_members[i])));
	if (!json_get(body, "form"))
		json_put(body, "form", json_new_object());
	if (!json_get(body, "materials"))
		json_put(body, "materials", json_new_array());
	json_free(app->visit.origins);
	json_free(app->visit.touched);
	app->visit.origins = copy_or_new(kept, "origins");
	app->visit.touched = copy_or_new(kept, "touched");
	if (others)
		json_put(others, code, NULL);
}

/* The version it was begun with, while it is still kept. */
static const struct catalog_item *item_begun(
	const struct app *app, const struct catalog_item *item)
{
	const struct json *kept = json_get(
		json_get(app->visit.record->body, "others"), item->code);
	struct case_record begun = {.item_code = item->code,
		.item_version = (char *)(uintptr_t)json_text_or(
			kept, "version", item->version)};

	return catalogue_item_of(app, &begun);
}

bool item_switch(struct app *app, const struct catalog_item *item)
{
	struct case_record *record = app->visit.record;
	const struct catalog_item *begun;

	if (app->visit.item && !strcmp(app->visit.item->code, item->code) &&
		json_get(record->body, "form"))
		return true;
	begun = item_begun(app, item);
	if (!catalogue_keep(app, begun)) {
		item_drop(begun);
		return false;
	}
	capture_stop(app);
	if (app->visit.item)
		lay_aside(app);
	take_up(app, begun->code);
	item_drop(app->visit.item);
	app->visit.item = begun;
	g_free(record->item_code);
	g_free(record->item_name);
	g_free(record->item_version);
	record->item_code = g_strdup(begun->code);
	record->item_name = g_strdup(begun->name);
	record->item_version = g_strdup(begun->version);
	g_ptr_array_set_size(app->visit.undo, 0);
	g_ptr_array_set_size(app->visit.paper_undo, 0);
	return true;
}
