/* The driver for Request Tracker 5 with what a real one answered: the files of
 * tests/rt5/recorded, recorded by hand from RT 5.0.3 with a user who has only
 * the rights of tests/rt5/initialdata. */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/link/platform_driver.h"
#include "client/link/rt5.h"
#include "client/link/rt5_text.h"

#define ID   "01980000-0000-7000-8000-00000000000"
#define CASE "01980000-0000-7000-8000-0000000000aa"

/* One recorded answer -------------------------------------------------------
 */

struct recorded {
	char *text;
	char *type;
	struct http_reply reply;
};

static char *header_of(const char *head, const char *name)
{
	g_autofree char *start = g_strconcat("\r\n", name, ": ", NULL);
	const char *at = strstr(head, start);

	if (!at)
		return g_strdup("");
	at += strlen(start);
	return g_strndup(at, strcspn(at, "\r\n"));
}

static void load(struct recorded *recorded, const char *name)
{
	g_autofree char *file =
		g_strconcat("tests/rt5/recorded/", name, ".http", NULL);
	g_autofree char *etag = NULL;
	g_autoptr(GError) error = NULL;
	char *end;

	g_file_get_contents(file, &recorded->text, NULL, &error);
	g_assert_no_error(error);
	end = strstr(recorded->text, "\r\n\r\n");
	g_assert_nonnull(end);
	*end = '\0';
	recorded->type = header_of(recorded->text, "Content-Type");
	etag = header_of(recorded->text, "ETag");
	recorded->reply = (struct http_reply){
		.status = (int)g_ascii_strtoll(
			strchr(recorded->text, ' '), NULL, 10),
		.content_type = recorded->type,
		.data = end + 4,
		.len = strlen(end + 4),
		.retry_after_ms = -1,
	};
	g_strlcpy(recorded->reply.etag, etag, HTTP_ETAG_MAX);
}

static void unload(struct recorded *recorded)
{
	g_free(recorded->text);
	g_free(recorded->type);
}

/* Answers -------------------------------------------------------------------
 */

static void test_answers(void)
{
	static const struct {
		const char *name;
		int good;
		enum answer_kind kind;
		const char *code;
	} rows[] = {
		{"queue", 200, ANSWER_OK, NULL},
		{"bulk", 201, ANSWER_OK, NULL},
		{"mark", 200, ANSWER_OK, NULL},
		{"anonymous", 200, ANSWER_AUTH, NULL},
		{"queue-none", 200, ANSWER_AUTH, "forbidden"},
		{"changed", 200, ANSWER_REFUSED, "version_conflict"},
		{"bad-query", 200, ANSWER_REFUSED, "invalid"},
		{"bulk", 200, ANSWER_FAULT, NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct recorded recorded;
		struct answer answer;

		load(&recorded, rows[i].name);
		rt5_read(&recorded.reply, rows[i].good, &answer);
		g_assert_cmpint(answer.kind, ==, rows[i].kind);
		if (rows[i].code)
			g_assert_cmpstr(answer.code->code, ==, rows[i].code);
		answer_clear(&answer);
		unload(&recorded);
	}
}

/* A portal is no RT: nothing it says is final. */
static void test_portal(void)
{
	static const int statuses[] = {200, 201, 400, 403, 404, 412};

	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		const struct http_reply reply = {
			.status = statuses[i],
			.content_type = "text/html",
			.data = "<html>",
			.len = 6,
			.retry_after_ms = -1,
		};
		struct answer answer;

		rt5_read(&reply, 200, &answer);
		g_assert_cmpint(answer.kind, ==, ANSWER_FAULT);
		answer_clear(&answer);
	}
}

static void test_health(void)
{
	struct recorded recorded;
	struct answer answer;

	load(&recorded, "anonymous");
	g_assert_true(rt5_health_decode(&recorded.reply, &answer));
	answer_clear(&answer);
	recorded.reply.content_type = "text/html";
	g_assert_false(rt5_health_decode(&recorded.reply, &answer));
	answer_clear(&answer);
	unload(&recorded);
}

/* Requests ------------------------------------------------------------------
 */

static struct op *make_op(int n, int attempts)
{
	struct op *op = g_new0(struct op, 1);

	op->store_seq = n;
	g_snprintf(op->op_id, sizeof(op->op_id), ID "%d", n);
	op->agg = g_strdup("case");
	op->agg_id = g_strdup(CASE);
	op->agg_seq = n;
	op->kind = g_strdup(n == 1 ? "case.accept" : "case.document");
	op->body = g_strdup("{\"a\":1}");
	sha256_text(op->body, strlen(op->body), op->body_sha256);
	sha256_text("p", 1, op->prev_hash);
	sha256_text("h", 1, op->hash);
	op->actor = g_strdup("{}");
	op->time = g_strdup("{}");
	op->attempts = attempts;
	return op;
}

