/* The exchange machine: ops of a real store as rows of the national tables, a
 * spool that survives a kill at every step, receipts and counts. */
#include "client/link/exchange.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/link/exchange_map.h"
#include "client/store/parked.h"
#include "tests/unit/test_exchange.h"

/* All rows of all batches with a manifest, in order. */
static struct json *all_rows(struct exchange *exchange)
{
	struct json *list = json_new_array();
	g_autoptr(GError) error = NULL;

	for (int64_t n = 1; n <= exchange_sequence(exchange); n++) {
		AUTO(json) manifest = exchange_manifest(exchange, n, &error);
		g_autofree char *text =
			exchange_rows(exchange, manifest, &error);
		g_auto(GStrv) lines = NULL;

		g_assert_no_error(error);
		lines = g_strsplit(text, "\n", -1);
		for (char **line = lines; *line && **line; line++)
			json_add(list, parse(*line));
	}
	return list;
}

static const struct json *row_of(
	const struct json *rows, const char *table, int number)
{
	json_each (line, rows) {
		if (!strcmp(json_text(line, "table"), table) && number-- == 0)
			return json_get(line, "row");
	}
	return NULL;
}

#define HAS(row, name, value) g_assert_cmpstr(json_text(row, name), ==, value)

/* Every row keeps the lengths and the fields that must be there. */
static void check_rows(struct exchange *exchange, const struct json *rows)
{
	json_each (line, rows) {
		const struct json *fields = NULL;

		json_each (table, exchange_tables(exchange)) {
			if (!strcmp(json_text(table, "name"),
				    json_text(line, "table")))
				fields = json_get(table, "fields");
		}
		g_assert_nonnull(fields);
		json_each (field, fields) {
			const struct json *value =
				json_get(json_get(line, "row"),
					json_text(field, "name"));
			int64_t max = json_int_or(field, "max", 0);

			g_assert_true(
				value || !json_bool_or(field, "must", false));
			if (json_is_text(value) && max > 0)
				g_assert_cmpint(
					g_utf8_strlen(json_as_text(value), -1),
					<=, max);
		}
	}
}

/* The mapping -------------------------------------------------------------- */

static void test_accept(struct fixture *f, gconstpointer unused)
{
	struct case_record *record;
	AUTO(exchange) exchange = NULL;
	AUTO(json) rows = NULL;
	const struct json *row;
	struct exchange_done done;

	(void)unused;
	begin_store(f);
	record = new_case(f, "王演练");
	json_add(json_get_mutable(record->body, "materials"),
		parse("{\"no\":2,\"name\":\"身份证明\",\"state\":"
		      "\"complete\",\"form\":\"card\",\"copies\":1}"));
	finish_case(f, record, true);
	exchange = open_exchange(f);
	done = run(exchange);
	g_assert_cmpint(done.rows, ==, 5);
	g_assert_cmpint(done.set_aside, ==, 0);
	rows = all_rows(exchange);
	check_rows(exchange, rows);
	row = row_of(rows, "up_pro_accept", 0);
	HAS(row, "project_no", CODE "20261123030001");
	HAS(row, "catalog_code", "410790101000");
	HAS(row, "task_code", CODE);
	g_assert_cmpint(json_int_or(row, "task_version", 0), ==, 1);
	HAS(row, "applyer_name", "王演练");
	HAS(row, "applyer_type", "1");
	HAS(row, "applyer_page_type", "111");
	HAS(row, "applyer_page_code", "41018519900101123X");
	HAS(row, "contact_mobile", "13800000000");
	HAS(row, "org_code", "11410185DEM000022Y");
	HAS(row, "org_name", "登封市市场监督管理局");
	HAS(row, "accept_doc_no", "登政务〔2026〕受字第000001号");
	HAS(row, "project_type", "1");
	HAS(row, "cd_operation", "I");
	HAS(row, "cd_batch", "410185-03-00000001");
	HAS(row, "data_source", "141");
	HAS(row_of(rows, "up_pro_process", 0), "event_name", "1");
	row = row_of(rows, "up_pro_process", 1);
	HAS(row, "event_name", "2");
	HAS(row, "handle_explain", "予以受理");
	HAS(row, "handle_user_name", "甄示例");
	row = row_of(rows, "up_pro_material", 0);
	HAS(row, "material_name", "登记申请书");
	HAS(row, "get_type", "1");
	HAS(row, "get_num", "1");
	row = row_of(rows, "up_pro_material", 1);
	HAS(row, "get_type", "2");
	g_assert_null(row_of(rows, "up_pro_material", 2));
}

