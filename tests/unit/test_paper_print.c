/* Printing and making in child processes: a false lp and a false yikou-paper
 * say what the real ones say, or die. */
#include <string.h>
#include <sys/stat.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/paper/fields.h"
#include "client/paper/print.h"
#include "client/paper/render.h"

struct fixture {
	char *folder, *pdf, *outbox, *path;
	GMainLoop *loop;
	char *where, *error; /* answer */
	struct render_result result;
	int answers;
};

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(file_write(path, text, strlen(text), NULL));
	g_assert_cmpint(chmod(path, 0700), ==, 0);
}

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	f->folder = g_dir_make_tmp("yikou-print-XXXXXX", NULL);
	f->pdf = g_build_filename(f->folder, "a.pdf", NULL);
	f->outbox = g_build_filename(f->folder, "out", "box", NULL);
	f->loop = g_main_loop_new(NULL, FALSE);
	f->path = g_strdup(g_getenv("PATH"));
	put(f->folder, "a.pdf", "%PDF-1.5 one");
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_setenv("PATH", f->path, TRUE);
	file_remove_tree(f->folder);
	g_main_loop_unref(f->loop);
	g_free(f->folder);
	g_free(f->pdf);
	g_free(f->outbox);
	g_free(f->path);
	g_free(f->where);
	g_free(f->error);
}

static void printed(void *context, const char *where, const GError *error)
{
	struct fixture *f = context;

	g_assert_true((where == NULL) != (error == NULL));
	f->answers++;
	g_free(f->where);
	g_free(f->error);
	f->where = g_strdup(where);
	f->error = error ? g_strdup(error_name(error)) : NULL;
	g_main_loop_quit(f->loop);
}

static void print(struct fixture *f, const char *queue, const char *title)
{
	struct print_job job = {.file = f->pdf,
		.queue = queue,
		.outbox = f->outbox,
		.title = title,
		.copies = 2};

	f->answers = 0;
	print_document(&job, printed, f);
	while (f->answers == 0)
		g_main_loop_run(f->loop);
	g_assert_cmpint(f->answers, ==, 1);
}

static void assert_kept(struct fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->outbox, name, NULL);

	g_assert_cmpstr(f->error, ==, NULL);
	g_assert_cmpstr(f->where, ==, path);
	g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

static void test_outbox(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	print(f, "", "20261123-03-0017-受理通知书");
	assert_kept(f, "20261123-03-0017-受理通知书.pdf");
	/* The same again is the same file; another one does not replace it. */
	print(f, NULL, "20261123-03-0017-受理通知书");
	assert_kept(f, "20261123-03-0017-受理通知书.pdf");
	put(f->folder, "a.pdf", "%PDF-1.5 two");
	print(f, "", "20261123-03-0017-受理通知书");
	assert_kept(f, "20261123-03-0017-受理通知书-2.pdf");
	g_assert_true(g_file_test(f->pdf, G_FILE_TEST_EXISTS));
}

static void test_outbox_names(struct fixture *f, gconstpointer unused)
{
	g_autofree char *name = print_file_name("../../etc/\x1b[31mx\n");

	(void)unused;
	g_assert_null(strchr(name, '/'));
	g_assert_null(strchr(name, '\x1b'));
	g_assert_true(*name != '.');
	g_assert_true(g_str_has_suffix(name, ".pdf"));
	print(f, "", "../../evil");
	g_assert_true(g_str_has_prefix(f->where, f->outbox));
	g_assert_null(strchr(f->where + strlen(f->outbox) + 1, '/'));
}

static void test_outbox_missing(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_clear_pointer(&f->outbox, g_free);
	print(f, "", "a");
	g_assert_cmpstr(f->error, ==, "link.absent");
	f->outbox = g_build_filename(f->folder, "box", NULL);
	g_clear_pointer(&f->pdf, g_free);
	f->pdf = g_strdup("/nonexistent/a.pdf");
	print(f, "", "a");
	g_assert_cmpstr(f->error, ==, "item.not-found");
}

static void use_lp(struct fixture *f, const char *script)
{
	g_autofree char *path = g_strconcat(f->folder, ":", f->path, NULL);

	put(f->folder, "lp", script);
	g_setenv("PATH", path, TRUE);
}

static void test_lp(struct fixture *f, gconstpointer unused)
{
	g_autofree char *log = g_build_filename(f->folder, "args", NULL);
	g_autofree char *script = g_strdup_printf(
		"#!/bin/sh\nfor a; do printf '%%s|' \"$a\"; done > %s\n"
		"echo '请求 ID 为 hall-laser_3-12（1 个文件）'\n",
		log);
	g_autofree char *args = NULL;

	(void)unused;
	use_lp(f, script);
	print(f, "hall-laser_3", "20261123-03-0017-收件凭证");
	g_assert_cmpstr(f->where, ==, "cups:hall-laser_3-12");
	args = file_read(log, 10000, NULL, NULL);

	g_autofree char *expected = g_strdup_printf(
		"-d|hall-laser_3|-n|2|-t|20261123-03-0017-收件凭证|-o|media="
		"A4|-o|print-scaling=none|--|%s|",
		f->pdf);

	g_assert_cmpstr(args, ==, expected);
	g_assert_false(g_file_test(f->outbox, G_FILE_TEST_EXISTS));
}

