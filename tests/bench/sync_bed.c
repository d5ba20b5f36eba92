/* The ground bench-sync stands on. The platform and the link are the real
 * programs, both write to the disk as on a window; only the cases are made up,
 * and quickly, because nobody decides them. */
#include "tests/bench/sync_bed.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/store/private.h"
#include "tests/bench/gauge.h"
#include "tests/bench/sync_bare.h"

static const double disk_s = 0.5; /* how long it is asked */

enum {
	START_TIMEOUT_S = 20,
	RUN_TIMEOUT_S = 1800,
	SERIALS = 9000, /* of a day; the series ends at 9999 */
	BLOCK = 1000,   /* numbers in a block, the most there may be */
	POLL_US = 20000,
};

static const char item_code[] = "11410185MB0000000X4000100001001";
static const char first_day[] = "2026-10-01";

static const struct actor clerk = {.staff_no = "1003",
	.staff_name = "甄示例",
	.role = "clerk",
	.window = "03",
	.session = ""};

double bed_now_s(void)
{
	return (double)g_get_monotonic_time() / 1e6;
}

static char *in_dir(const struct bed *bed, const char *name)
{
	return g_build_filename(bed->dir, name, NULL);
}

double bed_disk_rate(const struct bed *bed)
{
	g_autofree char *path = in_dir(bed, "disk");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), count = 0;
	double began = bed_now_s();

	while (bed_now_s() - began < disk_s && write(fd, path, 4) == 4 &&
		fdatasync(fd) == 0)
		count++;
	close(fd);
	unlink(path);
	return count / disk_s;
}

/* Programs --------------------------------------------------------------- */

static bool spawn(
	const char *const *argv, const char *output, GPid *pid, GError **error)
{
	int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool started = g_spawn_async_with_fds(NULL, (char **)argv, NULL,
		G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, pid, -1, fd, fd, error);

	close(fd);
	return started;
}

static bool wait_port(struct bed *bed, const char *file, GError **error)
{
	double end = bed_now_s() + START_TIMEOUT_S;

	while (bed_now_s() < end) {
		g_autofree char *text = NULL;

		if (g_file_get_contents(file, &text, NULL, NULL) && *text) {
			bed->port = (int)g_ascii_strtoll(text, NULL, 10);
			return true;
		}
		if (waitpid(bed->platform, NULL, WNOHANG) != 0)
			break;
		g_usleep(POLL_US);
	}
	g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
		"yikou-platform did not start, see %s", bed->dir);
	return false;
}

static bool write_config(const struct bed *bed, GError **error)
{
	g_autofree char *text = g_strdup_printf(
		"[window]\nnumber=03\nname=3号综合窗口\nhall=示例大厅\n"
		"region=410185\n[paths]\nstate=window\nruntime=run\n"
		"[platform]\nurl=http://127.0.0.1:%d\n"
		"token_file=platform.token\n",
		bed->front_port ? bed->front_port : bed->port);

	return file_write(bed->config, text, strlen(text), error);
}

bool bed_start_platform(struct bed *bed, GError **error)
{
	g_autofree char *program =
		g_build_filename(bed->programs, "yikou-platform", NULL);
	g_autofree char *state = in_dir(bed, "platform");
	g_autofree char *token = in_dir(bed, "platform.token");
	g_autofree char *port = in_dir(bed, "port");
	g_autofree char *log = in_dir(bed, "platform.log");
	const char *argv[] = {program, "--state", state, "--token-file", token,
		"--port-file", port, NULL};

	unlink(port);
	if (!spawn(argv, log, &bed->platform, error) ||
		!wait_port(bed, port, error))
		return false;
	g_free(bed->token);
	bed->token = file_read(token, 4096, NULL, error);
	if (!bed->token)
		return false;
	g_strstrip(bed->token);
	return write_config(bed, error);
}

void bed_stop_platform(struct bed *bed)
{
	if (bed->platform <= 0)
		return;
	kill(bed->platform, SIGTERM);
	waitpid(bed->platform, NULL, 0);
	bed->platform = 0;
}

double bed_platform_cpu_s(const struct bed *bed)
{
	return gauge_cpu_ms(bed->platform) / 1e3;
}

bool bed_fresh_platform(struct bed *bed, GError **error)
{
	g_autofree char *state = in_dir(bed, "platform");

	bed_stop_platform(bed);
	file_remove_tree(state);
	return bed_start_platform(bed, error);
}

struct bed *bed_new(const char *programs, const char *where, GError **error)
{
	struct bed *bed = g_new0(struct bed, 1);

