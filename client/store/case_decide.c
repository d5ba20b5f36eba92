/* From draft to accepted or refused, in one transaction: numbers, documents to
 * be rendered, events, the op for the platform, audit. Nothing of it stays
 * when any part fails. */
#include "client/store/case.h"

#include <stdio.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

struct deciding {
	struct store *store;
	const struct case_decision *decision;
	const struct actor *actor;
	struct case_record next; /* what the record becomes; lends pointers */
	enum case_state before;
	struct json *documents; /* [{"kind","number"}] */
	GPtrArray *blobs;       /* char *, lent by the body */
};

static bool fail_item(enum item_error code, const char *why, GError **error)
{
	g_set_error(error, ITEM_ERROR, code, "decision: %s", why);
	return false;
}

static bool check_decision(const struct case_record *record,
	const struct case_decision *decision, GError **error)
{
	size_t code_len = strlen(text_or_empty(record->item_code));

	if (!uuid_is_valid(record->case_id))
		return fail_item(ITEM_ERROR_INVALID, "case_id", error);
	if (decision->event != CASE_EVENT_ACCEPT &&
		decision->event != CASE_EVENT_REFUSE &&
		decision->event != CASE_EVENT_NOT_NEEDED)
		return fail_item(ITEM_ERROR_INVALID, "event", error);
	if (decision->event != CASE_EVENT_ACCEPT &&
		(!decision->reason || !*decision->reason))
		return fail_item(ITEM_ERROR_INVALID,
			"a refusal needs its reason", error);
	if (code_len < 1 || code_len > 31)
		return fail_item(ITEM_ERROR_INVALID, "item code", error);
	if (decision->day < 19000101 || decision->day > 99991231)
		return fail_item(ITEM_ERROR_INVALID, "day", error);
	return check_reason(decision->reason, GROUNDS_MAX_CHARS, error);
}

static bool add_event(struct deciding *d, enum case_event event, GError **error)
{
	struct case_step step = {.event = event,
		.from = d->next.state,
		.at_ms = d->decision->at_ms,
		.reason = event == d->decision->event ? d->decision->reason
						      : NULL};

	if (!case_transition(d->next.state, event, &step.to))
		return fail_item(ITEM_ERROR_STATE,
			"not allowed in the state of the case", error);
	d->next.state = step.to;
	return case_add_event(
		d->store, d->next.case_id, &step, d->actor, error);
}

/* A draft is received first; a case that was received before only decided. The
 * row must be there before its events: it is written twice. */
static bool move_on(struct deciding *d, GError **error)
{
	const char *clerk = text_or_empty(d->actor->staff_no);
	bool exists;

	if (!case_stored_state(
		    d->store, d->next.case_id, &exists, &d->before, error))
		return false;
	d->next.state = d->before;
	if (!exists && !case_write(d->store, &d->next, clerk, error))
		return false;
	if (d->before == CASE_DRAFT && !add_event(d, CASE_EVENT_RECEIVE, error))
		return false;
	return add_event(d, d->decision->event, error);
}

/* 20261123-03-0017, and in full: item code, day, window, serial. */
static bool bind_case_number(struct deciding *d, GError **error)
{
	const char *window = d->store->window;
	g_autofree char *series = g_strdup_printf("case:%s", window);
	int day = d->decision->day;
	char prefix[40];
	int64_t serial;

	if (!number_take(
		    d->store, series, d->next.case_id, prefix, &serial, error))
		return false;
	g_snprintf(d->next.case_no, sizeof(d->next.case_no), "%08d-%s-%04d",
		day, window, (int)serial);
	g_snprintf(d->next.full_no, sizeof(d->next.full_no), "%s%08d%s%04d",
		d->next.item_code, day, window, (int)serial);
	return true;
}

static bool add_document(struct deciding *d, const char *kind,
	const char *number, GError **error)
{
	struct json *line = json_new_object();

	json_put_text(line, "kind", kind);
	json_put_text(line, "number", number);
	json_add(d->documents, line);
	return case_document_add(
		d->store, d->next.case_id, kind, number, error);
}

/* "登政务〔2026〕受字第" 000123 "号" */
static bool bind_document(
	struct deciding *d, const char *series_name, GError **error)
{
	g_autofree char *series = g_strdup_printf(
		"doc:%s:%d", series_name, d->decision->day / 10000);
	g_autofree char *kind = g_strdup_printf("%s-notice", series_name);
	g_autofree char *number = NULL;
	char prefix[40];
	int64_t serial;

	if (!number_take(
		    d->store, series, d->next.case_id, prefix, &serial, error))
		return false;
	number = g_strdup_printf("%s%06" G_GINT64_FORMAT "号", prefix, serial);
	return add_document(d, kind, number, error);
}

static bool bind_documents(struct deciding *d, GError **error)
{
	const char *const *series = d->decision->document_series;

	if (!add_document(d, "receipt", "", error))
		return false;
	for (; series && *series; series++)
		if (!bind_document(d, *series, error))
			return false;
	return true;
}

/* Six digits without bias: 32 bits are cut into 4294 whole ranges. */
static void make_query_password(char out[8])
{
	uint32_t number;

	do {
		random_bytes(&number, sizeof(number));
	} while (number >= 4294000000u);
	g_snprintf(out, 8, "%06u", number % 1000000u);
}

static void fill_times(struct deciding *d)
{
	d->next.updated_ms = clock_wall_ms();
	if (d->next.received_ms == 0)
		d->next.received_ms = d->decision->at_ms;
	if (d->decision->event == CASE_EVENT_ACCEPT)
		d->next.accepted_ms = d->decision->at_ms;
	if (!d->next.query_password[0])
		make_query_password(d->next.query_password);
}

