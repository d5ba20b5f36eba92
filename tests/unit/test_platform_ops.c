/* The push: once for ever, in order per lane, nothing lost over a restart. */
#include "tests/unit/test_platform.h"

#define PAGE_OF(sha)                                                   \
	"[{\"no\":1,\"name\":\"申请书\",\"pages\":[{\"sha256\":\"" sha \
	"\",\"size\":5,\"media_type\":\"image/jpeg\"}]}]"

static void test_replay(struct fixture *f, gconstpointer data)
{
	struct window w;
	char ticket[UUID_TEXT];
	g_autofree char *text = NULL, *time = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	add_ticket_op(&w, ticket, 1, "ticket.open");
	{
		AUTO(json) reply = push(f->platform, &w, &text);
		const struct json *result = result_at(reply, 0);
		const struct json *receipt = json_get(result, "receipt");

		assert_result(reply, 0, 201);
		assert_text(result, "op_id", w.op_id);
		g_assert_null(json_get(result, "replay"));
		g_assert_nonnull(json_text(reply, "server_epoch"));
		time = g_strdup(json_text(receipt, "server_time"));
	}
	fixture_restart(f);
	for (int i = 0; i < 2; i++) {
		AUTO(json) reply = post(f->platform, "/v1/ops:batch", text);
		const struct json *result = result_at(reply, 0);

		assert_result(reply, 0, 200);
		g_assert_true(json_bool_or(result, "replay", false));
		assert_text(json_get(result, "receipt"), "server_time", time);
	}
	{
		g_autofree char *path = g_strconcat("/v1/ops/", w.op_id, NULL);
		AUTO(json) reply = get(f->platform, path);

		assert_int(reply, "http", 200);
		assert_text(reply, "kind", "ticket.open");
	}
	{
		AUTO(json) tickets = get(f->platform, "/v1/tickets");

		g_assert_cmpint(json_length(json_get(tickets, "rows")), ==, 1);
		assert_int(json_first(json_get(tickets, "rows")), "calls", 1);
	}
	window_close(&w);
}

/* The body in the text is another one than the digest was made of. */
static void test_digest(struct fixture *f, gconstpointer data)
{
	struct window w;
	char ticket[UUID_TEXT];
	g_autofree char *text = NULL;
	g_autoptr(GString) edited = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	add_ticket_op(&w, ticket, 1, "ticket.open");
	text = batch_text(&w);
	edited = g_string_new(text);
	g_string_replace(
		edited, "\"staff_no\":\"1003\"", "\"staff_no\": \"1003\"", 1);
	reply = post(f->platform, "/v1/ops:batch", edited->str);
	assert_refused(reply, 0, 422, "digest_mismatch");
	window_close(&w);
}

/* Bodies are kept byte for byte, with blanks, escapes and odd order. */
static void test_raw_bytes(struct fixture *f, gconstpointer data)
{
	static const char format[] =
		"{ \"at\":\"2026-11-23T09:41:20+08:00\", "
		"\"x\":\"\\u007d}{\\\"\","
		"\"ticket_id\" :\"%s\",\"number\":\"A\\u0030\\/1\","
		"\"window\":\"03\",\n\"staff_no\":\"1003\" }";
	struct window w;
	char ticket[UUID_TEXT];
	g_autofree char *body = NULL;
	AUTO(json) reply = NULL;
	AUTO(db_rows) rows = NULL;
	const char *kept;
	size_t len;

	(void)data;
	window_open(&w, "03");
	uuid7(ticket);
	body = g_strdup_printf(format, ticket);
	add_op(&w, "ticket", ticket, 1, "ticket.open", body);
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	rows = db_select(f->platform->db, "SELECT body FROM ops", NULL);
	g_assert_true(db_next(rows));
	kept = db_blob(rows, 0, &len);
	g_assert_cmpmem(kept, len, body, strlen(body));
	window_close(&w);
}

static void test_order(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT];
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	add_ticket_op(&w, a, 1, "ticket.open");
	add_ticket_op(&w, a, 3, "ticket.finish"); /* 2 is missing */
	add_ticket_op(&w, a, 4, "ticket.finish");
	add_ticket_op(&w, b, 1, "ticket.open");
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	assert_refused(reply, 1, 409, "out_of_order");
	assert_int(json_get(result_at(reply, 1), "problem"), "expected_seq", 2);
	assert_refused(reply, 2, 424, "skipped");
	assert_result(reply, 3, 201);
	window_close(&w);
}