static void test_refuse(struct fixture *f, gconstpointer unused)
{
	AUTO(exchange) exchange = NULL;
	AUTO(json) rows = NULL;
	const struct json *row;

	(void)unused;
	begin_store(f);
	finish_case(f, new_case(f, "李示例"), false);
	exchange = open_exchange(f);
	run(exchange);
	rows = all_rows(exchange);
	check_rows(exchange, rows);
	row = row_of(rows, "up_pro_process", 1);
	HAS(row, "process_name", "不予受理");
	HAS(row, "handle_explain", "02 材料不齐");
	HAS(row_of(rows, "up_pro_process", 0), "handle_explain", "收件");
	row = row_of(rows, "up_pro_result", 0);
	HAS(row, "result_type", "2");
	HAS(row, "result_explain", "02 材料不齐");
	HAS(row_of(rows, "up_pro_accept", 0), "accept_doc_no",
		"登政务〔2026〕不受字第000001号");
}

static void rate(struct fixture *f, const char *case_id, enum rating rating)
{
	struct ticket *ticket = ticket_open(f->store, &clerk, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(ticket);
	g_assert_true(rating_record(f->store, ticket->ticket_id, case_id,
		rating, "pad", &clerk, &error));
	g_assert_no_error(error);
	ticket_free(ticket);
}

static void test_document_and_rating(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = NULL;
	AUTO(exchange) exchange = NULL;
	AUTO(json) rows = NULL;
	const struct json *row;
	char sha256[SHA256_TEXT];

	(void)unused;
	begin_store(f);
	record = new_case(f, "王演练");
	g_assert_true(accept_case(f->store, record, NULL));
	add_file(f, "%PDF", sha256);
	g_assert_true(case_document_done(f->store, record->case_id, "receipt",
		sha256, 4, 1, &clerk, NULL));
	g_assert_true(case_document_done(f->store, record->case_id,
		"accept-notice", sha256, 4, 1, &clerk, NULL));
	rate(f, record->case_id, RATING_VERY_GOOD);
	rate(f, record->case_id, RATING_VERY_BAD);
	rate(f, record->case_id, RATING_NONE_NO_ANSWER);
	rate(f, NULL, RATING_GOOD);
	exchange = open_exchange(f);
	run(exchange);
	rows = all_rows(exchange);
	check_rows(exchange, rows);
	g_assert_cmpint(json_length(rows), ==, 4 + 1 + 2);
	row = row_of(rows, "up_pro_process", 2);
	HAS(row, "process_name", "制作受理通知书");
	HAS(row, "handle_explain", "登政务〔2026〕受字第000001号");
	row = row_of(rows, "up_evaluation", 0);
	HAS(row, "satisfaction", "5");
	HAS(row, "project_no", record->full_no);
	g_assert_null(json_get(row, "writing_evaluation"));
	row = row_of(rows, "up_evaluation", 1);
	HAS(row, "satisfaction", "1");
	HAS(row, "writing_evaluation", "评价器未采集原因");
	case_free(record);
}

/* Both scales, both ways. */
static void test_satisfaction(void)
{
	static const char *const ours[] = {"5", "4", "3", "2", "1"};
	static const char *const reversed[] = {"1", "2", "3", "4", "5"};
	g_autoptr(GError) error = NULL;
	AUTO(exchange_map) map = exchange_map_load(MAP, &error);

	g_assert_no_error(error);
	for (int i = 0; i < 5; i++) {
		g_assert_cmpstr(
			exchange_map_encode(map, "satisfaction", ours[i]), ==,
			ours[i]);
		g_assert_cmpstr(
			exchange_map_decode(map, "satisfaction", ours[i]), ==,
			ours[i]);
		g_assert_cmpstr(
			exchange_map_encode(map, "satisfaction_gb", ours[i]),
			==, reversed[i]);
		g_assert_cmpstr(exchange_map_decode(
					map, "satisfaction_gb", reversed[i]),
			==, ours[i]);
	}
	g_assert_null(exchange_map_encode(map, "satisfaction", "0"));
	g_assert_null(exchange_map_decode(map, "satisfaction_gb", "6"));
	/* Two document types are one kind of applicant: no way back. */
	g_assert_null(exchange_map_decode(map, "applicant_kind", "1"));
}

/* Steps that come from the departments, as the contract writes them. */
static void test_parts(void)
{
	static const struct {
		const char *kind, *body, *table, *field, *value;
	} parts[] = {
		{"case.special",
			"{\"staff_no\":\"1003\",\"at\":\"2026-11-23T09:41:20+"
			"08:00\",\"reason\":\"现场核查\",\"special_type\":"
			"\"4\"}",
			"up_pro_special_procedure", "special_reason",
			"现场核查"},
		{"case.result",
			"{\"result_type\":\"1\",\"result_date\":\"2026-11-24T"
			"10:00:00+08:00\",\"result_cetr_no\":\"X1\"}",
			"up_pro_result", "satisfaction", "2"},
		{"case.certificate",
			"{\"certificate_type_code\":\"T\",\"certificate_name\":"
			"\"营业执照\",\"certificate_number\":\"X1\",\"holder\":"
			"\"王演练\",\"holder_code\":\"41\",\"issue_dept\":"
			"\"局\",\"issue_date\":\"2026-11-24\"}",
			"up_lic_data", "certificate_number", "X1"},
		{"case.step",
			"{\"event_name\":\"3\",\"process_name\":\"审查\","
			"\"handle_explain\":\"合格\",\"event_start_time\":"
			"\"2026-11-24T10:00:00+08:00\",\"event_end_time\":"
			"\"2026-11-24T10:00:00+08:00\"}",
			"up_pro_process", "event_name", "3"},
	};
	AUTO(exchange_map) map = exchange_map_load(MAP, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		AUTO(json) scope = parse(
			"{\"case\":{\"full_no\":\"N1\",\"clerk\":{\"name\":"
			"\"甲\"}},\"rating\":{\"level\":4},\"meta\":{"
			"\"operation\":\"I\",\"time\":\"2026-11-23T09:41:20+"
			"08:00\",\"batch\":\"b\",\"data_version\":1},"
			"\"site\":{\"data_source\":\"141\"}}");
		AUTO(json) rows = json_new_array();
		g_autoptr(GError) error = NULL;

		json_put(scope, "op", parse(parts[i].body));
		g_assert_true(exchange_map_op(
			map, parts[i].kind, scope, "g", rows, &error));
		g_assert_no_error(error);
		g_assert_cmpint(json_length(rows), ==, 1);
		HAS(json_first(rows), "table", parts[i].table);
		HAS(json_get(json_first(rows), "row"), parts[i].field,
			parts[i].value);
	}
}

/* A list that must go both ways and cannot, a field of no type. */
static void test_bad_map(void)
{
	static const char *const bad[] = {
		"{\"codes\":{\"a\":{\"source\":\"s\",\"both\":true,\"map\":{"
		"\"1\":\"x\",\"2\":\"x\"}}}}",
		"{\"codes\":{\"a\":{\"map\":{}}}}",
		"{\"tables\":[{\"name\":\"a;b\"}]}",
		"{\"tables\":[{\"name\":\"a\",\"fields\":[{\"name\":\"b\","
		"\"code\":\"none\"}]}]}",
		"{\"ops\":[{\"kind\":\"k\",\"rows\":[{\"table\":\"t\"}]}]}",
		"[",
	};
	g_autofree char *dir = make_dir();
	g_autofree char *path = g_build_filename(dir, "map.json", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(g_file_set_contents(path, bad[i], -1, NULL));
		g_assert_null(exchange_map_load(path, &error));
		g_assert_nonnull(error);
		g_assert_true(error->domain == ITEM_ERROR);
	}
	file_remove_tree(dir);
}

/* Setting aside ------------------------------------------------------------ */

static const struct json *day_of(const struct json *status)
{
	return json_first(json_get(status, "days"));
}

static void check_day(struct exchange *exchange, int cases, int written,
	int aside, int confirmed, int rejected)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) status = exchange_status(exchange, &error);
	const struct json *day;

	g_assert_no_error(error);
	g_assert_cmpint(json_length(json_get(status, "days")), ==, 1);
	day = day_of(status);
	g_assert_cmpint(json_int_or(day, "cases", 0), ==, cases);
	g_assert_cmpint(json_int_or(day, "written", 0), ==, written);
	g_assert_cmpint(json_int_or(day, "set_aside", 0), ==, aside);
	g_assert_cmpint(json_int_or(day, "confirmed", 0), ==, confirmed);
	g_assert_cmpint(json_int_or(day, "rejected", 0), ==, rejected);
}

