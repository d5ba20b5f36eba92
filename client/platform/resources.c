/* Which resources there are, and what is asked of each beyond its schema. */
#include <string.h>

#include "client/platform/record.h"

const struct resource resource_org = {
	.kind = "org", .id = "org_code", .feed = "org"};
const struct resource resource_window = {
	.kind = "window", .id = "window", .feed = "org"};
const struct resource resource_user = {
	.kind = "user", .id = "staff_no", .feed = "org"};
const struct resource resource_template = {
	.kind = "template", .id = "template_id"};
const struct resource resource_change_request = {
	.kind = "change-request", .id = "request_id", .state = "submitted"};

const struct resource resource_person = {.kind = "person", .id = "user_code"};
const struct resource resource_legal_entity = {
	.kind = "legal-entity", .id = "credit_code"};
const struct resource resource_application = {.kind = "application",
	.id = "application_id",
	.feed = "applications",
	.state = "pending"};
const struct resource resource_audit = {.kind = "audit", .id = "audit_id"};

static const struct transition transitions[] = {
	{&resource_change_request, "review", "submitted", NULL},
	{&resource_application, "pre-review", "pending supplement", NULL},
	{&resource_certificate, "revoke", "valid", "revoked"},
	{&resource_evaluation, "reply", NULL, NULL},
	{&resource_warning, "acknowledge", "open", "acknowledged"},
	{&resource_warning, "explain", "open acknowledged", "explained"},
	/* by PATCH: the state that is asked for */
	{&resource_consultation, "accepted", "submitted reopened", "accepted"},
	{&resource_consultation, "replied", "accepted reopened", "replied"},
	{&resource_consultation, "closed", "replied", "closed"},
	{&resource_consultation, "reopened", "replied closed", "reopened"},
};

const struct transition *transition_find(
	const struct resource *resource, const char *verb)
{
	for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
		if (transitions[i].resource == resource &&
			strcmp(transitions[i].verb, verb) == 0)
			return &transitions[i];
	}
	return NULL;
}

bool transition_allows(const struct transition *transition, const char *from)
{
	g_auto(GStrv) states = NULL;

	if (!transition->from)
		return true;
	states = g_strsplit(transition->from, " ", -1);
	return g_strv_contains((const char *const *)states, from);
}
