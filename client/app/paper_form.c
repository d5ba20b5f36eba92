/* The forms that are printed here for the applicant to sign: made from what is
 * filled in, and remembered by a digest of it. A paper printed before the last
 * change is old, signed or not:
 *
 *   material: {...,"printed":{"values":SHA-256,"at":..,"pages":1,"sha256":..,
 *              "where":".."},"signed_values":SHA-256}
 */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"

enum { LONG_CHARS = 300, VERSION_CHARS = 8 };

/* What is on the paper ------------------------------------------------------
 */

static bool has_column(const struct form_field *column, const struct json *rows)
{
	json_each (row, rows) {
		if (form_field_shown(column, row, NULL))
			return true;
	}
	return false;
}

static struct json *grid_cells(const struct form_field *field,
	const struct json *rows, const struct json *row, int number)
{
	struct json *cells = json_new_array();
	g_autofree char *no = g_strdup_printf("%d", number);

	json_add_text(cells, no);
	for (size_t i = 0; i < field->n_columns; i++) {
		const struct form_field *column = &field->columns[i];
		g_autofree char *text = NULL;

		if (!has_column(column, rows))
			continue;
		if (form_field_shown(column, row, NULL))
			text = form_value_text(
				column, json_get(row, column->id));
		json_add_text(cells, text ? text : "");
	}
	return cells;
}

static struct json *grid(
	const struct form_field *field, const struct json *rows)
{
	struct json *out = json_new_object();
	struct json *columns = json_new_array();
	struct json *lines = json_new_array();
	int number = 0;

	json_add_text(columns, "序号");
	for (size_t i = 0; i < field->n_columns; i++) {
		if (has_column(&field->columns[i], rows))
			json_add_text(columns, field->columns[i].label);
	}
	json_each (row, rows)
		json_add(lines, grid_cells(field, rows, row, ++number));
	json_put(out, "columns", columns);
	json_put(out, "rows", lines);
	return out;
}

static struct json *entry(
	const struct form_field *field, const struct json *value)
{
	struct json *out = json_new_object();
	g_autofree char *text = NULL;

	json_put_text(out, "label", field->label);
	if (field->type == FIELD_ROWS && !form_value_is_empty(value)) {
		json_put(out, "grid", grid(field, value));
		return out;
	}
	text = form_value_text(field, value);
	json_put_text(out,
		g_utf8_strlen(text, -1) > LONG_CHARS ? "long" : "value", text);
	return out;
}

static bool is_wanted(
	const struct catalog_material *def, const struct form_field *field)
{
	return !*def->fields ||
	       g_strv_contains((const char *const *)def->fields, field->id);
}

/* Every field that is shown now, empty ones too: nothing is written in later
 * without being seen. */
static struct json *entries(const struct catalog_item *item,
	const struct catalog_material *def, const struct case_record *record,
	const struct json *sources)
{
	AUTO(json) values = json_copy(json_get(record->body, "form"));
	struct json *out = json_new_array();

	form_drop_hidden(&item->form, values, sources);
	for (size_t i = 0; i < item->form.n_fields; i++) {
		const struct form_field *field = &item->form.fields[i];

		if (is_wanted(def, field) &&
			form_field_shown(field, values, sources))
			json_add(
				out, entry(field, json_get(values, field->id)));
	}
	return out;
}

static struct json *statements(const struct catalog_material *def)
{
	struct json *out = json_new_array();

	for (int i = 0; def->statements[i]; i++) {
		struct json *row = json_new_object();

		json_put_int(row, "no", i + 1);
		json_put_text(row, "text", def->statements[i]);
		json_add(out, row);
	}
	return out;
}

static struct json *commitment(const struct catalog_basis *basis)
{
	struct json *out = json_new_object();

	json_put_text(out, "text", basis->commitment);
	json_put_text(out, "basis", basis->commitment_basis);
	return out;
}

/* All that is signed: the same content, the same digest. */
static struct json *content(
	const struct app *app, const struct catalog_material *def)
{
	const struct case_record *record = app->visit.record;
	const struct catalog_item *item = app->visit.item;
	AUTO(json) sources = app_sources(app);
	struct json *data = json_new_object();

	json_put_text(data, "title", def->name);
	json_put(data, "item", paper_item(record, item));
	json_put(data, "applicant",
		paper_applicant(json_get(record->body, "applicant")));
	json_put(data, "agent", json_copy(json_get(sources, "agent")));
	json_put(data, "form", entries(item, def, record, sources));
	json_put(data, "statements", statements(def));
	json_put(data, "commitment", commitment(&item->basis));
	json_put_text(data, "signer", def->signer);
	return data;
}

static void digest(const struct json *data, char out[SHA256_TEXT])
{
	g_autofree char *text = json_print(data);

	sha256_text(text, strlen(text), out);
}

struct json *paper_form_data(const struct app *app,
	const struct catalog_material *def, char values[SHA256_TEXT])
{
	struct json *data = content(app, def);
	g_autofree char *time = clock_iso(app_now_ms(app));
	g_autofree char *version = NULL;

	digest(data, values);
	version = g_strndup(values, VERSION_CHARS);
	paper_put_window(app, data);
	json_put_text(data, "time", time);
	json_put_text(data, "version", version);
	return data;
}

/* Old or not --------------------------------------------------------------- */

static bool is_now(const struct app *app, const struct catalog_material *def,
	const char *values)
{
	AUTO(json) data = content(app, def);
	char now[SHA256_TEXT];

	digest(data, now);
	return !strcmp(now, values);
}

enum form_print paper_form_print_of(const struct app *app,
	const struct catalog_material *def, const struct json *material)
{
	const char *values = json_text(json_get(material, "printed"), "values");

	if (!def->printed_here || !values)
		return FORM_NOT_PRINTED;
	return is_now(app, def, values) ? FORM_PRINTED : FORM_PRINTED_OLD;
}

bool paper_form_is_old(const struct app *app,
	const struct catalog_material *def, const struct json *material)
{
	return def->printed_here && json_get(material, "printed") &&
	       !is_now(app, def, json_text_or(material, "signed_values", ""));
}

void paper_form_came_in(const struct app *app, struct json *material)
{
	const struct catalog_material *def = item_material(
		app->visit.item, (int)json_int_or(material, "no", 0));
	AUTO(json) data = NULL;
	char now[SHA256_TEXT];

	if (!def || !def->printed_here || !json_get(material, "printed"))
		return;
	data = content(app, def);
	digest(data, now);
	/* Another paper than the one that was looked through. */
	if (strcmp(json_text_or(material, "signed_values", ""), now) != 0)
		json_put(material, "checks", json_new_array());
	json_put_text(material, "signed_values", now);
}

char *paper_form_line(const struct json *material)
{
	const struct json *printed = json_get(material, "printed");
	g_autofree char *version =
		g_strndup(json_text_or(printed, "values", ""), VERSION_CHARS);

	return printed ? g_strdup_printf(_("printed %s, %d p., check code %s"),
				 json_text_or(printed, "at", ""),
				 (int)json_int_or(printed, "pages", 0), version)
		       : NULL;
}

const char *paper_form_place(const struct json *material)
{
	return json_text(json_get(material, "printed"), "where");
}
