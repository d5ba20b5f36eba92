/* The e-seal service: a key pair for each seal, made here; a signature is over
 * the 32 bytes of a document's SHA-256. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/sign.h"
#include "client/platform/contract.h"
#include "client/platform/handlers.h"
#include "client/platform/online.h"
#include "client/platform/record.h"

const struct resource resource_seal = {.kind = "seal", .id = "seal_id"};

static struct sign_key *load_key(
	struct platform *platform, const char *seal_id, GError **error)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT pem FROM seal_keys WHERE seal_id = ?1",
		DB_VALUES(DB_TEXT(seal_id)));

	return platform_next(platform, rows)
		       ? sign_key_read(db_text(rows, 0), error)
		       : NULL;
}

static struct sign_key *make_key(struct platform *platform, const char *seal_id,
	const char *algorithm, GError **error)
{
	bool is_sm2 = g_strcmp0(algorithm, "sm2-sm3") == 0;
	struct sign_key *key =
		sign_key_new(is_sm2 ? SIGN_SM2 : SIGN_RSA, error);
	g_autofree char *pem = key ? sign_private_pem(key) : NULL;

	if (key && db_run(platform->db,
			   "INSERT INTO seal_keys(seal_id, pem) VALUES(?1, ?2)",
			   DB_VALUES(DB_TEXT(seal_id), DB_TEXT(pem)), error))
		return key;
	g_clear_pointer(&key, sign_key_free);
	return NULL;
}

static bool seed_one(
	struct platform *platform, const struct json *row, GError **error)
{
	const char *id = json_text_or(row, "seal_id", "");
	AUTO(sign_key) key = load_key(platform, id, NULL);
	AUTO(json) body = json_copy(row);
	AUTO(json) errors = json_new_array();
	g_autofree char *pem = NULL;

	if (!key)
		key = make_key(
			platform, id, json_text(row, "algorithm"), error);
	if (!key)
		return false;
	pem = sign_public_pem(key);
	json_put_text(body, "public_key", pem);
	if (validate(contract_schema("seal"), body, errors))
		return record_load(platform, &resource_seal, id, body, error);
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID, "seed: seals: %s",
		json_text_or(json_first(errors), "field", ""));
	return false;
}

bool seal_seed(
	struct platform *platform, const struct json *rows, GError **error)
{
	json_each (row, rows) {
		if (!seed_one(platform, row, error))
			return false;
	}
	return true;
}

static struct json *signature_json(
	const struct record *seal, const char *sha256, const char *signature)
{
	struct json *value = json_new_object();
	g_autofree char *now = clock_iso(clock_wall_ms());

	json_put_text(value, "seal_id", seal->id);
	json_put_text(value, "sha256", sha256);
	json_put_text(value, "algorithm", json_text(seal->body, "algorithm"));
	json_put_text(value, "signature", signature);
	json_put_text(value, "signed_at", now);
	return value;
}

struct reply *seals_sign(
	struct platform *platform, const struct request *request)
{
	const char *sha256 = json_text(request->json, "sha256");
	AUTO(record) seal = record_find(
		platform, &resource_seal, json_text(request->json, "seal_id"));
	g_autoptr(GError) error = NULL;
	AUTO(sign_key) key = seal ? load_key(platform, seal->id, &error) : NULL;
	g_autofree char *signature = NULL;
	uint8_t digest[SHA256_LEN];
	char audit_id[UUID_TEXT];
	struct json *value;
	size_t len;

	if (!seal)
		return reply_problem(
			platform, PROBLEM_NOT_FOUND, "no such seal");
	hex_decode(sha256, digest, sizeof(digest), &len);
	if (key)
		signature = sign_data(key, digest, len, &error);
	if (!signature ||
		!audit_note(platform, request, seal->id,
			json_text(request->json, "purpose"), audit_id, &error))
		return reply_error(platform, error);
	value = signature_json(seal, sha256, signature);
	json_put_text(value, "audit_id", audit_id);
	return reply_json(platform, 200, value);
}
