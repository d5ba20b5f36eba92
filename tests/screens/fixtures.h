/* Models for the screens' tests and the bench: fictional persons only, times
 * fixed. Included by the test programs, so everything is static. */
#ifndef TESTS_SCREENS_FIXTURES_H
#define TESTS_SCREENS_FIXTURES_H

#include <string.h>

#include "ui/model.h"
#include "ui/view.h"

/* 2026-11-23 09:41:00 in China. */
#define FIXTURE_NOW_MS (INT64_C(1795398060) * 1000)

struct fixture {
	const char *name; /* "home-typical": the golden's name */
	void (*fill)(struct model *model, bool chinese);
	const char *keys; /* actions by name, typed before drawing */
};

static const char *say(bool chinese, const char *zh, const char *en)
{
	return chinese ? zh : en;
}

static void fixture_frame(struct model *m, enum view_id view, bool zh)
{
	model_init(m);
	m->now_ms = FIXTURE_NOW_MS;
	m->view = view;
	model_text(&m->header.window_short, say(zh, "3号窗", "Window 3"));
	model_text(&m->header.window_name, say(zh, "3号综合窗口", "Window 3"));
	model_text(&m->header.person, "甄示例");
	model_text(&m->header.hall, say(zh, "登封市政务服务中心", "Dengfeng"));
	model_text(&m->header.hall_short, say(zh, "登封大厅", "Dengfeng"));
	m->header.yellow = 1;
	m->header.numbers_left = 77;
}

static void fixture_visit(struct model *m, enum view_id view, bool zh)
{
	fixture_frame(m, view, zh);
	model_text(&m->visit.ticket, "A018");
	model_text(&m->visit.person, "李*例");
	model_text(&m->visit.item,
		say(zh, "食品经营许可（新办）", "Food licence"));
	model_text(&m->visit.called,
		say(zh, "第 1 次叫号 09:40", "call 1, 09:40"));
	m->home.waiting_total = 12;
	m->home.average_wait_min = 8;
}

static void fixture_ticket(GPtrArray *tickets, const char *number,
	const char *kind, const char *business, const char *taken,
	const char *waited, const char *note)
{
	struct ticket_model *ticket = model_add_ticket(tickets);

	model_text(&ticket->number, number);
	model_text(&ticket->kind, kind);
	model_text(&ticket->business, business);
	model_text(&ticket->taken, taken);
	model_text(&ticket->waited, waited);
	model_text(&ticket->note, note);
}

static void fixture_device(struct model *m, const char *name,
	const char *protocol, const char *port, const char *state,
	const char *last, bool ok)
{
	struct device_model *device = model_add_device(m->devices.devices);

	model_text(&device->name, name);
	model_text(&device->protocol, protocol);
	model_text(&device->port, port);
	model_text(&device->state, state);
	model_text(&device->last, last);
	device->ok = ok;
}

static void fixture_devices(struct model *m, bool zh, bool all_ok)
{
	const char *ok = say(zh, "[正常]", "[ok]");

	fixture_device(m, say(zh, "叫号键盘", "keypad"), "ff68 05",
		"serial ttyUSB0 9600/8n1", ok, "12 ms", true);
	fixture_device(m, say(zh, "读卡器", "card"), "idcard", "usb 0400:c35a",
		ok, "45 ms", true);
	fixture_device(m, say(zh, "高拍仪", "camera"), "v4l2", "video0 MJPG",
		ok, "30 ms", true);
	fixture_device(m, say(zh, "评价器", "pad"), "ff68 06",
		"serial ttyUSB0 9600/8n1",
		all_ok ? ok : say(zh, "[无应答]", "[no answer]"),
		say(zh, "5 分钟前", "5 min ago"), all_ok);
	fixture_device(m, say(zh, "窗口屏", "bar"), "aabb-2 01",
		"serial ttyUSB1 9600/8n1", ok, say(zh, "只发不收", "-"), true);
}

/* Log-in, lock --------------------------------------------------------------
 */

static void login_empty(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_LOGIN, zh);
	model_text(&m->header.person, NULL);
	model_text(&m->login.window_name, say(zh, "3号综合窗口", "Window 3"));
}

static void login_typical(struct model *m, bool zh)
{
	login_empty(m, zh);
	model_text(&m->login.staff_no, "1003");
	model_text(&m->login.last_logout, "甄示例  11-20 17:46");
	model_line(m->login.selftest,
		say(zh,
			"自检      存储 [正常]  平台 [联网]  "
			"时钟差 0.8 秒 [正常]",
			"self test  store [ok]  platform [online]  clock off "
			"0.8 s [ok]"));
	model_line(m->login.selftest,
		say(zh, "          设备 叫号 [正常] 读卡 [正常] 高拍 [正常]",
			"           devices keypad [ok] card [ok] camera "
			"[ok]"));
	model_text(&m->message,
		say(zh, "离线也能登录：用上次联网时的凭据，到 11-26 有效。",
			"Offline too: with the credentials of the last time "
			"on line, until 11-26."));
}

static void login_error(struct model *m, bool zh)
{
	login_typical(m, zh);
	model_text(&m->message,
		say(zh, "工号或密码不对，还可以试 3 次；忘了找大厅值班。",
			"Number or password not right, 3 tries left; the hall "
			"desk helps."));
}

static void lock_typical(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_LOCK, zh);
	model_text(&m->login.staff_no, "1003");
	model_text(&m->message, "A018 李*例 410199********0021");
	m->header.link = LINK_SHOW_DOWN;
	m->header.link_since = g_strdup("10:03");
	m->dialog.open = true;
	model_text(&m->dialog.title, "李*例");
}

/* Home ----------------------------------------------------------------------
 */

static void home_empty(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_HOME, zh);
}

