/* The catalogue piece by piece and as a whole, out of the rows of its feed. */
#include "client/platform/handlers.h"

#include <string.h>

#include <gio/gio.h>

#include "client/base/error.h"
#include "client/platform/feeds.h"
#include "client/platform/record.h"

struct entry {
	char *version;     /* own */
	struct json *body; /* own */
};

static void entry_free(struct entry *entry)
{
	g_free(entry->version);
	json_free(entry->body);
	g_free(entry);
}
DEFINE_AUTO(entry, entry_free)

static struct entry *find_entry(
	struct platform *platform, const char *entity, const char *id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT version, body FROM changes WHERE feed = 'catalog'"
		" AND entity = ?1 AND id = ?2 AND deleted = 0",
		DB_VALUES(DB_TEXT(entity), DB_TEXT(id)));
	struct entry *entry;
	const char *body;

	if (!platform_next(platform, rows))
		return NULL;
	entry = g_new0(struct entry, 1);
	entry->version = db_dup_text(rows, 0);
	body = db_text(rows, 1);
	entry->body = json_parse(body, strlen(body), NULL);
	return entry;
}

static struct reply *entry_reply(struct platform *platform,
	const struct request *request, const struct entry *entry,
	struct json *take_value)
{
	struct reply *reply;

	if (request->method == METHOD_GET &&
		is_not_modified(request, entry->version)) {
		json_free(take_value);
		return reply_not_modified(entry->version);
	}
	reply = reply_json(platform, 200, take_value);
	reply_etag(reply, entry->version);
	return reply;
}

struct reply *items_get(
	struct platform *platform, const struct request *request)
{
	AUTO(entry) entry = find_entry(platform, "item", request->args[0]);

	if (!entry)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	return entry_reply(platform, request, entry, json_copy(entry->body));
}

/* A part of an item is known by the item's code. */
static struct reply *part_get(struct platform *platform,
	const struct request *request, const char *part, const char *id_name,
	const char *name)
{
	AUTO(entry) entry = find_entry(platform, "item", request->args[0]);
	struct json *value;

	if (!entry || !json_get(entry->body, part))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	value = json_new_object();
	json_put_text(value, id_name, request->args[0]);
	json_put_text(value, "version", entry->version);
	json_put(value, name, json_copy(json_get(entry->body, part)));
	return entry_reply(platform, request, entry, value);
}

struct reply *forms_get(
	struct platform *platform, const struct request *request)
{
	return part_get(platform, request, "form", "form_id", "form");
}

struct reply *workflows_get(
	struct platform *platform, const struct request *request)
{
	return part_get(platform, request, "workflow", "workflow_id", "steps");
}

struct reply *dictionaries_get(
	struct platform *platform, const struct request *request)
{
	AUTO(entry) entry =
		find_entry(platform, "dictionary", request->args[0]);
	struct json *value;

	if (!entry)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	value = json_copy(entry->body);
	json_put_text(value, "version", entry->version);
	return entry_reply(platform, request, entry, value);
}

/* Changing -------------------------------------------------------------- */

/* Remembered, so that the files do not take it back at the next start. */
static bool note_edit(
	struct platform *platform, const char *code, GError **error)
{
	return db_run(platform->db,
		"INSERT OR IGNORE INTO catalog_edits(code) VALUES(?1)",
		DB_VALUES(DB_TEXT(code)), error);
}

static bool keep_item(struct platform *platform, const char *code,
	const struct json *body, GError **error)
{
	g_autofree char *text = json_print(body);
	g_autofree char *version = feed_version(text);

	return note_edit(platform, code, error) &&
	       feed_put(platform,
		       &(struct change){.feed = "catalog",
			       .entity = "item",
			       .id = code,
			       .version = version,
			       .body = text},
		       error);
}

/* What GET added to the item does not come back into it. */
static struct json *plain_item(const struct json *body)
{
	struct json *item = json_copy(body);

