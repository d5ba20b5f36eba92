/* Search as you type over a hundred thousand cases.
 *
 *   typed                 looked up in
 *   张三, 雄信, 有限公司  case_name: phrase of single characters
 *   zs, zhsf              case_initials, and case_name for Latin names
 *   410185199..., 138...  case_key: beginning of an id number or telephone
 *   28901X (six)          case_key: the last six
 *   20261123-03           cases: beginning of the case number
 *   0017, 03-0017         cases: end of the case number, among the newest
 *
 * Each way gives its newest rows; they are merged, newest first. */
#include "client/store/case.h"

#include <string.h>

#include "client/base/error.h"
#include "client/store/private.h"

/* DENSE: from here on sorting all matches costs more than looking through the
 * newest SCAN rows. */
enum {
	SHORT_INITIALS = 4,
	MAX_READINGS = 16,
	MAX_INITIALS = 64,
	DENSE = 1000,
	SCAN = 20000,
	SCAN_NUMBERS = 10000,
	MAX_HITS = 500,
	SERIAL_LEN = 4
};

void case_hit_free(struct case_hit *hit)
{
	if (!hit)
		return;
	g_free(hit->item_name);
	g_free(hit->applicant);
	g_free(hit->id_number);
	g_free(hit);
}

/* Characters that are written or left out at will: blanks, format characters,
 * variation selectors, the dots of foreign names. */
