/* Tickets: taken at the machine, moved on by what the windows did. */
#include "client/platform/tickets.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/platform/feeds.h"
#include "client/platform/handlers.h"

enum state {
	ABSENT = 0,
	WAITING = 1,
	CALLED = 2,
	PARKED = 4,
	SKIPPED = 8,
	DONE = 16,
	TRANSFERRED = 32,
};

static const struct {
	enum state state;
	const char *name;
} states[] = {
	{WAITING, "waiting"},
	{CALLED, "called"},
	{PARKED, "parked"},
	{SKIPPED, "skipped"},
	{DONE, "done"},
	{TRANSFERRED, "transferred"},
};

/* Which act leads from where to where. */
static const struct act {
	const char *kind;
	unsigned from; /* set of states */
	enum state to;
	bool counts; /* as a call */
} acts[] = {
	{"ticket.call", WAITING | SKIPPED | TRANSFERRED, CALLED, true},
	{"ticket.recall", CALLED, CALLED, true},
	{"ticket.skip", CALLED, SKIPPED, false},
	{"ticket.park", CALLED, PARKED, false},
	{"ticket.resume", PARKED, CALLED, false},
	{"ticket.transfer", CALLED | PARKED, TRANSFERRED, false},
	{"ticket.finish", CALLED, DONE, false},
	{"ticket.open", ABSENT, CALLED, true},
};

static const struct {
	const char *kind, *letter;
} kinds[] = {{"apply", "A"}, {"collect", "B"}, {"booked", "Y"}};

static const char *state_name(enum state state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		if (states[i].state == state)
			return states[i].name;
	}
	return "";
}

static enum state state_from_name(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		if (strcmp(states[i].name, name) == 0)
			return states[i].state;
	}
	return ABSENT;
}

/* Showing --------------------------------------------------------------- */

#define TICKET_COLUMNS                                                    \
	"ticket_id, number, kind, state, business, person, note, window," \
	" taken_ms, calls, version"

static struct json *ticket_row(struct db_rows *rows)
{
	static const char *const members[] = {"ticket_id", "number", "kind",
		"state", "business", "person", "note", "window"};
	struct json *ticket = json_new_object();
	g_autofree char *taken = clock_iso(db_int(rows, 8));

	for (int i = 0; i < (int)G_N_ELEMENTS(members); i++)
		json_put_text(ticket, members[i], db_text(rows, i));
	json_put_text(ticket, "taken_at", taken);
	json_put_int(ticket, "calls", db_int(rows, 9));
	return ticket;
}

struct json *ticket_body(struct platform *platform, const char *ticket_id)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT " TICKET_COLUMNS " FROM tickets WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket_id)));

	return platform_next(platform, rows) ? ticket_row(rows) : NULL;
}

static bool announce(struct platform *platform, const char *ticket_id,
	int64_t version, GError **error)
{
	AUTO(json) body = ticket_body(platform, ticket_id);
	g_autofree char *text = json_print(body);
	g_autofree char *mark = g_strdup_printf("%" G_GINT64_FORMAT, version);

	return feed_put(platform,
		&(struct change){.feed = "tickets",
			.entity = "ticket",
			.id = ticket_id,
			.version = mark,
			.body = text},
		error);
}

/* Taking ---------------------------------------------------------------- */

static const char *letter_of(const char *kind)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].letter;
	}
	return NULL;
}

/* "A018": each kind counts from 1 each day. */
static char *next_number(struct platform *platform, const char *letter,
	int64_t taken_ms, GError **error)
{
	int64_t day = clock_day(taken_ms), last = 0;

	if (!db_run(platform->db,
		    "INSERT INTO ticket_numbers(day, letter, last)"
		    " VALUES(?1, ?2, 1) ON CONFLICT(day, letter)"
		    " DO UPDATE SET last = last + 1",
		    DB_VALUES(DB_INT(day), DB_TEXT(letter)), error) ||
		!db_get_int(platform->db,
			"SELECT last FROM ticket_numbers"
			" WHERE day = ?1 AND letter = ?2",
			DB_VALUES(DB_INT(day), DB_TEXT(letter)), &last, NULL,
			error))
		return NULL;
	return g_strdup_printf("%s%03" G_GINT64_FORMAT, letter, last);
}