static void test_set_aside(struct fixture *f, gconstpointer unused)
{
	struct case_record *record;
	g_autofree char *long_name = g_strnfill(101, 'x');
	AUTO(exchange) exchange = NULL;
	AUTO(json) rejected = NULL;
	AUTO(json) rows = NULL;
	char case_id[UUID_TEXT];
	struct exchange_done done;
	const struct json *row;

	(void)unused;
	begin_store(f);
	record = new_case(f, "王演练");
	json_put_text(
		json_get_mutable(record->body, "applicant"), "id_type", "888");
	g_assert_true(accept_case(f->store, record, NULL));
	g_strlcpy(case_id, record->case_id, sizeof(case_id));
	case_free(record);
	rate(f, case_id, RATING_GOOD);
	finish_case(f, new_case(f, long_name), true);
	record = new_case(f, "李示例");
	json_put_text(json_get_mutable(record->body, "applicant"), "phone",
		"0371-62870000");
	finish_case(f, record, true);
	exchange = open_exchange(f);
	done = run(exchange);
	g_assert_cmpint(done.rows, ==, 4);
	g_assert_cmpint(done.set_aside, ==, 2);
	rows = all_rows(exchange);
	row = row_of(rows, "up_pro_accept", 0);
	HAS(row, "applyer_name", "李示例");
	g_assert_null(json_get(row, "contact_mobile"));
	rejected = exchange_rejected(exchange, NULL);
	g_assert_cmpint(json_length(json_get(rejected, "reasons")), ==, 2);
	row = json_first(json_get(rejected, "rows"));
	HAS(row, "reason", "code-list");
	HAS(row, "field", "up_pro_accept.applyer_type");
	HAS(json_next(row), "reason", "too-long");
	check_day(exchange, 3, 1, 2, 0, 0);
	/* Also for a program that is started later. */
	g_clear_pointer(&exchange, exchange_close);
	rate(f, case_id, RATING_FAIR);
	exchange = open_exchange(f);
	done = run(exchange);
	g_assert_cmpint(done.rows + done.set_aside, ==, 0);
}