	json_put(item, "server_epoch", NULL);
	json_put(item, "server_time", NULL);
	return item;
}

struct reply *items_put(
	struct platform *platform, const struct request *request)
{
	const char *code = request->args[0];
	AUTO(json) item = plain_item(request->json);
	AUTO(entry) old = find_entry(platform, "item", code);
	AUTO(entry) kept = NULL;
	g_autoptr(GError) error = NULL;
	struct reply *reply;

	if (strcmp(code, json_text(item, "code")) != 0)
		return reply_field(platform, "code", "format");
	if (old && json_equal(old->body, item))
		return entry_reply(
			platform, request, old, json_copy(old->body));
	reply = precondition(platform, request, old ? old->version : NULL,
		old ? json_copy(old->body) : NULL);
	if (reply)
		return reply;
	if (!feed_check_item(platform, code, item, &error))
		return error->domain == ITEM_ERROR
			       ? reply_problem(platform, PROBLEM_INVALID,
					 error->message)
			       : reply_error(platform, error);
	if (!keep_item(platform, code, item, &error))
		return reply_error(platform, error);
	kept = find_entry(platform, "item", code);
	reply = entry_reply(platform, request, kept, json_copy(kept->body));
	reply->status = old ? 200 : 201;
	return reply;
}

/* All ------------------------------------------------------------------- */

static struct json *snapshot(struct platform *platform, char **version)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT entity, id, version, body FROM changes"
		" WHERE feed = 'catalog' AND deleted = 0"
		" ORDER BY entity, id",
		NULL);
	struct json *list = json_new_array();
	g_autoptr(GString) versions = g_string_new(NULL);

	while (platform_next(platform, rows)) {
		struct json *row = json_new_object();
		const char *body = db_text(rows, 3);

		json_put_text(row, "entity", db_text(rows, 0));
		json_put_text(row, "id", db_text(rows, 1));
		json_put_text(row, "version", db_text(rows, 2));
		json_put(row, "body", json_parse(body, strlen(body), NULL));
		json_add(list, row);
		g_string_append_printf(versions, "%s %s %s\n", db_text(rows, 0),
			db_text(rows, 1), db_text(rows, 2));
	}
	*version = feed_version(versions->str);
	return list;
}

static bool takes_gzip(const struct request *request)
{
	return request->accept_encoding &&
	       strstr(request->accept_encoding, "gzip") &&
	       !strstr(request->accept_encoding, "gzip;q=0");
}

/* The body is replaced by its compressed form, or left when that fails. */
static void compress(struct reply *reply)
{
	g_autoptr(GZlibCompressor) gzip =
		g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
	g_autoptr(GOutputStream) memory =
		g_memory_output_stream_new_resizable();
	g_autoptr(GOutputStream) stream =
		g_converter_output_stream_new(memory, G_CONVERTER(gzip));

	if (!g_output_stream_write_all(
		    stream, reply->body, reply->len, NULL, NULL, NULL) ||
		!g_output_stream_close(stream, NULL, NULL))
		return;
	g_free(reply->body);
	reply->len = g_memory_output_stream_get_data_size(
		G_MEMORY_OUTPUT_STREAM(memory));
	reply->body = g_memory_output_stream_steal_data(
		G_MEMORY_OUTPUT_STREAM(memory));
	reply_header(reply, "Content-Encoding", g_strdup("gzip"));
}

struct reply *catalog_snapshot(
	struct platform *platform, const struct request *request)
{
	struct entry entry = {0};
	struct json *list = snapshot(platform, &entry.version);
	g_autofree char *version = entry.version;
	struct json *value = json_new_object();
	struct reply *reply;

	json_put_text(value, "version", version);
	json_put(value, "rows", list);
	reply = entry_reply(platform, request, &entry, value);
	reply_header(reply, "Vary", g_strdup("Accept-Encoding"));
	if (reply->status == 200 && takes_gzip(request))
		compress(reply);
	return reply;
}