/* That the page is in the store is checked with the op's rows. */
static bool add_page(
	struct deciding *d, const struct json *page, GError **error)
{
	const char *hash = json_text(page, "sha256");

	if (!hash || !sha256_is_valid(hash))
		return fail_item(
			ITEM_ERROR_INVALID, "page without hash", error);
	g_ptr_array_add(d->blobs, (void *)hash);
	return true;
}

static bool collect_blobs(struct deciding *d, GError **error)
{
	const struct json *materials = json_get(d->next.body, "materials");

	json_each (material, materials) {
		json_each (page, json_get(material, "pages")) {
			if (!add_page(d, page, error))
				return false;
		}
	}
	return true;
}

static struct json *copy_or_empty(
	const struct json *body, const char *name, bool array)
{
	const struct json *value = json_get(body, name);

	if (value && (array ? json_is_array(value) : json_is_object(value)))
		return json_copy(value);
	return array ? json_new_array() : json_new_object();
}

static void put_parts(struct deciding *d, struct json *body)
{
	const struct case_record *next = &d->next;
	struct json *item = json_new_object();
	struct json *verdict = copy_or_empty(next->body, "decision", false);

	json_put_text(item, "code", next->item_code);
	json_put_text(item, "name", text_or_empty(next->item_name));
	json_put_text(item, "version", text_or_empty(next->item_version));
	json_put(body, "item", item);
	json_put_filled(body, "ticket_id", next->ticket_id);
	json_put(body, "applicant",
		copy_or_empty(next->body, "applicant", false));
	json_put(body, "form", copy_or_empty(next->body, "form", false));
	json_put(body, "materials",
		copy_or_empty(next->body, "materials", true));
	json_put_text(verdict, "event", case_event_name(d->decision->event));
	json_put_filled(verdict, "reason", d->decision->reason);
	json_put(body, "decision", verdict);
	json_put(body, "documents", json_copy(d->documents));
}

/* The body of case.accept and case.refuse; the platform's contract names each
 * member. */
static struct json *make_body(struct deciding *d)
{
	const struct case_record *next = &d->next;
	struct json *body = json_new_object();
	struct json *clerk = json_new_object();

	json_put_text(body, "case_id", next->case_id);
	json_put_text(body, "case_no", next->case_no);
	json_put_text(body, "full_no", next->full_no);
	json_put_text(body, "state", case_state_name(next->state));
	put_parts(d, body);
	json_put_time(body, "received_at", next->received_ms);
	json_put_time(body, "accepted_at", next->accepted_ms);
	json_put_filled(body, "promised_due", next->promised_due);
	json_put_filled(body, "statutory_due", next->statutory_due);
	json_put_text(body, "query_password", next->query_password);
	json_put_text(clerk, "staff_no", text_or_empty(d->actor->staff_no));
	json_put_text(clerk, "name", text_or_empty(d->actor->staff_name));
	json_put(body, "clerk", clerk);
	json_put_text(body, "window", d->store->window);
	return body;
}

static bool send_op(struct deciding *d, GError **error)
{
	bool accepted = d->decision->event == CASE_EVENT_ACCEPT;
	struct new_op op = {
		.agg = "case",
		.agg_id = d->next.case_id,
		.kind = accepted ? "case.accept" : "case.refuse",
		.actor = d->actor,
		.blobs = d->blobs,
	};

	return outbox_add(d->store, &op, make_body(d), error);
}

static bool note_decision(struct deciding *d, GError **error)
{
	bool accepted = d->decision->event == CASE_EVENT_ACCEPT;
	struct json *details = json_new_object();

	json_put_text(details, "case_no", d->next.case_no);
	json_put_text(details, "item", d->next.item_code);
	json_put_text(details, "event", case_event_name(d->decision->event));
	json_put_int(details, "pages", (int64_t)d->blobs->len);
	if (d->before == CASE_DRAFT &&
		!audit_add(d->store, AUDIT_CASE_RECEIVE, d->actor, "case",
			d->next.case_id, "ok", NULL, error)) {
		json_free(details);
		return false;
	}
	return audit_add(d->store,
		accepted ? AUDIT_CASE_ACCEPT : AUDIT_CASE_REFUSE, d->actor,
		"case", d->next.case_id, "ok", details, error);
}

static bool decide(struct deciding *d, GError **error)
{
	fill_times(d);
	return move_on(d, error) && bind_case_number(d, error) &&
	       bind_documents(d, error) && collect_blobs(d, error) &&
	       case_write(d->store, &d->next, text_or_empty(d->actor->staff_no),
		       error) &&
	       send_op(d, error) && note_decision(d, error) &&
	       rating_owe(d->store, d->next.ticket_id, d->next.case_id,
		       d->actor, error);
}

bool case_decide(struct store *store, struct case_record *record,
	const struct case_decision *decision, const struct actor *actor,
	GError **error)
{
	AUTO(db_transaction) change = NULL;
	AUTO(json) documents = json_new_array();
	g_autoptr(GPtrArray) blobs = g_ptr_array_new();
	struct deciding d = {
		.store = store,
		.decision = decision,
		.actor = actor,
		.next = *record,
		.documents = documents,
		.blobs = blobs,
	};

	if (!check_decision(record, decision, error))
		return false;
	change = db_begin(store->db, error);
	if (!change || !decide(&d, error) || !db_commit(change, error))
		return false;
	*record = d.next;
	g_free(record->clerk);
	record->clerk = g_strdup(text_or_empty(actor->staff_no));
	return true;
}
