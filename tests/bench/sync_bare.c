/* The yardstick of bench-sync: a loop over libcurl that posts what the link
 * would post and looks at the status alone. */
#include "tests/bench/sync_bare.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "client/base/error.h"
#include "client/link/batch.h"
#include "client/store/private.h"
#include "client/store/outbox.h"
#include "tests/bench/sync_bed.h"

struct bare {
	CURL *easy;
	struct curl_slist *headers;
	int port;
};

static size_t drop(char *data, size_t size, size_t count, void *unused)
{
	(void)data;
	(void)unused;
	return size * count;
}

struct bare *bare_new(int port, const char *token)
{
	struct bare *bare = g_new0(struct bare, 1);
	g_autofree char *line =
		g_strdup_printf("Authorization: Bearer %s", token);

	bare->port = port;
	bare->easy = curl_easy_init();
	bare->headers = curl_slist_append(NULL, line);
	bare->headers = curl_slist_append(
		bare->headers, "Content-Type: application/json");
	bare->headers = curl_slist_append(bare->headers, "Expect:");
	curl_easy_setopt(bare->easy, CURLOPT_HTTPHEADER, bare->headers);
	curl_easy_setopt(bare->easy, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(bare->easy, CURLOPT_NOPROXY, "*");
	return bare;
}

void bare_free(struct bare *bare)
{
	if (!bare)
		return;
	curl_easy_cleanup(bare->easy);
	curl_slist_free_all(bare->headers);
	g_free(bare);
}

long bare_post(
	struct bare *bare, const char *path, const char *data, size_t len)
{
	g_autofree char *url =
		g_strdup_printf("http://127.0.0.1:%d%s", bare->port, path);
	long status = 0;

	curl_easy_setopt(bare->easy, CURLOPT_URL, url);
	curl_easy_setopt(
		bare->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	curl_easy_setopt(bare->easy, CURLOPT_POSTFIELDS, data);
	if (curl_easy_perform(bare->easy) == CURLE_OK)
		curl_easy_getinfo(bare->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* Preparing -------------------------------------------------------------- */

static bool write_batch(
	FILE *file, struct store *store, const GPtrArray *ops, GError **error)
{
	struct op *last = ops->pdata[ops->len - 1];
	struct batch_store from = {.uuid = store_uuid(store),
		.epoch = 1,
		.chain_head = last->hash};
	g_autoptr(GBytes) bytes = batch_request(&from, ops, error);
	gsize len;
	const void *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;
	uint64_t size = bytes ? len : 0;

	return bytes && fwrite(&size, sizeof(size), 1, file) == 1 &&
	       fwrite(data, len, 1, file) == 1;
}

static bool write_batches(FILE *file, struct store *store, GError **error)
{
	g_autoptr(GPtrArray) ops =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " OP_COLUMNS " FROM outbox o JOIN outbox_state s"
		" ON s.store_seq = o.store_seq ORDER BY o.store_seq",
		NULL);

	while (db_next(rows)) {
		g_ptr_array_add(ops, op_read(rows));
		if (ops->len < BATCH_MAX_OPS)
			continue;
		if (!write_batch(file, store, ops, error))
			return false;
		g_ptr_array_set_size(ops, 0);
	}
	return db_end(rows, error) &&
	       (ops->len == 0 || write_batch(file, store, ops, error));
}

static bool write_bodies(FILE *file, struct store *store, GError **error)
{
	AUTO(db_rows) rows = db_select(
		store->db, "SELECT body FROM outbox ORDER BY store_seq", NULL);

	while (db_next(rows)) {
		size_t len;
		const void *body = db_blob(rows, 0, &len);

		if (fwrite(body, len, 1, file) != 1 || fputc('\n', file) < 0)
			return false;
	}
	return db_end(rows, error);
}

static bool write_file(struct store *store, const char *path,
	bool (*write)(FILE *file, struct store *store, GError **error),
	GError **error)
{
	FILE *file = fopen(path, "wb");
	bool written = file && write(file, store, error);

	if (file && fclose(file) != 0)
		written = false;
	if (!written && error && !*error)
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"%s cannot be written", path);
	return written;
}

bool bare_prepare(struct store *store, const char *path, GError **error)
{
	return write_file(store, path, write_batches, error);
}

bool bare_bodies(struct store *store, const char *path, GError **error)
{
	return write_file(store, path, write_bodies, error);
}

double bare_replay(struct bare *bare, const char *path)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
	const char *at = file ? g_mapped_file_get_contents(file) : NULL;
	const char *end = at ? at + g_mapped_file_get_length(file) : NULL;
	double began = bed_now_s();

	while (at && at < end) {
		uint64_t len;

		memcpy(&len, at, sizeof(len));
		at += sizeof(len);
		if (bare_post(bare, "/v1/ops:batch", at, len) != 207)
			return -1;
		at += len;
	}
	return at ? bed_now_s() - began : -1;
}
