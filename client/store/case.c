/* Cases: the record, its row, drafts. What the law makes of a draft is in
 * case_decide.c. */
#include "client/store/case.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

struct case_record *case_new(void)
{
	struct case_record *record = g_new0(struct case_record, 1);

	uuid7(record->case_id);
	record->state = CASE_DRAFT;
	record->created_ms = clock_wall_ms();
	record->body = json_new_object();
	return record;
}

void case_free(struct case_record *record)
{
	if (!record)
		return;
	g_free(record->item_code);
	g_free(record->item_name);
	g_free(record->item_version);
	g_free(record->initials);
	g_free(record->clerk);
	json_free(record->body);
	g_free(record);
}

static bool fail_item(enum item_error code, const char *why, GError **error)
{
	g_set_error(error, ITEM_ERROR, code, "case: %s", why);
	return false;
}

bool case_stored_state(struct store *store, const char *case_id, bool *exists,
	enum case_state *state, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT state, fits FROM cases WHERE case_id = ?1",
		DB_VALUES(DB_TEXT(case_id)));

	*state = CASE_DRAFT;
	*exists = db_next(rows);
	if (!*exists)
		return db_end(rows, error);
	if (!store_row_fits(rows, 1, "cases", case_id, error))
		return false;
	if (case_state_from_name(db_text(rows, 0), state))
		return true;
	g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
		"case %s has an unknown state", case_id);
	return false;
}

static const char upsert_sql[] =
	"INSERT INTO cases(case_id, case_no, full_no, state, ticket_id,"
	" item_code, item_name, item_version, applicant, id_number, phone,"
	" initials, query_password, clerk, created_ms, updated_ms,"
	" received_ms, accepted_ms, promised_due, statutory_due,"
	" due_provisional, body)"
	" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
	" ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"
	" ON CONFLICT(case_id) DO UPDATE SET"
	" case_no = ?2, full_no = ?3, state = ?4, ticket_id = ?5,"
	" item_code = ?6, item_name = ?7, item_version = ?8, applicant = ?9,"
	" id_number = ?10, phone = ?11, initials = ?12, query_password = ?13,"
	" clerk = ?14, updated_ms = ?16, received_ms = ?17, accepted_ms = ?18,"
	" promised_due = ?19, statutory_due = ?20, due_provisional = ?21,"
	" body = ?22 RETURNING row";

static bool upsert(struct store *store, const struct case_record *record,
	const char *clerk, const char *body, const struct case_keys *keys,
	int64_t *row, GError **error)
{
	return db_get_int(store->db, upsert_sql,
		DB_VALUES(DB_TEXT(record->case_id), DB_TEXT(record->case_no),
			DB_TEXT(record->full_no),
			DB_TEXT(case_state_name(record->state)),
			DB_TEXT(record->ticket_id),
			DB_TEXT(text_or_empty(record->item_code)),
			DB_TEXT(text_or_empty(record->item_name)),
			DB_TEXT(text_or_empty(record->item_version)),
			DB_TEXT(keys->name), DB_TEXT(keys->id_number),
			DB_TEXT(keys->phone), DB_TEXT(keys->initials),
			DB_TEXT(record->query_password), DB_TEXT(clerk),
			DB_INT(record->created_ms), DB_INT(record->updated_ms),
			DB_INT(record->received_ms),
			DB_INT(record->accepted_ms),
			DB_TEXT(record->promised_due),
			DB_TEXT(record->statutory_due),
			DB_INT(record->due_provisional ? 1 : 0), DB_TEXT(body)),
		row, NULL, error);
}

/* Drafts are saved after each field; who it is about changes rarely. */
static bool keys_changed(struct store *store, const char *case_id,
	const struct case_keys *keys, bool *changed, GError **error)
{
	int64_t same = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM cases WHERE case_id = ?1"
		    " AND applicant = ?2 AND id_number = ?3 AND phone = ?4"
		    " AND initials = ?5",
		    DB_VALUES(DB_TEXT(case_id), DB_TEXT(keys->name),
			    DB_TEXT(keys->id_number), DB_TEXT(keys->phone),
			    DB_TEXT(keys->initials)),
		    &same, NULL, error))
		return false;
	*changed = same == 0;
	return true;
}

