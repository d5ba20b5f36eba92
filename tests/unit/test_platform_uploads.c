/* Resumable uploads: chunks, cuts, kill -9, refusals, expiry. */
#include "tests/unit/test_platform.h"

#include "client/platform/uploads.h"
#include "tests/unit/test_platform_live.h"

#define TUS   AUTH "Tus-Resumable: 1.0.0\r\n"
#define CHUNK TUS "Content-Type: application/offset+octet-stream\r\n"

static char *header_value(const struct got *got, const char *name)
{
	g_autofree char *start = g_strconcat("\r\n", name, ": ", NULL);
	const char *at = got->head ? strstr(got->head, start) : NULL;

	if (!at)
		return NULL;
	at += strlen(start);
	return g_strndup(at, strcspn(at, "\r"));
}

/* "/v1/uploads/ID" of a new upload of this content. */
static char *begin(
	const struct live *live, const char *content, const char *digest_of)
{
	char sha[SHA256_TEXT];
	g_autofree char *value = NULL, *headers = NULL;
	struct got got;
	char *location;

	sha256_text(digest_of, strlen(digest_of), sha);
	value = g_base64_encode((guchar *)sha, strlen(sha));
	headers = g_strdup_printf(TUS
		"Upload-Length: %zu\r\nUpload-Metadata: sha256 %s,"
		"media_type aW1hZ2UvanBlZw==\r\n",
		strlen(content), value);
	got = exchange(live, "POST /v1/uploads", headers, "");
	g_assert_cmpint(got.status, ==, 201);
	location = header_value(&got, "Location");
	g_assert_nonnull(location);
	got_clear(&got);
	return location;
}

static int64_t offset_of(const struct live *live, const char *location)
{
	g_autofree char *head = g_strconcat("HEAD ", location, NULL);
	struct got got = exchange(live, head, TUS, "");
	g_autofree char *text = header_value(&got, "Upload-Offset");
	int status = got.status;

	got_clear(&got);
	return status == 200 ? g_ascii_strtoll(text, NULL, 10) : -status;
}

static int append_at(const struct live *live, const char *location,
	int64_t offset, const char *bytes)
{
	g_autofree char *head = g_strconcat("PATCH ", location, NULL);
	g_autofree char *headers = g_strdup_printf(
		CHUNK "Upload-Offset: %" G_GINT64_FORMAT "\r\n", offset);

	return status_of(live, head, headers, bytes);
}

static char *content_of(size_t len)
{
	char *text = g_malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + (i * 7 + i / 251) % 26);
	text[len] = '\0';
	return text;
}

static void check_blob(const struct live *live, const char *content)
{
	char sha[SHA256_TEXT];
	g_autofree char *head = NULL;
	struct got got;

	sha256_text(content, strlen(content), sha);
	head = g_strconcat("GET /v1/blobs/", sha, NULL);
	got = exchange(live, head, AUTH, "");
	g_assert_cmpint(got.status, ==, 200);
	g_assert_cmpstr(got.body, ==, content);
	g_assert_nonnull(strstr(got.head, "Content-Type: image/jpeg"));
	got_clear(&got);
}

/* Killed after each chunk: not a byte goes twice. */
static void test_chunks(struct live *live, gconstpointer data)
{
	enum { LENGTH = 300000, STEP = 70000 };
	g_autofree char *content = content_of(LENGTH);
	g_autofree char *location = begin(live, content, content);

	(void)data;
	g_assert_cmpint(offset_of(live, location), ==, 0);
	for (int64_t at = 0; at < LENGTH; at += STEP) {
		g_autofree char *bytes = g_strndup(content + at, STEP);

		g_assert_cmpint(append_at(live, location, at, bytes), ==, 204);
		live_kill(live);
		live_start(live);
		g_assert_cmpint(
			offset_of(live, location), ==, MIN(at + STEP, LENGTH));
	}
	check_blob(live, content);
}

