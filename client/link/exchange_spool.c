/* The folder of the exchange: batches written so that a kill at any point
 * neither loses nor doubles a row, and read back as the cursor. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/link/exchange_inside.h"

static const char format_name[] = "yikou-exchange-1";

char *spool_path(
	const struct exchange *exchange, int64_t sequence, const char *ending)
{
	g_autofree char *name =
		g_strdup_printf("%08" G_GINT64_FORMAT "%s", sequence, ending);
	bool is_receipt = !strcmp(ending, ".json");

	return is_receipt ? g_build_filename(
				    exchange->spool, "receipts", name, NULL)
			  : g_build_filename(exchange->spool, name, NULL);
}

/* Writing ------------------------------------------------------------------ */

static struct json *make_manifest(struct exchange_batch *batch)
{
	const struct exchange *exchange = batch->exchange;
	g_autofree char *file = g_strdup_printf(
		"%08" G_GINT64_FORMAT ".jsonl", batch->sequence);
	g_autofree char *now = clock_iso(clock_wall_ms());
	struct json *manifest = json_new_object();
	char digest[SHA256_TEXT];

	sha256_text(batch->lines->str, batch->lines->len, digest);
	json_put_text(manifest, "format", format_name);
	json_put_text(manifest, "store", store_uuid(exchange->store));
	json_put_text(manifest, "batch", batch->id);
	json_put_text(manifest, "kind", batch->kind);
	json_put_int(manifest, "sequence", batch->sequence);
	json_put_text(manifest, "previous", exchange->previous);
	json_put_text(manifest, "file", file);
	json_put_int(manifest, "rows", batch->rows);
	json_put_int(manifest, "bytes", (int64_t)batch->lines->len);
	json_put_text(manifest, "sha256", digest);
	json_put_int(manifest, "from", batch->from);
	json_put_int(manifest, "to", batch->to);
	json_put_text(manifest, "made_at", now);
	json_put(manifest, "tables", json_copy(batch->tables));
	json_put(manifest, "cases", json_copy(batch->cases));
	json_put(manifest, "versions", json_copy(batch->versions));
	json_put(manifest, "set_aside", json_copy(batch->set_aside));
	json_put(manifest, "mended", json_copy(batch->mended));
	return manifest;
}

static void step(const struct exchange *exchange, const char *name)
{
	if (exchange->step)
		exchange->step(exchange->context, name);
}

/* The rows first; without the manifest nobody takes them, and the next run
 * writes them again under the same name. */
bool spool_write(struct exchange_batch *batch, GError **error)
{
	struct exchange *exchange = batch->exchange;
	AUTO(json) manifest = make_manifest(batch);
	g_autofree char *text = json_print(manifest);
	g_autofree char *rows = spool_path(exchange, batch->sequence, ".jsonl");
	g_autofree char *path =
		spool_path(exchange, batch->sequence, ".manifest.json");

	if (!file_write(rows, batch->lines->str, batch->lines->len, error))
		return false;
	step(exchange, "rows");
	if (!file_write(path, text, strlen(text), error))
		return false;
	step(exchange, "manifest");
	sha256_text(text, strlen(text), exchange->previous);
	exchange->sequence = batch->sequence;
	exchange->cursor = batch->to;
	return true;
}

/* Reading ------------------------------------------------------------------ */

static char *read_manifest(
	const struct exchange *exchange, int64_t sequence, GError **error)
{
	g_autofree char *path =
		spool_path(exchange, sequence, ".manifest.json");

	return file_read(path, EXCHANGE_MANIFEST_MAX, NULL, error);
}

struct json *exchange_manifest(
	const struct exchange *exchange, int64_t sequence, GError **error)
{
	g_autofree char *text = read_manifest(exchange, sequence, error);

	return text ? json_parse(text, strlen(text), error) : NULL;
}

bool exchange_manifest_digest(const struct exchange *exchange, int64_t sequence,
	char digest[SHA256_TEXT], GError **error)
{
	g_autofree char *path =
		spool_path(exchange, sequence, ".manifest.json");

	return sha256_file(path, digest, error);
}

static bool broken(int64_t sequence, const char *why, GError **error)
{
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"manifest %" G_GINT64_FORMAT " of the exchange %s", sequence,
		why);
	return false;
}

static bool check_manifest(const struct exchange *exchange,
	const struct json *manifest, int64_t sequence, GError **error)
{
	if (strcmp(json_text_or(manifest, "format", ""), format_name) ||
		json_int_or(manifest, "sequence", 0) != sequence)
		return broken(sequence, "is none", error);
	if (strcmp(json_text_or(manifest, "store", ""),
		    store_uuid(exchange->store))) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT,
			"the spool of the exchange is another store's");
		return false;
	}
	if (strcmp(json_text_or(manifest, "previous", "?"), exchange->previous))
		return broken(
			sequence, "does not follow the one before", error);
	return true;
}

