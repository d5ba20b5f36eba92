/* A window whose platform is Request Tracker 5: the real yikou-syncd, a broker
 * that loses replies, refuses one of many, changes tickets in between, and
 * kills. After each: every case and every step of it exactly once in RT, in
 * order, with the same bytes. Started by run.sh. */
#include <stdio.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/blob.h"
#include "client/store/case.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "client/store/parked.h"
#include "tests/rt5/broker.h"
#include "tests/sync/rig.h"

#define OTHER_PERSON "Authorization: Basic cm9vdDpwYXNzd29yZA==\r\n"

enum { RUN_LIMIT_MS = 900000 };

enum mode { MODE_FAIR, MODE_LOSSY, MODE_MIXED };

struct trial {
	struct rig *rig;
	struct broker *broker;
	char *config, *oracle, *token;
	unsigned rt_port, cases;
	/* Of the broker's threads; it calls one at a time. */
	int mode; /* atomic */
	unsigned requests, changes, lost_replies, lost_requests, refused, busy,
		edited;
};

/* The broker ----------------------------------------------------------------
 */

static bool is_change(const char *first)
{
	return g_str_has_prefix(first, "PUT ") ||
	       strstr(first, "/tickets/bulk") || strstr(first, "/comment");
}

static enum harm judge_lossy(struct trial *trial, const char *first)
{
	/* Of the changes, so that the first one is among them. */
	if (is_change(first) && trial->changes++ % 3 == 0) {
		trial->lost_replies++;
		return HARM_LOSE_REPLY;
	}
	if (trial->requests % 17 == 0) {
		trial->lost_requests++;
		return HARM_LOSE_REQUEST;
	}
	return HARM_NONE;
}

static enum harm judge_mixed(struct trial *trial, const char *first)
{
	if (strstr(first, "/tickets/bulk") && trial->refused == 0) {
		trial->refused++;
		return HARM_SPOIL_ELEMENT;
	}
	/* Not the update that is to meet the change: it would be sent anew. */
	if (trial->requests % 23 == 0 && !g_str_has_prefix(first, "PUT ")) {
		trial->busy++;
		return HARM_BUSY;
	}
	return HARM_NONE;
}

static enum harm judge(void *context, const char *first)
{
	struct trial *trial = context;

	trial->requests++;
	if (g_atomic_int_get(&trial->mode) == MODE_LOSSY)
		return judge_lossy(trial, first);
	if (g_atomic_int_get(&trial->mode) == MODE_MIXED)
		return judge_mixed(trial, first);
	return HARM_NONE;
}

/* Somebody else writes on the ticket, after its ETag was read. */
static void heard(void *context, const char *first, int status)
{
	struct trial *trial = context;
	g_auto(GStrv) words = g_strsplit(first, " ", 3);
	g_autofree char *line = NULL;

	if (g_atomic_int_get(&trial->mode) != MODE_MIXED || status != 200 ||
		trial->edited > 0 ||
		!g_str_has_prefix(first, "GET /REST/2.0/ticket/") ||
		strstr(first, "/attachments"))
		return;
	trial->edited++;
	line = g_strdup_printf("POST %s/comment", words[1]);
	g_assert_cmpint(broker_call(trial->rt_port, line, OTHER_PERSON,
				"{\"Content\":\"seen\","
				"\"ContentType\":\"text/plain\"}",
				NULL),
		==, 201);
}

static const struct broker_ops broker_ops = {.judge = judge, .heard = heard};

/* The window ----------------------------------------------------------------
 */

