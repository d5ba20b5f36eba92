/* The unified user centre and the certificate library. Every question has a
 * purpose and leaves a trace, whether something was found or not. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/blobs.h"
#include "client/platform/handlers.h"
#include "client/platform/online.h"
#include "client/platform/record.h"
#include "client/rules/mask.h"

bool audit_note(struct platform *platform, const struct request *request,
	const char *target, const char *purpose, char audit_id[UUID_TEXT],
	GError **error)
{
	AUTO(record) entry = NULL;
	const struct json *body = request->json;

	uuid7(audit_id);
	entry = record_new(&resource_audit, audit_id);
	g_free(entry->window);
	entry->window = g_strdup(json_text_or(body, "window", ""));
	json_put_text(entry->body, "action", request->path + strlen("/v1/"));
	json_put_text(entry->body, "target", target);
	json_put_text(entry->body, "purpose", purpose);
	json_put_text(entry->body, "staff_no", json_text(body, "staff_no"));
	json_put_text(entry->body, "window", entry->window);
	return record_write(platform, entry, error);
}

/* The first record of a kind with that text in a member. */
static struct record *find_by(struct platform *platform,
	const struct resource *resource, const char *path, const char *text)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id FROM records WHERE kind = ?1"
		" AND json_extract(body, ?2) = ?3 ORDER BY row",
		DB_VALUES(
			DB_TEXT(resource->kind), DB_TEXT(path), DB_TEXT(text)));

	return platform_next(platform, rows)
		       ? record_find(platform, resource, db_text(rows, 0))
		       : NULL;
}

static bool is_same(
	const struct record *record, const struct json *query, const char *name)
{
	const char *wanted = json_text(query, name);

	return !wanted || !*wanted ||
	       g_strcmp0(wanted, json_text(record->body, name)) == 0;
}

/* {"found","audit_id", NAME: the record's body} */
static struct reply *found_reply(struct platform *platform, const char *name,
	const struct record *record, const char *audit_id)
{
	struct json *value = json_new_object(), *shown;

	json_put_bool(value, "found", record != NULL);
	json_put_text(value, "audit_id", audit_id);
	if (record) {
		shown = json_copy(record->body);
		json_put_text(shown, record->resource->id, record->id);
		json_put(value, name, shown);
	}
	return reply_json(platform, 200, value);
}

struct reply *persons_lookup(
	struct platform *platform, const struct request *request)
{
	const struct json *query = request->json;
	const char *number = json_text(query, "id_number");
	AUTO(record) record =
		find_by(platform, &resource_person, "$.id_number", number);
	g_autofree char *target = mask_text(MASK_CITIZEN_ID, number);
	char audit_id[UUID_TEXT];
	g_autoptr(GError) error = NULL;
	bool fits = record && is_same(record, query, "name") &&
		    is_same(record, query, "id_type");

	if (!audit_note(platform, request, target, json_text(query, "purpose"),
		    audit_id, &error))
		return reply_error(platform, error);
	return found_reply(platform, "person", fits ? record : NULL, audit_id);
}

struct reply *legal_entities_lookup(
	struct platform *platform, const struct request *request)
{
	const struct json *query = request->json;
	const char *code = json_text(query, "credit_code");
	AUTO(record) record =
		record_find(platform, &resource_legal_entity, code);
	char audit_id[UUID_TEXT];
	g_autoptr(GError) error = NULL;
	bool fits = record && is_same(record, query, "name");

	if (!audit_note(platform, request, code, json_text(query, "purpose"),
		    audit_id, &error))
		return reply_error(platform, error);
	return found_reply(
		platform, "legal_entity", fits ? record : NULL, audit_id);
}

/* Certificates ---------------------------------------------------------- */

static struct json *held_by(struct platform *platform, const struct json *query)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id FROM records WHERE kind = 'certificate'"
		" AND json_extract(body, '$.holder_code') = ?1"
		" ORDER BY row LIMIT 200",
		DB_VALUES(DB_TEXT(json_text(query, "holder_code"))));
	struct json *list = json_new_array();

	while (platform_next(platform, rows)) {
		AUTO(record) record = record_find(
			platform, &resource_certificate, db_text(rows, 0));

		if (record && is_same(record, query, "certificate_type_code"))
			json_add(list, record_json(record));
	}
	return list;
}

struct reply *certificates_query(
	struct platform *platform, const struct request *request)
{
	const char *code = json_text(request->json, "holder_code");
	g_autofree char *target = mask_text(MASK_CITIZEN_ID, code);
	struct json *value;
	char audit_id[UUID_TEXT];
	g_autoptr(GError) error = NULL;

	if (!audit_note(platform, request, target,
		    json_text(request->json, "use_cause"), audit_id, &error))
		return reply_error(platform, error);
	value = json_new_object();
	json_put(value, "rows", held_by(platform, request->json));
	json_put_text(value, "audit_id", audit_id);
	return reply_json(platform, 200, value);
}

static const char *verdict_on(
	const struct record *record, const struct json *query)
{
	const char *until;

	if (!record || !is_same(record, query, "certificate_type_code"))
		return "unknown";
	if (strcmp(record->state, "revoked") == 0)
		return "revoked";
	until = json_text_or(record->body, "valid_to", "");
	if (*until &&
		clock_day(clock_wall_ms()) > clock_day(clock_parse(until)))
		return "expired";
	return is_same(record, query, "file_sha256") ? "valid" : "file-differs";
}

struct reply *certificates_verify(
	struct platform *platform, const struct request *request)
{
	const struct json *query = request->json;
	const char *number = json_text(query, "certificate_number");
	AUTO(record) record = find_by(platform, &resource_certificate,
		"$.certificate_number", number);
	const char *verdict = verdict_on(record, query);
	struct json *value;
	char audit_id[UUID_TEXT];
	g_autoptr(GError) error = NULL;

	if (!audit_note(platform, request, number,
		    json_text(query, "use_cause"), audit_id, &error))
		return reply_error(platform, error);
	value = json_new_object();
	json_put_text(value, "verdict", verdict);
	json_put_text(value, "audit_id", audit_id);
	if (strcmp(verdict, "unknown") != 0)
		json_put(value, "certificate", record_json(record));
	return reply_json(platform, 200, value);
}

/* A number is given once; the file, if any, is here. */
static struct reply *check_certificate(struct platform *platform,
	const struct request *request, struct record *record)
{
	const char *sha256 = json_text(record->body, "file_sha256");
	AUTO(record) other =
		find_by(platform, &resource_certificate, "$.certificate_number",
			json_text(record->body, "certificate_number"));
	struct json *problem, *missing;

	(void)request;
	if (other && strcmp(other->id, record->id) != 0)
		return reply_problem(
			platform, PROBLEM_NUMBER_TAKEN, "certificate_number");
	if (!sha256 || blob_is_here(platform, sha256))
		return NULL;
	missing = json_new_array();
	json_add_text(missing, sha256);
	problem = problem_json(PROBLEM_MISSING_BLOBS, NULL);
	json_put(problem, "sha256", missing);
	return reply_problem_json(platform, problem);
}

const struct resource resource_certificate = {.kind = "certificate",
	.id = "certificate_id",
	.state = "valid",
	.check = check_certificate};
