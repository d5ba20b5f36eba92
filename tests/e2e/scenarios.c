/* Scenarios: the link goes, a program is killed, the terminal misbehaves. Each
 * is a visit that must come to the same end, read back from the store and the
 * platform. */
#include "tests/e2e/scenarios.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/db/db.h"
#include "tests/e2e/visit.h"

enum { SHORT_MS = 8000, LONG_MS = 30000 };

struct scenario {
	const char *group, *name;
	void (*run)(struct play *play);
};

/* The screen process itself: the child of its guard. */
static pid_t screen_pid(struct play *play)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children",
		terminal_pid(play->terminal), terminal_pid(play->terminal));
	g_autofree char *text = file_read(path, 4096, NULL, NULL);

	return text ? (pid_t)g_ascii_strtoll(text, NULL, 10) : 0;
}

/* A daemon of this window by its program: the screen may have started it
 * again, so the pid of the beginning is not enough. */
static void kill_program(struct play *play, const char *program)
{
	g_autofree char *command = g_strdup_printf("/%s", program);
	GDir *proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while (proc && (name = g_dir_read_name(proc))) {
		g_autofree char *path =
			g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *line = NULL;
		gsize len = 0;

		if (!g_ascii_isdigit(*name) ||
			!g_file_get_contents(path, &line, &len, NULL) ||
			!g_str_has_suffix(line, command))
			continue;
		for (gsize i = 0; i + 1 < len; i++)
			line[i] = line[i] ? line[i] : ' ';
		if (strstr(line, play->window->dir))
			kill((pid_t)g_ascii_strtoll(name, NULL, 10), SIGKILL);
	}
	if (proc)
		g_dir_close(proc);
}

static void expect(struct play *play, const char *text, int timeout_ms)
{
	g_autofree char *what = g_strdup_printf("「%s」 did not appear", text);

	if (play->ok && !terminal_wait(play->terminal, text, timeout_ms))
		play_fail(play, what);
}

/* Link
 * -------------------------------------------------------------------------------
 */

/* The platform is away from the identification on; the visit is finished
 * without it; when it is back everything arrives once. */
static void platform_gone(struct play *play)
{
	g_autoptr(GError) error = NULL;

	play_log_in(play);
	play_call(play);
	play_identify(play);
	demo_stop_platform(play->window);
	play_item_and_form(play);
	play_papers(play);
	play_decide(play);
	expect(play, "离线", LONG_MS);
	if (play->ok)
		play_rate(play);
	if (terminal_shows(play->terminal, "待传 0"))
		play_fail(play, "nothing waits although the link is gone");
	if (!demo_start_platform(play->window, &error))
		play_fail(play, error->message);
	play_type(play, "again", "<F5>", "| 联网 |");
	play_sent(play);
	play_report(play);
}

/* A key of the hall's keypad does what the key of the keyboard does. */
static void keypad_calls(struct play *play)
{
	struct json *args = json_new_object();

	play_log_in(play);
	json_put_text(args, "device", "keypad");
	json_put_text(args, "key", "next");
	json_free(demo_sim(play->window, "key", args));
	expect(play, "[1", SHORT_MS);
	play_wait_device(play, "bar", "text", "A018");
	terminal_pause(play->terminal, 5200);
	args = json_new_object();
	json_put_text(args, "device", "keypad");
	json_put_text(args, "key", "again");
	json_free(demo_sim(play->window, "key", args));
	expect(play, "第 2 次", SHORT_MS);
	args = json_new_object();
	json_put_text(args, "device", "keypad");
	json_put_text(args, "key", "park");
	json_free(demo_sim(play->window, "key", args));
	expect(play, "挂起", SHORT_MS);
	play_sent(play);
}

/* Refused with a reason out of the list: its notice is made and sent. */
static void refused(struct play *play)
{
	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_item_and_form(play);
	play_type(play, "decision", "<Enter>", "[5");
	play_type(play, "not possible", "<F8>", "F8: 不能受理：第 1 项还缺");
	play_type(play, "refuse", "2", "不予受理的理由");
	play_type(play, "reason", "1", "F8 不予受理");
	/* F8 twice within a quarter of a second is a bounce. */
	terminal_pause(play->terminal, 400);
	play_type(play, "done", "<F8>", "[6");
	expect(play, "不予受理通知书", SHORT_MS);
	expect(play, "[完成]    不予受理通知书", LONG_MS);
	play_sent(play);
}

