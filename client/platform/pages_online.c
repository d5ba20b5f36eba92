/* The rest of the page on /: applications from the web, messages, certificates,
 * seals, warnings, who asked for what. */
#include "client/platform/pages.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/platform/html.h"
#include "client/platform/record.h"
#include "client/rules/mask.h"

enum { SHOWN = 20, CELL_MAX = 7 };

/* What a cell shows: a member of the record, masked, as a term, or a time. */
struct column {
	const char *title, *member;
	enum mask_kind mask;
	const struct term *terms;
};

struct section {
	const char *caption;
	const struct resource *resource;
	struct column columns[CELL_MAX + 1];
};

static const struct term application_states[] = {{"pending", "待预审"},
	{"passed", "通过"}, {"supplement", "补正"}, {"rejected", "不通过"},
	{NULL, NULL}};

static const struct term message_states[] = {
	{"sent", "已发送"}, {"delivered", "已送达"}, {NULL, NULL}};

static const struct term certificate_states[] = {
	{"valid", "未注销"}, {"revoked", "已注销"}, {NULL, NULL}};

static const struct term colors[] = {
	{"yellow", "黄色"}, {"red", "红色"}, {NULL, NULL}};

static const struct term warning_states[] = {{"open", "未签收"},
	{"acknowledged", "已签收"}, {"explained", "已说明"}, {NULL, NULL}};

static const struct term consultation_states[] = {{"submitted", "待受理"},
	{"accepted", "已受理"}, {"replied", "已答复"}, {"closed", "办结"},
	{"reopened", "重开"}, {NULL, NULL}};

static const struct term actions[] = {{"persons:lookup", "查询个人"},
	{"legal-entities:lookup", "查询法人"},
	{"certificates:query", "查询证照"}, {"certificates:verify", "核验证照"},
	{"seals:sign", "盖章"}, {NULL, NULL}};

static const struct section sections[] = {
	{"网上申报", &resource_application,
		{{"提交时间", "submitted_at"}, {"事项", "item_name"},
			{"申请人", "applyer_name", MASK_NAME},
			{"手机", "contact_mobile", MASK_PHONE},
			{"状态", "state", MASK_NONE, application_states}}},
	{"短信", &resource_notification,
		{{"时间", "updated_at"}, {"手机", "phone", MASK_PHONE},
			{"内容", "text"},
			{"状态", "state", MASK_NONE, message_states}}},
	{"监察预警", &resource_warning,
		{{"时间", "issued_at"}, {"级别", "color", MASK_NONE, colors},
			{"办件编号", "case_no"}, {"内容", "content"},
			{"窗口", "window"},
			{"状态", "state", MASK_NONE, warning_states}}},
	{"咨询投诉", &resource_consultation,
		{{"时间", "at"}, {"标题", "title"},
			{"咨询人", "person", MASK_NAME}, {"答复", "reply"},
			{"状态", "state", MASK_NONE, consultation_states}}},
	{"电子证照库", &resource_certificate,
		{{"证照", "certificate_name"},
			{"编号", "certificate_number", MASK_DOCUMENT},
			{"持证人", "holder", MASK_NAME},
			{"发证单位", "issue_dept"}, {"发证日期", "issue_date"},
			{"有效期至", "valid_to"},
			{"状态", "state", MASK_NONE, certificate_states}}},
	{"电子印章", &resource_seal,
		{{"印章", "seal_name"}, {"类型", "seal_type"},
			{"单位", "owner"}, {"算法", "algorithm"}}},
	{"查询留痕", &resource_audit,
		{{"时间", "updated_at"}, {"查询", "action", MASK_NONE, actions},
			{"对象", "target"}, {"用途", "purpose"},
			{"人员", "staff_no"}, {"窗口", "window"}}},
};

/* A firm is shown as it is: only short names of people are masked. */
static bool is_person(const struct json *row)
{
	return strcmp(json_text_or(row, "holder_type", "1"), "1") == 0;
}

static void add_cell(
	GString *page, const struct column *column, const struct json *row)
{
	const char *text = json_text_or(row, column->member, "");
	bool hides = column->mask != MASK_NONE && is_person(row);
	g_autofree char *masked = hides ? mask_text(column->mask, text) : NULL;
	int64_t at = strlen(text) > 10 ? clock_parse(text) : -1;
	g_autofree char *time =
		at >= 0 ? clock_format(at, "%m-%d %H:%M") : NULL;

	if (masked)
		html_cell(page, masked);
	else if (time)
		html_cell(page, time);
	else
		html_cell(
			page, column->terms ? term(column->terms, text) : text);
}

static void add_row(
	GString *page, const struct section *section, const struct json *row)
{
	html_raw(page, "<tr>");
	for (const struct column *column = section->columns; column->title;
		column++)
		add_cell(page, column, row);
	html_raw(page, "</tr>\n");
}

static void add_head(GString *page, const struct section *section,
	int64_t count, int64_t shown)
{
	g_autofree char *counted = g_strdup_printf(
		shown < count ? "（共 %d 条，最近 %d 条）" : "（共 %d 条）",
		(int)count, (int)shown);

	html_raw(page, "<table><caption>");
	html_raw(page, section->caption);
	html_raw(page, counted);
	html_raw(page, "</caption><tr>");
	for (const struct column *column = section->columns; column->title;
		column++) {
		html_raw(page, "<th>");
		html_raw(page, column->title);
	}
	html_raw(page, "</tr>\n");
}

static void add_section(
	struct platform *platform, GString *page, const struct section *section)
{
	const char *kind = section->resource->kind;
	int64_t count = platform_number(platform,
		"SELECT count(*) FROM records WHERE kind = ?1",
		DB_VALUES(DB_TEXT(kind)), 0);
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id FROM records WHERE kind = ?1"
		" ORDER BY row DESC LIMIT ?2",
		DB_VALUES(DB_TEXT(kind), DB_INT(SHOWN)));

	if (count == 0)
		return;
	add_head(page, section, count, MIN(count, SHOWN));
	while (platform_next(platform, rows)) {
		AUTO(record) record = record_find(
			platform, section->resource, db_text(rows, 0));
		AUTO(json) row = record ? record_json(record) : NULL;

		if (row)
			add_row(page, section, row);
	}
	html_raw(page, "</table>");
}

void page_add_online(struct platform *platform, GString *page)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
		add_section(platform, page, &sections[i]);
}