static void test_keys(void)
{
	AUTO(op) op = make_op(1, 1);
	char key[RT5_KEY_MAX];

	g_assert_true(rt5_key(op, key));
	g_assert_cmpstr(key, ==, "case:" CASE);
	g_free(op->agg_id);
	op->agg_id = g_strdup("x' OR id > 0 OR '");
	g_assert_false(rt5_key(op, key));
	g_assert_true(rt5_queue_is_valid("一窗"));
	g_assert_false(rt5_queue_is_valid("a' OR 'a"));
	g_assert_false(rt5_queue_is_valid(""));
}

/* What an official reads has neither names of citizens nor the password. */
static void test_text(void)
{
	AUTO(op) op = make_op(1, 1);
	g_autofree char *subject = NULL;
	g_autofree char *content = NULL;

	g_free(op->body);
	op->body =
		g_strdup("{\"case_no\":\"20261125-03-0001\",\"item\":{\"name\":"
			 "\"示例\\n事项\"},\"applicant\":{\"name\":\"张样例\"},"
			 "\"query_password\":\"9217\",\"state\":\"accepted\"}");
	subject = rt5_text_subject(op);
	g_assert_cmpstr(subject, ==, "case.accept 20261125-03-0001 示例 事项");
	content = rt5_text_content(op);
	g_assert_nonnull(strstr(content, "state: accepted\n"));
	g_assert_null(strstr(content, "张样例"));
	g_assert_null(strstr(content, "9217"));
}

static void test_new_ticket(void)
{
	AUTO(op) op = make_op(1, 1);
	AUTO(json) ticket = rt5_new_ticket("yikou", "case:" CASE, op, true);
	const struct json *file = json_first(json_get(ticket, "Attachments"));
	gsize len;
	g_autofree guchar *bytes =
		g_base64_decode(json_text(file, "FileContent"), &len);

	g_assert_cmpmem(bytes, len, op->body, strlen(op->body));
	g_assert_cmpstr(json_text(json_get(ticket, "CustomFields"), RT5_OPS),
		==, op->op_id);
}

/* Batches -------------------------------------------------------------------
 */

struct run {
	void *platform, *batch;
	GPtrArray *ops, *blobs;
	struct http_request request;
	struct answer answer;
	struct batch_reply reply;
};

static void begin(struct run *run, int count, int attempts, int64_t now_ms)
{
	struct batch_job job = {.cap_ms = 1000, .now_ms = now_ms};
	g_autoptr(GError) error = NULL;

	run->ops = g_ptr_array_new_with_free_func((GDestroyNotify)op_free);
	run->blobs = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);
	for (int i = 1; i <= count; i++) {
		g_ptr_array_add(run->ops, make_op(i, attempts));
		g_ptr_array_add(run->blobs, g_ptr_array_new());
	}
	job.ops = run->ops;
	job.blobs = run->blobs;
	run->batch = platform_rt5.batch_begin(run->platform, &job, &error);
	g_assert_no_error(error);
	g_assert_nonnull(run->batch);
}

/* The batch asks for this and hears that. */
static bool step(
	struct run *run, const char *method, const char *path, const char *name)
{
	struct recorded recorded;
	bool more;

	platform_rt5.batch_ask(run->batch, &run->request);
	g_assert_cmpstr(run->request.method, ==, method);
	g_assert_true(g_str_has_prefix(run->request.path, path));
	load(&recorded, name);
	more = platform_rt5.batch_heard(
		run->batch, &recorded.reply, &run->answer);
	answer_clear(&run->answer);
	unload(&recorded);
	return more;
}

static void expect_end(
	struct run *run, size_t i, enum op_verdict verdict, const char *code)
{
	if (run->batch)
		platform_rt5.batch_end(
			g_steal_pointer(&run->batch), &run->reply);
	g_assert_cmpuint(run->reply.count, >, i);
	g_assert_cmpint(run->reply.results[i].verdict, ==, verdict);
	g_assert_cmpstr(run->reply.results[i].code, ==, code);
}

static void clear(struct run *run)
{
	batch_reply_clear(&run->reply);
	g_ptr_array_unref(run->ops);
	g_ptr_array_unref(run->blobs);
}

static void open_platform(struct run *run)
{
	run->platform = platform_rt5.open(
		&(struct platform_settings){.queue = "yikou"});
}

static void begin_two_cases(struct run *run)
{
	struct op *other;

	open_platform(run);
	begin(run, 2, 1, 0);
	platform_rt5.batch_end(g_steal_pointer(&run->batch), &run->reply);
	batch_reply_clear(&run->reply);
	other = run->ops->pdata[1];
	g_free(other->agg_id);
	other->agg_id = g_strdup(ID "9");
	run->batch = platform_rt5.batch_begin(run->platform,
		&(struct batch_job){.ops = run->ops, .blobs = run->blobs},
		NULL);
}

