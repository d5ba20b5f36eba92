/* Pages for people, in Chinese: the queue, the cases, one case. Names are
 * masked as on any screen of the hall; id numbers are not shown at all. */
#include "client/platform/pages.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/platform/cases.h"
#include "client/platform/handlers.h"
#include "client/platform/html.h"
#include "client/platform/platform.h"
#include "client/rules/case_state.h"
#include "client/rules/mask.h"

enum { CASES_SHOWN = 100 };

#define STATE_TERM(code, name, chinese) {name, chinese},
static const struct term case_states[] = {CASE_STATES(STATE_TERM){NULL, NULL}};

static const struct term ticket_states[] = {{"waiting", "等候"},
	{"called", "已叫"}, {"parked", "挂起"}, {"skipped", "过号"},
	{"done", "完成"}, {"transferred", "转移"}, {NULL, NULL}};

static const struct term ticket_kinds[] = {{"apply", "申办"},
	{"booked", "预约"}, {"collect", "领证"}, {"none", "无号"},
	{NULL, NULL}};

static const struct term document_kinds[] = {{"receipt", "收件凭证"},
	{"accept-notice", "受理通知书"}, {"refuse-notice", "不予受理通知书"},
	{NULL, NULL}};

static const struct term op_kinds[] = {{"case.accept", "受理"},
	{"case.refuse", "不予受理"}, {"case.document", "文书"}, {NULL, NULL}};

static const struct term no_ratings[] = {{"no-answer", "未评价"},
	{"refused", "拒绝评价"}, {"device", "设备故障"}, {NULL, NULL}};

static const char *const levels[] = {
	"", "非常不满意", "不满意", "基本满意", "满意", "非常满意"};

const char *term(const struct term *terms, const char *name)
{
	for (; name && terms->name; terms++) {
		if (strcmp(terms->name, name) == 0)
			return terms->text;
	}
	return name;
}

static void cell_masked(GString *page, const char *name)
{
	g_autofree char *masked = mask_text(MASK_NAME, name);

	html_cell(page, masked);
}

static void cell_time(GString *page, int64_t wall_ms, const char *format)
{
	g_autofree char *text = clock_format(wall_ms, format);

	html_cell(page, text);
}

/* Queue ----------------------------------------------------------------- */

