/* The exchange as a whole: opening, running, one case again. */
#include "client/link/exchange.h"

#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/link/exchange_inside.h"
#include "client/store/outbox_read.h"

enum {
	OPS_MAX = 500,
	BATCH_BYTES = 8 << 20,
	ITEMS_MAX = 200, /* kept in memory at a time */
};

/* Opening ------------------------------------------------------------------ */

static struct json *make_site(const struct exchange_options *options)
{
	struct json *site = json_new_object();

	json_put_text(site, "data_source", options->data_source);
	json_put_text(site, "org_code", options->org_code);
	json_put_text(site, "org_name", options->org_name);
	json_put_text(site, "region", options->region);
	json_put_text(site, "window", options->window);
	return site;
}

static bool open_spool(struct exchange *exchange, GError **error)
{
	g_autofree char *receipts =
		g_build_filename(exchange->spool, "receipts", NULL);
	g_autofree char *lock =
		g_build_filename(exchange->spool, "exchange.lock", NULL);

	if (!file_make_dir(receipts, error))
		return false;
	exchange->lock = file_lock(lock, error);
	return exchange->lock >= 0 && spool_load(exchange, error);
}

/* Rows that went out of a store which no longer has their ops. */
static bool check_store(struct exchange *exchange, GError **error)
{
	struct outbox_rest rest;

	if (!outbox_rest(exchange->store, exchange->cursor, &rest, error))
		return false;
	if (rest.last >= exchange->cursor)
		return true;
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"the exchange is ahead of the store, which came from a "
		"backup: begin a new spool");
	return false;
}

struct exchange *exchange_open(struct store *store,
	const struct exchange_options *options, GError **error)
{
	AUTO(exchange) exchange = g_new0(struct exchange, 1);

	exchange->lock = -1;
	exchange->store = store;
	exchange->spool = g_strdup(options->spool);
	exchange->prefix =
		g_strdup_printf("%s-%s", options->region, options->window);
	exchange->max_ops = options->max_ops > 0 ? options->max_ops : OPS_MAX;
	exchange->step = options->step;
	exchange->context = options->context;
	exchange->site = make_site(options);
	exchange->versions =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	exchange->aside =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	exchange->items = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_free);
	exchange->map = exchange_map_load(options->map, error);
	if (!exchange->map || !open_spool(exchange, error) ||
		!check_store(exchange, error))
		return NULL;
	return g_steal_pointer(&exchange);
}

void exchange_close(struct exchange *exchange)
{
	if (!exchange)
		return;
	if (exchange->lock >= 0)
		close(exchange->lock);
	g_clear_pointer(&exchange->versions, g_hash_table_unref);
	g_clear_pointer(&exchange->aside, g_hash_table_unref);
	g_clear_pointer(&exchange->items, g_hash_table_unref);
	exchange_map_free(exchange->map);
	json_free(exchange->site);
	g_free(exchange->spool);
	g_free(exchange->prefix);
	g_free(exchange);
}

int64_t exchange_sequence(const struct exchange *exchange)
{
	return exchange->sequence;
}

const struct json *exchange_tables(const struct exchange *exchange)
{
	return exchange_map_tables(exchange->map);
}

const char *exchange_store_uuid(const struct exchange *exchange)
{
	return store_uuid(exchange->store);
}

/* Running ------------------------------------------------------------------ */

static bool fill(
	struct exchange_batch *batch, const GPtrArray *ops, GError **error)
{
	for (guint i = 0; i < ops->len && batch->lines->len < BATCH_BYTES;
		i++) {
		if (!batch_add(batch, ops->pdata[i], error))
			return false;
	}
	return true;
}

/* Also a batch without rows: it moves the cursor. */
static bool finish(struct exchange_batch *batch, struct exchange_done *done,
	GError **error)
{
	if (!spool_write(batch, error))
		return false;
	done->batches++;
	done->rows += batch->rows;
	done->set_aside += batch->aside;
	return true;
}

static bool run_batch(struct exchange *exchange, const GPtrArray *ops,
	struct exchange_done *done, GError **error)
{
	struct exchange_batch batch;
	bool ok;

	if (g_hash_table_size(exchange->items) > ITEMS_MAX)
		g_hash_table_remove_all(exchange->items);
	batch_begin(&batch, exchange, "ops");
	ok = fill(&batch, ops, error) && finish(&batch, done, error);
	batch_clear(&batch);
	return ok;
}

bool exchange_run(
	struct exchange *exchange, struct exchange_done *done, GError **error)
{
	*done = (struct exchange_done){0};
	for (;;) {
		g_autoptr(GPtrArray) ops = outbox_after(exchange->store,
			exchange->cursor, exchange->max_ops, error);

		if (!ops)
			return false;
		if (ops->len == 0)
			return true;
		if (!run_batch(exchange, ops, done, error))
			return false;
	}
}

bool exchange_report_again(struct exchange *exchange, const char *number,
	struct exchange_done *done, GError **error)
{
	g_autofree char *case_id =
		outbox_case_of_number(exchange->store, number, error);
	struct exchange_batch batch;
	bool ok;

	*done = (struct exchange_done){0};
	if (!case_id)
		return false;
	batch_begin(&batch, exchange, "again");
	ok = batch_add_case(&batch, case_id, exchange->cursor, error) &&
	     finish(&batch, done, error);
	batch_clear(&batch);
	return ok;
}
