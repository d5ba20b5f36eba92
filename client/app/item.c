/* Choosing the item: what fits as one types, and what the item under the
 * pointer needs, costs and takes. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/error.h"
#include "client/catalog/search.h"

static char *money_text(const struct catalog_item *item)
{
	return g_strdup(item->fee_free ? _("free of charge") : item->fee);
}

struct item_limits item_limits(
	const struct catalog_item *item, const struct case_record *record)
{
	bool is_ours = record && !g_strcmp0(record->item_code, item->code);
	AUTO(json) sources = app_record_sources(record);
	const struct json *form =
		is_ours ? json_get(record->body, "form") : NULL;

	return (struct item_limits){
		.promise = item_promise(item, form, sources),
		.statutory = item_statutory(item, form, sources),
	};
}

static char *promise_text(
	const struct catalog_item *item, const struct catalog_limit *promise)
{
	/* Case type 1 is decided on the spot (即办件). */
	if (promise->days == 0 || item->case_type == 1)
		return g_strdup(_("at once"));
	return g_strdup_printf(
		promise->workdays ? _("%d working days") : _("%d days"),
		promise->days);
}

static void show_detail(struct app *app)
{
	struct item_choice_model *choice = &app->model.item;
	struct item_detail *detail = &choice->detail;
	const struct search_hit *hit;
	const struct catalog_item *item;
	struct item_limits limits;
	g_autofree char *fee = NULL, *line = NULL, *papers = NULL;
	g_autofree char *promise = NULL;
	size_t must = 0, waivable = 0;

	g_ptr_array_set_size(detail->lines, 0);
	if (choice->focus < 0 || (guint)choice->focus >= app->item_hits->len) {
		model_text(&detail->title, NULL);
		model_text(&detail->line, NULL);
		return;
	}
	hit = &g_array_index(
		app->item_hits, struct search_hit, (guint)choice->focus);
	item = hit->item;
	fee = money_text(item);
	limits = item_limits(item, app->visit.record);
	promise = promise_text(item, limits.promise);
	line = g_strdup_printf(_("%s  by law %s  promised %s  %s"),
		item_type_label(item->type), limits.statutory->text, promise,
		fee);
	model_text(&detail->title, item->name);
	model_text(&detail->line, line);
	for (size_t i = 0; i < item->n_materials; i++) {
		must += item->materials[i].need == NEED_MUST;
		waivable += item->materials[i].need == NEED_WAIVABLE;
	}
	papers = g_strdup_printf(
		_("%zu documents: %zu required, %zu may be submitted later"),
		item->n_materials, must, waivable);
	model_line(detail->lines, papers);
	for (size_t i = 0; i < item->n_materials; i++) {
		const struct catalog_material *material = &item->materials[i];
		g_autofree char *row = g_strdup_printf("  %d %s  %s%s%s",
			material->no, material->name,
			material_kind_label(material->kind),
			*material->note ? "  " : "", material->note);

		model_line(detail->lines, row);
	}
	if (item->result && *item->result)
		model_line(detail->lines, item->result);
}

static void find_items(struct app *app, const char *filter)
{
	model_text(&app->model.item.filter, filter);
	g_clear_pointer(&app->item_hits, g_array_unref);
	app->item_hits = catalog_search(app->catalog, filter,
		config_text(app->config, "window.number"));
}

static void focus_code(struct app *app, const char *code)
{
	for (guint i = 0; i < app->item_hits->len; i++) {
		const struct search_hit *hit =
			&g_array_index(app->item_hits, struct search_hit, i);

		if (strcmp(hit->item->code, code) == 0)
			app->model.item.focus = (int)i;
	}
}

