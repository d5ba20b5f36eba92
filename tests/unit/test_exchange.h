/* What the tests of the exchange share: a store whose cases are as the screen
 * makes them, and a spool beside it. */
#ifndef TESTS_UNIT_TEST_EXCHANGE_H
#define TESTS_UNIT_TEST_EXCHANGE_H

#include <unistd.h>

#include "client/link/exchange.h"
#include "client/store/catalog_rows.h"
#include "tests/unit/test_store.h"

#define VERSION "d70568c12242d3a4"
#define MAP     "config/exchange/national.json"
#define CODE    "11410185DEM000022Y4410790101000"

struct kill {
	int at; /* ends the process behind this step */
	int seen;
};

static inline void end_here(void *context, const char *name)
{
	struct kill *kill = context;

	(void)name;
	if (++kill->seen == kill->at)
		_exit(9);
}

static inline struct exchange *try_open(
	const struct fixture *f, int max_ops, struct kill *kill, GError **error)
{
	g_autofree char *spool = in_dir(f, "spool");
	struct exchange_options options = {.spool = spool,
		.map = MAP,
		.window = "03",
		.region = "410185",
		.data_source = "141",
		.org_code = "",
		.org_name = "",
		.max_ops = max_ops,
		.step = kill ? end_here : NULL,
		.context = kill};

	return exchange_open(f->store, &options, error);
}

static inline struct exchange *open_exchange(const struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	struct exchange *exchange = try_open(f, 0, NULL, &error);

	g_assert_no_error(error);
	return exchange;
}

static inline struct exchange_done run(struct exchange *exchange)
{
	struct exchange_done done;
	g_autoptr(GError) error = NULL;

	g_assert_true(exchange_run(exchange, &done, &error));
	g_assert_no_error(error);
	return done;
}

static inline void keep_item(const struct fixture *f)
{
	g_autofree char *item = NULL, *kept = NULL;
	g_autoptr(GDir) dir = g_dir_open("config/catalog/items", 0, NULL);
	const char *name;

	g_assert_nonnull(dir);
	while (!item && (name = g_dir_read_name(dir))) {
		g_autofree char *path =
			g_build_filename("config/catalog/items", name, NULL);

		if (g_str_has_prefix(name, "01"))
			g_assert_true(
				g_file_get_contents(path, &item, NULL, NULL));
	}
	g_assert_nonnull(item);
	kept = g_strdup_printf("{\"dictionaries\":[],\"item\":%s}", item);
	g_assert_true(catalog_keep_item(f->store, CODE, VERSION, kept, NULL));
}

static inline void begin_store(struct fixture *f)
{
	keep_item(f);
	add_blocks(f->store, 50);
}

/* A case as the screen makes it: a card was read, two papers came in. */
static inline struct case_record *new_case(struct fixture *f, const char *name)
{
	struct case_record *record = make_case(name);
	struct json *person = json_get_mutable(record->body, "applicant");
	struct json *materials;
	char sha256[SHA256_TEXT];

	g_free(record->item_code);
	record->item_code = g_strdup(CODE);
	g_free(record->item_version);
	record->item_version = g_strdup(VERSION);
	json_put_text(person, "id_type", "111");
	json_put_text(person, "address", "登封市少林大道1号");
	add_file(f, name, sha256);
	materials = json_new_array();
	json_put(record->body, "materials", materials);
	json_add(materials,
		parse("{\"no\":1,\"name\":\"登记申请书\",\"state\":"
		      "\"complete\",\"form\":\"paper\",\"copies\":1}"));
	json_add(materials,
		parse("{\"no\":3,\"name\":\"经营场所文件\",\"state\":"
		      "\"waived\"}"));
	return record;
}

static inline void finish_case(
	struct fixture *f, struct case_record *record, bool accept)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(accept ? accept_case(f->store, record, &error)
			     : refuse_case(f->store, record, &error));
	g_assert_no_error(error);
	case_free(record);
}

/* Accepted; the number is put down. */
static inline void add_case(
	struct fixture *f, const char *name, char no[CASE_NO_TEXT])
{
	struct case_record *record = new_case(f, name);
	g_autoptr(GError) error = NULL;

	g_assert_true(accept_case(f->store, record, &error));
	g_assert_no_error(error);
	if (no)
		g_strlcpy(no, record->case_no, CASE_NO_TEXT);
	case_free(record);
}

#endif
