/* A batch on its way to Request Tracker 5: its state, and the three parts of
 * platform_rt5 that share it. */
#ifndef CLIENT_LINK_RT5_BATCH_H
#define CLIENT_LINK_RT5_BATCH_H

#include "client/link/platform_driver.h"
#include "client/link/rt5.h"

struct rt5 {
	char *queue;        /* own */
	bool ready;         /* the queue has what is needed */
	bool blind;         /* what was made could not be found: make no more */
	GHashTable *unsure; /* own: op_id -> int64_t since when missed */
};

enum rt5_step {
	RT5_QUEUE, /* before all else */
	RT5_FIND,
	RT5_MAKE,
	RT5_JUDGE, /* some were refused: is it us? asks the queue again */
	RT5_PROVE, /* search for what was made */
	RT5_LIST,
	RT5_SAY,
	RT5_PAGE,
	RT5_LOOK,
	RT5_MARK,
	RT5_END,
};

struct rt5_item {
	const struct op *op;
	const GPtrArray *blobs; /* struct blob * */
	char key[RT5_KEY_MAX];
	struct batch_result result;
	bool settled;
	bool making;  /* in the RT5_MAKE at hand */
	bool refused; /* there */
	bool touched; /* something of it may be over there */
	bool marked;
};

struct rt5_batch {
	struct rt5 *rt5;
	struct batch_job job;
	struct rt5_item *items; /* own */
	size_t count, at;       /* at: the one that is worked on */
	enum rt5_step step;
	int page;                /* of RT5_LIST */
	const struct blob *blob; /* of RT5_PAGE */
	GHashTable *tickets;     /* own: key -> struct rt5_ticket */
	GHashTable *stuck;       /* own: key: an op of it is not through */
	enum answer_kind kind;
	unsigned extra;
	char etag[HTTP_ETAG_MAX];
	/* own: of the request at hand */
	char *path, *type, *file;
	GBytes *body, *after;
};

/* rt5_batch.c: results, and what comes next */

/* Nothing more can be had now. What was begun is unknown, the rest unsent. */
void rt5_give_up(struct rt5_batch *batch, enum answer_kind kind);
void rt5_settle(struct rt5_batch *batch, struct rt5_item *item,
	enum op_verdict verdict, const char *code, int http);
void rt5_settle_ack(struct rt5_batch *batch, struct rt5_item *item);
/* It is sent now: what was missed before says nothing any more. */
void rt5_forget_unsure(struct rt5_batch *batch, const struct rt5_item *item);
/* Keys of what is made now, or of all that is not settled: borrowed texts. */
GPtrArray *rt5_keys(const struct rt5_batch *batch, bool made);
/* Sets step after the first search. */
void rt5_after_find(struct rt5_batch *batch);
/* The ticket of the op at hand. */
struct rt5_ticket *rt5_ticket_at(const struct rt5_batch *batch);
/* Its files are known: sets step to what is missing, or settles the op. */
void rt5_after_list(struct rt5_batch *batch);
/* The next op that is not through, or the end. */
void rt5_work_on(struct rt5_batch *batch);

/* rt5_heard.c: replies */

/* Whether the queue will do. */
bool rt5_hear_queue(struct rt5 *rt5, struct answer *answer);
/* As batch_heard of the driver. */
bool rt5_heard(
	void *data, const struct http_reply *reply, struct answer *answer);
void rt5_drop_request(struct rt5_batch *batch);

#endif
