/* Questions about one item, and the words of its codes. */
#include "client/catalog/catalog.h"

#include <string.h>

#define NAME_ROW(code, name, exchange, label)  [code] = (name),
#define LABEL_ROW(code, name, exchange, label) [code] = (label),
#define OBTAIN_ROW(code, name)                 [code] = (name),

bool item_allowed_at(const struct catalog_item *item, const char *window)
{
	if (!item->windows[0])
		return true;
	return window &&
	       g_strv_contains((const char *const *)item->windows, window);
}

const struct catalog_material *item_material(
	const struct catalog_item *item, int no)
{
	return no >= 1 && (size_t)no <= item->n_materials
		       ? &item->materials[no - 1]
		       : NULL;
}

bool item_material_applies(const struct catalog_material *material,
	const struct json *form, const struct json *sources)
{
	return material_applies(material->need, material->when, form, sources);
}

static const struct catalog_limit *limit_now(const struct catalog_limit *usual,
	const struct catalog_limit_when *others, size_t count,
	const struct json *form, const struct json *sources)
{
	for (size_t i = 0; i < count; i++)
		if (form_condition_holds(others[i].when, form, sources))
			return &others[i].limit;
	return usual;
}

const struct catalog_limit *item_statutory(const struct catalog_item *item,
	const struct json *form, const struct json *sources)
{
	return limit_now(&item->statutory, item->statutory_when,
		item->n_statutory_when, form, sources);
}

const struct catalog_limit *item_promise(const struct catalog_item *item,
	const struct json *form, const struct json *sources)
{
	return limit_now(&item->promise, item->promise_when,
		item->n_promise_when, form, sources);
}

char *item_excluded(const struct catalog_item *item, const struct json *form,
	const struct json *sources)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < item->n_excluded; i++) {
		const struct catalog_excluded *excluded = &item->excluded[i];

		if (form_condition_holds(excluded->when, form, sources))
			g_string_append_printf(out, "%s%s",
				out->len ? "、" : "", excluded->text);
	}
	return g_string_free(out, FALSE);
}

bool item_is_licence(const struct catalog_item *item)
{
	return strcmp(item->type, "01") == 0;
}

const char *item_type_label(const char *type)
{
	static const struct {
		const char *code, *label;
	} types[] = {
		{"00", "行政权力事项"},
		{"01", "行政许可"},
		{"02", "行政处罚"},
		{"03", "行政强制"},
		{"04", "行政征收"},
		{"05", "行政给付"},
		{"06", "行政检查"},
		{"07", "行政确认"},
		{"08", "行政奖励"},
		{"09", "行政裁决"},
		{"10", "其他类别"},
		{"20", "公共服务"},
	};

	for (size_t i = 0; type && i < G_N_ELEMENTS(types); i++)
		if (strcmp(types[i].code, type) == 0)
			return types[i].label;
	return "";
}

const char *item_case_type_label(int case_type)
{
	static const char *const labels[] = {
		[1] = "即办件", [2] = "承诺件", [3] = "联办件", [9] = "其他"};

	if (case_type < 1 || case_type > 9 || !labels[case_type])
		return "";
	return labels[case_type];
}

const char *material_kind_name(enum material_kind kind)
{
	static const char *const names[] = {MATERIAL_KINDS(NAME_ROW)};

	return kind < MATERIAL_KIND_COUNT ? names[kind] : "";
}

const char *material_kind_label(enum material_kind kind)
{
	static const char *const labels[] = {MATERIAL_KINDS(LABEL_ROW)};

	return kind < MATERIAL_KIND_COUNT ? labels[kind] : "";
}

const char *material_form_name(enum material_form form)
{
	static const char *const names[] = {MATERIAL_FORMS(NAME_ROW)};

	return form < MATERIAL_FORM_COUNT ? names[form] : "";
}

const char *material_form_label(enum material_form form)
{
	static const char *const labels[] = {MATERIAL_FORMS(LABEL_ROW)};

	return form < MATERIAL_FORM_COUNT ? labels[form] : "";
}

const char *material_obtain_name(enum material_obtain obtain)
{
	static const char *const names[] = {MATERIAL_OBTAINS(OBTAIN_ROW)};

	return obtain < MATERIAL_OBTAIN_COUNT ? names[obtain] : "";
}
