/* Cases, their documents and ratings, as the ops made them. */
#ifndef CLIENT_PLATFORM_CASES_H
#define CLIENT_PLATFORM_CASES_H

#include "client/base/json.h"
#include "client/platform/platform.h"

struct op;

/* 0 when there is no such case. */
int64_t case_version(struct platform *platform, const char *case_id);
/* {"case_id","case_no","state","version","window"}; NULL when there is none. */
struct json *case_summary(struct platform *platform, const char *case_id);

/* What a window merges with when its base_version is stale: the summary with
 * "body" and "documents"; NULL when there is no such case. */
struct json *case_current(struct platform *platform, const char *case_id);

/* Ops case.accept and case.refuse, case.document, case.change, rating.record,
 * in the caller's transaction: see ops.h. */
bool case_apply_decision(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error);
bool case_apply_document(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error);
/* Needs a base_version, which was checked; illegal_state when the case is
 * decided. */
bool case_apply_change(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error);
bool case_apply_rating(struct platform *platform, const struct op *op,
	int64_t *version, struct json **problem, GError **error);

/* The whole of it for GET /v1/cases/{case_id} and the page; NULL when there is
 * none. */
struct json *case_whole(struct platform *platform, const char *case_id);

/* Is its state one of these, with blanks between? */
bool case_is_in(
	struct platform *platform, const char *case_id, const char *states);

/* One version up, to that state (NULL: it stays), and told to the feed. In the
 * caller's transaction. */
bool case_move(struct platform *platform, const char *case_id,
	const char *state, GError **error);

#endif
