/* What windows do all day, drawn: visits without a ticket, pauses, cases with
 * scanned pages, refusals, documents, tickets of the queue, ratings. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/blob.h"
#include "client/store/case.h"
#include "client/store/feed.h"
#include "client/store/private.h"
#include "client/store/ticket.h"
#include "tests/torture/world.h"

enum { PAGE_MAX = 3000 };

static struct actor clerk_of(const struct window *window)
{
	return (struct actor){
		.staff_no = "1003",
		.staff_name = "甄示例",
		.role = "clerk",
		.window = window->number,
		.session = "01980000-0000-7000-8000-000000000001",
	};
}

void work_promise(struct window *window)
{
	window->saved = window_number(
		window, "SELECT coalesce(max(store_seq), 0) FROM outbox");
}

bool work_ticket(struct window *window, GError **error)
{
	struct actor clerk = clerk_of(window);
	AUTO(ticket) ticket = ticket_open(window->store, &clerk, error);

	return ticket != NULL;
}

bool work_pause(struct window *window, GError **error)
{
	struct actor clerk = clerk_of(window);
	bool pause = window_number(window, "SELECT count(*) FROM outbox"
					   " WHERE agg = 'window'") %
			     2 ==
		     0;

	return window_pause(window->store, pause, "午休", &clerk, error);
}

bool work_page(struct window *window, size_t bytes, char sha256[SHA256_TEXT],
	GError **error)
{
	g_autofree char *path = g_build_filename(window->dir, "page.jpg", NULL);
	g_autofree char *data = g_malloc(bytes);

	random_bytes(data, bytes);
	return g_file_set_contents_full(path, data, (gssize)bytes,
		       G_FILE_SET_CONTENTS_NONE, 0600, error) &&
	       blob_add(window->store, path, "image/jpeg", sha256, NULL, error);
}

static struct json *scanned_page(
	struct window *window, size_t bytes, GError **error)
{
	struct json *page;
	char sha256[SHA256_TEXT];

	if (!work_page(window, bytes, sha256, error))
		return NULL;
	page = json_new_object();
	json_put_text(page, "sha256", sha256);
	json_put_int(page, "size", (int64_t)bytes);
	json_put_text(page, "media_type", "image/jpeg");
	return page;
}

static struct json *materials_with(struct json *take_pages)
{
	struct json *materials = json_new_array();
	struct json *material = json_new_object();

	json_put_int(material, "no", 1);
	json_put_text(material, "name", "示例材料");
	json_put(material, "pages", take_pages);
	json_add(materials, material);
	return materials;
}

static struct json *scan(
	struct window *window, unsigned pages, size_t bytes, GError **error)
{
	AUTO(json) list = json_new_array();
	struct json *all;

	while (pages-- > 0) {
		struct json *page = scanned_page(window, bytes, error);

		if (!page)
			return NULL;
		json_add(list, page);
	}
	all = list;
	list = NULL;
	return all;
}

/* pages of page_bytes each, 0: without. */
static bool decide(struct window *window, unsigned pages, size_t page_bytes,
	bool accept, GError **error)
{
	static const char *const accepted[] = {"accept", NULL};
	static const char *const refused[] = {"refuse", NULL};
	struct actor clerk = clerk_of(window);
	AUTO(case_record) record = case_new();
	struct json *applicant = json_new_object();
	struct case_decision decision = {
		.event = accept ? CASE_EVENT_ACCEPT : CASE_EVENT_REFUSE,
		.reason = accept ? NULL : "02 材料不齐",
		.at_ms = clock_wall_ms(),
		.day = clock_day(clock_wall_ms()),
		.document_series = accept ? accepted : refused,
	};

	record->item_code = g_strdup("11410185MB0000000X4000100001001");
	record->item_name = g_strdup("示例事项");
	record->item_version = g_strdup("1");
	json_put_text(applicant, "name", "张样例");
	json_put(record->body, "applicant", applicant);
	if (pages > 0) {
		struct json *scanned = scan(window, pages, page_bytes, error);

		if (!scanned)
			return false;
		json_put(record->body, "materials", materials_with(scanned));
	}
	return case_save_draft(window->store, record, &clerk, error) &&
	       case_decide(window->store, record, &decision, &clerk, error);
}

bool work_case(struct window *window, size_t page_bytes, GError **error)
{
	return decide(window, page_bytes > 0, page_bytes, true, error);
}

bool work_case_of_pages(
	struct window *window, unsigned pages, size_t bytes, GError **error)
{
	return decide(window, pages, bytes, true, error);
}

/* A document of the oldest case that waits for one; nothing when none does. */
static bool finish_document(struct window *window, GError **error)
{
	g_autoptr(GPtrArray) cases =
		case_documents_pending(window->store, error);
	struct actor clerk = clerk_of(window);
	g_autoptr(GPtrArray) documents = NULL;
	char sha256[SHA256_TEXT];

	if (!cases || cases->len == 0)
		return cases != NULL;
	documents = case_documents(window->store, cases->pdata[0], error);
	for (guint i = 0; documents && i < documents->len; i++) {
		struct case_document *document = documents->pdata[i];

		if (*document->sha256)
			continue;
		return work_page(window, 800, sha256, error) &&
		       case_document_done(window->store, cases->pdata[0],
			       document->kind, sha256, 800, 1, &clerk, error);
	}
	return documents != NULL;
}

/* Calls the first of the queue, ends the visit, takes the rating. */
bool work_queue(struct window *window, GError **error)
{
	g_autoptr(GPtrArray) waiting = ticket_list(window->store, error);
	struct actor clerk = clerk_of(window);

	for (guint i = 0; waiting && i < waiting->len; i++) {
		struct ticket *ticket = waiting->pdata[i];

		if (ticket->state == TICKET_WAITING)
			return ticket_act(window->store, ticket->ticket_id,
				TICKET_ACTION_CALL, NULL, NULL, &clerk, error);
		if (ticket->state == TICKET_CALLED)
			return ticket_act(window->store, ticket->ticket_id,
				       TICKET_ACTION_FINISH, NULL, NULL, &clerk,
				       error) &&
			       rating_record(window->store, ticket->ticket_id,
				       NULL, RATING_GOOD, "pad", &clerk, error);
	}
	return waiting != NULL;
}

bool work_step(struct world *world, struct window *window, GError **error)
{
	int draw = world_draw(world, 0, 100);

	if (draw < 30)
		return work_ticket(window, error);
	if (draw < 40)
		return work_pause(window, error);
	if (draw < 60)
		return decide(window, 0, 0, true, error);
	if (draw < 75)
		return decide(window, 1,
			(size_t)world_draw(world, 10, PAGE_MAX), true, error);
	if (draw < 80)
		return decide(window, 0, 0, false, error);
	if (draw < 90)
		return finish_document(window, error);
	return work_queue(window, error);
}

void work(struct world *world, struct window *window, unsigned steps)
{
	while (steps-- > 0) {
		g_autoptr(GError) error = NULL;

		if (work_step(world, window, &error))
			continue;
		/* Offline for long: a clerk is told, the case stays a draft. */
		if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NUMBERS))
			trial_wrong(world->trial, "a step of the window: %s",
				error ? error->message : "no reason");
	}
	work_promise(window);
}
