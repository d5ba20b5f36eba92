/* The disk is full, the program is killed, two programs write at once: nothing
 * that was acknowledged is lost, nothing half done stays. */
#include "tests/unit/test_store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/store/private.h"

static int64_t number(struct store *store, const char *sql)
{
	int64_t value = -1;

	g_assert_true(db_get_int(store->db, sql, NULL, &value, NULL, NULL));
	return value;
}

static void expect_whole(struct store *store, int64_t *ops)
{
	g_autoptr(GError) error = NULL;
	int64_t rows;

	g_assert_true(db_integrity_check(store->db, &error));
	g_assert_no_error(error);
	g_assert_true(outbox_verify(store, ops, NULL, &error));
	g_assert_no_error(error);
	g_assert_true(audit_verify(store, &rows, &error));
	g_assert_no_error(error);
	g_assert_true(store_verify_seals(store, &error));
	g_assert_no_error(error);
	/* every number is used by one case, every case has its op */
	g_assert_cmpint(number(store, "SELECT (SELECT count(*) FROM cases"
				      " WHERE case_no <> '') -"
				      " (SELECT count(*) FROM outbox"
				      "  WHERE kind = 'case.accept')"),
		==, 0);
	g_assert_cmpint(number(store, "SELECT sum(next - first) -"
				      " (SELECT count(*) FROM number_use)"
				      " FROM number_blocks"),
		==, 0);
}

static void set_max_pages(struct store *store, int64_t more)
{
	int64_t pages = number(store, "PRAGMA page_count");
	g_autofree char *sql = g_strdup_printf(
		"PRAGMA max_page_count=%" G_GINT64_FORMAT, pages + more);

	g_assert_true(db_exec(store->db, sql, NULL));
}

/* Room for one page more, then two, ...: wherever the disk is full, the save
 * fails as a whole, says so, and works when there is room again. */
static void test_full(struct fixture *f, gconstpointer unused)
{
	g_autofree char *filler = g_strnfill(20000, 'x');
	int failed = 0;
	int64_t ops;

	(void)unused;
	add_blocks(f->store, 99);
	for (int room = 0; room < 12; room++) {
		struct case_record *record = make_case("张三");
		g_autoptr(GError) error = NULL;
		int64_t cases = counts_of(f->store).cases;
		int64_t left = counts_of(f->store).numbers;

		json_put_text(record->body, "form", filler);
		set_max_pages(f->store, room);
		if (accept_case(f->store, record, &error)) {
			g_assert_cmpint(
				counts_of(f->store).cases, ==, cases + 1);
			case_free(record);
			break;
		}
		failed++;
		g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
		g_assert_cmpint(record->state, ==, CASE_DRAFT);
		g_assert_cmpstr(record->case_no, ==, "");
		g_assert_cmpint(counts_of(f->store).cases, ==, cases);
		g_assert_cmpint(counts_of(f->store).numbers, ==, left);
		g_assert_cmpint(counts_of(f->store).unsent, ==, 0);
		set_max_pages(f->store, 1000);
		g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
		case_free(record);
	}
	g_assert_cmpint(failed, >, 2);
	set_max_pages(f->store, 1000);
	expect_whole(f->store, &ops);
	g_assert_cmpint(ops, ==, 1);
}