static void home_typical(struct model *m, bool zh)
{
	const char *apply = say(zh, "申办", "apply");

	fixture_frame(m, VIEW_HOME, zh);
	fixture_ticket(m->home.waiting, "A018", apply, "食品经营许可（新办）",
		"09:33", say(zh, "8 分", "8 min"), "");
	fixture_ticket(m->home.waiting, "A019", apply, "", "09:35",
		say(zh, "6 分", "6 min"), NULL);
	fixture_ticket(m->home.waiting, "B006", say(zh, "领证", "collect"), "",
		"09:36", say(zh, "5 分", "5 min"),
		say(zh, "可领 2 件", "2 ready"));
	fixture_ticket(m->home.waiting, "Y003", say(zh, "预约", "booked"),
		"公共场所卫生许可（新证）", "09:38", say(zh, "3 分", "3 min"),
		say(zh, "约 09:45", "at 09:45"));
	fixture_ticket(m->home.waiting, "A020", apply, "个体工商户设立登记",
		"09:40", say(zh, "1 分", "1 min"), "");
	fixture_ticket(m->home.parked, "A011", apply, "食品小经营店登记",
		"08:52", say(zh, "49 分", "49 min"),
		say(zh, "等补 1 页", "fetches a page"));
	model_text(&((struct ticket_model *)m->home.parked->pdata[0])->person,
		"王*练");
	m->home.waiting_total = 12;
	m->home.waiting_general = 9;
	m->home.waiting_collect = 3;
	m->home.average_wait_min = 8;
	m->home.done = 16;
	m->home.consulted = 4;
	m->home.skipped = 2;
	m->home.due_today = 2;
	m->home.ready = 5;
	model_text(&m->home.last,
		say(zh, "A017 09:39 办结，非常满意", "A017 09:39 done"));
	model_text(
		&m->message, say(zh, "上一位 A017 已办结，评价：非常满意。",
				     "A017 is done; rating: very satisfied."));
	fixture_devices(m, zh, true);
}

/* Skipped numbers may come back the same day. */
static void home_skipped(struct model *m, bool zh)
{
	home_typical(m, zh);
	for (int i = 0; i < 5; i++) {
		g_autofree char *number = g_strdup_printf("A%03d", 17 - i);
		g_autofree char *waited =
			g_strdup_printf("%d %s", 50 + i, say(zh, "分", "min"));

		fixture_ticket(m->home.parked, number, say(zh, "申办", "apply"),
			"", "08:51", waited,
			say(zh, "过号 叫了没来", "skipped: absent"));
		((struct ticket_model *)
				m->home.parked->pdata[m->home.parked->len - 1])
			->skipped = true;
	}
}

static void home_full(struct model *m, bool zh)
{
	home_typical(m, zh);
	for (int i = 21; i < 60; i++) {
		g_autofree char *number = g_strdup_printf("A0%d", i);

		fixture_ticket(m->home.waiting, number,
			say(zh, "申办", "apply"),
			"设置大型户外广告及在城市建筑物、设施上悬挂、张贴宣传品"
			"审批",
			"09:41", say(zh, "1 小时 05 分", "1 h 05"),
			"带老人，轮椅，等大厅帮办人员陪同");
	}
	m->home.waiting_total = (int)m->home.waiting->len;
	m->header.unsent = 1234;
	m->header.parked = 2;
	m->header.red = 3;
	model_text(&m->header.device_fault,
		say(zh, "评价器断开", "pad disconnected"));
}

static void home_offline(struct model *m, bool zh)
{
	home_typical(m, zh);
	m->header.link = LINK_SHOW_DOWN;
	model_text(&m->header.link_since, "10:03");
	m->header.link_down_min = 12;
	m->header.unsent = 6;
	model_text(&m->header.retry_at, "10:15:40");
	model_text(&m->message,
		say(zh, "与市级平台连不上，正在自动重连，下次 10:15:40。",
			"The platform cannot be reached; next try 10:15:40."));
}

static void home_error(struct model *m, bool zh)
{
	home_typical(m, zh);
	m->header.store_failed = true;
	((struct ticket_model *)m->home.parked->pdata[0])->interrupted = true;
	model_text(&m->message,
		say(zh, "本机存储出错，已停止收件；找技术员。",
			"The local store failed. Receiving stopped, call the "
			"technician."));
}

static void home_papers(struct model *m, bool zh)
{
	home_typical(m, zh);
	m->home.papers_left = 2;
	model_text(&m->home.papers_case, "20261120-03-0031");
}

static void home_paused(struct model *m, bool zh)
{
	home_typical(m, zh);
	m->header.paused = true;
}

static void home_training(struct model *m, bool zh)
{
	home_typical(m, zh);
	m->login.training = true;
}

/* Fields --------------------------------------------------------------------
 */

static struct field_model *fixture_field(GPtrArray *fields, const char *id,
	const char *label, enum field_kind kind, const char *value,
	const char *source, const char *hint)
{
	struct field_model *field = model_add_field(fields);

	model_text(&field->id, id);
	model_text(&field->label, label);
	field->kind = kind;
	field->required = true;
	field->visible = true;
	model_text(&field->value, value);
	model_text(&field->source, source);
	model_text(&field->hint, hint);
	field->max_len = 60;
	return field;
}

static void fixture_options(
	struct field_model *field, ...) G_GNUC_NULL_TERMINATED;

static void fixture_options(struct field_model *field, ...)
{
	va_list args;
	const char *label;
	int code = 1;

	field->options = model_options_new();
	va_start(args, field);
	while ((label = va_arg(args, const char *))) {
		g_autofree char *text = g_strdup_printf("%d", code++);

		model_add_option(field->options, text, label);
	}
	va_end(args);
}

static void identify_fields(struct model *m, bool zh, bool is_read)
{
	GPtrArray *f = m->identify.fields;
	const char *card = is_read ? say(zh, "读卡", "card") : NULL;
	struct field_model *field;

	field = fixture_field(f, "id_type", say(zh, "证件类型", "document"),
		EDIT_CHOICE, "1", NULL, NULL);
	fixture_options(field, say(zh, "居民身份证", "resident identity card"),
		say(zh, "港澳居民居住证", "residence permit, Hong Kong"),
		say(zh, "台湾居民居住证", "residence permit, Taiwan"),
		say(zh, "外国人永久居留身份证", "foreigner's card"),
		say(zh, "护照", "passport"), NULL);
	field = fixture_field(f, "id_number", say(zh, "证件号码", "number"),
		EDIT_CODE, is_read ? "410199199010010021" : NULL, card,
		is_read ? say(zh, "校验通过", "checked") : NULL);
	field->max_len = 18;
	fixture_field(f, "name", say(zh, "姓名", "name"), EDIT_TEXT,
		is_read ? "李示例" : NULL, card, NULL);
	fixture_field(f, "address", say(zh, "住址", "address"), EDIT_TEXT,
		is_read ? "河南省登封市示例路 1 号" : NULL, card, NULL)
		->required = false;
	fixture_field(f, "phone", say(zh, "联系电话", "telephone"), EDIT_CODE,
		is_read ? "19900000000" : NULL, NULL, NULL)
		->max_len = 11;
	field = fixture_field(f, "capacity", say(zh, "办理身份", "capacity"),
		EDIT_CHOICE, "1", NULL, NULL);
	fixture_options(field, say(zh, "本人", "self"),
		say(zh, "代理人", "agent"), NULL);
}

