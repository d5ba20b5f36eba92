/* What the tests of the store share: a window in a temporary directory, and
 * the file of its database opened behind its back. */
#ifndef TESTS_UNIT_TEST_STORE_H
#define TESTS_UNIT_TEST_STORE_H

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/db/db.h"
#include "client/store/audit.h"
#include "client/store/blob.h"
#include "client/store/case.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "client/store/ticket.h"

struct fixture {
	char *dir;
	struct store *store;
};

static const struct actor clerk = {
	.staff_no = "1003",
	.staff_name = "甄示例",
	.role = "clerk",
	.window = "03",
	.session = "0193b0a0-0000-7000-8000-000000000001",
};

enum { TEST_DAY = 20261123 };
static const int64_t test_at_ms = 1795398080000; /* 2026-11-23T09:41:20+08 */

static inline struct store *open_store(const char *dir)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(dir, "03", &error);

	g_assert_no_error(error);
	return store;
}

/* In memory where there is such a place: these tests are not about the disk,
 * and a killed program does not lose what the kernel has. */
static inline char *make_dir(void)
{
	bool shm = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR);
	char *dir = g_build_filename(
		shm ? "/dev/shm" : g_get_tmp_dir(), "yikou-store-XXXXXX", NULL);

	g_assert_nonnull(g_mkdtemp(dir));
	return dir;
}

static inline void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	f->dir = make_dir();
	f->store = open_store(f->dir);
}

static inline void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	store_close(f->store);
	file_remove_tree(f->dir);
	g_free(f->dir);
}

static inline void reopen(struct fixture *f)
{
	store_close(f->store);
	f->store = open_store(f->dir);
}

static inline char *in_dir(const struct fixture *f, const char *name)
{
	return g_build_filename(f->dir, name, NULL);
}

/* The database as another program would open it; with_key: one that has
 * stolen the key. */
static inline struct db *open_behind(const struct fixture *f, bool with_key)
{
	g_autofree char *path = in_dir(f, "window.db");
	g_autofree char *key_path = in_dir(f, "window.key");
	g_autofree char *key = file_read(key_path, 32, NULL, NULL);
	struct db_options options = {.path = path,
		.key = with_key ? (const uint8_t *)key : NULL,
		.key_len = 32};
	g_autoptr(GError) error = NULL;
	struct db *db = db_open(&options, &error);

	g_assert_no_error(error);
	return db;
}

static inline void exec_behind(const struct fixture *f, const char *sql)
{
	struct db *db = open_behind(f, true);
	g_autoptr(GError) error = NULL;

	g_assert_true(db_exec(db, sql, &error));
	g_assert_no_error(error);
	db_close(db);
}

/* Turns bytes of the first page of a table or index in the file; once more
 * turns them back. Nobody of this process may have the file open. */
static inline void damage_page(const struct fixture *f, const char *name)
{
	g_autofree char *path = in_dir(f, "window.db");
	struct db *db = open_behind(f, true);
	g_autofree char *content = NULL;
	int64_t page = 0;
	gsize len;

	g_assert_true(db_get_int(db,
		"SELECT rootpage FROM sqlite_schema WHERE name = ?1",
		DB_VALUES(DB_TEXT(name)), &page, NULL, NULL));
	db_close(db);
	g_assert_true(g_file_get_contents(path, &content, &len, NULL));
	g_assert_cmpint(page, >, 1);
	g_assert_cmpint(page * 4096, <=, len);
	for (int i = 0; i < 64; i++)
		content[(page - 1) * 4096 + i] ^= 0x5a;
	g_assert_true(g_file_set_contents(path, content, (gssize)len, NULL));
}

/* Edits rows of a table as a bad disk would: the old seals no longer fit, and
 * the table's guard, which SQLite would ask, is there again afterwards. */
static inline void damage(
	const struct fixture *f, const char *guard, const char *sql)
{
	static const uint8_t other_key[32] = {9};
	g_autofree char *path = in_dir(f, "window.db");
	struct db_options options = {
		.path = path, .key = other_key, .key_len = sizeof(other_key)};
	struct db *db = db_open(&options, NULL);
	g_autofree char *drop = g_strdup_printf("DROP TRIGGER %s", guard);
	g_autofree char *restore = NULL;
	struct db_rows *rows;

	g_assert_nonnull(db);
	rows = db_select(db, "SELECT sql FROM sqlite_schema WHERE name = ?1",
		DB_VALUES(DB_TEXT(guard)));
	g_assert_true(db_next(rows));
	restore = db_dup_text(rows, 0);
	db_rows_free(rows);
	g_assert_true(db_exec(db, drop, NULL) && db_exec(db, sql, NULL) &&
		      db_exec(db, restore, NULL));
	db_close(db);
}