static bool is_left_out(gunichar c)
{
	static const gunichar dots[] = {0x00b7, 0x0387, 0x2022, 0x2027, 0x2219,
		0x22c5, 0x30fb, 0xff65, 0x2e31};

	if (c < 0x20 || c == 0x7f || g_unichar_isspace(c) ||
		g_unichar_type(c) == G_UNICODE_FORMAT ||
		g_unichar_type(c) == G_UNICODE_CONTROL)
		return true;
	if ((c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(dots); i++)
		if (c == dots[i])
			return true;
	return false;
}

/* One form for what is stored and what is typed: full-width letters, upper
 * case and compatibility characters are made alike. */
static char *fold_text(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *even =
		g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
	GString *out = g_string_new(NULL);

	for (const char *p = even; p && *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (!is_left_out(c))
			g_string_append_unichar(out, g_unichar_tolower(c));
	}
	return g_string_free(out, FALSE);
}

/* "5f20 4e09": the tokens of 张三. */
static char *make_tokens(const char *folded)
{
	GString *out = g_string_new(NULL);

	for (const char *p = folded; *p; p = g_utf8_next_char(p))
		g_string_append_printf(
			out, "%s%x", out->len ? " " : "", g_utf8_get_char(p));
	return g_string_free(out, FALSE);
}

static char *fold_id(const char *id_number)
{
	g_autofree char *folded = fold_text(id_number);

	return g_ascii_strup(folded, -1);
}

/* Writing the search rows ---------------------------------------------- */

static bool index_name(
	struct store *store, int64_t row, const char *name, GError **error)
{
	g_autofree char *folded = fold_text(name);
	g_autofree char *tokens = make_tokens(folded);

	return db_run(store->db, "DELETE FROM case_name WHERE rowid = ?1",
		       DB_VALUES(DB_INT(row)), error) &&
	       (!*tokens ||
		       db_run(store->db,
			       "INSERT INTO case_name(rowid, name)"
			       " VALUES(?1, ?2)",
			       DB_VALUES(DB_INT(row), DB_TEXT(tokens)), error));
}

static bool add_initials(struct store *store, int64_t row, int len,
	const char *initials, GError **error)
{
	return db_run(store->db,
		"INSERT OR IGNORE INTO case_initials(len, initials, row)"
		" VALUES(?1, ?2, ?3)",
		DB_VALUES(DB_INT(len), DB_TEXT(initials), DB_INT(row)), error);
}

static bool add_reading(
	struct store *store, int64_t row, const char *reading, GError **error)
{
	g_autofree char *folded = fold_text(reading);
	size_t len = strlen(folded);

	if (len == 0 || len > MAX_INITIALS)
		return true;
	for (int part = 1; part <= SHORT_INITIALS && part <= (int)len; part++) {
		g_autofree char *start = g_strndup(folded, (gsize)part);

		if (!add_initials(store, row, part, start, error))
			return false;
	}
	return add_initials(store, row, 0, folded, error);
}

static bool index_initials(
	struct store *store, int64_t row, const char *initials, GError **error)
{
	g_auto(GStrv) readings = g_strsplit(initials, " ", -1);

	if (!db_run(store->db, "DELETE FROM case_initials WHERE row = ?1",
		    DB_VALUES(DB_INT(row)), error))
		return false;
	for (int i = 0; i < MAX_READINGS && readings[i]; i++)
		if (!add_reading(store, row, readings[i], error))
			return false;
	return true;
}

bool case_index(struct store *store, int64_t row, const struct case_keys *keys,
	GError **error)
{
	g_autofree char *id = fold_id(keys->id_number);

	return db_run(store->db,
		       "INSERT INTO case_key(row, id_number, phone)"
		       " VALUES(?1, ?2, ?3) ON CONFLICT(row) DO UPDATE SET"
		       " id_number = excluded.id_number,"
		       " phone = excluded.phone",
		       DB_VALUES(
			       DB_INT(row), DB_TEXT(id), DB_TEXT(keys->phone)),
		       error) &&
	       index_name(store, row, keys->name, error) &&
	       index_initials(store, row, keys->initials, error);
}

/* Looking up ------------------------------------------------------------ */

struct search {
	struct store *store;
	int limit;
	GArray *found; /* int64_t row */
};

static bool add_found(struct search *search, const char *sql,
	const struct db_value *values, int64_t *count, GError **error)
{
	AUTO(db_rows) rows = db_select(search->store->db, sql, values);
	int64_t row;

	*count = 0;
	while (db_next(rows)) {
		row = db_int(rows, 0);
		g_array_append_val(search->found, row);
		++*count;
	}
	return db_end(rows, error);
}

static bool find_name(struct search *search, const char *folded, GError **error)
{
	g_autofree char *tokens = make_tokens(folded);
	g_autofree char *phrase = g_strdup_printf("\"%s\"", tokens);
	int64_t count;

	return add_found(search,
		"SELECT rowid FROM case_name WHERE case_name MATCH ?1"
		" ORDER BY rowid DESC LIMIT ?2",
		DB_VALUES(DB_TEXT(phrase), DB_INT(search->limit)), &count,
		error);
}

/* The text after all that begin with it, for ASCII. */
static char *after_prefix(const char *prefix)
{
	char *end = g_strdup(prefix);

	end[strlen(end) - 1]++;
	return end;
}

static bool find_initials(
	struct search *search, const char *letters, GError **error)
{
	g_autofree char *end = after_prefix(letters);
	size_t len = strlen(letters);
	int64_t count;

	if (len <= SHORT_INITIALS)
		return add_found(search,
			"SELECT row FROM case_initials"
			" WHERE len = ?1 AND initials = ?2"
			" ORDER BY row DESC LIMIT ?3",
			DB_VALUES(DB_INT((int64_t)len), DB_TEXT(letters),
				DB_INT(search->limit)),
			&count, error);
	return add_found(search,
		"SELECT DISTINCT row FROM case_initials"
		" WHERE len = 0 AND initials >= ?1 AND initials < ?2"
		" ORDER BY row DESC LIMIT ?3",
		DB_VALUES(
			DB_TEXT(letters), DB_TEXT(end), DB_INT(search->limit)),
		&count, error);
}

struct key_column {
	const char *count_sql, *newest_sql, *sorted_sql;
};

#define KEY_COLUMN(column, index)                                           \
	{                                                                   \
		"SELECT count(*) FROM (SELECT 1 FROM case_key"              \
		" INDEXED BY " index " WHERE " column " >= ?1 AND " column  \
		" < ?2 LIMIT ?3)",                                          \
			"SELECT row FROM case_key NOT INDEXED"              \
			" WHERE row > (SELECT max(row) FROM case_key) - ?4" \
			" AND " column " >= ?1 AND " column " < ?2"         \
			" ORDER BY row DESC LIMIT ?3",                      \
			"SELECT row FROM case_key INDEXED BY " index        \
			" WHERE " column " >= ?1 AND " column " < ?2"       \
			" ORDER BY row DESC LIMIT ?3",                      \
	}

static const struct key_column by_id = KEY_COLUMN("id_number", "case_key_id");
static const struct key_column by_phone = KEY_COLUMN("phone", "case_key_phone");

/* Half the county's id numbers begin with 410185: then the newest cases are
 * looked through. A rare beginning has few matches to sort. */
static bool find_prefix(struct search *search, const struct key_column *column,
	const char *prefix, GError **error)
{
	g_autofree char *end = after_prefix(prefix);
	guint before = search->found->len;
	int64_t count = 0;

	if (!db_get_int(search->store->db, column->count_sql,
		    DB_VALUES(DB_TEXT(prefix), DB_TEXT(end), DB_INT(DENSE)),
		    &count, NULL, error))
		return false;
	if (count == DENSE) {
		if (!add_found(search, column->newest_sql,
			    DB_VALUES(DB_TEXT(prefix), DB_TEXT(end),
				    DB_INT(search->limit), DB_INT(SCAN)),
			    &count, error))
			return false;
		if (count == search->limit)
			return true;
		g_array_set_size(search->found, before);
	}
	return add_found(search, column->sorted_sql,
		DB_VALUES(DB_TEXT(prefix), DB_TEXT(end), DB_INT(search->limit)),
		&count, error);
}

static bool find_last_six(
	struct search *search, const char *digits, GError **error)
{
	int64_t count;

	return add_found(search,
		"SELECT row FROM case_key INDEXED BY case_key_last6"
		" WHERE substr(id_number, -6) = ?1 ORDER BY row DESC LIMIT ?2",
		DB_VALUES(DB_TEXT(digits), DB_INT(search->limit)), &count,
		error);
}

static bool find_case_no(
	struct search *search, const char *digits, GError **error)
{
	g_autofree char *end = after_prefix(digits);
	int64_t count;

	return add_found(search,
		"SELECT row FROM cases INDEXED BY cases_by_no"
		" WHERE case_no <> '' AND case_no >= ?1 AND case_no < ?2"
		" ORDER BY case_no DESC LIMIT ?3",
		DB_VALUES(DB_TEXT(digits), DB_TEXT(end), DB_INT(search->limit)),
		&count, error);
}

/* "0017", "03-0017": as one reads it out. Looked for in the newest
 * SCAN_NUMBERS numbers, in the index alone. */
static bool find_case_end(
	struct search *search, const char *end, GError **error)
{
	int64_t count;

	return add_found(search,
		"SELECT row FROM (SELECT row, case_no FROM cases INDEXED BY"
		"  cases_by_no WHERE case_no <> '' ORDER BY case_no DESC"
		"  LIMIT ?4)"
		" WHERE substr(case_no, -?2) = ?1 LIMIT ?3",
		DB_VALUES(DB_TEXT(end), DB_INT((int64_t)strlen(end)),
			DB_INT(search->limit), DB_INT(SCAN_NUMBERS)),
		&count, error);
}

/* The serial, with the window before it or without. */
static bool is_case_end(const char *text)
{
	size_t len = strlen(text), digits = strspn(text, "0123456789");

	return (len == SERIAL_LEN && digits == len) ||
	       (len == SERIAL_LEN + 3 && digits == 2 && text[2] == '-' &&
		       strspn(text + 3, "0123456789") == SERIAL_LEN);
}

static bool consists_of(const char *text, const char *set)
{
	return strspn(text, set) == strlen(text);
}

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* text is folded: lower case, no blanks. */
static bool find_all(struct search *search, const char *text, GError **error)
{
	g_autofree char *id = g_ascii_strup(text, -1);
	bool digits = g_ascii_isdigit(text[0]);

	if (consists_of(text, LETTERS) && !find_initials(search, text, error))
		return false;
	if (digits && consists_of(text, DIGITS LETTERS) &&
		!find_prefix(search, &by_id, id, error))
		return false;
	if (digits && strlen(text) == 6 && consists_of(text, DIGITS "x") &&
		!find_last_six(search, id, error))
		return false;
	if (digits && consists_of(text, DIGITS) &&
		!find_prefix(search, &by_phone, text, error))
		return false;
	if (digits && consists_of(text, DIGITS "-") &&
		!find_case_no(search, text, error))
		return false;
	if (is_case_end(text) && !find_case_end(search, text, error))
		return false;
	return find_name(search, text, error);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

static struct case_hit *read_hit(
	struct store *store, int64_t row, GError **error)
{
	AUTO(db_rows) rows = db_select(store->db,
		"SELECT case_id, case_no, state, item_name, applicant,"
		" id_number, updated_ms, fits FROM cases WHERE row = ?1",
		DB_VALUES(DB_INT(row)));
	struct case_hit *hit;

	if (!db_next(rows)) {
		if (db_end(rows, error))
			g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
				"search row without its case");
		return NULL;
	}
	if (!store_row_fits(rows, 7, "cases", db_text(rows, 0), error))
		return NULL;
	hit = g_new0(struct case_hit, 1);
	db_copy_text(rows, 0, hit->case_id, sizeof(hit->case_id));
	db_copy_text(rows, 1, hit->case_no, sizeof(hit->case_no));
	case_state_from_name(db_text(rows, 2), &hit->state);
	hit->item_name = db_dup_text(rows, 3);
	hit->applicant = db_dup_text(rows, 4);
	hit->id_number = db_dup_text(rows, 5);
	hit->updated_ms = db_int(rows, 6);
	return hit;
}

static GPtrArray *read_hits(struct search *search, GError **error)
{
	g_autoptr(GPtrArray) hits =
		g_ptr_array_new_with_free_func((GDestroyNotify)case_hit_free);
	int64_t last = -1;

	g_array_sort(search->found, newest_first);
	for (guint i = 0;
		i < search->found->len && hits->len < (guint)search->limit;
		i++) {
		int64_t row = g_array_index(search->found, int64_t, i);
		struct case_hit *hit;

		if (row == last)
			continue;
		hit = read_hit(search->store, row, error);
		if (!hit)
			return NULL;
		g_ptr_array_add(hits, hit);
		last = row;
	}
	return g_steal_pointer(&hits);
}

GPtrArray *case_search(
	struct store *store, const char *text, int limit, GError **error)
{
	g_autofree char *folded = fold_text(text);
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int64_t));
	struct search search = {store, CLAMP(limit, 1, MAX_HITS), found};

	if (g_utf8_strlen(folded, -1) > SEARCH_MAX_CHARS) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"search text is over %d characters", SEARCH_MAX_CHARS);
		return NULL;
	}
	if (*folded && !find_all(&search, folded, error))
		return NULL;
	return read_hits(&search, error);
}

GPtrArray *case_of_person(
	struct store *store, const char *id_number, int limit, GError **error)
{
	g_autofree char *id = fold_id(id_number);
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int64_t));
	struct search search = {store, CLAMP(limit, 1, MAX_HITS), found};
	int64_t count;

	if (*id && !add_found(&search,
			   "SELECT row FROM case_key INDEXED BY case_key_id"
			   " WHERE id_number = ?1 ORDER BY row DESC LIMIT ?2",
			   DB_VALUES(DB_TEXT(id), DB_INT(search.limit)), &count,
			   error))
		return NULL;
	return read_hits(&search, error);
}