static void test_reuse(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT], first[UUID_TEXT];
	g_autofree char *text = NULL;
	g_autoptr(GString) edited = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	add_ticket_op(&w, a, 1, "ticket.open");
	g_strlcpy(first, w.op_id, sizeof(first));
	json_free(push(f->platform, &w, NULL));
	/* the same place in the lane, another op */
	add_ticket_op(&w, a, 1, "ticket.open");
	{
		AUTO(json) reply = push(f->platform, &w, NULL);

		assert_refused(reply, 0, 422, "sequence_reused");
	}
	/* the same op_id, another op */
	add_ticket_op(&w, b, 1, "ticket.open");
	text = batch_text(&w);
	edited = g_string_new(text);
	g_string_replace(edited, w.op_id, first, 0);
	{
		AUTO(json) reply =
			post(f->platform, "/v1/ops:batch", edited->str);

		assert_refused(reply, 0, 422, "id_reused");
	}
	window_close(&w);
}

/* The same op_id in the same place with another body. */
static void test_other_body(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], op_id[UUID_TEXT];
	g_autofree char *text = NULL, *first = NULL;
	g_autoptr(GString) edited = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	add_ticket_op(&w, a, 1, "ticket.open");
	first = g_strdup(w.op_id);
	json_free(push(f->platform, &w, NULL));
	w.number = "04"; /* goes into the body */
	add_ticket_op(&w, a, 1, "ticket.open");
	g_strlcpy(op_id, w.op_id, sizeof(op_id));
	text = batch_text(&w);
	edited = g_string_new(text);
	g_string_replace(edited, op_id, first, 0);
	reply = post(f->platform, "/v1/ops:batch", edited->str);
	assert_refused(reply, 0, 422, "id_reused");
	window_close(&w);
}

static void test_chain(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT], c[UUID_TEXT], head[SHA256_TEXT];

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	uuid7(c);
	g_strlcpy(head, w.head, sizeof(head));
	memset(w.head, '0', SHA256_TEXT - 1); /* wrong beginning */
	add_ticket_op(&w, a, 1, "ticket.open");
	{
		AUTO(json) reply = push(f->platform, &w, NULL);

		assert_refused(reply, 0, 422, "chain_broken");
	}
	g_strlcpy(w.head, head, sizeof(head));
	w.seq = 0;
	add_ticket_op(&w, a, 1, "ticket.open");
	g_strlcpy(head, w.head, sizeof(head));
	json_free(push(f->platform, &w, NULL));
	memset(w.head, '0', SHA256_TEXT - 1); /* not linked to the first */
	add_ticket_op(&w, b, 1, "ticket.open");
	{
		AUTO(json) reply = push(f->platform, &w, NULL);

		assert_refused(reply, 0, 422, "chain_broken");
	}
	g_strlcpy(w.head, head, sizeof(head));
	w.seq = 0; /* store_seq 1 a second time */
	add_ticket_op(&w, c, 1, "ticket.open");
	{
		AUTO(json) reply = push(f->platform, &w, NULL);

		g_assert_cmpint(
			json_int_or(result_at(reply, 0), "status", 0), ==, 422);
	}
	window_close(&w);
}

/* A hash that is not made of its parts. */
static void test_hash(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT];
	g_autofree char *text = NULL;
	g_autoptr(GString) edited = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	add_ticket_op(&w, a, 1, "ticket.open");
	text = batch_text(&w);
	edited = g_string_new(text);
	g_string_replace(edited, "\"store_seq\":1,", "\"store_seq\":2,", 1);
	reply = post(f->platform, "/v1/ops:batch", edited->str);
	assert_refused(reply, 0, 422, "chain_broken");
	window_close(&w);
}

