/* How many times the disk is waited for when the clerk saves: fsync() and
 * fdatasync() of this program stand before those of the C library and count. */
#include "tests/bench/bench_sync.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/blob.h"
#include "client/store/feed.h"
#include "client/store/private.h"
#include "client/store/ticket.h"

enum { FSYNC_LIMIT = 5, SAVES = 50, PAGE_BYTES = 200000 };

/* For the disk, of this process: for the store's file, its journal and their
 * folder, and for others (an attachment and its folder, the camera's file). */
static unsigned waits, other_waits;

static bool is_of_store(int fd)
{
	g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
	g_autofree char *path = g_file_read_link(link, NULL);

	return path && (strstr(path, "/saves/window.db") ||
			       g_str_has_suffix(path, "/saves"));
}

static int call_real(const char *name, int fd)
{
	int (*real)(int fd);
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(&real, &symbol, sizeof(real));
	if (is_of_store(fd))
		waits++;
	else
		other_waits++;
	return real(fd);
}

int fsync(int fd)
{
	return call_real("fsync", fd);
}

int fdatasync(int fd)
{
	return call_real("fdatasync", fd);
}

/* What is saved ---------------------------------------------------------- */

struct saving {
	struct store *store;
	struct case_record *record; /* own: of the visit in hand */
	char ticket_id[UUID_TEXT];
	char *page; /* own: path of a picture as the camera leaves it */
	struct actor actor;
};

static bool save_call(struct saving *saving, GError **error)
{
	AUTO(ticket) ticket = ticket_open(saving->store, &saving->actor, error);

	if (ticket)
		g_strlcpy(saving->ticket_id, ticket->ticket_id, UUID_TEXT);
	return ticket != NULL;
}

static bool save_draft(struct saving *saving, GError **error)
{
	struct json *applicant = json_new_object();

	case_free(saving->record);
	saving->record = case_new();
	saving->record->item_code = g_strdup("11410185MB0000000X4000100001001");
	saving->record->item_name = g_strdup("示例事项");
	saving->record->item_version = g_strdup("1");
	g_strlcpy(saving->record->ticket_id, saving->ticket_id, UUID_TEXT);
	json_put_text(applicant, "name", "张样例");
	json_put(saving->record->body, "applicant", applicant);
	return case_save_draft(
		saving->store, saving->record, &saving->actor, error);
}

/* A picture is a file and a row: its bytes are safe before the row is. */
static bool save_page(struct saving *saving, GError **error)
{
	g_autofree char *bytes = g_malloc(PAGE_BYTES);
	char sha256[SHA256_TEXT];
	int64_t size;

	random_bytes(bytes, PAGE_BYTES);
	return g_file_set_contents(saving->page, bytes, PAGE_BYTES, error) &&
	       blob_add(saving->store, saving->page, "image/jpeg", sha256,
		       &size, error);
}

static bool save_decision(struct saving *saving, GError **error)
{
	static const char *const series[] = {"accept", NULL};
	struct case_decision decision = {.event = CASE_EVENT_ACCEPT,
		.at_ms = clock_wall_ms(),
		.day = clock_day(clock_wall_ms()),
		.document_series = series};

	return case_decide(saving->store, saving->record, &decision,
		&saving->actor, error);
}

static bool save_rating(struct saving *saving, GError **error)
{
	return rating_record(saving->store, saving->ticket_id,
		saving->record->case_id, RATING_VERY_GOOD, "pad",
		&saving->actor, error);
}

static const struct {
	const char *what;
	bool (*run)(struct saving *saving, GError **error);
} steps[] = {
	{"a number is called", save_call},
	{"a draft", save_draft},
	{"a page of 200 KB, file and row", save_page},
	{"acceptance, the case with its number", save_decision},
	{"a rating", save_rating},
};

static bool add_block(struct store *store, const char *series,
	const char *prefix, GError **error)
{
	struct number_block block = {.first = 1, .last = 1000};

	uuid7(block.block_id);
	g_strlcpy(block.series, series, sizeof(block.series));
	g_strlcpy(block.prefix, prefix, sizeof(block.prefix));
	return number_block_add(store, &block, error);
}

static bool add_blocks(struct store *store, GError **error)
{
	int year = clock_day(clock_wall_ms()) / 10000;
	g_autofree char *series = g_strdup_printf("doc:accept:%d", year);
	g_autofree char *prefix = g_strdup_printf("登政务〔%d〕受字第", year);

	return add_block(store, "case:03", "03-", error) &&
	       add_block(store, series, prefix, error);
}

static bool measure(
	struct saving *saving, size_t step, bool *kept, GError **error)
{
	unsigned most = 0, most_others = 0;
	double slowest = 0, all = 0;

	for (int i = 0; i < SAVES; i++) {
		double began, took;

		for (size_t before = 0; before < step; before++)
			if (!steps[before].run(saving, error))
				return false;
		waits = other_waits = 0;
		began = bed_now_s();
		if (!steps[step].run(saving, error))
			return false;
		took = (bed_now_s() - began) * 1e3;
		most = MAX(most, waits);
		most_others = MAX(most_others, other_waits);
		slowest = MAX(slowest, took);
		all += took;
	}
	*kept &= most <= FSYNC_LIMIT;
	printf("%-42s %9u      limit %d%s  (%u for files beside it; %.1f ms, "
	       "slowest %.1f)\n",
		steps[step].what, most, FSYNC_LIMIT,
		most > FSYNC_LIMIT ? "   OVER" : "", most_others, all / SAVES,
		slowest);
	return true;
}

bool sync_save(struct bed *bed, bool *kept, GError **error)
{
	g_autofree char *state = g_build_filename(bed->dir, "saves", NULL);
	g_autofree char *page = g_build_filename(bed->dir, "page.jpg", NULL);
	AUTO(store) store = NULL;
	struct saving saving = {.page = page,
		.actor = {.staff_no = "1003",
			.staff_name = "甄示例",
			.role = "clerk",
			.window = "03",
			.session = ""}};

	printf("\nOne save at the window: fsync and fdatasync, the most of "
	       "%d\n",
		SAVES);
	store = file_make_dir(state, error) ? store_open(state, "03", error)
					    : NULL;
	saving.store = store;
	if (!store || !add_blocks(store, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
		if (!measure(&saving, i, kept, error))
			break;
	case_free(saving.record);
	return !error || !*error;
}
