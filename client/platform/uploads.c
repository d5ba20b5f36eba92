/* tus 1.0.0:
 *
 *   POST /v1/uploads            Upload-Length: 3000000
 *                               Upload-Metadata: sha256 MmNm..., media_type ...
 *   201                         Location: /v1/uploads/ID
 *   PATCH /v1/uploads/ID        Upload-Offset: 0, the bytes
 *   204                         Upload-Offset: 1048576
 *   HEAD /v1/uploads/ID         after a cut: how far it came */
#include "client/platform/uploads.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/log.h"
#include "client/platform/blobs.h"
#include "client/platform/handlers.h"

#define TUS_VERSION "1.0.0"

enum { OPEN_MAX = 1000 };

static const int64_t upload_life_ms = INT64_C(24) * 3600 * 1000;

struct upload {
	char id[UUID_TEXT], sha256[SHA256_TEXT], media_type[101];
	int64_t length, offset, touched_ms;
};

struct append {
	struct platform *platform; /* borrowed */
	struct upload upload;
	char *path;
	int fd;
	int64_t received;
	bool is_broken, is_too_long, is_ended;
};

static char *upload_path(const struct platform *platform, const char *id)
{
	return g_build_filename(platform->state_dir, "uploads", id, NULL);
}

static bool is_current(const struct request *request)
{
	return g_strcmp0(request->tus_resumable, TUS_VERSION) == 0;
}

static void put_number(struct reply *reply, const char *name, int64_t number)
{
	reply_header(reply, name, g_strdup_printf("%" G_GINT64_FORMAT, number));
}

static void put_expiry(struct reply *reply, const struct upload *upload)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(
		(upload->touched_ms + upload_life_ms) / 1000);

	reply_header(reply, "Upload-Expires",
		g_date_time_format(at, "%a, %d %b %Y %H:%M:%S GMT"));
}

void uploads_headers(const struct request *request, struct reply *reply)
{
	if (!g_str_has_prefix(request->path, "/v1/uploads"))
		return;
	reply_header(reply, "Tus-Resumable", g_strdup(TUS_VERSION));
	if (reply->status == 412 || request->method == METHOD_OPTIONS)
		reply_header(reply, "Tus-Version", g_strdup(TUS_VERSION));
}

/* Finding --------------------------------------------------------------- */

static bool find_upload(struct platform *platform, const char *id,
	struct upload *upload, enum problem *problem)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT length, offset, sha256, media_type, touched_ms"
		" FROM uploads WHERE upload_id = ?1",
		DB_VALUES(DB_TEXT(id)));

	*problem = PROBLEM_NOT_FOUND;
	if (!platform_next(platform, rows))
		return false;
	g_strlcpy(upload->id, id, sizeof(upload->id));
	upload->length = db_int(rows, 0);
	upload->offset = db_int(rows, 1);
	db_copy_text(rows, 2, upload->sha256, sizeof(upload->sha256));
	db_copy_text(rows, 3, upload->media_type, sizeof(upload->media_type));
	upload->touched_ms = db_int(rows, 4);
	*problem = PROBLEM_UPLOAD_EXPIRED;
	return clock_wall_ms() - upload->touched_ms < upload_life_ms;
}

static bool remove_upload(
	struct platform *platform, const char *id, GError **error)
{
	g_autofree char *path = upload_path(platform, id);

	g_unlink(path);
	return db_run(platform->db, "DELETE FROM uploads WHERE upload_id = ?1",
		DB_VALUES(DB_TEXT(id)), error);
}

/* Creation -------------------------------------------------------------- */

/* "sha256 MmNm...,media_type aW1h...": the value of a name; caller frees. */
static char *metadata(const char *text, const char *name)
{
	g_auto(GStrv) pairs = g_strsplit(text, ",", 20);

	for (char **pair = pairs; *pair; pair++) {
		g_auto(GStrv) parts = g_strsplit(g_strstrip(*pair), " ", 2);
		g_autofree guchar *value = NULL;
		gsize len;

		if (!parts[0] || !parts[1] || strcmp(parts[0], name) != 0)
			continue;
		value = g_base64_decode(parts[1], &len);
		return value ? g_strndup((char *)value, len) : NULL;
	}
	return NULL;
}

static bool read_order(
	const struct request *request, struct upload *upload, bool *too_large)
{
	g_autofree char *sha256 = NULL, *media_type = NULL;

	*too_large = false;
	if (!request->upload_length || !request->upload_metadata ||
		!g_ascii_string_to_signed(request->upload_length, 10, 1,
			G_MAXINT64, &upload->length, NULL))
		return false;
	*too_large = upload->length > ROUTER_UPLOAD_MAX;
	sha256 = metadata(request->upload_metadata, "sha256");
	media_type = metadata(request->upload_metadata, "media_type");
	if (*too_large || !sha256 || !sha256_is_valid(sha256) ||
		(media_type && !blob_is_media_type(media_type)))
		return false;
	g_strlcpy(upload->sha256, sha256, sizeof(upload->sha256));
	g_strlcpy(upload->media_type,
		media_type ? media_type : "application/octet-stream",
		sizeof(upload->media_type));
	return true;
}