static void identify_empty(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_IDENTIFY, zh);
	model_text(&m->visit.person, NULL);
	identify_fields(m, zh, false);
	m->identify.focus = 1;
	model_text(&m->message,
		say(zh, "已叫 A018：读卡，或输入号码。",
			"A018 is called. Card on the reader, or type the "
			"number."));
}

static void identify_typical(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_IDENTIFY, zh);
	identify_fields(m, zh, true);
	m->identify.focus = 5;
	model_line(m->earlier,
		"20260918-03-0042  个体工商户设立登记    办结 09-18");
	model_line(m->earlier,
		"20260310-05-0007  食品小经营店登记      办结 03-13");
	model_text(&m->message,
		say(zh,
			"读卡成功：李*例，女。请核对本人与证件照片，无误按 "
			"Enter。",
			"Card read: compare the person with the picture, then "
			"Enter."));
	fixture_devices(m, zh, true);
}

static void identify_error(struct model *m, bool zh)
{
	struct field_model *field;

	fixture_visit(m, VIEW_IDENTIFY, zh);
	identify_fields(m, zh, true);
	field = m->identify.fields->pdata[1];
	model_text(&field->value, "410199199010010022");
	model_text(&field->hint, NULL);
	model_text(&field->source, NULL);
	model_text(&field->error,
		say(zh, "号码末位对不上：应为 1，现为 2。",
			"the last digit does not match: 1 expected, 2 there."));
	m->identify.focus = 1;
	model_text(&m->message,
		say(zh,
			"号码末位对不上：应为 1，现为 "
			"2。号码留着，改末位，或按 "
			"F5 重读卡。",
			"The last digit does not match. It is kept: mend it, "
			"or F5 reads the card."));
}

static void form_top(struct model *m, bool zh)
{
	GPtrArray *f = m->form.fields;
	const char *shared = say(zh, "共享", "shared");
	const char *card = say(zh, "读卡", "card");
	struct field_model *field;

	fixture_field(f, "a", say(zh, "经营者名称", "trade name"), EDIT_TEXT,
		"登封市示例小吃店", shared, say(zh, "营业执照", "licence"));
	fixture_field(f, "b", say(zh, "统一信用代码", "credit code"), EDIT_CODE,
		"92410185DEM00201XL", shared, say(zh, "校验通过", "checked"));
	fixture_field(f, "c", say(zh, "负责人", "head"), EDIT_TEXT, "李示例",
		card, NULL);
	fixture_field(f, "d", say(zh, "身份号码", "ID number"), EDIT_CODE,
		"410199199010010021", card, say(zh, "校验通过", "checked"));
	field = fixture_field(f, "e", say(zh, "主体业态", "business"),
		EDIT_CHOICE, "2", NULL, NULL);
	fixture_options(field, say(zh, "食品销售经营者", "seller of food"),
		say(zh, "餐饮服务经营者", "restaurant"),
		say(zh, "单位食堂", "canteen"),
		say(zh, "集中用餐单位食堂", "canteen of a large institution"),
		NULL);
	field = fixture_field(f, "f", say(zh, "经营项目", "projects"),
		EDIT_CHOICES, "1,2", NULL, NULL);
	fixture_options(field, say(zh, "热食类食品制售", "hot food"),
		say(zh, "冷食类食品制售", "cold food"),
		say(zh, "生食类食品制售", "raw food"),
		say(zh, "糕点类食品制售", "pastry"),
		say(zh, "自制饮品制售", "drinks"), NULL);
	fixture_field(f, "g", say(zh, "经营场所", "place"), EDIT_TEXT,
		"登封市示例路 1 号", shared, say(zh, "营业执照", "licence"));
	fixture_field(f, "h", say(zh, "面积（平方米）", "area (m2)"),
		EDIT_NUMBER, "86.50", NULL, NULL);
	field = fixture_field(f, "i", say(zh, "网络经营", "on line"),
		EDIT_CHOICE, "2", NULL, NULL);
	fixture_options(field, say(zh, "是", "yes"), say(zh, "否", "no"), NULL);
	fixture_field(f, "j", say(zh, "健康证编号", "health card"), EDIT_CODE,
		NULL, NULL, NULL)
		->required = false;
}

static void form_empty(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_FORM, zh);
	form_top(m, zh);
	for (guint i = 0; i < m->form.fields->len; i++) {
		struct field_model *field = m->form.fields->pdata[i];

		model_text(&field->value, NULL);
		model_text(&field->source, NULL);
		model_text(&field->hint, NULL);
	}
}

static void form_typical(struct model *m, bool zh)
{
	struct field_model *field;

	fixture_visit(m, VIEW_FORM, zh);
	form_top(m, zh);
	field = fixture_field(m->form.fields, "k", say(zh, "从业人数", "staff"),
		EDIT_NUMBER, "12", NULL, NULL);
	field->max_len = 4;
	field = fixture_field(m->form.fields, "l",
		say(zh, "联系电话", "telephone"), EDIT_CODE, "199", NULL,
		say(zh, "还差 8 位", "8 digits to go"));
	field->max_len = 11;
	m->form.focus = 11;
	model_text(&m->form.saved_at, "09:44");
}

static void form_error(struct model *m, bool zh)
{
	struct field_model *field;

	form_typical(m, zh);
	field = m->form.fields->pdata[10];
	model_text(&field->value, "三");
	model_text(&field->error,
		say(zh, "从业人数只填数字，1 到 9999；现在是「三」。",
			"staff is a number from 1 to 9999; it is 三 now."));
	m->form.focus = 10;
	model_text(&m->message,
		say(zh,
			"还有 2 处：从业人数、联系电话。填好的都保留，光标在第"
			"一处。",
			"2 places left: staff, telephone. All is kept, the "
			"cursor is on the first."));
}