	bed->dir = g_build_filename(where, "yikou-bench-XXXXXX", NULL);
	bed->programs = g_strdup(programs);
	if (!g_mkdtemp(bed->dir)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"no folder in %s", where);
		g_clear_pointer(&bed->dir, g_free);
		bed_free(bed);
		return NULL;
	}
	bed->config = in_dir(bed, "yikou.conf");
	return bed;
}

void bed_free(struct bed *bed)
{
	if (!bed)
		return;
	bed_stop_platform(bed);
	if (bed->dir)
		file_remove_tree(bed->dir);
	g_free(bed->dir);
	g_free(bed->config);
	g_free(bed->programs);
	g_free(bed->token);
	g_free(bed);
}

/* Cases ------------------------------------------------------------------ */

static struct json *object(const char *const *members)
{
	struct json *value = json_new_object();

	for (; *members; members += 2)
		json_put_text(value, members[0], members[1]);
	return value;
}

#define OBJECT(...) object((const char *const[]){__VA_ARGS__, NULL})

static struct json *make_form(void)
{
	return OBJECT("trade_name", "登封市嵩阳街道示例餐饮服务店", "form_kind",
		"1", "operator", "张样例", "id_number", "410185199001011230",
		"premises", "河南省登封市嵩阳街道少林大道中段示例小区1号楼101",
		"premises_use", "租赁", "premises_area", "86.50", "scope",
		"许可项目：餐饮服务；食品销售。一般项目：外卖递送服务；日用品"
		"零售；礼仪服务；会议及展览服务（除依法须经批准的项目外，凭营业"
		"执照依法自主开展经营活动）",
		"capital", "10.00", "staff", "4", "phone", "13800000000",
		"opened", "2026-11-25", "delivery", "window");
}

static struct json *make_materials(void)
{
	static const char *const names[] = {"个体工商户登记（备案）申请书",
		"经营者身份证明", "经营场所使用相关文件（产权证明、租赁合同）",
		"委托书及代理人身份证明"};
	struct json *list = json_new_array();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct json *material = OBJECT(
			"name", names[i], "state", "present", "form", "paper");

		json_put_int(material, "no", (int64_t)i + 1);
		json_put_int(material, "copies", 1);
		json_put(material, "pages", json_new_array());
		json_add(list, material);
	}
	return list;
}

/* 20261001-03-0001, then the next day. */
static void put_numbers(struct json *body, int number)
{
	g_autoptr(GDateTime) first =
		g_date_time_new_from_iso8601("2026-10-01T00:00:00Z", NULL);
	g_autoptr(GDateTime) date =
		g_date_time_add_days(first, number / SERIALS);
	g_autofree char *day = g_date_time_format(date, "%Y%m%d");
	g_autofree char *case_no =
		g_strdup_printf("%s-03-%04d", day, number % SERIALS + 1);
	g_autofree char *full_no = g_strdup_printf(
		"%s%s03%04d", item_code, day, number % SERIALS + 1);

	json_put_text(body, "case_no", case_no);
	json_put_text(body, "full_no", full_no);
}

static struct json *make_documents(int number)
{
	g_autofree char *text =
		g_strdup_printf("登政务〔2026〕受字第%06d号", number + 1);
	struct json *list = json_new_array();

	json_add(list, OBJECT("kind", "accept-notice", "number", text));
	return list;
}

static struct json *make_body(const char *case_id, int number)
{
	struct json *body = OBJECT("case_id", case_id, "state", "accepted",
		"received_at", "2026-11-25T09:00:00+08:00", "accepted_at",
		"2026-11-25T09:12:00+08:00", "promised_due", first_day,
		"statutory_due", first_day, "query_password", "123456",
		"window", "03");

	put_numbers(body, number);
	json_put(body, "item",
		OBJECT("code", item_code, "name", "个体工商户设立登记",
			"version", "2026.11"));
	json_put(body, "applicant",
		OBJECT("name", "张样例", "id_type", "111", "id_number",
			"410185199001011230", "phone", "13800000000"));
	json_put(body, "form", make_form());
	json_put(body, "materials", make_materials());
	json_put(body, "decision", OBJECT("event", "accept"));
	json_put(body, "documents", make_documents(number));
	json_put(body, "clerk", OBJECT("staff_no", "1003", "name", "甄示例"));
	return body;
}

static bool add_case(struct store *store, int number, GError **error)
{
	char case_id[UUID_TEXT];
	struct new_op op = {.agg = "case",
		.agg_id = case_id,
		.kind = "case.accept",
		.actor = &clerk};

	uuid7(case_id);
	return outbox_add(store, &op, make_body(case_id, number), error);
}

