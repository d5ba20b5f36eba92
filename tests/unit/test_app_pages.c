/* Pages of the papers: taken, put in order, taken again. A picture never lands
 * in another person's case. */
#include "tests/unit/test_app_fake.h"

/* A picture in the spool, and the answer that names it. */
static char *picture(const struct fake *fake, const char *content)
{
	char sha256[SHA256_TEXT];
	g_autofree char *name = NULL, *path = NULL;

	sha256_text(content, strlen(content), sha256);
	name = g_strdup_printf("run/spool/%s.jpg", sha256);
	desk_write(fake->desk, name, content);
	return g_strdup_printf(
		"{\"pages\":[{\"file\":\"%s.jpg\",\"sha256\":\"%s\","
		"\"size\":%zu,\"media_type\":\"image/jpeg\","
		"\"width\":1654,\"height\":2339}]}",
		sha256, sha256, strlen(content));
}

static void take_page(struct fake *fake, int index, const char *content)
{
	g_autofree char *result = picture(fake, content);
	guint before = material(fake->desk, (guint)index)->pages->len;

	act_at(fake->desk, INTENT_CAPTURE, index);
	wait_call(fake, "capture");
	answer(waiting_call(fake, "capture"), result);
	spin_until(
		material(fake->desk, (guint)index)->pages->len == before + 1);
}

/* The order of the pages, by what is in the draft. */
static char *page_order(const struct fake *fake, const char *const contents[])
{
	struct store *store = desk_store(fake->desk);
	GPtrArray *drafts = case_drafts(store, NULL);
	const struct case_record *draft = drafts->pdata[0];
	GString *order = g_string_new(NULL);

	json_each (
		page, json_get(json_first(json_get(draft->body, "materials")),
			      "pages")) {
		for (int i = 0; contents[i]; i++) {
			char sha256[SHA256_TEXT];

			sha256_text(contents[i], strlen(contents[i]), sha256);
			if (strcmp(sha256, json_text(page, "sha256")) == 0)
				g_string_append_c(order, *contents[i]);
		}
	}
	g_ptr_array_unref(drafts);
	store_close(store);
	return g_string_free(order, FALSE);
}

static void expect_order(const struct fake *fake, const char *want)
{
	static const char *const contents[] = {"a", "b", "c", "d", NULL};
	g_autofree char *order = page_order(fake, contents);

	g_assert_cmpstr(order, ==, want);
}

static void begin_papers(struct fake *fake)
{
	fake_open(fake);
	do_to_papers(fake->desk);
}

static void test_pages(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_papers(&fake);
	desk = fake.desk;
	take_page(&fake, 0, "a");
	take_page(&fake, 0, "b");
	take_page(&fake, 0, "c");
	assert_holds(material(desk, 0)->state, "[check] 3 p.");
	do_paper(desk, 0);
	assert_holds(material(desk, 0)->state, "[ok] 3 p.");
	g_assert_true(material(desk, 0)->electronic);
	expect_order(&fake, "abc");
	desk_act(desk, INTENT_PAGE_MOVE, 0, 2, "-1", NULL);
	expect_order(&fake, "acb");
	desk_act(desk, INTENT_PAGE_MOVE, 0, 2, "+1", NULL); /* the last */
	desk_act(desk, INTENT_PAGE_MOVE, 0, 0, "-1", NULL); /* the first */
	expect_order(&fake, "acb");
	desk_act(desk, INTENT_PAGE_REMOVE, 0, 1, NULL, NULL);
	expect_order(&fake, "ab");
	act0(desk, INTENT_UNDO);
	expect_order(&fake, "acb");
	act0(desk, INTENT_UNDO);
	expect_order(&fake, "abc");
	act0(desk, INTENT_UNDO);
	assert_said(desk, "Nothing to undo");
	desk_act(desk, INTENT_PAGE_REMOVE, 0, 9, NULL, NULL);
	desk_act(desk, INTENT_PAGE_REMOVE, 0, -1, NULL, NULL);
	expect_order(&fake, "abc");
	/* the spool is emptied as pages come in */
	spin_until(calls_of(&fake, "release") == 3);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM blobs"), ==, 3);
	fake_close(&fake);
}

static void test_retake(void)
{
	struct fake fake = {0};
	g_autofree char *result = NULL;
	struct desk *desk;

	begin_papers(&fake);
	desk = fake.desk;
	take_page(&fake, 0, "a");
	take_page(&fake, 0, "b");
	result = picture(&fake, "d");
	desk_act(desk, INTENT_RETAKE, 0, 0, NULL, NULL);
	wait_call(&fake, "capture");
	/* meanwhile pages stay where they are, or the new one would be lost */
	desk_act(desk, INTENT_PAGE_REMOVE, 0, 0, NULL, NULL);
	assert_said(desk, "A page is being taken");
	act_at(desk, INTENT_CAPTURE, 0);
	assert_said(desk, "A page is being taken");
	act0(desk, INTENT_MATERIALS_DONE);
	assert_view(desk, VIEW_MATERIALS);
	assert_holds(material(desk, 0)->state, "[taking]");
	answer(waiting_call(&fake, "capture"), result);
	spin_until(has_said(desk, "taken and kept"));
	expect_order(&fake, "db");
	fake_close(&fake);
}

