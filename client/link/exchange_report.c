/* What became of the rows: receipts against manifests, cases by day and item
 * against the window's own count, what was refused and why. */
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/link/exchange_inside.h"
#include "client/store/outbox_read.h"

enum { DAYS_MAX = 1000, REFUSED_MAX = 2000 };

struct report {
	struct exchange *exchange;
	struct json *days;    /* array of rows by day and item */
	struct json *refused; /* array, of exchange_rejected() */
	GHashTable *mended;   /* case number to the last batch it is whole in */
	int64_t confirmed, bad, rows, accepted, rejected, aside;
	int64_t waiting_since_ms; /* of the oldest batch without a receipt */
};

static bool read_mended(struct report *r, GError **error)
{
	for (int64_t n = 1; n <= r->exchange->sequence; n++) {
		AUTO(json) manifest = exchange_manifest(r->exchange, n, error);

		if (!manifest)
			return false;
		json_each (number, json_get(manifest, "mended"))
			g_hash_table_insert(r->mended,
				g_strdup(json_as_text(number)),
				GINT_TO_POINTER((int)n));
	}
	return true;
}

/* Is the case whole in a batch behind n? Which one, or 0. */
static int64_t mended_in(const struct report *r, const char *case_no, int64_t n)
{
	int64_t last = GPOINTER_TO_INT(
		g_hash_table_lookup(r->mended, case_no ? case_no : ""));

	return last > n ? last : 0;
}

/* Receipts ----------------------------------------------------------------- */

static bool is_receipt_of(
	const struct json *receipt, const struct json *manifest)
{
	return json_int_or(receipt, "sequence", 0) ==
		       json_int_or(manifest, "sequence", -1) &&
	       !strcmp(json_text_or(receipt, "sha256", ""),
		       json_text_or(manifest, "sha256", "?")) &&
	       json_int_or(receipt, "accepted", -1) +
			       (int64_t)json_length(
				       json_get(receipt, "rejected")) ==
		       json_int_or(manifest, "rows", -1);
}

/* NULL when there is none, or one that is not of this batch (*is_bad). */
static struct json *read_receipt(const struct exchange *exchange,
	const struct json *manifest, bool *is_bad)
{
	g_autofree char *path = spool_path(
		exchange, json_int_or(manifest, "sequence", 0), ".json");
	AUTO(json) receipt = NULL;

	*is_bad = false;
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return NULL;
	receipt = json_load(path, EXCHANGE_MANIFEST_MAX, NULL);
	if (receipt && is_receipt_of(receipt, manifest))
		return g_steal_pointer(&receipt);
	*is_bad = true;
	return NULL;
}

static bool is_receipted(const struct report *r, int64_t sequence)
{
	AUTO(json) manifest = exchange_manifest(r->exchange, sequence, NULL);
	bool is_bad;
	AUTO(json) receipt =
		manifest ? read_receipt(r->exchange, manifest, &is_bad) : NULL;

	return receipt != NULL;
}

/* Rows the other side refused ---------------------------------------------- */

static void add_refused(struct report *r, const struct json *line,
	const struct json *rejection, int64_t sequence)
{
	struct json *row = json_new_object();

	json_put_text(row, "by", "exchange");
	json_put_text(row, "reason",
		json_text_or(rejection, "reason", "no reason given"));
	json_put_text(row, "case_no", json_text(line, "case_no"));
	json_put_text(row, "field", json_text(line, "table"));
	json_put_text(row, "row_guid", json_text(rejection, "row_guid"));
	json_put_int(row, "sequence", sequence);
	json_add(r->refused, row);
}

static void judge_line(struct report *r, const struct json *line,
	const struct json *rejection, int64_t sequence)
{
	bool is_case = !strcmp(json_text_or(line, "table", ""),
		exchange_map_case_table(r->exchange->map));
	int64_t later = mended_in(r, json_text(line, "case_no"), sequence);
	struct json *day;

	if (!later)
		add_refused(r, line, rejection, sequence);
	if (!is_case || (later && is_receipted(r, later)))
		return;
	day = count_day(r->days, json_text_or(line, "day", ""),
		json_text_or(line, "item", ""));
	count_up(day, "confirmed", -1);
	if (!later)
		count_up(day, "rejected", 1);
}

