/* The queue at this window: calling, parking, transfer, finishing. What comes
 * from the platform is in ticket_remote.c. */
#include "client/store/ticket.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

#define NAME_ROW(code, name) [code] = name,
static const char *const state_names[] = {TICKET_STATES(NAME_ROW)};
static const char *const action_names[] = {TICKET_ACTIONS(NAME_ROW)};
static const char *const kind_names[] = {
	[TICKET_APPLY] = "apply",
	[TICKET_BOOKED] = "booked",
	[TICKET_COLLECT] = "collect",
	[TICKET_NONE] = "none",
};

/* From which states an action leads where. A skipped
 * number that comes back is called again. */
static const struct {
	enum ticket_action action;
	unsigned from; /* bits of enum ticket_state */
	enum ticket_state to;
} rules[] = {
	{TICKET_ACTION_CALL,
		1u << TICKET_WAITING | 1u << TICKET_TRANSFERRED |
			1u << TICKET_SKIPPED,
		TICKET_CALLED},
	{TICKET_ACTION_RECALL, 1u << TICKET_CALLED, TICKET_CALLED},
	{TICKET_ACTION_SKIP, 1u << TICKET_CALLED, TICKET_SKIPPED},
	{TICKET_ACTION_PARK, 1u << TICKET_CALLED, TICKET_PARKED},
	{TICKET_ACTION_RESUME, 1u << TICKET_PARKED, TICKET_CALLED},
	{TICKET_ACTION_TRANSFER, 1u << TICKET_CALLED | 1u << TICKET_PARKED,
		TICKET_TRANSFERRED},
	{TICKET_ACTION_FINISH, 1u << TICKET_CALLED, TICKET_DONE},
};

void ticket_free(struct ticket *ticket)
{
	if (!ticket)
		return;
	g_free(ticket->business);
	g_free(ticket->person);
	g_free(ticket->note);
	g_free(ticket);
}

static int find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

#define TICKET_COLUMNS                                                     \
	"ticket_id, number, kind, state, business, person, note, window, " \
	"taken_ms, called_ms, ended_ms, calls, fits"

static struct ticket *read_ticket(struct db_rows *rows, GError **error)
{
	int kind = find_name(
		kind_names, G_N_ELEMENTS(kind_names), db_text(rows, 2));
	int state = find_name(
		state_names, G_N_ELEMENTS(state_names), db_text(rows, 3));
	struct ticket *ticket;

	if (!store_row_fits(rows, 12, "tickets", db_text(rows, 0), error))
		return NULL;
	ticket = g_new0(struct ticket, 1);
	db_copy_text(rows, 0, ticket->ticket_id, sizeof(ticket->ticket_id));
	db_copy_text(rows, 1, ticket->number, sizeof(ticket->number));
	ticket->kind = kind < 0 ? TICKET_NONE : (enum ticket_kind)kind;
	ticket->state = state < 0 ? TICKET_DONE : (enum ticket_state)state;
	ticket->business = db_dup_text(rows, 4);
	ticket->person = db_dup_text(rows, 5);
	ticket->note = db_dup_text(rows, 6);
	db_copy_text(rows, 7, ticket->window, sizeof(ticket->window));
	ticket->taken_ms = db_int(rows, 8);
	ticket->called_ms = db_int(rows, 9);
	ticket->ended_ms = db_int(rows, 10);
	ticket->calls = (int)db_int(rows, 11);
	return ticket;
}

