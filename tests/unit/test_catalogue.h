/* What the tests of a changing catalogue share: rows of the feed "catalog", put
 * into a desk's store as yikou-syncd does. */
#ifndef TESTS_UNIT_TEST_CATALOGUE_H
#define TESTS_UNIT_TEST_CATALOGUE_H

#include "tests/unit/test_app.h"

#define SHOP   "11410185DEM000022Y4410790101000" /* 个体工商户设立登记 */
#define FOOD   "11410185DEM000022Y4410190102000" /* 食品经营许可（新办） */
#define SENIOR "11410185DEM000065C5412090106000" /* 老年人优待证办理 */

/* A definition as shipped. Caller frees. */
static inline struct json *shipped(const char *name)
{
	g_autofree char *path = g_build_filename("config/catalog", name, NULL);
	g_autoptr(GError) error = NULL;
	struct json *body = json_load(path, 1 << 20, &error);

	g_assert_no_error(error);
	return body;
}

static inline struct json *shipped_promise(const char *name, int days)
{
	g_autofree char *text = g_strdup_printf("%d 工作日", days);
	struct json *body = shipped(name);

	json_put_int(json_get_mutable(body, "promise"), "days", days);
	json_put_text(json_get_mutable(body, "promise"), "text", text);
	return body;
}

/* NULL: withdrawn. */
static inline void desk_catalog(const struct desk *desk, int seq,
	const char *entity, const char *id, struct json *take_body)
{
	struct store *store = desk_store(desk);
	AUTO(json) rows = json_new_array();
	struct json *row = json_new_object();
	g_autoptr(GError) error = NULL;
	bool changed = false;

	json_put_int(row, "seq", seq);
	json_put_text(row, "entity", entity);
	json_put_text(row, "id", id);
	json_put_text(row, "version", "x");
	json_put_bool(row, "deleted", take_body == NULL);
	json_put(row, "body", take_body);
	json_add(rows, row);
	feed_apply(store, "catalog", id, "e1", rows, &changed, &error);
	g_assert_no_error(error);
	store_close(store);
}

#endif
