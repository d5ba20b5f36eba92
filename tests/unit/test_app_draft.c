/* A draft that is older than the catalogue: what was filled in, ticked and
 * captured stays with the paper it was captured for. */
#include "tests/unit/test_app.h"

#define ITEM_FILE "01-individual-business.json"

static const char owner_proof[] = "经营者身份证明";
static const char lease[] = "经营场所使用相关文件（产权证明/租赁合同）";

/* DESK/data as the shipped one, but for item 1. */
static void link_all(
	const struct desk *desk, const char *folder, const char *but_for)
{
	g_autofree char *from = g_canonicalize_filename(folder, NULL);
	g_autofree char *to = g_build_filename(desk->dir, "data",
		strchr(folder, '/') ? strchr(folder, '/') : "", NULL);
	GDir *dir = g_dir_open(from, 0, NULL);
	const char *name;

	g_assert_nonnull(dir);
	g_assert_true(file_make_dir(to, NULL));
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *target = g_build_filename(from, name, NULL);
		g_autofree char *link = g_build_filename(to, name, NULL);

		if (strcmp(name, but_for) != 0)
			g_assert_cmpint(symlink(target, link), ==, 0);
	}
	g_dir_close(dir);
}

static void write_json(
	const struct desk *desk, const char *path, const struct json *value)
{
	g_autofree char *text = json_print(value);

	desk_write(desk, path, text);
}

static struct json *load_shipped(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct json *value = json_load(path, 1 << 20, &error);

	g_assert_no_error(error);
	return value;
}

static struct json *new_paper(const char *name)
{
	g_autofree char *text = g_strdup_printf(
		"{\"no\":1,\"name\":\"%s\",\"need\":\"must\","
		"\"kind\":\"original\",\"form\":\"either\",\"source\":10,"
		"\"note\":\"\",\"copies\":1,\"obtain\":\"capture\","
		"\"checks\":[\"与原件一致\"]}",
		name);

	return json_parse(text, strlen(text), NULL);
}

/* A new paper stands first, the others move on by one; one is left out. */
static void change_list(struct json *item, const char *left_out)
{
	struct json *list = json_new_array();
	int no = 0;

	json_add(list, new_paper("新增承诺书"));
	json_each (old, json_get(item, "materials")) {
		if (g_strcmp0(json_text(old, "name"), left_out) != 0)
			json_add(list, json_copy(old));
	}
	json_each (paper, list)
		json_put_int((struct json *)(uintptr_t)paper, "no", ++no);
	json_put(item, "materials", list);
}

/* As in a store of before items were kept. */
static void forget_items(struct desk *desk)
{
	exec_behind(&desk->files, "DROP TRIGGER IF EXISTS items_kept_no_delete;"
				  "DELETE FROM items_kept");
}

/* The catalogue of the day after. */
static void new_catalogue(struct desk *desk, const char *left_out)
{
	AUTO(json) catalog = load_shipped("config/catalog/catalog.json");
	AUTO(json) item = load_shipped("config/catalog/items/" ITEM_FILE);
	g_autofree char *items = desk_path(desk, "data/catalog/items");

	link_all(desk, "config", "catalog");
	link_all(desk, "config/catalog", "catalog.json");
	g_assert_cmpint(g_unlink(items), ==, 0);
	link_all(desk, "config/catalog/items", ITEM_FILE);
	json_put_text(catalog, "version", "2027.01");
	write_json(desk, "data/catalog/catalog.json", catalog);
	change_list(item, left_out);
	write_json(desk, "data/catalog/items/" ITEM_FILE, item);
	desk->data = "data";
	desk_configure(desk, "03", "");
	forget_items(desk);
}

static int index_of(const struct desk *desk, const char *name)
{
	for (guint i = 0; i < seen(desk)->materials.materials->len; i++) {
		if (strcmp(material(desk, i)->name, name) == 0)
			return (int)i;
	}
	return -1;
}

/* Pages as a camera would have left them. */
static void scan_page(const struct desk *desk, const char *name)
{
	g_autofree char *picture = desk_path(desk, "page.jpg");
	struct store *store = desk_store(desk);
	GPtrArray *drafts = case_drafts(store, NULL);
	struct case_record *draft = drafts->pdata[0];
	char sha256[SHA256_TEXT];
	int64_t size;

	desk_write(desk, "page.jpg", "not really a picture");
	g_assert_true(
		blob_add(store, picture, "image/jpeg", sha256, &size, NULL));
	json_each (paper, json_get(draft->body, "materials")) {
		struct json *page = json_new_object();
		struct json *found = (struct json *)(uintptr_t)paper;

		json_put_text(page, "sha256", sha256);
		json_put_int(page, "size", size);
		if (strcmp(json_text(paper, "name"), name) != 0) {
			json_free(page);
			continue;
		}
		json_put_text(found, "form", "scan");
		json_add(json_get_mutable(found, "pages"), page);
	}
	g_assert_true(case_save_draft(store, draft, &clerk, NULL));
	g_ptr_array_unref(drafts);
	store_close(store);
}