#define QUEUE  "/REST/2.0/queue/yikou"
#define SEARCH "/REST/2.0/tickets"
#define BULK   "/REST/2.0/tickets/bulk"
#define TICKET "/REST/2.0/ticket/1"

/* Recorded: one made, one refused. So two ops of two cases. */
static void test_makes(void)
{
	struct run run = {0};

	begin_two_cases(&run);
	g_assert_true(step(&run, "GET", QUEUE, "queue"));
	g_assert_true(step(&run, "POST", SEARCH, "search-none"));
	g_assert_true(step(&run, "POST", BULK, "bulk"));
	g_assert_true(step(&run, "GET", QUEUE, "queue"));
	g_assert_false(step(&run, "POST", SEARCH, "search"));
	expect_end(&run, 0, OP_VERDICT_ACK, "");
	expect_end(&run, 1, OP_VERDICT_DEAD, "invalid");
	g_assert_nonnull(strstr(run.reply.results[0].receipt, "rt_ticket"));
	clear(&run);
	platform_rt5.close(run.platform);
}

/* Sent before, and there: an answer was lost. Nothing is sent. */
static void test_finds(void)
{
	struct run run = {0};

	open_platform(&run);
	begin(&run, 1, 2, 0);
	step(&run, "GET", QUEUE, "queue");
	g_assert_false(step(&run, "POST", SEARCH, "search"));
	expect_end(&run, 0, OP_VERDICT_ACK, "");
	g_assert_true(run.reply.results[0].replay);
	clear(&run);
	platform_rt5.close(run.platform);
}

/* Two tickets of one case: the oldest is it, and it is told. */
static void test_finds_two(void)
{
	struct run run = {0};

	open_platform(&run);
	begin(&run, 1, 2, 0);
	step(&run, "GET", QUEUE, "queue");
	g_assert_false(step(&run, "POST", SEARCH, "search-twice"));
	expect_end(&run, 0, OP_VERDICT_ACK, "");
	g_assert_cmpuint(run.reply.extra, ==, 1);
	g_assert_cmpstr(run.reply.results[0].version, ==, "1");
	clear(&run);
	platform_rt5.close(run.platform);
}

/* Sent before, and not there: perhaps on its way. Made after a rest only. */
static void test_waits(void)
{
	struct run run = {0};

	open_platform(&run);
	begin(&run, 1, 2, 1000);
	step(&run, "GET", QUEUE, "queue");
	g_assert_false(step(&run, "POST", SEARCH, "search-none"));
	expect_end(&run, 0, OP_VERDICT_RETRY, "in_progress");
	g_assert_cmpint(run.reply.results[0].delay_ms, >=, 5000);
	clear(&run);
	begin(&run, 1, 3, 5999);
	g_assert_false(step(&run, "POST", SEARCH, "search-none"));
	expect_end(&run, 0, OP_VERDICT_RETRY, "in_progress");
	clear(&run);
	begin(&run, 1, 4, 6001);
	g_assert_true(step(&run, "POST", SEARCH, "search-none"));
	platform_rt5.batch_ask(run.batch, &run.request);
	g_assert_cmpstr(run.request.path, ==, BULK);
	expect_end(&run, 0, OP_VERDICT_UNSENT, "");
	clear(&run);
	platform_rt5.close(run.platform);
}

/* A later op: listed, said, listed again, entered with If-Match. */
static void test_comments(void)
{
	struct run run = {0};

	open_platform(&run);
	begin(&run, 2, 1, 0);
	step(&run, "GET", QUEUE, "queue");
	g_assert_true(step(&run, "POST", SEARCH, "search"));
	g_assert_true(step(&run, "GET", TICKET "/attachments", "list"));
	g_assert_true(step(&run, "POST", TICKET "/comment", "comment"));
	g_assert_true(step(&run, "GET", TICKET "/attachments", "list-two"));
	g_assert_true(step(&run, "GET", TICKET, "ticket"));
	platform_rt5.batch_ask(run.batch, &run.request);
	g_assert_cmpstr(run.request.if_match, ==, "\"39\"");
	g_assert_true(step(&run, "PUT", TICKET, "mark"));
	g_assert_false(step(&run, "GET", TICKET, "ticket-marked"));
	expect_end(&run, 0, OP_VERDICT_ACK, "");
	expect_end(&run, 1, OP_VERDICT_ACK, "");
	clear(&run);
	platform_rt5.close(run.platform);
}