static GPtrArray *fixture_cells(bool zh, const char *name, const char *number,
	const char *kind, const char *share)
{
	GPtrArray *cells = model_fields_new();
	struct field_model *field;

	fixture_field(cells, "name", say(zh, "姓名", "name"), EDIT_TEXT, name,
		NULL, NULL);
	fixture_field(cells, "number", say(zh, "证件号码", "number"), EDIT_CODE,
		number, NULL, NULL)
		->max_len = 18;
	field = fixture_field(cells, "kind", say(zh, "类型", "kind"),
		EDIT_CHOICE, kind, NULL, NULL);
	fixture_options(field, say(zh, "自然人", "person"),
		say(zh, "法人", "company"), NULL);
	fixture_field(cells, "share", say(zh, "比例", "share"), EDIT_NUMBER,
		share, NULL, NULL)
		->required = false;
	return cells;
}

static void form_rows(struct model *m, bool zh)
{
	struct field_model *field;
	GPtrArray *cells;

	fixture_visit(m, VIEW_FORM, zh);
	fixture_field(m->form.fields, "n", say(zh, "企业名称", "company"),
		EDIT_TEXT, "登封市嵩阳示例餐饮服务有限责任公司中岳大街分公司",
		NULL, NULL);
	field = fixture_field(m->form.fields, "partners",
		say(zh, "投资人", "partners"), EDIT_ROWS, NULL, NULL, NULL);
	field->columns = fixture_cells(zh, NULL, NULL, NULL, NULL);
	field->rows = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);
	g_ptr_array_add(field->rows,
		fixture_cells(zh, "李示例", "410199199010010021", "1", "0.6"));
	cells = fixture_cells(
		zh, "欧阳・阿卜杜勒示用", "410199198505050038", "1", "0.5");
	model_text(&((struct field_model *)cells->pdata[3])->error,
		say(zh, "比例合计应为 1，现在是 1.1。",
			"the shares add up to 1.1, not 1."));
	g_ptr_array_add(field->rows, cells);
	field = fixture_field(m->form.fields, "managers",
		say(zh, "高级管理人员", "managers"), EDIT_ROWS, NULL, NULL,
		NULL);
	field->columns = fixture_cells(zh, NULL, NULL, NULL, NULL);
	field->rows = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);
	fixture_field(m->form.fields, "date", say(zh, "成立日期", "founded"),
		EDIT_DATE, "2026-11-23", NULL, NULL)
		->max_len = 10;
	m->form.focus = 1;
}

static void form_full(struct model *m, bool zh)
{
	form_rows(m, zh);
	form_top(m, zh);
	form_top(m, zh);
	m->form.focus = 20;
}

/* Item -----------------------------------------------------------------------
 */

static void item_empty(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_ITEM, zh);
	model_text(&m->visit.item, NULL);
	model_text(&m->item.filter, "grgs");
	model_text(&m->message,
		say(zh, "没有找到 grgs。输入的字还在，可以直接改。",
			"Nothing found for grgs; the text is kept."));
}

static void fixture_item(struct model *m, const char *name,
	const char *department, const char *kind, const char *promise,
	bool elsewhere)
{
	struct item_model *item = model_add_item(m->item.hits);

	model_text(&item->name, name);
	model_text(&item->department, department);
	model_text(&item->kind, kind);
	model_text(&item->promise, promise);
	item->elsewhere = elsewhere;
}

static void item_typical(struct model *m, bool zh)
{
	struct item_detail *detail = &m->item.detail;

	fixture_visit(m, VIEW_ITEM, zh);
	model_text(&m->item.filter, "spjy");
	fixture_item(m, "食品经营许可（新办）", "市场监督管理局",
		say(zh, "承诺件", "promise"), say(zh, "5 工作日", "5 days"),
		false);
	fixture_item(m, "食品小经营店登记", "市场监督管理局",
		say(zh, "承诺件", "promise"), say(zh, "3 工作日", "3 days"),
		false);
	fixture_item(m, "老年人优待证办理", "民政局",
		say(zh, "即办件", "at once"), say(zh, "1号窗", "window 1"),
		true);
	model_text(&detail->title, "食品经营许可（新办）");
	model_text(&detail->line,
		say(zh, "许可类  法定 10 工作日  承诺 5 工作日  不收费",
			"licence  by law 10 days  promised 5 days  no fee"));
	model_line(detail->lines,
		say(zh, "材料 5 份：必交 4，可容缺 1（从业人员健康证明）",
			"5 papers: 4 required, 1 waivable (health "
			"certificate)"));
	model_line(detail->lines,
		"本人 09-18 办过「个体工商户设立登记」：营业执照可调用，不再收"
		"取。");
	model_text(&m->message,
		say(zh, "找到 3 项，第 1 项首字母全对。",
			"3 found, the first one matches all initials."));
	fixture_devices(m, zh, true);
}

static void item_full(struct model *m, bool zh)
{
	item_typical(m, zh);
	for (int i = 0; i < 30; i++)
		fixture_item(m,
			"设置大型户外广告及在城市建筑物、设施上悬挂、张贴宣传品"
			"审批",
			"城市管理综合执法局（城市管理局）",
			say(zh, "承诺件", "promise"),
			say(zh, "10 工作日", "10 days"), i % 3 == 0);
	m->item.focus = 12;
}

/* Materials ------------------------------------------------------------------
 */

static struct material_model *fixture_material(struct model *m,
	const char *name, const char *need, const char *form,
	const char *source, const char *state)
{
	struct material_model *it = model_add_material(m->materials.materials);

	model_text(&it->name, name);
	model_text(&it->need, need);
	model_text(&it->form, form);
	model_text(&it->source, source);
	model_text(&it->state, state);
	it->needed = true;
	return it;
}

static void fixture_page(
	struct material_model *material, const char *title, const char *state)
{
	static const char *const picture[] = {"+--------------+",
		"|  ..::::..    |", "|  ##::..      |", "|  ::::::##..  |",
		"|  ..  ####::  |", "+--------------+"};
	struct page_model *page = model_add_page(material->pages);

	model_text(&page->title, title);
	model_text(&page->state, state);
	page->picture = model_lines_new();
	for (size_t i = 0; i < G_N_ELEMENTS(picture); i++)
		model_line(page->picture, picture[i]);
}

static void materials_empty(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_MATERIALS, zh);
}

