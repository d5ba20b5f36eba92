/* What the templates get: the case, its item and its window as the fields of
 * client/paper. The same data makes the PDF and the preview on the screen. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/paper/preview.h"

static struct json *limit_json(
	const struct catalog_limit *limit, const char *due)
{
	struct json *out = json_new_object();

	json_put_text(out, "text", limit ? limit->text : "");
	json_put_text(out, "due", due);
	return out;
}

struct json *paper_item(
	const struct case_record *record, const struct catalog_item *item)
{
	struct json *out = json_new_object();

	json_put_text(out, "name", record->item_name);
	json_put_text(out, "code", record->item_code);
	json_put_text(out, "department", item ? item->department : "");
	json_put_text(out, "case_type",
		item ? item_case_type_label(item->case_type) : "");
	json_put_bool(out, "licence", item && item_is_licence(item));
	return out;
}

/* Codes of the template's words. */
static const char *form_code(const struct json *material)
{
	if (!strcmp(json_text_or(material, "form", ""), "scan"))
		return "electronic";
	if (!strcmp(json_text_or(material, "state", ""), "waived"))
		return "later";
	return "paper";
}

/* As captured; of a form made here and handed in as paper, as printed. */
static int64_t page_count(const struct json *material)
{
	int64_t captured = (int64_t)json_length(json_get(material, "pages"));

	return captured
		       ? captured
		       : json_int_or(json_get(material, "printed"), "pages", 0);
}

static struct json *material_json(const struct json *material)
{
	struct json *out = json_new_object();
	const struct json *first = json_first(json_get(material, "pages"));

	json_put_int(out, "no", json_int_or(material, "no", 0));
	json_put_text(out, "name", json_text_or(material, "name", ""));
	json_put_text(out, "kind", json_text_or(material, "kind", "original"));
	json_put_int(out, "copies", json_int_or(material, "copies", 1));
	json_put_text(out, "form", form_code(material));
	json_put_int(out, "pages", page_count(material));
	json_put_text(out, "sha256", json_text_or(first, "sha256", ""));
	return out;
}

static struct json *materials_json(const struct case_record *record)
{
	struct json *out = json_new_array();

	json_each (material, json_get(record->body, "materials")) {
		const char *state = json_text_or(material, "state", "");

		if (!strcmp(state, "complete") || !strcmp(state, "waived"))
			json_add(out, material_json(material));
	}
	return out;
}

struct json *paper_applicant(const struct json *applicant)
{
	static const char *const types[][2] = {{"111", "居民身份证"},
		{"414", "护照"}, {"001", "统一社会信用代码"},
		{"999", "其他证件"}};
	struct json *out = json_new_object();

	json_put_text(out, "name", json_text_or(applicant, "name", ""));
	json_put_text(
		out, "id_number", json_text_or(applicant, "id_number", ""));
	json_put_text(out, "phone", json_text_or(applicant, "phone", ""));
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (!strcmp(json_text_or(applicant, "id_type", "111"),
			    types[i][0]))
			json_put_text(out, "id_type", types[i][1]);
	}
	return out;
}

static void put_times(const struct case_record *record, struct json *data)
{
	g_autofree char *time = clock_iso(record->received_ms);
	g_autofree char *received =
		clock_format(record->received_ms, "%Y-%m-%d");
	g_autofree char *accepted =
		record->accepted_ms
			? clock_format(record->accepted_ms, "%Y-%m-%d")
			: NULL;

	json_put_text(data, "time", time);
	json_put_text(data, "received_date", received);
	json_put_text(data, "accepted_date", accepted ? accepted : received);
}

void paper_put_window(const struct app *app, struct json *data)
{
	static const char *const options[][2] = {{"hall", "window.hall"},
		{"hall_phone", "window.phone"},
		{"supervision_phone", "window.supervision_phone"},
		{"window", "window.name"}};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		json_put_text(data, options[i][0],
			config_text(app->config, options[i][1]));
}

/* The query password is on the applicant's receipt and nowhere else. */
static char *qr_text(
	const struct case_record *record, const struct case_document *document)
{
	if (strcmp(document->kind, "receipt"))
		return g_strdup_printf("yikou:%s", record->case_no);
	return g_strdup_printf(
		"yikou:%s:%s", record->case_no, record->query_password);
}

/* How the applicant gets the result, where the form asks for it. */
static char *collect_text(
	const struct case_record *record, const struct catalog_item *item)
{
	const struct form_field *field =
		item ? form_field_find(&item->form, "collect") : NULL;

	if (!field)
		return g_strdup("");
	return form_value_text(
		field, json_get(json_get(record->body, "form"), "collect"));
}

/* What the decision was founded on; a case of before this was kept stands on
 * its item's. */
static const char *basis_of(
	const struct json *decision, const struct catalog_item *item)
{
	const char *usual = "";
	bool is_refusal = !strcmp(json_text_or(decision, "event", ""),
		case_event_name(CASE_EVENT_REFUSE));

	if (item)
		usual = is_refusal ? item->basis.refuse : item->basis.accept;
	return json_text_or(decision, "basis", usual);
}

static char *excluded_text(
	const struct case_record *record, const struct catalog_item *item)
{
	AUTO(json) sources = app_record_sources(record);

	return item ? item_excluded(
			      item, json_get(record->body, "form"), sources)
		    : g_strdup("");
}

struct json *paper_data(const struct app *app, const struct case_record *record,
	const struct case_document *document)
{
	const struct catalog_item *item = catalogue_item_of(app, record);
	struct item_limits limits = {0};
	const struct json *decision = json_get(record->body, "decision");
	const struct person *clerk =
		people_find(app->people, record->clerk ? record->clerk : "");
	struct json *data = json_new_object();
	g_autofree char *qr = qr_text(record, document);
	g_autofree char *collect = collect_text(record, item);
	g_autofree char *excluded = excluded_text(record, item);

	if (item)
		limits = item_limits(item, record);
	paper_put_window(app, data);
	put_times(record, data);
	json_put_text(data, "clerk", clerk ? clerk->name : "");
	json_put_text(data, "case_no", record->case_no);
	json_put_text(data, "full_no", record->full_no);
	json_put_text(data, "doc_no", document->number);
	json_put_text(data, "query_password", record->query_password);
	json_put(data, "applicant",
		paper_applicant(json_get(record->body, "applicant")));
	json_put(data, "item", paper_item(record, item));
	json_put(data, "materials", materials_json(record));
	json_put(data, "promise",
		limit_json(limits.promise, record->promised_due));
	json_put(data, "statutory",
		limit_json(limits.statutory, record->statutory_due));
	json_put_bool(data, "provisional", record->due_provisional);
	json_put_bool(
		data, "offline", json_bool_or(decision, "offline", false));
	json_put_text(data, "excluded", excluded);
	json_put_text(data, "basis", basis_of(decision, item));
	json_put_text(data, "collect", collect);
	json_put_text(data, "reason", json_text_or(decision, "reason", ""));
	json_put_text(data, "organ", json_text_or(decision, "organ", ""));
	json_put_text(data, "remedy", json_text_or(decision, "remedy", ""));
	json_put_text(data, "qr", qr);
	item_drop(item);
	return data;
}

bool paper_preview(const struct app *app, const char *template,
	const struct json *data, GPtrArray *lines, GError **error)
{
	g_autofree char *folder = config_data(app->config, "templates");
	g_autoptr(GPtrArray) shown =
		preview_lines(folder, template, data, error);

	for (guint i = 0; shown && i < shown->len; i++)
		model_line(lines, g_ptr_array_index(shown, i));
	return shown != NULL;
}