static bool judge_rejected(struct report *r, const struct json *manifest,
	const struct json *receipt, GError **error)
{
	g_autoptr(GHashTable) by_guid =
		g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	json_each (rejection, json_get(receipt, "rejected"))
		g_hash_table_insert(by_guid,
			(gpointer)(uintptr_t)json_text_or(
				rejection, "row_guid", ""),
			(gpointer)(uintptr_t)rejection);
	if (g_hash_table_size(by_guid) == 0)
		return true;
	text = exchange_rows(r->exchange, manifest, error);
	lines = text ? g_strsplit(text, "\n", -1) : NULL;
	for (char **line = lines; line && *line && **line; line++) {
		AUTO(json) row = json_parse(*line, strlen(*line), NULL);
		const struct json *rejection = g_hash_table_lookup(by_guid,
			json_text_or(json_get(row, "row"), "row_guid", ""));

		if (rejection)
			judge_line(r, row, rejection,
				json_int_or(manifest, "sequence", 0));
	}
	return lines != NULL;
}

/* One batch ---------------------------------------------------------------- */

static void count_cases(
	struct report *r, const struct json *manifest, bool is_confirmed)
{
	json_each (cases, json_get(manifest, "cases")) {
		struct json *day =
			count_day(r->days, json_text_or(cases, "day", ""),
				json_text_or(cases, "item", ""));
		int64_t written = json_int_or(cases, "written", 0);

		count_up(day, "written", written);
		count_up(day, "set_aside", json_int_or(cases, "set_aside", 0));
		count_up(day, "confirmed", is_confirmed ? written : 0);
	}
}

static void add_set_aside(struct report *r, const struct json *manifest)
{
	int64_t sequence = json_int_or(manifest, "sequence", 0);

	json_each (aside, json_get(manifest, "set_aside")) {
		struct json *row;

		if (mended_in(r, json_text(aside, "case_no"), sequence))
			continue;
		row = json_copy(aside);
		json_put_text(row, "by", "window");
		json_put_int(row, "sequence", sequence);
		json_add(r->refused, row);
		r->aside++;
	}
}

static bool judge_batch(
	struct report *r, const struct json *manifest, GError **error)
{
	bool is_bad;
	AUTO(json) receipt = read_receipt(r->exchange, manifest, &is_bad);
	int64_t made_ms = clock_parse(json_text_or(manifest, "made_at", ""));

	r->rows += json_int_or(manifest, "rows", 0);
	r->bad += is_bad;
	count_cases(r, manifest, receipt != NULL);
	add_set_aside(r, manifest);
	if (!receipt && json_int_or(manifest, "rows", 0) == 0) {
		r->confirmed++; /* nothing to be confirmed */
		return true;
	}
	if (!receipt) {
		if (r->waiting_since_ms == 0)
			r->waiting_since_ms = made_ms;
		return true;
	}
	r->confirmed++;
	r->accepted += json_int_or(receipt, "accepted", 0);
	r->rejected += (int64_t)json_length(json_get(receipt, "rejected"));
	return judge_rejected(r, manifest, receipt, error);
}

static bool judge_all(struct report *r, GError **error)
{
	if (!read_mended(r, error))
		return false;
	for (int64_t n = 1; n <= r->exchange->sequence; n++) {
		AUTO(json) manifest = exchange_manifest(r->exchange, n, error);

		if (!manifest || !judge_batch(r, manifest, error))
			return false;
	}
	return true;
}

static void begin(struct report *r, struct exchange *exchange)
{
	*r = (struct report){.exchange = exchange,
		.days = json_new_array(),
		.refused = json_new_array(),
		.mended = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, NULL)};
}

static void end(struct report *r)
{
	json_free(r->days);
	json_free(r->refused);
	g_hash_table_unref(r->mended);
}

/* Status ------------------------------------------------------------------- */

static bool add_own_counts(struct report *r, GError **error)
{
	g_autoptr(GArray) own =
		outbox_days(r->exchange->store, r->exchange->cursor, error);

	for (guint i = 0; own && i < own->len; i++) {
		const struct outbox_day *day =
			&g_array_index(own, struct outbox_day, i);

		count_up(count_day(r->days, day->day, day->item), "cases",
			day->cases);
	}
	return own != NULL;
}

/* Everything the window decided is there, and the other side has it. */
static bool is_complete(const struct report *r)
{
	json_each (day, r->days) {
		int64_t cases = json_int_or(day, "cases", 0);

		if (json_int_or(day, "written", 0) != cases ||
			json_int_or(day, "confirmed", 0) != cases)
			return false;
	}
	return r->confirmed == r->exchange->sequence &&
	       json_length(r->refused) == 0;
}

