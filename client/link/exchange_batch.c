/* Ops become the rows of a batch. A case goes as a whole or not at all: when
 * its decision cannot be written, what follows of it waits too. */
#include <stdio.h>
#include <string.h>

#include "client/base/error.h"
#include "client/link/exchange_inside.h"
#include "client/store/catalog_rows.h"
#include "client/store/outbox_read.h"
#include "client/store/parked.h"

/* How an op is reported. */
struct reporting {
	const struct op *op;
	const struct json *body, *decision;
	const struct json *rating; /* {"level":5}, may be NULL */
	const char *operation;     /* I, U or D */
	int version;
};

void batch_begin(struct exchange_batch *batch, struct exchange *exchange,
	const char *kind)
{
	*batch = (struct exchange_batch){.exchange = exchange,
		.kind = kind,
		.sequence = exchange->sequence + 1,
		.from = exchange->cursor,
		.to = exchange->cursor,
		.lines = g_string_new(NULL),
		.tables = json_new_object(),
		.cases = json_new_array(),
		.versions = json_new_object(),
		.set_aside = json_new_array(),
		.mended = json_new_array()};
	g_snprintf(batch->id, sizeof(batch->id), "%s-%08" G_GINT64_FORMAT,
		exchange->prefix, batch->sequence);
}

void batch_clear(struct exchange_batch *batch)
{
	g_string_free(batch->lines, TRUE);
	json_free(batch->tables);
	json_free(batch->cases);
	json_free(batch->versions);
	json_free(batch->set_aside);
	json_free(batch->mended);
}

/* Counting ----------------------------------------------------------------- */

void count_up(struct json *row, const char *name, int64_t n)
{
	json_put_int(row, name, json_int_or(row, name, 0) + n);
}

struct json *count_day(struct json *days, const char *day, const char *item)
{
	struct json *row;

	json_each (known, days) {
		if (!strcmp(json_text_or(known, "day", ""), day) &&
			!strcmp(json_text_or(known, "item", ""), item))
			return (struct json *)(uintptr_t)known;
	}
	row = json_new_object();
	json_put_text(row, "day", day);
	json_put_text(row, "item", item);
	json_add(days, row);
	return row;
}

/* The local day of an op, as its time is written. Caller frees. */
static char *day_of(const struct op *op)
{
	AUTO(json) time = json_parse(op->time, strlen(op->time), NULL);

	return g_strndup(json_text_or(time, "wall", ""), 10);
}

static const char *item_of(const struct json *decision)
{
	return json_text_or(json_get(decision, "item"), "code", "");
}

static void count_case(struct exchange_batch *batch, const struct op *op,
	const struct json *decision, int64_t written, int64_t aside)
{
	g_autofree char *day = day_of(op);
	struct json *row = count_day(batch->cases, day, item_of(decision));

	count_up(row, "written", written);
	count_up(row, "set_aside", aside);
}

/* The scope ---------------------------------------------------------------- */

/* The item as the case began with it; kept for the next case. Borrowed. */
static const struct json *kept_item(
	struct exchange *exchange, const struct json *decision)
{
	const struct json *item = json_get(decision, "item");
	const char *code = json_text_or(item, "code", "");
	const char *version = json_text_or(item, "version", "");
	g_autofree char *key = g_strdup_printf("%s %s", code, version);
	g_autofree char *text = NULL;
	struct json *kept = g_hash_table_lookup(exchange->items, key);

	if (kept)
		return json_get(kept, "item");
	text = catalog_kept_item(exchange->store, code, version);
	kept = text ? json_parse(text, strlen(text), NULL) : NULL;
	if (!kept)
		return NULL;
	g_hash_table_insert(exchange->items, g_steal_pointer(&key), kept);
	return json_get(kept, "item");
}

static void put_copy(
	struct json *scope, const char *name, const struct json *value)
{
	json_put(scope, name, value ? json_copy(value) : NULL);
}

static struct json *make_meta(
	const struct exchange_batch *batch, const struct reporting *r)
{
	AUTO(json) time = json_parse(r->op->time, strlen(r->op->time), NULL);
	struct json *meta = json_new_object();

	json_put_text(meta, "operation", r->operation);
	json_put_text(meta, "time", json_text(time, "wall"));
	json_put_text(meta, "batch", batch->id);
	json_put_int(meta, "data_version", r->version);
	return meta;
}

static struct json *make_scope(
	const struct exchange_batch *batch, const struct reporting *r)
{
	struct json *scope = json_new_object();

	put_copy(scope, "op", r->body);
	put_copy(scope, "case", r->decision);
	put_copy(scope, "item", kept_item(batch->exchange, r->decision));
	put_copy(scope, "site", batch->exchange->site);
	put_copy(scope, "rating", r->rating);
	json_put(scope, "meta", make_meta(batch, r));
	return scope;
}

