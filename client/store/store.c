/* Opening the store, its identity, small facts, counts, seals. */
#include "client/store/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/file.h"

/* "yiko" */
enum { STORE_APPLICATION_ID = 0x79696b6f };

static bool write_key_file(const char *path, const uint8_t *key, GError **error)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0400);
	bool written = fd >= 0 && file_share(fd, path) &&
		       write(fd, key, STORE_KEY_LEN) == STORE_KEY_LEN &&
		       fsync(fd) == 0;
	int cause = errno;

	if (fd >= 0)
		close(fd);
	if (!written)
		g_set_error(error, STORE_ERROR,
			cause == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_IO,
			"%s: %s", path, g_strerror(cause));
	return written;
}

static bool sync_dir(const char *dir, GError **error)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (!done)
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: %s", dir,
			g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return done;
}

/* Screen and syncd may both come first: a whole file is made beside and linked
 * into place, and the one who comes second takes the other's. */
static bool make_key(const char *dir, const char *path, GError **error)
{
	g_autofree char *beside =
		g_strdup_printf("%s.%ld", path, (long)getpid());
	uint8_t key[STORE_KEY_LEN];
	bool made;

	random_bytes(key, sizeof(key));
	unlink(beside);
	made = write_key_file(beside, key, error);
	if (made && link(beside, path) != 0 && errno != EEXIST) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: %s", path,
			g_strerror(errno));
		made = false;
	}
	unlink(beside);
	secret_wipe(key, sizeof(key));
	return made && sync_dir(dir, error);
}

static bool load_key(
	const char *dir, uint8_t key[STORE_KEY_LEN], GError **error)
{
	g_autofree char *path = g_build_filename(dir, "window.key", NULL);
	g_autofree char *file = g_build_filename(dir, "window.db", NULL);
	/* Asked first: who comes second may see the other's file appear after
	 * having missed the key, which is always made before. */
	bool has_file = g_file_test(file, G_FILE_TEST_EXISTS);
	g_autofree char *content = NULL;
	size_t len = 0;

	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		if (has_file) {
			g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
				"%s is missing, the store cannot be checked",
				path);
			return false;
		}
		if (!make_key(dir, path, error))
			return false;
	}
	content = file_read(path, STORE_KEY_LEN, &len, error);
	if (!content)
		return false;
	if (len != STORE_KEY_LEN) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
			"%s: %d bytes are needed", path, STORE_KEY_LEN);
		return false;
	}
	memcpy(key, content, len);
	secret_wipe(content, len);
	return true;
}

static bool open_db(struct store *store, GError **error)
{
	g_autofree char *path = g_build_filename(store->dir, "window.db", NULL);
	uint8_t key[STORE_KEY_LEN];
	struct db_options options = {
		.path = path,
		.key = key,
		.key_len = sizeof(key),
		.migrations = store_migrations,
		.migration_count = store_migration_count,
		.application_id = STORE_APPLICATION_ID,
	};

	if (!load_key(store->dir, key, error))
		return false;
	store->db = db_open(&options, error);
	secret_wipe(key, sizeof(key));
	return store->db != NULL;
}

static bool read_meta(
	struct store *store, const char *name, char **value, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT value, fits FROM meta WHERE name = ?1",
		DB_VALUES(DB_TEXT(name)));

	*value = NULL;
	if (db_next(rows)) {
		if (!store_row_fits(rows, 1, "meta", name, error))
			return false;
		*value = db_dup_text(rows, 0);
	}
	return db_end(rows, error);
}

/* The first row of the audit chain follows this, so that the chain of another
 * store does not fit. */
static void set_genesis(struct store *store, const char *installed)
{
	g_autofree char *text =
		g_strdup_printf("yikou-audit-0 %s %s", store->uuid, installed);

	sha256(text, strlen(text), store->audit_genesis);
}

static bool make_identity(struct store *store, char **installed, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	g_autofree char *uuid = NULL;

	if (!change || !read_meta(store, "store_uuid", &uuid, error))
		return false;
	if (uuid) {
		g_strlcpy(store->uuid, uuid, sizeof(store->uuid));
		return read_meta(store, "installed", installed, error);
	}
	uuid7(store->uuid);
	*installed = clock_iso(clock_wall_ms());
	return store_put_meta(store, "store_uuid", store->uuid, error) &&
	       (!*store->window ||
		       store_put_meta(store, "window", store->window, error)) &&
	       store_put_meta(store, "installed", *installed, error) &&
	       store_put_meta(store, "store_epoch", "1", error) &&
	       db_commit(change, error);
}

