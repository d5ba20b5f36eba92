/* Changes that came too late: kept with all three sides, merged by rule where
 * nobody need be asked, else decided by a person; never lost. */
#include "tests/unit/test_store.h"

#include "client/store/conflict.h"
#include "client/store/parked.h"

static const struct actor boss = {
	.staff_no = "9001",
	.staff_name = "甄主管",
	.role = "supervisor",
	.window = "03",
	.session = "0193b0a0-0000-7000-8000-000000000002",
};

/* Claims one op of that kind and base_version, and settles it. Its store_seq.
 */
static int64_t answer(struct store *store, const char *kind, const char *base,
	const struct op_outcome *outcome)
{
	struct op_lease lease;
	struct op *op;
	int64_t seq;
	g_autoptr(GError) error = NULL;

	claim(store, 1, 60000, &lease);
	g_assert_cmpuint(lease.ops->len, ==, 1);
	op = lease.ops->pdata[0];
	seq = op->store_seq;
	g_assert_cmpstr(op->kind, ==, kind);
	g_assert_cmpstr(op->base_version, ==, base);
	outbox_settle(store, lease.generation, seq, outcome, &error);
	g_assert_no_error(error);
	g_ptr_array_unref(lease.ops);
	return seq;
}

static int64_t acknowledge(struct store *store, const char *kind,
	const char *base, const char *version, const char *outcome)
{
	return answer(store, kind, base,
		&(struct op_outcome){.verdict = OP_VERDICT_ACK,
			.http = 201,
			.server_version = version,
			.outcome = outcome});
}

static int64_t refuse(struct store *store, const char *kind, const char *base,
	const char *current)
{
	return answer(store, kind, base,
		&(struct op_outcome){.verdict = OP_VERDICT_CONFLICT,
			.http = 412,
			.problem = "version_conflict",
			.current = current});
}

/* An accepted case that the platform has at version 1. */
static struct case_record *confirmed_case(struct store *store)
{
	struct case_record *record = make_case("王演练");
	g_autoptr(GError) error = NULL;
	AUTO(json) form = parse("{\"trade_name\":\"甲\",\"area\":\"10\"}");

	add_blocks(store, 10);
	json_put(record->body, "form", json_copy(form));
	g_assert_true(accept_case(store, record, &error));
	acknowledge(store, "case.accept", "", "1", NULL);
	return record;
}

/* applicant and form as the platform or a window has them. */
static struct json *parts_of(
	const char *phone, const char *trade_name, const char *area)
{
	g_autofree char *text = g_strdup_printf(
		"{\"applicant\":{\"name\":\"王演练\",\"id_number\":"
		"\"41018519900101123X\",\"phone\":\"%s\"},"
		"\"form\":{\"trade_name\":\"%s\",\"area\":\"%s\"},"
		"\"materials\":[]}",
		phone, trade_name, area);

	return parse(text);
}

static char *current_of(const char *version, const char *phone,
	const char *trade_name, const char *area)
{
	AUTO(json) current = parse("{\"case_no\":\"20261123-03-0001\"}");
	g_autofree char *text = NULL;

	json_put_text(current, "version", version);
	json_put(current, "body", parts_of(phone, trade_name, area));
	return json_print(current);
}

static void change(struct store *store, const char *case_id, const char *phone,
	const char *trade_name, const char *area, GError **error)
{
	AUTO(json) parts = parts_of(phone, trade_name, area);
	struct case_changed changed = {
		.case_id = case_id, .reason = "更正", .parts = parts};

	case_change(store, &changed, &clerk, error);
}

static void change_well(struct store *store, const char *case_id,
	const char *phone, const char *trade_name, const char *area)
{
	g_autoptr(GError) error = NULL;

	change(store, case_id, phone, trade_name, area, &error);
	g_assert_no_error(error);
}

