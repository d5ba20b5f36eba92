/* Batches into PostgreSQL, and what became of them back. */
#include "client/link/exchange_sql.h"

#include <string.h>
#include <sys/stat.h>

#include <libpq-fe.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"

enum { CONNINFO_MAX = 4096, FIELDS_MAX = 128, CODE_LEN = 5 };

struct exchange_sql {
	PGconn *connection;
	bool has_tables;
};

static void result_auto_free(PGresult **result)
{
	PQclear(*result);
}
#define AUTO_RESULT __attribute__((cleanup(result_auto_free))) PGresult *

static const char own_tables[] =
	"CREATE TABLE IF NOT EXISTS yikou_exchange_cursor("
	" store varchar(36) PRIMARY KEY, sequence bigint NOT NULL,"
	" manifest varchar(64) NOT NULL);"
	"CREATE TABLE IF NOT EXISTS yikou_exchange_refused("
	" row_guid varchar(50) PRIMARY KEY, cd_batch varchar(50) NOT NULL,"
	" table_name varchar(63) NOT NULL, reason text NOT NULL);";

static const struct {
	const char *type, *sql;
} column_types[] = {
	{"text", "varchar"},
	{"int", "integer"},
	{"time", "timestamp"},
	{"date", "date"},
};

/* Connection --------------------------------------------------------------- */

static bool is_private(const char *path, GError **error)
{
	struct stat status;

	if (stat(path, &status) == 0 && (status.st_mode & 077) == 0)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_DENIED,
		"%s: must be there, for its owner alone (chmod 600)", path);
	return false;
}

/* Which server it is stands in the message of libpq, the password does not;
 * its words do not go out all the same: SQLSTATE 28 is not to be had here. */
static bool check_connection(PGconn *connection, GError **error)
{
	bool was_asked = PQconnectionNeedsPassword(connection) ||
			 PQconnectionUsedPassword(connection);

	if (PQstatus(connection) == CONNECTION_OK)
		return true;
	g_set_error(error, LINK_ERROR,
		was_asked ? LINK_ERROR_AUTH : LINK_ERROR_ABSENT,
		was_asked ? "the database refuses the password"
			  : "the database of the exchange is not reachable");
	return false;
}

static void quiet(void *context, const char *message)
{
	(void)context;
	(void)message;
}

static PGconn *connect_to(const char *conninfo)
{
	const char *const names[] = {"connect_timeout", "application_name",
		"options", "client_encoding", "dbname", NULL};
	const char *const values[] = {"10", "yikou-exchange",
		"-c statement_timeout=60000 -c lock_timeout=30000", "UTF8",
		conninfo, NULL};

	return PQconnectdbParams(names, values, 1);
}

struct exchange_sql *exchange_sql_open(const char *path, GError **error)
{
	AUTO(exchange_sql) sql = NULL;
	g_autofree char *conninfo = NULL;

	if (!is_private(path, error))
		return NULL;
	conninfo = file_read(path, CONNINFO_MAX, NULL, error);
	if (!conninfo)
		return NULL;
	g_strstrip(conninfo);
	sql = g_new0(struct exchange_sql, 1);
	sql->connection = connect_to(conninfo);
	secret_wipe(conninfo, strlen(conninfo));
	if (!check_connection(sql->connection, error))
		return NULL;
	PQsetNoticeProcessor(sql->connection, quiet, NULL);
	return g_steal_pointer(&sql);
}

void exchange_sql_close(struct exchange_sql *sql)
{
	if (!sql)
		return;
	PQfinish(sql->connection);
	g_free(sql);
}

/* Statements --------------------------------------------------------------- */

/* SQLSTATE and column; never the message, which may hold the row. */
static char *reason_of(const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);

	return g_strdup_printf("SQLSTATE %s%s%s", code ? code : "?",
		column ? " " : "", column ? column : "");
}

