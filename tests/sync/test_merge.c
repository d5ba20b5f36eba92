/* F32: one case edited at two windows. Many schedules of edits, pushes, lost
 * requests, lost replies and decisions, against the real stand-in; the windows
 * are real stores and the link's own batches. Afterwards everything is sent,
 * and each value that anybody entered is at the platform, or somebody who saw
 * it has written over it, or a person has decided against it. */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <glib.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/link/batch.h"
#include "client/store/case.h"
#include "client/store/conflict.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"
#include "tests/sync/rig.h"

enum {
	FIELDS = 3,
	STEPS = 14,
	SCHEDULES = 120,
	SCHEDULES_SLOW = 10000, /* with -m slow */
	SCHEDULES_A_CASE = 2,   /* there are 9999 numbers a day */
	ROUNDS_MAX = 60,
	NUMBERS = 200,
};

#define ITEM "11410185MB0000000X4000100001001"

struct lab {
	char *dir, *port_file;
	GSubprocess *process;
	unsigned port;
	struct store *windows[2];
	char case_id[UUID_TEXT];
	int numbers; /* left */
	int values;  /* made so far */
	/* "field value" -> it may be missing at the end */
	GHashTable *entered;
	int merged, decided, lost; /* counts of the whole run */
};

/* Requests ----------------------------------------------------------------- */

static struct json *ask(struct lab *lab, const char *method, const char *path,
	const char *body, size_t len, int *status)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(
			client, "127.0.0.1", (guint16)lab->port, NULL, &error);
	g_autoptr(GString) reply = g_string_new(NULL);
	g_autofree char *head = g_strdup_printf(
		"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		"Authorization: Bearer " RIG_TOKEN "\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n"
		"\r\n",
		method, path, len);
	const char *start;
	char chunk[4096];
	gssize got;

	g_assert_no_error(error);
	g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(connection)), head,
		strlen(head), NULL, NULL, NULL);
	g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(connection)), body,
		len, NULL, NULL, NULL);
	while ((got = g_input_stream_read(
			g_io_stream_get_input_stream(G_IO_STREAM(connection)),
			chunk, sizeof(chunk), NULL, NULL)) > 0)
		g_string_append_len(reply, chunk, got);
	start = strstr(reply->str, "\r\n\r\n");
	g_assert_nonnull(start);
	if (status)
		*status = (int)g_ascii_strtoll(reply->str + 9, NULL, 10);
	return json_parse(start + 4, strlen(start + 4), NULL);
}

static struct json *get_case(struct lab *lab)
{
	g_autofree char *path = g_strconcat("/v1/cases/", lab->case_id, NULL);

	return ask(lab, "GET", path, "", 0, NULL);
}

/* The lab ------------------------------------------------------------------ */

static bool has_port(void *context)
{
	struct lab *lab = context;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(lab->port_file, &text, NULL, NULL))
		return false;
	lab->port = (unsigned)g_ascii_strtoull(text, NULL, 10);
	return lab->port != 0;
}

static void start_platform(struct lab *lab)
{
	g_autofree char *program = process_sibling("../../yikou-platform");
	g_autofree char *state = g_build_filename(lab->dir, "platform", NULL);
	g_autofree char *token =
		g_build_filename(lab->dir, "platform.token", NULL);
	const char *argv[] = {program, "--state", state, "--token-file", token,
		"--port-file", lab->port_file, NULL};

	file_write(token, RIG_TOKEN "\n", strlen(RIG_TOKEN) + 1, NULL);
	lab->process = rig_spawn(argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
	g_assert_true(rig_wait(has_port, lab, 5000));
}

static char *make_dir(void)
{
	bool shm = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR);
	char *dir = g_build_filename(
		shm ? "/dev/shm" : g_get_tmp_dir(), "yikou-merge-XXXXXX", NULL);

	g_assert_nonnull(g_mkdtemp(dir));
	return dir;
}

static void lab_open(struct lab *lab)
{
	static const char *const names[] = {"03", "04"};

	lab->dir = make_dir();
	lab->port_file = g_build_filename(lab->dir, "port", NULL);
	lab->entered =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *dir =
			g_build_filename(lab->dir, names[i], NULL);
		g_autoptr(GError) error = NULL;

		g_assert_true(file_make_dir(dir, NULL));
		lab->windows[i] = store_open(dir, names[i], &error);
		g_assert_no_error(error);
	}
	start_platform(lab);
}