/* A number that was given counts as used, so that the next one is another. */
static bool note_number(struct platform *platform, const char *letter,
	const char *number, int64_t taken_ms, GError **error)
{
	if (number[0] != letter[0])
		return true;
	return db_run(platform->db,
		"INSERT INTO ticket_numbers(day, letter, last)"
		" VALUES(?1, ?2, ?3) ON CONFLICT(day, letter)"
		" DO UPDATE SET last = max(last, excluded.last)",
		DB_VALUES(DB_INT(clock_day(taken_ms)), DB_TEXT(letter),
			DB_INT(g_ascii_strtoll(number + 1, NULL, 10))),
		error);
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static bool insert_ticket(struct platform *platform, const char *ticket_id,
	const char *number, const struct ticket_order *order, GError **error)
{
	return db_run(platform->db,
		"INSERT INTO tickets(ticket_id, number, kind, state, business,"
		" person, note, window, taken_ms, calls, version)"
		" VALUES(?1, ?2, ?3, 'waiting', ?4, ?5, ?6, '', ?7, 0, 1)",
		DB_VALUES(DB_TEXT(ticket_id), DB_TEXT(number),
			DB_TEXT(order->kind),
			DB_TEXT(text_or_empty(order->business)),
			DB_TEXT(text_or_empty(order->person)),
			DB_TEXT(text_or_empty(order->note)),
			DB_INT(order->taken_ms)),
		error);
}

bool ticket_take(struct platform *platform, const struct ticket_order *order,
	char ticket_id[UUID_TEXT], GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);
	const char *letter = letter_of(order->kind);
	g_autofree char *number = g_strdup(order->number);

	if (!change)
		return false;
	if (!number)
		number = next_number(platform, letter, order->taken_ms, error);
	else if (!note_number(platform, letter, number, order->taken_ms, error))
		return false;
	if (!number)
		return false;
	if (order->ticket_id)
		g_strlcpy(ticket_id, order->ticket_id, UUID_TEXT);
	else
		uuid7(ticket_id);
	return insert_ticket(platform, ticket_id, number, order, error) &&
	       announce(platform, ticket_id, 1, error) &&
	       db_commit(change, error);
}

/* The same Idempotency-Key again: the same ticket, or a refusal. */
static struct reply *known_ticket(
	struct platform *platform, const char *key, const char *digest)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT digest, ticket_id FROM idempotency WHERE key = ?1",
		DB_VALUES(DB_TEXT(key)));

	if (!platform_next(platform, rows))
		return NULL;
	if (strcmp(db_text(rows, 0), digest) != 0)
		return reply_problem(platform, PROBLEM_ID_REUSED,
			"Idempotency-Key was used for another request");
	return reply_json(
		platform, 200, ticket_body(platform, db_text(rows, 1)));
}

static bool take_once(struct platform *platform, const char *key,
	const char *digest, const struct ticket_order *order,
	char ticket_id[UUID_TEXT], GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);

	return change && ticket_take(platform, order, ticket_id, error) &&
	       (!key || db_run(platform->db,
				"INSERT INTO idempotency(key, digest,"
				" ticket_id) VALUES(?1, ?2, ?3)",
				DB_VALUES(DB_TEXT(key), DB_TEXT(digest),
					DB_TEXT(ticket_id)),
				error)) &&
	       db_commit(change, error);
}

struct reply *tickets_post(
	struct platform *platform, const struct request *request)
{
	const char *key = request->idempotency_key;
	const struct json *body = request->json;
	struct reply *reply;
	char digest[SHA256_TEXT], ticket_id[UUID_TEXT];
	g_autoptr(GError) error = NULL;

	sha256_text(request->body, request->body_len, digest);
	reply = key ? known_ticket(platform, key, digest) : NULL;
	if (reply)
		return reply;
	if (!take_once(platform, key, digest,
		    &(struct ticket_order){.kind = json_text(body, "kind"),
			    .business = json_text(body, "business"),
			    .person = json_text(body, "person"),
			    .note = json_text(body, "note"),
			    .taken_ms = clock_wall_ms()},
		    ticket_id, &error))
		return reply_error(platform, error);
	return reply_json(platform, 201, ticket_body(platform, ticket_id));
}

struct reply *tickets_get(
	struct platform *platform, const struct request *request)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT " TICKET_COLUMNS " FROM tickets"
		" WHERE listed = 1 AND state <> 'done'"
		" ORDER BY taken_ms, row LIMIT 1000",
		NULL);
	struct json *value = json_new_object(), *list = json_new_array();
	g_autoptr(GError) error = NULL;

	(void)request;
	while (db_next(rows))
		json_add(list, ticket_row(rows));
	json_put(value, "rows", list);
	if (db_end(rows, &error))
		return reply_json(platform, 200, value);
	json_free(value);
	return reply_error(platform, error);
}

/* Acts of the windows --------------------------------------------------- */

struct held {
	enum state state;
	char window[8];
	int64_t version;
	bool is_listed;
};

static struct held look_up(struct platform *platform, const char *ticket_id)
{
	struct held held = {ABSENT, "", 0, true};
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT state, window, version, listed FROM tickets"
		" WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket_id)));