bool case_write(struct store *store, const struct case_record *record,
	const char *clerk, GError **error)
{
	g_autofree char *body = json_print(record->body);
	const struct json *person = json_get(record->body, "applicant");
	struct case_keys keys = {
		.name = json_text_or(person, "name", ""),
		.id_number = json_text_or(person, "id_number", ""),
		.phone = json_text_or(person, "phone", ""),
		.initials = text_or_empty(record->initials),
	};
	int64_t row = 0;
	bool changed;

	if (strlen(body) > CASE_BODY_MAX)
		return fail_item(
			ITEM_ERROR_TOO_LARGE, "body is over 1 MiB", error);
	return keys_changed(store, record->case_id, &keys, &changed, error) &&
	       upsert(store, record, clerk, body, &keys, &row, error) &&
	       (!changed || case_index(store, row, &keys, error));
}

bool case_add_event(struct store *store, const char *case_id,
	const struct case_step *step, const struct actor *actor, GError **error)
{
	return db_run(store->db,
		"INSERT INTO case_events(case_id, event, from_state, to_state,"
		" at_ms, staff_no, window, reason)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		DB_VALUES(DB_TEXT(case_id),
			DB_TEXT(case_event_name(step->event)),
			DB_TEXT(case_state_name(step->from)),
			DB_TEXT(case_state_name(step->to)), DB_INT(step->at_ms),
			DB_TEXT(text_or_empty(actor->staff_no)),
			DB_TEXT(store->window),
			DB_TEXT(text_or_empty(step->reason))),
		error);
}

static bool need_draft(
	struct store *store, const char *case_id, bool *exists, GError **error)
{
	enum case_state state;

	if (!uuid_is_valid(case_id))
		return fail_item(ITEM_ERROR_INVALID, "case_id", error);
	if (!case_stored_state(store, case_id, exists, &state, error))
		return false;
	return state == CASE_DRAFT ||
	       fail_item(ITEM_ERROR_STATE, "not a draft any more", error);
}

/* A draft is saved after each field: only its beginning is an act. */
static bool note_draft(struct store *store, const struct case_record *record,
	const struct actor *actor, GError **error)
{
	struct json *details = json_new_object();

	json_put_text(details, "item", record->item_code);
	return audit_add(store, AUDIT_CASE_DRAFT, actor, "case",
		record->case_id, "ok", details, error);
}

bool case_save_draft(struct store *store, struct case_record *record,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct case_record next = *record;
	bool exists;

	next.state = CASE_DRAFT;
	next.updated_ms = clock_wall_ms();
	if (!change || !need_draft(store, record->case_id, &exists, error) ||
		!case_write(
			store, &next, text_or_empty(actor->staff_no), error) ||
		(!exists && !note_draft(store, &next, actor, error)) ||
		!db_commit(change, error))
		return false;
	*record = next;
	g_free(record->clerk);
	record->clerk = g_strdup(text_or_empty(actor->staff_no));
	return true;
}

#define CASE_COLUMNS                                                          \
	"case_id, case_no, full_no, state, ticket_id, item_code, item_name, " \
	"item_version, initials, query_password, clerk, created_ms, "         \
	"updated_ms, received_ms, accepted_ms, promised_due, statutory_due, " \
	"due_provisional, body, fits"

