/* Cases: drafts, acceptance, refusal, documents, search. */
#ifndef CLIENT_STORE_CASE_H
#define CLIENT_STORE_CASE_H

#include "client/rules/case_state.h"
#include "client/store/store.h"

enum {
	CASE_NO_TEXT = 24,   /* "20261123-03-0017" */
	CASE_FULL_TEXT = 48, /* implementation code 31 + 8 + 2 + 4 */
	DOC_NO_BYTES = 64,   /* "登政务〔2026〕受字第000123号" */
	CASE_BODY_MAX = 1 << 20,
};

/* One case. Strings and body are owned by the record.
 *
 * body: {"applicant":{...},"form":{...},"materials":[...],"decision":{...},
 *        "promise_days":5,...}: what the platform gets. Written by app from the
 * catalogue's definitions; the store reads of it only the members that search
 * needs: applicant.name, applicant.id_number, applicant.phone. */
struct case_record {
	char case_id[UUID_TEXT];
	char case_no[CASE_NO_TEXT];   /* "" until accepted or refused */
	char full_no[CASE_FULL_TEXT]; /* "" likewise */
	enum case_state state;
	char ticket_id[UUID_TEXT]; /* "" when without a ticket */
	char *item_code;           /* implementation code, 31 */
	char *item_name;
	char *item_version;     /* of the catalogue, pinned */
	char *initials;         /* of the applicant, all readings,
				   blank separated; may be NULL */
	char query_password[8]; /* 6 digits on the receipt */
	char *clerk;            /* staff_no of the last save */
	int64_t created_ms, updated_ms, received_ms, accepted_ms;
	char promised_due[11]; /* "2026-11-30", "" if none */
	char statutory_due[11];
	bool due_provisional;
	struct json *body;
};

struct case_record *case_new(void); /* fresh case_id, CASE_DRAFT */
void case_free(struct case_record *record);
DEFINE_AUTO(case_record, case_free)

/* Saves the unfinished visit; also updates the search index. Drafts are local:
 * no outbox row. ITEM_ERROR_STATE when the stored case is no draft any more. */
bool case_save_draft(struct store *store, struct case_record *record,
	const struct actor *actor, GError **error);

/* ITEM_ERROR_NOT_FOUND; STORE_ERROR_CORRUPT when its seal does not fit. */
struct case_record *case_load(
	struct store *store, const char *case_id, GError **error);

/* Drafts of this window, newest first: array of struct case_record *. */
GPtrArray *case_drafts(struct store *store, GError **error);

/* What goes on with a ticket: its newest draft, else what was decided last.
 * ITEM_ERROR_NOT_FOUND when it has neither. */
struct case_record *case_of_ticket(
	struct store *store, const char *ticket_id, GError **error);

/* The draft is given up with a reason: CASE_VOID. No outbox row. */
bool case_abandon(struct store *store, const char *case_id, const char *reason,
	const struct actor *actor, GError **error);

/* What the law makes of the draft, in one transaction: events receive and
 * accept (or receive and refuse), the case number out of the leased block
 * "case:WINDOW", the document numbers out of "doc:SERIES:YEAR", outbox op
 * "case.accept" or "case.refuse", audit. On success record has its numbers,
 * times and state, and a query password if it had none. A document is bound
 * for "receipt" (without number) and for each series ("accept-notice").
 * STORE_ERROR_NUMBERS when a block is used up, ITEM_ERROR_STATE when the case
 * is decided, ITEM_ERROR_INVALID when a refusal has no reason or a page of
 * body.materials is not in the blob store: nothing is changed then. */
struct case_decision {
	enum case_event event; /* ACCEPT, REFUSE or NOT_NEEDED */
	const char *reason;    /* code and text; NULL when accepting */
	int64_t at_ms;
	int day; /* 20261123, of at_ms in local time */
	/* Document numbers to bind, by series ("accept", "refuse"); NULL ended.
	 */
	const char *const *document_series;
};
bool case_decide(struct store *store, struct case_record *record,
	const struct case_decision *decision, const struct actor *actor,
	GError **error);

/* Applicant, form and materials of a case that is accepted, put right or added
 * to: outbox op "case.change", which the platform takes only on the version it
 * was made on (conflict.h says what follows otherwise); audit. parts: the three
 * as they are from now on. version and base: what the platform showed of it;
 * both NULL: what it confirmed of this store's own last. One change of a case
 * is on its way at a time: ITEM_ERROR_STATE. ITEM_ERROR_NOT_FOUND for a case of
 * another window without a version, ITEM_ERROR_INVALID without a reason. */
struct case_changed {
	const char *case_id, *reason;
	const char *version;
	const struct json *base;
	const struct json *parts; /* {"applicant","form","materials"} */
};
bool case_change(struct store *store, const struct case_changed *changed,
	const struct actor *actor, GError **error);

/* Documents of a case. A row exists, "pending", from case_decide() on; the
 * rendered file is added later, so a crash in between renders again. */
struct case_document {
	char *kind; /* "receipt", "accept-notice", "refuse-notice" */
	char *number; /* "登政务〔2026〕受字第000123号", "" for a receipt */
	char sha256[SHA256_TEXT]; /* "" while pending */
	int64_t size;
	int pages;
	int copies;
	char *printed; /* "", "cups:JOB" or the path it was kept at */
};
void case_document_free(struct case_document *document);
/* Array of struct case_document *, in order of making. */
GPtrArray *case_documents(
	struct store *store, const char *case_id, GError **error);
/* The file is in the blob store already (blob_add). Fills the pending row, and
 * writes op "case.document" that waits for the blob. */
bool case_document_done(struct store *store, const char *case_id,
	const char *kind, const char *sha256, int64_t size, int pages,
	const struct actor *actor, GError **error);
/* It is on paper, or kept at a path. The first time it is audit "print", from
 * then on "reprint" with the reason, a code such as "damaged"; NULL: none. */
bool case_document_printed(struct store *store, const char *case_id,
	const char *kind, const char *where, const char *reason,
	const struct actor *actor, GError **error);
/* Cases with a document that is not out yet, rendered or not: array of char *
 * case_id, oldest first. */
GPtrArray *case_documents_pending(struct store *store, GError **error);
/* How many documents are not out, and of which case the oldest is; "" none. */
struct documents_left {
	int count;
	char case_no[CASE_NO_TEXT];
};
bool case_documents_left(
	struct store *store, struct documents_left *left, GError **error);

/* Search as you type: part of a name, pinyin initials, beginning of an id
 * number or its last 6, telephone, case number or its end ("0017",
 * "03-0017"). The newest made first, at most
 * limit (500) hits. ITEM_ERROR_TOO_LARGE beyond 64 characters;
 * STORE_ERROR_CORRUPT when the seal of a hit does not fit. */
struct case_hit {
	char case_id[UUID_TEXT];
	char case_no[CASE_NO_TEXT];
	enum case_state state;
	char *item_name;
	char *applicant; /* full: the caller masks */
	char *id_number;
	int64_t updated_ms;
};
void case_hit_free(struct case_hit *hit);
GPtrArray *case_search(
	struct store *store, const char *text, int limit, GError **error);

/* Other cases of the same person, newest first; as case_search(). */
GPtrArray *case_of_person(
	struct store *store, const char *id_number, int limit, GError **error);

#endif
