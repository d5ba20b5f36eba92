/* Uploads, downloads, and the question which are missing. */
#include "client/platform/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/platform/handlers.h"

enum { MEDIA_TYPE_MAX = 100 };

bool blob_is_here(struct platform *platform, const char *sha256)
{
	return platform_exists(platform,
		"SELECT 1 FROM blobs WHERE sha256 = ?1",
		DB_VALUES(DB_TEXT(sha256)));
}

/* Asking ---------------------------------------------------------------- */

struct reply *blobs_missing(
	struct platform *platform, const struct request *request)
{
	struct json *value = json_new_object(), *missing = json_new_array();

	json_each (hash, json_get(request->json, "sha256")) {
		if (!blob_is_here(platform, json_as_text(hash)))
			json_add_text(missing, json_as_text(hash));
	}
	json_put(value, "missing", missing);
	return reply_json(platform, 200, value);
}

/* Taking ---------------------------------------------------------------- */

static bool sync_path(const char *path, int flags, GError **error)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (!done)
		g_set_error(error, STORE_ERROR,
			why == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_IO,
			"fsync of an attachment: %s", g_strerror(why));
	return done;
}

/* The folder and its parent may be new: both are synced. */
static bool keep_file(struct platform *platform, const char *from,
	const char *sha256, GError **error)
{
	g_autofree char *path = platform_blob_path(platform, sha256);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *parent = g_path_get_dirname(folder);

	if (!sync_path(from, O_WRONLY, error) || !file_make_dir(folder, error))
		return false;
	if (g_rename(from, path) != 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"rename of an attachment: %s", g_strerror(errno));
		return false;
	}
	return sync_path(folder, O_RDONLY | O_DIRECTORY, error) &&
	       sync_path(parent, O_RDONLY | O_DIRECTORY, error);
}

bool blob_keep(struct platform *platform, const char *from, const char *sha256,
	int64_t size, const char *media_type, GError **error)
{
	return keep_file(platform, from, sha256, error) &&
	       db_run(platform->db,
		       "INSERT INTO blobs(sha256, size, media_type,"
		       " received_ms) VALUES(?1, ?2, ?3, ?4)",
		       DB_VALUES(DB_TEXT(sha256), DB_INT(size),
			       DB_TEXT(media_type ? media_type
						  : "application/octet-stream"),
			       DB_INT(clock_wall_ms())),
		       error);
}

static struct reply *blob_reply(
	struct platform *platform, int status, const struct request *request)
{
	struct json *value = json_new_object();

	json_put_text(value, "sha256", request->file_sha256);
	json_put_int(value, "size", request->file_size);
	return reply_json(platform, status, value);
}

bool blob_is_media_type(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isprint(text[i]))
			return false;
	}
	return len <= MEDIA_TYPE_MAX;
}

struct reply *blobs_put(
	struct platform *platform, const struct request *request)
{
	const char *wanted = request->args[0];
	g_autoptr(GError) error = NULL;

	if (!sha256_is_valid(wanted))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	if (!blob_is_media_type(request->content_type))
		return reply_problem(platform, PROBLEM_MEDIA_TYPE, NULL);
	if (strcmp(wanted, request->file_sha256) != 0)
		return reply_problem(platform, PROBLEM_DIGEST_MISMATCH,
			"the bytes received have another SHA-256");
	if (blob_is_here(platform, wanted))
		return blob_reply(platform, 200, request);
	if (!blob_keep(platform, request->file, request->file_sha256,
		    request->file_size, request->content_type, &error))
		return reply_error(platform, error);
	return blob_reply(platform, 201, request);
}

/* Giving ---------------------------------------------------------------- */

/* "bytes=0-99", "bytes=100-", "bytes=-50": the part that is asked for. A list
 * of several is not understood and gets the whole, as RFC 9110 allows. */
static bool read_range(
	const char *text, int64_t size, int64_t *from, int64_t *len)
{
	g_auto(GStrv) ends = NULL;
	int64_t to = size - 1;

	*from = *len = 0;
	if (!text || !g_str_has_prefix(text, "bytes=") || strchr(text, ','))
		return true;
	ends = g_strsplit(text + strlen("bytes="), "-", 2);
	if (!ends[0] || !ends[1] || (!*ends[0] && !*ends[1]))
		return true;
	if (*ends[1] && !g_ascii_string_to_signed(
				ends[1], 10, 0, G_MAXINT64, &to, NULL))
		return true;
	if (!*ends[0])
		*from = MAX(size - to, 0);
	else if (!g_ascii_string_to_signed(
			 ends[0], 10, 0, G_MAXINT64, from, NULL))
		return true;
	to = *ends[0] ? MIN(to, size - 1) : size - 1;
	*len = to - *from + 1;
	return *len > 0;
}

/* Makes a part of a whole. */
static void cut_part(
	struct reply *reply, int64_t size, int64_t from, int64_t len)
{
	reply_header(reply, "Accept-Ranges", g_strdup("bytes"));
	if (len == 0)
		return;
	reply->status = 206;
	reply->file_from = from;
	reply->file_len = len;
	reply_header(reply, "Content-Range",
		g_strdup_printf("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
				"/%" G_GINT64_FORMAT,
			from, from + len - 1, size));
}

struct reply *blobs_get(
	struct platform *platform, const struct request *request)
{
	const char *sha256 = request->args[0];
	AUTO(db_rows) rows = NULL;
	struct reply *reply;
	int64_t from, len;

	if (!sha256_is_valid(sha256))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	rows = db_select(platform->db,
		"SELECT media_type, size FROM blobs WHERE sha256 = ?1",
		DB_VALUES(DB_TEXT(sha256)));
	if (!platform_next(platform, rows))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	if (!read_range(request->range, db_int(rows, 1), &from, &len))
		return reply_problem(platform, PROBLEM_BAD_RANGE, NULL);
	reply = reply_file(
		200, db_text(rows, 0), platform_blob_path(platform, sha256));
	cut_part(reply, db_int(rows, 1), from, len);
	return reply;
}
