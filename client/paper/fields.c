/* The table of fields, and how a value gets out of the request: found by its
 * path, checked for kind and length, cleaned for the PDF sink. */
#include "client/paper/fields.h"

#include <inttypes.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/text.h"

static const struct field all_rows[] = {
	{"hall", FIELD_TEXT, 60, "name of the service hall",
		"登封市政务服务中心"},
	{"hall_phone", FIELD_TEXT, 40, "telephone of the hall",
		"0371-00000000"},
	{"supervision_phone", FIELD_TEXT, 40, "telephone for complaints",
		"0371-00000001"},
	{"window", FIELD_TEXT, 40, "window", "3号综合窗口"},
	{"clerk", FIELD_TEXT, 60, "clerk", "甄示例（1003）"},
	{"time", FIELD_TIME, 40, "when the paper was made",
		"2026-11-23T09:52:07+08:00"},
	{"case_no", FIELD_TEXT, 30, "short case number, receipt number",
		"20261123-03-0017"},
	{"full_no", FIELD_TEXT, 60, "full case number",
		"11410185DEM000022Y410190102000"
		"20261123030017"},
	{"doc_no", FIELD_TEXT, 60, "number of this document",
		"登政务〔2026〕受字第000123号"},
	{"query_password", FIELD_TEXT, 12, "query password", "583914"},
	{"applicant.name", FIELD_TEXT, 200, "applicant",
		"登封市样例餐饮服务有限公司"},
	{"applicant.id_type", FIELD_TEXT, 20, "code of the identity paper",
		"001"},
	{"applicant.id_number", FIELD_TEXT, 40, "number of the identity paper",
		"91410185DEM000117K"},
	{"applicant.phone", FIELD_TEXT, 40, "telephone of the applicant",
		"19900000000"},
	{"agent.name", FIELD_TEXT, 200, "agent, when there is one", ""},
	{"agent.id_number", FIELD_TEXT, 40, "number of the agent", ""},
	{"agent.phone", FIELD_TEXT, 40, "telephone of the agent", ""},
	{"item.name", FIELD_TEXT, 200, "item", "食品经营许可（新办）"},
	{"item.code", FIELD_TEXT, 40, "item code",
		"11410185DEM000022Y4410190102000"},
	{"item.department", FIELD_TEXT, 100, "department of the item",
		"登封市市场监督管理局"},
	{"item.case_type", FIELD_TEXT, 20, "case type, 1..4 or a word", "2"},
	{"item.licence", FIELD_FLAG, 0, "an administrative licence", NULL},
	{"materials", FIELD_LIST, 500, "materials handed in", NULL},
	{"materials.no", FIELD_NUMBER, 10, "running number", NULL},
	{"materials.name", FIELD_TEXT, 300, "name of the material", NULL},
	{"materials.kind", FIELD_TEXT, 20, "original or copy", NULL},
	{"materials.copies", FIELD_NUMBER, 10, "count of copies", NULL},
	{"materials.form", FIELD_TEXT, 20, "paper or electronic", NULL},
	{"materials.pages", FIELD_NUMBER, 10, "count of pages", NULL},
	{"materials.sha256", FIELD_TEXT, 64, "digest of the scan", NULL},
	{"received_date", FIELD_DATE, 10, "day of receipt", "2026-11-23"},
	{"accepted_date", FIELD_DATE, 10, "day of acceptance or refusal",
		"2026-11-23"},
	{"promise.text", FIELD_TEXT, 100, "promised period", "5个工作日"},
	{"promise.due", FIELD_DATE, 10, "promised day", "2026-11-30"},
	{"statutory.text", FIELD_TEXT, 100, "statutory period", "10个工作日"},
	{"statutory.due", FIELD_DATE, 10, "statutory day", "2026-12-07"},
	{"provisional", FIELD_FLAG, 0, "the days may still move", NULL},
	{"offline", FIELD_FLAG, 0, "not yet confirmed by the platform", NULL},
	{"training", FIELD_FLAG, 0, "practice, not a valid paper", NULL},
	{"basis", FIELD_TEXT, 300, "legal basis of the decision",
		"《中华人民共和国行政许可法》第三十二条第一款第五项"},
	{"excluded", FIELD_TEXT, 500, "procedures not counted in the period",
		"检测（预计7个工作日）"},
	{"collect", FIELD_TEXT, 300, "how the result is collected",
		"窗口领取（登封市政务服务中心出件窗口）"},
	{"reason", FIELD_TEXT, 4000, "reason of a refusal",
		"申请的经营场所位于新密市行政区域内，该事项依法不属于本机关职"
		"权范围。"},
	{"organ", FIELD_TEXT, 200, "the organ that is competent",
		"新密市市场监督管理局"},
	{"remedy", FIELD_TEXT, 2000, "review and action against a refusal",
		"如不服本决定，可以自收到本通知书之日起60日内依法向登封市人"
		"民政府申请行政复议，也可以自收到本通知书之日起6个月内依法"
		"向人民法院提起行政诉讼。"},
	{"title", FIELD_TEXT, 300, "title of a paper printed for signature",
		"食品经营许可申请书"},
	{"form", FIELD_LIST, 200, "what was filled in", NULL},
	{"form.label", FIELD_TEXT, 200, "label of the field", NULL},
	{"form.value", FIELD_TEXT, 8000, "its value, \"\" not filled in", NULL},
	{"form.long", FIELD_TEXT, 8000, "likewise, of several lines", NULL},
	{"form.grid", FIELD_GRID, 200, "likewise, of repeating rows", NULL},
	{"statements", FIELD_LIST, 30, "what the applicant declares", NULL},
	{"statements.no", FIELD_NUMBER, 10, "running number", NULL},
	{"statements.text", FIELD_TEXT, 500, "one declaration", NULL},
	{"commitment.text", FIELD_TEXT, 500, "what is true in law of the paper",
		"申请人应当如实提交有关材料和反映真实情况，并对申请材料实质内"
		"容的真实性负责。"},
	{"commitment.basis", FIELD_TEXT, 300, "where that stands",
		"《中华人民共和国行政许可法》第三十一条第一款"},
	{"signer", FIELD_TEXT, 100, "who signs", "申请人（签名或者盖章）"},
	{"version", FIELD_TEXT, 16, "which values the paper shows", "1a2b3c4d"},
	{"qr", FIELD_TEXT, 500, "text of the QR code",
		"https://example.invalid/q?n=20261123-03-0017"},
	{"page", FIELD_PAGE, 0, "this page (header, footer)", NULL},
	{"pages", FIELD_PAGES, 0, "count of pages (header, footer)", NULL},
	{NULL},
};

