/* The platform of our own contract, openapi.yaml: one request for a batch.
 *
 *   POST /v1/ops:batch    Idempotency-Key: UUID
 *   207 {"results":[...]} */
#include "client/link/platform_driver.h"

struct native_batch {
	struct batch_job job;
	GBytes *body; /* own */
	char key[UUID_TEXT];
	struct batch_reply reply;
};

static char *hello_path(void *platform)
{
	(void)platform;
	return g_strdup("/v1/capabilities");
}

static bool hello_decode(void *platform, const struct http_reply *reply,
	struct answer *answer, struct capabilities *limits)
{
	(void)platform;
	return capabilities_decode(reply, answer, limits);
}

static void *batch_begin(
	void *platform, const struct batch_job *job, GError **error)
{
	GBytes *body = batch_request(&job->from, job->ops, error);
	struct native_batch *batch;

	(void)platform;
	if (!body)
		return NULL;
	batch = g_new0(struct native_batch, 1);
	batch->job = *job;
	batch->body = body;
	uuid7(batch->key);
	return batch;
}

static void batch_ask(void *data, struct http_request *request)
{
	struct native_batch *batch = data;

	*request = (struct http_request){
		.method = "POST",
		.path = "/v1/ops:batch",
		.content_type = "application/json",
		.body = batch->body,
		.max_reply = BATCH_MAX_REPLY,
		.idempotency_key = batch->key,
	};
}

static bool batch_heard(
	void *data, const struct http_reply *http, struct answer *answer)
{
	struct native_batch *batch = data;
	struct answer *heard = &batch->reply.answer;

	batch_decode(http, batch->job.ops, batch->job.cap_ms, batch->job.chance,
		&batch->reply);
	/* A refusal that has nothing to do with what is in the batch. */
	if (heard->kind == ANSWER_REFUSED && !heard->code->from_content)
		answer_spoil(heard, heard->code->code);
	*answer = *heard;
	answer->body = NULL; /* stays with the reply */
	return false;
}

static void batch_end(void *data, struct batch_reply *reply)
{
	struct native_batch *batch = data;

	*reply = batch->reply;
	g_bytes_unref(batch->body);
	g_free(batch);
}

const struct platform_driver platform_native = {
	.name = "native",
	.can = PLATFORM_BLOBS | PLATFORM_NUMBERS | PLATFORM_TICKETS |
	       PLATFORM_CASES | PLATFORM_CATALOG | PLATFORM_RECONCILE,
	.scheme = HTTP_BEARER,
	.limits = {BATCH_MAX_OPS, BATCH_MAX_BYTES},
	.health_path = "/v1/health",
	.health_decode = health_decode,
	.hello_path = hello_path,
	.hello_decode = hello_decode,
	.batch_begin = batch_begin,
	.batch_ask = batch_ask,
	.batch_heard = batch_heard,
	.batch_end = batch_end,
};
