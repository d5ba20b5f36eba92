/* Kept answers by Idempotency-Key. The digest is over method, path and body:
 * a key names one request, whatever it is about. */
#include "client/platform/answers.h"

#include <string.h>

#include "client/platform/platform.h"
#include "client/platform/router.h"

static void digest_of(const struct request *request, char out[SHA256_TEXT])
{
	struct sha256_state *state = sha256_new();
	uint8_t digest[SHA256_LEN];
	g_autofree char *hex = NULL;
	const char *method = router_method_name(request->method);

	sha256_add(state, method, strlen(method) + 1);
	sha256_add(state, request->path, strlen(request->path) + 1);
	sha256_add(state, request->body, request->body_len);
	sha256_end(state, digest);
	hex = hex_encode(digest, sizeof(digest));
	g_strlcpy(out, hex, SHA256_TEXT);
}

struct reply *answer_known(
	struct platform *platform, const struct request *request)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT digest, status, etag, body FROM answers WHERE key = ?1",
		DB_VALUES(DB_TEXT(request->idempotency_key)));
	char digest[SHA256_TEXT];
	struct reply *reply;
	const char *text;

	if (!platform_next(platform, rows))
		return NULL;
	digest_of(request, digest);
	if (strcmp(db_text(rows, 0), digest) != 0)
		return reply_problem(platform, PROBLEM_ID_REUSED,
			"Idempotency-Key was used for another request");
	text = db_text(rows, 3);
	reply = reply_json(platform, (int)db_int(rows, 1),
		json_parse(text, strlen(text), NULL));
	reply_header(reply, "Idempotent-Replay", g_strdup("true"));
	if (*db_text(rows, 2))
		reply_header(reply, "ETag", db_dup_text(rows, 2));
	return reply;
}

static const char *header_of(const struct reply *reply, const char *name)
{
	for (guint i = 0; reply->headers && i < reply->headers->len; i += 2) {
		if (strcmp(reply->headers->pdata[i], name) == 0)
			return reply->headers->pdata[i + 1];
	}
	return "";
}

bool answer_keep(struct platform *platform, const struct request *request,
	const struct reply *reply, GError **error)
{
	char digest[SHA256_TEXT];

	digest_of(request, digest);
	return db_run(platform->db,
		"INSERT INTO answers(key, digest, status, etag, body)"
		" VALUES(?1, ?2, ?3, ?4, ?5)",
		DB_VALUES(DB_TEXT(request->idempotency_key), DB_TEXT(digest),
			DB_INT(reply->status),
			DB_TEXT(header_of(reply, "ETag")),
			DB_TEXT(reply->body)),
		error);
}
