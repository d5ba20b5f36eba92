/* The law behind a decision. A licence stands on the clause of the reason, or
 * of the licence law; a registration or a service on the law that its item
 * names, whatever the reason. */
#include <string.h>

#include "client/app/private.h"

bool grounds_reason_fits(const struct app *app, const struct json *reason)
{
	bool is_licence = app->visit.item && item_is_licence(app->visit.item);

	return !json_bool_or(
		reason, is_licence ? "service_only" : "licence_only", false);
}

static const struct json *shipped_reason(
	const struct app *app, const char *text)
{
	json_each (row, json_get(app->reasons, "reasons")) {
		if (!g_strcmp0(json_text(row, "text"), text) &&
			grounds_reason_fits(app, row))
			return row;
	}
	return NULL;
}

const char *grounds_basis(
	const struct app *app, enum case_event event, const char *reason)
{
	const struct catalog_item *item = app->visit.item;

	if (event == CASE_EVENT_ACCEPT)
		return item->basis.accept;
	return item_is_licence(item) ? json_text_or(shipped_reason(app, reason),
					       "clause", item->basis.refuse)
				     : item->basis.refuse;
}

const char *grounds_organ(
	const struct app *app, const char *reason, const struct form_lead *lead)
{
	const struct json *row = shipped_reason(app, reason);

	if (row)
		return json_text_or(row, "organ", "");
	return lead && lead->organ ? lead->organ : "";
}
