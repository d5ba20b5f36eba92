/* Makes replies. Every JSON object that leaves carries the server's epoch and
 * time, so that a client notices a restored platform and its own wrong clock.
 */
#include "client/platform/request.h"

#include <stddef.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/id.h"
#include "client/base/log.h"
#include "client/platform/platform.h"

#define HEADER(name, member)                           \
	{                                              \
		name, offsetof(struct request, member) \
	}
static const struct {
	const char *name;
	size_t offset;
} headers[] = {
	HEADER("Authorization", authorization),
	HEADER("Content-Type", content_type),
	HEADER("Idempotency-Key", idempotency_key),
	HEADER("Content-Digest", content_digest),
	HEADER("If-Match", if_match),
	HEADER("If-None-Match", if_none_match),
	HEADER("Range", range),
	HEADER("Accept-Encoding", accept_encoding),
	HEADER("Tus-Resumable", tus_resumable),
	HEADER("Upload-Length", upload_length),
	HEADER("Upload-Offset", upload_offset),
	HEADER("Upload-Metadata", upload_metadata),
};

static const char **header_slot(struct request *request, size_t index)
{
	return (const char **)((char *)request + headers[index].offset);
}

const char *request_header_name(size_t index)
{
	return index < G_N_ELEMENTS(headers) ? headers[index].name : NULL;
}

void request_set_header(
	struct request *request, size_t index, const char *value)
{
	*header_slot(request, index) = value;
}

const char *request_header(const struct request *request, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		if (strcmp(headers[i].name, name) == 0)
			return *header_slot((struct request *)request, i);
	}
	return NULL;
}

const char *request_query(const struct request *request, const char *name)
{
	return request->query ? g_hash_table_lookup(request->query, name)
			      : NULL;
}

bool request_limit(const struct request *request, int64_t *limit)
{
	const char *text = request_query(request, "limit");

	*limit = PLATFORM_PAGE_DEFAULT;
	return !text || !*text ||
	       g_ascii_string_to_signed(
		       text, 10, 1, PLATFORM_PAGE_MAX, limit, NULL);
}

char *content_digest(const void *data, size_t len)
{
	uint8_t digest[SHA256_LEN];
	g_autofree char *text = NULL;

	sha256(data, len, digest);
	text = g_base64_encode(digest, sizeof(digest));
	return g_strdup_printf("sha-256=:%s:", text);
}

bool request_is_whole(const struct request *request)
{
	g_autofree char *digest = NULL;

	if (!request->content_digest)
		return true;
	digest = content_digest(request->body, request->body_len);
	return strcmp(request->content_digest, digest) == 0;
}

struct json *request_json(struct platform *platform,
	const struct request *request, struct reply **refusal)
{
	g_autoptr(GError) error = NULL;
	struct json *value =
		json_parse(request->body, request->body_len, &error);

	if (!value)
		*refusal = reply_problem(
			platform, PROBLEM_MALFORMED, error->message);
	return value;
}

void reply_header(struct reply *reply, const char *name, char *take_value)
{
	if (!reply->headers)
		reply->headers = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(reply->headers, g_strdup(name));
	g_ptr_array_add(reply->headers, take_value);
}

void reply_next(
	struct reply *reply, const struct request *request, const char *cursor)
{
	GString *link = g_string_new("<");
	GHashTableIter iter;
	gpointer name, value;

	g_string_append_printf(link, "%s?cursor=%s", request->path, cursor);
	g_hash_table_iter_init(&iter, request->query);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		g_autofree char *safe = g_uri_escape_string(value, NULL, FALSE);

		if (strcmp(name, "cursor") != 0 && *(char *)value)
			g_string_append_printf(
				link, "&%s=%s", (char *)name, safe);
	}
	g_string_append(link, ">; rel=\"next\"");
	reply_header(reply, "Link", g_string_free(link, FALSE));
}

static struct reply *reply_new(int status, const char *type)
{
	struct reply *reply = g_new0(struct reply, 1);

	reply->status = status;
	reply->type = type;
	return reply;
}

static struct reply *reply_object(struct platform *platform, int status,
	const char *type, struct json *take)
{
	g_autofree char *now = clock_iso(clock_wall_ms());
	struct reply *reply = reply_new(status, type);

	json_put_text(take, "server_epoch", platform_epoch(platform));
	json_put_text(take, "server_time", now);
	reply->body = json_print(take);
	reply->len = strlen(reply->body);
	json_free(take);
	return reply;
}

struct reply *reply_json(
	struct platform *platform, int status, struct json *take)
{
	return reply_object(platform, status, "application/json", take);
}

struct reply *reply_problem_json(
	struct platform *platform, struct json *take_problem)
{
	int status = (int)json_int_or(take_problem, "status", 500);

	return reply_object(
		platform, status, "application/problem+json", take_problem);
}

struct reply *reply_problem(
	struct platform *platform, enum problem problem, const char *detail)
{
	return reply_problem_json(platform, problem_json(problem, detail));
}

struct reply *reply_invalid(
	struct platform *platform, const struct json *errors)
{
	struct json *problem = problem_json(PROBLEM_INVALID, NULL);

	json_put(problem, "errors", json_copy(errors));
	return reply_problem_json(platform, problem);
}

struct reply *reply_error(struct platform *platform, const GError *error)
{
	bool full = g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL);

	log_error(error, "request failed");
	return reply_problem(
		platform, full ? PROBLEM_STORAGE_FULL : PROBLEM_INTERNAL, NULL);
}

struct reply *reply_html(int status, char *take_html)
{
	struct reply *reply = reply_new(status, "text/html; charset=utf-8");

	reply->body = take_html;
	reply->len = strlen(take_html);
	return reply;
}

struct reply *reply_empty(int status)
{
	return reply_new(status, NULL);
}

struct reply *reply_file(int status, const char *type, char *take_path)
{
	struct reply *reply = reply_new(status, NULL);

	reply->own_type = g_strdup(type);
	reply->type = reply->own_type;
	reply->file = take_path;
	return reply;
}

void reply_free(struct reply *reply)
{
	g_free(reply->own_type);
	g_free(reply->body);
	g_free(reply->file);
	g_clear_pointer(&reply->headers, g_ptr_array_unref);
	g_free(reply);
}
