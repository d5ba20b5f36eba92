/* PATCH /v1/tickets/{id}: what a window without a queue of its own does. It
 * becomes the same act that an op would bring. */
#include "client/platform/handlers.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/platform/platform.h"
#include "client/platform/record.h"
#include "client/platform/tickets.h"

/* Which act leads from a state to the one that is wanted. */
static const struct {
	const char *from, *to, *kind;
} acts[] = {
	{"parked", "called", "ticket.resume"},
	{"called", "called", "ticket.recall"},
	{NULL, "called", "ticket.call"},
	{NULL, "parked", "ticket.park"},
	{NULL, "skipped", "ticket.skip"},
	{NULL, "done", "ticket.finish"},
	{NULL, "transferred", "ticket.transfer"},
};

static const char *act_for(const char *from, const char *to)
{
	for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
		if (strcmp(acts[i].to, to) == 0 &&
			(!acts[i].from || strcmp(acts[i].from, from) == 0))
			return acts[i].kind;
	}
	return "ticket.call";
}

static struct json *act_body(
	const struct json *ticket, const struct json *change)
{
	struct json *body = json_copy(change);
	g_autofree char *now = clock_iso(clock_wall_ms());

	json_put_text(body, "ticket_id", json_text(ticket, "ticket_id"));
	json_put_text(body, "number", json_text(ticket, "number"));
	if (!json_text(body, "at"))
		json_put_text(body, "at", now);
	return body;
}

static struct reply *apply(struct platform *platform,
	const struct request *request, const struct json *ticket)
{
	AUTO(json) body = act_body(ticket, request->json);
	g_autoptr(GError) error = NULL;
	struct json *problem = NULL;
	int64_t version = 0;
	g_autofree char *mark = NULL;
	struct reply *reply;

	if (!ticket_apply(platform,
		    act_for(json_text(ticket, "state"),
			    json_text(body, "state")),
		    body, &version, &problem, &error))
		return reply_error(platform, error);
	if (problem)
		return reply_problem_json(platform, problem);
	reply = reply_json(
		platform, 200, ticket_body(platform, request->args[0]));
	mark = version_text(version);
	reply_etag(reply, mark);
	return reply;
}

struct reply *tickets_change(
	struct platform *platform, const struct request *request)
{
	AUTO(json) ticket = ticket_body(platform, request->args[0]);
	g_autofree char *version = NULL;
	struct reply *refusal;

	if (!ticket)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	version = version_text(platform_number(platform,
		"SELECT version FROM tickets WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(request->args[0])), 0));
	refusal = precondition(platform, request, version, json_copy(ticket));
	return refusal ? refusal : apply(platform, request, ticket);
}