const struct field *field_table(void)
{
	return all_rows;
}

const struct field *field_find(const char *name)
{
	for (const struct field *f = all_rows; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

bool field_is_column(const struct field *field)
{
	const char *dot = strchr(field->name, '.');

	if (!dot)
		return false;
	for (const struct field *f = all_rows; f->name; f++)
		if (f->kind == FIELD_LIST &&
			strncmp(f->name, field->name,
				(size_t)(dot - field->name)) == 0 &&
			f->name[dot - field->name] == '\0')
			return true;
	return false;
}

/* "applicant.name" is the member name of the member applicant. */
static const struct json *look_up(const struct field *field,
	const struct json *data, const struct json *row)
{
	const char *dot = strchr(field->name, '.');

	if (!dot)
		return json_get(data, field->name);
	if (field_is_column(field))
		return json_get(row, dot + 1);

	g_autofree char *outer =
		g_strndup(field->name, (size_t)(dot - field->name));

	return json_get(json_get(data, outer), dot + 1);
}

static bool check_length(
	const struct field *field, const char *text, GError **error)
{
	size_t bytes = strlen(text);

	/* Four bytes is the longest character. */
	if (bytes <= (size_t)field->max * 4 &&
		g_utf8_strlen(text, -1) <= field->max)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
		"field %s: more than %d characters", field->name, field->max);
	return false;
}

/* "2026-11-23", and of a time "T09:52:07+08:00" behind it. */
static bool is_date(const char *text, bool with_time)
{
	static const char shape[] = "0000-00-00T00:00:00";
	size_t need = with_time ? 19 : 10;

	if (strlen(text) < need || (!with_time && text[10]))
		return false;
	for (size_t i = 0; i < need; i++)
		if (shape[i] == '0' ? !g_ascii_isdigit(text[i])
				    : text[i] != shape[i])
			return false;

	int month = (text[5] - '0') * 10 + text[6] - '0';
	int day = (text[8] - '0') * 10 + text[9] - '0';
	int year = (int)g_ascii_strtoll(text, NULL, 10);

	return g_date_valid_dmy(
		(GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static bool check_shape(
	const struct field *field, const char *text, GError **error)
{
	bool ok = true;

	if (!*text)
		return true;
	if (field->kind == FIELD_DATE || field->kind == FIELD_TIME)
		ok = is_date(text, field->kind == FIELD_TIME);
	if (!ok)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"field %s: expected a %s", field->name,
			field->kind == FIELD_DATE
				? "date such as 2026-11-23"
				: "time such as 2026-11-23T09:41:20+08:00");
	return ok;
}

static bool fail_kind(const struct field *field, GError **error)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"field %s: value of the wrong kind", field->name);
	return false;
}

static char *text_of(
	const struct field *field, const struct json *value, GError **error)
{
	if (!value || json_is_null(value))
		return g_strdup("");
	if (field->kind == FIELD_GRID && json_is_object(value))
		return g_strdup(
			json_length(json_get(value, "columns")) ? "1" : "");
	if (field->kind == FIELD_FLAG && json_is_bool(value))
		return g_strdup(json_as_bool(value) ? "1" : "");
	if (field->kind != FIELD_FLAG && field->kind != FIELD_GRID &&
		json_is_text(value)) {
		const char *text = json_as_text(value);

		if (!check_length(field, text, error))
			return NULL;
		return g_strstrip(text_sink_pdf(text));
	}
	if ((field->kind == FIELD_NUMBER || field->kind == FIELD_TEXT) &&
		json_is_number(value) && json_as_int(value, -1) >= 0)
		return g_strdup_printf("%" PRId64, json_as_int(value, 0));
	fail_kind(field, error);
	return NULL;
}

char *field_text(const struct field *field, const struct json *data,
	const struct json *row, GError **error)
{
	char *text = text_of(field, look_up(field, data, row), error);

	if (text && !check_shape(field, text, error))
		g_clear_pointer(&text, g_free);
	return text;
}

bool field_rows(const struct field *field, const struct json *data,
	const struct json **rows, GError **error)
{
	*rows = look_up(field, data, NULL);
	if (*rows && !json_is_null(*rows) && !json_is_array(*rows)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"field %s: expected a list", field->name);
		return false;
	}
	if (json_length(*rows) > (size_t)field->max) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"field %s: more than %d rows", field->name, field->max);
		return false;
	}
	return true;
}

