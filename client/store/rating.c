/* The citizen's rating of a visit, once, and who is owed one; the mark of the
 * visit in hand. */
#include "client/store/ticket.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/store/private.h"

static const struct {
	enum rating rating;
	const char *name;
} nones[] = {
	{RATING_NONE_NO_ANSWER, "no-answer"},
	{RATING_NONE_REFUSED, "refused"},
	{RATING_NONE_DEVICE, "device"},
};

static const char *none_name(enum rating rating)
{
	for (size_t i = 0; i < G_N_ELEMENTS(nones); i++)
		if (nones[i].rating == rating)
			return nones[i].name;
	return NULL;
}

struct new_rating {
	char rating_id[UUID_TEXT];
	const char *ticket_id, *case_id, *device, *staff_no;
	enum rating rating;
	int64_t at_ms;
};

static bool check_rating(struct store *store, const char *ticket_id,
	enum rating rating, GError **error)
{
	int64_t tickets = 0;
	bool is_level = rating >= RATING_VERY_BAD && rating <= RATING_VERY_GOOD;

	if (!is_level && !none_name(rating)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"rating is neither a level nor a reason for none");
		return false;
	}
	if (!db_get_int(store->db,
		    "SELECT count(*) FROM tickets WHERE ticket_id = ?1",
		    DB_VALUES(DB_TEXT(ticket_id)), &tickets, NULL, error))
		return false;
	if (tickets == 0)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"no such ticket");
	return tickets > 0;
}

static bool insert_rating(
	struct store *store, const struct new_rating *rating, GError **error)
{
	return db_run(store->db,
		"INSERT INTO ratings(rating_id, ticket_id, case_id, rating,"
		" device, staff_no, at_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		DB_VALUES(DB_TEXT(rating->rating_id),
			DB_TEXT(rating->ticket_id),
			DB_TEXT(text_or_empty(rating->case_id)),
			DB_INT(rating->rating),
			DB_TEXT(text_or_empty(rating->device)),
			DB_TEXT(text_or_empty(rating->staff_no)),
			DB_INT(rating->at_ms)),
		error);
}

static bool send_op(struct store *store, const struct new_rating *rating,
	const struct actor *actor, GError **error)
{
	struct new_op op = {.agg = "rating",
		.agg_id = rating->rating_id,
		.kind = "rating.record",
		.actor = actor};
	struct json *body = json_new_object();

	json_put_text(body, "rating_id", rating->rating_id);
	json_put_text(body, "ticket_id", rating->ticket_id);
	json_put_filled(body, "case_id", rating->case_id);
	json_put_int(body, "level", MAX((int)rating->rating, 0));
	json_put_filled(body, "none", none_name(rating->rating));
	json_put_filled(body, "device", rating->device);
	json_put_time(body, "at", rating->at_ms);
	return outbox_add(store, &op, body, error);
}

static bool add_rating(struct store *store, struct new_rating *rating,
	const struct actor *actor, GError **error)
{
	uuid7(rating->rating_id);
	return insert_rating(store, rating, error) &&
	       rating_disown(store, rating->ticket_id, error) &&
	       send_op(store, rating, actor, error) &&
	       audit_add(store, AUDIT_RATING, actor, "ticket",
		       rating->ticket_id, "ok", NULL, error);
}

bool rating_record(struct store *store, const char *ticket_id,
	const char *case_id, enum rating rating, const char *device,
	const struct actor *actor, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct new_rating row = {.ticket_id = ticket_id,
		.case_id = case_id,
		.device = device,
		.staff_no = actor->staff_no,
		.rating = rating,
		.at_ms = clock_wall_ms()};

	return change && check_rating(store, ticket_id, rating, error) &&
	       add_rating(store, &row, actor, error) &&
	       db_commit(change, error);
}

