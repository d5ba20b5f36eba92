/* The life of a case: states and lawful transitions.
 *
 * Pure: no clock, no store. A transition that is not in the table does not
 * exist; nothing goes back silently, a correction is a new event. */
#ifndef CLIENT_RULES_CASE_STATE_H
#define CLIENT_RULES_CASE_STATE_H

#include <stdbool.h>

/* X(code, name on the wire and in the store, Chinese term of the glossary) */
#define CASE_STATES(X)                                     \
	X(CASE_DRAFT, "draft", "草稿")                     \
	X(CASE_RECEIVED, "received", "收件")               \
	X(CASE_WAIT_SUPPLEMENT, "wait-supplement", "补正") \
	X(CASE_ACCEPTED, "accepted", "受理")               \
	X(CASE_REFUSED, "refused", "不予受理")             \
	X(CASE_NOT_NEEDED, "not-needed", "不受理")         \
	X(CASE_IN_REVIEW, "in-review", "办理中")           \
	X(CASE_DECIDED, "decided", "已决定")               \
	X(CASE_READY, "ready", "可领取")                   \
	X(CASE_DELIVERED, "delivered", "已送达")           \
	X(CASE_CLOSED, "closed", "办结")                   \
	X(CASE_VOID, "void", "作废")

#define CASE_STATE_ROW(code, name, chinese) code,
enum case_state { CASE_STATES(CASE_STATE_ROW) CASE_STATE_COUNT };

/* X(code, name, Chinese term) */
#define CASE_EVENTS(X)                                     \
	X(CASE_EVENT_RECEIVE, "receive", "收件")           \
	X(CASE_EVENT_ACCEPT, "accept", "受理")             \
	X(CASE_EVENT_REFUSE, "refuse", "不予受理")         \
	X(CASE_EVENT_NOT_NEEDED, "not-needed", "不受理")   \
	X(CASE_EVENT_SUPPLEMENT, "supplement", "补正告知") \
	X(CASE_EVENT_SUPPLIED, "supplied", "补齐")         \
	X(CASE_EVENT_LAPSE, "lapse", "补正不来")           \
	X(CASE_EVENT_HAND_OVER, "hand-over", "交接")       \
	X(CASE_EVENT_DECIDE, "decide", "决定")             \
	X(CASE_EVENT_ISSUE, "issue", "制证")               \
	X(CASE_EVENT_DELIVER, "deliver", "送达")           \
	X(CASE_EVENT_WITHDRAW, "withdraw", "撤回")         \
	X(CASE_EVENT_CLOSE, "close", "归档")               \
	X(CASE_EVENT_ABANDON, "abandon", "放弃")

#define CASE_EVENT_ROW(code, name, chinese) code,
enum case_event { CASE_EVENTS(CASE_EVENT_ROW) CASE_EVENT_COUNT };

const char *case_state_name(enum case_state state);
bool case_state_from_name(const char *name, enum case_state *state);
const char *case_event_name(enum case_event event);

/* True and *to set when event is lawful in from. */
bool case_transition(
	enum case_state from, enum case_event event, enum case_state *to);

#endif
