/* Large attachments in pieces that outlive a cut: tus 1.0.0.
 *
 *   POST /v1/uploads      Upload-Length, Upload-Metadata: sha256 .., media_type
 * .. 201 Location: /v1/uploads/ID        kept in the store before a byte is
 * sent HEAD /v1/uploads/ID   200 Upload-Offset: how far it came, asked after
 * each start and each answer that was lost PATCH /v1/uploads/ID  Upload-Offset,
 * at most 1 MiB of the file 204 Upload-Offset     at the end the platform has
 * compared the SHA-256
 *
 * Between two pieces the ops that became ready go first. */
#include "client/link/engine.h"

#include <string.h>

#include "client/base/log.h"

#define TUS_VERSION "1.0.0"

enum { PIECE_BYTES = 1 << 20, PIECE_TOTAL_MS = 120000 };

struct tus {
	struct blob *blob; /* own */
	char *path;        /* own: of the upload; NULL: none yet */
	int64_t offset;    /* -1: to be asked */
};

static char *meta_name(const struct blob *blob)
{
	return g_strconcat("upload:", blob->sha256, NULL);
}

static void save_path(struct link *link, const char *path)
{
	struct tus *tus = link->push.tus;
	g_autofree char *name = meta_name(tus->blob);
	g_autoptr(GError) error = NULL;

	if (!store_set_meta(link->store, name, path, &error))
		link_store_failed(link, error);
	g_free(tus->path);
	tus->path = g_strdup(path);
}

bool tus_is_for(const struct link *link, const struct blob *blob)
{
	return link->limits.tus && blob->size > TUS_MIN_BYTES;
}

void tus_begin(struct link *link, struct blob *take_blob)
{
	struct tus *tus = g_new0(struct tus, 1);
	g_autofree char *name = meta_name(take_blob);

	tus->blob = take_blob;
	tus->path = store_meta(link->store, name);
	tus->offset = -1;
	link->push.tus = tus;
}

void tus_clear(struct link *link)
{
	struct tus *tus = g_steal_pointer(&link->push.tus);

	if (!tus)
		return;
	blob_free(tus->blob);
	g_free(tus->path);
	g_free(tus);
}

/* Answers ------------------------------------------------------------------ */

/* These replies have no body: the status and a header say all. What lacks the
 * header is no answer of the platform. */
static bool read_answer(const struct http_reply *reply, int status,
	bool has_header, struct answer *answer)
{
	if (reply->fault != HTTP_FAULT_NONE || reply->status != status) {
		answer_read(reply, 0, 0, answer);
		return false;
	}
	*answer = (struct answer){.kind = ANSWER_OK,
		.http = status,
		.why = "",
		.asked_ms = -1,
		.server_ms = -1};
	if (!has_header)
		answer_spoil(answer, "a reply of tus without its header");
	return has_header;
}

/* Gone, or of another state than we believed: from the last known point. */
static void start_over(struct link *link, const struct answer *answer)
{
	struct tus *tus = link->push.tus;

	tus->offset = -1;
	if (answer->kind != ANSWER_REFUSED)
		return;
	if (answer->http == 404 || answer->http == 410) {
		save_path(link, NULL);
		return;
	}
	if (answer->http == 409 || answer->http == 423)
		return;
	save_path(link, NULL);
	attach_refused(link, g_steal_pointer(&tus->blob));
	tus_clear(link);
}

static void ended(struct link *link)
{
	struct tus *tus = link->push.tus;

	save_path(link, NULL);
	attach_stored(link, tus->blob);
	tus_clear(link);
}

static void made(struct link *link, const struct http_reply *reply)
{
	struct answer answer;
	bool good = read_answer(reply, 201,
		g_str_has_prefix(reply->location, "/v1/uploads/"), &answer);

	link_heard(&link->push_lane, &answer, reply);
	if (good) {
		save_path(link, reply->location);
		link->push.tus->offset = 0;
	} else {
		start_over(link, &answer);
	}
	answer_clear(&answer);
}

