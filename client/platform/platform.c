/* Opens the state directory and knows who may come in. */
#include "client/platform/platform.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/json.h"
#include "client/base/file.h"
#include "client/base/log.h"
#include "client/platform/chaos.h"
#include "client/platform/grants.h"
#include "client/platform/request.h"
#include "client/platform/schema.h"

enum { TOKEN_BYTES = 32, TOKEN_MAX = 4096 };

enum { /* unless told otherwise */
	TOKEN_LIFE_S = 600,
	CERTIFICATE_DAYS = 397,
	PENDING_S = 600,
	PACE_MS = 4500, /* 5 s are asked for */
};

static void read_failed(struct platform *platform, const GError *error)
{
	log_error(error, "reading");
	platform->is_failing = true;
}

int64_t platform_number(struct platform *platform, const char *sql,
	const struct db_value *values, int64_t otherwise)
{
	g_autoptr(GError) error = NULL;
	int64_t number = otherwise;

	if (!db_get_int(platform->db, sql, values, &number, NULL, &error))
		read_failed(platform, error);
	return number;
}

bool platform_exists(struct platform *platform, const char *sql,
	const struct db_value *values)
{
	g_autoptr(GError) error = NULL;
	bool found = false;
	int64_t number;

	if (!db_get_int(platform->db, sql, values, &number, &found, &error))
		read_failed(platform, error);
	return found;
}

bool platform_next(struct platform *platform, struct db_rows *rows)
{
	g_autoptr(GError) error = NULL;

	if (db_next(rows))
		return true;
	if (!db_end(rows, &error))
		read_failed(platform, error);
	return false;
}

static struct json *row_as_json(
	struct db_rows *rows, const char *const *columns)
{
	struct json *row = json_new_object();

	for (int i = 0; columns[i]; i++) {
		if (columns[i][0] == '#')
			json_put_int(row, columns[i] + 1, db_int(rows, i));
		else
			json_put_text(row, columns[i], db_text(rows, i));
	}
	return row;
}

struct json *platform_list(struct platform *platform, struct db_rows *rows,
	const char *const *columns)
{
	struct json *list = json_new_array();

	while (platform_next(platform, rows))
		json_add(list, row_as_json(rows, columns));
	return list;
}

char *platform_meta(struct platform *platform, const char *name)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT v FROM meta WHERE k = ?1", DB_VALUES(DB_TEXT(name)));

	return platform_next(platform, rows) ? db_dup_text(rows, 0) : NULL;
}

bool platform_set_meta(struct platform *platform, const char *name,
	const char *value, GError **error)
{
	return db_run(platform->db,
		"INSERT INTO meta(k, v) VALUES(?1, ?2)"
		" ON CONFLICT(k) DO UPDATE SET v = excluded.v",
		DB_VALUES(DB_TEXT(name), DB_TEXT(value)), error);
}

/* What was leased after a backup is not in it. So many numbers of each series
 * are taken to be leased to somebody: they are not given out again, and
 * accepted from whoever has them. */
static const char skip_sql[] =
	"INSERT INTO number_blocks(block_id, series, store_uuid, count, first,"
	" last, leased_ms)"
	" SELECT 'restored-' || ?1 || '-' || series, series, '', 1000,"
	" last + 1, last + 1000, 0 FROM number_series;";

static bool skip_numbers(struct platform *platform, GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);

	return change &&
	       db_run(platform->db, skip_sql,
		       DB_VALUES(DB_TEXT(platform->epoch)), error) &&
	       db_run(platform->db,
		       "UPDATE number_series SET last = last + 1000", NULL,
		       error) &&
	       db_commit(change, error);
}

/* "e7-5c0f93aa": counted for people, random so that the same backup restored
 * twice gives two epochs. */
static bool renew_epoch(
	struct platform *platform, const char *old, GError **error)
{
	int64_t count = old ? g_ascii_strtoll(old + 1, NULL, 10) : 0;
	uint32_t noise;

	random_bytes(&noise, sizeof(noise));
	g_snprintf(platform->epoch, sizeof(platform->epoch),
		"e%" G_GINT64_FORMAT "-%08x", count + 1, noise);
	return (!old || skip_numbers(platform, error)) &&
	       platform_set_meta(
		       platform, "server_epoch", platform->epoch, error);
}

static bool load_epoch(
	struct platform *platform, bool is_restored, GError **error)
{
	g_autofree char *epoch = platform_meta(platform, "server_epoch");

	if (!epoch || is_restored)
		return renew_epoch(platform, epoch, error);
	g_strlcpy(platform->epoch, epoch, sizeof(platform->epoch));
	return true;
}

static bool make_folders(struct platform *platform, GError **error)
{
	g_autofree char *blobs =
		g_build_filename(platform->state_dir, "blobs", NULL);
	g_autofree char *spool =
		g_build_filename(platform->state_dir, "spool", NULL);
	g_autofree char *lock =
		g_build_filename(platform->state_dir, "platform.lock", NULL);

	if (!file_make_dir(platform->state_dir, error))
		return false;
	platform->lock_fd = file_lock(lock, error);
	if (platform->lock_fd < 0)
		return false;
	file_remove_tree(spool);
	return file_make_dir(blobs, error) && file_make_dir(spool, error);
}

static bool open_database(struct platform *platform, GError **error)
{
	g_autofree char *path =
		g_build_filename(platform->state_dir, "platform.db", NULL);
	struct db_options options = {
		.path = path,
		.migrations = schema_migrations,
		.migration_count = schema_migration_count,
		.application_id = SCHEMA_APPLICATION_ID,
	};

	platform->db = db_open(&options, error);
	return platform->db && db_quick_check(platform->db, error);
}