static void again(struct desk *desk)
{
	desk_open(desk);
	desk_login(desk);
	act0(desk, INTENT_RESUME_VISIT);
}

/* A draft with one page and its tick, and one paper that was handed in. */
static struct desk *desk_with_papers(void)
{
	struct desk *desk = desk_at_work();

	do_to_papers(desk);
	do_paper(desk, index_of(desk, owner_proof));
	desk_close(desk);
	scan_page(desk, lease);
	again(desk);
	do_paper(desk, index_of(desk, lease));
	g_assert_cmpstr(
		material(desk, 2)->checks->pdata[0], ==, "[x] 与原件一致");
	return desk;
}

static void test_moved(void)
{
	struct desk *desk = desk_with_papers();

	desk_close(desk);
	new_catalogue(desk, "");
	again(desk);
	assert_view(desk, VIEW_MATERIALS);
	assert_said(desk, "today's catalogue");
	g_assert_cmpuint(seen(desk)->materials.materials->len, ==, 6);
	assert_holds(material(desk, 0)->state, "[missing]");
	assert_holds(material(desk, 1)->state, "[missing]");
	g_assert_cmpint(index_of(desk, owner_proof), ==, 2);
	assert_holds(material(desk, 2)->state, "[ok] paper");
	g_assert_cmpint(index_of(desk, lease), ==, 3);
	assert_holds(material(desk, 3)->state, "[ok] 1 p.");
	g_assert_cmpstr(
		material(desk, 3)->checks->pdata[0], ==, "[x] 与原件一致");
	do_paper(desk, 0);
	do_paper(desk, 1);
	act0(desk, INTENT_MATERIALS_DONE);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(desk_count(desk, "SELECT count(*) FROM outbox o"
					 " JOIN items_kept k ON k.version ="
					 " json_extract(CAST(o.body AS TEXT),"
					 " '$.item.version')"
					 " WHERE o.kind = 'case.accept'"
					 " AND k.body LIKE '%新增承诺书%'"),
		==, 1);
	desk_free(desk);
}

/* What nobody asks for any more is not sent, and not thrown away. */
static void test_left_out(void)
{
	struct desk *desk = desk_with_papers();

	desk_close(desk);
	new_catalogue(desk, lease);
	again(desk);
	assert_said(desk, "1 old ones");
	g_assert_cmpint(index_of(desk, lease), ==, -1);
	assert_holds(material(desk, 2)->state, "[ok] paper");
	assert_holds(material(desk, 3)->state, "not in this case");
	desk_close(desk);
	again(desk);
	assert_said(desk, "everything that was saved");
	do_paper(desk, 0);
	do_paper(desk, 1);
	act0(desk, INTENT_MATERIALS_DONE);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM op_blobs"), ==, 0);
	g_assert_cmpint(desk_count(desk, "SELECT json_array_length(body, "
					 "'$.set_aside') FROM cases"),
		==, 1);
	desk_free(desk);
}

/* The list of before is back: so is the page. */
static void test_back_again(void)
{
	struct desk *desk = desk_with_papers();

	desk_close(desk);
	new_catalogue(desk, lease);
	again(desk);
	desk_close(desk);
	desk->data = NULL;
	desk_configure(desk, "03", "");
	forget_items(desk);
	again(desk);
	g_assert_cmpuint(seen(desk)->materials.materials->len, ==, 5);
	assert_holds(material(desk, 1)->state, "[ok] paper");
	assert_holds(material(desk, 2)->state, "[ok] 1 p.");
	desk_free(desk);
}

/* A decision is not taken on a list that nobody has seen. */
static void test_at_decision(void)
{
	struct desk *desk = desk_at_work();

	do_to_decision(desk);
	desk_close(desk);
	new_catalogue(desk, "");
	again(desk);
	assert_view(desk, VIEW_MATERIALS);
	act0(desk, INTENT_MATERIALS_DONE);
	act0(desk, INTENT_DECIDE);
	assert_said(desk, "paper 1 is missing, ");
	desk_free(desk);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/draft/moved", test_moved);
	g_test_add_func("/app/draft/left-out", test_left_out);
	g_test_add_func("/app/draft/back-again", test_back_again);
	g_test_add_func("/app/draft/at-decision", test_at_decision);
	return g_test_run();
}