/* Crash
 * --------------------------------------------------------------------------------
 */

/* The screen is killed in the form; the draft is there when it comes back. */
static void screen_killed(struct play *play)
{
	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_type(play, "item", "<C-u>gtgsh", "个体工商户设立登记");
	play_type(play, "form", "<Enter>", "[3");
	play_type(play, "typed", "登封市中断小店<Enter>", "自动保存");
	terminal_pause(play->terminal, 300);
	kill(screen_pid(play), SIGKILL);
	terminal_pause(play->terminal, 500);
	play_start_screen(play);
	play_log_in(play);
	terminal_pause(play->terminal, 700);
	play_type(play, "taken up", "<Enter>", "登封市中断小店");
	play_type(play, "telephone", "19900000000<Enter>", "19900000000");
}

/* Every daemon is killed once in the middle of the same visit. */
static void daemons_killed(struct play *play)
{
	g_autoptr(GError) error = NULL;

	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_item_and_form(play);
	kill_program(play, "yikou-devd");
	expect(play, "设备程序断开", SHORT_MS);
	expect(play, "设备正常", LONG_MS);
	play_papers(play);
	kill_program(play, "yikou-syncd");
	play_decide(play);
	demo_stop(&play->window->platform, SIGKILL);
	if (!demo_start_platform(play->window, &error))
		play_fail(play, error->message);
	if (play->ok)
		play_rate(play);
	play_sent(play);
	play_report(play);
}

/* Terminal
 * -------------------------------------------------------------------------------
 */

static void resized(struct play *play)
{
	static const int sizes[][2] = {
		{1, 1}, {12, 40}, {43, 132}, {10, 30}, {24, 79}, {24, 80}};

	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_type(play, "item", "<C-u>gtgsh", "个体工商户设立登记");
	play_type(play, "form", "<Enter>", "[3");
	play_type(play, "typed", "登封市伸缩小店", "登封市伸缩小店");
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		terminal_resize(play->terminal, sizes[i][0], sizes[i][1]);
		terminal_pause(play->terminal, 250);
	}
	expect(play, "登封市伸缩小店", SHORT_MS);
	expect(play, "[3", SHORT_MS);
}

/* A megabyte is pasted into a field of 60 characters. */
static void pasted(struct play *play)
{
	g_autofree char *many = g_strnfill(1 << 20, 'x');
	g_autofree char *paste =
		g_strconcat("\033[200~", many, "\033[201~", NULL);

	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_type(play, "item", "<C-u>gtgsh", "个体工商户设立登记");
	play_type(play, "form", "<Enter>", "[3");
	terminal_paste(play->terminal, paste);
	expect(play, "xxxxxxxx", LONG_MS);
	terminal_pause(play->terminal, 300);
	play_type(
		play, "alive", "<C-u>登封市粘贴小店<Enter>", "登封市粘贴小店");
}

/* Locked by the menu, found in it by its initials; nothing stays behind, not
 * in the scrollback either, and the visit is there again afterwards. */
static void locked(struct play *play)
{
	int wipes;

	play_log_in(play);
	play_call(play);
	play_identify(play);
	wipes = terminal_wipes(play->terminal);
	play_type(play, "locked", "<F10>sp<Enter>", "已锁定");
	terminal_pause(play->terminal, 300);
	if (terminal_shows(play->terminal, "A018"))
		play_fail(play, "the number shows through the lock");
	if (terminal_wipes(play->terminal) != wipes + 1)
		play_fail(play, "the lock left the scrollback");
	play_type(play, "unlocked", "dengfeng<Enter>", "A018");
}

static void second_screen(struct play *play)
{
	g_autofree char *binary =
		g_build_filename(play->window->programs, "yikou", NULL);
	const char *argv[] = {binary, "--config", play->window->config, NULL};
	struct terminal *second;
	int status = 0;

	play_log_in(play);
	second = terminal_new(argv, 24, 80, NULL);
	for (int i = 0; i < 100 && !terminal_ended(second, &status); i++)
		terminal_pause(second, 50);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_CODE_RUNNING)
		play_fail(play, "a second screen did not exit with 6");
	terminal_free(second);
	expect(play, "A018", SHORT_MS);
}