GPtrArray *ticket_list(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)ticket_free);
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " TICKET_COLUMNS " FROM tickets"
		" WHERE (state = 'waiting' AND window IN ('', ?1))"
		" OR (state IN ('transferred', 'parked', 'called')"
		"  AND window = ?1)"
		" OR (state = 'skipped' AND window = ?1 AND ended_day = ?2)"
		" ORDER BY state = 'skipped', state IN ('parked', 'called'),"
		" CASE state WHEN 'skipped' THEN -ended_ms ELSE taken_ms END,"
		" number",
		DB_VALUES(DB_TEXT(store->window),
			DB_INT(clock_day(clock_wall_ms()))));

	while (db_next(rows)) {
		struct ticket *ticket = read_ticket(rows, error);

		if (!ticket)
			return NULL;
		g_ptr_array_add(list, ticket);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

struct ticket *ticket_load(
	struct store *store, const char *ticket_id, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT " TICKET_COLUMNS " FROM tickets WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket_id)));

	if (db_next(rows))
		return read_ticket(rows, error);
	if (db_end(rows, error))
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no such ticket");
	return NULL;
}

static bool fail_item(enum item_error code, const char *why, GError **error)
{
	g_set_error(error, ITEM_ERROR, code, "ticket: %s", why);
	return false;
}

/* What an act makes of the ticket; the row is written from it. */
struct act {
	struct store *store;
	enum ticket_action action;
	const char *reason, *target;
	const struct actor *actor;
	int64_t at_ms;
};

static bool may_act(
	const struct act *act, const struct ticket *ticket, GError **error)
{
	bool ours = strcmp(ticket->window, act->store->window) == 0;
	bool free_for_all = !ticket->window[0];
	bool held = ticket->state == TICKET_CALLED ||
		    ticket->state == TICKET_PARKED ||
		    ticket->state == TICKET_TRANSFERRED;

	if (held && !ours && !free_for_all)
		return fail_item(
			ITEM_ERROR_CONFLICT, "another window has it", error);
	if (ticket->state == TICKET_WAITING && !ours && !free_for_all)
		return fail_item(ITEM_ERROR_CONFLICT,
			"it waits for another window", error);
	if (act->action == TICKET_ACTION_TRANSFER &&
		(!act->target || !*act->target ||
			strlen(act->target) >= sizeof(ticket->window)))
		return fail_item(
			ITEM_ERROR_INVALID, "transfer without target", error);
	return true;
}

static bool apply_rule(
	const struct act *act, struct ticket *ticket, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (rules[i].action != act->action ||
			!(rules[i].from & 1u << ticket->state))
			continue;
		ticket->state = rules[i].to;
		return true;
	}
	return fail_item(ITEM_ERROR_STATE, "not allowed in its state", error);
}

static bool puts_aside(enum ticket_action action)
{
	return action == TICKET_ACTION_PARK || action == TICKET_ACTION_SKIP ||
	       action == TICKET_ACTION_TRANSFER;
}

static void fill_ticket(const struct act *act, struct ticket *ticket)
{
	const char *window = act->store->window;

	if (act->action == TICKET_ACTION_CALL ||
		act->action == TICKET_ACTION_RECALL)
		ticket->calls++;
	if (act->action == TICKET_ACTION_CALL) {
		ticket->called_ms = act->at_ms;
		ticket->ended_ms = 0;
	}
	if (act->action == TICKET_ACTION_SKIP ||
		act->action == TICKET_ACTION_FINISH)
		ticket->ended_ms = act->at_ms;
	if (act->action == TICKET_ACTION_TRANSFER)
		window = act->target;
	g_strlcpy(ticket->window, window, sizeof(ticket->window));
	/* Why it was called is not why it lies aside. */
	if (act->reason && *act->reason && puts_aside(act->action)) {
		g_free(ticket->note);
		ticket->note = g_strdup(act->reason);
	}
}

static int day_or_zero(int64_t wall_ms)
{
	return wall_ms ? clock_day(wall_ms) : 0;
}

static bool update_row(
	struct store *store, const struct ticket *ticket, GError **error)
{
	return db_run(store->db,
		"UPDATE tickets SET state = ?2, note = ?3, window = ?4,"
		" called_ms = ?5, called_day = ?6, ended_ms = ?7,"
		" ended_day = ?8, calls = ?9 WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket->ticket_id),
			DB_TEXT(state_names[ticket->state]),
			DB_TEXT(ticket->note), DB_TEXT(ticket->window),
			DB_INT(ticket->called_ms),
			DB_INT(day_or_zero(ticket->called_ms)),
			DB_INT(ticket->ended_ms),
			DB_INT(day_or_zero(ticket->ended_ms)),
			DB_INT(ticket->calls)),
		error);
}