static void read_numbers(struct db_rows *rows, struct case_record *record)
{
	db_copy_text(rows, 0, record->case_id, sizeof(record->case_id));
	db_copy_text(rows, 1, record->case_no, sizeof(record->case_no));
	db_copy_text(rows, 2, record->full_no, sizeof(record->full_no));
	db_copy_text(rows, 4, record->ticket_id, sizeof(record->ticket_id));
	db_copy_text(rows, 9, record->query_password,
		sizeof(record->query_password));
	record->created_ms = db_int(rows, 11);
	record->updated_ms = db_int(rows, 12);
	record->received_ms = db_int(rows, 13);
	record->accepted_ms = db_int(rows, 14);
	db_copy_text(
		rows, 15, record->promised_due, sizeof(record->promised_due));
	db_copy_text(
		rows, 16, record->statutory_due, sizeof(record->statutory_due));
	record->due_provisional = db_int(rows, 17) != 0;
}

static struct case_record *read_case(struct db_rows *rows, GError **error)
{
	AUTO(case_record) record = g_new0(struct case_record, 1);
	const char *body = db_text(rows, 18);
	struct case_record *result;

	read_numbers(rows, record);
	record->item_code = db_dup_text(rows, 5);
	record->item_name = db_dup_text(rows, 6);
	record->item_version = db_dup_text(rows, 7);
	record->initials = db_dup_text(rows, 8);
	record->clerk = db_dup_text(rows, 10);
	if (!store_row_fits(rows, 19, "cases", record->case_id, error))
		return NULL;
	record->body = json_parse(body, strlen(body), NULL);
	if (!record->body ||
		!case_state_from_name(db_text(rows, 3), &record->state)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
			"case %s cannot be read", record->case_id);
		return NULL;
	}
	result = record;
	record = NULL;
	return result;
}

struct case_record *case_load(
	struct store *store, const char *case_id, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " CASE_COLUMNS " FROM cases WHERE case_id = ?1",
		DB_VALUES(DB_TEXT(case_id)));

	if (db_next(rows))
		return read_case(rows, error);
	if (db_end(rows, error))
		fail_item(ITEM_ERROR_NOT_FOUND, "no such case", error);
	return NULL;
}

GPtrArray *case_drafts(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)case_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " CASE_COLUMNS " FROM cases WHERE state = 'draft'"
		" ORDER BY updated_ms DESC, row DESC",
		NULL);

	while (db_next(rows)) {
		struct case_record *record = read_case(rows, error);

		if (!record)
			return NULL;
		g_ptr_array_add(list, record);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

struct case_record *case_of_ticket(
	struct store *store, const char *ticket_id, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " CASE_COLUMNS " FROM cases"
		" WHERE ticket_id = ?1 AND ticket_id <> '' AND state <> 'void'"
		" ORDER BY state = 'draft' DESC, row DESC LIMIT 1",
		DB_VALUES(DB_TEXT(ticket_id)));

	if (db_next(rows))
		return read_case(rows, error);
	if (db_end(rows, error))
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no case of this ticket");
	return NULL;
}

static bool abandon(struct store *store, const char *case_id,
	const char *reason, const struct actor *actor, GError **error)
{
	struct case_step step = {.event = CASE_EVENT_ABANDON,
		.from = CASE_DRAFT,
		.at_ms = clock_wall_ms(),
		.reason = reason};

	case_transition(CASE_DRAFT, CASE_EVENT_ABANDON, &step.to);
	return db_run(store->db,
		       "UPDATE cases SET state = ?2, updated_ms = ?3,"
		       " clerk = ?4 WHERE case_id = ?1",
		       DB_VALUES(DB_TEXT(case_id),
			       DB_TEXT(case_state_name(step.to)),
			       DB_INT(step.at_ms),
			       DB_TEXT(text_or_empty(actor->staff_no))),
		       error) &&
	       case_add_event(store, case_id, &step, actor, error) &&
	       audit_add(store, AUDIT_CASE_ABANDON, actor, "case", case_id,
		       "ok", NULL, error);
}

bool case_abandon(struct store *store, const char *case_id, const char *reason,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	bool exists = false;

	if (!change || !need_draft(store, case_id, &exists, error))
		return false;
	if (!exists)
		return fail_item(ITEM_ERROR_NOT_FOUND, "no such case", error);
	return abandon(store, case_id, reason, actor, error) &&
	       db_commit(change, error);
}
