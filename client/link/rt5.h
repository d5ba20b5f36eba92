/* Request Tracker 5, REST 2.0: each request and each reply by itself. Pure.
 *
 * One RT ticket is one aggregate of ours (a case, a citizen's number): its
 * custom field RT5_KEY holds "case:UUID". Each op is the ticket's creation or
 * a comment on it, with the exact bytes of its body as the file UUID.json and a
 * part for people; pages are files named by their hash. RT5_OPS lists the ops
 * that are complete on the ticket. */
#ifndef CLIENT_LINK_RT5_H
#define CLIENT_LINK_RT5_H

#include "client/link/answer.h"
#include "client/store/blob.h"

#define RT5_KEY "yikou-case"
#define RT5_OPS "yikou-op"

enum {
	RT5_KEY_MAX = 80,
	RT5_PER_PAGE = 100, /* what RT gives at most */
	RT5_PAGES_MAX = 100,
	RT5_MAX_REPLY = 4 * 1024 * 1024,
};

/* As answer_read(): RT's own refusals are JSON with a "message"; they become
 * codes of ours by their status alone. body may be an array. */
void rt5_read(
	const struct http_reply *reply, int status, struct answer *answer);

/* "case:UUID"; false when it is not of that kind: never put into a query. */
bool rt5_key(const struct op *op, char key[RT5_KEY_MAX]);
bool rt5_queue_is_valid(const char *queue);

/* GET /queue/NAME: it has our two fields, and we may create tickets. */
char *rt5_queue_path(const char *queue);
/* NULL when all is well; or what is missing, for the log. may_create NULL or
 * set when the queue could be read. */
const char *rt5_queue_lacks(const struct json *queue, bool *may_create);

/* GET /rt without credentials: RT answers 401 when it is up. */
bool rt5_health_decode(const struct http_reply *reply, struct answer *answer);

/* POST /tickets, a search. keys: char *, at least one. */
GBytes *rt5_search_request(const char *queue, const GPtrArray *keys);

struct rt5_ticket {
	int64_t id;
	char key[RT5_KEY_MAX];
	GHashTable *ops;   /* own: op_id of complete ops */
	GHashTable *files; /* own: name -> size as pointer; NULL: not listed */
};
void rt5_ticket_free(struct rt5_ticket *ticket);
/* key -> struct rt5_ticket; of several with one key the oldest. duplicates is
 * raised by the others. NULL when the reply is no such list. */
GHashTable *rt5_search_decode(const struct json *body, unsigned *duplicates);

/* POST /tickets/bulk: one of its elements. complete: the op needs no more. */
struct json *rt5_new_ticket(
	const char *queue, const char *key, const struct op *op, bool complete);

/* POST /ticket/ID/comment with the op's body. */
char *rt5_ticket_path(int64_t id, const char *what);
GBytes *rt5_comment_request(const struct op *op);
/* The same with a file: its type, and what stands before and behind it. The
 * boundary is made of the file's hash, so that no file contains it. */
char *rt5_page_type(const struct blob *blob);
GBytes *rt5_page_before(const struct op *op, const struct blob *blob);
GBytes *rt5_page_after(const struct blob *blob);

/* Names of files on a ticket; caller frees. */
char *rt5_body_name(const struct op *op);
char *rt5_page_name(const struct blob *blob);

/* GET /ticket/ID/attachments: adds to files. more: there is
 * another page. False when it is no list. */
char *rt5_list_path(int64_t id, int page);
bool rt5_list_decode(const struct json *body, GHashTable *files, bool *more);

/* GET /ticket/ID: the ops that are complete. NULL when it is no ticket. */
GHashTable *rt5_ticket_ops(const struct json *ticket);
/* PUT /ticket/ID, If-Match: that this op is complete too. */
GBytes *rt5_mark_request(GHashTable *ops, const char *op_id);

#endif