void item_show(struct app *app, const char *filter)
{
	struct item_choice_model *choice = &app->model.item;
	const char *business = app->visit.ticket->business;

	/* A ticket that names its business is found by it, if it is in our
	 * words. */
	find_items(app, filter ? filter : (business ? business : ""));
	if (!filter && app->item_hits->len == 0)
		find_items(app, "");
	g_ptr_array_set_size(choice->hits, 0);
	for (guint i = 0; i < app->item_hits->len; i++) {
		const struct search_hit *hit =
			&g_array_index(app->item_hits, struct search_hit, i);
		struct item_model *row = model_add_item(choice->hits);
		g_autofree char *promise = promise_text(hit->item,
			item_limits(hit->item, app->visit.record).promise);

		model_text(&row->code, hit->item->code);
		model_text(&row->name, hit->item->name);
		model_text(&row->department, hit->item->department_short);
		model_text(
			&row->kind, item_case_type_label(hit->item->case_type));
		model_text(&row->promise, promise);
		row->elsewhere = !hit->allowed;
	}
	choice->focus = 0;
	if (app->visit.item)
		focus_code(app, app->visit.item->code);
	show_detail(app);
	app_changed(app, false);
}

void item_refresh(struct app *app)
{
	struct item_choice_model *choice = &app->model.item;
	g_autofree char *filter = g_strdup(choice->filter);
	g_autofree char *code = NULL;

	if (!app->visit.open || !app->item_hits) {
		g_clear_pointer(&app->item_hits, g_array_unref);
		return;
	}
	if (choice->focus >= 0 && (guint)choice->focus < choice->hits->len)
		code = g_strdup(((const struct item_model *)
					 choice->hits->pdata[choice->focus])
					->code);
	item_show(app, filter ? filter : "");
	if (code)
		focus_code(app, code);
	show_detail(app);
}

static bool is_choosing(const struct app *app)
{
	return app->visit.open && app->model.view == VIEW_ITEM &&
	       app->visit.record->state == CASE_DRAFT;
}

void item_filter(struct app *app, struct intent *intent)
{
	if (!is_choosing(app))
		return;
	item_show(app, intent->text ? intent->text : "");
	if (app->item_hits->len == 0)
		app_say(app, _("Nothing fits. Initials or Chinese; what was "
			       "typed is kept, Ctrl+U empties it."));
	else
		model_text(&app->model.message, NULL);
}

void item_focus(struct app *app, struct intent *intent)
{
	if (!is_choosing(app) || !app->item_hits || intent->index < 0 ||
		(guint)intent->index >= app->item_hits->len)
		return;
	app->model.item.focus = intent->index;
	show_detail(app);
}

void item_take(struct app *app, const char *code)
{
	const struct catalog_item *item = catalog_find(app->catalog, code);
	bool began_before;

	if (!is_choosing(app))
		return;
	if (!item)
		app_say(app, _("This item is not offered any more."));
	if (!item || !item_switch(app, item))
		return;
	began_before = strcmp(app->visit.item->version, item->version) != 0;
	visit_go(app, VIEW_FORM);
	if (began_before && app->model.view == VIEW_FORM)
		app_say(app, _("The item changed; this case continues with the "
			       "version it began with."));
}

/* Nothing is lost, but it goes out of sight. */
static void ask_switch(struct app *app, const struct catalog_item *item)
{
	g_autofree char *line = item_switch_text(app);

	if (!line) {
		item_take(app, item->code);
		return;
	}
	g_strlcpy(app->dialog_item, item->code, sizeof(app->dialog_item));
	dialog_open(app, DIALOG_ITEM, 0);
	model_line(app->model.dialog.lines, line);
	model_line(app->model.dialog.lines,
		_("That is laid aside and comes back with its item."));
	app_changed(app, false);
}

void item_choose(struct app *app, struct intent *intent)
{
	const struct search_hit *hit;

	if (!is_choosing(app) || !app->item_hits || intent->index < 0 ||
		(guint)intent->index >= app->item_hits->len)
		return;
	hit = &g_array_index(
		app->item_hits, struct search_hit, (guint)intent->index);
	if (!hit->allowed) {
		app_say(app,
			_("This window does not take 「%s」; window %s does. "
			  "F9 hands the number over."),
			hit->item->name,
			hit->item->windows[0] ? hit->item->windows[0] : "?");
		return;
	}
	if (app->visit.item && strcmp(app->visit.item->code, hit->item->code))
		ask_switch(app, hit->item);
	else
		item_take(app, hit->item->code);
}