/* Appends {"table","row",...} to rows. */
static bool map_op(const struct exchange_batch *batch,
	const struct reporting *r, struct json *rows, GError **error)
{
	AUTO(json) scope = make_scope(batch, r);
	g_autofree char *guid =
		r->version > 1
			? g_strdup_printf("%s-v%d", r->op->op_id, r->version)
			: g_strdup(r->op->op_id);

	return exchange_map_op(
		batch->exchange->map, r->op->kind, scope, guid, rows, error);
}

static void add_lines(struct exchange_batch *batch, const struct op *op,
	const struct json *decision, int version, const struct json *rows)
{
	g_autofree char *day = day_of(op);

	json_each (row, rows) {
		const char *table = json_text(row, "table");
		AUTO(json) line = json_new_object();
		g_autofree char *text = NULL;

		json_put_text(line, "table", table);
		json_put_text(line, "case_no", json_text(decision, "case_no"));
		json_put_text(line, "item", item_of(decision));
		json_put_text(line, "day", day);
		json_put_int(line, "data_version", version);
		json_put(line, "row", json_copy(json_get(row, "row")));
		text = json_print(line);
		g_string_append_printf(batch->lines, "%s\n", text);
		count_up(batch->tables, table, 1);
		batch->rows++;
	}
}

/* Setting aside ------------------------------------------------------------ */

/* why is "table.field: reason", or one word. */
static void set_aside(struct exchange_batch *batch, const struct op *op,
	const struct json *decision, const char *why, bool whole_case)
{
	const char *colon = strstr(why, ": ");
	g_autofree char *field =
		colon ? g_strndup(why, (gsize)(colon - why)) : NULL;
	struct json *row = json_new_object();

	json_put_int(row, "store_seq", op->store_seq);
	json_put_text(row, "op_id", op->op_id);
	json_put_text(row, "kind", op->kind);
	json_put_text(row, "case_no", json_text(decision, "case_no"));
	if (field)
		json_put_text(row, "field", field);
	json_put_text(row, "reason", colon ? colon + 2 : why);
	json_put_bool(row, "whole_case", whole_case);
	json_add(batch->set_aside, row);
	batch->aside++;
}

static bool is_aside(
	const struct exchange_batch *batch, const struct json *decision)
{
	return g_hash_table_contains(
		batch->exchange->aside, json_text_or(decision, "case_no", ""));
}

/* Of a case ---------------------------------------------------------------- */

static int version_of(
	const struct exchange *exchange, const struct json *decision)
{
	int version = GPOINTER_TO_INT(g_hash_table_lookup(
		exchange->versions, json_text_or(decision, "case_no", "")));

	return MAX(version, 1);
}

/* A value that does not fit sets the op aside; anything else ends the run. */
static bool settle(struct exchange_batch *batch, const struct op *op,
	const struct json *decision, GError *take_error, GError **error)
{
	g_autoptr(GError) why = take_error;

	if (!g_error_matches(why, ITEM_ERROR, ITEM_ERROR_INVALID)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	set_aside(batch, op, decision, why->message, op_is_decision(op));
	if (!op_is_decision(op))
		return true;
	count_case(batch, op, decision, 0, 1);
	g_hash_table_add(batch->exchange->aside,
		g_strdup(json_text_or(decision, "case_no", "")));
	return true;
}

static bool add_of_case(struct exchange_batch *batch, const struct op *op,
	const struct json *body, const struct json *decision, GError **error)
{
	AUTO(json) rows = json_new_array();
	struct reporting r = {.op = op,
		.body = body,
		.decision = decision,
		.operation = "I",
		.version = version_of(batch->exchange, decision)};
	GError *why = NULL;

	if (r.version > 1)
		r.operation = "U";
	if (is_aside(batch, decision))
		return true; /* goes with the case, once it is mended */
	if (!map_op(batch, &r, rows, &why))
		return settle(batch, op, decision, why, error);
	add_lines(batch, op, decision, r.version, rows);
	if (op_is_decision(op))
		count_case(batch, op, decision, 1, 0);
	return true;
}

/* Once more ---------------------------------------------------------------- */

static struct json *rating_among(
	struct exchange *exchange, const GPtrArray *ops, int64_t upto)
{
	for (guint i = 0; i < ops->len; i++) {
		const struct op *op = ops->pdata[i];
		bool is_void = false;
		struct json *body = strcmp(op->kind, "rating.record")
					    ? NULL
					    : op_body_now(exchange, op, upto,
						      &is_void, NULL);

		if (body)
			return body;
	}
	return NULL;
}

struct again {
	struct exchange_batch *batch;
	const GPtrArray *ops;
	struct json *decision, *rating; /* own */
	const struct op *decided;
	int64_t upto;
	int version;
	bool is_void;
};

static bool again_find(struct again *a, GError **error)
{
	struct exchange *exchange = a->batch->exchange;
	g_autoptr(GError) why = NULL;

	a->decided = case_decided(a->ops);
	a->decision = case_now(exchange, a->ops, a->upto, &a->is_void, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (!a->decision) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_STATE,
			"the case was not reported yet");
		return false;
	}
	a->rating = rating_among(exchange, a->ops, a->upto);
	a->version = version_of(exchange, a->decision) + 1;
	return true;
}

