/* Cases without ops: PUT /v1/cases/{id} makes and replaces, commands move on.
 * The same checks, numbers and tables as for the ops of the push. */
#include "client/platform/handlers.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/cases.h"
#include "client/platform/op_check.h"
#include "client/platform/ops.h"
#include "client/platform/record.h"

/* Which command leads from where to where, and the step it leaves:
 * event_name 2 受理 3 审查 4 决定 6 送达. */
static const struct command {
	const char *verb, *from, *to; /* to NULL: it stays */
	const char *event_name, *title;
} commands[] = {
	{"accept", "received wait-supplement", "accepted", "2", "受理"},
	{"reject", "received wait-supplement", "refused", "2", "不予受理"},
	{"supplement", "received", "wait-supplement", "2", "补正告知"},
	{"suspend", "accepted in-review", NULL, "3", "特别程序开始"},
	{"resume", "accepted in-review", NULL, "3", "特别程序结束"},
	{"extend", "accepted in-review", NULL, "3", "延期"},
	{"transfer", "accepted in-review", "in-review", "3", "交接"},
	{"close", "decided ready delivered refused not-needed", "closed", "6",
		"办结"},
	{"void",
		"received wait-supplement accepted in-review decided ready "
		"delivered refused not-needed",
		"void", "4", "作废"},
};

static struct reply *case_reply(
	struct platform *platform, int status, const char *case_id)
{
	struct json *whole = case_whole(platform, case_id);
	g_autofree char *version = g_strdup(json_text(whole, "version"));
	struct reply *reply = reply_json(platform, status, whole);

	reply_etag(reply, version);
	return reply;
}

struct reply *cases_get(
	struct platform *platform, const struct request *request)
{
	AUTO(json) summary = case_summary(platform, request->args[0]);
	const char *version = json_text(summary, "version");

	if (!summary)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	return is_not_modified(request, version)
		       ? reply_not_modified(version)
		       : case_reply(platform, 200, request->args[0]);
}

/* Making, replacing ----------------------------------------------------- */

static struct reply *refuse_body(
	struct platform *platform, const struct request *request)
{
	const char *state = json_text(request->json, "state");

	if (strcmp(json_text(request->json, "case_id"), request->args[0]) != 0)
		return reply_field(platform, "case_id", "format");
	if (strcmp(state, "accepted") == 0 &&
		!*json_text_or(request->json, "accepted_at", ""))
		return reply_field(platform, "accepted_at", "required");
	return NULL;
}

static bool keep_body(struct platform *platform, const struct request *request,
	GError **error)
{
	return db_run(platform->db,
		"UPDATE cases SET body = ?2 WHERE case_id = ?1",
		DB_VALUES(DB_TEXT(request->args[0]), DB_TEXT(request->body)),
		error);
}

static struct reply *make_case(
	struct platform *platform, const struct request *request)
{
	struct op op = {.store_uuid = "",
		.op_id = "",
		.agg = "case",
		.agg_id = request->args[0],
		.body = request->json,
		.now_ms = clock_wall_ms()};
	struct json *problem = op_check_blobs(platform, &op);
	g_autoptr(GError) error = NULL;
	int64_t version;

	if (!problem &&
		!case_apply_decision(platform, &op, &version, &problem, &error))
		return reply_error(platform, error);
	if (problem)
		return reply_problem_json(platform, problem);
	if (!keep_body(platform, request, &error))
		return reply_error(platform, error);
	return case_reply(platform, 201, request->args[0]);
}

/* What was decided and numbered stays; commands change the state. */
static struct reply *refuse_change(struct platform *platform,
	const struct request *request, const struct json *old)
{
	static const char *const fixed[] = {"case_no", "full_no", "window"};

	for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
		if (g_strcmp0(json_text(old, fixed[i]),
			    json_text(request->json, fixed[i])) != 0)
			return reply_field(platform, fixed[i], "format");
	}
	if (strcmp(json_text(old, "state"), json_text(request->json, "state")))
		return reply_conflict(
			platform, PROBLEM_ILLEGAL_STATE, NULL, json_copy(old));
	return NULL;
}