static void add_queue(struct platform *platform, GString *page)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT number, kind, business, person, state, window, calls,"
		" note, taken_ms FROM tickets"
		" WHERE listed = 1 AND state <> 'done'"
		" ORDER BY taken_ms, row LIMIT 200",
		NULL);

	html_raw(page,
		"<table><caption>排队</caption><tr><th>票号<th>类型<th>事项"
		"<th>姓名<th>状态<th>窗口<th>叫号次数<th>备注<th>取号</tr>\n");
	while (platform_next(platform, rows)) {
		html_raw(page, "<tr>");
		html_cell(page, db_text(rows, 0));
		html_cell(page, term(ticket_kinds, db_text(rows, 1)));
		html_cell(page, db_text(rows, 2));
		cell_masked(page, db_text(rows, 3));
		html_cell(page, term(ticket_states, db_text(rows, 4)));
		html_cell(page, db_text(rows, 5));
		html_cell_int(page, db_int(rows, 6));
		html_cell(page, db_text(rows, 7));
		cell_time(page, db_int(rows, 8), "%H:%M");
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

static void add_windows(struct platform *platform, GString *page)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT window, state, reason FROM windows ORDER BY window",
		NULL);

	html_raw(page, "<table><caption>窗口</caption>"
		       "<tr><th>窗口<th>状态<th>原因</tr>\n");
	while (platform_next(platform, rows)) {
		bool paused = strcmp(db_text(rows, 1), "paused") == 0;

		html_raw(page, "<tr>");
		html_cell(page, db_text(rows, 0));
		html_cell(page, paused ? "暂停" : "开放");
		html_cell(page, db_text(rows, 2));
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

/* Cases ----------------------------------------------------------------- */

static void add_cases(struct platform *platform, GString *page)
{
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT case_id, case_no, item_name, applicant, state, window,"
		" updated_ms FROM cases ORDER BY row DESC LIMIT ?1",
		DB_VALUES(DB_INT(CASES_SHOWN)));

	html_raw(page,
		"<table><caption>办件（最近 100 件）</caption><tr><th>办件编号"
		"<th>事项<th>申请人<th>状态<th>窗口<th>更新</tr>\n");
	while (platform_next(platform, rows)) {
		/* Only UUIDs get into this column. */
		g_string_append_printf(page, "<tr><td><a href=\"/cases/%s\">",
			db_text(rows, 0));
		html_text(page, db_text(rows, 1));
		html_raw(page, "</a></td>");
		html_cell(page, db_text(rows, 2));
		cell_masked(page, db_text(rows, 3));
		html_cell(page, term(case_states, db_text(rows, 4)));
		html_cell(page, db_text(rows, 5));
		cell_time(page, db_int(rows, 6), "%m-%d %H:%M");
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

struct reply *page_home(
	struct platform *platform, const struct request *request)
{
	GString *page = html_begin("替身平台");
	struct reply *reply;

	(void)request;
	add_queue(platform, page);
	add_windows(platform, page);
	add_cases(platform, page);
	page_add_online(platform, page);
	reply = reply_html(200, html_end(page));
	/* A trainer watches cases arrive. */
	reply_header(reply, "Refresh", g_strdup("10"));
	return reply;
}

/* One case -------------------------------------------------------------- */

static void add_fact(GString *page, const char *label, const char *text)
{
	html_raw(page, "<tr><th>");
	html_text(page, label);
	html_raw(page, "</th>");
	html_cell(page, text);
	html_raw(page, "</tr>\n");
}

static void add_facts(GString *page, const struct json *whole)
{
	const struct json *body = json_get(whole, "body");
	g_autofree char *name = mask_text(
		MASK_NAME, json_text(json_get(body, "applicant"), "name"));

	html_raw(page, "<table><caption>办件</caption>");
	add_fact(page, "办件编号", json_text(whole, "case_no"));
	add_fact(page, "事项", json_text(json_get(body, "item"), "name"));
	add_fact(page, "申请人", name);
	add_fact(page, "状态", term(case_states, json_text(whole, "state")));
	add_fact(page, "窗口", json_text(whole, "window"));
	add_fact(page, "收件时间", json_text(body, "received_at"));
	add_fact(page, "受理时间", json_text(body, "accepted_at"));
	add_fact(page, "承诺办结", json_text(body, "promised_due"));
	add_fact(page, "法定办结", json_text(body, "statutory_due"));
	add_fact(page, "理由", json_text(json_get(body, "decision"), "reason"));
	add_fact(page, "版本", json_text(whole, "version"));
	html_raw(page, "</table>");
}

static void add_materials(GString *page, const struct json *materials)
{
	html_raw(page, "<table><caption>材料</caption>"
		       "<tr><th>序号<th>名称<th>份数<th>影像页数</tr>\n");
	json_each (material, materials) {
		html_raw(page, "<tr>");
		html_cell_int(page, json_int_or(material, "no", 0));
		html_cell(page, json_text(material, "name"));
		html_cell_int(page, json_int_or(material, "copies", 0));
		html_cell_int(page,
			(int64_t)json_length(json_get(material, "pages")));
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

static void add_documents(GString *page, const struct json *documents)
{
	html_raw(page, "<table><caption>文书</caption>"
		       "<tr><th>文书<th>文号<th>页数<th>SHA-256</tr>\n");
	json_each (document, documents) {
		html_raw(page, "<tr>");
		html_cell(page,
			term(document_kinds, json_text(document, "kind")));
		html_cell(page, json_text(document, "number"));
		html_cell_int(page, json_int_or(document, "pages", 0));
		html_cell(page, json_text(document, "sha256"));
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

static void add_ratings(GString *page, const struct json *ratings)
{
	html_raw(page, "<table><caption>评价</caption>"
		       "<tr><th>结果<th>时间</tr>\n");
	json_each (rating, ratings) {
		int64_t level = json_int_or(rating, "level", 0);

		html_raw(page, "<tr>");
		html_cell(page,
			level > 0 && level <= 5
				? levels[level]
				: term(no_ratings, json_text(rating, "none")));
		html_cell(page, json_text(rating, "at"));
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

static void add_ops(GString *page, const struct json *ops)
{
	html_raw(page, "<table><caption>收到的操作</caption>"
		       "<tr><th>操作<th>序号<th>时间<th>标识</tr>\n");
	json_each (op, ops) {
		html_raw(page, "<tr>");
		html_cell(page, term(op_kinds, json_text(op, "kind")));
		html_cell_int(page, json_int_or(op, "agg_seq", 0));
		html_cell(page, json_text(op, "applied_at"));
		html_cell(page, json_text(op, "op_id"));
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

struct reply *page_case(
	struct platform *platform, const struct request *request)
{
	AUTO(json) whole = case_whole(platform, request->args[0]);
	GString *page = html_begin(whole ? "办件" : "没有找到该办件");

	html_raw(page, "<p><a href=\"/\">返回</a></p>");
	if (whole) {
		add_facts(page, whole);
		add_materials(
			page, json_get(json_get(whole, "body"), "materials"));
		add_documents(page, json_get(whole, "documents"));
		add_ratings(page, json_get(whole, "ratings"));
		add_ops(page, json_get(whole, "ops"));
	}
	return reply_html(whole ? 200 : 404, html_end(page));
}