static bool check_grid(const struct field *field, const struct json *value,
	const struct field_grid *grid, GError **error)
{
	if (!json_is_object(value) || !json_is_array(grid->columns) ||
		!json_is_array(grid->rows))
		return fail_kind(field, error);
	if (grid->count > FIELD_GRID_COLUMNS_MAX ||
		json_length(grid->rows) > (size_t)field->max) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"field %s: more than %d columns or %d rows",
			field->name, FIELD_GRID_COLUMNS_MAX, field->max);
		return false;
	}
	json_each (row, grid->rows) {
		if (!json_is_array(row) || json_length(row) != grid->count)
			return fail_kind(field, error);
	}
	return true;
}

bool field_grid(const struct field *field, const struct json *data,
	const struct json *row, struct field_grid *grid, GError **error)
{
	const struct json *value = look_up(field, data, row);

	*grid = (struct field_grid){0};
	if (!value || json_is_null(value))
		return true;
	grid->columns = json_get(value, "columns");
	grid->rows = json_get(value, "rows");
	grid->count = json_length(grid->columns);
	return check_grid(field, value, grid, error);
}

char *field_grid_text(
	const struct field *field, const struct json *cell, GError **error)
{
	const char *text = json_as_text(cell);

	if (!text) {
		fail_kind(field, error);
		return NULL;
	}
	if (g_utf8_strlen(text, -1) > FIELD_GRID_CELL_MAX) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"field %s: more than %d characters in a cell",
			field->name, FIELD_GRID_CELL_MAX);
		return NULL;
	}
	return g_strstrip(text_sink_pdf(text));
}