static void assert_form(struct store *store, const char *case_id,
	const char *trade_name, const char *area)
{
	AUTO(case_record) record = case_load(store, case_id, NULL);
	const struct json *form = json_get(record->body, "form");

	g_assert_cmpstr(json_text(form, "trade_name"), ==, trade_name);
	g_assert_cmpstr(json_text(form, "area"), ==, area);
}

static guint open_count(struct store *store)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = conflict_list(store, &error);

	g_assert_no_error(error);
	return list->len;
}

static void assert_whole(struct store *store)
{
	int64_t rows;

	g_assert_true(outbox_verify(store, &rows, NULL, NULL));
	g_assert_true(audit_verify(store, &rows, NULL));
	g_assert_true(store_verify_seals(store, NULL));
}

static void test_plain(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	g_autoptr(GError) error = NULL;

	(void)unused;
	change_well(f->store, record->case_id, "13800000000", "乙", "10");
	assert_form(f->store, record->case_id, "乙", "10");
	/* one at a time */
	change(f->store, record->case_id, "1", "丙", "10", &error);
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
	acknowledge(f->store, "case.change", "1", "2", NULL);
	change_well(f->store, record->case_id, "13800000000", "丙", "10");
	acknowledge(f->store, "case.change", "2", "3", NULL);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
	assert_whole(f->store);
}