static bool load_identity(struct store *store, GError **error)
{
	g_autofree char *uuid = NULL;
	g_autofree char *installed = NULL;

	if (!read_meta(store, "store_uuid", &uuid, error) ||
		!read_meta(store, "installed", &installed, error))
		return false;
	if (uuid)
		g_strlcpy(store->uuid, uuid, sizeof(store->uuid));
	else if (!make_identity(store, &installed, error))
		return false;
	set_genesis(store, text_or_empty(installed));
	return true;
}

/* A store says itself whose it is; one that was made before stores did so
 * learns it from the first who opens it as his. */
static bool settle_window(struct store *store, GError **error)
{
	g_autofree char *own = NULL;

	if (!read_meta(store, "window", &own, error))
		return false;
	if (!own && *store->window)
		return store_set_meta(store, "window", store->window, error);
	if (own && (!*store->window || strcmp(own, store->window) == 0)) {
		g_strlcpy(store->window, own, sizeof(store->window));
		return true;
	}
	if (own)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FOREIGN,
			"%s: the store of window %s, not of %s", store->dir,
			own, store->window);
	else
		g_set_error(error, STORE_ERROR, STORE_ERROR_FOREIGN,
			"%s: does not say which window it is of; start yikou "
			"there once",
			store->dir);
	return false;
}

static bool check_window(const char *window, GError **error)
{
	size_t len = strlen(window);

	if (len >= 1 && len <= 4 && strspn(window, "0123456789") == len)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"window number \"%s\": 1 to 4 digits", window);
	return false;
}

static struct store *open_in(
	const char *state_dir, const char *window, GError **error)
{
	struct store *store = g_new0(struct store, 1);

	store->dir = g_strdup(state_dir);
	g_strlcpy(store->window, window, sizeof(store->window));
	if (open_db(store, error) && load_identity(store, error) &&
		settle_window(store, error))
		return store;
	store_close(store);
	return NULL;
}

struct store *store_open(
	const char *state_dir, const char *window, GError **error)
{
	g_autofree char *blobs = g_build_filename(state_dir, "blobs", NULL);

	if (!check_window(window, error) || !file_make_dir(blobs, error))
		return NULL;
	return open_in(state_dir, window, error);
}

struct store *store_open_copy(const char *state_dir, GError **error)
{
	g_autofree char *file = g_build_filename(state_dir, "window.db", NULL);

	if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
		return open_in(state_dir, "", error);
	g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
		"no store: %s is not there", file);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	db_close(store->db);
	g_free(store->dir);
	g_free(store);
}

const char *store_uuid(const struct store *store)
{
	return store->uuid;
}

const char *store_window(const struct store *store)
{
	return store->window;
}

char *store_blob_path(const struct store *store, const char *sha256)
{
	char folder[3] = {sha256[0], sha256[0] ? sha256[1] : '\0', '\0'};

	return g_build_filename(store->dir, "blobs", folder, sha256, NULL);
}

char *store_meta(struct store *store, const char *name)
{
	char *value = NULL;

	read_meta(store, name, &value, NULL);
	return value;
}

bool store_put_meta(struct store *store, const char *name, const char *value,
	GError **error)
{
	if (!value)
		return db_run(store->db, "DELETE FROM meta WHERE name = ?1",
			DB_VALUES(DB_TEXT(name)), error);
	return db_run(store->db,
		"INSERT INTO meta(name, value) VALUES(?1, ?2)"
		" ON CONFLICT(name) DO UPDATE SET value = excluded.value",
		DB_VALUES(DB_TEXT(name), DB_TEXT(value)), error);
}

bool store_set_meta(struct store *store, const char *name, const char *value,
	GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	return change && store_put_meta(store, name, value, error) &&
	       db_commit(change, error);
}

int64_t store_clock_offset(struct store *store, bool *known)
{
	g_autofree char *text = store_meta(store, "clock_offset_ms");

	*known = text && *text;
	return *known ? g_ascii_strtoll(text, NULL, 10) : 0;
}