static void test_stores(struct fixture *f, gconstpointer data)
{
	struct window w;
	char ids[4][UUID_TEXT];
	g_autofree char *path = NULL, *second = NULL;
	char head[SHA256_TEXT];

	(void)data;
	window_open(&w, "03");
	path = g_strconcat("/v1/stores/", w.uuid, NULL);
	for (int i = 0; i < 4; i++)
		uuid7(ids[i]);
	add_ticket_op(&w, ids[0], 1, "ticket.open");
	json_free(push(f->platform, &w, NULL));
	add_ticket_op(&w, ids[1], 1, "ticket.open");
	second = batch_text(&w);
	g_string_truncate(w.ops, 0);
	add_ticket_op(&w, ids[2], 1, "ticket.open");
	json_free(push(f->platform, &w, NULL));
	{
		AUTO(json) store = get(f->platform, path);
		const struct json *gap = json_first(json_get(store, "gaps"));

		assert_int(store, "contiguous", 1);
		g_assert_cmpint(json_as_int(json_first(gap), 0), ==, 2);
		g_assert_cmpint(
			json_as_int(json_next(json_first(gap)), 0), ==, 2);
		assert_int(json_get(store, "counts"), "ops", 2);
	}
	g_strlcpy(head, w.head, sizeof(head));
	json_free(post(f->platform, "/v1/ops:batch", second));
	{
		AUTO(json) store = get(f->platform, path);

		assert_int(store, "contiguous", 3);
		assert_text(store, "chain_head", head);
		g_assert_cmpint(json_length(json_get(store, "gaps")), ==, 0);
	}
	window_close(&w);
}

static void test_digests(struct fixture *f, gconstpointer data)
{
	static const char path[] = "/v1/reconciliation/digests"
				   "?window=03&day=2026-11-23";
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT], first[SHA256_TEXT];
	uint8_t x[SHA256_LEN], y[SHA256_LEN];
	g_autofree char *wanted = NULL;
	AUTO(json) one = NULL;
	AUTO(json) two = NULL;
	size_t len;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	add_ticket_op(&w, a, 1, "ticket.open");
	json_free(push(f->platform, &w, NULL));
	g_strlcpy(first, w.head, sizeof(first));
	one = get(f->platform, path);
	assert_int(one, "count", 1);
	assert_text(one, "xor", first);
	add_ticket_op(&w, b, 1, "ticket.open");
	json_free(push(f->platform, &w, NULL));
	hex_decode(first, x, sizeof(x), &len);
	hex_decode(w.head, y, sizeof(y), &len);
	for (int i = 0; i < SHA256_LEN; i++)
		x[i] ^= y[i];
	wanted = hex_encode(x, sizeof(x));
	two = get(f->platform, path);
	assert_int(two, "count", 2);
	assert_text(two, "xor", wanted);
	window_close(&w);
}

static void test_case(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT], sha[SHA256_TEXT];
	g_autofree char *body = NULL, *materials = NULL, *text = NULL;
	g_autofree char *path = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	lease_fresh(f->platform, &w, "case:03");
	sha256_text("page", 4, sha);
	materials = g_strdup_printf(PAGE_OF("%s"), sha);
	body = case_accept(id, 1, "03", "王演练", materials);
	add_op(&w, "case", id, 1, "case.accept", body);
	{
		AUTO(json) reply = push(f->platform, &w, &text);
		const struct json *problem =
			json_get(result_at(reply, 0), "problem");

		assert_refused(reply, 0, 409, "missing_blobs");
		g_assert_cmpstr(
			json_as_text(json_first(json_get(problem, "sha256"))),
			==, sha);
	}
	g_assert_cmpint(upload(f->platform, "page", sha, NULL), ==, 201);
	g_assert_cmpint(upload(f->platform, "page", sha, NULL), ==, 200);
	{
		AUTO(json) reply = post(f->platform, "/v1/ops:batch", text);

		assert_result(reply, 0, 201);
	}
	path = g_strconcat("/v1/cases/", id, NULL);
	{
		AUTO(json) whole = get(f->platform, path);

		assert_text(whole, "state", "accepted");
		assert_text(whole, "version", "1");
		assert_text(json_get(json_get(whole, "body"), "applicant"),
			"name", "王演练");
	}
	{
		AUTO(json) list = get(f->platform, "/v1/cases?window=03");
		AUTO(json) none = get(f->platform, "/v1/cases?window=04");

		g_assert_cmpint(json_length(json_get(list, "rows")), ==, 1);
		g_assert_cmpint(json_length(json_get(none, "rows")), ==, 0);
	}
	window_close(&w);
}

