/* What must be at the platform: acknowledged or void ops, by window and day. */
#include "client/store/proof.h"

#include <string.h>

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
