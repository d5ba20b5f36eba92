/* The outbox: rows that never change, chained. Sending is
 * in outbox_lease.c. */
#include "client/store/outbox.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

#define NAME_ROW(code, name) [code] = name,
static const char *const state_names[] = {OP_STATES(NAME_ROW)};

/* The numbers stand in SQL texts and in the index outbox_open. */
G_STATIC_ASSERT(OP_QUEUED == 0 && OP_WAIT_BLOB == 1 && OP_READY == 2);
G_STATIC_ASSERT(OP_LEASED == 3 && OP_ACKED == 4 && OP_CONFLICT == 5);
G_STATIC_ASSERT(OP_DEAD == 6 && OP_VOID == 7);

const char *op_state_name(enum op_state state)
{
	return state < OP_STATE_COUNT ? state_names[state] : "?";
}

void op_free(struct op *op)
{
	if (!op)
		return;
	g_free(op->agg);
	g_free(op->agg_id);
	g_free(op->kind);
	g_free(op->body);
	g_free(op->actor);
	g_free(op->time);
	g_free(op->problem);
	g_free(op->base_version);
	g_free(op);
}

struct link {
	int64_t store_seq;
	const char *op_id;
	uint8_t body_sha256[SHA256_LEN];
	uint8_t prev[SHA256_LEN];
	uint8_t hash[SHA256_LEN];
};

/* prev 32 bytes, store_seq 8 bytes big endian, op_id 36 characters, digest of
 * the body 32 bytes. */
static void hash_link(struct link *link)
{
	struct sha256_state *state = sha256_new();
	uint64_t seq = GUINT64_TO_BE((uint64_t)link->store_seq);

	sha256_add(state, link->prev, SHA256_LEN);
	sha256_add(state, &seq, sizeof(seq));
	sha256_add(state, link->op_id, strlen(link->op_id));
	sha256_add(state, link->body_sha256, SHA256_LEN);
	sha256_end(state, link->hash);
}

static void set_genesis(struct store *store, uint8_t out[SHA256_LEN])
{
	g_autofree char *text =
		g_strdup_printf("yikou-outbox-1 %s", store->uuid);

	sha256(text, strlen(text), out);
}

static bool last_link(struct store *store, struct link *link, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT store_seq, hash FROM outbox"
		" ORDER BY store_seq DESC LIMIT 1",
		NULL);
	const void *hash;
	size_t len;

	link->store_seq = 0;
	set_genesis(store, link->prev);
	if (db_next(rows)) {
		link->store_seq = db_int(rows, 0);
		hash = db_blob(rows, 1, &len);
		if (len == SHA256_LEN)
			memcpy(link->prev, hash, SHA256_LEN);
	}
	return db_end(rows, error);
}

static char *print_actor(struct store *store, const struct actor *actor)
{
	AUTO(json) object = json_new_object();

	json_put_text(object, "staff",
		actor->staff_no && *actor->staff_no ? actor->staff_no
						    : "system");
	json_put_text(object, "window",
		actor->window ? actor->window : store->window);
	return json_print(object);
}

static bool insert_row(struct store *store, const struct new_op *op,
	const struct link *link, const char *body, GError **error)
{
	g_autofree char *actor = print_actor(store, op->actor);
	bool known;
	int64_t offset = store_clock_offset(store, &known);

	return db_run(store->db,
		"INSERT INTO outbox(store_seq, op_id, agg, agg_id, agg_seq,"
		" kind, body, body_sha256, actor, wall_ms, boot_id, boot_ms,"
		" clock_offset_ms, prev_hash, hash)"
		" VALUES(?1, ?2, ?3, ?4,"
		" (SELECT coalesce(max(agg_seq), 0) + 1 FROM outbox"
		"  WHERE agg_id = ?4),"
		" ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
		DB_VALUES(DB_INT(link->store_seq), DB_TEXT(link->op_id),
			DB_TEXT(op->agg), DB_TEXT(op->agg_id),
			DB_TEXT(op->kind), DB_BLOB(body, strlen(body)),
			DB_BLOB(link->body_sha256, SHA256_LEN), DB_TEXT(actor),
			DB_INT(clock_wall_ms()), DB_TEXT(clock_boot_id()),
			DB_INT(clock_boot_ms()),
			known ? DB_INT(offset) : DB_NULL,
			DB_BLOB(link->prev, SHA256_LEN),
			DB_BLOB(link->hash, SHA256_LEN)),
		error);
}

