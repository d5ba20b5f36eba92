/* Acceptance: what the papers and the form allow (行政许可法 §32).
 *
 * Pure: given the state of each material and of the form it proposes one of
 * the five outcomes and says what stands in the way. */
#ifndef CLIENT_RULES_ACCEPTANCE_H
#define CLIENT_RULES_ACCEPTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/base/json.h"
#include "client/rules/form_rules.h"

/* X(code, name in data, code of the exchange: 1 必要 2 非必要 3 容缺后补) */
#define MATERIAL_NEEDS(X)                 \
	X(NEED_MUST, "must", 1)           \
	X(NEED_SITUATION, "situation", 2) \
	X(NEED_WAIVABLE, "waivable", 3)

#define MATERIAL_NEED_ROW(code, name, exchange) code,
enum material_need { MATERIAL_NEEDS(MATERIAL_NEED_ROW) MATERIAL_NEED_COUNT };

/* X(code, name in the case's body) */
#define MATERIAL_STATES(X)                                                    \
	X(MATERIAL_MISSING, "missing")       /* 缺 */                        \
	X(MATERIAL_CAPTURING, "capturing")   /* 拍 */                        \
	X(MATERIAL_COMPLETE, "complete")     /* 齐 */                        \
	X(MATERIAL_WRONG, "wrong")           /* there, not in lawful form */  \
	X(MATERIAL_WAIVED, "waived")         /* 容缺: promised for later */ \
	X(MATERIAL_NOT_NEEDED, "not-needed") /* 不需: not in this situation */

#define MATERIAL_STATE_ROW(code, name) code,
enum material_state {
	MATERIAL_STATES(MATERIAL_STATE_ROW) MATERIAL_STATE_COUNT
};

const char *material_need_name(enum material_need need);
bool material_need_from_name(const char *name, enum material_need *need);
const char *material_state_name(enum material_state state);
bool material_state_from_name(const char *name, enum material_state *state);

/* Does this situation ask for it at all? Must and waivable always do unless
 * their condition (which they rarely have) says no. */
bool material_applies(enum material_need need,
	const struct form_condition *when, const struct json *form,
	const struct json *sources);

struct acceptance_material {
	int no;
	enum material_need need;
	enum material_state state; /* NOT_NEEDED: does not apply */
	int gap_days;              /* of a waivable one, in working days */
	bool unchecked; /* COMPLETE, but the clerk has not ticked all that is
			   to be looked at: whether it is in lawful form is not
			   known yet */
};

/* In the order of use. */
enum acceptance_outcome {
	OUTCOME_ACCEPT = 1, /* §32(5) */
	OUTCOME_SUPPLEMENT, /* §32(4) */
	OUTCOME_CORRECT,    /* §32(3) on the spot */
	OUTCOME_REFUSE,     /* §32(2) another organ */
	OUTCOME_NOT_NEEDED, /* §32(1) no licence needed */
};
const char *acceptance_outcome_name(enum acceptance_outcome outcome);

/* At most this many materials and numbers in one judgement. */
enum { ACCEPTANCE_MAX = 64 };

struct acceptance {
	/* ACCEPT also while all that blocks could be waived or is only to be
	 * checked: tick, judge again */
	enum acceptance_outcome proposal;
	bool may_accept; /* every one that applies is complete and checked, or
			    waived; the form has no problem, nothing leads
			    elsewhere */
	bool with_gap;   /* accepted with something promised for later */
	int gap_days;    /* the shortest of the waived ones, 0 none */
	int n_must, n_must_complete;                /* that apply */
	int n_waivable, n_waivable_complete;        /* need waivable */
	int n_blocking, blocking[ACCEPTANCE_MAX];   /* no: missing or wrong and
						       not waived */
	int n_can_waive, can_waive[ACCEPTANCE_MAX]; /* no: of the blocking ones
						       these could be waived */
	int n_unchecked, unchecked[ACCEPTANCE_MAX]; /* no: complete, not looked
						       through */
	int n_bad_waiver, bad_waiver[ACCEPTANCE_MAX]; /* no: waived, though it
							 may not be */
};

/* n over ACCEPTANCE_MAX: nothing may be accepted. form_problems counts what
 * form_check() found; lead is form_find_lead()'s answer, NULL if none. */
void acceptance_judge(const struct acceptance_material *materials, size_t n,
	size_t form_problems, const struct form_lead *lead,
	struct acceptance *out);

#endif