static void materials_typical(struct model *m, bool zh)
{
	const char *must = say(zh, "必交", "required");
	const char *original = say(zh, "原件", "original");
	const char *camera = say(zh, "高拍仪", "camera");
	struct material_model *it;

	fixture_visit(m, VIEW_MATERIALS, zh);
	fixture_material(m, "食品经营许可申请书", must, original,
		say(zh, "本系统打印", "printed"),
		say(zh, "[齐] 签字 2 页", "[ok] 2 pages"))
		->printable = true;
	fixture_material(m, "营业执照", must, say(zh, "电子", "electronic"),
		say(zh, "证照库", "library"), say(zh, "[齐] 已调用", "[ok]"));
	it = fixture_material(m, "主要设备设施、经营布局、操作流程文件", must,
		original, camera, say(zh, "[拍] 第 2 页", "[taking] page 2"));
	it->missing = it->lacking = true;
	fixture_page(it,
		say(zh, "第 1 页  A4  200 dpi  0.4 MB",
			"page 1  A4  200 dpi  0.4 MB"),
		say(zh, "[存]", "[kept]"));
	fixture_page(it, say(zh, "第 2 页  A4  200 dpi", "page 2  A4  200 dpi"),
		say(zh, "[拍] 正在取图，约 2 秒", "[taking] about 2 s"));
	model_line(it->checks, say(zh, "[x] 内容完整", "[x] complete"));
	model_line(
		it->checks, say(zh, "[x] 与原件一致", "[x] same as original"));
	model_line(it->checks, say(zh, "[ ] 签字盖章齐全", "[ ] signed"));
	it = fixture_material(m, "食品安全规章制度目录清单", must, original,
		camera, say(zh, "[缺]", "[missing]"));
	it->missing = it->lacking = true;
	it = fixture_material(m, "从业人员健康证明",
		say(zh, "容缺", "waivable"), say(zh, "复印件", "copy"), camera,
		say(zh, "[缺] 可容缺 5日", "[missing] 5 d"));
	it = fixture_material(m, "委托书及代理人身份证",
		say(zh, "不需", "not here"), NULL, NULL,
		say(zh, "本人办理不要", "own case"));
	it->needed = false;
	m->materials.focus = 2;
	m->materials.page = 1;
	model_text(&m->materials.summary,
		say(zh,
			"必交 4：齐 2，拍 1，缺 1      可容缺 1：缺 1      "
			"已存 "
			"3 页 1.3 MB",
			"required 4: ok 2, missing 2   waivable 1: missing 1"));
	model_line(m->materials.advice,
		say(zh,
			"第 4 项：F7 拍，或 F4 选文件、证照库；确实没有，决定"
			"时选补正。",
			"4: F7 takes it, F4 other sources; if there is none, "
			"ask to complete."));
	model_text(&m->message,
		say(zh, "正在拍第 3 项第 2 页，请不要移动材料。前面各页已存。",
			"Taking page 2 of paper 3; do not move it. The pages "
			"before are kept."));
	fixture_devices(m, zh, true);
}

/* Printed for signature; on the line, and where the pages stand. */
static void materials_form(struct model *m, bool zh)
{
	struct material_model *it;

	materials_typical(m, zh);
	it = m->materials.materials->pdata[0];
	it->missing = it->lacking = true;
	model_text(&it->state, say(zh, "[缺] 已打印待签", "[missing] to sign"));
	model_text(&it->print_line,
		say(zh, "09:46 打印，2 页，校验码 1a2b3c4d",
			"printed 09:46, 2 p., check code 1a2b3c4d"));
	model_text(&it->print_place,
		"/var/lib/yikou/outbox/20261123-A018-食品经营许可申请书.pdf");
	model_line(it->checks, say(zh, "[ ] 申请人签字", "[ ] signed"));
	m->materials.focus = 0;
	m->materials.page = 0;
}

/* Filled in anew after it was signed. */
static void materials_old(struct model *m, bool zh)
{
	struct material_model *it;

	materials_form(m, zh);
	it = m->materials.materials->pdata[0];
	model_text(
		&it->state, say(zh, "[旧] 改过 F6 重打", "[old] changed, F6"));
	m->materials.focus = 2;
	model_line(m->materials.advice,
		say(zh, "第 1 项打印后表单改过：F6 重打，重新签字。",
			"No. 1 is older than the form: F6 prints the present "
			"one, to be signed again."));
}

static void materials_preview(struct model *m, bool zh)
{
	materials_form(m, zh);
	m->dialog.open = true;
	model_text(
		&m->dialog.title, say(zh, "预览：要打印签字的表",
					  "The form, as it will be printed"));
	model_text(&m->dialog.verb, say(zh, "F8 打印", "F8 print"));
	model_line(m->dialog.lines, "食品经营许可申请书");
	for (int i = 0; i < 20; i++)
		model_line(m->dialog.lines, "经营者名称  登封市示例小吃店");
}

static void materials_full(struct model *m, bool zh)
{
	materials_typical(m, zh);
	for (int i = 0; i < 20; i++) {
		struct material_model *it = fixture_material(m,
			"法律、法规、规章和国务院决定规定应当提交的其他证明文"
			"件（一式两份）",
			say(zh, "必交", "required"),
			say(zh, "原件", "original"),
			say(zh, "高拍仪", "camera"),
			say(zh, "[缺]", "[missing]"));

		it->missing = it->lacking = true;
		for (int n = 0; n < 12; n++)
			fixture_page(it, "A4 200 dpi 0.4 MB", "[存]");
	}
	m->materials.focus = 15;
	m->materials.page = 11;
}

static void materials_error(struct model *m, bool zh)
{
	materials_typical(m, zh);
	model_text(&m->header.device_fault,
		say(zh, "高拍仪断开", "camera disconnected"));
	model_text(&m->message,
		say(zh,
			"高拍仪断开：第 2 页没拍成，第 1 页已存。插好后按 F7 接"
			"着拍。",
			"Camera disconnected: page 2 is not taken, page 1 is "
			"kept. Plug in, then F7."));
}

static void materials_offline(struct model *m, bool zh)
{
	materials_typical(m, zh);
	m->header.link = LINK_SHOW_DOWN;
	model_text(&m->header.link_since, "10:03");
	m->header.link_down_min = 12;
	m->header.unsent = 6;
}

/* Decision, finish ------------------------------------------------------------
 */

static struct outcome_model *fixture_outcome(
	struct model *m, const char *label, const char *explanation)
{
	struct outcome_model *it = model_add_outcome(m->decision.outcomes);

	model_text(&it->label, label);
	model_text(&it->explanation, explanation);
	it->possible = true;
	return it;
}