/* A person corrects what the platform refused too: a new data version. */
static void supersede(struct fixture *f, const char *case_no)
{
	g_autoptr(GPtrArray) ops = NULL;
	g_autoptr(GError) error = NULL;
	struct op_lease lease;
	int64_t seq = 0;
	struct json *body = NULL;

	claim(f->store, 100, 60000, &lease);
	for (guint i = 0; i < lease.ops->len; i++) {
		struct op *op = lease.ops->pdata[i];

		settle(f->store, lease.generation, op->store_seq,
			strstr(op->body, case_no) ? OP_VERDICT_DEAD
						  : OP_VERDICT_ACK,
			NULL);
		if (!strstr(op->body, case_no))
			continue;
		seq = op->store_seq;
		body = parse(op->body);
	}
	g_ptr_array_unref(lease.ops);
	json_put_text(json_get_mutable(body, "applicant"), "id_type", "414");
	g_assert_true(
		parked_supersede(f->store, seq, body, "写错", &clerk, &error));
	g_assert_no_error(error);
}

static void test_mended(struct fixture *f, gconstpointer unused)
{
	struct case_record *record;
	AUTO(exchange) exchange = NULL;
	AUTO(json) rejected = NULL;
	AUTO(json) rows = NULL;
	char case_no[CASE_NO_TEXT];
	struct exchange_done done;
	const struct json *row;

	(void)unused;
	begin_store(f);
	record = new_case(f, "王演练");
	json_put_text(
		json_get_mutable(record->body, "applicant"), "id_type", "888");
	g_assert_true(accept_case(f->store, record, NULL));
	g_strlcpy(case_no, record->case_no, sizeof(case_no));
	case_free(record);
	exchange = open_exchange(f);
	run(exchange);
	check_day(exchange, 1, 0, 1, 0, 0);
	supersede(f, case_no);
	done = run(exchange);
	g_assert_cmpint(done.rows, ==, 4);
	rows = all_rows(exchange);
	row = row_of(rows, "up_pro_accept", 0);
	HAS(row, "applyer_page_type", "414");
	HAS(row, "cd_operation", "U");
	g_assert_cmpint(json_int_or(row, "data_version", 0), ==, 2);
	g_assert_true(strstr(json_text(row, "row_guid"), "-v2-"));
	check_day(exchange, 1, 1, 0, 0, 0);
	rejected = exchange_rejected(exchange, NULL);
	g_assert_cmpint(json_length(json_get(rejected, "rows")), ==, 0);
	/* It is remembered: what follows has the version. */
	g_clear_pointer(&exchange, exchange_close);
	exchange = open_exchange(f);
	g_assert_true(exchange_report_again(exchange, case_no, &done, NULL));
	g_clear_pointer(&rows, json_free);
	rows = all_rows(exchange);
	row = row_of(rows, "up_pro_accept", 1);
	g_assert_cmpint(json_int_or(row, "data_version", 0), ==, 3);
	HAS(row, "applyer_page_type", "414");
	check_day(exchange, 1, 1, 0, 0, 0);
}

