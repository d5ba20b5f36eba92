/* What the tests of the app share: a window in a temporary directory, with the
 * shipped catalogue, one clerk, a queue and leased numbers, and nothing beside
 * it. The app is driven by intents alone and judged by its model. */
#ifndef TESTS_UNIT_TEST_APP_H
#define TESTS_UNIT_TEST_APP_H

#include <glib/gstdio.h>
#include <unistd.h>

#include "client/app/app.h"
#include "client/base/clock.h"
#include "client/base/line.h"
#include "tests/unit/test_store.h"

/* Of "dengfeng": making one takes a tenth of a second. */
#define TEST_VERIFIER                                  \
	"$scrypt$ln=15,r=8,p=1$37fXnGcYlpzFiK9+Q6tU3A" \
	"$CDHEzfqFYwhct8R6fvy2zXg9cs9G60R04q974LjFGT4"
static const char test_password[] = "dengfeng";
static const char test_name[] = "李示例";
static const char test_id[] = "410199199010010021";

struct desk {
	struct fixture files; /* .dir is the state; for looks behind */
	char *dir;
	const char *data; /* folder beside yikou.conf; NULL: as shipped */
	struct config *config;
	struct app *app;
	int changes, reloads, quits;
	int progress; /* of a player that is killed: where it says so */
	struct intent flushed; /* handed in when app asks for it */
};

static inline char *desk_path(const struct desk *desk, const char *name)
{
	return g_build_filename(desk->dir, name, NULL);
}