/* Samples --------------------------------------------------------------- */

static struct json *sample_entry(
	const char *label, const char *member, const char *value)
{
	struct json *entry = json_new_object();

	json_put_text(entry, "label", label);
	json_put_text(entry, member, value);
	return entry;
}

static struct json *sample_grid(void)
{
	static const char text[] =
		"{\"label\":\"驾驶员\",\"grid\":{\"columns\":[\"序号\","
		"\"姓名\",\"从业资格证号\"],\"rows\":[[\"1\",\"李示例\","
		"\"410100199010010021\"],[\"2\",\"王样例\",\"\"]]}}";

	return json_parse(text, strlen(text), NULL);
}

static struct json *sample_form(void)
{
	struct json *form = json_new_array();

	json_add(form, sample_entry("经营者名称", "value", "登封市示例小吃店"));
	json_add(form, sample_entry("主体业态", "value", "餐饮服务经营者"));
	json_add(form, sample_entry("健康证编号", "value", ""));
	json_add(form, sample_entry("经营流程说明", "long",
			       "进货查验、分区存放、生熟分开、餐具消毒。"));
	json_add(form, sample_grid());
	return form;
}

static struct json *sample_statements(void)
{
	struct json *list = json_new_array();
	struct json *row = json_new_object();

	json_put_int(row, "no", 1);
	json_put_text(row, "text", "对所经营食品的安全负责。");
	json_add(list, row);
	return list;
}

static struct json *sample_material(int no)
{
	static const char *const names[] = {"食品经营许可申请书", "营业执照",
		"与食品经营相适应的主要设备设施、经营布局、操作流程文件",
		"食品安全规章制度目录清单", "从业人员健康证明"};
	struct json *row = json_new_object();

	json_put_int(row, "no", no);
	json_put_text(row, "name", names[(no - 1) % (int)G_N_ELEMENTS(names)]);
	json_put_text(row, "kind", no % 2 ? "original" : "copy");
	json_put_int(row, "copies", 1);
	json_put_text(row, "form", no % 3 ? "paper" : "electronic");
	json_put_int(row, "pages", no % 7 + 1);
	json_put_text(row, "sha256",
		"9f86d081884c7d659a2feaa0c55ad015"
		"a3bf4f1b2b0b822cd15d6c15b0f00a08");
	return row;
}

/* Puts a sample under its path, making the outer object when needed. */
static void put_sample(struct json *data, const struct field *field)
{
	const char *dot = strchr(field->name, '.');

	if (!dot) {
		json_put_text(data, field->name, field->sample);
		return;
	}

	g_autofree char *outer =
		g_strndup(field->name, (size_t)(dot - field->name));

	if (!json_get(data, outer))
		json_put(data, outer, json_new_object());
	json_put_text(json_get_mutable(data, outer), dot + 1, field->sample);
}

struct json *field_sample(int materials, bool marks)
{
	struct json *data = json_new_object();
	struct json *rows = json_new_array();

	for (const struct field *f = all_rows; f->name; f++)
		if (f->sample)
			put_sample(data, f);
	for (int no = 1; no <= materials; no++)
		json_add(rows, sample_material(no));
	json_put(data, "materials", rows);
	json_put(data, "form", sample_form());
	json_put(data, "statements", sample_statements());
	json_put_bool(json_get_mutable(data, "item"), "licence", true);
	json_put_bool(data, "offline", marks);
	json_put_bool(data, "provisional", marks);
	return data;
}
