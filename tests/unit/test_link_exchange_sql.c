/* The exchange machine's tables in a real PostgreSQL: a cluster of the test's
 * own, on a Unix socket, as another user when this is root. Skipped where
 * PostgreSQL is not installed. */
#include "client/link/exchange_sql.h"

#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/test_exchange.h"

enum { TRIES = 100, TRY_MS = 50, KILLS = 25, CASES = 12, ROWS_OF_CASE = 4 };

struct cluster {
	char *bin, *dir, *conninfo, *file;
	uid_t uid;
	gid_t gid;
	GPid server;
};

/* The cluster -------------------------------------------------------------- */

static char *find_bin(void)
{
	g_autofree char *initdb = NULL;
	glob_t found = {0};
	char *bin = NULL;

	if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0)
		bin = g_path_get_dirname(found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	initdb = bin ? NULL : g_find_program_in_path("initdb");
	return initdb ? g_path_get_dirname(initdb) : bin;
}

/* PostgreSQL refuses to be root. */
static void become_nobody(gpointer data)
{
	const struct cluster *c = data;

	if (c->uid && (setgid(c->gid) != 0 || setuid(c->uid) != 0))
		_exit(71);
}

static bool run_initdb(struct cluster *c)
{
	g_autofree char *initdb = g_build_filename(c->bin, "initdb", NULL);
	g_autofree char *data = g_build_filename(c->dir, "data", NULL);
	char *argv[] = {initdb, (char *)"-D", data, (char *)"-U",
		(char *)"yikou", (char *)"-A", (char *)"trust", (char *)"-E",
		(char *)"UTF8", (char *)"--locale=C", (char *)"--no-sync",
		NULL};
	int status = -1;

	return g_spawn_sync(c->dir, argv, NULL,
		       G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
		       become_nobody, c, NULL, NULL, &status, NULL) &&
	       status == 0;
}

static bool start_server(struct cluster *c)
{
	g_autofree char *postgres = g_build_filename(c->bin, "postgres", NULL);
	g_autofree char *data = g_build_filename(c->dir, "data", NULL);
	char *argv[] = {postgres, (char *)"-D", data, (char *)"-k", c->dir,
		(char *)"-c", (char *)"listen_addresses=", (char *)"-c",
		(char *)"fsync=off", NULL};

	return g_spawn_async(c->dir, argv, NULL,
		G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
			G_SPAWN_STDERR_TO_DEV_NULL,
		become_nobody, c, &c->server, NULL);
}

static bool answers(const struct cluster *c)
{
	for (int i = 0; i < TRIES; i++) {
		if (PQping(c->conninfo) == PQPING_OK)
			return true;
		g_usleep(TRY_MS * 1000);
	}
	return false;
}

static void cluster_end(struct cluster *c)
{
	if (c->server) {
		kill(c->server, SIGQUIT);
		waitpid(c->server, NULL, 0);
	}
	if (c->dir)
		file_remove_tree(c->dir);
	g_free(c->bin);
	g_free(c->dir);
	g_free(c->conninfo);
	g_free(c->file);
}

/* False: there is none here. */
static bool cluster_begin(struct cluster *c)
{
	const struct passwd *nobody = getpwnam("nobody");

	*c = (struct cluster){.bin = find_bin()};
	if (!c->bin)
		return false;
	c->dir = g_dir_make_tmp("yikou-pg-XXXXXX", NULL);
	if (geteuid() == 0) {
		g_assert_nonnull(nobody);
		c->uid = nobody->pw_uid;
		c->gid = nobody->pw_gid;
		g_assert_cmpint(chown(c->dir, c->uid, c->gid), ==, 0);
	}
	c->conninfo =
		g_strdup_printf("host=%s user=yikou dbname=postgres", c->dir);
	g_assert_true(run_initdb(c));
	g_assert_true(start_server(c));
	g_assert_true(answers(c));
	return true;
}

/* Asking it ---------------------------------------------------------------- */

static char *ask(const struct cluster *c, const char *text)
{
	PGconn *connection = PQconnectdb(c->conninfo);
	PGresult *result = PQexec(connection, text);
	char *answer = NULL;

	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		answer = g_strdup(PQgetvalue(result, 0, 0));
	else
		g_assert_cmpint(PQresultStatus(result), ==, PGRES_COMMAND_OK);
	PQclear(result);
	PQfinish(connection);
	return answer;
}

static void check_answer(
	const struct cluster *c, const char *text, const char *expected)
{
	g_autofree char *answer = ask(c, text);

	g_assert_cmpstr(answer, ==, expected);
}

static void wipe(const struct cluster *c)
{
	g_free(ask(c, "DROP SCHEMA public CASCADE"));
	g_free(ask(c, "CREATE SCHEMA public"));
}

struct case_of {
	struct fixture f;
	struct cluster *cluster;
	char *file; /* with the connection */
	struct exchange *exchange;
};

