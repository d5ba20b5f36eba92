/* The identify view and the form view as views: their fields with the form of
 * the model that belongs to them. */
#include "ui/fields_view.h"

static const struct form_model *form_of(const struct model *model)
{
	return model->view == VIEW_IDENTIFY ? &model->identify : &model->form;
}

void fields_view_enter(void *state, const struct model *model)
{
	fields_enter(state, form_of(model));
}

void fields_view_sync(void *state, const struct model *model)
{
	fields_sync(state, form_of(model));
}

void fields_view_reload(void *state, const struct model *model)
{
	fields_reload(state, form_of(model));
}

void fields_view_leave(void *state)
{
	fields_leave(state);
}

struct intent fields_view_flush(void *state, const struct model *model)
{
	return fields_flush(state, form_of(model));
}
