/* What hangs on a case: steps, materials, the result, its delivery, ratings.
 * The schema has been kept; here is what it cannot say. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/cases.h"
#include "client/platform/op_check.h"
#include "client/platform/ops.h"
#include "client/platform/record.h"

static struct reply *check_step(struct platform *platform,
	const struct request *request, struct record *record)
{
	int64_t start =
		clock_parse(json_text(record->body, "event_start_time"));
	int64_t end = clock_parse(json_text(record->body, "event_end_time"));

	(void)request;
	return end < start ? reply_field(platform, "event_end_time", "range")
			   : NULL;
}

/* 409 missing_blobs for pages that were not uploaded before. */
static struct reply *check_pages(
	struct platform *platform, const struct json *body)
{
	AUTO(json) wrapped = json_new_object();
	struct json *list = json_new_array(), *problem;
	struct op op = {.body = wrapped};

	json_add(list, json_copy(body));
	json_put(wrapped, "materials", list);
	json_put_text(wrapped, "sha256", json_text(body, "sha256"));
	problem = op_check_blobs(platform, &op);
	return problem ? reply_problem_json(platform, problem) : NULL;
}

static struct reply *check_material(struct platform *platform,
	const struct request *request, struct record *record)
{
	(void)request;
	return check_pages(platform, record->body);
}

/* Moves the case along with what was just said of it. */
static struct reply *move_case(struct platform *platform, const char *case_id,
	const char *from, const char *to)
{
	g_autoptr(GError) error = NULL;

	if (!case_is_in(platform, case_id, from))
		return reply_conflict(platform, PROBLEM_ILLEGAL_STATE, NULL,
			case_summary(platform, case_id));
	return case_move(platform, case_id, to, &error)
		       ? NULL
		       : reply_error(platform, error);
}

/* A result may be put right until it has been handed over. */
static struct reply *check_result(struct platform *platform,
	const struct request *request, struct record *record)
{
	struct reply *refusal = check_pages(platform, record->body);

	(void)request;
	if (refusal)
		return refusal;
	return move_case(platform, record->parent,
		record->row ? "decided ready" : "accepted in-review",
		"decided");
}

static struct reply *check_delivery(struct platform *platform,
	const struct request *request, struct record *record)
{
	(void)request;
	return move_case(
		platform, record->parent, "decided ready", "delivered");
}

/* 好差评: a bad rating says why; one of each assess_number for a case. */
static struct reply *check_evaluation(struct platform *platform,
	const struct request *request, struct record *record)
{
	const struct json *body = record->body;
	const char *project_no = json_text(body, "project_no");

	(void)request;
	if (record->row) /* a reply to it */
		return NULL;
	if (json_int_or(body, "satisfaction", 0) < 3 &&
		!*json_text_or(body, "eval_detail", "") &&
		!*json_text_or(body, "writing_evaluation", ""))
		return reply_field(platform, "eval_detail", "required");
	if (!platform_exists(platform,
		    "SELECT 1 FROM cases WHERE case_no = ?1 OR full_no = ?1",
		    DB_VALUES(DB_TEXT(project_no))))
		return reply_field(platform, "project_no", "unknown");
	if (platform_exists(platform,
		    "SELECT 1 FROM records WHERE kind = 'evaluation'"
		    " AND json_extract(body, '$.project_no') = ?1"
		    " AND json_extract(body, '$.assess_number') = ?2",
		    DB_VALUES(DB_TEXT(project_no),
			    DB_INT(json_int_or(body, "assess_number", 0)))))
		return reply_problem(platform, PROBLEM_ALREADY_RATED, NULL);
	return NULL;
}

const struct resource resource_step = {
	.kind = "step", .id = "step_id", .of_case = true, .check = check_step};
const struct resource resource_material = {.kind = "material",
	.id = "slot",
	.of_case = true,
	.check = check_material};
const struct resource resource_result = {.kind = "result",
	.id = "result_id",
	.of_case = true,
	.check = check_result};
const struct resource resource_delivery = {.kind = "delivery",
	.id = "delivery_id",
	.of_case = true,
	.check = check_delivery};
const struct resource resource_evaluation = {
	.kind = "evaluation", .id = "evaluation_id", .check = check_evaluation};
