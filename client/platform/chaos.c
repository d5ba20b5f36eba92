/* The queue of ordered faults. */
#include "client/platform/chaos.h"

#include <string.h>

#include "client/platform/handlers.h"
#include "client/platform/platform.h"

struct entry {
	struct chaos_fault fault;
	char *path; /* own; NULL: any */
};

struct chaos {
	GQueue faults; /* of struct entry * */
};

static void entry_free(void *data)
{
	struct entry *entry = data;

	g_free(entry->path);
	g_free(entry);
}

struct chaos *chaos_new(void)
{
	struct chaos *chaos = g_new0(struct chaos, 1);

	g_queue_init(&chaos->faults);
	return chaos;
}

void chaos_free(struct chaos *chaos)
{
	g_queue_clear_full(&chaos->faults, entry_free);
	g_free(chaos);
}

struct chaos_fault chaos_next(struct chaos *chaos, const char *path)
{
	struct chaos_fault fault = {.kind = CHAOS_NONE};
	struct entry *entry = chaos ? g_queue_peek_head(&chaos->faults) : NULL;

	if (!entry || strncmp(path, "/v1/", 4) != 0)
		return fault;
	if (entry->path && strcmp(entry->path, path) != 0)
		return fault;
	fault = entry->fault;
	entry_free(g_queue_pop_head(&chaos->faults));
	return fault;
}

static bool read_fault(const struct json *row, struct chaos_fault *fault)
{
	if (json_get(row, "status")) {
		fault->kind = CHAOS_STATUS;
		fault->value = (int)json_int_or(row, "status", 0);
		fault->retry_after_s =
			(int)json_int_or(row, "retry_after_s", 0);
		return fault->value >= 200 && fault->value <= 599;
	}
	if (json_get(row, "html")) {
		fault->kind = CHAOS_HTML;
		fault->value = (int)json_int_or(row, "html", 0);
		return fault->value >= 200 && fault->value <= 599;
	}
	if (json_get(row, "delay_ms")) {
		fault->kind = CHAOS_DELAY;
		fault->value = (int)json_int_or(row, "delay_ms", -1);
		return fault->value >= 0 && fault->value <= CHAOS_MAX_DELAY_MS;
	}
	if (json_bool_or(row, "cut", false))
		fault->kind = CHAOS_CUT;
	else if (json_bool_or(row, "drop_reply", false))
		fault->kind = CHAOS_DROP_REPLY;
	return fault->kind != CHAOS_NONE;
}

static bool are_faults(const struct json *next)
{
	if (!json_is_array(next) || json_length(next) > CHAOS_MAX_FAULTS)
		return false;
	json_each (row, next) {
		struct chaos_fault fault = {.kind = CHAOS_NONE};

		if (!read_fault(row, &fault))
			return false;
	}
	return true;
}

struct reply *chaos_post(
	struct platform *platform, const struct request *request)
{
	struct chaos *chaos = platform->chaos;
	AUTO(json) order = json_parse(request->body, request->body_len, NULL);
	const struct json *next = json_get(order, "next");
	struct json *result;

	if (!are_faults(next))
		return reply_problem(platform, PROBLEM_MALFORMED,
			"next must be a list of faults");
	g_queue_clear_full(&chaos->faults, entry_free);
	json_each (row, next) {
		struct entry *entry = g_new0(struct entry, 1);

		read_fault(row, &entry->fault);
		entry->path = g_strdup(json_text(row, "path"));
		g_queue_push_tail(&chaos->faults, entry);
	}
	result = json_new_object();
	json_put_int(result, "queued", chaos->faults.length);
	return reply_json(platform, 200, result);
}