static void write_text(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autoptr(GError) error = NULL;

	file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

static void point_at_broker(struct trial *trial)
{
	g_autofree char *text = g_strdup_printf(
		"[window]\nnumber=03\nname=3号综合窗口\nhall=示例大厅\n"
		"region=410185\n[paths]\nstate=state\nruntime=run\n"
		"[platform]\ndriver=rt5\nqueue=yikou\n"
		"url=http://127.0.0.1:%u\ntoken_file=%s\n",
		broker_port(trial->broker), trial->token);

	write_text(trial->rig->dir, "yikou.conf", text);
}

static void add_block(struct trial *trial, const char *series,
	const char *prefix, int64_t count)
{
	struct number_block block = {.first = 1, .last = count, .next = 1};
	g_autoptr(GError) error = NULL;

	uuid7(block.block_id);
	g_strlcpy(block.series, series, sizeof(block.series));
	g_strlcpy(block.prefix, prefix, sizeof(block.prefix));
	number_block_add(trial->rig->store, &block, &error);
	g_assert_no_error(error);
}

/* RT leases no numbers: these came another way. */
static void add_numbers(struct trial *trial)
{
	int year = clock_day(clock_wall_ms()) / 10000;
	g_autofree char *accept = g_strdup_printf("doc:accept:%d", year);
	g_autofree char *prefix = g_strdup_printf("登政务〔%d〕受字第", year);

	add_block(trial, "case:03", "03-", 9000);
	add_block(trial, accept, prefix, 9000);
}

static void add_page(struct trial *trial, struct json *pages, size_t size)
{
	g_autofree char *path =
		g_build_filename(trial->rig->dir, "page.jpg", NULL);
	g_autofree char *bytes = g_malloc(size);
	struct json *page = json_new_object();
	g_autoptr(GError) error = NULL;
	char sha256[SHA256_TEXT];
	int64_t stored;

	random_bytes(bytes, size);
	file_write(path, bytes, size, &error);
	g_assert_no_error(error);
	blob_add(
		trial->rig->store, path, "image/jpeg", sha256, &stored, &error);
	g_assert_no_error(error);
	json_put_text(page, "sha256", sha256);
	json_put_int(page, "size", stored);
	json_put_text(page, "media_type", "image/jpeg");
	json_add(pages, page);
}

static struct json *materials_with(struct trial *trial, unsigned count)
{
	struct json *materials = json_new_array();
	struct json *material = json_new_object();
	struct json *pages = json_new_array();

	while (count-- > 0)
		add_page(trial, pages, 3000 + 40000 * count);
	json_put_int(material, "no", 1);
	json_put_text(material, "name", "示例材料");
	json_put(material, "pages", pages);
	json_add(materials, material);
	return materials;
}

static void add_receipt(struct trial *trial, const char *case_id)
{
	static const char text[] = "%PDF-1.4 示例";
	g_autoptr(GError) error = NULL;
	char sha256[SHA256_TEXT];
	g_autofree char *bytes = g_strconcat(text, case_id, NULL);
	g_autofree char *path =
		g_build_filename(trial->rig->dir, "receipt.pdf", NULL);
	int64_t size;

	file_write(path, bytes, strlen(bytes), &error);
	g_assert_no_error(error);
	blob_add(trial->rig->store, path, "application/pdf", sha256, &size,
		&error);
	g_assert_no_error(error);
	case_document_done(trial->rig->store, case_id, "receipt", sha256, size,
		1, &rig_clerk, &error);
	g_assert_no_error(error);
}

static void accept_case(struct trial *trial, unsigned pages, bool receipt)
{
	static const char *const series[] = {"accept", NULL};
	AUTO(case_record) record = case_new();
	struct json *applicant = json_new_object();
	struct case_decision decision = {
		.event = CASE_EVENT_ACCEPT,
		.at_ms = clock_wall_ms(),
		.day = clock_day(clock_wall_ms()),
		.document_series = series,
	};
	g_autoptr(GError) error = NULL;

	record->item_code = g_strdup("11410185MB0000000X4000100001001");
	record->item_name = g_strdup("示例事项 & \"引号\"");
	record->item_version = g_strdup("1");
	json_put_text(applicant, "name", "张样例");
	json_put(record->body, "applicant", applicant);
	json_put(record->body, "materials", materials_with(trial, pages));
	case_save_draft(trial->rig->store, record, &rig_clerk, &error);
	g_assert_no_error(error);
	case_decide(trial->rig->store, record, &decision, &rig_clerk, &error);
	g_assert_no_error(error);
	if (receipt)
		add_receipt(trial, record->case_id);
}

/* Of eight cases one has two pages and one a receipt, a later step. */
static void accept_cases(struct trial *trial, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		accept_case(trial, i % 8 == 3 ? 2 : 0, i % 8 == 5);
}

/* The link ------------------------------------------------------------------
 */

static gboolean on_time_over(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

static void rest(int ms)
{
	bool over = false;

	g_timeout_add((guint)ms, on_time_over, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
}

static GSubprocess *start(struct trial *trial, const char *more)
{
	g_autofree char *path = process_sibling("../../yikou-syncd");
	const char *argv[] = {path, "--config", trial->config, "--once",
		"--backoff-ms=200", more, NULL};

	return rig_spawn(argv, G_SUBPROCESS_FLAGS_NONE);
}

static void on_exited(GObject *source, GAsyncResult *result, gpointer data)
{
	g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
	*(bool *)data = true;
}

/* The broker takes connections meanwhile. */
static int finish(GSubprocess *process)
{
	bool done = false;
	int status;

	g_subprocess_wait_async(process, NULL, on_exited, &done);
	while (!done)
		g_main_context_iteration(NULL, TRUE);
	status = g_subprocess_get_if_exited(process)
			 ? g_subprocess_get_exit_status(process)
			 : -1;
	g_object_unref(process);
	return status;
}

/* Until the outbox is empty but for what is parked. */
static int run_through(struct trial *trial)
{
	int64_t until = clock_boot_ms() + RUN_LIMIT_MS;
	int status;

	do
		status = finish(start(trial, NULL));
	while ((status == EXIT_CODE_LINK || status == 137 || status == -1) &&
		clock_boot_ms() < until);
	return status;
}

/* The oracle ----------------------------------------------------------------
 */

struct truth {
	GHashTable *tickets;  /* key -> number of tickets */
	GHashTable *complete; /* op_id -> number of entries */
	GHashTable *files;    /* name -> number */
	GHashTable *hashes;   /* name -> sha256 */
	GHashTable *places;   /* name -> attachment id */
};

static void count_up(GHashTable *table, const char *name)
{
	unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(table, name)) + 1;

	g_hash_table_replace(table, g_strdup(name), GUINT_TO_POINTER(count));
}

static unsigned count_of(GHashTable *table, const char *name)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(table, name));
}

