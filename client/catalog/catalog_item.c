/* One item: codes, limits, materials, workflow. Codes are checked by what is
 * in them: the implementation code is the organ's credit code, the level and
 * the basic code, the handle code two digits more. */
#include "client/catalog/catalog_read.h"

#include <string.h>

#include "client/rules/id_check.h"

enum {
	NAME_BYTES = 600,
	TEXT_BYTES = 1500,
	STATEMENT_BYTES = 1200,
	STEPS_MAX = 30,
	LIMITS_MAX = 8,
	STATEMENTS_MAX = 30,
};

static const char *const need_words[] = {
#define NEED_WORD(code, name, exchange) [code] = (name),
	MATERIAL_NEEDS(NEED_WORD)
#undef NEED_WORD
};

static const char *const kind_words[] = {
#define KIND_WORD(code, name, exchange, label) [code] = (name),
	MATERIAL_KINDS(KIND_WORD)
#undef KIND_WORD
};

static const char *const form_words[] = {
#define FORM_WORD(code, name, exchange, label) [code] = (name),
	MATERIAL_FORMS(FORM_WORD)
#undef FORM_WORD
};

static const char *const obtain_words[] = {
#define OBTAIN_WORD(code, name) [code] = (name),
	MATERIAL_OBTAINS(OBTAIN_WORD)
#undef OBTAIN_WORD
};

static void material_clear(struct catalog_material *material)
{
	g_free(material->signer);
	g_strfreev(material->fields);
	g_strfreev(material->statements);
	g_free(material->name);
	g_free(material->note);
	condition_free(material->when);
	g_strfreev(material->checks);
}

static void limits_free(struct catalog_limit_when *limits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		condition_free(limits[i].when);
		g_free(limits[i].limit.text);
	}
	g_free(limits);
}

void item_clear(struct catalog_item *item)
{
	char *texts[] = {item->code, item->handle_code, item->base_code,
		item->name, item->department, item->department_short,
		item->department_uscc, item->type, item->statutory.text,
		item->promise.text, item->fee, item->result,
		item->acceptance_note, item->source, item->version, item->text};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(item->aliases);
	g_strfreev(item->windows);
	for (size_t i = 0; i < item->n_materials; i++)
		material_clear(&item->materials[i]);
	g_free(item->materials);
	for (size_t i = 0; i < item->n_workflow; i++) {
		g_free(item->workflow[i].step);
		g_free(item->workflow[i].role);
	}
	g_free(item->workflow);
	limits_free(item->statutory_when, item->n_statutory_when);
	limits_free(item->promise_when, item->n_promise_when);
	item_law_clear(item);
	form_def_clear(&item->form);
	g_clear_pointer(&item->uses, g_ptr_array_unref);
}

static void check_codes(struct reader *reader, const struct catalog_item *item)
{
	g_autofree char *level = g_strdup_printf("%d", item->level);
	g_autofree char *code = g_strconcat(
		item->department_uscc, level, item->base_code, NULL);

	if (uscc_check(item->department_uscc) != NUMBER_OK)
		reader_fail(reader, "department_uscc", "not a credit code: %s",
			number_verdict_name(uscc_check(item->department_uscc)));
	if (strlen(item->base_code) != ITEM_BASE_LEN ||
		strspn(item->base_code, "0123456789") != ITEM_BASE_LEN)
		reader_fail(reader, "base_code", "expected %d digits",
			ITEM_BASE_LEN);
	else if (strncmp(item->base_code + 2, item->type, 2) != 0)
		reader_fail(reader, "base_code",
			"digits 3 and 4 are not the type %s", item->type);
	if (strcmp(item->code, code) != 0)
		reader_fail(reader, "code",
			"expected department_uscc, level and base_code: %s",
			code);
	if (strlen(item->handle_code) != ITEM_HANDLE_LEN ||
		!g_str_has_prefix(item->handle_code, item->code))
		reader_fail(reader, "handle_code",
			"expected code and two more digits");
}

static void read_limit_members(struct reader *reader, const struct json *value,
	struct catalog_limit *limit)
{
	static const char *const units[] = {"day", "workday"};

	limit->days = read_int(reader, value, "days", 0, 730);
	limit->workdays = read_word(reader, value, "unit", units, 2, -1) == 1;
	limit->text = read_text(reader, value, "text", 300);
}

static void read_limit(struct reader *reader, const struct json *object,
	const char *name, struct catalog_limit *limit)
{
	static const char *const known[] = {"days", "unit", "text", NULL};
	const struct json *value = json_get(object, name);
	size_t mark = reader_enter(reader, name, -1);

	read_known(reader, value, known);
	read_limit_members(reader, value, limit);
	reader_leave(reader, mark);
}