/* Somebody else was quicker. */
static void test_conflict(void)
{
	struct run run = {0};

	open_platform(&run);
	begin(&run, 2, 1, 0);
	step(&run, "GET", QUEUE, "queue");
	step(&run, "POST", SEARCH, "search");
	step(&run, "GET", TICKET, "list-two");
	step(&run, "GET", TICKET, "ticket");
	g_assert_false(step(&run, "PUT", TICKET, "changed"));
	expect_end(&run, 1, OP_VERDICT_CONFLICT, "version_conflict");
	clear(&run);
	platform_rt5.close(run.platform);
}

/* What was made cannot be found: no more is made. */
static void test_blind(void)
{
	struct run run = {0};

	begin_two_cases(&run);
	step(&run, "GET", QUEUE, "queue");
	step(&run, "POST", SEARCH, "search-none");
	step(&run, "POST", BULK, "bulk");
	step(&run, "GET", QUEUE, "queue");
	g_assert_false(step(&run, "POST", SEARCH, "search-none"));
	expect_end(&run, 0, OP_VERDICT_RETRY, "unavailable");
	clear(&run);
	begin(&run, 1, 1, 0);
	g_assert_false(step(&run, "GET", QUEUE, "queue"));
	expect_end(&run, 0, OP_VERDICT_UNSENT, "");
	clear(&run);
	platform_rt5.close(run.platform);
}

/* A queue without our fields, or without rights: nothing is sent or lost. */
static void test_unprepared(void)
{
	struct run run = {0};

	open_platform(&run);
	begin(&run, 1, 1, 0);
	g_assert_false(step(&run, "GET", QUEUE, "queue-none"));
	expect_end(&run, 0, OP_VERDICT_UNSENT, "");
	clear(&run);
	begin(&run, 1, 1, 0);
	g_assert_false(step(&run, "GET", QUEUE, "search-none"));
	expect_end(&run, 0, OP_VERDICT_UNSENT, "");
	clear(&run);
	platform_rt5.close(run.platform);
}

/* An answer that is none, at each place: nothing acknowledged, nothing
 * parked. */
static void test_garbage(void)
{
	static const char *const good[] = {"queue", "search", "list", "comment",
		"list-two", "ticket", "mark", "ticket-marked"};

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		const struct http_reply garbage = {
			.status = i == 3 ? 201 : 200,
			.content_type = "application/json",
			.data = "{\"items\":[{\"id\":\"x\"",
			.len = 20,
			.retry_after_ms = -1,
		};
		struct run run = {0};

		open_platform(&run);
		begin(&run, 2, 1, 0);
		for (size_t k = 0; k < i; k++) {
			struct recorded recorded;

			platform_rt5.batch_ask(run.batch, &run.request);
			load(&recorded, good[k]);
			platform_rt5.batch_heard(
				run.batch, &recorded.reply, &run.answer);
			answer_clear(&run.answer);
			unload(&recorded);
		}
		platform_rt5.batch_ask(run.batch, &run.request);
		g_assert_false(platform_rt5.batch_heard(
			run.batch, &garbage, &run.answer));
		g_assert_cmpint(run.answer.kind, ==, ANSWER_FAULT);
		answer_clear(&run.answer);
		expect_end(&run, 1,
			i < 3 ? OP_VERDICT_UNSENT : OP_VERDICT_RETRY,
			i < 3 ? "" : "unavailable");
		clear(&run);
		platform_rt5.close(run.platform);
	}
}

static void test_table(void)
{
	g_autofree char *can = platform_can_text(platform_native.can);

	g_assert_true(platform_driver_find("native") == &platform_native);
	g_assert_true(platform_driver_find("rt5") == &platform_rt5);
	g_assert_null(platform_driver_find("zgw"));
	g_assert_cmpstr(
		can, ==, "blobs numbers tickets cases catalog reconcile");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/platform/table", test_table);
	g_test_add_func("/link/rt5/answers", test_answers);
	g_test_add_func("/link/rt5/portal", test_portal);
	g_test_add_func("/link/rt5/health", test_health);
	g_test_add_func("/link/rt5/keys", test_keys);
	g_test_add_func("/link/rt5/text", test_text);
	g_test_add_func("/link/rt5/new-ticket", test_new_ticket);
	g_test_add_func("/link/rt5/makes", test_makes);
	g_test_add_func("/link/rt5/finds", test_finds);
	g_test_add_func("/link/rt5/finds-two", test_finds_two);
	g_test_add_func("/link/rt5/waits", test_waits);
	g_test_add_func("/link/rt5/comments", test_comments);
	g_test_add_func("/link/rt5/conflict", test_conflict);
	g_test_add_func("/link/rt5/blind", test_blind);
	g_test_add_func("/link/rt5/unprepared", test_unprepared);
	g_test_add_func("/link/rt5/garbage", test_garbage);
	return g_test_run();
}