/* Put right after the acceptance: the whole case, as it is now. */
static void test_changed(struct fixture *f, gconstpointer unused)
{
	struct case_record *record;
	AUTO(exchange) exchange = NULL;
	AUTO(json) rows = NULL;
	AUTO(json) parts = NULL;
	g_autoptr(GError) error = NULL;
	struct case_changed changed = {.reason = "补材料"};
	struct exchange_done done;
	const struct json *row;

	(void)unused;
	begin_store(f);
	record = new_case(f, "王演练");
	g_assert_true(accept_case(f->store, record, NULL));
	exchange = open_exchange(f);
	run(exchange);
	ack_all(f->store);
	parts = json_new_object();
	json_put(parts, "applicant",
		json_copy(json_get(record->body, "applicant")));
	json_put_text(
		json_get_mutable(parts, "applicant"), "phone", "13900000000");
	json_put(parts, "materials",
		parse("[{\"no\":1,\"name\":\"登记申请书\",\"state\":"
		      "\"complete\",\"form\":\"paper\"},{\"no\":3,\"name\":"
		      "\"经营场所文件\",\"state\":\"complete\",\"form\":"
		      "\"scan\"}]"));
	changed.case_id = record->case_id;
	changed.parts = parts;
	g_assert_true(case_change(f->store, &changed, &clerk, &error));
	g_assert_no_error(error);
	done = run(exchange);
	g_assert_cmpint(done.rows, ==, 5);
	rows = all_rows(exchange);
	row = row_of(rows, "up_pro_accept", 1);
	HAS(row, "contact_mobile", "13900000000");
	HAS(row, "cd_operation", "U");
	row = row_of(rows, "up_pro_material", 2);
	HAS(row, "material_name", "经营场所文件");
	HAS(row, "get_type", "2");
	check_day(exchange, 1, 1, 0, 0, 0);
	case_free(record);
}