/* Read after the form, whose fields the conditions look at. */
static void read_limits_when(struct reader *reader, const struct json *object,
	const char *name, const struct form_def *form,
	struct catalog_limit_when **limits, size_t *count)
{
	static const char *const known[] = {
		"when", "days", "unit", "text", NULL};
	const struct json *list =
		read_array(reader, object, name, LIMITS_MAX, false);
	size_t i = 0;

	*count = json_length(list);
	*limits = g_new0(struct catalog_limit_when, *count + 1);
	json_each (member, list) {
		size_t mark = reader_enter(reader, name, (int)i);
		struct catalog_limit_when *limit = &(*limits)[i++];
		read_known(reader, member, known);
		limit->when = read_condition(reader, member, "when");
		if (!limit->when)
			reader_fail(reader, "when", "is missing");
		check_condition(
			reader, limit->when, form->fields, form->n_fields);
		read_limit_members(reader, member, &limit->limit);
		reader_leave(reader, mark);
	}
}

static void check_material(
	struct reader *reader, const struct catalog_material *material)
{
	if (material->need == NEED_SITUATION && !material->when)
		reader_fail(reader, "when",
			"is missing: need \"situation\" says in which one");
	if (material->need == NEED_WAIVABLE && !material->gap_days)
		reader_fail(reader, "gap_days",
			"is missing: until when must it be handed in");
	if (material->need != NEED_WAIVABLE && material->gap_days)
		reader_fail(
			reader, "gap_days", "only a waivable material has one");
	if (!material->printed_here &&
		(*material->fields || *material->statements))
		reader_fail(reader, "fields",
			"only what is printed here has fields and statements");
	if (g_strv_length(material->statements) > STATEMENTS_MAX)
		reader_fail(
			reader, "statements", "more than %d", STATEMENTS_MAX);
	if (material->source != 10 && material->source != 20 &&
		material->source != 99)
		reader_fail(reader, "source", "expected 10, 20 or 99");
}

static void read_material(struct reader *reader, const struct json *object,
	struct catalog_material *material)
{
	static const char *const known[] = {"no", "name", "need", "kind",
		"form", "source", "note", "copies", "pages", "when", "gap_days",
		"printed_here", "obtain", "checks", "fields", "statements",
		"signer", NULL};

	read_known(reader, object, known);
	material->no = read_int(reader, object, "no", 1, ITEM_MAX_MATERIALS);
	material->name = read_text(reader, object, "name", NAME_BYTES);
	material->need = (enum material_need)read_word(
		reader, object, "need", need_words, MATERIAL_NEED_COUNT, -1);
	material->kind = (enum material_kind)read_word(
		reader, object, "kind", kind_words, MATERIAL_KIND_COUNT, -1);
	material->form = (enum material_form)read_word(
		reader, object, "form", form_words, MATERIAL_FORM_COUNT, -1);
	material->source = read_int(reader, object, "source", 10, 99);
	material->note = read_text_or(reader, object, "note", NAME_BYTES, "");
	material->copies = read_int_or(reader, object, "copies", 1, 20, 1);
	material->pages = read_int_or(reader, object, "pages", 0, 500, 0);
	material->when = read_condition(reader, object, "when");
	material->gap_days = read_int_or(reader, object, "gap_days", 1, 90, 0);
	material->printed_here =
		read_bool_or(reader, object, "printed_here", false);
	material->obtain = (enum material_obtain)read_word(reader, object,
		"obtain", obtain_words, MATERIAL_OBTAIN_COUNT,
		material->printed_here ? OBTAIN_PRINT : OBTAIN_CAPTURE);
	if ((material->obtain == OBTAIN_PRINT) != material->printed_here)
		reader_fail(reader, "obtain",
			"\"print\" and printed_here go together");
	material->checks = read_texts(reader, object, "checks", 60);
	material->fields = read_texts(reader, object, "fields", 40);
	material->statements =
		read_texts(reader, object, "statements", STATEMENT_BYTES);
	material->signer = read_text_or(
		reader, object, "signer", 300, "申请人（签名或者盖章）");
	check_material(reader, material);
}

static void check_fields(struct reader *reader, const struct catalog_item *item,
	const struct catalog_material *material)
{
	for (char **id = material->fields; *id; id++)
		if (!form_field_find(&item->form, *id))
			reader_fail(reader, "fields", "no field %s", *id);
}

static void read_materials(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	const struct json *list = read_array(
		reader, object, "materials", ITEM_MAX_MATERIALS, true);
	size_t i = 0;

	item->n_materials = json_length(list);
	item->materials =
		g_new0(struct catalog_material, item->n_materials + 1);
	json_each (member, list) {
		size_t mark = reader_enter(reader, "materials", (int)i);
		struct catalog_material *material = &item->materials[i++];
		read_material(reader, member, material);
		if (material->no != (int)i)
			reader_fail(reader, "no", "expected %zu", i);
		check_condition(reader, material->when, item->form.fields,
			item->form.n_fields);
		check_fields(reader, item, material);
		reader_leave(reader, mark);
	}
}