static void decision_typical(struct model *m, bool zh)
{
	struct outcome_model *it;

	fixture_visit(m, VIEW_DECISION, zh);
	model_text(&m->decision.check_line,
		say(zh,
			"核对结果：必交 4 齐 4；可容缺 1 缺 1；形式符合    依据"
			"：行政许可法第三十二条",
			"Check: required 4 of 4; waivable 1 missing; form "
			"valid   Licensing Law, Art. 32"));
	it = fixture_outcome(m, say(zh, "受理", "Accept"),
		say(zh, "材料齐全，符合法定形式",
			"complete and in legal form"));
	it->advised = true;
	model_line(it->consequences,
		say(zh,
			"文书   受理通知书 2 份  登政务〔2026〕受字第000123号"
			"  受理专用章",
			"papers   notice of acceptance  "
			"登政务〔2026〕受字第000123号"));
	model_line(it->consequences,
		say(zh, "期限   承诺 5 工作日，到 2026-11-30（周一）",
			"due      promised 5 working days  2026-11-30 Mon"));
	model_line(it->consequences,
		say(zh, "去向   市场监督管理局受理岗，列入今天 16:30 的交接单",
			"goes to  market regulation, acceptance desk"));
	it = fixture_outcome(m, say(zh, "补正", "Ask to complete"),
		say(zh, "不齐全或不合法定形式；一次告知全部内容",
			"incomplete; tell all once"));
	it = fixture_outcome(m, say(zh, "不受理", "No licence needed"),
		say(zh, "依法不需要取得许可；即时告知",
			"the law asks for none"));
	model_line(it->consequences,
		say(zh, "文书   不受理通知书 2 份，写明救济途径",
			"papers   notice with the remedy"));
	it = fixture_outcome(m, say(zh, "不予受理", "Not this office"),
		say(zh, "不属于本机关职权；写明向哪个机关申请",
			"name the office that is responsible"));
	it->possible = false;
	model_text(&m->message,
		say(zh,
			"F8 之后立即生效并打印。错了不能删除，只能另行更正并写"
			"明理由。",
			"F8 takes effect at once and prints. It cannot be "
			"deleted, only corrected."));
	model_add_option(m->decision.reasons, "1",
		say(zh, "只销售预包装食品，依法备案，不需要许可",
			"sells packaged food only"));
	model_add_option(m->decision.reasons, "2",
		say(zh, "经营场所不在登封市", "the place is elsewhere"));
	fixture_devices(m, zh, true);
}

static void decision_error(struct model *m, bool zh)
{
	decision_typical(m, zh);
	m->decision.focus = 2;
	m->decision.reason_needed = true;
	model_text(&m->decision.error,
		say(zh, "不受理要写理由；F4 选，或直接打字。",
			"this outcome needs a reason; F4, or type it."));
}

static void decision_blocked(struct model *m, bool zh)
{
	struct outcome_model *accept;

	decision_typical(m, zh);
	accept = m->decision.outcomes->pdata[0];
	accept->possible = accept->advised = false;
	model_text(&accept->blocker,
		say(zh, "不能受理：第 3 项还缺，共 2 项没齐：量化分级评分表。",
			"Not acceptable: paper 3 is missing, 2 in all: score "
			"sheet."));
	model_text(&m->message, NULL);
}

static void decision_offline(struct model *m, bool zh)
{
	decision_typical(m, zh);
	m->header.link = LINK_SHOW_DOWN;
	model_text(&m->header.link_since, "10:03");
	m->header.link_down_min = 12;
}

static void fixture_print(struct model *m, const char *state, const char *name,
	const char *where, int copies, bool failed)
{
	struct print_model *print = model_add_print(m->finish.prints);

	model_text(&print->state, state);
	model_text(&print->name, name);
	model_text(&print->where, where);
	print->copies = copies;
	print->failed = failed;
}

static void finish_typical(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_FINISH, zh);
	model_text(&m->finish.result,
		say(zh, "已受理   登政务〔2026〕受字第000123号",
			"Accepted  登政务〔2026〕受字第000123号"));
	model_text(&m->finish.case_no, "20261123-03-0017");
	model_text(&m->finish.time, "09:51:40");
	model_text(&m->finish.password_hint,
		say(zh, "查询密码已印在收件凭证上",
			"the query password is on the receipt"));
	fixture_print(m, say(zh, "[完成]", "[done]"),
		say(zh, "收件凭证", "receipt"),
		say(zh, "凭条打印机", "receipt printer"), 1, false);
	fixture_print(m, say(zh, "[完成]", "[done]"),
		say(zh, "受理通知书", "notice"), say(zh, "激光打印机", "laser"),
		2, false);
	model_text(&m->finish.rating,
		say(zh, "评价器已亮，请申请人按键",
			"the pad is lit; the applicant presses a key"));
	m->finish.rating_left_s = 42;
	m->finish.rating_open = true;
	model_line(m->finish.lines,
		say(zh, "上传     3 步中 3 步已确认", "sent     3 of 3"));
	model_line(m->finish.lines,
		say(zh, "交接     今天 16:30 市场监督管理局交接单，第 7 件",
			"hand-over 16:30, market regulation, no 7"));
}

static void finish_error(struct model *m, bool zh)
{
	finish_typical(m, zh);
	fixture_print(m, say(zh, "[停下]", "[stopped]"),
		say(zh, "容缺受理承诺书", "promise"),
		say(zh, "激光打印机：缺纸，第 1 份未打出", "laser: no paper"),
		2, true);
	model_text(&m->header.device_fault,
		say(zh, "打印机缺纸", "printer: no paper"));
	m->finish.rating_open = false;
	model_text(&m->finish.rating,
		say(zh, "未评（设备故障）", "no rating (device fault)"));
	model_text(&m->message,
		say(zh,
			"激光打印机缺纸：承诺书没打出，编号已留用。装纸后按 F5"
			"，只打没出的。",
			"Laser out of paper: the promise is not printed, its "
			"number is kept. Load, F5."));
}

/* Search, case, devices, sync, messages ---------------------------------------
 */

static void search_empty(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_SEARCH, zh);
	model_text(&m->search.text, "lsl");
}