static bool send_op(
	const struct act *act, const struct ticket *ticket, GError **error)
{
	struct new_op op = {.agg = "ticket",
		.agg_id = ticket->ticket_id,
		.kind = action_names[act->action],
		.actor = act->actor};
	struct json *body = json_new_object();

	json_put_text(body, "ticket_id", ticket->ticket_id);
	json_put_text(body, "number", ticket->number);
	json_put_text(body, "window", act->store->window);
	json_put_text(body, "staff_no", text_or_empty(act->actor->staff_no));
	json_put_filled(body, "reason", act->reason);
	json_put_filled(body, "target", act->target);
	json_put_time(body, "at", act->at_ms);
	return outbox_add(act->store, &op, body, error);
}

static bool note_act(
	const struct act *act, const char *ticket_id, GError **error)
{
	struct json *details = json_new_object();

	json_put_text(details, "action", action_names[act->action]);
	json_put_text(details, "target", act->target);
	return audit_add(act->store, AUDIT_TICKET, act->actor, "ticket",
		ticket_id, "ok", details, error);
}

/* One rating for one visit, by the window that ends it. */
static bool settle_rating(
	const struct act *act, const char *ticket_id, GError **error)
{
	if (act->action == TICKET_ACTION_FINISH)
		return rating_owe(
			act->store, ticket_id, NULL, act->actor, error);
	if (act->action == TICKET_ACTION_TRANSFER)
		return rating_disown(act->store, ticket_id, error);
	return true;
}

bool ticket_act(struct store *store, const char *ticket_id,
	enum ticket_action action, const char *reason, const char *target,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	AUTO(ticket) ticket = NULL;
	struct act act = {.store = store,
		.action = action,
		.reason = reason,
		.target = target,
		.actor = actor,
		.at_ms = clock_wall_ms()};

	if (!change || !check_reason(reason, REASON_MAX_CHARS, error))
		return false;
	ticket = ticket_load(store, ticket_id, error);
	if (!ticket || !may_act(&act, ticket, error) ||
		!apply_rule(&act, ticket, error))
		return false;
	fill_ticket(&act, ticket);
	return update_row(store, ticket, error) &&
	       settle_rating(&act, ticket_id, error) &&
	       send_op(&act, ticket, error) &&
	       note_act(&act, ticket_id, error) && db_commit(change, error);
}

/* W001 is the first visit without a ticket of the day at this window. */
static bool next_own_number(
	struct store *store, int day, struct ticket *ticket, GError **error)
{
	int64_t count = 0;

	if (!db_get_int(store->db,
		    "SELECT count(*) FROM tickets"
		    " WHERE own = 1 AND called_day = ?1",
		    DB_VALUES(DB_INT(day)), &count, NULL, error))
		return false;
	g_snprintf(ticket->number, sizeof(ticket->number), "W%03d",
		(int)count + 1);
	return true;
}

static bool insert_own(
	struct store *store, const struct ticket *ticket, GError **error)
{
	return db_run(store->db,
		"INSERT INTO tickets(ticket_id, number, kind, state, business,"
		" person, note, window, taken_ms, called_ms, ended_ms,"
		" called_day, ended_day, calls, own, remote_version)"
		" VALUES(?1, ?2, ?3, ?4, '', '', '', ?5, ?6, ?6, 0, ?7, 0, 1,"
		" 1, '')",
		DB_VALUES(DB_TEXT(ticket->ticket_id), DB_TEXT(ticket->number),
			DB_TEXT(kind_names[ticket->kind]),
			DB_TEXT(state_names[ticket->state]),
			DB_TEXT(ticket->window), DB_INT(ticket->taken_ms),
			DB_INT(clock_day(ticket->taken_ms))),
		error);
}

