/* The handlers that all kinds of records share. */
#include <string.h>

#include "client/base/error.h"
#include "client/platform/cases.h"
#include "client/platform/record.h"

static const struct resource *resource_of(const struct request *request)
{
	return request->route->resource;
}

/* /v1/x/{id}, /v1/cases/{case_id}/x/{slot}, /v1/x/{window}/{date} */
static char *id_of(const struct request *request)
{
	return request->args[1] ? g_strconcat(request->args[0], "/",
					  request->args[1], NULL)
				: g_strdup(request->args[0]);
}

static bool has_case(struct platform *platform, const struct request *request)
{
	return !resource_of(request)->of_case ||
	       case_version(platform, request->args[0]) > 0;
}

static void set_text(char **member, const char *text)
{
	g_free(*member);
	*member = g_strdup(text ? text : "");
}

/* What the request says becomes what is kept. */
static void take_body(struct record *record, const struct request *request)
{
	char digest[SHA256_TEXT];

	sha256_text(request->body, request->body_len, digest);
	set_text(&record->digest, digest);
	json_free(record->body);
	record->body = json_copy(request->json);
	set_text(&record->window, json_text(record->body, "window"));
	if (record->resource->of_case)
		set_text(&record->parent, request->args[0]);
	else
		set_text(&record->parent, json_text(record->body, "case_id"));
}

static bool is_same_request(
	const struct record *record, const struct request *request)
{
	char digest[SHA256_TEXT];

	sha256_text(request->body, request->body_len, digest);
	return strcmp(record->digest, digest) == 0;
}

static struct reply *keep(struct platform *platform,
	const struct request *request, struct record *record, int status)
{
	const struct resource *resource = record->resource;
	g_autoptr(GError) error = NULL;
	struct reply *refusal =
		resource->check ? resource->check(platform, request, record)
				: NULL;

	if (refusal)
		return refusal;
	if (!record_write(platform, record, &error))
		return reply_error(platform, error);
	return record_reply(platform, status, record);
}

struct reply *record_put(
	struct platform *platform, const struct request *request)
{
	const struct resource *resource = resource_of(request);
	g_autofree char *id = id_of(request);
	AUTO(record) record = record_find(platform, resource, id);
	g_autofree char *version = NULL;
	struct reply *refusal;
	bool is_new = !record;

	if (!has_case(platform, request))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	if (record && is_same_request(record, request))
		return record_reply(platform, 200, record);
	version = record ? version_text(record->version) : NULL;
	refusal = precondition(platform, request, version,
		record ? record_json(record) : NULL);
	if (refusal)
		return refusal;
	if (!record)
		record = record_new(resource, id);
	take_body(record, request);
	return keep(platform, request, record, is_new ? 201 : 200);
}

struct reply *record_post(
	struct platform *platform, const struct request *request)
{
	const struct resource *resource = resource_of(request);
	const char *id = json_text(request->json, resource->id);
	AUTO(record) record = record_find(platform, resource, id);

	if (!has_case(platform, request))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	if (record)
		return is_same_request(record, request)
			       ? record_reply(platform, 200, record)
			       : reply_problem(platform, PROBLEM_ID_REUSED,
					 resource->id);
	record = record_new(resource, id);
	take_body(record, request);
	return keep(platform, request, record, 201);
}

struct reply *record_get(
	struct platform *platform, const struct request *request)
{
	g_autofree char *id = id_of(request);
	AUTO(record) record = record_find(platform, resource_of(request), id);
	g_autofree char *version = NULL;

	if (!record)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	version = version_text(record->version);
	return is_not_modified(request, version)
		       ? reply_not_modified(version)
		       : record_reply(platform, 200, record);
}

/* Changing -------------------------------------------------------------- */

/* RFC 7386: null removes, objects are merged, everything else replaces. */
static void merge(struct json *target, const struct json *patch)
{
	json_each (member, patch) {
		const char *name = json_name(member);
		struct json *old = json_get_mutable(target, name);

		if (json_is_null(member))
			json_put(target, name, NULL);
		else if (json_is_object(member) && json_is_object(old))
			merge(old, member);
		else
			json_put(target, name, json_copy(member));
	}
}

/* The state that an outcome of a review leads to; most are called alike. */
static const char *state_of_outcome(const char *outcome)
{
	if (g_strcmp0(outcome, "pass") == 0)
		return "passed";
	return g_strcmp0(outcome, "reject") == 0 ? "rejected" : outcome;
}

static struct reply *move(struct platform *platform,
	const struct request *request, struct record *record,
	const struct transition *transition)
{
	const char *outcome =
		state_of_outcome(json_text(request->json, "outcome"));

	if (!transition || !transition_allows(transition, record->state))
		return reply_conflict(platform, PROBLEM_ILLEGAL_STATE,
			record->state, record_json(record));
	if (transition->to || outcome)
		set_text(&record->state,
			transition->to ? transition->to : outcome);
	return NULL;
}