/* The connection breaks inside a chunk: what arrived stays. */
static void test_cut(struct live *live, gconstpointer data)
{
	enum { LENGTH = 200000, SENT = 90000 };
	g_autofree char *content = content_of(LENGTH);
	g_autofree char *location = begin(live, content, content);
	g_autofree char *head = g_strdup_printf("PATCH %s", location);
	g_autofree char *text =
		request_text(head, CHUNK "Upload-Offset: 0\r\n", content);
	const char *body = strstr(text, "\r\n\r\n") + 4;
	GSocket *socket = dial(live);
	int64_t offset = 0;

	(void)data;
	send_bytes(socket, text, (size_t)(body - text) + SENT);
	for (int i = 0; i < 50 && offset_of(live, location) > 0; i++)
		g_usleep(10000);
	g_assert_cmpint(append_at(live, location, 0, content), ==, 423);
	g_socket_close(socket, NULL);
	g_object_unref(socket);
	for (int i = 0; i < 200 && offset < SENT; i++) {
		g_usleep(10000);
		offset = offset_of(live, location);
	}
	g_assert_cmpint(offset, ==, SENT);
	g_assert_cmpint(
		append_at(live, location, offset, content + offset), ==, 204);
	check_blob(live, content);
}

static void test_refusals(struct live *live, gconstpointer data)
{
	g_autofree char *location = begin(live, "0123456789", "0123456789");
	g_autofree char *wrong = begin(live, "0123456789", "something else");
	g_autofree char *head = g_strconcat("PATCH ", location, NULL);
	g_autofree char *gone = g_strconcat("DELETE ", location, NULL);

	(void)data;
	g_assert_cmpint(append_at(live, location, 5, "56789"), ==, 409);
	g_assert_cmpint(append_at(live, location, 0, "0123456789abc"), ==, 413);
	g_assert_cmpint(offset_of(live, location), ==, 0);
	g_assert_cmpint(status_of(live, head,
				TUS "Content-Type: image/jpeg\r\n"
				    "Upload-Offset: 0\r\n",
				"0123456789"),
		==, 415);
	g_assert_cmpint(
		status_of(live, head,
			AUTH "Content-Type: application/offset+octet-stream\r\n"
			     "Upload-Offset: 0\r\n",
			"0123456789"),
		==, 412);
	g_assert_cmpint(status_of(live, head, CHUNK, "0123456789"), ==, 400);
	g_assert_cmpint(append_at(live, wrong, 0, "0123456789"), ==, 422);
	g_assert_cmpint(offset_of(live, wrong), ==, -404);
	g_assert_cmpint(status_of(live, "POST /v1/uploads",
				TUS "Upload-Length: 5\r\n", ""),
		==, 400);
	g_assert_cmpint(status_of(live, "POST /v1/uploads",
				TUS "Upload-Length: 67108865\r\n"
				    "Upload-Metadata: sha256 eA==\r\n",
				""),
		==, 413);
	g_assert_cmpint(status_of(live, gone, TUS, ""), ==, 204);
	g_assert_cmpint(offset_of(live, location), ==, -404);
}

static void test_options(struct live *live, gconstpointer data)
{
	struct got got = exchange(live, "OPTIONS /v1/uploads", AUTH, "");
	g_autofree char *version = header_value(&got, "Tus-Version");
	g_autofree char *extensions = header_value(&got, "Tus-Extension");

	(void)data;
	g_assert_cmpint(got.status, ==, 204);
	g_assert_cmpstr(version, ==, "1.0.0");
	g_assert_cmpstr(extensions, ==, "creation,termination,expiration");
	got_clear(&got);
}

/* A day after the last byte it is gone; not a minute earlier. */
static void test_expiry(struct fixture *f, gconstpointer data)
{
	char sha[SHA256_TEXT];
	g_autofree char *value = NULL, *metadata = NULL;
	struct request create = {
		.tus_resumable = "1.0.0", .upload_length = "5"};
	struct request look = {.tus_resumable = "1.0.0"}, again = look;
	g_autofree char *path = NULL;
	int64_t now = clock_wall_ms();
	g_autoptr(GError) error = NULL;

	(void)data;
	sha256_text("12345", 5, sha);
	value = g_base64_encode((guchar *)sha, strlen(sha));
	metadata = g_strconcat("sha256 ", value, NULL);
	create.upload_metadata = metadata;
	{
		AUTO(reply) made = ask_full(
			f->platform, METHOD_POST, "/v1/uploads", &create);

		g_assert_cmpint(made->status, ==, 201);
		path = g_strdup(header_of(made, "Location"));
	}
	upload_expire(f->platform, now + 23 * 3600000, &error);
	g_assert_no_error(error);
	{
		AUTO(reply) reply =
			ask_full(f->platform, METHOD_HEAD, path, &look);

		g_assert_cmpint(reply->status, ==, 200);
	}
	upload_expire(f->platform, now + 25 * 3600000, &error);
	{
		AUTO(reply) reply =
			ask_full(f->platform, METHOD_HEAD, path, &again);

		g_assert_cmpint(reply->status, ==, 404);
	}
}