static struct reply *replace_case(struct platform *platform,
	const struct request *request, const struct json *old)
{
	struct op op = {.body = request->json};
	struct json *problem = op_check_blobs(platform, &op);
	struct reply *refusal;
	g_autoptr(GError) error = NULL;

	if (problem)
		return reply_problem_json(platform, problem);
	refusal = refuse_change(platform, request, old);
	if (refusal)
		return refusal;
	if (!keep_body(platform, request, &error) ||
		!case_move(platform, request->args[0], NULL, &error))
		return reply_error(platform, error);
	return case_reply(platform, 200, request->args[0]);
}

struct reply *cases_put(
	struct platform *platform, const struct request *request)
{
	AUTO(json) whole = case_whole(platform, request->args[0]);
	AUTO(json) summary = case_summary(platform, request->args[0]);
	struct reply *refusal = refuse_body(platform, request);

	if (refusal)
		return refusal;
	if (whole && json_equal(json_get(whole, "body"), request->json))
		return case_reply(platform, 200, request->args[0]);
	refusal = precondition(platform, request, json_text(summary, "version"),
		json_copy(summary));
	if (refusal)
		return refusal;
	return summary ? replace_case(platform, request, summary)
		       : make_case(platform, request);
}

/* Commands -------------------------------------------------------------- */

static const struct command *command_of(const struct request *request)
{
	const char *verb = strrchr(request->path, ':') + 1;

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(commands[i].verb, verb) == 0)
			return &commands[i];
	}
	return NULL;
}

/* While a special procedure runs it can only be ended, or the case voided. */
static bool is_allowed(struct platform *platform, const char *case_id,
	const struct command *command)
{
	bool is_suspended = platform_exists(platform,
		"SELECT 1 FROM cases WHERE case_id = ?1 AND suspended = 1",
		DB_VALUES(DB_TEXT(case_id)));
	bool resumes = strcmp(command->verb, "resume") == 0;

	if (is_suspended ? !resumes && strcmp(command->verb, "void") != 0
			 : resumes)
		return false;
	return case_is_in(platform, case_id, command->from);
}

static bool keep_step(struct platform *platform, const struct request *request,
	const struct command *command, GError **error)
{
	const struct json *body = request->json;
	const char *why = json_text(body, "reason");
	char id[UUID_TEXT];
	AUTO(record) step = NULL;

	uuid7(id);
	if (!why || !*why)
		why = json_text_or(body, "result", command->title);
	step = record_new(&resource_step, id);
	g_free(step->parent);
	step->parent = g_strdup(request->args[0]);
	json_free(step->body);
	step->body = json_copy(body);
	json_put_text(step->body, "event_name", command->event_name);
	json_put_text(step->body, "process_name", command->title);
	json_put_text(step->body, "handle_explain", why);
	json_put_text(step->body, "event_start_time", json_text(body, "at"));
	json_put_text(step->body, "event_end_time", json_text(body, "at"));
	return record_write(platform, step, error);
}

/* What a command changes besides the state: the clock and the term. */
static bool note_term(struct platform *platform, const struct request *request,
	const struct command *command, GError **error)
{
	const char *case_id = request->args[0];
	const char *promise = json_text(request->json, "promise_date");

	if (promise &&
		!db_run(platform->db,
			"UPDATE cases SET due = ?2 WHERE case_id = ?1",
			DB_VALUES(DB_TEXT(case_id), DB_TEXT(promise)), error))
		return false;
	if (command->to || strcmp(command->verb, "extend") == 0)
		return true;
	return db_run(platform->db,
		"UPDATE cases SET suspended = ?2 WHERE case_id = ?1",
		DB_VALUES(DB_TEXT(case_id),
			DB_INT(strcmp(command->verb, "suspend") == 0)),
		error);
}

struct reply *cases_command(
	struct platform *platform, const struct request *request)
{
	const char *case_id = request->args[0];
	const struct command *command = command_of(request);
	AUTO(json) summary = case_summary(platform, case_id);
	struct reply *refusal;
	g_autoptr(GError) error = NULL;

	if (!summary)
		return reply_problem(platform, PROBLEM_NOT_FOUND, NULL);
	refusal = precondition(platform, request, json_text(summary, "version"),
		json_copy(summary));
	if (refusal)
		return refusal;
	if (!is_allowed(platform, case_id, command))
		return reply_conflict(platform, PROBLEM_ILLEGAL_STATE,
			json_text(summary, "state"), json_copy(summary));
	if (!note_term(platform, request, command, &error) ||
		!keep_step(platform, request, command, &error) ||
		!case_move(platform, case_id, command->to, &error))
		return reply_error(platform, error);
	return case_reply(platform, 200, case_id);
}
