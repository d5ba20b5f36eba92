/* The scripted visit: a citizen is called, identified by card, served and
 * rated, through the real programs on a pseudo-terminal. What it claims at the
 * end is read back from the store, the devices and the platform. */
#include "tests/e2e/visit.h"

#include <stdio.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/id.h"
#include "client/store/case.h"
#include "client/store/outbox.h"
#include "client/store/ticket.h"
#include "tests/e2e/terminal.h"

enum {
	STEP_TIMEOUT_MS = 12000,
	SCAN_TIMEOUT_MS = 30000,
	SENT_TIMEOUT_MS = 60000,
	OPS_MAX = 200
};

/* A step of the script: type, then wait for text on the screen. */
struct step {
	const char *name;
	const char *keys;
	const char *text;
	int timeout_ms;
};

static void print_screen(struct play *play, const char *name)
{
	g_autofree char *text = NULL;

	if (play->quiet)
		return;
	text = terminal_text(play->terminal);
	printf("---- %s\n%s", name, text);
	fflush(stdout);
}

void play_fail(struct play *play, const char *what)
{
	g_autofree char *screen = terminal_text(play->terminal);

	if (play->ok)
		fprintf(stderr, "visit: %s\n%s", what, screen);
	play->ok = false;
}

static void run_step(struct play *play, const struct step *step)
{
	if (!play->ok)
		return;
	terminal_type(play->terminal, step->keys);
	if (!terminal_wait(play->terminal, step->text,
		    step->timeout_ms ? step->timeout_ms : STEP_TIMEOUT_MS)) {
		g_autofree char *what = g_strdup_printf(
			"%s: 「%s」 did not appear", step->name, step->text);

		play_fail(play, what);
	}
	terminal_pause(play->terminal, 60);
	print_screen(play, step->name);
}

static void run_steps(struct play *play, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		run_step(play, &steps[i]);
}

/* Until the simulated device shows it, as a citizen would see. */
void play_wait_device(struct play *play, const char *device, const char *member,
	const char *wanted)
{
	for (int i = 0; i < 100 && play->ok; i++) {
		AUTO(json) state = demo_sim(play->window, "state", NULL);
		const char *shown =
			json_text_or(json_get(state, device), member, "");

		if (strstr(shown, wanted)) {
			json_put_text(play->seen, device, shown);
			return;
		}
		terminal_pause(play->terminal, 100);
	}
	play_fail(play, device);
}

/* The script
 * ------------------------------------------------------------------------- */

void play_log_in(struct play *play)
{
	terminal_wait(play->terminal, "3号综合窗口", STEP_TIMEOUT_MS);
	print_screen(play, "log-in");
	terminal_type(play->terminal, "1003<Enter>dengfeng<Enter>");
	run_step(play, &(struct step){"queue", "", "A018", 0});
}

void play_call(struct play *play)
{
	/* Enter is not taken in the first half second of the home view, so
	 * that a held key cannot call a citizen. */
	terminal_pause(play->terminal, 700);
	run_step(play, &(struct step){"called", "<Enter>", "[1", 0});
}

void play_identify(struct play *play)
{
	demo_card(
		play->window, "410199199010010021", "李示例", "2", "19901001");
	run_step(play, &(struct step){"card read", "", "李示例", 0});
	run_step(play, &(struct step){"item", "<Enter>", "[2", 0});
}

static const struct step item_and_form[] = {
	{"item found", "<C-u>gtgsh", "个体工商户设立登记", 0},
	{"form", "<Enter>", "[3", 0},
	{"form: name", "登封市示例小店<Enter>", "登封市示例小店", 0},
	{"form: telephone", "19900000000<Enter>", "19900000000", 0},
	{"form: township", "<F4><Enter><Enter>", "嵩阳街道", 0},
	{"form: place", "登封市示例路2号<Enter>", "登封市示例路2号", 0},
	{"form: scope", "<F4><Space><Enter>", "日用百货", 0},
	{"papers", "<Enter>", "[4", 0},
};

static const struct step papers[] = {
	{"papers: form printed", "<F6>", "[缺] 已打印待签", 0},
	{"papers: form came in", "<Space>", "[待核] 纸质", 0},
	{"papers: it is signed", "<Space>", "[齐] 纸质", 0},
	{"papers: camera", "<F7>", "[待核] 1 页", SCAN_TIMEOUT_MS},
	{"papers: scanner", "<F4>2", "[待核] 2 页", SCAN_TIMEOUT_MS},
	{"papers: as the original", "<Space>", "[齐] 2 页", 0},
};

static const struct step decision[] = {
	{"decision", "<Enter>", "[5", 0},
	{"done", "<F8>", "[6", 0},
};