static void test_document(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT], sha[SHA256_TEXT];
	g_autofree char *body = NULL, *document = NULL, *bad = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	lease_fresh(f->platform, &w, "case:03");
	lease_fresh(f->platform, &w, "doc:accept:2026");
	upload(f->platform, "%PDF-1.7", sha, NULL);
	body = case_accept(id, 1, "03", "王演练", "[]");
	document = g_strdup_printf(
		"{\"case_id\":\"%s\",\"kind\":\"accept-notice\","
		"\"number\":\"登政务〔2026〕受字第000001号\","
		"\"sha256\":\"%s\",\"size\":8,\"pages\":1}",
		id, sha);
	bad = g_strdup_printf("{\"case_id\":\"%s\",\"kind\":\"accept-notice\","
			      "\"number\":\"登政务〔2026〕受字第000201号\","
			      "\"sha256\":\"%s\",\"size\":8,\"pages\":1}",
		id, sha);
	add_op(&w, "case", id, 1, "case.accept", body);
	add_op(&w, "case", id, 2, "case.document", document);
	add_op(&w, "case", id, 3, "case.document", bad);
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	assert_result(reply, 1, 201);
	assert_text(result_at(reply, 1), "version", "2");
	assert_refused(reply, 2, 422, "number_not_leased");
	window_close(&w);
}

/* Numbers: leased to this store, used once, fitting each other. */
static void test_case_numbers(struct fixture *f, gconstpointer data)
{
	struct window w, other;
	char a[UUID_TEXT], b[UUID_TEXT];
	char c[UUID_TEXT];
	g_autofree char *first = NULL, *again = NULL, *beyond = NULL;
	g_autofree char *unfit = NULL, *leased = NULL;
	g_autoptr(GString) edited = NULL;
	AUTO(json) reply = NULL;
	AUTO(json) foreign = NULL;

	(void)data;
	window_open(&w, "03");
	window_open(&other, "03");
	lease_fresh(f->platform, &w, "case:03");
	uuid7(a);
	uuid7(b);
	first = case_accept(a, 1, "03", "王演练", "[]");
	again = case_accept(b, 1, "03", "李样张", "[]");
	add_op(&w, "case", a, 1, "case.accept", first);
	add_op(&w, "case", b, 1, "case.accept", again);
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	assert_refused(reply, 1, 422, "number_taken");
	beyond = case_accept(b, 201, "03", "李样张", "[]");
	add_op(&other, "case", b, 1, "case.accept", beyond);
	foreign = push(f->platform, &other, NULL);
	assert_refused(foreign, 0, 422, "number_not_leased");
	uuid7(c);
	leased = case_accept(c, 2, "03", "李样张", "[]");
	add_op(&other, "case", c, 1, "case.accept", leased);
	{
		AUTO(json) third = push(f->platform, &other, NULL);

		assert_refused(third, 0, 422, "number_not_leased");
	}
	unfit = case_accept(b, 2, "03", "李样张", "[]");
	edited = g_string_new(unfit);
	g_string_replace(edited, "20261123-03-0002", "20261124-03-0002", 1);
	add_op(&w, "case", b, 1, "case.accept", edited->str);
	{
		AUTO(json) third = push(f->platform, &w, NULL);

		assert_refused(third, 0, 422, "invalid");
	}
	window_close(&w);
	window_close(&other);
}

static void test_invalid(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *from, *to, *field, *rule;
	} rows[] = {
		{"\"state\":\"accepted\"", "\"state\":\"draft\"", "state",
			"code"},
		{"\"received_at\":\"2026-11-23T09:41:20+08:00\"",
			"\"received_at\":\"yesterday\"", "received_at",
			"format"},
		{"\"name\":\"王演练\"", "\"name\":7", "applicant/name", "type"},
		{"\"name\":\"王演练\"", "\"name\":\"\"", "applicant/name",
			"required"},
		{"\"query_password\":\"123456\"",
			"\"query_password\":\"1234567\"", "query_password",
			"length"},
		{"\"materials\":[]",
			"\"materials\":[{\"no\":0,\"name\":\"x\"}]",
			"materials/0/no", "range"},
		{"\"promised_due\":\"2026-11-24\"",
			"\"promised_due\":\"2026-13-24\"", "promised_due",
			"format"},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct window w;
		char id[UUID_TEXT];
		g_autofree char *body = NULL;
		g_autoptr(GString) edited = NULL;
		AUTO(json) reply = NULL;
		const struct json *error;

		window_open(&w, "03");
		uuid7(id);
		body = case_accept(id, 1, "03", "王演练", "[]");
		edited = g_string_new(body);
		g_assert_cmpint(
			g_string_replace(edited, rows[i].from, rows[i].to, 1),
			==, 1);
		add_op(&w, "case", id, 1, "case.accept", edited->str);
		reply = push(f->platform, &w, NULL);
		assert_refused(reply, 0, 422, "invalid");
		error = json_first(json_get(
			json_get(result_at(reply, 0), "problem"), "errors"));
		assert_text(error, "field", rows[i].field);
		assert_text(error, "rule", rows[i].rule);
		window_close(&w);
	}
}