static bool make_upload(
	struct platform *platform, struct upload *upload, GError **error)
{
	g_autofree char *dir =
		g_build_filename(platform->state_dir, "uploads", NULL);
	g_autofree char *path = NULL;

	uuid7(upload->id);
	upload->touched_ms = clock_wall_ms();
	path = upload_path(platform, upload->id);
	return file_make_dir(dir, error) && file_write(path, "", 0, error) &&
	       db_run(platform->db,
		       "INSERT INTO uploads(upload_id, length, offset, sha256,"
		       " media_type, touched_ms) VALUES(?1, ?2, 0, ?3, ?4, ?5)",
		       DB_VALUES(DB_TEXT(upload->id), DB_INT(upload->length),
			       DB_TEXT(upload->sha256),
			       DB_TEXT(upload->media_type),
			       DB_INT(upload->touched_ms)),
		       error);
}

struct reply *uploads_options(
	struct platform *platform, const struct request *request)
{
	struct reply *reply = reply_empty(204);

	(void)platform;
	(void)request;
	reply_header(reply, "Tus-Extension",
		g_strdup("creation,termination,expiration"));
	put_number(reply, "Tus-Max-Size", ROUTER_UPLOAD_MAX);
	return reply;
}

struct reply *uploads_post(
	struct platform *platform, const struct request *request)
{
	struct upload upload = {0};
	g_autoptr(GError) error = NULL;
	struct reply *reply;
	bool too_large;

	if (!is_current(request))
		return reply_problem(platform, PROBLEM_TUS_VERSION, NULL);
	if (!read_order(request, &upload, &too_large))
		return reply_problem(platform,
			too_large ? PROBLEM_TOO_LARGE : PROBLEM_MALFORMED,
			"Upload-Length, Upload-Metadata with sha256");
	if (platform_number(platform,
		    "SELECT count(*) FROM uploads WHERE offset < length", NULL,
		    0) >= OPEN_MAX)
		return reply_problem(platform, PROBLEM_UNAVAILABLE,
			"too many uploads are open");
	if (!make_upload(platform, &upload, &error))
		return reply_error(platform, error);
	reply = reply_empty(201);
	reply_header(reply, "Location",
		g_strconcat("/v1/uploads/", upload.id, NULL));
	put_expiry(reply, &upload);
	return reply;
}

/* Finishing ------------------------------------------------------------- */

/* The whole is here. *problem: its bytes are not what was announced. */
static bool finish(struct append *append, bool *differs, GError **error)
{
	const struct upload *upload = &append->upload;
	char sha256[SHA256_TEXT];

	*differs = false;
	if (upload->offset < upload->length)
		return true;
	if (!sha256_file(append->path, sha256, error))
		return false;
	*differs = strcmp(sha256, upload->sha256) != 0;
	if (*differs)
		return remove_upload(append->platform, upload->id, error);
	return blob_is_here(append->platform, sha256) ||
	       blob_keep(append->platform, append->path, sha256, upload->length,
		       upload->media_type, error);
}

/* The last chunk was counted, then the power went: it is finished now. */
static struct reply *finish_late(
	struct platform *platform, const struct upload *upload)
{
	g_autofree char *path = upload_path(platform, upload->id);
	struct append append = {
		.platform = platform, .upload = *upload, .path = path};
	g_autoptr(GError) error = NULL;
	bool differs = false;

	if (upload->offset < upload->length ||
		blob_is_here(platform, upload->sha256) ||
		g_hash_table_contains(platform->busy, upload->id))
		return NULL;
	if (!finish(&append, &differs, &error))
		return reply_error(platform, error);
	return differs ? reply_problem(platform, PROBLEM_NOT_FOUND, NULL)
		       : NULL;
}

/* Asking, giving up ----------------------------------------------------- */

struct reply *uploads_head(
	struct platform *platform, const struct request *request)
{
	struct upload upload;
	enum problem problem;
	struct reply *reply;

	if (!is_current(request))
		return reply_problem(platform, PROBLEM_TUS_VERSION, NULL);
	if (!find_upload(platform, request->args[0], &upload, &problem))
		return reply_problem(platform, problem, NULL);
	reply = finish_late(platform, &upload);
	if (reply)
		return reply;
	reply = reply_empty(200);
	put_number(reply, "Upload-Offset", upload.offset);
	put_number(reply, "Upload-Length", upload.length);
	put_expiry(reply, &upload);
	return reply;
}

struct reply *uploads_delete(
	struct platform *platform, const struct request *request)
{
	struct upload upload;
	enum problem problem;
	g_autoptr(GError) error = NULL;

