/* The store as a file: its key, its identity, what is refused, seals. */
#include "tests/unit/test_store.h"

#include <sys/stat.h>

#include <glib/gstdio.h>

static void test_first_open(struct fixture *f, gconstpointer unused)
{
	g_autofree char *key = in_dir(f, "window.key");
	g_autofree char *db = in_dir(f, "window.db");
	g_autofree char *blobs = in_dir(f, "blobs");
	g_autofree char *uuid = g_strdup(store_uuid(f->store));
	struct stat info;

	(void)unused;
	g_assert_true(uuid_is_valid(uuid));
	g_assert_cmpstr(store_window(f->store), ==, "03");
	g_assert_cmpint(stat(key, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0400);
	g_assert_cmpint(info.st_size, ==, 32);
	g_assert_cmpint(stat(db, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0600);
	g_assert_true(g_file_test(blobs, G_FILE_TEST_IS_DIR));
	reopen(f);
	g_assert_cmpstr(store_uuid(f->store), ==, uuid);
}

static void test_windows(void)
{
	static const char *const bad[] = {"", "3a", "../3", "12345", " 3"};
	g_autofree char *dir = make_dir();

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(store_open(dir, bad[i], &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	}
	file_remove_tree(dir);
}

static void test_newer(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	exec_behind(f, "PRAGMA user_version=99");
	g_assert_null(store_open(f->dir, "03", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NEWER);
}

static void test_key_lost(struct fixture *f, gconstpointer unused)
{
	g_autofree char *key = in_dir(f, "window.key");
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_cmpint(g_remove(key), ==, 0);
	g_assert_null(store_open(f->dir, "03", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_assert_false(g_file_test(key, G_FILE_TEST_EXISTS));
}

static void test_other_key(struct fixture *f, gconstpointer unused)
{
	g_autofree char *key = in_dir(f, "window.key");
	g_autofree char *other = g_strnfill(32, 'k');
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_cmpint(g_remove(key), ==, 0);
	g_assert_true(g_file_set_contents(key, other, 32, NULL));
	g_assert_null(store_open(f->dir, "03", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

static void test_short_key(struct fixture *f, gconstpointer unused)
{
	g_autofree char *key = in_dir(f, "window.key");
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_cmpint(g_remove(key), ==, 0);
	g_assert_true(g_file_set_contents(key, "short", 5, NULL));
	g_assert_null(store_open(f->dir, "03", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

static void test_other_window(struct fixture *f, gconstpointer unused)
{
	g_autofree char *nowhere = in_dir(f, "nowhere");
	g_autoptr(GError) error = NULL;
	struct store *copy;

	(void)unused;
	g_assert_null(store_open(f->dir, "05", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FOREIGN);
	g_assert_nonnull(strstr(error->message, "window 03, not of 05"));
	g_clear_error(&error);
	copy = store_open_copy(f->dir, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(store_window(copy), ==, "03");
	store_close(copy);
	g_assert_null(store_open_copy(nowhere, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
	g_assert_false(g_file_test(nowhere, G_FILE_TEST_EXISTS));
}

/* Made before stores said whose they are: the first who opens it tells. */
static void test_window_learned(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	struct store *store;

	(void)unused;
	g_assert_true(store_set_meta(f->store, "window", NULL, NULL));
	g_assert_null(store_open_copy(f->dir, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FOREIGN);
	store = store_open(f->dir, "04", NULL);
	g_assert_nonnull(store);
	store_close(store);
	g_clear_error(&error);
	g_assert_null(store_open(f->dir, "03", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FOREIGN);
}

static void test_check_copy(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	ticket_free(ticket_open(f->store, &clerk, NULL));
	g_assert_true(store_check_copy(f->store, NULL));
	store_close(f->store);
	damage_page(f, "outbox_open");
	f->store = store_open(f->dir, "03", NULL);
	g_assert_nonnull(f->store);
	g_assert_false(store_check_copy(f->store, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

static void test_meta(struct fixture *f, gconstpointer unused)
{
	g_autofree char *value = NULL;

	(void)unused;
	g_assert_null(store_meta(f->store, "server_epoch"));
	g_assert_true(store_set_meta(f->store, "server_epoch", "e7", NULL));
	g_assert_true(store_set_meta(f->store, "server_epoch", "e8", NULL));
	reopen(f);
	value = store_meta(f->store, "server_epoch");
	g_assert_cmpstr(value, ==, "e8");
	g_assert_true(store_set_meta(f->store, "server_epoch", NULL, NULL));
	g_assert_null(store_meta(f->store, "server_epoch"));
}

/* Screen and syncd: two connections, both see what the other wrote. */
static void test_two_at_once(struct fixture *f, gconstpointer unused)
{
	struct store *other = open_store(f->dir);
	g_autofree char *value = NULL;

	(void)unused;
	g_assert_cmpstr(store_uuid(other), ==, store_uuid(f->store));
	g_assert_true(store_set_meta(other, "a", "1", NULL));
	value = store_meta(f->store, "a");
	g_assert_cmpstr(value, ==, "1");
	g_assert_true(store_set_meta(f->store, "a", "2", NULL));
	store_close(other);
}

static void fill(struct fixture *f)
{
	struct case_record *record = make_case("王小明");

	add_blocks(f->store, 20);
	g_assert_true(accept_case(f->store, record, NULL));
	case_free(record);
	ticket_free(ticket_open(f->store, &clerk, NULL));
	g_assert_true(store_verify_seals(f->store, NULL));
}

/* One byte of the name turned in the file: SQLite reads it happily. */
static void test_flipped_byte(struct fixture *f, gconstpointer unused)
{
	g_autofree char *path = in_dir(f, "window.db");
	g_autofree char *content = NULL;
	g_autoptr(GError) error = NULL;
	gsize len;
	int flipped = 0;

	(void)unused;
	fill(f);
	store_close(f->store);
	f->store = NULL;
	g_assert_true(g_file_get_contents(path, &content, &len, NULL));
	for (gsize i = 0; i + 9 < len; i++) {
		if (memcmp(content + i, "王小明", 9) == 0) {
			content[i + 8] ^= 1;
			flipped++;
		}
	}
	g_assert_cmpint(flipped, >, 0);
	g_assert_true(g_file_set_contents(path, content, (gssize)len, NULL));
	f->store = open_store(f->dir);
	g_assert_false(store_verify_seals(f->store, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
}

/* A page of the file is no page any more: opened, as nothing reads it there,
 * and found by the check. */
static void test_damaged_page(struct fixture *f, gconstpointer unused)
{
	static const char *const names[] = {
		"cases", "outbox_state", "cases_by_no", "case_initials"};

	(void)unused;
	fill(f);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(store_check(f->store, NULL));
		store_close(f->store);
		damage_page(f, names[i]);
		f->store = open_store(f->dir);
		g_assert_false(store_check(f->store, &error));
		g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
		store_close(f->store);
		damage_page(f, names[i]);
		f->store = open_store(f->dir);
	}
}

/* A writer without the key can neither insert nor update. */
static void test_write_without_key(struct fixture *f, gconstpointer unused)
{
	static const char *const attempts[] = {
		"UPDATE cases SET state = 'accepted'",
		"UPDATE tickets SET window = '05'",
		"UPDATE outbox_state SET state = 4",
		"UPDATE number_blocks SET next = 1",
		"INSERT INTO meta(name, value) VALUES('a', 'b')",
	};
	struct db *db;

	(void)unused;
	fill(f);
	db = open_behind(f, false);
	for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++)
		g_assert_false(db_exec(db, attempts[i], NULL));
	db_close(db);
	g_assert_true(store_verify_seals(f->store, NULL));
}

/* A damaged row is found on reading, and cannot be updated and thereby sealed
 * again. */
static void test_damaged_case(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("王小明");
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(case_save_draft(f->store, record, &clerk, NULL));
	damage(f, "cases_seal", "UPDATE cases SET applicant = '李四'");
	g_assert_null(case_load(f->store, record->case_id, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_clear_error(&error);
	g_assert_null(case_search(f->store, "王小明", 5, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_clear_error(&error);
	g_assert_false(case_save_draft(f->store, record, &clerk, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_clear_error(&error);
	g_assert_false(
		case_abandon(f->store, record->case_id, "x", &clerk, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	case_free(record);
}

/* The trigger alone: an update that does not look first. */
static void test_damaged_update(struct fixture *f, gconstpointer unused)
{
	struct case_record *record = make_case("王小明");
	g_autoptr(GError) error = NULL;

	(void)unused;
	add_blocks(f->store, 5);
	g_assert_true(accept_case(f->store, record, NULL));
	damage(f, "documents_seal",
		"UPDATE documents SET number = 'x' WHERE kind = 'receipt'");
	g_assert_false(case_document_printed(f->store, record->case_id,
		"receipt", "cups:1", NULL, &clerk, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_clear_error(&error);
	g_assert_null(case_documents(f->store, record->case_id, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	case_free(record);
}

static void test_damaged_ticket(struct fixture *f, gconstpointer unused)
{
	struct ticket *ticket = ticket_open(f->store, &clerk, NULL);
	g_autoptr(GError) error = NULL;

	(void)unused;
	damage(f, "tickets_seal", "UPDATE tickets SET window = '04'");
	g_assert_null(ticket_load(f->store, ticket->ticket_id, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	ticket_free(ticket);
}

static void test_audit_chain(struct fixture *f, gconstpointer unused)
{
	struct db *db;
	int64_t rows = 0;
	g_autoptr(GError) error = NULL;

	(void)unused;
	for (int i = 0; i < 5; i++)
		g_assert_true(audit_record(f->store, AUDIT_LOGIN, &clerk,
			"session", clerk.session, "ok", NULL, NULL));
	g_assert_true(audit_verify(f->store, &rows, &error));
	g_assert_cmpint(rows, ==, 5);
	db = open_behind(f, true);
	g_assert_false(db_exec(db, "DELETE FROM audit", NULL));
	g_assert_false(db_exec(db, "UPDATE audit SET seq = 9", NULL));
	db_close(db);
	exec_behind(f,
		"DROP TRIGGER audit_no_update;"
		"UPDATE audit SET body = CAST(replace(CAST(body AS TEXT),"
		" '1003', '1004') AS BLOB) WHERE seq = 3");
	g_assert_false(audit_verify(f->store, &rows, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
	g_assert_nonnull(strstr(error->message, "row 3 is edited"));
}

static void test_audit_missing(struct fixture *f, gconstpointer unused)
{
	int64_t rows = 0;
	g_autoptr(GError) error = NULL;

	(void)unused;
	for (int i = 0; i < 5; i++)
		g_assert_true(audit_record(f->store, AUDIT_REVEAL, &clerk,
			"case", "x", "ok", NULL, NULL));
	exec_behind(f, "DROP TRIGGER audit_no_delete;"
		       "DELETE FROM audit WHERE seq = 2");
	g_assert_false(audit_verify(f->store, &rows, &error));
	g_assert_nonnull(strstr(error->message, "row 2 is missing"));
}

/* The chain of another store, whole in itself, does not fit. */
static void test_audit_foreign(struct fixture *f, gconstpointer unused)
{
	int64_t rows = 0;
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(audit_record(
		f->store, AUDIT_LOGIN, &clerk, NULL, NULL, "ok", NULL, NULL));
	exec_behind(f, "UPDATE meta SET value = '2020-01-01T00:00:00+08:00'"
		       " WHERE name = 'installed'");
	reopen(f);
	g_assert_false(audit_verify(f->store, &rows, &error));
	g_assert_nonnull(strstr(error->message, "foreign"));
}

static void test_audit_acts(struct fixture *f, gconstpointer unused)
{
	struct json *details = json_new_object();

	(void)unused;
	json_put_int(details, "hits", 3);
	g_assert_true(audit_record(f->store, AUDIT_CASE_SEARCH, &clerk, NULL,
		NULL, "ok", details, NULL));
	g_assert_cmpint(
		number_behind(f, "SELECT json_extract(CAST(body AS TEXT),"
				 " '$.details.hits') FROM audit"),
		==, 3);
	for (int act = 0; act < AUDIT_ACT_COUNT; act++)
		g_assert_cmpstr(audit_act_name(act), !=, "?");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/store/open/first", test_first_open);
	g_test_add_func("/store/open/windows", test_windows);
	ADD("/store/open/newer", test_newer);
	ADD("/store/open/key-lost", test_key_lost);
	ADD("/store/open/other-key", test_other_key);
	ADD("/store/open/short-key", test_short_key);
	ADD("/store/open/other-window", test_other_window);
	ADD("/store/open/window-learned", test_window_learned);
	ADD("/store/open/check-copy", test_check_copy);
	ADD("/store/open/meta", test_meta);
	ADD("/store/open/two-at-once", test_two_at_once);
	ADD("/store/seal/flipped-byte", test_flipped_byte);
	ADD("/store/check/damaged-page", test_damaged_page);
	ADD("/store/seal/write-without-key", test_write_without_key);
	ADD("/store/seal/damaged-case", test_damaged_case);
	ADD("/store/seal/damaged-update", test_damaged_update);
	ADD("/store/seal/damaged-ticket", test_damaged_ticket);
	ADD("/store/audit/chain", test_audit_chain);
	ADD("/store/audit/missing", test_audit_missing);
	ADD("/store/audit/foreign", test_audit_foreign);
	ADD("/store/audit/acts", test_audit_acts);
	return g_test_run();
}