static void test_kinds(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT], c[UUID_TEXT];
	g_autofree char *of_a = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	uuid7(c);
	of_a = ticket_act(a, "03");
	add_op(&w, "ticket", a, 1, "ticket.eat", of_a);
	add_op(&w, "ticket", b, 1, "ticket.open", of_a); /* id is not agg_id */
	add_op(&w, "case", c, 1, "ticket.open", of_a);   /* not its aggregate */
	add_op(&w, "ticket", "", 1, "ticket.open", of_a);
	reply = push(f->platform, &w, NULL);
	for (unsigned i = 0; i < 4; i++)
		assert_refused(reply, i, 422, "invalid");
	window_close(&w);
}

/* Two windows want the same person; the second is told who has it. */
static void test_ticket_conflict(struct fixture *f, gconstpointer data)
{
	struct window three, five;
	AUTO(json) ticket = post(f->platform, "/v1/tickets",
		"{\"kind\":\"apply\",\"person\":\"王演练\"}");
	const char *id = json_text(ticket, "ticket_id");

	(void)data;
	assert_text(ticket, "number", "A001");
	window_open(&three, "03");
	window_open(&five, "05");
	add_ticket_op(&three, id, 1, "ticket.call");
	add_ticket_op(&three, id, 2, "ticket.recall");
	add_ticket_op(&five, id, 1, "ticket.call");
	{
		AUTO(json) first = push(f->platform, &three, NULL);
		AUTO(json) second = push(f->platform, &five, NULL);
		const struct json *current = json_get(
			json_get(result_at(second, 0), "problem"), "current");

		assert_result(first, 0, 201);
		assert_result(first, 1, 201);
		assert_text(result_at(first, 1), "version", "3");
		assert_refused(second, 0, 412, "version_conflict");
		assert_text(current, "window", "03");
		assert_int(current, "calls", 2);
	}
	add_ticket_op(&five, id, 1, "ticket.finish"); /* not its own */
	{
		AUTO(json) third = push(f->platform, &five, NULL);

		assert_refused(third, 0, 412, "version_conflict");
	}
	add_ticket_op(&three, id, 3, "ticket.finish");
	{
		AUTO(json) third = push(f->platform, &three, NULL);

		assert_result(third, 0, 201);
	}
	window_close(&three);
	window_close(&five);
}

static void add_rating(
	struct window *w, const char *ticket, int level, const char *none)
{
	char id[UUID_TEXT];
	g_autofree char *body = NULL;

	uuid7(id);
	body = g_strdup_printf("{\"rating_id\":\"%s\",\"ticket_id\":\"%s\","
			       "\"case_id\":null,\"level\":%d,\"none\":\"%s\","
			       "\"device\":\"pad\","
			       "\"at\":\"2026-11-23T09:50:00+08:00\"}",
		id, ticket, level, none);
	add_op(w, "rating", id, 1, "rating.record", body);
}

static void test_rating(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT];
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	add_rating(&w, a, 5, "");
	add_rating(&w, a, 1, "");
	add_rating(&w, b, 0, "");
	add_rating(&w, b, 5, "device");
	add_rating(&w, b, 0, "no-answer");
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	assert_refused(reply, 1, 422, "already_rated");
	assert_refused(reply, 2, 422, "invalid");
	assert_refused(reply, 3, 422, "invalid");
	assert_result(reply, 4, 201);
	window_close(&w);
}