static void search_typical(struct model *m, bool zh)
{
	static const char *const rows[][5] = {
		{"20261123-03-0017", "食品经营许可（新办）", "李*例",
			"现场核查", "到 11-30"},
		{"20260918-03-0042", "个体工商户设立登记", "李*例", "办结",
			"09-18"},
		{"20261110-05-0002", "老年人优待证办理", "李*立", "可领取",
			"11-10"},
		{"20260707-02-0031", "残疾人证新办", "吕*莉", "办结", "07-28"},
	};

	fixture_frame(m, VIEW_SEARCH, zh);
	model_text(&m->search.text, "lsl");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct hit_model *hit = model_add_hit(m->search.hits);

		model_text(&hit->case_no, rows[i][0]);
		model_text(&hit->item, rows[i][1]);
		model_text(&hit->applicant, rows[i][2]);
		model_text(&hit->state, rows[i][3]);
		model_text(&hit->when, rows[i][4]);
	}
	model_line(m->search.preview, "李*例  410199********0021  199****0000");
	model_line(m->search.preview,
		say(zh, "承诺到 2026-11-30，剩 3 工作日",
			"promised until 2026-11-30, 3 working days left"));
}

static void case_typical(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_CASE, zh);
	model_text(&m->one_case.title, "20261123-03-0017 食品经营许可（新办）");
	model_text(&m->one_case.state, say(zh, "办理中", "in progress"));
	model_line(m->one_case.lines,
		"申请人 李*例  410199********0021  199****0000");
	model_line(m->one_case.lines,
		"文书   登政务〔2026〕受字第000123号   办件类型 承诺件");
	model_line(m->one_case.lines,
		"承诺   [########------------]  用 2，限 5 工作日   到 "
		"2026-11-30   正常");
	model_line(m->one_case.timeline, "11-23 09:33  取号        A018");
	model_line(m->one_case.timeline,
		"11-23 09:49  收件        3号窗 甄示例    材料 4 份 9 页");
	model_line(m->one_case.timeline,
		"11-23 09:51  受理        3号窗 甄示例    容缺 1 项");
}

static void case_full(struct model *m, bool zh)
{
	case_typical(m, zh);
	for (int i = 0; i < 40; i++)
		model_line(m->one_case.timeline,
			"11-25 09:00  现场核查    市监 孙样例等 2 人    进行中"
			"，限 2 工作日，由受理岗转来，另附现场照片 12 张");
}

static void devices_empty(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_DEVICES, zh);
}

static void devices_error(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_DEVICES, zh);
	fixture_devices(m, zh, false);
	model_text(&m->header.device_fault,
		say(zh, "评价器断开", "pad disconnected"));
	m->devices.focus = 0;
	model_line(m->devices.detail,
		say(zh, "今天  好帧 412  校验错 0  长度错 0  超时 3",
			"today  frames 412  checksum 0  length 0  timeouts "
			"3"));
}

static struct conflict_field_model *fixture_conflict(struct model *m,
	const char *label, const char *before, const char *here,
	const char *there)
{
	struct conflict_field_model *field =
		model_add_conflict_field(m->conflict.fields);

	model_text(&field->label, label);
	model_text(&field->before, before);
	model_text(&field->here, here);
	model_text(&field->there, there);
	return field;
}

static void conflict_typical(struct model *m, bool zh)
{
	struct conflict_field_model *field;

	fixture_frame(m, VIEW_CONFLICT, zh);
	m->header.parked = 1;
	m->header.yellow = 1;
	model_text(&m->conflict.title, "20261123-03-0009");
	field = fixture_conflict(m, say(zh, "联系电话", "telephone"),
		"199****0000", "199****0001", "199****0001");
	field->looks_alike = true;
	field->choice = CONFLICT_THERE;
	fixture_conflict(m, say(zh, "字号名称", "trade name"), "-",
		"登封市示例小吃店", "登封市示例早点小吃店");
	field = fixture_conflict(m,
		say(zh, "1 设立登记申请书", "1 application"),
		say(zh, "1 页", "1 page"), say(zh, "2 页", "2 pages"),
		say(zh, "1 页", "1 page"));
	field->can_both = true;
	m->conflict.left = 2;
}

/* Everything is chosen. */
static void conflict_chosen(struct model *m, bool zh)
{
	conflict_typical(m, zh);
	for (guint i = 0; i < m->conflict.fields->len; i++)
		((struct conflict_field_model *)m->conflict.fields->pdata[i])
			->choice = i == 2 ? CONFLICT_BOTH : CONFLICT_HERE;
	m->conflict.left = 0;
}

/* Long values on both sides. */
static void conflict_full(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_CONFLICT, zh);
	model_text(&m->conflict.title, "20261123-03-0009");
	for (int i = 0; i < 20; i++) {
		g_autofree char *label = g_strdup_printf("form/field_%d", i);

		fixture_conflict(m, label,
			"登封市嵩阳街道示例路一百二十三号示例小区四号楼五单元",
			"登封市嵩阳街道示例路一百二十三号示例小区四号楼六单元"
			"七零一室，原示例路一百二十一号",
			"登封市中岳街道示例大街八号");
	}
	m->conflict.left = 20;
}

static void sync_empty(struct model *m, bool zh)
{
	fixture_frame(m, VIEW_SYNC, zh);
	model_text(&m->sync.line1,
		say(zh, "待传 0   停放 0   今天已确认 193",
			"unsent 0   parked 0   confirmed today 193"));
	model_text(&m->sync.last_success, "09:44:58");
}

static void sync_typical(struct model *m, bool zh)
{
	struct op_model *op;

	fixture_frame(m, VIEW_SYNC, zh);
	m->header.unsent = 3;
	m->header.parked = 2;
	m->header.yellow = 2;
	m->header.red = 1;
	model_text(&m->sync.line1,
		say(zh,
			"待传 3   发送中 1   停放 2（退回 1  冲突 1）   "
			"今天已确"
			"认 187",
			"unsent 3   sending 1   parked 2   confirmed 187"));
	model_text(&m->sync.line2,
		say(zh, "附件 待传 2 个 1.6 MB   号段 剩 77",
			"attachments 2, 1.6 MB   numbers left 77"));
	model_text(&m->sync.last_success, "09:44:58");
	op = model_add_op(m->sync.ops);
	model_text(&op->case_no, "20261123-03-0012");
	model_text(&op->kind, say(zh, "提交受理", "acceptance"));
	model_text(&op->why, say(zh, "退回：有一处内容平台不收",
				     "refused: a value is not taken"));
	model_text(&op->since, "09:20");
	model_text(&op->tries, "1");
	op = model_add_op(m->sync.ops);
	model_text(&op->case_no, "20261123-03-0009");
	model_text(&op->kind, say(zh, "上传文书", "document"));
	model_text(&op->why,
		say(zh, "冲突：两边都改过", "conflict: changed at both sides"));
	op->is_conflict = true;
	model_text(&op->since, "09:05");
	model_text(&op->tries, "1");
	model_line(m->sync.detail, say(zh, "发生了   退回：有一处内容平台不收",
					   "happened  refused: a value is not "
					   "taken"));
	model_line(m->sync.detail,
		say(zh, "还在     表单、材料、文书都在本机；平台没有收下这一步",
			"kept      form, papers and documents are here; not "
			"there yet"));
	model_line(m->sync.detail,
		say(zh, "怎么办   找大厅值班改正，作为新的一步提交；原记录留痕",
			"to do     hall desk: mended by a new step, this one "
			"stays on file"));
	model_line(m->sync.detail,
		say(zh, "别处理   F5 原样重发没有用，数据没有变",
			"not       F5: it sends the same once more and changes "
			"nothing"));
	model_text(&m->sync.check,
		say(zh,
			"今天核对  本机 193 = 已确认 187 + 待传 3 + 发送中 1 + "
			"停放 2",
			"today 193 = confirmed 187 + unsent 3 + sending 1 + "
			"parked 2"));
}

