/* The catalogue changes while people work: taking what the platform sent,
 * telling the clerk in one line, and the item a case began with. */
#include <string.h>

#include "client/app/offer.h"
#include "client/app/private.h"
#include "client/base/log.h"
#include "client/store/catalog_rows.h"

/* What a clerk is told -----------------------------------------------------
 */

static char *update_text(const struct offer_news *news)
{
	int all = news->changed + news->added + news->withdrawn;

	if (all == 0)
		return NULL;
	if (all > 1)
		return g_strdup_printf(
			_("Catalogue updated: %d items (%d changed, %d new, "
			  "%d withdrawn). Cases in work go on as they began."),
			all, news->changed, news->added, news->withdrawn);
	return g_strdup_printf(
		news->changed ? _("Catalogue updated: 「%s」 changed. Open "
				  "cases continue as they began.")
		: news->added ? _("Catalogue updated: 「%s」 is new.")
			      : _("Catalogue updated: 「%s」 is withdrawn. "
				  "Open cases continue."),
		news->name);
}

static char *trouble_text(const struct offer_news *news)
{
	if (news->held_is_news)
		return g_strdup_printf(
			_("The platform withdraws %d items at once: held. "
			  "Supervisor: run yikou check."),
			news->held);
	if (news->wrong > 0)
		return g_strdup_printf(
			_("%d wrong catalogue entries from the platform were "
			  "not taken. See yikou check."),
			news->wrong);
	return NULL;
}

static void add_line(struct app *app, char *take_line)
{
	if (take_line)
		g_ptr_array_add(app->catalogue_lines, take_line);
}

bool catalogue_tell(struct app *app)
{
	bool told = app->catalogue_lines->len > 0;

	if (!app->session.person || app->session.locked)
		return false;
	for (guint i = 0; i < app->catalogue_lines->len; i++)
		app_say(app, "%s", (char *)app->catalogue_lines->pdata[i]);
	g_ptr_array_set_size(app->catalogue_lines, 0);
	return told;
}

/* Taking -------------------------------------------------------------------
 */

void catalogue_update(struct app *app)
{
	struct offer_news news;
	g_autoptr(GError) error = NULL;

	if (!offer_update(app->catalog, app->store, false, &news, &error))
		app_say_error(app, error);
	add_line(app, update_text(&news));
	add_line(app, trouble_text(&news));
	if (news.changed + news.added + news.withdrawn > 0)
		item_refresh(app);
	offer_news_clear(&news);
	catalogue_tell(app);
}

/* The item of a case -------------------------------------------------------
 */

bool catalogue_keep(struct app *app, const struct catalog_item *item)
{
	g_autofree char *text = item_keep(item);
	g_autoptr(GError) error = NULL;

	if (catalog_keep_item(
		    app->store, item->code, item->version, text, &error))
		return true;
	app_say_error(app, error);
	return false;
}

const struct catalog_item *catalogue_item_of(
	const struct app *app, const struct case_record *record)
{
	const char *code = record->item_code ? record->item_code : "";
	const char *version = record->item_version ? record->item_version : "";
	const struct catalog_item *now = catalog_find(app->catalog, code);
	const struct catalog_item *item = NULL;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (now && strcmp(now->version, version) == 0)
		return item_hold(now);
	text = catalog_kept_item(app->store, code, version);
	if (text)
		item = item_kept(text, &error);
	if (text && !item)
		log_error(error, "item kept for a case");
	return item ? item : item_hold(now);
}
