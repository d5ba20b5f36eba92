/* The views in the order of VIEWS; each is one file view_NAME.c. */
#include "ui/views.h"

static const struct view_ops *const views[VIEW_COUNT] = {
	[VIEW_LOGIN] = &view_login,
	[VIEW_HOME] = &view_home,
	[VIEW_IDENTIFY] = &view_identify,
	[VIEW_ITEM] = &view_item,
	[VIEW_FORM] = &view_form,
	[VIEW_MATERIALS] = &view_materials,
	[VIEW_DECISION] = &view_decision,
	[VIEW_FINISH] = &view_finish,
	[VIEW_SEARCH] = &view_search,
	[VIEW_CASE] = &view_case,
	[VIEW_DEVICES] = &view_devices,
	[VIEW_SYNC] = &view_sync,
	[VIEW_CONFLICT] = &view_conflict,
	[VIEW_MESSAGES] = &view_messages,
	[VIEW_LOCK] = &view_lock,
};

const struct view_ops *view_ops_of(enum view_id view)
{
	return views[view < VIEW_COUNT ? view : VIEW_HOME];
}
