/* Changes of the platform over the shipped catalogue: what is wrong changes
 * nothing, what is held lives on. */
#include "client/catalog/catalog.h"

#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/json.h"

#define FOOD   "11410185DEM000022Y4410190102000"
#define SENIOR "11410185DEM000065C5412090106000"

static struct catalog *load(void)
{
	g_autoptr(GError) error = NULL;
	struct catalog *catalog = catalog_load("config/catalog", &error);

	g_assert_no_error(error);
	return catalog;
}

static struct json *body_of(const struct catalog *catalog, const char *code)
{
	const struct catalog_item *item = catalog_find(catalog, code);

	return json_parse(item->text, strlen(item->text), NULL);
}

static bool put(struct catalog *catalog, const char *entity, const char *id,
	const struct json *body, const char *message)
{
	g_autofree char *text = json_print(body);
	g_autoptr(GError) error = NULL;
	bool done = catalog_put(catalog, entity, id, text, &error);

	if (message) {
		g_assert_nonnull(error);
		g_assert_true(error->domain == ITEM_ERROR);
		g_assert_nonnull(strstr(error->message, message));
	} else {
		g_assert_no_error(error);
	}
	return done;
}

/* {"days","unit","text"} */
static void promise(struct json *body, int days)
{
	g_autofree char *text = g_strdup_printf("%d 工作日", days);

	json_put_int(json_get_mutable(body, "promise"), "days", days);
	json_put_text(json_get_mutable(body, "promise"), "text", text);
}

static void test_item(void)
{
	AUTO(catalog) catalog = load();
	AUTO(json) body = body_of(catalog, FOOD);
	const struct catalog_item *old = catalog_find(catalog, FOOD), *now;
	g_autofree char *version = g_strdup(old->version);

	g_assert_cmpuint(strlen(version), ==, 16);
	g_assert_true(put(catalog, "item", FOOD, body, NULL));
	now = catalog_find(catalog, FOOD);
	g_assert_true(now == old); /* as it was */
	g_assert_false(now->pulled);
	item_hold(old);
	promise(body, 3);
	g_assert_true(put(catalog, "item", FOOD, body, NULL));
	now = catalog_find(catalog, FOOD);
	g_assert_cmpint(now->promise.days, ==, 3);
	g_assert_true(now->pulled);
	g_assert_cmpstr(now->version, !=, version);
	g_assert_true(catalog_find(catalog, now->handle_code) == now);
	g_assert_cmpuint(catalog_count(catalog), ==, 12);
	g_assert_cmpint(old->promise.days, ==, 5); /* held */
	item_drop(old);
}