int rating_of_ticket(struct store *store, const char *ticket_id)
{
	int64_t rating = 0;

	db_get_int(store->db, "SELECT rating FROM ratings WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket_id)), &rating, NULL, NULL);
	return (int)rating;
}

/* What is owed ------------------------------------------------------------ */

bool rating_owe(struct store *store, const char *ticket_id, const char *case_id,
	const struct actor *actor, GError **error)
{
	return db_run(store->db,
		"INSERT INTO ratings_owed(ticket_id, case_id, staff_no)"
		" SELECT ticket_id, ?2, ?3 FROM tickets"
		" WHERE ticket_id = ?1 AND NOT EXISTS"
		" (SELECT 1 FROM ratings WHERE ticket_id = ?1)"
		" ON CONFLICT DO NOTHING",
		DB_VALUES(DB_TEXT(ticket_id), DB_TEXT(text_or_empty(case_id)),
			DB_TEXT(text_or_empty(actor->staff_no))),
		error);
}

bool rating_disown(struct store *store, const char *ticket_id, GError **error)
{
	return db_run(store->db,
		"DELETE FROM ratings_owed WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket_id)), error);
}

bool rating_is_owed(
	struct store *store, const char *ticket_id, char case_id[UUID_TEXT])
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT case_id FROM ratings_owed WHERE ticket_id = ?1",
		DB_VALUES(DB_TEXT(ticket_id)));

	if (!db_next(rows))
		return false;
	db_copy_text(rows, 0, case_id, UUID_TEXT);
	return true;
}

struct owed {
	char ticket_id[UUID_TEXT], case_id[UUID_TEXT], staff_no[64];
};

/* A visit that is still open here goes on, and its citizen is asked then. */
static GArray *owed_and_over(struct store *store, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct owed));
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT o.ticket_id, o.case_id, o.staff_no, o.fits"
		" FROM ratings_owed o JOIN tickets t USING (ticket_id)"
		" WHERE NOT (t.state IN ('called', 'parked')"
		"  AND t.window = ?1)",
		DB_VALUES(DB_TEXT(store->window)));

	while (db_next(rows)) {
		struct owed owed;

		if (!store_row_fits(
			    rows, 3, "ratings_owed", db_text(rows, 0), error))
			return NULL;
		db_copy_text(rows, 0, owed.ticket_id, sizeof(owed.ticket_id));
		db_copy_text(rows, 1, owed.case_id, sizeof(owed.case_id));
		db_copy_text(rows, 2, owed.staff_no, sizeof(owed.staff_no));
		g_array_append_val(list, owed);
	}
	return db_end(rows, error) ? g_steal_pointer(&list) : NULL;
}

bool ratings_make_up(struct store *store, int *count, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);
	struct actor actor = store_system_actor(store);
	g_autoptr(GArray) list = NULL;

	*count = 0;
	if (!change || !(list = owed_and_over(store, error)))
		return false;
	for (guint i = 0; i < list->len; i++) {
		const struct owed *owed = &g_array_index(list, struct owed, i);
		struct new_rating row = {.ticket_id = owed->ticket_id,
			.case_id = owed->case_id,
			.staff_no = owed->staff_no,
			.rating = RATING_NONE_DEVICE,
			.at_ms = clock_wall_ms()};

		if (!add_rating(store, &row, &actor, error))
			return false;
	}
	if (!db_commit(change, error))
		return false;
	*count = (int)list->len;
	return true;
}

/* The visit in hand ------------------------------------------------------- */

bool visit_mark_set(
	struct store *store, const struct visit_mark *mark, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	return change &&
	       db_run(store->db,
		       "INSERT OR REPLACE INTO visit(id, ticket_id, case_id,"
		       " step, at_ms) VALUES(1, ?1, ?2, ?3, ?4)",
		       DB_VALUES(DB_TEXT(mark->ticket_id),
			       DB_TEXT(mark->case_id), DB_TEXT(mark->step),
			       DB_INT(mark->at_ms)),
		       error) &&
	       db_commit(change, error);
}

/* A mark that cannot be trusted is none: it only says where to go on. */
bool visit_mark_get(struct store *store, struct visit_mark *mark)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT ticket_id, case_id, step, at_ms FROM visit WHERE fits",
		NULL);

	memset(mark, 0, sizeof(*mark));
	if (!db_next(rows))
		return false;
	db_copy_text(rows, 0, mark->ticket_id, sizeof(mark->ticket_id));
	db_copy_text(rows, 1, mark->case_id, sizeof(mark->case_id));
	db_copy_text(rows, 2, mark->step, sizeof(mark->step));
	mark->at_ms = db_int(rows, 3);
	return true;
}

bool visit_mark_clear(struct store *store, GError **error)
{
	AUTO(db_transaction) change = db_begin(store->db, error);

	return change && db_run(store->db, "DELETE FROM visit", NULL, error) &&
	       db_commit(change, error);
}
