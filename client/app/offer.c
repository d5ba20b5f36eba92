/* Joins the catalogue of the files with what the platform sends. Every row is
 * checked like a file before it counts; a wrong one is set aside and the old
 * one stays, and it is tried again with what arrives later, because rows may
 * need each other (a department, a dictionary, a number that became free). */
#include "client/app/offer.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/log.h"
#include "ui/text.h"

/* Withdrawals at a time: one in so many. */
enum { WITHDRAW_PART = 20 };

/* Applying ----------------------------------------------------------------- */

/* Withdrawn items make room, heads and dictionaries are needed by items, and a
 * dictionary can go when no item uses it any more. */
static int rank_of(const struct catalog_row *row)
{
	bool is_item = strcmp(row->entity, "item") == 0;

	if (row->deleted)
		return is_item ? 0 : 4;
	if (strcmp(row->entity, "catalog") == 0)
		return 1;
	return is_item ? 3 : 2;
}

static int compare_ranks(gconstpointer a, gconstpointer b)
{
	const struct catalog_row *const *left = a, *const *right = b;
	int ranks = rank_of(*left) - rank_of(*right);

	if (ranks)
		return ranks;
	return ((*left)->seq > (*right)->seq) - ((*left)->seq < (*right)->seq);
}

static bool apply_row(
	struct catalog *catalog, const struct catalog_row *row, GError **error)
{
	if (row->deleted)
		return catalog_withdraw(catalog, row->entity, row->id, error);
	return catalog_put(catalog, row->entity, row->id, row->body, error);
}

static bool is_open(const struct catalog_row *row)
{
	return !row->verdict || strcmp(row->verdict, "held") != 0;
}

/* Again and again while it helps; errors[i] is why row i is not in. */
static void apply_rows(
	struct catalog *catalog, const GPtrArray *rows, GError **errors)
{
	g_autofree bool *in = g_new0(bool, rows->len + 1);
	bool moved = true;

	while (moved) {
		moved = false;
		for (guint i = 0; i < rows->len; i++) {
			if (in[i] || !is_open(rows->pdata[i]))
				continue;
			g_clear_error(&errors[i]);
			in[i] = apply_row(catalog, rows->pdata[i], &errors[i]);
			moved = moved || in[i];
		}
	}
}

static void errors_free(GError **errors, guint count)
{
	for (guint i = 0; i < count; i++)
		g_clear_error(&errors[i]);
	g_free(errors);
}

/* Loading ------------------------------------------------------------------ */

static const char *head_of(const GPtrArray *rows)
{
	for (guint i = 0; rows && i < rows->len; i++) {
		const struct catalog_row *row = rows->pdata[i];

		if (strcmp(row->entity, "catalog") == 0 && !row->deleted)
			return row->body;
	}
	return NULL;
}

static bool add_taken(struct catalog *catalog, struct store *store,
	GPtrArray *sentences, GError **error)
{
	g_autoptr(GPtrArray) rows = catalog_taken(store, error);
	GError **errors;
	const char *head;

	if (!rows)
		return false;
	head = head_of(rows);
	if (head && catalog_is_older(catalog, head))
		return true;
	errors = g_new0(GError *, rows->len + 1);
	g_ptr_array_sort(rows, compare_ranks);
	apply_rows(catalog, rows, errors);
	for (guint i = 0; i < rows->len; i++) {
		if (!errors[i])
			continue;
		log_error(errors[i], "taken from the platform before");
		if (sentences)
			g_ptr_array_add(
				sentences, g_strdup(errors[i]->message));
	}
	errors_free(errors, rows->len);
	return true;
}

struct catalog *offer_load(const char *dir, struct store *store,
	GPtrArray *sentences, GError **error)
{
	AUTO(catalog) catalog = catalog_load(dir, error);

	if (!catalog || (store && !add_taken(catalog, store, sentences, error)))
		return NULL;
	return g_steal_pointer(&catalog);
}

/* The guard ---------------------------------------------------------------- */

static bool is_withdrawal(
	const struct catalog *catalog, const struct catalog_row *row)
{
	return row->deleted && strcmp(row->entity, "item") == 0 &&
	       strcmp(row->state, "agreed") != 0 &&
	       catalog_find(catalog, row->id);
}

