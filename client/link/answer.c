/* Replies of the platform: sorted into a handful of kinds.
 *
 *   200 application/json {"server_epoch":"e7","server_time":"...", ...}
 *   422 application/problem+json {"code":"invalid","status":422, ...}
 *   200 text/html <html>Please log in to the hall's Wi-Fi   -> a fault */
#include "client/link/answer.h"

#include <string.h>

#include <glib.h>

#include "client/base/error.h"

static const struct problem_code codes[] = {
	{"malformed", OP_VERDICT_DEAD, true},
	{"unauthorized", OP_VERDICT_RETRY, false},
	{"forbidden", OP_VERDICT_DEAD, false},
	{"not_found", OP_VERDICT_DEAD, false},
	{"method_not_allowed", OP_VERDICT_DEAD, false},
	{"out_of_order", OP_VERDICT_RETRY, false},
	{"in_progress", OP_VERDICT_RETRY, false},
	{"missing_blobs", OP_VERDICT_WAIT_BLOB, false},
	{"voided", OP_VERDICT_DEAD, false},
	{"numbers_exhausted", OP_VERDICT_DEAD, false},
	{"cursor_expired", OP_VERDICT_DEAD, false},
	{"version_conflict", OP_VERDICT_CONFLICT, false},
	{"too_large", OP_VERDICT_DEAD, true},
	{"unsupported_media_type", OP_VERDICT_DEAD, false},
	{"invalid", OP_VERDICT_DEAD, true},
	{"digest_mismatch", OP_VERDICT_DEAD, true},
	{"id_reused", OP_VERDICT_DEAD, false},
	{"sequence_reused", OP_VERDICT_DEAD, false},
	{"chain_broken", OP_VERDICT_DEAD, false},
	{"number_taken", OP_VERDICT_DEAD, false},
	{"number_not_leased", OP_VERDICT_DEAD, false},
	{"already_rated", OP_VERDICT_DEAD, false},
	{"illegal_state", OP_VERDICT_DEAD, false},
	{"skipped", OP_VERDICT_UNSENT, false},
	{"rate_limited", OP_VERDICT_RETRY, false},
	{"internal", OP_VERDICT_RETRY, false},
	{"unavailable", OP_VERDICT_RETRY, false},
	{"storage_full", OP_VERDICT_RETRY, false},
};

const struct problem_code *problem_code_find(const char *code)
{
	for (size_t i = 0; code && i < G_N_ELEMENTS(codes); i++)
		if (strcmp(codes[i].code, code) == 0)
			return &codes[i];
	return NULL;
}

int64_t answer_time(const char *text)
{
	g_autoptr(GDateTime) time = NULL;

	if (!text || strlen(text) > 40)
		return -1;
	time = g_date_time_new_from_iso8601(text, NULL);
	if (!time)
		return -1;
	return g_date_time_to_unix(time) * 1000 +
	       g_date_time_get_microsecond(time) / 1000;
}

/* "application/json; charset=utf-8" is application/json. */
static bool type_is(const char *type, const char *wanted)
{
	size_t len = strlen(wanted);

	if (g_ascii_strncasecmp(type, wanted, len) != 0)
		return false;
	return type[len] == '\0' || type[len] == ';' || type[len] == ' ';
}

static struct json *object_of(const struct http_reply *reply, const char *type)
{
	struct json *body;

	if (!type_is(reply->content_type, type))
		return NULL;
	body = json_parse(reply->data, reply->len, NULL);
	if (body && !json_is_object(body))
		g_clear_pointer(&body, json_free);
	return body;
}

static void read_server(struct answer *answer)
{
	const char *epoch = json_text(answer->body, "server_epoch");

	answer->server_ms = answer_time(json_text(answer->body, "server_time"));
	if (epoch && strlen(epoch) < ANSWER_EPOCH_MAX)
		g_strlcpy(answer->server_epoch, epoch, ANSWER_EPOCH_MAX);
}

static void set(struct answer *answer, enum answer_kind kind, const char *why)
{
	answer->kind = kind;
	answer->why = why;
}

static void read_client_error(struct answer *answer)
{
	const char *code = json_text(answer->body, "code");

	answer->code = problem_code_find(code);
	if (answer->http == 413)
		set(answer, ANSWER_TOO_LARGE, "too large");
	else if (answer->http == 408 || answer->http == 425 ||
		 answer->http == 429)
		set(answer, ANSWER_BUSY, "told to wait");
	else if (answer->http == 401)
		set(answer, ANSWER_AUTH, "not authorised");
	else if (!answer->code)
		set(answer, ANSWER_FAULT, "refusal is not the platform's");
	else if (answer->http == 403)
		set(answer, ANSWER_AUTH, "forbidden");
	else if (answer->code->verdict == OP_VERDICT_RETRY)
		set(answer, ANSWER_BUSY, "told to try again");
	else
		set(answer, ANSWER_REFUSED, answer->code->code);
}

static void read_no_reply(const struct http_reply *reply, struct answer *answer)
{
	enum answer_kind kind = ANSWER_FAULT;

	if (http_fault_is_ours(reply->fault)) {
		kind = ANSWER_AUTH;
	} else if (reply->fault == HTTP_FAULT_TOKEN_BUSY) {
		kind = ANSWER_BUSY;
		answer->asked_ms = reply->retry_after_ms;
	}
	set(answer, kind, http_fault_name(reply->fault));
}

void answer_read(const struct http_reply *reply, int status, int status_too,
	struct answer *answer)
{
	bool good;

	*answer = (struct answer){
		.asked_ms = -1,
		.server_ms = -1,
		.http = reply->fault ? 0 : reply->status,
	};
	if (reply->fault != HTTP_FAULT_NONE) {
		read_no_reply(reply, answer);
		return;
	}
	answer->asked_ms = reply->retry_after_ms;
	good = reply->status == status ||
	       (status_too && reply->status == status_too);
	answer->body = object_of(
		reply, good ? "application/json" : "application/problem+json");
	read_server(answer);
	if (good && answer->body)
		set(answer, ANSWER_OK, "ok");
	else if (good)
		set(answer, ANSWER_FAULT, "reply is not JSON");
	else if (reply->status >= 400 && reply->status < 500)
		read_client_error(answer);
	else if (reply->status >= 500)
		set(answer, ANSWER_FAULT, "server error");
	else
		set(answer, ANSWER_FAULT, "unexpected status");
}

void answer_spoil(struct answer *answer, const char *why)
{
	set(answer, ANSWER_FAULT, why);
}

void answer_clear(struct answer *answer)
{
	g_clear_pointer(&answer->body, json_free);
}
