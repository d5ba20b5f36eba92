/* Op case.change: nobody's change is written over unseen. What is stale is
 * refused with everything that is needed to merge, by the change itself and by
 * its correction. */
#include "tests/unit/test_platform.h"

struct change {
	struct window first, second;
	char case_id[UUID_TEXT];
};

static void change_open(struct fixture *f, struct change *c)
{
	g_autofree char *body = NULL;
	AUTO(json) reply = NULL;

	window_open(&c->first, "03");
	window_open(&c->second, "04");
	uuid7(c->case_id);
	lease_fresh(f->platform, &c->first, "case:03");
	body = case_accept(c->case_id, 1, "03", "王演练", "[]");
	add_op(&c->first, "case", c->case_id, 1, "case.accept", body);
	reply = push(f->platform, &c->first, NULL);
	assert_result(reply, 0, 201);
}

static void change_close(struct change *c)
{
	window_close(&c->first);
	window_close(&c->second);
}

static char *change_body(const char *case_id, const char *name)
{
	return g_strdup_printf("{\"case_id\":\"%s\",\"applicant\":{\"name\":"
			       "\"%s\"},\"form\":{\"trade_name\":\"%s\"},"
			       "\"materials\":[],\"reason\":\"更正\","
			       "\"staff_no\":\"1003\",\"window\":\"03\","
			       "\"at\":\"2026-11-23T10:00:00+08:00\"}",
		case_id, name, name);
}

/* The batch in hand, its only op on that version; base NULL: none. *text: the
 * batch, may be NULL. */
static struct json *push_on(
	struct fixture *f, struct window *w, const char *base, char **text)
{
	g_autofree char *batch = batch_text(w);
	g_autofree char *mark =
		base ? g_strdup_printf("\"base_version\":\"%s\"", base)
		     : g_strdup("\"base_version\":null");
	g_autoptr(GString) edited = g_string_new(batch);
	struct json *reply;

	g_string_replace(edited, "\"base_version\":null", mark, 1);
	g_string_truncate(w->ops, 0);
	reply = post(f->platform, "/v1/ops:batch", edited->str);
	if (text)
		*text = g_strdup(edited->str);
	return reply;
}

static struct json *change(struct fixture *f, struct change *c,
	struct window *w, int seq, const char *name, const char *base)
{
	g_autofree char *body = change_body(c->case_id, name);

	add_op(w, "case", c->case_id, seq, "case.change", body);
	return push_on(f, w, base, NULL);
}

static void assert_case(struct fixture *f, const struct change *c,
	const char *version, const char *name)
{
	g_autofree char *path = g_strconcat("/v1/cases/", c->case_id, NULL);
	AUTO(json) one = get(f->platform, path);
	const struct json *body = json_get(one, "body");

	assert_text(one, "version", version);
	assert_text(json_get(body, "applicant"), "name", name);
	assert_text(body, "case_no", "20261123-03-0001");
}

static const struct json *current_of(const struct json *reply)
{
	return json_get(json_get(result_at(reply, 0), "problem"), "current");
}

static void test_change(struct fixture *f, gconstpointer data)
{
	struct change c;
	AUTO(json) one = NULL, *two = NULL;

	(void)data;
	change_open(f, &c);
	one = change(f, &c, &c.first, 2, "王改一", "1");
	assert_result(one, 0, 201);
	assert_text(result_at(one, 0), "version", "2");
	assert_case(f, &c, "2", "王改一");
	two = change(f, &c, &c.second, 1, "王改二", "2");
	assert_result(two, 0, 201);
	assert_case(f, &c, "3", "王改二");
	change_close(&c);
}

static void test_stale(struct fixture *f, gconstpointer data)
{
	struct change c;
	AUTO(json) one = NULL, *two = NULL;
	const struct json *current;

	(void)data;
	change_open(f, &c);
	one = change(f, &c, &c.first, 2, "王改一", "1");
	two = change(f, &c, &c.second, 1, "王改二", "1");
	assert_refused(two, 0, 412, "version_conflict");
	current = current_of(two);
	assert_text(current, "version", "2");
	assert_text(json_get(json_get(current, "body"), "form"), "trade_name",
		"王改一");
	g_assert_true(json_is_array(json_get(current, "documents")));
	assert_case(f, &c, "2", "王改一");
	change_close(&c);
}

static void test_without_version(struct fixture *f, gconstpointer data)
{
	struct change c;
	AUTO(json) one = NULL;

	(void)data;
	change_open(f, &c);
	one = change(f, &c, &c.first, 2, "王改一", NULL);
	assert_refused(one, 0, 422, "invalid");
	change_close(&c);
}

/* The correction of a stale change, on a version. */
static struct json *correct(struct fixture *f, struct change *c,
	const char *stale_text, int seq, const char *name, const char *base)
{
	AUTO(json) batch = json_parse(stale_text, strlen(stale_text), NULL);
	const struct json *op = json_first(json_get(batch, "ops"));
	g_autofree char *envelope = json_print(op);
	g_autofree char *body = change_body(c->case_id, name);
	g_autofree char *about = g_strdup_printf(
		"{\"op_id\":\"%s\",\"refused\":%s,\"reason\":\"合并\","
		"\"staff_no\":\"system\",\"at\":\"2026-11-23T10:00:00+08:00\","
		"\"body\":%s}",
		json_text(op, "op_id"), envelope, body);
	g_autofree char *lane = g_strdup(json_text(op, "op_id"));

	add_op(&c->second, "op", lane, seq, "op.supersede", about);
	/* the first of the text is the envelope's */
	return push_on(f, &c->second, base, NULL);
}

/* A third change in between is not written over by the correction. */
static void test_correction(struct fixture *f, gconstpointer data)
{
	struct change c;
	g_autofree char *body = NULL, *stale = NULL;
	AUTO(json) one = NULL, *two = NULL, *three = NULL, *late = NULL;

	(void)data;
	change_open(f, &c);
	one = change(f, &c, &c.first, 2, "王改一", "1");
	body = change_body(c.case_id, "王改二");
	add_op(&c.second, "case", c.case_id, 1, "case.change", body);
	two = push_on(f, &c.second, "1", &stale);
	assert_refused(two, 0, 412, "version_conflict");
	three = change(f, &c, &c.first, 3, "王改三", "2");
	assert_result(three, 0, 201);
	late = correct(f, &c, stale, 1, "王合并", "2");
	assert_refused(late, 0, 412, "version_conflict");
	assert_text(current_of(late), "version", "3");
	assert_case(f, &c, "3", "王改三");
	change_close(&c);
}

static void test_illegal_state(struct fixture *f, gconstpointer data)
{
	struct change c;
	g_autofree char *path = NULL;
	AUTO(json) closed = NULL, *one = NULL;

	(void)data;
	change_open(f, &c);
	path = g_strconcat("/v1/cases/", c.case_id, ":void", NULL);
	closed = command(f->platform, path, "k-0001", "\"1\"",
		"{\"staff_no\":\"1003\",\"window\":\"03\",\"reason\":\"重复\","
		"\"at\":\"2026-11-23T10:00:00+08:00\"}");
	g_test_message("%s", json_text_or(closed, "code", "-"));
	assert_int(closed, "http", 200);
	one = change(f, &c, &c.first, 2, "王改一", "2");
	assert_refused(one, 0, 409, "illegal_state");
	change_close(&c);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/change/applied", test_change);
	TEST("/platform/change/stale", test_stale);
	TEST("/platform/change/without-version", test_without_version);
	TEST("/platform/change/correction", test_correction);
	TEST("/platform/change/illegal-state", test_illegal_state);
	return g_test_run();
}