/* The terminal is closed: what is being typed is kept as a draft. */
static void hung_up(struct play *play)
{
	play_log_in(play);
	play_call(play);
	play_identify(play);
	play_type(play, "item", "<C-u>gtgsh", "个体工商户设立登记");
	play_type(play, "form", "<Enter>", "[3");
	play_type(play, "typed", "登封市断线小店", "登封市断线小店");
	kill(screen_pid(play), SIGHUP);
	terminal_pause(play->terminal, 800);
	play_start_screen(play);
	play_log_in(play);
	terminal_pause(play->terminal, 700);
	play_type(play, "taken up", "<Enter>", "登封市断线小店");
}

/* A page nobody reads before a case is opened, as a bad disk leaves it. */
static bool spoil_page(const struct demo_window *window, const char *name)
{
	g_autofree char *path = demo_path(window, "state/window.db");
	g_autofree char *key_path = demo_path(window, "state/window.key");
	g_autofree char *key = file_read(key_path, 32, NULL, NULL);
	const struct db_options options = {
		.path = path, .key = (const uint8_t *)key, .key_len = 32};
	struct db *db = db_open(&options, NULL);
	static const char noise[64] = "no page of a tree";
	int64_t page = 0;
	int fd;
	bool written;

	if (db)
		db_get_int(db,
			"SELECT rootpage FROM sqlite_schema WHERE name = ?1",
			DB_VALUES(DB_TEXT(name)), &page, NULL, NULL);
	db_close(db);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	written = page > 1 && fd >= 0 &&
		  pwrite(fd, noise, sizeof(noise), (page - 1) * 4096) ==
			  (ssize_t)sizeof(noise);
	if (fd >= 0)
		close(fd);
	return written;
}

/* The screen comes up at once, and says soon after that the store is damaged;
 * nobody is called on top of it. */
static void store_damaged(struct play *play)
{
	terminal_wait(play->terminal, "3号综合窗口", SHORT_MS);
	if (!spoil_page(play->window, "case_events_by_case"))
		play_fail(play, "the page cannot be spoilt");
	play_start_screen(play);
	play_log_in(play);
	expect(play, "!!!! 本机存储出错", SHORT_MS);
	terminal_pause(play->terminal, 700);
	play_type(play, "nobody is called", "<Enter>", "本机存储损坏");
	play_type(play, "still at home", "", "A018");
}

/* Catalogue
 * -------------------------------------------------------------------------------
 */

#define BILLBOARD            \
	"11410185DEM0000737" \
	"4"                  \
	"410190107000"

static struct json *shipped(struct play *play, const char *file)
{
	g_autofree char *path = g_build_filename(
		play->window->data, "catalog/items", file, NULL);
	struct json *body = json_load(path, 1 << 20, NULL);

	if (!body)
		play_fail(play, path);
	return body;
}

static void publish(struct play *play, struct json *take_order)
{
	AUTO(json) order = take_order;
	AUTO(json) reply = demo_post(play->window, "/_catalog", order);

	if (!reply)
		play_fail(play, "the platform did not publish");
}

static void publish_item(
	struct play *play, struct json *take_body, bool unchecked)
{
	struct json *order = json_new_object(), *put = json_new_array();
	struct json *row = json_new_object();

	json_put_text(row, "entity", "item");
	json_put(row, "body", take_body);
	json_add(put, row);
	json_put(order, "put", put);
	if (unchecked)
		json_put_bool(order, "unchecked", true);
	publish(play, order);
}

static void withdraw(struct play *play, const char *const codes[])
{
	struct json *order = json_new_object(), *list = json_new_array();

	for (; *codes; codes++)
		json_add_text(list, *codes);
	json_put(order, "withdraw", list);
	publish(play, order);
}