/* Version and state; *record is set when it may be changed. */
static struct reply *open_record(struct platform *platform,
	const struct request *request, const char *verb, struct record **record)
{
	const struct resource *resource = resource_of(request);
	g_autofree char *version = NULL;
	struct reply *refusal;

	*record = record_find(platform, resource, request->args[0]);
	if (!*record)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	version = version_text((*record)->version);
	refusal =
		precondition(platform, request, version, record_json(*record));
	if (!refusal && verb)
		refusal = move(platform, request, *record,
			transition_find(resource, verb));
	return refusal;
}

struct reply *record_patch(
	struct platform *platform, const struct request *request)
{
	AUTO(record) record = NULL;
	struct reply *refusal = open_record(
		platform, request, json_text(request->json, "state"), &record);

	if (refusal)
		return refusal;
	merge(record->body, request->json);
	json_put(record->body, "state", NULL);
	return keep(platform, request, record, 200);
}

/* What was said with the command stays, under the command's name. */
struct reply *record_command(
	struct platform *platform, const struct request *request)
{
	const char *verb = strrchr(request->path, ':') + 1;
	g_autofree char *member = g_strdelimit(g_strdup(verb), "-", '_');
	AUTO(record) record = NULL;
	struct reply *refusal = open_record(platform, request, verb, &record);

	if (refusal)
		return refusal;
	json_put(record->body, member, json_copy(request->json));
	return keep(platform, request, record, 200);
}

/* Lists ----------------------------------------------------------------- */

static bool read_cursor(
	const char *cursor, const struct resource *resource, int64_t *row)
{
	char plain[64];
	size_t len, kind = strlen(resource->kind);

	*row = 0;
	if (!cursor || !*cursor)
		return true;
	if (!hex_decode(cursor, (uint8_t *)plain, sizeof(plain) - 1, &len))
		return false;
	plain[len] = '\0';
	return strncmp(plain, resource->kind, kind) == 0 &&
	       plain[kind] == ' ' &&
	       g_ascii_string_to_signed(
		       plain + kind + 1, 10, 0, G_MAXINT64, row, NULL);
}

static char *make_cursor(const struct resource *resource, int64_t row)
{
	g_autofree char *plain =
		g_strdup_printf("%s %" G_GINT64_FORMAT, resource->kind, row);

	return hex_encode((const uint8_t *)plain, strlen(plain));
}

static struct db_rows *select_page(struct platform *platform,
	const struct request *request, int64_t after, int64_t limit)
{
	const struct resource *resource = resource_of(request);
	const char *window = request_query(request, "window");
	const char *state = request_query(request, "state");
	const char *parent = resource->of_case
				     ? request->args[0]
				     : request_query(request, "case_id");

	return db_select(platform->db,
		"SELECT row, id FROM records WHERE kind = ?1 AND row > ?2"
		" AND (?3 = '' OR parent = ?3) AND (?4 = '' OR window = ?4)"
		" AND (?5 = '' OR state = ?5) ORDER BY row LIMIT ?6",
		DB_VALUES(DB_TEXT(resource->kind), DB_INT(after),
			DB_TEXT(parent ? parent : ""),
			DB_TEXT(window ? window : ""),
			DB_TEXT(state ? state : ""), DB_INT(limit + 1)));
}

static struct reply *list_reply(struct platform *platform,
	const struct request *request, struct json *take_list, bool more,
	int64_t after)
{
	g_autofree char *cursor = make_cursor(resource_of(request), after);
	g_autofree char *text = json_print(take_list);
	char digest[SHA256_TEXT];
	struct json *page = json_new_object();
	struct reply *reply;

	sha256_text(text, strlen(text), digest);
	digest[16] = '\0';
	json_put(page, "rows", take_list);
	json_put_text(page, "next_cursor", cursor);
	json_put_bool(page, "more", more);
	if (is_not_modified(request, digest)) {
		json_free(page);
		return reply_not_modified(digest);
	}
	reply = reply_json(platform, 200, page);
	if (more)
		reply_next(reply, request, cursor);
	reply_etag(reply, digest);
	return reply;
}

struct reply *record_list(
	struct platform *platform, const struct request *request)
{
	const struct resource *resource = resource_of(request);
	int64_t after = 0, limit;
	struct json *list;
	bool more = false;

	if (!request_limit(request, &limit) ||
		!read_cursor(
			request_query(request, "cursor"), resource, &after))
		return reply_problem(
			platform, PROBLEM_MALFORMED, "limit or cursor");
	if (!has_case(platform, request))
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	AUTO(db_rows) rows = select_page(platform, request, after, limit);
	list = json_new_array();
	while (!more && platform_next(platform, rows)) {
		AUTO(record) record = NULL;

		more = (int64_t)json_length(list) == limit;
		if (more)
			break;
		after = db_int(rows, 0);
		record = record_find(platform, resource, db_text(rows, 1));
		if (record)
			json_add(list, record_json(record));
	}
	return list_reply(platform, request, list, more, after);
}