static void guard(const struct catalog *catalog, const GPtrArray *rows,
	struct offer_news *news)
{
	size_t offered = catalog_count(catalog);
	guint count = 0;

	for (guint i = 0; i < rows->len; i++)
		count += is_withdrawal(catalog, rows->pdata[i]);
	if (count <= MAX(1, offered / WITHDRAW_PART) && count < offered)
		return;
	news->held = (int)count;
	for (guint i = 0; i < rows->len; i++) {
		struct catalog_row *row = rows->pdata[i];

		if (!is_withdrawal(catalog, row))
			continue;
		row->verdict = "held";
		news->held_is_news =
			news->held_is_news || strcmp(row->state, "held") != 0;
	}
}

/* What changed ------------------------------------------------------------- */

static GHashTable *hold_all(const struct catalog *catalog)
{
	GHashTable *held = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)item_drop);

	for (size_t i = 0; i < catalog_count(catalog); i++) {
		const struct catalog_item *item = catalog_get(catalog, i);

		g_hash_table_insert(
			held, item->code, (gpointer)item_hold(item));
	}
	return held;
}

static void count_item(
	struct offer_news *news, int *count, const struct catalog_item *item)
{
	(*count)++;
	if (!news->name)
		news->name = g_strdup(item->name);
}

static void compare(const struct catalog *catalog, GHashTable *before,
	struct offer_news *news)
{
	GHashTableIter iter;
	gpointer value;

	for (size_t i = 0; i < catalog_count(catalog); i++) {
		const struct catalog_item *item = catalog_get(catalog, i);
		const struct catalog_item *old =
			g_hash_table_lookup(before, item->code);

		if (!old)
			count_item(news, &news->added, item);
		else if (strcmp(old->version, item->version) != 0)
			count_item(news, &news->changed, item);
	}
	g_hash_table_iter_init(&iter, before);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct catalog_item *old = value;

		if (!catalog_find(catalog, old->code))
			count_item(news, &news->withdrawn, old);
	}
}

/* Updating ----------------------------------------------------------------- */

void offer_news_clear(struct offer_news *news)
{
	g_free(news->name);
	g_clear_pointer(&news->sentences, g_ptr_array_unref);
	memset(news, 0, sizeof(*news));
}

static void judge_row(
	struct catalog_row *row, const GError *why, struct offer_news *news)
{
	const char *verdict = why ? error_name(why) : "taken";

	if (!is_open(row))
		verdict = "held";
	if (why && is_open(row)) {
		g_ptr_array_add(news->sentences, text_error_detail(why));
		if (strcmp(row->state, verdict) != 0) {
			news->wrong++;
			log_error(why, "the platform's catalogue");
		}
	}
	row->verdict = strcmp(row->state, verdict) ? verdict : NULL;
}

static void put_rows(
	struct catalog *catalog, GPtrArray *rows, struct offer_news *news)
{
	GError **errors = g_new0(GError *, rows->len + 1);
	g_autoptr(GHashTable) before = hold_all(catalog);

	g_ptr_array_sort(rows, compare_ranks);
	guard(catalog, rows, news);
	apply_rows(catalog, rows, errors);
	for (guint i = 0; i < rows->len; i++)
		judge_row(rows->pdata[i], errors[i], news);
	compare(catalog, before, news);
	errors_free(errors, rows->len);
}

/* By the newest catalog.json of the platform. */
static bool platform_is_older(const struct catalog *catalog,
	struct store *store, const GPtrArray *waiting)
{
	const char *head = head_of(waiting);
	g_autofree char *taken = head ? NULL : catalog_taken_head(store);

	head = head ? head : taken;
	return head && catalog_is_older(catalog, head);
}

bool offer_update(struct catalog *catalog, struct store *store, bool look_only,
	struct offer_news *news, GError **error)
{
	g_autoptr(GPtrArray) waiting = catalog_waiting(store, error);

	*news = (struct offer_news){
		.sentences = g_ptr_array_new_with_free_func(g_free)};
	if (!waiting)
		return false;
	news->is_older = platform_is_older(catalog, store, waiting);
	if (waiting->len == 0 || news->is_older)
		return true;
	put_rows(catalog, waiting, news);
	return look_only || catalog_settle(store, waiting, error);
}
