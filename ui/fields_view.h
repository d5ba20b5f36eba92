/* What the two views that are a list of fields share. Which form it is follows
 * from the view the model shows. */
#ifndef UI_FIELDS_VIEW_H
#define UI_FIELDS_VIEW_H

#include "ui/fields.h"
#include "ui/view.h"

/* Members of a struct view_ops whose state is a struct fields_state. */
#define FIELDS_VIEW                                                            \
	.state_size = sizeof(struct fields_state), .enter = fields_view_enter, \
	.flush = fields_view_flush, .sync = fields_view_sync,                  \
	.reload = fields_view_reload, .leave = fields_view_leave

void fields_view_enter(void *state, const struct model *model);
void fields_view_sync(void *state, const struct model *model);
void fields_view_reload(void *state, const struct model *model);
void fields_view_leave(void *state);
struct intent fields_view_flush(void *state, const struct model *model);

#endif