static inline void desk_write(
	const struct desk *desk, const char *name, const char *text)
{
	g_autofree char *path = desk_path(desk, name);
	g_autoptr(GError) error = NULL;

	file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

/* window is "03"; more is further text of yikou.conf, may be "". */
static inline void desk_configure(
	struct desk *desk, const char *window, const char *more)
{
	g_autofree char *data =
		desk->data ? desk_path(desk, desk->data)
			   : g_canonicalize_filename("config", NULL);
	g_autofree char *path = desk_path(desk, "yikou.conf");
	g_autofree char *text =
		g_strdup_printf("[window]\nnumber = %s\nname = %s号综合窗口\n"
				"hall = 登封市政务服务中心\nregion = 410185\n"
				"others = 03 04 05\n[paths]\ndata = %s\n"
				"[visit]\ncall_gap_s = 1\nrecall_limit = 1\n"
				"rating_timeout_s = 10\n%s",
			window, window, data, more);
	g_autoptr(GError) error = NULL;

	desk_write(desk, "yikou.conf", text);
	desk_write(desk, "people.conf",
		"[1003]\nname = 甄示例\nroles = clerk\n"
		"password = " TEST_VERIFIER "\nwindows = 03 04\n"
		"[1004]\nname = 贾样本\nroles = clerk\n"
		"password = " TEST_VERIFIER "\nwindows = 09\n"
		"[1005]\nname = 艾试用\nroles = technician\n"
		"password = " TEST_VERIFIER "\n");
	config_free(desk->config);
	desk->config = config_load(path, &error);
	g_assert_no_error(error);
}

static inline struct desk *desk_new(const char *window, const char *more)
{
	struct desk *desk = g_new0(struct desk, 1);

	desk->dir = make_dir();
	desk->files.dir = desk_path(desk, "state");
	desk_configure(desk, window, more);
	return desk;
}

/* The store as yikou-syncd has it open, beside the app. */
static inline struct store *desk_store(const struct desk *desk)
{
	g_autoptr(GError) error = NULL;
	struct store *store;

	g_assert_true(file_make_dir(desk->files.dir, NULL));
	store = store_open(desk->files.dir,
		config_text(desk->config, "window.number"), &error);
	g_assert_no_error(error);
	return store;
}

static inline void desk_numbers(const struct desk *desk, int count)
{
	struct store *store = desk_store(desk);
	int year = clock_day(clock_wall_ms()) / 10000;
	g_autofree char *cases = g_strdup_printf(
		"case:%s", config_text(desk->config, "window.number"));
	g_autofree char *accept = g_strdup_printf("doc:accept:%d", year);
	g_autofree char *refuse = g_strdup_printf("doc:refuse:%d", year);

	add_block(store, cases, "03-", 1, count);
	add_block(store, accept, "登政务受字第", 1, count);
	add_block(store, refuse, "登政务不受字第", 1, count);
	store_close(store);
}

/* "0193b0a0-0000-7000-8000-000000000018" of 18. */
static inline void ticket_id_of(int number, char out[UUID_TEXT])
{
	g_snprintf(out, UUID_TEXT, "0193b0a0-0000-7000-8000-%012d", number);
}

/* A018 and so on: as the platform's feed brings them. */
static inline void desk_ticket_of(const struct desk *desk, const char *kind,
	int number, const char *version, const char *state, const char *window,
	const char *business)
{
	char id[UUID_TEXT];
	struct store *store = desk_store(desk);
	g_autofree char *text = NULL;
	AUTO(json) rows = NULL;
	g_autoptr(GError) error = NULL;
	bool changed = false;

	ticket_id_of(number, id);
	text = g_strdup_printf(
		"[{\"seq\":%d,\"entity\":\"ticket\",\"id\":\"%s\","
		"\"version\":\"%s\",\"deleted\":false,\"body\":{"
		"\"ticket_id\":\"%s\",\"number\":\"A%03d\","
		"\"kind\":\"%s\",\"state\":\"%s\",\"business\":\"%s\","
		"\"person\":\"张样本\",\"note\":\"\",\"window\":\"%s\","
		"\"taken_at\":\"2026-11-23T09:%02d:00+08:00\",\"calls\":0}}]",
		number, id, version, id, number, kind, state, business, window,
		number % 60);
	rows = json_parse(text, strlen(text), &error);
	g_assert_no_error(error);
	feed_apply(store, "tickets", text, "e1", rows, &changed, &error);
	g_assert_no_error(error);
	store_close(store);
}

static inline void desk_ticket(const struct desk *desk, int number,
	const char *version, const char *state, const char *window,
	const char *business)
{
	desk_ticket_of(desk, "apply", number, version, state, window, business);
}

/* Somebody who comes to collect. */
static inline void desk_collect(const struct desk *desk, int number)
{
	desk_ticket_of(desk, "collect", number, "1", "waiting", "", "");
}

static inline void desk_queue(const struct desk *desk, int first, int last)
{
	for (int i = first; i <= last; i++)
		desk_ticket(desk, i, "1", "waiting", "", "");
}

/* The platform confirms whatever waits, as yikou-syncd would write it down. */
static inline void desk_confirm(const struct desk *desk)
{
	struct store *store = desk_store(desk);
	const struct op_outcome ack = {
		.verdict = OP_VERDICT_ACK, .http = 201, .server_version = "9"};
	struct op_lease lease = {0};
	g_autoptr(GError) error = NULL;

	do {
		g_clear_pointer(&lease.ops, g_ptr_array_unref);
		outbox_claim(store, 100, 1 << 20, 60000, &lease, &error);
		g_assert_no_error(error);
		for (guint i = 0; i < lease.ops->len; i++) {
			struct op *op = lease.ops->pdata[i];

			outbox_settle(store, lease.generation, op->store_seq,
				&ack, &error);
			g_assert_no_error(error);
		}
	} while (lease.ops->len > 0);
	g_ptr_array_unref(lease.ops);
	store_close(store);
}

/* The app ----------------------------------------------------------------- */

static inline void desk_act(struct desk *desk, enum intent_kind kind, int index,
	int index2, const char *text, const char *text2)
{
	struct intent intent = {.kind = kind,
		.index = index,
		.index2 = index2,
		.text = g_strdup(text),
		.text2 = g_strdup(text2)};

	app_act(desk->app, &intent);
	g_assert_null(intent.text);
	g_assert_null(intent.text2);
}

static inline void act0(struct desk *desk, enum intent_kind kind)
{
	desk_act(desk, kind, 0, 0, NULL, NULL);
}

static inline void act_at(struct desk *desk, enum intent_kind kind, int index)
{
	desk_act(desk, kind, index, 0, NULL, NULL);
}

static inline void act_text(
	struct desk *desk, enum intent_kind kind, int index, const char *text)
{
	desk_act(desk, kind, index, 0, text, NULL);
}

static inline void desk_changed(void *context, bool reload)
{
	struct desk *desk = context;

	desk->changes++;
	desk->reloads += reload;
}

static inline void desk_flush(void *context)
{
	struct desk *desk = context;
	struct intent intent = desk->flushed;

	memset(&desk->flushed, 0, sizeof(desk->flushed));
	app_act(desk->app, &intent);
}

static inline void desk_quit(void *context)
{
	((struct desk *)context)->quits++;
}

static const struct app_ops desk_ops = {
	.changed = desk_changed, .flush = desk_flush, .quit = desk_quit};

static inline void desk_open(struct desk *desk)
{
	g_autoptr(GError) error = NULL;

	desk->app = app_new(desk->config, &desk_ops, desk, &error);
	g_assert_no_error(error);
}

/* As a crash leaves it, but for what the kernel would close. */
static inline void desk_close(struct desk *desk)
{
	app_free(desk->app);
	desk->app = NULL;
}

static inline void desk_free(struct desk *desk)
{
	desk_close(desk);
	config_free(desk->config);
	file_remove_tree(desk->dir);
	g_free(desk->files.dir);
	g_free(desk->dir);
	g_free(desk);
}

static inline const struct model *seen(const struct desk *desk)
{
	return app_model(desk->app);
}

static inline void desk_login(struct desk *desk)
{
	desk_act(desk, INTENT_LOGIN, 0, 0, "1003", test_password);
	g_assert_cmpint(seen(desk)->view, ==, VIEW_HOME);
}

/* A018 to A021 wait, 50 numbers of each kind; nobody is there yet. */
static inline struct desk *desk_with_queue(void)
{
	struct desk *desk = desk_new("03", "");

	desk_numbers(desk, 50);
	desk_queue(desk, 18, 21);
	return desk;
}

/* A window at work. */
static inline struct desk *desk_at_work(void)
{
	struct desk *desk = desk_with_queue();

	desk_open(desk);
	desk_login(desk);
	return desk;
}

#define assert_view(desk, want)                                            \
	do {                                                               \
		if (seen(desk)->view != (want))                            \
			g_test_message("said: %s",                         \
				seen(desk)->message ? seen(desk)->message  \
						    : "");                 \
		g_assert_cmpstr(                                           \
			view_name(seen(desk)->view), ==, view_name(want)); \
	} while (0)

/* text, which may be NULL, holds part. */
#define assert_holds(text, part)                           \
	do {                                               \
		const char *held = (text);                 \
		if (!held || !strstr(held, (part)))        \
			g_assert_cmpstr(held, ==, (part)); \
	} while (0)

/* The message holds this. */
#define assert_said(desk, part) assert_holds(seen(desk)->message, part)

static inline bool has_said(const struct desk *desk, const char *part)
{
	return seen(desk)->message && strstr(seen(desk)->message, part);
}

/* Runs the loop for so long. */
static inline gboolean spin_over(gpointer over)
{
	*(bool *)over = true;
	return G_SOURCE_REMOVE;
}

static inline void spin_ms(guint ms)
{
	bool over = false;

	g_timeout_add(ms, spin_over, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
}

/* Runs the loop until it holds, at most 3 s. */
#define spin_until(condition)                                               \
	do {                                                                \
		gint64 spin_end = g_get_monotonic_time() + 3000000;         \
		while (!(condition) && g_get_monotonic_time() < spin_end) { \
			if (!g_main_context_iteration(NULL, FALSE))         \
				g_usleep(1000);                             \
		}                                                           \
		g_assert_true(condition);                                   \
	} while (0)

/* Past the guard between two calls, which a new start does not know. */
static inline void past_the_gap(struct desk *desk)
{
	desk_close(desk);
	desk_open(desk);
	desk_login(desk);
}

/* A visit, step by step --------------------------------------------------- */

static inline struct field_model *field_of(
	const struct form_model *form, const char *id, int *index)
{
	for (guint i = 0; i < form->fields->len; i++) {
		struct field_model *field = form->fields->pdata[i];

		if (strcmp(field->id, id) == 0) {
			if (index)
				*index = (int)i;
			return field;
		}
	}
	g_error("no field %s", id);
	return NULL;
}

static inline const struct form_model *form_in_hand(const struct desk *desk)
{
	return seen(desk)->view == VIEW_IDENTIFY ? &seen(desk)->identify
						 : &seen(desk)->form;
}

static inline struct field_model *field(const struct desk *desk, const char *id)
{
	return field_of(form_in_hand(desk), id, NULL);
}

static inline void type(struct desk *desk, const char *id, const char *text)
{
	int index = -1;

	field_of(form_in_hand(desk), id, &index);
	act_text(desk, INTENT_FIELD_SET, index, text);
}

static inline void type_cell(struct desk *desk, const char *id, int row,
	int column, const char *text)
{
	int index = -1;

	field_of(form_in_hand(desk), id, &index);
	desk_act(desk, INTENT_CELL_SET, index, row * 64 + column, text, NULL);
}

static inline void add_row(struct desk *desk, const char *id)
{
	int index = -1;

	field_of(form_in_hand(desk), id, &index);
	act_at(desk, INTENT_ROW_ADD, index);
}

static inline void do_call(struct desk *desk)
{
	act0(desk, INTENT_CALL_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
}

static inline void do_identify(struct desk *desk)
{
	type(desk, "id_number", test_id);
	type(desk, "name", test_name);
	type(desk, "address", "河南省登封市示例路 1 号");
	type(desk, "phone", "19900000000");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_ITEM);
}

static inline void do_item(struct desk *desk, const char *filter)
{
	act_text(desk, INTENT_ITEM_FILTER, 0, filter);
	g_assert_cmpuint(seen(desk)->item.hits->len, >, 0);
	act_at(desk, INTENT_ITEM_CHOOSE, 0);
	if (seen(desk)->dialog.open) /* another one than before: yes */
		act_at(desk, INTENT_DIALOG_CHOICE, 0);
	assert_view(desk, VIEW_FORM);
}

/* Item 1, the individual business. */
static inline void do_form(struct desk *desk)
{
	type(desk, "trade_name", "登封市示例小店");
	type(desk, "site_township",
		field(desk, "site_township")->options->len
			? ((struct option_model *)field(desk, "site_township")
					  ->options->pdata[0])
				  ->code
			: "");
	type(desk, "site", "登封市示例路 2 号");
	type(desk, "scope",
		((struct option_model *)field(desk, "scope")->options->pdata[0])
			->code);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_MATERIALS);
}

static inline struct material_model *material(
	const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->materials.materials->len);
	return seen(desk)->materials.materials->pdata[index];
}