struct store *bed_store(const struct bed *bed, GError **error)
{
	g_autofree char *state = in_dir(bed, "window");

	return file_make_dir(state, error) ? store_open(state, "03", error)
					   : NULL;
}

bool bed_fill(struct bed *bed, int cases, GError **error)
{
	g_autofree char *state = in_dir(bed, "window");
	AUTO(store) store = NULL;
	AUTO(db_transaction) change = NULL;

	file_remove_tree(state);
	store = bed_store(bed, error);
	change = store ? db_begin(store->db, error) : NULL;
	for (int i = 0; change && i < cases; i++)
		if (!add_case(store, i, error))
			return false;
	return change && db_commit(change, error);
}

static bool lease(const struct bed *bed, struct bare *bare, const char *store,
	const char *series, int count, GError **error)
{
	for (int i = 0; i < (count + BLOCK - 1) / BLOCK; i++) {
		char block_id[UUID_TEXT];
		g_autofree char *text = NULL;

		uuid7(block_id);
		text = g_strdup_printf("{\"block_id\":\"%s\",\"series\":\"%s\","
				       "\"count\":%d,\"store_uuid\":\"%s\"}",
			block_id, series, BLOCK, store);
		if (bare_post(bare, "/v1/number-blocks", text, strlen(text)) !=
			201) {
			g_set_error(error, LINK_ERROR, LINK_ERROR_PROTOCOL,
				"no block of %s, see %s", series, bed->dir);
			return false;
		}
	}
	return true;
}

bool bed_lease(const struct bed *bed, int cases, GError **error)
{
	AUTO(store) store = bed_store(bed, error);
	AUTO(bare) bare = bare_new(bed->port, bed->token);

	return store &&
	       lease(bed, bare, store_uuid(store), "case:03",
		       MIN(cases, SERIALS), error) &&
	       lease(bed, bare, store_uuid(store), "doc:accept:2026", cases,
		       error);
}

/* Runs ------------------------------------------------------------------- */

static double seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* VmHWM of the program itself: ru_maxrss would count its parent's, too. */
static bool watch(GPid pid, struct bed_run *run, GError **error)
{
	double end = bed_now_s() + RUN_TIMEOUT_S;
	struct rusage usage;
	int status;

	while (wait4(pid, &status, WNOHANG, &usage) == 0) {
		long peak_kib = gauge_memory(pid).peak;

		run->peak_kib = MAX(run->peak_kib, peak_kib);
		g_usleep(run->peak_kib > 0 ? POLL_US / 10 : 100);
		if (bed_now_s() > end) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			g_set_error(error, LINK_ERROR, LINK_ERROR_TIMEOUT,
				"yikou-syncd takes too long");
			return false;
		}
	}
	run->cpu_s = seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime);
	run->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return true;
}

/* The log is in the same file; the report is its last line. */
static struct json *read_report(const char *path)
{
	g_autofree char *text = NULL;
	char *line;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	g_strchomp(text);
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return json_parse(line, strlen(line), NULL);
}

void bed_settle_disk(void)
{
	sync();
}

bool bed_spawn_syncd(const struct bed *bed, GPid *pid, GError **error)
{
	g_autofree char *program =
		g_build_filename(bed->programs, "yikou-syncd", NULL);
	const char *argv[] = {program, "--config", bed->config, "--once",
		"--only", "cases", "--backoff-ms=100", NULL};

	return spawn(argv, "/dev/null", pid, error);
}

bool bed_run(struct bed *bed, const char *argument, struct bed_run *run,
	GError **error)
{
	g_autofree char *program =
		g_build_filename(bed->programs, "yikou-syncd", NULL);
	g_autofree char *output = in_dir(bed, "syncd.log");
	const char *argv[] = {program, "--config", bed->config, "--once",
		"--json", argument, NULL};
	double before = bed_platform_cpu_s(bed), began = bed_now_s();
	GPid pid;

	*run = (struct bed_run){.exit_code = -1};
	if (!spawn(argv, output, &pid, error) || !watch(pid, run, error))
		return false;
	run->wall_s = bed_now_s() - began;
	run->platform_cpu_s = bed_platform_cpu_s(bed) - before;
	run->report = read_report(output);
	return true;
}

bool bed_line(const char *what, double value, const char *unit, double limit,
	double goal)
{
	g_autofree char *aim =
		goal > 0 ? g_strdup_printf(", goal %g", goal) : g_strdup("");

	printf("%-42s %9.2f %-4s limit %g%s%s\n", what, value, unit, limit, aim,
		value > limit ? "   OVER" : "");
	fflush(stdout);
	return value <= limit;
}