void play_rate(struct play *play)
{
	struct json *args = json_new_object();

	play_wait_device(play, "pad", "showing", "rate");
	print_screen(play, "rating asked");
	json_put_text(args, "device", "pad");
	json_put_int(args, "level", 5);
	json_free(demo_sim(play->window, "rate", args));
	play_wait_device(play, "pad", "showing", "thank");
	run_step(play, &(struct step){"rated", "", "非常满意", 0});
	run_step(play, &(struct step){"home again", "<Enter>", "A019", 0});
	play_wait_device(play, "pad", "showing", "idle");
}

/* Read back
 * -------------------------------------------------------------------------- */

static struct case_record *find_case(struct store *store)
{
	GPtrArray *hits = case_search(store, "lsl", 10, NULL);
	struct case_record *record = NULL;

	for (guint i = 0; hits && i < hits->len && !record; i++) {
		const struct case_hit *hit = g_ptr_array_index(hits, i);

		if (hit->state == CASE_ACCEPTED)
			record = case_load(store, hit->case_id, NULL);
	}
	if (hits)
		g_ptr_array_unref(hits);
	return record;
}

static bool blob_is_equal(
	struct play *play, struct store *store, const char *sha256)
{
	g_autofree char *path = store_blob_path(store, sha256);
	g_autofree char *url = g_strconcat("/v1/blobs/", sha256, NULL);
	char local[SHA256_TEXT], remote[SHA256_TEXT];

	return sha256_file(path, local, NULL) && !strcmp(local, sha256) &&
	       demo_get_hash(play->window, url, remote) &&
	       !strcmp(remote, sha256);
}

/* The form as it was printed: its digest is in the case, the file stands in the
 * outbox folder. */
static bool is_in_outbox(struct play *play, const char *sha256)
{
	g_autofree char *outbox = demo_path(play->window, "outbox");
	g_autoptr(GDir) dir = g_dir_open(outbox, 0, NULL);
	const char *name;
	bool found = false;

	while (dir && !found && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(outbox, name, NULL);
		char hash[SHA256_TEXT];

		found = sha256_file(path, hash, NULL) && !strcmp(hash, sha256);
	}
	return found;
}

static void report_form(
	struct play *play, const struct json *material, struct json *row)
{
	const struct json *printed = json_get(material, "printed");
	const char *sha256 = json_text_or(printed, "sha256", "");
	struct json *out;

	if (!printed)
		return;
	out = json_new_object();
	json_put_int(out, "pages", json_int_or(printed, "pages", 0));
	json_put_text(out, "sha256", sha256);
	json_put(row, "printed", out);
	if (!is_in_outbox(play, sha256) ||
		g_strcmp0(json_text(printed, "values"),
			json_text(material, "signed_values")))
		play_fail(play, "the form that was signed is not the one that "
				"was printed");
}

static struct json *report_materials(struct play *play, struct store *store,
	const struct case_record *record)
{
	struct json *out = json_new_array();
	int forms = 0;

	json_each (material, json_get(record->body, "materials")) {
		struct json *row = json_new_object();
		struct json *pages = json_new_array();

		json_put_text(row, "name", json_text(material, "name"));
		json_put_text(row, "state", json_text(material, "state"));
		json_each (page, json_get(material, "pages")) {
			const char *sha256 = json_text_or(page, "sha256", "");

			json_add_text(pages, sha256);
			if (!blob_is_equal(play, store, sha256))
				play_fail(
					play, "a page differs at the platform");
		}
		json_put(row, "pages", pages);
		report_form(play, material, row);
		forms += json_get(row, "printed") != NULL;
		json_add(out, row);
	}
	if (forms != 1)
		play_fail(play, "one form was to be printed");
	return out;
}

static struct json *report_documents(struct play *play, struct store *store,
	const struct case_record *record)
{
	struct json *out = json_new_array();
	GPtrArray *documents = case_documents(store, record->case_id, NULL);

	for (guint i = 0; documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);
		struct json *row = json_new_object();

		json_put_text(row, "kind", document->kind);
		json_put_text(row, "number", document->number);
		json_put_int(row, "pages", document->pages);
		json_put_text(row, "sha256", document->sha256);
		json_add(out, row);
		if (document->pages < 1 || !*document->printed ||
			!blob_is_equal(play, store, document->sha256))
			play_fail(play, "a document is not whole");
	}
	if (!documents || documents->len != 2)
		play_fail(play, "two documents were expected");
	if (documents)
		g_ptr_array_unref(documents);
	return out;
}

