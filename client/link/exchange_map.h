/* What the exchange machine's tables look like, and how an op becomes rows of
 * them: config/exchange/national.json, data with its sources.
 *
 * A value is found by a path in the scope, the first that is not empty:
 *
 *   op      the body of the op              case  the body of the decision
 *   item    the item as the case began      site  what the configuration says
 *   meta    row_guid, batch, time, ...      row   the element of "each"
 *   with    constants of the op's row       rating  the case's rating
 *
 * "case.documents[kind=accept-notice].number" picks an element by a member,
 * "row.pages[0].sha256" by its number. Code lists turn our value into theirs;
 * one that says "both" can be turned back, so it must not fold two into one. */
#ifndef CLIENT_LINK_EXCHANGE_MAP_H
#define CLIENT_LINK_EXCHANGE_MAP_H

#include "client/base/json.h"

enum { EXCHANGE_NAME_MAX = 60, EXCHANGE_GUID_MAX = 50 };

struct exchange_map;

/* ITEM_ERROR_INVALID names table and field of what is wrong in it. */
struct exchange_map *exchange_map_load(const char *path, GError **error);
void exchange_map_free(struct exchange_map *map);
DEFINE_AUTO(exchange_map, exchange_map_free)

/* Appends {"table":"up_pro_accept","row":{...}} to rows for each row the op
 * becomes; none is well. Members "row" and "with" are put into scope, and
 * meta.row_guid: guid and a running number. ITEM_ERROR_INVALID when a value
 * does not fit; the message is "table.field: reason" with one of missing,
 * too-long, code-list, time, number. */
bool exchange_map_op(const struct exchange_map *map, const char *kind,
	struct json *scope, const char *guid, struct json *rows,
	GError **error);

/* Our value as theirs, and theirs as ours. Borrowed, NULL when it is not in the
 * list; the second also when the list does not go both ways. */
const char *exchange_map_encode(
	const struct exchange_map *map, const char *list, const char *value);
const char *exchange_map_decode(
	const struct exchange_map *map, const char *list, const char *code);

/* For the tables of a database: fields as {"name","type","max","must"}. */
const struct json *exchange_map_tables(const struct exchange_map *map);
/* The table with one row a case, by which cases are counted. */
const char *exchange_map_case_table(const struct exchange_map *map);

#endif