static void test_again_errors(struct fixture *f, gconstpointer unused)
{
	AUTO(exchange) exchange = NULL;
	g_autoptr(GError) none = NULL;
	g_autoptr(GError) early = NULL;
	char case_no[CASE_NO_TEXT];
	struct exchange_done done;

	(void)unused;
	begin_store(f);
	add_case(f, "王演练", case_no);
	exchange = open_exchange(f);
	g_assert_false(exchange_report_again(exchange, "no", &done, &none));
	g_assert_error(none, ITEM_ERROR, ITEM_ERROR_NOT_FOUND);
	g_assert_false(exchange_report_again(exchange, case_no, &done, &early));
	g_assert_error(early, ITEM_ERROR, ITEM_ERROR_STATE);
	run(exchange);
	g_assert_true(exchange_report_again(
		exchange, CODE "20261123030001", &done, NULL));
}

/* Kills -------------------------------------------------------------------- */

enum { CASES = 5, ROWS_OF_CASE = 4 };

/* Runs in a process of its own that ends behind the nth step; true when it
 * came to its end before. */
static bool run_killed(struct fixture *f, int at)
{
	pid_t child;
	int status;

	store_close(f->store);
	f->store = NULL;
	child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		struct kill kill = {.at = at};
		struct exchange_done done;
		struct exchange *exchange;

		f->store = open_store(f->dir);
		exchange = try_open(f, 1, &kill, NULL);
		_exit(!exchange || !exchange_run(exchange, &done, NULL));
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status) % 9, ==, 0);
	f->store = open_store(f->dir);
	return WEXITSTATUS(status) == 0;
}

static void check_each_once(struct fixture *f)
{
	AUTO(exchange) exchange = open_exchange(f);
	AUTO(json) rows = all_rows(exchange);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	g_assert_cmpint(json_length(rows), ==, CASES * ROWS_OF_CASE);
	json_each (line, rows)
		g_assert_true(g_hash_table_add(
			seen, (gpointer)(uintptr_t)json_text(
				      json_get(line, "row"), "row_guid")));
}

/* Killed behind every step there is, one after another, then behind the first
 * step each time: it never gets on, and still loses nothing. */
static void test_kills(struct fixture *f, gconstpointer unused)
{
	g_autofree char *litter = NULL;
	bool done = false;

	(void)unused;
	begin_store(f);
	for (int i = 0; i < CASES; i++)
		add_case(f, "王演练", NULL);
	g_assert_false(run_killed(f, 1));
	litter = in_dir(f, "spool/00000001.jsonl.abcdef");
	g_assert_true(g_file_set_contents(litter, "half", 4, NULL));
	for (int at = 1; at <= 4 && !done; at++) {
		done = run_killed(f, at);
		done = run_killed(f, 2) || done;
	}
	while (!run_killed(f, 2))
		;
	g_assert_false(g_file_test(litter, G_FILE_TEST_EXISTS));
	check_each_once(f);
}

/* Receipts ----------------------------------------------------------------- */

static void put_receipt(struct exchange *exchange, int64_t sequence,
	const char *refused, const char *reason)
{
	AUTO(json) manifest = exchange_manifest(exchange, sequence, NULL);
	AUTO(json) receipt = json_new_object();
	struct json *rejected = json_new_array();
	int64_t rows = json_int_or(manifest, "rows", 0);

	json_put_int(receipt, "sequence", sequence);
	json_put_text(receipt, "sha256", json_text(manifest, "sha256"));
	json_put_int(receipt, "accepted", rows - (refused != NULL));
	if (refused) {
		struct json *row = json_new_object();

		json_put_text(row, "row_guid", refused);
		json_put_text(row, "reason", reason);
		json_add(rejected, row);
	}
	json_put(receipt, "rejected", rejected);
	g_assert_true(exchange_put_receipt(exchange, sequence, receipt, NULL));
}