static GHashTable *new_table(GDestroyNotify value)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value);
}

static void read_line(struct truth *truth, char **words, unsigned count)
{
	if (count == 3 && strcmp(words[0], "T") == 0) {
		count_up(truth->tickets, words[2]);
	} else if (count == 3 && strcmp(words[0], "O") == 0) {
		count_up(truth->complete, words[2]);
	} else if (count == 5 && strcmp(words[0], "F") == 0) {
		count_up(truth->files, words[3]);
		g_hash_table_replace(
			truth->hashes, g_strdup(words[3]), g_strdup(words[4]));
		g_hash_table_replace(truth->places, g_strdup(words[3]),
			GUINT_TO_POINTER(
				(guint)g_ascii_strtoull(words[2], NULL, 10)));
	}
}

static void ask_oracle(struct trial *trial, struct truth *truth)
{
	g_autoptr(GSubprocess) process = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *output = NULL;
	g_auto(GStrv) lines = NULL;

	*truth = (struct truth){new_table(NULL), new_table(NULL),
		new_table(NULL), new_table(g_free), new_table(NULL)};
	process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
					   G_SUBPROCESS_FLAGS_STDERR_SILENCE,
		&error, "/usr/bin/perl", trial->oracle, NULL);
	g_assert_no_error(error);
	g_subprocess_communicate_utf8(
		process, NULL, NULL, &output, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_subprocess_get_successful(process));
	lines = g_strsplit(output, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", -1);

		read_line(truth, words, g_strv_length(words));
	}
}

static void truth_clear(struct truth *truth)
{
	g_hash_table_unref(truth->tickets);
	g_hash_table_unref(truth->complete);
	g_hash_table_unref(truth->files);
	g_hash_table_unref(truth->hashes);
	g_hash_table_unref(truth->places);
}

static void check_file(
	const struct truth *truth, const char *name, const char *sha256)
{
	g_assert_cmpuint(count_of(truth->files, name), ==, 1);
	g_assert_cmpstr(g_hash_table_lookup(truth->hashes, name), ==, sha256);
}

static void check_op(struct trial *trial, const struct truth *truth,
	const struct op *op, GHashTable *last_place)
{
	g_autofree char *key = g_strconcat(op->agg, ":", op->agg_id, NULL);
	g_autofree char *name = g_strconcat(op->op_id, ".json", NULL);
	g_autoptr(GPtrArray) blobs =
		blobs_of_op(trial->rig->store, op->store_seq, NULL);
	unsigned place = count_of(truth->places, name);

	g_assert_cmpuint(count_of(truth->tickets, key), ==, 1);
	g_assert_cmpuint(count_of(truth->complete, op->op_id), ==, 1);
	check_file(truth, name, op->body_sha256);
	for (unsigned i = 0; i < blobs->len; i++) {
		const struct blob *blob = blobs->pdata[i];
		g_autofree char *page = g_strconcat(blob->sha256,
			g_str_has_suffix(blob->media_type, "jpeg") ? ".jpg"
								   : ".pdf",
			NULL);

		check_file(truth, page, blob->sha256);
	}
	/* Steps of one case stand in their order. */
	g_assert_cmpuint(place, >, count_of(last_place, key));
	g_hash_table_replace(
		last_place, g_strdup(key), GUINT_TO_POINTER(place));
}