static inline int64_t number_behind(const struct fixture *f, const char *sql)
{
	struct db *db = open_behind(f, true);
	int64_t value = -1;
	g_autoptr(GError) error = NULL;

	g_assert_true(db_get_int(db, sql, NULL, &value, NULL, &error));
	g_assert_no_error(error);
	db_close(db);
	return value;
}

static inline void add_block(struct store *store, const char *series,
	const char *prefix, int64_t first, int64_t last)
{
	struct number_block block = {.first = first, .last = last};
	g_autoptr(GError) error = NULL;

	uuid7(block.block_id);
	g_strlcpy(block.series, series, sizeof(block.series));
	g_strlcpy(block.prefix, prefix, sizeof(block.prefix));
	g_assert_true(number_block_add(store, &block, &error));
	g_assert_no_error(error);
}

static inline void add_blocks(struct store *store, int64_t count)
{
	add_block(store, "case:03", "03-", 1, count);
	add_block(store, "doc:accept:2026", "登政务〔2026〕受字第", 1, count);
	add_block(store, "doc:refuse:2026", "登政务〔2026〕不受字第", 1, count);
}

static inline struct case_record *make_case(const char *name)
{
	struct case_record *record = case_new();
	struct json *person = json_new_object();

	record->item_code = g_strdup("11410185005318012341234567890123");
	record->item_code[31] = '\0';
	record->item_name = g_strdup("个体工商户设立登记");
	record->item_version = g_strdup("2026.11");
	json_put_text(person, "name", name);
	json_put_text(person, "id_number", "41018519900101123X");
	json_put_text(person, "phone", "13800000000");
	json_put(record->body, "applicant", person);
	return record;
}

static const char *const accept_series[] = {"accept", NULL};
static const char *const refuse_series[] = {"refuse", NULL};

static inline bool accept_case(
	struct store *store, struct case_record *record, GError **error)
{
	struct case_decision decision = {
		.event = CASE_EVENT_ACCEPT,
		.at_ms = test_at_ms,
		.day = TEST_DAY,
		.document_series = accept_series,
	};

	return case_decide(store, record, &decision, &clerk, error);
}

static inline bool refuse_case(
	struct store *store, struct case_record *record, GError **error)
{
	struct case_decision decision = {
		.event = CASE_EVENT_REFUSE,
		.reason = "02 材料不齐",
		.at_ms = test_at_ms,
		.day = TEST_DAY,
		.document_series = refuse_series,
	};

	return case_decide(store, record, &decision, &clerk, error);
}

/* A file of the given content, brought into the store. */
static inline void add_file(
	struct fixture *f, const char *content, char sha256[SHA256_TEXT])
{
	g_autofree char *path = in_dir(f, "page");
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
	g_assert_true(
		blob_add(f->store, path, "image/jpeg", sha256, NULL, &error));
	g_assert_no_error(error);
}

static inline void add_page(struct case_record *record, const char *sha256)
{
	struct json *material = json_new_object();
	struct json *materials = json_new_array();
	struct json *pages = json_new_array();
	struct json *page = json_new_object();

	json_put_text(page, "sha256", sha256);
	json_put_text(page, "media_type", "image/jpeg");
	json_add(pages, page);
	json_put_int(material, "no", 1);
	json_put(material, "pages", pages);
	json_add(materials, material);
	json_put(record->body, "materials", materials);
}

static inline void claim(
	struct store *store, int max_ops, int lease_ms, struct op_lease *lease)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(
		outbox_claim(store, max_ops, 1 << 20, lease_ms, lease, &error));
	g_assert_no_error(error);
}

static inline bool settle(struct store *store, int64_t generation,
	int64_t store_seq, enum op_verdict verdict, GError **error)
{
	struct op_outcome outcome = {.verdict = verdict, .http = 201};

	return outbox_settle(store, generation, store_seq, &outcome, error);
}

/* Sends all that is ready; returns how many. */
static inline int ack_all(struct store *store)
{
	struct op_lease lease;
	int count = 0;

	for (;;) {
		guint len;

		claim(store, 100, 60000, &lease);
		len = lease.ops->len;
		for (guint i = 0; i < len; i++) {
			struct op *op = lease.ops->pdata[i];

			g_assert_true(settle(store, lease.generation,
				op->store_seq, OP_VERDICT_ACK, NULL));
			count++;
		}
		g_ptr_array_unref(lease.ops);
		if (len == 0)
			return count;
	}
}

static inline struct store_counts counts_of(struct store *store)
{
	struct store_counts counts;
	g_autoptr(GError) error = NULL;

	g_assert_true(store_counts(store, &counts, &error));
	g_assert_no_error(error);
	return counts;
}

static inline struct json *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct json *value = json_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	return value;
}

#define ADD(name, function) \
	g_test_add(name, struct fixture, NULL, set_up, function, tear_down)

#endif
