/* Drafts, acceptance, refusal, documents: all or nothing. */
#include "tests/unit/test_store.h"

#include <stdio.h>

#include "client/base/clock.h"

static void test_draft(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct case_record *loaded;
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_strlcpy(record->promised_due, "2026-11-30", 11);
	record->due_provisional = true;
	record->initials = g_strdup("zs");
	g_assert_true(case_save_draft(f->store, record, &clerk, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(record->clerk, ==, "1003");
	reopen(f);
	loaded = case_load(f->store, record->case_id, &error);
	g_assert_no_error(error);
	g_assert_cmpint(loaded->state, ==, CASE_DRAFT);
	g_assert_cmpstr(loaded->item_code, ==, record->item_code);
	g_assert_cmpstr(loaded->item_name, ==, record->item_name);
	g_assert_cmpstr(loaded->item_version, ==, "2026.11");
	g_assert_cmpstr(loaded->initials, ==, "zs");
	g_assert_cmpstr(loaded->promised_due, ==, "2026-11-30");
	g_assert_true(loaded->due_provisional);
	g_assert_cmpint(loaded->created_ms, ==, record->created_ms);
	g_assert_cmpint(loaded->updated_ms, ==, record->updated_ms);
	g_assert_true(json_equal(loaded->body, record->body));
	/* drafts are local, and one act */
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
	g_assert_cmpint(number_behind(f, "SELECT count(*) FROM audit"), ==, 1);
	case_free(loaded);
	case_free(record);
}

static void test_empty_draft(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = case_new();
	struct case_record *loaded;
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(case_save_draft(f->store, record, &clerk, &error));
	g_assert_no_error(error);
	loaded = case_load(f->store, record->case_id, &error);
	g_assert_cmpstr(loaded->item_code, ==, "");
	case_free(loaded);
	case_free(record);
	g_assert_null(case_load(f->store, "nobody", &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
}

static const char *const odd_names[] = {
	"𬭎𫟹𪩘",                  /* beyond the first plane */
	"\U0002CE7C\U00030EDD",          /* extensions E and G */
	"李👨‍👩‍👧🇨🇳", /* joined emoji, flags */
	"张\x1b[2J\a三",                 /* terminal controls */
	"محمد\u202eلي\u202c",            /* right to left, override */
	"e\u0301 é ﷽ Ａ",                /* combining, ligature, full width */
	"\u3007\ue000\U000F0000",        /* zero, private use */
	"a\\\"'\n\t;--%_*",              /* SQL, JSON and LIKE */
	"买买提·艾合",
};

static void test_odd_names(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(odd_names); i++) {
		struct case_record *record = make_case(odd_names[i]);
		struct case_record *loaded;
		g_autoptr(GPtrArray) hits = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_true(
			case_save_draft(f->store, record, &clerk, &error));
		g_assert_no_error(error);
		loaded = case_load(f->store, record->case_id, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(
			json_text(json_get(loaded->body, "applicant"), "name"),
			==, odd_names[i]);
		hits = case_search(f->store, odd_names[i], 5, &error);
		g_assert_no_error(error);
		g_assert_cmpint(hits->len, ==, 1);
		g_assert_cmpstr(((struct case_hit *)hits->pdata[0])->applicant,
			==, odd_names[i]);
		case_free(loaded);
		case_free(record);
	}
	g_assert_true(store_verify_seals(f->store, NULL));
}

static void test_too_large(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autofree char *text = g_strnfill(CASE_BODY_MAX, 'x');
	g_autoptr(GError) error = NULL;

	(void)unused;
	json_put_text(record->body, "form", text);
	g_assert_false(case_save_draft(f->store, record, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE);
	g_assert_cmpint(counts_of(f->store).cases, ==, 0);
	case_free(record);
}

static struct op *only_op(struct store *store, enum op_state state)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = outbox_list(store, state, 10, &error);

	g_assert_no_error(error);
	g_assert_cmpint(list->len, ==, 1);
	return g_ptr_array_steal_index(list, 0);
}

static void test_accept(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct json *form = json_new_object();
	g_autoptr(GError) error = NULL;
	g_autofree char *full =
		g_strdup_printf("%s20261123030007", record->item_code);
	struct case_record *loaded;

	(void)unused;
	json_put_text(form, "trade_name", "甲");
	json_put(record->body, "form", form);
	add_block(f->store, "case:03", "03-", 7, 9);
	add_block(
		f->store, "doc:accept:2026", "登政务〔2026〕受字第", 123, 200);
	g_strlcpy(record->promised_due, "2026-11-30", 11);
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	g_assert_true(accept_case(f->store, record, &error));
	g_assert_no_error(error);
	g_assert_cmpint(record->state, ==, CASE_ACCEPTED);
	g_assert_cmpstr(record->case_no, ==, "20261123-03-0007");
	g_assert_cmpstr(record->full_no, ==, full);
	g_assert_cmpint(strlen(record->full_no), ==, 45);
	g_assert_cmpint(strlen(record->query_password), ==, 6);
	g_assert_cmpint(record->received_ms, ==, test_at_ms);
	g_assert_cmpint(record->accepted_ms, ==, test_at_ms);
	loaded = case_load(f->store, record->case_id, &error);
	g_assert_cmpstr(loaded->case_no, ==, record->case_no);
	g_assert_cmpstr(loaded->query_password, ==, record->query_password);
	g_assert_cmpint(loaded->state, ==, CASE_ACCEPTED);
	case_free(loaded);
	case_free(record);
	g_assert_cmpint(
		number_behind(f, "SELECT count(*) FROM case_events"), ==, 2);
	g_assert_cmpint(counts_of(f->store).numbers, ==, 2);
}

/* The body byte for byte: the contract with the platform. */
static void test_accept_body(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct json *form = json_new_object();
	struct op *op;
	g_autofree char *want = NULL;
	g_autofree char *received = clock_iso(test_at_ms);

	(void)unused;
	json_put_text(form, "trade_name", "甲");
	json_put(record->body, "form", form);
	json_put_int(record->body, "promise_days", 5); /* stays here */
	add_blocks(f->store, 9);
	g_strlcpy(record->ticket_id, "0193b0a0-0000-7000-8000-00000000000a",
		UUID_TEXT);
	g_strlcpy(record->query_password, "123456", 8);
	g_assert_true(accept_case(f->store, record, NULL));
	op = only_op(f->store, OP_READY);
	want = g_strdup_printf(
		"{\"case_id\":\"%s\",\"case_no\":\"20261123-03-0001\","
		"\"full_no\":\"1141018500531801234123456789012202611230300"
		"01\",\"state\":\"accepted\",\"item\":{\"code\":"
		"\"1141018500531801234123456789012\",\"name\":"
		"\"个体工商户设立登记\",\"version\":\"2026.11\"},"
		"\"ticket_id\":\"0193b0a0-0000-7000-8000-00000000000a\","
		"\"applicant\":{\"name\":\"张三\",\"id_number\":"
		"\"41018519900101123X\",\"phone\":\"13800000000\"},"
		"\"form\":{\"trade_name\":\"甲\"},\"materials\":[],"
		"\"decision\":{\"event\":\"accept\",\"reason\":null},"
		"\"documents\":[{\"kind\":\"receipt\",\"number\":\"\"},"
		"{\"kind\":\"accept-notice\",\"number\":"
		"\"登政务〔2026〕受字第000001号\"}],"
		"\"received_at\":\"%s\",\"accepted_at\":\"%s\","
		"\"promised_due\":null,\"statutory_due\":null,"
		"\"query_password\":\"123456\",\"clerk\":{\"staff_no\":"
		"\"1003\",\"name\":\"甄示例\"},\"window\":\"03\"}",
		record->case_id, received, received);
	g_assert_cmpstr(op->body, ==, want);
	g_assert_cmpstr(op->kind, ==, "case.accept");
	g_assert_cmpstr(op->agg, ==, "case");
	g_assert_cmpstr(op->agg_id, ==, record->case_id);
	g_assert_cmpint(op->agg_seq, ==, 1);
	g_assert_cmpstr(
		op->actor, ==, "{\"staff\":\"1003\",\"window\":\"03\"}");
	op_free(op);
	case_free(record);
}

static void test_refuse(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;
	AUTO(json) body = NULL;
	struct op *op;

	(void)unused;
	add_blocks(f->store, 9);
	g_assert_true(refuse_case(f->store, record, &error));
	g_assert_no_error(error);
	g_assert_cmpint(record->state, ==, CASE_REFUSED);
	g_assert_cmpint(record->accepted_ms, ==, 0);
	op = only_op(f->store, OP_READY);
	body = parse(op->body);
	g_assert_cmpstr(op->kind, ==, "case.refuse");
	g_assert_cmpstr(json_text(body, "state"), ==, "refused");
	g_assert_true(json_is_null(json_get(body, "accepted_at")));
	g_assert_cmpstr(json_text(json_get(body, "decision"), "reason"), ==,
		"02 材料不齐");
	op_free(op);
	case_free(record);
}

static void test_not_needed(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct case_decision decision = {.event = CASE_EVENT_NOT_NEEDED,
		.reason = "01 不属于本机关",
		.at_ms = test_at_ms,
		.day = TEST_DAY};
	g_autoptr(GPtrArray) documents = NULL;

	(void)unused;
	add_blocks(f->store, 9);
	g_assert_true(case_decide(f->store, record, &decision, &clerk, NULL));
	g_assert_cmpint(record->state, ==, CASE_NOT_NEEDED);
	documents = case_documents(f->store, record->case_id, NULL);
	g_assert_cmpint(documents->len, ==, 1);
	case_free(record);
}

static int64_t sum_of_rows(struct fixture *f)
{
	return number_behind(f, "SELECT (SELECT count(*) FROM cases)"
				" + (SELECT count(*) FROM case_events)"
				" + (SELECT count(*) FROM documents)"
				" + (SELECT count(*) FROM number_use)"
				" + (SELECT count(*) FROM outbox)"
				" + (SELECT count(*) FROM audit)"
				" + (SELECT sum(next) FROM number_blocks)"
				" + (SELECT count(*) FROM case_name)");
}

/* The case number is there, the notice's is not: the case number is not used
 * up, the draft stays a draft. */
static void test_no_numbers(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;
	int64_t before;

	(void)unused;
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	add_block(f->store, "case:03", "03-", 1, 5);
	before = sum_of_rows(f);
	g_assert_false(accept_case(f->store, record, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NUMBERS);
	g_assert_cmpint(sum_of_rows(f), ==, before);
	g_assert_cmpint(record->state, ==, CASE_DRAFT);
	g_assert_cmpstr(record->case_no, ==, "");
	g_assert_cmpstr(record->query_password, ==, "");
	g_assert_cmpint(numbers_left(f->store, "case:03"), ==, 5);
	add_block(f->store, "doc:accept:2026", "受", 1, 1);
	g_assert_true(accept_case(f->store, record, NULL));
	g_assert_cmpstr(record->case_no, ==, "20261123-03-0001");
	case_free(record);
	record = make_case("李四");
	g_clear_error(&error);
	g_assert_false(accept_case(f->store, record, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NUMBERS);
	g_assert_cmpint(counts_of(f->store).cases, ==, 1);
	case_free(record);
}

static void test_decided_once(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;
	int64_t before;

	(void)unused;
	add_blocks(f->store, 9);
	g_assert_true(accept_case(f->store, record, NULL));
	before = sum_of_rows(f);
	g_assert_false(accept_case(f->store, record, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_clear_error(&error);
	/* even when the caller's copy is stale */
	record->state = CASE_DRAFT;
	g_assert_false(refuse_case(f->store, record, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_clear_error(&error);
	g_assert_false(case_save_draft(f->store, record, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_clear_error(&error);
	g_assert_false(
		case_abandon(f->store, record->case_id, "x", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_assert_cmpint(sum_of_rows(f), ==, before);
	case_free(record);
}

static bool decide(struct fixture *f, struct case_record *record,
	enum case_event event, const char *reason, int day, GError **error)
{
	struct case_decision decision = {.event = event,
		.reason = reason,
		.at_ms = test_at_ms,
		.day = day};

	return case_decide(f->store, record, &decision, &clerk, error);
}

static void test_bad_decisions(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;

	(void)unused;
	add_blocks(f->store, 9);
	for (int event = 0; event < CASE_EVENT_COUNT; event++) {
		if (event == CASE_EVENT_ACCEPT || event == CASE_EVENT_REFUSE ||
			event == CASE_EVENT_NOT_NEEDED)
			continue;
		g_assert_false(decide(f, record, event, "x", TEST_DAY, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
		g_clear_error(&error);
	}
	g_assert_false(
		decide(f, record, CASE_EVENT_REFUSE, NULL, TEST_DAY, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_false(decide(f, record, CASE_EVENT_ACCEPT, NULL, 7, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	g_free(record->item_code);
	record->item_code = NULL;
	g_assert_false(
		decide(f, record, CASE_EVENT_ACCEPT, NULL, TEST_DAY, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_assert_cmpint(counts_of(f->store).cases, ==, 0);
	g_assert_cmpint(counts_of(f->store).numbers, ==, 9);
	case_free(record);
}

/* A page must be in the store before a case names it. */
static void test_pages(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;
	char hash[SHA256_TEXT];

	(void)unused;
	add_blocks(f->store, 9);
	sha256_text("not here", 8, hash);
	add_page(record, hash);
	g_assert_false(accept_case(f->store, record, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_assert_cmpint(counts_of(f->store).numbers, ==, 9);
	g_clear_error(&error);
	add_page(record, "../../etc/passwd");
	g_assert_false(accept_case(f->store, record, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	add_file(f, "a page", hash);
	add_page(record, hash);
	g_assert_true(accept_case(f->store, record, NULL));
	op_free(only_op(f->store, OP_WAIT_BLOB));
	case_free(record);
}

static void test_abandon(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct case_record *other = make_case("李四");
	g_autoptr(GPtrArray) drafts = NULL;
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	g_assert_true(case_save_draft(f->store, other, &clerk, NULL));
	drafts = case_drafts(f->store, NULL);
	g_assert_cmpint(drafts->len, ==, 2);
	g_assert_cmpstr(((struct case_record *)drafts->pdata[0])->case_id, ==,
		other->case_id);
	g_assert_true(case_abandon(
		f->store, record->case_id, "走了", &clerk, &error));
	g_assert_no_error(error);
	g_clear_pointer(&drafts, g_ptr_array_unref);
	drafts = case_drafts(f->store, NULL);
	g_assert_cmpint(drafts->len, ==, 1);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
	g_assert_false(
		case_abandon(f->store, clerk.session, "x", &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	case_free(record);
	case_free(other);
}

static void test_documents(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GPtrArray) documents = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GError) error = NULL;
	struct case_document *document;
	char hash[SHA256_TEXT];
	AUTO(json) body = NULL;
	struct op *op;

	(void)unused;
	add_blocks(f->store, 9);
	g_assert_true(accept_case(f->store, record, NULL));
	pending = case_documents_pending(f->store, NULL);
	g_assert_cmpint(pending->len, ==, 1);
	g_assert_cmpstr(pending->pdata[0], ==, record->case_id);
	add_file(f, "%PDF-", hash);
	g_assert_true(case_document_done(f->store, record->case_id,
		"accept-notice", hash, 5, 1, &clerk, &error));
	g_assert_no_error(error);
	/* again after a crash: nothing new; other content: no */
	g_assert_true(case_document_done(f->store, record->case_id,
		"accept-notice", hash, 5, 1, &clerk, NULL));
	hash[0] = hash[0] == 'a' ? 'b' : 'a';
	g_assert_false(case_document_done(f->store, record->case_id,
		"accept-notice", hash, 5, 1, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	g_clear_error(&error);
	g_assert_false(case_document_done(f->store, record->case_id, "licence",
		hash, 5, 1, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_assert_true(case_document_printed(f->store, record->case_id,
		"accept-notice", "cups:17", NULL, &clerk, NULL));
	documents = case_documents(f->store, record->case_id, NULL);
	g_assert_cmpint(documents->len, ==, 2);
	document = documents->pdata[0];
	g_assert_cmpstr(document->kind, ==, "receipt");
	g_assert_cmpstr(document->sha256, ==, "");
	document = documents->pdata[1];
	g_assert_cmpstr(document->number, ==, "登政务〔2026〕受字第000001号");
	g_assert_cmpint(document->copies, ==, 1);
	g_assert_cmpstr(document->printed, ==, "cups:17");
	op = only_op(f->store, OP_WAIT_BLOB);
	body = parse(op->body);
	g_assert_cmpstr(op->kind, ==, "case.document");
	g_assert_cmpstr(op->agg_id, ==, record->case_id);
	g_assert_cmpint(op->agg_seq, ==, 2);
	g_assert_cmpstr(json_text(body, "sha256"), ==, document->sha256);
	op_free(op);
	case_free(record);
}

static int64_t audits(struct fixture *f, const char *act, const char *reason)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT count(*) FROM audit WHERE"
		" json_extract(CAST(body AS TEXT), '$.act') = '%s' AND"
		" CAST(body AS TEXT) LIKE '%%%s%%'",
		act, reason);

	return number_behind(f, sql);
}

/* Rendered is not out; a second time out is a reprint, with its reason. */
static void test_printing(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	struct documents_left left;
	int64_t rows = 0;
	g_autoptr(GPtrArray) before = NULL;
	g_autoptr(GPtrArray) after = NULL;
	char hash[SHA256_TEXT];

	(void)unused;
	add_blocks(f->store, 9);
	g_assert_true(accept_case(f->store, record, NULL));
	add_file(f, "%PDF-", hash);
	for (int i = 0; i < 2; i++)
		g_assert_true(case_document_done(f->store, record->case_id,
			i ? "accept-notice" : "receipt", hash, 5, 1, &clerk,
			NULL));
	before = case_documents_pending(f->store, NULL);
	g_assert_cmpint(before->len, ==, 1);
	g_assert_true(case_documents_left(f->store, &left, NULL));
	g_assert_cmpint(left.count, ==, 2);
	g_assert_cmpstr(left.case_no, ==, record->case_no);
	for (int i = 0; i < 2; i++)
		g_assert_true(case_document_printed(f->store, record->case_id,
			i ? "accept-notice" : "receipt", "cups:17", NULL,
			&clerk, NULL));
	after = case_documents_pending(f->store, NULL);
	g_assert_cmpint(after->len, ==, 0);
	g_assert_true(case_documents_left(f->store, &left, NULL));
	g_assert_cmpint(left.count, ==, 0);
	g_assert_cmpint(audits(f, "print", ""), ==, 2);
	g_assert_cmpint(audits(f, "reprint", ""), ==, 0);
	g_assert_true(case_document_printed(f->store, record->case_id,
		"receipt", "cups:18", "damaged", &clerk, NULL));
	g_assert_cmpint(audits(f, "print", ""), ==, 2);
	g_assert_cmpint(audits(f, "reprint", "damaged"), ==, 1);
	g_assert_false(case_document_printed(f->store, record->case_id,
		"licence", "cups:19", NULL, &clerk, NULL));
	g_assert_true(audit_verify(f->store, &rows, NULL));
	case_free(record);
}

/* A row must not name a file that is not in the store. */
static void test_document_without_file(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("张三");
	g_autoptr(GError) error = NULL;
	char hash[SHA256_TEXT];

	(void)unused;
	add_blocks(f->store, 9);
	g_assert_true(accept_case(f->store, record, NULL));
	sha256_text("nowhere", 7, hash);
	g_assert_false(case_document_done(f->store, record->case_id, "receipt",
		hash, 7, 1, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 1);
	case_free(record);
}

static void test_blobs(struct fixture *f, gconstpointer unused)
{
	char hash[SHA256_TEXT], want[SHA256_TEXT];
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	int64_t count = 0;

	(void)unused;
	add_file(f, "page one", hash);
	sha256_text("page one", 8, want);
	g_assert_cmpstr(hash, ==, want);
	add_file(f, "page one", hash);
	add_file(f, "page two", hash);
	g_assert_true(blobs_verify(f->store, &count, NULL));
	g_assert_cmpint(count, ==, 2);
	path = store_blob_path(f->store, hash);
	g_assert_true(g_file_set_contents(path, "page 2wo", -1, NULL));
	g_assert_false(blobs_verify(f->store, &count, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_clear_error(&error);
	g_assert_false(blob_add(
		f->store, "/nonexistent", "image/jpeg", hash, NULL, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_false(blob_add(f->store, path, "", hash, NULL, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
}

/* A file that vanished is written again when the same content comes. */
static void test_blob_repaired(struct fixture *f, gconstpointer unused)
{
	char hash[SHA256_TEXT];
	g_autofree char *path = NULL;
	int64_t count = 0;

	(void)unused;
	add_file(f, "page one", hash);
	path = store_blob_path(f->store, hash);
	g_assert_cmpint(remove(path), ==, 0);
	g_assert_false(blobs_verify(f->store, &count, NULL));
	add_file(f, "page one", hash);
	g_assert_true(blobs_verify(f->store, &count, NULL));
	g_assert_cmpint(count, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/case/draft", test_draft);
	ADD("/store/case/empty-draft", test_empty_draft);
	ADD("/store/case/odd-names", test_odd_names);
	ADD("/store/case/too-large", test_too_large);
	ADD("/store/case/accept", test_accept);
	ADD("/store/case/accept-body", test_accept_body);
	ADD("/store/case/refuse", test_refuse);
	ADD("/store/case/not-needed", test_not_needed);
	ADD("/store/case/no-numbers", test_no_numbers);
	ADD("/store/case/decided-once", test_decided_once);
	ADD("/store/case/bad-decisions", test_bad_decisions);
	ADD("/store/case/pages", test_pages);
	ADD("/store/case/abandon", test_abandon);
	ADD("/store/case/documents", test_documents);
	ADD("/store/case/printing", test_printing);
	ADD("/store/case/document-without-file", test_document_without_file);
	ADD("/store/blob/add", test_blobs);
	ADD("/store/blob/repaired", test_blob_repaired);
	return g_test_run();
}
