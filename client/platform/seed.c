/* Reads the seed file; times in it are relative to now. */
#include "client/platform/seed.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/json.h"
#include "client/platform/tickets.h"
#include "client/platform/validate.h"

enum { SEED_MAX = 1 << 20, TICKETS_MAX = 1000, MINUTE_MS = 60000 };

static const char *const kinds[] = {"apply", "booked", "collect", NULL};

static const struct field ticket_fields[] = {
	{"number", FIELD_TEXT, true, 1, 15},
	{"kind", FIELD_TEXT, true, .values = kinds},
	{"business", FIELD_TEXT, false, 0, 200},
	{"person", FIELD_TEXT, false, 0, 100},
	{"note", FIELD_TEXT, false, 0, 200},
	{"minutes_ago", FIELD_INT, false, 0, 600},
	{"booked_in_minutes", FIELD_INT, false, -600, 600},
	{NULL},
};

static const struct field seed_fields[] = {
	{"tickets", FIELD_ARRAY, true, 0, TICKETS_MAX, .fields = ticket_fields},
	{NULL},
};

static char *note_of(const struct json *row, int64_t now_ms)
{
	const char *note = json_text_or(row, "note", "");
	int64_t minutes = json_int_or(row, "booked_in_minutes", 0);
	g_autofree char *time = NULL;

	if (!json_get(row, "booked_in_minutes"))
		return g_strdup(note);
	time = clock_format(now_ms + minutes * MINUTE_MS, "%H:%M");
	return g_strconcat(note, *note ? " " : "", "约 ", time, NULL);
}

static bool take_ticket(struct platform *platform, const struct json *row,
	int64_t now_ms, GError **error)
{
	g_autofree char *note = note_of(row, now_ms);
	char ticket_id[UUID_TEXT];

	return ticket_take(platform,
		&(struct ticket_order){.number = json_text(row, "number"),
			.kind = json_text(row, "kind"),
			.business = json_text(row, "business"),
			.person = json_text(row, "person"),
			.note = note,
			.taken_ms =
				now_ms -
				json_int_or(row, "minutes_ago", 0) * MINUTE_MS},
		ticket_id, error);
}

static struct json *load(const char *path, GError **error)
{
	AUTO(json) seed = json_load(path, SEED_MAX, error);
	AUTO(json) errors = json_new_array();

	if (!seed || validate(seed_fields, seed, errors))
		return g_steal_pointer(&seed);
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID, "%s: %s: %s", path,
		json_text_or(json_first(errors), "field", ""),
		json_text_or(json_first(errors), "rule", ""));
	return NULL;
}

bool seed_apply(struct platform *platform, const char *path, GError **error)
{
	int64_t now_ms = clock_wall_ms();
	g_autofree char *today = g_strdup_printf("%d", clock_day(now_ms));
	g_autofree char *last = platform_meta(platform, "seeded_day");
	AUTO(json) seed = load(path, error);
	AUTO(db_transaction) change = NULL;

	if (!seed)
		return false;
	change = db_begin(platform->db, error);
	if (!change || !seed_records(platform, seed, error))
		return false;
	if (last && strcmp(last, today) == 0)
		return db_commit(change, error);
	json_each (row, json_get(seed, "tickets")) {
		if (!take_ticket(platform, row, now_ms, error))
			return false;
	}
	return platform_set_meta(platform, "seeded_day", today, error) &&
	       db_commit(change, error);
}