/* The blobs are there already: a row must not name a file that is not. */
static bool add_blobs(struct store *store, int64_t store_seq,
	const GPtrArray *blobs, GError **error)
{
	for (guint i = 0; blobs && i < blobs->len; i++)
		if (!db_run(store->db,
			    "INSERT OR IGNORE INTO op_blobs(store_seq, sha256)"
			    " VALUES(?1, ?2)",
			    DB_VALUES(DB_INT(store_seq),
				    DB_TEXT(blobs->pdata[i])),
			    error))
			return false;
	return true;
}

static bool add_state(struct store *store, int64_t store_seq, GError **error)
{
	int64_t missing = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM op_blobs o JOIN blobs b"
		    " ON b.sha256 = o.sha256"
		    " WHERE o.store_seq = ?1 AND b.confirmed_ms IS NULL",
		    DB_VALUES(DB_INT(store_seq)), &missing, NULL, error))
		return false;
	return db_run(store->db,
		"INSERT INTO outbox_state(store_seq, state) VALUES(?1, ?2)",
		DB_VALUES(DB_INT(store_seq),
			DB_INT(missing ? OP_WAIT_BLOB : OP_READY)),
		error);
}

static bool add_base(struct store *store, int64_t store_seq,
	const struct new_op *op, GError **error)
{
	g_autofree char *base = NULL;

	if (!op->base_version)
		return true;
	base = json_print(op->base);
	return db_run(store->db,
		"INSERT INTO op_base(store_seq, version, base)"
		" VALUES(?1, ?2, ?3)",
		DB_VALUES(DB_INT(store_seq), DB_TEXT(op->base_version),
			DB_TEXT(base)),
		error);
}

bool outbox_add(struct store *store, const struct new_op *op,
	struct json *take_body, GError **error)
{
	AUTO(json) body = take_body;
	g_autofree char *text = json_print(body);
	char op_id[UUID_TEXT];
	struct link link = {.op_id = op_id};

	if (!last_link(store, &link, error))
		return false;
	uuid7(op_id);
	link.store_seq++;
	sha256(text, strlen(text), link.body_sha256);
	hash_link(&link);
	return insert_row(store, op, &link, text, error) &&
	       add_blobs(store, link.store_seq, op->blobs, error) &&
	       add_base(store, link.store_seq, op, error) &&
	       add_state(store, link.store_seq, error);
}

/* Acts behind a parked one wait for a person: they are on no way. */
bool outbox_is_busy(
	struct store *store, const char *agg_id, bool *busy, GError **error)
{
	int64_t on_the_way = 0;

	if (!db_get_int(store->db,
		    "SELECT coalesce(sum(s.state IN (0, 1, 2, 3)), 0) > 0"
		    " AND coalesce(sum(s.state IN (5, 6)), 0) = 0"
		    " FROM outbox o JOIN outbox_state s"
		    " ON s.store_seq = o.store_seq WHERE o.agg_id = ?1",
		    DB_VALUES(DB_TEXT(agg_id)), &on_the_way, NULL, error))
		return false;
	*busy = on_the_way != 0;
	return true;
}

static void read_hash(struct db_rows *rows, int column, char out[SHA256_TEXT])
{
	size_t len;
	const uint8_t *hash = db_blob(rows, column, &len);
	g_autofree char *text = hex_encode(hash, MIN(len, SHA256_LEN));

	g_strlcpy(out, text, SHA256_TEXT);
}

static char *print_time(struct db_rows *rows)
{
	AUTO(json) object = json_new_object();
	bool known = !db_is_null(rows, 12);

	json_put_time(object, "wall", db_int(rows, 11));
	json_put(object, "offset_ms",
		known ? json_new_int(db_int(rows, 12)) : json_new_text(NULL));
	json_put_text(object, "quality", known ? "platform" : "unknown");
	return json_print(object);
}

struct op *op_read(struct db_rows *rows)
{
	struct op *op = g_new0(struct op, 1);
	size_t len;
	const char *body = db_blob(rows, 6, &len);