void spool_apply(struct exchange *exchange, const struct json *manifest)
{
	json_each (row, json_get(manifest, "set_aside")) {
		if (json_bool_or(row, "whole_case", false))
			g_hash_table_add(exchange->aside,
				g_strdup(json_text_or(row, "case_no", "")));
	}
	json_each (number, json_get(manifest, "mended"))
		g_hash_table_remove(exchange->aside, json_as_text(number));
	json_each (version, json_get(manifest, "versions"))
		g_hash_table_insert(exchange->versions,
			g_strdup(json_name(version)),
			GINT_TO_POINTER((int)json_as_int(version, 1)));
	exchange->sequence = json_int_or(manifest, "sequence", 0);
	exchange->cursor = json_int_or(manifest, "to", 0);
}

static bool load_one(struct exchange *exchange, int64_t sequence, bool *found,
	GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *text = read_manifest(exchange, sequence, &why);
	AUTO(json) manifest = NULL;

	*found = text != NULL;
	if (!text && g_error_matches(why, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
		return true;
	if (!text) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	manifest = json_parse(text, strlen(text), NULL);
	if (!check_manifest(exchange, manifest, sequence, error))
		return false;
	spool_apply(exchange, manifest);
	sha256_text(text, strlen(text), exchange->previous);
	return true;
}

/* Temporary files of who was killed go; a manifest behind the last of the chain
 * means that one between is missing. */
static bool look_around(const struct exchange *exchange, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(exchange->spool, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		int64_t number = g_ascii_strtoll(name, NULL, 10);
		g_autofree char *path =
			g_build_filename(exchange->spool, name, NULL);

		if (number > 0 &&
			(strstr(name, ".jsonl.") || strstr(name, ".json.")))
			unlink(path);
		else if (g_str_has_suffix(name, ".manifest.json") &&
			 number > exchange->sequence)
			return broken(
				exchange->sequence + 1, "is missing", error);
	}
	return true;
}

bool spool_load(struct exchange *exchange, GError **error)
{
	bool found = true;

	for (int64_t sequence = 1; found; sequence++) {
		if (!load_one(exchange, sequence, &found, error))
			return false;
	}
	return look_around(exchange, error);
}

char *exchange_rows(const struct exchange *exchange,
	const struct json *manifest, GError **error)
{
	int64_t sequence = json_int_or(manifest, "sequence", 0);
	g_autofree char *path = spool_path(exchange, sequence, ".jsonl");
	char digest[SHA256_TEXT];
	size_t len = 0;
	g_autofree char *text = file_read(path, EXCHANGE_FILE_MAX, &len, error);

	if (!text)
		return NULL;
	sha256_text(text, len, digest);
	if (!strcmp(digest, json_text_or(manifest, "sha256", "")))
		return g_steal_pointer(&text);
	broken(sequence, "names other rows than there are", error);
	return NULL;
}

/* Receipts ----------------------------------------------------------------- */

bool exchange_has_receipt(const struct exchange *exchange, int64_t sequence)
{
	g_autofree char *path = spool_path(exchange, sequence, ".json");

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

bool exchange_put_receipt(const struct exchange *exchange, int64_t sequence,
	const struct json *receipt, GError **error)
{
	g_autofree char *path = spool_path(exchange, sequence, ".json");
	g_autofree char *text = json_print(receipt);

	return file_write(path, text, strlen(text), error);
}

static bool is_old(const char *path, int days)
{
	struct stat status;

	return stat(path, &status) == 0 &&
	       clock_wall_ms() / 1000 - status.st_mtime >
		       (int64_t)days * 24 * 60 * 60;
}

bool exchange_tidy(struct exchange *exchange, int days, GError **error)
{
	for (int64_t n = 1; n <= exchange->sequence; n++) {
		g_autofree char *receipt = spool_path(exchange, n, ".json");
		g_autofree char *rows = spool_path(exchange, n, ".jsonl");
		AUTO(json) manifest = NULL;
		AUTO(json) content = NULL;

		if (!is_old(receipt, days) ||
			!g_file_test(rows, G_FILE_TEST_EXISTS))
			continue;
		manifest = exchange_manifest(exchange, n, error);
		content = json_load(receipt, EXCHANGE_MANIFEST_MAX, NULL);
		if (!manifest)
			return false;
		if (json_int_or(content, "accepted", -1) ==
			json_int_or(manifest, "rows", 0))
			unlink(rows);
	}
	return true;
}