static bool is_done(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* About the row: 22 a value, 23 a constraint. */
static bool is_about_row(const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return code && strlen(code) == CODE_LEN &&
	       (!strncmp(code, "22", 2) || !strncmp(code, "23", 2));
}

static bool check(
	struct exchange_sql *sql, const PGresult *result, GError **error)
{
	g_autofree char *reason = NULL;
	bool is_there = PQstatus(sql->connection) == CONNECTION_OK;

	if (is_done(result))
		return true;
	reason = reason_of(result);
	g_set_error(error, LINK_ERROR,
		is_there ? LINK_ERROR_PROTOCOL : LINK_ERROR_CLOSED,
		"the database of the exchange: %s",
		is_there ? reason : "the connection was lost");
	return false;
}

static bool run(struct exchange_sql *sql, const char *text, GError **error)
{
	AUTO_RESULT result = PQexec(sql->connection, text);

	return check(sql, result, error);
}

/* Checked; values are texts. NULL and an error, else the caller clears it. */
static PGresult *ask(struct exchange_sql *sql, const char *text, int count,
	const char *const values[], GError **error)
{
	PGresult *result = PQexecParams(
		sql->connection, text, count, NULL, values, NULL, NULL, 0);

	if (check(sql, result, error))
		return result;
	PQclear(result);
	return NULL;
}

/* Tables ------------------------------------------------------------------- */

static void add_column(GString *text, const struct json *field)
{
	const char *type = json_text_or(field, "type", "text");
	int64_t max = json_int_or(field, "max", 0);

	for (size_t i = 0; i < G_N_ELEMENTS(column_types); i++) {
		if (!strcmp(column_types[i].type, type))
			g_string_append_printf(text, " \"%s\" %s",
				json_text(field, "name"), column_types[i].sql);
	}
	if (!strcmp(type, "text") && max > 0)
		g_string_append_printf(text, "(%" G_GINT64_FORMAT ")", max);
	g_string_append(
		text, json_bool_or(field, "must", false) ? " NOT NULL," : ",");
}

/* Names were checked by the map. */
static char *table_text(const struct json *table)
{
	const char *name = json_text(table, "name");
	GString *text = g_string_new(NULL);

	g_string_append_printf(
		text, "CREATE TABLE IF NOT EXISTS \"%s\"(", name);
	json_each (field, json_get(table, "fields"))
		add_column(text, field);
	g_string_append_printf(text,
		" is_sync smallint NOT NULL DEFAULT 0, sync_reason text,"
		" PRIMARY KEY(row_guid));"
		"CREATE INDEX IF NOT EXISTS \"%s_batch\" ON \"%s\"(cd_batch)",
		name, name);
	return g_string_free(text, FALSE);
}

/* One INSERT for a table, prepared under its name. The same row from a new
 * spool of the store only gets its new batch. */
static char *insert_text(const struct json *table)
{
	GString *names = g_string_new(NULL), *places = g_string_new(NULL);
	char *text;
	int n = 0;

	json_each (field, json_get(table, "fields")) {
		g_string_append_printf(names, "%s\"%s\"", n ? ", " : "",
			json_text(field, "name"));
		g_string_append_printf(places, "%s$%d", n ? ", " : "", n + 1);
		n++;
	}
	text = g_strdup_printf("INSERT INTO \"%s\"(%s) VALUES(%s)"
			       " ON CONFLICT (row_guid) DO UPDATE"
			       " SET cd_batch = excluded.cd_batch",
		json_text(table, "name"), names->str, places->str);
	g_string_free(names, TRUE);
	g_string_free(places, TRUE);
	return text;
}

static bool make_table(
	struct exchange_sql *sql, const struct json *table, GError **error)
{
	g_autofree char *create = table_text(table);
	g_autofree char *insert = insert_text(table);
	AUTO_RESULT prepared = NULL;

	if (!run(sql, create, error))
		return false;
	prepared = PQprepare(
		sql->connection, json_text(table, "name"), insert, 0, NULL);
	return check(sql, prepared, error);
}

static bool make_tables(struct exchange_sql *sql,
	const struct exchange *exchange, GError **error)
{
	if (sql->has_tables)
		return true;
	if (!run(sql, own_tables, error))
		return false;
	json_each (table, exchange_tables(exchange)) {
		if (!make_table(sql, table, error))
			return false;
	}
	sql->has_tables = true;
	return true;
}

/* Rows --------------------------------------------------------------------- */

struct loading {
	struct exchange_sql *sql;
	const struct exchange *exchange;
	const char *batch; /* its name */
	bool is_careful;   /* a savepoint around each row */
	bool is_refused;   /* a row was, without a savepoint: begin again */
};

static const struct json *find_table(
	const struct exchange *exchange, const char *name)
{
	json_each (table, exchange_tables(exchange)) {
		if (!strcmp(json_text_or(table, "name", ""), name))
			return table;
	}
	return NULL;
}

/* values lend from row or from numbers. */
static int bind(const struct json *table, const struct json *row,
	const char *values[FIELDS_MAX], char numbers[FIELDS_MAX][24])
{
	int n = 0;

	json_each (field, json_get(table, "fields")) {
		const struct json *value =
			json_get(row, json_text(field, "name"));

		if (n == FIELDS_MAX)
			break;
		values[n] = json_as_text(value);
		if (json_is_number(value)) {
			g_snprintf(numbers[n], sizeof(numbers[n]),
				"%" G_GINT64_FORMAT, json_as_int(value, 0));
			values[n] = numbers[n];
		}
		n++;
	}
	return n;
}

static bool keep_refused(struct loading *l, const char *guid, const char *table,
	const char *reason, GError **error)
{
	const char *const values[] = {guid, l->batch, table, reason};
	AUTO_RESULT result = NULL;

	if (!run(l->sql, "ROLLBACK TO SAVEPOINT one_row", error))
		return false;
	result = ask(l->sql,
		"INSERT INTO yikou_exchange_refused(row_guid, cd_batch,"
		" table_name, reason) VALUES($1, $2, $3, $4)",
		G_N_ELEMENTS(values), values, error);
	return result != NULL;
}

static bool insert(struct loading *l, const char *name, const struct json *row,
	GError **error)
{
	const struct json *table = find_table(l->exchange, name);
	const char *values[FIELDS_MAX];
	char numbers[FIELDS_MAX][24];
	int count = bind(table, row, values, numbers);
	AUTO_RESULT result = NULL;
	g_autofree char *reason = NULL;

	if (l->is_careful && !run(l->sql, "SAVEPOINT one_row", error))
		return false;
	result = PQexecPrepared(
		l->sql->connection, name, count, values, NULL, NULL, 0);
	if (!is_done(result) && is_about_row(result)) {
		l->is_refused = true;
		reason = reason_of(result);
		return l->is_careful &&
		       keep_refused(l, json_text(row, "row_guid"), name, reason,
			       error);
	}
	return check(l->sql, result, error);
}

static bool insert_line(struct loading *l, const char *line, GError **error)
{
	AUTO(json) row = json_parse(line, strlen(line), error);
	const char *table = json_text_or(row, "table", "");

	if (row && find_table(l->exchange, table))
		return insert(l, table, json_get(row, "row"), error);
	if (row)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"a row of a table that is not known any more");
	return false;
}