static void check_range(const struct live *live, const char *head,
	const char *range, int status, const char *part)
{
	g_autofree char *headers = g_strdup_printf(AUTH "Range: %s\r\n", range);
	struct got got = exchange(live, head, headers, "");

	g_assert_cmpint(got.status, ==, status);
	if (part)
		g_assert_cmpstr(got.body, ==, part);
	got_clear(&got);
}

/* Downloads in parts. */
static void test_range(struct live *live, gconstpointer data)
{
	g_autofree char *location = begin(live, "0123456789", "0123456789");
	char sha[SHA256_TEXT];
	g_autofree char *head = NULL;

	(void)data;
	g_assert_cmpint(append_at(live, location, 0, "0123456789"), ==, 204);
	sha256_text("0123456789", 10, sha);
	head = g_strconcat("GET /v1/blobs/", sha, NULL);
	check_range(live, head, "bytes=2-4", 206, "234");
	check_range(live, head, "bytes=7-", 206, "789");
	check_range(live, head, "bytes=-3", 206, "789");
	check_range(live, head, "bytes=5-100", 206, "56789");
	check_range(live, head, "bytes=10-", 416, NULL);
	check_range(live, head, "bytes=0-1,3-4", 200, "0123456789");
	check_range(live, head, "lines=1-2", 200, "0123456789");
}

static char *begin_here(struct fixture *f, const char *content)
{
	char sha[SHA256_TEXT];
	g_autofree char *value = NULL, *metadata = NULL, *length = NULL;
	struct request create = {.tus_resumable = "1.0.0"};
	AUTO(reply) made = NULL;

	sha256_text(content, strlen(content), sha);
	value = g_base64_encode((guchar *)sha, strlen(sha));
	metadata = g_strconcat("sha256 ", value, NULL);
	length = g_strdup_printf("%zu", strlen(content));
	create.upload_metadata = metadata;
	create.upload_length = length;
	made = ask_full(f->platform, METHOD_POST, "/v1/uploads", &create);
	return made->status == 201 ? g_strdup(header_of(made, "Location"))
				   : NULL;
}

/* All bytes were counted, then the power went: asking finishes it. */
static void test_late(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = begin_here(f, "12345");
	g_autofree char *file = g_build_filename(
		f->dir, "uploads", path + strlen("/v1/uploads/"), NULL);
	struct request look = {.tus_resumable = "1.0.0"}, get_it = {0};
	char sha[SHA256_TEXT];
	g_autofree char *blob = NULL;

	(void)data;
	g_assert_true(g_file_set_contents(file, "12345", -1, NULL));
	db_run(f->platform->db, "UPDATE uploads SET offset = length", NULL,
		NULL);
	sha256_text("12345", 5, sha);
	blob = g_strconcat("/v1/blobs/", sha, NULL);
	{
		AUTO(reply) head =
			ask_full(f->platform, METHOD_HEAD, path, &look);
		AUTO(reply) got =
			ask_full(f->platform, METHOD_GET, blob, &get_it);

		g_assert_cmpint(head->status, ==, 200);
		g_assert_cmpint(got->status, ==, 200);
	}
}

/* Nobody fills the disk with beginnings. */
static void test_many(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = begin_here(f, "12345"), *last = NULL;

	(void)data;
	db_run(f->platform->db,
		"WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL"
		" SELECT i + 1 FROM n WHERE i < 999) INSERT INTO uploads"
		" SELECT upload_id || i, length, offset, sha256, media_type,"
		" touched_ms FROM uploads, n",
		NULL, NULL);
	last = begin_here(f, "12345");
	g_assert_nonnull(path);
	g_assert_null(last);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	g_test_init(&argc, &argv, NULL);
	LIVE("/platform/uploads/chunks", test_chunks);
	LIVE("/platform/uploads/cut", test_cut);
	LIVE("/platform/uploads/refusals", test_refusals);
	LIVE("/platform/uploads/options", test_options);
	LIVE("/platform/uploads/range", test_range);
	TEST("/platform/uploads/expiry", test_expiry);
	TEST("/platform/uploads/late", test_late);
	TEST("/platform/uploads/many", test_many);
	return g_test_run();
}