struct actor store_system_actor(const struct store *store)
{
	return (struct actor){
		.staff_no = "system",
		.staff_name = "",
		.role = "system",
		.window = store->window,
		.session = "",
	};
}

bool store_row_fits(struct db_rows *rows, int column, const char *table,
	const char *id, GError **error)
{
	if (db_int(rows, column))
		return true;
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"seal of %s %s does not fit", table, id);
	return false;
}

bool check_reason(const char *reason, int max_chars, GError **error)
{
	if (!reason || g_utf8_strlen(reason, -1) <= max_chars)
		return true;
	return fault_set(error, ITEM_ERROR_TOO_LARGE, NULL, 0,
		"the reason is over %d characters", max_chars);
}

const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

void json_put_filled(struct json *object, const char *name, const char *text)
{
	json_put(object, name, json_new_text(text && *text ? text : NULL));
}

void json_put_time(struct json *object, const char *name, int64_t wall_ms)
{
	g_autofree char *text = wall_ms ? clock_iso(wall_ms) : NULL;

	json_put(object, name, json_new_text(text));
}

/* Op states: 0 queued, 1 waits for a blob, 2 ready, 3 leased, 4 acknowledged,
 * 5 conflict, 6 dead, 7 void. */
static bool count_ops(
	struct store *store, struct store_counts *counts, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT (SELECT count(*) FROM outbox_state"
		"  WHERE state IN (0, 1, 2, 3) AND state <> 4),"
		" (SELECT count(*) FROM outbox_state"
		"  WHERE state IN (5, 6) AND state <> 4),"
		" (SELECT wall_ms FROM outbox WHERE store_seq ="
		"  (SELECT min(store_seq) FROM outbox_state"
		"   WHERE state IN (0, 1, 2, 3) AND state <> 4)),"
		" (SELECT coalesce(max(row), 0) FROM cases),"
		" (SELECT count(*) FROM blobs b WHERE confirmed_ms IS NULL"
		"  AND EXISTS (SELECT 1 FROM op_blobs o"
		"   WHERE o.sha256 = b.sha256))",
		NULL);

	if (db_next(rows)) {
		counts->unsent = db_int(rows, 0);
		counts->parked = db_int(rows, 1);
		counts->oldest_ms = db_int(rows, 2);
		counts->cases = db_int(rows, 3);
		counts->blobs = db_int(rows, 4);
	}
	return db_end(rows, error);
}

bool store_counts(
	struct store *store, struct store_counts *counts, GError **error)
{
	g_autofree char *series = g_strdup_printf("case:%s", store->window);

	memset(counts, 0, sizeof(*counts));
	if (!count_ops(store, counts, error))
		return false;
	return db_get_int(store->db,
		"SELECT coalesce(sum(last - next + 1), 0) FROM number_blocks"
		" WHERE series = ?1",
		DB_VALUES(DB_TEXT(series)), &counts->numbers, NULL, error);
}

static bool verify_table(
	struct store *store, const struct sealed_table *table, GError **error)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT %s, fits FROM %s WHERE fits IS NOT 1 LIMIT 1",
		table->key, table->name);
	AUTO(db_rows) rows = db_select(store->db, sql, NULL);

	if (db_next(rows))
		return store_row_fits(
			rows, 1, table->name, db_text(rows, 0), error);
	return db_end(rows, error);
}

/* The search rows are derived: they must say what the cases say. */
static bool verify_index(struct store *store, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT c.case_id FROM cases c"
		" LEFT JOIN case_key k ON k.row = c.row"
		" WHERE k.phone IS NOT c.phone LIMIT 1",
		NULL);

	if (db_next(rows)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
			"search row of case %s differs", db_text(rows, 0));
		return false;
	}
	return db_end(rows, error) && db_run(store->db,
					      "INSERT INTO case_name(case_name)"
					      " VALUES('integrity-check')",
					      NULL, error);
}

bool store_check(struct store *store, GError **error)
{
	return db_quick_check(store->db, error);
}

bool store_check_copy(struct store *store, GError **error)
{
	return db_integrity_check(store->db, error) &&
	       store_verify_seals(store, error);
}

bool store_verify_seals(struct store *store, GError **error)
{
	for (const struct sealed_table *table = store_sealed_tables;
		table->name; table++)
		if (!verify_table(store, table, error))
			return false;
	return verify_index(store, error);
}