/* A ticket that goes from one window to another; each counts for itself. */
static void test_transfer(struct fixture *f, gconstpointer data)
{
	struct window three, five;
	AUTO(json) ticket =
		post(f->platform, "/v1/tickets", "{\"kind\":\"apply\"}");
	const char *id = json_text(ticket, "ticket_id");
	g_autofree char *plain = ticket_act(id, "03");
	g_autoptr(GString) to_five = g_string_new(plain);

	(void)data;
	window_open(&three, "03");
	window_open(&five, "05");
	g_string_replace(to_five, "\"target\":\"\"", "\"target\":\"05\"", 1);
	g_string_replace(to_five, "\"reason\":\"\"", "\"reason\":\"转窗\"", 1);
	add_ticket_op(&three, id, 1, "ticket.call");
	add_op(&three, "ticket", id, 2, "ticket.transfer", to_five->str);
	add_ticket_op(&three, id, 3, "ticket.call"); /* no more its own */
	add_ticket_op(&five, id, 1, "ticket.call");
	{
		AUTO(json) first = push(f->platform, &three, NULL);
		AUTO(json) second = push(f->platform, &five, NULL);
		AUTO(json) queue = get(f->platform, "/v1/tickets");
		const struct json *row = json_first(json_get(queue, "rows"));

		assert_result(first, 0, 201);
		assert_result(first, 1, 201);
		assert_refused(first, 2, 412, "version_conflict");
		assert_result(second, 0, 201);
		assert_text(row, "window", "05");
		assert_text(row, "note", "转窗");
		assert_int(row, "calls", 2);
	}
	add_op(&five, "ticket", id, 2, "ticket.transfer", plain);
	{
		AUTO(json) third = push(f->platform, &five, NULL);

		assert_result(third, 0, 422);
	}
	window_close(&three);
	window_close(&five);
}

static void test_pause(struct fixture *f, gconstpointer data)
{
	static const char body[] = "{\"window\":\"03\",\"staff_no\":\"1003\","
				   "\"reason\":\"午休\","
				   "\"at\":\"2026-11-23T12:00:00+08:00\"}";
	struct request request = {0};
	struct window w;
	AUTO(json) reply = NULL;
	AUTO(reply) page = NULL;

	(void)data;
	window_open(&w, "03");
	add_op(&w, "window", w.uuid, 1, "window.pause", body);
	reply = push(f->platform, &w, NULL);
	assert_result(reply, 0, 201);
	page = ask_full(f->platform, METHOD_GET, "/", &request);
	g_assert_nonnull(strstr(page->body, "午休"));
	g_assert_nonnull(strstr(page->body, "暂停"));
	window_close(&w);
}

/* A read that fails is never "not found": nothing is refused for good because
 * the disk had a bad moment, and nothing of the batch stays. */
static void test_failing_read(struct fixture *f, gconstpointer data)
{
	struct window w;
	char a[UUID_TEXT], b[UUID_TEXT];
	g_autofree char *body = NULL, *path = NULL;
	AUTO(json) reply = NULL;
	AUTO(json) blob = NULL;
	AUTO(json) dead = NULL;
	int64_t count = -1;

	(void)data;
	window_open(&w, "03");
	uuid7(a);
	uuid7(b);
	lease_fresh(f->platform, &w, "case:03");
	g_assert_true(
		db_exec(f->platform->db, "DROP TABLE number_blocks", NULL));
	body = case_accept(a, 1, "03", "王演练", "[]");
	add_ticket_op(&w, b, 1, "ticket.open");
	add_op(&w, "case", a, 1, "case.accept", body);
	reply = push(f->platform, &w, NULL);
	assert_int(reply, "http", 500);
	assert_text(reply, "code", "internal");
	db_get_int(f->platform->db, "SELECT count(*) FROM ops", NULL, &count,
		NULL, NULL);
	g_assert_cmpint(count, ==, 0);
	g_assert_true(db_exec(f->platform->db, "DROP TABLE blobs", NULL));
	path = g_strconcat("/v1/blobs/", w.head, NULL);
	blob = get(f->platform, path);
	assert_int(blob, "http", 500); /* not 404 */
	dead = get(f->platform, "/v1/stores/x");
	assert_int(dead, "http", 404); /* the mark does not stay */
	window_close(&w);
}