static void take_offset(struct link *link, int64_t offset)
{
	struct tus *tus = link->push.tus;

	if (offset > tus->blob->size) {
		log_warn("upload: the platform has more than there is");
		save_path(link, NULL);
		tus->offset = -1;
	} else if (offset == tus->blob->size) {
		ended(link);
	} else {
		tus->offset = offset;
	}
}

static void located(struct link *link, const struct http_reply *reply)
{
	struct answer answer;
	bool good = read_answer(reply, 200, reply->upload_offset >= 0, &answer);

	link_heard(&link->push_lane, &answer, reply);
	if (good)
		take_offset(link, reply->upload_offset);
	else
		start_over(link, &answer);
	answer_clear(&answer);
}

static void appended(struct link *link, const struct http_reply *reply)
{
	struct tus *tus = link->push.tus;
	struct answer answer;
	bool good = read_answer(
		reply, 204, reply->upload_offset > tus->offset, &answer);

	if (reply->fault == HTTP_FAULT_FILE) {
		attach_broken(link, g_steal_pointer(&tus->blob));
		tus_clear(link);
	} else {
		link_heard(&link->push_lane, &answer, reply);
		if (good) {
			link->counters.pieces++;
			link_crash_point(link, CRASH_AFTER_PIECE);
			take_offset(link, reply->upload_offset);
		} else {
			start_over(link, &answer);
		}
	}
	answer_clear(&answer);
}

/* Requests ----------------------------------------------------------------- */

static char *metadata(const struct blob *blob)
{
	g_autofree char *sha256 = g_base64_encode(
		(const guchar *)blob->sha256, strlen(blob->sha256));
	g_autofree char *type = g_base64_encode(
		(const guchar *)blob->media_type, strlen(blob->media_type));

	return g_strdup_printf("sha256 %s,media_type %s", sha256, type);
}

static void make(struct link *link)
{
	const struct blob *blob = link->push.tus->blob;
	g_autofree char *length =
		g_strdup_printf("%" G_GINT64_FORMAT, blob->size);
	g_autofree char *about = metadata(blob);
	const struct http_header headers[] = {{"Tus-Resumable", TUS_VERSION},
		{"Upload-Length", length}, {"Upload-Metadata", about}, {NULL}};
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);

	link_send(&link->push_lane,
		&(struct http_request){
			.method = "POST",
			.path = "/v1/uploads",
			.content_type = "application/offset+octet-stream",
			.body = nothing,
			.headers = headers,
			.max_reply = CALL_MAX_REPLY,
		},
		made);
}

static void locate(struct link *link)
{
	static const struct http_header headers[] = {
		{"Tus-Resumable", TUS_VERSION}, {NULL}};

	link_send(&link->push_lane,
		&(struct http_request){
			.method = "HEAD",
			.path = link->push.tus->path,
			.headers = headers,
			.max_reply = CALL_MAX_REPLY,
		},
		located);
}

static void append(struct link *link)
{
	const struct tus *tus = link->push.tus;
	g_autofree char *offset =
		g_strdup_printf("%" G_GINT64_FORMAT, tus->offset);
	g_autofree char *file = store_blob_path(link->store, tus->blob->sha256);
	const struct http_header headers[] = {{"Tus-Resumable", TUS_VERSION},
		{"Upload-Offset", offset}, {NULL}};

	link_send(&link->push_lane,
		&(struct http_request){
			.method = "PATCH",
			.path = tus->path,
			.content_type = "application/offset+octet-stream",
			.file = file,
			.file_from = tus->offset,
			.file_size =
				MIN(tus->blob->size - tus->offset, PIECE_BYTES),
			.headers = headers,
			.max_reply = CALL_MAX_REPLY,
			.total_ms = PIECE_TOTAL_MS,
		},
		appended);
}

void tus_next(struct link *link)
{
	const struct tus *tus = link->push.tus;

	if (!tus->path)
		make(link);
	else if (tus->offset < 0)
		locate(link);
	else
		append(link);
}
