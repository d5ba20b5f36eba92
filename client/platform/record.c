/* Records: how they are kept and shown. */
#include "client/platform/record.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/feeds.h"
#include "client/platform/validate.h"

struct record *record_new(const struct resource *resource, const char *id)
{
	struct record *record = g_new0(struct record, 1);

	record->resource = resource;
	record->id = g_strdup(id);
	record->parent = g_strdup("");
	record->window = g_strdup("");
	record->state = g_strdup(resource->state ? resource->state : "");
	record->digest = g_strdup("");
	record->body = json_new_object();
	return record;
}

void record_free(struct record *record)
{
	g_free(record->id);
	g_free(record->parent);
	g_free(record->window);
	g_free(record->state);
	g_free(record->digest);
	json_free(record->body);
	g_free(record);
}

struct record *record_find(struct platform *platform,
	const struct resource *resource, const char *id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT row, version, parent, window, state, digest, body,"
		" at_ms FROM records WHERE kind = ?1 AND id = ?2",
		DB_VALUES(DB_TEXT(resource->kind), DB_TEXT(id)));
	struct record *record = g_new0(struct record, 1);
	const char *body;

	if (!platform_next(platform, rows)) {
		g_free(record);
		return NULL;
	}
	body = db_text(rows, 6);
	*record = (struct record){
		.resource = resource,
		.row = db_int(rows, 0),
		.version = db_int(rows, 1),
		.id = g_strdup(id),
		.parent = db_dup_text(rows, 2),
		.window = db_dup_text(rows, 3),
		.state = db_dup_text(rows, 4),
		.digest = db_dup_text(rows, 5),
		.body = json_parse(body, strlen(body), NULL),
		.at_ms = db_int(rows, 7),
	};
	return record;
}

char *version_text(int64_t version)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, version);
}

struct json *record_json(const struct record *record)
{
	struct json *value = json_copy(record->body);
	g_autofree char *at = clock_iso(record->at_ms);
	g_autofree char *version = version_text(record->version);
	const char *slot = strchr(record->id, '/');

	/* A material is "CASE/SLOT" in the store, its slot on the wire. */
	json_put_text(value, record->resource->id,
		slot && record->resource->of_case ? slot + 1 : record->id);
	if (record->resource->of_case)
		json_put_text(value, "case_id", record->parent);
	if (record->resource->state)
		json_put_text(value, "state", record->state);
	json_put_text(value, "version", version);
	json_put_text(value, "updated_at", at);
	return value;
}

static bool announce(
	struct platform *platform, const struct record *record, GError **error)
{
	AUTO(json) value = record_json(record);
	g_autofree char *text = json_print(value);

	return feed_put(platform,
		&(struct change){.feed = record->resource->feed,
			.entity = record->resource->kind,
			.id = record->id,
			.version = json_text(value, "version"),
			.body = text},
		error);
}

bool record_write(
	struct platform *platform, struct record *record, GError **error)
{
	g_autofree char *body = json_print(record->body);

	record->version++;
	record->at_ms = clock_wall_ms();
	if (!db_run(platform->db,
		    "INSERT INTO records(kind, id, parent, window, state,"
		    " version, digest, body, at_ms)"
		    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		    " ON CONFLICT(kind, id) DO UPDATE SET"
		    " window = excluded.window, state = excluded.state,"
		    " version = excluded.version, digest = excluded.digest,"
		    " body = excluded.body, at_ms = excluded.at_ms",
		    DB_VALUES(DB_TEXT(record->resource->kind),
			    DB_TEXT(record->id), DB_TEXT(record->parent),
			    DB_TEXT(record->window), DB_TEXT(record->state),
			    DB_INT(record->version), DB_TEXT(record->digest),
			    DB_TEXT(body), DB_INT(record->at_ms)),
		    error))
		return false;
	return !record->resource->feed || announce(platform, record, error);
}

/* Replies --------------------------------------------------------------- */

void reply_etag(struct reply *reply, const char *version)
{
	reply_header(reply, "ETag", g_strdup_printf("\"%s\"", version));
}

static bool is_version(const char *mark, const char *version)
{
	size_t len = version ? strlen(version) : 0;

	return mark && version && strlen(mark) == len + 2 && *mark == '"' &&
	       mark[len + 1] == '"' && memcmp(mark + 1, version, len) == 0;
}

bool is_not_modified(const struct request *request, const char *version)
{
	return is_version(request->if_none_match, version);
}

struct reply *reply_not_modified(const char *version)
{
	struct reply *reply = reply_empty(304);

	reply_etag(reply, version);
	return reply;
}

struct reply *record_reply(
	struct platform *platform, int status, const struct record *record)
{
	struct reply *reply = reply_json(platform, status, record_json(record));
	g_autofree char *version = version_text(record->version);

	reply_etag(reply, version);
	return reply;
}

struct reply *reply_conflict(struct platform *platform, enum problem problem,
	const char *detail, struct json *take_current)
{
	struct json *value = problem_json(problem, detail);

	json_put(value, "current", take_current);
	return reply_problem_json(platform, value);
}

struct reply *reply_field(
	struct platform *platform, const char *field, const char *rule)
{
	AUTO(json) errors = json_new_array();

	validate_refuse(errors, field, rule);
	return reply_invalid(platform, errors);
}

struct reply *precondition(struct platform *platform,
	const struct request *request, const char *version,
	struct json *take_current)
{
	AUTO(json) current = take_current;
	bool makes = request->if_none_match &&
		     strcmp(request->if_none_match, "*") == 0;

	if (!makes && !request->if_match)
		return reply_problem(platform, PROBLEM_PRECONDITION_REQUIRED,
			"If-None-Match: * makes, If-Match replaces");
	if (makes ? !version : is_version(request->if_match, version))
		return NULL;
	return reply_conflict(platform, PROBLEM_VERSION_CONFLICT, NULL,
		g_steal_pointer(&current));
}

void uuid_of_text(const char *text, char out[UUID_TEXT])
{
	char hex[SHA256_TEXT];

	sha256_text(text, strlen(text), hex);
	hex[12] = '8'; /* RFC 9562: made by a rule of our own */
	hex[16] = 'a';
	g_snprintf(out, UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
}

/* Of a kind ------------------------------------------------------------- */

struct json *record_all(
	struct platform *platform, const struct resource *resource)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id FROM records WHERE kind = ?1 ORDER BY row LIMIT 500",
		DB_VALUES(DB_TEXT(resource->kind)));
	struct json *list = json_new_array();

	while (platform_next(platform, rows)) {
		AUTO(record) record =
			record_find(platform, resource, db_text(rows, 0));

		if (record)
			json_add(list, record_json(record));
	}
	return list;
}

bool record_load(struct platform *platform, const struct resource *resource,
	const char *id, const struct json *body, GError **error)
{
	AUTO(record) record = record_find(platform, resource, id);
	g_autofree char *text = json_print(body);
	char digest[SHA256_TEXT];

	sha256_text(text, strlen(text), digest);
	if (record && strcmp(record->digest, digest) == 0)
		return true;
	if (!record)
		record = record_new(resource, id);
	json_free(record->body);
	record->body = json_copy(body);
	g_free(record->digest);
	record->digest = g_strdup(digest);
	g_free(record->window);
	record->window = g_strdup(json_text_or(body, "window", ""));
	return record_write(platform, record, error);
}
