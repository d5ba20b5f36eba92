/* The audit chain: who did what to which object, tamper-evident.
 *
 * Rows are written in the transaction of the act: dense seq,
 * hash = SHA-256("yikou-audit-1" || prev || seq be64 || len be32 || body), no
 * UPDATE, no DELETE. The body holds ids and names of fields, never personal
 * data. */
#ifndef CLIENT_STORE_AUDIT_H
#define CLIENT_STORE_AUDIT_H

#include "client/store/store.h"

/* X(code, name): a closed list; a new act needs a line here. */
#define AUDIT_ACTS(X)                             \
	X(AUDIT_LOGIN, "login")                   \
	X(AUDIT_LOGIN_FAILED, "login.failed")     \
	X(AUDIT_LOGOUT, "logout")                 \
	X(AUDIT_LOCK, "lock")                     \
	X(AUDIT_UNLOCK, "unlock")                 \
	X(AUDIT_START, "start")                   \
	X(AUDIT_STOP, "stop")                     \
	X(AUDIT_CASE_DRAFT, "case.draft")         \
	X(AUDIT_CASE_RECEIVE, "case.receive")     \
	X(AUDIT_CASE_ACCEPT, "case.accept")       \
	X(AUDIT_CASE_REFUSE, "case.refuse")       \
	X(AUDIT_CASE_ABANDON, "case.abandon")     \
	X(AUDIT_CASE_DOCUMENT, "case.document")   \
	X(AUDIT_CASE_READ, "case.read")           \
	X(AUDIT_CASE_SEARCH, "case.search")       \
	X(AUDIT_REVEAL, "reveal")                 \
	X(AUDIT_CASE_CHANGE, "case.change")       \
	X(AUDIT_PRINT, "print")                   \
	X(AUDIT_REPRINT, "reprint")               \
	X(AUDIT_TICKET, "ticket")                 \
	X(AUDIT_PAUSE, "window.pause")            \
	X(AUDIT_RESUME, "window.resume")          \
	X(AUDIT_RATING, "rating")                 \
	X(AUDIT_NUMBER_BLOCK, "number.block")     \
	X(AUDIT_NUMBER_VOID, "number.void")       \
	X(AUDIT_SYNC_RUN, "sync.run")             \
	X(AUDIT_SYNC_PARKED, "sync.parked")       \
	X(AUDIT_SYNC_REQUEUE, "sync.requeue")     \
	X(AUDIT_SYNC_VOID, "sync.void")           \
	X(AUDIT_SYNC_SUPERSEDE, "sync.supersede") \
	X(AUDIT_DEVICE, "device")                 \
	X(AUDIT_STORE_RESTORED, "store.restored") \
	X(AUDIT_CATALOG, "catalog")               \
	X(AUDIT_CATALOG_AGREE, "catalog.agree")

#define AUDIT_ACT_ROW(code, name) code,
enum audit_act { AUDIT_ACTS(AUDIT_ACT_ROW) AUDIT_ACT_COUNT };

const char *audit_act_name(enum audit_act act);

/* An act that changes nothing else in the store (log-in, read, print): its own
 * transaction. object_type and object_id may be NULL, details is extra members
 * (ids, counts, field names) or NULL. result is "ok", "denied" or "failed". */
bool audit_record(struct store *store, enum audit_act act,
	const struct actor *actor, const char *object_type,
	const char *object_id, const char *result, struct json *take_details,
	GError **error);

/* Walks the chain. *rows is set to what was read; STORE_ERROR_CORRUPT names
 * the first bad seq and what is wrong (edited, missing, foreign). */
bool audit_verify(struct store *store, int64_t *rows, GError **error);

#endif