static void test_refused_calls(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	AUTO(json) parts = parts_of("1", "2", "3");
	struct case_changed changed = {
		.case_id = record->case_id, .reason = "", .parts = parts};
	char other[UUID_TEXT];
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_false(case_change(f->store, &changed, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	uuid7(other);
	changed.reason = "更正";
	changed.case_id = other;
	g_assert_false(case_change(f->store, &changed, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	changed.case_id = "x";
	g_assert_false(case_change(f->store, &changed, &clerk, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
}

/* Another field was changed there: both stand, nobody is asked. */
static void test_merged(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	g_autofree char *current = current_of("2", "13900000000", "甲", "10");
	AUTO(op) made = NULL;
	AUTO(json) body = NULL;
	const struct json *inner;
	int64_t seq;

	(void)unused;
	change_well(f->store, record->case_id, "13800000000", "乙", "10");
	refuse(f->store, "case.change", "1", current);
	g_assert_cmpuint(open_count(f->store), ==, 0);
	assert_form(f->store, record->case_id, "乙", "10");
	seq = acknowledge(f->store, "op.supersede", "2", "3", "superseded");
	made = parked_find(
		f->store, ((char[24]){(char)('0' + seq), '\0'}), NULL);
	body = json_parse(made->body, strlen(made->body), NULL);
	inner = json_get(body, "body");
	g_assert_cmpstr(
		json_text(json_get(inner, "form"), "trade_name"), ==, "乙");
	g_assert_cmpstr(json_text(json_get(inner, "applicant"), "phone"), ==,
		"13900000000");
	g_assert_cmpstr(json_text(inner, "reason"), ==, "更正");
	g_assert_cmpint(counts_of(f->store).parked, ==, 0);
	/* and the next change is made on what was merged */
	change_well(f->store, record->case_id, "13900000000", "丙", "10");
	acknowledge(f->store, "case.change", "3", "4", NULL);
	assert_whole(f->store);
}

/* The correction comes too late as well: merged once more, with what was there
 * the first time as its base. */
static void test_merged_twice(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	g_autofree char *second = current_of("2", "139", "甲", "10");
	/* the telephone was put back there */
	g_autofree char *third = current_of("3", "13800000000", "甲", "20");
	AUTO(case_record) merged = NULL;
	g_autoptr(GError) error = NULL;

	(void)unused;
	change_well(f->store, record->case_id, "13800000000", "乙", "10");
	refuse(f->store, "case.change", "1", second);
	refuse(f->store, "op.supersede", "2", third);
	g_assert_cmpuint(open_count(f->store), ==, 0);
	acknowledge(f->store, "op.void", "", "1", "void");
	acknowledge(f->store, "op.supersede", "3", "4", "superseded");
	assert_form(f->store, record->case_id, "乙", "20");
	merged = case_load(f->store, record->case_id, NULL);
	g_assert_cmpstr(json_text(json_get(merged->body, "applicant"), "phone"),
		==, "13800000000");
	g_assert_cmpint(counts_of(f->store).parked, ==, 0);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
	change(f->store, record->case_id, "139", "丁", "20", &error);
	g_assert_no_error(error);
	acknowledge(f->store, "case.change", "4", "5", NULL);
	assert_whole(f->store);
}

static int64_t open_one(struct fixture *f, const char *case_id)
{
	g_autofree char *current = current_of("2", "139", "丙", "20");

	change_well(f->store, case_id, "13800000000", "乙", "10");
	return refuse(f->store, "case.change", "1", current);
}

static void test_person(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	int64_t seq = open_one(f, record->case_id);
	AUTO(conflict) conflict = conflict_find(f->store, seq, NULL);
	AUTO(json) none = json_new_object();
	AUTO(json) choice = parse("{\"form/trade_name\":\"there\"}");
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_cmpuint(open_count(f->store), ==, 1);
	g_assert_cmpstr(conflict->case_no, ==, "20261123-03-0001");
	g_assert_cmpuint(json_length(conflict->fields), ==, 1);
	g_assert_cmpstr(json_text(json_first(conflict->fields), "path"), ==,
		"form/trade_name");
	g_assert_cmpint(counts_of(f->store).parked, ==, 1);
	g_assert_false(
		conflict_decide(f->store, seq, none, "已核对", &boss, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_false(
		conflict_decide(f->store, seq, choice, "", &boss, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	g_clear_error(&error);
	conflict_decide(f->store, seq, choice, "已核对", &boss, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(open_count(f->store), ==, 0);
	g_assert_false(conflict_decide(
		f->store, seq, choice, "已核对", &boss, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	assert_form(f->store, record->case_id, "丙", "20");
	acknowledge(f->store, "op.supersede", "2", "3", "superseded");
	g_assert_cmpint(counts_of(f->store).parked, ==, 0);
	assert_whole(f->store);
}

/* What a person decided is merged again when it came too late. */
static void test_person_too_late(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	int64_t seq = open_one(f, record->case_id);
	g_autofree char *third = current_of("3", "139", "戊", "20");
	AUTO(json) choice = parse("{\"form/trade_name\":\"here\"}");
	g_autoptr(GError) error = NULL;

	(void)unused;
	conflict_decide(f->store, seq, choice, "已核对", &boss, &error);
	g_assert_no_error(error);
	refuse(f->store, "op.supersede", "2", third);
	/* the field was changed there once more: asked again */
	g_assert_cmpuint(open_count(f->store), ==, 1);
	conflict_decide(f->store, seq, choice, "再核对", &boss, &error);
	g_assert_no_error(error);
	acknowledge(f->store, "op.void", "", "1", "void");
	acknowledge(f->store, "op.supersede", "3", "4", "superseded");
	assert_form(f->store, record->case_id, "乙", "20");
	g_assert_cmpint(counts_of(f->store).parked, ==, 0);
	assert_whole(f->store);
}

/* Dropped whole: no conflict is left. */
static void test_void(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	int64_t seq = open_one(f, record->case_id);

	(void)unused;
	g_assert_true(parked_void(f->store, seq, "不要了", &boss, NULL));
	g_assert_cmpuint(open_count(f->store), ==, 0);
	acknowledge(f->store, "op.void", "", "1", "void");
	g_assert_cmpuint(open_count(f->store), ==, 0);
	/* the base is what was accepted, not what never came */
	change_well(f->store, record->case_id, "1", "2", "3");
	acknowledge(f->store, "case.change", "1", "2", NULL);
	assert_whole(f->store);
}

/* The same again by hand, and once more too late: one open conflict, not two.
 */
static void test_requeued(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	int64_t seq = open_one(f, record->case_id);
	g_autofree char *current = current_of("5", "139", "丁", "20");

	(void)unused;
	g_assert_true(parked_requeue(f->store, seq, "再试", &boss, NULL));
	g_assert_cmpuint(open_count(f->store), ==, 0);
	refuse(f->store, "case.change", "1", current);
	g_assert_cmpuint(open_count(f->store), ==, 1);
	assert_whole(f->store);
}

/* A platform that refuses the version it shows, or shows nothing to merge with,
 * is a person's; one that shows a new version each time is not answered for
 * ever. */
static void test_odd_platform(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	g_autofree char *same = current_of("1", "139", "甲", "10");
	g_autofree char *nothing = g_strdup("{\"version\":\"2\"}");
	int64_t seq;

	(void)unused;
	change_well(f->store, record->case_id, "13800000000", "乙", "10");
	seq = refuse(f->store, "case.change", "1", nothing);
	g_assert_cmpuint(open_count(f->store), ==, 0);
	g_assert_cmpint(counts_of(f->store).parked, ==, 1);
	g_assert_true(parked_requeue(f->store, seq, "再试", &boss, NULL));
	refuse(f->store, "case.change", "1", same);
	g_assert_cmpuint(open_count(f->store), ==, 1);
	g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
	assert_whole(f->store);
}

static void test_endless(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	int rounds = 0;

	(void)unused;
	change_well(f->store, record->case_id, "13800000000", "乙", "10");
	while (counts_of(f->store).unsent > 0 && rounds < 100) {
		struct op_lease lease;
		g_autofree char *version = g_strdup_printf("%d", ++rounds + 1);
		g_autofree char *current =
			current_of(version, "139", "甲", version);
		struct op_outcome stale = {.verdict = OP_VERDICT_CONFLICT,
			.problem = "version_conflict",
			.current = current};
		struct op_outcome done = {
			.verdict = OP_VERDICT_ACK, .outcome = "void"};
		struct op *op;

		claim(f->store, 1, 60000, &lease);
		g_assert_cmpuint(lease.ops->len, ==, 1);
		op = lease.ops->pdata[0];
		g_assert_true(outbox_settle(f->store, lease.generation,
			op->store_seq,
			strcmp(op->kind, "op.void") ? &stale : &done, NULL));
		g_ptr_array_unref(lease.ops);
	}
	g_assert_cmpint(rounds, <, 40);
	g_assert_cmpuint(open_count(f->store), ==, 1);
	assert_whole(f->store);
}

/* A row that was changed behind our back is not decided on. */
static void test_damaged(struct fixture *f, gconstpointer unused)
{
	AUTO(case_record) record = confirmed_case(f->store);
	int64_t seq = open_one(f, record->case_id);
	g_autoptr(GError) error = NULL;

	(void)unused;
	store_close(f->store);
	damage(f, "conflicts_seal",
		"UPDATE conflicts SET case_id = case_id || 'x'");
	f->store = open_store(f->dir);
	g_assert_null(conflict_list(f->store, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_clear_error(&error);
	g_assert_null(conflict_find(f->store, seq, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/conflict/plain", test_plain);
	ADD("/store/conflict/refused-calls", test_refused_calls);
	ADD("/store/conflict/merged", test_merged);
	ADD("/store/conflict/merged-twice", test_merged_twice);
	ADD("/store/conflict/person", test_person);
	ADD("/store/conflict/person-too-late", test_person_too_late);
	ADD("/store/conflict/void", test_void);
	ADD("/store/conflict/requeued", test_requeued);
	ADD("/store/conflict/odd-platform", test_odd_platform);
	ADD("/store/conflict/endless", test_endless);
	ADD("/store/conflict/damaged", test_damaged);
	return g_test_run();
}