static void test_wrong(void)
{
	static const char *const members[] = {
		"department", "handle_code", "nosuch"};
	static const char *const messages[] = {
		"item " FOOD ": department", "handle_code", "unknown member"};
	AUTO(catalog) catalog = load();
	const struct catalog_item *old = catalog_find(catalog, FOOD);
	AUTO(json) twice = body_of(catalog, FOOD);
	AUTO(json) other = body_of(catalog, SENIOR);
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		AUTO(json) body = body_of(catalog, FOOD);

		json_put_text(body, members[i], "x");
		g_assert_false(put(catalog, "item", FOOD, body, messages[i]));
	}
	json_put_int(twice, "no", 1);
	g_assert_false(put(catalog, "item", FOOD, twice, "there twice"));
	g_assert_false(put(catalog, "item", FOOD, other, "id of the row"));
	g_assert_false(put(catalog, "workflow", "x", other, "no part"));
	g_assert_false(catalog_put(catalog, "item", FOOD, "{", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
	g_assert_true(catalog_find(catalog, FOOD) == old);
	g_assert_cmpuint(catalog_count(catalog), ==, 12);
}

static void test_new_and_gone(void)
{
	AUTO(catalog) catalog = load();
	AUTO(json) body = body_of(catalog, SENIOR);
	g_autoptr(GError) error = NULL;

	g_assert_true(catalog_withdraw(catalog, "item", SENIOR, NULL));
	g_assert_null(catalog_find(catalog, SENIOR));
	g_assert_null(catalog_find(catalog, SENIOR "01"));
	g_assert_cmpuint(catalog_count(catalog), ==, 11);
	g_assert_true(catalog_withdraw(catalog, "item", SENIOR, NULL));
	g_assert_true(put(catalog, "item", SENIOR, body, NULL));
	g_assert_cmpuint(catalog_count(catalog), ==, 12);
	g_assert_false(
		catalog_withdraw(catalog, "dictionary", "township", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_assert_false(catalog_withdraw(catalog, "catalog", "catalog", NULL));
	g_assert_true(catalog_withdraw(catalog, "dictionary", "none", NULL));
}

static const char township[] =
	"{\"id\":\"township\",\"title\":\"乡镇\",\"source\":\"x\","
	"\"entries\":[{\"code\":\"1\",\"label\":\"嵩阳街道\"}]}";

static size_t options_of(const struct catalog_item *item, const char *id)
{
	const struct form_field *field = form_field_find(&item->form, id);

	g_assert_nonnull(field);
	return field->n_options;
}

/* A new dictionary goes into the items that use it, and only into them. */
static void test_dictionary(void)
{
	AUTO(catalog) catalog = load();
	const struct catalog_item *first = catalog_get(catalog, 0);
	const struct catalog_item *food = catalog_find(catalog, FOOD);
	g_autofree char *version = g_strdup(first->version);
	g_autofree char *code = g_strdup(first->code);
	g_autoptr(GError) error = NULL;
	size_t before = options_of(first, "site_township");

	item_hold(first);
	g_assert_cmpuint(before, >, 1);
	g_assert_true(catalog_put(
		catalog, "dictionary", "township", township, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(
		options_of(catalog_find(catalog, code), "site_township"), ==,
		1);
	g_assert_cmpstr(catalog_find(catalog, code)->version, !=, version);
	g_assert_cmpuint(options_of(first, "site_township"), ==, before);
	item_drop(first);
	if (!form_field_find(&food->form, "site_township"))
		g_assert_true(catalog_find(catalog, FOOD) == food);
	g_assert_false(
		catalog_put(catalog, "dictionary", "nation", township, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
}

static void test_head(void)
{
	static const char text[] =
		"{\"version\":\"%s\",\"region\":\"%s\",\"departments\":["
		"{\"name\":\"登封市民政局\",\"uscc\":\"11410185DEM000065C\"}],"
		"\"items\":[\"x\"]}";
	AUTO(catalog) catalog = load();
	g_autofree char *next = g_strdup_printf(text, "2026.12", "410185");
	g_autofree char *old = g_strdup_printf(text, "2026.9", "410185");
	g_autofree char *far = g_strdup_printf(text, "2026.12", "410100");
	AUTO(json) food = body_of(catalog, FOOD);
	AUTO(json) head = json_parse(far, strlen(far), NULL);

	g_assert_true(catalog_is_older(catalog, old));
	g_assert_false(catalog_is_older(catalog, next));
	g_assert_false(catalog_is_older(catalog, "{"));
	g_assert_false(put(catalog, "catalog", "catalog", head, "region"));
	g_assert_cmpstr(catalog_version(catalog), ==, "2026.11");
	g_assert_true(catalog_put(catalog, "catalog", "catalog", next, NULL));
	g_assert_cmpstr(catalog_version(catalog), ==, "2026.12");
	promise(food, 3); /* its department is gone */
	g_assert_false(put(catalog, "item", FOOD, food, "department"));
}

/* A kept item is the same, whatever became of the catalogue. */
static void test_kept(void)
{
	AUTO(catalog) catalog = load();
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < catalog_count(catalog); i++)
		g_ptr_array_add(texts, item_keep(catalog_get(catalog, i)));
	for (guint i = 0; i < texts->len; i++) {
		const struct catalog_item *item = catalog_get(catalog, i);
		g_autoptr(GError) error = NULL;
		const struct catalog_item *kept =
			item_kept(texts->pdata[i], &error);

		g_assert_no_error(error);
		g_assert_cmpstr(kept->version, ==, item->version);
		g_assert_cmpstr(kept->name, ==, item->name);
		g_assert_cmpuint(kept->form.n_fields, ==, item->form.n_fields);
		item_drop(kept);
	}
	g_assert_null(item_kept("{}", NULL));
	g_assert_null(item_kept("", NULL));
	item_drop(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/catalog/change/item", test_item);
	g_test_add_func("/catalog/change/wrong", test_wrong);
	g_test_add_func("/catalog/change/new-and-gone", test_new_and_gone);
	g_test_add_func("/catalog/change/dictionary", test_dictionary);
	g_test_add_func("/catalog/change/head", test_head);
	g_test_add_func("/catalog/change/kept", test_kept);
	return g_test_run();
}