/* Changed, wrong, withdrawn, and too many withdrawn at once. */
static void news_arrive(struct play *play)
{
	static const char *const one[] = {BILLBOARD, NULL};
	static const char *const many[] = {"11410185DEM000022Y4410790101000",
		"11410185DEM000065C5412090106000",
		"11410185DEM000022Y4410190102000", NULL};
	struct json *changed = shipped(play, "02-food-licence.json");
	struct json *wrong = shipped(play, "06-senior-card.json");

	json_put_int(json_get_mutable(changed, "promise"), "days", 3);
	json_put_text(json_get_mutable(changed, "promise"), "text", "3 工作日");
	publish_item(play, changed, false);
	play_type(play, "changed", "<F5>",
		"事项目录已更新：「食品经营许可（新办）」有变化");
	json_put_text(wrong, "name", "错误的事项");
	json_put_int(wrong, "level", 9);
	publish_item(play, wrong, true);
	play_type(play, "wrong", "<F5>", "1 处不合要求");
	withdraw(play, one);
	play_type(play, "withdrawn", "<F5>", "「设置户外广告审批」已撤下");
	withdraw(play, many);
	play_type(play, "held", "<F5>", "平台一次要撤下 3 个事项");
}

/* The same item with another form, while one fills in the old one. */
static void form_changes(struct play *play)
{
	struct json *item = shipped(play, "01-individual-business.json");
	struct json *fields =
		json_get_mutable(json_get_mutable(item, "form"), "fields");

	json_put_text((struct json *)json_first(fields), "label", "店铺招牌");
	publish_item(play, item, false);
}

static void catalogue_changes(struct play *play)
{
	g_autoptr(GError) error = NULL;

	demo_stop_platform(play->window);
	play->window->chaos = true;
	if (!demo_start_platform(play->window, &error))
		play_fail(play, error->message);
	play_log_in(play);
	play_type(play, "on line", "<F5>", "| 联网 |");
	news_arrive(play);
	play_call(play);
	play_identify(play);
	play_type(play, "changed item", "<C-u>spjy", "承诺 3 工作日");
	play_type(play, "wrong item stays", "<C-u>lnr", "老年人优待证办理");
	play_type(play, "withdrawn item", "<C-u>szhw", "没有");
	if (terminal_shows(play->terminal, "设置户外广告审批"))
		play_fail(play, "a withdrawn item is offered");
	play_type(play, "item", "<C-u>gtgsh", "个体工商户设立登记");
	play_type(play, "form", "<Enter>", "[3");
	play_type(play, "typed", "登封市目录小店<Enter>", "自动保存");
	play_type(play, "queue", "<F3>", "A019");
	form_changes(play);
	play_type(
		play, "changed again", "<F5>", "「个体工商户设立登记」有变化");
	terminal_pause(play->terminal, 700);
	play_type(play, "taken up", "<Enter>", "登封市目录小店");
	expect(play, "字号名称", SHORT_MS);
	if (terminal_shows(play->terminal, "店铺招牌"))
		play_fail(play, "a case changed its item");
}

static const struct scenario scenarios[] = {
	{"catalogue", "the platform changes the catalogue", catalogue_changes},
	{"link", "the platform goes and comes back", platform_gone},
	{"link", "the hall's keypad", keypad_calls},
	{"link", "refused with a reason", refused},
	{"crash", "the screen is killed in the form", screen_killed},
	{"crash", "every daemon is killed in one visit", daemons_killed},
	{"crash", "a page of the store is damaged", store_damaged},
	{"terminal", "resized to 1x1 and back", resized},
	{"terminal", "a megabyte is pasted", pasted},
	{"terminal", "locked and unlocked", locked},
	{"terminal", "a second screen", second_screen},
	{"terminal", "the terminal is closed", hung_up},
};

static bool run_one(
	const struct scenario *scenario, const char *programs, const char *data)
{
	g_autoptr(GError) error = NULL;
	AUTO(demo_window) window =
		demo_window_new(programs, data, "zh_CN", &error);
	struct play play;
	bool ok = false;

	if (!window || !demo_wait_numbers(window) ||
		!play_open(&play, window, true)) {
		fprintf(stderr, "%s: %s\n", scenario->name,
			error ? error->message : "no window");
		return false;
	}
	scenario->run(&play);
	ok = play.ok;
	play_close(&play);
	return ok;
}

bool scenarios_run(const char *programs, const char *data, const char *group)
{
	int number = 0;
	bool all = true;

	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];
		bool ok;

		if (strcmp(scenario->group, group) &&
			!strstr(scenario->name, group))
			continue;
		ok = run_one(scenario, programs, data);
		printf("%s %d %s\n", ok ? "ok" : "not ok", ++number,
			scenario->name);
		fflush(stdout);
		all = all && ok;
	}
	printf("1..%d\n", number);
	return all && number > 0;
}
