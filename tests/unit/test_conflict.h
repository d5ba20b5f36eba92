/* What the tests of conflicts share: a case in a desk's store that was changed
 * here and at the platform at once. */
#ifndef TESTS_UNIT_TEST_CONFLICT_H
#define TESTS_UNIT_TEST_CONFLICT_H

#include "client/store/conflict.h"
#include "client/store/parked.h"
#include "tests/unit/test_app.h"

/* One op is claimed and answered; its store_seq. */
static inline int64_t platform_answers(
	struct store *store, const struct op_outcome *outcome)
{
	struct op_lease lease = {0};
	g_autoptr(GError) error = NULL;
	int64_t seq;

	claim(store, 1, 60000, &lease);
	g_assert_cmpuint(lease.ops->len, ==, 1);
	seq = ((struct op *)lease.ops->pdata[0])->store_seq;
	outbox_settle(store, lease.generation, seq, outcome, &error);
	g_assert_no_error(error);
	g_ptr_array_unref(lease.ops);
	return seq;
}

static inline struct case_record *conflict_case(struct store *store)
{
	struct case_record *record = make_case(test_name);
	AUTO(json) form = parse("{\"trade_name\":\"甲\"}");
	struct case_decision decision = {
		.event = CASE_EVENT_ACCEPT,
		.at_ms = clock_wall_ms(),
		.day = clock_day(clock_wall_ms()),
		.document_series = accept_series,
	};
	g_autoptr(GError) error = NULL;

	json_put(record->body, "form", json_copy(form));
	case_decide(store, record, &decision, &clerk, &error);
	g_assert_no_error(error);
	platform_answers(store, &(struct op_outcome){.verdict = OP_VERDICT_ACK,
					.http = 201,
					.server_version = "1"});
	return record;
}

static inline struct json *conflict_parts(
	const char *phone, const char *trade_name, const char *page)
{
	g_autofree char *text = g_strdup_printf(
		"{\"applicant\":{\"name\":\"%s\",\"id_number\":\"%s\","
		"\"phone\":\"%s\"},\"form\":{\"trade_name\":\"%s\"},"
		"\"materials\":[{\"no\":1,\"name\":\"申请书\","
		"\"pages\":[%s]}]}",
		test_name, test_id, phone, trade_name, page);

	return parse(text);
}

/* 64 hex digits. */
static inline char *conflict_page(const char *digit)
{
	g_autoptr(GString) text = g_string_new("{\"sha256\":\"");

	for (int i = 0; i < 64; i++)
		g_string_append(text, digit);
	g_string_append(text, "\"}");
	return g_strdup(text->str);
}

/* Telephone, name of the shop and the page of material 1 were changed on both
 * sides. Needs numbers; the change's store_seq. */
static inline int64_t desk_conflict(const struct desk *desk)
{
	struct store *store = desk_store(desk);
	AUTO(case_record) record = conflict_case(store);
	g_autofree char *page_here = conflict_page("a");
	g_autofree char *page_there = conflict_page("b");
	AUTO(json) here = conflict_parts("13800010000", "乙", page_here);
	AUTO(json) there = conflict_parts("13800020000", "丙", page_there);
	g_autofree char *body = json_print(there);
	g_autofree char *current = g_strdup_printf(
		"{\"version\":\"2\",\"case_no\":\"%s\",\"body\":%s}",
		record->case_no, body);
	struct case_changed changed = {
		.case_id = record->case_id, .reason = "更正", .parts = here};
	g_autoptr(GError) error = NULL;
	int64_t seq;

	case_change(store, &changed, &clerk, &error);
	g_assert_no_error(error);
	seq = platform_answers(
		store, &(struct op_outcome){.verdict = OP_VERDICT_CONFLICT,
			       .http = 412,
			       .problem = "version_conflict",
			       .current = current});
	store_close(store);
	return seq;
}

#endif