/* In a page of the feed a full disk stops the page: it is no bad row. */
static void test_full_feed(struct fixture *f, gconstpointer unused)
{
	AUTO(json) rows = json_new_array();
	g_autofree char *filler = g_strnfill(60000, 'x');
	struct json *row = json_new_object();
	g_autoptr(GError) error = NULL;
	bool changed;

	(void)unused;
	json_put_int(row, "seq", 1);
	json_put_text(row, "id", filler);
	json_add(rows, row);
	set_max_pages(f->store, 0);
	g_assert_false(feed_apply(
		f->store, "catalog", "c", "e", rows, &changed, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
	g_assert_null(feed_cursor(f->store, "catalog"));
}

/* The child: accepts cases, and tells each case id once it is saved. */
static void save_for_ever(const char *dir, int out, int most)
{
	struct store *store = open_store(dir);

	for (int i = 0; i < most; i++) {
		struct case_record *record = make_case("王小明");
		g_autoptr(GError) error = NULL;

		if (!accept_case(store, record, &error)) {
			fprintf(stderr, "%s\n", error->message);
			_exit(1);
		}
		if (write(out, record->case_id, UUID_TEXT) != UUID_TEXT)
			_exit(1);
		case_free(record);
	}
	store_close(store);
	_exit(0);
}

static pid_t start_child(const char *dir, int *in, int most)
{
	int ends[2];
	pid_t child;

	g_assert_cmpint(pipe(ends), ==, 0);
	child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		close(ends[0]);
		save_for_ever(dir, ends[1], most);
	}
	close(ends[1]);
	*in = ends[0];
	return child;
}

static void read_ids(int in, GPtrArray *ids)
{
	char id[UUID_TEXT];
	ssize_t len;

	for (;;) {
		len = read(in, id, sizeof(id));
		if (len != sizeof(id))
			break;
		g_ptr_array_add(ids, g_strdup(id));
	}
	close(in);
}

static void expect_saved(struct store *store, const GPtrArray *ids)
{
	for (guint i = 0; i < ids->len; i++) {
		g_autoptr(GError) error = NULL;
		struct case_record *record =
			case_load(store, ids->pdata[i], &error);

		g_assert_no_error(error);
		g_assert_cmpint(record->state, ==, CASE_ACCEPTED);
		case_free(record);
	}
}

static void test_killed(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	int64_t until = clock_boot_ms() + 3500;
	int kills = 0, in, status;
	int64_t ops, cases;

	(void)unused;
	add_blocks(f->store, 9999);
	store_close(f->store);
	f->store = NULL;
	for (; kills < 40 && clock_boot_ms() < until; kills++) {
		pid_t child = start_child(f->dir, &in, 9999);

		g_usleep((gulong)g_random_int_range(15000, 60000));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		g_assert_true(WIFSIGNALED(status));
		read_ids(in, ids);
	}
	g_test_message("%d kills, %u saves", kills, ids->len);
	g_assert_cmpint(kills, >, 5);
	g_assert_cmpint(ids->len, >, 20);
	f->store = open_store(f->dir);
	expect_whole(f->store, &ops);
	expect_saved(f->store, ids);
	/* at most the one in hand was saved without having been told */
	cases = counts_of(f->store).cases;
	g_assert_cmpint(cases, >=, ids->len);
	g_assert_cmpint(cases, <=, ids->len + (guint)kills);
	g_assert_cmpint(ops, ==, cases);
}

/* Two processes: both get all their saves through, the sequence stays dense
 * and no number comes twice. */
static void test_two_writers(struct fixture *f, gconstpointer unused)
{
	enum { EACH = 60 };
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	pid_t children[2];
	int in[2], status;
	int64_t ops;

	(void)unused;
	add_blocks(f->store, 9999);
	store_close(f->store);
	f->store = NULL;
	for (int i = 0; i < 2; i++)
		children[i] = start_child(f->dir, &in[i], EACH);
	for (int i = 0; i < 2; i++) {
		read_ids(in[i], ids);
		waitpid(children[i], &status, 0);
		g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	}
	f->store = open_store(f->dir);
	g_assert_cmpint(ids->len, ==, 2 * EACH);
	expect_whole(f->store, &ops);
	g_assert_cmpint(ops, ==, 2 * EACH);
	expect_saved(f->store, ids);
	g_assert_cmpint(
		number(f->store, "SELECT count(DISTINCT case_no) FROM cases"),
		==, 2 * EACH);
}

enum { FIRST = 6 };

/* The child: opens at the same moment as the others, tells the uuid it sees. */
static void open_first(const char *dir, int start, int out)
{
	struct store *store;
	char go;

	if (read(start, &go, 1) != 0) /* the other end is closed */
		_exit(1);
	store = open_store(dir);
	if (write(out, store_uuid(store), UUID_TEXT) != UUID_TEXT)
		_exit(1);
	_exit(0);
}

static void open_together(const char *dir)
{
	int start[2], told[2], status;
	pid_t children[FIRST];
	char uuid[UUID_TEXT], first[UUID_TEXT] = "";

	g_assert_cmpint(pipe(start), ==, 0);
	g_assert_cmpint(pipe(told), ==, 0);
	for (int i = 0; i < FIRST; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			close(start[1]);
			open_first(dir, start[0], told[1]);
		}
	}
	close(start[0]);
	close(start[1]);
	close(told[1]);
	for (int i = 0; i < FIRST; i++) {
		waitpid(children[i], &status, 0);
		g_assert_cmpint(status, ==, 0);
		g_assert_cmpint(read(told[0], uuid, UUID_TEXT), ==, UUID_TEXT);
		if (!first[0])
			memcpy(first, uuid, UUID_TEXT);
		g_assert_cmpstr(uuid, ==, first);
	}
	close(told[0]);
}

/* Several programs come first at once: one key, one identity. */
static void test_first_at_once(void)
{
	for (int round = 0; round < 8; round++) {
		g_autofree char *dir = make_dir();

		open_together(dir);
		store_close(open_store(dir));
		file_remove_tree(dir);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/faults/full", test_full);
	ADD("/store/faults/full-feed", test_full_feed);
	ADD("/store/faults/two-writers", test_two_writers);
	g_test_add_func("/store/faults/first-at-once", test_first_at_once);
	ADD("/store/faults/killed", test_killed);
	return g_test_run();
}
