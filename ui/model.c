/* Making and freeing of the model. Every struct owns its strings and arrays;
 * the arrays free their members. */
#include "ui/model.h"

#include <string.h>

#define VIEW_NAME(code, name) [code] = name,
static const char *const view_names[VIEW_COUNT] = {VIEWS(VIEW_NAME)};

const char *view_name(enum view_id view)
{
	return view < VIEW_COUNT ? view_names[view] : "";
}

bool view_from_name(const char *name, enum view_id *view)
{
	for (enum view_id i = 0; i < VIEW_COUNT; i++) {
		if (g_strcmp0(view_names[i], name) == 0) {
			*view = i;
			return true;
		}
	}
	return false;
}

/* Strings and lines -------------------------------------------------------- */

void model_text(char **where, const char *text)
{
	char *copy = g_strdup(text);

	g_free(*where);
	*where = copy;
}

/* Frees count strings that stand in a row of a struct. */
static void free_texts(char **const texts[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		g_clear_pointer(texts[i], g_free);
}

#define FREE_TEXTS(...)                           \
	free_texts((char **const[]){__VA_ARGS__}, \
		sizeof((char **const[]){__VA_ARGS__}) / sizeof(char **))

GPtrArray *model_lines_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

void model_line(GPtrArray *lines, const char *text)
{
	g_ptr_array_add(lines, g_strdup(text ? text : ""));
}

/* Members ------------------------------------------------------------------ */

static gpointer add(GPtrArray *array, gpointer member)
{
	g_ptr_array_add(array, member);
	return member;
}

static void ticket_free(gpointer data)
{
	struct ticket_model *it = data;

	FREE_TEXTS(&it->number, &it->kind, &it->business, &it->taken,
		&it->waited, &it->note, &it->person);
	g_free(it);
}

struct ticket_model *model_add_ticket(GPtrArray *tickets)
{
	return add(tickets, g_new0(struct ticket_model, 1));
}

static void option_free(gpointer data)
{
	struct option_model *it = data;

	FREE_TEXTS(&it->code, &it->label);
	g_free(it);
}

struct option_model *model_add_option(
	GPtrArray *options, const char *code, const char *label)
{
	struct option_model *option = g_new0(struct option_model, 1);

	option->code = g_strdup(code);
	option->label = g_strdup(label);
	return add(options, option);
}

GPtrArray *model_options_new(void)
{
	return g_ptr_array_new_with_free_func(option_free);
}

static void item_free(gpointer data)
{
	struct item_model *it = data;

	FREE_TEXTS(
		&it->code, &it->name, &it->department, &it->kind, &it->promise);
	g_free(it);
}

struct item_model *model_add_item(GPtrArray *items)
{
	return add(items, g_new0(struct item_model, 1));
}

static void page_free(gpointer data)
{
	struct page_model *it = data;

	FREE_TEXTS(&it->title, &it->state);
	g_clear_pointer(&it->picture, g_ptr_array_unref);
	g_free(it);
}

struct page_model *model_add_page(GPtrArray *pages)
{
	return add(pages, g_new0(struct page_model, 1));
}

static void material_free(gpointer data)
{
	struct material_model *it = data;

	FREE_TEXTS(&it->name, &it->need, &it->form, &it->source, &it->state,
		&it->print_line, &it->print_place);
	g_clear_pointer(&it->pages, g_ptr_array_unref);
	g_clear_pointer(&it->checks, g_ptr_array_unref);
	g_free(it);
}

struct material_model *model_add_material(GPtrArray *materials)
{
	struct material_model *material = g_new0(struct material_model, 1);

	material->pages = g_ptr_array_new_with_free_func(page_free);
	material->checks = model_lines_new();
	return add(materials, material);
}

static void outcome_free(gpointer data)
{
	struct outcome_model *it = data;

	FREE_TEXTS(&it->label, &it->explanation, &it->blocker);
	g_clear_pointer(&it->consequences, g_ptr_array_unref);
	g_free(it);
}

struct outcome_model *model_add_outcome(GPtrArray *outcomes)
{
	struct outcome_model *outcome = g_new0(struct outcome_model, 1);

	outcome->consequences = model_lines_new();
	return add(outcomes, outcome);
}

static void print_free(gpointer data)
{
	struct print_model *it = data;

	FREE_TEXTS(&it->state, &it->name, &it->where);
	g_free(it);
}

struct print_model *model_add_print(GPtrArray *prints)
{
	return add(prints, g_new0(struct print_model, 1));
}

static void hit_free(gpointer data)
{
	struct hit_model *it = data;

	FREE_TEXTS(&it->case_id, &it->case_no, &it->item, &it->applicant,
		&it->state, &it->when);
	g_free(it);
}

struct hit_model *model_add_hit(GPtrArray *hits)
{
	return add(hits, g_new0(struct hit_model, 1));
}

static void device_free(gpointer data)
{
	struct device_model *it = data;

	FREE_TEXTS(&it->name, &it->protocol, &it->port, &it->state, &it->last);
	g_free(it);
}

struct device_model *model_add_device(GPtrArray *devices)
{
	return add(devices, g_new0(struct device_model, 1));
}

static void op_free(gpointer data)
{
	struct op_model *it = data;

	FREE_TEXTS(&it->case_no, &it->kind, &it->why, &it->since, &it->tries);
	g_free(it);
}

static void conflict_field_free(gpointer data)
{
	struct conflict_field_model *it = data;

	FREE_TEXTS(&it->label, &it->before, &it->here, &it->there);
	g_free(it);
}

struct conflict_field_model *model_add_conflict_field(GPtrArray *fields)
{
	return add(fields, g_new0(struct conflict_field_model, 1));
}

struct op_model *model_add_op(GPtrArray *ops)
{
	return add(ops, g_new0(struct op_model, 1));
}

/* Fields ------------------------------------------------------------------- */

static void field_free(gpointer data)
{
	field_model_free(data);
}

GPtrArray *model_fields_new(void)
{
	return g_ptr_array_new_with_free_func(field_free);
}

struct field_model *field_model_new(void)
{
	struct field_model *field = g_new0(struct field_model, 1);

	field->visible = true;
	return field;
}

void field_model_free(struct field_model *field)
{
	if (!field)
		return;
	FREE_TEXTS(&field->id, &field->label, &field->value, &field->source,
		&field->hint, &field->error);
	g_clear_pointer(&field->options, g_ptr_array_unref);
	g_clear_pointer(&field->columns, g_ptr_array_unref);
	g_clear_pointer(&field->rows, g_ptr_array_unref);
	g_free(field);
}

struct field_model *model_add_field(GPtrArray *fields)
{
	return add(fields, field_model_new());
}

static GPtrArray *copy_fields(const GPtrArray *from)
{
	GPtrArray *to = model_fields_new();

	for (guint i = 0; from && i < from->len; i++)
		g_ptr_array_add(to, field_model_copy(from->pdata[i]));
	return to;
}

struct field_model *field_model_copy(const struct field_model *field)
{
	struct field_model *copy = g_new(struct field_model, 1);

	*copy = *field;
	copy->id = g_strdup(field->id);
	copy->label = g_strdup(field->label);
	copy->value = g_strdup(field->value);
	copy->source = g_strdup(field->source);
	copy->hint = g_strdup(field->hint);
	copy->error = g_strdup(field->error);
	if (field->options)
		g_ptr_array_ref(field->options); /* never changed */
	if (field->columns)
		copy->columns = copy_fields(field->columns);
	if (field->rows) {
		copy->rows = g_ptr_array_new_with_free_func(
			(GDestroyNotify)g_ptr_array_unref);
		for (guint i = 0; i < field->rows->len; i++)
			g_ptr_array_add(
				copy->rows, copy_fields(field->rows->pdata[i]));
	}
	return copy;
}

/* The whole ---------------------------------------------------------------- */

static GPtrArray *array_of(GDestroyNotify free_member)
{
	return g_ptr_array_new_with_free_func(free_member);
}

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->login.selftest = model_lines_new();
	model->home.waiting = array_of(ticket_free);
	model->home.parked = array_of(ticket_free);
	model->identify.fields = model_fields_new();
	model->earlier = model_lines_new();
	model->item.hits = array_of(item_free);
	model->item.detail.lines = model_lines_new();
	model->form.fields = model_fields_new();
	model->materials.materials = array_of(material_free);
	model->materials.advice = model_lines_new();
	model->decision.outcomes = array_of(outcome_free);
	model->decision.reasons = model_options_new();
	model->finish.prints = array_of(print_free);
	model->finish.lines = model_lines_new();
	model->search.hits = array_of(hit_free);
	model->search.preview = model_lines_new();
	model->one_case.lines = model_lines_new();
	model->one_case.timeline = model_lines_new();
	model->devices.devices = array_of(device_free);
	model->devices.detail = model_lines_new();
	model->sync.ops = array_of(op_free);
	model->sync.detail = model_lines_new();
	model->conflict.fields = array_of(conflict_field_free);
	model->messages = model_lines_new();
	model->dialog.lines = model_lines_new();
	model->dialog.choices = model_options_new();
}