static void lab_close(struct lab *lab)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lab->windows); i++) {
		int64_t rows;

		g_assert_true(
			outbox_verify(lab->windows[i], &rows, NULL, NULL));
		g_assert_true(store_verify_seals(lab->windows[i], NULL));
		store_close(lab->windows[i]);
	}
	g_subprocess_send_signal(lab->process, SIGKILL);
	g_subprocess_wait(lab->process, NULL, NULL);
	g_clear_object(&lab->process);
	g_hash_table_unref(lab->entered);
	file_remove_tree(lab->dir);
	g_free(lab->port_file);
	g_free(lab->dir);
}

static void lease_numbers(struct lab *lab)
{
	struct number_block block = {.series = "case:03"};
	g_autofree char *body = NULL;
	AUTO(json) reply = NULL;
	g_autoptr(GError) error = NULL;

	uuid7(block.block_id);
	body = g_strdup_printf("{\"block_id\":\"%s\",\"series\":\"case:03\","
			       "\"count\":%d,\"store_uuid\":\"%s\"}",
		block.block_id, NUMBERS, store_uuid(lab->windows[0]));
	reply = ask(lab, "POST", "/v1/number-blocks", body, strlen(body), NULL);
	block.first = json_int_or(reply, "first", 0);
	block.last = json_int_or(reply, "last", 0);
	g_strlcpy(block.prefix, json_text_or(reply, "prefix", ""),
		sizeof(block.prefix));
	number_block_add(lab->windows[0], &block, &error);
	g_assert_no_error(error);
	lab->numbers = NUMBERS;
}

/* Pushing, as client/link/push.c does ------------------------------------- */

enum way { WAY_GOOD, WAY_NO_REQUEST, WAY_NO_REPLY, WAY_COUNT };

static void settle(struct lab *lab, struct store *store,
	const struct op_lease *lease, const struct batch_reply *reply)
{
	g_autofree struct op_settlement *all =
		g_new0(struct op_settlement, lease->ops->len);
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < lease->ops->len; i++) {
		const struct batch_result *result =
			reply ? &reply->results[i] : NULL;
		struct op *op = lease->ops->pdata[i];

		all[i].store_seq = op->store_seq;
		all[i].outcome.verdict = OP_VERDICT_RETRY;
		if (!result)
			continue;
		lab->merged += result->current != NULL;
		g_test_message(
			"  %s: %d %s", op->kind, result->http, result->code);
		all[i].outcome = (struct op_outcome){
			.verdict = result->verdict,
			.http = result->http,
			.problem = *result->code ? result->code : NULL,
			.server_version = result->version,
			.receipt = result->receipt,
			.outcome = result->outcome,
			.current = result->current,
		};
		g_assert_cmpint(result->verdict, !=, OP_VERDICT_DEAD);
	}
	outbox_settle_all(
		store, lease->generation, all, lease->ops->len, &error);
	g_assert_no_error(error);
}

static void send_batch(struct lab *lab, struct store *store,
	const struct op_lease *lease, bool reply_arrives)
{
	struct op *last = lease->ops->pdata[lease->ops->len - 1];
	struct batch_store from = {.uuid = store_uuid(store),
		.epoch = 1,
		.chain_head = last->hash};
	g_autoptr(GBytes) body = batch_request(&from, lease->ops, NULL);
	struct http_reply http = {.content_type = "application/json"};
	struct batch_reply reply;
	size_t len;
	const char *data = g_bytes_get_data(body, &len);
	AUTO(json) answer =
		ask(lab, "POST", "/v1/ops:batch", data, len, &http.status);
	g_autofree char *text = json_print(answer);

	http.data = text;
	http.len = strlen(text);
	batch_decode(&http, lease->ops, 0, 0, &reply);
	g_assert_cmpint(reply.answer.kind, ==, ANSWER_OK);
	settle(lab, store, lease, reply_arrives ? &reply : NULL);
	batch_reply_clear(&reply);
}

/* False when nothing was ready. */
static bool push(struct lab *lab, int window, enum way way)
{
	struct store *store = lab->windows[window];
	struct op_lease lease = {0};
	g_autoptr(GError) error = NULL;
	bool any;

	g_assert_true(outbox_claim(store, 50, 1 << 20, 60000, &lease, &error));
	any = lease.ops->len > 0;
	lab->lost += any && way != WAY_GOOD;
	if (any && way == WAY_NO_REQUEST)
		settle(lab, store, &lease, NULL);
	else if (any)
		send_batch(lab, store, &lease, way == WAY_GOOD);
	g_ptr_array_unref(lease.ops);
	return any;
}