static void check_complete(struct exchange *exchange, bool complete)
{
	AUTO(json) status = exchange_status(exchange, NULL);

	g_assert_true(json_bool_or(status, "complete", !complete) == complete);
}

static void test_receipts(struct fixture *f, gconstpointer unused)
{
	AUTO(exchange) exchange = NULL;
	AUTO(json) rows = NULL;
	AUTO(json) rejected = NULL;
	char case_no[CASE_NO_TEXT];
	struct exchange_done done;
	const struct json *row;

	(void)unused;
	begin_store(f);
	add_case(f, "王演练", case_no);
	add_case(f, "李示例", NULL);
	exchange = open_exchange(f);
	run(exchange);
	check_day(exchange, 2, 2, 0, 0, 0);
	check_complete(exchange, false);
	rows = all_rows(exchange);
	row = row_of(rows, "up_pro_accept", 0);
	put_receipt(exchange, 1, json_text(row, "row_guid"), "E01 代码不符");
	check_day(exchange, 2, 2, 0, 1, 1);
	rejected = exchange_rejected(exchange, NULL);
	row = json_first(json_get(rejected, "rows"));
	HAS(row, "by", "exchange");
	HAS(row, "reason", "E01 代码不符");
	HAS(row, "case_no", case_no);
	g_assert_true(exchange_report_again(exchange, case_no, &done, NULL));
	g_assert_cmpint(done.rows, ==, 4);
	check_day(exchange, 2, 2, 0, 1, 0);
	put_receipt(exchange, 2, NULL, NULL);
	check_day(exchange, 2, 2, 0, 2, 0);
}

static void test_bad_receipt(struct fixture *f, gconstpointer unused)
{
	AUTO(exchange) exchange = NULL;
	g_autofree char *path = in_dir(f, "spool/receipts/00000001.json");
	static const char *const bad[] = {"", "{}", "[1",
		"{\"sequence\":1,\"sha256\":\"00\",\"accepted\":4}"};

	(void)unused;
	begin_store(f);
	add_case(f, "王演练", NULL);
	exchange = open_exchange(f);
	run(exchange);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		AUTO(json) status = NULL;

		g_assert_true(g_file_set_contents(path, bad[i], -1, NULL));
		status = exchange_status(exchange, NULL);
		g_assert_cmpint(json_int_or(json_get(status, "batches"),
					"bad_receipts", 0),
			==, 1);
		g_assert_cmpint(
			json_int_or(json_get(status, "batches"), "waiting", 0),
			==, 1);
	}
	put_receipt(exchange, 1, NULL, NULL);
	check_complete(exchange, true);
}

/* The chain ---------------------------------------------------------------- */

static void fails_to_open(const struct fixture *f, GQuark domain, int code)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(try_open(f, 0, NULL, &error));
	g_assert_error(error, domain, code);
}

