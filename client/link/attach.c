/* Attachments: which the platform misses, and their upload, one at a time.
 *
 *   POST /v1/blobs:missing -> PUT /v1/blobs/{sha256} for each of them, or, for
 *   large ones, in pieces (tus.c)
 *
 * An op that waits for blobs becomes ready in the store when the last of them
 * is confirmed. A blob that cannot be sent is left alone for a while, shown,
 * and does not hold up the others. */
#include "client/link/engine.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/log.h"

enum {
	TROUBLE_MS = 600000,     /* a blob that cannot be sent is left alone */
	TROUBLE_SHORT_MS = 5000, /* refused once: perhaps flipped on the way */
	TROUBLE_REFUSALS = 3,    /* from here on it is no accident */
};

struct trouble {
	int64_t until_ms;
	unsigned count;
	bool broken; /* the file here is not what it was */
};

static bool is_bad(const struct trouble *trouble)
{
	return trouble->broken || trouble->count >= TROUBLE_REFUSALS;
}

static struct trouble *trouble_of(struct link *link, const char *sha256)
{
	return g_hash_table_lookup(link->push.troubles, sha256);
}

static void add_trouble(struct link *link, const char *sha256, bool broken)
{
	struct trouble *trouble = trouble_of(link, sha256);

	if (!trouble) {
		trouble = g_new0(struct trouble, 1);
		g_hash_table_insert(
			link->push.troubles, g_strdup(sha256), trouble);
	}
	trouble->count++;
	trouble->broken = broken;
	trouble->until_ms = clock_boot_ms() +
			    (is_bad(trouble) ? TROUBLE_MS : TROUBLE_SHORT_MS);
	log_warn("blob %.12s cannot be sent%s", sha256,
		broken ? ": the file is damaged" : "");
}

static bool is_held(struct link *link, const char *sha256)
{
	struct trouble *trouble = trouble_of(link, sha256);

	return trouble && clock_boot_ms() < trouble->until_ms;
}

unsigned attach_bad(const struct link *link)
{
	GHashTableIter iter;
	unsigned count = 0;
	void *value;

	g_hash_table_iter_init(&iter, link->push.troubles);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		count += is_bad(value);
	return count;
}

static bool confirm(struct link *link, const char *sha256)
{
	g_autoptr(GError) error = NULL;

	g_hash_table_remove(link->push.troubles, sha256);
	if (blob_confirmed(link->store, sha256, &error))
		return true;
	link_store_failed(link, error);
	return false;
}

void attach_went_along(struct link *link, const struct blob *blob)
{
	if (!confirm(link, blob->sha256))
		return;
	link->counters.blobs++;
	link->counters.blob_bytes += blob->size;
}

void attach_stored(struct link *link, const struct blob *blob)
{
	attach_went_along(link, blob);
	link_crash_point(link, CRASH_AFTER_BLOB);
}

/* Our file is what its name says, or it is of no use to send it again. */
static bool file_is_whole(struct link *link, const struct blob *blob)
{
	g_autofree char *path = store_blob_path(link->store, blob->sha256);
	char digest[SHA256_TEXT];

	return sha256_file(path, digest, NULL) &&
	       strcmp(digest, blob->sha256) == 0;
}

void attach_refused(struct link *link, struct blob *take_blob)
{
	add_trouble(link, take_blob->sha256, !file_is_whole(link, take_blob));
	blob_free(take_blob);
}

void attach_broken(struct link *link, struct blob *take_blob)
{
	add_trouble(link, take_blob->sha256, true);
	blob_free(take_blob);
}

static void put_done(struct link *link, const struct http_reply *reply)
{
	struct blob *blob = g_steal_pointer(&link->push.uploading);
	struct answer answer;
	bool stored = blob_put_decode(reply, blob->sha256, &answer);

	if (!stored && reply->fault == HTTP_FAULT_FILE) {
		/* Nothing was wrong with the platform. */
		add_trouble(link, blob->sha256, true);
	} else {
		link_heard(&link->push_lane, &answer, reply);
		if (stored) {
			attach_stored(link, blob);
		} else if (answer.kind == ANSWER_REFUSED ||
			   answer.kind == ANSWER_TOO_LARGE) {
			add_trouble(
				link, blob->sha256, !file_is_whole(link, blob));
		} else {
			g_ptr_array_insert(
				link->push.uploads, 0, g_steal_pointer(&blob));
		}
	}
	answer_clear(&answer);
	g_clear_pointer(&blob, blob_free);
}

static void put_blob(struct link *link, struct blob *take_blob)
{
	g_autofree char *path = blob_put_path(take_blob->sha256);
	g_autofree char *file = store_blob_path(link->store, take_blob->sha256);

	link->push.uploading = take_blob;
	link_send(&link->push_lane,
		&(struct http_request){
			.method = "PUT",
			.path = path,
			.content_type = take_blob->media_type,
			.file = file,
			.file_size = take_blob->size,
			.max_reply = CALL_MAX_REPLY,
			.total_ms = blob_put_total_ms(take_blob->size),
		},
		put_done);
}

static bool send_blob(struct link *link)
{
	struct blob *blob = g_ptr_array_steal_index(link->push.uploads, 0);

	if (tus_is_for(link, blob)) {
		tus_begin(link, blob);
		tus_next(link);
	} else {
		put_blob(link, blob);
	}
	return true;
}

static void missing_done(struct link *link, const struct http_reply *reply)
{
	g_autoptr(GPtrArray) asked = g_steal_pointer(&link->push.asked);
	g_autoptr(GHashTable) missing = NULL;
	struct answer answer;

	blobs_missing_decode(reply, asked, &answer, &missing);
	if (answer.kind == ANSWER_REFUSED || answer.kind == ANSWER_TOO_LARGE)
		answer_spoil(&answer, "blobs:missing refused");
	link_heard(&link->push_lane, &answer, reply);
	while (missing && asked->len > 0) {
		struct blob *blob = g_ptr_array_steal_index(asked, 0);

		if (g_hash_table_contains(missing, blob->sha256)) {
			g_ptr_array_add(link->push.uploads, blob);
			continue;
		}
		confirm(link, blob->sha256);
		blob_free(blob);
	}
	answer_clear(&answer);
}

static bool ask_missing(struct link *link, GPtrArray *take_blobs)
{
	g_autoptr(GBytes) body = blobs_missing_request(take_blobs);

	link->push.asked = take_blobs;
	link_send(&link->push_lane,
		&(struct http_request){
			.method = "POST",
			.path = "/v1/blobs:missing",
			.content_type = "application/json",
			.body = body,
			.max_reply = CALL_MAX_REPLY,
		},
		missing_done);
	return true;
}

bool attach_next(struct link *link)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *blobs;

	if (link->push.tus) {
		tus_next(link);
		return true;
	}
	if (link->push.uploads->len > 0)
		return send_blob(link);
	blobs = blobs_to_send(link->store,
		BLOBS_MAX_ASKED + (int)g_hash_table_size(link->push.troubles),
		&error);
	if (!blobs) {
		link_store_failed(link, error);
		return false;
	}
	for (unsigned i = blobs->len; i-- > 0;) {
		struct blob *blob = blobs->pdata[i];

		if (is_held(link, blob->sha256))
			g_ptr_array_remove_index(blobs, i);
	}
	if (blobs->len > BLOBS_MAX_ASKED)
		g_ptr_array_set_size(blobs, BLOBS_MAX_ASKED);
	if (blobs->len > 0)
		return ask_missing(link, blobs);
	g_ptr_array_unref(blobs);
	return false;
}