/* Editing ------------------------------------------------------------------ */

static char *entry(const char *path, const char *value)
{
	return g_strdup_printf("%s %s", path, value);
}

static void may_go(struct lab *lab, const char *path, const char *value)
{
	if (value)
		g_hash_table_insert(lab->entered, entry(path, value),
			GINT_TO_POINTER(true));
}

/* Sets one or two fields to values nobody has used. */
static void scribble(
	struct lab *lab, struct json *form, GPtrArray *fresh, GPtrArray *seen)
{
	int count = g_test_rand_int_range(1, 3);

	for (int i = 0; i < count; i++) {
		g_autofree char *name = g_strdup_printf(
			"f%d", g_test_rand_int_range(0, FIELDS));
		g_autofree char *path = g_strconcat("form/", name, NULL);
		g_autofree char *value = g_strdup_printf("v%d", ++lab->values);

		g_ptr_array_add(fresh, entry(path, value));
		if (json_text(form, name))
			g_ptr_array_add(
				seen, entry(path, json_text(form, name)));
		json_put_text(form, name, value);
	}
}

static struct json *parts_of(const struct json *body)
{
	static const char *const names[] = {"applicant", "form", "materials"};
	struct json *parts = json_new_object();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		json_put(parts, names[i], json_copy(json_get(body, names[i])));
	return parts;
}

/* What was written over was seen; of two values of one edit the first is among
 * that. */
static void note(struct lab *lab, int window, const GPtrArray *fresh,
	const GPtrArray *seen)
{
	for (guint i = 0; i < fresh->len; i++) {
		g_test_message("  window %d enters %s", window,
			(char *)fresh->pdata[i]);
		g_hash_table_insert(
			lab->entered, g_strdup(fresh->pdata[i]), NULL);
	}
	for (guint i = 0; i < seen->len; i++)
		g_hash_table_insert(lab->entered, g_strdup(seen->pdata[i]),
			GINT_TO_POINTER(true));
}

/* On what the platform shows, or on what was confirmed here last. */
static void edit(struct lab *lab, int window)
{
	bool online = window == 1 || g_test_rand_int_range(0, 2);
	AUTO(json) shown = get_case(lab);
	AUTO(case_record) record =
		case_load(lab->windows[window], lab->case_id, NULL);
	AUTO(json) base = parts_of(json_get(shown, "body"));
	AUTO(json) parts = online ? json_copy(base) : parts_of(record->body);
	g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
	struct case_changed changed = {
		.case_id = lab->case_id,
		.reason = "更正",
		.version = online ? json_text(shown, "version") : NULL,
		.base = online ? base : NULL,
		.parts = parts,
	};
	g_autoptr(GError) error = NULL;

	scribble(lab, json_get_mutable(parts, "form"), fresh, seen);
	if (!case_change(lab->windows[window], &changed, &rig_clerk, &error)) {
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_STATE);
		return;
	}
	note(lab, window, fresh, seen);
}

/* A person chooses; what was not chosen may be missing. */
static bool decide(struct lab *lab, int window)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) open = conflict_list(lab->windows[window], &error);
	const struct conflict *conflict;
	AUTO(json) choices = json_new_object();

	g_assert_no_error(error);
	if (open->len == 0)
		return false;
	conflict = open->pdata[0];
	json_each (field, conflict->fields) {
		bool here = g_test_rand_int_range(0, 2);
		const char *path = json_text(field, "path");

		g_test_message("  window %d decides %s", window, path);
		json_put_text(choices, path, here ? "here" : "there");
		may_go(lab, path, json_text(field, here ? "there" : "here"));
	}
	conflict_decide(lab->windows[window], conflict->store_seq, choices,
		"已核对", &rig_clerk, &error);
	g_assert_no_error(error);
	lab->decided++;
	return true;
}

/* Schedules ---------------------------------------------------------------- */