static void test_chain(struct fixture *f, gconstpointer unused)
{
	g_autofree char *first = in_dir(f, "spool/00000001.manifest.json");
	g_autofree char *rows = in_dir(f, "spool/00000001.jsonl");
	g_autofree char *text = NULL;
	g_auto(GStrv) parts = NULL;
	g_autofree char *edited = NULL;
	AUTO(exchange) exchange = NULL;
	AUTO(json) manifest = NULL;
	g_autoptr(GError) error = NULL;

	(void)unused;
	begin_store(f);
	add_case(f, "王演练", NULL);
	add_case(f, "李示例", NULL);
	exchange = try_open(f, 1, NULL, NULL);
	fails_to_open(f, STORE_ERROR, STORE_ERROR_LOCKED);
	run(exchange);
	g_assert_cmpint(exchange_sequence(exchange), ==, 2);
	g_clear_pointer(&exchange, exchange_close);
	g_assert_true(g_file_get_contents(first, &text, NULL, NULL));
	parts = g_strsplit(text, "\"rows\":4", -1);
	edited = g_strjoinv("\"rows\":3", parts);
	g_assert_true(g_file_set_contents(first, edited, -1, NULL));
	fails_to_open(f, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_assert_cmpint(unlink(first), ==, 0);
	fails_to_open(f, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_assert_true(g_file_set_contents(first, text, -1, NULL));
	g_assert_true(g_file_set_contents(rows, "{}\n", -1, NULL));
	exchange = open_exchange(f);
	manifest = exchange_manifest(exchange, 1, NULL);
	g_assert_null(exchange_rows(exchange, manifest, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

/* Another store's spool; a store that lost what went out. */
static void test_other_store(struct fixture *f, gconstpointer unused)
{
	g_autofree char *db = in_dir(f, "window.db");
	g_autofree char *key = in_dir(f, "window.key");

	(void)unused;
	begin_store(f);
	add_case(f, "王演练", NULL);
	exchange_close(open_exchange(f));
	{
		AUTO(exchange) exchange = open_exchange(f);

		run(exchange);
	}
	store_close(f->store);
	g_assert_cmpint(unlink(db), ==, 0);
	g_assert_cmpint(unlink(key), ==, 0);
	f->store = open_store(f->dir);
	fails_to_open(f, ITEM_ERROR, ITEM_ERROR_CONFLICT);
}

static void test_backup(struct fixture *f, gconstpointer unused)
{
	g_autofree char *db = in_dir(f, "window.db");
	g_autofree char *copy = in_dir(f, "backup");

	(void)unused;
	begin_store(f);
	store_close(f->store);
	g_assert_true(file_copy(db, copy, NULL));
	f->store = open_store(f->dir);
	add_case(f, "王演练", NULL);
	{
		AUTO(exchange) exchange = open_exchange(f);

		run(exchange);
	}
	store_close(f->store);
	g_assert_true(file_copy(copy, db, NULL));
	f->store = open_store(f->dir);
	fails_to_open(f, STORE_ERROR, STORE_ERROR_CORRUPT);
}

/* Nothing new: nothing written. An op without a row moves the cursor. */
static void test_nothing(struct fixture *f, gconstpointer unused)
{
	AUTO(exchange) exchange = NULL;
	AUTO(json) status = NULL;

	(void)unused;
	begin_store(f);
	exchange = open_exchange(f);
	g_assert_cmpint(run(exchange).batches, ==, 0);
	rate(f, NULL, RATING_GOOD);
	run(exchange);
	g_assert_cmpint(run(exchange).batches, ==, 0);
	status = exchange_status(exchange, NULL);
	g_assert_cmpint(
		json_int_or(json_get(status, "behind"), "ops", 9), ==, 0);
	check_complete(exchange, true);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/link/exchange/accept", test_accept);
	ADD("/link/exchange/refuse", test_refuse);
	ADD("/link/exchange/document-and-rating", test_document_and_rating);
	g_test_add_func("/link/exchange/satisfaction", test_satisfaction);
	g_test_add_func("/link/exchange/parts", test_parts);
	g_test_add_func("/link/exchange/bad-map", test_bad_map);
	ADD("/link/exchange/set-aside", test_set_aside);
	ADD("/link/exchange/mended", test_mended);
	ADD("/link/exchange/changed", test_changed);
	ADD("/link/exchange/again-errors", test_again_errors);
	ADD("/link/exchange/kills", test_kills);
	ADD("/link/exchange/receipts", test_receipts);
	ADD("/link/exchange/bad-receipt", test_bad_receipt);
	ADD("/link/exchange/chain", test_chain);
	ADD("/link/exchange/other-store", test_other_store);
	ADD("/link/exchange/backup", test_backup);
	ADD("/link/exchange/nothing", test_nothing);
	return g_test_run();
}
