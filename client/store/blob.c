/* Attachments by content: the file is whole on the disk before a row names
 * it. */
#include "client/store/blob.h"

#include <string.h>
#include <sys/stat.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/private.h"

void blob_free(struct blob *blob)
{
	if (!blob)
		return;
	g_free(blob->media_type);
	g_free(blob);
}

static bool find_blob(
	struct store *store, const char *hash, bool *known, GError **error)
{
	int64_t count = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM blobs WHERE sha256 = ?1",
		    DB_VALUES(DB_TEXT(hash)), &count, NULL, error))
		return false;
	*known = count > 0;
	return true;
}

static bool insert_blob(struct store *store, const char *hash, size_t size,
	const char *media_type, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	return change &&
	       db_run(store->db,
		       "INSERT OR IGNORE INTO blobs(sha256, size, media_type)"
		       " VALUES(?1, ?2, ?3)",
		       DB_VALUES(DB_TEXT(hash), DB_INT((int64_t)size),
			       DB_TEXT(media_type)),
		       error) &&
	       db_commit(change, error);
}

static bool write_blob(struct store *store, const char *hash, const void *data,
	size_t len, GError **error)
{
	g_autofree char *path = store_blob_path(store, hash);
	g_autofree char *folder = g_path_get_dirname(path);

	return file_make_dir(folder, error) &&
	       file_write(path, data, len, error);
}

static bool is_on_disk(struct store *store, const char *hash, size_t len)
{
	g_autofree char *path = store_blob_path(store, hash);
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
	       (size_t)info.st_size == len;
}

/* The bytes are read once: what is hashed is what is written, even when the
 * source changes meanwhile. */
bool blob_add(struct store *store, const char *path, const char *media_type,
	char hash[SHA256_TEXT], int64_t *size, GError **error)
{
	size_t len = 0;
	g_autofree char *data = NULL;
	bool known;

	if (!media_type || !*media_type || strlen(media_type) > 100) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"attachment without a media type");
		return false;
	}
	data = file_read(path, BLOB_MAX_BYTES, &len, error);
	if (!data)
		return false;
	sha256_text(data, len, hash);
	if (size)
		*size = (int64_t)len;
	if (!find_blob(store, hash, &known, error))
		return false;
	if (known && is_on_disk(store, hash, len))
		return true;
	return write_blob(store, hash, data, len, error) &&
	       (known || insert_blob(store, hash, len, media_type, error));
}

static GPtrArray *read_blobs(struct db_rows *rows, GError **error)
{
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)blob_free);

	while (db_next(rows)) {
		struct blob *blob = g_new0(struct blob, 1);

		g_ptr_array_add(list, blob);
		db_copy_text(rows, 0, blob->sha256, sizeof(blob->sha256));
		blob->size = db_int(rows, 1);
		blob->media_type = db_dup_text(rows, 2);
		if (!store_row_fits(rows, 3, "blobs", blob->sha256, error))
			return NULL;
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

GPtrArray *blobs_of_op(struct store *store, int64_t store_seq, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT b.sha256, b.size, b.media_type, b.fits FROM blobs b"
		" JOIN op_blobs o ON o.sha256 = b.sha256"
		" WHERE o.store_seq = ?1 ORDER BY b.id",
		DB_VALUES(DB_INT(store_seq)));

	return read_blobs(rows, error);
}

GPtrArray *blobs_to_send(struct store *store, int limit, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT sha256, size, media_type, fits FROM blobs b"
		" WHERE confirmed_ms IS NULL AND EXISTS"
		" (SELECT 1 FROM op_blobs o JOIN outbox_state s"
		"  ON s.store_seq = o.store_seq"
		"  WHERE o.sha256 = b.sha256 AND s.state IN (0, 1, 2, 3))"
		" ORDER BY id LIMIT ?1",
		DB_VALUES(DB_INT(limit)));

	return read_blobs(rows, error);
}

/* Ops whose last blob this was may go. */
static bool release_ops(struct store *store, const char *hash, GError **error)
{
	return db_run(store->db,
		"UPDATE outbox_state SET state = 2"
		" WHERE state = 1 AND state <> 4 AND store_seq IN"
		" (SELECT store_seq FROM op_blobs WHERE sha256 = ?1)"
		" AND NOT EXISTS (SELECT 1 FROM op_blobs o"
		"  JOIN blobs b ON b.sha256 = o.sha256"
		"  WHERE o.store_seq = outbox_state.store_seq"
		"  AND b.confirmed_ms IS NULL)",
		DB_VALUES(DB_TEXT(hash)), error);
}

bool blob_confirmed(struct store *store, const char *hash, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	if (!change ||
		!db_run(store->db,
			"UPDATE blobs SET confirmed_ms = ?2 WHERE sha256 = ?1",
			DB_VALUES(DB_TEXT(hash), DB_INT(clock_wall_ms())),
			error))
		return false;
	if (db_changed(store->db) == 0) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no such attachment");
		return false;
	}
	return release_ops(store, hash, error) && db_commit(change, error);
}

static bool verify_blob(struct store *store, const char *hash, GError **error)
{
	g_autofree char *path = store_blob_path(store, hash);
	g_autoptr(GError) cause = NULL;
	char found[SHA256_TEXT];

	if (!sha256_file(path, found, &cause)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
			"attachment %s: %s", hash, cause->message);
		return false;
	}
	if (strcmp(found, hash) != 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
			"attachment %s has other content", hash);
		return false;
	}
	return true;
}

/* A GPtrArray first: reading files inside an open SELECT would keep writers
 * waiting. */
bool blobs_verify(struct store *store, int64_t *count, GError **error)
{
	g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(
		store->db, "SELECT sha256 FROM blobs ORDER BY id", NULL);

	while (db_next(rows))
		g_ptr_array_add(hashes, db_dup_text(rows, 0));
	if (!db_end(rows, error))
		return false;
	*count = 0;
	for (guint i = 0; i < hashes->len; i++) {
		if (!verify_blob(store, hashes->pdata[i], error))
			return false;
		++*count;
	}
	return true;
}
