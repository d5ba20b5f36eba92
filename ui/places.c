/* The places of a form are its visible fields and, of a field of rows, the
 * visible cells. */
#include "ui/places.h"

const struct field_model *form_field_at(
	const struct form_model *form, int index)
{
	return index >= 0 && index < (int)form->fields->len
		       ? form->fields->pdata[index]
		       : NULL;
}

int field_row_count(const struct field_model *field)
{
	return field->rows ? (int)field->rows->len : 0;
}

static const struct field_model *cell_at(
	const struct field_model *field, int row, int column)
{
	const GPtrArray *cells;

	if (row < 0 || row >= field_row_count(field))
		return NULL;
	cells = field->rows->pdata[row];
	return column >= 0 && column < (int)cells->len ? cells->pdata[column]
						       : NULL;
}

const struct field_model *place_field(
	const struct form_model *form, struct place at)
{
	const struct field_model *field = form_field_at(form, at.field);

	if (!field || field->kind != EDIT_ROWS || at.row < 0)
		return field;
	return cell_at(field, at.row, at.column);
}

static void add_places(
	GArray *places, const struct field_model *field, int index)
{
	struct place at = {index, 0, 0};

	if (field->kind == EDIT_ROWS && field_row_count(field) == 0)
		at.row = -1;
	if (field->kind != EDIT_ROWS || at.row < 0) {
		g_array_append_val(places, at);
		return;
	}
	for (at.row = 0; at.row < field_row_count(field); at.row++) {
		const GPtrArray *cells = field->rows->pdata[at.row];

		for (at.column = 0; at.column < (int)cells->len; at.column++) {
			const struct field_model *cell =
				cells->pdata[at.column];

			if (cell->visible)
				g_array_append_val(places, at);
		}
	}
}

/* Every place in order; caller unrefs. */
GArray *places_of(const struct form_model *form)
{
	GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));

	for (guint i = 0; i < form->fields->len; i++) {
		const struct field_model *field = form->fields->pdata[i];

		if (field->visible)
			add_places(places, field, (int)i);
	}
	return places;
}

struct place places_nth(const GArray *places, int index)
{
	return g_array_index(places, struct place, index);
}

static bool is_before(struct place a, struct place b)
{
	if (a.field != b.field)
		return a.field < b.field;
	if (a.row != b.row)
		return a.row < b.row;
	return a.column < b.column;
}

/* The index of at, or of the first one behind where it was; -1: no places. */
int places_index(const GArray *places, struct place at)
{
	for (int i = 0; i < (int)places->len; i++) {
		if (!is_before(places_nth(places, i), at))
			return i;
	}
	return (int)places->len - 1;
}

bool field_is_empty(const struct field_model *field)
{
	return !field->value || !*field->value;
}

bool place_needs(const struct form_model *form, struct place at)
{
	const struct field_model *field = place_field(form, at);

	if (!field || field->readonly)
		return false;
	if (field->error)
		return true;
	if (field->kind == EDIT_ROWS)
		return field->required && field_row_count(field) == 0;
	return field->required && field_is_empty(field);
}

/* The next place after index that needs something, around the end; -1: none
 * but this one. */
int places_next_needed(
	const struct form_model *form, const GArray *places, int index)
{
	int count = (int)places->len;

	for (int i = 1; i < count; i++) {
		int at = (index + i) % count;

		if (place_needs(form, places_nth(places, at)))
			return at;
	}
	return -1;
}