/* The platform's copy against the very bytes of the outbox. */
static bool platform_is_equal(struct play *play, struct store *store,
	const struct case_record *record)
{
	g_autofree char *path =
		g_strconcat("/v1/cases/", record->case_id, NULL);
	AUTO(json) remote = demo_get(play->window, path);
	GPtrArray *ops = outbox_list(store, OP_ACKED, OPS_MAX, NULL);
	bool equal = false;

	for (guint i = 0; ops && i < ops->len; i++) {
		const struct op *op = g_ptr_array_index(ops, i);
		AUTO(json) local = NULL;

		if (strcmp(op->kind, "case.accept") ||
			strcmp(op->agg_id, record->case_id))
			continue;
		local = json_parse(op->body, strlen(op->body), NULL);
		equal = json_equal(local, json_get(remote, "body"));
	}
	if (ops)
		g_ptr_array_unref(ops);
	return equal && json_length(json_get(remote, "documents")) == 2 &&
	       json_length(json_get(remote, "ratings")) == 1;
}

static struct json *report_outbox(struct play *play, struct store *store)
{
	struct json *out = json_new_object();
	struct store_counts counts = {0};
	int64_t ops = 0;

	if (!store_counts(store, &counts, NULL) ||
		!outbox_verify(store, &ops, NULL, NULL))
		play_fail(play, "the outbox does not verify");
	json_put_int(out, "ops", ops);
	json_put_int(out, "unsent", counts.unsent);
	json_put_int(out, "parked", counts.parked);
	if (counts.unsent || counts.parked)
		play_fail(play, "the outbox is not empty");
	return out;
}

static void report_case(
	struct play *play, struct store *store, struct json *report)
{
	AUTO(case_record) record = find_case(store);
	int rating;
	bool equal;

	if (!record) {
		play_fail(play, "no accepted case of this person");
		return;
	}
	rating = rating_of_ticket(store, record->ticket_id);
	equal = platform_is_equal(play, store, record);
	json_put_text(report, "case_no", record->case_no);
	json_put_text(report, "item", record->item_name);
	json_put(report, "materials", report_materials(play, store, record));
	json_put(report, "documents", report_documents(play, store, record));
	json_put_int(report, "rating", rating);
	json_put_bool(report, "platform_equal", equal);
	if (rating != RATING_VERY_GOOD)
		play_fail(play, "the rating is not in the store");
	if (!equal)
		play_fail(play, "the platform's copy differs");
}

void play_report(struct play *play)
{
	g_autofree char *state = demo_path(play->window, "state");
	AUTO(store) store = store_open(state, "03", NULL);
	AUTO(json) report = json_new_object();
	g_autofree char *text = NULL;

	if (store) {
		report_case(play, store, report);
		json_put(report, "outbox", report_outbox(play, store));
	} else {
		play_fail(play, "the store does not open");
	}
	json_put(report, "devices", json_copy(play->seen));
	json_put_int(report, "keystrokes", terminal_keystrokes(play->terminal));
	json_put_number(report, "seconds",
		(double)((g_get_monotonic_time() - play->began_us) / 100000) /
			10);
	json_put_bool(report, "ok", play->ok);
	text = json_print(report);
	if (!play->quiet)
		printf("%s\n", text);
}

void play_item_and_form(struct play *play)
{
	run_steps(play, item_and_form, G_N_ELEMENTS(item_and_form));
}

void play_papers(struct play *play)
{
	run_steps(play, papers, G_N_ELEMENTS(papers));
}

void play_decide(struct play *play)
{
	run_steps(play, decision, G_N_ELEMENTS(decision));
}

void play_type(
	struct play *play, const char *name, const char *keys, const char *text)
{
	run_step(play, &(struct step){name, keys, text, 0});
}

void play_sent(struct play *play)
{
	run_step(play, &(struct step){"sent", "", "待传 0", SENT_TIMEOUT_MS});
}

bool play_open(struct play *play, struct demo_window *window, bool quiet)
{
	g_autoptr(GError) error = NULL;

	memset(play, 0, sizeof(*play));
	play->window = window;
	play->quiet = quiet;
	play->ok = true;
	play->began_us = g_get_monotonic_time();
	play->seen = json_new_object();
	return play_start_screen(play);
}

bool play_start_screen(struct play *play)
{
	g_autofree char *binary =
		g_build_filename(play->window->programs, "yikou", NULL);
	const char *argv[] = {binary, "--config", play->window->config, NULL};
	g_autoptr(GError) error = NULL;

	terminal_free(play->terminal);
	play->terminal = terminal_new(argv, 24, 80, &error);
	if (!play->terminal)
		fprintf(stderr, "visit: %s\n", error->message);
	return play->terminal != NULL;
}

void play_close(struct play *play)
{
	terminal_free(play->terminal);
	json_free(play->seen);
}

bool visit_play(struct demo_window *window)
{
	struct play play;

	if (!play_open(&play, window, false))
		return false;
	play_log_in(&play);
	play_call(&play);
	play_wait_device(&play, "bar", "text", "A018");
	play_wait_device(&play, "keypad", "digits", "018");
	play_identify(&play);
	play_item_and_form(&play);
	play_papers(&play);
	play_decide(&play);
	if (play.ok)
		play_rate(&play);
	play_sent(&play);
	play_report(&play);
	play_close(&play);
	return play.ok;
}
