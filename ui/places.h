/* Where the focus can be in a form, in the order of Tab. */
#ifndef UI_PLACES_H
#define UI_PLACES_H

#include <stdbool.h>

#include <glib.h>

#include "ui/model.h"

/* A field, or a cell of a field of rows. row is -1 on a field of rows that has
 * none. */
struct place {
	int field, row, column;
};

/* Every place in order; caller unrefs. */
GArray *places_of(const struct form_model *form);
struct place places_nth(const GArray *places, int index);
/* The index of at, or of the first one behind where it was; -1: no places. */
int places_index(const GArray *places, struct place at);
/* The next place after index that needs something, around the end; -1: none
 * but this one. */
int places_next_needed(
	const struct form_model *form, const GArray *places, int index);

/* NULL when there is no such field. */
const struct field_model *form_field_at(
	const struct form_model *form, int index);
/* The field, or the cell of a field of rows; NULL when it went away. */
const struct field_model *place_field(
	const struct form_model *form, struct place at);
/* Wrong, or required and empty, and the clerk's to fill in. */
bool place_needs(const struct form_model *form, struct place at);
int field_row_count(const struct field_model *field);
bool field_is_empty(const struct field_model *field);

#endif