static void clear_arrays(struct model *m)
{
	GPtrArray **const arrays[] = {&m->login.selftest, &m->home.waiting,
		&m->home.parked, &m->identify.fields, &m->earlier,
		&m->item.hits, &m->item.detail.lines, &m->form.fields,
		&m->materials.materials, &m->materials.advice,
		&m->decision.outcomes, &m->decision.reasons, &m->finish.prints,
		&m->finish.lines, &m->search.hits, &m->search.preview,
		&m->one_case.lines, &m->one_case.timeline, &m->devices.devices,
		&m->devices.detail, &m->sync.ops, &m->sync.detail,
		&m->conflict.fields, &m->messages, &m->dialog.lines,
		&m->dialog.choices};

	for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_clear_pointer(arrays[i], g_ptr_array_unref);
}

void model_clear(struct model *m)
{
	FREE_TEXTS(&m->header.window_short, &m->header.window_name,
		&m->header.person, &m->header.link_since,
		&m->header.device_fault, &m->header.hall, &m->header.hall_short,
		&m->header.retry_at);
	FREE_TEXTS(&m->home.current, &m->home.last, &m->home.papers_case,
		&m->identify.saved_at, &m->form.saved_at, &m->item.filter,
		&m->item.detail.title, &m->item.detail.line,
		&m->materials.progress, &m->materials.summary);
	FREE_TEXTS(&m->decision.check_line, &m->decision.reason,
		&m->decision.error, &m->finish.result, &m->finish.case_no,
		&m->finish.time, &m->finish.password_hint, &m->finish.rating);
	FREE_TEXTS(&m->search.text, &m->one_case.title, &m->one_case.state,
		&m->sync.line1, &m->sync.line2, &m->sync.last_success,
		&m->sync.check, &m->conflict.title);
	FREE_TEXTS(&m->login.window_name, &m->login.staff_no,
		&m->login.last_logout, &m->login.credentials, &m->visit.ticket,
		&m->visit.person, &m->visit.item, &m->visit.called);
	FREE_TEXTS(&m->dialog.title, &m->dialog.text_label, &m->dialog.verb,
		&m->message);
	clear_arrays(m);
	memset(m, 0, sizeof(*m));
}