static struct grants *make_grants(const struct platform_options *options)
{
	int pace_ms = options->pace_ms ? options->pace_ms : PACE_MS;

	return grants_new(&(struct grants_options){
		.token_s = options->token_s ? options->token_s : TOKEN_LIFE_S,
		.pending_s =
			options->pending_s ? options->pending_s : PENDING_S,
		.pace_ms = pace_ms,
		.later_ms = pace_ms / 2,
	});
}

struct platform *platform_open(
	const struct platform_options *options, GError **error)
{
	AUTO(platform) platform = g_new0(struct platform, 1);

	platform->lock_fd = -1;
	platform->busy =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	platform->state_dir = g_strdup(options->state_dir);
	platform->tls = options->tls;
	platform->needs_certificate = options->needs_certificate;
	platform->certificate_days = options->certificate_days
					     ? options->certificate_days
					     : CERTIFICATE_DAYS;
	platform->grants = make_grants(options);
	platform->address = g_strdup("");
	sha256(options->token, strlen(options->token), platform->token_digest);
	if (!make_folders(platform, error) || !open_database(platform, error) ||
		!load_epoch(platform, options->is_restored, error))
		return NULL;
	if (options->chaos)
		platform->chaos = chaos_new();
	return g_steal_pointer(&platform);
}

/* Backups --------------------------------------------------------------- */

static char *backup_path(const struct platform *platform, const char *name)
{
	g_autofree char *file = g_strconcat("backup-", name, ".db", NULL);

	return g_build_filename(platform->state_dir, file, NULL);
}

bool platform_backup(
	struct platform *platform, const char *name, GError **error)
{
	g_autofree char *path = backup_path(platform, name);

	g_unlink(path);
	return db_run(platform->db, "VACUUM INTO ?1", DB_VALUES(DB_TEXT(path)),
		error);
}

bool platform_restore(
	struct platform *platform, const char *name, GError **error)
{
	g_autofree char *from = backup_path(platform, name);
	g_autofree char *to =
		g_build_filename(platform->state_dir, "platform.db", NULL);
	g_autofree char *before = g_strdup(platform->epoch);

	if (!g_file_test(from, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no backup %s", name);
		return false;
	}
	g_clear_pointer(&platform->db, db_close);
	/* Without a database nothing can be answered: give up then. */
	if (!file_copy(from, to, error) || !open_database(platform, error))
		g_error("cannot restore: %s", error ? (*error)->message : "");
	return renew_epoch(platform, before, error);
}

void platform_close(struct platform *platform)
{
	if (!platform)
		return;
	g_clear_pointer(&platform->chaos, chaos_free);
	grants_free(platform->grants);
	g_free(platform->address);
	db_close(platform->db);
	if (platform->lock_fd >= 0)
		close(platform->lock_fd);
	g_hash_table_destroy(platform->busy);
	g_free(platform->state_dir);
	g_free(platform);
}

const char *platform_epoch(const struct platform *platform)
{
	return platform->epoch;
}

/* NULL when there is none. */
static const char *bearer_of(const char *authorization)
{
	static const char scheme[] = "Bearer ";

	return authorization && g_str_has_prefix(authorization, scheme)
		       ? authorization + strlen(scheme)
		       : NULL;
}

/* Digests are compared, not tokens: where they differ tells nothing. */
static bool is_token_of_file(const struct platform *platform, const char *token)
{
	uint8_t digest[SHA256_LEN], difference = 0;

	sha256(token, strlen(token), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		difference |= digest[i] ^ platform->token_digest[i];
	return difference == 0;
}

const struct grant_token *platform_token_of(
	struct platform *platform, const char *authorization)
{
	const char *token = bearer_of(authorization);

	return token ? grants_find(platform->grants, token, clock_boot_ms())
		     : NULL;
}

bool platform_admits(struct platform *platform, const struct request *request)
{
	const char *token = bearer_of(request->authorization);
	const struct grant_token *given;

	if (!token)
		return false;
	if (is_token_of_file(platform, token))
		return !platform->needs_certificate || request->peer_print;
	given = platform_token_of(platform, request->authorization);
	return given && *given->print && request->peer_print &&
	       strcmp(given->print, request->peer_print) == 0;
}

char *platform_spool_path(const struct platform *platform)
{
	char name[UUID_TEXT];

	uuid7(name);
	return g_build_filename(platform->state_dir, "spool", name, NULL);
}

char *platform_blob_path(const struct platform *platform, const char *sha256)
{
	g_autofree char *folder = g_strndup(sha256, 2);

	return g_build_filename(
		platform->state_dir, "blobs", folder, sha256, NULL);
}

static char *make_token(const char *path, GError **error)
{
	uint8_t secret[TOKEN_BYTES];
	g_autofree char *token = NULL, *line = NULL;

	random_bytes(secret, sizeof(secret));
	token = hex_encode(secret, sizeof(secret));
	line = g_strconcat(token, "\n", NULL);
	if (!file_write(path, line, strlen(line), error))
		return NULL;
	return g_steal_pointer(&token);
}

char *platform_token(const char *path, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *token = file_read_written(path, TOKEN_MAX, NULL, &why);

	if (g_error_matches(why, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
		return make_token(path, error);
	if (!token) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	g_strstrip(token);
	if (strlen(token) < 16) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"%s: the token is shorter than 16 characters", path);
		return NULL;
	}
	return g_steal_pointer(&token);
}