static gint by_seq(gconstpointer a, gconstpointer b)
{
	const struct op *one = *(struct op *const *)a;
	const struct op *two = *(struct op *const *)b;

	return (one->store_seq > two->store_seq) -
	       (one->store_seq < two->store_seq);
}

/* Every acknowledged step is there once and whole, and nothing else is. */
static void check_oracle(struct trial *trial, const char *what)
{
	g_autoptr(GHashTable) places = new_table(NULL);
	g_autoptr(GHashTable) keys = new_table(NULL);
	g_autoptr(GPtrArray) ops =
		outbox_list(trial->rig->store, OP_ACKED, 100000, NULL);
	struct store_counts counts;
	struct truth truth;

	ask_oracle(trial, &truth);
	g_ptr_array_sort(ops, by_seq);
	for (unsigned i = 0; i < ops->len; i++) {
		const struct op *op = ops->pdata[i];
		g_autofree char *key =
			g_strconcat(op->agg, ":", op->agg_id, NULL);

		check_op(trial, &truth, op, places);
		g_hash_table_add(keys, g_steal_pointer(&key));
	}
	store_counts(trial->rig->store, &counts, NULL);
	g_print("# %s: %u steps of %u tickets acknowledged, "
		"%d unsent, %d parked; in RT %u tickets, %u complete steps, "
		"%u files\n",
		what, ops->len, g_hash_table_size(keys), (int)counts.unsent,
		(int)counts.parked, g_hash_table_size(truth.tickets),
		g_hash_table_size(truth.complete),
		g_hash_table_size(truth.files));
	if (counts.unsent == 0 && counts.parked == 0) {
		g_assert_cmpuint(g_hash_table_size(truth.tickets), ==,
			g_hash_table_size(keys));
		g_assert_cmpuint(
			g_hash_table_size(truth.complete), ==, ops->len);
		g_assert_cmpint(counts.blobs, ==, 0);
	}
	truth_clear(&truth);
}

/* Trials --------------------------------------------------------------------
 */

static void test_plain(gconstpointer data)
{
	struct trial *trial = (struct trial *)data;
	int64_t began = clock_boot_ms();

	accept_cases(trial, trial->cases / 2);
	rig_open_tickets(trial->rig, 5);
	g_assert_cmpint(run_through(trial), ==, EXIT_CODE_OK);
	g_print("# %u cases in %d ms, %u requests\n", trial->cases / 2,
		(int)(clock_boot_ms() - began), trial->requests);
	check_oracle(trial, "plain");
	/* Again: nothing to do. */
	g_assert_cmpint(run_through(trial), ==, EXIT_CODE_OK);
}

static void test_lost(gconstpointer data)
{
	struct trial *trial = (struct trial *)data;

	accept_cases(trial, trial->cases / 5);
	g_atomic_int_set(&trial->mode, MODE_LOSSY);
	g_assert_cmpint(run_through(trial), ==, EXIT_CODE_OK);
	g_atomic_int_set(&trial->mode, MODE_FAIR);
	g_print("# %u replies lost, %u requests lost\n", trial->lost_replies,
		trial->lost_requests);
	g_assert_cmpuint(trial->lost_replies, >, 0);
	check_oracle(trial, "lost replies");
}

static void requeue_all(struct trial *trial, enum op_state state,
	const char *problem, unsigned expected)
{
	g_autoptr(GPtrArray) ops =
		outbox_list(trial->rig->store, state, 100, NULL);

	g_assert_cmpuint(ops->len, ==, expected);
	for (unsigned i = 0; i < ops->len; i++) {
		struct op *op = ops->pdata[i];
		g_autoptr(GError) error = NULL;

		g_assert_cmpstr(op->problem, ==, problem);
		parked_requeue(trial->rig->store, op->store_seq, "再传",
			&rig_clerk, &error);
		g_assert_no_error(error);
	}
}