static void begin(struct case_of *t, struct cluster *cluster)
{
	*t = (struct case_of){.cluster = cluster};
	wipe(cluster);
	set_up(&t->f, NULL);
	begin_store(&t->f);
	t->file = in_dir(&t->f, "exchange.conninfo");
	g_assert_true(
		g_file_set_contents(t->file, cluster->conninfo, -1, NULL));
	g_assert_cmpint(chmod(t->file, 0600), ==, 0);
}

static void end(struct case_of *t)
{
	g_clear_pointer(&t->exchange, exchange_close);
	tear_down(&t->f, NULL);
	g_free(t->file);
}

static int64_t load(struct case_of *t)
{
	g_autoptr(GError) error = NULL;
	AUTO(exchange_sql) sql = exchange_sql_open(t->file, &error);
	int64_t loaded = -1;

	g_assert_no_error(error);
	g_assert_true(exchange_sql_load(sql, t->exchange, &loaded, &error));
	g_assert_no_error(error);
	return loaded;
}

static int64_t receive(struct case_of *t)
{
	g_autoptr(GError) error = NULL;
	AUTO(exchange_sql) sql = exchange_sql_open(t->file, &error);
	int64_t receipts = -1;

	g_assert_no_error(error);
	g_assert_true(
		exchange_sql_receipts(sql, t->exchange, &receipts, &error));
	g_assert_no_error(error);
	return receipts;
}

static void run_exchange(struct case_of *t, int max_ops)
{
	struct exchange_done done;
	g_autoptr(GError) error = NULL;

	if (!t->exchange)
		t->exchange = try_open(&t->f, max_ops, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(exchange_run(t->exchange, &done, &error));
	g_assert_no_error(error);
}

/* Tests -------------------------------------------------------------------- */

static void check_load(struct cluster *c)
{
	struct case_of t;

	begin(&t, c);
	add_case(&t.f, "王演练", NULL);
	add_case(&t.f, "李'示\"例\\", NULL);
	run_exchange(&t, 0);
	g_assert_cmpint(load(&t), ==, 1);
	g_assert_cmpint(load(&t), ==, 1);
	check_answer(c, "SELECT count(*) FROM up_pro_accept", "2");
	check_answer(c, "SELECT count(*) FROM up_pro_process", "4");
	check_answer(c, "SELECT count(*) FROM up_pro_material", "2");
	check_answer(c,
		"SELECT applyer_name FROM up_pro_accept WHERE task_version ="
		" 1 AND accept_date IS NOT NULL ORDER BY project_no"
		" DESC LIMIT 1",
		"李'示\"例\\");
	add_case(&t.f, "赵示例", NULL);
	run_exchange(&t, 0);
	g_assert_cmpint(load(&t), ==, 2);
	check_answer(c, "SELECT count(*) FROM up_pro_accept", "3");
	check_answer(c, "SELECT sequence FROM yikou_exchange_cursor", "2");
	end(&t);
}

static bool is_complete(struct case_of *t)
{
	AUTO(json) status = exchange_status(t->exchange, NULL);

	return json_bool_or(status, "complete", false);
}

static void check_receipts(struct cluster *c)
{
	AUTO(json) rejected = NULL;
	struct exchange_done done;
	const struct json *row;
	char case_no[CASE_NO_TEXT];
	struct case_of t;

	begin(&t, c);
	add_case(&t.f, "王演练", case_no);
	run_exchange(&t, 0);
	load(&t);
	g_assert_cmpint(receive(&t), ==, 0);
	g_free(ask(c, "UPDATE up_pro_accept SET is_sync = 2,"
		      " sync_reason = 'E01'"));
	g_free(ask(c, "UPDATE up_pro_process SET is_sync = 1"));
	g_assert_cmpint(receive(&t), ==, 0);
	g_free(ask(c, "UPDATE up_pro_material SET is_sync = 1"));
	g_assert_cmpint(receive(&t), ==, 1);
	g_assert_cmpint(receive(&t), ==, 0);
	rejected = exchange_rejected(t.exchange, NULL);
	row = json_first(json_get(rejected, "rows"));
	g_assert_cmpstr(json_text(row, "reason"), ==, "E01");
	g_assert_cmpstr(json_text(row, "case_no"), ==, case_no);
	g_assert_false(is_complete(&t));
	g_assert_true(exchange_report_again(t.exchange, case_no, &done, NULL));
	load(&t);
	check_answer(c,
		"SELECT max(data_version) || max(cd_operation) FROM"
		" up_pro_accept",
		"2U");
	g_free(ask(c, "UPDATE up_pro_accept SET is_sync = 1"));
	g_free(ask(c, "UPDATE up_pro_process SET is_sync = 1"));
	g_free(ask(c, "UPDATE up_pro_material SET is_sync = 1"));
	g_assert_cmpint(receive(&t), ==, 1);
	g_assert_true(is_complete(&t));
	end(&t);
}

/* The database refuses some rows: they are named, the others are there. */
static void check_refused(struct cluster *c)
{
	AUTO(json) rejected = NULL;
	const struct json *row;
	struct case_of t;

	begin(&t, c);
	run_exchange(&t, 0);
	load(&t);
	g_free(ask(c, "ALTER TABLE up_pro_accept"
		      " ADD CHECK (applyer_name <> '王演练')"));
	add_case(&t.f, "王演练", NULL);
	add_case(&t.f, "李示例", NULL);
	run_exchange(&t, 0);
	load(&t);
	check_answer(c, "SELECT count(*) FROM up_pro_accept", "1");
	check_answer(c, "SELECT count(*) FROM up_pro_process", "4");
	check_answer(c, "SELECT reason FROM yikou_exchange_refused",
		"SQLSTATE 23514");
	g_free(ask(c, "UPDATE up_pro_accept SET is_sync = 1"));
	g_free(ask(c, "UPDATE up_pro_process SET is_sync = 1"));
	g_free(ask(c, "UPDATE up_pro_material SET is_sync = 1"));
	g_assert_cmpint(receive(&t), ==, 1);
	rejected = exchange_rejected(t.exchange, NULL);
	row = json_first(json_get(rejected, "rows"));
	g_assert_cmpstr(json_text(row, "reason"), ==, "SQLSTATE 23514");
	g_assert_cmpstr(json_text(row, "field"), ==, "up_pro_accept");
	end(&t);
}

/* Loading in a process that is killed after us microseconds. */
static bool load_killed(struct case_of *t, int us)
{
	pid_t child = fork();
	int status;

	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		AUTO(exchange_sql) sql = exchange_sql_open(t->file, NULL);
		int64_t loaded;

		_exit(!sql ||
			!exchange_sql_load(sql, t->exchange, &loaded, NULL));
	}
	g_usleep((gulong)us);
	kill(child, SIGKILL);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	return WIFSIGNALED(status);
}

