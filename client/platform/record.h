/* Most resources of the contract are one of a few things: a document with a
 * version, a list that only grows, a command on a document. A row of struct
 * resource says which; the handlers here do the rest. What a body must hold
 * has been checked against the contract before. */
#ifndef CLIENT_PLATFORM_RECORD_H
#define CLIENT_PLATFORM_RECORD_H

#include "client/platform/platform.h"
#include "client/platform/router.h"

struct record {
	const struct resource *resource;
	int64_t row, version; /* row 0: not yet kept */
	char *id, *parent, *window, *state, *digest;
	struct json *body; /* as it is shown, without version and times */
	int64_t at_ms;
};

struct record *record_new(const struct resource *resource, const char *id);
void record_free(struct record *record);
DEFINE_AUTO(record, record_free)

struct resource {
	const char *kind;  /* in the store, and entity of the feed */
	const char *id;    /* member that holds the id */
	const char *feed;  /* NULL: in none */
	const char *state; /* the first one; NULL: it has none */
	bool of_case;      /* the path begins with /v1/cases/{case_id} */
	/* Looks at a new or changed body, may add to it. A refusal, or NULL. */
	struct reply *(*check)(struct platform *platform,
		const struct request *request, struct record *record);
};

extern const struct resource resource_org, resource_window, resource_user,
	resource_change_request, resource_step, resource_material,
	resource_result, resource_delivery, resource_evaluation,
	resource_application, resource_notification, resource_certificate,
	resource_seal, resource_warning, resource_consultation,
	resource_daily_clear, resource_weekly_settlement, resource_audit,
	resource_template, resource_person, resource_legal_entity;

/* Which command leads from which state to which. */
struct transition {
	const struct resource *resource;
	const char *verb;
	const char *from; /* states, blank between; NULL: any */
	const char *to; /* NULL: what "outcome" of the body says, or it stays */
};
const struct transition *transition_find(
	const struct resource *resource, const char *verb);
bool transition_allows(const struct transition *transition, const char *from);

/* NULL when there is none. */
struct record *record_find(struct platform *platform,
	const struct resource *resource, const char *id);
/* Inserts or replaces, one version up, and tells the feed. In the caller's
 * transaction. */
bool record_write(
	struct platform *platform, struct record *record, GError **error);
/* All of a kind, as they are shown, oldest first. Caller frees. */
struct json *record_all(
	struct platform *platform, const struct resource *resource);
/* Inserts or replaces the document when it is another than before. */
bool record_load(struct platform *platform, const struct resource *resource,
	const char *id, const struct json *body, GError **error);
/* Version as it is on the wire. Caller frees. */
char *version_text(int64_t version);
/* The document with version, state and time. Caller frees. */
struct json *record_json(const struct record *record);
struct reply *record_reply(
	struct platform *platform, int status, const struct record *record);

/* What If-Match and If-None-Match ask of a change. version NULL: there is none
 * yet. A refusal: 428 when neither was sent, 412 with the current
 * representation. NULL: go on. */
struct reply *precondition(struct platform *platform,
	const struct request *request, const char *version,
	struct json *take_current);
/* Of a GET: true when the client has this version already. */
bool is_not_modified(const struct request *request, const char *version);
/* 304 with the ETag. */
struct reply *reply_not_modified(const char *version);

/* 409 illegal_state and the like, with the current representation. */
struct reply *reply_conflict(struct platform *platform, enum problem problem,
	const char *detail, struct json *take_current);
/* 422 for one field. */
struct reply *reply_field(
	struct platform *platform, const char *field, const char *rule);
void reply_etag(struct reply *reply, const char *version);

/* Ids that follow from a text, so that a seed gives the same day twice. */
void uuid_of_text(const char *text, char out[UUID_TEXT]);

/* Walks the rows of a kind: {"rows","next_cursor","more"} with Link and ETag.
 * Filters of the query: window, state, case_id. */
struct reply *record_list(
	struct platform *platform, const struct request *request);
struct reply *record_get(
	struct platform *platform, const struct request *request);
struct reply *record_put(
	struct platform *platform, const struct request *request);
struct reply *record_post(
	struct platform *platform, const struct request *request);
struct reply *record_patch(
	struct platform *platform, const struct request *request);
struct reply *record_command(
	struct platform *platform, const struct request *request);

#endif