static void test_lp_refuses(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	use_lp(f, "#!/bin/sh\necho 'request id is laser-12 (1 file(s))'\n"
		  "exit 1\n");
	print(f, "laser", "a");
	g_assert_cmpstr(f->error, ==, "link.absent");
	use_lp(f, "#!/bin/sh\necho nonsense laser-x\n");
	print(f, "laser", "a");
	g_assert_cmpstr(f->error, ==, "link.absent");
	use_lp(f, "#!/bin/sh\n");
	print(f, "laser", "a");
	g_assert_cmpstr(f->error, ==, "link.absent");
	use_lp(f, "#!/bin/sh\necho \"request id is $2-12\"\n");
	print(f, "laser", "a");
	g_assert_cmpstr(f->where, ==, "cups:laser-12");
	print(f, "-o raw", "a");
	g_assert_cmpstr(f->error, ==, "link.absent");
}

static void test_lp_missing(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_setenv("PATH", f->folder, TRUE);
	print(f, "laser", "a");
	g_assert_cmpstr(f->error, ==, "link.absent");
}

/* yikou-paper -------------------------------------------------------------- */

static void rendered(
	void *context, const struct render_result *result, const GError *error)
{
	struct fixture *f = context;

	g_assert_true((result == NULL) != (error == NULL));
	f->answers++;
	g_free(f->error);
	f->error = error ? g_strdup_printf(
				   "%s: %s", error_name(error), error->message)
			 : NULL;
	if (result)
		f->result = *result;
	g_main_loop_quit(f->loop);
}

static void render(struct fixture *f, const char *name)
{
	f->answers = 0;
	render_document("config/templates", name, field_sample(3, false),
		f->pdf, rendered, f);
	while (f->answers == 0)
		g_main_loop_run(f->loop);
	g_assert_cmpint(f->answers, ==, 1);
}

/* Beside this test, where process_sibling() looks. */
static void use_paper(const char *script)
{
	g_autofree char *path = process_sibling("yikou-paper");
	g_autofree char *folder = g_path_get_dirname(path);

	put(folder, "yikou-paper", script);
}

static void remove_paper(void)
{
	g_autofree char *path = process_sibling("yikou-paper");

	file_remove_tree(path);
}

static void test_render_broken(struct fixture *f, gconstpointer unused)
{
	static const struct {
		const char *script, *error;
	} rows[] = {
		{"#!/bin/sh\ncat >/dev/null\n",
			"link.protocol: yikou-paper: no answer"},
		{"#!/bin/sh\ncat >/dev/null; kill -9 $$\n",
			"link.protocol: yikou-paper: ended by a signal"},
		{"#!/bin/sh\ncat >/dev/null; echo '{\"pages\":1}'\n",
			"link.protocol: yikou-paper: no answer"},
		{"#!/bin/sh\ncat >/dev/null; echo "
		 "'{\"error\":\"item.invalid\",\"detail\":\"a.tmpl:3: "
		 "x\"}'\nexit 2\n",
			"item.invalid: a.tmpl:3: x"},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		use_paper(rows[i].script);
		render(f, "receipt");
		g_assert_cmpstr(f->error, ==, rows[i].error);
	}
	remove_paper();
	render(f, "receipt");
	g_assert_true(g_str_has_prefix(f->error, "link.absent"));
}

/* With the real one, when it has been built. */
static void test_render(struct fixture *f, gconstpointer unused)
{
	g_autofree char *path = process_sibling("../../yikou-paper");
	g_autofree char *script =
		g_strdup_printf("#!/bin/sh\nexec %s \"$@\"\n", path);
	char sha256[SHA256_TEXT];

	(void)unused;
	if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE)) {
		g_test_skip("yikou-paper is not built");
		return;
	}
	use_paper(script);
	render(f, "receipt");
	g_assert_cmpstr(f->error, ==, NULL);
	g_assert_cmpint(f->result.pages, ==, 1);
	g_assert_cmpint(f->result.size, >, 10000);
	g_assert_true(sha256_file(f->pdf, sha256, NULL));
	g_assert_cmpstr(sha256, ==, f->result.sha256);
	render(f, "nothing");
	g_assert_true(g_str_has_prefix(f->error, "item.not-found"));
	remove_paper();
}

#define ADD(name, function)                                            \
	g_test_add("/paper/print/" name, struct fixture, NULL, set_up, \
		function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("outbox", test_outbox);
	ADD("outbox-names", test_outbox_names);
	ADD("outbox-missing", test_outbox_missing);
	ADD("lp", test_lp);
	ADD("lp-refuses", test_lp_refuses);
	ADD("lp-missing", test_lp_missing);
	ADD("render-broken", test_render_broken);
	ADD("render", test_render);
	return g_test_run();
}