static void test_mixed(gconstpointer data)
{
	struct trial *trial = (struct trial *)data;

	accept_cases(trial, trial->cases / 10);
	g_atomic_int_set(&trial->mode, MODE_MIXED);
	g_assert_cmpint(run_through(trial), ==, EXIT_CODE_ITEM);
	g_atomic_int_set(&trial->mode, MODE_FAIR);
	g_print("# %u refused, %u changed by others, %u told to wait\n",
		trial->refused, trial->edited, trial->busy);
	g_assert_cmpuint(trial->edited, ==, 1);
	check_oracle(trial, "mixture");
	requeue_all(trial, OP_DEAD, "invalid", 1);
	requeue_all(trial, OP_CONFLICT, "version_conflict", 1);
	g_assert_cmpint(run_through(trial), ==, EXIT_CODE_OK);
	check_oracle(trial, "mixture, requeued");
}

static void test_rivals(gconstpointer data)
{
	struct trial *trial = (struct trial *)data;
	GSubprocess *first;
	unsigned turned_away = 0;
	int status;

	accept_cases(trial, trial->cases / 10);
	first = start(trial, NULL);
	rest(300);
	for (unsigned i = 0; i < 20; i++)
		turned_away += finish(start(trial, NULL)) == EXIT_CODE_RUNNING;
	status = finish(first);
	if (status == EXIT_CODE_LINK)
		status = run_through(trial);
	g_assert_cmpint(status, ==, EXIT_CODE_OK);
	g_print("# %u rivals turned away\n", turned_away);
	g_assert_cmpuint(turned_away, >, 0);
	check_oracle(trial, "rivals");
}

static void test_killed(gconstpointer data)
{
	static const char *const points[] = {"--crash-at=after-send:3",
		"--crash-at=after-reply:3", "--crash-at=after-send:5",
		"--crash-at=before-settle", "--crash-at=after-reply:9",
		"--crash-at=after-send:12", NULL};
	struct trial *trial = (struct trial *)data;
	unsigned died = 0;

	accept_cases(trial, trial->cases / 10);
	for (unsigned i = 0; points[i]; i++)
		died += finish(start(trial, points[i])) == 137;
	for (unsigned i = 0; i < 6; i++) {
		GSubprocess *process = start(trial, NULL);

		rest(g_random_int_range(200, 2500));
		g_subprocess_force_exit(process);
		died += finish(process) == -1;
	}
	g_assert_cmpint(run_through(trial), ==, EXIT_CODE_OK);
	g_print("# %u killed\n", died);
	g_assert_cmpuint(died, >, 3);
	check_oracle(trial, "killed");
}

/* -------------------------------------------------------------------------- */

static bool parse(int argc, char **argv, struct trial *trial)
{
	int port = 0, cases = 200;
	const GOptionEntry entries[] = {
		{"port", 0, 0, G_OPTION_ARG_INT, &port, "RT's", "PORT"},
		{"cases", 0, 0, G_OPTION_ARG_INT, &cases, "How many", "N"},
		{"oracle", 0, 0, G_OPTION_ARG_FILENAME, &trial->oracle,
			"oracle.pl", "FILE"},
		{"token", 0, 0, G_OPTION_ARG_FILENAME, &trial->token,
			"File with RT's token", "FILE"},
		{NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, NULL) || port <= 0 ||
		cases < 40 || !trial->oracle || !trial->token)
		return false;
	trial->rt_port = (unsigned)port;
	trial->cases = (unsigned)cases;
	return true;
}

int main(int argc, char **argv)
{
	static struct trial trial;
	int status;

	g_test_init(&argc, &argv, NULL);
	if (!parse(argc, argv, &trial)) {
		fprintf(stderr, "started by tests/rt5/run.sh\n");
		return EXIT_CODE_USAGE;
	}
	trial.rig = rig_new();
	trial.config = g_build_filename(trial.rig->dir, "yikou.conf", NULL);
	trial.broker = broker_new(trial.rt_port, &broker_ops, &trial);
	point_at_broker(&trial);
	add_numbers(&trial);
	g_test_add_data_func("/rt5/plain", &trial, test_plain);
	g_test_add_data_func("/rt5/lost-replies", &trial, test_lost);
	g_test_add_data_func("/rt5/mixture", &trial, test_mixed);
	g_test_add_data_func("/rt5/rivals", &trial, test_rivals);
	g_test_add_data_func("/rt5/killed", &trial, test_killed);
	status = g_test_run();
	broker_free(trial.broker);
	rig_free(trial.rig);
	g_free(trial.config);
	g_free(trial.oracle);
	g_free(trial.token);
	return status;
}
