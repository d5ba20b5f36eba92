/* Documents of a case: a row from the decision on, the rendered file when it
 * is there, and where it came out. Until then it is pending, whatever happened
 * in between. */
#include "client/store/case.h"

#include <string.h>

#include "client/base/error.h"
#include "client/store/private.h"

void case_document_free(struct case_document *document)
{
	if (!document)
		return;
	g_free(document->kind);
	g_free(document->number);
	g_free(document->printed);
	g_free(document);
}

bool case_document_add(struct store *store, const char *case_id,
	const char *kind, const char *number, GError **error)
{
	return db_run(store->db,
		"INSERT INTO documents(case_id, kind, number, sha256, size,"
		" pages, copies, printed) VALUES(?1, ?2, ?3, '', 0, 0, 0, '')",
		DB_VALUES(DB_TEXT(case_id), DB_TEXT(kind), DB_TEXT(number)),
		error);
}

#define DOCUMENT_COLUMNS \
	"kind, number, sha256, size, pages, copies, printed, fits"

static struct case_document *read_document(
	struct db_rows *rows, const char *case_id, GError **error)
{
	struct case_document *document;

	if (!store_row_fits(rows, 7, "documents", case_id, error))
		return NULL;
	document = g_new0(struct case_document, 1);
	document->kind = db_dup_text(rows, 0);
	document->number = db_dup_text(rows, 1);
	db_copy_text(rows, 2, document->sha256, sizeof(document->sha256));
	document->size = db_int(rows, 3);
	document->pages = (int)db_int(rows, 4);
	document->copies = (int)db_int(rows, 5);
	document->printed = db_dup_text(rows, 6);
	return document;
}

GPtrArray *case_documents(
	struct store *store, const char *case_id, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(
		(GDestroyNotify)case_document_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " DOCUMENT_COLUMNS " FROM documents"
		" WHERE case_id = ?1 ORDER BY id",
		DB_VALUES(DB_TEXT(case_id)));

	while (db_next(rows)) {
		struct case_document *document =
			read_document(rows, case_id, error);

		if (!document)
			return NULL;
		g_ptr_array_add(list, document);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

static struct case_document *find_document(struct store *store,
	const char *case_id, const char *kind, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " DOCUMENT_COLUMNS " FROM documents"
		" WHERE case_id = ?1 AND kind = ?2",
		DB_VALUES(DB_TEXT(case_id), DB_TEXT(kind)));

	if (db_next(rows))
		return read_document(rows, case_id, error);
	if (db_end(rows, error))
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"case %s has no %s", case_id, kind);
	return NULL;
}

static struct json *make_body(const char *case_id,
	const struct case_document *document, const char *hash, int64_t size,
	int pages)
{
	struct json *body = json_new_object();

	json_put_text(body, "case_id", case_id);
	json_put_text(body, "kind", document->kind);
	json_put_text(body, "number", document->number);
	json_put_text(body, "sha256", hash);
	json_put_int(body, "size", size);
	json_put_int(body, "pages", pages);
	return body;
}

static bool send_op(struct store *store, const char *case_id, const char *hash,
	const struct actor *actor, struct json *take_body, GError **error)
{
	g_autoptr(GPtrArray) blobs = g_ptr_array_new();
	struct new_op op = {.agg = "case",
		.agg_id = case_id,
		.kind = "case.document",
		.actor = actor,
		.blobs = blobs};

	g_ptr_array_add(blobs, (void *)hash);
	return outbox_add(store, &op, take_body, error);
}

static bool note(struct store *store, enum audit_act act, const char *case_id,
	const char *kind, const char *reason, const struct actor *actor,
	GError **error)
{
	struct json *details = json_new_object();

	json_put_text(details, "kind", kind);
	if (reason)
		json_put_text(details, "reason", reason);
	return audit_add(
		store, act, actor, "case", case_id, "ok", details, error);
}

bool case_document_done(struct store *store, const char *case_id,
	const char *kind, const char *hash, int64_t size, int pages,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct case_document *document;
	struct json *body;
	bool same, pending;

	if (!change)
		return false;
	document = find_document(store, case_id, kind, error);
	if (!document)
		return false;
	pending = !document->sha256[0];
	same = strcmp(document->sha256, hash) == 0;
	body = make_body(case_id, document, hash, size, pages);
	case_document_free(document);
	if (!pending) {
		json_free(body);
		if (!same)
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_STATE,
				"%s of case %s has a file already", kind,
				case_id);
		return same;
	}
	return send_op(store, case_id, hash, actor, body, error) &&
	       db_run(store->db,
		       "UPDATE documents SET sha256 = ?3, size = ?4,"
		       " pages = ?5 WHERE case_id = ?1 AND kind = ?2",
		       DB_VALUES(DB_TEXT(case_id), DB_TEXT(kind), DB_TEXT(hash),
			       DB_INT(size), DB_INT(pages)),
		       error) &&
	       note(store, AUDIT_CASE_DOCUMENT, case_id, kind, NULL, actor,
		       error) &&
	       db_commit(change, error);
}

static bool was_printed(struct store *store, const char *case_id,
	const char *kind, bool *printed, GError **error)
{
	struct case_document *document =
		find_document(store, case_id, kind, error);

	if (!document)
		return false;
	*printed = *document->printed != '\0';
	case_document_free(document);
	return true;
}

bool case_document_printed(struct store *store, const char *case_id,
	const char *kind, const char *where, const char *reason,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	bool again = false;

	if (!change || !was_printed(store, case_id, kind, &again, error) ||
		!db_run(store->db,
			"UPDATE documents SET printed = ?3, copies = copies + 1"
			" WHERE case_id = ?1 AND kind = ?2",
			DB_VALUES(DB_TEXT(case_id), DB_TEXT(kind),
				DB_TEXT(text_or_empty(where))),
			error))
		return false;
	return note(store, again ? AUDIT_REPRINT : AUDIT_PRINT, case_id, kind,
		       again ? reason : NULL, actor, error) &&
	       db_commit(change, error);
}

GPtrArray *case_documents_pending(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT case_id FROM documents WHERE printed = ''"
		" GROUP BY case_id ORDER BY min(id)",
		NULL);

	while (db_next(rows))
		g_ptr_array_add(list, db_dup_text(rows, 0));
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

bool case_documents_left(
	struct store *store, struct documents_left *left, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT case_no FROM documents JOIN cases USING(case_id)"
		" WHERE printed = '' ORDER BY id",
		NULL);

	*left = (struct documents_left){0};
	while (db_next(rows)) {
		if (left->count++ == 0)
			db_copy_text(
				rows, 0, left->case_no, sizeof(left->case_no));
	}
	return db_end(rows, error);
}