static void test_bounds(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT];
	AUTO(json) none = NULL;
	AUTO(json) broken = NULL;
	AUTO(json) list = NULL;

	(void)data;
	window_open(&w, "03");
	for (int i = 0; i < PLATFORM_MAX_OPS + 1; i++) {
		uuid7(id);
		add_ticket_op(&w, id, 1, "ticket.open");
	}
	{
		AUTO(json) reply = push(f->platform, &w, NULL);

		assert_int(reply, "http", 413);
		assert_text(reply, "code", "too_large");
	}
	none = push(f->platform, &w, NULL);
	assert_int(none, "http", 422);
	broken = post(f->platform, "/v1/ops:batch", "{\"store\":");
	assert_int(broken, "http", 400);
	assert_text(broken, "code", "malformed");
	list = post(f->platform, "/v1/ops:batch", "[]");
	assert_int(list, "http", 422);
	window_close(&w);
}

/* An op that is no object at all spoils no other. */
static void test_odd_op(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT];
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	g_string_append(w.ops, "7,null,{},{\"body\":7}");
	add_ticket_op(&w, id, 1, "ticket.open");
	reply = push(f->platform, &w, NULL);
	for (unsigned i = 0; i < 4; i++)
		assert_refused(reply, i, 422, "invalid");
	assert_result(reply, 4, 201);
	window_close(&w);
}

static void test_base_version(struct fixture *f, gconstpointer data)
{
	struct window w;
	char id[UUID_TEXT];
	g_autofree char *body = NULL, *text = NULL;
	g_autoptr(GString) edited = NULL;
	AUTO(json) reply = NULL;

	(void)data;
	window_open(&w, "03");
	uuid7(id);
	lease_fresh(f->platform, &w, "case:03");
	body = case_accept(id, 1, "03", "王演练", "[]");
	add_op(&w, "case", id, 1, "case.accept", body);
	text = batch_text(&w);
	edited = g_string_new(text);
	g_string_replace(
		edited, "\"base_version\":null", "\"base_version\":\"4\"", 1);
	reply = post(f->platform, "/v1/ops:batch", edited->str);
	assert_refused(reply, 0, 412, "version_conflict");
	window_close(&w);
}

static void test_content_digest(struct fixture *f, gconstpointer data)
{
	struct request request = {.body = "{}", .body_len = 2};
	AUTO(reply) bad = NULL;
	AUTO(reply) good = NULL;

	(void)data;
	request.content_digest =
		"sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:";
	good = ask_full(f->platform, METHOD_POST, "/v1/ops:batch", &request);
	g_assert_cmpint(good->status, ==, 422);
	request.content_digest =
		"sha-256=:AAAvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:";
	bad = ask_full(f->platform, METHOD_POST, "/v1/ops:batch", &request);
	g_assert_cmpint(bad->status, ==, 503);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/ops/replay", test_replay);
	TEST("/platform/ops/digest", test_digest);
	TEST("/platform/ops/raw-bytes", test_raw_bytes);
	TEST("/platform/ops/order", test_order);
	TEST("/platform/ops/reuse", test_reuse);
	TEST("/platform/ops/other-body", test_other_body);
	TEST("/platform/ops/chain", test_chain);
	TEST("/platform/ops/hash", test_hash);
	TEST("/platform/ops/stores", test_stores);
	TEST("/platform/ops/digests", test_digests);
	TEST("/platform/ops/case", test_case);
	TEST("/platform/ops/document", test_document);
	TEST("/platform/ops/case-numbers", test_case_numbers);
	TEST("/platform/ops/invalid", test_invalid);
	TEST("/platform/ops/kinds", test_kinds);
	TEST("/platform/ops/ticket-conflict", test_ticket_conflict);
	TEST("/platform/ops/transfer", test_transfer);
	TEST("/platform/ops/pause", test_pause);
	TEST("/platform/ops/rating", test_rating);
	TEST("/platform/ops/failing-read", test_failing_read);
	TEST("/platform/ops/bounds", test_bounds);
	TEST("/platform/ops/odd-op", test_odd_op);
	TEST("/platform/ops/base-version", test_base_version);
	TEST("/platform/ops/content-digest", test_content_digest);
	return g_test_run();
}