static struct ticket *new_own_ticket(struct store *store, int64_t at_ms)
{
	struct ticket *ticket = g_new0(struct ticket, 1);

	uuid7(ticket->ticket_id);
	ticket->kind = TICKET_NONE;
	ticket->state = TICKET_CALLED;
	ticket->business = g_strdup("");
	ticket->person = g_strdup("");
	ticket->note = g_strdup("");
	g_strlcpy(ticket->window, store->window, sizeof(ticket->window));
	ticket->taken_ms = ticket->called_ms = at_ms;
	ticket->calls = 1;
	return ticket;
}

struct ticket *ticket_open(
	struct store *store, const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct act act = {.store = store,
		.action = TICKET_ACTION_OPEN,
		.actor = actor,
		.at_ms = clock_wall_ms()};
	AUTO(ticket) ticket = new_own_ticket(store, act.at_ms);
	struct ticket *result;

	if (!change ||
		!next_own_number(store, clock_day(act.at_ms), ticket, error) ||
		!insert_own(store, ticket, error) ||
		!send_op(&act, ticket, error) ||
		!note_act(&act, ticket->ticket_id, error) ||
		!db_commit(change, error))
		return NULL;
	result = ticket;
	ticket = NULL;
	return result;
}

/* The platform was told of a pause: it outlives log-out and crash. */
static const char pause_flag[] = "paused";

bool window_is_paused(struct store *store)
{
	g_autofree char *paused = store_meta(store, pause_flag);

	return paused && strcmp(paused, "1") == 0;
}

bool window_pause(struct store *store, bool paused, const char *reason,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct new_op op = {.agg = "window",
		.agg_id = store->uuid,
		.kind = paused ? "window.pause" : "window.resume",
		.actor = actor};
	struct json *body;

	if (!change || !check_reason(reason, REASON_MAX_CHARS, error))
		return false;
	body = json_new_object();
	json_put_text(body, "window", store->window);
	json_put_text(body, "staff_no", text_or_empty(actor->staff_no));
	json_put_filled(body, "reason", reason);
	json_put_time(body, "at", clock_wall_ms());
	return outbox_add(store, &op, body, error) &&
	       store_put_meta(store, pause_flag, paused ? "1" : "0", error) &&
	       audit_add(store, paused ? AUDIT_PAUSE : AUDIT_RESUME, actor,
		       "window", store->window, "ok", NULL, error) &&
	       db_commit(change, error);
}

static bool last_called(
	struct store *store, int day, struct ticket_day *out, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT number, max(called_ms, ended_ms) AS last FROM tickets"
		" WHERE called_day = ?1 AND window = ?2"
		" ORDER BY last DESC, rowid DESC LIMIT 1",
		DB_VALUES(DB_INT(day), DB_TEXT(store->window)));

	if (db_next(rows)) {
		db_copy_text(
			rows, 0, out->last_number, sizeof(out->last_number));
		out->last_ms = db_int(rows, 1);
	}
	return db_end(rows, error);
}

bool ticket_day_counts(
	struct store *store, int day, struct ticket_day *out, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT sum(state = 'done' AND has_case),"
		" sum(state = 'done' AND NOT has_case),"
		" sum(state = 'skipped') FROM (SELECT state, EXISTS("
		"  SELECT 1 FROM cases c WHERE c.ticket_id = t.ticket_id"
		"  AND c.ticket_id <> '' AND c.state NOT IN ('draft', 'void'))"
		"  AS has_case FROM tickets t"
		"  WHERE ended_day = ?1 AND window = ?2)",
		DB_VALUES(DB_INT(day), DB_TEXT(store->window)));

	memset(out, 0, sizeof(*out));
	if (db_next(rows)) {
		out->done = (int)db_int(rows, 0);
		out->consulted = (int)db_int(rows, 1);
		out->skipped = (int)db_int(rows, 2);
	}
	return db_end(rows, error) && last_called(store, day, out, error);
}
