/* What changed, in commit order: feeds "tickets", "cases" and "catalog".
 *
 * A feed holds the newest change of each thing; read from the start it is a
 * snapshot. A row never appears later with a smaller seq, because seq is given
 * in the only writer's transaction. */
#ifndef CLIENT_PLATFORM_FEEDS_H
#define CLIENT_PLATFORM_FEEDS_H

#include "client/base/json.h"
#include "client/platform/platform.h"

const char *const *feed_names(void); /* NULL ended */

/* Inside the caller's transaction. */
struct change {
	const char *feed, *entity, *id;
	const char *version;
	bool deleted;     /* a tombstone: body is NULL */
	const char *body; /* JSON text */
};
bool feed_put(
	struct platform *platform, const struct change *change, GError **error);

/* Of a catalogue row: the beginning of its text's digest. Caller frees. */
char *feed_version(const char *text);

/* Forgets tombstones made before the given time. A client whose cursor is
 * older than one of them gets 410 and starts again. */
bool feed_prune(struct platform *platform, int64_t before_ms, GError **error);

/* A row of feed "catalog", unless it is served like this already. Inside the
 * caller's transaction. */
bool feed_put_catalog(struct platform *platform, const char *entity,
	const char *id, const struct json *body, GError **error);

/* Makes feed "catalog" equal to the files of config/catalog: entities
 * "catalog" (catalog.json), "item" and "dictionary". What is the same as
 * before is not sent again. One transaction. */
bool feed_load_catalog(
	struct platform *platform, const char *dir, GError **error);

/* Would the catalogue that is served take this item? ITEM_ERROR says why not.
 */
bool feed_check_item(struct platform *platform, const char *code,
	const struct json *body, GError **error);

#endif
