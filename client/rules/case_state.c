/* The life of a case as one table: what is not in it
 * does not exist. */
#include "client/rules/case_state.h"

#include <stddef.h>
#include <string.h>

static const struct {
	enum case_state from;
	enum case_event event;
	enum case_state to;
} transitions[] = {
	{CASE_DRAFT, CASE_EVENT_RECEIVE, CASE_RECEIVED},
	{CASE_DRAFT, CASE_EVENT_ABANDON, CASE_VOID},

	{CASE_RECEIVED, CASE_EVENT_ACCEPT, CASE_ACCEPTED},
	{CASE_RECEIVED, CASE_EVENT_REFUSE, CASE_REFUSED},
	{CASE_RECEIVED, CASE_EVENT_NOT_NEEDED, CASE_NOT_NEEDED},
	{CASE_RECEIVED, CASE_EVENT_SUPPLEMENT, CASE_WAIT_SUPPLEMENT},
	{CASE_RECEIVED, CASE_EVENT_WITHDRAW, CASE_VOID},

	{CASE_WAIT_SUPPLEMENT, CASE_EVENT_SUPPLIED, CASE_RECEIVED},
	{CASE_WAIT_SUPPLEMENT, CASE_EVENT_LAPSE, CASE_CLOSED},
	{CASE_WAIT_SUPPLEMENT, CASE_EVENT_WITHDRAW, CASE_VOID},

	{CASE_ACCEPTED, CASE_EVENT_HAND_OVER, CASE_IN_REVIEW},
	{CASE_ACCEPTED, CASE_EVENT_WITHDRAW, CASE_VOID},

	{CASE_REFUSED, CASE_EVENT_CLOSE, CASE_CLOSED},
	{CASE_NOT_NEEDED, CASE_EVENT_CLOSE, CASE_CLOSED},

	{CASE_IN_REVIEW, CASE_EVENT_DECIDE, CASE_DECIDED},
	{CASE_IN_REVIEW, CASE_EVENT_WITHDRAW, CASE_VOID},

	{CASE_DECIDED, CASE_EVENT_ISSUE, CASE_READY},
	{CASE_READY, CASE_EVENT_DELIVER, CASE_DELIVERED},
	{CASE_DELIVERED, CASE_EVENT_CLOSE, CASE_CLOSED},
};

#define NAME_ROW(code, name, chinese) [code] = name,
static const char *const state_names[] = {CASE_STATES(NAME_ROW)};
static const char *const event_names[] = {CASE_EVENTS(NAME_ROW)};

const char *case_state_name(enum case_state state)
{
	return state < CASE_STATE_COUNT ? state_names[state] : "?";
}

bool case_state_from_name(const char *name, enum case_state *state)
{
	for (int i = 0; name && i < CASE_STATE_COUNT; i++) {
		if (strcmp(name, state_names[i]) == 0) {
			*state = (enum case_state)i;
			return true;
		}
	}
	return false;
}

const char *case_event_name(enum case_event event)
{
	return event < CASE_EVENT_COUNT ? event_names[event] : "?";
}

bool case_transition(
	enum case_state from, enum case_event event, enum case_state *to)
{
	size_t count = sizeof(transitions) / sizeof(transitions[0]);

	for (size_t i = 0; i < count; i++) {
		if (transitions[i].from == from &&
			transitions[i].event == event) {
			*to = transitions[i].to;
			return true;
		}
	}
	return false;
}
