/* Every view's table, for views.c. */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include "ui/view.h"

extern const struct view_ops view_login, view_home, view_identify, view_item,
	view_form, view_materials, view_decision, view_finish, view_search,
	view_case, view_devices, view_sync, view_conflict, view_messages,
	view_lock;

#endif
