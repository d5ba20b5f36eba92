/* Inside of the field list: what fields.c and fields_choice.c share. */
#ifndef UI_FIELDS_PRIVATE_H
#define UI_FIELDS_PRIVATE_H

#include "ui/fields.h"

/* The intent that sets the place in focus to value. */
struct intent fields_value(const struct fields_state *state,
	const struct form_model *form, const char *value);

void fields_open_picker(
	struct fields_state *state, const struct field_model *field);
/* A key while the list of values is open. */
struct intent fields_picker_key(struct fields_state *state,
	const struct model *model, const struct form_model *form,
	const struct field_model *field, const struct key_event *key);
/* A key on a choice whose list is closed. */
struct intent fields_choice_key(struct fields_state *state,
	const struct model *model, const struct form_model *form,
	const struct field_model *field, const struct key_event *key);

#endif
