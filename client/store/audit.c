/* The audit chain. Each row's hash covers the one before it;
 * the length stands before the body, so no byte can change sides. */
#include "client/store/private.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"

#define NAME_ROW(code, name) [code] = name,
static const char *const act_names[] = {AUDIT_ACTS(NAME_ROW)};

const char *audit_act_name(enum audit_act act)
{
	return act < AUDIT_ACT_COUNT ? act_names[act] : "?";
}

static void add_number(struct sha256_state *state, uint64_t number, int bytes)
{
	uint8_t out[8];

	for (int i = 0; i < bytes; i++)
		out[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
	sha256_add(state, out, (size_t)bytes);
}

static void hash_row(const uint8_t prev[SHA256_LEN], int64_t seq,
	const void *body, size_t len, uint8_t out[SHA256_LEN])
{
	static const char domain[] = "yikou-audit-1";
	struct sha256_state *state = sha256_new();

	sha256_add(state, domain, sizeof(domain) - 1);
	sha256_add(state, prev, SHA256_LEN);
	add_number(state, (uint64_t)seq, 8);
	add_number(state, len, 4);
	sha256_add(state, body, len);
	sha256_end(state, out);
}

static bool last_row(struct store *store, int64_t *seq,
	uint8_t prev[SHA256_LEN], GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", NULL);
	const void *hash;
	size_t len;

	*seq = 0;
	memcpy(prev, store->audit_genesis, SHA256_LEN);
	if (db_next(rows)) {
		*seq = db_int(rows, 0);
		hash = db_blob(rows, 1, &len);
		if (len == SHA256_LEN)
			memcpy(prev, hash, SHA256_LEN);
	}
	return db_end(rows, error);
}

/* The members in this order, always: the bytes are what is hashed. */
static char *make_body(struct store *store, enum audit_act act,
	const struct actor *actor, const char *type, const char *id,
	const char *result, struct json *take_details)
{
	AUTO(json) body = json_new_object();
	struct json *object;
	bool known;
	int64_t offset = store_clock_offset(store, &known);

	json_put_time(body, "time", clock_wall_ms());
	json_put(body, "offset_ms",
		known ? json_new_int(offset) : json_new_text(NULL));
	json_put_text(body, "boot", clock_boot_id());
	json_put_text(body, "actor", text_or_empty(actor->staff_no));
	json_put_text(body, "role", text_or_empty(actor->role));
	json_put_text(body, "session", text_or_empty(actor->session));
	json_put_text(body, "window", text_or_empty(actor->window));
	json_put_text(body, "act", audit_act_name(act));
	if (type) {
		object = json_new_object();
		json_put_text(object, "type", type);
		json_put_text(object, "id", text_or_empty(id));
		json_put(body, "object", object);
	}
	json_put_text(body, "result", result);
	json_put(body, "details", take_details);
	return json_print(body);
}

bool audit_add(struct store *store, enum audit_act act,
	const struct actor *actor, const char *object_type,
	const char *object_id, const char *result, struct json *take_details,
	GError **error)
{
	g_autofree char *body = make_body(store, act, actor, object_type,
		object_id, result, take_details);
	uint8_t prev[SHA256_LEN], hash[SHA256_LEN];
	size_t len = strlen(body);
	int64_t seq;

	if (!last_row(store, &seq, prev, error))
		return false;
	hash_row(prev, ++seq, body, len, hash);
	return db_run(store->db,
		"INSERT INTO audit(seq, body, prev, hash)"
		" VALUES(?1, ?2, ?3, ?4)",
		DB_VALUES(DB_INT(seq), DB_BLOB(body, len),
			DB_BLOB(prev, SHA256_LEN), DB_BLOB(hash, SHA256_LEN)),
		error);
}

bool audit_record(struct store *store, enum audit_act act,
	const struct actor *actor, const char *object_type,
	const char *object_id, const char *result, struct json *take_details,
	GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	if (!change) {
		json_free(take_details);
		return false;
	}
	return audit_add(store, act, actor, object_type, object_id, result,
		       take_details, error) &&
	       db_commit(change, error);
}

/* NULL when the row follows prev, else what is wrong. */
static const char *judge_row(
	struct db_rows *rows, int64_t seq, const uint8_t prev[SHA256_LEN])
{
	uint8_t hash[SHA256_LEN];
	size_t body_len, prev_len, hash_len;
	const void *body = db_blob(rows, 1, &body_len);
	const void *stored_prev = db_blob(rows, 2, &prev_len);
	const void *stored_hash = db_blob(rows, 3, &hash_len);

	if (db_int(rows, 0) != seq)
		return "missing";
	if (prev_len != SHA256_LEN || hash_len != SHA256_LEN)
		return "edited";
	hash_row(stored_prev, seq, body, body_len, hash);
	if (memcmp(hash, stored_hash, SHA256_LEN) != 0)
		return "edited";
	if (memcmp(prev, stored_prev, SHA256_LEN) != 0)
		return "foreign";
	return NULL;
}

bool audit_verify(struct store *store, int64_t *rows_read, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT seq, body, prev, hash FROM audit ORDER BY seq", NULL);
	uint8_t prev[SHA256_LEN];
	const char *wrong;
	size_t len;

	*rows_read = 0;
	memcpy(prev, store->audit_genesis, SHA256_LEN);
	while (db_next(rows)) {
		wrong = judge_row(rows, *rows_read + 1, prev);
		if (wrong) {
			g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
				"audit row %" G_GINT64_FORMAT " is %s",
				*rows_read + 1, wrong);
			return false;
		}
		memcpy(prev, db_blob(rows, 3, &len), SHA256_LEN);
		++*rows_read;
	}
	return db_end(rows, error);
}