static void check_kills(struct cluster *c)
{
	g_autofree char *rows = g_strdup_printf("%d", CASES * ROWS_OF_CASE);
	struct case_of t;
	int killed = 0;

	begin(&t, c);
	for (int i = 0; i < CASES; i++)
		add_case(&t.f, "王演练", NULL);
	run_exchange(&t, 1);
	for (int i = 0; i < KILLS; i++)
		killed += load_killed(&t, 2000 + i * 700);
	g_test_message("%d of %d loads killed", killed, KILLS);
	g_assert_cmpint(load(&t), ==, CASES);
	check_answer(c,
		"SELECT (SELECT count(*) FROM up_pro_accept) + (SELECT"
		" count(*) FROM up_pro_process) + (SELECT count(*) FROM"
		" up_pro_material)",
		rows);
	end(&t);
}

static void check_conflict(struct cluster *c)
{
	g_autofree char *other = NULL;
	g_autoptr(GError) error = NULL;
	AUTO(exchange_sql) sql = NULL;
	int64_t loaded;
	struct case_of t;

	begin(&t, c);
	add_case(&t.f, "王演练", NULL);
	run_exchange(&t, 0);
	load(&t);
	g_clear_pointer(&t.exchange, exchange_close);
	other = in_dir(&t.f, "spool");
	file_remove_tree(other);
	add_case(&t.f, "李示例", NULL);
	run_exchange(&t, 0);
	sql = exchange_sql_open(t.file, NULL);
	g_assert_nonnull(sql);
	g_assert_false(exchange_sql_load(sql, t.exchange, &loaded, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT);
	/* Begun anew on purpose: what is there already does not come twice. */
	g_free(ask(c, "DELETE FROM yikou_exchange_cursor"));
	load(&t);
	check_answer(c, "SELECT count(*) FROM up_pro_accept", "2");
	check_answer(c, "SELECT count(*) FROM yikou_exchange_refused", "0");
	end(&t);
}

static void check_file(struct cluster *c)
{
	g_autoptr(GError) open = NULL;
	g_autoptr(GError) absent = NULL;
	struct case_of t;

	begin(&t, c);
	g_assert_cmpint(chmod(t.file, 0640), ==, 0);
	g_assert_null(exchange_sql_open(t.file, &open));
	g_assert_error(open, ITEM_ERROR, ITEM_ERROR_DENIED);
	g_assert_true(g_file_set_contents(
		t.file, "host=/nowhere user=x password=s3cret", -1, NULL));
	g_assert_cmpint(chmod(t.file, 0600), ==, 0);
	g_assert_null(exchange_sql_open(t.file, &absent));
	g_assert_error(absent, LINK_ERROR, LINK_ERROR_ABSENT);
	g_assert_null(strstr(absent->message, "s3cret"));
	end(&t);
}

static const struct {
	const char *name;
	void (*check)(struct cluster *c);
} checks[] = {
	{"load", check_load},
	{"receipts", check_receipts},
	{"refused", check_refused},
	{"kills", check_kills},
	{"conflict", check_conflict},
	{"file", check_file},
};

/* One cluster for all: making it takes longer than they do. */
static void test_all(void)
{
	struct cluster cluster;

	if (!cluster_begin(&cluster)) {
		g_test_skip("PostgreSQL is not installed (initdb)");
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		g_test_message("%s", checks[i].name);
		checks[i].check(&cluster);
	}
	cluster_end(&cluster);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/exchange-sql/all", test_all);
	return g_test_run();
}