/* Where pages come from is chosen once for the visit. */
static void test_source_is_kept(void)
{
	struct fake fake = {0};
	g_autofree char *first = NULL, *second = NULL;
	struct desk *desk;

	begin_papers(&fake);
	desk = fake.desk;
	first = picture(&fake, "s");
	second = picture(&fake, "t");
	g_assert_cmpstr(material(desk, 2)->source, ==, "camera");
	act_at(desk, INTENT_MATERIAL_SOURCE, 2);
	act_at(desk, INTENT_DIALOG_CHOICE, 1);
	wait_call(&fake, "scan");
	answer(waiting_call(&fake, "scan"), first);
	spin_until(has_said(desk, "taken and kept"));
	g_assert_cmpstr(material(desk, 2)->source, ==, "scanner");
	act_at(desk, INTENT_CAPTURE, 2);
	wait_call(&fake, "scan");
	answer(waiting_call(&fake, "scan"), second);
	spin_until(material(desk, 2)->pages->len == 2);
	g_assert_cmpuint(calls_of(&fake, "capture"), ==, 0);
	/* paper only is no source of pages */
	act_at(desk, INTENT_MATERIAL_SOURCE, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 3);
	g_assert_cmpstr(material(desk, 2)->source, ==, "scanner");
	fake_close(&fake);
}

static void test_capture_faults(void)
{
	struct fake fake = {0};
	struct desk *desk;

	begin_papers(&fake);
	desk = fake.desk;
	take_page(&fake, 0, "a");
	act_at(desk, INTENT_CAPTURE, 0);
	wait_call(&fake, "capture");
	refuse(waiting_call(&fake, "capture"), LINK_ERROR, LINK_ERROR_ABSENT);
	spin_until(has_said(desk, "1 pages are kept"));
	/* a file that is not there, a path, nothing */
	static const char *const bad[] = {
		"{\"pages\":[{\"file\":\"missing.jpg\"}]}",
		"{\"pages\":[{\"file\":\"../../yikou.conf\"}]}",
		"{\"pages\":[{}]}"};
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		act_at(desk, INTENT_CAPTURE, 0);
		wait_call(&fake, "capture");
		answer(waiting_call(&fake, "capture"), bad[i]);
		spin_until(has_said(desk, "No picture came"));
		g_assert_false(seen(desk)->header.store_failed);
	}
	expect_order(&fake, "a");
	/* the feeder ran empty */
	act_at(desk, INTENT_MATERIAL_SOURCE, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 2);
	wait_call(&fake, "scan");
	g_assert_cmpstr(
		json_text(waiting_call(&fake, "scan")->message, "source"), ==,
		"feeder");
	event(&fake, "{\"event\":\"page\",\"device\":\"scanner\","
		     "\"data\":{\"count\":2}}");
	spin_until(seen(desk)->materials.progress &&
		   strstr(seen(desk)->materials.progress, "page 2"));
	refuse(waiting_call(&fake, "scan"), LINK_ERROR, LINK_ERROR_PAPER);
	spin_until(has_said(desk, "The scanner has no paper"));
	expect_order(&fake, "a");
	fake_close(&fake);
}

/* The picture of one person must not end up in the case of the next. */
static void test_capture_of_other_visit(void)
{
	struct fake fake = {0};
	g_autofree char *first = NULL, *second = NULL;
	struct call *late;
	struct desk *desk;

	begin_papers(&fake);
	desk = fake.desk;
	act_at(desk, INTENT_CAPTURE, 0);
	wait_call(&fake, "capture");
	late = waiting_call(&fake, "capture");
	act0(desk, INTENT_ASIDE);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_HOME);
	spin_until(calls_of(&fake, "cancel") >= 1);
	act0(desk, INTENT_VISIT_WITHOUT_TICKET);
	do_identify(desk);
	do_item(desk, "gtgsh");
	do_form(desk);
	late->answered = true; /* set aside */
	act_at(desk, INTENT_CAPTURE, 0);
	wait_call(&fake, "capture");
	first = picture(&fake, "a");
	answer(late, first);
	spin_until(calls_of(&fake, "release") == 1);
	g_assert_cmpuint(material(desk, 0)->pages->len, ==, 0);
	assert_holds(material(desk, 0)->state, "[taking]");
	second = picture(&fake, "b");
	answer(waiting_call(&fake, "capture"), second);
	spin_until(material(desk, 0)->pages->len == 1);
	expect_order(&fake, "b");
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM blobs"), ==, 1);
	fake_close(&fake);
}

/* Another item has other papers: what was asked for before fits none. */
static void test_capture_of_other_item(void)
{
	struct fake fake = {0};
	g_autofree char *result = NULL;
	struct call *late;
	struct desk *desk;

	begin_papers(&fake);
	desk = fake.desk;
	act_at(desk, INTENT_CAPTURE, 0);
	wait_call(&fake, "capture");
	late = waiting_call(&fake, "capture");
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	do_item(desk, "spxjyd");
	result = picture(&fake, "a");
	answer(late, result);
	spin_until(calls_of(&fake, "release") == 1);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM blobs"), ==, 0);
	fake_close(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/pages/pages", test_pages);
	g_test_add_func("/app/pages/source-is-kept", test_source_is_kept);
	g_test_add_func("/app/pages/retake", test_retake);
	g_test_add_func("/app/pages/capture-faults", test_capture_faults);
	g_test_add_func("/app/pages/capture-of-other-visit",
		test_capture_of_other_visit);
	g_test_add_func(
		"/app/pages/capture-of-other-item", test_capture_of_other_item);
	return g_test_run();
}