static void messages_empty(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_MESSAGES, zh);
}

static void messages_typical(struct model *m, bool zh)
{
	fixture_visit(m, VIEW_MESSAGES, zh);
	model_line(m->messages, "09:41:20  A018 已叫。");
	model_line(m->messages, "09:42:05  读卡成功：李*例，女。");
	model_line(m->messages,
		"09:46:10  高拍仪断开：第 2 页没拍成，第 1 页已存。插好后按 "
		"F7 接着拍。这一条很长，要折行才放得下，光标仍在它上面。");
}

static void dialog_choices(struct model *m, bool zh)
{
	home_typical(m, zh);
	m->dialog.open = true;
	model_text(&m->dialog.title,
		say(zh, "不按顺序叫号：为什么", "Out of turn: why"));
	model_line(m->dialog.lines, "B006");
	model_add_option(m->dialog.choices, "1",
		say(zh, "预约到点", "appointment is due"));
	model_add_option(m->dialog.choices, "2",
		say(zh, "老弱病残孕", "old, ill, disabled, pregnant"));
	model_add_option(m->dialog.choices, "3",
		say(zh, "补拍补签", "brings a missing paper"));
	m->dialog.needs_text = true;
	model_text(&m->dialog.text_label, say(zh, "其他原因", "other reason"));
	model_text(&m->dialog.verb, say(zh, "F8 叫号", "F8 call"));
}

static void dialog_notice(struct model *m, bool zh)
{
	finish_typical(m, zh);
	m->dialog.open = true;
	model_text(&m->dialog.title, say(zh, "预览", "Preview"));
	for (int i = 0; i < 30; i++)
		model_line(m->dialog.lines,
			"登封市政务服务中心    受理通知书    登政务〔2026〕受字"
			"第000123号");
}

G_GNUC_UNUSED static const struct fixture fixtures[] = {
	{"login-empty", login_empty, ""},
	{"login-typical", login_typical, ""},
	{"login-error", login_error, ""},
	{"lock-typical", lock_typical, ""},
	{"home-empty", home_empty, ""},
	{"home-typical", home_typical, ""},
	{"home-full", home_full, "down down down down down down down down"},
	{"home-skipped", home_skipped, "down down down down down down down"},
	{"home-offline", home_offline, ""},
	{"home-error", home_error, ""},
	{"home-training", home_training, ""},
	{"home-papers", home_papers, ""},
	{"home-filter", home_typical, "text"},
	{"home-filter-interrupted", home_error, "text"},
	{"home-filter-none", home_error, "text text"},
	{"home-paused", home_paused, ""},
	{"home-menu", home_typical, "menu"},
	{"home-goto", home_typical, "goto"},
	{"home-help", home_typical, "help"},
	{"home-dialog", dialog_choices, ""},
	{"finish-preview", dialog_notice, ""},
	{"identify-empty", identify_empty, ""},
	{"identify-typical", identify_typical, ""},
	{"identify-error", identify_error, ""},
	{"identify-values", identify_typical, "up up up up up options"},
	{"item-empty", item_empty, ""},
	{"item-typical", item_typical, ""},
	{"item-full", item_full, ""},
	{"form-empty", form_empty, ""},
	{"form-typical", form_typical, ""},
	{"form-error", form_error, ""},
	{"form-rows", form_rows, ""},
	{"form-full", form_full, ""},
	{"form-values", form_typical, "up up up up up up options"},
	{"materials-empty", materials_empty, ""},
	{"materials-typical", materials_typical, ""},
	{"materials-full", materials_full, ""},
	{"materials-form", materials_form, ""},
	{"materials-old", materials_old, ""},
	{"materials-preview", materials_preview, "down page-down"},
	{"materials-error", materials_error, ""},
	{"materials-offline", materials_offline, ""},
	{"materials-menu", materials_typical, "menu"},
	{"materials-help", materials_typical, "help"},
	{"decision-typical", decision_typical, ""},
	{"decision-error", decision_error, "next"},
	{"decision-reasons", decision_error, "options"},
	{"decision-blocked", decision_blocked, ""},
	{"decision-offline", decision_offline, ""},
	{"finish-typical", finish_typical, ""},
	{"finish-error", finish_error, ""},
	{"search-empty", search_empty, ""},
	{"search-typical", search_typical, ""},
	{"case-typical", case_typical, ""},
	{"case-full", case_full, "page-down"},
	{"devices-empty", devices_empty, ""},
	{"devices-error", devices_error, ""},
	{"sync-empty", sync_empty, ""},
	{"sync-typical", sync_typical, ""},
	{"conflict-typical", conflict_typical, ""},
	{"conflict-chosen", conflict_chosen, "down down"},
	{"conflict-full", conflict_full, "page-down"},
	{"messages-empty", messages_empty, ""},
	{"messages-typical", messages_typical, ""},
};

/* Types the actions of a fixture; ACTION_TEXT types an "a". */
G_GNUC_UNUSED static void fixture_type(
	struct screen *screen, const struct model *model, const char *keys)
{
	g_auto(GStrv) names = g_strsplit(keys, " ", -1);

	for (char **name = names; *name; name++) {
		struct key_event key = {0};
		struct intent intent;

		if (!**name || !action_from_name(*name, &key.action))
			continue;
		if (key.action == ACTION_TEXT)
			key.ch = 'a';
		intent = screen_key(screen, model, key);
		intent_clear(&intent);
		screen_sync(screen, model);
	}
}

#endif
