/* Changing the catalogue by hand, as the platform's item administrators would:
 * POST /_catalog, from this machine only. What is published is checked by the
 * strict rules of the catalogue, all of it or nothing.
 *
 *   {"put":[{"entity":"item","body":{..}}],"withdraw":["CODE", ..]}
 *
 * "unchecked": true lets wrong things through, to see what a window makes of
 * them; only with --chaos. */
#include <string.h>

#include "client/base/error.h"
#include "client/catalog/catalog.h"
#include "client/platform/feeds.h"
#include "client/platform/handlers.h"

enum { PUT_MAX = 200, WITHDRAW_MAX = 5000, ID_MAX_BYTES = 64 };

/* Member of a body that is its id. */
static const struct {
	const char *entity, *id_member;
} entities[] = {
	{"catalog", NULL},
	{"dictionary", "id"},
	{"item", "code"},
};

/* NULL: no such entity, or no id. */
static const char *id_of(const struct json *row)
{
	const char *entity = json_text_or(row, "entity", "");
	const struct json *body = json_get(row, "body");

	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
		const char *id;

		if (strcmp(entities[i].entity, entity) != 0 ||
			!json_is_object(body))
			continue;
		id = entities[i].id_member
			     ? json_text(body, entities[i].id_member)
			     : "catalog";
		return id && *id && strlen(id) <= ID_MAX_BYTES ? id : NULL;
	}
	return NULL;
}

static bool check_order(
	struct platform *platform, const struct json *order, GError **error)
{
	const struct json *put = json_get(order, "put");
	const struct json *withdraw = json_get(order, "withdraw");
	bool is_good = (!put || json_is_array(put)) &&
		       (!withdraw || json_is_array(withdraw)) &&
		       json_length(put) + json_length(withdraw) > 0 &&
		       json_length(put) <= PUT_MAX &&
		       json_length(withdraw) <= WITHDRAW_MAX;

	json_each (row, is_good ? put : NULL)
		is_good = is_good && id_of(row);
	json_each (code, is_good ? withdraw : NULL)
		is_good = is_good && json_as_text(code);
	if (is_good && json_get(order, "unchecked"))
		is_good = json_is_bool(json_get(order, "unchecked")) &&
			  platform->chaos;
	if (!is_good)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"put is a list of entity and body, withdraw one of "
			"codes, unchecked only with --chaos");
	return is_good;
}

/* Checking ----------------------------------------------------------------- */

static char *served_head(struct platform *platform)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT body FROM changes WHERE feed = 'catalog'"
		" AND entity = 'catalog' AND deleted = 0",
		NULL);

	return platform_next(platform, rows) ? db_dup_text(rows, 0) : NULL;
}

/* What is served already was checked when it was published, or came from the
 * files of --catalog: not judged here. */
static void add_served(
	struct platform *platform, struct catalog *catalog, const char *entity)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id, body FROM changes WHERE feed = 'catalog'"
		" AND entity = ?1 AND deleted = 0 ORDER BY seq",
		DB_VALUES(DB_TEXT(entity)));

	while (platform_next(platform, rows))
		catalog_put(catalog, entity, db_text(rows, 0), db_text(rows, 1),
			NULL);
}

static struct catalog *served_catalog(struct platform *platform, GError **error)
{
	g_autofree char *head = served_head(platform);
	struct catalog *catalog = NULL;

	if (head)
		catalog = catalog_of_head(head, error);
	else
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_STATE,
			"no catalogue is served: start with --catalog");
	if (!catalog)
		return NULL;
	add_served(platform, catalog, "dictionary");
	add_served(platform, catalog, "item");
	return catalog;
}

/* Wrong ones can be withdrawn, too. */
static bool check_withdraw(struct platform *platform, struct catalog *catalog,
	const struct json *withdraw, GError **error)
{
	json_each (member, withdraw) {
		const char *code = json_as_text(member);

		if (!platform_exists(platform,
			    "SELECT 1 FROM changes WHERE feed = 'catalog'"
			    " AND entity = 'item' AND id = ?1 AND deleted = 0",
			    DB_VALUES(DB_TEXT(code)))) {
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
				"withdraw: an item that is not served");
			return false;
		}
		catalog_withdraw(catalog, "item", code, NULL);
	}
	return true;
}

static bool check_put(
	struct catalog *catalog, const struct json *put, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
		const char *entity = entities[i].entity;

		json_each (row, put) {
			g_autofree char *text =
				json_print(json_get(row, "body"));

			if (strcmp(json_text(row, "entity"), entity) == 0 &&
				!catalog_put(catalog, entity, id_of(row), text,
					error))
				return false;
		}
	}
	return true;
}

static bool check_all(
	struct platform *platform, const struct json *order, GError **error)
{
	AUTO(catalog) catalog = NULL;

	if (json_bool_or(order, "unchecked", false))
		return true;
	catalog = served_catalog(platform, error);
	if (!catalog)
		return false;
	return check_withdraw(
		       platform, catalog, json_get(order, "withdraw"), error) &&
	       check_put(catalog, json_get(order, "put"), error);
}

bool feed_check_item(struct platform *platform, const char *code,
	const struct json *body, GError **error)
{
	AUTO(catalog) catalog = served_catalog(platform, error);
	g_autofree char *text = json_print(body);

	return catalog && catalog_put(catalog, "item", code, text, error);
}

/* Publishing --------------------------------------------------------------- */

static bool withdraw(
	struct platform *platform, const char *code, GError **error)
{
	return feed_put(platform,
		&(struct change){.feed = "catalog",
			.entity = "item",
			.id = code,
			.version = "",
			.deleted = true},
		error);
}

static bool publish(
	struct platform *platform, const struct json *order, GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);

	if (!change)
		return false;
	json_each (code, json_get(order, "withdraw")) {
		if (!withdraw(platform, json_as_text(code), error))
			return false;
	}
	json_each (row, json_get(order, "put")) {
		if (!feed_put_catalog(platform, json_text(row, "entity"),
			    id_of(row), json_get(row, "body"), error))
			return false;
	}
	return db_commit(change, error);
}

static struct reply *refuse(struct platform *platform, const GError *error)
{
	if (error->domain != ITEM_ERROR)
		return reply_error(platform, error);
	return reply_problem(platform,
		error->code == ITEM_ERROR_SYNTAX ? PROBLEM_MALFORMED
						 : PROBLEM_INVALID,
		error->message);
}

struct reply *catalog_post(
	struct platform *platform, const struct request *request)
{
	struct reply *refusal = NULL;
	AUTO(json) order = request_json(platform, request, &refusal);
	struct json *result;
	g_autoptr(GError) error = NULL;

	if (!order)
		return refusal;
	if (!check_order(platform, order, &error) ||
		!check_all(platform, order, &error) ||
		!publish(platform, order, &error))
		return refuse(platform, error);
	result = json_new_object();
	json_put_int(result, "published",
		(int64_t)(json_length(json_get(order, "put")) +
			  json_length(json_get(order, "withdraw"))));
	return reply_json(platform, 200, result);
}