static bool insert_all(struct loading *l, const char *rows, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(rows, "\n", -1);

	for (char **line = lines; *line && **line; line++) {
		if (!insert_line(l, *line, error))
			return false;
	}
	return true;
}

/* Batches ------------------------------------------------------------------ */

static bool move_cursor(struct exchange_sql *sql,
	const struct exchange *exchange, int64_t sequence, GError **error)
{
	char number[24], digest[SHA256_TEXT];
	const char *const values[] = {
		exchange_store_uuid(exchange), number, digest};
	AUTO_RESULT result = NULL;

	g_snprintf(number, sizeof(number), "%" G_GINT64_FORMAT, sequence);
	if (!exchange_manifest_digest(exchange, sequence, digest, error))
		return false;
	result = ask(sql,
		"INSERT INTO yikou_exchange_cursor(store, sequence, manifest)"
		" VALUES($1, $2, $3) ON CONFLICT(store) DO UPDATE SET"
		" sequence = excluded.sequence, manifest = excluded.manifest",
		G_N_ELEMENTS(values), values, error);
	return result != NULL;
}

/* Reads the cursor and keeps others off it until the transaction ends; the
 * first of a store has no row to lock, and the second's INSERT then waits and
 * its rows conflict. */
static bool read_cursor(struct exchange_sql *sql,
	const struct exchange *exchange, int64_t *sequence,
	char digest[SHA256_TEXT], GError **error)
{
	const char *const values[] = {exchange_store_uuid(exchange)};
	AUTO_RESULT result = ask(sql,
		"SELECT sequence, manifest FROM yikou_exchange_cursor"
		" WHERE store = $1 FOR UPDATE",
		1, values, error);

	*sequence = 0;
	digest[0] = '\0';
	if (!result)
		return false;
	if (PQntuples(result) == 1) {
		*sequence = g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10);
		g_strlcpy(digest, PQgetvalue(result, 0, 1), SHA256_TEXT);
	}
	return true;
}