	if (!is_current(request))
		return reply_problem(platform, PROBLEM_TUS_VERSION, NULL);
	if (!find_upload(platform, request->args[0], &upload, &problem))
		return reply_problem(platform, problem, NULL);
	if (g_hash_table_contains(platform->busy, upload.id))
		return reply_problem(platform, PROBLEM_LOCKED, NULL);
	return remove_upload(platform, upload.id, &error)
		       ? reply_empty(204)
		       : reply_error(platform, error);
}

bool upload_expire(struct platform *platform, int64_t before_ms, GError **error)
{
	g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT upload_id FROM uploads WHERE touched_ms < ?1",
		DB_VALUES(DB_INT(before_ms - upload_life_ms)));

	while (db_next(rows))
		g_ptr_array_add(old, db_dup_text(rows, 0));
	if (!db_end(rows, error))
		return false;
	for (guint i = 0; i < old->len; i++) {
		if (!remove_upload(platform, old->pdata[i], error))
			return false;
	}
	return true;
}

/* Appending ------------------------------------------------------------- */

static bool admits(struct platform *platform, const struct request *request,
	struct upload *upload, enum problem *problem)
{
	int64_t offset;

	*problem = PROBLEM_TUS_VERSION;
	if (!is_current(request))
		return false;
	if (!find_upload(platform, request->args[0], upload, problem))
		return false;
	*problem = PROBLEM_MALFORMED;
	if (!request->upload_offset ||
		!g_ascii_string_to_signed(request->upload_offset, 10, 0,
			G_MAXINT64, &offset, NULL))
		return false;
	*problem = PROBLEM_LOCKED;
	if (g_hash_table_contains(platform->busy, upload->id))
		return false;
	*problem = PROBLEM_OFFSET_MISMATCH;
	return offset == upload->offset && offset < upload->length;
}

/* Bytes beyond the offset were never acknowledged: cut off. */
static int open_at(const char *path, int64_t offset)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && ftruncate(fd, offset) == 0 &&
		lseek(fd, offset, SEEK_SET) == offset)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

struct append *append_begin(struct platform *platform,
	const struct request *request, enum problem *problem)
{
	struct append *append = g_new0(struct append, 1);

	append->platform = platform;
	if (!admits(platform, request, &append->upload, problem)) {
		g_free(append);
		return NULL;
	}
	append->path = upload_path(platform, append->upload.id);
	append->fd = open_at(append->path, append->upload.offset);
	append->is_broken = append->fd < 0;
	g_hash_table_add(platform->busy, g_strdup(append->upload.id));
	return append;
}

void append_add(struct append *append, const void *data, size_t len)
{
	const char *at = data;
	int64_t room = append->upload.length - append->upload.offset -
		       append->received;

	if ((int64_t)len > room) {
		append->is_too_long = true;
		return;
	}
	while (len > 0 && !append->is_broken) {
		ssize_t done = write(append->fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		append->is_broken = done <= 0;
		if (append->is_broken)
			return;
		at += done;
		len -= (size_t)done;
		append->received += done;
	}
}

/* Synced first, counted then. */
static bool advance(struct append *append, GError **error)
{
	struct upload *upload = &append->upload;

	if (append->fd < 0 || fsync(append->fd) != 0) {
		g_set_error(error, STORE_ERROR,
			errno == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_IO,
			"an upload: %s", g_strerror(errno));
		return false;
	}
	upload->offset += append->received;
	upload->touched_ms = clock_wall_ms();
	append->received = 0;
	return db_run(append->platform->db,
		"UPDATE uploads SET offset = ?2, touched_ms = ?3"
		" WHERE upload_id = ?1",
		DB_VALUES(DB_TEXT(upload->id), DB_INT(upload->offset),
			DB_INT(upload->touched_ms)),
		error);
}

static struct reply *appended(struct append *append)
{
	struct reply *reply = reply_empty(204);

	put_number(reply, "Upload-Offset", append->upload.offset);
	put_expiry(reply, &append->upload);
	return reply;
}

struct reply *append_end(struct append *append)
{
	struct platform *platform = append->platform;
	g_autoptr(GError) error = NULL;
	bool differs = false;

	append->is_ended = true;
	if (append->is_too_long)
		return reply_problem(platform, PROBLEM_TOO_LARGE, NULL);
	if (!advance(append, &error) || !finish(append, &differs, &error))
		return reply_error(platform, error);
	if (append->is_broken)
		return reply_problem(platform, PROBLEM_STORAGE_FULL, NULL);
	if (differs)
		return reply_problem(platform, PROBLEM_DIGEST_MISMATCH,
			"the bytes received have another SHA-256");
	return appended(append);
}

/* The connection was cut: what came is kept, so it need not come again. */
void append_free(struct append *append)
{
	g_autoptr(GError) error = NULL;
	bool differs;

	if (!append->is_ended && append->received > 0 &&
		(!advance(append, &error) || !finish(append, &differs, &error)))
		log_error(error, "a cut upload");
	if (append->fd >= 0)
		close(append->fd);
	g_hash_table_remove(append->platform->busy, append->upload.id);
	g_free(append->path);
	g_free(append);
}