	if (platform_next(platform, rows)) {
		held.state = state_from_name(db_text(rows, 0));
		db_copy_text(rows, 1, held.window, sizeof(held.window));
		held.version = db_int(rows, 2);
		held.is_listed = db_int(rows, 3) != 0;
	}
	return held;
}

static const struct act *find_act(const char *kind)
{
	for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
		if (strcmp(acts[i].kind, kind) == 0)
			return &acts[i];
	}
	return NULL;
}

static bool is_allowed(
	const struct act *act, const struct held *held, const char *window)
{
	bool is_bound = held->state == CALLED || held->state == PARKED ||
			held->state == TRANSFERRED;

	if (held->state == ABSENT)
		return true;
	if (!(act->from & held->state))
		return false;
	return !is_bound || !*held->window || strcmp(held->window, window) == 0;
}

/* The window has seen it: a ticket the platform does not know (a visit without
 * one, a machine off line, a platform restored) is made now. */
static bool make_known(
	struct platform *platform, const struct json *body, GError **error)
{
	const char *number = json_text(body, "number");
	const char *kind = "none";
	int64_t at = clock_parse(json_text(body, "at"));

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (number[0] == kinds[i].letter[0])
			kind = kinds[i].kind;
	}
	return insert_ticket(platform, json_text(body, "ticket_id"), number,
		&(struct ticket_order){.kind = kind, .taken_ms = at}, error);
}

static bool move_ticket(struct platform *platform, const struct act *act,
	const struct json *body, GError **error)
{
	const char *reason = json_text_or(body, "reason", "");
	/* why it lies aside; not why it was called or ended */
	bool lies = act->to & (PARKED | SKIPPED | TRANSFERRED);
	const char *window = act->to == TRANSFERRED
				     ? json_text_or(body, "target", "")
				     : json_text(body, "window");

	return db_run(platform->db,
		"UPDATE tickets SET state = ?2, window = ?3,"
		" calls = calls + ?4, note = CASE WHEN ?5 THEN ?6 ELSE note "
		"END,"
		" version = version + 1 WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(json_text(body, "ticket_id")),
			DB_TEXT(state_name(act->to)), DB_TEXT(window),
			DB_INT(act->counts), DB_INT(*reason && lies),
			DB_TEXT(reason)),
		error);
}

bool ticket_apply(struct platform *platform, const char *kind,
	const struct json *body, int64_t *version, struct json **problem,
	GError **error)
{
	const char *ticket_id = json_text(body, "ticket_id");
	const struct act *act = find_act(kind);
	struct held held = look_up(platform, ticket_id);

	if (act->to == TRANSFERRED && !*json_text_or(body, "target", "")) {
		*problem = problem_json(PROBLEM_INVALID, "no target");
		return true;
	}
	if (!is_allowed(act, &held, json_text(body, "window"))) {
		*problem = problem_json(PROBLEM_VERSION_CONFLICT, NULL);
		json_put(*problem, "current", ticket_body(platform, ticket_id));
		return true;
	}
	*version = held.state == ABSENT ? 2 : held.version + 1;
	return (held.state != ABSENT || make_known(platform, body, error)) &&
	       move_ticket(platform, act, body, error) &&
	       (!held.is_listed ||
		       announce(platform, ticket_id, *version, error));
}

/* Yesterday's ----------------------------------------------------------- */

static GPtrArray *find_old(
	struct platform *platform, int64_t before_ms, GError **error)
{
	g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT ticket_id FROM tickets"
		" WHERE listed = 1 AND taken_ms < ?1",
		DB_VALUES(DB_INT(before_ms)));

	while (db_next(rows))
		g_ptr_array_add(old, db_dup_text(rows, 0));
	return db_end(rows, error) ? g_steal_pointer(&old) : NULL;
}

static bool bury(
	struct platform *platform, const char *ticket_id, GError **error)
{
	return db_run(platform->db,
		       "UPDATE tickets SET listed = 0 WHERE ticket_id = ?1",
		       DB_VALUES(DB_TEXT(ticket_id)), error) &&
	       feed_put(platform,
		       &(struct change){.feed = "tickets",
			       .entity = "ticket",
			       .id = ticket_id,
			       .version = "",
			       .deleted = true},
		       error);
}

bool ticket_expire(struct platform *platform, int64_t before_ms, GError **error)
{
	AUTO(db_transaction) change = db_begin(platform->db, error);
	g_autoptr(GPtrArray) old =
		change ? find_old(platform, before_ms, error) : NULL;

	if (!old)
		return false;
	for (guint i = 0; i < old->len; i++) {
		if (!bury(platform, g_ptr_array_index(old, i), error))
			return false;
	}
	return db_commit(change, error);
}