static bool load_in_transaction(
	struct loading *l, int64_t sequence, const char *rows, GError **error)
{
	int64_t at = 0;
	char digest[SHA256_TEXT];

	if (!run(l->sql, "BEGIN", error) ||
		!read_cursor(l->sql, l->exchange, &at, digest, error))
		return false;
	if (at != sequence - 1) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_BUSY,
			"somebody else loads into the database");
		return false;
	}
	return insert_all(l, rows, error) &&
	       move_cursor(l->sql, l->exchange, sequence, error) &&
	       run(l->sql, "COMMIT", error);
}

/* First as if all were well; when a row is refused, again with care. */
static bool load_batch(struct exchange_sql *sql, struct exchange *exchange,
	int64_t sequence, GError **error)
{
	AUTO(json) manifest = exchange_manifest(exchange, sequence, error);
	g_autofree char *rows =
		manifest ? exchange_rows(exchange, manifest, error) : NULL;
	struct loading l = {.sql = sql,
		.exchange = exchange,
		.batch = json_text_or(manifest, "batch", "")};

	if (!rows)
		return false;
	if (load_in_transaction(&l, sequence, rows, error))
		return true;
	run(sql, "ROLLBACK", NULL);
	if (!l.is_refused)
		return false;
	g_clear_error(error);
	l.is_careful = true;
	if (load_in_transaction(&l, sequence, rows, error))
		return true;
	run(sql, "ROLLBACK", NULL);
	return false;
}

/* The database's last batch must be one of this spool. */
static bool check_cursor(const struct exchange *exchange, int64_t sequence,
	const char *digest, GError **error)
{
	char own[SHA256_TEXT];

	if (sequence == 0)
		return true;
	if (sequence <= exchange_sequence(exchange)) {
		if (!exchange_manifest_digest(exchange, sequence, own, error))
			return false;
		if (!strcmp(own, digest))
			return true;
	}
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT,
		"the database has batches of another spool of this store");
	return false;
}

bool exchange_sql_load(struct exchange_sql *sql, struct exchange *exchange,
	int64_t *loaded, GError **error)
{
	char digest[SHA256_TEXT];

	*loaded = 0;
	if (!make_tables(sql, exchange, error) ||
		!read_cursor(sql, exchange, loaded, digest, error) ||
		!check_cursor(exchange, *loaded, digest, error))
		return false;
	while (*loaded < exchange_sequence(exchange)) {
		if (!load_batch(sql, exchange, *loaded + 1, error))
			return false;
		++*loaded;
	}
	return true;
}

/* Receipts ----------------------------------------------------------------- */

struct tally {
	int64_t taken, waiting;
	struct json *rejected; /* own */
};

static void add_rejected(
	struct tally *tally, const PGresult *result, int row, int guid)
{
	struct json *rejection = json_new_object();