	op->store_seq = db_int(rows, 0);
	db_copy_text(rows, 1, op->op_id, sizeof(op->op_id));
	op->agg = db_dup_text(rows, 2);
	op->agg_id = db_dup_text(rows, 3);
	op->agg_seq = db_int(rows, 4);
	op->kind = db_dup_text(rows, 5);
	op->body = g_strndup(body, len);
	read_hash(rows, 7, op->body_sha256);
	read_hash(rows, 8, op->prev_hash);
	read_hash(rows, 9, op->hash);
	op->actor = db_dup_text(rows, 10);
	op->time = print_time(rows);
	op->attempts = (int)db_int(rows, 13);
	op->state = (enum op_state)db_int(rows, 14);
	op->http = (int)db_int(rows, 15);
	op->problem = db_dup_text(rows, 16);
	op->base_version = db_dup_text(rows, 19);
	return op;
}

GPtrArray *outbox_list(
	struct store *store, enum op_state state, int limit, GError **error)
{
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " OP_COLUMNS " FROM outbox_state s JOIN outbox o"
		" ON o.store_seq = s.store_seq WHERE s.state = ?1"
		" ORDER BY s.store_seq DESC LIMIT ?2",
		DB_VALUES(DB_INT(state), DB_INT(limit)));

	while (db_next(rows))
		g_ptr_array_add(list, op_read(rows));
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

static bool read_bytes(
	struct db_rows *rows, int column, uint8_t out[SHA256_LEN])
{
	size_t len;
	const void *data = db_blob(rows, column, &len);

	if (len == SHA256_LEN)
		memcpy(out, data, len);
	return len == SHA256_LEN;
}

/* NULL when the row follows link, which then becomes this row's. */
static const char *judge_row(struct db_rows *rows, struct link *link)
{
	uint8_t stored_prev[SHA256_LEN], stored_hash[SHA256_LEN];
	uint8_t digest[SHA256_LEN];
	size_t len;
	const void *body = db_blob(rows, 2, &len);

	if (db_int(rows, 0) != ++link->store_seq)
		return "missing";
	sha256(body, len, digest);
	if (!read_bytes(rows, 3, link->body_sha256) ||
		!read_bytes(rows, 4, stored_prev) ||
		!read_bytes(rows, 5, stored_hash) ||
		memcmp(digest, link->body_sha256, SHA256_LEN) != 0 ||
		!db_int(rows, 6))
		return "edited";
	if (memcmp(link->prev, stored_prev, SHA256_LEN) != 0)
		return "foreign";
	link->op_id = db_text(rows, 1);
	hash_link(link);
	if (memcmp(link->hash, stored_hash, SHA256_LEN) != 0)
		return "edited";
	memcpy(link->prev, link->hash, SHA256_LEN);
	return NULL;
}

static bool check_states(struct store *store, int64_t count, GError **error)
{
	int64_t states = 0;

	if (!db_get_int(store->db,
		    "SELECT max(count(*), coalesce(max(store_seq), 0))"
		    " FROM outbox_state",
		    NULL, &states, NULL, error))
		return false;
	if (states == count)
		return true;
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"%" G_GINT64_FORMAT " outbox rows, %" G_GINT64_FORMAT " states",
		count, states);
	return false;
}

bool outbox_verify(struct store *store, int64_t *rows_read,
	char chain_head[SHA256_TEXT], GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT store_seq, op_id, body, body_sha256, prev_hash, hash,"
		" fits FROM outbox ORDER BY store_seq",
		NULL);
	struct link link = {.store_seq = 0};
	g_autofree char *head = NULL;
	const char *wrong;

	set_genesis(store, link.prev);
	while (db_next(rows)) {
		wrong = judge_row(rows, &link);
		if (wrong) {
			g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
				"outbox row %" G_GINT64_FORMAT " is %s",
				link.store_seq, wrong);
			return false;
		}
	}
	*rows_read = link.store_seq;
	head = hex_encode(link.prev, SHA256_LEN);
	if (chain_head)
		g_strlcpy(chain_head, head, SHA256_TEXT);
	return db_end(rows, error) &&
	       check_states(store, link.store_seq, error);
}