/* Everything of the case, or the first reason against it. */
static bool again_map(
	struct again *a, GPtrArray *all, const struct op **at, GError **error)
{
	for (guint i = 0; i < a->ops->len; i++) {
		struct reporting r = {.op = a->ops->pdata[i],
			.decision = a->decision,
			.rating = a->rating,
			.version = a->version};
		struct json *rows = json_new_array();
		bool is_void = false;
		AUTO(json) body = NULL;

		*at = r.op;
		g_ptr_array_add(all, rows);
		body = op_body_now(
			a->batch->exchange, r.op, a->upto, &is_void, error);
		r.body = op_is_decision(r.op) ? a->decision : body;
		r.operation = is_void || a->is_void ? "D" : "U";
		if (!body || !map_op(a->batch, &r, rows, error))
			return false;
	}
	return true;
}

static void again_note(struct again *a)
{
	struct exchange *exchange = a->batch->exchange;
	const char *case_no = json_text_or(a->decision, "case_no", "");

	json_put_int(a->batch->versions, case_no, a->version);
	json_add_text(a->batch->mended, case_no);
	g_hash_table_insert(exchange->versions, g_strdup(case_no),
		GINT_TO_POINTER(a->version));
	if (g_hash_table_remove(exchange->aside, case_no))
		count_case(a->batch, a->decided, a->decision, 1, -1);
}

static bool again_report(struct again *a, GError **error)
{
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)json_free);
	const struct op *at = NULL;
	g_autoptr(GError) why = NULL;

	if (!again_find(a, error))
		return false;
	if (!again_map(a, all, &at, &why)) {
		if (!g_error_matches(why, ITEM_ERROR, ITEM_ERROR_INVALID)) {
			g_propagate_error(error, g_steal_pointer(&why));
			return false;
		}
		set_aside(a->batch, at, a->decision, why->message, false);
		return true;
	}
	for (guint i = 0; i < all->len; i++)
		add_lines(a->batch, a->ops->pdata[i], a->decision, a->version,
			all->pdata[i]);
	again_note(a);
	return true;
}

bool batch_add_case(struct exchange_batch *batch, const char *case_id,
	int64_t upto, GError **error)
{
	g_autoptr(GPtrArray) ops =
		outbox_of_case(batch->exchange->store, case_id, upto, error);
	struct again again = {.batch = batch, .ops = ops, .upto = upto};
	bool done = ops && again_report(&again, error);

	json_free(again.decision);
	json_free(again.rating);
	return done;
}

/* op.supersede, op.void: the case of the op it is about, once more. */
static bool add_change(struct exchange_batch *batch, const struct op *op,
	const struct json *body, GError **error)
{
	AUTO(op) about = parked_find(
		batch->exchange->store, json_text_or(body, "op_id", ""), error);
	AUTO(json) old = NULL;
	AUTO(json) decision = NULL;
	g_autoptr(GError) why = NULL;

	if (!about)
		return false;
	old = json_parse(about->body, strlen(about->body), error);
	if (!old)
		return false;
	decision = case_of_op(batch->exchange, about, old, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	return !decision ||
	       batch_add_case(batch, json_text(decision, "case_id"),
		       op->store_seq, error);
}

bool batch_add(
	struct exchange_batch *batch, const struct op *op, GError **error)
{
	AUTO(json) body = json_parse(op->body, strlen(op->body), error);
	AUTO(json) decision = NULL;
	g_autoptr(GError) why = NULL;

	if (!body)
		return false;
	batch->to = op->store_seq;
	if (!strcmp(op->agg, "op"))
		return add_change(batch, op, body, error);
	decision = case_of_op(batch->exchange, op, body, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (decision && !strcmp(op->kind, "case.change"))
		return batch_add_case(batch, json_text(decision, "case_id"),
			op->store_seq, error);
	return !decision || add_of_case(batch, op, body, decision, error);
}