	json_put_text(rejection, "row_guid", PQgetvalue(result, row, guid));
	json_put_text(rejection, "reason", PQgetvalue(result, row, guid + 1));
	json_add(tally->rejected, rejection);
}

/* The many, taken ones, are only counted. */
static bool tally_table(struct exchange_sql *sql, const char *batch,
	const char *table, struct tally *tally, GError **error)
{
	const char *const values[] = {batch};
	g_autofree char *counts =
		g_strdup_printf("SELECT count(*) FILTER (WHERE is_sync = 1),"
				" count(*) FILTER (WHERE is_sync NOT IN (1, 2))"
				" FROM \"%s\" WHERE cd_batch = $1",
			table);
	g_autofree char *refused = g_strdup_printf(
		"SELECT row_guid, coalesce(nullif(sync_reason, ''),"
		" 'no reason given') FROM \"%s\""
		" WHERE cd_batch = $1 AND is_sync = 2",
		table);
	AUTO_RESULT numbers = ask(sql, counts, 1, values, error);
	AUTO_RESULT rows = numbers ? ask(sql, refused, 1, values, error) : NULL;

	if (!rows)
		return false;
	tally->taken += g_ascii_strtoll(PQgetvalue(numbers, 0, 0), NULL, 10);
	tally->waiting += g_ascii_strtoll(PQgetvalue(numbers, 0, 1), NULL, 10);
	for (int i = 0; i < PQntuples(rows); i++)
		add_rejected(tally, rows, i, 0);
	return true;
}

static bool tally_batch(struct exchange_sql *sql,
	const struct exchange *exchange, const char *batch, struct tally *tally,
	GError **error)
{
	const char *const values[] = {batch};
	AUTO_RESULT refused = ask(sql,
		"SELECT row_guid, reason FROM yikou_exchange_refused"
		" WHERE cd_batch = $1",
		1, values, error);

	for (int i = 0; refused && i < PQntuples(refused); i++)
		add_rejected(tally, refused, i, 0);
	json_each (table, exchange_tables(exchange)) {
		if (!refused || !tally_table(sql, batch,
					json_text(table, "name"), tally, error))
			return false;
	}
	return refused != NULL;
}

static bool put_receipt(struct exchange *exchange, const struct json *manifest,
	struct tally *tally, GError **error)
{
	AUTO(json) receipt = json_new_object();
	g_autofree char *now = clock_iso(clock_wall_ms());
	int64_t sequence = json_int_or(manifest, "sequence", 0);

	json_put_int(receipt, "sequence", sequence);
	json_put_text(receipt, "sha256", json_text(manifest, "sha256"));
	json_put_text(receipt, "received_at", now);
	json_put_int(receipt, "accepted", tally->taken);
	json_put(receipt, "rejected", g_steal_pointer(&tally->rejected));
	return exchange_put_receipt(exchange, sequence, receipt, error);
}

static bool receive_one(struct exchange_sql *sql, struct exchange *exchange,
	int64_t sequence, int64_t *receipts, GError **error)
{
	AUTO(json) manifest = exchange_manifest(exchange, sequence, error);
	struct tally tally = {.rejected = json_new_array()};
	bool ok = manifest &&
		  tally_batch(sql, exchange, json_text(manifest, "batch"),
			  &tally, error);
	bool is_dealt_with =
		ok && tally.waiting == 0 &&
		tally.taken + (int64_t)json_length(tally.rejected) ==
			json_int_or(manifest, "rows", -1);

	if (is_dealt_with) {
		ok = put_receipt(exchange, manifest, &tally, error);
		*receipts += ok;
	}
	json_free(tally.rejected);
	return ok;
}

bool exchange_sql_receipts(struct exchange_sql *sql, struct exchange *exchange,
	int64_t *receipts, GError **error)
{
	*receipts = 0;
	if (!make_tables(sql, exchange, error))
		return false;
	for (int64_t n = 1; n <= exchange_sequence(exchange); n++) {
		if (!exchange_has_receipt(exchange, n) &&
			!receive_one(sql, exchange, n, receipts, error))
			return false;
	}
	return true;
}