/* It was handed in, and looked through. */
static inline void do_paper(struct desk *desk, guint index)
{
	if (!material(desk, index)->paper_seen)
		act_at(desk, INTENT_MATERIAL_MARK, (int)index);
	while (material(desk, index)->unchecked)
		act_at(desk, INTENT_MATERIAL_MARK, (int)index);
}

/* Every paper that is needed was. */
static inline void do_papers(struct desk *desk)
{
	for (guint i = 0; i < seen(desk)->materials.materials->len; i++) {
		if (material(desk, i)->needed)
			do_paper(desk, i);
	}
	act0(desk, INTENT_MATERIALS_DONE);
	assert_view(desk, VIEW_DECISION);
}

static inline void do_to_papers(struct desk *desk)
{
	do_call(desk);
	do_identify(desk);
	do_item(desk, "gtgsh");
	do_form(desk);
}

static inline void do_to_decision(struct desk *desk)
{
	do_to_papers(desk);
	do_papers(desk);
}

static inline void do_to_finish(struct desk *desk)
{
	do_to_decision(desk);
	act0(desk, INTENT_DECIDE);
	assert_view(desk, VIEW_FINISH);
}

static inline struct ticket_model *parked(const struct desk *desk, guint index)
{
	g_assert_cmpuint(index, <, seen(desk)->home.parked->len);
	return seen(desk)->home.parked->pdata[index];
}

/* F9, then the digit, then a reason. */
static inline void aside(struct desk *desk, int digit, int reason)
{
	act0(desk, INTENT_ASIDE);
	g_assert_true(seen(desk)->dialog.open);
	g_assert_cmpuint(seen(desk)->dialog.choices->len, ==, 4);
	act_at(desk, INTENT_DIALOG_CHOICE, digit - 1);
	g_assert_true(seen(desk)->dialog.open);
	act_at(desk, INTENT_DIALOG_CHOICE, reason);
	g_assert_false(seen(desk)->dialog.open);
}

/* Behind the app's back --------------------------------------------------- */

static inline int64_t desk_count(const struct desk *desk, const char *sql)
{
	return number_behind(&desk->files, sql);
}

static inline int64_t ops_of(const struct desk *desk, const char *kind)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT count(*) FROM outbox WHERE kind = '%s'", kind);

	return desk_count(desk, sql);
}

static inline int64_t audits_of(const struct desk *desk, const char *act)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT count(*) FROM audit WHERE"
		" json_extract(CAST(body AS TEXT), '$.act') = '%s'",
		act);

	return desk_count(desk, sql);
}

#endif