static int64_t seconds_since(int64_t wall_ms)
{
	return wall_ms > 0 ? MAX(0, (clock_wall_ms() - wall_ms) / 1000) : 0;
}

static struct json *describe_batches(const struct report *r)
{
	struct json *batches = json_new_object();

	json_put_int(batches, "written", r->exchange->sequence);
	json_put_int(batches, "confirmed", r->confirmed);
	json_put_int(batches, "waiting", r->exchange->sequence - r->confirmed);
	json_put_int(batches, "bad_receipts", r->bad);
	json_put_int(batches, "oldest_waiting_s",
		seconds_since(r->waiting_since_ms));
	return batches;
}

static struct json *describe_rows(const struct report *r)
{
	struct json *rows = json_new_object();

	json_put_int(rows, "written", r->rows);
	json_put_int(rows, "accepted", r->accepted);
	json_put_int(rows, "rejected", r->rejected);
	json_put_int(rows, "waiting", r->rows - r->accepted - r->rejected);
	return rows;
}

static struct json *describe_lag(const struct outbox_rest *rest)
{
	struct json *behind = json_new_object();

	json_put_int(behind, "ops", rest->count);
	json_put_int(behind, "seconds", seconds_since(rest->oldest_ms));
	return behind;
}

/* Answers have a bound: the newest of them. */
static struct json *newest(const struct json *rows, size_t max)
{
	struct json *list = json_new_array();
	size_t before = json_length(rows) > max ? json_length(rows) - max : 0;

	json_each (row, rows) {
		if (before > 0)
			before--;
		else
			json_add(list, json_copy(row));
	}
	return list;
}

static struct json *add_up(const struct json *days)
{
	static const char *const names[] = {
		"cases", "written", "set_aside", "confirmed", "rejected"};
	struct json *totals = json_new_object();

	json_each (day, days) {
		for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
			count_up(totals, names[i],
				json_int_or(day, names[i], 0));
	}
	return totals;
}

static struct json *describe(struct report *r, const struct outbox_rest *rest)
{
	struct json *status = json_new_object();

	json_put_text(status, "spool", r->exchange->spool);
	json_put_int(status, "sequence", r->exchange->sequence);
	json_put_int(status, "cursor", r->exchange->cursor);
	json_put(status, "behind", describe_lag(rest));
	json_put(status, "batches", describe_batches(r));
	json_put(status, "rows", describe_rows(r));
	json_put_int(status, "set_aside", r->aside);
	json_put_int(
		status, "refused", (int64_t)json_length(r->refused) - r->aside);
	json_put(status, "totals", add_up(r->days));
	json_put(status, "days", newest(r->days, DAYS_MAX));
	json_put_bool(status, "complete", is_complete(r) && rest->count == 0);
	return status;
}

struct json *exchange_status(struct exchange *exchange, GError **error)
{
	struct json *status = NULL;
	struct outbox_rest rest;
	struct report r;

	begin(&r, exchange);
	if (judge_all(&r, error) && add_own_counts(&r, error) &&
		outbox_rest(exchange->store, exchange->cursor, &rest, error))
		status = describe(&r, &rest);
	end(&r);
	return status;
}

/* What was refused --------------------------------------------------------- */

static struct json *count_reasons(const struct json *rows)
{
	struct json *reasons = json_new_array();

	json_each (row, rows) {
		g_autofree char *reason =
			g_strjoin(" ", json_text_or(row, "reason", ""),
				json_text_or(row, "field", ""), NULL);
		struct json *found = NULL;

		json_each (known, reasons) {
			if (!strcmp(json_text_or(known, "reason", ""), reason))
				found = (struct json *)(uintptr_t)known;
		}
		if (!found) {
			found = json_new_object();
			json_put_text(found, "reason", reason);
			json_add(reasons, found);
		}
		count_up(found, "count", 1);
	}
	return reasons;
}

struct json *exchange_rejected(struct exchange *exchange, GError **error)
{
	struct json *answer = NULL;
	struct report r;

	begin(&r, exchange);
	if (judge_all(&r, error)) {
		answer = json_new_object();
		json_put(answer, "reasons", count_reasons(r.refused));
		json_put(answer, "rows", newest(r.refused, REFUSED_MAX));
	}
	end(&r);
	return answer;
}
