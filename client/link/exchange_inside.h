/* What the files of the exchange share. */
#ifndef CLIENT_LINK_EXCHANGE_INSIDE_H
#define CLIENT_LINK_EXCHANGE_INSIDE_H

#include "client/link/exchange.h"
#include "client/link/exchange_map.h"
#include "client/store/outbox.h"

enum {
	EXCHANGE_FILE_MAX = 256 << 20,
	EXCHANGE_MANIFEST_MAX = 16 << 20,
};

struct exchange {
	struct store *store;
	struct exchange_map *map;
	struct json *site; /* what rows say of this place */
	char *spool;
	char *prefix; /* of batch names: "410185-03" */
	int lock;
	int max_ops;
	int64_t sequence, cursor;
	char previous[SHA256_TEXT]; /* digest of the last manifest, or "" */
	/* Case number to data version, of cases that have more than one; and
	 * cases that are set aside. */
	GHashTable *versions, *aside;
	GHashTable *items; /* "CODE VERSION" to struct json * */
	void (*step)(void *context, const char *name);
	void *context;
};

struct exchange_batch {
	struct exchange *exchange;
	char id[40]; /* "410185-03-00000001" */
	const char *kind;
	int64_t sequence, from, to; /* store_seq */
	GString *lines;
	int64_t rows, aside;
	/* Of the manifest: rows by table, cases by day and item, new data
	 * versions, what was set aside, cases that are mended. */
	struct json *tables, *cases, *versions, *set_aside, *mended;
};

/* exchange_case.c. Bodies are the caller's. */
bool op_is_decision(const struct op *op);
/* As people corrected it up to store_seq upto. */
struct json *op_body_now(struct exchange *exchange, const struct op *op,
	int64_t upto, bool *is_void, GError **error);
/* The op that accepted or refused, or NULL; and its body as the case is at
 * upto, changes included. NULL without an error: no decision among the ops. */
const struct op *case_decided(const GPtrArray *ops);
struct json *case_now(struct exchange *exchange, const GPtrArray *ops,
	int64_t upto, bool *is_void, GError **error);
/* The same of the case an op is about; of a decision it is its body. NULL
 * without an error: of no case that was decided in this store. */
struct json *case_of_op(struct exchange *exchange, const struct op *op,
	const struct json *body, GError **error);

/* exchange_batch.c */
void batch_begin(struct exchange_batch *batch, struct exchange *exchange,
	const char *kind);
void batch_clear(struct exchange_batch *batch);
/* One op of the outbox, in order. */
bool batch_add(
	struct exchange_batch *batch, const struct op *op, GError **error);
/* All of a case up to store_seq upto, as its next data version. */
bool batch_add_case(struct exchange_batch *batch, const char *case_id,
	int64_t upto, GError **error);

/* exchange_spool.c: reads the manifests that are there into the exchange;
 * writes a batch and moves the exchange on. */
bool spool_load(struct exchange *exchange, GError **error);
bool spool_write(struct exchange_batch *batch, GError **error);
/* ending: ".jsonl", ".manifest.json", or ".json" of a receipt. Caller frees. */
char *spool_path(
	const struct exchange *exchange, int64_t sequence, const char *ending);
/* What a manifest says of cases: of one that was just written or read. */
void spool_apply(struct exchange *exchange, const struct json *manifest);

/* A row of an array by two members, made when it is not there; its number is
 * raised by n. */
struct json *count_day(struct json *days, const char *day, const char *item);
void count_up(struct json *row, const char *name, int64_t n);

#endif
