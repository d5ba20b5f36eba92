/* What must be at the platform: acknowledged or void ops, by window and day. */
#include "client/store/proof.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

/* The date as json_put_time() writes it: local time. */
#define OP_WINDOW "json_extract(o.actor, '$.window')"
#define OP_DAY \
	"strftime('%Y-%m-%d', o.wall_ms / 1000, 'unixepoch', 'localtime')"

struct sum {
	struct proof_bucket bucket;
	uint8_t bytes[SHA256_LEN];
};

static void add_op(struct sum *sum, struct db_rows *rows)
{
	size_t len;
	const uint8_t *hash = db_blob(rows, 2, &len);
	enum op_state state = (enum op_state)db_int(rows, 3);

	if (state != OP_ACKED && state != OP_VOID) {
		sum->bucket.waiting++;
		return;
	}
	sum->bucket.count++;
	for (size_t i = 0; len == SHA256_LEN && i < len; i++)
		sum->bytes[i] ^= hash[i];
}

/* Most rows belong to the bucket of the row before. */
static struct sum *sum_of(
	GHashTable *sums, struct sum *last, const char *window, const char *day)
{
	g_autofree char *key = NULL;
	struct sum *sum = last;

	if (sum && strcmp(sum->bucket.day, day) == 0 &&
		strcmp(sum->bucket.window, window) == 0)
		return sum;
	key = g_strconcat(window, " ", day, NULL);
	sum = g_hash_table_lookup(sums, key);
	if (!sum) {
		sum = g_new0(struct sum, 1);
		g_strlcpy(
			sum->bucket.window, window, sizeof(sum->bucket.window));
		g_strlcpy(sum->bucket.day, day, sizeof(sum->bucket.day));
		g_hash_table_insert(sums, g_steal_pointer(&key), sum);
	}
	return sum;
}

static int compare(gconstpointer a, gconstpointer b)
{
	const struct proof_bucket *one = a, *two = b;
	int order = strcmp(one->window, two->window);

	return order ? order : strcmp(one->day, two->day);
}

static GArray *take_sums(GHashTable *sums)
{
	GArray *buckets = g_array_new(FALSE, TRUE, sizeof(struct proof_bucket));
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, sums);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct sum *sum = value;
		g_autofree char *hex =
			hex_encode(sum->bytes, sizeof(sum->bytes));

		g_strlcpy(sum->bucket.xor, hex, sizeof(sum->bucket.xor));
		g_array_append_val(buckets, sum->bucket);
	}
	g_array_sort(buckets, compare);
	return buckets;
}

GArray *proof_buckets(struct store *store, const char *day, GError **error)
{
	g_autoptr(GHashTable) sums =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " OP_WINDOW ", " OP_DAY " AS day, o.hash, s.state"
		" FROM outbox o JOIN outbox_state s"
		" ON s.store_seq = o.store_seq WHERE ?1 = '' OR day = ?1",
		DB_VALUES(DB_TEXT(text_or_empty(day))));
	struct sum *sum = NULL;

	while (db_next(rows)) {
		sum = sum_of(sums, sum, text_or_empty(db_text(rows, 0)),
			text_or_empty(db_text(rows, 1)));
		add_op(sum, rows);
	}
	return db_end(rows, error) ? take_sums(sums) : NULL;
}

GArray *proof_ops(struct store *store, const char *window, const char *day,
	GError **error)
{
	g_autoptr(GArray) ops =
		g_array_new(FALSE, TRUE, sizeof(struct proof_op));
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT o.store_seq, o.op_id, lower(hex(o.hash)), s.state"
		" FROM outbox o JOIN outbox_state s"
		" ON s.store_seq = o.store_seq WHERE " OP_WINDOW " = ?1"
		" AND " OP_DAY " = ?2 ORDER BY o.store_seq",
		DB_VALUES(DB_TEXT(window), DB_TEXT(day)));

	while (db_next(rows)) {
		struct proof_op op = {.store_seq = db_int(rows, 0),
			.state = (enum op_state)db_int(rows, 3)};

		db_copy_text(rows, 1, op.op_id, sizeof(op.op_id));
		db_copy_text(rows, 2, op.hash, sizeof(op.hash));
		g_array_append_val(ops, op);
	}
	return db_end(rows, error) ? g_steal_pointer(&ops) : NULL;
}

/* Epochs ------------------------------------------------------------------- */

static int64_t our_epoch(struct store *store)
{
	g_autofree char *text = store_meta(store, "store_epoch");

	return text ? g_ascii_strtoll(text, NULL, 10) : 1;
}

bool proof_is_behind(struct store *store, int64_t epoch, int64_t store_seq,
	const char *hash, bool *behind, GError **error)
{
	int64_t same = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM outbox WHERE store_seq = ?1"
		    " AND lower(hex(hash)) = ?2",
		    DB_VALUES(DB_INT(store_seq), DB_TEXT(hash)), &same, NULL,
		    error))
		return false;
	*behind = epoch > our_epoch(store) ||
		  (epoch == our_epoch(store) && same == 0);
	return true;
}

/* Numbers that were handed out after the backup must not come twice. */
static bool void_numbers(struct store *store, GError **error)
{
	return db_run(store->db,
		       "WITH RECURSIVE free(block_id, number, last) AS ("
		       " SELECT block_id, next, last FROM number_blocks"
		       "  WHERE next <= last"
		       " UNION ALL SELECT block_id, number + 1, last FROM free"
		       "  WHERE number < last)"
		       " INSERT OR IGNORE INTO number_use(block_id, number,"
		       " owner, state, reason, at_ms)"
		       " SELECT block_id, number, '', 'void',"
		       " 'store restored from a backup', ?1 FROM free",
		       DB_VALUES(DB_INT(clock_wall_ms())), error) &&
	       db_run(store->db,
		       "UPDATE number_blocks SET next = last + 1"
		       " WHERE next <= last",
		       NULL, error);
}

bool proof_begin_epoch(struct store *store, int64_t above, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	int64_t epoch = MAX(above, our_epoch(store)) + 1;
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, epoch);
	struct actor system = store_system_actor(store);
	struct json *details;

	if (!change || !store_put_meta(store, "store_epoch", text, error) ||
		!void_numbers(store, error) ||
		!db_run(store->db, "DELETE FROM feed_cursor", NULL, error))
		return false;
	details = json_new_object();
	json_put_int(details, "epoch", epoch);
	return audit_add(store, AUDIT_STORE_RESTORED, &system, "store",
		       store->uuid, "ok", details, error) &&
	       db_commit(change, error);
}
