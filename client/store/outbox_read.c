/* Ops as others than the platform's link read them. */
#include "client/store/outbox_read.h"

#include <string.h>

#include "client/base/error.h"
#include "client/store/private.h"

#define FROM_OPS                              \
	"SELECT " OP_COLUMNS " FROM outbox o" \
	" JOIN outbox_state s ON s.store_seq = o.store_seq"
#define ABOUT_CASES "o.agg IN ('case', 'rating', 'op')"

/* NULL when the row is not what was written. */
static struct op *read_sound(struct db_rows *rows, GError **error)
{
	AUTO(op) op = op_read(rows);
	char digest[SHA256_TEXT];

	if (!store_row_fits(rows, OP_COLUMN_FITS, "outbox", op->op_id, error))
		return NULL;
	sha256_text(op->body, strlen(op->body), digest);
	if (strcmp(digest, op->body_sha256) == 0)
		return g_steal_pointer(&op);
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"outbox row %" G_GINT64_FORMAT " is edited", op->store_seq);
	return NULL;
}

static GPtrArray *take_ops(struct db_rows *take_rows, GError **error)
{
	AUTO(db_rows) rows = take_rows;
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);

	while (db_next(rows)) {
		struct op *op = read_sound(rows, error);

		if (!op)
			return NULL;
		g_ptr_array_add(list, op);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

GPtrArray *outbox_after(
	struct store *store, int64_t after, int limit, GError **error)
{
	return take_ops(db_select(store->db,
				FROM_OPS " WHERE o.store_seq > ?1"
					 " AND " ABOUT_CASES
					 " ORDER BY o.store_seq LIMIT ?2",
				DB_VALUES(DB_INT(after), DB_INT(limit))),
		error);
}

GPtrArray *outbox_of_case(
	struct store *store, const char *case_id, int64_t upto, GError **error)
{
	return take_ops(db_select(store->db,
				FROM_OPS " WHERE o.agg_id IN (SELECT ?1"
					 " UNION ALL SELECT rating_id"
					 " FROM ratings WHERE case_id = ?1)"
					 " AND o.store_seq <= ?2"
					 " ORDER BY o.store_seq",
				DB_VALUES(DB_TEXT(case_id), DB_INT(upto))),
		error);
}

bool outbox_correction(struct store *store, const char *op_id, int64_t upto,
	char **body, bool *is_void, GError **error)
{
	g_autoptr(GPtrArray) list = take_ops(
		db_select(store->db,
			FROM_OPS " WHERE o.agg_id = ?1 AND o.agg = 'op'"
				 " AND o.store_seq <= ?2"
				 " ORDER BY o.store_seq",
			DB_VALUES(DB_TEXT(op_id), DB_INT(upto))),
		error);

	*body = NULL;
	*is_void = false;
	for (guint i = 0; list && i < list->len; i++) {
		const struct op *op = list->pdata[i];
		AUTO(json) about = json_parse(op->body, strlen(op->body), NULL);

		*is_void = strcmp(op->kind, "op.void") == 0;
		g_clear_pointer(body, g_free);
		if (!*is_void && json_get(about, "body"))
			*body = json_print(json_get(about, "body"));
	}
	return list != NULL;
}

char *outbox_case_of_number(
	struct store *store, const char *number, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT case_id FROM cases WHERE case_no = ?1 OR case_no ="
		" substr(?1, -14, 8) || '-' || substr(?1, -6, 2) || '-'"
		" || substr(?1, -4)",
		DB_VALUES(DB_TEXT(number)));
	g_autofree char *found = NULL;

	if (*number && db_next(rows))
		found = db_dup_text(rows, 0);
	if (!db_end(rows, error))
		return NULL;
	if (!found)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no case has this number");
	return g_steal_pointer(&found);
}

bool outbox_rest(struct store *store, int64_t after, struct outbox_rest *rest,
	GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT count(*), coalesce(min(wall_ms), 0), (SELECT"
		" coalesce(max(store_seq), 0) FROM outbox) FROM outbox o"
		" WHERE store_seq > ?1 AND " ABOUT_CASES,
		DB_VALUES(DB_INT(after)));

	*rest = (struct outbox_rest){0};
	if (db_next(rows))
		*rest = (struct outbox_rest){.count = db_int(rows, 0),
			.oldest_ms = db_int(rows, 1),
			.last = db_int(rows, 2)};
	return db_end(rows, error);
}

GArray *outbox_days(struct store *store, int64_t upto, GError **error)
{
	g_autoptr(GArray) days =
		g_array_new(FALSE, TRUE, sizeof(struct outbox_day));
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT strftime('%Y-%m-%d', wall_ms / 1000, 'unixepoch',"
		" 'localtime') AS day,"
		" coalesce(json_extract(CAST(body AS TEXT), '$.item.code'), '')"
		" AS item, count(*) FROM outbox"
		" WHERE kind IN ('case.accept', 'case.refuse')"
		" AND store_seq <= ?1 GROUP BY day, item ORDER BY day, item",
		DB_VALUES(DB_INT(upto)));

	while (db_next(rows)) {
		struct outbox_day day = {.cases = db_int(rows, 2)};

		db_copy_text(rows, 0, day.day, sizeof(day.day));
		db_copy_text(rows, 1, day.item, sizeof(day.item));
		g_array_append_val(days, day);
	}
	return db_end(rows, error) ? g_steal_pointer(&days) : NULL;
}