static void accept_case(struct lab *lab)
{
	AUTO(case_record) record = case_new();
	AUTO(json) applicant = json_new_object();
	struct case_decision decision = {
		.event = CASE_EVENT_ACCEPT,
		.at_ms = clock_wall_ms(),
		.day = clock_day(clock_wall_ms()),
	};
	g_autoptr(GError) error = NULL;

	if (lab->numbers == 0)
		lease_numbers(lab);
	lab->numbers--;
	record->item_code = g_strdup(ITEM);
	record->item_name = g_strdup("示例事项");
	record->item_version = g_strdup("1");
	json_put_text(applicant, "name", "张样例");
	json_put(record->body, "applicant", json_copy(applicant));
	json_put(record->body, "form", json_new_object());
	json_put(record->body, "materials", json_new_array());
	case_decide(lab->windows[0], record, &decision, &rig_clerk, &error);
	g_assert_no_error(error);
	g_strlcpy(lab->case_id, record->case_id, UUID_TEXT);
	g_assert_true(push(lab, 0, WAY_GOOD));
}

static void step(struct lab *lab)
{
	int window = g_test_rand_int_range(0, 2);

	switch (g_test_rand_int_range(0, 5)) {
	case 0:
	case 1:
		edit(lab, window);
		break;
	case 2:
		decide(lab, window);
		break;
	case 3:
		push(lab, window, WAY_GOOD);
		break;
	default:
		push(lab, window,
			(enum way)g_test_rand_int_range(0, WAY_COUNT));
		break;
	}
}

static void drain(struct lab *lab)
{
	int rounds = 0;
	bool any = true;

	while (any) {
		any = false;
		for (int i = 0; i < 2; i++) {
			any |= push(lab, i, WAY_GOOD);
			any |= decide(lab, i);
		}
		g_assert_cmpint(++rounds, <, ROUNDS_MAX);
	}
	for (int i = 0; i < 2; i++) {
		struct store_counts counts;

		g_assert_true(store_counts(lab->windows[i], &counts, NULL));
		g_assert_cmpint(counts.unsent, ==, 0);
		g_assert_cmpint(counts.parked, ==, 0);
	}
}

static void check_nothing_lost(struct lab *lab)
{
	AUTO(json) shown = get_case(lab);
	const struct json *form = json_get(json_get(shown, "body"), "form");
	GHashTableIter iter;
	gpointer key, excused;

	g_hash_table_iter_init(&iter, lab->entered);
	while (g_hash_table_iter_next(&iter, &key, &excused)) {
		const char *value = strchr(key, ' ') + 1;
		char name[3] = {((char *)key)[5], ((char *)key)[6], '\0'};

		if (!excused && g_strcmp0(json_text(form, name), value) != 0)
			g_error("%s is lost: %s stands there", (char *)key,
				json_text_or(form, name, "-"));
	}
}

/* Nothing of a window is missing at the platform, nothing is there twice. */
static void check_stores(struct lab *lab)
{
	for (int i = 0; i < 2; i++) {
		struct store *store = lab->windows[i];
		g_autofree char *path =
			g_strconcat("/v1/stores/", store_uuid(store), NULL);
		AUTO(json) theirs = ask(lab, "GET", path, "", 0, NULL);
		char head[SHA256_TEXT];
		int64_t rows;

		g_assert_true(outbox_verify(store, &rows, head, NULL));
		if (rows == 0)
			continue;
		g_assert_cmpint(
			json_int_or(theirs, "contiguous", -1), ==, rows);
		g_assert_cmpuint(json_length(json_get(theirs, "gaps")), ==, 0);
		g_assert_cmpstr(json_text(theirs, "chain_head"), ==, head);
	}
}

static void test_schedules(void)
{
	struct lab lab = {0};
	int count = g_test_slow() ? SCHEDULES_SLOW : SCHEDULES;

	lab_open(&lab);
	for (int i = 0; i < count; i++) {
		g_test_message("schedule %d", i);
		if (i % SCHEDULES_A_CASE == 0)
			accept_case(&lab);
		g_hash_table_remove_all(lab.entered);
		for (int k = 0; k < STEPS; k++)
			step(&lab);
		drain(&lab);
		check_nothing_lost(&lab);
	}
	check_stores(&lab);
	/* else it has shown nothing */
	g_assert_cmpint(lab.merged, >, count / 4);
	g_assert_cmpint(lab.decided, >, count / 10);
	g_assert_cmpint(lab.lost, >, count / 4);
	g_test_message("%d schedules, %d values, %d conflicts, %d decisions, "
		       "%d losses on the way, 0 values lost",
		count, lab.values, lab.merged, lab.decided, lab.lost);
	lab_close(&lab);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/merge/schedules", test_schedules);
	return g_test_run();
}