static void read_workflow(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	static const char *const known[] = {
		"step", "role", "limit_workdays", NULL};
	const struct json *list =
		read_array(reader, object, "workflow", STEPS_MAX, true);
	size_t i = 0;

	item->n_workflow = json_length(list);
	item->workflow = g_new0(struct catalog_step, item->n_workflow + 1);
	json_each (member, list) {
		size_t mark = reader_enter(reader, "workflow", (int)i);
		struct catalog_step *step = &item->workflow[i++];
		read_known(reader, member, known);
		step->step = read_text(reader, member, "step", 120);
		step->role = read_text(reader, member, "role", 120);
		step->limit_workdays =
			json_number_or(member, "limit_workdays", -1);
		if (!(step->limit_workdays >= 0 && step->limit_workdays <= 365))
			reader_fail(
				reader, "limit_workdays", "expected 0 to 365");
		reader_leave(reader, mark);
	}
}

static void check_limits(struct reader *reader, const struct catalog_item *item)
{
	if (item->statutory.days && item->statutory.workdays &&
		item->promise.workdays &&
		item->promise.days > item->statutory.days)
		reader_fail(reader, "promise.days",
			"is more than the statutory %d", item->statutory.days);
	if (item->case_type != 1 && item->case_type != 2 &&
		item->case_type != 3 && item->case_type != 9)
		reader_fail(reader, "case_type", "expected 1, 2, 3 or 9");
	if (!*item_type_label(item->type))
		reader_fail(reader, "type", "no such item type");
	for (size_t i = 0; item->windows[i]; i++)
		if (strlen(item->windows[i]) != 2)
			reader_fail(reader, "windows",
				"expected numbers of two characters");
}

static void read_department(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	const char *listed;

	item->department = read_text(reader, object, "department", 120);
	item->department_uscc =
		read_text(reader, object, "department_uscc", 20);
	item->department_short = read_text_or(
		reader, object, "department_short", 60, item->department);
	listed = catalog_department_uscc(reader->catalog, item->department);
	if (!listed)
		reader_fail(reader, "department",
			"is not in the departments of catalog.json");
	else if (strcmp(listed, item->department_uscc) != 0)
		reader_fail(reader, "department_uscc",
			"is not the one in catalog.json");
}

static void read_identity(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	item->no = read_int(reader, object, "no", 1, 9999);
	item->code = read_text(reader, object, "code", 40);
	item->handle_code = read_text(reader, object, "handle_code", 40);
	item->base_code = read_text(reader, object, "base_code", 20);
	item->name = read_text(reader, object, "name", NAME_BYTES);
	item->aliases = read_texts(reader, object, "aliases", 120);
	read_department(reader, object, item);
	item->type = read_text(reader, object, "type", 2);
	item->case_type = read_int(reader, object, "case_type", 1, 9);
	item->source = read_text(reader, object, "source", TEXT_BYTES);
}

/* The level is a text in the data, as in the code ("4"). */
static int read_level(struct reader *reader, const struct json *object)
{
	static const char *const levels[] = {"1", "2", "3", "4", "5", "6", "7"};

	return read_word(reader, object, "level", levels, 7, -1) + 1;
}

void read_item(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	static const char *const known[] = {"no", "code", "handle_code",
		"base_code", "name", "aliases", "department",
		"department_short", "department_uscc", "type", "case_type",
		"level", "statutory", "promise", "statutory_when",
		"promise_when", "fee", "fee_free", "windows", "result",
		"acceptance_note", "deemed_days", "materials", "form",
		"workflow", "source", "basis", "excluded", NULL};
	size_t mark;

	read_known(reader, object, known);
	read_identity(reader, object, item);
	item->level = read_level(reader, object);
	read_limit(reader, object, "statutory", &item->statutory);
	read_limit(reader, object, "promise", &item->promise);
	item->fee = read_text(reader, object, "fee", 300);
	item->fee_free = read_bool_or(reader, object, "fee_free", false);
	item->windows = read_texts(reader, object, "windows", 8);
	item->result = read_text(reader, object, "result", TEXT_BYTES);
	item->acceptance_note =
		read_text_or(reader, object, "acceptance_note", TEXT_BYTES, "");
	item->deemed_days =
		read_int_or(reader, object, "deemed_days", 0, 60, 5);
	check_codes(reader, item);
	check_limits(reader, item);
	read_basis(reader, object, item);
	mark = reader_enter(reader, "form", -1);
	read_form(reader, json_get(object, "form"), &item->form);
	reader_leave(reader, mark);
	read_limits_when(reader, object, "statutory_when", &item->form,
		&item->statutory_when, &item->n_statutory_when);
	read_limits_when(reader, object, "promise_when", &item->form,
		&item->promise_when, &item->n_promise_when);
	read_excluded(reader, object, item);
	read_materials(reader, object, item);
	read_workflow(reader, object, item);
}
